"""How far the years told in set phrases are from that of the news: writes the counts of `lexicon/year_phrases.tsv`."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.folding import fold
from pipeline.lexicon import FOLDER, load_tsv
from pipeline.page.year_phrases import ANY, GAPS, SEASONS, compiled, season_of, tellings
from pipeline.training.corpora import open_packed

_HEAD = """\
# What phrases with a told year say of the year of a page: log odds of how many years that is after the told one.
# source: patterns compiled for this project; counted by `python -m pipeline.train year-phrases configs/train.yaml` over dated
# national news of 2012 to 2026; counts only
# licence: Apache-2.0
# pattern: a regular expression, Y is the year, * up to 25 characters of its clause; season: of the page; -3 and 5: and more
"""


def count(patterns: Iterable[str], news: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Counter[int]]:
    """By pattern and season how often the news (day, folded text) is how many years after the told one."""
    finders = [(pattern, compiled(pattern)) for pattern in patterns]
    found: dict[tuple[str, str], Counter[int]] = {(p, s): Counter() for p, _ in finders for s in SEASONS}
    for day, text in news:
        for pattern, match in tellings(finders, text):
            gap = int(day[:4]) - int(match[1])
            found[pattern, season_of(int(day[4:6]))][min(max(gap, GAPS[0]), GAPS[-1])] += 1
    return found


def log_odds(counts: Counter[int], all_: Counter[int], settings: Mapping[str, Any]) -> list[float]:
    """By gap, the likeliest 0; counts of a season lean on those of all, what stands for several years is shared out."""
    total = all_.total() + settings["smoothing"]
    lean = {gap: (all_[gap] + settings["smoothing"] / len(GAPS)) / total for gap in GAPS}
    shares = [counts[gap] + settings["lean"] * lean[gap] for gap in GAPS]
    shares[0], shares[-1] = shares[0] / settings["several"], shares[-1] / settings["several"]
    most = max(shares)
    return [max(math.log(share / most), settings["lowest"]) for share in shares]


def train(settings: Mapping[str, Any]) -> None:
    """Count the patterns of the table and write it again."""
    columns = ("pattern", "season", *map(str, GAPS))
    patterns = list(
        dict.fromkeys(row["pattern"] for row in load_tsv("year_phrases.tsv", columns, optional=columns[2:]))
    )
    with open_packed(Path(settings["corpus"])) as lines:
        items = (json.loads(line) for line in lines)
        found = count(patterns, ((i["d"], "".join(fold(i["t"] + "\n" + i["x"]).split())) for i in items))
    with open(FOLDER / "year_phrases.tsv", "w", encoding="utf-8") as file:
        file.write(_HEAD + "\t".join(columns) + "\n")
        for pattern in patterns:
            all_ = sum((found[pattern, season] for season in SEASONS), Counter[int]())
            for season in (*SEASONS, ANY):
                odds = log_odds(all_ if season == ANY else found[pattern, season], all_, settings)
                file.write("\t".join([pattern, season, *(f"{o:.1f}".replace("-0.0", "0.0") for o in odds)]) + "\n")
