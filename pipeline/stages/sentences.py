"""Sentence boundaries, by punctuation: a sentence ends behind 。！？… and the closing quotes and brackets after it.

One longer than any real sentence (a table without its lines, a text without its stops) is cut behind a comma: every row
holds its sentence, and much is done by pairs within one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

# A quoted speech that ends a sentence takes its quotes along; a line end always ends one.
_END = re.compile(r"[。!?…]+[”’』」)》\"']*|\n+")
_COMMA = re.compile(r"[,;:、]")
LONGEST = 1000  # characters


@Language.factory("news_sentences", assigns=["token.is_sent_start"])
def create_sentences(nlp: Language, name: str) -> Sentences:
    """Sets sentence starts; needs nothing. Inside a paragraph only, so no sentence crosses a line end."""
    return Sentences()


class Sentences:
    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        at = [token.idx for token in doc]
        starts = sorted(i for i in {bisect_left(at, place) for place in _starts(doc._.folded)} if i < len(at))
        marks = np.full(len(at), -1, dtype="int64")
        marks[starts] = 1
        doc.user_data["sentence_starts"] = [at[i] for i in starts]  # spaCy forgets them if the only word is cut in two
        # token by token, spaCy looks through the whole Doc for a parse each time
        doc.from_array([SENT_START], marks.astype("uint64"))  # type: ignore[arg-type]
        return doc


def _starts(text: str) -> Iterator[int]:
    """Where sentences begin."""
    start = 0
    for end in chain((match.end() for match in _END.finditer(text)), (len(text),)):
        while end - start > LONGEST:
            yield start
            commas = [match.end() for match in _COMMA.finditer(text, start, start + LONGEST)]
            start = commas[-1] if commas else start + LONGEST
        yield start
        start = end
