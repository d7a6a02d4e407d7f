"""Says which place each PLACE mention is: `canonical`, `code` and `code_status` on the records of `doc.spans["mentions"]`.

All places of an article are resolved together, from the province down. A name is looked for under the parent printed right
before it, then under the places of the article, then in the page's home region, then in the country if it is unique there
and nothing speaks for home. What the gazetteer lacks keeps its printed name under the nearest known parent (`unlisted`);
one misprinted or varied character is forgiven inside the same parent only (`fuzzy`).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, get_spans, set_spans
from pipeline.lexicon.divisions import TOWN_SUFFIXES, Division, Divisions, divisions
from pipeline.lexicon.place_names import UpperNames, upper_names
from pipeline.records import Mention
from pipeline.stages.place_bounds import ORDER

_UPPER = frozenset(("province", "city", "county"))
_LOWEST = frozenset(("community", "village"))
_SHORT_OF = {"town": (*TOWN_SUFFIXES, "苏木"), "community": ("社区",), "village": ("村", "嘎查", "新村", "社区")}
_DEICTIC = ("我", "本", "该")
_LEVEL_OF_WORD = {
    "省": ("province",), "市": ("city", "county"), "州": ("city",), "盟": ("city",), "县": ("county",), "区": ("county",),
    "旗": ("county",), "镇": ("town",), "乡": ("town",), "街道": ("town",), "社区": ("community",), "村": ("village",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What a mention was found to be. `code` is None for what the gazetteer does not hold."""

    level: str
    path: str
    code: str | None = None
    status: str | None = None


@Language.factory("news_linker", assigns=["doc._.mentions"], requires=["doc._.mentions"])
def create_linker(nlp: Language, name: str) -> Linker:
    """Canonical paths and codes on the PLACE records of `doc.spans["mentions"]`."""
    return Linker(divisions())


class Linker:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._names = upper_names()

    def __call__(self, doc: Doc) -> Doc:
        spans = get_spans(doc, MENTIONS)
        mentions = [
            (span.start_char, span.end_char, span.text, record) for span, record in spans if span.label_ == "PLACE"
        ]
        if not mentions:
            return doc
        home = doc._.page.home_place if doc._.page is not None else None
        resolved = _Article(self._gazetteer, self._names, home).resolve(mentions)
        rows = []
        for span, record in spans:
            place = resolved.get(span.start_char) if span.label_ == "PLACE" else None
            if place is not None:
                level = place.level if record.level in _UPPER else record.level
                record = dataclasses.replace(
                    record, level=level, canonical=place.path, code=place.code, code_status=place.status
                )
            rows.append((span.start_char, span.end_char, span.label_, record))
        set_spans(doc, MENTIONS, rows)
        return doc


class _Article:
    """The places of one article while they are being resolved."""

    def __init__(self, gazetteer: Divisions, names: UpperNames, home: str | None):
        self._gazetteer, self._names = gazetteer, names
        self._home = gazetteer.by_path(home) if home else None
        self._places: dict[int, Place] = {}  # by the start of the mention
        self._by_name: dict[tuple[str, str], Place] = {}

    def resolve(self, mentions: list[tuple[int, int, str, Mention]]) -> dict[int, Place]:
        """Place by start of the mention."""
        ends = {end: start for start, end, _, _ in mentions}
        ranked = sorted(mentions, key=lambda m: (ORDER.get(m[3].level or "other", 6), m[0] not in ends, m[0]))
        # chains first inside a level, so that a name printed with its parent decides for the same name alone
        for start, _end, text, record in ranked:
            if text.startswith(_DEICTIC) and text[1:] in _LEVEL_OF_WORD:
                continue
            level = record.level or "other"
            parent = self._parent(start, ends, level)
            place = self._resolve(text, level, parent, start)
            if place is not None:
                self._places[start] = place
                if parent is not None or (level, text) not in self._by_name:
                    self._by_name[level, text] = place
        for start, _end, text, record in sorted(mentions, key=lambda m: m[0]):
            if start not in self._places and text[1:] in _LEVEL_OF_WORD:
                place = self._deictic(start, text)
                if place is not None:
                    self._places[start] = place
        return self._places

    def _parent(self, start: int, ends: dict[int, int], level: str) -> Place | None:
        """The place printed right before, if it can hold this one."""
        before = ends.get(start)
        place = self._places.get(before) if before is not None else None
        return place if place is not None and ORDER[place.level] < ORDER[level] else None

    def _resolve(self, text: str, level: str, parent: Place | None, start: int) -> Place | None:
        name = "".join(text.split())
        if level in _UPPER:
            return self._upper(name, level, parent)
        if parent is None and (level, text) in self._by_name:
            return self._by_name[level, text]
        if level == "other" or level == "compound":
            above = parent or self._nearest(start, ORDER["other"]) if level == "compound" else parent
            return self._within(name, level, above, start)
        return self._lower(name, level, parent, start)

    # ------------------------------------------------------------------------------------------ province to county
    def _upper(self, name: str, level: str, parent: Place | None) -> Place | None:
        upper = self._names.get(name)
        choices = list(upper.divisions) if upper else []
        if parent is not None and parent.code:
            inside = [d for d in choices if d.code.startswith(_significant(parent.code))]
            if inside:
                return _place(inside[0])
        if not choices:
            area = parent.code if parent is not None and parent.code else self._home.code if self._home else None
            found = self._gazetteer.misprints(_city(area), name, "county") if area else []
            if len(found) == 1:
                return _place(found[0], "fuzzy")
            above = parent.path if parent is not None else _upto(self._home, "city")
            return Place(level, f"{above}/{name}" if above else name, None, "unlisted")
        return _place(self._best(choices, level))

    def _best(self, choices: list[Division], level: str) -> Division:
        """Of several divisions of one name: in the home region, else where the article is, else of the level found."""
        seen = Counter(place.code[:digits] for place in self._places.values() if place.code for digits in (2, 4, 6))
        home = self._home.code if self._home else ""

        def rank(division: Division) -> tuple[float, ...]:
            code = _significant(division.code)
            near = max((n for n in (2, 4, 6) if home and home[:n] == code.ljust(6, "0")[:n]), default=0)
            mentioned = sum(seen[code[:n]] for n in (2, 4) if len(code) >= n)
            return (
                near,
                min(mentioned, 1),
                division.level == level,
                -ORDER[division.level],
                division.status == "official",
            )

        return max(choices, key=rank)

    # ------------------------------------------------------------------------------------------ town, community, village
    def _lower(self, name: str, level: str, parent: Place | None, start: int) -> Place | None:
        forms = [name]
        if not name.endswith(_SHORT_OF[level]):
            forms += [name + suffix for suffix in _SHORT_OF[level]]
        areas: list[Place] = []
        if parent is not None:
            areas.append(parent)
        else:
            areas += self._around(start, level)
        for forgiving in (False, True):
            for area in areas:
                if area.code is None:
                    continue
                found = self._find(area.code, forms, level, forgiving)
                if found:
                    return self._choose(found, area, name, level, start, forgiving)
        if parent is None:
            everywhere = [d for form in forms[:1] for d in self._gazetteer.lookup(form) if _fits(d.level, level)]
            if len(everywhere) == 1 and self._home is None:
                return _place(everywhere[0])
        above = parent or next(iter(areas), None)
        return Place(level, f"{above.path}/{name}" if above else name, None, "unlisted")

    def _find(self, code: str, forms: list[str], level: str, forgiving: bool) -> list[Division]:
        if not forgiving:
            for form in forms:
                found = [d for d in self._gazetteer.under(code, form) if _fits(d.level, level)]
                if found:
                    return found
            return []
        found = self._gazetteer.variants(code, forms[0], level)
        if not found and forms[0] not in self._gazetteer:
            found = self._gazetteer.misprints(code, forms[0], level)
        return found if len({d.name for d in found}) == 1 else []

    def _choose(self, found: list[Division], area: Place, name: str, level: str, start: int, forgiving: bool) -> Place:
        """One of the divisions of a name inside an area; the area's own path if nothing tells them apart."""
        current = [d for d in found if d.status == "official"] or found
        if len({d.path for d in current}) > 1:
            towns = [p.code for p in self._before(start, "town") if p.code]
            for town in towns:
                inside = [d for d in current if d.code.startswith(_significant(town))]
                if inside:
                    return _place(inside[0], "fuzzy" if forgiving else None)
            return Place(level, f"{area.path}/{current[0].name}", None, "unlisted")
        place = _place(current[0], "fuzzy" if forgiving else None)
        if not place.path.startswith(area.path + "/"):  # a printed parent wins
            place = dataclasses.replace(place, path=f"{area.path}/{current[0].name}")
        return place

    def _around(self, start: int, level: str) -> list[Place]:
        """Areas to look in for a name without a parent: places before it in the article, after it, home."""
        areas: list[Place] = []
        uppers = ("town", "county") if level in _LOWEST else ("county",)
        for kind in uppers:
            areas += self._before(start, kind)
        if self._home is not None:
            home = _place(self._home)
            areas.append(home)
            if self._home.level == "county":
                city = self._gazetteer.get(self._home.code[:4])
                if city is not None:
                    areas.append(_place(city))
        unique: dict[str, Place] = {}
        for area in areas:
            unique.setdefault(area.path, area)
        return list(unique.values())

    def _before(self, start: int, level: str) -> list[Place]:
        """Places of a level in the article, the nearest before `start` first, then those after it."""
        found = [(at, place) for at, place in self._places.items() if place.level == level]
        return [p for _, p in sorted(found, key=lambda f: (f[0] > start, abs(start - f[0])))]

    def _nearest(self, start: int, order: int) -> Place | None:
        """The last place before `start` above a level, the lowest of its chain."""
        found = [(at, p) for at, p in self._places.items() if at < start and ORDER[p.level] < order]
        return max(found, key=lambda f: f[0])[1] if found else None

    # ------------------------------------------------------------------------------------------ compound, other, deictic
    def _within(self, name: str, level: str, above: Place | None, start: int) -> Place | None:
        if above is None and level == "other":
            near = self._nearest(start, ORDER["other"])
            path = "/".join(near.path.split("/")[:3]) if near else _upto(self._home, "county")
        else:
            path = above.path if above else _upto(self._home, "county")
        return Place(level, f"{path}/{name}" if path else name)

    def _deictic(self, start: int, text: str) -> Place | None:
        word = text[1:]
        levels = _LEVEL_OF_WORD[word]
        if text[0] in "我本" and levels[0] in ("province", "city", "county") and self._home is not None:
            code = self._home.code
            if self._home.level == "county" and "county" in levels and self._home.name.endswith(word):
                return _place(self._home)
            for level in levels:
                division = self._gazetteer.get(code[: {"province": 2, "city": 4, "county": 6}[level]])
                if (
                    division is not None
                    and division.level == level
                    and (level != "county" or division.name.endswith(word))
                ):
                    return _place(division)
        for at in sorted((at for at in self._places if at < start), reverse=True):
            place = self._places[at]
            if place.level in levels and (levels[0] != "county" or place.path.endswith(word)):
                return place
        later = [self._places[at] for at in sorted(self._places) if at > start and self._places[at].level in levels]
        return later[0] if later else None


def article_place(doc: Doc) -> str | None:
    """Canonical path of the place an article is mainly about: the home of the page if the article names none.

    The county most often named, and the town, community or village in it that has most of its mentions.
    """
    weights: Counter[str] = Counter()
    for span, record in get_spans(doc, MENTIONS):
        if record.type == "PLACE" and record.canonical and record.level not in ("other", "compound"):
            parts = record.canonical.split("/")
            for depth in range(1, len(parts) + 1):
                weights["/".join(parts[:depth])] += 1
    path: str | None = None
    total = sum(weight for key, weight in weights.items() if "/" not in key)
    while True:
        below = {k: w for k, w in weights.items() if k.rpartition("/")[0] == (path or "")}
        if not below:
            break
        best = max(below, key=lambda key: (below[key], key))
        if below[best] * 2 <= total:
            break
        path, total = best, below[best]
    if path is not None:
        return path
    return doc._.page.home_place if doc._.page is not None else None


def _place(division: Division, status: str | None = None) -> Place:
    return Place(division.level, division.path, division.code, status or division.status)


def _fits(one: str, other: str) -> bool:
    return one == other or (one in _LOWEST and other in _LOWEST)


def _significant(code: str) -> str:
    for digits in (2, 4, 6, 9):
        if not code[digits:].strip("0"):
            return code[:digits]
    return code


def _city(code: str) -> str:
    """Code of the city, or of the province if the code is a province's."""
    return code[:4] if code[2:4] != "00" else code[:2]


def _upto(division: Division | None, level: str) -> str:
    """The path of a division, cut below a level."""
    if division is None:
        return ""
    if ORDER[division.level] <= ORDER[level]:
        return division.path
    return division.path.rpartition("/")[0]
