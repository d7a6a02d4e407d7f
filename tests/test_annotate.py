"""Marks out to a person and back: nothing is lost, offsets are true, and a slip is named."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import run_default

from pipeline.annotate import AnnotateError, check_gold, gold_pages, labels_xml, to_gold, to_tasks
from pipeline.annotate.__main__ import main
from pipeline.scoring.report import score

PAGE = """𠮷庆里社区办起家长课堂

□记者 杜小满

  本报讯 7月3日,青禾县花溪街道𠮷庆里社区党委书记陆远
舟带领26名志愿者走访老年人,送去价值3.5万元的暖心包。社区计划8月底前新增床位12
0张。
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("annotate")
    (folder / "page.txt").write_text(PAGE, encoding="utf-8")
    return run_default(folder / "out", folder / "page.txt").output


def corrected(tasks: list[dict]) -> list[dict]:
    """The export of Label Studio after an annotator has agreed with every mark."""
    tasks = json.loads(json.dumps(tasks))
    for task in tasks:
        task["annotations"] = [{"result": task.pop("predictions")[0]["result"]}]
    return tasks


def spans(task: dict) -> list[dict]:
    return [r for r in task["annotations"][0]["result"] if r["type"] == "labels"]


def test_gold_of_a_run_agrees_with_the_run_in_every_layer(seed_run, tmp_path):
    assert main(["export", str(seed_run.output), str(tmp_path), "--format", "gold"]) == 0
    scores = score(tmp_path / "gold", seed_run.output)
    assert not scores.missing
    assert {name: layer.strict.f1 for name, layer in scores.layers.items() if layer.strict.f1 not in (1.0, None)} == {}


def test_marks_come_back_from_label_studio_as_they_went(seed_run):
    pages = list(gold_pages(seed_run.output))
    golds, left_out = to_gold(corrected(list(to_tasks(pages))))
    assert left_out == []
    assert golds == [page.gold for page in pages]
    for page, gold in zip(pages, golds, strict=True):
        check_gold(gold, page.text, gold["page"])


def test_a_task_shows_the_article_without_column_breaks_and_its_marks_in_place(output):
    (task,) = to_tasks(gold_pages(output))
    text = task["data"]["text"]
    assert "党委书记陆远舟带领26名志愿者" in text
    assert "新增床位120张" in text
    words = {}
    for result in task["predictions"][0]["result"]:
        if result["type"] == "labels":
            value = result["value"]
            assert text[value["start"] : value["end"]] == value["text"]
            words.setdefault(value["labels"][0], []).append(value["text"])
    assert "陆远舟" in words["PER"]
    assert {"26名", "3.5万元", "120张"} <= set(words["QUANTITY"])


def test_offsets_in_utf16_units_are_understood_too(output):
    tasks = corrected(list(to_tasks(gold_pages(output))))
    expected, _ = to_gold(tasks)
    text = tasks[0]["data"]["text"]
    assert any(ord(c) > 0xFFFF for c in text)
    for result in tasks[0]["annotations"][0]["result"]:
        if "start" in result.get("value", {}):
            for edge in ("start", "end"):
                result["value"][edge] = len(text[: result["value"][edge]].encode("utf-16-le")) // 2
    assert to_gold(tasks)[0] == expected


def test_a_correction_becomes_gold(output, tmp_path):
    tasks = corrected(list(to_tasks(gold_pages(output))))
    results = tasks[0]["annotations"][0]["result"]
    text = tasks[0]["data"]["text"]
    start = text.index("志愿者")
    results.append({
        "id": "new", "from_name": "marks", "to_name": "text", "type": "labels",
        "value": {"start": start, "end": start + 3, "text": "志愿者", "labels": ["ORG"]},
    })  # fmt: skip
    sums = next(r for r in results if r.get("from_name") == "value" and r["value"]["text"] == ["35000"])
    sums["value"]["text"] = ["36000"]
    headline = next(r for r in results if r.get("from_name") == "headline")
    headline["value"]["text"] = ["新的标题"]
    export = tmp_path / "export.json"
    export.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    assert main(["import", str(export), str(tmp_path / "mine"), "--pages", str(output)]) == 0
    gold = json.loads((tmp_path / "mine" / "gold" / "page.json").read_text(encoding="utf-8"))
    article = gold["articles"][0]
    assert article["headline"] == "新的标题"
    new = next(m for m in article["mentions"] if m["text"] == "志愿者")
    assert PAGE[new["start"] : new["end"]] == "志愿者"
    assert 36000 in [q["value"] for q in article["quantities"]]
    assert (tmp_path / "mine" / "pages" / "page.txt").read_text(encoding="utf-8") == PAGE
    scores = score(tmp_path / "mine" / "gold", output)
    assert scores.layers["ORG"].strict.recall is not None
    assert scores.layers["ORG"].strict.recall < 1


def test_a_page_that_is_not_all_corrected_is_left_out_by_name(seed_run):
    tasks = corrected(list(to_tasks(gold_pages(seed_run.output))))
    first = tasks[0]["data"]["page"]
    tasks[0]["annotations"][0]["was_cancelled"] = True
    golds, left_out = to_gold(tasks)
    assert first not in [gold["page"] for gold in golds]
    assert len(golds) == seed_run.rows["pages"] - 1
    assert len(left_out) == 1
    assert first in left_out[0]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tasks: spans(tasks[0])[0]["value"].update(text="别的字"), "draw it anew"),
        (lambda tasks: spans(tasks[0])[0]["value"].update(start=9_000, end=9_002, text=""), "no stretch"),
        (lambda tasks: tasks[0].update(data={"text": "x"}), "task 1 .*pipeline.annotate export"),
        (
            lambda tasks: tasks[0]["annotations"][0]["result"].append(
                {"id": "posts", "from_name": "posts", "type": "textarea", "value": {"text": ["陆远舟 | 书记"]}}
            ),
            "has 2 cells, not 6",
        ),
        (
            lambda tasks: next(
                r
                for r in tasks[0]["annotations"][0]["result"]
                if r.get("from_name") == "value" and r["value"]["text"] == ["26"]
            )["value"].update(text=["二十六"]),
            "no number",
        ),
    ],
)
def test_a_slip_in_an_export_is_named(output, spoil, said):
    tasks = corrected(list(to_tasks(gold_pages(output))))
    spoil(tasks)
    with pytest.raises(AnnotateError, match=said):
        to_gold(tasks)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda article: article["mentions"][0].update(type="PERSON"), "PER, PLACE, ORG, POST"),
        (lambda article: article["quantities"][0].update(start=0, end=2), "does not stand at 0 to 2"),
        (lambda article: article.update(kind="story"), "kind is 'story'"),
        (lambda article: article.update(body=[]), "'body' is not a list"),
        (lambda article: article["posts"][0].pop("official"), "no key 'official'"),
        (lambda article: article["posts"][0].update(person="无此人"), "'无此人' does not stand on the page"),
        (lambda article: article["quantities"][0].update(value="26"), "'value' is \"26\""),
        (lambda article: article["quantities"][0].update(object="花盆"), "object '花盆' does not stand"),
        (lambda article: article.pop("events"), "no key 'events'"),
    ],
)
def test_a_slip_in_gold_is_named(output, spoil, said, tmp_path, capsys):
    gold = next(gold_pages(output)).gold
    spoil(gold["articles"][0])
    file = tmp_path / "gold.json"
    file.write_text(json.dumps(gold), encoding="utf-8")
    assert main(["import", str(file), str(tmp_path / "mine"), "--pages", str(output)]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_files_that_are_neither_are_refused(output, tmp_path, capsys):
    for content, said in (("[1", "not a JSON file"), ('{"a": 1}', "neither"), ("[{}]", "task 1")):
        file = tmp_path / "x.json"
        file.write_text(content, encoding="utf-8")
        assert main(["import", str(file), str(tmp_path / "mine"), "--pages", str(output)]) == 2
        assert said in capsys.readouterr().err
    assert main(["export", str(tmp_path), str(tmp_path / "mine")]) == 2
    assert "run.json" in capsys.readouterr().err


def test_the_labelling_interface_has_every_label_and_field(output):
    interface = ET.fromstring(labels_xml())
    labels = {label.get("value") for label in interface.iter("Label")}
    names = {element.get("name") for element in interface.iter() if element.get("name")}
    for task in to_tasks(gold_pages(output)):
        for result in task["predictions"][0]["result"]:
            if result["type"] == "labels":
                assert set(result["value"]["labels"]) <= labels
            if "from_name" in result:
                assert result["from_name"] in names
