"""Train the event models: classifiers of triggers, of their realis, and of arguments (`pipeline.stages.event_model`).

What they learn from is in `pipeline.training.event_docs`. Features are those that `pipeline.stages.events` computes when
it runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipeline.language.names import NameModel, load_model, vectors_of
from pipeline.records import REALIS
from pipeline.stages import event_arguments, event_triggers
from pipeline.stages.event_candidates import NOUN, Candidate, Named, candidates
from pipeline.stages.event_model import Array, Scorer
from pipeline.stages.event_view import View
from pipeline.training.event_docs import (
    GoldArgument,
    Labelled,
    labelled_docs,
    practice_docs,
    practice_language,
    reading_docs,
    reading_language,
)


class Material(NamedTuple):
    """A labelled article, how much its examples count, and whether the name model has learnt from its labels."""

    labelled: Labelled
    weight: float
    known: bool


# ---------------------------------------------------------------------------------------------- examples
@dataclass
class Examples:
    """Feature lists and dense vectors (examples x dimension) with their classes; `allowed` (examples x classes) says
    which classes an example may have, `weights` how much each counts, `known` whether the name model, whose vectors
    they are, has learnt from their labels."""

    features: list[list[str]]
    dense: NDArray[np.float16]
    classes: list[int]
    allowed: NDArray[np.bool_]
    weights: list[float]
    known: list[bool]


def trigger_examples(labelled: Iterable[Material], vectors: Iterable[Array]) -> tuple[Examples, Examples]:
    """Examples for the trigger model and, of the triggers among them, for the realis model."""
    numbers = {kind: i for i, kind in enumerate(event_triggers.CLASSES)}
    seen: list[Any] = []
    dense, classes, allowed, weights, known = [], [], [], [], []
    told: list[int] = []
    later: list[list[str]] = []
    planned = []
    for ((doc, events), weight, learnt), array in zip(labelled, vectors, strict=True):
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
                later.append(event_triggers.realis_features(view, t, f))
                planned.append(REALIS.index(event.realis))
            seen.append(f)
            dense.append(x.astype(np.float16))
            classes.append(numbers[event.kind] if event else 0)
            weights.append(weight)
            known.append(learnt)
            allowed.append([0, *(numbers[kind] for kind in t.types)])
    mask = np.zeros((len(seen), len(numbers)), dtype=bool)
    for i, some in enumerate(allowed):
        mask[i, some] = True
    triggers = Examples(seen, np.array(dense), classes, mask, weights, known)
    both = np.ones((len(planned), 2), dtype=bool)
    counts, learnt_of = [weights[i] for i in told], [known[i] for i in told]
    return triggers, Examples(later, triggers.dense[told], planned, both, counts, learnt_of)


def argument_examples(labelled: Iterable[Material], vectors: Iterable[Array]) -> Examples:
    """Examples for the argument model, from the gold triggers."""
    seen: list[list[str]] = []
    dense, classes, weights, known = [], [], [], []
    for ((doc, events), weight, learnt), array in zip(labelled, vectors, strict=True):
        view = View(doc)
        names, added = Named(view), event_arguments.sums(array)
        starts = sorted(t.start for t in event_triggers.candidates(view))
        told: event_arguments.Told | None = None
        for e in sorted(events, key=lambda e: e.start):
            if told is not None and view.paragraph(told.start) != view.paragraph(e.start):
                told = None
            options = candidates(view, e.start, e.end, e.kind, names)
            if options:
                seen += event_arguments.features(view, e.start, e.end, e.kind, options, starts, told)
                dense.append(event_arguments.dense(e.start, e.end, options, array, added).astype(np.float16))
                classes += _roles(options, e.arguments)
                weights += [weight] * len(options)
                known += [learnt] * len(options)
            told = event_arguments.Told(e.kind, e.start, {view.text[a.start : a.end]: a.role for a in e.arguments})
    every = np.ones((len(seen), len(event_arguments.CLASSES)), dtype=bool)
    return Examples(seen, np.concatenate(dense), classes, every, weights, known)


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
    decay: float = 0.05, dropout: float = 0.4, blind: float = 0.7, models: int = 3, seed: int = 0,
) -> Scorer:  # fmt: skip
    """Train `models` networks of `hidden` units that differ in their random start; the Scorer adds up their mean.

    Features seen in fewer than `minimum` examples are left out. `decay` is the weight decay of the features' weights,
    `dropout` that of the dense vectors. The name model has learnt the labels of part of the examples, so that their
    vectors tell more than those of any text to come: of each such example the vector is left out with the chance
    `blind`, and its features have to do. The vectors are normalised here, and that is folded into the weights.
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
    weights_of = torch.tensor(examples.weights)
    left_out = blind * torch.tensor(examples.known, dtype=torch.float32)
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
                seen = (torch.rand(len(some)) >= left_out[some]).float()[:, None]
                scores = net(features[some].long(), (dense[some].float() - mean) * scale * seen)
                losses = functional.cross_entropy(
                    scores.masked_fill(forbidden[some], -1e9), goal[some], reduction="none"
                )
                loss = (losses * weights_of[some]).sum() / weights_of[some].sum()
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


def train_models(labelled: Sequence[Material], names: NameModel, settings: dict[str, Any]) -> dict[str, Scorer]:
    """The three models of the stage, by the name of their file."""
    vectors = [vectors_of(doc, names).astype(np.float32) for (doc, _), *_ in labelled]
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

    Keys: `corpus` (folders of labelled pages), `practice` (folder of practice articles), `practice_weight` (how much one
    of them counts, beside 1 of a page's), `readings` (`folders`, `sources` and `weight` of marked public text), `names` (folder of the name model or "builtin"), `output` (folder), and for
    `triggers`, `realis` and `arguments` the settings of `fit`.
    Raises FileNotFoundError if a folder holds nothing to learn from.
    """
    labelled: list[Material] = []
    for folder in map(Path, config["corpus"]):
        if not any((folder / "gold").glob("*.json")):
            raise FileNotFoundError(f"no gold pages in {folder}")
        labelled += [Material(one, 1.0, True) for one in labelled_docs(folder)]
    practice = sorted(Path(config["practice"]).glob("*.txt"))
    if not practice:
        raise FileNotFoundError(f"no practice articles in {config['practice']}")
    nlp = practice_language()
    for path in practice:  # the nearest to real print, so they weigh more
        labelled += [Material(one, config["practice_weight"], True) for one in practice_docs(path, nlp)]
    readings, nlp = config["readings"], reading_language()
    for folder in map(Path, readings["folders"]):  # their events are unknown to the name model
        marked = reading_docs(folder, readings["sources"], nlp)
        labelled += [Material(one, readings["weight"], False) for one in marked]
    out = Path(config["output"])
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"articles": len(labelled), "events": sum(len(events) for (_, events), *_ in labelled)}
    for name, model in train_models(labelled, load_model(config["names"]), config).items():
        model.save(out / f"{name}.npz")
        figures[name] = len(model.features)
    return figures
