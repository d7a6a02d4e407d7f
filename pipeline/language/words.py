"""Words of a dictionary at every place of a text: their vectors say what a name of several characters usually is.

The idea of SoftLexicon (Ma et al. 2020) without a search tree: a word is known by a hash of its characters, so all
words of one length are looked up together. Shapes: T characters, L lengths, V dimensions of a word's vector.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

LENGTHS = (3, 4, 5, 6)  # pairs of characters have a table of their own
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def hashes(numbers: NDArray[np.integer], length: int) -> NDArray[np.uint64]:
    """(…, T) numbers of characters to (…, T) hashes of the `length` characters from each place on.

    0 where a character is unknown (its number is 0) or the text ends before.
    """
    return next(value for size, value in hashes_up_to(numbers, length) if size == length)


def hashes_up_to(numbers: NDArray[np.integer], longest: int) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    """`hashes` of each length up to the longest, each made of the one before."""
    value = np.zeros(numbers.shape, dtype=np.uint64)
    parts = numbers.astype(np.uint64)
    known = numbers > 0
    for k in range(longest):
        size = max(0, numbers.shape[-1] - k)
        value[..., size:] = 0
        known[..., size:] = False
        start = min(k, numbers.shape[-1])
        running = value[..., :size]
        running += parts[..., start:]
        running *= _FACTOR
        running ^= running >> np.uint64(29)
        known[..., :size] &= numbers[..., start:] > 0
        yield k + 1, np.where(known, value, 0)


class Index:
    """Where keys stand in a list: a hash table with linear probing that looks up many keys at once.

    `keys` differ from each other; 0 is no key.
    """

    def __init__(self, keys: NDArray[np.integer]):
        self.keys = np.concatenate([np.zeros(1, dtype=np.uint64), keys.astype(np.uint64)])
        bits = 2 + len(keys).bit_length()
        self._shift = np.uint64(64 - bits)
        self._rows = np.zeros((1 << bits) + 1, dtype=np.int32)
        waiting, slots = np.arange(1, len(self.keys), dtype=np.int32), self._slots(self.keys[1:])
        while len(waiting):
            free = self._rows[slots] == 0
            self._rows[slots[free]] = waiting[free]  # of several for one slot the last gets it
            left = self._rows[slots] != waiting
            waiting, slots = waiting[left], self._next(slots[left])

    def _slots(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((keys * _FACTOR) >> self._shift).astype(np.int64)

    def _next(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        return (slots + 1) % (len(self._rows) - 1)

    def find(self, keys: NDArray[np.integer]) -> NDArray[np.int32]:
        """(…) keys to (…) numbers in the list, counted from 1; 0 for a key that is not there."""
        wanted = keys.astype(np.uint64, copy=False).ravel()
        out = self._rows[self._slots(wanted)]
        open_ = np.flatnonzero((self.keys[out] != wanted) & (out > 0))
        slots = self._slots(wanted[open_])
        while len(open_):
            slots = self._next(slots)
            rows = self._rows[slots]
            out[open_] = rows
            left = (self.keys[rows] != wanted[open_]) & (rows > 0)
            open_, slots = open_[left], slots[left]
        return out.reshape(keys.shape)


def find(numbers: NDArray[np.integer], index: Index) -> NDArray[np.int32]:
    """(…, T) numbers of characters to (…, T, L): row of the word of each length that begins there, 0 for none.

    `index` is of the hashes of all words; the first word has row 1.
    """
    out = np.zeros((*numbers.shape, len(LENGTHS)), dtype=np.int32)
    for length, value in hashes_up_to(numbers, LENGTHS[-1]):
        if length in LENGTHS:
            out[..., LENGTHS.index(length)] = index.find(value)
    return out


def features(rows: NDArray[np.int32], table: NDArray[np.int8]) -> NDArray[np.float32]:
    """(T, L) rows of a table (W, V) to (T, 3 V): sums of the words that begin, go on and end at a character."""
    width = table.shape[1]
    out = np.zeros((len(rows), 3 * width), dtype=np.float32)
    begin, inside, end = out[:, :width], out[:, width : 2 * width], out[:, 2 * width :]
    for i, length in enumerate(LENGTHS):
        at = np.flatnonzero(rows[:, i])
        vectors = table[rows[at, i]]
        begin[at] += vectors
        for by in range(1, length - 1):
            inside[at + by] += vectors
        end[at + length - 1] += vectors
    return out
