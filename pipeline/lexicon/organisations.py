"""Kinds of organisations by the end of their names, from organisations.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.lexicon import load_yaml


@dataclass(frozen=True, slots=True)
class Kind:
    """`kinds` are the words by which posts.yaml asks for a unit; `category` is that of a post held in it."""

    kinds: tuple[str, ...]
    category: str | None


@cache
def _ends() -> dict[str, Kind]:
    entries = load_yaml("organisations.yaml")["kinds"]
    return {end: Kind(tuple(e["kinds"]), e["category"]) for e in entries for end in e["ends"]}


def kind_of(name: str) -> Kind:
    """What kind of organisation a name tells, by its longest known end; empty if none is known."""
    ends = _ends()
    for start in range(max(0, len(name) - 8), len(name)):
        if name[start:] in ends:
            return ends[name[start:]]
    return Kind((), None)
