"""A page into its articles: which blocks belong together, what is headline, kicker, byline and body of each.

Every way to cut the sequence of blocks into articles has a score, the sum of readable features weighed in
page_weights.tsv: a dateline inside an article speaks against it, a byline at its end for it. Dynamic programming finds
the best cut. Then headlines printed far from their texts and texts that go on behind another article are put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.page.blocks import Block, Likeness, blocks_of
from pipeline.page.bylines import MARKS
from pipeline.page.headings import compose, is_column, is_notice, is_place
from pipeline.page.reflow import closed
from pipeline.records import Article, Byline, Page, Segment

_LONGEST = 400  # blocks that one article may have
_REACH = 8  # paragraphs, or articles, that are looked at around a displaced piece
_HOPELESS = -25.0  # an article below this score is not drawn out further


_SIGNATURE = re.compile(r"[日局部委府会司办室心院厅处队站所社\d)]$")  # of a public notice


@cache
def _weights() -> dict[str, float]:
    return {
        row["feature"]: row.number("weight")
        for row in load_tsv("page_weights.tsv", ["feature", "weight", "meaning"], key=["feature"])
    }


def split_page(page: Page) -> list[Article]:
    """The articles of a page, in print order of their texts; every printed character is in one segment of one article."""
    blocks = blocks_of(page.text)
    if not blocks:
        return []
    likeness = Likeness(blocks)
    drafts = [Draft(list(range(a, b))) for a, b in _best_cut(blocks, likeness)]
    drafts = _put_back(drafts, blocks, likeness)
    return _articles(drafts, blocks, likeness)


# ---------------------------------------------------------------------------------------------- the best cut
def _best_cut(blocks: list[Block], likeness: Likeness) -> list[tuple[int, int]]:
    """The cut of the blocks into intervals [a, b) with the highest sum of scores."""
    count = len(blocks)
    like = _subhead_likeness(blocks, likeness) | _text_likeness(blocks, likeness)
    best = [0.0] + [float("-inf")] * count
    back = [0] * (count + 1)
    for start in range(count):
        for end, score in _scores(blocks, start, like):
            total = best[start] + score
            if total > best[end]:
                best[end], back[end] = total, start
    cuts = []
    end = count
    while end:
        cuts.append((back[end], end))
        end = back[end]
    return cuts[::-1]


def _subhead_likeness(blocks: list[Block], likeness: Likeness) -> dict[int, float]:
    """For each line of display between texts, how alike the texts before and after it are."""
    out = {}
    for at, block in enumerate(blocks):
        if block.kind != "display":
            continue
        left, k = [], at - 1
        while k > at - 9 and k >= 0 and len(left) < 5 and (blocks[k].kind == "prose" or not left and blocks[k].kind == "display"):
            if blocks[k].kind == "prose":
                left.append(k)
            k -= 1
        right, k = [], at + 1
        while k < min(len(blocks), at + 9) and len(right) < 5 and (blocks[k].kind == "prose" or not right):
            if blocks[k].kind == "prose":
                right.append(k)
            elif blocks[k].kind != "display":
                break
            k += 1
        out[at] = likeness(left, right)
    return out


def _text_likeness(blocks: list[Block], likeness: Likeness) -> dict[int, float]:
    """For each paragraph behind another, how alike it is to the three before it."""
    out = {}
    for at in range(1, len(blocks)):
        if blocks[at].kind == blocks[at - 1].kind == "prose":
            first = at - 1
            while first > max(at - 3, 0) and blocks[first - 1].kind == "prose":
                first -= 1
            out[at] = likeness(range(first, at), [at])
    return out


def _scores(blocks: list[Block], start: int, like: dict[int, float]) -> Iterator[tuple[int, float]]:
    """(end, score) of the article that blocks [start, end) would be, for every end worth a thought."""
    w = _weights()
    first = blocks[start]
    score = w["article"]
    opened = named = dateline = signed = False  # named: a byline above the text gives names
    at = start
    # the heading
    displays = 0
    seen_byline = False
    while at < len(blocks) and blocks[at].kind in ("display", "byline") and at - start < 8:
        block = blocks[at]
        if block.kind == "byline":
            if at == start:
                score += w["byline_first"]
            seen_byline = opened = True
            named = named or bool(block.credit and block.credit.bylines)
            dateline = dateline or block.has_dateline
        else:
            displays += 1
            if displays > 3:
                score += w["heading_long"]
            if seen_byline:
                score += w["heading_after_byline"]
            if at > start and block.gap > 1:
                score += w["heading_gap"]
        at += 1
        if not seen_byline:
            yield at, score + w["banner"] + (w["foot"] if at == len(blocks) else 0.0)
        else:
            yield at, score + w["banner"] * 2
    if at >= len(blocks):
        return
    block = blocks[at]
    if not displays and at == start and block.kind == "prose" and not block.label:
        before = blocks[start - 1] if start else None
        after_signed = before is not None and (before.kind in ("byline", "contact", "table") or before.tail is not None)
        if block.has_dateline:
            score += w["headless_dateline"]
        elif block.marked or block.bulleted:
            score += w["headless"] + w["headless_marked"]
        else:
            score += w["headless"]
            if after_signed or before is None:
                score += w["headless_after_signed"]
            else:
                score -= w["headless_like"] * min(like.get(start, 0.0), 1.5)
                if block.gap > 1:
                    score += w["headless_wide_gap"]
        if block.starts_with_date:
            score += w["headless_date"]
        if block.is_note:
            score += w["headless_note"]
    # the text
    kind = block.kind
    labelled = any(blocks[k].label for k in range(start, at + 1))
    subheads: list[int] = []
    last_prose = -1
    for here in range(at, min(len(blocks), start + _LONGEST)):
        block = blocks[here]
        previous = blocks[here - 1] if here > at else None
        inside = here > at
        ending = 0.0
        if block.kind == "prose":
            if inside:
                if block.has_dateline:
                    score += w["dateline_inside"]
                if block.marked or (block.bulleted and not blocks[at].bulleted):
                    score += w["marked_inside"]
                if not displays and block.starts_with_date:
                    score += w["headless_date_inside"]
                if block.label:
                    score += w["label_inside"]
                if signed:
                    score += w["text_after_signed"]
                if kind == "table" and not block.is_note:
                    score += w["text_after_table"]
                if kind == "contact":
                    score += w["text_after_contact"]
                if block.gap > 1 and previous is not None and previous.kind == "prose" and closed(previous.folded):
                    score += w["text_wide_gap"]
                    if block.starts_with_date:
                        score += w["text_wide_gap_date"]
            elif block.has_dateline:
                opened = dateline = True
                named = named or bool(block.lead and block.lead.bylines)
            if block.tail:
                if named:
                    ending += w["twice_signed"]
                signed = True
            last_prose = here
        elif block.kind == "byline":
            if previous is None or previous.kind != "byline":
                if signed:
                    score += w["byline_again"]
                elif named:
                    score += w["twice_signed"]
            signed = True
        elif block.kind == "display":
            if labelled:
                score += w["label_inside"]
            score += w["subhead"] if not (previous and previous.kind == "display") else w["subhead_run"]
            if signed:
                score += w["text_after_signed"]
            if kind != "prose":
                score += w["text_after_table"]
            text = block.folded
            if len(text) > 20:
                score += w["subhead_long"]
            if block.gap > 1:
                score += w["subhead_wide_gap"]
            if text.startswith(("—", "--")):
                score += w["subhead_subtitle"]
            if block.label:
                score += w["label_inside"]
            if " " in text:
                score += w["subhead_space"]
            if here + 1 < len(blocks) and blocks[here + 1].starts_with_date:
                score += w["subhead_before_date"]
            if is_place(text):
                score += w["subhead_place"]
            if is_notice(text):
                score += w["subhead_notice"]
            if here + 1 < len(blocks) and blocks[here + 1].kind == "byline":
                score += w["subhead_before_byline"]
            if not (previous and previous.kind == "display"):
                score += w["subhead_like"] * (min(like.get(here, 0.0), 1.8) - 0.8)
            if any(abs(s - len(text)) <= 3 for s in subheads):
                score += w["subhead_sister"]
            subheads.append(len(text))
            if dateline:
                score += w["subhead_dateline"]
            elif opened:
                score += w["subhead_byline"]
            ending += w["ends_in_display"]
        elif block.kind == "table":
            if inside and kind != "table":
                score += w["table_inside"]
        elif block.kind == "contact" and inside and kind != "contact":
            score += w["contact_inside"]
        if score < _HOPELESS:
            return
        if labelled:
            pass
        elif signed:
            if not named:
                ending += w["signed_below"]
        elif not opened and kind == "prose" and displays:
            ending += w["unsigned"]
        if block.kind == "prose" and not block.tail and not closed(block.folded) and not _SIGNATURE.search(block.folded):
            ending += w["ends_open"]
        credit = block.credit if block.kind == "byline" else block.signed
        if signed and credit and last_prose >= 0 and (credit.photo or credit.marked):
            if not displays:
                ending += w["headless_caption"] if not blocks[at].bulleted else 0.0
            elif here > at:
                ending += w["signed_as_caption"]
        yield here + 1, score + ending


# ---------------------------------------------------------------------------------------------- putting back
@dataclass(slots=True)
class Draft:
    """Blocks of one article: `heading` may have been printed elsewhere, `rest` goes on behind another article."""

    blocks: list[int]
    heading: list[int] = field(default_factory=list)
    rest: list[list[int]] = field(default_factory=list)


def _put_back(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    drafts = _interrupted(drafts, blocks, likeness)
    drafts = _displaced_headlines(drafts, blocks, likeness)
    return _continued(drafts, blocks, likeness)


def _interrupted(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """The last paragraphs of an article, behind a wide gap, that talk of what an article before it talks of."""
    out: list[Draft] = []
    for draft in drafts:
        out.append(draft)
        prose = _prose(draft, blocks)
        if not _headed(draft, blocks) or prose != draft.blocks[-len(prose) :]:
            continue
        for k in range(max(1, len(prose) - _REACH), len(prose)):
            first = blocks[prose[k]]
            if first.gap < 2 or first.starts_with_date or not closed(blocks[prose[k] - 1].folded):
                continue
            for other in out[-3:-1]:
                text = _prose(other, blocks)[-2 * _REACH :]
                if len(text) < 2 or not _headed(other, blocks) or _is_signed_below(other, blocks):
                    continue
                if likeness(text, prose[k:]) > 0.4 and likeness(prose[max(0, k - _REACH) : k], prose[k:]) < 0.15:
                    cut = draft.blocks.index(prose[k])
                    other.rest.append(draft.blocks[cut:])
                    draft.blocks = draft.blocks[:cut]
                    break
            else:
                continue
            break
    return out


def _has_text(draft: Draft, blocks: list[Block]) -> bool:
    return any(blocks[k].kind not in ("display", "byline") for k in draft.blocks)


def _headed(draft: Draft, blocks: list[Block]) -> bool:
    return bool(draft.heading) or blocks[draft.blocks[0]].kind == "display"


def _prose(draft: Draft, blocks: list[Block]) -> list[int]:
    return [k for k in draft.blocks if blocks[k].kind == "prose"]


def _displaced_headlines(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """Lines of display without a text go to the headless article whose words they share."""
    gone: set[int] = set()
    for number, draft in enumerate(drafts):
        if _has_text(draft, blocks) or not all(blocks[k].kind == "display" for k in draft.blocks):
            continue
        if any(blocks[k].label for k in draft.blocks):
            continue
        at_foot = draft is drafts[-1]
        options = []
        around = drafts[:number] if at_foot else drafts[max(0, number - _REACH) : number + _REACH]
        for other in around:
            prose = _prose(other, blocks)[:_REACH]
            if other is draft or not prose or blocks[prose[0]].marked or other.heading:
                continue
            fit = _headline_fits(draft, prose, blocks)
            if not _headed(other, blocks):
                photo = any(blocks[k].tail and blocks[k].tail[1].photo for k in prose)
                bonus = 0.6 if blocks[prose[0]].has_dateline else -0.3 if photo else 0.3
                options.append((fit + bonus, fit, other))
            elif at_foot and fit:
                near = [k for k in other.blocks if blocks[k].kind == "display" and k < prose[0]]
                bonus = 0.1 if len(near) == 1 and is_column(blocks[near[0]].folded) else 0.0
                options.append((fit + bonus, fit, other))
        if not options:
            continue
        options.sort(key=lambda o: -o[0])
        score, _, other = options[0]
        lead = score - options[1][0] if len(options) > 1 else score
        if not (score >= 0.15 and lead >= 0.1 if at_foot else score >= 0.9):
            continue
        other.heading = draft.blocks
        gone.add(number)
    return [draft for number, draft in enumerate(drafts) if number not in gone]


def _headline_fits(draft: Draft, prose: list[int], blocks: list[Block]) -> float:
    """Share of the two-character strings of a headline that occur in a text."""
    text = "".join(blocks[k].folded for k in prose)
    headline = "".join(blocks[k].folded for k in draft.blocks)
    pairs = {a + b for a, b in zip(headline, headline[1:], strict=False) if _is_han(a) and _is_han(b)}
    return sum(p in text for p in pairs) / len(pairs) if pairs else 0.0


def _is_han(character: str) -> bool:
    return "一" <= character <= "鿿"


def _continued(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Draft]:
    """Text without headline, dateline and photographer goes on an earlier article that it resembles."""
    out: list[Draft] = []
    for draft in drafts:
        first = blocks[draft.blocks[0]]
        if first.kind == "prose" and not _headed(draft, blocks) and not first.has_dateline and not first.marked and not first.label:
            prose = _prose(draft, blocks)
            last = blocks[draft.blocks[-1]]
            credit = last.credit if last.kind == "byline" else last.signed
            options = []
            for k, other in enumerate(out[-4:]):
                text = _prose(other, blocks) + [k for part in other.rest for k in part if blocks[k].kind == "prose"]
                text = text[-2 * _REACH :]
                if not text or not _headed(other, blocks) or _is_signed_below(other, blocks):
                    continue
                if credit and (credit.photo or credit.marked):
                    continue
                like = likeness(text, prose)
                if not closed(blocks[text[-1]].folded):
                    like += 1.0
                if credit and _is_opened(other, blocks):
                    continue
                if credit:
                    like += 0.4
                options.append((like + 0.01 * k, other))
            if options:
                score, other = max(options, key=lambda o: o[0])
                if score > 0.5:
                    other.rest.append(draft.blocks)
                    continue
        out.append(draft)
    return out


def _is_signed_below(draft: Draft, blocks: list[Block]) -> bool:
    last = blocks[(draft.rest[-1] if draft.rest else draft.blocks)[-1]]
    return last.kind == "byline" or last.tail is not None


def _is_opened(draft: Draft, blocks: list[Block]) -> bool:
    for k in draft.blocks:
        block = blocks[k]
        if block.kind == "byline" or (block.lead and block.lead.bylines):
            return True
        if block.kind == "prose":
            return False
    return False


# ---------------------------------------------------------------------------------------------- articles
def _articles(drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[Article]:
    out: list[Article] = []
    for position, draft in enumerate(drafts):
        out.append(_article(position, draft, blocks))
    parents = _parents(out, drafts, blocks, likeness)
    return [
        a if p is None else Article(a.position, a.kind, a.headline, a.kicker, a.bylines, a.segments, p)
        for a, p in zip(out, parents, strict=True)
    ]


def _segments(block: Block, start: int, end: int, role: str, joined: bool = False) -> list[Segment]:
    pieces = block.paragraph.pieces(start, end)
    return [Segment(role, a, b, new_paragraph=not (k or joined)) for k, (a, b) in enumerate(pieces)]


def _words(block: Block, start: int = 0, end: int | None = None) -> str:
    """The words of a stretch as printed, column breaks taken out."""
    text = "".join(line.text for line in block.paragraph.lines)
    return text[start:end].strip()


def _article(position: int, draft: Draft, blocks: list[Block]) -> Article:
    own = draft.blocks
    at = 0
    displays: list[int] = list(draft.heading)
    near: list[int] = []
    opening: list[Segment] = []
    body: list[Segment] = []
    bylines: list[Byline] = []
    photo = opened = dateline = marked_name = False
    while at < len(own) and blocks[own[at]].kind in ("display", "byline"):
        block = blocks[own[at]]
        if block.kind == "display":
            near.append(own[at])
        else:
            opened = True
            dateline = dateline or block.has_dateline
            credit = block.credit
            bylines += credit.bylines if credit else ()
            opening += _segments(block, 0, len(block.folded), "dateline" if block.has_dateline else "byline")
        at += 1
    rest = own[at:]
    banner = not rest
    label = next((blocks[k].label for k in near if blocks[k].label), None)
    if label == "column_intro" and len(near) > 1 and not displays:
        kickers = [blocks[k] for k in near if not blocks[k].label]
        headlines = [blocks[k] for k in near if blocks[k].label]
    else:
        kickers, headlines = compose(
            [blocks[k] for k in near], [blocks[k] for k in displays], "".join(blocks[k].folded for k in rest[:6])
        )
    head: list[Segment] = []
    kicker_words = [_kicker_words(b) for b in kickers]
    headline = "".join(_words(b) for b in headlines) or None
    for b in kickers:
        head += _segments(b, 0, len(b.folded), "kicker")
    for k, b in enumerate(headlines):
        head += _segments(b, 0, len(b.folded), "headline", joined=bool(k))
    if banner:
        body += [s for b in (blocks[k] for k in near) for s in _segments(b, 0, len(b.folded), "body")]
        if headline or kickers:
            headline, kicker_words, head = None, [], []
    for part_number, part in enumerate([rest, *draft.rest]):
        for number, k in enumerate(part):
            block = blocks[k]
            size = len(block.folded)
            if block.kind == "byline":
                credit = block.credit
                bylines += credit.bylines if credit else ()
                photo = photo or bool(credit and credit.photo)
                marked_name = marked_name or bool(credit and credit.marked)
                body += _segments(block, 0, size, "byline")
            elif block.kind == "display" and (part_number or number):
                body += _segments(block, 0, size, "subhead")
            else:
                low, high = 0, size
                if block.label and not head and not part_number and not number and block.label_end:
                    label = block.label
                    headline = _words(block, 0, block.label_end).strip(":：[]【】()（） ")
                    head += _segments(block, 0, block.label_end, "headline")
                    low = block.label_end
                elif block.label and not part_number and not number and block.label_end:
                    label = block.label
                    kickers_before = [headline] if headline else []
                    kicker_words = kicker_words + kickers_before
                    head = [Segment("kicker", s.start, s.end, s.new_paragraph) for s in head]
                    headline = _words(block, 0, block.label_end).strip(":：[]【】()（） ")
                    head += _segments(block, 0, block.label_end, "headline")
                    low = block.label_end
                elif block.lead:
                    low = block.lead.end
                    bylines += block.lead.bylines
                    dateline = True
                    opened = opened or bool(block.lead.bylines)
                    body += _segments(block, 0, low, "dateline")
                if block.tail:
                    high, credit = block.tail
                    photo = photo or credit.photo
                    marked_name = marked_name or credit.marked
                    body += _segments(block, low, high, "body", joined=low > 0)
                    body += _segments(block, high, size, "byline", joined=True)
                    bylines += credit.bylines
                else:
                    body += _segments(block, low, high, "body", joined=low > 0)
    segments = _order(head, opening, body)
    length = sum(s.end - s.start for s in segments if s.role in ("body", "subhead"))
    kind = _kind(own, blocks, label, headline, kicker_words, banner, photo, marked_name, opened, dateline, length)
    if kind == "caption":
        bylines = [Byline(b.name, "photographer") if photo and b.role == "reporter" and len(bylines) < 4 else b for b in bylines]
    kicker = " / ".join(kicker_words) or None
    return Article(position, kind, headline, kicker, _distinct(bylines), tuple(segments))


def _order(head: list[Segment], opening: list[Segment], body: list[Segment]) -> list[Segment]:
    return [*head, *opening, *body]


def _distinct(bylines: list[Byline]) -> tuple[Byline, ...]:
    return tuple(dict.fromkeys(bylines))


def _kicker_words(block: Block) -> str:
    return _words(block).lstrip("—-– ").strip()


def _kind(
    own: list[int],
    blocks: list[Block],
    label: str | None,
    headline: str | None,
    kickers: list[str],
    banner: bool,
    photo: bool,
    marked_name: bool,
    opened: bool,
    dateline: bool,
    length: int,
) -> str:
    texts = [blocks[k] for k in own if blocks[k].kind not in ("display", "byline")]
    if label:
        return label
    if banner or not texts or texts[0].kind == "contact":
        return "notice"
    display = " ".join([headline or "", *kickers])
    if texts[0].kind == "table" or re.search(r"名单|芳名|光荣榜|爱心榜|捐款|捐赠公示|鸣谢|田头价|功德榜", display):
        return "list"
    if is_notice(display) and not opened:
        return "notice"
    if texts[0].marked or (photo and not dateline and length < 260 and (not opened or not headline)):
        return "caption"
    if not headline and marked_name and not dateline:
        return "caption"
    if length < 150:
        return "brief"
    if any(blocks[k].kind == "byline" and not blocks[k].has_dateline for k in own[:6]) and not dateline:
        first = next(k for k in own if blocks[k].kind == "byline")
        if first < own[-1] and blocks[own[0]].kind == "display" and not (blocks[first].folded.endswith("报道")):
            if any(blocks[k].kind == "prose" for k in own[own.index(first) :]):
                return "feature"
    if any(blocks[k].kind == "display" for k in own[own.index(_first_text(own, blocks)) :]):
        return "feature"
    return "news"


def _first_text(own: list[int], blocks: list[Block]) -> int:
    return next(k for k in own if blocks[k].kind not in ("display", "byline"))


def _parents(articles: list[Article], drafts: list[Draft], blocks: list[Block], likeness: Likeness) -> list[int | None]:
    """For captions, lists and commentaries: the article they belong to, the one before or the one that talks of the same."""
    out: list[int | None] = []
    for article, draft in zip(articles, drafts, strict=True):
        parent = None
        if article.kind in ("caption", "list", "commentary"):
            before = [a for a in articles[: article.position] if a.kind in ("news", "feature", "brief")]
            if before:
                near = before[-1]
                own = [k for k in draft.blocks]
                theirs = drafts[near.position].blocks
                wanted = 0.8 if article.kind == "caption" else 0.0
                if likeness(theirs, own) >= wanted:
                    parent = near.position
        out.append(parent)
    return out
