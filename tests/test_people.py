"""Names of people found by what stands around them."""

from __future__ import annotations

import pytest
from articles import article

from pipeline.language.document import get_spans
from pipeline.lexicon.person_names import person_names
from pipeline.stages.people import People


def people(text: str, **options: object) -> list[str]:
    doc = article(text, **options)  # type: ignore[arg-type]
    People()(doc)
    return [span.text for span, mention in get_spans(doc, "names/people") if mention.type == "PER"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("云溪镇党委书记薛长宁说,路修好了。", ["薛长宁"]),
        ("村民欧阳明霞告诉记者。", ["欧阳明霞"]),
        ("副镇长许 琳、钱大伟到场。", ["许 琳", "钱大伟"]),
        ("副主任何永平、董秀兰、罗 刚参加会议。", ["何永平", "董秀兰", "罗 刚"]),
        ("技术员阿布都·热合曼在田里。", ["阿布都·热合曼"]),
        ("“今年收成好。”孙玉梅笑着说。", ["孙玉梅"]),
        ("居民王阿姨、陈大爷都来了。", ["王阿姨", "陈大爷"]),
        ("网格员小宋又来了。", ["小宋"]),
        ("当事人李某被处罚。", ["李某"]),
        ("司机张某某逃离现场。", ["张某某"]),
        ("他的妻子周桂芳也在场。", ["周桂芳"]),
        ("任命郑海涛为县司法局局长。", ["郑海涛"]),
    ],
)
def test_found_beside_its_sign(text: str, names: list[str]) -> None:
    assert people(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "党支部书记要带头干。",
        "广大居民安全感提高了。",
        "老师和小学生都来了,老家的小康路通了。",
        "平均每户增收,方便群众办事。",
        "志愿者高高兴兴地出发。",
    ],
)
def test_words_are_no_names(text: str) -> None:
    assert people(text) == []


def test_names_of_bylines_are_found_wherever_they_stand() -> None:
    assert people("■ 本报记者 冉 静 文/图\n春天来了。冉静摄", bylines=("冉静",)) == ["冉 静", "冉静"]


def test_a_title_in_a_byline_is_nobody() -> None:
    assert people("■ 本报记者 冉静\n副区长到场。", bylines=("冉静", "区长")) == ["冉静"]


def test_the_column_of_names_in_a_table() -> None:
    text = "Table with 3 columns: 序号, 姓名, 类别. 1. 贺兰, 摄影; 2. 宋雨桐 马 超, 绘画; 3. 晨光工作室, 绘画"
    assert people(text) == ["贺兰", "宋雨桐", "马 超"]


def test_a_name_scores_by_its_characters_and_what_follows() -> None:
    names = person_names()
    assert names.score("张建国", "说") > names.score("张建国说", "") or names.score("张建国", "说") > 5
    assert names.score("李秀英") > names.score("李应该")
    assert names.score("而且") == float("-inf")
    assert names.surname("诸葛") == "诸葛"
    assert names.surname("张三") == "张"
    assert names.surname("的") is None


def test_a_surname_and_its_title_that_come_back_are_no_name() -> None:
    assert "徐镇长" not in people("徐镇长来了。徐镇长走了，徐镇长笑了。")


def test_a_name_does_not_end_in_a_line_end() -> None:
    """`$` matches before a line end too."""
    assert person_names().score("李秀\n") == float("-inf")
