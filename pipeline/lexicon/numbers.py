"""What a number in Arabic or Chinese digits, or in both, is worth."""

from __future__ import annotations

import math
import re

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "俩": 2}
DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)} | {"兩": 2, "貳": 2, "參": 3, "陸": 6, "倆": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000, "廿": 20, "卅": 30}
_GROUPS = {"万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}

LONGEST = 40  # characters of a number; a longer run of digits is no number that anybody counted

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:[.·]\d+)?"  # 3·5万元 in older print
CHINESE = r"[零〇○一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟兩貳參陸倆萬億]+"
_POINT = re.compile(r"([^点點]+)[点點]([零〇一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]+)([万亿萬億]*)")


def parse_number(text: str) -> float | None:
    """The value of a plain number, Arabic, Chinese or mixed (17.7万, 两万三, 二〇二三, 负三点五); None if `text` is none."""
    if len(text) > LONGEST:
        return None
    if text[:1] in ("负", "負") and len(text) > 1:
        value = parse_number(text[1:])
        return None if value is None else -value
    arabic = re.match(ARABIC, text)
    if arabic is None:
        return chinese_number(text)
    value = float(arabic[0].replace(",", "").replace("·", "."))
    rest = text[arabic.end() :]
    while rest:
        power = _POWERS.get(rest[0]) or _GROUPS.get(rest[0])
        if power is None or (rest[0] in "廿卅"):
            # 3万5千: a second number may follow a multiplied one
            tail = parse_number(rest.lstrip("零"))
            return None if tail is None or arabic.end() == len(text) - len(rest) else value + tail
        value *= power
        rest = rest[1:]
    return round(value, 6)


def chinese_number(text: str) -> float | None:
    """The value of a number in Chinese digits; None if `text` is none."""
    if point := _POINT.fullmatch(text):
        whole = chinese_number(point[1])
        part = float("0." + "".join(str(DIGITS[c]) for c in point[2]))
        return None if whole is None else round((whole + part) * math.prod(_GROUPS[c] for c in point[3]), 6)
    if not 0 < len(text) <= LONGEST or any(c not in DIGITS and c not in _POWERS and c not in _GROUPS for c in text):
        return None
    if all(c in DIGITS for c in text):  # read out digit by digit: 二〇二三, 一二〇
        return float(int("".join(str(DIGITS[c]) for c in text)))
    total = section = digit = 0
    unit = 1  # of the last multiplier: what a single last digit is a tenth of (两万三)
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
            if digit == 0:
                unit = 1
        elif c in _POWERS:
            tens = _POWERS[c]
            unit = 10 if tens in (20, 30) else tens
            section += tens if tens in (20, 30) else (digit or 1) * tens
            digit = 0
        else:
            section += digit
            if unit == 10**4 == _GROUPS[c] and not section:  # 万万 is 亿
                total *= 10**4
                continue
            unit = _GROUPS[c]
            if unit == 10**8:
                total = (total + section or 1) * unit
            else:
                total += (section or (0 if total else 1)) * unit
            section = digit = 0
    if digit and unit >= 100 and text[-1] in DIGITS:
        section += digit * (unit // 10)
    else:
        section += digit
    return float(total + section)
