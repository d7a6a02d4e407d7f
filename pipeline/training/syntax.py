"""Sentences with words, parts of speech and relations, on which the model of objects learns some grammar first.

PFR (word/tag) gives parts of speech; the Universal Dependencies treebank gives the relation of each word to its head
and on which side that stands. Both become one class for each character.
"""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.stages.object_model import CLASSES

TAGS = ("n", "vn", "v", "a", "ad", "b", "d", "p", "c", "u", "q", "r", "f", "m", "t", "s", "nr", "ns", "nt", "j", "l", "w", "x")
RELATIONS = (
    "root", "nsubj", "dobj", "iobj", "nmod", "amod", "acl", "advcl", "advmod", "compound", "conj", "cc", "case", "mark", "det",
    "nummod", "appos", "aux", "cop", "punct", "xcomp", "ccomp", "dep",
)  # fmt: skip
_ENTITY = {"nr": "PER", "ns": "PLACE", "nt": "ORG", "t": "TIME", "m": "QUANTITY", "PROPN": "", "NUM": "QUANTITY"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text cut into words: (start, end, class of the model's CLASSES, index into TAGS or RELATIONS)."""

    text: str
    words: list[tuple[int, int, int, int]]


def tagged(path: Path, limit: int) -> Iterator[Sentence]:
    """Paragraphs of a word/tag file of some 20 to 400 characters, up to `limit` characters in all."""
    total = 0
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text, words = "", []
            for token in line.split():
                word, slash, tag = token.rpartition("/")
                if not slash:
                    continue
                tag = tag.lower()
                word = unicodedata.normalize("NFKC", word)
                known = tag if tag in TAGS else tag[:1] if tag[:1] in TAGS else "x"
                if tag == "q" and words and words[-1][2] == CLASSES.index("QUANTITY"):
                    entity = "QUANTITY"
                else:
                    entity = _ENTITY.get(known, "")
                words.append((len(text), len(text) + len(word), CLASSES.index(entity), TAGS.index(known)))
                text += word
            if 20 <= len(text) <= 400:
                yield Sentence(text, words)
                total += len(text)
            if total > limit:
                return


def parsed(path: Path) -> Iterator[Sentence]:
    """Sentences of a CoNLL-U file; the class of a word is its relation, and another where its head stands before it."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            text, words = "", []
            for row in block.split("\n"):
                cells = row.split("\t")
                if len(cells) < 8 or not cells[0].isdigit():
                    continue
                relation = cells[7].partition(":")[0]
                number = RELATIONS.index(relation) if relation in RELATIONS else len(RELATIONS) - 1
                before = int(cells[6]) < int(cells[0])
                entity = CLASSES.index(_ENTITY.get(cells[3], ""))
                words.append((len(text), len(text) + len(cells[1]), entity, number + before * len(RELATIONS)))
                text += cells[1]
            if len(text) >= 8:
                yield Sentence(text, words)
