"""Reads inputs as records, one page each, streamed: memory does not grow with the size of an input.

A format is a `Format` in `FORMATS`, keyed by file name ending: one function that streams a file's records with their
locators, and one that reads the record at a locator again. Add a format there.
"""

from __future__ import annotations

import codecs
import datetime
import glob
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from pipeline.config import Config, ConfigError, InputSettings
from pipeline.records import Failure, InputRecord

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16_le", "utf_16_be"]
_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\x1a")
_BYTES_A_CHARACTER = 4  # the most that any encoding read here takes


@dataclass(frozen=True, slots=True)
class Located:
    """A record and where it stands in its file, so that a worker can read it again."""

    locator: int
    record: InputRecord


Item = Located | Failure


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read: all its records in order, and one record again by its locator."""

    stream: Callable[[Path, str, InputSettings], Iterator[Item]]
    read_at: Callable[[Path, str, int, InputSettings], Item]


def input_files(config: Config) -> list[tuple[Path, str]]:
    """The input files in a fixed order, each with its source name (relative to the configuration's root if below it).

    Directories are searched recursively, hidden files and folders left out, links to folders not followed.
    Raises ConfigError when a path does not exist or a glob matches nothing.
    """
    if not config.input.paths:
        raise ConfigError("input.paths: name at least one file, directory or glob to read.")
    files: dict[Path, str] = {}
    for value in config.input.paths:
        path = config.path(value)
        if path.exists():
            found = [path]
        elif glob.has_magic(value):
            found = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]
            if not found:
                raise ConfigError(f"input.paths: nothing matches the glob {value} ({path}).")
        else:
            raise ConfigError(f"input.paths: there is no file or directory {value} ({path}).")
        for entry in found:
            for file in _files_below(entry) if entry.is_dir() else [entry]:
                files.setdefault(file, _source_name(file, config.root))
    return sorted(files.items(), key=lambda item: item[1])


def stream(path: Path, source: str, settings: InputSettings) -> Iterator[Item]:
    """All records of a file in order; what cannot be read comes as a Failure, and reading goes on behind it."""
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(FORMATS))
        yield Failure(source, "read", "unknown_format", f"The file is none of {known}; convert it or leave it out.")
        return
    try:
        yield from reader.stream(path, source, settings)
    except OSError as error:
        yield _unreadable(source, error)


def read_at(path: Path, source: str, locator: int, settings: InputSettings) -> Item:
    """The record at a locator that `stream` gave, or a Failure."""
    try:
        return FORMATS[path.suffix.lower()].read_at(path, source, locator, settings)
    except OSError as error:
        return _unreadable(source, error)


# ------------------------------------------------------------------------------------------------- one page a file
def _read_text_file(path: Path, source: str, locator: int, settings: InputSettings) -> Item:
    limit = settings.max_page_characters
    if path.stat().st_size > limit * _BYTES_A_CHARACTER + 4:
        return _too_long(source, limit)
    data = path.read_bytes()
    if not data.strip():
        return _empty(source)
    decoded = decode(data)
    if decoded is None:
        if _binary(data):
            return Failure(source, "read", "binary", "The file is not text; convert it to text or leave it out.")
        message = "The file is in no encoding read here (UTF-8, UTF-16, GB18030, Big5); save it as UTF-8."
        return Failure(source, "read", "undecodable", message)
    text, encoding = decoded
    return _record(source, text, encoding, locator, settings)


def _stream_text_file(path: Path, source: str, settings: InputSettings) -> Iterator[Item]:
    yield _read_text_file(path, source, 0, settings)


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
    if any(c < " " and c not in _TEXT_CONTROLS for c in set(text)):
        return None
    return text, encoding.replace("_", "-")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _binary(data: bytes) -> bool:
    head = data[:65536]
    return b"\0" in head or sum(b < 32 and b not in b"\t\n\v\f\r" for b in head) * 20 > len(head)


# ------------------------------------------------------------------------------------------------- JSON lines
def _stream_jsonl(path: Path, source: str, settings: InputSettings) -> Iterator[Item]:
    limit = _line_limit(settings)
    with path.open("rb") as file:
        number = 0
        while True:
            locator, number = file.tell(), number + 1
            line = file.readline(limit)
            if not line:
                return
            if len(line) == limit and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(limit)
                yield _too_long(f"{source}#{number}", settings.max_page_characters)
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield _json_record(line, source, f"{number}", locator, settings)


def _read_jsonl_at(path: Path, source: str, locator: int, settings: InputSettings) -> Item:
    with path.open("rb") as file:
        file.seek(locator)
        line = file.readline(_line_limit(settings))
    name, _, number = source.rpartition("#")
    return _json_record(line, name, number, locator, settings, key=number)


def _line_limit(settings: InputSettings) -> int:
    return settings.max_page_characters * 12 + 65536  # \\uXXXX twice a character, and room for the other fields


def _json_record(
    line: bytes, source: str, number: str, locator: int, settings: InputSettings, key: str | None = None
) -> Item:
    name = f"{source}#{number}"
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Failure(name, "read", "undecodable", "The line is not UTF-8; a .jsonl file is always UTF-8.")
    except (ValueError, RecursionError) as error:
        return Failure(name, "read", "bad_record", f"The line is not valid JSON ({error}); mend or remove it.")
    if not isinstance(row, dict):
        return Failure(name, "read", "bad_record", "The line is not a JSON object; write one object a page.")
    if key is None and row.get(settings.id_field) not in (None, ""):
        name = f"{source}#{row[settings.id_field]}"
    elif key is not None:
        name = f"{source}#{key}"
    text = row.get(settings.text_field)
    if not isinstance(text, str):
        message = f"The record has no text in the field {settings.text_field!r}; name the field in input.text_field."
        return Failure(name, "read", "no_text", message)
    stated = row.get(settings.date_field)
    day = _day(stated)
    if stated not in (None, "") and day is None:
        message = f"The date {stated!r} in the field {settings.date_field!r} is not written YYYY-MM-DD."
        return Failure(name, "read", "bad_date", message)
    newspaper = row.get(settings.newspaper_field)
    return _record(name, text, "utf-8", locator, settings, day, newspaper if isinstance(newspaper, str) else None)


def _day(value: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


FORMATS: dict[str, Format] = {
    ".txt": Format(_stream_text_file, _read_text_file),
    ".jsonl": Format(_stream_jsonl, _read_jsonl_at),
}


# ------------------------------------------------------------------------------------------------- common
def _record(
    source: str,
    text: str,
    encoding: str,
    locator: int,
    settings: InputSettings,
    date: datetime.date | None = None,
    newspaper: str | None = None,
) -> Item:
    if not text.strip():
        return _empty(source)
    if len(text) > settings.max_page_characters:
        return _too_long(source, settings.max_page_characters)
    try:
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:
        message = "The text holds half of a surrogate pair, which is no character; take it out or re-encode the record."
        return Failure(source, "read", "undecodable", message)
    if any(c < " " and c not in _TEXT_CONTROLS for c in set(text)):
        return Failure(source, "read", "binary", "The text holds control characters; take them out or convert it.")
    return Located(locator, InputRecord(source, text, encoding, digest, date, newspaper))


def _empty(source: str) -> Failure:
    return Failure(source, "read", "empty", "There is no text in it; check how it was made, or leave it out.")


def _too_long(source: str, limit: int) -> Failure:
    message = f"It is longer than input.max_page_characters ({limit}); cut it into pages or raise the limit."
    return Failure(source, "read", "too_long", message)


def _unreadable(source: str, error: OSError) -> Failure:
    message = f"It cannot be read ({error.strerror or error}); check that it exists and that you may read it."
    return Failure(source, "read", "unreadable", message)


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _source_name(file: Path, root: Path) -> str:
    try:
        name = file.relative_to(root).as_posix()
    except ValueError:
        name = file.as_posix()
    return name.encode("utf-8", "backslashreplace").decode("utf-8")  # a file name need not be valid text
