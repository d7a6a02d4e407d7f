"""The parts of a printed quantity: unit, range, smaller units behind, words of degree before and behind.

`Printed` is a unit behind a number, `Found` a quantity in the making; both hold characters of the folded view.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.records import MODIFIERS
from pipeline.stages.numerals import RANGE_LINK, Numeral
from pipeline.stages.units import Unit, alternatives, unit_pattern, units


@dataclass(slots=True)
class Printed:
    """A unit behind a number, with a half or an 余 set inside it (两个半月, 四个多小时)."""

    word: str
    end: int
    record: Unit
    inside: str = ""


@dataclass(slots=True)
class Found:
    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    modifier: str
    kind: str
    record: Unit | None


# ----------------------------------------------------------------------------------------------- words of degree
@cache
def _modifiers(place: str) -> dict[str, str]:
    rows = load_tsv("modifiers.tsv", ("word", "place", "modifier"), key=("word", "place"))
    return {row["word"]: row.choice("modifier", MODIFIERS) for row in rows if row.choice("place", _PLACES) == place}


_PLACES = ("before", "after")


# Words that look ahead over a verb: 至少献一次, 最高补三万元.
_CAP = (
    r"(?P<cap>至少|最少|少说|至多|(?:最[高多])(?:可|能)?(?:补|奖|贷|给|领|享|报|拿|借|申|支|授|发|罚|捐))[^\W\d]{0,4}"
)
_OF = r"(?P<of>约)[为是]?[^\W\d]{1,8}的"  # 约为农村居民的1.8倍


@cache
def _before_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:(?P<word>{alternatives(_modifiers('before'))})[为达至到]?|{_CAP}|{_OF})$")


@cache
def _after_pattern() -> re.Pattern[str]:
    return re.compile(alternatives(_modifiers("after")))


def leading(folded: str, item: Found) -> str | None:
    match = _before_pattern().search(folded, max(0, item.start - 14), item.start)
    if match is None:
        return None
    if match["of"]:
        return "approx" if item.unit == "倍" else None
    if match["cap"]:
        return "ge" if match["cap"] in ("至少", "最少", "少说") else "le"
    word = match["word"]
    if word in ("近", "约", "超") and folded[match.start() - 1 : match.start()] in tuple("附最靠远签节大预条契就接"):
        return None
    if word in ("最高", "最低", "最多") and item.kind not in ("money", "count", "percent", "duration"):
        return None
    return _modifiers("before")[word]


_HALF = re.compile(r"半(?!年|天|月|日|小|个|夜|路|截|价|数|百|点|径|边|山|岛|成)")
_OPEN_KINDS = ("duration", "length", "mass", "money", "age", "area", "volume", "percent", "other", "rate")


def tail(folded: str, numerals: Sequence[Numeral], at: int, item: Found) -> int:
    """Takes what stands inside the surface behind the unit, 半, 多, 以上, 左右, 内; how many numerals that took."""
    used = 0
    if item.record is not None and item.low is not None and _HALF.match(folded, item.end):
        item.low, item.high = item.low + 0.5, (item.high or 0) + 0.5
        item.end += 1
        used = 1 if at < len(numerals) and numerals[at].start == item.end - 1 else 0
    elif item.unit == "成" and at < len(numerals) and numerals[at].start == item.end and item.low is not None:
        digit = numerals[at].value  # 八成五
        if (
            digit is not None
            and 0 < digit < 10
            and numerals[at].end == item.end + 1
            and unit_at(folded, numerals[at]) is None
        ):
            item.low = item.high = item.low + digit / 10
            item.end += 1
            used = 1
    match = _after_pattern().match(folded, item.end)
    if match is None or (item.low != item.high):
        return used
    word, following = match[0], folded[match.end() : match.end() + 1]
    if word == "内" and (item.kind not in ("duration", "length", "money") or following in tuple("部容在外地蒙涵侧")):
        return used
    if word in ("多", "余") and (item.kind not in _OPEN_KINDS or following in tuple("少次个项种款年数万方")):
        return used
    if word == "起" and item.kind not in ("money", "age"):
        return used
    if word in ("前后", "上下") and item.kind == "count":
        return used
    item.end = match.end()
    item.modifier = _modifiers("after")[word]
    return used


# ----------------------------------------------------------------------------------------------- units and ranges
def unit_at(folded: str, numeral: Numeral) -> Printed | None:
    match = unit_pattern().match(folded, numeral.end)
    if match is None or numeral.form == "fraction":
        return None
    table = units()
    if part := match["inside"] or match["part"]:
        word = "个" + match["long"] if match["long"] else "分钟"
        return Printed(word, match.end(), table[word], part)
    word = match["unit"]
    record = table.get(word)
    if record is None:
        head, sep, tail = re.split(r"([/每(])", word, maxsplit=1)
        if sep == "(":
            record = table[head]
        else:
            a, b = table[head], table[tail]
            factor = a.factor / b.factor if a.factor and b.factor else None
            si = f"{a.si_unit}/{b.si_unit}" if factor else None
            record = Unit(f"{a.name} per {b.name}", f"{a.dimension} per {b.dimension}", "rate", si, factor)
    return Printed(word, match.end(), record)


_LINK = re.compile(RANGE_LINK)


def read_range(
    folded: str, numerals: Sequence[Numeral], at: int, unit: Printed | None
) -> tuple[Numeral, Printed, float, float] | None:
    """The second numeral, unit and bounds of a range that begins with numeral `at`: 3至5天, 2000元至5万元."""
    if at + 1 == len(numerals):
        return None
    first, second = numerals[at], numerals[at + 1]
    end = unit.end if unit else first.end
    between = folded[end : second.start]
    if unit is not None and between == "以上" and first.low is not None and second.high is not None:
        other = unit_at(folded, second)
        if other and other.word == unit.word and folded.startswith("以下", other.end) and first.low < second.high:
            return second, Printed(other.word, other.end + 2, other.record), first.low, second.high
        return None
    lost = between == "?" and first.arabic and second.arabic and unit is None  # a ～ that the typesetter's font lacked
    if first.low is None or second.high is None or not (lost or _LINK.fullmatch(between)):
        return None
    other = unit_at(folded, second)
    if other is None:
        return None
    low, high = first.low, second.high
    if unit is None:
        tail = folded[second.end - 1]
        if tail in "万亿" and folded[first.end - 1] not in "万亿百千":
            low *= 10**4 if tail == "万" else 10**8
    elif unit.record.dimension != other.record.dimension or (unit.record.kind == "count" and unit.word != other.word):
        return None
    elif unit.record.factor and other.record.factor:
        low *= unit.record.factor / other.record.factor
    if low >= high:
        return None
    return second, other, low, high


def nights(folded: str, item: Found, first: Numeral) -> None:
    """三天三夜 is three days."""
    number = folded[first.start : first.end]
    if item.unit == "天" and not first.arabic and folded.startswith(number + "夜", item.end):
        item.end += len(number) + 1


def inside(item: Found, unit: Printed) -> None:
    if unit.inside == "半" and item.low is not None and item.high is not None:
        item.low, item.high = item.low + 0.5, item.high + 0.5
    elif unit.inside:
        item.modifier = "gt" if unit.inside == "多" else "approx"


_FEN = Unit("fen", "money", "money", "CNY", 0.01)
_DECIMAL_END = re.compile(r"[^\u4e00-\u9fff]|[的高左上以多钱长宽深厚出]|$")  # 一米七的个子, not 三元两荤一素


def compound(folded: str, numerals: Sequence[Numeral], at: int, item: Found) -> int:
    """Adds smaller units set behind (9小时48分, 一斤二两) and a bare decimal (一米七); how many numerals that took."""
    if at + 1 == len(numerals) or item.record is None or item.record.use != "measure" or item.low is None:
        return 0
    record, second = item.record, numerals[at + 1]
    if record.name == "point":  # 分 is a minute where seconds follow
        record = units()["分钟"]
    if record.factor is None or record.dimension not in ("length", "mass", "duration", "money"):
        return 0
    if second.start != item.end or second.value is None or second.form != "number":
        return 0
    unit = unit_at(folded, second)
    if unit is None:
        text = folded[second.start : second.end]
        split = item.unit in ("米", "块", "元") and len(text) <= 2 and _DECIMAL_END.match(folded, second.end)
        if split or (item.unit == "秒" and second.arabic and len(text) <= 3):  # 10秒87
            item.low = item.high = round(item.low + second.value / 10 ** len(text), 6)
            item.end = second.end
            return 1
        return 0
    smaller = unit.record
    if unit.word == "分" and record.dimension == "duration":
        smaller = units()["分钟"]
    elif unit.word == "分" and record.dimension == "money":
        smaller = _FEN
    if smaller.factor is None or smaller.factor >= record.factor or smaller.dimension != record.dimension:
        return 0
    item.low = item.high = round(item.low * record.factor / smaller.factor + second.value, 6)
    item.end, item.unit, item.record, item.kind = unit.end, unit.word, smaller, smaller.kind
    return 1 + compound(folded, numerals, at + 1, item)


_TOLD = r"[^,。;:!?、\n\d每]{0,8}$"
_AVERAGE = re.compile(rf"(?P<unit>[亩户人年月日周天场棵株只头村校单])均{_TOLD}|(?P<land>亩)产{_TOLD}")


@cache
def _each() -> re.Pattern[str]:
    return re.compile(rf"每一?(?P<unit>{alternatives([*units(), '月'])}){_TOLD}")


def per_of(folded: str, item: Found) -> str | None:
    """The unit that a quantity is told of: 亩 in 每亩增收800元 and 800元/亩, 户 in 户均1.4万元; None if there is none."""
    if item.kind == "rate":
        rate = re.search(r"[/每](.+)$", item.unit)
        return rate[1] if rate else None
    if item.kind in ("percent", "rank", "age"):
        return None
    low = max(0, item.start - 14)
    told = _each().search(folded, low, item.start) or _AVERAGE.search(folded, low, item.start)
    return told.groupdict().get("unit") or told["land"] if told else None
