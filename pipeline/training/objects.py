"""Train the model of the objects of quantities (`pipeline.stages.object_model`) on labelled pages."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from torch import Tensor, nn
from torch.nn import functional

from pipeline.language.document import MENTIONS, get_spans, set_spans
from pipeline.language.names import GROUP, NameModel, Names, load_model, vectors_of
from pipeline.language.segmenter import blank_chinese
from pipeline.records import MODIFIERS, QUANTITY_KINDS
from pipeline.stages.object_model import (
    CLASSES,
    DILATIONS,
    DISTANCES,
    LONGEST,
    MARKS,
    Choice,
    Reading,
    choices,
    read,
)
from pipeline.training.events import labelled_docs


@dataclass
class Question:
    """A quantity, what it can choose from, and which of these is right: 0 for nothing, i + 1 for the i-th; None: unknown."""

    start: int
    end: int
    kind: int
    unit: str
    modifier: int
    choice: Choice
    answer: int | None
    object: str | None


@dataclass
class Flat:
    """The candidates of all questions of an article in a row, as `Choice` has them, and whose they are."""

    which: Tensor
    owner: Tensor
    after: Tensor
    gap: Tensor  # rows
    distance: Tensor
    marks: Tensor


@dataclass
class Example:
    """An article with the vectors of the name model and its quantities."""

    text: str
    vectors: Tensor
    reading: Reading
    questions: list[Question]

    @cached_property
    def flat(self) -> Flat:
        choices = [q.choice for q in self.questions]
        shifts = [self.reading.rows[q.start] - q.start for q in self.questions]
        owner = np.repeat(np.arange(len(choices)), [len(c.which) for c in choices])
        gap = np.concatenate([c.gap + shift for c, shift in zip(choices, shifts, strict=True)])

        def joined(name: str) -> Tensor:
            return torch.from_numpy(np.concatenate([getattr(c, name) for c in choices]))

        return Flat(
            joined("which"),
            torch.from_numpy(owner),
            joined("after"),
            torch.from_numpy(gap),
            joined("distance"),
            joined("marks"),
        )


def examples(docs: Iterable[Doc], names: NameModel) -> list[Example]:
    """The articles that have a quantity; their quantities hold the right object."""
    out = []
    for doc in docs:
        reading = read(doc)
        if not reading.quantities:
            continue
        questions = []
        for start, end, q in reading.quantities:
            choice = choices(reading, start, end)
            answer: int | None = 0
            if q.object:
                answer = None
                if q.object_span:
                    same = (reading.candidates[choice.which] == np.array(q.object_span)).all(axis=1)
                    answer = int(np.flatnonzero(same)[0]) + 1 if same.any() else None
            modifier = MODIFIERS.index(q.modifier)
            kind = QUANTITY_KINDS.index(q.kind)
            questions.append(Question(start, end, kind, q.unit, modifier, choice, answer, q.object))
        vectors = torch.from_numpy(vectors_of(doc, names).astype(np.float32))
        out.append(Example(doc.text, vectors, reading, questions))
    return out


def labelled(folder: Path, names: NameModel) -> list[Example]:
    """The articles of the labelled pages of a folder, names by the name model, quantities by the gold."""
    find = Names(names)
    docs = []
    for doc, _ in labelled_docs(folder, blank_chinese(None)):
        find(doc)
        set_spans(doc, MENTIONS, [(s.start_char, s.end_char, s.label_, r) for s, r in get_spans(doc, GROUP)])
        docs.append(doc)
    return examples(docs, names)


def _mean(x: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """The mean of rows [start, end) of `x`, for each pair."""
    sums = functional.pad(x.cumsum(0), (0, 0, 1, 0))
    return (sums[end] - sums[start]) / (end - start)[:, None]


class Network(nn.Module):
    """The network of `ObjectModel` with dropout; names of parameters are those of the file."""

    def __init__(self, dimension: int, units: Sequence[str], hidden: int, dropout: float):
        super().__init__()
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

    def encode(self, example: Example) -> Tensor:
        w, reading = self.w, example.reading
        at = np.flatnonzero(reading.rows[:-1] >= 0)
        rows = torch.from_numpy(reading.rows[at])
        inward = self.drop(example.vectors[at].float()) @ w["inward"]
        inward = inward + w["classes"][reading.classes[at]] + w["edges"][reading.edges[at]]
        x = torch.zeros(reading.size, inward.shape[1]).index_copy(0, rows, inward)
        mask = torch.zeros(reading.size, 1)
        mask[rows] = 1
        for i, dilation in enumerate(DILATIONS):
            kernel = w[f"kernel{i}"].permute(2, 1, 0)
            h = self.drop(functional.relu(x)).t()[None]
            y = functional.conv1d(h, kernel, w[f"kernel{i}_bias"], padding=dilation, dilation=dilation)
            x = x + y[0].t() * mask
        return functional.relu(x)

    def forward(self, example: Example) -> list[Tensor]:
        """The scores of each question: nothing, then its candidates."""
        w, reading = self.w, example.reading
        h = self.drop(self.encode(example))
        a = torch.from_numpy(reading.rows[reading.candidates[:, 0]])
        b = torch.from_numpy(reading.rows[reading.candidates[:, 1] - 1])
        length = b + 1 - a
        outer = functional.pad(h @ w["left"], (0, 0, 1, 0))[:-1] + h @ w["first"]
        inner = functional.pad(h @ w["right"], (0, 0, 0, 1))[1:] + h @ w["last"]
        own = outer[a] + inner[b] + _mean(h @ w["mean"], a, b + 1) + w["length"][(length - 1).clamp(0, LONGEST - 1)]
        own = own + w["bias"]
        keys = h @ w["key"]
        sums = functional.pad((h @ torch.cat([w["between_before"], w["between_after"]], 1)).cumsum(0), (0, 0, 1, 0))
        flat, about = example.flat, self._about(example, h)
        gap = flat.gap
        between = (sums[gap[:, 1]] - sums[gap[:, 0]]) / (gap[:, 1] - gap[:, 0]).clamp(min=1)[:, None]
        size = h.shape[1]
        between = torch.where(flat.after[:, None], between[:, size:], between[:, :size])
        hidden = own[flat.which] + (about @ w["about"])[flat.owner] + between
        hidden = hidden + w["distance"][flat.distance] + functional.embedding_bag(flat.marks, w["marks"], mode="sum")
        scores = self.drop(functional.relu(hidden)) @ w["outward"]
        scores = scores + (keys[b[flat.which]] * (about @ w["query"])[flat.owner]).sum(1)
        none = self.drop(functional.relu(about @ w["none"] + w["none_bias"])) @ w["none_outward"]
        none = none[:, 0] + w["none_outward_bias"]
        parts = scores.split([len(q.choice.which) for q in example.questions])
        return [torch.cat([none[i : i + 1], part]) for i, part in enumerate(parts)]

    def _about(self, example: Example, h: Tensor) -> Tensor:
        w, rows = self.w, example.reading.rows
        first = torch.from_numpy(rows[[q.start for q in example.questions]])
        last = torch.from_numpy(rows[[q.end - 1 for q in example.questions]])
        hide = self.training
        units = [0 if hide and random.random() < 0.08 else self.unit_number.get(q.unit, 0) for q in example.questions]
        labels = [w["kinds"][[q.kind for q in example.questions]], w["units"][units]]
        labels.append(w["modifiers"][[q.modifier for q in example.questions]])
        return torch.cat([h[first - 1], h[first], h[last], h[last + 1], *labels], 1)

    def save(self, path: Path) -> None:
        arrays = {k: v.detach().numpy().astype(np.float16) for k, v in self.w.items()}
        arrays["unit_names"] = np.array("\n".join(self.unit_number))
        np.savez_compressed(path, **arrays)


def accuracy(model: Network, data: Sequence[Example]) -> float:
    """Share of quantities whose object is right, text for text."""
    model.eval()
    right = total = 0
    with torch.no_grad():
        for example in data:
            for q, scores in zip(example.questions, model(example), strict=True):
                total += 1
                best = int(scores.argmax())
                if best:
                    a, b = example.reading.candidates[q.choice.which[best - 1]]
                    right += "".join(example.text[a:b].split()) == "".join((q.object or "").split())
                else:
                    right += not q.object
    return right / max(total, 1)


def fit(
    train: Sequence[Example],
    *,
    seed: int,
    hidden: int,
    dropout: float,
    epochs: int,
    rate: float,
    batch: int = 4,
    decay: float = 0.02,
    watch: dict[str, Sequence[Example]] | None = None,
    model: Network | None = None,
) -> Network:
    """A network trained on articles; `watch` names articles to report the accuracy on every few epochs."""
    torch.manual_seed(seed)
    random.seed(seed)
    counts = Counter(q.unit for e in train for q in e.questions)
    units = sorted(u for u, n in counts.items() if n >= 3)
    model = model or Network(train[0].vectors.shape[1], units, hidden, dropout)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    order = list(train)
    steps = epochs * ((len(order) + batch - 1) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        random.shuffle(order)
        model.train()
        total, n = 0.0, 0
        for at in range(0, len(order), batch):
            losses = []
            for example in order[at : at + batch]:
                for q, scores in zip(example.questions, model(example), strict=True):
                    if q.answer is not None:
                        losses.append(-functional.log_softmax(scores, 0)[q.answer])
            if losses:
                loss = torch.stack(losses).sum() / 16
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 2.0)
                optimiser.step()
                total, n = total + float(loss.detach()) * 16, n + len(losses)
            schedule.step()
        if watch and (epoch % 3 == 2 or epoch == epochs - 1):
            figures = {k: round(accuracy(model, v), 3) for k, v in watch.items()}
            print(f"epoch {epoch + 1}: loss {total / max(n, 1):.3f} {figures}", flush=True)
    model.eval()
    return model


def train(settings: dict[str, Any]) -> None:
    """Train by the `objects` part of configs/train.yaml and write the model to its folder."""
    names = load_model(settings["names"])
    data = [e for folder in settings["pages"] for e in labelled(Path(folder), names)]
    watch: dict[str, Sequence[Example]] = {
        k: labelled(Path(folder), names) for k, folder in settings.get("score", {}).items()
    }
    model = fit(data, watch=watch, **settings["network"])
    out = Path(settings["output"])
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("objects*.npz"):  # the stage lets all files of the folder decide together
        old.unlink()
    model.save(out / "objects.npz")
