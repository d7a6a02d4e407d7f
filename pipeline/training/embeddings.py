"""Character and bigram vectors from unlabelled text: positional PPMI and a truncated SVD.

A character, or a pair of characters, is described by what stands at each of the places around it (Levy and Goldberg
2014, with the place kept as in Ling et al. 2015). Counting and factorising are deterministic and take minutes.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp


def ids_of(texts: list[str], minimum: int) -> tuple[np.ndarray, list[str]]:
    """All texts as one array of character numbers, 0 between texts and for rare characters, and the vocabulary."""
    points = np.frombuffer("\n".join(texts).encode("utf-32-le"), dtype=np.uint32)
    counts = np.bincount(points)
    counts[ord("\n")] = 0
    kept = np.flatnonzero(counts >= minimum)
    kept = kept[np.argsort(-counts[kept], kind="stable")]
    table = np.zeros(len(counts), dtype=np.int32)
    table[kept] = np.arange(1, len(kept) + 1)
    return table[points], ["", *map(chr, kept)]


def pairs_of(ids: np.ndarray, characters: int, limit: int, minimum: int) -> tuple[np.ndarray, np.ndarray]:
    """Number of the pair that begins at each place (0 for a rare one), and the keys `first * characters + second`."""
    keys = ids[:-1].astype(np.int64) * characters + ids[1:]
    keys[(ids[:-1] == 0) | (ids[1:] == 0)] = 0
    found, counts = np.unique(keys, return_counts=True)
    counts[found == 0] = 0
    order = np.argsort(-counts, kind="stable")[:limit]
    chosen = np.sort(found[order[counts[order] >= minimum]])
    at = np.clip(np.searchsorted(chosen, keys), 0, len(chosen) - 1)
    numbers = np.where(chosen[at] == keys, at + 1, 0).astype(np.int32)
    return np.append(numbers, np.int32(0)), chosen


def vectors(
    rows: np.ndarray, columns: list[tuple[np.ndarray, int]], size: int, dimension: int, seed: int, shift: float = 0.0
) -> np.ndarray:
    """Vectors (size, dimension) of the units `rows`; `columns` are the arrays of contexts, each with its size.

    A context array holds, at each place, the number of what stands at one fixed offset; 0 is nothing.
    """
    blocks = []
    for context, width in columns:
        good = (rows > 0) & (context > 0)
        key = rows[good].astype(np.int64) * width + context[good]
        found, counts = np.unique(key, return_counts=True)
        kept = counts > 1
        found, counts = found[kept], counts[kept].astype(np.float32)
        row, column = found // width, found % width
        by_row = np.bincount(row, counts, size)
        by_column = np.bincount(column, counts, width) ** 0.75
        pmi = np.log(counts / by_row[row] / (by_column[column] / by_column.sum())) - shift
        good = pmi > 0
        blocks.append(sp.csr_matrix((pmi[good].astype(np.float32), (row[good], column[good])), shape=(size, width)))
    matrix = sp.hstack(blocks, format="csr")
    rng = np.random.default_rng(seed)
    basis = np.asarray(matrix @ rng.standard_normal((matrix.shape[1], dimension + 16), dtype=np.float32))
    turned = matrix.T.tocsr()
    for _ in range(3):
        basis, _ = np.linalg.qr(basis)
        basis = np.asarray(matrix @ np.asarray(turned @ basis))
    basis, _ = np.linalg.qr(basis)
    small = np.asarray(turned @ basis).T
    left, values, _ = np.linalg.svd(small, full_matrices=False)
    out = (basis @ left[:, :dimension]) * np.sqrt(values[:dimension])
    out -= out.mean(0)
    scale = np.linalg.norm(out, axis=1, keepdims=True)
    out = out / np.where(scale > 1e-6, scale, 1) * np.sqrt(dimension) * 0.3
    out[0] = 0
    return out.astype(np.float32)


def shifted(array: np.ndarray, by: int) -> np.ndarray:
    """The array with what stands `by` places to the right, 0 beyond its ends."""
    out = np.zeros_like(array)
    if by >= 0:
        out[: len(array) - by] = array[by:]
    else:
        out[-by:] = array[:by]
    return out
