"""How far each source of names is to be believed: `python -m pipeline.train sources configs/train.yaml`.

Writes two lexicon files. `name_sources.tsv`: the share of each source's candidates that are names, counted without the name
model. `name_weights.tsv`: what a source, the model's own score and the form of a name add to the log odds of a candidate where
the model runs, a logistic regression on texts that the model has not learnt from. Weights are drawn to what the shares
would make them, so a source that those texts hardly show keeps its share's worth. What stands inside an organisation is not
counted: that swallows it in any case.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.config import Config
from pipeline.language.build import build_language
from pipeline.language.document import make_doc
from pipeline.language.names import chance_of
from pipeline.lexicon import FOLDER, load_tsv
from pipeline.page.articles import split_page
from pipeline.records import Article, InputRecord, Page, Segment
from pipeline.shard import make_page
from pipeline.stages.candidates import OTHER, UNSEEN, Candidate, Term, evidence, gather, merge, share, shares
from pipeline.stages.mentions import plain
from pipeline.training.default import config_with
from pipeline.training.readings import named

_STAGES = ("news_sentences", "news_names", "news_people", "news_places", "news_organisations")
_TYPES = ("PER", "PLACE", "ORG")  # titles are judged by who holds them
_FORMS = ("name", "likely", OTHER, "common")
_PRIOR = 20  # candidates that the share in the file counts for
_MOST = 0.98  # of a share, as a weight
_SLOPE = 0.8  # of the model's log odds, to begin with
_SILENCE = 2.0  # what the model's silence costs a source in the mean, where it finds a name as unlikely as UNSEEN
_STEPS = 50
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Example:
    terms: list[tuple[Term, float]]
    right: bool
    weight: float


def of_pages(
    nlp: Language, config: Config, pages: Path, gold: Path
) -> Iterator[tuple[Doc, list[tuple[Candidate, bool]]]]:
    """Each article of labelled pages, its candidates and whether the gold has them."""
    for file in sorted(gold.glob("*.json")):
        row = json.loads(file.read_text(encoding="utf-8"))
        text = (pages / row["page"]).read_bytes().decode("utf-8")
        spans = {(m["start"], m["end"], m["type"]) for article in row["articles"] for m in article["mentions"]}
        page = make_page(InputRecord(str(file), text, "utf-8", hashlib.sha256(text.encode()).hexdigest()), config)
        for article in split_page(page):
            doc = _run(nlp, page, article)
            found = plain(doc._.folded, gather(doc))
            yield doc, _judged(((*doc._.offsets.to_raw(c.start, c.end), c) for c in merge(found)), spans)


def of_readings(
    nlp: Language, folder: Path, sources: dict[str, str]
) -> Iterator[tuple[Doc, list[tuple[Candidate, bool]]]]:
    """The same for each piece of the readings, as an article of one paragraph."""
    for piece in named(folder, sources):
        page = Page(piece.page, piece.page, "", "utf-8", piece.text)
        doc = _run(nlp, page, Article(0, "news", None, None, (), (Segment("body", 0, len(piece.text), True),)))
        if doc.text == piece.text:
            found = plain(doc._.folded, gather(doc))
            yield (
                doc,
                _judged(
                    ((c.start, c.end, c) for c in merge(found)), {(a, b, kind) for a, b, kind, _ in piece.mentions}
                ),
            )


def _run(nlp: Language, page: Page, article: Article) -> Doc:
    doc = make_doc(nlp, page, article)
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    return doc


def _judged(found: Iterable[tuple[int, int, Candidate]], gold: set[Span]) -> list[tuple[Candidate, bool]]:
    organisations = [(start, end) for start, end, kind in gold if kind == "ORG"]
    out = []
    for low, high, candidate in found:
        right = (low, high, candidate.type) in gold
        swallowed = candidate.type != "ORG" and any(a <= low and high <= b for a, b in organisations)
        if candidate.type in _TYPES and (right or not swallowed):
            out.append((candidate, right))
    return out


def examples(doc: Doc, judged: Iterable[tuple[Candidate, bool]], weight: float) -> Iterator[Example]:
    """What speaks for each candidate of an article that the name model has read, and whether it is a name."""
    for candidate, right in judged:
        yield Example(evidence(doc._.folded, candidate, chance_of(doc)), right, weight)


def prior(term: Term) -> float:
    """The weight of a term that nothing tells: what the share of a source makes it."""
    kind, case, what = term
    if case == "chance":
        return _SLOPE
    if case == "alone":
        return {"name": 1.0, "common": -2.0}.get(what, 0.0)
    known = min(share(kind, what), _MOST)
    worth = float(np.log(known / (1.0 - known)))
    return worth if case == "agrees" else worth - _SILENCE - _SLOPE * float(np.log(UNSEEN / (1.0 - UNSEEN)))


def terms() -> list[Term]:
    """All terms that weights are wanted for."""
    rows = load_tsv("name_sources.tsv", ("type", "source", "share"), key=("type", "source"))
    out = [(row["type"], case, row["source"]) for row in rows for case in ("agrees", "silent")]
    out += [(kind, "alone", what) for kind in (*_TYPES, "POST") for what in _FORMS]
    return out + [(kind, "chance", what) for kind in (*_TYPES, "POST") for what in ("seen", "silent")]


def fit(seen: Iterable[Example], wanted: list[Term], penalty: float) -> dict[Term, float]:
    """The weight of each term: Newton's method, an L2 penalty on how far it is from its prior."""
    column = {term: i for i, term in enumerate(wanted)}
    kept = list(seen)
    table = np.zeros((len(kept), len(wanted)))
    for i, example in enumerate(kept):
        for (kind, case, what), value in example.terms:
            known = (kind, case, what) in column or case == "chance"
            table[i, column[kind, case, what if known else OTHER]] += value
    right = np.array([example.right for example in kept], dtype=float)
    weight = np.array([example.weight for example in kept])
    start = np.array([prior(term) for term in wanted])
    found = start.copy()
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-table @ found))
        slope = table.T @ (weight * (chance - right)) + penalty * (found - start)
        curve = (table * (weight * chance * (1.0 - chance))[:, None]).T @ table + penalty * np.eye(len(wanted))
        found -= np.clip(np.linalg.solve(curve, slope), -1.0, 1.0)
    return {term: round(float(value), 2) for term, value in zip(wanted, found, strict=True)}


def train(settings: dict[str, Any]) -> None:
    """Write both files anew, their heads as they are."""
    config = config_with(stage for stage in _STAGES if stage != "news_names")
    nlp = build_language(config)
    counts: Counter[tuple[str, str, bool]] = Counter()
    for folder in settings["pages"]:
        for _, judged in of_pages(nlp, config, Path(folder) / "pages", Path(folder) / "gold"):
            counts.update((c.type, source, right) for c, right in judged for source in c.sources)
    rows = []
    for row in load_tsv("name_sources.tsv", ("type", "source", "share"), key=("type", "source")):
        right, wrong = (counts[row["type"], row["source"], flag] for flag in (True, False))
        known = (right + _PRIOR * row.number("share")) / (right + wrong + _PRIOR)
        rows.append((row["type"], row["source"], f"{min(known, 0.99):.2f}"))
    _write("name_sources.tsv", rows)
    shares.cache_clear()

    config = config_with(_STAGES)
    nlp = build_language(config)
    seen: list[Example] = []
    for batch in settings["labelled"]:
        for doc, judged in of_pages(nlp, config, Path(batch["pages"]), Path(batch["gold"])):
            seen += examples(doc, judged, batch["weight"])
    readings = settings["readings"]
    for doc, judged in of_readings(nlp, Path(readings["folder"]), readings["sources"]):
        seen += examples(doc, judged, readings["weight"])
    weights = fit(seen, terms(), settings["penalty"])
    _write("name_weights.tsv", [(*term, f"{value:.2f}") for term, value in weights.items()])


def _write(name: str, rows: Iterable[tuple[str, ...]]) -> None:
    path = FOLDER / name
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[: next(i for i, line in enumerate(lines) if not line.startswith("#")) + 1]
    path.write_text("\n".join([*head, *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")
