"""What every format shares: bytes to read from, records with their places, and the sentences of what went wrong."""

from __future__ import annotations

import datetime
import errno
import hashlib
import re
import stat
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.config import InputSettings, is_url
from pipeline.filesystems import Remote
from pipeline.lexicon.calendar import make_date
from pipeline.records import Failure, InputRecord

Locator = tuple[int, ...]  # a record's place in its file; within an archive, the member's place goes before

BYTES_A_CHARACTER = 4  # the most that any encoding read here takes
BINARY = "The text holds control characters; take them out or convert it."
_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\x1a")
_CONTROL = re.compile("[" + re.escape("".join(chr(c) for c in range(32) if chr(c) not in _TEXT_CONTROLS)) + "]")
# 2024-03-02, 2024/3/2, 2024.3.2, 2024年3月2日, 20240302, each with or without a time behind it
_DAY = re.compile(r"\s*(\d{4})(?:(\d{2})(\d{2})|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)(?![\d.])")


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of a file, on disk or in an archive. `open` gives a seekable file, to be used in a `with`."""

    name: str  # its ending tells the format
    size: int
    key: Hashable  # changes when the file does
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Located:
    """A record and where it stands in its file, so that a worker can read it again."""

    locator: Locator
    record: InputRecord


Item = Located | Failure


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read: all its records in order, and one record again by its locator.

    Both are given the name of the source: of the file for `stream`, of the record itself for `read_at`.
    """

    stream: Callable[[Blob, str, InputSettings], Iterator[Item]]
    read_at: Callable[[Blob, str, Locator, InputSettings], Item]
    jumps: bool = False  # reads here and there in a file, not from its beginning to its end


def name_of(path: str | Path) -> str:
    """The last part of a path or URL."""
    return Remote(str(path)).name if is_url(str(path)) else Path(path).name


def blob_of(path: str | Path) -> Blob:
    """The bytes of a file. Raises OSError if it is not there, or no file: opening a pipe would wait for ever."""
    if is_url(str(path)):
        remote = Remote(str(path))
        size, state_there = remote.state()
        return Blob(remote.name, size, (remote.url, size, state_there), remote.open)
    path = Path(path)
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    return Blob(path.name, state.st_size, (str(path), state.st_size, state.st_mtime_ns), lambda: path.open("rb"))


class Shelf:
    """Open files kept at hand, so that records read one after the other do not begin from the start each time."""

    def __init__(self, room: int):
        self.room = room
        self.held: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is kept under a key, made if it is not there; what was not asked for longest is closed."""
        if key not in self.held:
            self.held[key] = make()
        self.held.move_to_end(key)
        while len(self.held) > self.room:
            _, old = self.held.popitem(last=False)
            old.close()
        return self.held[key]

    def drop(self, key: Hashable) -> None:
        old = self.held.pop(key, None)
        if old is not None:
            old.close()


def record(
    source: str,
    text: str,
    encoding: str,
    locator: Locator,
    settings: InputSettings,
    date: datetime.date | None = None,
    newspaper: str | None = None,
) -> Item:
    """A page that was read, or why its text cannot be used."""
    if not text.strip():
        return empty(source)
    if len(text) > settings.max_page_characters:
        return too_long(source, settings)
    try:
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:
        message = "The text holds half of a surrogate pair, which is no character; take it out or re-encode the record."
        return Failure(source, "read", "undecodable", message)
    if has_controls(text):
        return Failure(source, "read", "binary", BINARY)
    return Located(locator, InputRecord(source, text, encoding, digest, date, newspaper))


def row_record(name: str, row: dict[str, Any], encoding: str, locator: Locator, settings: InputSettings) -> Item:
    """The page of a row of named fields, as .jsonl, .csv and .parquet hold it."""
    text = row.get(settings.text_field)
    if not isinstance(text, str):
        message = f"The record has no text in the field {settings.text_field!r}; name the field in input.text_field."
        return Failure(name, "read", "no_text", message)
    stated = row.get(settings.date_field)
    day = _day(stated)
    if stated not in (None, "") and day is None:
        message = f"The date {stated!r} in the field {settings.date_field!r} is no day; write it YYYY-MM-DD."
        return Failure(name, "read", "bad_date", message)
    newspaper = row.get(settings.newspaper_field)
    return record(name, text, encoding, locator, settings, day, newspaper if isinstance(newspaper, str) else None)


def row_name(source: str, number: int, row: dict[str, Any], settings: InputSettings) -> str:
    """The name of a row: by its own identifier, or by its number from 1."""
    identifier = row.get(settings.id_field)
    return f"{source}#{number if identifier in (None, '') else printable(str(identifier))}"


def row_limit(settings: InputSettings) -> int:
    """The most bytes that a row may take: \\uXXXX twice a character, and room for the other fields."""
    return settings.max_page_characters * 12 + 65536


def _day(value: object) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    written = _DAY.match(str(value)) if isinstance(value, str | int) else None
    if written is None:
        return None
    year, month, day = (int(part) for part in written.groups() if part)
    return make_date(year, month, day)


def printable(name: str) -> str:
    """`name` as text that every table can hold: the name of a file need not be valid text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def has_controls(text: str) -> bool:
    return _CONTROL.search(text) is not None


def empty(source: str) -> Failure:
    return Failure(source, "read", "empty", "There is no text in it; check how it was made, or leave it out.")


def too_long(source: str, settings: InputSettings) -> Failure:
    limit = settings.max_page_characters
    message = f"It is longer than input.max_page_characters ({limit}); cut it into pages or raise the limit."
    return Failure(source, "read", "too_long", message)


def too_large(source: str, settings: InputSettings) -> Failure:
    limit = settings.max_file_bytes
    message = f"It is larger than input.max_file_bytes ({limit}); split it or raise the limit."
    return Failure(source, "read", "too_large", message)


def unreadable(source: str, error: OSError) -> Failure:
    message = f"It cannot be read ({error.strerror or error}); check that it exists and that you may read it."
    return Failure(source, "read", "unreadable", message)


def broken(source: str, kind: str, error: object) -> Failure:
    """A file that is not what its name says, or that was cut off."""
    said = printable(str(error)).strip().rstrip(".")[:200] or type(error).__name__
    message = f"It cannot be read as {kind} ({said}); it may be damaged or cut off, fetch or make it again."
    return Failure(source, "read", "broken", message)


def needs(source: str, kind: str, library: str) -> Failure:
    message = f"Reading {kind} needs {library}, which is not installed: pip install '.[formats]'."
    return Failure(source, "read", "needs_extra", message)
