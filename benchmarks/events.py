"""Events: the default run by type beside two human readers, and on DuEE 1.0, as Markdown tables.

    python benchmarks/events.py [--second DIR] [--duee FILE]

`--second` is a folder of gold files in which a second reader marked pages of the test set without seeing the first
(ours: ../shared/corpus/north/second): on those pages the second reader is scored like the system. `--duee` is DuEE 1.0 in
its JSON lines (../shared/data/events/duee1.0_dev_even.jsonl.gz): of its types those that mean one of ours. Strict F1 of
trigger and type; sentences of the test set are not shown.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pipeline
from pipeline.config import load_config
from pipeline.language.document import EVENTS, get_spans, make_doc, text_of
from pipeline.records import EVENT_TYPES, Article, Page, Segment
from pipeline.scoring import layers
from pipeline.scoring.facts import read_gold
from pipeline.scoring.pairs import PagePair
from pipeline.scoring.report import Figures, LayerScore, Scores, score

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "default.yaml"
GOLD = ROOT / "tests" / "gold"
PAGES = {"seeds": ROOT / "seeds", "dev": GOLD / "dev" / "pages", "test": GOLD / "test" / "pages"}
DATA = ROOT.parent / "shared"
DUEE = {
    "产品行为-获奖": "award", "竞赛行为-夺冠": "award", "交往-会见": "meeting", "产品行为-发布": "publication",
    "财经/交易-融资": "finance", "组织关系-辞/离职": "appointment", "人生-失联": "incident", "组织行为-罢工": "incident",
    "灾害/意外-车祸": "incident", "灾害/意外-起火": "incident", "灾害/意外-地震": "incident", "灾害/意外-坍/垮塌": "incident",
    "灾害/意外-爆炸": "incident", "灾害/意外-洪灾": "incident", "灾害/意外-袭击": "incident",
    "司法行为-拘捕": "regulation", "司法行为-罚款": "regulation", "司法行为-约谈": "regulation",
    "司法行为-起诉": "regulation", "司法行为-开庭": "regulation", "司法行为-立案": "regulation",
}  # fmt: skip


def run_and_score(which: str) -> Scores:
    with tempfile.TemporaryDirectory() as output:
        overrides = [f"input.paths=['{PAGES[which]}']", f"output.directory='{output}'"]
        pipeline.run_pipeline(load_config(CONFIG, overrides))
        return score(GOLD / which / "gold", output)


def events_of(pairs: list[PagePair]) -> LayerScore:
    return LayerScore("events", tuple(tuple(layers.events(pair)) for pair in pairs))


def readers(second: Path, system: Scores) -> tuple[LayerScore, LayerScore]:
    """The second reader and the system against the first reader, on the pages that both readers have."""
    again = {page.sha256: page for page in read_gold(second)}
    shared = [pair for pair in system.pages if pair.gold.sha256 in again]
    people = [PagePair(pair.gold, again[pair.gold.sha256]) for pair in shared]
    return events_of(people), events_of(shared)


def by_type(columns: dict[str, LayerScore]) -> Iterator[str]:
    """Rows of a table: F1 and, in brackets, how many events the gold has."""
    yield f"| type | {' | '.join(columns)} |"
    yield "|---|" + "---|" * len(columns)
    groups = {name: layer.groups() for name, layer in columns.items()}
    sizes = {
        name: Counter(group for group, n in _gold_groups(layer) for _ in range(n)) for name, layer in columns.items()
    }
    for kind in EVENT_TYPES:
        cells = [f"{_f1(groups[name].get(kind))} ({sizes[name][kind]})" for name in columns]
        yield f"| {kind} | {' | '.join(cells)} |"
    whole = [f"**{_f1(layer.strict)}** ({layer.gold})" for layer in columns.values()]
    yield f"| all | {' | '.join(whole)} |"


def _gold_groups(layer: LayerScore) -> Iterator[tuple[str, int]]:
    for page in layer.outcomes:
        for outcome in page:
            if outcome.group:
                yield outcome.group, int(outcome.counts[0])


def _f1(figures: Figures | None) -> str:
    return "-" if figures is None or figures.f1 is None else f"{figures.f1:.2f}"


def duee(path: Path) -> str:
    """The figures on the sentences that have an event of a type that means one of ours."""
    nlp = pipeline.build(CONFIG)
    gold = found = right = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            text = row["text"].replace("\n", " ")
            wanted = {
                (e["trigger_start_index"], e["trigger_start_index"] + len(e["trigger"]), DUEE[e["event_type"]])
                for e in row["event_list"]
                if e["event_type"] in DUEE
            }
            if not wanted:
                continue
            article = Article(0, "news", None, None, (), (Segment("body", 0, len(text), True),))
            doc = make_doc(nlp, Page("duee", "duee", "", "utf-8", text, date(2019, 6, 1), 2019), article)
            if text_of(doc) != text:
                continue
            for _, stage in nlp.pipeline:
                doc = stage(doc)
            told = {(s.start_char, s.end_char, e.type) for s, e in get_spans(doc, EVENTS) if e.type in DUEE.values()}
            gold, found, right = gold + len(wanted), found + len(told), right + len(wanted & told)
    figures = Figures.of(gold, found, right, right)
    return f"DuEE: precision {figures.precision:.2f}, recall {figures.recall:.2f}, F1 {figures.f1:.2f} ({gold} events)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--second", type=Path, default=DATA / "corpus" / "north" / "second")
    parser.add_argument("--duee", type=Path, default=DATA / "data" / "events" / "duee1.0_dev_even.jsonl.gz")
    options = parser.parse_args()
    scores = {name: run_and_score(name) for name in PAGES}
    columns = {name: some.layers["events"] for name, some in scores.items()}
    if options.second.is_dir():
        columns["second reader, six pages of test"], columns["system, the same pages"] = readers(
            options.second, scores["test"]
        )
    print("\n".join(by_type(columns)))
    if options.duee.is_file():
        print(f"\n{duee(options.duee)}")


if __name__ == "__main__":
    main()
