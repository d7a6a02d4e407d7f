"""Numbers of characters, of pairs of characters and of words, as the network looks them up."""

from __future__ import annotations

import numpy as np

from pipeline.language.networks import normalise
from pipeline.language.words import Index, find


class Vocabulary:
    """Numbers of characters, of pairs of characters and of words; 0 is an unknown one."""

    def __init__(self, characters: np.ndarray, pair_keys: np.ndarray, word_keys: np.ndarray):
        self.word_keys = word_keys
        self._words, self._pairs = Index(word_keys), Index(pair_keys)
        self.characters, self.pair_keys = characters.astype(np.int64), pair_keys.astype(np.int64)
        self.table = np.zeros(0x110000, dtype=np.int32)
        self.table[self.characters] = np.arange(1, len(characters) + 1)
        self.size = len(characters) + 1

    def numbers(self, text: str) -> np.ndarray:
        points = np.frombuffer(normalise(text).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self.table[points]

    def pairs(self, numbers: np.ndarray) -> np.ndarray:
        """(…, T) numbers to (…, T) numbers of the pair that begins at each place."""
        after = np.zeros_like(numbers)
        after[..., :-1] = numbers[..., 1:]
        keys = numbers.astype(np.int64) * self.size + after
        return self._pairs.find(np.where((numbers > 0) & (after > 0), keys, 0)).astype(np.int64)

    def words(self, numbers: np.ndarray) -> np.ndarray:
        """(…, T) numbers to (…, T, L) rows of the words that begin at each place."""
        return find(numbers, self._words)
