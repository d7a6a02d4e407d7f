"""The places and organisations that an article names, as units of posts: the one meant, and what it is called in full."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.lexicon.divisions import PEOPLES
from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.place_names import upper_names
from pipeline.records import Mention
from pipeline.stages.post_places import LEVEL_OF_WORD, UnitPlaces, levels_of

_OFFICIAL_ENDS = (*LEVEL_OF_WORD, "花园", "公寓")
_NEIGHBOURS = frozenset({"community", "village", "compound"})
_ETHNIC = "|".join((*(f"{people}族" for people in PEOPLES), "各族", "蒙古", "哈萨克", "维吾尔"))
_UPPER_WORDS = frozenset("省市县区")
_COUNTY_LEVELS = frozenset("市县区旗")
_LEVEL_INSIDE = re.compile(r"(?<=[一-鿿]{2})[省市县区镇乡村](?=[一-鿿]{3})")
_COMPANY = re.compile(r"(?:集团)?(?:控股|股份)?(?:有限)?(?:责任)?(?:公司)$|集团$")
_ROOM = re.compile(
    r"(?![省市州县区旗镇乡国])[一-鿿]{0,2}(?:研究室|办公[室厅]|业务处|综合处|[一-鿿]{0,2}[科股]|(?:德育|学生|教务|教导|总务|政教|教研|保卫|后勤|人事|财务|科研|招生|就业|学工)处)"
)
_INSTITUTION = re.compile(r"院|中心|[所站校]|大学")
_AUTONOMOUS = re.compile(rf"(?:{_ETHNIC}){{1,5}}自治(?=[县州旗]$)")


@dataclass(frozen=True, slots=True)
class Name:
    """A mention as the stage of officials reads it; characters of the Doc."""

    start: int
    end: int
    text: str
    record: Mention

    @property
    def place(self) -> bool:
        return self.record.type == "PLACE"


@dataclass(frozen=True, slots=True)
class Unit:
    """`text` as the row gives it, where it stands (None if only implied), the path of its place, and the mention."""

    text: str
    span: tuple[int, int] | None
    place: str | None
    name: Name | None


class Organisation:
    """An organisation of an article as `_longest_form` compares it: as printed, without spaces, without 有限公司, and
    without the levels inside its name."""

    __slots__ = ("name", "stem", "text", "without_levels")

    def __init__(self, text: str):
        self.text, self.name = text, "".join(text.split())
        self.stem, self.without_levels = _COMPANY.sub("", text), _LEVEL_INSIDE.sub("", text)


class UnitNames:
    """The names of one article, sorted by place, and the choice among them."""

    def __init__(self, folded: str, names: Sequence[Name], home: str, page_text: str):
        self.folded, self.page_text = folded, page_text
        self.names = [
            n for n in names if (n.place and _known(n)) or (n.record.type == "ORG" and not _bare_department(n.text))
        ]
        self.starts = [n.start for n in self.names]
        self.organisations = [Organisation(text) for text in dict.fromkeys(n.text for n in self.names if not n.place)]
        self._full: dict[int, str] = {}  # by where an organisation stands its longest form
        said = [(n.start, n.text, n.record.canonical) for n in self.names if n.place and n.record.canonical]
        heads = [(n.start, upper_names().starts(n.text, 0)) for n in self.names if not n.place]
        borne = [(at, h.divisions[0].path) for at, h in heads if h and not h.short and len(h.divisions) == 1]
        self.places = UnitPlaces(said, home, folded, borne)
        self._borne: dict[str, tuple[list[int], list[str]]] | None = None

    def last(self, wanted: Callable[[Name], bool], at: int, forward: bool = True) -> Name | None:
        before = bisect_left(self.starts, at)
        for name in reversed(self.names[:before]):
            if wanted(name):
                return name
        return next((name for name in self.names[before:] if wanted(name)), None) if forward else None

    def place_of_level(self, level: str, at: int, word: str = "", role: bool = False) -> Unit | None:
        if level in ("province", "city", "county"):
            path = self.places.region(level, word, at)
            if path:
                return Unit(self._short(path), None, path, None)
        name = (
            self.last(lambda n: n.place and n.record.level == level and (level != "town" or _ends(n, word)), at)
            if not role
            else None
        )
        if name is None and not (level == "town" and word):  # a 镇长 is of no 街道
            name = self.last(lambda n: n.place and compatible(level, n.record.level), at)
        if name:
            return self.unit(name)
        found = self._of_organisations(level, at)
        return found if found is None or level != "town" or found.text.endswith(word) else None

    def _of_organisations(self, level: str, at: int) -> Unit | None:
        """The place of a level that only the name of an organisation tells: 镇 is of 某镇 beside 某镇敬老院."""
        if self._borne is None:  # by level where the organisations begin that tell a place of it, and its path
            self._borne = {}
            paths = {n.text: self.places.of_organisation(n.text, n.start) or "" for n in self.names if not n.place}
            for name in self.names:
                for of_level, path in levels_of("" if name.place else paths[name.text]):
                    starts, found = self._borne.setdefault(of_level, ([], []))
                    starts.append(name.start)
                    found.append(path)
        starts, found = self._borne.get(level, ([], []))
        if found:
            path = found[max(bisect_left(starts, at) - 1, 0)]
            return Unit(self._short(path), None, path, None)
        common = self.places.common.get(level)
        return Unit(self._short(common), None, common, None) if common else None

    def organisation(self, kinds: Sequence[str], at: int) -> Unit | None:
        fitting = [n for n in self.names if not n.place and any(k in kind_of(n.text).kinds for k in kinds)]
        paragraph = self.folded.rfind("\n", 0, at) + 1
        near = [n for n in fitting if paragraph <= n.start < at]
        if near:
            return self.unit(near[-1])
        if not fitting:
            return None
        often = Counter(n.text for n in fitting)
        return self.unit(
            max(fitting, key=lambda n: (often[n.text], n.start < at, n.start if n.start < at else -n.start))
        )

    def unit(self, name: Name) -> Unit:
        text = "".join(name.text.split())
        if not name.place:
            full = self._full_name(name)
            return Unit(full, (name.start, name.end), self.places.of_organisation(full, name.start), name)
        path = name.record.canonical
        if text[0] in "该本" and text[1:] in ("镇", "乡", "街道", "村", "社区") and not (path or "").endswith(text[1:]):
            level = LEVEL_OF_WORD[text[1:]]
            meant = self.last(
                lambda n: (
                    n.place and n.record.level == level and n.text.endswith(text[1:]) and n.text[0] not in "该本我"
                ),
                name.start,
            )
            if meant:
                return Unit("".join(meant.text.split()), (name.start, name.end), meant.record.canonical, meant)
        if path and (text[0] in "该本我" or not text.endswith(_OFFICIAL_ENDS) or path.endswith(text + "市")):
            level, last = self.folded[name.end : name.end + 1], path.rsplit("/", 1)[-1]
            # 某县委书记 may be of a county that is a district today
            said = level in _COUNTY_LEVELS and len(text) > 1 and len(last) == len(text) + 1 and last.startswith(text)
            text = text + level if said else self._short(path)
        return Unit(text, (name.start, name.end), path, name)

    def _full_name(self, name: Name) -> str:
        """The longest form of an organisation in the article: 县医院 for 某县医院, 某医附院 for 某医科大学附属医院."""
        if name.start not in self._full:
            self._full[name.start] = self._longest_form("".join(name.text.split()), name.start)
        return self._full[name.start]

    def _longest_form(self, text: str, at: int) -> str:
        head = upper_names().starts(text, 0)
        region = len(head.name) if head else 0
        own = len(text) - region > 3  # 某市妇联 is not short for another body of the city
        best = text
        for other in self.organisations:
            if len(other.text) <= len(best):
                continue
            long, stem = other.text, other.stem  # 临江公交客运 for 临江公共交通客运股份有限公司
            if stem != long and own and len(text) > 3 and text[-2:] == stem[-2:] and _in_order(text, stem):
                best = other.name
            if long[-1] != text[-1] or long.startswith(text):  # a part of it: a school of the university
                continue
            ends = long.endswith(text)
            if ends and text[0] in _UPPER_WORDS and self._elsewhere(text[0], at, long):
                continue
            short = own and len(text) <= 0.6 * len(long) and text[0] == long[0] and _in_order(text, long)
            if not short and text[: region + 2] == other.name[: region + 2]:
                short = _shortened(text, other.name, region)
            short = short or other.without_levels.endswith(text)
            if (ends or short) and kind_of(text).kinds in ((), kind_of(long).kinds):
                best = other.name
        return best

    def _elsewhere(self, word: str, at: int, full: str) -> bool:
        """Whether an organisation named in full is of another 省, 市, 县 than the one that stands for itself at `at`."""
        meant = self.places.region(LEVEL_OF_WORD[word], word, at)
        head = upper_names().starts(full, 0)
        return meant is not None and head is not None and all(meant != d.path for d in head.divisions)

    def _short(self, path: str) -> str:
        """The last name of a path; of an autonomous county the short form, where the page has it."""
        last = path.rsplit("/", 1)[-1]
        short = _AUTONOMOUS.sub("", last)
        return short if short != last and short in self.page_text else last


def _bare_department(name: str) -> bool:
    """Whether a name is only a department of some hospital or other body: 普外科, 研究室."""
    if _INSTITUTION.search(name):
        return False
    return _ROOM.fullmatch(name) is not None or (name.endswith("科") and kind_of(name).category == "hospital")


def _known(place: Name) -> bool:
    """Whether a place is named, or 本村 is known to be one that is."""
    return place.text[0] not in "该本我" or place.record.canonical is not None


def _ends(name: Name, word: str) -> bool:
    last = (name.record.canonical or name.text).rsplit("/", 1)[-1]
    return not word or last.endswith(word)


def _shortened(short: str, long: str, region: int) -> bool:
    """Whether a name is another one with a stretch of two characters or more left out behind its own word: 某市运输中心
    for 某市运输事业发展中心, but not 某市医院 for 某市妇幼保健院. `region`: the characters of the region it begins with."""
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return same - region > 1 and len(long) - len(short) > 1 and same < len(short) and long.endswith(short[same:])


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def compatible(wanted: str, level: str | None) -> bool:
    return wanted == level or (wanted in _NEIGHBOURS and level in _NEIGHBOURS) or {wanted, level} == {"city", "county"}
