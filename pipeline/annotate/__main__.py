"""The command line: `python -m pipeline.annotate export|import …`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.annotate import AnnotateError, check_gold, gold_pages, labels_xml, to_gold, to_tasks
from pipeline.annotate.gold import Gold, MarkedPage


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 written, 2 where an argument or file is wrong, 1 where a page was left out."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except AnnotateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.annotate",
        description="Marks of a run for a person to correct, and corrections as gold.",
    )
    commands = parser.add_subparsers(required=True, metavar="export|import")
    export = commands.add_parser("export", help="write the marks of a run")
    export.add_argument("output", metavar="OUTPUT", type=Path, help="output folder of a run")
    export.add_argument("folder", metavar="FOLDER", type=Path, help="folder to write to")
    export.add_argument(
        "--format", choices=("label-studio", "gold"), default="label-studio", help="label-studio (default) or gold"
    )
    export.set_defaults(run=_export)
    import_ = commands.add_parser("import", help="turn corrections into gold, and check gold")
    import_.add_argument("file", metavar="FILE", type=Path, help="JSON export of Label Studio, or a gold file")
    import_.add_argument("folder", metavar="FOLDER", type=Path, help="folder to write FOLDER/gold and FOLDER/pages to")
    import_.add_argument("--pages", metavar="OUTPUT", type=Path, required=True, help="output folder of the run")
    import_.set_defaults(run=_import)
    return parser


def _export(options: argparse.Namespace) -> int:
    pages = list(gold_pages(options.output))
    if options.format == "gold":
        for page in pages:
            _write_page(options.folder, page, page.gold)
        return 0
    tasks = list(to_tasks(pages))
    _write(options.folder / "tasks.json", json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")
    _write(options.folder / "labels.xml", labels_xml())
    print(
        f"{len(tasks)} articles of {len(pages)} pages: make a project with this labelling interface and import the tasks."
    )
    return 0


def _import(options: argparse.Namespace) -> int:
    content = _read(options.file)
    left_out: list[str] = []
    if isinstance(content, dict) and "articles" in content:
        golds = [content]
    elif isinstance(content, list):
        golds, left_out = to_gold(content)
    else:
        raise AnnotateError(f"{options.file}: neither a JSON export of Label Studio (a list of tasks) nor a gold file.")
    pages = {page.gold["sha256"]: page for page in gold_pages(options.pages)}
    for gold in golds:
        page = pages.get(gold.get("sha256", ""))
        if page is None:
            raise AnnotateError(
                f"{gold.get('page')}: the run in {options.pages} has no page with this text; name its run."
            )
        check_gold(gold, page.text, page.gold["page"])
    for gold in golds:
        _write_page(options.folder, pages[gold["sha256"]], gold)
    for sentence in left_out:
        print(f"left out: {sentence}", file=sys.stderr)
    return 1 if left_out else 0


def _write_page(folder: Path, page: MarkedPage, gold: Gold) -> None:
    _write(folder / "gold" / f"{page.name}.json", json.dumps(gold, ensure_ascii=False, indent=1) + "\n")
    _write(folder / "pages" / f"{page.name}.txt", page.text)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except ValueError as error:
        raise AnnotateError(f"{path}: not a JSON file ({error}).") from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be written ({error.strerror or error}).") from error
    print(path)


if __name__ == "__main__":
    sys.exit(main())
