"""How the words that tell a year are counted."""

from __future__ import annotations

import numpy as np

from pipeline.page.year_words import WORD_YEARS
from pipeline.training.year_words import count, held_out, tell

SETTINGS = {"smoothing": 1, "beside": 0.15, "worth": 0.35, "lowest": -1.2, "highest": 0.8}


def items() -> list[tuple[str, str]]:
    """Ten days of each year; 村里 is said on all of them, 防疫卡 in 2020 alone."""
    out = []
    for year in WORD_YEARS:
        for day in range(10, 20):
            out.append((f"{year}01{day}", "村里," + ("防疫卡。" if year == 2020 else "开会。")))
    return out


def test_days_are_counted_by_year():
    counts, days = count([*items(), ("20200110", "村里。")], 5)
    assert days.tolist() == [10.0] * len(WORD_YEARS)
    assert counts["村里"].sum() == 10 * len(WORD_YEARS)
    assert counts["防疫卡"][WORD_YEARS.index(2020)] == 10
    assert "里防" not in counts  # a comma is between them


def test_a_word_of_one_year_tells_it_and_its_pieces_do_not():
    found = tell(*count(items(), 5), SETTINGS)
    assert set(found) == {"防疫卡"}
    assert WORD_YEARS[int(np.argmax(found["防疫卡"]))] == 2020
    assert found["防疫卡"].max() == SETTINGS["highest"]
    assert found["防疫卡"].min() == SETTINGS["lowest"]


def test_every_sixth_month_is_kept_for_trying():
    assert sum(held_out(f"2020{month:02d}15", 6) for month in range(1, 13)) == 2
