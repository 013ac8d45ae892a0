"""A pack that cannot be right is told with the file and the line, every file at once."""

import sys

import pytest

from triplehelix.policy.article import DeclarationError
from triplehelix.policy.registry import faults, load

HEAD = 'from datetime import date\nEDITION = "试行"\nFIRST_DAY = date(2027, 1, 1)\n'
DUTY = """
from triplehelix.policy.article import Article
from triplehelix.policy.measure import Duty, Measure, Stage
MEASURE = Measure(
    "M{chapter}.{number}", "试", Article("{ref}", "条文。"{more}), "单位", (Stage("办理"),),
    duties=(Duty("单位", "报告", "每年", "policy"),),
)
"""


def duty(chapter, number, ref, more=""):
    return DUTY.format(chapter=chapter, number=number, ref=ref, more=more)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Writes a package of these files and answers its name."""
    name = f"reg_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / name
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(head=HEAD, **files):
        folder.mkdir()
        for file, text in {"__init__": head, **files}.items():
            (folder / f"{file}.py").write_text(text, encoding="utf-8")
        return name

    write.folder = folder
    yield write
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def test_measures_stand_in_the_order_of_the_policy_in_any_number_of_chapters(pack):
    head = HEAD + 'POLICY = "某办法"\nCHAPTERS = {2: "第二章 平台", 11: "第十一章 附则"}\n'
    name = pack(
        head,
        m2_9=duty(2, 9, "第九条", ", chapter=2"),
        m2_10=duty(2, 10, "第十条", ", chapter=2"),
        m11_32=duty(11, 32, "第三十二条", ", chapter=11"),
        m3_2=duty(3, 2, "三（二）"),
    )
    made = load(name)
    assert [measure.code for measure in made.measures] == ["M2.9", "M2.10", "M3.2", "M11.32"]
    told = [(numeral, title, [one.code for one in measures]) for numeral, title, measures in made.chapters]
    assert told == [
        ("二", "第二章 平台", ["M2.9", "M2.10"]),
        ("三", "", ["M3.2"]),
        ("十一", "第十一章 附则", ["M11.32"]),
    ]
    assert (made.edition, made.policy, faults(name)) == ("试行", "某办法", [])


def test_every_file_is_told_with_its_line(pack):
    name = pack(
        m1_1=duty(1, 1, "一（一"),
        m1_2="MEASURE = Measure(",
        m1_3="from triplehelix.policy.facts import Money\nMoney('Income', '收入')",
        m1_4="sum_of(1)",
    )
    told = faults(name)
    folder = pack.folder
    assert f"{folder / 'm1_1.py'}:5: an article is cited like 三（二） or 第十二条第二款, not '一（一'" in told
    assert f"{folder / 'm1_2.py'}:1: '(' was never closed" in told
    assert any(one.startswith(f"{folder / 'm1_3.py'}:2: fact code 'Income'") for one in told)
    assert f"{folder / 'm1_4.py'}:1: NameError: name 'sum_of' is not defined" in told
    assert len(told) == 4


@pytest.mark.parametrize("name", ["m03_2", "M3_2", "m3_100", "m3", "m_3_2"])
def test_a_file_that_would_be_left_out_in_silence_is_told(pack, name):
    package = pack(m1_1=duty(1, 1, "一（一）"), **{name: duty(3, 2, "三（二）")})
    with pytest.raises(DeclarationError, match=name):
        load(package)
    assert f"{name}: a measure's file is m<chapter>_<number>.py" in faults(package)[0]


def test_a_pack_without_measures_or_head(pack):
    name = pack()
    assert faults(name) == [f"{name}: {pack.folder}: no measure: write one as m<chapter>_<number>.py, m3_2.py"]


@pytest.mark.parametrize(
    "head",
    ["", 'EDITION = "试行"\n', 'EDITION = "试行"\nFIRST_DAY = "2027-01-01"\n', HEAD + "CHAPTERS = ['第一章']\n"],
)
def test_what_the_package_says_of_the_text_is_asked_for(pack, head):
    name = pack(head, m1_1=duty(1, 1, "一（一）"))
    (told,) = faults(name)
    assert f"{pack.folder}/__init__.py" in told


def test_a_package_that_is_not_there():
    (told,) = faults("no_such_pack")
    assert "PYTHONPATH" in told


def test_the_house_s_own_pack_has_no_fault():
    assert faults("triplehelix.measures.liaocheng") == []
    assert load("triplehelix.measures.liaocheng").chapters[0][0] == "一"
    assert load("triplehelix.measures.liaocheng").measures[0].place == (1, 1)


@pytest.mark.parametrize(
    ("head", "said"),
    [("EDITION = (", "__init__.py:1: '(' was never closed"), ("import nowhere", "No module named 'nowhere'")],
)
def test_a_package_that_breaks_by_itself_is_told_too(pack, head, said):
    name = pack(head, m1_1=duty(1, 1, "一（一）"))
    (told,) = faults(name)
    assert said in told and str(pack.folder) in told
