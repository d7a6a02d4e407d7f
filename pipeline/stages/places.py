"""Finds the names of places: `doc.spans["names/places"]` with a PLACE candidate for each level of a chain.

Sources, left on each candidate: `gazetteer` (a division with this name exists), `alias` (a short name), `pattern` (a
suffix with a bounded name before it), `deictic` (我市, 该镇). The resolver decides where candidates meet other names; the
linker says which division is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, set_spans
from pipeline.lexicon.divisions import Divisions, divisions
from pipeline.lexicon.place_names import Upper, UpperNames, upper_names
from pipeline.records import Mention, Page
from pipeline.stages.place_bounds import ORDER, Bounds, Found, Region, bounds

GROUP = CANDIDATES + "places"

_DEICTIC = re.compile(
    r"(?<![应自])(?:[我本该](?:省|市(?![场民])|县(?!级)|区(?![域别间分])|州|盟|旗(?!舰|帜)|镇|乡|街道|社区|村(?![民里])))"
)
_DEICTIC_LEVEL = {
    "省": "province", "市": "city", "州": "city", "盟": "city", "县": "county", "区": "county", "旗": "county",
    "镇": "town", "乡": "town", "道": "town", "村": "village",
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
# What makes another name of a short name: 中山路 is a road, 青岛啤酒 stays the place's.
_LONGER = re.compile(r"(?:[东西南北中]?[路街]|大[街道桥]|[湖河江海山桥岛峡湾]|[道巷])(?![东西南北]?[岸部])")
_CUE_BEHIND = (
    "讯",
    "报道",
    "融媒",
    "日报",
    "籍",
    "代表队",
    "市民",
    "人民",
    "县城",
    "城区",
    "境内",
    "全县",
    "全市",
    "各地",
)


# A name of one character and a space: what follows is a given name.
_PERSON_BEFORE = re.compile(r"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff][ ·]$")
# The last character of a full name belongs to what follows: 市委 常委, 市区, 县长.
_STEM_BEFORE = re.compile(r"[市县区](?:委(?!员)|区(?!域)|长)")


@Language.factory("news_places")
def create_places(nlp: Language, name: str) -> Places:
    """Place candidates; needs `doc._.page` for the home region, works without."""
    return Places(divisions())


class Places:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._names: UpperNames = upper_names()
        self._bounds: Bounds = bounds(gazetteer, "place_suffixes.tsv")
        self._page: tuple[str, Region] | None = None

    def __call__(self, doc: Doc) -> Doc:
        text = doc._.folded
        region = self.region(doc._.page)
        uppers = self._upper(text, region)
        lower = self._bounds.find(text, uppers, region)
        sure = {text[f.start : f.end] for f in lower if f.score >= 12}
        lower = self._bounds.find(text, uppers, region, sure)
        found = _without_overlaps([*uppers, *lower, *self._deictics(text, region)])
        set_spans(
            doc,
            GROUP,
            [
                (f.start, f.end, "PLACE", Mention("PLACE", f.level, source=f.source, score=round(f.score, 1)))
                for f in found
            ],
        )
        return doc

    def region(self, page: Page | None) -> Region:
        """Where the page is at home, and which counties it names; kept from one article of a page to the next."""
        if page is None:
            return Region(self._gazetteer, None)
        if self._page is None or self._page[0] != page.page_id:
            counties = set()
            for _, _, upper in self._names.find(re.sub(r"\s+", "", page.text)):
                if not upper.short and upper.free and len(upper.divisions) == 1 and upper.divisions[0].level == "county":
                    counties.add(upper.divisions[0].code[:6])
            self._page = (page.page_id, Region(self._gazetteer, page.home_place, counties))
        return self._page[1]

    # ------------------------------------------------------------------------------------------ above the town
    def _upper(self, text: str, region: Region) -> list[Found]:
        result: list[Found] = []
        ends: dict[int, Found] = {}
        for start, end, upper in self._names.find(text):
            level = _level(upper, region)
            stem = _STEM_BEFORE.match(text, end - 1)
            if stem and not upper.short and self._names.get(upper.name[:-1]):
                end -= 1  # 聊城|市委书记
            if self._accept(text, start, end, upper, level, region, ends):
                found = Found(start, end, level, "alias" if upper.short else "gazetteer", 10.0 if upper.free else 7.0)
                result.append(found)
                ends[end] = found
        return result

    def _accept(
        self, text: str, start: int, end: int, upper: Upper, level: str, region: Region, ends: dict[int, Found]
    ) -> bool:
        before = ends.get(start)
        chained = before is not None and ORDER[before.level] < ORDER[level]
        near = any(_home(division.code, region) for division in upper.divisions)
        if not upper.short:
            if len(upper.name) == 2 or upper.name[:-1] in self._names.ambiguous:
                return (near or chained) and not text.startswith("长", end)
            return upper.free or near or chained or start == 0 or not _HAN.match(text[start - 1])
        if _LONGER.match(text, end) and not chained and next(self._names.find(text[end : end + 8]), (1,))[0]:
            return False
        if _PERSON_BEFORE.search(text[max(start - 3, 0) : start]) or text.startswith((" 摄", "摄"), end):
            return False
        if any(division.code.startswith(region.county) for division in upper.divisions if region.county):
            return True
        if upper.free or chained:
            return True
        cue = text.startswith(_CUE_BEHIND, end) or start == 0 or text[start - 1] == "\n"
        ambiguous = upper.name in self._names.ambiguous
        if near:
            return cue if ambiguous else True
        return cue and not ambiguous

    # ------------------------------------------------------------------------------------------ words for places
    def _deictics(self, text: str, region: Region) -> Iterable[Found]:
        for match in _DEICTIC.finditer(text):
            word = match.group()
            level = "community" if word.endswith("社区") else _DEICTIC_LEVEL[word[-1]]
            home = region.home
            if level == "city" and home is not None and home.level == "county" and home.name.endswith(word[-1]):
                level = "county"
            yield Found(match.start(), match.end(), level, "deictic", 10.0)


def _level(upper: Upper, region: Region) -> str:
    """The level of the division nearest home, else the highest."""
    near = [division for division in upper.divisions if _home(division.code, region)]
    return min((d.level for d in near or upper.divisions), key=ORDER.__getitem__)


def _home(code: str, region: Region) -> bool:
    """Whether the division is the home, lies in its city, or holds it."""
    if not region.province:
        return False
    significant = code[:6].removesuffix("00").removesuffix("00")
    area = region.city or region.province
    return significant.startswith(area) or area.startswith(significant) or significant in region.counties


def _without_overlaps(found: list[Found]) -> list[Found]:
    """Of candidates that overlap the longest stays; of equal ones the surer."""
    kept: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(found, key=lambda f: (f.start - f.end, -f.score, f.start)):
        if taken.isdisjoint(range(candidate.start, candidate.end)):
            kept.append(candidate)
            taken.update(range(candidate.start, candidate.end))
    return sorted(kept, key=lambda f: f.start)
