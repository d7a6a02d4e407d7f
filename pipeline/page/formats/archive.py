"""Archives (.zip, .tar, .tar.gz, .tgz) of files of every other format, read in place: nothing is unpacked to disk.

A locator is the member's place (its number in a .zip, where its data begin in the unpacked .tar), its size and the
number of its format, then the record's place in the member. Names that lead out of the archive are refused, and so is what unpacks to far more than it takes.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO

from pipeline.config import InputSettings
from pipeline.page.formats.common import (
    Blob,
    Format,
    Item,
    Located,
    Locator,
    Shelf,
    broken,
    printable,
)
from pipeline.records import Failure

_FREE = 64 << 20  # bytes that anything may unpack to, however small it is
_IN_MEMORY = 8 << 20  # a member read whole is kept in memory up to this size, else in a temporary file
# UnicodeDecodeError: the name of a member of a .zip is not the UTF-8 that it says it is
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, UnicodeDecodeError,
)  # fmt: skip
_UNSUPPORTED = (RuntimeError,)  # a method of compression or a version of the format unknown here


@dataclass(frozen=True, slots=True)
class _Member:
    place: int
    size: int
    name: str
    wrong: str | None  # why it is refused


_LINK = "It is a link or a device, not a file; leave it out of the archive."
_LOCKED = "The member is protected by a password; pack it without one."


class _Bomb(Exception):
    """Something unpacks to far more than it takes."""


class _Bounded(io.RawIOBase):
    """A stream of unpacked bytes that ends in `_Bomb` past `limit` bytes, and reads no more than 64 MiB at once."""

    def __init__(self, file: BinaryIO, limit: int):
        self.file, self.limit = file, limit

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if len(buffer) > _FREE or self.file.tell() > self.limit:
            raise _Bomb
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 0 and offset > self.limit:
            raise _Bomb
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


class _Zip:
    """An open .zip; the member read last stays open, so that its records are read on and not from its start."""

    def __init__(self, blob: Blob, settings: InputSettings):
        with ExitStack() as stack:
            self.archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(blob.open())))
            self.members = self.archive.infolist()
            self.opened = stack.pop_all()
        self.expansion = settings.max_expansion
        self.held = Shelf(1)

    def __iter__(self) -> Iterator[_Member]:
        for number, member in enumerate(self.members):
            name = _zip_name(member)  # `is_dir` of a member without a name raises
            if name and not member.is_dir():
                wrong = _LOCKED if member.flag_bits & 1 else None
                yield _Member(number, member.file_size, name, wrong)

    def open(self, number: int, size: int) -> BinaryIO:
        member = self.members[number]
        limit = max(_FREE, member.compress_size * self.expansion)

        def make() -> BinaryIO:
            return _buffered(_Bounded(self.archive.open(member), limit))  # type: ignore[arg-type]

        return self.held.get(number, make)

    def close(self) -> None:
        self.opened.close()


class _Tar:
    """An open .tar, compressed or not; reading goes forward, so members asked for in order cost one pass."""

    def __init__(self, blob: Blob, settings: InputSettings):
        with ExitStack() as stack:
            raw = stack.enter_context(blob.open())
            packed = blob.name.lower().endswith("gz")
            limit = max(_FREE, blob.size * settings.max_expansion) if packed else blob.size
            inner = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
            self.stream = _buffered(_Bounded(inner, limit))  # type: ignore[arg-type]
            self.opened = stack.pop_all()

    def __iter__(self) -> Iterator[_Member]:
        with tarfile.open(fileobj=self.stream, mode="r:") as archive:  # type: ignore[call-overload]
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it keeps every member it has seen otherwise
                if not member.isdir():
                    yield _Member(member.offset_data, member.size, member.name, None if member.isreg() else _LINK)
            self.stream.seek(archive.offset)
            if self.stream.read(tarfile.BLOCKSIZE).strip(b"\0"):
                raise tarfile.ReadError("what follows its last readable member is no member")

    def open(self, offset: int, size: int) -> BinaryIO:
        return _buffered(_Window(self.stream, offset, size))

    def close(self) -> None:
        self.opened.close()


class _Window(io.RawIOBase):
    """The bytes `[start, start + size)` of a stream as a file of their own."""

    def __init__(self, stream: BinaryIO, start: int, size: int):
        self.stream, self.start, self.size = stream, start, size
        self.at = 0

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self.size - self.at)
        if wanted <= 0:
            return 0
        self.stream.seek(self.start + self.at)
        data = self.stream.read(wanted)
        if not data:
            raise EOFError("the archive ends in the middle of a file")
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = {0: 0, 1: self.at, 2: self.size}[whence] + offset
        return self.at

    def tell(self) -> int:
        return self.at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def archive_format(formats: Mapping[str, Format]) -> Format:
    """The format of archives whose members have the formats named by these endings; archives in archives are not read."""
    endings = sorted(formats)
    archives = Shelf(2)

    def opened(blob: Blob, settings: InputSettings) -> _Zip | _Tar:
        kind = _Zip if blob.name.lower().endswith(".zip") else _Tar
        return archives.get((blob.key, settings.max_expansion), lambda: kind(blob, settings))

    def stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
        try:
            archive = opened(blob, settings)
            for member in archive:
                inner = f"{source}/{printable(member.name)}"
                wrong = _unsafe(member.name) or member.wrong
                ending = next((n for n, e in enumerate(endings) if member.name.lower().endswith(e)), None)
                if _hidden(member.name):
                    continue
                if wrong is not None:
                    yield Failure(inner, "read", "refused_member", wrong)
                elif ending is None:
                    yield unknown(inner, endings)
                else:
                    place = (member.place, member.size, ending)
                    for item in _records(archive, place, blob, formats[endings[ending]], inner, settings):
                        yield Located((*place, *item.locator), item.record) if isinstance(item, Located) else item
        except _Bomb:
            yield _bomb(source, settings)
        except (*_DAMAGED, *_UNSUPPORTED) as error:
            yield broken(source, "an archive", error)
        finally:
            archives.drop((blob.key, settings.max_expansion))

    def read_at(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
        place, form = locator[:3], formats[endings[locator[2]]]
        try:
            with _member(opened(blob, settings), place, blob, form, settings) as member:
                item = form.read_at(member, source, locator[3:], settings)
        except _Bomb:
            item = _bomb(source, settings)
        except (*_DAMAGED, *_UNSUPPORTED, IndexError) as error:
            archives.drop((blob.key, settings.max_expansion))
            item = broken(source, "an archive", error)
        return Located(locator, item.record) if isinstance(item, Located) else item

    return Format(stream, read_at)


def unknown(source: str, endings: Iterable[str]) -> Failure:
    """The failure of a file whose name tells no format read here."""
    message = f"The file is none of {', '.join(endings)}; convert it, unpack it, or leave it out."
    return Failure(source, "read", "unknown_format", message)


def _records(
    archive: _Zip | _Tar, place: Locator, blob: Blob, form: Format, inner: str, settings: InputSettings
) -> Iterator[Item]:
    """The records of a member; damage to a member of a .zip ends the member, in a .tar all that follows is lost."""
    try:
        with _member(archive, place, blob, form, settings) as member:
            yield from form.stream(member, inner, settings)
    except _Bomb:
        if isinstance(archive, _Tar):
            raise
        yield _bomb(inner, settings)
    except (*_DAMAGED, *_UNSUPPORTED) as error:
        if isinstance(archive, _Tar):
            raise
        yield broken(inner, "a member of an archive", error)


@contextlib.contextmanager
def _member(archive: _Zip | _Tar, place: Locator, blob: Blob, form: Format, settings: InputSettings) -> Iterator[Blob]:
    """A member as bytes to read; one of a format that jumps about in its file is copied out first."""
    number, size, _ = place
    key = (blob.key, number)
    if form.jumps and size <= settings.max_file_bytes:
        file: BinaryIO = _copies.get(key, lambda: _copied(archive.open(number, size), size))
    else:
        file = archive.open(number, size)
    yield Blob("", size, key, lambda: contextlib.nullcontext(file))


_copies = Shelf(2)


def _copied(file: BinaryIO, size: int) -> BinaryIO:
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (the shelf closes it)
    while piece := file.read(1 << 20):
        copy.write(piece)
    return copy  # type: ignore[return-value]


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, 1 << 16)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; packers of Chinese Windows write GB18030 and do not say so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _hidden(name: str) -> bool:
    return any(part.startswith(".") and part.strip(".") for part in re.split(r"[/\\]", name)) or name.startswith(
        "__MACOSX/"
    )


def _unsafe(name: str) -> str | None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or PureWindowsPath(name).drive:
        return "The member has an absolute name; pack it again with names relative to its folder."
    if ".." in parts.parts:
        return "The member's name leads out of the archive (..); pack it again from its own folder."
    if "\0" in name:
        return "The member's name holds a null byte; pack it again under another name."
    return None


def _bomb(source: str, settings: InputSettings) -> Failure:
    message = f"It unpacks to more than input.max_expansion ({settings.max_expansion}) times its size; raise it if you trust the file."
    return Failure(source, "read", "too_large", message)
