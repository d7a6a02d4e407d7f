"""Text PDF of e-paper: a page a record. A locator is the page's number from 0.

pdfminer.six (extra `formats`) finds the lines of print; they are brought into reading order by a recursive XY cut (Nagy
and Seth 1984): a region falls apart above a headline, else at its gutters between columns, else at its widest band of white.
Lines of one paragraph are joined, so that a page reads as the text files of e-papers do.
"""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.config import InputSettings
from pipeline.page.formats.common import Blob, Format, Item, Locator, Shelf, broken, needs, record, too_large
from pipeline.records import Failure

_GUTTER = 0.6  # least width of the white between two columns, in characters
_BAND = 1.5  # white that ends a plain column, by the usual white between its lines
_INDENT = 1.2  # a line that begins so many characters inside its block begins a paragraph
_SHORT = 1.7  # a line that ends so many characters before the edge of its block ends one
_HEADLINE = 1.3  # a headline is so many times larger than most of the lines
_OTHER_SIZE = 0.15  # by which sizes of print differ between headline and text
_LINES = 5_000  # a page of more is no newspaper page; its lines stay in the order of the file
_EXPANSION = 64 << 20  # the most bytes that one compressed stream of a file may hold

_documents = Shelf(2)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its text, its box in points from the page's lower left corner, and the size of its characters."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float


class _Document:
    def __init__(self, blob: Blob):
        from pdfminer.pdfdocument import PDFDocument
        from pdfminer.pdfpage import PDFPage
        from pdfminer.pdfparser import PDFParser

        _bound_streams()
        with ExitStack() as stack:
            document = PDFDocument(PDFParser(stack.enter_context(blob.open())))
            self.pages = list(PDFPage.create_pages(document))
            self.opened = stack.pop_all()

    def lines(self, number: int) -> list[Line]:
        from pdfminer.converter import PDFPageAggregator
        from pdfminer.layout import LAParams
        from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

        resources = PDFResourceManager(caching=False)
        device = PDFPageAggregator(resources, laparams=LAParams(boxes_flow=None, detect_vertical=True, all_texts=True))
        PDFPageInterpreter(resources, device).process_page(self.pages[number])
        return list(_lines(device.get_result()))

    def close(self) -> None:
        self.opened.close()


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    document = _document(blob, source, settings)
    if isinstance(document, Failure):
        yield document
        return
    for number in range(len(document.pages)):
        yield _page(document, f"{source}#{number + 1}", number, settings)
    _documents.drop(blob.key)


def _read_at(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    document = _document(blob, source, settings)
    return document if isinstance(document, Failure) else _page(document, source, locator[0], settings)


def _document(blob: Blob, source: str, settings: InputSettings) -> _Document | Failure:
    try:
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    except ImportError:
        return needs(source, "PDF", "pdfminer.six")
    if blob.size > settings.max_file_bytes:
        return too_large(source, settings)
    try:
        return _documents.get(blob.key, lambda: _Document(blob))
    except PDFPasswordIncorrect:
        return Failure(source, "read", "encrypted", "The file is protected by a password; save it without one.")
    except OSError:
        raise
    except Exception as error:  # a damaged file raises whatever it runs into
        return broken(source, "PDF", error)


def _page(document: _Document, source: str, number: int, settings: InputSettings) -> Item:
    try:
        text = page_text(document.lines(number))
    except Exception as error:
        return broken(source, "PDF", error)
    if not text.strip():
        message = "The page holds no text, it may be a picture; recognise its characters first, or leave it out."
        return Failure(source, "read", "empty", message)
    return record(source, text, "pdf", (number,), settings)


def _lines(container: Iterable[Any]) -> Iterator[Line]:
    from pdfminer.layout import LTChar, LTContainer, LTTextLine

    pending = list(container)[::-1]
    while pending:
        item = pending.pop()
        if isinstance(item, LTTextLine):
            text = item.get_text().strip()
            sizes = [c.size for c in item if isinstance(c, LTChar)]
            if text and sizes:
                yield Line(text, item.x0, item.y0, item.x1, item.y1, statistics.median(sizes))
        elif isinstance(item, LTContainer):
            pending += list(item)[::-1]


def page_text(lines: list[Line]) -> str:
    """Text of a page: an empty line between blocks of print, a line end between paragraphs."""
    if len(lines) > _LINES:
        return "\n".join(line.text for line in lines)
    return "\n\n".join("\n".join(_paragraphs(block)) for block in reading_order(lines))


def reading_order(lines: list[Line]) -> Iterator[list[Line]]:
    """Blocks of lines that no gutter crosses, in the order they are read, each from top to bottom."""
    pending = [lines] if lines else []
    while pending:
        region = pending.pop()
        parts = _above_headline(region)
        if len(parts) == 1:
            parts = _columns(region)
        if len(parts) == 1:
            parts = _bands(region)
        if len(parts) == 1:
            yield sorted(region, key=lambda line: (-line.top, line.left))
        else:
            pending += reversed(parts)


def _columns(region: list[Line]) -> list[list[Line]]:
    """The columns of a region from left to right; one if no gutter runs from its top to its bottom."""
    gutter = _GUTTER * statistics.median(line.size for line in region)
    parts: list[list[Line]] = []
    edge = float("-inf")
    for line in sorted(region, key=lambda line: line.left):
        if line.left >= edge + gutter:
            parts.append([])
        parts[-1].append(line)
        edge = max(edge, line.right)
    return parts


def _above_headline(region: list[Line]) -> list[list[Line]]:
    """What stands above and below the widest white band over a headline: gutters of two articles may meet by chance."""
    body = statistics.median(line.size for line in region)
    ordered, gaps = _gaps(region)
    over = [(gap, -at) for gap, at in gaps if gap > 0 and ordered[at].size > _HEADLINE * body]
    return _cut(ordered, -max(over)[1]) if over else [region]


def _bands(region: list[Line]) -> list[list[Line]]:
    """What stands above and below the widest white band across a region; one part if its lines go on without one."""
    ordered, gaps = _gaps(region)
    widest, at = max(((gap, -at) for gap, at in gaps), default=(0.0, 0))
    usual = statistics.median([gap for gap, _ in gaps] or [0.0])
    if widest <= 0 or (widest < _BAND * usual and not _side_by_side(ordered)):
        return [region]
    return _cut(ordered, -at)


def _gaps(region: list[Line]) -> tuple[list[Line], list[tuple[float, int]]]:
    """The lines from top to bottom, and the white above each but the first, over the whole width, with its number."""
    ordered = sorted(region, key=lambda line: -line.top)
    gaps = []
    low = ordered[0].bottom
    for at, line in enumerate(ordered[1:], 1):
        gaps.append((low - line.top, at))
        low = min(low, line.bottom)
    return ordered, gaps


def _cut(ordered: list[Line], at: int) -> list[list[Line]]:
    return [ordered[:at], ordered[at:]]


def _side_by_side(ordered: list[Line]) -> bool:
    return any(b.top > a.bottom + 0.5 * min(a.size, b.size) for a, b in pairwise(ordered))


def _paragraphs(block: list[Line]) -> Iterator[str]:
    left, right = min(line.left for line in block), max(line.right for line in block)
    text = ""
    previous: Line | None = None
    for line in block:
        begins = previous is None or (
            line.left > left + _INDENT * line.size
            or previous.right < right - _SHORT * previous.size
            or abs(line.size - previous.size) > _OTHER_SIZE * previous.size
        )
        if begins and text:
            yield text
            text = ""
        latin = text[-1:].isascii() and text[-1:].isalnum() and line.text[0].isascii() and line.text[0].isalnum()
        text += " " + line.text if latin else line.text
        previous = line
    yield text


def _bound_streams() -> None:
    """Make pdfminer refuse a stream that decompresses to far more than any page holds: it knows no bound of its own."""
    from pdfminer import pdftypes

    if not isinstance(pdftypes.zlib, _BoundedZlib):
        pdftypes.zlib = _BoundedZlib()  # type: ignore[assignment]


class _BoundedZlib:
    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    @staticmethod
    def decompress(data: bytes) -> bytes:
        stream = zlib.decompressobj()
        out = stream.decompress(data, _EXPANSION)
        if stream.unconsumed_tail:
            raise ValueError(f"a stream of more than {_EXPANSION} bytes")
        if not stream.eof:
            raise zlib.error("incomplete or truncated stream")
        return out


FORMAT = Format(_stream, _read_at, jumps=True)
