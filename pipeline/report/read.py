"""The tables of an output folder as the report needs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.records import SCHEMA_VERSION, TABLES

# tables with rows of pages; the others are about the whole run
_OF_PAGES = ("pages", "articles", "mentions", "officials", "quantities", "times", "events", "event_arguments")


class ReportError(Exception):
    """Why no report can be made; one sentence for the user (exit code 2)."""


@dataclass(frozen=True)
class Run:
    """A finished run: its manifest and tables; `articles_of` is the number of articles of the whole run."""

    output: Path
    manifest: dict[str, Any]
    tables: dict[str, pa.Table]
    articles_of: int


def read_run(output: Path, max_articles: int) -> Run:
    """The run in `output`; of one with more than `max_articles` articles the first pages, whole.

    Raises ReportError where there is no finished run of this version.
    """
    path = output / "run.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "write one with: python -m pipeline.run configs/default.yaml --output"
        raise ReportError(f"{output}: there is no finished run here (no run.json); {hint} {output}") from None
    except (OSError, ValueError) as error:
        raise ReportError(f"{path}: cannot be read ({error}); run the pipeline again.") from error
    version = manifest.get("schema_version")
    if version != SCHEMA_VERSION:
        raise ReportError(
            f"{path}: tables of version {version}, this program reads version {SCHEMA_VERSION}; run the pipeline again."
        )
    tables = {name: _read(output / name, name) for name in TABLES}
    total = tables["articles"].num_rows
    if total > max_articles:
        counts = tables["pages"].column("articles").to_pylist()
        seen = keep = 0
        while keep < len(counts) and (seen + counts[keep] <= max_articles or not keep):
            seen, keep = seen + counts[keep], keep + 1
        tables["pages"] = tables["pages"].slice(0, keep)
        ids = tables["pages"].column("page_id").combine_chunks()
        for name in _OF_PAGES[1:]:
            tables[name] = tables[name].filter(pc.is_in(tables[name].column("page_id"), ids))
    return Run(output, manifest, tables, total)


def _read(folder: Path, name: str) -> pa.Table:
    try:
        parts = [pq.ParquetFile(path).read() for path in sorted(folder.glob("*.parquet"))]
        if not parts:
            raise FileNotFoundError("it has no .parquet files")
        table = pa.concat_tables(parts).select(TABLES[name].names)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise ReportError(f"{folder}: the table cannot be read ({error}); run the pipeline again.") from error
    return table.combine_chunks()
