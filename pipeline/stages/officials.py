"""Who holds which post where: a record for each (person, title, unit) that an article tells."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, TIMES, get_spans
from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.posts import Title, posts
from pipeline.records import Mention, Official
from pipeline.stages.posts import Holding, holdings

OFFICIAL_CATEGORIES = frozenset({"party_government", "grassroots", "public_institution", "mass_org"})
_LEVEL_OF = {
    "省": "province", "市": "city", "州": "city", "盟": "city", "县": "county", "区": "county", "旗": "county",
    "镇": "town", "乡": "town", "街道": "town", "街": "town", "社区": "community", "村": "village", "嘎查": "village",
    "小区": "compound", "家属院": "compound",
}  # fmt: skip
_LEVELS = ("province", "city", "county", "town", "community", "village", "compound")
_BARE_PLACE = re.compile(r"(?:[该本我全驻]|派驻)?(社区|街道|小区|家属院|嘎查|省|市|州|县|区|旗|镇|乡|村)$")
_STOP = re.compile(r"[、,。;:!?()“”\n]")
_FORMER = re.compile(r"(?:原|前任|时任|曾任|前|历任|当过|曾是)(?:任)?$")
_ELECT = re.compile(r"当选|选举|补选|推选|拟任|提名|候选|选为")
_LEFT = re.compile(r"免去|辞去|不再担任|卸任|离任")


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    text: str
    record: Mention


@dataclass(frozen=True, slots=True)
class _Unit:
    text: str
    span: tuple[int, int] | None
    place: str | None
    name: _Name | None


@Language.factory(
    "news_officials", assigns=["doc._.officials"], requires=["doc.spans", "doc._.folded", "doc._.page"]
)
def create_officials(nlp: Language, name: str) -> Officials:
    """Fills doc._.officials from the mentions (PER, POST, PLACE, ORG) and times of an article."""
    return Officials()


class Officials:
    def __call__(self, doc: Doc) -> Doc:
        doc._.officials = _Article(doc).officials()
        return doc


class _Article:
    def __init__(self, doc: Doc):
        self.doc, self.text, self.folded = doc, doc.text, doc._.folded
        self.home = (doc._.page.home_place or "") if doc._.page else ""
        names = [_Name(s.start_char, s.end_char, s.text, m) for s, m in get_spans(doc, MENTIONS)]
        self.people = [n for n in names if n.record.type == "PER"]
        self.posts = [n for n in names if n.record.type == "POST"]
        self.units = [n for n in names if n.record.type in ("PLACE", "ORG")]
        self.unit_starts = [n.start for n in self.units]
        self.person_starts = [n.start for n in self.people]
        self.titles = [posts().describe(n.text) for n in self.posts]
        self.unit_of: dict[int, _Unit | None] = {}
        self.home_paths = self._home_paths()

    # ------------------------------------------------------------------------------------------ records
    def officials(self) -> list[Official]:
        found = holdings(
            self.folded, [(n.start, n.end) for n in self.people], [(n.start, n.end) for n in self.posts]
        )
        held = {h.post for h in found}
        found += [h for post in range(len(self.posts)) if post not in held for h in self._nearest(post)]
        found.sort(key=lambda h: (h.post, h.person))
        return self._merge([record for h in found if (record := self._record(h)) is not None])

    def _nearest(self, post: int) -> list[Holding]:
        """A title that no construction joins to a person goes to the nearest in its sentence, else the one before."""
        at = self.posts[post].start
        after = bisect_left(self.person_starts, at)
        stop = re.search(r"[。!?\n]|$", self.folded[at:])
        end = at + (stop.start() if stop else 0)
        if after < len(self.people) and self.people[after].start < end:
            return [Holding(post, after, "near")]
        if after and "\n" not in self.folded[self.people[after - 1].end : at]:
            return [Holding(post, after - 1, "near")]
        return []

    def _record(self, holding: Holding) -> Official | None:
        post, person, title = self.posts[holding.post], self.people[holding.person], self.titles[holding.post]
        name = "".join(person.text.split())
        if len(name) < 2:
            return None
        unit = None if title.alone else self._unit(holding.post)
        category = self._category(title, unit)
        low, high = min(person.start, post.start), max(person.end, post.end)
        return Official(
            person=name,
            title="".join(post.text.split()),
            unit=unit.text if unit else None,
            place=unit.place if unit else None,
            category=category,
            official=title.official and category in OFFICIAL_CATEGORIES,
            status=self._status(title, post, low, high),
            person_span=(person.start, person.end),
            title_span=(post.start, post.end),
            unit_span=unit.span if unit else None,
            as_of=self._day(low, high),
            source=holding.how,
        )

    def _merge(self, records: list[Official]) -> list[Official]:
        """One record for each person, title and unit; a short form of address after the full title adds none."""
        by_person: dict[str, list[Official]] = {}
        for record in records:
            kept = by_person.setdefault(record.person, [])
            same = [k for k in kept if k.title == record.title]
            if any(k.unit == record.unit for k in same):
                continue
            if same and record.unit is None:
                continue
            if same and any(k.unit is None for k in same):
                kept[kept.index(next(k for k in same if k.unit is None))] = record
                continue
            kept.append(record)
        titles = {(p, r.title) for p, rs in by_person.items() for r in rs}
        out = []
        for person, kept in by_person.items():
            for record in kept:
                if record.source == "after" and self._is_address(person, record.title, titles):
                    continue
                out.append(record)
        return sorted(out, key=lambda r: (r.title_span, r.person_span))

    @staticmethod
    def _is_address(person: str, title: str, titles: set[tuple[str, str]]) -> bool:
        """Whether 小某书记 or 某某书记 is only a way to call one who has a fuller title in the article."""
        for other, full in titles:
            if full != title and full.endswith(title) and (other == person or (person[0] in "小老" and person[1:] in other)):
                return True
        return False

    # ------------------------------------------------------------------------------------------ units
    def _unit(self, post: int) -> _Unit | None:
        if post not in self.unit_of:
            self.unit_of[post] = self._find_unit(post)
        return self.unit_of[post]

    def _find_unit(self, post: int) -> _Unit | None:
        name, title = self.posts[post], self.titles[post]
        low = self._clause_start(name.start)
        unit = self._named_before(name.start, low, title)
        if unit:
            return self._as_unit(unit)
        bare = self._bare_before(name.start, low)
        if bare:
            return bare
        shared = self._shared(post)
        if shared:
            return shared
        if title.level:
            return self._place_of_level(title.level, name.start, title)
        if title.units:
            return self._organisation(title.units, name.start)
        return None

    def _clause_start(self, at: int) -> int:
        start = at
        while start > 0 and not _STOP.match(self.folded, start - 1):
            start -= 1
        return start

    def _named_before(self, at: int, low: int, title: Title) -> _Name | None:
        """The place or organisation named in the same clause right before the title, a few words apart."""
        index = bisect_right(self.unit_starts, at) - 1
        while index >= 0 and self.units[index].end > at:
            index -= 1
        if index < 0:
            return None
        unit = self.units[index]
        if unit.end <= low and unit.end != at:
            return None
        gap = self.folded[unit.end : at]
        if len(gap) > 14 or self._person_between(unit.end, at):
            return None
        if title.level and unit.record.type == "PLACE" and not _compatible(title.level, unit.record.level):
            return None
        return unit

    def _person_between(self, start: int, end: int) -> bool:
        index = bisect_left(self.person_starts, start)
        return index < len(self.people) and self.people[index].start < end

    def _bare_before(self, at: int, low: int) -> _Unit | None:
        """社区, 该镇, 支行, 该院 before a title: the last one of the article that it can mean."""
        left = self.folded[low:at]
        match = _BARE_PLACE.search(left)
        if match:
            return self._place_of_level(_LEVEL_OF[match.group(1)], at, None, match.group(1))
        for size in range(min(10, len(left)), 1, -1):
            unit = self._last(lambda n, end=left[-size:]: n.record.type == "ORG" and n.text.endswith(end), at)
            if unit:
                return self._as_unit(unit)
        if left[-2:-1] in ("该", "本") and left:
            unit = self._last(lambda n: n.record.type == "ORG" and left[-1] in kind_of(n.text).kinds, at)
            if unit:
                return self._as_unit(unit)
        return None

    def _shared(self, post: int) -> _Unit | None:
        """The unit of the title before, where the two are joined: 某镇党委副书记、镇长."""
        if post == 0:
            return None
        previous, name = self.posts[post - 1], self.posts[post]
        gap = self.folded[previous.end : name.start]
        if not re.fullmatch(r"[、兼和及 ]{1,2}|兼任", gap) or self._person_between(previous.end, name.start):
            return None
        if self.titles[post - 1].alone:
            return None
        unit = self._unit(post - 1)
        level = self.titles[post].level
        if unit and unit.name and unit.name.record.type == "PLACE" and level:
            if not _compatible(level, unit.name.record.level):
                return None
        return unit

    def _last(self, wanted, at: int) -> _Name | None:
        before = bisect_left(self.unit_starts, at)
        for unit in reversed(self.units[:before]):
            if wanted(unit):
                return unit
        for unit in self.units[before:]:
            if wanted(unit):
                return unit
        return None

    def _place_of_level(self, level: str, at: int, title: Title | None, word: str = "") -> _Unit | None:
        unit = self._last(
            lambda n: n.record.type == "PLACE" and _compatible(level, n.record.level) and self._fits(n, word), at
        )
        if unit:
            return self._as_unit(unit)
        path = self.home_paths.get(level) or (self.home_paths.get("county") if level == "city" else None)
        return _Unit(path.rsplit("/", 1)[-1], None, path, None) if path else None

    @staticmethod
    def _fits(name: _Name, word: str) -> bool:
        last = (name.record.canonical or name.text).rsplit("/", 1)[-1]
        return not word or last.endswith(word) or (word in "市州" and last.endswith(("市", "州", "盟")))

    def _organisation(self, kinds: tuple[str, ...], at: int) -> _Unit | None:
        unit = self._last(
            lambda n: n.record.type == "ORG" and any(k in kind_of(n.text).kinds for k in kinds), at
        )
        return self._as_unit(unit) if unit else None

    def _as_unit(self, name: _Name) -> _Unit:
        if name.record.type == "ORG":
            return _Unit(name.text, (name.start, name.end), self._place_in(name.text), name)
        path = name.record.canonical
        text = name.text
        if path and not text.endswith(tuple(_LEVEL_OF)) or text[:1] in "该我本":
            text = path.rsplit("/", 1)[-1] if path else text
        return _Unit(text, (name.start, name.end), path, name)

    # ------------------------------------------------------------------------------------------ places of units
    def _home_paths(self) -> dict[str, str]:
        """The article's commonest path of each level, the page's region where the article names none."""
        counts: dict[str, Counter[str]] = {level: Counter() for level in _LEVELS}
        for unit in self.units:
            path = unit.record.canonical
            if unit.record.type == "PLACE" and path and unit.record.level in counts:
                for depth, part in _levels(path):
                    counts[depth][part] += 1
        out = {level: c.most_common(1)[0][0] for level, c in counts.items() if c}
        for level, path in _levels(self.home):
            if level not in out or level in ("province", "city") or self.home.startswith(out[level]):
                out.setdefault(level, path)
        return out

    def _place_in(self, name: str) -> str | None:
        best: tuple[int, str] | None = None
        for unit in self.units:
            path = unit.record.canonical
            if unit.record.type != "PLACE" or not path:
                continue
            for level, part in _levels(path):
                last = part.rsplit("/", 1)[-1]
                short = re.sub(r"(?:省|市|县|区|镇|乡|街道|社区|村)$", "", last)
                for form in (last, short):
                    at = name.rfind(form) if len(form) > 1 else -1
                    if at >= 0 and (best is None or (at + len(form), len(part)) > (best[0], len(best[1]))):
                        best = at + len(form), part
        if best:
            return best[1]
        match = re.match(r"团?(省|市|州|县|区|旗|镇|乡|街道|社区|村)", name)
        if match:
            level = _LEVEL_OF[match.group(1)]
            return self.home_paths.get(level) or (self.home_paths.get("county") if level == "city" else None)
        return None

    # ------------------------------------------------------------------------------------------ other fields
    def _category(self, title: Title, unit: _Unit | None) -> str:
        if title.role or title.category in ("delegate", "role"):
            return title.category or "role"
        if title.category in ("school", "hospital") and not title.official:
            return title.category
        if unit and unit.name:
            if unit.name.record.type == "PLACE":
                grass = unit.name.record.level in ("community", "village", "compound")
                if title.category not in (None, "grassroots", "party_government", "mass_org"):
                    return title.category
                return "grassroots" if grass else (title.category or "party_government")
            by_unit = kind_of(unit.text).category
            if by_unit and by_unit != "role":
                return by_unit
        return title.category or "party_government"

    def _status(self, title: Title, post: _Name, low: int, high: int) -> str:
        start = self._clause_start(post.start)
        left = self.folded[max(start - 0, 0) : post.start]
        around = self.folded[max(0, low - 8) : min(len(self.folded), high + 6)]
        if _FORMER.search(self.folded[max(0, post.start - 3) : post.start]) or _LEFT.search(around):
            return "former"
        if re.match(r"原|时任|前任", left):
            return "former"
        if title.rank in ("代", "代理") or post.text.startswith("代"):
            return "acting"
        if _ELECT.search(around):
            return "elect"
        return "current"

    def _day(self, low: int, high: int) -> date | None:
        """The one day of the last time expression before the statement in its sentence."""
        start = max(self.folded.rfind(mark, 0, low) + 1 for mark in "。!?;\n")
        day = None
        for span, record in get_spans(self.doc, TIMES):
            if start <= span.start_char and span.end_char <= high and record.type in ("DATE", "TIME"):
                if record.first_day is not None and record.first_day == record.last_day:
                    day = record.first_day
        return day


def _compatible(wanted: str, level: str | None) -> bool:
    if wanted == level:
        return True
    return {wanted, level} in ({"community", "village"}, {"city", "county"})


def _levels(path: str) -> list[tuple[str, str]]:
    """The path and those above it with their levels, by the ends of the names."""
    parts = path.split("/") if path else []
    out = []
    for i, part in enumerate(parts):
        here = "/".join(parts[: i + 1])
        if i == 0 and part.endswith("市"):
            out.append(("city", here))
        elif i == 0:
            out.append(("province", here))
        elif part.endswith(("街道", "镇", "乡", "苏木")):
            out.append(("town", here))
        elif part.endswith("社区"):
            out.append(("community", here))
        elif part.endswith(("村", "嘎查")):
            out.append(("village", here))
        elif i == 1 and part.endswith(("市", "州", "盟", "地区")):
            out.append(("city", here))
        elif part.endswith(("县", "区", "市", "旗")):
            out.append(("county", here))
        else:
            out.append(("compound", here))
    return out


