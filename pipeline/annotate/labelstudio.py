"""Gold pages as Label Studio tasks, one an article, and back.

A task shows the article in reading order without column breaks; `data.pieces` says which stretch of the raw page each
stretch of the shown text is. Spans are labels (`PER`, `PLACE.county`, `QUANTITY`, `TIME.DATE`, `EVENT.award`, `ARGUMENT` …),
their values fields of the span, the arguments of an event relations from its trigger, labelled with the role. Headline,
kicker, bylines and posts are fields of the article.

Offsets of Label Studio count code points, as ours do; versions before 1.4 counted UTF-16 units. Each span carries its
words, so that an import sees which of the two a file has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

from pipeline import records
from pipeline.annotate.gold import AnnotateError, Gold, MarkedPage
from pipeline.report.articles import Piece

Result = dict[str, Any]
FORMAT = "local-news-pipeline/1"
POST_FIELDS = ("person", "title", "unit", "place", "category", "official")

_SPANS = (
    "PER", "ORG", "POST", *(f"PLACE.{level}" for level in records.PLACE_LEVELS), "QUANTITY",
    *(f"TIME.{kind}" for kind in records.TIME_TYPES), *(f"EVENT.{kind}" for kind in records.EVENT_TYPES), "ARGUMENT",
)  # fmt: skip
_COLOURS = {"PER": "#b4237a", "PLACE": "#15803d", "ORG": "#6d4bc3", "POST": "#8a5a00", "QUANTITY": "#0e6fb8",
            "TIME": "#0f766e", "EVENT": "#c2410c", "ARGUMENT": "#777777"}  # fmt: skip
# fields of a span: which labels have them
_TEXTS = {"canonical": "PLACE", "value": "QUANTITY TIME", "unit": "QUANTITY", "object": "QUANTITY"}
_CHOICES = {"modifier": ("QUANTITY", records.MODIFIERS), "kind": ("QUANTITY", records.QUANTITY_KINDS),
            "realis": ("EVENT", records.REALIS)}  # fmt: skip
_ARTICLE_TEXTS = ("headline", "kicker", "bylines", "posts")


def labels_xml() -> str:
    """The labelling interface of the project in Label Studio."""

    def of(words: str) -> str:
        return quoteattr(",".join(label for label in _SPANS if label.split(".")[0] in words.split()))

    labels = "\n".join(f'    <Label value="{label}" background="{_COLOURS[label.split(".")[0]]}"/>' for label in _SPANS)
    roles = "\n".join(f'    <Relation value="{role}"/>' for role in records.EVENT_ROLES)
    shown = 'perRegion="true" visibleWhen="region-selected" whenTagName="marks"'
    fields = [
        f'  <TextArea name="{name}" toName="text" {shown} whenLabelValue={of(words)} placeholder="{name}" '
        'maxSubmissions="1" editable="true"/>'
        for name, words in _TEXTS.items()
    ]
    for name, (words, values) in _CHOICES.items():
        choices = "".join(f'<Choice value="{value}"/>' for value in values)
        fields.append(f'  <Choices name="{name}" toName="text" {shown} whenLabelValue={of(words)}>{choices}</Choices>')
    kinds = "".join(f'<Choice value="{kind}"/>' for kind in records.ARTICLE_KINDS)
    fields.append(f'  <Choices name="article_kind" toName="text" showInline="true">{kinds}</Choices>')
    fields += [
        f'  <Header value="{name}{hint}"/>\n  <TextArea name="{name}" toName="text" rows="2" maxSubmissions="1" editable="true"/>'
        for name, hint in zip(
            _ARTICLE_TEXTS,
            ("", "", " (a line each: name | role)", f" (a line each: {' | '.join(POST_FIELDS)})"),
            strict=True,
        )
    ]
    return (
        f'<View>\n  <Labels name="marks" toName="text">\n{labels}\n  </Labels>\n  <Relations>\n{roles}\n  </Relations>\n'
        '  <Text name="text" value="$text" granularity="symbol"/>\n' + "\n".join(fields) + "\n</View>\n"
    )


# ---------------------------------------------------------------------------------------------- to Label Studio
def to_tasks(pages: Iterable[MarkedPage]) -> Iterator[dict[str, Any]]:
    """A task for each article, its marks as a prediction."""
    for page in pages:
        for article, reading in zip(page.gold["articles"], page.readings, strict=True):
            text, pieces = _shown(page.text, reading)
            data = {
                "text": text,
                "format": FORMAT,
                "pieces": pieces,
                "page": page.gold["page"],
                "sha256": page.gold["sha256"],
                "year": page.gold["year"],
                "articles": len(page.gold["articles"]),
                "id": article["id"],
                "body": article["body"],
            }
            result = _results(article, text, _Offsets(pieces))
            yield {"data": data, "predictions": [{"model_version": FORMAT, "result": result}]}


def _shown(raw: str, reading: Sequence[Sequence[Piece]]) -> tuple[str, list[list[int]]]:
    """The text of a task and its pieces: [start in the text, start in the page, length]."""
    text, pieces = "", []
    for paragraph in reading:
        text += "\n" if text else ""
        for start, end in paragraph:
            if text[-1:].isascii() and text[-1:].isalpha() and raw[start].isascii() and raw[start].isalpha():
                text += " "
            pieces.append([len(text), start, end - start])
            text += raw[start:end]
    return text, pieces


class _Offsets:
    """Between offsets in the text of a task and in the raw page."""

    def __init__(self, pieces: Sequence[Sequence[int]]):
        self.shown = {raw + i: at + i for at, raw, length in pieces for i in range(length)}
        self.raw = {at: raw for raw, at in self.shown.items()}

    def to_shown(self, start: int, end: int) -> tuple[int, int] | None:
        inside = [self.shown[i] for i in range(start, end) if i in self.shown]
        return (inside[0], inside[-1] + 1) if inside and inside[0] < inside[-1] + 1 else None

    def to_raw(self, start: int, end: int) -> tuple[int, int] | None:
        inside = [self.raw[i] for i in range(start, end) if i in self.raw]
        return (inside[0], inside[-1] + 1) if inside and all(a < b for a, b in pairwise(inside)) else None


def _results(article: Gold, text: str, offsets: _Offsets) -> list[Result]:
    out: list[Result] = []
    regions: dict[tuple[int, int], str] = {}

    def item(kind: str, name: str, value: Any, region: str | None = None, span: Result | None = None) -> None:
        out.append({
            "id": region or name, "from_name": name, "to_name": "text", "type": kind, "value": {**(span or {}), **value},
        })  # fmt: skip

    def mark(label: str, row: Gold, fields: dict[str, Any], *, shared: bool = True) -> str | None:
        place = offsets.to_shown(row["start"], row["end"])
        if place is None:
            return None
        start, end = place
        region = f"m{len(out)}"
        span = {"start": start, "end": end, "text": text[start:end]}
        item("labels", "marks", {"labels": [label]}, region, span)
        for name, value in fields.items():
            if value is None:
                continue
            if name in _CHOICES:
                item("choices", name, {"choices": [value]}, region, span)
            else:
                item("textarea", name, {"text": [value if isinstance(value, str) else json.dumps(value)]}, region, span)
        if shared:
            regions.setdefault((row["start"], row["end"]), region)
        return region

    for m in article["mentions"]:
        label = m["type"] if m["type"] != "PLACE" else f"PLACE.{m['level']}"
        mark(label, m, {"canonical": m["canonical"]})
    for q in article["quantities"]:
        mark("QUANTITY", q, {key: q[key] for key in ("value", "unit", "modifier", "kind", "object")})
    for t in article["times"]:
        mark(f"TIME.{t['type']}", t, {"value": t["value"]})
    for event in article["events"]:
        trigger = mark(f"EVENT.{event['type']}", event["trigger"], {"realis": event["realis"]}, shared=False)
        for argument in event["args"]:
            place = (argument["start"], argument["end"])
            region = regions.get(place) or mark("ARGUMENT", argument, {})
            if trigger and region:
                out.append({
                    "type": "relation", "from_id": trigger, "to_id": region, "direction": "right",
                    "labels": [argument["role"]],
                })  # fmt: skip
    item("choices", "article_kind", {"choices": [article["kind"]]})
    lines = {
        "bylines": "\n".join(f"{b['name']} | {b['role']}" for b in article["bylines"]),
        "posts": "\n".join(" | ".join(_post_cell(p[key]) for key in POST_FIELDS) for p in article["posts"]),
    }
    for name in _ARTICLE_TEXTS:
        value = lines.get(name, article.get(name))
        if value:
            item("textarea", name, {"text": [value]})
    return out


def _post_cell(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


# ---------------------------------------------------------------------------------------------- from Label Studio
def to_gold(tasks: Sequence[dict[str, Any]]) -> tuple[list[Gold], list[str]]:
    """Gold pages of an export of Label Studio, and a sentence for each page left out because it is not all corrected.

    Of several annotations of a task the last one not cancelled counts. Raises AnnotateError where a task is not one of
    ours or a mark cannot be placed.
    """
    pages: dict[str, Gold] = {}
    expected: dict[str, int] = {}
    for number, task in enumerate(tasks, 1):
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise AnnotateError(
                f"task {number} was not written by `pipeline.annotate export`; export the project as JSON (not JSON-MIN)."
            )
        page = pages.setdefault(
            data["sha256"], {"page": data["page"], "sha256": data["sha256"], "year": data["year"], "articles": []}
        )
        expected[data["sha256"]] = data["articles"]
        done = [a for a in task.get("annotations") or () if not a.get("was_cancelled")]
        if done:
            page["articles"].append(
                _gold_article(f"task {number} ({data['page']}, {data['id']})", data, done[-1]["result"])
            )
    left_out = []
    for sha256, page in list(pages.items()):
        corrected = len(page["articles"])
        if corrected < expected[sha256]:
            left_out.append(
                f"{page['page']}: {corrected} of {expected[sha256]} articles have an annotation; submit the rest."
            )
            del pages[sha256]
        page["articles"].sort(key=lambda a: int(a["id"][1:]))
    return list(pages.values()), left_out


def _gold_article(where: str, data: dict[str, Any], results: Sequence[Result]) -> Gold:
    offsets = _Offsets(data["pieces"])
    fields: dict[tuple[str, str], Any] = {}
    for result in results:
        if result["type"] in ("textarea", "choices"):
            values = result["value"].get("text" if result["type"] == "textarea" else "choices") or [None]
            # a field of the article has an id of its own in Label Studio, a field of a span that of the span
            of = result["id"] if "start" in result["value"] else ""
            fields[of, result["from_name"]] = (
                values if isinstance(values, str) else "\n".join(filter(None, values)) or None
            )

    def field(region: str, name: str) -> Any:
        return fields.get((region, name))

    def number(region: str) -> Any:
        text = field(region, "value")
        try:
            return None if text is None else json.loads(text)
        except ValueError:
            raise AnnotateError(f"{where}: the value {text!r} is no number; write 26, 3.5 or [3000, 4000].") from None

    def lines(name: str, cells: int) -> Iterator[list[str | None]]:
        for line in (field("", name) or "").splitlines():
            parts = [part.strip() or None for part in line.split("|")]
            if len(parts) != cells:
                raise AnnotateError(f"{where}: {name}: {line!r} has {len(parts)} cells, not {cells}; part them by |.")
            yield parts

    article: Gold = {
        "id": data["id"], "kind": field("", "article_kind"), "body": data["body"], "headline": field("", "headline"),
        "kicker": field("", "kicker"), "bylines": [{"name": n, "role": r} for n, r in lines("bylines", 2)],
        "mentions": [], "posts": [], "quantities": [], "times": [], "events": [],
    }  # fmt: skip
    for parts in lines("posts", len(POST_FIELDS)):
        post = dict(zip(POST_FIELDS, parts, strict=True))
        if post["official"] not in ("yes", "no"):
            raise AnnotateError(f"{where}: posts: the last cell is {post['official']!r}, not yes or no.")
        article["posts"].append({**post, "official": post["official"] == "yes"})
    spans: dict[str, Gold] = {}
    events: dict[str, Gold] = {}
    for result in results:
        if result["type"] != "labels":
            continue
        region, value = result["id"], result["value"]
        span = spans[region] = _placed(where, data["text"], value, offsets)
        label, _, kind = value["labels"][0].partition(".")
        if label in records.MENTION_TYPES:
            canonical = field(region, "canonical")
            article["mentions"].append({"type": label, "level": kind or None, **span, "canonical": canonical})
        elif label == "QUANTITY":
            own = {key: field(region, key) for key in ("unit", "modifier", "kind", "object")}
            own["unit"] = own["unit"] or ""
            article["quantities"].append({"value": number(region), **own, **span})
        elif label == "TIME":
            article["times"].append({"value": field(region, "value"), "type": kind, **span})
        elif label == "EVENT":
            events[region] = {"type": kind, "realis": field(region, "realis"), "trigger": span, "args": []}
            article["events"].append(events[region])
    for result in results:
        if result["type"] == "relation" and result["from_id"] in events and result["to_id"] in spans:
            for role in result.get("labels") or ():
                events[result["from_id"]]["args"].append({"role": role, **spans[result["to_id"]]})
    for key in ("mentions", "quantities", "times"):
        article[key].sort(key=lambda mark: (mark["start"], -mark["end"]))
    article["events"].sort(key=lambda event: event["trigger"]["start"])
    return article


def _placed(where: str, text: str, value: dict[str, Any], offsets: _Offsets) -> Gold:
    """The raw place and words of a span, white space at its ends left out."""
    said = value.get("text")
    for way in (_code_points, _utf16_units):
        start, end = way(text, value["start"]), way(text, value["end"])
        words = text[start:end]
        if isinstance(said, str) and "".join(words.split()) != "".join(said.replace("\\n", "").split()):
            continue
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        raw = offsets.to_raw(start, end)
        if raw is None:
            break
        return {"text": text[start:end].replace("\n", ""), "start": raw[0], "end": raw[1]}
    raise AnnotateError(
        f"{where}: the mark {said!r} at {value['start']} to {value['end']} is no stretch of the article; "
        "draw it anew within one paragraph or headline."
    )


def _code_points(text: str, at: int) -> int:
    return at


def _utf16_units(text: str, at: int) -> int:
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * at]
    return len(units.decode("utf-16-le", "ignore"))
