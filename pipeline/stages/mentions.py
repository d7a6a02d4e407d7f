"""The resolver: which of the candidates of all sources are names, where they meet, and why (`source`).

The rules, in order:
1. An organisation that is none (a village's two committees, a street) is the place that it names.
2. The same span and type from several sources is one candidate; its `source` names them all, joined by "+".
3. How likely each is a name, by the sources and by what the model says of that very span, tells name_weights.tsv (without a
   model name_sources.tsv); a candidate that is rather no name than one is dropped.
4. An organisation swallows the places and people inside it; one of party or residents before the head of a title
   (某镇党委 in 某镇党委书记) is none, and one that the model does not see gives way to a likely person inside it.
5. Of two candidates of one type that meet the more likely one stands, and of organisations with one beginning or one
   end, if both are likely, the longer. A person may stand inside a longer place of level `other`.
6. A name found once is found everywhere in the article, unless inside a longer name.
7. A party branch or a committee of residents printed in full is an organisation with the name before it, its places too.
8. A title is a mention where a construction joins it to a named person (stages.posts); an organisation takes its part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, MENTIONS, set_spans
from pipeline.language.names import Chance, chance_of
from pipeline.lexicon.organisations import BANK
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.trie import Finder
from pipeline.records import Mention
from pipeline.stages.candidates import LIKELY, MODEL, OTHER, Candidate, believe, form, gather, merge
from pipeline.stages.place_bounds import bounds
from pipeline.stages.post_spans import attach_titles

_SURE = 0.8  # of an organisation that is looked for in the rest of the article
_ORG_FIRST = 0.5  # an organisation is served before what is inside it
_SHORT = {"ORG": 3, "PLACE": 2}  # characters that are too few to look for
_LONGER = 0.1  # what a longer organisation of one beginning or end is favoured by
_BY_FORM = frozenset((MODEL, "form", "recurrent"))  # sources that look at the name and its like
_PARTY_BODY = re.compile(
    r"(?:(?:村|社区|嘎查|^)妇联|村务监督委员会|(?<=[市县区州省])委|(?<=[省市县区州旗])监委|党委|党工委|党总支|党支部|党组|人大工委|居委会|村委会|居民委员会|村民委员会|业委会|支部)$"
)
_LEAGUE = re.compile(r"团|共青团|民革|民盟|民建|民进|农工|致公|九三")  # their 市委 is an organisation before any title
# of a village or community: what is named is the place
_OF_RESIDENTS = re.compile(
    r"([一-鿿]{1,16}?(?:(?<!农)村|社区|嘎查))[村居]?(?:委|委会|“?两委”?|务监督委员会|团?支部|支委会?|妇联)"
)
_BRANCH = re.compile(
    r"(?:机关|联合|临时|离退休(?:干部)?|第[一二三四五六七八九十]{1,2}|[一二三四五])?党(?:总支(?:部|委)?|支部|工?委)(?:委员会)?(?!副?书记|宣|统|组|纪|常|办|班|政|名|扩|会)"
)
_FULL_COMMITTEE = re.compile(r"[村居]民委员会")
_LISTED_BRANCH = re.compile(r"([一-鿿]{1,16}?(?:(?<!农)村|社区))(?:党总支|党支部|党委)")
_AREAS = ("居民区", "社区", "高新区", "经开区", "开发区")
_NO_PLACE_BEFORE = re.compile(r"(?<!村民)(?<!居民)居委会$")
_CALLED = re.compile(r"(?:的|称为|称作|戏称|叫做?|为|成了?|是)“$")  # before a nickname
_CALLS = ("之称", "的称", "的美", "美誉", "美称", "称号", "的帽子")  # behind one
_KINDS = ("村", "社区", "镇", "乡", "街道")
_GROUP_OF = re.compile(r"(?:社区|[村镇乡]|街道)(?:工作)?(?:小组|专班)$")  # 某社区工作小组: no name of its own
_NAMED_AFTER = re.compile(r"纪念[馆堂园碑]|故居|旧居|故里|墓|祠|广场|公园|塑像|雕像")  # a person may stand before it
_HEAD = re.compile(r"(?:常务副|第一|副)?(?:书记|主任|(?:组织|宣传|纪检|统战|政法|武装)?委员|成员|常委|秘书长|主席)")


@Language.factory("news_mentions", assigns=["doc._.mentions"])
def create_mentions(nlp: Language, name: str) -> Mentions:
    """Reads all groups "names/…", writes doc.spans["mentions"]; works with any of the sources missing."""
    return Mentions()


class Mentions:
    def __call__(self, doc: Doc) -> Doc:
        chosen = choose(doc._.folded, gather(doc), CANDIDATES + MODEL in doc.spans, chance_of(doc))
        set_spans(
            doc,
            MENTIONS,
            [
                (c.start, c.end, c.type, Mention(c.type, c.level, source="+".join(c.sources), score=c.score))
                for c in chosen
            ],
        )
        return doc


def choose(text: str, found: list[Candidate], with_model: bool, chance: Chance | None = None) -> list[Candidate]:
    """The mentions of an article among what all sources found.

    `with_model`: the name model is one of them; `chance`: how likely it says any span to be, if it tells.
    """
    believed = believe(text, merge(plain(text, found)), with_model, chance)
    candidates = [c for c in believed if c.confidence >= LIKELY[c.type]]
    titles = [c for c in candidates if c.type == "POST"]
    names = resolve(text, [c for c in candidates if c.type != "POST"], titles)
    names = resolve(text, names + believe(text, repeated(text, names), with_model, chance), titles)
    names = with_branches(text, names)
    return names + attach_titles(text, names, titles)


def plain(text: str, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates of organisations that are none replaced by what they name: a place that the model takes for one, the
    place for what its residents elect (某村委会, 某村两委); of two bodies in one word (镇党委政府) the first."""
    candidates = [c for c in _in_full(text, candidates) if not (c.type == "PLACE" and _is_nickname(text, c))]
    places = {c.end: c.start for c in candidates if c.type == "PLACE"}
    listed = {
        c.end + 1 for c in candidates if c.type == "PLACE" and "list" in c.sources and text[c.end : c.end + 1] == "、"
    }
    stems = {(c.start, c.end - len(suffix)) for c in candidates for suffix in _KINDS if _is_place(text, c, suffix)}
    return [
        new
        for c in candidates
        if (new := _plain(text[c.start : c.end], c, places, c.start in listed) if c.type == "ORG" else c) is not None
        and not (c.type == "ORG" and c.sources == (MODEL,) and (c.start, c.end) in stems)  # 石桥|村支部书记
    ]


def _is_nickname(text: str, place: Candidate) -> bool:
    """Whether a place is but called so for what it is like: 有名的“土豆村”, “长寿村”之称."""
    quoted = text[place.start - 1 : place.start] == "“" and text[place.end : place.end + 1] == "”"
    if not quoted or not text.endswith(("村", "镇", "社区"), place.start, place.end):
        return False
    return _CALLED.search(text, max(0, place.start - 4), place.start) is not None or text.startswith(
        _CALLS, place.end + 1
    )


def _is_place(text: str, candidate: Candidate, suffix: str) -> bool:
    """Whether a candidate is a place that the gazetteer knows by a name with this end."""
    known = candidate.type == "PLACE" and "gazetteer" in candidate.sources
    return known and text.endswith(suffix, candidate.start, candidate.end)


def _in_full(text: str, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, with what the model sees of a name put to the whole where the rest is what the place is: 某苑|居民区."""
    bare = {c.start: c for c in candidates if c.type == "PLACE" and c.sources == (MODEL,)}
    whole = {
        c: bare[c.start]
        for c in candidates
        if c.type == "PLACE"
        and c.start in bare
        and text[bare[c.start].end : c.end] in _AREAS
        and MODEL not in c.sources
    }
    parts = set(whole.values())
    return [
        replace(c, sources=(MODEL, *c.sources), score=whole[c].score) if c in whole else c
        for c in candidates
        if c not in parts
    ]


def _plain(name: str, organisation: Candidate, places: dict[int, int], listed: bool) -> Candidate | None:
    by_model = organisation.sources == (MODEL,)
    branch = _LISTED_BRANCH.fullmatch(name) if listed else None  # 甲、乙社区党总支: the branches of two communities
    elected = branch or _OF_RESIDENTS.fullmatch(name)
    if elected:
        if not by_model:
            return None
        end = organisation.start + elected.end(1)
        inside = (at for at in range(end - 2, organisation.start, -1) if at in places)
        before = next(inside, organisation.start)
        start = max(organisation.start, places.get(end, before))
        level = "community" if name.endswith("社区", 0, elected.end(1)) else "village"
        return replace(organisation, start=start, end=end, type="PLACE", level=level)
    if name.endswith("党委政府"):  # two bodies, the second one bare
        return replace(organisation, end=organisation.end - len("政府"))
    if by_model and form("ORG", name) == OTHER and form("PLACE", name) in ("name", "likely"):
        return replace(organisation, type="PLACE")
    return organisation


def resolve(text: str, candidates: list[Candidate], titles: list[Candidate]) -> list[Candidate]:
    """The candidates that stand, by rules 4 and 5."""
    shorts = {(c.start, c.end) for c in candidates if c.type == "PLACE" and "short" in c.sources}
    listed = {(c.start, c.end) for c in candidates if c.type == "PLACE" and "list" in c.sources}
    # what the article has as a village in full is no person whom the model alone sees; what stands in a list of villages is
    # nothing else unless more than its form says so
    candidates = [
        c
        for c in candidates
        if not (c.type == "PER" and c.sources == (MODEL,) and (c.start, c.end) in shorts)
        and not (c.type != "PLACE" and _BY_FORM.issuperset(c.sources) and (c.start, c.end) in listed)
    ]
    people = _Near(c for c in candidates if c.type == "PER")
    organisations = _Near(c for c in candidates if c.type == "ORG")
    heads = _Near(titles)
    ranked = [(_priority(text, c, people.to(c), organisations.to(c), heads.to(c)), c) for c in candidates]
    kept: list[Candidate] = []
    standing = _Near()
    for priority, candidate in sorted(ranked, key=lambda r: (-r[0], r[1].start, -r[1].end)):
        near = standing.to(candidate)
        if priority > 0 and all(_live_together(candidate, other) for other in near if candidate.meets(other)):
            kept.append(candidate)
            standing.add(candidate)
    return sorted(kept, key=lambda c: (c.start, -c.end))


class _Near:
    """Candidates by where they stand, so that those about one place are found without looking at all of an article's."""

    _WIDTH = 32  # characters

    def __init__(self, candidates: Iterable[Candidate] = ()):
        self.stretches: dict[int, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        for stretch in self._stretches(candidate):
            self.stretches[stretch].append(candidate)

    def to(self, candidate: Candidate) -> list[Candidate]:
        """All candidates that meet this one, and some more; one may come twice."""
        return [c for stretch in self._stretches(candidate) for c in self.stretches.get(stretch, ())]

    def _stretches(self, candidate: Candidate) -> range:
        return range(candidate.start // self._WIDTH, (candidate.end - 1) // self._WIDTH + 1)


def _priority(
    text: str,
    candidate: Candidate,
    people: list[Candidate],
    organisations: list[Candidate],
    titles: list[Candidate],
) -> float:
    """Who is served first where names meet; below 0 for what is no name at all."""
    if candidate.type == "ORG":
        name = text[candidate.start : candidate.end]
        if _PARTY_BODY.search(name) and not _LEAGUE.match(name) and _HEAD.match(text, candidate.end):
            return -1.0
        if _NO_PLACE_BEFORE.search(name):
            return -1.0
        unseen = MODEL not in candidate.sources
        if unseen and any(candidate.holds(p) and p.confidence > _SURE for p in people):
            return -1.0
        if candidate.sources == (MODEL,) and (BANK.fullmatch(name) or _GROUP_OF.search(name)):
            return -1.0
        longer = any(
            candidate.size > o.size and (o.start == candidate.start or o.end == candidate.end) and candidate.holds(o)
            for o in organisations
        )
        return candidate.confidence + _ORG_FIRST + (_LONGER + 0.3 if longer else 0.0)
    if candidate.type == "PER":
        # 开国上 is no name where 开国上将 is a title
        if candidate.sources == (MODEL,) and any(t.start == candidate.start and t.holds(candidate) for t in titles):
            return -1.0
        # 某 某 某 with spaces is not over after two characters
        return candidate.confidence + (0.5 if "spaced" in candidate.sources else 0.1)
    return candidate.confidence + candidate.size * 0.001


def _live_together(new: Candidate, kept: Candidate) -> bool:
    for inner, outer in ((new, kept), (kept, new)):
        if inner.type == "PER" and outer.type == "PLACE" and outer.level == "other" and outer.holds(inner):
            return outer.size > inner.size
    return False


def with_branches(text: str, names: list[Candidate]) -> list[Candidate]:
    """The names, those before a party branch or a committee of residents made one organisation with it (rule 7).

    What is said of its head (某社区党委书记, 某社区党支部甲书记) and of the last of a list (甲、乙社区党支部) stays a place.
    """
    by_end = {n.end: n for n in names}
    people = {n.start for n in names if n.type == "PER"}
    grown: list[Candidate] = []
    for name in names:
        residents = name.type == "PLACE" and name.level in ("community", "village", "compound")
        if not residents and name.type != "ORG":
            continue
        body = _BRANCH.match(text, name.end) or (residents and _FULL_COMMITTEE.match(text, name.end))
        if not body or _HEAD.match(text, body.end()) or body.end() in people:
            continue
        start = name.start
        while residents and (before := by_end.get(start)) and before.type == "PLACE":
            start = before.start
        if residents and text[start - 1 : start] == "、":
            continue
        grown.append(replace(name, start=start, end=body.end(), type="ORG", level=None))
    apart = [n for n in names if not any(g.holds(n) for g in grown)]
    return sorted(apart + grown, key=lambda c: (c.start, -c.end))


def repeated(text: str, names: list[Candidate]) -> list[Candidate]:
    """Where else a person, an organisation or a place that the model found stands in the article (rule 6)."""
    known: dict[str, Candidate] = {}
    for name in names:
        surface = text[name.start : name.end]
        sure = name.size > 1 if name.type == "PER" else name.size > _SHORT[name.type] and name.confidence > _SURE
        if name.type == "PLACE" and (MODEL not in name.sources or bounds().level_of(surface) is None):
            continue  # the finder of places has looked for its own everywhere
        if sure:
            known.setdefault(surface, name)
            bare = surface.replace(" ", "")
            if name.type == "PER" and len(bare) > 1:
                known.setdefault(bare, name)
    if not known:
        return []
    taken = {(n.start, n.end) for n in names}
    out = []
    after = person_names().after
    for start, end in Finder(known).find(text):
        name = known[text[start:end]]
        if (start, end) in taken:
            continue
        # a short name may be a word by chance: the character behind it must suit a name
        unlike = not _NAMED_AFTER.match(text, end)
        if unlike and name.type == "PER" and end - start == 2 and after(text[end : end + 1]) < -0.5:
            continue
        out.append(Candidate(start, end, name.type, name.level, ("repeated",), None))
    return out
