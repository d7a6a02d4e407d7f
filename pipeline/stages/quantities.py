"""Quantities: numbers with their units, values, modifiers and what they count, into doc.spans["quantities"]."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import QUANTITIES, TIMES, set_spans
from pipeline.lexicon import load_tsv
from pipeline.records import MODIFIERS, Quantity
from pipeline.stages.numerals import RANGE_LINK, Numeral, find_numerals
from pipeline.stages.units import Unit, alternatives, unit_pattern, units

SOURCE = "rule"


@Language.factory("news_quantities", assigns=["doc._.quantities"], requires=["doc._.times"])
def create_quantities(nlp: Language, name: str) -> Quantities:
    """Writes doc.spans["quantities"]; needs doc.spans["times"], where no quantity may stand."""
    return Quantities()


class Quantities:
    def __call__(self, doc: Doc) -> Doc:
        taken = [(s.start_char, s.end_char) for s in doc.spans.get(TIMES, ())]
        rows = find_quantities(doc._.folded, taken)
        set_spans(doc, QUANTITIES, [(start, end, q.kind, q) for start, end, q in rows])
        return doc


# --------------------------------------------------------------------------------------------------- lexicons
@cache
def _modifiers(place: str) -> dict[str, str]:
    rows = load_tsv("modifiers.tsv", ("word", "place", "modifier"), key=("word", "place"))
    return {row["word"]: row.choice("modifier", MODIFIERS) for row in rows if row.choice("place", _PLACES) == place}


_PLACES = ("before", "after")


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(
        alternatives(row["phrase"] for row in load_tsv("number_phrases.tsv", ("phrase",), key=("phrase",)))
    )


# Words that look ahead over a verb: 至少献一次, 最高补三万元.
_CAP = (
    r"(?P<cap>至少|最少|少说|至多|(?:最[高多])(?:可|能)?(?:补|奖|贷|给|领|享|报|拿|借|申|支|授|发|罚|捐))[^\W\d]{0,4}"
)
_OF = r"(?P<of>约)[为是]?[^\W\d]{1,8}的"  # 约为农村居民的1.8倍


@cache
def _before_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:(?P<word>{alternatives(_modifiers('before'))})[为达至到]?|{_CAP}|{_OF})$")


@cache
def _after_pattern() -> re.Pattern[str]:
    return re.compile(alternatives(_modifiers("after")))


# --------------------------------------------------------------------------------------------------- reading
@dataclass(slots=True)
class _Printed:
    """A unit behind a number, with a half or an 余 set inside it (两个半月, 四个多小时)."""

    word: str
    end: int
    record: Unit
    inside: str = ""


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    modifier: str
    kind: str
    record: Unit | None


def find_quantities(folded: str, taken: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int, Quantity]]:
    """The quantities of a text as (start, end, record), in order, none of them inside a span of `taken`."""
    return [(item.start, item.end, _record(item)) for item in _find(folded, taken)]


def _find(folded: str, taken: Sequence[tuple[int, int]]) -> list[_Found]:
    blocked = sorted([*taken, *(match.span() for match in _phrases().finditer(folded)), *_slogans(folded)])
    starts = [start for start, _ in blocked]
    furthest = 0
    ends = [furthest := max(furthest, end) for _, end in blocked]

    def free(start: int, end: int) -> bool:
        at = bisect_right(starts, end - 1) - 1
        return at < 0 or ends[at] <= start

    numerals = list(find_numerals(folded))
    found: list[_Found] = []
    at = 0
    while at < len(numerals):
        used, item = _read(folded, numerals, at)
        if item is not None and free(item.start, item.end) and (not found or found[-1].end <= item.start):
            found.append(item)
            at += used
        else:
            at += 1
    return found


_QUOTED = re.compile(r"“([^”“,。!?、;:]{2,8})”|《([^》《]{2,40})》")
_ARABIC = re.compile(r"\d")


def _slogans(folded: str) -> list[tuple[int, int]]:
    """Short quoted names and titles: what they count in Chinese digits is part of the name (“六个新城”)."""
    return [match.span() for match in _QUOTED.finditer(folded) if not _ARABIC.search(match[0])]


_LINK = re.compile(RANGE_LINK)
_ORDINAL = re.compile(r"第 ?$")
_RANKED = re.compile(
    r"(?:[居列排占获得夺]|名列|排名|位列|位居|全[国省市县区球]|[我该本全][省市县区])[^,。;、第]{0,6}第 ?$"
)
_BIG = re.compile(
    r"大(?!学|队|会|家|爷|妈|娘|叔|哥|姐|伯|厅|道|街|桥|河|楼|于|概|约|多|小|量|幅|赛|奖|爱|伙|雪|雨|风|夫|寨|镇|村|山|地|使|人|专|棚|米|豆|蒜|葱|田|院|红|姨)"
)


def _read(folded: str, numerals: Sequence[Numeral], at: int) -> tuple[int, _Found | None]:
    """The quantity that begins with numeral `at`, and how many numerals it takes; None if there is none."""
    first = numerals[at]
    begin, sign = first.start, 1.0
    if folded.endswith("零下", 0, begin):
        begin, sign = begin - 2, -1.0
    elif begin and folded[begin - 1] == "-" and (begin == 1 or folded[begin - 2] in " 到至为降了跌,(和"):
        begin, sign = begin - 1, -1.0
    ordinal = _ORDINAL.search(folded, max(0, begin - 2), begin)
    unit = _unit_at(folded, first)
    if ordinal:
        return 1, _rank(folded, first, unit, ordinal)
    span = _range(folded, numerals, at, unit)
    last, low, high = first, first.low, first.high
    if span is not None:
        last, unit, low, high = span
    if unit is None:
        return 1, _bare(folded, first) or _ratio(folded, first)
    used = 2 if span is not None else 1
    decade = _decade(first, unit)
    if decade is not None:
        item = _Found(begin, unit.end, decade, decade, "岁", "eq", "age", units()["岁"])
    elif not _accept(folded, first, begin, unit):
        return 1, None
    else:
        if sign < 0:
            low, high = (-v if v is not None else None for v in (high, low))
        kind, record = _kind(folded, first, unit)
        item = _Found(begin, unit.end, low, high, unit.word, last.modifier, kind, record)
        _inside(item, unit)
        if used == 1:
            used += _compound(folded, numerals, at, item)
        used += _tail(folded, numerals, at + used, item)
    if item.modifier == "eq" or (item.modifier == "approx" and item.low is not None):
        item.modifier = _leading(folded, item) or item.modifier
    return used, item


def _unit_at(folded: str, numeral: Numeral) -> _Printed | None:
    match = unit_pattern().match(folded, numeral.end)
    if match is None or numeral.form == "fraction":
        return None
    table = units()
    if match["inside"]:
        word = "个" + match["long"]
        return _Printed(word, match.end(), table[word], match["inside"])
    word = match["unit"]
    record = table.get(word)
    if record is None:
        head, sep, tail = re.split(r"([/每(])", word, maxsplit=1)
        if sep == "(":
            record = table[head]
        else:
            a, b = table[head], table[tail]
            factor = a.factor / b.factor if a.factor and b.factor else None
            si = f"{a.si_unit}/{b.si_unit}" if factor else None
            record = Unit(f"{a.name} per {b.name}", f"{a.dimension} per {b.dimension}", "rate", si, factor)
    return _Printed(word, match.end(), record)


def _decade(numeral: Numeral, unit: _Printed) -> float | None:
    """The age that 七旬 means; None for any other quantity."""
    if unit.word != "旬" or numeral.arabic or numeral.low is None or not 5 <= numeral.low <= 10:
        return None
    return numeral.low * 10


def _rank(folded: str, numeral: Numeral, unit: _Printed | None, ordinal: re.Match[str]) -> _Found | None:
    """第一名, 第二位 and 第三 as ranks; other ordinals are no quantities."""
    if numeral.value is None:
        return None
    ranked = _RANKED.search(folded, max(0, ordinal.start() - 12), ordinal.end())
    if unit is not None and unit.word in ("名", "位"):
        if (unit.word == "位" and not ranked) or (
            re.match(r"[^\W\d]{2,8}(?:[,。]|是|为)", folded[unit.end :]) and not ranked
        ):
            return None
        return _Found(ordinal.start(), unit.end, numeral.low, numeral.high, unit.word, "eq", "rank", unit.record)
    if (
        ranked
        and (unit is None or folded[numeral.end] in ",。、;的并")
        and not re.match(r"[^\W\d]", folded[numeral.end :].lstrip(",。、;的并")[:0])
    ) and (folded[numeral.end : numeral.end + 1] in ",。、;!)\n" or numeral.end == len(folded)):
        return _Found(ordinal.start(), numeral.end, numeral.low, numeral.high, "", "eq", "rank", None)
    return None


def _range(
    folded: str, numerals: Sequence[Numeral], at: int, unit: _Printed | None
) -> tuple[Numeral, _Printed, float, float] | None:
    """The second numeral, unit and bounds of a range that begins with numeral `at`: 3至5天, 2000元至5万元."""
    if at + 1 == len(numerals):
        return None
    first, second = numerals[at], numerals[at + 1]
    end = unit.end if unit else first.end
    between = folded[end : second.start]
    if unit is not None and between == "以上" and first.low is not None and second.high is not None:
        other = _unit_at(folded, second)
        if other and other.word == unit.word and folded.startswith("以下", other.end) and first.low < second.high:
            return second, _Printed(other.word, other.end + 2, other.record), first.low, second.high
        return None
    if first.low is None or second.high is None or not _LINK.fullmatch(between):
        return None
    other = _unit_at(folded, second)
    if other is None:
        return None
    low, high = first.low, second.high
    if unit is None:
        tail = folded[second.end - 1]
        if tail in "万亿" and folded[first.end - 1] not in "万亿百千":
            low *= 10**4 if tail == "万" else 10**8
    elif unit.record.dimension != other.record.dimension or (unit.record.kind == "count" and unit.word != other.word):
        return None
    elif unit.record.factor and other.record.factor:
        low *= unit.record.factor / other.record.factor
    if low >= high:
        return None
    return second, other, low, high


def _inside(item: _Found, unit: _Printed) -> None:
    if unit.inside == "半" and item.low is not None and item.high is not None:
        item.low, item.high = item.low + 0.5, item.high + 0.5
    elif unit.inside:
        item.modifier = "gt" if unit.inside == "多" else "approx"


def _compound(folded: str, numerals: Sequence[Numeral], at: int, item: _Found) -> int:
    """Adds smaller units set behind (9小时48分, 一斤二两) and a bare decimal (一米七); how many numerals that took."""
    if at + 1 == len(numerals) or item.record is None or item.record.use != "measure" or item.low is None:
        return 0
    record, second = item.record, numerals[at + 1]
    if record.name == "point":  # 分 is a minute where seconds follow
        record = units()["分钟"]
    if record.factor is None or record.dimension not in ("length", "mass", "duration", "money"):
        return 0
    if second.start != item.end or second.value is None or second.form != "number":
        return 0
    unit = _unit_at(folded, second)
    if unit is None:
        text = folded[second.start : second.end]
        if item.unit in ("米", "块", "元") and len(text) <= 2:
            item.low = item.high = round(item.low + second.value / 10 ** len(text), 6)
            item.end = second.end
            return 1
        return 0
    smaller = units()["分钟"] if unit.word == "分" and record.dimension == "duration" else unit.record
    if smaller.factor is None or smaller.factor >= record.factor or smaller.dimension != record.dimension:
        return 0
    item.low = item.high = round(item.low * record.factor / smaller.factor + second.value, 6)
    item.end, item.unit, item.record, item.kind = unit.end, unit.word, smaller, smaller.kind
    return 1 + _compound(folded, numerals, at + 1, item)


_HALF = re.compile(r"半(?!年|天|月|日|小|个|夜|路|截|价|数|百|点|径|边|山|岛|成)")
_OPEN_KINDS = ("duration", "length", "mass", "money", "age", "area", "volume", "percent", "other", "rate")


def _tail(folded: str, numerals: Sequence[Numeral], at: int, item: _Found) -> int:
    """Takes what stands inside the surface behind the unit, 半, 多, 以上, 左右, 内; how many numerals that took."""
    used = 0
    if item.record is not None and item.low is not None and _HALF.match(folded, item.end):
        item.low, item.high = item.low + 0.5, (item.high or 0) + 0.5
        item.end += 1
        used = 1 if at < len(numerals) and numerals[at].start == item.end - 1 else 0
    elif item.unit == "成" and at < len(numerals) and numerals[at].start == item.end and item.low is not None:
        digit = numerals[at].value  # 八成五
        if (
            digit is not None
            and 0 < digit < 10
            and numerals[at].end == item.end + 1
            and _unit_at(folded, numerals[at]) is None
        ):
            item.low = item.high = item.low + digit / 10
            item.end += 1
            used = 1
    match = _after_pattern().match(folded, item.end)
    if match is None or (item.low != item.high):
        return used
    word, following = match[0], folded[match.end() : match.end() + 1]
    if word == "内" and (item.kind not in ("duration", "length", "money") or following in tuple("部容在外地蒙涵侧")):
        return used
    if word in ("多", "余") and (item.kind not in _OPEN_KINDS or following in tuple("少次个项种款年数万方")):
        return used
    if word == "起" and item.kind not in ("money", "age"):
        return used
    if word in ("前后", "上下") and item.kind == "count":
        return used
    item.end = match.end()
    item.modifier = _modifiers("after")[word]
    return used


def _leading(folded: str, item: _Found) -> str | None:
    match = _before_pattern().search(folded, max(0, item.start - 14), item.start)
    if match is None:
        return None
    if match["of"]:
        return "approx" if item.unit == "倍" else None
    if match["cap"]:
        return "ge" if match["cap"] in ("至少", "最少", "少说") else "le"
    word = match["word"]
    if word in ("近", "约", "超") and folded[match.start() - 1 : match.start()] in tuple("附最靠远签节大预条契就接"):
        return None
    if word in ("最高", "最低", "最多") and item.kind not in ("money", "count", "percent", "duration"):
        return None
    return _modifiers("before")[word]


# --------------------------------------------------------------------------------------------------- what counts
_STOP = re.compile(r"[,。;、!?:\n)”]|$")
_HALVES = frozenset({"年", "天", "小时", "个月", "个小时", "个钟头", "里", "晌"})
_MONEY = re.compile(r"[元钱价值只票卖费花挣赚买付贷款资捐薪骗欠收债奖补讨息税财投]")
_AROUND_THE_CLOCK = re.compile(r"内|以内|之内|后|里|多|以上|[,。;!?]")


def _accept(folded: str, numeral: Numeral, begin: int, unit: _Printed) -> bool:
    """Whether number and unit measure or count here; what is a name, an ordinal or an article is refused."""
    text = folded[numeral.start : numeral.end]
    word, record, end = unit.word, unit.record, unit.end
    before = folded[begin - 1] if begin else "\n"
    following = folded[end] if end < len(folded) else "\n"
    measure = record.use == "measure"
    if record.digits_only and not numeral.arabic and len(text) < 2:
        return False
    if text == "一":
        return bool(unit.inside) or _accept_one(folded, begin, unit, before, following)
    if text in ("百", "千", "万"):  # 百亩, 千家企业, but not 进万家, 百年
        if word in ("年", "天", "日", "岁", "里", "夜", "周年", "倍", "块", "步", "方"):
            return False
        if not measure and (_STOP.match(folded, end) or before in "进访走入" or following in "苗宴"):
            return False
    if text == "几" and before in "好这那前后没":
        return False
    if numeral.form == "half":
        return (
            text in ("半", "大半")
            and before not in "一下上大过"
            and (
                word in _HALVES
                or (measure and record.kind not in ("percent", "rate", "other", "age", "money"))
                or record.use == "container"
            )
            and word not in ("分", "日", "周")
        )
    if text == "二" and not measure and word != "人":
        return False
    if record.use == "noun":
        return _accept_noun(folded, numeral, begin, text, word)
    if word == "年":
        return not (numeral.arabic and numeral.low is not None and numeral.low >= 1000)
    if word == "成":
        return not numeral.arabic and (numeral.low is None or numeral.low <= 10)
    if word == "级":
        return following in "地大阵风强暴台" or bool(
            re.search(r"(?:风力|震级|阵风|大风)(?:达|最大|为|超)?$", folded[max(0, begin - 6) : begin])
        )
    if word in ("分", "度", "里", "方"):
        return (
            numeral.arabic
            or (word == "分" and bool(re.match(r"[零一二三四五六七八九十]{1,3}秒", folded[end : end + 4])))
            or (word == "里" and text[-1] in "来多余几")
        )
    if word in ("小时", "个小时") and numeral.low == 24:
        return (bool(_AROUND_THE_CLOCK.match(folded, end)) and before not in "(") or before in "续战整近超"
    if word in ("次", "届") and re.match(r"会议|全会|全体|代表大会|常委|理事|党代", folded[end : end + 4]):
        return before not in "届大第会"
    if word == "期" and re.match(r"工程|项目|车间|建设|厂房", folded[end : end + 2]):
        return False
    if word in ("夜", "晚") and folded[begin - 1 : begin] == "天" and not numeral.arabic:
        return False
    if not numeral.arabic and word != "个" and not measure and _PLACE_NAME.match(folded, end):
        return False
    if word == "日" and numeral.arabic:
        return following == "内" or bool(
            re.search(r"(?:拘留|为期|工期|缓期|历时|连续)$", folded[max(0, begin - 3) : begin])
        )
    return not (word == "栋" and re.match(r"\d+(?:单元|号|楼)", folded[end : end + 6]))


_PLACE_NAME = re.compile(
    r"[^\W\d个的]{0,2}(?:村(?![民庄级里干集两委落史口子医社])|镇(?![街政里上])|乡(?![镇村亲里政土]))|[^\W\d]南村"
)
_BEFORE_NOUN = re.compile(r"[\u4e00-\u9fff]$")
_NO_NOUN = frozenset(
    "了成的最其中是有那这每另又再出过报喊看拍问跑送围排接先说第唯不抢退吹念盯瞧望摸喝试叫打听想走站坐学厚摞到种"
)
_POSTNOMINAL = frozenset("座箱根台辆处间艘部件名套口头只张幅块面架棵条把支枚床艘份册辆所家栋口尊")


def _accept_one(folded: str, begin: int, unit: _Printed, before: str, following: str) -> bool:
    """一 counts before a unit of measure, after a noun at the end of a clause (冷库一座), and where a bound is told."""
    word, record = unit.word, unit.record
    if before in "每最第这那同统唯后" or folded.startswith("一", unit.end) or record.use == "noun":
        return False
    if folded.startswith("一", begin - 1 - len(word)) and folded.endswith(word, 0, begin):
        return False  # 一寸一寸
    if record.use == "measure":
        if word in ("年", "夜", "晚", "天"):
            return following in "半多" or (word != "天" and following in ",。)的内" and before in "期了研达用满")
        if word in ("度", "分", "级", "方", "时", "里", "日", "代", "旬", "块", "成"):
            return word == "成" and following not in "不"
        if word in ("个星期", "星期"):
            return following not in "一二三四五六日天"
        return True
    if re.search(r"(?:至少|最少|最多|少说)[^\W\d]{0,4}$", folded[max(0, begin - 8) : begin]):
        return True
    if not _STOP.match(folded, unit.end) or (word not in _POSTNOMINAL and not (word in ("次",) and before in "功过")):
        return False
    return bool(_BEFORE_NOUN.match(before)) and before not in _NO_NOUN


def _accept_noun(folded: str, numeral: Numeral, begin: int, text: str, word: str) -> bool:
    """两村, 三地, 26县: a noun counted without a classifier; 二村 and 三区 are names."""
    if word == "方面":
        return True
    if numeral.arabic:
        return word in (
            "县",
            "国",
            "省",
            "市",
            "队",
            "村",
            "镇",
            "乡",
            "地",
            "车道",
            "区县",
            "县区",
            "省份",
            "市县",
            "家人",
        )
    if numeral.form == "vague":
        return word in ("地", "国", "省", "家人")
    if text == "两":
        return True
    if word in ("地", "车道", "路", "国", "口人"):
        return text in tuple("三四五六七八九") and folded[begin - 1 : begin] not in tuple("第鸣踏属")
    return "、" in folded[max(0, begin - 14) : begin] and text in tuple("三四五六七八九")


def _kind(folded: str, numeral: Numeral, unit: _Printed) -> tuple[str, Unit]:
    """The kind of a quantity; 块 and 方 are money and volume only where the words around say so."""
    word, record = unit.word, unit.record
    if word == "块":
        following = folded[unit.end : unit.end + 1]
        clause = folded[max(0, numeral.start - 12) : unit.end + 2]
        if not following.isdigit() and not (
            following in tuple("多钱来")
            or (_STOP.match(folded, unit.end) and _MONEY.search(clause))
            or (numeral.low is None and _MONEY.search(clause))
            or (numeral.low or 0) >= 100
        ):
            return "count", Unit("块", "count", "count", "1", 1.0, "classifier")
    if word == "方" and not (
        folded[numeral.end - 1] in "万千" or folded[unit.end : unit.end + 1] in tuple("土石木水沙砂混料")
    ):
        return "count", Unit("方", "count", "count", "1", 1.0, "classifier")
    return record.kind, record


_RATIO = re.compile(r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+(?![\d:])")
_RATIO_CUE = re.compile(r"(?:[以按比为]|比分|比例)$")


def _ratio(folded: str, numeral: Numeral) -> _Found | None:
    """67:65, 2.7:56.8:40.5: a score or proportion, one quantity without a value."""
    if folded[numeral.end : numeral.end + 1] == "/" and numeral.arabic and re.match(r"/\d+万", folded[numeral.end :]):
        end = numeral.end + len(re.match(r"/\d+万", folded[numeral.end :])[0])  # type: ignore[index]
        return _Found(numeral.start, end, None, None, "", "eq", "rate", None)
    match = _RATIO.match(folded, numeral.start)
    if match is None or not _RATIO_CUE.search(folded, max(0, numeral.start - 3), numeral.start):
        return None
    return _Found(match.start(), match.end(), None, None, "", "eq", "rate", None)


def _bare(folded: str, numeral: Numeral) -> _Found | None:
    """A number without a unit that measures all the same: 三分之二, 一半, 两大, 43.7万."""
    begin, end = numeral.start, numeral.end
    text = folded[begin:end]
    following = folded[end : end + 1]
    if numeral.form == "fraction":
        item = _Found(begin, end, numeral.low, numeral.high, "", "eq", "percent", None)
    elif numeral.form == "half":
        if text == "半" and following == "数":
            end += 1
        elif text != "一半" or following in tuple("会天年个夜"):
            return None
        item = _Found(begin, end, 0.5, 0.5, "", "eq", "percent", None)
    elif text[-1] in "万亿" and len(text) > 1 and numeral.low is not None and following not in tuple("/一"):
        around = folded[max(0, begin - 10) : begin] + folded[end : end + 3]
        kind = "money" if _MONEY.search(around) or "产业链" in folded[end : end + 6] else "count"
        item = _Found(begin, end, numeral.low, numeral.high, "", numeral.modifier, kind, None)
    elif not numeral.arabic and text in tuple("两三四五六七八九十") and _BIG.match(folded, end):
        return _Found(begin, end + 1, numeral.low, numeral.high, "", "eq", "count", None)
    else:
        return None
    _tail(folded, (), 0, item)
    if item.modifier == "eq":
        item.modifier = _leading(folded, item) or "eq"
    if item.modifier == "eq" and text != "一半" and numeral.form == "half" and folded[begin - 1 : begin] == "过":
        item.modifier = "gt"
    return item


def _record(item: _Found) -> Quantity:
    low, high, modifier = item.low, item.high, item.modifier
    value = low if low == high else None
    if value is not None:
        if modifier in ("gt", "ge"):
            high = None
        elif modifier in ("lt", "le"):
            low = None
    unit = item.record
    si = round(value * unit.factor, 9) if unit is not None and unit.factor is not None and value is not None else None
    return Quantity(
        value=value,
        low=low,
        high=high,
        unit=item.unit,
        modifier=modifier,
        kind=item.kind,
        unit_name=unit.name if unit else None,
        dimension=unit.dimension if unit else None,
        si_value=si,
        si_unit=unit.si_unit if unit and si is not None else None,
        source=SOURCE,
    )
