"""Bylines as they are printed: names and roles. All names are invented."""

import pytest

from pipeline.folding import fold
from pipeline.page.bylines import parse
from pipeline.page.datelines import leading, trailing

R, C, P = "reporter", "correspondent", "photographer"

WHOLE_LINES = [
    ("(青山日报特约通讯员 高远山 通讯员 白一川)", [("高远山", C), ("白一川", C)]),
    ("(时报记者)", []),
    ("本报记者 高远山 白一川 摄影报道", [("高远山", R), ("白一川", R)]),
    ("■ 本报记者 高远山 本报通讯员 白一川", [("高远山", R), ("白一川", C)]),
    ("□ 本报记者 高远山 王 川", [("高远山", R), ("王川", R)]),
    ("◎记者 高远山 通讯员 赵 一 文/图", [("高远山", R), ("赵一", C)]),
    ("本报记者 高远山　实习生 冯小", [("高远山", R), ("冯小", C)]),
    ("本报见习记者 高远山", [("高远山", R)]),
    ("本报首席记者 高远山", [("高远山", R)]),
    ("全媒体记者 高远山 杜 渡", [("高远山", R), ("杜渡", R)]),
    ("融媒体记者 高远山 通讯员 吕 律 任之人", [("高远山", R), ("吕律", C), ("任之人", C)]),
    ("青山县融媒体中心记者 高远山", [("高远山", R)]),
    ("青山县融媒体中心 高远山 杜 渡", [("高远山", R), ("杜渡", R)]),
    ("青山日报全媒体记者 高远山", [("高远山", R)]),
    ("特约记者 高远山", [("高远山", R)]),
    ("特约通讯员 高远山", [("高远山", C)]),
    ("记者高远山 通讯员白一川", [("高远山", R), ("白一川", C)]),
    ("记者高远山通讯员白一川", [("高远山", R), ("白一川", C)]),
    ("记者：高远山　通讯员：白一川", [("高远山", R), ("白一川", C)]),
    ("记者 高远山、杜渡 通讯员 白一川", [("高远山", R), ("杜渡", R), ("白一川", C)]),
    ("高远山 青山报道", [("高远山", R)]),
    ("高远山 杜 渡 报道", [("高远山", R), ("杜渡", R)]),
    ("本报记者 高远山 报道", [("高远山", R)]),
    ("通讯员 白一川 赵 一 记者 高远山", [("白一川", C), ("赵一", C), ("高远山", R)]),
    ("（通讯员 白一川）", [("白一川", C)]),
    ("(融媒体 高远山 通讯员 白一川)", [("高远山", R), ("白一川", C)]),
    ("【记者 高远山】", [("高远山", R)]),
    ("■ 高远山 白一川", [("高远山", C), ("白一川", C)]),
    ("通讯员 白一川 赵 一 摄", [("白一川", P), ("赵一", P)]),
    ("记者 高远山 通讯员 白一川 摄", [("高远山", P), ("白一川", P)]),
    ("高远山 摄", [("高远山", P)]),
    ("高远山摄", [("高远山", P)]),
    ("高远山 摄影报道", [("高远山", P)]),
    ("高远山/摄", [("高远山", P)]),
    ("文/图 高远山", [("高远山", R)]),
    ("高远山 文/图", [("高远山", R)]),
    ("记者 高远山 文/图", [("高远山", R)]),
    ("文/高远山 图/白一川", [("高远山", C), ("白一川", P)]),
    ("高远山/文 白一川/图", [("高远山", C), ("白一川", P)]),
    ("高远山 文 白一川 摄", [("高远山", C), ("白一川", P)]),
    ("记者 高远山 文 白一川 图", [("高远山", R), ("白一川", P)]),
    ("文/本报记者 高远山 图/本报记者 白一川", [("高远山", R), ("白一川", R)]),
    ("本报记者 高远山 摄影 白一川", [("高远山", R), ("白一川", P)]),
    ("区教育局宣", [("区教育局", C)]),
    ("青山镇人民政府供稿", []),
    ("县妇联 白一川供稿", [("白一川", C)]),
    ("（县妇联 白一川）", [("白一川", C)]),
    ("记者高远山、杜渡报道", [("高远山", R), ("杜渡", R)]),
    ("记者高远山 通讯员白一川摄影报道", [("高远山", R), ("白一川", C)]),
    ("采写：本报记者 高远山", [("高远山", R)]),
    ("口述：杜渡 整理：白一川", [("白一川", C)]),
    ("记者 高远山 编辑 杜渡", [("高远山", R)]),
    ("责任编辑：杜渡", []),
    ("本报特约评论员 高远山", [("高远山", C)]),
    ("受访者供图", []),
    ("新华社发（高远山 摄）", [("高远山", P)]),
    ("（萨仁高娃 才让卓玛）", [("萨仁高娃", C), ("才让卓玛", C)]),
    ("■ 本报记者 阿依努尔 索南多杰", [("阿依努尔", R), ("索南多杰", R)]),
    ("记者乌云其木格 摄", [("乌云其木格", P)]),
    ("（县医院 白一川）", [("白一川", C)]),
    ("欧阳 磊 摄", [("欧阳磊", P)]),
    ("记者 欧阳 磊 通讯员 诸葛小亮", [("欧阳磊", R), ("诸葛小亮", C)]),
    ("记者 古丽·热西提 通讯员 阿不都·艾山江", [("古丽·热西提", R), ("阿不都·艾山江", C)]),
    ("记者 乌云塔娜 通讯员 格日勒图雅", [("乌云塔娜", R), ("格日勒图雅", C)]),
    ("通讯员 占 小 英", [("占小英", C)]),
    ("通讯员 卞小英 廉 小梅", [("卞小英", C), ("廉小梅", C)]),
    ("新华社记者 高远山 摄", [("高远山", P)]),
]

NO_BYLINES = [
    "记者手记",
    "记者感言",
    "走基层",
    "青山县",
    "村里来了新书记",
    "社区故事",
    "记者走进青山村",
    "“记者”这一行",
    "小城大爱 温暖同行",
    "摄影大赛启动",
    "报道员培训班开班了",
    "通讯员大会召开",
    "2月20日",
    "编辑部的故事",
    "统筹城乡发展",
    "整理衣物献爱心",
    "评论员大会召开",
    "",
]


@pytest.mark.parametrize(("line", "wanted"), WHOLE_LINES)
def test_line_is_a_byline(line, wanted):
    credit = parse(fold(line))
    assert credit is not None
    assert [(b.name, b.role) for b in credit.bylines] == wanted
    assert credit.sure


@pytest.mark.parametrize("line", NO_BYLINES)
def test_line_is_no_byline(line):
    credit = parse(fold(line))
    assert credit is None or not credit.sure


@pytest.mark.parametrize(
    ("text", "rest", "wanted"),
    [
        ("本报讯(记者 高远山 通讯员 白一川)2月5日,天晴。", "2月5日", [("高远山", R), ("白一川", C)]),
        ("本报讯 （通讯员 白 一） 近日，天晴。", "近日", [("白一", C)]),
        ("本报讯(刘某甲)1月9日,天晴。", "1月9日", [("刘某甲", C)]),
        ("本报讯 4月14日天晴。", "4月14日", []),
        ("本报讯日前,天晴。", "日前", []),
        ("本报青山讯(记者 高远山)天晴。", "天晴", [("高远山", R)]),
        ("青山区讯 天晴。", "天晴", []),
        ("青山讯(融媒体 高远山)天晴。", "天晴", [("高远山", R)]),
        ("青山讯“天晴了。”", "“天晴", []),
        ("青山镇（通讯员 白一川)“天晴了。”", "“天晴", [("白一川", C)]),
        ("(通讯员 白一川)天晴。", "天晴", [("白一川", C)]),
        ("【本报讯】（记者 高远山）天晴。", "天晴", [("高远山", R)]),
        ("本报讯 记者 高远山 通讯员 白一川 报道:天晴。", "天晴", [("高远山", R), ("白一川", C)]),
        ("本报3月5日讯(记者 高远山)天晴。", "天晴", [("高远山", R)]),
        ("青山新闻网讯(融媒体记者 高远山)天晴。", "天晴", [("高远山", R)]),
    ],
)
def test_dateline(text, rest, wanted):
    lead = leading(fold(text))
    assert lead is not None
    assert fold(text)[lead.end :].startswith(fold(rest))
    assert [(b.name, b.role) for b in lead.bylines] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "通讯社消息说,天晴。",
        "喜讯传来,村里沸腾了。",
        "记者日前从县里获悉,天晴。",
        "近日,镇里收到喜讯。",
        "据了解,天晴。",
        "(一)天晴。",
    ],
)
def test_no_dateline(text):
    assert leading(fold(text)) is None


@pytest.mark.parametrize(
    ("text", "tail", "wanted"),
    [
        ("天晴了。(记者 高远山)", "(记者", [("高远山", R)]),
        ("天晴了。（记者 高远山 通讯员 白一川）", "(记者", [("高远山", R), ("白一川", C)]),
        ("天晴了。(高远山)", "(高远山)", [("高远山", C)]),
        ("天晴了。（高 山 白一川）", "(高 山", [("高山", C), ("白一川", C)]),
        ("天晴了。 通讯员 白一川 赵 一 摄", "通讯员", [("白一川", P), ("赵一", P)]),
        ("天晴了。 高远山 摄", "高远山", [("高远山", P)]),
        ("天晴了。记者 高远山 摄", "记者", [("高远山", P)]),
        ("天晴了。 ■ 高远山 白一川", "■", [("高远山", C), ("白一川", C)]),
        ("“天晴了。” 融媒体记者 高远山", "融媒体", [("高远山", R)]),
        ("天晴了。 高远山", "高远山", [("高远山", C)]),
        ("天晴了。 文字:高 山 图片:白 云 川", "文字", [("高山", C), ("白云川", P)]),
        ("天晴了。(怒山融媒 高远山)", "(怒山", [("高远山", R)]),
        ("天晴了。(通讯员 白一川 摄）", "(通讯员", [("白一川", P)]),
    ],
)
def test_byline_behind_the_last_sentence(text, tail, wanted):
    found = trailing(fold(text))
    assert found is not None
    at, credit = found
    assert fold(text)[at:].strip().startswith(tail)
    assert [(b.name, b.role) for b in credit.bylines] == wanted


@pytest.mark.parametrize(
    "text",
    ["天晴了。", "天晴了(化名)。", "他说:“天晴了。”", "天晴了。(完)", "共10人(其中2人请假)", "天晴了。大家都笑了"],
)
def test_nothing_behind_the_last_sentence(text):
    assert trailing(fold(text)) is None


def test_writer_and_photographer_behind_words_of_their_own() -> None:
    credit = parse("文/钟乐平;摄/柳思远")
    assert credit
    assert [(b.name, b.role) for b in credit.bylines] == [
        ("钟乐平", "correspondent"),
        ("柳思远", "photographer"),
    ]


def test_title_and_name_behind_a_dash_sign_a_comment_but_a_subtitle_does_not() -> None:
    credit = parse("——云栖县纪委书记、监委主任 钟乐平")
    assert credit
    assert credit.sure
    assert [b.name for b in credit.bylines] == ["钟乐平"]
    assert parse("——记云栖县乡村医生 钟乐平") is None


def test_date_with_message_and_bare_names_are_datelines() -> None:
    text = "5月5日消息:连日来,田里一片繁忙。"
    lead = leading(text)
    assert lead
    assert lead.dateline
    assert text[lead.end :].startswith("连日来")
    text = "本报讯 记者钟乐平 通讯员柳思远报道 近日,田里一片繁忙。"
    lead = leading(text)
    assert lead
    assert text[lead.end :].startswith("近日")
    assert [(b.name, b.role) for b in lead.bylines] == [("钟乐平", "reporter"), ("柳思远", "correspondent")]
    text = "本报讯 记者获悉,田里一片繁忙。"
    lead = leading(text)
    assert lead
    assert not lead.bylines
    assert text[lead.end :].startswith("记者获悉")


def test_source_beside_an_author_is_no_name() -> None:
    credit = parse("作者:钟乐平 来源:云栖日报")
    assert credit
    assert [b.name for b in credit.bylines] == ["钟乐平"]
