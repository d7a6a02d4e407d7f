"""Gold items paired with predicted ones, page by page, and the outcomes that are counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pipeline.scoring.facts import Article, Byline, Event, Fact, Mention, PageFacts, Post, Quantity, Time
from pipeline.scoring.match import Pair, Span, bare, match, same_number, same_place, span_rank, within

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Outcome:
    """A gold item, a predicted item or a pair of both, as they are shown, and what it counts.

    `article` is the gold article it is counted for, `group` a type, role or level within the layer. `counts` are items
    in gold and items predicted, and how many of either are right: (gold, predicted, gold strict, predicted strict,
    gold lenient, predicted lenient).
    """

    article: int
    span: Span
    group: str
    gold: str | None
    predicted: str | None
    counts: tuple[float, float, float, float, float, float]

    @property
    def wrong(self) -> bool:
        """Whether it is a miss, an extra or a pair that is not right in the strict sense."""
        return self.counts[2] < self.counts[0] or self.counts[3] < self.counts[1]


class PagePair:
    """A gold page and what was predicted for it, with the pairings that several layers share."""

    def __init__(self, gold: PageFacts, predicted: PageFacts):
        self.gold, self.predicted = gold, predicted
        starts = sorted((article.span[0], i) for i, article in enumerate(gold.articles))
        self._starts, self._numbers = [start for start, _ in starts], [i for _, i in starts]

    def article_at(self, offset: int) -> int:
        """Number of the gold article whose body begins nearest before a raw offset, else of the first one; 0 if none."""
        return self._numbers[max(0, bisect_right(self._starts, offset) - 1)] if self._numbers else 0

    @cached_property
    def articles(self) -> list[Pair[Article, Article]]:
        """Articles by the body characters they share, in proportion to what both have."""

        def rank(g: Article, p: Article) -> float | None:
            shared = len(g.characters & p.characters)
            return shared / (len(g.characters) + len(p.characters)) if shared else None

        return match(self.gold.articles, self.predicted.articles, rank)

    @cached_property
    def bylines(self) -> list[Pair[Byline, Byline]]:
        """Bylines of paired articles by name, the one of the same role first."""
        return [
            pair
            for g, p in self.articles
            for pair in match(
                g.bylines if g else (),
                p.bylines if p else (),
                lambda a, b: a.role == b.role if a.text == b.text else None,
            )
        ]

    @cached_property
    def mentions(self) -> list[Pair[Mention, Mention]]:
        """Names of one type by span; of several at one place the one of the gold's level and path."""

        def rank(g: Mention, p: Mention) -> Any:
            touching = span_rank(g.span, p.span) if g.type == p.type else None
            return touching and (*touching, g.level == p.level, same_place(g.canonical, p.canonical))

        return match(self.gold.mentions, self.predicted.mentions, rank)

    @cached_property
    def posts(self) -> list[Pair[Post, Post]]:
        """Posts of one person, those of the same title and then the better unit first; another title is a wrong pair."""

        def rank(g: Post, p: Post) -> Any:
            if g.person != p.person:
                return None
            same_article = self.article_at(g.span[0]) == self.article_at(p.span[0])
            return g.title == p.title, g.unit == p.unit, unit_fits(g, p), g.official == p.official, same_article

        return match(self.gold.posts, self.predicted.posts, rank)

    @cached_property
    def quantities(self) -> list[Pair[Quantity, Quantity]]:
        def rank(g: Quantity, p: Quantity) -> Any:
            touching = span_rank(g.span, p.span)
            same_object = bare(g.object) == bare(p.object)
            return touching and (*touching, same_value(g, p), g.modifier == p.modifier, same_object)

        return match(self.gold.quantities, self.predicted.quantities, rank)

    @cached_property
    def times(self) -> list[Pair[Time, Time]]:
        def rank(g: Time, p: Time) -> Any:
            touching = span_rank(g.span, p.span)
            return touching and (*touching, g.value == p.value, g.type == p.type)

        return match(self.gold.times, self.predicted.times, rank)

    @cached_property
    def events(self) -> list[Pair[Event, Event]]:
        """Events of one type by trigger; what is left by trigger alone, as wrong pairs."""

        def rank(g: Event, p: Event) -> Any:
            touching = span_rank(g.span, p.span)
            return touching and (g.type == p.type, *touching, g.realis == p.realis)

        return match(self.gold.events, self.predicted.events, rank)

    @cached_property
    def same_events(self) -> list[tuple[Event, Event]]:
        """The pairs of events that have one type."""
        return [(g, p) for g, p in both(self.events) if g.type == p.type]


# ---------------------------------------------------------------------------------------------- pairs
def both(pairs: Iterable[Pair[F, F]]) -> Iterator[tuple[F, F]]:
    return ((g, p) for g, p in pairs if g is not None and p is not None)


def always(gold: Any, predicted: Any) -> bool:
    return True


def never(gold: Any, predicted: Any) -> bool:
    return False


def same_span(gold: Fact, predicted: Fact) -> bool:
    return gold.span == predicted.span


def same_value(gold: Quantity, predicted: Quantity) -> bool:
    return same_number(gold.value, predicted.value) and gold.unit == predicted.unit


def unit_fits(gold: Post, predicted: Post) -> bool:
    return gold.unit is None or predicted.unit is None or within(gold.unit, predicted.unit)


def judge(
    page: PagePair,
    pairs: Iterable[Pair[F, F]],
    strict: Callable[[F, F], bool],
    lenient: Callable[[F, F], bool] = never,
    show: Callable[[F], str] = lambda fact: fact.text,
    group: Callable[[F], str | None] = lambda fact: "",
) -> list[Outcome]:
    """Outcomes of pairs, misses and extras; what is right strictly is right leniently too."""
    out = []
    for g, p in pairs:
        fact = g if g is not None else p
        if fact is None:
            continue
        exact = float(g is not None and p is not None and strict(g, p))
        loose = exact or float(g is not None and p is not None and lenient(g, p))
        counts = (float(g is not None), float(p is not None), exact, exact, loose, loose)
        shown = [None if f is None else show(f) for f in (g, p)]
        out.append(Outcome(page.article_at(fact.span[0]), fact.span, group(fact) or "", shown[0], shown[1], counts))
    return out
