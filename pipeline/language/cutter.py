"""The word segmenter's CRF evaluated for many texts at once: pkuseg's features, weights and ties, to the last word.

`spacy_pkuseg` looks up some seventy strings for each character, one by one. Here the same weights stand in tables by what
they look at: a character, a pair of characters, a word, two words side by side. Pairs and words are found by hash for all
places together (`pipeline.language.words`). A weight is a multiple of 1/64, so sums are exact in any order.

Shapes: T characters of all texts together, K tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.language import crf
from pipeline.language.words import Index, hashes_up_to

TABLES = "tables.npz"
_TAGS = 5  # B, B_single, I, I_end, I_first: a word begins at the first two
_BEGINS = 2
_AROUND = (-2, -1, 0, 1, 2)  # where the characters stand that a tag looks at
_PAIRS = (-2, -1, 0)  # where the pairs of characters begin
_LENGTHS = (2, 3, 4, 5, 6)  # of words
_GAP = 2  # empty rows between texts: the reach of the features
_SCALE = 64

# How pkuseg sees characters: marks that join, digits, letters of full width.
_SAME = (
    ("&", "-._,|/*:&"),
    ("**Num", "0123456789几二三四五六七八九十千万亿兆零１２３４５６７８９０％"),
    (
        "**Letter",
        "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｇｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ／・－",
    ),
)


class Cutter:
    """The tables of a file that `write_tables` made."""

    def __init__(self, path: Path):
        with np.load(path) as data:
            self._number: NDArray[np.int32] = np.zeros(0x110000, dtype=np.int32)
            self._number[data["characters"]] = data["numbers"]
            self._around: NDArray[np.float32] = data["around"].astype(np.float32)
            self._pairs, self._words, self._couples = (Index(data[f"{name}_keys"]) for name in _FOUND)
            self._pair_weights, self._word_weights, self._couple_weights = (
                data[f"{name}_weights"].astype(np.float32) for name in _FOUND
            )
            self._constant = data["constant"].astype(np.float32)
            self._transitions = _backwards(data["transitions"].astype(np.float32))

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """The words of each text, white space left out, which always ends a word."""
        parts = [part for text in texts for part in text.split()]
        found = iter(self._cut(parts))
        return [[word for _ in text.split() for word in next(found)] for text in texts]

    def _cut(self, parts: list[str]) -> Iterable[list[str]]:
        if not parts:
            return []
        starts, at = [], _GAP
        for part in parts:
            starts.append(at)
            at += len(part) + _GAP
        numbers = np.zeros(at, dtype=np.int32)
        for part, start in zip(parts, starts, strict=True):
            points = np.frombuffer(part.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            numbers[start : start + len(part)] = self._number[points]
        scores = self._scores(numbers)[:, ::-1]
        best = crf.viterbi(
            [scores[start : start + len(part)][::-1] for part, start in zip(parts, starts, strict=True)],
            self._transitions,
        )
        return map(_words, parts, best)

    def _scores(self, numbers: NDArray[np.int32]) -> NDArray[np.float32]:
        """(T, K)"""
        size = len(numbers)
        out = np.tile(self._constant, (size, 1))
        for i, by in enumerate(_AROUND):
            to, of = slice(max(0, -by), size - max(0, by)), slice(max(0, by), size - max(0, -by))
            out[to] += self._around[i][numbers[of]]
        begin: list[NDArray[np.int64]] = []
        end: list[NDArray[np.int64]] = []
        row: list[NDArray[np.int32]] = []
        for length, keys in hashes_up_to(numbers, _LENGTHS[-1]):
            if length == 2:
                pairs = self._pairs.find(keys)
                for i, by in enumerate(_PAIRS):  # a pair at `by` from a character
                    out[-by:] += self._pair_weights[pairs[: size + by], i]
            if length in _LENGTHS:
                words = self._words.find(keys)
                at = np.flatnonzero(words)
                begin.append(at)
                end.append(at + length)
                row.append(words[at])
        begins, ends, rows = np.concatenate(begin), np.concatenate(end), np.concatenate(row)
        np.add.at(out, ends - 1, self._word_weights[rows, 0])
        np.add.at(out, begins, self._word_weights[rows, 1])
        left, right = _meeting(begins, ends)
        couples = self._couples.find(couple_keys(rows[left], rows[right]))
        known = couples > 0
        left, right, couples = left[known], right[known], couples[known]
        np.add.at(out, begins[right], self._couple_weights[couples, 0])
        np.add.at(out, ends[left] - 1, self._couple_weights[couples, 1])
        return out


_FOUND = ("pair", "word", "couple")


def couple_keys(left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Keys of two words side by side, from their rows."""
    return (left.astype(np.uint64) << np.uint64(32)) + right.astype(np.uint64)


def _meeting(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of words of which the second begins where the first ends, as indices into the arguments."""
    order = np.argsort(begins, kind="stable")
    low = np.searchsorted(begins[order], ends, side="left")
    counts = np.searchsorted(begins[order], ends, side="right") - low
    left = np.repeat(np.arange(len(ends)), counts)
    within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    return left, order[low[left] + within]


def _backwards(edges: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K, K) weights from tag to tag to what `crf.viterbi` wants, for texts and tags in reversed order.

    pkuseg walks from the end of a text and takes the last tag of equals, but the first for the first character.
    """
    out = np.zeros((_TAGS + 1, _TAGS + 1), dtype=np.float32)
    out[:_TAGS, :_TAGS] = edges.T[::-1, ::-1]
    out[:_TAGS, _TAGS] = np.arange(_TAGS) / (_TAGS * 2 * _SCALE)  # less than any weight
    return out


def _words(text: str, backward: list[int]) -> list[str]:
    begins = [i for i, tag in enumerate(reversed(backward)) if tag >= _TAGS - _BEGINS or i == 0]
    return [text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=True)]


# -------------------------------------------------------------------------------------------------- making the tables
def write_tables(path: Path, features: Mapping[str, int], weights: NDArray[np.float64]) -> None:
    """Tables for the features of a pkuseg model and its weights (features x K, then K x K by next tag), 1/64 each."""
    count = len(features) * _TAGS
    by_feature = np.round(weights[:count].reshape(-1, _TAGS) * _SCALE).astype(np.int16)
    edges = np.round(weights[count:].reshape(_TAGS, _TAGS).T * _SCALE).astype(np.int16)
    same = {character: name for name, some in _SAME for character in some}
    nodes: dict[str, int] = {}
    around = {f"c{by or ''}.": i for i, by in enumerate(_AROUND)}
    beside = {"c-2c-1.": 0, "c-1c.": 1, "cc1.": 2}
    ends_or_begins = {"w-1.": 0, "w1.": 1}
    both = {"ww.l.": 0, "ww.r.": 1}
    found: dict[str, dict[tuple[str, ...], dict[int, int]]] = {name: {} for name in ("around", *_FOUND)}
    for feature, row in features.items():
        prefix = feature[: feature.index(".", 3) + 1] if feature.startswith("ww.") else feature.partition(".")[0] + "."
        rest = feature[len(prefix) :]
        for kind, prefixes, key in (
            ("around", around, (rest,)),
            ("pair", beside, tuple(rest.split("."))),
            ("word", ends_or_begins, (rest,)),
            ("couple", both, tuple(rest.split("*"))),
        ):
            if prefix in prefixes:
                found[kind].setdefault(key, {})[prefixes[prefix]] = row
    for key in (*found["around"], *found["pair"], *((c,) for (word,) in found["word"] for c in word)):
        for node in key:
            nodes.setdefault(node, len(nodes) + 1)
    arrays: dict[str, NDArray] = {"constant": by_feature[features["$$"]], "transitions": edges}
    arrays["around"] = np.zeros((len(_AROUND), len(nodes) + 1, _TAGS), dtype=np.int16)
    for (node,), rows in found["around"].items():
        for place, row in rows.items():
            arrays["around"][place, nodes[node]] = by_feature[row]
    seen = {c: n for c, n in nodes.items() if len(c) == 1 and c not in same}
    seen.update({c: nodes[name] for c, name in same.items() if name in nodes})
    arrays["characters"] = np.array([ord(c) for c in seen], dtype=np.int32)
    arrays["numbers"] = np.array(list(seen.values()), dtype=np.int32)

    def numbered(key: Iterable[str]) -> NDArray[np.int32]:
        return np.array([nodes[node] for node in key], dtype=np.int32)

    rows_of: dict[str, int] = {}
    for kind in _FOUND:
        keys, columns = [], []
        for key, rows in found[kind].items():
            if kind == "couple":
                if not (key[0] in rows_of and key[1] in rows_of):
                    continue
                keys.append(int(couple_keys(np.array([rows_of[key[0]]]), np.array([rows_of[key[1]]]))[0]))
            elif kind == "word" and any(len(same.get(c, c)) > 1 for c in key[0]):
                continue  # digits and letters have lost their names when words are looked up
            else:
                parts = numbered(key if kind == "pair" else key[0])
                keys.append(int(next(v for n, v in hashes_up_to(parts, len(parts)) if n == len(parts))[0]))
                if kind == "word":
                    rows_of[key[0]] = len(keys)
            columns.append(rows)
        table = np.zeros((len(keys) + 1, max(len(_PAIRS) if kind == "pair" else 2, 1), _TAGS), dtype=np.int16)
        for number, (place, row) in ((n, item) for n, rows in enumerate(columns, 1) for item in rows.items()):
            table[number, place] = by_feature[row]
        arrays[f"{kind}_keys"], arrays[f"{kind}_weights"] = np.array(keys, dtype=np.uint64), table
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
