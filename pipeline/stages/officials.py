"""Who holds which post where: a record for each (person, title, unit) that an article tells."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, TIMES, get_spans, text_of
from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.posts import Title, posts
from pipeline.records import Official
from pipeline.stages.post_names import Name, Unit
from pipeline.stages.post_units import Units
from pipeline.stages.posts import DELEGATE, Holding, holdings

OFFICIAL_CATEGORIES = frozenset({"party_government", "grassroots", "public_institution", "mass_org"})
_FORMER = re.compile(r"(?:原|前任|时任|曾任|前|历任|当过|曾是)任?$")
_FORMER_CLAUSE = re.compile(r"原|时任|前任")
_ELECT = re.compile(r"当选|选举|补选|推选|拟任|提名|候选|选为")
_RETIRED = re.compile(r"(?:岗位|职务|位置|任)上?(?:退休|离休|退下|卸任|离任|退居)")
_LEFT = re.compile(r"免去|辞去|不再担任|卸任|离任")
_BODY = re.compile(r"(?:村|社区)?(?:党?总?支部?|党委|党总支|党工委|党组|居委会|村委会|[村居]民委员会)|村|社区")
_OF_ANYBODY = frozenset({"老师", "师傅"})
_ADDRESS = frozenset({"老师", "医生", "大夫", "师傅", "警官", "法官"})  # anybody of the trade is called so
_CONGRESS = re.compile(r"两会|政协|人大|代表委员|代表团")  # in an article whose delegates speak
_BREAK = "、,。;:!?()“”\n"
_COMPANY_HEAD = re.compile(r"副?(?:董事长|总经理|总裁)|[一-鿿]{2}总监|首席[一-鿿]{2}官")
_OF_TEAMS = ("队长", "团长")


_GOVERNMENT = re.compile(r"人民政府|政府|办事处|街道办|村委会|居委会|村民委员会|居民委员会")


def _one_body(one: str, other: str) -> bool:
    """Whether two units are one: 某镇 and 某镇人民政府, or a name and another that lacks some of its characters."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and _GOVERNMENT.fullmatch(long, len(short)):
        return True
    rest = iter(long)
    return len(short) > 4 and short[:2] == long[:2] and all(character in rest for character in short)


def _shorter(record: Official, other: Official) -> bool:
    """Whether one record of a person tells in short what the other tells: 书记, 支书 of the 党支部书记, 村支书 of one unit."""
    rest = other.title.removesuffix(record.title)
    return bool(rest != other.title and _BODY.fullmatch(rest) and record.unit == other.unit)


@Language.factory("news_officials", assigns=["doc._.officials"], requires=["doc._.mentions"])
def create_officials(nlp: Language, name: str) -> Officials:
    """Fills doc._.officials from the mentions (PER, POST, PLACE, ORG) and times of an article."""
    return Officials()


class Officials:
    def __call__(self, doc: Doc) -> Doc:
        doc._.officials = _Article(doc).officials()
        return doc


class _Article:
    def __init__(self, doc: Doc):
        self.doc, self.folded = doc, doc._.folded
        names = [Name(span.start_char, span.end_char, span.text, m) for span, m in get_spans(doc, MENTIONS)]
        self.people = [n for n in names if n.record.type == "PER"]
        self.posts = [n for n in names if n.record.type == "POST"]
        self.person_starts = [n.start for n in self.people]
        self.titles = [posts().describe(n.text) for n in self.posts]
        page = doc._.page
        self.units = Units(
            self.folded,
            names,
            self.people,
            self.posts,
            self.titles,
            (page.home_place or "") if page else "",
            page.text if page else text_of(doc),
        )

    # ------------------------------------------------------------------------------------------ records
    def officials(self) -> list[Official]:
        spans = [[(n.start, n.end) for n in names] for names in (self.people, self.posts, self.units.names)]
        found = holdings(self.folded, *spans)
        held = {h.post for h in found}
        found += [h for post in range(len(self.posts)) if post not in held for h in self._nearest(post)]
        found.sort(key=lambda h: (h.post, h.person))
        self.own_units = self._own_units(found)
        records = [record for h in found if (record := self._record(h)) is not None]
        companies = {record.unit for record in records if record.unit and _COMPANY_HEAD.fullmatch(record.title)}
        return self._merge([self._in_company(record) if record.unit in companies else record for record in records])

    @staticmethod
    def _in_company(record: Official) -> Official:
        """The party secretary of what has a 董事长 or 总经理 is of a company, whatever its name says: 某局某公司."""
        if record.category != "party_government" or not record.title.startswith("党"):
            return record
        return replace(record, category="enterprise", official=False)

    def _own_units(self, found: list[Holding]) -> dict[tuple[int, int], Unit]:
        """By post and person the unit where each of several holders has one of his own (分别)."""
        holders: dict[int, list[int]] = {}
        for holding in found:
            holders.setdefault(holding.post, []).append(holding.person)
        own: dict[tuple[int, int], Unit] = {}
        for post, people in holders.items():
            behind = self.people[people[-1]].end
            if len(people) > 1 and behind <= self.posts[post].start:
                units = self.units.each(post, behind, len(people)) or []
                own.update(zip(((post, person) for person in people), units, strict=False))
        return own

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
        if holding.how == "after" and DELEGATE.match(self.folded, post.start) and _CONGRESS.search(self.folded):
            title, unit = replace(title, category="delegate", official=False, alone=True), None
        else:
            unit = self.own_units.get((holding.post, holding.person)) or self.units.of(holding.post)
        in_hospital = unit is None and title.category is None and self.units.in_hospital(holding.post)
        category = "hospital" if in_hospital else self._category(title, unit, post)
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
            told_again = record.source == "after" or record.title_span in self.units.guessed
            if same and (record.unit is None or told_again):
                continue
            fuller = next((k for k in same if k.unit and record.unit and _one_body(k.unit, record.unit)), None)
            if fuller is not None:
                if len(fuller.unit or "") < len(record.unit or ""):
                    kept[kept.index(fuller)] = record
                continue
            if same and any(k.unit is None for k in same):
                kept[kept.index(next(k for k in same if k.unit is None))] = record
                continue
            kept.append(record)
        everyone = [r for kept in by_person.values() for r in kept if not any(_shorter(r, o) for o in kept)]
        out = [r for r in everyone if r.source != "after" or not any(self._is_address(r, other) for other in everyone)]
        return sorted(out, key=lambda r: (r.title_span, r.person_span))

    @staticmethod
    def _is_address(record: Official, other: Official) -> bool:
        """Whether 小某书记, 某某书记 or 某某老师 is only a way to call one whose fuller name or title is in another record."""
        if other.person != record.person:  # by a part of the name
            called = (
                record.person[0] in "小老" and record.person[1:] in other.person and other.title.endswith(record.title)
            )
            return called or (len(other.person) > len(record.person) and other.person.endswith(record.person))
        fuller = other.title != record.title and other.title.endswith(record.title)
        known = other.title not in _ADDRESS and (other.category == record.category or record.title in _OF_ANYBODY)
        return fuller or (record.title in _ADDRESS and known)

    # ------------------------------------------------------------------------------------------ other fields
    def _category(self, title: Title, unit: Unit | None, post: Name) -> str:
        if title.role or title.category in ("delegate", "role"):
            return title.category or "role"
        if title.category in ("school", "hospital") and not title.official:
            return title.category
        if unit and unit.name and unit.name.place:
            grass = unit.name.record.level in ("community", "village", "compound")
            if title.category not in (None, "grassroots", "party_government", "mass_org"):
                return title.category
            return "grassroots" if grass else (title.category or "party_government")
        if unit and (unit.span if unit.name is None else not unit.name.place):
            by_unit = kind_of(unit.text).category
            of_company = title.category == "enterprise" and not title.official
            if by_unit and not (of_company and by_unit in ("party_government", "public_institution")):
                return by_unit
        if title.category is None and unit is None:  # 农业合作社社长, 驾校队长: of no name, yet of some kind
            by_kind = kind_of(self.folded[self.units.clause_start(post.start) : post.start]).category
            return by_kind or ("role" if title.text.endswith(_OF_TEAMS) else "party_government")
        return title.category or "party_government"

    def _status(self, title: Title, post: Name, low: int, high: int) -> str:
        start = max(self.folded.rfind(mark, 0, post.start) + 1 for mark in _BREAK)
        left = self.folded[start : post.start]
        around = self.folded[max(0, low - 8) : min(len(self.folded), high + 6)]
        if _FORMER.search(self.folded[max(0, post.start - 3) : post.start]) or _LEFT.search(around):
            return "former"
        if _FORMER_CLAUSE.match(left) or _RETIRED.match(self.folded, post.end):
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
            inside = start <= span.start_char and span.end_char <= high and record.type in ("DATE", "TIME")
            if inside and record.first_day is not None and record.first_day == record.last_day:
                day = record.first_day
        return day
