"""Scores of an output against gold: figures a layer with a bootstrap interval, and the errors with their context."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from pipeline.scoring.facts import PageFacts, ScoringError, read_gold, read_tables
from pipeline.scoring.layers import LAYERS
from pipeline.scoring.match import bare
from pipeline.scoring.pairs import Outcome, PagePair

RESAMPLES, SEED, COVERAGE = 1000, 20240229, 0.95
CONTEXT = 15  # characters either side of an error


@dataclass(frozen=True)
class Figures:
    """Precision, recall and F1, each None where nothing could be right or wrong."""

    precision: float | None
    recall: float | None
    f1: float | None

    @staticmethod
    def of(gold: float, predicted: float, found: float, right: float) -> Figures:
        """From items in gold, items predicted, gold items found and predicted items right."""
        if not gold and not predicted:
            return Figures(None, None, None)
        precision, recall = right / predicted if predicted else 0.0, found / gold if gold else 0.0
        total = precision + recall
        return Figures(precision, recall, 2 * precision * recall / total if total else 0.0)


@dataclass(frozen=True)
class LayerScore:
    """The outcomes of a layer over all pages: `outcomes[i]` are those of page `i`."""

    name: str
    outcomes: tuple[tuple[Outcome, ...], ...]

    @cached_property
    def counts(self) -> np.ndarray:
        """One row an article, six columns: see `pairs.Outcome.counts`."""
        rows: dict[tuple[int, int], np.ndarray] = {}
        for i, page in enumerate(self.outcomes):
            for outcome in page:
                key = (i, outcome.article)
                rows[key] = rows.get(key, 0) + np.array(outcome.counts)
        return np.array(list(rows.values())).reshape(-1, 6)

    @property
    def gold(self) -> int:
        """Items in gold; characters for the layer articles."""
        return round(self.counts[:, 0].sum())

    @property
    def predicted(self) -> int:
        return round(self.counts[:, 1].sum())

    @property
    def strict(self) -> Figures:
        gold, predicted, found, right, _, _ = self.counts.sum(axis=0).tolist()
        return Figures.of(gold, predicted, found, right)

    @property
    def lenient(self) -> Figures:
        gold, predicted, _, _, found, right = self.counts.sum(axis=0).tolist()
        return Figures.of(gold, predicted, found, right)

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The middle 95% of the strict F1 over resamples of the articles that have something of this layer."""
        articles = len(self.counts)
        if not articles:
            return None
        draws = np.random.default_rng(SEED).multinomial(articles, np.full(articles, 1 / articles), RESAMPLES)
        gold, predicted, found, right = (draws @ self.counts[:, :4]).T
        with np.errstate(divide="ignore", invalid="ignore"):
            precision, recall = np.nan_to_num(right / predicted), np.nan_to_num(found / gold)
            f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
        f1 = f1[gold + predicted > 0]
        low, high = np.quantile(f1, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]).tolist()
        return low, high

    def groups(self) -> dict[str, Figures]:
        """Strict figures by type, role, level or kind, where the layer has such; a pair counts for its gold item's."""
        sums: dict[str, np.ndarray] = {}
        for page in self.outcomes:
            for outcome in page:
                if outcome.group:
                    sums[outcome.group] = sums.get(outcome.group, 0) + np.array(outcome.counts)
        return {name: Figures.of(*row.tolist()[:4]) for name, row in sorted(sums.items())}


@dataclass(frozen=True)
class Scores:
    """What `score` found. `missing` names the gold pages that the output has not; all in them counts as missed."""

    pages: tuple[PagePair, ...]
    missing: tuple[str, ...]
    layers: dict[str, LayerScore]

    def as_dict(self) -> dict[str, Any]:
        """All figures, as `--json` writes them."""
        return {
            "pages": len(self.pages),
            "articles": sum(len(page.gold.articles) for page in self.pages),
            "missing": list(self.missing),
            "layers": {name: _layer_dict(layer) for name, layer in self.layers.items()},
        }

    def table(self) -> Table:
        """The figures as a table to print."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("layer", no_wrap=True)
        for name in ("gold", "predicted", "P", "R", "F1", "95%", "F1 lenient"):
            table.add_column(name, justify="right", no_wrap=True)
        for name, layer in self.layers.items():
            strict, low_high = layer.strict, layer.interval
            interval = f"{_shown(low_high[0])}-{_shown(low_high[1])}" if low_high else "-"
            figures = [_shown(v) for v in (strict.precision, strict.recall, strict.f1)]
            table.add_row(
                name, f"{layer.gold:,}", f"{layer.predicted:,}", *figures, interval, _shown(layer.lenient.f1)
            )  # fmt: skip
        return table

    def errors(self, layer: str) -> Iterator[Text]:
        """The misses, extras and wrong pairs of a layer in the order of the pages, each with place and context."""
        for page, outcomes in zip(self.pages, self.layers[layer].outcomes, strict=True):
            for outcome in sorted(outcomes, key=lambda o: o.span):
                if outcome.wrong:
                    yield _error(page, outcome)


def score(gold_dir: str | Path, output_dir: str | Path) -> Scores:
    """Score the tables of a run against the gold files of a directory.

    Pages are paired by the SHA-256 of their text; pages of the output without gold are left out. Raises ScoringError
    with a sentence for the user.
    """
    gold_dir, output_dir = Path(gold_dir), Path(output_dir)
    predicted = read_tables(output_dir, [page.sha256 for page in read_gold(gold_dir)])
    gold = read_gold(gold_dir, {sha256: str(page.text) for sha256, page in predicted.items()})
    pages = tuple(PagePair(g, predicted.get(g.sha256) or PageFacts(g.name, g.sha256)) for g in gold)
    layers = {name: LayerScore(name, tuple(tuple(layer(page)) for page in pages)) for name, layer in LAYERS.items()}
    return Scores(pages, tuple(g.name for g in gold if g.sha256 not in predicted), layers)


def check_layer(name: str) -> str:
    """The name of a layer; raises ScoringError naming the allowed ones."""
    if name not in LAYERS:
        raise ScoringError(f"there is no layer {name!r}; the layers are {', '.join(LAYERS)}.")
    return name


def write_json(scores: Scores, file: Path) -> None:
    try:
        file.write_text(json.dumps(scores.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ScoringError(f"{file}: the figures cannot be written ({error.strerror or error}).") from error


def _layer_dict(layer: LayerScore) -> dict[str, Any]:
    return {
        "gold": layer.gold,
        "predicted": layer.predicted,
        "strict": vars(layer.strict),
        "interval": layer.interval,
        "lenient": vars(layer.lenient),
        "groups": {name: vars(figures) for name, figures in layer.groups().items()},
    }


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _error(page: PagePair, outcome: Outcome) -> Text:
    kind = "miss" if outcome.predicted is None else "extra" if outcome.gold is None else "wrong"
    style = {"miss": "red", "extra": "yellow", "wrong": "magenta"}[kind]
    start, end = outcome.span
    line = Text.assemble((f"{kind:5}", style), f" {page.gold.name} {start}  ")
    if outcome.gold is not None:
        line.append(f"gold: {outcome.gold}  ")
    if outcome.predicted is not None:
        line.append(f"predicted: {outcome.predicted}  ")
    text = page.predicted.text
    if text is not None:
        middle = bare(text[start:end])
        middle = middle if len(middle) <= 2 * CONTEXT else f"{middle[:CONTEXT]}…{middle[-CONTEXT:]}"
        before, after = (bare(piece) for piece in (text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]))
        line.append_text(Text.assemble((before, "dim"), (f"【{middle}】", "bold"), (after, "dim")))
    return line
