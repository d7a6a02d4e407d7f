"""The calendar as a sign of the year of a page: weekdays, lunar dates, feasts and solar terms beside a date."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from itertools import islice

from borax.calendars.lunardate import TERMS_CN

from pipeline.lexicon.calendar import lunar_date, make_date, solar_term
from pipeline.lexicon.numbers import parse_number
from pipeline.page.year_sign import MONTH_DAY, MOST, Day, Points

_lunar_date, _solar_term = cache(lunar_date), cache(solar_term)

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"^[ (,、]{0,2}(?:农历[^\d,。]{2,12})?[ (,]?(?:星期|周)([一二三四五六日天])")
_WEEKEND = re.compile(r"(?:[上下]午|晚|早上|清晨|当天)?[,]?(?:[^,。]{0,14}[“‘]?周末|周[六日天])")
_LUNAR = re.compile(
    r"(?:农历|(?=[正腊]月))(正|腊|冬|十[一二]?|[二三四五六七八九])月"
    r"(初[一二三四五六七八九十]|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十)"
)
_BESIDE = 10  # characters from a day to its lunar one
_SAME_DAY = re.compile(r"(?:当日|当天|这天|这一天)(?:[,正也]?是|正值|恰逢|为|,)?")
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
# 10月29日是重阳节。 今日端午: the day itself, not that of the holiday, of what is held for it, or of its eve
_FEAST_DAY = re.compile(
    r"(?:也|正)?(?:是|为|恰逢|正值|适逢)?[(,“]?(?:农历[^,。]{2,8}[,的])?(?:中国)?(?:传统)?的?"
    r"(元宵|端午|七夕|中秋|重阳)(?:佳?节)?(?=[,。;!)”]|当天|当日|这天)"
)
_TODAY = re.compile("今天|今日")
_NEAR, _EXACT = (0.5, 1.0), (2.0, 3.0)  # what a year loses whose feast is not then
# holidays of eight days and the like: of years in which the Mid-Autumn feast falls into or next to the National Day's week
_DOUBLE_FEAST = re.compile(
    r"双节”?(?:同庆|叠加|重逢|相逢|合一)|国庆、?中秋“?(?:双节)?”?(?:假期|长假|黄金周)|中秋、?国庆“?(?:双节)?”?(?:长假|黄金周)|超级黄金周"
)
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
        lunar = next((m for m in _LUNAR.finditer(behind) if m.start() < _BESIDE), None) or _later_lunar(
            flat, match.end()
        )
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


def _later_lunar(flat: str, at: int) -> re.Match[str] | None:
    """2月21日,… 当日是农历正月十二: the lunar day of the day told last."""
    same = _SAME_DAY.search(flat, at, at + 80)
    if same is None or MONTH_DAY.search(flat, at, same.start()):
        return None
    return _LUNAR.match(flat, same.end())


def feast_points(flat: str, now: Day | None, years: range) -> Points:
    """A feast of the lunar calendar beside a date is news of the weeks around it, a solar term beside one of that day."""
    for name, (month, number, ahead, behind) in _FEASTS.items():
        yield from _around(_days_beside(name, flat), {y: _lunar_date(y, month, number) for y in years}, ahead, behind)
    before = _days_beside(_NEW_YEAR, flat, 60)
    yield from _around({d for d in before if d[0] <= 2}, {y: _lunar_date(y, 1, 1) for y in years}, 32, 3)
    for match in islice(MONTH_DAY.finditer(flat), MOST):
        if held := _HELD.match(flat, match.end()):
            feasts = {y: _lunar_date(y, *_FEASTS[held[1]][:2]) for y in years}
            yield from _around({(int(match[1]), int(match[2]))}, feasts, 3, 3)
        day = int(match[1]), int(match[2])
        if term := _TERM.match(flat, match.end()):
            yield from ((y, -1.0) for y in years if _solar_term(y, term[1]) != make_date(y, *day))
        if feast := _FEAST_DAY.match(flat, match.end()):
            yield from _around({day}, {y: _lunar_date(y, *_FEASTS[feast[1]][:2]) for y in years}, 0, 0, _EXACT)
    if now:
        for match in islice(_TODAY.finditer(flat), MOST):
            if feast := _FEAST_DAY.match(flat, match.end()):  # the latest news is told up to some days before
                yield from _around({now}, {y: _lunar_date(y, *_FEASTS[feast[1]][:2]) for y in years}, 5, 2, _EXACT)
    if (now is None or now[0] in (9, 10)) and _DOUBLE_FEAST.search(flat):
        for year in years:
            moon = _lunar_date(year, 8, 15)
            if moon and not (9, 28) <= (moon.month, moon.day) <= (10, 7):
                yield year, -_EXACT[1]


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


def _around(
    beside: set[Day], feasts: dict[int, date | None], ahead: int, behind: int, loss: tuple[float, float] = _NEAR
) -> Points:
    """Takes from the years whose feast is far from all the days told beside it; `loss` by some days, by more."""
    for year, feast in feasts.items() if beside else ():
        days = [make_date(year, *day) for day in beside]
        past = [max((day - feast).days - behind, (feast - day).days - ahead, 0) for day in days if feast and day]
        if gap := min(past, default=0):
            yield year, -loss[gap > 4]


def _is_lunar(day: date, lunar: re.Match[str]) -> bool:
    month = {"正": 1, "冬": 11, "腊": 12}.get(lunar[1]) or int(parse_number(lunar[1]) or 0)
    number = int(parse_number(lunar[2].replace("初", "")) or 0)
    return any(_lunar_date(year, month, number) == day for year in (day.year, day.year - 1))
