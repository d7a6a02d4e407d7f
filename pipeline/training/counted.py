"""Paragraphs whose quantities are labelled with what they count: `corpus/counted` (its README tells the format).

`python -m pipeline.training.counted corpus/counted` prints the lines that do not fit what our own stages find.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.folding import fold
from pipeline.language.document import QUANTITIES, get_spans, make_doc, set_spans, text_of
from pipeline.language.segmenter import blank_chinese
from pipeline.records import Article, Page, Segment
from pipeline.training.readings import pieces

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """A line `Q QUANTITY=OBJECT`: `object` is None for `-`; `side` is "<" before, ">" behind, "" whichever is nearer."""

    line: int
    quantity: str
    object: str | None
    side: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line `T text` and its quantities, in their order."""

    line: int
    text: str
    counted: tuple[Counted, ...]


def paragraphs(path: Path) -> Iterator[Paragraph]:
    """The paragraphs of a file. Raises ValueError with the line's number where a line is none of the format."""
    text: tuple[int, str] | None = None
    rows: list[Counted] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, _, rest = line.partition(" ")
        if mark == "T":
            if text:
                yield Paragraph(*text, tuple(rows))
            text, rows = (number, rest.strip()), []
        elif mark == "Q" and text:
            quantity, equals, words = rest.strip().partition("=")
            side = words[:1] if words[:1] in ("<", ">") else ""
            words = words[len(side) :]
            if not equals or not words:
                raise ValueError(f"{path}:{number}: not Q QUANTITY=OBJECT: {line}")
            rows.append(Counted(number, quantity, None if words == "-" else words, side))
        elif line.strip() and mark not in ("M", "#"):
            raise ValueError(f"{path}:{number}: a line begins with T, Q, M or #: {line}")
    if text:
        yield Paragraph(*text, tuple(rows))


def language() -> Language:
    """Words, sentences, times and quantities, as the pipeline finds them."""
    for stage in ("sentences", "times", "quantities"):
        importlib.import_module(f"pipeline.stages.{stage}")
    nlp = blank_chinese(None)
    for name in ("news_sentences", "news_times", "news_quantities"):
        nlp.add_pipe(name)
    return nlp


def read(paragraph: Paragraph, nlp: Language) -> tuple[Doc, list[str]]:
    """The paragraph with its labelled quantities in doc.spans["quantities"], and what does not fit.

    A quantity that is found and not listed, or the other way round, is left out.
    """
    doc = _with_quantities(paragraph.text, nlp)
    found = [(s.start_char, s.end_char, s.label_, q) for s, q in get_spans(doc, QUANTITIES)]
    complaints, kept, at = [], [], 0
    for row in paragraph.counted:
        same = (i for i in range(at, len(found)) if fold(text_of(doc)[found[i][0] : found[i][1]]) == fold(row.quantity))
        i = next(same, None)
        if i is None:
            complaints.append(f"{row.line}: {row.quantity} is not found as a quantity")
            continue
        complaints += [f"{paragraph.line}: {text_of(doc)[a:b]} is not listed" for a, b, *_ in found[at:i]]
        start, end, label, q = found[i]
        at = i + 1
        span = place(text_of(doc), row, (start, end))
        if row.object and not span:
            complaints.append(f"{row.line}: {row.object} does not stand beside {row.quantity}")
            continue
        kept.append((start, end, label, replace(q, object=row.object, object_span=span)))
    complaints += [f"{paragraph.line}: {text_of(doc)[a:b]} is not listed" for a, b, *_ in found[at:]]
    set_spans(doc, QUANTITIES, kept)
    return doc, complaints


def marked(folder: Path, sources: Mapping[str, str], nlp: Language) -> Iterator[Doc]:
    """The pieces of public text whose quantities were marked (`pipeline.training.readings`), as `read` gives paragraphs."""
    for piece in pieces(folder, sources):
        doc = _with_quantities(piece.text, nlp)
        objects: dict[Span, Span | None] = {}
        for mark in piece.marks:
            start, end, *at = map(int, mark.split())
            objects[start, end] = (at[0], at[1]) if at else None
        kept = []
        for span, q in get_spans(doc, QUANTITIES):
            place = span.start_char, span.end_char
            if place in objects:
                stands = objects[place]
                words = stands and piece.text[slice(*stands)]
                kept.append((*place, span.label_, replace(q, object=words, object_span=stands)))
        set_spans(doc, QUANTITIES, kept)
        yield doc


def _with_quantities(text: str, nlp: Language) -> Doc:
    page = Page("counted", "counted", "", "utf-8", text)
    doc = make_doc(nlp, page, Article(0, "news", None, None, (), (Segment("body", 0, len(text), True),)))
    for _, pipe in nlp.pipeline:
        pipe(doc)
    return doc


def place(text: str, row: Counted, quantity: Span) -> Span | None:
    """Where the object stands: nearest to its quantity, on the side asked for, never inside the quantity."""
    if not row.object:
        return None
    spots = [m.span() for m in re.finditer(re.escape(row.object), text)]
    before = [s for s in spots if s[1] <= quantity[0] and row.side != ">"]
    behind = [s for s in spots if s[0] >= quantity[1] and row.side != "<"]
    near = before[-1:] + behind[:1]
    return min(near, key=lambda s: max(s[0] - quantity[1], quantity[0] - s[1]), default=None)


def main(folder: Path) -> int:
    """Print what does not fit in the files of a folder; 1 if there is anything."""
    nlp, paragraph_count, right, wrong = language(), 0, 0, 0
    for path in sorted(folder.glob("*.txt")):
        for paragraph in paragraphs(path):
            doc, complaints = read(paragraph, nlp)
            paragraph_count, right, wrong = (
                paragraph_count + 1,
                right + len(doc.spans[QUANTITIES]),
                wrong + len(complaints),
            )
            for complaint in complaints:
                print(f"{path.name}:{complaint}")
    print(f"{paragraph_count} paragraphs, {right} quantities labelled, {wrong} lines that do not fit")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
