"""What sentences tell beside names, for the encoder to learn from: events, their roles, what is counted.

Each corpus has a convention of its own and a head of its own in training; none of these heads ships. Events and objects
have models of their own (`pipeline.training.events`, `pipeline.training.objects`) that read the encoder's vectors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from pipeline.language.document import QUANTITIES, get_spans, text_of
from pipeline.training import counted
from pipeline.training.corpora import CONVENTIONS, Sample, Spans, open_packed, outermost, split_dev, without
from pipeline.training.event_docs import Labelled, labelled_docs, practice_docs, practice_language

_CEC = {"Participant": "participant", "Object": "object", "Location": "location", "Denoter": "denoter", "Time": "time"}


def read_told(settings: dict[str, Any], step: int = 1) -> dict[str, list[Sample]]:
    """The samples of each convention for the paths of the section `told` of the configuration.

    With `step` 2 our own articles and paragraphs are read by turns, the first, the third and so on: the models of events
    and objects then meet in the others text whose labels the encoder does not know.
    """
    labelled = list(islice(_labelled(settings), 0, None, step))
    return {
        "events": list(_paragraphs(labelled, "events", lambda event: [(event.start, event.end, event.kind)])),
        "roles": list(
            _paragraphs(labelled, "roles", lambda event: [(a.start, a.end, a.role) for a in event.arguments])
        ),
        "counted": list(_counted(settings, [doc for doc, _ in labelled], step)),
        "sentences": sentences(settings)[0],
        "emergencies": list(_emergencies(Path(settings["emergencies"]))),
    }


def _labelled(settings: dict[str, Any]) -> Iterator[Labelled]:
    for folder in settings["pages"]:
        yield from labelled_docs(Path(folder))
    nlp = practice_language()
    for path in sorted(Path(settings["practice"]).glob("*.txt")):
        yield from practice_docs(path, nlp)


def _paragraphs(labelled: Iterable[Labelled], convention: str, spans_of: Callable[[Any], Spans]) -> Iterator[Sample]:
    for doc, events in labelled:
        yield from _lines(text_of(doc), [span for event in events for span in spans_of(event)], convention)


def _counted(settings: dict[str, Any], docs: Iterable[Doc], step: int) -> Iterator[Sample]:
    """Quantities and what they count."""
    nlp = counted.language()
    files = sorted(Path(settings["counted"]).glob("*.txt"))
    every = (paragraph for path in files for paragraph in counted.paragraphs(path))
    read = (counted.read(paragraph, nlp)[0] for paragraph in islice(every, 0, None, step))
    for doc in (*docs, *read):
        spans: Spans = []
        for span, quantity in get_spans(doc, QUANTITIES):
            spans.append((span.start_char, span.end_char, "quantity"))
            if quantity.object_span:
                spans.append((*quantity.object_span, "object"))
        if spans:
            yield from _lines(text_of(doc), spans, "counted")


def sentences(settings: dict[str, Any]) -> tuple[list[Sample], list[Sample]]:
    """iFLYTEK 2020 to learn from, and `held_out` of its sentences, of which no near duplicate is among the others."""
    every = list(_sentences(Path(settings["sentences"])))
    train, held_out = split_dev(every, int(settings.get("held_out", 0)), int(settings.get("seed", 0)))
    return without(train, held_out), held_out


def _sentences(path: Path) -> Iterator[Sample]:
    """iFLYTEK 2020: triggers of any kind, subject, object, time and place."""
    for row in _rows(path):
        spans = [(*event["trigger"][:2], "trigger") for event in row["events"]]
        spans += [
            (*arg[:2], "location" if arg[2] == "loc" else arg[2]) for event in row["events"] for arg in event["args"]
        ]
        yield from _lines(row["text"], spans, "sentences")


def _emergencies(path: Path) -> Iterator[Sample]:
    """CEC: fires, accidents and the like."""
    for row in _rows(path):
        spans = [
            (a, b, _CEC[label.partition(":")[0]]) for a, b, label in row["spans"] if label.partition(":")[0] in _CEC
        ]
        yield from _lines(row["text"], spans, "emergencies")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with open_packed(path) as lines:
        yield from map(json.loads, lines)


def _lines(text: str, spans: Spans, convention: str) -> Iterator[Sample]:
    """A sample for each line, the outermost spans of the convention in it."""
    known = set(CONVENTIONS[convention])
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        inside = [(a - at, b - at, label) for a, b, label in spans if label in known and at <= a < b <= end]
        if line.strip():
            yield Sample(line, outermost(inside), convention)
        at = end + 1
