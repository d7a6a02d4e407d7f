"""Words that tell the year of a page, counted over dated news (`year_words.tsv`)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.trie import Finder
from pipeline.page.year_sign import Points

WORD_YEARS = range(2012, 2027)  # that the words were counted over
TENTHS = 10
# What a page's words say is said several times over: 疫情防控 and 复工复产 are one sign. Chosen on the labelled pages.
_WEIGHT = 0.2


@cache
def _words() -> tuple[dict[str, tuple[float, ...]], Finder]:
    columns = ("word", *map(str, WORD_YEARS))
    rows = {
        row["word"]: tuple(row.number(column) * _WEIGHT / TENTHS for column in columns[1:])
        for row in load_tsv("year_words.tsv", columns, key=("word",))
    }
    return rows, Finder(rows)


def word_points(flat: str, years: Iterable[int]) -> Points:
    """What the words of a folded text add to each year's log probability; years before the counts take their first.

    Years after them take no more than nothing: what they say is not known.
    """
    rows, finder = _words()
    said = sorted({flat[start:end] for start, end in finder.find(flat)})
    for year in years:
        column = min(max(year, WORD_YEARS[0]), WORD_YEARS[-1]) - WORD_YEARS[0]
        most = math.inf if year in WORD_YEARS or year < WORD_YEARS[0] else 0.0
        yield year, sum(min(rows[word][column], most) for word in said)
