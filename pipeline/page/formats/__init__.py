"""The formats that pages are read from, keyed by the ending of the file's name. Add a format here."""

from __future__ import annotations

from pipeline.page.formats import delimited, html, jsonl, parquet, pdf, text
from pipeline.page.formats.archive import archive_format
from pipeline.page.formats.common import Format

SINGLE: dict[str, Format] = {
    ".txt": text.FORMAT,
    ".jsonl": jsonl.FORMAT,
    ".csv": delimited.FORMAT,
    ".parquet": parquet.FORMAT,
    ".html": html.FORMAT,
    ".htm": html.FORMAT,
    ".pdf": pdf.FORMAT,
}
FORMATS: dict[str, Format] = {
    **SINGLE,
    **dict.fromkeys((".zip", ".tar", ".tar.gz", ".tgz"), archive_format(SINGLE)),
}


def format_of(name: str) -> Format | None:
    """The format of a file by its name, None if it is of none read here."""
    lowered = name.lower()
    return next((form for ending, form in FORMATS.items() if lowered.endswith(ending)), None)
