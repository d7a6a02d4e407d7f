"""Train the event models: classifiers of triggers, of their realis, and of arguments (`pipeline.stages.event_model`).

The corpus is labelled pages (`pages/NN.txt` with `gold/NN.json`, see the annotation guidelines), whose gold names, times
and quantities are read, and practice articles in the manner of real print, whose names are marked and whose times and
quantities our own stages find. Features are those that `pipeline.stages.events` computes when it runs.
"""

from __future__ import annotations

import importlib
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
import torch
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from torch import nn
from torch.nn import functional

from pipeline.language.document import MENTIONS, QUANTITIES, TIMES, make_doc, set_spans
from pipeline.language.names import NameModel, load_model, vectors_of
from pipeline.records import REALIS, Article, Mention, Page, Quantity, Segment, TimeExpression
from pipeline.stages import event_arguments, event_triggers
from pipeline.stages.event_candidates import NOUN, Candidate, Named, candidates
from pipeline.stages.event_model import Array, Scorer
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


def _longest(spans: list[tuple[int, int, str, Mention]]) -> list[tuple[int, int, str, Mention]]:
    """Spans that no longer one covers."""
    return [s for s in set(spans) if not any(t[0] <= s[0] and s[1] <= t[1] and t[:2] != s[:2] for t in spans)]


# ---------------------------------------------------------------------------------------------- examples
@dataclass
class Examples:
    """Feature lists and dense vectors (examples x dimension) with their classes; `allowed` (examples x classes) says
    which classes an example may have."""

    features: list[list[str]]
    dense: NDArray[np.float16]
    classes: list[int]
    allowed: NDArray[np.bool_]


def trigger_examples(labelled: Iterable[Labelled], vectors: Iterable[Array]) -> tuple[Examples, Examples]:
    """Examples for the trigger model and, of the triggers among them, for the realis model."""
    numbers = {kind: i for i, kind in enumerate(event_triggers.CLASSES)}
    seen: list[Any] = []
    dense, classes, allowed = [], [], []
    told, planned = [], []
    for (doc, events), array in zip(labelled, vectors, strict=True):
        view = View(doc)
        found = event_triggers.candidates(view)
        gold = {(e.start, e.end): e for e in events}
        rows = zip(found, event_triggers.features(view, found), event_triggers.dense(view, found, array), strict=True)
        for t, f, x in rows:
            event = gold.get((t.start, t.end))
            if event is not None and event.kind not in t.types:
                continue
            if event is not None:
                told.append(len(seen))
                planned.append(REALIS.index(event.realis))
            seen.append(f)
            dense.append(x.astype(np.float16))
            classes.append(numbers[event.kind] if event else 0)
            allowed.append([0, *(numbers[kind] for kind in t.types)])
    mask = np.zeros((len(seen), len(numbers)), dtype=bool)
    for i, some in enumerate(allowed):
        mask[i, some] = True
    triggers = Examples(seen, np.array(dense), classes, mask)
    both = np.ones((len(planned), 2), dtype=bool)
    return triggers, Examples([seen[i] for i in told], triggers.dense[told], planned, both)


def argument_examples(labelled: Iterable[Labelled], vectors: Iterable[Array]) -> Examples:
    """Examples for the argument model, from the gold triggers."""
    seen: list[list[str]] = []
    dense, classes = [], []
    for (doc, events), array in zip(labelled, vectors, strict=True):
        view = View(doc)
        names, added = Named(view), event_arguments.sums(array)
        starts = sorted(t.start for t in event_triggers.candidates(view))
        told: event_arguments.Told | None = None
        for e in sorted(events, key=lambda e: e.start):
            if told is not None and view.paragraph(told.start) != view.paragraph(e.start):
                told = None
            options = candidates(view, e.start, e.end, names)
            if options:
                seen += event_arguments.features(view, e.start, e.end, e.kind, options, starts, told)
                dense.append(event_arguments.dense(e.start, e.end, options, array, added).astype(np.float16))
                classes += _roles(options, e.arguments)
            told = event_arguments.Told(e.kind, e.start, {view.text[a.start : a.end]: a.role for a in e.arguments})
    return Examples(
        seen, np.concatenate(dense), classes, np.ones((len(seen), len(event_arguments.CLASSES)), dtype=bool)
    )


def _roles(options: Sequence[Candidate], gold: Iterable[GoldArgument]) -> list[int]:
    """The class of each candidate: each gold argument gives its role to the candidate that fits it best."""
    roles = [0] * len(options)
    for a in gold:
        best, best_fit = None, 0.3
        for i, c in enumerate(options):
            shared = min(a.end, c.end) - max(a.start, c.start)
            special = {"time": "T", "quantity": "Q"}.get(a.role)
            if shared <= 0 or roles[i] or (c.kind != special if special else c.kind == "T"):
                continue
            fit = shared / (max(a.end, c.end) - min(a.start, c.start)) + 0.001 * (c.kind != NOUN)
            if fit > best_fit:
                best, best_fit = i, fit
        if best is not None:
            roles[best] = event_arguments.CLASSES.index(a.role)
    return roles


# ---------------------------------------------------------------------------------------------- fitting
class _Net(nn.Module):
    """Weights of features, and one hidden layer over the dense vectors; their scores are added."""

    def __init__(self, features: int, dimension: int, hidden: int, classes: int, dropout: float):
        super().__init__()
        self.weights = nn.EmbeddingBag(features + 1, classes, mode="sum", padding_idx=0)
        nn.init.zeros_(self.weights.weight)
        self.inward, self.outward = nn.Linear(dimension, hidden), nn.Linear(hidden, classes)
        self.dropout = dropout

    def forward(self, features: torch.Tensor, dense: torch.Tensor) -> torch.Tensor:
        if self.training:
            features = features * (torch.rand(features.shape) > 0.3)
        hidden = torch.relu(self.inward(functional.dropout(dense, self.dropout, self.training)))
        out: torch.Tensor = self.weights(features) + self.outward(functional.dropout(hidden, 0.3, self.training))
        return out


def fit(
    examples: Examples, classes: Sequence[str], *, epochs: int, hidden: int, batch: int = 64, minimum: int = 2,
    decay: float = 0.05, dropout: float = 0.4, models: int = 3, seed: int = 0,
) -> Scorer:  # fmt: skip
    """Train `models` networks of `hidden` units that differ in their random start; the Scorer adds up their mean.

    Features seen in fewer than `minimum` examples are left out. `decay` is the weight decay of the features' weights,
    `dropout` that of the dense vectors. The vectors are normalised here, and that is folded into the weights.
    """
    counts = Counter(f for x in examples.features for f in set(x))
    names = sorted(f for f, n in counts.items() if n >= minimum)
    numbers = {f: i + 1 for i, f in enumerate(names)}
    rows = [[numbers[f] for f in dict.fromkeys(x) if f in numbers] for x in examples.features]
    table = np.zeros((len(rows), max(map(len, rows))), dtype=np.int32)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    features, dense = torch.from_numpy(table), torch.from_numpy(examples.dense)
    mean = torch.from_numpy(examples.dense.mean(axis=0, dtype=np.float32))
    scale = 1 / torch.from_numpy(examples.dense.astype(np.float32).std(axis=0) + 1e-3)
    goal, forbidden = torch.tensor(examples.classes), torch.from_numpy(~examples.allowed)
    nets = []
    for number in range(models):
        torch.manual_seed(seed + number)
        net = _Net(len(names), dense.shape[1], hidden, len(classes), dropout)
        groups = [
            {"params": net.weights.parameters(), "lr": 4e-3, "weight_decay": decay},
            {"params": [*net.inward.parameters(), *net.outward.parameters()], "lr": 1e-3, "weight_decay": 0.02},
        ]
        optimiser = torch.optim.AdamW(groups, fused=True)  # half the time of the plain one
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda epoch: 1 - epoch / epochs * 0.98)
        net.train()
        for _ in range(epochs):
            for some in torch.randperm(len(goal)).split(batch):
                scores = net(features[some].long(), (dense[some].float() - mean) * scale)
                loss = functional.cross_entropy(scores.masked_fill(forbidden[some], -1e9), goal[some])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            schedule.step()
        nets.append(net)
    with torch.no_grad():
        weights = torch.stack([net.weights.weight[1:] for net in nets]).mean(dim=0)
        inward = torch.cat([net.inward.weight for net in nets]).T * scale[:, None]
        bias = torch.cat([net.inward.bias for net in nets]) - mean @ inward
        network = {
            "inward": inward.numpy(),
            "inward_bias": bias.numpy(),
            "outward": (torch.cat([net.outward.weight for net in nets], dim=1).T / models).numpy(),
            "outward_bias": (torch.stack([net.outward.bias for net in nets]).mean(dim=0)).numpy(),
        }
    strong = np.flatnonzero(weights.abs().amax(dim=1).numpy() > 0.01)
    return Scorer([names[i] for i in strong], classes, weights.numpy()[strong], network)


def train_models(labelled: Sequence[Labelled], names: NameModel, settings: dict[str, Any]) -> dict[str, Scorer]:
    """The three models of the stage, by the name of their file."""
    vectors = [vectors_of(doc, names).astype(np.float32) for doc, _ in labelled]
    triggers, realis = trigger_examples(labelled, vectors)
    models = {
        "triggers": fit(triggers, event_triggers.CLASSES, **settings["triggers"]),
        "realis": fit(realis, REALIS, **settings["realis"]),
        "arguments": fit(argument_examples(labelled, vectors), event_arguments.CLASSES, **settings["arguments"]),
    }
    for model in models.values():
        model.encoder = names.fingerprint
    return models


def train_events(config: dict[str, Any]) -> dict[str, Any]:
    """Train by the `events` part of configs/train.yaml and write the models; returns counts.

    Keys: `corpus` (folders of labelled pages), `practice` (folder of practice articles), `practice_copies` (how often
    each of them counts), `names` (folder of the name
    model or "builtin"), `output` (folder), and for `triggers`, `realis` and `arguments` the settings of `fit`.
    Raises FileNotFoundError if a folder holds nothing to learn from.
    """
    labelled: list[Labelled] = []
    for folder in map(Path, config["corpus"]):
        if not any((folder / "gold").glob("*.json")):
            raise FileNotFoundError(f"no gold pages in {folder}")
        labelled += labelled_docs(folder)
    practice = sorted(Path(config["practice"]).glob("*.txt"))
    if not practice:
        raise FileNotFoundError(f"no practice articles in {config['practice']}")
    nlp = practice_language()
    for path in practice:  # the nearest to real print, so they weigh more
        labelled += [*practice_docs(path, nlp)] * config["practice_copies"]
    out = Path(config["output"])
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"articles": len(labelled), "events": sum(len(events) for _, events in labelled)}
    for name, model in train_models(labelled, load_model(config["names"]), config).items():
        model.save(out / f"{name}.npz")
        figures[name] = len(model.features)
    return figures
