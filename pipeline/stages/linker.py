"""Says which place each PLACE mention is: `canonical`, `code` and `code_status` on the records of `doc.spans["mentions"]`.

All places of an article are resolved together, from the province down. A name is looked for under the parent printed right
before it, then under the places of the article, then in the page's home region, then in the country if it is unique there
and the page has no home. What the gazetteer lacks keeps its printed name under the nearest known parent (`unlisted`); one
misprinted or varied character is forgiven inside the same parent only (`fuzzy`).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, get_spans, set_spans
from pipeline.lexicon.divisions import Divisions, divisions
from pipeline.lexicon.place_names import upper_names
from pipeline.stages.place_article import ArticlePlaces
from pipeline.stages.place_levels import Printed
from pipeline.stages.place_matching import fits
from pipeline.stages.place_memory import PageMemory


@Language.factory("news_linker", requires=["doc.spans"])
def create_linker(nlp: Language, name: str) -> Linker:
    """Canonical paths and codes on the PLACE records of `doc.spans["mentions"]`."""
    return Linker(divisions())


class Linker:
    def __init__(self, gazetteer: Divisions):
        self._gazetteer = gazetteer
        self._names = upper_names()

    def __call__(self, doc: Doc) -> Doc:
        return self._link([doc])[0]

    def pipe(self, docs: Iterable[Doc], batch_size: int = 0) -> Iterator[Doc]:
        """The Docs, those of one page together: an article may know a place that another one names."""
        for _, page in groupby(docs, key=lambda doc: doc._.page.page_id if doc._.page is not None else None):
            yield from self._link(list(page))

    def _link(self, docs: list[Doc]) -> list[Doc]:
        """Resolve the places of the articles of a page, those that one cannot tell once more, with what the others tell."""
        memory = PageMemory(self._gazetteer)
        articles = [self._article(doc) for doc in docs]
        for number, article in enumerate(articles):
            article.resolve()
            for name, place in article.told():
                memory.add(number, name, place)
        for number, (doc, article) in enumerate(zip(docs, articles, strict=True)):
            if len(docs) > 1 and article.unknown:
                article = self._article(doc)
                article.resolve(partial(memory.recall, number))
            _write(doc, article)
        return docs

    def _article(self, doc: Doc) -> ArticlePlaces:
        spans = get_spans(doc, MENTIONS)
        home = doc._.page.home_place if doc._.page is not None else None
        year = doc._.page.issue_year if doc._.page is not None else None
        article = ArticlePlaces(self._gazetteer, self._names, home, doc.text, year)
        for span, record in spans:
            if span.label_ == "PLACE":
                name = "".join(span.text.split())
                level = record.level or article.level_of(name)
                article.printed.append(Printed(span.start_char, span.end_char, name, level))
        article.bodies += [(span.start_char, span.text) for span, _ in spans if span.label_ == "ORG"]
        return article


def _write(doc: Doc, article: ArticlePlaces) -> None:
    printed = {mention.start: mention.level for mention in article.printed}
    rows = []
    for span, record in get_spans(doc, MENTIONS):
        place = article.places.get(span.start_char) if span.label_ == "PLACE" else None
        if place is not None:
            # what is printed as a village is one, though the list has it as a community
            level = printed[span.start_char] if fits(printed[span.start_char], place.level) else place.level
            record = dataclasses.replace(
                record, level=level, canonical=place.path, code=place.code, code_status=place.status
            )
        rows.append((span.start_char, span.end_char, span.label_, record))
    set_spans(doc, MENTIONS, rows)


def article_place(doc: Doc) -> str | None:
    """Canonical path of the place an article is mainly about: the home of the page if the article names none.

    From the province down, the division that more than half of the mentions above it lie in.
    """
    weights: Counter[str] = Counter()
    for _, record in get_spans(doc, MENTIONS):
        if record.type == "PLACE" and record.canonical and record.level not in ("other", "compound"):
            parts = record.canonical.split("/")
            weights.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    path = ""
    total = sum(weight for key, weight in weights.items() if "/" not in key)
    while True:
        below = {key: weight for key, weight in weights.items() if key.rpartition("/")[0] == path}
        best = max(below, key=lambda key: (below[key], key), default=None)
        if best is None or below[best] * 2 <= total:
            break
        path, total = best, below[best]
    return path or (doc._.page.home_place if doc._.page is not None else None)
