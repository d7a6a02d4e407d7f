"""Kinds of organisations by the end of their names, from organisations.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.lexicon import load_yaml
from pipeline.lexicon.trie import alternation

LEVELS = frozenset("省市县区镇乡州旗盟")  # 县政协, 镇党委 are names


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


# 学院路街道办事处 and 农业科学院 hold the word for a school and are of none
_NO_SCHOOL = re.compile(r"(?:大学|学院|小学|中学|医院|师大)(?:[东西南北中]?[路街巷里])|科学院")
_NO_ROOMS = ("干部", "总部", "内部", "全部", "俱乐部")
# of the youth league; not of a party or village committee of a place called so: 团风县, 团结镇
_LEAGUE = re.compile(r"(?:共青)?团(?!风县|[结山圆])[一-鿿]{0,11}[^党纪监政村居]委(?:员会)?")
_OF_BUREAU = re.compile(r"(?<![电政铁质象震])局[一-鿿]{2,12}[站所]$")  # a station of a bureau: 某县农业局兽医站
_GIVE_WAY = (None, "party_government", "public_institution", "grassroots", "school", "hospital", "military", "role")
BANK = re.compile(r"[总省市县区分支本该各]+行")  # of a bank that an article names


@cache
def _lexicon() -> tuple[dict[str, Kind], tuple[str, ...], dict[str, str]]:
    data = organisation_words()
    ends = {end: Kind(tuple(e["kinds"]), e["category"]) for e in data["kinds"] for end in e["ends"]}
    return ends, tuple(data["rooms"]), data["inside"]


def kind_of(name: str) -> Kind:
    """What kind of organisation a name tells, by its longest known end; empty if none is known."""
    ends, rooms, inside = _lexicon()
    kind = _by_end(name, ends) or Kind((), None)
    if name.endswith(rooms) and not name.endswith(
        _NO_ROOMS
    ):  # a department is of what is named before it: 某中心某科, 某市科协某部
        owner = next((k for stop in range(len(name) - 2, 2, -1) if (k := _by_end(name[:stop], ends))), None)
        if owner is not None:
            kind = Kind(kind.kinds or owner.kinds, owner.category)
    if _LEAGUE.fullmatch(name):
        return Kind(kind.kinds or ("委",), "mass_org")
    if kind.category == "public_institution" and _OF_BUREAU.search(name):
        return Kind(kind.kinds, "party_government")
    words = _NO_SCHOOL.sub("", name)
    for word, category in inside.items():
        above = ("public_institution", "party_government") if category == "enterprise" else _GIVE_WAY
        if kind.kinds and kind.category in above and word in words:
            kind = Kind(kind.kinds, category)
    return kind


def _by_end(name: str, ends: dict[str, Kind]) -> Kind | None:
    for start in range(max(0, len(name) - 10), len(name)):
        if name[start:] in ends:
            return ends[name[start:]]
    return None


def generic_organisation(name: str) -> bool:
    """Whether a name is made of words for classes of organisations alone: 社区党群服务中心, 家政服务公司, 省行."""
    if BANK.fullmatch(name):
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
