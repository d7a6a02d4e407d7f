"""What several test modules use: where things are, small runs, and reading tables back."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import load_config
from pipeline.job import Result, run
from pipeline.records import TABLES

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT / "configs" / "default.yaml"


def read_tables(output: Path) -> dict[str, pa.Table]:
    """Every public table of an output folder."""
    return {name: pa.concat_tables(pq.read_table(p) for p in sorted((output / name).glob("*"))) for name in TABLES}


def run_default(output: Path, *inputs: Path, overrides: tuple[str, ...] = (), fresh: bool = False) -> Result:
    """The default configuration over other inputs, into another folder, in this process."""
    paths = "[" + ", ".join(f"'{p}'" for p in inputs) + "]"
    config = load_config(DEFAULT, [f"input.paths={paths}", f"output.directory='{output}'", *overrides])
    return run(config, fresh=fresh)


@pytest.fixture(scope="session")
def seed_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The default configuration over the five seed pages."""
    return run_default(tmp_path_factory.mktemp("seeds") / "outputs", ROOT / "seeds")
