"""Semantic roles of a Doc, where another model tells them: a predicate with who does what to whom, when and where.

The roles are PropBank's (ARG0 who acts, ARG1 what is acted on, ARG2 who is given to, ARGM-TMP, ARGM-LOC …), as HanLP's
models of many tasks have them (https://hanlp.hankcs.com/docs/annotations/srl/cpb.html). Our own models find none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Doc

_KEY = "frames"


class Frame(NamedTuple):
    """A predicate and its arguments, offsets in the Doc."""

    start: int
    end: int
    arguments: tuple[tuple[int, int, str], ...]


def set_frames(doc: Doc, frames: Iterable[Frame]) -> None:
    doc.user_data[_KEY] = tuple(frames)


def frames_of(doc: Doc) -> tuple[Frame, ...]:
    """The frames of a Doc, none where no model has told any."""
    found: tuple[Frame, ...] = doc.user_data.get(_KEY, ())
    return found
