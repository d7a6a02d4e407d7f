"""Where bylines stand in running text: in the dateline that opens it, behind its last sentence, behind its items.

All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.lexicon.person_names import person_names
from pipeline.page.byline_spelling import MARKS
from pipeline.page.bylines import SIGNS, Credit, parse
from pipeline.page.name_forms import HAN, is_name
from pipeline.records import Byline

_NOT_A_PLACE = "通资音喜简短传审问电视快据即数到发收的得闻获捷"  # before 讯: it is no dateline
_DATELINE = re.compile(
    rf"(?:[\[【(〔]?(?:本报|本台|本刊|本网|本社)(?:[{HAN}]{{0,4}}|\s?\d{{1,2}}月\d{{1,2}}日)讯[\]】)〕]?|[\[【〔][{HAN}]{{2,10}}讯[\]】〕]"
    rf"|(?!又讯)(?:[{HAN}]{{2,6}}[/·-])?[{HAN}]{{1,6}}(?<![{_NOT_A_PLACE}])讯"
    rf"|[{HAN}]{{4,10}}讯(?=\s*\()"
    rf"|(?:[{HAN}]{{2,8}}[·/])?[{HAN}]{{2,10}}\s?\d{{1,2}}月\d{{1,2}}日(?:讯|电)"
    rf"|本报[{HAN}]{{2,6}}电(?=\s|\(|记者)"
    rf"|\d{{1,2}}月\d{{1,2}}日(?:消息|讯|电)(?:\s*:|(?=[\s(]))"
    rf"|(?:本报|[{HAN}]{{2,8}}?(?:网|日报|晚报|晨报|在线|之声))(?:[{HAN}]{{2,6}})?(?:\d{{1,2}}月\d{{1,2}}日)?消息(?:\s*:|(?=[\s(]))"
    rf"|据?(?:新华社|中新社|中新网|人民网|央视网)[{HAN}\d]{{0,14}}电)"
)
_PAREN = re.compile(r"\s*[(\[【〔]([^()\[\]【】〔〕]{2,80})[)\]】〕]")
_RANK = r"本报|新华社|中新社|全媒体|融媒体|见习|实习|首席|特约|高级"
_PLACE_PAREN = re.compile(
    rf"[{HAN}]{{1,5}}(?:镇|乡|县|市|区|街道)(?=\s?\((?:[^()]{{0,8}}记者|[^()]{{0,4}}通讯员|融媒体))"
)
_BARE_LEAD = re.compile(
    rf"\s*((?:{_RANK}){{0,3}}(?:记者|通讯员)[^。:()]{{2,40}}?报道|(?<=讯\s)[{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}}){{0,3}}?\s?报道)(?:\s*[:,]|\s)\s*"
)
_BARE_NAMES = re.compile(rf"\s*((?:{_RANK}){{0,3}}(?:记者|通讯员|实习生)[{HAN}·、:\s]{{2,40}})")
_MARKED_LEAD = re.compile(rf"[{re.escape(MARKS)}]\s?([{HAN}·、/\s]{{2,60}}?报道)(?:\s*[:,]|\s)\s*")  # □记者 甲乙丙 报道
_SIGNED_LEAD = re.compile(  # 某县讯 甲乙丙 丁戊 3月5日,…
    rf"\s+((?:[{HAN}]{{2,4}}|[{HAN}]\s[{HAN}])(?:[\s、](?:[{HAN}]{{2,4}}|[{HAN}]\s[{HAN}])){{0,3}}?)\s+(?=\d{{1,4}}[月年]|近日|日前|连日|昨[日天]|今[日天])"
)
_ROLE = re.compile(r"(?:记者|通讯员|实习生)$")
_NO_NAME = re.compile(r"[日天从获悉了报道]")  # 记者于近日, 记者获悉


@dataclass(frozen=True, slots=True)
class Lead:
    """A dateline, or a byline in brackets, at the beginning of a paragraph: it ends at `end`."""

    end: int
    bylines: tuple[Byline, ...]
    dateline: bool


def leading(text: str) -> Lead | None:
    """The dateline with its bylines that a folded paragraph begins with, white space behind it included."""
    if (p := _MARKED_LEAD.match(text)) and (credit := parse(p[1], likely=True)) and credit.bylines:
        m = _DATELINE.match(text, p.end())
        return Lead(_skip_space(text, m.end() if m else p.end()), credit.bylines, bool(m))
    m = _DATELINE.match(text) or _PLACE_PAREN.match(text)
    end = m.end() if m else 0
    bylines: tuple[Byline, ...] = ()
    p = _PAREN.match(text, end)
    credit = (parse(p[0].strip()) if m else parse(p[1])) if p else None  # (综合) is a note in brackets only
    if not (p and credit and (credit.sure or m)):
        p = _BARE_LEAD.match(text, end)
        credit = parse(p[1], likely=True) if p else None
    if p and credit:
        end, bylines = p.end(), credit.bylines
    elif not m:
        return None
    elif len(text) - end <= 60 and (credit := parse(text[end:])) and (credit.sure or _are_names(credit.bylines)):
        end, bylines = len(text), credit.bylines
    elif named := _bare_names(text, end):
        end, bylines = named
    elif (p := _SIGNED_LEAD.match(text, end)) and (credit := parse(p[1])) and _are_names(credit.bylines):
        end, bylines = p.end(), credit.bylines
    return Lead(_skip_space(text, end), bylines, bool(m))


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _are_names(bylines: tuple[Byline, ...]) -> bool:
    return bool(bylines) and all(is_name(b.name) for b in bylines)


def _bare_names(text: str, at: int) -> tuple[int, tuple[Byline, ...]] | None:
    """Names that stand without brackets behind a dateline, 本报讯 记者甲乙丙 通讯员丁戊 报道: their end and who they are.

    The longest run of words that reads as a byline and is followed by a space or a colon.
    """
    m = _BARE_NAMES.match(text, at)
    if not m:
        return None
    ends = [
        w.end() for w in _WORD.finditer(text, m.start(1), m.end(1)) if text[w.end() : w.end() + 1] in (" ", ":", ",")
    ]
    for end in reversed(ends):
        words = text[m.start(1) : end]
        credit = parse(words.removesuffix("报道"))
        if not credit or any(_NO_NAME.search(b.name) for b in credit.bylines):
            continue
        last = words.split()[-1]
        known = is_name(credit.bylines[-1].name) if credit.bylines else False
        if known or (len(last) <= 4 and _ROLE.search(words[: -len(last)].rstrip())):
            after = _AFTER_NAMES.match(text, end)
            return (after.end() if after else end), credit.bylines
    return None


_WORD = re.compile(r"\S+?(?=[\s:,]|$)")
_AFTER_NAMES = re.compile(r"\s*(?:报道\s*)?(?:[:,]\s*)?")
_SENTENCE_END = re.compile(r"[。!?…;](?:[”’」』\"')]{0,3})|[”』」)]|[.](?=\s|$)")
_CREDITS = 4  # bylines that stand one behind the other
_TAIL_PAREN = re.compile(r"\s*\(([^()]{2,80})\)\s*$")


def trailing(text: str) -> tuple[int, Credit] | None:
    """Where the bylines behind the last sentence of a folded paragraph begin, and what they say together."""
    found = _last_credit(text)
    if not found:
        return None
    at, credit = found
    for _ in range(_CREDITS - 1):
        before = _last_credit(text[:at])  # (记者 甲乙) (丙丁 摄)
        if not before:
            break
        at, credit = before[0], replace(credit, bylines=before[1].bylines + credit.bylines, sure=True)
    return at, credit


def _last_credit(text: str) -> tuple[int, Credit] | None:
    stripped = text.rstrip()
    if m := _TAIL_PAREN.search(stripped[-90:]):
        at = len(stripped) - len(stripped[-90:]) + m.start()
        credit = parse(m[0], likely=True)
        closes = at > 0 and stripped[at - 1] in "。!?”…)"
        if at and credit and (credit.sure if not closes else credit.sure or credit.bylines):
            return at, replace(credit, sure=True) if closes else credit
    window = max(0, len(stripped) - 70)
    ends = [m.end() for m in _SENTENCE_END.finditer(stripped, window)]
    for at in ends:
        tail = stripped[at:]
        if not tail.strip() or not at:
            continue
        credit = parse(tail)
        if credit and (
            credit.sure or (tail[0].isspace() and credit.bylines) or (stripped[at - 1] in "。!?”" and _signs(credit))
        ):
            return at, credit
    return None


def _signs(credit: Credit) -> bool:
    """Whether nothing but names, right behind the full stop, signs a text: …天晴了。甲乙丙."""
    names = [byline.name for byline in credit.bylines]
    return 0 < len(names) <= 2 and all(is_name(n) and person_names().score(n) >= SIGNS for n in names)


_ITEM_CREDIT = re.compile(r"[。!?”]\s*\(([^()]{2,24})\)(?=\s*[○△▲●◆■□☆★])")


_AGAIN = re.compile(r"又讯\s*\(([^()]{2,80})\)")


def credit_again(text: str) -> Credit | None:
    """The byline in brackets behind 又讯 at the head of a folded text."""
    m = _AGAIN.match(text)
    return parse(m[1]) if m else None


def inner_credits(text: str) -> list[Credit]:
    """Bylines in brackets behind the items of a folded text that begin with a bullet each, but for the last item."""
    found = (parse(m[1]) or _bare(m[1]) for m in _ITEM_CREDIT.finditer(text))
    return [credit for credit in found if credit]


def _bare(text: str) -> Credit | None:
    """A name of two or three characters, whatever it begins with."""
    name = "".join(text.split())
    return Credit((Byline(name, "correspondent"),), True) if re.fullmatch(rf"[{HAN}]{{2,3}}", name) else None
