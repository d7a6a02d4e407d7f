"""What we marked in public text (`corpus/readings`), without the text: that stays where it came from.

A line is `FILE:ROW:START:LENGTH:DIGEST`, a tab, and marks joined by `;`, offsets in the piece. FILE is a key of the section
`sources` of the configuration, ROW the number of its line, START and LENGTH say which piece of that line's text, its line ends
taken out; DIGEST, eight characters of SHA-256, tells that the piece is the one that was marked.
Marks are `START END TYPE` in `names`; in `events` `START END TYPE`, `TYPE!` if planned, and `START END ROLE` of each argument
behind it, joined by `,`; in `counted` `START END` of a quantity and, if words say what it counts, `START END` of them behind it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.training.corpora import Paragraph, level_of, open_packed


@dataclass(frozen=True)
class Piece:
    """A piece of a row of a public corpus, and what was marked in it."""

    source: str
    row: int
    text: str
    marks: tuple[str, ...]


def pieces(folder: Path, sources: Mapping[str, str]) -> Iterator[Piece]:
    """The pieces of all files of a folder. Raises ValueError if one is another than the one that was marked."""
    wanted: dict[str, dict[int, list[tuple[int, int, str, str]]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            place, _, marks = line.partition("\t")
            source, row, begin, size, digest = place.split(":")
            wanted[source][int(row)].append((int(begin), int(size), digest, marks))
    for source, rows in wanted.items():
        for number, text in enumerate(texts(Path(sources[source]))):
            for start, length, digest, marks in rows.get(number, ()):
                piece = text[start : start + length]
                if digest_of(piece) != digest:
                    raise ValueError(f"{sources[source]}, row {number}: not the text that {folder} was marked on")
                yield Piece(source, number, piece, tuple(mark for mark in marks.split(";") if mark))


def named(folder: Path, sources: Mapping[str, str]) -> Iterator[Paragraph]:
    """The pieces whose names were marked."""
    for piece in pieces(folder, sources):
        spans = [(int(a), int(b), kind) for a, b, kind in map(str.split, piece.marks)]
        mentions = [(a, b, kind, level_of(piece.text[a:b]) if kind == "PLACE" else None) for a, b, kind in spans]
        yield Paragraph(piece.source, piece.row, piece.text, mentions)


def texts(path: Path) -> Iterator[str]:
    """The text of each row of a file of JSON lines or of words with tags, without line ends."""
    with open_packed(path) as lines:
        for line in lines:
            if line.startswith("{"):
                row = json.loads(line)
                yield str(row.get("x", row.get("text", ""))).replace("\n", "")
            else:
                yield "".join(token.rpartition("/")[0] for token in line.split())


def digest_of(piece: str) -> str:
    """Eight characters that tell one piece from another."""
    return hashlib.sha256(piece.encode()).hexdigest()[:8]
