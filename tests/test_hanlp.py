"""HanLP as a choice: its labels become ours, its offsets the article's, and a model that cannot be had stops nothing late."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import spacy
import yaml
from conftest import DEFAULT, ROOT, read_tables
from spacy.tokens import Doc

from pipeline.config import ConfigError, load_config
from pipeline.job import run
from pipeline.language import names_hanlp
from pipeline.language.build import build_language
from pipeline.language.document import get_spans
from pipeline.language.frames import Frame, frames_of
from pipeline.language.names import GROUP
from pipeline.language.names_hanlp import LIMIT, HanlpNames, align, pieces, sentences, type_of
from pipeline.offsets import raw_equal
from pipeline.records import TABLES
from pipeline.run import main

HANLP = ROOT / "configs" / "hanlp.yaml"
PAGE = sorted((ROOT / "tests" / "gold" / "dev" / "pages").glob("*.txt"))[0]

# -------------------------------------------------------------------------------------------------- tables of labels
MSRA = {
    "PERSON": "PER", "LOCATION": "PLACE", "ORGANIZATION": "ORG", "DATE": None, "DURATION": None, "TIME": None,
    "PERCENT": None, "MONEY": None, "FREQUENCY": None, "INTEGER": None, "FRACTION": None, "DECIMAL": None,
    "ORDINAL": None, "RATE": None, "AGE": None, "WEIGHT": None, "LENGTH": None, "TEMPERATURE": None, "ANGLE": None,
    "AREA": None, "CAPACITY": None, "SPEED": None, "ACCELERATION": None, "MEASURE": None, "EMAIL": None, "PHONE": None,
    "FAX": None, "TELEX": None, "WWW": None, "POSTALCODE": None, "NR": "PER", "NS": "PLACE", "NT": "ORG",
}  # fmt: skip
ONTONOTES = {
    "PERSON": "PER", "NORP": None, "FACILITY": "PLACE", "FAC": "PLACE", "ORGANIZATION": "ORG", "ORG": "ORG",
    "GPE": "PLACE", "LOCATION": "PLACE", "LOC": "PLACE", "PRODUCT": None, "EVENT": None, "WORK_OF_ART": None,
    "LAW": None, "LANGUAGE": None, "DATE": None, "TIME": None, "PERCENT": None, "MONEY": None, "QUANTITY": None,
    "ORDINAL": None, "CARDINAL": None,
}  # fmt: skip
PKU = {"nr": "PER", "ns": "PLACE", "nt": "ORG"}


@pytest.mark.parametrize(
    ("published", "ours"),
    [(MSRA, names_hanlp.MSRA), (ONTONOTES, names_hanlp.ONTONOTES), (PKU, names_hanlp.PKU)],
    ids=["msra", "ontonotes", "pku"],
)
def test_every_published_label_has_its_type(published, ours):
    assert {label.upper() for label in published} == set(ours)
    assert {label: type_of(label) for label in published} == published


def test_our_own_labels_are_kept_and_strange_ones_dropped():
    assert [type_of(label) for label in ("PER", "PLACE", "ORG", "POST", "game")] == [
        "PER",
        "PLACE",
        "ORG",
        "POST",
        None,
    ]


# -------------------------------------------------------------------------------------------------- text and tokens
def test_pieces_span_at_most_the_limit_and_lose_nothing():
    text = ("春天来了，" * 150) + "花" * 1200 + "。"
    tokens = [(i, i + 1) for i in range(len(text))]
    found = list(pieces(text, tokens))
    assert [t for piece in found for t in piece] == tokens
    assert max(piece[-1][1] - piece[0][0] for piece in found) <= LIMIT
    assert text[found[0][-1][0]] == "，"


def test_sentences_hold_no_line_end():
    text = "第一段。还是它。\n\n第二段。\n"
    nlp = spacy.blank("zh")
    assert [text[a:b] for a, b in sentences(nlp(text)) if b > a] == ["第一段。还是它。", "第二段。"]
    doc = nlp(text)
    for token in doc:
        token.is_sent_start = token.idx in (0, 4)
    assert [text[a:b] for a, b in sentences(doc) if b > a] == ["第一段。", "还是它。", "第二段。"]


def test_words_find_their_places_and_a_strange_word_has_none():
    assert align("在 东岭村", ["在", "东岭", "x", "村"]) == [(0, 1), (2, 4), (0, 0), (4, 5)]


class ManyTasks:
    """Stands for HanLP's model of many tasks: every 赵一 is a person, whatever white space its words lost."""

    tasks = ("tok/fine", "ner/pku", "ner/msra")

    def __call__(self, texts: list[str], tasks: list[str]) -> dict:
        assert tasks == ["ner/msra"]
        assert max(map(len, texts)) <= LIMIT
        words = [text.replace(" ", "").replace("赵一", "|赵一|").strip("|").split("|") for text in texts]
        names = [[("赵一", "PERSON", i, i + 1) for i, w in enumerate(some) if w == "赵一"] for some in words]
        return {"tok/fine": words, "ner/msra": names}


def test_a_model_of_many_tasks_is_read_through_its_own_words(monkeypatch):
    monkeypatch.setattr(names_hanlp, "load_component", lambda _: ManyTasks())
    text = "记者 赵一\n" + "长" * 700 + "赵一说"
    doc = HanlpNames("any")(spacy.blank("zh")(text))
    assert [(s.start_char, s.label_, m.source) for s, m in get_spans(doc, GROUP)] == [
        (3, "PER", "hanlp"),
        (706, "PER", "hanlp"),
    ]


class WithRoles(ManyTasks):
    """Knows who gave what as well: 王二 gives 书, which stands behind a word that the sentence lacks."""

    tasks = (*ManyTasks.tasks, "srl")

    def __call__(self, texts: list[str], tasks: list[str]) -> dict:
        assert tasks == ["ner/msra", "srl"]
        told = [
            [("王二", "ARG0", 1, 2), ("捐", "PRED", 2, 3), ("x", "ARGM-LOC", 3, 4), ("书", "ARG1", 4, 5)],
            [("书", "ARG1", 4, 5)],
        ]
        return {
            "tok/fine": [["昨天", "王二", "捐", "x", "书"]] * len(texts),
            "ner/msra": [[]] * len(texts),
            "srl": [told] * len(texts),
        }


def test_semantic_roles_of_a_model_of_many_tasks_are_kept_as_frames(monkeypatch):
    monkeypatch.setattr(names_hanlp, "load_component", lambda _: WithRoles())
    doc = HanlpNames("any")(spacy.blank("zh")("昨天王二捐书。\n昨天 王二捐书。"))
    assert frames_of(doc) == (
        Frame(4, 5, ((2, 4, "ARG0"), (5, 6, "ARG1"))),
        Frame(13, 14, ((11, 13, "ARG0"), (14, 15, "ARG1"))),
    )


class OneTask:
    """Stands for a recogniser: every token 赵一 is a person; `average` is what those trained on words have set."""

    def __init__(self, average: bool):
        self.vocabs, self.config = {"tag": SimpleNamespace(idx_to_token=["O", "S-NR"])}, {"average_subwords": average}

    def __call__(self, sentences: list[list[str]]) -> list[list[tuple]]:
        return [[(t, "NR", i, i + 1) for i, t in enumerate(s) if t == "赵一"] for s in sentences]


@pytest.mark.parametrize(("average", "found"), [(True, [(2, 4)]), (False, [])])
def test_a_recogniser_of_words_gets_the_words_of_the_doc(average, found, monkeypatch):
    monkeypatch.setattr(names_hanlp, "load_component", lambda _: OneTask(average))
    nlp = spacy.blank("zh")
    doc = HanlpNames("any")(Doc(nlp.vocab, words=["记者", "赵一", "说"], spaces=[False] * 3))
    assert [(s.start_char, s.end_char) for s, _ in get_spans(doc, GROUP)] == found


# -------------------------------------------------------------------------------------------------- configuration
def test_the_configuration_is_the_default_with_another_name_model():
    default, other = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (DEFAULT, HANLP))
    assert other["stages"].pop("news_names")["backend"] == "hanlp"
    default["stages"].pop("news_names", None)
    assert other == default
    assert list(other["stages"]) == list(default["stages"])


def test_without_the_extra_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "hanlp", None)
    for override in ("run.workers=1", "language.segmenter.backend=hanlp"):
        with pytest.raises(ConfigError, match=r"pip install '\.\[hanlp\]'") as refused:
            build_language(load_config(HANLP, [override]))
        assert "\n" not in str(refused.value)


def test_an_unknown_backend_is_refused():
    with pytest.raises(ConfigError, match="backend is builtin or hanlp, not other"):
        build_language(load_config(HANLP, ["stages.news_names.backend=other"]))


# -------------------------------------------------------------------------------------------------- a real model
SENTENCES = [
    [("王大山", "NR"), ("到", ""), ("东岭村", "NS"), ("走访", "")],
    [("东岭村", "NS"), ("的", ""), ("李小川", "NR"), ("说", "")],
    [("县水利局", "NT"), ("在", ""), ("西湾镇", "NS"), ("修渠", "")],
    [("西湾镇", "NS"), ("和", ""), ("县水利局", "NT"), ("感谢", ""), ("王大山", "NR")],
]


def _columns(rows: list[list[tuple[str, str]]]) -> str:
    return "\n\n".join("\n".join(f"{token}\t{tag}" for token, tag in row) for row in rows) + "\n"


def _tagged(sentence: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out = []
    for word, label in sentence:
        marks = "S" if len(word) == 1 else "B" + "I" * (len(word) - 2) + "E"
        out += [(c, f"{m}-{label}" if label else "O") for c, m in zip(word, marks, strict=True)]
    return out


@pytest.fixture(scope="session")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny RNN recogniser with a CRF, trained by HanLP itself on the sentences."""
    pytest.importorskip("hanlp", exc_type=ImportError)
    from hanlp.components.ner.rnn_ner import RNNNamedEntityRecognizer
    from hanlp.components.taggers.rnn import rnntaggingmodel
    from hanlp.layers.crf.crf import CRF

    place = tmp_path_factory.mktemp("hanlp")
    data = place / "ner.tsv"
    data.write_text(_columns([_tagged(s) for s in SENTENCES]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # 2.1.5 does not tell the CRF that the batch comes first
        patch.setattr(rnntaggingmodel, "CRF", lambda size, _: CRF(size, batch_first=True))
        RNNNamedEntityRecognizer().fit(
            str(data), str(data), str(place / "model"), epochs=40, batch_size=4, embed=16, rnn_hidden=16, drop=0.0,
            lr=0.02, tagging_scheme="IOBES", seed=1, devices=-1, verbose=False,
        )  # fmt: skip
    return place / "model"


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tokenizer on a tiny BERT, trained by HanLP itself on the words of the sentences."""
    pytest.importorskip("hanlp", exc_type=ImportError)
    from hanlp.components.tokenizers.transformer import TransformerTaggingTokenizer
    from transformers import BertConfig, BertModel, BertTokenizer

    place = tmp_path_factory.mktemp("hanlp")
    characters = sorted({c for s in SENTENCES for w, _ in s for c in w})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (place / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(str(place / "vocab.txt")).save_pretrained(place / "bert")
    shape = BertConfig(
        len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(shape).save_pretrained(place / "bert")
    data = place / "words.txt"
    data.write_text("\n".join(" ".join(w for w, _ in s) for s in SENTENCES) + "\n", encoding="utf-8")
    TransformerTaggingTokenizer().fit(
        str(data), str(data), str(place / "model"), transformer=str(place / "bert"), epochs=30, batch_size=4, lr=0.01,
        transformer_lr=0.003, word_dropout=0.0, hidden_dropout=0.0, warmup_steps=0.1, patience=30, seed=1, devices=-1,
    )  # fmt: skip
    return place / "model"


@pytest.mark.torch
def test_a_model_from_a_folder_finds_names_through_white_space(recogniser):
    nlp = spacy.blank("zh")
    nlp.add_pipe("news_names", config={"backend": "hanlp", "model": str(recogniser)})
    doc = nlp("王 大山到东岭村走访\n\n西湾镇和县水利局感谢王大山")
    found = [(span.text, span.label_) for span, _ in get_spans(doc, GROUP)]
    assert found == [
        ("王 大山", "PER"), ("东岭村", "PLACE"), ("西湾镇", "PLACE"), ("县水利局", "ORG"), ("王大山", "PER"),
    ]  # fmt: skip
    assert not nlp("")._.mentions


@pytest.mark.torch
def test_a_run_with_hanlp_keeps_the_contract_of_the_tables(recogniser, tokenizer, tmp_path):
    page = tmp_path / "page.txt"
    lines = ["东岭村修渠", "", "本报讯 5月6日，王 大山到东岭村走访。县水利局在西", "", "湾镇修渠。李小川说好。"]
    page.write_text("\n".join(lines) + "\n\n\n" + PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    settings = [f"input.paths=['{page}']", f"output.directory='{tmp_path / 'out'}'"]
    settings += [f"stages.news_names.model='{recogniser}'"]
    settings += ["language.segmenter.backend=hanlp", f"language.segmenter.model='{tokenizer}'"]
    result = run(load_config(HANLP, settings))
    assert result.rows["failures"] == 0
    tables = read_tables(result.output)
    for name, table in tables.items():
        assert table.schema.equals(TABLES[name]), name
    raw = tables["pages"].column("text")[0].as_py()
    assert raw == page.read_bytes().decode("utf-8")
    for name in ("mentions", "officials", "quantities", "times", "event_arguments"):
        for row in tables[name].to_pylist():
            assert raw_equal(raw, row["start"], row["end"], row["text"]), (name, row["text"])
    by_model = {r["text"] for r in tables["mentions"].to_pylist() if "model" in r["source"]}
    assert by_model >= {"王 大山", "西湾镇"}  # white space inside one, a column break in the other
    assert {r["text"] for r in tables["times"].to_pylist()} >= {"5月6日", "6月27日"}


@pytest.mark.torch
def test_hanlp_cuts_the_words_and_loses_no_character(tokenizer, tmp_path):
    config = load_config(
        HANLP, ["stages={}", "language.segmenter.backend=hanlp", f"language.segmenter.model='{tokenizer}'"]
    )
    nlp = build_language(config)
    text = " 王大山到东岭村走访\n\n西湾镇和 县水利局，" + "龘" * 700
    doc = nlp.make_doc(text)
    assert doc.text == text
    nlp.to_disk(tmp_path / "nlp")
    assert [t.text for t in spacy.load(tmp_path / "nlp").make_doc(text)] == [t.text for t in doc]
    words = [t.text for t in doc if not t.is_space]
    assert words[:7] == ["王大山", "到", "东岭村", "走访", "西湾镇", "和", "县水利局"]


@pytest.mark.torch
@pytest.mark.parametrize("case", ["missing", "empty", "broken", "no names", "no connection"])
def test_a_model_that_cannot_be_had_is_one_sentence_and_no_page_is_read(
    case, recogniser, tokenizer, tmp_path, monkeypatch, capsys
):
    model = str(tmp_path / "model")
    if case == "empty":
        Path(model).mkdir()
    elif case == "broken":
        shutil.copytree(recogniser, model)
        (Path(model) / "model.pt").write_bytes(b"not weights")
    elif case == "no names":
        model = str(tokenizer)
    elif case == "no connection":
        model = "MSRA_NER_ELECTRA_SMALL_ZH"
        monkeypatch.setattr("hanlp.load", _no_connection)
    capsys.readouterr()
    output = tmp_path / "out"
    options = ["--input", str(PAGE), "--output", str(output), "--set", f"stages.news_names.model='{model}'"]
    assert main([str(HANLP), *options]) == 2
    said = capsys.readouterr()
    assert said.err.strip().startswith("error: stages.news_names: ")
    assert Path(model).name in said.err
    assert "\n" not in said.err.strip()
    assert not said.out.strip()
    assert not output.exists()


def _no_connection(*_, **__):
    print("Downloading …")
    raise ConnectionError("Failed to resolve the host\nPlease re-try")
