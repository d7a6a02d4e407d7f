"""Reads and checks the lexicon files beside this module, so that a linguist's slip is named by file, line and column.

A TSV lexicon: comment lines begin with `#`, blank lines are skipped, the first other line names the columns. Cells are
parted by one tab and hold no white space at their ends; empty cells at the end of a line may be left out.
A YAML lexicon: plain YAML without tags; a key given twice is refused.
Both begin with comments that hold `# source:` and `# licence:`.

A user adds to a shipped lexicon with a file of the same name in a folder of their own (`language.lexicons`), see `use_own`.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
HEAD = ("source", "licence")


class LexiconError(ValueError):
    """What is wrong in a lexicon file, and where: lines count from 1, columns of a TSV go by name."""

    def __init__(self, file: Path, line: int, column: str | int | None, message: str):
        place = (f"{file.name}, line {line}" if line else str(file)) + (
            f", column {column}" if column is not None else ""
        )
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
    rows = _unique(_rows(file, _read(file), columns, optional), key)
    for own in _own_files(name):
        added = _unique(_rows(own, _read(own, head=False), columns, optional, short=True), key)
        replaced = {_key(row, key) for row in added} if key else set()
        rows = [row for row in rows if _key(row, key) not in replaced] + added
    return rows


def _rows(
    file: Path, lines: Sequence[str], columns: Sequence[str], optional: Collection[str], *, short: bool = False
) -> list[Row]:
    """The rows of a file; a `short` one may leave out optional columns."""
    header: list[str] | None = None
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            left_out = set(columns) - set(header) if short else set()
            if sorted([*header, *left_out]) != sorted(columns) or not left_out <= set(optional):
                raise LexiconError(
                    file, number, None, f"columns are {header}, expected {list(columns)}, parted by tabs"
                )
            continue
        if len(cells) > len(header):
            raise LexiconError(file, number, None, f"{len(cells)} cells for {len(header)} columns")
        given = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
        row = Row({column: given.get(column, "") for column in columns}, file, number)
        for column, cell in row.items():
            if cell != cell.strip():
                raise row.error(column, f"white space around {cell!r}")
            if not cell and column not in optional:
                raise row.error(column, "empty")
        rows.append(row)
    if header is None:
        raise LexiconError(file, len(lines), None, "no line with the names of the columns")
    return rows


def _key(row: Row, key: Sequence[str]) -> tuple[str, ...]:
    return tuple(row[column] for column in key)


def _unique(rows: list[Row], key: Sequence[str]) -> list[Row]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows if key else ():
        value = _key(row, key)
        if value in seen:
            raise row.error(key[0], f"{' '.join(value)!r} is already on line {seen[value]}")
        seen[value] = row.line
    return rows


def load_yaml(name: str | Path, keys: Collection[str] = ()) -> Any:
    """The content of a YAML lexicon.

    `name` is a file name in the lexicon folder or an absolute path. With `keys`, the file must be a mapping that has
    exactly these keys. Raises LexiconError.
    """
    file = FOLDER / name
    content = _content(file, _read(file))
    if keys and (not isinstance(content, dict) or set(content) != set(keys)):
        got = sorted(map(str, content)) if isinstance(content, dict) else type(content).__name__
        raise LexiconError(file, 1, None, f"keys are {got}, expected {sorted(keys)}")
    for own in _own_files(name):
        content = _merged(own, content, _content(own, _read(own, head=False)), "")
    return content


def _content(file: Path, lines: Sequence[str]) -> Any:
    try:
        return yaml.load("\n".join(lines), Loader=_UniqueKeyLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise LexiconError(file, line, column, error.problem or "not YAML") from None


def _merged(own: Path, shipped: Any, added: Any, where: str) -> Any:
    """Shipped content with a user's: lists one after the other, the user's first; mappings key by key."""
    if type(shipped) is not type(added) and not (shipped is None or added is None):
        kind = (
            "a mapping" if isinstance(shipped, dict) else "a list" if isinstance(shipped, list) else "a word or number"
        )
        raise LexiconError(own, 1, None, f"{where or 'the file'} must be {kind}, as in the shipped {own.name}")
    if isinstance(shipped, list) and added is not None:
        return added + shipped
    if isinstance(shipped, dict) and added is not None:
        unknown = sorted(map(str, set(added) - set(shipped))) if not where else []
        if unknown:
            raise LexiconError(own, 1, None, f"there is no key {unknown[0]!r}, allowed are {sorted(shipped)}")
        merged = {k: _merged(own, v, added[k], f"{where}{k}.") if k in added else v for k, v in shipped.items()}
        return {**merged, **{k: v for k, v in added.items() if k not in shipped}}
    return shipped if added is None else added


# ---------------------------------------------------------------------------------------------- a user's own
_own: tuple[Path, ...] = ()


def use_own(folders: Sequence[Path]) -> None:
    """From now on this process reads the lexicons with what files of the same names in `folders` add to them.

    A TSV's rows are added, a row with the key of a shipped one replaces it; a YAML's lists are added to before the
    shipped ones. These files need no head, and a TSV may leave out optional columns. What was built before with other
    lexicons may be of either state: build again. Raises LexiconError for a folder that is none and a file that adds
    to nothing.
    """
    global _own
    folders = tuple(folder.resolve() for folder in folders)
    for folder in folders:
        if not folder.is_dir():
            raise LexiconError(folder, 0, None, "there is no such folder of lexicons")
        for file in sorted(folder.glob("*.*")):
            if file.suffix in (".tsv", ".yaml") and not (FOLDER / file.name).exists():
                names = ", ".join(sorted(f.name for f in FOLDER.glob("*") if f.suffix in (".tsv", ".yaml")))
                raise LexiconError(file, 0, None, f"there is no lexicon of this name to add to; there are {names}")
            _check_own(file)
    if folders != _own or folders:  # their files may have changed
        _own = folders
        _forget()


def _check_own(file: Path) -> None:
    """What can be said of a user's file without its reader: columns, cells, keys."""
    shipped = FOLDER / file.name
    if file.suffix == ".tsv":
        header = next(line for line in _read(shipped) if line.strip() and not line.startswith("#")).split("\t")
        _rows(file, _read(file, head=False), header, header, short=True)
    else:
        _merged(file, _content(shipped, _read(shipped)), _content(file, _read(file, head=False)), "")


def _own_files(name: str | Path) -> Iterator[Path]:
    """The user's files that add to the shipped lexicon `name`."""
    if Path(name).is_absolute():
        return
    yield from (folder / name for folder in _own if (folder / name).is_file())


def _forget() -> None:
    """Empty the caches of everything that was made from lexicons: all caches of the package."""
    for name, module in list(sys.modules.items()):
        if name == "pipeline" or name.startswith("pipeline."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _read(file: Path, *, head: bool = True) -> list[str]:
    """The lines of a lexicon file; with `head` its first ones must tell source and licence."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise LexiconError(file, 1, None, f"not UTF-8: byte {error.start}") from None
    lines = [line.rstrip("\r") for line in lines]
    if not head:
        return lines
    comments = []
    for line in lines:
        if not line.startswith("#"):
            break
        comments.append(line[1:].strip())
    for word in HEAD:
        if not any(line.startswith(f"{word}:") and line[len(word) + 1 :].strip() for line in comments):
            raise LexiconError(file, 1, None, f"the comments at the head lack a line '# {word}: …'")
    return lines


_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it


class _UniqueKeyLoader(_FAST):
    """A safe loader that refuses a key given twice; plain YAML lets the last one win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
