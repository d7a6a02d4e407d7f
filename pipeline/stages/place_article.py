"""The places of one article while they are being resolved: which division of the gazetteer each printed name means.

From the province down. A name is looked for under the parent printed right before it or before its list, then under the
places of the article, then in the page's home region, then in the country.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from pipeline.lexicon.divisions import Division, Divisions, significant
from pipeline.lexicon.place_names import UpperNames, other_names, regions_in_name
from pipeline.stages.place_bounds import bounds, may_hold
from pipeline.stages.place_evidence import CITY, COUNTY, ArticleEvidence
from pipeline.stages.place_levels import COUNTY_SUFFIXES, SUFFIXES_OF, UPPER, Levels, Printed
from pipeline.stages.place_matching import LOWEST, RARE, Matching, fits
from pipeline.stages.place_region import ORDER
from pipeline.stages.place_trail import Place

_DIVISIONS = ("province", "city", "county", "town", "community", "village")
_ENDS_OF_LOWEST = ("社区", "居民区", "村", "嘎查", "小区", "居", "屯", "队")
_LEVEL_OF_WORD = {
    "省": ("province",), "市": ("city", "county"), "州": ("city",), "盟": ("city",), "县": ("county",), "区": ("county",),
    "旗": ("county",), "镇": ("town",), "乡": ("town",), "街道": ("town",), "社区": ("community",), "村": ("village",),
}  # fmt: skip
_DEICTIC = re.compile(rf"[我本该](?:{'|'.join(_LEVEL_OF_WORD)})")
_LISTED = re.compile("[、和及与]")
_MERGING = re.compile("合并|撤并|归并|并入|并成|合成")
_SENTENCE = re.compile("[^。\n]+")
_FEW = 2  # villages; of so few none has most on its side
_ZONES = ("新区", "开发区", "高新区", "经开区", "示范区", "试验区", "合作区", "管理区", "度假区", "经济区")
_IN_ZONES = ("town", "community", "village")
_DIGITS = {"province": 2, "city": 4, "county": 6}
_SHORTEST = 2  # characters of a name without what it is
_COUNTY_DEPTH = 2  # slashes of the path of a county
Recall = Callable[[list[str], str], "Place | None"]


class ArticlePlaces(ArticleEvidence):
    """The places of one article while they are being resolved."""

    def __init__(self, gazetteer: Divisions, names: UpperNames, home: str | None, text: str, year: int | None):
        super().__init__(gazetteer, names, home, text, year)
        self._matching = Matching(gazetteer, year or 0)  # of no known year: what is printed stands
        self._others = other_names().entries
        self.places: dict[int, Place] = {}  # by the start of the mention
        self.unknown = False  # whether a name without a parent was found nowhere
        self._firm: dict[str, Place] = {}  # what stands under a parent
        self._recall: Recall | None = None
        self._by_name: dict[tuple[str, str], Place] = {}
        self._ending: dict[int, Printed] = {}  # what is to be resolved, by its end

    def resolve(self, recall: Recall | None = None) -> None:
        """Fill `places`. `recall`: what other articles of the page know of a name, by its forms and level."""
        self._recall = recall
        printed = self.printed
        self._home = self._own_home() or self._home
        ends = {m.end + 1: m.start for m in printed if self._text.startswith("的", m.end)}  # 某社区的某小区
        ends |= {mention.end: mention.start for mention in printed}
        levels = Levels(self._gazetteer, self._names, self._home, self._year, self._text)
        named = levels.read([mention for mention in printed if not _DEICTIC.fullmatch(mention.name)], ends)
        self._at = {mention.start: mention for mention in named}
        self._ending = {mention.end: mention for mention in named}
        # chains first inside a level, so that a name printed with its parent decides for the same name alone; so does
        # a name in full for its short form
        within = {m.start for m in named if m.start in ends and m.name.endswith("自然村")}  # after what holds them
        named.sort(key=lambda m: (_order(m), m.start in within, m.start not in ends, not _in_full(m), m.start))
        for _, text in self.bodies:  # 某市清河区 of an office of that district tells which 清河区 is meant
            for region in regions_in_name(text, partial(self._best, level="county"))[0][1:]:
                self._by_name[region.level, region.name] = Place.of(region)
        for group in ("upper", "lower"):
            if group == "lower":
                self._bodies()
            for mention in named:
                if (mention.level in UPPER) == (group == "upper"):
                    self._settle(mention, ends)
        self._merged(named)
        for mention in sorted(printed, key=lambda m: m.start):
            if _DEICTIC.fullmatch(mention.name):
                place = self._deictic(mention)
                if place is not None:
                    self.places[mention.start] = place
                    self._trail.add(mention.start, place)

    def told(self) -> Iterable[tuple[str, Place]]:
        """What the article prints under a parent, and counties: name and place."""
        return self._firm.items()

    def level_of(self, name: str) -> str:
        """The level of a place whose source does not tell it."""
        if match := _DEICTIC.fullmatch(name):
            word = match.group()[1:]
            home = self._home.level if self._home and self._home.name.endswith(word) else None
            return home if home in _LEVEL_OF_WORD[word] else _LEVEL_OF_WORD[word][0]
        upper = self._names.get(name)
        if upper is not None and name not in self._others:
            return self._best(upper.divisions, "").level
        level = bounds().level_of(name)
        if level is None and self._home is not None and self._home.level == "county":
            level = "town" if self._gazetteer.town_by_stem(self._home.code, name) is not None else None
        return level or "other"

    def _settle(self, mention: Printed, ends: dict[int, int]) -> None:
        parent = self._parent(mention, ends)
        place = self._resolve(mention, parent, self._listed(mention, ends) if parent is None else None)
        if place is not None:
            self.places[mention.start] = place
            self._trail.add(mention.start, place)
            if parent is not None or (mention.level, mention.name) not in self._by_name:
                self._by_name[mention.level, mention.name] = place
            known = place.level in ("county", "town") and place.code is not None
            if known or (parent is not None and place.path.count("/") >= _COUNTY_DEPTH):
                self._firm.setdefault(mention.name, place)

    def _parent(self, mention: Printed, ends: dict[int, int]) -> Place | None:
        """The place printed right before, if it can hold this one."""
        before = ends.get(mention.start)
        place = self.places.get(before) if before is not None else None
        if place is not None and place.level == "other" and place.path.endswith(_ZONES) and mention.level in _IN_ZONES:
            return self._zone(place)
        return place if place is not None and may_hold(place.level, mention.level, mention.name) else None

    def _zone(self, place: Place) -> Place:
        """A development zone as the parent of its towns: the lists have these under the county or city above it."""
        above = self._gazetteer.by_path(place.path.rpartition("/")[0])
        return Place(above.level, place.path, above.code) if above is not None else place

    def _listed(self, mention: Printed, ends: dict[int, int]) -> Place | None:
        """The place printed before a list of villages, as behind its first: 丙村 of 甲镇|乙村、丙村 lies in 甲镇 too."""
        before: Printed | None = mention
        while before is not None and before.start not in ends:
            at = before.start - 1
            before = self._ending.get(at) if _LISTED.match(self._text, at) else None
            before = before if before is not None and fits(before.level, mention.level) else None
        return self._parent(before, ends) if before is not None else None

    def _resolve(self, mention: Printed, parent: Place | None, listed: Place | None) -> Place | None:
        if mention.level in UPPER:
            told = self._told_in_full(mention) if parent is None else None
            return told or self._upper(mention.name, mention.level, parent)
        if mention.level == "compound":  # with or without 小区 it is one, wherever its parent is told
            stem = mention.name.removesuffix("小区")
            for form in (mention.name, stem, stem + "小区"):
                if (known := self._by_name.get((mention.level, form))) is not None and parent is None:
                    return known
        if parent is None and (mention.level, mention.name) in self._by_name:
            return self._by_name[mention.level, mention.name]
        if mention.level in ("compound", "other"):
            inside = [d for form in COUNTY_SUFFIXES for d in self._under(parent, mention.name + form)]
            return Place.of(inside[0]) if inside else self._within(mention, parent)
        for suffix in SUFFIXES_OF[mention.level] if parent is None else ():
            if known := self._by_name.get((mention.level, mention.name + suffix)):
                return known
        return self._lower(mention, parent, listed)

    def _under(self, parent: Place | None, county: str) -> list[Division]:
        """The county of a name in the province or city printed before it."""
        if parent is None or parent.code is None or parent.level not in UPPER:
            return []
        return list(self._gazetteer.under(parent.code, county, "county"))

    # ------------------------------------------------------------------------------------------ province to county
    def _told_in_full(self, mention: Printed) -> Place | None:
        """What the article says of a name behind its parent or in full: 清河 of 某市清河区 is that district."""
        forms = (mention.name, *(mention.name + suffix for suffix in COUNTY_SUFFIXES))
        return next((p for form in forms if (p := self._by_name.get((mention.level, form))) is not None), None)

    def _upper(self, name: str, level: str, parent: Place | None) -> Place | None:
        upper = self._names.get(name)
        choices = list(upper.divisions) if upper else []
        if parent is not None and parent.code:
            inside = [d for d in choices if d.code.startswith(significant(parent.code))]
            if inside:
                return _under(parent, inside[0])
        home = self._home
        if home is not None and home.level == "county" and home.name.startswith(name) and len(name) > 1:
            return Place.of(home)  # clipped, or in full: the home county itself
        if choices:
            return Place.of(self._best(choices, level))
        city = parent.code[:4] if parent is not None and parent.code else home.code[:4] if home else ""
        forms = [name] if name.endswith(COUNTY_SUFFIXES) else [name + suffix for suffix in COUNTY_SUFFIXES]
        found = [d for form in forms for d in self._gazetteer.misprints(city, form, "county")] if city else []
        found = [d for d in found if d.status == "official"] or found
        if len(found) == 1:
            return dataclasses.replace(Place.of(found[0]), status="fuzzy")
        above = parent.path if parent is not None else _upto(home, "city")
        return Place(level, f"{above}/{name}" if above else name, None, "unlisted")

    # ------------------------------------------------------------------------------------------ town, community, village
    def _lower(self, mention: Printed, parent: Place | None, listed: Place | None) -> Place | None:
        name, level = mention.name, mention.level
        forms = [name]
        if not name.endswith(SUFFIXES_OF[level]) or len(name) == _SHORTEST:  # 安乡 for 安乡镇
            forms += [name + suffix for suffix in SUFFIXES_OF[level]]
        areas = [parent] if parent is not None else list(self._around(mention, listed))
        counties = any(area.level == "county" for area in areas)
        far = self._far_city(mention) if parent is None and listed is None else None
        if far is not None and (level == "town" or self._gazetteer.count(name) <= RARE):
            found = self._matching.exactly(far, forms, level)
            if len({d.path for d in found}) == 1:
                return self._choose(found, far, mention)
        for area in areas:
            wide = area is not listed and (listed is not None or (area.level == "city" and counties))
            if wide and self._gazetteer.count(name) > RARE:
                continue  # a village that many counties have is not that of a county the article does not speak of
            found = self._matching.exactly(area, forms, level)
            if not found and area.level == "town":
                found = self._matching.varied(area, name, level)
            if found:
                return self._choose(found, area, mention)
        for area in areas if listed is None else [listed]:
            # 某村 is not the 某社区 of a town that the article does not speak of
            close = area is parent or area.level == "town" or level == "town"
            found = self._matching.varied(area, name, level) if close else []
            found = found or self._matching.misprinted(area, name, level, area is parent)
            if found:
                return self._choose(found, area, mention)
        official = level == "community" and name.endswith("社区")  # the lists have them all
        if parent is None and (self._home is None or level == "town" or official):
            everywhere = self._with_child([d for d in self._gazetteer.lookup(name) if fits(d.level, level)], mention)
            if len(everywhere) == 1 and self._credible(everywhere[0]):
                return Place.of(everywhere[0])
        if parent is None and listed is None:
            self.unknown = True
            if self._recall is not None and (known := self._recall(forms, level)):
                return known
        above = parent or listed or (None if self._is_elsewhere(mention) else self._above(mention, areas))
        if level in LOWEST and not name.endswith(_ENDS_OF_LOWEST):
            name += SUFFIXES_OF[level][0]
        return Place(level, f"{above.path}/{name}" if above else name, None, "unlisted")

    def _above(self, mention: Printed, areas: list[Place]) -> Place | None:
        """Of the areas around that which a name of no list is put into: a town is taken in its own paragraph only."""
        paragraph = self._text.rfind("\n", 0, mention.start) + 1
        near = self._trail.last(mention.start, ("town",), paragraph)
        wide = [area for area in areas if area.level != "town" or area is near]
        return self._rather_home(next(iter(wide or areas), None))

    def _merged(self, named: list[Printed]) -> None:
        """Villages that a sentence tells to be brought together lie in one town: that of most of them."""
        lowest = [m for m in named if m.level in LOWEST and m.start in self.places]
        for sentence in _SENTENCE.finditer(self._text) if len(lowest) > _FEW else ():
            if not _MERGING.search(sentence.group()):
                continue
            group = [m for m in lowest if sentence.start() <= m.start < sentence.end()]
            above = Counter(self.places[m.start].path.rpartition("/")[0] for m in group).most_common(2)
            town = self._gazetteer.by_path(above[0][0]) if len(above) > 1 and above[0][1] > above[1][1] else None
            if town is None or town.level != "town":
                continue
            for strayed in {m.name: m for m in group if not self.places[m.start].path.startswith(town.path)}.values():
                place = self._lower(strayed, Place.of(town), None)
                if place is not None:
                    self.places.update((m.start, place) for m in lowest if m.name == strayed.name)

    def _choose(self, found: list[Division], area: Place, mention: Printed) -> Place:
        """One of the divisions of a name inside an area; the area's own path if nothing tells them apart."""
        current = [d for d in found if d.status == "official"] or found
        if len({d.path for d in current}) > 1:
            for town in self._trail.near(mention.start, "town"):
                inside = [d for d in current if town.code and d.code.startswith(significant(town.code))]
                if inside:
                    return Place.of(inside[0])
            name = current[0].path.rpartition("/")[2]
            return Place(mention.level, f"{area.path}/{name}", None, "unlisted")
        return _under(area, current[0])

    def _around(self, mention: Printed, listed: Place | None) -> Iterator[Place]:
        """Areas to look in for a name without a parent: that of its list, places of the article, home, the home city."""
        seen: set[str] = set()
        places = self._trail.near(mention.start, "county")
        if mention.level in LOWEST:
            towns = self._trail.near(mention.start, "town")
            last = self._trail.last(mention.start, ("county", "town"))
            if last is not None and last.level == "county":  # 甲县乙镇…丙县…: what comes now is in the last county
                inside = [town for town in towns if town.path.startswith(last.path + "/")]
                places = [*inside, last, *towns, *places]
            else:
                places = [*towns, *places]
        if listed is not None:
            places.insert(0, listed)
        if self._home is None or not self._trail.regions[significant(self._home.code)]:  # the counties of its towns
            codes = [town.code[:COUNTY] for town in self._trail.near(mention.start, "town") if town.code]
            places += [Place.of(county) for code in codes if (county := self._gazetteer.get(code)) is not None]
        if self._home is not None:
            places.append(Place.of(self._home))
            city = self._gazetteer.get(self._home.code[:4]) if self._home.level == "county" else None
            places += [Place.of(city)] if city is not None else []
        for place in places:
            if place.path not in seen:
                seen.add(place.path)
                yield place

    # ------------------------------------------------------------------------------------------ compound, other, deictic
    def _within(self, mention: Printed, parent: Place | None) -> Place:
        if parent is None and mention.level == "other" and mention.name in self._others:
            return Place("other", self._others[mention.name])
        above = parent or self._of_child(mention)
        if above is None:
            last = self._trail.last(mention.start, _DIVISIONS) or self._trail.first(mention.start, _DIVISIONS)
            above = self._rather_home(last)
        path = above.path if above is not None else _upto(self._home, "county")
        if mention.level == "other" and parent is None:
            path = "/".join(path.split("/")[:3])
        return Place(mention.level, f"{path}/{mention.name}" if path else mention.name)

    def _of_child(self, mention: Printed) -> Place | None:
        """The city or county of a development zone whose town, printed right behind it, is the only one of its name."""
        child = self._at.get(mention.end) if mention.name.endswith(_ZONES) else None
        towns = self._gazetteer.lookup(child.name, "town") if child is not None else []
        above = self._gazetteer.get(towns[0].code[:CITY]) if len(towns) == 1 else None
        return Place.of(above) if above is not None else None

    def _deictic(self, mention: Printed) -> Place | None:
        word = mention.name[1:]
        levels = _LEVEL_OF_WORD[word]
        upper = levels[0] in UPPER
        exact = self._trail.fitting(mention.start, levels, word)
        if mention.name[0] in "我本" and upper and not (exact is not None and self._elsewhere()):
            home = self._own(levels, word)
            exact = Place.of(home) if home is not None else exact
        if exact is not None or upper:
            return exact
        return self._trail.fitting(mention.start, levels, "")

    def _own(self, levels: Collection[str], word: str) -> Division | None:
        """What 我 and such a word mean on the page: its home, or the city or province above."""
        home = self._home
        if home is None or (home.level in levels and home.name.endswith(word)):
            return home
        for level in levels:
            division = self._gazetteer.get(home.code[: _DIGITS[level]])
            if division is not None and division.level == level and (level != "county" or division.name.endswith(word)):
                return division
        return None


def _order(mention: Printed) -> float:
    """From the province down; a development zone stands between county and town."""
    return ORDER["county"] + 0.5 if mention.level == "other" and mention.name.endswith(_ZONES) else ORDER[mention.level]


def _in_full(mention: Printed) -> bool:
    """Whether a name is printed with what it is: 石桥镇, not 石桥."""
    return mention.name.endswith(SUFFIXES_OF.get(mention.level, ()))


def _under(parent: Place, division: Division) -> Place:
    """A division at the path that its printed parent gives it."""
    place = Place.of(division)
    if place.path.startswith(parent.path + "/"):
        return place
    return dataclasses.replace(place, path=f"{parent.path}/{division.name}")


def _upto(division: Division | None, level: str) -> str:
    """The path of a division, cut below a level."""
    if division is None:
        return ""
    return division.path if ORDER[division.level] <= ORDER[level] else division.path.rpartition("/")[0]
