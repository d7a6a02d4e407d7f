"""The accuracy gate: no layer may fall below its recorded F1 on the seeds, the dev and the test pages.

The default configuration is run on the pages of each set, scored, and compared with tests/accuracy_baseline.json (strict
F1 by set and layer). What fell by more than 0.0005 fails, with the figures, and for seeds and dev with the errors of the
layers that fell. The sentences of the test set stay unread; only its figures are shown.

After a change for the better, or one that is worth what it costs, record the new figures:

    python -m tests.test_accuracy

and commit the baseline, and the tables of the READMEs that it is copied to, with the change that moved it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest
from rich.console import Console

from pipeline import load_config, run_pipeline
from pipeline.scoring.report import Scores, score

ROOT = Path(__file__).resolve().parents[1]
BASELINE = Path(__file__).with_name("accuracy_baseline.json")
GOLD = ROOT / "tests" / "gold"
PAGES = {"seeds": ROOT / "seeds", "dev": GOLD / "dev" / "pages", "test": GOLD / "test" / "pages"}
READABLE = ("seeds", "dev")  # sets whose errors may be read
TOLERANCE = 0.0005


def run_and_score(which: str, output: Path) -> Scores:
    """Scores of the default configuration on the pages of a set."""
    overrides = [f"input.paths=['{PAGES[which]}']", f"output.directory='{output}'"]
    run_pipeline(load_config(ROOT / "configs" / "default.yaml", overrides))
    return score(GOLD / which / "gold", output)


def f1_by_layer(scores: Scores) -> dict[str, float | None]:
    figures = {name: layer.strict.f1 for name, layer in scores.layers.items()}
    return {name: None if f1 is None else round(f1, 4) for name, f1 in figures.items()}


def fallen(now: dict[str, float | None], recorded: dict[str, float | None]) -> list[str]:
    """The layers that have a lower F1 than recorded, or none any more."""

    def fell(before: float | None, after: float | None) -> bool:
        return before is not None and (after is None or after < before - TOLERANCE)

    return [layer for layer, before in recorded.items() if fell(before, now.get(layer))]


@pytest.fixture(scope="module")
def scores_of(tmp_path_factory: pytest.TempPathFactory):
    """Scores of a set, each run once."""
    found: dict[str, Scores] = {}

    def scores(which: str) -> Scores:
        if which not in found:
            found[which] = run_and_score(which, tmp_path_factory.mktemp(which) / "outputs")
        return found[which]

    return scores


def test_a_fall_is_noticed_and_a_rise_is_not():
    recorded = {"PER": 0.9, "ORG": 0.8, "POST": None, "times": 0.7, "events": 0.5}
    now = {"PER": 0.8996, "ORG": 0.7994, "POST": 0.1, "times": 0.9, "events": None}
    assert fallen(now, recorded) == ["ORG", "events"]


@pytest.mark.parametrize("which", PAGES)
def test_no_layer_falls_below_the_baseline(which: str, scores_of):
    recorded = json.loads(BASELINE.read_text(encoding="utf-8"))[which]
    scores = scores_of(which)
    now = f1_by_layer(scores)
    console = Console(width=120, highlight=False)
    console.print(f"\n{which}")
    console.print(scores.table())
    worse = fallen(now, recorded)
    if which in READABLE:
        for layer in worse:
            console.print(f"\n{which}: all errors of {layer}")
            for line in scores.errors(layer):
                console.print(line, soft_wrap=True)
    assert not scores.missing
    assert set(now) == set(recorded), (
        "the layers have changed: record the baseline anew (python -m tests.test_accuracy)"
    )
    assert not worse, f"{which}: " + ", ".join(f"{layer} {recorded[layer]} -> {now[layer]}" for layer in worse)


def record() -> None:
    """Run every set and write its figures to the baseline."""
    figures = {}
    for which in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            scores = run_and_score(which, Path(folder) / "outputs")
        figures[which] = f1_by_layer(scores)
        console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
        console.print(f"\n{which}")
        console.print(scores.table())
    BASELINE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    from tests.readme import refresh

    refresh()


if __name__ == "__main__":
    record()
