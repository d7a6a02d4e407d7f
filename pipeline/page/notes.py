"""Lines that say where a text or picture comes from and sign no name: (综合), 据新华社, 图片由某局提供, 来源:某报.

All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re

_HAN = "一-鿿"
_AGENCY = rf"(?:新华社|中新社|中新网|新华网|人民网|央视网|央广网|央视新闻|人民日报|光明日报|经济日报|中国新闻网|[{_HAN}]{{2,8}}(?:日报|晚报|晨报|时报|融媒|新闻网|客户端|公众号|发布))"
_FROM = re.compile(
    rf"(?:综合|本报综合(?:整理|报道|消息)?|综合(?:整理|报道|消息))"
    rf"|(?:综合|据|转载?自|摘自|转自|原载|选自)\s?(?:{_AGENCY}|《[^《》]{{2,16}}》)(?:[、,]?(?:{_AGENCY}|《[^《》]{{2,16}}》)){{0,3}}(?:[{_HAN}\d]{{0,10}}(?:电|讯|报道|消息|公众号))?"
    rf"|{_AGENCY}(?:[{_HAN}]{{0,6}}\d{{1,2}}月\d{{1,2}}日)?(?:电|讯)"
)
PICTURE_AGENCIES = "视觉中国|人民视觉|人民图片|光明图片"
_AGENCY_ALONE = re.compile(rf"新华社|中新社|中新网|人民网|新华网|央视网|央视新闻|{PICTURE_AGENCIES}")
_SOURCE = re.compile(r"(?:^|\s)(?:稿件|文章|信息|图片|图文|文图|资料|素材)?来源\s?[:/|]\s?[^\s,。;:]{2,16}")
_PICTURE = re.compile(
    r"(?:本版|本组|本文|本报|文中|题图|以上)?(?:资料图片?|资料照片|(?:数码)?传真照片|网络图片|图片来自网络|图[据源](?:网络|AI)|(?:图片|照片|配图|图)(?:均|都)?[由为/:\s].{0,16}(?:提供|供图)"
    r"|(?:图片|照片|配图).{0,16}(?:提供|供图)|(?:受访者|受访单位|主办方|活动方|本人|企业|学校|资料)供图)"
)
_AUTHOR = re.compile(r"作者(?:单位\s?[:/]|简介\s?[:/]|[系为是])[^。]{2,40}")
_SENDER = re.compile(
    rf"供稿单位(?:\s?[:/]\s?|\s)[{_HAN}、\s]{{2,30}}|供稿\s?[:/]\s?[{_HAN}]{{0,16}}[局委办部会联院校站社处所队司行室科馆中心府镇乡村]"
)
_ADVISER = re.compile(
    rf"\s{{0,9}}(?:指导|辅导)(?:老师|教师|员)(?:\s?[:/]\s?|\s)[{_HAN}]{{2,4}}(?:[\s、][{_HAN}]{{2,4}})?$"
)


def is_note(text: str, bracketed: bool) -> bool:
    """Whether a line, or what stands in brackets, only tells a source. 新华社 alone does in brackets only."""
    if _FROM.fullmatch(text):
        return bracketed or text != "综合"
    if bracketed and _AGENCY_ALONE.fullmatch(text):
        return True
    return any(pattern.fullmatch(text) for pattern in (_PICTURE, _SOURCE, _AUTHOR, _SENDER, _ADVISER))


def without_note(text: str) -> str:
    """A byline without the source or the adviser of a young author behind its names; the text itself if nothing is left."""
    return _ADVISER.sub("", _SOURCE.sub("", text).strip()).strip() or text
