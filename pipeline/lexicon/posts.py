"""The titles of posts, composed from posts.yaml: ranks, bodies, heads and roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline.lexicon import FOLDER, LexiconError, load_yaml
from pipeline.lexicon.trie import Finder
from pipeline.records import CATEGORIES, PLACE_LEVELS

FILE = "posts.yaml"


@dataclass(frozen=True, slots=True)
class Title:
    """What the lexicon knows of a title; see the comments at the head of posts.yaml."""

    text: str
    category: str | None = None
    official: bool = False
    level: str | None = None
    units: tuple[str, ...] = ()
    alone: bool = False
    role: bool = False
    rank: str = ""
    compound: bool = False


_FIELDS = {"words", "heads", "category", "official", "level", "unit", "alone"}


_SPOKESMAN = "代表"  # of people of one trade: 环卫工人代表
_ASSISTANT, _ASSISTED = "助理", ("书记", "主任", "长", "支书", "经理")  # of whoever has such a post
# The members of a body in its name: 常委会, 主席团, 代表大会
_BODY = re.compile(r"(?:(?:常委|委员|理事|监事|学生|业主|家长)会|(?:主席|代表)团|代表(?:队|大会|处))")
# The committee of a region; behind 团 or the name of a party it is that one's own: 团省委, 民盟市委
_LEAGUE = re.compile(r"[省市州盟县区旗]委")


class Posts:
    """All titles of a lexicon; `find` reads a folded text."""

    def __init__(self, name: str = FILE):
        data = load_yaml(name, keys=("ranks", "bodies", "heads", "roles", "compound", "not_titles"))
        self.titles: dict[str, Title] = {}
        ranks: list[str] = data["ranks"]
        for entry in data["roles"]:
            for word in entry["words"]:
                self._add(word, _title(word, entry, name, role=True))
                self._add(word + _SPOKESMAN, Title(word + _SPOKESMAN, category="role", role=True))
        for entry in data["heads"]:
            for word in entry["words"]:
                title = _title(word, entry, name)
                self._add(word, title)
                for rank in ranks:
                    self._add(rank + word, replace(title, text=rank + word, rank=rank))
        for entry in data["bodies"]:
            kind = _title("", entry, name)
            known = (kind.category, kind.official, kind.level, kind.units, kind.alone, kind.role)
            tails = [(rank, _ranked(head, rank)) for head in entry["heads"] for rank in ["", *ranks]]
            for body in entry["words"]:
                for rank, tail in tails:
                    if body + tail not in self.titles:
                        self.titles[body + tail] = Title(body + tail, *known, rank=rank)
        for word, title in [*self.titles.items()]:  # 党支部书记助理
            if not (title.role or title.alone or title.rank) and word.endswith(_ASSISTED):
                self._add(word + _ASSISTANT, replace(title, text=word + _ASSISTANT, official=False))
        for word in data["compound"]:
            if word not in self.titles:
                self.titles[word] = Title(word, category="role", role=True)
            self.titles[word] = replace(self.titles[word], compound=True)
        for word in data["not_titles"]:
            self.titles.pop(word, None)
        self._none = frozenset(data["not_titles"])
        self._finder = Finder({*self.titles, *self._none})
        self._longest = max(map(len, self.titles))

    def _add(self, word: str, title: Title) -> None:
        self.titles.setdefault(word, title)

    def find(self, text: str) -> Iterator[tuple[int, int, Title]]:
        """Every title in `text` as (start, end, Title), leftmost and longest, none inside another."""
        for start, end in self._finder.find(text):
            if text[start:end] in self._none:
                continue
            league = _LEAGUE.match(text, start) if start and text[start - 1] in "团进盟革党" else None
            if league and text[league.end() : end] in self.titles:  # 团省委 and its 书记
                start = league.end()
            if not _BODY.match(text, end - 2):
                yield start, end, self.titles[text[start:end]]

    def known_end(self, text: str) -> str:
        """The longest title of the lexicon that `text` ends in, empty if it ends in none."""
        starts = range(max(0, len(text) - self._longest), len(text))
        return next((text[start:] for start in starts if text[start:] in self.titles), "")

    def describe(self, text: str) -> Title:
        """The features of any title: of itself, or of the longest known one that it ends in."""
        title = self.titles.get(self.known_end(text))
        return replace(title, text=text) if title else Title(text, category="role", role=True)


def _ranked(head: str, rank: str) -> str:
    """副书记; but 组织部副部长: the rank stands before the last word of the head."""
    last = next((word for word in ("部长", "书记", "主任") if head.endswith(word) and head != word), "")
    return head[: len(head) - len(last)] + rank + last if last else rank + head


def _title(text: str, entry: dict[str, Any], name: str, role: bool = False) -> Title:
    def refuse(message: str) -> LexiconError:
        return LexiconError(FOLDER / name, 1, None, f"{message} at {entry['words'][0]!r}")

    if set(entry) - _FIELDS:
        raise refuse(f"unknown keys {sorted(set(entry) - _FIELDS)}")
    category = entry.get("category", "role" if role else None)
    if category is not None and category not in CATEGORIES:
        raise refuse(f"{category!r} is no category")
    if entry.get("level") not in (None, *PLACE_LEVELS):
        raise refuse(f"{entry['level']!r} is no level of places")
    return Title(
        text,
        category,
        bool(entry.get("official", False)),
        entry.get("level"),
        tuple(entry.get("unit", ())),
        bool(entry.get("alone", False)),
        role,
    )


@cache
def posts() -> Posts:
    """The shipped lexicon, read once."""
    return Posts()
