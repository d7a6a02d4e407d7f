"""The printed lines of a page, and whether a page keeps the lines of its columns (hard-wrapped text).

Copies from e-papers and OCR hold one line of the file for each line of a printed column. Such text shows by the widths of
its lines: neighbours share one width but for the last line of each paragraph, and they break off anywhere in a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.folding import fold

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line, trimmed: raw offsets, its text, its folded text, the blank lines before it, its white space."""

    start: int
    end: int
    text: str
    folded: str
    gap: int
    indent: float = 0.0  # width of the white space at its head, in Chinese characters


def lines_of(text: str) -> list[Line]:
    """The lines of a page that hold more than white space, in order."""
    out: list[Line] = []
    before = 0
    for m in _LINE.finditer(text):
        stripped = m[0].strip()
        if not stripped:
            continue
        head = len(m[0]) - len(m[0].lstrip())
        start = m.start() + head
        gap = max(len(_BREAK.findall(text, before, start)) - 1, 0) if out else 0
        indent = sum(1.0 if c == "\u3000" else 0.5 for c in m[0][: min(head, 40)]) if head else 0.0
        out.append(Line(start, start + len(stripped), stripped, fold(stripped), gap, indent))
        before = start + len(stripped)
    return out


# ------------------------------------------------------------------------------------------------- hard-wrapped text
_NARROWEST, _WIDEST = 7, 60  # characters of a line of a column
_REACH = 6  # lines on either side that share the width of a line
_FEWEST = 4  # lines of one width among them, and on the page
_INNER = re.compile(r"[,。、;:!?“”][^,。、;:!?“”)》]")  # punctuation inside a line: it is prose, no list
_END = re.compile(r"[。!?;][”’」』)]?$")


@dataclass(frozen=True, slots=True)
class Column:
    """The columns of a page as far as its lines show them: the width that each line was wrapped at, None if it was not."""

    widths: tuple[float | None, ...]
    extents: tuple[float, ...]  # of each line, its indent included; where digits take half a cell, the nearer count
    gap: int  # blank lines between the lines of a column
    indented: bool  # the first lines of paragraphs are
    spaced: bool  # blank lines stand between paragraphs

    def full(self, at: int) -> bool:
        """Whether line `at` fills its column, so that the next line may go on its sentence."""
        width = self.widths[at]
        return width is not None and abs(self.extents[at] - width) <= 1

    def short(self, at: int) -> bool:
        """Whether line `at` is of a column and ends before its edge."""
        width = self.widths[at]
        return width is not None and self.extents[at] < width - 1


def _cells(text: str) -> float:
    """Width of a text in Chinese characters, where a letter or digit of ASCII takes half of one."""
    return len(text) - sum(c.isascii() for c in text) / 2


def columns_of(lines: Sequence[Line]) -> Column | None:
    """The columns of a page, or None if its lines are whole paragraphs, as they mostly are.

    Widths are counted in characters and in cells of print; the measure that more lines agree in decides.
    """
    best: Column | None = None
    most = 0
    measures = [[line.indent + measure(line.text) for line in lines] for measure in (len, _cells)]
    for extents, others in (measures, measures[::-1]):
        column = _measured(lines, extents)
        if column:
            pairs = zip(extents, others, column.widths, strict=True)
            nearer = (e if width is None or abs(e - width) <= abs(o - width) else o for e, o, width in pairs)
            column = replace(column, extents=tuple(nearer))
            fit = sum(map(column.full, range(len(lines))))
            if fit > most:
                best, most = column, fit
    return best


def _measured(lines: Sequence[Line], extents: list[float]) -> Column | None:
    widths = _widths(lines, extents)
    if not widths:
        return None
    own: list[float | None] = []
    for at in range(len(lines)):
        near = extents[max(0, at - _REACH) : at + _REACH + 1]
        support = {w: sum(abs(e - w) <= 1 for e in near) for w in widths}
        width = max(widths, key=lambda w: (support[w], sum(e == w for e in near)))
        own.append(width if support[width] >= _FEWEST and extents[at] <= width + 1 else None)
    full = [w is not None and abs(e - w) <= 1 for w, e in zip(own, extents, strict=True)]
    gaps = Counter(lines[k].gap for k in range(1, len(lines)) if full[k - 1] and full[k])
    if not gaps:
        return None
    heads = [lines[k].indent >= 1 for k in range(1, len(lines)) if own[k] is not None]
    indented = sum(heads) >= 2 and sum(heads) < 0.6 * len(heads)
    gap = gaps.most_common(1)[0][0]
    after = [
        lines[k + 1].gap > gap
        for k in range(len(lines) - 1)
        if own[k] is not None and own[k + 1] is not None and not full[k]
    ]
    return Column(tuple(own), tuple(extents), gap, indented, sum(after) >= 0.8 * len(after))


def _widths(lines: Sequence[Line], extents: list[float]) -> list[float]:
    """The widths that neighbouring lines of prose share, most frequent first."""
    pairs: Counter[float] = Counter()
    for k in range(1, len(lines)):
        one, other = extents[k - 1], extents[k]
        if abs(one - other) <= 1 and _NARROWEST <= one <= _WIDEST:
            pairs[float(round((one + other) / 2))] += 1
    found: list[float] = []
    for width, count in pairs.most_common(8):
        if count * 20 < pairs.total():
            break
        of_width = [line.folded for line, e in zip(lines, extents, strict=True) if abs(e - width) <= 1]
        if len(of_width) < _FEWEST or any(abs(width - w) <= 2 for w in found):
            continue
        prose = sum(_INNER.search(text) is not None for text in of_width)
        ends = sum(_END.search(text) is not None for text in of_width)
        if prose >= 0.4 * len(of_width) and ends <= 0.4 * len(of_width):
            found.append(Counter(e for e in extents if abs(e - width) <= 1).most_common(1)[0][0])
    return found
