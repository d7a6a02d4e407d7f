"""Words that tell the year of a page, counted over dated national news: writes `lexicon/year_words.tsv`.

Counted is on how many days of each year a run of Chinese characters is said in news of towns, villages and people.
Kept are runs that are words, are no names, and stand in some years far more than in others. Months that
`held_out` names are not counted: on them the finished lexicon is tried.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.folding import fold
from pipeline.language.names import load_model, names_of
from pipeline.language.segmenter import blank_chinese
from pipeline.language.words import hashes_up_to
from pipeline.lexicon import FOLDER
from pipeline.lexicon.trie import Finder
from pipeline.page.year_words import TENTHS, WORD_YEARS, word_points
from pipeline.training.corpora import open_packed

Counts = dict[str, NDArray[np.float64]]  # (Y,) days of each year on which a run is said

_LOCAL = re.compile("村|社区|县|乡|镇|街道|居民|群众|农民|农户|市民|老人|学生")
_NOISE = re.compile(r"\(?视频编辑.*|^[^。]{0,20}新闻联播\)[:：]")
_LONGEST = 8
_SENTENCE = re.compile("[。!?\n]")
_HEAD = """\
# Words that tell the year of a page: how much oftener each is said in a year than in all, as tenths of the natural logarithm.
# source: counted by `python -m pipeline.train years configs/train.yaml` over dated national news of 2012 to 2026; counts only
# licence: Apache-2.0
"""


def held_out(day: str, every: int) -> bool:
    """Whether a day (YYYYMMDD) is of a month that is kept for trying."""
    return (int(day[:4]) * 12 + int(day[4:6])) % every == 0


def read(path: Path) -> Iterator[tuple[str, str]]:
    """Day and text, folded and without white space, of each item that tells of local things."""
    with open_packed(path) as lines:
        for line in lines:
            item = json.loads(line)
            text = "".join(fold(_NOISE.sub("", item["t"] + "\n" + item["x"])).split())
            if _LOCAL.search(text):
                yield item["d"], text


def count(items: Iterable[tuple[str, str]], least: int) -> tuple[Counts, NDArray[np.float64]]:
    """The runs of 2 to 8 Chinese characters said on `least` days or more, and the number of days of each year."""
    days: defaultdict[str, list[str]] = defaultdict(list)
    for day, text in items:
        days[day].append(text)
    order = sorted(days)
    year = np.array([WORD_YEARS.index(int(day[:4])) for day in order], dtype=np.uint8)
    codes = [np.frombuffer("\n".join(days[day]).encode("utf-32-le"), dtype=np.uint32) for day in order]
    codes = [np.where((code >= 0x4E00) & (code <= 0x9FFF), code, 0) for code in codes]
    found: Counts = {}
    for length in range(2, _LONGEST + 1):
        runs = [_hashed(code, length) for code in codes]
        said = [np.setdiff1d(run, [0]) for run in runs]
        keys, days_said = np.unique(np.concatenate(said), return_counts=True)
        keys = keys[days_said >= least]
        table = np.zeros((len(keys), len(WORD_YEARS)))
        for run, column in zip(said, year, strict=True):
            table[np.isin(keys, run, assume_unique=True), column] += 1
        left = np.arange(len(keys))
        for code, run in zip(codes, runs, strict=True):
            values, first = np.unique(run, return_index=True)
            _, rows, places = np.intersect1d(keys[left], values, assume_unique=True, return_indices=True)
            for row, at in zip(left[rows].tolist(), first[places].tolist(), strict=True):
                found["".join(map(chr, code[at : at + length]))] = table[row]
            left = np.delete(left, rows)
            if not len(left):
                break
    return found, np.bincount(year, minlength=len(WORD_YEARS)).astype(float)


def _hashed(code: NDArray[np.uint32], length: int) -> NDArray[np.uint64]:
    return next(value for size, value in hashes_up_to(code, length) if size == length)


def tell(counts: Counts, days: NDArray[np.float64], settings: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """(Y,) log ratios of the runs that tell a year, no longer than they must be and no pieces of longer ones."""
    ratios: dict[str, NDArray[np.float64]] = {}
    worth: dict[str, float] = {}
    for run, said in counts.items():
        rate = said.sum() / days.sum()
        of_year = (said + settings["smoothing"] * rate) / (days + settings["smoothing"])
        # a page is of a town, which takes up a word a little before or after the nation's news
        near = np.convolve(of_year, [settings["beside"], 1.0, settings["beside"]], "same")
        near /= np.convolve(np.ones_like(of_year), [settings["beside"], 1.0, settings["beside"]], "same")
        share = near / near.sum()
        worth[run] = float((share * np.log(share * len(share))).sum())
        ratios[run] = np.clip(np.log(near / rate), settings["lowest"], settings["highest"])
    telling = {run for run in counts if worth[run] >= settings["worth"]}
    for run in counts:
        telling -= {part for part in (run[1:], run[:-1]) if part in telling and _days(counts, run, part) >= 0.8}
    kept: dict[str, NDArray[np.float64]] = {}
    for run in sorted(telling, key=lambda run: (len(run), run)):
        parts = {run[i:j] for i in range(len(run)) for j in range(i + 2, len(run) + 1)} - {run}
        if not any(part in kept and worth[part] >= 0.8 * worth[run] for part in parts):
            kept[run] = ratios[run]
    return kept


def _days(counts: Counts, run: str, part: str) -> float:
    return float(counts[run].sum() / counts[part].sum())


def words(terms: Iterable[str], texts: Iterable[str], sentences: int) -> set[str]:
    """The terms that stand as whole words in most of their sentences and are seldom part of a name."""
    finder = Finder(set(terms))
    seen: Counter[str] = Counter()
    chosen: list[str] = []
    for text in texts:
        for sentence in _SENTENCE.split(text):
            hits = {sentence[a:b] for a, b in finder.find(sentence)} if 10 < len(sentence) < 90 else set()
            if any(seen[hit] < 4 for hit in hits):
                seen.update(hits)
                chosen.append(sentence)
        if len(chosen) >= sentences:
            break
    nlp, model = blank_chinese(None), load_model()
    all_, whole, named = Counter[str](), Counter[str](), Counter[str]()
    for sentence in chosen:
        edges = {0} | {token.idx + len(token) for token in nlp.make_doc(sentence)}
        of_names = {i for name in names_of(model, sentence) for i in range(name[0], name[1])}
        for start, end in finder.find(sentence):
            term = sentence[start:end]
            all_[term] += 1
            whole[term] += start in edges and end in edges
            named[term] += start in of_names or end - 1 in of_names
    return {t for t in all_ if all_[t] >= 2 and whole[t] >= 0.75 * all_[t] and named[t] < 0.3 * all_[t]}


def train(settings: Mapping[str, Any]) -> None:
    """Count, choose, write, and print how often the held-out months' news, by twelve items, is put into its year."""
    items = list(read(Path(settings["corpus"])))
    every = settings["held_out"]
    learned = [item for item in items if not held_out(item[0], every)]
    telling = tell(*count(learned, settings["least"]), settings)
    order = np.random.default_rng(settings["seed"]).permutation(len(learned))
    kept = words(telling, (learned[i][1] for i in order), settings["sentences"])
    with open(FOLDER / "year_words.tsv", "w", encoding="utf-8") as file:
        file.write(_HEAD + "\t".join(("word", *map(str, WORD_YEARS))) + "\n")
        for term in sorted(kept):
            file.write("\t".join((term, *(str(round(TENTHS * x)) for x in telling[term]))) + "\n")
    print(len(kept), "words; right among held-out months:", try_out([i for i in items if held_out(i[0], every)]))


def try_out(items: list[tuple[str, str]], size: int = 12) -> float:
    """The share of groups of items of one month that are put into their year by these words alone."""
    months: defaultdict[str, list[str]] = defaultdict(list)
    for day, text in items:
        months[day[:6]].append(text)
    right = total = 0
    for month, texts in months.items():
        for at in range(0, len(texts) - size + 1, size):
            scores: defaultdict[int, float] = defaultdict(float)
            for year, weight in word_points("".join(texts[at : at + size]), list(WORD_YEARS)):
                scores[year] += weight
            right += max(scores, key=lambda y: scores[y]) == int(month[:4])
            total += 1
    return right / total if total else 0.0
