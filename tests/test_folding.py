"""The folded view, and the one without the spaces inside numbers and dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.folding import Tight, fold
from pipeline.language.document import get_spans
from pipeline.stages.quantities import Quantities
from pipeline.stages.times import Times
from tests.articles import article


@given(st.text("2０ 　a年月日至-名3.万%第\n"))
def test_spans_go_out_and_come_in_again(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    tight = Tight(folded)
    for start in range(len(tight.text)):
        for end in range(start + 1, len(tight.text) + 1):
            low, high = tight.outward(start, end)
            assert folded[low:high].replace(" ", "") == tight.text[start:end].replace(" ", "")
            assert (folded[low], folded[high - 1]) == (tight.text[start], tight.text[end - 1])
            assert tight.inward(low, high) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["张三 13人 李四 5人", "热线 8512345 张女士", "2020 获奖名单", "一等奖 3 名额 5", "得分 98 95 97"],
)
def test_columns_stay_apart(text: str) -> None:
    assert Tight(text).text == text


def test_numbers_and_dates_with_spaces_inside_are_read() -> None:
    doc = article("2021 年4 月13 日上午，3.5 万亩耕地播完。4 月 13 日至 15 日，500 余人来了 3 至 5 天。")
    Times()(doc)
    Quantities()(doc)
    times, quantities = get_spans(doc, "times"), get_spans(doc, "quantities")
    assert [s.text for s, _ in times] == ["2021 年4 月13 日上午", "4 月 13 日至 15 日"]
    assert [(s.text, q.value) for s, q in quantities] == [("3.5 万亩", 35000), ("500 余人", 500), ("3 至 5 天", None)]
