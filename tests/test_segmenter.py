"""The shipped segmenter: it cuts words, keeps user words, and travels with the Language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import spacy

from pipeline.language.cutter import TABLES, Cutter
from pipeline.language.segmenter import blank_chinese, builtin_model, load_pkuseg

GOLD = Path(__file__).parent / "gold"

TEXT = "近日，记者走进柳泉湖社区便民服务中心，看望了张德华。\n2023年，全县共有12个乡镇。"


@pytest.fixture(scope="module")
def nlp():
    return blank_chinese()


def words(nlp) -> list[str]:
    return [token.text for token in nlp(TEXT)]


def test_words_of_the_shipped_model(nlp):
    found = words(nlp)
    assert "".join(found) == TEXT.replace(" ", "")
    assert {"近日", "记者", "看望", "服务", "中心", "2023年", "乡镇", "张", "德华"} <= set(found)


def test_tables_cut_as_pkuseg_does(nlp):
    texts = [path.read_text(encoding="utf-8") for path in sorted((GOLD / "dev" / "pages").glob("*.txt"))[:4]]
    texts += ["", " \n", "1.5％，Ａ－b 二〇二三年！\u3000𠮷 12:30", TEXT]
    assert Cutter(builtin_model() / TABLES).cut(texts) == [load_pkuseg(builtin_model()).cut(text) for text in texts]
    assert [[t.text for t in doc if not t.is_space] for doc in nlp.tokenizer.pipe(texts)] == [
        [t.text for t in nlp(text) if not t.is_space] for text in texts
    ]


def test_a_model_without_tables_is_run_by_pkuseg(nlp, tmp_path: Path):
    for name in ("features.msgpack", "weights.npz"):
        shutil.copy(builtin_model() / name, tmp_path)
    assert words(blank_chinese(tmp_path)) == words(nlp)


def test_user_words_are_words():
    assert "柳泉湖社区" in words(blank_chinese(user_words=["柳泉湖社区"]))


def test_language_carries_its_model(tmp_path: Path):
    nlp = blank_chinese(user_words=["柳泉湖社区"])
    expected = words(nlp)
    nlp.to_disk(tmp_path)
    assert words(spacy.load(tmp_path)) == expected
    assert words(spacy.blank("zh", config=nlp.config).from_bytes(nlp.to_bytes())) == expected


def test_initialize_keeps_model_and_words():
    nlp = blank_chinese(user_words=["柳泉湖社区"])
    expected = words(nlp)
    nlp.initialize()
    assert words(nlp) == expected


def test_folder_without_a_model(tmp_path: Path):
    with pytest.raises(ValueError, match=r"no segmenter model in .*: the file features\.msgpack is missing"):
        blank_chinese(tmp_path)


@pytest.mark.torch
def test_training_writes_a_model_that_loads(tmp_path: Path):
    pytest.importorskip("torch")
    import lzma

    from pipeline.training import segmenter

    corpus = tmp_path / "corpus.txt.xz"
    with lzma.open(corpus, "wt", encoding="utf-8") as out:
        out.write("大家/r 走进/v 社区/n 。/w\n社区/n 欢迎/v 大家/r ！/w\n" * 30)
    settings = {
        "seed": 1, "train": [{"path": str(corpus), "format": "word/pos"}], "test": {}, "minimum_count": 1,
        "learning_rate": 0.2, "dropout": 0.0, "batch": 8, "epochs": 4, "prune": 0.01, "output": str(tmp_path / "model"),
    }  # fmt: skip
    segmenter.train(settings)
    assert [token.text for token in blank_chinese(tmp_path / "model")("大家欢迎社区")] == ["大家", "欢迎", "社区"]
