"""Where a name that ends in 镇, 社区, 村, 小区, 湖 begins: the bounds of places from the town down.

Every beginning that the characters before a suffix allow is weighed: whether the gazetteer knows the name and how near
home, what stands right before it (a parent, a break, a word that ends there), how much the characters look like a place
name. The best one wins if it outweighs that there is no name at all. The weights are a log-linear model of few readable
features (`place_weights.tsv`), fitted on labelled pages by `pipeline.training.places`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import divisions
from pipeline.lexicon.place_names import character_odds, upper_names, words
from pipeline.stages.place_region import ORDER, Found, Region
from pipeline.stages.place_upper import MEDIA

GROUPS = ("town", "lowest", "compound", "other")  # levels that share weights
FEATURES = (
    "bias", "weak", "blocked", "generic_end", "quoted",
    "near_county", "near_city", "near_page", "near_province", "near_nation", "near_misprint",
    "left_parent", "left_break", "left_particle", "left_word", "left_split", "left_name", "left_prefix",
    "right_break", "right_word", "right_split", "known_long", "known_site",
    "odds", "odds_site", "inner_words", "repeated",
    "length_1", "length_2", "length_3", "length_4", "length_5", "length_more", "short_suffix", "institution",
)  # fmt: skip
_COLUMNS = ("suffix", "level", "least", "most", "strength", "not_before", "generic")

PARTICLES = frozenset("同在到从向于由为与和及对将被把是往赴进的了、让给带以或")
_NEVER = frozenset("的们这那你她它俺咱着呢吗啊吧很等")  # no name holds these, so one may begin behind them
CLEAR = PARTICLES | _NEVER
_UNSEEN = (1.0, 1.0, 1.0)  # a character that neither news nor names have is rather a name's
_PREFIXES = frozenset("大小东西南北上下前后中新老")  # 大李村 is another village than 李村
_INSTITUTIONS = frozenset("局厂司社院校站队矿所行场馆委")  # 糖厂家属院
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LOCAL = frozenset(("county", "city", "page"))
_FAR = frozenset(("province", "nation"))
_LONG = 3  # characters before the suffix from which on a name known far away is hardly put together by chance
_CLASSES = frozenset("省市县区乡镇村街")  # 县镇村, 镇街社区: levels, no names
_AND = frozenset("和与及")
_OFFICE = "办事处"
_WITHIN = "自然村"  # lies in a village
_AT = {name: i for i, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Suffix:
    """A last word of names. `generic`: words that make no name with it; `phrases`: those that make none at the end of
    longer words either."""

    text: str
    level: str
    least: int
    most: int
    strong: bool
    not_before: tuple[str, ...]
    generic: frozenset[str]
    phrases: tuple[str, ...]
    group: str  # one of GROUPS


@dataclass(frozen=True, slots=True)
class Anchor:
    """A suffix in a text: [at, end)."""

    at: int
    end: int
    suffix: Suffix


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a name may begin, what knows it, and its features as (number, value)."""

    start: int
    source: str
    features: list[tuple[int, float]]


@dataclass(slots=True)
class Setting:
    """A folded text and what is known of it.

    `ends`: places by their end, where a chain goes on; `heads`: beginnings of short and other names, which a longer name
    may begin with (青州古城); `full`: end of each full name of a county or above by its beginning; `repeated`: names that
    are sure elsewhere in the article.
    """

    text: str
    region: Region
    ends: dict[int, Found] = field(default_factory=dict)
    heads: Collection[int] = ()
    full: Mapping[int, int] = field(default_factory=dict)
    repeated: Collection[str] = ()

    def begins(self, at: int) -> bool:
        """Whether a break or a particle stands before a place of the text."""
        return self.breaks(at) or self.text[at - 1] in CLEAR

    def breaks(self, at: int) -> bool:
        """Whether no Chinese character stands before a place of the text."""
        return at == 0 or not _HAN.match(self.text[at - 1])


class Bounds:
    """Finds towns, communities, villages, compounds and other places by their suffix."""

    def __init__(self, suffixes: str = "place_suffixes.tsv", weights: str = "place_weights.tsv"):
        rows = load_tsv(suffixes, _COLUMNS, optional=("not_before", "generic"), key=("suffix",))
        self._suffixes = {
            row["suffix"]: Suffix(
                row["suffix"],
                row.choice("level", ORDER),
                int(row.number("least")),
                int(row.number("most")),
                row.choice("strength", ("strong", "weak")) == "strong",
                tuple(row.list("not_before")),
                frozenset(word.lstrip("*") for word in row.list("generic")),
                tuple(word.lstrip("*") for word in row.list("generic") if len(word) > 1),
                "lowest" if row["level"] in ("community", "village") else row["level"],
            )
            for row in rows
        }
        longest_first = sorted(self._suffixes, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        self._ending = re.compile(f"(?:{self._pattern.pattern})$")
        table = {row["feature"]: row for row in load_tsv(weights, ("feature", *GROUPS), key=("feature",))}
        self.weights = {group: [table[name].number(group) for name in FEATURES] for group in GROUPS}

    def find(
        self,
        text: str,
        known: Collection[Found],
        region: Region,
        repeated: Collection[str] = (),
        heads: Collection[int] = (),
        doubtful: Iterable[Found] = (),
    ) -> list[Found]:
        """Places of a folded text, from left to right.

        `known`: places above the town already found in it; `doubtful`: what may be some if a name begins at its end;
        `repeated`, `heads`: as of a `Setting`.
        """
        full = {found.start: found.end for found in known if found.source == "gazetteer"}
        setting = Setting(text, region, {found.end: found for found in (*doubtful, *known)}, heads, full, repeated)
        cut = {i: found.source for found in known for i in range(found.start + 1, found.end)}
        result: list[Found] = []
        for anchor in self.anchors(text):
            if anchor.suffix.level == "other" and (anchor.end in setting.ends or MEDIA.match(text, anchor.end)):
                continue  # 河北|唐山 holds no 北唐山, and 某山晚报 is a newspaper
            best = self._best(setting, anchor)
            if best is None or (anchor.end in cut and (best.source != "gazetteer" or cut[anchor.end] != "alias")):
                continue  # 广西|河池 holds no 西河; but the 镇江 in 三江镇江边 is none
            last = result[-1] if result else None
            if last and last.end > best.start and last.source == "gazetteer" and best.source != "gazetteer":
                best = self._best(setting, anchor, last.end)  # not 李镇赵村, where 李镇 is known
                if best is None:
                    continue
            while result and result[-1].end > best.start:  # 李镇 in 李镇村
                setting.ends.pop(result.pop().end, None)
            result.append(best)
            setting.ends[best.end] = best
            if best.level == "town" and text.startswith(_OFFICE, best.end):  # 某街道办事处某社区
                setting.ends[best.end + len(_OFFICE)] = best
        return result

    def level_of(self, name: str) -> str | None:
        """The level that the end of a name tells; None if it tells none."""
        ending = self._ending.search(name)
        return self._suffixes[ending.group()].level if ending and ending.start() else None

    def is_class(self, name: str) -> bool:
        """Whether one character and a suffix make a class of places: 农村, 新村."""
        ending = self._ending.search(name)
        return ending is not None and ending.start() == 1 and name[0] in self._suffixes[ending.group()].generic

    def is_common(self, name: str) -> bool:
        """Whether a word that ends as a place does is no name as far as it tells by itself: 某村, 兄弟街道."""
        ending = self._ending.search(name)
        if ending is None or not ending.start():
            return False
        stem, suffix = name[: ending.start()], self._suffixes[ending.group()]
        if stem[-1] == "乡" or not _NEVER.isdisjoint(stem) or _CLASSES.issuperset(stem):
            return True
        if stem in suffix.generic:
            return True
        if suffix.level == "other" or len(stem) > suffix.most or name in divisions():
            return False
        # 老旧小区, 石桥村村; 兄弟街道, for the list has all towns, but villages are named by words: 团结村
        return stem.endswith((*suffix.phrases, suffix.text)) or (suffix.group == "town" and _ordinary(stem))

    def anchors(self, text: str) -> Iterator[Anchor]:
        """Each suffix in the text, from left to right."""
        for match in self._pattern.finditer(text):
            yield Anchor(match.start(), match.end(), self._suffixes[match.group()])

    def _best(self, setting: Setting, anchor: Anchor, least: int = 0) -> Found | None:
        weights = self.weights[anchor.suffix.group]
        best: Found | None = None
        for beginning in self.beginnings(setting, anchor, least):
            score = sum(weights[i] * value for i, value in beginning.features)
            if score > (best.score if best else 0.0):
                best = Found(beginning.start, anchor.end, anchor.suffix.level, beginning.source, score)
        return best

    def beginnings(self, setting: Setting, anchor: Anchor, least: int = 0) -> Iterator[Beginning]:
        """Each place from `least` on where the name with this suffix may begin, the nearest to the suffix first."""
        text, at, end, suffix = setting.text, anchor.at, anchor.end, anchor.suffix
        table, known_words = character_odds(), words()
        right = _right(text, anchor)
        odds = site = 0.0
        inner_words = 0
        for start in range(at - 1, max(at - suffix.most, least) - 1, -1):
            if text[start] in _NEVER or not _HAN.match(text[start]):
                return
            first, inner, other = table.get(text[start], _UNSEEN)
            site += other
            inner_words += at - start > 1 and text[start : start + 2] in known_words
            length = at - start
            if length >= suffix.least:
                chosen = _left(setting, anchor, start)
                if chosen is not None:
                    source, left = chosen
                    if text[start:end] in setting.repeated:
                        left.append((_AT["repeated"], 1.0))
                    left.append((_AT[f"length_{length}"] if length <= 5 else _AT["length_more"], 1.0))
                    if not (suffix.group == "compound" and text[at - 1] in _INSTITUTIONS):  # whose names are words
                        left.append((_AT["odds"], (odds + first) / 10))
                        left.append((_AT["odds_site"], site / 10))
                        left.append((_AT["inner_words"], inner_words))
                    yield Beginning(start, source, right + left)
            if text[start] in _AND and text[start - 1 : start] in _CLASSES:
                return  # 甲村|和乙村: one of these names two
            odds += inner


def _right(text: str, anchor: Anchor) -> list[tuple[int, float]]:
    """Features of the suffix and of what follows it."""
    suffix, end = anchor.suffix, anchor.end
    found = ["bias"]
    if len(suffix.text) == 1:
        found.append("short_suffix")
    if not suffix.strong:
        found.append("weak")
    if suffix.not_before and text.startswith(suffix.not_before, end) and not text.startswith("委会", end):
        found.append("blocked")
    if end == len(text) or not _HAN.match(text[end]):
        found.append("right_break")
    elif text[end : end + 2] in words():
        found.append("right_word")
    if text[end - 1 : end + 1] in words():
        found.append("right_split")
    return [(_AT[name], 1.0) for name in found]


def _left(setting: Setting, anchor: Anchor, start: int) -> tuple[str, list[tuple[int, float]]] | None:
    """Source and features of a beginning; None if the words before the suffix make no name with it."""
    text, suffix, region = setting.text, anchor.suffix, setting.region
    stem, name = text[start : anchor.at], text[start : anchor.end]
    parent = setting.ends.get(start)
    chained = parent is not None and may_hold(parent.level, suffix.level, name)
    if chained and parent is not None and parent.level == "county" and parent.source == "alias":
        chained = region.knows_in(text[parent.start : start], name)
    head = start in setting.heads or _site_of_county(setting, anchor, start)
    division = suffix.group in ("town", "lowest")
    near = (region.nearness(name) or region.nearness(f"{stem}村")) if name.endswith(_WITHIN) else None
    near = region.nearness(name) if division and near is None else near
    if start in setting.full and near is None and not head:
        return None
    begins = chained or setting.begins(start)
    behind_word = not begins and _behind_word(text, start)
    site = not division and (begins or behind_word) and region.is_site(name)
    listed = text[start - 1 : start] == "、" or (text[start - 1] in _AND and start - 1 in setting.ends)
    if _common(stem, suffix, near, chained, head, site, listed):
        return None
    found = []
    if site:
        found.append("known_site")
    if near in _FAR and len(stem) >= _LONG:
        found.append("known_long")
    if near is not None:
        found.append(f"near_{near}")
    elif begins and division and region.misprint(name):
        found.append("near_misprint")
    if stem[-1:] in suffix.generic:
        found.append("generic_end")
    if head and suffix.group == "other":
        found.append("left_name")
    if chained:
        found.append("left_parent")
    elif setting.breaks(start):
        found.append("left_break")
        if start and text[start - 1] in '“"《‘':
            found.append("quoted")
    elif text[start - 1] in CLEAR:
        found.append("left_particle")
    elif behind_word:
        found.append("left_word")
    if start > 1 and text[start - 1] in _PREFIXES and (setting.begins(start - 1) or start - 1 in setting.ends):
        found.append("left_prefix")
    if suffix.group == "compound" and stem[-1] in _INSTITUTIONS:
        found.append("institution")
    if start and text[start - 1 : start + 1] in words():
        found.append("left_split")
    return "gazetteer" if near is not None else "pattern", [(_AT[feature], 1.0) for feature in found]


def may_hold(parent: str, level: str, name: str) -> bool:
    """Whether a place of the level `parent` may hold one of `level`; a village holds its 自然村."""
    return ORDER[parent] < ORDER[level] or (parent == level and name.endswith(_WITHIN))


def _behind_word(text: str, start: int) -> bool:
    return any(text[max(start - n, 0) : start] in words() for n in (2, 3, 4))


def _site_of_county(setting: Setting, anchor: Anchor, start: int) -> bool:
    """清河县|体育馆, 清河县|烈士陵园: a site that is named after its county and the class of thing it is."""
    end = setting.full.get(start)
    if end is None or end > anchor.at or anchor.suffix.group != "other":
        return False
    between = setting.text[end : anchor.at]
    return not between or between in anchor.suffix.generic


def _common(stem: str, suffix: Suffix, near: str | None, chained: bool, head: bool, site: bool, listed: bool) -> bool:
    """Whether the words before a suffix make a common noun with it: 农村, 老旧小区, 和谐社区 without a parent."""
    lowest = suffix.group == "lowest"
    exact = stem in suffix.generic
    if exact and not (chained and (near in _LOCAL or lowest)):
        return True
    if near in _LOCAL:
        return False
    if not head and not exact and stem.endswith(suffix.phrases):
        return True
    if chained:
        return near is None and suffix.group == "town" and _ordinary(stem)  # 某市推行街道
    if lowest and upper_names().get(stem) is not None and not (listed and near is not None):
        return True  # a city and the common noun: 潍坊社区工作; but 东关、中山社区
    return near is None and not site and (lowest or suffix.group == "town" or not suffix.strong) and _ordinary(stem)


def _ordinary(stem: str) -> bool:
    """Whether the words before a suffix are but a word, or a particle and a word: 依托社区."""
    return stem in words() or (stem[0] in PARTICLES and stem[1:] in words())


@lru_cache(maxsize=4)
def bounds(suffixes: str = "place_suffixes.tsv", weights: str = "place_weights.tsv") -> Bounds:
    """The finder for a lexicon, made once a process."""
    return Bounds(suffixes, weights)
