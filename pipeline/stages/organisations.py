"""Names of organisations by their ends (局, 合作社, 支行, …) and a bounded, plausible beginning.

The name model finds organisations of every form; this stage adds those that the form alone shows, and abbreviated ones
(市妇联, 区文体局, 团县委), so that the resolver can hold the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, get_spans, set_spans
from pipeline.lexicon.organisations import LEVELS, generic_organisation, kind_of, organisation_words
from pipeline.lexicon.posts import posts
from pipeline.lexicon.trie import alternation
from pipeline.records import Mention

GROUP = CANDIDATES + "organisations"
_PLACES = CANDIDATES + "places"

_LONGEST = 26  # characters of a name
_INSIDE = re.compile(r"[一-鿿㐀-䶿A-Za-z0-9“”()·]")
_LEVEL = re.compile(f"[{''.join(sorted(LEVELS))}]")
# What a region's own body is called right behind the level word: 县妇联, 市委, 团区委, 镇政府
_NATION = re.compile(r"中国人民政治协商会议|中国共产党|中国|中华|全国|国家|中央|中共|共青团|国网|武警")
_QUOTED = re.compile(
    r"“[^“”,。!?、\n]{1,10}”[一-鿿]{0,8}?(?:志愿服务队|志愿服务团|救援队|服务队|宣讲团|宣讲队|服务团|救护队|突击队|先锋队|巡河队|讲师团|工作室|合作社|艺术团|志愿队|维修队|议事会)(?!伍)"
)
# A body of party or residents that is the first part of a title is none: 某社区党委书记
_LEAD = re.compile(
    r"(?:同志)?(?:现任?|拟任|原|托|带|跟|任|志任)(?=(.))"
)  # before 县, 市 or a place: 现县公安局, 同志任某县某局
_NOT_WHOLE = re.compile(
    r"门|队|委员|代表|常委|一号|财政|广场|公园|战士|小学|歌舞|民族|空调|厨房|路|街|大[街道]|商务|[省市县区]级|驻"
)
_OWN_WORD = re.compile(r"(?![\d一二三四五六七八九十两几多各每我你他她这那有没不])[一-鿿“]")
_NOT_LEVEL = re.compile(
    r"镇街|镇村|乡镇|乡村|县乡|县域|市域|区域|城区|省级|市级|区级|县级|镇级|市场|市民|市区|县城|镇域|州际|旗下"
)
# 某某日报讯, 某某网9月1日讯, 某某网某市9月1日讯, 某某在线记者: the newspaper or site that a report begins with
_DATELINE = re.compile(
    r"^[—\-■□● ]{0,6}((?!本|据|全)[一-鿿]{1,7}(?:日报|晚报|晨报|时报|商报|导报|周报|[一-鿿]报|[新闻华众龙]网|在线|电视台|融媒体中心|发布|客户端))"
    r"[ ·]?(?:讯|消息|电|[一-鿿]{0,5}[ ]?\d{1,2}月\d{1,2}日[ ]?(?:讯|消息|电|报道))",
    re.MULTILINE,
)
_OF_MEDIA = re.compile(
    r"(?<![一-鿿])((?!本|全)[一-鿿]{2,6}(?:日报|晚报|晨报|[新闻华众龙]网|电视台))(?:融媒体|全媒体|见习)?记者"
)
# A department printed right behind the organisation it belongs to: 某市公安局某某处, 某某学院团支部
_DEPARTMENT = re.compile(
    r"(?:[一-鿿]{2,6}?(?:科|处|股|警务区|支队|大队|中队|派出所|分馆|分会)|警务区|团支部|家委会|分馆|分会)"
    r"(?=[的将在与和、,。;:)“”\n ]|有关|相关|负责|工作人员|利用|组织|民警|联合|开展|举[办行]|承办|副?[科处股]长)"
)
_HALL = re.compile(r"(?:营业|餐|客|大|展|音乐|报告|会议|宴会|门|歌|舞|休息|候诊|办事)厅$")
_MEASURE = re.compile(r"[名座家个所支万亿元年月日号人户次多余件位]")
_LEAGUE = re.compile(r"(?:共青团|(?<![一-鿿]{2}[集社兵代剧])团|民革|民盟|民建|民进|农工党|致公党|九三学社)")
_COMMITTEE_OF = re.compile(r"[省市州盟县区旗](?:委员会|工委|委会|委)(?!员)")
# “小小能量站”: a station, workshop or canteen with a name of its own; the quotation marks are not part of it
_NAMED_STATION = re.compile(r"“([^“”,。!?、\n]{2,9}(?:能量站|服务站|工坊|工作室|书房|书屋|食堂|夜校|驿家|加油站))”")
_FULL_END = re.compile(r"[局院校所站馆厂社会队团台场部中心办司行庭园宫军区]$")
_ROOM = re.compile(r"[一-鿿]{1,6}(?:科|室|系|班|车间|病区|产房)")
_NOT_ENDED = re.compile(
    r"长|(?<=厂)组(?![织成建队团长合])|(?<=[一二三四五六七八九十]中)学|(?<=中心)校|员会|员(?!工)|区(?!域)|生(?!态)|家属|(?<=人大)(?:代表|主席|工委)|(?<=政协)委员|合作社|队(?<=学队)|(?<=大)学"
)
_BRANCH = re.compile(
    r"(?:银行|财险|保险|人寿|移动|联通|电信|邮政|石化|石油|农行|工行|建行|农商|信托|证券|法院|检察院|学院|大学|集团|公司)$"
)
_BEFORE_TITLE = re.compile(r"(?:副|常务副|第一)?(?:书记|部长|主任|委员|成员|副书记|主席|常委|秘书长)")
# Of a village or of no place at all: what is named is the place
_REFERRING = re.compile(r"(?:(?:村|社区)[村居]?委会|届[村居]民委员会)$")
_COMMITTEE = re.compile(
    r"(?:党委|党工委|党总支|党支部|党组|居委会|村委会|(?<=[省市县区州])委|人大|纪委|纪工委|人大工委|政法委|村务监督委员会|审判委员会|检察委员会|(?<=[镇乡道])(?:人武部|武装部)|(?:村|社区)妇联)$"
)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = organisation_words()
    found = (entry for entry in words["kinds"] if entry.get("find", True))
    ends = {end for entry in found for end in entry["ends"] if len(end) > 1 or end in "局厂厅"}
    return {
        "ends": re.compile(alternation(ends)),
        "stops": re.compile(alternation(w[::-1] for w in words["stops"])),
        "joined": re.compile(alternation(words["joined"])),
        "bare": re.compile(rf"(?<=[、和])(?:{alternation(words['bare'])})(?=[、,。;等和及与]|负责|主要|相关|有关)"),
        "strong": re.compile(f"{alternation(words['strong'])}$"),
        "whole": re.compile(alternation(words["whole"])),
        "generic": re.compile(f"(?:{alternation(words['generic'])}){{0,3}}"),
    }


@Language.factory("news_organisations")
def create_organisations(nlp: Language, name: str) -> Organisations:
    """Writes doc.spans["names/organisations"]; reads doc.spans["names/places"] for where a name may begin."""
    return Organisations()


class Organisations:
    def __init__(self) -> None:
        self._patterns = _patterns()

    def __call__(self, doc: Doc) -> Doc:
        text = doc._.folded
        places = {s.start_char: s.end_char for s, m in get_spans(doc, _PLACES) if m.source != "deictic"}
        found: dict[tuple[int, int], set[str]] = {}
        for start, end, source in self.find(text, places):
            found.setdefault((start, end), set()).add(source)
        for start, end in self._listed(text, {end for _, end in found}):
            found.setdefault((start, end), set()).add("listed")
        kept: list[tuple[int, int]] = []
        # of one beginning the farthest end: 某县公安局交警大队 before 某县公安局
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        rows = [(*span, "ORG", Mention("ORG", source="+".join(sorted(found[span])))) for span in kept]
        set_spans(doc, GROUP, rows)
        return doc

    def find(self, text: str, places: dict[int, int]) -> Iterator[tuple[int, int, str]]:
        """(start, end, source); `places` are place candidates, ends by starts."""
        for pattern in (_DATELINE, _OF_MEDIA):
            for match in pattern.finditer(text):
                yield match.start(1), match.end(1), "dateline"
        for match in _QUOTED.finditer(text):
            yield match.start(), match.end(), "quoted"
        for match in self._patterns["whole"].finditer(text):
            if not _NOT_WHOLE.match(text, match.end()):
                yield match.start(), match.end(), "whole"
        for start, _, _ in posts().find(text):
            before = self._before_title(text, places, start)
            if before:
                yield before
        yield from self._leagues(text, places)
        for match in _NAMED_STATION.finditer(text):
            yield match.start(1), match.end(1), "quoted"
        for match in self._patterns["ends"].finditer(text):
            found = self._name(text, match.start(), match.end(), places)
            if found:
                department = _DEPARTMENT.match(text, match.end())
                if department and not self._stopped(text, match.end(), department.end()):
                    yield found[0], department.end(), found[1]
                yield found[0], match.end(), found[1]

    def _leagues(self, text: str, places: dict[int, int]) -> Iterator[tuple[int, int, str]]:
        """The committees of the youth league and of the other parties: 团某市委, 民盟省委."""
        for match in _LEAGUE.finditer(text):
            at = places.get(match.end(), match.end())
            end = _COMMITTEE_OF.match(text, at) or _COMMITTEE_OF.match(text, at - 1)
            if end and (at == match.end() or places[match.end()] <= end.end()):
                yield match.start(), end.end(), "level_suffix"

    def _listed(self, text: str, ends: set[int]) -> Iterator[tuple[int, int]]:
        """Bodies without their place behind one with it: 某县住建局、财政局、水利局."""
        for match in self._patterns["bare"].finditer(text):
            if match.start() - 1 in ends:
                ends.add(match.end())
                yield match.start(), match.end()

    def _stopped(self, text: str, start: int, end: int) -> bool:
        """Whether a word that no name holds stands between."""
        return any(self._patterns["stops"].match(text[start:at][::-1]) for at in range(start + 1, end + 1))

    def _before_title(self, text: str, places: dict[int, int], start: int) -> tuple[int, int, str] | None:
        """The organisation that a title follows: 某某合作社理事长, 某医院急诊科护士长."""
        left = self._left_edge(text, start, places)
        stops = [stop for p, stop in places.items() if left <= p and left < stop <= start]
        inside = [p for p, stop in places.items() if left <= p and stop <= start]
        if inside:
            left = _beginning(text, left, min(inside))
        for end in range(start, left + 3, -1):
            name = text[left:end]
            if end < start and not _ROOM.fullmatch(text, end, start):
                continue
            headed = (
                end < start and text[start - 1] == text[start]
            )  # 某中心某科科长: the head of a department of that name
            end = start if headed else end
            if (
                end in stops
                or text[left - 1 : left] == "某"
                or kind_of(name).category is None
                or not _FULL_END.search(name)
            ):
                continue
            if _COMMITTEE.search(name) or generic_organisation(name):
                continue
            return left, end, "department" if headed else "title"
        return None

    def _name(self, text: str, behind: int, end: int, places: dict[int, int]) -> tuple[int, str] | None:
        """Where the organisation whose name ends in `text[behind:end]` begins, and what shows it; None if it is no name."""
        if _COMMITTEE.search(text, max(0, behind - 2), end) and _BEFORE_TITLE.match(text, end):
            return None
        if _NOT_ENDED.match(text, end) or _HALL.search(text, behind - 2, end):
            return None
        if _REFERRING.search(text, max(0, end - 6), end):
            return None
        if text.startswith("中心", behind) and behind in places.values() and end == behind + 2:
            return None  # 某市|中心城区
        left = self._left_edge(text, behind, places)
        anchors = [
            p for p, stop in places.items() if left <= p and stop <= end - 2 and (p == left or text[p - 1] != "(")
        ]
        if anchors:
            return _beginning(text, left, min(anchors)), "place_suffix"
        if _NOT_LEVEL.match(text, left):
            return None
        if _LEVEL.match(text, left) and left < end - 1 and behind - left <= 18:
            if text[left + 1 : end] in ("中学", "小学", "中心") or text[left + 1] == "级":
                return None
            return left, "level_suffix"
        if text[left] == "团" and _LEVEL.match(text, left + 1):
            return left, "level_suffix"
        if _NATION.match(text, left):
            return left, "nation_suffix"
        body = text[left:behind]
        if len(body) < 2 or self._patterns["generic"].fullmatch(body):
            return None
        if self._patterns["strong"].search(text, behind, end) and end - left <= 22 and _OWN_WORD.match(text, left):
            return left, "strong_suffix"
        if end - left <= 14 and end - behind >= 2 and (left == 0 or not _INSIDE.match(text, left - 1)):
            return left, "suffix"
        return None

    def _left_edge(self, text: str, behind: int, places: dict[int, int]) -> int:
        """How far a name that holds `behind` may reach to the left: to a stop word or a mark."""
        at, low, quotes = behind, max(0, behind - _LONGEST), 0
        within = {i for p, stop in places.items() if low <= p < behind for i in range(p + 1, stop)}
        while at > low:
            character = text[at - 1]
            if not _INSIDE.match(character):
                break
            if character.isdigit() and _MEASURE.match(text, at):
                while at < behind and _MEASURE.match(text, at):
                    at += 1
                break
            if character in "”)":
                quotes += 1
            elif character in "“(":
                quotes -= 1
                if quotes < 0:
                    break
            stop = self._patterns["stops"].match(text[max(0, at - 4) : at][::-1])
            if stop and at not in within and not self._patterns["joined"].match(text, at - len(stop.group())):
                break
            at -= 1
        while at < behind and text[at] in "”)·":
            at += 1
        lead = _LEAD.match(text, at)
        if lead and lead.end() < behind and (lead.end() in places or _LEVEL.match(lead.group(1))):
            at = lead.end()
        return at


def _beginning(text: str, left: int, place: int) -> int:
    """Where a name begins that may reach to `left` and holds a place at `place`: at the place, if no organisation,
    nation or branch (某县公安局某某中队, 工商银行某某分行) stands before it."""
    head = text[left:place]
    whole = _NATION.fullmatch(head) or _BRANCH.search(head) or (len(head) > 2 and kind_of(head).category)
    return left if whole else place
