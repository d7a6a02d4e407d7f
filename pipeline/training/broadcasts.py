"""News of broadcasts with titles and paragraphs, as running text without bylines and datelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipeline.training.corpora import open_packed

_STATE = re.compile("习近平|李克强|李强|总理|主席|总书记|栗战书|张高丽|俞正声|汪洋|韩正|王沪宁|赵乐际")
_ABROAD = re.compile("外交部|联合国|美国|俄罗斯|日本|欧盟|以色列|总统|叙利亚|伊朗|韩国|英国|法国|德国")
_TITLE_MARK = re.compile(r"^【[^】]*】")
_LEAD = re.compile(r"^(?:中国网络电视台消息|央视网消息|CCTV|新闻联播)[^：]{0,20}：")
_FLASH = "快讯"  # in the title of an item that is several short ones
_BATCH = 50  # neighbouring items are of one half


@dataclass(frozen=True)
class Item:
    title: str
    paragraphs: tuple[str, ...]


def items(path: Path, half: int) -> Iterator[Item]:
    """Items of `{"t": title, "x": text}` lines, as printed, state affairs and foreign news left out; short items each by
    itself. There are two halves, 0 and 1: what learns from the one may be tried on the other."""
    with open_packed(path) as lines:
        for number, line in enumerate(lines):
            if number // _BATCH % 2 != half:
                continue
            record = json.loads(line)
            title = _TITLE_MARK.sub("", record["t"]).strip()
            text = [p.strip() for p in _LEAD.sub("", record["x"]).split("\n")]
            paragraphs = tuple(p for p in text if p and p[0] not in "(（")
            if _FLASH in title:
                found = [Item(a, (b,)) for a, b in pairwise(paragraphs) if _heads(a, b)]
            else:
                found = [Item(title, paragraphs)] if 6 <= len(title) <= 32 and paragraphs else []
            for item in found:
                words = item.title + "".join(item.paragraphs)
                if not _STATE.search(words) and not _ABROAD.search(words):
                    yield item


def _heads(title: str, text: str) -> bool:
    return len(title) <= 30 and title[-1] not in "。，；" and len(text) > 50 and text[-1] == "。"
