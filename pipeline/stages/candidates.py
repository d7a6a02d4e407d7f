"""Candidates of names from all sources of an article, and how far each is to be believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log, prod

from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, get_spans
from pipeline.language.names import Chance
from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import divisions
from pipeline.lexicon.organisations import LEVELS, generic_organisation, kind_of
from pipeline.lexicon.person_names import person_names
from pipeline.lexicon.place_names import GENERIC, upper_names
from pipeline.stages.place_bounds import bounds

MODEL, OTHER = "model", "other"
# The least confidence of a mention: more places are missed than made up, and F1 wants as many of the one as of the other
LIKELY = {"PER": 0.5, "PLACE": 0.45, "ORG": 0.5, "POST": 0.5}
Term = tuple[str, str, str]  # type, case, what: see name_weights.tsv

_LEAST = 0.001  # chance that a span is a name, at the least
UNSEEN = 0.05  # the like of a span that a model does not see that tells no chances of others
_LIKE_A_NAME = 2.0  # lexicon.person_names


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


def gather(doc: Doc) -> list[Candidate]:
    """The candidates of all groups of names."""
    out = []
    for group in doc.spans:
        if group.startswith(CANDIDATES):
            kind = group.removeprefix(CANDIDATES)
            for span, mention in get_spans(doc, group):
                sources = (MODEL,) if kind == MODEL else tuple(mention.source.split("+"))
                score = mention.score if kind == MODEL else None
                out.append(Candidate(span.start_char, span.end_char, span.label_, mention.level, sources, score))
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


def believe(
    text: str, candidates: Iterable[Candidate], with_model: bool, chance: Chance | None = None
) -> list[Candidate]:
    """The candidates with how likely each is a name. `chance`: what the model says of any span, if it tells.

    The name of a person of three characters or more, or of an organisation of four, that is a candidate in several places
    is as likely as in the surest of them.
    """
    out = [replace(c, confidence=_confidence(text, c, with_model, chance)) for c in candidates]
    best: dict[tuple[str, str], float] = {}
    for candidate in filter(_shared, out):
        key = candidate.type, text[candidate.start : candidate.end]
        best[key] = max(best.get(key, 0.0), candidate.confidence)
    return [replace(c, confidence=best[c.type, text[c.start : c.end]]) if _shared(c) else c for c in out]


def _shared(candidate: Candidate) -> bool:
    """Whether its other places in the article speak for it too."""
    return (candidate.type == "PER" and candidate.size > 2) or (candidate.type == "ORG" and candidate.size > 3)


def _confidence(text: str, candidate: Candidate, with_model: bool, chance: Chance | None) -> float:
    if not with_model:
        return 1.0 - prod(1.0 - share(candidate.type, source) for source in candidate.sources)
    odds = sum(weight(term) * value for term, value in evidence(text, candidate, chance))
    return 1.0 / (1.0 + exp(-odds))


def evidence(text: str, candidate: Candidate, chance: Chance | None) -> list[tuple[Term, float]]:
    """What speaks for a candidate where the name model runs: terms of name_weights.tsv, each with its value.

    They are how likely the model says that very span to be, chosen or not, and the surest of the other sources: one that
    agrees with the model, or one to whom it is silent. Of what the model alone sees, the form.
    """
    kind, seen = candidate.type, MODEL in candidate.sources
    if seen:
        said = candidate.score or 0.0
    else:
        said = chance(candidate.start, candidate.end, kind) if chance is not None else UNSEEN
    said = min(max(said, _LEAST), 1.0 - _LEAST)
    others = [source for source in candidate.sources if source != MODEL]
    if others:
        case, what = "agrees" if seen else "silent", max(others, key=lambda source: share(kind, source))
    else:
        case, what = "alone", form(kind, text[candidate.start : candidate.end])
    return [((kind, case, what), 1.0), ((kind, "chance", "seen" if seen else "silent"), log(said / (1.0 - said)))]


def form(kind: str, name: str) -> str:
    """What the words of a name tell by themselves.

    Of a place: `name` for a compound and what the gazetteer has in full, `likely` for the short name of a county, another
    town or village, a road or river, `common` for what is no name at all. Of a person `name` for a surname and a given
    name. Of an organisation `common` for a class of them that no level names (政协, 派出所), `name` for what else ends as one.
    Of all others `other`.
    """
    name = "".join(name.split())
    if kind == "PER":
        return "name" if person_names().score(name) > _LIKE_A_NAME else "other"
    if kind == "ORG":
        if name.removeprefix("团")[:1] not in LEVELS and generic_organisation(name):
            return "common"
        return "name" if kind_of(name).category is not None else "other"
    return _form_of_place(name) if kind == "PLACE" else "other"


def _form_of_place(place: str) -> str:
    upper = upper_names().get(place)
    if upper is not None:
        return "likely" if upper.short or place in GENERIC else "name"
    level = bounds().level_of(place)
    if level is None:
        return "other"
    if bounds().is_common(place):
        return "common"
    return "name" if level == "compound" or (level != "other" and place in divisions()) else "likely"


def share(kind: str, source: str) -> float:
    """How many of a source's candidates are names where no name model runs."""
    return shares().get((kind, source)) or shares()[kind, OTHER]


def weight(term: Term) -> float:
    """What a term adds to the log odds of a candidate."""
    kind, case, _ = term
    known = _weights().get(term)
    return _weights()[kind, case, OTHER] if known is None else known


@cache
def shares() -> dict[tuple[str, str], float]:
    """The shares of name_sources.tsv by type and source."""
    rows = load_tsv("name_sources.tsv", ("type", "source", "share"), key=("type", "source"))
    return {(r["type"], r["source"]): r.number("share") for r in rows}


@cache
def _weights() -> dict[Term, float]:
    rows = load_tsv("name_weights.tsv", ("type", "case", "what", "weight"), key=("type", "case", "what"))
    return {(r["type"], r["case"], r["what"]): r.number("weight") for r in rows}
