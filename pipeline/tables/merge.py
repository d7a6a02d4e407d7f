"""The merge over the whole run: people and entities across articles, and the public tables from the shards' parts."""

from __future__ import annotations

import heapq
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.plan import Plan
from pipeline.records import TABLES, table
from pipeline.tables.aliases import is_short
from pipeline.tables.rows import division_columns, entity_id, squeeze
from pipeline.tables.spill import Spill
from pipeline.tables.write import SHARD_TABLES, read_shard, table_writer

_DEICTIC = ("我", "该", "本")  # 我市, 该镇, 本市 are no names
_OWN_NAME = 4  # characters from which on the name of an organisation tells it from others: no 县医院


def merge(plan: Plan, work: Path, rows_per_part: int) -> tuple[Path, dict[str, int]]:
    """Write every public table from the finished shards of a plan, in their order, to a new folder below `work`.

    Returns the folder and the rows a table. The result depends on the shards alone. Memory does not grow with the run:
    what must be looked at together (rows of one name, mentions of one entity) is dealt out to files by key first.
    """
    new, spilled = work / "new", work / "tmp" / "merge"
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(spilled, ignore_errors=True)
    keys = [shard.key for shard in plan]
    partitions = min(1 + len(keys) // _SHARDS_A_PARTITION, _MOST_PARTITIONS)
    people = _People(work, keys, spilled, partitions)
    mentions = Spill(spilled / "mentions", _schema("mentions", _MENTION), partitions)
    officials = Spill(spilled / "officials", _schema("officials", _OFFICIAL), partitions)
    rows: dict[str, int] = {}
    for name in SHARD_TABLES:
        with table_writer(new, name, rows_per_part) as writer:
            if name == "failures":
                writer.write(table(name, [asdict(f) for f in plan.failures()]))
            for number, key in enumerate(keys):
                part = read_shard(work, key, name)
                if name in _PERSON_COLUMNS:
                    part = _renamed(part, _PERSON_COLUMNS[name], people.of(number))
                if name == "mentions":
                    entities = part.select(_MENTION)
                    mentions.write(entities, mentions.of(entities.column("entity_id").to_pylist()))
                elif name == "officials":
                    places = [entity_id("PLACE", place or "") for place in part.column("place").to_pylist()]
                    officials.write(part.select(_OFFICIAL), officials.of(places))
                writer.write(part)
        rows[name] = writer.rows
    mentions.close()
    officials.close()
    for name, lines in _entity_tables(mentions, officials, spilled).items():
        with table_writer(new, name, rows_per_part) as writer:
            for batch in _batches(lines):
                writer.write(table(name, batch))
        rows[name] = writer.rows
    shutil.rmtree(spilled, ignore_errors=True)
    return new, {name: rows[name] for name in TABLES}


_PERSON_COLUMNS = {"mentions": "entity_id", "officials": "person_id", "event_arguments": "ref_id"}
_MENTION = ["entity_id", "type", "level", "canonical", "code", "code_status", "text", "article_id", "page_id"]
_OFFICIAL = ["person", "place", "official"]
_EVIDENCE = ["person", "person_id", "unit", "unit_id", "title", "place", "category"]
_SHARDS_A_PARTITION = 64  # rows of so many shards are in memory at once
_MOST_PARTITIONS = 128  # open files
_BATCH = 2_000  # rows of entities in memory at once, of each file


def _schema(name: str, columns: list[str]) -> pa.Schema:
    return pa.schema([TABLES[name].field(column) for column in columns])


class _People:
    """The identifiers that people of one shard after the other get in the run, where it is not the one of the article.

    All evidence holds the person's name, so that people of one name can be identified apart from all others.
    """

    def __init__(self, work: Path, keys: list[str], spilled: Path, partitions: int):
        self.shards, self.partitions = len(keys), partitions
        schema = _schema("officials", _EVIDENCE).append(pa.field("shard", pa.int64(), nullable=False))
        evidence = Spill(spilled / "people", schema, partitions)
        for number, key in enumerate(keys):
            part = read_shard(work, key, "officials").select(_EVIDENCE)
            numbers = pa.array([number] * part.num_rows, pa.int64())
            evidence.write(
                part.append_column(evidence.schema.field("shard"), numbers),
                evidence.of(part.column("person").to_pylist()),
            )
        evidence.close()
        self.renames = Spill(spilled / "renames", _RENAMES, partitions)
        for partition in range(partitions):
            new = identify_people(evidence.read(partition))
            found = {
                (shard, person)
                for part in evidence.read(partition)
                for shard, person in zip(*(part.column(c).to_pylist() for c in ("shard", "person_id")), strict=True)
                if person in new
            }
            lines = [{"shard": shard, "old": person, "new": new[person]} for shard, person in sorted(found)]
            part = pa.Table.from_pylist(lines, schema=_RENAMES)
            self.renames.write(part, part.column("shard").to_numpy() * partitions // max(self.shards, 1))
        self.renames.close()
        self.stretch = -1
        self.known: dict[int, dict[str, str]] = {}

    def of(self, shard: int) -> dict[str, str]:
        """New identifiers by old ones, for the shard of this number; quick for shards in their order."""
        stretch = shard * self.partitions // self.shards
        if stretch != self.stretch:
            self.stretch, self.known = stretch, {}
            for part in self.renames.read(stretch):
                for row in part.to_pylist():
                    self.known.setdefault(row["shard"], {})[row["old"]] = row["new"]
        return self.known.get(shard, {})


_RENAMES = pa.schema([("shard", pa.int64()), ("old", pa.string()), ("new", pa.string())])


def _entity_tables(mentions: Spill, officials: Spill, spilled: Path) -> dict[str, Iterator[dict[str, Any]]]:
    """Rows of entities, communities and villages in the order of all, brought together from those of each file."""
    sorted_rows: dict[str, list[Path]] = defaultdict(list)
    for partition in range(mentions.partitions):
        entities = _Entities()
        for part in mentions.read(partition):
            entities.add_mentions(part)
        for part in officials.read(partition):
            entities.add_officials(part)
        for name, lines in entities.tables().items():
            if lines:
                path = spilled / f"{name}-{partition:03d}.arrow"
                with pa.ipc.new_stream(str(path), TABLES[name]) as writer:
                    writer.write_table(table(name, lines), max_chunksize=_BATCH)
                sorted_rows[name].append(path)
    return {
        name: heapq.merge(*map(_rows_of, sorted_rows[name]), key=_order)
        for name in ("entities", "communities", "villages")
    }


def _order(row: dict[str, Any]) -> tuple[str, str, str]:
    return row.get("type", ""), row["canonical"] or "", row["entity_id"]


def _rows_of(path: Path) -> Iterator[dict[str, Any]]:
    with pa.ipc.open_stream(str(path)) as reader:
        for batch in reader:
            yield from batch.to_pylist()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, 10 * _BATCH)):
        yield batch


def identify_people(officials: Iterable[pa.Table]) -> dict[str, str]:
    """For people told of in several articles, the identifier of the run for that of each article.

    Two are one only on evidence: the same name in the same unit (for an organisation, of the same place: every county has
    a 县医院), or with the same post in the same place. What a resident or worker is called tells only below the county.
    """
    parent: dict[str, str] = {}
    first: dict[tuple[str, ...], str] = {}

    def find(person: str) -> str:
        while parent.get(person, person) != person:
            person = parent[person]
        return person

    for part in officials:
        for row in part.select(_EVIDENCE).to_pylist():
            for key in _evidence(row):
                a, b = find(first.setdefault(key, row["person_id"])), find(row["person_id"])
                if a != b:
                    parent[max(a, b)] = min(a, b)
    return {person: find(person) for person in parent}


def distinct(mentions: Iterable[pa.Table], officials: Iterable[pa.Table]) -> dict[str, list[dict[str, Any]]]:
    """Rows of entities, communities and villages from tables of mentions and officials as shards write them."""
    officials = list(officials)
    names = identify_people(officials)
    found = _Entities()
    for part in mentions:
        found.add_mentions(_renamed(part, "entity_id", names))
    for part in officials:
        found.add_officials(part)
    return found.tables()


def _evidence(row: dict[str, Any]) -> list[tuple[str, ...]]:
    """What another record of the person must share: name and unit, or name, title and place."""
    person, place, unit = row["person"], row["place"] or "", row["unit"] or ""
    if is_short(person):
        return []
    known: list[tuple[str, ...]] = []
    if row["unit_id"] and (place or len(unit) > _OWN_NAME):
        known.append(("unit", person, row["unit_id"], place))
    if place and (row["category"] != "role" or _town(f"{place}/")):
        known.append(("post", person, row["title"], place))
    return known


def _renamed(part: pa.Table, column: str, names: dict[str, str]) -> pa.Table:
    if not names or not part.num_rows:
        return part
    index = part.schema.get_field_index(column)
    old = part.column(column)
    if not pc.any(pc.is_in(old, pa.array(list(names), pa.string()))).as_py():
        return part
    new = pa.array([names.get(value, value) for value in old.to_pylist()], pa.string())
    return part.set_column(index, part.schema.field(index), new)


@dataclass
class _Entity:
    type: str
    level: str | None
    canonical: str | None
    code: str | None = None
    code_status: str | None = None
    texts: Counter[str] = field(default_factory=Counter)
    mentions: int = 0
    articles: int = 0
    pages: int = 0
    article: str = ""  # the last one counted: the mentions of an article stand together
    page: str = ""


class _Entities:
    def __init__(self) -> None:
        self.known: dict[str, _Entity] = {}
        self.officials: dict[str, list[str]] = {}  # canonical path -> people, in order

    def add_mentions(self, part: pa.Table) -> None:
        for row in part.select(_MENTION).to_pylist():
            identifier = row["entity_id"]
            if identifier is None:
                continue
            entity = self.known.get(identifier)
            if entity is None:
                entity = self.known[identifier] = _Entity(row["type"], row["level"], row["canonical"])
            entity.code = entity.code or row["code"]
            entity.code_status = _better(entity.code_status, row["code_status"])
            entity.texts[squeeze(row["text"])] += 1
            entity.mentions += 1
            entity.articles += entity.article != row["article_id"]
            entity.pages += entity.page != row["page_id"]
            entity.article, entity.page = row["article_id"], row["page_id"]

    def add_officials(self, part: pa.Table) -> None:
        for row in part.select(_OFFICIAL).to_pylist():
            if row["official"] and row["place"]:
                people = self.officials.setdefault(row["place"], [])
                if row["person"] not in people:
                    people.append(row["person"])

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of entities, communities and villages, each in the order of their paths and names."""
        order = sorted(self.known.items(), key=lambda item: (item[1].type, item[1].canonical or "", item[0]))
        out: dict[str, list[dict[str, Any]]] = {"entities": [], "communities": [], "villages": []}
        for identifier, entity in order:
            name = self._name(entity)
            counts = {"mentions": entity.mentions, "articles": entity.articles, "pages": entity.pages}
            out["entities"].append(
                {
                    "entity_id": identifier,
                    "type": entity.type,
                    "level": entity.level,
                    "name": name,
                    "canonical": entity.canonical,
                    "code": entity.code,
                    "aliases": sorted(t for t in entity.texts if t != name and not t.startswith(_DEICTIC)),
                    **counts,
                }
            )
            if entity.level in ("community", "village"):
                out["communities" if entity.level == "community" else "villages"].append(
                    {
                        "entity_id": identifier,
                        "name": name,
                        "canonical": entity.canonical,
                        "town": _town(entity.canonical),
                        "code": entity.code,
                        "code_status": entity.code_status or "unlisted",
                        "officials": self.officials.get(entity.canonical or "", []),
                        **division_columns(entity.canonical),
                        **counts,
                    }
                )
        return out

    def _name(self, entity: _Entity) -> str:
        if entity.canonical:
            return entity.canonical.rsplit("/", 1)[-1]
        return min(entity.texts, key=lambda text: (entity.type == "PER" and is_short(text), -entity.texts[text], text))


def _town(path: str | None) -> str | None:
    towns = [part for part in (path or "").split("/")[:-1] if part.endswith(("镇", "乡", "街道", "苏木"))]
    return towns[-1] if towns else None


def _better(a: str | None, b: str | None) -> str | None:
    order = ("official", "former", "fuzzy", "unlisted")
    return min((s for s in (a, b) if s), key=order.index, default=None)
