"""Where a post is held: the place or organisation of a title, and the place its name bears."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.lexicon.organisations import generic_organisation, kind_of
from pipeline.lexicon.posts import Title
from pipeline.stages.place_levels import UPPER
from pipeline.stages.post_names import Name, Unit, UnitNames, compatible
from pipeline.stages.post_places import LEVEL_OF_WORD
from pipeline.stages.posts import Span

_GENERAL = ("community", "village", "town")
_BARE_PLACE = re.compile(
    r"(?:[该本我全驻]|派驻)?(社区|街道|小区|家属院|嘎查|自治区|(?<![一-鿿]民)(?<![园景校住厂矿灾库牧林片战农城超门家老返下回])[省市州县区旗镇乡村])$"
)
_BARE_BODY = {
    "院": "院", "校": "学校", "局": "局", "所": "所", "站": "站", "馆": "馆", "厂": "企业", "行": "银行", "社": "社",
    "会": "会", "团": "团", "队": "队", "场": "场", "司": "企业",
}  # fmt: skip
_BARE_WORD = re.compile(r"[该本我]?(学校|医院|公司|集团|企业|银行|合作社|法院|检察院)")
_KIND_OF_WORD = {"集团": "公司"}
_CLINIC = re.compile(r"(?:科|病区|病房|手术室|门诊|护理部|医务部)$")
# A department without the name of what it belongs to: 研究室, 业务处
_ROOM = re.compile(r"[一-鿿]{0,7}(?:研究室|办公[室厅]|[处股科]|业务室)")
_BOARD = re.compile(r"管委会|管理委员会|理事会|监事会|董事会|校董会")  # of what is named before it
_SHARES = re.compile(rf"[、兼和及/ ]{{1,2}}(?:{_BOARD.pattern})?|兼任|,也是[^,。;\n]{{0,8}}")
_COMMITTEE = re.compile(r"(?:党支部|党总支|党委|居委会|村委会)$")
_TEAM = re.compile(
    r"(?:第[一二三四五六七八九十]+)?(?:(?![由被受经请任是为])[一-鿿]){0,3}(?:巡察组|督导组|审计组|调查组|工作组|检查组|核查组|工作队|专班|主席团|代表团|评审组|专家组|慰问组|慰问团|考察团|访问团)$"
)
_NAMED_TEAM = re.compile(
    r"“([^“”\n]{2,10}(?:组|队|专班))”|(?:第[一二三四五六七八九十]+)?(?:巡察组|督导组|审计组|调查组|工作组|检查组|核查组)"
)
_HAN = re.compile(r"[一-鿿]+")
_BREAK = re.compile(r"[、,。;:!?()“”\n]")
# What may stand between a unit and the title: 社区第四网格网格员, 医院急诊科护士长, 村原党支部书记, 村的护林员
_GAP = re.compile(
    r"(?:的?(?:原|现任?|前任?|时任|首任|第[一二三四五六七八九十]+任|退休|离休|退役|在职|老|新任|专职|兼职|返乡|当地)?)"
    r"(?:任?驻村|第[\d一二三四五六七八九十]+(?:网格|党支部|小组)|\d\d后|[一-鿿]{1,3}族|[一-鿿]{0,7}(?:科|室|系|班|组|部|处|股|中心|车间|值守的)"
    r"|[\d一二三四五六七八九十]{1,3}(?:连|分场|队|工区|车间)|[一-鿿]{1,4}(?:分场|作业区|工区|工段|井区|管护站))?"
)
_ROOMS = re.compile(r"[一-鿿][科室处股]\Z")
_BRANCHES = ("党支部", "党总支", "党小组", "党委")
_BRANCH_OF = re.compile(r"(?:退役|离退休|流动|老年|青年|商圈|第)[一-鿿]{1,5}")  # 某社区|退役军人|党支部书记
_SAYS_LEVEL = re.compile(r"(?:常务副|副|代)?[省市州盟县区旗镇乡](?:委|长|纪委|监委)")
# What a body named by its kind alone may be, and what may stand before it in its clause
_BODY = re.compile(r"(?![一二两三四五六七八九十几多各某每]|该|本|我)[一-鿿]{2,9}")
_OPENS_BODY = re.compile(
    r"现任|原任?|时任|曾任|[任为是由兼让请对向和与及的]|担任|出任|当选|同志|当了|了一?[名个位]?|一[名个位]|先后|随后|作为"
)
# An area with a party and an administrative committee of its own
_ZONE = re.compile(r"[一-鿿]{2,8}(?:开发区|高新区|新区|产业园|工业园|园区|度假区|示范区|试验区|合作区)")
_OPENS_SHORT = re.compile(r"(?:^|[^一-鿿]|[的该本我由任为兼时原现让请到在和与及向对据被派驻是])$")
_JOINED = re.compile(r"、[村镇乡县区市]?")  # between the titles of one person
_HEADLINE = 40  # characters at most
_AND = re.compile(r"[、和及与]")
_LEVEL_IN_TITLE = re.compile(r"[省市州盟县区旗镇乡](?=委|长|级|纪|监|政)")


class Units(UnitNames):
    """Finds the unit of each post of one article. `posts` and `titles` run in parallel, sorted by place."""

    def __init__(
        self,
        folded: str,
        names: Sequence[Name],
        people: Sequence[Name],
        posts: Sequence[Name],
        titles: Sequence[Title],
        home: str,
        page_text: str,
    ):
        super().__init__(folded, names, home, page_text)
        self.posts, self.titles = posts, titles
        self.people_by_end = {n.end: n.start for n in people}
        self.people = [(n.start, n.end) for n in people]
        self._found: dict[int, Unit | None] = {}
        self.guessed: set[Span] = set()  # where the titles stand whose units nothing near them tells

    def of(self, post: int) -> Unit | None:
        """The unit of a post, None if the text tells none."""
        if post not in self._found:
            self._found[post] = None if self.titles[post].alone else self._find(post)
        return self._found[post]

    # ------------------------------------------------------------------------------------------ the ways to find it
    def _find(self, post: int) -> Unit | None:
        name, title = self.posts[post], self.titles[post]
        at = self._said_before(post)
        if at is None:
            return self.of(post - 1)
        low = self.clause_start(at)
        named = self._named_before(at, low, title)
        if named:
            return self._with_department(self.unit(named), named, at, title)
        presented = self._presented(post)
        if presented:
            return self.unit(presented)
        if self._clinic(at):
            return self.organisation(("医院",), at)
        kind = _BARE_WORD.fullmatch(self.folded, low, at)
        if kind:  # 公司总经理: of the one named before, of no other
            unit = self.organisation((_KIND_OF_WORD.get(kind.group(1), kind.group(1)),), at)
            return unit if unit is not None and unit.span is not None and unit.span[0] < at else None
        return (
            self._bare_before(at, low, title)
            or self._body_before(at, low, title)
            or self._shared(post)
            or self._line_before(post)
            or self._of_colleague(post)
            or self._team_before(title, name.start)
            or self._guess(post)
        )

    def _presented(self, post: int) -> Name | None:
        """甲,村主任、会计,某县某村,…: the place or organisation in a part of its own behind the titles of one presented."""
        first = last = post
        while first and _JOINED.fullmatch(self.folded, self.posts[first - 1].end, self.posts[first].start):
            first -= 1
        while last + 1 < len(self.posts) and _JOINED.fullmatch(
            self.folded, self.posts[last].end, self.posts[last + 1].start
        ):
            last += 1
        at = self.posts[last].end
        if self.clause_start(self.posts[first].start) - 1 not in self.people_by_end or self.folded[at : at + 1] != ",":
            return None
        unit, at = None, at + 1
        for name in self.names[bisect_left(self.starts, at) :]:
            if name.start != at:
                break
            unit, at = name, name.end
        return unit if at == len(self.folded) or _BREAK.match(self.folded, at) else None

    def _guess(self, post: int) -> Unit | None:
        """The unit of a title that no words near it tell."""
        name, title = self.posts[post], self.titles[post]
        self.guessed.add((name.start, name.end))
        return self._implied(title, name.start) or self._fallback(title, name.start)

    def _with_department(self, unit: Unit, name: Name, at: int, title: Title) -> Unit:
        """The unit with the department that its head is named after: 某中心|监管科|科长."""
        department = self.folded[name.end : at]
        own = not name.place and 1 < len(department) < 11 and department[-1] == _plain(title)[:1]
        return dataclasses.replace(unit, text=unit.text + department) if own and _HAN.fullmatch(department) else unit

    def _said_before(self, post: int) -> int | None:
        """Where the words that may tell the unit end: at the title, or at the name that it stands behind and what is said
        of a committee (某社区党支部甲书记); None if that name has a title before it, whose unit is this one's too (某院主任甲教授)."""
        start = self.posts[post].start
        if start not in self.people_by_end:
            return start
        at = self.people_by_end[start]
        if post and self.posts[post - 1].end == at and not self.titles[post].level:
            return None
        committee = _COMMITTEE.search(self.folded, max(0, at - 5), at)
        return committee.start() if committee else at

    def _clinic(self, at: int) -> bool:
        """Whether what stands before `at` is a department of a hospital, which is no unit by itself: 普外科, 急诊科."""
        if not _CLINIC.search(self.folded, max(0, at - 3), at):
            return False
        return kind_of(self.folded[max(self.clause_start(at), at - 12) : at]).category == "hospital"

    def in_hospital(self, post: int) -> bool:
        """Whether a title is of a department of a hospital, whichever it is."""
        at = self._said_before(post)
        return self._clinic(at) if at is not None else self.in_hospital(post - 1)

    def clause_start(self, at: int) -> int:
        start = at
        while start > 0 and not _BREAK.match(self.folded, start - 1):
            start -= 1
        return start

    def _named_before(self, at: int, low: int, title: Title) -> Name | None:
        """The place or organisation named in the same clause right before the title, at most a few fixed words apart."""
        if self.folded[at - 1 : at] in (")", "”") and at:  # 某村(原甲村、乙村)村医
            opening = self.folded.rfind("(", max(0, at - 30), at)
            if opening > 0:
                at, low = opening, self.clause_start(opening)
        index = bisect_right(self.starts, at) - 1
        while index >= 0 and self.names[index].end > at:
            index -= 1
        if index < 0:
            return None
        name = self.names[index]
        if name.end == at - 1 and not name.place and self.folded[name.end] == "(":  # 某公司(负责人:甲)
            return name
        if (name.end <= low and name.end != at) or not self._leads_on(name, at, title):
            return None
        if name.place:
            if title.role and name.record.level in ("province", "other"):
                return None
            region = name.text.endswith("自治区")  # 某某自治区区委书记
            if title.level and not title.role and not region and not compatible(title.level, name.record.level):
                return None
        return name

    def _leads_on(self, name: Name, at: int, title: Title) -> bool:
        """Whether what stands between a name and the title at `at` leaves the name its unit."""
        if _GAP.fullmatch(self.folded, name.end, at):  # 某区市政处 is a body of the county, not the county
            return not (name.place and name.record.level in UPPER and _ROOMS.search(self.folded, name.end, at))
        branch = name.place and name.record.level in _GENERAL and title.text.startswith(_BRANCHES)
        return branch and _BRANCH_OF.fullmatch(self.folded, name.end, at) is not None

    def _bare_before(self, at: int, low: int, title: Title) -> Unit | None:
        """社区, 该镇, 支行, 急诊科, 督导组 before a title: the last one of the article that it can mean; 某某开发区 is itself."""
        left = self.folded[low:at]
        opens = self._opens(low, at)
        if _ZONE.fullmatch(self.folded, opens, at):
            words = self.folded[opens:at]
            return Unit(words, (opens, at), self.places.of_organisation(words, at) or self.places.local, None)
        match = _BARE_PLACE.search(left)
        if match:
            return self.place_of_level(LEVEL_OF_WORD[match.group(1)], at, match.group(1))
        if title.level and left.endswith("政府"):  # 任政府副县长
            return None
        for size in range(min(10, len(left)), 1, -1):
            if not _OPENS_SHORT.search(left[:-size]):  # 北山供电所 is not the 供电所 of 南山
                continue
            end = left[-size:]
            name = self.last(lambda n, end=end: not n.place and n.text.endswith(end), at, forward=False)  # type: ignore[misc]
            if name:
                return self.unit(name)
        team = _TEAM.search(left)
        if team:
            return Unit(team.group(), (low + team.start(), at), self.places.local, None)
        if left[-1:] in _BARE_BODY and (len(left) == 1 or left[-2] in "该本我"):
            return self.organisation((_BARE_BODY[left[-1]],), at)
        return None

    def _opens(self, low: int, at: int) -> int:
        """Where the words begin that may name a body right before a title at `at`, in its clause from `low`."""
        return max((m.end() for m in _OPENS_BODY.finditer(self.folded, low, at)), default=low)

    def _body_before(self, at: int, low: int, title: Title) -> Unit | None:
        """A body that has no name of its own but its kind right before a title: 教育局, 县人大, 政协."""
        opens = self._opens(low, at)
        places = [n for n in self.names if n.place and opens < n.end < at]
        opens = places[-1].end if places else opens
        words = self.folded[opens:at]
        if not places and (_ROOM.fullmatch(words) or _BOARD.fullmatch(words)):
            return None
        category = kind_of(words).category
        if not _BODY.fullmatch(words) or category is None or (title.level and words.endswith("政府")):
            return None
        if generic_organisation(words) and category not in ("party_government", "mass_org", "military"):
            return None
        if places:  # 某县计生委
            return Unit(places[-1].text + words, (places[-1].start, at), places[-1].record.canonical, None)
        place = self.places.of_organisation(words, at) or self.places.local
        return Unit(words, (opens, at), place, None)

    def _shared(self, post: int) -> Unit | None:
        """The unit of the title before, where the two are joined: 某镇党委副书记、镇长."""
        if post == 0 or self.titles[post - 1].alone or self.titles[post - 1].category == "delegate":
            return None
        gap = (self.posts[post - 1].end, self.posts[post].start)
        if not _SHARES.fullmatch(self.folded, *gap):
            return None
        unit, level = self.of(post - 1), self.titles[post].level
        own_level = level != self.titles[post - 1].level and _SAYS_LEVEL.match(self.posts[post].text)
        if own_level and (unit is None or unit.name is None):
            return None  # 州委常委、县委书记: each is of its own level
        place = unit.name if unit is not None and unit.name is not None and unit.name.place else None
        of_party = not _SAYS_LEVEL.match(self.posts[post].text) and self.posts[post - 1].text.startswith("党")
        alike = (
            of_party or level == self.titles[post - 1].level
        )  # 某大学党委常委、组织部部长; 某镇委员会组织委员、政法委员
        fits = compatible(level or "", place.record.level) if place else alike
        if place and level == "county" and place.record.level in ("province", "city", "county"):
            fits = fits or not _LEVEL_IN_TITLE.search(self.posts[post].text)  # 某省委常委、宣传部部长
        if unit and unit.name and level and not fits:
            return None
        if self.titles[post].role and not self.titles[post].level and not _is_team_role(self.titles[post - 1]):
            return unit if unit and unit.name and unit.name.place and not self.titles[post - 1].role else None
        return unit

    def _implied(self, title: Title, at: int) -> Unit | None:
        """What the title itself says: 镇长 is of a town, 校长 of a school; a role is only of what its paragraph has told."""
        unit = None
        if title.level:
            word = _LEVEL_IN_TITLE.search(title.text)
            unit = self.place_of_level(title.level, at, word.group() if word else "", role=title.role)
        elif title.units:
            unit = self.organisation(title.units, at)
            if unit is not None and unit.span is not None and unit.span[0] > at:
                return None  # told only afterwards
        paragraph = self.folded.rfind("\n", 0, at) + 1
        if title.role and unit is not None and (unit.span is None or not paragraph <= unit.span[0] < at):
            return None
        return unit

    def _of_colleague(self, post: int) -> Unit | None:
        """某局局长甲、科员乙; 某常委会主任甲主持,副主任乙: the organisation of the title before in the sentence."""
        title, before = self.titles[post], self.titles[post - 1]
        if post == 0 or title.alone or (title.level and title.level not in _GENERAL):
            return None
        gap = self.folded[self.posts[post - 1].end : self.posts[post].start]
        if re.search(r"[。!?\n]", gap) or not self._bare(self.posts[post].start):
            return None
        unit = self.of(post - 1)
        if unit is None or self._told_between(post):
            return None
        if title.level:  # 某社区书记甲、两委委员乙
            near = unit.name is not None and unit.name.place and compatible(title.level, unit.name.record.level)
            return unit if near else None
        low = self.clause_start(self.posts[post].start)
        in_room = _ROOM.fullmatch(self.folded, low, self.posts[post].start)
        if (not title.role and _plain(title) == _plain(before)) or (in_room and unit.name and not unit.name.place):
            return unit
        joined = self._without_people(self.posts[post - 1].end, self.posts[post].start)
        if re.fullmatch(r"[、,和及与]", joined) and title.official and not title.role and not title.units:
            return unit  # 某镇党委书记甲,党委委员乙
        told = unit.name and not unit.name.place and (self.posts[post - 1].start, self.posts[post - 1].end)
        close = re.fullmatch(r"[、和及与]{1,3}", joined)
        return unit if close and told and told not in self.guessed and self._suits(title, unit) else None

    def _told_between(self, post: int) -> bool:
        """Whether another organisation of a title's kind is named behind the title before it: 甲为庭长,设立某法庭,乙为庭长."""
        low = bisect_left(self.starts, self.posts[post - 1].end)
        high = bisect_left(self.starts, self.posts[post].start)
        wanted = set(self.titles[post].units)
        return any(not n.place and wanted & set(kind_of(n.text).kinds) for n in self.names[low:high])

    def _without_people(self, low: int, high: int) -> str:
        """The words of [low, high) that name nobody."""
        words = ""
        for start, end in self.people[bisect_left(self.people, (low,)) :]:
            if end > high:
                break
            words += self.folded[low:start]
            low = end
        return words + self.folded[low:high]

    @staticmethod
    def _suits(title: Title, unit: Unit) -> bool:
        """Whether a title may be of a unit that is told with another: 某公司负责人甲、校长乙 are of two."""
        kinds = kind_of(unit.text).kinds
        own = title.role and not title.units  # 某公司经理甲、环卫工人乙
        return not own and not (title.units and kinds and not set(kinds) & set(title.units))

    def _line_before(self, post: int) -> Unit | None:
        """委员:乙 below 某村主任:甲: a list whose lines begin with the titles."""
        start, end = self.posts[post].start, self.posts[post].end
        if post == 0 or self.folded[end : end + 1] != ":" or self.folded[start - 1 : start] != "\n":
            return None
        line = self.folded.rfind("\n", 0, start - 1) + 1
        behind = self.posts[post - 1].end
        return self.of(post - 1) if line <= self.posts[post - 1].start and self.folded[behind] == ":" else None

    def each(self, post: int, text_from: int, count: int) -> list[Unit] | None:
        """The units of `count` people who hold a title each in one of his own, told in the order of the people:
        甲、乙分别任某村、某村第一书记; None if the text from `text_from` to the title tells none, or not as many."""
        at = self.posts[post].start
        if "分别" not in self.folded[text_from:at]:
            return None
        run: list[Name] = []
        end = at
        for name in reversed(self.names[: bisect_left(self.starts, at)]):
            if name.start < text_from:
                break
            gap = self.folded[name.end : end]
            if end == at and not run and not _GAP.fullmatch(gap):
                break
            if run and gap and not _AND.fullmatch(gap):
                break
            if not run or gap:  # 某镇某村: the last of a chain
                run.append(name)
            end = name.start
        return [self.unit(name) for name in reversed(run)] if len(run) == count else None

    def _bare(self, at: int) -> bool:
        """Whether no place or organisation stands before a title in its clause."""
        low = self.clause_start(at)
        return bisect_left(self.starts, low) == bisect_left(self.starts, at)

    def _team_before(self, title: Title, at: int) -> Unit | None:
        """组长 is of the group of the paragraph: 审计组, “某专班”."""
        if not title.text.endswith("组长"):
            return None
        paragraph = self.folded.rfind("\n", 0, at) + 1
        teams = list(_NAMED_TEAM.finditer(self.folded, paragraph, at))
        if not teams:
            return None
        span = teams[-1].span(1) if teams[-1].group(1) else teams[-1].span()
        return Unit(self.folded[slice(*span)], span, self.places.local, None)

    def _fallback(self, title: Title, at: int) -> Unit | None:
        """A post of responsibility that says nothing of its unit is of the last one told before it in the paragraph, or in
        the headline above it."""
        if (
            title.role
            or title.units
            or not title.official
            or title.category in ("role", "enterprise", "military", "delegate", "school", "hospital")
        ):
            return None
        if (
            title.level or not self._bare(at) or _BARE_PLACE.search(self.folded, self.clause_start(at), at)
        ):  # of a village that the article does not name
            return None
        name = self.last(lambda n: not n.place or n.record.level in _GENERAL, at, forward=False)
        paragraph = self.folded.rfind("\n", 0, at) + 1
        above = self.folded.rfind("\n", 0, max(paragraph - 1, 0)) + 1
        if paragraph - above <= _HEADLINE:
            paragraph = above
        return self.unit(name) if name and name.start >= paragraph else None


def _plain(title: Title) -> str:
    return title.text.removeprefix(title.rank)


def _is_team_role(title: Title) -> bool:
    return title.category == "role" and not title.role
