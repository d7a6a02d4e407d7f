"""Many words found in one pass over a text: as one regular expression, or, where building that takes too long, by lookup."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Any


class Finder:
    """Finds any of `words`, each of two characters or more; thousands of them are ready at once."""

    def __init__(self, words: Collection[str]):
        self.words = words
        lengths: dict[str, set[int]] = {}
        for word in words:
            if len(word) < 2:
                raise ValueError(f"{word!r} is too short to be found")
            lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {start: sorted(some, reverse=True) for start, some in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every word in `text`, leftmost and longest, none inside another."""
        words, known = self.words, self._lengths
        end = 0
        for at, pair in enumerate(map("".join, pairwise(text))):
            if pair in known and at >= end:
                for length in known[pair]:
                    word = text[at : at + length]  # shorter at the end of the text
                    if word in words:
                        end = at + len(word)
                        yield at, end
                        break


def alternation(words: Iterable[str]) -> str:
    """A pattern for any of `words`, the longest where one begins another; as a tree, so that it does not backtrack."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _pattern(root)


def _pattern(node: dict[str, Any]) -> str:
    ends = "" in node
    branches = [re.escape(character) + _pattern(below) for character, below in sorted(node.items()) if character]
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"
