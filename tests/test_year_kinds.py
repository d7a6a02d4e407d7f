"""How the kinds of signs of a page's year are weighed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.page.year import YEARS, kind_weights
from pipeline.training.year_kinds import Sample, fit, labelled, score, weighed

KINDS = len(kind_weights())


def sample(year: int, trusted: int, misled: int) -> Sample:
    """A page whose first kind of sign speaks for `trusted` and whose second for `misled`."""
    evidence = np.zeros((KINDS, len(YEARS)))
    evidence[0, YEARS.index(trusted)] = evidence[1, YEARS.index(misled)] = 2.0
    return Sample("x", year, evidence)


@pytest.mark.torch  # SciPy is of the same extra
def test_a_kind_that_is_right_counts_more_than_one_that_is_not():
    pytest.importorskip("scipy")
    weights = fit([sample(y, y, y - 3) for y in range(2005, 2030)], 1.0)
    assert weights[0] > 1 > weights[1] >= 0
    assert np.allclose(weights[2:], 1)  # of these nothing is known


@pytest.mark.torch  # SciPy is of the same extra
def test_a_ridge_holds_the_weights_near_one():
    pytest.importorskip("scipy")
    samples = [sample(y, y, y - 3) for y in range(2005, 2030)]
    assert abs(fit(samples, 1000.0) - 1).max() < abs(fit(samples, 1.0) - 1).max()


def test_a_score_counts_the_years_that_are_sure_enough():
    sure = np.zeros(KINDS)
    sure[0] = 5.0
    samples = [sample(2020, 2020, 2017), sample(2021, 2019, 2017)]
    assert weighed(sure, samples[0].evidence).argmax() == YEARS.index(2020)
    assert score(samples, sure)[1] == 0.5


def test_pages_without_a_year_are_left_out(tmp_path: Path):
    for folder in ("pages", "gold"):
        (tmp_path / folder).mkdir()
    for name, year in (("01", 2021), ("02", None)):
        (tmp_path / "pages" / f"{name}.txt").write_text("为庆祝建党100周年,村里唱戏。", encoding="utf-8")
        gold = json.dumps({"page": f"{name}.txt", "year": year})
        (tmp_path / "gold" / f"{name}.json").write_text(gold, encoding="utf-8")
    found = list(labelled(tmp_path))
    assert [page.year for page in found] == [2021]
    assert found[0].evidence.shape == (KINDS, len(YEARS))
    assert found[0].evidence.max() > 0
