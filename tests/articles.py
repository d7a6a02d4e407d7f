"""Makes Docs of invented articles for tests of single stages."""

from __future__ import annotations

import re
from datetime import date

import spacy
from spacy.tokens import Doc

from pipeline.language.document import make_doc, set_spans
from pipeline.records import Article, Byline, Mention, Page, Segment

_NLP = spacy.blank("zh")
_MARK = re.compile(r"\[([^\[\]|]+)\|([A-Z]+)(?:\.(\w+))?(?:=([^\[\]]+))?\]")


def article(text: str, home: str | None = None, bylines: tuple[str, ...] = (), kind: str = "news") -> Doc:
    """The Doc of an article that is the whole of a page; `home` is the canonical path of the page's region."""
    page = Page("p", "p.txt", "", "utf-8", text, date(2024, 5, 20), 2024, home_place=home)
    segments = tuple(Segment("body", m.start(), m.end()) for m in re.finditer(r"[^\n]+", text))
    names = tuple(Byline(name, "reporter") for name in bylines)
    return make_doc(_NLP, page, Article(0, kind, None, None, names, segments))


def marked(text: str, home: str | None = None) -> Doc:
    """An article with its mentions marked in the text: `[云溪镇|PLACE.town=甲省/乙市/丙县/云溪镇][镇长|POST][安小川|PER]`."""
    plain, spans, at = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        surface, kind, level, canonical = match.groups()
        spans.append((len(plain), len(plain) + len(surface), kind, Mention(kind, level, canonical, source="test")))
        plain += surface
        at = match.end()
    doc = article(plain + text[at:], home)
    set_spans(doc, "mentions", spans)
    return doc
