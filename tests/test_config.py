"""A wrong configuration is one clear sentence that names file, key and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DEFAULT

from pipeline.config import DEFAULT_STAGES, Config, ConfigError, load_config
from pipeline.language.build import build_language


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "configs").mkdir()
    path = tmp_path / "configs" / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_configuration_says_the_defaults():
    assert load_config(DEFAULT).model_dump(exclude={"input"}) | {"stages": None} == Config().model_dump(
        exclude={"input"}
    ) | {"stages": None}
    assert tuple(load_config(DEFAULT).stages) == DEFAULT_STAGES


def test_paths_start_at_the_folder_above_the_configuration(tmp_path):
    config = load_config(write(tmp_path, "input: {paths: [in]}"))
    assert config.path("in") == tmp_path / "in"
    assert config.path("/in") == Path("/in")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("run: {engine: dusk}", ["mine.yaml", "run.engine", "'serial', 'processes' or 'dask'", "'dusk'"]),
        ("run: {wrkers: 2}", ["run.wrkers", "no such key", "workers"]),
        ("run: {workers: 0}", ["run.workers", "it must be 1 or more"]),
        ("page: {issue_date: 2月1日}", ["page.issue_date", "YYYY-MM-DD"]),
        ("input: {paths: seeds}", ["input.paths", "a list, written [a, b]", "'seeds'"]),
        ("run: {workers: two}", ["run.workers", "a whole number", "'two'"]),
        ("outputs: x", ["outputs", "no such key", "output"]),
        ("run: {", ["mine.yaml", "not valid YAML", "line"]),
        ("- a", ["mine.yaml", "mapping"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, words):
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        load_config(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("run.workers", ["key.path=value"]),
        ("run.workers=[", ["not valid YAML"]),
        ("run.workers.x=1", ["run.workers"]),
        ("page.issue_date=2024-13-01", ["page.issue_date", "YYYY-MM-DD"]),
    ],
)
def test_a_wrong_override_is_named(override, words):
    with pytest.raises(ConfigError) as caught:
        load_config(DEFAULT, [override])
    for word in words:
        assert word in str(caught.value)


def test_an_override_wins():
    config = load_config(DEFAULT, ["run.workers=3", "page.issue_date=2024-05-06"])
    assert config.run.workers == 3
    assert str(config.page.issue_date) == "2024-05-06"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["stages.news_nothing={}"], ["news_nothing", "no such stage", "news_times"]),
        (["stages.news_sentences.depth=2"], ["stages.news_sentences.depth", "no such setting"]),
        (["stages={news_sentences: {}, news_officials: {}}"], ["news_officials", "it needs", "news_mentions"]),
        (["language.segmenter.model=nowhere"], ["language.segmenter.model", "nowhere"]),
    ],
)
def test_a_language_that_cannot_be_built_is_refused(overrides, words):
    with pytest.raises(ConfigError) as caught:
        build_language(load_config(DEFAULT, overrides))
    for word in words:
        assert word in str(caught.value)


def test_the_fingerprint_follows_what_shapes_the_rows_and_nothing_else():
    fingerprint = load_config(DEFAULT).fingerprint()
    same = ["run.workers=2", "output.directory=x", "input.paths=[y]", "run.engine=processes", "run.scheduler=tcp://x"]
    assert load_config(DEFAULT, same).fingerprint() == fingerprint
    assert load_config(DEFAULT, ["page.newspaper=某日报"]).fingerprint() != fingerprint
