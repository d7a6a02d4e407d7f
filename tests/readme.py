"""What the READMEs show, written from what the program does: `python -m tests.readme`.

The accuracy tables come from the recorded figures (tests/accuracy_baseline.json), the rows of the example from a run of
its page.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import load_config, run_pipeline

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "tests" / "accuracy_baseline.json"
MARKS = ("<!-- figures: python -m tests.readme -->", "<!-- end of figures -->")
SETS = ("seeds", "dev", "test")

# layer: what it is called, in English and Chinese
LAYERS = {
    "articles": ("articles (B-cubed over body characters)", "文章划分（正文字符 B-cubed）"),
    "headlines": ("headlines", "标题"),
    "bylines": ("bylines with roles", "署名与角色"),
    "years": ("year of the page", "版面年份"),
    "PER": ("people", "人物"),
    "PLACE": ("places", "地点"),
    "place_paths": ("canonical paths of the places found", "已识别地点的规范路径"),
    "ORG": ("organisations", "机构"),
    "communities": ("distinct communities", "社区"),
    "villages": ("distinct villages", "村"),
    "officials": ("officials (person, title)", "任职（人、职务）"),
    "posts": ("all posts (person, title, unit)", "全部身份（人、职务、单位）"),
    "quantity_values": ("quantities with value and unit", "数量（数值与单位）"),
    "quantity_objects": ("quantities with what they count", "数量的对象"),
    "time_values": ("times with value", "时间（含取值）"),
    "events": ("events (trigger and type)", "事件（触发词与类型）"),
    "arguments": ("arguments of events", "事件要素"),
}
HEADS = (
    ("layer", "five real pages (`seeds`)", "our pages for tuning (`dev`)", "our pages for testing (`test`)"),
    ("层", "五个真实版面（`seeds`）", "自拟调试版面（`dev`）", "自拟测试版面（`test`）"),
)


def table(baseline: dict[str, dict[str, float | None]], *, chinese: bool = False) -> list[str]:
    """The lines of the table of strict F1."""
    lines = [f"| {' | '.join(HEADS[chinese])} |", "|---|---:|---:|---:|"]
    for layer, names in LAYERS.items():
        figures = (baseline[name].get(layer) for name in SETS)
        lines.append(f"| {names[chinese]} | {' | '.join('–' if f is None else f'{f:.2f}' for f in figures)} |")
    return lines


def with_figures(text: str, *, chinese: bool = False) -> str:
    """A README with its table written anew."""
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    lines = table(json.loads(BASELINE.read_text(encoding="utf-8")), chinese=chinese)
    return "\n".join([before + MARKS[0], "", *lines, "", MARKS[1] + after])


EXAMPLE = re.compile(r"```text\n(.*?)```", re.S)
EXAMPLE_ROWS = re.compile(r"^`(\w+)`\n\n(\|.*\n\|.*\n)((?:\|.*\n)*)", re.M)


def with_example(text: str) -> str:
    """A README with the rows of its example anew; the columns of a table are those of its head."""
    page = EXAMPLE.search(text)
    assert page, "the README has no example page"
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / "2024-07-05.txt", Path(folder) / "outputs"
        path.write_text(page[1], encoding="utf-8")
        overrides = [f"input.paths=['{path}']", f"output.directory='{output}'"]
        run_pipeline(load_config(ROOT / "configs" / "default.yaml", overrides))

        def rows(match: re.Match[str]) -> str:
            columns = [cell.strip() for cell in match[2].splitlines()[0].strip("|").split("|")]
            written = pq.read_table(output / match[1]).to_pylist()
            lines = (f"| {' | '.join(str(row[column]) for column in columns)} |\n" for row in written)
            return f"`{match[1]}`\n\n{match[2]}{''.join(lines)}"

        return EXAMPLE_ROWS.sub(rows, text)


def refresh() -> None:
    """Write both READMEs anew."""
    for name, chinese in (("README.md", False), ("README.zh.md", True)):
        path = ROOT / name
        text = with_figures(path.read_text(encoding="utf-8"), chinese=chinese)
        path.write_text(with_example(text), encoding="utf-8")


if __name__ == "__main__":
    refresh()
