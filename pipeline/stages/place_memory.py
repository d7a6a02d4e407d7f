"""What the articles of one page have said of places, for an article beside them that names a village and no more."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.lexicon.divisions import Divisions
from pipeline.stages.place_matching import RARE, fits
from pipeline.stages.place_trail import Place

_NEAR = 3  # articles; what belongs to one may be printed apart from it


class PageMemory:
    """Places with a county that articles of a page print under their parents, by the number of the article."""

    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._told: list[tuple[int, str, Place]] = []

    def add(self, article: int, name: str, place: Place) -> None:
        self._told.append((article, name, place))

    def recall(self, article: int, forms: list[str], level: str) -> Place | None:
        """What a name without a parent is in the nearest other article that tells; else the village of that name in the
        town or, if few places bear the name, the county that an article beside this one speaks of."""
        others = sorted((t for t in self._told if t[0] != article), key=lambda t: (abs(t[0] - article), t[0] > article))
        for _, name, place in others:
            if name in forms and fits(place.level, level):
                return place
        for area in _areas(others, article):
            for form in forms if area.level == "town" or self._gazetteer.count(forms[0]) <= RARE else ():
                found = [d for d in self._gazetteer.under(area.code or "", form) if fits(d.level, level)]
                if len({d.path for d in found}) == 1:
                    return Place.of(found[0])
        return None


def _areas(told: list[tuple[int, str, Place]], article: int) -> Iterator[Place]:
    """Towns of the articles around one, the nearest first, then counties of those beside it."""
    for level, distance in (("town", _NEAR), ("county", 1)):
        for number, _, place in told:
            if place.level == level and place.code is not None and abs(number - article) <= distance:
                yield place
