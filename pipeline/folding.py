"""The folded view of a text: same length, one spelling for each character, used for matching only.

Newspapers mix ASCII and full-width digits, letters and punctuation. Stages match on the folded view and
report offsets; because the view has the length of the text, the offsets are good for the text itself.
What reads numbers and dates also bears the spaces that text from PDF files has inside them (2021 年 4 月 13 日, 3.5 万亩): `Tight`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_FOLDED = {0xFF01 + i: chr(0x21 + i) for i in range(94)}  # full-width ASCII, U+FF01 to U+FF5E
_FOLDED.update(
    {
        ord("　"): " ",
        0xA0: " ",
        ord("\t"): " ",
        ord("﹒"): ".",
        ord("％"): "%",
        ord("‰"): "‰",
        ord("–"): "-",
        ord("‐"): "-",
        ord("‑"): "-",
        ord("−"): "-",
        ord("―"): "—",
        ord("～"): "~",
        ord("〜"): "~",
        ord("∶"): ":",
        ord("•"): "·",
        ord("・"): "·",
        ord("‧"): "·",
        ord("﹑"): "、",
    }
)


def fold(text: str) -> str:
    """Return `text` with width and punctuation variants folded, character for character (equal length)."""
    return text.translate(_FOLDED)


# Only where the print can mean nothing else: a column of figures may stand beside one of names.
_INSIDE = re.compile(
    r"(?<=\d) (?=[年月日时分秒点号岁万亿千百余多]|[至到~-] ?\d)"
    r"|(?<=[年月时点]) (?=\d{1,2} ?[月日号时点分至到~-])|(?<=第) (?=\d)|(?<=\d[日年月时点]) (?=[至到~-] ?\d)|(?<=[日年月时点\d ][至到~-]) (?=\d)"
)


class Tight:
    """A folded text without the spaces inside its numbers and dates, and where its characters stand in the folded text."""

    def __init__(self, folded: str):
        self._gaps = [match.start() for match in _INSIDE.finditer(folded)]
        self._shifts = [gap - before for before, gap in enumerate(self._gaps)]
        self.text = _INSIDE.sub("", folded) if self._gaps else folded

    def outward(self, start: int, end: int) -> tuple[int, int]:
        """The span of the folded text that [start, end) of `text` stands for; it begins and ends at no removed space."""
        return start + bisect_right(self._shifts, start), end + bisect_right(self._shifts, end - 1)

    def inward(self, start: int, end: int) -> tuple[int, int]:
        """The span of `text` that [start, end) of the folded text stands for."""
        return start - bisect_left(self._gaps, start), end - bisect_left(self._gaps, end)
