"""The day that a newspaper page prints as its own, in its head or foot: 2024年7月26日 星期五 第3版."""

from __future__ import annotations

import re
from datetime import date

from pipeline.folding import fold
from pipeline.lexicon.calendar import make_date
from pipeline.lexicon.numbers import parse_number

_LONGEST = 60  # characters of such a line, white space aside
_NEIGHBOUR = 16  # of the line beside a date that stands alone
_SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_TOP = 3  # lines of the page among which a date may stand quite alone
_WEEKDAYS = "一二三四五六日"

_CN = "一二三四五六七八九十"
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})年(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日"
    r"|(?<!\d)((?:19|20)\d{2})[./-](1[0-2]|0?[1-9])[./-](3[01]|[12]\d|0?[1-9])(?!\d)"
    rf"|([一二][〇零○一二三四五六七八九]{{3}})年([{_CN}]{{1,2}})月([{_CN}]{{1,3}})日"
)
_WEEKDAY = re.compile(r"(?:星期|(?<!\w)周(?=.(?![\u4e00-\u9fff])))([一二三四五六日天])")
# what else stands in such a line: the day of the week, the number of the page or issue, the section, the editors, the lunar date
_SIGN = re.compile(
    r"星期[一二三四五六日天]|(?<!\w)周[一二三四五六日天](?![\u4e00-\u9fff])|第?[\d一二三四五六七八九十]{1,3}版|版$|(?<![A-Za-z])[A-D]\d{1,2}(?!\d)"
    r"|^[A-D]?\d{0,2}[·|/]?[\u4e00-\u9fff]{0,4}(?:要闻|新闻|综合|副刊|专版|专题|专刊|特刊|时政|民生|广告)\W*$"
    r"|责编|编辑|校对|组版|版式|美编|编委|总编|总第|第\d+期|出版|农历|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年"
)
# what tells of something on that day
_TOLD = re.compile(r"[,;。!?]|[定将]于|时间|截[止至]|[上下]午|[举召]|[至起止]|日[前后]|年度|公布|制定|印发|通过|实施")


def printed_day(text: str) -> date | None:
    """The date in a short line of its own with the day of the week, the number of the page, editors or the like.

    A date that stands quite alone counts in the first lines of the page, or where a line beside it says as much. A day
    of the week that is not the date's tells that the line is no such one.
    """
    lines = [short for line in text.splitlines() if (short := _SPACE.sub("", fold(line)))]
    for at, line in enumerate(lines):
        match = _DATE.search(line) if len(line) <= _LONGEST and not _TOLD.search(line) else None
        if match is None:
            continue
        parts = [line[: match.start()], line[match.end() :]]
        alone = not "".join(parts).strip("()")
        if alone:
            parts = [b for b in lines[max(0, at - 1) : at + 2] if b != line and len(b) <= _NEIGHBOUR]
        year, month, number = (int(parse_number(part) or 0) for part in match.groups() if part)
        day = make_date(year, month, number)
        week = next((w for part in parts if (w := _WEEKDAY.search(part))), None)
        if day is None or (week and _WEEKDAYS.index(week[1].replace("天", "日")) != day.weekday()):
            continue
        if (alone and at < _TOP) or any(_SIGN.search(part) for part in parts):
            return day
    return None
