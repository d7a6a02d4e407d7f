"""What gold and output say of a page, in one form: `read_gold` and `read_tables` make `PageFacts`.

Spans count code points of the raw page and have no white space at their edges. Gold gives posts and bylines no place:
they stand where their article names the person first, else where its body stands.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from pipeline.records import TABLES
from pipeline.scoring.match import Number, Span, bare, trim


class ScoringError(Exception):
    """A wrong argument, gold file or output; the message is one sentence for the user."""


@dataclass(frozen=True)
class Fact:
    """Something at a place of the page."""

    span: Span
    text: str


@dataclass(frozen=True)
class Mention(Fact):
    type: str
    level: str | None
    canonical: str | None


@dataclass(frozen=True)
class Post(Fact):
    person: str  # without white space, as title and unit
    title: str
    unit: str | None
    place: str | None
    category: str
    official: bool


@dataclass(frozen=True)
class Byline(Fact):
    role: str


@dataclass(frozen=True)
class Quantity(Fact):
    value: Number  # a pair for a range
    unit: str
    modifier: str
    kind: str
    object: str | None


@dataclass(frozen=True)
class Time(Fact):
    type: str
    value: str | None


@dataclass(frozen=True)
class Argument(Fact):
    role: str


@dataclass(frozen=True)
class Event(Fact):
    type: str
    realis: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Article(Fact):
    """`text` is the headline or, without one, its id; `characters` are the raw offsets of its body, white space aside."""

    id: str
    kind: str
    headline: str | None
    bylines: tuple[Byline, ...]
    characters: frozenset[int]


@dataclass(frozen=True)
class PageFacts:
    name: str
    sha256: str
    text: str | None = None  # None where only gold knows the page
    year: int | None = None
    articles: tuple[Article, ...] = ()
    mentions: tuple[Mention, ...] = ()
    posts: tuple[Post, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    times: tuple[Time, ...] = ()
    events: tuple[Event, ...] = ()


# ---------------------------------------------------------------------------------------------- gold
class _Row:
    """A JSON object of a gold file that names file and key when something is missing or of a wrong type."""

    def __init__(self, data: object, where: str):
        if not isinstance(data, dict):
            raise ScoringError(f"{where} is not an object.")
        self.data, self.where = data, where

    def get(self, key: str, *types: type) -> Any:
        if key not in self.data:
            raise ScoringError(f"{self.where} has no key {key!r}.")
        value = self.data[key]
        if not isinstance(value, types):
            allowed = " or ".join("null" if t is type(None) else t.__name__ for t in types)
            raise ScoringError(f"{self.where}: {key!r} is {json.dumps(value, ensure_ascii=False)}, not {allowed}.")
        return value

    def rows(self, key: str) -> list[_Row]:
        return [_Row(item, f"{self.where}, {key}[{i}]") for i, item in enumerate(self.get(key, list))]

    def row(self, key: str) -> _Row:
        return _Row(self.get(key, dict), f"{self.where}, {key}")

    def span(self, text: str | None) -> Span:
        return self.inside(self.get("start", int), self.get("end", int), text)

    def inside(self, start: object, end: object, text: str | None) -> Span:
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end):
            raise ScoringError(f"{self.where}: [{start}, {end}) is no span.")
        if text is not None and end > len(text):
            raise ScoringError(f"{self.where}: [{start}, {end}) lies outside the page.")
        return trim(text, start, end)


_NULL = type(None)


def read_gold(directory: Path, texts: dict[str, str] | None = None) -> list[PageFacts]:
    """The gold pages below `directory` in order of their paths, folders named `draft` left out.

    `texts` are the raw pages by sha256, as far as they are known. Raises ScoringError for a directory without gold,
    a file that is not gold, and two files for one page.
    """
    if not directory.is_dir():
        raise ScoringError(f"{directory}: there is no such directory of gold files; one is tests/gold/seeds.")
    files = [f for f in sorted(directory.rglob("*.json")) if "draft" not in f.relative_to(directory).parts[:-1]]
    if not files:
        raise ScoringError(f"{directory}: no gold file (*.json) in it.")
    pages: dict[str, tuple[Path, PageFacts]] = {}
    for file in files:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise ScoringError(f"{file}: not a JSON file ({error}).") from error
        page = gold_page(data, str(file), file.relative_to(directory).as_posix(), texts or {})
        if page.sha256 in pages:
            raise ScoringError(f"{file}: the same page as {pages[page.sha256][0]}; score one gold of a page at a time.")
        pages[page.sha256] = (file, page)
    return [page for _, page in pages.values()]


def gold_page(data: object, where: str, name: str, texts: dict[str, str]) -> PageFacts:
    """A page of gold, `where` naming it in messages. Raises ScoringError for a key that is missing or of a wrong type."""
    gold = _Row(data, where)
    sha256 = gold.get("sha256", str)
    text = texts.get(sha256)
    articles: list[Article] = []
    facts: dict[str, list] = defaultdict(list)
    for row in gold.rows("articles"):
        parts = row.get("body", list)
        if not parts or not all(isinstance(part, list) and len(part) == 2 for part in parts):
            raise ScoringError(f"{row.where}: 'body' is not a list of [start, end] pairs.")
        body = [row.inside(start, end, text) for start, end in parts]
        people: dict[str, Span] = {}
        for m in row.rows("mentions"):
            level, canonical = m.get("level", str, _NULL), m.get("canonical", str, _NULL)
            mention = Mention(m.span(text), m.get("text", str), m.get("type", str), level, canonical)
            facts["mentions"].append(mention)
            if mention.type == "PER":
                people.setdefault(bare(mention.text), mention.span)
        bylines = [(bare(b.get("name", str)), b.get("role", str)) for b in row.rows("bylines")]
        found = tuple(Byline(people.get(name, body[0]), name, role) for name, role in bylines)
        headline, ident = row.get("headline", str, _NULL), row.get("id", str)
        articles.append(_article(ident, row.get("kind", str), headline, found, body, text))
        for p in row.rows("posts"):
            post = {"person": p.get("person", str), "title": p.get("title", str), "category": p.get("category", str)}
            post |= {"unit": p.get("unit", str, _NULL), "place": p.get("place", str, _NULL)}
            post["official"] = p.get("official", bool)
            facts["posts"].append(_post(people.get(bare(post["person"]), body[0]), post))
        for q in row.rows("quantities"):
            value = q.get("value", int, float, list, _NULL)
            if isinstance(value, list):
                if len(value) != 2 or not all(isinstance(v, int | float) for v in value):
                    raise ScoringError(f"{q.where}: 'value' is {value}, not a number or [low, high].")
                value = (value[0], value[1])
            facts["quantities"].append(
                Quantity(q.span(text), q.get("text", str), value, bare(q.get("unit", str)), q.get("modifier", str),
                         q.get("kind", str), q.get("object", str, _NULL))
            )  # fmt: skip
        for t in row.rows("times"):
            facts["times"].append(
                Time(t.span(text), t.get("text", str), t.get("type", str), t.get("value", str, _NULL))
            )
        for e in row.rows("events"):
            trigger = e.row("trigger")
            arguments = tuple(Argument(a.span(text), a.get("text", str), a.get("role", str)) for a in e.rows("args"))
            facts["events"].append(
                Event(trigger.span(text), trigger.get("text", str), e.get("type", str), e.get("realis", str), arguments)
            )
    return PageFacts(name, sha256, text, gold.get("year", int, _NULL), tuple(articles), **_ordered(facts))


# ---------------------------------------------------------------------------------------------- output
def read_tables(directory: Path, pages: Iterable[str]) -> dict[str, PageFacts]:
    """The pages of a run's output whose sha256 is one of `pages`, by sha256; a page the run has not is left out."""
    if not directory.is_dir():
        raise ScoringError(f"{directory}: there is no such directory of tables; name the output folder of a run.")
    found = _table(directory, "pages", ("page_id", "source", "sha256", "issue_year", "text"), "sha256", set(pages))
    by_id = {row["page_id"]: row for row in found}
    texts = {ident: row["text"] for ident, row in by_id.items()}

    def rows(name: str, *columns: str) -> list[dict]:
        return _table(directory, name, ("page_id", *columns), "page_id", set(by_id))

    def span(row: dict) -> Span:
        return trim(texts[row["page_id"]], row["start"], row["end"])

    facts: dict[str, dict[str, list]] = {ident: defaultdict(list) for ident in by_id}
    articles: dict[str, list[Article]] = defaultdict(list)
    for row in sorted(
        rows("articles", "article_id", "position", "kind", "headline", "bylines", "parts", "headline_start"),
        key=lambda row: row["position"],
    ):
        body = [(part["start"], part["end"]) for part in row["parts"] or ()]
        start = body[0][0] if body else row["headline_start"] or 0
        bylines = tuple(Byline((start, start), bare(b["name"]), b["role"] or "") for b in row["bylines"] or ())
        ident = row["page_id"]
        articles[ident].append(
            _article(row["article_id"], row["kind"] or "", row["headline"], bylines, body, texts[ident], start)
        )
    for row in rows("mentions", "type", "level", "text", "start", "end", "canonical"):
        mention = Mention(span(row), row["text"], row["type"], row["level"], row["canonical"])
        facts[row["page_id"]]["mentions"].append(mention)
    for row in rows("officials", "person", "title", "unit", "place", "category", "official", "start", "end"):
        facts[row["page_id"]]["posts"].append(_post(span(row), row))
    for row in rows("quantities", "text", "start", "end", "value", "low", "high", "unit", "modifier", "kind", "object"):
        value: Number = row["value"]
        if value is None and row["low"] is not None and row["high"] is not None:
            value = (row["low"], row["high"])
        facts[row["page_id"]]["quantities"].append(
            Quantity(span(row), row["text"], value, bare(row["unit"]), row["modifier"], row["kind"], row["object"])
        )
    for row in rows("times", "text", "start", "end", "type", "value"):
        facts[row["page_id"]]["times"].append(Time(span(row), row["text"], row["type"], row["value"]))
    arguments: dict[str, list[Argument]] = defaultdict(list)
    for row in rows("event_arguments", "event_id", "role", "text", "start", "end"):
        arguments[row["event_id"]].append(Argument(span(row), row["text"], row["role"]))
    for row in rows("events", "event_id", "type", "trigger", "start", "end", "realis"):
        its = tuple(sorted(arguments[row["event_id"]], key=lambda a: (a.span, a.role)))
        facts[row["page_id"]]["events"].append(Event(span(row), row["trigger"], row["type"], row["realis"], its))
    return {
        row["sha256"]: PageFacts(
            row["source"],
            row["sha256"],
            row["text"],
            row["issue_year"],
            tuple(articles[ident]),
            **_ordered(facts[ident]),
        )
        for ident, row in by_id.items()
    }


def _table(directory: Path, name: str, columns: tuple[str, ...], key: str, wanted: set[str]) -> list[dict]:
    folder = directory / name
    files = sorted(str(file) for file in folder.glob("part-*.parquet"))
    if not folder.is_dir():
        raise ScoringError(
            f"{directory}: it has no table {name!r}, so it is not the output of a run; name the folder that --output named."
        )
    if not files or not wanted:
        return []
    try:
        data = ds.dataset(files, format="parquet")
        missing = [column for column in columns if column not in data.schema.names]
        if missing:
            raise ScoringError(f"{folder}: the table has no column {missing[0]!r}.")
        chosen = ds.field(key).isin(pa.array(sorted(wanted), TABLES[name].field(key).type))
        return data.to_table(columns=list(columns), filter=chosen).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise ScoringError(f"{folder}: the table cannot be read ({error}).") from error


# ---------------------------------------------------------------------------------------------- both
def _article(
    ident: str,
    kind: str,
    headline: str | None,
    bylines: tuple[Byline, ...],
    body: list[Span],
    text: str | None,
    start: int | None = None,
) -> Article:
    inside = (i for a, b in body for i in range(a, b))
    characters = frozenset(i for i in inside if text is None or not text[i : i + 1].isspace())
    first = body[0][0] if start is None else start
    return Article(
        (first, body[-1][1] if body else first), headline or ident, ident, kind, headline, bylines, characters
    )


def _post(span: Span, row: dict) -> Post:
    person, title = bare(row["person"]), bare(row["title"])
    unit = bare(row["unit"]) or None
    text = f"{person} {title}"
    return Post(span, text, person, title, unit, row["place"], row["category"] or "", bool(row["official"]))


def _ordered(facts: dict[str, list]) -> dict[str, tuple]:
    return {name: tuple(sorted(items, key=lambda item: item.span)) for name, items in facts.items()}
