"""Long campaigns that no test has the time for: random kills, all engines over many pages, a multitude of tiny pages.

    python benchmarks/campaign.py kills 200 [--pages 24] [--seed 1]
    python benchmarks/campaign.py engines --pages 1000 [--engines serial processes:2 dask:2]
    python benchmarks/campaign.py tiny 100000

`kills` lets a run begin again and again, and each time kills the run or one of its workers at a random moment, until so
many were killed; whenever a run comes to its end, its tables must be those of an undisturbed one, byte for byte, and the next
begins from nothing. `engines` runs every stage over the pages serially, then with each engine undisturbed and with a worker
killed, and compares. Pages are made as for `throughput.py`. Ends with status 1 if a table differs or a page is lost.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from throughput import PAGE, ROOT, make_archive, processes

from pipeline.records import TABLES

LIGHT = [
    "--set",
    "stages={news_sentences: {}, news_times: {}, news_quantities: {}}",
    "--set",
    "run.shard_characters=4000",
]


def begin(file: Path, output: Path, engine: str, options: list[str]) -> subprocess.Popen:
    name, _, workers = engine.partition(":")
    words = ["--input", str(file), "--output", str(output), "--set", f"run.engine={name}", "--workers", workers or "1"]
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.run", str(ROOT / "configs" / "default.yaml"), *words, *options, "--quiet"],
        env={**os.environ, "OMP_NUM_THREADS": "1"}, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill_one(session: int, noise: random.Random, *, worker: bool) -> bool:
    """Kill the run, or the youngest of its processes but the first three (the run, multiprocessing's tracker and template)."""
    alive = processes(session)
    chosen = alive[3:] if worker else [session]
    if not chosen:
        return False
    os.kill(noise.choice(chosen), signal.SIGKILL)
    return True


def digests(output: Path) -> dict[str, str]:
    return {
        f"{name}/{part.name}": hashlib.sha256(part.read_bytes()).hexdigest()
        for name in TABLES
        for part in sorted((output / name).iterdir())
    }


def kills(options: argparse.Namespace, place: Path) -> int:
    noise = random.Random(options.seed)
    file = place / "archive.jsonl"
    make_archive(file, options.pages * PAGE, options.seed)
    whole = begin(file, place / "whole", "serial", LIGHT)
    started = time.monotonic()
    assert whole.wait() == 0
    length = 2 * (time.monotonic() - started)
    wanted = digests(place / "whole")
    killed = finished = wrong = workers = 0
    output = place / "out"
    while killed < options.count:
        engine = noise.choice(["serial", "processes:2"])
        run = begin(file, output, engine, LIGHT)
        deadline = time.monotonic() + noise.uniform(0.2, length)
        while run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if run.poll() is None:
            worker = engine != "serial" and noise.random() < 0.5
            hit = kill_one(run.pid, noise, worker=worker)
            killed += hit
            workers += hit and worker
            if hit and not killed % 10:
                print(
                    f"{killed} kills, {workers} of them of workers; {finished} runs came to an end, {wrong} wrong",
                    flush=True,
                )
            if hit and not worker:
                run.wait()
                for process in processes(run.pid):  # workers that outlived it end by themselves, or not in time
                    noise.random() < 0.5 and os.kill(process, signal.SIGKILL)
        if run.wait() == 0:
            finished += 1
            wrong += digests(output) != wanted
            shutil.rmtree(output)
    assert begin(file, output, "serial", LIGHT).wait() == 0
    wrong += digests(output) != wanted
    print(
        f"{killed} kills, {workers} of them of workers, over {options.pages} pages; {finished + 1} runs came to an end, {wrong} wrong"
    )
    return wrong


def engines(options: argparse.Namespace, place: Path) -> int:
    file, noise = place / "archive.jsonl", random.Random(options.seed)
    make_archive(file, options.pages * PAGE, options.seed)
    wanted: dict[str, str] = {}
    wrong = 0
    for engine in options.engines:
        for disturbed in (False, True) if engine != "serial" else (False,):
            output = place / f"{engine.replace(':', '-')}-{disturbed}"
            started = time.monotonic()
            run = begin(file, output, engine, [])
            hit = False
            while disturbed and not hit and run.poll() is None:
                time.sleep(noise.uniform(20, 40))
                hit = len(processes(run.pid)) > 3 and kill_one(run.pid, noise, worker=True)
            if run.wait():
                wrong += 1
                print(
                    f"{engine}{', a worker killed' if hit else ''}: the run ended with status {run.wait()}", flush=True
                )
                continue
            found = digests(output)
            wanted = wanted or found
            wrong += found != wanted
            pages = pq.read_table(output / "pages", columns=["page_id"]).num_rows
            print(
                f"{engine}{', a worker killed' if hit else ''}: {pages} pages, {time.monotonic() - started:.0f} s,"
                f" {'the same tables' if found == wanted else 'OTHER TABLES'}", flush=True,
            )  # fmt: skip
    return wrong


def tiny(options: argparse.Namespace, place: Path) -> int:
    folder = place / "in"
    for number in range(options.count):
        part = folder / f"{number // 1000:03d}"
        part.mkdir(parents=True, exist_ok=True)
        (part / f"{number}.txt").write_text(f"东湖社区第{number}号通知:今日停水{number % 23}小时。", encoding="utf-8")
    started = time.monotonic()
    assert begin(folder, place / "out", "processes:2", []).wait() == 0
    pages = pq.read_table(place / "out" / "pages", columns=["page_id"]).num_rows
    print(f"{pages} of {options.count} tiny pages in {time.monotonic() - started:.0f} s")
    return options.count - pages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, command, pages in (("kills", kills, 24), ("engines", engines, 1000), ("tiny", tiny, 0)):
        one = commands.add_parser(name)
        one.set_defaults(run=command)
        if name != "engines":
            one.add_argument("count", type=int)
        else:
            one.add_argument("--engines", nargs="+", default=["serial", "processes:2", "dask:2"])
        one.add_argument("--pages", type=int, default=pages)
        one.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        return min(options.run(options, Path(place)), 1)


if __name__ == "__main__":
    sys.exit(main())
