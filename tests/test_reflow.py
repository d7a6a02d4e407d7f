"""Column breaks: lines that go on a paragraph, and lines that begin something new. All texts are invented."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.page.reflow import closed, is_contact, is_display, is_table, lines_of, paragraphs

LONG = "近年来，该县坚持以党建为引领，不断完善基层治理体系，全县各级党组织积极行动起来，"


def texts(page: str) -> list[str]:
    return ["".join(line.text for line in p.lines) for p in paragraphs(page)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "该项目自去年启动以来，得到了各级各部门的大力支持，先后投入资金三百多万元，新建道",
            "路六公里，方便了沿线群众出行。",
        ),
        (
            "“物业撤走以后，小区的垃圾没有人清，连路灯坏了也不知道找谁去修。”2月20",
            "日，提起一年前的事，住户们连连摇头。",
        ),
        (
            "全镇共有木材加工企业五十余家，从业人员八千六百余人，年销售木材210余",
            "万方，木材加工成了群众增收的重要途径。",
        ),
        (LONG + "深入开展走访活动", "，解决群众难题一百多件。"),
        (LONG + "深入开展走访活动。", "。群众纷纷点赞。"),
        ("接到电话以后，社区工作人员马上联系家属，并且立即给老人去购买", "物资。"),
        ("“我们二十分钟就集合好了，一直忙到夜里十一点才交班。”该镇副镇长高远", "说道。"),
        ("成立大会上还为十三个成员单位举行了", "授牌仪式。会后，专家作了题为《沟通的艺术》的讲座，一百多人听了课。"),
        ("如今，他的爱心之路仍在延", "伸。他在社区里主动讲述自己的经历，消除大家的顾虑，带动身边的人参加进来。"),
        (
            "活动现场还进行了“移风易",
            "俗”宣传。志愿者向现场群众发放宣传页，号召大家摒弃不良习惯，争当文明新风的践行者。",
        ),
        ("本报讯(记者 高远", "山)2月15日，记者从县里获悉，全县今年要新建十处村级幸福食堂，让老人吃上热饭。"),
        (
            "会议学习了《关于加强基层治理体系和治理能力现代化建设的意见》和《关于推进社区",
            "工作的实施办法》，并对下一步的工作进行了安排部署。",
        ),
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\n", "\r\n\r\n"])
def test_column_break_is_mended(before, after, gap):
    assert texts(f"某地新闻\n\n据了解，天气很好。{gap}{before}{gap}{after}")[-1] == before + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "据了解，全县今年共改造老旧小区二十个，惠及居民三千多户。",
            "近日，记者走进其中一个小区，看到的是另一番景象。",
        ),
        ("小院里的大变化", "近日，记者走进青山社区，居民们正在小院里下棋聊天，笑声不断。"),
        ("小院里的大变化", "本报讯(记者 高远山)近日，记者走进青山社区，居民们正在小院里下棋聊天。"),
        ("青山社区成立志愿服务队", "为切实解决居民生活中的难题，7月22日，青山社区成立了志愿服务队。"),
        ("记者感言", "危难时刻显担当，平凡岗位见真情。他们用行动写下了答卷。"),
        ("(通讯员 高远山)", "青山社区成立志愿服务队"),
        ("近日，青山县的麦苗长势喜人，工人正在操作机器作业。 高远山 摄", "平安出行从我做起"),
        ("Table with 2 columns: 序号, 姓名. 1. 高远山; 2. 白一川", "二等奖 (2件)"),
        ("群众的笑脸就是最好的回答，", "■ 本报记者 高远山"),
        ("联系电话：0635-2345678", "邮箱：news@example.cn"),
    ],
)
def test_something_new_begins(before, after):
    assert texts(f"{before}\n\n{after}") == [before, after]


def test_a_known_word_across_the_break_helps():
    known = "大青岭村的果园里，果农们正忙着采摘。大青岭村种果树已有三十多年的历史了。"
    fragment = "产业要振兴，人才是关键，在大"
    rest = "青岭村还有不少这样的故事。比如，村里办起了夜校，请来专家讲课，来听课的村民越来越多。"
    assert texts(f"{known}\n\n{fragment}\n\n{rest}")[-1] == fragment + rest


def test_pieces_give_the_page_back():
    page = "  前一半文字很长很长，说的是今年全县改造老旧小区的事情，一共改造了二十\n\n 个小区，居民都很满意。 "
    (paragraph,) = paragraphs(page)
    size = len(paragraph.folded)
    assert [page[a:b] for a, b in paragraph.pieces(0, size)] == [line.text for line in lines_of(page)]
    cut = len(paragraph.lines[0].text) - 2
    assert [page[a:b] for a, b in paragraph.pieces(cut, cut + 4)] == ["二十", "个小"]


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("天晴了。", True),
        ("“天晴了！”", True),
        ("天晴了。)", True),
        ("天晴了", False),
        ("天晴了，", False),
        ("天晴了：", False),
    ],
)
def test_closed(line, whole):
    assert closed(line.replace("！", "!").replace("，", ",").replace("：", ":")) is whole


def test_kinds_of_lines():
    assert is_display("青山社区成立志愿服务队")
    assert is_display("山洪来了!")
    assert not is_display("青山社区成立了一支志愿服务队。")
    assert not is_display("■ 本报记者 高远山")
    assert is_table("Table with 3 columns: 序号, 姓名, 类别. 1. 高远山, 文创产品")
    assert is_table("高远山 白一川 杜渡 吕 律 任之人 占小英 陈 为 王 川")
    assert not is_table("小院大爱 温暖同行")
    assert is_contact("热线:0635-2345678")
    assert is_contact("请扫码留言")
    assert not is_contact("热线那头的温暖")


@given(st.text(alphabet="天晴了。，“”2月(记者 高远山)\n\r\t 摄▲A", max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_character_is_lost(page):
    found = "".join(page[line.start : line.end] for p in paragraphs(page) for line in p.lines)
    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", page)
