"""Spellings of bylines that mean the same: where a picture is from, the house twice, both works in one word, marks of every
kind. All names are invented."""

import pytest
from credits import C, P, R, byline, is_no_byline, names_and_roles

from pipeline.folding import fold
from pipeline.page.datelines import leading, trailing

LINES = [
    # where a picture is from is no name
    ("文/高远山 图/网络", [("高远山", C)]),
    ("文/高远山 图/资料图片", [("高远山", C)]),
    ("文字/高远山 图片/受访者提供", [("高远山", C)]),
    ("文/本报记者 高远山 图/受访者提供", [("高远山", R)]),
    ("记者 高远山 通讯员 白一川/文 受访者供图", [("高远山", R), ("白一川", C)]),
    ("记者 高远山 文 受访单位供图", [("高远山", R)]),
    ("本报记者 高远山 文/摄 受访者供图", [("高远山", R)]),
    ("高远山 摄/视觉中国", [("高远山", P)]),
    ("高远山摄（人民图片）", [("高远山", P)]),
    ("高远山 白一川摄影报道（人民视觉）", [("高远山", P), ("白一川", P)]),
    ("视觉中国供图", []),
    ("图文来源：青山县教育局", []),
    ("图文：青山县教育局", []),
    ("来源｜青山县教育局", []),
    # houses
    ("青山网记者高远山/摄影报道", [("高远山", R)]),
    ("青山晨报、青山视频首席记者高远山", [("高远山", R)]),
    ("高远山 青山晨报、青山视频首席记者白一川", [("高远山", C), ("白一川", R)]),
    ("青山晚报·青山壹点 记者 高远山 通讯员 白一川", [("高远山", R), ("白一川", C)]),
    ("文/片 青山晚报·青山壹点记者 高远山 通讯员 白一川", [("高远山", R), ("白一川", C)]),
    ("本报主笔 高远山", [("高远山", R)]),
    ("本报首席摄影 高远山", [("高远山", P)]),
    # both works in one word
    ("文/片 本报记者 高远山", [("高远山", R)]),
    ("本报记者 高远山 通讯员 白一川 文/片", [("高远山", R), ("白一川", C)]),
    ("高远山文并摄", [("高远山", R)]),
    ("高远山 文并图", [("高远山", R)]),
    ("高远山 撰文/摄影", [("高远山", R)]),
    ("本报记者 高远山 采写/摄影", [("高远山", R)]),
    ("【文/图】高远山", [("高远山", R)]),
    # of a whole page or group
    ("本版稿件由高远山 白一川采写", [("高远山", C), ("白一川", C)]),
    ("本组稿件由记者 高远山 采写", [("高远山", R)]),
    ("本版撰文 高远山", [("高远山", C)]),
    ("本版文字 高远山 白一川 本版图片 杜渡", [("高远山", C), ("白一川", C), ("杜渡", P)]),
    ("本版文图 记者 高远山", [("高远山", R)]),
    ("本版采写 本报记者 高远山 白一川", [("高远山", R), ("白一川", R)]),
    # other works
    ("来稿：高远山", [("高远山", C)]),
    ("（投稿：高远山）", [("高远山", C)]),
    ("（本文作者：高远山）", [("高远山", C)]),
    ("文稿：高远山 供图：白一川", [("高远山", C), ("白一川", P)]),
    ("记者：高远山 摄像：白一川", [("高远山", R), ("白一川", P)]),
    ("记者 高远山 视频 白一川", [("高远山", R), ("白一川", P)]),
    ("高远山 口述 白一川 整理", [("白一川", C)]),
    ("高远山/口述 白一川/整理", [("白一川", C)]),
    ("记者 高远山 通讯员 白一川 报道 杜渡 摄", [("高远山", R), ("白一川", C), ("杜渡", P)]),
    ("记者 高远山 见习生 白一川", [("高远山", R), ("白一川", C)]),
    ("记者 高远山 实习 白一川", [("高远山", R), ("白一川", C)]),
    ("记者 高远山 白一川（实习）", [("高远山", R), ("白一川", R)]),
    # marks
    ("⊙本报记者 高远山", [("高远山", R)]),
    ("⊙ 高远山", [("高远山", C)]),
    ("◉ 高远山 白一川", [("高远山", C), ("白一川", C)]),
    ("➤记者 高远山", [("高远山", R)]),
    ("③2 高远山 摄", [("高远山", P)]),
    ("口本报记者 高远山", [("高远山", R)]),
    ("口高远山", [("高远山", C)]),
    ("口 高远山 白一川", [("高远山", C), ("白一川", C)]),
]

LEADS = [
    ("□记者 高远山 报道 天晴。", [("高远山", R)], False),
    ("□高远山 白一川 报道 天晴。", [("高远山", R), ("白一川", R)], False),
    ("□记者 高远山 通讯员 白一川 报道 本报青山讯 天晴。", [("高远山", R), ("白一川", C)], True),
    ("本网讯 通讯员：高远山、白一川 天晴。", [("高远山", C), ("白一川", C)], True),
    ("本报讯（青山日报·青山新闻客户端记者高远山）天晴。", [("高远山", R)], True),
    ("青山讯 高远山 白一川 近日，天晴。", [("高远山", C), ("白一川", C)], True),
    ("青山讯 记者高远山 见习记者白 川", [("高远山", R), ("白川", R)], True),
    ("青山讯高 川 白一川", [("高川", C), ("白一川", C)], True),
]

TAILS = [
    ("天晴了。高远山", [("高远山", C)]),
    ("“天晴了。”高远山", [("高远山", C)]),
    ("天晴了。司 伟 白一川摄影报道（人民视觉）", [("司伟", P), ("白一川", P)]),
    ("天晴了。③2 高远山 摄", [("高远山", P)]),
    ("天晴了。 新华社发 高远山摄", [("高远山", P)]),
    ("天晴了。（高远山 摄 白一川 文）", [("高远山", P), ("白一川", C)]),
    ("天晴了。（高远山 编辑整理）", [("高远山", C)]),
    ("天晴了。（人民视觉）", []),
]

NEITHER = [
    "口碑好",
    "口袋公园开园",
    "口腔健康进校园",
    "口高远",
    "视频连线",
    "网络安全",
    "资料",
    "企业提供岗位三百个",
    "文稿写作培训开班",
    "主笔交流会举行",
    "青山晨报、青山晚报",
    "青山讯问室里",
]


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_spelling_of_a_byline(line, wanted):
    assert byline(line) == wanted


@pytest.mark.parametrize(("text", "wanted", "dateline"), LEADS)
def test_byline_at_the_head_of_a_text(text, wanted, dateline):
    lead = leading(fold(text))
    assert lead is not None
    assert text[lead.end :] in ("天晴。", "近日，天晴。", "")
    assert names_and_roles(lead) == wanted
    assert lead.dateline == dateline


@pytest.mark.parametrize(("text", "wanted"), TAILS)
def test_byline_at_the_end_of_a_text(text, wanted):
    found = trailing(fold(text))
    assert found is not None
    assert text[: found[0]].strip("“”") == "天晴了。"
    assert names_and_roles(found[1]) == wanted


@pytest.mark.parametrize("line", NEITHER)
def test_line_is_no_byline(line):
    assert is_no_byline(line)


@pytest.mark.parametrize("text", ["还有甲乙（青山二中）、高远山", "天晴了。大家都笑了", "天晴了。田野"])
def test_name_without_mark_signs_behind_a_sentence_only(text):
    assert trailing(fold(text)) is None


NAMES_OF_EVERY_FORM = [
    ("（通讯员 兰小英 鄢一川 漆 山）", [("兰小英", C), ("鄢一川", C), ("漆山", C)]),
    ("记者 高远山 白马小英", [("高远山", R), ("白马小英", R)]),  # two surnames, others set apart
    ("■ 青海记者 拉加才昂", [("拉加才昂", R)]),
    ("（特木尔巴根）", [("特木尔巴根", C)]),
    ("□记者 吉尔木果", [("吉尔木果", R)]),
    ("通讯员 高云白川", [("高云", C), ("白川", C)]),
    ("（县妇联高远山）", [("高远山", C)]),
    ("青山云记者 高远山", [("高远山", R)]),
    ("（青山所高远山供稿）", [("高远山", C)]),
    ("高 山 白 川报道", [("高山", R), ("白川", R)]),
    ("本报记者 高远山 文/图 通讯员 白一川", [("高远山", R), ("白一川", C)]),
    ("高远山 本报记者 白一川 文/图", [("高远山", C), ("白一川", R)]),
]


@pytest.mark.parametrize(("line", "wanted"), NAMES_OF_EVERY_FORM)
def test_names_of_every_form(line, wanted):
    assert byline(line) == wanted


def test_comma_between_the_names_of_a_lead():
    lead = leading(fold("本报讯 记者高远山，白一川报道：天晴。"))
    assert lead is not None
    assert [b.name for b in lead.bylines] == ["高远山", "白一川"]


def test_lead_of_a_paper_and_its_app():
    lead = leading(fold("青山日报·新青山客户端12月3日讯（通讯员 高远山）天晴。"))
    assert lead is not None
    assert names_and_roles(lead) == [("高远山", C)]
