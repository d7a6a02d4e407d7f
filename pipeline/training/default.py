"""The default configuration with some of its stages, for what is counted or learnt from what they find."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.config import Config, load_config
from pipeline.lexicon import FOLDER

_FILE = FOLDER.parent.parent / "configs" / "default.yaml"


def config_with(stages: Iterable[str]) -> Config:
    """The default configuration with these stages alone, in this order, each with its own settings."""
    return load_config(_FILE, ["stages={" + ", ".join(f"{stage}: {{}}" for stage in stages) + "}"])
