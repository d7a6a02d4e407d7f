"""The classifiers of the event stage as they run: readable features beside the vectors of the name model.

A score is the sum of the weights of the features that hold plus what a small network of one hidden layer makes of a
dense vector. The name model has read the article already, so its vectors of the characters come for nothing; features
tell the network what it cannot see: where names, times and quantities stand. `pipeline.training.events` makes the models.

A model is one .npz file: `features` and `classes` (strings, one a line), `weights` (features x classes), and for the
network `inward` (dimension x hidden), `inward_bias`, `outward` (hidden x classes), `outward_bias`, all float16; `encoder`
is the fingerprint of the name model whose vectors it was trained on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Ints = NDArray[np.int64]
_NETWORK = ("inward", "inward_bias", "outward", "outward_bias")


class Scorer:
    """Scores of classes for examples that are bags of features with a dense vector each."""

    def __init__(
        self,
        features: Sequence[str],
        classes: Sequence[str],
        weights: Array,
        network: dict[str, Array] | None = None,
        encoder: str = "",
    ):
        """`weights` (features x classes); `network` the four arrays of the file format, or None for features alone."""
        if weights.shape != (len(features), len(classes)):
            raise ValueError(f"weights are {weights.shape}, expected {(len(features), len(classes))}")
        self.features = {f: i for i, f in enumerate(features)}
        self.classes = tuple(classes)
        self.encoder = encoder
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._rows = np.vstack([self.weights, np.zeros_like(self.weights[:1])])  # the last for unknown features
        self.network = {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in (network or {}).items()}

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """The model of a file; raises OSError or ValueError if it is none."""
        with np.load(path, allow_pickle=False) as data:
            missing = {"features", "classes", "weights"} - set(data.files)
            if missing:
                raise ValueError(f"{path} is no event model: it lacks {', '.join(sorted(missing))}")
            features, classes = str(data["features"]).split("\n"), str(data["classes"]).split("\n")
            network = {k: data[k] for k in _NETWORK if k in data.files}
            encoder = str(data["encoder"]) if "encoder" in data.files else ""
            return cls(features, classes, data["weights"], network, encoder)

    def save(self, path: Path) -> None:
        """Write the file; weights are rounded to half precision."""
        arrays: dict[str, NDArray] = {
            "features": np.array("\n".join(self.features)),
            "classes": np.array("\n".join(self.classes)),
            "encoder": np.array(self.encoder),
            "weights": self.weights.astype(np.float16),
        }
        arrays.update({k: v.astype(np.float16) for k, v in self.network.items()})
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    def scores(self, features: Sequence[Collection[str]], dense: Array) -> Array:
        """(examples, classes), not normalised; `dense` (examples, dimension) is not looked at without a network."""
        return self.weighed(features) + self.networked(dense)

    def weighed(self, features: Sequence[Collection[str]]) -> Array:
        """The part of `scores` that features give: the sum of their weights."""
        out = np.zeros((len(features), len(self.classes)), dtype=np.float32)
        sizes = np.array([len(some) for some in features], dtype=np.int64)
        full = np.flatnonzero(sizes)
        if len(full):
            rows = list(map(self.features.get, chain.from_iterable(features), repeat(len(self.features))))
            out[full] = np.add.reduceat(self._rows[rows], (np.cumsum(sizes) - sizes)[full], axis=0)
        return out

    def networked(self, dense: Array) -> Array:
        """The part of `scores` that the network gives, 0 without one."""
        return self.networked_parts([(dense, np.arange(len(dense)))])

    def networked_parts(self, parts: Sequence[tuple[Array, Ints]]) -> Array:
        """`networked` of vectors made of parts, side by side: of each part its different vectors, and the number of that
        which each example has. What many examples share is multiplied once."""
        if not self.network:
            return np.zeros((len(parts[0][1]), len(self.classes)), dtype=np.float32)
        inward, at = self.network["inward"], 0
        hidden = np.tile(self.network["inward_bias"], (len(parts[0][1]), 1))
        for vectors, which in parts:
            hidden += (vectors @ inward[at : at + vectors.shape[1]])[which]
            at += vectors.shape[1]
        out: Array = np.maximum(hidden, 0, out=hidden) @ self.network["outward"] + self.network["outward_bias"]
        return out


def softmax(scores: Array) -> Array:
    """Probabilities from scores, along the last axis."""
    out: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out /= out.sum(axis=-1, keepdims=True)
    return out
