"""Paragraphs with counted things (corpus/counted): their format, and that ours keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.language.document import QUANTITIES, get_spans
from pipeline.training.counted import Counted, language, paragraphs, place, read

FOLDER = Path(__file__).parent.parent / "corpus" / "counted"


def test_quantities_of_a_paragraph_get_the_objects_of_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("T 村里有水塘3口,修路2公里,新添路灯40盏。\nQ 3口=水塘\nQ 5亩=水塘\nQ 40盏=-\n", encoding="utf-8")
    (paragraph,) = paragraphs(file)
    doc, complaints = read(paragraph, language())
    assert [(s.text, q.object) for s, q in get_spans(doc, QUANTITIES)] == [("3口", "水塘"), ("40盏", None)]
    assert complaints == ["3: 5亩 is not found as a quantity", "1: 2公里 is not listed"]


@pytest.mark.parametrize(("side", "span"), [("", (6, 8)), ("<", (0, 2)), (">", (6, 8))])
def test_an_object_is_taken_nearest_or_on_the_side_asked_for(side: str, span: tuple[int, int]) -> None:
    assert place("毛巾发了3条毛巾", Counted(1, "3条", "毛巾", side), (4, 6)) == span


def test_a_line_that_is_none_of_the_format_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("T 水塘3口。\nQ 3口 水塘\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.txt:2"):
        list(paragraphs(file))


def test_the_files_of_the_corpus_fit_what_our_stages_find() -> None:
    """A change of the stages may lose a few; when many go, the files must be mended."""
    nlp, right, wrong = language(), 0, 0
    for path in sorted(FOLDER.glob("*.txt")):
        for paragraph in list(paragraphs(path))[:40]:
            doc, complaints = read(paragraph, nlp)
            right, wrong = right + len(doc.spans[QUANTITIES]), wrong + len(complaints)
    assert right > 10
    assert wrong <= 0.03 * right
