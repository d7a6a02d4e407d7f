"""The model behind the objects of quantities: which words of the paragraph say what was counted or measured.

Every stretch of a few words near a quantity is a candidate, and so is nothing at all. A score is made of the vectors of
the name model (it has read the article already), carried through a small network of convolutions, and of how candidate
and quantity stand to each other. NumPy alone; `pipeline.training.objects` makes the weights.

Shapes: N characters of the Doc, H channels, C candidates of the Doc. A model is one .npz file of the arrays named in
`ObjectModel`, float16, and `unit_names` (strings, one a line).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, IS_SPACE, LENGTH
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, get_spans
from pipeline.records import MODIFIERS, QUANTITY_KINDS, Quantity

Array = NDArray[np.float32]
Ints = NDArray[np.int64]

BACK, AHEAD = 64, 32  # how far from a quantity its object may stand, in characters
LONGEST, WORDS = 16, 8  # of an object: characters, words
CLASSES = ("", "PER", "PLACE", "ORG", "POST", "TIME", "QUANTITY")
DILATIONS = (1, 2, 4)
_GAP = sum(DILATIONS)  # empty rows between paragraphs: the reach of the convolutions
_BARRIER = frozenset(",.。;:!?\n")
_NO_START = frozenset("的、”’》)）.%-~/") | _BARRIER
_NO_END = frozenset("的、“‘《(（-~/") | _BARRIER


# ------------------------------------------------------------------------------------------- what the model looks at
@dataclass(frozen=True)
class Reading:
    """A Doc as the model sees it. `rows` maps characters to rows of the network, -1 for paragraphs without quantities."""

    classes: Ints  # (N,) index into CLASSES
    edges: Ints  # (N,) 0 inside a word, +1 at its first character, +2 at its last
    rows: Ints  # (N + 1,)
    size: int  # rows of the network, gaps included
    candidates: Ints  # (C, 2) characters
    commas: Ints  # (N + 1,) clause ends before each character
    counted: Ints  # (N + 1,) quantities begun before each character
    of: Ints  # (N,) 1 at 的
    quantities: list[tuple[int, int, Quantity]]

    @cached_property
    def choices(self) -> list[Choice]:
        """What each quantity can choose from."""
        return [choices(self, start, end) for start, end, _ in self.quantities]


def read(doc: Doc) -> Reading:
    """The Doc with what earlier stages found in it."""
    text: str = doc._.folded
    n = len(text)
    classes = np.zeros(n, dtype=np.int64)
    for span, _ in get_spans(doc, MENTIONS):
        if span.label_ in CLASSES:
            classes[span.start_char : span.end_char] = CLASSES.index(span.label_)
    for group, label in ((TIMES, "TIME"), (QUANTITIES, "QUANTITY")):
        for span in doc.spans.get(group, ()):
            classes[span.start_char : span.end_char] = CLASSES.index(label)
    words = doc.to_array([IDX, LENGTH, IS_SPACE]).astype(np.int64)
    words = words[words[:, 2] == 0]
    starts, ends = words[:, 0], words[:, 0] + words[:, 1]
    edges = np.zeros(n, dtype=np.int64)
    edges[starts] += 1
    edges[ends - 1] += 2
    quantities = [(s.start_char, s.end_char, q) for s, q in get_spans(doc, QUANTITIES)]
    begun = np.zeros(n + 1, dtype=np.int64)
    for start, _, _ in quantities:
        begun[start + 1] += 1
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    rows, size = _rows(text, quantities)
    return Reading(
        classes,
        edges,
        rows,
        size,
        _candidates(letters, starts, ends, rows),
        np.concatenate([[0], np.cumsum(_among(letters, _BARRIER))]),
        np.cumsum(begun),
        (letters == ord("的")).astype(np.int64),
        quantities,
    )


def _among(letters: NDArray[np.uint32], some: frozenset[str]) -> NDArray[np.bool_]:
    return np.isin(letters, np.array([ord(c) for c in some], dtype=np.uint32))


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


def _candidates(letters: NDArray[np.uint32], starts: Ints, ends: Ints, rows: Ints) -> Ints:
    """All runs of words that could be an object, in order of their start."""
    barriers = np.concatenate([[0], np.cumsum(_among(letters, _BARRIER))])
    no_start, no_end = _among(letters, _NO_START), _among(letters, _NO_END)
    out = []
    for words in range(1, min(WORDS, len(starts)) + 1):
        a, b = starts[: len(starts) - words + 1], ends[words - 1 :]
        keep = (b - a <= LONGEST) & (barriers[b] == barriers[a]) & ~no_start[a] & ~no_end[b - 1]
        keep &= (rows[a] >= 0) & (rows[b - 1] - rows[a] == b - 1 - a)
        out.append(np.stack([a[keep], b[keep]], axis=1))
    found = np.concatenate(out) if out else np.zeros((0, 2), dtype=np.int64)
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def bucket(distance: Ints) -> Ints:
    """0 to 9 from a number of characters, by roughly equal ratios."""
    return np.searchsorted(np.array([0, 1, 2, 3, 5, 8, 13, 21, 34]), distance, side="left")


DISTANCES, MARKS = 20, 16


@dataclass(frozen=True, slots=True)
class Choice:
    """One quantity and its candidates: indices into `Reading.candidates`, and how each stands to the quantity."""

    which: Ints
    after: NDArray[np.bool_]
    gap: Ints  # (k, 2) characters between the quantity and the candidate
    distance: Ints  # index into the vectors of distance
    marks: Ints  # (k, 3) indices into the vectors of marks


def choices(reading: Reading, start: int, end: int) -> Choice:
    """What the quantity [start, end) can choose from."""
    all_starts = reading.candidates[:, 0]
    low = int(np.searchsorted(all_starts, start - BACK))
    high = int(np.searchsorted(all_starts, end + AHEAD))
    which = np.arange(low, high)
    a, b = reading.candidates[low:high, 0], reading.candidates[low:high, 1]
    row, rows = reading.rows[start], reading.rows
    keep = ((a >= end) | (b <= start)) & (rows[a] - row == a - start)
    which, a, b = which[keep], a[keep], b[keep]
    after = a >= end
    gap = np.stack([np.where(after, end, b), np.where(after, a, start)], axis=1)
    length = gap[:, 1] - gap[:, 0]
    side = after.astype(np.int64)
    commas = np.minimum(reading.commas[gap[:, 1]] - reading.commas[gap[:, 0]], 3)
    between = np.minimum(reading.counted[gap[:, 1]] - reading.counted[gap[:, 0]], 2)
    inside = np.minimum(reading.counted[b] - reading.counted[a], 1)
    of = reading.of[np.maximum(a - 1, 0)] * (length == 1)
    marks = np.stack([commas * 2 + side, 8 + between * 2 + side, 14 + np.maximum(inside, of)], axis=1)
    return Choice(which, after, gap, bucket(length) * 2 + side, marks)


# ------------------------------------------------------------------------------------------- the network
class ObjectModel:
    """The weights of a file. Raises OSError or ValueError if the file is none."""

    def __init__(self, path: Path):
        with np.load(path, allow_pickle=False) as data:
            missing = {"unit_names", "inward"} - set(data.files)
            if missing:
                raise ValueError(f"{path} is no object model: it lacks {', '.join(sorted(missing))}")
            self.unit_number = {
                u: i + 1 for i, u in enumerate(str(data["unit_names"]).split("\n"))
            }  # 0: any other unit
            self.w: dict[str, Array] = {k: data[k].astype(np.float32) for k in data.files if k != "unit_names"}

    def encode(self, reading: Reading, vectors: Array) -> Array:
        """(rows, H) from the name model's vectors of the characters (N, D)."""
        w = self.w
        at = np.flatnonzero(reading.rows[:-1] >= 0)
        rows = reading.rows[at]
        x = np.zeros((reading.size, w["inward"].shape[1]), dtype=np.float32)
        x[rows] = vectors[at] @ w["inward"] + w["classes"][reading.classes[at]] + w["edges"][reading.edges[at]]
        mask = np.zeros((reading.size, 1), dtype=np.float32)
        mask[rows] = 1
        for i, dilation in enumerate(DILATIONS):
            h = np.maximum(x, 0)
            kernel = w[f"kernel{i}"]
            y = h @ kernel[1] + w[f"kernel{i}_bias"]
            y[dilation:] += h[:-dilation] @ kernel[0]
            y[:-dilation] += h[dilation:] @ kernel[2]
            x += y * mask
        return np.maximum(x, 0, out=x)

    def chances(self, reading: Reading, vectors: Array) -> list[Array]:
        """For each quantity the logarithms of the probabilities of nothing, then of each of its `choices`."""
        w = self.w
        h = self.encode(reading, vectors)
        a, b = reading.rows[reading.candidates[:, 0]], reading.rows[reading.candidates[:, 1] - 1]
        opening = h @ w["first"]
        opening[1:] += h[:-1] @ w["left"]
        closing = h @ w["last"]
        closing[:-1] += h[1:] @ w["right"]
        sums = _sums(h @ w["mean"])
        own = opening[a] + closing[b] + (sums[b + 1] - sums[a]) / (b + 1 - a)[:, None].astype(np.float32)
        own += w["length"][(b - a).clip(0, LONGEST - 1)] + w["bias"]
        keys = h @ w["key"]
        before, behind = _sums(h @ w["between_before"]), _sums(h @ w["between_after"])
        first = np.array([reading.rows[start] for start, _, _ in reading.quantities])
        last = np.array([reading.rows[end - 1] for _, end, _ in reading.quantities])
        labels = np.stack([self._labels(q) for _, _, q in reading.quantities])
        about = np.concatenate([h[first - 1], h[first], h[last], h[last + 1], labels], axis=1)
        none = np.maximum(about @ w["none"] + w["none_bias"], 0) @ w["none_outward"] + w["none_outward_bias"]
        known, wanted = about @ w["about"], about @ w["query"]
        out = []
        for i, c in enumerate(reading.choices):
            gap = first[i] - reading.quantities[i][0] + c.gap
            turn = int(c.after.argmax()) if c.after.any() else len(gap)  # candidates before it come first
            hidden = own[c.which] + w["distance"][c.distance] + w["marks"][c.marks[:, 0]] + w["marks"][c.marks[:, 1]]
            hidden += w["marks"][c.marks[:, 2]] + known[i]
            size = np.maximum(gap[:, 1] - gap[:, 0], 1)[:, None].astype(np.float32)
            hidden[:turn] += (before[gap[:turn, 1]] - before[gap[:turn, 0]]) / size[:turn]
            hidden[turn:] += (behind[gap[turn:, 1]] - behind[gap[turn:, 0]]) / size[turn:]
            scores = np.maximum(hidden, 0, out=hidden) @ w["outward"] + keys[b[c.which]] @ wanted[i]
            scores = np.concatenate([none[i], scores])
            scores -= scores.max()
            out.append(scores - np.log(np.exp(scores).sum()))
        return out

    def _labels(self, q: Quantity) -> Array:
        w = self.w
        kind, modifier = QUANTITY_KINDS.index(q.kind), MODIFIERS.index(q.modifier)
        return np.concatenate([w["kinds"][kind], w["units"][self.unit_number.get(q.unit, 0)], w["modifiers"][modifier]])


def best(models: Sequence[ObjectModel], doc: Doc, vectors: Array) -> list[tuple[tuple[int, int] | None, float]]:
    """For each quantity of the Doc, in order: its object or None by all models together, and the probability of that."""
    reading = read(doc)
    if not reading.quantities:
        return []
    opinions = [model.chances(reading, vectors) for model in models]
    out: list[tuple[tuple[int, int] | None, float]] = []
    for i, c in enumerate(reading.choices):
        total = np.exp(np.mean([opinion[i] for opinion in opinions], axis=0))
        chosen = int(total.argmax())
        span = reading.candidates[c.which[chosen - 1]] if chosen else None
        found = (int(span[0]), int(span[1])) if span is not None else None
        out.append((found, round(float(total[chosen] / total.sum()), 3)))
    return out


def _sums(x: Array) -> Array:
    """Sums of the first rows: row i holds that of i rows."""
    out = np.zeros((len(x) + 1, x.shape[1]), dtype=np.float32)
    np.cumsum(x, axis=0, out=out[1:])
    return out
