"""A log-linear classifier over readable features, as the event stage runs it; pipeline.training.events makes them.

A model is one .npz file: `features` (strings), `classes` (strings, the first is "none") and `weights`
(features x classes, float16).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class LogLinear:
    """Scores of classes for a bag of features: the sum of the features' weights."""

    def __init__(self, features: Sequence[str], classes: Sequence[str], weights: NDArray[np.floating]):
        if weights.shape != (len(features), len(classes)):
            raise ValueError(f"weights are {weights.shape}, expected {(len(features), len(classes))}")
        self.features = {f: i for i, f in enumerate(features)}
        self.classes = tuple(classes)
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)

    @classmethod
    def load(cls, path: Path) -> LogLinear:
        """The model of a file; raises OSError or ValueError if it is none."""
        with np.load(path, allow_pickle=False) as data:
            missing = {"features", "classes", "weights"} - set(data.files)
            if missing:
                raise ValueError(f"{path} is no event model: it lacks {', '.join(sorted(missing))}")
            features = str(data["features"]).split("\n")
            return cls(features, str(data["classes"]).split("\n"), data["weights"])

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            features=np.array("\n".join(self.features)),
            classes=np.array("\n".join(self.classes)),
            weights=self.weights.astype(np.float16),
        )

    def scores(self, features: Collection[str]) -> NDArray[np.float32]:
        """One score a class, not normalised."""
        known = self.features
        rows = [i for f in features if (i := known.get(f)) is not None]
        scores: NDArray[np.float32] = self.weights[rows].sum(axis=0)
        return scores

    def probabilities(self, features: Collection[str], allowed: Sequence[int]) -> NDArray[np.float32]:
        """Probabilities of the classes numbered in `allowed`, in that order."""
        scores = self.scores(features)[list(allowed)]
        scores = np.exp(scores - scores.max())
        normal: NDArray[np.float32] = scores / scores.sum()
        return normal
