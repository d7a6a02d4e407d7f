"""Where a name that ends in 镇, 社区, 村, 小区, 湖 begins: the bounds of places from the town down.

Every beginning that the characters before a suffix allow is weighed: whether the gazetteer knows the name and how near
home, what stands right before it (a parent, a break, a word that ends there), how much the characters look like a place
name. The best one wins if it outweighs that there is no name at all. The weights are a log-linear model of few readable
features (`place_weights.tsv`), fitted on labelled pages by `pipeline.training.places`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import TOWN_SUFFIXES, Divisions
from pipeline.lexicon.place_names import character_odds, credible_misprint, upper_names, words

ORDER = {"province": 0, "city": 1, "county": 2, "town": 3, "community": 4, "village": 4, "compound": 5, "other": 6}
GROUPS = ("town", "lowest", "compound", "other")  # levels that share weights
FEATURES = (
    "bias", "weak", "blocked", "generic_end", "quoted",
    "near_county", "near_city", "near_page", "near_province", "near_nation", "near_misprint",
    "left_parent", "left_break", "left_particle", "left_word", "left_split", "left_name", "left_prefix",
    "right_break", "right_word", "right_split",
    "odds", "odds_site", "inner_words", "repeated",
    "length_1", "length_2", "length_3", "length_4", "length_5", "length_more", "short_suffix", "institution",
)  # fmt: skip
_COLUMNS = ("suffix", "level", "least", "most", "strength", "not_before", "generic")

PARTICLES = frozenset("同在到从向于由为与和及对将被把是往赴进的了、让给带以或")
_NEVER = frozenset("的们这那你她它着呢吗啊吧很")
_UNSEEN = (1.0, 1.0, 1.0)  # a character that neither news nor names have is rather a name's
_PREFIXES = frozenset("大小东西南北上下前后中新老")  # 大李村 is another village than 李村
_INSTITUTIONS = frozenset("局厂司社院校站队矿所行场馆委")  # 糖厂家属院
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LOCAL = frozenset(("county", "city", "page"))
_AT = {name: i for i, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Suffix:
    """A last word of names. `generic`: words that make no name with it; `phrases`: the longer ones, whatever is before."""

    text: str
    level: str
    least: int
    most: int
    strong: bool
    not_before: tuple[str, ...]
    generic: frozenset[str]
    phrases: tuple[str, ...]

    @property
    def group(self) -> str:
        return "lowest" if self.level in ("community", "village") else self.level


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

    def misprint(self, name: str) -> bool:
        """Whether a name that the gazetteer lacks may be one of the home county with a character misprinted."""
        if name not in self._misprints:
            level = "town" if name.endswith(TOWN_SUFFIXES) else "village" if name.endswith("村") else "community"
            area = self.county or (self.city if level == "town" else "")
            meant = self._gazetteer.misprints(area, name, level) if area and name not in self._gazetteer else []
            self._misprints[name] = any(credible_misprint(name, division.name) > 0 for division in meant)
        return self._misprints[name]


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
        known: Iterable[Found],
        region: Region,
        repeated: Collection[str] = (),
        heads: Collection[int] = (),
        doubtful: Iterable[Found] = (),
    ) -> list[Found]:
        """Places of the text, from left to right.

        `text`: folded; `known`: places above the town already found in it, whose ends begin chains; `repeated`: names
        that are sure elsewhere in the article; `heads`: where short and other names begin, which a longer name may begin
        with (青州古城).
        """
        known = list(known)
        ends = {found.end: found for found in (*doubtful, *known)}
        full = {found.start for found in known if found.source == "gazetteer"}
        cut = {i: found.source for found in known for i in range(found.start + 1, found.end)}
        covered = 0
        result: list[Found] = []
        for at, end, suffix in self.anchors(text):
            if end in ends and suffix.level == "other":
                continue  # 河北|唐山 holds no 北唐山
            best = self._best(text, at, end, suffix, ends, region, repeated, heads, 0, full)
            if best is not None and end in cut and (best.source != "gazetteer" or cut[end] != "alias"):
                continue  # 广西|河池 holds no 西河; but the 镇江 in 三江镇江边 is none
            if (
                best is not None
                and covered > best.start  # it swallows the last one: 李镇 in 李镇村
                and result[-1].source == "gazetteer"
                and best.source != "gazetteer"
            ):
                best = self._best(text, at, end, suffix, ends, region, repeated, heads, covered, full)
            if best is not None:
                while result and result[-1].end > best.start:
                    ends.pop(result.pop().end, None)
                result.append(best)
                ends[best.end] = best
                covered = best.end
        return result

    def level_of(self, name: str) -> str | None:
        """The level that the end of a name tells; None if it tells none."""
        ending = self._ending.search(name)
        return self._suffixes[ending.group()].level if ending and ending.start() else None

    def anchors(self, text: str) -> Iterator[tuple[int, int, Suffix]]:
        """(start, end, suffix) of each suffix in the text."""
        for match in self._pattern.finditer(text):
            yield match.start(), match.end(), self._suffixes[match.group()]

    def _best(
        self,
        text: str,
        at: int,
        end: int,
        suffix: Suffix,
        ends: Mapping[int, Found],
        region: Region,
        repeated: Collection[str],
        heads: Collection[int],
        least: int,
        full: Collection[int],
    ) -> Found | None:
        weights = self.weights[suffix.group]
        best: Found | None = None
        for start, source, features in self.beginnings(text, at, end, suffix, ends, region, repeated, heads, least):
            if start in full and source != "gazetteer":
                continue  # 沂水县李村: the county's own
            score = sum(weights[i] * value for i, value in features)
            if score > (best.score if best else 0.0):
                best = Found(start, end, suffix.level, source, score)
        return best

    def beginnings(
        self,
        text: str,
        at: int,
        end: int,
        suffix: Suffix,
        ends: Mapping[int, Found],
        region: Region,
        repeated: Collection[str],
        heads: Collection[int],
        least: int = 0,
    ) -> Iterator[tuple[int, str, list[tuple[int, float]]]]:
        """(start, source, features as (number, value)) of each place where the name may begin."""
        table, known_words = character_odds(), words()
        right: list[tuple[int, float]] = [(_AT["bias"], 1.0)]
        if len(suffix.text) == 1:
            right.append((_AT["short_suffix"], 1.0))
        if not suffix.strong:
            right.append((_AT["weak"], 1.0))
        if suffix.not_before and text.startswith(suffix.not_before, end):
            right.append((_AT["blocked"], 1.0))
        if end == len(text) or not _HAN.match(text[end]):
            right.append((_AT["right_break"], 1.0))
        elif text[end : end + 2] in known_words:
            right.append((_AT["right_word"], 1.0))
        if text[end - 1 : end + 1] in known_words:
            right.append((_AT["right_split"], 1.0))
        odds = site = 0.0
        inner_words = 0
        for start in range(at - 1, max(at - suffix.most, least) - 1, -1):
            character = text[start]
            if character in _NEVER or not _HAN.match(character):
                return
            first, inner, other = table.get(character, _UNSEEN)
            site += other
            if at - start > 1 and text[start : start + 2] in known_words:
                inner_words += 1
            if at - start >= suffix.least:
                chosen = self._left(text, start, at, end, suffix, ends, region, start in heads)
                if chosen is not None:
                    source, left = chosen
                    if text[start:end] in repeated:
                        left.append((_AT["repeated"], 1.0))
                    length = at - start
                    left.append((_AT[f"length_{length}"] if length <= 5 else _AT["length_more"], 1.0))
                    if not (suffix.group == "compound" and text[at - 1] in _INSTITUTIONS):  # whose names are words
                        left.append((_AT["odds"], (odds + first) / 10))
                        left.append((_AT["odds_site"], site / 10))
                        left.append((_AT["inner_words"], inner_words))
                    yield start, source, right + left
            odds += inner

    @staticmethod
    def _left(
        text: str,
        start: int,
        at: int,
        end: int,
        suffix: Suffix,
        ends: Mapping[int, Found],
        region: Region,
        head: bool,
    ) -> tuple[str, list[tuple[int, float]]] | None:
        """Source and features of a beginning; None if the words before the suffix make no name with it."""
        stem = text[start:at]
        parent = ends.get(start)
        chained = parent is not None and ORDER[parent.level] < ORDER[suffix.level]
        begins = _begins(text, start)
        near = region.nearness(text[start:end]) if suffix.group in ("town", "lowest") else None
        exact = stem in suffix.generic
        if exact and not (chained and (near in _LOCAL or suffix.group == "lowest")):
            return None
        if near not in _LOCAL:
            if not head and not exact and stem.endswith(suffix.phrases):
                return None
            if not chained and suffix.group == "lowest" and upper_names().get(stem) is not None:
                return None  # a city and the common noun: 潍坊社区工作
            if (
                near is None
                and not chained
                and (suffix.group in ("town", "lowest") or not suffix.strong)
                and _ordinary(stem)
            ):
                return None  # 依托社区
        features: list[tuple[int, float]] = []
        if near is not None:
            features.append((_AT[f"near_{near}"], 1.0))
        elif (chained or begins) and suffix.group in ("town", "lowest") and region.misprint(text[start:end]):
            features.append((_AT["near_misprint"], 1.0))
        if stem[-1:] in suffix.generic:
            features.append((_AT["generic_end"], 1.0))
        if head and suffix.group == "other":
            features.append((_AT["left_name"], 1.0))
        if chained:
            features.append((_AT["left_parent"], 1.0))
        elif start == 0 or not _HAN.match(text[start - 1]):
            features.append((_AT["left_break"], 1.0))
            if start and text[start - 1] in '“"《‘':
                features.append((_AT["quoted"], 1.0))
        elif text[start - 1] in PARTICLES:
            features.append((_AT["left_particle"], 1.0))
        elif any(text[max(start - n, 0) : start] in words() for n in (2, 3, 4)):
            features.append((_AT["left_word"], 1.0))
        if start > 1 and text[start - 1] in _PREFIXES and (_begins(text, start - 1) or start - 1 in ends):
            features.append((_AT["left_prefix"], 1.0))
        if suffix.group == "compound" and stem[-1] in _INSTITUTIONS:
            features.append((_AT["institution"], 1.0))
        if start and text[start - 1 : start + 1] in words():
            features.append((_AT["left_split"], 1.0))
        return "gazetteer" if near is not None else "pattern", features


def _begins(text: str, at: int) -> bool:
    """Whether a break or a particle stands before a place of the text."""
    return at == 0 or not _HAN.match(text[at - 1]) or text[at - 1] in PARTICLES


def _ordinary(stem: str) -> bool:
    """Whether the words before a suffix are but a word, or a particle and a word."""
    return stem in words() or (stem[0] in PARTICLES and stem[1:] in words())


@lru_cache(maxsize=4)
def bounds(suffixes: str = "place_suffixes.tsv", weights: str = "place_weights.tsv") -> Bounds:
    """The finder for a lexicon, made once a process."""
    return Bounds(suffixes, weights)
