"""A pack whose lists cannot be used is told at the start, each file, list and entry by name."""

import re
import shutil
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

import triplehelix
from triplehelix.config.processes import serve
from triplehelix.records.parties import pack

SOURCES = Path(triplehelix.__file__).parent


@pytest.fixture
def folder(tmp_path, settings):
    """The reference folder of a pack of one's own, a copy of the real one."""
    settings.PACK_DIR = shutil.copytree(settings.PACK_DIR, tmp_path / "pack")
    return settings.PACK_DIR / "reference"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def errors():
    return [found.msg for found in checks.run_checks(tags=[pack.TAG])]


def test_the_real_pack_has_no_fault():
    assert errors() == []


@pytest.mark.parametrize(
    "name",
    ["regions", "units", "chains", "fields", "lists", "contracts", "experts", "finance", "decline_reasons",
     "introduction_terms", "nda_texts", "commitments"],
)  # fmt: skip
def test_a_missing_file_is_named(folder, name):
    """Lists with a file of their own may also stand in lists.toml, so there the list is what is missing."""
    (folder / f"{name}.toml").unlink()
    found = errors()
    assert found and all(f"{name}.toml" in one or f"[{name}]" in one for one in found)


def test_a_missing_file_is_one_error(folder):
    (folder / "lists.toml").unlink()
    assert [one.split("：", 1)[1] for one in errors()] == [
        f"{folder / 'lists.toml'}：没有这个文件，或者读不出来（No such file or directory）"
    ]


def test_a_pack_without_any_table_of_working_days(folder, settings):
    settings.CITY_CALENDARS = []
    for path in folder.glob("calendar_*.toml"):
        path.unlink()
    assert errors() == [f"政策包：{folder}：没有工作日表 calendar_<年>.toml"]


#: The file, what of it is replaced, by what, and what is said after the file's path.
BROKEN = [
    ("chains", 'code = "LC02"', 'code = "LC01"', " [chains]：产业链：代码重复：LC01"),
    ("lists", 'code = "open", name', "name", " [need_secrecy] 第 1 项：缺少 code"),
    ("lists", "[encumbrances]", "[other]", "：没有代码表 [encumbrances]"),
    ("lists", 'term = "answer", ', "", " [need_terms] 第 1 项（answer-2026）：缺少 term"),
    ("lists", 'code = "ask_again"', 'code = "ask_later"', " [list_terms]：缺少代码 ask_again"),
    ("introduction_terms", "n = 90, ", "", " [introduction_terms] 第 4 项（again-2026）：缺少 n"),
    ("introduction_terms", "n = 90, ", "n = '九十', ", " [introduction_terms] 第 4 项（again-2026）：n 应为整数"),
    ("introduction_terms", 'term = "asks"', 'term = "x"', ' [introduction_terms]：term = "asks" 在'),
    ("nda_texts", "valid_from = 2025-01-01", "valid_from = 2099-01-01", " [nda_texts]："),
    ("contracts", "listing_days", "listed_days", " [values]：listing_days 在"),
    ("contracts", "value = 20, ", 'value = "x", ', " [values] listing_days 第 1 项：value 应为天数"),
    ("contracts", "[authorities]", "[other]", "：没有代码表 [authorities]"),
    ("experts", "[[values.sure_from]]", "[[values.x]]", " [values]：sure_from 在"),
    (
        "finance",
        'refusal = "不得用于转贷、证券、消费", ',
        "",
        " [scheme] 第 1 项（lukedai） [conditions] 第 3 项：缺少 refusal",
    ),
    ("finance", '"M5.2-interest"', '"none"', " [awards] interest：没有奖补事项“none”"),
    ("finance", '"loss_city_share"', '"x"', " [shares]：奖补事项"),
    ("finance", "until = 2025-12-31\ntext", "until = 2025\ntext", " [consent_text] 第 1 项：until 应为"),
    ("calendar_2026", "source", "sauce", "：要有 year、source"),
]


@pytest.mark.parametrize("name, old, new, says", BROKEN)
def test_a_broken_entry_is_named(folder, name, old, new, says):
    path = folder / f"{name}.toml"
    change(path, old, new)
    assert len([one for one in errors() if f"{path}{says}" in one]) == 1, errors()


def test_every_broken_file_is_told_at_once(folder):
    change(folder / "chains.toml", 'code = "LC02"', 'code = "LC01"')
    change(folder / "fields.toml", "code =", "kode =")
    assert len(errors()) == 2


def test_manage_check_and_the_start_refuse_it(folder, capsys):
    change(folder / "chains.toml", 'code = "LC02"', 'code = "LC01"')
    with pytest.raises(SystemCheckError, match="代码重复：LC01"):
        call_command("check")
    with pytest.raises(SystemExit) as stopped:
        serve.prepare()
    assert stopped.value.code == 2
    assert "代码重复：LC01" in capsys.readouterr().err


def test_every_list_the_program_asks_for_is_read(folder):
    """A room that asks for another list must name it: a pack that has none of them is told of each."""
    asked = re.compile(r"""code_list(?:_with)?\(\s*["'](\w+)["']|\|named(?:_all)?:["'](\w+)["']""")
    files = [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html")]
    named = {one or other for path in files for one, other in asked.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 15
    (folder / "lists.toml").write_text("", encoding="utf-8")
    for name in named:
        (folder / f"{name}.toml").unlink(missing_ok=True)
    told = " ".join(errors())
    assert [name for name in sorted(named) if f"没有代码表 [{name}]" not in told] == []


def test_an_award_that_is_paid_from_no_use_of_the_fund(folder):
    change(folder / "fund.toml", 'code = "talent"', 'code = "talents"')
    (told,) = errors()
    assert "fund.toml [uses]：没有奖补事项写的资金用途" in told and " talent" in told and "talents" in told


def test_a_broken_measure_is_told_with_the_lists(folder, tmp_path, monkeypatch, settings):
    """Not as a traceback, and the rest of the pack is looked at beside it."""
    package = tmp_path / "brokenpack"
    package.mkdir()
    (package / "__init__.py").write_text('from datetime import date\nEDITION = "试行"\nFIRST_DAY = date(2027, 1, 1)\n')
    (package / "m3_2.py").write_text("from triplehelix.policy.article import Article\nArticle('3.2', '条文')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MEASURES = "brokenpack"
    change(folder / "chains.toml", 'code = "LC02"', 'code = "LC01"')
    told = errors()
    assert any(f"{package / 'm3_2.py'}:2: an article is cited like" in one for one in told)
    assert any("代码重复：LC01" in one for one in told)
