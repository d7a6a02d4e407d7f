"""Public life as a sign of the year of a page: what is in the news, counted meetings and feasts, terms of office."""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import islice

from pipeline.lexicon import load_tsv
from pipeline.lexicon.numbers import parse_number
from pipeline.lexicon.trie import alternation
from pipeline.page.year_sign import CN, MOST, Day, Points

Stretch = tuple[float, float]  # months since year 0, both told

_SITTING = re.compile(
    rf"人(?:民代表)?大(?:会)?(?P<standing>常委会|常务委员会)?(?:举行|召开)?第(?P<n>[{CN}]{{1,4}}|\d{{1,2}})次(?:\(扩大\))?会议"
    rf"|人(?:民代表)?大会?(?P<short>[一二三四五])次会议"
)
# 市委十二届五次全会; not of the 政协 and the 纪委
_LEVEL = re.compile(rf"([省市州县区旗])第?[{CN}]{{1,4}}届$")  # before a sitting: of whose congress
_PLENUM = re.compile(
    rf"(?<!政协)(?P<of>[省市州县区旗])委?第?[{CN}]{{1,4}}届(?:委员会)?第?(?P<n>[{CN}]{{1,3}})次全(?:会|体)"
)
# Terms of local bodies in years; when those of people's congresses, of party committees and of the provinces' began once.
_TERM, _CONGRESSES, _PROVINCIAL_CONGRESSES, _PARTY, _PROVINCES = 5, 2011.9, 2013.0, 2011.7, 2012.3
_VILLAGE_VOTES = (2005.0, 2008.0, 2011.0, 2014.0, 2018.0, 2021.0, 2026.0, 2031.0, 2036.0)
_YEARLY = 0.8  # years that a yearly sitting may lie from its place in the term
_NO_SITTING, _NO_VOTE = 1.5, 1.0  # what a year loses in which a sitting or vote was not to be
# elections in villages and communities, and of deputies to the congresses of towns and counties
_VILLAGE_VOTE = re.compile(
    r"(?:村|社区|居)(?:民)?(?:\(社区\)|\(居\))?(?:“?两委”?|党组织|党支部|党总支|委会|委员会)[^。,]{0,6}换届|换届[^。]{0,20}(?:选民|投票)"
    r"|选民[^。]{0,30}(?:当选|选票|投票)"
)
_THEN = re.compile(r"\d年|去年|当年")  # told of another year
_DEPUTY_VOTE = re.compile(
    r"选民登记|选民证|选民小组|人大代表?换届|县乡(?:两级)?(?:人大)?换届|县、乡[^。]{0,6}换届|换届选举工作(?:会|动员)"
)


_FURTHER = 0.5  # share that each further clue counts for: a page with an article of another year has many of them


def _months(cell: str, last: bool) -> float:
    if not cell:
        return math.inf if last else -math.inf
    year, _, month = cell.partition("-")
    return int(year) * 12 + (int(month) - 1 if month else (11 if last else 0))


@cache
def _clues() -> tuple[dict[str, tuple[list[Stretch], float, float]], re.Pattern[str]]:
    """Stretches and losses before and after by term, and what finds the terms, longest first: 旅游局 is not in 文化和旅游局."""
    columns = ("term", "first", "last", "before", "after")
    found: dict[str, tuple[list[Stretch], float, float]] = {}
    optional = ("first", "last", "before", "after")
    for row in load_tsv("year_clues.tsv", columns, optional=optional, key=("term", "first")):
        before, after = (row.number(c) if row[c] else 0.0 for c in ("before", "after"))
        stretches, _, _ = found.setdefault(row["term"], ([], before, after))
        stretches.append((_months(row["first"], False), _months(row["last"], True)))
    return found, re.compile(alternation(found))


def clue_points(flat: str, now: Day | None, years: range) -> tuple[Points, Points]:
    """What the years lose in which a term of the page was not yet heard of, and those in which it was no more news."""
    rows, pattern = _clues()
    hits = [rows[term] for term in sorted(set(pattern.findall(flat)))]
    earliest, latest = (now[0] - 1, now[0] - 1) if now else (0, 11)  # months of the year that the page may be of

    def before() -> Points:
        for year in years:
            at = year * 12 + latest
            lost = sorted((w for stretches, w, _ in hits if at < min(first for first, _ in stretches)), reverse=True)
            yield year, -sum(weight * _FURTHER**i for i, weight in enumerate(lost))

    def after() -> Points:
        for year in years:
            start, end = year * 12 + earliest, year * 12 + latest
            for stretches, _, weight in hits:
                if start >= min(first for first, _ in stretches) and not any(
                    a <= end and b >= start for a, b in stretches
                ):
                    yield year, -weight

    return before(), after()


@cache
def _events() -> tuple[tuple[re.Pattern[str], re.Pattern[str], float, float, float], ...]:
    columns = ("where", "what", "first", "last", "weight")
    return tuple(
        (
            re.compile(alternation(row.list("where"))),
            re.compile(alternation(row.list("what"))),
            _months(row["first"], False),
            _months(row["last"], True),
            row.number("weight"),
        )
        for row in load_tsv("year_events.tsv", columns, key=("where", "what"))
    )


def event_points(flat: str, now: Day | None, years: range) -> Points:
    """A flood, quake or opening that all know of, told of where it was, in a month in which it was news."""
    for where, what, first, last, weight in _events() if now else ():
        told = (
            set(what.findall(flat, max(0, m.start() - 200), m.end() + 200)) for m in islice(where.finditer(flat), MOST)
        )
        if any(len(words) > 1 for words in told):
            for year in years:
                if now and first <= year * 12 + now[0] - 1 <= last:
                    yield year, weight


@cache
def _count_rows() -> tuple[tuple[re.Pattern[str], int, int, float], ...]:
    rows = load_tsv("year_counts.tsv", ("pattern", "base", "step", "weight"), key=("pattern",))
    number = rf"([{CN}零]{{1,5}}|\d{{1,3}})"
    return tuple(
        (
            re.compile(number.join(re.escape(part) for part in row["pattern"].split("N"))),
            int(row["base"]),
            int(row["step"]),
            row.number("weight"),
        )
        for row in rows
    )


_BEFORE_IT = 0.25  # share of the weight of what is counted for the year before, when it is spoken of already


def count_points(flat: str) -> Points:
    """Anniversaries and counted meetings that stand for one year: 建党100周年, 十四届全国人大二次会议."""
    for pattern, base, step, weight in _count_rows():
        years = {base + step * int(parse_number(m[1]) or 0) for m in islice(pattern.finditer(flat), MOST)}
        for year in sorted(years):
            yield year, weight
            yield year - 1, weight * _BEFORE_IT


def sitting_points(flat: str, now: Day | None, years: range) -> Points:
    """Local people's congresses and party committees: terms of five years from the turn of 2011 to 2012, 2016 to 2017 and so on.

    A congress sits about once a year (a town's twice), its standing committee seven times, a party committee about twice.
    """
    for match in islice(_PLENUM.finditer(flat), MOST):
        n, began = int(parse_number(match["n"]) or 0), _PROVINCES if match["of"] == "省" else _PARTY
        first, last = (-0.5, 0.5) if n == 1 else ((n - 2) / 2.6 - 0.5, n / 1.2 + 0.6)  # years into the term
        for year in years:
            into = (year + _part(now) - began + 0.5) % _TERM - 0.5
            if not (first <= into <= last or first <= into + _TERM <= last):
                yield year, -_NO_SITTING
    for match in islice(_SITTING.finditer(flat), MOST):
        before = flat[max(0, match.start() - 8) : match.start()]
        if "全国" in before:
            continue
        n = int(parse_number(match["n"] or match["short"]) or 0)
        level = _LEVEL.search(before) if not match["standing"] else None
        for year in years:
            if level:  # once a year
                began = _PROVINCIAL_CONGRESSES if level[1] == "省" else _CONGRESSES
                if abs((year + _part(now) - began - (n - 1) - 0.1 + 2.5) % _TERM - 2.5) > _YEARLY:
                    yield year, -_NO_SITTING
                continue
            into = (year + _part(now) - _CONGRESSES) % _TERM
            low, high = (
                (4.5 * into - 1.5, 10.0 * into + 2) if match["standing"] else (0.7 * into - 0.8, 2.2 * into + 1.8)
            )
            if not match["standing"] and n == 1:  # towns elect in the spring and summer before the others
                low, high = (1, 1) if into > 4.3 or into < 0.45 else (0, 0)
            if not low <= n <= high:
                yield year, -_NO_SITTING


def election_points(flat: str, now: Day | None, years: range) -> Points:
    """Villages and communities elected every three years to the winter of 2017, every five from that of 2020; deputies every five."""
    village, deputies = (
        next(
            (m for m in islice(p.finditer(flat), MOST) if not _THEN.search(flat[max(0, m.start() - 20) : m.start()])),
            None,
        )
        for p in (_VILLAGE_VOTE, _DEPUTY_VOTE)
    )
    for year in years if village or deputies else ():
        at = year + _part(now)
        if village and not any(-0.6 <= at - vote <= 0.6 for vote in _VILLAGE_VOTES):
            yield year, -_NO_VOTE
        if deputies and not -0.9 <= (at - _CONGRESSES + 2.5) % _TERM - 2.5 <= 0.3:
            yield year, -_NO_VOTE


def _part(now: Day | None) -> float:
    """How much of the year has gone."""
    return (now[0] - 0.5) / 12 if now else 0.5
