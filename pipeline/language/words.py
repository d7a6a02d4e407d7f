"""Words of a dictionary at every place of a text: their vectors say what a name of several characters usually is.

The idea of SoftLexicon (Ma et al. 2020) without a search tree: a word is known by a hash of its characters, so all
words of one length are looked up together. Shapes: T characters, L lengths, V dimensions of a word's vector.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LENGTHS = (3, 4, 5, 6)  # pairs of characters have a table of their own
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def hashes(numbers: NDArray[np.integer], length: int) -> NDArray[np.uint64]:
    """(…, T) numbers of characters to (…, T) hashes of the `length` characters from each place on.

    0 where a character is unknown (its number is 0) or the text ends before.
    """
    out = np.zeros(numbers.shape, dtype=np.uint64)
    size = numbers.shape[-1] - length + 1
    if size <= 0:
        return out
    value = np.zeros((*numbers.shape[:-1], size), dtype=np.uint64)
    known = np.ones(value.shape, dtype=bool)
    for k in range(length):
        part = numbers[..., k : k + size]
        known &= part > 0
        value = (value + part.astype(np.uint64)) * _FACTOR
        value ^= value >> np.uint64(29)
    out[..., :size] = np.where(known, value, 0)
    return out


def find(numbers: NDArray[np.integer], keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """(…, T) numbers of characters to (…, T, L): row of the word of each length that begins there, 0 for none.

    `keys` are the sorted hashes of all words; the word of `keys[i]` has row i + 1.
    """
    out = np.zeros((*numbers.shape, len(LENGTHS)), dtype=np.int32)
    if not len(keys):
        return out
    for i, length in enumerate(LENGTHS):
        value = hashes(numbers, length)
        place = np.searchsorted(keys, value).clip(0, len(keys) - 1)
        out[..., i] = np.where((keys[place] == value) & (value > 0), place + 1, 0)
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
