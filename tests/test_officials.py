"""Who holds which post where: titles, units, several of each, states and days."""

from __future__ import annotations

from datetime import date

import pytest
from articles import article, marked

from pipeline.language.document import set_spans
from pipeline.lexicon.posts import posts
from pipeline.records import Official, TimeExpression
from pipeline.stages.officials import Officials
from pipeline.stages.posts import holdings

HOME = "甲省/临江市/清河县"
TOWN = "[云溪镇|PLACE.town=甲省/临江市/清河县/云溪镇]"
COMMUNITY = "[柳岸社区|PLACE.community=甲省/临江市/清河县/云溪镇/柳岸社区]"
VILLAGE = "[石桥村|PLACE.village=甲省/临江市/清河县/云溪镇/石桥村]"


def officials(text: str, home: str = HOME) -> list[Official]:
    doc = marked(text, home)
    Officials()(doc)
    return doc._.officials


def triples(text: str, home: str = HOME) -> set[tuple[str, str, str | None]]:
    return {(o.person, o.title, o.unit) for o in officials(text, home)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{COMMUNITY}[党委书记|POST]、[居委会主任|POST][薛长宁|PER]说",
         {("薛长宁", "党委书记", "柳岸社区"), ("薛长宁", "居委会主任", "柳岸社区")}),
        (f"{TOWN}[副镇长|POST][许 琳|PER]、[钱大伟|PER]到场", {("许琳", "副镇长", "云溪镇"), ("钱大伟", "副镇长", "云溪镇")}),
        (f"{TOWN}很忙。“快了。”该镇[党委副书记|POST]、[镇长|POST][何永平|PER]说",
         {("何永平", "党委副书记", "云溪镇"), ("何永平", "镇长", "云溪镇")}),
        (f"{VILLAGE}变了样。村[党支部书记|POST][石磊|PER]介绍", {("石磊", "党支部书记", "石桥村")}),
        (f"{COMMUNITY}第二网格[网格员|POST][石磊|PER]", {("石磊", "网格员", "柳岸社区")}),
        ("[县委常委|POST]、[组织部部长|POST][何永平|PER]出席", {("何永平", "县委常委", "清河县"), ("何永平", "组织部部长", "清河县")}),
        ("[县水利局|ORG][党组书记|POST]、[局长|POST][罗刚|PER]", {("罗刚", "党组书记", "县水利局"), ("罗刚", "局长", "县水利局")}),
        ("[副县长|POST]、[县防汛指挥部|ORG][副指挥长|POST][罗刚|PER]",
         {("罗刚", "副县长", "清河县"), ("罗刚", "副指挥长", "县防汛指挥部")}),
        ("[县人大常委会|ORG][主任|POST][何永平|PER]主持,[副主任|POST][董秀兰|PER]、[罗刚|PER]参加",
         {("何永平", "主任", "县人大常委会"), ("董秀兰", "副主任", "县人大常委会"), ("罗刚", "副主任", "县人大常委会")}),
        (f"担任{COMMUNITY}[党总支书记|POST]以来,[薛长宁|PER]很忙。", {("薛长宁", "党总支书记", "柳岸社区")}),
        (f"[薛长宁|PER]是{VILLAGE}[党支部书记|POST]、[村委会主任|POST]。",
         {("薛长宁", "党支部书记", "石桥村"), ("薛长宁", "村委会主任", "石桥村")}),
        ("任命[罗刚|PER]为[县司法局|ORG][局长|POST],[石磊|PER]为[县教育局|ORG][局长|POST];免去[何永平|PER]的[县司法局|ORG][局长|POST]职务。",
         {("罗刚", "局长", "县司法局"), ("石磊", "局长", "县教育局"), ("何永平", "局长", "县司法局")}),
        ("[许琳|PER]([县医院|ORG]急诊科[护士长|POST])", {("许琳", "护士长", "县医院")}),
        ("[县医院|ORG]送来喜报。[院长|POST][许琳|PER]说", {("许琳", "院长", "县医院")}),
        ("[省人大代表|POST]、" + VILLAGE + "[党支部书记|POST][石磊|PER]",
         {("石磊", "省人大代表", None), ("石磊", "党支部书记", "石桥村")}),
        ("[许琳|PER][医生|POST]说。[许琳|PER][大夫|POST]又说。", {("许琳", "医生", None), ("许琳", "大夫", None)}),  # two forms of address
        ("[许琳|PER][医生|POST]来到[县医院|ORG]", {("许琳", "医生", None)}),  # told only afterwards
        ("[县足球协会|ORG]成立,[校长|POST][石磊|PER]当选[会长|POST],[许琳|PER]、[罗刚|PER]当选[副会长|POST]。",
         {("石磊", "校长", None), ("石磊", "会长", "县足球协会"), ("许琳", "副会长", "县足球协会"), ("罗刚", "副会长", "县足球协会")}),
    ],
)  # fmt: skip
def test_person_title_and_unit(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text) == expected


BANNER = "内蒙古自治区/锡林郭勒盟/西乌珠穆沁旗"
GACHA = f"[白音嘎查|PLACE.village={BANNER}/巴拉嘎尔镇/白音嘎查]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # each of its own level, though joined
        ("[盟委委员|POST]、[旗委书记|POST][苏和|PER]", {("苏和", "盟委委员", "锡林郭勒盟"), ("苏和", "旗委书记", "西乌珠穆沁旗")}),
        ("[旗委副书记|POST]、[旗长|POST][苏和|PER]", {("苏和", "旗委副书记", "西乌珠穆沁旗"), ("苏和", "旗长", "西乌珠穆沁旗")}),
        (f"{GACHA}变了样。[嘎查达|POST][格日勒|PER]说", {("格日勒", "嘎查达", "白音嘎查")}),
        (f"{GACHA}变了样。嘎查[党支部书记|POST][格日勒|PER]说", {("格日勒", "党支部书记", "白音嘎查")}),
        ("[红星农场|ORG]开镰。[场长|POST][苏和|PER]介绍", {("苏和", "场长", "红星农场")}),
        ("[红星农场|ORG]三分场[技术员|POST][苏和|PER]", {("苏和", "技术员", "红星农场")}),
        ("[云溪派出所|ORG]接警。[教导员|POST][苏和|PER]、[民警|POST][格日勒|PER]赶到",
         {("苏和", "教导员", "云溪派出所"), ("格日勒", "民警", "云溪派出所")}),
        (f"时任{GACHA}[党支部书记|POST]的[苏和|PER]说", {("苏和", "党支部书记", "白音嘎查")}),
        (f"[旗农牧局|ORG]干部[苏和|PER]兼任{GACHA}[第一书记|POST]。", {("苏和", "第一书记", "白音嘎查")}),
        (f"[苏和|PER](左二),{GACHA}[党支部书记|POST]", {("苏和", "党支部书记", "白音嘎查")}),
        # the full name of an organisation that is cut short further on
        ("[旗运输事业发展中心|ORG]部署防汛。[旗运输中心|ORG][主任|POST][苏和|PER]说", {("苏和", "主任", "旗运输事业发展中心")}),
        ("[旗妇幼保健院|ORG]与[旗中医院|ORG][院长|POST][苏和|PER]", {("苏和", "院长", "旗中医院")}),
    ],
)  # fmt: skip
def test_posts_in_banners_and_farms(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text, BANNER) == expected


def test_a_town_that_only_an_organisation_tells() -> None:
    text = "在[巴拉嘎尔高勒镇敬老院|ORG],镇[党委委员|POST][苏和|PER]说"
    assert triples(text, BANNER) == {("苏和", "党委委员", "巴拉嘎尔高勒镇")}


def test_the_city_of_a_county_level_paper_is_its_own() -> None:
    assert triples("[市委常委|POST][何永平|PER]出席", "甲省/临江市/云州市") == {("何永平", "市委常委", "云州市")}
    assert triples("[市委常委|POST][何永平|PER]出席", "甲省/临江市") == {("何永平", "市委常委", "临江市")}


OTHER = "[云门镇|PLACE.town=甲省/临江市/清河县/云门镇]"
HOLLOW = "[柳湾村|PLACE.village=甲省/临江市/清河县/云溪镇/柳湾村]"
FAR = "[北岭县|PLACE.county=乙省/南屏市/北岭县]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a body named by its kind alone
        ("[县委常委|POST][石磊|PER],政协[副主席|POST][许琳|PER],教育局[局长|POST][罗刚|PER]、县人大[副主任|POST][何永平|PER]出席",
         {("石磊", "县委常委", "清河县"), ("许琳", "副主席", "政协"), ("罗刚", "局长", "教育局"), ("何永平", "副主任", "县人大")}),
        ("任命[石磊|PER]同志为政府[副县长|POST]。", {("石磊", "副县长", "清河县")}),
        # each of several holders has a unit, or a title, of his own
        (f"选派[石磊|PER]、[许琳|PER]分别担任{TOWN}{VILLAGE}、{HOLLOW}[第一书记|POST]。",
         {("石磊", "第一书记", "石桥村"), ("许琳", "第一书记", "柳湾村")}),
        (f"[石磊|PER]、[许琳|PER]分别当选{VILLAGE}[党支部书记|POST]、[村委会主任|POST]。",
         {("石磊", "党支部书记", "石桥村"), ("许琳", "村委会主任", "石桥村")}),
        # constructions
        (f"{VILLAGE}人([丰禾公司|ORG][董事长|POST])[石磊|PER]", {("石磊", "董事长", "丰禾公司")}),
        (f"{VILLAGE}的“[第一书记|POST]”名叫[石磊|PER]", {("石磊", "第一书记", "石桥村")}),
        (f"[省人大代表|POST],{VILLAGE}[党支部书记|POST][石磊|PER]",
         {("石磊", "省人大代表", None), ("石磊", "党支部书记", "石桥村")}),
        (f"{TOWN}[镇长|POST][石磊|PER],{OTHER}[镇长|POST][许琳|PER]", {("石磊", "镇长", "云溪镇"), ("许琳", "镇长", "云门镇")}),
        ("以[县政府|ORG][副秘书长|POST][石磊|PER]为[团长|POST]的慰问团", {("石磊", "副秘书长", "县政府"), ("石磊", "团长", None)}),
        (f"免除[石磊|PER]同志{TOWN}[副镇长|POST]职务", {("石磊", "副镇长", "云溪镇")}),
        ("以[县水利局|ORG][副局长|POST][石磊|PER]为[队长|POST]、[县医院|ORG][医生|POST][许琳|PER]为[队员|POST]",
         {("石磊", "副局长", "县水利局"), ("石磊", "队长", None), ("许琳", "医生", "县医院"), ("许琳", "队员", None)}),
        # joined to the title before
        ("[县农科所|ORG][主任|POST][石磊|PER][研究员|POST]", {("石磊", "主任", "县农科所"), ("石磊", "研究员", "县农科所")}),
        ("[临江学院|ORG][党委书记|POST][石磊|PER],[党委常委|POST]、[组织部部长|POST][许琳|PER]",
         {("石磊", "党委书记", "临江学院"), ("许琳", "党委常委", "临江学院"), ("许琳", "组织部部长", "临江学院")}),
        (f"选举结果\n{VILLAGE}[村委会主任|POST]:[石磊|PER]\n[委员|POST]:[许琳|PER]",
         {("石磊", "村委会主任", "石桥村"), ("许琳", "委员", "石桥村")}),
        # one post told with the place and with its government; a school told in short
        (f"[云溪镇人民政府|ORG][镇长|POST][石磊|PER]到场。{TOWN}[镇长|POST][石磊|PER]说", {("石磊", "镇长", "云溪镇人民政府")}),
        ("[清河县云溪镇中心小学|ORG]落成。[云溪中心小学|ORG][校长|POST][石磊|PER]", {("石磊", "校长", "清河县云溪镇中心小学")}),
        ("[临江市广西商会妇联|ORG]成立。[临江市妇联|ORG][主席|POST][石磊|PER]", {("石磊", "主席", "临江市妇联")}),
        # a body behind a place; what another clause says is no unit where the clause has one of its own
        ("[国家体育局|ORG][局长|POST][石磊|PER]、[北岭县|PLACE.county=乙省/南屏市/北岭县]计生委[主任|POST][许琳|PER]",
         {("石磊", "局长", "国家体育局"), ("许琳", "主任", "北岭县计生委")}),
        ("[清河县|PLACE.county=甲省/临江市/清河县]开会。[县委常委|POST]、人武部[部长|POST][石磊|PER]",
         {("石磊", "县委常委", "清河县"), ("石磊", "部长", "人武部")}),
        # a county that is a district today, and a city whose stem ends as one
        ("原[北岭|PLACE.county=乙省/南屏市/北岭区][县委书记|POST][石磊|PER]", {("石磊", "县委书记", "北岭县")}),
        ("[河州|PLACE.city=乙省/河州市][市委书记|POST][石磊|PER]", {("石磊", "市委书记", "河州市")}),
        ("[乙省|PLACE.province=乙省][省委常委|POST]、[宣传部长|POST][石磊|PER]", {("石磊", "省委常委", "乙省"), ("石磊", "宣传部长", "乙省")}),
        ("选举[石磊|PER]为自治区[主席|POST]。[丙自治区|PLACE.province=丙自治区]很大", {("石磊", "主席", "丙自治区")}),
        ("[石磊|PER]任[本村|PLACE.village][党支部书记|POST]。", {("石磊", "党支部书记", None)}),
        # a life told: the name stands in the sentence before
        (f"[石磊|PER],48岁。曾任{TOWN}[副镇长|POST]、[镇长|POST],现任[县水利局|ORG][局长|POST]。",
         {("石磊", "副镇长", "云溪镇"), ("石磊", "镇长", "云溪镇"), ("石磊", "局长", "县水利局")}),
        ("[临江学院|ORG]迎客。学校[党委书记|POST][石磊|PER]说", {("石磊", "党委书记", "临江学院")}),
        # a village that nothing tells
        ("[县邮政局|ORG]来人。村[党总支书记|POST][石磊|PER]", {("石磊", "党总支书记", None)}),
    ],
)  # fmt: skip
def test_posts_of_meetings_lists_and_decisions(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the title behind the name: what stands before the name tells its unit, and it is nobody else's
        ("[县财政局|ORG][许琳|PER][科长|POST]主讲", {("许琳", "科长", "县财政局")}),
        (f"{COMMUNITY}党支部[许琳|PER][书记|POST]介绍", {("许琳", "书记", "柳岸社区")}),
        ("[石磊|PER][教授|POST]、[清河县茶叶协会|ORG][会长|POST][许琳|PER]出席",
         {("石磊", "教授", None), ("许琳", "会长", "清河县茶叶协会")}),
        # in the bracket behind a company
        ("中标人:[丰禾公司|ORG]([项目负责人|POST]:[石磊|PER]);[青山公司|ORG]([项目负责人|POST]:[许琳|PER])",
         {("石磊", "项目负责人", "丰禾公司"), ("许琳", "项目负责人", "青山公司")}),
        # a department is of what its colleague's unit is
        ("[省粮食局|ORG][副局长|POST][石磊|PER]、调控处[处长|POST][许琳|PER]到场",
         {("石磊", "副局长", "省粮食局"), ("许琳", "处长", "省粮食局")}),
        ("[县医院|ORG]义诊。普外科[主任|POST][石磊|PER]、儿科[许琳|PER][主任|POST]坐诊",
         {("石磊", "主任", "县医院"), ("许琳", "主任", "县医院")}),
        ("[省粮食局|ORG][副局长|POST][石磊|PER]、[办公室|ORG][科长|POST][许琳|PER]到场",
         {("石磊", "副局长", "省粮食局"), ("许琳", "科长", "省粮食局")}),
        ("[县海关|ORG]监管科[科长|POST][石磊|PER]", {("石磊", "科长", "县海关监管科")}),
        # a body in short is not one that is named only afterwards
        ("[清河经济开发区|ORG][党工委书记|POST]、管委会[主任|POST][石磊|PER],[清河高新区管委会|ORG][副主任|POST][许琳|PER]",
         {("石磊", "党工委书记", "清河经济开发区"), ("石磊", "主任", "清河经济开发区"), ("许琳", "副主任", "清河高新区管委会")}),
        # a company called in short
        ("[临江公共交通客运股份有限公司|ORG]来人。[临江公交客运|ORG][经理|POST][石磊|PER]说",
         {("石磊", "经理", "临江公共交通客运股份有限公司")}),
        # all the titles before 的 and a name; a relation between title and name; one of several
        (f"{VILLAGE}[村民小组长|POST],同时也是[县茶叶协会|ORG][副会长|POST]的[石磊|PER]说",
         {("石磊", "村民小组长", "石桥村"), ("石磊", "副会长", "县茶叶协会")}),
        ("[县茶叶协会|ORG][名誉会长|POST]、旅居海外的侨胞[石磊|PER]", {("石磊", "名誉会长", "县茶叶协会")}),
        (f"[石磊|PER]成了{VILLAGE}的[种植大户|POST]之一。", {("石磊", "种植大户", "石桥村")}),
        # a role is of the place told before in its paragraph, or of none
        (f"{VILLAGE}通了水。[村民|POST][石磊|PER]说", {("石磊", "村民", "石桥村")}),
        (f"{VILLAGE}通了水。\n[村民|POST][石磊|PER]说", {("石磊", "村民", None)}),
        (f"{VILLAGE}[村支书|POST][石磊|PER]很忙。当了十年[支书|POST]的[石磊|PER]说", {("石磊", "村支书", "石桥村")}),
        ("[县茶叶协会|ORG][会长|POST]、[创会会长|POST][石磊|PER]",
         {("石磊", "会长", "县茶叶协会"), ("石磊", "创会会长", "县茶叶协会")}),
        # a colleague's unit must be of the kind
        ("[丰禾公司|ORG][负责人|POST][石磊|PER]、[校长|POST][许琳|PER]到场", {("石磊", "负责人", "丰禾公司"), ("许琳", "校长", None)}),
        # the name behind 由 and 是
        (f"{VILLAGE}[党支部书记|POST]一职由[石磊|PER]接任", {("石磊", "党支部书记", "石桥村")}),
        ("[县茶叶协会|ORG]的[会长|POST]是[石磊|PER]。", {("石磊", "会长", "县茶叶协会")}),
        ("[县一中|ORG][校长|POST][石磊|PER],市劳动模范、[环卫工人|POST][许琳|PER]", {("石磊", "校长", "县一中"), ("许琳", "环卫工人", None)}),
        # a life told between name and post
        ("[石磊|PER],男,汉族,1975年3月生,大学学历,中共党员,现任[县水利局|ORG][局长|POST]。", {("石磊", "局长", "县水利局")}),
        ("[石磊|PER](女),1968年11月出生,[清河县人民法院|ORG][庭长|POST];", {("石磊", "庭长", "清河县人民法院")}),
        # of two stations of one kind; a quarter is no county
        ("[南山供电所|ORG]开会。北山供电所[主任|POST][石磊|PER]到场", {("石磊", "主任", "北山供电所")}),
        # a form of address adds nothing, nor does a post told again without its unit
        (f"{VILLAGE}[网格员|POST][石磊|PER]去了{HOLLOW}。[网格员|POST][石磊|PER]说", {("石磊", "网格员", "石桥村")}),
        ("[县一中|ORG][校长|POST][石磊|PER]到场。[石磊|PER][老师|POST]说", {("石磊", "校长", "县一中")}),
        ("[丰禾集团|ORG][副总经理|POST][石磊|PER]、[青山公司|ORG]来人。[石磊|PER][副总经理|POST]说", {("石磊", "副总经理", "丰禾集团")}),
        ("[县一中|ORG][教师|POST][许小琳|PER]。“[小琳|PER][老师|POST]好”", {("许小琳", "教师", "县一中")}),
    ],
)  # fmt: skip
def test_units_by_what_stands_around(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[传承人|POST]——[石磊|PER]老人", {("石磊", "传承人", None)}),
        (f"在{VILLAGE}“[五保户|POST]”[石磊|PER]家中", {("石磊", "五保户", "石桥村")}),
        (f"{TOWN}[党委副书记|POST]、[镇长|POST]提名人选[石磊|PER]陪同", {("石磊", "党委副书记", "云溪镇"), ("石磊", "镇长", "云溪镇")}),
        (f"[薛长宁|PER],女,共青团员,毕业于一所师范学校,{VILLAGE}[村委会主任|POST]。", {("薛长宁", "村委会主任", "石桥村")}),
        (f"[石磊|PER],1944年生,甲省临江市清河县人,{VILLAGE}[村民|POST]。", {("石磊", "村民", "石桥村")}),
        (f"{VILLAGE}[党支部书记|POST]、现年75岁的[石磊|PER]说", {("石磊", "党支部书记", "石桥村")}),
        # the head of a town is of no street, a member of a committee of the community told before
        (f"{TOWN}开会。[双河街道|PLACE.town=甲省/临江市/清河县/双河街道]的人也来了,[镇长|POST][石磊|PER]说",
         {("石磊", "镇长", "云溪镇")}),
        (f"{VILLAGE}也来人。{COMMUNITY}[党委书记|POST][薛长宁|PER],[两委委员|POST][石磊|PER]说",
         {("薛长宁", "党委书记", "柳岸社区"), ("石磊", "两委委员", "柳岸社区")}),
        # a trade of its own is not of the company told with another
        ("[县供电公司|ORG][经理|POST][石磊|PER]、[环卫工人|POST][许琳|PER]获奖",
         {("石磊", "经理", "县供电公司"), ("许琳", "环卫工人", None)}),
    ],
)  # fmt: skip
def test_constructions_around_a_name(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text) == expected


def test_a_level_without_a_name_is_of_the_region_that_the_paragraph_speaks_of() -> None:
    assert triples(f"在{FAR},[县委书记|POST][石磊|PER]说") == {("石磊", "县委书记", "北岭县")}
    # the page's own where the paragraph speaks of it as well, or where the other is not of that level
    both = f"[我县|PLACE.county={HOME}]迎来{FAR}客人。[县委书记|POST][石磊|PER]说"
    assert triples(both) == {("石磊", "县委书记", "清河县")}
    visit = "[县委书记|POST][石磊|PER]来到[高台镇|PLACE.town=乙省/南屏市/北岭县/高台镇]。"
    assert triples(f"[南川县|PLACE.county=乙省/南屏市/南川县]很远。{visit}") == {("石磊", "县委书记", "北岭县")}
    assert triples(f"在{FAR},[市委书记|POST][石磊|PER]说") == {("石磊", "市委书记", "南屏市")}


def test_an_address_by_a_short_title_adds_no_record() -> None:
    text = f"{COMMUNITY}[党委书记|POST][薛长宁|PER]很忙。“[薛长宁|PER][书记|POST]好。”“[小薛|PER][书记|POST]来了。”[宋|PER][书记|POST]也来了。"
    assert triples(text) == {("薛长宁", "党委书记", "柳岸社区")}


def test_one_record_for_a_post_told_twice() -> None:
    assert len(officials(f"{TOWN}[镇长|POST][罗刚|PER]说。[镇长|POST][罗刚|PER]又说。")) == 1


def test_a_part_of_an_organisation_is_no_longer_form_of_it() -> None:
    text = "[临江大学|ORG][副校长|POST][石磊|PER]、[临江大学附属中学|ORG][校长|POST][许琳|PER]到场"
    assert triples(text) == {("石磊", "副校长", "临江大学"), ("许琳", "校长", "临江大学附属中学")}


def test_the_party_secretary_of_a_company_is_no_official() -> None:
    text = "[南山建设七局|ORG][党委书记|POST]、[董事长|POST][石磊|PER]到场。[县水利局|ORG][党委书记|POST][许琳|PER]主持"
    assert {(o.person, o.title, o.official) for o in officials(text)} == {
        ("石磊", "党委书记", False), ("石磊", "董事长", False), ("许琳", "党委书记", True)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("青山经济开发区[党工委书记|POST][石磊|PER]", {("石磊", "党工委书记", "青山经济开发区")}),
        ("公司[副总经理|POST][石磊|PER]到场。[丰禾集团|ORG]随后来人", {("石磊", "副总经理", None)}),
        ("任命[石磊|PER]为[南山法庭|ORG][庭长|POST],在东部设立[北山法庭|ORG],任命[许琳|PER]为[庭长|POST]。",
         {("石磊", "庭长", "南山法庭"), ("许琳", "庭长", "北山法庭")}),
        ("第三届运动会组委会[主任|POST][石磊|PER]致辞", {("石磊", "主任", "第三届运动会组委会")}),
    ],
)  # fmt: skip
def test_units_without_a_name_of_their_own(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert triples(text) == expected


def test_a_body_that_the_county_has_is_not_one_of_another_county() -> None:
    text = "[双河县|PLACE.county=甲省/临江市/双河县]和[清河县|PLACE.county=甲省/临江市/清河县]来人。海港处[主任|POST][石磊|PER]"
    assert ("石磊", "主任", "清河县海港处") not in triples(text)
    body = "[清河县|PLACE.county=甲省/临江市/清河县]市政处[副主任|POST][石磊|PER]"
    assert triples(body) == {("石磊", "副主任", "清河县市政处")}


def test_an_organisation_gets_its_longest_form() -> None:
    found = officials("[临江医科大学附属医院|ORG]派人来。[临医附院|ORG][院长|POST][许琳|PER]说")
    assert [o.unit for o in found] == ["临江医科大学附属医院"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"{VILLAGE}原[党支部书记|POST][石磊|PER]", "former"),
        (f"免去[石磊|PER]的{TOWN}[镇长|POST]职务。", "former"),
        ("[代县长|POST][石磊|PER]讲话", "acting"),
        (f"[石磊|PER]当选{VILLAGE}[村委会主任|POST]。", "elect"),
        (f"[石磊|PER],现任{TOWN}[镇长|POST]。", "current"),
        (f"{TOWN}[镇长|POST][石磊|PER]说", "current"),
    ],
)
def test_status(text: str, status: str) -> None:
    assert [o.status for o in officials(text)] == [status]


@pytest.mark.parametrize(
    ("text", "category", "official"),
    [
        (f"{TOWN}[镇长|POST][石磊|PER]", "party_government", True),
        (f"{VILLAGE}[党支部书记|POST][石磊|PER]", "grassroots", True),
        (f"{VILLAGE}[村民|POST][石磊|PER]", "role", False),
        ("[县水利局|ORG][四级调研员|POST][石磊|PER]", "party_government", False),
        ("[县文化馆|ORG][馆长|POST][石磊|PER]", "public_institution", True),
        ("[县妇联|ORG][副主席|POST][石磊|PER]", "mass_org", True),
        ("[县医院|ORG][院长|POST][石磊|PER]", "hospital", False),
        ("[云溪镇敬老院|ORG][院长|POST][石磊|PER]", "public_institution", True),
        ("普外科[主任|POST][石磊|PER]", "hospital", False),
        ("[省供销社|ORG][副主任|POST][石磊|PER]", "public_institution", True),
        ("[临江大学校友总会|ORG][秘书长|POST][石磊|PER]", "association", False),
        ("[临江大数据运营中心|ORG][总经理|POST][石磊|PER]", "enterprise", False),
        ("[县实验小学|ORG][校长|POST][石磊|PER]", "school", False),
        ("[学院路街道办事处|ORG]民政科[科长|POST][石磊|PER]", "party_government", True),
        ("[丰禾果品合作社|ORG][理事长|POST][石磊|PER]", "enterprise", False),
        ("[县茶叶协会|ORG][会长|POST][石磊|PER]", "association", False),
        ("[县人大代表|POST][石磊|PER]", "delegate", False),
        ("[少将|POST][石磊|PER]", "military", False),
    ],
)
def test_category_and_responsibility(text: str, category: str, official: bool) -> None:
    (found,) = officials(text)
    assert (found.category, found.official) == (category, official)


def test_the_place_of_a_unit() -> None:
    (town,) = officials(f"{TOWN}[镇长|POST][石磊|PER]")
    assert town.place == "甲省/临江市/清河县/云溪镇"
    (county,) = officials("[县水利局|ORG][局长|POST][石磊|PER]")
    assert county.place == HOME
    (office,) = officials("[旧县派出所|ORG][所长|POST][石磊|PER]", "山东省/泰安市/东平县")
    assert office.place == "山东省/泰安市/东平县/旧县乡"
    (clinic,) = officials("[旧县乡卫生院|ORG][院长|POST][石磊|PER]", "山东省/泰安市/新泰市")
    assert clinic.place == "山东省/泰安市/东平县/旧县乡"
    river = "[清河|PLACE.other=甲省/临江市/清河县/清河]"
    (council,) = officials(f"{river}畔,[清河县人大|ORG][主任|POST][石磊|PER]")
    assert council.place == HOME
    (named,) = officials(f"在{TOWN},[云溪镇卫生院|ORG][院长|POST][石磊|PER]")
    assert named.place == "甲省/临江市/清河县/云溪镇"


def test_the_day_of_the_statement_is_that_of_its_sentence() -> None:
    doc = marked(f"3月5日,{TOWN}[镇长|POST][石磊|PER]说。", HOME)
    day = date(2024, 3, 5)
    set_spans(doc, "times", [(0, 4, "DATE", TimeExpression("DATE", "2024-03-05", day, day))])
    Officials()(doc)
    assert [o.as_of for o in doc._.officials] == [day]
    assert [o.as_of for o in officials(f"{TOWN}[镇长|POST][石磊|PER]说。")] == [None]


def test_spans_point_at_the_words() -> None:
    doc = marked(f"昨天,{TOWN}[镇长|POST][许 琳|PER]说", HOME)
    Officials()(doc)
    (found,) = doc._.officials
    assert doc.text[slice(*found.person_span)] == "许 琳"
    assert found.person == "许琳"
    assert doc.text[slice(*found.title_span)] == "镇长"
    assert found.unit_span is not None
    assert doc.text[slice(*found.unit_span)] == "云溪镇"


def test_an_article_without_mentions_has_no_officials() -> None:
    doc = article("什么也没有。")
    Officials()(doc)
    assert doc._.officials == []


# ---------------------------------------------------------------------------------------------- the lexicon
@pytest.mark.parametrize(
    ("title", "level", "official"),
    [("副镇长", "town", True), ("代县长", "county", True), ("居委会副主任", "community", True), ("村民", "village", False),
     ("党工委副书记", "town", True), ("市委副秘书长", "city", True)],
)  # fmt: skip
def test_titles_are_composed(title: str, level: str, official: bool) -> None:
    found = posts().titles[title]
    assert (found.level, found.official) == (level, official)


def test_titles_are_found_leftmost_and_longest() -> None:
    text = "某镇党委副书记、镇长和网格员"
    assert [text[a:b] for a, b, _ in posts().find(text)] == ["党委副书记", "镇长", "网格员"]


def test_the_committee_of_a_league_is_no_part_of_a_title() -> None:
    text = "团省委副书记和省委副书记"
    assert [text[a:b] for a, b, _ in posts().find(text)] == ["副书记", "省委副书记"]


def test_an_unknown_title_is_described_by_its_known_end() -> None:
    assert posts().describe("某某处副处长").official
    assert posts().describe("打铁花的").role


def test_holdings_need_a_construction() -> None:
    text = "镇长来了,后来石磊也来了。"
    assert holdings(text, [(7, 9)], [(0, 2)]) == []
    assert [(h.post, h.person, h.how) for h in holdings("镇长石磊", [(2, 4)], [(0, 2)])] == [(0, 0, "before")]


def test_the_father_of_the_chairman_holds_nothing() -> None:
    assert holdings("会长是石磊的父亲。", [(3, 5)], [(0, 2)]) == []


@pytest.mark.parametrize("text", ["石磊办厂时,由一名干部任队长。", "石磊说,学习使自己成为队长。", "老干部石磊"])
def test_what_another_takes_is_not_held(text: str) -> None:
    at = text.index("石磊")
    known = [(a, b) for a, b, _ in posts().find(text)]
    assert holdings(text, [(at, at + 2)], known) == []


@pytest.mark.parametrize(
    "text", ["镇长石磊,还有村民代表。", "镇长石磊,会长许某和村民代表。", "镇长石磊,10个社区会长。"]
)
def test_what_follows_a_name_is_no_apposition_if_others_come_first(text: str) -> None:
    known = [(a, b) for a, b, _ in posts().find(text)]
    assert [(h.post, h.person) for h in holdings(text, [(2, 4)], known)] == [(0, 0)]


def test_a_title_before_another_name_is_that_ones() -> None:
    found = holdings("镇长石磊,会长、书协董秀兰到场", [(2, 4), (10, 13)], [(0, 2), (5, 7)])
    assert [(h.post, h.person) for h in found] == [(0, 0)]


def test_the_unit_of_one_presented_stands_behind_the_titles() -> None:
    text = f"{COMMUNITY}也很忙。\n[石磊|PER],[村主任|POST]、[会计|POST],{TOWN}{VILLAGE},为民办事。"
    assert triples(text) == {("石磊", "村主任", "石桥村"), ("石磊", "会计", "石桥村")}


def test_a_delegate_who_speaks_at_a_congress() -> None:
    text = f"政协会议召开。{VILLAGE}[党支部书记|POST][石磊|PER][委员|POST]说,路通了。"
    assert {(o.title, o.unit, o.category, o.official) for o in officials(text)} == {
        ("党支部书记", "石桥村", "grassroots", True),
        ("委员", None, "delegate", False),
    }
    said = [[(h.post, h.how) for h in holdings(t, [(0, 2)], [(2, 4)])] for t in ("石磊代表说", "石磊代表村民说")]
    assert said == [[(0, "after")], []]


def test_two_titles_of_one_level_share_their_committee() -> None:
    text = f"{TOWN}来人,[南乡委员会|ORG][宣传委员|POST]、[统战委员|POST][许琳|PER]到场"
    assert triples(text) == {("许琳", "宣传委员", "南乡委员会"), ("许琳", "统战委员", "南乡委员会")}
    assert triples("[柳岸合作社|ORG]第一任[理事长|POST][罗刚|PER]") == {("罗刚", "理事长", "柳岸合作社")}


def test_a_roster_has_its_names_before_the_titles() -> None:
    lines = f"""名单:1.[薛长宁|PER]:{COMMUNITY}[党委书记|POST]、[居委会主任|POST]
2.[石 磊|PER](女):{VILLAGE}[党支部书记|POST]
[许琳|PER](回族) [县医院|ORG][护士长|POST]
[罗刚|PER] [县水利局|ORG][局长|POST]"""
    assert triples(lines) == {
        ("薛长宁", "党委书记", "柳岸社区"), ("薛长宁", "居委会主任", "柳岸社区"), ("石磊", "党支部书记", "石桥村"),
        ("许琳", "护士长", "县医院"), ("罗刚", "局长", "县水利局"),
    }  # fmt: skip
    assert triples(f"{VILLAGE}[党支部书记|POST] [石磊|PER]\n{COMMUNITY}[党委书记|POST] [罗刚|PER]") == {
        ("石磊", "党支部书记", "石桥村"), ("罗刚", "党委书记", "柳岸社区"),
    }  # fmt: skip
    assert holdings("罗刚:自筹资金资助十九名大学生\n近日", [(0, 2)], [(12, 15)]) == []


def test_a_city_secretary_in_a_prefecture_is_of_the_city_that_the_article_names() -> None:
    city = "[长河市|PLACE.county=甲省/乙州/长河市]"
    assert triples(f"[市委书记|POST][薛长宁|PER]调研。{city}修路。", "丙省/丁州") == {("薛长宁", "市委书记", "长河市")}
