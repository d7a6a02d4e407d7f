"""From pages of Chinese local newspapers to tables: officials, communities, villages, quantities, times, events.

import pipeline
tables = pipeline.extract("…the text of a page…")          # table name -> list of rows
nlp = pipeline.build("configs/default.yaml")               # a spaCy Language
pipeline.run_pipeline(pipeline.load_config("configs/default.yaml"))   # a whole run, to Parquet
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import Config, ConfigError, load_config

if TYPE_CHECKING:
    import datetime

    from spacy.language import Language

    from pipeline.job import Progress, Result

__version__ = "0.1.0"
__all__ = ["Config", "ConfigError", "build", "extract", "load_config", "run_pipeline"]


def build(config: Config | str | Path | None = None) -> Language:
    """A spaCy Language with the stages of a configuration (a Config, a file, or None: the default stages)."""
    from pipeline.language.build import build_language

    return build_language(_config(config))


def extract(
    text: str,
    config: Config | str | Path | None = None,
    *,
    source: str = "text",
    date: datetime.date | None = None,
    newspaper: str | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Rows by table for the text of one page; offsets count in `text`. Entities of a run need a run.

    `source` stands in pages.source and may tell the issue date, as a file name does; `date` states it.
    """
    import hashlib

    from pipeline.records import TABLES, InputRecord
    from pipeline.shard import extract as extract_records
    from pipeline.shard import language

    settings = _config(config)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    record = InputRecord(source, text, "str", digest, date, newspaper)
    extracted = extract_records([record], settings, language(settings))
    if extracted.failures:
        raise RuntimeError(extracted.failures[0].message)
    return {name: extracted.rows.get(name, []) for name in TABLES}


def run_pipeline(config: Config, *, fresh: bool = False, progress: Progress | None = None) -> Result:
    """Run a configuration to the end and publish its tables; see `pipeline.job.run`."""
    from pipeline import job

    return job.run(config, fresh=fresh, progress=progress)


def _config(config: Config | str | Path | None) -> Config:
    if config is None:
        return Config()
    return config if isinstance(config, Config) else load_config(config)
