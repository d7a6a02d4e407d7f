"""The calendar behind time expressions: what days an ISO value covers, lunar dates, solar terms."""

from __future__ import annotations

import calendar as _calendar
import re
from datetime import date, timedelta
from functools import cache

from pipeline.lexicon import load_tsv

_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}  # first month; a winter runs into the next year
_VALUE = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d\d)(?:-(?P<day>\d\d))?|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<season>SP|SU|FA|WI)))?"
    r"(?:T\d\d:\d\d)?"
)
# Days of solar terms in the 21st century: floor(years × 0.2422 + constant) less the leap years gone by.
_TERMS = {
    "立春": (2, 3.87),
    "清明": (4, 4.81),
    "立夏": (5, 5.52),
    "立秋": (8, 7.5),
    "立冬": (11, 7.438),
    "冬至": (12, 21.94),
}


def days_of(value: str | None) -> tuple[date | None, date | None]:
    """First and last day that an ISO 8601 value covers; None for an open end, and for both if it is no stretch of days."""
    if not value:
        return None, None
    if "/" in value:
        first, last = value.split("/", 1)
        return days_of(first)[0], days_of(last)[1]
    match = _VALUE.fullmatch(value)
    if match is None:
        return None, None
    year = int(match["year"])
    if match["day"]:
        day = make_date(year, int(match["month"]), int(match["day"]))
        return day, day
    if match["month"]:
        return _months(year, int(match["month"]), 1)
    if match["quarter"]:
        return _months(year, 3 * int(match["quarter"]) - 2, 3)
    if match["half"]:
        return _months(year, 6 * int(match["half"]) - 5, 6)
    if match["season"]:
        return _months(year, _SEASONS[match["season"]], 3)
    return _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[date | None, date | None]:
    if not 1 <= month <= 12 or not 1 <= year < 9999:
        return None, None
    end = month + count - 1
    last_year, last_month = year + (end - 1) // 12, (end - 1) % 12 + 1
    return date(year, month, 1), date(last_year, last_month, _calendar.monthrange(last_year, last_month)[1])


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _lunar_years() -> dict[int, tuple[date, int, str]]:
    columns = ("year", "new_year", "leap", "lengths")
    rows = load_tsv("lunar_years.tsv", columns, optional=("leap",), key=("year",))
    return {int(r["year"]): (date.fromisoformat(r["new_year"]), int(r["leap"] or 0), r["lengths"]) for r in rows}


def lunar_date(year: int, month: int, day: int) -> date | None:
    """The solar date of a day of a lunar year (正月 is month 1); None outside the table or where there is no such day."""
    row = _lunar_years().get(year)
    if row is None or not 1 <= month <= 12:
        return None
    first, leap, lengths = row
    index = month - 1 + (1 if leap and month > leap else 0)
    length = 29 + int(lengths[index])
    if not 1 <= day <= length:
        return None
    before = sum(29 + int(c) for c in lengths[:index])
    return first + timedelta(days=before + day - 1)


def solar_term(year: int, name: str) -> date | None:
    """The day of a solar term from 2000 to 2099; None for other years and for terms that are not kept here."""
    if name not in _TERMS or not 2000 <= year <= 2099:
        return None
    month, constant = _TERMS[name]
    short = year - 2000
    leaps = (short - 1) // 4 if month < 3 else short // 4
    return date(year, month, int(short * 0.2422 + constant) - leaps)
