"""Names that the gazetteer has right behind what holds them, whatever words and digits they are made of: 某镇|平等村,
某街道|28号社区, 某县|后村镇, 某区|石桥街."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.lexicon.divisions import Division, Divisions
from pipeline.lexicon.place_names import UpperNames
from pipeline.stages.place_bounds import Bounds
from pipeline.stages.place_matching import LOWEST
from pipeline.stages.place_region import Found, Region

_LONGEST = 12  # characters of a name that is looked for
_SCORE = 10.0
_NUMBERED = re.compile(r"[0-9]{1,4}号?院?社区")  # behind its town; elsewhere communities are counted
_CLIPPED = re.compile(r"街(?!道)")  # print clips 街道
_STREET = 5  # characters of a street at most
_TOWN = frozenset(("town",))


class Chains:
    def __init__(self, gazetteer: Divisions, names: UpperNames, bounds: Bounds):
        self._gazetteer, self._names, self._bounds = gazetteer, names, bounds

    def find(self, text: str, upper: Iterable[Found], lower: Iterable[Found], region: Region) -> list[Found]:
        """Towns behind their counties, villages and communities behind their towns or behind the county in full.

        `text`: folded; `upper`, `lower`: what was found in it down to the county and below, words for towns (该镇) too.
        """
        found = list(self._of_counties(text, upper, region))
        behind = {f.start: f for f in found}
        towns = [
            *(f for f in found if f.level == "town"),
            *(f for f in lower if f.level == "town" and f.start not in behind),
        ]
        named = {text[f.start : f.end] for f in towns if f.source != "deictic"}
        for town in towns:
            names = named if town.source == "deictic" else (text[town.start : town.end],)
            found += self._below(text, town.end, names)
        return found

    def _of_counties(self, text: str, upper: Iterable[Found], region: Region) -> Iterator[Found]:
        for county in upper:
            known = self._names.get(text[county.start : county.end]) if county.level == "county" else None
            codes = [d.code for d in known.divisions if d.level == "county"] if known is not None else []
            if codes and (town := self._longest(text, county.end, codes, _TOWN)) is not None:
                yield town
                continue
            street = _CLIPPED.search(text, county.end, county.end + _LONGEST)
            if street is not None and self._streets(codes, text[county.end : street.end()]):
                yield Found(county.end, street.end(), "town", "gazetteer", _SCORE)
                continue
            lowest = self._longest(text, county.end, codes, LOWEST) if county.source == "gazetteer" else None
            if lowest is not None and not self._bounds.is_common(text[lowest.start : lowest.end]):
                yield lowest
        home = [code for code in (region.county or region.city,) if code]
        for street in _CLIPPED.finditer(text) if home else ():
            for start in range(max(street.end() - _STREET, 0), street.start() - 1):
                name = text[start : street.end()]
                if self._streets(home, name) and next(self._below(text, street.end(), (name,)), None) is not None:
                    yield Found(start, street.end(), "town", "gazetteer", _SCORE)
                    break

    def _streets(self, codes: Iterable[str], name: str) -> list[Division]:
        """The streets of these areas that print may call 某街."""
        full = name + "道"
        if full not in self._gazetteer:
            return []
        return [d for code in codes for d in self._gazetteer.under(code, full, "town")]

    def _below(self, text: str, at: int, towns: Iterable[str]) -> Iterator[Found]:
        """The village or community that begins at a place of the text, of towns with these names."""
        if numbered := _NUMBERED.match(text, at):
            yield Found(*numbered.span(), "community", "gazetteer", _SCORE)
            return
        forms = (form for name in towns for form in ((name, name + "道") if name.endswith("街") else (name,)))
        codes = [town.code for form in forms for town in self._gazetteer.lookup(form, "town")]
        if codes and (found := self._longest(text, at, codes, LOWEST)) is not None:
            yield found

    def _longest(self, text: str, at: int, codes: list[str], levels: frozenset[str]) -> Found | None:
        """The longest name at a place of the text that one of these divisions has."""
        for length in range(min(_LONGEST, len(text) - at), 1, -1):
            name = text[at : at + length]
            if name not in self._gazetteer or self._bounds.is_class(name):
                continue
            level = next(
                (d.level for code in codes for d in self._gazetteer.under(code, name) if d.level in levels), None
            )
            if level is not None:
                return Found(at, at + length, level, "gazetteer", _SCORE)
        return None
