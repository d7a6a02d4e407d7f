"""How much each kind of sign of a page's year counts, fitted by maximum likelihood: writes `lexicon/year_kinds.tsv`.

A ridge holds the weights near 1, where the signs' own strengths are taken as they stand: the labelled pages are few. (National
news of single days, tried beside them, tells years to come as if they were past, and made the fit worse on pages held out.)
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.lexicon import FOLDER
from pipeline.page.issue import MIN_PROBABILITY, flat_text, news_day
from pipeline.page.year import YEARS, kind_weights, prior, probabilities, year_evidence

_HEAD = """\
# How much each kind of sign of a page's year counts (`pipeline/page/year.py`).
# source: fitted by `python -m pipeline.train year-kinds configs/train.yaml` on labelled pages of this project
# licence: Apache-2.0
"""


@dataclass(frozen=True)
class Sample:
    """A page of known year."""

    source: str  # the folder it is from
    year: int
    evidence: NDArray[np.float64]  # (kinds, years)


def labelled(folder: Path) -> Iterator[Sample]:
    """The pages of `folder/pages` whose year `folder/gold` knows."""
    for file in sorted((folder / "gold").glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        if gold.get("year") in YEARS:
            text = (folder / "pages" / gold["page"]).read_bytes().decode("utf-8")
            yield Sample(folder.name, gold["year"], _matrix(flat_text(text), news_day(text)))


def _matrix(flat: str, now: tuple[int, int] | None) -> NDArray[np.float64]:
    evidence = year_evidence(flat, now)
    return np.array([[evidence[kind][year] for year in YEARS] for kind in kind_weights()])


def weighed(weights: NDArray[np.float64], evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """(years,) how likely each is."""
    return probabilities(np.array(list(prior().values())) + weights @ evidence)


def fit(samples: Sequence[Sample], ridge: float) -> NDArray[np.float64]:
    """(kinds,) the weights under which the samples are likeliest, at least 0."""
    from scipy.optimize import minimize

    kinds = len(kind_weights())

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = ridge * float(((weights - 1) ** 2).sum()), 2 * ridge * (weights - 1)
        for sample in samples:
            odds, at = weighed(weights, sample.evidence), sample.year - YEARS[0]
            total -= math.log(max(float(odds[at]), 1e-12))
            slope -= sample.evidence[:, at] - sample.evidence @ odds
        return total, slope

    found = minimize(loss, np.ones(kinds), jac=True, method="L-BFGS-B", bounds=[(0, 3)] * kinds)
    result: NDArray[np.float64] = found.x
    return result


def score(samples: Sequence[Sample], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Mean log likelihood of the true years, and F1 of the years that are sure enough to be given."""
    likelihood, given, right = 0.0, 0, 0
    for sample in samples:
        odds = weighed(weights, sample.evidence)
        likelihood += math.log(max(float(odds[sample.year - YEARS[0]]), 1e-12))
        given += odds.max() >= MIN_PROBABILITY
        right += odds.max() >= MIN_PROBABILITY and YEARS[int(odds.argmax())] == sample.year
    return likelihood / len(samples), 2 * right / (given + len(samples))


def train(settings: Mapping[str, Any]) -> None:
    """Fit, write, and print what each folder's pages score with weights that were fitted without them."""
    pages = [sample for folder in settings["labelled"] for sample in labelled(Path(folder))]
    for name in dict.fromkeys(sample.source for sample in pages):
        rest = [sample for sample in pages if sample.source != name]
        own = [sample for sample in pages if sample.source == name]
        even, fitted = score(own, np.ones(len(kind_weights()))), score(own, fit(rest, settings["ridge"]))
        print(
            f"{name}: log likelihood {even[0]:.3f} unfitted, {fitted[0]:.3f} fitted; F1 {even[1]:.3f}, {fitted[1]:.3f}"
        )
    weights = fit(pages, settings["ridge"])
    with open(FOLDER / "year_kinds.tsv", "w", encoding="utf-8") as file:
        file.write(_HEAD + "kind\tweight\n")
        for kind, weight in zip(kind_weights(), weights.tolist(), strict=True):
            file.write(f"{kind}\t{weight:.2f}\n")
