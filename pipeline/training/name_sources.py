"""Counts how far each source of names is to be believed: `python -m pipeline.training.name_sources TRAIN… --held-out DEV…`.

Each folder holds `pages/` and `gold/` of labelled pages. Prints the rows of `pipeline/lexicon/name_sources.tsv`: `without` from
all the pages, `silent` from the held-out ones alone, for on pages that it was trained on the name model misses next to
nothing. What stands inside an organisation is not counted: that swallows it in any case. A rare source is drawn to the value that stands in the file now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.language.build import build_language
from pipeline.language.document import make_doc
from pipeline.lexicon import load_tsv
from pipeline.page.articles import split_page
from pipeline.records import InputRecord
from pipeline.shard import make_page
from pipeline.stages.candidates import MODEL, gather, merge
from pipeline.training.default import config_with

_STAGES = ("news_sentences", "news_names", "news_people", "news_places", "news_organisations")
_PRIOR = 20  # candidates that the value in the file counts for
Counts = Counter[tuple[str, str, str, bool]]  # type, source, "without" or "silent", whether it is a name


def count(folder: Path, silent: bool) -> Counts:
    """Candidates of the pages of a folder by source and whether the gold has them; `silent`: the name model runs too."""
    stages = [stage for stage in _STAGES if silent or stage != "news_names"]
    config = config_with(stages)
    nlp = build_language(config)
    counts: Counts = Counter()
    for file in sorted((folder / "gold").glob("*.json")):
        text = (folder / "pages" / f"{file.stem}.txt").read_bytes().decode("utf-8")
        gold = {
            (m["start"], m["end"], m["type"])
            for article in json.loads(file.read_text(encoding="utf-8"))["articles"]
            for m in article["mentions"]
        }
        organisations = [(start, end) for start, end, kind in gold if kind == "ORG"]
        page = make_page(InputRecord(str(file), text, "utf-8", hashlib.sha256(text.encode()).hexdigest()), config)
        for article in split_page(page):
            doc = make_doc(nlp, page, article)
            for _, stage in nlp.pipeline:
                doc = stage(doc)
            for found in merge(gather(doc)):
                low, high = doc._.offsets.to_raw(found.start, found.end)
                right = (low, high, found.type) in gold
                swallowed = any(a <= low and high <= b for a, b in organisations) and found.type != "ORG"
                if (swallowed and not right) or (silent and MODEL in found.sources):
                    continue
                for source in found.sources:
                    counts[found.type, source, "silent" if silent else "without", right] += 1
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training.name_sources", description=__doc__)
    parser.add_argument("train", nargs="+", type=Path, metavar="TRAIN")
    parser.add_argument("--held-out", nargs="+", type=Path, metavar="DEV", required=True)
    options = parser.parse_args(arguments)
    counts: Counts = Counter()
    for folder in (*options.train, *options.held_out):
        counts += count(folder, silent=False)
    for folder in options.held_out:
        counts += count(folder, silent=True)
    for row in load_tsv("name_sources.tsv", ("type", "source", "without", "silent"), key=("type", "source")):
        values, seen = [], []
        for column in ("without", "silent"):
            right, wrong = (counts[row["type"], row["source"], column, flag] for flag in (True, False))
            share = (right + _PRIOR * row.number(column)) / (right + wrong + _PRIOR)
            values.append(f"{min(share, 0.99):.2f}")
            seen.append(f"{right}/{right + wrong}")
        print(row["type"], row["source"], *values, *seen, sep="\t")


if __name__ == "__main__":
    main()
