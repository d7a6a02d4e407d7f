"""`python -m pipeline.lexicon build SOURCE_DIR`: rebuild the lexicon files that are derived from public data.

SOURCE_DIR holds `gazetteer/` (lists of divisions, short names) and `segpos/` (the PFR corpus).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.lexicon import FOLDER
from pipeline.lexicon.place_build import (
    build_aliases,
    build_characters,
    build_divisions,
    build_lookalikes,
    build_words,
    build_world,
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.lexicon", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="rebuild the place_* files")
    build.add_argument("source", type=Path, metavar="SOURCE_DIR")
    options = parser.parse_args(arguments)
    gazetteer, corpora = options.source / "gazetteer", options.source / "segpos"
    try:
        for name, count in (
            ("place_divisions.arrow", build_divisions(gazetteer, FOLDER / "place_divisions.arrow")),
            ("place_aliases.tsv", build_aliases(gazetteer, corpora, FOLDER / "place_aliases.tsv")),
            ("place_world.tsv", build_world(gazetteer, FOLDER / "place_world.tsv")),
            ("place_words.tsv", build_words(corpora, FOLDER / "place_words.tsv")),
            ("place_characters.tsv", build_characters(gazetteer, corpora, FOLDER / "place_characters.tsv")),
        ):
            print(f"{name}: {count} rows")
        try:
            count = build_lookalikes(FOLDER / "place_characters.tsv", FOLDER / "place_lookalikes.tsv")
            print(f"place_lookalikes.tsv: {count} rows")
        except ImportError as error:
            print(f"place_lookalikes.tsv: kept as it is, {error.name} is not installed")
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
