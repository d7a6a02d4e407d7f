"""What print set apart: headlines far from their texts, and texts that go on behind another article."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.page.blocks import Block, Likeness
from pipeline.page.headings import is_column
from pipeline.page.reflow import closed
from pipeline.page.words import common

_REACH = 8  # paragraphs, or articles, that are looked at around a displaced piece


@dataclass(slots=True)
class Draft:
    """Blocks of one article: `heading` was printed elsewhere, `rest` goes on behind another article."""

    blocks: list[int]
    heading: list[int] = field(default_factory=list)
    rest: list[list[int]] = field(default_factory=list)

    def prose(self, blocks: list[Block]) -> list[int]:
        """Its paragraphs, those behind another article included."""
        return [k for part in [self.blocks, *self.rest] for k in part if blocks[k].kind == "prose"]

    def headed(self, blocks: list[Block]) -> bool:
        return bool(self.heading) or blocks[self.blocks[0]].kind == "display"

    def only_display(self, blocks: list[Block]) -> bool:
        return all(blocks[k].kind == "display" for k in self.blocks)

    def signed(self, blocks: list[Block]) -> bool:
        """Whether a byline stands behind its text."""
        last = blocks[(self.rest[-1] if self.rest else self.blocks)[-1]]
        return last.kind == "byline" or last.tail is not None

    def named(self, blocks: list[Block]) -> bool:
        """Whether a byline with names stands above its text."""
        for k in self.blocks:
            block = blocks[k]
            if block.kind == "byline" or (block.lead and block.lead.bylines):
                return True
            if block.kind == "prose":
                return False
        return False


def put_back(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """The drafts with displaced headlines and interrupted texts joined to their articles."""
    drafts = _interrupted(drafts, blocks, likeness)
    drafts = _displaced_headlines(drafts, blocks)
    return _continued(drafts, blocks, likeness)


def _interrupted(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """The last paragraphs of an article, behind a wide gap, that talk of what an article before it talks of."""
    for number, draft in enumerate(drafts):
        prose = draft.prose(blocks)
        if not draft.headed(blocks) or prose != draft.blocks[-len(prose) :]:
            continue
        for k in range(max(1, len(prose) - _REACH), len(prose)):
            first = blocks[prose[k]]
            if first.gap < 2 or first.starts_with_date or not closed(blocks[prose[k] - 1].folded):
                continue
            if likeness(prose[max(0, k - _REACH) : k], prose[k:]) >= 0.15:
                continue
            for other in drafts[max(0, number - 2) : number]:
                text = other.prose(blocks)[-2 * _REACH :]
                if len(text) < 2 or not other.headed(blocks) or other.signed(blocks):
                    continue
                if likeness(text, prose[k:]) > 0.4:
                    cut = draft.blocks.index(prose[k])
                    other.rest.append(draft.blocks[cut:])
                    draft.blocks = draft.blocks[:cut]
                    break
            else:
                continue
            break
    return drafts


def _displaced_headlines(drafts: list[Draft], blocks: list[Block]) -> list[Draft]:
    """Lines of display without a text go to the article whose words they share, one without headline before others."""
    gone: set[int] = set()
    for number, draft in enumerate(drafts):
        if not draft.only_display(blocks) or any(blocks[k].label for k in draft.blocks):
            continue
        at_foot = number == len(drafts) - 1
        around = drafts[:number] if at_foot else drafts[max(0, number - _REACH) : number + _REACH]
        headline = "".join(blocks[k].folded for k in draft.blocks)
        options: list[tuple[float, int]] = []
        for place, other in enumerate(around):
            prose = other.prose(blocks)[:_REACH]
            if other is draft or not prose or blocks[prose[0]].apart or other.heading:
                continue
            fit = common(headline, "".join(blocks[k].folded for k in prose))
            if not other.headed(blocks):
                photo = any(credit and credit.pictured for credit in (blocks[k].signed for k in prose))
                options.append((fit + (0.6 if blocks[prose[0]].has_dateline else -0.3 if photo else 0.3), place))
            elif at_foot and fit:
                near = [k for k in other.blocks if blocks[k].kind == "display" and k < prose[0]]
                options.append((fit + (0.1 if len(near) == 1 and is_column(blocks[near[0]].folded) else 0.0), place))
        options.sort(key=lambda option: -option[0])
        if not options:
            continue
        score, place = options[0]
        lead = score - options[1][0] if len(options) > 1 else score
        if (score >= 0.15 and lead >= 0.1) if at_foot else score >= 0.9:
            around[place].heading = draft.blocks
            gone.add(number)
    return [draft for number, draft in enumerate(drafts) if number not in gone]


def _continued(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """Text without headline, dateline and photographer goes on an earlier article that it resembles."""
    out: list[Draft] = []
    for draft in drafts:
        target = _article_that_goes_on(draft, out[-4:], blocks, likeness)
        if target is None:
            out.append(draft)
        else:
            target.rest.append(draft.blocks)
    return out


def _article_that_goes_on(draft: Draft, earlier: list[Draft], blocks: list[Block], likeness: Likeness) -> Draft | None:
    first, last = blocks[draft.blocks[0]], blocks[draft.blocks[-1]]
    credit = last.credit if last.kind == "byline" else last.signed
    if first.kind != "prose" or first.has_dateline or first.apart or first.label or draft.heading:
        return None
    if credit and (credit.pictured or credit.marked):
        return None
    best, found = 0.5, None
    for other in earlier:
        text = other.prose(blocks)[-2 * _REACH :]
        if not text or not other.headed(blocks) or other.signed(blocks) or (credit and other.named(blocks)):
            continue
        score = likeness(text, draft.prose(blocks))
        if not closed(blocks[text[-1]].folded):
            score += 1.0  # its last sentence waits for its end
        if credit:
            score += 0.4
        if score >= best:
            best, found = score, other
    return found
