"""What quantities count or measure: the candidates, the answers given together, the shipped model."""

from __future__ import annotations

import re

import numpy as np
import pytest
from spacy.tokens import Doc

from pipeline.language.document import QUANTITIES, get_spans, make_doc, text_of
from pipeline.records import Article, Page, Segment
from pipeline.stages.object_model import TIES, TURNS, Opinion, answers, ties, turns
from pipeline.stages.object_reading import Reading, narrowed, read
from pipeline.stages.objects import create_objects
from pipeline.training.counted import language


def article(text: str) -> Doc:
    lines = tuple(Segment("body", m.start(), m.end(), True) for m in re.finditer(".+", text))
    doc = make_doc(NLP, Page("p", "p", "", "utf-8", text), Article(0, "news", None, None, (), lines))
    for _, pipe in NLP.pipeline:
        pipe(doc)
    return doc


NLP = language()


def candidates(doc: Doc, quantity: int) -> set[str]:
    reading = read(doc)
    mine = reading.pairs.which[reading.pairs.owner == quantity]
    return {text_of(doc)[a:b] for a, b in reading.spans[mine]}


def opinion(doc: Doc, reading: Reading, likes: dict[tuple[int, str], float], **more: np.ndarray) -> Opinion:
    """Scores as told for (quantity, words), -5 for other words, 0 for nothing."""
    words = [text_of(doc)[a:b] for a, b in reading.spans]
    pairs = [likes.get((int(q), words[s]), -5.0) for q, s in zip(reading.pairs.owner, reading.pairs.which, strict=True)]
    scores = {"turns": np.zeros(TURNS, np.float32), "ties": np.zeros(TIES, np.float32)} | more
    return Opinion(np.zeros(len(reading.quantities), np.float32), np.array(pairs, np.float32), **scores)


def found(doc: Doc, reading: Reading, scores: Opinion) -> list[str | None]:
    return [text_of(doc)[a[0] : a[1]] if a else None for a, _ in answers(reading, text_of(doc), scores)]


def test_candidates_are_whole_words_of_the_clause_and_hold_closed_brackets_only() -> None:
    doc = article("全县9个乡镇(街道)新建“口袋公园”12处。明年再建。")
    near = candidates(doc, 0)
    assert {"乡镇", "乡镇(街道)"} <= near
    assert "乡镇(街道" not in near
    assert not any("。" in words for words in near)
    assert "口袋公园" in candidates(doc, 1)
    assert "“口袋公园”" not in candidates(doc, 1)  # the marks are no part of the thing


def test_no_candidate_crosses_a_paragraph_or_the_quantity() -> None:
    doc = article("村里有水塘3口。")
    assert candidates(doc, 0)
    assert not any("3" in words or "口" in words for words in candidates(doc, 0))


@pytest.mark.parametrize("between", range(3, 9))  # however long: not even where as many rows stand between
def test_no_candidate_stands_in_another_paragraph(between: int) -> None:
    doc = article(f"村里有水塘3口。\n{'好' * between}\n渠道修了5里。")
    assert "渠道" in candidates(doc, 1)
    assert "水塘" not in candidates(doc, 1)
    assert read(doc).clauses.tolist() == [-1, -1]


def test_articles_read_together_are_read_as_each_alone() -> None:
    docs = [article("查出问题47个,已整改41个。"), article("村里有水塘3口。"), article("老人领到毛巾3条。")]
    together, at, after = read(*docs), 0, 0
    for doc in docs:
        alone, size = read(doc), len(text_of(doc))
        own = [(a - at, b - at) for a, b in together.spans.tolist() if at <= a < at + size]
        assert own == [tuple(span) for span in alone.spans.tolist()]
        count = len(alone.quantities)
        pairs = np.diff(together.pairs.first)[after : after + count]
        assert pairs.tolist() == np.diff(alone.pairs.first).tolist()
        assert together.clauses[after : after + count].tolist() == alone.clauses.tolist()
        at, after = at + size + 1, after + count


def test_the_same_words_twice_are_one_answer() -> None:
    """Two places of one word at .3 each beat another word at .4."""
    doc = article("毛巾发了又发,老人领到毛巾3条。")
    reading = read(doc)
    scores = opinion(doc, reading, {(0, "毛巾"): 1.0, (0, "老人"): 1.4})
    assert found(doc, reading, scores) == ["毛巾"]


def test_an_answer_takes_the_one_before_into_account() -> None:
    doc = article("查出问题47个,已整改41个。")
    reading = read(doc)
    likes = {(0, "问题"): 3.0, (1, "问题"): -1.0}
    assert found(doc, reading, opinion(doc, reading, likes)) == ["问题", None]
    again = np.zeros(TIES, np.float32)
    again[ties(np.array(1), np.array(1), 1, int(reading.clauses[1]))] = 4.0
    assert found(doc, reading, opinion(doc, reading, likes, ties=again)) == ["问题", "问题"]


def test_a_later_answer_can_turn_an_earlier_one() -> None:
    """Where the first alone is a toss-up, the pattern of both decides."""
    doc = article("发放毛巾3条,牙刷5支。")
    reading = read(doc)
    likes = {(0, "毛巾"): -0.1, (1, "牙刷"): 5.0}
    assert found(doc, reading, opinion(doc, reading, likes)) == [None, "牙刷"]
    pattern = np.zeros(TURNS, np.float32)
    pattern[turns(1, 1, int(reading.clauses[1]))] = 3.0  # before its quantity, and so again
    pattern[turns(0, 1, int(reading.clauses[1]))] = -3.0
    assert found(doc, reading, opinion(doc, reading, likes, turns=pattern)) == ["毛巾", "牙刷"]


@pytest.mark.parametrize(
    ("text", "one", "several", "right"),
    [
        ("会场来了60名学员及家长。", "学员", "学员及家长", "学员及家长"),
        ("院里种了桃树和梨树60棵。", "梨树", "桃树和梨树", "桃树和梨树"),
        ("院里种了桃树5棵和梨树60棵。", "梨树", "桃树5棵和梨树", "梨树"),  # each has a figure of its own
        ("院里种了60棵桃树和梨树5棵。", "桃树", "桃树和梨树", "桃树"),
        ("院里种了桃树、梨树60棵。", "梨树", "桃树、梨树", "梨树"),  # a list may go on with other figures
    ],
)
def test_one_of_several_things_under_a_figure_stands_for_all(text: str, one: str, several: str, right: str) -> None:
    doc = article(text)
    reading = read(doc)
    number = next(i for i, (_, _, q) in enumerate(reading.quantities) if q.value == 60)
    scores = opinion(doc, reading, {(number, one): 2.0, (number, several): 0.0})
    assert found(doc, reading, scores)[number] == right
    scores = opinion(doc, reading, {(number, one): 2.0})  # all of them are very unlikely
    assert found(doc, reading, scores)[number] == one


def test_narrowed_keeps_the_best_pairs_of_each_quantity() -> None:
    doc = article("发放毛巾3条,牙刷5支。")
    reading = read(doc)
    scores = np.arange(len(reading.pairs.which), dtype=np.float32)
    fewer, kept = narrowed(reading, scores, 2)
    assert np.bincount(fewer.pairs.owner).tolist() == [2, 2]
    assert scores[kept].tolist() == [*scores[reading.pairs.owner == 0][-2:], *scores[reading.pairs.owner == 1][-2:]]
    assert (fewer.spans[fewer.pairs.which] == reading.spans[reading.pairs.which[kept]]).all()


@pytest.fixture(scope="module")
def stage():  # type: ignore[no-untyped-def]
    return create_objects(NLP, "news_objects", "builtin", "builtin")


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("镇里新修水泥路12公里,安装路灯300盏。", ["水泥路", "路灯"]),
        ("活动现场,20余名志愿者为居民发放宣传手册500余份。", ["志愿者", "宣传手册"]),
        ("去年全村集体收入80万元,同比增长12%。", ["集体收入", "集体收入"]),
        ("他走了3个多小时。", [None]),
    ],
)
def test_the_shipped_model_finds_what_is_counted(stage, text: str, objects: list[str | None]) -> None:  # type: ignore[no-untyped-def]
    doc = stage(article(text))
    found = [q.object for _, q in get_spans(doc, QUANTITIES)]
    assert [o and o[-2:] for o in found] == [o and o[-2:] for o in objects]
    for span, q in get_spans(doc, QUANTITIES):
        assert 0 < q.score <= 1
        assert q.object_span is None or text[q.object_span[0] : q.object_span[1]] == q.object
        assert span.text


def test_an_article_without_quantities_passes(stage) -> None:  # type: ignore[no-untyped-def]
    assert get_spans(stage(article("村里很安静。")), QUANTITIES) == []
