"""A run: every table, true offsets, the same rows whatever engine, order of failure or number of tries."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from conftest import DEFAULT, PAGES, ROOT, command, files, read_tables, run_default

from pipeline.config import ConfigError
from pipeline.job import _sole_writer
from pipeline.offsets import raw_equal
from pipeline.records import TABLES
from pipeline.run import _Bar

SMALL_SHARDS = ("run.shard_characters=1000",)


def shards(output: Path) -> dict[str, float]:
    """Finished shards with the time they were written."""
    return {p.name: p.stat().st_mtime_ns for p in (output / ".work" / "shards").iterdir()}


# -------------------------------------------------------------------------------------------------- the tables
def test_every_table_has_rows_on_the_seed_pages_and_nothing_fails(seed_run):
    rows = {name: len(pd.read_parquet(seed_run.output / name)) for name in TABLES}
    assert rows == seed_run.rows
    assert rows.pop("failures") == 0
    assert rows["pages"] == 5
    assert all(rows.values()), rows


def test_tables_have_the_schema_of_the_contract(seed_run):
    for name, table in read_tables(seed_run.output).items():
        assert table.schema.equals(TABLES[name]), name


def test_the_raw_slice_of_every_row_is_its_text(seed_run):
    tables = read_tables(seed_run.output)
    raw = dict(zip(*(tables["pages"].column(c).to_pylist() for c in ("page_id", "text")), strict=True))
    checked = 0
    for name, text in [(n, "text") for n in ("mentions", "officials", "quantities", "times", "event_arguments")] + [
        ("events", "trigger")
    ]:
        for row in tables[name].to_pylist():
            assert raw_equal(raw[row["page_id"]], row["start"], row["end"], row[text]), (name, row)
            checked += 1
    for row in tables["quantities"].to_pylist():
        if row["object"] is not None and row["object_start"] is not None:
            assert raw_equal(raw[row["page_id"]], row["object_start"], row["object_end"], row["object"])
    for row in tables["articles"].to_pylist():
        body = "".join(raw[row["page_id"]][p["start"] : p["end"]] for p in row["parts"])
        assert raw_equal(body, 0, len(body), row["text"])
        if row["headline"]:
            assert raw_equal(raw[row["page_id"]], row["headline_start"], row["headline_end"], row["headline"])
    assert checked > 1000


def test_identifiers_are_unique_and_references_lead_somewhere(seed_run):
    tables = read_tables(seed_run.output)
    ids = {}
    for name, column in {
        "pages": "page_id", "articles": "article_id", "mentions": "mention_id", "entities": "entity_id",
        "quantities": "quantity_id", "times": "time_id", "events": "event_id",
    }.items():  # fmt: skip
        values = tables[name].column(column).to_pylist()
        assert len(values) == len(set(values)), name
        ids[column] = set(values)
    for name in ("mentions", "officials", "quantities", "times", "events", "event_arguments"):
        assert set(tables[name].column("article_id").to_pylist()) <= ids["article_id"]
    assert set(tables["mentions"].column("entity_id").to_pylist()) - {None} == ids["entity_id"]
    assert set(tables["officials"].column("person_id").to_pylist()) <= ids["entity_id"]
    assert set(tables["quantities"].column("event_id").to_pylist()) - {None} <= ids["event_id"]
    referred = {"entity": "entity_id", "quantity": "quantity_id", "time": "time_id"}
    for row in tables["event_arguments"].to_pylist():
        assert row["ref_type"] is None or row["ref_id"] in ids[referred[row["ref_type"]]]
    for name in ("communities", "villages"):
        assert set(tables[name].column("entity_id").to_pylist()) <= ids["entity_id"]


def test_the_manifest_tells_what_was_run(seed_run):
    manifest = json.loads((seed_run.output / "run.json").read_text(encoding="utf-8"))
    assert manifest["schema_version"] == 1
    assert manifest["pages"] == 5
    assert manifest["characters"] == sum(len(p.read_bytes().decode()) for p in (ROOT / "seeds").glob("*.txt"))
    assert manifest["rows"]["failures"] == manifest["failures"] == 0
    assert manifest["configuration"]["run"]["engine"] == "serial"
    assert {"spacy", "pyarrow"} <= set(manifest["versions"]["libraries"])
    assert all(len(m["sha256"]) == 64 for m in manifest["versions"]["models"].values())


def test_a_part_holds_the_configured_number_of_rows(tmp_path):
    result = run_default(tmp_path / "out", PAGES[0], overrides=("output.rows_per_part=10",))
    parts = sorted((result.output / "mentions").iterdir())
    assert [len(pd.read_parquet(p)) for p in parts[:-1]] == [10] * (len(parts) - 1)
    assert len(parts) == -(-result.rows["mentions"] // 10)


# -------------------------------------------------------------------------------------------------- failures
def test_a_bad_input_is_a_row_of_failures_and_the_run_goes_on(pages, tmp_path):
    good = len(list(pages.iterdir()))
    (pages / "copy.txt").write_bytes(PAGES[0].read_bytes())
    (pages / "empty.txt").write_bytes(b"")
    (pages / "noise.txt").write_bytes(bytes(range(256)) * 10)
    (pages / "table.xlsx").write_bytes(b"PK")
    result = run_default(tmp_path / "out", pages)
    failures = pd.read_parquet(result.output / "failures")
    assert sorted(failures["error"]) == ["binary", "duplicate", "empty", "unknown_format"]
    assert all(len(m) > 30 for m in failures["message"])
    assert result.rows["pages"] == good


def test_an_article_that_a_stage_fails_on_is_reported_and_no_other_is_lost(pages, tmp_path, monkeypatch):
    import pipeline.stages.sentences as sentences

    call = sentences.Sentences.__call__

    def failing(self, doc):
        if doc._.article.position == 1:
            raise ValueError("no")
        return call(self, doc)

    monkeypatch.setattr(sentences.Sentences, "__call__", failing)
    result = run_default(tmp_path / "out", pages)
    tables = {n: pd.read_parquet(result.output / n) for n in ("failures", "articles", "mentions")}
    assert len(tables["failures"]) == result.rows["pages"]
    assert set(tables["failures"]["stage"]) == {"news_sentences"}
    position = tables["articles"].set_index("article_id")["position"]
    assert 1 in set(position)
    assert 1 not in set(tables["mentions"]["article_id"].map(position))


# -------------------------------------------------------------------------------------------------- the same again
def test_two_runs_and_two_workers_give_the_same_files(pages, tmp_path):
    run_default(tmp_path / "a", pages, overrides=SMALL_SHARDS)
    run_default(tmp_path / "b", pages, overrides=SMALL_SHARDS)
    done = subprocess.run(
        command(tmp_path / "c", pages, options=("--workers", "2", "--set", *SMALL_SHARDS)), check=False
    )
    assert done.returncode == 0
    assert files(tmp_path / "a") == files(tmp_path / "b") == files(tmp_path / "c")


def test_the_size_of_shards_changes_no_row(pages, tmp_path):
    few = run_default(tmp_path / "a", pages)
    many = run_default(tmp_path / "b", pages, overrides=SMALL_SHARDS)
    assert many.manifest["shards"] > few.manifest["shards"]
    assert read_tables(tmp_path / "a") == read_tables(tmp_path / "b")


def test_a_rerun_does_only_what_it_must_and_leaves_no_stale_row(pages, tmp_path):
    output = tmp_path / "out"
    first = run_default(output, pages, overrides=SMALL_SHARDS)
    before = shards(output)
    assert first.manifest["shards"] == len(before) >= 5

    again = run_default(output, pages, overrides=SMALL_SHARDS)
    assert shards(output) == before
    assert again.manifest["shards_reused"] == len(before)

    (pages / "added.txt").write_text(PAGES[7].read_text(encoding="utf-8"), encoding="utf-8")
    run_default(output, pages, overrides=SMALL_SHARDS)
    kept = set(before.items()) & set(shards(output).items())
    assert len(kept) >= len(before) - 1
    assert "in/added.txt" in " ".join(pd.read_parquet(output / "pages")["source"])

    (pages / "added.txt").unlink()
    run_default(output, pages, overrides=SMALL_SHARDS)
    assert set(shards(output)) == set(before)

    changed = sorted(pages.iterdir())[2]
    changed.write_text(changed.read_text(encoding="utf-8") + "\n又及。", encoding="utf-8")
    last = run_default(output, pages, overrides=SMALL_SHARDS)
    assert len(set(shards(output)) & set(before)) >= len(before) - 2
    run_default(tmp_path / "clean", pages, overrides=SMALL_SHARDS)
    assert read_tables(output) == read_tables(tmp_path / "clean")
    assert last.rows["pages"] == 6


def test_another_configuration_and_fresh_start_over(pages, tmp_path):
    output = tmp_path / "out"
    run_default(output, pages)
    assert run_default(output, pages, overrides=("page.newspaper=某日报",)).manifest["shards_reused"] == 0
    assert run_default(output, pages, overrides=("page.newspaper=某日报",)).manifest["shards_reused"] > 0
    assert run_default(output, pages, overrides=("page.newspaper=某日报",), fresh=True).manifest["shards_reused"] == 0


KILL_AT: dict[str, Callable[[Path], bool]] = {
    "after the plan": lambda work: (work / "plan.jsonl").exists(),
    "after the first shard": lambda work: any((work / "shards").glob("*/shard.json")),
    "in the middle": lambda work: len(list((work / "shards").glob("*/shard.json"))) >= 3,
    "during the merge": lambda work: (work / "new" / "mentions").exists(),
    "during the swap": lambda work: (work / "old").exists(),
}


@pytest.mark.parametrize("moment", KILL_AT)
def test_a_killed_run_resumes_and_ends_with_the_tables_of_an_undisturbed_one(pages, tmp_path, moment):
    output, reached = tmp_path / "out", KILL_AT[moment]
    process = subprocess.Popen(command(output, pages, options=("--set", *SMALL_SHARDS)))
    deadline = time.monotonic() + 120
    while process.poll() is None and not reached(output / ".work") and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (output / "run.json").exists() or process.returncode == 0
    done = shards(output) if (output / ".work" / "shards").exists() else {}
    result = run_default(output, pages, overrides=SMALL_SHARDS)
    assert set(done.items()) <= set(shards(output).items())
    run_default(tmp_path / "undisturbed", pages, overrides=SMALL_SHARDS)
    assert files(output) == files(tmp_path / "undisturbed")
    assert sorted(p.name for p in (output / ".work").iterdir()) == ["lock", "plan.jsonl", "shards"]
    assert result.manifest["pages"] == 6


def test_a_second_run_into_one_output_is_refused(pages, tmp_path):
    with _sole_writer(tmp_path / "out" / ".work"), pytest.raises(ConfigError, match="another run"):
        run_default(tmp_path / "out", pages)


# -------------------------------------------------------------------------------------------------- command line
def run_command(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "pipeline.run", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
    )


def test_the_command_reports_tables_failures_and_speed(pages, tmp_path):
    done = run_command(str(DEFAULT), "--input", str(pages), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    for word in ("officials", "villages", "failures: 0", "characters a second", str(tmp_path / "out")):
        assert word in done.stdout


def test_the_command_shows_the_first_failures_and_says_when_nothing_could_be_read(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_bytes(b"")
    done = run_command(str(DEFAULT), "--input", str(folder), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "failures: 5" in done.stdout
    assert "0.txt: " in done.stdout
    assert "4.txt" not in done.stdout
    assert "No page could be read" in done.stdout


def test_paths_on_the_command_line_start_at_the_working_directory(pages, tmp_path):
    done = run_command(str(DEFAULT), "--input", "in", "--output", "made", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "made" / "run.json").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.yaml"], "nowhere.yaml"),
        ([str(DEFAULT), "--input", "nowhere"], "nowhere"),
        ([str(DEFAULT), "--set", "run.engine=dusk"], "run.engine"),
        (
            [str(DEFAULT), "--input", ".", "--set", "page.home_place=无何有市"],
            "page.home_place: no division is called 无何有市",
        ),
        ([str(DEFAULT), "--workers", "0"], "run.workers"),
        ([str(DEFAULT), "--workers", "two"], "--workers"),
        ([str(DEFAULT), "--depth"], "--depth"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_status_2(words, message, tmp_path):
    done = run_command(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_leaves_a_resumable_run_and_one_line(tmp_path):
    output = tmp_path / "out"
    pages = [ROOT / "tests" / "gold" / name / "pages" for name in ("dev", "test")]  # enough to be at work still
    process = subprocess.Popen(
        command(output, *pages, options=("--set", *SMALL_SHARDS)), stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not any((output / ".work" / "shards").glob("*/shard.json")):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert errors.strip().count("\n") == 0
    assert "run the same command again" in errors
    assert run_default(output, *pages, overrides=SMALL_SHARDS).manifest["shards_reused"] > 0


def test_ctrl_c_is_not_forgotten_where_its_exception_is_lost():
    with _Bar(quiet=True) as bar:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        except KeyboardInterrupt:
            pass  # as a library that cannot pass it on does
        with pytest.raises(KeyboardInterrupt):
            bar.advanced(1, 1000)


def test_extract_gives_the_rows_of_a_run(seed_run):
    import pipeline

    path = sorted((ROOT / "seeds").glob("*.txt"))[0]
    rows = pipeline.extract(path.read_bytes().decode(), source=f"seeds/{path.name}")
    table = read_tables(seed_run.output)["quantities"]
    page = rows["pages"][0]["page_id"]
    expected = [r for r in table.to_pylist() if r["page_id"] == page]
    assert [r["quantity_id"] for r in rows["quantities"]] == [r["quantity_id"] for r in expected]
    assert pa.Table.from_pylist(rows["quantities"], schema=TABLES["quantities"]).to_pylist() == expected
