"""One HTML file to look at the tables of a run: `python -m pipeline.report OUTPUT [--open]`.

    read.py      the tables of an output folder, as far as the report shows them
    views.py     which columns a table shows first, by which one filters
    articles.py  articles as stretches of the raw page, with the marks of their facts
    overview.py  figures and charts of the first screen
    html.py      all of it packed into one file that needs no network
    static/      the page's own script and style

The data stand in the file as compressed JSON and are unpacked where they are looked at. No text of a page ever becomes
markup: the script writes text nodes only, and a content security policy allows no other script.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.report.read import ReportError

__all__ = ["ReportError", "write_report"]


def write_report(output: str | Path, target: str | Path | None = None, *, max_articles: int = 20_000) -> Path:
    """Write the report of a finished run and return its path, by default `OUTPUT/report.html`.

    Of a run with more than `max_articles` articles the first pages are shown, and the report says so.
    Raises ReportError where the folder holds no finished run or the file cannot be written.
    """
    from pipeline.report.html import render
    from pipeline.report.read import read_run

    output = Path(output)
    target = Path(target) if target is not None else output / "report.html"
    text = render(read_run(output, max_articles))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{target}: the report cannot be written ({error.strerror or error}).") from error
    return target
