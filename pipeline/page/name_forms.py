"""Names of people by their form, and put together from the pieces that a byline prints.

All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log

from pipeline.lexicon import Row, load_tsv
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.place_names import upper_names

HAN = "一-鿿㐀-䶿〇"
NAME = re.compile(rf"[{HAN}]{{2,7}}|[{HAN}]{{1,5}}(?:·[{HAN}]{{1,7}}){{1,3}}")
_ODD_NAME = 2.0  # log odds of what has the form of a name, at least
_SURE_NAME = 3.5  # … of one that is hardly anything else
# Log odds of a given name of one and of two characters behind a surname that is mostly a word, at least
_GIVEN = (1.5, 0.0)
_BY_SOUND = 8.0  # log odds of a name spelled by its sound, at least
_EACH_SOUND = 2.0  # … and of each of its characters on average
_WHOLE = 3.0  # log odds of one name of four characters against two that nothing sets apart
_UNSEEN = 0.3  # added to the counts of characters
_SPELLING = 400  # characters that may spell a sound
_HOUSE = re.compile(r"(?:报|网|电视台|新闻|客户端|融媒|发布|在线|视频)(?=·|$)")
_NAME_ENDS = "娜尔江汗拜克提木曼丽花玉英荣娃加吉巴措毛姆布德图"  # behind a part of a name


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Surnames of one character, of two, and those of one that are mostly words."""
    rows = load_tsv("page_surnames.tsv", ["surname", "word"], optional=["word"], key=["surname"])
    words = frozenset(row["surname"] for row in rows if row.get("word"))
    names = {row["surname"] for row in rows} - words
    return frozenset(n for n in names if len(n) == 1), frozenset(n for n in names if len(n) == 2), words


@cache
def _part_rows() -> list[Row]:
    return load_tsv("page_name_parts.tsv", ["part", "whole"], optional=["whole"], key=["part"])


@cache
def _name_parts() -> re.Pattern[str]:
    rows = _part_rows()
    parts = "|".join(sorted((row["part"] for row in rows), key=len, reverse=True))
    whole = "|".join(row["part"] for row in rows if row.get("whole"))
    return re.compile(rf"(?:{whole})|(?:{parts}){{2,4}}|(?:{parts}){{1,3}}[{_NAME_ENDS}]")


@cache
def _sounds() -> tuple[dict[str, float], float]:
    """Log share of the characters that spell the known parts of names by their sound, and that of any other character."""
    counts = Counter("".join(row["part"] for row in _part_rows()))
    total = counts.total() + _UNSEEN * _SPELLING
    shares = {c: log((n + _UNSEEN) / total) for c, n in counts.items()}
    return shares, log(_UNSEEN / total)


def sound(text: str) -> float:
    """Log odds of a run of characters as a name spelled by its sound, as Mongolian, Tibetan, Turkic and Yi ones are."""
    shares, unseen = _sounds()
    return sum(shares.get(c, unseen) - person_names().elsewhere(c) for c in text)


def is_name(text: str) -> bool:
    """Whether `text` has the form of a person's name: a surname with one or two characters, a Mongolian, Tibetan or
    Turkic name of known parts, or names joined by ·."""
    if not NAME.fullmatch(text):
        return False
    if "·" in text:
        return _HOUSE.search(text) is None  # 某报·某客户端
    return _name_parts().fullmatch(text) is not None or _has_surname(text) or _is_spelled(text)


def _has_surname(text: str) -> bool:
    single, double, words = _surnames()
    if (text[0] in single and 2 <= len(text) <= 3) or (text[:2] in double and 3 <= len(text) <= 4):
        return True
    if text[0] not in words or not 2 <= len(text) <= 3:
        return False
    return sum(map(person_names().given, text[1:])) >= _GIVEN[len(text) - 2]


def _is_spelled(text: str) -> bool:
    """Whether characters are a name spelled by its sound, and neither names run together nor a place."""
    if not 3 <= len(text) <= 7 or (odds := sound(text)) < max(_BY_SOUND, _EACH_SOUND * len(text)):
        return False
    apart = _best_cut(text)
    return (apart is None or apart[0] < odds) and not any(upper_names().find(text))


def join_names(chunks: list[str]) -> list[str] | None:
    """Put names together that were set with spaces inside; None if a single character is left over."""
    single, double, _ = _surnames()
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
        # of names that others are set apart from by a space, four characters are one: with two surnames, or spelled by sound
        run_on = 5 <= len(chunk) <= 12 or (len(chunk) == 4 and len(chunks) == 1)
        names += cut_names(chunk) if run_on and not is_name(chunk) else [chunk]
        at += 1
    return names


def cut_names(chunk: str) -> list[str]:
    """Names printed without a space, cut where they are likeliest as names: 甲乙丙丁戊 → 甲乙丙, 丁戊; else one long name.

    Only names with a surname are cut out. Four characters may as well be one Mongolian or Tibetan name, so two names in
    them have to look like names, and more so than the whole.
    """
    found = _best_cut(chunk)
    if found is None or (len(chunk) == 4 and sound(chunk) + _WHOLE > found[0]):
        return [chunk]
    return found[1]


def _best_cut(chunk: str) -> tuple[float, list[str]] | None:
    """The likeliest cut of a run of characters into names with a surname, and its log odds; None if there is none."""
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
    return best[-1]
