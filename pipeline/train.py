"""Make the shipped models again: `python -m pipeline.train segmenter|splits|headings|openings|cuts|names|sources|objects|events|years|year-phrases|year-kinds configs/train.yaml`.

The models of `objects` and `events` read the vectors of the name model, so they come after `names`, as `sources` does, which
weighs the other sources of names against that model, and `years`, which counts the words that tell a page's year;
`year-kinds`, which weighs the kinds of its signs, comes after `years` and `year-phrases`, which counts phrases with a told year.

`python -m pipeline.train quantise configs/train.yaml` makes the quantised copy of the name model that runs again, as
`names` does at its end. More commands use the finished name model: `python -m pipeline.train score configs/train.yaml` prints its figures,
`python -m pipeline.train score-sentences configs/train.yaml` those of the encoder on held-out sentences with events, and
`python -m pipeline.train predict-msra IN OUT` reads lines of `{"text": …}` and writes `{"text", "spans"}` with
spans `[start, end, label]` by the convention of the MSRA corpus (PER, LOC, ORG).
Training needs PyTorch and SciPy (`pip install '.[train]'`) and the corpora that configs/train.yaml names.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

# the part of the configuration, and the module and function of `pipeline.training`, by command
COMMANDS = {
    "segmenter": ("segmenter", "segmenter", "train"),
    "splits": ("splits", "splits", "train"),
    "headings": ("headings", "headings", "train"),
    "openings": ("openings", "openings", "train"),
    "cuts": ("cuts", "cuts", "train"),
    "names": ("names", "names", "train"),
    "sources": ("sources", "name_sources", "train"),
    "quantise": ("names", "names_quantise", "quantise_trained"),
    "score": ("names", "names_score", "report"),
    "score-sentences": ("names", "tellings_score", "score_sentences"),
    "objects": ("objects", "objects", "train"),
    "events": ("events", "events", "train_events"),
    "years": ("years", "year_words", "train"),
    "year-phrases": ("year-phrases", "year_phrases", "train"),
    "year-kinds": ("year-kinds", "year_kinds", "train"),
}


def missing(settings: Any) -> list[str]:
    """Every path in the settings, but those under `output`, that is not there."""
    found: list[str] = []
    if isinstance(settings, dict):
        for key, value in settings.items():
            if key not in ("output", "work"):
                found += missing(value)
    elif isinstance(settings, list):
        for value in settings:
            found += missing(value)
    elif isinstance(settings, str) and "/" in settings and settings != "word/pos" and not Path(settings).exists():
        found.append(settings)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it worked, 2 if something it needs is not there."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        commands.add_parser(name).add_argument("config", type=Path)
    predict = commands.add_parser("predict-msra")
    predict.add_argument("input", type=Path)
    predict.add_argument("output", type=Path)
    predict.add_argument("--model", default="builtin", help="folder of the name model")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "predict-msra":
            from pipeline.language.names import predict_msra

            predict_msra(chosen.input, chosen.output, chosen.model)
            return 0
        everything = yaml.safe_load(chosen.config.read_text(encoding="utf-8"))
        part, module, function = COMMANDS[chosen.command]
        settings = everything[part]
        if absent := missing(settings):
            raise FileNotFoundError("not found: " + ", ".join(absent))
        figures = getattr(import_module(f"pipeline.training.{module}"), function)(settings)
        if figures is not None:
            print(json.dumps(figures))
    except (OSError, ValueError, KeyError, ImportError) as error:
        print(f"pipeline.train: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
