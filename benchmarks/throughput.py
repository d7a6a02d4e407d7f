"""Characters a second by stage and in all, peak memory a worker, and whether either changes with the size of the input.

    python benchmarks/throughput.py [--sizes 1 10] [--engines serial processes:2] [--keep DIR] [--peers jieba jionlp …]

The archive is made of the labelled pages of `tests/gold`, recombined: blocks of text between empty lines are drawn from
all of them, and the digits in them changed, so that no page is there twice. Size 1 is 100,000 characters. Each run is a
process of its own with one thread a worker. Times are CPU seconds of all its processes beside the seconds of the clock:
on a machine with other work only the former say what a core would do. Start-up is a run over one short page.
Peers do one part of the work each, in an environment of their own with one thread, on paragraphs of the same archive;
their start-up does not count either.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from names import PEERS, Peer, environment

ROOT = Path(__file__).resolve().parents[1]
UNIT = 100_000  # characters of size 1
PAGE = 4_000

JIONLP = Peer(
    (("setuptools<81", "wheel"), ("--no-build-isolation", "jionlp==1.5.20")),
    "import jionlp\n"
    "def tag(t): return jionlp.ner.extract_time(t), jionlp.ner.extract_money(t), jionlp.recognize_location(t)",
)
# what they do, and how many characters they get: the slow ones fewer
PEERS_HERE = {
    "jieba": (PEERS["jieba"], "words and parts of speech", 100_000),
    "thulac": (PEERS["thulac"], "words and parts of speech", 20_000),
    "foolnltk": (PEERS["foolnltk"], "words and names", 20_000),
    "jionlp": (JIONLP, "times, money, places", 20_000),
}
PEER = """
import json, sys, time
{code}
texts = [t for line in open(sys.argv[1], encoding="utf-8") for t in json.loads(line)["text"].split("\\n") if t.strip()]
tag(texts[0])
began, done = time.process_time(), 0
for text in texts:
    if done >= {most}: break
    tag(text); done += len(text)
print("\\n" + json.dumps([done, time.process_time() - began]))
"""

# runs a configuration and tells what its processes took
RUN = """
import json, sys, time
started = time.perf_counter()
from pipeline import load_config, run_pipeline
manifest = run_pipeline(load_config(sys.argv[1], sys.argv[2:])).manifest
print(json.dumps({"seconds": manifest["seconds"], "characters": manifest["characters"], "pages": manifest["pages"],
    "clock": time.perf_counter() - started}))
"""


def blocks() -> list[str]:
    found = []
    for path in sorted((ROOT / "tests" / "gold").glob("*/pages/*.txt")):
        found += [b for b in re.split(r"\n{2,}", path.read_text(encoding="utf-8")) if b.strip()]
    return found


def make_archive(file: Path, characters: int, seed: int = 1) -> None:
    """A .jsonl of pages of about `PAGE` characters."""
    noise, every, made, number = random.Random(seed), blocks(), 0, 0
    with file.open("w", encoding="utf-8") as out:
        while made < characters:
            text = ""
            while len(text) < PAGE:
                start = noise.randrange(len(every) - 12)
                text += "\n\n".join(every[start : start + noise.randrange(4, 12)]) + "\n\n"
            text = re.sub(r"[1-9]", lambda _: str(noise.randrange(1, 10)), text[: 2 * PAGE])
            out.write(json.dumps({"text": text, "id": number}, ensure_ascii=False) + "\n")
            made, number = made + len(text), number + 1


def measure(file: Path, output: Path, engine: str) -> dict:
    """One run in a process of its own, with its peak of memory over all processes of the run."""
    name, _, workers = engine.partition(":")
    words = [
        f"input.paths=['{file}']",
        f"output.directory='{output}'",
        f"run.engine={name}",
        f"run.workers={workers or 1}",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(ROOT / "configs" / "default.yaml"), *words],
        stdout=subprocess.PIPE, env=environment, text=True, cwd=output.parent, start_new_session=True,
    )  # fmt: skip
    peak: dict[int, int] = {}
    spent: dict[int, float] = {}
    while process.poll() is None:
        sample(process.pid, peak, spent)
        time.sleep(0.1)
    assert process.stdout is not None
    result = json.loads(process.stdout.read())
    result["cpu"] = sum(spent.values())
    result["worker_peak"] = max(peak.values(), default=0)
    return result


def processes(session: int) -> list[int]:
    """Those of a run, its own first."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                found.append(int(folder.name))
        except OSError:
            continue
    return sorted(found)


def sample(session: int, peak: dict[int, int], spent: dict[int, float]) -> None:
    """Note resident MB (in full, though workers share part of it) and CPU seconds of each process of a session."""
    for process in processes(session):
        folder = Path("/proc") / str(process)
        try:
            found = re.search(r"VmHWM:\s*(\d+)", (folder / "status").read_text())
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if found is None:  # it has ended
            continue
        peak[process] = int(found[1]) // 1024
        spent[process] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_peer(name: str, archive: Path, venvs: Path) -> float:
    """Characters a CPU second. Raises RuntimeError with the last line of what went wrong."""
    peer, _, most = PEERS_HERE[name]
    python = environment(peer, venvs / name)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [python, "-c", PEER.format(code=peer.code, most=most), archive],
        capture_output=True, text=True, env={**os.environ, **threads, "PYTHONPATH": ""},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])
    characters, seconds = json.loads(done.stdout.strip().splitlines()[-1])
    return characters / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--engines", nargs="+", default=["serial", "processes:2"])
    parser.add_argument("--keep", type=Path, help="folder for archives and tables, else a temporary one")
    parser.add_argument("--peers", nargs="*", default=[], choices=list(PEERS_HERE))
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "throughput-peers")
    options = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as temporary:
        place = (options.keep or Path(temporary)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        (place / "short.txt").write_text("东湖社区举办了邻里节。", encoding="utf-8")
        start = measure(place / "short.txt", place / "short", "serial")
        print(f"start-up to the tables of one short page: {start['cpu']:.1f} s CPU, {start['clock']:.1f} s clock")
        print(
            "\n| size | engine | characters | CPU s | clock s | characters/CPU s | characters/s | largest process MB |"
        )
        print("|---:|---|---:|---:|---:|---:|---:|---:|")
        stages: dict[str, float] = {}
        ours = 0.0
        for size in options.sizes:
            file = place / f"archive-{size}.jsonl"
            make_archive(file, size * UNIT)
            for engine in options.engines:
                result = measure(file, place / f"out-{size}-{engine.replace(':', '-')}", engine)
                n, cpu, clock = result["characters"], result["cpu"] - start["cpu"], result["clock"] - start["clock"]
                print(
                    f"| {size} | {engine} | {n:,} | {cpu:.1f} | {clock:.1f} | {n / max(cpu, 0.01):,.0f} |"
                    f" {n / max(clock, 0.01):,.0f} | {result['worker_peak']} |",
                    flush=True,
                )
                if engine == "serial":
                    ours = n / max(cpu, 0.01)
                    stages = {name: n / max(seconds, 1e-6) for name, seconds in result["seconds"].items()}
        print("\n| stage | characters/s (clock) |\n|---|---:|")
        for name, speed in sorted(stages.items(), key=lambda item: item[1]):
            print(f"| {name} | {speed:,.0f} |")
        if options.peers:
            print("\n| peer | what it does | characters/CPU s | this project is as fast × |\n|---|---|---:|---:|")
        for name in options.peers:
            try:
                speed = measure_peer(name, place / f"archive-{options.sizes[0]}.jsonl", options.venvs)
            except RuntimeError as error:
                print(f"| {name} | not run: {error} | | |")
                continue
            print(f"| {name} | {PEERS_HERE[name][1]} | {speed:,.0f} | {ours / speed:.2f} |", flush=True)


if __name__ == "__main__":
    main()
