"""Other people, places and posts in the sentences of the labelled pages, so that contexts are learnt and not names."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from pipeline.training.corpora import Paragraph, Sample, Spans, outermost
from pipeline.training.sentences import Sentences

_PARTS: dict[str, list[str]] = {
    key: words.split()
    for key, words in yaml.safe_load(Path(__file__).with_name("name_parts.yaml").read_text(encoding="utf-8")).items()
}


class People:
    """Draws names of people; surnames by how common they are, with the rare ones more often than in life."""

    def __init__(self, surnames: Path, names: Path, foreign: Sequence[str], rng: random.Random):
        self.rng, self.foreign = rng, [f for f in foreign if "·" in f and 4 <= len(f) <= 14]
        rows = csv.DictReader(io.StringIO(gzip.decompress(surnames.read_bytes()).decode("utf-8-sig")))
        found = [(row["surname"], float(row["n.1930_2008"] or 0)) for row in rows]
        self.surnames = [s for s, _ in found if len(s) == 1]
        self.weights = [max(n, 1.0) for s, n in found if len(s) == 1]
        self.rare = [s for s, _ in sorted(zip(self.surnames, self.weights, strict=True), key=lambda x: -x[1])][:900]
        with gzip.open(names, "rt", encoding="utf-8") as lines:
            known = [line.strip() for line in lines]
        self.given = [n[1:] for n in known if 2 <= len(n) <= 3 and n[0] in set(self.surnames[:400])]

    def surname(self) -> str:
        draw = self.rng.random()
        if draw < 0.06:
            return self.rng.choice(_PARTS["compound_surnames"])
        if draw < 0.4:
            return self.rng.choice(self.rare)
        return self.rng.choices(self.surnames, self.weights)[0]

    def brand(self) -> str:
        """Two characters, as a company or a team calls itself."""
        given = self.rng.choice(self.given)
        return given if len(given) == 2 else given + self.rng.choice(self.given)[-1]

    def full(self) -> str:
        """A name of any kind."""
        draw = self.rng.random()
        if draw < 0.035:
            pick = self.rng.choice
            return pick(
                [
                    lambda: "·".join(self.rng.sample(_PARTS["joined"], 2)),
                    self.tibetan,
                    self.mongol,
                    lambda: "".join(self.rng.sample(_PARTS["yi"], 2)),
                    lambda: pick(self.foreign) if self.foreign else self.tibetan(),
                ]
            )()
        given = self.rng.choice(self.given)
        if self.rng.random() < 0.3:  # characters of two names mixed
            other = self.rng.choice(self.given)
            given = (given[0] + other[-1]) if len(given) > 1 else given
        return self.surname() + given

    def tibetan(self) -> str:
        """Two parts, one, or one and its usual last character."""
        first, second = self.rng.sample(_PARTS["tibetan"], 2)
        return self.rng.choice(
            (first + second, first + second, first, first + self.rng.choice("加措吉才杰毛"), first[:1] + "加")
        )

    def mongol(self) -> str:
        """One or two parts."""
        return "".join(self.rng.sample(_PARTS["mongol"], self.rng.choice((1, 2))))

    def like(self, name: str) -> str:
        """A name in the style of `name`: a familiar form stays one, a space inside stays."""
        bare = name.replace(" ", "").replace("\u3000", "")
        if len(bare) == 1:
            return self.surname()
        if len(bare) <= 3 and (
            bare[0] in "老小阿" or bare[-1] in "叔婶姐哥伯" or bare[1:] in ("先生", "女士", "阿姨", "大爷", "婆婆")
        ):
            return self.rng.choice(_PARTS["familiar"]).format(self.surname()[0])
        new = self.full()
        if len(new) == 3 and self.rng.random() < 0.06:
            return " ".join(new)
        if self.rng.random() < 0.012:
            return new[0] + self.rng.choice(("某", "某某"))
        if len(bare) < 5 and len(new) == 2 and (name != bare or self.rng.random() < 0.15):
            return new[0] + " " + new[1]
        if name != bare and self.rng.random() < 0.5:
            return new[0] + " " + new[1:]
        return new


class Places:
    """Draws names of divisions by level, with or without their last word, as the one that they replace."""

    def __init__(self, divisions: Path, rng: random.Random):
        self.rng = rng
        self.names: dict[str, list[str]] = defaultdict(list)
        levels = {"1": "province", "2": "city", "3": "county", "4": "town", "5": "village"}
        with lzma.open(divisions, "rt", encoding="utf-8") as lines:
            for line in lines:
                code, name, level, *_ = line.rstrip("\n").split("\t")
                if not code[:1].isdigit() or level not in levels:
                    continue
                kind = levels[level]
                for ending in ("村民委员会", "村委会", "居民委员会", "居委会", "办事处"):
                    if name.endswith(ending):
                        name = name[: -len(ending)] + ("村" if ending[0] == "村" else "")
                        break
                if kind == "village" and name.endswith("社区"):
                    kind = "community"
                if 2 < len(name) < 9:
                    self.names[kind + name[-1]].append(name)
        endings = {"city": "市", "county": "县区市", "town": "镇乡", "village": "村", "community": "区"}
        self.kinds = {level: [level + c for c in last] for level, last in endings.items()}

    def any(self, level: str) -> str:
        """A place of this level."""
        while True:
            name = self.rng.choice(self.names[self.rng.choice(self.kinds[level])])
            if len(name) < 6:
                return name

    def like(self, name: str, level: str | None) -> str:
        """Another division of this level with the same last character, `name` itself if there is none."""
        if name[0] in "我本该":
            return name
        options = self.names.get((level or "") + name[-1])
        if options:
            return self.rng.choice(options)
        if level in ("city", "county") and len(name) == 2:
            return self.rng.choice(self.names[level + ("市" if level == "city" else "县")])[:-1]
        return name


class Augmenter:
    """Makes new paragraphs from labelled ones. One instance draws from one stream of random numbers."""

    def __init__(self, people: People, places: Places, paragraphs: Iterable[Paragraph], rng: random.Random):
        self.people, self.places, self.rng = people, places, rng
        self.posts: list[str] = []
        self.organisations: list[str] = []
        for p in paragraphs:
            self.posts += [p.text[a:b] for a, b, kind, _ in p.mentions if kind == "POST"]
            self.organisations += [p.text[a:b] for a, b, kind, _ in p.mentions if kind == "ORG"]

    def article(self, paragraphs: list[Paragraph]) -> list[Sample]:
        """The paragraphs of one article with names drawn anew, the same name everywhere the same."""
        new: dict[tuple[str, str], str] = {}
        swap_people, swap_places = self.rng.random() < 0.85, self.rng.random() < 0.6
        out = []
        for paragraph in paragraphs:
            text, spans, at = "", [], 0
            levels = {(a, b): level for a, b, _, level in paragraph.mentions}
            for start, end, kind in outermost((a, b, k) for a, b, k, _ in paragraph.mentions):
                old = paragraph.text[start:end]
                key = (kind, old.replace(" ", ""))
                if key not in new:
                    new[key] = self._draw(kind, old, levels.get((start, end)), swap_people, swap_places)
                text += paragraph.text[at:start]
                name = new[key]
                if kind == "PER" and swap_people and len(name) == 2 and self.rng.random() < 0.05:
                    name = name[0] + " " + name[1]
                if kind == "PER" and swap_people and self.rng.random() < 0.03 and start > 20:
                    name = self.rng.choice(_PARTS["familiar"]).format(name[0])
                spans.append((len(text), len(text) + len(name), kind))
                text += name
                at = end
            text += paragraph.text[at:]
            out.append(_cut(Sample(text, spans, "news"), self.rng))
        return out

    def _draw(self, kind: str, old: str, level: str | None, people: bool, places: bool) -> str:
        if kind == "PER":
            return self.people.like(old) if people else old
        if kind == "PLACE":
            return self.places.like(old, level) if places else old
        if kind == "POST":
            return self.rng.choice(self.posts) if self.rng.random() < 0.15 else old
        if places and self.rng.random() < 0.3:
            return self.organisation(old)
        if places and len(old) > 4:
            for n in (3, 4):
                if old[n - 1] in "县市区镇":
                    level = {"市": "city", "镇": "town"}.get(old[n - 1], "county")
                    return self.places.like(old[:n], level) + old[n:]
        return self.rng.choice(self.organisations) if self.rng.random() < 0.08 and len(old) > 5 else old

    def organisation(self, old: str) -> str:
        """An organisation put together from a pattern; a body named by its level stays one."""
        rng = self.rng
        if len(old) <= 3 or (len(old) < 6 and old[0] in "市县区镇乡省" and rng.random() < 0.7):
            return rng.choice(_PARTS["bodies"])
        county = self.places.any("county")
        parts = {
            "city": self.places.any("city"),
            "county": county if rng.random() < 0.6 else rng.choice("市县区"),
            "short": county[:-1],
            "town": self.places.any("town"),
            "village": self.places.any("village"),
            "community": self.places.any("community"),
            "brand": self.people.brand(),
        }
        return rng.choice(_PARTS["organisations"]).format(**parts)

    def sentences(self, count: int) -> list[Sample]:
        """Sentences from patterns, see `pipeline.training.sentences`."""
        make = Sentences(self.people, self.places, _PARTS["organisations"], self.rng)
        return [make.draw() for _ in range(count)]

    def lines(self, count: int) -> list[Sample]:
        """Bylines, captions and lists of names as newspapers print them."""
        return [self._line() for _ in range(count)]

    def _line(self) -> Sample:
        rng = self.rng
        text, spans = "", []

        def say(words: str) -> None:
            nonlocal text
            text += words

        def name(spaced: bool = False) -> None:
            nonlocal text
            who = self.people.full()
            if len(who) == 2 and (spaced or rng.random() < 0.6):
                who = who[0] + rng.choice((" ", " ", "\u3000", "  ")) + who[1]
            spans.append((len(text), len(text) + len(who), "PER"))
            text += who

        def several(low: int, high: int, between: str = " ") -> None:
            for i in range(rng.randint(low, high)):
                if i:
                    say(between)
                name()

        if rng.random() < 0.2:  # looks like a name and is none
            plain = rng.choice(_PARTS["plain"])
            return Sample(rng.choice(_PARTS["around"]).replace("{}", plain), [], "news")
        if rng.random() < 0.15:  # how people are spoken to
            say(rng.choice(_PARTS["before"]))
            who = rng.choice(("小{}", "小{}", "老{}", "{}", "{}")).format(self.people.surname())
            post = rng.choice(_PARTS["address"])
            spans += [(len(text), len(text) + len(who), "PER")]
            say(who)
            spans += [(len(text), len(text) + len(post), "POST")]
            say(post)
            say(
                rng.choice(
                    ("”", "说，", "了，", "，您", "来了。", "”的帮助下，", "，事情办成了", "帮我们解决了大问题。")
                )
            )
            return Sample(text, spans, "news")
        form = rng.random()
        if form < 0.08:  # dateline
            place = self.places.any(rng.choice(("county", "county", "city", "town")))
            place = place[:-1] if rng.random() < 0.8 else place
            spans.append((0, len(place), "PLACE"))
            say(place + rng.choice(("讯 ", "讯", "讯(", "消息 ")))
            if text[-1] == "(":
                say(rng.choice(("记者 ", "通讯员 ", "记者")))
                several(1, 2)
                say(")")
            say(rng.choice(("", "", "近日,", "日前，", "为进一步提升服务水平，")))
        elif form < 0.48:
            say(rng.choice(("", "", "■ ", "□ ", "◎", "●", "文/图 ", "(", "（", "/ ")))
            say(
                rng.choice(
                    (
                        "本报记者",
                        "本报记者 ",
                        "记者 ",
                        "记者",
                        "本报全媒体记者 ",
                        "全媒体记者",
                        "融媒体记者 ",
                        "见习记者 ",
                        "报道 ",
                        "通讯员",
                        "特约记者 ",
                    )
                )
            )
            several(1, 3, rng.choice((" ", " ", "、", "  ")))
            if rng.random() < 0.6:
                say(
                    rng.choice((" 通讯员 ", " 通讯员", " 本报通讯员 ", "通讯员 ", " 实习生 ", " 摄影 ", " 特约通讯员 "))
                )
                several(1, 3, rng.choice((" ", " ", "、")))
            say(rng.choice(("", "", " 摄", " 文/图", ")", "）", " 摄影报道", " 报道", "/文 ", " 整理")))
        elif form < 0.65:
            say(rng.choice(("本报讯", "本报讯 ", "")) + rng.choice(("(", "（")))
            say(rng.choice(("记者", "记者 ", "通讯员 ", "通讯员")))
            several(1, 2, rng.choice((" ", "、", "  ")))
            if rng.random() < 0.5:
                say(rng.choice((" 通讯员 ", "  通讯员", "/文 ", " 摄影 ")))
                several(1, 2)
            say(rng.choice((")", "）", " 文/图)", ")近日，", "）日前，")))
        elif form < 0.8:
            say(rng.choice(("", "", "图为", "（", "(", "上图：")))
            several(1, 2, " ")
            say(rng.choice((" 摄", "/摄", " 摄)", "摄）", " 摄影", " 图/文")))
        else:
            say(
                rng.choice(
                    (
                        "",
                        "一等奖：",
                        "二等奖 ",
                        "获奖名单：",
                        "优秀组织奖 ",
                        "名单如下：",
                        "主任委员：",
                        "成员：",
                        "表彰名单 ",
                        "责任编辑 ",
                        "编辑 ",
                        "校对 ",
                    )
                )
            )
            several(3, 12, rng.choice((" ", "、", "  ", "\u3000", ",", "，")))
            say(rng.choice(("", "", "。")))
        return Sample(text, spans, "news")


def _cut(sample: Sample, rng: random.Random) -> Sample:
    """Now and then only a part of the paragraph, as a column break or a line of display type leaves it."""
    if rng.random() > 0.12 or len(sample.text) < 30:
        return sample
    edges = [i for i in range(8, len(sample.text) - 8) if all(i <= a or i >= b for a, b, _ in sample.spans)]
    if not edges:
        return sample
    at = rng.choice(edges)
    if rng.random() < 0.5:
        return Sample(sample.text[:at], [s for s in sample.spans if s[1] <= at], sample.convention)
    spans: Spans = [(a - at, b - at, k) for a, b, k in sample.spans if a >= at]
    return Sample(sample.text[at:], spans, sample.convention)
