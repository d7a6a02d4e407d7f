"""Time expressions and the calendar values they stand for, into doc.spans["times"].

The past is the default: a month or day without a year is the last one before the day of the newspaper, unless the clause
looks ahead (将, 计划, 前). Words like 当天 and 次年 count from the day, month or year told before in the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.folding import Tight
from pipeline.language.document import TIMES, set_spans
from pipeline.lexicon.calendar import days_of, make_date
from pipeline.lexicon.numbers import parse_number
from pipeline.page.issue import news_day
from pipeline.records import Page, TimeExpression
from pipeline.stages.time_context import Context
from pipeline.stages.time_counts import Read, age, counted, decade, near_week, plan, weekday
from pipeline.stages.time_grammar import SINCE, TO, grammar
from pipeline.stages.time_points import Found, Points
from pipeline.stages.time_sound import sound
from pipeline.stages.units import unit_pattern

SOURCE = "rule"
_NAME_YEAR = re.compile(r"(?<![\d.:/-])(?:19|20)\d{2}(?=[“《‘〕]|[^\W\d_])")
_MONTH_AHEAD = re.compile(r"[1-9一二三四五六七八九十]{1,2}月")
_TODAY = frozenset(("今天", "今日", "今儿"))
_EACH = {"年": "P1Y", "月": "P1M", "周": "P1W", "天": "P1D"}
_HOURS_OF = re.compile(
    r"(?:高峰|时段|开放|营业|延时|延长|(?:服务|办公|作息|上班|开放|营业)时间)(?:为|是|至|到|从|\(|:){0,2}$"
)
_UNKNOWN_YEAR = re.compile(r"XXXX-\d\d")
_CLAUSE_EDGE = ",。;!?“:\n"


@Language.factory("news_times", assigns=["doc._.times"])
def create_times(nlp: Language, name: str) -> Times:
    """Writes doc.spans["times"]; uses doc._.page for the day or year of the newspaper."""
    return Times()


class Times:
    def __call__(self, doc: Doc) -> Doc:
        page: Page | None = doc._.page
        tight = Tight(doc._.folded)
        rows = find_times(tight.text, *_frame(page))
        set_spans(doc, TIMES, [(*tight.outward(start, end), record.type, record) for start, end, record in rows])
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
    reader = _Reader(Context(folded, year, issue, latest))
    return [(start, end, _record(value, kind)) for start, end, value, kind in reader.read()]


def _record(value: str | None, kind: str) -> TimeExpression:
    first, last = days_of(value) if kind != "SET" else (None, None)
    return TimeExpression(kind, value, first, last, SOURCE)


class _Reader:
    """Walks through the text of an article from left to right; the context takes note of what it tells."""

    def __init__(self, context: Context):
        self.context, self.folded = context, context.folded
        self.words = grammar()
        self.points = Points(context, self.words)
        self.set_end = -9  # where the last SET or hours of no single day ended

    def read(self) -> Iterator[tuple[int, int, str | None, str]]:
        """Yields (start, end, value, type)."""
        text, start_pattern, at = self.folded, self.words.start, 0
        while start := start_pattern.search(text, at):
            at = start.start()
            found = self._at(at)
            if found is None:
                at += 1
                continue
            end, value, kind = found
            if kind == "SET" or (value or "").startswith("T"):
                self.set_end = end
            yield at, end, value, kind
            self.context.told.last = at
            at = end

    def _at(self, at: int) -> Read | None:
        words, text = self.words, self.folded
        match = words.count.match(text, at)
        found = counted(match, self.context) if match else None
        if found is None and (match := words.words.match(text, at)):
            found = self._fixed(match)
        if found is None and (match := words.point.match(text, at)) and match.end() > at:
            found = self._point(match)
        return found or self._year_in_name(at)

    # ------------------------------------------------------------------------------------------------ fixed words
    def _fixed(self, match: re.Match[str]) -> Read | None:
        context, end = self.context, match.end()
        if match["week"]:
            return end, "P1W", "SET"
        if match["repeated"]:
            return end, "P1Y" if match["yearly"] else _EACH[match["each"]], "SET"
        if match["entered"]:
            head = "XXXX" if context.year is None else context.year - (match["enteredyear"] == "去年")
            return end, f"{head}-{self.words.entered[match['entered']]}/..", "DATE"
        if match["winter"]:
            first = context.year - (match["winter"][0] == "去") if context.year else None
            return end, f"{first}-12/{first + 1}-02" if first else "XXXX", "DATE"
        if match["age"]:
            return end, age(match), "DATE"
        if match["dot"]:
            month, number = (int(x) for x in match["dot"].split("·"))
            year = context.year_of_month(month, match.start(), end)
            return end, f"{year or 'XXXX'}-{month:02d}-{number:02d}", "DATE"
        if match["decade"]:
            return end, decade(match), "DATE"
        if match["plan"]:
            return end, plan(match), "DATE"
        if match["nearweek"]:
            return self._hours(near_week(match, context))
        if match["weekday"]:
            return self._hours(weekday(match, context))
        if match["from"]:
            return (end, f"{match['from']}/{match['until']}", "DATE") if match["from"] < match["until"] else None
        if match["numbers"]:
            return self._numbers(match)
        return self._word(match["word"], match.start(), end)

    def _hours(self, read: Read) -> Read:
        """A day of the week with its part of the day and hour: 上周五晚, 星期三上午9时."""
        end, value, _ = read
        match = self.words.point.match(self.folded, end)
        if match is None or not value or self.folded[end - 1] not in "一二三四五六日天":
            return read
        if not any(match[group] for group in ("part", "h")):
            return read
        if any(match[group] for group in ("y", "ry", "m", "rm", "d", "rd", "season", "stretch", "named")):
            return read
        if value.endswith("_REF"):
            return match.end(), value, "TIME"
        found = self.points.clock(match, value)
        return (found[2], found[0], found[1]) if found else read

    def _numbers(self, match: re.Match[str]) -> Read:
        """2024-03-01, 2024.3.1 and ranges of them."""
        end, value = match.end(), self._number_day(match["numbers"])
        link = TO.match(self.folded, end)
        second = self.words.words.match(self.folded, link.end()) if link else None
        if second and second["numbers"] and value:
            last = self._number_day(second["numbers"])
            return second.end(), f"{value}/{last}" if last else None, "DATE"
        return end, value, "DATE"

    def _number_day(self, printed: str) -> str | None:
        day = make_date(*(int(part) for part in re.split(r"[-./]", printed)))
        if day is not None:
            self.context.tell(day)
        return day.isoformat() if day else None

    def _word(self, word: str, start: int, end: int) -> Read | None:
        """近日, 目前, 每天, 当时 and the names of eras."""
        words, text, told = self.words, self.folded, self.context.told
        if word in words.sets:
            part = words.part.match(text, end) if word[-1] in "天日" else None
            return (part.end() if part else end), words.sets[word], "SET"
        before, after = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
        if word in words.eras:
            named = before == "单" or (word[-1] == "朝" and after not in "的时年末初中皇,、。;()\n")  # 单元代表, 唐朝桥
            return None if named else (end, words.eras[word], "DATE")
        if not self._word_sound(word, before, after):
            return None
        longer = words.point.match(text, start)
        more = longer is not None and longer.end() > end
        if word in _TODAY and more:
            return None
        value: str | None = words.references[word]
        if value == "PRESENT_REF" and word in _TODAY and after != "的" and not self._quoted(start):
            day = self.context.dateline
            value = day.isoformat() if day else value
        if word == "近期" and not self.context.ahead(start, end):
            value = "PAST_REF"
        if word in words.anaphors and told.value and (word != "当年" or told.year):
            if _MONTH_AHEAD.match(text, end) or (word == "当年" and more):
                return None
            value = str(told.year) if word == "当年" else told.value
            if word == "当年" and told.year == self.context.year:
                value = "PAST_REF"
        elif word == "当年" and more:
            return None
        if word in ("今天", "今日", "至今"):
            since = SINCE.match(text, end)
            if since:
                end, value = since.end(), value if value in words.references.values() else f"{value}/.."
        return end, value, "DATE"

    def _quoted(self, at: int) -> bool:
        """Whether a place is inside quotation marks of its paragraph."""
        left = self.folded.rfind("\n", 0, at) + 1
        return self.folded.rfind("“", left, at) > self.folded.rfind("”", left, at)

    def _word_sound(self, word: str, before: str, after: str) -> bool:
        """Whether a vague word speaks of time here: not 农村的未来, 展现在, 正当时."""
        opens = before in _CLAUSE_EDGE
        if word == "而今":  # 而 and 今年, 今后
            return after not in "年天日后"
        if word == "将来":  # 即将来临
            return before != "即" and after not in "临到自"
        if word in ("过去", "最近") and after in "了的。;!?\n":
            return False
        if word == "过去" and after == ",":
            return opens
        if word in ("未来", "眼前"):
            if after == "可":  # 未来可期
                return False
            return opens or (word == "未来" and before in "在望来" and after in ",、")
        if word == "今后":
            return not after.isdigit()
        return not (word == "现在" and before in "展呈出实涌体") and not (word == "当时" and before == "正")

    # ------------------------------------------------------------------------------------------------ points and ranges
    def _point(self, match: re.Match[str]) -> Read | None:
        if not sound(match, self.folded, self.words):
            return None
        read = self.points.value(match)
        if read is None:
            return None
        value, kind, end = read
        text = self.folded
        if kind == "TIME" and match["h"] and value and self._recurs(match):
            value = "/".join("T" + point.rpartition("T")[2] for point in value.split("/"))
        if any(match[group] for group in ("d", "m", "h", "y", "ry", "rd")):
            ranged = self._range(match, value, kind, end)
            if ranged is not None:
                return ranged
        since = SINCE.match(text, end)
        if since and value and "/" not in value:
            return since.end(), value if value.endswith("_REF") else f"{value}/..", kind
        return end, value, kind

    def _recurs(self, match: re.Match[str]) -> bool:
        """Whether hours are of no single day: right behind a SET or others of that kind, those of opening and rush hours."""
        if any(match[group] for group in ("y", "m", "d", "rd", "named")):
            return False
        follows = 0 <= match.start() - self.set_end <= 2 and match[0][0].isdigit()
        return follows or _HOURS_OF.search(self.folded, max(0, match.start() - 6), match.start()) is not None

    def _range(self, match: re.Match[str], value: str | None, kind: str, end: int) -> Read | None:
        """A range where the point is its beginning: 7月13日至15日, 11月13日——15日, 2014到2017年."""
        text = self.folded
        link = TO.match(text, end)
        if link is None and text.startswith("起", end):
            link = TO.match(text, end + 1)
        if link is None or not value:
            return None
        second = self.words.point.match(text, link.end())
        if second is None or not any(second[group] for group in ("d", "m", "h", "y", "rd")):
            return None
        other = self._second(match, second, value)
        if other is None or not other[0] or value.endswith("_REF") or other[0].endswith("_REF"):
            return None
        head, tail = value, other[0]
        if head.startswith("T"):
            tail = "T" + tail.rpartition("T")[2]
        return other[2], f"{head}/{tail}", "TIME" if "TIME" in (kind, other[1]) else kind

    def _second(self, first: re.Match[str], second: re.Match[str], value: str) -> Found | None:
        """The end of a range, which goes on from its beginning."""
        context, begin = self.context, days_of(value)[0]
        part = first["part"]  # 晚上8点到10点: still in the evening
        if value.startswith("T"):
            return self.points.clock(second, "", part)
        if _UNKNOWN_YEAR.match(value) and second["d"] and not second["m"] and not second["rm"]:
            news, last = context.told.unknown_day, (int(value[5:7]), int(parse_number(second["d"]) or 0))
            found = self.points.clock(second, context.told.tell_unknown(last))
            if context.ahead(first.start(), second.end()):
                context.told.unknown_day = news
            return found
        if begin is not None and second["d"] and not second["m"] and not second["rm"]:
            day = make_date(begin.year, begin.month, int(parse_number(second["d"]) or 0))
            if day is None:
                return None
            context.tell(day)
            return self.points.clock(second, day.isoformat())
        if begin is not None and second["h"] and not any(second[group] for group in ("m", "d", "rd")):
            return self.points.clock(second, begin.isoformat(), part)
        if begin is not None and not second["ry"]:
            if second["m"] and not second["y"]:
                next_year = int(parse_number(second["m"]) or 0) < begin.month
                context.told.sentence_year = context.forced_year = begin.year + next_year
            elif second["y"]:
                context.forced_year = begin.year
        try:
            return self.points.value(second)
        finally:
            context.forced_year = None

    # ------------------------------------------------------------------------------------------------ names
    def _year_in_name(self, at: int) -> Read | None:
        """2022 in 2022“宏图杯”: a year without 年 before a name; 〔2020〕 of a document."""
        text = self.folded
        match = _NAME_YEAR.match(text, at)
        if match is None or (at and text[at - 1] in "第约近共超达"):
            return None
        end = match.end()
        after = text[end]
        if after in "届级〕":
            known = after != "〕" or text[at - 1 : at] == "〔"
            return (end + (after == "届"), match[0], "DATE") if known else None
        year = self.context.year
        if year is not None and not year - 5 <= int(match[0]) <= year + 2:
            return None
        if after.isascii() or after in "年万亿千百余多" or unit_pattern().match(text, end):
            return None
        return end, match[0], "DATE"
