"""The data dictionary, written from the schemas: `python -m pipeline.dictionary > docs/tables.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pyarrow as pa

from pipeline import records

ROWS = {
    "pages": "an input page",
    "articles": "an article, caption, list or notice",
    "mentions": "an occurrence of a name of a person, place or organisation, or of the title of a post",
    "entities": "a distinct person, place or organisation of the run",
    "officials": "a person holding a post, as an article tells it: roles of workers and residents too (see `official`)",
    "communities": "a distinct community (社区) of the run",
    "villages": "a distinct village (村) of the run",
    "quantities": "a measured or counted value",
    "times": "a date or time expression",
    "events": "something that happened or is planned",
    "event_arguments": "a participant, place, time or quantity of an event",
    "failures": "an input, or an article of it, that could not be processed",
}

VOCABULARIES = (
    ("articles.kind", records.ARTICLE_KINDS),
    ("articles.bylines.role", records.BYLINE_ROLES),
    ("mentions.type", records.MENTION_TYPES),
    ("mentions.level, entities.level", records.PLACE_LEVELS),
    ("officials.category", records.CATEGORIES),
    ("officials.status", records.STATUSES),
    ("officials.source", records.CONSTRUCTIONS),
    ("quantities.modifier", records.MODIFIERS),
    ("quantities.kind", records.QUANTITY_KINDS),
    ("times.type", records.TIME_TYPES),
    ("events.type", records.EVENT_TYPES),
    ("events.realis", records.REALIS),
    ("event_arguments.role", records.EVENT_ROLES),
    ("code_status", records.CODE_STATUSES),
)

_HEAD = """# Data dictionary

Written by `python -m pipeline.dictionary > docs/tables.md` from the schemas in [pipeline/records.py](../pipeline/records.py), version {version};
a test keeps it so. The descriptions stand in the metadata of the Parquet files too. Columns may be added; a column named here keeps its
name, type and meaning.

**Offsets.** `start` and `end` (end exclusive) count Unicode code points of the decoded raw page, `pages.text`, before any normalisation:
`text[start:end]` with all white space taken out equals the row's words with all white space taken out.

**Canonical path.** `省/市/县/镇/社区` or `…/村`, by official names without 居委会 and 村委会: 北京市/朝阳区; a county directly under a
province 海南省/琼海市.

**Values of a quantity.** Exact or about: `value` = `low` = `high`. 超, 以上: `value` = `low`, `high` null. 近, 以内: `value` = `high`, `low` null.
A range: `value` null, `low` and `high`. 几, 数十: all null. 8 % has `value` 8, `unit` %, `si_value` 0.08, `si_unit` 1.

**Ids** of pages, articles, mentions, quantities, times and events are the same for the same page and configuration, whatever engine ran it;
`entity_id` of a person may depend on the other pages of the run. That of an organisation depends on its name and region: 市水利局 in an article
about 兴化市 is 兴化市水利局, and two counties' 县医院 are two; where no region is known, each page has its own.
"""


def dictionary() -> Iterator[str]:
    """The page, line by line."""
    yield from _HEAD.format(version=records.SCHEMA_VERSION).splitlines()
    for name, schema in records.TABLES.items():
        yield from ("", f"## {name}", "", f"One row is {ROWS[name]}.", "", "| column | type | what |", "|---|---|---|")
        for field in schema:
            description = (field.metadata or {})[b"description"].decode().replace("|", "\\|")
            yield f"| `{field.name}` | {_type(field.type)} | {description} |"
    yield from (
        "",
        "## Vocabularies",
        "",
        "[guidelines.md](guidelines.md) says what each word means.",
        "",
        "| column | words |",
        "|---|---|",
    )
    for column, words in VOCABULARIES:
        yield f"| {column} | {' '.join(f'`{word}`' for word in words)} |"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "{" + ", ".join(f"{f.name}: {_type(f.type)}" for f in kind) + "}"
    return {"date32[day]": "date", "double": "float64", "float": "float32"}.get(str(kind), str(kind))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join(dictionary()))
