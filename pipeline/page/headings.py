"""Lines of display above a text: which are the headline and which the kicker.

Every choice of neighbouring lines as the headline has a score, a sum of readable features weighed in
page_headings.tsv; the best one wins. The other lines are kickers (引题, 副题, column name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.lexicon.person_names import person_names
from pipeline.page.blocks import Block
from pipeline.page.name_forms import is_name
from pipeline.page.reflow import is_item
from pipeline.page.words import common, pairs

_PLACE = re.compile(r"[一-鿿]{2,7}(?:省|市|县|区|镇|乡|街道|旗|州|盟)")
_NOTICE = re.compile(
    r"公告|启事|通告|告示|公示|声明|名单|戒严令|通知|芳名|光荣榜|爱心榜|红黑榜|获奖|揭晓名|[一二三特优]等奖|奖 ?\(\d+[件名个项]\)|鸣谢"
)
_SHORTS = re.compile(r"(?:快讯|简讯|速递|播报|微新闻|掠影|集锦|拾零|短波)$")  # columns of short items
_MOTTO = re.compile(r"(?:深入|认真|全面|学习|宣传|贯彻|牢记|坚定|坚持).{2,24}(?:精神|思想|使命|理论|决议|要求)")
_GOES_ON = re.compile(r"[把让在和等的就为再也她他它这那将从向给使与及并却才]")
_OPEN = re.compile(  # a clause that waits for its object: …县领导到某镇调研, …进行, …首个
    r"(?:进行|推进|推动|助力|打造|实施|组织|落实|做好|加强|深化|促进|迎来|走进|走上|入选|荣获|获评|喜获|摘得|捐出|新增|用上|首[个批例家次]"
    r"|联合|热议|收听收看|收看|观看|参观|参加|参与|举行第.次|[的把将为对与和在让被以向从及于获赴]|一[个条张场位名群座项])$"
)
_HELD = re.compile(r"(.)(?:召开|举办|举行|启动|设立|成立|发布|开展|出台|推出|表彰|公布|调研|建设|检查|督导)$")
_EVENT = "会赛节式动程训展班营演队站校园店桥路线场"  # …大会召开 is whole, …局开展 waits for what
_VISIT = re.compile(  # who comes where; what for may follow: …到某镇调研指导
    r".{2,20}(?:到|赴|在|来|深入|莅临).{2,20}(?:调研|检查|督导|督查|督办|考察|视察|察看|查看|指导|推进|推动|部署|观摩)"
)
_DOES = (
    r"(?:开展|进行|举行|举办|召开|组织|启动|荣获|喜获|入选|走访|慰问|看望|视察|调研|考察|检查|督导|督查|指导|参观|采访|宣讲|深入|走进|"
    r"推出|成立|揭牌|出台|捐赠|捐助|助力|推进)"
)
_PURPOSE = re.compile(_DOES)
_COMES = re.compile(r".{2,24}(?:到|赴|在|来|深入|莅临|走进).{2,20}")  # who comes where, without what for
_ACTOR = re.compile(  # a line that only names who does what the next one tells
    r"[一-鿿·、()“”]{6,}(?:大学|学院|[校院局委会团组队部厅司站社所馆店场]|公司|集团|中心|街道|一行|人员|志愿者|代表|师生)"
)
_TITLE = re.compile(r"[一-鿿](?:书记|主席|主任|委员|代表|经理|[省市县区镇乡村局厅院校处科会]长)$")
_LEADS = re.compile(r"(?:—|:|强调|要求|指出|表示|时)$")  # a kicker that leads on to the headline
_QUESTION = re.compile(r"[?]$|^(?:谁|哪|何处)|为何|为什么|怎么|如何|何时")
_RECORD = re.compile(r"[—–\-]*\s*(?:记|访|追记|再访|走访|探访|来自)")
_GENRE = re.compile(r"(?:侧记|纪实|综述|见闻|观察|调查|探索|纪略|掠影|扫描|素描|速写|启示|透视|追踪|札记)$")
_THEN, _NOW = re.compile(r"昔日|从前|过去|以前|往年"), re.compile(r"如今|现在")
_SLOGAN = re.compile(r"(\S{2,9})[ 、](\S{2,9})(?:[ 、](\S{2,9}))?")
_TIME = re.compile(  # a line that only tells when
    r".{0,8}(?:时刻|假期|长假|期间|第一天|头一天|到来|来临|来袭|深夜|清晨|凌晨|傍晚|周末|夜里|夜晚|天后|年后|[春夏秋冬]日|[春夏秋冬]天|[一-鿿]节|当天|今天|昨天|前夕|前夜|之夜|开学)"
)
_DETAIL = re.compile(  # how the details of what a headline says begin and end
    r"(?:●|预计|预期|计划|所幸|幸好|系|现存|现有|每[月年天户人亩]|平均|表决|刷新|要求|免费|多部门|有望|力争|确保|男子|建成后|投用后|首[日期批]|当[日天晚]|现场|全程|其中|最[高低快长多]|分列|分别|提醒|选举产生|审议|通过|抓获|查获|涉案|涉及|惠及|总投资|总面积|日均|日[投接]|累计|共有?|已有?|将|届时|被|实行|同比|比去年|考生|市民可|游客可|可|吸引|来自)"
    r"|.{4,}(?:受益|出席|讲话|主持|报告|可达|参加|参赛|被查|落网|在列|同比.{2,8}|万元|亿元|%|人次|为主|并举|免费|优先)$"
)
_BEGUN = re.compile(  # a whole statement of an event: …会议召开, …大桥通车
    r"[一-鿿”》]{3,}(?:召开|举行|举办|开幕|闭幕|落幕|收官|启动|开工|竣工|完工|完成|过半|通车|开通|开放|开馆|开园|开业|成立|揭牌|启用|投用|出台|公布|揭晓|发布|上线|上市|获批|封顶|奠基|开赛|开跑|开播|首发|结束|告捷|开始|投产|下线|达标|出炉|开门迎客|正式运行|投入使用|[动复停]工)"
)
_WHERE = ("any", "end", "whole")  # a column's word stands in the line
_DIGIT = re.compile(r"\d")
_ONE_CLAUSE = (-1.5, 0.0)  # log-odds at which two lines count as one clause the more
_LEAD = 90  # characters of the text that begin it
_MORE = 0.25  # of the words of two lines that stand there
_NAMED = 3.0  # log odds of a name behind a title
_MOST = 5  # lines of display that are weighed; of more, only the last ones


@cache
def _weights() -> dict[str, float]:
    rows = load_tsv("page_headings.tsv", ["feature", "weight", "meaning"], key=["feature"])
    return {row["feature"]: row.number("weight") for row in rows}


@cache
def _splits() -> tuple[float, dict[str, float]]:
    rows = {row["gram"]: row.number("weight") for row in load_tsv("page_splits.tsv", ["gram", "weight"])}
    return rows.pop("bias"), rows


def one_clause(above: str, below: str) -> float:
    """Log-odds that two folded lines are one clause set in two, rather than each a whole (see page_splits.tsv)."""
    bias, weight = _splits()
    return bias + sum(weight.get(gram, 0.0) for gram in split_grams(above, below))


def split_grams(above: str, below: str) -> tuple[str, ...]:
    """The rows of page_splits.tsv that speak of two folded lines."""
    one, two = (_DIGIT.sub("0", line).replace(" ", "_") for line in (above, below))
    a, b, start, end = one[-3:].rjust(3, "^"), two[:3].ljust(3, "$"), one[:3], two[-3:]
    return (
        *("a" + a[k:] for k in range(3)),
        *("b" + b[: k + 1] for k in range(3)),
        *("s" + start[: k + 1] for k in range(3)),
        *("e" + end[-k - 1 :] for k in range(3)),
        *("j" + a[2] + b[0], "j" + a[1:] + b[0] + "<", "j" + a[2] + b[:2] + ">"),
    )


@cache
def _column() -> re.Pattern[str]:
    rows = load_tsv("page_columns.tsv", ["word", "where"], key=["word"])
    words = {where: "|".join(re.escape(r["word"]) for r in rows if r["where"] == where) for where in _WHERE}
    return re.compile(rf"{words['any']}|[①-⑳]|(?:{words['end']})$|^(?:{words['whole']})$")


@cache
def _column_names() -> frozenset[str]:
    rows = load_tsv("page_columns.tsv", ["word", "where"], key=["word"])
    return frozenset(row["word"] for row in rows if row["where"] == "whole")


def names_column(folded: str) -> bool:
    """Whether a line of display holds a word that names columns (page_columns.tsv)."""
    return _column().search(folded) is not None


def _heads_column(folded: str) -> bool:
    """Whether a line that holds a word of columns may be the name of one, and no clause that waits for its object."""
    return names_column(folded) and not _waits(folded)


def _only_names_column(folded: str) -> bool:
    return folded in _column_names() or (len(folded) <= 6 and _SHORTS.search(folded) is not None)


def is_place(folded: str) -> bool:
    """Whether a line of display only names a place: 某某县."""
    return _PLACE.fullmatch(folded.strip()) is not None


def is_column(folded: str) -> bool:
    """Whether a line of display looks like the name of a column."""
    return len(folded) <= 5 or names_column(folded)


def is_notice(folded: str) -> bool:
    """Whether a line of display heads a public notice or a list."""
    return _NOTICE.search(folded) is not None


def is_motto(folded: str) -> bool:
    """Whether a line of display only calls on readers, as banners do: 学习宣传贯彻…精神."""
    return _MOTTO.fullmatch(folded) is not None


def is_subtitle(folded: str) -> bool:
    """Whether a line of display begins with a dash: a 副题."""
    return folded.startswith(("—", "--"))


def _is_slogan(folded: str) -> bool:
    """Two or three parts of equal length: 以学促干、以干促学."""
    m = _SLOGAN.fullmatch(folded)
    return m is not None and len({len(g) for g in m.groups() if g}) == 1


def _waits(folded: str) -> bool:
    """Whether a line is a clause that waits for its object in the next one."""
    m = _HELD.search(folded)
    return _OPEN.search(folded) is not None or (m is not None and m[1] not in _EVENT)


def _parallel(above: str, below: str) -> bool:
    """Whether two lines share a pair of characters, or are of one length and share one at the same place."""
    if pairs(above) & pairs(below):
        return True
    return len(above) == len(below) and any(x == y > "一" for x, y in zip(above, below, strict=True))


def features(lines: list[str], first: int, last: int, text: str) -> Iterator[str]:
    """Names of the features of taking folded `lines[first:last]` as the headline above a folded `text`."""
    for k, line in enumerate(lines):
        if first <= k < last:
            yield from _headline_features(line)
        else:
            yield from _kicker_features(line, "below" if k >= last else "above", lines[first:last], text)
    for k in range(first + 1, last):
        yield "joined" if k == first + 1 else "joined_again"
        yield from _joined_features(lines[k - 1], lines[k])
        if lines[k - 1][-3:] + lines[k][:3] in text:
            yield "joined_told"
    headline = "".join(lines[first:last])
    if len(headline) <= 8:
        yield "headline_short"
    if common(headline, text) < 0.1:
        yield "headline_strange"
    if _waits(lines[last - 1]):
        yield "headline_waits"
    if _QUESTION.search(headline):
        yield "headline_question"
        if last < len(lines):
            yield "headline_question_kicker_below"


def _kicker_features(line: str, where: str, headline: list[str], text: str) -> Iterator[str]:
    yield f"kicker_{where}"
    if len(line) <= 6:
        yield f"kicker_short_{where}"
    if _heads_column(line):
        yield f"kicker_column_{where}"
    if is_place(line):
        yield "kicker_place"
    if is_subtitle(line):
        yield "kicker_subtitle"
    elif _RECORD.match(line) or (where == "below" and _GENRE.search(line)):
        yield "kicker_record"
    if line[0] in "(〔[+":
        yield "kicker_bracket"
    pair = any(" " in h for h in headline)
    if " " in line and not pair:
        yield f"kicker_pair_{where}"
    if pair and " " not in line:
        yield f"headline_pair_{where}"
    if _DIGIT.search(line):
        yield f"kicker_number_{where}"
    share = common(line, text)
    if share >= 0.5:
        yield f"kicker_in_text_{where}"
    elif not share and len(line) <= 8:
        yield f"kicker_strange_{where}"
    if where == "above" and _is_slogan(line):
        yield "kicker_slogan"
    if where == "below" and _DETAIL.match(line):
        yield "kicker_detail"
    if where == "above":
        lead = text[:_LEAD]
        more = common(line, lead) - common("".join(headline), lead)
        if abs(more) >= _MORE:
            yield "kicker_more_in_lead" if more > 0 else "kicker_less_in_lead"
    if where == "above" and _LEADS.search(line):
        yield "kicker_leads"
    if where == "below" and _waits(headline[-1]):
        yield "kicker_awaited"


def _joined_features(above: str, below: str) -> Iterator[str]:
    odds = one_clause(above, below)
    yield from (f"joined_clause_{k}" for k, least in enumerate(_ONE_CLAUSE, 1) if odds > least)
    if " " in above or " " in below:
        yield "joined_space"
    if _GOES_ON.match(below):
        yield "joined_goes_on"
    if _waits(above):
        yield "joined_awaited"
    if _VISIT.fullmatch(above):
        yield "joined_visit"
    elif _COMES.fullmatch(above) and _PURPOSE.match(below):
        yield "joined_purpose"
    if _ACTOR.fullmatch(above) and not re.search(_DOES, above):
        yield "joined_actor_does" if _PURPOSE.match(below) else "joined_actor"
    if _TITLE.search(above) and any(is_name(below[:n]) and person_names().score(below[:n]) >= _NAMED for n in (2, 3)):
        yield "joined_title"
    apart = abs(_width(above) - _width(below))
    if apart <= 4:
        yield "joined_even"
    if apart == 0:
        yield "joined_equal"
    if _TIME.fullmatch(above):
        yield "joined_time"
    if _BEGUN.fullmatch(above) and not _waits(above):
        yield "joined_event"
    if _DETAIL.match(below):
        yield "joined_detail"
    if is_place(above):
        yield "joined_place"
    elif len(above) <= 3 and len(below) <= 8 and not _heads_column(above):
        yield "joined_word"
    elif len(above) <= 5:
        yield "joined_short"
    if above[-1] in "!?":
        yield "joined_exclamation"
    if _width(above) + _width(below) > 24:
        yield "joined_long"
    if _heads_column(above) or _heads_column(below):
        yield "joined_column"
    if _parallel(above, below):
        yield "joined_parallel"
    if _THEN.match(above) or _NOW.match(below):
        yield "joined_then_now"
    if _LEADS.search(above):
        yield "joined_leads"


def _headline_features(line: str) -> Iterator[str]:
    if is_subtitle(line) or line[0] in "(〔[+":
        yield "headline_subtitle"
    if is_place(line):
        yield "headline_place"
    if _heads_column(line):
        yield "headline_column"
    if _is_slogan(line):
        yield "headline_slogan"
    if "“" in line or '"' in line:
        yield "headline_quotes"


def _width(line: str) -> int:
    """Characters of a line that fill a cell of print: its quotation marks do not."""
    return len(line) - sum(c in "“”‘’《》" for c in line)


def choices(lines: int) -> list[tuple[int, int]]:
    """What may be the headline of so many lines: up to three neighbouring ones, as [first, last)."""
    return [(a, b) for a in range(max(0, lines - _MOST), lines) for b in range(a + 1, min(a + 3, lines) + 1)]


def headline_of(lines: list[str], text: str) -> tuple[int, int]:
    """The lines [first, last) that are the headline above a text; all arguments folded."""
    weights = _weights()
    return max(
        choices(len(lines)),
        key=lambda c: sum(weights.get(f, 0.0) for f in features(lines, c[0], c[1], text)),
    )


def compose(near: list[Block], far: list[Block], text: str) -> tuple[list[Block], list[Block]]:
    """(kickers, headlines) of the lines above a folded text and of those printed far from it."""
    lines = far or near
    lines = [b for b in lines if not is_item(b.folded)] or lines  # points under a headline
    if not lines:
        return near, []
    if len(lines) == 1 and not lines[0].label and _only_names_column(lines[0].folded):
        return [*near, *far], []  # a column of short items or of pictures, without a headline
    first, last = headline_of([b.folded for b in lines], text)
    headlines = lines[first:last]
    return [b for b in [*near, *far] if b not in headlines], headlines
