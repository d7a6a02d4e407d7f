"""Events: what the article tells as happened, happening or planned, with who, what, where, when and how much.

Trigger first, then arguments. Words of the lexicon are candidates; a classifier decides from the words and names around
them whether they tell an event and of which type, a second one which names, times, quantities and noun phrases near
them take part in it. Both stand on the vectors of the name model, so the event models belong to one name model.
They are made by `python -m pipeline.train events configs/train.yaml`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import EVENTS, set_spans
from pipeline.language.frames import frames_of
from pipeline.language.names import load_model, vectors_of
from pipeline.records import Argument, Event, Mention, TimeExpression
from pipeline.stages import event_arguments, event_triggers
from pipeline.stages.event_arguments import Told
from pipeline.stages.event_candidates import Candidate, Named, candidates
from pipeline.stages.event_model import Array, Scorer, softmax
from pipeline.stages.event_triggers import Trigger
from pipeline.stages.event_view import PLACE, TIME, Entity, View

BUILTIN = "builtin"
FILES = ("triggers", "arguments", "realis")
Vectors = Mapping[int, Array]  # of an article, by the number of the name model's network


@Language.factory(
    "news_events",
    assigns=["doc._.events"],
    requires=["doc._.mentions", "doc._.times", "doc._.quantities"],
    default_config={"model": BUILTIN, "names": BUILTIN, "trigger_threshold": 0.3, "argument_threshold": 0.25},
)
def create_events(
    nlp: Language, name: str, model: str, names: str, trigger_threshold: float, argument_threshold: float
) -> Events:
    """Writes `doc.spans["events"]`: label the type, span the trigger, record an Event.

    `model` is a folder with triggers.npz, arguments.npz and realis.npz, `names` that of the name model whose vectors
    they know ("builtin": the shipped ones). A trigger candidate is an event if its likeliest type has a probability of
    `trigger_threshold` or more, a candidate an argument if its likeliest role, times that of the event, has
    `argument_threshold`: what is right with half the F1 that is reached still raises it.
    """
    folder = Path(str(resources.files("pipeline.models"))) / "events" if model == BUILTIN else Path(model)
    return Events(folder, trigger_threshold, argument_threshold, names)


class Events:
    """The stage. Raises OSError or ValueError if a folder does not hold its models."""

    def __init__(self, folder: Path, trigger_threshold: float, argument_threshold: float, names: str = BUILTIN):
        self.triggers, self.arguments, self.realis = (Scorer.load(folder / f"{name}.npz") for name in FILES)
        self.trigger_threshold, self.argument_threshold = trigger_threshold, argument_threshold
        self.encoder = load_model(names)
        models = (self.triggers, self.arguments, self.realis)
        self.networks = sorted({n for model in models for n in model.networks})
        if self.networks and self.networks[-1] >= len(self.encoder.networks):
            raise ValueError(f"the event models in {folder} read more networks than the name model {names} has")
        if any(model.encoder != self.encoder.fingerprint_of(model.networks) for model in models):
            warnings.warn(
                f"the event models in {folder} were trained on the vectors of another name model than {names}: "
                "events will be poor until `python -m pipeline.train events configs/train.yaml` makes them again",
                stacklevel=2,
            )
        event_triggers.lexicon()

    def __call__(self, doc: Doc) -> Doc:
        view = View(doc)
        found = event_triggers.candidates(view)
        events = []
        if found:
            vectors = {n: vectors_of(doc, self.encoder, n) for n in self.networks}
            chosen = self._choose(view, found, vectors)
            starts = sorted(t.start for t in found)
            told: Told | None = None
            for c, options, network in self._options(view, chosen, vectors):
                if told is not None and view.paragraph(told.start) != view.paragraph(c.trigger.start):
                    told = None
                arguments = self._arguments(view, c, options, network, starts, told)
                told = Told(c.kind, c.trigger.start, {view.text[a.start : a.end]: a.role for a in arguments})
                events.append((c.trigger, self._event(view, c, arguments)))
        set_spans(doc, EVENTS, [(t.start, t.end, e.type, e) for t, e in events])
        return doc

    def _choose(self, view: View, found: list[Trigger], vectors: Vectors) -> list[Choice]:
        """The triggers that tell an event; of overlapping ones the likeliest, in order of place."""
        seen = event_triggers.features(view, found)
        dense = {n: event_triggers.dense(view, found, vectors[n]) for n in self.triggers.networks}
        scores = self.triggers.scores(seen, dense)
        scores[~np.stack([_allowed(t.types) for t in found])] = -np.inf
        chances = softmax(scores)[:, 1:]
        kinds, chance = 1 + chances.argmax(axis=1), chances.max(axis=1)
        at = np.flatnonzero(chance >= self.trigger_threshold)
        if not len(at):
            return []
        told = [event_triggers.realis_features(view, found[i], seen[i]) for i in at]
        planned = softmax(self.realis.scores(told, {n: some[at] for n, some in dense.items()}))[:, 1] > 0.5
        likely: list[Choice] = []
        for i, later in zip(at, planned, strict=True):
            t = found[i]
            if event_triggers.denied(view, t):
                continue
            realis = "planned" if later or event_triggers.future(view, t) else "actual"
            likely.append(Choice(t, event_triggers.CLASSES[kinds[i]], float(chance[i]), realis))
        kept: list[Choice] = []
        for c in sorted(likely, key=lambda c: -c.chance):
            if not any(_one(view, c, k) for k in kept):
                kept.append(c)
        return list(_once(view, sorted(kept, key=lambda c: c.trigger.start)))

    def _options(
        self, view: View, chosen: list[Choice], vectors: Vectors
    ) -> Iterator[tuple[Choice, list[Candidate], Array]]:
        """Candidates for the arguments of each event, with what the networks make of them: one product an article."""
        if not chosen:
            return
        names = Named(view)
        found = [
            [
                o
                for o in candidates(view, c.trigger.start, c.trigger.end, c.kind, names)
                if not _others(view, c, o, chosen)
            ]
            for c in chosen
        ]
        events = [(c.trigger.start, c.trigger.end, options) for c, options in zip(chosen, found, strict=True)]
        parts = {
            n: event_arguments.dense_parts(events, vectors[n], event_arguments.sums(vectors[n]))
            for n in self.arguments.networks
        }
        network = self.arguments.networked(parts, sum(map(len, found)))
        at = 0
        for c, options in zip(chosen, found, strict=True):
            yield c, options, network[at : at + len(options)]
            at += len(options)

    def _arguments(
        self, view: View, c: Choice, options: list[Candidate], network: Array, starts: list[int], told: Told | None
    ) -> list[Argument]:
        """The arguments of an event in order of place; of overlapping candidates the likeliest."""
        if not options:
            return []
        t = c.trigger
        seen = event_arguments.features(view, t.start, t.end, c.kind, options, starts, told)
        chances = softmax(self.arguments.weighed(seen) + network)
        chances = event_arguments.with_frames(chances, options, t.start, t.end, frames_of(view.doc))
        for some in event_arguments.lists(view, options):  # who is told in one list has one role
            chances[some] = chances[some[int(chances[some, 0].argmin())]]
        likely = []
        for option, chance in zip(options, chances, strict=True):
            role = 1 + int(chance[1:].argmax())
            if c.chance * chance[role] >= self.argument_threshold:
                likely.append((float(chance[role]), Argument(event_arguments.CLASSES[role], option.start, option.end)))
        kept: list[Argument] = []
        for _, a in sorted(likely, key=lambda x: (-x[0], x[1].start)):
            if all(a.end <= k.start or k.end <= a.start for k in kept):
                kept.append(a)
        return sorted(kept, key=lambda a: (a.start, a.end))

    def _event(self, view: View, c: Choice, arguments: list[Argument]) -> Event:
        event = Event(c.kind, c.realis, tuple(arguments), source="model", score=c.chance)
        first, last, dated = _dates(view, c, arguments)
        place, placed = _place(view, c, arguments)
        return replace(event, date=first, last_date=last, date_from=dated, place=place, place_from=placed)


@cache
def _allowed(types: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which classes a trigger of some types may have: none, or one of them."""
    return np.array([kind == "none" or kind in types for kind in event_triggers.CLASSES])


class Choice(NamedTuple):
    """A trigger taken for an event of type `kind`, with the probability of that."""

    trigger: Trigger
    kind: str
    chance: float
    realis: str


def _others(view: View, c: Choice, option: Candidate, chosen: list[Choice]) -> bool:
    """Whether a candidate stands in a later clause that tells another event of the type, and so takes part in that: of
    4,800 labelled arguments behind the clause of their event 48 do not."""
    start = option.at[0]
    if start < view.clause(c.trigger.start, c.trigger.end)[1]:
        return False
    low, high = view.clause(start, start + 1)
    return any(o.kind == c.kind and low <= o.trigger.start < high for o in chosen)


def _one(view: View, a: Choice, b: Choice) -> bool:
    """Whether two triggers name one event: they share characters, or a verb without a type of its own stands before the
    noun that tells the type (开展…检查)."""
    first, last = (a, b) if a.trigger.start <= b.trigger.start else (b, a)
    if last.trigger.start < first.trigger.end:
        return True
    light = first.kind == last.kind and first.trigger.word in event_triggers.lexicon().light
    return light and last.trigger.start < view.clause(first.trigger.start, first.trigger.end)[1]


def _once(view: View, found: list[Choice]) -> Iterator[Choice]:
    """Without those of a headline that the body tells, and those that only look back on an event told elsewhere in the
    article by the same word."""
    back = [event_triggers.looks_back(view, c.trigger) for c in found]
    display = [view.roles[view.paragraph(c.trigger.start)] in ("headline", "kicker") for c in found]
    body = {c.kind for c, shown in zip(found, display, strict=True) if not shown}
    for i, c in enumerate(found):
        if display[i] and c.kind in body:
            continue
        same = [j for j, o in enumerate(found) if j != i and (o.kind, o.trigger.word) == (c.kind, c.trigger.word)]
        if not (back[i] and any(j < i or not back[j] for j in same)):
            yield c


def _days(entity: Entity) -> tuple[date | None, date | None]:
    record = entity.record
    return (record.first_day, record.last_day) if isinstance(record, TimeExpression) else (None, None)


def _dates(view: View, c: Choice, arguments: list[Argument]) -> tuple[date | None, date | None, str | None]:
    """First and last day: of the time arguments, else of the article's lead where the sentence tells no time; and of which."""
    told = [e for a in arguments if a.role == "time" for e in view.within(a.start, a.start + 1) if e.symbol == TIME]
    if told:
        days = [_days(e) for e in told]
        first = min((f for f, _ in days if f), default=None)
        last = max((d for _, d in days if d), default=None)
        return first, last, "time" if first or last else None
    low, high = view.sentence(c.trigger.start, c.trigger.end)
    if c.realis == "planned" or any(e.symbol == TIME for e in view.within(low, high)):
        return None, None, None
    for e in view.within(0, view.lead_end):
        if e.symbol == TIME and (days_ := _days(e)) != (None, None):
            return *days_, "lead"
    return None, None, None


def _place(view: View, c: Choice, arguments: list[Argument]) -> tuple[str | None, str | None]:
    """Canonical path of where it happened, and which tells it: its place, else a place that acts or is met, else that of its
    sentence, else of the article's lead."""
    for roles, origin in ((("place",), "place"), (("agent", "recipient", "object"), "participant")):
        for a in arguments:
            if a.role in roles and (path := _deepest(view, a.start, a.end)):
                return path, origin
    if path := _deepest(view, *view.sentence(c.trigger.start, c.trigger.end)):
        return path, "sentence"
    path = _deepest(view, 0, view.lead_end)
    return path, "lead" if path else None


def _deepest(view: View, low: int, high: int) -> str | None:
    """The longest canonical path of the places told in a stretch; the first of equals."""
    paths = [
        e.record.canonical
        for e in view.within(low, high)
        if e.symbol == PLACE and isinstance(e.record, Mention) and e.record.canonical
    ]
    return max(paths, key=lambda p: p.count("/"), default=None)
