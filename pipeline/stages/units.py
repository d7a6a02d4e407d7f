"""The units and classifiers of the lexicon, and the pattern that finds one in the folded view of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.records import QUANTITY_KINDS

# What a unit of the lexicons may measure. `other`: anything else that a user's own units do
DIMENSIONS = (
    "count", "length", "area", "volume", "mass", "duration", "age", "money", "ratio", "temperature", "angle or temperature",
    "speed", "energy", "power", "apparent power", "pressure", "voltage", "current", "resistance", "frequency", "force",
    "light", "sound level", "data", "data rate", "score", "grade", "dimension", "other",
)  # fmt: skip


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
    not_before: str = ""  # characters that make another word of it
    only_before: str = ""  # words of which one must follow, joined by |


@cache
def units() -> dict[str, Unit]:
    """All units of the lexicon by printed form."""
    table: dict[str, Unit] = {}
    columns = ("unit", "name", "dimension", "kind", "si_unit", "factor", "not_before")
    for row in load_tsv("units.tsv", columns, optional=("si_unit", "factor", "not_before"), key=("unit",)):
        factor = row.number("factor") if row["factor"] else None
        kind = row.choice("kind", QUANTITY_KINDS)
        si_unit = row["si_unit"] or None
        dimension = row.choice("dimension", DIMENSIONS)
        table[row["unit"]] = Unit(row["name"], dimension, kind, si_unit, factor, not_before=row["not_before"])
    types = ("classifier", "container", "verbal", "noun")
    of_classifiers = ("classifier", "type", "numerals", "not_before", "only_before")
    optional = ("not_before", "only_before")
    for row in load_tsv("classifiers.tsv", of_classifiers, optional=optional, key=("classifier",)):
        digits = row.choice("numerals", ("any", "digits")) == "digits"
        word, use = row["classifier"], row.choice("type", types)
        beside = row["not_before"], row["only_before"]
        table.setdefault(word, Unit(word, "count", "count", "1", 1.0, use, digits, *beside))
    return table


def alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _followed(unit: Unit) -> str:
    """The pattern of what may stand behind a unit."""
    only = f"(?={alternatives(unit.only_before.split('|'))})" if unit.only_before else ""
    return only + (f"(?![{unit.not_before}])" if unit.not_before else "")


@cache
def unit_pattern() -> re.Pattern[str]:
    """Matches a printed unit, also a rate (元/斤) and one with another in brackets (台(套)), as group `unit`."""
    table = units()
    ordered = sorted(table, key=lambda w: (-len(w), w))
    words = "|".join(re.escape(w) + _followed(table[w]) for w in ordered)
    return re.compile(
        rf" ?(?:个(?P<inside>[半多来])(?P<long>小时|月|钟头|星期)|分(?P<part>[半多来])钟"
        rf"|(?P<unit>(?:{words})(?:\([套件台个组支辆]\)|[/每](?:{words}))?))"
    )
