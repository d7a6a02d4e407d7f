"""Train the name model: vectors, pretraining, all corpora together, then the labelled pages; and write it for NumPy.

Each step leaves its result in the folder `work`, and a step whose result is there is not done again.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from pipeline.language.networks import normalise
from pipeline.training import corpora, embeddings, words
from pipeline.training.augment import Augmenter, People, Places
from pipeline.training.corpora import CONVENTIONS, Sample
from pipeline.training.names_quantise import quantise_trained
from pipeline.training.names_score import calibrate
from pipeline.training.network import PAIRS, Encoder, HalfPrecision, Tagger, crf_loss
from pipeline.training.pretrain import pretrain
from pipeline.training.readings import named
from pipeline.training.tellings import read_told
from pipeline.training.vocabulary import Vocabulary

WITH_CRF = ("news", "msra")
LONGEST = 220
TABLES = ("encoder.pairs", "encoder.words")  # as they are from the first step on


def tags_of(sample: Sample) -> np.ndarray:
    """The tag number of each character; words of PFR are B and I of their part of speech."""
    tags = np.zeros(len(sample.text), dtype=np.int64)
    labels = CONVENTIONS[sample.convention]
    for start, end, label in sample.spans:
        kind = labels.index(label)
        if sample.convention == "pfr":
            tags[start:end] = 2 * kind + 1
            tags[start] = 2 * kind
        elif end - start == 1:
            tags[start] = 4 * kind + 4
        else:
            tags[start:end] = 4 * kind + 2
            tags[start], tags[end - 1] = 4 * kind + 1, 4 * kind + 3
    return tags


def tag_count(convention: str) -> int:
    labels = len(CONVENTIONS[convention])
    return 2 * labels if convention == "pfr" else 1 + 4 * labels


# ---------------------------------------------------------------------------------------------- batches
def split_long(sample: Sample, longest: int = LONGEST) -> Iterator[Sample]:
    """The sample in pieces of at most `longest` characters, cut where no span stands, behind a full stop if there is one."""
    text, spans = sample.text, sample.spans
    while len(text) > longest:
        inside = {i for a, b, _ in spans for i in range(a + 1, b)}
        free = [i for i in range(longest // 2, longest) if i not in inside]
        stops = [i for i in free if text[i - 1] in "。！？；"] or free or [longest]
        at = stops[-1]
        yield Sample(text[:at], [s for s in spans if s[1] <= at], sample.convention)
        text, spans = text[at:], [(a - at, b - at, k) for a, b, k in spans if a >= at]
    if text:
        yield Sample(text, spans, sample.convention)


def _bucket(length: int) -> int:
    return next(b for b in (16, 24, 32, 48, 64, 80, 96, 128, 160, 224) if b >= length)


class Batches:
    """An endless stream of batches of one convention, of about `characters` characters each, texts of like length together."""

    def __init__(self, samples: Sequence[Sample], vocabulary: Vocabulary, rng: random.Random, characters: int = 3600):
        pieces = [p for s in samples for p in split_long(s)]
        self.items = [(vocabulary.numbers(p.text), tags_of(p)) for p in pieces if p.text.strip()]
        self.characters, self.vocabulary, self.rng = characters, vocabulary, rng
        self.total = sum(len(n) for n, _ in self.items)

    def epoch(self) -> list[list[int]]:
        """Groups of items, each to be padded to one of a few lengths: convolutions are set up once for each shape."""
        order = sorted(range(len(self.items)), key=lambda i: len(self.items[i][0]) * (1 + 0.15 * self.rng.random()))
        groups: list[list[int]] = []
        bucket = 0
        for i in order:
            needed = _bucket(len(self.items[i][0]))
            if not groups or needed > bucket or len(groups[-1]) == self.characters // bucket:
                groups.append([])
                bucket = max(bucket, needed)
            groups[-1].append(i)
        self.rng.shuffle(groups)
        return groups

    def tensors(self, group: list[int], dropout: float) -> tuple[torch.Tensor, ...]:
        """Numbers, pairs, words, tags and mask of a batch; some characters are made unknown so that the model learns to bear it."""
        longest = _bucket(max(len(self.items[i][0]) for i in group))
        shape = self.characters // longest, longest
        numbers, tags, mask = (
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=bool),
        )
        for row, i in enumerate(group):
            characters, gold = self.items[i]
            n = len(characters)
            numbers[row, :n], tags[row, :n], mask[row, :n] = characters, gold, True
        if dropout:
            numbers[np.random.default_rng(self.rng.getrandbits(32)).random(numbers.shape) < dropout] = 0
        pairs = self.vocabulary.pairs(numbers)
        words = self.vocabulary.words(numbers)
        return tuple(map(torch.from_numpy, (numbers, pairs, words, tags, mask)))


def run(
    tagger: Tagger,
    streams: dict[str, Batches],
    shares: dict[str, float],
    steps: int,
    learning_rate: float,
    rng: random.Random,
    renew: Any = None,
    dropout: float = 0.015,
    average: float = 0.3,
) -> None:
    """Train in place: each step takes a batch of a stream drawn by `shares`; the end weights are a mean over the last part.

    `renew`, if given, is called whenever the stream "news" is used up and gives its new samples.
    """
    precision = HalfPrecision(tagger)
    decayed = [p for p in precision.full if p.ndim > 1]
    others = [p for p in precision.full if p.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=learning_rate
    )
    queues: dict[str, list[list[int]]] = {name: [] for name in streams}
    names = list(shares)
    totals: dict[str, list[float]] = {name: [0.0, 0] for name in names}
    mean, taken = [torch.zeros_like(p) for p in precision.full], 0
    began, characters = time.time(), 0
    tagger.train()
    for step in range(steps):
        name = rng.choices(names, [shares[n] for n in names])[0]
        if not queues[name]:
            if name == "news" and renew is not None:
                streams[name] = renew()
            queues[name] = streams[name].epoch()
        numbers, pairs, words, tags, mask = streams[name].tensors(queues[name].pop(), dropout)
        half = mask.unsqueeze(2).to(torch.bfloat16)
        scores = tagger(numbers, pairs, half, (name,), words)[name].float()
        if name in WITH_CRF:
            loss = crf_loss(scores, tagger.transitions[name].float(), tags, mask) / mask.sum()
        else:
            loss = functional.cross_entropy(scores[mask], tags[mask])
        loss.backward()
        rate = learning_rate * min((step + 1) / 200, 0.5 * (1 + math.cos(math.pi * step / steps)) + 0.02)
        for group in optimiser.param_groups:
            group["lr"] = rate
        precision.step(optimiser)
        if step >= steps * (1 - average):
            taken += 1
            for m, p in zip(mean, precision.full, strict=True):
                m.add_(p.detach())
        totals[name][0] += float(loss.detach())
        totals[name][1] += 1
        characters += int(mask.sum())
        if (step + 1) % 100 == 0:
            figures = " ".join(f"{n} {a / b:.4f}" for n, (a, b) in totals.items() if b)
            print(
                f"step {step + 1}/{steps}: {figures}, {characters / (time.time() - began):,.0f} characters/s",
                flush=True,
            )
            totals = {n: [0.0, 0] for n in names}
    tagger.float()
    for m in mean:
        m.div_(max(taken, 1))
    precision.copy(mean)


# ---------------------------------------------------------------------------------------------- data
class Corpora:
    """All samples by convention, the MSRA dev split, the labelled pages, and the labelled pieces of other text."""

    def __init__(self, settings: dict[str, Any]):
        seed = int(settings["seed"])
        paths = {k: Path(v) for k, v in settings["corpora"].items()}
        everything = list(corpora.read_spans(paths["msra"], "msra"))
        train, self.msra_dev = corpora.split_dev(everything, int(settings["msra_dev"]), seed)
        extra = corpora.without(corpora.read_spans(paths["peoples_daily"], "msra"), self.msra_dev)
        self.samples = {
            "msra": [*train, *extra],
            "pfr": corpora.without(corpora.read_pfr(paths["pfr"]), self.msra_dev),
            "cluener": list(corpora.read_spans(paths["cluener"], "cluener")),
            "resume": list(corpora.read_spans(paths["resume"], "resume")),
        }
        self.pages = [
            p for folder in settings["pages"] for p in corpora.read_pages(Path(folder) / "pages", Path(folder) / "gold")
        ]
        readings = settings.get("readings")
        self.readings = list(named(Path(readings["folder"]), readings["sources"])) if readings else []
        if written := settings.get("written"):
            self.readings += list(corpora.read_marked(Path(written["folder"]))) * int(written["times"])
        if "told" in settings:
            self.samples |= read_told(settings["told"])


def load_pairs(work: Path) -> Vocabulary:
    """Characters and pairs alone, before the words are known."""
    with np.load(work / "vocabulary.npz") as data:
        return Vocabulary(data["characters"], data["pair_keys"], np.zeros(0, dtype=np.uint64))


def load_vocabulary(work: Path) -> Vocabulary:
    with np.load(work / "vocabulary.npz") as data, np.load(work / "words.npz") as words:
        return Vocabulary(data["characters"], data["pair_keys"], words["keys"])


def new_encoder(work: Path, width: int, dropout: float = 0.0) -> Encoder:
    """The encoder with the vectors of characters, pairs and words, and else as chance has it."""
    with np.load(work / "vectors.npz") as data, np.load(work / "words.npz") as known:
        tables = [torch.from_numpy(table) for table in (data["characters"], data["pairs"], known["vectors"])]
    return Encoder(tables[0], tables[1], tables[2], width, dropout)


def make_vectors(settings: dict[str, Any], work: Path) -> None:
    """Vocabulary and vectors of characters and pairs from all text; writes `vocabulary.npz`, `vectors.npz`, `ids.npy`."""
    texts = [normalise(" ".join(t.split())) for t in unlabelled(settings)]
    ids, characters = embeddings.ids_of(texts, int(settings["character_minimum"]))
    size = len(characters)
    pairs, keys = embeddings.pairs_of(ids, size, int(settings["pairs"]), int(settings["pair_minimum"]))
    couples = len(keys) + 1
    np.savez(work / "vocabulary.npz", characters=np.array([ord(c) for c in characters[1:]]), pair_keys=keys)
    np.save(work / "ids.npy", ids)
    np.save(work / "pairs.npy", pairs)
    around = {k: (embeddings.shifted(ids, k), size) for k in (-3, -2, -1, 1, 2, 3, 4)}
    beside = [(embeddings.shifted(pairs, -2), couples), (embeddings.shifted(pairs, 1), couples)]
    dimension, seed = int(settings["dimension"]), int(settings["seed"])
    own = embeddings.vectors(ids, [around[k] for k in (-3, -2, -1, 1, 2, 3)] + beside, size, dimension, seed)
    both = embeddings.vectors(pairs, [around[k] for k in (-3, -2, -1, 2, 3, 4)], couples, dimension, seed + 1)
    np.savez(work / "vectors.npz", characters=own, pairs=both)


def unlabelled(settings: dict[str, Any]) -> Iterator[str]:
    """Every text of the files in `unlabelled`, and the training pages."""
    for path in settings["unlabelled"]:
        with corpora.open_packed(Path(path)) as lines:
            for line in lines:
                if not line.startswith("{"):
                    yield line.replace(" ", "")
                    continue
                row = json.loads(line)
                for key in ("t", "x", "text"):
                    yield from (t for t in row.get(key, "").split("\n") if t.strip())
    for folder in settings["pages"]:
        for p in corpora.read_pages(Path(folder) / "pages", Path(folder) / "gold"):
            yield p.text


def augmenter(settings: dict[str, Any], data: Corpora, rng: random.Random) -> Augmenter:
    lists = {k: Path(v) for k, v in settings["lists"].items()}
    foreign = [s.text[a:b] for s in data.samples["msra"] for a, b, k in s.spans if k == "PER"]
    people = People(lists["surnames"], lists["people"], foreign, rng)
    return Augmenter(people, Places(lists["divisions"], rng), data.pages, rng)


def renewed(data: Corpora, vocabulary: Vocabulary, make: Augmenter, rng: random.Random, copies: int) -> Batches:
    """Fresh samples of the labelled pages: once as they are, `copies` times with other names; other text once of each; lines of names."""
    articles: dict[tuple[str, int, int], list[corpora.Paragraph]] = {}
    for i, p in enumerate(data.pages):
        articles.setdefault((p.page, p.article, i if p.article < 0 else -1), []).append(p)
    samples = [p.sample() for p in data.pages]
    for _ in range(copies):
        for paragraphs in articles.values():
            samples += make.article(paragraphs)
    for piece in data.readings:
        samples += [piece.sample(), *make.article([piece])]
    samples += make.lines(len(data.pages) * copies // 8)
    samples += make.sentences(len(data.pages) * copies // 2)
    return Batches(samples, vocabulary, rng)


# ---------------------------------------------------------------------------------------------- the whole
def train(settings: dict[str, Any]) -> None:
    """All steps, from the corpora to the folder `output`."""
    seed = int(settings["seed"])
    work = Path(settings["work"])
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    if not (work / "vectors.npz").exists():
        make_vectors(settings["vectors"] | {"pages": settings["pages"], "seed": seed}, work)
    if not (work / "words.npz").exists():
        ids, pairs = np.load(work / "ids.npy"), np.load(work / "pairs.npy")
        words.make(settings["words"] | {"seed": seed}, load_pairs(work), ids, pairs, work / "words.npz")
    width = int(settings["width"])
    if not (work / "encoder.pt").exists():
        encoder = new_encoder(work, width)
        ids, pairs = np.load(work / "ids.npy"), np.load(work / "pairs.npy")
        pretrain(encoder, ids, pairs, int(settings["pretraining_steps"]), work / "encoder.pt", seed=seed)
    learn(settings)
    vocabulary, tagger, out = load_vocabulary(work), new_tagger(settings), Path(settings["output"])
    export_tables(vocabulary, tagger, out)
    for number, ends in enumerate(settings.get("networks", [[settings["phases"][-1]["name"]]]), 1):
        tagger.load_state_dict(mean_of(work, ends), strict=False)
        export(tagger, out / f"network-{number}.npz")
    if unseen := list(_unseen(settings)):
        print("powers of scores:", calibrate(out, unseen))
    quantise_trained(settings)


def _unseen(settings: dict[str, Any]) -> Iterator[Sample]:
    """Labelled text that the model has not learnt from: held-out readings and the dev pages."""
    if "readings" in settings:
        readings = settings["readings"]
        yield from (p.sample() for p in named(Path(readings["held_out"]), readings["sources"]))
    if dev := settings.get("score", {}).get("dev"):
        yield from (p.sample() for p in corpora.read_pages(Path(dev["pages"]), Path(dev["gold"])))


def new_tagger(settings: dict[str, Any]) -> Tagger:
    """The pretrained encoder under fresh heads."""
    torch.manual_seed(int(settings["seed"]))
    work = Path(settings["work"])
    encoder = new_encoder(work, int(settings["width"]), float(settings["dropout"]))
    encoder.load_state_dict(torch.load(work / "encoder.pt"), strict=False)
    return Tagger(encoder, {name: tag_count(name) for name in CONVENTIONS})


def mean_of(work: Path, phases: list[str]) -> dict[str, torch.Tensor]:
    """The mean of the weights at the end of these phases (a "model soup", Wortsman et al. 2022): steadier than each of them."""
    states = [torch.load(work / f"{phase}.pt") for phase in phases]
    return {key: torch.stack([state[key] for state in states]).mean(0) for key in states[0]}


def learn(settings: dict[str, Any]) -> None:
    """The supervised phases, each from the one before or from the one it names as `start`: "encoder" is what was pretrained.

    The weights of each go to a file of its name in the folder `work`.
    """
    torch.set_num_threads(1)
    work, seed = Path(settings["work"]), int(settings["seed"])
    vocabulary, data, tagger = load_vocabulary(work), Corpora(settings), new_tagger(settings)
    rng = random.Random(seed)
    torch.manual_seed(seed)
    make = augmenter(settings, data, rng)
    for part in settings["phases"]:
        phase, kept = part["name"], work / f"{part['name']}.pt"
        if kept.exists():
            tagger.load_state_dict(torch.load(kept), strict=False)
            continue
        if part.get("start") == "encoder":
            tagger = new_tagger(settings)
        elif "start" in part:
            tagger.load_state_dict(torch.load(work / f"{part['start']}.pt"), strict=False)
        tagger.encoder.dropout.rate = float(part.get("dropout", settings["dropout"]))
        told = read_told(settings["told"], int(part["every"])) if "every" in part else {}
        streams = {name: Batches(samples, vocabulary, rng) for name, samples in (data.samples | told).items()}
        copies = int(part["copies"])

        def renew(copies: int = copies) -> Batches:
            return renewed(data, vocabulary, make, rng, copies)

        streams["news"] = renew()
        print(phase, {name: f"{s.total:,}" for name, s in streams.items()}, flush=True)
        run(tagger, streams, part["shares"], int(part["steps"]), float(part["learning_rate"]), rng, renew)
        torch.save({k: v.float() for k, v in tagger.state_dict().items() if k not in TABLES}, kept)


def export_tables(vocabulary: Vocabulary, tagger: Tagger, out: Path) -> None:
    """Write `names.npz`: the vocabulary, the vectors of pairs and words in 8 bits with one scale a dimension, the labels."""
    kept: dict[str, np.ndarray] = {
        "characters": vocabulary.characters,
        "pair_keys": vocabulary.pair_keys,
        "word_keys": vocabulary.word_keys,
        "labels": np.frombuffer(json.dumps({h: CONVENTIONS[h] for h in WITH_CRF}).encode(), dtype=np.uint8),
        "dilations": np.frombuffer(json.dumps(PAIRS).encode(), dtype=np.uint8),
    }
    state = tagger.state_dict()
    for name in TABLES:
        table = state[name].float().numpy()
        scale = np.maximum(np.abs(table).max(0), 1e-6) / 127
        what = name.removeprefix("encoder.").removesuffix("s")
        kept[f"{what}_vectors"], kept[f"{what}_scale"] = (
            np.round(table / scale).astype(np.int8),
            scale.astype(np.float32),
        )
    out.mkdir(parents=True, exist_ok=True)
    _save(out / "names.npz", kept)


def export(tagger: Tagger, path: Path) -> None:
    """Write a network: its weights in 16 bits, with the heads news and msra."""
    kept = {}
    for key, value in tagger.state_dict().items():
        if key in TABLES or (key.startswith(("heads.", "transitions.")) and key.split(".")[1] not in WITH_CRF):
            continue
        name = key.removeprefix("encoder.").replace("characters.weight", "character_vectors")
        weights = value.float().numpy()
        weights = weights[:-1] if name == "character_vectors" else weights  # but the one that hides in pretraining
        kept[name] = (weights[:, :, 0] if weights.ndim == 4 else weights).astype(np.float16)
    _save(path, kept)


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
