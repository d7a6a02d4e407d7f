"""Train the weights of page_weights.tsv: where one article ends and the next begins (page/cut.py).

A semi-Markov conditional random field over the cuts of labelled pages: of all cuts, those that the gold allows shall have
most of the probability. Gold tells which text belongs to which article; a line of display that is part of no text may go
to any article of whose heading it may be. The weights are drawn towards those that the file has had.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folding import fold
from pipeline.lexicon import FOLDER
from pipeline.page.blocks import Block, Likeness, blocks_of
from pipeline.page.looks import Looks
from pipeline.page.opening import opening_by
from pipeline.page.reading import Reading
from pipeline.training import openings
from pipeline.training.broadcasts import Item, items
from pipeline.training.made_pages import Maker, Unit, themes, title_parts, told, units

_FILE = "page_weights.tsv"
_LONGEST, _SIZE = 9, (80, 900)  # paragraphs, and characters, of a text of broadcasts
_HOPELESS = -45.0  # by the weights of before: an article below this score is not thought of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A page: for each interval of its blocks its bounds, its features and whether the gold allows it."""

    blocks: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    table: Floats
    allowed: NDArray[np.bool_]
    weight: float = 1.0


class _Tally(Reading):
    """Counts features: its weights are unit vectors."""

    before: Floats

    def hopeless(self) -> bool:
        return float(self.score @ self.before) < _HOPELESS


def _words(text: str | None) -> str:
    return "".join(fold(text or "").split())


class _Gold:
    """Which intervals of the blocks of a page the gold allows."""

    def __init__(self, blocks: list[Block], articles: list[dict[str, Any]]):
        self.blocks = blocks
        self.owner = [_owner(block, articles) for block in blocks]
        self.heads: list[set[int]] = [set() for _ in blocks]
        for k, block in enumerate(blocks):
            if self.owner[k] is None:
                self.heads[k] = {j for j, article in enumerate(articles) if _belongs(block, article)}
        self.before = _nearest(self.owner)
        self.after = _nearest(self.owner[::-1])[::-1]

    def allows(self, start: int, end: int) -> bool:
        owners = {self.owner[k] for k in range(start, end)} - {None}
        if len(owners) > 1:
            return False
        heads = [k for k in range(start, end) if self.owner[k] is None and self.heads[k]]
        if not owners:
            following = self.after[end - 1]
            # the heading of the text that follows goes with it
            return following is None or not any(following in self.heads[k] for k in heads)
        own = next(iter(owners))
        if any(own not in self.heads[k] for k in heads):
            return False
        if self.before[start] == own or self.after[end - 1] == own:
            return False
        k = start - 1
        while k >= 0 and self.owner[k] is None:  # its heading is whole
            if own in self.heads[k] and self.before[k] != own:
                return False
            k -= 1
        k = end
        while k < len(self.blocks) and self.owner[k] is None:  # and so are the bylines behind it
            if self.blocks[k].kind == "byline" and self.heads[k] == {own}:
                return False
            k += 1
        return True


def _nearest(owner: list[int | None]) -> list[int | None]:
    """The owner of the nearest text before each block."""
    out: list[int | None] = []
    seen: int | None = None
    for own in owner:
        out.append(seen)
        seen = own if own is not None else seen
    return out


def _owner(block: Block, articles: list[dict[str, Any]]) -> int | None:
    """The article with most of the text of a block, None if most of it is in no text."""
    low, high = block.paragraph.lines[0].start, block.paragraph.lines[-1].end
    size = sum(len(line.text) for line in block.paragraph.lines)
    shares = []
    for number, article in enumerate(articles):
        covered = sum(
            max(0, min(line.end, end) - max(line.start, start))
            for start, end in article["body"]
            if end > low and start < high
            for line in block.paragraph.lines
        )
        shares.append((covered, -number))
    covered, number = max(shares, default=(0, 0))
    lead = block.lead.end if block.lead else 0
    tail = len(block.folded) - block.tail[0] if block.tail else 0
    return -number if covered * 2 > size - lead - tail and covered else None


def _belongs(block: Block, article: dict[str, Any]) -> bool:
    """Whether a line may be part of the heading of an article, or one of its bylines."""
    text = _words(block.folded)
    if block.kind == "byline":
        return any(_words(byline["name"]) in text for byline in article["bylines"])
    return bool(text) and text in _words(article["headline"]) + "\n" + _words(article["kicker"]).replace("/", "")


@dataclass(frozen=True)
class Features:
    """The rows of the file, their weights of before, and what tells how a paragraph begins."""

    names: Mapping[str, int]
    before: Floats
    opening: Callable[[str], float]


def example(page: str, articles: list[dict[str, Any]], features: Features, weight: float = 1.0) -> Example:
    """The intervals of a page."""
    blocks = blocks_of(page)
    gold = _Gold(blocks, articles)
    unit = np.eye(len(features.names))
    vectors = {name: unit[k] for name, k in features.names.items()}
    looks = Looks(blocks, Likeness(blocks), vectors, features.opening)
    rows: list[Floats] = []
    starts, ends, allowed = [], [], []
    for start in range(len(blocks)):
        reading = _Tally(looks, start, vectors)
        reading.before = features.before
        for end, counts in reading.ends():
            starts.append(start)
            ends.append(end)
            rows.append(np.asarray(counts, dtype=np.float32))
            allowed.append(gold.allows(start, end))
    return Example(len(blocks), np.array(starts), np.array(ends), np.array(rows), np.array(allowed), weight)


def _expected(page: Example, scores: Floats, chosen: NDArray[np.bool_]) -> tuple[float, Floats | None]:
    """Logarithm of the sum over all cuts into the chosen intervals, and the chance of each interval; minus infinity if
    there is no such cut."""
    size = page.blocks
    which = np.flatnonzero(chosen)
    s, e, w = page.starts[which], page.ends[which], scores[which]
    first = np.searchsorted(s, np.arange(size + 1))
    forward = np.full(size + 1, -np.inf)
    forward[0] = 0.0
    for at in range(size):
        if forward[at] == -np.inf:
            continue
        low, high = first[at], first[at + 1]
        np.logaddexp.at(forward, e[low:high], forward[at] + w[low:high])
    total = forward[size]
    if total == -np.inf:
        return -math.inf, None
    backward = np.full(size + 1, -np.inf)
    backward[size] = 0.0
    for at in range(size - 1, -1, -1):
        low, high = first[at], first[at + 1]
        if low < high:
            value = w[low:high] + backward[e[low:high]]
            top = value.max()
            backward[at] = top + math.log(np.exp(value - top).sum()) if top > -np.inf else -np.inf
    chance = np.zeros(len(scores))
    chance[which] = np.exp(forward[s] + w + backward[e] - total)
    return float(total), chance


def fit(pages: list[Example], before: Floats, penalty: float, steps: int) -> Floats:
    """The weights that make the allowed cuts likely, with an L2 penalty on their distance from those of before."""
    from scipy.optimize import minimize

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = penalty * float(((weights - before) ** 2).sum()) / 2, penalty * (weights - before)
        for page in pages:
            scores = page.table @ weights
            everything, chance = _expected(page, scores, np.ones(len(scores), dtype=bool))
            right, wanted = _expected(page, scores, page.allowed)
            assert chance is not None
            assert wanted is not None
            value += page.weight * (everything - right)
            slope = slope + page.weight * ((chance - wanted) @ page.table)
        return value, slope

    found = minimize(loss, before, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return np.asarray(found.x)


def usable(page: Example) -> bool:
    """Whether the gold allows any cut of the page at all."""
    return _expected(page, np.zeros(len(page.starts)), page.allowed)[1] is not None


def _even(page: str, articles: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """A page with one blank line in every gap: many copies have lost what the gaps say."""
    moved: dict[int, int] = {}
    out: list[str] = []
    for k, character in enumerate(page):
        moved[k] = len(out)
        if character != "\n" or out[-2:] != ["\n", "\n"]:
            out.append(character)
    bodies = [[[moved[start], moved[end - 1] + 1] for start, end in article["body"]] for article in articles]
    return "".join(out), [{**article, "body": body} for article, body in zip(articles, bodies, strict=True)]


def _plain(item: Item) -> bool:
    """Whether an item is running text alone, of the length of a newspaper's: no speaker's name on a line of its own."""
    if len(item.paragraphs) > _LONGEST or not _SIZE[0] <= sum(map(len, item.paragraphs)) <= _SIZE[1]:
        return False
    blocks = blocks_of("\n\n".join(item.paragraphs))
    return all(block.kind == "prose" and not block.lead and not block.tail for block in blocks)


def _pages(settings: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]], float]]:
    """Text, articles and weight: labelled pages as printed and with even gaps, and pages made of their articles and of
    broadcast news, as they come, of one page or of one theme."""
    noise = random.Random(settings["seed"])
    by_page: dict[str, list[Unit]] = {}
    for batch in settings["labelled"]:
        pages, gold = Path(batch["pages"]), Path(batch["gold"])
        for path in sorted(gold.glob("*.json")):
            page = (pages / f"{path.stem}.txt").read_text(encoding="utf-8")
            articles = json.loads(path.read_text(encoding="utf-8"))["articles"]
            yield page, articles, batch["weight"]
            yield *_even(page, articles), batch["weight"]
        for unit in units(pages, gold):
            by_page.setdefault(unit.source, []).append(unit)
    together = [unit for found in by_page.values() for unit in found]
    same = [found for found in by_page.values() if len(found) >= 3]
    broadcast = [item for item in items(Path(settings["texts"]), half=1) if _plain(item)]
    subjects = themes(broadcast, noise, settings["themes"])
    maker = Maker(noise, title_parts(broadcast))
    for number in range(settings["made"]):
        kind = number % 4
        if kind == 0:
            pool = noise.sample(together, 60)
        elif kind == 1:
            pool = noise.choice(same) + noise.choice(same)[: noise.randint(0, 3)]
        elif kind == 2:
            pool = noise.choice(subjects) + [told(item) for item in noise.sample(broadcast, noise.randint(0, 3))]
        else:
            pool = noise.choice(same) + noise.choice(subjects)[:3]
        chosen = noise.sample(pool, min(noise.randint(3, 10), len(pool)))
        signed, subheads = noise.choice([1.0, 0.5, 0.0, 0.0]), noise.choice([0.35, 0.1])
        yield *maker.page(chosen, signed, 0.25, subheads), 1.0


def train(settings: dict[str, Any]) -> None:
    """Write the weights into the file of features; its other columns stay as they are.

    How a paragraph begins is told by weights from the other half of the broadcasts alone: those of the shipped file know
    the labelled pages, and would count for more here than on pages that they have not seen.
    """
    path = FOLDER / _FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(k for k, line in enumerate(lines) if not line.startswith("#")) + 1
    rows = [line.split("\t") for line in lines[start:]]
    heard = openings.broadcast(Path(settings["texts"]), settings["seed"])
    bias, weight = openings.fit(heard, settings["openings"])
    features = Features(
        {row[0]: k for k, row in enumerate(rows)},
        np.array([float(row[2]) for row in rows]),
        lambda text: opening_by(text, bias, weight),
    )
    examples = (example(page, articles, features, share) for page, articles, share in _pages(settings))
    found = fit([page for page in examples if usable(page)], features.before, settings["penalty"], settings["steps"])
    for row, value in zip(rows, found, strict=True):
        row[1] = f"{value:.2f}"
    path.write_text("\n".join([*lines[:start], *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")
