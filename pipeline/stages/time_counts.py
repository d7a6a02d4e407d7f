"""Times told by counting: 两年前, 三天后, 过去五年, 下周, 上世纪80年代."""

from __future__ import annotations

import re
from datetime import timedelta

from pipeline.lexicon.numbers import parse_number
from pipeline.stages.time_context import Context
from pipeline.stages.time_grammar import SINCE

Read = tuple[int, str | None, str]  # end of the expression, ISO value, type

_CLOCK_VALUE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天末])")
_VAGUE = {"上": "PAST_REF", "下": "FUTURE_REF"}


def counted(match: re.Match[str], context: Context) -> Read | None:
    """The value of a match of the grammar's `count`; None where it is a length of time, not a point."""
    if match["num"]:
        return _from_told(match, context)
    year, told, end = context.year, context.told, match.end()
    if match["num2"] == "半":
        return end, _half_year(context), "DATE"
    number = parse_number(match["num2"])
    if number is None:
        return None
    unit, way, count = match["unit2"], match["past"], int(number)
    if year is None:
        return _of_unknown_year(match, count, context)
    if unit == "年":
        if way in ("头", "前"):
            if match["since"] or not 2 <= count <= 5:
                return None
            first = told.year if way == "头" and told.year else year - count
            return end, f"{first}/{first + count - 1}", "DATE"
        if way == "过去" and count == 1 and (context.now_month() or 12) <= 3:
            return end, str(year - 1), "DATE"  # the year that has just ended
        return end, f"{year}/{year + count}" if way in ("今后", "未来") else f"{year - count}/{year}", "DATE"
    if way in ("头", "近") or (way == "前" and unit != "周"):
        return None
    ahead, day = way in ("今后", "未来"), context.printed()
    if day is None:
        return end, "FUTURE_REF" if ahead else "PAST_REF", "DATE"
    days = timedelta(days=count * {"天": 1, "周": 7, "个月": 30}[unit])
    # 未来三天 begins tomorrow
    first_day, last_day = (day + timedelta(days=unit != "个月"), day + days) if ahead else (day - days, day)
    if unit == "个月":
        return end, f"{first_day:%Y-%m}/{last_day:%Y-%m}", "DATE"
    return end, f"{first_day}/{last_day}", "DATE"


def _of_unknown_year(match: re.Match[str], count: int, context: Context) -> Read | None:
    """此前一个月 after 11月26日 is XXXX-10/XXXX-11; other stretches are vague."""
    unit, way, day = match["unit2"], match["past"], context.told.unknown_day
    if way in ("头", "前") or (way == "近" and unit != "年"):
        return None
    if way in ("今后", "未来"):
        return match.end(), "FUTURE_REF", "DATE"
    if unit == "个月" and day and count < day[0]:
        return match.end(), f"XXXX-{day[0] - count:02d}/XXXX-{day[0]:02d}", "DATE"
    return match.end(), "PAST_REF", "DATE"


def _from_told(match: re.Match[str], context: Context) -> Read | None:
    """两年前, 三天后, 八年来."""
    unit, way, end = match["unit"], match["way"], match.end()
    number = (
        None if any(c in "几数" for c in match["num"]) else 0.5 if match["num"] == "半" else parse_number(match["num"])
    )
    if way == "间" or (unit.endswith("小时") and way != "前"):
        return None
    if way == "来":
        if match["half"]:
            return None
        if unit != "年":
            return None
        if number is None or context.year is None or match["many"]:  # 几十年来
            return end, "PAST_REF", "DATE"
        if number < 1:
            return end, _half_year(context), "DATE"
        return end, f"{context.year - int(number)}/{context.year}", "DATE"
    if number is None:
        return (end, "PAST_REF", "DATE") if way == "前" and not unit.endswith("小时") else None
    value = _shifted(-number if way == "前" else number, unit, context)
    return (end, value, "TIME" if unit.endswith("小时") else "DATE") if value else None


def _half_year(context: Context) -> str:
    """半年来: the months up to the newspaper's."""
    month = context.now_month()
    if context.year is None or month is None:
        return "PAST_REF"
    first = context.year * 12 + month - 1 - 6
    return f"{first // 12}-{first % 12 + 1:02d}/{context.year}-{month:02d}"


def _shifted(number: float, unit: str, context: Context) -> str | None:
    """The point `number` units from what was told last, as finely as that is known."""
    told = context.told
    vague = "FUTURE_REF" if number > 0 else "PAST_REF"
    if unit == "年":
        base = told.year if number > 0 else context.year
        if base is None:
            return None if number > 0 else vague
        told.value = str(base + int(number))
        return told.value
    if unit == "个月":
        month = told.month or (context.latest[0] if context.latest else None)
        year = told.year if told.month else context.year
        if year is None or month is None:
            return told.value or vague
        index = year * 12 + month - 1 + int(number)
        return f"{index // 12}-{index % 12 + 1:02d}"
    if unit.endswith("小时"):
        return _shifted_clock(number, context)
    start = told.day if told.fresh else context.issue if told.value is None else None
    if start is not None:
        days = number * (7 if unit.endswith(("周", "星期")) else 1)
        context.tell(start + timedelta(days=int(days)))
        return told.value
    return told.value or vague


def _shifted_clock(number: float, context: Context) -> str | None:
    value = context.told.value or ""
    match = _CLOCK_VALUE.fullmatch(value)
    if match is None:
        return context.told.day.isoformat() if context.told.day else value or "PAST_REF"
    hour = int(match[2]) + int(number)
    return f"{match[1]}T{hour:02d}:00" if 0 <= hour < 24 else match[1]


def near_week(match: re.Match[str], context: Context) -> Read:
    """本周, 上周五, 下周末, from the week of the newspaper."""
    word, end, day = match["nearweek"], match.end(), context.printed()
    since = SINCE.match(context.folded, end)
    if day is None:
        return since.end() if since else end, _VAGUE.get(word[0], "PRESENT_REF"), "DATE"
    monday = day - timedelta(days=day.weekday()) + timedelta(days=7 * (word[:2].count("下") - word[:2].count("上")))
    weekday = _WEEKDAY.search(word)
    if weekday is None:
        week = monday.isocalendar()
        value = f"{week[0]}-W{week[1]:02d}"
    elif weekday[1] == "末":
        value = f"{monday + timedelta(days=5)}/{monday + timedelta(days=6)}"
    else:
        value = (monday + timedelta(days="一二三四五六日".index(weekday[1].replace("天", "日")))).isoformat()
    if since and "/" not in value:
        return since.end(), value + "/..", "DATE"
    return end, value, "DATE"


def weekday(match: re.Match[str], context: Context) -> Read:
    """星期三: the last one up to the day of the newspaper; vague where that is not known."""
    end = match.end()
    if context.issue is None:
        return end, "PAST_REF", "DATE"
    number = "一二三四五六日".index(match["weekday"][-1].replace("天", "日"))
    back = (context.issue.weekday() - number) % 7
    return end, (context.issue - timedelta(days=back)).isoformat(), "DATE"


def _century(printed: str) -> int:
    """The first year of 上世纪, 20世纪, 二十世纪."""
    hundreds = {"上": 19, "本": 20}.get(printed[0])
    return 100 * (hundreds or int(parse_number(re.sub(r"个?世纪", "", printed)) or 20) - 1)


def age(match: re.Match[str]) -> str:
    """本世纪初, 20世纪末: its first or last ten years; 本世纪以来."""
    first = _century(match["age"])
    return {"初": f"{first}/{first + 9}", "末": f"{first + 90}/{first + 99}"}.get(match["agepart"], f"{first}/..")


def decade(match: re.Match[str]) -> str:
    """上世纪80年代初, 1980年代, 七八十年代 as years; without its century, a decade of the twentieth."""
    number = int(parse_number(match["decade"]) or 0)
    first = number if number >= 1000 else _century(match["century"] or "上世纪") + number
    last = first + 9
    if match["decades"]:
        first += 10 * int(parse_number(match["decades"]) or 0) - number
    part = match["dpart"] or ""
    if part.startswith("初"):
        last = first + 3
    elif part.startswith(("末", "后")):
        first = last - 3
    return f"{first}/{last}"


_FIRST_PLAN = 2001  # that the tenth five-year plan began


def plan(match: re.Match[str]) -> str:
    """“十三五”期间, “十四五”以来, “十二五”末: the years of a five-year plan."""
    first = _FIRST_PLAN + 5 * int(parse_number(match["plan"]) or 0)
    return {"以来": f"{first}/..", "末": str(first + 4)}.get(match["planpart"], f"{first}/{first + 4}")
