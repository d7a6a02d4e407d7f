"""HanLP as the name model: a recogniser of HanLP's (extra `hanlp`) writes the candidates that ours would.

`HanlpNames` is what `news_names` becomes with `backend: hanlp`. HanLP reads sentences of at most `LIMIT` characters without
their white space, character by character or word by word as its model was trained; its labels become our types by `TYPES`.
"""

from __future__ import annotations

import contextlib
import io
import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from pipeline.language.document import set_spans
from pipeline.language.frames import Frame, set_frames
from pipeline.language.names import GROUP, Names
from pipeline.records import Mention

LIMIT = 500  # characters; HanLP's encoders end at 512 with their own marks
# HanLP says no confidence; the resolver weighs its names as those of a model that reaches this on news (MSRA: 0.95).
SCORE = 0.9
Span = tuple[int, int]

# The published tag sets (https://hanlp.hankcs.com/docs/annotations/ner/): every tag with our type, None where we have none.
MSRA: Mapping[str, str | None] = {
    "PERSON": "PER", "LOCATION": "PLACE", "ORGANIZATION": "ORG",
    "NR": "PER", "NS": "PLACE", "NT": "ORG",  # the older models, of three types
    "DATE": None, "DURATION": None, "TIME": None, "PERCENT": None, "MONEY": None, "FREQUENCY": None, "INTEGER": None,
    "FRACTION": None, "DECIMAL": None, "ORDINAL": None, "RATE": None, "AGE": None, "WEIGHT": None, "LENGTH": None,
    "TEMPERATURE": None, "ANGLE": None, "AREA": None, "CAPACITY": None, "SPEED": None, "ACCELERATION": None,
    "MEASURE": None, "EMAIL": None, "PHONE": None, "FAX": None, "TELEX": None, "WWW": None, "POSTALCODE": None,
}  # fmt: skip
ONTONOTES: Mapping[str, str | None] = {
    "PERSON": "PER", "FACILITY": "PLACE", "FAC": "PLACE", "GPE": "PLACE", "LOCATION": "PLACE", "LOC": "PLACE",
    "ORGANIZATION": "ORG", "ORG": "ORG", "NORP": None, "PRODUCT": None, "EVENT": None, "WORK_OF_ART": None, "LAW": None,
    "LANGUAGE": None, "DATE": None, "TIME": None, "PERCENT": None, "MONEY": None, "QUANTITY": None, "ORDINAL": None,
    "CARDINAL": None,
}  # fmt: skip
PKU: Mapping[str, str | None] = {"NR": "PER", "NS": "PLACE", "NT": "ORG"}
OWN: Mapping[str, str | None] = {
    "PER": "PER",
    "PLACE": "PLACE",
    "ORG": "ORG",
    "POST": "POST",
}  # trained on our guidelines
TYPES: Mapping[str, str | None] = {**MSRA, **ONTONOTES, **PKU, **OWN}

_STOPS = frozenset("。！？；，、,;!?")


def type_of(label: str) -> str | None:
    """Our type of a label of HanLP's, whatever its case; None if it is no name or unknown."""
    return TYPES.get(label.upper())


# ---------------------------------------------------------------------------------------------- loading
def load_component(model: str) -> Any:
    """The HanLP component in a folder or of a name (`MSRA_NER_ELECTRA_SMALL_ZH`), which HanLP fetches on first use.

    A name may come as a path, since the configuration resolves all models to paths. Raises ValueError with one sentence.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        with _silence():
            import hanlp
            import torch
            from hanlp.components.ner.rnn_ner import RNNNamedEntityRecognizer
            from hanlp.layers.crf.crf import CRF
    except ImportError as error:
        raise ValueError(
            f"the backend hanlp needs the extra hanlp: pip install '.[hanlp]' ({_first_line(error)})"
        ) from error
    # torch may have been imported before the variable was set
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"].partition(",")[0]))
    folder = Path(model)
    if folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "meta.json").is_file():
            raise ValueError(f"no HanLP model in {folder}: the file config.json is missing")
        known = str(folder)
    elif folder.name in hanlp.pretrained.ALL:
        known = hanlp.pretrained.ALL[folder.name]
    else:
        raise ValueError(
            f"no HanLP model {model}: it is neither a folder nor a name of HanLP's such as MSRA_NER_ELECTRA_SMALL_ZH"
        )
    try:
        with _silence():
            component = hanlp.load(known, verbose=False)
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {_first_line(error)}"
        raise ValueError(
            f"HanLP cannot load {folder.name} ({reason}): give the folder of a model, or a connection to fetch it by its name"
        ) from error
    for module in component.model.modules():
        if isinstance(module, CRF):
            module.batch_first = True  # HanLP 2.1.5 leaves it unset for RNN taggers and decodes across sentences
    if isinstance(component, RNNNamedEntityRecognizer):
        component.predict_data = partial(_read_tags, component)
    return component


def _read_tags(component: Any, data: list[list[str]], batch_size: int | None, **_: Any) -> list[list[tuple]]:
    """Names by whatever tags there are: HanLP's own reader for RNNs fails on all sentences for one wrong tag of one."""
    from hanlp.components.taggers.rnn_tagger import RNNTagger
    from hanlp.metrics.chunking.sequence_labeling import get_entities

    all_tags = RNNTagger.predict_data(component, data, batch_size)
    return [[("", label, start, end) for label, start, end in get_entities(tags)] for tags in all_tags]


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """HanLP reports its progress and its failures on the standard streams; ours carry one sentence."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return textwrap.shorten(lines[0], 120, placeholder=" …").rstrip(".") if lines else type(error).__name__


# ---------------------------------------------------------------------------------------------- text and tokens
def pieces(text: str, tokens: Iterable[Span]) -> Iterator[list[Span]]:
    """The tokens of a sentence in runs that span at most LIMIT characters, cut behind a comma or stop where there is one."""
    piece: list[Span] = []
    stop = 0  # tokens of the piece up to its last comma or stop
    for start, end in tokens:
        while piece and end - piece[0][0] > LIMIT:
            cut = stop or len(piece)
            yield piece[:cut]
            piece, stop = piece[cut:], 0
        piece.append((start, end))
        if text[end - 1] in _STOPS:
            stop = len(piece)
    if piece:
        yield piece


def sentences(doc: Doc) -> Iterator[Span]:
    """Sentences of the Doc, or its paragraphs if no stage has set any; none holds a line end."""
    starts = {0, len(doc.text)}
    if doc.has_annotation("SENT_START"):
        starts.update(token.idx for token in doc if token.is_sent_start)
    starts.update(i + 1 for i, c in enumerate(doc.text) if c == "\n")
    for start, end in pairwise(sorted(starts)):
        yield start, end - (doc.text[end - 1] == "\n")


def align(text: str, words: Iterable[str]) -> list[Span]:
    """Where the words stand in the text, in order; a word that is not there is at (0, 0)."""
    out, at = [], 0
    for word in words:
        start = text.find(word, at) if word else -1
        out.append((start, start + len(word)) if start >= 0 else (0, 0))
        at = out[-1][1] or at
    return out


def reads_words(component: Any) -> bool:
    """Whether a recogniser was trained on words: it has some in its vocabulary, or averages over the parts of words."""
    vocabulary = component.vocabs.get(component.config.get("token_key") or "token")
    if vocabulary is not None and vocabulary.idx_to_token:
        return any(len(t) > 1 for t in vocabulary.idx_to_token if t and not t.startswith("<"))
    return bool(component.config.get("average_subwords"))


# ---------------------------------------------------------------------------------------------- the component
class HanlpNames(Names):
    """Writes the names that HanLP finds to `doc.spans["names/model"]`, as our own model would, all with one score.

    A model of many tasks that knows semantic roles also tells the frames of `pipeline.language.frames`. `model` is a folder with a recogniser of one task, or HanLP's name of one, or of a model of many tasks.
    Raises ValueError if it cannot be had, or marks neither people nor places nor organisations.
    """

    def __init__(self, model: str):
        self.component = load_component(model)
        self.task = _name_task(self.component, Path(model).name)
        self.words = self.task is None and reads_words(self.component)
        self.roles = self.task is not None and "srl" in self.component.tasks

    def pipe(self, docs: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        return map(self, docs)

    def __call__(self, doc: Doc) -> Doc:
        found = self._many_tasks(doc) if self.task else self._one_task(doc)
        kept = {}
        for start, end, label in found:
            kind = type_of(label)
            if kind and start < end and "\n" not in doc.text[start:end]:
                kept[start, end] = kind
        set_spans(
            doc,
            GROUP,
            [(a, b, kind, Mention(kind, source="hanlp", score=SCORE)) for (a, b), kind in sorted(kept.items())],
        )
        return doc

    def _one_task(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        text = doc.text
        units = [(t.idx, t.idx + len(t)) for t in doc] if self.words else [(i, i + 1) for i in range(len(text))]
        units = [(a, b) for a, b in units if text[a:b].strip() and b - a <= LIMIT]
        runs = [run for a, b in sentences(doc) for run in pieces(text, [u for u in units if a <= u[0] < b])]
        if runs:
            for run, names in zip(runs, self.component([[text[a:b] for a, b in run] for run in runs]), strict=True):
                for _, label, first, behind in names:
                    yield run[first][0], run[behind - 1][1], label

    def _many_tasks(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        text = doc.text
        runs = []
        for a, b in sentences(doc):
            characters = [(i, i + 1) for i in range(a, b) if not text[i].isspace()]
            runs += [(run[0][0], run[-1][1]) for run in pieces(text, characters)]
        if not runs:
            return
        result = self.component([text[a:b] for a, b in runs], tasks=[self.task, "srl"] if self.roles else [self.task])
        cut = next(key for key in result if key.startswith("tok"))
        told = result["srl"] if self.roles else repeat([])
        frames: list[Frame] = []
        for (a, b), words, names, some in zip(runs, result[cut], result[self.task], told, strict=False):
            places = [(a + low, a + high) for low, high in align(text[a:b], words)]
            for _, label, first, behind in names:
                yield places[first][0], places[behind - 1][1], label
            frames += filter(None, (_frame(frame, places) for frame in some))
        set_frames(doc, frames)


def _frame(parts: Iterable[tuple[str, str, int, int]], places: list[Span]) -> Frame | None:
    """A frame of HanLP's, a list of (words, role, first, behind) in words of a sentence; None without a predicate."""
    spans = [(places[first][0], places[behind - 1][1], role) for _, role, first, behind in parts]
    spans = [span for span in spans if span[0] < span[1]]
    predicate = next((span for span in spans if span[2] == "PRED"), None)
    if predicate is None:
        return None
    return Frame(*predicate[:2], tuple(span for span in spans if span[2] != "PRED"))


def _name_task(component: Any, model: str) -> str | None:
    """The task of names of a model of many tasks, None for a recogniser. Raises ValueError if it finds no names."""
    tasks = getattr(component, "tasks", None)
    if tasks is not None:
        named = [task for task in ("ner/msra", "ner/ontonotes", "ner/pku", "ner") if task in tasks]
        if not named:
            raise ValueError(f"the HanLP model {model} has no task of names, only {', '.join(sorted(tasks))}")
        return named[0]
    tags = component.vocabs.get("tag") or component.vocabs.get("label")
    labels = {tag.partition("-")[2] or tag for tag in (tags.idx_to_token if tags else []) if tag}
    if not any(type_of(label) for label in labels):
        raise ValueError(
            f"the HanLP model {model} marks neither people nor places nor organisations, but {_few(labels)}"
        )
    return None


def _few(labels: set[str]) -> str:
    shown = sorted(labels)[:8]
    return ", ".join(shown) + (" …" if len(labels) > 8 else "") if shown else "nothing"
