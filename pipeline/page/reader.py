"""Reads inputs as records, one page each, streamed: memory does not grow with the size of an input.

What a file holds is for its format to know, see `pipeline.page.formats`.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import Config, ConfigError, InputSettings, is_url
from pipeline.page.formats import FORMATS, format_of
from pipeline.page.formats.archive import unknown
from pipeline.page.formats.common import Item, Located, Locator, blob_of, name_of, printable, unreadable

__all__ = ["Item", "Located", "Locator", "input_files", "read_at", "stream"]


def input_files(config: Config) -> list[tuple[str, str]]:
    """Paths or URLs of the input files in a fixed order, each with its source name: below the configuration's root, if
    it is there.

    Directories are searched recursively, hidden files and folders left out, links to folders not followed.
    Raises ConfigError when a path does not exist or a glob matches nothing.
    """
    if not config.input.paths:
        raise ConfigError("input.paths: name at least one file, directory or glob to read.")
    files: dict[str, str] = {}
    for value in config.input.paths:
        if is_url(value):
            files.update(_remote_files(value))
            continue
        path = config.path(value)
        if path.exists():
            found = [path]
        elif glob.has_magic(value):
            found = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]
            if not found:
                raise ConfigError(f"input.paths: nothing matches the glob {value}{_searched(value, path)}.")
        else:
            raise ConfigError(f"input.paths: there is no file or directory {value}{_searched(value, path)}.")
        for entry in found:
            for file in _files_below(entry) if entry.is_dir() else [entry]:
                files.setdefault(str(file), _source_name(file, config.root))
    return sorted(files.items(), key=lambda item: item[1])


def _remote_files(url: str) -> Iterator[tuple[str, str]]:
    from pipeline.filesystems import Remote

    try:
        found = Remote(url).files()
    except OSError as error:
        raise ConfigError(f"input.paths: {url} cannot be reached ({str(error).splitlines()[0]}).") from error
    if not found:
        raise ConfigError(f"input.paths: there is no file at {url}.")
    for file in found:
        yield file, printable(Remote(file).source)


def _searched(value: str, path: Path) -> str:
    return "" if value == str(path) else f" (looked for as {path}: paths of a configuration start above its folder)"


def stream(path: str | Path, source: str, settings: InputSettings) -> Iterator[Item]:
    """All records of a file in order; what cannot be read comes as a Failure, and reading goes on behind it."""
    form = format_of(name_of(path))
    if form is None:
        yield unknown(source, sorted(FORMATS))
        return
    try:
        yield from form.stream(blob_of(path), source, settings)
    except OSError as error:
        yield unreadable(source, error)


def read_at(path: str | Path, source: str, locator: Locator, settings: InputSettings) -> Item:
    """The record of this name at a locator that `stream` gave, or a Failure."""
    form = format_of(name_of(path))
    if form is None:
        return unknown(source, sorted(FORMATS))
    try:
        return form.read_at(blob_of(path), source, locator, settings)
    except OSError as error:
        return unreadable(source, error)


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _source_name(file: Path, root: Path) -> str:
    try:
        name = file.relative_to(root).as_posix()
    except ValueError:
        name = file.as_posix()
    return printable(name)
