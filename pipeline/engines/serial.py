"""Shards one after the other in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.config import Config
from pipeline.plan import Shard
from pipeline.shard import ShardReport, run_shard


def run(shards: Iterable[Shard], config: Config, work: Path) -> Iterator[ShardReport]:
    """Process the shards, yielding a report as each is finished."""
    for shard in shards:
        yield run_shard(shard, config, work)
