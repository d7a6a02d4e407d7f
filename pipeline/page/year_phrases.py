"""Told years as signs of the year of a page by the phrase they stand in: 截至2021年底, 2022届毕业生, 2023年春节 in December."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import exp
from typing import TypeVar

from pipeline.lexicon import load_tsv
from pipeline.page.year_sign import MOST, Day

T = TypeVar("T")
# Months of the page
SEASONS = {"winter": (1, 2, 3), "summer": (4, 5, 6, 7, 8), "autumn": (9, 10, 11), "december": (12,)}
ANY = "any"  # where the month of the page is not known
GAPS = range(-3, 6)  # years from the told one to that of the page; the first and the last stand for more
_AHEAD = 0.15  # of this share of pages of an earlier year, a phrase tells of what is ahead
_YEAR = r"(?<![\d第.])((?:19|20)\d{2})"


@dataclass(frozen=True)
class Phrase:
    """A told year in a phrase of the table."""

    year: int
    start: int  # of the year
    name: str
    odds: tuple[float, ...]  # by GAPS, of the season of the page
    ahead: bool


def compiled(pattern: str) -> re.Pattern[str]:
    """Y in a pattern is the year, * up to 25 characters of its clause."""
    return re.compile(pattern.replace("*", "[^。;,]{0,25}").replace("Y", _YEAR))


def season_of(month: int) -> str:
    """The name of a season."""
    return next(name for name, months in SEASONS.items() if month in months)


Seasons = dict[str, tuple[tuple[float, ...], bool]]  # odds and whether ahead, as in `Phrase`


@cache
def _table() -> tuple[tuple[tuple[str, Seasons], re.Pattern[str]], ...]:
    columns = ("pattern", "season", *map(str, GAPS))
    found: dict[str, Seasons] = {}
    for row in load_tsv("year_phrases.tsv", columns, key=("pattern", "season")):
        odds = tuple(row.number(str(gap)) for gap in GAPS)
        ahead = sum(exp(o) for o, gap in zip(odds, GAPS, strict=True) if gap < 0) > _AHEAD * sum(map(exp, odds))
        found.setdefault(row["pattern"], {})[row["season"]] = odds, ahead
    return tuple(((pattern, seasons), compiled(pattern)) for pattern, seasons in found.items())


def tellings(
    finders: Iterable[tuple[T, re.Pattern[str]]], text: str, most: int | None = None
) -> Iterator[tuple[T, re.Match[str]]]:
    """The matches of patterns whose first group is the year, `most` of each; of a year in several the first pattern has it."""
    taken = set[int]()
    for what, pattern in finders:
        for match in islice(pattern.finditer(text), most):
            if match.start(1) not in taken:
                taken.add(match.start(1))
                yield what, match


def phrases(flat: str, now: Day | None) -> Iterator[Phrase]:
    """The phrases of a page; of a year in several the first in the table counts."""
    season = season_of(now[0]) if now else ANY
    for (name, seasons), match in tellings(_table(), flat, MOST):
        odds, ahead = seasons[season]
        yield Phrase(int(match[1]), match.start(1), name, odds, ahead)
