"""Told years as signs of the year of a page: how long ago they are, what stands beside them, lengths of time and ages."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

import numpy as np

from pipeline.lexicon import load_tsv
from pipeline.lexicon.calendar import make_date
from pipeline.lexicon.numbers import parse_number
from pipeline.page.year_phrases import GAPS, Phrase, phrases
from pipeline.page.year_sign import CN, MOST, Day, Points

_BEFORE = 4.0  # how sure it is that a year that is told as past is past
# log odds in the last months of a year that a year told without a day or month is the one to come
_TO_COME, _DATED_KINDS = {11: -2.0, 12: -1.0}, {"full", "month", "quarter", "since"}
_NONE = 3.0
_SEASONS = {"jan": (1,), "spring": (2, 3), "autumn": (10, 11, 12)}  # months of the page
_FADING = 0.08  # what each year after the last of the table loses
_LATELY, _LATE_DAYS = 3, 45  # months; days
# log odds: a year that is told as running or lately past, plans that are over or years ahead, 去年 of another year
_THIS_YEAR, _LIKELY, _LATE_DAY, _LATE_MONTH, _AGED = 2.0, 1.5, 3.0, 0.8, 3.0
_AFTER_PLAN, _BEFORE_PLAN, _NO_LAST_YEAR, _SAID_OF_BEFORE = 2.0, 1.0, 0.7, 0.3
_PLAN_YEARS, _FAR_PLANS = 5, 2030  # plans reach so far; to the later ones none does
_SURE_NEAR, _SURE, _UNSURE, _ODD = 3.5, 1.8, 1.2, 0.5  # what a length of time ties its end to, 多 and 余 by half
# Shares of that for the year before and the year after: 三年 is told in the third year too, of longer times seldom.
_EARLY, _LATE, _FEW, _SHORT_EARLY = 0.2, 0.3, 3, 0.55
_DATED = 3  # full dates of a year that make it the year of a page whose news are dated so

_TOLD = re.compile(
    r"(?<![\d第.])(?P<year>(?:19|20)\d{2})(?:"
    r"年的?(?P<rest>度|(?:1[0-2]|0?[1-9])月(?:(?:3[01]|[12]\d|0?[1-9])日)?|第?[一二三四1-4]季度|前三季度|[上下]半年|以来"
    r"|[底末初春夏秋冬]|[寒暑]假|腊月|(?=,))?"
    r"|(?=[“《]|新年|新春)|(?=[\u4e00-\u9fff]{2,10}(?:节|赛|杯|展|季|周|月)))"
)
# a year in the name of a list or contest: 2019年“云溪杯”竞赛, 2020年秋季助学金发放名单
_MONTH = re.compile(r"年的?(\d{1,2})月(?:(\d{1,2})日)?")
_TITLE = re.compile(r"[“《]|[\u4e00-\u9fff“”《》]{2,30}?(?:名单|公告|启事|简章|大赛|竞赛|联赛|锦标赛)")
_PARTS = {"底": 12, "末": 12, "冬": 12, "秋": 9, "夏": 6, "春": 3, "下半年": 7, "腊月": 13, "寒假": 2, "暑假": 8}
_AHEAD = re.compile(
    r"到$|(?:年限|工期|周期|规划|方案)[^。]{0,6}$|[(“《]\d{4}年?[-—~至]{1,2}$|将|拟|计划|预计|力争|明年|建成|竣工|投产|商定|约定|商量"
)
_AHEAD_AFTER = re.compile(r".{0,12}(?:底|末)?前(?!后)|.{0,10}(?:建成|竣工|投用|投产|完工|通车)")
_PLANNED = re.compile(r"计划|预计|力争|将于|拟于|将在|竣工|建成|投产")
_LENGTH = re.compile(
    rf"(?<![\d第.{CN}])(?<!\d,)(?P<n>[1-9]\d?|[{CN}]{{1,4}})(?P<odd>多|余)?(?:年(?P<tail>来|里|间|下来|过去|了|,|、|如一日|前|。)?|个年头|载"
    r"|周年(?P<feast>)|(?P<terms>届))(?!级|期|龄|制|产|均|度|代|以上|以下|内|有期|徒刑|生|至|级|\d)"
)
_RUNNING = tuple(a + b + c for a in ("连续", "已", "成功") for b in ("举办", "开展", "举行") for c in ("", "了"))
_ARTICLE = re.compile(r"讯[((]|本报讯|记者|通讯员|讯员")
_AGE = re.compile(r"((?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:出)?生[^。]{0,20}(?:今年|现年|年仅)(\d{2})岁")
_BIRTH = re.compile(r"出生|[日年月,]生|生于")  # not 学生, 卫生院


@dataclass(frozen=True)
class Told:
    """A year that a page tells."""

    year: int
    kind: str  # how it is told, as in year_gaps.tsv, or "ahead": told as future
    low: int  # the first year in which the page can have been printed
    start: int
    end: int
    phrase: Phrase | None = None  # whose counts say what it says of the year of the page


def told_years(flat: str, now: Day | None) -> list[Told]:
    """The told years of a page. A year told like a plan is past all the same if the page tells a later one as past."""
    said = {phrase.start: phrase for phrase in phrases(flat, now)}
    told = [_phrased(t, said.pop(t.start, None)) for t in islice(_told(flat, now), MOST)]
    told += [_phrased(Told(p.year, "plain", p.year, p.start, p.start + 4), p) for p in said.values()]
    latest = max((t.year for t in told if t.kind != "ahead"), default=0)
    told = [replace(t, kind="plain") if t.kind == "ahead" and t.year <= latest else t for t in told]
    # where the news are dated in full, the other dates do not tell the day of the page
    return [replace(t, low=t.year) for t in told] if _dated(told) else told


def _phrased(told: Told, phrase: Phrase | None) -> Told:
    if phrase is None or (told.kind == "ahead" and not phrase.ahead):
        return told
    told = replace(told, phrase=phrase)
    return replace(told, kind="ahead", low=told.year) if phrase.ahead else told


def _told(flat: str, now: Day | None) -> Iterator[Told]:
    for match in _TOLD.finditer(flat):
        year, rest, kind = int(match["year"]), match["rest"] or "", "plain"
        before = flat[max(0, match.start() - 12) : match.start()].rpartition("。")[2]
        behind = flat[match.end() : match.end() + 32].partition("。")[0]
        if "年" in match[0] and (not rest or rest in "春夏秋冬") and _TITLE.match(behind):
            kind, rest = "name", ""
        elif _AHEAD.search(before) or _AHEAD_AFTER.match(behind[:16]):
            yield Told(year, "ahead", year, match.start(), match.end())
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
        yield Told(year, kind, year + (now is not None and month > now[0]), match.start(), match.end())


@cache
def _gap_table() -> dict[str, tuple[float, ...]]:
    columns = ("kind", "0", "1", "2", "3", "4", "5", "6", "later", *_SEASONS)
    return {
        row["kind"]: tuple(row.number(c) for c in columns[1:])
        for row in load_tsv("year_gaps.tsv", columns, key=("kind",))
    }


def _dated(told: list[Told]) -> int | None:
    """The latest told year of a page that dates its news by year, month and day throughout."""
    full = Counter(t.year for t in told if t.kind == "full")
    latest = max((t.year for t in told if t.kind != "ahead"), default=0)
    return latest if full[latest] >= _DATED else None


def gap_points(told: list[Told], now: Day | None, years: range) -> Points:
    """Log odds of the years after the latest one told as past, by the way in which that is told; of several the one that fits least.

    Where that one is of a plan after all, what counts is the latest year before it.
    """
    past: defaultdict[int, list[Told]] = defaultdict(list)
    for t in told:
        if t.low in years and (t.kind != "ahead" or t.phrase):
            past[t.low].append(t)
    if not past:
        return
    season = next((i for i, months in enumerate(_SEASONS.values()) if now and now[0] in months), None)
    odds, doubt = np.full(len(years), -math.inf), 0.0
    for latest in sorted(past, reverse=True):
        here = [t for t in past[latest] if t.phrase is None]
        shifted, kinds = max((t.low - t.year for t in here), default=0), sorted({t.kind for t in here})
        tables = []
        for kind in kinds:
            row = _gap_table()[kind]
            table = list(row[: -len(_SEASONS)])
            table[0] += 0.0 if season is None else row[season - len(_SEASONS)]
            tables.append(table)
        for i, year in enumerate(years):
            gap = year - latest + shifted
            if year >= latest:
                fits = [t[min(gap, len(t) - 1)] - _FADING * max(0, gap - len(t) + 1) for t in tables]
                odds[i] = np.logaddexp(odds[i], doubt + min(fits, default=0.0))
            elif here and year == latest - 1 and now and now[0] in _TO_COME and not _DATED_KINDS.intersection(kinds):
                odds[i] = doubt + _TO_COME[now[0]]
        doubt -= _BEFORE if here else 0.0
    yield from zip(years, np.maximum(odds, doubt - _NONE if doubt else 0.0).tolist(), strict=True)


def phrase_points(told: list[Told], years: range) -> Points:
    """Log odds of the years by each phrase with a told year; said again of the same year it says no more."""
    for phrase in {(t.year, t.phrase.name): t.phrase for t in told if t.phrase}.values():
        for year in years:
            yield year, phrase.odds[min(max(year - phrase.year, GAPS[0]), GAPS[-1]) - GAPS[0]]


def hint_points(flat: str, told: list[Told], now: Day | None, years: range) -> Points:
    """What stands beside a told year and ties it to the year of the page."""
    near: defaultdict[int, float] = defaultdict(float)  # what 去年 beside told years says, the most of each year
    dated = _dated(told)
    if dated:
        yield dated, _LATE_DAY
    latest = max((t.year for t in told if t.kind != "ahead"), default=0)
    for t in told:
        if t.kind in ("full", "month") and now and t.year == latest and not dated:
            yield from _recent(flat, t, now)
        if t.kind == "full" or t.phrase:
            continue
        if t.kind == "ahead" and _PLANNED.search(flat[max(0, t.start - 12) : t.end + 16]):
            for year in years:
                if year > t.year:
                    yield year, -_AFTER_PLAN
                elif year < t.year - _PLAN_YEARS and t.year < _FAR_PLANS:
                    yield year, -_BEFORE_PLAN
        elif t.kind in ("month", "clause", "part") and "去年" in _near(flat, t.start, t.end):  # said of other years
            near[t.year + 1] = min(near[t.year + 1], -_NO_LAST_YEAR)
            near[t.year] = min(near[t.year], -_NO_LAST_YEAR - _SAID_OF_BEFORE)
    yield from sorted(near.items())


def _recent(flat: str, t: Told, now: Day) -> Points:
    """The years in which a told day or month was lately past."""
    match = _MONTH.match(flat[t.start + 4 : t.end])
    if match is None or _BIRTH.search(flat[max(0, t.start - 6) : t.end + 22]):
        return
    month = int(match[1])
    for year in (t.year, t.year + 1):
        if t.kind == "month":
            if 0 <= 12 * (year - t.year) + now[0] - month <= _LATELY:
                yield year, _LATE_MONTH
            continue
        day, printed = make_date(t.year, month, int(match[2] or 1)), make_date(year, *now)
        if day and printed and -_LATE_DAYS * (year == t.year) <= (printed - day).days <= _LATE_DAYS:
            yield year, _LATE_DAY if year == t.year else _THIS_YEAR
        elif year == t.year:
            yield year, -_LIKELY  # of the year that runs the day alone is told


def _near(flat: str, start: int, end: int) -> str:
    """The text around a told year that is likely of the same article."""
    left = max((m.end() for m in _ARTICLE.finditer(flat, max(0, start - 300), start)), default=max(0, start - 300))
    right = _ARTICLE.search(flat, end, end + 300)
    return flat[left : right.start() if right else end + 300]


def length_points(flat: str, told: list[Told]) -> Points:
    """2015年…六年: a length of time that began in a told year and runs until now; the best tie of each year counts."""
    best: defaultdict[int, float] = defaultdict(float)
    for t in told:
        if t.kind in ("annual", "name", "ahead") or (t.kind == "full" and flat[t.start - 1] not in "自从于"):
            continue
        for match in _LENGTH.finditer(flat, max(0, t.start - 300), t.end + 300):
            count = int(parse_number(match["n"]) or 0)
            if count < 2 or (match.start() < t.end and match.end() > t.start):
                continue
            count -= match["terms"] is not None
            near = -60 < match.start() - t.start < 90
            if match["terms"] and not flat.endswith(_RUNNING, 0, match.start()):
                continue
            sure = match["feast"] is not None or bool(match["tail"]) or bool(match["terms"])
            if match["tail"] == "前" and not t.start - 40 < match.start() < t.start:
                sure = False
            tie = (_SURE_NEAR if near else _SURE) if sure else _UNSURE
            tie *= _ODD if match["odd"] else 1.0
            early = _SHORT_EARLY if count <= _FEW else _EARLY
            for year, part in ((t.year + count, 1.0), (t.year + count - 1, early), (t.year + count + 1, _LATE)):
                best[year] = max(best[year], tie * part)
    yield from sorted(best.items())


def age_points(flat: str) -> Points:
    """1960年出生,今年62岁."""
    for match in islice(_AGE.finditer(flat), MOST):
        yield int(match[1]) + int(match[2]), _AGED
