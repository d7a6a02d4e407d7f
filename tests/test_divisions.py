"""What users rely on in the gazetteer: paths, levels, codes, former names, short and misprinted forms."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from pipeline.lexicon import place_build
from pipeline.lexicon.__main__ import main
from pipeline.lexicon.divisions import Divisions, divisions
from pipeline.lexicon.place_build import build_divisions, level_of, printed_name
from pipeline.lexicon.place_names import credible_misprint, inside_words, likeness, other_names, upper_names


@pytest.fixture(scope="module")
def gazetteer() -> Divisions:
    return divisions()


def paths(found: list) -> set[str]:
    return {division.path for division in found}


@pytest.mark.parametrize(
    ("official", "code", "printed"),
    [
        ("李村村民委员会", "370000000201", "李村"),
        ("李村委会", "370000000201", "李村"),
        ("和平社区居民委员会", "370000000001", "和平社区"),
        ("和平居委会", "370000000001", "和平社区"),
        ("幸福村居委会", "370000000001", "幸福村社区"),
        ("白音嘎查村委会", "150000000201", "白音嘎查"),
        ("白音嘎查委员会", "150000000201", "白音嘎查"),
        ("清河街道办事处", "370000000", "清河街道"),
        ("清河镇", "370000000", "清河镇"),
    ],
)
def test_printed_name(official: str, code: str, printed: str) -> None:
    assert printed_name(official, code) == printed


def test_level_below_the_town_is_told_by_the_name_then_by_the_class_in_the_code() -> None:
    assert level_of("370000000201", "李村") == "village"
    assert level_of("370000000001", "李村") == "village"
    assert level_of("370000000201", "和平社区") == "community"
    assert level_of("370000000501", "农场生活区") == "village"
    assert level_of("370000000401", "工业园生活区") == "community"


@pytest.mark.parametrize(
    ("name", "level", "path"),
    [
        ("浙江省", "province", "浙江省"),
        ("兴化市", "county", "江苏省/泰州市/兴化市"),
        ("琼海市", "county", "海南省/琼海市"),  # no 省直辖县级行政区划
        ("青浦区", "county", "上海市/青浦区"),  # no 市辖区
        ("东莞市", "city", "广东省/东莞市"),  # a city without counties is no county of itself
        ("茶山镇", "town", "广东省/东莞市/茶山镇"),
    ],
)
def test_canonical_path(gazetteer: Divisions, name: str, level: str, path: str) -> None:
    assert path in paths(gazetteer.lookup(name, level))
    assert gazetteer.by_path(path) is not None


def test_pseudo_units_are_no_places(gazetteer: Divisions) -> None:
    assert "市辖区" not in gazetteer
    assert gazetteer.lookup("省直辖县级行政区划") == []


def test_lookup_gives_every_namesake_with_its_code(gazetteer: Divisions) -> None:
    found = gazetteer.lookup("朝阳区", "county")
    assert paths(found) == {"北京市/朝阳区", "吉林省/长春市/朝阳区"}
    assert {d.code for d in found} == {"110105000000", "220104000000"}
    assert gazetteer.count("朝阳区") == 2
    assert gazetteer.get("110105") == gazetteer.by_path("北京市/朝阳区")


def test_a_division_gone_since_2017_is_former(gazetteer: Divisions) -> None:
    (county,) = gazetteer.lookup("邹平县")
    assert county.status == "former"
    assert {d.status for d in gazetteer.lookup("邹平市")} == {"official"}


def test_under_looks_inside_one_division_only(gazetteer: Divisions) -> None:
    xinghua = gazetteer.by_path("江苏省/泰州市/兴化市")
    assert xinghua is not None
    assert paths(gazetteer.under(xinghua.code, "戴南镇")) == {"江苏省/泰州市/兴化市/戴南镇"}
    assert gazetteer.under("33", "戴南镇") == []
    assert gazetteer.under(xinghua.code, "兴化市") == []


def test_children_are_one_level_below(gazetteer: Divisions) -> None:
    counties = {d.name for d in gazetteer.children("3212")}
    assert {"海陵区", "靖江市", "兴化市"} <= counties
    assert {d.level for d in gazetteer.children("321281")} == {"town"}
    assert {d.level for d in gazetteer.children("3212", "town")} == {"town"}


def test_misprints_stay_inside_the_parent(gazetteer: Divisions) -> None:
    assert "江苏省/泰州市/兴化市" in paths(gazetteer.misprints("3212", "兴代市", "county"))
    assert gazetteer.misprints("3213", "兴代市", "county") == []
    assert gazetteer.misprints("3212", "兴化市", "county") == []


def test_a_misprint_must_look_or_sound_alike() -> None:
    assert likeness("府", "俯") == 1.0
    assert credible_misprint("丰邱镇", "丰丘镇") == 1.0
    assert credible_misprint("李庄村", "王庄村") == 0.0
    assert credible_misprint("李庄村", "李庄子村") == 0.0


def test_variants_of_a_suffix(gazetteer: Divisions) -> None:
    town = next(d for d in gazetteer.children("321281", "town") if d.name.endswith("镇"))
    stem = town.name.removesuffix("镇")
    assert town.name in {d.name for d in gazetteer.variants("321281", stem + "乡", "town")}


def test_towns_by_what_print_calls_them(gazetteer: Divisions) -> None:
    sanjiang = gazetteer.by_path("广西壮族自治区/柳州市/三江侗族自治县")
    assert sanjiang is not None
    for printed in ("富禄", "富禄乡", "富禄苗族乡"):
        town = gazetteer.town_by_stem(sanjiang.code, printed)
        assert town is not None
        assert town.name == "富禄苗族乡"


def test_short_names() -> None:
    names = upper_names()
    found = {u.name: u for _, _, u in names.find("浙江与江苏泰州、松桃县")}
    assert set(found) == {"浙江", "江苏", "泰州", "松桃县"}
    assert found["松桃县"].divisions[0].path == "贵州省/铜仁市/松桃苗族自治县"


@pytest.mark.parametrize("text", ["隆重庆祝大会", "扩大连片规模"])
def test_words_hide_no_places(text: str) -> None:
    assert list(upper_names().find(text)) == []


def test_inside_words() -> None:
    assert inside_words("隆重庆祝", 1, 3)
    assert not inside_words("在重庆举行", 1, 3)


def test_other_places_know_where_they_lie() -> None:
    paths_of = other_names().entries
    assert paths_of["黄河"] == "黄河"
    assert paths_of["洞庭湖"] == "湖南省/洞庭湖"
    assert paths_of["曼谷"] == "泰国/曼谷"


def write_sources(folder: Path, current: list[tuple[str, str]], former: list[tuple[str, str, int]]) -> None:
    with lzma.open(folder / "cn_divisions_2023.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("code\tname\tlevel\n" + "".join(f"{code}\t{name}\t0\n" for code, name in current))
    with lzma.open(folder / "cn_divisions_former.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("code\tname\tlevel\tlast_edition\n")
        out.write("".join(f"{code}\t{name}\t0\t{edition}\n" for code, name, edition in former))


def test_build_keeps_only_what_is_really_gone(tmp_path: Path) -> None:
    current = [
        ("99", "云省"),
        ("9901", "云州市"),
        ("990102", "东区"),
        ("990102001", "河镇"),
        ("990102001201", "李村村民委员会"),
    ]
    former = [
        ("990121", "东县", 2017),
        ("990121001", "河镇", 2017),
        ("990121001201", "李村委会", 2017),  # stands in the renamed county
        ("990121001202", "赵村委会", 2017),  # merged away
    ]
    write_sources(tmp_path, current, former)
    target = tmp_path / "divisions.arrow"
    build_divisions(tmp_path, target)
    gazetteer = Divisions(target)
    assert paths(gazetteer.lookup("李村")) == {"云省/云州市/东区/河镇/李村"}
    assert paths(gazetteer.lookup("赵村")) == {"云省/云州市/东县/河镇/赵村"}
    assert gazetteer.lookup("赵村")[0].status == "former"


def test_build_command_names_the_missing_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(tmp_path)]) == 2
    assert "cn_divisions_2023.tsv.xz" in capsys.readouterr().err


def test_names_of_villages_bear_no_parents() -> None:
    names = {
        "4403": "甲市", "440301": "乙山县", "440301101": "丙水镇", "440301102": "丁口镇",
        "440301101001": "乙山县丙水镇柳岸村", "440301101002": "丙水镇石桥社区", "440301101003": "丙水镇社区",
        "440301102001": "丁口镇中心社区", "440301102002": "东湾村", "440301102003": "西湾村",
    }  # fmt: skip
    told = place_build._alone(names)
    assert [told[f"44030110100{i}"] for i in (1, 2, 3)] == ["柳岸村", "石桥社区", "丙水镇社区"]
    assert told["440301102001"] == "丁口镇中心社区"  # where the others bear none it is a name
    assert divisions().under("410324", "老张村")
