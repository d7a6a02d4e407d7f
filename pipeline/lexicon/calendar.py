"""The calendar behind time expressions: what days an ISO value covers, lunar dates, solar terms."""

from __future__ import annotations

import calendar as _calendar
import re
from datetime import date

from borax.calendars.lunardate import TERMS_CN, LunarDate, TermUtils

_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}  # first month; a winter runs into the next year
_VALUE = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d\d)(?:-(?P<day>\d\d))?|Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d\d)|(?P<season>SP|SU|FA|WI)))?"
    r"(?:T\d\d:\d\d)?"
)


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
    if match["week"]:
        return _week(year, int(match["week"]))
    if match["season"]:
        return _months(year, _SEASONS[match["season"]], 3)
    return _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[date | None, date | None]:
    if not 1 <= month <= 12 or not 1 <= year < 9999:
        return None, None
    end = month + count - 1
    last_year, last_month = year + (end - 1) // 12, (end - 1) % 12 + 1
    return date(year, month, 1), date(last_year, last_month, _calendar.monthrange(last_year, last_month)[1])


def _week(year: int, week: int) -> tuple[date | None, date | None]:
    try:
        return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
    except ValueError:
        return None, None


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def lunar_date(year: int, month: int, day: int) -> date | None:
    """The solar date of a day of a lunar year (正月 is month 1, no leap month); None before 1900, after 2100, for no such day."""
    try:
        return LunarDate(year, month, day).to_solar_date()
    except ValueError:
        return None


def solar_term(year: int, name: str) -> date | None:
    """The day of one of the 24 solar terms (清明, 冬至) from 1901 to 2100; None for other years and other names."""
    if name not in TERMS_CN or not 1901 <= year <= 2100:
        return None
    return TermUtils.day_start_from_term(year, name, 0)
