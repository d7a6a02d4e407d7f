"""A whole run: plan, shards on an engine, merge, publication. Resumable: finished shards of an earlier try are kept."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import importlib
import importlib.metadata
import platform
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow.parquet as pq

import pipeline
from pipeline.config import Config, ConfigError, files_digest, is_url
from pipeline.filesystems import Remote, upload
from pipeline.language.build import models_of
from pipeline.lexicon.divisions import divisions
from pipeline.plan import Shard, make_plan
from pipeline.records import SCHEMA_VERSION
from pipeline.shard import language
from pipeline.tables.merge import merge
from pipeline.tables.write import publish, shard_manifest

# those that shape results
_LIBRARIES = ("spacy", "spacy-pkuseg", "numpy", "onnxruntime", "pyarrow", "charset-normalizer", "borax")
FAILURES_SHOWN = 3  # at the end of a run


class Progress(Protocol):
    """What a run tells of itself while it goes on; every method may do nothing."""

    def planned(self, pages: int, characters: int) -> None: ...
    def advanced(self, pages: int, characters: int) -> None: ...
    def merging(self) -> None: ...


class Silent:
    """A Progress that says nothing."""

    def planned(self, pages: int, characters: int) -> None: ...
    def advanced(self, pages: int, characters: int) -> None: ...
    def merging(self) -> None: ...


@dataclass(frozen=True)
class Result:
    """Where the tables are and what the run did; `manifest` is what `run.json` holds, `failures` the first of them."""

    output: Path | str  # a URL, if it is not on this machine
    manifest: dict[str, Any]
    failures: list[dict[str, str]]

    @property
    def rows(self) -> dict[str, int]:
        return self.manifest["rows"]


def run(config: Config, *, fresh: bool = False, progress: Progress | None = None) -> Result:
    """Run a configuration to the end and publish its tables.

    `fresh` throws away the finished shards of earlier runs. Raises ConfigError before any page is read if the
    configuration cannot work, or another run is writing to the same output.
    """
    progress = progress or Silent()
    started = datetime.datetime.now(datetime.timezone.utc)
    clock = time.perf_counter()
    engine = importlib.import_module(f"pipeline.engines.{config.run.engine}")
    getattr(engine, "prepare", lambda _: None)(config)
    home = config.page.home_place
    if home and divisions().by_path(home) is None:
        raise ConfigError(
            f"page.home_place: no division is called {home}; write a canonical path such as 山东省/聊城市."
        )
    language(config)  # a configuration that cannot be built is refused before any work
    output, work = config.output.directory, config.work_folder()
    if is_url(output):
        Remote(output)  # refused here if it cannot be reached
    with contextlib.ExitStack() as locks:
        locks.enter_context(_sole_writer(work))
        if not is_url(output) and config.output.work is not None:
            locks.enter_context(_sole_writer(config.path(output) / ".work"))
        if fresh:
            shutil.rmtree(work / "shards", ignore_errors=True)
        shutil.rmtree(work / "tmp", ignore_errors=True)
        plan = make_plan(config, _fingerprint(config), work / "plan.jsonl")
        progress.planned(plan.pages, plan.characters)
        done: set[str] = set()

        def unfinished() -> Iterator[Shard]:
            for shard in plan:
                if shard_manifest(work, shard.key) is None:
                    yield shard
                else:
                    done.add(shard.key)
                    progress.advanced(len(shard.inputs), shard.characters)

        fresh_characters = 0
        working = time.perf_counter()
        seconds: dict[str, float] = defaultdict(float)
        for report in engine.run(unfinished(), config, work):
            progress.advanced(report.pages, report.characters)
            fresh_characters += report.characters
            for stage, spent in report.seconds.items():
                seconds[stage] += spent
        working = time.perf_counter() - working
        progress.merging()
        merging = time.perf_counter()
        new, rows = merge(plan, work, config.output.rows_per_part)
        seconds["merge"] = time.perf_counter() - merging
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "started": started.isoformat(timespec="seconds"),
            "finished": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "configuration": config.resolved(),
            "versions": _versions(config),
            "engine": config.run.engine,
            "workers": config.run.workers if config.run.engine != "serial" else 1,
            "pages": plan.pages,
            "characters": plan.characters,
            "rows": rows,
            "failures": rows["failures"],
            "shards": plan.shards,
            "shards_reused": len(done),
            "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
            "seconds_total": round(time.perf_counter() - clock, 3),
            "characters_per_second": round(fresh_characters / working) if fresh_characters else None,
        }
        failures = pq.read_table(new / "failures", columns=["source", "message"]).slice(0, FAILURES_SHOWN).to_pylist()
        if is_url(output):
            upload(output, new, manifest)
        else:
            publish(config.path(output), new, manifest)
        shutil.rmtree(new, ignore_errors=True)
        _forget_other_shards(work, {shard.key for shard in plan})
        shutil.rmtree(work / "tmp", ignore_errors=True)
    return Result(output if is_url(output) else config.path(output), manifest, failures)


def _fingerprint(config: Config) -> str:
    """SHA-256 of all that shapes a shard beside its pages: configuration, program, lexicons, models, libraries."""
    program = files_digest(Path(pipeline.__file__).parent)
    libraries = [f"{name}={importlib.metadata.version(name)}" for name in _LIBRARIES]
    return hashlib.sha256("\0".join([config.fingerprint(), program, *libraries]).encode()).hexdigest()


def _versions(config: Config) -> dict[str, Any]:
    models = {str(p): files_digest(p) for p in models_of(config) if p.exists()}
    return {
        "program": pipeline.__version__,
        "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in _LIBRARIES},
        "models": {Path(name).name: {"sha256": digest} for name, digest in models.items()},
    }


def _forget_other_shards(work: Path, keep: set[str]) -> None:
    for folder in (work / "shards").glob("*"):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _sole_writer(work: Path) -> Iterator[None]:
    """Hold the output folder for this run; the lock goes with the process, however it ends."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        lock = (work / "lock").open("w")
    except OSError as error:
        raise ConfigError(
            f"output.directory: {work.parent} cannot be written to ({error.strerror or error}); choose another folder with --output."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = (
                f"output.directory: another run is writing to {work.parent}; wait for it or choose another folder."
            )
            raise ConfigError(message) from error
        yield
