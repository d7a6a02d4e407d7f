"""The name model: people, places, organisations and posts, character by character.

`NameModel` reads a folder: `names.npz` has the vocabulary and the labels, `network-1.npz`, `network-2.npz` … the networks
(dilated convolutions), whose scores are averaged before one CRF, and `calibration.json`, if it is there, how far scores are
to be believed. `news_names` is the spaCy component that writes what the model finds to `doc.spans["names/model"]`. How the
model is made: `pipeline.training.names`. Shapes below: N characters, D channels, K tags.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import count, islice, takewhile, tee
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.language import crf
from pipeline.language.document import CANDIDATES, grouped, set_spans, text_of
from pipeline.language.networks import Network, Tables, load_weights, normalise
from pipeline.records import Mention

GROUP = CANDIDATES + "model"
BUILTIN = "builtin"
CALIBRATION = "calibration.json"
Found = tuple[int, int, str, float]  # start, end, label, score
Array = NDArray[np.float32]

Chance = Callable[[int, int, str], float]

_CHANCES = "names/chances"  # in the user data of a Doc: the labels of our guidelines, and how likely each tag of them is at each character
_PIECE = re.compile(r"[^。,;!?:\n]+")  # no name crosses its ends
_DOUBTFUL = 0.2
_TOGETHER = 20_000  # characters of Docs that are read together


class Read(NamedTuple):
    """What is read of a text."""

    found: list[Found]  # its names, in order, none inside another
    vectors: Array  # of its characters by each network, (networks, characters, D), zero at line ends
    chances: Array  # how likely each tag of our guidelines is at each character by itself, (characters, K)


class NameModel:
    """The model of one folder. Raises ValueError if the folder does not hold one."""

    def __init__(self, folder: Path):
        path = folder / "names.npz"
        self.key = f"vectors {folder}"  # where `vectors_of` keeps its vectors of a Doc
        if not path.is_file():
            raise ValueError(f"no name model in {folder}: the file names.npz is missing")
        tables = load_weights(path)
        self.labels: dict[str, list[str]] = json.loads(bytes(tables["labels"]).decode())
        self.dilations: list[list[int]] = json.loads(bytes(tables["dilations"]).decode())
        self.tables = Tables(tables)
        self.networks = [Network(file, self.tables, self.dilations) for file in network_files(folder)]
        if not self.networks:
            raise ValueError(f"no name model in {folder}: the file network-1.npz is missing")
        self._digest = hashlib.sha256(path.read_bytes())
        self.fingerprint = self.fingerprint_of([0])
        self._transitions = {
            head: crf.allowed(
                labels, np.mean([network.weights[f"transitions.{head}"] for network in self.networks], axis=0)
            )
            for head, labels in self.labels.items()
        }
        # 1 - (1 - score) ** power of each label is how often it is right
        told = folder / CALIBRATION
        self._powers: dict[str, dict[str, float]] = json.loads(told.read_text("utf-8")) if told.is_file() else {}

    def fingerprint_of(self, networks: Iterable[int]) -> str:
        """What a model over the vectors of some networks, counted from 0, belongs to."""
        digest = self._digest.copy()
        for network in networks:
            digest.update(self.networks[network].fingerprint.encode())
        return digest.hexdigest()[:16]

    def read(self, texts: list[str], head: str = "news") -> tuple[list[Array], Array, list[int]]:
        """Vectors of all characters by each network with empty rows between the texts, (N, D), how the tags of a head
        score there, (N, K), and where each text begins."""
        rows = self.tables.read(texts)
        vectors = [network.encode(rows) for network in self.networks]
        scores = [network.scores(own, head) for network, own in zip(self.networks, vectors, strict=True)]
        return vectors, np.mean(scores, axis=0), rows.starts

    def find(self, texts: list[str], head: str = "news") -> list[list[Found]]:
        """The names of each text (without line ends) by the labels of a head, in order, none inside another."""
        if not any(texts):
            return [[] for _ in texts]
        _, scores, starts = self.read(texts, head)
        return self.tag(texts, scores, chances_of(scores), starts, head)

    def tag(
        self, texts: list[str], scores: Array, chances: Array, starts: list[int], head: str = "news"
    ) -> list[list[Found]]:
        """`find` for texts that `read` has read; `chances` are those of the scores."""
        pieces = [(n, a, b) for n, text in enumerate(texts) for a, b in _pieces(normalise(text))]
        best = crf.viterbi([scores[starts[n] + a : starts[n] + b] for n, a, b in pieces], self._transitions[head])
        powers = [self._powers.get(head, {}).get(label, 1.0) for label in self.labels[head]]
        out: list[list[Found]] = [[] for _ in texts]
        for (n, a, _), tags in zip(pieces, best, strict=True):
            for start, end, label in crf.spans(tags):
                begin = starts[n] + a + start
                least = crf.chance(chances, begin, begin + end - start, label)
                score = 1.0 - (1.0 - least) ** powers[label]
                start, end = _trim(texts[n], a + start, a + end)
                if start < end:
                    out[n].append((start, end, self.labels[head][label], round(float(score), 3)))
        return out


def network_files(folder: Path) -> list[Path]:
    """The files of a model's networks, in order."""
    return list(takewhile(Path.is_file, (folder / f"network-{n}.npz" for n in count(1))))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    return (piece.span() for piece in _PIECE.finditer(text))


def chances_of(scores: Array) -> Array:
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
    return next(read_all(model, [text])).found


def read_all(model: NameModel, texts: Iterable[str]) -> Iterator[Read]:
    """What the model reads of each text; its names are those of `names_of`.

    Texts are read together, but none changes what is found in another.
    """
    for together in grouped(texts, str, _TOGETHER):
        yield from _read(model, together)


def _read(model: NameModel, texts: list[str]) -> Iterator[Read]:
    lines = [line for text in texts for line in text.split("\n")]
    encoded, scores, starts = model.read(lines)
    likely = chances_of(scores)
    read = zip(lines, starts, model.tag(lines, scores, likely, starts), strict=True)
    for text in texts:
        vectors = np.zeros((len(encoded), len(text), encoded[0].shape[1]), dtype=np.float32)
        chances = np.zeros((len(text), likely.shape[1]), dtype=np.float32)
        names: list[Found] = []
        at = 0
        for line, start, found in islice(read, text.count("\n") + 1):
            for own, all_ in zip(vectors, encoded, strict=True):
                own[at : at + len(line)] = all_[start : start + len(line)]
            chances[at : at + len(line)] = likely[start : start + len(line)]
            names += (
                (at + a, at + b, label, score)
                for a, b, label, score in found
                if label == "PER" or (score >= _DOUBTFUL and line[a] != "各")  # 各镇 are none in particular
            )
            at += len(line) + 1
        yield Read(names, vectors, chances)


def vectors_of(doc: Doc, model: NameModel, network: int = 0) -> Array:
    """The vectors of a Doc's characters by one of the model's networks, (characters, D), zero at line ends; computed once
    for a Doc."""
    vectors = doc.user_data.get(model.key)
    if vectors is None:
        vectors = doc.user_data[model.key] = next(read_all(model, [text_of(doc)])).vectors
    own: Array = vectors[network]
    return own


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
        for doc, read in zip(docs, read_all(self.model, map(text_of, same)), strict=True):
            self._write(doc, read.found)
            doc.user_data[self.model.key] = read.vectors
            doc.user_data[_CHANCES] = self.model.labels["news"], read.chances
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
