"""Score the tables of a run against gold annotations.

    python -m pipeline.evaluate GOLD_DIR OUTPUT_DIR [--errors LAYER] [--json FILE]

GOLD_DIR holds gold files (*.json, searched recursively; folders named `draft` are left out), OUTPUT_DIR is the output of
`pipeline.run`. A gold page is scored against the page of the output that has the same text (SHA-256).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from pipeline.scoring.facts import ScoringError
from pipeline.scoring.layers import LAYERS
from pipeline.scoring.report import check_layer, score, write_json

WIDTH = 120  # of a printed table where the output is no terminal


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ScoringError(f"{message} (see python -m pipeline.evaluate --help).")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m pipeline.evaluate", description="Score the tables of a run against gold.")
    parser.add_argument("gold", metavar="GOLD_DIR", type=Path, help="directory of gold files (*.json)")
    parser.add_argument("output", metavar="OUTPUT_DIR", type=Path, help="output directory of a run")
    parser.add_argument("--errors", metavar="LAYER", help=f"list misses and extras of a layer: {', '.join(LAYERS)}")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures to a file")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, or 2 where an argument or file is wrong."""
    try:
        options = _parser().parse_args(arguments)
        layer = check_layer(options.errors) if options.errors is not None else None
        scores = score(options.gold, options.output)
        if not scores.pages or len(scores.missing) == len(scores.pages):
            raise ScoringError(
                f"{options.output}: it has none of the pages of {options.gold}; score a run over those pages."
            )
        if options.json:
            write_json(scores, options.json)
    except ScoringError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for name in scores.missing:
        console.print(f"missing from the output, all of it counts as missed: {name}", style="red", soft_wrap=True)
    console.print(scores.table())
    if layer:
        console.print()
        for name, figures in scores.layers[layer].groups().items():
            shown = " ".join(f"{v:.3f}" for v in (figures.precision, figures.recall, figures.f1) if v is not None)
            console.print(f"{layer} {name}: {shown}")
        for line in scores.errors(layer):
            console.print(line, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
