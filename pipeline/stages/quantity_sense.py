"""Whether a number with a unit measures or counts something where it stands, and of which kind it is.

Names, ordinals, slogans and 一 as an article count nothing; 块 and 方 are several units.
"""

from __future__ import annotations

import re

from pipeline.stages.numerals import Numeral
from pipeline.stages.quantity_parts import Printed
from pipeline.stages.units import Unit

_STOP = re.compile(r"[,。;、!?:\n)”]|$")
_HALVES = frozenset({"年", "天", "小时", "个月", "个小时", "个钟头", "里", "晌"})
MONEY = re.compile(r"[元钱价值只票卖费花挣赚买付贷款资捐薪骗欠收债奖补讨息税财投]")
_SECONDS = re.compile(r"[零一二三四五六七八九十]{1,3}秒")
_AROUND_THE_CLOCK = re.compile(r"内|以内|之内|后|里|多|以上|[,。;!?]")


def accept(folded: str, numeral: Numeral, begin: int, unit: Printed) -> bool:
    """Whether number and unit measure or count here; what is a name, an ordinal or an article is refused."""
    text = folded[numeral.start : numeral.end]
    word, record, end = unit.word, unit.record, unit.end
    before = folded[begin - 1] if begin else "\n"
    following = folded[end] if end < len(folded) else "\n"
    measure = record.use == "measure"
    if record.digits_only and not numeral.arabic and len(text) < 2:
        return word == "面" and text != "一" and following in tuple("锦红国党彩旗镜鼓锣墙")
    if word == "周年":
        return False  # an anniversary names
    if word == "番" and "翻" not in folded[max(0, begin - 3) : begin]:
        return False
    if text == "一" and word == "分" and _SECONDS.match(folded, end):
        return True
    if text == "一":
        return bool(unit.inside) or _accept_one(folded, begin, unit, before, following)
    if text == "一一":
        return False  # 唯一一项
    if text in ("百", "千", "万"):  # 百亩, 千家企业, but not 进万家, 百年
        if word in ("年", "天", "日", "岁", "里", "夜", "周年", "倍", "块", "步", "方"):
            return False
        if (
            not measure
            and before not in "近超约逾达破过"
            and (_STOP.match(folded, end) or before in "进访走入" or following in "苗宴")
        ):
            return False
    if text == "几" and before in "好这那前后没":
        return False
    if text == "两" and word in ("天", "年") and before in "这前明后":
        return False  # 这两天 says when
    if numeral.form == "half":
        return (
            text in ("半", "大半")
            and before not in "一下上大过"
            and (
                word in _HALVES
                or word in ("成", "折")
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
    if word == "款" and numeral.arabic and _YEAR.fullmatch(text):
        return False  # 2019款 is a model of that year
    if word == "成":
        return numeral.low is None or numeral.low <= 10
    if word == "级":
        return following in "地大阵风强暴台" or bool(
            re.search(r"(?:风力|震级|阵风|大风)(?:达|最大|为|超)?$", folded[max(0, begin - 6) : begin])
        )
    if word in ("分", "度", "里", "方"):
        return (
            numeral.arabic
            or (word == "分" and bool(_SECONDS.match(folded, end)))
            or (word == "里" and text[-1] in "来多余几")
        )
    if word in ("小时", "个小时") and numeral.low == 24:
        return (bool(_AROUND_THE_CLOCK.match(folded, end)) and before not in "(") or before in "续战整近超"
    if word in ("次", "届") and re.match(r"会议|全会|全体|代表大会|常委|理事|党代", folded[end : end + 4]):
        return before not in "届大第会"
    if word == "期" and re.match(r"工程|项目|车间|建设|厂房|投资", folded[end : end + 2]):
        return False
    if word == "号":
        return numeral.modifier != "eq" or not numeral.arabic
    if word == "组" and (before in "村社区寨屯庄" or (numeral.arabic and _GROUP.match(folded, end))):
        return False  # 7组 of a village has a number
    if word == "层" and before in "在于从到":
        return False  # and so has a floor
    if word in ("夜", "晚") and folded[begin - 1 : begin] == "天" and not numeral.arabic:
        return False
    if not numeral.arabic and word != "个" and not measure and _PLACE_NAME.match(folded, end):
        return False
    if word == "日" and numeral.arabic:
        return following == "内" or bool(
            re.search(r"(?:拘留|为期|工期|缓期|历时|连续)$", folded[max(0, begin - 3) : begin])
        )
    return not (word == "栋" and re.match(r"\d+(?:单元|号|楼)", folded[end : end + 6]))


_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUP = re.compile(r"的?(?:村民|居民|社员|农户|组长)")
_PLACE_NAME = re.compile(
    r"[^\W\d个的]{0,2}(?:村(?![民庄级里干集两委落史口子医社])|镇(?![街政里上])|乡(?![镇村亲里政土]))|[^\W\d]南村"
)
_BEFORE_NOUN = re.compile(r"[\u4e00-\u9fff]$")
_NO_NOUN = frozenset(
    "了成的最其中是有那这每另又再出过报喊看拍问跑送围排接先说第唯不抢退吹念盯瞧望摸喝试叫打听想走站坐学厚摞到种"
)
_NO_YEAR = frozenset("的头又是有某前后来去当何哪同统新首历第单")  # 头一年, 又是一年 name a year
_NO_YEAR_BEFORE = re.compile(r"[一四级度来到之复比更前后以]|中考|下来")  # 一年四季, 一年到头, 一年比一年, 一年来
_POSTNOMINAL = frozenset("座箱根台辆处间艘部件名套口头只张幅块面架棵条把支枚床艘份册辆所家栋口尊")


def _accept_one(folded: str, begin: int, unit: Printed, before: str, following: str) -> bool:
    """一 counts before a unit of measure, after a noun at the end of a clause (冷库一座), and where a bound is told."""
    word, record = unit.word, unit.record
    if (
        before in "每最第这那同统唯后"
        or folded.endswith("一", 0, begin - 1)
        or folded.startswith("一", unit.end)
        or record.use == "noun"
    ):
        return False
    if folded.startswith("一", begin - 1 - len(word)) and folded.endswith(word, 0, begin):
        return False  # 一寸一寸
    if record.use == "measure":
        if word == "年":
            return before not in _NO_YEAR and not _NO_YEAR_BEFORE.match(folded, unit.end)
        if word in ("夜", "晚", "天"):
            more = following == "多" or (following == "半" and not folded.startswith("夜", unit.end + 1))
            return more or (word != "天" and following in ",。)的内" and before in "期了研达用满")
        if word in ("度", "分", "级", "方", "时", "里", "日", "代", "旬", "块", "成"):
            return word == "成" and following not in "不"
        if word in ("个星期", "星期"):
            return following not in "一二三四五六日天"
        return True
    if re.search(r"(?:至少|最少|最多|少说)(?!的)[^\W\d]{0,4}$", folded[max(0, begin - 8) : begin]):
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


_ELECTRIC = re.compile(r"电|千瓦|光伏|功率")
_WARM = re.compile(r"[温热烧冷冻]|零下|摄氏|[升降]至?$")


def _degree(folded: str, start: int, end: int) -> Unit | None:
    """度 of electricity or of temperature, by the words of the clause around; None for angles and the like."""
    low = max(folded.rfind(c, 0, start) for c in ",。;!?\n")
    around = folded[max(low + 1, start - 14) : start] + folded[end : end + 3]
    if _ELECTRIC.search(around):
        return Unit("kilowatt hour", "energy", "other", "J", 3.6e6)
    if _WARM.search(around):
        return Unit("degree Celsius", "temperature", "other", "degC", 1.0)
    return None


def kind_of(folded: str, numeral: Numeral, unit: Printed) -> tuple[str, Unit]:
    """The kind of a quantity; 块 and 方 are money and volume only where the words around say so."""
    word, record = unit.word, unit.record
    if word == "块":
        following = folded[unit.end : unit.end + 1]
        clause = folded[max(0, numeral.start - 12) : unit.end + 2]
        if not following.isdigit() and not (
            following in tuple("多钱来")
            or (_STOP.match(folded, unit.end) and MONEY.search(clause))
            or (numeral.low is None and MONEY.search(clause))
            or (numeral.low or 0) >= 100
        ):
            return "count", Unit("块", "count", "count", "1", 1.0, "classifier")
    if word == "分" and re.match("[地田菜]", folded[unit.end : unit.end + 1]):
        return "area", Unit("tenth of a mu", "area", "area", "m2", 200 / 3)
    if word == "度":
        return record.kind, _degree(folded, numeral.start, unit.end) or record
    if word == "方" and not (
        folded[numeral.end - 1] in "万千" or folded[unit.end : unit.end + 1] in tuple("土石木水沙砂混料")
    ):
        return "count", Unit("方", "count", "count", "1", 1.0, "classifier")
    return record.kind, record
