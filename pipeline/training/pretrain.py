"""Pretrain the encoder on unlabelled text: guess masked characters (BERT's task, whole spans of one to three)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from pipeline.training.network import Encoder, HalfPrecision, MaskedCharacters


def pretrain(
    encoder: Encoder,
    ids: np.ndarray,
    pairs: np.ndarray,
    steps: int,
    out: Path,
    rows: int = 40,
    length: int = 128,
    learning_rate: float = 2e-3,
    seed: int = 0,
    report: Callable[[str], None] = print,
) -> None:
    """Train the encoder in place on the text `ids` (numbers of characters) with its `pairs`; save it to `out`."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    blank = encoder.characters.weight.shape[0] - 1
    model = MaskedCharacters(encoder)
    precision = HalfPrecision(model)
    optimiser = torch.optim.AdamW(precision.full, lr=learning_rate, weight_decay=0.01, betas=(0.9, 0.98))
    usable = len(ids) // length * length
    text, couples = ids[:usable].reshape(-1, length), pairs[:usable].reshape(-1, length)
    order = rng.permutation(len(text))
    began, seen, total = time.time(), 0, 0.0
    model.train()
    for step in range(steps):
        at = order[np.arange(step * rows, (step + 1) * rows) % len(order)]
        batch = text[at].astype(np.int64)
        hidden = _spans(rng, batch.shape) & (batch > 0)
        shown = np.where(hidden, blank, batch)
        both = couples[at].astype(np.int64)
        broken = hidden.copy()
        broken[:, :-1] |= hidden[:, 1:]
        both[broken] = 0
        goal = torch.from_numpy(batch[hidden])
        logits = model(torch.from_numpy(shown), torch.from_numpy(both), torch.from_numpy(hidden)).float()
        loss = functional.cross_entropy(logits, goal)
        loss.backward()
        rate = min((step + 1) / 500, 0.5 * (1 + math.cos(math.pi * min(step / steps, 1.0))) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * rate
        precision.step(optimiser)
        total += float(loss.detach())
        seen += 1
        if (step + 1) % 250 == 0:
            speed = (step + 1) * rows * length / (time.time() - began)
            report(f"pretraining {step + 1}/{steps}: loss {total / seen:.3f}, {speed:,.0f} characters/s")
            total, seen = 0.0, 0
        if (step + 1) % 2000 == 0 or step + 1 == steps:
            torch.save({k: v.float() for k, v in encoder.state_dict().items() if k not in ("pairs", "words")}, out)


def _spans(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """A random choice of about a sixth of all places, in runs of one to three."""
    start = rng.random(shape)
    hidden = start < 0.085
    twice = (start < 0.06)[:, :-1]
    hidden[:, 1:] |= twice
    hidden[:, 2:] |= (start < 0.02)[:, :-2]
    return hidden
