"""The day and year of a newspaper page: from the configuration, the file name, or the page's own evidence."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_MONTH_DAY = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s*月\s*(3[01]|[12]\d|[1-9])\s*日")


@lru_cache(maxsize=64)
def news_day(text: str) -> tuple[int, int] | None:
    """(month, day) of the latest news of a page: the end of the 30 days that hold most of its dates; None without any."""
    counts: Counter[tuple[int, int]] = Counter()
    for match in _MONTH_DAY.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] != "年" and "前" != text[match.end() : match.end() + 1]:
            counts[int(match[1]), int(match[2])] += 1
    if not counts:
        return None

    def ordinal(day: tuple[int, int]) -> int:
        return (day[0] - 1) * 31 + day[1]

    def weight(day: tuple[int, int]) -> tuple[float, int]:
        here = ordinal(day)
        near = sum(n for other, n in counts.items() if (here - ordinal(other)) % 372 <= 31)
        return near, -((ordinal(max(counts, key=lambda d: counts[d])) - here) % 372)

    return max(counts, key=weight)
