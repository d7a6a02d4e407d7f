"""Titles of posts, and who of the people around holds them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, set_spans
from pipeline.lexicon.posts import posts
from pipeline.records import Mention

GROUP = CANDIDATES + "posts"

Span = tuple[int, int]

# Between a title and the name after it: 组长:某某, 网格员“小某”, “五保户”某某, 传承人——某某, 镇长提名人选某某, 副主任(主持工作)某某,
# 楼长、退役军人某某; in display type the name may begin the next line
_APPOSED = "退役军人|退伍军人|转业军人|老党员|中共党员|党员|复员军人|同志|老人"
_KIN = "侨胞|华侨|归侨|乡亲|乡贤|儿子|女儿|孙子|孙女|妻子|丈夫|父亲|母亲|弟弟|哥哥|姐姐|妹妹|军嫂|军属"
_BEFORE_NAME = re.compile(
    rf"(?:、(?:{_APPOSED})|、[一-鿿]{{0,8}}(?:{_KIN})|、(?:现年|今年)?\d{{2,3}}岁的)?(?:(?:提名)?(?:候选人|人选))?"
    rf"(?:\([^()\n]{{1,10}}\))?(?:[ :“”\"‘]{{0,2}}|——|\n)\Z"
)
# Between two titles of one person: a separator, then at most the unit of the second. No comma: 镇长甲,乡长乙 are two people.
_BETWEEN_TITLES = re.compile(
    r"(?:[、/ ]|兼任?|和|及|暨|,?现任?|,?(?:同时)?[也又还]是|,同时(?:兼任|担任|还是|也是))[^,。;:!?()、\n]{0,40}"
)
# Behind a title that is no one's else so far: 全国人大代表,某镇党委书记甲
_COMMA = re.compile(r",(?:现任|现为|时任|原|兼)?")
_CALLED = re.compile(r"”?(?:名叫|叫做?|名为)\Z")  # 村里的“第一书记”名叫甲
_BY_HIM = re.compile(r"(?:一职|职务)?(?:由|[的都]?是)\Z")  # 会长由甲担任, 队长是甲
_TAKEN = re.compile(r"(?:同志)?(?:担任|兼任?|出任|接任|接替)")
_IS_HIM = re.compile(r"(?:同志)?(?:[,。;!?\n]|$)")
_MADE = re.compile(r"(?:同志)?[为任]\Z")
_VERBS = frozenset({"代表", "领队", "导演", "编剧", "主编", "主审", "助理", "裁判", "策划", "编辑"})  # behind a name
# A delegate by the form of address of congresses, with what he does then: 甲代表说
DELEGATE = re.compile(
    r"(?:代表|委员)(?=(?:对记者|向记者)?(?:说|表示|介绍|建议|认为|提出|指出|告诉|呼吁|谈到|谈及|坦言|直言|感慨|[:,]“))"
)
_EACH = "分别"
_BY_ORDER = re.compile(r"(?:免[去除]|任命|聘任|聘请|撤销|解除|决定|提名|推荐)\Z")  # 免去甲同志局长一职
_OFFICE = re.compile(r"一?职务?")
_BETWEEN_PEOPLE = re.compile(r"(?:\([^()\n]{1,8}\))?(?:[、 ]|和|及|、 )(?:同志)?")
_BETWEEN_HOLDERS = re.compile(r"[、和及][^,。;:!?、\n]{0,40}")
_TAKES_SURELY = "担任|出任|就任|接任|升任|转任|调任|改任|连任|兼任|现任|曾任|历任|拟任|留任|续任|任命|当选为?|推选为?|推举|选举|选为|聘为|聘请|聘任|免去[其他她]"
_TAKES_PERHAPS = (
    "(?<![责主信重放离一胜])任(?![务何由意性教期课])|聘(?![请任])|(?<!化身)(?<!称)(?<!视)(?<!认)(?<!因)为|成[为了]|是|当上了?|当起了?|当了|当过"
    "|(?<![应适相])当(?![年天时日地场前选然初])|做了"
)
_TAKES = f"{_TAKES_SURELY}|{_TAKES_PERHAPS}"
_VERB = re.compile(f"(?P<sure>{_TAKES_SURELY})|{_TAKES_PERHAPS}")
_MOST_BETWEEN = 40  # characters from such a verb to the title
_MOST_WORDS = 10  # of them outside the names of units, behind a verb that has other uses
_OTHER_OBJECT = re.compile(r"[,对给让向把被跟]")  # 是面对学生时, 任副职,把学生
# Between a name and the verb: somebody else takes the post. 由一名副局长任队长, 使自己成为企业家
_OTHER_AGENT = re.compile(r"由[一有]|使自己|[使让](?![他她用])|一[名位]")
_TAKES_FIRST = re.compile(rf"[“ ]*(?:自?从?)?(?:{_TAKES})")
_ONCE = re.compile(r"[^,。;\n]{0,12},?(?:曾|历|现|先后|后)(?:任|担任|为)")
_SERVES_AS = re.compile(r"[“ ]*(?:作为|身为)")
_HE_TAKES = re.compile(rf"[他她](?![们(])[^,。;\n]{{0,6}}?(?:{_TAKES})|^[^,。;\n]{{0,6}}这[位名]")
_GIVES_HIM = re.compile(r"(?:聘请?|请|选|推举|派)[他她]")
# Between a title and the name of who held it: 当了十年书记的甲, 从局长岗位退休的甲
_OF_PERSON = re.compile(r"(?:(?:岗位|职务|位置|任)上?)?(?:退休|离休|退下来?|卸任|离任|退居二线)?后?的")
# What follows a title that somebody takes: the clause ends, or 职务, 候选人, 以来. 为村民讲课 takes no post.
_TITLE_ENDS = re.compile(
    r"[,;。、!?)(”\n《：:—…]|$|(?:的|一)?职务?|候选人|人选|以来|期间|之一|后|时|兼|和|并|,|\d|的[时日后\d]"
)
_LEAVES_POST = re.compile(r"(?:同志)?(?:的|因[^。;\n]{1,12}辞去|辞去|不再担任)[^。;\n]{0,40}")
_AND_OTHERS = "等"  # 甲、乙等村民代表
_IN_BRACKET = re.compile(r"(?:同志)?\([^()。;\n]{0,40}")
# What a life in short tells between a name and the post: 甲(女),汉族,1968年11月生,现任某局局长
_LIFE = (
    r"[男女]性?|[一-鿿]{1,4}族|共青团员|群众|无党派人士?|毕业于[^,。;\n]{2,20}|[\d年月日.]{4,10}(?:出?生|参加工作|入党|加入中国共产党)|[^,。;\n]{1,6}岁"
    r"|(?:中共)?(?:预备)?党员|[一-鿿]{2,8}(?:学历|毕业|学位)|本科|大专|中专|高中|[一-鿿]{2,20}人"
)
_APPOSITION = re.compile(
    rf"(?:\([男女]\))?(?:, ?(?:{_LIFE})){{0,7}}, ?(?! ?(?:还有|以及|另有|及|和|与|带领|组织|邀请|虽|\d+[个名位家]|各))[^,。;:!?、\n]{{0,30}}"
)
# Entries of a roster: a line, or behind a number; name and bracket, what ends them; no sentence between name and title
_ENTRY = re.compile(
    r"(?:(?:^|\n)(?:[0-9]{1,3}[.、,)] ?|[(][0-9]{1,3}[)] ?)?|[:;。](?:[0-9]{1,3}[.、,)]|[(][0-9]{1,3}[)]) ?)\Z"
)
_ENTRY_END = re.compile(r"[;。\n]")
_ROSTER_GAP = re.compile(r"(?:\([^()\n]{1,10}\))?(?:: ?| {1,4}|——)")
_ROSTER_UNIT = re.compile(r"[一-鿿 ]{0,6}")  # outside the names of units
_ROSTER_END = re.compile(r",?(?:\([^()\n]{1,20}\))?[ ]?")
_SEGMENT = re.compile(r"[^,。;!?\n]*")


@Language.factory("news_posts")
def create_posts(nlp: Language, name: str) -> PostCandidates:
    """Writes doc.spans["names/posts"]: every title of the lexicon in the text, whoever holds it or nobody."""
    return PostCandidates()


class PostCandidates:
    def __init__(self) -> None:
        self.posts = posts()

    def __call__(self, doc: Doc) -> Doc:
        mention = Mention("POST", source="lexicon")
        set_spans(doc, GROUP, [(start, end, "POST", mention) for start, end, _ in self.posts.find(doc._.folded)])
        return doc


@dataclass(frozen=True, slots=True)
class Holding:
    """Title and person, as indices of the spans given; `how` names the construction (records.CONSTRUCTIONS)."""

    post: int
    person: int
    how: str


def holdings(folded: str, people: Sequence[Span], titles: Sequence[Span], units: Sequence[Span] = ()) -> list[Holding]:
    """Who holds which title, by the constructions that join the two; all lists sorted by place, none overlapping.

    A title may have several people (副市长甲、乙) and a person several titles (党委书记、镇长甲). `units`: the places and
    organisations named.
    """
    return _Holdings(folded, people, titles, units).find()


class _Holdings:
    def __init__(self, folded: str, people: Sequence[Span], titles: Sequence[Span], units: Sequence[Span]):
        self.text, self.people, self.titles, self.units = folded, people, titles, units
        self.person_starts = [start for start, _ in people]
        self.person_ends = {end for _, end in people}
        self.title_ends = {end: i for i, (_, end) in enumerate(titles)}
        self.title_starts = {start: i for i, (start, _) in enumerate(titles)}
        self.found: dict[tuple[int, int], str] = {}
        self.taken: set[int] = set()

    def find(self) -> list[Holding]:
        self._rosters()
        before: dict[int, list[int]] = {}
        for person, (start, _) in enumerate(self.people):
            chain, how = self._before(start), "before"
            if not chain and person - 1 in before:
                previous = self.people[person - 1]
                if self.text[previous[1] : start] in ("", "”") and previous[0] - 1 in self.title_ends:
                    # 网格员“小某”某某: the nickname stands for the name after it
                    chain = before.pop(person - 1)
                    for post in chain:
                        self.found.pop((post, person - 1), None)
                elif self._coordinate(person - 1, person):
                    chain, how = before[person - 1], "list"
            if chain:
                before[person] = chain
                for post in chain:
                    self._add(post, person, how)
        for attach in (self._after, self._predicate):
            for post in range(len(self.titles)):
                if post not in self.taken:
                    attach(post)
        return [Holding(post, person, how) for (post, person), how in sorted(self.found.items())]

    def _add(self, post: int, person: int, how: str) -> None:
        self.found.setdefault((post, person), how)
        self.taken.add(post)

    def _rosters(self) -> None:
        """1.甲:某镇某村党支部书记、村委会主任; 甲(女) 某社区党委书记: a line that begins with a name and ends with its titles."""
        for person, (start, end) in enumerate(self.people):
            gap = _ROSTER_GAP.match(self.text, end)
            if not gap or not _ENTRY.search(self.text, max(0, start - 8), start):
                continue
            stop = _ENTRY_END.search(self.text, gap.end())
            high = stop.start() if stop else len(self.text)
            if self._has_person(end, high):
                continue
            titles = range(*(bisect_left(self.titles, (at,)) for at in (gap.end(), high)))
            if not titles or not _ROSTER_END.fullmatch(self.text, self.titles[titles[-1]][1], high):
                continue
            joined = (
                _BETWEEN_TITLES.fullmatch(self.text, self.titles[a][1], self.titles[b][0]) for a, b in pairwise(titles)
            )
            unnamed = self._outside_units(gap.end(), self.titles[titles[0]][0])
            if _ROSTER_UNIT.fullmatch(unnamed) and all(joined):
                for post in titles:
                    self._add(post, person, "apposition")

    def _before(self, start: int) -> list[int]:
        """The titles that stand before the name at `start`, first to last."""
        gap = _BEFORE_NAME.search(self.text, max(0, start - 20), start)
        last = self.title_ends.get(gap.start() if gap else start)
        if last is None:
            last = self.title_ends.get(start)
        if last is None and self.text[start - 1 : start] == ")":  # 某村人(某公司董事长)甲
            last = self.title_ends.get(start - 1)
            if last is not None and self._has_person(self.text.rfind("(", 0, start), start - 1):
                last = None
        if last is None:
            called = _CALLED.search(self.text, max(0, start - 4), start)
            last = self.title_ends.get(called.start()) if called else None
        if last is None:
            taken = _BY_HIM.search(self.text, max(0, start - 4), start)
            last = self.title_ends.get(taken.start()) if taken else None
            ends = _IS_HIM if taken and taken.group().endswith("是") else _TAKEN
            if last is not None and not ends.match(self.text, self._ends_at(start)):
                last = None
        if last is None or (last in self.taken and "\n" in self.text[self.titles[last][1] : start]):
            return []  # the next line of a roster is another's
        return [*self._chain_before(last), last]

    def _ends_at(self, start: int) -> int:
        """Where the person ends who begins at `start`."""
        return self.people[bisect_left(self.person_starts, start)][1]

    def _chain_before(self, last: int) -> list[int]:
        chain: list[int] = []
        while last > 0:
            gap_start, gap_end = self.titles[last - 1][1], self.titles[last][0]
            joined = _BETWEEN_TITLES.fullmatch(self.text, gap_start, gap_end) or (
                _COMMA.fullmatch(self._outside_units(gap_start, gap_end)) and not self._belongs_before(last - 1)
            )
            if not joined or self._has_person(gap_start, gap_end) or self._object_of(last - 1):
                break
            if self.titles[last - 1][0] in self.person_ends:  # 甲教授、某会会长乙: the first is of the one before it
                break
            last -= 1
            chain.append(last)
        return chain[::-1]

    def _belongs_before(self, post: int) -> bool:
        """Whether somebody stands before a title in its sentence who may hold it."""
        start = self.titles[post][0]
        low = max(self.text.rfind(mark, 0, start) + 1 for mark in "。;!?\n")
        return self._has_person(low, start)

    def _object_of(self, post: int) -> bool:
        """Whether a title is what somebody right before it is made: 以甲为队长、某院副院长乙为队员."""
        start = self.titles[post][0]
        made = _MADE.search(self.text, max(0, start - 3), start)
        return made is not None and self._has_person(made.start() - 1, made.start())

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

    def _coordinate(self, first: int, second: int) -> bool:
        return bool(_BETWEEN_PEOPLE.fullmatch(self.text, self.people[first][1], self.people[second][0]))

    def _has_person(self, start: int, end: int) -> bool:
        """Whether a name begins in [start, end) or reaches into it."""
        at = bisect_left(self.person_starts, end) - 1
        return at >= 0 and self.people[at][1] > start

    def _person_before(self, at: int) -> int | None:
        index = bisect_right(self.person_starts, at) - 1
        return index if index >= 0 and self.people[index][1] <= at else None

    def _after(self, post: int) -> None:
        """甲书记; 甲(某村网格员); in lists 甲, 某村村民; 当了十年书记的甲."""
        start, end = self.titles[post]
        following = bisect_left(self.person_starts, end)
        clause = _OF_PERSON.match(self.text, end)
        if clause and self.person_starts[following : following + 1] == [clause.end()]:
            for each in [*self._chain_before(post), *self._chain_after(post)]:
                self._add(each, following, "predicate")
            return
        person = self._person_before(start)
        if person is None:
            return
        gap = self.text[self.people[person][1] : start]
        if not gap.strip(" ”"):
            if self.text[start:end] not in _VERBS or DELEGATE.match(self.text, start):
                self._add(post, person, "after")
        elif gap == "同志" and self._by_order(person) and _OFFICE.match(self.text, end):
            self._add_chain(post, [person], "leaves")
        elif gap == _AND_OTHERS:
            self._add_chain(post, self._holders(person, 0), "list")
        elif _IN_BRACKET.fullmatch(gap):
            self._add_chain(post, [person], "bracket")
        elif post and self.titles[post - 1][0] >= self.people[person][1]:
            pass  # another title stands between
        elif (
            _APPOSITION.fullmatch(gap)
            and re.match(r"[,;。、\n]|$", self.text[end : end + 1])
            and not self._anothers(end)
        ):
            self._add_chain(post, [person], "apposition")

    def _anothers(self, end: int) -> bool:
        """Whether somebody stands behind a title in its part of the sentence: 甲,副团长、某协会乙."""
        segment = _SEGMENT.match(self.text, end)
        return segment is not None and self._has_person(end, segment.end())

    def _by_order(self, person: int) -> bool:
        start = self.people[person][0]
        return bool(_BY_ORDER.search(self.text, max(0, start - 4), start))

    def _add_chain(self, first: int, people: Sequence[int], how: str) -> None:
        chain, people = self._chain_after(first), sorted(people)
        said = self.text[self.people[people[-1]][1] : self.titles[first][0]]
        if 1 < len(chain) == len(people) and _EACH in said:  # 甲、乙分别任书记、主任
            for post, person in zip(chain, people, strict=True):
                self._add(post, person, how)
            return
        for post in chain:
            for person in people:
                self._add(post, person, how)

    def _predicate(self, post: int) -> None:
        """甲当选会长; 任命甲为局长; 免去甲的局长职务; 担任会长以来,甲…"""
        start, end = self.titles[post]
        leads = self.text[end : end + 1] == "的" and self._object_of(post)  # 以甲为团长的慰问团
        if not (leads or _TITLE_ENDS.match(self.text, end)) or (
            self.text[start - 1 : start] == "“" and self.text[end : end + 1] == "”"
        ):
            return
        low = max(self.text.rfind(mark, 0, start) + 1 for mark in "。;!?\n")
        person = self._person_before(start)
        clause = self.text[low:start]
        if person is not None and self.people[person][0] >= low:
            gap = self.text[self.people[person][1] : start]
            if gap.count("“") > gap.count("”"):  # 当上了“编外某某”
                return
            leaves = _LEAVES_POST.fullmatch(gap)
            if _GIVES_HIM.search(gap):
                earlier = [p for p in range(person) if self.people[p][1] <= low]
                self._add_chain(post, earlier[-1:] or [person], "predicate")
            elif leaves and "的" in gap[:3]:
                self._add_chain(post, [person], "leaves")
            elif leaves or self._takes(self.people[person][1], start):
                self._add_chain(post, self._holders(person, low), "leaves" if leaves else "predicate")
        elif person is not None and _ONCE.match(clause) and "\n" not in self.text[self.people[person][1] : low]:
            self._add_chain(post, [person], "predicate")  # 甲,某地人。曾任某县副县长
        elif _TAKES_FIRST.match(clause):
            after = bisect_left(self.person_starts, start)
            stop = re.search(r"[。;!?\n]|$", self.text[start:])
            if after < len(self.people) and self.people[after][0] < start + (stop.start() if stop else 0):
                self._add_chain(post, [after], "predicate")
        elif _SERVES_AS.match(clause) and self._outside_units(low, start) != clause:
            after = bisect_left(self.person_starts, end)
            if self.text[end : end + 1] == "," and self.person_starts[after : after + 1] == [end + 1]:
                self._add_chain(post, [after], "predicate")
        elif person is not None and _HE_TAKES.search(clause):
            self._add_chain(post, [person], "predicate")

    def _takes(self, low: int, post: int) -> bool:
        """Whether a verb between `low` and the title at `post` has the title as its object: 任, 是, 当选."""
        for verb in _VERB.finditer(self.text, max(low, post - _MOST_BETWEEN), post):
            if _OTHER_AGENT.search(self.text, low, verb.start()):
                continue
            if verb["sure"]:
                return True
            between = self._outside_units(verb.end(), post)
            if len(between) <= _MOST_WORDS and not _OTHER_OBJECT.search(between):
                return True
        return False

    def _outside_units(self, low: int, high: int) -> str:
        """The words of [low, high) that lie in no unit."""
        words = ""
        for start, end in self.units[
            max(bisect_left(self.units, (low, 0)) - 1, 0) : bisect_left(self.units, (high, 0))
        ]:
            words += self.text[low:start]
            low = max(low, end)
        return words + self.text[low:high]

    def _holders(self, last: int, low: int) -> list[int]:
        """The people joined to the last one, each perhaps with a title of his own: 教授甲、某院主任乙当选副会长."""
        out = [last]
        while last > 0 and self.people[last - 1][0] >= low:
            gap = (self.people[last - 1][1], self.people[last][0])
            titled = self.people[last][0] in self.title_ends
            if not (self._coordinate(last - 1, last) or (titled and _BETWEEN_HOLDERS.fullmatch(self.text, *gap))):
                break
            last -= 1
            out.append(last)
        return out
