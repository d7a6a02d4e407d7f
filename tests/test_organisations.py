"""Organisations found by the form of their names, and the kinds that their ends tell."""

from __future__ import annotations

import pytest
from articles import article

from pipeline.language.document import get_spans, set_spans
from pipeline.lexicon.organisations import generic_organisation, kind_of
from pipeline.records import Mention
from pipeline.stages.organisations import Organisations


def organisations(text: str, places: tuple[str, ...] = ()) -> list[str]:
    doc = article(text)
    found = [(text.find(p), text.find(p) + len(p), "PLACE", Mention("PLACE", source="gazetteer")) for p in places]
    set_spans(doc, "names/places", found)
    Organisations()(doc)
    return [span.text for span, _ in get_spans(doc, "names/organisations")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("活动由市妇联、区文体局主办。", ["市妇联", "区文体局"]),
        ("团县委和县人力资源和社会保障局出席。", ["团县委", "县人力资源和社会保障局"]),
        ("她被民政部授予称号。", ["民政部"]),
        ("“暖阳”志愿服务队来到村里。", ["“暖阳”志愿服务队"]),
        ("县退役军人事务局局长到场。", ["县退役军人事务局"]),
        ("丰禾果品专业合作社理事长介绍。", ["丰禾果品专业合作社"]),
        ("市第三人民医院急诊科护士长参加。", ["市第三人民医院"]),
    ],
)
def test_found_by_form(text: str, names: list[str]) -> None:
    assert organisations(text) == names


def test_committees_of_the_league_and_the_parties() -> None:
    assert organisations("团临江市委书记陪同。", ("临江市",)) == ["团临江市委"]
    assert organisations("民盟市委主委讲话。") == ["民盟市委"]


def test_a_title_is_no_part_of_an_organisation() -> None:
    assert organisations("县政协副主席兼县粮食局局长到会。") == ["县政协", "县粮食局"]


def test_a_place_begins_the_name() -> None:
    assert organisations("记者从临江市水务局获悉。", ("临江市",)) == ["临江市水务局"]
    assert organisations("工商银行临江分行发放贷款。", ("临江",)) == ["工商银行临江分行"]


def test_the_centre_of_a_city_and_the_committee_of_a_village_are_none() -> None:
    assert organisations("临江市中心城区的房价", ("临江市",)) == []
    assert organisations("在柳岸村委会座谈", ("柳岸村",)) == []
    assert organisations("走访柳岸村沙厂组残疾人", ("柳岸村",)) == []
    assert organisations("柳岸镇第九届村民委员会选举", ("柳岸镇",)) == []


@pytest.mark.parametrize(
    "text",
    [
        "该行、该院和各村委会都行动起来。",
        "镇党委书记和社区党委书记参加。",
        "24家物业公司、30所学校参与。",
        "业委会和党支部开会。",
        "市政协委员提出建议,县人大代表发言。",
    ],
)
def test_generic_words_and_bodies_before_titles_are_none(text: str) -> None:
    assert organisations(text) == []


@pytest.mark.parametrize(
    ("name", "kind", "category"),
    [
        ("临江县人民医院", "医院", "hospital"),
        ("云溪镇中心小学", "学校", "school"),
        ("临江农商银行云溪支行", "银行", "enterprise"),
        ("临江县红十字会", "会", "mass_org"),
        ("临江县茶叶协会", "会", "association"),
        ("县人民法院", "法院", "party_government"),
        ("县文化馆", "馆", "public_institution"),
        ("县水利管理服务中心离退休干部科", "中心", "public_institution"),
        # of what they belong to
        ("临江市科协科普部", "会", "mass_org"),
        ("云山高速集团临江运营管理中心", "中心", "enterprise"),
        ("县农业局兽医站", "站", "party_government"),
        ("市消防救援大队云溪站", "站", "party_government"),
        ("临江日报社", "社", "public_institution"),
        ("团临江市委", "委", "mass_org"),
        ("团风县委", "委", "party_government"),  # of a county called so
        # the word for a school is none in them
        ("云山省农业科学院", "院", "public_institution"),
        ("学院路街道办事处", "政府", "party_government"),
    ],
)
def test_kinds_by_the_end_of_the_name(name: str, kind: str, category: str) -> None:
    assert kind in kind_of(name).kinds
    assert kind_of(name).category == category
    assert kind_of("无名氏").category is None


@pytest.mark.parametrize(
    ("text", "places", "names"),
    [
        ("云州日报讯 近日，路通了。", ("云州",), ["云州日报"]),
        ("云州在线3月5日讯 近日，路通了。", ("云州",), ["云州在线"]),
        ("本报讯 近日，路通了。", (), []),
        ("县住建局、财政局、水利局等单位到场。", (), ["县住建局", "财政局", "水利局"]),
        ("这里由财政局、水利局管。", (), []),
        ("云州市公安局秩序处将核准计划。", ("云州市",), ["云州市公安局秩序处"]),
        ("云州市公安局依法处理。", ("云州市",), ["云州市公安局"]),
        ("禾丰饮料（云州）有限公司开工。", ("云州",), ["禾丰饮料（云州）有限公司"]),
        ("近日，建为县桃源派出所开门。", ("建为县",), ["建为县桃源派出所"]),  # 为 is no edge inside a place
        ("他找到一家养殖专业合作社。", (), []),
    ],
)
def test_forms_of_reports(text: str, places: tuple[str, ...], names: list[str]) -> None:
    assert organisations(text, places) == names


@pytest.mark.parametrize("name", ["省行", "分支行", "社区党群服务中心", "种养农民专业合作社"])
def test_classes_of_organisations(name: str) -> None:
    assert generic_organisation(name)
    assert not generic_organisation("禾丰" + name)
