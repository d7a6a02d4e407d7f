"""Titles of posts, and who of the people around holds them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, set_spans
from pipeline.lexicon.posts import posts
from pipeline.records import Mention

GROUP = CANDIDATES + "posts"

Span = tuple[int, int]

# Between a title and the name after it: 组长:某某, 网格员“小某”, 副主任(主持工作)某某
_BEFORE_NAME = re.compile(r"(?:\([^()\n]{1,10}\))?[ :“\"‘]{0,2}$")
# Between two titles of one person: a separator, then at most the unit of the second. No comma: 镇长甲,乡长乙 are two people.
_BETWEEN_TITLES = re.compile(r"(?:[、/ ]|兼任?|和|及|暨|,?现任?)[^,。;:!?()“”、\n]{0,40}")
_BETWEEN_PEOPLE = re.compile(r"(?:\([^()\n]{1,8}\))?(?:[、 ]|和|及|、 )(?:同志)?")
_TAKES_POST = (
    "担任|出任|就任|接任|升任|转任|调任|改任|连任|兼任|现任|曾任|历任|拟任|留任|续任|任命|任|当选为?|推选为?|推举|选举|选为|聘为|聘请|聘任|聘"
    "|为|成为|是|当上了?|当起了?|当了|当过|当|做了"
)
_PREDICATE = re.compile(rf"(?P<verb>{_TAKES_POST})(?P<unit>[^。;:!?\n]{{0,40}})$")
_LEAVES_POST = re.compile(r"^(?:同志)?(?:的|因[^。;\n]{1,12}辞去|辞去|不再担任)[^。;\n]{0,40}$")
_SUBJECT_GAP = re.compile(r"[^。;!?\n]{0,45}$")


@Language.factory("news_posts", assigns=["doc.spans"])
def create_posts(nlp: Language, name: str) -> PostCandidates:
    """Writes doc.spans["names/posts"]: every title of the lexicon in the text, whoever holds it or nobody."""
    return PostCandidates()


class PostCandidates:
    def __call__(self, doc: Doc) -> Doc:
        mention = Mention("POST", source="lexicon")
        set_spans(doc, GROUP, [(start, end, "POST", mention) for start, end, _ in posts().find(doc._.folded)])
        return doc


@dataclass(frozen=True, slots=True)
class Holding:
    """Title and person, as indices of the spans given; `how` names the construction."""

    post: int
    person: int
    how: str  # before, list, predicate, leaves, after, bracket, apposition


def holdings(folded: str, people: Sequence[Span], titles: Sequence[Span]) -> list[Holding]:
    """Who holds which title, by the constructions that join the two; both lists sorted by place, none overlapping.

    A title may have several people (副市长甲、乙) and a person several titles (党委书记、镇长甲).
    """
    return _Holdings(folded, people, titles).find()


class _Holdings:
    def __init__(self, folded: str, people: Sequence[Span], titles: Sequence[Span]):
        self.text, self.people, self.titles = folded, people, titles
        self.person_starts = [start for start, _ in people]
        self.title_ends = {end: i for i, (_, end) in enumerate(titles)}
        self.title_starts = {start: i for i, (start, _) in enumerate(titles)}
        self.found: dict[tuple[int, int], str] = {}
        self.taken: set[int] = set()

    def find(self) -> list[Holding]:
        before: dict[int, list[int]] = {}
        for person, (start, _) in enumerate(self.people):
            chain = self._before(start) or self._inherited(person, before)
            if chain:
                before[person] = chain
                how = "before" if self._before(start) else "list"
                for post in chain:
                    self._add(post, person, how)
        for post in range(len(self.titles)):
            if post not in self.taken:
                self._after(post)
        for post in range(len(self.titles)):
            if post not in self.taken:
                self._predicate(post)
        return [Holding(post, person, how) for (post, person), how in sorted(self.found.items())]

    def _add(self, post: int, person: int, how: str) -> None:
        self.found.setdefault((post, person), how)
        self.taken.add(post)

    def _before(self, start: int) -> list[int]:
        """The titles that stand before the name at `start`, first to last."""
        gap = _BEFORE_NAME.search(self.text, max(0, start - 14), start)
        last = self.title_ends.get(gap.start() if gap else start)
        if last is None:
            last = self.title_ends.get(start)
        if last is None:
            return []
        return [*self._chain_before(last), last]

    def _chain_before(self, last: int) -> list[int]:
        chain: list[int] = []
        while last > 0:
            gap_start, gap_end = self.titles[last - 1][1], self.titles[last][0]
            if not _BETWEEN_TITLES.fullmatch(self.text, gap_start, gap_end) or self._has_person(gap_start, gap_end):
                break
            last -= 1
            chain.append(last)
        return chain[::-1]

    def _chain_after(self, first: int) -> list[int]:
        chain = [first]
        while first + 1 < len(self.titles):
            gap_start, gap_end = self.titles[first][1], self.titles[first + 1][0]
            if not _BETWEEN_TITLES.fullmatch(self.text, gap_start, gap_end) or self._has_person(gap_start, gap_end):
                break
            first += 1
            if first in self.taken:
                break
            chain.append(first)
        return chain

    def _inherited(self, person: int, before: dict[int, list[int]]) -> list[int]:
        if person - 1 not in before:
            return []
        return before[person - 1] if self._coordinate(person - 1, person) else []

    def _coordinate(self, first: int, second: int) -> bool:
        return bool(_BETWEEN_PEOPLE.fullmatch(self.text, self.people[first][1], self.people[second][0]))

    def _has_person(self, start: int, end: int) -> bool:
        at = bisect_left(self.person_starts, start)
        return at < len(self.people) and self.people[at][0] < end

    def _person_before(self, at: int) -> int | None:
        index = bisect_right(self.person_starts, at) - 1
        return index if index >= 0 and self.people[index][1] <= at else None

    def _after(self, post: int) -> None:
        """甲书记; 甲(某村网格员); in lists 甲, 某村村民."""
        start, end = self.titles[post]
        person = self._person_before(start)
        if person is None:
            return
        gap = self.text[self.people[person][1] : start]
        if not gap.strip(" ”"):
            self._add(post, person, "after")
            return
        how = None
        if re.fullmatch(r"(?:同志)?\([^()。;\n]{0,40}", gap):
            how = "bracket"
        elif re.fullmatch(r", ?[^,。;:!?、\n]{0,30}", gap) and re.match(r"[,;。、\n]|$", self.text[end : end + 1]):
            how = "apposition"
        if how:
            for each in self._chain_after(post):
                self._add(each, person, how)

    def _predicate(self, post: int) -> None:
        """甲当选会长; 任命甲为局长; 免去甲的局长职务; 担任会长以来,甲…"""
        start = self.titles[post][0]
        low = max(0, start - 100)
        for mark in "。;!?\n":
            low = max(low, self.text.rfind(mark, low, start) + 1)
        person = self._person_before(start)
        if person is not None and self.people[person][0] >= low:
            gap = self.text[self.people[person][1] : start]
            verb = _last_verb(gap)
            leaves = _LEAVES_POST.match(gap)
            if leaves or verb is not None:
                holders = [person]
                while person > 0 and self.people[person - 1][0] >= low and self._coordinate(person - 1, person):
                    person -= 1
                    holders.append(person)
                if leaves:
                    holders = holders[:1] if "的" not in gap[:3] else holders
                for each in self._chain_after(post):
                    for holder in holders:
                        self._add(each, holder, "leaves" if leaves else "predicate")
            return
        clause = self.text[low:start]
        if re.match(rf"[“ ]*(?:自?从?)?(?:{_TAKES_POST})", clause):
            after = bisect_left(self.person_starts, start)
            stop = re.search(r"[。;!?\n]|$", self.text[start:])
            if after < len(self.people) and self.people[after][0] < start + (stop.start() if stop else 0):
                for each in self._chain_after(post):
                    self._add(each, after, "predicate")
        elif person is not None and re.search(r"[他她](?:还|曾|又|也|已)?(?:经)?(?:" + _TAKES_POST + ")", clause):
            if "\n" not in self.text[self.people[person][1] : start]:
                for each in self._chain_after(post):
                    self._add(each, person, "predicate")


def _last_verb(gap: str) -> str | None:
    match = re.search(rf"(?:{_TAKES_POST})(?=[^。;:!?\n]{{0,40}}$)", gap)
    return match.group() if match else None


def spans_of(found: Iterable[tuple[int, int, object]]) -> list[Span]:
    return [(start, end) for start, end, _ in found]
