"""Scores on pages made by hand, whose right figures can be counted on the fingers, and gold against itself."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.evaluate import main
from pipeline.records import TABLES, table
from pipeline.scoring.facts import ScoringError
from pipeline.scoring.layers import LAYERS
from pipeline.scoring.match import match, same_number, same_place, span_rank, within
from pipeline.scoring.report import Scores, score

GOLD = Path(__file__).parent / "gold"
ROOT = Path(__file__).parent.parent
TEXT = "甲县开展培训\n本报讯（记者 钱 一）4月2日，甲县乙镇丙村党支部书记孙二一行20余人到丙村走访慰问困难群众3户。\n\n丁社区举办比赛\n丁社区周末举行比赛。"


def at(words: str, nth: int = 0) -> dict:
    """Where the words stand in TEXT."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return {"text": words, "start": start, "end": start + len(words)}


def article(begin: str, end: str, **layers) -> dict:
    body = [[TEXT.index(begin), TEXT.index(end) + len(end)]]
    row = {"id": "a1", "kind": "news", "body": body, "headline": None, "kicker": None, "bylines": []}
    return {**row, "mentions": [], "posts": [], "quantities": [], "times": [], "events": [], **layers}


def gold_page(*articles: dict, text: str = TEXT, year: int | None = 2024) -> dict:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return {"page": "p.txt", "sha256": sha256, "year": year, "articles": list(articles)}


def tables_of(pages: list[tuple[dict, str]]) -> dict[str, list[dict]]:
    """Gold as the rows that a perfect run would write."""
    rows: dict[str, list[dict]] = {name: [] for name in TABLES}
    for gold, text in pages:
        page = {"page_id": "page-" + gold["sha256"][:8]}
        rows["pages"].append(
            {**page, "source": gold["page"], "sha256": gold["sha256"], "issue_year": gold["year"], "text": text}
        )
        for position, a in enumerate(gold["articles"]):
            ids = {**page, "article_id": f"{page['page_id']}-{position}"}
            parts = [{"start": start, "end": end} for start, end in a["body"]]
            rows["articles"].append(
                {**ids, "position": position, "parts": parts, **{k: a[k] for k in ("kind", "headline", "bylines")}}
            )
            rows["mentions"] += [{**ids, **m} for m in a["mentions"]]
            start, end = a["body"][0]
            rows["officials"] += [{**ids, **p, "start": start, "end": end} for p in a["posts"]]
            for q in a["quantities"]:
                low, high = q["value"] if isinstance(q["value"], list) else (q["value"], q["value"])
                value = None if isinstance(q["value"], list) else q["value"]
                low, high = (
                    None if q["modifier"] in side else v for side, v in ((("lt", "le"), low), (("gt", "ge"), high))
                )
                rows["quantities"].append({**ids, **q, "value": value, "low": low, "high": high})
            rows["times"] += [{**ids, **t} for t in a["times"]]
            for e in a["events"]:
                event_id = f"{ids['article_id']}-{e['trigger']['start']}-{e['type']}"
                spot = {"trigger": e["trigger"]["text"], "start": e["trigger"]["start"], "end": e["trigger"]["end"]}
                rows["events"].append({**ids, **spot, "event_id": event_id, "type": e["type"], "realis": e["realis"]})
                rows["event_arguments"] += [{**ids, **argument, "event_id": event_id} for argument in e["args"]]
    return rows


def write(directory: Path, rows: dict[str, list[dict]]) -> Path:
    for name in TABLES:
        (directory / name).mkdir(parents=True)
        pq.write_table(table(name, rows[name]), directory / name / "part-00000.parquet")
    return directory


@pytest.fixture
def scored(tmp_path: Path) -> Callable[..., Scores]:
    """Scores of the rows of `predicted` articles, changed by `change`, against those of `gold`."""

    def run(gold: list[dict], predicted: list[dict], change: Callable[[dict], object] = lambda rows: None) -> Scores:
        (tmp_path / "gold").mkdir()
        (tmp_path / "gold" / "p.json").write_text(json.dumps(gold_page(*gold)), encoding="utf-8")
        rows = tables_of([(gold_page(*predicted), TEXT)])
        change(rows)
        return score(tmp_path / "gold", write(tmp_path / "out", rows))

    return run


def figures(scores: Scores, layer: str) -> tuple:
    """Gold, predicted, right strictly and right leniently, counted."""
    counts = scores.layers[layer].counts.sum(axis=0)
    return tuple(counts[[0, 1, 3, 5]].tolist())


FIRST, SECOND = ("4月2日", "3户。"), ("丁社区周末", "举行比赛。")


# ---------------------------------------------------------------------------------------------- pairing
def test_equal_spans_are_paired_before_overlapping_ones_and_larger_overlaps_first():
    gold, predicted = [(0, 4), (2, 4), (10, 20)], [(2, 4), (0, 3), (18, 22), (11, 19)]
    assert match(gold, predicted, span_rank) == [
        ((0, 4), (0, 3)),
        ((2, 4), (2, 4)),
        ((10, 20), (11, 19)),
        (None, (18, 22)),
    ]


def test_an_item_is_paired_once():
    assert match([(0, 2)], [(0, 2), (0, 2)], span_rank) == [((0, 2), (0, 2)), (None, (0, 2))]


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        ("甲省/乙市/丙县/丁村", "甲省/乙市/丙县/丁村", True),
        ("甲省/乙市/丙县/丁镇/戊村", "甲省/乙市/丙县/戊村", True),
        ("甲省/乙市/丙县/戊村", "甲省/乙市/丙县/丁镇/戊村", True),
        ("甲省/乙市/丙县/丁镇/戊村", "甲省/乙市/丙县/己镇/戊村", False),
        ("甲省/乙市/丙县", "甲省/乙市", False),
        ("甲省/乙市/丙县", "乙市/丙县", False),
        ("甲省/乙市/丙县", "丙县", False),
        ("大河", "甲省/大河", True),
        ("甲省/乙市", None, False),
    ],
)
def test_a_path_may_differ_by_levels_in_the_middle_only(gold: str, predicted: str | None, same: bool):
    assert same_place(gold, predicted) is same


def test_numbers_agree_to_five_digits_and_nulls_with_nulls_only():
    assert same_number(0.666667, 2 / 3)
    assert same_number((3, 5), (3.0, 5.0))
    assert not same_number(3, (3, 5))
    assert same_number(None, None)
    assert not same_number(None, 0)
    assert not same_number(1000, 1001)


def test_a_text_within_another():
    assert within("甲 县", "甲县政府")
    assert not within("甲县", "乙县")
    assert not within(None, "甲县")
    assert within(None, None)


# ---------------------------------------------------------------------------------------------- layers
def place(words: str, level: str, canonical: str | None, nth: int = 0) -> dict:
    return {**at(words, nth), "type": "PLACE", "level": level, "canonical": canonical}


def name(words: str, type_: str, nth: int = 0) -> dict:
    return {**at(words, nth), "type": type_, "level": None, "canonical": None}


def test_names_strict_lenient_and_duplicates(scored):
    gold = article(*FIRST, mentions=[name("钱 一", "PER"), name("孙二", "PER"), name("党支部书记", "POST")])
    found = [
        name("孙二一", "PER"),
        name("钱 一", "PER"),
        name("钱 一", "PER"),
        name("书记", "POST"),
        name("甲县", "ORG"),
    ]
    scores = scored([gold], [article(*FIRST, mentions=found)])
    assert figures(scores, "PER") == (2, 3, 1, 2)
    assert figures(scores, "POST") == (1, 1, 0, 1)
    assert figures(scores, "ORG") == (0, 1, 0, 0)
    assert scores.layers["PLACE"].strict.f1 is None
    strict = scores.layers["PER"].strict
    assert (strict.precision, strict.recall, strict.f1) == pytest.approx((1 / 3, 1 / 2, 0.4))


def test_white_space_at_the_edges_of_a_span_does_not_count(scored):
    padded = name("钱 一", "PER")
    padded["start"] -= 1
    assert TEXT[padded["start"]] == " "
    scores = scored([article(*FIRST, mentions=[name("钱 一", "PER")])], [article(*FIRST, mentions=[padded])])
    assert figures(scores, "PER") == (1, 1, 1, 1)


def test_nested_names_are_paired_with_their_equals(scored):
    both = [name("乙镇丙村党支部", "ORG"), name("丙村党支部", "ORG")]
    inner_only = [name("丙村党支部", "ORG")]
    scores = scored([article(*FIRST, mentions=both)], [article(*FIRST, mentions=inner_only)])
    assert figures(scores, "ORG") == (2, 1, 1, 1)


def test_places_levels_paths_and_distinct_villages(scored):
    path = "甲省/甲市/甲县/乙镇/丙村"
    gold = [
        place("甲县", "county", "甲省/甲市/甲县", 1),
        place("丙村", "village", path),
        place("丙村", "village", path, 1),
    ]
    found = [
        place("甲县", "county", "甲省/别市/甲县", 1),
        place("丙村", "village", "甲省/甲市/甲县/丙村"),
        place("丙村", "community", "甲省/甲市/甲县/丙村", 1),
    ]
    scores = scored([article(*FIRST, mentions=gold)], [article(*FIRST, mentions=found)])
    assert figures(scores, "PLACE") == (3, 3, 3, 3)
    assert figures(scores, "place_levels") == (3, 3, 2, 2)
    assert figures(scores, "place_paths") == (3, 3, 2, 3)
    assert figures(scores, "villages") == (1, 1, 1, 1)
    assert figures(scores, "communities") == (0, 1, 0, 0)


def test_a_place_without_a_path_costs_recall_of_paths_alone(scored):
    gold = [place("丙村", "village", "甲省/丙村")]
    scores = scored([article(*FIRST, mentions=gold)], [article(*FIRST, mentions=[place("丙村", "village", None)])])
    assert figures(scores, "place_paths") == (1, 0, 0, 0)
    assert figures(scores, "villages") == (1, 1, 0, 1)


def post(person: str, title: str, unit: str | None, official: bool = True, category: str = "grassroots") -> dict:
    place = "甲省/甲县"
    return {"person": person, "title": title, "unit": unit, "place": place, "category": category, "official": official}


def test_posts_by_person_title_and_unit(scored):
    gold = [
        post("孙 二", "党支部书记", "丙村"),
        post("孙二", "主任", "丙村"),
        post("钱一", "局长", "甲县教育局", category="party_government"),
        post("赵三", "网格员", "丁社区", official=False, category="role"),
        post("李四", "民警", None, official=False),
    ]
    found = [
        post("孙二", "党支部书记", "丙村"),
        post("孙二", "党支部书记", "丙村"),
        post("孙二", "副主任", "丙村"),
        post("钱一", "局长", "教育局"),
        post("赵三", "网格员", None, official=True, category="role"),
        post("李四", "民警", "甲县", official=False),
    ]
    scores = scored([article(*FIRST, posts=gold)], [article(*FIRST, posts=found)])
    assert figures(scores, "posts") == (5, 6, 1, 4)
    assert figures(scores, "officials") == (3, 5, 1, 2)
    assert figures(scores, "categories") == (4, 4, 3, 3)
    assert figures(scores, "post_places") == (4, 4, 4, 4)


def test_the_title_decides_before_the_unit_and_then_the_flag(scored):
    gold = [post("孙二", "书记", "丙村")]
    found = [
        post("孙二", "副主任", "丙村"),
        post("孙二", "书记", "丙村", official=False),
        post("孙二", "书记", "丙村"),
    ]
    scores = scored([article(*FIRST, posts=gold)], [article(*FIRST, posts=found)])
    assert figures(scores, "posts") == (1, 3, 1, 1)
    assert figures(scores, "officials") == (1, 2, 1, 1)


def test_the_same_title_with_a_near_unit_is_preferred_to_another_title(scored):
    found = [post("孙二", "副主任", "丙村"), post("孙二", "书记", None)]
    scores = scored([article(*FIRST, posts=[post("孙二", "书记", "丙村")])], [article(*FIRST, posts=found)])
    assert figures(scores, "posts") == (1, 2, 0, 1)


def quantity(words: str, value, unit: str, modifier: str, thing: str | None) -> dict:
    return {**at(words), "value": value, "unit": unit, "modifier": modifier, "kind": "count", "object": thing}


def test_quantities_span_value_and_object(scored):
    gold = [quantity("20余人", 20, "人", "gt", None), quantity("3户", 3, "户", "eq", "困难群众")]
    gold.append(quantity("4月", 4, "月", "gt", None))
    found = [quantity("20余", 20, "人", "gt", None), quantity("3户", 3, "户", "eq", "群众")]
    found.append(quantity("4月", 4, "月", "ge", None))
    scores = scored([article(*FIRST, quantities=gold)], [article(*FIRST, quantities=found)])
    assert figures(scores, "quantities") == (3, 3, 2, 3)
    assert figures(scores, "quantity_values") == (3, 3, 2, 3)
    assert figures(scores, "quantity_objects") == (3, 3, 0, 2)


@pytest.mark.parametrize(
    ("gold", "predicted", "right"),
    [(None, None, 1), ([3, 5], [3, 5], 1), ([3, 5], [3, 6], 0), (3, None, 0), (None, 3, 0), ([3, 5], 3, 0)],
)
def test_values_null_and_ranges(scored, gold, predicted, right: int):
    a, b = ([quantity("3户", value, "户", "approx", None)] for value in (gold, predicted))
    scores = scored([article(*FIRST, quantities=a)], [article(*FIRST, quantities=b)])
    assert figures(scores, "quantity_values") == (1, 1, right, right)
    assert figures(scores, "quantities") == (1, 1, 1, 1)


def test_times_by_span_value_and_type(scored):
    gold = [
        {**at("4月2日"), "value": "2024-04-02", "type": "DATE"},
        {**at("周末"), "value": "2024-04-06", "type": "DATE"},
    ]
    found = [
        {**at("4月2日"), "value": "2024-04-02", "type": "TIME"},
        {**at("周"), "value": "2024-04-06", "type": "DATE"},
    ]
    scores = scored([article(*FIRST, times=gold)], [article(*FIRST, times=found)])
    assert figures(scores, "times") == (2, 2, 1, 2)
    assert figures(scores, "time_values") == (2, 2, 0, 2)


def event(type_: str, trigger: str, *args: tuple[str, str], nth: int = 0, realis: str = "actual") -> dict:
    arguments = [{"role": role, **at(words)} for role, words in args]
    return {"type": type_, "realis": realis, "trigger": at(trigger, nth), "args": arguments}


def test_events_and_arguments(scored):
    gold = [
        event("visit", "走访", ("agent", "孙二"), ("place", "丙村"), ("quantity", "3户")),
        event("contest", "比赛", ("agent", "丁社区"), nth=1),
        event("training", "培训", ("agent", "甲县")),
    ]
    found = [
        event(
            "visit", "走访慰问", ("agent", "孙二一行"), ("participant", "丙村"), ("quantity", "3户"), realis="planned"
        ),
        event("meeting", "比赛", ("agent", "丁社区"), nth=1),
    ]
    scores = scored([article(*FIRST, events=gold)], [article(*FIRST, events=found)])
    assert figures(scores, "triggers") == (3, 2, 1, 2)
    assert figures(scores, "events") == (3, 2, 0, 1)
    assert figures(scores, "realis") == (1, 1, 0, 0)
    # the contest was found as a meeting: its argument is missed, that of the meeting one too many
    assert figures(scores, "arguments") == (5, 4, 1, 2)


def test_two_events_of_one_trigger_are_two(scored):
    gold = [event("founding", "比赛", nth=1), event("contest", "比赛", nth=1)]
    scores = scored([article(*FIRST, events=gold)], [article(*FIRST, events=list(reversed(gold)))])
    assert figures(scores, "events") == (2, 2, 2, 2)


# ---------------------------------------------------------------------------------------------- articles
def characters(row: dict) -> int:
    return sum(len("".join(TEXT[a:b].split())) for a, b in row["body"])


def test_a_merged_article_costs_precision_and_a_split_one_recall(scored, tmp_path: Path):
    first, second = article(*FIRST), article(*SECOND)
    merged = article("4月2日", "3户。")
    merged["body"] += second["body"]
    m, n = characters(first), characters(second)
    scores = scored([first, second], [merged])
    assert scores.layers["articles"].strict.recall == 1
    assert scores.layers["articles"].strict.precision == pytest.approx((m * m + n * n) / (m + n) ** 2)


def test_a_split_article_costs_recall(scored):
    left, right = article("4月2日", "书记"), article("孙二", "3户。")
    m, n = characters(left), characters(right)
    scores = scored([article(*FIRST)], [left, right])
    assert scores.layers["articles"].strict.precision == 1
    assert scores.layers["articles"].strict.recall == pytest.approx((m * m + n * n) / (m + n) ** 2)
    assert figures(scores, "kinds") == (1, 2, 1, 1)


def test_characters_of_one_side_cost_that_side(scored):
    exact, long = article(*FIRST), article("本报讯", "3户。")
    m, n = characters(exact), characters(long)
    strict = (layer := scored([exact], [long]).layers["articles"]).strict
    assert strict.recall == 1
    assert strict.precision == pytest.approx(m / n * m / n)
    assert layer.lenient.precision == pytest.approx(m / n)


def test_a_second_copy_of_an_article_is_one_too_many(scored):
    scores = scored([article(*FIRST)], [article(*FIRST), article(*FIRST)])
    assert scores.layers["articles"].strict.precision == pytest.approx(0.5)
    assert scores.layers["articles"].strict.recall == 1


def test_headlines_and_bylines_of_paired_articles(scored):
    by = [{"name": "钱 一", "role": "reporter"}, {"name": "孙二", "role": "correspondent"}]
    gold = [
        article(*FIRST, headline="甲县 培训２０人", bylines=by),
        article(*SECOND, headline="丁社区举办比赛", kind="brief"),
    ]
    found = [
        article(*SECOND, headline="丁社 区举办比赛", bylines=[{"name": "周五", "role": "reporter"}]),
        article(
            "孙二", "3户。", headline="甲县培训20人", bylines=[{"name": "钱一", "role": "photographer"}, by[1], by[1]]
        ),
    ]
    scores = scored(gold, found)
    assert figures(scores, "headlines") == (2, 2, 1, 2)
    assert figures(scores, "kinds") == (2, 2, 1, 2)
    assert figures(scores, "bylines") == (2, 4, 1, 2)


def test_a_headline_that_gold_has_not_costs_precision(scored):
    scores = scored(
        [article(*FIRST), article(*SECOND, headline="赛")], [article(*FIRST, headline="甲"), article(*SECOND)]
    )
    assert figures(scores, "headlines") == (1, 1, 0, 0)


@pytest.mark.parametrize(("printed", "found", "expected"), [(2024, 2024, (1, 1, 1, 1)), (2024, 2023, (1, 1, 0, 0))])
def test_the_year_of_the_page(scored, printed: int, found: int, expected: tuple):
    scores = scored([article(*FIRST)], [article(*FIRST)], lambda rows: rows["pages"][0].update(issue_year=found))
    assert figures(scores, "years") == expected


# ---------------------------------------------------------------------------------------------- whole sets
def read_set(folder: Path, pages: Path) -> list[tuple[dict, str]]:
    found = []
    for file in sorted(folder.glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        found.append((gold, (pages / f"{file.stem}.txt").read_bytes().decode("utf-8")))
    return found


SETS = {"seeds": ROOT / "seeds", "dev": GOLD / "dev" / "pages", "test": GOLD / "test" / "pages"}


@pytest.mark.parametrize("which", SETS)
def test_gold_against_itself_is_perfect(which: str, tmp_path: Path):
    pages = read_set(GOLD / which / "gold", SETS[which])
    scores = score(GOLD / which, write(tmp_path, tables_of(pages)))
    assert not scores.missing
    for layer in scores.layers.values():
        assert layer.gold == layer.predicted > 0, layer.name
        assert (layer.strict.f1, layer.lenient.f1, layer.interval) == (1, 1, (1, 1)), layer.name
        assert not list(scores.errors(layer.name))


def test_no_lenient_figure_is_below_the_strict_one(tmp_path: Path):
    pages = read_set(GOLD / "dev" / "gold", SETS["dev"])
    rows = tables_of(pages)
    for name in ("mentions", "quantities", "times", "events", "event_arguments"):
        for i, row in enumerate(rows[name]):
            row["end"] += i % 3 == 0
            row["start"] += i % 5 == 0 and row["end"] - row["start"] > 1
        del rows[name][::7]
    for scored_layer in score(GOLD / "dev", write(tmp_path, rows)).layers.values():
        strict, lenient, interval = scored_layer.strict, scored_layer.lenient, scored_layer.interval
        assert strict.f1 <= lenient.f1 <= 1
        assert interval[0] <= strict.f1 <= interval[1]


def test_a_page_missing_from_the_output_is_missed_and_named(tmp_path: Path, capsys):
    pages = read_set(GOLD / "dev" / "gold", SETS["dev"])
    output = write(tmp_path, tables_of(pages[1:]))
    scores = score(GOLD / "dev", output)
    assert scores.missing == ("gold/01.json",)
    per = scores.layers["PER"]
    lost = sum(m["type"] == "PER" for a in pages[0][0]["articles"] for m in a["mentions"])
    assert per.gold - per.predicted == lost > 0
    assert per.strict.precision == 1
    assert per.strict.recall == pytest.approx(per.predicted / per.gold)
    assert main([str(GOLD / "dev"), str(output)]) == 0
    assert "gold/01.json" in capsys.readouterr().out


def test_a_run_over_other_pages_is_refused(tmp_path: Path, capsys):
    output = write(tmp_path, tables_of(read_set(GOLD / "dev" / "gold", SETS["dev"])))
    assert main([str(GOLD / "seeds"), str(output)]) == 2
    assert "none of the pages" in capsys.readouterr().err


def test_scores_are_the_same_every_time(tmp_path: Path):
    pages = read_set(GOLD / "dev" / "gold", SETS["dev"])
    rows = tables_of(pages)
    del rows["mentions"][::5]
    output = write(tmp_path, rows)
    assert score(GOLD / "dev", output).as_dict() == score(GOLD / "dev", output).as_dict()


# ---------------------------------------------------------------------------------------------- command line
@pytest.fixture
def run_output(tmp_path: Path) -> tuple[Path, Path]:
    """A gold directory and an output that lacks one name and has another."""
    gold = article(*FIRST, mentions=[name("钱 一", "PER"), name("孙二", "PER")])
    found = article(*FIRST, mentions=[name("孙二", "PER"), name("丁社区", "PER")])
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "p.json").write_text(json.dumps(gold_page(gold)), encoding="utf-8")
    return tmp_path / "gold", write(tmp_path / "out", tables_of([(gold_page(found), TEXT)]))


def test_errors_are_listed_with_place_and_context(run_output, capsys):
    assert main([*map(str, run_output), "--errors", "PER"]) == 0
    lines = capsys.readouterr().out.splitlines()
    miss = next(line for line in lines if line.startswith("miss"))
    extra = next(line for line in lines if line.startswith("extra"))
    assert f"p.json {TEXT.index('钱 一')} " in miss
    assert "记者【钱一】" in miss
    assert "【丁社区】举办比赛" in extra
    assert sum(line.startswith(("miss", "extra", "wrong")) for line in lines) == 2


def test_wrong_values_are_shown_side_by_side(scored):
    a, b = ([quantity("3户", value, "户", "eq", None)] for value in (3, 4))
    lines = [
        line.plain
        for line in scored([article(*FIRST, quantities=a)], [article(*FIRST, quantities=b)]).errors("quantity_values")
    ]
    assert len(lines) == 1
    assert "gold: 3户 = 3 户" in lines[0]
    assert "predicted: 3户 = 4 户" in lines[0]


def test_json_holds_every_layer(run_output, tmp_path: Path):
    assert main([*map(str, run_output), "--json", str(tmp_path / "scores.json")]) == 0
    data = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert list(data["layers"]) == list(LAYERS)
    assert data["layers"]["PER"]["strict"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert (data["pages"], data["articles"], data["missing"]) == (1, 1, [])


def test_the_module_runs_as_a_command(run_output):
    command = [sys.executable, "-m", "pipeline.evaluate", *map(str, run_output)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    assert done.returncode == 0
    assert all(layer in done.stdout for layer in LAYERS)


def refused(capsys, *arguments: object) -> str:
    """The sentence on stderr of a command that is refused."""
    assert main([str(a) for a in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_wrong_arguments_are_told_in_a_sentence(run_output, tmp_path: Path, capsys):
    gold, output = run_output
    assert "nowhere" in refused(capsys, tmp_path / "nowhere", output)
    assert "nowhere" in refused(capsys, gold, tmp_path / "nowhere")
    assert all(layer in refused(capsys, gold, output, "--errors", "names") for layer in LAYERS)
    assert "OUTPUT_DIR" in refused(capsys, gold)
    assert "no gold file" in refused(capsys, output / "mentions", output)
    assert "'pages'" in refused(capsys, gold, gold)
    assert "cannot be written" in refused(capsys, gold, output, "--json", tmp_path / "no" / "such" / "place.json")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda page: page.pop("sha256"), "'sha256'"),
        (lambda page: page["articles"][0].pop("body"), "'body'"),
        (lambda page: page["articles"][0]["mentions"][1].pop("start"), "mentions[1] has no key 'start'"),
        (lambda page: page["articles"][0]["mentions"][1].update(end="x"), "'end'"),
        (lambda page: page["articles"][0]["mentions"][1].update(end=99999), "outside the page"),
        (lambda page: page.update(articles=[3]), "articles[0]"),
    ],
)
def test_a_slip_in_gold_is_told_with_file_and_key(run_output, capsys, spoil, said: str):
    file = run_output[0] / "p.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    spoil(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    message = refused(capsys, *run_output)
    assert str(file) in message
    assert said in message


def test_gold_that_is_not_json_and_a_page_twice(run_output, capsys):
    gold, output = run_output
    (gold / "q.json").write_text((gold / "p.json").read_text(encoding="utf-8"), encoding="utf-8")
    assert "the same page" in refused(capsys, gold, output)
    (gold / "q.json").write_text("{", encoding="utf-8")
    assert "q.json: not a JSON file" in refused(capsys, gold, output)


def test_authoring_files_are_left_out(run_output):
    gold, output = run_output
    (gold / "draft").mkdir()
    (gold / "draft" / "p.json").write_text('{"page": "p.txt"}', encoding="utf-8")
    assert len(score(gold, output).pages) == 1


def test_a_table_without_a_column_is_named(run_output):
    gold, output = run_output
    part = output / "mentions" / "part-00000.parquet"
    pq.write_table(pq.read_table(part).drop_columns(["canonical"]), part)
    with pytest.raises(ScoringError, match="mentions: the table has no column 'canonical'"):
        score(gold, output)
