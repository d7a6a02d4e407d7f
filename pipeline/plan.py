"""Cuts the input into shards: runs of records of about equal characters, fixed by content and order alone.

Where a shard ends is decided by the content of its last record, not by counting from the start, so a page added,
deleted or changed moves the borders near it and no others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.page.reader import Located, Locator, input_files, stream
from pipeline.records import Failure


@dataclass(frozen=True, slots=True)
class PlannedInput:
    """Where a record stands, and what it held when the run was planned."""

    path: str
    source: str
    locator: Locator
    sha256: str
    characters: int


@dataclass(frozen=True, slots=True)
class Shard:
    """A portion of work. `key` names its finished parts: a hash of records, configuration, models and program."""

    key: str
    inputs: tuple[PlannedInput, ...]

    @property
    def characters(self) -> int:
        return sum(i.characters for i in self.inputs)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do, written to a file so that memory does not grow with the input."""

    file: Path
    shards: int
    pages: int
    characters: int

    def __iter__(self) -> Iterator[Shard]:
        for line in self._lines("shard"):
            inputs = (PlannedInput(**{**i, "locator": tuple(i["locator"])}) for i in line["inputs"])
            yield Shard(line["key"], tuple(inputs))

    def failures(self) -> Iterator[Failure]:
        """Inputs that could not be read, in the order of the input."""
        for line in self._lines("failure"):
            yield Failure(**line)

    def _lines(self, kind: str) -> Iterator[dict]:
        with self.file.open(encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                row = json.loads(line)
                if kind in row:
                    yield row[kind]


def make_plan(config: Config, fingerprint: str, file: Path) -> Plan:
    """Read every input once, and write the shards and the inputs that cannot be read to `file`.

    A page whose text was seen before in the run is a failure, so that nothing is counted twice.
    """
    shards = pages = characters = 0
    seen: dict[bytes, str] = {}
    pending: list[PlannedInput] = []
    stated: list[str] = []

    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", errors="surrogateescape") as out:

        def write(kind: str, row: dict) -> None:
            out.write(json.dumps({kind: row}, ensure_ascii=False) + "\n")

        def flush() -> None:
            nonlocal shards
            digest = hashlib.sha256(fingerprint.encode())
            for planned, extra in zip(pending, stated, strict=True):
                digest.update(f"{planned.source}\0{planned.sha256}\0{extra}\n".encode())
            write("shard", {"key": digest.hexdigest()[:32], "inputs": [asdict(i) for i in pending]})
            shards += 1
            pending.clear()
            stated.clear()

        for path, source in input_files(config):
            for item in stream(path, source, config.input):
                if isinstance(item, Failure):
                    write("failure", asdict(item))
                    continue
                record, digest = item.record, bytes.fromhex(item.record.sha256)[:16]
                if digest in seen:
                    message = f"It has the same text as {seen[digest]}, which is read; leave one of them out."
                    write("failure", asdict(Failure(record.source, "read", "duplicate", message)))
                    continue
                seen[digest] = record.source
                planned = PlannedInput(path, record.source, item.locator, record.sha256, len(record.text))
                pending.append(planned)
                stated.append(f"{record.encoding}\0{record.date}\0{record.newspaper}")
                pages += 1
                characters += planned.characters
                if _ends_shard(item, sum(i.characters for i in pending), config.run.shard_characters):
                    flush()
        if pending:
            flush()
    return Plan(file, shards, pages, characters)


def _ends_shard(item: Located, characters: int, target: int) -> bool:
    """Whether a shard that holds `characters` ends with this record: between half and twice the target, by its hash."""
    if characters >= 2 * target:
        return True
    chance = len(item.record.text) / (target / 2)
    return characters >= target / 2 and int(item.record.sha256[-8:], 16) / 2**32 < chance
