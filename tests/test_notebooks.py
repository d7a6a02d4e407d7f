"""The notebooks as they are saved: run to the end, with their outputs, and nothing in them loaded from elsewhere.

That they still run is tested where the extra `notebooks` is installed: jupyter execute notebooks/*.ipynb
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_six_notebooks_are_there():
    assert {path.stem for path in NOTEBOOKS} >= {"tour", "officials", "places", "quantities", "events", "quality"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_with_what_it_shows(path: Path):
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert len(outputs) > 4
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_loads_nothing_from_elsewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script|cdn\.|(?:src|href)=\\?[\"']https?:", text)
