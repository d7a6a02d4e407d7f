"""From an article's Doc to the rows of every table, in raw offsets.

Rows of people carry an identifier that holds within the article; `tables.merge` replaces it by the run's.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from spacy.tokens import Doc

from pipeline.language.document import (
    EVENTS,
    MENTIONS,
    QUANTITIES,
    TIMES,
    article_text,
    get_spans,
    sentence_of,
    text_of,
)
from pipeline.records import Article, Page, Segment
from pipeline.tables import aliases, organisations

Row = dict[str, Any]
Rows = dict[str, list[Row]]

BODY_ROLES = ("body", "subhead")
_MUNICIPALITIES = frozenset(("北京市", "天津市", "上海市", "重庆市"))
# county-level cities that stand directly under their province or region (division codes xx90xx, 2023 edition)
_COUNTY_CITIES = frozenset(
    (
        *("济源市", "仙桃市", "潜江市", "天门市", "五指山市", "琼海市", "文昌市", "万宁市", "东方市"),
        *("石河子市", "阿拉尔市", "图木舒克市", "五家渠市", "北屯市", "铁门关市", "双河市", "可克达拉市"),
        *("昆玉市", "胡杨河市", "新星市", "白杨市"),
    )
)


def entity_id(kind: str, name: str) -> str:
    """Identifier of a place (by canonical path) or organisation (by `organisations.identity`), or of a person within an article."""
    return "e" + hashlib.sha256(f"{kind}\0{name}".encode()).hexdigest()[:16]


def squeeze(text: str) -> str:
    """`text` without white space, as names are kept in tables."""
    return "".join(text.split())


def article_id(page: Page, article: Article) -> str:
    return f"{page.page_id}-{article.position:03d}"


def division_columns(path: str | None) -> Row:
    """The columns province, city and county of a canonical path: 北京市/朝阳区 has the city 北京市, 海南省/琼海市 none."""
    if not path:
        return dict.fromkeys(("province", "city", "county"))
    province, *rest = path.split("/")
    city = None
    if province in _MUNICIPALITIES:
        city = province
    elif rest and rest[0].endswith(("市", "自治州", "盟", "地区")) and rest[0] not in _COUNTY_CITIES:
        city = rest.pop(0)
    county = rest[0] if rest and rest[0].endswith(("县", "区", "市", "旗")) else None
    return {"province": province, "city": city, "county": county}


def page_row(page: Page, articles: int) -> Row:
    return {
        "page_id": page.page_id,
        "source": page.source,
        "sha256": page.sha256,
        "encoding": page.encoding,
        "characters": len(page.text),
        "issue_date": page.issue_date,
        "issue_year": page.issue_year,
        "issue_date_from": page.issue_date_from,
        "newspaper": page.newspaper,
        "home_place": page.home_place,
        "articles": articles,
        "text": page.text,
    }


def article_row(page: Page, article: Article, place: str | None) -> Row:
    body = [s for s in article.segments if s.role in BODY_ROLES]
    headline = _headline_span(page.text, article)
    parent = None if article.parent is None else f"{page.page_id}-{article.parent:03d}"
    return {
        "article_id": article_id(page, article),
        "page_id": page.page_id,
        "position": article.position,
        "kind": article.kind,
        "headline": article.headline,
        "kicker": article.kicker,
        "text": article_text(page, replace(article, segments=tuple(body)))[0],
        "bylines": [{"name": b.name, "role": b.role} for b in article.bylines],
        "parts": [{"start": a, "end": b} for a, b in _stretches(page.text, body)],
        "place": place,
        "parent_article_id": parent,
        "headline_start": headline[0] if headline else None,
        "headline_end": headline[1] if headline else None,
    }


def _headline_span(raw: str, article: Article) -> tuple[int, int] | None:
    """Where the headline stands; its segments may hold more, as the colon of 开栏的话: does."""
    for start, end in _stretches(raw, [s for s in article.segments if s.role == "headline"]):
        printed = [at for at in range(start, end) if not raw[at].isspace()]
        at = "".join(raw[i] for i in printed).find(squeeze(article.headline or ""))
        if at >= 0 and article.headline:
            return printed[at], printed[at + len(squeeze(article.headline)) - 1] + 1
    return None


def _stretches(raw: str, segments: Iterable[Segment]) -> list[tuple[int, int]]:
    """Raw spans of segments in reading order; those with nothing but white space between them are one."""
    out: list[tuple[int, int]] = []
    for segment in segments:
        if out and out[-1][1] <= segment.start and not raw[out[-1][1] : segment.start].strip():
            out[-1] = (out[-1][0], segment.end)
        else:
            out.append((segment.start, segment.end))
    return out


def fact_rows(doc: Doc, place: str | None) -> Rows:
    """Rows of mentions, officials, quantities, times, events and event_arguments of an article about `place`."""
    builder = _FactRows(doc, place)
    builder.mentions()
    builder.times()
    builder.events()
    builder.quantities()
    builder.officials()
    return builder.rows


class _FactRows:
    def __init__(self, doc: Doc, place: str | None):
        self.doc, self.page, self.place = doc, doc._.page, place
        self.article_id = article_id(doc._.page, doc._.article)
        self.rows: Rows = defaultdict(list)
        self.references: dict[tuple[int, int], tuple[str, str]] = {}  # Doc span -> ref_type, ref_id
        self.person_of = self._people()  # Doc span of a person -> the full name that it stands for
        self.event_of: dict[tuple[int, int], str] = {}  # Doc span of a quantity -> event_id
        self.place_of: dict[tuple[int, int], str] = {}  # Doc span of a quantity -> the place that its event tells

    def mentions(self) -> None:
        spans = get_spans(self.doc, MENTIONS)
        for number, (span, mention) in enumerate(spans):
            text = self.person_of.get((span.start_char, span.end_char), span.text)
            place = mention.canonical
            if mention.type == "ORG":
                place, _ = organisations.region_borne(squeeze(span.text), self.place or "")
            entity = self._entity(mention.type, text, mention.canonical, mention.level)
            if entity:
                self.references[span.start_char, span.end_char] = ("entity", entity)
            self.rows["mentions"].append(
                {
                    "mention_id": f"{self.article_id}-m{number:04d}",
                    "type": mention.type,
                    "level": mention.level,
                    "entity_id": entity,
                    "canonical": mention.canonical,
                    "code": mention.code,
                    "code_status": mention.code_status,
                    **self._printed(span.start_char, span.end_char),
                    **self._fact(span.start_char, span.end_char, place, mention),
                }
            )

    def times(self) -> None:
        for number, (span, time) in enumerate(get_spans(self.doc, TIMES)):
            identifier = f"{self.article_id}-t{number:04d}"
            self.references[span.start_char, span.end_char] = ("time", identifier)
            self.rows["times"].append(
                {
                    "time_id": identifier,
                    "type": time.type,
                    "value": time.value,
                    "first_day": time.first_day,
                    "last_day": time.last_day,
                    **self._printed(span.start_char, span.end_char),
                    **self._fact(span.start_char, span.end_char, None, time),
                }
            )

    def events(self) -> None:
        for number, (span, _) in enumerate(get_spans(self.doc, QUANTITIES)):
            self.references[span.start_char, span.end_char] = ("quantity", f"{self.article_id}-q{number:04d}")
        for number, (span, event) in enumerate(get_spans(self.doc, EVENTS)):
            identifier = f"{self.article_id}-e{number:04d}"
            printed = self._printed(span.start_char, span.end_char)
            self.rows["events"].append(
                {
                    "event_id": identifier,
                    "type": event.type,
                    "trigger": printed.pop("text"),
                    "realis": event.realis,
                    "date": event.date,
                    "last_date": event.last_date,
                    "date_from": event.date_from,
                    "place": event.place,
                    "place_from": event.place_from,
                    **printed,
                    **self._fact(span.start_char, span.end_char, event.place, event),
                }
            )
            for argument in event.arguments:
                reference = self.references.get((argument.start, argument.end), (None, None))
                if reference[0] == "quantity":
                    self.event_of.setdefault((argument.start, argument.end), identifier)
                    if event.place and event.place_from == "place":
                        self.place_of.setdefault((argument.start, argument.end), event.place)
                self.rows["event_arguments"].append(
                    {
                        "event_id": identifier,
                        "role": argument.role,
                        "ref_type": reference[0],
                        "ref_id": reference[1],
                        **self._printed(argument.start, argument.end),
                    }
                )

    def quantities(self) -> None:
        places = sorted((s.start_char, m.canonical) for s, m in get_spans(self.doc, MENTIONS) if m.canonical)
        for number, (span, quantity) in enumerate(get_spans(self.doc, QUANTITIES)):
            at = quantity.object_span
            low, high = self.doc._.offsets.to_raw(*at) if at else (None, None)
            place = self.place_of.get((span.start_char, span.end_char)) or self._named_before(span.start_char, places)
            self.rows["quantities"].append(
                {
                    "quantity_id": f"{self.article_id}-q{number:04d}",
                    "value": quantity.value,
                    "low": quantity.low,
                    "high": quantity.high,
                    "unit": quantity.unit,
                    "unit_name": quantity.unit_name,
                    "dimension": quantity.dimension,
                    "si_value": quantity.si_value,
                    "si_unit": quantity.si_unit,
                    "modifier": quantity.modifier,
                    "kind": quantity.kind,
                    "object": quantity.object,
                    "object_start": low,
                    "object_end": high,
                    "place": place,
                    "event_id": self.event_of.get((span.start_char, span.end_char)),
                    "per": quantity.per,
                    **self._printed(span.start_char, span.end_char),
                    **self._fact(span.start_char, span.end_char, place, quantity),
                }
            )

    def officials(self) -> None:
        units = {(s.start_char, s.end_char): m for s, m in get_spans(self.doc, MENTIONS) if m.type in ("PLACE", "ORG")}
        codes = {m.canonical: m.code for m in units.values() if m.canonical and m.code}
        for official in self.doc._.officials:
            spans = [s for s in (official.person_span, official.title_span, official.unit_span) if s]
            start, end = min(s[0] for s in spans), max(s[1] for s in spans)
            if sentence_of(self.doc, start, start + 1) != sentence_of(self.doc, end - 1, end):
                start, end = sentence_of(self.doc, *official.person_span)
            unit = units.get(official.unit_span) if official.unit_span else None
            unit_id = None
            if unit is not None and official.unit_span:
                unit_id = self._entity(unit.type, self._text(*official.unit_span), unit.canonical, unit.level)
            elif official.unit and (official.place or "").endswith("/" + official.unit):
                unit_id = entity_id("PLACE", official.place or "")
            elif official.unit:
                unit_id = self._organisation(official.unit)
            self.rows["officials"].append(
                {
                    "person": squeeze(official.person),
                    "person_id": self._entity(
                        "PER", self.person_of.get(official.person_span, official.person), None, None
                    ),
                    "title": official.title,
                    "unit": official.unit,
                    "unit_id": unit_id,
                    "place": official.place,
                    "place_code": codes.get(official.place),
                    "category": official.category,
                    "official": official.official,
                    "status": official.status,
                    "as_of": official.as_of or self.page.issue_date,
                    **self._printed(start, end),
                    **self._fact(start, end, official.place, official),
                }
            )

    def _named_before(self, at: int, places: Sequence[tuple[int, str]]) -> str | None:
        """Canonical path of the last of the `places` (where each begins, its path) that the sentence of a character names before it."""
        low, _ = sentence_of(self.doc, at, at + 1)
        last = bisect_left(places, (at, "")) - 1
        return places[last][1] if last >= 0 and places[last][0] >= low else None

    def _entity(self, kind: str, text: str, canonical: str | None, level: str | None) -> str | None:
        if kind == "POST":
            return None
        if kind == "PER":
            return entity_id("PER", f"{self.article_id}\0{squeeze(text)}")
        if kind == "PLACE":
            return entity_id("PLACE", canonical or f"{level}\0{squeeze(text)}")
        return self._organisation(text)

    def _organisation(self, name: str) -> str:
        region, rest = organisations.identity(squeeze(name), self.place or "", self.page.home_place or "")
        return entity_id("ORG", f"{self.page.page_id if region is None else region}\0{rest}")

    def _people(self) -> dict[tuple[int, int], str]:
        spans = get_spans(self.doc, MENTIONS)
        titles = {s.start_char: squeeze(s.text) for s, m in spans if m.type == "POST"}
        people = [s for s, m in spans if m.type == "PER"]
        names = [(squeeze(s.text), titles.get(s.end_char, "")) for s in people]
        held = [(official.person, official.title) for official in self.doc._.officials]
        authors = {squeeze(byline.name) for byline in self.doc._.article.bylines}
        meant = aliases.people(names, held, authors)
        return {(s.start_char, s.end_char): name for s, name in zip(people, meant, strict=True)}

    def _text(self, start: int, end: int) -> str:
        return text_of(self.doc)[start:end]

    def _printed(self, start: int, end: int) -> Row:
        low, high = self.doc._.offsets.to_raw(start, end)
        return {
            "article_id": self.article_id,
            "page_id": self.page.page_id,
            "text": self._text(start, end),
            "start": low,
            "end": high,
        }

    def _fact(self, start: int, end: int, place: str | None, record: Any) -> Row:
        return {
            "sentence": self._text(*sentence_of(self.doc, start, end)),
            "issue_date": self.page.issue_date,
            "source": record.source or None,
            # two places are what it is worth, and the last bits of a sum may depend on where memory lies
            "score": None if record.score is None else round(record.score, 2),
            **division_columns(place or self.place),
        }
