"""JSON lines: an object a page, UTF-8. A locator is the byte at which a line begins."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeline.config import InputSettings
from pipeline.page.formats.common import Blob, Format, Item, Locator, row_limit, row_name, row_record, too_long
from pipeline.records import Failure


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    limit = row_limit(settings)
    with blob.open() as file:
        file.seek(0)
        number = at = 0
        while line := file.readline(limit):
            locator, number, at = (at,), number + 1, at + len(line)
            if len(line) == limit and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(limit)
                    at += len(line)
                yield too_long(f"{source}#{number}", settings)
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                row = _parse(line, f"{source}#{number}")
                if isinstance(row, Failure):
                    yield row
                else:
                    yield row_record(row_name(source, number, row, settings), row, "utf-8", locator, settings)


def _read_at(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    with blob.open() as file:
        file.seek(locator[0])
        row = _parse(file.readline(row_limit(settings)), source)
    return row if isinstance(row, Failure) else row_record(source, row, "utf-8", locator, settings)


def _parse(line: bytes, name: str) -> dict | Failure:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Failure(name, "read", "undecodable", "The line is not UTF-8; a .jsonl file is always UTF-8.")
    except (ValueError, RecursionError) as error:
        return Failure(name, "read", "bad_record", f"The line is not valid JSON ({error}); mend or remove it.")
    if not isinstance(row, dict):
        return Failure(name, "read", "bad_record", "The line is not a JSON object; write one object a page.")
    return row


FORMAT = Format(_stream, _read_at)
