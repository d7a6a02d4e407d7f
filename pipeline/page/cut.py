"""Where one article ends and the next begins: the best cut of a page's blocks into intervals.

An article is an interval of blocks: a heading, then its text. Each interval has a score (see page/reading.py); dynamic
programming finds the cut of the page with the highest sum.
"""

from __future__ import annotations

from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.page.blocks import Block, Likeness
from pipeline.page.looks import Looks
from pipeline.page.reading import Reading


@cache
def _weights() -> dict[str, float]:
    rows = load_tsv("page_weights.tsv", ["feature", "weight", "prior", "meaning"], key=["feature"])
    return {row["feature"]: row.number("weight") for row in rows}


def best_cut(blocks: list[Block], likeness: Likeness) -> list[tuple[int, int]]:
    """The cut of the blocks into intervals [start, end) with the highest sum of scores, in order."""
    weights = _weights()
    looks = Looks(blocks, likeness, weights)
    best = [0.0] + [float("-inf")] * len(blocks)
    back = [0] * (len(blocks) + 1)
    for start in range(len(blocks)):
        for end, score in Reading(looks, start, weights).ends():
            if best[start] + score > best[end]:
                best[end], back[end] = best[start] + score, start
    cuts = []
    end = len(blocks)
    while end:
        cuts.append((back[end], end))
        end = back[end]
    return cuts[::-1]
