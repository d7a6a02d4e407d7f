"""Where a name that ends in 镇, 社区, 村, 小区 begins: the bounds of places from the town down.

Every beginning that the characters before a suffix allow is weighed: whether the gazetteer knows the name (and how near
home), what stands right before it (a parent, a break, a word that ends there), and how much the characters look like a
place name. The best one wins if it is good enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import Divisions
from pipeline.lexicon.place_names import character_odds, words

ORDER = {"province": 0, "city": 1, "county": 2, "town": 3, "community": 4, "village": 4, "compound": 5, "other": 6}
_COLUMNS = ("suffix", "level", "least", "most", "strength", "not_before", "generic")

# Weights, in the same unit (about bits): what speaks for a beginning, against what the characters say.
_KNOWN = {"parent": 14.0, "county": 9.0, "city": 7.0, "page": 7.0, "province": 4.0, "nation": 2.0}
_LOCAL = frozenset(("county", "city", "page"))
_BREAK, _PARENT, _PARTICLE, _WORD, _SPLIT, _REPEATED = 5.0, 7.0, 3.0, 2.0, -4.0, 5.0
_ODDS, _UNSEEN, _LEAST = 0.35, 1.0, 5.0
_WEAK, _BLOCKED = 5.0, 10.0  # what a weak suffix, and one that begins another word, must have more

_PARTICLES = frozenset("在到从向于由为与和及对将被把是往赴进的了、让给带以或")
_NEVER = frozenset("的们这那你她它着呢吗啊吧很")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Suffix:
    text: str
    level: str
    least: int
    most: int
    strong: bool
    not_before: tuple[str, ...]
    generic: frozenset[str]
    phrases: tuple[str, ...]  # those of `generic` that make no name whatever stands before them


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text: [start, end), its level, how it was found, how sure (about bits)."""

    start: int
    end: int
    level: str
    source: str
    score: float


class Region:
    """Where a page is at home, as codes of the gazetteer: its county or city, and other counties that it names."""

    def __init__(self, gazetteer: Divisions, home: str | None, counties: Collection[str] = ()):
        """`home`: canonical path; `counties`: six-digit codes of counties that the page names."""
        self.home = gazetteer.by_path(home) if home else None
        digits = {"province": 2, "city": 4, "county": 6}
        code = self.home.code[: digits.get(self.home.level, 6)] if self.home else ""
        self.county = code if len(code) == 6 else ""
        self.city = code[:4]
        self.province = code[:2]
        self.counties = tuple(sorted(set(counties) - {self.county}))
        self._near: dict[str, str | None] = {}

    def nearness(self, gazetteer: Divisions, name: str) -> str | None:
        """How near home the gazetteer knows the name: county, page, city, province, nation; None if it does not."""
        if name not in self._near:
            self._near[name] = self._nearness(gazetteer, name)
        return self._near[name]

    def _nearness(self, gazetteer: Divisions, name: str) -> str | None:
        if name not in gazetteer:
            return None
        for label, code in (("county", self.county), ("city", self.city)):
            if code and gazetteer.under(code, name):
                return label
        if any(gazetteer.under(code, name) for code in self.counties):
            return "page"
        if self.province and gazetteer.under(self.province, name):
            return "province"
        return "nation"


class Bounds:
    """Finds towns, communities, villages and compounds by their suffix."""

    def __init__(self, gazetteer: Divisions, lexicon: str = "place_suffixes.tsv"):
        self._gazetteer = gazetteer
        rows = load_tsv(lexicon, _COLUMNS, optional=("not_before", "generic"), key=("suffix",))
        self._suffixes = {
            row["suffix"]: Suffix(
                row["suffix"],
                row.choice("level", set(ORDER)),
                int(row.number("least")),
                int(row.number("most")),
                row.choice("strength", ("strong", "weak")) == "strong",
                tuple(row.list("not_before")),
                frozenset(row.list("generic")),
                tuple(word for word in row.list("generic") if len(word) > 1),
            )
            for row in rows
        }
        longest_first = sorted(self._suffixes, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def find(self, text: str, known: Iterable[Found], region: Region, repeated: Collection[str] = ()) -> list[Found]:
        """Places of the text, from left to right.

        `text`: folded; `known`: places above the town already found in it, whose ends begin chains; `repeated`: names
        that are sure elsewhere in the article.
        """
        ends = {found.end: found for found in known}
        covered = 0
        result: list[Found] = []
        for match in self._pattern.finditer(text):
            suffix = self._suffixes[match.group()]
            best = self._best(text, match.start(), match.end(), suffix, ends, region, repeated)
            if best is not None and covered > best.start:  # it swallows the last one: 李镇 in 李镇村
                if result[-1].source == "gazetteer" and best.source != "gazetteer":
                    best = self._best(text, match.start(), match.end(), suffix, ends, region, repeated, covered)
            if best is not None:
                while result and result[-1].end > best.start:
                    ends.pop(result.pop().end, None)
                result.append(best)
                ends[best.end] = best
                covered = best.end
        return result

    def _best(
        self,
        text: str,
        at: int,
        end: int,
        suffix: Suffix,
        ends: Mapping[int, Found],
        region: Region,
        repeated: Collection[str],
        least: int = 0,
    ) -> Found | None:
        blocked = text.startswith(suffix.not_before, end) if suffix.not_before else False
        best: Found | None = None
        odds = 0.0
        table = character_odds()
        for start in range(at - 1, max(at - suffix.most, least) - 1, -1):
            character = text[start]
            if character in _NEVER or not _HAN.match(character):
                break
            first, inner = table.get(character, (_UNSEEN, _UNSEEN))
            if at - start >= suffix.least:
                name = text[start:end]
                score, source = self._score(text, start, at, name, suffix, ends, region, repeated)
                score += _ODDS * (odds + first)
                if blocked:
                    score -= _BLOCKED
                if source == "pattern" and not suffix.strong:
                    score -= _WEAK
                if best is None or score > best.score:
                    best = Found(start, end, suffix.level, source, score)
            odds += inner
        return best if best is not None and best.score >= _LEAST else None

    def _score(
        self,
        text: str,
        start: int,
        at: int,
        name: str,
        suffix: Suffix,
        ends: Mapping[int, Found],
        region: Region,
        repeated: Collection[str],
    ) -> tuple[float, str]:
        score, source = 0.0, "pattern"
        parent = ends.get(start)
        chained = parent is not None and ORDER[parent.level] < ORDER[suffix.level]
        near = region.nearness(self._gazetteer, name) if suffix.level != "compound" else None
        if near is not None:
            score += _KNOWN[near]
            source = "gazetteer"
        stem = text[start:at]
        if not chained and (stem in suffix.generic or (near not in _LOCAL and stem.endswith(suffix.phrases))):
            return -100.0, source
        if chained:
            score += _PARENT
        elif start == 0 or not _HAN.match(text[start - 1]):
            score += _BREAK
        elif text[start - 1] in _PARTICLES:
            score += _PARTICLE
        elif any(text[max(start - n, 0) : start] in words() for n in (2, 3, 4)):
            score += _WORD
        if start and text[start - 1 : start + 1] in words():
            score += _SPLIT
        if name in repeated:
            score += _REPEATED
        return score, source


@lru_cache(maxsize=4)
def bounds(gazetteer: Divisions, lexicon: str) -> Bounds:
    """The finder for a gazetteer and a lexicon, made once a process."""
    return Bounds(gazetteer, lexicon)
