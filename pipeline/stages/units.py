"""The units and classifiers of the lexicon, and the pattern that finds one in the folded view of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.records import QUANTITY_KINDS


@dataclass(frozen=True, slots=True)
class Unit:
    """A printed unit: canonical name, dimension, kind, factor to `si_unit` if there is one, and how it is used."""

    name: str
    dimension: str
    kind: str
    si_unit: str | None = None
    factor: float | None = None
    use: str = "measure"  # measure, or the type of a classifier
    digits_only: bool = False


@cache
def units() -> dict[str, Unit]:
    """All units of the lexicon by printed form."""
    table: dict[str, Unit] = {}
    columns = ("unit", "name", "dimension", "kind", "si_unit", "factor")
    for row in load_tsv("units.tsv", columns, optional=("si_unit", "factor"), key=("unit",)):
        factor = row.number("factor") if row["factor"] else None
        kind = row.choice("kind", QUANTITY_KINDS)
        table[row["unit"]] = Unit(row["name"], row["dimension"], kind, row["si_unit"] or None, factor)
    types = ("classifier", "container", "verbal", "noun")
    for row in load_tsv("classifiers.tsv", ("classifier", "type", "numerals"), key=("classifier",)):
        digits = row.choice("numerals", ("any", "digits")) == "digits"
        word = row["classifier"]
        table.setdefault(word, Unit(word, "count", "count", "1", 1.0, row.choice("type", types), digits))
    return table


def alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@cache
def unit_pattern() -> re.Pattern[str]:
    """Matches a printed unit, also a rate (元/斤) and one with another in brackets (台(套)), as group `unit`."""
    words = alternatives(units())
    return re.compile(rf" ?(?P<unit>(?:{words})(?:\([套件台个组支辆]\)|[/每](?:{words}))?)")
