"""The calendar as a sign of the year of a page: weekdays, lunar dates, feasts and solar terms beside a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice

from borax.calendars.lunardate import TERMS_CN

from pipeline.lexicon.calendar import lunar_date, make_date, solar_term
from pipeline.lexicon.numbers import parse_number
from pipeline.page.year_told import MONTH_DAY, MOST, Day

Points = Iterator[tuple[int, float]]

_lunar_date, _solar_term = cache(lunar_date), cache(solar_term)

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"^[ (,、]{0,2}(?:农历[^\d,。]{2,12})?[ (,]?(?:星期|周)([一二三四五六日天])")
_WEEKEND = re.compile(r"(?:[上下]午|晚|早上|清晨|当天)?[,]?(?:[^,。]{0,14}[“‘]?周末|周[六日天])")
_LUNAR = re.compile(
    r"(?:农历|(?=[正腊]月))(正|腊|冬|十[一二]?|[二三四五六七八九])月"
    r"(初[一二三四五六七八九十]|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十)"
)
# the lunar day of a feast, and how many days before and after it it is news
_FEASTS = {
    "元宵": (1, 15, 8, 6),
    "龙抬头": (2, 2, 6, 4),
    "三月三": (3, 3, 10, 15),
    "端午": (5, 5, 14, 8),
    "火把节": (6, 24, 10, 6),
    "七夕": (7, 7, 8, 6),
    "中秋": (8, 15, 16, 10),
    "重阳": (9, 9, 14, 10),
}
# 7月28日晚,传统火把节开幕: held on its day or in the days about it
_HELD = re.compile(r"[^。\d]{0,40}(元宵|龙抬头|三月三|火把节|七夕)(?!节?(?:前|将|来临|到来|临近|即将)|佳节)")
_NEW_YEAR = re.compile(r"(?:新春|春节)(?:佳节)?(?:将至|来临|即将|临近|前夕|到来之际|将近)|迎新春|快过年|过小年|腊八")
_TERM = re.compile(rf"[,(是恰逢正值“]{{0,4}}({'|'.join(TERMS_CN)})(?!前|后|刚|过|将|临)")
_BEASTS, _STEMS, _BRANCHES = "鼠牛虎兔龙蛇马羊猴鸡狗猪", "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_LUNAR_YEAR = re.compile(
    rf"([{_BEASTS}])年(?=[^。,]{{0,2}}(?:春节|元宵|新春|春晚|大吉|吉祥|新年|贺岁|伊始|到来|来临|将至))|([{_STEMS}])([{_BRANCHES}])[{_BEASTS}]?年(?!间|代)"
)
_OTHER_YEAR = ("明年", "去年", "前年")


def calendar_points(flat: str, years: range) -> Points:
    """Takes from the years that days of the week and lunar dates beside a date do not fit."""
    for match in islice(MONTH_DAY.finditer(flat), MOST):
        month, number = int(match[1]), int(match[2])
        behind = flat[match.end() : match.end() + 48].split("。")[0]
        weekday = _WEEKDAY.match(behind)
        lunar = _LUNAR.search(behind[:14])
        weekend = _WEEKEND.match(behind)
        leap = (month, number) == (2, 29)
        if not (weekday or lunar or weekend or leap):
            continue
        for year in years:
            day = make_date(year, month, number)
            if day is None:
                yield year, -6.0
                continue
            if weekday and day.weekday() != _WEEKDAYS.index(weekday[1].replace("天", "日")):
                yield year, -4.0
            elif not weekday and weekend and day.weekday() < 5:
                yield year, -2.5
            if lunar and not _is_lunar(day, lunar):
                yield year, -5.0


def feast_points(flat: str, years: range) -> Points:
    """A feast of the lunar calendar beside a date is news of the weeks around it, a solar term beside one of that day."""
    for name, (month, number, ahead, behind) in _FEASTS.items():
        yield from _around(_days_beside(name, flat), {y: _lunar_date(y, month, number) for y in years}, ahead, behind)
    before = _days_beside(_NEW_YEAR, flat, 60)
    yield from _around({d for d in before if d[0] <= 2}, {y: _lunar_date(y, 1, 1) for y in years}, 32, 3)
    for match in islice(MONTH_DAY.finditer(flat), MOST):
        if held := _HELD.match(flat, match.end()):
            feasts = {y: _lunar_date(y, *_FEASTS[held[1]][:2]) for y in years}
            yield from _around({(int(match[1]), int(match[2]))}, feasts, 3, 3)
        term = _TERM.match(flat, match.end())
        if term:
            for year in years:
                if _solar_term(year, term[1]) != make_date(year, int(match[1]), int(match[2])):
                    yield year, -1.0


def lunar_year_points(flat: str, now: Day | None, years: range) -> Points:
    """龙年春节, 甲辰年: the lunar year that runs or is about to begin."""
    for told in sorted({m.group() for m in islice(_LUNAR_YEAR.finditer(flat), MOST)}):
        match = _LUNAR_YEAR.match(told + "春节")
        if match is None:
            continue
        for year in years:
            fits = False
            for lunar in (
                (year, year + 1) if now is None or now[0] >= 10 else (year, year - 1) if now[0] <= 2 else (year,)
            ):
                if match[1]:
                    fits |= (lunar - 2008) % 12 == _BEASTS.index(match[1])
                else:
                    fits |= (lunar - 1984) % 10 == _STEMS.index(match[2]) and (lunar - 1984) % 12 == _BRANCHES.index(
                        match[3]
                    )
            if not fits:
                yield year, -2.5


def _days_beside(sign: str | re.Pattern[str], flat: str, reach: int = 120) -> set[tuple[int, int]]:
    """Months and days told within `reach` characters of a sign that is not of another year."""
    pattern = re.compile(sign) if isinstance(sign, str) else sign
    return {
        (int(told[1]), int(told[2]))
        for match in islice(pattern.finditer(flat), MOST)
        if flat[match.start() - 2 : match.start()] not in _OTHER_YEAR
        for told in MONTH_DAY.finditer(flat, max(0, match.start() - reach), match.end() + reach)
    }


def _around(beside: set[tuple[int, int]], feasts: dict[int, date | None], ahead: int, behind: int) -> Points:
    """Takes from the years whose feast is far from all the days told beside it."""
    for year, feast in feasts.items() if beside else ():
        days = [make_date(year, *day) for day in beside]
        past = [max((day - feast).days - behind, (feast - day).days - ahead, 0) for day in days if feast and day]
        if gap := min(past, default=0):
            yield year, -0.5 if gap <= 4 else -1.0


def _is_lunar(day: date, lunar: re.Match[str]) -> bool:
    month = {"正": 1, "冬": 11, "腊": 12}.get(lunar[1]) or int(parse_number(lunar[1]) or 0)
    number = int(parse_number(lunar[2].replace("初", "")) or 0)
    return any(_lunar_date(year, month, number) == day for year in (day.year, day.year - 1))
