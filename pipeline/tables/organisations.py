"""Which organisation a name means, so that one of two names is one row and two of one name are two."""

from __future__ import annotations

import re
from functools import partial

from pipeline.lexicon.organisations import kind_of, organisation_words
from pipeline.lexicon.place_names import nearest, regions_in_name

# 市 of 市水利局, but not of 市场监管局
_LEVEL = re.compile(r"(?:自治区|省|市(?![场民])|县(?!域)|区(?![域块间])|州|盟|旗(?!舰)|镇|乡(?![村镇])|街道)(?!级)")
_OF_TOWN = re.compile(r"[一-鿿]{1,6}?(?:街道|[镇乡]|社区|村)")  # 石桥镇卫生院
_LOCAL = ("school", "hospital", "grassroots")  # every county has a 实验小学
_OFFICES = ("局", "法院", "检察院")
_NATIONAL = ("大学", "学院")
_OWN_NAME = 4  # characters beyond which a name without a place tells an organisation from others


def identity(name: str, here: str, home: str = "") -> tuple[str | None, str]:
    """The canonical path of the region that an organisation belongs to, and the rest of its name.

    `name`: without white space; `here`, `home`: canonical paths of what its article is about and of where its page is at
    home, may be empty. 甲市水利局 and, in an article about 甲市, 市水利局 are one; 实验小学 of two counties are two. The
    region is empty for a name that needs none (新华社), and None where one would be needed and is not known (县委).
    """
    region, at = region_borne(name, here)
    if region is not None:
        return region, name[at:]
    level = _LEVEL.match(name)
    if level is not None and len(name) > level.end():
        return _part(here, level.group()) or _part(home, level.group()), name[level.end() :]
    if _is_local(name):
        return "/".join((here or home).split("/")[:3]) or None, name
    return "", name


def region_borne(name: str, here: str) -> tuple[str | None, int]:
    """The canonical path of the lowest region that a name begins with, of namesakes that nearest to `here`, and where it ends."""
    borne, at = regions_in_name(name, partial(nearest, here=here))
    return (borne[-1].path if borne else None), at


def _part(path: str, word: str) -> str | None:
    """What 市 or 镇 means at a place: the lowest part of its path that ends so."""
    parts = path.split("/")
    for depth in range(len(parts), 0, -1):
        if parts[depth - 1].endswith(word) and not (word == "区" and depth == 1):  # 区 is no 自治区
            return "/".join(parts[:depth])
    return None


def _is_local(name: str) -> bool:
    """Whether many counties have an organisation called so."""
    if _OF_TOWN.match(name) or name in organisation_words()["bare"]:
        return True
    if name.endswith(_OFFICES):
        return name not in organisation_words()["whole"] and not name.startswith(("国家", "最高"))
    short = len(name) <= _OWN_NAME and not name.endswith(_NATIONAL)
    return short and kind_of(name).category in _LOCAL
