"""Every format gives the same page, in place and again by its locator; what is damaged or hostile is a failure."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest
from conftest import read_tables, run_default

from pipeline.config import InputSettings
from pipeline.page.formats.pdf import Line, page_text
from pipeline.page.reader import Located, read_at, stream
from pipeline.records import Failure

TEXT = "东湖社区举办邻里节\n\n本报讯(记者 章若水)5月6日,东湖社区举办了第三届邻里节,360名居民参加。\n"
TEXTS = [TEXT + f"第{number}场在安平村。" for number in range(70)]
SETTINGS = InputSettings(max_page_characters=2000)


def read(path: Path, settings: InputSettings = SETTINGS) -> list[Located | Failure]:
    return list(stream(path, path.name, settings))


def texts(items: Iterable[Located | Failure]) -> list[str]:
    return [item.record.text for item in items if isinstance(item, Located)]


# -------------------------------------------------------------------------------------------------- making samples
def jsonl(rows: list[dict]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows).encode()


def table(rows: list[dict], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def parquet(rows: list[dict]) -> bytes:
    out = io.BytesIO()
    pd.DataFrame(rows).to_parquet(out, row_group_size=20)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


ROWS = [
    {"text": text, "id": f"n{number}", "date": datetime.date(2024, 5, 7), "newspaper": "东湖日报"}
    for number, text in enumerate(TEXTS)
]
PAGES = {f"2024/东湖{number:02}.txt": text.encode() for number, text in enumerate(TEXTS)}
SAMPLES: dict[str, Callable[[], bytes]] = {
    "a.jsonl": lambda: jsonl(ROWS),
    "a.csv": lambda: table(ROWS),
    "b.csv": lambda: table(ROWS, ";", "utf-8-sig"),
    "c.csv": lambda: table(ROWS, "\t", "gb18030"),
    "a.parquet": lambda: parquet(ROWS),
    "a.zip": lambda: zipped(PAGES),
    "a.tar.gz": lambda: tarred(PAGES),
    "a.tgz": lambda: tarred(PAGES),
    "a.tar": lambda: tarred(PAGES, "w"),
    "jsonl.zip": lambda: zipped({"x/a.jsonl": jsonl(ROWS)}),
    "csv.zip": lambda: zipped({"x/a.csv": table(ROWS)}),
    "parquet.zip": lambda: zipped({"x/a.parquet": parquet(ROWS)}),
    "jsonl.tar.gz": lambda: tarred({"x/a.jsonl": jsonl(ROWS)}),
    "csv.tar.gz": lambda: tarred({"x/a.csv": table(ROWS)}),
    "parquet.tar.gz": lambda: tarred({"x/a.parquet": parquet(ROWS)}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_pages_come_in_order_and_again_by_their_locators_in_any_order(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(SAMPLES[name]())
    items = read(path)
    assert texts(items) == TEXTS
    assert len({item.record.source for item in items}) == len(TEXTS)
    if "/2024/" not in items[0].record.source:
        assert {(str(item.record.date), item.record.newspaper) for item in items} == {("2024-05-07", "东湖日报")}
    for item in [*items[::7], *items[::-9]]:
        locator = tuple(json.loads(json.dumps(item.locator)))
        assert read_at(path, item.record.source, locator, SETTINGS) == item


def test_columns_can_be_named(tmp_path):
    rows = [{"正文": TEXT, "编号": "7", "日期": "2024-05-07", "报纸": "东湖日报"}]
    settings = InputSettings(text_field="正文", id_field="编号", date_field="日期", newspaper_field="报纸")
    for name, data in {"a.csv": table(rows), "a.parquet": parquet(rows), "a.jsonl": jsonl(rows)}.items():
        (tmp_path / name).write_bytes(data)
        (item,) = read(tmp_path / name, settings)
        assert (item.record.source, str(item.record.date), item.record.newspaper) == (
            f"{name}#7", "2024-05-07", "东湖日报",
        )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    ["2024-03-02", "2024/3/2", "2024.3.2", "2024年3月2日", "20240302", "2024-03-02T08:00:00", "2024/3/2 8:00"],
)
def test_a_date_may_be_written_as_tables_write_it(tmp_path, written):
    (tmp_path / "a.csv").write_bytes(table([{"text": TEXT, "date": written}]))
    (item,) = read(tmp_path / "a.csv")
    assert item.record.date == datetime.date(2024, 3, 2)


@pytest.mark.parametrize("written", ["2024-13-01", "2024-02-30", "3/2/2024", "2024-3", "去年"])
def test_a_date_that_is_none_refuses_the_row(tmp_path, written):
    (tmp_path / "a.csv").write_bytes(table([{"text": TEXT, "date": written}]))
    (item,) = read(tmp_path / "a.csv")
    assert item.error == "bad_date"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.csv", b"", "no_text"),
        ("a.csv", "题,文\n一,二\n".encode(), "no_text"),
        ("a.csv", b"\xff\xff\xff\xff", "undecodable"),
        ("a.csv", b"text\n" + "字".encode() * 2001, "too_long"),
        ("a.csv", b'text\n"' + b"never closed " * 20_000, "too_long"),
        ("a.csv", b"text,date\nx,7.5.2024\n", "bad_date"),
        ("a.parquet", b"PAR1", "broken"),
        ("a.parquet", parquet(ROWS)[:-2000], "broken"),
        ("a.parquet", parquet([{"body": TEXT}]), "no_text"),
        ("a.parquet", parquet([{"text": 5}]), "no_text"),
        ("a.zip", b"PK", "broken"),
        ("a.zip", zipped(PAGES)[:-200], "broken"),
        ("a.zip", zipped(PAGES).replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xb2"), "broken"),  # of version 17.8
        ("a.zip", zipped({"a.docx": b"x"}), "unknown_format"),
        ("a.zip", zipped({"b.zip": zipped(PAGES)}), "unknown_format"),
        ("a.zip", zipped({"../a.txt": TEXT.encode()}), "refused_member"),
        ("a.zip", zipped({"x/../../a.txt": TEXT.encode()}), "refused_member"),
        ("a.zip", zipped({"/etc/a.txt": TEXT.encode()}), "refused_member"),
        ("a.zip", zipped({"C:\\a.txt": TEXT.encode()}), "refused_member"),
        ("a.zip", zipped({"..\\a.txt": TEXT.encode()}), "refused_member"),
        ("a.zip", zipped({"a.txt": b" " * (80 << 20)}), "too_long"),
        ("a.zip", zipped({"a.jsonl": (b" " * 999 + b"\n") * 80_000}), "too_large"),
        ("a.zip", zipped({"a.parquet": b"\0" * (80 << 20)}), "too_large"),
        ("a.tar.gz", b"", "broken"),
        ("a.tar.gz", TEXT.encode(), "broken"),
        ("a.tar.gz", gzip.compress(TEXT.encode() * 90), "broken"),
        ("a.tar.gz", tarred({"../a.txt": TEXT.encode()}), "refused_member"),
        ("a.tar.gz", tarred({"/a.txt": TEXT.encode()}), "refused_member"),
        ("a.tar.gz", tarred({"a.jsonl": (b" " * 999 + b"\n") * 80_000}), "too_large"),
        ("a.tar", tarred({"a.txt": TEXT.encode() * 9}, "w")[:1000], "broken"),
    ],
)
def test_what_is_damaged_or_hostile_is_a_failure_that_says_what_to_do(tmp_path, name, data, error):
    path = tmp_path / name
    path.write_bytes(data)
    (item,) = read(path)
    assert isinstance(item, Failure), item
    assert item.error == error
    assert len(item.message) > 30


@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_what_stands_before_the_place_where_an_archive_is_cut_off_is_read(tmp_path, mode):
    noise = random.Random(1)
    pages = {f"{n}.txt": "".join(chr(noise.randrange(0x4E00, 0x9FA5)) for _ in range(1500)) for n in range(200)}
    data = tarred({name: text.encode() for name, text in pages.items()}, mode)
    path = tmp_path / ("a.tar.gz" if mode == "w:gz" else "a.tar")
    path.write_bytes(data[: len(data) * 3 // 4])
    *good, bad = read(path)
    assert texts(good) == list(pages.values())[: len(good)]
    assert 100 < len(good) < 160
    assert bad.error == "broken"


def test_a_damaged_header_in_the_middle_of_a_tar_is_not_taken_for_its_end(tmp_path):
    data = bytearray(tarred(PAGES, "w"))
    data[1024 * 10 : 1024 * 10 + 100] = b"\x55" * 100
    (tmp_path / "a.tar").write_bytes(data)
    *good, bad = read(tmp_path / "a.tar")
    assert (texts(good), bad.error) == (TEXTS[:5], "broken")


def test_a_damaged_member_of_a_zip_costs_no_other(tmp_path):
    data = bytearray(zipped(PAGES))
    at = data.index(b"PK\x03\x04", 5000)
    data[at + 60 : at + 90] = b"\x55" * 30
    (tmp_path / "a.zip").write_bytes(data)
    items = read(tmp_path / "a.zip")
    assert len(texts(items)) == 69
    assert [item.error for item in items if isinstance(item, Failure)] == ["broken"]


def test_a_member_of_a_zip_without_a_name_is_left_out(tmp_path):
    data = zipped({"first.txt": "甲村举行了村民会议。".encode(), "b.txt": "乙村修好了路。".encode()})
    (tmp_path / "a.zip").write_bytes(data.replace(b"first.txt", b"\0irst.txt"))  # a name ends at a null byte
    assert texts(read(tmp_path / "a.zip")) == ["乙村修好了路。"]


def test_a_zip_whose_names_are_no_utf8_is_damaged(tmp_path):
    data = zipped({"一.txt": "甲村举行了村民会议。".encode()})  # says that its names are UTF-8
    (tmp_path / "a.zip").write_bytes(data.replace("一".encode(), b"\x8d\xff\x80"))
    (item,) = read(tmp_path / "a.zip")
    assert item.error == "broken"


def test_links_devices_and_locked_members_are_refused_and_hidden_ones_left_out(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind in {"a.txt": tarfile.SYMTYPE, "b.txt": tarfile.LNKTYPE, "c.txt": tarfile.CHRTYPE}.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        archive.addfile(tarfile.TarInfo("._d.txt"))
    (tmp_path / "a.tar.gz").write_bytes(out.getvalue())
    assert [item.error for item in read(tmp_path / "a.tar.gz")] == ["refused_member"] * 3
    data = bytearray(zipped({"a.txt": TEXT.encode(), "__MACOSX/a.txt": b"x"}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    (item,) = read(tmp_path / "a.zip")
    assert "password" in item.message


def test_names_of_members_packed_on_a_chinese_windows_can_be_read(tmp_path):
    name = "东湖20240507.txt"
    data = zipped({"x" * len(name.encode("gb18030")): TEXT.encode()})
    (tmp_path / "a.zip").write_bytes(data.replace(b"x" * len(name.encode("gb18030")), name.encode("gb18030")))
    (item,) = read(tmp_path / "a.zip")
    assert item.record.source == f"a.zip/{name}"


def test_a_run_over_any_format_gives_the_facts_of_the_pages(tmp_path):
    facts = []
    for name, make in {
        "a.csv": table,
        "a.parquet": parquet,
        "a.tar.gz": lambda r: tarred({"a.jsonl": jsonl(r)}),
    }.items():
        (tmp_path / name).write_bytes(make(ROWS[:9]))
        tables = read_tables(run_default(tmp_path / f"{name}-out", tmp_path / name).output)
        assert (tables["pages"].num_rows, tables["failures"].num_rows) == (9, 0)
        facts.append(tables["mentions"])
    assert facts[0].num_rows > 9
    assert facts[0] == facts[1] == facts[2]


# -------------------------------------------------------------------------------------------------- web pages
HTML = f"""<!DOCTYPE html><html><head><title>东湖社区举办邻里节</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/news">新闻</a> <a href="/video">视频</a></div><h1>东湖社区举办邻里节</h1>
<div class="article"><p>{TEXT.splitlines()[2]}</p><p>活动现场,社区党委书记安小川介绍,今年共设置了12个摊位。</p>{"<p>活动内容丰富,深受欢迎,居民们纷纷表示希望多办。</p>" * 8}</div>
<div class="footer">版权所有 网上报料 <a href="/about">关于我们</a></div></body></html>"""


@pytest.mark.formats
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_main_text_of_a_web_page_is_read(tmp_path, encoding):
    pytest.importorskip("trafilatura")
    (tmp_path / "a.html").write_bytes(HTML.encode(encoding))
    (item,) = read(tmp_path / "a.html")
    assert item.record.text.splitlines()[:4] == [
        "东湖社区举办邻里节", "", TEXT.splitlines()[2], "活动现场,社区党委书记安小川介绍,今年共设置了12个摊位。",
    ]  # fmt: skip
    assert "关于我们" not in item.record.text
    assert read_at(tmp_path / "a.html", "a.html", (), SETTINGS) == item


@pytest.mark.formats
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "empty"),
        (b"<html><body></body></html>", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "empty"),
        (b"<div>" * 2000, "empty"),
        (HTML.encode() + b" " * 90_000, "too_large"),
    ],
)
def test_a_web_page_without_text_is_a_failure(tmp_path, data, error):
    pytest.importorskip("trafilatura")
    (tmp_path / "a.html").write_bytes(data)
    (item,) = read(tmp_path / "a.html")
    assert item.error == error


# -------------------------------------------------------------------------------------------------- PDF
def pdf(*pages: list[tuple[float, float, float, str]]) -> bytes:
    """A PDF of pages of (x, y, size, text), in the Chinese font that every reader has."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(pages)))),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 800] /ItalicAngle 0"
        b" /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
    ]
    for number, lines in enumerate(pages):
        content = b"".join(
            b"BT /F1 %g Tf %g %g Td <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())
            for x, y, size, text in lines
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (7 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + tail


def columns(tag: str, left: float, top: float, count: int, rows: int) -> list[tuple[float, float, float, str]]:
    """An article set in columns, its lines written row by row across them."""
    lines = [(left, top, 24.0, f"{tag}的大标题")]
    for row in range(rows):
        lines += [(left + 130 * c, top - 30 - 14 * row, 10, f"{tag}{c}栏{row:02}行的一些文字") for c in range(count)]
    return lines


PAGE = [*columns("甲", 30, 760, 4, 18), *columns("乙", 30, 440, 2, 20), *columns("丙", 310, 440, 2, 20)]


@pytest.mark.formats
def test_columns_of_a_pdf_page_come_in_reading_order(tmp_path):
    pytest.importorskip("pdfminer")
    (tmp_path / "a.pdf").write_bytes(pdf(PAGE, [(30, 700, 10, TEXT.splitlines()[2])]))
    first, second = read(tmp_path / "a.pdf")
    expected = []
    for tag, count, rows in (("甲", 4, 18), ("乙", 2, 20), ("丙", 2, 20)):
        expected.append(f"{tag}的大标题")
        expected += ["".join(f"{tag}{c}栏{row:02}行的一些文字" for row in range(rows)) for c in range(count)]
    assert first.record.text.split("\n\n") == expected
    assert (first.record.source, second.record.source) == ("a.pdf#1", "a.pdf#2")
    assert second.record.text == TEXT.splitlines()[2]
    for item in (second, first):
        assert read_at(tmp_path / "a.pdf", item.record.source, item.locator, SETTINGS) == item


@pytest.mark.formats
def test_a_pdf_in_an_archive_is_read_too(tmp_path):
    pytest.importorskip("pdfminer")
    for name, data in {"a.zip": zipped({"x.pdf": pdf(PAGE)}), "a.tar.gz": tarred({"x.pdf": pdf(PAGE)})}.items():
        (tmp_path / name).write_bytes(data)
        (item,) = read(tmp_path / name)
        assert item.record.source == f"{name}/x.pdf#1"
        assert read_at(tmp_path / name, item.record.source, item.locator, SETTINGS) == item


@pytest.mark.formats
@pytest.mark.parametrize(
    ("data", "error"),
    [(b"", "broken"), (b"%PDF-1.4", "broken"), (pdf(PAGE)[:300], "broken"), (pdf([]), "empty")],
)
def test_a_pdf_that_is_damaged_or_without_text_is_a_failure(tmp_path, data, error):
    pytest.importorskip("pdfminer")
    (tmp_path / "a.pdf").write_bytes(data)
    (item,) = read(tmp_path / "a.pdf")
    assert item.error == error


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept_apart():
    def line(text: str, at: int, left: float = 0) -> Line:
        return Line(text, left, 100 - 12 * at, left + 10 * len(text), 110 - 12 * at, 10)

    lines = [
        line("这是一段文字的第一", 0, 20),
        line("行这里是它的第二行呀", 1),
        line("完了。", 2),
        line("又一段开始了而且", 3, 20),
    ]
    assert page_text(lines) == "这是一段文字的第一行这里是它的第二行呀完了。\n又一段开始了而且"


@pytest.mark.parametrize(("name", "library"), [("a.pdf", "pdfminer"), ("a.html", "trafilatura")])
def test_a_format_whose_library_is_not_installed_says_how_to_install_it(tmp_path, monkeypatch, name, library):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    monkeypatch.setitem(__import__("sys").modules, "pdfminer.pdfdocument", None)
    (tmp_path / name).write_bytes(pdf(PAGE))
    (item,) = read(tmp_path / name)
    assert item.error == "needs_extra"
    assert "[formats]" in item.message
