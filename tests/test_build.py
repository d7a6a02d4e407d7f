"""A configuration becomes a spaCy Language; any spaCy user can add a stage once the package is installed."""

from __future__ import annotations

from importlib.metadata import entry_points

import spacy
from conftest import DEFAULT
from spacy.util import registry

import pipeline
from pipeline.config import DEFAULT_STAGES
from pipeline.language.build import register_stages


def test_the_default_language_has_every_stage_in_order():
    nlp = pipeline.build(DEFAULT)
    assert tuple(nlp.pipe_names) == DEFAULT_STAGES
    assert nlp.lang == "zh"


def test_every_stage_is_an_entry_point_of_the_installed_package():
    register_stages()
    declared = {e.name: e.value for e in entry_points(group="spacy_factories") if e.name.startswith("news_")}
    assert set(declared) == {name for name in registry.factories.get_all() if name.startswith("news_")}
    for name in declared:
        assert spacy.blank("zh").has_factory(name)


def test_a_language_survives_a_round_trip_to_disk(tmp_path):
    nlp = pipeline.build(DEFAULT)
    nlp.to_disk(tmp_path / "nlp")
    text = "东湖社区党委书记宁远说,今年修路三条。"
    again = spacy.load(tmp_path / "nlp")
    assert [t.text for t in again.make_doc(text)] == [t.text for t in nlp.make_doc(text)]
    assert again.pipe_names == nlp.pipe_names
