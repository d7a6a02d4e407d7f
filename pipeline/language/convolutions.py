"""The dilated convolutions of the name model, at full precision in NumPy or quantised in ONNX Runtime.

Both take (N, D) rows of characters with a mask (N, 1), 0 at the empty rows between texts, and give (N, D). The quantised
graph is made of the weights at full precision by `pipeline.training.names_quantise`: weights of 8 bits a channel,
activations of 7 with a fixed scale. So a row does not depend on what it is computed together with, no sum of two products
passes 16 bits, and each kind of processor comes to the same whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_ROWS = 1000  # computed together: what they need stays in the cache of a core


class FullPrecision:
    """`weights` by the names in the file of a network; `dilations` of the two convolutions of each block."""

    def __init__(self, weights: Mapping[str, Array], dilations: Sequence[Sequence[int]]):
        self.weights, self.dilations = weights, dilations
        self._kernels = [
            [np.ascontiguousarray(weights[f"blocks.{b}.{name}.weight"].transpose(2, 1, 0)) for name in _PARTS]
            for b in range(len(dilations))
        ]

    def __call__(self, x: Array, mask: Array, seen: list[Array] | None = None) -> Array:
        """`seen`, if given, gets what each convolution reads, (N, D). Overwrites `x`."""
        for block, dilations in enumerate(self.dilations):
            h = self._norm(x, f"blocks.{block}.norm") * mask
            for part, (name, dilation) in enumerate(zip(_PARTS, dilations, strict=True)):
                if seen is not None:
                    seen.append(h)
                h = _convolve(h, self._kernels[block][part], dilation)
                h += self.weights[f"blocks.{block}.{name}.bias"]
                if name == "first":
                    h = np.maximum(h, 0) * mask
            x += h
        return self._norm(x, "norm")

    def _norm(self, x: Array, name: str) -> Array:
        centred = x - x.mean(1, keepdims=True)
        scale = np.einsum("nd,nd->n", centred, centred) / x.shape[1]
        centred *= (1 / np.sqrt(scale + 1e-5))[:, None]
        centred *= self.weights[f"{name}.weight"]
        centred += self.weights[f"{name}.bias"]
        return centred


_PARTS = ("first", "second")


def _convolve(h: Array, kernel: Array, dilation: int) -> Array:
    """(N, D) to (N, D): each row from itself and those `dilation` before and after, which are empty beyond the ends."""
    out: Array = h @ kernel[1]
    out[dilation:] += h[:-dilation] @ kernel[0]
    out[:-dilation] += h[dilation:] @ kernel[2]
    return out


class Quantised:
    """The graph of a file, which must have been made of the weights with this fingerprint (else ValueError)."""

    def __init__(self, path: Path, fingerprint: str, dilations: Sequence[Sequence[int]]):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        made_of = self._session.get_modelmeta().custom_metadata_map.get("network")
        if made_of != fingerprint:
            raise ValueError(
                f"{path} was made of other weights than {path.with_suffix('.npz').name} holds: delete it, or make it again with"
                " `python -m pipeline.train quantise configs/train.yaml`"
            )
        self._reach = sum(map(sum, dilations))

    def __call__(self, x: Array, mask: Array) -> Array:
        size, reach = len(x), self._reach
        if size <= _ROWS:
            return self._run(x, mask)
        out = np.empty_like(x)
        for start in range(0, size, _ROWS):
            low = max(0, start - reach)
            end = min(start + _ROWS, size)
            high = min(end + reach, size)
            out[start:end] = self._run(x[low:high], mask[low:high])[start - low : end - low]
        return out

    def _run(self, x: Array, mask: Array) -> Array:
        vectors: Array = self._session.run(None, {"x": x, "mask": mask})[0]
        return vectors
