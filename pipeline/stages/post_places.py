"""The place that the name of an organisation bears, and the regions that its 省, 市, 县 stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.lexicon.divisions import Division, divisions
from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.place_names import Upper, nearest, shared_levels, upper_names
from pipeline.stages.place_levels import UPPER

LEVEL_OF_WORD = {
    "自治区": "province", "省": "province", "市": "city", "州": "city", "盟": "city", "县": "county", "区": "county", "旗": "county",
    "镇": "town", "乡": "town", "街道": "town", "社区": "community", "村": "village", "嘎查": "village",
    "小区": "compound", "家属院": "compound",
}  # fmt: skip
_LEVEL_WORD = re.compile(r"(?:共青团|中共|团)?(自治区|省|市|州|县|区|旗|镇|乡|街道|社区|村)")
_NATIONAL = re.compile(r"(?:中国共产党|中共|共青团|国网|中国|中华)")
_LOWER = re.compile(r"[一-鿿]{1,6}?(?:街道|[镇乡]|社区|村)")
_SUFFIX = re.compile(r"(?:省|市|县|区|镇|乡|街道|社区|村)$")
# the short form of a town before such an office
_TOWN_OFFICE = re.compile(r"([一-鿿]{1,4}?)(?:支行|分理处|营业所|派出所|法庭|中队|所|中学|小学|卫生院|信用社)$")
_LOCAL_KINDS = frozenset({"合作社", "队", "组"})


class UnitPlaces:
    """The places an article speaks of, and those that its organisations bear; all paths are canonical."""

    def __init__(
        self,
        said: Sequence[tuple[int, str, str]],
        home: str,
        folded: str = "",
        borne: Sequence[tuple[int, str]] = (),
    ):
        """`said`: where each place named in the article begins, its text and path; `home`: the page's region, may be empty;
        `borne`: where the organisations begin whose names begin with a region, and its path."""
        self.home = dict(levels_of(home))
        self.folded = folded
        counts: dict[str, Counter[str]] = {}
        self._by_name: dict[str, str] = {}
        # by level the paths of that level, where, and whether a place inside is what is named
        self._said: dict[str, list[tuple[int, str, bool]]] = {}
        for start, text, path in said:
            self._by_name.setdefault("".join(text.split()), path)
            for level, part in levels_of(path):
                counts.setdefault(level, Counter())[part] += 1
                self._said.setdefault(level, []).append((start, part, part != path))
                last = part.rsplit("/", 1)[-1]
                self._by_name.setdefault(last, part)
                if len(_SUFFIX.sub("", last)) > 1:
                    self._by_name.setdefault(_SUFFIX.sub("", last), part)
        for start, path in borne:
            for level, part in levels_of(path):
                self._said.setdefault(level, []).append((start, part, part != path))
        self._longest_first = sorted(self._by_name.items(), key=lambda item: (-len(item[0]), item[0]))
        # by level the article's commonest place, the page's own where the article names none
        self.common = {**self.home, **{level: c.most_common(1)[0][0] for level, c in counts.items()}}

    @property
    def local(self) -> str | None:
        """The county or city the article is about."""
        return self.common.get("county") or self.common.get("city")

    def region(self, level: str, word: str = "", at: int = 0) -> str | None:
        """The province, city or county that an office without a name means at `at`: the page's own, unless the sentence, the
        paragraph or the article speaks of others alone; of those the one named last. `word`: what its name ends in."""
        if level == "city" and word in ("", "市") and self.home.get("county", "").endswith("市"):
            level = "county"
        said = [s for s in self._said.get(level, ()) if not word or s[1].endswith(word)]
        if not said and (level, word) == ("city", "市"):  # 市委书记 in a prefecture: of a city of the level of counties
            said = [s for s in self._said.get("county", ()) if s[1].endswith(word)]
        home = self.home.get(level, "")
        if home and word and not home.endswith(word):
            home = ""
        if said:
            paragraph = self.folded.rfind("\n", 0, at)
            sentence = max(paragraph, self.folded.rfind("。", 0, at))
            stop = re.search(r"[。\n]|$", self.folded[at:])
            near = (
                [s for s in said if sentence < s[0] < at]
                or [s for s in said if at < s[0] < at + (stop.start() if stop else 0) and s[2]]  # 县委书记甲来到某镇
                or [s for s in said if paragraph < s[0] < at]
                or said
            )
            if all(path != home for _, path, _ in near):
                return max(near, key=lambda s: (s[0] < at, s[0] if s[0] < at else -s[0]))[1]
        return home or self.common.get(level)

    def of_organisation(self, name: str, at: int = 0) -> str | None:
        """The path of the lowest place in the name of an organisation said at `at`; None if it bears none."""
        bare = _NATIONAL.sub("", name, count=1)
        found = self._head(bare)
        if found:
            path, rest = found
            return self._below(path, rest)
        word = _LEVEL_WORD.match(name)
        if word:
            level = LEVEL_OF_WORD[word.group(1)]
            above = self.region(level, word.group(1), at) if level in UPPER else self.common.get(level)
            return self._below(above, name[word.end() :]) if above and level in UPPER else above
        office = self._office(self.local, name) if self.local and _TOWN_OFFICE.fullmatch(name) else None
        if office:  # 云溪派出所 is of the town of that name
            return office
        inside = next((p for n, p in self._longest_first if len(n) > 1 and n in name), None)
        if inside:
            return inside
        for at in range(1, len(name) - 3):  # 工商银行某某分行
            upper = upper_names().starts(name, at)
            if upper is not None and (not upper.short or upper.free):
                return self._below(self._nearest(upper).path, name[at + len(upper.name) :])
        return self.local if set(kind_of(name).kinds) & _LOCAL_KINDS else None

    def _head(self, name: str) -> tuple[str, str] | None:
        """The place that a name begins with, and the rest of the name."""
        upper = upper_names().starts(name, 0)
        for known, path in self._longest_first:
            if len(known) > 1 and name.startswith(known) and len(name) - len(known) > 1:
                if upper is not None and not upper.short and len(upper.name) > len(known):
                    break  # 南江区 of 南江区人大, though the article names a river 南江
                return path, name[len(known) :]
        lower = _LOWER.match(name)
        for wider in dict.fromkeys((self.local, self.common.get("city"), self.common.get("province"))):
            area = divisions().by_path(wider) if lower and wider else None
            towns = divisions().under(area.code, lower.group()) if lower and area else []
            if towns and lower and (wider == self.local or len(towns) == 1):
                return towns[0].path, name[lower.end() :]
        if upper is not None and len(name) - len(upper.name) > 1:
            path = self._nearest(upper).path
            # the short name of a county far away is rather another word
            if not upper.short or upper.free or shared_levels(path, self.local or "") > 1:
                return path, name[len(upper.name) :]
        return None

    def _nearest(self, upper: Upper) -> Division:
        """Of divisions of one name that which shares most of its path with the article's."""
        return nearest(upper.divisions, self.local or "")

    def _below(self, path: str, rest: str) -> str:
        """The place under `path` that the rest of the name goes on with: 县 then 镇 then 村, or a short town name."""
        for known, lower in self._longest_first:
            if len(known) > 1 and rest.startswith(known) and lower.startswith(path + "/"):
                return self._below(lower, rest[len(known) :])
        area = divisions().by_path(path)
        if area is None:
            return path
        for match in (_LOWER.match(rest), upper_names().starts(rest, 0)):
            if match is None:
                continue
            word = match.name if isinstance(match, Upper) else match.group()
            found = divisions().under(area.code, word)
            if found:
                return self._below(found[0].path, rest[len(word) :])
        inside = [(rest.rfind(n), p) for n, p in self._by_name.items() if len(n) > 1 and p.startswith(path + "/")]
        if inside and max(inside)[0] > 0:  # 某市银行某县支行
            return max(inside)[1]
        for at in range(1, len(rest) - 2):
            upper = upper_names().starts(rest, at)
            below = [d.path for d in upper.divisions if d.path.startswith(path + "/")] if upper else []
            if below and upper:
                return self._below(below[0], rest[at + len(upper.name) :])
        return self._office(path, rest) or path

    def _office(self, path: str, rest: str) -> str | None:
        """The town that the office of a county bears in short: 某县农商银行某某支行."""
        office = _TOWN_OFFICE.search(rest)
        county = dict(levels_of(path)).get("county") or self.common.get("county") or ""
        area = divisions().by_path(county) if county.startswith(path) else None
        if office and area:
            for size in range(len(office.group(1)), 1, -1):
                town = divisions().town_by_stem(area.code, office.group(1)[-size:])
                if town:
                    return town.path
        return None


def levels_of(path: str) -> list[tuple[str, str]]:
    """The path and those above it with their levels, told by the ends of the names."""
    parts = path.split("/") if path else []
    out = []
    for depth, part in enumerate(parts):
        here = "/".join(parts[: depth + 1])
        if depth == 0:
            level = "city" if part.endswith("市") else "province"
        elif part.endswith(("街道", "镇", "乡", "苏木")):
            level = "town"
        elif part.endswith("社区"):
            level = "community"
        elif part.endswith(("村", "嘎查")):
            level = "village"
        elif depth == 1 and part.endswith(("市", "州", "盟", "地区")):
            level = "city"
        elif part.endswith(("县", "区", "市", "旗")):
            level = "county"
        else:
            level = "compound"
        out.append((level, here))
    return out
