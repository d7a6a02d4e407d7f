"""The report: whole, self-contained, true to the tables, and safe with any page; in a browser too where there is one."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import run_default

from pipeline.records import TABLES
from pipeline.report import ReportError, write_report
from pipeline.report.__main__ import main
from pipeline.report.articles import paragraphs
from pipeline.report.views import MARKED, VIEWS

HOSTILE = """<script>window.broken=1</script>街道办实事

</script><script>window.broken=2</script><img src=x onerror="window.broken=3">

□记者 杜小满 报道

  本报讯 7月3日,青禾县花溪街道<b>石桥社区</b>党委书记陆远舟带领26名志愿者走访老年人&lt;家庭,
送去价值3.5万元的“暖心包” ${window.broken=4} \U00020bb7野家。
]]> --> <!-- 石桥社区居委会主任何穗说,社区新增床位120张。
"""


@pytest.fixture(scope="module")
def report(seed_run, tmp_path_factory) -> Path:
    return write_report(seed_run.output, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """The report of a page that is full of markup."""
    folder = tmp_path_factory.mktemp("hostile")
    page = folder / "in" / "<img src=x onerror=alert(1)>.txt"
    page.parent.mkdir()
    page.write_text(HOSTILE, encoding="utf-8")
    run_default(folder / "out", page)
    return write_report(folder / "out")


def chunk(report: Path, name: str):
    """A part of the report's data, unpacked as the browser does."""
    packed = re.search(rf'id="{name}">([^<]*)<', report.read_text(encoding="utf-8"))
    assert packed, name
    return json.loads(gzip.decompress(base64.b64decode(packed[1])))


def column(table: dict, name: str) -> list:
    data = table["columns"][name]
    if "values" in data:
        return data["values"]
    return [None if at is None else data["dictionary"][at] for at in data["index"]]


# ------------------------------------------------------------------------------------------------ without a browser
def test_every_row_of_every_table_is_in_the_report(seed_run, report):
    assert set(VIEWS) == set(TABLES)
    for name, rows in seed_run.rows.items():
        table = chunk(report, f"table-{name}")
        assert table["rows"] == rows
        for data in table["columns"].values():
            assert len(data.get("values", data.get("index"))) == rows
    quantities = chunk(report, "table-quantities")
    written = pq.read_table(seed_run.output / "quantities").to_pylist()
    assert column(quantities, "text") == [row["text"] for row in written]
    assert column(quantities, "value") == [row["value"] for row in written]
    sentences = chunk(report, "sentences-0")
    assert [sentences[at] for at in column(quantities, "sentence")] == [row["sentence"] for row in written]


def test_articles_keep_every_word_and_every_paragraph(seed_run, report):
    articles = pq.read_table(seed_run.output / "articles").to_pylist()
    shown = {a["row"]: (page["text"], a) for page in chunk(report, "pages-0") for a in page["articles"]}
    for row, article in enumerate(articles):
        raw, entry = shown[row]
        texts = ["".join(raw[a:b] for a, b in block["pieces"]) for block in entry["blocks"] if block["role"] == "body"]
        assert ["".join(text.split()) for text in texts] == [
            "".join(text.split()) for text in article["text"].split("\n") if text.strip()
        ]


def test_every_mark_lies_in_the_shown_text_of_its_article(report):
    for page in chunk(report, "pages-0"):
        for article in page["articles"]:
            shown = {i for block in article["blocks"] for a, b in block["pieces"] for i in range(a, b)}
            for name in MARKED:
                for _, start, end, *_ in article["marks"].get(name, []):
                    if name == "officials":  # the evidence may reach from one block to another
                        continue
                    words = {i for i in range(start, end) if not page["text"][i].isspace()}
                    assert words <= shown, (name, page["text"][start:end])


def test_a_column_break_goes_on_the_paragraph_and_a_stray_text_is_kept():
    raw = "头一栏的\n\n  话说完了。\n第二段 abc\ndef。"
    text = "头一栏的话说完了。\n第二段 abc def。"
    assert [[raw[a:b] for a, b in p] for p in paragraphs(raw, [(0, len(raw))], text)] == [
        ["头一栏的", "话说完了。"], ["第二段 abc", "def。"],
    ]  # fmt: skip
    assert [[raw[a:b] for a, b in p] for p in paragraphs(raw, [(0, 4)], "别的字")] == [["头一栏的"]]


def test_the_file_needs_nothing_from_outside_and_no_page_becomes_markup(report, hostile):
    for path in (report, hostile):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="?(?:https?:)?//|@import|url\(', text)
        assert "default-src 'none'" in text
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
        assert "eval(" not in text
    text = hostile.read_text(encoding="utf-8")
    assert "window.broken" not in text
    assert "onerror" not in text
    assert chunk(hostile, "pages-0")[0]["text"] == HOSTILE


def test_the_same_run_gives_the_same_report(seed_run, report, tmp_path):
    again = write_report(seed_run.output, tmp_path / "again.html")
    assert again.read_bytes() == report.read_bytes()


def test_of_a_large_run_the_first_pages_are_shown_whole_and_the_report_says_so(seed_run, tmp_path):
    path = write_report(seed_run.output, tmp_path / "small.html", max_articles=5)
    meta = chunk(path, "meta")
    first = pq.read_table(seed_run.output / "pages").column("articles")[0].as_py()
    assert meta["shown"] == {"articles": max(first, meta["shown"]["articles"]), "of": seed_run.rows["articles"]}
    assert meta["tables"]["pages"]["rows"] < seed_run.rows["pages"]
    articles = {entry["row"] for page in chunk(path, "pages-0") for entry in page["articles"]}
    assert set(column(chunk(path, "table-quantities"), "_article")) <= articles


def test_a_folder_without_a_run_is_refused_with_what_to_do(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    message = capsys.readouterr().err
    assert str(tmp_path) in message
    assert "pipeline.run" in message


def test_broken_tables_and_other_versions_are_refused_by_name(seed_run, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seed_run.output, output, ignore=shutil.ignore_patterns(".work"))
    (output / "times" / "part-00000.parquet").write_bytes(b"no parquet")
    with pytest.raises(ReportError, match="times"):
        write_report(output)
    (output / "run.json").write_text('{"schema_version": 99}')
    with pytest.raises(ReportError, match="version 99"):
        write_report(output)


def test_a_run_without_pages_gives_a_report(tmp_path):
    page = tmp_path / "empty.txt"
    page.write_text("", encoding="utf-8")
    result = run_default(tmp_path / "out", page)
    meta = chunk(write_report(result.output), "meta")
    assert meta["shown"]["articles"] == 0
    assert meta["tables"]["failures"]["rows"] == result.rows["failures"]


# ------------------------------------------------------------------------------------------------------ in a browser
def _chromium() -> str | None:
    """Path of a Chromium: $CHROMIUM, or one on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra browser: pip install '.[browser]'")
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium: install it (apt-get install chromium) or name it in CHROMIUM")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


class Reader:
    """Someone at a browser: opens a report, goes to an address in it, and keeps what the console says."""

    def __init__(self, browser, report: Path, **context):
        self.context = browser.new_context(offline=True, **context)
        self.page = self.context.new_page()
        self.report = report
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(report.as_uri())
        self.page.wait_for_selector("html[data-ready]")

    def go(self, address: str) -> None:
        self.page.goto(self.report.as_uri() + address)
        self.page.wait_for_selector(f'main[data-shown="{address}"]')

    def rows(self) -> list[list[str]]:
        return self.page.eval_on_selector_all(
            "tbody tr", "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.textContent))"
        )

    def counted(self, text: str) -> None:
        self.page.locator(".count").filter(has_text=re.compile("^" + re.escape(text))).wait_for()


@pytest.fixture
def reader(browser, report) -> Iterator[Reader]:
    reader = Reader(browser, report, viewport={"width": 1400, "height": 900})
    yield reader
    reader.context.close()
    assert reader.said == []


@pytest.mark.browser
def test_the_first_screen_counts_the_tables_and_leads_to_them(reader, seed_run):
    tiles = reader.page.locator(".tile")
    assert tiles.nth(0).inner_text().split()[0] == str(seed_run.rows["articles"])
    bar = reader.page.locator("figure").first.locator("a").first
    counts = Counter(pq.read_table(seed_run.output / "events")["type"].to_pylist())
    most = max(counts.values())
    assert bar.locator("title").text_content() in {f"{kind}: {n}" for kind, n in counts.items() if n == most}
    number = bar.locator("text.number").text_content()
    bar.click()
    reader.page.wait_for_selector("tbody tr")
    assert reader.page.locator(".count").inner_text() == f"{number} of {seed_run.rows['events']} rows"
    reader.page.go_back()
    reader.page.wait_for_selector(".tiles")


@pytest.mark.browser
def test_a_table_is_searched_filtered_sorted_and_paged(reader, seed_run):
    quantities = pq.read_table(seed_run.output / "quantities").to_pylist()
    reader.go("#/table/quantities")
    assert len(reader.rows()) == 50
    reader.page.get_by_label("next page").click()
    reader.page.locator("tbody tr:first-child[data-row='50']").wait_for()

    reader.page.get_by_role("button", name="value", exact=True).click()
    reader.page.get_by_role("button", name="value", exact=True).click()
    reader.page.wait_for_selector("th[aria-sort=descending]")
    values = [float(row[1].replace(",", "")) for row in reader.rows() if row[1]]
    assert values == sorted(values, reverse=True)
    assert values[0] == max(q["value"] for q in quantities if q["value"] is not None)

    money = sum(q["kind"] == "money" for q in quantities)
    reader.page.get_by_label("kind").select_option("money")
    reader.counted(f"{money} of ")
    assert all(row[6] == "money" for row in reader.rows())
    reader.page.get_by_label("kind").select_option("")

    word = quantities[0]["sentence"][3:9]
    reader.page.fill("#search", word)
    reader.counted(f"{sum(word in q['sentence'] for q in quantities)} of ")
    reader.page.reload()  # the address keeps the state
    reader.page.wait_for_selector("html[data-ready]")
    reader.counted(f"{sum(word in q['sentence'] for q in quantities)} of ")


@pytest.mark.browser
def test_from_a_quantity_to_its_sentence_and_back_to_its_row(reader, seed_run):
    quantities = pq.read_table(seed_run.output / "quantities").to_pylist()
    row = next(i for i, q in enumerate(quantities) if i > 60 and q["value"] is not None)
    reader.go(f"#/table/quantities?row={row}")
    reader.page.locator(f"tr[data-row='{row}'] td.go a").click()
    chosen = reader.page.locator(".text .chosen")
    chosen.first.wait_for()
    assert "".join("".join(chosen.all_inner_texts()).split()) == "".join(quantities[row]["text"].split())
    paragraph = reader.page.locator(".text p", has=reader.page.locator(".chosen")).first.inner_text()
    assert "".join(quantities[row]["sentence"].split()) in "".join(paragraph.split())
    assert chosen.first.evaluate(
        "e => { const r = e.getBoundingClientRect(); return r.top > 0 && r.bottom < innerHeight }"
    )
    reader.page.locator("#card a").click()
    reader.page.wait_for_selector(f"tr.wanted[data-row='{row}']")


@pytest.mark.browser
def test_every_fact_of_an_article_leads_to_its_words(reader, seed_run):
    words = {
        name: [
            row["text" if name != "events" else "trigger"] for row in pq.read_table(seed_run.output / name).to_pylist()
        ]
        for name in ("quantities", "times", "events", "mentions")
    }
    for article in (0, 4):
        reader.go(f"#/article/{article}")
        links = reader.page.eval_on_selector_all(".fact-lists a", "all => all.map(a => a.getAttribute('href'))")
        assert len(links) > 10
        for address in links:
            name, row = address.split("/")[-2:]
            if name == "officials":
                continue
            reader.go(address)
            chosen = "".join(reader.page.locator(".text .chosen").all_text_contents())
            assert "".join(chosen.split()) == "".join(words[name][int(row)].split())


@pytest.mark.browser
def test_an_event_shows_its_participants_and_a_layer_can_be_hidden(reader, seed_run):
    events = pq.read_table(seed_run.output / "events").to_pylist()
    arguments = pq.read_table(seed_run.output / "event_arguments").to_pylist()
    by_event = [[a["text"] for a in arguments if a["event_id"] == e["event_id"]] for e in events]
    row = max(range(len(events)), key=lambda i: len(by_event[i]))
    reader.go("#/table/events?row=" + str(row))
    reader.page.locator(f"tr[data-row='{row}'] td.go a").click()
    reader.page.locator(".chosen").first.wait_for()
    told = "".join("".join(reader.page.locator(".argument").all_text_contents()).split())
    assert all("".join(text.split()) in told for text in by_event[row] if text != events[row]["trigger"])
    run = reader.page.locator(".run[data-layers=events]").first
    before = run.evaluate("e => getComputedStyle(e).backgroundImage")
    reader.page.locator(".layers label.layer-events input").uncheck()
    assert run.evaluate("e => getComputedStyle(e).backgroundImage") != before


@pytest.mark.browser
def test_marks_that_nest_or_overlap_are_all_seen(reader, report):
    """Words under two marks show both, each in a lane of its own, and choosing them tells of both."""
    article = next(
        article
        for page in chunk(report, "pages-0")
        for article in page["articles"]
        for _, start, end, *_ in article["marks"].get("mentions", [])
        for name in ("mentions", "events", "times", "quantities")
        for _, low, high, *_ in article["marks"].get(name, [])
        if start <= low and high <= end and (low, high) != (start, end)
    )
    reader.go(f"#/article/{article['row']}")
    run = reader.page.locator(".run[data-layers*=' ']").first
    lanes = run.evaluate("e => [0, 1].map(lane => e.style.getPropertyValue(`--lane-${lane}`))")
    assert all(lanes)
    run.click()
    reader.page.locator("#card section").nth(1).wait_for()


@pytest.mark.browser
def test_the_page_as_printed_and_the_manifest_can_be_read(reader, seed_run):
    page = pq.read_table(seed_run.output / "pages").to_pylist()[1]
    reader.go("#/page/1")
    assert reader.page.locator(".printed").text_content() == page["text"].replace("\r\n", "\n")
    reader.go("#/run")
    assert "configuration.run.engine" in reader.page.locator("main").inner_text()
    reader.go("#/table/failures")
    assert reader.page.locator(".count").inner_text() == "0 of 0 rows"
    reader.go("#/nowhere/9")
    assert reader.page.locator(".error").count() == 1


@pytest.mark.browser
def test_markup_in_a_page_stays_text(browser, hostile):
    reader = Reader(browser, hostile)
    reader.go("#/page/0")
    assert reader.page.locator(".printed").text_content() == HOSTILE
    for address in (
        "#/",
        "#/article/0",
        "#/table/pages",
        "#/table/mentions",
        "#/table/articles?q=%3Cscript%3E",
        "#/run",
    ):
        reader.go(address)
    assert reader.page.evaluate("window.broken") is None
    assert reader.page.locator("main img, main script, main b:has-text('石桥')").count() == 0
    assert reader.said == []
    reader.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_narrow_and_wide(browser, report, scheme, width, tmp_path):
    reader = Reader(browser, report, color_scheme=scheme, viewport={"width": width, "height": 800})
    for address in ("#/", "#/table/events", "#/article/1", "#/page/0", "#/run"):
        reader.go(address)
        reader.page.wait_for_timeout(50)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    ground, ink = reader.page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.documentElement).color]"
    )
    light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ground, ink)]
    assert (light[0] > light[1]) == (scheme == "light")
    reader.page.locator("#theme").click()
    assert reader.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != ground
    assert reader.said == []
    reader.context.close()
