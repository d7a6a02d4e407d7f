"""A campaign of hostile inputs: every regular expression for time growing faster than its text, then reader and stages.

    python benchmarks/fuzz.py patterns [SECONDS A PATTERN]
    python benchmarks/fuzz.py pages INPUTS [SEED]

`patterns` takes every compiled pattern that the package holds, makes texts by repeating what its own source is made of,
and reports patterns whose time grows by more than the power 1.5 of the text, searched for or matched as the package does. `pages` mutates the labelled pages
(cut, doubled, shuffled, letters replaced by marks, digits, brackets, white space, controls) and reads each as a .txt, .csv,
.jsonl, .zip or .tar.gz whose bytes may be damaged too; whatever is read runs through all stages, and every row's raw
slice must be its text. Each input is made from the seed and its number alone. It prints what went wrong and ends with status 1 if anything did.
"""

from __future__ import annotations

import gc
import hashlib
import inspect
import io
import json
import random
import re
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from spacy.language import Language

from pipeline.config import Config, InputSettings
from pipeline.offsets import raw_equal
from pipeline.page.reader import Located, stream
from pipeline.records import InputRecord
from pipeline.shard import extract, language

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "tests" / "gold" / "dev" / "pages").glob("*.txt"))
MARKS = "()（）[]【】《》“”‘’\"'、,，。!！?？;；:：·…—-–/%‰.0123456789零一二三四五六七八九十百千万亿两几多余年月日时分元米县市区镇乡村省记者讯 \t\n\r\u3000\u200b\u200f\u202e\ufeff\u0301𠮷😀Aa"
_TOGETHER = 50  # pages that run through the stages together
FACTS = ("mentions", "officials", "quantities", "times", "event_arguments")


# -------------------------------------------------------------------------------------------------- patterns
def patterns() -> list[re.Pattern[str]]:
    """Every pattern of text that is alive once the Language is built and has seen a page."""
    nlp = language(Config())
    read({"a": SAMPLES[0].read_text(encoding="utf-8")}, nlp)
    found = {p for p in gc.get_objects() if isinstance(p, re.Pattern) and isinstance(p.pattern, str)}
    held = [
        module for name, module in list(sys.modules.items()) if name.startswith("pipeline") for module in [vars(module)]
    ]
    found |= {v for module in held for v in module.values() if isinstance(v, re.Pattern) and isinstance(v.pattern, str)}
    own = {v.pattern for module in held for v in module.values() if isinstance(v, re.Pattern)}
    return sorted(
        (p for p in found if p.pattern in own or re.search(r"[\u4e00-\u9fff]", p.pattern)), key=lambda p: p.pattern
    )


def pumped(pattern: re.Pattern[str], noise: random.Random, length: int) -> Iterator[str]:
    """Texts made by repeating letters and groups of letters of the pattern, with and without an end that cannot match."""
    letters = list(re.sub(r"\\[a-zA-Z]|[\\^$.|?*+{}]|\(\?(?:P<\w+>|<?[=!:])", "", pattern.pattern)) or ["字"]
    letters += list("1一字a ,.\n")
    for size in (1, 1, 2, 2, 3, 5):
        piece = "".join(noise.choice(letters) for _ in range(size))
        yield (piece * length)[:length]
        yield (piece * length)[:length] + "\0"


def anchored(pattern: re.Pattern[str]) -> bool:
    """Whether the package only asks the pattern about one place of a text: its name is only called to match there."""
    calls: set[str] = set()
    for module in [m for name, m in sys.modules.items() if name.startswith("pipeline.")]:
        for name in [name for name, value in vars(module).items() if value is pattern]:
            source = inspect.getsource(module)
            calls.update(re.findall(rf"\b{name}\.(\w+)\(", source) or ["unknown"])
    return bool(calls) and calls <= {"match", "fullmatch"}


def spent(pattern: re.Pattern[str], text: str, *, here: bool) -> float:
    """CPU seconds of finding the pattern in all of a text, or at its beginning alone."""
    started = time.process_time()
    if here:
        pattern.match(text), pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - started


def fuzz_patterns(budget: float) -> int:
    bad = 0
    every = patterns()
    for pattern in every:
        noise, here = random.Random(pattern.pattern), anchored(pattern)
        until = time.process_time() + budget
        worst = 0.0
        while time.process_time() < until:
            state = noise.getstate()
            for number, text in enumerate(pumped(pattern, noise, 2000)):
                short = spent(pattern, text, here=here)
                if short < 0.002:
                    continue
                again = random.Random()
                again.setstate(state)
                longer = list(pumped(pattern, again, 8000))[number]
                growth = spent(pattern, longer, here=here) / short
                if growth > 8 and growth > worst:  # 4 to the power 1.5
                    worst = growth
                    print(
                        f"x{growth:.0f} for 4 times the text ({short:.4f} s at 2,000): {text[:12]!r} {pattern.pattern[:90]!r}"
                    )
        bad += worst > 0
    print(f"{len(every)} patterns, {bad} of them grow faster than their text")
    return bad


# -------------------------------------------------------------------------------------------------- pages
def mutated(noise: random.Random) -> str:
    """A piece of one or two labelled pages, changed in a few ways."""
    text = noise.choice(SAMPLES).read_text(encoding="utf-8")
    start = noise.randrange(len(text))
    text = text[start : start + noise.choice((20, 60, 200, 600))]
    for _ in range(noise.randrange(6)):
        at, end = sorted(noise.randrange(len(text) + 1) for _ in range(2))
        change = noise.randrange(7)
        if change == 0:
            text = text[:at] + text[end:]
        elif change == 1:
            text = text[:end] + text[at:end] * noise.randrange(4) + text[end:]
        elif change == 2:
            text = text[:at] + "".join(noise.sample(text[at:end], end - at)) + text[end:]
        elif change == 3:
            text = text[:at] + noise.choice(MARKS) * noise.randrange(40) + text[at:]
        elif change == 4:
            text = "".join(noise.choice(MARKS) if noise.random() < 0.15 else c for c in text)
        elif change == 5:
            text = text.replace("\n", noise.choice(("", "\n\n", "\r\n", "\u2028", " ")))
        else:
            text = text[:at] + "".join(noise.choice(MARKS) for _ in range(noise.randrange(60))) + text[at:]
    return text or "字"


def packed(text: str, noise: random.Random) -> tuple[str, bytes]:
    """A file that holds the text, its bytes damaged now and then."""
    kind = noise.choice((".txt", ".txt", ".csv", ".jsonl", ".zip", ".tar.gz"))
    data = text.encode(noise.choice(("utf-8", "utf-8", "gb18030", "utf-16")), "replace")
    if kind == ".csv":
        data = ('text,id\n"' + text.replace('"', '""') + '",1\n').encode()
    elif kind == ".jsonl":
        data = json.dumps({"text": text}).encode()
    elif kind == ".zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.txt", data)
        data = out.getvalue()
    elif kind == ".tar.gz":
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            member = tarfile.TarInfo("a.txt")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        data = out.getvalue()
    if noise.random() < 0.3:
        broken = bytearray(data)
        for _ in range(noise.randrange(1, 9)):
            broken[noise.randrange(len(broken))] = noise.randrange(256)
        data = bytes(broken[: noise.randrange(len(broken)) + 1]) if noise.random() < 0.3 else bytes(broken)
    return f"a{kind}", data


def read(texts: Mapping[str, str], nlp: Language) -> list[str]:
    """What is wrong with the rows of pages, by what they are called, run through all stages together."""
    records = [InputRecord(name, t, "utf-8", hashlib.sha256(t.encode()).hexdigest()) for name, t in texts.items()]
    pages = {f"p{record.sha256[:16]}": record for record in records}
    extracted = extract(records, Config(), nlp)
    wrong = [f"{f.source}: {f.stage}: {f.message}" for f in extracted.failures]
    wrong += [
        f"{r.source}: no row of it" for r in records if r.source not in {p["source"] for p in extracted.rows["pages"]}
    ]
    for table in FACTS:
        for row in extracted.rows[table]:
            page = pages[row["page_id"]]
            if not raw_equal(page.text, row["start"], row["end"], row["text"]):
                wrong.append(f"{page.source}: {table}: {row['text']!r} is not at [{row['start']}, {row['end']})")
    return wrong


def fuzz_pages(inputs: int, seed: int) -> int:
    nlp, settings = language(Config()), InputSettings()
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    waiting: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(inputs):
            noise = random.Random(f"{seed} {number}")
            name, data = packed(mutated(noise), noise)
            path = Path(folder, name)
            path.write_bytes(data)
            try:
                for item in stream(path, name, settings):
                    outcomes["read" if isinstance(item, Located) else item.error] += 1
                    if isinstance(item, Located):
                        waiting[f"input {number} of seed {seed} ({name}), {len(waiting)}"] = item.record.text
            except Exception as error:
                wrong.append(f"input {number} of seed {seed} ({name}): {type(error).__name__}: {error}")
            if len(waiting) >= _TOGETHER or number == inputs - 1:
                wrong += read(waiting, nlp)
                waiting = {}
            if number % 1000 == 999:
                print(f"{number + 1} inputs, {outcomes['wrong']} faults before", flush=True)
            while wrong:
                outcomes["wrong"] += 1
                print(wrong.pop(), flush=True)
    print(f"{inputs} inputs, {outcomes['wrong']} faults; {dict(outcomes.most_common())}")
    return outcomes["wrong"]


def main(words: list[str]) -> int:
    if words[:1] == ["patterns"]:
        return min(1, fuzz_patterns(float(words[1]) if len(words) > 1 else 1.0))
    if words[:1] == ["pages"] and len(words) > 1:
        return min(1, fuzz_pages(int(words[1]), int(words[2]) if len(words) > 2 else 1))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
