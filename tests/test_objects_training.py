"""What is trained for the objects of quantities is what the stage runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")  # training is an extra

import torch

from pipeline.language.document import text_of
from pipeline.stages.object_model import ObjectModel
from pipeline.stages.object_reading import read
from pipeline.training.counted import language, paragraphs
from pipeline.training.counted import read as labelled
from pipeline.training.objects import Example, Network, example, fit

TEXT = "T 村里有水塘3口,修路2公里,新添路灯40盏。\nQ 3口=水塘\nQ 2公里=路\nQ 40盏=-\n"
WIDTHS = (6, 8)  # of the vectors of two networks of names


@pytest.fixture
def one(tmp_path: Path) -> Example:
    (tmp_path / "x.txt").write_text(TEXT, encoding="utf-8")
    doc, _ = labelled(next(paragraphs(tmp_path / "x.txt")), language())
    reading = read(doc)
    torch.manual_seed(1)
    return example(text_of(doc), reading, tuple(torch.randn(len(reading.read), width) for width in WIDTHS))


def test_right_answers_are_the_spans_of_the_labels(one: Example) -> None:
    pairs, spans = one.reading.pairs, one.reading.spans
    right = {(int(pairs.owner[i]), one.text[slice(*spans[pairs.which[i]])]) for i in np.flatnonzero(one.right)}
    assert right == {(0, "水塘"), (1, "路")}
    assert one.none.tolist() == [False, False, True]


@pytest.mark.parametrize("number", [0, 1])
def test_a_saved_network_scores_as_in_training_on_the_vectors_of_its_network_of_names(
    tmp_path: Path, one: Example, number: int
) -> None:
    network = Network(number, WIDTHS[number], ["口"], 16, 0.2).eval()
    network.save(tmp_path / "objects-1.npz")
    model = ObjectModel(tmp_path / "objects-1.npz")
    assert model.network == number
    trained, run = network.opinion(one), model.scores(one.reading, one.vectors[number].numpy())
    np.testing.assert_allclose(run.pairs, trained.pairs, atol=0.05)
    np.testing.assert_allclose(run.none, trained.none, atol=0.05)


def test_training_learns_what_it_is_shown(one: Example) -> None:
    network = fit([one] * 8, network=1, seed=1, hidden=16, dropout=0.0, epochs=30, rate=0.01, batch=3)
    opinion, right = network.opinion(one), one.right.numpy()
    for quantity in (0, 1):
        mine = one.reading.pairs.owner == quantity
        assert opinion.pairs[mine].argmax() == right[mine].argmax()
    assert opinion.none[2] > opinion.pairs[one.reading.pairs.owner == 2].max()
