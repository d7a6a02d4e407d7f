"""The name model: spans by the guidelines on the article text, MSRA's convention on request, clear errors."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spacy

from pipeline.language import names
from pipeline.language.document import get_spans

ARTICLE = (
    "本报讯(记者 欧阳晓雪 通讯员 贾 琪)近日,柳泉县桃园镇李家洼村党支部书记赵春生带领村民修路。\n"
    "“路通了,日子就好过了。”赵春生说。县交通运输局派来技术员扎西多吉。"
)


@pytest.fixture(scope="module")
def model():
    return names.load_model()


@pytest.fixture(scope="module")
def doc():
    nlp = spacy.blank("zh")
    nlp.add_pipe("news_names")
    return nlp(ARTICLE)


def texts(doc, label: str) -> list[str]:
    return [span.text for span, _ in get_spans(doc, names.GROUP) if span.label_ == label]


def test_people_with_rare_surnames_and_spaces(doc):
    assert texts(doc, "PER") == ["欧阳晓雪", "贾 琪", "赵春生", "赵春生", "扎西多吉"]


def test_places_of_a_chain_are_mentions_of_their_own(doc):
    assert texts(doc, "PLACE") == ["柳泉县", "桃园镇", "李家洼村"]


def test_organisations_and_posts(doc):
    assert texts(doc, "ORG") == ["县交通运输局"]
    assert "党支部书记" in texts(doc, "POST")


def test_a_name_found_once_is_found_everywhere():
    text = "李国强说。国强村的李国强，高峰。高峰期，李国强书屋，高峰"
    found = [(0, 3, "PER", 0.9), (13, 15, "PER", 0.9), (20, 25, "ORG", 0.9)]
    kept, added = names.everywhere(text, found)
    assert kept == found
    assert [(text[a:b], a) for a, b, *_ in added] == [("李国强", 9)]


def test_a_name_found_twice_mends_a_rarer_one_cut_across_it():
    text = "田国中说。田国中笑。田国中积极"
    kept, added = names.everywhere(text, [(0, 3, "PER", 0.9), (5, 8, "PER", 0.9), (11, 15, "PER", 0.3)])
    assert kept == [(0, 3, "PER", 0.9), (5, 8, "PER", 0.9)]
    assert added == [(10, 13, "PER", 0.9)]


def test_records_carry_source_and_score(doc):
    for span, mention in get_spans(doc, names.GROUP):
        assert mention.type == span.label_
        assert mention.source.startswith("model")
        assert 0 < mention.score <= 1


def test_no_name_crosses_a_line_end(model):
    found = names.names_of(model, "通讯员 李\n晓明")
    assert all("\n" not in "通讯员 李\n晓明"[a:b] for a, b, *_ in found)


def test_paragraphs_do_not_change_each_other(model):
    alone = [names.names_of(model, line) for line in ARTICLE.split("\n")]
    at = ARTICLE.index("\n") + 1
    moved = [*alone[0], *((a + at, b + at, k, s) for a, b, k, s in alone[1])]
    assert [f[:3] for f in names.names_of(model, ARTICLE)] == [f[:3] for f in moved]


def test_full_width_and_ascii_print_read_the_same(model):
    wide = "（记者　王小虎）２０２３年"
    narrow = "(记者 王小虎)2023年"
    assert [f[:3] for f in names.names_of(model, wide)] == [f[:3] for f in names.names_of(model, narrow)]


@pytest.mark.parametrize("text", ["", "\n\n", " ", "𠮷\udcff", "İstanbul", "a" * 3000])
def test_any_text_is_borne(model, text):
    for start, end, *_ in names.names_of(model, text):
        assert text[start:end].strip()


def test_msra_lines(tmp_path: Path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    line = {"text": "新华社北京电 国务院总理李建国会见了客人。"}
    source.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    names.predict_msra(source, target)
    row = json.loads(target.read_text(encoding="utf-8"))
    assert row["text"] == line["text"]
    assert {(row["text"][a:b], label) for a, b, label in row["spans"]} >= {("北京", "LOC"), ("李建国", "PER")}


def test_folder_without_a_model(tmp_path: Path):
    nlp = spacy.blank("zh")
    with pytest.raises(ValueError, match=r"no name model in .*: the file names\.npz is missing"):
        nlp.add_pipe("news_names", config={"model": str(tmp_path)})


def test_language_with_the_component_is_saved_and_loaded(tmp_path: Path):
    nlp = spacy.blank("zh")
    nlp.add_pipe("news_names")
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert texts(again(ARTICLE), "PER") == texts(nlp(ARTICLE), "PER")


def test_transitions_forbid_what_is_no_span():
    labels = ["PER", "ORG"]
    transitions = names._allowed(labels, np.zeros((9, 9), dtype=np.float32))
    tags = names.tag_names(labels)
    scores = np.zeros((4, len(tags)), dtype=np.float32)
    scores[0, tags.index("I-PER")] = 9  # a span cannot begin with I
    scores[1, tags.index("B-PER")] = 5
    scores[2, tags.index("E-ORG")] = 1  # nor end with another label
    scores[3, tags.index("B-ORG")] = 9  # nor be left open
    best = names._viterbi([scores], transitions)[0]
    path = ["O", *(tags[i] for i in best), "O"]
    for a, b in pairwise(path):
        opened, inside = a[0] in "BI", b[0] in "IE"
        assert opened == inside
        assert not inside or a[2:] == b[2:]


@pytest.mark.torch
def test_numpy_agrees_with_the_trained_network(tmp_path: Path):
    torch = pytest.importorskip("torch")
    from pipeline.training import names as training
    from pipeline.training.corpora import CONVENTIONS, Sample
    from pipeline.training.network import Encoder, Tagger

    characters = sorted(set(ARTICLE) - {"\n"})
    vocabulary = training.Vocabulary(np.array([ord(c) for c in characters]), np.arange(2, 2000, 7))
    torch.manual_seed(1)
    pairs = torch.randn(len(vocabulary.pair_keys) + 1, 12)
    pairs[0] = 0  # no pair, no vector
    encoder = Encoder(torch.randn(len(characters) + 1, 12), pairs, width=32)
    tagger = Tagger(encoder, {name: training.tag_count(name) for name in CONVENTIONS}).eval()
    training.export(tagger, vocabulary, tmp_path)
    model = names.NameModel(tmp_path)
    text = ARTICLE.partition("\n")[0]
    vectors, starts = model.encode(["贾 琪", text])
    numbers = torch.from_numpy(vocabulary.numbers(text).astype(np.int64))[None]
    pairs = torch.from_numpy(vocabulary.pairs(numbers.numpy()))
    with torch.no_grad():
        expected = tagger.encoder(numbers, pairs, torch.ones(1, len(text), 1))[0].numpy()
    assert np.abs(vectors[starts[1] : starts[1] + len(text)] - expected).max() < 0.1
    assert training.tags_of(Sample("王芳说", [(0, 2, "PER")], "news")).tolist() == [1, 3, 0]


def test_training_says_which_corpus_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from pipeline import train

    config = tmp_path / "train.yaml"
    config.write_text("names:\n  output: out/of\n  corpora: {msra: nowhere/msra.jsonl.gz}\n", encoding="utf-8")
    assert train.main(["names", str(config)]) == 2
    assert capsys.readouterr().err == "pipeline.train: not found: nowhere/msra.jsonl.gz\n"
