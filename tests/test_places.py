"""Places in text: what is found, where names begin, what they are linked to, and the region a page speaks from.

People and sentences are invented; the places stand in the gazetteer.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import spacy

from pipeline.language.document import MENTIONS, article_text, get_spans, set_spans
from pipeline.lexicon.divisions import divisions
from pipeline.page.region import home_place
from pipeline.records import Article, Mention, Page, Segment
from pipeline.stages.linker import Linker, article_place
from pipeline.stages.place_trail import Place, Trail
from pipeline.stages.places import GROUP, Places

XINGHUA = "江苏省/泰州市/兴化市"
TAIZHOU = "江苏省/泰州市"


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(divisions())


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(divisions())


def make(text: str, home: str | None):
    """A Doc of one paragraph a line, on a page of the region `home`."""
    segments, at = [], 0
    for line in text.split("\n"):
        segments.append(Segment("body", at, at + len(line)))
        at += len(line) + 1
    page = Page(text, "test", "", "utf-8", text, home_place=home)
    article = Article(0, "news", None, None, (), tuple(segments))
    doc = spacy.blank("zh").make_doc(article_text(page, article)[0])
    doc._.page, doc._.article = page, article
    return doc


def found(places: Places, text: str, home: str | None = XINGHUA) -> list[tuple[str, str]]:
    doc = places(make(text, home))
    return [(span.text, record.level) for span, record in get_spans(doc, GROUP)]


def linked(places: Places, linker: Linker, text: str, home: str | None = XINGHUA) -> dict[str, Mention]:
    doc = places(make(text, home))
    set_spans(doc, MENTIONS, [(s.start_char, s.end_char, "PLACE", r) for s, r in get_spans(doc, GROUP)])
    return {span.text: record for span, record in get_spans(linker(doc), MENTIONS)}


def told(linker: Linker, text: str, levels: dict[str, str], home: str) -> dict[str, str | None]:
    """Paths of mentions that are given with their levels."""
    doc = make(text, home)
    rows = [
        (text.index(name), text.index(name) + len(name), "ORG" if level == "ORG" else "PLACE", level)
        for name, level in levels.items()
    ]
    set_spans(doc, MENTIONS, [(a, b, kind, Mention(kind, None if kind == "ORG" else lv)) for a, b, kind, lv in rows])
    return {span.text: record.canonical for span, record in get_spans(linker(doc), MENTIONS)}


# ---------------------------------------------------------------------------------------------- candidates
def test_each_level_of_a_chain_is_a_candidate_of_its_own(places: Places) -> None:
    assert found(places, "兴化市戴南镇裴马村村民在江苏省泰州市领奖。") == [
        ("兴化市", "county"),
        ("戴南镇", "town"),
        ("裴马村", "village"),
        ("江苏省", "province"),
        ("泰州市", "city"),
    ]


def test_a_village_that_no_list_has(places: Places) -> None:
    assert ("乌桕湾村", "village") in found(places, "戴南镇乌桕湾村党总支书记说，今年收成好。")
    assert ("乌桕湾村", "village") in found(places, "近日，乌桕湾村举办丰收节。")


@pytest.mark.parametrize(
    "text",
    [
        "推进农村社区治理，建设美丽乡村。",
        "全村老少齐上阵，村民们笑开了颜。",
        "老旧小区改造惠及居民。",
        "全市社区工作者参加培训，街道和社区积极响应。",
        "各乡镇、街道要压实责任，走进城中村。",
        "他是一名返乡创业的大学生。",
        "隆重庆祝大会昨日召开。",
    ],
)
def test_generic_words_are_no_places(places: Places, text: str) -> None:
    assert found(places, text) == []


def test_compounds(places: Places) -> None:
    assert ("锦溪花园小区", "compound") in found(places, "昭阳街道文林社区锦溪花园小区居民反映。")


def test_words_for_places(places: Places) -> None:
    names = found(places, "我市举行比赛，该镇代表我省参赛。应该市场化运作。")
    assert names == [("我市", "county"), ("该镇", "town"), ("我省", "province")]


def test_we_of_a_city_page_is_the_city(places: Places) -> None:
    assert found(places, "我市举行比赛。", TAIZHOU) == [("我市", "city")]


def test_short_names_of_towns_at_home_only(places: Places) -> None:
    text = "戴南、沙沟两镇率先完成任务。"
    assert found(places, text) == [("戴南", "town"), ("沙沟", "town")]
    assert ("戴南", "town") not in found(places, text, "四川省/成都市")


def test_the_last_character_of_a_full_name_may_belong_to_what_follows(places: Places) -> None:
    assert found(places, "泰州市委常委到访。") == [("泰州", "city")]
    assert found(places, "青海省委副书记到访。") == [("青海", "province")]
    assert found(places, "泰州市人大代表到访。") == [("泰州", "city")]


def test_other_places(places: Places) -> None:
    names = found(places, "黄河岸边，208国道施工，美国客商来访。")
    assert names == [("黄河", "other"), ("208国道", "other"), ("美国", "other")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # roads and sites that a community somewhere is named after, though their names are words
        ("7月3日，建设大道改造完工。", ["建设大道"]),
        ("团结路、友谊路同时施工。", ["团结路", "友谊路"]),
        ("踏上了康庄大道，走出一条新路。", []),
        ("下沉到经济开发区、度假区、老城区。", []),
        # the class of thing behind the county's full name is one name with it
        ("兴化市体育馆对外开放。", ["兴化市体育馆"]),
        # what lies in a village
        ("戴南镇乌桕湾村石头垛自然村", ["戴南镇", "乌桕湾村", "石头垛自然村"]),
        ("全镇有7个自然村。", []),
        # lists: all are places where a parent stands before them or the number fits
        ("戴南镇石垛、樟塘、柘湾等6个社区", ["戴南镇", "石垛", "樟塘", "柘湾"]),
        ("柘湾、樟塘、石垛三个村", ["柘湾", "樟塘", "石垛"]),
        ("粮食、蔬菜、药品等村里都缺。", []),
        ("党建引领、产业发展、环境整治三个村级项目", []),
        ("苍山晚报讯", []),
        ("徐州市民说", ["徐州"]),
        ("徐州市民政局", ["徐州市"]),
    ],
)
def test_names_that_need_more_than_a_suffix(places: Places, text: str, wanted: list[str]) -> None:
    assert [name for name, _ in found(places, text)] == wanted


def test_a_word_is_no_county_elsewhere(places: Places) -> None:
    assert found(places, "双方加强合作，会同有关部门前进。") == []


def test_a_county_in_full_behind_a_break(places: Places) -> None:
    """新都 and 海港 are words as well, and names of two characters hide in others."""
    assert found(places, "“办得好。”新都区居民说。")[0] == ("新都区", "county")
    assert found(places, "睢县\n县委召开会议")[0] == ("睢县", "county")
    assert ("平房区", "county") not in found(places, "住宅小区、平房区等区域")


def test_short_forms_before_a_village_in_full(places: Places) -> None:
    names = found(places, "在戴南镇裴马、董北、史堡村各修一条路。")
    assert [n for n in names if n[0] in ("裴马", "史堡村")] == [("裴马", "village"), ("史堡村", "village")]
    assert not [n for n in found(places, "周明、李亮、戴南镇裴马村人。") if n[0] in ("周明", "李亮")]


def test_the_last_of_a_list_may_stand_behind_and(places: Places) -> None:
    names = found(places, "慰问戴南镇史堡、双沐、裴马和雁伦等村的老人。")
    assert {"双沐", "裴马", "雁伦"} <= {name for name, level in names if level == "village"}


def test_a_list_tells_what_its_members_are(places: Places) -> None:
    assert found(places, "茅山、大邹两镇举行比赛。") == [("茅山", "town"), ("大邹", "town")]


def test_a_short_name_is_the_town_rather_than_its_village(places: Places) -> None:
    assert ("周庄", "town") in found(places, "周庄社区修了路。如今的周庄，家家通车。")


def test_a_village_before_its_committee(places: Places) -> None:
    assert ("裴马村", "village") in found(places, "在戴南镇裴马村委会座谈。")


def test_no_page_is_needed(places: Places) -> None:
    doc = spacy.blank("zh").make_doc("浙江省杭州市举行论坛。")
    assert [span.text for span, _ in get_spans(places(doc), GROUP)] == ["浙江省", "杭州市"]


def test_candidates_do_not_overlap(places: Places) -> None:
    text = "洞庭湖国家湿地公园在湖南省岳阳市，记者走进三江镇江源村。"
    doc = places(make(text, None))
    spans = [(s.start_char, s.end_char) for s, _ in get_spans(doc, GROUP)]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


# ---------------------------------------------------------------------------------------------- linker
def test_a_chain_decides_for_the_name_alone(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "兴化市戴南镇裴马村丰收。裴马村村民很高兴。")
    assert records["裴马村"].canonical == f"{XINGHUA}/戴南镇/裴马村"
    assert records["裴马村"].code_status == "official"
    assert (records["裴马村"].code or "").startswith("321281")


def test_namesakes_go_home_and_never_far_away(places: Places, linker: Linker) -> None:
    beijing = linked(places, linker, "朝阳区举行比赛。", "北京市/海淀区")
    changchun = linked(places, linker, "朝阳区举行比赛。", "吉林省/长春市")
    assert beijing["朝阳区"].canonical == "北京市/朝阳区"
    assert changchun["朝阳区"].canonical == "吉林省/长春市/朝阳区"


def test_a_name_unique_elsewhere_stays_unlisted_at_home(places: Places, linker: Linker) -> None:
    record = linked(places, linker, "记者来到独峒镇采访。")["独峒镇"]  # a town of Guangxi
    assert record.canonical == f"{XINGHUA}/独峒镇"
    assert record.code is None
    assert record.code_status == "unlisted"


def test_a_town_that_home_has_not_lies_elsewhere_where_the_lists_are_complete(places: Places, linker: Linker) -> None:
    text = ["记者来到独峒镇采访。", "城关镇东街社区居民参加。"]
    unique, frequent = linked_page(places, linker, text, XINGHUA, 2020)
    assert unique["独峒镇"] == "广西壮族自治区/柳州市/三江侗族自治县/独峒镇"
    assert frequent["东街社区"] == "城关镇/东街社区"  # which of the many is not said
    assert (
        linked_page(places, linker, text[1:2], XINGHUA, 2005)[0]["城关镇"] == f"{XINGHUA}/城关镇"
    )  # may be gone since


def test_a_printed_parent_wins(places: Places, linker: Linker) -> None:
    record = linked(places, linker, "戴南镇乌桕湾村举行活动。")["乌桕湾村"]
    assert record.canonical == f"{XINGHUA}/戴南镇/乌桕湾村"


def test_misprint_inside_the_parent(places: Places, linker: Linker) -> None:
    record = linked(places, linker, "泰州市兴化市带南镇召开会议。")["带南镇"]
    assert record.canonical == f"{XINGHUA}/戴南镇"
    assert record.code_status == "fuzzy"


def test_former_county(places: Places, linker: Linker) -> None:
    record = linked(places, linker, "邹平县召开会议。", "山东省/滨州市")["邹平县"]
    assert (record.canonical, record.code_status) == ("山东省/滨州市/邹平县", "former")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("维扬区", "江苏省/扬州市/维扬区"),  # gone before the oldest edition, its seat elsewhere
        ("吴江市", "江苏省/苏州市/吴江市"),  # today a district of its own name
    ],
)
def test_county_gone_long_ago(places: Places, linker: Linker, name: str, path: str) -> None:
    record = linked(places, linker, f"{name}召开会议。", None)[name]
    assert (record.canonical, record.code_status) == (path, "former")


def test_a_village_of_no_list_lies_in_the_county_spoken_of_last(places: Places, linker: Linker) -> None:
    text = "兴化市戴南镇丰收了。\n靖江市也一样。乌桕湾村不缺水。"
    assert linked(places, linker, text, TAIZHOU)["乌桕湾村"].canonical == "江苏省/泰州市/靖江市/乌桕湾村"


def test_a_member_of_a_list_gets_what_it_is(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "戴南镇石垛、樟塘、柘湾等6个社区")
    assert records["樟塘"].canonical == f"{XINGHUA}/戴南镇/樟塘社区"


def test_a_county_touched_on_does_not_take_a_town_of_no_list(places: Places, linker: Linker) -> None:
    text = "致富路上\n戴南镇举行大会。\n他在涡阳打过工，如今是兴旺乡的带头人。"
    names = {"戴南镇": "town", "涡阳": "county", "兴旺乡": "town"}
    assert told(linker, text, names, XINGHUA)["兴旺乡"] == f"{XINGHUA}/兴旺乡"
    in_full = text.replace("涡阳", "涡阳县")
    records = told(linker, in_full, {"涡阳县": "county", "兴旺乡": "town"}, XINGHUA)
    assert records["兴旺乡"] == "安徽省/亳州市/涡阳县/兴旺乡"


def test_deictics(places: Places, linker: Linker) -> None:
    text = "我市启动活动。戴南镇、沙沟镇参加。该镇派出代表，我省媒体报道。"
    records = linked(places, linker, text)
    assert records["我市"].canonical == XINGHUA
    assert records["我省"].canonical == "江苏省"
    assert records["该镇"].canonical == f"{XINGHUA}/沙沟镇"


def test_we_in_a_district(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "我区与我市同步推进。", "江苏省/泰州市/海陵区")
    assert records["我区"].canonical == "江苏省/泰州市/海陵区"
    assert records["我市"].canonical == TAIZHOU


def test_other_places_have_no_code(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "洞庭湖与黄河。")
    assert records["洞庭湖"].canonical == "湖南省/洞庭湖"
    assert records["黄河"].canonical == "黄河"
    assert records["黄河"].code is None
    assert records["黄河"].code_status is None


def test_other_mentions_are_left_alone(places: Places, linker: Linker) -> None:
    doc = make("戴南镇王小燕发言。", XINGHUA)
    person = Mention("PER", source="test")
    set_spans(doc, MENTIONS, [(0, 3, "PLACE", Mention("PLACE", "town")), (3, 6, "PER", person)])
    assert [r for s, r in get_spans(linker(doc), MENTIONS) if s.label_ == "PER"] == [person]


def test_article_place(places: Places, linker: Linker) -> None:
    doc = make("戴南镇裴马村丰收。戴南镇举行活动，泰州记者来访。", XINGHUA)
    set_spans(doc, MENTIONS, [(s.start_char, s.end_char, "PLACE", r) for s, r in get_spans(places(doc), GROUP)])
    assert article_place(linker(doc)) == f"{XINGHUA}/戴南镇"
    empty = make("天气晴好。", XINGHUA)
    assert article_place(empty) == XINGHUA


def linked_page(places: Places, linker: Linker, texts: list[str], home: str, year: int | None = None):
    """Paths by surface, one table an article of a page."""
    docs = [make(text, home) for text in texts]
    for doc in docs:
        doc._.page = replace(docs[0]._.page, issue_year=year)
        set_spans(doc, MENTIONS, [(s.start_char, s.end_char, "PLACE", r) for s, r in get_spans(places(doc), GROUP)])
    return [{s.text: r.canonical for s, r in get_spans(doc, MENTIONS)} for doc in linker.pipe(docs)]


def test_an_article_of_the_page_tells_what_another_one_leaves_out(places: Places, linker: Linker) -> None:
    _, second = linked_page(places, linker, ["安徽省涡阳县楚店镇乌桕湾村修路。", "乌桕湾村的路修好了。"], XINGHUA)
    assert second["乌桕湾村"] == "安徽省/亳州市/涡阳县/楚店镇/乌桕湾村"


def test_a_village_lies_in_the_town_that_the_article_beside_it_speaks_of(places: Places, linker: Linker) -> None:
    first, second = linked_page(places, linker, ["戴南镇裴马村修路。", "裴马村的路修好了。"], "江苏省/徐州市/沛县")
    assert second["裴马村"] == first["裴马村"] == f"{XINGHUA}/戴南镇/裴马村"


def test_a_rare_name_of_a_town_is_that_town(places: Places, linker: Linker) -> None:
    path = "辽宁省/大连市/庄河市/荷花山镇"
    assert linked(places, linker, "近日，荷花山镇举行运动会。")["荷花山镇"].canonical == path
    at_home = linked(places, linker, "兴化市戴南镇和荷花山镇举行运动会。")["荷花山镇"].canonical
    assert at_home == f"{XINGHUA}/荷花山镇"


def test_the_town_in_the_name_of_an_organisation_is_spoken_of(linker: Linker) -> None:
    names = {"江苏泰州兴化市戴南镇政府": "ORG", "裴马村": "village"}
    found = told(linker, "江苏泰州兴化市戴南镇政府邀请，裴马村派人参加。", names, "安徽省/亳州市/涡阳县")
    assert found["裴马村"] == f"{XINGHUA}/戴南镇/裴马村"


def test_a_word_behind_the_place_of_a_body_is_no_county(linker: Linker) -> None:
    names = {"兴化市公安局": "ORG", "乌桕坡村": "village"}
    found = told(linker, "兴化市公安局民警走进乌桕坡村。", names, XINGHUA)
    assert found["乌桕坡村"].startswith(XINGHUA)


def test_a_street_clipped_in_print(linker: Linker) -> None:
    found = told(linker, "秦淮区五老街道举行比赛。", {"秦淮区": "county", "五老街道": "town"}, "江苏省/南京市")
    assert found["五老街道"] == "江苏省/南京市/秦淮区/五老村街道"


def test_a_county_by_itself_above_a_headline_is_where_we_are(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "涡阳县\n县委召开会议\n我县企业稳步发展。")
    assert records["我县"].canonical == "安徽省/亳州市/涡阳县"


def test_the_newspaper_of_a_dateline_tells_where_we_are(linker: Linker) -> None:
    doc = make("亳州晚报讯 乌桕里花市昨天开张。", XINGHUA)
    spans = [(0, 4, "ORG", Mention("ORG")), (6, 11, "PLACE", Mention("PLACE", "other"))]
    set_spans(doc, MENTIONS, spans)
    assert [r.canonical for _, r in get_spans(linker(doc), MENTIONS)] == [None, "安徽省/亳州市/乌桕里花市"]


def test_we_of_an_article_from_elsewhere(linker: Linker) -> None:
    levels = {"涡阳县": "county", "义门镇": "town"}
    found = told(linker, "涡阳县义门镇举行大会，我县各界参加。", levels | {"我县": "county"}, XINGHUA)
    assert found["我县"] == "安徽省/亳州市/涡阳县"
    wide = {"安徽省": "province", "我县": "county"}
    assert (
        told(linker, "安徽省涡阳县义门镇举行大会，我县各界参加。", levels | wide, XINGHUA)["我县"]
        == "安徽省/亳州市/涡阳县"
    )
    levels |= {"戴南镇": "town", "我市": "county"}
    assert told(linker, "戴南镇客商到涡阳县义门镇考察，我市各界参加。", levels, XINGHUA)["我市"] == XINGHUA


def test_a_site_lies_at_home_rather_than_where_a_visitor_comes_from(linker: Linker) -> None:
    levels = {"戴南镇": "town", "涡阳县": "county", "乌桕山": "other"}
    found = told(linker, "戴南镇救起三名涡阳县游客，他们在乌桕山迷路。", levels, XINGHUA)
    assert found["乌桕山"] == f"{XINGHUA}/乌桕山"


def test_a_town_whose_short_name_ends_as_one(linker: Linker) -> None:
    found = told(linker, "东镇举行大会。", {"东镇": "town"}, "河北省/邢台市/临城县")
    assert found["东镇"] == "河北省/邢台市/临城县/东镇镇"


def test_behind_its_city_the_short_name_of_a_county_is_that(linker: Linker) -> None:
    found = told(linker, "泰州高港举行大会。", {"泰州": "city", "高港": "other"}, XINGHUA)
    assert found["高港"] == "江苏省/泰州市/高港区"


def test_another_name_of_a_country(places: Places, linker: Linker) -> None:
    assert linked(places, linker, "中华人民共和国万岁。")["中华人民共和国"].canonical == "中国"


def test_a_natural_village_lies_in_the_village_before_it(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "裴马村乌桕坡自然村修了路。")
    assert records["乌桕坡自然村"].canonical == f"{XINGHUA}/戴南镇/裴马村/乌桕坡自然村"


def test_a_list_of_villages_lies_in_the_town_before_it(places: Places, linker: Linker) -> None:
    paths = linked(places, linker, "戴南镇裴马村、乌桕湾村和永安村的村民领了奖。")
    assert paths["乌桕湾村"].canonical == f"{XINGHUA}/戴南镇/乌桕湾村"
    assert paths["永安村"].canonical == f"{XINGHUA}/戴南镇/永安村"  # though another town of the county has one
    assert (
        linked(places, linker, "戴南镇裴马村、仲寨南村的村民。")["仲寨南村"].canonical == f"{XINGHUA}/沙沟镇/仲寨南村"
    )


def test_a_list_of_communities_behind_their_street(places: Places, linker: Linker) -> None:
    records = linked(places, linker, "昭阳街道文林、望湖、中山社区党总支开展义诊。")
    assert {name: record.level for name, record in records.items()} == {
        "昭阳街道": "town", "文林": "community", "望湖": "community", "中山社区": "community",
    }  # fmt: skip
    assert records["望湖"].canonical == f"{XINGHUA}/昭阳街道/望湖社区"
    assert found(places, "昭阳街道党员、干部、文林社区居民参加。") == [("昭阳街道", "town"), ("文林社区", "community")]


def test_a_community_by_its_residents_committee(places: Places) -> None:
    assert ("文林", "community") in found(places, "文林居委会主任领了奖。")
    assert ("柏岗", "community") in found(places, "昭阳街道柏岗居委会主任领了奖。")  # of no list
    assert found(places, "昭阳街道社区居委会和各居委会组织居民。") == [("昭阳街道", "town")]


def test_what_is_printed_as_a_village_is_one_though_the_list_has_a_community(linker: Linker) -> None:
    doc = make("戴南镇张万村举行比赛。", XINGHUA)
    set_spans(doc, MENTIONS, [(0, 3, "PLACE", Mention("PLACE")), (3, 6, "PLACE", Mention("PLACE"))])
    assert [record.level for _, record in get_spans(linker(doc), MENTIONS)] == ["town", "village"]


def test_a_short_form_is_what_the_article_has_in_full(linker: Linker) -> None:
    doc = make("乌桕湾村修了路。乌桕湾的村民高兴。", XINGHUA)
    set_spans(doc, MENTIONS, [(0, 4, "PLACE", Mention("PLACE", "village")), (8, 11, "PLACE", Mention("PLACE"))])
    first, second = (record for _, record in get_spans(linker(doc), MENTIONS))
    assert (second.level, second.canonical) == ("village", first.canonical)


def test_a_lake_is_the_city_that_the_article_has_in_full(places: Places, linker: Linker) -> None:
    text = "巢湖市举行比赛。选手说，巢湖的变化真大。"
    assert linked(places, linker, text, "安徽省/合肥市/肥东县")["巢湖"].canonical == "安徽省/合肥市/巢湖市"


def test_a_town_that_became_a_city_is_the_town_on_an_old_page(places: Places, linker: Linker) -> None:
    text = ["本周，龙港警方走进校园。"]
    home = "浙江省/温州市/苍南县"
    assert linked_page(places, linker, text, home, 2014)[0]["龙港"] == f"{home}/龙港镇"
    assert linked_page(places, linker, text, home, 2022)[0]["龙港"] == "浙江省/温州市/龙港市"


def test_a_town_keeps_the_suffix_of_print_where_the_year_is_old_or_unknown(places: Places, linker: Linker) -> None:
    text = ["昭阳镇召开会议。"]
    assert linked_page(places, linker, text, XINGHUA)[0]["昭阳镇"] == f"{XINGHUA}/昭阳镇"
    assert linked_page(places, linker, text, XINGHUA, 2023)[0]["昭阳镇"] == f"{XINGHUA}/昭阳街道"


# ---------------------------------------------------------------------------------------------- home of a page
@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("戴南镇、沙沟镇、昭阳街道参加。兴化讯 兴化市举行比赛，我市代表队夺冠。", XINGHUA),
        ("我市举行比赛。海陵区、靖江市、兴化市、姜堰区参加。泰州市民政局主办。", TAIZHOU),
        ("我区召开会议。练塘镇、徐泾镇、盈浦街道汇报，青浦区领导讲话。", "上海市/青浦区"),
        ("浙江省召开会议。", "浙江省"),
        ("双方加强合作，共创光明未来。", None),
    ],
)
def test_home_place(text: str, home: str | None) -> None:
    assert home_place(text, divisions()) == home


def test_the_newspaper_outweighs_the_page() -> None:
    text = "江苏省泰州市举行比赛，泰州代表队夺冠。"
    assert home_place(text, divisions(), "徐州日报") == "江苏省/徐州市"


# ---------------------------------------------------------------------------------------------- trail
def test_the_trail_gives_the_last_place_first() -> None:
    trail = Trail()
    for start, name in ((5, "甲镇"), (20, "乙街道"), (40, "丙镇"), (60, "甲镇")):
        trail.add(start, Place("town", name))
    assert [place.path for place in trail.near(50, "town")] == ["丙镇", "乙街道", "甲镇", "甲镇"]
    assert trail.fitting(30, ["town"], "镇") == Place("town", "甲镇")
    assert trail.fitting(0, ["town"], "街道") == Place("town", "乙街道")
    assert trail.fitting(30, ["town", "county"], "县") is None
    assert trail.last(5, ["town"]) is None
    assert trail.last(41, ["county", "town"]) == Place("town", "丙镇")


def test_of_namesakes_the_county_with_the_towns_of_the_article(linker: Linker) -> None:
    names = {"东山": "county", "陈城镇": "town"}
    assert told(linker, "东山讯 陈城镇修通水渠。", names, XINGHUA)["东山"] == "福建省/漳州市/东山县"


def test_a_short_name_is_that_which_the_article_tells_in_full(linker: Linker) -> None:
    text = "铁西着手修渠，沈阳市也派人参加，鞍山市铁西区水利局局长到场。"
    names = {"铁西": "county", "沈阳市": "city", "鞍山市铁西区水利局": "ORG"}
    assert told(linker, text, names, XINGHUA)["铁西"] == "辽宁省/鞍山市/铁西区"


def test_a_development_zone_holds_its_towns(linker: Linker) -> None:
    names = {"泰州市": "city", "桃溪新区": "other", "戴南镇": "town", "乌桕湾村": "village"}
    found = told(linker, "泰州市桃溪新区戴南镇修路，桃溪新区乌桕湾村也修路。", names, TAIZHOU)
    assert found["戴南镇"] == "江苏省/泰州市/桃溪新区/戴南镇"


def test_a_short_name_far_away_is_a_town_of_home_or_a_lake(linker: Linker) -> None:
    home = "河南省/信阳市/商城县"  # with a street 赤城; the county of that name is far
    assert told(linker, "联谊会在赤城召开。", {"赤城": "county"}, home)["赤城"] == f"{home}/赤城街道"
    assert told(linker, "风吹龙湖岸边。", {"龙湖": "county"}, XINGHUA)["龙湖"] == f"{XINGHUA}/龙湖"
    assert (
        told(linker, "他在汕头的龙湖上学。", {"汕头": "city", "龙湖": "county"}, XINGHUA)["龙湖"]
        == "广东省/汕头市/龙湖区"
    )


def test_a_compound_is_one_with_and_without_what_it_is(linker: Linker) -> None:
    names = {"乌桕苑": "compound", "戴南镇": "town", "乌桕苑小区": "compound"}
    found = told(linker, "乌桕苑有了电梯，戴南镇的乌桕苑小区共装六部。", names, XINGHUA)
    assert found["乌桕苑"] == found["乌桕苑小区"] == f"{XINGHUA}/戴南镇/乌桕苑小区"


def test_a_site_before_the_first_place_of_an_article_lies_there(linker: Linker) -> None:
    names = {"乌桕广场": "other", "楚店镇": "town", "涡阳县": "county"}
    found = told(linker, "乌桕广场灯会开幕，涡阳县楚店镇主办。", names, XINGHUA)
    assert found["乌桕广场"] == "安徽省/亳州市/涡阳县/乌桕广场"


def test_a_town_lies_in_the_city_far_away_that_was_named_last(linker: Linker) -> None:
    names = {"长沙县": "county", "烟台": "city", "回里镇": "town"}
    found = told(linker, "长沙县种苹果。在烟台，回里镇也种苹果。", names, XINGHUA)
    assert found["回里镇"] == "山东省/烟台市/福山区/回里镇"


def test_a_community_that_only_another_city_has(linker: Linker) -> None:
    text = "枣园西路社区包饺子。"
    assert linked_page_of(linker, text, 2020) == "陕西省/西安市/莲湖区/枣园街道/枣园西路社区"
    assert told(linker, "兴化市枣园西路社区包饺子。", {"兴化市": "county", "枣园西路社区": "community"}, XINGHUA)[
        "枣园西路社区"
    ] == (f"{XINGHUA}/枣园西路社区")


def linked_page_of(linker: Linker, text: str, year: int) -> str | None:
    doc = make(text, XINGHUA)
    doc._.page = replace(doc._.page, issue_year=year)
    end = text.index("社区") + 2
    set_spans(doc, MENTIONS, [(0, end, "PLACE", Mention("PLACE", "community"))])
    return get_spans(linker(doc), MENTIONS)[0][1].canonical


def test_we_of_a_village_is_no_name(places: Places) -> None:
    assert found(places, "我社区组织学习，本村参加。") == []
    assert found(places, "该社区组织学习。") == [("该社区", "community")]


def test_a_residential_area_of_a_street_is_a_community(places: Places) -> None:
    assert ("乌桕苑居民区", "community") in found(places, "会议由江川路街道乌桕苑居民区承办。")
    assert found(places, "养殖场远离居民区。") == []


def test_behind_its_town_a_village_may_be_called_as_a_word(places: Places) -> None:
    assert ("平等村", "village") in found(places, "中和镇平等村南口修了路。", "吉林省/通化市")
    assert ("1201社区", "community") in found(places, "花园路街道1201社区开展义诊。", "北京市")
    assert ("58号院社区", "community") in found(places, "昭阳街道58号院社区开展义诊。")  # of no list
    assert found(places, "戴南镇新村建设加快，今年建成58社区。") == [("戴南镇", "town")]


def test_villages_that_are_brought_together_lie_in_one_town(places: Places, linker: Linker) -> None:
    paths = linked(places, linker, "裴马村、永安村和张万村合并后，产业旺了。永安村建起大棚。")
    assert paths["永安村"].canonical == f"{XINGHUA}/戴南镇/永安村"  # though another town of the county has one
    assert linked(places, linker, "裴马村、永安村和张万村结对。")["永安村"].canonical != f"{XINGHUA}/戴南镇/永安村"


def test_a_village_is_called_as_the_list_has_it_now(linker: Linker) -> None:
    levels = {"富春江镇": "town", "大庄村": "village"}
    found = told(linker, "富春江镇大庄村修了路。", levels, "浙江省/杭州市/桐庐县")
    assert found["大庄村"] == "浙江省/杭州市/桐庐县/富春江镇/大庄村"  # of no known year
    doc = make("富春江镇大庄村修了路。", "浙江省/杭州市/桐庐县")
    doc._.page = replace(doc._.page, issue_year=2024)
    set_spans(doc, MENTIONS, [(0, 4, "PLACE", Mention("PLACE", "town")), (4, 7, "PLACE", Mention("PLACE", "village"))])
    assert get_spans(linker(doc), MENTIONS)[1][1].canonical == "浙江省/杭州市/桐庐县/富春江镇/大庄畲族村"


def test_a_short_name_in_a_dateline_tells_where_we_are(linker: Linker) -> None:
    for text in ("亳州讯（记者 甲乙）乌桕社区昨天着火。", "亳州\n乌桕社区栽月季"):
        assert (
            told(linker, text, {"亳州": "city", "乌桕社区": "community"}, XINGHUA)["乌桕社区"]
            == "安徽省/亳州市/乌桕社区"
        )
    levels = {"戴南": "county", "戴南镇": "town", "乌桕社区": "community"}
    assert told(linker, "戴南讯 戴南镇乌桕社区昨天着火。", levels, XINGHUA)["乌桕社区"] == f"{XINGHUA}/戴南镇/乌桕社区"


def test_a_street_clipped_before_its_community(places: Places, linker: Linker) -> None:
    chain = [("江岸区", "county"), ("车站街", "town"), ("三德社区", "community")]
    assert found(places, "江岸区车站街三德社区开展义诊。", None) == chain
    paths = linked(places, linker, "车站街三德社区开展义诊。", "湖北省/武汉市")
    assert paths["三德社区"].canonical == "湖北省/武汉市/江岸区/车站街道/三德社区"
    assert ("车站街", "town") not in found(places, "他在车站街卖菜。", "湖北省/武汉市")


def test_behind_the_word_for_a_town_its_villages(places: Places) -> None:
    assert ("东陈村", "village") in found(places, "戴南镇修了路。该镇东陈村村民高兴。", None)


def test_a_name_that_but_sounds_alike_is_another_village(places: Places, linker: Linker) -> None:
    record = linked(places, linker, "戴窑镇恒合村修了路。")["恒合村"]
    assert (record.canonical, record.code_status) == (f"{XINGHUA}/戴窑镇/恒合村", "unlisted")  # the list has 恒和村


def test_a_village_is_not_the_community_of_a_town_unspoken_of(places: Places, linker: Linker) -> None:
    assert linked(places, linker, "文林村修了路。")["文林村"].code_status == "unlisted"  # 昭阳街道 has 文林社区
    assert linked(places, linker, "昭阳街道修路，文林村也修了。")["文林村"].code_status == "fuzzy"


def test_no_county_begins_right_behind_the_office_of_a_street(places: Places) -> None:
    names = found(places, "图书馆分馆在昭阳街道办事处雨山佳山社区建成。")
    assert names == [("昭阳街道", "town"), ("雨山佳山社区", "community")]  # a district far away has a 佳山社区


def test_a_list_of_villagers_is_none_of_villages(places: Places) -> None:
    assert found(places, "裴马、双沐等村的群众领了奖。") == [("裴马", "village"), ("双沐", "village")]
    assert found(places, "裴马、双沐等村民领了奖。") == []
