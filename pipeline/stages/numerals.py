"""Numbers as newspapers print them, in Arabic and Chinese digits, found in the folded view of a text.

`find_numerals` gives every number with its value; what it counts is for the stages that use it. The grammar:
Arabic digits with thousands marks and decimals (1,200 · 17.7), Chinese numerals (一百二十八 · 两万三), the two mixed
(3.5亿), fractions (三分之二 · 1/3), halves (半 · 一半), vague ones (几十 · 十几 · 数百), spread ones (三四千 · 八九十) and an
余, 多, 来 inside (210余万 · 三十来). A range (3至5) is two numerals with a link between them, see `RANGE_LINK`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.lexicon.numbers import ARABIC, CHINESE, DIGITS, chinese_number, parse_number

RANGE_LINK = r"(?:至|到|[-—~]{1,2})"

_FUZZ = {"余": "gt", "多": "gt", "来": "approx", "几": "gt"}
_MIXED = r"\d+[百千万亿萬億]{1,2}(?:\d{1,4}[万萬])?零?\d{1,4}(?:[百千](?:\d{1,3}[百十]?)?|(?=[万亿萬億])|(?![\d.:,年月]))"  # 3万5千4百, 25万6000
_DECIMAL = r"[点點][零〇一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]{1,8}(?![十百千拾佰仟刻整半])"  # 二点五, not the clock's 八点五十
_NUMERAL = re.compile(
    rf"(?P<fraction>(?:(?P<whole>[负負]?(?:{ARABIC}|{CHINESE}))又)?(?P<of>{ARABIC}|{CHINESE})分之(?P<parts>{ARABIC}|{CHINESE}?(?:{_DECIMAL})?(?=百分位)|{CHINESE}(?:{_DECIMAL})?))"
    rf"|(?P<ratio>\d{{1,4}}/\d{{1,4}}(?![\d./年月万千]))"
    rf"|(?P<vague>(?:好几|几|数)[十百千万亿]+|成百上千|成千上万|(?:[一二三四五六七八九]?[千百]零?){{0,2}}[二三四五六七八九]?十[几幾][万亿萬億]?|[一二三四五六七八九][千百](?:[一二三四五六七八九]百)?零[几幾][万亿萬億]?|几|幾)(?!何|乎|经|度|时|点|号|内|位数|字)"
    rf"|(?P<upto>(?<![史会网础身路线手场世面际晚])上[十百千万亿]{{1,2}})(?!网|户|市|级)"
    r"|(?P<half>大?半|一半)|(?P<people>[俩仨](?=人))"
    rf"|(?P<number>(?:(?<![减担抱欠债背增自欺辜胜])负(?!责)|(?<![減擔])負(?!責))?(?:{_MIXED}|\d+亿\d+万|{ARABIC}|{CHINESE}(?:{_DECIMAL})?)(?:[十万亿萬億]|[百千](?![瓦米克伏卡焦帕]))*(?:(?P<fuzz>[余多来])(?P<times>[百千万亿萬億]+)?)?)"
)
_BEFORE_FUZZ = re.compile(r"[十百千万亿萬億廿卅0]$")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: `[start, end)`, its bounds (both None if it is vague) and what stands inside (余: gt)."""

    start: int
    end: int
    low: float | None
    high: float | None
    modifier: str = "eq"
    arabic: bool = False
    form: str = "number"  # number, fraction, half, vague

    @property
    def value(self) -> float | None:
        return self.low if self.low == self.high else None


def find_numerals(folded: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """The numbers of `folded[start:end]` in order. Digits inside Latin words and codes (3D, A4) are left out."""
    for match in _NUMERAL.finditer(folded, start, len(folded) if end is None else end):
        numeral = _read(folded, match)
        if numeral is not None:
            yield numeral


def _read(folded: str, match: re.Match[str]) -> Numeral | None:
    begin, stop = match.span()
    before = folded[begin - 1] if begin else ""
    text = match[0]
    arabic = text[0].isdigit()
    if arabic and before.isascii() and (before.isalpha() or before == "."):
        return None
    if match["fraction"]:
        of, whole = parse_number(match["of"]), parse_number(match["whole"] or "零") or 0.0
        parts = parse_number(match["parts"])
        low, high = _spread(match["parts"]) or (parts, parts)
        if low is None or high is None or not of:
            return None
        sign = -1 if whole < 0 else 1
        low, high = (float(f"{whole + sign * x / of:.6g}") if x else whole for x in (low, high))
        return Numeral(begin, stop, low, high, "eq", arabic, "fraction")
    if match["ratio"]:
        low, high = (float(x) for x in text.split("/"))
        if not high or low >= high:
            return None
        part = round(low / high, 6)
        return Numeral(begin, stop, part, part, "eq", True, "fraction")
    if match["vague"]:
        return Numeral(begin, stop, None, None, "approx", False, "vague")
    if match["upto"]:
        value = chinese_number(text[1:])
        return Numeral(begin, stop, value, value, "ge", False)
    if match["half"]:
        return Numeral(begin, stop, 0.5, 0.5, "gt" if text[0] == "大" else "eq", False, "half")
    if match["people"]:
        value = 2.0 if text == "俩" else 3.0
        return Numeral(begin, stop, value, value)
    return _plain(match, arabic)


_KILO = re.compile("[瓦米克伏卡焦帕]")
_OTHER_WORDS = frozenset("陆陸拾肆伍參倆")  # alone: land, to pick up, to run riot


def _plain(match: re.Match[str], arabic: bool) -> Numeral | None:
    begin, stop = match.span()
    text, fuzz, times = match[0], match["fuzz"], match["times"]
    modifier = "eq"
    if fuzz:
        core = text[: match.start("fuzz") - begin]
        if times or (_BEFORE_FUZZ.search(core) and not (fuzz == "来" and arabic)) or (arabic and fuzz != "来"):
            modifier = _FUZZ[fuzz]
        else:  # 三多: the word belongs to what follows
            stop, text = begin + len(core), core
            times = None
        text = core + (times or "")
    if len(text) > 1 and text[-1] == "两" and not arabic:  # 二两, 三十两: the last is the unit
        stop, text = stop - 1, text[:-1]
    if len(text) > 1 and text[-1] == "千" and not arabic and text[-2] in "十百" and _KILO.match(match.string, stop):
        stop, text = stop - 1, text[:-1]  # 一百千瓦
    pair = _spread(text)
    if pair is not None:
        return Numeral(begin, stop, *pair, modifier, False)
    if text in _OTHER_WORDS or (not text.strip("万亿萬億") and len(text) > 1):
        return None
    value = parse_number(text)
    if value is None or (value == 0 and not arabic):
        return None
    return Numeral(begin, stop, value, value, modifier, arabic)


_PAIR = re.compile(
    r"(?P<head>[一二两三四五六七八九]?十|[一二两三四五六七八九]百)?(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<tail>[十百千万亿]*)"
)


def _spread(text: str) -> tuple[float, float] | None:
    """三四千 as (3000, 4000): two digits side by side that follow each other; None for any other numeral."""
    match = _PAIR.fullmatch(text)
    if match is None:
        return None
    first, second = DIGITS[match["a"]], DIGITS[match["b"]]
    if second - first != 1 and (first, second) != (3, 5):
        return None
    head, tail = match["head"] or "", match["tail"]
    low, high = chinese_number(head + match["a"] + tail), chinese_number(head + match["b"] + tail)
    return None if low is None or high is None else (low, high)
