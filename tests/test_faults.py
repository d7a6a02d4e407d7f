"""Full disks, killed processes, hostile pages and names: a fault costs a sentence, never a page that could be read."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, command, files, read_tables, run_default
from test_engines import OPTIONS, SETTINGS

import pipeline.job
from pipeline.config import Config
from pipeline.offsets import raw_equal
from pipeline.records import TABLES, InputRecord
from pipeline.shard import Extracted, extract, language


# -------------------------------------------------------------------------------------------------- the machine
@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_full_disk_stops_the_run_with_a_sentence_and_the_next_one_goes_on(pages, tmp_path, engine):
    words = command(tmp_path / "out", pages, options=(*OPTIONS, "--set", f"run.engine={engine}"))
    full = subprocess.run([sys.executable, "-c", FULL, *words], check=False, capture_output=True, text=True, cwd=ROOT)
    assert full.returncode == 1
    assert "File too large" in full.stderr
    assert "Traceback" not in full.stderr
    assert not (tmp_path / "out" / "run.json").exists()
    run_default(tmp_path / "out", pages, overrides=SETTINGS)
    run_default(tmp_path / "undisturbed", pages, overrides=SETTINGS)
    assert files(tmp_path / "out") == files(tmp_path / "undisturbed")


# runs a command that may write no file of more than 12,000 bytes
FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_an_output_that_cannot_be_written_is_named(pages, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = subprocess.run(
        command(tmp_path / "file" / "out", pages), check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert "output.directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_output_is_named(pages, tmp_path):
    (tmp_path / "out").mkdir(mode=0o500)
    done = subprocess.run(command(tmp_path / "out", pages), check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("seed", range(2))
def test_a_run_killed_at_any_moments_loses_no_page(pages, tmp_path, seed):
    moments = random.Random(seed)
    words = command(tmp_path / "out", pages, options=(*OPTIONS, "--workers", str(1 + seed % 2)))
    for _ in range(2):
        process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.5, 6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0
    run_default(tmp_path / "undisturbed", pages, overrides=SETTINGS)
    assert files(tmp_path / "out") == files(tmp_path / "undisturbed")


# -------------------------------------------------------------------------------------------------- the input
def test_an_input_that_changes_during_the_run_is_a_failure_and_read_by_the_next_run(pages, tmp_path, monkeypatch):
    changed, gone, *_ = sorted(pages.iterdir())
    make_plan = pipeline.job.make_plan

    def plan_and_change(*arguments):
        plan = make_plan(*arguments)
        changed.write_text(changed.read_text(encoding="utf-8") + "\n又及。", encoding="utf-8")
        gone.unlink()
        return plan

    monkeypatch.setattr(pipeline.job, "make_plan", plan_and_change)
    run_default(tmp_path / "out", pages, overrides=SETTINGS)
    failures = pd.read_parquet(tmp_path / "out" / "failures")
    assert list(failures["error"]) == ["changed"] * 2
    monkeypatch.undo()
    run_default(tmp_path / "out", pages, overrides=SETTINGS)
    run_default(tmp_path / "clean", pages, overrides=SETTINGS)
    assert files(tmp_path / "out") == files(tmp_path / "clean")


def test_many_tiny_pages_are_all_there(tmp_path):
    rows = (json.dumps({"text": f"第{number}号公告"}, ensure_ascii=False) for number in range(3000))
    (tmp_path / "tiny.jsonl").write_text("\n".join(rows), encoding="utf-8")
    result = run_default(tmp_path / "out", tmp_path / "tiny.jsonl", overrides=SETTINGS)
    assert result.rows["pages"] == 3000
    assert result.rows["failures"] == 0
    assert result.manifest["shards"] < 100


def test_hostile_names_and_loops_of_links_are_read_or_told(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    text = "东湖社区举办邻里节。"
    names = [b"a\nb.txt", b"'; rm -rf ~;'.txt", b"\xff\xfe.txt", b"-rf.txt", "【图】＂a＂.txt".encode(), b"%s{0}.txt"]
    names += [b"a" * 251 + b".txt", "\u202etxt.exe.txt".encode(), b"NUL.txt", b"x#1.txt", b"  .txt"]
    for number, name in enumerate(names):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text(f"{text}第{number}次", encoding="utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "a.txt").symlink_to("b.txt")
    (folder / "b.txt").symlink_to("a.txt")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    result = run_default(tmp_path / "out", folder, overrides=SETTINGS)
    assert result.rows["pages"] == len(names)
    failures = pd.read_parquet(tmp_path / "out" / "failures")
    assert sorted(Path(source).name for source in failures["source"]) == ["a.txt", "b.txt", "gone.txt", "pipe.txt"]
    assert set(failures["error"]) == {"unreadable"}


# -------------------------------------------------------------------------------------------------- the text
NEWS = (
    "本报讯(记者 章若水)5月6日,东湖社区党委书记安小川、主任柳如松在云溪镇平安村举办了邻里节,360名居民参加,投入2.5万元。"
)
HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": lambda n: NEWS * (n // len(NEWS)),
    "one letter": lambda n: "字" * n,
    "digits": lambda n: "1234567890" * (n // 10),
    "digits and commas": lambda n: "123,456," * (n // 8),
    "numerals": lambda n: "一百二十三万" * (n // 6),
    "nested brackets": lambda n: "(" * (n // 2) + "章若水" + ")" * (n // 2),
    "nested quotes": lambda n: "“‘" * (n // 4) + "好" + "’”" * (n // 4),
    "open brackets": lambda n: "(记者 " * (n // 4),
    "open titles": lambda n: "《关于" * (n // 3),
    "a list of names": lambda n: "、".join(["安小川", "柳如松", "章若水", "林知远"] * (n // 16)),
    "names with spaces": lambda n: " ".join(["安 小 川", "柳如松"] * (n // 10)),
    "a chain of places": lambda n: "云溪镇平安村" * (n // 6),
    "dates": lambda n: "2024年5月6日至8日," * (n // 12),
    "posts": lambda n: "党委书记主任局长" * (n // 8),
    "organisations": lambda n: "市委社会工作部县公安局" * (n // 11),
    "triggers": lambda n: "县妇联举办召开成立活动," * (n // 11),
    "quantities": lambda n: "3名、5个、6万元、" * (n // 9),
    "bylines": lambda n: "(记者 章若水 通讯员 安小川)\n" * (n // 16),
    "short lines": lambda n: "字字\n" * (n // 3),
    "empty lines": lambda n: "字字字\n\n" * (n // 5),
    "spaces": lambda n: "字" + " " * n + "字",
    "wide spaces": lambda n: "字" + "\u3000" * n + "字",
    "right to left": lambda n: "东湖\u202e社区\u200f党委\u2066书记\u2069" * (n // 12),
    "marks on marks": lambda n: "e" + "\u0301" * n,
    "invisible": lambda n: "安\u200b小\ufeff川\u00ad说," * (n // 8),
    "beyond the plane": lambda n: "𠮷田村𡈽书记😀," * (n // 9),
    "line ends of all kinds": lambda n: "东湖\r\n社区\r举办\v邻\f里\x85节\u2028了\u2029" * (n // 20),
    "punctuation": lambda n: "。,;:!?、" * (n // 7),
    "dashes and dots": lambda n: "——……" * (n // 4),
}


@pytest.fixture(scope="module")
def read() -> Callable[[str], Extracted]:
    config = Config()
    nlp = language(config)

    def read(text: str) -> Extracted:
        digest = hashlib.sha256(text.encode()).hexdigest()
        return extract([InputRecord("a.txt", text, "utf-8", digest)], config, nlp)

    return read


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_ends_no_stage_and_offsets_stay_true(read, kind):
    text = HOSTILE[kind](1500)
    extracted = read(text)
    assert extracted.failures == []
    for name, rows in extracted.rows.items():
        for row in rows:
            if name in ("mentions", "officials", "quantities", "times", "event_arguments"):
                assert raw_equal(text, row["start"], row["end"], row["text"]), (name, row)


@pytest.mark.parametrize("kind", ["one line", "a list of names"])
def test_rows_do_not_grow_with_the_length_of_their_article(read, kind):
    def widest(extracted: Extracted) -> int:
        return max(
            len(str(row)) for name in TABLES for row in extracted.rows[name] if name not in ("pages", "articles")
        )

    assert widest(read(HOSTILE[kind](6000))) < 1.2 * widest(read(HOSTILE[kind](3000)))


def test_a_line_of_a_million_characters_is_refused_by_default_and_read_if_wanted(tmp_path):
    (tmp_path / "long.txt").write_text(NEWS * (1_000_000 // len(NEWS)), encoding="utf-8")
    assert run_default(tmp_path / "out", tmp_path / "long.txt", overrides=SETTINGS).rows["failures"] == 1
    stages = (SETTINGS[0], "stages={news_sentences: {}}", "input.max_page_characters=1000000")
    result = run_default(tmp_path / "wanted", tmp_path / "long.txt", overrides=stages)
    assert (result.rows["pages"], result.rows["failures"]) == (1, 0)
    (page,) = read_tables(tmp_path / "wanted")["pages"].to_pylist()
    assert page["characters"] > 990_000
