"""One shard from input records to finished parts: reader, articles, Docs, rows, parts. The whole data flow.

Every engine calls `run_shard` with the same shards; a worker builds its Language once and returns no Docs.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import threadpool_limits

from pipeline.config import Config
from pipeline.language.build import build_language
from pipeline.language.document import grouped, make_docs
from pipeline.lexicon.divisions import divisions
from pipeline.page.articles import split_page
from pipeline.page.issue import issue_date
from pipeline.page.reader import Located, read_at
from pipeline.page.region import home_place
from pipeline.plan import PlannedInput, Shard
from pipeline.records import Article, Failure, InputRecord, Page
from pipeline.stages.linker import article_place
from pipeline.tables.rows import Rows, article_row, fact_rows, page_row
from pipeline.tables.write import write_shard

_CHANGED = "The input changed or went away during the run; run again."
_KILLED = (
    "A worker ended each time that it came to this page, for lack of memory or by a fault in a library; it was left out:"
    " cut it into smaller pages or leave it out of the input, and please report it."
)


@dataclass
class Extracted:
    """Rows by table, failures, and seconds spent by stage."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))
    failures: list[Failure] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass(frozen=True)
class ShardReport:
    """What a worker tells the engine when a shard is finished."""

    key: str
    pages: int
    characters: int
    seconds: dict[str, float]


def run_shard(shard: Shard, config: Config, work: Path, left_out: Collection[int] = ()) -> ShardReport:
    """Process a shard and write its parts under `work`, whole or not at all; `left_out` are pages that ended workers."""
    records: list[InputRecord] = []
    failures: list[Failure] = []
    changed = False
    started = time.perf_counter()
    for number, planned in enumerate(shard.inputs):
        record = _read(planned, config)
        if number in left_out:
            failures.append(Failure(planned.source, "run", "killed_worker", _KILLED))
        elif record is None:
            changed = True
            failures.append(Failure(planned.source, "read", "changed", _CHANGED))
        else:
            records.append(record)
    extracted = extract(records, config, language(config))
    extracted.failures[:0] = failures
    extracted.seconds["read"] += time.perf_counter() - started - sum(extracted.seconds.values())
    extracted.rows["failures"] = [asdict(f) for f in extracted.failures]
    write_shard(work, shard.key, extracted.rows, dict(extracted.seconds), complete=not changed)
    return ShardReport(shard.key, len(shard.inputs), shard.characters, dict(extracted.seconds))


def try_page(shard: Shard, page: int, config: Config) -> None:
    """Do all that a shard does with one of its pages, and keep nothing: whoever calls sees whether it survives."""
    record = _read(shard.inputs[page], config)
    if record is not None:
        extract([record], config, language(config))


def _read(planned: PlannedInput, config: Config) -> InputRecord | None:
    """The record as it was planned, None if the input changed or went away since."""
    item = read_at(planned.path, planned.source, planned.locator, config.input)
    return item.record if isinstance(item, Located) and item.record.sha256 == planned.sha256 else None


_TOGETHER = 60_000  # characters of pages whose Docs are held at once: each character has 3 KB of vectors
_languages: dict[str, Language] = {}


def language(config: Config) -> Language:
    """The Language of this process for the stages and models of a configuration, built once."""
    key = f"{config.root}\0{config.model_dump_json(include={'language', 'stages'})}"
    if key not in _languages:
        if _languages:
            _languages.clear()
            gc.unfreeze()
            gc.collect()
        gc.disable()  # it stays: the collector need not walk it over and over, nor copy the memory that workers share
        try:
            _languages[key] = build_language(config)
            gc.freeze()
        finally:
            gc.enable()
    return _languages[key]


def extract(records: Iterable[InputRecord], config: Config, nlp: Language) -> Extracted:
    """Rows of every table but those of the whole run, from records in order.

    One thread: the matrices are small, and sums of several threads need not come out alike to the last bit.
    """
    out = Extracted()
    with threadpool_limits(1):
        for together in grouped(records, lambda record: record.text, _TOGETHER):
            _extract(together, config, nlp, out)
    return out


def _extract(records: Iterable[InputRecord], config: Config, nlp: Language, out: Extracted) -> None:
    """The rows of records whose Docs go through each stage together."""
    docs: list[Doc] = []
    pages: list[tuple[Page, list[Article]]] = []
    clock = _Clock(out.seconds)
    for record in records:
        page = make_page(record, config)
        try:
            articles = split_page(page)
            docs += make_docs(nlp, page, articles)
            pages.append((page, articles))
        except Exception as error:
            out.failures.append(_failure(page, "page", error))
    clock.lap("page")
    for name, stage in nlp.pipeline:
        docs = _run_stage(name, stage, docs, out.failures)
        clock.lap(name)
    done = {(doc._.page.page_id, doc._.article.position): doc for doc in docs}
    for page, articles in pages:
        out.rows["pages"].append(page_row(page, len(articles)))
        for article in articles:
            doc = done.get((page.page_id, article.position))
            place = article_place(doc) if doc is not None else None
            out.rows["articles"].append(article_row(page, article, place))
            if doc is None:
                continue
            try:
                facts = fact_rows(doc, place)
            except Exception as error:
                out.failures.append(_failure(page, "tables", error, article))
                continue
            for table, rows in facts.items():
                out.rows[table] += rows
    clock.lap("tables")


def make_page(record: InputRecord, config: Config) -> Page:
    """The page of a record: identifier from its text, date and region from configuration, name or text."""
    settings = config.page
    day, year, origin = issue_date(record.source, record.text, record.date or settings.issue_date)
    newspaper = record.newspaper or settings.newspaper
    return Page(
        page_id="p" + record.sha256[:16],
        source=record.source,
        sha256=record.sha256,
        encoding=record.encoding,
        text=record.text,
        issue_date=day,
        issue_year=year,
        issue_date_from=origin,
        newspaper=newspaper,
        home_place=settings.home_place or home_place(record.text, divisions(), newspaper),
    )


def _run_stage(name: str, stage: Callable[[Doc], Doc], docs: list[Doc], failures: list[Failure]) -> list[Doc]:
    """A stage over all Docs, in a batch where it can; a Doc it fails on is reported and left out, no other is lost."""
    batched = getattr(stage, "pipe", None)
    if batched is not None:
        try:
            return list(batched(docs))
        except Exception:
            pass
    out = []
    for doc in docs:
        try:
            out.append(stage(doc))
        except Exception as error:
            failures.append(_failure(doc._.page, name, error, doc._.article))
    return out


def _failure(page: Page, stage: str, error: Exception, article: Article | None = None) -> Failure:
    where = "The page" if article is None else f"Article {article.position} of the page"
    message = f"{where} could not be processed ({type(error).__name__}: {error}); please report it with the page."
    return Failure(page.source, stage, type(error).__name__, message, page.page_id)


class _Clock:
    def __init__(self, seconds: dict[str, float]):
        self.seconds, self.last = seconds, time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] += now - self.last
        self.last = now
