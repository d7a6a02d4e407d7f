"""What the model of objects looks at: the words near each quantity that could be what it counts, and how they stand to it.

Shapes: N characters of the Doc, S spans that could be an object, P pairs of a quantity and a span, Q quantities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, IS_SPACE, LENGTH, ORTH
from spacy.strings import StringStore
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, get_spans
from pipeline.lexicon import load_tsv
from pipeline.records import Quantity

Array = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BACK, AHEAD = 64, 28  # how far from a quantity its object may stand, in characters
LONGEST, WORDS, BESIDE = 14, 6, 6  # of an object: characters, words, characters where it need not be whole words
JOINED_LONGEST, JOINED_WORDS = 20, 10  # … of several things under one figure (新人及亲友)
JOINS = ("和", "与", "及", "以及")  # not 、: of a list labels have now the whole, now the last
CLASSES = ("", "PER", "PLACE", "ORG", "POST", "TIME", "QUANTITY")
DILATIONS = (1, 2, 4)
_GAP = sum(DILATIONS)  # empty rows between paragraphs: the reach of the convolutions
_BARRIER = frozenset(",.。;:!?\n")
_NO_START = frozenset("的、”’》)）.%-~/") | _BARRIER
_NO_END = frozenset("的、“‘《(（-~/") | _BARRIER
_OPENING, _CLOSING = frozenset("“‘《(（"), frozenset("”’》)）")


@dataclass(frozen=True)
class Pairs:
    """Which span could be the object of which quantity, quantity by quantity, and how they stand to each other."""

    owner: Ints  # (P,) number of the quantity
    which: Ints  # (P,) number of the span
    after: Bools  # (P,) the span stands behind the quantity
    gap: Ints  # (P, 2) rows between the two
    distance: Ints  # (P,) index into the vectors of distance
    marks: Ints  # (P, 3) indices into the vectors of marks
    first: Ints  # (Q + 1,) where the pairs of each quantity begin


@dataclass(frozen=True)
class Reading:
    """A Doc as the model sees it. `rows` maps characters to rows of the network, -1 for stretches without quantities."""

    classes: Ints  # (N,) index into CLASSES
    edges: Ints  # (N,) 0 inside a word, +1 at its first character, +2 at its last
    rows: Ints  # (N + 1,)
    size: int  # rows of the network, gaps included
    spans: Ints  # (S, 2) characters
    joined: Bools  # (S,) of several things, none with a figure of its own: 新人及亲友
    pairs: Pairs
    clauses: Ints  # (Q,) clause ends between the quantity before and this one, at most 3; -1: none before it nearby
    quantities: list[tuple[int, int, Quantity]]

    @property
    def read(self) -> Ints:
        """The characters that have a row, in order."""
        return np.flatnonzero(self.rows[:-1] >= 0)


def read(*docs: Doc) -> Reading:
    """The Docs with what earlier stages found in them, as one text with a line end between two of them."""
    text = "\n".join(doc._.folded for doc in docs)
    classes = np.zeros(len(text), dtype=np.int64)
    quantities: list[tuple[int, int, Quantity]] = []
    cut = []
    at = 0  # where the Doc begins
    for doc in docs:
        for span in doc.spans.get(MENTIONS, ()):
            if span.label_ in CLASSES:
                classes[at + span.start_char : at + span.end_char] = CLASSES.index(span.label_)
        for group, label in ((TIMES, "TIME"), (QUANTITIES, "QUANTITY")):
            for span in doc.spans.get(group, ()):
                classes[at + span.start_char : at + span.end_char] = CLASSES.index(label)
        quantities += [(at + s.start_char, at + s.end_char, q) for s, q in get_spans(doc, QUANTITIES)]
        words = doc.to_array([IDX, LENGTH, ORTH, IS_SPACE])
        words[:, 0] += np.uint64(at)
        cut.append(words)
        at += len(doc._.folded) + 1
    words = np.concatenate(cut)
    words = words[words[:, 3] == 0]
    starts = words[:, 0].astype(np.int64)
    ends = starts + words[:, 1].astype(np.int64)
    edges = np.zeros(len(text), dtype=np.int64)
    edges[starts] += 1
    edges[ends - 1] += 2
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    rows, size = _rows(text, quantities)
    # Number of characters without a row up to each one: equal for those of one stretch.
    holes: Ints = np.cumsum(rows < 0, dtype=np.int64)
    commas = np.concatenate([[0], np.cumsum(_among(letters, _BARRIER))])
    joins = _before_each(starts[np.isin(words[:, 2], _numbers(*JOINS))], len(text))
    loose = np.isin(words[:, 2], _loose())
    spans = _spans(letters, starts, ends, loose, joins, commas, rows, holes, quantities)
    within = _before_each(np.array([start for start, _, _ in quantities], dtype=np.int64), len(text))
    joined = (joins[spans[:, 1]] > joins[spans[:, 0]]) & (within[spans[:, 1]] == within[spans[:, 0]])
    pairs = _pairs(letters, commas, rows, holes, spans, quantities)
    return Reading(classes, edges, rows, size, spans, joined, pairs, _clauses(commas, holes, quantities), quantities)


@cache
def _loose() -> NDArray[np.uint64]:
    """spaCy's numbers of the words that no object begins or ends with."""
    return _numbers(*(row["word"] for row in load_tsv("function_words.tsv", ("word",), key=("word",))))


@cache
def _numbers(*words: str) -> NDArray[np.uint64]:
    """spaCy's numbers of words."""
    store = StringStore(words)
    return np.array([store[word] for word in words], dtype=np.uint64)


def _before_each(places: Ints, size: int) -> Ints:
    """How many of the places stand before each of `size` characters, and before the end."""
    counts = np.zeros(size + 1, dtype=np.int64)
    counts[places + 1] = 1
    return np.cumsum(counts)


def _among(letters: NDArray[np.uint32], some: frozenset[str]) -> Bools:
    return _table(some)[letters]


@cache
def _table(some: frozenset[str]) -> Bools:
    """Of each code point whether it is one of some characters."""
    out = np.zeros(0x110000, dtype=np.bool_)
    out[[ord(c) for c in some]] = True
    return out


def _rows(text: str, quantities: Sequence[tuple[int, int, Quantity]]) -> tuple[Ints, int]:
    """Rows for the stretches that some quantity can reach, with empty rows between them."""
    rows = np.full(len(text) + 1, -1, dtype=np.int64)
    at, done = _GAP, 0
    for start, end, _ in quantities:
        low = max(text.rfind("\n", 0, start) + 1, start - BACK - _GAP)
        stop = text.find("\n", end)
        high = min(stop if stop >= 0 else len(text), end + AHEAD + _GAP)
        if low > done:
            at += _GAP
        low = max(low, done)
        if high > low:
            rows[low:high] = np.arange(at, at + high - low)
            at += high - low
            done = high
    return rows, at + _GAP


def _spans(
    letters: NDArray[np.uint32],
    starts: Ints,
    ends: Ints,
    loose: Bools,
    joins: Ints,
    commas: Ints,
    rows: Ints,
    holes: Ints,
    quantities: Sequence[tuple[int, int, Quantity]],
) -> Ints:
    """All runs of words that could be an object, in order of their start; beside a quantity also parts of words."""
    n = len(letters)
    no_start, no_end = _among(letters, _NO_START), _among(letters, _NO_END)
    depth = _among(letters, _OPENING).astype(np.int64) - _among(letters, _CLOSING)
    depth = np.concatenate([[0], np.cumsum(depth)])
    out = []
    for words in range(1, min(JOINED_WORDS, len(starts)) + 1):
        a, b = starts[: len(starts) - words + 1], ends[words - 1 :]
        keep = ~loose[: len(starts) - words + 1] & ~loose[words - 1 :]
        if words > WORDS:
            keep &= joins[b] > joins[a]
        out.append(np.stack([a[keep], b[keep]], axis=1))
    begin = np.array([start for start, _, _ in quantities], dtype=np.int64)
    end = np.array([end for _, end, _ in quantities], dtype=np.int64)
    for length in range(1, BESIDE + 1):
        out.append(np.stack([begin - length, begin], axis=1)[begin >= length])
        out.append(np.stack([end, end + length], axis=1)[end + length <= n])
    found = np.concatenate(out)
    a, b = found[:, 0], found[:, 1]
    longest = np.where(joins[b] > joins[a], JOINED_LONGEST, LONGEST)
    keep = (b - a <= longest) & (commas[b] == commas[a]) & ~no_start[a] & ~no_end[b - 1] & (depth[a] == depth[b])
    keep &= (letters[a] != ord("“")) | (letters[b - 1] != ord("”"))  # the marks around a thing are no part of it
    keep &= (rows[a] >= 0) & (rows[b - 1] >= 0) & (holes[a] == holes[b - 1])
    number = np.unique(a[keep] * (n + 1) + b[keep])
    return np.stack([number // (n + 1), number % (n + 1)], axis=1)


def bucket(distance: Ints) -> Ints:
    """0 to 9 from a number of characters, by roughly equal ratios."""
    return np.searchsorted(np.array([0, 1, 2, 3, 5, 8, 13, 21, 34]), distance, side="left")


DISTANCES, MARKS = 20, 16


def _pairs(
    letters: NDArray[np.uint32],
    commas: Ints,
    rows: Ints,
    holes: Ints,
    spans: Ints,
    quantities: Sequence[tuple[int, int, Quantity]],
) -> Pairs:
    begin = np.array([start for start, _, _ in quantities], dtype=np.int64)
    stop = np.array([end for _, end, _ in quantities], dtype=np.int64)
    low = np.searchsorted(spans[:, 0], begin - BACK)
    high = np.searchsorted(spans[:, 0], stop + AHEAD)
    owner = np.repeat(np.arange(len(quantities)), high - low)
    before = np.concatenate([[0], np.cumsum(high - low)])
    which = np.arange(before[-1]) - np.repeat(before[:-1] - low, high - low)
    a, b = spans[which, 0], spans[which, 1]
    s, e = begin[owner], stop[owner]
    keep = ((a >= e) | (b <= s)) & (holes[a] == holes[s])
    owner, which, a, b, s, e = (x[keep] for x in (owner, which, a, b, s, e))
    after = a >= e
    left, right = np.where(after, e, b), np.where(after, a, s)
    length, side = right - left, after.astype(np.int64)
    begun = _before_each(begin, len(letters))
    of = np.concatenate([[0], letters == ord("的")])[a]  # 的 right before the span
    clauses = np.minimum(commas[right] - commas[left], 3)
    between = np.minimum(begun[right] - begun[left], 2)
    inside = np.minimum(begun[b] - begun[a], 1)
    marks = np.stack([clauses * 2 + side, 8 + between * 2 + side, 14 + np.maximum(inside, of * (length == 1))], axis=1)
    gap = np.stack([left, right], axis=1) + (rows[s] - s)[:, None]
    first = np.searchsorted(owner, np.arange(len(quantities) + 1))
    return Pairs(owner, which, after, gap, bucket(length) * 2 + side, marks, first)


def narrowed(reading: Reading, scores: Array, keep: int, always: Bools | None = None) -> tuple[Reading, Bools]:
    """The Reading with the `keep` best pairs of each quantity and those of `always`, and which pairs that are."""
    pairs = reading.pairs
    order = np.lexsort((-scores, pairs.owner))  # quantity by quantity, the best first
    kept = np.zeros(len(scores), dtype=np.bool_) if always is None else always.copy()
    kept[order[np.arange(len(scores)) - pairs.first[pairs.owner] < keep]] = True
    used, which = np.unique(pairs.which[kept], return_inverse=True)
    first = np.searchsorted(pairs.owner[kept], np.arange(len(pairs.first)))
    after, gap, distance, marks = pairs.after[kept], pairs.gap[kept], pairs.distance[kept], pairs.marks[kept]
    fewer = Pairs(pairs.owner[kept], which, after, gap, distance, marks, first)
    return replace(reading, spans=reading.spans[used], joined=reading.joined[used], pairs=fewer), kept


def _clauses(commas: Ints, holes: Ints, quantities: Sequence[tuple[int, int, Quantity]]) -> Ints:
    out = np.full(len(quantities), -1, dtype=np.int64)
    for i in range(1, len(quantities)):
        last, start = quantities[i - 1][1], quantities[i][0]
        if holes[start] == holes[last - 1]:
            out[i] = min(commas[start] - commas[last], 3)
    return out
