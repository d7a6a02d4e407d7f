"""Figures of a finished name model: strict F1 on the MSRA dev split and on labelled pages, and its speed."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.language.names import BUILTIN, CALIBRATION, NameModel, load_model
from pipeline.training import corpora
from pipeline.training.corpora import CONVENTIONS, Sample


class Tally:
    """Right, found and wanted spans by label."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.wanted: Counter[str] = Counter()

    def add(self, found: Iterable[tuple[int, int, str]], wanted: Iterable[tuple[int, int, str]]) -> None:
        guess, gold = set(found), set(wanted)
        self.right.update(k for *_, k in guess & gold)
        self.found.update(k for *_, k in guess)
        self.wanted.update(k for *_, k in gold)

    def figures(self, labels: Iterable[str] | None = None) -> tuple[float, float, float]:
        """Precision, recall, F1 of these labels together."""
        chosen = list(labels or self.wanted)
        right, found, wanted = (sum(c[k] for k in chosen) for c in (self.right, self.found, self.wanted))
        return right / max(found, 1), right / max(wanted, 1), 2 * right / max(found + wanted, 1)


def score(model: NameModel, samples: list[Sample], head: str) -> Tally:
    """Compare what a head finds in each text with its spans."""
    tally = Tally()
    for i in range(0, len(samples), 32):
        part = samples[i : i + 32]
        for sample, found in zip(part, model.find([s.text for s in part], head), strict=True):
            tally.add([(a, b, k) for a, b, k, _ in found], sample.spans)
    return tally


def calibrate(folder: Path, samples: list[Sample], head: str = "news") -> dict[str, float]:
    """Write beside the model of a folder how far its scores are to be believed, from texts that it has not learnt from.

    A score is the chance of a name's least sure character, lower than how often the name is right; the power that makes
    the labels of `samples` likeliest is chosen for each label.
    """
    path = folder / CALIBRATION
    told = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({k: v for k, v in told.items() if k != head}), "utf-8")
    model = NameModel(folder)
    doubts: dict[str, list[tuple[float, bool]]] = {label: [] for label in CONVENTIONS[head]}
    for sample in samples:
        for start, end, label, value in model.find([sample.text], head)[0]:
            doubts[label].append((min(max(1.0 - value, 1e-3), 0.999), (start, end, label) in sample.spans))
    powers = {label: _power(seen) for label, seen in doubts.items()}
    path.write_text(json.dumps(told | {head: powers}), "utf-8")
    return powers


def _power(seen: list[tuple[float, bool]]) -> float:
    def likelihood(power: float) -> float:
        return sum(math.log(1.0 - doubt**power if right else doubt**power) for doubt, right in seen)

    return max((1.0 + step / 4 for step in range(21)), key=likelihood)


def report(settings: dict[str, Any], model: str | Path = BUILTIN) -> None:
    """Print precision, recall and F1 by label for the MSRA dev split and each set of pages, and characters a second."""
    began = time.perf_counter()
    names = load_model(model)
    print(f"loaded in {time.perf_counter() - began:.2f} s")
    everything = list(corpora.read_spans(Path(settings["corpora"]["msra"]), "msra"))
    sets = {"msra dev": ("msra", corpora.split_dev(everything, int(settings["msra_dev"]), int(settings["seed"]))[1])}
    for name, folder in settings["score"].items():
        pages = corpora.read_pages(Path(folder["pages"]), Path(folder["gold"]))
        sets[name] = ("news", [p.sample() for p in pages])
    for name, (head, samples) in sets.items():
        began = time.perf_counter()
        tally = score(names, samples, head)
        speed = sum(len(s.text) for s in samples) / (time.perf_counter() - began)
        told = "  ".join(
            "{} {:.3f}/{:.3f}/{:.3f}".format(k, *tally.figures([k])) for k in CONVENTIONS[head] if tally.wanted[k]
        )
        print(
            f"{name}: all {'/'.join(f'{f:.3f}' for f in tally.figures())}  {told}  {speed:,.0f} characters/s",
            flush=True,
        )
