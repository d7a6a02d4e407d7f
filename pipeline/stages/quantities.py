"""Quantities: numbers with their units, values, modifiers and what they count, into doc.spans["quantities"]."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import QUANTITIES, TIMES, set_spans
from pipeline.lexicon import load_tsv
from pipeline.records import MODIFIERS, Quantity
from pipeline.stages.numerals import RANGE_LINK, Numeral, find_numerals
from pipeline.stages.units import Unit, alternatives, unit_pattern, units

SOURCE = "rule"


@Language.factory("news_quantities", assigns=["doc._.quantities"], requires=["doc._.times"])
def create_quantities(nlp: Language, name: str) -> Quantities:
    """Writes doc.spans["quantities"]; needs doc.spans["times"], where no quantity may stand."""
    return Quantities()


class Quantities:
    def __call__(self, doc: Doc) -> Doc:
        taken = [(s.start_char, s.end_char) for s in doc.spans.get(TIMES, ())]
        rows = find_quantities(doc._.folded, taken)
        set_spans(doc, QUANTITIES, [(start, end, q.kind, q) for start, end, q in rows])
        return doc


@cache
def _modifiers(place: str) -> dict[str, str]:
    rows = load_tsv("modifiers.tsv", ("word", "place", "modifier"), key=("word", "place"))
    allowed = {row["word"]: row.choice("modifier", MODIFIERS) for row in rows if row["place"] == place}
    return allowed


@cache
def _before_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<word>{alternatives(_modifiers('before'))})[为达至到]?|(?P<cap>最[高多低](?:可|能)?[^\W\d]{{1,4}}))$"
    )


@cache
def _after_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<word>{alternatives(_modifiers('after'))})")


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    numeral: Numeral
    low: float | None
    high: float | None
    unit: str
    modifier: str
    kind: str
    record: Unit | None


def find_quantities(folded: str, taken: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int, Quantity]]:
    """The quantities of a text as (start, end, record), in order, none of them inside a span of `taken`."""
    starts = [start for start, _ in taken]

    def free(start: int, end: int) -> bool:
        at = bisect_right(starts, start) - 1
        if at >= 0 and taken[at][1] > start:
            return False
        return at + 1 >= len(taken) or taken[at + 1][0] >= end

    numerals = list(find_numerals(folded))
    found: list[_Found] = []
    at = 0
    while at < len(numerals):
        used, item = _read(folded, numerals, at)
        if item is not None and free(item.start, item.end) and (not found or found[-1].end <= item.start):
            found.append(item)
            at += used
        else:
            at += 1
    return [(item.start, item.end, _record(folded, item)) for item in found]


_LINK = re.compile(RANGE_LINK)
_ORDINAL = re.compile(r"第 ?$")
_RANK_BEFORE = re.compile(
    r"(?:居|列|排|排名|位列|位居|名列|荣获|获|得|夺|夺得|全国|全省|全市|全县|全区)(?:全[国省市县区])?第 ?$"
)
_BIG = re.compile(
    r"大(?!学|队|会|家|爷|妈|娘|叔|哥|姐|伯|厅|道|街|桥|河|楼|于|概|约|多|小|量|幅|赛|奖|爱|伙|雪|雨|风|夫|寨|镇|村|山|地|使|人|专|棚|米|豆|蒜|葱|田|院)"
)


def _read(folded: str, numerals: Sequence[Numeral], at: int) -> tuple[int, _Found | None]:
    """The quantity that begins with numeral `at`, and how many numerals it takes; None if there is none."""
    first = numerals[at]
    begin = first.start
    sign = 1.0
    if folded[max(0, begin - 2) : begin] == "零下":
        begin, sign = begin - 2, -1.0
    elif begin and folded[begin - 1] in "-" and (begin == 1 or folded[begin - 2] in " 到至为降了跌"):
        begin, sign = begin - 1, -1.0
    ordinal = _ORDINAL.search(folded, max(0, begin - 2), begin)
    unit = _unit_at(folded, first)
    used = 1
    low, high = first.low, first.high
    last = first
    if unit is None or not ordinal:
        span = _range(folded, numerals, at, unit)
        if span is not None:
            last, unit, low, high = span
            used = 2
    if unit is None:
        return 1, _bare(folded, first, ordinal)
    word, end, record = unit
    if ordinal:
        if word not in ("名", "位"):
            return 1, None
        return 1, _Found(ordinal.start(), end, first, low, high, word, "eq", "rank", record)
    if not _accept(folded, first, begin, end, word, record):
        return 1, None
    if sign < 0:
        low, high = (-v if v is not None else None for v in (low, high))
    item = _Found(begin, end, last, low, high, word, last.modifier, record.kind, record)
    if used == 1:
        used += _compound(folded, numerals, at, item)
    _tail(folded, item)
    if item.modifier == "eq" or (item.modifier == "approx" and item.low is not None):
        item.modifier = _leading(folded, item.start) or item.modifier
    return used, item


def _unit_at(folded: str, numeral: Numeral) -> tuple[str, int, Unit] | None:
    match = unit_pattern().match(folded, numeral.end)
    if match is None:
        return None
    word = match["unit"]
    table = units()
    record = table.get(word)
    if record is None:
        head, _, tail = re.split(r"([/每(])", word, maxsplit=1)
        if "(" in word:
            record = table[head]
        else:
            a, b = table[head], table[tail]
            factor = a.factor / b.factor if a.factor and b.factor else None
            si = f"{a.si_unit}/{b.si_unit}" if factor else None
            record = Unit(f"{a.name} per {b.name}", f"{a.dimension} per {b.dimension}", "rate", si, factor)
    return word, match.end(), record


def _range(
    folded: str, numerals: Sequence[Numeral], at: int, unit: tuple[str, int, Unit] | None
) -> tuple[Numeral, tuple[str, int, Unit], float, float] | None:
    """The second numeral, unit and bounds of a range that begins with numeral `at`: 3至5天, 2000元至5万元."""
    if at + 1 == len(numerals):
        return None
    first, second = numerals[at], numerals[at + 1]
    link = _LINK.match(folded, unit[1] if unit else first.end)
    if link is None or link.end() != second.start or first.low is None or second.high is None:
        return None
    other = _unit_at(folded, second)
    if other is None:
        return None
    low, high = first.low, second.high
    if unit is None:
        tail = folded[second.end - 1]
        if tail in "万亿" and folded[first.end - 1] not in "万亿百千":
            low *= 10**4 if tail == "万" else 10**8
    elif unit[2].dimension != other[2].dimension:
        return None
    elif unit[2].factor and other[2].factor:
        low *= unit[2].factor / other[2].factor
    if low >= high:
        return None
    return second, other, low, high


def _compound(folded: str, numerals: Sequence[Numeral], at: int, item: _Found) -> int:
    """Adds smaller units set behind (9小时48分, 一斤二两) and a bare decimal (一米七); how many numerals that took."""
    if at + 1 == len(numerals) or item.record is None or item.record.use != "measure" or item.low is None:
        return 0
    if item.record.factor is None or item.record.kind not in ("length", "mass", "duration", "money"):
        return 0
    second = numerals[at + 1]
    if second.start != item.end or second.value is None or second.form != "number":
        return 0
    next_unit = _unit_at(folded, second)
    if next_unit is None or (next_unit[0] not in ("分", "两") and next_unit[2].dimension != item.record.dimension):
        text = folded[second.start : second.end]
        if item.unit in ("米", "块", "元") and len(text) <= 2 and (next_unit is None or next_unit[0] not in units()):
            item.low = item.high = item.low + second.value / 10 ** len(text)
            item.end = second.end
            return 1
        return 0
    word, end, record = next_unit
    if word == "分" and item.record.dimension == "duration":
        record = units()["分钟"]
    if record.factor is None or record.factor >= item.record.factor or record.dimension != item.record.dimension:
        return 0
    item.low = item.high = item.low * item.record.factor / record.factor + second.value
    item.low = item.high = round(item.low, 6)
    item.end, item.unit, item.record = end, word, record
    third = _compound(folded, numerals, at + 1, item)
    return 1 + third


_HALF = re.compile(r"半(?!年|天|月|日|小|个|夜|路|截|价|数|百|点|径|边|山|岛|成)")


def _tail(folded: str, item: _Found) -> None:
    """Takes what stands inside the surface behind the unit: 半, 多, 以上, 左右, 内."""
    if item.record is not None and item.low is not None and _HALF.match(folded, item.end):
        item.low = item.low + 0.5
        item.high = (item.high or 0) + 0.5
        item.end += 1
    match = _after_pattern().match(folded, item.end)
    if match is None:
        return
    word = match["word"]
    following = folded[match.end() : match.end() + 1]
    if word == "内" and (
        item.kind not in ("duration", "length", "money", "percent") or following in "部容在外地蒙涵侧"
    ):
        return
    if word in ("多", "余") and (
        item.kind not in ("duration", "length", "mass", "money", "age", "other", "area")
        or following in "少次个项种款年数万方"
    ):
        return
    if word == "起" and item.kind not in ("money", "age"):
        return
    if word == "前后" or (word == "以下" and following in "简"):
        return
    item.end = match.end()
    item.modifier = _modifiers("after")[word]


def _leading(folded: str, start: int) -> str | None:
    match = _before_pattern().search(folded, max(0, start - 8), start)
    if match is None:
        return None
    if match["word"]:
        if match["word"] in ("近", "约", "超") and folded[match.start() - 1 : match.start()] in "附最靠远签节大预条契":
            return None
        return _modifiers("before")[match["word"]]
    return "ge" if match["cap"][1] == "低" else "le"


_ARTICLE_END = re.compile(r"[,。;、!?:\n)”]|$")


def _accept(folded: str, numeral: Numeral, begin: int, end: int, word: str, record: Unit) -> bool:
    """Whether number and unit measure or count here; what is a name, an idiom or an article is refused."""
    text = folded[numeral.start : numeral.end]
    following = folded[end : end + 1]
    preceding = folded[begin - 1 : begin]
    if record.digits_only and not numeral.arabic and len(text) < 2:
        return False
    if text == "一" and record.use != "measure":
        if record.use == "noun" or not _ARTICLE_END.match(folded, end):
            return False
        return word not in ("个", "步", "起", "点", "面", "下", "样", "级", "道", "种", "块")
    if text == "一" and word in ("天", "年", "周", "度", "分", "级", "方", "成", "时", "里", "日", "代", "旬"):
        return word == "成"
    if text == "半" and word not in (
        "年",
        "天",
        "小时",
        "个小时",
        "个月",
        "亩",
        "里",
        "斤",
        "瓢",
        "公里",
        "个钟头",
        "米",
        "碗",
        "尺",
        "寸",
        "两",
        "吨",
    ):
        return False
    if word == "年" and following in "级度代货会":
        return False
    if word == "年" and numeral.arabic and numeral.low is not None and numeral.low >= 1000:
        return False
    if word == "成" and (numeral.low is None or numeral.low > 10 or following in "立功为果员本都长熟绩型交就份了人"):
        return False
    if word == "折" and following in "叠扣腰返线射合款磨":
        return False
    if (
        word == "级"
        and following not in "地大阵风强"
        and not re.search(r"(?:风力|震级|大风|阵风)$", folded[max(0, begin - 4) : begin])
    ):
        return False
    if word == "分" and not numeral.arabic:
        return False
    if word == "里" and not numeral.arabic and text[-1] not in "来多余":
        return False
    if word == "度" and not numeral.arabic:
        return False
    return True


def _bare(folded: str, numeral: Numeral, ordinal: re.Match[str] | None) -> _Found | None:
    """A number without a unit that measures all the same: 三分之二, 一半, 两大, 43.7万, 第一."""
    begin, end = numeral.start, numeral.end
    text = folded[begin:end]
    if ordinal:
        if numeral.value is not None and _RANK_BEFORE.search(folded, max(0, begin - 8), begin):
            return _Found(ordinal.start(), end, numeral, numeral.low, numeral.high, "", "eq", "rank", None)
        return None
    if numeral.form == "fraction":
        item = _Found(begin, end, numeral, numeral.low, numeral.high, "", "eq", "percent", None)
    elif numeral.form == "half":
        if text == "一半":
            item = _Found(begin, end, numeral, 0.5, 0.5, "", "eq", "percent", None)
        elif folded.startswith("半数", begin):
            item = _Found(begin, end + 1, numeral, 0.5, 0.5, "", "eq", "percent", None)
        else:
            return None
    elif text[-1] in "万亿" and len(text) > 1 and numeral.low is not None:
        item = _Found(begin, end, numeral, numeral.low, numeral.high, "", numeral.modifier, "count", None)
    elif not numeral.arabic and len(text) == 1 and text in "两三四五六七八九十" and _BIG.match(folded, end):
        return _Found(begin, end + 1, numeral, numeral.low, numeral.high, "", "eq", "count", None)
    else:
        return None
    _tail(folded, item)
    if item.modifier == "eq":
        item.modifier = _leading(folded, begin) or "eq"
    return item


_PER = re.compile(r"每(?P<unit>[^\W\d]{1,4}?)(?P<gap>[^\W\d]{0,6})$")


def _record(folded: str, item: _Found) -> Quantity:
    low, high, modifier = item.low, item.high, item.modifier
    value = low if low == high else None
    if value is not None:
        if modifier in ("gt", "ge"):
            high = None
        elif modifier in ("lt", "le"):
            low = None
    unit = item.record
    si = None
    if unit is not None and unit.factor is not None and value is not None:
        si = round(value * unit.factor, 9)
    return Quantity(
        value=value,
        low=low,
        high=high,
        unit=item.unit,
        modifier=modifier,
        kind=item.kind,
        unit_name=unit.name if unit else None,
        dimension=unit.dimension if unit else None,
        si_value=si,
        si_unit=unit.si_unit if unit and si is not None else None,
        source=SOURCE,
    )
