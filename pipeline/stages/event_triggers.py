"""Words that may name an event, and what a classifier sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from pipeline.lexicon import load_yaml
from pipeline.lexicon.trie import alternation
from pipeline.records import EVENT_TYPES
from pipeline.stages.event_model import Array
from pipeline.stages.event_view import View

CLASSES = ("none", *EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that may name an event of one of `types`, at [start, end) of the Doc."""

    start: int
    end: int
    word: str
    types: tuple[str, ...]


class Lexicon:
    """`events.yaml`, ready for matching."""

    def __init__(self, content: dict[str, Any]):
        self.types: dict[str, list[str]] = {}
        for kind, words in content["triggers"].items():
            for word in words.split():
                if kind not in self.types.setdefault(word, []):
                    self.types[word].append(kind)
        self.blocked = {w for w in content["words"].split() if w not in self.types}
        self.heads = {w: kind for kind, words in content["heads"].items() for w in words.split()}
        self.light = set(content["light"].split())
        self.starting: dict[str, list[str]] = {}  # words by their first character, longest first
        for word in sorted({*self.types, *self.blocked}, key=lambda w: (-len(w), w)):
            self.starting.setdefault(word[0], []).append(word)
        self.first = re.compile(f"[{re.escape(''.join(sorted(self.starting)))}]")
        self.head = re.compile(f"(?:{alternation(self.heads)})")
        self.cues = {
            name: re.compile(alternation(words.split()))
            for name, words in {**content["cues"], **content["realis"]}.items()
        }

    def head_at_end(self, text: str) -> tuple[str, str] | None:
        """The longest head noun that ends the text, and its type."""
        for size in range(min(8, len(text)), 0, -1):
            if kind := self.heads.get(text[-size:]):
                return text[-size:], kind
        return None


@cache
def lexicon() -> Lexicon:
    return Lexicon(load_yaml("events.yaml", {"triggers", "light", "heads", "words", "realis", "cues"}))


def candidates(view: View) -> list[Trigger]:
    """Trigger words of the article outside names, times and quantities, in order of place; they may overlap."""
    lex = lexicon()
    text = view.text
    out = []
    free = 0  # inside a blocked word nothing begins
    for m in lex.first.finditer(text):
        start = m.start()
        if start < free:
            continue
        words = [word for word in lex.starting[m[0]] if text.startswith(word, start)]
        if words and words[0] in lex.blocked:
            free = start + len(words[0])
            continue
        for word in reversed(words):
            types = lex.types.get(word)
            if types is not None and not view.covered(start, start + len(word)):
                out.append(Trigger(start, start + len(word), word, tuple(types)))
    if view.doc._.article is not None and view.doc._.article.kind == "list":
        taken = {(t.start, t.end) for t in out}
        out += [t for t in _prizes(view) if (t.start, t.end) not in taken]
        out.sort(key=lambda t: (t.start, t.end))
    return out


# A class of prizes or an honour that heads the names of a list: 一等奖(2件), “河阳好人”名单(6人), 银奖:
_PRIZE = re.compile(
    r"(?:^(?:[^\n“]{0,16}“)?|(?<=[\n,.;。、: ”]))(?:\d{4}年度?)?(?:全[省市县区]|团体(?=前))?([^\s\d,.;:。、()“”]{0,12}?"
    r"(?:[一二三四特]等奖|[金银铜]\S奖|奖状|奖章|证书|(?<!获)奖|模范|好人|标兵|先锋号?|能手|之星|前[二三四五六八十]名|[冠亚季]军|"
    r"(?:优秀|先进|最美)[^\s,.;:。、()“”]{2,8}?))(?=获得者|名单|”|[(:,.;。\n]|$|\s\()",
    re.M,
)


def _prizes(view: View) -> Iterator[Trigger]:
    """The first mention of each class of prizes in a list."""
    seen = set()
    for m in _PRIZE.finditer(view.text):
        if m[1] not in seen:
            seen.add(m[1])
            yield Trigger(m.start(1), m.end(1), m[1], ("award",))


_SKIP = re.compile(r"[了着过起出好完]")
_TAIL = re.compile(r"[”’》\")）\sQ]{1,99}$")


def features(view: View, found: list[Trigger]) -> list[list[str]]:
    """Features of each of an article's candidates; `found` is what `candidates` gave.

    They are few on purpose: what tells articles of the labelled pages apart (their kind, their paragraphs, what is said
    and planned there) misleads on real print.
    """
    out = []
    seen: set[str] = set()
    clauses: dict[tuple[int, int], _Clause] = {}
    for t in found:
        place = view.clause(t.start, t.end)
        clause = clauses.get(place)
        if clause is None:
            clause = clauses[place] = _Clause(view, *place)
        f = _context(view, t, clause)
        f += clause.features
        if t.word in seen:
            f.append("again:word")
        if t.types[0] in seen:
            f.append("again:type")
        seen |= {t.word, t.types[0]}
        out.append(f)
    return out


def realis_features(view: View, t: Trigger, seen: list[str]) -> list[str]:
    """Features that tell whether an event is planned; `seen` are those of its trigger."""
    left = view.flat[view.flat_span(view.clause(t.start, t.end)[0], t.start)[0] : view.flat_span(t.start, t.end)[0]]
    words = {x for pattern in lexicon().cues.values() for x in pattern.findall(left)}
    return [*seen, *(f"cw:{x}" for x in words)]


_SYMBOLS = frozenset("POLXTQ")


class _Clause:
    """A clause, and what all candidates in it share; offsets are those of `flat`."""

    def __init__(self, view: View, start: int, end: int):
        flat, lex = view.flat, lexicon()
        self.low, self.high = low, high = view.flat_span(start, end)
        first, last = view.sentence(start, end)
        s0, s1 = view.flat_span(first, last)
        told = flat[s0:low]
        self.heads = [(m.start(), m.end(), lex.heads[m[0]]) for m in lex.head.finditer(flat, low, high)]
        self.cues = [
            (m.start(), m.end(), name) for name, pattern in lex.cues.items() for m in pattern.finditer(flat, low, high)
        ]
        bare = _TAIL.sub("", flat[low:high])
        self.tail = low + len(bare)
        self.last = lex.head_at_end(bare)
        f = [f"sc:{c}" for c in _SYMBOLS.intersection(flat[s0:s1])]
        f += [f"sp:{c}" for c in _SYMBOLS.intersection(told)]
        f.append(f"end:{flat[high : high + 1]}")
        f.append(f"beg:{flat[low - 1 : low] if low > s0 else '^'}")
        if s1 - s0 < 24:
            f.append("short")
        f += [f"scue:{name}" for name, pattern in lex.cues.items() if told and pattern.search(told)]
        paragraph = view.paragraph(start)
        role = view.roles[paragraph]
        f.append(f"role:{role}")
        if role == "body" and view.nth[paragraph] == 0 and first <= view.paragraphs[paragraph]:
            f.append("lead")
        self.features = f


def _context(view: View, t: Trigger, clause: _Clause) -> list[str]:
    flat = view.flat
    a, b = view.flat_span(t.start, t.end)
    left, right = flat[clause.low : a], flat[b : clause.high]
    skip = _SKIP.match(right)
    kind = t.types[0]
    f = ["bias", f"w:{t.word}", f"len:{min(3, t.end - t.start)}", f"ty:{kind}", f"tys:{','.join(t.types)}"]
    l1, r1 = left[-1:] or "^", right[:1] or "$"
    f += [f"l1:{l1}", f"l2:{left[-2:]}", f"r1:{r1}", f"r2:{right[:2]}"]
    f += [f"wl:{t.word}{l1}", f"wr:{t.word}{r1}", f"ty_l1:{kind}{l1}", f"ty_r1:{kind}{r1}"]
    if skip:
        object_ = right[skip.end() :]
        f += ["aspect", f"o1:{object_[:1]}", f"o2:{object_[:2]}"]
    for side, part in (("l", left), ("r", right)):
        for c in _SYMBOLS.intersection(part):
            f += [f"{side}c:{c}", f"t{side}c:{kind}{c}"]
    f += [f"first:{left[:1] or '^'}", f"ll:{min(5, len(left) // 4)}", f"rl:{min(5, len(right) // 4)}"]
    before = {name for _, end, name in clause.cues if end <= a}
    f += [f"cue:{name}" for name in before]
    f += [f"near:{name}" for name in {name for start, end, name in clause.cues if end <= a and start >= a - 4}]
    if clause.tail > b:
        bare = flat[b : clause.tail]
        f += [f"rt:{bare[-2:]}", f"rt1:{bare[-1:]}"]
        last = clause.last
        if last and len(last[0]) > len(bare):
            last = lexicon().head_at_end(bare)
        if last:
            f += [f"rh:{last[1]}", f"rhw:{last[0]}", f"lrh:{t.word}:{last[1]}"]
    lex = lexicon()
    f += [f"ra:{name}" for name in {lex.heads[x] for x in lex.head.findall(right[:24])}]
    held = {name for _, end, name in clause.heads if end <= a}
    f += [f"lh:{name}" for name in held]
    if not right.strip():
        f += [f"lho:{t.word}:{name}" for name in held]
    if t.word in view.display:
        f.append("in_display")
    quote = view.quote(t.start, t.end)
    if quote:
        f.append(f"quote:{quote}")
    return f


# What makes a future of any trigger behind it; on the labelled pages nothing after these is told as done.
_FUTURE = re.compile(r"将[于在会继陆]|即将|拟[于在]?$|计划|预计|有望|定于|将$")


def future(view: View, t: Trigger) -> bool:
    """Whether the clause says before the trigger that it is still to come (将于, 计划)."""
    start = view.flat_span(view.clause(t.start, t.end)[0], t.start)[0]
    return _FUTURE.search(view.flat, start, view.flat_span(t.start, t.end)[0]) is not None


_DENIED = re.compile(r"(?:没有|没|未|从未|并未|尚未|避免|防止|防范|杜绝)(?:再|有|能|曾|出现|发生|造成|引发){0,3}$")


# Of 6,289 labelled events none stands behind these in its clause.
_SUPPOSED = re.compile("如果|假如|倘若|一旦|要是|万一|只要|即使")


def denied(view: View, t: Trigger) -> bool:
    """Whether the words before a trigger say that it did not happen (没有发生, 未造成) or only might (如果)."""
    low = view.clause(t.start, t.end)[0]
    if _SUPPOSED.search(view.text, max(low, t.start - 60), t.start):
        return True
    return _DENIED.search(view.text, max(low, t.start - 8), t.start) is not None


# A clause that looks back on what is told elsewhere: 此次…, …出台后, 成立大会上.
_THIS_TIME = re.compile("此次|本次|这次|上述")
_LOOKS_BACK = re.compile(
    r"[^,]{0,14}(?:后|以来|之际|期间|结束|时)$|(?:大会|仪式|活动|会议|现场|典礼)[上中]|[^,]{0,12}(?:只是|仅是)"
)


def looks_back(view: View, t: Trigger) -> bool:
    """Whether the clause of a trigger mentions its event as known."""
    low, high = view.clause(t.start, t.end)
    back = _THIS_TIME.search(view.text, low, t.start) or _LOOKS_BACK.match(view.text, t.end, high)
    return back is not None


def dense(view: View, found: list[Trigger], vectors: Array) -> Array:
    """The vectors of each candidate, (candidates, 4 D): its first and last character, mean and maximum of its clause."""
    size = vectors.shape[1]
    out = np.empty((len(found), 4 * size), dtype=np.float32)
    out[:, :size] = vectors[[t.start for t in found]]
    out[:, size : 2 * size] = vectors[[t.end - 1 for t in found]]
    clauses: dict[tuple[int, int], list[int]] = {}
    for i, t in enumerate(found):
        clauses.setdefault(view.clause(t.start, t.end), []).append(i)
    for (low, high), rows in clauses.items():
        out[rows, 2 * size : 3 * size] = vectors[low:high].mean(axis=0)
        out[rows, 3 * size :] = vectors[low:high].max(axis=0)
    return out
