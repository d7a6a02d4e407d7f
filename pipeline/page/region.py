"""The region a page speaks from: what 我市, 我区, 我县 mean on it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from pipeline.folding import fold
from pipeline.lexicon.divisions import Division, Divisions
from pipeline.lexicon.place_names import UpperNames, upper_names

# Weights of a sign that a page belongs to a county or city, against one mention of a short name.
_FULL, _SHORT, _LOCAL, _DATELINE, _TOWN, _PAPER = 2.0, 1.0, 0.2, 5.0, 1.5, 60.0
_SPREAD = 0.55  # share of its city's county mentions that makes a county the page's own
_COMMON = 20  # a town's name that more towns bear tells nothing

# 县教育局, 市委: bodies named by their level alone, which only the local paper does
_BODY = r"(?=[委政人纪公教卫农文财审统总妇民检法交住自应市科残水气司退行医中第])"
_COUNTY_BODIES = re.compile(r"(?<![\u4e00-\u9fff])[县区]" + _BODY)
_CITY_BODIES = re.compile(r"(?<![\u4e00-\u9fff])市" + _BODY)
_MINE = {"我县": "county", "我区": "county", "我旗": "county", "我市": "city", "我州": "city", "我盟": "city"}
_MINE_PATTERN = re.compile("|".join(_MINE))
_TOWN_LIKE = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:街道|[镇乡])")


def home_place(text: str, gazetteer: Divisions, newspaper: str | None = None) -> str | None:
    """Canonical path of the region that a raw page speaks from, None if it names no region.

    A county where one county's places fill the page, else the city. `newspaper`: its name if known (潍坊日报); the region
    in it outweighs what the page mentions.
    """
    joined = re.sub(r"\s+", "", fold(text))
    names = upper_names()
    votes = _votes(joined, gazetteer, names)
    if newspaper:
        upper = next((upper for _, _, upper in names.find(newspaper)), None)
        for division in upper.divisions if upper is not None else ():
            votes[_digits(division)] += _PAPER / len(upper.divisions) if upper is not None else 0.0
    return _decide(votes, joined, gazetteer)


def _votes(joined: str, gazetteer: Divisions, names: UpperNames) -> defaultdict[str, float]:
    """Signs of regions by code (2, 4 or 6 digits); a name of several regions goes to the one that others support."""
    signs: list[tuple[tuple[Division, ...], float]] = []
    for _, end, upper in names.find(joined):
        dateline = joined.startswith(("讯", "报道"), end)
        if upper.short and upper.name in names.ambiguous and not dateline:
            continue
        weight = _FULL if not upper.short else _SHORT if upper.free else _LOCAL
        signs.append((upper.divisions, weight + (_DATELINE if dateline else 0.0)))
    for match in _TOWN_LIKE.finditer(joined):
        for start in range(match.start(), match.end() - 2):
            towns = gazetteer.lookup(joined[start : match.end()], "town")
            if towns:
                signs += [(tuple(towns), _TOWN)] if len(towns) <= _COMMON else []
                break
    votes: defaultdict[str, float] = defaultdict(float)
    open_signs: list[tuple[list[str], float]] = []
    for divisions, weight in signs:
        codes = sorted({_digits(division) for division in divisions})
        if len(codes) == 1:
            votes[codes[0]] += weight
        else:
            open_signs.append((codes, weight))
    settled = dict(votes)
    for codes, weight in open_signs:
        support = {code: settled.get(code, 0.0) + 0.5 * _inside(settled, code[:4]) for code in codes}
        best = max(support, key=lambda code: (support[code], code))
        if support[best] > 0:
            votes[best] += weight
    return votes


def _digits(division: Division) -> str:
    """Digits of the code down to the county."""
    return division.code[: {"province": 2, "city": 4}.get(division.level, 6)]


def _inside(votes: Mapping[str, float], prefix: str) -> float:
    return sum(weight for code, weight in votes.items() if code.startswith(prefix))


def _decide(votes: Mapping[str, float], joined: str, gazetteer: Divisions) -> str | None:
    def path(code: str) -> str | None:
        division = gazetteer.get(code)
        return division.path if division else None

    if not votes:
        return None
    cities = {code[:4]: _inside(votes, code[:4]) for code in votes if len(code) >= 4}
    if not cities:
        return path(max(votes, key=lambda code: (votes[code], code)))
    city = max(cities, key=lambda code: (cities[code], code))
    counties = {code: weight for code, weight in votes.items() if len(code) == 6 and code.startswith(city)}
    above = path(city) or path(city[:2])
    if not counties:
        return above
    county = max(counties, key=lambda code: (counties[code], code))
    own = counties[county] >= _SPREAD * sum(counties.values()) and counties[county] > votes.get(city, 0.0)
    is_city = (path(county) or "").endswith("市")
    said = Counter(_MINE[match.group()] for match in _MINE_PATTERN.finditer(joined))
    bodies, city_bodies = len(_COUNTY_BODIES.findall(joined)), len(_CITY_BODIES.findall(joined))
    if said["county"] or path(city) is None:
        return path(county)
    if said["city"]:
        return path(county) if is_city and own else above
    if city_bodies > bodies and not is_city:
        return above
    return path(county) if own or bodies > city_bodies else above
