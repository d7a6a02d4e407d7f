"""Which titles of an article are mentions, and where each begins."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.place_names import words
from pipeline.lexicon.posts import Title, posts
from pipeline.stages.candidates import MODEL, Candidate
from pipeline.stages.posts import holdings

_SHORT_ADDRESS = re.compile(
    r"副?(?:书记|主任|[省市县区镇乡村局院校所站队厂会社科处部行]长|经理)|法官|警官|医生|大夫|老板|支书"
)
_BEFORE_ADDRESS = frozenset("和与跟及据对向由请给让找把被叫到是同听见")
_OLD = re.compile(r"老|原|前任?|现任|新任|时任")
_TRADE = re.compile(r"[一-鿿]{1,4}")
_TRADE_ALONE = re.compile(r"(?<![一-鿿])[一-鿿]{2,3}$")
_NO_TRADE = re.compile(
    r"退休|离休|退役|返乡|[\d一二两三四五六七八九十]|的|原|老$|新$|某|女$|男$|族$|岁$|籍$|名$|位$|该|本|任$|为$|是$|和$|请|带|让|骨干|优秀|青年|乡村|支行|分行|公司|[队校店社厂在]$"
)
_DEPARTMENT = re.compile(r"(?:科|室|病区|中心|部)$")
_LEVEL = re.compile(r"(?:[省市县区镇乡村]|街道|社区)$")
_NO_TITLE = re.compile(
    r".*(?:科|队友|同乡|邻居|同学|同事|朋友|战友|党员|军人|人士|模范|老人|男子|女子|获得者|好人|领导|患者|乘客|顾客|选手|嫌疑人|家属)"
)
# of an imprint: its editors hold no post
_IMPRINT = re.compile(r"(?:执行|责任|本版|美术)?(?:主编|编辑|责编|编审|编委):")
_EDITOR = re.compile(r"(?:执行|值班)?(?:总编辑?|主编|主任|编委|编审) ")
_OF_IMPRINT = re.compile(r"责编|编辑|校对|版式|组版|排版|美编|审读|制图|值班|邮箱|电话[: ]|地址:|印刷:|投稿")
_SEVERAL = 2  # such words in a line make an imprint
_FEDERATION = "妇联"
_BODIES = re.compile(r"妇联|人武部|武装部")
_COUNTY = re.compile(r"[省市县区州旗盟](?:委(?:常委|副书记)[、兼])?$")
_LOWEST = re.compile(r"(?:村|社区|嘎查)$")
_EDGE = re.compile(r"[。!?,;:“”\"《》、(\n ]")
_AT_EDGE = frozenset("的省市县区镇乡村")
_NONE = Title("")


def attach_titles(text: str, names: list[Candidate], titles: list[Candidate]) -> list[Candidate]:
    """The titles that someone named holds, and the surname of 王书记 with its title (rule 7)."""
    people = [n for n in names if n.type == "PER"]
    free: list[Candidate] = []
    cores = [c for title in titles if not _in_imprint(text, title.start) and (c := _core(text, title))]
    for candidate in sorted(cores, key=lambda t: (-t.size, t.start)):
        title = _with_trade(text, _trimmed(text, _without_body(text, candidate, names), names), names)
        if title and not any(title.meets(t) for t in free):
            free.append(title)
    free.sort(key=lambda t: t.start)
    new_people = []
    for title in free:
        start = title.start - 1
        if (
            start >= 0
            and text[start] in person_names().single
            and text[start] not in "原现前时和任由籍"
            and _SHORT_ADDRESS.fullmatch(text, title.start, title.end)
            and not any(n.start == title.end for n in people)  # 由所长某某主持
            and _address_begins(text, start, names)
            and not any(n.start <= start < n.end for n in names)
        ):
            new_people.append(Candidate(start, title.start, "PER", None, ("address",), None))
    people = sorted(people + new_people, key=lambda p: p.start)
    units = [n for n in names if n.type in ("PLACE", "ORG")]
    held = holdings(text, *([(c.start, c.end) for c in group] for group in (people, free, units)))
    return [*new_people, *(free[i] for i in sorted({h.post for h in held}))]


def _in_imprint(text: str, at: int) -> bool:
    """Whether a title is that of an editor in an imprint: 主编:甲, or 总编辑 甲 责编 乙 校对 丙."""
    if _IMPRINT.match(text, at):
        return True
    if not _EDITOR.match(text, at):
        return False
    end = text.find("\n", at)
    words = _OF_IMPRINT.findall(text, text.rfind("\n", 0, at) + 1, end if end >= 0 else len(text))
    return len(set(words)) >= _SEVERAL


def _address_begins(text: str, at: int, names: list[Candidate]) -> bool:
    """Whether 王书记 may begin here: at an edge, behind a unit, or behind a particle that makes no word with the surname."""
    if at == 0 or _EDGE.match(text, at - 1) or any(n.end == at for n in names if n.type in ("PLACE", "ORG")):
        return True
    return text[at - 1] in _BEFORE_ADDRESS and text[at - 1 : at + 1] not in words()


def _core(text: str, title: Candidate) -> Candidate | None:
    """What of a title that the model alone saw is one: not the age or the level, department or organisation before it
    (镇|人大主席, 骨科|主任), and nothing that is no title."""
    if title.sources != (MODEL,):
        return title
    surface = text[title.start : title.end]
    old = _OLD.match(surface)
    if old and surface not in posts().titles and surface[old.end() :] in posts().titles:
        title = replace(title, start=title.start + old.end())
        surface = text[title.start : title.end]
    known = posts().known_end(surface)
    if len(surface) > 4 and surface[0] in _AT_EDGE and known and len(known) < len(surface):  # 县|农技专家
        title = replace(title, start=title.start + 1)
        surface = surface[1:]
    if not known:
        return None if _NO_TITLE.fullmatch(surface) else title
    before = surface[: -len(known)]
    other = _LEVEL.search(before) or _DEPARTMENT.search(before) or _NO_TRADE.search(before)
    doubled = before == known[0]  # 三年级二班|班主任
    if before and (other or doubled or kind_of(before).category is not None):
        return replace(title, start=title.end - len(known))
    return title


def _trimmed(text: str, title: Candidate, names: list[Candidate]) -> Candidate | None:
    """The title without the organisation that reaches into it (某市妇联 in 妇联主席); None if nothing of it is left."""
    for name in names:
        if not title.meets(name):
            continue
        if name.type in ("ORG", "PLACE") and name.start <= title.start and name.end < title.end:
            rest = text[name.end : title.end]
            known = posts().titles.get(text[title.start : title.end])
            if known and known.category == "delegate" and (name.end == title.start + 1 or name.start == title.start):
                return title  # 某|市人大代表, as 某|市委书记; 市政协常委
            if rest in posts().titles:
                return replace(title, start=name.end)
        if name.type == "PER" and name.start == title.start and name.size == 1:
            continue
        return None
    return title


def _without_body(text: str, title: Candidate, names: list[Candidate]) -> Candidate:
    """主席 of 妇联主席 where the article names a women's federation and no village stands before the title; 部长 of
    人武部部长 where a county or its committee does."""
    body = _BODIES.match(text, title.start)
    if not body or text[body.end() : title.end] not in posts().titles:
        return title
    low = max(0, title.start - 2)
    if body.group() == _FEDERATION:
        own = not _LOWEST.search(text, low, title.start) and any(
            n.type == "ORG" and n.size > 2 and text.endswith(_FEDERATION, n.start, n.end) for n in names
        )
    else:
        own = bool(_COUNTY.search(text, max(0, title.start - 6), title.start))
    return replace(title, start=body.end()) if own else title


def _with_trade(text: str, title: Candidate | None, names: list[Candidate]) -> Candidate | None:
    """木材加工户, 心理学副教授: what stands between a place or organisation and such a title is part of it."""
    if (
        title is None
        or title.sources == (MODEL,)
        or not posts().titles.get(text[title.start : title.end], _NONE).compound
    ):
        return title
    last = max((n for n in names if n.end <= title.start), key=lambda n: n.end, default=None)
    edge = last.end if last is not None else 0
    if last is not None and edge < title.start and text[edge] in _AT_EDGE:  # 某村的致富能人, 某地|县农技专家
        edge += 1
    trade = text[edge : title.start]
    if last is not None and last.type == "PER" and len(trade) < 4:  # 甲向专家介绍
        return title
    if edge and _TRADE.fullmatch(trade) and not _NO_TRADE.search(trade):
        return replace(title, start=edge)
    alone = _TRADE_ALONE.search(text, max(0, title.start - 4), title.start)
    if alone and not posts().titles[text[title.start : title.end]].role and not _NO_TRADE.search(alone.group()):
        return replace(title, start=alone.start())
    return title
