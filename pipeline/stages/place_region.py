"""Where a page is at home, and how near home a name is known: what the finders of places share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.lexicon.divisions import TOWN_SUFFIXES, Divisions
from pipeline.lexicon.place_names import credible_misprint, upper_names

# Levels from the widest to the narrowest: one may hold another of a higher number.
ORDER = {"province": 0, "city": 1, "county": 2, "town": 3, "community": 4, "village": 4, "compound": 5, "other": 6}


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text: [start, end), its level, how it was found, how sure (nats over there being none)."""

    start: int
    end: int
    level: str
    source: str
    score: float


class Region:
    """Where a page is at home, as codes of the gazetteer: its county or city, and other counties that it names."""

    def __init__(self, gazetteer: Divisions, home: str | None, counties: Collection[str] = ()):
        """`home`: canonical path; `counties`: six-digit codes of counties that the page names."""
        self._gazetteer = gazetteer
        self.home = gazetteer.by_path(home) if home else None
        digits = {"province": 2, "city": 4, "county": 6}
        code = self.home.code[: digits.get(self.home.level, 6)] if self.home else ""
        self.county = code if len(code) == 6 else ""
        self.city = code[:4]
        self.province = code[:2]
        self.counties = tuple(sorted(set(counties) - {self.county}))
        self._near: dict[str, str | None] = {}
        self._misprints: dict[str, bool] = {}
        self._sites: dict[str, bool] = {}

    def holds(self, code: str) -> bool:
        """Whether a division of the county or above is the home, lies in its city, holds it, or is named on the page."""
        if not self.province:
            return False
        significant = code[:6].removesuffix("00").removesuffix("00")
        area = self.city or self.province
        return significant.startswith(area) or area.startswith(significant) or significant in self.counties

    def has_town(self, name: str) -> bool:
        """Whether print may call a town of the home county so: 曲界 for 曲界镇."""
        return bool(self.county) and name in self._gazetteer.town_stems(self.county)

    def nearness(self, name: str) -> str | None:
        """How near home the gazetteer knows the name: county, page, city, province, nation; None if it does not."""
        if name not in self._near:
            self._near[name] = self._nearness(name)
        return self._near[name]

    def _nearness(self, name: str) -> str | None:
        if name not in self._gazetteer:
            return None
        for label, code in (("county", self.county), ("city", self.city)):
            if code and self._gazetteer.under(code, name):
                return label
        if any(self._gazetteer.under(code, name) for code in self.counties):
            return "page"
        if self.province and self._gazetteer.under(self.province, name):
            return "province"
        return "nation"

    def knows_in(self, county: str, name: str) -> bool:
        """Whether the short name of a county may stand right before a name: it is near home, or the county has the name.

        东风 of 东风新城社区 is no county.
        """
        upper = upper_names().get(county)
        return upper is None or any(self.holds(d.code) or self._gazetteer.under(d.code, name) for d in upper.divisions)

    def is_site(self, name: str) -> bool:
        """Whether a community, street or village is named after what is called so: 团结路社区 after 团结路."""
        known = self._sites.get(name)
        if known is None:
            known = self._sites[name] = any(name + suffix in self._gazetteer for suffix in ("社区", "街道", "村"))
        return known

    def misprint(self, name: str) -> bool:
        """Whether a name that the gazetteer lacks may be one of the home county with a character misprinted."""
        if name not in self._misprints:
            level = "town" if name.endswith(TOWN_SUFFIXES) else "village" if name.endswith("村") else "community"
            area = self.county or (self.city if level == "town" else "")
            meant = self._gazetteer.misprints(area, name, level) if area and name not in self._gazetteer else []
            self._misprints[name] = any(credible_misprint(name, division.name) > 0 for division in meant)
        return self._misprints[name]
