"""One page a file of plain text, in any usual encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import charset_normalizer

from pipeline.config import InputSettings
from pipeline.page.formats.common import (
    BYTES_A_CHARACTER,
    Blob,
    Format,
    Item,
    Locator,
    empty,
    has_controls,
    record,
    too_long,
)
from pipeline.records import Failure

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16_le", "utf_16_be"]


def _read(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    limit = settings.max_page_characters * BYTES_A_CHARACTER + 4
    with blob.open() as file:
        file.seek(0)
        data = file.read(limit + 1)
    if len(data) > limit:
        return too_long(source, settings)
    if not data.strip():
        return empty(source)
    decoded = decode(data)
    if decoded is None:
        if _binary(data):
            return Failure(source, "read", "binary", "The file is not text; convert it to text or leave it out.")
        message = "The file is in no encoding read here (UTF-8, UTF-16, GB18030, Big5); save it as UTF-8."
        return Failure(source, "read", "undecodable", message)
    text, encoding = decoded
    return record(source, text, encoding, locator, settings)


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    yield _read(blob, source, (), settings)


def decode(data: bytes) -> tuple[str, str] | None:
    """Text and encoding of the bytes of a file, None if it is in no encoding read here or holds binary data."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None or _is_utf8(data):
        return utf8
    best = charset_normalizer.from_bytes(data, cp_isolation=_ENCODINGS).best()
    return _strict(data, best.encoding) if best is not None else None


def _strict(data: bytes, encoding: str) -> tuple[str, str] | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if has_controls(text) else (text, encoding.replace("_", "-"))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _binary(data: bytes) -> bool:
    head = data[:65536]
    return b"\0" in head or sum(b < 32 and b not in b"\t\n\v\f\r" for b in head) * 20 > len(head)


FORMAT = Format(_stream, _read)
