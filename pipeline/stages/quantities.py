"""Quantities: numbers with their units, values, modifiers and what they count, into doc.spans["quantities"]."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.folding import Tight
from pipeline.language.document import QUANTITIES, TIMES, set_spans
from pipeline.lexicon import load_tsv
from pipeline.records import Quantity
from pipeline.stages.numerals import Numeral, find_numerals
from pipeline.stages.quantity_parts import (
    Found,
    Printed,
    compound,
    inside,
    leading,
    nights,
    per_of,
    read_range,
    tail,
    unit_at,
)
from pipeline.stages.quantity_sense import MONEY, accept, kind_of
from pipeline.stages.units import alternatives, units

SOURCE = "rule"


@Language.factory("news_quantities", assigns=["doc._.quantities"], requires=["doc._.times"])
def create_quantities(nlp: Language, name: str) -> Quantities:
    """Writes doc.spans["quantities"]; needs doc.spans["times"], where no quantity may stand."""
    return Quantities()


class Quantities:
    def __call__(self, doc: Doc) -> Doc:
        tight = Tight(doc._.folded)
        taken = [tight.inward(s.start_char, s.end_char) for s in doc.spans.get(TIMES, ())]
        rows = find_quantities(tight.text, taken)
        set_spans(doc, QUANTITIES, [(*tight.outward(start, end), q.kind, q) for start, end, q in rows])
        return doc


def find_quantities(folded: str, taken: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int, Quantity]]:
    """The quantities of a text as (start, end, record), in order, none of them inside a span of `taken`."""
    return [(item.start, item.end, _record(item, per_of(folded, item))) for item in _find(folded, taken)]


def _before_a_sign(character: str) -> bool:
    """Whether a hyphen behind the character may be a minus: none between two ends of a range or inside a word."""
    return character in "到至为是降了跌和" or not (character.isalnum() or character in "-—~%‰℃°)")


def _find(folded: str, taken: Sequence[tuple[int, int]]) -> list[Found]:
    addresses = [match.span() for match in _ADDRESS.finditer(folded)]
    blocked = sorted([*taken, *addresses, *_set_phrases(folded), *_slogans(folded)])
    starts = [start for start, _ in blocked]
    furthest = 0
    ends = [furthest := max(furthest, end) for _, end in blocked]

    def free(start: int, end: int) -> bool:
        at = bisect_right(starts, end - 1) - 1
        return at < 0 or ends[at] <= start

    numerals = list(find_numerals(folded))
    found: list[Found] = []
    at = 0
    while at < len(numerals):
        used, item = _read(folded, numerals, at)
        if item is not None and free(item.start, item.end) and (not found or found[-1].end <= item.start):
            found.append(item)
            at += used
        else:
            at += 1
    return found


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(
        alternatives(row["phrase"] for row in load_tsv("number_phrases.tsv", ("phrase",), key=("phrase",)))
    )


_ADDRESS = re.compile(r"https?://[!-~]+|www\.[!-~]+|[\w.-]{1,40}@[!-~]+", re.ASCII)
_IN_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万亿]")


def _set_phrases(folded: str) -> list[tuple[int, int]]:
    """Places of the phrases of the lexicon; 五个一 in 三五个一等奖 is none."""
    spans, at = [], 0
    while match := _phrases().search(folded, at):
        start, end = match.span()
        inside = start and _IN_NUMBER.match(folded[start]) and _IN_NUMBER.match(folded[start - 1])
        if not inside:
            spans.append((start, end))
        at = start + 1 if inside else end
    return spans


_QUOTED = re.compile(r"“([^”“,。!?、;:]{2,8})”|《([^》《]{2,40})》")
_ARABIC = re.compile(r"\d")


def _slogans(folded: str) -> list[tuple[int, int]]:
    """Short quoted names and titles: what they count in Chinese digits is part of the name (“六个新城”)."""
    return [match.span() for match in _QUOTED.finditer(folded) if not _ARABIC.search(match[0])]


_ORDINAL = re.compile(r"第 ?$")
_RANKED = re.compile(
    r"(?:[居列排占获得夺]|名列|排名|位列|位居|保持|稳居|(?P<region>全[国省市县区球]|[我该本全][省市县区]))[^,。;、第]{0,6}第 ?$"
)
_NAMED = re.compile(r"[^\W\d]{2,8}(?:[,。]|是|为)")
_BIG = re.compile(
    r"大(?!学|队|会|家|爷|妈|娘|叔|哥|姐|伯|厅|道|街|桥|河|楼|于|概|约|多|小|量|幅|赛|奖|爱|伙|雪|雨|风|夫|寨|镇|村|山|地|使|人|专(?!业|项|题|栏)|棚|米|豆|蒜|葱|田|院|红|姨|锅|盆|碗|车|箱|袋|包|捆|桶|瓶|块|片|圈|缸)"
)


def _read(folded: str, numerals: Sequence[Numeral], at: int) -> tuple[int, Found | None]:
    """The quantity that begins with numeral `at`, and how many numerals it takes; None if there is none."""
    first = numerals[at]
    begin, sign = first.start, 1.0
    if folded.endswith("零下", 0, begin):
        begin, sign = begin - 2, -1.0
    elif begin and folded[begin - 1] == "-" and (begin == 1 or _before_a_sign(folded[begin - 2])):
        begin, sign = begin - 1, -1.0
    ordinal = _ORDINAL.search(folded, max(0, begin - 2), begin)
    unit = unit_at(folded, first)
    if first.low is not None and first.low < 0 and (unit is None or unit.record.use != "measure"):
        return 1, None  # 负一层, 负2场: floors and defeats
    if ordinal:
        return 1, _rank(folded, first, unit, ordinal)
    span = read_range(folded, numerals, at, unit)
    last, low, high = first, first.low, first.high
    if span is not None:
        last, unit, low, high = span
    if unit is None:
        return 1, _bare(folded, first) or _ratio(folded, first)
    used = 2 if span is not None else 1
    decade = _decade(first, unit)
    if decade is not None:
        item = Found(begin, unit.end, decade, decade, "岁", "eq", "age", units()["岁"])
    elif not (span and _one(folded, first, unit)) and not accept(folded, first, begin, unit):
        return 1, None
    else:
        if sign < 0:
            low, high = (-v if v is not None else None for v in (high, low))
        kind, record = kind_of(folded, first, unit)
        item = Found(begin, unit.end, low, high, unit.word, last.modifier, kind, record)
        inside(item, unit)
        nights(folded, item, last)
        if used == 1:
            used += compound(folded, numerals, at, item)
        used += tail(folded, numerals, at + used, item)
    if item.modifier == "eq" or (item.modifier == "approx" and item.low is not None):
        item.modifier = leading(folded, item) or item.modifier
    return used, item


def _one(folded: str, numeral: Numeral, unit: Printed) -> bool:
    """Whether 一 with a unit of measure begins a range (一年至四年), where it is no article."""
    return folded[numeral.start : numeral.end] == "一" and unit.record.use == "measure"


def _decade(numeral: Numeral, unit: Printed) -> float | None:
    """The age that 七旬 means; None for any other quantity."""
    if unit.word != "旬" or numeral.arabic or numeral.low is None or not 5 <= numeral.low <= 10:
        return None
    return numeral.low * 10


def _rank(folded: str, numeral: Numeral, unit: Printed | None, ordinal: re.Match[str]) -> Found | None:
    """第一名, 第二位 and 第三 as ranks; other ordinals are no quantities."""
    if numeral.value is None:
        return None
    ranked = _RANKED.search(folded, max(0, ordinal.start() - 12), ordinal.end())
    if unit is not None and unit.word in ("名", "位"):
        named = _NAMED.match(folded, unit.end)  # 第一名书记是: no place in a ranking
        if (unit.word == "位" and (not ranked or (ranked["region"] and named))) or (named and not ranked):
            return None
        return Found(ordinal.start(), unit.end, numeral.low, numeral.high, unit.word, "eq", "rank", unit.record)
    if ranked and (numeral.end == len(folded) or folded[numeral.end] in ",。、;!)\n"):
        return Found(ordinal.start(), numeral.end, numeral.low, numeral.high, "", "eq", "rank", None)
    return None


_RATIO = re.compile(r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+(?![\d:])")
_RATIO_CUE = re.compile(r"(?:[以按比为]|比[分例](?:[定锁停]格?在|是|扳成|追[成至到])?)$")


def _ratio(folded: str, numeral: Numeral) -> Found | None:
    """67:65, 2.7:56.8:40.5: a score or proportion, one quantity without a value."""
    if folded[numeral.end : numeral.end + 1] == "/" and numeral.arabic and re.match(r"/\d+万", folded[numeral.end :]):
        end = numeral.end + len(re.match(r"/\d+万", folded[numeral.end :])[0])  # type: ignore[index]
        return Found(numeral.start, end, None, None, "", "eq", "rate", None)
    match = _RATIO.match(folded, numeral.start)
    if match is None or not _RATIO_CUE.search(folded, max(0, numeral.start - 5), numeral.start):
        return None
    return Found(match.start(), match.end(), None, None, "", "eq", "rate", None)


_FEW = re.compile("[两三四五六七八九十]|[2-9]|1[0-6]")
_MANY = re.compile(r"[\d十百千万]余$|\d多$|[一二三四五六七八九][十百千万]多$|^[几数][百千万]$")
# What is counted without a unit, 5000余游客, 数百村民: no other word goes on after the number (三十多了)
_THINGS = re.compile(
    r"[\u4e00-\u9fff](?<![了的来去是在也就都还已被把将和与及或等以之所中里内外后前间时吧呢岁年月日号度点分钱样上下左右元万亿])"
)


def _bare(folded: str, numeral: Numeral) -> Found | None:
    """A number without a unit that measures all the same: 三分之二, 一半, 两大, 43.7万."""
    begin, end = numeral.start, numeral.end
    text = folded[begin:end]
    following = folded[end : end + 1]
    if numeral.form == "fraction":
        item = Found(begin, end, numeral.low, numeral.high, "", "eq", "percent", None)
    elif numeral.form == "half":
        if text == "半" and following == "数":
            end += 1
        elif text != "一半" or following in tuple("会天年个夜"):
            return None
        item = Found(begin, end, 0.5, 0.5, "", "eq", "percent", None)
    elif text[-1] in "万亿" and len(text) > 1 and numeral.low is not None and following not in tuple("/一"):
        around = folded[max(0, begin - 10) : begin] + folded[end : end + 3]
        kind = "money" if MONEY.search(around) or "产业链" in folded[end : end + 6] else "count"
        item = Found(begin, end, numeral.low, numeral.high, "", numeral.modifier, kind, None)
    elif _FEW.fullmatch(text) and _BIG.match(folded, end):
        return Found(begin, end + 1, numeral.low, numeral.high, "", "eq", "count", None)
    elif _MANY.search(text) and _THINGS.match(folded, end):
        return Found(begin, end, numeral.low, numeral.high, "", numeral.modifier, "count", None)
    else:
        return None
    tail(folded, (), 0, item)
    if item.modifier == "eq":
        item.modifier = leading(folded, item) or "eq"
    if item.modifier == "eq" and text != "一半" and numeral.form == "half" and folded[begin - 1 : begin] == "过":
        item.modifier = "gt"
    return item


def _record(item: Found, per: str | None = None) -> Quantity:
    low, high, modifier = item.low, item.high, item.modifier
    value = low if low == high else None
    if value is not None:
        if modifier in ("gt", "ge"):
            high = None
        elif modifier in ("lt", "le"):
            low = None
    unit = item.record
    factor = unit.factor if unit is not None else None
    if item.unit == "折" and value is not None and value >= 10:  # 75折 is 7.5折
        factor = 0.01
    si = float(f"{value * factor:.9g}") if factor is not None and value is not None else None
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
        per=per,
        source=SOURCE,
    )
