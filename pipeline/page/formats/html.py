"""The main text of a web page, found by trafilatura (extra `formats`): the headline, then the paragraphs."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import InputSettings
from pipeline.page.formats.common import Blob, Format, Item, Locator, needs, record, too_large
from pipeline.page.formats.text import decode
from pipeline.records import Failure

_BYTES_A_CHARACTER = 40  # of a page with its markup


def _read(blob: Blob, source: str, locator: Locator, settings: InputSettings) -> Item:
    try:
        import trafilatura
        from trafilatura.settings import Document
    except ImportError:
        return needs(source, "HTML", "trafilatura")
    limit = min(settings.max_file_bytes, settings.max_page_characters * _BYTES_A_CHARACTER)
    with blob.open() as file:
        file.seek(0)
        data = file.read(limit + 1)
    if len(data) > limit:
        return too_large(source, settings)
    decoded = decode(data)
    try:
        page = trafilatura.bare_extraction(
            data if decoded is None else decoded[0],
            include_comments=False,
            include_tables=True,
            deduplicate=False,
            with_metadata=False,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        message = f"The markup cannot be read ({type(error).__name__}); save the text of the page as .txt."
        return Failure(source, "read", "broken", message)
    body = str(page.text or "").strip() if isinstance(page, Document) else ""
    if not body:
        message = "No main text was found on the web page; save its text as .txt if there is any."
        return Failure(source, "read", "empty", message)
    title = trafilatura.extract_metadata(data if decoded is None else decoded[0]).title
    text = body if not title or body.startswith(title) else f"{title}\n\n{body}"
    return record(source, text, decoded[1] if decoded else "html", locator, settings)


def _stream(blob: Blob, source: str, settings: InputSettings) -> Iterator[Item]:
    yield _read(blob, source, (), settings)


FORMAT = Format(_stream, _read)
