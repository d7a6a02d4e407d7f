"""Column breaks: which printed lines go on the paragraph of the line before them.

A page comes as lines with blank lines between them. A blank line stands between paragraphs and also where a print
column ended, often in mid-word, so that neither blank lines nor their number tell paragraphs apart. What tells is the
wording: how the line before ends, how the next one begins, and how likely one would follow the other in running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.page.byline_spelling import MARKS
from pipeline.page.bylines import names_part, parse
from pipeline.page.datelines import leading, trailing
from pipeline.page.lines import Column, Line, columns_of, lines_of
from pipeline.page.name_forms import is_name
from pipeline.page.words import common

_CLOSING = "”’』」》)）】\"'"
_FINAL = "。!?…;"  # in folded text
_WINDOW = 400  # characters of a paragraph that decide whether the next line goes on it
_TAIL = 8  # characters of a line's end that are looked at for its final punctuation
_DESK = re.compile(r"[①-⑳]\d{0,2}$")  # the desk's own mark behind the last sentence


@dataclass(slots=True)
class Paragraph:
    """Lines that run on: the text is theirs put together, with a space before the lines numbered in `spaced`."""

    lines: list[Line] = field(default_factory=list)
    spaced: set[int] = field(default_factory=set)

    @property
    def folded(self) -> str:
        if not self.spaced:
            return "".join(line.folded for line in self.lines)
        return "".join(" " * (k in self.spaced) + line.folded for k, line in enumerate(self.lines))

    def tail(self) -> str:
        """The folded text, or its last lines only if it is long, so that joining many lines stays linear."""
        if len(self.lines) == 1:
            return self.lines[0].folded
        taken: list[str] = []
        length = 0
        for k in range(len(self.lines) - 1, -1, -1):
            taken.append(" " * (k in self.spaced) + self.lines[k].folded)
            length += len(taken[-1])
            if length > _WINDOW:
                break
        return "".join(reversed(taken))

    @property
    def gap(self) -> int:
        return self.lines[0].gap

    def add(self, other: Paragraph) -> None:
        """The lines of another one go on this one's, behind a space where that sets two names apart."""
        if names_part(self.tail(), other.folded):
            self.spaced.add(len(self.lines))
        self.spaced |= {len(self.lines) + k for k in other.spaced}
        self.lines += other.lines

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Raw spans, one a line, of the characters `[start, end)` of `folded`, trimmed of white space."""
        out: list[tuple[int, int]] = []
        at = 0
        for k, line in enumerate(self.lines):
            at += k in self.spaced
            low, high = max(start - at, 0), min(end - at, len(line.text))
            at += len(line.text)
            while low < high and line.text[low].isspace():
                low += 1
            while high > low and line.text[high - 1].isspace():
                high -= 1
            if low < high:
                out.append((line.start + low, line.start + high))
        return out


# ------------------------------------------------------------------------------------------------- the junction
@cache
def _weights() -> tuple[float, dict[str, float]]:
    rows = {row["gram"]: row.number("weight") for row in load_tsv("page_junctions.tsv", ["gram", "weight"])}
    return rows.pop("bias"), rows


_DIGIT = re.compile(r"\d")


def junction(before: str, after: str) -> float:
    """Log-odds that folded `after` goes on the running text `before`, rather than that something new begins.

    A log-linear model over the three characters on either side and the first four of a short line, trained on news text that was cut at random places
    and on pairs of headline and text (see the head of page_junctions.tsv).
    """
    bias, weight = _weights()
    a = _DIGIT.sub("0", before[-3:]).rjust(3, "^")
    b = _DIGIT.sub("0", after[:3]).ljust(3, "$")
    get = weight.get
    if len(before) <= _SHORT:  # how a headline begins, and how a paragraph
        s = _DIGIT.sub("0", before[:4])
        start = get("s" + s[:2], 0.0) + get("s" + s[:3], 0.0) + get("s" + s, 0.0)
    else:
        start = get("long", 0.0)
    return (
        bias
        + start
        + get("a" + a[2], 0.0)
        + get("a" + a[1:], 0.0)
        + get("a" + a, 0.0)
        + get("b" + b[0], 0.0)
        + get("b" + b[:2], 0.0)
        + get("b" + b, 0.0)
        + get("j" + a[2] + b[0], 0.0)
        + get("j" + a[1:] + b[0] + "<", 0.0)
        + get("j" + a[2] + b[:2] + ">", 0.0)
        + get("j" + a[1:] + b[:2], 0.0)
    )


def closed(folded: str) -> bool:
    """Whether a line ends as a sentence does."""
    end = folded[-_TAIL:]
    end = (_DESK.sub("", end) if end[-1:].isdigit() else end).rstrip(_CLOSING)
    return end[-1:] in _FINAL if end else True


# ------------------------------------------------------------------------------------------------- paragraphs
_CONTINUES = re.compile(  # what no paragraph begins with
    r"[,。、;:!?)》”’%…]|[·/]|(?:摄|摄影|摄影报道|供稿|供图)[)]?$"
)
# A bracket that a column break cuts
_OPENS = re.compile(r"[(][^()。]{0,40}$")
_CLOSES = re.compile(r"[^()。]{1,40}[)]")
_SIGNED_NOTICE = re.compile(r"[。;)\d]\s*[^。;,]{2,30}\d{4}年\d{1,2}月\d{1,2}日$")  # who gives it, and the date
_INNER_STOP = re.compile(r"[。;]")
_DATE = re.compile(r"\d{1,2}月\d{1,2}日")
_LEAD_DATE = re.compile(r"(?:近日|日前|连日来|(?:\d{4}年)?\d{1,2}月\d{1,2}日),")  # how a first sentence begins
_SIGNED = 3.0  # doubt behind a signed text
_COLUMN = 9  # characters that the narrowest column takes in a line
_TOLD = 0.3  # share of the words of a headline that its text repeats
_SHORT = 30  # a line under this length that does not end as a sentence may be a headline
_PROSE = 46  # a longer one may not


class Grams:
    """The three-character strings of a page: one that spans a column break and occurs elsewhere was cut by it."""

    def __init__(self, texts: list[str]):
        self._count: dict[str, int] = {}
        count = self._count
        for text in texts:
            for at in range(len(text) - 2):
                gram = text[at : at + 3]
                count[gram] = count.get(gram, 0) + 1

    def known(self, before: str, after: str) -> bool:
        """Whether a string of Chinese characters across the junction occurs elsewhere on the page."""
        two, one = before[-2:] + after[:1], before[-1:] + after[:2]
        return any(len(g) == 3 and _HAN.fullmatch(g) is not None and g in self._count for g in (two, one))


_HAN = re.compile(r"[一-鿿]+")


def _unclosed(text: str) -> bool:
    """Whether a bracket, a quotation or a book-title mark opens in `text` and does not close."""
    tail = text[-120:]
    return tail.count("《") > tail.count("》") or tail.count("“") > tail.count("”") or tail.rfind("(") > tail.rfind(")")


def goes_on(before: str, after: str, grams: Grams, doubt: float) -> bool:
    """Whether the folded line `after` goes on the paragraph whose folded text so far is `before`.

    `doubt`: by its place the paragraph is less likely to be running text (see `_doubt`); counts for short ones only,
    but where it is negative: the last line fills its column.
    """
    if _CONTINUES.match(after):
        return not _is_closed_in_itself(before)
    if _OPENS.search(before) and _CLOSES.match(after):
        return True
    if closed(before) or is_apart(after) or leading(after):
        return False
    known = grams.known(before, after)
    signed = trailing(before[-160:])
    if signed and (signed[1].sure or not known):  # a bare name may be the beginning of a longer one
        return False
    if _is_closed_in_itself(before) or _SIGNED_NOTICE.search(before[-60:]):
        return False
    score = junction(before, after) + (2.0 if known else 0.0)
    if _unclosed(before):
        score += 2.0
    whole = closed(after) or len(after) > _PROSE or "。" in after  # the line is running text itself
    if len(before) > _PROSE or _INNER_STOP.search(before[:-1]) or before[-1] in ",、:" or leading(before):
        least = 0.0 if whole and _DATE.match(after) else -2.5 if whole else 4.0
        return score > least + min(doubt, 0.0)
    if not whole or (len(after) <= 6 and len(before) <= 12):
        return False
    score -= 0.8 + doubt
    if known and doubt > 1.5:
        score -= 1.5  # the words of a headline occur in its text anyway
    if len(before) >= _COLUMN and common(before, after) >= _TOLD:
        score -= 2.0  # a headline tells what its text tells
    if _DATE.match(after) and not before[-1].isdigit():
        score -= 1.5  # so news begins
    if len(before) < _COLUMN:
        score -= 1.5
    if " " in before or before[-1] in "”》)":
        score -= 2.0
    if before[0] in "“《(" and _unclosed(before):
        score += 2.0
    if _LEAD_DATE.match(before):
        score += 2.0
    if "," in before[:-1]:
        score += 0.7 if before.count(",") == 1 else 2.5
    if len(before) > _SHORT:
        score += 2.5 if "," in before else 1.0
    return score > 0


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a page in print order, column breaks mended; headlines, bylines and tables are each one."""
    lines = lines_of(text)
    column = columns_of(lines)
    runs = [(Paragraph([line]), 0.0) for line in lines] if column is None else list(_unwrapped(lines, column))
    texts = [run.folded for run, _ in runs]
    grams = Grams(texts)
    out: list[Paragraph] = []
    doubt = 0.0
    for (run, broken_off), folded in zip(runs, texts, strict=True):
        if out and goes_on(out[-1].tail(), folded, grams, doubt + broken_off):
            out[-1].add(run)
            continue
        doubt = _doubt([p.tail() for p in out[-2:]])
        out.append(run)
    return out


_EDGE = 4.0  # what a full last line says for its sentence going on, a short one against it
_WORD = re.compile(r"[A-Za-z0-9.%]+")


def _unwrapped(lines: list[Line], column: Column) -> Iterator[tuple[Paragraph, float]]:
    """The lines of columns put together as far as nothing but their widths is needed, with the doubt that each goes on
    the one before it."""
    run = Paragraph([lines[0]])
    doubt = 0.0
    for at in range(1, len(lines)):
        line = lines[at]
        following = lines[at + 1].folded if at + 1 < len(lines) else None
        if _runs_on(line, at, column, run, following):
            run.add(Paragraph([line]))
            continue
        yield run, doubt
        doubt = _EDGE if column.short(at - 1) else 0.0
        if column.full(at - 1) and not is_display(run.tail()):
            doubt = -_EDGE
        if column.indented and column.widths[at] is not None and line.indent >= 1:
            doubt += _EDGE
        run = Paragraph([line])
    yield run, doubt


def _runs_on(line: Line, at: int, column: Column, run: Paragraph, following: str | None) -> bool:
    """Whether `line`, number `at` of the page, goes on the `run` of lines before it, all of one column without a gap."""
    width, before = column.widths[at - 1], column.extents[at - 1]
    if line.gap > column.gap or column.widths[at] is None or width is None:
        return False
    if (column.indented and line.indent >= 1) or line.folded[0] in MARKS:
        return False
    text, last = run.tail(), run.lines[-1].folded
    if not column.full(at - 1):
        word = _WORD.match(line.folded)  # it did not fit into the line before
        if not word or before + len(word[0]) <= width or closed(last):
            return False
    if _unclosed(text):
        return True
    lead = leading(text)
    if lead and lead.end == len(text):
        return True
    credit = parse(text) if len(text) <= 90 else None
    if credit and credit.sure:
        more = parse(text + line.folded) or parse(f"{text} {line.folded}")
        return more is not None and more.sure
    if label_of(text) or (is_apart(line.folded) and (closed(last) or is_display(text))):
        return False
    if column.spaced:
        return True
    if closed(last):  # a line that ends a sentence and fills the column
        if not (column.full(at) or closed(line.folded)) or leading(line.folded):
            return False
        if following and is_display(line.folded) and _heads(line.folded, following):
            return False
        return column.indented or before >= width
    if len(run.lines) == 1 and is_display(last) and not (column.indented and run.lines[0].indent >= 1):
        return not _heads(last, line.folded)  # a headline may fill the column too
    return True


def _heads(line: str, following: str) -> bool:
    """Whether a folded line that fills its column is a headline by the one that follows it."""
    return leading(following) is not None or junction(line, following) < -_EDGE or is_apart(following)


def _doubt(before: list[str]) -> float:
    """How little a paragraph is likely to be running text by the folded texts of the two before it.

    Behind a headline it may be the second line of it; at the head of a page and behind a signed text a headline is due.
    """
    if not before:
        return 2.0
    last = before[-1]
    if len(last) <= 90 and (credit := parse(last)) and credit.sure:
        opens = len(before) > 1 and is_display(before[0])  # it stands between headline and text
        return 0.0 if opens else _SIGNED
    if is_display(last):
        return 1.2
    return _SIGNED if trailing(last[-160:]) else 0.0


# ------------------------------------------------------------------------------------------------- kinds of lines
_TABLE = re.compile(r"Table with \d+ col|\d+[.、] ?[^;]{2,60}; ?\d+[.、] ?")
_CONTACT_CUE = re.compile(
    r"电话|热线|邮箱|[Ee]-?mail|QQ|投稿|责编|编辑|邮编|网址|微信|传真|值班|爆料|报料|订阅|天气预报|美编|校对|地址|零售|印刷|刊号"
)
_CONTACT_VALUE = re.compile(
    rf"\d{{7,}}|\d{{3,4}}-\d{{6,8}}|[\w.]@\w|www\.|℃|(?:{_CONTACT_CUE.pattern})[^,;。:、]{{0,6}}:"
)
_INVITES = re.compile(
    r"扫码|欢迎[^。]{0,12}(?:读者|来稿|来电|投稿|提供|关注|订阅)|关注[^。]{0,8}公众号|下载[^。]{0,10}客户端"
)
_NUMBER = re.compile(r"[\d\s()-]{7,}")
_RUNNING = re.compile(r"[,、:]$|^[“‘]|[了是并将把被使也就]|通过|以及|进行|开展|做好")  # running text, no row of a table
_VOICE = re.compile(r"【[一-鿿]{1,5}(?:说|谈|感言|点评|手记|感悟|心声|有话说|之声)】")  # 【某某者说】 heads a comment
_BULLETS = "●◆■◇□★☆◎"  # ▲ and its like mark captions, ○ items of a column
_ITEM = 34  # characters of a line behind a bullet that may be set like a headline
_HOLDERS = re.compile(r"[一-鿿]{0,16}(?:主任|书记|委员|成员|长):([一-鿿·、 ]{2,40})")
_AUTHOR_NOTE = re.compile(r"[(]作者(?:为|系|是|单位)[^()]{2,40}[)]")


def is_table(folded: str) -> bool:
    """A table put into one line, a numbered list in one line, or many short items: names, gifts and sums."""
    if _TABLE.match(folded):
        return True
    if len(folded) < 20 or "。" in folded or folded[-1] in "!?…" or _RUNNING.search(folded):
        return False
    items = [item for item in re.split(r"[;、]\s*|\s{2,}", folded) if item]
    if len(items) < 4 or max(len(i) for i in items) > 24:
        items = folded.split()
        return len(items) >= 6 and sum(len(i) for i in items) <= 4.5 * len(items) and max(len(i) for i in items) <= 12
    return folded.count(";") > 1 or ("  " in folded and sum(c.isdigit() for c in folded) >= 4)


def is_contact(folded: str) -> bool:
    """A line of an imprint or hotline: cues with numbers or addresses, or an invitation to readers."""
    if len(folded) > 140 or (folded[-1] in "。!?" and len(folded) > 60):
        return False
    cues = len(_CONTACT_CUE.findall(folded))
    if cues and _CONTACT_VALUE.search(folded) and (cues > 1 or "," not in folded[:20]):
        return True
    return len(folded) <= 40 and (_INVITES.search(folded) or _NUMBER.fullmatch(folded)) is not None


@cache
def labels() -> dict[str, str]:
    """Label → kind of the text that it announces."""
    return {row["label"]: row["kind"] for row in load_tsv("page_labels.tsv", ["label", "kind"], key=["label"])}


def label_of(folded: str) -> str | None:
    """The kind of text that a line announces if it is a label and nothing more: 编后, 【短评】."""
    if len(folded) > 12:
        return None
    if _VOICE.fullmatch(folded):
        return "commentary"
    return labels().get(folded.strip(MARKS + "【】[]()《》〔〕 :"))


def is_apart(folded: str) -> bool:
    """Whether a line stands alone whatever its neighbours: byline, table, imprint or a marked caption."""
    return folded[0] in MARKS or _is_closed_in_itself(folded)


def _is_closed_in_itself(folded: str) -> bool:
    if is_table(folded) or is_contact(folded) or label_of(folded):
        return True
    credit = parse(folded) if len(folded) <= 90 else None
    return credit is not None and credit.sure


def is_item(folded: str) -> bool:
    """Whether a line is a short item behind a bullet, as subheads and the points under a headline are: ●全县设六个供应点."""
    if folded[0] not in _BULLETS or not 3 <= len(folded) <= _ITEM or closed(folded) or _is_closed_in_itself(folded):
        return False
    return folded[1:2] not in _BULLETS and folded.count(folded[0]) == 1 and not re.search("[。;:]|图为", folded)


def names_holders(folded: str) -> bool:
    """Whether a line only tells who holds a post, as results of an election do: 委员:甲某某、乙某某."""
    m = _HOLDERS.fullmatch(folded)
    return m is not None and all(is_name(name.replace(" ", "")) for name in m[1].split("、"))


def is_display(folded: str) -> bool:
    """Whether a line is set like a headline: short and without the end of a sentence, but for ! and ?."""
    if label_of(folded) or is_item(folded):
        return True
    if len(folded) > _PROSE or is_apart(folded) or _AUTHOR_NOTE.fullmatch(folded) or names_holders(folded):
        return False
    if not closed(folded):
        return "。" not in folded
    return folded.rstrip(_CLOSING)[-1:] in "!?" and len(folded) <= 24 and "。" not in folded
