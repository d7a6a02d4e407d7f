"""Numbers as printed: every way to write one is read back as that number."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.lexicon.numbers import chinese_number, parse_number
from pipeline.stages.numerals import find_numerals

DIGITS = "零一二三四五六七八九"
FINANCIAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
TRADITIONAL = str.maketrans("万亿", "萬億")


def chinese(number: int) -> str:
    """The number in Chinese digits as it is spoken, with 零 for gaps."""
    if number >= 10**8:
        high, low = divmod(number, 10**8)
        return chinese(high) + "亿" + _rest(low, 10**7)
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return chinese(high) + "万" + _rest(low, 1000)
    text = _group(number)
    return text.removeprefix("一") if text.startswith("一十") else text


def _rest(number: int, full: int) -> str:
    if not number:
        return ""
    text = chinese(number)
    if text.startswith("十"):
        text = "一" + text
    return text if number >= full else "零" + text


def _group(value: int) -> str:
    out, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return out


NUMBERS = st.one_of(st.integers(1, 20_000), st.integers(1, 10**12 - 1))


@settings(max_examples=300, deadline=None)
@given(NUMBERS)
def test_chinese_digits_there_and_back(number: int) -> None:
    text = chinese(number)
    assert chinese_number(text) == number
    assert parse_number(text.translate(FINANCIAL)) == number
    assert parse_number(text.translate(TRADITIONAL)) == number


@settings(max_examples=300, deadline=None)
@given(NUMBERS)
def test_a_chinese_number_in_a_sentence_is_found_whole(number: int) -> None:
    text = chinese(number)
    assume(text not in ("一", "两"))
    (found,) = find_numerals(f"共{text}户。")
    assert (found.start, found.end, found.value) == (1, 1 + len(text), number)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 3))
def test_arabic_digits_there_and_back(whole: int, decimals: int) -> None:
    number = round(whole / 10**decimals, decimals)
    for text in (f"{number:.{decimals}f}", f"{number:,.{decimals}f}"):
        (found,) = find_numerals(f"共{text}户。")
        assert (found.start, found.end) == (1, 1 + len(text))
        assert found.value == pytest.approx(number, rel=1e-12)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 9999), st.sampled_from([("万", 10**4), ("亿", 10**8), ("千", 1000), ("百", 100), ("万亿", 10**12)])
)
def test_multipliers_behind_digits(number: int, unit: tuple[str, int]) -> None:
    (found,) = find_numerals(f"共{number}{unit[0]}户。")
    assert found.value == number * unit[1]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 99), st.integers(1, 99))
def test_fractions(part: int, of: int) -> None:
    value = float(f"{part / of:.6g}")
    for text in (f"{of}分之{part}", f"{chinese(of)}分之{chinese(part)}"):
        (found,) = find_numerals(text)
        assert (found.value, found.form) == (value, "fraction")


@pytest.mark.parametrize(
    ("text", "low", "high", "modifier"),
    [
        ("三四千", 3000, 4000, "eq"),
        ("两三百", 200, 300, "eq"),
        ("八九十", 80, 90, "eq"),
        ("十七八", 17, 18, "eq"),
        ("210余万", 2_100_000, 2_100_000, "gt"),
        ("三千余", 3000, 3000, "gt"),
        ("十来", 10, 10, "approx"),
        ("几十", None, None, "approx"),
        ("二十几", None, None, "approx"),
        ("上千", 1000, 1000, "ge"),
        ("两万三", 23_000, 23_000, "eq"),
        ("一千零三", 1003, 1003, "eq"),
        ("3万5千", 35_000, 35_000, "eq"),
        ("25万6000", 256_000, 256_000, "eq"),
        ("二点五", 2.5, 2.5, "eq"),
        ("三点一四万", 31_400, 31_400, "eq"),
        ("负六点六", -6.6, -6.6, "eq"),
        ("一百又三分之一", 100.333, 100.333, "eq"),
        ("百分之一百二十点五", 1.205, 1.205, "eq"),
        ("千万分之六", 6e-7, 6e-7, "eq"),
        ("四万万", 4e8, 4e8, "eq"),
        ("兩千四百五", 2450, 2450, "eq"),
        ("柒仟捌佰", 7800, 7800, "eq"),
        ("3.5亿", 3.5e8, 3.5e8, "eq"),
        ("一二〇", 120, 120, "eq"),
    ],
)
def test_values(text: str, low: float | None, high: float | None, modifier: str) -> None:
    (found,) = find_numerals(text)
    assert (found.start, found.end) == (0, len(text))
    assert (found.low, found.high, found.modifier) == (low, high, modifier)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("二两", "二"),
        ("三十两", "三十"),
        ("一百千瓦", "一百"),
        ("八点五十分", "八"),
        ("A4纸", ""),
        ("登陆", ""),
    ],
)
def test_a_number_ends_where_its_unit_begins(text: str, printed: str) -> None:
    first = next(find_numerals(text), None)
    assert (text[first.start : first.end] if first else "") == printed
