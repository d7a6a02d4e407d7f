"""The gazetteer: administrative divisions of China down to villages and communities, of today and gone since 2017.

`place_divisions.arrow` (see place_build) holds them sorted by 12-digit code, so that whatever lies in a division is one
stretch of rows. A name is found by binary search among the sorted names, hence opening costs a decompression and a sort
of row numbers: about 0.1 s and 40 MB.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.lexicon import FOLDER
from pipeline.lexicon.place_build import CURRENT_EDITION, LEVELS

RESOURCE = FOLDER / "place_divisions.arrow"
TOWN_SUFFIXES = ("街道", "镇", "乡")
_DIGITS = {"province": 2, "city": 4, "county": 6, "town": 9, "community": 12, "village": 12}
_SUFFIX = re.compile(r"(?:街道|[镇乡])$")
PEOPLES = (
    "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家",
    "哈尼", "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜",
    "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克",
    "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺", "民",
)  # fmt: skip
_PEOPLES = re.compile(f"(?:(?:{'|'.join(PEOPLES)})族){{1,5}}乡$")
OLDEST_EDITION = 2017  # of those that the gazetteer was made of
_VARIANTS = ("村", "社区", "嘎查", "新村")


@dataclass(frozen=True, slots=True)
class Division:
    """A division of the gazetteer. `code` has 12 digits; `path` is the canonical path (省/市/县/镇/社区|村)."""

    code: str
    name: str
    level: str
    path: str
    status: str  # official, or former if it does not stand in the edition of 2023
    edition: int = CURRENT_EDITION  # the last one that it stands in


class Divisions:
    """Read-only lookups in the gazetteer. Rows are numbered in the order of their codes."""

    def __init__(self, file: Path = RESOURCE):
        """Raises OSError if the resource is missing: `python -m pipeline.lexicon build SOURCE_DIR` makes it."""
        with pa.memory_map(str(file)) as source:
            table = pa.ipc.open_file(source).get_batch(0)
        names = table["name"]
        self._codes = _numbers(table["code"], np.int64)
        self._levels = _numbers(table["level"], np.int8)
        self._editions = _numbers(table["edition"], np.int16)
        self._name_of = _numbers(names.indices, np.int32)
        _, offsets, data = names.dictionary.buffers()
        self._offsets = np.frombuffer(offsets, np.int32)[: len(names.dictionary) + 1]
        self._data = memoryview(data)
        self._by_name = np.argsort(self._name_of, kind="stable").astype(np.int32)
        self._first = np.zeros(len(names.dictionary) + 1, np.int32)
        np.cumsum(np.bincount(self._name_of, minlength=len(names.dictionary)), out=self._first[1:])
        self._find = lru_cache(maxsize=1 << 16)(self._search)
        self._division = lru_cache(maxsize=1 << 16)(self._make)
        self._paths: dict[int, str] = {}
        self._towns: dict[str, dict[str, Division]] = {}
        self._patterns: dict[tuple[str, str], dict[str, list[int]]] = {}

    def __len__(self) -> int:
        return len(self._codes)

    # ------------------------------------------------------------------------------------------ by name
    def lookup(self, name: str, level: str | None = None) -> list[Division]:
        """All divisions of this name in the country, in the order of their codes; of one level if it is given."""
        return [self._division(row) for row in self._rows(name) if level is None or self._level(row) == level]

    def count(self, name: str) -> int:
        """How many divisions bear this name."""
        return len(self._rows(name))

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    # ------------------------------------------------------------------------------------------ by place
    def get(self, code: str) -> Division | None:
        """The division with this code (any length of 2, 4, 6, 9, 12 digits), today's before a former one."""
        number = int(code.ljust(12, "0"))
        row = int(np.searchsorted(self._codes, number))
        return self._division(row) if row < len(self._codes) and self._codes[row] == number else None

    def by_path(self, path: str) -> Division | None:
        """The division with this canonical path, today's before a former one; None if there is none."""
        name = path.rsplit("/", 1)[-1]
        found = [division for division in self.lookup(name) if division.path == path]
        return min(found, key=lambda division: division.status != "official", default=None)

    def under(self, parent: str, name: str, level: str | None = None) -> list[Division]:
        """The divisions of this name that lie in the division with code `parent`, at any depth."""
        found = (self._division(row) for row in self._rows(name, parent))
        return [division for division in found if level is None or division.level == level]

    def children(self, parent: str, level: str | None = None) -> Iterator[Division]:
        """The divisions right below the division with code `parent`; with `level`, all of that level inside it."""
        low, high = self._range(parent)
        if level is None:
            digits = len(significant(parent))
            deeper = {2: 4, 4: 6, 6: 9, 9: 12}.get(digits, 0)
            step = 10 ** (12 - deeper)
            chosen = [row for row in range(low + 1, high) if self._codes[row] % step == 0]
        else:
            chosen = (np.flatnonzero(self._levels[low:high] == LEVELS.index(level)) + low).tolist()
        yield from (self._division(row) for row in chosen)

    def town_by_stem(self, county: str, name: str) -> Division | None:
        """The town of a county that print calls `name` without its suffix or its peoples: 同乐, 同乐乡 for 同乐苗族乡."""
        return self._short_towns(significant(county)).get(_stem(name))

    def town_stems(self, county: str) -> Collection[str]:
        """The short forms of the towns of a county, of two characters and more."""
        return self._short_towns(significant(county)).keys()

    def _short_towns(self, county: str) -> dict[str, Division]:
        if county not in self._towns:
            stems = {_stem(town.name): town for town in self.children(county, "town")}
            self._towns[county] = {stem: town for stem, town in stems.items() if len(stem) > 1 and stem != town.name}
        return self._towns[county]

    def of_level(self, level: str) -> Iterator[Division]:
        """All divisions of a level in the country."""
        yield from map(self._division, np.flatnonzero(self._levels == LEVELS.index(level)).tolist())

    def variants(self, parent: str, name: str, level: str | None = None) -> list[Division]:
        """Divisions inside `parent` that print may call `name`: 村 for 社区 and the like, 镇 for 街道."""
        found: list[Division] = []
        for suffixes in (_VARIANTS, TOWN_SUFFIXES):
            for suffix in suffixes:
                stem = name.removesuffix(suffix)
                if stem and stem != name:
                    for other in suffixes:
                        if other != suffix:
                            found += self.under(parent, stem + other)
                    if len(stem) > 1 and suffix == "村":
                        found += self.under(parent, name + "村")
        return [d for d in found if level is None or d.level == level or {d.level, level} == {"community", "village"}]

    def misprints(self, parent: str, name: str, level: str) -> list[Division]:
        """Divisions of `level` inside `parent` whose name differs from `name` in one character, suffix apart.

        Only names of three characters or more (with the suffix) can be told from another name by that.
        """
        stem, suffix = _split(name)
        if len(stem) < 2:
            return []
        index = self._by_pattern(parent, level)
        rows = {row for i in range(len(stem)) for row in index.get(f"{stem[:i]}?{stem[i + 1 :]}{suffix}", ())}
        return [self._division(row) for row in sorted(rows) if self._name(row) != name]

    def _by_pattern(self, parent: str, level: str) -> dict[str, list[int]]:
        """Rows of a level inside `parent` by their names with each character of the stem left out in turn."""
        key = (parent, level)
        if key not in self._patterns:
            if len(self._patterns) >= 64:
                self._patterns.clear()
            low, high = self._range(parent)
            index: dict[str, list[int]] = {}
            for row in (np.flatnonzero(self._levels[low:high] == LEVELS.index(level)) + low).tolist():
                stem, suffix = _split(self._name(row))
                for i in range(len(stem)):
                    index.setdefault(f"{stem[:i]}?{stem[i + 1 :]}{suffix}", []).append(row)
            self._patterns[key] = index
        return self._patterns[key]

    # ------------------------------------------------------------------------------------------ rows
    def _search(self, name: str) -> int | None:
        """Number of the name among the sorted names."""
        key, offsets, data = name.encode(), self._offsets, self._data
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) >> 1
            if bytes(data[offsets[middle] : offsets[middle + 1]]) < key:
                low = middle + 1
            else:
                high = middle
        if low < len(offsets) - 1 and bytes(data[offsets[low] : offsets[low + 1]]) == key:
            return low
        return None

    def _rows(self, name: str, parent: str = "") -> list[int]:
        """Rows of this name, of those inside `parent` if it is given."""
        number = self._find(name)
        if number is None:
            return []
        rows = self._by_name[self._first[number] : self._first[number + 1]]
        if parent:
            low, high = self._range(parent)
            rows = rows[np.searchsorted(rows, low + 1) : np.searchsorted(rows, high)]
        return rows.tolist()

    def _name(self, row: int) -> str:
        number = self._name_of[row]
        return bytes(self._data[self._offsets[number] : self._offsets[number + 1]]).decode()

    def _level(self, row: int) -> str:
        return LEVELS[self._levels[row]]

    def _range(self, code: str) -> tuple[int, int]:
        """The rows of the division and of all that lies in it."""
        digits = significant(code)
        low = int(digits.ljust(12, "0"))
        high = low + 10 ** (12 - len(digits))
        first, last = np.searchsorted(self._codes, (low, high))
        return int(first), int(last)

    def _make(self, row: int) -> Division:
        name, level = self._name(row), self._level(row)
        status = "official" if self._editions[row] == CURRENT_EDITION else "former"
        return Division(f"{self._codes[row]:012d}", name, level, self._path(row), status, int(self._editions[row]))

    def _path(self, row: int) -> str:
        code, level = int(self._codes[row]), self._level(row)
        digits = _DIGITS[level]
        parent = ""
        for shorter in (9, 6, 4, 2):
            if shorter < digits:
                number = code - code % 10 ** (12 - shorter)
                above = bisect_left(self._codes, number)
                if above < len(self._codes) and self._codes[above] == number:
                    parent = self._paths.get(above) or self._path(above)
                    self._paths[above] = parent
                    break
        return f"{parent}/{self._name(row)}" if parent else self._name(row)


def _stem(town: str) -> str:
    return _SUFFIX.sub("", _PEOPLES.sub("乡", town))


def _split(name: str) -> tuple[str, str]:
    """A name without its suffix, and the suffix."""
    suffix = next((s for s in ("街道", "社区", "嘎查") if name.endswith(s)), name[-1:])
    return name[: len(name) - len(suffix)], suffix


def _numbers(column: pa.Array, kind: type) -> np.ndarray:
    """The column as it lies in memory; `to_numpy` would import pandas, which costs more than all the rest."""
    return np.frombuffer(column.buffers()[1], kind)[column.offset : column.offset + len(column)]


def significant(code: str) -> str:
    """The code without the zeros that only fill it up to 12 digits."""
    code = code.ljust(12, "0")
    for digits in (2, 4, 6, 9):
        if not code[digits:].strip("0"):
            return code[:digits]
    return code


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """The gazetteer that comes with the package, opened once a process."""
    return Divisions()
