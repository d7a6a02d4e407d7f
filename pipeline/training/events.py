"""Train the event models: log-linear classifiers of triggers, of their realis, and of arguments.

The corpus is labelled pages (`pages/NN.txt` with `gold/NN.json`, see the annotation guidelines). Gold names, times and
quantities are read from it; features are those that `pipeline.stages.events` computes when it runs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, make_doc, set_spans
from pipeline.records import REALIS, Article, Mention, Page, Quantity, Segment, TimeExpression
from pipeline.stages import event_arguments, event_triggers
from pipeline.stages.event_model import LogLinear
from pipeline.stages.event_view import View
from pipeline.stages.sentences import Sentences


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


def labelled_docs(folder: Path, nlp: Language | None = None) -> Iterator[tuple[Doc, list[GoldEvent]]]:
    """The articles of the pages in `folder/pages`, with the mentions, times and quantities of `folder/gold`."""
    nlp = nlp or spacy.blank("zh")
    for path in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        raw = (folder / "pages" / path.with_suffix(".txt").name).read_bytes().decode("utf-8")
        yield from page_docs(nlp, gold, raw)


def page_docs(nlp: Language, gold: dict[str, Any], raw: str) -> Iterator[tuple[Doc, list[GoldEvent]]]:
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
            spans[(*span, m["type"])] = Mention(m["type"], m["level"], m["canonical"])
    set_spans(doc, MENTIONS, [(*key, record) for key, record in spans.items()])
    spans = {}
    for t in row["times"]:
        if span := place(t):
            spans[(*span, t["type"])] = TimeExpression(t["type"], t["value"], *_days(t["value"]))
    set_spans(doc, TIMES, [(*key, record) for key, record in spans.items()])
    spans = {}
    for q in row["quantities"]:
        if span := place(q):
            value = q["value"] if not isinstance(q["value"], list) else None
            near = _nearest(doc.text, q["object"], span)
            spans[(*span, q["kind"])] = Quantity(
                value, None, None, q["unit"], q["modifier"], q["kind"], object=q["object"], object_span=near
            )
    set_spans(doc, QUANTITIES, [(*key, record) for key, record in spans.items()])


def _events(rows: list[dict[str, Any]], place: _Places) -> Iterator[GoldEvent]:
    for row in rows:
        if span := place(row["trigger"]):
            spans = [(a["role"], place(a)) for a in row["args"]]
            yield GoldEvent(row["type"], row["realis"], *span, tuple(GoldArgument(r, *s) for r, s in spans if s))


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


# ---------------------------------------------------------------------------------------------- examples
@dataclass
class Examples:
    """Feature lists with their classes; `allowed` (examples x classes) says which classes an example may have."""

    features: list[list[str]]
    classes: list[int]
    allowed: NDArray[np.bool_]


def trigger_examples(labelled: Iterable[tuple[Doc, list[GoldEvent]]]) -> tuple[Examples, Examples]:
    """Examples for the trigger model and, of the triggers among them, for the realis model."""
    numbers = {kind: i for i, kind in enumerate(event_triggers.CLASSES)}
    seen, classes, allowed = [], [], []
    planned_seen, planned = [], []
    for doc, events in labelled:
        view = View(doc)
        found = event_triggers.candidates(view)
        gold = {(e.start, e.end): e for e in events}
        for t, f in zip(found, event_triggers.features(view, found), strict=True):
            event = gold.get((t.start, t.end))
            if event is not None:
                planned_seen.append(f)
                planned.append(REALIS.index(event.realis))
                if event.kind not in t.types:
                    continue
            seen.append(f)
            classes.append(numbers[event.kind] if event else 0)
            allowed.append([0, *(numbers[kind] for kind in t.types)])
    mask = np.zeros((len(seen), len(numbers)), dtype=bool)
    for i, some in enumerate(allowed):
        mask[i, some] = True
    return Examples(seen, classes, mask), Examples(planned_seen, planned, np.ones((len(planned), 2), dtype=bool))


def argument_examples(labelled: Iterable[tuple[Doc, list[GoldEvent]]]) -> Examples:
    """Examples for the argument model, from the gold triggers."""
    seen: list[list[str]] = []
    classes: list[int] = []
    for doc, events in labelled:
        view = View(doc)
        starts = sorted(t.start for t in event_triggers.candidates(view))
        for e in events:
            options = event_arguments.candidates(view, e.start, e.end)
            seen += event_arguments.features(view, e.start, e.end, e.kind, options, starts)
            classes += _roles(options, e.arguments)
    return Examples(seen, classes, np.ones((len(seen), len(event_arguments.CLASSES)), dtype=bool))


def _roles(options: Sequence[event_arguments.Candidate], gold: Iterable[GoldArgument]) -> list[int]:
    """The class of each candidate: each gold argument gives its role to the candidate that fits it best."""
    roles = [0] * len(options)
    for a in gold:
        best, best_fit = None, 0.3
        for i, c in enumerate(options):
            shared = min(a.end, c.end) - max(a.start, c.start)
            special = {"time": "T", "quantity": "Q"}.get(a.role)
            if shared <= 0 or roles[i] or (c.kind != special if special else c.kind == "T"):
                continue
            fit = shared / (max(a.end, c.end) - min(a.start, c.start)) + 0.001 * (c.kind != event_arguments.NOUN)
            if fit > best_fit:
                best, best_fit = i, fit
        if best is not None:
            roles[best] = event_arguments.CLASSES.index(a.role)
    return roles


# ---------------------------------------------------------------------------------------------- fitting
def fit(
    examples: Examples, classes: Sequence[str], *, epochs: int, rate: float, decay: float, dropout: float,
    lexical: tuple[str, ...] = (), lexical_dropout: float = 0.0, minimum: int = 2, seed: int = 0,
) -> LogLinear:  # fmt: skip
    """A log-linear model by AdaGrad on the cross-entropy of the allowed classes, weights averaged over late epochs.

    `decay` is the L2 penalty. Features are left out at random (`dropout`); those that begin with one of `lexical` are
    all left out of an example with `lexical_dropout`, so that unseen words find weights to rely on.
    """
    counts = Counter(f for x in examples.features for f in set(x))
    names = sorted(f for f, n in counts.items() if n >= minimum)
    numbers = {f: i for i, f in enumerate(names)}
    rows = [np.array([numbers[f] for f in dict.fromkeys(x) if f in numbers], dtype=np.int64) for x in examples.features]
    is_lexical = np.array([f.startswith(lexical) if lexical else False for f in names])
    rng = np.random.default_rng(seed)
    goal = np.array(examples.classes)
    weights = np.zeros((len(names), len(classes)))
    squares = np.full_like(weights, 1e-6)
    total, taken = np.zeros_like(weights), 0
    for epoch in range(epochs):
        order = rng.permutation(len(rows))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            kept = []
            for i in batch:
                keep = rng.random(len(rows[i])) >= dropout
                if rng.random() < lexical_dropout:
                    keep &= ~is_lexical[rows[i]]
                kept.append(rows[i][keep])
            features = np.concatenate(kept)
            example = np.repeat(np.arange(len(batch)), [len(k) for k in kept])
            scores = np.zeros((len(batch), len(classes)))
            np.add.at(scores, example, weights[features])
            scores = np.where(examples.allowed[batch], scores / (1 - dropout), -1e9)
            error = np.exp(scores - scores.max(axis=1, keepdims=True))
            error /= error.sum(axis=1, keepdims=True)
            error[np.arange(len(batch)), goal[batch]] -= 1
            used, back = np.unique(features, return_inverse=True)
            slope = decay * len(batch) * weights[used]
            np.add.at(slope, back, error[example])
            squares[used] += slope * slope
            weights[used] -= rate * slope / np.sqrt(squares[used])
        if epoch >= epochs // 2:
            total += weights
            taken += 1
    weights = total / taken
    strong = np.flatnonzero(np.abs(weights).max(axis=1) > 0.01)
    return LogLinear([names[i] for i in strong], classes, weights[strong])


def train_models(labelled: Sequence[tuple[Doc, list[GoldEvent]]], settings: dict[str, Any]) -> dict[str, LogLinear]:
    """The three models of the stage, by the name of their file."""
    triggers, realis = trigger_examples(labelled)
    lexical = ("w:", "wl:", "wr:", "lrh:", "lho:", "tys:")
    return {
        "triggers": fit(triggers, event_triggers.CLASSES, lexical=lexical, **settings["triggers"]),
        "realis": fit(realis, REALIS, lexical=lexical, **settings["realis"]),
        "arguments": fit(argument_examples(labelled), event_arguments.CLASSES, **settings["arguments"]),
    }


def train_events(config: dict[str, Any]) -> dict[str, Any]:
    """Train by the `events` part of configs/train.yaml and write the models; returns counts.

    Keys: `corpus` (folders of labelled pages), `output` (folder), and for `triggers`, `realis` and `arguments` the
    settings of `fit`. Raises FileNotFoundError if a folder holds no gold.
    """
    labelled: list[tuple[Doc, list[GoldEvent]]] = []
    for folder in map(Path, config["corpus"]):
        if not any((folder / "gold").glob("*.json")):
            raise FileNotFoundError(f"no gold pages in {folder}")
        labelled += labelled_docs(folder)
    out = Path(config["output"])
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"articles": len(labelled), "events": sum(len(events) for _, events in labelled)}
    for name, model in train_models(labelled, config).items():
        model.save(out / f"{name}.npz")
        figures[name] = len(model.features)
    return figures


SETTINGS: dict[str, Any] = {
    "triggers": {"epochs": 30, "rate": 0.3, "decay": 1e-4, "dropout": 0.3, "lexical_dropout": 0.3},
    "realis": {"epochs": 30, "rate": 0.3, "decay": 1e-3, "dropout": 0.3, "lexical_dropout": 0.5},
    "arguments": {"epochs": 20, "rate": 0.3, "decay": 1e-4, "dropout": 0.2, "minimum": 3},
}
