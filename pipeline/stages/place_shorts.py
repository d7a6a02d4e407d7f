"""Short forms of towns, communities and villages: 曲界 for 曲界镇, 郊口、张家头两个村.

A name without its suffix is taken as a place only where the text or the home region vouches for it: the full form stands
in the article, the gazetteer has it under the town printed before it, or it is a town of the home county.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from pipeline.lexicon.divisions import Divisions
from pipeline.lexicon.place_names import Finder, character_odds, inside_words, other_names, upper_names, words
from pipeline.stages.place_bounds import CLEAR
from pipeline.stages.place_region import ORDER, Found, Region

_SUFFIX = re.compile(r"(?:街道|社区|嘎查|苏木|小区|家属院|[村镇乡])$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGER = re.compile(
    r"[渡港闸坝站杯路街河湖江山桥岛湾寨滩村镇乡县]|[一二三四五]区|社区|街道|小区|党支部|党总支|党委|[中小]学|学校|医院|卫生院|派出所|法庭|[籍窟]|新村|冰湖|水域|古镇"
)
_COUNT = r"(?:[两二三四五六七八九十]|[0-9]{1,3}个?|[两三四五六七八九十几]个|多个|各)"
# 后岩、古台两村; 澄江、南桥等5个乡镇; 柳岸、东关等社区: a list of names and what they are
_LIST = re.compile(
    r"((?:[\u4e00-\u9fff]{2,6}、){0,12}[\u4e00-\u9fff]{2,8}?)"
    rf"(?:(等)({_COUNT})?|({_COUNT}))(镇街|乡镇|街道|社区|居委会|行政村|自然村|村民小组|村民组|村庄|[镇乡]|村(?!民))"
)
_RESIDENTS = re.compile(r"[\u4e00-\u9fff]{2,4}(?=居委会|居民委员会)")  # 东关居委会
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_PAIR = 4  # characters; 石桥和东关 is two names
_AND = re.compile(r"(?<=[\u4e00-\u9fff]{2})[和及与](?=[\u4e00-\u9fff]{2})")
_NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_CREDIBLE = 2.0  # log2 odds of the characters of a name
_NO_MEMBERS = frozenset(("十里", "三里", "百里"))  # 十里八村
_LEVEL = {
    "镇": "town",
    "乡": "town",
    "镇街": "town",
    "乡镇": "town",
    "街道": "town",
    "社区": "community",
    "居委会": "community",
}
_SUFFIXES = {
    "town": ("镇", "乡", "街道"),
    "community": ("社区",),
    "village": ("村", "社区", "嘎查"),
}


class Shorts:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer

    def find(self, text: str, found: list[Found], region: Region) -> list[Found]:
        """Short forms, those that do not overlap what was found, and members of lists, which may: 柳溪、东江两镇 are towns;
        `text`: folded."""
        taken = {i for f in found for i in range(f.start, f.end)}
        levels = {(f.start, f.end): f.level for f in found}
        result: list[Found] = []

        def add(start: int, end: int, level: str, source: str, score: float) -> None:
            relevelled = source == "list" and levels.get((start, end), level) != level
            if relevelled or taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                result.append(Found(start, end, level, source, score))

        ends = {f.end for f in found}
        for start, end, level in self._lists(text, ends, region):
            add(start, end, level, "list", 8.0)
        for start, end, level in self._before_full(text, found, region):
            add(start, end, level, "list", 8.0)
        for start, end in self._before_residents(text, ends, region):
            add(start, end, "community", "list", 8.0)
        for f in found:
            if f.level == "town":
                for length in (4, 3, 2):
                    stem = text[f.end : f.end + length]
                    if len(stem) == length and self._village_of(text[f.start : f.end], stem, region):
                        add(f.end, f.end + length, "village", "parent", 6.0)
                        break
        told, local = self._stems(text, found, region)
        for stems, source in ((told, "short"), (local, "local")):
            finder = Finder(stems)
            for start, end, level in finder.find(text, lambda _, i, j: not self._fits(text, i, j)) if stems else ():
                if source == "short" or start in ends or self._begins(text, start):
                    add(start, end, level, source, 5.0)
        return result

    def _stems(self, text: str, found: Iterable[Found], region: Region) -> tuple[dict[str, str], dict[str, str]]:
        """Short forms by level: of the names in the article, and of the other towns of the home county."""
        told: dict[str, str] = {}
        for f in found:
            if f.level in ("town", "community", "village", "compound") and f.source != "deictic":
                stem = _SUFFIX.sub("", text[f.start : f.end])
                if len(stem) >= 2 and stem != text[f.start : f.end]:
                    told[stem] = min(told.get(stem, f.level), f.level, key=ORDER.__getitem__)
        local = self._gazetteer.town_stems(region.county) if region.county else ()
        told.update((stem, "town") for stem in told.keys() & set(local))  # 石桥 of 石桥镇, though the text has 石桥村
        names, others = upper_names(), other_names()

        def clear(stem: str) -> bool:
            upper = names.get(stem)
            far = upper is None or not any(d.level != "county" or region.holds(d.code) for d in upper.divisions)
            return far and stem not in names.ambiguous and stem not in others.entries

        return (
            {stem: level for stem, level in told.items() if clear(stem)},
            {stem: "town" for stem in local if len(stem) <= 4 and clear(stem) and stem not in told},
        )

    def _village_of(self, town: str, stem: str, region: Region) -> bool:
        if not all(map(_HAN.match, stem)) or stem in words():
            return False
        areas = [area for area in (region.county or region.city, *region.counties) if area]
        parents = [parent for area in areas for parent in self._gazetteer.under(area, town, "town")]
        return any(self._gazetteer.under(parent.code, stem + "村") for parent in parents)

    def _lists(self, text: str, ends: Collection[int], region: Region) -> Iterable[tuple[int, int, str]]:
        """Members of lists that end in what they are: those that the home region has under that name; the others too
        where one is, a parent stands before the list, or there are as many as it says."""
        for match in _LIST.finditer(text):
            level = _LEVEL.get(match.group(5), "village")
            items = match.group(1).split("、")
            items[-1:] = _AND.split(items[-1]) if len(items) > 1 and len(items[-1]) > _PAIR else items[-1:]
            count = match.group(3) or match.group(4)
            if count is None and len(items) < 2:
                continue
            at = match.start(1)
            members = []  # where each begins if the home region has it, where it may begin at the earliest, its end
            for i, item in enumerate(items):
                end = at + len(item)
                starts = range(at, end - 1) if i == 0 else (at,)
                members.append((next((s for s in starts if self._local(text[s:end], level, region)), None), at, end))
                at = end + 1
            begun = self._first(text, *members[0][1:], ends)
            believed = level != "town" and self._believed(text, members, begun in ends, count, bool(match.group(2)))
            for i, (start, low, end) in enumerate(members):
                if start is None and believed:
                    start = begun if i == 0 else low
                    start = start if start is not None and _may_be(text[start:end]) else None
                if start is not None:
                    yield start, end, level

    def _before_full(self, text: str, found: list[Found], region: Region) -> Iterable[tuple[int, int, str]]:
        """柳岸、东关 of 柳岸、东关、石桥村: short forms before a village, town or community in full, which the region has, or
        that stand right behind their town and sound like names or are some elsewhere."""
        ends = {f.end for f in found}
        for f in found:
            if f.level not in _SUFFIXES or f.source == "deictic" or text[f.start - 1 : f.start] != "、":
                continue
            members: list[tuple[int, int]] = []
            end = f.start - 1
            while members == [] or text[end : end + 1] == "、":
                start = next((s for s in range(end - 2, max(end - 5, -1), -1) if self._edge(text, s, ends)), None)
                if start is None or not _NAME.fullmatch(text, start, end):
                    break
                members.append((start, end))
                end = start - 1
            under = any(members and g.end == members[-1][0] for g in found) and f.level != "town"
            for start, end in members:
                stem = text[start:end]
                if self._local(stem, f.level, region) or (under and (_sounds(stem) or self._named(stem, f.level))):
                    yield start, end, f.level

    def _before_residents(self, text: str, ends: Collection[int], region: Region) -> Iterable[tuple[int, int]]:
        """The communities that are named by their residents' committee alone: those that the home region has, or that stand
        right behind their town."""
        for match in _RESIDENTS.finditer(text):
            for start in range(match.start(), match.end() - 1):
                stem = text[start : match.end()]
                behind = start in ends and not stem.endswith("社区") and _sounds(stem)
                if behind or (self._edge(text, start, ends) and self._local(stem, "community", region)):
                    yield start, match.end()
                    break

    def _named(self, stem: str, level: str) -> bool:
        """Whether some place in the country is one that print may call `stem`."""
        return any(stem + suffix in self._gazetteer for suffix in _SUFFIXES[level])

    def _edge(self, text: str, start: int, ends: Collection[int]) -> bool:
        return start in ends or text[start - 1 : start] == "、" or self._begins(text, start)

    @staticmethod
    def _believed(
        text: str, members: list[tuple[int | None, int, int]], under: bool, count: str | None, others: bool
    ) -> bool:
        """Whether what stands in a list of places beside what the gazetteer has, if anything, are places too.

        `under`: a place is printed right before the list; `count`: the number behind it; `others`: 等 is.
        """
        unknown = [text[low:end] for start, low, end in members[1:] if start is None]
        if not all(map(_may_be, unknown)):
            return False
        known = any(start is not None for start, _, _ in members)
        full = not others and count is not None and _number(count) == len(members) > 1
        if len(members) > 2:
            return known or under or full or all(map(_sounds, unknown))
        return full and known

    def _first(self, text: str, low: int, end: int, ends: Collection[int]) -> int | None:
        """Where the first member of a list may begin: at a place's end, a break, behind a particle or a word."""
        for start in range(max(low, end - 4), end - 1):
            if not CLEAR.isdisjoint(text[start:end]):
                continue
            if start in ends or self._begins(text, start) or text[start - 2 : start] in words():
                return start + 2 if end - start > 3 and text[start : start + 2] in words() else start
        return None

    def _local(self, stem: str, level: str, region: Region) -> bool:
        if stem in _NO_MEMBERS:
            return False
        near = {"county", "city", "page"}
        return any(region.nearness(stem + suffix) in near for suffix in _SUFFIXES[level])

    @staticmethod
    def _begins(text: str, start: int) -> bool:
        """Whether a name may well begin here: behind a break or a particle."""
        return start == 0 or not _HAN.match(text[start - 1]) or text[start - 1] in CLEAR

    @staticmethod
    def _fits(text: str, start: int, end: int) -> bool:
        """Whether the short form stands by itself, as far as words tell."""
        if inside_words(text, start, end):
            return False
        if start and _HAN.match(text[start - 1]) and text[start - 1 : start + 1] in words():
            return False
        return text[end - 1 : end + 1] not in words() and not _LONGER.match(text, end)


def _number(count: str) -> int:
    """5 of 5个, 3 of 三; 0 if it tells no number."""
    digits = "".join(filter(str.isdecimal, count))
    return int(digits) if digits else _NUMBERS.get(count[0], 0)


def _may_be(member: str) -> bool:
    """Whether what stands in a list of places may be the name of one that the gazetteer lacks."""
    return 2 <= len(member) <= 3 and not {member, member[:2], member[-2:]} & words() and member not in _NO_MEMBERS


def _sounds(member: str) -> bool:
    """Whether a member is made of characters that names of places are rather made of."""
    table = character_odds()
    odds = [table.get(character, (1.0, 1.0, 1.0))[min(i, 1)] for i, character in enumerate(member)]
    return _may_be(member) and sum(odds) > _CREDIBLE
