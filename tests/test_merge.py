"""The merge gives the same tables whatever part of the run it holds in memory at once."""

from __future__ import annotations

import shutil

import pytest
from conftest import ROOT, read_tables, run_default

from pipeline.tables import merge

TOLD = "社区忙春耕\n\n本报讯 昨日,杭州市西湖区安小川书记到访。杭州市西湖区教育局局长安小川出席,有{number}人参加。\n"


@pytest.mark.parametrize("most", [2, 7])
def test_entities_and_people_do_not_depend_on_how_rows_are_dealt_out(tmp_path, monkeypatch, most):
    pages = tmp_path / "in"
    pages.mkdir()
    for path in sorted((ROOT / "tests" / "gold" / "dev" / "pages").glob("*.txt"))[:4]:
        shutil.copy(path, pages)
    for number in (1, 2):
        (pages / f"{number}.txt").write_text(TOLD.format(number=number), encoding="utf-8")
    settings = ("run.shard_characters=1000",)
    whole = run_default(tmp_path / "out", pages, overrides=settings)
    expected = read_tables(whole.output)
    assert expected["entities"].num_rows > 100
    monkeypatch.setattr(merge, "_SHARDS_A_PARTITION", 1)
    monkeypatch.setattr(merge, "_MOST_PARTITIONS", most)
    monkeypatch.setattr(merge, "_BATCH", 3)
    assert run_default(tmp_path / "out", pages, overrides=settings).manifest["shards_reused"] >= 3
    assert read_tables(whole.output) == expected
    order = [(row["type"], row["canonical"] or "", row["entity_id"]) for row in expected["entities"].to_pylist()]
    assert order == sorted(order)
    people = [row for row in expected["entities"].to_pylist() if row["type"] == "PER"]
    assert any(row["articles"] > 1 for row in people)
