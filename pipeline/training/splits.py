"""Train the weights of page_splits.tsv: are two lines one clause set in two, or each a whole (page/headings.py)?

A logistic regression over the letters at the edges of the lines. What is one: a headline cut behind one of its words. What
is not: parts of a headline beside each other, a kicker above a headline, two headlines.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folding import fold
from pipeline.language.segmenter import blank_chinese
from pipeline.lexicon import FOLDER
from pipeline.page.headings import split_grams
from pipeline.training.corpora import open_packed

_FILE = "page_splits.tsv"
_STATE = re.compile("习近平|李克强|李强|总理|主席|总书记|栗战书|张高丽|俞正声|汪洋|韩正|王沪宁|赵乐际")
_STATE_KEPT = 0.15  # of the titles of state affairs, which local print has not
_LOCAL = 3  # times that headlines of our pages count
_SHARE = (0.22, 0.78)  # of a headline, where it may be cut
_KICKER_TIMES = 15  # that the same kicker is taken
_STRANGERS = (40_000, 30_000)  # pairs of parts, and of whole headlines, that do not belong together
_EPOCHS, _BATCH, _RATE, _PENALTY = 5, 256, 0.15, 2e-3

Pair = tuple[str, str]


@dataclass(frozen=True)
class Title:
    kicker: str | None
    text: str


def titles(path: Path, noise: random.Random) -> Iterator[Title]:
    """Folded titles of broadcasts from `{"t": …}` lines: a kicker may stand in 【】."""
    with open_packed(path) as lines:
        for line in lines:
            match = re.match(r"(?:【([^】]*)】)?(.*)", json.loads(line)["t"])
            assert match is not None
            text = fold(match[2]).replace("\u3000", " ").strip()
            if (
                6 <= len(text) <= 34
                and "快讯" not in text
                and (not _STATE.search(text) or noise.random() < _STATE_KEPT)
            ):
                yield Title(fold(match[1]) if match[1] else None, text)


def labelled(folder: Path) -> Iterator[Title]:
    """Folded headlines of a folder of gold, one for each line of their kickers, or with none."""
    for path in sorted(folder.glob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["articles"]:
            if article["headline"]:
                kickers = [fold(k) for k in (article["kicker"] or "").split(" / ") if k]
                yield from (Title(kicker, fold(article["headline"])) for kicker in kickers or (None,))


def pairs(broadcast: list[Title], local: list[Title], noise: random.Random) -> tuple[list[Pair], list[Pair]]:
    """Pairs of lines that are one clause, and pairs that are not."""
    tokenizer = blank_chinese().tokenizer
    whole = [title.text for title in broadcast] + _LOCAL * list(dict.fromkeys(title.text for title in local))
    one: list[Pair] = []
    for text in whole:
        part = text if " " not in text or noise.random() < 0.3 else max(text.split(" "), key=len)
        if len(part) < 8:
            continue
        ends = np.cumsum([len(word.text) for word in tokenizer(part)])[:-1].tolist()
        places = [
            n
            for n in ends
            if 3 <= n <= len(part) - 2
            and _SHARE[0] <= n / len(part) <= _SHARE[1]
            and part[n - 1] not in " ,:"
            and part[n] not in " ,:"
        ]
        one += [(part[:n], part[n:]) for n in noise.sample(places, min(2, len(places)))]
    other = [(title.kicker, title.text) for title in local if title.kicker]
    taken: Counter[str] = Counter()
    for title in broadcast:
        parts = [part for part in title.text.split(" ") if len(part) > 3]
        other += list(pairwise(parts))
        if title.kicker and taken[title.kicker] < _KICKER_TIMES:
            taken[title.kicker] += 1
            other.append((title.kicker, title.text))
    for pool, number in zip(
        ([p for t in whole for p in t.split(" ") if 4 <= len(p) <= 20], whole), _STRANGERS, strict=True
    ):
        mixed = noise.sample(pool, len(pool))
        other += list(pairwise(mixed))[:number]
    return one, other


def fit(one: list[Pair], other: list[Pair], minimum_count: int, noise: random.Random) -> tuple[float, dict[str, float]]:
    """Bias and the weight of each gram seen often enough: AdaGrad, both answers counting the same in all."""
    rows = [(split_grams(*pair), 1.0) for pair in one] + [(split_grams(*pair), 0.0) for pair in other]
    noise.shuffle(rows)
    counts = Counter(gram for grams, _ in rows for gram in grams)
    number = {gram: k for k, gram in enumerate(gram for gram, n in counts.items() if n >= minimum_count)}
    table = np.array([[number.get(gram, len(number)) for gram in grams] for grams, _ in rows], dtype=np.int32)
    answers = np.array([answer for _, answer in rows], dtype=np.float32)
    share = answers.mean()
    importance = np.where(answers == 1, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
    weights = np.zeros(len(number) + 1, dtype=np.float32)
    squares = np.full(len(weights), 1e-2, dtype=np.float32)
    bias, bias_square = 0.0, 1e-2
    order: NDArray[np.int64] = np.arange(len(rows))
    shuffle = np.random.default_rng(noise.randrange(1 << 31))
    for _ in range(_EPOCHS):
        shuffle.shuffle(order)
        for at in range(0, len(order), _BATCH):
            chosen = order[at : at + _BATCH]
            grams = table[chosen]
            error = (1 / (1 + np.exp(-(weights[grams].sum(1) + bias))) - answers[chosen]) * importance[chosen]
            known, where = np.unique(grams, return_inverse=True)
            slope = np.bincount(where.ravel(), np.repeat(error, grams.shape[1]), len(known)) + _PENALTY * weights[known]
            squares[known] += slope * slope
            weights[known] -= _RATE * slope / np.sqrt(squares[known])
            weights[-1] = 0
            bias_square += float(error.sum()) ** 2
            bias -= _RATE * float(error.sum()) / bias_square**0.5
    return bias, {gram: float(weights[k]) for gram, k in number.items()}


def train(settings: dict[str, Any]) -> None:
    """Write the weights below the head of the file; small ones are left out."""
    noise = random.Random(settings["seed"])
    broadcast = list(titles(Path(settings["titles"]), noise))
    local = [title for folder in settings["labelled"] for title in labelled(Path(folder))]
    bias, weights = fit(*pairs(broadcast, local, noise), settings["minimum_count"], noise)
    path = FOLDER / _FILE
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    kept = {gram: w for gram, w in sorted(weights.items()) if abs(w) >= settings["smallest_weight"]}
    rows = ["gram\tweight", f"bias\t{bias:.2f}", *(f"{gram}\t{w:.1f}" for gram, w in kept.items())]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
