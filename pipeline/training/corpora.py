"""Read the corpora of names: texts with spans, each with the convention of labels it follows."""

from __future__ import annotations

import gzip
import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pipeline.records import EVENT_TYPES

Spans = list[tuple[int, int, str]]

NEWS = ("PER", "PLACE", "ORG", "POST")
MSRA = ("PER", "LOC", "ORG")
CLUENER = (
    "name", "organization", "position", "company", "address", "game", "government", "scene", "book", "movie",
)  # fmt: skip
RESUME = ("NAME", "ORG", "TITLE", "EDU", "PRO", "CONT", "RACE", "LOC")
# Tags of PFR that are worth telling apart; every other one is "x".
PFR = ("nr", "ns", "nt", "nz", "n", "t", "m", "q", "v", "vn", "a", "d", "p", "u", "c", "r", "w", "x")
# What `pipeline.training.tellings` reads, beside names.
TELLINGS: dict[str, tuple[str, ...]] = {
    "events": EVENT_TYPES,
    "roles": ("agent", "recipient", "participant", "object"),
    "counted": ("quantity", "object"),
    "sentences": ("trigger", "subject", "object", "time", "location"),
    "emergencies": ("denoter", "participant", "object", "location", "time"),
}
CONVENTIONS: dict[str, tuple[str, ...]] = {
    "news": NEWS, "msra": MSRA, "cluener": CLUENER, "resume": RESUME, "pfr": PFR, **TELLINGS,
}  # fmt: skip
_GRAM = 8


@dataclass(frozen=True)
class Sample:
    """A text without line ends, with the outermost spans of one convention."""

    text: str
    spans: Spans
    convention: str


def open_packed(path: Path) -> TextIO:
    """A text in UTF-8 packed as .xz or .gz, for reading."""
    return (lzma.open if path.suffix == ".xz" else gzip.open)(path, "rt", encoding="utf-8")  # type: ignore[return-value]


def read_spans(path: Path, convention: str) -> Iterator[Sample]:
    """A file of `{"text", "spans"}` lines, spans of the convention only."""
    labels = set(CONVENTIONS[convention])
    with open_packed(path) as lines:
        for line in lines:
            row = json.loads(line)
            spans = [(a, b, label) for a, b, label in row["spans"] if label in labels]
            yield Sample(row["text"], outermost(spans), convention)


def read_pfr(path: Path) -> Iterator[Sample]:
    """Every word of PFR with its tag as a span; paragraphs are cut into sentences."""
    known = set(PFR)
    with open_packed(path) as lines:
        for line in lines:
            text, spans = "", []
            for token in line.split():
                word, _, tag = token.rpartition("/")
                if not word:
                    continue
                spans.append((len(text), len(text) + len(word), tag if tag in known else "x"))
                text += word
                if (word in "。！？；" and len(text) > 20) or len(text) > 150:
                    yield Sample(text, spans, "pfr")
                    text, spans = "", []
            if text:
                yield Sample(text, spans, "pfr")


def outermost(spans: Iterable[tuple[int, int, str]]) -> Spans:
    """The spans that lie in no other one, in order."""
    kept: Spans = []
    for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, label))
    return kept


# ---------------------------------------------------------------------------------------------- labelled pages
_ENDS = frozenset("。！？!?”…）)；;：:")
_LEVELS = {"市": "city", "县": "county", "区": "county", "镇": "town", "乡": "town", "村": "village"}
_MARKED = re.compile(r"([^〔]*)〔([A-Z]*)\|([^〕]*)〕")
_OPENS = frozenset("，。、；：,;!?！？)）”")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a labelled page, column breaks taken out: text and (start, end, type, level) of every mention."""

    page: str
    article: int
    text: str
    mentions: list[tuple[int, int, str, str | None]]

    def sample(self) -> Sample:
        """The outermost mentions as spans."""
        return Sample(self.text, outermost((a, b, kind) for a, b, kind, _ in self.mentions), "news")


def level_of(place: str) -> str | None:
    """The level that the end of a place's name tells, None if none."""
    return "community" if place.endswith("社区") else _LEVELS.get(place[-1])


def read_marked(folder: Path) -> Iterator[Paragraph]:
    """The lines of a folder's text files, each a paragraph with its names marked: `〔PLACE|望江路〕`."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            text = ""
            mentions: list[tuple[int, int, str, str | None]] = []
            for between, kind, name in _MARKED.findall(line + "〔|〕"):
                text += between
                if name:
                    level = level_of(name) if kind == "PLACE" else None
                    mentions.append((len(text), len(text) + len(name), kind, level))
                    text += name
            yield Paragraph(path.stem, number, text, mentions)


def read_pages(pages: Path, gold: Path) -> Iterator[Paragraph]:
    """The paragraphs of labelled pages: of bodies as gold tells them, every other line by itself."""
    for path in sorted(gold.glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        raw = (pages / row["page"]).read_bytes().decode("utf-8")
        yield from _paragraphs(path.stem, row, raw)


def _paragraphs(page: str, row: dict, raw: str) -> Iterator[Paragraph]:
    body = [-1] * len(raw)
    for number, article in enumerate(row["articles"]):
        for start, end in article["body"]:
            body[start:end] = [number] * (end - start)
    mentions = sorted(
        {(m["start"], m["end"], m["type"], m["level"]) for a in row["articles"] for m in a["mentions"]},
        key=lambda m: (m[0], -m[1]),
    )
    lines: list[list[int]] = []  # raw offsets of the characters of each paragraph
    at = 0
    for line in raw.splitlines(keepends=True):
        kept = line.strip()
        start = at + line.find(kept) if kept else at
        at += len(line)
        if not kept:
            continue
        offsets = list(range(start, start + len(kept)))
        before = lines[-1] if lines else None
        if before and body[before[-1]] == body[start] >= 0 and _goes_on(raw[before[-1]], kept):
            before += offsets
        else:
            lines.append(offsets)
    for offsets in lines:
        place = {raw_at: i for i, raw_at in enumerate(offsets)}
        inside = [
            (place[a], place[b - 1] + 1, kind, level) for a, b, kind, level in mentions if a in place and b - 1 in place
        ]
        yield Paragraph(page, body[offsets[0]], "".join(raw[i] for i in offsets), inside)


def _goes_on(last: str, line: str) -> bool:
    if last in _ENDS and line[0] not in _OPENS:
        return False
    return len(line) >= 25 or line[-1] in "。！？”" or line[0] in _OPENS


# ---------------------------------------------------------------------------------------------- dev split
def split_dev(samples: list[Sample], size: int, seed: int) -> tuple[list[Sample], list[Sample]]:
    """Training and dev part; a text most of whose 8-grams stand in another text is never taken for dev."""
    seen: Counter[str] = Counter()
    for sample in samples:
        seen.update(_grams(sample.text))
    order = list(range(len(samples)))
    random.Random(seed).shuffle(order)
    chosen: set[int] = set()
    for i in order:
        grams = _grams(samples[i].text)
        if len(chosen) < size and len(grams) >= 4 and sum(seen[g] > 1 for g in grams) <= len(grams) / 2:
            chosen.add(i)
    return [s for i, s in enumerate(samples) if i not in chosen], [samples[i] for i in sorted(chosen)]


def without(samples: Iterable[Sample], held_out: Iterable[Sample]) -> list[Sample]:
    """The samples less those that share more than a third of their 8-grams with a held-out text."""
    known = {gram for sample in held_out for gram in _grams(sample.text)}
    kept = []
    for sample in samples:
        grams = _grams(sample.text)
        if not grams or sum(g in known for g in grams) <= len(grams) / 3:
            kept.append(sample)
    return kept


def _grams(text: str) -> set[str]:
    from pipeline.language.networks import normalise

    text = normalise(text)
    return {text[i : i + _GRAM] for i in range(len(text) - _GRAM + 1)}
