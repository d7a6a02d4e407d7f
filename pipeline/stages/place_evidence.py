"""What an article says of where it is: the county it comes from, the regions its organisations bear, which of namesakes has
the towns and villages that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from pipeline.lexicon.divisions import OLDEST_EDITION, Division, Divisions, significant
from pipeline.lexicon.place_names import UpperNames, regions_in_name
from pipeline.stages.place_levels import SUFFIXES_OF, Printed
from pipeline.stages.place_matching import LOWEST
from pipeline.stages.place_region import ORDER
from pipeline.stages.place_trail import Place, Trail
from pipeline.stages.place_upper import MEDIA

_DATELINE = re.compile(r"(?:\d{1,2}月\d{1,2}日)?[ ]?(?:讯|消息[ :：])")
_PLACE_OF_BODY = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:街道|[镇乡])")  # 李镇 in 李镇党委
_LONG = 3  # characters of the name of a town, beyond which it hardly is that of another one, gone since
_SEVERAL = 2  # villages of one town that tell it from another town of its name
CITY, COUNTY = 4, 6  # digits of their codes


class ArticleEvidence:
    """The evidence of one article. `home`: canonical path; `year`: that of the page; None if they are unknown."""

    def __init__(self, gazetteer: Divisions, names: UpperNames, home: str | None, text: str, year: int | None):
        self._gazetteer, self._names = gazetteer, names
        self._text, self._year = text, year
        self._home = gazetteer.by_path(home) if home else None
        self.printed: list[Printed] = []  # what is to be resolved
        self.bodies: list[tuple[int, str]] = []  # start and text of the organisations named
        self._trail = Trail()  # the places found so far, and those in the names of organisations
        self._at: dict[int, Printed] = {}  # what is to be resolved, by its start

    def _own_home(self) -> Division | None:
        """The county or city far from home that a line by itself, a dateline or the newspaper in one says the article comes
        from: 某县⏎…, 某县讯, 某市晚报讯."""
        for start, end, name in self._heads():
            begins = start == 0 or self._text[start - 1] == "\n"
            upper = self._names.get(name) if begins else None
            if upper is None:
                continue
            paper = MEDIA.match(self._text, start + len(name))
            alone = self._text[end : end + 1] == "\n" and not paper
            town = upper.short and any(f"{name}{suffix}" in self._text for suffix in SUFFIXES_OF["town"])
            if not town and (alone or _DATELINE.match(self._text, end)):
                division = self._best(upper.divisions, "city" if paper else "county")
                near = self._home is not None and self._home.code[:4] == division.code[:4]
                return None if near or division.level == "province" else division
        return None

    def _heads(self) -> Iterator[tuple[int, int, str]]:
        """What may tell where the article comes from: start and end of a place or a newspaper, and the name of the place."""
        for mention in self.printed:
            if mention.level in ("city", "county"):
                yield mention.start, mention.end, mention.name
        for start, text in self.bodies:
            if (upper := self._names.starts(text, 0)) is not None and MEDIA.match(text, len(upper.name)):
                yield start, start + len(text), upper.name

    def _bodies(self) -> None:
        """Places at the head of the names of organisations: they are spoken of, though no mentions of their own."""
        for start, text in self.bodies:
            regions, end = regions_in_name(text, partial(self._best, level="county"))
            if len(regions) == 1 and text[:end] != regions[0].name and not MEDIA.match(text, end):
                regions, end = [], 0  # a short name by itself may be a word
            for region in regions:
                self._trail.add(start, Place.of(region))
            county = regions[-1] if regions else self._home
            match = _PLACE_OF_BODY.match(text, end)
            if match and county is not None:
                towns = self._gazetteer.under(county.code, match.group(), "town")
                if not towns and end == 0:  # of a town elsewhere that has the villages of the article
                    towns = [
                        t for t in self._gazetteer.lookup(match.group(), "town") if self._villages_in(t) >= _SEVERAL
                    ]
                if len({town.path for town in towns}) == 1:
                    self._trail.add(start + end, Place.of(towns[0]))

    def _best(self, choices: Sequence[Division], level: str) -> Division:
        """Of several divisions of one name: in the home region, else where the article is, else with the towns and villages that
        it names, else of the level found."""
        if len(choices) == 1:
            return choices[0]
        seen = self._trail.regions
        home = self._home.code if self._home else ""

        def rank(division: Division) -> tuple[float, ...]:
            code = significant(division.code).ljust(6, "0")
            near = max((n for n in (2, 4, 6) if home and home[:n] == code[:n]), default=0)
            mentioned = sum(seen[code[:n]] for n in (2, 4))
            today = division.status == "official"
            return (
                near,
                min(mentioned, 1),
                self._named_in(division),
                division.level == level,
                -ORDER[division.level],
                today,
            )

        return max(choices, key=rank)

    def _named_in(self, division: Division) -> int:
        """How many towns, communities and villages that the article names in full a division has."""
        names = {m.name for m in self.printed if m.level == "town" or m.level in LOWEST}
        return sum(bool(self._gazetteer.under(division.code, name)) for name in names)

    def _villages_in(self, town: Division) -> int:
        """How many villages and communities that the article names the gazetteer has in a town."""
        names = {m.name for m in self.printed if m.level in LOWEST}
        forms = {name: (name, *(name + suffix for suffix in SUFFIXES_OF["village"])) for name in names}
        return sum(any(self._gazetteer.under(town.code, form) for form in forms[name]) for name in names)

    def _with_child(self, found: list[Division], mention: Printed) -> list[Division]:
        """Of several divisions those that hold the place printed right behind, if any does: 沙河镇某某村."""
        child = self._at.get(mention.end) if len(found) > 1 else None
        return (child and [d for d in found if self._gazetteer.under(d.code, child.name)]) or found

    def _far_city(self, mention: Printed) -> Place | None:
        """The city away from home that the article has named last before a mention, if no county has followed it."""
        last = self._trail.last(mention.start, ("city", "county"))
        home = self._home.code[:CITY] if self._home is not None else ""
        return last if last is not None and last.level == "city" and last.code and last.code[:CITY] != home else None

    def _credible(self, town: Division) -> bool:
        """Whether the only place of a name in the country is meant, though home has none: it lies in the home province, or
        the article speaks of no place of home, and the name is rare or the article names a village of that town."""
        home = self._home
        if home is None or town.code[:2] == home.code[:2]:
            return True
        if self._trail.regions[home.code[:4]]:
            return False
        complete = (self._year or 0) >= OLDEST_EDITION  # the gazetteer has all that home had
        return complete or len(town.name) > _LONG or self._villages_in(town) > 0

    def _is_elsewhere(self, mention: Printed) -> bool:
        """Whether a town that home has not lies where the article does not say: it names no county, and towns are called so."""
        listed = (self._year or 0) >= OLDEST_EDITION and self._gazetteer.count(mention.name) > 0
        return mention.level == "town" and listed and not any(len(code) > CITY for code in self._trail.regions)

    def _rather_home(self, place: Place | None) -> Place | None:
        """The county at home instead of one elsewhere that an article touches on which speaks of home as well."""
        home = self._home
        if home is None or place is None or place.path.startswith(home.path) or place.level in ("town", *LOWEST):
            return place
        return Place.of(home) if self._trail.regions[significant(home.code)] else place

    def _elsewhere(self) -> bool:
        """Whether the article speaks of one city alone, more than once, and that is not the home of the page."""
        regions = self._trail.regions
        cities = [code for code in regions if len(code) == CITY]
        return (
            len(cities) == 1 and regions[cities[0]] > 1 and self._home is not None and self._home.code[:4] != cities[0]
        )
