"""What the tests of bylines share: roles in short, and what the parser makes of a line as it is printed."""

from __future__ import annotations

from pipeline.folding import fold
from pipeline.page.bylines import Credit, parse
from pipeline.page.datelines import Lead

R, C, P = "reporter", "correspondent", "photographer"


def names_and_roles(credit: Credit | Lead) -> list[tuple[str, str]]:
    return [(b.name, b.role) for b in credit.bylines]


def byline(line: str) -> list[tuple[str, str]]:
    """The names and roles of a line that is surely a byline."""
    credit = parse(fold(line))
    assert credit is not None
    assert credit.sure
    return names_and_roles(credit)


def is_no_byline(line: str) -> bool:
    credit = parse(fold(line))
    return credit is None or not credit.sure or not credit.bylines
