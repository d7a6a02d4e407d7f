"""Train the word segmenter: a linear-chain CRF with the features, labels and file format of spacy-pkuseg.

pkuseg's own trainer needs hours of pure Python for a corpus of a million words. This one takes its features from
pkuseg, learns their weights with PyTorch in minutes, and writes the two files that pkuseg loads.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import srsly
import torch
from spacy_pkuseg.feature_extractor import FeatureExtractor

from pipeline.language.cutter import TABLES, write_tables
from pipeline.training.corpora import open_packed

TAGS = ("B", "B_single", "I", "I_end", "I_first")  # pkuseg's five, in its order
_WIDE = {0xFF01 + i: chr(0x21 + i) for i in range(94) if chr(0x21 + i).isalnum()}
_SENTENCE_END = frozenset("。！？；")


@dataclass(frozen=True)
class Score:
    """Word precision, recall and F1, and the recall of words that the training text does not hold."""

    precision: float
    recall: float
    f1: float
    oov_recall: float
    oov_rate: float


def read_word_pos(path: Path) -> Iterator[list[str]]:
    """Words of each paragraph of a `word/TAG` file (PFR)."""
    with open_packed(path) as lines:
        for line in lines:
            words = [token.rsplit("/", 1)[0] for token in line.split()]
            if words := [word for word in words if word]:
                yield words


def read_words(path: Path) -> Iterator[list[str]]:
    """Words of each line of a file of words separated by spaces (SIGHAN)."""
    with open_packed(path) as lines:
        for line in lines:
            if words := line.split():
                yield words


def narrow(words: list[str]) -> list[str]:
    """Full-width digits and letters as ASCII; punctuation stays as newspapers print it."""
    return [word.translate(_WIDE) for word in words]


def sentences(paragraph: list[str]) -> Iterator[list[str]]:
    """The paragraph cut behind each word that ends a sentence."""
    start = 0
    for i, word in enumerate(paragraph):
        if word in _SENTENCE_END:
            yield paragraph[start : i + 1]
            start = i + 1
    if start < len(paragraph):
        yield paragraph[start:]


def tags_of(words: list[str]) -> list[int]:
    """pkuseg's label of each character, as an index of TAGS."""
    out: list[int] = []
    for word in words:
        n = len(word)
        out += [1] if n == 1 else [0, 3] if n == 2 else [0, 4, *[2] * (n - 3), 3]
    return out


class _Data:
    """Sentences as one flat array of feature numbers with offsets by character and by sentence."""

    def __init__(self, extractor: Any, corpus: list[list[str]]):
        features: list[int] = []
        at_character, at_sentence, tags = [0], [0], []
        for words in corpus:
            nodes = list(extractor.normalize_text("".join(words)))
            for i in range(len(nodes)):
                features.extend(extractor.get_node_features_idx(i, nodes))
                at_character.append(len(features))
            tags += tags_of(words)
            at_sentence.append(len(at_character) - 1)
        self.features = np.asarray(features, dtype=np.int32)
        self.at_character = np.asarray(at_character, dtype=np.int64)
        self.at_sentence = np.asarray(at_sentence, dtype=np.int64)
        self.tags = np.asarray(tags, dtype=np.int64)

    def batches(self, size: int, rng: random.Random) -> Iterator[list[int]]:
        lengths = np.diff(self.at_sentence)
        order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.random() * 6)
        groups = [order[i : i + size] for i in range(0, len(order), size)]
        rng.shuffle(groups)
        yield from groups


def _loss(scores: torch.Tensor, transitions: torch.Tensor, tags: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of the tags, summed; `scores` (sentences, length, tags), `transitions` from row to column."""
    batch, length, _ = scores.shape
    index = torch.arange(batch)
    alpha = scores[:, 0]
    gold = scores[index, 0, tags[:, 0]]
    for t in range(1, length):
        step = torch.logsumexp(alpha.unsqueeze(2) + transitions, dim=1) + scores[:, t]
        here = mask[:, t]
        alpha = torch.where(here.unsqueeze(1), step, alpha)
        gold = gold + (transitions[tags[:, t - 1], tags[:, t]] + scores[index, t, tags[:, t]]) * here
    return (torch.logsumexp(alpha, dim=1) - gold).sum()


def train(settings: dict[str, Any]) -> dict[str, Any]:
    """Train by the `segmenter` part of configs/train.yaml, write the model and return its figures.

    Raises FileNotFoundError if a corpus is missing.
    """
    seed = int(settings["seed"])
    rng = random.Random(seed)
    torch.manual_seed(seed)
    corpus = [narrow(s) for p in _corpora(settings["train"]) for s in sentences(p)]
    # Latin letters are print of either width; pkuseg tells them apart.
    corpus += [
        [re.sub("[A-Za-z]", lambda m: chr(ord(m[0]) + 0xFEE0), w) for w in s]
        for s in corpus
        if any(c.isascii() and c.isalpha() for w in s for c in w)
    ]
    print(f"{len(corpus):,} sentences, {sum(map(len, corpus)):,} words")
    extractor = _features(corpus, minimum=int(settings["minimum_count"]))
    print(f"{len(extractor.feature_to_idx):,} features")
    data = _Data(extractor, corpus)

    weights = torch.nn.EmbeddingBag(len(extractor.feature_to_idx), len(TAGS), mode="sum", sparse=True)
    torch.nn.init.zeros_(weights.weight)
    transitions = torch.zeros(len(TAGS), len(TAGS), requires_grad=True)
    optimiser = torch.optim.Adagrad([*weights.parameters(), transitions], lr=float(settings["learning_rate"]))
    dropout, epochs = float(settings["dropout"]), int(settings["epochs"])
    mean, mean_transitions, taken = torch.zeros_like(weights.weight), torch.zeros_like(transitions), 0
    for epoch in range(epochs):
        total = 0.0
        for group in data.batches(int(settings["batch"]), rng):
            pieces = [slice(data.at_sentence[i], data.at_sentence[i + 1]) for i in group]
            lengths = [p.stop - p.start for p in pieces]
            bags = [data.at_character[p.start : p.stop + 1] for p in pieces]
            flat = torch.from_numpy(np.concatenate([data.features[b[0] : b[-1]] for b in bags]))
            starts = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(b) for b in bags]))[:-1]])
            keep = (torch.rand(len(flat)) >= dropout).float() / (1 - dropout)
            scored = weights(flat, torch.from_numpy(starts.astype(np.int32)), per_sample_weights=keep)
            scores = torch.nn.utils.rnn.pad_sequence(scored.split(lengths), batch_first=True)
            tags = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(data.tags[p]) for p in pieces], batch_first=True)
            mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
            loss = _loss(scores, transitions, tags, mask)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach())
        if epoch >= epochs // 2:
            mean += weights.weight.detach()
            mean_transitions += transitions.detach()
            taken += 1
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(data.tags):.4f} a character", flush=True)
    out = Path(settings["output"])
    figures: dict[str, Any] = {"sentences": len(corpus), "features": len(extractor.feature_to_idx)}
    save(out, extractor, (mean / taken).numpy(), (mean_transitions / taken).detach().numpy(), float(settings["prune"]))
    words = {w for s in corpus for w in s}
    for name, path in settings["test"].items():
        figures[name] = score(out, read_words(Path(path)), words).__dict__
        print(name, figures[name])
    return figures


def _corpora(parts: list[dict[str, str]]) -> Iterator[list[str]]:
    readers = {"word/pos": read_word_pos, "words": read_words}
    for part in parts:
        yield from readers[part["format"]](Path(part["path"]))


def _features(corpus: list[list[str]], minimum: int) -> Any:
    """pkuseg's feature templates over the corpus; those seen less than `minimum` times are left out."""
    extractor = FeatureExtractor()
    lines = [[FeatureExtractor.keyword_rename(w) for w in s] for s in corpus]
    extractor.unigram = {w for s in lines for w in s}
    extractor.bigram = {f"{a}*{b}" for s in lines for a, b in pairwise(s)}
    counts: Counter[str] = Counter()
    for words in lines:
        nodes = list(extractor.normalize_text("".join(words)))
        for i in range(len(nodes)):
            counts.update(extractor.get_node_features(i, nodes))
    counts.pop("/", None)
    counts.pop("$$", None)
    kept = sorted((f for f, n in counts.items() if n >= minimum), key=lambda f: (-counts[f], f))
    extractor.feature_to_idx = {f: i for i, f in enumerate(["$$", *kept])}
    extractor.tag_to_idx = {tag: i for i, tag in enumerate(TAGS)}
    return extractor


def save(out: Path, extractor: Any, weights: np.ndarray, transitions: np.ndarray, prune: float) -> None:
    """Write `features.msgpack`, `weights.npz` and their tables without the features whose weights all stay under `prune`.

    Weights are rounded to 1/64: pkuseg wants 64-bit floats, and rounded ones pack well.
    """
    names = sorted(extractor.feature_to_idx, key=extractor.feature_to_idx.__getitem__)
    kept = [i for i in range(len(names)) if i == 0 or np.abs(weights[i]).max() >= prune]
    feature_to_idx = {names[i]: n for n, i in enumerate(kept)}
    # A word is looked up only to form features; without a feature of its own it is dead weight.
    used = {
        part
        for name in feature_to_idx
        if name[0] == "w"
        for part in name.split(".", 2 if name[1] == "w" else 1)[-1].split("*")
    }
    flat = np.concatenate([weights[kept].ravel(), transitions.T.ravel()]).astype(np.float64)
    out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(
        out / "features.msgpack",
        {
            "unigram": sorted(extractor.unigram & used),
            "bigram": [],
            "feature_to_idx": feature_to_idx,
            "tag_to_idx": extractor.tag_to_idx,
        },
    )
    sizes = np.array([len(TAGS), len(kept)])
    rounded = np.round(flat * 64) / 64
    np.savez_compressed(out / "weights.npz", sizes=sizes, w=rounded)
    write_tables(out / TABLES, feature_to_idx, rounded)
    print(f"kept {len(kept):,} of {len(names):,} features")


def score(model: Path, gold: Iterable[list[str]], known: set[str] = frozenset()) -> Score:  # type: ignore[assignment]
    """Score the model of a folder on segmented text, as the SIGHAN bakeoffs do."""
    from pipeline.language.segmenter import load_pkuseg

    segmenter = load_pkuseg(model)
    right = guessed = wanted = new = new_right = 0
    for words in gold:
        text = "".join(words)
        found = _spans(segmenter.cut(text))
        for span in (spans := _spans(words)):
            if text[span[0] : span[1]].translate(_WIDE) not in known:
                new += 1
                new_right += span in found
        right += len(spans & found)
        guessed += len(found)
        wanted += len(spans)
    precision, recall = right / guessed, right / wanted
    return Score(
        precision, recall, 2 * precision * recall / (precision + recall), new_right / max(new, 1), new / wanted
    )


def _spans(words: list[str]) -> set[tuple[int, int]]:
    out, at = set(), 0
    for word in words:
        out.add((at, at + len(word)))
        at += len(word)
    return out
