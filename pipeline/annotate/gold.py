"""The tables of a run as gold pages, in the form of the files in tests/gold, and the check of such a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import records
from pipeline.report.articles import Piece, blocks
from pipeline.report.read import ReportError, Run, read_run
from pipeline.scoring.facts import ScoringError, gold_page
from pipeline.scoring.match import bare

Gold = dict[str, Any]


class AnnotateError(Exception):
    """Why marks cannot be exported or imported; one sentence for the user (exit code 2)."""


@dataclass(frozen=True)
class MarkedPage:
    """A page with its marks; `readings[i]` are the raw stretches of article `i` by paragraph, in reading order."""

    name: str
    text: str
    gold: Gold
    readings: tuple[tuple[tuple[Piece, ...], ...], ...]


def gold_pages(output: Path) -> Iterator[MarkedPage]:
    """The pages of a finished run as gold with the system's marks. Raises AnnotateError."""
    try:
        run = read_run(output, 1 << 60)
    except ReportError as error:
        raise AnnotateError(str(error)) from error
    facts = _facts_by_article(run)
    articles: dict[str, list[dict]] = defaultdict(list)
    for row in run.tables["articles"].to_pylist():
        articles[row["page_id"]].append(row)
    names: set[str] = set()
    for page in run.tables["pages"].to_pylist():
        name = Path(page["source"].replace("#", "-")).stem or page["page_id"]
        name = name if name not in names else f"{name}-{page['page_id']}"
        names.add(name)
        rows = articles[page["page_id"]]
        taken = sorted(
            [(part["start"], part["end"]) for row in rows for part in row["parts"] or ()]
            + [(row["headline_start"], row["headline_end"]) for row in rows if row["headline_start"] is not None]
        )
        own = [_article(row, facts[row["article_id"]]) for row in rows]
        readings = tuple(
            tuple(
                tuple((a, b) for a, b in block["pieces"]) for block in blocks(page["text"], row, _spans(article), taken)
            )
            for row, article in zip(rows, own, strict=True)
        )
        gold = {"page": f"{name}.txt", "sha256": page["sha256"], "year": page["issue_year"], "articles": own}
        yield MarkedPage(name, page["text"], gold, readings)


def _facts_by_article(run: Run) -> dict[str, dict[str, list[dict]]]:
    out: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for name in ("mentions", "officials", "quantities", "times", "events", "event_arguments"):
        for row in run.tables[name].to_pylist():
            out[row["article_id"]][name].append(row)
    return out


def _article(row: dict, facts: dict[str, list[dict]]) -> Gold:
    arguments: dict[str, list[Gold]] = defaultdict(list)
    for argument in facts["event_arguments"]:
        arguments[argument["event_id"]].append({"role": argument["role"], **_span(argument)})
    return {
        "id": f"a{row['position'] + 1}",
        "kind": row["kind"],
        "body": [[part["start"], part["end"]] for part in row["parts"] or ()],
        "headline": row["headline"],
        "kicker": row["kicker"],
        "bylines": [{"name": b["name"], "role": b["role"]} for b in row["bylines"] or ()],
        "mentions": [
            {"type": m["type"], "level": m["level"], **_span(m), "canonical": m["canonical"]} for m in facts["mentions"]
        ],
        "posts": [
            {key: p[key] for key in ("person", "title", "unit", "place", "category", "official")}
            for p in facts["officials"]
        ],
        "quantities": [
            {
                "value": _value(q), "unit": q["unit"], "modifier": q["modifier"], "kind": q["kind"], "object": q["object"],
                **_span(q),
            }
            for q in facts["quantities"]
        ],
        "times": [{"value": t["value"], "type": t["type"], **_span(t)} for t in facts["times"]],
        "events": [
            {
                "type": e["type"], "realis": e["realis"],
                "trigger": {"text": e["trigger"], "start": e["start"], "end": e["end"]}, "args": arguments[e["event_id"]],
            }
            for e in facts["events"]
        ],
    }  # fmt: skip


def _span(row: dict) -> Gold:
    return {"text": row["text"], "start": row["start"], "end": row["end"]}


def _value(row: dict) -> float | list[float] | None:
    def plain(number: float) -> float:
        return int(number) if number == int(number) else number

    if row["value"] is not None:
        return plain(row["value"])
    if row["low"] is not None and row["high"] is not None:
        return [plain(row["low"]), plain(row["high"])]
    return None


def _spans(article: Gold) -> list[Piece]:
    spans = [(m["start"], m["end"]) for key in ("mentions", "quantities", "times") for m in article[key]]
    for event in article["events"]:
        spans += [(m["start"], m["end"]) for m in (event["trigger"], *event["args"])]
    return spans


# ---------------------------------------------------------------------------------------------- what gold must be
_CHOICES: dict[tuple[str, str], tuple[str | None, ...]] = {
    ("mentions", "type"): records.MENTION_TYPES,
    ("mentions", "level"): (None, *records.PLACE_LEVELS),
    ("posts", "category"): records.CATEGORIES,
    ("bylines", "role"): records.BYLINE_ROLES,
    ("quantities", "modifier"): records.MODIFIERS,
    ("quantities", "kind"): records.QUANTITY_KINDS,
    ("times", "type"): records.TIME_TYPES,
    ("events", "type"): records.EVENT_TYPES,
    ("events", "realis"): records.REALIS,
    ("args", "role"): records.EVENT_ROLES,
}


def check_gold(gold: Gold, text: str, name: str) -> None:
    """Check a gold page against the text of its page: keys and types, words where they are said to stand, vocabularies.

    What passes can be scored. Raises AnnotateError naming article, mark and what is expected.
    """
    try:
        gold_page(gold, name, name, {gold["sha256"]: text})
    except ScoringError as error:
        raise AnnotateError(str(error)) from error
    words = bare(text)
    for article in gold["articles"]:
        where = f"{name}, article {article['id']}"
        _choose(where, "kind", article["kind"], records.ARTICLE_KINDS)
        for key in ("mentions", "posts", "quantities", "times", "events", "bylines"):
            for mark in article[key]:
                _check(f"{where}, {key}", key, mark, text)
                _printed(f"{where}, {key}", mark, words)
                for argument in mark.get("args", ()):
                    _check(f"{where}, arguments of {mark['trigger']['text']}", "args", argument, text)
        for event in article["events"]:
            _check(f"{where}, triggers", "triggers", event["trigger"], text)


def _check(where: str, key: str, mark: Gold, text: str) -> None:
    for (kind, field), allowed in _CHOICES.items():
        if kind == key:
            _choose(f"{where} {mark.get('text', mark.get('person', ''))}", field, mark.get(field), allowed)
    if "start" in mark:
        printed = text[mark["start"] : mark["end"]]
        if not printed.strip() or "".join(printed.split()) != "".join(mark["text"].split()):
            raise AnnotateError(
                f"{where}: {mark['text']!r} does not stand at {mark['start']} to {mark['end']} of the page "
                f"({printed!r} does); offsets count characters from 0."
            )


_PRINTED = {"person", "name", "object"}  # words of the page, without a place of their own


def _printed(where: str, mark: Gold, words: str) -> None:
    """`words`: the text of the page without white space."""
    for field in _PRINTED & mark.keys():
        if bare(mark[field]) not in words:
            raise AnnotateError(f"{where} {mark.get('text', '')}: {field} {mark[field]!r} does not stand on the page.")


def _choose(where: str, field: str, value: str | None, allowed: tuple[str | None, ...]) -> None:
    if value not in allowed:
        words = ", ".join(word or "nothing" for word in allowed)
        raise AnnotateError(f"{where}: {field} is {value!r}; allowed are {words}.")
