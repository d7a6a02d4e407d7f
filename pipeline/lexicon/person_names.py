"""How much a stretch of text looks like a Chinese name: surname, given name, and what follows it."""

from __future__ import annotations

import re
from functools import cache
from math import log

from pipeline.lexicon import load_tsv

_HAN = re.compile(r"[一-鿿㐀-䶿]")
_ALL_HAN = re.compile(r"[一-鿿㐀-䶿]+")
_UNSEEN = 0.3  # added to every count
_LEAST = -2.0  # no single character speaks louder against a name
_UNKNOWN = -9.0  # log share of a character that was not counted
_TWO_GIVEN = 1.0  # log odds of a given name of two characters against one


class PersonNames:
    """Log likelihood ratios of characters inside names, against the rest of the news, from counts."""

    def __init__(self) -> None:
        rows = load_tsv("name_characters.tsv", ("character", "given", "after", "elsewhere"), key=("character",))
        counts = {r["character"]: (r.number("given"), r.number("after"), r.number("elsewhere")) for r in rows}
        given, after, elsewhere = (sum(c[i] for c in counts.values()) for i in range(3))
        self._elsewhere = {c: log((e + 1) / elsewhere) for c, (_, _, e) in counts.items()}
        self._given = {c: max(_LEAST, _ratio(g, given, e, elsewhere)) for c, (g, _, e) in counts.items()}
        self._after = {c: _ratio(a, after, e, elsewhere) for c, (_, a, e) in counts.items() if a or e > 200}
        surnames = load_tsv("surnames.tsv", ("surname", "count", "elsewhere"), key=("surname",))
        total = sum(r.number("count") for r in surnames)
        self._surname = {
            r["surname"]: _ratio(r.number("count"), total, r.number("elsewhere"), elsewhere) for r in surnames
        }
        self.single = frozenset(s for s in self._surname if len(s) == 1)
        self.compound = frozenset(s for s in self._surname if len(s) == 2)

    def surname(self, text: str) -> str | None:
        """The surname that `text` begins with, the compound one first."""
        if text[:2] in self.compound:
            return text[:2]
        return text[0] if text[:1] in self.single else None

    def score(self, name: str, following: str = "") -> float:
        """How much better `name`, without spaces, is read as a name before the character `following`; -inf if it has no form of one."""
        best = float("-inf")
        for size in (2, 1):
            surname, given = name[:size], name[size:]
            if surname in self._surname and 1 <= len(given) <= 2 and given[0] != surname and _ALL_HAN.fullmatch(given):
                prior = _TWO_GIVEN if len(given) == 2 else 0.0
                best = max(best, prior + self._surname[surname] + sum(self._given.get(c, -1.0) for c in given))
        return best + (self.after(following) if following else 0.0)

    def given(self, character: str) -> float:
        """How much better the character is read as one of a given name than elsewhere."""
        return self._given.get(character, -1.0)

    def elsewhere(self, character: str) -> float:
        """Log of the character's share of the text outside names."""
        return self._elsewhere.get(character, _UNKNOWN)

    def after(self, character: str) -> float:
        """How much better the character is read as standing behind a name than elsewhere."""
        if not character or not _HAN.match(character):
            return 0.7
        return self._after.get(character, _LEAST)


def _ratio(inside: float, all_inside: float, outside: float, all_outside: float) -> float:
    return log((inside + _UNSEEN) / all_inside) - log((outside + _UNSEEN) / all_outside)


@cache
def person_names() -> PersonNames:
    """The shipped counts, read once."""
    return PersonNames()
