"""What rows tell beside what the stages found: the place of a quantity, and where an event's date and place come from."""

from __future__ import annotations

from datetime import date

import spacy
from articles import marked

from pipeline.language.document import EVENTS, QUANTITIES, set_spans, text_of
from pipeline.records import Argument, Event, Quantity
from pipeline.stages.sentences import create_sentences
from pipeline.tables.rows import Rows, fact_rows

XINGHUA = "江苏省/泰州市/兴化市"
DAINAN, SHAGOU = "[戴南镇|PLACE.town=江苏省/泰州市/兴化市/戴南镇]", "[沙沟镇|PLACE.town=江苏省/泰州市/兴化市/沙沟镇]"


def rows_of(text: str, quantities: list[str], events: list[tuple[str, Event]] | None = None) -> Rows:
    doc = create_sentences(spacy.blank("zh"), "sentences")(marked(text, XINGHUA))
    plain = text_of(doc)
    found = [
        (plain.index(q), plain.index(q) + len(q), "QUANTITY", Quantity(1, 1, 1, q[-1], "eq", "count"))
        for q in quantities
    ]
    set_spans(doc, QUANTITIES, found)
    set_spans(doc, EVENTS, [(plain.index(t), plain.index(t) + len(t), "EVENT", e) for t, e in events or ()])
    return fact_rows(doc, XINGHUA)


def test_a_quantity_is_of_the_last_place_its_sentence_names_before_it() -> None:
    rows = rows_of(f"{DAINAN}有村8个,{SHAGOU}有村9名。全年修路7条。", ["8个", "9名", "7条"])["quantities"]
    assert [r["place"] for r in rows] == [f"{XINGHUA}/戴南镇", f"{XINGHUA}/沙沟镇", None]
    assert rows[2]["county"] == "兴化市"  # to group by, the article's


def test_a_quantity_of_an_event_is_where_the_event_says() -> None:
    text = f"在{DAINAN},据{SHAGOU}来人说,修路7条。"
    plain = "在戴南镇,据沙沟镇来人说,修路7条。"
    road = (plain.index("7条"), plain.index("7条") + 2)
    arguments = (Argument("place", 1, 4), Argument("quantity", *road))
    rows = rows_of(
        text,
        ["7条"],
        [("修", Event("construction", "actual", arguments, place=f"{XINGHUA}/戴南镇", place_from="place"))],
    )
    assert rows["quantities"][0]["place"] == f"{XINGHUA}/戴南镇"
    assert rows["events"][0]["place_from"] == "place"


def test_an_event_tells_where_its_date_and_place_come_from() -> None:
    day = date(2024, 5, 2)
    told = Event("meeting", "actual", (Argument("time", 0, 4),), date=day, last_date=day, date_from="time")
    framed = Event(
        "founding", "actual", (), date=day, last_date=day, date_from="lead", place=XINGHUA, place_from="lead"
    )
    rows = rows_of(
        "5月2日开会,社团成立,路在修。", [], [("开会", told), ("成立", framed), ("修", Event("construction", "actual"))]
    )
    assert [(r["date_from"], r["place_from"]) for r in rows["events"]] == [
        ("time", None),
        ("lead", "lead"),
        (None, None),
    ]


def test_an_organisation_is_of_the_region_in_its_name() -> None:
    rows = rows_of("[济南市水务局|ORG]和[市水务局|ORG]来人。", [])["mentions"]
    assert [(r["city"], r["county"]) for r in rows] == [("济南市", None), ("泰州市", "兴化市")]
    chained = rows_of("[山东省滨州市邹平市水务局|ORG]和[和平医院|ORG]来人。", [])["mentions"]
    assert [r["county"] for r in chained] == ["邹平市", "兴化市"]
