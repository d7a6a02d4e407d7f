"""Names of provinces, cities and counties in a text, in full, short and misprinted, and which of them to believe."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.lexicon.divisions import Divisions
from pipeline.lexicon.place_names import (
    GENERIC,
    Upper,
    credible_misprint,
    inside_words,
    other_names,
    upper_names,
    words,
)
from pipeline.stages.place_region import ORDER, Found, Region

_HAN = re.compile(r"[\u4e00-\u9fff]")
# What makes another name of a short name: 中山路 is a road.
_LONGER = re.compile(
    r"(?:[东西南北中]?[路街]|大[街道桥]|[湖河江海山桥岛峡湾港城渡])(?![东西南北]?[岸部])|古城|古镇|戏|调|菜"
)
# An organisation of its own: 某某日报, 某某新闻网, 某某在线
MEDIA = re.compile(
    r"(?:日报|晚报|晨报|早报|都市报|商报|时报|快报|周报|新闻网|新闻联播|在线(?![上下])|热线|电视台|广播电|网讯)"
)
_CUE_BEHIND = ("讯", "报道", "融媒", "籍", "代表队", "市民", "县城", "境内", "全县", "全市", "各地")
# The last character of a full name belongs to what follows: 市委 常委, 市区, 县长.
_STEM_BEFORE = re.compile(r"[省市县区州盟旗](?:委(?!员)|长|人大代表|政协委员)|市区(?!域)|市民(?![政族宗间营])")
# A name of one character and a space: what follows is a given name.
_PERSON_BEFORE = re.compile(r"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff][ ·]$")
_COUNTY_LIKE = re.compile(r"[\u4e00-\u9fff]{2,4}?[县区市]")
_TOWN_LIKE = re.compile(r"[\u4e00-\u9fff]{2,5}?(?:街道|[镇乡])")
_JOINED = re.compile(r"[、·和与及至到-]$")


class UpperFinder:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._names = upper_names()
        self._others = other_names().entries

    def find(self, text: str, region: Region) -> tuple[list[Found], list[Found]]:
        """Provinces, cities and counties of a folded text, from left to right, and short names that may be some.

        The second list is to be believed where a town or village begins at the end of one.
        """
        result: list[Found] = []
        doubtful: list[Found] = []
        ends: dict[int, Found] = {}
        for start, end, upper in self._names.find(text):
            level = _level(upper, region)
            if not upper.short and _STEM_BEFORE.match(text, end - 1) and self._names.get(upper.name[:-1]):
                end -= 1  # 潍坊|市委书记
            found = Found(start, end, level, "alias" if upper.short else "gazetteer", 10.0 if upper.free else 7.0)
            believed = self._believed(text, start, end, upper, level, region, ends)
            if believed:
                result.append(found)
                ends[end] = found
            elif believed is None:
                doubtful.append(found)
        result += _listed(text, result, doubtful)
        result += self._misprinted(text, result, region)
        sure = set(result)
        return sorted(result, key=lambda f: f.start), [found for found in doubtful if found not in sure]

    def _believed(
        self, text: str, start: int, end: int, upper: Upper, level: str, region: Region, ends: dict[int, Found]
    ) -> bool | None:
        """True, False, or None if what stands beside it must tell."""
        before = ends.get(start)
        chained = before is not None and ORDER[before.level] < ORDER[level]
        near = any(region.holds(division.code) for division in upper.divisions)
        if upper.name in GENERIC:
            return near or chained
        if not upper.short:
            if len(upper.name) == 2 or upper.name[:-1] in self._names.ambiguous:
                clear = _broken(text, start - 1) and text[end - 1 : end + 1] not in words()
                if len(upper.name) == 2:
                    clear = clear and _broken(text, end)
                return (near or chained or clear) and not text.startswith("长", end)
            return upper.free or near or chained or _broken(text, start - 1)
        if MEDIA.match(text, end):
            return False
        if not chained and _LONGER.match(text, end):
            behind = self._names.starts(text, end)  # 浙江|湖州, but not 青州|古城
            if behind is None or (behind.short and not behind.free):
                return False
        if _PERSON_BEFORE.search(text[max(start - 3, 0) : start]) or text.startswith((" 摄", "摄"), end):
            return False
        if not upper.free and not chained and _crossed(text, start, end):
            return None
        home = region.county and any(division.code.startswith(region.county) for division in upper.divisions)
        if home and upper.name not in words():
            return True
        if not near and (upper.name in self._others or (level == "county" and region.has_town(upper.name))):
            return False
        if upper.free or (chained and upper.name not in words()):
            return True
        if text.startswith(_CUE_BEHIND, end) or start == 0 or text[start - 1] == "\n":
            return True if near or upper.name not in self._names.ambiguous else None
        return True if near and upper.name not in self._names.ambiguous else None

    def _misprinted(self, text: str, known: Iterable[Found], region: Region) -> list[Found]:
        """Counties of the home city with one character misprinted, and their short forms in the rest of the text."""
        if not region.city:
            return []
        taken = {i for f in known for i in range(f.start, f.end)}
        ends = {f.end for f in known}
        found: list[Found] = []
        for match in _COUNTY_LIKE.finditer(text):
            start, end = match.span()
            name = match.group()
            inside = start and start not in ends and _HAN.match(text[start - 1])
            if len(name) < 3 or inside or not taken.isdisjoint(range(start, end)):
                continue
            if name in self._gazetteer or name[:-1] in words() or name[-2:] in words():
                continue
            meant = self._gazetteer.misprints(region.city, name, "county")
            if len(meant) != 1:
                continue
            town = _TOWN_LIKE.match(text, end)
            below = town is not None and self._gazetteer.under(meant[0].code, town.group(), "town")
            if below or credible_misprint(name, meant[0].name) > 0:
                found.append(Found(start, end, "county", "misprint", 6.0))
        for name in {text[f.start : f.end] for f in found}:
            for match in re.finditer(re.escape(name[:-1]), text):
                if not text.startswith(name, match.start()) and not inside_words(text, *match.span()):
                    found.append(Found(*match.span(), "county", "misprint", 5.0))
            for match in re.finditer(re.escape(name), text):
                if all(match.start() != f.start for f in found):
                    found.append(Found(*match.span(), "county", "misprint", 5.0))
        return found


def _broken(text: str, at: int) -> bool:
    """Whether no Chinese character stands at a place of the text."""
    return not 0 <= at < len(text) or not _HAN.match(text[at])


def _crossed(text: str, start: int, end: int) -> bool:
    """Whether a word goes over the beginning or the end of a short name: 高|安全, 内政|和."""
    return (start > 0 and text[start - 1 : start + 1] in words()) or text[end - 1 : end + 1] in words()


def _level(upper: Upper, region: Region) -> str:
    """The level of the division nearest home, else the highest."""
    near = [division for division in upper.divisions if region.holds(division.code)]
    return min((d.level for d in near or upper.divisions), key=ORDER.__getitem__)


def _listed(text: str, known: Iterable[Found], doubtful: list[Found]) -> list[Found]:
    """The doubtful names that stand in a list with a city or county that is believed."""
    starts = {f.start for f in known if f.level in ("city", "county")}
    ends = {f.end for f in known if f.level in ("city", "county")}
    believed: list[Found] = []
    changed = True
    while changed:
        changed = False
        for found in doubtful:
            before = found.start - 1 in ends and _JOINED.search(text[found.start - 1 : found.start])
            behind = found.end + 1 in starts and _JOINED.search(text[found.end : found.end + 1])
            if found not in believed and (before or behind):
                believed.append(found)
                starts.add(found.start)
                ends.add(found.end)
                changed = True
    return believed
