"""What happened: which words tell an event and which do not, of which type, and who takes part in it.

The sentences and every name in them are invented. Names are marked in the text, times and quantities are found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spacy
from articles import article, marked
from conftest import ROOT
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language import names
from pipeline.language.document import MENTIONS, get_spans, set_spans
from pipeline.language.frames import Frame
from pipeline.records import EVENT_ROLES, EVENT_TYPES, Event, Mention
from pipeline.stages import event_arguments, event_triggers, events, quantities, sentences, times
from pipeline.stages.event_candidates import Candidate, Named, candidates
from pipeline.stages.event_model import Scorer
from pipeline.stages.event_view import View
from pipeline.stages.sentences import Sentences

TOWN = "[云溪镇|PLACE.town=甲省/临江市/清河县/云溪镇]"
VILLAGE = "[石桥村|PLACE.village=甲省/临江市/清河县/云溪镇/石桥村]"
COMMUNITY = "[柳岸社区|PLACE.community=甲省/临江市/清河县/云溪镇/柳岸社区]"
BUREAU = "[清河县民政局|ORG=清河县民政局]"


@pytest.fixture(scope="module")
def nlp() -> Language:
    assert all((sentences, times, quantities, events, names))  # imported for their factories
    nlp = spacy.blank("zh")
    for name in ("news_sentences", "news_times", "news_quantities", "news_events"):
        nlp.add_pipe(name)
    return nlp


def read(nlp: Language, doc: Doc) -> Doc:
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    return doc


Told = list[tuple[str, str]]


def told(nlp: Language, text: str) -> Told:
    """Type and trigger of each event of an article."""
    doc = read(nlp, marked(text))
    return [(e.type, span.text) for span, e in get_spans(doc, "events")]


def roles(nlp: Language, text: str, trigger: str) -> set[tuple[str, str]]:
    """Role and words of each argument of the event with a trigger."""
    doc = read(nlp, marked(text))
    found = [e for span, e in get_spans(doc, "events") if span.text == trigger]
    assert len(found) == 1, [(s.text, e.type) for s, e in get_spans(doc, "events")]
    return {(a.role, doc.text[a.start : a.end]) for a in found[0].arguments}


def one(nlp: Language, text: str) -> Event:
    doc = read(nlp, marked(text))
    found = get_spans(doc, "events")
    assert len(found) == 1, [(s.text, e.type) for s, e in found]
    return found[0][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"7月25日,{TOWN}首届羽毛球比赛在文化广场举办。", ("contest", "举办")),
        (f"近日,{VILLAGE}被{BUREAU}授予“全县文明村”荣誉称号。", ("award", "授予")),
        (f"3月2日上午,{TOWN}召开2024年经济工作会议。", ("meeting", "召开")),
        (f"4月18日,{TOWN}商会正式成立。", ("founding", "成立")),
        (f"近日,{COMMUNITY}开展了“邻里节”主题活动。", ("campaign", "开展")),
        (f"5月6日,[薛长宁|PER]到{COMMUNITY}为30余名居民举办健康知识讲座。", ("training", "举办")),
        (f"2月3日,{BUREAU}[局长|POST][何永平|PER]到{VILLAGE}走访慰问困难群众。", ("visit", "走访慰问")),
        (f"截至目前,{TOWN}累计建成标准化厂房12栋。", ("construction", "建成")),
        (f"3月份,[清河农商银行|ORG]为{VILLAGE}的种植户发放贷款30万元。", ("finance", "发放")),
        (f"5月8日,[薛长宁|PER]向{VILLAGE}小学捐赠图书500册。", ("donation", "捐赠")),
        ("消防员赶到现场,经过20分钟的扑救,大火被成功扑灭。", ("response", "扑灭")),
        (f"5月3日凌晨,{VILLAGE}一处民房发生火灾。", ("incident", "火灾")),
        (f"近日,{BUREAU}印发《清河县养老服务管理办法》。", ("publication", "印发")),
        (f"大会选举产生了{TOWN}商会第一届理事会。", ("appointment", "选举产生")),
        (f"5月10日,{TOWN}与[临江农学院|ORG]签订战略合作协议。", ("cooperation", "签订")),
        ("行动中,民警共查处酒驾3起、醉驾1起。", ("regulation", "查处")),
    ],
)
def test_every_type_is_found(nlp: Language, text: str, expected: tuple[str, str]) -> None:
    assert expected in told(nlp, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{TOWN}没有发生火灾。",  # negation
        "如果发生火灾,要立即拨打119。",  # hypothesis
        "一旦发现隐患,必须立即整改。",
        "会议强调,要加强宣传,开展好各项活动。",  # duty
        "各级各部门要深入开展调研,切实解决问题。",
        f"{COMMUNITY}每天为老人送餐,风雨无阻。",  # habit
        f"近年来,{TOWN}坚持以党建为引领,不断提升服务水平。",  # practice
        "以赛促学、以赛促干,推动工作再上新台阶。",  # slogan
        "下一步,该局将进一步加大工作力度,不断优化营商环境。",  # promise without a plan
        f"{BUREAU}[局长|POST][何永平|PER]说,办好这件事不容易。",
        "警方提醒,发现被骗要立即报警。",
        "近期多雨,请市民注意防范山洪、滑坡等灾害。",
        "志愿者们身穿红马甲,热情地为居民服务。",
    ],
)
def test_what_is_not_told_as_happening_is_no_event(nlp: Language, text: str) -> None:
    assert told(nlp, text) == []


@pytest.mark.parametrize(
    ("text", "realis"),
    [
        (f"5月25日,{TOWN}将举办首届采摘节。", "planned"),
        (f"下一步,{TOWN}计划新建文化广场3处。", "planned"),
        (f"6月1日起,{BUREAU}将开展专项检查。", "planned"),
        (f"近日,{TOWN}举办了首届采摘节。", "actual"),
        (f"截至目前,{TOWN}已新建文化广场3处。", "actual"),
    ],
)
def test_planned_or_actual(nlp: Language, text: str, realis: str) -> None:
    assert one(nlp, text).realis == realis


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        (f"近日,{VILLAGE}被{BUREAU}授予“全县文明村”荣誉称号。", "授予",
         {("recipient", "石桥村"), ("agent", "清河县民政局"), ("object", "全县文明村"), ("time", "近日")}),
        (f"5月8日,[薛长宁|PER]向{VILLAGE}小学捐赠图书500册。", "捐赠",
         {("agent", "薛长宁"), ("object", "图书"), ("quantity", "500册"), ("time", "5月8日")}),
        (f"截至目前,{TOWN}累计建成标准化厂房12栋。", "建成",
         {("agent", "云溪镇"), ("object", "标准化厂房"), ("quantity", "12栋")}),
        ("3月份,[清河农商银行|ORG]为[薛长宁|PER]发放贷款30万元。", "发放",
         {("agent", "清河农商银行"), ("recipient", "薛长宁"), ("quantity", "30万元"), ("time", "3月份")}),
        (f"7月25日,{TOWN}羽毛球比赛在文化广场举办。比赛由{BUREAU}、[县总工会|ORG]主办。", "举办",
         {("agent", "清河县民政局"), ("agent", "县总工会"), ("time", "7月25日")}),
        (f"5月10日,{TOWN}与[临江农学院|ORG]签订战略合作协议。", "签订",
         {("agent", "云溪镇"), ("participant", "临江农学院"), ("time", "5月10日")}),
    ],
)  # fmt: skip
def test_who_what_when_and_how_much(nlp: Language, text: str, trigger: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= roles(nlp, text, trigger)


def test_two_events_of_a_type_in_a_sentence_keep_their_own_arguments(nlp: Language) -> None:
    text = f"比赛中,{TOWN}的[薛长宁|PER]获得一等奖,{VILLAGE}的[石磊|PER]获得二等奖。"
    doc = read(nlp, marked(text))
    found = [{(a.role, doc.text[a.start : a.end]) for a in e.arguments} for _, e in get_spans(doc, "events")]
    assert len(found) == 2
    assert {("recipient", "薛长宁"), ("object", "一等奖")} <= found[0]
    assert {("recipient", "石磊"), ("object", "二等奖")} <= found[1]
    assert not any("石磊" in words for _, words in found[0])


def test_a_headline_tells_again_what_the_body_tells(nlp: Language) -> None:
    text = f"{TOWN}举办羽毛球比赛\n7月25日,{TOWN}首届羽毛球比赛在文化广场举办。12支队伍参加比赛。"
    doc = marked(text)
    first, *rest = doc._.article.segments
    doc._.article = replace(doc._.article, segments=(replace(first, role="headline"), *rest))
    read(nlp, doc)
    contests = [span for span, e in get_spans(doc, "events") if e.type == "contest"]
    assert len(contests) == 1
    assert contests[0].start_char > doc.text.index("\n")


def test_looking_back_on_an_event_is_no_second_one(nlp: Language) -> None:
    text = f"近日,{BUREAU}出台《清河县养老服务管理办法》。\n办法出台后,{TOWN}迅速行动。"
    assert told(nlp, text).count(("publication", "出台")) == 1


def test_the_subject_is_carried_over(nlp: Language) -> None:
    text = f"今年以来,{TOWN}投资300万元,新建文化广场3处,改造老旧小区5个。"
    assert ("agent", "云溪镇") in roles(nlp, text, "改造")


def test_who_is_told_in_one_list_has_one_role(nlp: Language) -> None:
    text = f"5月8日,由{BUREAU}、[清河县妇联|ORG]、[清河县文化馆|ORG]和[清河县作家协会|ORG]主办的诵读活动在{TOWN}启动。"
    hosts = {"清河县民政局", "清河县妇联", "清河县文化馆", "清河县作家协会"}
    doc = read(nlp, marked(text))
    for _, event in get_spans(doc, "events"):
        told_of = {doc.text[a.start : a.end]: a.role for a in event.arguments}
        assert len({told_of.get(host) for host in hosts}) == 1
    assert {("agent", host) for host in hosts} <= {
        (a.role, doc.text[a.start : a.end]) for _, e in get_spans(doc, "events") for a in e.arguments
    }


def test_of_a_chain_of_places_the_last_takes_part(nlp: Language) -> None:
    text = f"近日,{TOWN}{VILLAGE}入选全县文明村名单。"
    doc = read(nlp, marked(text))
    words = {doc.text[a.start : a.end] for _, e in get_spans(doc, "events") for a in e.arguments}
    assert "石桥村" in words
    assert "云溪镇" not in words


def test_an_argument_is_a_name_and_not_the_word_that_stands_for_it(nlp: Language) -> None:
    text = f"{TOWN}地处山区。去年,该镇建成冷库3座。"
    doc = read(nlp, marked(text.replace("该镇", "[该镇|PLACE.town=甲省/临江市/清河县/云溪镇]")))
    (_, event), *more = get_spans(doc, "events")
    assert not more
    agents = {doc.text[a.start : a.end] for a in event.arguments if a.role == "agent"}
    assert agents == {"云溪镇"}


def test_prizes_of_a_list_are_awards_of_the_people_below(nlp: Language) -> None:
    text = "一等奖(2名)\n薛长宁 石磊\n二等奖(1名)\n董秀兰"
    doc = article(text, kind="list")
    people = [(text.index(name), name) for name in ("薛长宁", "石磊", "董秀兰")]
    set_spans(doc, MENTIONS, [(at, at + len(name), "PER", Mention("PER")) for at, name in people])
    read(nlp, doc)
    found = get_spans(doc, "events")
    assert [(span.text, e.type) for span, e in found] == [("一等奖", "award"), ("二等奖", "award")]
    recipients = {doc.text[a.start : a.end] for a in found[0][1].arguments if a.role == "recipient"}
    assert {"薛长宁", "石磊"} <= recipients


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (f"5月6日,{TOWN}召开全体会议。", date(2024, 5, 6), date(2024, 5, 6)),
        (f"5月6日至8日,{TOWN}举办农民培训班。", date(2024, 5, 6), date(2024, 5, 8)),
        (f"近日,{TOWN}召开全体会议。", None, None),  # the calendar cannot place it
    ],
)
def test_day_of_an_event(nlp: Language, text: str, first: date | None, last: date | None) -> None:
    event = one(nlp, text)
    assert (event.date, event.last_date) == (first, last)


def test_a_day_may_come_from_the_lead_but_is_no_argument_then(nlp: Language) -> None:
    text = f"5月6日,{TOWN}召开全体会议。会上,[薛长宁|PER]当选{TOWN}商会会长。"
    doc = read(nlp, marked(text))
    (event,) = [e for span, e in get_spans(doc, "events") if span.text == "当选"]
    assert (event.date, event.date_from) == (date(2024, 5, 6), "time")


def test_place_of_an_event_is_a_canonical_path(nlp: Language) -> None:
    met = one(nlp, f"5月6日,{VILLAGE}召开村民会议。")
    assert met.place == "甲省/临江市/清河县/云溪镇/石桥村"
    assert met.place_from in ("place", "participant", "sentence")


def test_an_organisation_is_no_place(nlp: Language) -> None:
    assert one(nlp, f"近日,{BUREAU}印发《清河县养老服务管理办法》。").place is None


def test_records_keep_to_the_vocabulary(nlp: Language) -> None:
    doc = read(nlp, marked(f"5月6日,{BUREAU}在{VILLAGE}开展义诊活动,为120名村民免费体检。"))
    assert get_spans(doc, "events")
    for span, e in get_spans(doc, "events"):
        assert e.type in EVENT_TYPES
        assert e.realis in ("actual", "planned")
        assert e.score is not None
        assert 0.0 <= e.score <= 1.0
        for a in e.arguments:
            assert a.role in EVENT_ROLES
            assert 0 <= a.start < a.end <= len(doc.text)
            assert a.end <= span.start_char or span.end_char <= a.start or a.role == "object"


def test_no_two_triggers_share_a_character(nlp: Language) -> None:
    doc = read(nlp, marked(f"近日,{TOWN}组织开展走访慰问活动,走访慰问困难群众86户,发放慰问金4.3万元。"))
    spans = [span for span, _ in get_spans(doc, "events")]
    assert spans
    assert all(a.end_char <= b.start_char for a, b in pairwise(spans))


@pytest.mark.parametrize("text", ["", "\n", "。", "第4版", "举办"])
def test_little_text_is_no_trouble(nlp: Language, text: str) -> None:
    if text.strip():
        assert len(get_spans(read(nlp, marked(text)), "events")) <= 1


def test_the_lexicon_names_every_type_and_blocks_longer_words() -> None:
    lexicon = event_triggers.lexicon()
    assert {kind for kinds in lexicon.types.values() for kind in kinds} == set(EVENT_TYPES)
    doc = Sentences()(article("记者获悉,考察站的检查站很大"))
    words = {t.word for t in event_triggers.candidates(View(doc))}
    assert "获" not in words
    assert "检查" not in words


def options(text: str, trigger: str, kind: str) -> set[str]:
    """The words of the candidates for the arguments of a trigger."""
    view = View(Sentences()(marked(text)))
    start = view.text.index(trigger)
    return {view.text[c.start : c.end] for c in candidates(view, start, start + len(trigger), kind, Named(view))}


def test_a_quoted_name_does_not_part_a_phrase() -> None:
    found = options("昨天,学校里举办“我和书的约定”朗诵比赛。", "举办", "contest")
    assert "“我和书的约定”朗诵比赛" in found
    found = options("昨天,学校里举办“我和书的约定”。", "举办", "contest")
    assert "我和书的约定" in found
    assert not any(words.startswith("书") for words in found)


def test_a_common_word_does_not_part_a_phrase() -> None:
    assert "公共就业服务站" in options("昨天,村里建起了公共就业服务站。", "建起", "construction")


def test_who_came_may_be_told_sentences_later() -> None:
    text = "昨天,座谈会召开。会场里很热闹。有人带来了照片。[王小川|PER]主持会议,[清河县民政局|ORG]派人参加。"
    assert {"王小川", "清河县民政局"} <= options(text, "召开", "meeting")
    assert "王小川" in options("昨天,座谈会召开。[王小川|PER]发了言。", "召开", "meeting")
    assert "清河县民政局" not in options(text, "召开", "founding")
    text = "昨天,征文大赛揭晓。会场里很热闹。\n大赛由[清河县文化馆|ORG]主办。\n[清河县图书馆|ORG]参与组织。"
    assert "清河县文化馆" in options(text, "大赛", "contest")
    assert "清河县图书馆" not in options(text, "大赛", "contest")  # two paragraphs behind


def test_a_word_inside_a_name_is_no_trigger() -> None:
    doc = Sentences()(marked("[清河县救援队|ORG]很大"))
    assert all(t.word != "救援" for t in event_triggers.candidates(View(doc)))


def test_scorer_goes_through_a_file(tmp_path: Path) -> None:
    network = {"inward": np.eye(2), "inward_bias": np.zeros(2), "outward": np.eye(2), "outward_bias": np.zeros(2)}
    networks = {1: network, 3: {**network, "outward_bias": np.ones(2)}}
    scorer = Scorer(["a", "b"], ["no", "yes"], np.array([[0.5, -1.0], [2.0, 0.25]], np.float32), networks, "mark")
    scorer.save(tmp_path / "x.npz")
    again = Scorer.load(tmp_path / "x.npz")
    dense = np.array([[1.0, -1.0], [0.5, 2.0], [0.0, 0.0]], np.float32)
    expected = [[4.5, 0.25], [2.0, 5.0], [2.5, 0.0]]
    assert again.scores([["a", "b", "unknown"], [], ["a"]], {1: dense, 2: -dense, 3: dense[::-1]}).tolist() == expected
    assert again.encoder == "mark"


def test_running_sums() -> None:
    vectors = np.random.default_rng(0).normal(size=(150, 4)).astype(np.float32)
    expected = np.concatenate([np.zeros((1, 4)), vectors.cumsum(axis=0)])
    np.testing.assert_allclose(event_arguments.sums(vectors), expected, atol=1e-4)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", features=np.array("a"))
    with pytest.raises(ValueError, match="no event model"):
        Scorer.load(tmp_path / "x.npz")


def test_the_shipped_models_belong_to_the_shipped_name_model(recwarn: pytest.WarningsRecorder) -> None:
    events.Events(ROOT / "pipeline" / "models" / "events", 0.4, 0.4)
    assert [w for w in recwarn if "name model" in str(w.message)] == []


def test_the_same_vectors_whether_the_name_stage_came_before_or_not(nlp: Language) -> None:
    text = f"近日,{TOWN}召开全体会议。\n{VILLAGE}建成水塔1座。"
    after = marked(text)
    spans = [(s.start_char, s.end_char, s.label_, r) for s, r in get_spans(after, MENTIONS)]
    spacy.blank("zh").add_pipe("news_names")(after)
    set_spans(after, MENTIONS, spans)
    alone, after = read(nlp, marked(text)), read(nlp, after)
    assert [e for _, e in get_spans(after, "events")] == [e for _, e in get_spans(alone, "events")] != []


@pytest.mark.torch
def test_practice_articles_are_read_with_their_events(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from pipeline.training.event_docs import practice_docs, practice_language

    (tmp_path / "x.txt").write_text(
        "#article news\nH 一个标题\nD 本报讯\nT 近日,云溪镇〔meeting|召开〕会议,将〔construction!|建设〕水塔1座。\nM L:云溪镇\n"
        "E a=云溪镇;t=近日\nE o=水塔;q=1座\n",
        encoding="utf-8",
    )
    ((doc, found),) = practice_docs(tmp_path / "x.txt", practice_language())
    assert [(e.kind, e.realis, doc.text[e.start : e.end]) for e in found] == [
        ("meeting", "actual", "召开"),
        ("construction", "planned", "建设"),
    ]
    assert {(a.role, doc.text[a.start : a.end]) for e in found for a in e.arguments} == {
        ("agent", "云溪镇"), ("time", "近日"), ("object", "水塔"), ("quantity", "1座"),
    }  # fmt: skip


@pytest.mark.torch
def test_an_event_whose_trigger_the_lexicon_lacks_is_told_by_the_longest_candidate_in_it() -> None:
    pytest.importorskip("torch")
    from pipeline.training.event_docs import GoldEvent
    from pipeline.training.events import Material, trigger_examples

    doc = Sentences()(marked("昨天,[清河县|PLACE]发生特大暴雨灾,村委会召开会议。"))
    start = doc.text.index("特大暴雨灾")
    event = GoldEvent("incident", "actual", start, start + len("特大暴雨灾"), ())
    found = event_triggers.candidates(View(doc))
    inside = [t.word for t in found if start <= t.start < event.end]
    assert "特大暴雨灾" not in inside
    assert "暴雨" in inside
    examples, _ = trigger_examples([Material((doc, [event]), 1.0, None)], [{}])
    told = [event_triggers.CLASSES[i] for i in examples.classes]
    assert told.count("incident") == 1
    assert len(told) == len(found) - len(inside) + 1  # the rest of what is inside tells neither it nor nothing


@pytest.mark.torch
def test_vectors_of_learnt_labels_are_not_believed_more_than_those_of_others() -> None:
    pytest.importorskip("torch")
    from pipeline.training.events import Examples, fit

    rng = np.random.default_rng(7)
    classes = [i % 2 for i in range(400)]
    places = [2 * i if i < 200 else 2 * i + 1 for i in range(400)]  # the network has learnt every second place
    dense = rng.normal(size=(400, 2))
    dense[:200, 0] = [
        2 * c - 1 for c in classes[:200]
    ]  # the vectors give the label away where it was learnt, and only there
    features = [["bias"] for _ in classes]
    examples = Examples(
        features, {3: dense.astype(np.float16)}, classes, np.ones((400, 2), dtype=bool), [1.0] * 400, places
    )
    shown = np.array([[-1, 0], [1, 0]], dtype=np.float32)

    def believed(blind: float) -> float:
        scores = fit(
            examples, ("no", "yes"), {3: 2}, epochs=60, hidden=8, batch=40, dropout=0.0, blind=blind, models={3: 1}
        ).scores([[], []], {3: shown})
        return float(np.ptp(scores[:, 1] - scores[:, 0]))

    assert believed(1.0) < believed(0.0) / 3


def test_semantic_roles_of_a_parser_are_one_voice_beside_the_classifier() -> None:
    found = [Candidate(0, 2, "P"), Candidate(2, 4, "T"), Candidate(6, 9, "N"), Candidate(9, 11, "Q")]
    chances = np.full((4, len(event_arguments.CLASSES)), 1 / len(event_arguments.CLASSES), dtype=np.float32)
    frame = Frame(4, 6, ((0, 4, "ARG0"), (2, 4, "ARGM-TMP"), (6, 11, "ARG1"), (2, 4, "ARGM-ADV")))
    heard = event_arguments.with_frames(chances, found, 4, 6, [frame])
    assert [event_arguments.CLASSES[i] for i in heard.argmax(axis=1)] == ["agent", "time", "object", "none"]
    assert np.allclose(heard.sum(axis=1), 1)
    assert np.array_equal(event_arguments.with_frames(chances, found, 11, 13, [frame]), chances)  # another's predicate
