"""The layers: each makes outcomes of a gold page and of what was predicted for it.

Precision and recall count items, so a pair that is not right costs both. Every pairing is one to one, equal spans first,
then overlapping ones by size. Strict asks for equal spans, white space at the edges aside, and equal values; lenient for
spans that overlap and for what the layer says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.scoring.facts import Argument, Article, Event, Fact, Mention, PageFacts, Post, Quantity, Time
from pipeline.scoring.match import Pair, bare, folded, match, same_name, same_place, span_rank, within
from pipeline.scoring.pairs import Outcome, PagePair, always, both, judge, same_span, same_value, unit_fits


# ---------------------------------------------------------------------------------------------- page
def articles(page: PagePair) -> list[Outcome]:
    """B-cubed over body characters, white space aside.

    Recall is the mean over gold characters c of |G(c) & P(c)| / |G(c)|, G and P being the bodies that hold c in gold and
    in the output; precision is the mean over predicted characters of |G(c) & P(c)| / |P(c)|. A character that only gold
    has counts 0 in recall and lengthens |G| for its neighbours; one that only the output has does the same to precision.
    So neither a missing nor a needless stretch can raise a figure. Where two bodies of the output claim a character the
    first keeps it, and the second counts it as one that only the output has. Lenient: a one-sided character counts for
    itself alone, it does not lengthen |G| or |P|.
    """
    owners = [
        {c: i for i, article in reversed(list(enumerate(side.articles))) for c in article.characters}
        for side in (page.gold, page.predicted)
    ]
    cells = Counter((owners[0][c], i) for c, i in owners[1].items() if c in owners[0])

    def side(bodies: Sequence[Article], at: int, others: Sequence[Article], verb: str) -> Iterator[Outcome]:
        for i, article in enumerate(bodies):
            size = float(len(article.characters))
            shares = {cell[1 - at]: n for cell, n in cells.items() if cell[at] == i}
            squares, covered = float(sum(n * n for n in shares.values())), sum(shares.values())
            strict, lenient = (squares / n if n else 0.0 for n in (size, covered))
            found = ", ".join(f"{others[j].text} ({n})" for j, n in sorted(shares.items(), key=lambda s: -s[1]))
            shown = f"{article.text} ({size:.0f} characters) {verb} {found or 'nothing'}"
            number = page.article_at(article.span[0])
            if at == 0:
                yield Outcome(number, article.span, article.kind, shown, None, (size, 0.0, strict, 0.0, lenient, 0.0))
            else:
                yield Outcome(number, article.span, article.kind, None, shown, (0.0, size, 0.0, strict, 0.0, lenient))

    gold, predicted = page.gold.articles, page.predicted.articles
    return [*side(gold, 0, predicted, "lies in"), *side(predicted, 1, gold, "holds")]


def headlines(page: PagePair) -> list[Outcome]:
    """Headlines of paired articles, white space aside. Lenient: the width of letters and digits aside too."""

    def titled(article: Article | None) -> Article | None:
        return article if article and bare(article.headline) else None

    return judge(
        page, [(titled(g), titled(p)) for g, p in page.articles],
        lambda g, p: bare(g.headline) == bare(p.headline),
        lambda g, p: folded(g.headline) == folded(p.headline),
    )  # fmt: skip


def kinds(page: PagePair) -> list[Outcome]:
    """Kinds of paired articles. Lenient: news, feature and brief are one."""
    prose = {"news", "feature", "brief"}
    return judge(
        page, page.articles, lambda g, p: g.kind == p.kind, lambda g, p: {g.kind, p.kind} <= prose,
        lambda a: f"{a.kind} ({a.text})", lambda a: a.kind,
    )  # fmt: skip


def bylines(page: PagePair) -> list[Outcome]:
    """Names and roles in the bylines of paired articles. Lenient: the name alone."""
    return judge(
        page, page.bylines, lambda g, p: g.role == p.role, always, lambda b: f"{b.text} {b.role}", lambda b: b.role
    )  # fmt: skip


def years(page: PagePair) -> list[Outcome]:
    """The year of the page, where gold knows it."""
    gold, predicted = (None if y is None else Fact((0, 1), str(y)) for y in (page.gold.year, page.predicted.year))
    return judge(page, [(gold, predicted)] if gold else [], lambda g, p: g.text == p.text)


# ---------------------------------------------------------------------------------------------- names
def names(type_: str) -> Callable[[PagePair], list[Outcome]]:
    """The layer of the mentions of one type, by span; a place's level is not asked for."""

    def layer(page: PagePair) -> list[Outcome]:
        pairs = [(g, p) for g, p in page.mentions if type_ in (g and g.type, p and p.type)]
        return judge(page, pairs, same_span, always, group=lambda m: m.level)

    layer.__doc__ = f"Mentions of type {type_} by span. Lenient: overlapping spans."
    return layer


def _places(page: PagePair) -> list[tuple[Mention, Mention]]:
    return [(g, p) for g, p in both(page.mentions) if g.type == "PLACE" and g.span == p.span]


def place_levels(page: PagePair) -> list[Outcome]:
    """Levels of the places whose span was found."""
    return judge(
        page, _places(page), lambda g, p: g.level == p.level, show=lambda m: f"{m.level} {m.text}", group=lambda m: m.level
    )  # fmt: skip


def place_paths(page: PagePair) -> list[Outcome]:
    """Canonical paths, as `match.same_place` compares them, of the places whose span was found and whose path gold knows.

    Lenient: the last name of the path is right.
    """
    pairs = [(g, p if p.canonical else None) for g, p in _places(page) if g.canonical]
    return judge(
        page, pairs, lambda g, p: same_place(g.canonical, p.canonical), lambda g, p: same_name(g.canonical, p.canonical),
        lambda m: f"{m.text} = {m.canonical}", lambda m: m.level,
    )  # fmt: skip


def divisions(level: str) -> Callable[[PagePair], list[Outcome]]:
    """The layer of the distinct places of one level on a page, from its mentions of that level."""

    def distinct(page: PageFacts) -> list[Mention]:
        found: dict[str, Mention] = {}
        for m in page.mentions:
            if m.type == "PLACE" and m.level == level:
                path = bare(m.canonical) or bare(m.text)
                found.setdefault(path, replace(m, canonical=path))
        return list(found.values())

    def rank(g: Mention, p: Mention) -> Any:
        if not same_name(g.canonical, p.canonical):
            return None
        return same_place(g.canonical, p.canonical), g.canonical == p.canonical

    def layer(page: PagePair) -> list[Outcome]:
        pairs = match(distinct(page.gold), distinct(page.predicted), rank)
        return judge(page, pairs, lambda g, p: same_place(g.canonical, p.canonical), always, lambda m: str(m.canonical))

    layer.__doc__ = (
        f"Distinct places of level {level} on a page by canonical path. Lenient: by the last name of the path."
    )
    return layer


# ---------------------------------------------------------------------------------------------- posts
def _show_post(post: Post) -> str:
    return f"{post.person} {post.title} @ {post.unit or '-'}" + (" (official)" if post.official else "")


def _same_post(gold: Post, predicted: Post) -> bool:
    return (gold.person, gold.title) == (predicted.person, predicted.title)


def _unit_right(gold: Post, predicted: Post) -> bool:
    return _same_post(gold, predicted) and gold.unit == predicted.unit


def _unit_near(gold: Post, predicted: Post) -> bool:
    return _same_post(gold, predicted) and unit_fits(gold, predicted)


def posts(page: PagePair) -> list[Outcome]:
    """Posts by person, title and unit. Lenient: one unit holds the other's name, or is null."""
    return judge(page, page.posts, _unit_right, _unit_near, _show_post, lambda p: p.category)


def officials(page: PagePair) -> list[Outcome]:
    """Posts of responsibility (`official` is true) by person, title and unit. Lenient: as posts."""
    pairs = [(g if g and g.official else None, p if p and p.official else None) for g, p in page.posts]
    return judge(page, pairs, _unit_right, _unit_near, _show_post, lambda p: p.category)


def _same_posts(page: PagePair) -> list[tuple[Post, Post]]:
    return [(g, p) for g, p in both(page.posts) if _unit_near(g, p)]


def categories(page: PagePair) -> list[Outcome]:
    """Categories of the posts that were found (leniently)."""
    return judge(
        page, _same_posts(page), lambda g, p: g.category == p.category, show=lambda p: f"{p.category}: {_show_post(p)}",
        group=lambda p: p.category,
    )  # fmt: skip


def post_places(page: PagePair) -> list[Outcome]:
    """Places of the posts that were found (leniently), compared as canonical paths. Lenient: by the last name."""
    pairs = [(g if g.place else None, p if p.place else None) for g, p in _same_posts(page)]
    return judge(
        page, pairs, lambda g, p: same_place(g.place, p.place), lambda g, p: same_name(g.place, p.place),
        lambda p: f"{_show_post(p)} = {p.place}", lambda p: p.category,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- quantities and times
def _show_quantity(q: Quantity) -> str:
    value = "-".join(f"{v:.12g}" for v in q.value) if isinstance(q.value, tuple) else q.value
    number = f"{value:.12g}" if isinstance(value, int | float) else str(value)
    return f"{q.text} = {number} {q.unit or '-'} {q.modifier} {q.object or '-'}"


def quantities(page: PagePair) -> list[Outcome]:
    """Quantities by span. Lenient: overlapping spans."""
    return judge(page, page.quantities, same_span, always, group=lambda q: q.kind)


def quantity_values(page: PagePair) -> list[Outcome]:
    """Quantities by span, value and unit. Lenient: overlapping spans, value and unit right."""
    return judge(
        page, page.quantities, lambda g, p: same_span(g, p) and same_value(g, p), same_value, _show_quantity,
        lambda q: q.kind,
    )  # fmt: skip


def quantity_objects(page: PagePair) -> list[Outcome]:
    """Quantities by span, value, unit, modifier and object. Lenient: overlapping spans, one object holds the other."""

    def lenient(g: Quantity, p: Quantity) -> bool:
        return same_value(g, p) and g.modifier == p.modifier and within(g.object, p.object)

    def strict(g: Quantity, p: Quantity) -> bool:
        return same_span(g, p) and lenient(g, p) and bare(g.object) == bare(p.object)

    return judge(page, page.quantities, strict, lenient, _show_quantity, lambda q: q.kind)


def quantity_kinds(page: PagePair) -> list[Outcome]:
    """Kinds of the quantities whose span was found (leniently)."""
    return judge(
        page, both(page.quantities), lambda g, p: g.kind == p.kind, show=lambda q: f"{q.kind}: {_show_quantity(q)}",
        group=lambda q: q.kind,
    )  # fmt: skip


def times(page: PagePair) -> list[Outcome]:
    """Times by span. Lenient: overlapping spans."""
    return judge(page, page.times, same_span, always, group=lambda t: t.type)


def time_values(page: PagePair) -> list[Outcome]:
    """Times by span, value and type. Lenient: overlapping spans, the value right."""

    def strict(g: Time, p: Time) -> bool:
        return g.span == p.span and (g.value, g.type) == (p.value, p.type)

    return judge(
        page, page.times, strict, lambda g, p: g.value == p.value, lambda t: f"{t.text} = {t.value} {t.type}", lambda t: t.type
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- events
def triggers(page: PagePair) -> list[Outcome]:
    """Events by trigger, whatever their type. Lenient: overlapping triggers."""
    pairs = match(page.gold.events, page.predicted.events, lambda g, p: span_rank(g.span, p.span))
    return judge(page, pairs, same_span, always, lambda e: f"{e.text} {e.type}", lambda e: e.type)


def events(page: PagePair) -> list[Outcome]:
    """Events by trigger and type. Lenient: overlapping triggers of one type."""
    return judge(
        page, page.events, lambda g, p: g.type == p.type and g.span == p.span, lambda g, p: g.type == p.type,
        lambda e: f"{e.text} {e.type}", lambda e: e.type,
    )  # fmt: skip


def realis(page: PagePair) -> list[Outcome]:
    """Realis of the events that were found (leniently)."""
    return judge(
        page, page.same_events, lambda g, p: g.realis == p.realis, show=lambda e: f"{e.realis}: {e.text} {e.type}",
        group=lambda e: e.realis,
    )  # fmt: skip


def arguments(page: PagePair) -> list[Outcome]:
    """Arguments by role and span, of the events that were found (leniently); all others are missed or extra.

    Lenient: overlapping spans of one role.
    """

    def rank(g: Argument, p: Argument) -> Any:
        touching = span_rank(g.span, p.span)
        return touching and (g.role == p.role, *touching)

    pairs: list[Pair[Event, Event]] = []
    for g, p in page.events:
        pairs += [(g, p)] if g is None or p is None or g.type == p.type else [(g, None), (None, p)]
    out = []
    for g, p in pairs:
        matched = match(g.arguments if g else (), p.arguments if p else (), rank)
        out += judge(
            page, matched, lambda a, b: a.role == b.role and a.span == b.span, lambda a, b: a.role == b.role,
            _show_argument(g or p), lambda a: a.role,
        )  # fmt: skip
    return out


def _show_argument(event: Event | None) -> Callable[[Argument], str]:
    return lambda a: f"{a.role}={a.text} of {event and event.text} {event and event.type}"


LAYERS: dict[str, Callable[[PagePair], list[Outcome]]] = {
    "articles": articles,
    "headlines": headlines,
    "kinds": kinds,
    "bylines": bylines,
    "years": years,
    "PER": names("PER"),
    "PLACE": names("PLACE"),
    "ORG": names("ORG"),
    "POST": names("POST"),
    "place_levels": place_levels,
    "place_paths": place_paths,
    "communities": divisions("community"),
    "villages": divisions("village"),
    "officials": officials,
    "posts": posts,
    "categories": categories,
    "post_places": post_places,
    "quantities": quantities,
    "quantity_values": quantity_values,
    "quantity_objects": quantity_objects,
    "quantity_kinds": quantity_kinds,
    "times": times,
    "time_values": time_values,
    "triggers": triggers,
    "events": events,
    "realis": realis,
    "arguments": arguments,
}
