"""Who is paired with whom: one-to-one matching, and the rules by which two spans, texts or paths agree."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
Pair = tuple[A | None, B | None]
Span = tuple[int, int]
Number = float | tuple[float, float] | None


def match(gold: Sequence[A], predicted: Sequence[B], rank: Callable[[A, B], Any]) -> list[Pair[A, B]]:
    """Pair each gold item with at most one predicted item and the other way round.

    `rank(g, p)` is None where the two may not be paired, else a sortable value, the higher the better; the best pair is
    taken first, and of equal ones the first in order. Returns the pairs and misses `(g, None)` in the order of `gold`,
    then the extras `(None, p)`.
    """
    candidates = [
        (key, -i, -j)
        for i, g in enumerate(gold)
        for j, p in enumerate(predicted)
        if (key := rank(g, p)) is not None
    ]  # fmt: skip
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in sorted(candidates, reverse=True):
        if -i not in taken and -j not in used:
            taken[-i] = -j
            used.add(-j)
    pairs: list[Pair[A, B]] = [(g, predicted[taken[i]] if i in taken else None) for i, g in enumerate(gold)]
    return pairs + [(None, p) for j, p in enumerate(predicted) if j not in used]


def overlap(a: Span, b: Span) -> int:
    """Characters that two `[start, end)` spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def span_rank(a: Span, b: Span) -> tuple[bool, int] | None:
    """Equal spans before overlapping ones, larger overlaps before smaller ones; None where they do not touch."""
    shared = overlap(a, b)
    return (a == b, shared) if shared else None


def trim(text: str | None, start: int, end: int) -> Span:
    """The span without white space at its edges; as it is if the text is not known."""
    if text is not None:
        while start < end and text[start : start + 1].isspace():
            start += 1
        while end > start and text[end - 1 : end].isspace():
            end -= 1
    return start, end


def bare(text: str | None) -> str:
    """The text without any white space; nothing for None."""
    return "".join((text or "").split())


def folded(text: str | None) -> str:
    """`bare`, with full-width letters, digits and punctuation as half-width ones (NFKC)."""
    return bare(unicodedata.normalize("NFKC", text or ""))


def within(a: str | None, b: str | None) -> bool:
    """Whether one text holds the other, white space aside; two nulls do, a null and a text do not."""
    left, right = bare(a), bare(b)
    return left == right or bool(left and right and (left in right or right in left))


def same_number(a: Number, b: Number) -> bool:
    """Equal values, ranges or nulls; numbers to five digits (0.666667 is two thirds)."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(same_number(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, tuple) or isinstance(b, tuple) or a is None or b is None:
        return a is None and b is None
    return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-9)


def _levels(path: str | None) -> list[str]:
    return [level for level in bare(path).split("/") if level]


def _subsequence(short: list[str], long: list[str]) -> bool:
    rest = iter(long)
    return all(level in rest for level in short)


def same_place(gold: str | None, predicted: str | None) -> bool:
    """Whether two canonical paths name one place and neither contradicts the other.

    They end in the same name and one has all levels of the other in the same order. Both begin with the same name too,
    unless the gold knows nothing above the place itself (黄河): only levels in the middle may be left out or added.
    """
    a, b = _levels(gold), _levels(predicted)
    if not a or not b:
        return a == b
    return same_name(gold, predicted) and (_subsequence(a, b) or _subsequence(b, a)) and (len(a) == 1 or a[0] == b[0])


def same_name(gold: str | None, predicted: str | None) -> bool:
    """Whether two canonical paths end in the same name."""
    return _levels(gold)[-1:] == _levels(predicted)[-1:]
