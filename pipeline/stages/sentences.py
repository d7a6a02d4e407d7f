"""Sentence boundaries, by punctuation: a sentence ends behind 。！？… and the closing quotes and brackets after it."""

from __future__ import annotations

import re
from bisect import bisect_left

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

# A quoted speech that ends a sentence takes its quotes along; a line end always ends one.
_END = re.compile(r"[。!?…]+[”’』」)》\"']*|\n+")


@Language.factory("news_sentences", assigns=["token.is_sent_start"])
def create_sentences(nlp: Language, name: str) -> Sentences:
    """Sets sentence starts; needs nothing. Inside a paragraph only, so no sentence crosses a line end."""
    return Sentences()


class Sentences:
    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        at = [token.idx for token in doc]
        starts = {0}
        starts.update(bisect_left(at, match.end()) for match in _END.finditer(doc._.folded))
        marks = np.full(len(at), -1, dtype="int64")
        marks[[i for i in starts if i < len(at)]] = 1
        # token by token, spaCy looks through the whole Doc for a parse each time
        doc.from_array([SENT_START], marks.astype("uint64"))  # type: ignore[arg-type]
        return doc
