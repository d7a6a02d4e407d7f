"""What can be read is read in any usual encoding; what cannot is a failure that says what to do, and nothing else stops."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.config import Config, ConfigError, InputSettings
from pipeline.page.reader import Located, input_files, read_at, stream
from pipeline.records import Failure

TEXT = "东湖社区举办邻里节\n\n本报讯(记者 章若水)5月6日,东湖社区举办了第三届邻里节,360名居民参加。\n"
SETTINGS = InputSettings(max_page_characters=1000)


def read(path: Path, settings: InputSettings = SETTINGS) -> list[Located | Failure]:
    return list(stream(path, path.name, settings))


@pytest.mark.parametrize(
    ("codec", "recorded"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_a_text_is_decoded_and_its_encoding_recorded(tmp_path, codec, recorded):
    path = tmp_path / "page.txt"
    data = (TEXT * 3).encode(codec)
    path.write_bytes(data if codec != "utf-16-be" else b"\xfe\xff" + data)
    (item,) = read(path)
    assert isinstance(item, Located)
    assert item.record.text == TEXT * 3
    assert item.record.encoding == ("utf-16" if codec == "utf-16-be" else recorded)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_stay_as_they_are(tmp_path, ends):
    path = tmp_path / "page.txt"
    path.write_bytes(TEXT.replace("\n", ends).encode())
    (item,) = read(path)
    assert item.record.text == TEXT.replace("\n", ends)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", " \n　\n".encode(), "empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
        ("a.txt", "正文\0正文".encode(), "binary"),
        ("a.txt", ("字" * 1001).encode(), "too_long"),
        ("a.txt", ("字" * 9000).encode(), "too_long"),
        ("a.docx", b"PK", "unknown_format"),
        ("a.jsonl", b'{"text": ""}', "empty"),
        ("a.jsonl", b'{"body": "x"}', "no_text"),
        ("a.jsonl", b'{"text": 5}', "no_text"),
        ("a.jsonl", b"[1]", "bad_record"),
        ("a.jsonl", b"{", "bad_record"),
        ("a.jsonl", b"[" * 50_000, "bad_record"),
        ("a.jsonl", b'{"text": "x", "date": "6.5.2024"}', "bad_date"),
        ("a.jsonl", b'{"text": "\\ud800"}', "undecodable"),
        ("a.jsonl", b'{"text": "\xff"}', "undecodable"),
        ("a.jsonl", b'{"text": "' + b"x" * 200_000 + b'"}', "too_long"),
    ],
)
def test_what_cannot_be_read_is_a_failure_that_says_what_to_do(tmp_path, name, data, error):
    path = tmp_path / name
    path.write_bytes(data)
    (item,) = read(path)
    assert isinstance(item, Failure)
    assert item.error == error
    assert len(item.message) > 30


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_failure(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    path.chmod(0)
    (item,) = read(path)
    assert item.error == "unreadable"


def test_a_file_that_is_gone_is_a_failure(tmp_path):
    (item,) = read(tmp_path / "a.txt")
    assert item.error == "unreadable"


def test_records_come_in_order_with_id_date_and_newspaper_and_a_bad_line_stops_nothing(tmp_path):
    path = tmp_path / "pages.jsonl"
    lines = [
        json.dumps({"text": TEXT, "id": "n1", "date": "2024-05-07", "newspaper": "东湖日报"}, ensure_ascii=False),
        "{broken",
        "",
        json.dumps({"text": TEXT + "又一页。"}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    first, bad, last = read(path)
    assert (first.record.source, str(first.record.date), first.record.newspaper) == (
        "pages.jsonl#n1", "2024-05-07", "东湖日报",
    )  # fmt: skip
    assert (bad.source, bad.error) == ("pages.jsonl#2", "bad_record")
    assert (last.record.source, last.record.text) == ("pages.jsonl#4", TEXT + "又一页。")


def test_a_record_is_read_again_by_its_locator(tmp_path):
    path = tmp_path / "pages.jsonl"
    rows = [{"text": TEXT + str(i), "id": f"a#{i}"} for i in range(5)]
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    for item in read(path):
        assert read_at(path, item.record.source, item.locator, SETTINGS) == item


def test_fields_of_records_can_be_named(tmp_path):
    path = tmp_path / "pages.jsonl"
    path.write_text(json.dumps({"content": TEXT, "key": 7}), encoding="utf-8")
    (item,) = read(path, InputSettings(text_field="content", id_field="key"))
    assert (item.record.text, item.record.source) == (TEXT, "pages.jsonl#7")


def files(tmp_path: Path, *paths: str) -> list[str]:
    config = Config(input=InputSettings(paths=list(paths)))
    config._root = tmp_path
    return [source for _, source in input_files(config)]


def test_files_directories_and_globs_are_found_once_each_in_a_fixed_order(tmp_path):
    for name in ("b/2.txt", "b/c/3.txt", "a.txt", "b/.hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    assert files(tmp_path, "b", "a.txt", "b/*.txt") == ["a.txt", "b/2.txt", "b/c/3.txt"]
    assert files(tmp_path, "**/[23].txt") == ["b/2.txt", "b/c/3.txt"]


@pytest.mark.parametrize("path", ["nowhere", "*.none"])
def test_a_path_that_is_not_there_is_refused_by_name(tmp_path, path):
    with pytest.raises(ConfigError, match=r"input\.paths.*" + path.replace("*", r"\*")):
        files(tmp_path, path)
