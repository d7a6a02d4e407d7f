"""Lines of display above a text: which are the headline and which the kicker.

Every choice of neighbouring lines as the headline has a score, a sum of readable features weighed in
page_headings.tsv; the best one wins. The other lines are kickers (引题, 副题, column name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pipeline.lexicon import load_tsv
from pipeline.page.blocks import Block
from pipeline.page.reflow import junction

_PLACE = re.compile(r"[一-鿿]{2,7}(?:省|市|县|区|镇|乡|街道|旗|州|盟)")
_NOTICE = re.compile(
    r"公告|启事|通告|告示|公示|声明|名单|戒严令|通知|芳名|光荣榜|爱心榜|红黑榜|获奖|揭晓名|[一二三特优]等奖|奖 ?\(\d+[件名个项]\)|鸣谢"
)
_COLUMN = re.compile(
    r"·|故事|走笔|见闻|进行时|一线|在线|在行动|观察|巡礼|纪事|人物|榜样|风采|好人|日记|手记|速递|播报|快讯|简讯|动态|提示|发布"
    r"|之窗|专栏|专题|专版|聚焦|关注|直击|走进|走基层|蹲点|样本|回音|热线|传承|侧记|系列|[①-⑳]|提质|振兴|人家$|身边|纪行|亮点|看点|追踪|回访"
)
_SHORTS = re.compile(r"(?:快讯|简讯|速递|播报|微新闻|掠影|集锦|拾零|短波)$")  # columns of short items
_MOTTO = re.compile(r"(?:深入|认真|全面|学习|宣传|贯彻|牢记|坚定|坚持).{2,24}(?:精神|思想|使命|理论|决议|要求)")
_GOES_ON = re.compile(r"[把让在和等的就为再也她他它这那将从向给使与及并却才]")
_SLOGAN = re.compile(r"(\S{2,9})[ 、](\S{2,9})(?:[ 、](\S{2,9}))?")
_MOST = 5  # lines of display that are weighed; of more, only the last ones


@cache
def _weights() -> dict[str, float]:
    rows = load_tsv("page_headings.tsv", ["feature", "weight", "meaning"], key=["feature"])
    return {row["feature"]: row.number("weight") for row in rows}


def is_place(folded: str) -> bool:
    """Whether a line of display only names a place: 某某县."""
    return _PLACE.fullmatch(folded.strip()) is not None


def is_column(folded: str) -> bool:
    """Whether a line of display looks like the name of a column."""
    return len(folded) <= 5 or _COLUMN.search(folded) is not None


def is_notice(folded: str) -> bool:
    """Whether a line of display heads a public notice or a list."""
    return _NOTICE.search(folded) is not None


def is_motto(folded: str) -> bool:
    """Whether a line of display only calls on readers, as banners do: 学习宣传贯彻…精神."""
    return _MOTTO.fullmatch(folded) is not None


def is_subtitle(folded: str) -> bool:
    """Whether a line of display begins with a dash: a 副题."""
    return folded.startswith(("—", "--"))


def _is_slogan(folded: str) -> bool:
    """Two or three parts of equal length: 以学促干、以干促学."""
    m = _SLOGAN.fullmatch(folded)
    return m is not None and len({len(g) for g in m.groups() if g}) == 1


def features(lines: list[str], first: int, last: int, text: str) -> Iterator[str]:
    """Names of the features of taking folded `lines[first:last]` as the headline above a folded `text`."""
    for k, line in enumerate(lines):
        if first <= k < last:
            yield from _headline_features(line)
        else:
            where = "below" if k >= last else "above"
            yield f"kicker_{where}"
            if len(line) <= 6:
                yield f"kicker_short_{where}"
            if _COLUMN.search(line):
                yield f"kicker_column_{where}"
            if is_place(line):
                yield "kicker_place"
            if is_subtitle(line):
                yield "kicker_subtitle"
            if line[0] in "(〔[" or line[0] == "+":
                yield "kicker_bracket"
            if _is_slogan(line):
                yield "kicker_slogan"
            if k >= last and " " in line and not any(" " in h for h in lines[first:last]):
                yield "kicker_pair_below"
            if re.search(r"\d", line):
                yield f"kicker_number_{where}"
            if common(line, text) >= 0.5:
                yield "kicker_in_text"
    for k in range(first + 1, last):
        above, below = lines[k - 1], lines[k]
        yield "joined" if k == first + 1 else "joined_again"
        if " " in above or " " in below:
            yield "joined_space"
        score = junction(above, below)
        if score > 1.0:
            yield "joined_likely"
        elif score < -2.0:
            yield "joined_unlikely"
        if _GOES_ON.match(below):
            yield "joined_goes_on"
        if abs(len(above) - len(below)) <= 4:
            yield "joined_even"
        if len(above) <= 3 and len(below) <= 8 and not _COLUMN.search(above) and not is_place(above):
            yield "joined_word"
        elif len(above) <= 5:
            yield "joined_short"
        if above[-1] in "!?":
            yield "joined_exclamation"
        if len(above) + len(below) > 24:
            yield "joined_long"
        if _COLUMN.search(above) or _COLUMN.search(below):
            yield "joined_column"


def _headline_features(line: str) -> Iterator[str]:
    if is_subtitle(line) or line[0] in "(〔[+":
        yield "headline_subtitle"
    if is_place(line):
        yield "headline_place"
    if len(line) <= 6:
        yield "headline_short"
    if _COLUMN.search(line):
        yield "headline_column"
    if _is_slogan(line):
        yield "headline_slogan"
    if "“" in line or '"' in line:
        yield "headline_quotes"


def common(line: str, text: str) -> float:
    """Share of the pairs of Chinese characters of a line that occur in a text, 0 to 1."""
    pairs = {a + b for a, b in pairwise(line) if a > "一" and b > "一"}
    return sum(p in text for p in pairs) / len(pairs) if pairs else 0.0


def headline_of(lines: list[str], text: str) -> tuple[int, int]:
    """The lines [first, last) that are the headline above a text; all arguments folded."""
    weights = _weights()
    least = max(0, len(lines) - _MOST)
    choices = [(a, b) for a in range(least, len(lines)) for b in range(a + 1, min(a + 3, len(lines)) + 1)]
    return max(choices, key=lambda c: sum(weights.get(f, 0.0) for f in features(lines, c[0], c[1], text)))


def compose(near: list[Block], far: list[Block], text: str) -> tuple[list[Block], list[Block]]:
    """(kickers, headlines) of the lines above a folded text and of those printed far from it."""
    lines = far or near
    if not lines:
        return near, []
    if len(lines) == 1 and len(lines[0].folded) <= 6 and _SHORTS.search(lines[0].folded):
        return [*near, *far], []  # a column of short items, without a headline
    first, last = headline_of([b.folded for b in lines], text)
    headlines = lines[first:last]
    return [b for b in [*near, *far] if b not in headlines], headlines
