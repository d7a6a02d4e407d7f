"""The folded view of a text: same length, one spelling for each character, used for matching only.

Newspapers mix ASCII and full-width digits, letters and punctuation. Stages match on the folded view and
report offsets; because the view has the length of the text, the offsets are good for the text itself.
"""

_FOLDED = {0xFF01 + i: chr(0x21 + i) for i in range(94)}  # full-width ASCII, U+FF01 to U+FF5E
_FOLDED.update(
    {
        ord("　"): " ",
        0xA0: " ",
        ord("\t"): " ",
        ord("﹒"): ".",
        ord("％"): "%",
        ord("‰"): "‰",
        ord("–"): "-",
        ord("‐"): "-",
        ord("‑"): "-",
        ord("−"): "-",
        ord("―"): "—",
        ord("～"): "~",
        ord("〜"): "~",
        ord("∶"): ":",
        ord("•"): "·",
        ord("・"): "·",
        ord("‧"): "·",
        ord("﹑"): "、",
    }
)


def fold(text: str) -> str:
    """Return `text` with width and punctuation variants folded, character for character (equal length)."""
    return text.translate(_FOLDED)
