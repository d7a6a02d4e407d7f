"""A linear chain over tags B I E S of labels: which tags may follow each other, the best path, and the spans it tells.

Tags are numbered as `tag_names` names them. Shapes: N characters, K tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_PADDED = 20_000  # characters decoded together, with what fills up the short pieces


def tag_names(labels: Iterable[str]) -> list[str]:
    """O, then B I E S of each label."""
    return ["O", *(f"{place}-{label}" for label in labels for place in "BIES")]


def allowed(labels: list[str], transitions: Array) -> Array:
    """(K + 1, K + 1): the transitions with those that no span makes forbidden; the last row and column are the edge."""
    size = 1 + 4 * len(labels)
    out = np.full((size + 1, size + 1), -1e4, dtype=np.float32)
    for a in range(size + 1):
        for b in range(size + 1):
            begins_inside = b < size and b > 0 and (b - 1) % 4 in (1, 2)
            leaves_open = a < size and a > 0 and (a - 1) % 4 in (0, 1)
            same = 0 < a < size and 0 < b < size and (a - 1) // 4 == (b - 1) // 4
            if begins_inside == leaves_open and (not leaves_open or same):
                out[a, b] = transitions[a, b] if a < size and b < size else 0
    return out


def viterbi(pieces: list[Array], transitions: Array) -> list[list[int]]:
    """The best tags of each piece of scores (length, K), which is not empty; pieces of like length step together."""
    order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i]))
    out: list[list[int]] = [[]] * len(pieces)
    at = 0
    while at < len(order):
        together = order[at : at + max(1, _PADDED // len(pieces[order[at]]))]
        for i, tags in zip(together, _together([pieces[i] for i in together], transitions), strict=True):
            out[i] = tags
        at += len(together)
    return out


def _together(pieces: list[Array], transitions: Array) -> Iterator[list[int]]:
    """`viterbi` of pieces from the longest to the shortest: all step together, the long ones last the longest."""
    size = transitions.shape[0] - 1
    inner = np.ascontiguousarray(transitions[:size, :size].T)  # to x from
    lengths = np.array([len(piece) for piece in pieces])
    padded = np.zeros((lengths[0], len(pieces), size), dtype=np.float32)
    for row, piece in enumerate(pieces):
        padded[: len(piece), row] = piece
    alive = np.searchsorted(-lengths, -np.arange(lengths[0])).tolist()  # at each step, those that are longer
    alpha = padded[0] + transitions[size, :size]
    back = np.zeros((lengths[0], len(pieces), size), dtype=np.int8)
    choice = np.zeros((len(pieces), size), dtype=np.int64)
    columns = np.arange(len(pieces))
    for t in range(1, lengths[0]):
        live = alive[t]
        options = alpha[:live, None, :] + inner
        options.argmax(2, out=choice[:live])
        back[t, :live] = choice[:live]
        options.max(2, out=alpha[:live])
        alpha[:live] += padded[t, :live]
    tags = np.zeros((lengths[0], len(pieces)), dtype=np.int64)
    last = (alpha + transitions[:size, size]).argmax(1)  # alpha stays as it was when a piece ended
    tags[lengths - 1, columns] = last
    for t in range(lengths[0] - 2, -1, -1):
        going = alive[t + 1]
        tags[t, :going] = back[t + 1, columns[:going], tags[t + 1, :going]]
    for row, length in enumerate(lengths):
        yield tags[:length, row].tolist()


def spans(tags: list[int]) -> Iterator[tuple[int, int, int]]:
    """Start, end and number of the label of each span of a path that `allowed` allows."""
    start = 0
    for i, tag in enumerate(tags):
        if tag:
            place, label = (tag - 1) % 4, (tag - 1) // 4
            if place in (0, 3):
                start = i
            if place in (2, 3):
                yield start, i + 1, label


def chance(chances: Array, start: int, end: int, label: int) -> float:
    """How likely [start, end) is a span of a label, by (N, K) chances of the tags of each character: that of its least likely one."""
    first = 1 + 4 * label
    if end - start == 1:
        return float(chances[start, first + 3])
    inside = chances[start + 1 : end - 1, first + 1]
    return float(min(chances[start, first], chances[end - 1, first + 2], inside.min(initial=1.0)))
