"""Seconds by stage and characters a second of the default run over the seed pages, repeated.

    python benchmarks/pages.py [REPEATS]

Repeats are the same pages with a line added, so that none is a duplicate; nothing is reused between runs.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from pipeline import load_config, run_pipeline

ROOT = Path(__file__).resolve().parents[1]


def main(repeats: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "in")
        folder.mkdir()
        for path in sorted((ROOT / "seeds").glob("*.txt")):
            text = path.read_bytes().decode()
            for number in range(repeats):
                (folder / f"{number}_{path.name}").write_bytes(f"{text}\n\n第{number}版".encode())
        overrides = [f"input.paths=['{folder}']", f"output.directory='{place}/out'"]
        started = time.perf_counter()
        manifest = run_pipeline(load_config(ROOT / "configs" / "default.yaml", overrides)).manifest
        seconds = time.perf_counter() - started
    for stage, spent in sorted(manifest["seconds"].items(), key=lambda item: -item[1]):
        print(f"{stage:20} {spent:8.2f} s {manifest['characters'] / spent if spent else 0:12,.0f} characters/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{manifest['characters']:,} characters in {seconds:.1f} s, start-up and merge included")
    print(f"{manifest['characters_per_second']:,} characters/s in the stages, peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
