"""The model behind the objects of quantities: which words of the paragraph say what was counted or measured.

Every stretch of a few words near a quantity is a candidate, and so is nothing at all. A score is made of the vectors of
the name model (it has read the article already), carried through a small network of convolutions, and of how candidate
and quantity stand to each other; then the quantities of a paragraph are answered together, since lists keep to one
pattern and later figures often count what the first one counted. NumPy alone; `pipeline.training.objects` makes the weights.

Shapes: N characters of the Doc, H channels, S spans that could be an object, P pairs of a quantity and a span, Q
quantities. A model is one .npz file of the arrays named in `ObjectModel`, float16, `unit_names` (strings, one a line), and
`network`, the number of the network of names whose vectors it reads, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.language.document import QUANTITIES, text_of
from pipeline.records import MODIFIERS, QUANTITY_KINDS
from pipeline.stages.object_reading import DILATIONS, JOINS, LONGEST, Array, Ints, Pairs, Reading, narrowed, read

__all__ = ["ObjectModel", "Opinion", "Pairs", "Reading", "answers", "best", "ties", "together", "turns"]


# ------------------------------------------------------------------------------------------- one answer after another
# Of an answer counts where it stands: nowhere, before its quantity, behind it. Of two answers in a row also whether the
# second takes the words of the first again, or some of them.
TURNS, TIES = 3 * 3 * 4, 3 * 2 * 2 * 4


def turns(last: Ints | int, now: Ints | int, clauses: int) -> Ints:
    """Index of the score of the place of an answer after that of the quantity before (0 nowhere, 1 before, 2 behind)."""
    return np.asarray((last * 3 + now) * 4 + clauses)  # type: ignore[operator]


def ties(relation: Ints, now: Ints, same_unit: int, clauses: int) -> Ints:
    """Index of the score of the answer's relation to the one before: 0 none, 1 the same words, 2 some of them."""
    return ((relation * 2 + (now == 2)) * 2 + same_unit) * 4 + clauses


# ------------------------------------------------------------------------------------------- the network
@dataclass(frozen=True, slots=True)
class Opinion:
    """Scores by one model or several: of nothing (Q,), of pairs (P,), and of answers after the one before."""

    none: Array
    pairs: Array
    turns: Array
    ties: Array


class ObjectModel:
    """The weights of a file. Raises OSError or ValueError if the file is none."""

    def __init__(self, path: Path):
        with np.load(path, allow_pickle=False) as data:
            missing = {"unit_names", "network", "inward", "turns"} - set(data.files)
            if missing:
                raise ValueError(f"{path} is no object model: it lacks {', '.join(sorted(missing))}")
            names = str(data["unit_names"]).split("\n")
            self.network = int(data["network"])  # of the name model, whose vectors it knows
            weights = set(data.files) - {"unit_names", "network"}
            self.w: dict[str, Array] = {k: data[k].astype(np.float32) for k in weights}
        self.unit_number = {unit: i + 1 for i, unit in enumerate(names)}  # 0: any other unit

    def encode(self, reading: Reading, vectors: Array) -> Array:
        """(rows, H) from the name model's vectors of the characters that have a row, (., D)."""
        w = self.w
        at = reading.read
        rows = reading.rows[at]
        x = np.zeros((reading.size, w["inward"].shape[1]), dtype=np.float32)
        x[rows] = vectors @ w["inward"] + w["classes"][reading.classes[at]] + w["edges"][reading.edges[at]]
        mask = np.zeros((reading.size, 1), dtype=np.float32)
        mask[rows] = 1
        for i, dilation in enumerate(DILATIONS):
            before, here, behind = np.maximum(x, 0) @ w[f"kernel{i}"]
            here += w[f"kernel{i}_bias"]
            here[dilation:] += before[:-dilation]
            here[:-dilation] += behind[dilation:]
            here *= mask
            x += here
        return np.maximum(x, 0, out=x)

    def scores(self, reading: Reading, vectors: Array) -> Opinion:
        """What the model thinks of all pairs."""
        w, pairs = self.w, reading.pairs
        h = self.encode(reading, vectors)
        a, b = reading.rows[reading.spans[:, 0]], reading.rows[reading.spans[:, 1] - 1]
        opening = h @ w["first"]
        opening[1:] += h[:-1] @ w["left"]
        closing = h @ w["last"]
        closing[:-1] += h[1:] @ w["right"]
        # of the first rows: row i holds that of i rows; in double precision, for what differs by little
        sums = np.zeros((len(h) + 1, h.shape[1]), dtype=np.float64)
        np.cumsum(h, axis=0, out=sums[1:])
        own = opening[a] + closing[b] + _means(sums, a, b + 1) @ w["mean"]
        own += w["length"][(b - a).clip(0, LONGEST - 1)] + w["bias"]
        first = reading.rows[[start for start, _, _ in reading.quantities]]
        last = reading.rows[[end - 1 for _, end, _ in reading.quantities]]
        about = np.concatenate([h[first - 1], h[first], h[last], h[last + 1], self._labels(reading)], axis=1)
        none = np.maximum(about @ w["none"] + w["none_bias"], 0) @ w["none_outward"] + w["none_outward_bias"]
        between = _means(sums, pairs.gap[:, 0], pairs.gap[:, 1])
        hidden = np.empty_like(between)
        for side, name in ((~pairs.after, "between_before"), (pairs.after, "between_after")):
            hidden[side] = between[side] @ w[name]
        hidden += own[pairs.which] + (about @ w["about"])[pairs.owner] + w["distance"][pairs.distance]
        for i in range(3):
            hidden += w["marks"][pairs.marks[:, i]]
        scores = np.maximum(hidden, 0, out=hidden) @ w["outward"]
        scores += np.einsum("pk,pk->p", (h @ w["key"])[b[pairs.which]], (about @ w["query"])[pairs.owner])
        return Opinion(none[:, 0], scores, w["turns"], w["ties"])

    def _labels(self, reading: Reading) -> Array:
        w, records = self.w, [q for _, _, q in reading.quantities]
        kinds = w["kinds"][[QUANTITY_KINDS.index(q.kind) for q in records]]
        units = w["units"][[self.unit_number.get(q.unit, 0) for q in records]]
        return np.concatenate([kinds, units, w["modifiers"][[MODIFIERS.index(q.modifier) for q in records]]], axis=1)


def _means(sums: NDArray[np.float64], low: Ints, high: Ints) -> Array:
    """Means of the rows [low, high) from their running sums, 0 for none."""
    return (sums[high] - sums[low]).astype(np.float32) / np.maximum(high - low, 1)[:, None].astype(np.float32)


def together(opinions: Sequence[Opinion]) -> Opinion:
    """The mean of opinions on one Reading."""
    return Opinion(*(np.mean([getattr(o, k) for o in opinions], axis=0) for k in ("none", "pairs", "turns", "ties")))


# ------------------------------------------------------------------------------------------- the answers
_BEST = 12  # spans of each quantity that go into the answers
_LIKELY = 20  # … that all models look at
Answer = tuple[tuple[int, int] | None, float]


def answers(reading: Reading, text: str, opinion: Opinion) -> list[Answer]:
    """For each quantity its object or None, and the probability of that: the likeliest row of answers."""
    out: list[Answer] = []
    options: list[_Options] = []
    for i, clauses in enumerate(reading.clauses):
        if clauses < 0:
            out += _likeliest(options, opinion)
            options = []
        options.append(_options(reading, text, opinion, i))
    out += _likeliest(options, opinion)
    return [(span and _whole(reading, text, opinion, i, span), chance) for i, (span, chance) in enumerate(out)]


# Several things under one figure (新人及亲友) are rarer in what the networks learnt from than in print, and then the
# networks take one of them. How much less likely all may be than the one, in logarithms: measured on pages not learnt from.
_JOINED = 3.0


def _whole(reading: Reading, text: str, opinion: Opinion, i: int, span: tuple[int, int]) -> tuple[int, int]:
    """All things under one figure where `span` is the first or last of them, else the span."""
    pairs = reading.pairs
    at = slice(pairs.first[i], pairs.first[i + 1])
    spans, scores = reading.spans[pairs.which[at]], opinion.pairs[at]
    start, end = span
    more = np.zeros(len(spans), dtype=np.bool_)
    if text.startswith(JOINS, end):
        more |= (spans[:, 0] == start) & (spans[:, 1] > end)
    if text.endswith(JOINS, 0, start):
        more |= (spans[:, 1] == end) & (spans[:, 0] < start)
    if i + 1 < len(reading.quantities):
        more &= spans[:, 1] != reading.quantities[i + 1][0]  # the last of them has a figure of its own
    more &= reading.joined[pairs.which[at]]
    alone = scores[(spans == span).all(axis=1)]
    if not more.any() or not len(alone):
        return span
    best = np.flatnonzero(more)[scores[more].argmax()]
    return (int(spans[best, 0]), int(spans[best, 1])) if scores[best] + _JOINED > alone[0] else span


@dataclass(frozen=True, slots=True)
class _Options:
    """The likeliest answers of a quantity, the first of which is nothing."""

    scores: Array  # (k,)
    spans: Ints  # (k, 2) characters; -1 for nothing
    place: Ints  # (k,) 0 nowhere, 1 before, 2 behind
    words: list[str]
    unit: str
    clauses: int


def _options(reading: Reading, text: str, opinion: Opinion, i: int) -> _Options:
    pairs = reading.pairs
    at = np.arange(pairs.first[i], pairs.first[i + 1])
    if len(at) > _BEST:
        at = at[np.argpartition(opinion.pairs[at], -_BEST)[-_BEST:]]
    at = at[np.argsort(-opinion.pairs[at])]
    scores, kept = [opinion.none[i]], []
    number: dict[str, int] = {"": 0}
    for p in at:  # the same words elsewhere are the same answer
        a, b = reading.spans[pairs.which[p]]
        words = "".join(text[a:b].split())
        if words in number:
            scores[number[words]] = np.logaddexp(scores[number[words]], opinion.pairs[p])
        else:
            number[words] = len(scores)
            scores.append(opinion.pairs[p])
            kept.append(p)
    spans = np.concatenate([[[-1, -1]], reading.spans[pairs.which[kept]]])
    place = np.concatenate([[0], 1 + pairs.after[kept].astype(np.int64)])
    unit = reading.quantities[i][2].unit
    return _Options(np.array(scores, dtype=np.float32), spans, place, list(number), unit, int(reading.clauses[i]))


def _likeliest(row: Sequence[_Options], opinion: Opinion) -> list[Answer]:
    """The best row of answers by dynamic programming (Viterbi)."""
    if not row:
        return []
    chances = [_normal(row[0].scores[None])]  # logarithms of the probabilities, given each answer to the one before
    total, back = chances[0][0], []
    for last, now in pairwise(row):
        chances.append(_normal(now.scores[None] + _follow(last, now, opinion)))
        paths = total[:, None] + chances[-1]
        back.append(paths.argmax(0))
        total = paths.max(0)
    chosen = [int(total.argmax())]
    for step in reversed(back):
        chosen.append(int(step[chosen[-1]]))
    chosen.reverse()
    out: list[Answer] = []
    for i, (options, k) in enumerate(zip(row, chosen, strict=True)):
        chance = chances[i][chosen[i - 1] if i else 0, k]
        span = (int(options.spans[k, 0]), int(options.spans[k, 1])) if k else None
        out.append((span, round(float(np.exp(chance)), 3)))
    return out


def _normal(scores: Array) -> Array:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _follow(last: _Options, now: _Options, opinion: Opinion) -> Array:
    """(answers before, answers now) what the one adds to the score of the other."""
    add = opinion.turns[turns(last.place[:, None], now.place[None], now.clauses)]
    same = np.array([[a == b for b in now.words] for a in last.words])
    apart = (last.spans[:, None, 1] <= now.spans[None, :, 0]) | (now.spans[None, :, 1] <= last.spans[:, None, 0])
    relation = np.where(same, 1, np.where(apart, 0, 2))
    tie = opinion.ties[ties(relation, now.place[None], int(last.unit == now.unit), now.clauses)]
    return add + tie * ((last.place > 0)[:, None] & (now.place > 0)[None])


def best(
    models: Sequence[ObjectModel], docs: Sequence[Doc], vectors: Mapping[int, Sequence[Array]]
) -> list[list[Answer]]:
    """For each quantity of each Doc, in order: its object or None by all models together, and the probability of that.

    `vectors` are, by the number of a network of names, those of the characters of each Doc. Docs are read together, but
    none changes what is found in another. The first model reads all pairs, the others the likely ones.
    """
    reading = read(*docs)
    starts = np.cumsum([0, *(len(text_of(doc)) + 1 for doc in docs)])
    seen = {network: _joined(some)[reading.read] for network, some in vectors.items()}
    one = models[0].scores(reading, seen[models[0].network])
    reading, kept = narrowed(reading, one.pairs, _LIKELY)
    others = (model.scores(reading, seen[model.network]) for model in models[1:])
    opinions = [replace(one, pairs=one.pairs[kept]), *others]
    found = iter(answers(reading, "\n".join(map(text_of, docs)), together(opinions)))
    out = []
    for doc, start in zip(docs, starts.tolist(), strict=False):
        own = islice(found, len(doc.spans[QUANTITIES]))
        out.append([(at and (at[0] - start, at[1] - start), chance) for at, chance in own])
    return out


def _joined(vectors: Sequence[Array]) -> Array:
    """The vectors of several Docs, with a row for the line end behind each."""
    between = np.zeros((1, vectors[0].shape[1]), dtype=np.float32)
    return np.concatenate([part for some in vectors for part in (some, between)])
