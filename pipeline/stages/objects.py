"""What quantities count or measure: fills `object` of the records in doc.spans["quantities"].

It runs when names are known, and drops what stands inside one: 八路 in the name of an army counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language.document import MENTIONS, QUANTITIES, get_spans, grouped, set_spans, text_of
from pipeline.language.names import BUILTIN, load_model, vectors_of
from pipeline.stages.object_model import ObjectModel, best

_NAMES = ("PER", "PLACE", "ORG")
_TOGETHER = 2_000  # characters of Docs that are read together


@Language.factory(
    "news_objects",
    assigns=["doc._.quantities"],
    requires=["doc._.quantities", "doc._.times", "doc._.mentions"],
    default_config={"model": BUILTIN, "names": BUILTIN},
)
def create_objects(nlp: Language, name: str, model: str, names: str) -> Objects:
    """Adds the object to each record of doc.spans["quantities"].

    `model` is a folder with objects*.npz, which decide together, `names` that of the name model whose vectors they know
    ("builtin": the shipped ones). `score` of a record becomes the probability of its object, or of its having none.
    """
    folder = Path(str(resources.files("pipeline.models"))) / "objects" if model == BUILTIN else Path(model)
    return Objects(folder, names)


class Objects:
    """The stage. Raises OSError or ValueError if a folder does not hold its model."""

    def __init__(self, folder: Path, names: str = BUILTIN):
        files = sorted(folder.glob("objects*.npz"))
        if not files:
            raise ValueError(f"no model of objects in {folder}: the file objects.npz is missing")
        self.models = [ObjectModel(path) for path in files]
        self.encoder = load_model(names)

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        """The Docs in order, several read at once: an array for each short article costs more than what is in it."""
        for together in grouped(docs, text_of, _TOGETHER):
            yield from self._read(together)

    def _read(self, docs: list[Doc]) -> list[Doc]:
        for doc in docs:
            _drop_named(doc)
        counting = [doc for doc in docs if doc.spans.get(QUANTITIES)]
        if counting:
            networks = {model.network for model in self.models}
            vectors = {network: [vectors_of(doc, self.encoder, network) for doc in counting] for network in networks}
            for doc, found in zip(counting, best(self.models, counting, vectors), strict=True):
                rows = zip(get_spans(doc, QUANTITIES), found, strict=True)
                told = [(s, replace(q, object=_words(doc, at), object_span=at, score=p)) for (s, q), (at, p) in rows]
                set_spans(doc, QUANTITIES, [(s.start_char, s.end_char, s.label_, q) for s, q in told])
        return docs


def _drop_named(doc: Doc) -> None:
    """Leave out the quantities that stand inside a name."""
    owner = [0] * len(text_of(doc))  # number of the name that each character stands in
    for number, span in enumerate(doc.spans.get(MENTIONS, ()), 1):
        if span.label_ in _NAMES:
            owner[span.start_char : span.end_char] = [number] * (span.end_char - span.start_char)
    rows = get_spans(doc, QUANTITIES)
    kept = [(s, q) for s, q in rows if not 0 < owner[s.start_char] == owner[s.end_char - 1]]
    if len(kept) < len(rows):
        set_spans(doc, QUANTITIES, [(s.start_char, s.end_char, s.label_, q) for s, q in kept])


def _words(doc: Doc, at: tuple[int, int] | None) -> str | None:
    return text_of(doc)[at[0] : at[1]] if at else None
