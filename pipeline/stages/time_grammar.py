"""The patterns of time expressions over folded text, built once from `time_words.yaml`.

Three patterns are tried at a place, in this order: `count` (两年前, 过去三年), `words` (近日, 每周三晚, 上世纪80年代) and
`point` (2024年3月1日上午9时许), whose groups say what of year, month, day, part of the day and clock is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.lexicon import load_yaml

KEYS = (
    *(
        "references",
        "anaphors",
        "narrow",
        "bare",
        "sets",
        "parts",
        "seasons",
        "entered",
        "stretches",
        "festivals",
        "eras",
    ),
    *("reigns", "holidays"),
)

_CN = "一二三四五六七八九十"
# what a time can begin with besides the words of the lexicon
_FIRST = "周数星礼汉唐宋元明清零一二两三四五六七八九十几半零今去前明后当同次翌上下本那这来昨即大第头每年月正冬腊农阴旧入早全逢过近此未最底初"
_YEAR_SPAN = r"(?:到|至|[-—~]{1,2})"
_MONTH_BEHIND = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
# 2024年, 二〇二四年, 两千零四年; 1357年6月; 07年, 15年3月; 2014 of 2014到2017年
_YEAR = (
    rf"(?:(?P<y>(?<![\d.])(?:1[89]|20)\d{{2}}(?=学?年|{_YEAR_SPAN}(?:19|20)\d{{2}}学?年)|(?<!\d)1[0-7]\d\d(?=年{_MONTH_BEHIND})"
    rf"|[一二][零〇○一二三四五六七八九]{{3}}(?=年)|[两二]千(?:零?[一二三四五六七八九]|零?[一二]?十[一二三四五六七八九]?)?(?=年)"
    rf"|(?<!\d)0\d(?=年)|零[一二三四五六七八九](?=年)|(?:(?<=[在从自于至到])|(?<![\d\u4e00-\u9fff]))[1-24-9]\d(?=年{_MONTH_BEHIND}))(?:学?年(?:度(?!假))?)?"
    r"|(?P<reign>REIGNS)(?P<ruled>元|[一二三四五六七八九十]{1,3}|\d{1,2})年)"
)
_RELATIVE_YEAR = r"(?P<ry>(?:今|去|前|明|后|当|同|次|翌|上|那|来|这|本)年(?:度(?!假)|的(?=“))?|大前年|第二年|头年|[今去明](?=[冬春夏秋]))"
_MONTH = (
    rf"(?P<m>(?<!\d)(?:1[0-2]|0?[1-9])(?=月)"
    rf"|(?<![{_CN}第])(?!三月三|二月二(?!十))(?:十[一二]?|[一二三四五六七八九])(?=月(?!饼|亮|球|色|光|嫂|子))"
    r"|(?<![\d万千百亿几多余数])元(?=月(?:[\d一二三上中下初底份起,。、]|$))|(?<=年)元(?=月))月份?"
)
_MONTHS = (
    rf"(?P<m1>(?<!\d)(?:1[0-2]|[1-9])|(?<![{_CN}第期周拜])[{_CN}]{{1,2}})(?:至|到|[-—~])"
    rf"(?P<m2>(?:1[0-2]|[1-9])|[{_CN}]{{1,2}})月份?"
)
_RELATIVE_MONTH = r"(?P<rm>(?:本|当|次|同|上|下)月(?!饼|亮|球)|[上下这]个月|每?月(?=[底末初]))"
_LUNAR = (
    rf"(?P<lunar>(?:农历|阴历|旧历)|(?=[正腊冬]月|十?[{_CN}]月初[{_CN}]))(?P<lm>正|冬|腊|十[一二]?|[一二三四五六七八九])月"
    rf"(?P<ld>初[{_CN}]|二?十[一二三四五六七八九]?|三十|廿[一二三四五六七八九]?|[二三五七九](?!\w月))?"
)
_PART_OF_MONTH = r"(?P<xun>[上中下]旬|底|末|初|里|份)"
# 6月1—5日, 6月1、2日: the days before the last one
_DAYS = r"(?:(?<=月)(?P<d1>3[01]|[12]\d|0?[1-9])(?:、(?:3[01]|[12]\d|[1-9]))?(?:[至到、]|[-—~]{1,2})(?=(?:3[01]|[12]\d|0?[1-9])日))?"
_DAY = (
    r"(?P<d>(?<![\d.])(?:3[01]|[12]\d|0?[1-9])(?=[日号])"
    r"|(?:三十一?|二?十[一二三四五六七八九]?|二十|[一二三四五六七八九])(?=[日号]))(?P<dw>[日号])"
    # 二〇〇四年八月十五: the month said as words, the day without 日
    rf"|(?<=年[{_CN}]月)(?P<bare>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?![\u4e00-\u9fff\d])"
)
_RELATIVE_DAY = (
    r"(?P<rd>今天|今日|今儿|昨天|昨日|明天|明日|大?前天|大?后天|当天|当日|次日|翌日|第二天|前一天|同日|同一天|(?:这|那)(?:一)?天"
    r"|当(?=[晚夜])|今(?=[晚夜晨]|早(?![已就在]))|昨(?=[晚夜])|明(?=[晚早])|[这那](?=晚)|即日)"
)
_CLOCK = (
    # 上午9—11时
    r"(?:(?<=[日号天晚午晨间])(?P<h1>2[0-4]|1\d|0?\d)(?:[至到]|[-—~]{1,2})(?=(?:2[0-4]|1\d|0?\d)[时点](?!间)))?"
    r"(?P<h>(?<![^第][\d一二两三四五六七八九十]天)(?<![\d.])(?:2[0-4]|1\d|0?\d)(?=[时点:])|(?:二?十[一二三四五六七八九]?|[零一二两三四五六七八九])(?=[时点]))"
    r"(?:[时点](?!间|候|段|代|评|赞|击|亮|滴|多[万个]|名|钟头|位|燃|心|子|缀|要求|意见|建议|体会|希望|措施|经验|感受|原因|思考|启示|指示|看法|共识|做法|想法|倡议|心得|[一二三四五六七八九](?![一二三四五六七八九十刻点分时]))钟?|:(?=[0-5]\d(?!\d)))"
    r"(?:(?P<mi>(?:[0-5]?\d|[二三四五]?十[一二三四五六七八九]?)(?=分|(?![\d.]))|零?[一二三四五六七八九](?=分))分?|(?P<hf>半|一刻|三刻))?"
)
_STRETCH = (
    r"(?P<stretch>上半年|下半年|[春秋]季学期|[上下]学期|本学期|新学期|第?(?:一|二|三|四|1|2|3|4)季度|前三季度"
    r"|前(?P<fm>[一二两三四五六七八九十]{1,2}|1?\d)个?月|年[初中底末]|年内|全年|[初底末](?![\w])|底|初|同期|(?<=年)期间)"
)
_NO_SEASON = r"(?!节|运|晚|联|分|(?<![天季])至|耕|播|收|粮|种|茶|风|雨|游|训|令营|装|考|招|防|泳|笋|学期|季学期)"
# 中秋晚会, 夜校: no parts of a day
_NO_PART = {
    "晚上": "(?![课班网街学])",
    "晚": "(?![会宴报稻年点霞餐饭辈期些])",
    "夜": "(?![校市景班宵色总])",
    "晨": "(?![练报曦光检会读])",
}
# What a person may say after a stretch named by a holiday; 假期 and the like make days of it
_AROUND = r"(?:假期|期间|长假|当天|小长假|黄金周)?"
_COUNT = (
    r"(?P<num>(?<!\d)\d{1,3}|(?<![几数])[一二两三四五六七八九十]{1,4}几?|几十?|数十?|半)(?P<many>多|余)?(?P<unit>年|个月|个?星期|周|天|(?<!\d)日|个?小时)"
    r"(?P<half>半|多|余)?(?P<way>前|后|来|间)(?!排|卫|勤|台|景)"
    r"|(?P<past>过去|今后|未来|近|最近|此前|头|前(?=[两三四五]年|[1一两]周)|上(?=[两三2-9]个月))(?:的)?"
    r"(?P<num2>\d{1,3}|[一二两三四五六七八九十]{1,4}|半(?=年来))(?P<unit2>年|个月|周|天)(?P<since>来)?"
)
SINCE = re.compile(r"以来|至今|到现在|到如今|[到至]目前(?!为止)|起(?![床火跑义飞源草诉码点步到哄伏来])")
TO = re.compile(r"至|到|[-—~]{1,2}|与(?=[^,。]{2,9}间)")
SENTENCE_END = re.compile(r"[。;!?\n]")
WILL = re.compile(r"[将拟要]|计划|打算|准备|力争|争取")
# What looks ahead in a clause: 将, 计划, 前
AHEAD = re.compile(
    r"[将拟]|计划|预计|打算|准备|定于|力争|争取|起施行|之?前(?!来|往|期|后|三)|届时|还要|要在|下届|推迟|施行|生效|还会|即可|开赛在即"
)


@dataclass(frozen=True)
class Grammar:
    """Compiled patterns with the values of the words in them."""

    start: re.Pattern[str]  # any character that a time can begin with: a quick way to skip the rest
    count: re.Pattern[str]
    words: re.Pattern[str]
    point: re.Pattern[str]
    part: re.Pattern[str]
    references: dict[str, str]
    anaphors: frozenset[str]
    narrow: frozenset[str]
    bare: frozenset[str]
    sets: dict[str, str]
    parts: dict[str, str]
    seasons: dict[str, str]
    entered: dict[str, str]
    stretches: dict[str, Any]
    festivals: dict[str, Any]
    eras: dict[str, str]
    reigns: dict[str, int]
    holidays: dict[str, int]


def any_of(words: Iterable[str]) -> str:
    """An alternation, the longest word first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _turned(groups: dict[str, list[str]]) -> dict[str, str]:
    return {word: value for value, words in groups.items() for word in words}


@cache
def grammar() -> Grammar:
    """The grammar, read and compiled once a process."""
    data = load_yaml("time_words.yaml", KEYS)
    references, sets, parts = (_turned(data[key]) for key in ("references", "sets", "parts"))
    festivals, seasons, stretches, eras = (data[key] for key in ("festivals", "seasons", "stretches", "eras"))
    entered = data["entered"]
    part_words = "|".join(re.escape(w) + _NO_PART.get(w, "") for w in sorted(parts, key=lambda w: (-len(w), w)))
    part = rf"(?P<part>{part_words}|早(?=\d{{1,2}}[时点:]|[五六七八九十][时点])|(?<=[今明])早)"
    reigns = data["reigns"]
    year = _YEAR.replace("REIGNS", rf"(?:[元明清]代?|汉|唐|宋)?(?:{any_of(reigns)})")
    season = rf"(?P<season>{any_of(seasons)}){_NO_SEASON}(?:日?时节|日(?=的(?:午后|夜晚|清晨|傍晚|早晨|黄昏)))?"
    named = rf"(?:(?<=年)农历)?(?P<named>{any_of([*festivals, *stretches])}){_AROUND}"
    point = (
        rf"(?:(?P<old>农历(?=\d))?{year}|{_RELATIVE_YEAR})?"
        rf"(?:{_LUNAR}|{_MONTHS}|(?:{_MONTH}|{_RELATIVE_MONTH}){_PART_OF_MONTH}?)?(?:{_DAYS}{_DAY}|{_RELATIVE_DAY})?"
        # 9月24日(周二)晚10时
        r"(?:(?<=[日号])\((?:周|星期)[一二三四五六日天]\)(?=[上下中凌清早晚傍深半\d]))?"
        rf"(?:{season}|{_STRETCH}|{named})?(?:(?<![春夏秋冬]日)的?{part})?(?:{_CLOCK})?(?P<about>许|多|左右|前后(?=[,到,举]))?"
    )
    repeated = (
        rf"每个?(?P<each>年|月|周|天)(?:(?<=年)(?:(?:{any_of(w for w in seasons if len(w) > 1)})|(?:1[0-2]|[1-9])月份?"
        rf"(?:(?:3[01]|[12]\d|[1-9])[日号])?|(?:{any_of(festivals)}))|(?<=月)(?:3[01]|[12]\d|[1-9])[日号])"
        rf"|每[逢到当](?P<yearly>{any_of([*festivals, *stretches, '年底', '年末', '岁末'])}|(?:{any_of(w for w in seasons if len(w) > 1)}))"
    )
    # 周三 of every week
    day = r"[一二三四五六日天末]"
    clock = re.sub(r"\?P<\w+>", "?:", _CLOCK)
    week = rf"(?:每|(?<![恰正适喜又巧])逢|每逢|每到)(?:个)?(?:周|星期|礼拜){day}(?:(?:至|到|、)(?:周|星期)?{day})?"
    fixed = [*references, *sets, *eras]
    words = (
        rf"(?P<week>{week}(?:{part_words})?(?:{clock}(?:(?:至|到|[-—~]{{1,2}})(?:{clock}))?)?)|(?P<repeated>{repeated})"
        rf"|(?P<enteredyear>[今去]年)?(?P<entered>{any_of(entered)})以来"
        r"|“?十(?P<plan>[一二三四五六])五”?(?P<planpart>期间|时期|以来|末)"
        rf"|(?P<word>{any_of(fixed)})|(?P<winter>去冬今春|今冬明春)"
        r"|(?P<age>(?:上|本|\d{2}|二十|十九|二十一)个?世纪)(?P<agepart>初|末|以来)(?!期?\d)"
        r"|(?P<dot>(?<=“)(?:1[0-2]|[1-9])·(?:3[01]|[12]\d|0?[1-9])(?=”))"
        r"|(?P<century>(?:上|本|\d{2}|二十|十九|二十一)个?世纪)?(?<!\d)(?P<decades>[二三四五六七八](?=[三四五六七八九]十))?"
        r"(?P<decade>(?:1[89]|20)\d0|[2-9]0|[二三四五六七八九]十)年代"
        r"(?P<dpart>初期?|中期|末期?|后期)?"
        r"|(?P<nearweek>(?:本|上{1,2}|下{1,2}|这)(?:个)?(?:周|星期|礼拜)(?:[一二三四五六日天末](?!期))?内?)"
        r"|(?<![\d.-])(?P<from>(?:19|20)\d{2})(?:到|至|[-—~]{1,2})(?P<until>(?:19|20)\d{2})(?![\d年学.-])"
        r"|(?<!\d)(?P<numbers>(?:1[0-9]|20)\d{2}(?P<sep>[-./])(?:0?[1-9]|1[0-2])(?P=sep)(?:3[01]|[12]\d|0?[1-9]))(?![\d.])"
        r"|(?<![个每至到逢、(])(?<![日号],)(?P<weekday>(?:星期|礼拜)[一二三四五六日天]"
        r"|周[一二三四五六日](?=[上下中]午|凌晨|清晨|早上|傍晚|晚))(?!至|到|、|[-—~])"
    )
    heads = {word[0] for word in [*fixed, *parts, *festivals, *seasons, *stretches, *reigns]}
    return Grammar(
        start=re.compile(rf"(?<!\d)\d|[{re.escape(''.join(sorted(heads | set(_FIRST))))}]"),
        count=re.compile(_COUNT),
        words=re.compile(words),
        point=re.compile(point),
        part=re.compile(part_words),
        references=references,
        anaphors=frozenset(data["anaphors"]),
        narrow=frozenset(data["narrow"]),
        bare=frozenset(data["bare"]),
        sets=sets,
        parts=parts,
        seasons=seasons,
        entered=entered,
        stretches=stretches,
        festivals=festivals,
        eras=eras,
        reigns=reigns,
        holidays=data["holidays"],
    )
