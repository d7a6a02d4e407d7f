"""Words that may name an event, and what a classifier sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
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
        self.trigger = re.compile(f"(?=({alternation([*self.types, *self.blocked])}))")  # at every place
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
    out = []
    free = 0  # inside a blocked word nothing begins
    for m in lex.trigger.finditer(view.text):
        start, word = m.start(), m[1]
        if start < free:
            continue
        if word in lex.blocked:
            free = start + len(word)
            continue
        for size in range(1, len(word) + 1):
            types = lex.types.get(word[:size])
            if types is not None and not view.covered(start, start + size):
                out.append(Trigger(start, start + size, word[:size], tuple(types)))
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
_SAID = re.compile("强调|指出|要求|表示|介绍|认为|希望|建议|据悉|据了解|获悉|说")
_TAIL = re.compile(r"[”’》\")）\sQ]+$")


def features(view: View, found: list[Trigger]) -> list[list[str]]:
    """Features of each of an article's candidates; `found` is what `candidates` gave."""
    out = []
    seen_words: set[str] = set()
    seen_types: set[str] = set()
    kind = view.doc._.article.kind if view.doc._.article is not None else "news"
    spans = [(view.clause(t.start, t.end), t) for t in found]
    for i, (clause, t) in enumerate(spans):
        f = _context(view, t, clause)
        mates = [u for c, u in spans[max(0, i - 6) : i + 7] if c == clause and u is not t]
        before = [u for u in mates if u.end <= t.start]
        after = [u for u in mates if u.start >= t.end]
        for u in mates:
            if u.start < t.end and t.start < u.end:
                f.append("inside" if u.end - u.start > t.end - t.start else "around")
        f.append(f"before:{min(2, len(before))}")
        f.append(f"after:{min(2, len(after))}")
        if before:
            f.append(f"bt:{before[-1].types[0]}")
            if before[-1].end == t.start:
                f.append(f"bw:{before[-1].word}")
        if after:
            f.append(f"at:{after[0].types[0]}")
            if after[0].start == t.end:
                f.append(f"aw:{after[0].word}")
        if t.word in seen_words:
            f.append("again:word")
        if t.types[0] in seen_types:
            f.append("again:type")
        seen_words.add(t.word)
        seen_types.add(t.types[0])
        f.append(f"kind:{kind}")
        out.append(f)
    return out


_SYMBOLS = frozenset("POLXTQ")


@lru_cache(maxsize=256)
def _cues_before(told: str) -> list[str]:
    """Features of what the sentence says before the clause: the same for every candidate of the clause."""
    return [f"scue:{name}" for name, pattern in lexicon().cues.items() if told and pattern.search(told)]


def _context(view: View, t: Trigger, clause: tuple[int, int]) -> list[str]:
    lex = lexicon()
    flat = view.flat
    a, b = view.flat_span(t.start, t.end)
    low, high = view.flat_span(*clause)
    left, right = flat[low:a], flat[b:high]
    skip = _SKIP.match(right)
    object_ = right[skip.end() :] if skip else right
    f = ["bias", f"w:{t.word}", f"len:{min(3, t.end - t.start)}", f"ty:{t.types[0]}", f"tys:{','.join(t.types)}"]
    l1, l2, l3 = left[-1:] or "^", left[-2:] or "^", left[-3:] or "^"
    r1, r2, r3 = right[:1] or "$", right[:2] or "$", right[:3] or "$"
    f += [f"l1:{l1}", f"l2:{l2}", f"l3:{l3}", f"r1:{r1}", f"r2:{r2}", f"r3:{r3}", f"lr:{l1}{r1}"]
    f += [f"wl:{t.word}{l1}", f"wr:{t.word}{r1}"]
    if skip:
        f.append("aspect")
        f.append(f"o1:{object_[:1]}")
        f.append(f"o2:{object_[:2]}")
    f.append(f"ty_l1:{t.types[0]}{l1}")
    f.append(f"ty_r1:{t.types[0]}{r1}")
    on_left, on_right = _SYMBOLS.intersection(left), _SYMBOLS.intersection(right)
    f += [f"lc:{c}" for c in on_left]
    f += [f"rc:{c}" for c in on_right]
    f += [f"tlc:{t.types[0]}{c}" for c in on_left]
    f += [f"trc:{t.types[0]}{c}" for c in on_right]
    f.append(f"first:{left[:1] or '^'}")
    f.append(f"ll:{min(5, len(left) // 4)}")
    f.append(f"rl:{min(5, len(right) // 4)}")
    s0, s1 = view.flat_span(*view.sentence(t.start, t.end))
    told = flat[s0:low]
    f += [f"sc:{c}" for c in _SYMBOLS.intersection(flat[s0:s1])]
    f += [f"sp:{c}" for c in _SYMBOLS.intersection(told)]
    f.append(f"end:{flat[high : high + 1]}")
    f.append(f"beg:{flat[low - 1 : low] if low > s0 else '^'}")
    if s1 - s0 < 24:
        f.append("short")
    for name, pattern in lex.cues.items():
        m = pattern.findall(left)
        if m:
            f.append(f"cue:{name}")
            if pattern.search(left, max(0, len(left) - 4)):
                f.append(f"near:{name}")
            f += [f"cw:{x}" for x in set(m)]
    bare = _TAIL.sub("", right)
    if bare and (head := lex.head_at_end(bare)):
        f += [f"rh:{head[1]}", f"rhw:{head[0]}", f"lrh:{t.word}:{head[1]}"]
    f.append(f"rt:{bare[-2:]}")
    f.append(f"rt1:{bare[-1:]}")
    inside = {lex.heads[x] for x in lex.head.findall(right[:24])}
    f += [f"ra:{x}" for x in inside]
    nominal = {lex.heads[x] for x in lex.head.findall(left)}
    f += [f"lh:{x}" for x in nominal]
    if not right.strip():
        f += [f"lho:{t.word}:{x}" for x in nominal]
    f += _cues_before(told)
    f += [f"say:{x}" for x in _SAID.findall(told + left)]
    if t.word in view.display:
        f.append("in_display")
    quote = view.quote(t.start, t.end)
    if quote:
        f.append(f"quote:{quote}")
    p = view.paragraph(t.start)
    role = view.roles[p]
    f.append(f"role:{role}")
    if role == "body":
        nth = sum(r == "body" for r in view.roles[:p])
        f.append(f"para:{min(3, nth)}")
        if nth == 0 and s0 == view.flat_span(view.paragraphs[p], view.paragraphs[p] + 1)[0]:
            f.append("lead")
    return f


# What makes a future of any trigger behind it; on the labelled pages nothing after these is told as done.
_FUTURE = re.compile(r"将[于在会继陆]|即将|拟[于在]?$|计划|预计|有望|定于|将$")


def future(view: View, t: Trigger) -> bool:
    """Whether the clause says before the trigger that it is still to come (将于, 计划)."""
    start = view.flat_span(view.clause(t.start, t.end)[0], t.start)[0]
    return _FUTURE.search(view.flat, start, view.flat_span(t.start, t.end)[0]) is not None


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
