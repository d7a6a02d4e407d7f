"""Finds the names of places: `doc.spans["names/places"]` with a PLACE candidate for each level of a chain.

Sources, left on each candidate: `gazetteer` (a division with this name exists), `alias` (a short name), `pattern` (a
suffix with a bounded name before it), `deictic` (我市, 该镇). The resolver decides where candidates meet other names; the
linker says which division is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, set_spans
from pipeline.lexicon.divisions import Divisions, divisions
from pipeline.lexicon.place_names import UpperNames, inside_words, other_names, upper_names
from pipeline.records import Mention, Page
from pipeline.stages.place_bounds import Bounds, bounds
from pipeline.stages.place_chains import Chains
from pipeline.stages.place_region import Found, Region
from pipeline.stages.place_shorts import Shorts
from pipeline.stages.place_upper import MEDIA, UpperFinder

GROUP = CANDIDATES + "places"
SURE = 4.0  # score of a name that counts as known in the rest of its article

_DEICTIC = re.compile(
    r"(?<![应自])(?:[我本该](?:省|市(?![场民])|县(?!级)|区(?![域别间分])|州|盟|旗(?!舰|帜)|镇|乡|街道)|该(?:社区|村(?![民里])))"
)
_DEICTIC_LEVEL = {
    "省": "province", "市": "city", "州": "city", "盟": "city", "县": "county", "区": "county", "旗": "county",
    "镇": "town", "乡": "town", "道": "town", "村": "village",
}  # fmt: skip


_NO_OTHER = ("族", "语", "式", "梦", "特色", "话", "字", "币", "画", "共产", "菜")  # 中国式, 朝鲜族 are no places
_NUMBERED_ROAD = re.compile(
    r"(?<![A-Za-z0-9.])(?:[GSXY]?[0-9]{1,4}(?:国道|省道|县道)|[GS][0-9]{1,4}[\u4e00-\u9fff]{0,4}高速)"
)
_VILLAGERS = re.compile(r"村民(?![委小组间宿俗族兵政居])")
_NOT_BEFORE_OTHER = frozenset("新代全我")


@Language.factory("news_places")
def create_places(nlp: Language, name: str) -> Places:
    """Place candidates; needs `doc._.page` for the home region, works without."""
    return Places(divisions())


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a text before its towns and villages are: places above them, short names that may be some, other
    places by name, and where short and other names begin."""

    upper: list[Found]
    doubtful: list[Found]
    others: list[Found]
    heads: set[int]


class Places:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._names: UpperNames = upper_names()
        self.bounds: Bounds = bounds()
        self._known_others = other_names()
        self._upper = UpperFinder(gazetteer)
        self._shorts = Shorts(gazetteer)
        self._chains = Chains(gazetteer, self._names, self.bounds)
        self._page: tuple[tuple[str, str | None], Region] | None = None

    def __call__(self, doc: Doc) -> Doc:
        text = doc._.folded
        region = self.region(doc._.page)
        found = self.find(text, region)
        set_spans(
            doc,
            GROUP,
            [
                (f.start, f.end, "PLACE", Mention("PLACE", f.level, source=f.source, score=round(f.score, 1)))
                for f in found
            ],
        )
        return doc

    def find(self, text: str, region: Region) -> list[Found]:
        """The places of a folded text, without overlaps."""
        survey = self.survey(text, region)
        known = (text, survey.upper, region)
        lower = self.bounds.find(*known, (), survey.heads, survey.doubtful)
        sure = {name for f in lower if f.score >= SURE and text.count(name := text[f.start : f.end]) > 1}
        if sure:  # once more, with the names that come again
            lower = self.bounds.find(*known, sure, survey.heads, survey.doubtful)
        deictics = list(_deictics(text, region))
        lower = _put_in(lower, self._chains.find(text, survey.upper, (*lower, *deictics), region))
        lower = [_before_villagers(text, f) for f in lower]
        begun = {f.start: f for f in lower}
        upper = [*survey.upper, *(f for f in survey.doubtful if f.end in begun)]
        found = _without_overlaps([*upper, *lower, *survey.others, *deictics])
        shorts = self._shorts.find(text, found, region)
        again = {(f.start, f.end) for f in shorts}
        return [f for f in found if (f.start, f.end) not in again] + shorts

    def survey(self, text: str, region: Region) -> Survey:
        """What can be said of a folded text before its towns and villages are looked for."""
        upper, doubtful = self._upper.find(text, region)
        others = list(self._others(text))
        return Survey(upper, doubtful, others, {f.start for f in (*upper, *others) if f.source != "gazetteer"})

    def region(self, page: Page | None) -> Region:
        """Where the page is at home, and which counties it names; kept from one article of a page to the next."""
        if page is None:
            return Region(self._gazetteer, None)
        return self.region_of(page.page_id, page.text, page.home_place)

    def region_of(self, page_id: str, text: str, home: str | None) -> Region:
        """The same from the raw text of a page and the canonical path of its home."""
        if self._page is None or self._page[0] != (page_id, home):
            counties = set()
            for _, _, upper in self._names.find(re.sub(r"\s+", "", text)):
                if (
                    upper.short
                    or not upper.free
                    or upper.name[:-1] in self._names.ambiguous
                    or len(upper.divisions) > 1
                ):
                    continue
                if upper.divisions[0].level == "county":
                    counties.add(upper.divisions[0].code[:6])
            self._page = ((page_id, home), Region(self._gazetteer, home, counties))
        return self._page[1]

    def _others(self, text: str) -> Iterable[Found]:
        """Rivers, mountains, regions, countries by name; numbered roads."""
        for start, end, _ in self._known_others.find(text, lambda _, i, j: inside_words(text, i, j)):
            if (
                not text.startswith(_NO_OTHER, end)
                and not MEDIA.match(text, end)
                and text[start - 1 : start] not in _NOT_BEFORE_OTHER
            ):
                yield Found(start, end, "other", "lexicon", 6.0)
        for match in _NUMBERED_ROAD.finditer(text):
            yield Found(match.start(), match.end(), "other", "pattern", 6.0)


def _put_in(found: list[Found], known: list[Found]) -> list[Found]:
    """Both, without what overlaps the known ones, unless the gazetteer has a longer name there."""
    for new in known:
        meets = [f for f in found if f.start < new.end and new.start < f.end]
        if not any(f.start <= new.start and f.end >= new.end and f.source == "gazetteer" for f in meets):
            found = [f for f in found if f not in meets] + [new]
    return sorted(found, key=lambda f: f.start)


def _before_villagers(text: str, found: Found) -> Found:
    """石桥|村民: the village by its short name, where 村民 is what follows."""
    if found.level == "village" and found.end - found.start > 2 and _VILLAGERS.match(text, found.end - 1):
        return replace(found, end=found.end - 1)
    return found


def _deictics(text: str, region: Region) -> Iterable[Found]:
    for match in _DEICTIC.finditer(text):
        word = match.group()
        level = "community" if word.endswith("社区") else _DEICTIC_LEVEL[word[-1]]
        home = region.home
        if level == "city" and home is not None and home.level == "county" and home.name.endswith(word[-1]):
            level = "county"
        yield Found(match.start(), match.end(), level, "deictic", 10.0)


def _without_overlaps(found: list[Found]) -> list[Found]:
    """Of candidates that overlap the longest stays; of equal ones the surer."""
    kept: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(found, key=lambda f: (f.start - f.end, -f.score, f.start)):
        if taken.isdisjoint(range(candidate.start, candidate.end)):
            kept.append(candidate)
            taken.update(range(candidate.start, candidate.end))
    return sorted(kept, key=lambda f: f.start)
