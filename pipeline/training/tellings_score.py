"""How the encoder tells events in sentences that it has not learnt from: held-out iFLYTEK 2020, by the weights of the last phase.

Triggers there are of any kind and have no type; roles are subject, object, time and place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.language import crf
from pipeline.training.corpora import CONVENTIONS
from pipeline.training.names import load_vocabulary, new_tagger
from pipeline.training.names_score import Tally
from pipeline.training.tellings import sentences

_HEAD = "sentences"


@torch.no_grad()
def score_sentences(settings: dict[str, Any]) -> dict[str, float]:
    """Strict F1 by label, of all arguments together, and how many sentences were held out. `settings` are those of
    `names`; raises FileNotFoundError if its folder `work` has no weights."""
    work = Path(settings["work"])
    vocabulary, tagger = load_vocabulary(work), new_tagger(settings)
    tagger.load_state_dict(torch.load(work / f"{settings['phases'][-1]['name']}.pt"), strict=False)
    tagger.eval()
    labels = CONVENTIONS[_HEAD]
    free = crf.allowed(list(labels), np.zeros((1 + 4 * len(labels),) * 2, dtype=np.float32))
    tally, (_, held_out) = Tally(), sentences(settings["told"])
    for sample in held_out:
        numbers = vocabulary.numbers(sample.text)[None]
        around = torch.from_numpy(vocabulary.pairs(numbers)), torch.from_numpy(vocabulary.words(numbers))
        mask = torch.ones((1, numbers.shape[1], 1))
        scores = tagger(torch.from_numpy(numbers), around[0], mask, (_HEAD,), around[1])[_HEAD][0].float().numpy()
        found = [(a, b, labels[k]) for a, b, k in crf.spans(crf.viterbi([scores], free)[0])]
        tally.add(found, sample.spans)
    figures = {label: round(tally.figures([label])[2], 3) for label in labels}
    return figures | {"arguments": round(tally.figures(labels[1:])[2], 3), "held_out": len(held_out)}
