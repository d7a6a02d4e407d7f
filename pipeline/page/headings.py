"""Lines of display above a text: which are the headline and which the kicker."""

from __future__ import annotations

import re

from pipeline.page.blocks import Block

_PLACE = re.compile(r"[一-鿿]{2,7}(?:省|市|县|区|镇|乡|街道|旗|州|盟)")
_NOTICE = re.compile(
    r"公告|启事|通告|告示|公示|声明|名单|戒严令|通知|芳名|光荣榜|爱心榜|红黑榜|获奖|揭晓名|[一二三特优]等奖|奖 ?\(\d+[件名个项]\)|鸣谢"
)


def is_place(folded: str) -> bool:
    """Whether a line of display only names a place: 某某县."""
    return _PLACE.fullmatch(folded.strip()) is not None


def is_notice(folded: str) -> bool:
    """Whether a line of display heads a public notice or a list."""
    return _NOTICE.search(folded) is not None


def compose(near: list[Block], far: list[Block], is_banner: bool = False) -> tuple[list[Block], list[Block]]:
    """(kickers, headlines) of the lines above the text and those printed far from it."""
    if far:
        if len(far) == 1:
            return near, far
        return near + far[:-1], far[-1:]
    if len(near) <= 1:
        return [], near
    subtitle = [b for b in near if b.folded.startswith(("—", "--"))]
    rest = [b for b in near if b not in subtitle]
    if not rest:
        return near[1:], near[:1]
    return [b for b in near if b is not rest[-1]], [rest[-1]]
