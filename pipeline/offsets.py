"""The only place that does arithmetic between a raw page and the reflowed text of an article."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class OffsetMap:
    """Maps an article's text, character by character, to offsets in the raw page.

    Article text is the raw page with white space dropped or joined, cut into pieces that may stand in another order
    than in print. A line end of the article text is the only character that need not stand in the raw page, so a span
    without a line end always lies in one stretch of the page.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw_offsets: Iterable[int]):
        """`raw_offsets[i]` is the raw offset (code points) of article character `i`; -1 for a line end put in."""
        self._raw = array("i", raw_offsets)

    def __len__(self) -> int:
        return len(self._raw)

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Raw `[start, end)` of the article's `[start, end)`; it covers a column break that falls inside.

        Raises ValueError for an empty span or one outside the text, and for one whose ends the page does not hold in
        this order (it crosses a line end between pieces that were put together from different places).
        """
        if not 0 <= start < end <= len(self._raw):
            raise ValueError(f"no span [{start}, {end}) in an article of {len(self._raw)} characters")
        first, last = self._raw[start], self._raw[end - 1]
        if first < 0 or last < first:
            raise ValueError(f"span [{start}, {end}) does not lie in one stretch of the page")
        return first, last + 1

    def to_article(self, start: int, end: int) -> tuple[int, int] | None:
        """Article `[start, end)` of the characters printed in raw `[start, end)`, None if the article has none of them."""
        inside = [i for i, raw in enumerate(self._raw) if start <= raw < end]
        return (inside[0], inside[-1] + 1) if inside else None


def raw_equal(raw: str, start: int, end: int, text: str) -> bool:
    """Whether `raw[start:end]` equals `text`, white space taken out of both: the invariant of every table row."""
    return "".join(raw[start:end].split()) == "".join(text.split())
