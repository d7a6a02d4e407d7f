"""Words that two stretches of a page share, counted as pairs of Chinese characters."""

from __future__ import annotations

from itertools import pairwise


def pairs(line: str) -> set[str]:
    """The pairs of neighbouring Chinese characters of a line."""
    return {a + b for a, b in pairwise(line) if a > "一" and b > "一"}


def common(line: str, text: str) -> float:
    """Share of the pairs of Chinese characters of a line that occur in a text, 0 to 1."""
    own = pairs(line)
    return sum(p in text for p in own) / len(own) if own else 0.0
