"""Told years as signs of the year of a page by the phrase they stand in: 截至2021年底, 2022届毕业生, 2023年春节 in December."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from pipeline.lexicon import load_tsv
from pipeline.page.year_sign import MOST, Day

SEASONS = {
    "winter": (1, 2, 3),
    "summer": (4, 5, 6, 7, 8),
    "autumn": (9, 10, 11),
    "december": (12,),
}  # months of the page
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


ANY = "any"  # where the month of the page is not known


def season_of(month: int) -> str:
    """The name of a season."""
    return next(name for name, months in SEASONS.items() if month in months)


@cache
def _table() -> tuple[tuple[str, re.Pattern[str], dict[str, tuple[float, ...]]], ...]:
    columns = ("pattern", "season", *map(str, GAPS))
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    for row in load_tsv("year_phrases.tsv", columns, key=("pattern", "season")):
        found.setdefault(row["pattern"], {})[row["season"]] = tuple(row.number(str(gap)) for gap in GAPS)
    return tuple((pattern, compiled(pattern), seasons) for pattern, seasons in found.items())


def phrases(flat: str, now: Day | None) -> Iterator[Phrase]:
    """The phrases of a page; of a year in several the first in the table counts."""
    season, taken = season_of(now[0]) if now else ANY, set[int]()
    for name, pattern, seasons in _table():
        for match in islice(pattern.finditer(flat), MOST):
            if match.start(1) in taken:
                continue
            taken.add(match.start(1))
            odds = seasons[season]
            ahead = (
                sum(2.718 ** odds[i] for i, gap in enumerate(GAPS) if gap < 0) / sum(2.718**o for o in odds) > _AHEAD
            )
            yield Phrase(int(match[1]), match.start(1), name, odds, ahead)
