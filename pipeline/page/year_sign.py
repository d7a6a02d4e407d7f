"""What the signs of a page's year have in common: their types, what counts as a day, how many are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

Day = tuple[int, int]  # month, day
Points = Iterator[tuple[int, float]]  # year, what it gains: log odds before the kind of the sign is weighed

MOST = 300  # signs of a kind that are looked at, so that a page of nothing else takes no longer
MONTH_DAY = re.compile(r"(?<![\d年])(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日")  # not of a told year
CN = "一二两三四五六七八九十百"
