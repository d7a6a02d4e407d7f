"""The region a page speaks from: what 我市, 我区, 我县 mean on it."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.folding import fold
from pipeline.lexicon.divisions import TOWN_SUFFIXES, Division, Divisions
from pipeline.lexicon.place_names import UpperNames, upper_names

# weights of a sign that a page belongs to a county or city, against one mention of a short name
_FULL, _SHORT, _WORD, _DATELINE, _TOWN, _PAPER = 2.0, 1.0, 0.2, 5.0, 1.5, 60.0
_SPREAD = 0.55  # share of its city's county mentions that makes a county the page's own

_PAPER_NAME = re.compile(r"([\u4e00-\u9fff]{2,6}?)(?:日报|晚报|晨报|都市报|新闻|时报|商报|报|融媒)")
_COUNTY_BODIES = re.compile(
    r"(?<![\u4e00-\u9fff])[县区](?=[委政人纪公教卫农文财审统总妇民检法交住自应市科残水气司退行医中第])"
)
_CITY_BODIES = re.compile(r"(?<![\u4e00-\u9fff])市(?=[委政人纪公教卫农文财审统总妇民检法交住自应科残水气司退行医中第])")
_MINE = {"我县": "county", "我区": "county", "我市": "city", "我州": "city", "我盟": "city", "我旗": "county"}
_MINE_PATTERN = re.compile("|".join(_MINE))
_TOWN_ANCHOR = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:街道|[镇乡])")


def home_place(text: str, gazetteer: Divisions, newspaper: str | None = None) -> str | None:
    """Canonical path of the region that a raw page speaks from, None if it names no region.

    `newspaper`: the newspaper's name, if it is known (聊城日报); the region in it outweighs what the page mentions.
    """
    folded = fold(text)
    joined = re.sub(r"\s+", "", folded)
    names = upper_names()
    votes = _votes(folded, joined, gazetteer, names)
    if newspaper:
        for _, _, upper in names.find(newspaper):
            for division in upper.divisions:
                votes[_digits(division)] += _PAPER / len(upper.divisions)
            break
    return _decide(votes, joined, gazetteer)


def _votes(folded: str, joined: str, gazetteer: Divisions, names: UpperNames) -> Counter[str]:
    """Signs of regions by code (2, 4 or 6 digits); a name of several regions goes to those that others support."""
    votes: Counter[str] = Counter()
    open_votes: list[tuple[tuple[Division, ...], float]] = []
    for _start, end, upper in names.find(joined):
        weight = _FULL if not upper.short else _SHORT if upper.free else _WORD
        if joined.startswith(("讯", "报道"), end):
            weight += _DATELINE
        open_votes.append((upper.divisions, weight))
    for match in _TOWN_ANCHOR.finditer(joined):
        for start in range(match.start(), match.end() - 2):
            found = gazetteer.lookup(joined[start : match.end()], "town")
            if found:
                if len(found) <= 20:
                    open_votes.append((tuple(found), _TOWN))
                break
    for divisions, weight in open_votes:
        if len({_digits(d) for d in divisions}) == 1:
            votes[_digits(divisions[0])] += weight
    settled = Counter(votes)
    for divisions, weight in open_votes:
        codes = {_digits(d) for d in divisions}
        if len(codes) > 1:
            support = {code: settled[code] + 0.5 * _inside(settled, code[:4]) for code in codes}
            best = max(support, key=lambda code: (support[code], code))
            if support[best] > 0:
                votes[best] += weight
    return votes


def _digits(division: Division) -> str:
    """Digits of the code down to the county."""
    return division.code[: {"province": 2, "city": 4}.get(division.level, 6)]


def _inside(votes: Counter[str], prefix: str) -> float:
    return sum(weight for code, weight in votes.items() if code.startswith(prefix))


def _decide(votes: Counter[str], joined: str, gazetteer: Divisions) -> str | None:
    def path(code: str) -> str | None:
        division = gazetteer.get(code)
        return division.path if division else None

    cities = Counter({code[:4]: 0.0 for code in votes if len(code) >= 4})
    for city in cities:
        cities[city] = _inside(votes, city)
    if not cities:
        return path(votes.most_common(1)[0][0]) if votes else None
    city = max(cities, key=lambda code: (cities[code], code))
    counties = Counter({code: weight for code, weight in votes.items() if len(code) == 6 and code.startswith(city)})
    said = Counter(_MINE[match.group()] for match in _MINE_PATTERN.finditer(joined))
    bodies_county, bodies_city = len(_COUNTY_BODIES.findall(joined)), len(_CITY_BODIES.findall(joined))
    above = path(city) or path(city[:2])
    if not counties:
        return above
    county, weight = max(counties.items(), key=lambda item: (item[1], item[0]))
    share = weight / sum(counties.values())
    name = (path(county) or "").rsplit("/", 1)[-1]
    own = share >= _SPREAD and weight > votes[city]
    if said["county"] or path(city) is None:
        return path(county)
    if said["city"]:
        return path(county) if name.endswith("市") and own else above
    if bodies_city > bodies_county and not name.endswith("市"):
        return above
    return path(county) if own or bodies_county > bodies_city else above


__all__ = ["home_place"]
_ = TOWN_SUFFIXES
