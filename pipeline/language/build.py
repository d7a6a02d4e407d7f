"""From a configuration to a spaCy Language with its stages, or one clear sentence why it cannot be."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.util import registry

import pipeline.stages
from pipeline.config import BUILTIN, Config, ConfigError
from pipeline.language.segmenter import blank_chinese
from pipeline.lexicon import LexiconError, use_own

# factories that live beside the Language because they hold a model, not rules
_MODEL_FACTORIES = ("pipeline.language.names",)


def register_stages() -> None:
    """Import every module of `pipeline.stages`, so that its factories are known to spaCy."""
    for module in pkgutil.iter_modules(pipeline.stages.__path__, "pipeline.stages."):
        importlib.import_module(module.name)
    for name in _MODEL_FACTORIES:
        importlib.import_module(name)


def build_language(config: Config) -> Language:
    """The Language of a configuration: segmenter, then its stages in order.

    Raises ConfigError when a factory does not exist, gets a setting it does not have, lacks a model, or requires what
    no stage before it assigns.
    """
    register_stages()
    try:
        use_own([config.path(folder) for folder in config.language.lexicons])
    except LexiconError as error:
        raise ConfigError(f"language.lexicons: {error}.") from error
    segmenter = config.language.segmenter
    folder = None if segmenter.model == BUILTIN else config.path(segmenter.model)
    try:
        if segmenter.backend == "hanlp":
            from pipeline.language.segmenter_hanlp import hanlp_chinese

            nlp = hanlp_chinese(str(folder or BUILTIN))
        else:
            nlp = blank_chinese(folder)
    except (ValueError, OSError) as error:
        raise ConfigError(f"language.segmenter.model: {error}; name the folder of a model, or {BUILTIN}.") from error
    known = sorted(name for name in registry.factories.get_all() if name.startswith("news_"))
    assigned: set[str] = set()
    for factory, settings in config.stage_settings().items():
        if not nlp.has_factory(factory):
            raise ConfigError(f"stages.{factory}: there is no such stage, allowed are {', '.join(known)}.")
        meta = nlp.get_factory_meta(factory)
        defaults = meta.default_config or {}
        unknown = sorted(set(settings) - set(defaults))
        if unknown:
            allowed = ", ".join(sorted(defaults)) or "none"
            raise ConfigError(f"stages.{factory}.{unknown[0]}: there is no such setting, allowed are {allowed}.")
        missing = [need for need in meta.requires if need not in assigned and need.startswith("doc._.")]
        if missing:
            raise ConfigError(
                f"stages.{factory}: it needs {missing[0]}, put {_who_assigns(nlp, missing[0], known)} before it."
            )
        try:
            nlp.add_pipe(factory, config=settings)
        except (ValueError, TypeError, OSError) as error:
            hint = f"; name the folder of a model, or {BUILTIN}" if settings.get("model", BUILTIN) != BUILTIN else ""
            raise ConfigError(f"stages.{factory}: {str(error).strip().rstrip('.')}{hint}.") from error
        assigned.update(meta.assigns)
    if config.language.lexicons:
        try:
            nlp("一")  # some stages read their lexicons with the first text: a slip in one is told now
        except LexiconError as error:
            raise ConfigError(f"language.lexicons: {error}.") from error
    return nlp


def _who_assigns(nlp: Language, what: str, known: Iterable[str]) -> str:
    names = [name for name in known if what in nlp.get_factory_meta(name).assigns]
    return " or ".join(names) or "a stage that assigns it"


def models_of(config: Config) -> list[Path]:
    """The folders of model files that a configuration names, the built-in models included."""
    folders = [Path(pipeline.__file__).parent / "models"]
    named = [config.language.segmenter.model]
    named += [s["model"] for s in config.stage_settings().values() if isinstance(s.get("model"), str)]
    return folders + [config.path(value) for value in named if value != BUILTIN]
