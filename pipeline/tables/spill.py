"""Rows dealt out to files by a key, so that what belongs together can be looked at together, a file at a time.

This bounds the memory of the merge: it holds the rows of one file, a fixed share of them all, whatever the run's size.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_PENDING = 100_000  # rows kept back, so that files are not written in crumbs


class Spill:
    """Tables of one schema in some files below a folder, each in the order in which its rows were written."""

    def __init__(self, folder: Path, schema: pa.Schema, partitions: int):
        self.folder, self.schema, self.partitions = folder, schema, partitions
        self.folder.mkdir(parents=True)
        self.writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
        self.pending: list[tuple[pa.Table, NDArray[np.int64]]] = []
        self.rows = 0

    def of(self, keys: Iterable[str | None]) -> NDArray[np.int64]:
        """The file of each key."""
        return np.array([zlib.crc32((key or "").encode()) % self.partitions for key in keys], dtype=np.int64)

    def write(self, part: pa.Table, partitions: NDArray[np.int64]) -> None:
        """Rows with the file that each goes to."""
        if part.num_rows:
            self.pending.append((part.cast(self.schema), partitions))
            self.rows += part.num_rows
            if self.rows >= _PENDING:
                self._deal()

    def close(self) -> None:
        self._deal()
        for writer in self.writers.values():
            writer.close()
        self.writers.clear()

    def read(self, partition: int) -> Iterator[pa.Table]:
        """The rows of a file, some at a time. `close` comes before."""
        path = self._path(partition)
        if path.exists():
            with pa.ipc.open_stream(path) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])

    def _deal(self) -> None:
        if not self.pending:
            return
        rows = pa.concat_tables([part for part, _ in self.pending])
        partitions = np.concatenate([numbers for _, numbers in self.pending])
        for partition in np.unique(partitions):
            number = int(partition)
            if number not in self.writers:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                self.writers[number] = pa.ipc.new_stream(str(self._path(number)), self.schema, options=options)
            self.writers[number].write_table(rows.take(np.flatnonzero(partitions == partition)))
        self.pending.clear()
        self.rows = 0

    def _path(self, partition: int) -> Path:
        return self.folder / f"{partition:03d}.arrow"
