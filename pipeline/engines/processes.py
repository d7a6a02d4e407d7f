"""Shards in worker processes of this machine; each builds its Language once."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from pathlib import Path

from pipeline.config import Config
from pipeline.plan import Shard
from pipeline.shard import ShardReport, language, run_shard

_AHEAD = 2  # shards handed out a worker, so that none waits for the next


def run(shards: Iterable[Shard], config: Config, work: Path) -> Iterator[ShardReport]:
    """Process the shards in `run.workers` processes, yielding a report as each is finished, in any order."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(config.run.workers, context, initializer=_start, initargs=(config,))
    waiting = iter(shards)
    pending: set[Future[ShardReport]] = set()
    try:
        while True:
            room = config.run.workers * _AHEAD - len(pending)
            pending |= {pool.submit(run_shard, shard, config, work) for shard in islice(waiting, room)}
            if not pending:
                break
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _start(config: Config) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: a shard is finished or absent
    language(config)
