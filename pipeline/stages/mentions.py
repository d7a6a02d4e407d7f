"""The resolver: which of the candidates of all sources are names, where they meet, and why (`source`).

The rules, in order:
1. The same span and type from several sources is one candidate; its `source` names them all, joined by "+".
2. Each source is believed as far as name_sources.tsv says, the model as far as its own score; a candidate that is rather
   no name than one is dropped. What the model does not see is believed less where a model runs.
3. An organisation swallows the places and people inside it; one of party or residents before the head of a title
   (某社区党委 in 某社区党委书记) is none, and one that the model does not see gives way to a likely person inside it.
4. Of two candidates of one type that meet the more likely one stands, and of organisations with one beginning or one
   end, if both are likely, the longer. A person may stand inside a longer place of level `other`.
5. A name found once is found everywhere in the article, unless inside a longer name.
6. A title is a mention where a construction joins it to a named person (stages.posts); an organisation takes its part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, MENTIONS, set_spans
from pipeline.lexicon.organisations import generic_organisation
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.trie import Finder
from pipeline.records import Mention
from pipeline.stages.candidates import LIKELY, MODEL, Candidate, believe, gather, merge
from pipeline.stages.organisations import without_verbs
from pipeline.stages.place_bounds import bounds
from pipeline.stages.post_spans import attach_titles

_SURE = 0.8  # of an organisation that is looked for in the rest of the article
_ORG_FIRST = 0.5  # an organisation is served before what is inside it
_SHORT = {"ORG": 3, "PLACE": 2}  # characters that are too few to look for
_LONGER = 0.1  # what a longer organisation of one beginning or end is favoured by
_PARTY_BODY = re.compile(
    r"(?:(?:村|社区|嘎查|^)妇联|村务监督委员会|(?<=[市县区州省])委|(?<=[省市县区州旗])监委|党委|党工委|党总支|党支部|党组|人大工委|居委会|村委会|居民委员会|村民委员会|业委会|支部)$"
)
_LEAGUE = re.compile(r"团|共青团|民革|民盟|民建|民进|农工|致公|九三")  # their 市委 is an organisation before any title
# of a village or community: what is named is the place
_SHORT_COMMITTEE = re.compile(
    r"((?<!农)村|社区|嘎查)(?:(?:委|村委|居委)会?|党委|党总支|(?:党|团)?支部|支委会?|“?两委”?)$|[一-鿿](?<!村民)(?<!居民)居委会$"
)
_GROUP_OF = re.compile(r"(?:社区|[村镇乡]|街道)(?:工作)?(?:小组|专班)$")  # 某社区工作小组: no name of its own
_NAMED_AFTER = re.compile(r"纪念[馆堂园碑]|故居|旧居|故里|墓|祠|广场|公园|塑像|雕像")  # a person may stand before it
_HEAD = re.compile(r"(?:常务副|第一|副)?(?:书记|主任|(?:组织|宣传|纪检|统战|政法|武装)?委员|成员|常委|秘书长|主席)")


@Language.factory("news_mentions", assigns=["doc._.mentions"])
def create_mentions(nlp: Language, name: str) -> Mentions:
    """Reads all groups "names/…", writes doc.spans["mentions"]; works with any of the sources missing."""
    return Mentions()


class Mentions:
    def __call__(self, doc: Doc) -> Doc:
        text = doc._.folded
        with_model = CANDIDATES + MODEL in doc.spans
        candidates = [
            c for c in believe(text, merge(trim_organisations(text, gather(doc))), with_model) if c.confidence >= LIKELY
        ]
        titles = [c for c in candidates if c.type == "POST"]
        names = resolve(text, [c for c in candidates if c.type != "POST"], titles)
        names = resolve(text, names + believe(text, repeated(text, names), with_model), titles)
        chosen = names + attach_titles(text, names, titles)
        set_spans(
            doc,
            MENTIONS,
            [
                (c.start, c.end, c.type, Mention(c.type, c.level, source="+".join(c.sources), score=c.score))
                for c in chosen
            ],
        )
        return doc


def trim_organisations(text: str, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, verbs at the head of an organisation that the model found taken off: 某县举行某某协会; of a branch
    or committee of a village the village, which is what is named: 石桥村|党支部."""
    ends = {c.end for c in candidates if c.type == "PLACE"}
    out = []
    for c in candidates:
        if c.type == "ORG" and c.sources == (MODEL,):
            body = _SHORT_COMMITTEE.search(text, c.start, c.end)
            if body and body.group(1):
                start = max((e for e in ends if c.start < e < body.start(1)), default=c.start)
                level = "community" if body.group(1) == "社区" else "village"
                c = replace(c, start=start, end=body.end(1), type="PLACE", level=level)
            else:
                c = replace(c, start=without_verbs(text, c.start, c.end))
        out.append(c)
    return out


def resolve(text: str, candidates: list[Candidate], titles: list[Candidate]) -> list[Candidate]:
    """The candidates that stand, by rules 3 and 4."""
    shorts = {(c.start, c.end) for c in candidates if c.type == "PLACE" and "short" in c.sources}
    # what the article has as a village in full is no person whom the model alone sees
    candidates = [c for c in candidates if c.type != "PER" or c.sources != (MODEL,) or (c.start, c.end) not in shorts]
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
        if _SHORT_COMMITTEE.search(name):
            return -1.0
        unseen = MODEL not in candidate.sources
        if unseen and any(candidate.holds(p) and p.confidence > _SURE for p in people):
            return -1.0
        if candidate.sources == (MODEL,) and (generic_organisation(name) or _GROUP_OF.search(name)):
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


def repeated(text: str, names: list[Candidate]) -> list[Candidate]:
    """Where else a person, an organisation or a place that the model found stands in the article (rule 5)."""
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
