"""The Doc of an article: what column breaks do, exact spans, sentences, and the way back to the raw page."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.folding import fold
from pipeline.language.document import MENTIONS, QUANTITIES, article_text, get_spans, make_doc, sentence_of, set_spans
from pipeline.offsets import OffsetMap, raw_equal
from pipeline.records import Article, Mention, Page, Quantity, Segment

NLP = spacy.blank("zh")
NLP.add_pipe("news_sentences") if NLP.has_factory("news_sentences") else None


def article_of(raw: str, *segments: Segment) -> tuple[Page, Article]:
    return Page("p", "s", "0", "utf-8", raw), Article(0, "news", None, None, (), segments)


def doc_of(text: str):
    import pipeline.stages.sentences

    page, article = article_of(text, Segment("body", 0, len(text)))
    doc = make_doc(NLP, page, article)
    return pipeline.stages.sentences.Sentences()(doc)


def segments(raw: str, *texts: tuple[str, str, bool]) -> list[Segment]:
    return [Segment(role, raw.index(t), raw.index(t) + len(t), new) for role, t, new in texts]


def test_a_paragraph_cut_by_a_column_break_is_joined():
    raw = "大会在北\n\n湖镇举行。\n\n第二段。"
    page, article = article_of(
        raw, *segments(raw, ("body", "大会在北", True), ("body", "湖镇举行。", False), ("body", "第二段。", True))
    )
    text, offsets = article_text(page, article)
    assert text == "大会在北湖镇举行。\n第二段。"
    start = text.index("北湖镇")
    assert offsets.to_raw(start, start + 3) == (raw.index("北"), raw.index("镇") + 1)


def test_what_stands_on_one_line_stays_on_one_line():
    raw = "本报讯 (记者 宁 远) 近日,天晴。"
    page, article = article_of(
        raw, *segments(raw, ("dateline", "本报讯 (记者 宁 远)", True), ("body", "近日,天晴。", True))
    )
    assert article_text(page, article)[0] == raw


def test_latin_words_are_not_glued_together():
    raw = "用 open\n\nsource 软\n件"
    page, article = article_of(raw, Segment("body", 0, len(raw)))
    assert article_text(page, article)[0] == "用 open source 软件"


def test_a_headline_at_the_foot_comes_first_and_no_span_runs_over_the_seam():
    raw = "正文在前。\n\n标题在后"
    page, article = article_of(raw, *segments(raw, ("headline", "标题在后", True), ("body", "正文在前。", True)))
    text, offsets = article_text(page, article)
    assert text == "标题在后\n正文在前。"
    with pytest.raises(ValueError, match="one stretch"):
        offsets.to_raw(0, 6)


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (1, 9)])
def test_a_span_outside_the_article_is_refused(span):
    with pytest.raises(ValueError, match="no span"):
        OffsetMap(range(4)).to_raw(*span)


def test_spans_are_exact_whatever_the_words():
    doc = doc_of("东湖社区书记宁远说,今年修路三条。")
    set_spans(doc, QUANTITIES, [(14, 16, "count", Quantity(3, 3, 3, "条", "eq", "count"))])
    set_spans(doc, MENTIONS, [(6, 8, "PER", Mention("PER")), (0, 4, "PLACE", Mention("PLACE", "community"))])
    assert [(s.text, s._.mention.type) for s in doc.spans[MENTIONS]] == [("东湖社区", "PLACE"), ("宁远", "PER")]
    ((span, record),) = get_spans(doc, QUANTITIES)
    assert (span.text, record.value, span._.quantity.unit) == ("三条", 3, "条")


def test_a_word_that_a_name_cuts_is_split_and_the_other_groups_follow():
    nlp = spacy.blank("zh")
    doc = spacy.tokens.Doc(nlp.vocab, words=["东湖", "社区书", "记宁远说", "。"], spaces=[False] * 4)
    set_spans(doc, QUANTITIES, [(9, 10, "count", "later")])
    set_spans(doc, MENTIONS, [(0, 4, "PLACE", "a"), (6, 8, "PER", "b")])
    assert [t.text for t in doc] == ["东湖", "社区", "书", "记", "宁远", "说", "。"]
    assert [s.text for s in doc.spans[QUANTITIES]] == ["。"]
    assert [r for _, r in get_spans(doc, QUANTITIES)] == ["later"]


def test_two_records_may_share_a_place_under_two_labels():
    doc = doc_of("举行成立大会。")
    set_spans(doc, "events", [(0, 2, "meeting", 1), (0, 2, "founding", 2)])
    assert sorted(record for _, record in get_spans(doc, "events")) == [1, 2]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("天晴了。他说:“走吧!”大家都走了", ["天晴了。", "他说:“走吧!”", "大家都走了"]),
        ("一行\n又一行……再来", ["一行", "又一行……", "再来"]),
        ("增长3.5%。完", ["增长3.5%。", "完"]),
    ],
)
def test_sentences_end_behind_their_closing_quotes(text, sentences):
    doc = doc_of(text) if "\n" not in text else None
    if doc is None:
        raw = text
        first, second = text.split("\n")
        page, article = article_of(raw, *segments(raw, ("body", first, True), ("body", second, True)))
        import pipeline.stages.sentences

        doc = pipeline.stages.sentences.Sentences()(make_doc(NLP, page, article))
    found, at = [], 0
    while at < len(doc.text):
        start, end = sentence_of(doc, at, at + 1)
        found.append(doc.text[start:end])
        at = end + (doc.text[end : end + 1] == "\n")
    assert found == sentences


@given(st.text(max_size=200))
def test_the_folded_view_has_the_length_of_the_text(text):
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="大王镇 ab1。,\n　\r", max_size=80), st.data())
def test_every_span_within_a_line_goes_back_to_its_print(raw, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=6)))
    pieces = [Segment("body", a, b, data.draw(st.booleans())) for a, b in pairwise(cuts) if raw[a:b].strip()]
    pieces = data.draw(st.permutations(pieces))
    page, article = article_of(raw, *pieces)
    text, offsets = article_text(page, article)
    assert len(offsets) == len(text)
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = at + line.index(stripped)
            low, high = offsets.to_raw(start, start + len(stripped))
            assert raw_equal(raw, low, high, stripped)
        at += len(line) + 1


def test_the_only_word_of_an_article_may_be_cut_in_two() -> None:
    import pipeline.stages.sentences

    doc = Doc(NLP.vocab, words=["四十二人"])
    pipeline.stages.sentences.Sentences()(doc)
    set_spans(doc, QUANTITIES, [(0, 3, "count", None)])
    assert sentence_of(doc, 0, 1) == (0, 4)
