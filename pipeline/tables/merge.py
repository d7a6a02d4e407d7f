"""The merge over the whole run: people and entities across articles, and the public tables from the shards' parts."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.plan import Plan
from pipeline.records import TABLES, table
from pipeline.tables.aliases import is_short
from pipeline.tables.rows import division_columns, squeeze
from pipeline.tables.write import SHARD_TABLES, read_shard, table_writer

_DEICTIC = ("我", "该", "本")  # 我市, 该镇, 本市 are no names
_OWN_NAME = 4  # characters from which on the name of an organisation tells it from others: no 县医院


def merge(plan: Plan, work: Path, rows_per_part: int) -> tuple[Path, dict[str, int]]:
    """Write every public table from the finished shards of a plan, in their order, to a new folder below `work`.

    Returns the folder and the rows a table. The result depends on the shards alone.
    """
    new = work / "new"
    shutil.rmtree(new, ignore_errors=True)
    keys = [shard.key for shard in plan]
    people = identify_people(read_shard(work, key, "officials") for key in keys)
    entities = _Entities()
    rows: dict[str, int] = {}
    for name in SHARD_TABLES:
        with table_writer(new, name, rows_per_part) as writer:
            if name == "failures":
                writer.write(table(name, [asdict(f) for f in plan.failures()]))
            for key in keys:
                part = read_shard(work, key, name)
                if name == "mentions":
                    part = _renamed(part, "entity_id", people)
                    entities.add_mentions(part)
                elif name == "officials":
                    part = _renamed(part, "person_id", people)
                    entities.add_officials(part)
                elif name == "event_arguments":
                    part = _renamed(part, "ref_id", people)
                writer.write(part)
        rows[name] = writer.rows
    for name, lines in entities.tables().items():
        with table_writer(new, name, rows_per_part) as writer:
            writer.write(table(name, lines))
        rows[name] = writer.rows
    return new, {name: rows[name] for name in TABLES}


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
        columns = ["person", "person_id", "unit", "unit_id", "title", "place", "category"]
        for row in part.select(columns).to_pylist():
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
        columns = ["entity_id", "type", "level", "canonical", "code", "code_status", "text", "article_id", "page_id"]
        for row in part.select(columns).to_pylist():
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
        for row in part.select(["person", "place", "official"]).to_pylist():
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
