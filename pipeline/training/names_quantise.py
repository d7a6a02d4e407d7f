"""Quantise the convolutions of a finished name model: `network-1.onnx` beside its `network-1.npz`, and so on.

Each convolution becomes one product of whole numbers: the rows before, at and behind a character side by side (N, 3 D),
times (3 D, D). Weights have 8 bits with a scale for each channel out of it. What a convolution reads has 7 bits with one
scale, from the range of its values over sample texts: 127 x 127 x 2 is less than 2 to the 15, where processors without
instructions for such sums would cut them off (ONNX Runtime, "Quantize ONNX models").
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from pipeline.language.convolutions import FullPrecision
from pipeline.language.names import NameModel, network_files
from pipeline.training.corpora import read_pages

Array = NDArray[np.float32]
_RARE = 1e-5  # share of values at either end that may be cut off
_LEVELS = 127
_CHARACTERS = 30_000  # of sample text: enough for the ranges


def quantise_trained(settings: dict[str, Any]) -> None:
    """Quantise the model in `output` of the settings of names, with its labelled pages as sample texts."""
    folders = [Path(folder) for folder in settings["pages"]]
    texts = [p.text for folder in folders for p in read_pages(folder / "pages", folder / "gold")]
    for path in quantise(Path(settings["output"]), texts, int(settings["seed"])):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def quantise(folder: Path, texts: Sequence[str], seed: int = 1) -> list[Path]:
    """Write the graph of each network of a folder, with ranges from some of the texts; returns the paths."""
    paths = [file.with_suffix(".onnx") for file in network_files(folder)]
    for path in paths:
        path.unlink(missing_ok=True)  # of other weights, maybe
    model = NameModel(folder)
    order = np.random.default_rng(seed).permutation(len(texts))
    chosen: list[str] = []
    for i in order:
        if sum(map(len, chosen)) < _CHARACTERS:
            chosen.append(texts[i])
    rows = model.tables.read(chosen)
    for network, path in zip(model.networks, paths, strict=True):
        assert isinstance(network.convolutions, FullPrecision)
        seen: list[Array] = []
        network.convolutions(network.embed(rows), rows.mask, seen)
        ranges = [(min(0.0, float(np.quantile(h, _RARE))), float(np.quantile(h, 1 - _RARE))) for h in seen]
        onnx.save(_Graph(network.convolutions, ranges).build(network.fingerprint), path)
    return paths


class _Graph:
    def __init__(self, source: FullPrecision, ranges: Sequence[tuple[float, float]]):
        self.source, self.ranges = source, ranges
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.width = len(source.weights["norm.weight"])

    def build(self, fingerprint: str) -> onnx.ModelProto:
        x = "x"
        self._constant("zero", np.array([0]))
        self._constant("end", np.array([2**40]))
        for block, (first, second) in enumerate(self.source.dilations):
            h = self._norm(x, f"blocks.{block}.norm")
            h = self._convolution(h, f"blocks.{block}.first", first, self.ranges[2 * block])
            # no rectifier: the range of what the second convolution reads begins at 0
            h = self._convolution(h, f"blocks.{block}.second", second, self.ranges[2 * block + 1])
            x = self._add("Add", [x, h], f"blocks.{block}")
        self._norm(x, "norm", "vectors")
        graph = helper.make_graph(
            self.nodes,
            "names",
            [
                helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", self.width]),
                helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["rows", 1]),
            ],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["rows", self.width])],
            self.constants,
        )
        sets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=8)
        helper.set_model_props(model, {"network": fingerprint})
        return model

    def _constant(self, name: str, value: NDArray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _add(self, kind: str, inputs: Sequence[str], output: str, **settings: object) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **settings))  # type: ignore[arg-type]
        return output

    def _norm(self, x: str, name: str, output: str = "") -> str:
        weight = self._constant(f"{name}.weight", self.source.weights[f"{name}.weight"])
        bias = self._constant(f"{name}.bias", self.source.weights[f"{name}.bias"])
        return self._add("LayerNormalization", [x, weight, bias], output or name, axis=-1, epsilon=1e-5)

    def _convolution(self, x: str, name: str, dilation: int, span: tuple[float, float]) -> str:
        low, high = span
        scale = max((high - low) / _LEVELS, 1e-6)
        nothing = round(-low / scale)

        def own(what: str, value: NDArray) -> str:
            return self._constant(f"{name}.{what}", value)

        scaled, zero = own("scale", np.array(scale, np.float32)), own("zero", np.array(nothing, np.uint8))
        # the least and the greatest value that have a level
        least = own("least", np.array(-nothing * scale, np.float32))
        greatest = own("greatest", np.array((_LEVELS - nothing) * scale, np.float32))
        x = self._add("Mul", [x, "mask"], f"{name}.masked")
        x = self._add("Clip", [x, least, greatest], f"{name}.clipped")
        x = self._add("QuantizeLinear", [x, scaled, zero], f"{name}.whole")
        empty = own("empty", np.full((dilation, self.width), nothing, np.uint8))
        back, ahead = own("back", np.array([-dilation])), own("ahead", np.array([dilation]))
        before = self._add("Slice", [x, "zero", back, "zero"], f"{name}.to_last")
        before = self._add("Concat", [empty, before], f"{name}.before", axis=0)
        behind = self._add("Slice", [x, ahead, "end", "zero"], f"{name}.from_first")
        behind = self._add("Concat", [behind, empty], f"{name}.behind", axis=0)
        x = self._add("Concat", [before, x, behind], f"{name}.beside", axis=1)
        weight = self.source.weights[f"{name}.weight"].transpose(2, 1, 0).reshape(3 * self.width, self.width)
        steps = np.maximum(np.abs(weight).max(0), 1e-9).astype(np.float32) / 127
        inputs = [
            x,
            own("weight", np.round(weight / steps).astype(np.int8)),
            scaled,
            own("steps", steps),
            zero,
            own("weight_zero", np.zeros(self.width, np.int8)),
            own("bias", self.source.weights[f"{name}.bias"]),
        ]
        return self._add("MatMulIntegerToFloat", inputs, f"{name}.out", domain="com.microsoft")
