"""Time expressions and the calendar values they stand for, into doc.spans["times"].

The past is the default: a month or day without a year is the last one before the day of the newspaper, unless the clause
looks ahead (将, 计划, 前). Words like 当天 and 次年 count from the day, month or year told before in the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import TIMES, set_spans
from pipeline.lexicon import load_yaml
from pipeline.lexicon.calendar import days_of, lunar_date, make_date, solar_term
from pipeline.lexicon.numbers import parse_number
from pipeline.page.issue import news_day
from pipeline.records import Page, TimeExpression
from pipeline.stages.units import unit_pattern

SOURCE = "rule"
KEYS = ("references", "anaphors", "sets", "parts", "seasons", "stretches", "festivals", "eras")


@Language.factory("news_times", assigns=["doc._.times"])
def create_times(nlp: Language, name: str) -> Times:
    """Writes doc.spans["times"]; uses doc._.page for the day or year of the newspaper."""
    return Times()


class Times:
    def __call__(self, doc: Doc) -> Doc:
        page: Page | None = doc._.page
        rows = find_times(doc._.folded, *_frame(page))
        set_spans(doc, TIMES, [(start, end, record.type, record) for start, end, record in rows])
        return doc


def _frame(page: Page | None) -> tuple[int | None, date | None, tuple[int, int] | None]:
    if page is None:
        return None, None, None
    day = page.issue_date
    return (day.year if day else page.issue_year), day, news_day(page.text)


def find_times(
    folded: str, year: int | None, issue: date | None = None, latest: tuple[int, int] | None = None
) -> list[tuple[int, int, TimeExpression]]:
    """The time expressions of a text as (start, end, record), in order, without overlap.

    `year` and `issue` are those of the newspaper, `latest` the (month, day) of its latest news, each None if unknown.
    """
    reader = _Reader(folded, year, issue, latest)
    return [(start, end, _record(value, kind)) for start, end, value, kind in reader.read()]


def _record(value: str | None, kind: str) -> TimeExpression:
    first, last = days_of(value) if kind != "SET" else (None, None)
    return TimeExpression(kind, value, first, last, SOURCE)


# ------------------------------------------------------------------------------------------------------ patterns
def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@dataclass(frozen=True)
class _Words:
    point: re.Pattern[str]
    count: re.Pattern[str]
    words: re.Pattern[str]
    references: dict[str, str]
    anaphors: frozenset[str]
    sets: dict[str, str]
    parts: dict[str, str]
    seasons: dict[str, str]
    stretches: dict[str, Any]
    festivals: dict[str, Any]
    eras: dict[str, str]
    start: re.Pattern[str]


_FIRST = "一二两三四五六七八九十几数半零今去前明后当同次翌上下本那这来昨即大第头每年月正冬腊农阴旧寒汛麦春新全逢过近此未今最初底第"
_CN = "一二三四五六七八九十"
_YEAR = r"(?P<y>(?<!\d)(?:1[89]|20)\d{2}(?=年)|[一二][零〇○一二三四五六七八九]{3}(?=年))年(?:度(?!假))?"
_RELYEAR = (
    r"(?P<ry>(?:今|去|前|明|后|当|同|次|翌|上|那|来|这|本)年(?:度(?!假))?|大前年|第二年|头年|[今去明](?=[冬春夏秋]))"
)
_MONTH = rf"(?P<m>(?<!\d)(?:1[0-2]|0?[1-9])(?=月)|(?<![{_CN}第])(?!三月三)(?:十[一二]?|[一二三四五六七八九])(?=月(?!饼|亮|球|色|光|嫂|子)))月份?"
_MONTHS = r"(?P<m1>(?<!\d)(?:1[0-2]|[1-9])|(?<![一二三四五六七八九十第])[一二三四五六七八九十]{1,2})(?:至|到|[-—~])(?P<m2>(?:1[0-2]|[1-9])|[一二三四五六七八九十]{1,2})月份?"
_RELMONTH = r"(?P<rm>(?:本|当|次|同|上|下)月(?!饼|亮|球)|[上下这]个月|每?月(?=[底末初]))"
_LUNAR = rf"(?P<lunar>(?:农历|阴历|旧历)|(?=[正腊冬]月))(?P<lm>正|冬|腊|十[一二]?|[一二三四五六七八九])月(?P<ld>初[{_CN}]|二?十[{'一二三四五六七八九'}]?|三十|廿[一二三四五六七八九]?|[三五七九](?!\w月))?"
_PART_OF_MONTH = r"(?P<xun>[上中下]旬|底|末|初|中(?=旬)|里|份)"
_DAY = r"(?P<d>(?<![\d.])(?:3[01]|[12]\d|0?[1-9])(?=[日号])|(?:三十一?|二?十[一二三四五六七八九]?|二十|[一二三四五六七八九])(?=日))(?P<dw>[日号])"
_RELDAY = r"(?P<rd>今天|今日|今儿|昨天|昨日|明天|明日|当天|当日|次日|翌日|第二天|前一天|同日|同一天|(?:这|那)(?:一)?天|当(?=[晚夜])|今(?=[晚夜晨])|昨(?=[晚夜])|明(?=晚)|[这那](?=晚)|即日)"
_CLOCK = (
    r"(?P<h>(?<![\d.])(?:2[0-4]|1\d|0?\d)(?=[时点:])|(?:二?十[一二三四五六七八九]?|[零一二两三四五六七八九])(?=[时点]))"
    r"(?:[时点](?!间|候|段|代|评|赞|击|亮|滴|多[万个]|名|钟头|位|燃|心|子|缀)钟?|:(?=[0-5]\d(?!\d)))"
    r"(?:(?P<mi>[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])分?|(?P<hf>半|一刻|三刻))?"
)


@cache
def _words() -> _Words:
    data = load_yaml("time_words.yaml", KEYS)
    references = {word: value for value, words in data["references"].items() for word in words}
    sets = {word: value for value, words in data["sets"].items() for word in words}
    parts = {word: value for value, words in data["parts"].items() for word in words}
    festivals, seasons, stretches = data["festivals"], data["seasons"], data["stretches"]
    season = rf"(?P<season>{_any(w for w in seasons)})(?!节|运|晚|联|分|至|耕|播|收|粮|种|茶|风|雨|游|训|令营|装|考|招|防|泳|笋)"
    named = rf"(?P<named>{_any([*festivals, *stretches])}|寒假|汛期|麦收|春运)(?:假期|期间|长假|当天|前夕|小长假)?"
    stretch = r"(?P<stretch>上半年|下半年|[上下]学期|本学期|新学期|第?(?:一|二|三|四|1|2|3|4)季度|前三季度|前(?P<fm>[一二两三四五六七八九十]+|1?\d)个?月|年[初中底末]|年内|全年|[初底末](?![\w])|底|初|同期|(?<=年)期间)"
    part = rf"(?P<part>{_any(parts)})"
    point = (
        rf"(?:{_YEAR}|{_RELYEAR})?(?:{_LUNAR}|{_MONTHS}|(?:{_MONTH}|{_RELMONTH}){_PART_OF_MONTH}?)?(?:{_DAY}|{_RELDAY})?"
        rf"(?:{stretch}|{season}|{named})?{part}?(?:{_CLOCK})?(?P<about>许|多|左右|前后(?=[,到,举]))?"
    )
    count = (
        r"(?P<num>(?<!\d)\d{1,3}|[一二两三四五六七八九十]+|几|数|半)(?P<many>多|余)?(?P<unit>年|个月|个?星期|周|天|(?<!\d)日|个?小时)(?P<half>半)?(?P<way>前|后|来|间)(?!排|卫|勤|台|景)"
        r"|(?P<past>过去|今后|未来|近|最近|此前|头)(?:的)?(?P<num2>\d+|[一二两三四五六七八九十]+)(?P<unit2>年|个月|周|天)(?P<since>来)?"
    )
    fixed = [*references, *sets, *data["eras"]]
    words = (
        rf"(?P<week>(?:每|逢|每逢|每到)(?:个)?(?:周|星期|礼拜)[一二三四五六日天末](?:(?:至|到|、)(?:周|星期)?[一二三四五六日天])?(?:{_any(parts)})?)"
        rf"|(?P<word>{_any(fixed)})|(?P<winter>去冬今春)"
        r"|(?P<dot>(?<=“)(?:1[0-2]|[1-9])·(?:3[01]|[12]\d|0?[1-9])(?=”))"
        r"|(?P<century>(?:上|本|\d{2}|二十|十九)(?:个)?世纪)(?P<decade>[2-9]0|[二三四五六七八九]十)年代(?P<dpart>初|中期|末|后期|初期)?"
        r"|(?P<nearweek>(?:本|上|下|这)(?:个)?(?:周|星期)(?:[一二三四五六日末](?!期))?内?)"
    )
    return _Words(
        re.compile(point),
        re.compile(count),
        re.compile(words),
        references,
        frozenset(data["anaphors"]),
        sets,
        parts,
        seasons,
        stretches,
        festivals,
        data["eras"],
        # any character that a time can begin with: a quick way to skip the rest
        re.compile(
            rf"(?<!\d)\d|[{re.escape(''.join({w[0] for w in [*fixed, *parts, *festivals, *seasons, *stretches]}))}{_FIRST}]"
        ),
    )


_SINCE = re.compile(r"以来|至今|起(?![床火跑义飞源草诉码点步到诉哄伏来])")
_TO = re.compile(r"(?:至|到|[-—~]{1,2})")
_AHEAD = re.compile(
    r"[将拟]|计划|预计|打算|准备|定于|力争|争取|起施行|之?前(?!来|往|期|后|三)|届时|还要|要在|下届|推迟|施行|生效|还会|即可|开赛在即"
)


@dataclass
class _Told:
    """What the article has told so far: the last year, month, day; the last value; the year of the sentence."""

    year: int | None = None
    month: int | None = None
    day: date | None = None  # the last one that is not ahead of the newspaper
    fresh: bool = False  # whether nothing coarser was told since `day`
    unknown_day: tuple[int, int] | None = None  # month and day where the year is unknown
    value: str | None = None
    stretch: str | None = None  # last period (H1, Q2, 01/03) for 同期
    sentence: int = -1
    sentence_year: int | None = None
    offset: int = 0


@dataclass
class _Reader:
    folded: str
    year: int | None
    issue: date | None
    latest: tuple[int, int] | None
    told: _Told = field(default_factory=_Told)
    forced_year: int | None = None

    # -------------------------------------------------------------------------------------------- scanning
    def read(self) -> Iterator[tuple[int, int, str | None, str]]:
        words, text = _words(), self.folded
        at = 0
        while True:
            start = words.start.search(text, at)
            if start is None:
                return
            at = start.start()
            found = self._at(at, words)
            if found is None:
                # a digit is never tried in the middle of its number
                at += 1
                continue
            end, value, kind = found
            yield at, end, value, kind
            at = end

    def _at(self, at: int, words: _Words) -> tuple[int, str | None, str] | None:
        text = self.folded
        match = words.count.match(text, at)
        if match:
            counted = self._counted(match)
            if counted is not None:
                return counted
        match = words.words.match(text, at)
        fixed = self._fixed(match, words) if match else None
        if fixed is not None:
            return fixed
        match = words.point.match(text, at)
        if match is None or match.end() == at:
            return self._year_in_name(at)
        return self._point(match, words) or self._year_in_name(at)

    # -------------------------------------------------------------------------------------------- fixed words
    def _fixed(self, match: re.Match[str], words: _Words) -> tuple[int, str | None, str] | None:
        text, end = self.folded, match.end()
        if match["week"]:
            return end, "P1W", "SET"
        if match["winter"]:
            return end, f"{self.year - 1}-12/{self.year}-02" if self.year else "XXXX", "DATE"
        if match["dot"]:
            month, number = (int(x) for x in match["dot"].split("·"))
            year = self._year_of(month, number, match.start(), end)
            return end, f"{year or 'XXXX'}-{month:02d}-{number:02d}", "DATE"
        if match["century"]:
            century, decade = match["century"], match["decade"]
            head = {"上": 19, "本": 20}.get(century[0]) or int(parse_number(re.sub(r"个?世纪", "", century)) or 20) - 1
            ten = int(parse_number(decade) or 0)
            begin, stop = head * 100 + ten, head * 100 + ten + 9
            if match["dpart"] and match["dpart"].startswith("初"):
                stop = begin + 3
            elif match["dpart"] and match["dpart"].startswith(("末", "后")):
                begin = stop - 3
            return end, f"{begin}/{stop}", "DATE"
        if match["nearweek"]:
            return self._week(match)
        word = match["word"]
        if word in words.sets:
            part = re.compile("|".join(map(re.escape, sorted(words.parts, key=len, reverse=True)))).match(text, end)
            if word[-1] in "天日" and part:
                end = part.end()
            return end, words.sets[word], "SET"
        if word in words.eras:
            return end, words.eras[word], "DATE"
        if word in ("今天", "今日", "今儿") and words.point.match(text, match.start()).end() > end:  # type: ignore[union-attr]
            return None
        before = text[match.start() - 1 : match.start()]
        after = text[end : end + 1] or "\n"
        if word in ("过去", "最近") and after in "了的,。;!?\n":
            return None
        if (word == "现在" and before in "展呈出实涌体") or (word == "当时" and before == "正"):
            return None
        if word == "近期" and not _AHEAD.search(self._clause(match.start(), end)):
            return end, "PAST_REF", "DATE"
        if word == "今后" and text[end : end + 1].isdigit():
            return None
        value: str | None = words.references[word]
        if word in words.anaphors and self.told.value and (word != "当年" or self.told.year):
            if re.match(r"[1-9一二三四五六七八九十]{1,2}月", text[end : end + 3]):
                return None
            value = str(self.told.year) if word == "当年" else self.told.value
            if word == "当年" and self.told.year == self.year:
                value = "PAST_REF"
        elif word == "当年" and words.point.match(text, match.start()).end() > end:  # type: ignore[union-attr]
            return None
        if word in ("今天", "今日", "至今"):
            since = _SINCE.match(text, end)
            end = since.end() if since else end
        return end, value, "DATE"

    def _week(self, match: re.Match[str]) -> tuple[int, str | None, str]:
        end = match.end()
        since = _SINCE.match(self.folded, end)
        day = self.issue or self._latest_day()
        if day is None:
            return (
                end,
                ("PAST_REF" if match[0][0] == "上" else "FUTURE_REF" if match[0][0] == "下" else "PRESENT_REF"),
                "DATE",
            )
        shift = {"上": -7, "下": 7}.get(match[0][0], 0)
        weekday = re.search(r"(?:周|星期)([一二三四五六日末])", match[0])
        monday = day - timedelta(days=day.weekday()) + timedelta(days=shift)
        if weekday and weekday[1] != "末":
            value = (monday + timedelta(days="一二三四五六日".index(weekday[1]))).isoformat()
        else:
            iso = monday.isocalendar()
            value = f"{iso[0]}-W{iso[1]:02d}"
            if weekday:
                value = f"{(monday + timedelta(days=5)).isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
        if since:
            return since.end(), value + "/..", "DATE"
        return end, value, "DATE"

    # -------------------------------------------------------------------------------------------- 两年前, 过去三年
    def _counted(self, match: re.Match[str]) -> tuple[int, str | None, str] | None:
        told, end = self.told, match.end()
        if match["num"]:
            number = None if match["num"] in "几数" else 0.5 if match["num"] == "半" else parse_number(match["num"])
            unit, way = match["unit"], match["way"]
            if way == "间":
                return None
            if way == "来":
                if unit != "年" or number is None or self.year is None or match["many"]:
                    return (end, "PAST_REF", "DATE") if unit == "年" and match["many"] else None
                return end, f"{self.year - int(number)}/{self.year}", "DATE"
            if number is None:
                return (
                    (end, "PAST_REF" if way == "前" else "FUTURE_REF", "DATE") if unit == "年" and way == "前" else None
                )
            if unit.endswith("小时") and way != "前":
                return None
            sign = -1 if way == "前" else 1
            value = self._shift(sign * number, unit)
            return (end, value, "TIME" if unit.endswith("小时") else "DATE") if value else None
        number = parse_number(match["num2"])
        if number is None or self.year is None:
            return None
        unit, ahead = match["unit2"], match["past"] in ("今后", "未来")
        years = int(number)
        if unit == "年":
            value = f"{self.year}/{self.year + years}" if ahead else f"{self.year - years}/{self.year}"
            if match["past"] == "头" and told.year:
                value = f"{told.year}/{told.year + years - 1}"
            elif match["past"] == "头":
                return None
            return end, value, "DATE"
        if match["past"] in ("头", "近"):
            return None
        day = self.issue or self._latest_day()
        if day is None:
            return end, "FUTURE_REF" if ahead else "PAST_REF", "DATE"
        days = timedelta(days=years * {"天": 1, "周": 7, "个月": 30}[unit])
        first, last = (day, day + days) if ahead else (day - days, day)
        if unit == "个月":
            return end, f"{first:%Y-%m}/{last:%Y-%m}", "DATE"
        return end, f"{first}/{last}", "DATE"

    def _shift(self, number: float, unit: str) -> str | None:
        """The point `number` units from what was told last, as finely as that is known."""
        told = self.told
        forward = number > 0
        if unit == "年":
            base = told.year if forward else self.year
            if base is None:
                return None if forward else "PAST_REF"
            told.value = str(base + int(number))
            return told.value
        if unit == "个月":
            year, month = (
                (told.year, told.month) if told.month else (self.year, self.latest[0] if self.latest else None)
            )
            if year is None or month is None:
                return told.value or ("FUTURE_REF" if forward else "PAST_REF")
            index = year * 12 + month - 1 + int(number)
            return f"{index // 12}-{index % 12 + 1:02d}"
        if told.day is not None and told.fresh and unit.endswith(("天", "日", "周", "星期")):
            days = number * (7 if unit.endswith(("周", "星期")) else 1)
            day = told.day + timedelta(days=int(days))
            self._tell(day)
            return told.value
        if unit.endswith(("小时", "分钟")):
            return self._shift_clock(number, unit)
        return told.value or ("FUTURE_REF" if forward else "PAST_REF")

    def _shift_clock(self, number: float, unit: str) -> str | None:
        value = self.told.value or ""
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)", value)
        if match is None:
            return self.told.day.isoformat() if self.told.day else value or "PAST_REF"
        minutes = int(match[2]) * 60 + int(match[3]) + int(number * (60 if unit.endswith("小时") else 1))
        if not 0 <= minutes < 1440:
            return match[1]
        return f"{match[1]}T{minutes // 60:02d}:{0 if unit.endswith('小时') else minutes % 60:02d}"

    # -------------------------------------------------------------------------------------------- points and ranges
    def _point(self, match: re.Match[str], words: _Words) -> tuple[int, str | None, str] | None:
        if not self._sound(match, words):
            return None
        text = self.folded
        read = self._value(match, words)
        if read is None:
            return None
        value, kind, end = read
        link = _TO.match(text, end)
        begin_clause = end
        if match["d"] or match["m"] or match["h"] or match["y"]:
            plus = re.compile(r"起").match(text, end)
            if plus and _TO.match(text, end + 1):
                link = _TO.match(text, end + 1)
        if link and (match["d"] or match["m"] or match["h"] or match["y"] or match["ry"] or match["rd"]):
            second = words.point.match(text, link.end())
            if (
                second
                and second.end() > link.end()
                and (second["d"] or second["m"] or second["h"] or second["y"] or second["rd"])
            ):
                other = self._second(match, second, value, words)
                if other is not None and other[0] and value:
                    return other[2], f"{value}/{other[0]}", "TIME" if "TIME" in (kind, other[1]) else kind
        since = _SINCE.match(text, begin_clause)
        if since and value and "/" not in value:
            return since.end(), f"{value}/..", kind
        return end, value, kind

    def _second(
        self, first: re.Match[str], second: re.Match[str], value: str | None, words: _Words
    ) -> tuple[str | None, str, int] | None:
        """The end of a range, which goes on from its beginning: 7月13日至15日, 2024年3月1日至5月31日."""
        begin = days_of(value)[0]
        if begin is not None and second["d"] and not second["m"] and not second["rm"]:
            day = make_date(begin.year, begin.month, int(parse_number(second["d"]) or 0))
            if day is None:
                return None, "DATE", second.end()
            self._tell(day)
            return self._clock(second, day.isoformat(), words)
        if begin is not None and second["h"] and not second["m"] and not second["d"] and not second["rd"]:
            return self._clock(second, begin.isoformat(), words)
        if begin is not None and second["m"] and not second["y"] and not second["ry"]:
            self.told.sentence_year = self.forced_year = begin.year + (
                int(parse_number(second["m"]) or 0) < begin.month
            )
        try:
            return self._value(second, words)
        finally:
            self.forced_year = None

    def _sound(self, match: re.Match[str], words: _Words) -> bool:
        """Whether the words found make a time: a lone part of the day, a lone 底 or season needs more."""
        text, start, end = self.folded, match.start(), match.end()
        before = text[start - 1] if start else "\n"
        after = text[end] if end < len(text) else "\n"
        groups = [
            g
            for g in ("y", "ry", "m", "rm", "lm", "m1", "d", "rd", "stretch", "season", "named", "part", "h")
            if match[g]
        ]
        if not groups:
            return False
        if groups == ["d"]:
            if match["dw"] == "号" or not match["d"].isdigit() or before in "第" or after in "均报内游常资起":
                return False
            return (
                not re.search(
                    r"(?:拘留|为期|工期|每|共|连续|满|历时|达|超|近|约|用|第|[、.])$", text[max(0, start - 2) : start]
                )
                and after != "后"
            )
        if groups == ["part"]:
            if match["part"] in ("晚", "夜", "晨", "半夜", "天亮", "中午") and match["part"] != "中午":
                return False
            return before in ",。;!?”:\n" and after in ",,"
        if groups == ["season"]:
            return (
                len(match["season"]) > 1
                and before in ",。;!?“”:\n"
                and match["season"] not in ("开春", "秋后", "入秋", "入冬")
            ) or match["season"] in ("入秋", "入冬")
        if groups == ["stretch"]:
            word = match["stretch"]
            if word in ("底", "初", "末", "同期", "新学期") or len(word) == 1:
                return False
            return not (word == "全年" and after == "龄") and before not in "整0123456789一两二三四五六七八九十几半"
        if groups == ["ry"]:
            word = match["ry"]
            return (
                len(word) > 1
                and not (
                    word in ("前年", "当年", "后年", "那年", "这年", "来年", "上年", "本年")
                    and before in "往以之生岁产"
                )
                and after not in "纪岁级"
                and not (word == "后年" and after in "产均收")
            )
        if groups == ["rm"]:
            return match["rm"] != "月" or bool(match["xun"])
        if groups == ["named"]:
            word = match["named"]
            if word in ("寒假", "汛期", "麦收", "春运"):
                return False
            if word in ("清明", "元宵", "中秋", "重阳", "端午", "小年", "国庆", "五一", "六一", "七夕", "元旦", "双11"):
                return bool(match[0] != word or re.match(r"前|后|当|期|假|里|,|节|的", text[end:]))
            return after not in "晚联文礼祭粽饼团大·"
        if groups == ["h"]:
            if ":" in match[0]:
                return bool(match["mi"])
            return not (
                match["h"] in "一两三四五六七八九十" and not match["hf"] and not match["mi"] and not match["about"]
            )
        if groups[0] == "m" and groups == ["m"]:
            return (
                before not in "第"
                and after not in "刊娘"
                and not (match["m"] in _CN and text[start:end].endswith("月") and before in "，岁")
            )
        return True

    def _value(self, match: re.Match[str], words: _Words) -> tuple[str | None, str, int] | None:
        """ISO value, type and end of a point; takes note of what it tells."""
        told, _text, end = self.told, self.folded, match.end()
        start = match.start()
        self._enter_sentence(start)
        year = self._year(match)
        month, explicit = self._month(match, year)
        if match["m"] and year is None and not explicit:
            day_number = int(parse_number(match["d"]) or 0) if match["d"] else None
            year = self._year_of(month or 1, day_number, start, end)
        elif match["rm"]:
            year, month = self._relative_month(match["rm"])
            if month is None:
                return "XXXX" if year is None else str(year), "DATE", end
        kind = "DATE"
        day: date | None = None
        value: str | None
        if match["lm"]:
            return self._lunar(match, year)
        if match["m1"]:
            return self._months(match, year)
        if match["d"]:
            number = int(parse_number(match["d"]) or 0)
            if month is None:
                return self._day_only(match, number, words)
            if year is None:
                told.unknown_day = (month, number)
                base = f"XXXX-{month:02d}-{number:02d}"
                told.value = base
                return self._clock(match, base, words)
            day = make_date(year, month, number)
            if day is None:
                return None if number > 31 or not 1 <= month <= 12 else (None, "DATE", end)
            self._tell(day)
            return self._clock(match, day.isoformat(), words)
        if match["rd"]:
            return self._relative_day(match, words)
        if match["named"]:
            return self._named(match, year, words)
        if match["season"]:
            code = words.seasons[match["season"]]
            if year is None and match["ry"] is None and match["y"] is None:
                year = self.year
            value = f"{year or 'XXXX'}-11" if match["season"] == "入冬" else f"{year or 'XXXX'}-{code}"
            self._tell_period(year, None, value)
            return value, kind, end
        if month is not None and (match["m"] or match["rm"]):
            base = f"{year if year is not None else 'XXXX'}-{month:02d}"
            self._tell_period(year, month, base)
            return base, kind, end
        if match["stretch"]:
            return self._stretch(match, year)
        if match["y"] or match["ry"]:
            self._tell_period(year, None, f"{year}" if year is not None else "XXXX")
            return told.value, kind, end
        return self._clock(match, None, words)

    def _enter_sentence(self, at: int) -> None:
        told = self.told
        if re.search(r"[。!?\n]", self.folded[told.offset : at]):
            told.sentence_year = None
        told.offset = at

    def _tell(self, day: date) -> None:
        told, limit = self.told, self.issue or self._latest_day()
        told.year, told.month, told.value = day.year, day.month, day.isoformat()
        told.sentence_year = day.year
        told.fresh = limit is None or day <= limit + timedelta(days=2)
        if told.fresh:
            told.day = day

    def _tell_period(self, year: int | None, month: int | None, value: str | None) -> None:
        """Notes a month, season or year; the last day stays for 当天, but is no longer what 三天后 counts from."""
        told = self.told
        told.year, told.month, told.value, told.fresh = year or told.year, month, value, False
        told.sentence_year = year

    def _year(self, match: re.Match[str]) -> int | None:
        if match["y"]:
            return int(parse_number(match["y"]) or 0)
        word = match["ry"]
        if not word:
            return None
        told = self.told
        if word[:2] in ("当年", "同年", "那年", "这年"):
            return told.year or self.year
        if word[:2] in ("次年", "翌年") or word == "第二年":
            return told.year + 1 if told.year else None
        if self.year is None:
            return None
        if word[0] == "上" and told.sentence_year is not None:
            return told.sentence_year - 1
        shift = {"今": 0, "去": -1, "前": -2, "明": 1, "后": 2, "上": -1, "本": 0, "来": 1, "头": -1, "大": -3}
        return self.year + shift.get(word[0], 0)

    def _month(self, match: re.Match[str], year: int | None) -> tuple[int | None, bool]:
        if match["m"]:
            return int(parse_number(match["m"]) or 0), bool(match["y"] or match["ry"])
        if match["rm"]:
            return 1, True
        return None, False

    def _year_of(self, month: int, day: int | None, start: int, end: int) -> int | None:
        """The year of a month told without one."""
        told = self.told
        if self.forced_year is not None:
            return self.forced_year
        if self.year is None:
            return None
        if told.sentence_year is not None and told.sentence_year != self.year:
            last = told.month or 0
            if month >= last:
                return told.sentence_year
        now = (self.issue.month, self.issue.day) if self.issue else self.latest
        if now is None:
            return self.year
        ahead = month - now[0]
        clause = self._clause(start, end)
        if ahead <= 0:
            if ahead <= -8 and _AHEAD.search(clause):
                return self.year + 1
            return self.year
        if _AHEAD.search(clause) or ahead <= 1:
            return self.year
        return self.year - 1 if ahead >= 6 or now[0] <= 3 else self.year

    def _clause(self, start: int, end: int) -> str:
        left = max((self.folded.rfind(c, max(0, start - 40), start) for c in "。;!?\n"), default=-1)
        right = re.compile(r"[。;!?\n]").search(self.folded, end)
        return self.folded[left + 1 : min(right.start() if right else len(self.folded), end + 30)]

    def _relative_month(self, word: str) -> tuple[int | None, int | None]:
        told = self.told
        year: int | None
        month: int | None
        if word[0] in "当次同" and told.month:
            year, month = told.year, told.month
        elif word.startswith("月"):
            year, month = (told.year, told.month) if told.month and told.day else (self.year, self._now_month())
        else:
            year, month = self.year, self._now_month()
        if month is None:
            return year, None
        if year is None:
            return None, (month - 1 + {"上": -1, "下": 1, "次": 1}.get(word[0], 0)) % 12 + 1
        index = year * 12 + month - 1 + {"上": -1, "下": 1, "次": 1}.get(word[0], 0)
        return index // 12, index % 12 + 1

    def _now_month(self) -> int | None:
        if self.issue:
            return self.issue.month
        return self.latest[0] if self.latest else self.told.month

    def _latest_day(self) -> date | None:
        if self.latest is None or self.year is None:
            return self.told.day
        return make_date(self.year, *self.latest)

    def _article_day(self) -> date | None:
        """The first day that the article tells: what 今晚 and 当天 mean before any was told."""
        match = re.compile(r"(?<![\d年])(1[0-2]|[1-9])月(3[01]|[12]\d|[1-9])日").search(self.folded)
        if match is None or self.year is None:
            return None
        return make_date(self.year, int(match[1]), int(match[2]))

    def _day_only(self, match: re.Match[str], number: int, words: _Words) -> tuple[str | None, str, int] | None:
        told = self.told
        if told.unknown_day is not None and self.year is None:
            return self._clock(match, f"XXXX-{told.unknown_day[0]:02d}-{number:02d}", words)
        base = told.day or (self._latest_day() if self.year else None)
        if base is None:
            return None
        day = make_date(base.year, base.month, number)
        if told.day and number < told.day.day - 15:
            month = told.day.month % 12 + 1
            later = make_date(told.day.year + (month == 1), month, number)
            limit = self.issue or self._latest_day()
            if later and limit and later <= limit + timedelta(days=10):
                day = later
        if day is None:
            return None, "DATE", match.end()
        self._tell(day)
        return self._clock(match, day.isoformat(), words)

    def _relative_day(self, match: re.Match[str], words: _Words) -> tuple[str | None, str, int] | None:
        told, word, end = self.told, match["rd"], match.end()
        base = told.day
        if word in ("今天", "今日", "今儿", "今"):
            if not match["part"] and not match["h"]:
                return "PRESENT_REF", "DATE", end
            base = base or self._article_day() or self.issue or self._latest_day()
            word = ""
        elif word in ("昨天", "昨日", "昨"):
            if self.issue:
                base, word = self.issue - timedelta(days=1), ""
            else:
                base, word = self._latest_day(), ""
        elif word in ("明天", "明日", "明"):
            base = self.issue or base or self._latest_day()
            word = "次"
        elif word == "即日":
            if _SINCE.match(self.folded, end) is None:
                return None
            day = self.issue or self._latest_day()
            return (f"{day:%Y-%m}" if day else "PRESENT_REF"), "DATE", end
        if base is None and told.unknown_day is None:
            base = self._article_day()
        if base is None:
            if told.unknown_day is not None:
                month, number = told.unknown_day
                number += {"次": 1, "翌": 1, "第": 1, "前": -1}.get(word[:1], 0)
                return self._clock(match, f"XXXX-{month:02d}-{number:02d}", words)
            if word in ("当天", "当日", "次日", "当", "第二天", "同日", "") and not match["h"]:
                return ("PAST_REF" if self.year or word else "XXXX"), "TIME" if match["part"] else "DATE", end
            return None
        shift = 1 if word[:1] in ("次", "翌", "第") and word else -1 if word == "前一天" else 0
        day = base + timedelta(days=shift)
        if shift >= 0:
            self._tell(day)
        return self._clock(match, day.isoformat(), words)

    def _months(self, match: re.Match[str], year: int | None) -> tuple[str | None, str, int] | None:
        first, last = (int(parse_number(match[g]) or 0) for g in ("m1", "m2"))
        if not 1 <= first < last <= 12:
            return None
        year = year if year is not None else self._year_of(last, None, match.start(), match.end())
        head = "XXXX" if year is None else str(year)
        self.told.stretch = f"{first:02d}/{last:02d}"
        self.told.value = f"{head}-{first:02d}/{head}-{last:02d}"
        return self.told.value, "DATE", match.end()

    def _lunar(self, match: re.Match[str], year: int | None) -> tuple[str | None, str, int] | None:
        end = match.end()
        month = {"正": 1, "冬": 11, "腊": 12}.get(match["lm"]) or int(parse_number(match["lm"]) or 0)
        year = year or self.year
        now = self.issue or self._latest_day()
        if year and now and month >= 11 and not match["y"] and not match["ry"] and now.month <= 6:
            year -= 1
        text = match["ld"]
        if year is None:
            return "XXXX", "DATE", end
        if not text:
            first = lunar_date(year, month, 15)
            return (f"{first:%Y-%m}" if first else str(year)), "DATE", end
        number = int(parse_number(text.replace("初", "")) or 0)
        day = lunar_date(year, month, number)
        if day is None:
            return None, "DATE", end
        self._tell(day)
        return day.isoformat(), "DATE", end

    def _named(self, match: re.Match[str], year: int | None, words: _Words) -> tuple[str | None, str, int] | None:
        told, word, end = self.told, match["named"], match.end()
        whole = self.folded[match.start("named") : end]
        year = year or self.year
        if word in ("寒假", "汛期", "麦收", "春运"):
            told.value = str(year) if year else "XXXX"
            return told.value, "DATE", end
        if word in words.stretches:
            months = words.stretches[word]
            if year is None:
                return "XXXX", "DATE", end
            value = f"{year}-{months}" if isinstance(months, str) else f"{year}-{months[0]:02d}/{year}-{months[1]:02d}"
            return value, "DATE", end
        spec = words.festivals[word]
        day = festival_day(spec, year) if year else None
        if day is None:
            if isinstance(spec, list) and spec[0] != "l":
                return f"XXXX-{spec[0]:02d}-{spec[1]:02d}", "DATE", end
            return "XXXX", "DATE", end
        if not match["y"] and not match["ry"]:
            now = self.issue or self._latest_day()
            if now and (day - now).days > 150 and not _AHEAD.search(self._clause(match.start(), end)):
                day = festival_day(spec, year - 1) or day  # type: ignore[operator]
            elif now and (now - day).days > 240:
                day = festival_day(spec, year + 1) or day  # type: ignore[operator]
        length = 6 if word.startswith("国庆") else 2
        if whole.endswith(("假期", "长假", "小长假")) or (word.startswith("国庆") and whole.endswith("期间")):
            return f"{day}/{day + timedelta(days=length)}", "DATE", end
        self._tell(day)
        return self._clock(match, day.isoformat(), words)

    def _stretch(self, match: re.Match[str], year: int | None) -> tuple[str | None, str, int] | None:
        told, word, end = self.told, match["stretch"], match.end()
        named = bool(match["y"] or match["ry"])
        year = year if year is not None else self.year
        head = str(year) if year is not None else "XXXX"
        quarter = re.fullmatch(r"第?([一二三四1234])季度", word)
        if quarter:
            code = f"Q{int(parse_number(quarter[1]) or 0)}"
        elif word in ("上半年", "下半年"):
            code = "H1" if word[0] == "上" else "H2"
        elif word == "前三季度":
            code = "01/09"
        elif match["fm"]:
            code = f"01/{int(parse_number(match['fm']) or 1):02d}"
        elif word.endswith("学期"):
            if word == "新学期":
                return None
            code = "H2" if word in ("下学期", "本学期") and (self._now_month() or 9) >= 2 else "H1"
        elif word == "同期":
            if not named:
                return None
            if told.stretch:
                code = told.stretch
            else:
                month = self._now_month()
                value = f"{head}-{month:02d}" if month and year else head
                return value, "DATE", end
        elif word in ("年初", "初"):
            code = "01"
        elif word in ("年底", "年末", "底", "末"):
            code = "12"
            earlier = not named and told.year and self.year and told.year < self.year
            if earlier and not _AHEAD.search(self._clause(match.start(), end)):
                head = str(told.year)
        elif word == "年中":
            code = "06"
        elif word in ("年内", "全年"):
            told.value = head
            return head, "DATE", end
        else:
            return None
        if "/" in code:
            first, last = code.split("/")
            value = f"{head}-{first}/{head}-{last}"
            told.stretch = code
        else:
            value = f"{head}-{code}"
            told.stretch = code if code[0] in "QH" else told.stretch
        told.value = value
        told.year = year or told.year
        return value, "DATE", end

    def _clock(self, match: re.Match[str], base: str | None, words: _Words) -> tuple[str | None, str, int] | None:
        """The point with its part of the day and hour; `base` is its day, None if that is the one told before."""
        told, end = self.told, match.end()
        if not match["part"] and not match["h"]:
            return base, "DATE", end
        if base is None:
            day = told.day
            if day is None and told.unknown_day is not None:
                base = f"XXXX-{told.unknown_day[0]:02d}-{told.unknown_day[1]:02d}"
            else:
                day = day or self._article_day()
                base = day.isoformat() if day else ""
        if not match["h"]:
            return (base or "PAST_REF"), "TIME", end
        hour = int(parse_number(match["h"]) or 0)
        minute = 0
        if match["mi"]:
            minute = int(parse_number(match["mi"]) or 0)
        elif match["hf"]:
            minute = {"半": 30, "一刻": 15, "三刻": 45}[match["hf"]]
        part = words.parts.get(match["part"] or "", "am")
        if (part == "pm" and hour < 12) or (part == "noon" and hour in (1, 2)) or (part == "night" and 5 <= hour < 12):
            hour += 12
        if hour > 24 or minute > 59:
            return None
        value = f"{base}T{hour:02d}:{minute:02d}"
        if base:
            told.value = value
        return value, "TIME", end

    def _year_in_name(self, at: int) -> tuple[int, str | None, str] | None:
        """2022 in 2022“宏图杯”: a year without 年 before a name."""
        match = re.compile(r"(?<![\d.:/-])(?:19|20)\d{2}(?=[“《‘]|[^\W\d_])").match(self.folded, at)
        if match is None or (at and self.folded[at - 1] in "第约近共超达"):
            return None
        end = match.end()
        if self.folded[end] in "届级" or (self.folded[at - 1 : at] == "〔"):
            return end + (self.folded[end] in "届级"), match[0], "DATE"
        if self.year is not None and not self.year - 5 <= int(match[0]) <= self.year + 2:
            return None
        if self.folded[end].isascii() or self.folded[end] in "年万亿千百余多" or unit_pattern().match(self.folded, end):
            return None
        return end, match[0], "DATE"


def festival_day(spec: Any, year: int) -> date | None:
    """The day of a festival of the lexicon in a year."""
    if isinstance(spec, str):
        return solar_term(year, spec)
    if spec[0] != "l":
        return make_date(year, spec[0], spec[1])
    if spec[2] < 0:  # the last day of the lunar year before the festival's own
        first = lunar_date(year, 1, 1)
        return first - timedelta(days=1) if first else None
    if spec[1] == 12:
        return lunar_date(year - 1, spec[1], spec[2])
    return lunar_date(year, spec[1], spec[2])
