"""Pages put together at random from articles, to train on: with and without bylines, of one subject or of several,
with subheads, pictures, column breaks and headlines at the foot."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.page.blocks import blocks_of
from pipeline.training.broadcasts import Item

_KINDS = ("news", "feature", "brief", "caption")
_ROLES = {"reporter": "记者", "correspondent": "通讯员", "photographer": "摄影"}
_CLAUSE_END = re.compile("[，。；：、“”？！,;:?!（）()]+")
_PART_END = re.compile("[ 　，：—]+")
_SUBHEAD_LENGTHS = (5, 6, 7, 7, 8, 8, 9, 10, 12, 14)
_WIDE_BETWEEN, _WIDE_WITHIN, _WIDE_BREAK = 0.35, 0.05, 0.15  # share of gaps of three blank lines
_BROKEN = 0.25  # share of paragraphs that a column breaks
_NUMERALS = "一二三四五"


@dataclass(frozen=True)
class Unit:
    """An article as it is told: `source` names its page."""

    source: str
    kind: str
    headline: str | None
    kickers: tuple[str, ...]
    paragraphs: tuple[str, ...]
    bylines: tuple[tuple[str, str], ...] = ()  # name, role

    @property
    def signature(self) -> str:
        """Its bylines in one line, each role once."""
        out: list[str] = []
        before = None
        for name, role in self.bylines:
            out.append((f"{_ROLES[role]} " if role != before else "") + name)
            before = role
        return " ".join(out)


def units(pages: Path, gold: Path) -> Iterator[Unit]:
    """The articles of labelled pages, column breaks mended."""
    for path in sorted(gold.glob("*.json")):
        page = (pages / f"{path.stem}.txt").read_text(encoding="utf-8")
        blocks = blocks_of(page)
        for article in json.loads(path.read_text(encoding="utf-8"))["articles"]:
            if article["kind"] not in _KINDS:
                continue
            paragraphs: list[str] = []
            for block in blocks:
                pieces = [
                    page[max(line.start, start) : min(line.end, end)]
                    for line in block.paragraph.lines
                    for start, end in article["body"]
                    if line.start < end and line.end > start
                ]
                if text := "".join(pieces).strip():
                    paragraphs.append(text)
            kickers = tuple(k for k in (article["kicker"] or "").split(" / ") if k)
            bylines = tuple((b["name"], b["role"]) for b in article["bylines"])
            if paragraphs:
                yield Unit(str(path), article["kind"], article["headline"], kickers, tuple(paragraphs), bylines)


def told(item: Item) -> Unit:
    return Unit("", "news", item.title, (), item.paragraphs)


def themes(items: list[Item], noise: random.Random, number: int) -> list[list[Unit]]:
    """Groups of items whose titles and texts share a string that few others have."""
    having: dict[str, set[int]] = defaultdict(set)
    for k, item in enumerate(items):
        text = "".join(item.paragraphs)
        for run in re.findall("[一-鿿]{3,}", item.title):
            for at in range(len(run) - 2):
                if (gram := run[at : at + 3]) in text:
                    having[gram].add(k)
    rare = sorted(gram for gram, found in having.items() if 8 <= len(found) <= 90)
    out = []
    for gram in noise.sample(rare, min(number, len(rare))):
        found = sorted(having[gram])
        out.append([told(items[k]) for k in noise.sample(found, min(len(found), 10))])
    return out


def title_parts(items: list[Item]) -> list[str]:
    """Parts of titles of two parts: short, whole and about anything, as subheads are."""
    found = set()
    for item in items:
        parts = _PART_END.split(item.title)
        found |= {p for p in parts if len(parts) > 1 and re.fullmatch("[一-鿿]{4,13}", p)}
    return sorted(found)


class Maker:
    """Makes pages: (text, articles as in gold, with `body`, `headline`, `kicker` and `bylines`)."""

    def __init__(self, noise: random.Random, parts: list[str]):
        self.noise, self.parts = noise, parts
        self.out: list[str] = []
        self.size = 0

    def put(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text)

    def gap(self, wide: float) -> None:
        if self.out:
            self.put("\n" * (4 if self.noise.random() < wide else 2))

    def page(self, chosen: list[Unit], signed: float, foot: float, subheads: float) -> tuple[str, list[dict[str, Any]]]:
        """A page of the units in order: with shares of the signed, of pages with a headline at the foot, and of long texts
        with subheads."""
        noise = self.noise
        self.out, self.size = [], 0
        captions = [unit for unit in chosen if unit.kind == "caption"]
        chosen = [unit for unit in chosen if unit.kind != "caption" or unit is captions[0]]
        headed = [k for k, unit in enumerate(chosen) if unit.headline and unit.kind != "caption"]
        moved = noise.choice(headed) if headed and noise.random() < foot else None
        articles, last = [], []
        for k, unit in enumerate(chosen):
            heading = self.heading(unit)
            if k == moved:
                last, heading = heading, []
            articles.append(self.article(unit, heading, noise.random() < signed, subheads))
        for line in last:
            self.gap(0.5)
            self.put(line)
        self.put("\n")
        return "".join(self.out), articles

    def heading(self, unit: Unit) -> list[str]:
        if not unit.headline:
            return []
        lines = [unit.headline]
        spaces = [m.start() for m in re.finditer("[ 　]", unit.headline)]
        if spaces and self.noise.random() < 0.5:
            at = self.noise.choice(spaces)
            lines = [unit.headline[:at], unit.headline[at + 1 :]]
        kickers = list(unit.kickers) if self.noise.random() < 0.5 else []
        return lines + kickers if self.noise.random() < 0.3 else kickers + lines

    def article(self, unit: Unit, heading: list[str], signed: bool, subheads: float) -> dict[str, Any]:
        noise = self.noise
        picture = unit.kind == "caption"
        style = (
            noise.choice(["above", "dateline", "behind", "below"]) if signed and unit.bylines and not picture else None
        )
        wide = _WIDE_BETWEEN
        for line in heading:
            self.gap(wide)
            wide = _WIDE_WITHIN
            self.put(line)
        if style == "above":
            self.gap(wide)
            wide = _WIDE_WITHIN
            self.put(noise.choice(["■ ", "□ ", "", "◎"]) + unit.signature.replace("记者", "本报记者", 1))
        before = ""
        if style == "dateline":
            before = f"本报讯{noise.choice(['', ' '])}({unit.signature})"
        elif not style and noise.random() < 0.08:
            before = "本报讯 "
        body: list[list[int]] = []
        for text, is_subhead in self.sections(unit.paragraphs, 0.0 if picture else subheads):
            for piece, stretch in enumerate([text] if is_subhead else self.broken(text)):
                self.gap(_WIDE_BREAK if piece else wide)
                wide = _WIDE_WITHIN
                self.put(before)
                before = ""
                body.append([self.size, self.size + len(stretch)])
                self.put(stretch)
        if picture and unit.bylines:
            self.put(" " + " ".join(name for name, _ in unit.bylines) + " 摄")
        elif style == "behind":
            self.put(f"({unit.signature})")
        elif style == "below":
            self.gap(0.02)
            self.put(noise.choice(["({})", "{}", "■ {}"]).format(unit.signature))
        names = unit.bylines if style or picture else ()
        return {
            "body": body,
            "headline": unit.headline,
            "kicker": " / ".join(unit.kickers),
            "bylines": [{"name": name, "role": role} for name, role in names],
        }

    def broken(self, text: str) -> list[str]:
        if len(text) <= 30 or self.noise.random() >= _BROKEN:
            return [text]
        at = self.noise.randint(4, len(text) - 5)
        return [text[:at].rstrip(), text[at:].lstrip()]

    def sections(self, paragraphs: tuple[str, ...], share: float) -> list[tuple[str, bool]]:
        """The paragraphs, with subheads between them that share some of their words."""
        noise, count = self.noise, len(paragraphs)
        if count < 3 or noise.random() >= share:
            return [(text, False) for text in paragraphs]
        at = sorted(noise.sample(range(0 if noise.random() < 0.1 else 1, count), noise.randint(1, min(4, count - 1))))
        length, two, numbered = noise.choice(_SUBHEAD_LENGTHS), noise.random() < 0.25, noise.random() < 0.08
        out: list[tuple[str, bool]] = []
        for k, text in enumerate(paragraphs):
            if k in at:
                end = min([other for other in at if other > k], default=count)
                section = "".join(paragraphs[k:end])
                line = " ".join(self.subhead(section, length) for _ in range(1 + two))
                if not two and noise.random() < 0.2:
                    line = f"“{line}”"
                out.append((f"{_NUMERALS[at.index(k)]}、{line}" if numbered else line, True))
            out.append((text, False))
        return out

    def subhead(self, section: str, length: int) -> str:
        """About `length` characters: part of a title, a clause of the section, or half of each."""
        noise = self.noise
        clauses = [c for c in _CLAUSE_END.split(section[20:]) if re.fullmatch("[一-鿿0-9]{4,18}", c)]
        strange = min(noise.sample(self.parts, min(20, len(self.parts))), key=lambda p: abs(len(p) - length))
        own = noise.choice(sorted(clauses, key=lambda c: abs(len(c) - length))[:3]) if clauses else strange
        choice = noise.random()
        if choice < 0.5:
            return strange
        if choice < 0.65:
            return own[: len(own) // 2] + strange[len(strange) // 2 :]
        if choice < 0.8:
            return strange[: len(strange) // 2] + own[len(own) // 2 :]
        return own
