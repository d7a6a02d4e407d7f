"""Kinds of organisations by the end of their names, from organisations.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.lexicon import load_yaml
from pipeline.lexicon.trie import alternation


@dataclass(frozen=True, slots=True)
class Kind:
    """`kinds` are the words by which posts.yaml asks for a unit; `category` is that of a post held in it."""

    kinds: tuple[str, ...]
    category: str | None


@cache
def organisation_words() -> dict[str, Any]:
    """The content of organisations.yaml."""
    return load_yaml(
        "organisations.yaml",
        keys=("kinds", "rooms", "inside", "stops", "joined", "generic", "whole", "strong", "bare"),
    )


_STREET = re.compile(r"(?:大学|学院|小学|中学|医院|师大)(?:[东西南北中]?[路街巷里])")
_BANK = re.compile(r"[总省市县区分支本该各]+行")


@cache
def _lexicon() -> tuple[dict[str, Kind], tuple[str, ...], dict[str, str]]:
    data = organisation_words()
    ends = {end: Kind(tuple(e["kinds"]), e["category"]) for e in data["kinds"] for end in e["ends"]}
    return ends, tuple(data["rooms"]), data["inside"]


def kind_of(name: str) -> Kind:
    """What kind of organisation a name tells, by its longest known end; empty if none is known."""
    ends, rooms, inside = _lexicon()
    kind = _by_end(name, ends)
    if kind is None and name.endswith(rooms):
        # a room of something named before it: 某中心某科
        kind = next((k for stop in range(len(name) - 2, 1, -1) if (k := _by_end(name[:stop], ends))), None)
    kind = kind or Kind((), None)
    for word, category in inside.items():
        if (
            kind.kinds
            and word in _without_streets(name)
            and kind.category not in (category, "mass_org", "association", "enterprise")
        ):
            kind = Kind(kind.kinds, category)
    return kind


def _without_streets(name: str) -> str:
    """A name without the roads and streets in it that are called after a school: 学院路街道办事处."""
    return _STREET.sub("", name)


def _by_end(name: str, ends: dict[str, Kind]) -> Kind | None:
    for start in range(max(0, len(name) - 10), len(name)):
        if name[start:] in ends:
            return ends[name[start:]]
    return None


def generic_organisation(name: str) -> bool:
    """Whether a name is made of words for classes of organisations alone: 社区党群服务中心, 家政服务公司, 省行."""
    if _BANK.fullmatch(name):
        return True
    ends, _, _ = _lexicon()
    generic = _generic()
    for start in range(max(0, len(name) - 10), len(name)):
        if name[start:] in ends and generic.fullmatch(name, 0, start):
            return True
    return False


@cache
def _generic() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation(organisation_words()['generic'])}){{0,5}}")
