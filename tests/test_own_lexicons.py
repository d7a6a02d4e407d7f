"""A user's own additions to the lexicons: they add and replace, and a slip in them is named before a page is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.config import Config, ConfigError, parse_config
from pipeline.lexicon import LexiconError, load_tsv, load_yaml, use_own
from pipeline.stages.units import units

UNITS = ("unit", "name", "dimension", "kind", "si_unit", "factor", "not_before")
OPTIONAL = ("si_unit", "factor", "not_before")
STAGES = {"news_sentences": {}, "news_times": {}, "news_quantities": {}}


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    use_own([])


def config(folder: Path) -> Config:
    return parse_config({"language": {"lexicons": [str(folder)]}, "stages": STAGES})


def test_rows_are_added_and_those_of_the_same_key_replaced(tmp_path):
    shipped = {row["unit"]: row for row in load_tsv("units.tsv", UNITS, OPTIONAL, ("unit",))}
    (tmp_path / "units.tsv").write_text(
        "unit\tname\tdimension\tkind\n拖斗\t拖斗\tcount\tcount\n米\t米尺\tlength\tlength\n"
    )
    use_own([tmp_path])
    rows = {row["unit"]: row for row in load_tsv("units.tsv", UNITS, OPTIONAL, ("unit",))}
    assert set(rows) == {*shipped, "拖斗"}
    assert (rows["米"]["name"], rows["米"]["factor"]) == ("米尺", "")
    assert rows["厘米"] == shipped["厘米"]


def test_a_spreadsheet_may_put_its_mark_of_utf8_before_the_first_column(tmp_path):
    (tmp_path / "units.tsv").write_text("unit\tname\tdimension\tkind\n拖斗\t拖斗\tcount\tcount\n", encoding="utf-8-sig")
    use_own([tmp_path])
    assert "拖斗" in units()


def test_lists_of_a_yaml_lexicon_are_added_to(tmp_path):
    shipped = load_yaml("posts.yaml")
    (tmp_path / "posts.yaml").write_text("roles:\n  - {words: [护渠员]}\n", encoding="utf-8")
    use_own([tmp_path])
    added = load_yaml("posts.yaml")
    assert added["roles"] == [{"words": ["护渠员"]}, *shipped["roles"]]
    assert added["heads"] == shipped["heads"]


def test_what_was_cached_of_a_lexicon_is_read_again(tmp_path):
    assert "拖斗" not in units()
    (tmp_path / "units.tsv").write_text("unit\tname\tdimension\tkind\n拖斗\t拖斗\tcount\tcount\n")
    use_own([tmp_path])
    assert "拖斗" in units()
    use_own([])
    assert "拖斗" not in units()


def test_a_run_notices_that_a_file_of_the_folder_changed(tmp_path):
    (tmp_path / "units.tsv").write_text("unit\tname\tdimension\tkind\n拖斗\t拖斗\tcount\tcount\n")
    before = config(tmp_path).fingerprint()
    assert config(tmp_path).fingerprint() == before
    (tmp_path / "units.tsv").write_text("unit\tname\tdimension\tkind\n拖斗\t集装箱\tcount\tcount\n")
    assert config(tmp_path).fingerprint() != before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("unitz.tsv", "", "unitz.tsv: there is no lexicon of this name"),
        ("units.tsv", "unit name\n", "units.tsv, line 1: columns are .* parted by tabs"),
        (
            "units.tsv",
            "unit\tname\tdimension\tkind\n拖斗\t拖斗\tcount\tthing\n",
            "units.tsv, line 2, column kind: 'thing'",
        ),
        ("units.tsv", "unit\tname\tdimension\tkind\n拖斗\t拖斗\n", "units.tsv, line 2, column dimension: empty"),
        (
            "units.tsv",
            "unit\tname\tdimension\tkind\n拖斗\t拖斗\tlenght\tlength\n",
            "units.tsv, line 2, column dimension: 'lenght' is not one of",
        ),
        ("posts.yaml", "role: []\n", "posts.yaml, line 1: there is no key 'role'"),
        ("posts.yaml", "roles: 3\n", "roles.* must be a list"),
        ("posts.yaml", "roles: [\n", "posts.yaml, line 2"),
    ],
)
def test_a_slip_is_told_when_the_language_is_built(name, content, said, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"language.lexicons: .*{said}"):
        pipeline.build(config(tmp_path))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere: there is no such folder"):
        pipeline.build(config(tmp_path / "nowhere"))
    with pytest.raises(LexiconError):
        use_own([tmp_path / "nowhere"])
