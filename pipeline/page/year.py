"""The year of a newspaper page, weighed from its own words where it prints no date.

Each sign adds to the score of the years it speaks for, in units of log probability, times the weight of its kind
(`year_kinds.tsv`, fitted on labelled pages by `python -m pipeline.train year-kinds`):

- the latest year told as past, lengths of time and ages beside told years (`year_told.py`, `year_gaps.tsv`)
- phrases with a told year, of which is counted how far it is from the page by season: 截至2021年底 (`year_phrases.py`, `.tsv`)
- what is in the news and what is not yet or no more: congresses, campaigns, bodies, storms, laws (`year_known.py`,
  `year_clues.tsv`), floods, quakes and openings where they were (`year_events.tsv`), anniversaries and counted meetings (`year_counts.tsv`), sittings and elections
- words that national news says oftener in some years than in others (`year_words.tsv`, counted)
- days of the week, lunar dates, feasts and solar terms beside a date, which must fit the calendar (`year_calendar.py`)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.lexicon import load_tsv
from pipeline.page.year_calendar import calendar_points, feast_points, lunar_year_points
from pipeline.page.year_known import clue_points, count_points, election_points, event_points, sitting_points
from pipeline.page.year_sign import Day, Points
from pipeline.page.year_told import age_points, gap_points, hint_points, length_points, phrase_points, told_years
from pipeline.page.year_words import word_points

YEARS = range(1995, 2041)
EDITION = 2026  # of the lexicons: a page of a later year tells a later year itself
PRIOR_YEAR = 2023  # most pages at hand are of the years around it; weighs little beside any evidence
_PRIOR_SLOPE, _LATER_SLOPE = 0.12, 1.0


def year_probabilities(flat: str, now: Day | None) -> dict[int, float]:
    """How likely a page is of each year. `flat` is its folded text without white space, `now` the day of its latest news."""
    kinds = kind_weights()
    scores = prior()
    for kind, points in year_evidence(flat, now).items():
        for year, gain in points.items():
            scores[year] += kinds[kind] * gain
    return dict(zip(YEARS, probabilities(np.array(list(scores.values()))).tolist(), strict=True))


def probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the years (softmax) from their scores."""
    odds = np.exp(scores - scores.max())
    result: NDArray[np.float64] = odds / odds.sum()
    return result


def prior() -> dict[int, float]:
    """Log odds of the years before a page is read."""
    return {year: -_PRIOR_SLOPE * abs(year - PRIOR_YEAR) - _LATER_SLOPE * max(0, year - EDITION) for year in YEARS}


def year_evidence(flat: str, now: Day | None) -> dict[str, dict[int, float]]:
    """By kind of sign, what each year gains by the signs of a page before the kinds are weighed."""
    told = told_years(flat, now)
    before, after = clue_points(flat, now, YEARS)
    found: dict[str, Points] = {
        "not yet": before,
        "no more": after,
        "words": word_points(flat, YEARS),
        "gaps": gap_points(told, now, YEARS),
        "phrases": phrase_points(told, YEARS),
        "hints": hint_points(flat, told, now, YEARS),
        "lengths": length_points(flat, told),
        "ages": age_points(flat),
        "events": event_points(flat, now, YEARS),
        "counts": count_points(flat),
        "sittings": sitting_points(flat, now, YEARS),
        "elections": election_points(flat, now, YEARS),
        "calendar": calendar_points(flat, YEARS),
        "feasts": feast_points(flat, now, YEARS),
        "lunar years": lunar_year_points(flat, now, YEARS),
    }
    evidence: dict[str, dict[int, float]] = {}
    for kind, points in found.items():
        sums = dict.fromkeys(YEARS, 0.0)
        for year, gain in points:
            if year in sums:
                sums[year] += gain
        evidence[kind] = sums
    return evidence


@cache
def kind_weights() -> dict[str, float]:
    """How much each kind of sign counts."""
    return {row["kind"]: row.number("weight") for row in load_tsv("year_kinds.tsv", ("kind", "weight"), key=("kind",))}
