"""Which columns of a table the report shows, in which order, and by which ones a reader filters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """`columns` are shown, `facets` have a menu to filter by, `more` stand in the card of a row only."""

    title: str
    chinese: str
    columns: tuple[str, ...]
    facets: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


_WHERE = ("province", "city", "county", "source", "score")
_DIVISION = (
    "name", "town", "county", "city", "province", "code", "code_status", "mentions", "articles", "pages", "officials",
)  # fmt: skip

VIEWS: dict[str, View] = {
    "articles": View(
        "Articles", "文章", ("headline", "kind", "bylines", "place", "issue_date", "page", "length"), ("kind",), ("kicker",)
    ),
    "officials": View(
        "Officials", "任职",
        ("official", "category", "status", "person", "title", "unit", "place", "as_of", "sentence"),
        ("official", "category", "status", "county"), ("place_code", *_WHERE),
    ),
    "communities": View("Communities", "社区", _DIVISION, ("county", "code_status"), ("canonical",)),
    "villages": View("Villages", "村", _DIVISION, ("county", "code_status"), ("canonical",)),
    "quantities": View(
        "Quantities", "数量",
        ("text", "value", "low", "high", "unit", "modifier", "kind", "object", "place", "issue_date", "sentence"),
        ("kind", "unit_name", "modifier", "county"), ("unit_name", "dimension", "si_value", "si_unit", "per", *_WHERE),
    ),
    "times": View(
        "Times", "时间", ("text", "type", "value", "first_day", "last_day", "issue_date", "sentence"), ("type",), _WHERE
    ),
    "events": View(
        "Events", "事件",
        ("type", "trigger", "realis", "date", "last_date", "place", "arguments", "sentence"),
        ("type", "realis", "county"), ("issue_date", *_WHERE),
    ),
    "event_arguments": View(
        "Event arguments", "事件要素", ("role", "text", "ref_type", "event_type", "trigger"), ("role", "event_type", "ref_type")
    ),
    "mentions": View(
        "Mentions", "名称",
        ("type", "level", "text", "canonical", "code_status", "source", "score", "sentence"),
        ("type", "level", "code_status", "source"), ("code", "issue_date", "province", "city", "county"),
    ),
    "entities": View(
        "Entities", "实体", ("type", "level", "name", "canonical", "code", "aliases", "mentions", "articles", "pages"),
        ("type", "level"),
    ),
    "pages": View(
        "Pages", "版面",
        ("source", "newspaper", "issue_date", "issue_year", "issue_date_from", "home_place", "articles", "characters"),
        ("issue_date_from", "newspaper"), ("encoding", "page_id", "sha256"),
    ),
    "failures": View("Failures", "失败", ("source", "stage", "error", "message"), ("stage", "error")),
}  # fmt: skip

# tables whose rows stand in an article at `start` to `end`
MARKED = ("mentions", "quantities", "times", "events", "event_arguments", "officials")
