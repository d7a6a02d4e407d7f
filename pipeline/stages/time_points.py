"""The value of a point in time: years, months, days, lunar dates, festivals, seasons, parts of the year, clock times."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from pipeline.lexicon.calendar import lunar_date, make_date, solar_term
from pipeline.lexicon.numbers import parse_number
from pipeline.stages.time_context import Context
from pipeline.stages.time_grammar import SINCE, WILL, Grammar

Found = tuple[str | None, str, int]  # ISO value, type, end of the expression

_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_QUARTER = re.compile(r"第?([一二三四1234])季度")
_SHIFTS = {"次": 1, "翌": 1, "第": 1, "前": -1}


class Points:
    """Reads matches of the grammar's `point` against the context of an article."""

    def __init__(self, context: Context, words: Grammar):
        self.context, self.words = context, words

    def value(self, match: re.Match[str]) -> Found | None:
        """ISO value, type and end of a point; notes what it tells. A date that the calendar has not is of value None."""
        context, told, end, start = self.context, self.context.told, match.end(), match.start()
        context.enter_sentence(start)
        year = context.year_of_word(match)
        month = (1 if match["m"] == "元" else int(parse_number(match["m"]) or 0)) if match["m"] else None
        if match["m"] and year is None and not match["ry"]:
            year = context.year_of_month(month or 1, start, end)
        elif match["rm"]:
            near, month = context.month_of_word(match["rm"])
            year = near if year is None else year
            if month is None:
                return "XXXX" if year is None else f"{year:04d}", "DATE", end
        if match["lm"] or (match["old"] and month):
            return self._lunar(match, year)
        if match["m1"]:
            return self._months(match, year)
        if match["d"] or match["bare"]:
            return self._day(match, year, month)
        if match["rd"]:
            return self._relative_day(match)
        if match["named"]:
            return self._named(match, year)
        head = "XXXX" if year is None else f"{year:04d}"
        if match["season"]:
            if not match["ry"] and not match["y"] and context.year is not None:
                year, head = context.year, str(context.year)
            value = f"{head}-11" if match["season"] == "入冬" else f"{head}-{self.words.seasons[match['season']]}"
            context.tell_period(year, None, value)
            return value, "DATE", end
        if month is not None:
            value = f"{head}-{month:02d}"
            if year == told.year and told.month and context.ahead(start, end):
                told.at = told.offset  # what is to come stops no story
            else:
                context.tell_period(year, month, value)
            return value, "DATE", end
        if match["stretch"]:
            return self._stretch(match, year)
        if match["y"] or match["ry"] or match["reign"]:
            context.tell_period(year, None, head)
            if match["y"] and self._is_school_year(match):
                return f"{head}/{int(head) + 1}", "DATE", end
            return told.value, "DATE", end
        return self.clock(match, None)

    def _is_school_year(self, match: re.Match[str]) -> bool:
        return match[0].startswith("学年", len(match["y"])) and self.context.forced_year is None

    # ------------------------------------------------------------------------------------------------ days
    def _day(self, match: re.Match[str], year: int | None, month: int | None) -> Found | None:
        told, number = self.context.told, int(parse_number(match["d"] or match["bare"]) or 0)
        if match["d1"] and (month is None or int(match["d1"]) >= number):
            return None
        if month is None:
            return self._day_of_month_told(match, number)
        if year is None:
            if make_date(2024, month, number) is None:
                return None, "DATE", match.end()
            news = told.unknown_day
            value = told.tell_unknown((month, number))
            if news and self.context.ahead(match.start(), match.end()):
                told.unknown_day = news  # 15日 after it is no day of what is to come
            if match["d1"]:
                return f"XXXX-{month:02d}-{int(match['d1']):02d}/{value}", "DATE", match.end("dw")
            return self.clock(match, value)
        if match["d1"]:
            return self._days(match, year, month)
        day = make_date(year, month, number)
        if day is None and (month, number) == (2, 29) and not (match["y"] or match["ry"]):
            day = next((d for back in range(1, 9) if (d := make_date(year - back, 2, 29))), None)
        if day is None:
            return None if number > 31 or not 1 <= month <= 12 else (None, "DATE", match.end())
        self.context.tell(day)
        return self.clock(match, day.isoformat())

    def _days(self, match: re.Match[str], year: int, month: int) -> Found | None:
        """6月1—5日, 6月1、2日: from the first to the last."""
        first, last = (make_date(year, month, int(match[group])) for group in ("d1", "d"))
        if first is None or last is None:
            return None
        self.context.tell(first)
        self.context.tell(last)
        return f"{first}/{last}", "DATE", match.end("dw")

    def _day_of_month_told(self, match: re.Match[str], number: int) -> Found | None:
        """15日: of the month told last, or of the next one where the day has gone by."""
        context, told = self.context, self.context.told
        if told.unknown_day is not None and context.year is None:
            return self.clock(match, told.tell_unknown((told.unknown_day[0], number)))
        base = told.day or context.dateline or (context.now() if context.year else None)
        if base is None and context.latest and context.year is None:
            month, day_now = context.latest
            return self.clock(
                match, told.tell_unknown((month if number <= day_now + 1 else (month - 2) % 12 + 1, number))
            )
        if base is None:
            return self.clock(match, f"{context.year or 'XXXX'}-XX-{number:02d}") if number <= 31 else None
        late = told.day is None and base == context.issue and number > base.day + 1
        if late and not context.ahead(match.start(), match.end()):  # the past is the default
            base = base.replace(day=1) - timedelta(days=1)
        day = make_date(base.year, base.month, number)
        if told.day and number < told.day.day - 15:
            month = told.day.month % 12 + 1
            later = make_date(told.day.year + (month == 1), month, number)
            limit = context.now()
            if later and limit and later <= limit + timedelta(days=10):
                day = later
        if day is None:
            return None, "DATE", match.end()
        context.tell(day)
        return self.clock(match, day.isoformat())

    def _relative_day(self, match: re.Match[str]) -> Found | None:
        context, told, word, end = self.context, self.context.told, match["rd"], match.end()
        base = told.day
        if word in ("今天", "今日", "今儿", "今"):
            if not match["part"] and not match["h"]:
                return "PRESENT_REF", "DATE", end
            base = context.dateline or context.issue or base or context.article_day() or context.now()
            word = ""
        elif word in ("昨天", "昨日", "昨"):
            before = context.dateline or context.issue
            if before is None and (context.latest is None or context.year is None):
                return "PAST_REF", "TIME" if match["part"] or match["h"] else "DATE", end  # the day before no known one
            base, word = (before - timedelta(days=1), "") if before else (context.now(), "")
        elif word in ("明天", "明日", "明"):
            base = context.dateline or context.issue or base or context.now()
            word = "次"
        elif word.endswith(("前天", "后天")):
            base = context.dateline or context.issue or context.now()
            if base is None:
                return "PAST_REF" if "前" in word else "FUTURE_REF", "DATE", end
            days = timedelta(days=2 + word.startswith("大"))
            return self.clock(match, (base - days if "前" in word else base + days).isoformat())
        elif word == "即日":
            if SINCE.match(context.folded, end) is None:
                return None
            day = context.now()
            return (f"{day:%Y-%m}" if day else "PRESENT_REF"), "DATE", end
        elif word in ("这天", "那天", "这一天", "那一天") and self._told_by(match.start()):
            return None
        if base is None and told.unknown_day is None:
            base = context.article_day()
        if base is None:
            if told.unknown_day is not None:
                shift = -1 if word == "前一天" else _SHIFTS.get(word[:1], 0)
                return self.clock(match, told.tell_unknown(told.unknown_day, shift))
            if word in ("当天", "当日", "次日", "当", "第二天", "同日", "") and not match["h"]:
                return ("PAST_REF" if context.year or word else "XXXX"), "TIME" if match["part"] else "DATE", end
            return None if word or not match["h"] else self.clock(match, "XXXX-XX-XX")
        shift = -1 if word == "前一天" else _SHIFTS.get(word[:1], 0) if word and word[0] != "前" else 0
        day = base + timedelta(days=shift)
        if shift >= 0:
            context.tell(day)
        return self.clock(match, day.isoformat())

    def _told_by(self, start: int) -> bool:
        """Whether 那天 is told by the words before it (桥通那天): no day that the calendar knows."""
        before = self.context.folded[start - 1 : start]
        return "\u4e00" <= before <= "\u9fff" and before not in "在从到就也是的日"

    def clock(self, match: re.Match[str], base: str | None, inherited: str | None = None) -> Found | None:
        """The point with its part of the day and hour; `base` is its day, None if that is the one told before.

        `inherited` is the part of the day of the beginning of a range, for an end that names none.
        """
        told, end = self.context.told, match.end()
        if not match["part"] and not match["h"]:
            return base, "DATE", end
        if base is None:
            day = told.day
            if day is None and told.unknown_day is not None:
                base = f"XXXX-{told.unknown_day[0]:02d}-{told.unknown_day[1]:02d}"
            else:
                day = day or self.context.article_day()
                base = day.isoformat() if day else ""
        if not match["h"]:
            return (base or "PAST_REF"), "TIME", end
        hour = int(parse_number(match["h"]) or 0)
        begin = int(match["h1"]) if match["h1"] else None
        minute = 0
        if match["mi"]:
            minute = int(parse_number(match["mi"]) or 0)
        elif match["hf"]:
            minute = {"半": 30, "一刻": 15, "三刻": 45}[match["hf"]]
        part = self.words.parts.get(match["part"] or inherited or "", "am")
        hour = _of_day(hour, part)
        if hour > 24 or minute > 59:
            return None
        value = f"{base}T{hour:02d}:{minute:02d}"
        if base:
            told.value = value
        if begin is not None:
            return f"{base}T{_of_day(begin, part):02d}:00/{value}", "TIME", end
        return value, "TIME", end

    # ------------------------------------------------------------------------------------------------ months, lunar days
    def _months(self, match: re.Match[str], year: int | None) -> Found | None:
        first, last = (int(parse_number(match[g]) or 0) for g in ("m1", "m2"))
        if not 1 <= first < last <= 12:
            return None
        year = year if year is not None else self.context.year_of_month(last, match.start(), match.end())
        head = "XXXX" if year is None else f"{year:04d}"
        told = self.context.told
        told.stretch = f"{first:02d}/{last:02d}"
        told.value = f"{head}-{first:02d}/{head}-{last:02d}"
        return told.value, "DATE", match.end()

    def _lunar(self, match: re.Match[str], year: int | None) -> Found | None:
        context, end = self.context, match.end()
        printed = match["lm"] or match["m"]
        month = _LUNAR_MONTHS.get(printed) or int(parse_number(printed) or 0)
        year = year or context.year
        now = context.now()
        if year and now and month >= 11 and not match["y"] and not match["ry"] and now.month <= 6:
            year -= 1
        if year is None:
            return "XXXX", "DATE", end
        number = match["ld"] or match["bare"] or match["d"]
        if not number:
            middle = lunar_date(year, month, 15)
            return (f"{middle:%Y-%m}" if middle else str(year)), "DATE", end
        day = lunar_date(year, month, int(parse_number(number.replace("初", "")) or 0))
        if day is None:
            return None, "DATE", end
        context.tell(day)
        return self.clock(match, day.isoformat())

    # ------------------------------------------------------------------------------------------------ festivals
    def _named(self, match: re.Match[str], year: int | None) -> Found | None:
        context, word, end = self.context, match["named"], match.end()
        whole = context.folded[match.start("named") : end]
        year = year or context.year
        if word in self.words.stretches:
            return self._named_stretch(match, word, year)
        spec = self.words.festivals[word]
        day = festival_day(spec, year) if year else None
        if day is None or year is None:
            if isinstance(spec, str) or spec[0] == "l":
                return "XXXX", "DATE", end
            first = make_date(2023, spec[0], spec[1])  # any year
            length = self._holiday(word, whole)
            if first is None or not length:
                return f"XXXX-{spec[0]:02d}-{spec[1]:02d}", "DATE", end
            last = first + timedelta(days=length - 1)
            return f"XXXX-{first:%m-%d}/XXXX-{last:%m-%d}", "DATE", end
        if not match["y"] and not match["ry"]:
            now = context.now()
            if now and (day - now).days > 100 and not context.ahead(match.start(), end):
                day = festival_day(spec, year - 1) or day
            elif now and (now - day).days > (45 if WILL.search(context.clause(match.start(), end)) else 240):
                day = festival_day(spec, year + 1) or day
        if length := self._holiday(word, whole):
            context.tell(day)
            return f"{day}/{day + timedelta(days=length - 1)}", "DATE", end
        context.tell(day)
        return self.clock(match, day.isoformat())

    def _holiday(self, word: str, whole: str) -> int | None:
        """Days of the holiday that a feast with the words behind it means; None for the feast itself."""
        length = self.words.holidays.get(word)
        return (
            (length or 3) if whole.endswith(("假期", "长假", "黄金周")) or (length and whole.endswith("期间")) else None
        )

    def _named_stretch(self, match: re.Match[str], word: str, year: int | None) -> Found:
        """暑假, 汛期, 寒假: stretches of months by name; of the winter holidays only the year counts (guidelines)."""
        months, head = self.words.stretches[word], "XXXX" if year is None else f"{year:04d}"
        if months is None or (year is None and isinstance(months, str)):
            self.context.told.value = head
            return head, "DATE", match.end()
        if isinstance(months, str):
            return f"{head}-{months}", "DATE", match.end()
        return f"{head}-{months[0]:02d}/{head}-{months[1]:02d}", "DATE", match.end()

    # ------------------------------------------------------------------------------------------------ parts of a year
    def _stretch(self, match: re.Match[str], year: int | None) -> Found | None:
        context, told, word, end = self.context, self.context.told, match["stretch"], match.end()
        named = bool(match["y"] or match["ry"])
        year = year if year is not None else context.year
        head = f"{year:04d}" if year is not None else "XXXX"
        quarter = _QUARTER.fullmatch(word)
        if quarter:
            code = f"Q{int(parse_number(quarter[1]) or 0)}"
        elif word in ("上半年", "下半年"):
            code = "H1" if word[0] == "上" else "H2"
        elif word == "前三季度":
            code = "01/09"
        elif match["fm"]:
            code = f"01/{int(parse_number(match['fm']) or 1):02d}"
        elif word.endswith("季学期"):
            code = "09" if word[0] == "秋" else "02"
        elif word.endswith("学期"):
            if word == "新学期":
                return None
            code = "H2" if word in ("下学期", "本学期") and (context.now_month() or 9) >= 2 else "H1"
        elif word == "同期":
            if not named:
                return None
            month = context.now_month()
            if not told.stretch:
                return (f"{head}-{month:02d}" if month and year else head), "DATE", end
            code = told.stretch
        elif word in ("年初", "初", "年底", "年末", "底", "末", "年中"):
            code = {"初": "01", "中": "06"}.get(word[-1], "12")
            earlier = code == "12" and not named and told.year and context.year and told.year < context.year
            if earlier and not context.ahead(match.start(), end):
                head = str(told.year)
        elif word in ("年内", "全年"):
            told.value = head
            return head, "DATE", end
        else:
            return None
        if "/" in code:
            value, told.stretch = "/".join(f"{head}-{month}" for month in code.split("/")), code
        else:
            value = f"{head}-{code}"
            told.stretch = code if code[0] in "QH" else told.stretch
        told.value = value
        told.year = year or told.year
        return value, "DATE", end


def _of_day(hour: int, part: str) -> int:
    """The hour by which a clock of 24 hours goes; twelve at night is the end of the day."""
    later = (part == "pm" and hour < 12) or (part == "noon" and hour in (1, 2)) or (part == "night" and 5 <= hour <= 12)
    return hour + 12 if later else hour


def festival_day(spec: Any, year: int) -> date | None:
    """The day of a festival of the lexicon in a year: [month, day], [l, month, day] of the lunar year, or a solar term."""
    if isinstance(spec, str):
        return solar_term(year, spec)
    if spec[0] != "l":
        return make_date(year, spec[0], spec[1])
    if spec[2] < 0:  # the last day of the lunar year before the festival's own
        first = lunar_date(year, 1, 1)
        return first - timedelta(days=1) if first else None
    return lunar_date(year - 1 if spec[1] == 12 else year, spec[1], spec[2])
