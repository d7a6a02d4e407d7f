"""How phrases with a told year are counted over dated news."""

from __future__ import annotations

from collections import Counter

from pipeline.page.year_phrases import GAPS, phrases
from pipeline.training.year_phrases import count, log_odds

SETTINGS = {"smoothing": 9, "lean": 6, "several": 5, "lowest": -4}
NEWS = [
    ("20231210", "2024年元旦将至。到2030年,路修通。"),
    ("20240105", "2024年元旦,剧团下乡。截至2023年底,有路灯八十盏。"),
    ("20240105", "2008年元旦,老桥通车。"),
]


def test_a_telling_counts_for_its_season_and_distance():
    found = count(["Y年元旦", "截至Y年底"], NEWS)
    assert found["Y年元旦", "december"] == Counter({-1: 1})
    assert found["Y年元旦", "winter"] == Counter({0: 1, GAPS[-1]: 1})
    assert found["截至Y年底", "winter"] == Counter({1: 1})


def test_of_two_patterns_the_first_takes_a_telling():
    assert count(["Y年", "Y年元旦"], NEWS)["Y年元旦", "december"] == Counter()


def test_the_likeliest_distance_is_even_and_no_other_is_impossible():
    odds = log_odds(Counter({0: 50, 1: 5}), Counter({0: 50, 1: 5}), SETTINGS)
    assert odds[GAPS.index(0)] == 0
    assert -4 <= min(odds) < odds[GAPS.index(1)] < 0


def test_a_season_without_tellings_leans_on_all():
    odds = log_odds(Counter(), Counter({1: 40}), SETTINGS)
    assert max(range(len(odds)), key=odds.__getitem__) == GAPS.index(1)


def test_a_star_does_not_leave_its_clause():
    clause = [p.year for p in phrases("2025年,镇上还将修路。", (12, 1))]
    assert clause == [2025]
    assert not [p for p in phrases("2025年,天旱。镇上将修路。", (12, 1)) if "将" in p.name]
