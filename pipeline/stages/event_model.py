"""The classifiers of the event stage as they run: readable features beside the vectors of the name model.

A score is the sum of the weights of the features that hold plus what small networks of one hidden layer make of dense
vectors, one network for each of the name model's. That has read the article already, so its vectors of the characters
come for nothing; features tell what the vectors do not: where names, times and quantities stand. `pipeline.training.events`
makes the models.

A model is one .npz file: `features` and `classes` (strings, one a line), `weights` (features x classes), for each network
of the name model that it reads `inward` (dimension x hidden), `inward_bias`, `outward` (hidden x classes) and
`outward_bias` with the number of that network behind a hyphen, all float16; `encoder` tells whose vectors it was trained on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Ints = NDArray[np.int64]
Parts = Sequence[tuple[Array, Ints]]
_NETWORK = ("inward", "inward_bias", "outward", "outward_bias")


class Scorer:
    """Scores of classes for examples that are bags of features with a dense vector each."""

    def __init__(
        self,
        features: Sequence[str],
        classes: Sequence[str],
        weights: Array,
        networks: Mapping[int, Mapping[str, Array]] | None = None,
        encoder: str = "",
    ):
        """`weights` (features x classes); `networks` the four arrays of the file format by the number of the name model's
        network whose vectors they read, None for features alone."""
        if weights.shape != (len(features), len(classes)):
            raise ValueError(f"weights are {weights.shape}, expected {(len(features), len(classes))}")
        self.features = {f: i for i, f in enumerate(features)}
        self.classes = tuple(classes)
        self.encoder = encoder
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._rows = np.vstack([self.weights, np.zeros_like(self.weights[:1])])  # the last for unknown features
        self.networks = {
            number: {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in arrays.items()}
            for number, arrays in (networks or {}).items()
        }

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """The model of a file; raises OSError or ValueError if it is none."""
        with np.load(path, allow_pickle=False) as data:
            missing = {"features", "classes", "weights"} - set(data.files)
            if missing:
                raise ValueError(f"{path} is no event model: it lacks {', '.join(sorted(missing))}")
            features, classes = str(data["features"]).split("\n"), str(data["classes"]).split("\n")
            networks: dict[int, dict[str, Array]] = {}
            for name in data.files:
                array, _, number = name.partition("-")
                if number and array in _NETWORK:
                    networks.setdefault(int(number), {})[array] = data[name]
            encoder = str(data["encoder"]) if "encoder" in data.files else ""
            return cls(features, classes, data["weights"], networks, encoder)

    def save(self, path: Path) -> None:
        """Write the file; weights are rounded to half precision."""
        arrays: dict[str, NDArray] = {
            "features": np.array("\n".join(self.features)),
            "classes": np.array("\n".join(self.classes)),
            "encoder": np.array(self.encoder),
            "weights": self.weights.astype(np.float16),
        }
        for number, network in self.networks.items():
            arrays.update({f"{k}-{number}": v.astype(np.float16) for k, v in network.items()})
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    def scores(self, features: Sequence[Collection[str]], dense: Mapping[int, Array]) -> Array:
        """(examples, classes), not normalised; `dense` (examples, dimension) by the number of the network they are of."""
        every = np.arange(len(features))
        return self.weighed(features) + self.networked(
            {n: [(vectors, every)] for n, vectors in dense.items()}, len(every)
        )

    def weighed(self, features: Sequence[Collection[str]]) -> Array:
        """The part of `scores` that features give: the sum of their weights."""
        out = np.zeros((len(features), len(self.classes)), dtype=np.float32)
        sizes = np.array([len(some) for some in features], dtype=np.int64)
        full = np.flatnonzero(sizes)
        if len(full):
            rows = list(map(self.features.get, chain.from_iterable(features), repeat(len(self.features))))
            out[full] = np.add.reduceat(self._rows[rows], (np.cumsum(sizes) - sizes)[full], axis=0)
        return out

    def networked(self, dense: Mapping[int, Parts], examples: int) -> Array:
        """The part of `scores` that the networks give, 0 without any. Of vectors made of parts, side by side, come for each
        part its different vectors and the number of that which each example has: what many share is multiplied once."""
        out = np.zeros((examples, len(self.classes)), dtype=np.float32)
        for number, network in self.networks.items():
            inward, at = network["inward"], 0
            hidden = np.tile(network["inward_bias"], (examples, 1))
            for vectors, which in dense[number]:
                hidden += (vectors @ inward[at : at + vectors.shape[1]])[which]
                at += vectors.shape[1]
            out += np.maximum(hidden, 0, out=hidden) @ network["outward"] + network["outward_bias"]
        return out


def softmax(scores: Array) -> Array:
    """Probabilities from scores, along the last axis."""
    out: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out /= out.sum(axis=-1, keepdims=True)
    return out
