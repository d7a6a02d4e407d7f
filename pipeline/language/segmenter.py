"""The word segmenter: spaCy's Chinese tokenizer with pkuseg and the model that ships with this package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import spacy
from spacy.lang.zh import ChineseTokenizer
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

from pipeline.language.cutter import TABLES, Cutter

LONGEST_ARTICLE = 30_000  # characters


def builtin_model() -> Path:
    """Folder of the shipped segmenter (`features.msgpack`, `weights.npz`)."""
    return Path(str(resources.files("pipeline.models"))) / "segmenter"


def checked_model(model: Path) -> Path:
    """The folder itself; raises ValueError if it does not hold a model."""
    for name in ("features.msgpack", "weights.npz"):
        if not (model / name).is_file():
            raise ValueError(f"no segmenter model in {model}: the file {name} is missing")
    return model


def load_pkuseg(model: Path) -> Any:
    """A `spacy_pkuseg.pkuseg` of the model in this folder, without pkuseg's own word list, which costs F1.

    Raises ValueError if the folder does not hold a model.
    """
    import spacy_pkuseg

    segmenter = spacy_pkuseg.pkuseg(str(checked_model(model)), user_dict=None)
    # Left out by pkuseg when there is no word list, but spaCy serialises them.
    segmenter.postprocesser.common_words = set()
    segmenter.postprocesser.other_words = set()
    return segmenter


class SegmenterTokenizer(ChineseTokenizer):
    """spaCy's tokenizer, but `nlp.initialize()` leaves the loaded model and the user words as they are.

    Words are cut by the tables beside a model where there are some: the same words as pkuseg's, many texts at once. pkuseg
    itself is loaded when it is asked for: for user words, to be stored, or for a model without tables.
    A text longer than any article is cut into characters: names cut words in two, and spaCy moves the whole Doc for each.
    """

    def __init__(self, vocab: Vocab, model: Path):
        self._model = checked_model(model)
        self._pkuseg: Any = None
        tables = model / TABLES
        self._cutter = Cutter(tables) if tables.is_file() else None
        super().__init__(vocab, segmenter="pkuseg")  # type: ignore[arg-type]

    @property
    def pkuseg_seg(self) -> Any:  # type: ignore[override]
        if self._pkuseg is None:
            self._pkuseg = load_pkuseg(self._model)
        return self._pkuseg

    @pkuseg_seg.setter
    def pkuseg_seg(self, segmenter: Any) -> None:
        if segmenter is not None:  # a model of its own, read from bytes or a disk
            self._pkuseg, self._cutter = segmenter, None

    def __call__(self, text: str) -> Doc:
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str], **_: Any) -> Iterator[Doc]:
        texts = list(texts)
        own_words = self._pkuseg is not None and self._pkuseg.preprocesser.trie.children
        short = [text for text in texts if len(text) <= LONGEST_ARTICLE]
        cutter = None if own_words else self._cutter
        cut = map(self.pkuseg_seg.cut, short) if cutter is None else iter(cutter.cut(short))
        for text in texts:
            if len(text) > LONGEST_ARTICLE:
                yield Doc(self.vocab, words=list(text), spaces=[False] * len(text))
            else:
                words, spaces = get_words_and_spaces(next(cut), text)
                yield Doc(self.vocab, words=words, spaces=spaces)

    def initialize(
        self,
        get_examples: Any = None,
        *,
        nlp: Language | None = None,
        pkuseg_model: str | None = None,
        pkuseg_user_dict: str | None = "default",
    ) -> None:
        """Nothing: the model is there from the start."""


def blank_chinese(model: Path | None = None, user_words: Iterable[str] = ()) -> Language:
    """A blank spaCy `zh` Language whose tokenizer cuts words by the model in the folder `model` (None: the shipped one).

    `user_words` are always cut as words of their own. The model and the words are part of the Language: `to_disk` and
    `to_bytes` carry them. Raises ValueError if the folder does not hold a model.
    """
    folder = builtin_model() if model is None else Path(model)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    tokenizer = SegmenterTokenizer(nlp.vocab, folder)
    tokenizer.pkuseg_update_user_dict(list(user_words))
    nlp.tokenizer = tokenizer
    nlp.config["initialize"]["tokenizer"]["pkuseg_model"] = str(folder)
    return nlp
