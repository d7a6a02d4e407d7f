"""What the event stage looks at: an article with its names, times and quantities folded into single symbols.

`由某市总工会、某市妇联主办` reads `由O主办`: the classifiers learn what stands around names, never the names themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, get_spans, sentence_of
from pipeline.records import Mention, Quantity, TimeExpression

# PER, ORG, PLACE, POST, time, quantity; other capitals, digits and line ends are written a, 0 and ¶ there.
SYMBOLS = {"PER": "P", "ORG": "O", "PLACE": "L", "POST": "X"}
PLACE, TIME, QUANTITY = "L", "T", "Q"
_PLAIN = {ord(c): "a" for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} | {ord(c): "0" for c in "0123456789"} | {10: "¶"}
_CLAUSE_END = re.compile(r"[,;:。!?\n]")
_CHAIN = re.compile(r"L{2,}")
_LIST = re.compile(r"([POLXQ])(?:[、和及与]\1)+")


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention, time or quantity of the article. `symbol` is its letter in the view."""

    start: int
    end: int
    symbol: str
    record: Mention | TimeExpression | Quantity


class View:
    """An article as the event stage reads it; all offsets but those in `flat` are characters of the Doc."""

    def __init__(self, doc: Doc):
        self.doc = doc
        self.text: str = doc._.folded
        self.entities = _entities(doc)
        self._starts = [e.start for e in self.entities]
        self.flat, self._to_flat = self._flatten()
        self.clause_ends = [m.start() for m in _CLAUSE_END.finditer(self.text)]
        self.paragraphs = [0, *(m.end() for m in re.finditer("\n", self.text))]
        self.roles = [self._role(start) for start in self.paragraphs]
        body = [role == "body" for role in self.roles]
        self.nth = [sum(body[:i]) for i in range(len(body))]  # paragraphs of the body before each paragraph
        self.display = self._display()  # headline and kicker, for what is told again
        self.quotes = _quotes(self.text)
        self.lead_end = self._lead_end()

    def _flatten(self) -> tuple[str, list[int]]:
        """The text with each outermost entity as one symbol and runs of equal ones as one, and where each character went."""
        out: list[str] = []
        to_flat: list[int] = []
        at = 0
        for e in self.entities:
            if e.start < at:
                continue
            for c in self.text[at : e.start].translate(_PLAIN):
                to_flat.append(len(out))
                out.append(c)
            to_flat.extend([len(out)] * (e.end - e.start))
            out.append(e.symbol)
            at = e.end
        for c in self.text[at:].translate(_PLAIN):
            to_flat.append(len(out))
            out.append(c)
        flat = "".join(out)
        for pattern in (_CHAIN, _LIST):
            shift: list[int] = []
            pieces: list[str] = []
            done = size = 0
            for m in pattern.finditer(flat):
                shift.extend(range(size, size + m.start() - done))
                pieces.append(flat[done : m.start()])
                size += m.start() - done
                shift.extend([size] * (m.end() - m.start()))
                pieces.append(m[0][0])
                size += 1
                done = m.end()
            shift.extend(range(size, size + len(flat) - done))
            pieces.append(flat[done:])
            flat = "".join(pieces)
            to_flat = [shift[i] for i in to_flat]
        return flat, [*to_flat, len(flat)]

    def _role(self, start: int) -> str:
        """Role of the segment of the article that a paragraph begins in; body where the article does not tell."""
        article, offsets = self.doc._.article, self.doc._.offsets
        if article is None or offsets is None or start >= len(self.text) or self.text[start] == "\n":
            return "body"
        raw = offsets.to_raw(start, start + 1)[0]
        return next((s.role for s in article.segments if s.start <= raw < s.end), "body")

    def _display(self) -> str:
        ends = [*self.paragraphs[1:], len(self.text)]
        rows = zip(self.paragraphs, ends, self.roles, strict=True)
        return " ".join(self.text[a:b] for a, b, role in rows if role in ("headline", "kicker"))

    def _lead_end(self) -> int:
        """End of headline, dateline and first sentence of the body."""
        body = next((start for start, role in zip(self.paragraphs, self.roles, strict=True) if role == "body"), None)
        if body is None or body >= len(self.text):
            return len(self.text)
        return self.sentence(body, body + 1)[1]

    def flat_span(self, start: int, end: int) -> tuple[int, int]:
        """The place of a stretch of the text in `flat`."""
        return self._to_flat[start], self._to_flat[end - 1] + 1 if end > start else self._to_flat[start]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause that a span stands in: between , ; : 。 ! ? and line ends."""
        i = bisect_right(self.clause_ends, start - 1) - 1
        low = self.clause_ends[i] + 1 if i >= 0 else 0
        j = bisect_right(self.clause_ends, end - 1)
        high = self.clause_ends[j] if j < len(self.clause_ends) else len(self.text)
        return low, high

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        return sentence_of(self.doc, start, end)

    def paragraph(self, at: int) -> int:
        """Number of the paragraph that a character stands in."""
        return bisect_right(self.paragraphs, at) - 1

    def within(self, low: int, high: int) -> list[Entity]:
        """Entities that begin in [low, high)."""
        i = bisect_right(self._starts, low - 1)
        j = bisect_right(self._starts, high - 1)
        return self.entities[i:j]

    def covered(self, start: int, end: int) -> Entity | None:
        """An entity that shares a character with the span."""
        i = bisect_right(self._starts, end - 1)
        for e in reversed(self.entities[max(0, i - 4) : i]):
            if e.end > start:
                return e
        return None

    def quote(self, start: int, end: int) -> str:
        """'' outside quotation marks, `name` in a short quote or a title, `speech` in one with a sentence in it."""
        i = bisect_right(self.quotes, (start, len(self.text) + 1, "")) - 1
        while i >= 0 and i > bisect_right(self.quotes, (start, 0, "")) - 6:
            low, high, kind = self.quotes[i]
            if low <= start and end <= high:
                return kind
            i -= 1
        return ""


def _entities(doc: Doc) -> list[Entity]:
    found: list[Entity] = []
    for span, record in get_spans(doc, MENTIONS):
        if span.label_ in SYMBOLS:
            found.append(Entity(span.start_char, span.end_char, SYMBOLS[span.label_], record))
    found += [Entity(s.start_char, s.end_char, TIME, r) for s, r in get_spans(doc, TIMES)]
    found += [Entity(s.start_char, s.end_char, QUANTITY, r) for s, r in get_spans(doc, QUANTITIES)]
    return sorted(found, key=lambda e: (e.start, -e.end))


_SPEECH = re.compile(r"[,。!?;]")


def _quotes(text: str) -> list[tuple[int, int, str]]:
    """Inside of each pair of “”, ‘’, 《》 and 「」 with its kind, in order of place; a pair never crosses a line end."""
    out: list[tuple[int, int, str]] = []
    close = {"”": "“", "’": "‘", "》": "《", "」": "「"}
    waiting: dict[str, int] = {}
    for m in re.finditer(r"[“”‘’《》「」\n]", text):
        c = m[0]
        if c == "\n":
            waiting.clear()
        elif c in close:
            start = waiting.pop(close[c], None)
            if start is not None:
                inside = text[start : m.start()]
                name = c == "》" or (
                    len(inside) <= 24 and not re.search(r"[。!?]", inside) and len(_SPEECH.findall(inside)) < 2
                )
                out.append((start, m.start(), "name" if name else "speech"))
        else:
            waiting[c] = m.end()
    return sorted(out)
