"""Train the event models: classifiers of triggers, of their realis, and of arguments (`pipeline.stages.event_model`).

What they learn from is in `pipeline.training.event_docs`. Features are those that `pipeline.stages.events` computes when
it runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from pipeline.stages.event_triggers import Trigger
from pipeline.stages.event_view import View
from pipeline.training.event_docs import (
    GoldArgument,
    GoldEvent,
    Labelled,
    labelled_docs,
    practice_docs,
    practice_language,
    reading_docs,
    reading_language,
)


class Material(NamedTuple):
    """A labelled article, how much its examples count, and its place among the articles whose events networks of the name
    model have learnt, None where none has."""

    labelled: Labelled
    weight: float
    place: int | None


Vectors = Mapping[int, Array]  # of an article's characters, by the number of the name model's network


# ---------------------------------------------------------------------------------------------- examples
@dataclass
class Examples:
    """Feature lists and dense vectors (examples x dimension) by the network they are of, with their classes; `allowed`
    (examples x classes) says which classes an example may have, `weights` how much each counts, `places` where its article
    stands among those whose events the name model has learnt (`Material`)."""

    features: list[list[str]]
    dense: dict[int, NDArray[np.float16]]
    classes: list[int]
    allowed: NDArray[np.bool_]
    weights: list[float]
    places: list[int | None]


def trigger_examples(labelled: Iterable[Material], vectors: Iterable[Vectors]) -> tuple[Examples, Examples]:
    """Examples for the trigger model and, of the triggers among them, for the realis model."""
    numbers = {kind: i for i, kind in enumerate(event_triggers.CLASSES)}
    seen: list[Any] = []
    dense: dict[int, list[NDArray[np.float16]]] = {}
    classes, allowed, weights, places = [], [], [], []
    told: list[int] = []
    later: list[list[str]] = []
    planned = []
    for ((doc, events), weight, place), arrays in zip(labelled, vectors, strict=True):
        view = View(doc)
        found = event_triggers.candidates(view)
        gold = _told(found, events)
        taken = []
        for i, (t, f) in enumerate(zip(found, event_triggers.features(view, found), strict=True)):
            event = gold.get(t)
            if event is not None and event.kind not in t.types:
                continue
            if event is not None:
                told.append(len(seen))
                later.append(event_triggers.realis_features(view, t, f))
                planned.append(REALIS.index(event.realis))
            taken.append(i)
            seen.append(f)
            classes.append(numbers[event.kind] if event else 0)
            weights.append(weight)
            places.append(place)
            allowed.append([0, *(numbers[kind] for kind in t.types)])
        for network, array in arrays.items():
            kept = event_triggers.dense(view, found, array)[taken].astype(np.float16)
            dense.setdefault(network, []).append(kept)
    mask = np.zeros((len(seen), len(numbers)), dtype=bool)
    for i, some in enumerate(allowed):
        mask[i, some] = True
    triggers = Examples(seen, {n: np.concatenate(x) for n, x in dense.items()}, classes, mask, weights, places)
    both = np.ones((len(planned), 2), dtype=bool)
    of_told = {n: x[told] for n, x in triggers.dense.items()}
    return triggers, Examples(later, of_told, planned, both, [weights[i] for i in told], [places[i] for i in told])


def _told(found: Sequence[Trigger], events: Iterable[GoldEvent]) -> dict[Trigger, GoldEvent]:
    """The event that candidates tell. Where its trigger is no word of the lexicon (大暴雨), the longest candidate in it
    that may have its type tells it, and another that shares characters with it tells neither it nor nothing: it is given
    the event with a type that it cannot have."""
    spans = {(t.start, t.end): t for t in found}
    out = {}
    for event in events:
        if exact := spans.get((event.start, event.end)):
            out[exact] = event
            continue
        sharing = [t for t in found if t.start < event.end and event.start < t.end and t not in out]
        inside = [t for t in sharing if event.start <= t.start and t.end <= event.end and event.kind in t.types]
        best = max(inside, key=lambda t: t.end - t.start, default=None)
        for t in sharing:
            out[t] = event if t is best else replace(event, kind="")
    return out


def argument_examples(labelled: Iterable[Material], vectors: Iterable[Vectors]) -> Examples:
    """Examples for the argument model, from the gold triggers."""
    seen: list[list[str]] = []
    dense: dict[int, list[NDArray[np.float16]]] = {}
    classes, weights, places = [], [], []
    for ((doc, events), weight, place), arrays in zip(labelled, vectors, strict=True):
        view = View(doc)
        names, added = Named(view), {n: event_arguments.sums(array) for n, array in arrays.items()}
        starts = sorted(t.start for t in event_triggers.candidates(view))
        told: event_arguments.Told | None = None
        for e in sorted(events, key=lambda e: e.start):
            if told is not None and view.paragraph(told.start) != view.paragraph(e.start):
                told = None
            options = candidates(view, e.start, e.end, e.kind, names)
            if options:
                seen += event_arguments.features(view, e.start, e.end, e.kind, options, starts, told)
                for n, array in arrays.items():
                    some = event_arguments.dense(e.start, e.end, options, array, added[n]).astype(np.float16)
                    dense.setdefault(n, []).append(some)
                classes += _roles(options, e.arguments)
                weights += [weight] * len(options)
                places += [place] * len(options)
            told = event_arguments.Told(e.kind, e.start, {view.text[a.start : a.end]: a.role for a in e.arguments})
    every = np.ones((len(seen), len(event_arguments.CLASSES)), dtype=bool)
    return Examples(seen, {n: np.concatenate(x) for n, x in dense.items()}, classes, every, weights, places)


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
    examples: Examples, classes: Sequence[str], learnt: Mapping[int, int], *, models: Mapping[int, int], epochs: int,
    hidden: int, batch: int = 64, minimum: int = 2, decay: float = 0.05, dropout: float = 0.4, blind: float = 0.7,
    seed: int = 0,
) -> Scorer:  # fmt: skip
    """Train so many nets of `hidden` units for the vectors of each network as `models` says, which differ in their random
    start; the Scorer gives the mean of the networks' means.

    Features seen in fewer than `minimum` examples are left out. `decay` is the weight decay of the features' weights,
    `dropout` that of the dense vectors. `learnt` says of each network that it has learnt the labels of every n-th place, so
    that their vectors tell more than those of any text to come: of each such example the vector is left out with the
    chance `blind`, and its features have to do. The vectors are normalised here, and that is folded into the weights.
    """
    counts = Counter(f for x in examples.features for f in set(x))
    names = sorted(f for f, n in counts.items() if n >= minimum)
    numbers = {f: i + 1 for i, f in enumerate(names)}
    rows = [[numbers[f] for f in dict.fromkeys(x) if f in numbers] for x in examples.features]
    table = np.zeros((len(rows), max(map(len, rows))), dtype=np.int32)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    features = torch.from_numpy(table)
    goal, forbidden = torch.tensor(examples.classes), torch.from_numpy(~examples.allowed)
    weights_of = torch.tensor(examples.weights)
    weights, networks = [], {}
    for network, count in models.items():
        dense = torch.from_numpy(examples.dense[network])
        mean = torch.from_numpy(examples.dense[network].mean(axis=0, dtype=np.float32))
        scale = 1 / torch.from_numpy(examples.dense[network].astype(np.float32).std(axis=0) + 1e-3)
        known = [place is not None and place % learnt[network] == 0 for place in examples.places]
        left_out = blind * torch.tensor(known, dtype=torch.float32)
        nets = []
        for number in range(count):
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
            weights.append(torch.stack([net.weights.weight[1:] for net in nets]).mean(dim=0))
            total = count * len(models)
            inward = torch.cat([net.inward.weight for net in nets]).T * scale[:, None]
            bias = torch.cat([net.inward.bias for net in nets]) - mean @ inward
            networks[network] = {
                "inward": inward.numpy(),
                "inward_bias": bias.numpy(),
                "outward": (torch.cat([net.outward.weight for net in nets], dim=1).T / total).numpy(),
                "outward_bias": (torch.stack([net.outward.bias for net in nets]).sum(dim=0) / total).numpy(),
            }
    with torch.no_grad():
        mean_weights = torch.stack(weights).mean(dim=0)
    strong = np.flatnonzero(mean_weights.abs().amax(dim=1).numpy() > 0.01)
    return Scorer([names[i] for i in strong], classes, mean_weights.numpy()[strong], networks)


def train_models(labelled: Sequence[Material], names: NameModel, settings: dict[str, Any]) -> dict[str, Scorer]:
    """The three models of the stage, by the name of their file."""
    learnt: dict[int, int] = settings["networks"]
    vectors = [{n: vectors_of(one.labelled[0], names, n) for n in learnt} for one in labelled]
    triggers, realis = trigger_examples(labelled, vectors)
    models = {}
    for name, examples, classes in (
        ("triggers", triggers, event_triggers.CLASSES),
        ("realis", realis, REALIS),
        ("arguments", argument_examples(labelled, vectors), event_arguments.CLASSES),
    ):
        model = models[name] = fit(examples, classes, learnt, **settings[name])
        model.encoder = names.fingerprint_of(model.networks)
    return models


def train_events(config: dict[str, Any]) -> dict[str, Any]:
    """Train by the `events` part of configs/train.yaml and write the models; returns counts.

    Keys: `corpus` (folders of labelled pages) and `practice` (folder of practice articles), in the order in which the name
    model has learnt them; `practice_later` (folder of those that it has not), `practice_weight` (how much one of them counts,
    beside 1 of a page's), `readings` (`folders`, `sources` and `weight` of marked public text), `names` (folder of the name
    model or "builtin"), `networks` (of each of its networks that is read, counted from 0: it has learnt the events of every
    n-th article), `output` (folder), and for `triggers`, `realis` and `arguments` the settings of `fit`. The realis model
    reads no network that the triggers' does not.
    Raises FileNotFoundError if a folder holds nothing to learn from.
    """
    pages: list[Labelled] = []
    for folder in map(Path, config["corpus"]):
        if not any((folder / "gold").glob("*.json")):
            raise FileNotFoundError(f"no gold pages in {folder}")
        pages += labelled_docs(folder)
    labelled = [Material(one, 1.0, place) for place, one in enumerate(pages)]
    weight = config["practice_weight"]  # the nearest to real print, so they weigh more
    learnt = _practice(Path(config["practice"]))
    labelled += [Material(one, weight, place) for place, one in enumerate(learnt, len(labelled))]
    labelled += [Material(one, weight, None) for one in _practice(Path(config["practice_later"]))]
    readings, nlp = config["readings"], reading_language()
    for folder in map(Path, readings["folders"]):
        marked = reading_docs(folder, readings["sources"], nlp)
        labelled += [Material(one, readings["weight"], None) for one in marked]
    out = Path(config["output"])
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"articles": len(labelled), "events": sum(len(events) for (_, events), *_ in labelled)}
    for name, model in train_models(labelled, load_model(config["names"]), config).items():
        model.save(out / f"{name}.npz")
        figures[name] = len(model.features)
    return figures


def _practice(folder: Path) -> list[Labelled]:
    """The practice articles of a folder. Raises FileNotFoundError if there are none."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise FileNotFoundError(f"no practice articles in {folder}")
    nlp = practice_language()
    return [one for path in files for one in practice_docs(path, nlp)]
