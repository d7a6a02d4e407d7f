"""What a page, an article and each fact is made of, and the one Arrow schema of each table.

Offsets named `start` and `end` are code points, end exclusive. In `Segment` and `parts` they count in the raw page;
in the facts that stages write (`Mention` to `Event`) they count in the Doc of the article, and `tables.rows` turns them
into raw offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

SCHEMA_VERSION = 1

Day = date  # where a field is called date

ARTICLE_KINDS = ("news", "feature", "brief", "caption", "list", "notice", "commentary", "column_intro")
BYLINE_ROLES = ("reporter", "correspondent", "photographer")
MENTION_TYPES = ("PER", "PLACE", "ORG", "POST")
PLACE_LEVELS = ("province", "city", "county", "town", "community", "village", "compound", "other")
CATEGORIES = (
    "party_government", "grassroots", "public_institution", "mass_org", "enterprise", "school", "hospital",
    "association", "military", "delegate", "role",
)  # fmt: skip
STATUSES = ("current", "acting", "former", "elect")
# What joins a person to a title, the surer first: 镇长甲; 副镇长甲、乙; 甲当选镇长; 免去甲的镇长职务; 甲镇长; 甲(某镇镇长);
# 甲,某镇镇长; and, where nothing does, the nearest person
CONSTRUCTIONS = ("before", "list", "predicate", "leaves", "after", "bracket", "apposition", "near")
MODIFIERS = ("eq", "approx", "gt", "ge", "lt", "le")
QUANTITY_KINDS = (
    "count", "percent", "money", "length", "area", "volume", "mass", "duration", "age", "rank", "rate", "other",
)  # fmt: skip
TIME_TYPES = ("DATE", "TIME", "SET")
EVENT_TYPES = (
    "contest", "award", "meeting", "founding", "campaign", "training", "visit", "construction", "finance", "donation",
    "response", "incident", "publication", "appointment", "cooperation", "regulation",
)  # fmt: skip
EVENT_ROLES = ("agent", "recipient", "participant", "object", "place", "time", "quantity")
REALIS = ("actual", "planned")
CODE_STATUSES = ("official", "former", "fuzzy", "unlisted")
SEGMENT_ROLES = ("kicker", "headline", "byline", "dateline", "subhead", "body")


# ---------------------------------------------------------------------------------------------- page and article
@dataclass(frozen=True, slots=True)
class InputRecord:
    """One page as it was read: its decoded text and what the input itself says of it."""

    source: str  # path, or path#key for a record of a file of records
    text: str
    encoding: str
    sha256: str  # of the decoded text in UTF-8
    date: date | None = None  # stated by the record
    newspaper: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An input, or an article of it, that could not be processed: what happened and what the user can do."""

    source: str
    stage: str
    error: str
    message: str
    page_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the run: the record, and what was found out about the page as a whole."""

    page_id: str
    source: str
    sha256: str
    encoding: str
    text: str
    issue_date: date | None = None
    issue_year: int | None = None
    issue_date_from: str | None = None  # config, name, text
    newspaper: str | None = None
    home_place: str | None = None  # canonical path of what 我市, 我区 mean


@dataclass(frozen=True, slots=True)
class Byline:
    name: str  # without the spaces inside
    role: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the raw page with one role in its article; `new_paragraph` is False after a column break."""

    role: str
    start: int
    end: int
    new_paragraph: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """An article, caption, list or notice: its stretches of the page in reading order, headline and kicker first."""

    position: int  # from 0, in the order of the page
    kind: str
    headline: str | None
    kicker: str | None
    bylines: tuple[Byline, ...]
    segments: tuple[Segment, ...]
    parent: int | None = None  # position of the article that a caption, list or commentary belongs to


# ---------------------------------------------------------------------------------------------- facts of a Doc
@dataclass(frozen=True, slots=True)
class Mention:
    """A name in an article. `canonical` and `code` are filled for places, by the linker."""

    type: str
    level: str | None = None
    canonical: str | None = None
    code: str | None = None
    code_status: str | None = None
    source: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """A person holding a post, as the article tells it. Spans are (start, end) in the Doc."""

    person: str
    title: str
    unit: str | None
    place: str | None
    category: str
    official: bool
    status: str
    person_span: tuple[int, int]
    title_span: tuple[int, int]
    unit_span: tuple[int, int] | None = None
    as_of: date | None = None
    source: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured or counted value; `value`, `low`, `high` as the data dictionary says, `unit` as printed."""

    value: float | None
    low: float | None
    high: float | None
    unit: str
    modifier: str
    kind: str
    unit_name: str | None = None
    dimension: str | None = None
    si_value: float | None = None
    si_unit: str | None = None
    object: str | None = None
    object_span: tuple[int, int] | None = None
    per: str | None = None
    source: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A calendar expression; `value` is ISO 8601, PAST_REF, PRESENT_REF or FUTURE_REF, or None if impossible."""

    type: str
    value: str | None
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A participant, place, time or quantity of an event, as a span of the Doc."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened or is planned; its span in the Doc is the trigger's."""

    type: str
    realis: str
    arguments: tuple[Argument, ...] = ()
    date: Day | None = None
    last_date: Day | None = None
    date_from: str | None = None
    place: str | None = None
    place_from: str | None = None
    source: str = ""
    score: float | None = None


# ---------------------------------------------------------------------------------------------- tables
def _schema(*fields: tuple[str, pa.DataType, str]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, metadata={"description": text}) for name, kind, text in fields])


_STR, _INT, _FLOAT, _DAY, _BOOL = pa.string(), pa.int32(), pa.float64(), pa.date32(), pa.bool_()
_PART = pa.struct([("start", _INT), ("end", _INT)])
_BYLINE = pa.struct([("name", _STR), ("role", _STR)])

_PAGE = ("page_id", _STR, "the page it stands on")
_ARTICLE = ("article_id", _STR, "the article it stands in")
_SPAN = (
    ("text", _STR, "the words, column breaks taken out"),
    ("start", _INT, "raw offset of the first character in pages.text"),
    ("end", _INT, "raw offset behind the last character"),
)
_SENTENCE = (
    ("sentence", _STR, "the sentence it stands in"),
    ("issue_date", _DAY, "day of the newspaper, null if unknown"),
    ("province", _STR, "province of its place, else of the article's; null if neither is known"),
    ("city", _STR, "city of its place"),
    ("county", _STR, "county or district of its place"),
)
_FACT = (
    *_SENTENCE,
    ("source", _STR, "rule, lexicon or model that found it"),
    ("score", pa.float32(), "confidence, null if the source has none"),
)
_DIVISION = (
    ("entity_id", _STR, "its row in entities"),
    ("name", _STR, "official name without 居委会 or 村委会"),
    ("province", _STR, "province"),
    ("city", _STR, "city"),
    ("county", _STR, "county or district"),
    ("town", _STR, "town, township or subdistrict"),
    ("canonical", _STR, "canonical path"),
    ("code", _STR, "12-digit statistical division code"),
    ("code_status", _STR, "official, former, fuzzy or unlisted"),
    ("mentions", _INT, "mentions in the run"),
    ("articles", _INT, "articles that mention it"),
    ("pages", _INT, "pages that mention it"),
    ("officials", pa.list_(_STR), "people told to hold a post of responsibility there"),
)

TABLES: dict[str, pa.Schema] = {
    "pages": _schema(
        ("page_id", _STR, "identifier of the page, from its text"),
        ("source", _STR, "path of the file, or path#key of the record"),
        ("sha256", _STR, "SHA-256 of the decoded text in UTF-8"),
        ("encoding", _STR, "encoding the text was decoded from"),
        ("characters", _INT, "length in Unicode code points"),
        ("issue_date", _DAY, "day of the newspaper"),
        ("issue_year", pa.int16(), "year of the newspaper"),
        ("issue_date_from", _STR, "config, name or text: where date or year comes from"),
        ("newspaper", _STR, "name of the newspaper"),
        ("home_place", _STR, "canonical path of the region the page speaks from (我市, 我区)"),
        ("articles", _INT, "number of articles"),
        ("text", _STR, "the decoded raw page"),
    ),
    "articles": _schema(
        ("article_id", _STR, "identifier of the article"),
        _PAGE,
        ("position", _INT, "from 0, in the order of the page"),
        ("kind", _STR, "news, feature, brief, caption, list, notice, commentary, column_intro"),
        ("headline", _STR, "main headline"),
        ("kicker", _STR, "other display type set with it, joined with ' / '"),
        ("text", _STR, "reflowed body"),
        ("bylines", pa.list_(_BYLINE), "names with their roles"),
        ("parts", pa.list_(_PART), "raw spans of the body in reading order"),
        ("place", _STR, "canonical path of the place it is mainly about"),
        ("parent_article_id", _STR, "the article that a caption, list or commentary belongs to"),
        ("headline_start", _INT, "raw offset of the headline"),
        ("headline_end", _INT, "raw offset behind the headline"),
    ),
    "mentions": _schema(
        ("mention_id", _STR, "identifier of the mention"),
        _ARTICLE,
        _PAGE,
        ("type", _STR, "PER, PLACE, ORG or POST"),
        ("level", _STR, "of a place: province, city, county, town, community, village, compound, other"),
        *_SPAN,
        ("entity_id", _STR, "the person, place or organisation it names; null for a post"),
        ("canonical", _STR, "canonical path of a place"),
        ("code", _STR, "statistical division code of a place"),
        ("code_status", _STR, "of a place: official, former, fuzzy or unlisted"),
        *_FACT,
    ),
    "entities": _schema(
        ("entity_id", _STR, "identifier of the entity"),
        ("type", _STR, "PER, PLACE or ORG"),
        ("level", _STR, "of a place"),
        ("name", _STR, "its name"),
        ("canonical", _STR, "canonical path of a place"),
        ("code", _STR, "statistical division code of a place"),
        ("aliases", pa.list_(_STR), "other forms found in the run"),
        ("mentions", _INT, "mentions in the run"),
        ("articles", _INT, "articles that mention it"),
        ("pages", _INT, "pages that mention it"),
    ),
    "officials": _schema(
        ("person", _STR, "name without spaces"),
        ("person_id", _STR, "the person's row in entities"),
        ("title", _STR, "title of the post"),
        ("unit", _STR, "place or organisation where the post is held"),
        ("unit_id", _STR, "the unit's row in entities"),
        ("place", _STR, "canonical path of the jurisdiction"),
        ("place_code", _STR, "statistical division code of the place"),
        ("category", _STR, "party_government, grassroots, public_institution, …"),
        ("official", _BOOL, "whether it is a post of responsibility"),
        ("status", _STR, "current, acting, former or elect"),
        _ARTICLE,
        _PAGE,
        *_SPAN,
        ("as_of", _DAY, "day of the statement"),
        *_SENTENCE,
        ("source", _STR, "what joins person and title: before, list, predicate, …; near where nothing does"),
        ("score", pa.float32(), "null: a construction is there or not; how sure the names are, mentions.score tells"),
    ),
    "communities": _schema(*_DIVISION),
    "villages": _schema(*_DIVISION),
    "quantities": _schema(
        ("quantity_id", _STR, "identifier of the quantity"),
        _ARTICLE,
        _PAGE,
        *_SPAN,
        ("value", _FLOAT, "the number, null for a range and for 几"),
        ("low", _FLOAT, "lower bound, null if open"),
        ("high", _FLOAT, "upper bound, null if open"),
        ("unit", _STR, "unit as printed"),
        ("unit_name", _STR, "canonical name of the unit"),
        ("dimension", _STR, "count, length, mass, money …"),
        ("si_value", _FLOAT, "value in si_unit"),
        ("si_unit", _STR, "SI unit, or CNY for money"),
        ("modifier", _STR, "eq, approx, gt, ge, lt or le"),
        ("kind", _STR, "count, percent, money, …"),
        ("object", _STR, "what is counted or measured, null if not said"),
        ("object_start", _INT, "raw offset of the object"),
        ("object_end", _INT, "raw offset behind the object"),
        (
            "place",
            _STR,
            "canonical path of the place it is told of: of its event, else the last one its sentence names before it",
        ),
        ("event_id", _STR, "the event it is an argument of"),
        ("per", _STR, "the unit it is a rate of: 亩 in 每亩800元"),
        *_FACT,
    ),
    "times": _schema(
        ("time_id", _STR, "identifier of the time expression"),
        _ARTICLE,
        _PAGE,
        *_SPAN,
        ("type", _STR, "DATE, TIME or SET"),
        ("value", _STR, "ISO 8601, or PAST_REF, PRESENT_REF, FUTURE_REF"),
        ("first_day", _DAY, "first day it covers"),
        ("last_day", _DAY, "last day it covers"),
        *_FACT,
    ),
    "events": _schema(
        ("event_id", _STR, "identifier of the event"),
        _ARTICLE,
        _PAGE,
        ("type", _STR, "contest, award, meeting, …"),
        ("trigger", _STR, "the word that names it"),
        ("start", _INT, "raw offset of the trigger"),
        ("end", _INT, "raw offset behind the trigger"),
        ("realis", _STR, "actual or planned"),
        ("date", _DAY, "first day, told or taken from the article's frame"),
        ("last_date", _DAY, "last day"),
        ("date_from", _STR, "time: of its own argument; lead: of the article's lead; null without a date"),
        ("place", _STR, "canonical path of where it happened"),
        (
            "place_from",
            _STR,
            "place: of its own argument; participant: of who acts or is met; sentence; lead: of the article's lead; null without a place",
        ),
        *_FACT,
    ),
    "event_arguments": _schema(
        ("event_id", _STR, "the event"),
        _ARTICLE,
        _PAGE,
        ("role", _STR, "agent, recipient, participant, object, place, time or quantity"),
        *_SPAN,
        ("ref_type", _STR, "entity, quantity, time or null"),
        ("ref_id", _STR, "identifier of the row it refers to"),
    ),
    "failures": _schema(
        ("source", _STR, "path of the file, or path#key of the record"),
        ("page_id", _STR, "the page, if it was read"),
        ("stage", _STR, "read, page, language, …"),
        ("error", _STR, "short name of the error"),
        ("message", _STR, "what happened and what to do"),
    ),
}


def table(name: str, rows: Sequence[dict]) -> pa.Table:
    """The rows as an Arrow table of the schema of `name`; a missing key is null, an unknown one is refused."""
    schema = TABLES[name]
    known = set(schema.names)
    for row in rows:
        if not known.issuperset(row):
            raise ValueError(f"table {name} has no column {sorted(set(row) - known)}")
    return pa.Table.from_pylist(list(rows), schema=schema)
