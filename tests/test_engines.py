"""Whatever engine runs them and whatever happens to workers, the same pages give the same files; no page is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import DEFAULT, PAGES, ROOT, command, files, read_tables, run_default
from test_run import run_command

from pipeline.engines.tasks import Task, Tasks, WorkersDie
from pipeline.plan import PlannedInput, Shard

# small shards, and the stages that load no model: what is tested here is the engines
SETTINGS = ("run.shard_characters=3000", "stages={news_sentences: {}, news_times: {}, news_quantities: {}}")
OPTIONS = tuple(word for setting in SETTINGS for word in ("--set", setting))

# What a worker runs before anything else: it ends itself on a page that holds a word, always or only once.
KILLER = """
import os, signal
from pathlib import Path
import pipeline.stages.sentences as sentences

call, once = sentences.Sentences.__call__, Path(os.environ["KILL_ONCE"]) if "KILL_ONCE" in os.environ else None

def killing(self, doc):
    if os.environ["KILL_WORD"] in doc.text and os.getpid() != int(os.environ.get("KILL_NOT", "0")):
        if once is None or not once.exists():
            if once is not None:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return call(self, doc)

sentences.Sentences.__call__ = killing
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ten pages, one of which holds a word of its own."""
    folder = tmp_path_factory.mktemp("pages") / "in"
    folder.mkdir()
    for path in PAGES[:9]:
        shutil.copy(path, folder)
    (folder / "page_m.txt").write_text("东湖社区办讲座\n\n本报讯 昨日,东湖社区举办了鹦鹉螺讲座。\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the tables of a serial run."""
    output = tmp_path_factory.mktemp("serial")
    run_default(output, pages, overrides=SETTINGS)
    return files(output)


@pytest.fixture
def killer(tmp_path: Path) -> dict[str, str]:
    """An environment in which each Python that the run starts ends itself on the page with a word of its own."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(KILLER, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}", "KILL_WORD": "鹦鹉螺"}


def run(output: Path, pages: Path, engine: str, environment: dict[str, str] | None = None, *more: str) -> None:
    words = ["--set", f"run.engine={engine}", "--set", "run.workers=2", *OPTIONS, *more]
    done = subprocess.run(
        command(output, pages, options=tuple(words)),
        env=environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def assert_the_page_alone_is_left_out(output: Path, pages: Path) -> None:
    failures = pd.read_parquet(output / "failures")
    assert [(Path(s).name, e) for s, e in zip(failures["source"], failures["error"], strict=True)] == [
        ("page_m.txt", "killed_worker")
    ]
    assert len(failures["message"][0]) > 30
    rest = output.parent / "rest"
    shutil.copytree(pages, rest)
    (rest / "page_m.txt").unlink()
    run_default(output.parent / "without", rest, overrides=SETTINGS)
    for name, table in read_tables(output.parent / "without").items():
        if name not in ("failures", "pages"):
            assert read_tables(output)[name] == table, name


# -------------------------------------------------------------------------------------------------- processes
def test_a_worker_that_dies_is_replaced_and_its_shard_done_again(pages, expected, killer, tmp_path):
    run(tmp_path / "out", pages, "processes", {**killer, "KILL_ONCE": str(tmp_path / "once")})
    assert (tmp_path / "once").exists()
    assert files(tmp_path / "out") == expected


def test_a_page_that_ends_its_worker_each_time_is_recorded_and_left_out(pages, killer, tmp_path):
    run(tmp_path / "out", pages, "processes", killer)
    assert_the_page_alone_is_left_out(tmp_path / "out", pages)


def test_a_fault_in_a_worker_stops_the_run_with_one_sentence(pages, tmp_path):
    (tmp_path / "out" / ".work" / "shards").mkdir(parents=True)
    (tmp_path / "out" / ".work" / "tmp").write_text("in the way")
    done = run_command(
        str(DEFAULT), "--input", str(pages), "--output", str(tmp_path / "out"), "--workers", "2", *OPTIONS
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "the run stopped" in done.stderr


# -------------------------------------------------------------------------------------------------- what to do next
def shard(pages: int) -> Shard:
    return Shard("key", tuple(PlannedInput(f"{n}.txt", f"{n}.txt", (), "", 100) for n in range(pages)))


def simulate(tasks: Tasks, killers: set[int]) -> list[Task]:
    """Do all tasks with workers that die of certain pages; the shards that were finished."""
    finished = []
    while (task := tasks.next()) is not None:
        pages = {task.page} if task.page is not None else set(range(len(task.shard.inputs))) - task.left_out
        if pages & killers:
            tasks.died(task)
        else:
            tasks.finished(task)
            finished += [task] if task.page is None else []
    return finished


@pytest.mark.parametrize("killers", [set(), {0}, {3}, {0, 1, 4}, {0, 1, 2, 3, 4}])
def test_the_pages_that_kill_and_no_others_are_left_out(killers):
    (task,) = simulate(Tasks([shard(5)]), killers)
    assert task.left_out == killers


def test_two_deaths_of_other_causes_lose_no_page():
    tasks = Tasks([shard(5)])
    for _ in range(2):
        tasks.died(tasks.next())
    tasks.died(tasks.next())
    (task,) = simulate(tasks, set())
    assert not task.left_out


def test_workers_that_die_of_no_page_end_the_run():
    tasks = Tasks([shard(3)])

    def go_on() -> None:
        while (task := tasks.next()) is not None:
            tasks.died(task) if task.page is None else tasks.finished(task)

    with pytest.raises(WorkersDie, match="memory"):
        go_on()


# -------------------------------------------------------------------------------------------------- Dask
@contextlib.contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A Dask scheduler and two workers as processes of their own, on loopback."""
    dask = [sys.executable, "-m", "dask"]
    environment = {**environment, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    started: list[subprocess.Popen] = []

    def start(*words: str) -> None:
        log = (folder / f"{len(started)}.log").open("w")
        started.append(
            subprocess.Popen(
                [*dask, *words], cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        )

    try:
        file = folder / "scheduler.json"
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        for _ in range(2):
            start("worker", address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
        yield address, started
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


@pytest.mark.dask
def test_a_cluster_gives_the_same_files_though_a_worker_is_killed(pages, expected, killer, tmp_path):
    pytest.importorskip("distributed")
    with cluster(tmp_path, {**killer, "KILL_ONCE": str(tmp_path / "once")}) as (address, _):
        run(tmp_path / "out", pages, "dask", None, "--set", f"run.scheduler={address}")
    assert (tmp_path / "once").exists()
    assert files(tmp_path / "out") == expected


@pytest.mark.dask
def test_a_cluster_that_loses_a_machine_goes_on_with_the_other(pages, expected, tmp_path):
    pytest.importorskip("distributed")
    with cluster(tmp_path, {**os.environ, "PYTHONPATH": str(ROOT)}) as (address, (_, first, _)):
        options = ("--set", "run.engine=dask", "--set", f"run.scheduler={address}", *OPTIONS)
        process = subprocess.Popen(command(tmp_path / "out", pages, options=options), cwd=ROOT)
        while process.poll() is None and not any((tmp_path / "out" / ".work" / "shards").glob("*/shard.json")):
            time.sleep(0.01)
        os.killpg(first.pid, 9)
        assert process.wait() == 0
    assert files(tmp_path / "out") == expected


@pytest.mark.dask
def test_a_page_that_ends_its_worker_each_time_is_left_out_on_a_local_cluster_too(pages, killer, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    # on a busy machine workers come back later than Dask waits for them
    monkeypatch.setenv("DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT", "10ms")
    run(tmp_path / "out", pages, "dask", killer)
    assert_the_page_alone_is_left_out(tmp_path / "out", pages)


@pytest.mark.dask
@pytest.mark.parametrize("failures", [0, 1, 99])
def test_a_local_cluster_whose_worker_dies_while_it_starts_is_started_again(failures, monkeypatch):
    pytest.importorskip("distributed")
    from pipeline.engines import dask

    tried = []

    def start(**settings):
        tried.append(settings["n_workers"])
        if len(tried) <= failures:
            raise RuntimeError("Nanny failed to start.")
        return "a cluster"

    monkeypatch.setattr(dask, "LocalCluster", start)
    if failures < 99:
        assert dask._local_cluster(2) == "a cluster"
        assert tried == [2] * (failures + 1)
    else:
        with pytest.raises(WorkersDie, match="memory"):
            dask._local_cluster(2)


@pytest.mark.dask
def test_a_scheduler_that_does_not_answer_is_named(pages, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    words = ["--set", "run.engine=dask", "--set", "run.scheduler=tcp://127.0.0.1:1"]
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    done = run_command(str(DEFAULT), "--input", str(pages), "--output", str(tmp_path / "out"), *words)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "run.scheduler" in done.stderr
    assert "tcp://127.0.0.1:1" in done.stderr
