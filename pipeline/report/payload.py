"""The tables of a run as compact plain data: columns coded by their distinct values, pages with articles and marks.

Chunks by name, each of them JSON:
    meta           figures, manifest, what tables there are, at which article each chunk of pages begins
    table-NAME     {"rows": n, "columns": {name: {"values": […]} or {"dictionary": […], "index": […]}}}
    sentences-N    the sentences of the facts, SENTENCES to a chunk; a column `sentence` holds their numbers
    pages-N        [{"text": raw page, "articles": [{"blocks": […], "marks": {table: [[row, start, end, …], …]}}]}]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.report.articles import Piece, blocks
from pipeline.report.overview import overview
from pipeline.report.read import Run
from pipeline.report.views import MARKED, VIEWS

SENTENCES = 4_000  # to a chunk
PAGE_CHARACTERS = 200_000  # of a chunk of pages, about
SEPARATOR = "、"

Chunk = tuple[str, Any]


def chunks(run: Run) -> Iterator[Chunk]:
    """Every chunk of the report of a run; `meta` first."""
    payload = _Payload(run)
    tables = {name: payload.table(name) for name in VIEWS}
    pages = list(payload.pages())
    yield "meta", {
        "output": str(run.output),
        "manifest": run.manifest,
        "shown": {"articles": payload.articles.num_rows, "of": run.articles_of},
        "tables": {
            name: {
                "title": view.title, "chinese": view.chinese, "columns": view.columns, "facets": view.facets,
                "more": view.more, "rows": tables[name]["rows"],
            }
            for name, view in VIEWS.items()
        },
        "pageChunks": [0, *accumulate(len(chunk) for chunk in pages)],
        "sentences": SENTENCES,
        "overview": overview(run),
    }  # fmt: skip
    for name, table in tables.items():
        yield f"table-{name}", table
    sentences = list(payload.sentences)
    for number, start in enumerate(range(0, len(sentences), SENTENCES)):
        yield f"sentences-{number}", sentences[start : start + SENTENCES]
    for number, chunk in enumerate(pages):
        yield f"pages-{number}", chunk


class _Payload:
    def __init__(self, run: Run):
        self.run = run
        self.articles = run.tables["articles"]
        self.sentences: dict[str, int] = {}
        self.article_rows = _rows_by(run, "articles", "article_id")
        self.page_rows = _rows_by(run, "pages", "page_id")
        self.entity_rows = _rows_by(run, "entities", "entity_id")
        self.event_rows = _rows_by(run, "events", "event_id")

    def table(self, name: str) -> dict[str, Any]:
        """A table by columns; those that link to other tables hold row numbers and begin with `_`."""
        source, view = self.run.tables[name], VIEWS[name]
        columns: dict[str, Any] = {}
        wanted = dict.fromkeys([*view.columns, *view.facets, *view.more])
        derived = self._derived(name)
        for column in wanted:
            if column == "sentence":
                numbers = (self.sentences.setdefault(s or "", len(self.sentences)) for s in _list(source, column))
                columns[column] = {"values": list(numbers)}
            elif column in derived:
                columns[column] = _coded(pa.array(derived[column]))
            else:
                columns[column] = _coded(source.column(column))
        if "article_id" in source.column_names and name != "articles":
            columns["_article"] = {"values": [self.article_rows.get(a) for a in _list(source, "article_id")]}
            columns["_start"] = {"values": _list(source, "start")}
        for column, rows, link in (
            ("page_id", self.page_rows, "_page"), ("event_id", self.event_rows, "_event"),
            ("entity_id", self.entity_rows, "_entity"), ("person_id", self.entity_rows, "_entity"),
        ):  # fmt: skip
            if column in source.column_names and name not in ("pages", "events", "entities"):
                columns[link] = {"values": [rows.get(value) for value in _list(source, column)]}
        return {"rows": source.num_rows, "columns": columns}

    def _derived(self, name: str) -> dict[str, list[Any]]:
        source = self.run.tables[name]
        pages = self.run.tables["pages"]
        if name == "articles":
            rows = [self.page_rows[p] for p in _list(source, "page_id")]
            days, names = _list(pages, "issue_date"), _list(pages, "source")
            people = ([b["name"] for b in line or ()] for line in _list(source, "bylines"))
            return {
                "issue_date": [days[row] for row in rows],
                "page": [names[row].rsplit("/", 1)[-1] for row in rows],
                "length": [len(text or "") for text in _list(source, "text")],
                "bylines": [SEPARATOR.join(line) for line in people],
            }
        if name == "event_arguments":
            events = self.run.tables["events"]
            rows = [self.event_rows[e] for e in _list(source, "event_id")]
            types, triggers = _list(events, "type"), _list(events, "trigger")
            return {"event_type": [types[r] for r in rows], "trigger": [triggers[r] for r in rows]}
        if name == "events":
            told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            arguments = self.run.tables["event_arguments"]
            for event, role, text in zip(*(_list(arguments, c) for c in ("event_id", "role", "text")), strict=True):
                told[event][role].append(text)
            lines = (told[event].items() for event in _list(source, "event_id"))
            return {"arguments": ["; ".join(f"{role}: {SEPARATOR.join(t)}" for role, t in line) for line in lines]}
        return {}

    def pages(self) -> Iterator[list[dict[str, Any]]]:
        """Pages with their articles and the marks in them, in chunks."""
        marks = self._marks()
        by_page: dict[int, list[int]] = defaultdict(list)
        for row, page in enumerate(_list(self.articles, "page_id")):
            by_page[self.page_rows[page]].append(row)
        chunk: list[dict[str, Any]] = []
        size = 0
        for page, raw in enumerate(_list(self.run.tables["pages"], "text")):
            if chunk and size + len(raw) > PAGE_CHARACTERS:
                yield chunk
                chunk, size = [], 0
            rows = by_page[page]
            chunk.append({"text": raw, "articles": _articles(raw, self.articles, rows, marks)})
            size += len(raw)
        if chunk:
            yield chunk

    def _marks(self) -> dict[int, dict[str, list[list[int]]]]:
        """By article and table: [row, start, end], of quantities also the object's place, of arguments their event."""
        out: dict[int, dict[str, list[list[int]]]] = defaultdict(lambda: defaultdict(list))
        for name in MARKED:
            table = self.run.tables[name]
            ids, starts, ends = (_list(table, c) for c in ("article_id", "start", "end"))
            more: Sequence[Sequence[Any]] = ()
            if name == "quantities":
                more = (_list(table, "object_start"), _list(table, "object_end"))
            elif name == "event_arguments":
                more = ([self.event_rows[e] for e in _list(table, "event_id")],)
            elif name == "mentions":
                more = (_list(table, "type"),)
            for row, (article, *place) in enumerate(zip(ids, starts, ends, *more, strict=True)):
                out[self.article_rows[article]][name].append([row, *place])
        return out


def _articles(
    raw: str, table: pa.Table, rows: Sequence[int], marks: dict[int, dict[str, list[list[int]]]]
) -> list[dict[str, Any]]:
    records = [table.slice(row, 1).to_pylist()[0] for row in rows]
    taken: list[Piece] = []
    for record in records:
        taken += [(part["start"], part["end"]) for part in record["parts"] or ()]
        if record["headline_start"] is not None:
            taken.append((record["headline_start"], record["headline_end"]))
    taken.sort()
    out = []
    for row, record in zip(rows, records, strict=True):
        spans = [(m[1], m[2]) for name in MARKED if name != "officials" for m in marks[row][name]]
        out.append({"row": row, "blocks": blocks(raw, record, spans, taken), "marks": marks[row]})
    return out


def _rows_by(run: Run, table: str, key: str) -> dict[str, int]:
    return {value: row for row, value in enumerate(_list(run.tables[table], key))}


def _list(table: pa.Table, column: str) -> list[Any]:
    return table.column(column).to_pylist()


def _coded(column: Any) -> dict[str, Any]:
    """A column for JSON: by its distinct values where that is shorter. Days are ISO 8601, lists joined."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_list(column.type):
        column = pa.array([None if v is None else SEPARATOR.join(v) for v in column.to_pylist()], pa.string())
    elif pa.types.is_date(column.type):
        column = pc.cast(column, pa.string())
    elif pa.types.is_null(column.type):
        return {"dictionary": [], "index": [None] * len(column)}
    elif pa.types.is_floating(column.type):
        digits = 3 if pa.types.is_float32(column.type) else 12
        values = (None if v is None or not isfinite(v) else round(v, digits) for v in column.to_pylist())
        column = pa.array(values, pa.float64())
    coded = column.dictionary_encode()
    if len(coded.dictionary) * 2 > len(column) and not pa.types.is_string(column.type):
        return {"values": column.to_pylist()}
    return {"dictionary": coded.dictionary.to_pylist(), "index": coded.indices.to_pylist()}
