"""The resolver: what stands where candidates of several sources meet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from articles import article

from pipeline.language.document import get_spans, set_spans
from pipeline.records import Mention
from pipeline.stages import candidates
from pipeline.stages.candidates import Candidate, believe, share, weight
from pipeline.stages.mentions import Mentions, choose
from pipeline.training.name_sources import Example, fit, prior, terms


def resolve(
    text: str, score: float = 0.9, **groups: list[tuple[str, str] | tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """(text, type, source) of the mentions; a candidate is (surface, type[, level]) in the group of its name."""
    doc = article(text)
    for group, marks in groups.items():
        spans, at = [], 0
        for surface, kind, *level in marks:
            start = text.find(surface, at)
            assert start >= 0
            source = {
                "people": "title",
                "places": "gazetteer",
                "organisations": "place_suffix",
                "posts": "lexicon",
            }.get(group, group)
            spans.append((start, start + len(surface), kind, Mention(kind, *level, source=source, score=score)))
        set_spans(doc, f"names/{group}", spans)
    Mentions()(doc)
    return [(span.text, mention.type, mention.source) for span, mention in get_spans(doc, "mentions")]


def test_sources_that_agree_are_named_together() -> None:
    found = resolve("临江市的春天", model=[("临江市", "PLACE", "city")], places=[("临江市", "PLACE", "city")])
    assert found == [("临江市", "PLACE", "model+gazetteer")]


def test_a_village_without_its_last_word_is_no_organisation() -> None:
    found = resolve(
        "石桥村支部书记许琳",
        model=[("石桥", "ORG"), ("许琳", "PER")],
        places=[("石桥村", "PLACE", "village")],
        posts=[("支部书记", "POST")],
    )
    assert ("石桥村", "PLACE") in [f[:2] for f in found]


def test_an_organisation_swallows_its_place() -> None:
    found = resolve("临江市水务局通报", places=[("临江市", "PLACE", "city")], organisations=[("临江市水务局", "ORG")])
    assert [f[:2] for f in found] == [("临江市水务局", "ORG")]


def test_the_place_stands_where_a_committee_is_part_of_the_title() -> None:
    found = resolve(
        "柳岸社区党委书记薛长宁",
        model=[("柳岸社区党委", "ORG"), ("薛长宁", "PER")],
        places=[("柳岸社区", "PLACE", "community")],
        posts=[("党委书记", "POST")],
    )
    assert [f[:2] for f in found] == [("柳岸社区", "PLACE"), ("党委书记", "POST"), ("薛长宁", "PER")]


def test_an_organisation_takes_its_part_of_a_title() -> None:
    found = resolve(
        "市妇联主席许琳",
        organisations=[("市妇联", "ORG")],
        people=[("许琳", "PER")],
        posts=[("妇联主席", "POST")],
    )
    assert [f[:2] for f in found] == [("市妇联", "ORG"), ("主席", "POST"), ("许琳", "PER")]


def test_the_federation_of_a_town_is_an_organisation_and_that_of_a_village_part_of_the_title() -> None:
    town = resolve("云溪镇妇联主席许琳", model=[("云溪镇妇联", "ORG"), ("许琳", "PER")], posts=[("妇联主席", "POST")])
    assert [f[:2] for f in town] == [("云溪镇妇联", "ORG"), ("主席", "POST"), ("许琳", "PER")]
    named = resolve(
        "云溪镇妇联开会。妇联主席许琳讲话", model=[("云溪镇妇联", "ORG"), ("许琳", "PER")], posts=[("妇联主席", "POST")]
    )
    assert ("主席", "POST") in [f[:2] for f in named]
    village = resolve(
        "石桥村妇联主席许琳",
        model=[("石桥村妇联", "ORG"), ("许琳", "PER")],
        places=[("石桥村", "PLACE", "village")],
        posts=[("妇联主席", "POST")],
    )
    assert [f[:2] for f in village] == [("石桥村", "PLACE"), ("妇联主席", "POST"), ("许琳", "PER")]


def test_the_armed_forces_department_of_a_county_is_an_organisation() -> None:
    def title(text: str) -> str:
        return next(
            f[0] for f in resolve(text, people=[("许琳", "PER")], posts=[("人武部部长", "POST")]) if f[1] == "POST"
        )

    assert title("县委常委、人武部部长许琳") == "部长"
    assert title("党委委员、人武部部长许琳") == "人武部部长"


def test_editors_of_an_imprint_hold_no_post() -> None:
    found = resolve("责任编辑:许琳", people=[("许琳", "PER")], posts=[("责任编辑", "POST")])
    assert [f[:2] for f in found] == [("许琳", "PER")]
    line = resolve("总编辑 许琳 责编 校对", people=[("许琳", "PER")], posts=[("总编辑", "POST")])
    assert [f[:2] for f in line] == [("许琳", "PER")]
    told = resolve("来的有总编辑 许琳", people=[("许琳", "PER")], posts=[("总编辑", "POST")])
    assert ("总编辑", "POST") in [f[:2] for f in told]


def test_the_short_committee_of_a_village_is_no_organisation() -> None:
    found = resolve("来到石桥村委会", model=[("石桥村委会", "ORG")], places=[("石桥村", "PLACE", "village")])
    assert [f[:2] for f in found] == [("石桥村", "PLACE")]


def test_a_title_needs_somebody_who_holds_it() -> None:
    found = resolve("村民薛长宁和其他村民", people=[("薛长宁", "PER")], posts=[("村民", "POST"), ("村民", "POST")])
    assert [f[:2] for f in found] == [("村民", "POST"), ("薛长宁", "PER")]


def test_a_name_found_once_is_found_everywhere_but_in_a_longer_one() -> None:
    text = "薛长宁来了。后来薛长宁走了,薛长宁宁没来。"
    found = resolve(text, people=[("薛长宁", "PER")], model=[("薛长宁", "PER"), ("薛长宁宁", "PER")])
    assert [f[0] for f in found] == ["薛长宁", "薛长宁", "薛长宁宁"]
    assert found[1][2] == "repeated"


def test_a_person_may_stand_inside_another_place() -> None:
    found = resolve("薛长宁故居开放", people=[("薛长宁", "PER")], places=[("薛长宁故居", "PLACE", "other")])
    assert {f[:2] for f in found} == {("薛长宁故居", "PLACE"), ("薛长宁", "PER")}


def test_a_person_of_the_article_inside_what_is_named_after_him() -> None:
    found = resolve(
        "石川生于此。石川纪念馆开馆，石川纪行",
        people=[("石川", "PER")],
        places=[("石川纪念馆", "PLACE", "other")],
    )
    assert [f[:2] for f in found] == [("石川", "PER"), ("石川纪念馆", "PLACE"), ("石川", "PER")]


def test_the_group_of_a_community_is_no_organisation() -> None:
    found = resolve(
        "柳岸社区工作小组上门",
        model=[("柳岸社区工作小组", "ORG")],
        places=[("柳岸社区", "PLACE", "community")],
    )
    assert [f[:2] for f in found] == [("柳岸社区", "PLACE")]


def test_a_surname_with_a_title() -> None:
    found = resolve("大家说:“宋书记是自己人。”", posts=[("书记", "POST")])
    assert [f[:2] for f in found] == [("宋", "PER"), ("书记", "POST")]


def test_the_commission_of_agriculture_is_no_village() -> None:
    found = resolve("临江市农业农村委通报", model=[("临江市农业农村委", "ORG")])
    assert [f[:2] for f in found] == [("临江市农业农村委", "ORG")]


def test_a_title_before_a_name_is_no_surname_with_a_title() -> None:
    found = resolve("会议由所长许琳主持", people=[("许琳", "PER")], posts=[("所长", "POST")])
    assert [f[:2] for f in found] == [("所长", "POST"), ("许琳", "PER")]


def test_leaders_and_patients_hold_no_post() -> None:
    for title in ("县领导", "患者"):
        found = resolve(f"{title}许琳来了", model=[(title, "POST"), ("许琳", "PER")])
        assert [f[:2] for f in found] == [("许琳", "PER")]


def test_the_level_stays_with_a_delegate() -> None:
    found = resolve(
        "临江市人大代表许琳",
        places=[("临江市", "PLACE", "city")],
        people=[("许琳", "PER")],
        posts=[("市人大代表", "POST")],
    )
    assert ("市人大代表", "POST") in [f[:2] for f in found]


def test_the_form_of_a_place_speaks_for_the_model_alone() -> None:
    text = "涡阳县、桑梓坪村、翠竹里小区、翠竹里农贸市场和濛洼川"
    surfaces = text.replace("和", "、").split("、")
    found = resolve(text, 0.6, model=[(surface, "PLACE") for surface in surfaces])
    assert [f[0] for f in found] == surfaces[:4]


def test_a_class_of_organisations_is_no_name() -> None:
    text = "县政协、团县委、水利局、政协、派出所"
    found = resolve(text, 0.8, model=[(surface, "ORG") for surface in text.split("、")])
    assert [f[0] for f in found] == ["县政协", "团县委", "水利局"]


def test_what_is_no_name_by_itself_is_none() -> None:
    text = "俺村、某村、十里八村、兄弟街道、县镇村、柳溪村村"
    assert resolve(text, model=[(surface, "PLACE") for surface in text.split("、")]) == []


def test_the_reading_of_the_model_stands_against_a_part_of_it() -> None:
    found = resolve("走进柳岸农贸市场", model=[("柳岸农贸市场", "PLACE")], short=[("柳岸", "PLACE", "town")])
    assert [f[0] for f in found] == ["柳岸农贸市场"]


def test_a_village_may_be_named_by_a_word() -> None:
    found = resolve("他搬进了纺织小区", model=[("纺织小区", "PLACE")])
    assert found == [("纺织小区", "PLACE", "model")]


def test_a_short_name_gives_way_to_the_longer_one_that_the_model_sees() -> None:
    def places(score: float, chance: float) -> list[tuple[int, int]]:
        seen = Candidate(3, 7, "PLACE", "other", ("model",), score)
        known = Candidate(3, 5, "PLACE", "city", ("gazetteer",), None)
        return [(c.start, c.end) for c in choose("列车从临江西站开出", [seen, known], True, lambda *_: chance)]

    assert places(0.9, 0.002) == [(3, 7)]
    assert places(0.4, 0.3) == [(3, 5)]


def test_of_the_committees_of_a_village_the_village_is_named() -> None:
    found = resolve("对柳溪村委、东塘村村委和北桥社区团支部开展调查", model=[
        ("柳溪村委", "ORG"), ("东塘村村委", "ORG"), ("北桥社区团支部", "ORG")
    ])  # fmt: skip
    assert [f[:2] for f in found] == [("柳溪村", "PLACE"), ("东塘村", "PLACE"), ("北桥社区", "PLACE")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("临江镇柳溪村党支部开会", [("临江镇柳溪村党支部", "ORG")]),
        ("柳溪村第二党支部开会", [("柳溪村第二党支部", "ORG")]),
        ("柳溪村村民委员会开会", [("柳溪村村民委员会", "ORG")]),
        ("临江镇柳溪村党支部书记", [("临江镇", "PLACE"), ("柳溪村", "PLACE")]),
        ("柳溪村两委开会", [("柳溪村", "PLACE")]),
        ("东塘、柳溪村党支部开会", [("柳溪村", "PLACE")]),  # of each of them
    ],
)
def test_a_party_branch_with_a_name_is_an_organisation(text: str, names: list[tuple[str, str]]) -> None:
    known = [(name, "PLACE", level) for name, level in (("临江镇", "town"), ("柳溪村", "village")) if name in text]
    assert [f[:2] for f in resolve(text, places=known)] == names


def test_the_short_form_of_a_village_is_no_person() -> None:
    doc = article("石桥坳村修路。石桥坳变了样。")
    set_spans(doc, "names/model", [(7, 10, "PER", Mention("PER", source="model", score=0.9))])
    places_found = [(0, 4, "gazetteer"), (7, 10, "short")]
    set_spans(doc, "names/places", [(a, b, "PLACE", Mention("PLACE", "village", source=s)) for a, b, s in places_found])
    Mentions()(doc)
    assert [(s.text, m.type) for s, m in get_spans(doc, "mentions")] == [("石桥坳村", "PLACE"), ("石桥坳", "PLACE")]


def test_a_place_that_the_model_found_once_is_found_everywhere() -> None:
    text = "翠竹里农贸市场开业。翠竹里农贸市场有百余商户。"
    assert [f[0] for f in resolve(text, 0.7, model=[("翠竹里农贸市场", "PLACE")])] == ["翠竹里农贸市场"] * 1
    agreed = {"model": [("翠竹里农贸市场", "PLACE")], "places": [("翠竹里农贸市场", "PLACE", "other")]}
    assert [f[0] for f in resolve(text, **agreed)] == ["翠竹里农贸市场"] * 2


def test_of_a_committee_of_residents_the_place_is_named() -> None:
    found = resolve("在柳岸村委会座谈", model=[("柳岸村委会", "ORG")], places=[("柳岸村", "PLACE", "village")])
    assert [f[:2] for f in found] == [("柳岸村", "PLACE")]


def test_a_party_branch_belongs_to_the_name_of_its_organisation() -> None:
    for branch in ("机关党支部", "党支部", "离退休干部党支部"):
        found = resolve(f"临江市水务局{branch}结对", model=[("临江市水务局", "ORG")])
        assert [f[:2] for f in found] == [(f"临江市水务局{branch}", "ORG")]
    assert [f[:2] for f in resolve("云溪镇党委开会", model=[("云溪镇党委", "ORG")])] == [("云溪镇党委", "ORG")]
    assert [f[:2] for f in resolve("云溪镇党委政府开会", model=[("云溪镇党委政府", "ORG")])] == [("云溪镇党委", "ORG")]


def test_a_body_named_by_its_level_is_an_organisation() -> None:
    text = "区政府、县委、镇人大和县一中"
    surfaces = text.replace("和", "、").split("、")
    assert [f[0] for f in resolve(text, model=[(surface, "ORG") for surface in surfaces])] == surfaces


def test_what_looks_like_a_place_is_no_organisation() -> None:
    assert [f[:2] for f in resolve("来到涡阳县调研", model=[("涡阳县", "ORG")])] == [("涡阳县", "PLACE")]


def test_a_title_of_the_model_is_whole_without_level_and_department() -> None:
    def title(surface: str) -> str:
        found = resolve(
            f"由{surface}许琳主持", 0.8, people=[("许琳", "PER")], model=[(surface, "POST"), ("许琳", "PER")]
        )
        return next(f[0] for f in found if f[1] == "POST")

    assert title("镇人大主席") == "人大主席"
    assert title("骨科主任") == "主任"
    assert title("首席内容官") == "首席内容官"
    assert title("消防监督员") == "消防监督员"


def weigh(kind: str, chance: float, source: str) -> float:
    """How likely a candidate of one source is a name that the model, which is silent, gives this chance."""
    candidate = Candidate(0, 5, kind, None, (source,), None)
    return believe("柳岸实验楼", [candidate], with_model=True, chance=lambda *_: chance)[0].confidence


def test_a_source_is_believed_as_far_as_the_model_thinks_it_possible() -> None:
    for kind, source in (("ORG", "place_suffix"), ("PER", "title"), ("PLACE", "pattern"), ("POST", "lexicon")):
        assert weigh(kind, 0.001, source) < 0.3 < 0.6 < weigh(kind, 0.3, source)
    assert weigh("ORG", 0.02, "suffix") < weigh("ORG", 0.02, "title")


def test_a_department_whose_head_follows_is_believed_against_the_model() -> None:
    assert weigh("ORG", 0.02, "department") > 0.5 > weigh("ORG", 0.02, "place_suffix")


def test_without_a_model_the_shares_of_the_sources_tell() -> None:
    two = Candidate(0, 2, "PER", None, ("form", "speaker"), None)
    believed = believe("许琳", [two, replace(two, sources=("form",))], with_model=False)
    assert believed[0].confidence > believed[1].confidence == pytest.approx(share("PER", "form"))


def test_weights_of_all_sources_are_there() -> None:
    assert not [term for term in terms() if term not in candidates._weights()]
    assert weight(("PER", "silent", "someone's own")) == weight(("PER", "silent", "other"))


def test_weights_learn_from_examples_and_stay_near_their_share_without() -> None:
    wrong, unseen = ("ORG", "silent", "suffix"), ("ORG", "silent", "quoted")
    seen = [Example([(wrong, 1.0), (("ORG", "chance", "silent"), -1.0)], False, 1.0)] * 40
    weights = fit(seen, terms(), penalty=1.0)
    assert weights[wrong] < prior(wrong) - 1.0
    assert weights[unseen] == pytest.approx(prior(unseen), abs=0.01)


def test_no_sources_no_mentions() -> None:
    assert resolve("没有名字的一句话。") == []


def test_a_name_that_the_model_cuts_before_what_it_is() -> None:
    found = resolve(
        "柳岸苑居民区举行义诊", model=[("柳岸苑", "PLACE")], places=[("柳岸苑居民区", "PLACE", "community")]
    )
    assert [f[:2] for f in found] == [("柳岸苑居民区", "PLACE")]


def test_branches_of_a_list_of_communities_are_none_of_the_last() -> None:
    text = "柳岸、石桥社区党总支举行义诊"
    assert [f[:2] for f in resolve(text, model=[("石桥社区党总支", "ORG")])] == [("石桥社区党总支", "ORG")]
    found = resolve(text, model=[("石桥社区党总支", "ORG")], list=[("柳岸", "PLACE", "community")])
    assert [f[:2] for f in found] == [("柳岸", "PLACE"), ("石桥社区", "PLACE")]


def test_what_a_village_is_called_for_is_no_place() -> None:
    village = [("土豆村", "PLACE", "village")]
    assert resolve("石桥村是有名的“土豆村”。", model=village) == []
    assert resolve("石桥村有“土豆村”之称。", model=village) == []
    assert [f[0] for f in resolve("走进“土豆村”采访。", model=village)] == ["土豆村"]


def test_what_stands_in_a_list_of_villages_is_one() -> None:
    villages = [("石桥", "PLACE", "village"), ("许琳", "PLACE", "village")]
    assert [f[1] for f in resolve("石桥、许琳等村", model=[("许琳", "PER")], list=villages)] == ["PLACE", "PLACE"]
    titled = resolve("石桥、许琳等村", people=[("许琳", "PER")], list=villages[:1])
    assert ("许琳", "PER", "title") in titled
