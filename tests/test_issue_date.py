"""The day and year of a page: from the configuration, its name, its print, or what it tells."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lexicon import load_tsv
from pipeline.page.issue import issue_date, news_day
from pipeline.page.year import YEARS, kind_weights, year_evidence, year_probabilities
from pipeline.page.year_words import word_points

PLAIN = "本报讯(记者 安小川)云溪镇的路修好了。"
UNNAMED = "page.txt"


def year_of(text: str) -> int | None:
    return issue_date(UNNAMED, text, None)[1]


def ranking(text: str) -> list[int]:
    odds = year_probabilities(text, news_day(text))
    return sorted(odds, key=lambda year: -odds[year])


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("晚报_20240520_03.txt", date(2024, 5, 20)),
        ("2024-05-20/03.txt", date(2024, 5, 20)),
        ("2024-05-20/2024-05-21.txt", date(2024, 5, 21)),
        ("2024.5.20.txt", date(2024, 5, 20)),
        ("2024年5月20日.txt", date(2024, 5, 20)),
        ("pages.jsonl#2024_05_20-4", date(2024, 5, 20)),
        ("20241320.txt", None),
        ("20240230.txt", None),
        ("000_6652fe9c20220101.txt", None),  # digits of a hash
        ("page-03.txt", None),
    ],
)
def test_a_day_in_the_name(source: str, day: date | None):
    assert issue_date(source, PLAIN, None)[0] == day


def test_what_is_stated_wins_over_name_and_text():
    assert issue_date("20240520.txt", "2019年5月6日 星期一 第3版", date(2021, 1, 2)) == (
        date(2021, 1, 2),
        2021,
        "config",
    )
    assert issue_date("20240520.txt", "2019年5月6日 星期一 第3版", None) == (date(2024, 5, 20), 2024, "name")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2019年5月6日 星期一 第3版", date(2019, 5, 6)),
        ("２０１９年５月６日　星期一", date(2019, 5, 6)),
        ("责任编辑:安小川 2019-05-06", date(2019, 5, 6)),
        ("2019 年 5 月 6 日 星 期 一", date(2019, 5, 6)),
        ("2019/5/6 周一 A03", date(2019, 5, 6)),
        ("03 要闻 2019年5月6日", date(2019, 5, 6)),
        ("二〇一九年五月六日 己亥年四月初二", date(2019, 5, 6)),
        ("2019年5月6日\n\n星期一", date(2019, 5, 6)),
        ("2019年5月6日\n\n星期二", None),
        ("2019年5月6日", None),  # may be the day of a notice
        ("定于2019年5月6日(星期一)", None),
        ("2019年5月6日 星期二 第3版", None),  # it was a Monday
        ("2019年2月30日 第3版", None),
        ("2019年5月6日,云溪镇召开会议,会议听取了三个社区的汇报,会后到现场看了路,又走进四户人家问了收成,第3版", None),
    ],
)
def test_a_day_in_print(line: str, day: date | None):
    assert issue_date(UNNAMED, "\n\n".join([PLAIN] * 3 + [line, PLAIN]), None)[0] == day


def test_a_date_alone_at_the_top_is_that_of_the_page():
    assert issue_date(UNNAMED, f"云溪晚报\n\n2019年5月6日\n\n{PLAIN}", None)[0] == date(2019, 5, 6)


# what a page tells, and the year that it is of; the sentences stand for a page of a local newspaper
EVIDENCE = [
    # full dates, the latest told year
    ("5月18日,大会召开。截至2024年5月15日,收到提案四件。", 2024),
    ("1月18日,大会召开。2023年11月,他到任。", 2024),  # a month lately past
    ("5月18日,大会召开。2020年,他到任。去年,路通了。2024年全县农业工作会议作了部署。", 2024),
    ("9月18日,大会召开。2021年上半年,增收一成。", 2021),
    ("3月15日,学生返校。2012年2月20日,卫生监督所开始检查。", 2012),  # 学生 and 卫生 are no births
    # reports of a year, plans, quarters
    ("1月18日,大会召开。会议公布2022年度先进名单。", 2023),
    ("6月18日,大会召开。会议听取了2022年度预算执行情况的报告。", 2023),
    ("3月18日,会议通过2022年度审计项目计划。", 2022),
    ("6月27日,大会召开。2024年第二季度好人名单公布。", 2024),
    ("1月18日,大会召开。大桥计划2025年6月建成。2023年底,他到任。", 2024),
    ("4月26日,镇上召开2021年度民兵点验大会。", 2021),
    ("1月26日,镇上召开2021年度总结表彰大会。", 2022),
    # phrases with a told year, by the month of the page
    ("5月18日,大会召开。截至2022年底,村里有路灯八十盏。", 2023),
    ("9月18日,大会召开。2024年秋季开学,添了两个班。", 2024),
    ("11月6日,镇上的招聘会来了2024届毕业生两百名。", 2023),
    ("6月6日,镇上的招聘会来了2024届毕业生两百名。", 2024),
    ("12月18日,大会召开。2024年元旦前后,剧团下乡。", 2023),
    ("2月6日,大会召开。2024年春节前后,剧团下乡。", 2024),
    ("12月18日,大会召开。2025年,镇上将再修三条路。", 2024),
    # the season of the page
    ("1月12日,大会召开。2024年全县增收一成。", 2025),
    ("10月12日,大会召开。2024年全县增收一成。", 2024),
    # news that are dated in full, whatever other dates there are
    ("6月2日,开幕。2019年3月2日,开工。2019年8月13日,封顶。2019年11月4日,验收。", 2019),
    # names that bear a year
    ("9月16日,大会召开。2020年秋季云溪县助学金发放名单公布。", 2020),
    ("1月1日,大家迎接2019新年。", 2019),
    ("6月18日,2023云溪龙虾节开幕。", 2023),
    ("6月18日,2023“云溪杯”开赛。", 2023),
    # lengths of time from a told year
    ("5月18日,他还在山上。2015年,他掏钱办起食堂。六年,他贴进去不少。", 2021),
    ("5月18日,十年前,她还不会修车。2012年她跟着丈夫学起。", 2022),
    ("9月18日,她被表彰。2011年9月,她来到山里,一背就是十二年了。", 2023),
    ("6月6日,活动启动。自2005年首次开展以来,已连续开展了十四届。", 2018),
    (
        "5月18日,他还在投币。2010年清明前,他签下志愿书。十五年来,他攒下一箱硬币。2022年,他获评好人。",
        2025,
    ),  # told like a plan, and past
    # ages
    ("他1960年出生,今年62岁。", 2022),
    # anniversaries
    ("为庆祝中国共产党成立100周年,村里唱戏。", 2021),
    ("庆祝新中国成立七十周年,村里唱戏。", 2019),
    ("纪念抗战胜利80周年,村里唱戏。", 2025),
    ("庆祝香港回归祖国二十周年,村里唱戏。", 2017),  # not the twentieth of the republic
    ("县里举办第6个国家宪法日宣传。", 2019),
    ("在第40个教师节到来之际,他获奖。", 2024),
    # congresses
    ("3月12日,十四届全国人大二次会议闭幕,代表热议。", 2024),
    ("6月27日,市七届人大常委会举行第二十三次会议。2022年11月,他到任。", 2024),
    ("5月28日,镇第十一届人民代表大会第一次会议召开。2020年,他到任。疫情期间,他没歇过。", 2021),
    ("二十届三中全会精神宣讲走进村里。", 2024),
    # the calendar
    ("5月6日(星期一),大会召开。主题教育深入人心。2018年,路通了。", 2019),
    ("5月11日,农历四月初四,庙会开场。", 2024),
    ("2月29日,大会召开。村里正推进脱贫攻坚,2019年底出列。", 2020),
    ("7月28日晚,传统火把节开幕。2022年,路通了。", 2024),
    ("3月20日,春分,农技员下田。2022年,路通了。", 2024),
    ("2月6日,新春佳节将至,他走访困难户。2022年,路通了。", 2024),
    ("12月30日,村里迎接龙年春节。2021年,路通了。", 2023),
    ("1月30日,村里喜迎兔年春节。2021年,路通了。", 2023),
    ("10月11日是重阳节,老人同吃长寿面。2022年,路通了。", 2024),
    ("10月28日,医生下乡。今日重阳,老人同吃长寿面。2022年,路通了。", 2025),
    ("2月21日,村晚开演,当日是农历正月十二。2010年,路通了。", 2013),
    ("9月28日,国庆中秋双节长假临近,景区添了摊位。2022年,路通了。", 2023),
    # terms of office
    ("3月11日,县十五届人大三次会议闭幕。2013年,路通了。", 2014),
    # lengths of time
    ("村里2020年6月办起食堂。三年来,老人天天有热饭。", 2023),
    ("自2004年5月4日启动至今,募捐活动已连续举办四届。", 2007),
    # elections
    ("3月18日,村“两委”换届,选民投票。2019年,路通了。", 2021),
    # floods and openings where they were
    ("10月11日,卫辉的学校复课。洪水退后,受灾的教室修好了。2020年,路通了。", 2021),
    ("6月11日,福厦高铁铺轨,隧道贯通。2023年3月,桥墩浇筑。", 2023),
    # what is in the news
    ("2月18日,医护人员驰援湖北,村口设卡防新冠肺炎。", 2020),
    ("11月18日,核酸检测点增至四处,志愿者送来抗原试剂。", 2022),
    ("9月12日,台风摩羯过后,村里抢修电路。", 2024),
    ("12月18日,党纪学习教育总结会召开。", 2024),
]


@pytest.mark.parametrize(("text", "year"), EVIDENCE, ids=[text for text, _ in EVIDENCE])
def test_evidence_of_the_year(text: str, year: int):
    assert ranking(text)[0] == year


@pytest.mark.parametrize(
    ("text", "impossible"),
    [
        ("县农业农村局局长到会。", 2015),  # a body of a later day
        ("国家卫生计生委发文。", 2021),  # a body of an earlier day
        ("县文化广电和旅游局到会。", 2016),  # no 旅游局
        ("2021年3月,他到任。", 2019),  # told as past
        ("5月6日(星期一),大会召开。", 2023),  # another day of the week
    ],
)
def test_evidence_against_a_year(text: str, impossible: int):
    assert year_probabilities(text, news_day(text))[impossible] < 0.02


def test_a_term_begins_with_its_first_plenum_not_its_fifth():
    text = "1月18日,市委十二届{}次全会召开。2021年,路通了。"
    first, fifth = (year_probabilities(text.format(n), (1, 18)) for n in ("二", "五"))
    assert first[2022] > 2 * fifth[2022]
    assert fifth[2024] > first[2024]


def test_a_body_within_the_name_of_another_is_not_it():
    odds = year_probabilities("县文化广电和旅游局到会。", None)
    assert odds[2023] > 2 * odds[2017]


def test_what_is_over_is_recalled_but_what_is_to_come_is_not_known():
    odds = year_probabilities("3月5日,台风“暹芭”毁坏的堤坝修好了。", (3, 5))
    assert odds[2021] < odds[2023] / 10  # it came in July 2022


def test_an_election_told_of_another_year_is_none():
    now, then = "村委会换届,选民投票。", "2008年村委会换届。"
    odds = [year_probabilities(text, (3, 18)) for text in (now, then)]
    assert odds[0][2021] / odds[0][2023] > 2 > odds[1][2021] / odds[1][2023]


def test_each_kind_of_sign_has_a_weight():
    assert set(kind_weights()) == set(year_evidence(PLAIN, None))
    assert not any(any(points.values()) for points in year_evidence(PLAIN, None).values())


def test_words_of_a_year_count_for_it():
    points = dict(word_points("村口守着测体温,又忙着复工复产。", range(2010, 2031)))
    assert max(points, key=lambda year: points[year]) == 2020
    assert points[2010] == points[2012]  # before the counts their first year stands
    assert dict(word_points("党建引领,科技赋能。", (2026, 2028)))[2028] <= 0  # what comes after them is not known
    assert not any(dict(word_points(PLAIN, range(2010, 2031))).values())


def test_too_little_evidence_gives_no_year():
    assert issue_date(UNNAMED, PLAIN, None) == (None, None, None)
    assert issue_date(UNNAMED, "", None) == (None, None, None)


def test_a_year_from_the_text_is_given_without_a_day():
    assert issue_date(UNNAMED, "为庆祝中国共产党成立100周年,村里唱戏。", None) == (None, 2021, "text")


def test_a_date_may_stand_across_a_column_break():
    assert year_of("为庆祝中国共产党成立1\n\n00周年,村里唱戏。") == 2021


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5月18日,开幕。5月20日,闭幕。", (5, 20)),
        ("12月30日,开幕。1月2日,闭幕。", (1, 2)),
        ("5月18日,开幕。5月19日,收官。2月3日,他到任。", (5, 19)),
        ("2019年5月18日,开幕。", None),
        ("大桥5月18日前通车。", None),
        ("5月18日,开幕。因5月26日检修,村里停水。6月2日,我县将办推介会。", (5, 18)),  # announced
        ("1月8日,开幕。4月8日,收官。7月8日,他到任。10月8日,开工。", None),  # a collection
        (PLAIN, None),
    ],
)
def test_the_latest_news_of_a_page(text: str, day: tuple[int, int] | None):
    assert news_day(text) == day


def test_the_lexicons_of_evidence_are_sound():
    optional = ("first", "last", "before", "after")
    for row in load_tsv("year_clues.tsv", ("term", *optional), optional, ("term", "first")):
        assert row["before"] or row["after"], row
        assert row["first"] or not row["before"], row
        assert row["last"] or not row["after"], row
        assert not row["last"] or row["first"] <= f"{row['last']}-12", row
    for row in load_tsv("year_events.tsv", ("where", "what", "first", "last", "weight"), key=("where", "what")):
        assert row["first"] <= row["last"], row
        assert len(row.list("what")) > 1, row
    for row in load_tsv("year_counts.tsv", ("pattern", "base", "step", "weight"), key=("pattern",)):
        assert row["pattern"].count("N") == 1, row


_TEXT = st.lists(
    st.sampled_from(
        [
            "2019年",
            "2月",
            "30日",
            "(",
            "星期一",
            ")",
            "去年",
            "六年",
            "周年",
            "建党",
            "第",
            "次会议",
            "人大",
            "农历",
            "正月",
            "初一",
            "0",
            "99",
            "。",
        ]
    ),
    max_size=20,
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(_TEXT.map("".join), st.text(max_size=80)))
def test_any_text_gives_a_sound_answer(text: str):
    day, year, origin = issue_date(UNNAMED, text, None)
    assert (year is None) == (origin is None)
    assert day is None or day.year == year
    odds = year_probabilities(text, news_day(text))
    assert set(odds) == set(YEARS)
    assert abs(sum(odds.values()) - 1) < 1e-9
