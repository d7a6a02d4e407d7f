"""The dictionary of the name model: which words it looks up, and a vector of each from text and from its tag."""

from __future__ import annotations

import lzma
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.language.networks import normalise
from pipeline.language.words import LENGTHS, Index, find, hashes
from pipeline.training import embeddings
from pipeline.training.vocabulary import Vocabulary

# Parts of speech of jieba's dictionary that name things, and divisions; each is a dimension of its own.
GROUPS: dict[str, tuple[str, ...]] = {
    "person": ("nr", "nrfg"),
    "foreign person": ("nrt",),
    "place": ("ns",),
    "organisation": ("nt",),
    "other name": ("nz",),
    "common noun": ("n", "vn", "an"),
    "other word": (),
    "division": ("division",),
}
_CHUNK = 2_000_000


def read(settings: dict[str, Any]) -> dict[str, set[str]]:
    """Words of the lengths that are looked up, each with its tags: of a dictionary, and names of divisions.

    The dictionary has lines `word count tag`; "jieba" is the one inside that package.
    Raises FileNotFoundError if it is not there.
    """
    source = settings["dictionary"]
    try:
        file = resources.files("jieba").joinpath("dict.txt") if source == "jieba" else Path(source)
    except ModuleNotFoundError as error:
        raise FileNotFoundError("jieba is not installed, its dictionary is needed: pip install '.[train]'") from error
    lines = file.read_text(encoding="utf-8").splitlines()
    words: dict[str, set[str]] = {}
    for line in lines:
        word, _, tag = line.split(" ")
        words.setdefault(normalise(word), set()).add(tag)
    with lzma.open(settings["divisions"], "rt", encoding="utf-8") as rows:
        for row in rows:
            _, name, level, *_ = row.rstrip("\n").split("\t")
            if level in "1234":  # down to the town
                words.setdefault(normalise(name.removesuffix("办事处")), set()).add("division")
    return {word: tags for word, tags in words.items() if len(word) in LENGTHS}


def make(settings: dict[str, Any], vocabulary: Vocabulary, ids: np.ndarray, pairs: np.ndarray, out: Path) -> None:
    """Write `keys` (sorted hashes) and `vectors` (one row more: none) of the words that the text holds, or that name."""
    words = read(settings)
    keys: dict[int, set[str]] = {}
    for word, tags in words.items():
        key = int(hashes(vocabulary.numbers(word), len(word))[0])
        if key:
            keys.setdefault(key, set()).update(tags)
    sorted_keys = np.array(sorted(keys), dtype=np.uint64)
    rows, columns = _contexts(sorted_keys, ids, pairs)
    counts = np.bincount(rows, minlength=len(sorted_keys) + 1)
    named = {tag for group, tags in GROUPS.items() if group not in ("common noun", "other word") for tag in tags}
    kept = np.array(
        [counts[i + 1] >= int(settings["minimum"]) or bool(keys[int(key)] & named) for i, key in enumerate(sorted_keys)]
    )
    number = np.concatenate([[0], np.where(kept, np.cumsum(kept), 0)])
    size, dimension = int(kept.sum()) + 1, int(settings["dimension"])
    sizes = [vocabulary.size] * 4 + [len(vocabulary.pair_keys) + 1] * 2
    own = embeddings.vectors(
        number[rows], list(zip(columns, sizes, strict=True)), size, dimension, int(settings["seed"])
    )
    groups = np.zeros((size, len(GROUPS)), dtype=np.float32)
    for row, key in enumerate(sorted_keys[kept], start=1):
        for i, (group, members) in enumerate(GROUPS.items()):
            groups[row, i] = bool(keys[int(key)] & set(members)) or (
                group == "other word" and not keys[int(key)] & {t for m in GROUPS.values() for t in m}
            )
    np.savez(out, keys=sorted_keys[kept], vectors=np.concatenate([own, groups], axis=1))
    print(f"words: {size - 1:,} of {len(words):,}, {int(counts[1:].sum()):,} times in the text", flush=True)


def _contexts(keys: np.ndarray, ids: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Row of the word at each place of the text that begins one, and what stands at six places around it."""
    rows: list[np.ndarray] = []
    columns: list[list[np.ndarray]] = [[] for _ in range(6)]
    edge = 8
    index = Index(keys)
    for begin in range(edge, len(ids) - edge, _CHUNK):
        end = min(begin + _CHUNK, len(ids) - edge)
        found = find(ids[begin : end + edge], index)[: end - begin]
        for i, length in enumerate(LENGTHS):
            at = np.flatnonzero(found[:, i])
            rows.append(found[at, i])
            at = at + begin
            around = (ids[at - 2], ids[at - 1], ids[at + length], ids[at + length + 1])
            for column, values in zip(columns, (*around, pairs[at - 2], pairs[at + length]), strict=True):
                column.append(values)
    return np.concatenate(rows), [np.concatenate(c) for c in columns]
