"""The paragraphs of a page as blocks: what each of them is by its own looks, and how alike their words are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pipeline.page.byline_spelling import MARKS
from pipeline.page.bylines import Credit, is_house, parse
from pipeline.page.datelines import Lead, leading, trailing
from pipeline.page.name_forms import is_name
from pipeline.page.reflow import Paragraph, is_contact, is_display, is_item, is_table, label_of, paragraphs

_CAPTION_MARK = re.compile(r"[▲△▼◀►▶◄↑↓←→]|(?:图为|上图|下图|左图|右图|图①|[(]图[)])")
# (中), (右三) behind a name: who is who in a picture; neither the second part of a series nor 向左(右)转
_IN_PICTURE = re.compile(
    r"(?<![左右])[(](?:[前后]排[左右中]?[一二三四五六七八]?|[左右][一二三四五六七八]?|中)[)](?=[^\n转])"
)
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|近日|日前|连日来|昨日|昨天|今日")
_INLINE_LABEL = re.compile(r"[一-鿿]{2,6}:\s*|[\[【(][一-鿿]{2,6}[)\]】]:?\s*")
_HAN2 = re.compile(r"[一-鿿]{2,}")


@dataclass(slots=True)
class Block:
    """A paragraph with what its looks say. `kind`: display, byline, prose, table or contact."""

    paragraph: Paragraph
    folded: str
    kind: str
    gap: int
    lead: Lead | None = None
    credit: Credit | None = None  # of a byline block
    tail: tuple[int, Credit] | None = None  # of prose
    label: str | None = None  # kind of article that its label announces
    label_end: int = 0  # of a label printed in line: 开栏的话:…
    marked: bool = False  # ▲ or 图为 at its head
    bulleted: bool = False  # one of several items, each with ○ or the like

    @property
    def has_dateline(self) -> bool:
        return self.lead is not None

    @property
    def signed(self) -> Credit | None:
        return self.tail[1] if self.tail else None

    @property
    def is_again(self) -> bool:
        """又讯: more on what the text before told, or another item of the same column."""
        return self.folded.startswith("又讯")

    @property
    def apart(self) -> bool:
        """A caption or 又讯: no headline printed far from it is its own, and it goes on no text."""
        return self.marked or self.is_again

    @property
    def is_item(self) -> bool:
        return self.kind == "display" and is_item(self.folded)

    @property
    def is_note(self) -> bool:
        return self.folded.startswith(("注:", "备注:", "说明:"))

    @property
    def starts_with_date(self) -> bool:
        return _DATE.match(self.folded) is not None


def blocks_of(text: str) -> list[Block]:
    """The blocks of a page in print order."""
    out: list[Block] = []
    for paragraph in paragraphs(text):
        folded = paragraph.folded
        out.append(_block(paragraph, folded, out[-1] if out else None))
    _bare_names(out)
    return out


def _block(paragraph: Paragraph, folded: str, before: Block | None) -> Block:
    gap = paragraph.gap
    credit = parse(folded) if len(folded) <= 90 and not (before and before.folded.endswith(":")) else None  # no list
    if credit and credit.sure and (credit.bylines or not is_contact(folded)):  # 责编:甲乙 is an imprint
        return Block(paragraph, folded, "byline", gap, credit=credit)
    lead = leading(folded)
    if lead and lead.end >= len(folded.rstrip()):
        return Block(paragraph, folded, "byline", gap, lead=lead, credit=Credit(lead.bylines, True))
    if not lead and is_table(folded):
        return Block(paragraph, folded, "table", gap)
    if label := label_of(folded):
        return Block(paragraph, folded, "display", gap, label=label)
    if is_contact(folded):
        return Block(paragraph, folded, "contact", gap)
    tail = trailing(folded)
    pictured = _IN_PICTURE.search(folded) is not None
    if not lead and not pictured and not (tail and tail[1].photo) and is_display(folded):
        return Block(paragraph, folded, "display", gap)
    block = Block(paragraph, folded, "prose", gap, lead=lead)
    block.bulleted = folded[0] in "○△◆●☆★" or (folded[0] in MARKS and folded.count(folded[0]) > 1)
    block.marked = not block.bulleted and (pictured or _CAPTION_MARK.match(folded) is not None)
    block.tail = tail
    if (m := _INLINE_LABEL.match(folded)) and (label := label_of(m[0])):
        block.label, block.label_end = label, m.end()
    return block


def _bare_names(blocks: list[Block]) -> None:
    """A name alone, or behind its organisation, between a headline and its text is a byline."""
    for before, block, after in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if block.kind == "display" and before.kind == "display" and after.kind == "prose" and len(block.folded) <= 24:
            house, _, names = block.folded.partition(" ")
            names = names if names and len(house) > 3 and is_house(house) else block.folded
            credit = (
                parse(names) if len(names) < 5 or not names.isalpha() or is_name(names) else None
            )  # a clause may be names
            if credit and all(is_name(b.name) for b in credit.bylines) and len(names) <= 4 * len(credit.bylines):
                block.kind, block.credit = "byline", credit


# ------------------------------------------------------------------------------------------------- likeness of words
class Likeness:
    """How much two stretches of the page talk of the same things: shared three-character strings, rare ones first."""

    def __init__(self, blocks: list[Block]):
        self._grams = [_grams(block.folded) for block in blocks]
        self._blocks = sum(1 for g in self._grams if g)
        self._in: dict[str, int] = {}
        for grams in self._grams:
            for gram in grams:
                self._in[gram] = self._in.get(gram, 0) + 1

    def __call__(self, left: range | list[int], right: range | list[int]) -> float:
        """Weighted share of common strings of blocks `left` and `right`, from 0; about 1 within an article."""
        a: set[str] = set().union(*(self._grams[k] for k in left))
        b: set[str] = set().union(*(self._grams[k] for k in right))
        if not a or not b:
            return 0.0
        shared = a & b
        total = max(self._blocks, 2)
        weight = sum(math.log(total / min(self._in[g], total)) for g in shared)
        return weight / math.sqrt(min(len(a), len(b)))


def _grams(text: str) -> set[str]:
    out: set[str] = set()
    for m in _HAN2.finditer(text):
        run = m[0]
        out.update(run[k : k + 3] for k in range(len(run) - 2))
    return out
