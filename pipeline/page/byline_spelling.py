"""The many spellings of a byline brought to the one that its parser reads: `甲乙(文) 丙丁(图)` to `甲乙/文 丙丁/图`.

All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re

from pipeline.page.name_forms import HAN, is_name
from pipeline.page.notes import without_note

MARKS = "■□●◆◇○▲△▼◎★☆◀►▶◄◤◢♦❖▌▍▎※*|丨⊙☉◉◈▪▫➤⬛◼▣✦"
_DESK = re.compile(r"^[①-⑳❶-❿]\s?\d{0,2}\s+")  # of the desk that made the page: ③2 甲乙丙 摄
_LOOSE_ROLE = re.compile(
    r"记\s+者|通\s+讯\s*员|通讯\s+员|摄\s+影|本报\s+(?=记者|通讯员|见习|实习|首席|特约|全媒体|融媒体)"
)
_TAGGED = re.compile(  # 【记者】甲乙 【通讯员】丙丁
    r"[\[【]((?:本报|见习|实习|首席)?(?:记者|通讯员|摄影|文字|图片|编辑|责编|校对|审核|作者)|文/图|图/文|[文图])"
    r"[\]】]\s?[:/]?"
)
_BOTH = "撰文/摄影|采写/摄影|采访/摄影|文并摄影?|文并图|文/片|片/文"
_WORK = "文字|撰文|撰稿|采写|文图|图文|文/图|图/文|作者|摄影|图片|照片"
_SPELLINGS = [
    (re.compile(rf"(?<=[{HAN}])[.](?=[{HAN}])"), "·"),
    (re.compile(r"\s?[(](文/?图|图/?文|文/摄|[文图]|摄影?)[)]"), r"/\1 "),  # 甲乙(文) 丙丁(图)
    (re.compile(r"\s?[(](?:实习|见习)[)]"), ""),
    (re.compile(r"见习生|(?<=\s)实习(?=\s)"), "实习生"),
    (re.compile(r"^新华社发\s(?=[^()]{2,20}摄)"), ""),
    (re.compile(_BOTH), "文/图"),
    (  # 本组稿件由甲乙丙采写
        re.compile(r"本[版组期栏文](?:稿件|文稿|报道|文章)(?:均|都)?(?:由|为)?\s*(?=.{2,60}(?:采写|撰写|整理|撰稿)$)"),
        "",
    ),
    (re.compile(rf"本[版组期栏文](?=(?:{_WORK})[:/\s])"), ""),  # 本版文字 甲乙丙
]
_PICTURES_BY = re.compile(
    r"(?:本[版组文报期栏]|文中|以上)?"
    r"(?:图片|照片|配图|资料图|资料照片|压题照片|题图|[上下左右]图|图[①-⑳\d、]{1,6})(?:均|都)?"
    r"(?:由|为|系|:|\s)\s*(?=[^,。]{2,60}(?:摄影?|供图)$)"
)
_HOUSE_TITLE = re.compile(rf"《[{HAN}]{{2,10}}》(?=\s?[{HAN}]{{0,6}}(?:记者|通讯员))")  # 《某某报》记者
_SLASHED = re.compile(rf"(?<=[{HAN}]/)文(?=[{HAN}]{{2,4}}/[摄图])")  # 甲乙/文丙丁/摄
_WROTE_AND_TOOK = re.compile(rf"(?<=[{HAN}]{{3}})文\s?(?=([{HAN}]{{2,4}})[摄图]$)")  # 甲乙丙文丁戊摄
_BOTH_BEHIND = re.compile(rf"(?<=[{HAN}]{{2}})(?=(?:文/图|图/文|文/摄)$)")


def unmarked(text: str) -> tuple[str, bool]:
    """A byline without the mark before it, its roles put together, and whether a mark stood there."""
    text = _LOOSE_ROLE.sub(lambda m: "".join(m[0].split()), _DESK.sub("", text, count=1))
    bare = text.lstrip(MARKS + " ·").rstrip("· ")
    return _TAGGED.sub(r" \1:", bare).strip(), bool(text) and text[0] in MARKS


def plain(text: str) -> str:
    """A byline without mark and brackets as its parser reads it, without words on sources behind it."""
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    text = _PICTURES_BY.sub("", without_note(text.strip()), count=1)
    text = _SLASHED.sub("文 ", _HOUSE_TITLE.sub(" ", text).strip())
    if (m := _WROTE_AND_TOOK.search(text)) and is_name(m[1]) and is_name(text[m.start() - 3 : m.start()]):
        text = f"{text[: m.start()]}/文 {text[m.end() : -1]}/{text[-1]}"
    return _BOTH_BEHIND.sub(" ", text)
