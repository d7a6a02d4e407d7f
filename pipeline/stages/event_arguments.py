"""Which candidates are arguments of an event: what a classifier sees of them.

The classifier knows what the event before in the paragraph has taken, so that a subject is carried over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.language.frames import Frame
from pipeline.records import EVENT_ROLES
from pipeline.stages.event_candidates import AROUND, NOUN, SPEAKS, TITLE, Candidate, distance
from pipeline.stages.event_model import Array, Ints
from pipeline.stages.event_view import QUANTITY, TIME, View

CLASSES = ("none", *EVENT_ROLES)


@dataclass(frozen=True, slots=True)
class Told:
    """What the event before in the paragraph has taken: its type, its trigger's start, role of each name by its words."""

    kind: str
    start: int
    roles: dict[str, str]


def features(
    view: View, start: int, end: int, kind: str, found: Sequence[Candidate], others: Sequence[int], told: Told | None
) -> list[list[str]]:
    """Features of each candidate of an event; `others` are the starts of the other triggers of the article, sorted."""
    flat = view.flat
    fa, fb = view.flat_span(start, end)
    word = view.text[start:end]
    clause = view.clause(start, end)
    sentence = view.sentence(start, end)
    paragraph = view.paragraph(start)
    c0 = view.flat_span(*clause)[0]
    passive = "被" in flat[c0:fa] or "由" in flat[c0:fa]
    out = []
    counts: dict[tuple[str, bool], int] = {}
    for c in sorted(found, key=lambda c: distance(c.at, start, end)):
        low, high = c.at
        before = high <= start
        key = (c.kind, before)
        counts[key] = counts.get(key, 0) + 1
        a, b = view.flat_span(low, high)
        side = "B" if before else "A"
        where = _where(view, low, high, clause, sentence, paragraph)
        k = c.kind
        p1, n1 = flat[a - 1 : a] or "^", flat[b : b + 1] or "$"
        gap = flat[b:fa] if before else flat[fb:a]
        rank = min(3, counts[key])
        between = sum(1 for o in others if (high <= o < start if before else end <= o < low))
        near = where == "clause"
        kd = k + c.detail + ("*" if c.told else "")
        f = [
            f"k:{k}", f"kd:{kd}", f"k_s:{k}{side}", f"w_k_s:{word}{k}{side}{near}", f"e_k_s:{kind}{k}{side}", f"e_kd:{kind}{kd}",
            f"e_k_where:{kind}{k}{where}", f"k_s_where:{k}{side}{where}", f"k_rank:{k}{side}{rank}", f"k_rank_where:{k}{side}{rank}{where}",
            f"k_p1:{k}{p1}", f"k_n1:{k}{n1}", f"k_p1_s:{k}{p1}{side}{near}", f"k_n1_s:{k}{n1}{side}{near}",
            f"k_between:{k}{min(3, between)}{where}", f"k_len:{k}{min(6, (c.end - c.start + 1) // 2)}", f"e_rank:{kind}{k}{side}{rank}{near}",
        ]  # fmt: skip
        if told is not None:
            role = told.roles.get(view.text[c.start : c.end], "none")
            together = "same" if told.start >= sentence[0] else "before"
            f += [f"told:{role}{together}", f"told_k:{role}{together}{k}{where}", f"told_e:{role}{together}{kind}"]
            if role != "none":
                f += [f"told_ee:{role}{together}{told.kind}{kind}", f"told_n:{role}{together}{min(3, between)}"]
        if near:
            f.append(f"k_gap:{k}{side}{min(6, len(gap))}")
            if len(gap) <= 3:
                f.append(f"gap:{k}{side}{gap}")
            if gap:
                f.append(f"k_g0:{k}{side}{gap[0]}")
                f.append(f"k_g9:{k}{side}{gap[-1]}")
            for c_ in "被由把将向为给对与和同在从":
                if c_ in gap:
                    f.append(f"in_gap:{k}{side}{c_}")
                    f.append(f"e_in_gap:{kind}{k}{side}{c_}")
            if passive:
                f.append(f"passive:{k}{side}{p1}")
        elif where[0] == "+" and (said := SPEAKS.search(view.text, *_near(view, low, high))):
            f += [f"says:{k}{said[0]}", f"e_says:{kind}{k}{said[0]}{side if said.start() < low else 'b'}"]
        if "Q" in gap and near:
            f.append(f"over_q:{k}{side}")
        if k in (NOUN, TITLE, AROUND):
            t = view.text[c.start : c.end]
            f += [f"h1:{t[-1]}", f"h2:{t[-2:]}", f"h1s:{t[-1]}{side}", f"e_h1:{kind}{t[-1]}{side}", f"b1:{t[0]}"]
            inner = view.covered(c.start, c.end)
            if inner is not None:
                f.append(f"inner:{inner.symbol}{inner.start == c.start}{inner.end == c.end}")
        if flat[a : a + 1] and a > 0 and flat[a - 1] in ",。¶;":
            f.append(f"starts:{k}{side}{where}")
        quote = view.quote(low, high)
        if k in "POL" and view.text[c.start : c.end] in view.display:
            f += [f"shown:{k}{side}{where}", f"e_shown:{kind}{k}"]
        if quote and k not in (TITLE,):
            f.append(f"quoted:{k}{quote}")
        if k == "L" or k == "O":
            after = view.within(high, high + 1)
            if after:
                f.append(f"chain:{k}{after[0].symbol}")
                f.append(f"e_chain:{kind}{k}{after[0].symbol}")
        out.append(((c.start, c.end, c.kind), f))
    order = dict(out)
    return [order[c.start, c.end, c.kind] for c in found]


# What a semantic role is of an event. One voice beside the classifier: real models that tell such roles could not be had
# when this was written, so its weight is a guess and not a measured one.
_PROPBANK = {"ARG0": "agent", "ARG1": "object", "ARG2": "recipient", "ARGM-TMP": "time", "ARGM-LOC": "place"}
_VOICE = 0.25


def with_frames(
    chances: Array, found: Sequence[Candidate], start: int, end: int, frames: Iterable[Frame]
) -> Array:  # fmt: skip
    """Probabilities of the candidates' roles (candidates, classes), mixed with the roles that a parser gave to words of
    which a candidate holds more than half, or the other way round, where its predicate is in the trigger [start, end)."""
    out = chances.copy()
    for frame in frames:
        if frame.end <= start or end <= frame.start:
            continue
        for low, high, name in frame.arguments:
            role = _PROPBANK.get(name)
            for i, c in enumerate(found):
                if role is None or c.kind == QUANTITY or (c.kind == TIME) != (role == "time"):
                    continue
                shared = min(high, c.at[1]) - max(low, c.at[0])
                if 2 * shared > min(high - low, c.at[1] - c.at[0]):
                    out[i] *= 1 - _VOICE
                    out[i, CLASSES.index(role)] += _VOICE
    return out


def _near(view: View, low: int, high: int) -> tuple[int, int]:
    """The clause of a candidate as far as 60 characters around it."""
    start, end = view.clause(low, high)
    return max(start, low - 60), min(end, high + 60)


def _where(view: View, low: int, high: int, clause: tuple[int, int], sentence: tuple[int, int], paragraph: int) -> str:
    if clause[0] <= low < clause[1]:
        return "clause"
    if sentence[0] <= low < sentence[1]:
        n = len(re.findall("[,;:]", view.text[high : clause[0]] if low < clause[0] else view.text[clause[1] : low]))
        return f"{'-' if low < clause[0] else '+'}{min(3, n)}c"
    p = view.paragraph(low)
    if p != paragraph:
        return f"{'-' if p < paragraph else '+'}p:{view.roles[p]}"
    n = len(re.findall("[。!?]", view.text[high : sentence[0]] if low < sentence[0] else view.text[sentence[1] : low]))
    return f"{'-' if low < sentence[0] else '+'}{min(3, n)}s"


def lists(view: View, found: Sequence[Candidate]) -> list[list[int]]:
    """Candidates that are told in one list (甲局、乙局和丙局), which is one symbol of the view: numbers in `found`."""
    out: dict[int, list[int]] = {}
    for i, c in enumerate(found):
        if c.kind in "OLP":
            out.setdefault(view.flat_span(*c.at)[0], []).append(i)
    return [
        some
        for some in out.values()
        if len(some) > 1 and "、" in view.text[min(found[i].at[0] for i in some) : max(found[i].at[1] for i in some)]
    ]


_BLOCK = 64
_BELOW = np.tril(np.ones((_BLOCK, _BLOCK), dtype=np.float32))


def sums(vectors: Array) -> Array:
    """Running sums of an article's vectors, (characters + 1, D), for `dense`."""
    out = np.zeros((len(vectors) + 1, vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):  # by products of blocks: eight times as fast as numpy.cumsum
        some = vectors[start : start + _BLOCK]
        size = len(some)
        np.matmul(_BELOW[:size, :size], some, out=out[start + 1 : start + 1 + size])
        out[start + 1 : start + 1 + size] += out[start]
    return out


def dense(start: int, end: int, found: Sequence[Candidate], vectors: Array, added: Array) -> Array:
    """The vectors of each candidate of the event with trigger [start, end), (candidates, 6 D): its first and last
    character and their mean, first and last character of the trigger, mean of what stands between. `added` is `sums`
    of the vectors."""
    parts = dense_parts([(start, end, found)], vectors, added)
    return np.concatenate([some[which] for some, which in parts], axis=1)


def dense_parts(
    events: Sequence[tuple[int, int, Sequence[Candidate]]], vectors: Array, added: Array
) -> list[tuple[Array, Ints]]:
    """`dense` for the candidates of several events, one after the other, in parts: of the candidate, of the trigger, of
    what stands between. Of each part its different vectors, and the number of that which each candidate has."""
    spans = np.array([c.at for _, _, found in events for c in found], dtype=np.int64).reshape(-1, 2)
    owner = np.repeat(np.arange(len(events)), [len(found) for _, _, found in events])
    start, end = (np.array([event[i] for event in events], dtype=np.int64) for i in (0, 1))
    different, which = np.unique(spans[:, 0] * len(added) + spans[:, 1], return_inverse=True)
    first, last = different // len(added), different % len(added)
    candidate = np.concatenate([vectors[first], vectors[last - 1], _means(added, first, last)], axis=1)
    trigger = np.concatenate([vectors[start], vectors[end - 1]], axis=1)
    before = spans[:, 1] <= start[owner]
    low, high = np.where(before, spans[:, 1], end[owner]), np.where(before, start[owner], spans[:, 0])
    return [(candidate, which), (trigger, owner), (_means(added, low, high), np.arange(len(spans)))]


def _means(added: Array, low: Ints, high: Ints) -> Array:
    """Means of the vectors of [low, high) from their running sums, 0 for none."""
    out: Array = added[high] - added[low]
    out /= np.maximum(high - low, 1).astype(np.float32)[:, None]
    return out
