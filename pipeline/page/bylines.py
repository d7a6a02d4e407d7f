"""Bylines: who wrote or took it, as newspapers print it, and the role of each name.

Bylines stand on lines of their own (`■ 本报记者 甲乙 通讯员 丙 丁`), in datelines (`本报讯(记者 甲乙)`) and behind the
last sentence (`(通讯员 甲乙)`, `甲乙 摄`). All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.place_names import upper_names
from pipeline.lexicon.place_names import words as place_words
from pipeline.page.byline_spelling import MARKS, plain, unmarked
from pipeline.page.name_forms import HAN, NAME, cut_names, is_name, join_names
from pipeline.page.notes import PICTURE_AGENCIES, is_note
from pipeline.records import Byline

_HOUSE = "融媒体中心|融媒体|融媒|全媒体|日报|晚报|早报|晨报|时报|商报|周报|报社|报业|电视台|传媒|网|新闻|视频|客户端|在线|发布"
_BEFORE = rf"本报|新华社|中新社|本台|本社|本刊|本网|见习|实习|农民|市民|校园|视频|摄影|文字|全媒体|融媒体|全媒|融媒|新媒体|首席|高级|资深|主任|优秀|基层|村级|特约|特派|驻站|驻地|(?:本报)?驻[{HAN}]{{2,6}}?(?=记者|通讯员)|[{HAN}]{{0,9}}?(?:{_HOUSE})"
_REPORTER = re.compile(
    rf"(?:{_BEFORE}){{0,4}}(?:记者站?|主笔)|(?:{_BEFORE}){{1,3}}(?:采访|报道)[组团队]|[{HAN}·]{{1,14}}?记者站?(?=[\s:/|])|(?:[{HAN}]{{0,9}}?)(?:融媒体中心|融媒体|融媒)(?![{HAN}]*记者)"
)
_CORRESPONDENT = re.compile(rf"(?:{_BEFORE}|骨干){{0,4}}(?:通讯员|通迅员|实习生|特约撰稿人?|通联员|报道员|特邀撰稿人?)")
_PHOTOGRAPHER = re.compile(
    r"(?:(?:本报|首席|特约|资深){0,2}(?:图片摄影|摄影|图片|照片)|供图|影像|视频|摄像|航拍|图)(?=[/:\s|])|摄影(?=["
    + HAN
    + "])(?!报道)"
)
_PHOTO_BEFORE = re.compile(r"摄(?=[/:])")  # 文/甲乙;摄/丙丁
_WRITER = re.compile(r"(?:文字|撰文|撰稿|文稿|来稿|投稿|(?:本文)?作者|文)(?=[/:\s|])")
_CREDIT_BEHIND = re.compile(r"[文图](?=$|[\s)、,;])")
_CREDITS = ("writer", "photographer")
_ROLES = ("reporter", "correspondent", "photographer")
_WRITTEN_BY = re.compile(
    r"(?:采写|采访|记录|撰写|执笔|撰稿|撰文|整理|供稿|漫画作者|漫画|插图|插画|绘图|(?:本报)?(?:特约)?评论员)(?=[:/\s|])[:/\s]*"
)
_EDITOR = re.compile(
    r"(?:本版|本期|今日|视频|文字|图片|美术|网络|见习|实习|新媒体)?(?:责任编辑|值班编辑|值班编委|值班主任|值班总编|责编|编辑|编审|主编|美编|组版|排版|校对|编校|版式设计|版式|口述人?|讲述人?|审核|"
    r"[一二三初复终]审|监制|统筹|总?策划|执行|制图|指导老师|指导教师)(?=[:/\s|])[:/\s|]*"
)
_WIRE = re.compile(r"(?:新华社|中新社|本报)(?:稿|发|供本报专稿)(?:\s*\((.{2,16})\))?")
_BOTH = re.compile(rf"文/图|图/文|(?:文[、·]?图|图、?文|摄影/?文字|文字/?摄影|文[并/]?摄影?)(?![{HAN}])")
_ROLE_IN_CHUNK = re.compile(rf"(?:(?:{_BEFORE}){{0,4}}(?:记者|通讯员)|实习生)")
_PLACE_REPORT = re.compile(rf"[{HAN}]{{0,6}}报道$")
_ORG = re.compile(
    rf"[{HAN}]{{2,}}(?:局|委|办|部|会|联|院|校|站|台|社|处|所|队|团|司|行|室|科|馆|园|厂|库|中心|小学|中学|大学|融媒|政府|街道|镇|乡|县|区|市|村|场|矿|店|[一二三四五六七八九十]中|[一二三四五六七八九十附实]小|[附高初]中|支行|报)$"
)
_STUCK = re.compile(rf"([{HAN}]{{1,12}}?)((?:摄影|综合|采访|现场)?报道|摄影|撰稿|采写|整理)")
_NO_PERSON = re.compile(
    r"本报|记者|通讯员|讯$|.族$|^(?:近日|日前|昨[日天]|今[日天]|目前|采[写访]|报道|消息|综合|整理|编辑|摄影|责编|来稿|连载|[左右前后中][一二三四五六七八九十]|[男女]生)$"
)
_WHO = re.compile(r"(?:网友|读者|市民|村民|居民|学生|志愿者|(?:特约|特邀)?摄影师|摄影爱好者)(?=[\s:/])")
_TOLD = re.compile(r"(?:口述|讲述)(?=$|[\s)/])")  # 甲乙丙 口述 丁戊 整理
_CLASS = re.compile(r"[一二三四五六七八九十初高]{1,3}年?级?[^\s]{0,4}班(?=\s)")
_PLACE_OF = re.compile(r"\((?![^()]{0,16}(?:记者|通讯员|[摄文图]))[^()]{2,16}\)")
_OWN_UNIT = re.compile(rf"([{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}})?)\s?\(([{HAN}]{{4,20}})\)")  # 甲乙(某县第一小学)
_SIGNATURE = re.compile(  # ——某县某局局长 甲乙丙, behind a comment; ——记…, ——访… are headlines
    rf"(?:—{{1,3}}|-{{2,3}})\s*(?![记访])[{HAN}、]{{0,30}}(?:书记|主任|[长员授师民席人友者生镇乡村市县区社会院校局]|经理)\s+([{HAN}]{{2,4}}|[{HAN}]\s[{HAN}])"
)
_POST = re.compile(
    rf"[{HAN}]{{2,}}[{HAN}、]{{0,16}}(?:书记|主席|主任|委员|代表|经理|[省市县区镇乡村局厅院校处科会部队站所园馆社]长)"
)
_GAP = re.compile(rf"[\s、,;/:|&{re.escape(MARKS)}]+")
_DASH_SIGNS = re.compile(r"(?:—{1,3}|-{2,3})\s*")
_READER = re.compile(r"(?:读者|网友)\s?[:\s]\s?")
_UNIT_END = re.compile(r"[局委联办部会院校站台社处所队司行室科馆园厂库场矿店报心学府道镇乡县区市州旗省村中小]")
SIGNS = 4.0  # log odds of a name that signs by itself
_LOOKS = 3.0  # … of one run together with others, where nothing but its form speaks for a byline
_PEN_NAME = 2.2  # log odds of two characters as those of a given name, for a name without surname in brackets
_NEVER = re.compile(r"[。!?“”《》\d]")  # what no byline holds
_PHOTO_BEHIND = re.compile(r"(?:摄影报道|摄影|摄制|拍摄|航拍|摄)(?=$|[\s)、,;/])")
_WORD_BEHIND = re.compile(
    r"(?:综合报道|采访报道|整理报道|编辑整理|报道|供稿|来稿|供图|撰稿|整理|摘编|采写|编辑|漫画)(?=$|[\s)、,;/])|[绘画作摘荐书](?=$)"
)
_WORK_BEHIND = "绘画作摘荐"  # 甲乙丙作, in brackets
_CHUNK = re.compile(rf"[{HAN}·]+")
_NO_RUN = re.compile(  # in what stands behind 记者 and is no name: 记者手记, 记者获悉
    r"[日天近昨今获了从在走到采来于就说问对向的与和是有未不]|手记|感言|观察|调查|札记|随笔|点评|追踪|专访|连线|体验|眼中|节|证|图|完|附|化名"
)
_STOCK = re.compile(  # where a picture is from, in the place of a name
    r"(?:(?:受访者|受访单位|受访对象|采访对象|主办方|活动方|本人|企业|学校|单位|资料|网络|视觉中国|人民视觉)(?:供图|提供|图片?|照片)"
    rf"|{PICTURE_AGENCIES}|新华社发|(?P<short>资料|网络|网图))(?=$|[\s)、,;])"
)
_STOCK_BEHIND = re.compile(rf"\s?[(](?:{PICTURE_AGENCIES}|新华社发|资料图片?|资料照片)[)]$")
_ONLY_BEFORE = re.compile(rf"(?:{_BEFORE}){{1,4}}")
_HOUSE_NAME = re.compile(rf"[{HAN}]{{2,8}}")
_HOUSE_BEFORE = re.compile(rf"[/+·、](?=[{HAN}]{{0,8}}记者)")  # between two houses, or behind the name of an app
_TWO_HOUSES = re.compile(
    rf"[{HAN}]{{2,8}}[报网台]·(?:[{HAN}]{{2,8}})?|[{HAN}]{{2,8}}·[{HAN}]{{0,6}}(?:客户端|新闻)"
)  # before 记者
_HOUSE_SIGN = re.compile(r"[媒报网社台本驻习小]")  # in what stands before 记者 and is no name


@dataclass(frozen=True, slots=True)
class Credit:
    """What a byline says. `sure` if a role, a mark, brackets or 摄 show it to be one; else only its form speaks for it."""

    bylines: tuple[Byline, ...]
    sure: bool
    photo: bool = False  # signed as a photograph: 摄, 摄影报道
    both: bool = False  # words and pictures are of the same hand: 文/图
    marked: bool = False  # begins with ■ or the like


def _boxed(text: str) -> Credit | None:
    """A byline behind 口, which □ is often taken for: the names have to be sure."""
    credit = parse("□" + text[1:])
    names = [byline.name for byline in credit.bylines] if credit else []
    sure = all(map(is_name, names)) and any(person_names().score(name) >= SIGNS for name in names)
    return credit if names and (sure or _ROLE_IN_CHUNK.match(text[1:].lstrip())) else None


def is_house(text: str) -> bool:
    """Whether a folded text is the name of an organisation or a post in one, as stands before the names of its people."""
    return _ORG.fullmatch(text) is not None or _POST.fullmatch(text) is not None


@lru_cache(maxsize=512)  # the neighbours of a line ask for it again
def parse(text: str, likely: bool = False) -> Credit | None:
    """The credit that `text` is from end to end, or None if it is not a byline; `likely` to be one by its place.

    `text` is folded and may stand in brackets. Names set apart by spaces inside (`甲 乙`) are put together.
    """
    text = text.strip().replace("丨", "|")
    if text[:1] == "口" and (credit := _boxed(text)):
        return credit
    text, marked = unmarked(text)
    bracketed = text[:1] in "([【〔" and text[-1:] in ")]】〕"
    if bracketed:
        text = text[1:-1].strip()
    if is_note(text, bracketed):
        return Credit((), True)
    text = plain(text)
    text = _STOCK_BEHIND.sub("", text)
    if m := _WIRE.fullmatch(text):
        return (parse(m[1]) if m[1] else None) or Credit((), True)
    if (m := _SIGNATURE.fullmatch(text)) and is_name(name := "".join(m[1].split())):
        return Credit((Byline(name, "correspondent"),), True)
    if m := _DASH_SIGNS.match(text):
        name = text[m.end() :]
        if is_name(name) and person_names().score(name) >= SIGNS:
            return Credit((Byline(name, "correspondent"),), True)
        text = name if _READER.match(name) else text
    if (m := _READER.match(text)) and is_name(text[m.end() :]):
        return Credit((Byline(text[m.end() :], "correspondent"),), True)
    if (m := _OWN_UNIT.search(text)) and _ORG.fullmatch(m[2]):
        text = text[: m.end(1)] + text[m.end() :]
        if is_name(text):
            return Credit((Byline(text, "correspondent"),), True)
    elif "记者" in text or "通讯员" in text:
        text = _PLACE_OF.sub(" ", text)  # 甲乙(某县)
    if not 2 <= len(text) <= 90 or _NEVER.search(text):
        return None
    parser = _Parser(bracketed, likely or bracketed or marked or len(_ROLE_IN_CHUNK.findall(text)) > 1)
    return parser.credit(marked) if parser.read(text) else None


_BYLINE_BEFORE = re.compile(r"[^()\[\]【】。!?;”]{1,40}$")
_BYLINE_AFTER = re.compile(r"[^()\[\]【】。!?;“”]{1,40}")
_ROLE_WORD = re.compile(r"记者|通讯员|摄|文|图|融媒|报道|编辑|整理|供稿")
_ROLE_NEXT = re.compile(r"(?:摄影?|文|图|本报|记者|通讯员|报道|供图|供稿)(?=$|[\s)/:、,]|[一-鿿])")


def names_part(before: str, after: str) -> bool:
    """Whether a byline that goes on from one folded line to the next has a space there: 甲乙|丙丁 are two names, 甲|乙 one."""
    left, right = _BYLINE_BEFORE.search(before), _BYLINE_AFTER.match(after)
    if not left or not right or not _ROLE_WORD.search(left[0] + right[0]):
        return False
    one, two = _likely_names(left[0] + right[0]), _likely_names(f"{left[0]} {right[0]}")
    return two > one or (two == one > 0 and _ROLE_NEXT.match(right[0]) is not None)


def _likely_names(text: str) -> float:
    """Share of the names of a byline that look like names; 0 if it is none."""
    credit = parse(text) if "," not in text else None
    if not credit or not credit.bylines:
        return 0.0
    return sum(is_name(b.name) for b in credit.bylines) / len(credit.bylines)


@dataclass(slots=True)
class _Group:
    """Pieces of names under one role."""

    role: str | None
    chunks: list[str]


class _Parser:
    """Reads a byline word by word: roles open groups of names, words behind names sign them."""

    def __init__(self, bracketed: bool, likely: bool):
        self.bracketed = bracketed
        self.likely = likely  # to be a byline, by its brackets, its mark or several roles
        self.groups = [_Group(None, [])]
        self.sure = self.photo = self.both = False
        self.after_space = False
        self.sent = False  # by an organisation: …局供稿
        self.behind = False  # 文 and 图 stand behind the names they sign: 甲乙/文 丙丁/图

    def read(self, text: str) -> bool:
        """Whether all of `text` has a reading."""
        at = 0
        while at < len(text):
            self.after_space = at > 0 and text[at - 1].isspace()
            step = self.step(text[at:])
            if not step:
                return False
            at += step
        return True

    def step(self, rest: str) -> int:
        """Read the first word of `rest`: its length, 0 if it has no place in a byline."""
        if m := _GAP.match(rest):
            return m.end()
        if m := _BOTH.match(rest):
            self.both = self.sure = True
            return m.end()
        if (m := _WHO.match(rest)) or (m := _CLASS.match(rest)):
            return m.end()
        if (m := _STOCK.match(rest)) and not (m["short"] and self.groups[-1].role != "photographer"):
            self.sent = self.sure = True
            return m.end()
        names = self.groups[-1].chunks
        if names and not self.groups[-1].role and (m := _TOLD.match(rest)):
            self.groups[-1].role = "editor"
            self.groups.append(_Group(None, []))
            return m.end()
        if (m := _EDITOR.match(rest)) or (m := _WRITTEN_BY.match(rest)):
            self.sure = True
            self.groups.append(_Group("editor" if m.re is _EDITOR else None, []))
            return m.end()
        whole = _is_whole(names)  # else 文 may be part of a name: 甲 文
        if (m := _CREDIT_BEHIND.match(rest)) and names and whole and (self.behind or not self.credited()):
            self.sign_last(m[0])
            return m.end()
        if found := _role_at(rest, whole):
            return self.open_group(found, rest)
        if (m := _PHOTO_BEFORE.match(rest)) and (not names or self.groups[-1].role == "writer"):
            return self.open_group(("photographer", m.end()), rest)
        if m := _PHOTO_BEHIND.match(rest):
            self.sign_photo(also_wrote=m[0].endswith("报道"))
            return m.end()
        if (m := _WORD_BEHIND.match(rest)) and (len(m[0]) > 1 or (names and whole)):
            self.sure = True
            if m[0].endswith("报道"):
                self.make_reporters()
                self.close_groups()  # … 报道 甲乙丙 摄
            elif m[0] == "供图":
                self.sign_photo()
            return m.end()
        return self.read_name(rest)

    def credited(self) -> bool:
        return any(group.role in _CREDITS for group in self.groups)

    def sign_last(self, word: str) -> None:
        self.sure = self.behind = True
        group = self.groups[-1]
        group.role = (group.role or "correspondent") if word == "文" else "photographer"
        self.photo = self.photo or word != "文"
        self.groups.append(_Group(None, []))

    def sign_photo(self, also_wrote: bool = False) -> None:
        """摄 signs all who stand before it, but for those whom 文 signs; 摄影报道 leaves reporters what they are."""
        self.sure = self.photo = True
        for group in self.groups[-1:] if self.behind else self.groups:
            if group.role != "editor" and not (also_wrote and group.role):
                group.role = "photographer"
        self.close_groups()

    def close_groups(self) -> None:
        """What signs names from behind signs only those that follow."""
        self.behind = True
        self.groups.append(_Group(None, []))

    def make_reporters(self) -> None:
        for group in self.groups:
            group.role = group.role or "reporter"

    def open_group(self, found: tuple[str, int], rest: str) -> int:
        role, end = found
        word, after = rest[:end], rest[end:]
        before = self.groups[-1].role or self.groups[-1].chunks  # else it is a house: 某某云记者
        named = role == "reporter" and before and is_name(word[:-2]) and not _HOUSE_SIGN.search(word)
        if named and not _ONLY_BEFORE.fullmatch(word[:-2]):
            self.groups[-1].chunks.append(word[:-2])  # 甲乙丙记者 丁戊: a name before the role
        if re.match(rf"[{HAN}]", after) and not self.may_name(_run(after)):
            return 0  # 记者手记
        self.sure = True
        self.groups.append(_Group(role, []))
        return end

    def may_name(self, run: str) -> bool:
        """Whether what stands right behind a role may be a name: of a form not known only where the byline is certain."""
        if (
            is_name(run)
            or (len(cut_names(run)) > 1 and _runs_on(run))
            or (len(run) == 4 and is_name(run[:2]) and is_name(run[2:]))
        ):
            return True
        return self.likely and len(run) <= 14 and not _NO_RUN.search(run)

    def read_name(self, rest: str) -> int:
        m = _CHUNK.match(rest)
        if not m:
            return 0
        chunk, names = m[0], self.groups[-1].chunks
        inner = _ROLE_IN_CHUNK.search(chunk, 2)
        if inner and _ORG.fullmatch(chunk[: inner.start()]):  # 某局通讯员
            return inner.start()
        if inner and is_name(chunk[: inner.start()]):  # 甲乙通讯员丙丁
            chunk = chunk[: inner.start()]
        end = len(chunk)
        if self.bracketed and chunk[-1] in _WORK_BEHIND and is_name(chunk[:-1]) and not is_name(chunk):
            names.append(chunk[:-1])
            self.sure = True
            return end
        if (
            (m := _STUCK.fullmatch(chunk))
            and (is_name(m[1]) or len(cut_names(m[1])) > 1 or (len(m[1]) == 1 and not _is_whole(names)))
            and (len(m[1]) != 2 or m[2] != "报道" or not self.after_space)
        ):
            names.append(m[1])  # 甲乙丙报道, 甲 乙报道; but 甲乙 某地报道
            return len(m[1])
        if names == [] and self.groups[-1].role and len(chunk) > 4 and chunk.endswith("报道"):
            names.append(chunk[:-2])
        elif chunk.startswith("发自"):
            self.sure = self.sure or bool(names)
            self.make_reporters()
        elif _HOUSE_NAME.fullmatch(chunk) and _HOUSE_BEFORE.match(rest, end):
            return end + 1  # 某报/某网记者
        elif _TWO_HOUSES.fullmatch(chunk) or (inner and _TWO_HOUSES.fullmatch(chunk[: inner.start()])):
            return inner.start() if inner else end
        elif _PLACE_REPORT.fullmatch(chunk) and names:  # 甲乙 某地报道
            self.sure = True
            self.make_reporters()
        elif chunk[-1] == "摄" and (len(chunk) >= 3 or (len(chunk) == 2 and not _is_whole(names))):
            names.append(chunk[:-1])
            self.sign_photo()
        elif len(chunk) >= 4 and chunk.endswith("供图"):
            if is_name(chunk[:-2]):
                names.append(chunk[:-2])
                self.sign_photo()
            elif _ORG.fullmatch(chunk[:-2]):
                self.sent = self.sure = True
            elif not self.bracketed:
                names.append(chunk)  # and no name: it is no byline
            self.sure = self.sure or self.bracketed
        elif len(chunk) >= 4 and chunk.endswith("供稿"):
            own = chunk[_unit_before_names(chunk[:-2]) : -2]  # 某某所甲乙丙供稿
            names += [own] if is_name(own) else []
            self.sent = self.sure = True
        elif len(chunk) >= 4 and chunk[-1] == "宣" and _ORG.fullmatch(chunk[:-1]):
            names.append(chunk[:-1])
            self.sure = True
        elif len(chunk) >= 3 and _ORG.fullmatch(chunk) and not is_name(chunk):
            self.read_organisation(chunk, rest[end:].strip())
        elif self.likely and (unit := _unit_before_names(chunk)):
            return unit  # 某市某局甲乙丙
        else:
            names.append(chunk)
        return end

    def read_organisation(self, chunk: str, after: str) -> None:
        if after in ("供稿", "供图", "摄", "摄影"):
            self.sent = self.sure = True
        elif after == "宣":
            self.groups[-1].chunks.append(chunk)
            self.sure = True
        elif not after and self.both:  # 图文:某局
            self.sent = True
        elif after and self.bracketed:  # a house before its people: (县医院 甲乙)
            self.sure = True

    def credit(self, marked: bool) -> Credit | None:
        """What was read, if its names are names."""
        bylines: list[Byline] = []
        found = [name for group in self.groups for name in join_names(group.chunks) or ()]
        roles = any(group.role in _ROLES for group in self.groups)
        # 文/图 alone on a line of its own is how a paper's own people sign; else a name with no role is a correspondent's
        default = "reporter" if self.both and not roles and not self.bracketed else "correspondent"
        beside = self.likely and any(is_name(name) for name in found) and 1 < len(found) <= 4
        shown = self.sure or marked or self.bracketed
        alone = len(found) == 1 and not (self.sure or marked)
        for group in self.groups:
            if group.role == "editor":
                continue
            names = join_names(group.chunks)
            if names is None or not (shown or all(map(_runs_on, group.chunks))):
                return None
            for name in names:
                if alone and name in place_words() and person_names().score(name) < SIGNS:
                    return None  # (展示)
                if _NO_PERSON.search(name) or not (
                    is_name(name)
                    or (self.sure and (NAME.fullmatch(name) or _ORG.fullmatch(name)))
                    or (beside and 2 <= len(name) <= 4 and not _NO_RUN.search(name))
                    or (self.bracketed and len(found) <= 2 and _is_pen_name(name))
                ):
                    return None
                bylines.append(Byline(name, group.role if group.role in _ROLES else default))
        edited = any(group.role == "editor" for group in self.groups)
        if not bylines and not (self.sure and (self.bracketed or edited or self.sent)):
            return None
        # nothing but names in brackets, as newspapers sign: (甲乙丙)
        return Credit(tuple(bylines), shown, self.photo, self.both, marked)


def _role_at(rest: str, whole: bool) -> tuple[str, int] | None:
    """The role word at the beginning of `rest` and its length."""
    for role, pattern in (("reporter", _REPORTER), ("correspondent", _CORRESPONDENT)):
        if m := pattern.match(rest):
            return role, m.end()
    if whole:
        for role, pattern in (("photographer", _PHOTOGRAPHER), ("writer", _WRITER)):
            if m := pattern.match(rest):
                return role, m.end()
    return None


def _is_whole(chunks: list[str]) -> bool:
    """Whether the chunks may end here: no single character waits for the rest of its name."""
    singles = 0
    for chunk in reversed(chunks):
        if len(chunk) > 1:
            break
        singles += 1
    return singles % 2 == 0


def _unit_before_names(chunk: str) -> int:
    """Length of the unit that a run of characters begins with, if it ends in names: 某市某局甲乙丙; else 0."""
    if len(chunk) < 5 or is_name(chunk):
        return 0
    names = cut_names(chunk)
    if len(names) > 1 and not _UNIT_END.fullmatch(names[0][-1]):
        return 0
    for m in reversed(list(_UNIT_END.finditer(chunk, 2, len(chunk) - 1))):
        rest = chunk[m.end() :]
        if is_name(rest) or len(cut_names(rest)) > 1:
            return m.end()
    return 0


def _is_pen_name(name: str) -> bool:
    """Whether two characters without a surname are read as a given name, and are neither a word nor a place: the authors
    of short items sign so."""
    if len(name) != 2 or _NO_RUN.search(name) or sum(map(person_names().given, name)) < _PEN_NAME:
        return False
    return name not in place_words() and not any(upper_names().find(name))


def _runs_on(chunk: str) -> bool:
    """Whether a run of characters of more than one name looks like names: a clause is easily cut into surnames and more."""
    if len(chunk) < 5 or is_name(chunk):
        return True
    return all(person_names().score(name) >= _LOOKS for name in cut_names(chunk))


def _run(text: str) -> str:
    """The characters up to the next space or role word."""
    run = re.match(rf"[{HAN}·]*", text)[0]  # type: ignore[index]
    inner = _ROLE_IN_CHUNK.search(run, 2)
    run = run[: inner.start()] if inner else run
    if (m := _STUCK.fullmatch(run)) and is_name(m[1]):
        return m[1]
    return run[:-1] if len(run) > 2 and run[-1] == "摄" else run
