"""Comma-, semicolon- or tab-separated values with a header: a row a page, in UTF-8 or GB18030.

A locator is the byte at which a row begins; a quoted field may hold line ends.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.config import InputSettings
from pipeline.page.formats.common import Blob, Format, Item, Locator, Shelf, row_limit, row_name, row_record, too_long
from pipeline.records import Failure

_SAMPLE = 65536


@dataclass(frozen=True, slots=True)
class _Header:
    names: list[str]
    delimiter: str
    encoding: str
    end: int  # where the first row begins

    def close(self) -> None: ...


_headers = Shelf(2)


class _TooLong(Exception):
    pass


class _Lines:
    """The lines of a file as the csv reader wants them, none of whose rows may take more than `limit` bytes."""

    def __init__(self, file: BinaryIO, limit: int, encoding: str, at: int = 0):
        self.file, self.limit, self.encoding, self.at = file, limit, encoding, at
        self.room = limit

    def row(self) -> None:
        """A row begins."""
        self.room = self.limit

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(self.room + 1):
            self.at += len(line)
            self.room -= len(line)
            if self.room < 0:
                while line and not line.endswith(b"\n"):
                    line = self.file.readline(_SAMPLE)
                    self.at += len(line)
                raise _TooLong
            yield line.decode(self.encoding)


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    with blob.open() as file:
        header = _header(file, source, settings)
        if isinstance(header, Failure):
            yield header
            return
        file.seek(header.end)
        lines = _Lines(file, row_limit(settings), header.encoding, header.end)
        rows = csv.reader(lines, delimiter=header.delimiter)
        number = 0
        while True:
            locator, number = (lines.at,), number + 1
            lines.row()
            values = _next(rows, f"{source}#{number}", settings)
            if values is None:
                return
            if isinstance(values, Failure):
                rows = csv.reader(lines, delimiter=header.delimiter)
                yield values
            elif any(values):
                row = dict(zip(header.names, values, strict=False))
                yield row_record(row_name(source, number, row, settings), row, header.encoding, locator, settings)


def _read_at(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    with blob.open() as file:
        key = (blob.key, settings.text_field)
        header: _Header | Failure = _headers.held.get(key) or _header(file, source, settings)
        if isinstance(header, Failure):
            return header
        _headers.get(key, lambda: header)
        file.seek(locator[0])
        lines = _Lines(file, row_limit(settings), header.encoding)
        values = _next(csv.reader(lines, delimiter=header.delimiter), source, settings)
    if isinstance(values, Failure):
        return values
    row = dict(zip(header.names, values or (), strict=False))
    return row_record(source, row, header.encoding, locator, settings)


def _next(rows: Iterator[list[str]], name: str, settings: InputSettings) -> list[str] | Failure | None:
    """The fields of the next row, None at the end, or why it cannot be read."""
    csv.field_size_limit(row_limit(settings))
    try:
        return next(rows, None)
    except _TooLong:
        failure = too_long(name, settings)
        message = failure.message.replace("It is", "The row (or one whose quote is never closed) is")
        return Failure(name, "read", "too_long", message)
    except UnicodeDecodeError:
        message = "The row is not in the encoding of the file's beginning; save the file as UTF-8."
        return Failure(name, "read", "undecodable", message)
    except csv.Error as error:
        return Failure(name, "read", "bad_record", f"The row is not valid CSV ({error}); mend or remove it.")


def _header(file: BinaryIO, source: str, settings: InputSettings) -> _Header | Failure:
    file.seek(0)
    encoding = _encoding(file.read(_SAMPLE))
    if encoding is None:
        message = "The file is in no encoding read here (UTF-8, GB18030); save it as UTF-8."
        return Failure(source, "read", "undecodable", message)
    for delimiter in ",;\t":
        file.seek(0)
        lines = _Lines(file, _SAMPLE, encoding)
        names = _next(csv.reader(lines, delimiter=delimiter), source, settings)
        if isinstance(names, list) and settings.text_field in names:
            rest = "utf-8" if encoding == "utf-8-sig" else encoding  # the mark stands at the beginning alone
            return _Header(names, delimiter, rest, lines.at)
    message = f"The header has no column {settings.text_field!r}; name the column of the text in input.text_field."
    return Failure(source, "read", "no_text", message)


def _encoding(sample: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding
    return None


FORMAT = Format(_stream, _read_at)
