"""What kind of place a printed name is, where its form alone misleads: a short name, a river that is a town."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.lexicon.divisions import Division, Divisions, significant
from pipeline.lexicon.place_names import Upper, UpperNames
from pipeline.stages.place_bounds import bounds

UPPER = frozenset(("province", "city", "county"))
COUNTY_SUFFIXES = ("县", "区", "市")
_LANDFORM = re.compile(
    "[东西南北]?岸|[畔边源]|脚下|之[巅滨]|[上中下]游"
)  # behind the name of a river, a lake or a mountain
SUFFIXES_OF = {
    "town": ("镇", "街道", "乡", "苏木"), "community": ("社区",), "village": ("村", "嘎查", "新村", "社区"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """A mention to resolve: [start, end), its words without white space, its level."""

    start: int
    end: int
    name: str
    level: str


class Levels:
    """The levels of the names of an article with this text, on a page of this home and year (None if unknown)."""

    def __init__(self, gazetteer: Divisions, names: UpperNames, home: Division | None, year: int | None, text: str):
        self._gazetteer, self._names = gazetteer, names
        self._home, self._year, self._text = home, year, text

    def read(self, named: list[Printed], ends: Mapping[int, int]) -> list[Printed]:
        """The mentions; a short name of a county far away is a town or village, if the article has that in full; a sea or
        river is the county or town of that name, if the article has the county in full, or lists it with towns."""
        full = {m.name for m in named}
        stems = {
            m.name.removesuffix(s): m.level for m in named for s in SUFFIXES_OF.get(m.level, ()) if m.name.endswith(s)
        }
        home = significant(self._home.code)[:4] if self._home is not None else ""
        listed, spoken = self._listed(named), self._provinces(named)
        counties = {m.name for m in named if m.level == "county"}
        areas = {
            d.code for name in counties if (u := self._names.get(name)) and len(u.divisions) == 1 for d in u.divisions
        }
        areas |= {self._home.code} if self._home is not None and self._home.level != "province" else set()

        def level(mention: Printed) -> str:
            if mention.start in listed or self._was_town(mention.name):
                return "town"
            if mention.level == "other" and any(mention.name + suffix in full for suffix in COUNTY_SUFFIXES):
                return "county" if self._names.get(mention.name) is not None else "other"
            if mention.level == "other" and bounds().level_of(mention.name) is None:
                return stems.get(mention.name) or (
                    "town" if any(self._town_of(a, mention.name) for a in areas) else "other"
                )
            upper = self._names.get(mention.name) if mention.level in UPPER else None
            if upper is None or not upper.short or mention.start in ends:
                return mention.level
            if mention.name not in stems:
                return (
                    mention.level if upper.free or self._spoken_of(upper, mention.name, spoken) else self._here(mention)
                )
            near = [d for d in upper.divisions if (d.code.startswith(home) if home else d.name in full)]
            # 河清 is the county where 河清镇 is its seat, and the town where that lies in another county
            own = any(
                d.name in full
                or d is self._home
                or any(self._gazetteer.under(d.code, mention.name + suffix) for suffix in SUFFIXES_OF["town"])
                for d in near
            )
            return mention.level if own or (near and stems[mention.name] != "town") else stems[mention.name]

        return [dataclasses.replace(m, level=level(m)) for m in named]

    def _spoken_of(self, upper: Upper, name: str, spoken: Mapping[str, set[str]]) -> bool:
        """Whether one of the divisions of a short name is in the home city, or the article names it in full or another place of
        its province. `spoken`: as `_provinces` gives them."""
        home = significant(self._home.code)[:4] if self._home is not None else ""
        return not home or any(
            d.code.startswith(home) or not spoken.get(d.code[:2], set()) <= {name} or d.name in self._text
            for d in upper.divisions
        )

    def _provinces(self, named: Iterable[Printed]) -> Mapping[str, set[str]]:
        """By the codes of provinces the names in an article that but one division bears, which lies in that province."""
        spoken: dict[str, set[str]] = {}
        for name in {m.name for m in named}:
            upper = self._names.get(name)
            if upper is not None and len(upper.divisions) == 1:
                spoken.setdefault(upper.divisions[0].code[:2], set()).add(name)
        return spoken

    def _here(self, mention: Printed) -> str:
        """What the short name of a county that nothing else speaks of is: a town of home, a lake or mountain beside its shore
        or foot (龙湖岸边), else that county."""
        area = self._home.code if self._home is not None and self._home.level in ("city", "county") else ""
        if area and self._town_of(area, mention.name):
            return "town"
        landform = bounds().level_of(mention.name) == "other" and _LANDFORM.match(self._text, mention.end)
        return "other" if landform else mention.level

    def _town_of(self, area: str, stem: str) -> bool:
        return any(self._gazetteer.under(significant(area), stem + suffix, "town") for suffix in SUFFIXES_OF["town"])

    def _listed(self, named: list[Printed]) -> set[int]:
        """Starts of names, as 清溪 and 东江, that stand in a list beside towns and are themselves towns of the home county."""
        if self._home is None or self._home.level != "county":
            return set()
        towns = {edge for m in named if m.level == "town" for edge in (m.start, m.end)}
        found: set[int] = set()
        for ordered in (named, named[::-1]):
            for mention in ordered:
                beside = self._text.startswith("、", mention.end) and mention.end + 1 in towns
                beside = beside or (
                    self._text[mention.start - 1 : mention.start] == "、" and mention.start - 1 in towns
                )
                short = mention.level in ("other", "county")
                if beside and short and self._gazetteer.town_by_stem(self._home.code, mention.name) is not None:
                    found.add(mention.start)
                    towns |= {mention.start, mention.end}
        return found

    def _was_town(self, name: str) -> bool:
        """Whether a short name was that of a town of the home county when the page was printed, and is a county's now."""
        if self._year is None or self._home is None or self._home.level != "county":
            return False
        upper = self._names.get(name)
        if upper is None or not upper.short:
            return False
        town = self._gazetteer.town_by_stem(self._home.code, name)
        return town is not None and town.status != "official" and self._year <= town.edition
