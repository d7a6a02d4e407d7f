"""Train the weights of page_openings.tsv: is a paragraph the first one of its article (page/opening.py)?

A logistic regression over the strings at the head of a paragraph, from broadcast news and labelled pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folding import fold
from pipeline.lexicon import FOLDER
from pipeline.page.opening import opening_grams
from pipeline.training.broadcasts import items
from pipeline.training.made_pages import units

_FILE = "page_openings.tsv"
_SHORTEST = 20  # characters of a paragraph
_MOST = 110_000  # paragraphs of broadcasts
_LONGEST = 10  # paragraphs of an item
_STEPS, _RATE = 250, 0.05

Paragraph = tuple[str, bool, float]  # folded, whether it is the first, what it counts


def broadcast(path: Path, seed: int) -> list[Paragraph]:
    """The paragraphs of one half of the broadcasts (the other is for the cuts of pages)."""
    found = [
        (fold(text), not at, 1.0)
        for item in items(path, half=0)
        if 1 < len(item.paragraphs) <= _LONGEST
        for at, text in enumerate(item.paragraphs)
        if len(text) >= _SHORTEST
    ]
    order = np.random.default_rng(seed).permutation(len(found))
    return [found[k] for k in order[:_MOST]]


def labelled(batches: list[dict[str, str]], weight: float) -> Iterator[Paragraph]:
    """The paragraphs of the articles of labelled pages."""
    for batch in batches:
        for unit in units(Path(batch["pages"]), Path(batch["gold"])):
            if unit.kind != "caption":
                for at, text in enumerate(unit.paragraphs):
                    if len(text) >= _SHORTEST:
                        yield fold(text), not at, weight


def fit(paragraphs: list[Paragraph], settings: dict[str, Any]) -> tuple[float, dict[str, float]]:
    """Bias and the weight of each string; firsts and others count the same together."""
    from scipy.sparse import csr_matrix

    grams = [opening_grams(text) for text, _, _ in paragraphs]
    count = Counter(gram for found in grams for gram in found)
    column = {g: k for k, g in enumerate(sorted(g for g, c in count.items() if c >= settings["minimum_count"]))}
    columns = [[column[gram] for gram in sorted(found) if gram in column] for found in grams]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [k for found in columns for k in found]
    table = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(grams), len(column)))
    turned = table.T.tocsr()
    first: NDArray[np.float64] = np.array([float(is_first) for _, is_first, _ in paragraphs])
    share = np.array([weight for _, _, weight in paragraphs]) * np.where(first > 0, 1 - first.mean(), first.mean()) * 2
    weights, mean, square = (np.zeros(len(column) + 1) for _ in range(3))
    for step in range(1, _STEPS + 1):  # Adam
        chance = 1 / (1 + np.exp(-np.clip(table @ weights[1:] + weights[0], -30, 30)))
        error = share * (chance - first)
        slope = np.concatenate([[error.sum()], turned @ error + settings["penalty"] * weights[1:]]) / len(grams)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        weights -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    least = settings["smallest_weight"]
    kept = {gram: float(weights[k + 1]) for gram, k in column.items() if abs(weights[k + 1]) >= least}
    return float(weights[0]), {
        gram: weight for gram, weight in kept.items() if gram == gram.strip() and gram[0] not in '#"'
    }


def train(settings: dict[str, Any]) -> None:
    """Write the weights below the head of the file, which stays as it is."""
    paragraphs = broadcast(Path(settings["texts"]), settings["seed"])
    paragraphs += labelled(settings["labelled"], settings["labelled_weight"])
    bias, weights = fit(paragraphs, settings)
    path = FOLDER / _FILE
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(("#", "gram\t"))]
    rows = [f"bias\t{bias:.2f}", *(f"{gram}\t{weight:.2f}" for gram, weight in sorted(weights.items()))]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
