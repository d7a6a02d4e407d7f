"""Fits the weights of `pipeline.stages.place_bounds`: `python -m pipeline.training.places FOLDER [FOLDER …]`.

Each FOLDER holds `pages/` and `gold/` of labelled pages. For every suffix in their text, the gold place that ends there,
or none, is to win among the possible beginnings: a softmax over them, fitted with a penalty on large weights. Writes
`pipeline/lexicon/place_weights.tsv`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.folding import fold
from pipeline.lexicon import FOLDER
from pipeline.lexicon.divisions import divisions
from pipeline.page.region import home_place
from pipeline.stages.place_bounds import FEATURES, GROUPS, Setting
from pipeline.stages.place_region import Found
from pipeline.stages.places import SURE, Places
from pipeline.training.corpora import Paragraph, read_pages

_HEAD = (
    "# source: fitted on the project's labelled pages by pipeline.training.places",
    "# licence: the project's own",
    "# Weights (nats) of the features of place_bounds by level; lowest is community and village.",
)
# The few true names of these levels lose likelihood to the many suffixes without one; F1 wants them a little sooner.
_LEAN = {"compound": 0.7, "other": 0.7}
_SITE = 1.8  # worth of a name that a community bears: labelled pages have too few of them to tell
Example = tuple[int, np.ndarray, int]  # group, candidates x features, which is right (the last row is none at all)


def examples(places: Places, folders: Sequence[Path], first: bool) -> Iterator[Example]:
    """The examples of all pages; a row of zeros stands for no place. In the first round no name counts as repeated."""
    for folder in folders:
        for page, paragraphs in groupby(read_pages(folder / "pages", folder / "gold"), lambda p: p.page):
            rows = list(paragraphs)
            yield from _page(places, page, rows, first)


def _page(places: Places, page: str, rows: list[Paragraph], first: bool) -> Iterator[Example]:
    whole = "\n".join(row.text for row in rows)
    region = places.region_of(page, whole, home_place(whole, divisions()))
    for _, part in groupby(rows, lambda row: row.article):
        article = [(row, fold(row.text)) for row in part]
        seen = [places.survey(text, region) for _, text in article]
        sure = {
            text[f.start : f.end]
            for (_, text), survey in zip(article, seen, strict=True)
            for f in places.bounds.find(text, survey.upper, region, (), survey.heads, survey.doubtful)
            if f.score >= SURE and not first
        }
        for (row, text), survey in zip(article, seen, strict=True):
            gold = {end: (start, level or "") for start, end, kind, level in row.mentions if kind == "PLACE"}
            ends = {f.end: f for f in (*survey.doubtful, *survey.upper)}
            ends.update({end: Found(start, end, level, "gold", 9.0) for end, (start, level) in gold.items()})
            taken = {i for a, b, kind, _ in row.mentions if kind in ("ORG", "PER") for i in range(a, b)}
            closed = {f.end for f in survey.upper}
            full = {f.start: f.end for f in survey.upper if f.source == "gazetteer"}
            setting = Setting(text, region, ends, survey.heads, full, sure)
            for anchor in places.bounds.anchors(text):
                if anchor.end - 1 in taken or (anchor.suffix.level == "other" and anchor.end in closed):
                    continue
                found = list(places.bounds.beginnings(setting, anchor))
                wanted = gold.get(anchor.end)
                right = [i for i, beginning in enumerate(found) if wanted and beginning.start == wanted[0]]
                if not found or (wanted and not right):
                    continue
                matrix = np.zeros((len(found) + 1, len(FEATURES)))
                for i, beginning in enumerate(found):
                    for number, value in beginning.features:
                        matrix[i, number] += value
                yield GROUPS.index(anchor.suffix.group), matrix, right[0] if right else len(found)


def _unknown(matrix: np.ndarray) -> np.ndarray:
    """The example as if the gazetteer knew none of its names: print has more villages than any list."""
    matrix = matrix.copy()
    matrix[:, [i for i, name in enumerate(FEATURES) if name.startswith(("near_", "known_"))]] = 0.0
    return matrix


def fit(rows: Sequence[tuple[np.ndarray, int]], prior: np.ndarray, penalty: float, steps: int = 400) -> np.ndarray:
    """Weights that make the right candidates likely and stay near `prior`; gradient ascent with momentum."""
    weights = prior.copy()
    speed = np.zeros_like(weights)
    stacked = np.concatenate([matrix for matrix, _ in rows])
    bounds = np.cumsum([0] + [len(matrix) for matrix, _ in rows])
    right = np.array([start + chosen for start, (_, chosen) in zip(bounds[:-1], rows, strict=True)])
    target = stacked[right].sum(axis=0)
    for _ in range(steps):
        scores = stacked @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, bounds[:-1]), np.diff(bounds))
        likely = np.exp(scores)
        likely /= np.repeat(np.add.reduceat(likely, bounds[:-1]), np.diff(bounds))
        gradient = target - likely @ stacked - penalty * (weights - prior)
        speed = 0.9 * speed + gradient / max(len(rows), 1) * 0.3
        weights += speed
    return weights


def train(folders: Sequence[Path]) -> dict[str, np.ndarray]:
    """Weights by group. The second round learns what a name is worth that the first is sure of elsewhere."""
    places = Places(divisions())
    columns: dict[str, np.ndarray] = {}
    for first in (True, False):
        found = list(examples(places, folders, first))
        for group in ("town", "lowest", "other", "compound"):
            rows = [(matrix, chosen) for kind, matrix, chosen in found if GROUPS[kind] == group]
            rows += [(_unknown(matrix), chosen) for matrix, chosen in rows[::6]]
            # compounds are few: what they have in common with other places is taken from there
            prior = columns["other"].copy() if group == "compound" else np.zeros(len(FEATURES))
            if group == "compound":
                prior[FEATURES.index("institution")] = 2.0
            columns[group] = fit(rows, prior, 1.0 if group == "compound" else 0.3)
            right = sum(int(np.argmax(matrix @ columns[group]) == chosen) for matrix, chosen in rows)
            print(f"{group}: {len(rows)} suffixes, {right / max(len(rows), 1):.3f} right on what it was fitted on")
        places.bounds.weights = {group: columns[group].tolist() for group in GROUPS}
    for group, lean in _LEAN.items():
        columns[group][FEATURES.index("bias")] += lean
        columns[group][FEATURES.index("known_site")] = _SITE
    return columns


def main(folders: Sequence[str]) -> int:
    columns = train([Path(folder) for folder in folders])
    lines = ["\t".join(("feature", *GROUPS))]
    lines += ["\t".join((name, *(f"{columns[g][i]:.2f}" for g in GROUPS))) for i, name in enumerate(FEATURES)]
    (FOLDER / "place_weights.tsv").write_text("\n".join((*_HEAD, *lines)) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
