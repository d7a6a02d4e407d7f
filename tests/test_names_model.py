"""The name model: spans by the guidelines on the article text, MSRA's convention on request, clear errors."""

from __future__ import annotations

import gzip
import json
import lzma
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spacy
import yaml
from articles import article

from pipeline.language import crf, names, words
from pipeline.language.convolutions import FullPrecision, Quantised
from pipeline.language.document import get_spans
from pipeline.train import main

GOLD = Path(__file__).parent / "gold"
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


def test_what_is_said_of_all_is_no_name(model):
    assert not [f for f in names.names_of(model, "各镇、各街道和各社区紧急行动。") if f[2] == "PLACE"]


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


def test_msra_command_answers_line_by_line(tmp_path: Path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    texts = [f"第{i}次会议在北京举行,李建国出席。" for i in range(70)]  # more than are read at a time
    texts[3], texts[5] = "", "中国队获胜。" * 400
    lines = [json.dumps({"text": text, "spans": [[0, 1, "PER"]]}, ensure_ascii=False) for text in texts]
    source.write_text("\n".join([*lines[:9], "", *lines[9:]]), encoding="utf-8")
    assert main(["predict-msra", str(source), str(target)]) == 0
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == texts
    assert rows[3]["spans"] == []
    for row in rows:
        assert all(label in ("PER", "LOC", "ORG") for *_, label in row["spans"])
        assert all(b <= c for (_, b, _), (c, _, _) in zip(row["spans"], row["spans"][1:], strict=False))
        assert all(0 <= a < b <= len(row["text"]) for a, b, _ in row["spans"])
    found = [[row["text"][a:b] for a, b, _ in row["spans"]] for i, row in enumerate(rows) if i not in (3, 5)]
    assert sum({"北京", "李建国"} <= set(names) for names in found) > 60


@pytest.mark.parametrize("line", ['{"sentence": "北京"}', "北京", '["北京"]'])
def test_msra_command_refuses_other_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "北京"}\n' + line + "\n", encoding="utf-8")
    assert main(["predict-msra", str(source), str(tmp_path / "out.jsonl")]) == 2
    assert "line 2" in capsys.readouterr().err


def test_folder_without_a_model(tmp_path: Path):
    nlp = spacy.blank("zh")
    with pytest.raises(ValueError, match=r"no name model in .*: the file names\.npz is missing"):
        nlp.add_pipe("news_names", config={"model": str(tmp_path)})
    shutil.copy(names.resources.files("pipeline.models") / "names" / "names.npz", tmp_path)
    with pytest.raises(ValueError, match=r"the file network-1\.npz is missing"):
        nlp.add_pipe("news_names", config={"model": str(tmp_path)})


def test_language_with_the_component_is_saved_and_loaded(tmp_path: Path):
    nlp = spacy.blank("zh")
    nlp.add_pipe("news_names")
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert texts(again(ARTICLE), "PER") == texts(nlp(ARTICLE), "PER")


def test_transitions_forbid_what_is_no_span():
    labels = ["PER", "ORG"]
    transitions = crf.allowed(labels, np.zeros((9, 9), dtype=np.float32))
    tags = crf.tag_names(labels)
    scores = np.zeros((4, len(tags)), dtype=np.float32)
    scores[0, tags.index("I-PER")] = 9  # a span cannot begin with I
    scores[1, tags.index("B-PER")] = 5
    scores[2, tags.index("E-ORG")] = 1  # nor end with another label
    scores[3, tags.index("B-ORG")] = 9  # nor be left open
    best = crf.viterbi([scores], transitions)[0]
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
    points = np.array([ord(c) for c in characters])
    known = ["交通运输", "运输局", "党支部书记", "县交通"]
    bare = training.Vocabulary(points, np.arange(2, 2000, 7), np.zeros(0, dtype=np.uint64))
    keys = np.sort([words.hashes(bare.numbers(word), len(word))[0] for word in known])
    vocabulary = training.Vocabulary(points, bare.pair_keys, keys)
    torch.manual_seed(1)
    pairs = torch.randn(len(vocabulary.pair_keys) + 1, 12)
    pairs[0] = 0  # no pair, no vector
    table = torch.randn(len(keys) + 1, 5)
    table[0] = 0
    encoder = Encoder(torch.randn(len(characters) + 1, 12), pairs, table, width=32)
    torch.nn.init.normal_(encoder.lexicon.weight)  # what words add begins at nothing
    tagger = Tagger(encoder, {name: training.tag_count(name) for name in CONVENTIONS}).eval()
    training.export_tables(vocabulary, tagger, tmp_path)
    training.export(tagger, tmp_path / "network-1.npz")
    model = names.NameModel(tmp_path)
    text = ARTICLE.splitlines()[1]
    (vectors,), _, starts = model.read(["贾 琪", text])
    numbers = torch.from_numpy(vocabulary.numbers(text).astype(np.int64))[None]
    pairs = torch.from_numpy(vocabulary.pairs(numbers.numpy()))
    with torch.no_grad():
        at = torch.from_numpy(vocabulary.words(numbers.numpy()))
        expected = tagger.encoder(numbers, pairs, torch.ones(1, len(text), 1), at)[0].numpy()
    assert (at > 0).sum() == 3
    assert np.abs(vectors[starts[1] : starts[1] + len(text)] - expected).max() < 0.1
    assert training.tags_of(Sample("王芳说", [(0, 2, "PER")], "news")).tolist() == [1, 3, 0]


def test_quantised_convolutions_agree_with_full_precision(model):
    lines = [ARTICLE.splitlines()[0] * 30, "", ARTICLE.splitlines()[1]]  # more rows than are computed together
    read = model.tables.read(lines)
    rows = np.concatenate([np.arange(start, start + len(line)) for line, start in zip(lines, read.starts, strict=True)])
    for network in model.networks:
        full = FullPrecision(network.weights, model.dilations)(network.embed(read), read.mask)
        assert isinstance(network.convolutions, Quantised)
        quantised = network.encode(read)
        assert np.abs(full[rows] - quantised[rows]).mean() < 0.03 * np.abs(full[rows]).mean()


def test_networks_are_averaged(tmp_path: Path, model):
    shipped = names.resources.files("pipeline.models") / "names"
    for file in ("names.npz", "network-1.npz"):
        shutil.copy(shipped / file, tmp_path)
    text = ARTICLE.splitlines()[0]
    vectors, alone, _ = names.NameModel(tmp_path).read([text])
    with np.load(tmp_path / "network-1.npz") as data:
        other = dict(data)
    other["heads.news.bias"] = other["heads.news.bias"] + np.float16(2.0) * np.arange(17, dtype=np.float16)
    np.savez(tmp_path / "network-2.npz", **other)
    both = names.NameModel(tmp_path)
    same, averaged, _ = both.read([text])
    assert np.array_equal(vectors[0], same[0])  # what other models read of a network does not change
    assert np.allclose(averaged - alone, np.arange(17), atol=0.02)
    assert both.fingerprint_of([0, 1]) != both.fingerprint_of([0])
    assert both.fingerprint == names.NameModel(shipped).fingerprint


def test_how_likely_any_span_is_a_name_can_be_asked(model):
    doc = article(ARTICLE.splitlines()[0])
    assert names.chance_of(doc) is None
    names.Names(model)(doc)
    chance = names.chance_of(doc)
    start, end, label, score = names.names_of(model, doc.text)[0]
    assert 0 < chance(start, end, label) <= score
    assert chance(start, end, label) > chance(start, end + 1, label)
    assert chance(start, end, label) > chance(start, end, "POST" if label != "POST" else "PER")


def test_texts_read_together_are_read_as_alone(model):
    lines = ["王小虎说", "", *(line * n for n in (1, 40, 3) for line in ARTICLE.splitlines())]
    together = list(names.read_all(model, ["\n".join(lines[:4]), *lines]))
    for line, read in zip(lines, together[1:], strict=True):
        alone = next(names.read_all(model, [line]))
        assert [f[:3] for f in read.found] == [f[:3] for f in alone.found]
        assert np.allclose(read.vectors, alone.vectors, atol=1e-4)
        assert np.allclose(read.chances, alone.chances, atol=1e-4)


def test_a_quantised_graph_of_other_weights_is_refused(tmp_path: Path, model):
    shipped = names.resources.files("pipeline.models") / "names"
    with np.load(shipped / "network-1.npz") as data:
        kept = dict(data)
    kept["heads.news.bias"] = kept["heads.news.bias"] + 1
    np.savez(tmp_path / "network-1.npz", **kept)
    for file in ("names.npz", "network-1.onnx"):
        shutil.copy(shipped / file, tmp_path)
    with pytest.raises(ValueError, match=r"made of other weights than network-1\.npz holds"):
        names.NameModel(tmp_path)


def test_index_finds_every_key_and_nothing_else():
    keys = np.arange(1, 2000, dtype=np.uint64) * np.uint64(2**40 + 1)
    index = words.Index(keys)
    assert index.find(keys.reshape(-1, 1)).ravel().tolist() == list(range(1, 2000))
    assert not index.find(np.concatenate([keys + np.uint64(1), np.zeros(5, dtype=np.uint64)])).any()
    assert not words.Index(keys[:0]).find(keys).any()


def test_training_says_which_corpus_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from pipeline import train

    config = tmp_path / "train.yaml"
    config.write_text("names:\n  output: out/of\n  corpora: {msra: nowhere/msra.jsonl.gz}\n", encoding="utf-8")
    assert train.main(["names", str(config)]) == 2
    assert capsys.readouterr().err == "pipeline.train: not found: nowhere/msra.jsonl.gz\n"


def tiny_corpora(folder: Path) -> dict:
    """A corpus of a few sentences in every format, and the configuration that trains a model on it in seconds."""

    def write(name: str, lines: list[str]) -> str:
        opener = {".gz": gzip.open, ".xz": lzma.open}[Path(name).suffix]
        with opener(folder / name, "wt", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        return str(folder / name)

    def spans(name: str, *labels: str) -> str:
        rows = []
        for i in range(40):
            text = f"第{i}天，韩国强从柳泉县来到桃园镇，记者欧阳晓雪随行，共走了{i * 7919}里路。"
            found = [("韩国强", labels[0]), ("柳泉县", labels[1])]
            rows.append({"text": text, "spans": [[text.find(w), text.find(w) + len(w), k] for w, k in found]})
        return write(name, [json.dumps(row, ensure_ascii=False) for row in rows])

    pages = GOLD / "dev"
    batch = folder / "batch"
    (batch / "pages").mkdir(parents=True)
    (batch / "gold").mkdir()
    gold = sorted((pages / "gold").glob("*.json"))[0]
    (batch / "gold" / gold.name).write_bytes(gold.read_bytes())
    page = json.loads(gold.read_text(encoding="utf-8"))["page"]
    (batch / "pages" / page).write_bytes((pages / "pages" / page).read_bytes())
    divisions = [f"{code}\t{name}\t{level}" for code, name, level in DIVISIONS]
    msra = spans("msra.jsonl.gz", "PER", "LOC")
    return {
        "seed": 1,
        "work": str(folder / "work"),
        "output": str(folder / "model"),
        "corpora": {
            "msra": msra,
            "peoples_daily": spans("daily.jsonl.gz", "PER", "LOC"),
            "pfr": write("pfr.txt.xz", ["韩/nr 国强/nr 来到/v 柳泉县/ns 。/w"] * 5),
            "cluener": spans("cluener.jsonl.gz", "name", "address"),
            "resume": spans("resume.jsonl.gz", "NAME", "LOC"),
        },
        "msra_dev": 2,
        "pages": [str(batch)],
        "lists": {
            "surnames": write("surnames.csv.gz", ["surname,n.1930_2008", "韩,100", "柳,50", "路,20", "石,10"]),
            "people": write("people.txt.gz", ["韩国强", "柳晓雪", "路平", "石磊"]),
            "divisions": write("divisions.tsv.xz", divisions),
        },
        "vectors": {
            "unlabelled": [msra], "character_minimum": 2, "pairs": 100, "pair_minimum": 3, "dimension": 8
        },
        "words": {
            "dictionary": "", "divisions": str(folder / "divisions.tsv.xz"), "minimum": 1, "dimension": 6
        },
        "width": 16,
        "dropout": 0.1,
        "pretraining_steps": 2,
        "phases": [
            {
                "name": "only", "steps": 12, "learning_rate": 0.01, "copies": 1,
                "shares": {"msra": 0.3, "pfr": 0.1, "cluener": 0.1, "resume": 0.1, "news": 0.4},
            },
            {
                "name": "beside", "start": "only", "steps": 3, "learning_rate": 0.01, "copies": 1, "shares": {"news": 1.0},
            },
            {
                "name": "apart", "start": "encoder", "steps": 3, "learning_rate": 0.01, "copies": 1, "shares": {"news": 1.0},
            },
        ],
        "networks": [["only", "beside"], ["apart"]],
    }  # fmt: skip


DIVISIONS = [
    ("11", "云川省", 1), ("1101", "临江市", 2), ("1102", "柳江市", 2), ("110101", "柳泉县", 3), ("110102", "临河区", 3),
    ("110103", "云州市", 3), ("110101101", "桃园镇", 4), ("110101102", "石桥乡", 4), ("110101101201", "李家洼村", 5),
    ("110101101202", "桃园社区居委会", 5),
]  # fmt: skip


@pytest.mark.torch
def test_one_command_trains_a_model(tmp_path: Path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("scipy")
    from pipeline import train

    settings = tiny_corpora(tmp_path)
    (tmp_path / "dictionary.txt").write_text("柳泉县 3 ns\n欧阳晓雪 2 nr\n来到桃 5 v\n", encoding="utf-8")
    settings["words"]["dictionary"] = str(tmp_path / "dictionary.txt")
    config = tmp_path / "train.yaml"
    config.write_text(yaml.safe_dump({"names": settings}, allow_unicode=True), encoding="utf-8")
    assert train.main(["names", str(config)]) == 0
    model = names.NameModel(tmp_path / "model")
    assert set(model.labels) == {"news", "msra"}
    ends = [torch.load(tmp_path / "work" / f"{phase}.pt")["heads.news.bias"] for phase in ("only", "beside")]
    assert not torch.equal(*ends)
    assert len(model.networks) == 2
    assert np.allclose(model.networks[0].weights["heads.news.bias"], ((ends[0] + ends[1]) / 2).numpy(), atol=1e-3)
    (tmp_path / "in.jsonl").write_text('{"text": "韩国强从柳泉县来到桃园镇"}\n', encoding="utf-8")
    arguments = [str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"), "--model", str(tmp_path / "model")]
    assert main(["predict-msra", *arguments]) == 0
    row = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert set(row) == {"text", "spans"}
    # the steps that are done are not done again
    (tmp_path / "work" / "only.pt").touch()
    before = (tmp_path / "work" / "encoder.pt").stat().st_mtime_ns
    assert train.main(["names", str(config)]) == 0
    assert (tmp_path / "work" / "encoder.pt").stat().st_mtime_ns == before


def test_training_says_that_the_dictionary_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from pipeline import train

    config = tmp_path / "train.yaml"
    config.write_text("names:\n  words: {dictionary: lists/dict.txt}\n", encoding="utf-8")
    assert train.main(["names", str(config)]) == 2
    assert "not found: lists/dict.txt" in capsys.readouterr().err
