"""Shards in worker processes of this machine.

Workers are forked from one process that has built the Language: they share the memory of models and gazetteer and begin
at once. A worker that dies is replaced.
"""

from __future__ import annotations

import pickle
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from pipeline.config import Config
from pipeline.engines import template
from pipeline.engines.tasks import NEVER_BEGAN, STARTS, Task, Tasks, WorkersDie
from pipeline.plan import Shard
from pipeline.shard import ShardReport, language


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    ready: bool = False
    task: Task | None = None


def run(shards: Iterable[Shard], config: Config, work: Path) -> Iterator[ShardReport]:
    """Process the shards in `run.workers` processes, yielding a report as each is finished, in any order.

    Raises what a worker raises, and WorkersDie when workers die for no page's sake.
    """
    context = template.context(config)
    tasks = Tasks(shards)
    workers: list[_Worker] = []
    failed_starts = 0
    try:
        waiting = tasks.next()
        while waiting is not None or any(w.task for w in workers):
            while waiting is not None and len(workers) < config.run.workers:
                workers.append(_start(context, config, work))
            for worker in workers:
                if worker.ready and worker.task is None and waiting is not None:
                    worker.task, waiting = waiting, None
                    with suppress(OSError):  # its death is seen below
                        worker.connection.send(worker.task)
                if waiting is None:
                    waiting = tasks.next()
            for connection in wait([w.connection for w in workers]):
                worker = next(w for w in workers if w.connection is connection)
                try:
                    message = worker.connection.recv()
                except (EOFError, OSError, pickle.UnpicklingError):
                    workers.remove(worker)
                    _end(worker)
                    if worker.task is not None:
                        tasks.died(worker.task)
                    elif not worker.ready:
                        failed_starts += 1
                        if failed_starts == STARTS:
                            raise WorkersDie(NEVER_BEGAN) from None
                    continue
                if isinstance(message, BaseException):
                    raise message
                if worker.task is not None:
                    tasks.finished(worker.task)
                worker.ready, worker.task, failed_starts = True, None, 0
                if isinstance(message, ShardReport):
                    yield message
            waiting = waiting or tasks.next()
    finally:
        for worker in workers:
            _end(worker)


def prepare(config: Config) -> None:
    """Begin what the engine needs before the first shard."""
    template.start(config)


def _start(context: BaseContext, config: Config, work: Path) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, config, work), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()


def _work(connection: Connection, config: Config, work: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: a shard is finished or absent
    try:
        language(config)
        connection.send(None)
        while True:
            connection.send(connection.recv().do(config, work))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the run is over
    except Exception as error:
        with suppress(OSError):
            connection.send(_sendable(error))


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
