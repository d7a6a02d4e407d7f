"""Bylines: who wrote or took it, as newspapers print it, and the role of each name.

Bylines stand on lines of their own (`■ 本报记者 甲乙 通讯员 丙 丁`), in datelines (`本报讯(记者 甲乙)`) and behind the
last sentence (`(通讯员 甲乙)`, `甲乙 摄`). All functions take folded text (pipeline.folding) and are pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.lexicon import load_tsv
from pipeline.records import Byline

_HAN = "一-鿿㐀-䶿〇"
MARKS = "■□●◆◇○▲△▼◎★☆◀►▶◄※|丨"
_HOUSE = "融媒体中心|融媒体|融媒|全媒体|日报|晚报|早报|晨报|时报|商报|周报|报社|报业|电视台|传媒|新闻网"
_BEFORE = rf"本报|本台|本社|本刊|本网|见习|实习|全媒体|融媒体|全媒|融媒|新媒体|首席|高级|特约|特派|驻站|驻地|[{_HAN}]{{2,9}}?(?:{_HOUSE})"
_REPORTER = re.compile(
    rf"(?:{_BEFORE}){{0,4}}记者站?|[{_HAN}·]{{1,14}}?记者站?(?=[\s:/|])|(?:[{_HAN}]{{0,9}}?)(?:融媒体中心|融媒体|融媒)(?![{_HAN}]*记者)"
)
_CORRESPONDENT = re.compile(r"(?:本报|特约|本台|骨干)?(?:通讯员|通迅员|实习生|特约撰稿人?|通联员|报道员)")
_PHOTOGRAPHER = re.compile(r"(?:摄影|图片|供图|图)(?=[/:\s])|摄影(?=[" + _HAN + "])(?!报道)")
_WRITER = re.compile(r"(?:文字|撰文|撰稿|作者|文)(?=[/:\s])")
_CREDIT_BEHIND = re.compile(r"[文图](?=$|[\s)、,;])")
_CREDITS = ("writer", "photographer")
_BOTH = re.compile(rf"文/图|图/文|(?:文[、·]?图|图、?文|摄影/?文字|文字/?摄影|文[并/]?摄影?)(?![{_HAN}])")
_NOTE = re.compile(
    r"(?:本版|本组|本文|文中)?(?:资料图片?|资料照片|图片来自网络|(?:图片|照片|配图).{0,16}(?:提供|供图))"
)
_LOOSE_ROLE = re.compile(r"记\s+者|通\s+讯\s*员|通讯\s+员|摄\s+影")
_ROLE_IN_CHUNK = re.compile(rf"(?:(?:{_BEFORE}){{0,4}}记者|(?:本报|特约)?通讯员|实习生)")
_PLACE_REPORT = re.compile(rf"[{_HAN}]{{0,6}}报道$")
_ORG = re.compile(
    rf"[{_HAN}]{{2,}}(?:局|委|办|部|会|院|校|站|台|社|处|所|队|团|司|行|中心|小学|中学|大学|学院|融媒|政府|街道|镇|乡|县|区|公司|办公室)$"
)
_NAME = re.compile(rf"[{_HAN}]{{2,7}}|[{_HAN}]{{1,5}}(?:·[{_HAN}]{{1,7}}){{1,3}}")
_SPLIT = re.compile(r"\s*[、,;/:|&]\s*|\s+")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a byline says. `sure` if a role, a mark or 摄 shows it to be one; else only its form speaks for it."""

    bylines: tuple[Byline, ...]
    sure: bool
    photo: bool = False  # signed as a photograph: 摄, 摄影报道, 文/图
    marked: bool = False  # begins with ■ or the like


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    names = [row["surname"] for row in load_tsv("page_surnames.tsv", ["surname"])]
    return frozenset(n for n in names if len(n) == 1), frozenset(n for n in names if len(n) == 2)


def is_name(text: str) -> bool:
    """Whether `text` has the form of a person's name: a surname with one or two characters, or names joined by ·."""
    single, double = _surnames()
    if not _NAME.fullmatch(text):
        return False
    return "·" in text or (text[0] in single and len(text) <= 3) or (text[:2] in double and 3 <= len(text) <= 4)


def parse(text: str) -> Credit | None:
    """The credit that `text` is from end to end, or None if it is not a byline.

    `text` is folded and may stand in brackets. Names set apart by spaces inside (`甲 乙`) are put together.
    """
    text = text.strip()
    marked = bool(text) and text[0] in MARKS
    text = text.lstrip(MARKS + " ")
    text = _LOOSE_ROLE.sub(lambda m: "".join(m[0].split()), text)
    text = re.sub(rf"(?<=[{_HAN}])[.](?=[{_HAN}])", "·", text)
    bracketed = text[:1] in "([【" and text[-1:] in ")]】"
    if bracketed:
        text = text[1:-1].strip()
    if _NOTE.fullmatch(text):
        return Credit((), True)
    if "记者" in text or "通讯员" in text:
        text = re.sub(r"\([^()]{2,16}\)", " ", text)  # 甲乙(某县)
    if not 2 <= len(text) <= 90 or re.search(r"[。!?“”《》\d]", text):
        return None
    groups: list[tuple[str | None, list[str]]] = [(None, [])]
    photo = both = sure = False
    behind = False  # 文 and 图 stand behind the names they sign: 甲乙/文 丙丁/图
    role: str | None
    rest = text
    while rest:
        if m := re.match(r"[\s、,;/:|&" + MARKS + "]+", rest):
            rest = rest[m.end() :]
            continue
        if m := _BOTH.match(rest):
            both, sure, rest = True, True, rest[m.end() :]
            continue
        whole = _is_whole(groups[-1][1])  # else 文 may be part of a name: 甲 文
        if (
            (m := _CREDIT_BEHIND.match(rest))
            and groups[-1][1]
            and whole
            and (behind or all(role not in _CREDITS for role, _ in groups))
        ):
            sure = behind = True
            role, signed = groups[-1]
            groups[-1] = (role or "correspondent" if m[0] == "文" else "photographer", signed)
            photo = photo or m[0] != "文"
            groups.append((None, []))
            rest = rest[m.end() :]
            continue
        if m := _REPORTER.match(rest):
            role = "reporter"
        elif m := _CORRESPONDENT.match(rest):
            role = "correspondent"
        elif whole and (m := _PHOTOGRAPHER.match(rest)):
            role = "photographer"
        elif whole and (m := _WRITER.match(rest)):
            role = "writer"
        else:
            m = None
        if m:
            if m.re is _REPORTER and is_name(m[0][:-2]) and not re.search(r"[媒报网社台本驻习小]", m[0]):
                groups[-1][1].append(m[0][:-2])  # 甲乙丙记者 丁戊: a name before the role
            if re.match(rf"[{_HAN}]", rest[m.end() :]) and not is_name(_run(rest[m.end() :])):
                return None  # 记者手记
            sure = True
            groups.append((role, []))
            rest = rest[m.end() :]
            continue
        if m := re.match(r"(?:摄影报道|摄影|摄制|摄)(?=$|[\s)、,;/])", rest):
            # 摄 signs all who stand before it, but for those whom 文 signs
            if behind:
                groups[-1] = ("photographer", groups[-1][1])
            else:
                groups = [("photographer", names) for _, names in groups]
            sure = photo = True
            groups.append((None, []))
            rest = rest[m.end() :]
            continue
        if m := re.match(r"(?:综合报道|采访报道|报道|供稿|供图|撰稿|整理|编辑|口述|讲述)(?=$|[\s)、,;/])", rest):
            sure = True
            if m[0].endswith("报道"):
                groups = [("reporter" if r is None else r, n) for r, n in groups]
            rest = rest[m.end() :]
            continue
        m = re.match(rf"[{_HAN}·]+", rest)
        if not m:
            return None
        chunk = m[0]
        inner = _ROLE_IN_CHUNK.search(chunk, 2)
        if inner and is_name(chunk[: inner.start()]):  # 甲乙通讯员丙丁
            chunk = chunk[: inner.start()]
        end = len(chunk)
        if chunk.startswith("发自"):
            pass
        elif _PLACE_REPORT.fullmatch(chunk) and groups[-1][1]:  # 甲乙 某地报道
            sure = True
            groups = [("reporter" if r is None else r, n) for r, n in groups]
        elif len(chunk) >= 3 and chunk[-1] == "摄":
            chunk = chunk[:-1]
            sure = photo = True
            groups = [("photographer", [*n]) for _, n in groups]
            groups[-1][1].append(chunk)
        elif len(chunk) >= 4 and chunk.endswith("供图") and bracketed:
            sure = True
        elif len(chunk) >= 4 and chunk.endswith("供稿"):
            sure = True
            groups[-1][1].append(chunk[:-2])
        elif len(chunk) >= 4 and chunk[-1] == "宣" and _ORG.fullmatch(chunk[:-1]):
            sure = True
            groups[-1][1].append(chunk[:-1])
        elif len(chunk) >= 3 and _ORG.fullmatch(chunk) and not is_name(chunk):
            if rest[end:].strip() in ("", "供稿", "供图", "宣"):
                if rest[end:].strip():
                    groups[-1][1].append(chunk)
                    sure = True
            elif bracketed:  # a house before its people: (县医院 甲乙)
                sure = True
        else:
            groups[-1][1].append(chunk)
        rest = rest[end:]
    bylines: list[Byline] = []
    for role, chunks in groups:
        names = _join_names(chunks)
        if names is None:
            return None
        for name in names:
            if not _NAME.fullmatch(name) and not _ORG.fullmatch(name):
                return None
            if not sure and not is_name(name):
                return None
            bylines.append(Byline(name, _role(role, both)))
    if not bylines and not (bracketed and sure):
        return None
    return Credit(tuple(bylines), sure or marked, photo or both, marked)


def _is_whole(chunks: list[str]) -> bool:
    """Whether the chunks may end here: no single character waits for the rest of its name."""
    singles = 0
    for chunk in reversed(chunks):
        if len(chunk) > 1:
            break
        singles += 1
    return singles % 2 == 0


def _run(text: str) -> str:
    """The characters up to the next space or role word."""
    run = re.match(rf"[{_HAN}·]*", text)[0]  # type: ignore[index]
    inner = _ROLE_IN_CHUNK.search(run, 2)
    run = run[: inner.start()] if inner else run
    return run[:-1] if len(run) > 2 and run[-1] == "摄" else run


def _role(role: str | None, both: bool) -> str:
    if role in ("reporter", "correspondent", "photographer"):
        return role
    return "reporter" if both else "correspondent"


def _join_names(chunks: list[str]) -> list[str] | None:
    """Put names together that were set with spaces inside; None if a single character is left over."""
    single, double = _surnames()
    names: list[str] = []
    at = 0
    while at < len(chunks):
        chunk = chunks[at]
        if len(chunk) == 1:
            run = at
            while run < len(chunks) and len(chunks[run]) == 1:
                run += 1
            count = run - at
            if count == 1:
                if run < len(chunks) and len(chunks[run]) <= 3:
                    names.append(chunk + chunks[run])  # 甲 乙丙
                    at = run + 1
                    continue
                return None
            # pairs; one group of three where their number is odd
            sizes = [2] * (count // 2)
            if count % 2:
                sizes[-1] = 3
                for k in range(len(sizes)):
                    order = [2] * len(sizes)
                    order[k] = 3
                    firsts = [chunks[at + sum(order[:i])] for i in range(len(order))]
                    if all(f in single for f in firsts):
                        sizes = order
                        break
            for size in sizes:
                names.append("".join(chunks[at : at + size]))
                at += size
            continue
        if chunk in double and at + 1 < len(chunks) and len(chunks[at + 1]) <= 2:
            names.append(chunk + chunks[at + 1])
            at += 2
            continue
        names += _cut(chunk) if 5 <= len(chunk) <= 6 and "·" not in chunk else [chunk]
        at += 1
    return names


def _cut(chunk: str) -> list[str]:
    """Two names printed without a space, cut at the second surname: 甲乙丙丁戊 → 甲乙丙, 丁戊; else one long name."""
    for at in (3, 2):
        if is_name(chunk[:at]) and is_name(chunk[at:]):
            return [chunk[:at], chunk[at:]]
    return [chunk]


# ------------------------------------------------------------------------------------------- where they stand
_NOT_A_PLACE = "通资音喜简短传审问电视快据即数到发收的得闻获捷"  # before 讯: it is no dateline
_DATELINE = re.compile(
    rf"(?:[\[【(]?(?:本报|本台|本刊|本网|本社)(?:[{_HAN}]{{0,4}}|\s?\d{{1,2}}月\d{{1,2}}日)讯[\]】)]?"
    rf"|(?!又讯)(?:[{_HAN}]{{2,6}}[/·-])?[{_HAN}]{{1,6}}(?<![{_NOT_A_PLACE}])讯"
    rf"|[{_HAN}]{{4,10}}讯(?=\s*\()"
    rf"|[{_HAN}]{{2,10}}\s?\d{{1,2}}月\d{{1,2}}日(?:讯|电)"
    rf"|(?:新华社|中新社|中新网|人民网|央视网)[{_HAN}\d]{{0,14}}电)"
)
_PAREN = re.compile(r"\s*\(([^()]{2,80})\)")
_PLACE_PAREN = re.compile(
    rf"[{_HAN}]{{1,5}}(?:镇|乡|县|市|区|街道)(?=\s?\((?:[^()]{{0,8}}记者|[^()]{{0,4}}通讯员|融媒体))"
)
_BARE_LEAD = re.compile(r"\s*((?:本报)?(?:记者|通讯员)[^,。:()]{2,40}?报道)\s*[::,]\s*")


@dataclass(frozen=True, slots=True)
class Lead:
    """A dateline, or a byline in brackets, at the beginning of a paragraph: it ends at `end`."""

    end: int
    bylines: tuple[Byline, ...]
    dateline: bool


def leading(text: str) -> Lead | None:
    """The dateline with its bylines that a folded paragraph begins with, white space behind it included."""
    m = _DATELINE.match(text) or _PLACE_PAREN.match(text)
    end = m.end() if m else 0
    bylines: tuple[Byline, ...] = ()
    p = _PAREN.match(text, end)
    credit = parse(p[1]) if p else None
    if not (p and credit and (credit.sure or m)):
        p = _BARE_LEAD.match(text, end)
        credit = parse(p[1]) if p else None
    if p and credit:
        end, bylines = p.end(), credit.bylines
    elif not m:
        return None
    elif len(text) - end <= 60 and (credit := parse(text[end:])) and credit.sure:
        end, bylines = len(text), credit.bylines
    while end < len(text) and text[end].isspace():
        end += 1
    return Lead(end, bylines, bool(m))


_SENTENCE_END = re.compile(r"[。!?…;](?:[”’」』\"')]{0,3})|[”』」]|[.](?=\s|$)")
_TAIL_PAREN = re.compile(r"\s*\(([^()]{2,80})\)\s*$")


def trailing(text: str) -> tuple[int, Credit] | None:
    """Where the byline behind the last sentence of a folded paragraph begins, and what it says."""
    stripped = text.rstrip()
    if m := _TAIL_PAREN.search(stripped[-90:]):
        at = len(stripped) - len(stripped[-90:]) + m.start()
        credit = parse(m[1])
        if at and credit and (credit.sure or (credit.bylines and stripped[at - 1] in "。!?”…")):
            return at, replace(credit, sure=True) if stripped[at - 1] in "。!?”…" else credit
    window = max(0, len(stripped) - 70)
    ends = [m.end() for m in _SENTENCE_END.finditer(stripped, window)]
    for at in ends:
        tail = stripped[at:]
        if not tail.strip() or not at:
            continue
        credit = parse(tail)
        if credit and (credit.sure or (tail[0].isspace() and credit.bylines)):
            return at, credit
    return None


_ITEM_CREDIT = re.compile(r"[。!?”]\s*\(([^()]{2,24})\)(?=\s*[○△▲●◆■□☆★])")


def inner_credits(text: str) -> list[Credit]:
    """Bylines in brackets behind the items of a folded text that begin with a bullet each, but for the last item."""
    found = (parse(m[1]) for m in _ITEM_CREDIT.finditer(text))
    return [credit for credit in found if credit]
