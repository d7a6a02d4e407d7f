"""How likely a paragraph is the first one of its article, by its words: news begins with when, where and who."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache

from pipeline.lexicon import load_tsv

_HEAD = 45  # characters that are looked at
_MOST = 4.0  # log-odds either way
_NUMBER = re.compile(r"\d+")


@cache
def _weights() -> tuple[float, dict[str, float]]:
    rows = {row["gram"]: row.number("weight") for row in load_tsv("page_openings.tsv", ["gram", "weight"])}
    return rows.pop("bias"), rows


def opening(text: str) -> float:
    """Log-odds that a folded paragraph opens an article rather than goes on one (see page_openings.tsv), within ±4."""
    return opening_by(text, *_weights())


def opening_by(text: str, bias: float, weight: Mapping[str, float]) -> float:
    """The same by other weights."""
    score = bias + math.fsum(weight.get(gram, 0.0) for gram in opening_grams(text))  # in any order
    return max(-_MOST, min(_MOST, score))


def opening_grams(text: str) -> set[str]:
    """The rows of page_openings.tsv that speak of a folded paragraph: how it begins, and the words of its first line."""
    head = _NUMBER.sub("0", text[:_HEAD])
    found = {"^" + head[:k] for k in range(1, 5)}
    found.update(head[k : k + 2] for k in range(len(head) - 1))
    found.update(head[k : k + 3] for k in range(len(head) - 2))
    return found
