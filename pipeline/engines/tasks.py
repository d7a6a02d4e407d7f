"""What engines hand to workers, and what becomes of it when a worker dies.

A shard whose worker died is tried again. Dies a second worker of it, each of its pages is tried alone, twice at most;
a page that ended its worker each time is left out and recorded, and the shard is done without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.config import Config
from pipeline.plan import Shard
from pipeline.shard import ShardReport, run_shard, try_page

DEATHS = 2  # of workers, before a shard is taken apart or a page left out
STARTS = 5  # of workers in a row that may die before they are ready
NEVER_BEGAN = "workers die before they begin; look for a lack of memory"
_ROUNDS = 3  # of trying the pages of a shard one by one


class WorkersDie(RuntimeError):
    """Workers end though no single page ends them: the machine is at fault, not the pages."""


@dataclass(frozen=True, slots=True)
class Task:
    """A shard, without the pages left out; or one page of it, to see whether its worker survives it."""

    shard: Shard
    page: int | None = None
    left_out: frozenset[int] = frozenset()
    deaths: int = 0
    round: int = 0

    def do(self, config: Config, work: Path) -> ShardReport | None:
        """What the worker does: a report of the finished shard, None where a page was only tried."""
        if self.page is None:
            return run_shard(self.shard, config, work, self.left_out)
        try_page(self.shard, self.page, config)
        return None


class Tasks:
    """The tasks of a run: its shards one by one, and before the next of them what dead workers left to be done."""

    def __init__(self, shards: Iterable[Shard]):
        self.shards = iter(shards)
        self.again: list[Task] = []
        self.open: dict[str, int] = {}  # shard -> pages of it that are still to be tried alone
        self.killers: dict[str, set[int]] = {}

    def next(self) -> Task | None:
        if self.again:
            return self.again.pop()
        shard = next(self.shards, None)
        return None if shard is None else Task(shard)

    def unstarted(self, task: Task) -> None:
        """The worker went away before it got to the task."""
        self.again.append(task)

    def finished(self, task: Task) -> None:
        if task.page is not None:
            self._tried(task)

    def died(self, task: Task, workers: int = 1) -> None:
        """So many workers died over the task."""
        task = replace(task, deaths=task.deaths + workers)
        if task.deaths < DEATHS:
            self.again.append(task)
        elif task.page is not None:
            self.killers[task.shard.key].add(task.page)
            self._tried(task)
        elif task.round == _ROUNDS:
            raise WorkersDie(
                f"workers die over {task.shard.inputs[0].source} and the pages behind it, but over none of them alone;"
                " give them more memory or lower run.shard_characters"
            )
        else:
            self.again += self._alone(task)

    def _alone(self, task: Task) -> Iterator[Task]:
        pages = [n for n in range(len(task.shard.inputs)) if n not in task.left_out]
        self.open[task.shard.key] = len(pages)
        self.killers[task.shard.key] = set(task.left_out)
        for page in pages:
            yield Task(task.shard, page, task.left_out, round=task.round)

    def _tried(self, task: Task) -> None:
        key = task.shard.key
        self.open[key] -= 1
        if not self.open[key]:
            del self.open[key]
            self.again.append(Task(task.shard, None, frozenset(self.killers.pop(key)), round=task.round + 1))
