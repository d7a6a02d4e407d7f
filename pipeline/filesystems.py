"""Input and output that is not on this machine: `s3://…` by Arrow, `gs://`, `hdfs://`, `memory://` … by fsspec (extra `remote`).

What a filesystem needs to let us in (keys, region, an endpoint of one's own) comes from where it always does: the
environment, or for S3 the query that Arrow understands (`s3://bucket/folder?region=…&endpoint_override=…`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.config import ConfigError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_BUFFER = 1 << 20


class Remote:
    """A file, folder or glob at a URL. Raises ConfigError where fsspec, or what it needs for the URL, is not installed."""

    def __init__(self, url: str):
        self.url = url
        self.scheme, _, rest = url.partition("://")
        self.place, mark, query = rest.partition("?") if "=" in rest else (rest, "", "")
        self.query = mark + query
        self.system = _filesystem(self.scheme, self.place.partition("/")[0], self.query)
        self.path: str = (
            self.system._strip_protocol(f"{self.scheme}://{self.place}") if self.scheme != "s3" else self.place
        )

    @property
    def name(self) -> str:
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def source(self) -> str:
        """What the tables call it: the URL without its query, which may hold a key."""
        return f"{self.scheme}://{self.place}"

    def files(self) -> list[str]:
        """URLs of the file itself, of all files below the folder (hidden ones left out), or of what the glob matches."""
        if self.system.isfile(self.path):
            return [self.url]
        if "*" in self.path or "[" in self.path:
            found = [p for p in self.system.glob(self.path) if self.system.isfile(p)]
        else:
            found = [p for p in self.system.find(self.path) if not _hidden(p[len(self.path) :])]
        return [f"{self.scheme}://{p}{self.query}" for p in sorted(found)]

    def state(self) -> tuple[int, str]:
        """Size in bytes, and what changes when the file does. Raises OSError if it is not there."""
        info = self.system.info(self.path)
        changed = (str(info.get(key)) for key in ("mtime", "LastModified", "created", "ETag", "etag"))
        return int(info["size"]), " ".join(changed)

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The file, seekable, for reading in a `with`."""
        if self.scheme == "s3":
            return io.BufferedReader(self.system.fs.open_input_file(self.path), _BUFFER)
        return self.system.open(self.path, "rb")


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


@cache
def _filesystem(scheme: str, host: str, query: str) -> AbstractFileSystem:
    try:
        import fsspec
        from fsspec.implementations.arrow import ArrowFSWrapper
    except ImportError as error:
        raise ConfigError(f"{scheme}://{host}: it needs the extra remote: pip install '.[remote]'.") from error
    try:
        if scheme == "s3":
            from pyarrow.fs import FileSystem

            return ArrowFSWrapper(FileSystem.from_uri(f"s3://{host}{query}")[0])
        return fsspec.filesystem(scheme)
    except (ImportError, ValueError, OSError) as error:
        raise ConfigError(f"{scheme}://{host}: it cannot be reached ({str(error).splitlines()[0]}).") from error


def upload(url: str, new: Path, manifest: dict[str, Any]) -> None:
    """Put the tables below `new` to a URL in the place of those there, the manifest last.

    The old manifest goes first: whoever finds a manifest finds the tables it speaks of.
    """
    remote = Remote(url)
    system, base = remote.system, remote.path.rstrip("/")
    system.makedirs(base, exist_ok=True)
    if system.exists(f"{base}/run.json"):
        system.rm_file(f"{base}/run.json")
    for table in sorted(path for path in new.iterdir() if path.is_dir()):
        system.makedirs(f"{base}/{table.name}", exist_ok=True)
        parts = sorted(table.iterdir())
        for part in parts:
            system.put_file(str(part), f"{base}/{table.name}/{part.name}")
        for old in set(_names(system, f"{base}/{table.name}")) - {part.name for part in parts}:
            system.rm_file(f"{base}/{table.name}/{old}")
    system.pipe_file(f"{base}/run.json", (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())


def _names(system: AbstractFileSystem, folder: str) -> Iterator[str]:
    for path in system.find(folder):
        yield path.rpartition("/")[2]
