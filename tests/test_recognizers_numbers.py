"""The Chinese Number and NumberWithUnit cases of Microsoft Recognizers-Text as a regression test (tests/recognizers/README.md).

Run as a program, this file lists every case that does not pass: python -m tests.test_recognizers_numbers
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.folding import fold
from pipeline.records import Quantity
from pipeline.stages.numerals import find_numerals
from pipeline.stages.quantities import find_quantities
from pipeline.stages.times import find_times

FOLDER = Path(__file__).parent / "recognizers"
SUITES = {
    "number": ("NumberModel", "OrdinalModel", "PercentModel"),
    "number_range": ("NumberRangeModel",),  # every case is marked as not supported by their own Python version
    "number_with_unit": ("AgeModel", "CurrencyModel", "DimensionModel", "TemperatureModel"),
}
# passed, differ by convention, failed: raise when it gets better
RECORDED = {"number": (444, 70, 10), "number_range": (18, 27, 20), "number_with_unit": (77, 8, 6)}
REQUIRED = {"number": 0.95, "number_with_unit": 0.90}
EXCLUDED_AT_MOST = 0.15

# ------------------------------------------------------------------------------------------------ differences of convention
CONVENTIONS: dict[str, tuple[str, re.Pattern[str]]] = {
    "two bounds told by two comparisons (大于10小于20): questions to a database, not newspapers": (
        "NumberRangeModel",
        re.compile(
            r"(?:大于|小于|少于|多于|最多|最少|以上|以下|[比不].{1,9}[大小低]|[<>=]).*(?:大于|小于|少于|最少|以下|以上|[比不].{1,9}[大小低])|[间x≥]"
        ),
    ),
    "notation of computers: powers, exponents, k and M, bare or doubled points, improper fractions in digits": (
        "NumberModel|PercentModel|NumberRangeModel",
        re.compile(r"\d ?[kKM]|\d[eE^][-+\d]|(?<!\d)\.\d|\d\.\d+\.|-\d*/|[346]/3|6/5|3/5"),
    ),
    "几 has no value by the guidelines": ("NumberModel|NumberRangeModel", re.compile("[几幾]")),
    "余, 多 and 来 stand inside a number": ("NumberModel", re.compile("百多$")),
    "white space falls away, as between the columns of print": ("NumberModel", re.compile(r"\d, +\d")),
    "兆 is mega, as in mainland print": (".*", re.compile("兆.*[亿億]")),
    "打 is a unit: its value stays 1": ("NumberModel", re.compile("打")),
    "a percentage or negative fraction is one number": ("NumberModel", re.compile("百分之|分 *之 *[负負]")),
    "一 before a unit of measure counts": ("NumberModel", re.compile("^(?:一美元|苹果折扣一.*)$")),
    "a range or any fraction of a percentage is found too": (
        "PercentModel",
        re.compile("二三十|^五百分之|5-20%"),
    ),
    "a range is found whole, and things counted by 个 are a count": (
        "AgeModel|CurrencyModel",
        re.compile("70 ?- ?90|比特币"),
    ),
    "一 counts in 一位 and 人民币 without a number is none": (
        "DimensionModel|CurrencyModel",
        re.compile("存储单位|^人民币 ?美元"),
    ),
    "the unit of a temperature without a number is none": ("TemperatureModel", re.compile("转换为摄氏度|单位是")),
}


def convention(model: str, case: dict[str, Any]) -> str | None:
    """The rule by which a case is not ours to pass, None if it is."""
    text = fold(case["Input"])
    for rule, (models, pattern) in CONVENTIONS.items():
        if re.fullmatch(models, model) and pattern.search(text):
            return rule
    return None


# ------------------------------------------------------------------------------------------------ their terms in ours
_SPACE = re.compile(r"\s+")
_MONEY = {"Chinese yuan": "CNY"}
_TEMPERATURE = {"Degree": ("度",), "F": ("华氏度", "度"), "C": ("摄氏度", "℃", "°C")}
_LARGER = re.compile(r"(?:Kilo|Mega)(?:bit|byte)")  # they move 千 and 兆 from the number to the unit


_OUTSIDE = re.compile(
    "^人民币(?=.)|(?<=元)人民币$|^华氏温度|(?<=[天周])大$"
)  # words beside number and unit stay outside


def plain(text: str) -> str:
    """As an article's text is: folded, without white space between characters."""
    return _SPACE.sub("", fold(text))


def ours(text: str) -> list[tuple[int, int, Quantity]]:
    return find_quantities(text, [(start, end) for start, end, _ in find_times(text, 2020)])


def close(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)


def spans(text: str, case: dict[str, Any]) -> list[tuple[int, int, dict[str, Any]]]:
    """Their results with their place in the plain text."""
    out, at = [], 0
    for result in case["Results"]:
        words = _OUTSIDE.sub("", plain(result["Text"]))
        start = text.lower().index(words.lower(), at)
        at = start + len(words)
        out.append((start, at, result))
    return out


def passes(case: dict[str, Any], model: str) -> bool:
    """Whether each of their results is ours by span and value, and we count nothing where they find no number."""
    text = plain(case["Input"])
    quantities = ours(text)
    wanted = spans(text, case)
    if model in ("NumberModel", "OrdinalModel"):
        numerals = list(find_numerals(text))
        for start, end, result in wanted:
            value = float(result["Resolution"]["value"])
            start += model == "OrdinalModel"  # 第 is no part of a number
            if not any((n.start, n.end) == (start, end) and close(n.value, value) for n in numerals):
                return False
    elif model == "NumberRangeModel" and all(_bare_range(text, start, end, result) for start, end, result in wanted):
        return bool(wanted)
    elif not all(any(_same(text, start, end, result, *q, model) for q in quantities) for start, end, result in wanted):
        return False
    return bool(wanted) or not any(q.kind == _KIND.get(model, q.kind) for _, _, q in quantities)


_KIND = {"PercentModel": "percent", "AgeModel": "age", "CurrencyModel": "money", "TemperatureModel": "other"}


def _bare_range(text: str, start: int, end: int, result: dict[str, Any]) -> bool:
    """五百多 without a unit: a numeral with its modifier."""
    low, _, high = result["Resolution"]["value"][1:-1].partition(",")
    return not high and any(
        (n.start, n.end) == (start, end) and n.modifier == "gt" and close(n.value, float(low))
        for n in find_numerals(text)
    )


def _same(text: str, start: int, end: int, result: dict[str, Any], s: int, e: int, q: Quantity, model: str) -> bool:
    printed = str(result["Resolution"].get("value"))
    if model == "NumberRangeModel":  # their words of comparison are our modifier; a unit behind is ours alone
        low, high = (float(v) if v else None for v in printed[1:-1].split(","))
        ours_low, ours_high = (q.low, q.high) if q.modifier != "eq" or q.value is None else (None, None)
        if q.modifier == "eq" and q.value is None:
            ours_low, ours_high = q.low, q.high
        if q.unit == "" and q.kind == "percent" and high is None and low is not None and "百分之" in text:
            low /= 100
        same = (a == b or close(a, b) for a, b in ((ours_low, low), (ours_high, high)))
        return start < e and s < end and all(same)
    if (s, e) != (start, end) or printed == "None":
        return False
    if model == "PercentModel":
        share = q.si_value if q.si_value is not None else q.value
        return share is not None and close(share * 100, float(printed.rstrip("%")))
    unit = result["Resolution"]["unit"]
    if model == "TemperatureModel" and q.unit not in _TEMPERATURE[unit]:
        return False
    if model == "CurrencyModel" and (q.kind != "money" or (unit == "Chinese yuan") != (q.si_unit == "CNY")):
        return False
    if model == "CurrencyModel" and q.si_value is not None:
        return close(q.si_value, float(printed))  # 五元三毛 in one unit or in two
    thousand = _LARGER.fullmatch(unit) and "千" in text[start:end]
    return close(q.value, float(printed) * (1000 if thousand else 1))


def cases(suite: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (model, case)
        for model in SUITES[suite]
        for case in json.loads((FOLDER / suite.replace("_range", "") / f"{model}.json").read_text(encoding="utf-8"))
    ]


def outcome(model: str, case: dict[str, Any]) -> str:
    if passes(case, model):
        return "pass"
    return "convention" if convention(model, case) else "fail"


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    return {suite: Counter(outcome(model, case) for model, case in cases(suite)) for suite in SUITES}


@pytest.mark.parametrize("suite", SUITES)
def test_no_case_that_passed_fails(suite: str, counts: dict[str, Counter[str]]) -> None:
    now, (passed, differ, failed) = counts[suite], RECORDED[suite]
    assert sum(now.values()) == passed + differ + failed
    assert now["pass"] >= passed, f"{suite}: {now['pass']} of {passed} pass; see python -m {__spec__.name}"
    assert now["fail"] <= failed


@pytest.mark.parametrize("suite", REQUIRED)
def test_the_cases_that_are_ours_pass(suite: str, counts: dict[str, Counter[str]]) -> None:
    now = counts[suite]
    assert now["convention"] <= EXCLUDED_AT_MOST * sum(now.values())
    assert now["pass"] >= REQUIRED[suite] * (now["pass"] + now["fail"])


def test_every_convention_is_needed() -> None:
    used = {
        convention(model, case)
        for suite in SUITES
        for model, case in cases(suite)
        if outcome(model, case) == "convention"
    }
    assert used == set(CONVENTIONS)


def test_a_wrong_value_or_span_fails() -> None:
    def case(words: str, value: str) -> dict[str, Any]:
        return {"Input": "十斤", "Results": [{"Text": words, "Resolution": {"value": value, "unit": "Jin"}}]}

    assert passes(case("十", "10"), "NumberModel")
    assert not passes(case("十", "11"), "NumberModel")
    assert not passes(case("十斤", "10"), "NumberModel")
    assert passes(case("十斤", "10"), "DimensionModel")
    assert not passes(case("十", "10"), "DimensionModel")


def report() -> None:
    """Print the cases that do not pass and the counts."""
    for suite in SUITES:
        found: Counter[str] = Counter()
        for model, case in cases(suite):
            which = outcome(model, case)
            found[which] += 1
            if which != "pass":
                text = plain(case["Input"])
                wanted = [
                    (r["Text"], r["Resolution"].get("value"), r["Resolution"].get("unit")) for r in case["Results"]
                ]
                got = [(text[s:e], q.value, q.unit_name) for s, e, q in ours(text)]
                numbers = [(text[n.start : n.end], n.value) for n in find_numerals(text)]
                print(f"{which} {model} {text}: {wanted}; ours {got} {numbers}; {convention(model, case) or ''}")
        print(suite, dict(found))


if __name__ == "__main__":
    report()
