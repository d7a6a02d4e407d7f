"""Files: the parts of a shard, the parts of a public table, and the swap that shows a finished run to readers.

Layout of an output folder:
    <table>/part-00000.parquet …   the public tables
    run.json                       the manifest, written last; without it the tables are not to be trusted
    .work/shards/<key>/            finished shards, reused by a later run; .work/new and .work/old during the swap
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import TABLES, table
from pipeline.tables.rows import Rows

# what a shard writes; the others come from the merge
SHARD_TABLES = (
    "pages", "articles", "mentions", "officials", "quantities", "times", "events", "event_arguments", "failures",
)  # fmt: skip
_MANIFEST = "shard.json"


def shard_folder(work: Path, key: str) -> Path:
    return work / "shards" / key


def shard_manifest(work: Path, key: str) -> dict[str, Any] | None:
    """The manifest of a finished shard, None if it is absent or was written from inputs that had changed."""
    try:
        manifest = json.loads((shard_folder(work, key) / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if manifest.get("complete") else None


def write_shard(work: Path, key: str, rows: Rows, seconds: dict[str, float], *, complete: bool) -> None:
    """Write a shard's parts under a temporary name and rename them into place; a finished shard there is left alone."""
    temporary = work / "tmp" / f"{key}-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    for name in SHARD_TABLES:
        part = table(name, rows.get(name, []))
        with pa.ipc.new_file(temporary / f"{name}.arrow", part.schema, options=options) as writer:
            writer.write_table(part)
    manifest = {"complete": complete, "seconds": seconds}
    (temporary / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    final = shard_folder(work, key)
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary.rename(final)
    except OSError:  # something is there: of a worker that outlived its run, or written from inputs that had changed
        if shard_manifest(work, key) is not None:
            shutil.rmtree(temporary, ignore_errors=True)
            return
        shutil.rmtree(final, ignore_errors=True)
        temporary.rename(final)


def read_shard(work: Path, key: str, name: str) -> pa.Table:
    """A table of a finished shard."""
    with pa.ipc.open_file(shard_folder(work, key) / f"{name}.arrow") as reader:
        return reader.read_all()


class TableWriter:
    """Writes a table as `part-NNNNN.parquet` files of a bounded number of rows; at least one, if need be empty."""

    def __init__(self, folder: Path, name: str, rows_per_part: int):
        self.folder, self.schema, self.limit = folder / name, TABLES[name], rows_per_part
        self.folder.mkdir(parents=True)
        self.rows = self.parts = self.room = 0
        self.writer: pq.ParquetWriter | None = None

    def write(self, part: pa.Table) -> None:
        while part.num_rows:
            if not self.room:
                self._next()
            now = part.slice(0, self.room)
            assert self.writer is not None
            self.writer.write_table(now)
            self.room -= now.num_rows
            self.rows += now.num_rows
            part = part.slice(now.num_rows)

    def close(self) -> None:
        if self.writer is None:
            self._next()
        assert self.writer is not None
        self.writer.close()

    def _next(self) -> None:
        if self.writer is not None:
            self.writer.close()
        path = self.folder / f"part-{self.parts:05d}.parquet"
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")
        self.parts, self.room = self.parts + 1, self.limit


@contextlib.contextmanager
def table_writer(folder: Path, name: str, rows_per_part: int) -> Iterator[TableWriter]:
    writer = TableWriter(folder, name, rows_per_part)
    try:
        yield writer
    finally:
        writer.close()


def publish(output: Path, new: Path, manifest: dict[str, Any]) -> None:
    """Put the tables below `new` in the place of those in `output`, the manifest last.

    The old manifest goes first: whoever finds a manifest finds the tables it speaks of. Tables on another disk are
    copied beside the old ones before any of those is touched.
    """
    own = output / ".work" / "new"
    if new != own:
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(new, own)
        new = own
    old = output / ".work" / "old"
    shutil.rmtree(old, ignore_errors=True)
    old.mkdir(parents=True)
    (output / "run.json").unlink(missing_ok=True)
    for name in TABLES:
        if (output / name).exists():
            (output / name).rename(old / name)
        (new / name).rename(output / name)
    temporary = output / ".work" / "run.json"
    temporary.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.rename(output / "run.json")
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)
