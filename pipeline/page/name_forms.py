"""Names of people by their form, and put together from the pieces that a byline prints.

All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.person_names import person_names

HAN = "一-鿿㐀-䶿〇"
NAME = re.compile(rf"[{HAN}]{{2,7}}|[{HAN}]{{1,5}}(?:·[{HAN}]{{1,7}}){{1,3}}")
_ODD_NAME = 2.0  # log odds of what has the form of a name, at least
_SURE_NAME = 3.5  # … of one that is hardly anything else
_HOUSE = re.compile(r"(?:报|网|电视台|新闻|客户端|融媒|发布|在线|视频)(?=·|$)")
_NAME_ENDS = "娜尔江汗拜克提木曼丽花玉英荣娃加吉巴措毛姆布德图"  # behind a part of a name


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    names = [row["surname"] for row in load_tsv("page_surnames.tsv", ["surname"])]
    return frozenset(n for n in names if len(n) == 1), frozenset(n for n in names if len(n) == 2)


@cache
def _name_parts() -> re.Pattern[str]:
    rows = load_tsv("page_name_parts.tsv", ["part", "whole"], optional=["whole"], key=["part"])
    parts = "|".join(sorted((row["part"] for row in rows), key=len, reverse=True))
    whole = "|".join(row["part"] for row in rows if row.get("whole"))
    return re.compile(rf"(?:{whole})|(?:{parts}){{2,4}}|(?:{parts}){{1,3}}[{_NAME_ENDS}]")


def is_name(text: str) -> bool:
    """Whether `text` has the form of a person's name: a surname with one or two characters, a Mongolian, Tibetan or
    Turkic name of known parts, or names joined by ·."""
    if not NAME.fullmatch(text):
        return False
    if "·" in text:
        return _HOUSE.search(text) is None  # 某报·某客户端
    return _name_parts().fullmatch(text) is not None or _has_surname(text)


def _has_surname(text: str) -> bool:
    single, double = _surnames()
    return (text[0] in single and 2 <= len(text) <= 3) or (text[:2] in double and 3 <= len(text) <= 4)


def join_names(chunks: list[str]) -> list[str] | None:
    """Put names together that were set with spaces inside; None if a single character is left over."""
    single, double = _surnames()
    names: list[str] = []
    at = 0
    while at < len(chunks):
        chunk = chunks[at]
        if len(chunk) == 1:
            run = at
            while run < len(chunks) and len(chunks[run]) == 1:
                run += 1
            count = run - at
            if count == 1:
                if run < len(chunks) and len(chunks[run]) <= 3:
                    names.append(chunk + chunks[run])  # 甲 乙丙
                    at = run + 1
                    continue
                return None
            # pairs; one group of three where their number is odd
            sizes = [2] * (count // 2)
            if count % 2:
                sizes[-1] = 3
                for k in range(len(sizes)):
                    order = [2] * len(sizes)
                    order[k] = 3
                    firsts = [chunks[at + sum(order[:i])] for i in range(len(order))]
                    if all(f in single for f in firsts):
                        sizes = order
                        break
            for size in sizes:
                names.append("".join(chunks[at : at + size]))
                at += size
            continue
        if chunk in double and at + 1 < len(chunks) and len(chunks[at + 1]) <= 2:
            names.append(chunk + chunks[at + 1])
            at += 2
            continue
        names += cut_names(chunk) if 4 <= len(chunk) <= 12 and not is_name(chunk) else [chunk]
        at += 1
    return names


def cut_names(chunk: str) -> list[str]:
    """Names printed without a space, cut where they are likeliest as names: 甲乙丙丁戊 → 甲乙丙, 丁戊; else one long name.

    Only names with a surname are cut out. Four characters may as well be one Mongolian or Tibetan name, so two names in
    them have to look like names.
    """
    least = _SURE_NAME if len(chunk) == 4 else float("-inf")
    best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(chunk)
    for end in range(2, len(chunk) + 1):
        for start in range(max(0, end - 4), end - 1):
            before, name = best[start], chunk[start:end]
            if before is None or not _has_surname(name) or (own := person_names().score(name)) < least:
                continue
            score = before[0] + max(own, _ODD_NAME)
            here = best[end]
            if here is None or score > here[0]:
                best[end] = (score, [*before[1], name])
    found = best[-1]
    return found[1] if found and found[1] else [chunk]
