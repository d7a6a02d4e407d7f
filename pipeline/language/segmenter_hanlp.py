"""A word segmenter of HanLP's (extra `hanlp`) as spaCy's tokenizer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, get_words_and_spaces, registry
from spacy.vocab import Vocab

from pipeline.language.names_hanlp import align, load_component, pieces


class HanlpTokenizer(DummyTokenizer):
    """Words as a HanLP tokenizer cuts the pieces between white space, at most 500 characters each.

    What HanLP does not give back is cut character by character. Nothing is serialised: the configuration names the model.
    """

    def __init__(self, vocab: Vocab, component: Any):
        self.vocab = vocab
        self.component = component

    def __call__(self, text: str) -> Doc:
        runs = []
        at = 0
        for line in text.split():
            at = text.index(line, at)
            characters = [(i, i + 1) for i in range(at, at + len(line))]
            runs += [text[run[0][0] : run[-1][1]] for run in pieces(text, characters)]
            at += len(line)
        # a copy for HanLP, whose tokenizer of 2.1.5 takes its list to pieces
        cut = self.component(list(runs)) if runs else []
        words = [text[a:b] for run, found in zip(runs, cut, strict=True) for text, a, b in _cover(run, found)]
        words, spaces = get_words_and_spaces(words, text)
        return Doc(self.vocab, words=words, spaces=spaces)


def _cover(run: str, words: list[str]) -> list[tuple[str, int, int]]:
    """The words of a run, and each character between them by itself."""
    edges = {0, len(run)}
    covered = [False] * len(run)
    for start, end in align(run, words):
        edges.update((start, end))
        covered[start:end] = [True] * (end - start)
    edges.update(edge for i, inside in enumerate(covered) if not inside for edge in (i, i + 1))
    return [(run, a, b) for a, b in pairwise(sorted(edges))]


@registry.tokenizers("news_hanlp_tokenizer")
def create_tokenizer(model: str) -> Callable[[Language], HanlpTokenizer]:
    """spaCy's way to the tokenizer, so that a saved Language finds it again."""
    return lambda nlp: HanlpTokenizer(nlp.vocab, load_component(model))


def hanlp_chinese(model: str) -> Language:
    """A blank spaCy `zh` Language that cuts words by a HanLP tokenizer: its name (`FINE_ELECTRA_SMALL_ZH`) or a folder.

    Raises ValueError if it cannot be had or is no tokenizer.
    """
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "news_hanlp_tokenizer", "model": model}}})
    tokenizer: Any = nlp.tokenizer
    try:
        works = "".join(tokenizer.component(["我们学习。"])[0]) == "我们学习。"
    except Exception:  # each kind of HanLP's models fails on other input in its own way
        works = False
    if not works:
        raise ValueError(f"the HanLP model {model} cuts no words")
    return nlp
