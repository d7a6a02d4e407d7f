"""Who, what, where, when and how much of an event: candidates for its arguments and what a classifier sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.records import EVENT_ROLES, Mention, Quantity
from pipeline.stages.event_model import Array
from pipeline.stages.event_view import QUANTITY, TIME, View

CLASSES = ("none", *EVENT_ROLES)
NOUN, TITLE = "N", "S"  # a noun phrase, a quoted name; the other kinds are the symbols of the view

# Words that part noun phrases. They are single characters, so a phrase may lose an end; its head stays.
_BREAK = re.compile(
    r"[,;:。!?、\n()|]|[的了在于为给到对向与和及并把被由从将以已共还也又就都各该其]|累计|先后|同时|分别|联合|通过|根据|按照|关于|进行|以及|等地|等人|等"
)
_EDGE = " “”‘’《》\"'"
# Phrases that name nothing.
_EMPTY = re.compile(
    "一[场次个批]|一?系列|工作|情况|活动|现场|期间|今年|这里|相关|有关|多个|自己|他们?|她|大家|我们|记者"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be an argument. `kind` is a symbol of the view, N for a noun phrase, S for a quoted name."""

    start: int
    end: int
    kind: str
    detail: str = ""


def candidates(view: View, start: int, end: int) -> list[Candidate]:
    """What may be an argument of the event whose trigger is [start, end); of one name told several times the nearest."""
    p = view.paragraph(start)
    whole = view.doc._.article is not None and view.doc._.article.kind == "list"
    low = 0 if whole else view.paragraphs[max(0, p - 1)]
    high = len(view.text) if whole or p + 1 >= len(view.paragraphs) else view.paragraphs[p + 1]
    nearest: dict[tuple[str, str], Candidate] = {}
    for c in _all(view, start, end, low, high):
        if c.start < end and start < c.end:
            continue
        key = (c.kind, view.text[c.start : c.end])
        other = nearest.get(key)
        if other is None or _gap(c, start, end) < _gap(other, start, end):
            nearest[key] = c
    return sorted(nearest.values(), key=lambda c: (c.start, -c.end))


def _gap(c: Candidate, start: int, end: int) -> int:
    return max(start - c.end, c.start - end)


def _all(view: View, start: int, end: int, low: int, high: int) -> Iterator[Candidate]:
    sentence = view.sentence(start, end)
    for e in view.within(low, high):
        detail = ""
        if isinstance(e.record, Mention):
            detail = e.record.level or ""
        elif isinstance(e.record, Quantity):
            detail = e.record.kind
            if e.record.object_span and sentence[0] <= e.record.object_span[0] < sentence[1]:
                yield Candidate(*e.record.object_span, NOUN, "counted")
        if e.symbol in (TIME, QUANTITY) and not sentence[0] - 120 <= e.start < sentence[1] + 60:
            continue
        yield Candidate(e.start, e.end, e.symbol, detail)
    for a, b, kind in view.quotes:
        if sentence[0] <= a < sentence[1] and kind == "name" and b > a:
            yield Candidate(a, b, TITLE)
    clause = view.clause(start, end)
    first = view.clause(max(sentence[0], clause[0] - 2), max(sentence[0], clause[0] - 2) + 1)[0]
    last = view.clause(min(sentence[1] - 1, clause[1] + 1), min(sentence[1], clause[1] + 2))[1]
    yield from _phrases(view, max(sentence[0], first), start)
    yield from _phrases(view, end, min(sentence[1], last))


def _phrases(view: View, low: int, high: int) -> Iterator[Candidate]:
    """Noun phrases, roughly: what stands between function words, names of people, times and quantities."""
    at = low
    cuts = [(e.start, e.end) for e in view.within(low, high) if e.symbol in "PXTQ"]
    inside = [(e.start, e.end) for e in view.within(low, high) if e.symbol in "OL"]
    for m in _BREAK.finditer(view.text, low, high):
        if not any(a <= m.start() and m.end() <= b for a, b in inside):
            cuts.append(m.span())
    for a, b in [*sorted(cuts), (high, high)]:
        if a > at:
            s, t = at, min(a, high)
            while s < t and view.text[s] in _EDGE:
                s += 1
            while t > s and view.text[t - 1] in _EDGE:
                t -= 1
            if t - s >= 1 and (s, t) not in inside and not _EMPTY.fullmatch(view.text[s:t]):
                yield Candidate(s, t, NOUN)
        at = max(at, b)


def features(
    view: View, start: int, end: int, kind: str, found: Sequence[Candidate], others: Sequence[int]
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
    for c in sorted(found, key=lambda c: _gap(c, start, end)):
        before = c.end <= start
        key = (c.kind, before)
        counts[key] = counts.get(key, 0) + 1
        a, b = view.flat_span(c.start, c.end)
        side = "B" if before else "A"
        where = _where(view, c, clause, sentence, paragraph)
        k = c.kind
        p1, p2 = flat[a - 1 : a] or "^", flat[max(0, a - 2) : a] or "^"
        n1, n2 = flat[b : b + 1] or "$", flat[b : b + 2] or "$"
        gap = flat[b:fa] if before else flat[fb:a]
        rank = min(3, counts[key])
        between = sum(1 for o in others if (c.end <= o < start if before else end <= o < c.start))
        near = where == "clause"
        kd = k + c.detail
        f = [
            f"k:{k}", f"kd:{kd}", f"k_s:{k}{side}", f"w_k_s:{word}{k}{side}{near}", f"e_k_s:{kind}{k}{side}", f"e_kd:{kind}{kd}",
            f"e_k_where:{kind}{k}{where}", f"k_s_where:{k}{side}{where}", f"k_rank:{k}{side}{rank}", f"k_rank_where:{k}{side}{rank}{where}",
            f"k_p1:{k}{p1}", f"k_p2:{k}{p2}", f"k_n1:{k}{n1}", f"k_n2:{k}{n2}", f"e_k_p1:{kind}{k}{p1}", f"e_k_n1:{kind}{k}{n1}",
            f"k_p1_s:{k}{p1}{side}{near}", f"k_n1_s:{k}{n1}{side}{near}", f"k_pn:{k}{p1}{n1}{near}",
            f"k_between:{k}{min(3, between)}{where}", f"k_len:{k}{min(6, (c.end - c.start + 1) // 2)}", f"e_rank:{kind}{k}{side}{rank}{near}",
            f"w_kd:{word}{kd}{near}",
        ]  # fmt: skip
        if near:
            f.append(f"k_gap:{k}{side}{min(6, len(gap))}")
            if len(gap) <= 3:
                f += [f"gap:{k}{side}{gap}", f"e_gap:{kind}{k}{side}{gap}"]
            if gap:
                f.append(f"k_g0:{k}{side}{gap[0]}")
                f.append(f"k_g9:{k}{side}{gap[-1]}")
            for c_ in "被由把将向为给对与和同在从":
                if c_ in gap:
                    f.append(f"in_gap:{k}{side}{c_}")
                    f.append(f"e_in_gap:{kind}{k}{side}{c_}")
            if passive:
                f.append(f"passive:{k}{side}{p1}")
        if "Q" in gap and near:
            f.append(f"over_q:{k}{side}")
        if k in (NOUN, TITLE):
            t = view.text[c.start : c.end]
            f += [
                f"h1:{t[-1]}",
                f"h2:{t[-2:]}",
                f"h1s:{t[-1]}{side}",
                f"e_h1:{kind}{t[-1]}{side}",
                f"e_h2:{kind}{t[-2:]}",
                f"b1:{t[0]}",
            ]
            inner = view.covered(c.start, c.end)
            if inner is not None:
                f.append(f"inner:{inner.symbol}{inner.start == c.start}{inner.end == c.end}")
        if flat[a : a + 1] and a > 0 and flat[a - 1] in ",。¶;":
            f.append(f"starts:{k}{side}{where}")
        quote = view.quote(c.start, c.end)
        if quote and k not in (TITLE,):
            f.append(f"quoted:{k}{quote}")
        if k == "L" or k == "O":
            after = view.within(c.end, c.end + 1)
            if after:
                f.append(f"chain:{k}{after[0].symbol}")
                f.append(f"e_chain:{kind}{k}{after[0].symbol}")
        out.append((c.start, c.end, c.kind, f))
    order = {(s, e, k): f for s, e, k, f in out}
    return [order[c.start, c.end, c.kind] for c in found]


def _where(view: View, c: Candidate, clause: tuple[int, int], sentence: tuple[int, int], paragraph: int) -> str:
    if clause[0] <= c.start < clause[1]:
        return "clause"
    if sentence[0] <= c.start < sentence[1]:
        n = len(
            re.findall("[,;:]", view.text[c.end : clause[0]] if c.start < clause[0] else view.text[clause[1] : c.start])
        )
        return f"{'-' if c.start < clause[0] else '+'}{min(3, n)}c"
    p = view.paragraph(c.start)
    if p != paragraph:
        return f"{'-' if p < paragraph else '+'}p:{view.roles[p]}"
    n = len(
        re.findall(
            "[。!?]", view.text[c.end : sentence[0]] if c.start < sentence[0] else view.text[sentence[1] : c.start]
        )
    )
    return f"{'-' if c.start < sentence[0] else '+'}{min(3, n)}s"


def dense(start: int, end: int, found: Sequence[Candidate], vectors: Array) -> Array:
    """The vectors of each candidate of the event with trigger [start, end), (candidates, 6 D): its first and last
    character and their mean, first and last character of the trigger, mean of what stands between."""
    sums = np.concatenate(
        [np.zeros((1, vectors.shape[1]), dtype=np.float32), np.cumsum(vectors, axis=0, dtype=np.float32)]
    )
    a = np.array([c.start for c in found], dtype=np.int64)
    b = np.array([c.end for c in found], dtype=np.int64)
    before = b <= start
    low, high = np.where(before, b, end), np.where(before, start, a)

    def mean(x: NDArray[np.int64], y: NDArray[np.int64]) -> Array:
        out: Array = (sums[y] - sums[x]) / np.maximum(y - x, 1)[:, None]
        return out

    trigger = np.broadcast_to(np.concatenate([vectors[start], vectors[end - 1]]), (len(found), 2 * vectors.shape[1]))
    return np.concatenate([vectors[a], vectors[b - 1], mean(a, b), trigger, mean(low, high)], axis=1)
