"""What was marked in public text is found again in it, and in no other."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("torch")  # training is an extra

from pipeline.language.document import QUANTITIES, get_spans
from pipeline.training import counted
from pipeline.training.corpora import read_marked
from pipeline.training.event_docs import GoldArgument, reading_docs, reading_language
from pipeline.training.readings import digest_of, named, pieces

BEFORE, PIECE = "前一句。", "6月3日，临河县柳湾村党支部书记纪春田走访慰问老党员。"
NAMES = [("临河县", "PLACE"), ("柳湾村", "PLACE"), ("党支部书记", "POST"), ("纪春田", "PER")]


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"text": "不相干"}) + "\n" + json.dumps({"text": BEFORE + "\n" + PIECE}) + "\n")
    return {"news": str(path)}


def mark(folder: Path, marks: str, digest: str = digest_of(PIECE)) -> Path:
    folder.mkdir()
    (folder / "01.tsv").write_text(f"news:1:{len(BEFORE)}:{len(PIECE)}:{digest}\t{marks}\n", encoding="utf-8")
    return folder


def span(word: str) -> tuple[int, int]:
    return PIECE.index(word), PIECE.index(word) + len(word)


def test_names_are_found_in_their_text_with_the_level_that_their_last_character_tells(tmp_path, sources):
    marks = ";".join("{} {} {}".format(*span(word), kind) for word, kind in NAMES)
    (paragraph,) = named(mark(tmp_path / "names", marks), sources)
    assert paragraph.text == PIECE
    assert [(paragraph.text[a:b], kind) for a, b, kind, _ in paragraph.mentions] == NAMES
    assert [level for *_, level in paragraph.mentions] == ["county", "village", None, None]


def test_lines_of_our_own_carry_their_names_in_them(tmp_path):
    line = "〔PER|纪春田〕说,〔PLACE|柳湾村〕〔PLACE|望河公园〕开放了。"
    (tmp_path / "01.txt").write_text(line + "\n没有名字的一句。\n", encoding="utf-8")
    first, second = read_marked(tmp_path)
    assert first.text == "纪春田说,柳湾村望河公园开放了。"
    names = [(first.text[a:b], kind, level) for a, b, kind, level in first.mentions]
    assert names == [("纪春田", "PER", None), ("柳湾村", "PLACE", "village"), ("望河公园", "PLACE", None)]
    assert (second.text, second.mentions) == ("没有名字的一句。", [])


def test_other_text_than_was_marked_is_refused(tmp_path, sources):
    with pytest.raises(ValueError, match=r"news\.jsonl\.gz, row 1"):
        list(pieces(mark(tmp_path / "names", "", digest="0" * 8), sources))


def test_words_with_tags_are_read_as_text(tmp_path):
    path = tmp_path / "words.txt.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("６月/t  ３日/t  ，/w  柳湾村/ns  \n")
    text = "６月３日，柳湾村"
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "01.tsv").write_text(f"words:0:0:{len(text)}:{digest_of(text)}\t\n", encoding="utf-8")
    assert [piece.text for piece in pieces(folder, {"words": str(path)})] == [text]


def test_events_come_with_their_arguments_and_the_names_that_the_pipeline_finds(tmp_path, sources):
    parts = ["{} {} visit!".format(*span("走访慰问")), "{} {} agent".format(*span("纪春田"))]
    ((doc, (event,)),) = reading_docs(mark(tmp_path / "events", ",".join(parts)), sources, reading_language())
    assert (event.kind, event.realis, doc.text[event.start : event.end]) == ("visit", "planned", "走访慰问")
    assert event.arguments == (GoldArgument("agent", *span("纪春田")),)
    assert "纪春田" in [span.text for span in doc.spans["mentions"]]


def test_quantities_come_with_what_they_count_if_they_were_marked(tmp_path, sources):
    text = "村里修路12公里，栽树300棵，历时40天。"
    with gzip.open(sources["news"], "at", encoding="utf-8") as file:
        file.write(json.dumps({"text": text}) + "\n")
    folder = tmp_path / "counted"
    folder.mkdir()
    at = text.index
    marks = f"{at('12')} {at('，')} {at('路')} {at('路') + 1};{at('40')} {at('。')}"
    line = f"news:2:0:{len(text)}:{digest_of(text)}\t{marks};{at('历')} {at('40')}"  # the last is none that we find
    (folder / "01.tsv").write_text(line + "\n", encoding="utf-8")
    (doc,) = counted.marked(folder, sources, counted.language())
    found = [(s.text, q.object, q.object_span) for s, q in get_spans(doc, QUANTITIES)]
    assert found == [("12公里", "路", (3, 4)), ("40天", None, None)]
