"""Shards on a Dask cluster (extra `dask`): an existing one, `run.scheduler: tcp://…`, or one on this machine.

Workers of an existing cluster need this package, and the input and output folders under the same paths.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

try:
    import dask
    from distributed import Client, Future, KilledWorker, LocalCluster, Worker, WorkerPlugin, wait
except ImportError as error:
    from pipeline.config import ConfigError

    raise ConfigError("run.engine: dask needs the extra dask: pip install '.[dask]'.") from error

from pipeline.config import Config, ConfigError
from pipeline.engines.tasks import DEATHS, NEVER_BEGAN, STARTS, Task, Tasks, WorkersDie
from pipeline.plan import Shard
from pipeline.shard import ShardReport, language

_AHEAD = 2  # tasks handed out a worker, so that none waits for the next
_PATIENCE = "10s"  # for a scheduler to answer


class _Model(WorkerPlugin):
    """Builds the Language on each worker, once, before it gets work; on those that join later or come back too."""

    def __init__(self, config: Config):
        self.config = config
        self.name = f"local-news-{config.fingerprint()[:16]}"

    def setup(self, worker: Worker) -> None:
        language(self.config)


def run(shards: Iterable[Shard], config: Config, work: Path) -> Iterator[ShardReport]:
    """Process the shards on the cluster, yielding a report as each is finished, in any order."""
    with ExitStack() as stack:
        client = _client(config, stack)
        client.register_plugin(_Model(config))
        tasks = Tasks(shards)
        doing: dict[Future, Task] = {}
        suspects: list[Task] = []

        def give(task: Task) -> None:
            doing[client.submit(_do, task, config, work, pure=False)] = task

        while True:
            alone = False
            room = max(1, len(client.ncores())) * _AHEAD - len(doing)
            while room > 0 and (task := tasks.next()) is not None:
                give(task)
                room -= 1
            if not doing:
                if not suspects:
                    return
                alone = True
                give(suspects.pop())
            done, _ = wait(list(doing), return_when="FIRST_COMPLETED")
            for future in done:
                task = doing.pop(future)
                error = future.exception()
                if isinstance(error, KilledWorker):
                    if task.page is None or alone:
                        tasks.died(task, DEATHS)
                    else:  # the scheduler blames all that its worker held: tried again with nothing beside it
                        suspects.append(task)
                elif error is not None:
                    raise error
                else:
                    tasks.finished(task)
                    report = future.result()
                    if report is not None:
                        yield report


def _do(task: Task, config: Config, work: Path) -> ShardReport | None:
    return task.do(config, work)


def _client(config: Config, stack: ExitStack) -> Client:
    if config.run.scheduler is None:
        settings = {
            "distributed.scheduler.allowed-failures": DEATHS - 1,  # a shard is tried twice, then page by page
            # a worker that begins again is slow on a busy machine: given up too early, nothing would ever replace it
            "distributed.deploy.lost-worker-timeout": "1h",
        }
        stack.enter_context(dask.config.set(settings))
        return stack.enter_context(Client(stack.enter_context(_local_cluster(config.run.workers))))
    try:
        return stack.enter_context(Client(config.run.scheduler, timeout=_PATIENCE))
    except (OSError, ValueError) as error:
        message = (
            f"run.scheduler: no Dask scheduler answers at {config.run.scheduler} ({error}); start it, or name another."
        )
        raise ConfigError(message) from error


def _local_cluster(workers: int) -> LocalCluster:
    """A cluster on this machine; a worker that dies while it starts ends the others, so all are started again."""
    for _ in range(STARTS):
        try:
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=0,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
        except RuntimeError:
            continue
    raise WorkersDie(NEVER_BEGAN)
