"""Names as sources write them: what agrees, what contradicts, and how a list of authors is cut."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.market.experts.affiliations import Known
from triplehelix.market.experts.names import agree, parse, split
from triplehelix.market.experts.reading.found import doi_of, orcid_of, patent_key, patent_of


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("张三", "张三", "han"),
        ("张　三", "张三*", "han"),
        ("张三", "张四", ""),  # the same letters of initials, other characters
        ("张三", "章三", ""),  # the same sound is not the same name
        ("张三", "Zhang, San", "letters"),
        ("张三", "San Zhang", "letters"),
        ("张三", "ZHANG San", "letters"),
        ("张三", "ＺＨＡＮＧ Ｓａｎ", "letters"),
        ("张三丰", "Zhang San-Feng", "letters"),
        ("张三丰", "S. F. Zhang", "initials"),
        ("张三丰", "Zhang SF", "initials"),
        ("张三丰", "Zhang S", "initials"),
        ("张三丰", "Zhang, S. L.", ""),
        ("吕布", "Lyu Bu", "letters"),
        ("吕布", "Lü, Bu", "letters"),
        ("单雄信", "Shan Xiongxin", "letters"),  # a surname read otherwise than the character mostly is
        ("欧阳修", "Ouyang, Xiu", "letters"),
        ("Müller, Hans", "Hans Muller", "letters"),
        ("Li, Jing", "Li, Jun", ""),
        ("Prof. Hans Muller", "Hans Muller", "letters"),
        ("Wallace Carothers", "Wallace Car", ""),
        ("Wallace Carothers et al.", "W. Carothers and others", "initials"),
        ("", "张三", ""),
    ],
)
def test_two_names(one, other, how):
    assert agree(parse(one), parse(other)) == agree(parse(other), parse(one)) == how
    if how:
        assert parse(one).keys & parse(other).keys  # found by what they have in common


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三；李四;王五", ["张三", "李四", "王五"]),
        ("张三、李四，王五", ["张三", "李四", "王五"]),
        ("张三 李四", ["张三", "李四"]),
        ("Zhang, San and Li, Si", ["Zhang, San", "Li, Si"]),
        ("Zhang, San; Li, Si", ["Zhang, San", "Li, Si"]),
        ("Zhang San, Li Si", ["Zhang San", "Li Si"]),
        ("Zhang, San", ["Zhang, San"]),
        ("Zhang, San\n\nLi, Si", ["Zhang, San", "Li, Si"]),
        ("；", []),
    ],
)
def test_a_list_of_authors(text, names):
    assert split(text) == names


def test_a_name_of_many_readings_is_not_read_in_all_of_them():
    assert 1 < len(parse("差" * 40).forms) <= 16  # each of the forty may be read in five ways


def test_a_list_that_can_be_read_two_ways_is_asked_about():
    with pytest.raises(ValueError, match="分号"):
        split("Zhang, San, Li, Si")


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    name = parse(text)
    assert agree(name, name) or not name.forms
    assert all(len(key) > 2 for key in name.keys)


@pytest.mark.parametrize("cell", ["（" * 32_000, "[(" * 16_000, "a" + " " * 32_000 + "b"], ids=["one", "two", "blanks"])
def test_a_cell_somebody_has_made_to_be_slow_is_read_as_fast_as_others(cell):
    """As much as a cell holds: read by its square it took a minute of the worker's time, and a sheet has thousands."""
    begun = process_time()
    split(cell)
    parse(cell)
    assert process_time() - begun < 0.5


def test_the_longest_name_of_a_unit_wins():
    known = Known([("澄湖大学", 1), ("澄湖大学附属医院", 2), ("Lakeside University", 1)])
    assert known.of("澄湖大学附属医院骨科") == 2
    assert known.of("澄湖 大学 材料学院") == 1
    assert known.of("School of Materials, LAKESIDE  UNIVERSITY, China") == 1
    assert known.of("某大学") is None


def test_numbers_of_one_patent():
    assert patent_key(patent_of("CN 116123456 A")) == patent_key("CN116123456B")
    assert patent_key(patent_of("ZL202310123456.7")) == patent_key("202310123456.7") == patent_key("CN202310123456.7")
    assert patent_key(patent_of("116123456A")) == patent_key("CN116123456B")
    assert patent_key(patent_of("ZL981012345")) == patent_key("98101234.5") == patent_key("ZL98101234.5")
    assert patent_key(patent_of("98101234X")) == patent_key("98101234.X")
    assert patent_of("专利号：ZL 2023 1 0123456．7（发明）") == patent_of("ZL202310123456.7")
    for text in ("待补", "202310123456.7、202310123457.5", "专利号："):
        with pytest.raises(ValueError, match="专利号"):
            patent_of(text)


def test_a_wrong_orcid_is_said():
    assert orcid_of("https://orcid.org/0000-0002-1825-0097") == "0000-0002-1825-0097"
    with pytest.raises(ValueError, match="校验位"):
        orcid_of("0000-0002-1825-0098")
    assert doi_of("https://doi.org/10.1000/ABC%2F1.") == "10.1000/abc/1"
