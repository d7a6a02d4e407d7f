"""Which person of an article a short form means: 王书记, 老李, 小宁, 石师傅, and 永平 for 何永平."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from pipeline.lexicon.person_names import person_names

_FAMILIAR = re.compile(r"^[老小阿]([一-鿿])$")
_POLITE = re.compile(r"^([一-鿿]{1,2}?)(?:先生|女士|小姐|同志|老师|师傅|老)$")
_KIN = re.compile(
    r"^([一-鿿]{1,2}?)(?:大爷|大妈|大娘|大叔|大姐|大嫂|大哥|阿姨|奶奶|爷爷|婆婆|伯伯|叔叔|[叔婶嫂姨姐哥伯妈])$"
)
_MASKED = re.compile(r"[某×xX*]")


def people(
    names: Sequence[tuple[str, str]], held: Iterable[tuple[str, str]], authors: Collection[str] = ()
) -> list[str]:
    """The full name that each mention of a person in an article stands for, in order; itself where nothing tells.

    `names`: each mention without white space and the title right behind it, empty if there is none. `held`: the posts
    that the article tells, as person and title. `authors`: the names of its bylines, whom it does not speak of. A short
    form means somebody only if it fits one person of the article alone; of several with one surname it is the one with
    such a title (钱书记 is the 党委书记). A surname before a word of kinship (周奶奶) may be anybody of the family.
    """
    full = list(dict.fromkeys(name for name, _ in names if _is_full(name)))
    titles: dict[str, list[str]] = {}
    for person, title in held:
        titles.setdefault(person, []).append(title)

    spoken_of = [person for person in full if person not in authors or person in titles]

    def meant(name: str, title: str) -> str:
        if name in full:
            return _longer(name, spoken_of)
        fits = _test(name)
        found = [person for person in spoken_of if fits is not None and fits(person)]
        if len(found) > 1 and title:
            found = [person for person in found if any(t.endswith(title) for t in titles.get(person, ()))]
        elif title:  # 王书记 is no 王 whose only titles in the article are others
            found = [p for p in found if p not in titles or any(t.endswith(title) for t in titles[p])]
        return found[0] if len(found) == 1 else name

    return [meant(name, title) for name, title in names]


def is_short(name: str) -> bool:
    """Whether a name is a form of address or a surname alone, no full name."""
    return not _is_full(name)


def _is_full(name: str) -> bool:
    """Whether a name has a surname and a given name: not 王, 老李, 周女士."""
    return len(name) > 1 and not any(form.search(name) for form in (_MASKED, _POLITE, _KIN, _FAMILIAR))


def _longer(name: str, full: Sequence[str]) -> str:
    """The one full name that a given name alone belongs to: 永平 for 何永平."""
    if len(name) != 2:
        return name
    found = [person for person in full if len(person) == 3 and person.endswith(name) and _surnamed(person, person[0])]
    return found[0] if len(found) == 1 else name


def _test(name: str) -> Callable[[str], bool] | None:
    """What a full name must fulfil for a short form to mean it; None if the form is none of those known."""
    if _MASKED.search(name):
        return None
    if len(name) == 1:
        return lambda person: _surnamed(person, name)
    if match := _FAMILIAR.match(name):
        part = match.group(1)
        return lambda person: _surnamed(person, part) or (name[0] in "小阿" and person.endswith(part))
    if match := _POLITE.match(name):
        surname = match.group(1)
        return lambda person: _surnamed(person, surname) or person.endswith(surname)
    if match := _KIN.match(name):
        given = match.group(1)
        return lambda person: person.endswith(given)
    return None


def _surnamed(person: str, surname: str) -> bool:
    return person_names().surname(person) == surname
