"""From an Article to a spaCy Doc, and every extension and span-group name in one place.

Extensions
    Doc._.page       records.Page
    Doc._.article    records.Article
    Doc._.offsets    offsets.OffsetMap from Doc characters to the raw page
    Doc._.folded     the folded view of Doc.text, equal length, for matching
    Doc._.officials  list[records.Official]
    Doc._.mentions, Doc._.quantities, Doc._.times, Doc._.events   the spans of the group of that name; stages name these
                     in `assigns` and `requires`, where spaCy allows no span groups
    Span._.mention, Span._.quantity, Span._.time, Span._.event   the record of a span of the group of that name

Span groups
    doc.spans["names/SOURCE"]   candidates of one source of names, one group a source
    doc.spans["mentions"]       what the resolver decided: PER, PLACE, ORG, POST
    doc.spans["quantities"], doc.spans["times"], doc.spans["events"]

`set_spans` writes a group, `get_spans` reads it with its records.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.folding import fold
from pipeline.offsets import OffsetMap
from pipeline.records import Article, Page, Segment

T = TypeVar("T")

CANDIDATES = "names/"  # prefix of the span groups of the sources of names
MENTIONS, QUANTITIES, TIMES, EVENTS = "mentions", "quantities", "times", "events"
_RECORD_OF = {"mention": MENTIONS, "quantity": QUANTITIES, "time": TIMES, "event": EVENTS}


def text_of(doc: Doc) -> str:
    """`doc.text`, put together once: spaCy does it anew each time, which is long over a long article."""
    cached = doc.user_data.get("text")
    if cached is None:
        cached = doc.user_data["text"] = doc.text
    return cached


def _folded(doc: Doc) -> str:
    cached = doc.user_data.get("folded")
    if cached is None:
        cached = doc.user_data["folded"] = fold(text_of(doc))
    return cached


def _register() -> None:
    for name in ("page", "article", "offsets"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    if not Doc.has_extension("officials"):
        Doc.set_extension("officials", default=[])
    if not Doc.has_extension("folded"):
        Doc.set_extension("folded", getter=_folded)
    for name, group in _RECORD_OF.items():
        if not Doc.has_extension(group):
            Doc.set_extension(group, getter=partial(_group, group))
        if not Span.has_extension(name):
            Span.set_extension(name, getter=partial(_record, group))


def _group(group: str, doc: Doc) -> list[Span]:
    return list(doc.spans.get(group, ()))


def _record(group: str, span: Span) -> Any:
    return _records(span.doc).get((group, span.start_char, span.end_char, span.label_))


def _records(doc: Doc) -> dict[tuple[str, int, int, str], Any]:
    """The records of spans, in the Doc's user data: they stay with it when it is copied or stored."""
    return doc.user_data  # type: ignore[return-value]


_register()

_BREAKS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def article_text(page: Page, article: Article) -> tuple[str, OffsetMap]:
    """The text of the Doc of an article, and the way back to the raw page.

    Segments come in the article's order. A line end stands between paragraphs and between stretches that do not follow
    each other in print. Line breaks inside a segment, or before one that goes on the paragraph, are dropped, but for one
    space between two Latin words.
    """
    raw = page.text
    characters: list[str] = []
    offsets: list[int] = []

    def put(character: str, offset: int) -> None:
        characters.append(character)
        offsets.append(offset)

    def copy(start: int, end: int) -> None:
        for at in range(start, end):
            if raw[at] not in _BREAKS:
                put(raw[at], at)
            elif raw[at - 1 : at] not in _BREAKS and _latin(raw[at - 1]) and _latin(raw[at:].lstrip()[:1]):
                put(" ", at)

    previous: Segment | None = None
    for segment in article.segments:
        if previous is not None:
            gap = raw[previous.end : segment.start]
            follows = previous.end <= segment.start and not gap.strip()
            broken = any(c in _BREAKS for c in gap)
            if not follows or (broken and segment.new_paragraph):
                put("\n", -1)
            else:
                copy(previous.end, segment.start)
        copy(segment.start, segment.end)
        previous = segment
    return "".join(characters), OffsetMap(offsets)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def make_doc(nlp: Language, page: Page, article: Article) -> Doc:
    """The tokenised Doc of an article with its page, article and offsets attached; no stage has run on it."""
    return make_docs(nlp, page, [article])[0]


def make_docs(nlp: Language, page: Page, articles: Sequence[Article]) -> list[Doc]:
    """`make_doc` for the articles of a page, whose texts are cut into words together.

    Raises ValueError for a text longer than spaCy's `nlp.max_length`.
    """
    texts = [article_text(page, article) for article in articles]
    if any(len(text) > nlp.max_length for text, _ in texts):
        raise ValueError(f"an article is longer than {nlp.max_length:,} characters")
    tokenise = getattr(nlp.tokenizer, "pipe", partial(map, nlp.tokenizer))
    docs: list[Doc] = list(tokenise([text for text, _ in texts]))
    for doc, article, (text, offsets) in zip(docs, articles, texts, strict=True):
        doc.user_data["text"] = text
        doc._.page, doc._.article, doc._.offsets = page, article, offsets
    return docs


def grouped(items: Iterable[T], text: Callable[[T], str], most: int) -> Iterator[list[T]]:
    """Items that follow each other, as many as have at most `most` characters of `text`; a longer one by itself."""
    group: list[T] = []
    size = 0
    for item in items:
        length = len(text(item))
        if group and size + length > most:
            yield group
            group, size = [], 0
        group.append(item)
        size += length
    if group:
        yield group


def set_spans(doc: Doc, group: str, spans: Iterable[tuple[int, int, str, Any]]) -> None:
    """Write `doc.spans[group]` from (start, end, label, record) in characters, sorted by place, longer first.

    Spans are exact: a word of the segmenter that a boundary cuts is split there, and the other groups follow.
    A span must not be empty nor begin or end in white space. Two records of a group may share a place, not a label too.
    """
    wanted = sorted(spans, key=lambda s: (s[0], -s[1], s[2]))
    _split_at(doc, {edge for start, end, _, _ in wanted for edge in (start, end)})
    out = []
    for start, end, label, record in wanted:
        span = doc.char_span(start, end, label=label)
        if span is None:
            raise ValueError(f"no span [{start}, {end}) in a text of {len(text_of(doc))} characters")
        _records(doc)[group, start, end, label] = record
        out.append(span)
    doc.spans[group] = out


def get_spans(doc: Doc, group: str) -> list[tuple[Span, Any]]:
    """The spans of a group, each with the record it was written with; an absent group is empty."""
    records = _records(doc)
    spans = doc.spans.get(group, ())
    return [(span, records.get((group, span.start_char, span.end_char, span.label_))) for span in spans]


def _split_at(doc: Doc, edges: set[int]) -> None:
    if not edges:
        return
    starts, lengths = doc.to_array([IDX, LENGTH]).T.tolist()
    cuts: dict[int, list[int]] = {}
    for edge in edges:
        at = bisect_right(starts, edge) - 1
        if at >= 0 and starts[at] < edge < starts[at] + lengths[at]:
            cuts.setdefault(at, []).append(edge - starts[at])
    if not cuts:
        return
    kept = {
        name: [(s.start_char, s.end_char, s.label_) for s in group] for name, group in doc.spans.items() if len(group)
    }
    with doc.retokenize() as retokenizer:
        for at, places in cuts.items():
            word = doc[at].text
            bounds = [0, *sorted(places), len(word)]
            pieces = [word[a:b] for a, b in pairwise(bounds)]
            retokenizer.split(doc[at], pieces, heads=[(doc[at], i) for i in range(len(pieces))])
    for name, rows in kept.items():
        doc.spans[name] = [span for a, b, label in rows if (span := doc.char_span(a, b, label=label)) is not None]


def sentence_of(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Characters `[start, end)` of the sentence, or of the first to the last sentence, that a span stands in."""
    ends = doc.user_data.get("sentence_starts")
    if ends is None:
        ends = doc.user_data["sentence_starts"] = [s.start_char for s in doc.sents]
    first = max(bisect_right(ends, start) - 1, 0)
    last = bisect_left(ends, end)
    low = ends[first] if ends else 0
    text = text_of(doc)
    high = ends[last] if last < len(ends) else len(text)
    while low < high and text[low].isspace():
        low += 1
    while high > low and text[high - 1].isspace():
        high -= 1
    return low, high
