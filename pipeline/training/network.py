"""The network of the name model in PyTorch: embeddings, dilated convolutions, one tagging head a convention.

`pipeline.language.names` runs the same arithmetic in NumPy. Shapes: B texts, T characters, D channels.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import functional

from pipeline.language.words import LENGTHS

PAIRS = ((1, 2), (1, 4), (1, 8), (1, 2))  # dilations of the two convolutions of each block
HEAD_DROPOUT = 0.15


class RowDropout(nn.Module):
    """Drop whole channels of a text: as good for convolutions as dropping single values, and nearly free."""

    def __init__(self, rate: float):
        super().__init__()
        self.rate = rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, T, D) to (B, T, D); nothing happens outside training."""
        if not self.training or not self.rate:
            return x
        kept = torch.rand(x.shape[0], 1, x.shape[2]) >= self.rate
        return x * (kept / (1 - self.rate)).to(x.dtype)


class Block(nn.Module):
    """`x + conv(relu(conv(norm(x))))`, both convolutions three characters wide."""

    def __init__(self, width: int, dilations: tuple[int, int]):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        first, second = dilations
        self.first = nn.Conv2d(width, width, (1, 3), padding=(0, first), dilation=(1, first))
        self.second = nn.Conv2d(width, width, (1, 3), padding=(0, second), dilation=(1, second))

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """(B, T, D) to (B, T, D); `mask` (B, T, 1) is 0 behind the end of a text."""
        h = self.norm(x)
        if mask is not None:
            h = h * mask
        h = h.transpose(1, 2).unsqueeze(2).contiguous(memory_format=torch.channels_last)
        h = functional.relu(self.first(h))
        if mask is not None:
            h = h * mask.transpose(1, 2).unsqueeze(2)
        h = self.second(h)
        return x + h.squeeze(2).transpose(1, 2)


class Encoder(nn.Module):
    """Characters, the pairs they form with both neighbours and the words they stand in, to one vector a character.

    Vectors of pairs and `words` (W, V) stay as they are. What a word adds begins at nothing: pretraining, which would
    see in it what it hides, goes without.
    """

    def __init__(
        self,
        characters: torch.Tensor,
        pairs: torch.Tensor,
        words: torch.Tensor,
        width: int = 256,
        dropout: float = 0.0,
    ):
        super().__init__()
        # One more row for a masked character.
        self.characters = nn.Embedding.from_pretrained(
            torch.cat([characters, torch.zeros(1, characters.shape[1])]), freeze=False
        )
        self.register_buffer("pairs", pairs)
        self.register_buffer("words", words)
        self.lexicon = nn.Linear(3 * words.shape[1], width, bias=False)
        nn.init.zeros_(self.lexicon.weight)
        self.inward = nn.Linear(characters.shape[1] + 2 * pairs.shape[1], width)
        self.blocks = nn.ModuleList(Block(width, d) for d in PAIRS)
        self.norm = nn.LayerNorm(width)
        self.dropout = RowDropout(dropout)

    def forward(
        self,
        characters: torch.Tensor,
        pairs: torch.Tensor,
        mask: torch.Tensor | None = None,
        words: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Gives (B, T, D). `characters` and `pairs` (B, T) are numbers, `pairs[:, t]` of the pair that begins at t.

        `words` (B, T, L) are rows of the words that begin at t, one for each of the lengths that are looked up.
        """
        table: torch.Tensor = self.pairs  # type: ignore[assignment]
        after = functional.embedding(pairs, table)
        before = functional.pad(after[:, :-1], (0, 0, 1, 0))
        x = torch.cat([self.characters(characters), before, after], dim=-1)
        x = self.inward(self.dropout(x))
        if words is not None:
            known: torch.Tensor = self.words  # type: ignore[assignment]
            x = x + self.lexicon(self.dropout(word_features(words, known)))
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


def word_features(words: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """(B, T, L) rows of a table (W, V) to (B, T, 3 V): sums of the words that begin, go on and end at a character."""
    begin, inside, end = (table.new_zeros(*words.shape[:2], table.shape[1]) for _ in range(3))
    for i, length in enumerate(LENGTHS):
        vectors = functional.embedding(words[:, :, i], table)
        begin = begin + vectors
        for by in range(1, length):
            moved = functional.pad(vectors[:, :-by], (0, 0, by, 0))
            if by < length - 1:
                inside = inside + moved
            else:
                end = end + moved
    return torch.cat([begin, inside, end], dim=-1)


class MaskedCharacters(nn.Module):
    """Guess the masked characters of a text from the encoder's vectors, over the shared embedding table."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.encoder = encoder
        size, dimension = encoder.characters.weight.shape
        self.outward = nn.Linear(encoder.norm.normalized_shape[0], dimension)
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, characters: torch.Tensor, pairs: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Logits (masked places, characters); `hidden` (B, T) says which places."""
        h = self.encoder(characters, pairs)[hidden]
        return self.outward(h) @ self.encoder.characters.weight.t() + self.bias


class Tagger(nn.Module):
    """The encoder with one linear head for each convention of labels, and transitions for those with a CRF."""

    def __init__(self, encoder: Encoder, heads: dict[str, int]):
        super().__init__()
        self.encoder = encoder
        width = encoder.norm.normalized_shape[0]
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in heads.items()})
        self.transitions = nn.ParameterDict({name: torch.zeros(size, size) for name, size in heads.items()})
        self.dropout = RowDropout(HEAD_DROPOUT)

    def forward(
        self,
        characters: torch.Tensor,
        pairs: torch.Tensor,
        mask: torch.Tensor,
        heads: Iterable[str],
        words: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Scores (B, T, tags) of each head asked for."""
        h = self.dropout(self.encoder(characters, pairs, mask, words))
        return {name: self.heads[name](h) for name in heads}


class HalfPrecision:
    """Run a module in bfloat16 with 32-bit master weights: five times as fast on a processor that knows it."""

    def __init__(self, module: nn.Module):
        self.half = [p for p in module.parameters() if p.requires_grad]
        self.full = [nn.Parameter(p.detach().float().clone()) for p in self.half]
        module.to(torch.bfloat16)

    def step(self, optimiser: torch.optim.Optimizer, clip: float = 1.0) -> None:
        """Take over the gradients, step, and copy the weights back."""
        for full, half in zip(self.full, self.half, strict=True):
            full.grad = None if half.grad is None else half.grad.float()
            half.grad = None
        torch.nn.utils.clip_grad_norm_(self.full, clip)
        optimiser.step()
        self.copy(self.full)

    @torch.no_grad()
    def copy(self, weights: Iterable[torch.Tensor]) -> None:
        """Put these weights (in the order of `full`) into the module."""
        for half, weight in zip(self.half, weights, strict=True):
            half.copy_(weight)


def crf_loss(scores: torch.Tensor, transitions: torch.Tensor, tags: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of `tags` (B, T), summed; `transitions` from row to column; `mask` (B, T) boolean."""
    batch, length, _ = scores.shape
    index = torch.arange(batch)
    alpha = scores[:, 0]
    emitted = (scores.gather(2, tags.unsqueeze(2)).squeeze(2) * mask).sum(1)
    moved = (transitions[tags[:, :-1], tags[:, 1:]] * mask[:, 1:]).sum(1)
    finals = (mask.sum(1) - 1).clamp(min=0)
    alphas = [alpha]
    # log-sum-exp as a matrix product: transitions are small, so their exponential is safe.
    kernel = transitions.exp()
    for t in range(1, length):
        top = alpha.max(dim=1, keepdim=True).values
        alpha = ((alpha - top).exp() @ kernel).log() + top + scores[:, t]
        alphas.append(alpha)
    last = torch.stack(alphas, 1)[index, finals]
    return ((torch.logsumexp(last, dim=1) - emitted - moved) * mask[:, 0]).sum()
