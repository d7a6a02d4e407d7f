"""Where one article ends and the next begins: the best cut of a page's blocks into intervals.

An article is an interval of blocks: a heading, then its text. Each interval has a score, the sum of readable features
weighed in page_weights.tsv: a dateline inside speaks against it, a byline at its end for it. Dynamic programming finds
the cut of the page with the highest sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.page.blocks import Block, Likeness
from pipeline.page.bylines import Credit
from pipeline.page.headings import is_motto, is_notice, is_place, is_subtitle
from pipeline.page.reflow import closed, names_holders
from pipeline.page.words import common

_LONGEST = 400  # blocks that one article may have
_HEADING = 8  # blocks that a heading may have
_HOPELESS = -25.0  # an article below this score is not drawn out further
_NEAR = 5  # paragraphs on either side that likeness is measured on
_SISTERS = 6  # subheads that another one is compared with
_LEAD, _TELLS = 90, 0.4  # characters that begin a text, and the share of a headline's words that they repeat
_UNLIKE = 0.2  # likeness of texts that have nothing to do with each other
_SIGNATURE = re.compile(r"[日局部委府会司办室心院厅处队站所社\d)]$")  # of a public notice


@cache
def _weights() -> dict[str, float]:
    rows = load_tsv("page_weights.tsv", ["feature", "weight", "meaning"], key=["feature"])
    return {row["feature"]: row.number("weight") for row in rows}


def best_cut(blocks: list[Block], likeness: Likeness) -> list[tuple[int, int]]:
    """The cut of the blocks into intervals [start, end) with the highest sum of scores, in order."""
    like = {at: _likeness_at(blocks, at, likeness) for at in range(1, len(blocks))}
    subheads = {at: _subhead_score(blocks, at, like[at]) for at in like if blocks[at].kind == "display"}
    best = [0.0] + [float("-inf")] * len(blocks)
    back = [0] * (len(blocks) + 1)
    for start in range(len(blocks)):
        for end, score in _Reading(blocks, start, like, subheads).ends():
            if best[start] + score > best[end]:
                best[end], back[end] = best[start] + score, start
    cuts = []
    end = len(blocks)
    while end:
        cuts.append((back[end], end))
        end = back[end]
    return cuts[::-1]


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


def _in_parts_like(one: str, other: str) -> bool:
    """Whether two lines are set in as many parts each, about equally long."""
    a, b = one.split(), other.split()
    return len(a) == len(b) and all(abs(len(x) - len(y)) <= 2 for x, y in zip(a, b, strict=True))


def _signs_picture(credit: Credit, first: Block) -> bool:
    """Whether a byline below a text without headline may sign a picture; reporters behind a mark sign all kinds of texts,
    so theirs must open with a date."""
    reporters = all(byline.role == "reporter" for byline in credit.bylines)
    return credit.photo or not reporters or first.starts_with_date or first.marked


def _after_one(blocks: list[Block], here: int) -> bool:
    """Whether a single paragraph without a byline stands between a block and the line of display above it."""
    return (
        here > 1
        and blocks[here - 1].kind == "prose"
        and blocks[here - 2].kind == "display"
        and not (blocks[here - 1].lead and blocks[here - 1].has_dateline)
    )


def _subhead_score(blocks: list[Block], here: int, likeness: float) -> float:
    """What the looks of a line of display and its neighbours say of it as a subhead, whatever article it stands in."""
    block, text = blocks[here], blocks[here].folded
    after = blocks[here + 1] if here + 1 < len(blocks) else None
    weights = _weights()
    told = after is not None and after.kind == "prose" and common(text, after.folded[:_LEAD]) >= _TELLS
    after_one = _after_one(blocks, here)
    said = {
        "subhead_long": len(text) > 20,
        "subhead_wide_gap": block.gap > 1,
        "subhead_subtitle": is_subtitle(text),
        "subhead_space": " " in text,
        "subhead_place": is_place(text),
        "subhead_notice": is_notice(text),
        "subhead_before_date": after is not None and after.starts_with_date,
        "subhead_tells": told and after_one,
        "subhead_tells_gap": told and not after_one and block.gap > 1 and likeness < _UNLIKE,
        "subhead_before_byline": after is not None and after.kind == "byline",
    }
    score = sum(weights[feature] for feature, holds in said.items() if holds)
    if here and blocks[here - 1].kind == "display":
        return score + weights["subhead_run"]
    return score + weights["subhead"] + weights["subhead_like"] * (min(likeness, 1.8) - 0.8)


class _Reading:
    """Blocks from `start` read as one article, block by block, with its score so far."""

    def __init__(self, blocks: list[Block], start: int, like: dict[int, float], subhead_scores: dict[int, float]):
        self.blocks, self.start, self.like, self.subhead_scores = blocks, start, like, subhead_scores
        self.weights = _weights()
        self.score = self.weights["article"]
        self.displays = 0  # lines of the heading
        self.opened = False  # by a byline or a dateline
        self.named = False  # by names
        self.dateline = False
        self.signed = False  # a byline stands behind the text
        self.labelled = False
        self.subheads: list[str] = []
        self.runs = 0  # subheads in two lines
        self.gaps = 0  # subheads behind a wide gap
        self.paragraphs = 0  # behind the first one
        self.pictured = False  # the last paragraph tells of the picture: 图为…

    def add(self, *features: str) -> None:
        for feature in features:
            self.score += self.weights[feature]

    def ends(self) -> Iterator[tuple[int, float]]:
        """(end, score) of the article that blocks [start, end) would be, for every end worth a thought."""
        blocks, w = self.blocks, self.weights
        at = self.start
        while at < len(blocks) and blocks[at].kind in ("display", "byline") and at - self.start < _HEADING:
            self.read_heading(at)
            at += 1
            alone = w["banner"] * (2 if self.opened else 1) + self.set_apart(at)
            yield at, self.score + alone + (w["foot"] if at == len(blocks) else 0.0)
        if at >= len(blocks):
            return
        self.first = at
        if at == self.start and blocks[at].kind == "prose" and not blocks[at].label:
            self.begin_without_headline(at)
        self.labelled = any(blocks[k].label for k in range(self.start, at + 1))
        for here in range(at, min(len(blocks), self.start + _LONGEST)):
            self.read(here)
            if self.score < _HOPELESS:
                return
            yield here + 1, self.score + self.ending(here)

    def set_apart(self, end: int) -> float:
        """What speaks for the one line of display before `end` being a banner over what follows."""
        if end - self.start > 1 or end == len(self.blocks) or self.opened or self.blocks[end].gap < 2:
            return 0.0
        score = self.weights["banner_gap"]
        if self.start == 0 and self.blocks[end].kind == "display":
            score += self.weights["banner_top"]
        if is_motto(self.blocks[self.start].folded):
            score += self.weights["banner_motto"]
        return score

    def read_heading(self, at: int) -> None:
        block = self.blocks[at]
        if block.kind == "byline":
            if at == self.start:
                self.add("byline_first")
            self.opened = True
            self.named = self.named or bool(block.credit and block.credit.bylines)
            self.dateline = self.dateline or block.has_dateline
            return
        self.displays += 1
        if self.displays > 3:
            self.add("heading_long")
        if self.opened:
            self.add("heading_after_byline")
            if self.displays > 1 and not block.label:
                self.subheads.append(block.folded)
        if block.is_item and at == self.start:
            self.add("heading_item")
        if at > self.start and block.gap > 1:
            self.add("heading_gap")

    def begin_without_headline(self, at: int) -> None:
        block = self.blocks[at]
        before = self.blocks[at - 1] if at else None
        if block.has_dateline:
            self.add("headless_dateline")
        elif block.is_again:
            self.add("headless", "headless_again")
            self.score -= self.weights["headless_like"] * min(self.like.get(at, 0.0), 1.5)
        elif block.marked or block.bulleted:
            self.add("headless", "headless_marked")
        else:
            self.add("headless")
            if before is None or before.kind in ("byline", "contact", "table") or before.tail:
                self.add("headless_after_signed")
            else:
                self.score -= self.weights["headless_like"] * min(self.like.get(at, 0.0), 1.5)
                if block.gap > 1:
                    self.add("headless_wide_gap")
        if block.starts_with_date:
            self.add("headless_date")
        if block.is_note:
            self.add("headless_note")

    def read(self, here: int) -> None:
        block = self.blocks[here]
        inside = here > self.first
        kind = self.blocks[self.first].kind
        if block.kind == "prose":
            if inside:
                self.read_paragraph(here)
            elif block.lead:
                self.opened = self.dateline = True
                self.named = self.named or bool(block.lead.bylines)
            self.signed = self.signed or block.tail is not None
        elif block.kind == "byline":
            if self.blocks[here - 1].kind != "byline":
                if self.signed:
                    self.add("byline_again")
                elif self.named:
                    self.add("twice_signed")
            self.signed = True
        elif block.kind == "display":
            self.read_subhead(here)
        elif inside and block.kind != kind:
            self.add("table_inside" if block.kind == "table" else "contact_inside")

    def read_paragraph(self, here: int) -> None:
        block, before = self.blocks[here], self.blocks[here - 1]
        self.paragraphs += 1
        self.pictured = block.folded.startswith("图为")
        first = self.blocks[self.first]
        if block.has_dateline:
            self.add("dateline_inside")
        if block.marked or (block.bulleted and not first.bulleted):
            self.add("marked_inside")
        if block.label:
            self.add("label_inside")
        if self.signed:
            self.add("text_after_signed")
        if not self.displays and block.starts_with_date:
            self.add("headless_date_inside")
        if first.kind == "table" and not block.is_note:
            self.add("text_after_table")
        if first.kind == "contact":
            self.add("text_after_contact")
        if block.gap > 1 and before.kind == "prose" and closed(before.folded):
            self.add("text_wide_gap")
            if block.starts_with_date:
                self.add("text_wide_gap_date")

    def read_subhead(self, here: int) -> None:
        block, text = self.blocks[here], self.blocks[here].folded
        self.score += self.subhead_scores[here]
        if self.blocks[here - 1].kind == "display" and self.blocks[here - 2].kind != "display":
            self.runs += 1
            if self.runs > 1:
                self.add("subhead_run_again")
        if self.labelled or block.label:
            self.add("label_inside")
        if self.signed:
            self.add("text_after_signed")
        if self.blocks[self.first].kind != "prose":
            self.add("text_after_table")
        if any(abs(len(other) - len(text)) <= 3 for other in self.subheads):
            self.add("subhead_sister")
        if " " in text and any(_in_parts_like(text, other) for other in self.subheads):
            self.score += self.weights["subhead_twin"] * min(1.0, 0.4 + self.like.get(here, 0.0))
        if block.gap > 1 and self.subheads and not self.gaps:
            self.add("subhead_gap_unlike")
        self.gaps += block.gap > 1
        self.subheads = [*self.subheads[1 - _SISTERS :], text]
        if self.dateline:
            self.add("subhead_dateline")
        elif self.opened:
            self.add("subhead_byline")

    def ending(self, last: int) -> float:
        """What is added to the score if the article ends with this block."""
        block, w = self.blocks[last], self.weights
        first = self.blocks[self.first]
        score = 0.0
        if block.kind == "display":
            score += w["ends_in_display"]
        if block.tail and self.named:
            score += w["twice_signed"]
        if not self.labelled:
            if self.signed and not self.named:
                score += w["signed_below"]
            elif not self.signed and not self.opened and first.kind == "prose" and self.displays:
                score += w["unsigned"]
        if block.kind == "prose" and not block.tail and not closed(block.folded):
            score += 0.0 if _SIGNATURE.search(block.folded) or names_holders(block.folded) else w["ends_open"]
        credit = block.credit if block.kind == "byline" else block.signed
        if credit and (credit.photo or credit.marked) and len({b.role for b in credit.bylines}) < 2:
            if self.displays:
                score += w["signed_as_caption"] if last > self.first else 0.0
                if self.paragraphs == 1 and not self.opened and self.pictured:
                    score += w["picture_news"]
            elif not first.bulleted and _signs_picture(credit, first):
                score += w["headless_caption"] + w["headless_caption_more"] * self.paragraphs
        return score
