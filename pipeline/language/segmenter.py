"""The word segmenter: spaCy's Chinese tokenizer with pkuseg and the model that ships with this package."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import spacy
from spacy.lang.zh import ChineseTokenizer
from spacy.language import Language
from spacy.tokens import Doc

LONGEST_ARTICLE = 30_000  # characters


def builtin_model() -> Path:
    """Folder of the shipped segmenter (`features.msgpack`, `weights.npz`)."""
    return Path(str(resources.files("pipeline.models"))) / "segmenter"


def load_pkuseg(model: Path) -> Any:
    """A `spacy_pkuseg.pkuseg` of the model in this folder, without pkuseg's own word list, which costs F1.

    Raises ValueError if the folder does not hold a model.
    """
    for name in ("features.msgpack", "weights.npz"):
        if not (model / name).is_file():
            raise ValueError(f"no segmenter model in {model}: the file {name} is missing")
    import spacy_pkuseg

    segmenter = spacy_pkuseg.pkuseg(str(model), user_dict=None)
    # Left out by pkuseg when there is no word list, but spaCy serialises them.
    segmenter.postprocesser.common_words = set()
    segmenter.postprocesser.other_words = set()
    return segmenter


class SegmenterTokenizer(ChineseTokenizer):
    """spaCy's tokenizer, but `nlp.initialize()` leaves the loaded model and the user words as they are.

    A text longer than any article is cut into characters: names cut words in two, and spaCy moves the whole Doc for each.
    """

    def __call__(self, text: str) -> Doc:
        if len(text) > LONGEST_ARTICLE:
            return Doc(self.vocab, words=list(text), spaces=[False] * len(text))
        doc: Doc = super().__call__(text)
        return doc

    def initialize(
        self,
        get_examples: Any = None,
        *,
        nlp: Language | None = None,
        pkuseg_model: str | None = None,
        pkuseg_user_dict: str | None = "default",
    ) -> None:
        """Load `pkuseg_model` if no model is loaded yet."""
        if self.pkuseg_seg is None:
            super().initialize(get_examples, nlp=nlp, pkuseg_model=pkuseg_model, pkuseg_user_dict=pkuseg_user_dict)


def blank_chinese(model: Path | None = None, user_words: Iterable[str] = ()) -> Language:
    """A blank spaCy `zh` Language whose tokenizer cuts words by the model in the folder `model` (None: the shipped one).

    `user_words` are always cut as words of their own. The model and the words are part of the Language: `to_disk` and
    `to_bytes` carry them. Raises ValueError if the folder does not hold a model.
    """
    folder = builtin_model() if model is None else Path(model)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    tokenizer = SegmenterTokenizer(nlp.vocab, segmenter="pkuseg")  # type: ignore[arg-type]
    tokenizer.pkuseg_seg = load_pkuseg(folder)
    tokenizer.pkuseg_update_user_dict(list(user_words))
    nlp.tokenizer = tokenizer
    nlp.config["initialize"]["tokenizer"]["pkuseg_model"] = str(folder)
    return nlp
