"""Names of provinces, cities and counties in a text, in full and short, and the word lists that tell names from words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import Division, Divisions, divisions

UPPER_LEVELS = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Upper:
    """What a name may stand for: the divisions that bear it, and how freely it can be read so."""

    name: str
    short: bool
    free: bool  # a place wherever it stands
    divisions: tuple[Division, ...]


class UpperNames:
    """Finds the names of divisions from the province to the county in one pass, the longest where several begin."""

    def __init__(self, gazetteer: Divisions):
        entries: dict[str, tuple[bool, bool, dict[str, Division]]] = {}
        for level in UPPER_LEVELS:
            for division in gazetteer.of_level(level):
                # a county of two characters (X县) hides in longer words: 历任县长, 简单县
                free = len(division.name) > 2 and division.name not in _GENERIC
                entries.setdefault(division.name, (False, free, {}))[2].setdefault(division.path, division)
        ambiguous = words() | {row["word"] for row in load_tsv("place_ambiguous.tsv", ["word"])}
        for row in load_tsv("place_aliases.tsv", ["alias", "code", "free"]):
            division = gazetteer.get(row["code"])
            if division is not None and row["alias"] not in _GENERIC:
                free = row["free"] == "1" and row["alias"] not in ambiguous
                known = entries.setdefault(row["alias"], (True, free, {}))
                if known[0]:
                    known[2].setdefault(division.path, division)
                    entries[row["alias"]] = (True, known[1] or free, known[2])
        self._entries = {
            name: Upper(name, short, free, tuple(found.values())) for name, (short, free, found) in entries.items()
        }
        self.ambiguous = frozenset(ambiguous)
        lengths: dict[str, set[int]] = {}
        for name in self._entries:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def get(self, name: str) -> Upper | None:
        return self._entries.get(name)

    def find(self, text: str) -> Iterator[tuple[int, int, Upper]]:
        """(start, end, what it may be), from left to right, without overlaps."""
        lengths, entries = self._lengths, self._entries
        at, last = 0, len(text) - 1
        while at < last:
            for length in lengths.get(text[at : at + 2], ()):
                found = entries.get(text[at : at + length])
                if found is not None and not (found.short and inside_words(text, at, at + length)):
                    yield at, at + length, found
                    at += length - 1
                    break
            at += 1


_GENERIC = frozenset("城区 郊区 矿区 新区 开发区 高新区 保税区 示范区 管理区 新城区".split())


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
def character_odds() -> dict[str, tuple[float, float]]:
    """log2 odds of a character as the first and as a later one of a place name, against news text."""
    rows = load_tsv("place_characters.tsv", ["character", "first", "inner"])
    return {row["character"]: (float(row["first"]), float(row["inner"])) for row in rows}


@lru_cache(maxsize=1)
def upper_names() -> UpperNames:
    """The names of the gazetteer that comes with the package, opened once a process."""
    return UpperNames(divisions())
