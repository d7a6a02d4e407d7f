"""Names of people by what stands around them: bylines, titles, kin, verbs of speech, lists and forms of address.

High precision is wanted here; what has no such sign around it is left to the name model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, set_spans, text_of
from pipeline.lexicon import load_yaml
from pipeline.lexicon.organisations import kind_of
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.posts import Title, posts
from pipeline.lexicon.trie import alternation
from pipeline.records import Mention

GROUP = CANDIDATES + "people"
Found = tuple[int, int, str]  # start, end, source

_HAN = "一-鿿㐀-䶿"
_FOREIGN = rf"(?:(?![和与说在把是的对为向从被将给带也获及等，])[{_HAN}])"  # words of grammar are in no such name
_MASKED = re.compile(rf"[{_HAN}](?:某某|某[{_HAN}]|某)")
_TABLE = re.compile(r"Table with \d+ columns: ([^\n]*)")
_ROW = re.compile(r"(?<!\d)\d{1,6}\. ([^;\n]*)")
_NAME_COLUMNS = ("姓名", "作者", "获奖者", "选手", "领队", "捐赠人", "捐款人", "人员", "名单", "负责人", "联系人")
_PERHAPS_NAME = re.compile(rf"[{_HAN}]{{2,3}}(?![镇村县市区州乡省国山湖河江坝寨厂店社会局院茶])[{_HAN}]")
_VERB_FOLLOWS = 2.5  # for a name right before 说, 介绍, 强调
_OPENED = re.compile(r"(?:\([^()\n]{1,10}\))?[ :“\"]{0,2}")
_NEXT = re.compile(r"(?:\([^()\n]{1,8}\))?(?:[、,和及 ]|、 )(?=[^ ])")
_LIST_GOES_ON = re.compile(r"[、和及等,;。 (]")
_ALL_SPACED = re.compile(rf"[{_HAN}]{{1,2}} [{_HAN}] ([{_HAN}])([{_HAN}]?)")
# a surname and one of these are not a name of three characters that comes back
_ADDRESSES = frozenset(
    [
        "书记",
        "主任",
        "校长",
        "院长",
        "所长",
        "站长",
        "乡长",
        "镇长",
        "区长",
        "县长",
        "市长",
        "村长",
        "队长",
        "经理",
        "厂长",
        "科长",
        "局长",
        "处长",
        "部长",
        "会长",
        "支书",
        "老板",
        "医生",
        "老师",
        "教授",
        "警官",
        "大夫",
        "律师",
        "教练",
        "先生",
        "女士",
        "师傅",
    ]
)
_LEFT_EDGE = re.compile(r"[。!?,;:“”\"《》、(\n ]")


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    names = person_names()
    surnames = "".join(sorted(names.single | {surname[0] for surname in names.compound}))
    data = load_yaml(
        "person_cues.yaml", keys=("before", "after", "acts", "honorifics", "diminutives", "not_names", "transliterated")
    )
    return {
        "before": re.compile(alternation(data["before"])),
        "after": re.compile(alternation(data["after"])),
        "verb": re.compile(alternation([*data["after"], *data["acts"]])),
        "honorific": re.compile(alternation(data["honorifics"])),
        "diminutive": re.compile("|".join(data["diminutives"])),
        "opening": re.compile(
            rf"(?:^|[。!?,;:“”\"《》、(\n ]|[的由被给和与叫请让为从向对替跟同是有把])(?=[{surnames}])", re.MULTILINE
        ),
        # a part of a name: as long as the characters are those of foreign names, else two characters
        "dotted": re.compile(rf"{_FOREIGN}{{1,7}}(?:·(?:[{data['transliterated']}]{{2,8}}|{_FOREIGN}{{1,2}})){{1,3}}"),
        "transliterated": re.compile(f"[{data['transliterated']}]{{4,7}}|[{data['transliterated']}]{{3}}"),
        "not_names": re.compile(alternation(data["not_names"])),
    }


@Language.factory("news_people", default_config={"minimum": 0.0})
def create_people(nlp: Language, name: str, minimum: float) -> People:
    """Writes doc.spans["names/people"]. `minimum`: the least score of a name behind a cue (lexicon.person_names)."""
    return People(minimum)


class People:
    def __init__(self, minimum: float = 0.0):
        self.minimum = minimum
        self.names = person_names()
        self.posts = posts()
        self.cues = _cues()

    def __call__(self, doc: Doc) -> Doc:
        found: dict[tuple[int, int], str] = {}
        taken = bytearray(len(text_of(doc)))
        for start, end, source in self.find(doc):
            if not any(taken[start:end]):
                found[start, end] = source
                taken[start:end] = b"\1" * (end - start)
        set_spans(doc, GROUP, [(a, b, "PER", Mention("PER", source=source)) for (a, b), source in found.items()])
        return doc

    def find(self, doc: Doc) -> Iterator[Found]:
        """Names with what showed them, the surest first; later ones may overlap earlier ones."""
        text = doc._.folded
        titles = list(self.posts.find(text))
        openings = self._openings(text)
        yield from self._bylines(doc, text)
        yield from self._table(text)
        yield from self._behind_cues(text, titles)
        yield from self._addresses(text, {start for start, _, _ in titles})
        yield from self._speakers(text)
        yield from self._called_by_title(text, titles)
        yield from self._by_form(text, openings)
        yield from self._recurrent(text, openings)

    # ------------------------------------------------------------------------------------------ places to look
    def _bylines(self, doc: Doc, text: str) -> Iterator[Found]:
        """The names that the page layer read from bylines, wherever they stand, spaces inside or not."""
        for byline in doc._.article.bylines if doc._.article else ():
            name = byline.name
            if len(name) > 1 and kind_of(name).category is None and name not in posts().titles:
                start = text.find(byline.name[0])
                while start >= 0:
                    end = _spelt(text, start, byline.name)
                    if end:
                        yield start, end, "byline"
                    start = text.find(byline.name[0], end or start + 1)

    def _behind_cues(self, text: str, titles: Sequence[tuple[int, int, Title]]) -> Iterator[Found]:
        """A name right behind a title, a word of kin or the like, and those that follow it in a list."""
        cues = [(end, True) for _, end, _ in titles]
        cues += [(m.end(), False) for m in self.cues["before"].finditer(text)]
        for at, is_title in sorted(cues):
            opened = _OPENED.match(text, at)
            start = opened.end() if opened else at
            first = self._form_at(text, start, self.minimum if is_title else self.minimum + 3.0)
            end, form = first or (None, "")
            while end:
                yield start, end, form or ("title" if is_title else "cue")
                form = ""
                gap = _NEXT.match(text, end)
                if not gap:
                    break
                start = gap.end()
                end = self.name_at(text, start, self.minimum + 0.5)
                if end and not _LIST_GOES_ON.match(text, end):
                    end = self.name_at(text, start, self.minimum + 3.0)

    def _addresses(self, text: str, titles: set[int]) -> Iterator[Found]:
        """王阿姨, 老李, 张某, and 小宋 before a title."""
        names = self.names
        for match in self.cues["honorific"].finditer(text):
            for size in (2, 1):
                start = match.start() - size
                if start >= 0 and text[start : match.start()] in (names.compound if size == 2 else names.single):
                    edge = start == 0 or _LEFT_EDGE.match(text, start - 1)
                    if edge and not self.cues["not_names"].match(text, start):
                        yield start, match.end(), "address"
                    break
        for match in _MASKED.finditer(text):
            inside = match.group()[0] in "区县市乡镇村" and match.start() and text[match.start() - 1] >= "一"
            if match.group()[0] in names.single and not inside:
                yield match.start(), self._masked_end(match), "masked"
        for match in self.cues["diminutive"].finditer(text):
            start, end = match.start(), match.end() + 1
            if text[match.end() : end] in names.single and not self.cues["not_names"].match(text, start):
                edge = start == 0 or _LEFT_EDGE.match(text, start - 1)
                if end in titles or (edge and names.after(text[end : end + 1]) > 1.0):
                    yield start, end, "address"

    def _speakers(self, text: str) -> Iterator[Found]:
        """某某说 at the beginning of a clause."""
        for match in self.cues["after"].finditer(text):
            for size in (3, 2, 4):
                start = match.start() - size
                if start < 0 or (start and not _LEFT_EDGE.match(text, start - 1)):
                    continue
                name = text[start : match.start()]
                if self.names.score(name) > self.minimum + 5.0 and not self.cues["not_names"].match(name):
                    yield start, match.start(), "speaker"
                    break

    def _called_by_title(self, text: str, titles: Sequence[tuple[int, int, Title]]) -> Iterator[Found]:
        """某某医生, 某某书记: a name right before a title that serves as an address."""
        for start, end, title in titles:
            if title.role or title.rank or end - start > 2:
                continue
            for size in (3, 2):
                name = text[max(0, start - size) : start]
                if len(name) == size and self.names.score(name) > self.minimum + 5.5 + (size == 2) * 2.0:
                    if not self.cues["not_names"].match(name):
                        yield start - size, start, "address"
                    break

    def _openings(self, text: str) -> list[tuple[int, bool]]:
        """Where a name could begin without a cue: (start, whether 的 stands before it)."""
        names, not_names = self.names, self.cues["not_names"]
        found = ((match.end(), match.group() == "的") for match in self.cues["opening"].finditer(text))
        return [(at, de) for at, de in found if names.surname(text[at : at + 2]) and not not_names.match(text, at)]

    def _by_form(self, text: str, openings: Sequence[tuple[int, bool]]) -> Iterator[Found]:
        """What looks so much like a name that it needs no cue, at the edge of a clause or behind a word that opens one."""
        for start, behind_de in openings:
            minimum = self.minimum + (6.0 if behind_de else 8.0)
            end = self.name_at(text, start, minimum)
            if end and self.names.score(text[start:end].replace(" ", ""), text[end : end + 1]) >= minimum:
                yield start, end, "form"

    def _recurrent(self, text: str, openings: Sequence[tuple[int, bool]]) -> Iterator[Found]:
        """A likely name of a two-character given name that comes back before different characters."""
        seen: dict[str, list[int]] = {}
        for start, _ in openings:
            surname = self.names.surname(text[start : start + 2]) or ""
            name = text[start : start + len(surname) + 2]
            if _PERHAPS_NAME.fullmatch(name) and name[len(surname) :] not in _ADDRESSES:
                seen.setdefault(name, []).append(start)
        for name, starts in seen.items():
            if text.count(name) < 2:
                continue
            followers = {part[:1] for part in text.split(name)[1:]}
            least = 2.5 if len(followers) > 2 else 4.0
            if len(followers) > 1 and self.names.score(name) > self.minimum + least:
                yield from ((start, start + len(name), "recurrent") for start in starts)

    def _table(self, text: str) -> Iterator[Found]:
        """Cells of the column 姓名, or cells that are nothing but a name."""
        for table in _TABLE.finditer(text):
            head, _, _ = table.group(1).partition(".")
            columns = [c.strip() for c in re.sub(r"\d+$", "", head).split(",")]
            wanted = [i for i, column in enumerate(columns) if any(word in column for word in _NAME_COLUMNS)]
            for row in _ROW.finditer(text, table.start(1), table.end(1)):
                at = row.start(1)
                for index, cell in enumerate(row.group(1).split(","), 1):
                    start = at + len(cell) - len(cell.lstrip())
                    at += len(cell) + 1
                    if index in wanted or (not wanted and cell.strip()):
                        yield from self._cell(text, start, cell.strip(), index in wanted)

    def _cell(self, text: str, start: int, cell: str, sure: bool) -> Iterator[Found]:
        at, stop = start, start + len(cell)
        while at < stop:
            if text[at] in " 、":
                at += 1
                continue
            end = self.name_at(text[:stop], at, self.minimum - 6.0 if sure else self.minimum + 4.0)
            if not end or not (end == stop or text[end] in " 、("):
                return
            yield at, end, "table"
            if not sure and end < stop:
                return
            at = end

    # ------------------------------------------------------------------------------------------ a name at a place
    def name_at(self, text: str, start: int, minimum: float) -> int | None:
        """Where the best name that begins at `start` ends, None if none scores `minimum`."""
        found = self._form_at(text, start, minimum)
        return found[0] if found else None

    def _form_at(self, text: str, start: int, minimum: float) -> tuple[int, str] | None:
        """Where the best name that begins at `start` ends, and its form if it is one that shows a name by itself."""
        names = self.names
        dotted = self.cues["dotted"].match(text, start)
        if dotted:  # “某某·某某…” is a slogan or a title of something
            return None if text[start - 1 : start] == "“" else (dotted.end(), "dotted")
        if self.cues["not_names"].match(text, start):
            return None
        small = self.cues["diminutive"].match(text, start)
        if small and text[small.end() : small.end() + 1] in names.single:
            end = small.end() + 1
            return (end, "address") if names.after(text[end : end + 1]) > minimum - 3.0 else None
        foreign = self._transliterated(text, start)
        if foreign:
            return foreign, ""
        surname = names.surname(text[start : start + 2])
        if surname is None:
            return None
        behind = start + len(surname)
        honorific = self.cues["honorific"].match(text, behind)
        if honorific:
            return honorific.end(), "address"
        masked = _MASKED.match(text, start)
        if masked:
            return self._masked_end(masked), "masked"
        spaced = _ALL_SPACED.match(text, start)
        if spaced and not (spaced.group(2) and names.score(spaced.group(1) + spaced.group(2)) >= 4.0):
            whole = text[start : spaced.end(1)].replace(" ", "")
            if names.score(whole) >= minimum - 6.0:
                return spaced.end(1), "spaced"
        best: tuple[float, int] | None = None
        for end in self._ends(text, behind):
            name = text[start:end].replace(" ", "")
            if name[len(surname) :] in _ADDRESSES:
                continue
            score = names.score(name, text[end : end + 1])
            if self.cues["verb"].match(text, end):
                score += _VERB_FOLLOWS
            if score >= minimum and (best is None or score > best[0]):
                best = score, end
        return (best[1], "") if best else None

    def _transliterated(self, text: str, start: int) -> int | None:
        """The end of a name of four to six characters that only names from other languages are written with."""
        match = self.cues["transliterated"].match(text, start)
        if not match:
            return None
        end = match.end()
        while end - start > 3 and self.names.after(text[end - 1]) > self.names.given(text[end - 1]) + 1.0:
            end -= 1
        surnamed = self.names.surname(text[start : start + 2]) is not None
        least = 4 if surnamed else 3
        return end if least <= end - start <= 6 and self.names.after(text[end : end + 1]) > 0.0 else None

    def _masked_end(self, match: re.Match[str]) -> int:
        """张某, 张某某, and 张某华 unless the last character begins the next word."""
        last = match.group()[2:]
        verb = last not in ("", "某") and self.names.given(last) < self.names.after(last) + 1.5
        return match.end() - verb

    @staticmethod
    def _ends(text: str, behind: int) -> Iterator[int]:
        """Ends of given names of one or two characters, a space before each of them allowed."""
        spaced = behind + 1 if text[behind : behind + 1] == " " else behind
        for first in {behind, spaced}:
            if re.match(rf"[{_HAN}]", text[first : first + 1]):
                yield first + 1
                second = first + 2 if text[first + 1 : first + 2] == " " and first != behind else first + 1
                if re.match(rf"[{_HAN}]", text[second : second + 1]):
                    yield second + 1


def _spelt(text: str, start: int, name: str) -> int | None:
    """Where `name` ends if it stands at `start`, a space allowed before each character; None if it does not."""
    at = start
    for character in name:
        if at > start and text[at : at + 1] == " ":
            at += 1
        if text[at : at + 1] != character:
            return None
        at += 1
    return at
