"""The year of a newspaper page, weighed from its own words where it prints no date.

Each sign adds to the score of the years it speaks for, in units of log probability:

- the latest year told as past; how many years later a page appears depends on how the year is told (`year_gaps.tsv`)
- what a page speaks of as news: congresses, campaigns, bodies, storms, laws (`year_clues.tsv`)
- words that national news says oftener in some years than in others (`year_words.tsv`, counted)
- anniversaries of events that all know, and sittings of people's congresses, whose terms are fixed (`year_counts.tsv`)
- lengths of time beside a told year (2015年…六年), ages beside a year of birth
- days of the week, lunar dates and feasts beside a date, which must fit the calendar
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from pipeline.lexicon import load_tsv
from pipeline.lexicon.calendar import lunar_date, make_date
from pipeline.lexicon.numbers import parse_number
from pipeline.page.year_words import word_points

YEARS = range(1995, 2041)
PRIOR_YEAR = 2023  # most pages at hand are of the years around it; weighs little beside any evidence
EDITION = 2026  # of the lexicons: a page of a later year tells a later year itself
_PRIOR_SLOPE, _LATER_SLOPE = 0.12, 1.0
_MOST = 300  # told years that are looked at, so that a page of nothing else takes no longer
_BEFORE = 4.0  # what each year before the latest told one loses
_WEEKDAYS = "一二三四五六日"
_CN = "一二两三四五六七八九十百"

Day = tuple[int, int]  # month, day
Points = Iterator[tuple[int, float]]

_TOLD = re.compile(
    r"(?<![\d第.])(?P<year>(?:19|20)\d{2})(?:"
    r"年(?P<rest>度|(?:1[0-2]|0?[1-9])月(?:(?:3[01]|[12]\d|0?[1-9])日)?|第?[一二三四1-4]季度|前三季度|[上下]半年|以来"
    r"|[底末初春夏秋冬]|[寒暑]假|腊月|(?=,))?"
    r"|(?=[“《])|(?=[\u4e00-\u9fff]{2,10}(?:节|赛|杯|展|季|周|月)))"
)
_PARTS = {"底": 12, "末": 12, "冬": 12, "秋": 9, "夏": 6, "春": 3, "下半年": 7, "腊月": 13, "寒假": 2, "暑假": 8}
_AHEAD = re.compile(r"到$|将|拟|计划|预计|力争|明年|建成|竣工|投产|商定|约定|商量")
_AHEAD_AFTER = re.compile(r".{0,12}(?:底|末)?前|.{0,10}(?:建成|竣工|投用|投产|完工|通车)")
_PLANNED = re.compile(r"计划|预计|力争|将于|拟于|将在|竣工|建成|投产")
_LENGTH = re.compile(
    rf"(?<![\d第.{_CN}])(?<!\d,)(?P<n>[1-9]\d?|[{_CN}]{{1,4}})(?P<odd>多|余)?(?:年(?P<tail>来|里|间|下来|过去|了|,|、|如一日|前|。)?|个年头|载"
    r"|周年(?P<feast>))(?!级|期|龄|制|产|均|度|代|以上|以下|内|有期|徒刑|生|至|级|\d)"
)
_ARTICLE = re.compile(r"讯[((]|本报讯|记者|通讯员|讯员")
_MONTH_DAY = re.compile(r"(?<![\d年])(1[0-2]|[1-9])月(3[01]|[12]\d|[1-9])日")
_WEEKDAY = re.compile(r"^[ (,、]{0,2}(?:农历[^\d,。]{2,12})?[ (,]?(?:星期|周)([一二三四五六日天])")
_WEEKEND = re.compile(r"(?:[上下]午|晚|早上|清晨|当天)?[,]?(?:[^,。]{0,14}[“‘]?周末|周[六日天])")
_LUNAR = re.compile(
    r"农历(正|腊|冬|十[一二]?|[二三四五六七八九])月(初[一二三四五六七八九十]|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十)"
)
_FEASTS = {"元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9)}
_AGE = re.compile(r"((?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:出)?生[^。]{0,20}(?:今年|现年|年仅)(\d{2})岁")
_BIRTH = re.compile(r"出生|[日年月,]生|生于")  # not 学生, 卫生院
_SITTING = re.compile(
    rf"人(?:民代表)?大(?:会)?(?P<standing>常委会|常务委员会)?(?:举行|召开)?第(?P<n>[{_CN}]{{1,4}}|\d{{1,2}})次(?:\(扩大\))?会议"
    rf"|人(?:民代表)?大会?(?P<short>[一二三四五])次会议"
)


@dataclass(frozen=True)
class _Told:
    year: int
    kind: str  # how it is told, as in year_gaps.tsv
    low: int  # the first year in which the page can have been printed
    start: int
    end: int


def year_probabilities(flat: str, now: Day | None) -> dict[int, float]:
    """How likely a page is of each year. `flat` is its folded text without white space, `now` the day of its latest news."""
    scores = {year: -_PRIOR_SLOPE * abs(year - PRIOR_YEAR) - _LATER_SLOPE * max(0, year - EDITION) for year in YEARS}
    told = list(islice(_told_years(flat, now), _MOST))
    for points in (
        _clues(flat, now),
        word_points(flat, YEARS),
        _gaps(told),
        _hints(flat, told, now),
        _lengths(flat, told),
    ):
        for year, weight in points:
            _add(scores, year, weight)
    for points in (_ages(flat), _counts(flat), _sittings(flat, now), _calendar(flat), _feasts(flat)):
        for year, weight in points:
            _add(scores, year, weight)
    top = max(scores.values())
    weights = {year: math.exp(score - top) for year, score in scores.items()}
    total = sum(weights.values())
    return {year: weight / total for year, weight in weights.items()}


def _add(scores: dict[int, float], year: int, weight: float) -> None:
    if year in scores:
        scores[year] += weight


# ------------------------------------------------------------------------------------------------------ what is news
def _months(cell: str, last: bool) -> float:
    if not cell:
        return math.inf if last else -math.inf
    year, _, month = cell.partition("-")
    return int(year) * 12 + (int(month) - 1 if month else (11 if last else 0))


@cache
def _clue_rows() -> dict[str, tuple[list[tuple[float, float]], float]]:
    columns = ("term", "first", "last", "weight")
    found: dict[str, tuple[list[tuple[float, float]], float]] = {}
    for row in load_tsv("year_clues.tsv", columns, optional=("first", "last"), key=("term", "first")):
        stretches, _ = found.setdefault(row["term"], ([], row.number("weight")))
        stretches.append((_months(row["first"], False), _months(row["last"], True)))
    return found


@cache
def _clue_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(term) for term in sorted(_clue_rows(), key=len, reverse=True)))


def _clues(flat: str, now: Day | None) -> Points:
    rows = _clue_rows()
    # the longest term counts: 旅游局 is not in 文化和旅游局
    for term in sorted(set(_clue_pattern().findall(flat))):
        stretches, weight = rows[term]
        for year in YEARS:
            month = year * 12 + (now[0] - 1 if now else 6)
            if not any(first <= month <= last for first, last in stretches):
                yield year, -weight


# ------------------------------------------------------------------------------------------------------ told years
def _told_years(flat: str, now: Day | None) -> Iterator[_Told]:
    for match in _TOLD.finditer(flat):
        year, rest, kind = int(match["year"]), match["rest"] or "", "plain"
        before = flat[max(0, match.start() - 12) : match.start()].rpartition("。")[2]
        behind = flat[match.end() : match.end() + 16].partition("。")[0]
        if _AHEAD.search(before) or _AHEAD_AFTER.match(behind):
            yield _Told(year, "ahead", year, match.start(), match.end())
            continue
        month = _PARTS.get(rest, 0)
        if rest == "度":
            kind = "annual"
        elif rest == "以来":
            kind = "since"
        elif rest.endswith("日"):
            kind, month = "full", int(rest.split("月")[0])
        elif rest.endswith("季度"):
            kind = "quarter"
        elif rest and rest[0].isdigit():
            kind, month = "month", int(rest[:-1])
        elif rest:
            kind = "part"
        elif "年" not in match[0]:
            kind = "name"
        elif flat.startswith(",", match.end()):
            kind = "clause"
        yield _Told(year, kind, year + (now is not None and month > now[0]), match.start(), match.end())


@cache
def _gap_table() -> dict[str, tuple[float, ...]]:
    columns = ("kind", "0", "1", "2", "3", "4", "5", "6", "later")
    return {
        row["kind"]: tuple(row.number(c) for c in columns[1:])
        for row in load_tsv("year_gaps.tsv", columns, key=("kind",))
    }


def _gaps(told: list[_Told]) -> Points:
    """Log odds of the years after the latest one told, by the way in which that is told."""
    inside = [t for t in told if t.low in YEARS and t.kind != "ahead"]
    if not inside:
        return
    latest = max(t.low for t in inside)
    kinds = sorted({t.kind for t in inside if t.low == latest})
    tables = [_gap_table()[kind] for kind in kinds]
    shifted = max(t.low - t.year for t in inside if t.low == latest)
    for year in YEARS:
        if year < latest:
            yield year, -_BEFORE * (latest - year)
            continue
        gap = year - latest + shifted
        yield year, max(t[min(gap, len(t) - 1)] - 0.15 * max(0, gap - len(t) + 1) for t in tables)


def _hints(flat: str, told: list[_Told], now: Day | None) -> Points:
    """What stands beside a told year and ties it to the year of the page."""
    for t in told:
        behind = flat[t.end : t.end + 12]
        if t.kind == "full" and now and t.low == t.year:
            full = _MONTH_DAY.match(flat[t.start + 5 : t.end])
            day = make_date(t.year, int(full[1]), int(full[2])) if full else None
            printed = make_date(t.year, *now)
            around = flat[max(0, t.start - 6) : t.end + 22]
            if day and printed and abs((printed - day).days) <= 45 and not _BIRTH.search(around):
                yield t.year, 5.0
        elif t.kind == "ahead" and _PLANNED.search(flat[max(0, t.start - 12) : t.end + 16]):
            for year in YEARS:
                if year > t.year:
                    yield year, -2.0
                elif year < t.year - 5 and t.year < 2030:
                    yield year, -1.0
        elif t.kind == "annual":
            if re.match(r"[^,。]{0,8}(?:计划|安排|目标|任务|招)", behind):
                yield t.year, 2.0
            elif now and now[0] <= 7:
                yield t.year + 1, 1.5
            else:
                yield t.year, 0.7
                yield t.year + 1, 0.7
        elif t.kind == "quarter" and now:
            number = next((i for i, pair in enumerate(("一1", "二2", "三3前", "四4"), 1) if flat[t.end - 3] in pair), 0)
            if number and 0 <= now[0] - 3 * number + 2 <= 4:
                yield t.year, 2.0
        elif t.kind == "part" and flat.startswith("上半年", t.end - 3) and now and now[0] > 6:
            yield t.year, 1.5
        elif t.kind == "name" and now and now[0] <= 2:
            yield t.year + 1, 1.2
        elif t.kind in ("month", "clause", "part"):
            near = _near(flat, t.start, t.end)
            if "去年" in near:
                yield t.year + 1, -0.7
                yield t.year, -1.5
            if "今年" in near or "本月" in near:
                yield t.year, -1.5


def _near(flat: str, start: int, end: int) -> str:
    """The text around a told year that is likely of the same article."""
    left = max((m.end() for m in _ARTICLE.finditer(flat, max(0, start - 300), start)), default=max(0, start - 300))
    right = _ARTICLE.search(flat, end, end + 300)
    return flat[left : right.start() if right else end + 300]


def _lengths(flat: str, told: list[_Told]) -> Points:
    """2015年…六年: a length of time that began in a told year and runs until now; the best tie of each year counts."""
    best: defaultdict[int, float] = defaultdict(float)
    for t in told:
        if t.kind in ("full", "annual", "name", "ahead"):
            continue
        for match in _LENGTH.finditer(flat, max(0, t.start - 300), t.end + 300):
            count = int(parse_number(match["n"]) or 0)
            if count < 2 or (match.start() < t.end and match.end() > t.start):
                continue
            near = -60 < match.start() - t.start < 90
            sure = match["feast"] is not None or bool(match["tail"])
            if match["tail"] == "前" and not t.start - 40 < match.start() < t.start:
                sure = False
            weight = (2.8 if sure and near else 1.8 if sure else 1.2) * (0.5 if match["odd"] else 1.0)
            for year, part in ((t.year + count, 1.0), (t.year + count - 1, 0.2), (t.year + count + 1, 0.3)):
                best[year] = max(best[year], weight * part)
    yield from sorted(best.items())


def _ages(flat: str) -> Points:
    for match in _AGE.finditer(flat):
        yield int(match[1]) + int(match[2]), 3.0


# ------------------------------------------------------------------------------------------------------ counts
@cache
def _count_rows() -> tuple[tuple[re.Pattern[str], int, int, float], ...]:
    rows = load_tsv("year_counts.tsv", ("pattern", "base", "step", "weight"), key=("pattern",))
    number = rf"([{_CN}零]{{1,5}}|\d{{1,3}})"
    return tuple(
        (
            re.compile(number.join(re.escape(part) for part in row["pattern"].split("N"))),
            int(row["base"]),
            int(row["step"]),
            row.number("weight"),
        )
        for row in rows
    )


def _counts(flat: str) -> Points:
    """Anniversaries and counted meetings that stand for one year: 建党100周年, 十四届全国人大二次会议."""
    for pattern, base, step, weight in _count_rows():
        years = {base + step * int(parse_number(m[1]) or 0) for m in pattern.finditer(flat)}
        for year in sorted(years & set(YEARS)):
            yield year, weight
            yield year - 1, weight / 4  # spoken of before


def _sittings(flat: str, now: Day | None) -> Points:
    """Local people's congresses: terms of five years from the turn of 2011 to 2012, 2016 to 2017 and so on.

    A congress sits about once a year (a town's twice), its standing committee seven times.
    """
    for match in _SITTING.finditer(flat):
        if "全国" in flat[max(0, match.start() - 8) : match.start()]:
            continue
        n = int(parse_number(match["n"] or match["short"]) or 0)
        for year in YEARS:
            into = (year + ((now[0] - 0.5) / 12 if now else 0.5) - 2011.8) % 5
            low, high = (
                (4.5 * into - 1.5, 10.0 * into + 2) if match["standing"] else (0.7 * into - 0.8, 2.2 * into + 1.8)
            )
            if not match["standing"] and n == 1:  # towns elect in the spring and summer before the others
                low, high = (1, 1) if into > 4.3 or into < 0.45 else (0, 0)
            if not low <= n <= high:
                yield year, -1.5


# ------------------------------------------------------------------------------------------------------ the calendar
def _calendar(flat: str) -> Points:
    """Takes from the years that days of the week and lunar dates beside a date do not fit."""
    for match in _MONTH_DAY.finditer(flat):
        month, number = int(match[1]), int(match[2])
        behind = flat[match.end() : match.end() + 48].split("。")[0]
        weekday = _WEEKDAY.match(behind)
        lunar = _LUNAR.search(behind[:14])
        weekend = _WEEKEND.match(behind)
        leap = (month, number) == (2, 29)
        if not (weekday or lunar or weekend or leap):
            continue
        for year in YEARS:
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


def _feasts(flat: str) -> Points:
    """A feast of the lunar calendar beside a date is news of the weeks around it."""
    for name, (month, number) in _FEASTS.items():
        beside = {
            (int(told[1]), int(told[2]))
            for match in islice(re.finditer(name, flat), _MOST)
            if flat[match.start() - 2 : match.start()] not in ("明年", "去年")
            for told in _MONTH_DAY.finditer(flat, max(0, match.start() - 120), match.end() + 120)
        }
        for year in YEARS if beside else ():
            feast = lunar_date(year, month, number)
            days = [make_date(year, *day) for day in beside]
            gap = min((abs((feast - day).days) for day in days if feast and day), default=0)
            yield year, -1.0 if gap > 20 else -0.4 if gap > 10 else 0.0


def _is_lunar(day: date, lunar: re.Match[str]) -> bool:
    month = {"正": 1, "冬": 11, "腊": 12}.get(lunar[1]) or int(parse_number(lunar[1]) or 0)
    number = int(parse_number(lunar[2].replace("初", "")) or 0)
    return any(lunar_date(year, month, number) == day for year in (day.year, day.year - 1))
