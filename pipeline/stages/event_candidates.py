"""Candidates for the arguments of an event: names, times, quantities, quoted names and rough noun phrases near its trigger.

Where the article speaks of somebody by another word (该行, 她, 社区), the candidate is the name that the word stands for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.records import Mention, Quantity
from pipeline.stages.event_view import QUANTITY, TIME, Entity, View

NOUN, TITLE, AROUND = "N", "S", "W"  # a noun phrase, a quoted name, the phrase around the trigger

# Words that part noun phrases. They are single characters, so a phrase may lose an end; its head stays. Commoner words
# that only hold such a character come first.
_BREAK = re.compile(
    r"(?P<word>等[奖级次功候座]|和[谐美睦平]|共[享富青同建产治识]|公共|[对应]对|面对面|一对一|结对|[核校]对|对[象接口外策话手比]|其[他中]|及时|[普涉]及|"
    r"以[上下内]|以旧换新|还款|首都|都市|[给赋]予|[供补]给|把[握关脉]|与会|目的|将军|把手|向阳|[方导意]向|为民|行为|"
    r"中共|由来|[自理]由|就[业医读学餐诊地近]|成就|从[业事军]|[报签]到|到位|了解|在[线职岗编校]|所在|合并|并购)|"
    r"[,;:。!?、\n()|]|[的了在于为给到对向与和及并把被由从将以已共还也又就都各该其]|累计|先后|同时|分别|联合|通过|根据|按照|关于|进行|以及|等地|等人|等|"
    # adverbs, and verbs that stand before who or what they take along
    r"第一时间|迅速|随即|立即|全力|纷纷|单独|自行|陆续|相继|再次|均(?![衡匀等价])|带领|带着|率领|会同|携手|邀请|发动|召开|举行|举办|开展|参加|参与|接受|成为|作为|存在|可以|得以|予以|"
    r"走进|来到|前往|深入|动员(?![大令]?会)|(?<![党会群种类基])组织(?![部者振生架机委])"
)


_EDGE = " \"'"
_OPEN = {"“": "”", "‘": "’", "《": "》"}
_CLOSE = {close: open_ for open_, close in _OPEN.items()}


def _trim(text: str, low: int, high: int) -> tuple[int, int]:
    """A stretch without spaces and quotation marks at its ends; a quoted name that begins or ends it stays whole."""
    for _ in range(8):
        if low >= high:
            break
        first, last, inside = text[low], text[high - 1], text[low:high]
        if first in _EDGE or first in _CLOSE or (first in _OPEN and _OPEN[first] not in inside):
            low += 1
        elif last in _EDGE or last in _OPEN or (last in _CLOSE and _CLOSE[last] not in inside):
            high -= 1
        elif first in _OPEN and inside.index(_OPEN[first]) == len(inside) - 1:
            low, high = low + 1, high - 1
        else:
            break
    return low, high


# What a later sentence says of who came to an event told before: 会议由…主持, …出席.
SPEAKS = re.compile("出席|列席|主持|主办|承办|协办|冠名|到会|与会|参会|参赛|参加|参与|报名|致辞|讲话|就座|陪同")
_HELD = frozenset({"meeting", "contest", "campaign", "training", "visit"})
_LATER = 400  # characters behind the sentence of the event
# Phrases that name nothing.
_EMPTY = re.compile(
    "一[场次个批]|一?系列|工作|情况|活动|现场|期间|今年|这里|相关|有关|多个|自己|他们?|她|大家|我们|记者"
)


# What stands for a name told elsewhere: 该行, 该局; 他; 社区 as a subject.
_THIS = re.compile(
    r"[该本](?:支行|分行|行|局|医院|学院|院|学校|校|园|公司|企业|集团|协会|中心|站|所|单位|大队|合作社|联盟|队|厅|馆|厂|社|基金会|组织|银行|党委|支部)"
)
_PRONOUN = re.compile(r"(?<!其)[他她](?![们人乡国])")
_BARE = re.compile(
    r"(?<=[,。;:“、\n!?])(?:当?地)?(社区|街道|乡里|镇里|村里|县里|区里|市里|村“两委”|学校|医院|公司|协会)(?![一-鿿]{0,2}(?:工作者|干部|居民))"
)
_LEVELS = {
    "社": "community",
    "街": "town",
    "乡": "town",
    "镇": "town",
    "村": "village",
    "县": "county",
    "区": "county",
    "市": "city",
}
_DEICTIC = re.compile("[该我本全][省市县区乡镇村街社]")


_REACH = 3_000  # characters from the trigger to an argument at most: a paragraph without its breaks may be a whole page


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be an argument. `kind` is a symbol of the view, N for a noun phrase, S for a quoted name, W for
    the phrase around the trigger. `told` is where the article speaks of it, if by another word (该行) than its name."""

    start: int
    end: int
    kind: str
    detail: str = ""
    told: tuple[int, int] | None = None

    @property
    def at(self) -> tuple[int, int]:
        return self.told or (self.start, self.end)


def candidates(view: View, start: int, end: int, kind: str, names: Named) -> list[Candidate]:
    """What may be an argument of the event of a type whose trigger is [start, end); of one name told several times the
    nearest. `names` is made once for an article."""
    p = view.paragraph(start)
    whole = view.doc._.article is not None and view.doc._.article.kind == "list"
    low = 0 if whole else view.paragraphs[max(0, p - 1)]
    high = len(view.text) if whole or p + 1 >= len(view.paragraphs) else view.paragraphs[p + 1]
    low, high = max(low, start - _REACH), min(high, end + _REACH)
    nearest: dict[tuple[str, str], Candidate] = {}
    for c in _all(view, names, start, end, kind, low, high, whole):
        if c.start < end and start < c.end and c.kind != AROUND:
            continue
        if c.told:  # the name stands where it is told nearest to the trigger
            near = names.nearest(c.start, c.end, start, end)
            c = replace(c, start=near[0], end=near[1])
        key = (c.kind, view.text[c.start : c.end])
        other = nearest.get(key)
        if other is None or distance(c.at, start, end) < distance(other.at, start, end):
            nearest[key] = c
    return sorted(nearest.values(), key=lambda c: (c.start, -c.end, c.kind))


def distance(at: tuple[int, int], start: int, end: int) -> int:
    """Characters between two spans, negative where they overlap."""
    return max(start - at[1], at[0] - end)


class Named:
    """The names of an article, for words that stand for one, and where its noun phrases part."""

    def __init__(self, view: View):
        self.view = view
        self.breaks = _breaks(view)
        self._ends = [end for _, end in self.breaks]
        self.named = [
            e for e in view.entities if isinstance(e.record, Mention) and not _DEICTIC.match(view.text[e.start : e.end])
        ]

    def parted(self, low: int, high: int) -> list[tuple[int, int]]:
        """The words in [low, high) that part noun phrases."""
        i = bisect_right(self._ends, low)
        j = bisect_right(self._ends, high)
        return self.breaks[i : j + 1] if j < len(self.breaks) and self.breaks[j][0] < high else self.breaks[i:j]

    def place(self, e: Entity) -> Entity | None:
        """A named mention of the place that 该镇 or 我市 stands for."""
        path = e.record.canonical if isinstance(e.record, Mention) else None
        same = [n for n in self.named if n.symbol == "L" and path and n.record.canonical == path]  # type: ignore[union-attr]
        return min(same, key=lambda n: abs(n.start - e.start), default=None)

    def before(self, at: int, symbol: str, ending: str = "", level: str | None = None) -> Entity | None:
        """The last name of a kind told before a place in the text, with an ending or of a level."""
        for n in reversed(self.named[: bisect_right(self.named, at, key=lambda n: n.start)]):
            level_of = n.record.level if isinstance(n.record, Mention) else None
            if (
                n.symbol == symbol
                and (level is None or level_of == level)
                and self.view.text[n.end - len(ending) : n.end] == ending
            ):
                return n
        return None

    def nearest(self, start: int, end: int, low: int, high: int) -> tuple[int, int]:
        """Of the mentions with the same words the one nearest to [low, high)."""
        text = self.view.text[start:end]
        same = [n for n in self.named if self.view.text[n.start : n.end] == text]
        best = min(same, key=lambda n: max(low - n.end, n.start - high))
        return best.start, best.end


def _breaks(view: View) -> list[tuple[int, int]]:
    """The words that part noun phrases, outside names of organisations and places and outside quoted names."""
    names = sorted(
        [(e.start, e.end) for e in view.entities if e.symbol in "OL"] + [q[:2] for q in view.quotes if q[2] == "name"]
    )
    out, at, done = [], 0, 0  # `done`: end of the names that begin before a word
    for m in _BREAK.finditer(view.text):
        if m["word"] is not None:
            continue
        while at < len(names) and names[at][0] <= m.start():
            done = max(done, names[at][1])
            at += 1
        if m.end() > done or m[0] == "\n":
            out.append(m.span())
    return out


def _all(
    view: View, names: Named, start: int, end: int, kind: str, low: int, high: int, everywhere: bool
) -> Iterator[Candidate]:
    sentence = view.sentence(start, end)
    if not everywhere:  # hardly an argument is told later than in the next sentence
        high = min(high, view.sentence(sentence[1], min(sentence[1] + 2, len(view.text)))[1])
        if kind in _HELD:
            yield from _came(view, names, high, min(_end_of_next(view, start), sentence[1] + _LATER))
    paragraph = view.paragraphs[view.paragraph(start)]
    entities = view.within(low, high)
    follows = {e.start for e in entities if e.symbol in "LO"}
    for e in entities:
        if not everywhere and not _reaches(e, sentence, paragraph):
            continue
        if e.symbol == "L" and e.end in follows:  # of 某县某镇某村 the last one takes part
            continue
        detail = ""
        if isinstance(e.record, Mention):
            detail = e.record.level or ""
            if e.symbol == "L" and _DEICTIC.match(view.text, e.start) and (named := names.place(e)):
                yield Candidate(named.start, named.end, e.symbol, detail, (e.start, e.end))
                continue
        elif isinstance(e.record, Quantity):
            detail = e.record.kind
            if e.record.object_span and sentence[0] <= e.record.object_span[0] < sentence[1] + _NEXT:
                yield Candidate(*e.record.object_span, NOUN, "counted")
        yield Candidate(e.start, e.end, e.symbol, detail)
    yield from _referring(view, names, max(low, sentence[0] - 80), min(high, sentence[1]))
    for a, b, kind in view.quotes:
        if sentence[0] <= a < sentence[1] and kind == "name" and b > a:
            yield Candidate(a, b, TITLE)
    clause = view.clause(start, end)
    first = view.clause(max(sentence[0], clause[0] - 2), max(sentence[0], clause[0] - 2) + 1)[0]
    last = view.clause(min(sentence[1] - 1, clause[1] + 1), min(sentence[1], clause[1] + 2))[1]
    yield from _phrases(view, names, sentence[0], start, max(sentence[0], first))
    yield from _phrases(view, names, end, min(sentence[1], last), end)
    yield _around(view, names, start, end, clause)


def _end_of_next(view: View, at: int) -> int:
    """Where the paragraph behind that of a character ends."""
    number = view.paragraph(at) + 2
    return view.paragraphs[number] if number < len(view.paragraphs) else len(view.text)


def _came(view: View, names: Named, low: int, high: int) -> Iterator[Candidate]:
    """Names and noun phrases of later clauses that tell who came to an event or held it."""
    clauses = {view.clause(*m.span()) for m in SPEAKS.finditer(view.text, low, high)}
    for start, end in sorted(clauses):
        start, end = max(start, low), min(end, high)
        for e in view.within(start, end):
            if e.symbol in "PO":
                yield Candidate(e.start, e.end, e.symbol)
        yield from _phrases(view, names, start, end, end)


_NEXT = 60  # characters behind a sentence in which numbers still belong to its events


def _reaches(e: Entity, sentence: tuple[int, int], paragraph: int) -> bool:
    """Whether an entity may belong to an event of a sentence, by its kind: on labelled pages one in a hundred others does."""
    if e.symbol == "X":
        return sentence[0] <= e.start < sentence[1]
    if e.symbol == QUANTITY:
        return sentence[0] <= e.start < sentence[1] + _NEXT
    if e.symbol == TIME:
        return min(paragraph, sentence[0] - 120) <= e.start < sentence[1]
    return e.symbol != "P" or e.start >= paragraph


def _referring(view: View, names: Named, low: int, high: int) -> Iterator[Candidate]:
    """Names that are told by another word in [low, high)."""
    for pattern in (_THIS, _PRONOUN, _BARE):
        for m in pattern.finditer(view.text, low, high):
            if view.covered(*m.span()):
                continue
            if pattern is _PRONOUN:
                name = names.before(m.start(), "P")
            elif pattern is _BARE and m[1][0] in _LEVELS:
                name = names.before(m.start(), "L", level=_LEVELS[m[1][0]])
            else:
                name = names.before(m.start(), "O", m[0][-1])
            if name is not None:
                detail = name.record.level if isinstance(name.record, Mention) else None
                yield Candidate(name.start, name.end, name.symbol, detail or "", m.span())


# Whoever acts: phrases that end so are looked for in the whole sentence, others near the trigger only.
_ACTING = re.compile("[们员者民生队师工人户家主众委]$|部门|单位|支部|党委|代表|班子|小组|群众|分行|企业|公司")


def _phrases(view: View, names: Named, low: int, high: int, near: int) -> Iterator[Candidate]:
    """Noun phrases, roughly: what stands between function words, names of people, times and quantities. Those that
    begin before `near` and its clause before must be able to act."""
    at = low
    inside = {(e.start, e.end) for e in view.within(low, high) if e.symbol in "OL"}
    cuts = [(e.start, e.end) for e in view.within(low, high) if e.symbol in "PXTQ"] + names.parted(low, high)
    for a, b in [*sorted(cuts), (high, high)]:
        if a > at:
            s, t = _trim(view.text, at, min(a, high))
            words = view.text[s:t]
            if t > s and (s, t) not in inside and not _EMPTY.fullmatch(words) and (s >= near or _ACTING.search(words)):
                yield Candidate(s, t, NOUN)
        at = max(at, b)


def _around(view: View, names: Named, start: int, end: int, clause: tuple[int, int]) -> Candidate:
    """The phrase that the trigger is a part of, or the trigger alone: 专题培训, 一等奖."""
    left = max([clause[0], *(end_ for _, end_ in names.parted(clause[0], start) if end_ <= start)])
    left = max([left, *(e.end for e in view.within(clause[0], start) if e.symbol in "PXTQ" and e.end <= start)])
    right = next((start_ for start_, _ in names.parted(end, clause[1]) if start_ >= end), clause[1])
    right = min([right, *(e.start for e in view.within(end, clause[1]) if e.symbol in "PXTQ")])
    low, high = _trim(view.text, left, right)
    left, right = min(low, start), max(high, end)
    return Candidate(left, right, AROUND, "alone" if (left, right) == (start, end) else "")
