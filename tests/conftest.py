"""What several test modules use: where things are, small runs, and reading tables back."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import load_config
from pipeline.job import Result, run
from pipeline.records import TABLES

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT / "configs" / "default.yaml"
PAGES = sorted((ROOT / "tests" / "gold" / "dev" / "pages").glob("*.txt"))


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


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of six pages that a test may change."""
    folder = tmp_path / "in"
    folder.mkdir()
    for path in PAGES[:6]:
        shutil.copy(path, folder)
    return folder


def command(output: Path, *inputs: Path, options: tuple[str, ...] = ()) -> list[str]:
    paths = [word for path in inputs for word in ("--input", str(path))]
    return [sys.executable, "-m", "pipeline.run", str(DEFAULT), *paths, "--output", str(output), "--quiet", *options]


def files(output: Path) -> dict[str, bytes]:
    """Contents of the public tables' files by name."""
    return {str(p.relative_to(output)): p.read_bytes() for name in TABLES for p in sorted((output / name).iterdir())}
