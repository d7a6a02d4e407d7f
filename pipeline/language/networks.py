"""The networks of the name model: what they read of texts, and the vectors and scores of each character.

The networks of one model share the tables of characters, pairs and words, and differ in all that was learnt upon them.
Shapes: N characters with empty rows between texts, D channels, P and W dimensions of a pair and a word, K tags.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folding import fold
from pipeline.language import words
from pipeline.language.convolutions import FullPrecision, Quantised

Array = NDArray[np.float32]

_DIGITS = str.maketrans("123456789", "000000000")
_GAP = 8  # empty rows between texts, or more: the reach of the widest convolution
# Every text begins at a multiple of this: how BLAS rounds a row of a product depends on the row's place in tiles of 4, 6
# or 12, and a text would have other last digits beside other texts.
_STEP = 12


def normalise(text: str) -> str:
    """What the model sees of a text, character for character: folded width, small letters, every digit 0."""
    folded = fold(text).translate(_DIGITS)
    lowered = folded.lower()
    return lowered if len(lowered) == len(folded) else "".join(c.lower()[:1] for c in folded)


def load_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a file, those of 16 bits in 32."""
    with np.load(path) as data:
        return {k: data[k].astype(np.float32) if data[k].dtype == np.float16 else data[k] for k in data.files}


@dataclass(frozen=True, slots=True)
class Rows:
    """What the networks read of some texts."""

    numbers: NDArray[np.int32]  # (N,) of characters; 0 is unknown, and the empty rows
    pairs: Array  # (N - 1, P) of each character with the next one
    words: Array  # (N, 3 W) of the words that begin, go on and end there
    mask: Array  # (N, 1), 0 at the empty rows
    starts: list[int]  # where each text begins


class Tables:
    """The vocabulary: numbers of characters, vectors of pairs and of words by their keys."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]):
        points: NDArray[np.int64] = weights["characters"]
        self._number = np.zeros(0x110000, dtype=np.int32)
        self._number[points] = np.arange(1, len(points) + 1)
        self._size = len(points) + 1
        self._pairs = words.Index(weights["pair_keys"])
        self._pair_vectors, self._pair_scale = weights["pair_vectors"], weights["pair_scale"]
        self.word_scale: Array = weights["word_scale"]
        self._words = words.Index(weights["word_keys"])
        self._word_vectors = weights["word_vectors"]

    def read(self, texts: Sequence[str]) -> Rows:
        starts, at = [], _STEP
        for text in texts:
            starts.append(at)
            if text:
                at += -(-(len(text) + _GAP) // _STEP) * _STEP
        at += _STEP  # the last tile is a short one
        numbers = np.zeros(at, dtype=np.int32)
        mask = np.zeros((at, 1), dtype=np.float32)
        for text, start in zip(texts, starts, strict=True):
            points = np.frombuffer(normalise(text).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            numbers[start : start + len(text)] = self._number[points]
            mask[start : start + len(text)] = 1
        keys = numbers[:-1].astype(np.int64) * self._size + numbers[1:]
        keys[(numbers[:-1] == 0) | (numbers[1:] == 0)] = 0
        pairs = self._pair_vectors[self._pairs.find(keys)] * self._pair_scale
        around = words.features(words.find(numbers, self._words), self._word_vectors)
        return Rows(numbers, pairs, around, mask, starts)


class Network:
    """The weights of one file, and the convolutions quantised beside it if they are there.

    Raises ValueError if those were made of other weights.
    """

    def __init__(self, path: Path, tables: Tables, dilations: Sequence[Sequence[int]]):
        self.weights = weights = load_weights(path)
        self.fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        inward = weights["inward.weight"]  # D x (character + pair before + pair after)
        own = weights["character_vectors"].shape[1]
        width = (inward.shape[1] - own) // 2
        self._characters: Array = weights["character_vectors"] @ inward[:, :own].T + weights["inward.bias"]
        self._before: Array = np.ascontiguousarray(inward[:, own : own + width].T)
        self._after: Array = np.ascontiguousarray(inward[:, own + width :].T)
        # D x (words that begin + go on + end)
        self._words = np.ascontiguousarray((weights["lexicon.weight"] * np.tile(tables.word_scale, 3)).T)
        quantised = path.with_suffix(".onnx")
        self.convolutions: FullPrecision | Quantised
        if quantised.is_file():
            self.convolutions = Quantised(quantised, self.fingerprint, dilations)
        else:
            self.convolutions = FullPrecision(weights, dilations)
        self._heads = {
            key.split(".")[1]: (np.ascontiguousarray(weights[key].T), weights[key.replace("weight", "bias")])
            for key in weights
            if key.startswith("heads.") and key.endswith(".weight")
        }

    def embed(self, rows: Rows) -> Array:
        """What the convolutions read, (N, D)."""
        x = self._characters[rows.numbers]
        x[1:] += rows.pairs @ self._before
        x[:-1] += rows.pairs @ self._after
        x += rows.words @ self._words
        return x

    def encode(self, rows: Rows) -> Array:
        """The vector of each character, (N, D)."""
        return self.convolutions(self.embed(rows), rows.mask)

    def scores(self, vectors: Array, head: str) -> Array:
        """(N, D) vectors to scores of the tags of a head, (N, K)."""
        weight, bias = self._heads[head]
        return vectors @ weight + bias
