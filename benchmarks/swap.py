"""Places exchanged: how far the finding of towns, communities and villages leans on names that the gazetteer knows.

    python benchmarks/swap.py PAGES GOLD OUT [--seed N]

Writes the labelled pages to OUT with the name of every town, community and village in full replaced by that of a random
one elsewhere in the country, short forms likewise, so that no list has it under its parents; offsets and paths of the gold
move along. Score it as any other set:

    python -m pipeline.run configs/default.yaml --input OUT/pages --output OUT/tables
    python -m pipeline.evaluate OUT/gold OUT/tables
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import Any

from pipeline.lexicon.divisions import divisions
from pipeline.lexicon.place_names import upper_names

SUFFIXES = {"town": ("街道", "镇", "乡"), "community": ("社区",), "village": ("村",)}
_NAME = re.compile(r"[\u4e00-\u9fff]{3,5}")


def exchange(gold: dict[str, Any], rng: random.Random, pools: dict[str, list[str]]) -> dict[str, str]:
    """New names by old ones, in full and short, of the towns, communities and villages that the gold marks."""
    names: dict[str, str] = {}
    for article in gold["articles"]:
        for mention in article["mentions"]:
            name = (mention.get("canonical") or "").rpartition("/")[2]
            suffix = next((s for s in SUFFIXES.get(mention.get("level"), ()) if name.endswith(s)), None)
            stem = name.removesuffix(suffix or "")
            if suffix is None or len(stem) < 2 or name in names or upper_names().get(stem) is not None:
                continue  # a town that bears the name of its county keeps it
            new = rng.choice(pools[suffix])
            names[name] = new
            names.setdefault(stem, new.removesuffix(suffix))
    return names


def rewrite(text: str, gold: dict[str, Any], names: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The page and its gold with the names exchanged; line breaks inside a name stay behind its first character."""
    if not names:
        return text, gold
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(r"\s*".join(map(re.escape, name)) for name in longest_first))
    pieces, edges, at = [], [], 0  # edges: (old end, how much longer all up to it became)
    for match in pattern.finditer(text):
        new = names["".join(match.group().split())]
        space = re.search(r"\s+", match.group())
        new = new[:1] + space.group() + new[1:] if space else new
        pieces += [text[at : match.start()], new]
        edges.append((match.start(), match.end(), len(new) - (match.end() - match.start())))
        at = match.end()
    pieces.append(text[at:])
    grown = list(accumulate((edge[2] for edge in edges), initial=0))
    ends = [edge[1] for edge in edges]

    def moved(offset: int) -> int:
        done = bisect_right(ends, offset)
        inside = done < len(edges) and edges[done][0] < offset
        return (edges[done][0] if inside else offset) + grown[done]

    def renamed(value: str) -> str:
        return pattern.sub(lambda match: names["".join(match.group().split())], value)

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: walk(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, key) for v in value]
        if isinstance(value, int) and not isinstance(value, bool) and key in ("start", "end", "body"):
            return moved(value)
        return renamed(value) if isinstance(value, str) and key not in ("sha256", "page") else value

    return "".join(pieces), walk(gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    pools: dict[str, list[str]] = {suffix: [] for suffixes in SUFFIXES.values() for suffix in suffixes}
    for level, suffixes in SUFFIXES.items():
        for division in divisions().of_level(level):
            suffix = next((s for s in suffixes if division.name.endswith(s)), None)
            if suffix and _NAME.fullmatch(division.name) and len(division.name) - len(suffix) > 1:
                pools[suffix].append(division.name)
    for folder in ("pages", "gold"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    texts = {page: page.read_bytes().decode() for page in sorted(options.pages.glob("*.txt"))}
    by_hash = {hashlib.sha256(text.encode()).hexdigest(): (page, text) for page, text in texts.items()}
    for file in sorted(options.gold.rglob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        page, text = by_hash.get(gold.get("sha256"), (None, ""))
        if page is None:
            continue
        text, gold = rewrite(text, gold, exchange(gold, rng, pools))
        gold["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        (options.out / "pages" / page.name).write_bytes(text.encode())
        (options.out / "gold" / f"{page.stem}.json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
