"""What the words of a time count from: the day or year of the newspaper, and what the article has told so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.lexicon.calendar import make_date
from pipeline.lexicon.numbers import parse_number
from pipeline.page.year_sign import MONTH_DAY
from pipeline.stages.time_grammar import AHEAD, SENTENCE_END, grammar

_DATELINE = re.compile(r"(?<![\d年])(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日(?=讯|电|消息|报道)")
_NEW_SENTENCE = re.compile(r"[。!?\n]")
_NO_LEAP, _LEAP = 2023, 2024
_BESIDE = 30  # characters from 今年 to a month that is of it
_MONTH_SHIFT = {"上": -1, "下": 1, "次": 1}


def _whole_year(printed: str) -> int:
    """2024, 二〇二四; 07 and 15 of 07年, 15年3月 are of this century, 98 of the last one."""
    year = int(parse_number(printed) or 0)
    if year >= 100:
        return year
    return year + (2000 if year < 40 else 1900)


@dataclass
class Told:
    """What the article has told so far: the last year, month, day; the last value; the year of the sentence."""

    year: int | None = None
    month: int | None = None
    story: int | None = None  # the year that the last month or day was told with
    day: date | None = None  # the last one that is not ahead of the newspaper
    fresh: bool = False  # whether nothing coarser was told since `day`
    unknown_day: tuple[int, int] | None = None  # month and day where the year is unknown
    value: str | None = None
    stretch: str | None = None  # last period (H1, Q2, 01/03) for 同期
    sentence_year: int | None = None
    offset: int = 0
    at: int = 0  # of the last day, month or year
    last: int = 0  # of the last time of any kind
    this_year_at: int = -99  # where 今年 stood last

    def tell_unknown(self, day: tuple[int, int], shift: int = 0) -> str:
        """Notes a month and day of an unknown year, `shift` days on; its value. A day that no year has stays as it is."""
        first = make_date(_NO_LEAP if day != (2, 29) else _LEAP, *day)
        last = first + timedelta(days=shift) if first else None
        self.story = None
        month, number = (last.month, last.day) if last else day
        if shift >= 0:
            self.unknown_day = (month, number)
        self.value = f"XXXX-{month:02d}-{number:02d}"
        return self.value


@dataclass
class Context:
    """The frame of an article. `latest` is the (month, day) of the latest news of its page, for pages without a day."""

    folded: str
    year: int | None
    issue: date | None
    latest: tuple[int, int] | None
    told: Told = field(default_factory=Told)
    forced_year: int | None = None  # of the end of a range, from its beginning

    def __post_init__(self) -> None:
        self.dateline = self._find_day(_DATELINE)
        self._first_day: date | None = None
        self._first_known = False

    # ------------------------------------------------------------------------------------------------ notes
    def enter_sentence(self, at: int) -> None:
        told = self.told
        if _NEW_SENTENCE.search(self.folded, told.offset, at):
            told.sentence_year = None
        told.offset = at

    def tell(self, day: date) -> None:
        told, limit = self.told, self.now()
        told.year, told.month, told.value = day.year, day.month, day.isoformat()
        told.sentence_year = told.story = day.year
        told.at = told.offset
        told.fresh = limit is None or day <= limit + timedelta(days=2)
        if told.fresh:
            told.day = day

    def tell_period(self, year: int | None, month: int | None, value: str | None) -> None:
        """Notes a month, season or year; the last day stays for 当天, but is no longer what 三天后 counts from."""
        told = self.told
        told.year, told.month, told.value, told.fresh = year or told.year, month, value, False
        told.sentence_year, told.at = year, told.offset
        told.story = year if month else None

    # ------------------------------------------------------------------------------------------------ now
    def now(self) -> date | None:
        """The day of the newspaper, or the latest day that it tells news of; the last day told where the year is unknown."""
        if self.issue:
            return self.issue
        if self.latest is None or self.year is None:
            return self.told.day
        return make_date(self.year, *self.latest)

    def printed(self) -> date | None:
        """The day of the item by its dateline, of the newspaper, or of the latest news of the page."""
        return self.dateline or self.issue or (self.now() if self.latest else None)

    def now_month(self) -> int | None:
        if self.issue:
            return self.issue.month
        return self.latest[0] if self.latest else self.told.month

    def article_day(self) -> date | None:
        """The first day that the article tells: what 今晚 and 当天 mean before any was told."""
        if not self._first_known:
            self._first_day, self._first_known = self.dateline or self._find_day(MONTH_DAY), True
        return self._first_day

    def _find_day(self, pattern: re.Pattern[str]) -> date | None:
        match = pattern.search(self.folded) if self.year is not None else None
        if match is None or self.year is None:
            return None
        month, number = int(match[1]), int(match[2])
        day = make_date(self.year, month, number)
        if pattern is _DATELINE and day and self.issue and day > self.issue:  # 12月31日讯 in January
            return make_date(self.year - 1, month, number)
        return day

    def clause(self, start: int, end: int) -> str:
        """The clause around a span, at most 40 characters before and 30 after it."""
        left = max((self.folded.rfind(c, max(0, start - 40), start) for c in "。;!?\n"), default=-1)
        right = SENTENCE_END.search(self.folded, end, end + 30)
        return self.folded[max(left + 1, start - 40) : right.start() if right else end + 30]

    def ahead(self, start: int, end: int) -> bool:
        """Whether the clause around a span looks ahead."""
        return AHEAD.search(self.clause(start, end)) is not None

    # ------------------------------------------------------------------------------------------------ relative ones
    def year_of_word(self, match: re.Match[str]) -> int | None:
        """The year that a point names outright or by 今年, 去年, 同年."""
        if match["y"]:
            return _whole_year(match["y"])
        if match["reign"]:
            ruled = 1 if match["ruled"] == "元" else int(parse_number(match["ruled"]) or 1)
            first = next(year for name, year in grammar().reigns.items() if match["reign"].endswith(name))
            return first + ruled - 1
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
        if word[0] in "今本":
            told.this_year_at = match.start()
        shift = {"今": 0, "去": -1, "前": -2, "明": 1, "后": 2, "上": -1, "本": 0, "来": 1, "头": -1, "大": -3}
        return self.year + shift.get(word[0], 0)

    def year_of_month(self, month: int, start: int, end: int) -> int | None:
        """The year of a month told without one: the past by default, the year of its sentence before that."""
        told = self.told
        if self.forced_year is not None:
            return self.forced_year
        if self.year is None:
            goes_on = told.month and month >= told.month and told.at == told.last
            return told.story if goes_on else None
        if _DATELINE.match(self.folded, start):
            return self.dateline.year if self.dateline else self.year
        if told.sentence_year is not None and told.sentence_year != self.year and month >= (told.month or 0):
            return told.sentence_year
        if told.month and told.year and told.year < self.year and month >= told.month and told.at == told.last:
            return told.year  # 2019年3月开工。5月封顶。 the story goes on
        day = self.issue or self.dateline
        now = (day.month, day.day) if day else self.latest
        if now is None:
            return self.year
        later = month - now[0]
        if later <= -8 and self.ahead(start, end):
            return self.year + 1
        if later <= 1 or self.ahead(start, end):
            return self.year
        if later < 6 and 0 < start - told.this_year_at <= _BESIDE:
            return self.year
        return self.year - 1 if later >= (3 if self.issue else 6) or now[0] <= 3 else self.year

    def month_of_word(self, word: str) -> tuple[int | None, int | None]:
        """Year and month of 本月, 上月, 当月, 次月 and of 月底 alone."""
        told = self.told
        year: int | None = self.year
        month: int | None = self.now_month()
        if (word[0] in "当次同" and told.month) or (word.startswith("月") and told.month and told.day):
            year, month = told.year, told.month
        if month is None:
            return year, None
        shift = _MONTH_SHIFT.get(word[0], 0)
        if year is None:
            return None, (month - 1 + shift) % 12 + 1
        index = year * 12 + month - 1 + shift
        return index // 12, index % 12 + 1
