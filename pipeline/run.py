"""The command line: `python -m pipeline.run CONFIG [options]`. Parses, shows progress, reports; nothing else."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.config import Config, ConfigError, is_url, load_config

if TYPE_CHECKING:
    from pipeline.job import Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 finished (failures are listed), 2 wrong configuration or option, 1 anything else."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.run", description="Turn newspaper pages into tables, as a configuration says."
    )
    parser.add_argument("config", metavar="CONFIG", help="a configuration file, for example configs/default.yaml")
    parser.add_argument(
        "--input", action="append", metavar="PATH", help="file, directory or glob to read instead; may repeat"
    )
    parser.add_argument("--output", metavar="DIR", help="folder of the tables")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="worker processes (more than one: engine processes, if not dask)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", help="change a setting; may repeat"
    )
    parser.add_argument("--fresh", action="store_true", help="start over, reuse nothing of earlier runs")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    options = parser.parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        config = _configured(options)
        with _Bar(quiet=options.quiet) as bar:
            gc.disable()  # a fifth of the start; `language`, which the run calls first, enables it
            from pipeline.job import run

            result = run(config, fresh=options.fresh, progress=bar)
    except ConfigError as error:
        errors.print(f"error: {error}", markup=False)
        return 2
    except KeyboardInterrupt:
        errors.print("Interrupted; the finished part is kept, run the same command again to go on.")
        return 1
    except Exception as error:
        if os.environ.get("PIPELINE_TRACEBACK"):
            traceback.print_exc()
        errors.print(f"error: the run stopped: {type(error).__name__}: {error}", markup=False)
        errors.print("The finished part is kept. Set PIPELINE_TRACEBACK=1 to see where it stopped.")
        return 1
    if not options.quiet:
        _report(result)
    return 0


def _configured(options: argparse.Namespace) -> Config:
    """The configuration with the options of the command line, whose paths start at the working directory."""
    overrides = list(options.set)
    if options.output is not None:
        overrides.append(f"output.directory={_quoted(options.output)}")
    if options.input:
        overrides.append("input.paths=[" + ", ".join(map(_quoted, options.input)) + "]")
    if options.workers is not None:
        overrides.append(f"run.workers={options.workers}")
    config = load_config(options.config, overrides)
    if options.workers is not None and options.workers > 1 and config.run.engine == "serial":
        return load_config(options.config, [*overrides, "run.engine=processes"])
    return config


def _quoted(path: str) -> str:
    """A path of the command line as a value of YAML: what is no URL starts at the working directory."""
    place = path if is_url(path) else str(Path(path).absolute())
    return "'" + place.replace("'", "''") + "'"


class _Bar:
    """A progress bar by characters, with pages beside it and an estimate of the time left; Ctrl-C stops the run there.

    The exception of Ctrl-C is lost where a library calls back into Python and cannot pass it on, so it is remembered.
    """

    def __init__(self, *, quiet: bool):
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("characters, {task.fields[pages]} pages,"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(stderr=True),
            disable=quiet,
            transient=True,
        )
        self.pages = self.of = 0
        self.interrupted = False

    def __enter__(self) -> _Bar:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)
        self.task = self.progress.add_task("reading", total=None, pages="0")
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.progress.stop()

    def _interrupt(self, *_: object) -> None:
        self.interrupted = True
        raise KeyboardInterrupt

    def _go_on(self) -> None:
        if self.interrupted:
            raise KeyboardInterrupt

    def planned(self, pages: int, characters: int) -> None:
        self.of = pages
        self.progress.update(self.task, description="extracting", total=characters, pages=f"0/{pages}")

    def advanced(self, pages: int, characters: int) -> None:
        self._go_on()
        self.pages += pages
        self.progress.update(self.task, advance=characters, pages=f"{self.pages}/{self.of}")

    def merging(self) -> None:
        self._go_on()
        self.progress.update(self.task, description="merging")


def _report(result: Result) -> None:
    manifest = result.manifest
    console = Console(highlight=False)
    table = Table("table", "rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, rows in manifest["rows"].items():
        table.add_row(name, f"{rows:,}")
    console.print(table)
    speed = manifest["characters_per_second"]
    idle = "all reused" if manifest["pages"] else "no page"
    how_fast = f"{speed:,} characters a second" if speed else f"nothing to do, {idle}"
    console.print(
        f"{manifest['pages']:,} pages, {manifest['characters']:,} characters in {manifest['seconds_total']:.1f} s ({how_fast});"
        f" failures: {manifest['failures']}"
    )
    for failure in result.failures:
        console.print(f"  {failure['source']}: {failure['message']}", markup=False, soft_wrap=True)
    if manifest["failures"] > len(result.failures):
        console.print("  … all of them are in the table failures")
    if not manifest["pages"]:
        console.print("No page could be read: check input.paths and the failures above.")
    console.print(f"tables in {result.output}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
