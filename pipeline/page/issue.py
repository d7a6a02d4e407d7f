"""The day and year of a newspaper page: from the configuration, the file name, or the page's own evidence.

The year is weighed: years told outright are lower bounds, 去年 beside a told year speaks against the year after it, days
of the week and lunar dates must fit the calendar, and what a page speaks of as news (congresses, campaigns, bodies, storms:
`year_clues.tsv`) has its time. The day itself is given only where the page prints it as its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

from pipeline.folding import fold
from pipeline.lexicon import load_tsv
from pipeline.lexicon.calendar import lunar_date, make_date
from pipeline.lexicon.numbers import parse_number

YEARS = range(1995, 2041)
PRIOR_YEAR = 2023  # most pages at hand are of the years around it; weighs little beside any evidence
MIN_PROBABILITY = 0.3  # a year less sure than this is not given
_GAP = (0.0, 0.4, 0.7, 1.2, 1.6, 1.9, 2.2)  # what a page loses by the years since the last year it tells
_WEEKDAYS = "一二三四五六日"

_NAMED_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)|[-_./年](\d{1,2})[-_./月](\d{1,2})(?!\d))"
)
_TOKEN = re.compile(r"[0-9A-Za-z]+")
_FULL_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日")
_MONTH_DAY = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(3[01]|[12]\d|[1-9])日")
_WEEKDAY = re.compile(r"^[ (,、]{0,2}(?:农历[^\d,。]{2,12})?[ (,]?(?:星期|周)([一二三四五六日天])")
_TOLD_YEAR = re.compile(
    r"(?<![\d第])(?P<year>(?:19|20)\d{2})(?:年(?P<annual>度)?(?P<month>(?:1[0-2]|0?[1-9])(?=月)|底|末|初|[春夏秋冬]|[上下]半年|寒假|暑假|腊月)?|(?=[“《]))"
)
_AHEAD = re.compile(r"到$|将|拟|计划|预计|力争|明年|建成|竣工|投产|商定|约定|商量")
_ELAPSED = re.compile(
    r"(?<![\d第])([1-9]\d?|[一二两三四五六七八九十]{1,3})年(?:来|里|间|下来|过去|了|,|如一日)|此后([1-9]\d?|[一二两三四五六七八九十]{1,3})年"
)
_ARTICLE = re.compile(r"讯[((]|本报讯|记者|通讯员|讯员")
_LUNAR = re.compile(
    r"农历(正|腊|冬|十[一二]?|[二三四五六七八九])月(初[一二三四五六七八九十]|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十)"
)


def issue_date(source: str, text: str, stated: date | None) -> tuple[date | None, int | None, str | None]:
    """Issue day, issue year and where they come from (`config`, `name`, `text`), each None if unknown.

    `source` is the path or key of the page, `stated` what the configuration or the record says.
    """
    if stated is not None:
        return stated, stated.year, "config"
    named = _from_name(source)
    if named is not None:
        return named, named.year, "name"
    printed = _printed_day(text)
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


def _printed_day(text: str) -> date | None:
    """The date in the head or foot of the page: a short line of its own with the day of the week or the page number."""
    for line in text.splitlines():
        line = fold(line).strip()
        if len(line) > 48 or not re.search(r"星期|第\d+版|责任编辑|责编|总第|版$", line):
            continue
        match = re.search(r"((?:19|20)\d{2})\s?[年.-]\s?(\d{1,2})\s?[月.-]\s?(\d{1,2})\s?日?", line)
        if match is None:
            continue
        day = make_date(int(match[1]), int(match[2]), int(match[3]))
        week = re.search(r"星期([一二三四五六日天])", line)
        if day is None or (week and _WEEKDAYS.index(week[1].replace("天", "日")) != day.weekday()):
            continue
        return day
    return None


@lru_cache(maxsize=64)
def news_day(text: str) -> tuple[int, int] | None:
    """(month, day) of the latest news of a page: the end of the 31 days that hold most of its dates; None without any."""
    counts: Counter[tuple[int, int]] = Counter()
    flat = _flat(text)
    for match in _MONTH_DAY.finditer(flat):
        behind = flat[match.end() : match.end() + 14]
        if flat[match.start() - 1 : match.start()] == "年" or re.match(r"前|起|之前|[^,。]{0,9}(?:将|拟)", behind):
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

    return max(counts, key=weight)


@lru_cache(maxsize=4)
def _flat(text: str) -> str:
    """The folded text without white space: a date may stand across a column break. Not for offsets."""
    return "".join(fold(text).split())


# ------------------------------------------------------------------------------------------------------ the year
@cache
def _clue_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(term) for term in sorted((row[0] for row in _clues()), key=len, reverse=True)))


@cache
def _clues() -> tuple[tuple[str, float, float, float], ...]:
    rows = load_tsv("year_clues.tsv", ("term", "first", "last", "weight"), optional=("first", "last"), key=("term",))

    def months(cell: str, last: bool) -> float:
        year, _, month = cell.partition("-")
        return int(year) * 12 + (int(month) - 1 if month else (11 if last else 0))

    return tuple(
        (
            row["term"],
            months(row["first"], False) if row["first"] else -math.inf,
            months(row["last"], True) if row["last"] else math.inf,
            row.number("weight"),
        )
        for row in rows
    )


def _weigh(text: str) -> int | None:
    """The year that the page most likely is of; None where nothing tells, or too little."""
    odds = year_probabilities(text)
    best = max(odds, key=lambda year: odds[year], default=None)
    return best if best is not None and odds[best] >= MIN_PROBABILITY else None


def year_probabilities(text: str) -> dict[int, float]:
    """How likely a page is of each year by its own evidence; empty where it has none."""
    flat = _flat(text)
    now = news_day(text)
    scores = {year: -0.1 * abs(year - PRIOR_YEAR) for year in YEARS}
    evidence = False
    spoken = set(_clue_pattern().findall(flat))  # the longest term counts: 旅游局 is not in 文化和旅游局
    for term, first, last, weight in _clues():
        if term in spoken:
            evidence = evidence or last - first < 18
            for year in YEARS:
                month = year * 12 + (now[0] - 1 if now else 6)
                if not first <= month <= last:
                    scores[year] -= weight
    bound: int | None = None
    for year, low in _bounds(flat, now, scores):
        evidence = True
        bound = max(bound or 0, low) if year in YEARS else bound
    evidence = _fit_calendar(flat, scores) or evidence
    if not evidence:
        return {}
    if bound is not None:
        for year in YEARS:
            gap = year - bound
            scores[year] -= (
                4.0 * -gap if gap < 0 else _GAP[gap] if gap < len(_GAP) else _GAP[-1] + 0.5 * (gap - len(_GAP) + 1)
            )
    top = max(scores.values())
    weights = {year: math.exp(score - top) for year, score in scores.items()}
    total = sum(weights.values())
    return {year: weight / total for year, weight in weights.items()}


def _bounds(flat: str, now: tuple[int, int] | None, scores: dict[int, float]) -> Iterator[tuple[int, int]]:
    """Each year told as past, with the first year in which the page can have been printed; adds to `scores` on the way."""
    for match in _TOLD_YEAR.finditer(flat):
        year = int(match["year"])
        around = flat[max(0, match.start() - 6) : match.end() + 22]
        if _AHEAD.search(flat[max(0, match.start() - 12) : match.start()]) or re.match(
            r".{0,12}(?:底|末)?前|.{0,10}(?:建成|竣工|投用|投产|完工|通车)", flat[match.end() : match.end() + 16]
        ):
            continue
        month = {
            "底": 12,
            "末": 12,
            "冬": 12,
            "秋": 9,
            "夏": 6,
            "春": 3,
            "下半年": 7,
            "腊月": 13,
            "寒假": 2,
            "暑假": 8,
        }.get(match["month"] or "", int(match["month"]) if (match["month"] or "").isdigit() else 0)
        low = year
        if now and month > now[0]:
            low = year + 1
        full = _FULL_DAY.match(flat, match.start())
        if full and now and low == year:
            told, printed = make_date(year, int(full[2]), int(full[3])), make_date(year, *now)
            if told and printed and abs((printed - told).days) <= 45 and "生" not in around:
                _add(scores, year, 5.0)
        elif match["annual"]:
            if now and now[0] <= 6:
                _add(scores, year + 1, 1.5)
            else:
                _add(scores, year, 0.7)
                _add(scores, year + 1, 0.7)
        elif flat[match.end() : match.end() + 2] == "以来":
            _add(scores, year, 0.5)
        elif match["month"] is None and flat[match.end()] in "“《":
            _add(scores, year + 1 if now and now[0] <= 2 else year, 0.7)
        elif match["month"] == "上半年" and now and now[0] > 6:
            _add(scores, year, 1.5)
        elif not full:
            near = _near(flat, match.start(), match.end())
            if "去年" in near:
                _add(scores, year + 1, -1.4)
                _add(scores, year, -2.0)
            if "今年" in near or "本月" in near:
                _add(scores, year, -2.0)
            for elapsed in _ELAPSED.finditer(flat, match.end(), match.end() + 160):
                count = int(parse_number(elapsed[1] or elapsed[2]) or 0)
                if count > 1:
                    _add(scores, year + count, 1.5)
                    _add(scores, year + count - 1, 0.3)
                    _add(scores, year + count + 1, 0.3)
        yield year, low
    for match in re.finditer(
        r"((?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:出)?生[^。]{0,20}(?:今年|现年|年仅)(\d{2})岁", flat
    ):
        _add(scores, int(match[1]) + int(match[2]), 3.0)
        yield int(match[1]), int(match[1])


def _near(flat: str, start: int, end: int) -> str:
    """The text around a told year that is likely of the same article."""
    left = max((m.end() for m in _ARTICLE.finditer(flat, max(0, start - 300), start)), default=max(0, start - 300))
    right = _ARTICLE.search(flat, end, end + 300)
    return flat[left : right.start() if right else end + 300]


def _add(scores: dict[int, float], year: int, weight: float) -> None:
    if year in scores:
        scores[year] += weight


def _fit_calendar(flat: str, scores: dict[int, float]) -> bool:
    """Whether days of the week and lunar dates stand beside dates; takes from the years that they do not fit."""
    found = False
    for match in _MONTH_DAY.finditer(flat):
        if flat[match.start() - 1 : match.start()] == "年":
            continue
        month, number = int(match[1]), int(match[2])
        behind = flat[match.end() : match.end() + 48].split("。")[0]
        weekday = _WEEKDAY.match(behind)
        lunar = _LUNAR.search(behind[:14])
        weekend = re.match(r"(?:[上下]午|晚|早上|清晨|当天)?[,]?(?:[^,。]{0,14}[“‘]?周末|周[六日天])", behind)
        if not (weekday or lunar or weekend):
            continue
        found = True
        for year in YEARS:
            day = make_date(year, month, number)
            if day is None:
                scores[year] -= 6
                continue
            if weekday and day.weekday() != _WEEKDAYS.index(weekday[1].replace("天", "日")):
                scores[year] -= 4
            elif not weekday and weekend and day.weekday() < 5:
                scores[year] -= 2.5
            if lunar and not _is_lunar(day, lunar):
                scores[year] -= 5
    return found


def _is_lunar(day: date, lunar: re.Match[str]) -> bool:
    month = {"正": 1, "冬": 11, "腊": 12}.get(lunar[1]) or int(parse_number(lunar[1]) or 0)
    number = int(parse_number(lunar[2].replace("初", "")) or 0)
    return any(lunar_date(year, month, number) == day for year in (day.year, day.year - 1))
