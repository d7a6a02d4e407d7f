"""Sentences of local news put together from patterns, with their names marked: forms the labelled pages show too seldom."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from pipeline.training.corpora import Sample

if TYPE_CHECKING:
    from pipeline.training.augment import People, Places

_SLOT = re.compile(r"\{(\w+)\}|[_#]")
_LABELS = {"per": "PER", "sur": "PER", "tibetan": "PER", "mongol": "PER", "called": "PER", "masked": "PER"}
_LABELS |= {"post": "POST", "boss": "POST"}
_LABELS |= dict.fromkeys(("org", "media", "school", "body", "bare"), "ORG")
_LABELS |= dict.fromkeys(("place", "town", "village"), "PLACE")
_POSTS = [
    "书记",
    "主任",
    "校长",
    "副校长",
    "院长",
    "所长",
    "站长",
    "乡长",
    "镇长",
    "队长",
    "经理",
    "厂长",
    "科长",
    "局长",
    "支书",
    "会长",
    "理事长",
    "董事长",
    "副所长",
    "副镇长",
    "警官",
    "医生",
    "护士长",
    "教授",
    "会计",
]
_SPACES = (" ", " ", "\u3000", "  ", "")


class Sentences:
    """Draws sentences from `name_sentences.yaml`; `organisations` are more patterns of organisations."""

    def __init__(self, people: People, places: Places, organisations: list[str], rng: random.Random):
        data = yaml.safe_load(Path(__file__).with_name("name_sentences.yaml").read_text(encoding="utf-8"))
        self.words: dict[str, list[str]] = {key: words.split() for key, words in data.items()}
        self.words["organisations"] += organisations
        self.people, self.places, self.rng = people, places, rng
        self._make: dict[str, Callable[[], str]] = {
            "per": people.full,
            "sur": people.surname,
            "tibetan": people.tibetan,
            "mongol": people.mongol,
            "called": lambda: people.surname() + rng.choice(("先生", "女士", "大姐", "大爷", "阿姨", "大妈", "师傅")),
            "masked": lambda: people.surname() + rng.choice(("某", "某", "某某")),
            "boss": lambda: rng.choice(("老板", "老板", "店长", "掌柜", "厂长")),
            "brandname": people.brand,
            "post": lambda: rng.choice(_POSTS),
            "org": lambda: self._filled("organisations"),
            "media": lambda: self._filled("media"),
            "school": lambda: self._filled("schools"),
            "bare": lambda: rng.choice(self.words["bare"]),
            "body": self._body,
            "place": lambda: places.any(rng.choice(("city", "county"))),
            "town": lambda: places.any("town"),
            "village": lambda: places.any("village"),
        }

    def draw(self) -> Sample:
        """One to three sentences, now and then with a phrase that looks like a name and is none."""
        rng = self.rng
        text, spans = "", []
        for _ in range(rng.choice((1, 1, 2, 3))):
            if rng.random() < 0.15:
                text += rng.choice(self.words["none"]) + rng.choice("，。、；")
                continue
            pattern, at = rng.choice(self.words["sentences"]), 0
            for slot in _SLOT.finditer(pattern):
                text += pattern[at : slot.start()]
                at = slot.end()
                name = self._name(slot)
                if label := _LABELS.get(slot.group(1)):
                    spans.append((len(text), len(text) + len(name), label))
                text += name
            text += pattern[at:]
        return Sample(text, spans, "news")

    def _name(self, slot: re.Match[str]) -> str:
        if slot.group() == "_":
            return self.rng.choice(_SPACES)
        if slot.group() == "#":
            return str(self.rng.choice((self.rng.randint(1, 30), self.rng.randint(1, 30000))))
        name = self._make[slot.group(1)]()
        if slot.group(1) == "per" and len(name) == 2 and self.rng.random() < 0.12:
            name = name[0] + self.rng.choice(_SPACES[:4]) + name[1]
        return name

    def _filled(self, key: str) -> str:
        places, rng = self.places, self.rng
        county = places.any("county")
        return rng.choice(self.words[key]).format(
            city=places.any("city"),
            county=county if rng.random() < 0.6 else rng.choice("市县区"),
            short=county[:-1],
            town=places.any("town"),
            village=places.any("village"),
            community=places.any("community"),
            brand=self.people.brand(),
        )

    def _body(self) -> str:
        place = self.places.any("county") if self.rng.random() < 0.4 else self.rng.choice("市县区省州")
        return place + self.rng.choice(self.words["bare"])
