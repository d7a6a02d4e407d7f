"""Train the models of the objects of quantities (`pipeline.stages.object_model`) on labelled pages, paragraphs and public text."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from torch import Tensor, nn
from torch.nn import functional

from pipeline.language.document import MENTIONS, QUANTITIES, get_spans, set_spans, text_of
from pipeline.language.names import GROUP, NameModel, Names, load_model, vectors_of
from pipeline.language.segmenter import blank_chinese
from pipeline.records import MODIFIERS, QUANTITY_KINDS, Quantity
from pipeline.scoring.match import bare
from pipeline.stages.object_model import TIES, TURNS, Opinion, answers, ties, together, turns
from pipeline.stages.object_reading import (
    CLASSES,
    DILATIONS,
    DISTANCES,
    LONGEST,
    MARKS,
    Ints,
    Reading,
    narrowed,
    read,
)
from pipeline.training import counted
from pipeline.training.event_docs import labelled_docs


@dataclass
class Example:
    """An article with the vectors of the name model and its quantities, which hold the right objects."""

    text: str
    vectors: tuple[Tensor, ...]  # by each network of names, of the characters that have a row (., D)
    reading: Reading
    right: Tensor  # (P,) pairs whose span has the words of the object
    none: Tensor  # (Q,) nothing is counted
    turns: Tensor  # (P + Q,) index of the score of each answer after the right one of the quantity before, -1: none
    ties: Tensor

    def narrowed(self, scores: Tensor, keep: int) -> Example:
        """The same with the `keep` best pairs of each quantity by `scores`, and the right ones."""
        reading, kept = narrowed(self.reading, scores.numpy(), keep, self.right.numpy())
        mask = torch.from_numpy(np.concatenate([kept, np.ones(len(self.none), dtype=np.bool_)]))
        right = self.right[mask[: len(kept)]]
        return replace(self, reading=reading, right=right, turns=self.turns[mask], ties=self.ties[mask])


def examples(docs: Iterable[Doc], names: NameModel) -> list[Example]:
    """The articles that have a quantity."""
    out = []
    for doc in docs:
        if doc.spans.get(QUANTITIES, ()):
            reading = read(doc)
            every = (vectors_of(doc, names, network)[reading.read] for network in range(len(names.networks)))
            out.append(example(text_of(doc), reading, tuple(torch.from_numpy(some).half() for some in every)))
    return out


def example(text: str, reading: Reading, vectors: tuple[Tensor, ...]) -> Example:
    pairs, records = reading.pairs, [q for _, _, q in reading.quantities]
    words = [bare(text[a:b]) for a, b in reading.spans]
    objects = [_unquoted(bare(q.object)) for q in records]
    right = np.array([words[s] == objects[q] for s, q in zip(pairs.which, pairs.owner, strict=True)], dtype=np.bool_)
    none = np.array([not o for o in objects], dtype=np.bool_)
    follow = [_follow(reading, words, i) for i in range(len(records))]
    turn = np.concatenate([f[0][1:] for f in follow] + [f[0][:1] for f in follow])
    tie = np.concatenate([f[1][1:] for f in follow] + [f[1][:1] for f in follow])
    return Example(text, vectors, reading, *map(torch.from_numpy, (right, none, turn, tie)))


def _unquoted(words: str) -> str:
    """Without the quotation marks around the whole: labels have them or not, but they are no part of the thing."""
    inner = words[1:-1]
    return inner if words == f"“{inner}”" and not {"“", "”"} & set(inner) else words


def _place(span: tuple[int, int] | None, start: int) -> int:
    return 0 if span is None else 1 + (span[0] >= start)


def _follow(reading: Reading, words: Sequence[str], i: int) -> tuple[Ints, Ints]:
    """Indices of turns and ties of nothing and of the pairs of quantity i after the right answer to the one before."""
    pairs, clauses = reading.pairs, int(reading.clauses[i])
    at = slice(pairs.first[i], pairs.first[i + 1])
    none = np.full(1 + at.stop - at.start, -1, dtype=np.int64)
    if clauses < 0:
        return none, none
    (start, _, last), (_, _, now) = reading.quantities[i - 1], reading.quantities[i]
    if last.object and not last.object_span:
        return none, none
    place = np.concatenate([[0], 1 + pairs.after[at].astype(np.int64)])
    turn = turns(_place(last.object_span, start), place, clauses)
    if not last.object_span:
        return turn, none
    a, b = last.object_span
    spans = reading.spans[pairs.which[at]]
    same = np.array([words[s] == _unquoted(bare(last.object)) for s in pairs.which[at]], dtype=np.bool_)
    relation = np.where(same, 1, np.where((spans[:, 1] <= a) | (b <= spans[:, 0]), 0, 2))
    tie = ties(relation, place[1:], int(last.unit == now.unit), clauses)
    return turn, np.concatenate([[-1], tie])


def labelled(folder: Path, names: NameModel) -> list[Example]:
    """The articles of the labelled pages of a folder, names by the name model, quantities by the gold."""
    return examples(_named((doc for doc, _ in labelled_docs(folder, blank_chinese(None))), names), names)


def practised(folder: Path, names: NameModel) -> list[Example]:
    """The paragraphs of corpus/counted."""
    nlp = counted.language()
    docs = (counted.read(p, nlp)[0] for path in sorted(folder.glob("*.txt")) for p in counted.paragraphs(path))
    return examples(_named(docs, names), names)


def marked(folder: Path, sources: Mapping[str, str], names: NameModel) -> list[Example]:
    """The pieces of public text of corpus/readings/counted."""
    return examples(_named(counted.marked(folder, sources, counted.language()), names), names)


def _named(docs: Iterable[Doc], names: NameModel) -> Iterable[Doc]:
    find = Names(names)
    for doc in docs:
        find(doc)
        set_spans(doc, MENTIONS, [(s.start_char, s.end_char, s.label_, r) for s, r in get_spans(doc, GROUP)])
        yield doc


# ------------------------------------------------------------------------------------------- the network
@dataclass
class Batch:
    """Several articles as one: rows, spans and quantities are numbered on."""

    vectors: Tensor
    classes: Tensor
    edges: Tensor
    rows: Tensor  # of the characters
    mask: Tensor
    first_row: Tensor  # of spans
    last_row: Tensor
    records: list[Quantity]
    begin: Tensor  # rows of quantities
    end: Tensor
    owner: Tensor
    which: Tensor
    after: Tensor
    gap: Tensor
    distance: Tensor
    marks: Tensor
    right: Tensor
    none: Tensor
    turns: Tensor
    ties: Tensor


def collate(some: Sequence[Example], network: int) -> Batch:
    parts: dict[str, list[Any]] = {name: [] for name in Batch.__dataclass_fields__}
    none_turns, none_ties = [], []
    row = span = quantity = 0
    for e in some:
        r, p = e.reading, e.reading.pairs
        at = np.flatnonzero(r.rows[:-1] >= 0)
        mask = np.zeros(r.size, dtype=np.float32)
        mask[r.rows[at]] = 1
        n = len(p.which)
        for name, value in (
            ("vectors", e.vectors[network]),
            ("classes", r.classes[at]),
            ("edges", r.edges[at]),
            ("rows", r.rows[at] + row),
            ("mask", mask),
            ("first_row", r.rows[r.spans[:, 0]] + row),
            ("last_row", r.rows[r.spans[:, 1] - 1] + row),
            ("begin", r.rows[[q[0] for q in r.quantities]] + row),
            ("end", r.rows[[q[1] - 1 for q in r.quantities]] + row),
            ("owner", p.owner + quantity),
            ("which", p.which + span),
            ("after", p.after),
            ("gap", p.gap + row),
            ("distance", p.distance),
            ("marks", p.marks),
            ("right", e.right),
            ("none", e.none),
            ("turns", e.turns[:n]),
            ("ties", e.ties[:n]),
        ):
            parts[name].append(torch.as_tensor(value))
        none_turns.append(e.turns[n:])
        none_ties.append(e.ties[n:])
        parts["records"] += [q for _, _, q in r.quantities]
        row, span, quantity = row + r.size, span + len(r.spans), quantity + len(r.quantities)
    turns, ties = (torch.cat(parts[k] + rest) for k, rest in (("turns", none_turns), ("ties", none_ties)))
    records = parts.pop("records")
    return Batch(**{k: torch.cat(v) for k, v in parts.items()} | {"turns": turns, "ties": ties}, records=records)


class Network(nn.Module):
    """The network of `ObjectModel` with dropout; names of parameters are those of the file.

    `network` is the number of the network of names whose vectors it reads, `dimension` theirs.
    """

    def __init__(self, network: int, dimension: int, units: Sequence[str], hidden: int, dropout: float):
        super().__init__()
        self.network = network
        self.unit_number = {u: i + 1 for i, u in enumerate(units)}
        h = hidden
        self.drop = nn.Dropout(dropout)
        self.w = nn.ParameterDict()

        def add(name: str, *shape: int, scale: float | None = None) -> None:
            scale = scale if scale is not None else (1 / shape[-2] ** 0.5 if len(shape) > 1 else 0.0)
            self.w[name] = nn.Parameter(torch.randn(*shape) * scale)

        about = 4 * h + 16 * 3
        add("inward", dimension, h)
        add("classes", len(CLASSES), h, scale=0.3)
        add("edges", 4, h, scale=0.3)
        for i in range(len(DILATIONS)):
            add(f"kernel{i}", 3, h, h, scale=1 / (3 * h) ** 0.5)
            add(f"kernel{i}_bias", h)
        for name in ("first", "last", "left", "right", "mean", "between_before", "between_after"):
            add(name, h, h)
        add("length", LONGEST, h, scale=0.3)
        add("bias", h)
        add("key", h, 32)
        add("query", about, 32)
        add("kinds", len(QUANTITY_KINDS), 16, scale=0.5)
        add("units", len(units) + 1, 16, scale=0.5)
        add("modifiers", len(MODIFIERS), 16, scale=0.5)
        add("about", about, h)
        add("distance", DISTANCES, h, scale=0.3)
        add("marks", MARKS, h, scale=0.3)
        add("outward", h, scale=1 / h**0.5)
        add("none", about, h)
        add("none_bias", h)
        add("none_outward", h, 1)
        add("none_outward_bias", 1)
        add("turns", TURNS)
        add("ties", TIES)

    def encode(self, batch: Batch) -> Tensor:
        w = self.w
        inward = self.drop(batch.vectors.float()) @ w["inward"] + w["classes"][batch.classes] + w["edges"][batch.edges]
        x = torch.zeros(len(batch.mask), inward.shape[1]).index_copy(0, batch.rows, inward)
        for i, dilation in enumerate(DILATIONS):
            kernel = w[f"kernel{i}"].permute(2, 1, 0)
            h = self.drop(functional.relu(x)).t()[None]
            y = functional.conv1d(h, kernel, w[f"kernel{i}_bias"], padding=dilation, dilation=dilation)
            x = x + y[0].t() * batch.mask[:, None]
        return functional.relu(x)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Scores of the pairs (P,) and of nothing (Q,)."""
        w = self.w
        h = self.drop(self.encode(batch))
        a, b = batch.first_row, batch.last_row
        outer = functional.pad(h @ w["left"], (0, 0, 1, 0))[:-1] + h @ w["first"]
        inner = functional.pad(h @ w["right"], (0, 0, 0, 1))[1:] + h @ w["last"]
        sums = functional.pad((h @ w["mean"]).cumsum(0), (0, 0, 1, 0))
        own = outer[a] + inner[b] + (sums[b + 1] - sums[a]) / (b + 1 - a)[:, None]
        own = own + w["length"][(b - a).clamp(0, LONGEST - 1)] + w["bias"]
        about = self._about(batch, h)
        before = functional.pad((h @ w["between_before"]).cumsum(0), (0, 0, 1, 0))
        behind = functional.pad((h @ w["between_after"]).cumsum(0), (0, 0, 1, 0))
        left, right = batch.gap[:, 0], batch.gap[:, 1]
        between = torch.where(batch.after[:, None], behind[right] - behind[left], before[right] - before[left])
        hidden = own[batch.which] + (about @ w["about"])[batch.owner] + between / (right - left).clamp(min=1)[:, None]
        hidden = hidden + w["distance"][batch.distance] + functional.embedding_bag(batch.marks, w["marks"], mode="sum")
        scores = self.drop(functional.relu(hidden)) @ w["outward"]
        scores = scores + ((h @ w["key"])[b[batch.which]] * (about @ w["query"])[batch.owner]).sum(1)
        none = self.drop(functional.relu(about @ w["none"] + w["none_bias"])) @ w["none_outward"]
        return scores, none[:, 0] + w["none_outward_bias"]

    def _about(self, batch: Batch, h: Tensor) -> Tensor:
        w, first, last = self.w, batch.begin, batch.end
        numbers = [self.unit_number.get(q.unit, 0) for q in batch.records]
        if self.training:  # so that an unknown unit is known too
            numbers = [0 if random.random() < 0.08 else n for n in numbers]
        labels = [w["kinds"][[QUANTITY_KINDS.index(q.kind) for q in batch.records]], w["units"][numbers]]
        labels.append(w["modifiers"][[MODIFIERS.index(q.modifier) for q in batch.records]])
        return torch.cat([h[first - 1], h[first], h[last], h[last + 1], *labels], 1)

    def loss(self, batch: Batch) -> tuple[Tensor, int]:
        """Sum of the negative logarithms of the right answers' probabilities, given those before; number of answers."""
        scores, none = self(batch)
        known = (torch.rand(len(none)) > 0.25)[torch.cat([batch.owner, torch.arange(len(none))])]
        follow = self.w["turns"][batch.turns.clamp(min=0)] * (batch.turns >= 0)
        follow = (follow + self.w["ties"][batch.ties.clamp(min=0)] * (batch.ties >= 0)) * known
        everything = torch.cat([scores, none]) + follow
        right = torch.cat([batch.right, batch.none])
        owner = torch.cat([batch.owner, torch.arange(len(none))])
        whole = _segments(everything, owner, len(none))
        wanted = _segments(everything.masked_fill(~right, -1e4), owner, len(none))
        have = torch.zeros(len(none)).index_add(0, owner, right.float()) > 0
        return (whole - wanted)[have].sum(), int(have.sum())

    def narrow(self, some: Sequence[Example], keep: int) -> list[Example]:
        """The articles without the pairs that the network already finds unlikely."""
        self.eval()
        with torch.no_grad():
            return [e.narrowed(self(collate([e], self.network))[0], keep) for e in some]

    def opinion(self, one: Example) -> Opinion:
        with torch.no_grad():
            scores, none = self(collate([one], self.network))
        return Opinion(none.numpy(), scores.numpy(), self.w["turns"].detach().numpy(), self.w["ties"].detach().numpy())

    def save(self, path: Path) -> None:
        arrays = {k: v.detach().numpy().astype(np.float16) for k, v in self.w.items()}
        arrays["network"] = np.array(self.network)
        arrays["unit_names"] = np.array("\n".join(self.unit_number))
        np.savez_compressed(path, **arrays)


def _segments(x: Tensor, owner: Tensor, n: int) -> Tensor:
    """log sum exp of each owner's entries."""
    top = torch.full((n,), -1e9).scatter_reduce(0, owner, x.detach(), "amax")
    return torch.zeros(n).index_add(0, owner, (x - top[owner]).exp()).log() + top


def accuracy(models: Sequence[Network], data: Sequence[Example]) -> float:
    """Share of quantities whose object is right, text for text."""
    right = total = 0
    for model in models:
        model.eval()
    for e in data:
        found = answers(e.reading, e.text, together([m.opinion(e) for m in models]))
        for (_, _, q), (span, _) in zip(e.reading.quantities, found, strict=True):
            total += 1
            right += bare(q.object) == (bare(e.text[span[0] : span[1]]) if span else "")
    return right / max(total, 1)


def fit(
    train: Sequence[Example],
    *,
    network: int,
    seed: int,
    hidden: int,
    dropout: float,
    epochs: int,
    rate: float,
    batch: int = 32,
    decay: float = 0.02,
    watch: dict[str, Sequence[Example]] | None = None,
) -> Network:
    """A network trained on articles, `batch` quantities or more at a time; `watch` names articles to report on.

    It reads the vectors of the network of names with the number `network`.
    """
    torch.manual_seed(seed)
    random.seed(seed)
    counts = Counter(q.unit for e in train for _, _, q in e.reading.quantities)
    units = sorted(u for u, n in counts.items() if n >= 3)
    model = Network(network, train[0].vectors[network].shape[1], units, hidden, dropout)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    order = list(train)
    steps = epochs * len(_batches(order, batch))
    step = 0
    for epoch in range(epochs):
        if epoch == 2:
            order = model.narrow(order, 24)  # from here on three times as fast
        random.shuffle(order)
        model.train()
        total, n = 0.0, 0
        for some in _batches(order, batch):
            loss, answered = model.loss(collate(some, network))
            optimiser.zero_grad()
            (loss / batch).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            done = min(step / steps, 1.0)  # up for a tenth of the way, then down by a half wave
            for group in optimiser.param_groups:
                group["lr"] = rate * (done * 10 if done < 0.1 else 0.5 + 0.5 * np.cos(np.pi * (done - 0.1) / 0.9))
            optimiser.step()
            total, n, step = total + float(loss.detach()), n + answered, step + 1
        if watch and (epoch % 6 == 5 or epoch == epochs - 1):
            figures = {k: round(accuracy([model], v), 3) for k, v in watch.items()}
            print(f"epoch {epoch + 1}: loss {total / max(n, 1):.3f} {figures}", flush=True)
    model.eval()
    return model


def _batches(order: Sequence[Example], size: int) -> list[list[Example]]:
    out: list[list[Example]] = [[]]
    count = 0
    for e in order:
        if count >= size:
            out.append([])
            count = 0
        out[-1].append(e)
        count += len(e.reading.quantities)
    return out


def train(settings: dict[str, Any]) -> None:
    """Train by the `objects` part of configs/train.yaml and write the models to its folder."""
    names = load_model(settings["names"])
    data = [e for folder in settings["pages"] for e in labelled(Path(folder), names)]
    data += practised(Path(settings["counted"]), names)
    data += marked(Path(settings["readings"]["folder"]), settings["readings"]["sources"], names)
    watch: dict[str, Sequence[Example]] = {
        k: labelled(Path(folder), names) for k, folder in settings.get("score", {}).items()
    }
    out = Path(settings["output"])
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("objects*.npz"):  # the stage lets all files of the folder decide together
        old.unlink()
    models = []
    for number, own in enumerate(settings["models"], 1):
        models.append(fit(data, watch=watch, **settings["network"], **own))
        models[-1].save(out / f"objects-{number}.npz")
    for name, some in watch.items():
        print(f"{name}: all models together {accuracy(models, some):.3f}", flush=True)
