"""Parquet: a row a page. A locator is the row group and the row in it; memory holds some rows of one group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import InputSettings
from pipeline.page.formats.common import Blob, Format, Item, Locator, Shelf, broken, row_name, row_record
from pipeline.records import Failure

_ROWS = 32  # decoded at once


class _Cursor:
    """A place in a row group that moves forward only."""

    def __init__(self, blob: Blob, group: int, settings: InputSettings):
        self.context = blob.open()
        self.rows = _rows(_open(self.context.__enter__()), group, settings)
        self.next = 0

    def at(self, row: int) -> dict[str, Any]:
        while True:
            found = next(self.rows)
            self.next += 1
            if self.next > row:
                return found

    def close(self) -> None:
        self.context.__exit__(None, None, None)


_cursors = Shelf(2)


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    try:
        with blob.open() as opened:
            file = _open(opened)
            if settings.text_field not in file.schema_arrow.names:
                message = (
                    f"There is no column {settings.text_field!r}; name the column of the text in input.text_field."
                )
                yield Failure(source, "read", "no_text", message)
                return
            number = 0
            for group in range(file.num_row_groups):
                for index, row in enumerate(_rows(file, group, settings)):
                    number += 1
                    yield row_record(row_name(source, number, row, settings), row, "utf-8", (group, index), settings)
    except (pa.ArrowException, EOFError, UnicodeDecodeError) as error:
        yield broken(source, "Parquet", error)


def _read_at(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    group, index = locator
    key = (blob.key, group)
    try:
        cursor: _Cursor = _cursors.get(key, lambda: _Cursor(blob, group, settings))
        if cursor.next > index:
            _cursors.drop(key)
            cursor = _cursors.get(key, lambda: _Cursor(blob, group, settings))
        row = cursor.at(index)
    except (pa.ArrowException, EOFError, StopIteration, UnicodeDecodeError) as error:
        _cursors.drop(key)
        return broken(source, "Parquet", error)
    return row_record(source, row, "utf-8", locator, settings)


def _open(file: BinaryIO) -> pq.ParquetFile:
    return pq.ParquetFile(file, pre_buffer=False)


def _rows(file: pq.ParquetFile, group: int, settings: InputSettings) -> Iterator[dict[str, Any]]:
    wanted = (settings.text_field, settings.id_field, settings.date_field, settings.newspaper_field)
    columns = [name for name in file.schema_arrow.names if name in wanted]
    for batch in file.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False):
        yield from batch.to_pylist()


FORMAT = Format(_stream, _read_at, jumps=True)
