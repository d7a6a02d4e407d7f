"""The places an article has spoken of, by level and in the order of the text: what 该镇 and a bare name fall back on."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.lexicon.divisions import Division, significant
from pipeline.stages.place_region import ORDER

_NEAR = 8  # distinct places of a level that are looked back and ahead to; a list of a thousand names tells no more


@dataclass(frozen=True, slots=True)
class Place:
    """What a mention was found to be. `code` is None for what the gazetteer does not hold."""

    level: str
    path: str
    code: str | None = None
    status: str | None = None

    @classmethod
    def of(cls, division: Division) -> Place:
        return cls(division.level, division.path, division.code, division.status)


class Trail:
    """Places by where they stand in the Doc; what is asked for is told by levels of `records.PLACE_LEVELS`."""

    def __init__(self) -> None:
        self._starts: dict[str, list[int]] = {level: [] for level in ORDER}
        self._places: dict[str, list[Place]] = {level: [] for level in ORDER}
        self.regions: Counter[str] = Counter()  # how often places of a province, city or county (code) are spoken of

    def add(self, start: int, place: Place) -> None:
        starts = self._starts[place.level]
        at = bisect_left(starts, start)
        starts.insert(at, start)
        self._places[place.level].insert(at, place)
        if place.code is not None:
            known = significant(place.code)[:6]
            self.regions.update({known[:digits] for digits in (2, 4, 6) if digits <= len(known)})

    def near(self, start: int, level: str) -> list[Place]:
        """Distinct places of a level, the last before `start` first, then those after it from there on."""
        starts, places = self._starts[level], self._places[level]
        at = bisect_left(starts, start)
        before = (places[i] for i in range(at - 1, -1, -1))
        behind = (places[i] for i in range(at, len(places)))
        return [*_distinct(before), *_distinct(behind)]

    def fitting(self, start: int, levels: Collection[str], ending: str) -> Place | None:
        """The last place before `start`, else the first after it, of one of `levels` with a name that ends in `ending`."""
        before: list[tuple[int, Place]] = []
        behind: list[tuple[int, Place]] = []
        for level in levels:
            starts, places = self._starts[level], self._places[level]
            at = bisect_left(starts, start)
            pairs = ((starts[i], places[i]) for i in range(at - 1, -1, -1))
            before += [next((p for p in pairs if p[1].path.endswith(ending)), (-1, _NONE))]
            pairs = ((starts[i], places[i]) for i in range(at, len(starts)))
            behind += [next((p for p in pairs if p[1].path.endswith(ending)), (1 << 60, _NONE))]
        last = max(before, key=lambda pair: pair[0])[1]
        first = min(behind, key=lambda pair: pair[0])[1]
        return next((place for place in (last, first) if place is not _NONE), None)

    def last(self, start: int, levels: Collection[str], low: int = 0) -> Place | None:
        """The last place in [low, start) of one of `levels`."""
        found = []
        for level in levels:
            at = bisect_left(self._starts[level], start) - 1
            if at >= 0 and self._starts[level][at] >= low:
                found.append((self._starts[level][at], self._places[level][at]))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def first(self, start: int, levels: Collection[str]) -> Place | None:
        """The first place from `start` on of one of `levels`."""
        found = []
        for level in levels:
            at = bisect_left(self._starts[level], start)
            if at < len(self._starts[level]):
                found.append((self._starts[level][at], self._places[level][at]))
        return min(found, key=lambda pair: pair[0])[1] if found else None


_NONE = Place("", "")


def _distinct(places: Iterator[Place]) -> Iterator[Place]:
    seen: set[str] = set()
    for place in places:
        if place.path not in seen:
            seen.add(place.path)
            yield place
            if len(seen) == _NEAR:
                return
