"""Lexicon files load, and a slip in one is told with its file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.lexicon import FOLDER, LexiconError, load_tsv, load_yaml
from pipeline.lexicon.place_names import Finder as Names
from pipeline.lexicon.trie import Finder

HEAD = "# source: made for this test\n# licence: CC0\n"


@pytest.fixture
def tsv(tmp_path: Path):
    def write(body: str, head: str = HEAD) -> Path:
        path = tmp_path / "words.tsv"
        path.write_text(head + body, encoding="utf-8")
        return path

    return write


def test_rows_keep_order_cells_and_line(tsv):
    rows = load_tsv(tsv("word\tfactor\n公里\t1000\n\n# note\n米\n"), ("word", "factor"), optional=("factor",))
    assert [dict(row) for row in rows] == [{"word": "公里", "factor": "1000"}, {"word": "米", "factor": ""}]
    assert [row.line for row in rows] == [4, 7]
    assert rows[0].number("factor") == 1000


@pytest.mark.parametrize(
    ("body", "where", "what"),
    [
        ("word\tfactor\n公里\tx\n", "line 4, column factor", "not a number"),
        ("word\tfactor\n公里\t1\n公里\t2\n", "line 5, column word", "already on line 4"),
        ("word\tfactor\n\t2\n", "line 4, column word", "empty"),
        ("word\tfactor\n公里 \t2\n", "line 4, column word", "white space"),
        ("word\tfactor\n公里\t2\t3\n", "line 4", "3 cells for 2 columns"),
        ("word\tother\n", "line 3", "expected"),
        ("", "line", "names of the columns"),
    ],
)
def test_a_slip_is_told_with_its_place(tsv, body, where, what):
    path = tsv(body)
    with pytest.raises(LexiconError, match=what) as error:
        [row.number("factor") for row in load_tsv(path, ("word", "factor"), key=("word",))]
    assert "words.tsv" in str(error.value)
    assert where in str(error.value)


def test_a_value_outside_the_vocabulary_is_told(tsv):
    (row,) = load_tsv(tsv("word\tkind\n米\twidth\n"), ("word", "kind"))
    with pytest.raises(LexiconError, match=r"line 4, column kind.*not one of"):
        row.choice("kind", ("length", "mass"))


def test_source_and_licence_are_asked_for(tsv):
    with pytest.raises(LexiconError, match="licence"):
        load_tsv(tsv("word\n米\n", head="# source: here\n"), ("word",))


def test_yaml_slips_are_told_with_line_and_column(tmp_path):
    path = tmp_path / "words.yaml"
    path.write_text(HEAD + "a: [1]\nb: [\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"words.yaml, line \d+, column \d+"):
        load_yaml(path)
    path.write_text(HEAD + "a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="line 4, column 1: key 'a' twice"):
        load_yaml(path)
    path.write_text(HEAD + "a: 1\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="expected"):
        load_yaml(path, keys=("a", "b"))
    assert load_yaml(path, keys=("a",)) == {"a": 1}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_yaml_lexicon_loads(path):
    assert load_yaml(path)


def test_finder_takes_the_leftmost_and_longest_word():
    finder = Finder(["书记", "党支部书记", "副书记", "记者"])
    text = "副书记者、党支部书记书"
    assert [text[a:b] for a, b in finder.find(text)] == ["副书记", "党支部书记"]
    assert list(finder.find("副书记")) == [(0, 3)]
    assert list(Finder(["书记", "书记员", "书记员们"]).find("书记")) == [(0, 2)]
    assert not list(finder.find("书"))
    with pytest.raises(ValueError, match="too short"):
        Finder(["长"])


def test_a_name_at_the_end_of_a_text_ends_there() -> None:
    """东岭 ends the text, where 东岭区 would go on."""
    names = Names({"东岭": "short", "东岭区": "full"})
    assert list(names.find("来自东岭", lambda *_: False)) == [(2, 4, "short")]
    assert list(names.find("来自东岭区", lambda *_: False)) == [(2, 5, "full")]
