"""Which divisions of the gazetteer inside an area a printed name may mean: exactly, with another suffix, misprinted."""

from __future__ import annotations

import dataclasses

from pipeline.lexicon.divisions import OLDEST_EDITION, PEOPLES, TOWN_SUFFIXES, Division, Divisions
from pipeline.lexicon.place_names import credible_misprint, is_own_name
from pipeline.stages.place_region import ORDER
from pipeline.stages.place_trail import Place

LOWEST = frozenset(("community", "village"))
_CLIPPED = 2  # characters at least of the name of a street that is not printed whole
RARE = 3  # a name that no more divisions in the country bear may be a misprint


def fits(one: str, other: str) -> bool:
    return one == other or (one in LOWEST and other in LOWEST)


class Matching:
    """`year` is that of the page: what was renamed later stands as printed."""

    def __init__(self, gazetteer: Divisions, year: int):
        self._gazetteer, self._year = gazetteer, year

    def exactly(self, area: Place, forms: list[str], level: str) -> list[Division]:
        """Divisions of the first of the forms that the area has; short forms of peoples' villages and towns too."""
        if area.code is None:
            return []
        for form in forms:
            found = [d for d in self._gazetteer.under(area.code, form) if fits(d.level, level)]
            if found:
                return self._renewed(found, area.code)
        if level == "village" and forms[0].endswith("村"):  # 北岭村 for 北岭畲族村
            for people in PEOPLES:
                if found := self._gazetteer.under(area.code, f"{forms[0][:-1]}{people}族村"):
                    return found
        if level == "town" and area.level == "county":  # 同乐乡 for 同乐苗族乡
            town = self._gazetteer.town_by_stem(area.code, forms[0])
            printed = next((s for s in TOWN_SUFFIXES if forms[0].endswith(s)), "")
            return [town] if town is not None and town.name.endswith(printed) else []
        return []

    def _renewed(self, found: list[Division], code: str) -> list[Division]:
        """The village that took the place of one gone from the list: 张庄村, now 张庄新村; 北岭村, now 北岭畲族村."""
        stem = found[0].name.removesuffix("村")
        if stem == found[0].name or any(d.status == "official" or self._year < d.edition for d in found):
            return found
        forms = (f"{stem}{part}村" for part in ("新", *(people + "族" for people in PEOPLES)))
        new = [d for form in forms for d in self._gazetteer.under(code, form) if d.status == "official"]
        return new or found

    def varied(self, area: Place, name: str, level: str) -> list[Division]:
        """Divisions of one name that differs in its suffix alone, as `fuzzy`; none if several names do."""
        if area.code is None:
            return []
        found = self._gazetteer.variants(area.code, name, level)
        if not found and level == "town":
            found = self._in_full(area, name)
        if len({d.name for d in found}) != 1:
            return []
        # the printed suffix stands: 三联村 is not renamed 三联社区 because the list has the community
        # and on an old page stands what was called so then
        keep = level == "town" and (self._year >= OLDEST_EDITION or not found[0].edition)
        return [
            dataclasses.replace(d, status="fuzzy", path=d.path if keep else f"{d.path.rpartition('/')[0]}/{name}")
            for d in found
        ]

    def _in_full(self, area: Place, name: str) -> list[Division]:
        """The streets of a county that print clips in the middle or at the end, 柳桥街道 for 柳桥村街道, 柳桥街 for 柳桥街道; of a
        city at the end."""
        stem = name.removesuffix("道").removesuffix("街")
        if stem == name or len(stem) < _CLIPPED or area.code is None:
            return []
        parts = ("", "村", "镇", "路", "街") if area.level == "county" else ("",) if area.level == "city" else ()
        longer = [f"{stem}{part}街道" for part in parts]
        towns = [d for form in longer for d in self._gazetteer.under(area.code, form, "town") if d.name != name]
        return [dataclasses.replace(d, edition=0) for d in towns]

    def misprinted(self, area: Place, name: str, level: str, printed_parent: bool) -> list[Division]:
        """Divisions that the name may be a misprint of; a name that many places bear is none, but under its parent."""
        if area.code is None or (self._gazetteer.count(name) > RARE and not printed_parent):
            return []
        if level in LOWEST and ORDER[area.level] < ORDER["county"]:
            return []  # in a whole city some village always looks alike
        alike = self._gazetteer.misprints(area.code, name, level)
        if level in LOWEST:  # villages merge and are named anew; of towns the lists are complete
            alike = [d for d in alike if not is_own_name(name, d.name)]
        near = [(credible_misprint(name, d.name), d) for d in alike]
        best = max((share for share, _ in near), default=0.0)
        found = [division for share, division in near if best and share == best]
        if not found and level == "town":
            found = [
                town
                for town in self._gazetteer.children(area.code, "town")
                if town.name != name and sorted(town.name) == sorted(name)
            ]  # 河清镇 for 清河镇
        return [dataclasses.replace(d, status="fuzzy") for d in found] if len({d.name for d in found}) == 1 else []
