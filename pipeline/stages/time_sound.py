"""Whether what the pattern of points found makes a time: house numbers, scores, honours and names of feasts are none."""

from __future__ import annotations

import re

from pipeline.stages.time_grammar import Grammar

_GROUPS = ("y", "ry", "reign", "m", "rm", "lm", "m1", "d", "rd", "stretch", "season", "named", "part", "h")
_BEFORE_YEAR = "\n,。;:、“(到至在从于和与及明比是"
# 以21:15, 比分为3:10, 按1:10
_RATIO = re.compile(r"(?:比分|比例|配比|比率|比值|以|按|按照)(?:为|是|约|达|由|从)?$|\d:\d{1,2}[、,]$")
_SCORED = re.compile(
    r"(?:的)?(?:大?比分|比例|好?成绩|战胜|击败|险胜|力克|大胜|完胜|获胜|取胜|胜|负|不敌|领先|落后|惜败|横扫|逆转|告负|淘汰|打败|战平)"
)
_HONOUR = re.compile(r"(?:国际)?(?:劳动奖|红旗|奖章|勋章)")  # “三八”红旗手, “五一”劳动奖章
# a feast or lunar day that is spoken of, or that an activity is named by
_SPOKEN_OF = re.compile(r"又[称叫名]|定为|[是为](?:我国|中国|中华|传统)|(?:主题)?活动|里的|习俗|由来|文化")
_HOUSE = re.compile(r"[路街巷弄道楼栋幢座区园院里村镇市场段室第、〕】)\d]$")
_OPENING = frozenset(("凌晨", "清晨", "上午", "中午", "下午", "傍晚", "深夜"))  # at the beginning of a sentence
_NO_DAY = re.compile(r"(?:拘留|为期|工期|每|共|连续|满|历时|达|超|近|约|用|第|[、.])$")
_NAMED_ALONE = re.compile(r"前|后|当|期|假|里|,|节|的|祭扫|时节")


def sound(match: re.Match[str], text: str, words: Grammar) -> bool:
    """Whether the words found make a time: a lone part of the day, a lone 底 or season needs more around it."""
    start, end = match.start(), match.end()
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    groups = [group for group in _GROUPS if match[group]]
    if not groups:
        return False
    if (match["ry"] or "").startswith("后年") and before not in _BEFORE_YEAR:
        return False  # 建成后年产值, 投产后年底
    if len(groups) > 1:
        return groups != ["season", "part"] or len(match["season"]) > 1  # 夏夜 is in names
    group, word = groups[0], match[groups[0]]
    if group == "d":
        if match["dw"] == "号":  # also a house or a box
            return word.isdigit() and after in "\n,。上下早晚当前" and not _HOUSE.search(text, max(0, start - 1), start)
        if not word.isdigit() or before in "第" or after in "均报内游常资后":
            return False
        if after == "起" and before not in ",。;自从\n":
            return False
        return _NO_DAY.search(text, max(0, start - 2), start) is None
    if group == "part":
        if word in ("晚", "夜", "晨", "半夜", "天亮", "早"):
            return False
        return (before in ",。;!?”:\n" and after == ",") or (before in "。\n" and word in _OPENING and after != "\n")
    if group == "season":
        opens = len(match[0]) > 1 and before in ",。;!?“”:\n" and word not in ("开春", "秋后", "入秋", "入冬")
        return opens or word in ("入秋", "入冬") or match[0].endswith("日")  # 夏日的夜晚
    if group == "stretch":
        if len(word) == 1 or word in ("同期", "新学期") or before in "整0123456789一两二三四五六七八九十几半":
            return False
        return not (word == "全年" and after in "龄约")
    if group == "ry":
        if word == "明年" and after in "少幼老迈轻仅近过事龄":  # the end of a name and 年少
            return False
        if len(word) == 1 or after in "纪岁级":
            return False
        clipped = word in ("前年", "当年", "那年", "这年", "来年", "上年", "本年")
        return not (clipped and before in "往以之生岁产")
    if group == "rm":
        return word != "月" or (bool(match["xun"]) and after not in "一二三四五六七八九十")  # 五月初五
    if group == "named":
        if _HONOUR.match(text, end):
            return False
        if words.stretches.get(word, "") is None or word in words.narrow:
            return match[0].endswith("期间")
        if word in words.bare:
            if after == "," and "\u4e00" <= before <= "\u9fff" and before not in "在到逢了":
                return False  # a name of a person may hold one
            return match[0] != word or _NAMED_ALONE.match(text, end) is not None
        spoken_of = match[0] == word and (before in "叫称" or _SPOKEN_OF.match(text, end))
        return after not in "晚联文礼祭粽饼团大·" and not (spoken_of and word in words.festivals)
    if group == "lm":
        return _SPOKEN_OF.match(text, end) is None
    if group == "h":
        if ":" in match[0]:
            score = _RATIO.search(text, max(0, start - 8), start) or _SCORED.match(text, end)
            return bool(match["mi"]) and not score
        bare = word in "一两三四五六七八九十" and not match["hf"] and not match["mi"] and not match["about"]
        return not bare
    if group == "m":
        return before != "第" and after not in "刊娘"
    return True
