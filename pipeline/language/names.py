"""The name model: people, places, organisations and posts, character by character, in NumPy.

`NameModel` reads a folder with `names.npz` and runs dilated convolutions and a CRF; `news_names` is the spaCy component
that writes what it finds to `doc.spans["names/model"]`. How the model is made: `pipeline.training.names`.
Shapes below: N characters, D channels, K tags.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.folding import fold
from pipeline.language import words
from pipeline.language.document import CANDIDATES, set_spans
from pipeline.records import Mention

GROUP = CANDIDATES + "model"
BUILTIN = "builtin"
Found = tuple[int, int, str, float]  # start, end, label, score
Array = NDArray[np.float32]

_DIGITS = str.maketrans("123456789", "000000000")
_STOPS = frozenset("。,;!?:\n")  # no name crosses them
_DOUBTFUL = 0.2
_GAP = 8  # empty rows between paragraphs: the reach of the widest convolution


def normalise(text: str) -> str:
    """What the model sees of a text, character for character: folded width, small letters, every digit 0."""
    folded = fold(text).translate(_DIGITS)
    lowered = folded.lower()
    return lowered if len(lowered) == len(folded) else "".join(c.lower()[:1] for c in folded)


def tag_names(labels: Iterable[str]) -> list[str]:
    """O, then B I E S of each label."""
    return ["O", *(f"{place}-{label}" for label in labels for place in "BIES")]


class NameModel:
    """The weights of one folder. Raises ValueError if the folder does not hold a model."""

    def __init__(self, folder: Path):
        path = folder / "names.npz"
        self.key = f"vectors {folder}"  # where `vectors_of` keeps its vectors of a Doc
        if not path.is_file():
            raise ValueError(f"no name model in {folder}: the file names.npz is missing")
        self.fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:16]  # models over its vectors belong to it
        with np.load(path) as data:
            self._w = {k: data[k].astype(np.float32) if data[k].dtype == np.float16 else data[k] for k in data.files}
        self.labels: dict[str, list[str]] = json.loads(bytes(self._w["labels"]).decode())
        self.dilations: list[list[int]] = json.loads(bytes(self._w["dilations"]).decode())
        points: NDArray[np.int64] = self._w["characters"]
        self._number = np.zeros(0x110000, dtype=np.int32)
        self._number[points] = np.arange(1, len(points) + 1)
        inward = self._w["inward.weight"]  # D x (character + pair before + pair after)
        own = self._w["character_vectors"].shape[1]
        width = (inward.shape[1] - own) // 2
        self._characters: Array = self._w["character_vectors"] @ inward[:, :own].T + self._w["inward.bias"]
        self._before: Array = np.ascontiguousarray(inward[:, own : own + width].T)
        self._after: Array = np.ascontiguousarray(inward[:, own + width :].T)
        self._pair_scale: Array = self._w["pair_scale"]
        self._words: Array | None = None  # a model may look up no words
        if "lexicon.weight" in self._w:  # D x (words that begin + go on + end)
            self._words = np.ascontiguousarray((self._w["lexicon.weight"] * np.tile(self._w["word_scale"], 3)).T)
        self._convolutions = [
            [self._kernel(f"blocks.{b}.{name}") for name in ("first", "second")] for b in range(len(self.dilations))
        ]
        self._heads = {
            head: (np.ascontiguousarray(self._w[f"heads.{head}.weight"].T), self._w[f"heads.{head}.bias"])
            for head in self.labels
        }
        self._transitions = {head: _allowed(self.labels[head], self._w[f"transitions.{head}"]) for head in self.labels}

    def _kernel(self, name: str) -> tuple[Array, Array]:
        weight = self._w[f"{name}.weight"]  # out x in x 3
        return np.ascontiguousarray(weight.transpose(2, 1, 0)), self._w[f"{name}.bias"]

    def encode(self, texts: list[str]) -> tuple[Array, list[int]]:
        """Vectors of all characters with empty rows between the texts, (N, D), and where each text begins."""
        starts, at = [], _GAP
        for text in texts:
            starts.append(at)
            at += len(text) + _GAP
        numbers = np.zeros(at, dtype=np.int32)
        mask = np.zeros((at, 1), dtype=np.float32)
        for text, start in zip(texts, starts, strict=True):
            points = np.frombuffer(normalise(text).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            numbers[start : start + len(text)] = self._number[points]
            mask[start : start + len(text)] = 1
        keys = numbers[:-1].astype(np.int64) * (len(self._characters)) + numbers[1:]
        chosen: NDArray[np.int64] = self._w["pair_keys"]
        place = np.searchsorted(chosen, keys).clip(0, len(chosen) - 1)
        pairs = np.where((chosen[place] == keys) & (numbers[:-1] > 0) & (numbers[1:] > 0), place + 1, 0)
        vectors = self._w["pair_vectors"][pairs] * self._pair_scale
        x = self._characters[numbers]
        x[1:] += vectors @ self._before
        x[:-1] += vectors @ self._after
        if self._words is not None:
            x += words.features(words.find(numbers, self._w["word_keys"]), self._w["word_vectors"]) @ self._words
        for block, dilations in enumerate(self.dilations):
            h = self._norm(x, f"blocks.{block}.norm") * mask
            first, second = self._convolutions[block]
            h = _convolve(h, *first, dilations[0])
            np.maximum(h, 0, out=h)
            h *= mask
            x += _convolve(h, *second, dilations[1])
        return self._norm(x, "norm"), starts

    def _norm(self, x: Array, name: str) -> Array:
        centred = x - x.mean(1, keepdims=True)
        scale = np.einsum("nd,nd->n", centred, centred) / x.shape[1]
        centred *= (1 / np.sqrt(scale + 1e-5))[:, None]
        centred *= self._w[f"{name}.weight"]
        centred += self._w[f"{name}.bias"]
        return centred

    def find(self, texts: list[str], head: str = "news") -> list[list[Found]]:
        """The names of each text (without line ends) by the labels of a head, in order, none inside another."""
        if not any(texts):
            return [[] for _ in texts]
        return self.tag(texts, *self.encode(texts), head)

    def tag(self, texts: list[str], vectors: Array, starts: list[int], head: str = "news") -> list[list[Found]]:
        """`find` for texts that `encode` has read."""
        weight, bias = self._heads[head]
        scores = vectors @ weight + bias
        pieces = [(n, a, b) for n, text in enumerate(texts) for a, b in _pieces(normalise(text)) if b > a]
        best = _viterbi([scores[starts[n] + a : starts[n] + b] for n, a, b in pieces], self._transitions[head])
        out: list[list[Found]] = [[] for _ in texts]
        for (n, a, _), tags in zip(pieces, best, strict=True):
            for start, end, label in _spans(tags):
                begin = starts[n] + a
                score = _confidence(scores[begin + start : begin + end], tags[start:end])
                start, end = _trim(texts[n], a + start, a + end)
                if start < end:
                    out[n].append((start, end, self.labels[head][label], score))
        return out


def _convolve(h: Array, kernel: Array, bias: Array, dilation: int) -> Array:
    """(N, D) to (N, D): each row from itself and those `dilation` before and after, which are empty beyond the ends."""
    out = h @ kernel[1]
    out[dilation:] += h[:-dilation] @ kernel[0]
    out[:-dilation] += h[dilation:] @ kernel[2]
    out += bias
    return out


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    cuts = [-1, *(i for i, c in enumerate(text) if c in _STOPS), len(text)]
    for a, b in pairwise(cuts):
        yield a + 1, b


def _allowed(labels: list[str], transitions: Array) -> Array:
    """(K + 1, K + 1): the transitions with those that no span makes forbidden; the last row and column are the edge."""
    size = 1 + 4 * len(labels)
    out = np.full((size + 1, size + 1), -1e4, dtype=np.float32)
    for a in range(size + 1):
        for b in range(size + 1):
            begins_inside = b < size and b > 0 and (b - 1) % 4 in (1, 2)
            leaves_open = a < size and a > 0 and (a - 1) % 4 in (0, 1)
            same = 0 < a < size and 0 < b < size and (a - 1) // 4 == (b - 1) // 4
            if begins_inside == leaves_open and (not leaves_open or same):
                out[a, b] = transitions[a, b] if a < size and b < size else 0
    return out


def _viterbi(pieces: list[Array], transitions: Array) -> list[NDArray[np.int64]]:
    """The best tags of each piece of scores (length, K); all pieces step together, the long ones last the longest."""
    if not pieces:
        return []
    size = transitions.shape[0] - 1
    inner = np.ascontiguousarray(transitions[:size, :size].T)  # to x from
    order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i]))
    lengths = np.array([len(pieces[i]) for i in order])
    padded = np.zeros((lengths[0], len(order), size), dtype=np.float32)
    for row, i in enumerate(order):
        padded[: len(pieces[i]), row] = pieces[i]
    alpha = padded[0] + transitions[size, :size]
    back = np.zeros((lengths[0], len(order), size), dtype=np.int8)
    for t in range(1, lengths[0]):
        live = int((lengths > t).sum())
        options = alpha[:live, None, :] + inner
        choice = options.argmax(2)
        back[t, :live] = choice
        alpha[:live] = np.take_along_axis(options, choice[:, :, None], 2)[:, :, 0] + padded[t, :live]
    out: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(pieces)
    last = (alpha + transitions[:size, size]).argmax(1)
    tags = np.zeros((lengths[0], len(order)), dtype=np.int64)
    current = last.copy()
    columns = np.arange(len(order))
    for t in range(lengths[0] - 1, -1, -1):
        current = np.where(lengths - 1 == t, last, current)
        tags[t] = current
        current = back[t, columns, current]
    for row, i in enumerate(order):
        out[i] = tags[: lengths[row], row]
    return out


def _spans(tags: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for i in np.flatnonzero(tags):
        place, label = (int(tags[i]) - 1) % 4, (int(tags[i]) - 1) // 4
        if place in (0, 3):
            start = int(i)
        if place in (2, 3):
            yield start, int(i) + 1, label


def _confidence(scores: Array, tags: NDArray[np.int64]) -> float:
    """The least probability of the tags of a span, each by the scores of its character alone."""
    shifted = scores - scores.max(1, keepdims=True)
    chosen = shifted[np.arange(len(tags)), tags] - np.log(np.exp(shifted).sum(1))
    return round(float(np.exp(chosen.min())), 3)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@cache
def load_model(model: str | Path = BUILTIN) -> NameModel:
    """The shipped model, or the one of a folder; loaded once. Raises ValueError if there is none."""
    folder = Path(str(resources.files("pipeline.models"))) / "names" if model == BUILTIN else Path(model)
    return NameModel(folder)


def names_of(model: NameModel, text: str) -> list[Found]:
    """The names of an article by our guidelines. Paragraphs are read one by one, so that no name crosses a line end.

    Places, organisations and posts that score under 0.2 are left out: on labelled pages four in five of them are wrong.
    """
    return names_and_vectors(model, text)[0]


def names_and_vectors(model: NameModel, text: str) -> tuple[list[Found], Array]:
    """What `names_of` finds, and the vectors of the characters, (characters, D), zero at line ends."""
    paragraphs, at = [], 0
    for line in text.split("\n"):
        paragraphs.append((at, line))
        at += len(line) + 1
    lines = [line for _, line in paragraphs]
    encoded, starts = model.encode(lines)
    vectors = np.zeros((len(text), encoded.shape[1]), dtype=np.float32)
    for (at, line), start in zip(paragraphs, starts, strict=True):
        vectors[at : at + len(line)] = encoded[start : start + len(line)]
    found = model.tag(lines, encoded, starts)
    return _trusted(paragraphs, found), vectors


def vectors_of(doc: Doc, model: NameModel) -> Array:
    """The model's vectors of a Doc's characters, (characters, D), zero at line ends; computed once for a Doc."""
    vectors = doc.user_data.get(model.key)
    if vectors is None:
        vectors = doc.user_data[model.key] = names_and_vectors(model, doc.text)[1]
    return vectors


def _trusted(paragraphs: list[tuple[int, str]], found: list[list[Found]]) -> list[Found]:
    return [
        (at + a, at + b, label, score)
        for (at, text), some in zip(paragraphs, found, strict=True)
        for a, b, label, score in some
        if label == "PER" or (score >= _DOUBTFUL and text[a] != "各")  # 各镇 are none in particular
    ]


def everywhere(text: str, found: list[Found]) -> tuple[list[Found], list[Found]]:
    """The names to keep, and those to add so that a name found in one place of an article is found in all.

    A name of three characters or more that was found twice also takes the place of a rarer person cut wrongly across it.
    An organisation must have been found twice: the model's slips (a class of organisations) would be multiplied.
    A name of two characters may be a common word (高峰, 文明), so the model must have found it in half of its places.
    """
    places: dict[tuple[str, str], list[float]] = {}
    for start, end, label, score in found:
        if label in ("PER", "ORG") and end - start >= (2 if label == "PER" else 4):
            places.setdefault((text[start:end], label), []).append(score)
    owner: list[Found | None] = [None] * len(text)
    for span in found:
        owner[span[0] : span[1]] = [span] * (span[1] - span[0])
    dropped: set[Found] = set()
    added: list[Found] = []
    for (name, label), scores in sorted(places.items(), key=lambda item: (-len(item[1]), -len(item[0][0]), item[0])):
        if max(scores) < 0.8 or (label == "ORG" and len(scores) < 2):
            continue
        free: list[int] = []
        at = text.find(name)
        while at >= 0:
            inside = {span for span in owner[at : at + len(name)] if span is not None}
            rarer = (
                label == "PER"
                and len(name) > 2
                and all(
                    span[2] == "PER" and len(places.get((text[span[0] : span[1]], "PER"), "")) < len(scores)
                    for span in inside
                )
            )
            if not inside or (rarer and len(scores) > 1):
                free.append(at)
            at = text.find(name, at + len(name))
        if len(name) > 2 or len(scores) >= len(free):
            for at in free:
                span = (at, at + len(name), label, max(scores))
                for old in {o for o in owner[at : at + len(name)] if o is not None}:
                    dropped.add(old)
                    owner[old[0] : old[1]] = [None] * (old[1] - old[0])
                owner[at : at + len(name)] = [span] * len(name)
                added.append(span)
    return [span for span in found if span not in dropped], [span for span in added if span not in dropped]


class Names:
    """Writes the names of the model to `doc.spans["names/model"]`, with `Mention` records.

    The source of a record is "model", or "model: elsewhere" for another place of a name that the model found once.
    """

    def __init__(self, model: NameModel):
        self.model = model

    def __call__(self, doc: Doc) -> Doc:
        found, doc.user_data[self.model.key] = names_and_vectors(self.model, doc.text)
        kept, added = everywhere(doc.text, found)
        spans = [(a, b, label, Mention(label, source="model", score=score)) for a, b, label, score in kept]
        for a, b, label, score in added:
            spans.append((a, b, label, Mention(label, source="model: elsewhere", score=score)))
        set_spans(doc, GROUP, spans)
        return doc

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing: the model is named by the configuration."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> Names:
        return self

    def to_disk(self, _path: Path, **_: Any) -> None:
        """Nothing: the model is named by the configuration."""

    def from_disk(self, _path: Path, **_: Any) -> Names:
        return self


@Language.factory("news_names", default_config={"backend": BUILTIN, "model": BUILTIN}, assigns=["doc.spans"])
def create_names(nlp: Language, name: str, backend: str, model: str) -> Names:
    """`backend` "builtin": `model` is "builtin" or a folder with names.npz; "hanlp": see `names_hanlp`.

    Raises ValueError if there is no such backend or model.
    """
    if backend == "hanlp":
        from pipeline.language.names_hanlp import HanlpNames

        return HanlpNames(model)
    if backend != BUILTIN:
        raise ValueError(f"backend is builtin or hanlp, not {backend}")
    return Names(load_model(model))


def predict_msra(source: Path, target: Path, model: str | Path = BUILTIN) -> None:
    """Write the lines of `source` (JSON with `text`) to `target` with `spans` by MSRA's convention: PER, LOC, ORG."""
    names = load_model(model)
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        batch: list[str] = []

        def flush() -> None:
            for text, found in zip(batch, names.find(batch, "msra"), strict=True):
                row = {"text": text, "spans": [[a, b, label] for a, b, label, _ in found]}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
            batch.clear()

        for line in lines:
            if line.strip():
                batch.append(json.loads(line)["text"])
            if len(batch) == 64:
                flush()
        flush()
