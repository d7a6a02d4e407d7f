"""Times: spans, values, first and last day, and what holds for any text."""

from __future__ import annotations

import importlib
import sys
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.language.document import get_spans
from pipeline.lexicon.calendar import days_of, lunar_date, make_date, solar_term
from pipeline.records import TimeExpression
from pipeline.stages.time_grammar import grammar
from pipeline.stages.times import Times, find_times
from tests.articles import article

ISSUE = date(2024, 5, 20)  # a Monday


_HALF = str.maketrans("（）", "()")  # as the folded view of an article has them


def times_of(text: str, issue: date | None = ISSUE, year: int | None = None) -> list[tuple[str, TimeExpression]]:
    text = text.translate(_HALF)
    found = find_times(text, issue.year if issue else year, issue)
    return [(text[start:end], record) for start, end, record in found]


def days(record: TimeExpression) -> str | None:
    """First and last day as one string: 2024-05-01 2024-05-31, .. for an open end, None for neither."""
    if record.first_day is None and record.last_day is None:
        return None
    return f"{record.first_day or '..'} {record.last_day or '..'}"


def whole_year(year: int) -> str:
    return f"{year}-01-01 {year}-12-31"


# text, the one time in it, its value, its days; the newspaper is of Monday, 2024-05-20
POINTS = [
    ("会议5月18日召开", "5月18日", "2024-05-18", "2024-05-18 2024-05-18"),
    ("会议5月18号召开", "5月18号", "2024-05-18", "2024-05-18 2024-05-18"),
    ("五月十八日,天晴", "五月十八日", "2024-05-18", "2024-05-18 2024-05-18"),
    ("2023年5月18日揭牌", "2023年5月18日", "2023-05-18", "2023-05-18 2023-05-18"),
    ("二〇二三年五月十八日", "二〇二三年五月十八日", "2023-05-18", "2023-05-18 2023-05-18"),
    ("12月3日,大桥通车", "12月3日", "2023-12-03", "2023-12-03 2023-12-03"),
    ("大桥将于12月3日通车", "12月3日", "2024-12-03", "2024-12-03 2024-12-03"),
    ("2月29日出生", "2月29日", "2024-02-29", "2024-02-29 2024-02-29"),
    ("2024-03-01公布", "2024-03-01", "2024-03-01", "2024-03-01 2024-03-01"),
    ("2024.3.1公布", "2024.3.1", "2024-03-01", "2024-03-01 2024-03-01"),
    ("2024/3/1公布", "2024/3/1", "2024-03-01", "2024-03-01 2024-03-01"),
    ("活动定在本月15日,", "本月15日", "2024-05-15", "2024-05-15 2024-05-15"),
    ("上月8日,他到任", "上月8日", "2024-04-08", "2024-04-08 2024-04-08"),
    ("下月8日开馆", "下月8日", "2024-06-08", "2024-06-08 2024-06-08"),
    ("去年10月,他到任", "去年10月", "2023-10", "2023-10-01 2023-10-31"),
    ("今年2月,他到任", "今年2月", "2024-02", "2024-02-01 2024-02-29"),
    ("2月,他到任", "2月", "2024-02", "2024-02-01 2024-02-29"),
    ("11月,他到任", "11月", "2023-11", "2023-11-01 2023-11-30"),
    ("4月中旬播种", "4月中旬", "2024-04", "2024-04-01 2024-04-30"),
    ("上月底完工", "上月底", "2024-04", "2024-04-01 2024-04-30"),
    ("去年底,他退休", "去年底", "2023-12", "2023-12-01 2023-12-31"),
    ("去年年初,他退休", "去年年初", "2023-01", "2023-01-01 2023-01-31"),
    ("去年,他退休", "去年", "2023", whole_year(2023)),
    ("前年,他退休", "前年", "2022", whole_year(2022)),
    ("明年,新校区启用", "明年", "2025", whole_year(2025)),
    ("2019年,他退休", "2019年", "2019", whole_year(2019)),
    ("07年,他退休", "07年", "2007", whole_year(2007)),
    ("公布2023年度名单", "2023年度", "2023", whole_year(2023)),
    ("去年下半年投产", "去年下半年", "2023-H2", "2023-07-01 2023-12-31"),
    ("上半年投产", "上半年", "2024-H1", "2024-01-01 2024-06-30"),
    ("今年第一季度增收", "今年第一季度", "2024-Q1", "2024-01-01 2024-03-31"),
    ("去年四季度增收", "去年四季度", "2023-Q4", "2023-10-01 2023-12-31"),
    ("去年前三季度增收", "去年前三季度", "2023-01/2023-09", "2023-01-01 2023-09-30"),
    ("今年前4个月增收", "今年前4个月", "2024-01/2024-04", "2024-01-01 2024-04-30"),
    ("去年秋天开的店", "去年秋天", "2023-FA", "2023-09-01 2023-11-30"),
    ("去年秋天至今少雨", "去年秋天至今", "2023-FA/..", "2023-09-01 .."),
    ("去年冬天开的店", "去年冬天", "2023-WI", "2023-12-01 2024-02-29"),
    ("2024年寒假去了三家", "2024年寒假", "2024", whole_year(2024)),
    ("去年暑假去了三家", "去年暑假", "2023-07/2023-08", "2023-07-01 2023-08-31"),
    ("春运期间设岗", "春运期间", "2024-01/2024-02", "2024-01-01 2024-02-29"),
    ("今年汛期前完工", "今年汛期", "2024-06/2024-09", "2024-06-01 2024-09-30"),
    ("2023—2024学年开课", "2023—2024学年", "2023/2024", "2023-01-01 2024-12-31"),
    ("上世纪80年代建的", "上世纪80年代", "1980/1989", "1980-01-01 1989-12-31"),
    ("上世纪九十年代初建的", "上世纪九十年代初", "1990/1993", "1990-01-01 1993-12-31"),
    ("从90年代开始", "90年代", "1990/1999", "1990-01-01 1999-12-31"),
    ("“十四五”期间建了四座", "“十四五”期间", "2021/2025", "2021-01-01 2025-12-31"),
    ("抗日战争时期的旧址", "抗日战争时期", "1937/1945", "1937-01-01 1945-12-31"),
    ("光绪二十年的石碑", "光绪二十年", "1894", whole_year(1894)),
    ("民国三年的石碑", "民国三年", "1914", whole_year(1914)),
    ("今年春节,村里唱戏", "今年春节", "2024-02-10", "2024-02-10 2024-02-10"),
    ("今年端午节,村里唱戏", "今年端午节", "2024-06-10", "2024-06-10 2024-06-10"),
    ("去年中秋节,村里唱戏", "去年中秋节", "2023-09-29", "2023-09-29 2023-09-29"),
    ("去年除夕,村里唱戏", "去年除夕", "2023-01-21", "2023-01-21 2023-01-21"),
    ("去年冬至,村里唱戏", "去年冬至", "2023-12-22", "2023-12-22 2023-12-22"),
    ("清明节期间,村里唱戏", "清明节期间", "2024-04-04", "2024-04-04 2024-04-04"),
    ("国庆假期,村里唱戏", "国庆假期", "2023-10-01/2023-10-07", "2023-10-01 2023-10-07"),
    ("农历三月初三,村里唱戏", "农历三月初三", "2024-04-11", "2024-04-11 2024-04-11"),
    ("正月十五,村里唱戏", "正月十五", "2024-02-24", "2024-02-24 2024-02-24"),
    ("腊月二十三,村里唱戏", "腊月二十三", "2024-02-02", "2024-02-02 2024-02-02"),
    ("农历2023年八月十五,村里唱戏", "农历2023年八月十五", "2023-09-29", "2023-09-29 2023-09-29"),
    ("上周五,他到任", "上周五", "2024-05-17", "2024-05-17 2024-05-17"),
    ("本周末有雨", "本周末", "2024-05-25/2024-05-26", "2024-05-25 2024-05-26"),
    ("下周开工", "下周", "2024-W22", "2024-05-27 2024-06-02"),
    ("上上周开工", "上上周", "2024-W19", "2024-05-06 2024-05-12"),
    ("利用星期天去了一趟", "星期天", "2024-05-19", "2024-05-19 2024-05-19"),
    ("昨日发布", "昨日", "2024-05-19", "2024-05-19 2024-05-19"),
    ("过去三年,他没歇过", "过去三年", "2021/2024", "2021-01-01 2024-12-31"),
    ("两年前,他到任", "两年前", "2022", whole_year(2022)),
    ("未来三天有雨", "未来三天", "2024-05-21/2024-05-23", "2024-05-21 2024-05-23"),
    ("入夏以来少雨", "入夏以来", "2024-SU/..", "2024-06-01 .."),
    ("今年以来少雨", "今年以来", "2024/..", "2024-01-01 .."),
    ("2019年以来少雨", "2019年以来", "2019/..", "2019-01-01 .."),
    ("改革开放以来", "改革开放以来", "1978/..", "1978-01-01 .."),
    ("“五一”期间,村里唱戏", "“五一”期间", "2024-05-01/2024-05-05", "2024-05-01 2024-05-05"),
    ("春节期间,村里唱戏", "春节期间", "2024-02-10/2024-02-16", "2024-02-10 2024-02-16"),
    ("“八一”建军节前夕,村里唱戏", "“八一”建军节", "2024-08-01", "2024-08-01 2024-08-01"),
    ("谷雨前后,种瓜点豆", "谷雨前后", "2024-04-19", "2024-04-19 2024-04-19"),
    ("扎根深山42年9月7日,他开讲", "9月7日", "2023-09-07", "2023-09-07 2023-09-07"),
    ("15年3月,他到任", "15年3月", "2015-03", "2015-03-01 2015-03-31"),
    ("二十世纪末建的", "二十世纪末", "1990/1999", "1990-01-01 1999-12-31"),
    ("21世纪初建的", "21世纪初", "2000/2009", "2000-01-01 2009-12-31"),
    ("去冬今春少雨", "去冬今春", "2023-12/2024-02", "2023-12-01 2024-02-29"),
    ("今冬明春修渠", "今冬明春", "2024-12/2025-02", "2024-12-01 2025-02-28"),
    ("三天前,他来过", "三天前", "2024-05-17", "2024-05-17 2024-05-17"),
    ("前天,他来过", "前天", "2024-05-18", "2024-05-18 2024-05-18"),
    ("2022“宏运杯”落幕", "2022", "2022", whole_year(2022)),
    ("上世纪七八十年代建的", "上世纪七八十年代", "1970/1989", "1970-01-01 1989-12-31"),
    ("1980年代建的", "1980年代", "1980/1989", "1980-01-01 1989-12-31"),
    ("78年10月,他到任", "78年10月", "1978-10", "1978-10-01 1978-10-31"),
    ("“十二五”末建的", "“十二五”末", "2015", whole_year(2015)),
    ("十一五期间建的", "十一五期间", "2006/2010", "2006-01-01 2010-12-31"),
    ("明清时期的石碑", "明清时期", "1368/1911", "1368-01-01 1911-12-31"),
    ("国庆黄金周,村里唱戏", "国庆黄金周", "2023-10-01/2023-10-07", "2023-10-01 2023-10-07"),
    ("农历二月二,村里唱戏", "农历二月二", "2024-03-11", "2024-03-11 2024-03-11"),
    ("大年初八,村里唱戏", "大年初八", "2024-02-17", "2024-02-17 2024-02-17"),
    ("今年入夏以来少雨", "今年入夏以来", "2024-SU/..", "2024-06-01 .."),
    ("2019年到现在少雨", "2019年到现在", "2019/..", "2019-01-01 .."),
    ("近半年来少雨", "近半年来", "2023-11/2024-05", "2023-11-01 2024-05-31"),
    ("从15日起停水", "15日起", "2024-05-15/..", "2024-05-15 .."),
    ("明年元月将搬进新楼", "明年元月", "2025-01", "2025-01-01 2025-01-31"),
]
RANGES = [
    ("5月6—8日举行", "5月6—8日", "2024-05-06/2024-05-08", "2024-05-06 2024-05-08"),
    ("去年11月13至15日举行", "去年11月13至15日", "2023-11-13/2023-11-15", "2023-11-13 2023-11-15"),
    ("5月11、12日举行", "5月11、12日", "2024-05-11/2024-05-12", "2024-05-11 2024-05-12"),
    ("5月18日9—11时停水", "5月18日9—11时", "2024-05-18T09:00/2024-05-18T11:00", "2024-05-18 2024-05-18"),
    ("5月18日晚7至9点停水", "5月18日晚7至9点", "2024-05-18T19:00/2024-05-18T21:00", "2024-05-18 2024-05-18"),
    ("11月13日——15日举行", "11月13日——15日", "2023-11-13/2023-11-15", "2023-11-13 2023-11-15"),
    ("5月6日至8日举行", "5月6日至8日", "2024-05-06/2024-05-08", "2024-05-06 2024-05-08"),
    ("4月29日到5月3日举行", "4月29日到5月3日", "2024-04-29/2024-05-03", "2024-04-29 2024-05-03"),
    (
        "2023年12月30日至2024年1月2日举行",
        "2023年12月30日至2024年1月2日",
        "2023-12-30/2024-01-02",
        "2023-12-30 2024-01-02",
    ),
    ("去年12月30日至1月2日举行", "去年12月30日至1月2日", "2023-12-30/2024-01-02", "2023-12-30 2024-01-02"),
    ("1至4月,完成投资", "1至4月", "2024-01/2024-04", "2024-01-01 2024-04-30"),
    ("2014到2017年,完成投资", "2014到2017年", "2014/2017", "2014-01-01 2017-12-31"),
    ("2021-2023年,完成投资", "2021-2023年", "2021/2023", "2021-01-01 2023-12-31"),
    ("2019年至2022年,完成投资", "2019年至2022年", "2019/2022", "2019-01-01 2022-12-31"),
    ("5月18日8时至10时停水", "5月18日8时至10时", "2024-05-18T08:00/2024-05-18T10:00", "2024-05-18 2024-05-18"),
    ("5月18日晚上8点到10点停水", "5月18日晚上8点到10点", "2024-05-18T20:00/2024-05-18T22:00", "2024-05-18 2024-05-18"),
    ("5月18日22时至次日6时停水", "5月18日22时至次日6时", "2024-05-18T22:00/2024-05-19T06:00", "2024-05-18 2024-05-19"),
]
CLOCKS = [
    ("1月16日上午11时许,", "1月16日上午11时许", "2024-01-16T11:00", "TIME"),
    ("5月18日下午3点半,", "5月18日下午3点半", "2024-05-18T15:30", "TIME"),
    ("5月18日晚8时20分,", "5月18日晚8时20分", "2024-05-18T20:20", "TIME"),
    ("5月18日早8点,", "5月18日早8点", "2024-05-18T08:00", "TIME"),
    ("5月18日15:40,", "5月18日15:40", "2024-05-18T15:40", "TIME"),
    ("5月18日下午,", "5月18日下午", "2024-05-18", "TIME"),
    ("5月18日的清晨,", "5月18日的清晨", "2024-05-18", "TIME"),
    ("5月18日（周六）晚10时停水", "5月18日(周六)晚10时", "2024-05-18T22:00", "TIME"),
    ("今天上午9时30分开会", "今天上午9时30分", "2024-05-20T09:30", "TIME"),
    ("昨晚,他回来了", "昨晚", "2024-05-19", "TIME"),
    ("今早,他回来了", "今早", "2024-05-20", "TIME"),
    ("上周五晚,他回来了", "上周五晚", "2024-05-17", "TIME"),
    ("上周五下午3时,他回来了", "上周五下午3时", "2024-05-17T15:00", "TIME"),
    ("周四下午,他回来了", "周四下午", "2024-05-16", "TIME"),
    ("5月18日晚12点停水", "5月18日晚12点", "2024-05-18T24:00", "TIME"),
]
SETS = [
    ("每到月末,都来打扫", "每到月末", "P1M"),
    ("每天早上,都来打扫", "每天早上", "P1D"),
    ("每周三晚上课,", "每周三晚", "P1W"),
    ("每周五下午,都来打扫", "每周五下午", "P1W"),
    ("每周一至周五上午8:30至11:30开诊", "每周一至周五上午8:30至11:30", "P1W"),
    ("每月20日前上交", "每月20日", "P1M"),
    ("每年秋季集中出栏", "每年秋季", "P1Y"),
    ("每季度公示", "每季度", "P3M"),
    ("每两年公示一次", "每两年", "P2Y"),
    ("每逢重阳节,都来打扫", "每逢重阳节", "P1Y"),
    ("每到夏季,都来打扫", "每到夏季", "P1Y"),
]
REFERENCES = [
    ("近日,社区开展义诊", "近日", "PAST_REF"),
    ("日前,社区开展义诊", "日前", "PAST_REF"),
    ("近年来,社区开展义诊", "近年来", "PAST_REF"),
    ("连日来,社区开展义诊", "连日来", "PAST_REF"),
    ("几十年来,社区开展义诊", "几十年来", "PAST_REF"),
    ("最近,社区开展义诊", "最近", "PAST_REF"),
    ("最近一段时间,社区开展义诊", "最近一段时间", "PAST_REF"),
    ("十几年前,社区开展义诊", "十几年前", "PAST_REF"),
    ("几个月前,社区开展义诊", "几个月前", "PAST_REF"),
    ("这两天,社区开展义诊", "这两天", "PRESENT_REF"),
    ("今后一个时期,还要再办", "今后一个时期", "FUTURE_REF"),
    ("截至目前,已有四家", "截至目前", "PRESENT_REF"),
    ("如今,日子好了", "如今", "PRESENT_REF"),
    ("今后,还要再办", "今后", "FUTURE_REF"),
    ("下一步,还要再办", "下一步", "FUTURE_REF"),
]


@pytest.mark.parametrize(
    ("text", "span", "value", "covered"), POINTS + RANGES, ids=[case[0] for case in POINTS + RANGES]
)
def test_value_and_days(text: str, span: str, value: str, covered: str):
    ((found, record),) = times_of(text)[:1]
    assert (found, record.value, days(record)) == (span, value, covered)


@pytest.mark.parametrize(("text", "span", "value", "kind"), CLOCKS, ids=[case[0] for case in CLOCKS])
def test_clock(text: str, span: str, value: str, kind: str):
    ((found, record),) = times_of(text)
    assert (found, record.value, record.type) == (span, value, kind)
    assert record.first_day == record.last_day == date.fromisoformat(value[:10])


@pytest.mark.parametrize(("text", "span", "value"), SETS + REFERENCES, ids=[case[0] for case in SETS + REFERENCES])
def test_sets_and_vague_words_cover_no_days(text: str, span: str, value: str):
    ((found, record),) = times_of(text)
    assert (found, record.value, days(record)) == (span, value, None)
    assert record.type == ("SET" if value.startswith("P") and "_" not in value else "DATE")


@pytest.mark.parametrize("text", ["2月30日", "2023年2月29日", "6月31日", "农历2024年正月三十"])
def test_a_day_that_the_calendar_has_not_keeps_its_text_and_gets_no_value(text: str):
    ((found, record),) = times_of(text, date(2022, 5, 20))
    assert (found, record.value, days(record)) == (text, None, None)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5月13日,开班。当天,来了三十人。次日,又来十人。", ["2024-05-13", "2024-05-13", "2024-05-14"]),
        ("5月13日,开班。三天后,结业。", ["2024-05-13", "2024-05-16"]),
        ("2019年3月,建站。同年10月,扩建。次年,改造。", ["2019-03", "2019-10", "2020"]),
        ("2019年,他到任。当时,村里没有路。", ["2019", "2019"]),
        ("5月13日,开班。15日,结业。", ["2024-05-13", "2024-05-15"]),
        ("4月29日,开班。2日,结业。", ["2024-04-29", "2024-05-02"]),
        ("2019年12月,立项。11月,开工。", ["2019-12", "2023-11"]),
        ("去年11月,立项。", ["2023-11"]),
        ("去年上半年增收一成,同期成本降了。", ["2023-H1"]),
        ("5月13日8时,停电。两小时前,起风。", ["2024-05-13T08:00", "2024-05-13T06:00"]),
        ("每天8时至22时开门。", ["P1D", "T08:00/T22:00"]),
        ("5月13日,停电。傍晚来了电。", ["2024-05-13", "2024-05-13"]),
        ("信在“文革”中烧了。", ["1966/1976"]),
        ("一年多前,他到任。", ["2023"]),
        ("每天上午9—11时开门。", ["P1D", "T09:00/T11:00"]),
        ("5月13日,限行。早晚高峰(7时至9时、17时至19时)除外。", ["2024-05-13", "T07:00/T09:00", "T17:00/T19:00"]),
        ("5月13日,开馆。延时开放至20时,15日16时闭馆。", ["2024-05-13", "T20:00", "2024-05-15T16:00"]),
        ("“五一”假期,来了三十人。当天,唱了两场。", ["2024-05-01/2024-05-05", "2024-05-01"]),
    ],
)
def test_words_that_count_from_what_was_told(text: str, values: list[str]):
    assert [record.value for _, record in times_of(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12月3日,大桥通车。", ["XXXX-12-03"]),
        ("12月,大桥通车。", ["XXXX-12"]),
        ("去年,大桥通车。", ["XXXX"]),
        ("2019年12月,大桥通车。", ["2019-12"]),
        ("上周,大桥通车。", ["PAST_REF"]),
        ("12月3日,开班。次日,来了十人。", ["XXXX-12-03", "XXXX-12-04"]),
        ("12月31日,开班。次日,来了十人。", ["XXXX-12-31", "XXXX-01-01"]),
        ("6月20日起涨水,22日18时到顶。当晚,村民撤离。", ["XXXX-06-20/..", "XXXX-06-22T18:00", "XXXX-06-22"]),
        ("11月26日,开会。此前一个月,他走了三个镇。", ["XXXX-11-26", "XXXX-10/XXXX-11"]),
        ("过去五年,路通了。未来三年,还要修桥。", ["PAST_REF", "FUTURE_REF"]),
        ("2月30日,开班。", [None]),
        ("上周五起,限行。", ["PAST_REF"]),
        ("今天早晨6时许,桥头起雾。", ["XXXX-XX-XXT06:00"]),
        ("5日下午,桥头起雾。", ["XXXX-XX-05"]),
        ("元月5日,开班。", ["XXXX-01-05"]),
        ("6月1—5日,开班。", ["XXXX-06-01/XXXX-06-05"]),
        ("5月8日,开班。力争9月3日至6日结业。12日,加了课。", ["XXXX-05-08", "XXXX-09-03/XXXX-09-06", "XXXX-05-12"]),
        ("国庆期间,加了课。", ["XXXX-10-01/XXXX-10-07"]),
        ("暑假,加了课。", ["XXXX-07/XXXX-08"]),
        ("17日至20日,开班。", ["XXXX-XX-17/XXXX-XX-20"]),
        ("昨日上午,开班。", ["PAST_REF"]),
        ("三年来,开了四个班。", ["PAST_REF"]),
        ("下周起,加课。", ["FUTURE_REF"]),
    ],
)
def test_without_a_known_year(text: str, values: list[str | None]):
    found = times_of(text, issue=None)
    assert [record.value for _, record in found] == values
    assert all(record.first_day is None for _, record in found if str(record.value).startswith("XXXX"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5日16时,涨水。当晚8时,到顶。", ["XXXX-07-05T16:00", "XXXX-07-05T20:00"]),
        ("28日,涨水。", ["XXXX-06-28"]),  # the latest news is of July 6, so of June
        ("2019年3月5日,开工。9月8日,通车。", ["2019-03-05", "2019-09-08"]),
        ("2019年,开工。9月8日,通车。", ["2019", "XXXX-09-08"]),
        ("2019年,开工。3月,封顶。9月8日,通车。", ["2019", "XXXX-03", "XXXX-09-08"]),
    ],
)
def test_without_a_known_year_the_latest_news_and_the_story_tell_month_and_year(text: str, values: list[str]):
    assert [record.value for _, _, record in find_times(text, None, None, (7, 6))] == values


def test_a_year_alone_is_known_and_the_latest_news_stands_for_the_day():
    found = find_times("11月8日,开工。", 2024, None, (5, 18))
    assert [record.value for _, _, record in found] == ["2023-11-08"]
    found = find_times("乡村晚报05月18日讯昨日,开工。", 2024, None, (5, 18))
    assert [record.value for _, _, record in found] == ["2024-05-18", "2024-05-17"]
    found = find_times("乡村晚报10月18日讯9月,开工。", 2024, None, (3, 18))  # the item's own day before the page's
    assert [record.value for _, _, record in found] == ["2024-10-18", "2024-09"]


def test_words_that_count_from_the_newspaper_need_its_day_or_that_of_the_item():
    assert [r.value for _, _, r in find_times("2019年5月6日,开工。昨日,通车。上周,验收。", 2024)][1:] == [
        "PAST_REF",
        "PAST_REF",
    ]
    found = find_times("乡村晚报10月18日讯今天,开工。今天起限行。“今天好。”今天的村庄,", 2024, None, (5, 18))
    values = ["2024-10-18", "2024-10-18", "2024-10-18/..", "PRESENT_REF", "PRESENT_REF"]
    assert [record.value for _, _, record in found] == values
    found = find_times("乡村晚报12月31日讯今天,开工。", 2024, date(2024, 1, 2))
    assert [record.value for _, _, record in found] == ["2023-12-31", "2023-12-31"]
    found = find_times("乡村晚报5月18日讯昨日,开工。", 2024, ISSUE)  # printed two days later
    assert [record.value for _, _, record in found] == ["2024-05-18", "2024-05-17"]
    found = find_times("乡村晚报10月18日讯上周,开工。", 2024, None, (5, 18))
    assert [record.value for _, _, record in found] == ["2024-10-18", "2024-W41"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5月,开工。", "2023-05"),  # told in March, so of the year before
        ("今年更难。5月,开工。", "2024-05"),
        ("今年更难。11月,开工。", "2023-11"),  # it has not come yet
    ],
)
def test_a_month_right_after_this_year_is_of_it(text: str, value: str):
    assert find_times(text, 2024, None, (3, 18))[-1][2].value == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2019年3月5日,开工。5月中旬,封顶。9月,通车。", ["2019-03-05", "2019-05", "2019-09"]),
        ("2019年9月,他到任。3月2日,大会召开。", ["2019-09", "2024-03-02"]),  # that would be before
        ("2019年3月5日,立项,要在9月底前开工。6月2日,开工。", ["2019-03-05", "2019-09", "2019-06-02"]),
        ("2019年,他到任。10月2日,大会召开。", ["2019", "2024-10-02"]),
        ("2019年3月,他到任。五年来,路通了。10月2日,大会召开。", ["2019-03", "2019/2024", "2024-10-02"]),
    ],
)
def test_a_story_goes_on_in_the_year_that_it_began_in(text: str, values: list[str]):
    assert [record.value for _, _, record in find_times(text, 2024, None, (10, 18))] == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("夏日时节,河边人多。", [("夏日时节", "2024-SU")]),
        ("初春时节,河边人多。", [("初春时节", "2024-SP")]),
        ("镇上开展夏夜巡查。", []),
        ("河边的人爱冬日的清晨。", [("冬日", "2024-WI")]),
        ("今年农历大年初三,戏台搭好了。", [("今年农历大年初三", "2024-02-12")]),
    ],
)
def test_seasons_and_lunar_days_by_name(text: str, found: list[tuple[str, str]]):
    assert [(text[start:end], record.value) for start, end, record in find_times(text, 2024, None, (10, 18))] == found


def test_the_past_year_is_the_one_that_ended_where_it_is_told_early_in_a_year():
    assert [r.value for _, _, r in find_times("过去一年,办结十件。", 2024, None, (1, 18))] == ["2023"]
    assert [r.value for _, _, r in find_times("过去一年,办结十件。", 2024, None, (9, 18))] == ["2023/2024"]


@pytest.mark.parametrize(
    "text",
    [
        "平时",
        "新时代",
        "一天",
        "第三年",
        "12号楼",
        "中山路18号",
        "农村的未来",
        "展现在眼前",
        "正当时",
        "电话0531-20162018",
        "2024元",
        "全年龄段",
        "零点五",
        "经销商安立冬,人称老安",
        "5分",
        "三年制",
        "起点",
        "春联",
        "中秋晚会",
        "月亮",
        "一月嫂",
        "100只",
        "新学期即将来临",
        "厂房建成后年产值可达三亿元",
        "会上提出3点要求",
        "以21:15战胜对手",
        "按1:10的比例兑水",
        "她是“三八”红旗手",
        "全国“五一”劳动奖章",
        "纪念抗日战争胜利",
        "楼单元代表",
        "中秋节又称团圆节",
        "农历五月初五是我国的传统节日",
        "镇上举办教师节主题活动",
        "镇上的唐朝桥",
        "清晨\n桥头的灯",
    ],
)
def test_what_is_no_time(text: str):
    assert times_of(text) == []


def test_and_between_words_is_no_part_of_the_word_of_time():
    assert [found for found, _ in times_of("而今年的收成更好")] == ["今年"]


def test_the_number_of_a_document_is_no_day_but_its_year_is_told():
    assert [(found, record.value) for found, record in times_of("云政发〔2020〕9号文件")] == [("2020", "2020")]


def test_the_stage_writes_spans_with_records():
    doc = Times()(article("近日,云溪镇开展义诊。5月18日上午,来了三十人。"))
    assert [(span.text, span.label_) for span in doc.spans["times"]] == [("近日", "DATE"), ("5月18日上午", "TIME")]
    assert [record.value for _, record in get_spans(doc, "times")] == ["PAST_REF", "2024-05-18"]


# ------------------------------------------------------------------------------------------------ the calendar
@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-02-10", "2024-02-10", "2024-02-10"),
        ("2024-02-10T09:30", "2024-02-10", "2024-02-10"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-SP", "2024-03-01", "2024-05-31"),
        ("2023-WI", "2023-12-01", "2024-02-29"),
        ("2024-W01", "2024-01-01", "2024-01-07"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2021-W53", None, None),
        ("2024/..", "2024-01-01", None),
        ("../2024", None, "2024-12-31"),
        ("2021/2025", "2021-01-01", "2025-12-31"),
        ("0618/0907", "0618-01-01", "0907-12-31"),
        ("XXXX-05-01", None, None),
        ("2024-13", None, None),
        ("2024-02-30", None, None),
        ("PAST_REF", None, None),
        ("T08:00", None, None),
        ("P1D", None, None),
        (None, None, None),
        ("", None, None),
    ],
)
def test_days_of_a_value(value: str | None, first: str | None, last: str | None):
    assert days_of(value) == tuple(date.fromisoformat(day) if day else None for day in (first, last))


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ((2024, 1, 1), "2024-02-10"),
        ((2023, 12, 30), "2024-02-09"),
        ((2023, 3, 1), "2023-04-20"),  # after the leap month 2
        ((2025, 8, 15), "2025-10-06"),
        ((1949, 8, 10), "1949-10-01"),
        ((2024, 1, 30), None),
        ((2024, 13, 1), None),
        ((1850, 1, 1), None),
    ],
)
def test_lunar_days(lunar: tuple[int, int, int], solar: str | None):
    assert lunar_date(*lunar) == (date.fromisoformat(solar) if solar else None)


def test_solar_terms():
    assert solar_term(2024, "清明") == date(2024, 4, 4)
    assert solar_term(2023, "冬至") == date(2023, 12, 22)
    assert solar_term(2024, "谷雨") == date(2024, 4, 19)
    assert solar_term(2024, "国庆") is None
    assert solar_term(1800, "清明") is None


# ------------------------------------------------------------------------------------------------ any text
_PIECES = [
    "2024年",
    "5月",
    "18日",
    "至",
    "——",
    "去年",
    "下午",
    "3时",
    "每周",
    "三",
    "春节",
    "农历",
    "近日",
    "两年前",
    "上世纪",
    "80年代",
    "第",
    "一季度",
]
_TEXTS = st.lists(
    st.sampled_from([*_PIECES, ",", "。", "\n", "村", "开", "了", "12", "0", ":", "年", "月", "日", "十"]), max_size=25
).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.one_of(_TEXTS, st.text(max_size=60)), st.sampled_from([ISSUE, None, date(2020, 2, 29)]))
@example("9999年12月31日至次年", ISSUE)
@example("0年0月0日", None)
def test_any_text_gives_spans_in_order_within_it(text: str, issue: date | None):
    at = 0
    for start, end, record in find_times(text, issue.year if issue else None, issue):
        assert at <= start < end <= len(text)
        assert "\n" not in text[start:end]
        at = end
        if record.first_day and record.last_day and record.value and ".." not in record.value:
            assert days_of(record.value) == (record.first_day, record.last_day)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(POINTS + RANGES),
    st.text(alphabet="村民的路修好了请看这里", max_size=12),
    st.text(alphabet="村民的路修好了请看这里", max_size=12),
)
def test_text_around_a_sentence_changes_nothing(case: tuple[str, str, str, str], before: str, after: str):
    text, span, value, _ = case
    padded = f"{before}。\n{text}。\n{after}。"
    found = [(padded[s:e], s, record.value) for s, e, record in find_times(padded, ISSUE.year, ISSUE)]
    assert found[0] == (span, len(before) + 2 + text.index(span), value)


@settings(max_examples=80, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_day_written_out_is_read_back(day: date):
    chinese = "".join("〇一二三四五六七八九"[int(c)] for c in str(day.year))
    for text in (f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{chinese}年{day.month}月{day.day}日"):
        ((found, record),) = times_of(text)
        assert (found, record.value, record.first_day) == (text, day.isoformat(), day)


@settings(max_examples=60, deadline=None)
@given(st.integers(1950, 2049), st.integers(1, 12), st.integers(1, 29))
def test_lunar_days_run_in_order(year: int, month: int, day: int):
    here, new_year = lunar_date(year, month, day), lunar_date(year, 1, 1)
    assert here is not None
    assert new_year is not None
    assert 0 <= (here - new_year).days < 385
    assert make_date(here.year, here.month, here.day) == here


@pytest.mark.parametrize("name", ["count", "words", "point"])
def test_a_match_is_of_bounded_length(name: str):
    """No pattern repeats without a bound, so that the work grows with the length of the text and no faster."""
    parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    assert parser.parse(getattr(grammar(), name).pattern).getwidth()[1] < 100
    assert parser.parse("(?:十|二)+年").getwidth()[1] > 10**6
