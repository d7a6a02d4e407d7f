"""Candidates of names from all sources of an article, and how far each is to be believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from spacy.tokens import Doc

from pipeline.language.document import CANDIDATES, get_spans
from pipeline.lexicon import load_tsv
from pipeline.lexicon.divisions import divisions
from pipeline.lexicon.place_names import GENERIC, upper_names
from pipeline.stages.place_bounds import bounds

MODEL = "model"
LIKELY = 0.5  # the least confidence of a mention
_LEAST = 0.25  # a score of the model below which the form of a name says nothing
_OF_ITSELF = frozenset(("deictic", "misprint"))  # sources that are right whatever stands about what they find


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


def believe(text: str, candidates: Iterable[Candidate], with_model: bool) -> list[Candidate]:
    """The candidates with how likely each is a name: 1 less the chance that all its sources err.

    A person's name of three characters that is a candidate in several places is as likely as all of them together; where
    the model alone sees it, it errs in one place as in another, and the surest counts.
    """
    out = _outweighed(_each(text, candidates, with_model))
    doubts: dict[str, float] = {}
    least: dict[str, float] = {}
    for candidate in filter(_shared, out):
        surface, doubt = text[candidate.start : candidate.end], 1.0 - candidate.confidence
        if candidate.sources == (MODEL,):
            least[surface] = min(least.get(surface, 1.0), doubt)
        else:
            doubts[surface] = doubts.get(surface, 1.0) * doubt
    together = {s: doubts.get(s, 1.0) * least.get(s, 1.0) for s in {*doubts, *least}}
    return [replace(c, confidence=1.0 - together[text[c.start : c.end]]) if _shared(c) else c for c in out]


def _outweighed(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates; a place that the model does not see is no likelier than that the longer one is none which the model
    sees about it: the town of 石桥 before 石桥西站."""
    longer = [c for c in candidates if MODEL in c.sources and c.type == "PLACE" and c.confidence >= LIKELY]

    def weighed(c: Candidate) -> Candidate:
        if c.type != "PLACE" or MODEL in c.sources or _OF_ITSELF.intersection(c.sources):
            return c
        above = max((o.score or 0.0 for o in longer if o.holds(c)), default=0.0)
        return replace(c, confidence=min(c.confidence, 1.0 - above))

    return [weighed(c) for c in candidates]


def _shared(candidate: Candidate) -> bool:
    """Whether its other places in the article speak for it too."""
    return candidate.type == "PER" and candidate.size > 2


def _each(text: str, candidates: Iterable[Candidate], with_model: bool) -> list[Candidate]:
    out = []
    for candidate in candidates:
        seen = MODEL in candidate.sources
        doubt = 1.0
        for source in candidate.sources:
            if source == MODEL:
                alone = candidate.type == "PLACE" and len(candidate.sources) == 1
                form = _form(text[candidate.start : candidate.end]) if alone else None
                doubt *= 1.0 - _model_alone(candidate.type, candidate.score or 0.0, form)
            else:
                known = _sources().get((candidate.type, source)) or _sources()[candidate.type, "other"]
                doubt *= 1.0 - known[0 if seen or not with_model else 1]
        out.append(replace(candidate, confidence=1.0 - doubt))
    return out


def _model_alone(kind: str, score: float, form: str | None) -> float:
    """How far the model is believed that no other source agrees with: less than it says of people, for what looks like a
    name and is none is oftener on print than in the text that it was weighed on; of a place, as its form speaks for it."""
    if form == "common":
        return 0.0
    if form == "name":  # as likely as if the finder of places had said so too
        return 1.0 - (1.0 - score) * (1.0 - _sources()["PLACE", "pattern"][1]) if score >= _LEAST else 0.0
    return score - (0.15 if kind == "PER" or (kind == "PLACE" and form is None) else 0.0)


def _form(place: str) -> str | None:
    """What the words of a place by themselves tell: `name` for a compound and what the gazetteer has in full, `likely` for
    the short name of a county, another town or village, a road or river, `common` for what is no name at all."""
    place = "".join(place.split())
    upper = upper_names().get(place)
    if upper is not None:
        return "likely" if upper.short or place in GENERIC else "name"
    level = bounds().level_of(place)
    if level is None:
        return None
    if bounds().is_common(place):
        return "common"
    return "name" if level == "compound" or (level != "other" and place in divisions()) else "likely"


@cache
def _sources() -> dict[tuple[str, str], tuple[float, float]]:
    rows = load_tsv("name_sources.tsv", ("type", "source", "without", "silent"), key=("type", "source"))
    return {(r["type"], r["source"]): (r.number("without"), r.number("silent")) for r in rows}
