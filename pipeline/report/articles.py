"""An article as stretches of the raw page, so that raw offsets find their place in it as they are."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

Piece = tuple[int, int]  # a stretch of the raw page
Block = dict[str, Any]  # {"role": kicker | headline | body, "pieces": [[start, end], …]}: a paragraph

_RUN = re.compile(r"\S+")
_LINE = re.compile(r"[\r\n]+")


def paragraphs(raw: str, parts: Sequence[Piece], text: str) -> list[list[Piece]]:
    """The paragraphs of a reflowed body as stretches of the raw page.

    `text` is `raw` over `parts` but for white space, with line ends between paragraphs. A column break inside a
    paragraph parts two stretches; spaces inside a line stay within one. Where the two differ, what is left of the parts
    is one paragraph, so that no words are lost.
    """
    out: list[list[Piece]] = [[]]
    at = 0  # in text
    for start, end in parts:
        for line in _lines(raw, start, end):
            for run in _RUN.finditer(raw, *line):
                low = run.start()
                while low < run.end():
                    broken = False
                    while at < len(text) and text[at].isspace():
                        broken |= text[at] == "\n"
                        at += 1
                    if broken and out[-1]:
                        out.append([])
                    high = low
                    while high < run.end() and at < len(text) and raw[high] == text[at]:
                        high, at = high + 1, at + 1
                    if high == low:  # another text: keep the words all the same
                        high = run.end()
                    _join(raw, out[-1], low, high)
                    low = high
    return [paragraph for paragraph in out if paragraph]


def _lines(raw: str, start: int, end: int) -> Iterable[Piece]:
    low = start
    for gap in _LINE.finditer(raw, start, end):
        yield low, gap.start()
        low = gap.end()
    yield low, end


def _join(raw: str, pieces: list[Piece], start: int, end: int) -> None:
    """Add a stretch; one that follows on the same line goes on the last, its spaces included."""
    if pieces and pieces[-1][1] <= start and not _LINE.search(raw, pieces[-1][1], start):
        gap = raw[pieces[-1][1] : start]
        if not gap.strip():
            pieces[-1] = (pieces[-1][0], end)
            return
    pieces.append((start, end))


def blocks(raw: str, article: dict[str, Any], spans: Sequence[Piece], taken: Sequence[Piece]) -> list[Block]:
    """The blocks of an article in reading order: display type and bylines, headline, body.

    `spans` are the places of its facts; those outside headline and body show in which other lines it has words, which are
    kicker, byline and dateline. `taken` are the stretches of all bodies and headlines of the page, in order.
    """
    parts = [(part["start"], part["end"]) for part in article["parts"] or ()]
    body: list[Block] = [{"role": "body", "pieces": pieces} for pieces in paragraphs(raw, parts, article["text"] or "")]
    head: list[Block] = []
    if article["headline_start"] is not None:
        pieces = [
            (run[0], run[1])
            for run in _lines(raw, article["headline_start"], article["headline_end"])
            if raw[run[0] : run[1]].strip()
        ]
        head = [{"role": "headline", "pieces": pieces}]
    own = sorted([*parts, *((a, b) for block in head for a, b in block["pieces"])])
    others: dict[Piece, Block] = {}
    for start, end in spans:
        if not _inside(own, start, end):
            line = _free_line(raw, taken, start, end)
            others[line] = {"role": "kicker", "pieces": [line]}
    first = article["headline_start"] if head else (parts[0][0] if parts else 0)
    last = parts[-1][1] if parts else first
    display = [others[line] for line in sorted(others)]
    above = [b for b in display if b["pieces"][0][0] < first]
    below = [b for b in display if b["pieces"][0][0] >= last]
    between = [b for b in display if b not in above and b not in below]
    return [*above, *head, *between, *body, *below]


def _inside(stretches: Sequence[Piece], start: int, end: int) -> bool:
    at = bisect_right(stretches, (start, 1 << 40)) - 1
    return at >= 0 and stretches[at][0] <= start and end <= stretches[at][1]


def _free_line(raw: str, taken: Sequence[Piece], start: int, end: int) -> Piece:
    """The printed line around a span, as far as no body or headline has it."""
    low = raw.rfind("\n", 0, start) + 1
    high = raw.find("\n", end)
    high = len(raw) if high < 0 else high
    at = bisect_right(taken, (start, 1 << 40)) - 1
    if at >= 0 and taken[at][1] <= start:
        low = max(low, taken[at][1])
    after = bisect_left(taken, (end, 0))
    if after < len(taken):
        high = min(high, taken[after][0])
    stripped = raw[low:high]
    low += len(stripped) - len(stripped.lstrip())
    return low, max(end, low + len(stripped.strip()))
