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
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, MENTIONS, get_spans, set_spans
from pipeline.lexicon import load_tsv
from pipeline.lexicon.organisations import generic_organisation as _generic
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.posts import Title, posts
from pipeline.lexicon.trie import alternation
from pipeline.records import Mention
from pipeline.stages.posts import holdings

MODEL = "model"
_LIKELY = 0.5  # the least confidence of a mention
_SURE = 0.8  # of an organisation that is looked for in the rest of the article
_ORG_FIRST = 0.5  # an organisation is served before what is inside it
_CERTAIN = 0.95  # a score of the model from which on it is taken at its word
_LONGER = 0.1  # what a longer organisation of one beginning or end is favoured by
_PARTY_BODY = re.compile(
    r"(?:(?<!县)(?<!市)(?<!区)妇联|村务监督委员会|(?<=[市县区州省])委|党委|党工委|党总支|党支部|党组|居委会|村委会|居民委员会|村民委员会|业委会|支部)$"
)
_HEAD = re.compile(r"(?:常务副|第一|副)?(?:书记|主任|委员|成员|常委|秘书长|主席)")
_SHORT_ADDRESS = re.compile(r"(?:副?书记|主任|[镇乡村局院校所站队厂会社]长|经理|法官|警官|医生)")
_TRADE = re.compile(r"[一-鿿]{1,4}")
_TRADE_ALONE = re.compile(r"(?<![一-鿿])[一-鿿]{2,3}$")
_NO_TRADE = re.compile(
    r"退休|离休|退役|返乡|[\d一二两三四五六七八九十]|的|原|老$|新$|某|女$|男$|族$|岁$|籍$|名$|位$|该|本|任$|为$|是$|和$|请|带|让|骨干|优秀|青年|乡村"
)
_EDGE = re.compile(r"[。!?,;:“”\"《》、(\n ]")


_NONE = Title("")


@dataclass(frozen=True, slots=True)
class Candidate:
    start: int
    end: int
    type: str
    level: str | None
    sources: tuple[str, ...]
    score: float | None

    confidence: float = 0.0

    @property
    def size(self) -> int:
        return self.end - self.start

    def holds(self, other: Candidate) -> bool:
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Candidate) -> bool:
        return self.start < other.end and other.start < self.end


@Language.factory("news_mentions", assigns=["doc._.mentions"])
def create_mentions(nlp: Language, name: str) -> Mentions:
    """Reads all groups "names/…", writes doc.spans["mentions"]; works with any of the sources missing."""
    return Mentions()


class Mentions:
    def __call__(self, doc: Doc) -> Doc:
        text = doc._.folded
        with_model = CANDIDATES + MODEL in doc.spans
        candidates = [c for c in believe(merge(gather(doc)), with_model) if c.confidence >= _LIKELY]
        titles = [c for c in candidates if c.type == "POST"]
        names = resolve(text, [c for c in candidates if c.type != "POST"], titles)
        names = resolve(text, names + believe(repeated(text, names), with_model), titles)
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


def gather(doc: Doc) -> list[Candidate]:
    """The candidates of all groups of names."""
    out = []
    for group in doc.spans:
        if group.startswith(CANDIDATES):
            kind = group.removeprefix(CANDIDATES)
            for span, mention in get_spans(doc, group):
                source = MODEL if kind == MODEL else mention.source
                score = mention.score if kind == MODEL else None
                out.append(Candidate(span.start_char, span.end_char, span.label_, mention.level, (source,), score))
    return out


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate for each span and type; the level of a place is its gazetteer's before its model's."""
    merged: dict[tuple[int, int, str], Candidate] = {}
    for new in sorted(candidates, key=lambda c: (c.start, -c.end, c.type, c.sources)):
        key = (new.start, new.end, new.type)
        old = merged.get(key)
        if old is None:
            merged[key] = new
            continue
        level = new.level if (MODEL in old.sources and new.level) or not old.level else old.level
        score = new.score if old.score is None else old.score
        merged[key] = replace(
            old,
            level=level,
            sources=tuple(sorted({*old.sources, *new.sources}, key=lambda s: (s != MODEL, s))),
            score=score,
        )
    return list(merged.values())


def believe(candidates: Iterable[Candidate], with_model: bool) -> list[Candidate]:
    """The candidates with how likely each is a name: 1 less the chance that all its sources err."""
    out = []
    for candidate in candidates:
        seen = MODEL in candidate.sources
        doubt = 1.0
        for source in candidate.sources:
            if source == MODEL:
                doubt *= 1.0 - _model_alone(candidate.type, candidate.score or 0.0)
            else:
                known = _sources().get((candidate.type, source)) or _sources()[candidate.type, "other"]
                doubt *= 1.0 - known[0 if seen or not with_model else 1]
        out.append(replace(candidate, confidence=1.0 - doubt))
    return out


def _model_alone(kind: str, score: float) -> float:
    """How far a model is believed that no other source agrees with: less than it says, of places and organisations."""
    return score - (0.15 if kind in ("PER", "POST") else 0.4) if score < _CERTAIN else score


@cache
def _sources() -> dict[tuple[str, str], tuple[float, float]]:
    rows = load_tsv("name_sources.tsv", ("type", "source", "without", "silent"), key=("type", "source"))
    return {(r["type"], r["source"]): (r.number("without"), r.number("silent")) for r in rows}


def resolve(text: str, candidates: list[Candidate], titles: list[Candidate]) -> list[Candidate]:
    """The candidates that stand, by rules 3 and 4."""
    people = [c for c in candidates if c.type == "PER"]
    organisations = [c for c in candidates if c.type == "ORG"]
    ranked = [(_priority(text, c, people, organisations, titles), c) for c in candidates]
    kept: list[Candidate] = []
    for priority, candidate in sorted(ranked, key=lambda r: (-r[0], r[1].start, -r[1].end)):
        if priority > 0 and all(_live_together(candidate, other) for other in kept if candidate.meets(other)):
            kept.append(candidate)
    return sorted(kept, key=lambda c: (c.start, -c.end))


def _priority(
    text: str,
    candidate: Candidate,
    people: list[Candidate],
    organisations: list[Candidate],
    titles: list[Candidate],
) -> float:
    """Who is served first where names meet; below 0 for what is no name at all."""
    if candidate.type == "ORG":
        if _PARTY_BODY.search(text, candidate.start, candidate.end) and _HEAD.match(text, candidate.end):
            return -1.0
        unseen = MODEL not in candidate.sources
        if unseen and any(candidate.holds(p) and p.confidence > _SURE for p in people):
            return -1.0
        if candidate.sources == (MODEL,) and _generic(text[candidate.start : candidate.end]):
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
        return candidate.confidence + 0.1
    return candidate.confidence + candidate.size * 0.001


def _live_together(new: Candidate, kept: Candidate) -> bool:
    for inner, outer in ((new, kept), (kept, new)):
        if inner.type == "PER" and outer.type == "PLACE" and outer.level == "other" and outer.holds(inner):
            return outer.size > inner.size
    return False


def repeated(text: str, names: list[Candidate]) -> list[Candidate]:
    """The other places where a person or an organisation of the article stands (rule 5)."""
    known: dict[str, Candidate] = {}
    for name in names:
        surface = text[name.start : name.end]
        if (name.type == "PER" and name.size > 1) or (name.type == "ORG" and name.size > 3 and name.confidence > _SURE):
            known.setdefault(surface, name)
            bare = surface.replace(" ", "")
            if name.type == "PER" and len(bare) > 1:
                known.setdefault(bare, name)
    if not known:
        return []
    taken = {(n.start, n.end) for n in names}
    out = []
    after = person_names().after
    for match in re.finditer(alternation(known), text):
        name = known[match.group()]
        if (match.start(), match.end()) in taken:
            continue
        # a short name may be a word by chance: the character behind it must suit a name
        if name.type == "PER" and len(match.group()) == 2 and after(text[match.end() : match.end() + 1]) < -0.5:
            continue
        out.append(Candidate(match.start(), match.end(), name.type, None, ("repeated",), None))
    return out


def attach_titles(text: str, names: list[Candidate], titles: list[Candidate]) -> list[Candidate]:
    """The titles that someone named holds, and the surname of 王书记 with its title (rule 6)."""
    people = [n for n in names if n.type == "PER"]
    free: list[Candidate] = []
    for candidate in sorted(titles, key=lambda t: (-t.size, t.start)):
        title = _with_trade(text, _trimmed(text, candidate, names), names)
        if title and not any(title.meets(t) for t in free):
            free.append(title)
    free.sort(key=lambda t: t.start)
    new_people = []
    for title in free:
        start = title.start - 1
        if (
            start >= 0
            and text[start] in person_names().single
            and _SHORT_ADDRESS.fullmatch(text, title.start, title.end)
            and (start == 0 or _EDGE.match(text, start - 1))
            and not any(n.start <= start < n.end for n in names)
        ):
            new_people.append(Candidate(start, title.start, "PER", None, ("address",), None))
    people = sorted(people + new_people, key=lambda p: p.start)
    held = holdings(text, [(p.start, p.end) for p in people], [(t.start, t.end) for t in free])
    return [*new_people, *(free[i] for i in sorted({h.post for h in held}))]


def _trimmed(text: str, title: Candidate, names: list[Candidate]) -> Candidate | None:
    """The title without the organisation that reaches into it (某市妇联 in 妇联主席); None if nothing of it is left."""
    for name in names:
        if not title.meets(name):
            continue
        if name.type in ("ORG", "PLACE") and name.start <= title.start and name.end < title.end:
            rest = text[name.end : title.end]
            if rest in posts().titles:
                return replace(title, start=name.end)
        if name.type == "PER" and name.start == title.start and name.size == 1:
            continue
        return None
    return title


def _with_trade(text: str, title: Candidate | None, names: list[Candidate]) -> Candidate | None:
    """木材加工户, 心理学副教授: what stands between a place or organisation and such a title is part of it."""
    if title is None or MODEL in title.sources or not posts().titles.get(text[title.start : title.end], _NONE).compound:
        return title
    edge = max((n.end for n in names if n.end <= title.start), default=0)
    trade = text[edge : title.start]
    if edge and _TRADE.fullmatch(trade) and not _NO_TRADE.search(trade):
        return replace(title, start=edge)
    alone = _TRADE_ALONE.search(text, max(0, title.start - 4), title.start)
    if alone and not posts().titles[text[title.start : title.end]].role and not _NO_TRADE.search(alone.group()):
        return replace(title, start=alone.start())
    return title
