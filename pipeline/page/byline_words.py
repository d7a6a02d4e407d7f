"""The words of bylines: roles, houses and ranks before them, works signed, units, and what no name is.

Patterns for folded text (pipeline.folding), which `bylines` reads a byline with.
"""

from __future__ import annotations

import re

from pipeline.page.byline_spelling import MARKS
from pipeline.page.name_forms import HAN
from pipeline.page.notes import PICTURE_AGENCIES

HOUSE = "融媒体中心|融媒体|融媒|全媒体|日报|晚报|早报|晨报|时报|商报|周报|报社|报业|电视台|传媒|网|新闻|视频|客户端|在线|发布"
BEFORE = rf"本报|新华社|中新社|本台|本社|本刊|本网|见习|实习|农民|市民|校园|视频|摄影|文字|全媒体|融媒体|全媒|融媒|新媒体|首席|高级|资深|主任|优秀|基层|村级|特约|特派|驻站|驻地|(?:本报)?驻[{HAN}]{{2,6}}?(?=记者|通讯员)|[{HAN}]{{0,9}}?(?:{HOUSE})"
REPORTER = re.compile(
    rf"(?:{BEFORE}){{0,4}}(?:记者站?|主笔)|(?:{BEFORE}){{1,3}}(?:采访|报道)[组团队]|[{HAN}·]{{1,14}}?记者站?(?=[\s:/|])|(?:[{HAN}]{{0,9}}?)(?:融媒体中心|融媒体|融媒)(?![{HAN}]*记者)"
)
CORRESPONDENT = re.compile(rf"(?:{BEFORE}|骨干){{0,4}}(?:通讯员|通迅员|实习生|特约撰稿人?|通联员|报道员|特邀撰稿人?)")
PHOTOGRAPHER = re.compile(
    r"(?:(?:本报|首席|特约|资深){0,2}(?:图片摄影|摄影|图片|照片)|供图|影像|视频|摄像|航拍|图)(?=[/:\s|])|摄影(?=["
    + HAN
    + "])(?!报道)"
)
PHOTO_BEFORE = re.compile(r"摄(?=[/:])")  # 文/甲乙;摄/丙丁
WRITER = re.compile(r"(?:文字|撰文|撰稿|文稿|来稿|投稿|(?:本文)?作者|文)(?=[/:\s|])")
CREDIT_BEHIND = re.compile(r"[文图](?=$|[\s)、,;])")
WRITTEN_BY = re.compile(
    r"(?:采写|采访|记录|撰写|执笔|撰稿|撰文|整理|供稿|漫画作者|漫画|插图|插画|绘图|(?:本报)?(?:特约)?评论员)(?=[:/\s|])[:/\s]*"
)
EDITOR = re.compile(
    r"(?:本版|本期|今日|视频|文字|图片|美术|网络|见习|实习|新媒体)?(?:责任编辑|值班编辑|值班编委|值班主任|值班总编|责编|编辑|编审|主编|美编|组版|排版|校对|编校|版式设计|版式|口述人?|讲述人?|审核|"
    r"[一二三初复终]审|监制|统筹|总?策划|执行|制图|指导老师|指导教师)(?=[:/\s|])[:/\s|]*"
)
WIRE = re.compile(r"(?:新华社|中新社|本报)(?:稿|发|供本报专稿)(?:\s*\((.{2,16})\))?")
BOTH = re.compile(rf"文/图|图/文|(?:文[、·]?图|图、?文|摄影/?文字|文字/?摄影|文[并/]?摄影?)(?![{HAN}])")
ROLE_IN_CHUNK = re.compile(rf"(?:(?:{BEFORE}){{0,4}}(?:记者|通讯员)|实习生)")
PLACE_REPORT = re.compile(rf"[{HAN}]{{0,6}}报道$")
ORG = re.compile(
    rf"[{HAN}]{{2,}}(?:局|委|办|部|会|联|院|校|站|台|社|处|所|队|团|司|行|室|科|馆|园|厂|库|中心|小学|中学|大学|融媒|政府|街道|镇|乡|县|区|市|村|场|矿|店|[一二三四五六七八九十]中|[一二三四五六七八九十附实]小|[附高初]中|支行|报)$"
)
STUCK = re.compile(rf"([{HAN}]{{1,12}}?)((?:摄影|综合|采访|现场)?报道|摄影|撰稿|采写|整理)")
NO_PERSON = re.compile(
    r"本报|记者|通讯员|讯$|.族$|^(?:近日|日前|昨[日天]|今[日天]|目前|采[写访]|报道|消息|综合|整理|编辑|摄影|责编|来稿|连载|[左右前后中][一二三四五六七八九十]|[男女]生)$"
)
WHO = re.compile(r"(?:网友|读者|市民|村民|居民|学生|志愿者|(?:特约|特邀)?摄影师|摄影爱好者)(?=[\s:/])")
TOLD = re.compile(r"(?:口述|讲述)(?=$|[\s)/])")  # 甲乙丙 口述 丁戊 整理
CLASS = re.compile(r"[一二三四五六七八九十初高]{1,3}年?级?[^\s]{0,4}班(?=\s)")
PLACE_OF = re.compile(r"\((?![^()]{0,16}(?:记者|通讯员|[摄文图]))[^()]{2,16}\)")
OWN_UNIT = re.compile(rf"([{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}})?)\s?\(([{HAN}]{{4,20}})\)")  # 甲乙(某县第一小学)
SIGNATURE = re.compile(  # ——某县某局局长 甲乙丙, behind a comment; ——记…, ——访… are headlines
    rf"(?:—{{1,3}}|-{{2,3}})\s*(?![记访])[{HAN}、]{{0,30}}(?:书记|主任|[长员授师民席人友者生镇乡村市县区社会院校局]|经理)\s+([{HAN}]{{2,4}}|[{HAN}]\s[{HAN}])"
)
POST = re.compile(
    rf"[{HAN}][{HAN}、]{{1,20}}(?:书记|主席|主任|委员|代表|经理|[省市县区镇乡村局厅院校处科会部队站所园馆社]长)"
)
GAP = re.compile(rf"[\s、,;/:|&{re.escape(MARKS)}]+")
DASH_SIGNS = re.compile(r"(?:—{1,3}|-{2,3})\s*")
READER = re.compile(r"(?:读者|网友)\s?[:\s]\s?")
UNIT_END = re.compile(r"[局委联办部会院校站台社处所队司行室科馆园厂库场矿店报心学府道镇乡县区市州旗省村中小]")
NEVER = re.compile(r"[。!?“”《》\d]")  # what no byline holds
PHOTO_BEHIND = re.compile(r"(?:摄影报道|摄影|摄制|拍摄|航拍|摄)(?=$|[\s)、,;/])")
WORD_BEHIND = re.compile(
    r"(?:综合报道|采访报道|整理报道|编辑整理|报道|供稿|来稿|供图|撰稿|整理|摘编|采写|编辑|漫画)(?=$|[\s)、,;/])|[绘画作摘荐书](?=$)"
)
WORK_BEHIND = "绘画作摘荐"  # 甲乙丙作, in brackets
CHUNK = re.compile(rf"[{HAN}·]+")
NO_RUN = re.compile(  # in what stands behind 记者 and is no name: 记者手记, 记者获悉
    r"[日天近昨今获了从在走到采来于就说问对向的与和是有未不]|手记|感言|观察|调查|札记|随笔|点评|追踪|专访|连线|体验|眼中|节|证|图|完|附|化名"
)
STOCK = re.compile(  # where a picture is from, in the place of a name
    r"(?:(?:受访者|受访单位|受访对象|采访对象|主办方|活动方|本人|企业|学校|单位|资料|网络|视觉中国|人民视觉)(?:供图|提供|图片?|照片)"
    rf"|{PICTURE_AGENCIES}|新华社发|(?P<short>资料|网络|网图))(?=$|[\s)、,;])"
)
STOCK_BEHIND = re.compile(rf"\s?[(](?:{PICTURE_AGENCIES}|新华社发|资料图片?|资料照片)[)]$")
ONLY_BEFORE = re.compile(rf"(?:{BEFORE}){{1,4}}")
HOUSE_NAME = re.compile(rf"[{HAN}]{{2,8}}")
HOUSE_BEFORE = re.compile(rf"[/+·、](?=[{HAN}]{{0,8}}记者)")  # between two houses, or behind the name of an app
TWO_HOUSES = re.compile(
    rf"[{HAN}]{{2,8}}[报网台]·(?:[{HAN}]{{2,8}})?|[{HAN}]{{2,8}}·[{HAN}]{{0,6}}(?:客户端|新闻)"
)  # before 记者
HOUSE_SIGN = re.compile(r"[媒报网社台本驻习小]")  # in what stands before 记者 and is no name
