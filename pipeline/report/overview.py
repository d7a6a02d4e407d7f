"""Figures and charts of the first screen, counted over the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipeline.report.read import Run

TOP = 12  # bars of a chart of names


def overview(run: Run) -> dict[str, Any]:
    """`figures`: [table, filter, label, number]; `charts`: title, table and facet they link to, bars [label, number, …]."""
    of = run.tables

    def column(table: str, name: str) -> list[Any]:
        return of[table].column(name).to_pylist()

    responsible = sum(1 for value in column("officials", "official") if value)
    people = sum(1 for value in column("entities", "type") if value == "PER")
    figures = [
        ["articles", {}, "articles 文章", of["articles"].num_rows],
        ["pages", {}, "pages 版面", of["pages"].num_rows],
        ["entities", {"type": "PER"}, "people 人物", people],
        ["officials", {"official": "true"}, "posts of officials 任职", responsible],
        ["communities", {}, "communities 社区", of["communities"].num_rows],
        ["villages", {}, "villages 村", of["villages"].num_rows],
        ["quantities", {}, "quantities 数量", of["quantities"].num_rows],
        ["times", {}, "times 时间", of["times"].num_rows],
        ["events", {}, "events 事件", of["events"].num_rows],
        ["failures", {}, "failures 失败", of["failures"].num_rows],
    ]
    days = [day.strftime("%Y-%m") if day else "unknown" for day in column("pages", "issue_date")]
    issues: Counter[str] = Counter()
    for month, articles in zip(days, column("pages", "articles"), strict=True):
        issues[month] += articles or 0
    charts = [
        _stacked("Events by type · 事件类型", "events", "type", column("events", "type"), column("events", "realis")),
        _chart("Quantities by kind · 数量种类", "quantities", "kind", column("quantities", "kind")),
        _stacked(
            "Posts by category · 任职类别", "officials", "category", column("officials", "category"),
            ["official" if value else "role" for value in column("officials", "official")],
        ),
        _chart("Events by county · 事件所在县区", "events", "county", column("events", "county"), TOP),
        _chart("Articles by kind · 文章类型", "articles", "kind", column("articles", "kind")),
        {"title": "Articles by month of issue · 出版月份", "bars": sorted(issues.items())[-36:]},
        _names(run, "PER", "Most mentioned people · 人物"),
        _names(run, "PLACE", "Most mentioned places · 地点"),
        _names(run, "ORG", "Most mentioned organisations · 机构"),
    ]  # fmt: skip
    seconds = run.manifest.get("seconds") or {}
    charts.append({"title": "Seconds by stage · 各阶段用时", "bars": [[k, round(v, 2)] for k, v in seconds.items()]})
    return {"figures": figures, "charts": [chart for chart in charts if chart["bars"]]}


def _chart(title: str, table: str, facet: str, values: Iterable[Any], top: int = 20) -> dict[str, Any]:
    counts = Counter(value for value in values if value is not None)
    return {"title": title, "table": table, "facet": facet, "bars": [list(bar) for bar in counts.most_common(top)]}


def _stacked(title: str, table: str, facet: str, values: list[Any], series: list[Any]) -> dict[str, Any]:
    counts = Counter(value for value in values if value is not None)
    by_series = Counter(zip(values, series, strict=True))
    names = sorted({name for name in series if name is not None})
    bars = [[value, number, [by_series[value, name] for name in names]] for value, number in counts.most_common()]
    return {"title": title, "table": table, "facet": facet, "series": names, "bars": bars}


def _names(run: Run, kind: str, title: str) -> dict[str, Any]:
    entities = run.tables["entities"].select(["type", "name", "mentions"]).to_pylist()
    rows = [(row, entity) for row, entity in enumerate(entities) if entity["type"] == kind]
    rows.sort(key=lambda pair: (-(pair[1]["mentions"] or 0), pair[0]))
    bars = [[entity["name"], entity["mentions"], row] for row, entity in rows[:TOP]]
    return {"title": title, "table": "mentions", "entity": True, "bars": bars}
