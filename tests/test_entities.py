"""Hand-made gold for columns that labelled pages do not give: codes and how they were found, the home of a page, the state
and day of a post, and who and what is one across the articles of a run.

People and sentences are invented; the places stand in the gazetteer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
import spacy
from articles import article, marked

from pipeline.language.document import MENTIONS, get_spans, set_spans
from pipeline.lexicon.divisions import divisions
from pipeline.page.region import home_place
from pipeline.records import TimeExpression, table
from pipeline.stages.linker import Linker
from pipeline.stages.officials import Officials
from pipeline.stages.places import GROUP, Places
from pipeline.stages.sentences import create_sentences
from pipeline.tables.aliases import people
from pipeline.tables.merge import distinct, identify_people
from pipeline.tables.rows import fact_rows

XINGHUA = "江苏省/泰州市/兴化市"
GAOYOU = "江苏省/扬州市/高邮市"
QUFU = "山东省/济宁市/曲阜市"


@pytest.fixture(scope="module")
def link():
    """A function from a text and its home to the linked places: (surface, canonical, code, code_status) each."""
    places, linker = Places(divisions()), Linker(divisions())

    def linked(text: str, home: str | None) -> list[tuple[str, str | None, str | None, str | None]]:
        doc = places(article(text, home))
        set_spans(doc, MENTIONS, [(s.start_char, s.end_char, "PLACE", r) for s, r in get_spans(doc, GROUP)])
        return [(s.text, r.canonical, r.code, r.code_status) for s, r in get_spans(linker(doc), MENTIONS)]

    return linked


# ---------------------------------------------------------------------------------------------- codes
@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        # in the list of today
        ("兴化市召开会议。", XINGHUA, ("兴化市", XINGHUA, "321281000000", "official")),
        ("兴化讯", XINGHUA, ("兴化", XINGHUA, "321281000000", "official")),
        ("江苏省召开会议。", XINGHUA, ("江苏省", "江苏省", "320000000000", "official")),
        ("泰州市召开会议。", XINGHUA, ("泰州市", "江苏省/泰州市", "321200000000", "official")),
        ("戴南镇召开会议。", XINGHUA, ("戴南镇", f"{XINGHUA}/戴南镇", "321281123000", "official")),
        ("垛田街道召开会议。", XINGHUA, ("垛田街道", f"{XINGHUA}/垛田街道", "321281003000", "official")),
        ("戴南镇裴马村丰收。", XINGHUA, ("裴马村", f"{XINGHUA}/戴南镇/裴马村", "321281123206", "official")),
        ("沙沟镇时堡村丰收。", None, ("时堡村", f"{XINGHUA}/沙沟镇/时堡村", "321281108210", "official")),
        ("裴马村丰收。", XINGHUA, ("裴马村", f"{XINGHUA}/戴南镇/裴马村", "321281123206", "official")),
        # namesakes
        ("沙沟镇高桂村丰收。", XINGHUA, ("高桂村", f"{XINGHUA}/沙沟镇/高桂村", "321281108206", "official")),
        ("合陈镇高桂村丰收。", XINGHUA, ("高桂村", f"{XINGHUA}/合陈镇/高桂村", "321281101215", "official")),
        ("钓鱼镇开展活动，胜利村派人参加。", XINGHUA, ("胜利村", f"{XINGHUA}/钓鱼镇/胜利村", "321281106224", "official")),
        ("高桂村丰收。", XINGHUA, ("高桂村", f"{XINGHUA}/高桂村", None, "unlisted")),
        ("鼓楼区召开会议。", "江苏省/南京市", ("鼓楼区", "江苏省/南京市/鼓楼区", "320106000000", "official")),
        ("鼓楼区召开会议。", "福建省/福州市", ("鼓楼区", "福建省/福州市/鼓楼区", "350102000000", "official")),
        ("鼓楼区召开会议。", "江苏省/徐州市", ("鼓楼区", "江苏省/徐州市/鼓楼区", "320302000000", "official")),
        # merged, renamed, gone
        ("下圩镇召开会议。", XINGHUA, ("下圩镇", f"{XINGHUA}/下圩镇", "321281127000", "former")),
        ("周奋乡召开会议。", XINGHUA, ("周奋乡", f"{XINGHUA}/周奋乡", "321281201000", "former")),
        ("临城街道秦家村丰收。", XINGHUA, ("秦家村", f"{XINGHUA}/临城街道/秦家村", "321281002222", "former")),
        ("垛田街道解楼村丰收。", XINGHUA, ("解楼村", f"{XINGHUA}/垛田街道/解楼村", "321281003207", "former")),
        ("邹平县召开会议。", "山东省/滨州市", ("邹平县", "山东省/滨州市/邹平县", "371626000000", "former")),
        # misprinted or varied
        ("带南镇召开会议。", XINGHUA, ("带南镇", f"{XINGHUA}/戴南镇", "321281123000", "fuzzy")),
        ("戴南镇斐马村丰收。", XINGHUA, ("斐马村", f"{XINGHUA}/戴南镇/裴马村", "321281123206", "fuzzy")),
        ("沙沟镇斜钩村丰收。", XINGHUA, ("斜钩村", f"{XINGHUA}/沙沟镇/斜沟村", "321281108218", "fuzzy")),
        ("泰州市兴华市召开会议。", "江苏省/泰州市", ("兴华市", XINGHUA, "321281000000", "fuzzy")),
        # the list lacks them
        ("戴南镇乌桕湾村丰收。", XINGHUA, ("乌桕湾村", f"{XINGHUA}/戴南镇/乌桕湾村", None, "unlisted")),
        ("戴南镇乌桕湾社区揭牌。", XINGHUA, ("乌桕湾社区", f"{XINGHUA}/戴南镇/乌桕湾社区", None, "unlisted")),
        ("记者来到独峒镇采访。", XINGHUA, ("独峒镇", "广西壮族自治区/柳州市/三江侗族自治县/独峒镇", "450226105000", "official")),
        # deictic
        ("我市召开会议。", XINGHUA, ("我市", XINGHUA, "321281000000", "official")),
        ("我省召开会议。", XINGHUA, ("我省", "江苏省", "320000000000", "official")),
        ("戴南镇、沙沟镇签约。该镇介绍经验。", XINGHUA, ("该镇", f"{XINGHUA}/沙沟镇", "321281108000", "official")),
        ("戴南镇裴马村丰收，该村很忙。", XINGHUA, ("该村", f"{XINGHUA}/戴南镇/裴马村", "321281123206", "official")),
        ("我区与我市同步。", "江苏省/泰州市/海陵区", ("我市", "江苏省/泰州市", "321200000000", "official")),
        # short forms
        ("戴南镇很美。戴南旅游升温。", XINGHUA, ("戴南", f"{XINGHUA}/戴南镇", "321281123000", "official")),
        ("戴南镇裴马村民王大山说。", XINGHUA, ("裴马", f"{XINGHUA}/戴南镇/裴马村", "321281123206", "official")),
    ],
)  # fmt: skip
def test_code_and_how_it_was_found(link, text: str, home: str | None, expected: tuple[str, str, str, str]) -> None:
    assert expected in link(text, home)


@pytest.mark.parametrize(
    "text", ["苍山晚报讯 记者采访。", "全村丰收，社区治理有方。", "十里八村的乡亲来了。", "老旧小区改造。"]
)
def test_what_is_no_place(link, text: str) -> None:
    assert link(text, XINGHUA) == []


# ---------------------------------------------------------------------------------------------- home of a page
@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("戴南镇、沙沟镇、昭阳街道参加。兴化讯 兴化市举行比赛，我市代表队夺冠。", XINGHUA),
        ("高邮讯 三垛镇、卸甲镇、界首镇参加，高邮市举行比赛。", GAOYOU),
        ("曲阜讯 我市召开会议，曲阜市姚村镇、陵城镇、小雪街道参加。", QUFU),
        ("我市举行比赛。海陵区、靖江市、兴化市、姜堰区参加。泰州市民政局主办。", "江苏省/泰州市"),
        ("天气晴好，宜出游。", None),
    ],
)
def test_home_of_a_page(text: str, home: str | None) -> None:
    assert home_place(text, divisions()) == home


# ---------------------------------------------------------------------------------------------- state and day of a post
TOWN = f"[戴南镇|PLACE.town={XINGHUA}/戴南镇]"
VILLAGE = f"[裴马村|PLACE.village={XINGHUA}/戴南镇/裴马村]"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"{TOWN}[镇长|POST][石磊|PER]说", "current"),
        (f"[石磊|PER]现任{TOWN}[镇长|POST]。", "current"),
        (f"{TOWN}原[镇长|POST][石磊|PER]说", "former"),
        (f"时任{TOWN}[镇长|POST]的[石磊|PER]说", "former"),
        (f"从{TOWN}[副镇长|POST]岗位退休的[石磊|PER]很忙。", "former"),
        (f"免去[石磊|PER]的{TOWN}[镇长|POST]职务。", "former"),
        (f"{TOWN}[代镇长|POST][石磊|PER]说", "acting"),
        (f"{TOWN}[代理镇长|POST][石磊|PER]说", "acting"),
        (f"[石磊|PER]当选{TOWN}[镇长|POST]。", "elect"),
        (f"[石磊|PER]拟任{TOWN}[镇长|POST]。", "elect"),
    ],
)
def test_status_of_a_post(text: str, status: str) -> None:
    doc = marked(text, XINGHUA)
    Officials()(doc)
    assert [o.status for o in doc._.officials] == [status]


@pytest.mark.parametrize(
    ("text", "times", "day"),
    [
        ("3月5日,{t}[镇长|POST][石磊|PER]说。", [(0, 4, date(2024, 3, 5), date(2024, 3, 5))], date(2024, 3, 5)),
        ("{t}[镇长|POST][石磊|PER]说。", [], date(2024, 5, 20)),
        ("去年,{t}[镇长|POST][石磊|PER]说。", [(0, 2, date(2023, 1, 1), date(2023, 12, 31))], date(2024, 5, 20)),
        ("3月5日开会。{t}[镇长|POST][石磊|PER]说。", [(0, 4, date(2024, 3, 5), date(2024, 3, 5))], date(2024, 5, 20)),
    ],
)
def test_day_of_a_statement(text: str, times: list[tuple[int, int, date, date]], day: date) -> None:
    doc = marked(text.format(t=TOWN), XINGHUA)
    set_spans(doc, "times", [(a, b, "DATE", TimeExpression("DATE", str(c), c, d)) for a, b, c, d in times])
    (row,) = rows_of([doc])["officials"].to_pylist()
    assert row["as_of"] == day


# ---------------------------------------------------------------------------------------------- short forms of people
@pytest.mark.parametrize(
    ("names", "held", "expected"),
    [
        ([("何永平", ""), ("何", "书记")], [("何永平", "党委书记")], ["何永平", "何永平"]),
        ([("何永平", ""), ("何", "镇长")], [("何永平", "党委书记")], ["何永平", "何"]),
        ([("何永平", ""), ("何大山", ""), ("何", "镇长")], [("何永平", "党委书记"), ("何大山", "镇长")], ["何永平", "何大山", "何大山"]),
        ([("何永平", ""), ("何大山", ""), ("老何", "")], [], ["何永平", "何大山", "老何"]),
        ([("何永平", ""), ("老何", "")], [], ["何永平", "何永平"]),
        ([("小平", ""), ("何永平", "")], [], ["何永平", "何永平"]),
        ([("小何", "书记"), ("何永平", "")], [("何永平", "党支部书记")], ["何永平", "何永平"]),
        ([("何永平", ""), ("何大爷", "")], [], ["何永平", "何大爷"]),  # his father perhaps
        ([("何永平", ""), ("永平叔", "")], [], ["何永平", "何永平"]),
        ([("欧阳宁", ""), ("欧阳老师", "")], [], ["欧阳宁", "欧阳宁"]),
        ([("何永平", ""), ("永平", "")], [], ["何永平", "何永平"]),
        ([("何永平", ""), ("何某", "")], [], ["何永平", "何某"]),
        ([("何永平", ""), ("老李", "")], [], ["何永平", "老李"]),
    ],
)  # fmt: skip
def test_who_a_short_form_means(names: list[tuple[str, str]], held: list[tuple[str, str]], expected: list[str]) -> None:
    assert people(names, held) == expected


def test_a_short_form_means_no_author_of_the_article() -> None:
    names = [("何永平", ""), ("老何", "")]
    assert people(names, [], {"何永平"}) == ["何永平", "老何"]
    assert people(names, [("何永平", "村民")], {"何永平"}) == ["何永平", "何永平"]


# ---------------------------------------------------------------------------------------------- across articles
def rows_of(docs: Iterable) -> dict[str, pa.Table]:
    """The tables of mentions and officials of articles, each on a page of its own."""
    sentences = create_sentences(spacy.blank("zh"), "sentences")
    out: dict[str, list] = {"mentions": [], "officials": []}
    for number, doc in enumerate(docs):
        doc._.page = replace(doc._.page, page_id=f"p{number}")
        sentences(doc)
        Officials()(doc)
        for name, rows in fact_rows(doc, doc._.page.home_place).items():
            if name in out:
                out[name] += rows
    return {name: table(name, rows) for name, rows in out.items()}


def entities(*texts: str) -> dict[str, list[dict]]:
    tables = rows_of([marked(text, XINGHUA) for text in texts])
    return distinct([tables["mentions"]], [tables["officials"]])


@pytest.mark.parametrize(
    ("first", "second", "persons"),
    [
        (f"{VILLAGE}[党支部书记|POST][石磊|PER]说。", f"{VILLAGE}[村委会主任|POST][石磊|PER]说。", 1),  # same unit
        (f"{VILLAGE}[村民|POST][石磊|PER]说。", f"{VILLAGE}[村民|POST][石磊|PER]说。", 1),
        (f"{TOWN}[镇长|POST][石磊|PER]说。", f"{VILLAGE}[村民|POST][石磊|PER]说。", 2),  # the name alone is no evidence
        ("[石磊|PER]说。", "[石磊|PER]说。", 2),
        ("[市民|POST][石磊|PER]说。", "[市民|POST][石磊|PER]说。", 2),
        ("[省人大代表|POST][石磊|PER]说。", "[省人大代表|POST][石磊|PER]说。", 2),
        (f"{VILLAGE}[党支部书记|POST][石磊|PER]说。", f"{VILLAGE}[党支部书记|POST][石海|PER]说。", 2),
        ("[市水利局|ORG][局长|POST][石磊|PER]说。", "[市水利局|ORG][党组书记|POST][石磊|PER]说。", 1),
        (
            f"{VILLAGE}[党支部书记|POST][石磊|PER]说。[石|PER][书记|POST]很忙。",
            f"{VILLAGE}[党支部书记|POST][石磊|PER]说。",
            1,
        ),
    ],
)
def test_people_are_one_on_evidence_alone(first: str, second: str, persons: int) -> None:
    found = [e for e in entities(first, second)["entities"] if e["type"] == "PER"]
    assert len(found) == persons


def test_organisations_of_one_name_in_two_counties_are_no_evidence() -> None:
    text = "[县医院|ORG][院长|POST][石磊|PER]说。"
    docs = [marked(text, "江苏省/盐城市/滨海县"), marked(text, "江苏省/盐城市/阜宁县")]
    officials = rows_of(docs)["officials"]
    assert identify_people([officials]) == {}


@pytest.mark.parametrize(
    ("first", "second", "home", "rows"),
    [
        ("[市水利局|ORG]说。", "[市水利局|ORG]说。", GAOYOU, 2),  # 市 is another one
        ("[兴化市水利局|ORG]说。", "[江苏省兴化市水利局|ORG]说。", GAOYOU, 1),
        ("[县医院|ORG]说。", "[县医院|ORG]说。", XINGHUA, 2),  # of no county that anybody tells
        ("[实验小学|ORG]说。", "[实验小学|ORG]说。", GAOYOU, 2),
        ("[市场监管局|ORG]说。", "[市场监管局|ORG]说。", GAOYOU, 2),
        ("[镇党委|ORG]说。", "[镇党委|ORG]说。", XINGHUA, 2),
        ("[新华社|ORG]说。", "[新华社|ORG]说。", GAOYOU, 1),
        ("[清华大学|ORG]说。", "[清华大学|ORG]说。", GAOYOU, 1),
    ],
)
def test_organisations_of_one_name_are_one_in_one_region(first: str, second: str, home: str, rows: int) -> None:
    tables = rows_of([marked(first, XINGHUA), marked(second, home)])
    assert len(distinct([tables["mentions"]], [tables["officials"]])["entities"]) == rows


def test_an_organisation_by_its_level_is_the_one_named_in_full() -> None:
    (found,) = entities("[兴化市水利局|ORG]开会。[市水利局|ORG]说。")["entities"]
    assert (found["mentions"], set(found["aliases"]) | {found["name"]}) == (2, {"兴化市水利局", "市水利局"})


def test_short_forms_are_aliases() -> None:
    (person,) = entities(
        f"{VILLAGE}[党支部书记|POST][石小川|PER]说。[石|PER][书记|POST]很忙。“[小川|PER]来了。”[老石|PER]笑了。"
    )["entities"][:1]
    assert (person["name"], person["aliases"], person["mentions"]) == ("石小川", ["小川", "石", "老石"], 4)


@pytest.mark.parametrize(
    ("first", "second", "villages"),
    [
        (f"[裴马村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", f"[斐马村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", 1),
        (f"[裴马村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", f"[裴马|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", 1),
        (f"[高桂村|PLACE.village={XINGHUA}/沙沟镇/高桂村]丰收。", f"[高桂村|PLACE.village={XINGHUA}/合陈镇/高桂村]丰收。", 2),
        (f"[裴马村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", f"[该村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收。", 1),
    ],
)  # fmt: skip
def test_distinct_villages(first: str, second: str, villages: int) -> None:
    assert len(entities(first, second)["villages"]) == villages


def test_a_village_has_its_names_town_and_officials() -> None:
    (village,) = entities(
        f"{VILLAGE}[党支部书记|POST][石磊|PER]说。",
        f"[斐马村|PLACE.village={XINGHUA}/戴南镇/裴马村][村民|POST][石海|PER]说。",
    )["villages"]
    assert (village["name"], village["town"], village["county"]) == ("裴马村", "戴南镇", "兴化市")
    assert village["officials"] == ["石磊"]
    assert (village["mentions"], village["articles"], village["pages"]) == (2, 2, 2)


def test_deictic_words_are_no_aliases() -> None:
    found = entities(
        f"[裴马村|PLACE.village={XINGHUA}/戴南镇/裴马村]丰收，[该村|PLACE.village={XINGHUA}/戴南镇/裴马村]很忙。"
    )
    assert found["entities"][0]["aliases"] == []
