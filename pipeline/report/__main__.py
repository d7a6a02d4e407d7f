"""The command line: `python -m pipeline.report OUTPUT [--to FILE] [--open]`."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from pipeline.report import ReportError, write_report


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 written, 2 where an argument or the folder is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.report", description="Write one HTML file to look at the tables of a run."
    )
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="output folder of a run, for example outputs")
    parser.add_argument("--to", metavar="FILE", type=Path, help="the file to write (default: OUTPUT/report.html)")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.add_argument(
        "--max-articles", type=int, default=20_000, metavar="N", help="show the pages of the first N articles only"
    )
    options = parser.parse_args(arguments)
    if options.max_articles < 1:
        parser.error("--max-articles: give a number of 1 or more.")
    try:
        path = write_report(options.output, options.to, max_articles=options.max_articles)
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
    if options.open and not webbrowser.open(path.resolve().as_uri()):
        print(f"No browser could be started here; open {path.resolve()} in one.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
