"""How well a run of blocks reads as one article: a heading, then its text.

The score of an interval of blocks is a sum of readable features weighed in page_weights.tsv: a dateline inside speaks
against it, a byline at its end for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.page.blocks import Block
from pipeline.page.bylines import Credit
from pipeline.page.headings import is_motto
from pipeline.page.looks import BEHIND, Looks, share
from pipeline.page.reflow import closed, names_holders
from pipeline.page.words import pairs

_LONGEST = 400  # blocks that one article may have
_HEADING = 8  # blocks that a heading may have
_HOPELESS = -25.0  # an article below this score is not drawn out further
_CAPTION = 260  # characters that a caption does not exceed
_SISTERS = 6  # subheads that another one is compared with
_SIGNATURE = re.compile(r"[日局部委府会司办室心院厅处队站所社\d)]$")  # of a public notice


def _in_parts_like(one: str, other: str) -> bool:
    """Whether two lines are set in as many parts each, about equally long."""
    a, b = one.split(), other.split()
    return len(a) == len(b) and all(abs(len(x) - len(y)) <= 2 for x, y in zip(a, b, strict=True))


def _signs_picture(credit: Credit, first: Block) -> bool:
    """Whether a byline below a text without headline may sign a picture; reporters behind a mark sign all kinds of texts,
    so theirs must open with a date."""
    reporters = all(byline.role == "reporter" for byline in credit.bylines)
    return credit.pictured or not reporters or first.starts_with_date or first.marked


class Reading:
    """Blocks from `start` read as one article, block by block, with its score so far."""

    def __init__(self, page: Looks, start: int, weights: Mapping[str, Any]):
        self.page, self.blocks, self.start, self.weights = page, page.blocks, start, weights
        self.score = weights["article"]
        self.words: set[str] = set()  # of the heading
        self.displays = 0  # lines of the heading
        self.opened = False  # by a byline or a dateline
        self.named = False  # by names
        self.dateline = False
        self.signed = False  # a byline stands behind the text
        self.labelled = False
        self.subheads: list[str] = []
        self.sections = 0  # with a subhead
        self.runs = 0  # subheads in two lines
        self.gaps = 0  # subheads behind a wide gap
        self.length = 0  # characters of its paragraphs
        self.paragraphs = 0  # behind the first one
        self.pictured = False  # the last paragraph tells of the picture: 图为…

    def add(self, *features: str, times: float = 1.0) -> None:
        for feature in features:
            self.score = self.score + times * self.weights[feature]

    def hopeless(self) -> bool:
        return bool(self.score < _HOPELESS)

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
        if self.displays == 1 and is_motto(blocks[self.start].folded):
            self.add("heading_motto")
        self.labelled = any(blocks[k].label for k in range(self.start, at + 1))
        if self.displays and at in self.page.openings and not self.dateline and not self.labelled:
            self.add("opening", times=self.page.openings[at])
        if self.words and blocks[at].kind == "prose":
            self.add("heading_told", times=len(self.words & self.page.behind[at - 1]) / len(self.words))
        for here in range(at, min(len(blocks), self.start + _LONGEST)):
            self.read(here)
            if self.hopeless():
                return
            yield here + 1, self.score + self.ending(here)

    def set_apart(self, end: int) -> float:
        """What speaks for the one line of display before `end` being a banner over what follows."""
        if end - self.start > 1 or end == len(self.blocks) or self.opened or self.blocks[end].gap < 2:
            return 0.0
        score = 0.0 + self.weights["banner_gap"]
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
        self.words |= pairs(block.folded)
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
            self.add("headless_like", times=-min(self.page.like.get(at, 0.0), 1.5))
        elif block.marked or block.bulleted:
            self.add("headless", "headless_marked")
        else:
            self.add("headless")
            if before is None or before.kind in ("byline", "contact", "table") or before.tail:
                self.add("headless_after_signed")
            else:
                self.add("headless_like", times=-min(self.page.like.get(at, 0.0), 1.5))
                if block.gap > 1:
                    self.add("headless_wide_gap")
        if block.starts_with_date:
            self.add("headless_date")
        if self.page.foot and not block.apart:
            foot, blocks = self.page.foot, self.blocks
            above = share(foot, blocks[max(0, at - BEHIND) : at])
            self.add("headless_foot", times=max(share(foot, blocks[at : at + 2]) - above, 0.0))
        if block.is_note:
            self.add("headless_note")

    def read(self, here: int) -> None:
        block = self.blocks[here]
        inside = here > self.first
        kind = self.blocks[self.first].kind
        if block.kind == "prose":
            self.length += len(block.folded)
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
            if self.pictured and self.paragraphs == 1 and self.displays and not self.opened:
                self.add("pictured_second")
        if block.label:
            self.add("label_inside")
        if before.kind == "prose" and not before.tail and not closed(before.folded):
            self.add("open_inside")
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
        self.score = self.score + self.page.subheads[here]
        if self.blocks[here - 1].kind == "display" and self.blocks[here - 2].kind != "display":
            self.runs += 1
            if self.runs > 1:
                self.add("subhead_run_again")
        else:
            self.sections += 1
            if self.words:
                self.add("subhead_echo", times=len(self.words & self.page.behind[here]) / len(self.words))
        if self.labelled or block.label:
            self.add("label_inside")
        if self.signed:
            self.add("text_after_signed")
        if self.blocks[self.first].kind != "prose":
            self.add("text_after_table")
        if any(abs(len(other) - len(text)) <= 3 for other in self.subheads):
            self.add("subhead_sister")
        if " " in text and any(_in_parts_like(text, other) for other in self.subheads):
            self.add("subhead_twin", times=min(1.0, 0.4 + self.page.like.get(here, 0.0)))
        if block.gap > 1 and self.subheads and not self.gaps:
            self.add("subhead_gap_unlike")
        self.gaps += block.gap > 1
        self.subheads = [*self.subheads[1 - _SISTERS :], text]
        if self.dateline:
            self.add("subhead_dateline")
        elif self.opened:
            self.add("subhead_byline")

    def is_caption(self, first: Block, last: Block) -> bool:
        """Whether a signed text without headline may be a caption by its length: 摄 behind a sentence signs its paragraph,
        but one that begins with a date or mark, or is signed on a line of its own, may be longer."""
        if not self.paragraphs or first.starts_with_date or first.marked:
            return True
        return last.kind == "byline" and self.length <= _CAPTION

    def ending(self, last: int) -> float:
        """What is added to the score if the article ends with this block."""
        block, w = self.blocks[last], self.weights
        first = self.blocks[self.first]
        score = 0.0
        if block.kind == "display":
            score += w["ends_in_display"]
        if self.sections == 1:
            score += w["subhead_alone"]
        if first.kind == "prose" and self.displays and not self.paragraphs:
            score += w["one_paragraph"]
        if block.tail and self.named:
            score += w["twice_signed"]
        if not self.labelled:
            if self.signed and not self.named:
                score += w["signed_below"]
            elif not self.signed and not self.opened and first.kind == "prose" and self.displays:
                score += w["unsigned"] + w["unsigned_among_signed"] * self.page.signed
        open_end = block.kind == "prose" and not block.tail and not closed(block.folded)
        if open_end and not _SIGNATURE.search(block.folded) and not names_holders(block.folded):
            score += w["ends_open" if self.displays or self.paragraphs else "headless_open"]
        credit = block.credit if block.kind == "byline" else block.signed
        if credit and (credit.pictured or credit.marked) and len({b.role for b in credit.bylines}) < 2:
            if self.displays and credit.both:
                pass  # as news and features are, too
            elif self.displays:
                if last > self.first:
                    score += w["signed_as_caption" if credit.photo else "signed_marked"]
                if self.paragraphs == 1 and not self.opened and self.pictured:
                    score += w["picture_news"]
            elif not first.bulleted and _signs_picture(credit, first) and self.is_caption(first, block):
                return score + w["headless_caption"] + w["headless_caption_more"] * self.paragraphs
        if not self.displays and not self.labelled:  # a picture's text may begin as it likes
            score += w["headless_opening"] * self.page.openings.get(self.first, 0.0)
        return score
