"""The documents say what the program does: generated pages are current, links lead somewhere, figures are the recorded ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT
from readme import EXAMPLE, EXAMPLE_ROWS, MARKS, table, with_example, with_figures

from pipeline.dictionary import ROWS, dictionary
from pipeline.records import TABLES

PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_data_dictionary_is_current_and_whole():
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == "\n".join(dictionary()) + "\n", (
        "write it anew: python -m pipeline.dictionary > docs/tables.md"
    )
    assert set(ROWS) == set(TABLES)
    assert all(field.metadata and field.metadata[b"description"] for schema in TABLES.values() for field in schema)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_the_documents_lead_somewhere(path: Path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    targets = [t.partition("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if not t.startswith(("http", "#"))]
    assert [t for t in targets if not (path.parent / t).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_accuracy_table_holds_the_recorded_figures(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert all(mark in text for mark in MARKS)
    assert with_figures(text, chinese=".zh." in name) == text, "refresh it: python -m tests.readme"


def test_the_table_shows_what_the_baseline_says():
    baseline = json.loads((ROOT / "tests" / "accuracy_baseline.json").read_text(encoding="utf-8"))
    rows = table(baseline)
    people = next(row for row in rows if row.startswith("| people"))
    assert [cell.strip() for cell in people.split("|")[2:5]] == [f"{baseline[s]['PER']:.2f}" for s in baseline]


def test_the_example_gives_the_rows_that_the_readme_shows():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_example(text) == text, "refresh it: python -m tests.readme"
    assert len(EXAMPLE_ROWS.findall(text)) == 4


def test_both_readmes_show_the_same_example():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    assert EXAMPLE.findall(english) == EXAMPLE.findall(chinese)
    shown = EXAMPLE_ROWS.findall(chinese)
    assert shown
    assert set(shown) <= set(EXAMPLE_ROWS.findall(english))


def test_both_readmes_have_the_commands_that_are_promised():
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "\npip install . && python -m pipeline.run configs/default.yaml\n" in text
        assert "\npip install '.[test]' && python -m pytest\n" in text
