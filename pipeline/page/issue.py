"""The day and year of a newspaper page: from the configuration, the file name, or the page's own evidence.

The day is given only where the name or the page prints it as its own; the year else by the page's words (`year.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import lru_cache

from pipeline.folding import fold
from pipeline.lexicon.calendar import make_date
from pipeline.page.printed_day import printed_day
from pipeline.page.year import YEARS, year_probabilities
from pipeline.page.year_sign import MONTH_DAY

# A year less sure than this is not given: without a year all dates of a page stay without one, with a wrong one all are wrong.
# Labelled pages (117, and 18 that nobody can date; 1,618 dated times): .2 gives 103 years right and 25 wrong or uncalled for,
# and 1,421 times right; .35 gives 100, 19 and 1,388; .5 gives 89, 15 and 1,237.
MIN_PROBABILITY = 0.2
_FEW_DATES, _TOGETHER = 4, 0.6  # of so many dates this share is of one month on any page of one day's news

_NAMED_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)|[-_./年](\d{1,2})[-_./月](\d{1,2})(?!\d))"
)
_TOKEN = re.compile(r"[0-9A-Za-z]+")

_AHEAD = re.compile(r"前|起|之前|,?[^,。]{0,9}(?:将|拟)")
# what a notice announces
_TO_COME = re.compile(r"(?:[将定拟]于|计划于|(?:推迟|延期|延|顺延|持续)[到至]|[日月][到至]|时间:?|公示期:?|因)$")


def issue_date(source: str, text: str, stated: date | None) -> tuple[date | None, int | None, str | None]:
    """Issue day, issue year and where they come from (`config`, `name`, `text`), each None if unknown.

    `source` is the path or key of the page, `stated` what the configuration or the record says.
    """
    if stated is not None:
        return stated, stated.year, "config"
    named = _from_name(source)
    if named is not None:
        return named, named.year, "name"
    printed = printed_day(text)
    if printed is not None:
        return printed, printed.year, "text"
    year = _weigh(text)
    return None, year, "text" if year else None


def _from_name(source: str) -> date | None:
    """The date in a file name or record key; the innermost part of the path that holds one counts."""
    for part in reversed(re.split(r"[/\\#]", source)):
        for match in _NAMED_DAY.finditer(part):
            token = next((t[0] for t in _TOKEN.finditer(part) if t.start() <= match.start() < t.end()), "")
            if len(token) >= 12 and re.fullmatch(r"[0-9a-f]+", token) and not token.isdigit():
                continue  # digits of a hash
            month, day = match[2] or match[4], match[3] or match[5]
            found = make_date(int(match[1]), int(month), int(day))
            if found is not None and found.year in YEARS:
                return found
    return None


@lru_cache(maxsize=64)
def news_day(text: str) -> tuple[int, int] | None:
    """(month, day) of the latest news of a page: the end of the 31 days that hold most of its dates; None without any.

    A page whose dates lie all over the year is a collection: it has no such day.
    """
    counts: Counter[tuple[int, int]] = Counter()
    flat = flat_text(text)
    for match in MONTH_DAY.finditer(flat):
        behind = flat[match.end() : match.end() + 14]
        if _AHEAD.match(behind):
            continue
        if _TO_COME.search(flat[max(0, match.start() - 8) : match.start()]):
            continue
        counts[int(match[1]), int(match[2])] += 1
    if not counts:
        return None

    def ordinal(day: tuple[int, int]) -> int:
        return (day[0] - 1) * 31 + day[1]

    busiest = ordinal(max(counts, key=lambda day: (counts[day], day)))

    def weight(day: tuple[int, int]) -> tuple[int, int]:
        near = sum(n for other, n in counts.items() if (ordinal(day) - ordinal(other)) % 372 <= 31)
        return near, -((busiest - ordinal(day)) % 372)

    latest = max(counts, key=weight)
    all_ = counts.total()
    return None if all_ >= _FEW_DATES and weight(latest)[0] < _TOGETHER * all_ else latest


@lru_cache(maxsize=4)
def flat_text(text: str) -> str:
    """The folded text without white space: a date may stand across a column break. Not for offsets."""
    return "".join(fold(text).split())


def _weigh(text: str) -> int | None:
    """The year that the page most likely is of; None where its evidence decides too little."""
    odds = year_probabilities(flat_text(text), news_day(text))
    best = max(odds, key=lambda year: odds[year])
    return best if odds[best] >= MIN_PROBABILITY else None
