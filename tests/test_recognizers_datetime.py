"""The Chinese DateTime cases of Microsoft Recognizers-Text as a regression test (tests/recognizers/README.md).

Run as a program, this file lists every case that fails: python -m tests.test_recognizers_datetime
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.folding import fold
from pipeline.records import Quantity, TimeExpression
from pipeline.stages.quantities import find_quantities
from pipeline.stages.times import find_times

FOLDER = Path(__file__).parent / "recognizers" / "datetime"
GROUPS = ("Date", "DatePeriod", "Duration", "Set")
REFERENCE = "2017-03-22"  # of the extractor cases, which name no day
# passed, differ by convention, failed: raise when it gets better
RECORDED = {"Date": (74, 36, 10), "DatePeriod": (115, 8, 12), "Duration": (25, 0, 4), "Set": (16, 0, 0)}
REQUIRED, EXCLUDED_AT_MOST = 0.80, 0.15

# ------------------------------------------------------------------------------------------------ differences of convention
CONVENTIONS: dict[str, re.Pattern[str]] = {
    "traditional characters: our lexicons are simplified, as is the press of the mainland": re.compile(
        "[個週後禮這時點過於]"
    ),
    "day before month, or a year of two digits, in dates of numbers alone: no Chinese newspaper prints them": re.compile(
        r"(?<!\d)(?<!\d[./-])\d{1,2}([./-])\d{1,2}(?:\1\d{2,4})?(?![\d月])"
    ),
    "lunar days: they keep month and day as printed, we give the solar day": re.compile(
        "农历|大年|正月|[一二三四五六七八九十]月初"
    ),
    "最近 has no day of its own: PAST_REF by the guidelines": re.compile("最近"),
    "前 and 后 stay outside: two times, not one range": re.compile("年之后.*年之前"),
    "a day of the week behind a date is a word of its own": re.compile("[号日][,，]星期"),
    "a year without 年 is a time in ranges and names only": re.compile(r"(?<!\d)\d{4} ?看起来"),
}


def convention(case: dict[str, Any]) -> str | None:
    """The rule by which a case is not ours to pass, None if it is."""
    return next((rule for rule, pattern in CONVENTIONS.items() if pattern.search(case["Input"])), None)


# ------------------------------------------------------------------------------------------------ their terms in ours
_SPACE = re.compile(r"\s+")
_OUTSIDE = re.compile(
    r"^(?:时间)?(?:从|自|在)|(?:之间|间|的时候)$"
)  # 从 and 自 stay outside; 之间 says no more than 至
_SECONDS = {
    "秒": 1,
    "分钟": 60,
    "分": 60,
    "小时": 3600,
    "个小时": 3600,
    "时": 3600,
    "天": 86400,
    "日": 86400,
    "周": 604800,
}
_SECONDS |= {"星期": 604800, "个星期": 604800, "个月": 30 * 86400, "月": 30 * 86400, "年": 365 * 86400}


def plain(text: str) -> str:
    """As an article's text is: folded, without white space between characters."""
    return _SPACE.sub("", fold(text))


def expected_days(resolution: dict[str, str]) -> set[tuple[date, date]]:
    """First and last day; the end of their periods is the day after the last, but of 1日到12日 the 12th."""
    if "date" in resolution:
        day = date.fromisoformat(resolution["date"])
        return set() if day.year == 1 else {(day, day)}
    if not resolution.get("startDate"):
        return set()
    first, end = (date.fromisoformat(resolution[key]) for key in ("startDate", "endDate"))
    last = end - timedelta(days=1)
    found = {(first, last), (first, end)}
    if (end.month, end.day) == (1, 1) and end.year > first.year:  # 2016到2018: of years, the last one is in it
        found.add((first, date(end.year, 12, 31)))
    return found


def same_value(result: dict[str, Any], time: TimeExpression) -> bool:
    value = result["Value"]
    if "set" in value["FutureResolution"]:
        wanted = re.sub(r"^XXXX-WXX-.*", "P1W", value["Timex"])  # guidelines: P1W for a day of every week
        return time.type == "SET" and time.value == wanted
    wanted_days = expected_days(value["FutureResolution"]) | expected_days(value["PastResolution"])
    if not wanted_days:  # no day of the calendar, or a season: the TIMEX itself
        known = "0001-01-01" not in str(value["FutureResolution"])
        return time.value == (value["Timex"] if known else None)
    found = (time.first_day, time.last_day)
    if found in wanted_days:
        return True
    # 近三年: they count from the day, we count whole years or months, as the guidelines have it
    counted = re.search(r"P\d+[YM]\)$", value["Timex"])
    years = {(a.year, b.year) for a, b in wanted_days}
    return bool(counted and time.first_day and time.last_day and (time.first_day.year, time.last_day.year) in years)


def seconds(quantities: list[tuple[int, int, Quantity]], start: int, end: int) -> float | None:
    """The sum of the durations that lie in a span; None if there is none."""
    inside = [q for s, e, q in quantities if start <= s and e <= end and q.kind == "duration"]
    if not inside or any(q.value is None or q.unit not in _SECONDS for q in inside):
        return None
    return sum(float(q.value or 0) * _SECONDS[q.unit] for q in inside)


def passes(case: dict[str, Any], group: str) -> bool:
    """Whether every result of a case is among ours by span and value, and nothing is found where it has none."""
    text = plain(case["Input"])
    reference = date.fromisoformat(case.get("Context", {}).get("ReferenceDateTime", REFERENCE)[:10])
    times = find_times(text, reference.year, reference)
    quantities = find_quantities(text, [(s, e) for s, e, _ in times]) if group == "Duration" else []
    if not case["Results"]:
        return not times
    at = 0
    for result in case["Results"]:
        words = _OUTSIDE.sub("", plain(result["Text"]))
        start = text.index(words, at)
        at = start + len(words)
        if group == "Duration":
            total = seconds(quantities, start, at)
            wanted = float(result["Value"]["FutureResolution"]["duration"]) if "Value" in result else None
            inside = [(s, e) for s, e, _ in quantities if start <= s and e <= at]
            if total is None or not inside or (inside[0][0], inside[-1][1]) != (start, at):
                return False
            if wanted is not None and abs(total - wanted) > 0.02 * wanted:
                return False
            continue
        found = next((time for s, e, time in times if (s, e) == (start, at)), None)
        if found is None or ("Value" in result and not same_value(result, found)):
            return False
    return True


def cases(group: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("Extractor", "Parser"):
        for case in json.loads((FOLDER / f"{group}{kind}.json").read_text(encoding="utf-8")):
            yield kind, case


def outcome(group: str, case: dict[str, Any]) -> str:
    if passes(case, group):
        return "pass"
    return "convention" if convention(case) else "fail"


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    return {group: Counter(outcome(group, case) for _, case in cases(group)) for group in GROUPS}


@pytest.mark.parametrize("group", GROUPS)
def test_no_case_that_passed_fails(group: str, counts: dict[str, Counter[str]]):
    now, (passed, differ, failed) = counts[group], RECORDED[group]
    assert sum(now.values()) == passed + differ + failed
    assert now["pass"] >= passed, f"{group}: {now['pass']} of {passed} pass; see python -m {__spec__.name}"
    assert now["fail"] <= failed


def test_the_cases_that_are_ours_pass(counts: dict[str, Counter[str]]):
    total = sum((counts[group] for group in GROUPS), Counter())
    assert total["convention"] <= EXCLUDED_AT_MOST * sum(total.values())
    assert total["pass"] >= REQUIRED * (total["pass"] + total["fail"])


def test_every_convention_is_needed():
    differing = [case for group in GROUPS for _, case in cases(group) if outcome(group, case) == "convention"]
    assert {convention(case) for case in differing} == set(CONVENTIONS)


def test_a_wrong_value_or_span_fails():
    case = {"Input": "明天", "Context": {"ReferenceDateTime": "2017-03-22T00:00:00"}, "Results": []}
    value = {
        "Timex": "2017-03-23",
        "FutureResolution": {"date": "2017-03-23"},
        "PastResolution": {"date": "2017-03-23"},
    }
    assert not passes(case, "Date")
    assert passes(case | {"Results": [{"Text": "明天", "Value": value}]}, "Date")
    assert not passes(case | {"Results": [{"Text": "明", "Value": value}]}, "Date")
    other = value | {"FutureResolution": {"date": "2017-03-24"}, "PastResolution": {"date": "2017-03-22"}}
    assert not passes(case | {"Results": [{"Text": "明天", "Value": other}]}, "Date")


def report() -> None:
    """Print the failing cases and the counts."""
    for group in GROUPS:
        found: Counter[str] = Counter()
        for kind, case in cases(group):
            which = outcome(group, case)
            found[which] += 1
            if which != "pass":
                reference = case.get("Context", {}).get("ReferenceDateTime", REFERENCE)[:10]
                times = find_times(plain(case["Input"]), int(reference[:4]), date.fromisoformat(reference))
                ours = [(plain(case["Input"])[s:e], t.value) for s, e, t in times]
                wanted = [(r["Text"], r.get("Value", {}).get("Timex")) for r in case["Results"]]
                print(
                    f"{which} {group}{kind} {case['Input']} @{reference}: {wanted}; ours {ours}; {convention(case) or ''}"
                )
        print(f"{group}: {found['pass']} pass, {found['convention']} differ by convention, {found['fail']} fail")


if __name__ == "__main__":
    report()
