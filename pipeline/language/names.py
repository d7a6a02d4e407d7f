"""The name model: people, places, organisations and posts, character by character.

`NameModel` reads a folder with `names.npz` and runs dilated convolutions and a CRF; `news_names` is the spaCy component
that writes what it finds to `doc.spans["names/model"]`. How the model is made: `pipeline.training.names`.
Shapes below: N characters, D channels, K tags.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import islice, tee
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.folding import fold
from pipeline.language import crf, words
from pipeline.language.convolutions import QUANTISED, FullPrecision, Quantised
from pipeline.language.document import CANDIDATES, grouped, set_spans, text_of
from pipeline.records import Mention

GROUP = CANDIDATES + "model"
BUILTIN = "builtin"
Found = tuple[int, int, str, float]  # start, end, label, score
Array = NDArray[np.float32]

Chance = Callable[[int, int, str], float]

_CHANCES = "names/chances"  # in the user data of a Doc: the labels of our guidelines, and how likely each tag of them is at each character
_DIGITS = str.maketrans("123456789", "000000000")
_PIECE = re.compile(r"[^。,;!?:\n]+")  # no name crosses its ends
_DOUBTFUL = 0.2
_TOGETHER = 20_000  # characters of Docs that are read together
_GAP = 8  # empty rows between paragraphs: the reach of the widest convolution


def normalise(text: str) -> str:
    """What the model sees of a text, character for character: folded width, small letters, every digit 0."""
    folded = fold(text).translate(_DIGITS)
    lowered = folded.lower()
    return lowered if len(lowered) == len(folded) else "".join(c.lower()[:1] for c in folded)


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
        self._pairs = words.Index(self._w["pair_keys"])
        self._words: Array | None = None  # a model may look up no words
        if "lexicon.weight" in self._w:  # D x (words that begin + go on + end)
            self._words = np.ascontiguousarray((self._w["lexicon.weight"] * np.tile(self._w["word_scale"], 3)).T)
            self._known_words = words.Index(self._w["word_keys"])
        quantised = folder / QUANTISED
        self.convolutions: FullPrecision | Quantised
        if quantised.is_file():
            self.convolutions = Quantised(quantised, self.fingerprint, self.dilations)
        else:
            self.convolutions = FullPrecision(self._w, self.dilations)
        self._heads = {
            head: (np.ascontiguousarray(self._w[f"heads.{head}.weight"].T), self._w[f"heads.{head}.bias"])
            for head in self.labels
        }
        # 1 - (1 - score) ** power of each label is how often it is right; a model may not tell
        self._powers = {h: self._w.get(f"calibration.{h}", np.ones(len(names))) for h, names in self.labels.items()}
        self._transitions = {
            head: crf.allowed(self.labels[head], self._w[f"transitions.{head}"]) for head in self.labels
        }

    def encode(self, texts: list[str]) -> tuple[Array, list[int]]:
        """Vectors of all characters with empty rows between the texts, (N, D), and where each text begins."""
        x, mask, starts = self.embed(texts)
        return self.convolutions(x, mask), starts

    def embed(self, texts: list[str]) -> tuple[Array, Array, list[int]]:
        """What the convolutions read: (N, D) and a mask (N, 1), 0 between the texts; and where each text begins."""
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
        keys[(numbers[:-1] == 0) | (numbers[1:] == 0)] = 0
        vectors = self._w["pair_vectors"][self._pairs.find(keys)] * self._pair_scale
        x = self._characters[numbers]
        x[1:] += vectors @ self._before
        x[:-1] += vectors @ self._after
        if self._words is not None:
            rows = words.find(numbers, self._known_words)
            x += words.features(rows, self._w["word_vectors"]) @ self._words
        return x, mask, starts

    def find(self, texts: list[str], head: str = "news") -> list[list[Found]]:
        """The names of each text (without line ends) by the labels of a head, in order, none inside another."""
        if not any(texts):
            return [[] for _ in texts]
        return self.tag(texts, *self.encode(texts), head)

    def chances(self, vectors: Array, head: str = "news") -> Array:
        """How likely each tag of a head is at each character by itself, (N, K), from vectors (N, D)."""
        weight, bias = self._heads[head]
        return _chances(vectors @ weight + bias)

    def tag(self, texts: list[str], vectors: Array, starts: list[int], head: str = "news") -> list[list[Found]]:
        """`find` for texts that `encode` has read."""
        weight, bias = self._heads[head]
        scores = vectors @ weight + bias
        pieces = [(n, a, b) for n, text in enumerate(texts) for a, b in _pieces(normalise(text))]
        best = crf.viterbi([scores[starts[n] + a : starts[n] + b] for n, a, b in pieces], self._transitions[head])
        chances = _chances(scores)
        out: list[list[Found]] = [[] for _ in texts]
        for (n, a, _), tags in zip(pieces, best, strict=True):
            for start, end, label in crf.spans(tags):
                begin = starts[n] + a + start
                least = crf.chance(chances, begin, begin + end - start, label)
                score = 1.0 - (1.0 - least) ** self._powers[head][label]
                start, end = _trim(texts[n], a + start, a + end)
                if start < end:
                    out[n].append((start, end, self.labels[head][label], round(float(score), 3)))
        return out


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    return (piece.span() for piece in _PIECE.finditer(text))


def _chances(scores: Array) -> Array:
    """(N, K) scores to probabilities of each character by itself."""
    out: Array = np.exp(scores - scores.max(1, keepdims=True))
    out /= out.sum(1, keepdims=True)
    return out


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
    return next(names_and_vectors(model, [text]))[0]


def names_and_vectors(model: NameModel, texts: Iterable[str]) -> Iterator[tuple[list[Found], Array]]:
    """What `names_of` finds in each text, and the vectors of its characters, (characters, D), zero at line ends.

    Texts are read together, but none changes what is found in another.
    """
    for together in grouped(texts, str, _TOGETHER):
        yield from _read(model, together)


def _read(model: NameModel, texts: list[str]) -> Iterator[tuple[list[Found], Array]]:
    lines = [line for text in texts for line in text.split("\n")]
    encoded, starts = model.encode(lines)
    read = zip(lines, starts, model.tag(lines, encoded, starts), strict=True)
    for text in texts:
        vectors = np.zeros((len(text), encoded.shape[1]), dtype=np.float32)
        names: list[Found] = []
        at = 0
        for line, start, found in islice(read, text.count("\n") + 1):
            vectors[at : at + len(line)] = encoded[start : start + len(line)]
            names += (
                (at + a, at + b, label, score)
                for a, b, label, score in found
                if label == "PER" or (score >= _DOUBTFUL and line[a] != "各")  # 各镇 are none in particular
            )
            at += len(line) + 1
        yield names, vectors


def vectors_of(doc: Doc, model: NameModel) -> Array:
    """The model's vectors of a Doc's characters, (characters, D), zero at line ends; computed once for a Doc."""
    vectors = doc.user_data.get(model.key)
    if vectors is None:
        vectors = doc.user_data[model.key] = next(names_and_vectors(model, [text_of(doc)]))[1]
    return vectors


def chance_of(doc: Doc) -> Chance | None:
    """How likely the name model thought a span of a Doc (start, end, type) to be a name, chosen or not; None if our model
    has not read it."""
    read = doc.user_data.get(_CHANCES)
    if read is None:
        return None
    labels, chances = read
    return lambda start, end, label: crf.chance(chances, start, end, labels.index(label))


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
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        """The Docs in order, several read at once: short articles alone leave a processor idle."""
        docs, same = tee(docs)
        for doc, (found, vectors) in zip(docs, names_and_vectors(self.model, map(text_of, same)), strict=True):
            self._write(doc, found)
            doc.user_data[self.model.key] = vectors
            doc.user_data[_CHANCES] = self.model.labels["news"], self.model.chances(vectors)
            yield doc

    def _write(self, doc: Doc, found: list[Found]) -> None:
        kept, added = everywhere(text_of(doc), found)
        spans = [(a, b, label, Mention(label, source="model", score=score)) for a, b, label, score in kept]
        for a, b, label, score in added:
            spans.append((a, b, label, Mention(label, source="model: elsewhere", score=score)))
        set_spans(doc, GROUP, spans)

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
    """Write the lines of `source` (JSON with `text`) to `target` with `spans` by MSRA's convention: PER, LOC, ORG.

    Raises ValueError for a line that is something else; blank lines are left out.
    """
    names = load_model(model)
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        batch: list[str] = []

        def flush() -> None:
            for text, found in zip(batch, names.find(batch, "msra"), strict=True):
                row = {"text": text, "spans": [[a, b, label] for a, b, label, _ in found]}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
            batch.clear()

        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    batch.append(json.loads(line)["text"])
                except (ValueError, KeyError, TypeError):
                    raise ValueError(f"{source}, line {number}: not a JSON object with a text") from None
            if len(batch) == 64:
                flush()
        flush()
