"""A page into its articles: which blocks belong together, and what is headline, kicker, byline and body of each."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.page.blocks import Block, Likeness, blocks_of
from pipeline.page.byline_spelling import MARKS
from pipeline.page.bylines import Credit
from pipeline.page.cut import best_cut
from pipeline.page.datelines import credit_again, inner_credits
from pipeline.page.displaced import Draft, put_back
from pipeline.page.headings import compose, is_notice
from pipeline.records import Article, Byline, Page, Segment

_LIST = re.compile(r"名单|芳名|光荣榜|爱心榜|功德榜|红黑榜|捐款|捐赠公示|鸣谢|田头价|获奖者")
_OPINION = re.compile(r"感言|评论|时评|短评|杂谈|漫谈|笔谈|论坛$|有话说|之我见|随笔|札记|行走$|[一-鿿]者说$")
_REPORT = re.compile(r"(?:最近|今年|去年|据|记者.{0,12}(?:获悉|了解到))")  # how news begins
_BRIEF = 150  # characters: a text under this length is a brief
_CAPTION = 260  # characters that a caption does not exceed
_ARROWS = "▲△▼▽◀►▶◄↑↓←→"
_OPENING, _CLOSING = "[【(（「", ":：]】)）」 　"


def split_page(page: Page) -> list[Article]:
    """The articles of a page, in print order of their texts.

    Every character of the page that is no white space is in exactly one segment; text that belongs to no article makes
    a notice. An empty page has no articles. Time is linear in the length of the page.
    """
    blocks = blocks_of(page.text)
    if not blocks:
        return []
    likeness = Likeness(blocks)
    drafts = [Draft(list(range(start, end))) for start, end in best_cut(blocks, likeness)]
    drafts = put_back(drafts, blocks, likeness)
    articles = [_Maker(draft, blocks).article(position) for position, draft in enumerate(drafts)]
    return _with_parents(articles, drafts, blocks, likeness)


class _Maker:
    """Makes one article of the blocks of a draft."""

    def __init__(self, draft: Draft, blocks: list[Block]):
        self.draft, self.blocks = draft, blocks
        own = draft.blocks
        text = 0
        while text < len(own) and blocks[own[text]].kind in ("display", "byline"):
            text += 1
        self.heading, self.text = own[:text], own[text:]
        self.subheads = _below_byline([blocks[k] for k in self.heading])
        self.label = next((blocks[k].label for k in self.heading if blocks[k].label), None)
        self.headline: str | None = None
        self.kickers: list[str] = []
        self.head: list[Segment] = []
        self.body: list[Segment] = []
        self.credits: list[Credit] = []
        self.dateline = False

    def article(self, position: int) -> Article:
        if self.text:
            self.read_heading()
            for number, part in enumerate([self.text, *self.draft.rest]):
                for at, k in enumerate(part):
                    self.read(self.blocks[k], first=not number and not at)
        else:  # a section banner
            for k in self.heading:
                role = "body" if self.blocks[k].kind == "display" else "byline"
                self.put(self.blocks[k], role)
                self.sign(self.blocks[k].credit)
        segments = tuple(self.head + self.body)
        kind = self.kind(sum(s.end - s.start for s in segments if s.role in ("body", "subhead")))
        kicker = " / ".join(self.kickers) or None
        return Article(position, kind, self.headline, kicker, self.bylines(kind), segments)

    def read_heading(self) -> None:
        near = [self.blocks[k] for k in self.heading if self.blocks[k].kind == "display"]
        near = near[: len(near) - len(self.subheads)]
        far = [self.blocks[k] for k in self.draft.heading]
        labels = [block for block in near if block.label]
        if self.label == "column_intro" and labels and not far:
            kickers, headlines = [block for block in near if not block.label], labels
        else:
            text = "".join(self.blocks[k].folded for k in self.text[:6])
            kickers, headlines = compose(near, far, text)
        for block in kickers:
            self.kickers.append(_words(block).lstrip("—-– " + MARKS).strip())
            self.put(block, "kicker")
        for number, block in enumerate(headlines):
            self.headline = (self.headline or "") + _words(block)
            self.put(block, "headline", goes_on=number > 0)
        for block in (self.blocks[k] for k in self.heading):
            if block.kind == "byline":
                self.dateline = self.dateline or block.has_dateline
                self.sign(block.credit)
                self.put(block, "dateline" if block.has_dateline else "byline")
        for block in self.subheads:
            self.put(block, "subhead")

    def read(self, block: Block, first: bool) -> None:
        if block.kind == "byline":
            self.sign(block.credit)
            self.put(block, "byline")
            return
        if block.kind != "prose":
            self.put(block, "subhead" if block.kind == "display" else "body")
            return
        low, high = 0, len(block.folded)
        if first and block.label and block.label_end:
            low = block.label_end
            self.read_label(block)
        elif block.lead:
            low = block.lead.end
            self.dateline = self.dateline or block.lead.dateline
            self.credits.append(Credit(block.lead.bylines, True))
            self.put(block, "dateline", 0, low)
        elif block.marked and block.folded[0] in _ARROWS:
            low = 1  # it points to the picture and is no part of the text
            self.put(block, "byline", 0, low)
        if block.tail:
            high = block.tail[0]
        self.put(block, "body", low, high, goes_on=low > 0)
        self.put(block, "byline", high, None, goes_on=True)
        if block.bulleted:
            self.credits += inner_credits(block.folded[:high])
        if block.is_again:
            self.sign(credit_again(block.folded))
        self.sign(block.signed)

    def read_label(self, block: Block) -> None:
        """A label in line, 开栏的话:…, is the headline; what stands above it is its kicker."""
        self.label = block.label
        if self.headline:
            self.kickers.append(self.headline)
            self.head = [replace(s, role="kicker") if s.role == "headline" else s for s in self.head]
        self.headline = _words(block)[: block.label_end].strip().lstrip(_OPENING).rstrip(_CLOSING)
        self.put(block, "headline", 0, block.label_end)

    def put(self, block: Block, role: str, start: int = 0, end: int | None = None, goes_on: bool = False) -> None:
        """Segments of a stretch of a block, one a printed line."""
        end = len(block.folded) if end is None else end
        into = self.head if role in ("kicker", "headline") else self.body
        for a, b in block.paragraph.pieces(start, end):
            into.append(Segment(role, a, b, new_paragraph=not goes_on))
            goes_on = True

    def sign(self, credit: Credit | None) -> None:
        if credit:
            self.credits.append(credit)

    def bylines(self, kind: str) -> tuple[Byline, ...]:
        names = [byline for credit in self.credits for byline in credit.bylines]
        signed = kind == "caption" and any(credit.pictured for credit in self.credits)
        if signed and not any(byline.role == "photographer" for byline in names):
            # 文/图 and 摄影报道 below a picture sign the picture
            names = [replace(b, role="photographer") for b in names]
        return tuple(dict.fromkeys(names))

    def kind(self, length: int) -> str:
        texts = [self.blocks[k] for k in self.text]
        if self.label:
            return self.label
        if not texts or texts[0].kind == "contact":
            return "notice"
        display = " ".join([self.headline or "", *self.kickers])
        if texts[0].kind == "table" or _LIST.search(display):
            return "list"
        above = [self.blocks[k] for k in self.heading if self.blocks[k].kind == "byline"]
        opened = bool(above) or self.dateline
        if is_notice(display) and not opened:
            return "notice"
        photo = any(credit.photo or (credit.both and not self.headline) for credit in self.credits)
        marked = any(credit.marked for credit in self.credits)
        if _OPINION.search(" ".join(self.kickers)) and above and not self.dateline:
            return "commentary"
        if texts[0].marked:
            return "caption"
        small = length < _CAPTION and not (opened and self.headline)
        if small and (photo or (marked and not self.headline)):
            return "caption"
        if length < _BRIEF:
            return "brief"
        if any(block.kind == "display" for block in texts):
            return "feature"
        report = texts[0].starts_with_date or _REPORT.match(texts[0].folded)
        if above and not self.dateline and not report and not above[0].folded.endswith("报道"):
            return "feature"
        return "news"


def _below_byline(heading: list[Block]) -> list[Block]:
    """Lines of display between the byline and the text, if others stand above it: they head the first part of the text."""
    kinds = [block.kind for block in heading]
    if "byline" not in kinds or kinds[0] != "display" or kinds[-1] != "display":
        return []
    last = len(kinds) - 1 - kinds[::-1].index("byline")
    return [] if any(block.label for block in heading) else heading[last + 1 :]


def _words(block: Block) -> str:
    """The words of a block as printed, column breaks taken out."""
    return "".join(line.text for line in block.paragraph.lines)


def _with_parents(
    articles: list[Article], drafts: list[Draft], blocks: list[Block], likeness: Likeness
) -> list[Article]:
    """Lists and commentaries belong to the article before them, captions too if they talk of the same."""
    out: list[Article] = []
    parent: int | None = None
    for article, draft in zip(articles, drafts, strict=True):
        if article.kind in ("news", "feature", "brief"):
            parent = article.position
        elif parent is not None and (
            article.kind in ("list", "commentary")
            or (article.kind == "caption" and likeness(drafts[parent].blocks[:20], draft.blocks[:20]) >= 0.8)
        ):
            article = replace(article, parent=parent)
        out.append(article)
    return out
