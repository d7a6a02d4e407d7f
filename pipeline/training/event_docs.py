"""Labelled articles for the event models: pages of our corpus and practice articles, as Docs with their gold events.

The corpus is labelled pages (`pages/NN.txt` with `gold/NN.json`, see the annotation guidelines), whose gold names, times
and quantities are read, practice articles in the manner of real print (`corpus/practice/README.md`), whose names are
marked and whose times and quantities our own stages find, and pieces of public text (`corpus/readings`), where they find
the names too.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.build import build_language
from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, make_doc, set_spans
from pipeline.records import Article, Mention, Page, Quantity, Segment, TimeExpression
from pipeline.stages.sentences import Sentences
from pipeline.training.default import config_with
from pipeline.training.readings import pieces

_NAMING = (
    "news_sentences", "news_times", "news_quantities", "news_names", "news_people", "news_places",
    "news_organisations", "news_posts", "news_mentions",
)  # fmt: skip


# ---------------------------------------------------------------------------------------------- labelled pages
@dataclass(frozen=True)
class GoldArgument:
    role: str
    start: int
    end: int


@dataclass(frozen=True)
class GoldEvent:
    """An event of the corpus, offsets in the Doc."""

    kind: str
    realis: str
    start: int
    end: int
    arguments: tuple[GoldArgument, ...]


Labelled = tuple[Doc, list[GoldEvent]]


def labelled_docs(folder: Path, nlp: Language | None = None) -> Iterator[Labelled]:
    """The articles of the pages in `folder/pages`, with the mentions, times and quantities of `folder/gold`."""
    nlp = nlp or spacy.blank("zh")
    for path in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        raw = (folder / "pages" / path.with_suffix(".txt").name).read_bytes().decode("utf-8")
        yield from page_docs(nlp, gold, raw)


def page_docs(nlp: Language, gold: dict[str, Any], raw: str) -> Iterator[Labelled]:
    """The articles of one page as `labelled_docs` gives them."""
    page = Page("", gold["page"], gold["sha256"], "utf-8", raw, issue_year=gold.get("year"))
    for position, row in enumerate(gold["articles"]):
        segments = tuple(_segments(row, raw))
        doc = make_doc(nlp, page, Article(position, row["kind"], row.get("headline"), row.get("kicker"), (), segments))
        place = _Places(doc, raw)
        _write(doc, row, place)
        Sentences()(doc)
        yield doc, list(_events(row["events"], place))


class _Places:
    """From raw offsets of a page to those of a Doc, None for what the Doc does not hold in one paragraph."""

    def __init__(self, doc: Doc, raw: str):
        self.text, offsets = doc.text, doc._.offsets
        self.back = {}
        for i, c in enumerate(self.text):
            if c != "\n":
                self.back[offsets.to_raw(i, i + 1)[0]] = i

    def __call__(self, row: dict[str, Any]) -> tuple[int, int] | None:
        at = [self.back[i] for i in range(row["start"], row["end"]) if i in self.back]
        if not at or "\n" in self.text[at[0] : at[-1] + 1]:
            return None
        return at[0], at[-1] + 1


def _write(doc: Doc, row: dict[str, Any], place: _Places) -> None:
    spans: dict[tuple[int, int, str], Any] = {}
    for m in row["mentions"]:
        if span := place(m):
            spans[(span[0], span[1], m["type"])] = Mention(m["type"], m["level"], m["canonical"])
    set_spans(doc, MENTIONS, [(*key, record) for key, record in spans.items()])
    spans = {}
    for t in row["times"]:
        if span := place(t):
            spans[(span[0], span[1], t["type"])] = TimeExpression(t["type"], t["value"], *_days(t["value"]))
    set_spans(doc, TIMES, [(*key, record) for key, record in spans.items()])
    spans = {}
    for q in row["quantities"]:
        if span := place(q):
            value = q["value"] if not isinstance(q["value"], list) else None
            near = _nearest(doc.text, q["object"], span)
            spans[(span[0], span[1], q["kind"])] = Quantity(
                value, None, None, q["unit"], q["modifier"], q["kind"], object=q["object"], object_span=near
            )
    set_spans(doc, QUANTITIES, [(*key, record) for key, record in spans.items()])


def _events(rows: list[dict[str, Any]], place: _Places) -> Iterator[GoldEvent]:
    for row in rows:
        if span := place(row["trigger"]):
            spans = [(a["role"], place(a)) for a in row["args"]]
            arguments = tuple(GoldArgument(r, s[0], s[1]) for r, s in spans if s)
            yield GoldEvent(row["type"], row["realis"], span[0], span[1], arguments)


def _nearest(text: str, words: str | None, span: tuple[int, int]) -> tuple[int, int] | None:
    """Where the counted thing is told nearest to its quantity, in the same paragraph."""
    if not words:
        return None
    places = [(m.start(), m.end()) for m in re.finditer(re.escape(words), text)]
    places = [p for p in places if "\n" not in text[min(p[0], span[0]) : max(p[1], span[1])]]
    return min(places, key=lambda p: max(p[0] - span[1], 2 * (span[0] - p[1])), default=None)


def _days(value: str | None) -> tuple[date | None, date | None]:
    """First and last day of an ISO value as the stage of times gives them, roughly: models use no dates."""
    days = []
    for part in (value or "").split("/"):
        m = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", part)
        days.append(date(int(m[1]), int(m[2] or 1), int(m[3] or 1)) if m else None)
    return days[0], days[-1]


_ENDS = frozenset("。！？!?”…）)；;：:")
_OPENS = frozenset("，。、；：,;!?！？)）”")


def _segments(row: dict[str, Any], raw: str) -> Iterator[Segment]:
    """Kicker, headline, what stands between them and the body, and the paragraphs of the body of a gold article."""
    first = row["body"][0][0]
    display = []
    for role in ("kicker", "headline"):
        for piece in (row.get(role) or "").split(" / "):
            if piece and (span := _find(raw, piece, first)):
                display.append(Segment(role, *span))
    before = max([s.end for s in display if s.end <= first], default=raw.rfind("\n", 0, first) + 1)
    gap = raw[before:first]
    if 0 < len(gap.strip()) < 150:
        start = before + len(gap) - len(gap.lstrip())
        display.append(Segment("byline", start, before + len(gap.rstrip())))
    taken: list[Segment] = []
    for s in [*display, *(p for start, end in row["body"] for p in _paragraphs(raw, start, end))]:
        if all(s.end <= t.start or t.end <= s.start for t in taken):
            taken.append(s)
    yield from taken


def _paragraphs(raw: str, start: int, end: int) -> Iterator[Segment]:
    """Lines of the body; a line goes on the one before where that one does not end a sentence."""
    last: str | None = None
    for m in re.finditer(r"\S[^\r\n]*", raw[start:end]):
        line = m[0].rstrip()
        new = last is None or (last[-1] in _ENDS and line[0] not in _OPENS)
        if last is not None and not new and len(line) < 25 and line[-1] not in "。！？”" and line[0] not in _OPENS:
            new = True  # rows of a table
        yield Segment("body", start + m.start(), start + m.start() + len(line), new)
        last = line


def _find(raw: str, piece: str, near: int) -> tuple[int, int] | None:
    pattern = r"\s*".join(re.escape(c) for c in piece if not c.isspace())
    return min((m.span() for m in re.finditer(pattern, raw)), key=lambda s: abs(s[0] - near), default=None)


# ---------------------------------------------------------------------------------------------- practice articles
_MARK = re.compile(r"〔([a-z]+)(!?)\|([^〕]+)〕")
_SYMBOL = {"P": "PER", "O": "ORG", "L": "PLACE", "X": "POST"}
_ROLE = {"a": "agent", "r": "recipient", "p": "participant", "o": "object", "l": "place", "t": "time", "q": "quantity"}


def practice_language() -> Language:
    """The stages that practice articles need: sentences, times, quantities."""
    importlib.import_module("pipeline.stages.times")
    importlib.import_module("pipeline.stages.quantities")
    nlp = spacy.blank("zh")
    for name in ("news_sentences", "news_times", "news_quantities"):
        nlp.add_pipe(name)
    return nlp


def practice_docs(path: Path, nlp: Language) -> Iterator[Labelled]:
    """The articles of a practice file (corpus/practice/README.md); `nlp` sets sentences, times and quantities."""
    for number, block in enumerate(path.read_text(encoding="utf-8").split("#article ")[1:]):
        kind, *lines = block.strip().split("\n")
        raw, names_of = "", ""
        segments: list[Segment] = []
        events: list[tuple[str, str, int, int]] = []
        told: list[str] = []
        roles = {"K": "kicker", "H": "headline", "D": "dateline", "T": "body"}
        for line in lines:
            key, _, value = line.partition(" ")
            if key == "E":
                told.append(value)
            elif key == "M":
                names_of = value
            else:
                start = len(raw)
                at = 0
                for m in _MARK.finditer(value):
                    raw += value[at : m.start()]
                    events.append((m[1], "planned" if m[2] else "actual", len(raw), len(raw) + len(m[3])))
                    raw += m[3]
                    at = m.end()
                raw += value[at:]
                after_dateline = bool(segments) and segments[-1].role == "dateline"
                segments.append(Segment(roles[key], start, len(raw), not after_dateline))
                raw += "" if key == "D" else "\n"
        if len(events) != len(told):
            raise ValueError(f"{path.name}, article {number + 1}: {len(events)} triggers, {len(told)} lines E")
        page = Page("", path.name, "", "utf-8", raw, issue_year=2025, issue_date=date(2025, 11, 20))
        doc = make_doc(nlp, page, Article(number, kind, None, None, (), tuple(segments)))
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        text = doc.text
        spans = [
            (m.start(), m.end(), _SYMBOL[group[0]], Mention(_SYMBOL[group[0]], canonical=None))
            for group in names_of.split(";")
            for name in re.findall(r"\S+", group[2:])
            for m in re.finditer(re.escape(name), text)
        ]
        set_spans(doc, MENTIONS, _longest(spans))
        shift = {
            raw_at: i for i in range(len(text)) if text[i] != "\n" for raw_at in [doc._.offsets.to_raw(i, i + 1)[0]]
        }
        gold = []
        for (event, realis, start, end), line in zip(events, told, strict=True):
            at = shift[start]
            arguments = []
            for pair in line.split(";"):
                role, _, surface = pair.partition("=")
                places = [m.start() for m in re.finditer(re.escape(surface), text)]
                if places:
                    near = min(places, key=lambda i: max(at - i - len(surface), i - at))
                    arguments.append(GoldArgument(_ROLE[role], near, near + len(surface)))
            gold.append(GoldEvent(event, realis, at, at + end - start, tuple(arguments)))
        yield doc, gold


# ---------------------------------------------------------------------------------------------- public text
def reading_language() -> Language:
    """The stages that public text needs: sentences, times, quantities, and names as the pipeline finds them."""
    return build_language(config_with(_NAMING))


def reading_docs(folder: Path, sources: Mapping[str, str], nlp: Language) -> Iterator[Labelled]:
    """The pieces of public text whose events were marked (`pipeline.training.readings`)."""
    for piece in pieces(folder, sources):
        page = Page("", f"{piece.source}:{piece.row}", "", "utf-8", piece.text, issue_date=date(2025, 11, 20))
        article = Article(0, "news", None, None, (), (Segment("body", 0, len(piece.text), True),))
        doc = make_doc(nlp, page, article)
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        gold = []
        for mark in piece.marks:
            trigger, *rest = (part.split() for part in mark.split(","))
            arguments = tuple(GoldArgument(role, int(a), int(b)) for a, b, role in rest)
            realis = "planned" if trigger[2].endswith("!") else "actual"
            gold.append(GoldEvent(trigger[2].rstrip("!"), realis, int(trigger[0]), int(trigger[1]), arguments))
        yield doc, gold


def _longest(spans: list[tuple[int, int, str, Mention]]) -> list[tuple[int, int, str, Mention]]:
    """Spans that no longer one covers."""
    return [s for s in set(spans) if not any(t[0] <= s[0] and s[1] <= t[1] and t[:2] != s[:2] for t in spans)]
