"""What the looks of a page's blocks say wherever an article begins: how alike neighbours are, which lines may be subheads,
how a text opens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipeline.page.blocks import Block, Likeness
from pipeline.page.headings import is_notice, is_place, is_subtitle, names_column
from pipeline.page.opening import opening
from pipeline.page.words import common, pairs

BEHIND = 3  # paragraphs behind a line of display, or above a text, that are looked at
_FOOT = 8  # lines at the foot of a page that may head a text above
_NEAR = 5  # paragraphs on either side that likeness is measured on
_LEAD, _TELLS = 90, 0.4  # characters that begin a text, and the share of a headline's words that they repeat
_UNLIKE = 0.2  # likeness of texts that have nothing to do with each other
_TIME = re.compile(r"\d月\d|\d日|近日|日前|今[年日天]|去年|昨[日天]|上午|下午|以来|最近|近年")
_WHERE = re.compile(r"[一-鿿]{2}(?:省|市|县|区|镇|乡|村|街道|社区|旗|州)")
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,2}[、.]|[(][一二三四五六七八九十\d]{1,2}[)]|\d{1,2}[.、]|[①-⑳]|第[一二三四五六七八九十]"
)
_HEADS = ("display", "byline")
_OPENING = 36  # characters at the head of a text that tell when and where


def _after_one(blocks: list[Block], here: int) -> bool:
    """Whether a single paragraph without a byline stands between a block and the line of display above it."""
    return (
        here > 1
        and blocks[here - 1].kind == "prose"
        and blocks[here - 2].kind == "display"
        and not (blocks[here - 1].lead and blocks[here - 1].has_dateline)
    )


def share(words: set[str], blocks: list[Block]) -> float:
    """Share of pairs of characters that occur in the paragraphs among some blocks."""
    text = "\n".join(block.folded for block in blocks if block.kind == "prose")
    return sum(word in text for word in words) / len(words)


class Looks:
    """What the looks of the blocks of a page say wherever an article begins: likeness of neighbours, and of each line of
    display what speaks for it as a subhead."""

    def __init__(
        self,
        blocks: list[Block],
        likeness: Likeness,
        weights: Mapping[str, Any],
        opening: Callable[[str], float] = opening,
    ):
        self.blocks = blocks
        self.like = {at: _likeness_at(blocks, at, likeness) for at in range(1, len(blocks))}
        self.subheads = {
            at: sum(times * weights[feature] for feature, times in _subhead_features(blocks, at, self.like[at]))
            for at in self.like
            if blocks[at].kind == "display"
        }
        self.openings = {
            at: opening(block.folded)
            for at, block in enumerate(blocks)
            if block.kind == "prose" and not block.lead and not block.apart
        }
        self.behind = _pairs_behind(blocks)
        runs = sum(
            block.kind == "display" and (not at or blocks[at - 1].kind != "display") for at, block in enumerate(blocks)
        )
        signs = sum(
            (block.kind == "byline" and (not at or blocks[at - 1].kind != "byline"))
            + (block.lead is not None or block.tail is not None)
            for at, block in enumerate(blocks)
        )
        self.signed = min(signs / runs, 1.0) if runs else 0.0
        self.foot = _foot(blocks)


def _likeness_at(blocks: list[Block], at: int, likeness: Likeness) -> float:
    """How alike the texts on both sides of a line of display are, or a paragraph and those right before it."""
    if blocks[at].kind == "prose":
        first = at
        while first > max(at - 3, 0) and blocks[first - 1].kind == "prose":
            first -= 1
        return likeness(range(first, at), [at])
    if blocks[at].kind != "display":
        return 0.0
    left = _texts_beside(blocks, range(at - 1, max(at - 9, -1), -1))
    right = _texts_beside(blocks, range(at + 1, min(at + 9, len(blocks))))
    return likeness(left, right)


def _texts_beside(blocks: list[Block], places: range) -> list[int]:
    """The nearest run of paragraphs along `places`, behind other lines of display."""
    found: list[int] = []
    for k in places:
        if blocks[k].kind == "prose" and len(found) < _NEAR:
            found.append(k)
        elif found or blocks[k].kind != "display":
            break
    return found


def _foot(blocks: list[Block]) -> set[str]:
    """The pairs of characters of the lines of display at the foot of the page: they may head a text without headline."""
    found: set[str] = set()
    for block in blocks[: -_FOOT - 1 : -1]:
        if block.kind != "display" or block.label:
            break
        found |= pairs(block.folded)
    return found


def _pairs_behind(blocks: list[Block]) -> dict[int, set[str]]:
    """The pairs of characters of the paragraphs right behind each run of lines of display and bylines, for each of its
    lines."""
    out: dict[int, set[str]] = {}
    for at in range(len(blocks) - 1, -1, -1):
        if blocks[at].kind not in _HEADS:
            continue
        if at + 1 in out:
            out[at] = out[at + 1]
            continue
        out[at] = set()
        for block in blocks[at + 1 : at + 1 + BEHIND]:
            if block.kind != "prose":
                break
            out[at] |= pairs(block.folded)
    return out


def _subhead_features(blocks: list[Block], here: int, likeness: float) -> Iterator[tuple[str, float]]:
    """What the looks of a line of display and its neighbours say of it as a subhead, whatever article it stands in."""
    block, text = blocks[here], blocks[here].folded
    after = blocks[here + 1] if here + 1 < len(blocks) else None
    told = after is not None and after.kind == "prose" and common(text, after.folded[:_LEAD]) >= _TELLS
    lead = after.folded[:_OPENING] if after is not None and after.kind == "prose" else None
    after_one = _after_one(blocks, here)
    said = {
        "subhead_long": len(text) > 20,
        "subhead_wide_gap": block.gap > 1,
        "subhead_subtitle": is_subtitle(text),
        "subhead_space": " " in text,
        "subhead_place": is_place(text),
        "subhead_notice": is_notice(text),
        "subhead_column": names_column(text),
        "subhead_before_date": after is not None and after.starts_with_date,
        "subhead_tells": told and after_one,
        "subhead_tells_gap": told and not after_one and block.gap > 1 and likeness < _UNLIKE,
        "subhead_short": len(text) <= 6,
        "subhead_rather_long": 14 < len(text) <= 20,
        "subhead_numbered": _NUMBERED.match(text) is not None,
        "subhead_where": _WHERE.search(text) is not None,
        "subhead_number": any(c.isdigit() for c in text),
        "subhead_before_time": lead is not None and _TIME.search(lead) is not None,
        "subhead_before_where": lead is not None and _WHERE.search(lead) is not None,
        "subhead_before_byline": after is not None and after.kind == "byline",
    }
    yield from ((feature, 1.0) for feature, holds in said.items() if holds)
    if here and blocks[here - 1].kind == "display":
        yield "subhead_run", 1.0
    else:
        yield "subhead", 1.0
        if after is not None and after.kind == "prose":
            yield "subhead_told", common(text, after.folded[:_LEAD])
        yield "subhead_like", min(likeness, 1.8) - 0.8
