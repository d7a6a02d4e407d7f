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
from pipeline.page import byline_words as words
from pipeline.page.byline_spelling import plain, unmarked
from pipeline.page.name_forms import HAN, NAME, cut_names, is_name, join_names
from pipeline.page.notes import is_note
from pipeline.records import Byline

_CREDITS = ("writer", "photographer")
_ROLES = ("reporter", "correspondent", "photographer")
SIGNS = 4.0  # log odds of a name that signs by itself
_LOOKS = 3.0  # … of one run together with others, where nothing but its form speaks for a byline
_PEN_NAME = 2.2  # log odds of two characters as those of a given name, for a name without surname in brackets


@dataclass(frozen=True, slots=True)
class Credit:
    """What a byline says. `sure` if a role, a mark, brackets or 摄 show it to be one; else only its form speaks for it."""

    bylines: tuple[Byline, ...]
    sure: bool
    photo: bool = False  # signed as a photograph: 摄, 摄影报道
    both: bool = False  # words and pictures are of the same hand: 文/图
    marked: bool = False  # begins with ■ or the like

    @property
    def pictured(self) -> bool:
        """Whether it signs a picture, alone or with the words."""
        return self.photo or self.both


def _boxed(text: str) -> Credit | None:
    """A byline behind 口, which □ is often taken for: the names have to be sure."""
    credit = parse("□" + text[1:])
    names = [byline.name for byline in credit.bylines] if credit else []
    sure = all(map(is_name, names)) and any(person_names().score(name) >= SIGNS for name in names)
    return credit if names and (sure or words.ROLE_IN_CHUNK.match(text[1:].lstrip())) else None


def is_house(text: str) -> bool:
    """Whether a folded text is the name of an organisation or a post in one, as stands before the names of its people."""
    return words.ORG.fullmatch(text) is not None or words.POST.fullmatch(text) is not None


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
    text = words.STOCK_BEHIND.sub("", text)
    if m := words.WIRE.fullmatch(text):
        return (parse(m[1]) if m[1] else None) or Credit((), True)
    if (m := words.SIGNATURE.fullmatch(text)) and is_name(name := "".join(m[1].split())):
        return Credit((Byline(name, "correspondent"),), True)
    if m := words.DASH_SIGNS.match(text):
        name = text[m.end() :]
        if is_name(name) and person_names().score(name) >= SIGNS:
            return Credit((Byline(name, "correspondent"),), True)
        text = name if words.READER.match(name) else text
    if (m := words.READER.match(text)) and is_name(text[m.end() :]):
        return Credit((Byline(text[m.end() :], "correspondent"),), True)
    if (m := words.OWN_UNIT.search(text)) and words.ORG.fullmatch(m[2]):
        text = text[: m.end(1)] + text[m.end() :]
        if is_name(text):
            return Credit((Byline(text, "correspondent"),), True)
    elif "记者" in text or "通讯员" in text:
        text = words.PLACE_OF.sub(" ", text)  # 甲乙(某县)
    if not 2 <= len(text) <= 90 or words.NEVER.search(text):
        return None
    parser = _Parser(bracketed, likely or bracketed or marked or len(words.ROLE_IN_CHUNK.findall(text)) > 1)
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
        if m := words.GAP.match(rest):
            return m.end()
        if m := words.BOTH.match(rest):
            self.both = self.sure = True
            return m.end()
        if (m := words.WHO.match(rest)) or (m := words.CLASS.match(rest)):
            return m.end()
        if (m := words.STOCK.match(rest)) and not (m["short"] and self.groups[-1].role != "photographer"):
            self.sent = self.sure = True
            return m.end()
        names = self.groups[-1].chunks
        if names and not self.groups[-1].role and (m := words.TOLD.match(rest)):
            self.groups[-1].role = "editor"
            self.groups.append(_Group(None, []))
            return m.end()
        if (m := words.EDITOR.match(rest)) or (m := words.WRITTEN_BY.match(rest)):
            self.sure = True
            self.groups.append(_Group("editor" if m.re is words.EDITOR else None, []))
            return m.end()
        whole = _is_whole(names)  # else 文 may be part of a name: 甲 文
        if (m := words.CREDIT_BEHIND.match(rest)) and names and whole and (self.behind or not self.credited()):
            self.sign_last(m[0])
            return m.end()
        if found := _role_at(rest, whole):
            return self.open_group(found, rest)
        if (m := words.PHOTO_BEFORE.match(rest)) and (not names or self.groups[-1].role == "writer"):
            return self.open_group(("photographer", m.end()), rest)
        if m := words.PHOTO_BEHIND.match(rest):
            self.sign_photo(also_wrote=m[0].endswith("报道"))
            return m.end()
        if (m := words.WORD_BEHIND.match(rest)) and (len(m[0]) > 1 or (names and whole)):
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
        named = role == "reporter" and before and is_name(word[:-2]) and not words.HOUSE_SIGN.search(word)
        if named and not words.ONLY_BEFORE.fullmatch(word[:-2]):
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
        return self.likely and len(run) <= 14 and not words.NO_RUN.search(run)

    def read_name(self, rest: str) -> int:
        m = words.CHUNK.match(rest)
        if not m:
            return 0
        chunk, names = m[0], self.groups[-1].chunks
        inner = words.ROLE_IN_CHUNK.search(chunk, 2)
        if inner and words.ORG.fullmatch(chunk[: inner.start()]):  # 某局通讯员
            return inner.start()
        if inner and is_name(chunk[: inner.start()]):  # 甲乙通讯员丙丁
            chunk = chunk[: inner.start()]
        end = len(chunk)
        if self.bracketed and chunk[-1] in words.WORK_BEHIND and is_name(chunk[:-1]) and not is_name(chunk):
            names.append(chunk[:-1])
            self.sure = True
            return end
        if (
            (m := words.STUCK.fullmatch(chunk))
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
        elif words.HOUSE_NAME.fullmatch(chunk) and words.HOUSE_BEFORE.match(rest, end):
            return end + 1  # 某报/某网记者
        elif words.TWO_HOUSES.fullmatch(chunk) or (inner and words.TWO_HOUSES.fullmatch(chunk[: inner.start()])):
            return inner.start() if inner else end
        elif words.PLACE_REPORT.fullmatch(chunk) and names:  # 甲乙 某地报道
            self.sure = True
            self.make_reporters()
        elif chunk[-1] == "摄" and (len(chunk) >= 3 or (len(chunk) == 2 and not _is_whole(names))):
            names.append(chunk[:-1])
            self.sign_photo()
        elif len(chunk) >= 4 and chunk.endswith("供图"):
            if is_name(chunk[:-2]):
                names.append(chunk[:-2])
                self.sign_photo()
            elif words.ORG.fullmatch(chunk[:-2]):
                self.sent = self.sure = True
            elif not self.bracketed:
                names.append(chunk)  # and no name: it is no byline
            self.sure = self.sure or self.bracketed
        elif len(chunk) >= 4 and chunk.endswith("供稿"):
            own = chunk[_unit_before_names(chunk[:-2]) : -2]  # 某某所甲乙丙供稿
            names += [own] if is_name(own) else []
            self.sent = self.sure = True
        elif len(chunk) >= 4 and chunk[-1] == "宣" and words.ORG.fullmatch(chunk[:-1]):
            names.append(chunk[:-1])
            self.sure = True
        elif len(chunk) >= 3 and words.ORG.fullmatch(chunk) and not is_name(chunk):
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
                if words.NO_PERSON.search(name) or not (
                    is_name(name)
                    or (self.sure and (NAME.fullmatch(name) or words.ORG.fullmatch(name)))
                    or (beside and 2 <= len(name) <= 4 and not words.NO_RUN.search(name))
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
    for role, pattern in (("reporter", words.REPORTER), ("correspondent", words.CORRESPONDENT)):
        if m := pattern.match(rest):
            return role, m.end()
    if whole:
        for role, pattern in (("photographer", words.PHOTOGRAPHER), ("writer", words.WRITER)):
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
    if len(names) > 1 and not words.UNIT_END.fullmatch(names[0][-1]):
        return 0
    for m in reversed(list(words.UNIT_END.finditer(chunk, 2, len(chunk) - 1))):
        rest = chunk[m.end() :]
        if is_name(rest) or len(cut_names(rest)) > 1:
            return m.end()
    return 0


def _is_pen_name(name: str) -> bool:
    """Whether two characters without a surname are read as a given name, and are neither a word nor a place: the authors
    of short items sign so."""
    if len(name) != 2 or words.NO_RUN.search(name) or sum(map(person_names().given, name)) < _PEN_NAME:
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
    inner = words.ROLE_IN_CHUNK.search(run, 2)
    run = run[: inner.start()] if inner else run
    if (m := words.STUCK.fullmatch(run)) and is_name(m[1]):
        return m[1]
    return run[:-1] if len(run) > 2 and run[-1] == "摄" else run
