"""Names: our model beside other Chinese taggers that install without extra downloads, on the same text and gold.

    python benchmarks/names.py --pages ../shared/seeds --gold ../shared/annotation/gold [--venvs DIR] [--peers jieba thulac snownlp foolnltk]

Each peer gets a virtual environment of its own under `--venvs` (made on first use) and runs in a process of its own, one
thread, over the same paragraphs. Scores are strict F1 of outermost people, places and organisations; peers mark no posts.
A peer that cannot be installed or run is told so in its row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from pipeline.language.names import load_model
from pipeline.training import corpora
from pipeline.training.names_score import Tally

LABELS = ("PER", "PLACE", "ORG")
# What is installed, and a function `tag(text)` giving (word, tag) pairs that join to the text, white space aside.
PEERS = {
    "jieba": (["jieba==0.42.1", "setuptools<81"], "import jieba.posseg\ntag = lambda t: [(w.word, w.flag) for w in jieba.posseg.cut(t)]"),
    "thulac": (["thulac==0.2.2"], "import time\ntime.clock = time.perf_counter\nimport thulac\nm = thulac.thulac()\ntag = lambda t: m.cut(t)"),
    "snownlp": (["snownlp==0.12.3"], "from snownlp import SnowNLP\ntag = lambda t: list(SnowNLP(t).tags) if t.strip() else []"),
    "foolnltk": (["foolnltk"], "import fool\ntag = lambda t: fool.pos_cut([t])[0]"),
}  # fmt: skip
_TAGS = {"nr": "PER", "nrfg": "PER", "nrt": "PER", "np": "PER", "ns": "PLACE", "nt": "ORG", "ni": "ORG"}
_RUNNER = """
import json, sys, time
{setup}
texts = json.load(open(sys.argv[1], encoding="utf-8"))
tag("记者张三")
began = time.perf_counter()
out = [[(w, t) for w, t in tag(text)] for text in texts]
spent = time.perf_counter() - began
json.dump([out, spent], open(sys.argv[2], "w", encoding="utf-8"))
"""


def spans(text: str, words: list[list[str]]) -> list[tuple[int, int, str]]:
    """Words with a tag for names as spans; a surname and a given name side by side are one person."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for word, tag in words:
        start = text.find(word, at)
        if start < 0 or not word.strip():
            continue
        at = start + len(word)
        label = _TAGS.get(tag)
        if label is None:
            continue
        if label == "PER" and found and found[-1][1:] == (start, "PER") and found[-1][1] - found[-1][0] == 1:
            start = found.pop()[0]
        found.append((start, at, label))
    return found


def run_peer(name: str, texts: list[str], venvs: Path) -> tuple[list[list[tuple[int, int, str]]], float]:
    """Spans of each text and seconds. Raises RuntimeError with the last line that the peer said."""
    packages, setup = PEERS[name]
    python = venvs / name / "bin" / "python"
    if not python.exists():
        venv.create(venvs / name, with_pip=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", *packages], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.json", Path(folder) / "out.json"
        source.write_text(json.dumps(texts), encoding="utf-8")
        code = _RUNNER.format(setup=setup)
        env = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run([python, "-c", code, source, target], capture_output=True, text=True, env=env)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        words, seconds = json.loads(target.read_text(encoding="utf-8"))
    return [spans(t, w) for t, w in zip(texts, words, strict=True)], seconds


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "names-peers")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    chosen = parser.parse_args()
    samples = [p.sample() for p in corpora.read_pages(chosen.pages, chosen.gold)]
    texts = [s.text for s in samples]
    size = sum(map(len, texts))
    model = load_model()
    model.find(texts[:1])
    began = time.perf_counter()
    ours = [[f[:3] for found in model.find([t]) for f in found] for t in texts]
    rows = {"ours": (ours, time.perf_counter() - began)}
    print("| | " + " | ".join(f"{label} F1" for label in LABELS) + " | characters/s |")
    print("|---" * (len(LABELS) + 2) + "|")
    for name in ["ours", *chosen.peers]:
        try:
            found, seconds = rows[name] if name in rows else run_peer(name, texts, chosen.venvs)
        except RuntimeError as error:
            print(f"| {name} | not run: {error} |" + " |" * len(LABELS))
            continue
        tally = Tally()
        for guess, sample in zip(found, samples, strict=True):
            tally.add(guess, sample.spans)
        figures = " | ".join(f"{tally.figures([label])[2]:.3f}" for label in LABELS)
        print(f"| {name} | {figures} | {size / seconds:,.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
