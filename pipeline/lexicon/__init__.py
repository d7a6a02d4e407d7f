"""Reads and checks the lexicon files beside this module, so that a linguist's slip is named by file, line and column.

A TSV lexicon: comment lines begin with `#`, blank lines are skipped, the first other line names the columns. Cells are
parted by one tab and hold no white space at their ends; empty cells at the end of a line may be left out.
A YAML lexicon: plain YAML without tags; a key given twice is refused.
Both begin with comments that hold `# source:` and `# licence:`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
HEAD = ("source", "licence")


class LexiconError(ValueError):
    """What is wrong in a lexicon file, and where: lines count from 1, columns of a TSV go by name."""

    def __init__(self, file: Path, line: int, column: str | int | None, message: str):
        place = f"{file.name}, line {line}" + (f", column {column}" if column is not None else "")
        super().__init__(f"{place}: {message}")


class Row(dict[str, str]):
    """A line of a TSV lexicon: cells by column name, and the checks that a reader of the lexicon wants on them."""

    __slots__ = ("file", "line")

    def __init__(self, cells: dict[str, str], file: Path, line: int):
        super().__init__(cells)
        self.file, self.line = file, line

    def error(self, column: str, message: str) -> LexiconError:
        """The error to raise when the cell in `column` does not suit the reader."""
        return LexiconError(self.file, self.line, column, message)

    def number(self, column: str) -> float:
        """The cell as a number; LexiconError if it is none."""
        try:
            return float(self[column])
        except ValueError:
            raise self.error(column, f"{self[column]!r} is not a number") from None

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """The cell, which must be one of `allowed`; LexiconError if it is not."""
        if self[column] not in allowed:
            raise self.error(column, f"{self[column]!r} is not one of {', '.join(sorted(allowed))}")
        return self[column]

    def list(self, column: str, separator: str = " ") -> list[str]:
        """The parts of a cell that holds several values; none if it is empty."""
        return [part for part in self[column].split(separator) if part]


def load_tsv(
    name: str | Path, columns: Sequence[str], optional: Collection[str] = (), key: Sequence[str] = ()
) -> list[Row]:
    """The rows of a TSV lexicon, in the order of the file.

    `name` is a file name in the lexicon folder (`units.tsv`) or an absolute path. The file must have exactly `columns`,
    in any order; cells may be empty in those of `optional` only; no two rows may share all cells of `key`.
    Raises LexiconError.
    """
    file = FOLDER / name
    lines = _read(file)
    header: list[str] | None = None
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            if sorted(header) != sorted(columns):
                raise LexiconError(file, number, None, f"columns are {header}, expected {list(columns)}")
            continue
        if len(cells) > len(header):
            raise LexiconError(file, number, None, f"{len(cells)} cells for {len(header)} columns")
        row = Row(dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True)), file, number)
        for column, cell in row.items():
            if cell != cell.strip():
                raise row.error(column, f"white space around {cell!r}")
            if not cell and column not in optional:
                raise row.error(column, "empty")
        if key:
            value = tuple(row[column] for column in key)
            if value in seen:
                raise row.error(key[0], f"{' '.join(value)!r} is already on line {seen[value]}")
            seen[value] = number
        rows.append(row)
    if header is None:
        raise LexiconError(file, len(lines), None, "no line with the names of the columns")
    return rows


def load_yaml(name: str | Path, keys: Collection[str] = ()) -> Any:
    """The content of a YAML lexicon.

    `name` is a file name in the lexicon folder or an absolute path. With `keys`, the file must be a mapping that has
    exactly these keys. Raises LexiconError.
    """
    file = FOLDER / name
    text = "\n".join(_read(file))
    try:
        content = yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise LexiconError(file, line, column, error.problem or "not YAML") from None
    if keys and (not isinstance(content, dict) or set(content) != set(keys)):
        got = sorted(map(str, content)) if isinstance(content, dict) else type(content).__name__
        raise LexiconError(file, 1, None, f"keys are {got}, expected {sorted(keys)}")
    return content


def _read(file: Path) -> list[str]:
    """The lines of a lexicon file, whose head must tell source and licence."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise LexiconError(file, 1, None, f"not UTF-8: byte {error.start}") from None
    lines = [line.rstrip("\r") for line in lines]
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line[1:].strip())
    for word in HEAD:
        if not any(line.startswith(f"{word}:") and line[len(word) + 1 :].strip() for line in head):
            raise LexiconError(file, 1, None, f"the comments at the head lack a line '# {word}: …'")
    return lines


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML lets the last one win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
