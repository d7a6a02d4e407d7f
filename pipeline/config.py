"""The settings of a run: a YAML file, checked before any work starts.

Unknown keys are refused. Relative paths are resolved against the root of the configuration: the folder above the
configuration file's own (`configs/default.yaml` speaks of `seeds` and `outputs` beside `configs`).
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

PATH_SETTINGS = frozenset({"model", "lexicon"})  # stage settings that may name a file or folder
BUILTIN = "builtin"
DEFAULT_STAGES = (
    "news_sentences",
    "news_times",
    "news_quantities",
    "news_names",
    "news_people",
    "news_places",
    "news_organisations",
    "news_posts",
    "news_mentions",
    "news_objects",
    "news_linker",
    "news_officials",
    "news_events",
)


class ConfigError(Exception):
    """A wrong configuration, input path or option; the message is one sentence for the user (exit code 2)."""


def is_url(path: str) -> bool:
    """Whether a path is one of another filesystem, as `s3://bucket/pages`."""
    return "://" in path


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSettings(_Section):
    """Which pages are read, and how the fields of records are named."""

    paths: list[str] = Field(
        default_factory=list, description="files, directories (searched recursively) or globs, also URLs"
    )
    text_field: str = Field("text", description="field of a record that holds the page's text")
    id_field: str = Field("id", description="optional field: name of the record in pages.source")
    date_field: str = Field("date", description="optional field: issue date, YYYY-MM-DD (also 2024/3/2, 2024年3月2日)")
    newspaper_field: str = Field("newspaper", description="optional field: name of the newspaper")
    max_page_characters: int = Field(500_000, ge=1_000, description="a longer page is refused as a failure")
    max_file_bytes: int = Field(1 << 30, ge=1 << 20, description="a larger PDF, web page or packed Parquet is refused")
    max_expansion: int = Field(200, ge=1, description="an archive that unpacks to more times its size is refused")


class OutputSettings(_Section):
    """Where the tables go."""

    directory: str = Field("outputs", description="folder of the tables, or a URL: s3://bucket/tables (extra remote)")
    work: str | None = Field(None, description="folder on this machine for work in progress; null: .work in directory")
    rows_per_part: int = Field(1_000_000, ge=1, description="rows of a Parquet part")


class RunSettings(_Section):
    """Where and in what portions the work is done. The tables do not depend on engine or workers."""

    engine: Literal["serial", "processes", "dask"] = Field(
        "serial", description="serial, processes on this machine, or dask (extra dask)"
    )
    workers: int = Field(1, ge=1, description="worker processes of processes, and of dask without a scheduler")
    scheduler: str | None = Field(None, description="of an existing Dask cluster: tcp://host:8786; null: a local one")
    shard_characters: int = Field(100_000, ge=1_000, description="characters of a portion of work, about")


class PageSettings(_Section):
    """What is known of all pages of the run; found from each page where null."""

    issue_date: datetime.date | None = Field(None, description="day of the newspaper, YYYY-MM-DD")
    newspaper: str | None = Field(None, description="name of the newspaper")
    home_place: str | None = Field(None, description="canonical path of what 我市, 我区 mean: 山东省/聊城市")


class SegmenterSettings(_Section):
    backend: Literal["pkuseg", "hanlp"] = Field("pkuseg", description="pkuseg, or hanlp (extra hanlp)")
    model: str = Field(BUILTIN, description="builtin, or the folder of a model of the backend; a name of HanLP's")


class LanguageSettings(_Section):
    segmenter: SegmenterSettings = SegmenterSettings.model_validate({})
    lexicons: list[str] = Field(default_factory=list, description="folders of your own additions to the lexicons")


class Config(_Section):
    """A whole configuration. `root` is where its relative paths start."""

    input: InputSettings = InputSettings.model_validate({})
    output: OutputSettings = OutputSettings.model_validate({})
    run: RunSettings = RunSettings.model_validate({})
    page: PageSettings = PageSettings.model_validate({})
    language: LanguageSettings = Field(default_factory=LanguageSettings)
    stages: dict[str, dict[str, Any] | None] = Field(
        default_factory=lambda: dict.fromkeys(DEFAULT_STAGES), description="spaCy factories in order, with settings"
    )

    _root: Path = PrivateAttr(default_factory=Path.cwd)

    @property
    def root(self) -> Path:
        return self._root

    def path(self, value: str) -> Path:
        """A path of the configuration, resolved against its root."""
        path = Path(value).expanduser()
        return path if path.is_absolute() else self._root / path

    def work_folder(self) -> Path:
        """Where finished shards are kept. Raises ConfigError if the tables go elsewhere and none is named."""
        if self.output.work is not None:
            return self.path(self.output.work)
        if is_url(self.output.directory):
            raise ConfigError(
                f"output.work: name a folder of this machine for work in progress: {self.output.directory} is elsewhere."
            )
        return self.path(self.output.directory) / ".work"

    def stage_settings(self) -> dict[str, dict[str, Any]]:
        """Settings by factory, with the paths in them resolved."""
        return {
            name: {
                key: str(self.path(value))
                if key in PATH_SETTINGS and isinstance(value, str) and value != BUILTIN
                else value
                for key, value in (settings or {}).items()
            }
            for name, settings in self.stages.items()
        }

    def resolved(self) -> dict[str, Any]:
        """The whole configuration as plain data, for run.json."""
        return self.model_dump(mode="json")

    def fingerprint(self) -> str:
        """SHA-256 of all that shapes the rows: not the input and output paths, engine and workers, but models named."""
        data = self.resolved()
        del data["output"], data["input"]["paths"], data["run"]["engine"], data["run"]["workers"]
        del data["run"]["shard_characters"], data["run"]["scheduler"]
        digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode())
        named = [self.language.segmenter.model]
        named += [
            v for s in self.stages.values() for k, v in (s or {}).items() if k in PATH_SETTINGS and isinstance(v, str)
        ]
        for value in named:
            if value != BUILTIN:
                digest.update(files_digest(self.path(value)).encode())
        for folder in self.language.lexicons:
            digest.update(files_digest(self.path(folder)).encode())
        return digest.hexdigest()


def files_digest(path: Path, suffixes: tuple[str, ...] | None = None) -> str:
    """SHA-256 over the names and contents of a file or of all files below a folder."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        if "__pycache__" in file.parts or (suffixes and file.suffix not in suffixes):
            continue
        digest.update(file.relative_to(path.parent).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Read and check a configuration file; `overrides` are `key.path=value`, the value read as YAML.

    Raises ConfigError with a sentence that names the file, the key and the allowed values.
    """
    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: the configuration cannot be read ({error.strerror or error}); one is configs/default.yaml."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the configuration is not UTF-8 text; save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{path}: not valid YAML{where}: {getattr(error, 'problem', error)}.") from error
    except ValueError as error:  # a date that no calendar has
        raise ConfigError(f"{path}: a date is no day of the calendar ({error}); it must be YYYY-MM-DD.") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: a configuration is a mapping with the keys {', '.join(Config.model_fields)}.")
    for override in overrides:
        _override(data, override)
    config = parse_config(data, f"{path} with the options given" if overrides else str(path))
    config._root = path.resolve().parent.parent
    return config


def parse_config(data: Mapping[str, Any], name: str = "configuration") -> Config:
    """Check a configuration given as plain data; `name` stands for the file in messages."""
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("; ".join(_sentence(name, e) for e in error.errors()) + ".") from error


def _override(data: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set {override}: write it as key.path=value, for example run.workers=2.")
    *parents, last = key.strip().split(".")
    at = data
    for parent in parents:
        if not isinstance(at.setdefault(parent, {}), dict):
            if at[parent] is not None:
                raise ConfigError(f"--set {override}: {parent} is a value, it has no keys below it.")
            at[parent] = {}
        at = at[parent]
    try:
        at[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {override}: the value is not valid YAML.") from error
    except ValueError as error:  # a date that no calendar has
        raise ConfigError(f"--set {override}: there is no such day ({error}); it must be YYYY-MM-DD.") from error


# what a value must be, by the beginning of pydantic's name of the error
_MUST_BE = {
    "int": "it must be a whole number",
    "date": "it must be a day written YYYY-MM-DD",
    "string": "it must be a text",
    "list": "it must be a list, written [a, b]",
    "literal": "it must be one of {expected}",
    "greater_than_equal": "it must be {ge} or more",
    "dict": "it must be a mapping, written {{key: value}}",
}


def _sentence(name: str, error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the configuration"
    if error["type"] == "extra_forbidden":
        return f"{name}: {where}: there is no such key, allowed here are {', '.join(_allowed(error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"{name}: {where}: this key is required"
    got = f", not {error['input']!r}" if "input" in error else ""
    what = error["msg"][:1].lower() + error["msg"][1:]
    for kind, words in _MUST_BE.items():
        if error["type"].startswith(kind):
            what = words.format(**error.get("ctx", {}))
    return f"{name}: {where}: {what}{got}"


def _allowed(location: tuple[Any, ...]) -> list[str]:
    at: Any = Config
    for part in location:
        at = at.model_fields[part].annotation
    return list(at.model_fields)
