"""The lists of the pack, and files that cannot be right."""

from datetime import date
from pathlib import Path

import pytest

from triplehelix.foundation.codes import RetiredCode, UnknownCode
from triplehelix.foundation.reference import BadReference, load_code_list, load_toml
from triplehelix.measures import liaocheng

FOLDER = Path(liaocheng.__file__).parent / "reference"
DAY = date(2026, 11, 23)
SINGLE = ("chains", "regions", "units", "fields")


def one(name):
    return load_code_list(FOLDER / f"{name}.toml")


def several():
    return {name: load_code_list(FOLDER / "lists.toml", name) for name in load_toml(FOLDER / "lists.toml")}


def test_exactly_twelve_chains_in_three_classes():
    chains = one("chains").current(DAY)
    assert [c.code for c in chains] == [f"LC{n:02d}" for n in range(1, 13)]
    classes = [c.more["class"] for c in chains]
    assert [classes.count(c) for c in ("支柱", "优势", "战新")] == [4, 5, 3]


def test_a_thirteenth_chain_is_refused():
    with pytest.raises(UnknownCode, match="产业链里没有“LC13”"):
        one("chains").get("LC13", on=DAY)


def test_chains_answer_to_the_names_found():
    chains = one("chains")
    assert chains.get("高端装备", on=DAY).code == "LC09"
    assert chains.get("新能源汽车及零部件", on=DAY).code == "LC06"


def test_regions_and_the_one_that_was_retired():
    regions = one("regions")
    assert len(regions.current(DAY)) == 9
    assert len([r for r in regions.children("371500") if r.in_force(DAY)]) == 8
    for text in ("371523", "茌平县"):
        with pytest.raises(RetiredCode, match="371503 茌平区"):
            regions.get(text, on=DAY)
    assert regions.get("371523", on=date(2018, 1, 1)).name == "茌平县"


def test_eleven_units_of_which_three_zones_carry_assumed_codes():
    units = one("units").current(DAY)
    assert len(units) == 11
    assert {u.code for u in units if u.assumed} == {"3715K1", "3715K2", "3715K3"}
    assert {u.code for u in units if not u.assumed} == {
        r.code for r in one("regions").children("371500") if r.in_force(DAY)
    }


def test_eleven_fields_and_thirteen_levels():
    assert len(one("fields")) == 11
    levels = load_code_list(FOLDER / "lists.toml", "trl")
    assert [level.code for level in levels] == [str(n) for n in range(1, 14)]
    assert (levels.label("1"), levels.label("13")) == ("报告级", "回报级")


def test_every_list_and_entry_names_its_source():
    lists = [one(name) for name in SINGLE] + list(several().values())
    assert len(lists) >= 15
    for codes in lists:
        assert codes.title
        assert all(entry.source for entry in codes)


def test_the_lists_other_rooms_use_are_there():
    assert {
        "achievement_types",
        "contract_types",
        "encumbrances",
        "flags",
        "ip_types",
        "licence_kinds",
        "organisation_types",
        "pricing_methods",
        "rights",
        "sizes",
        "transfer_modes",
        "trl",
    } <= several().keys()


@pytest.mark.parametrize(
    "text, says",
    [
        ("entry = [", "不是 TOML"),
        ("title = 'x'", "没有条目"),
        ("entry = [{ code = 'A' }]", "第 1 项：缺少 source"),
        ("source = 's'\nentry = [{ name = 'A' }]", "第 1 项：缺少 code"),
        ("source = 's'\nentry = [{ code = 5 }]", "code 应为文字"),
        ("source = 's'\nentry = [{ code = 'A', aliases = 'B' }]", "aliases 应为一列文字"),
        ("source = 's'\nentry = [{ code = 'A', valid_to = '2026' }]", "valid_to 应为 2026-01-31 这样的日期"),
        ("source = 's'\nentry = [{ code = 'A' }, { code = 'A' }]", "代码重复：A"),
    ],
)
def test_a_file_that_cannot_be_right_names_the_place(tmp_path, text, says):
    path = tmp_path / "list.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadReference, match=says) as caught:
        load_code_list(path)
    assert "list.toml" in str(caught.value)


def test_the_mark_of_an_editor_is_no_fault_and_another_charset_is_named(tmp_path):
    path, text = tmp_path / "chains.toml", 'source = "found S1"\n[[entry]]\ncode = "甲"\n'
    path.write_bytes(text.encode("utf-8-sig"))
    assert [entry.code for entry in load_code_list(path)] == ["甲"]
    path.write_bytes(text.encode("gbk"))
    with pytest.raises(BadReference, match="UTF-8"):
        load_code_list(path)


def test_a_missing_file_or_list_is_named(tmp_path):
    with pytest.raises(BadReference, match="没有这个文件"):
        load_code_list(tmp_path / "none.toml")
    with pytest.raises(BadReference, match=r"没有代码表 \[colours\]"):
        load_code_list(FOLDER / "lists.toml", "colours")
