"""Names of provinces, cities and counties in a text, in full and short, and the word lists that tell names from words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeVar

from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import Division, Divisions, divisions, significant

T = TypeVar("T")
UPPER_LEVELS = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Upper:
    """What a name may stand for: the divisions that bear it, and how freely it can be read so."""

    name: str
    short: bool
    free: bool  # a place wherever it stands
    divisions: tuple[Division, ...]


class Finder(Generic[T]):
    """Finds known names in a text in one pass, the longest where several begin. Names have two characters or more."""

    def __init__(self, entries: Mapping[str, T]):
        self.entries = entries
        lengths: dict[str, set[int]] = {}
        for name in entries:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def find(self, text: str, refused: Callable[[T, int, int], bool]) -> Iterator[tuple[int, int, T]]:
        """(start, end, entry), from left to right, without overlaps, but for what `refused` refuses."""
        lengths, entries = self._lengths, self.entries
        at, last = 0, len(text) - 1
        while at < last:
            for length in lengths.get(text[at : at + 2], ()):
                name = text[at : at + length]  # shorter at the end of the text
                found = entries.get(name)
                if found is not None and not refused(found, at, at + len(name)):
                    yield at, at + len(name), found
                    at += len(name) - 1
                    break
            at += 1

    def starts(self, text: str, at: int) -> T | None:
        """The longest name that stands at a place of the text."""
        lengths = self._lengths.get(text[at : at + 2], ())
        return next((self.entries[text[at : at + n]] for n in lengths if text[at : at + n] in self.entries), None)


class UpperNames:
    """Finds the names of divisions from the province to the county in one pass, the longest where several begin."""

    def __init__(self, gazetteer: Divisions):
        entries: dict[str, tuple[bool, bool, dict[str, Division]]] = {}
        for level in UPPER_LEVELS:
            for division in gazetteer.of_level(level):
                # a county of two characters (X县) hides in longer words: 历任县长, 简单县
                free = len(division.name) > 2 and division.name not in GENERIC
                entries.setdefault(division.name, (False, free, {}))[2].setdefault(division.path, division)
        ambiguous = words() | {row["word"] for row in load_tsv("place_ambiguous.tsv", ["word"])}
        for row in load_tsv("place_aliases.tsv", ["alias", "code", "free"]):
            named = gazetteer.get(row["code"])
            if named is not None and row["alias"] not in GENERIC:
                free = row["free"] == "1" and row["alias"] not in ambiguous
                known = entries.setdefault(row["alias"], (True, free, {}))
                if known[0]:
                    known[2].setdefault(named.path, named)
                    entries[row["alias"]] = (True, known[1] or free, known[2])
        gone: dict[str, dict[str, Division]] = {}
        for name, division in _former(gazetteer):
            if name not in entries:
                gone.setdefault(name, {})[division.path] = division
        for name, found in gone.items():
            entries[name] = (False, len(name) > 2, found)
            if len(name) > 2 and name[:-1] not in entries and name[:-1] not in ambiguous:
                entries[name[:-1]] = (True, False, found)
        self.ambiguous = frozenset(ambiguous)
        self._finder: Finder[Upper] = Finder(
            {name: Upper(name, short, free, tuple(found.values())) for name, (short, free, found) in entries.items()}
        )

    def get(self, name: str) -> Upper | None:
        return self._finder.entries.get(name)

    def starts(self, text: str, at: int) -> Upper | None:
        """The longest name that stands at a place of the text."""
        return self._finder.starts(text, at)

    def find(self, text: str) -> Iterator[tuple[int, int, Upper]]:
        """(start, end, what it may be), from left to right, without overlaps."""
        return self._finder.find(text, lambda upper, start, end: upper.short and inside_words(text, start, end))


def _former(gazetteer: Divisions) -> Iterator[tuple[str, Division]]:
    """Full names of counties that went before the oldest edition, with what they were: the code is the successor's."""

    def was(name: str, successor: Division) -> tuple[str, Division]:
        path = f"{successor.path.rpartition('/')[0]}/{name}"
        return name, replace(successor, name=name, path=path, status="former", edition=0)

    for row in load_tsv("place_former.tsv", ["name", "successor"], key=["name"]):
        successor = gazetteer.get(row["successor"])
        if successor is not None:
            yield was(row["name"], successor)
    for county in gazetteer.of_level("county"):
        stem, suffix = county.name[:-1], county.name[-1:]
        if county.status == "official" and len(stem) > 1 and county.name not in GENERIC and suffix in "区市":
            for old in ("县", "市") if suffix == "区" else ("县",):
                yield was(stem + old, county)


# Names of divisions that are words as well, places at home or behind what holds them
GENERIC = frozenset((
    "老城区", "城区", "郊区", "矿区", "新区", "开发区", "高新区", "保税区", "示范区", "管理区", "新城区", "平房区", "产业园", "工业园",
))  # fmt: skip


def inside_words(text: str, start: int, end: int) -> bool:
    """Whether what looks like a name is put together from the words around it: 隆|重庆|祝 is 隆重 and 庆祝."""
    known = words()
    if start and text[start - 1 : start + 1] in known and text[end - 1 : end + 1] in known:
        return True
    return any(
        text[max(start - left, 0) : end + right] in known for left, right in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2))
    )


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Words of two to four characters that are no names."""
    return frozenset(row["word"] for row in load_tsv("place_words.tsv", ["word"]))


@lru_cache(maxsize=1)
def character_odds() -> dict[str, tuple[float, float, float]]:
    """log2 odds against news text of a character: first and later of a name below the county, and in other names."""
    rows = load_tsv("place_characters.tsv", ["character", "first", "inner", "site"])
    return {row["character"]: (float(row["first"]), float(row["inner"]), float(row["site"])) for row in rows}


_HAN = re.compile(r"[\u3400-\u9fff]")
_ALIKE = 0.3  # share of parts of characters that look alike
_STRANGE = 1.0  # a character that no name of a place has nor news is hardly meant


@lru_cache(maxsize=1)
def _lookalikes() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    rows = load_tsv("place_lookalikes.tsv", ["character", "sounds", "parts"])
    return {row["character"]: (frozenset(row.list("sounds")), frozenset(row["parts"])) for row in rows}


def likeness(one: str, other: str) -> float:
    """How easily one character is printed for another, 0 to 1: 1 for the same sound or one inside the other, else the
    share of the parts that both have."""
    table = _lookalikes()
    if one not in table:
        return _STRANGE if _HAN.match(one) else 0.0
    if other not in table:
        return 0.0
    sounds, other_sounds = table[one][0], table[other][0]
    return 1.0 if sounds & other_sounds - {"-"} else _shared_parts(one, other)


def _shared_parts(one: str, other: str) -> float:
    """The share of the parts that two characters both have; 1 for one inside the other."""
    parts, other_parts = _lookalikes()[one][1], _lookalikes()[other][1]
    inside = one in other_parts or other in parts
    return 1.0 if inside else len(parts & other_parts) / len(parts | other_parts)


def credible_misprint(printed: str, name: str) -> float:
    """How likely `printed` is a misprint of `name`, which differs from it in one character: 0 if it is not, else up to 1.

    The shorter the name, the more alike the two characters must be, for 李庄 is no misprint of 王庄.
    """
    pair = _different(printed, name)
    if pair is None:
        return 0.0
    stem = len(printed.removesuffix("街道").removesuffix("社区"))
    alike = likeness(*pair)
    return alike if alike >= {2: 1.0, 3: 1.0}.get(stem, _ALIKE) else 0.0


def is_own_name(printed: str, name: str) -> bool:
    """Whether a name that but sounds as `name`, and suits a place as well, is that of another one: 合丰村 beside 和丰村."""
    pair, table, odds = _different(printed, name), _lookalikes(), character_odds()
    if pair is None or any(character not in table or character not in odds for character in pair):
        return False
    return _shared_parts(*pair) < _ALIKE and odds[pair[0]][1] >= odds[pair[1]][1]


def _different(one: str, other: str) -> tuple[str, str] | None:
    """The characters in which two names of one length differ first."""
    if len(one) != len(other):
        return None
    return next(((a, b) for a, b in zip(one, other, strict=True) if a != b), None)


@lru_cache(maxsize=1)
def other_names() -> Finder[str]:
    """Rivers, mountains, regions, countries and cities of the world, but those that are words as well: name to path."""
    ambiguous = {row["word"] for row in load_tsv("place_ambiguous.tsv", ["word"])}
    paths: dict[str, str] = {}
    for file, above in (("place_regions.tsv", "province"), ("place_world.tsv", "country")):
        for row in load_tsv(file, ["name", above], optional=[above], key=["name"]):
            if above == "province" or row["name"] not in ambiguous:
                paths.setdefault(row["name"], f"{row[above]}/{row['name']}" if row[above] else row["name"])
    paths |= {row["name"]: row["place"] for row in load_tsv("place_same.tsv", ["name", "place"], key=["name"])}
    return Finder(paths)


@lru_cache(maxsize=1)
def upper_names() -> UpperNames:
    """The names of the gazetteer that comes with the package, opened once a process."""
    return UpperNames(divisions())


def regions_in_name(name: str, choose: Callable[[Sequence[Division]], Division]) -> tuple[list[Division], int]:
    """The provinces, cities and counties that the name of an organisation begins with, each in the one before, and where they
    end: 甲省 and 乙市 of 甲省乙市水利局. `choose`: the one of several namesakes.

    A short name that may be a word is one only where a full name in it follows: 甲|乙市人民医院, but not 和平|医院.
    """
    names = upper_names()
    found: list[Division] = []
    at = 0
    while (upper := names.starts(name, at)) is not None and len(name) > at + len(upper.name):
        choices = [d for d in upper.divisions if not found or d.code.startswith(significant(found[-1].code))]
        end = at + len(upper.name)
        below = names.starts(name, end)
        inside = below.divisions if below is not None and not below.short else ()
        holding = [d for d in choices if any(b.code.startswith(significant(d.code)) for b in inside)]
        if not choices or (upper.short and not upper.free and not holding):
            break
        found.append(choose(holding or choices))
        at = end
    return found, at


def nearest(choices: Sequence[Division], here: str) -> Division:
    """Of divisions of one name that which shares most of its path with `here`."""
    return max(choices, key=lambda d: (shared_levels(d.path, here), -d.path.count("/")))


def shared_levels(one: str, other: str) -> int:
    """How many levels two paths share from the top."""
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count
