"""Train the weights of page_headings.tsv: which lines of display above a text are its headline (page/headings.py).

A conditional log-linear model over the choices of each heading, from labelled pages and from headings written down by
themselves (corpus/heads). The features and their meanings are those of the file; only its weights are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.folding import fold
from pipeline.lexicon import FOLDER
from pipeline.page.blocks import Likeness, blocks_of
from pipeline.page.cut import best_cut
from pipeline.page.headings import choices, features

_FILE = "page_headings.tsv"
_STEPS = 12  # of Newton's method: more change nothing
_HEAD = 6  # blocks of the text that headings are compared with


@dataclass(frozen=True)
class Heading:
    """Folded lines above a folded text; `labels` has a K (kicker) or H (headline) for each line."""

    lines: tuple[str, ...]
    labels: str
    text: str

    def answer(self) -> int | None:
        """Which of the choices is right; None if the headline's lines are not neighbours."""
        for number, (first, last) in enumerate(choices(len(self.lines))):
            if self.labels == "K" * first + "H" * (last - first) + "K" * (len(self.lines) - last):
                return number
        return None


def written(path: Path) -> Iterator[Heading]:
    """The headings of a file of corpus/heads: `#head`, then lines that begin with K, H or T (the text)."""
    for chunk in path.read_text(encoding="utf-8").split("#head\n")[1:]:
        rows = [(row[0], fold(row[2:])) for row in chunk.splitlines() if row]
        display = [(label, line) for label, line in rows if label in "KH"]
        text = "".join(line for label, line in rows if label == "T")
        yield Heading(tuple(line for _, line in display), "".join(label for label, _ in display), text)


def printed(page: str, gold: dict[str, Any]) -> Iterator[Heading]:
    """The headings of two lines and more of a labelled page."""
    blocks = blocks_of(page)
    for start, end in best_cut(blocks, Likeness(blocks)):
        at = start
        while at < end and blocks[at].kind in ("display", "byline"):
            at += 1
        display = [blocks[k] for k in range(start, at) if blocks[k].kind == "display"]
        if at == end or len(display) < 2:
            continue
        lead = blocks[at].lead
        begin = blocks[at].paragraph.lines[0].start + (lead.end if lead else 0)
        own = [a for a in gold["articles"] if any(low <= begin + 1 < high for low, high in a["body"])]
        headline = "".join(fold(own[0]["headline"] or "").split()) if own else ""
        labels = "".join("H" if "".join(b.folded.split()) in headline else "K" for b in display)
        if "H" in labels:
            text = "".join(block.folded for block in blocks[at : min(end, at + _HEAD)])
            yield Heading(tuple(block.folded for block in display), labels, text)


def of_pages(pages: Path, gold: Path) -> Iterator[Heading]:
    """The headings of a folder of pages with its folder of gold."""
    for path in sorted(gold.glob("*.json")):
        page = (pages / f"{path.stem}.txt").read_text(encoding="utf-8")
        yield from printed(page, json.loads(path.read_text(encoding="utf-8")))


def fit(headings: Sequence[tuple[Heading, float]], names: Sequence[str], penalty: float) -> list[float]:
    """The weight of each feature for weighted headings: Newton's method, L2 penalty."""
    column = {name: k for k, name in enumerate(names)}
    rows: list[np.ndarray] = []
    firsts, right, weight = [], [], []
    for heading, importance in headings:
        answer = heading.answer()
        if answer is None:
            continue
        firsts.append(len(rows))
        right.append(len(rows) + answer)
        weight.append(importance)
        for first, last in choices(len(heading.lines)):
            row = np.zeros(len(names))
            for feature in features(list(heading.lines), first, last, heading.text):
                if feature not in column:
                    raise ValueError(f"{_FILE} has no row for the feature {feature}: give it one with its meaning")
                row[column[feature]] += 1
            rows.append(row)
    table, shares = np.vstack(rows), np.array(weight)
    owner = np.repeat(np.arange(len(firsts)), np.diff([*firsts, len(rows)]))
    wanted = (shares[:, None] * table[right]).sum(0)
    found = np.zeros(len(names))
    for _ in range(_STEPS):
        score = table @ found
        chance = np.exp(score - np.maximum.reduceat(score, firsts)[owner])
        chance /= np.add.reduceat(chance, firsts)[owner]
        spread = table - np.add.reduceat(chance[:, None] * table, firsts)[owner]
        slope = penalty * found + (chance * shares[owner]) @ table - wanted
        curve = (spread * (chance * shares[owner])[:, None]).T @ spread + penalty * np.eye(len(names))
        found -= np.linalg.solve(curve, slope)
    return [round(float(w), 2) for w in found]


def weighted(settings: dict[str, Any]) -> Iterator[tuple[Heading, float]]:
    """The headings of `labelled` (folders `pages` and `gold`, `weight`) and those of `heads` (`path` of a file, `weight`),
    the latter times `joined` if the headline takes two lines."""
    for batch in settings["labelled"]:
        for heading in of_pages(Path(batch["pages"]), Path(batch["gold"])):
            yield heading, batch["weight"]
    for file in settings["heads"]:
        for heading in written(Path(file["path"])):
            yield heading, file["weight"] * (settings["joined"] if "HH" in heading.labels else 1.0)


def train(settings: dict[str, Any]) -> None:
    """Write the weights into the file of features; its other columns stay as they are."""
    path = FOLDER / _FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(k for k, line in enumerate(lines) if not line.startswith("#")) + 1
    rows = [line.split("\t") for line in lines[start:]]
    weights = fit(list(weighted(settings)), [row[0] for row in rows], settings["penalty"])
    for row, value in zip(rows, weights, strict=True):
        row[1] = f"{value:.2f}"
    path.write_text("\n".join([*lines[:start], *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")
