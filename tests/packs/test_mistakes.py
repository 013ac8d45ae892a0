"""What whoever writes a pack is likely to get wrong is told with its file, and says what to write instead."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.packs import yunze
from tests.packs.city import made
from triplehelix.doors.cli.pack import faults_of
from triplehelix.policy.registry import load
from triplehelix.records.parties import pack as checked
from triplehelix.records.parties.reference import calendar


@pytest.fixture
def own(tmp_path, monkeypatch, settings):
    """The invented city's pack, measures and lists in one folder outside the house, to be spoilt."""
    name = f"own_{tmp_path.name}".replace("-", "_")
    folder = made(tmp_path).rename(tmp_path / name)
    for path in Path(yunze.__file__).parent.glob("*.py"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8").replace("tests.packs.yunze", name))
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MEASURES, settings.PACK_DIR = name, folder
    calendar.cache_clear()
    yield folder
    calendar.cache_clear()
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def told(folder):
    """What ./run pack says: the lists and declarations, and of a pack that loads its worked cases."""
    found = checked.faults()
    return found or [one for award in load(folder.name).awards for one in faults_of(award)]


def test_unspoilt_it_has_no_fault(own):
    assert told(own) == []


#: What is wrong: the file, what of it is replaced, by what; and what is told of it.
MISTAKES = [
    pytest.param("m3_12.py", "Fraction(3, 10)", "Fraction(30)", "m3_12.py:24: term list_rate",
                 "Fraction(3, 10) for 30%",
                 id="a rate over 100 %"),
    pytest.param("m3_12.py", "Fraction(3, 10)", "0.3", "m3_12.py:24: term list_rate", "exact part of one",
                 id="a rate that is not exact"),
    pytest.param("m4_16.py", "(FIRST_DAY, yuan(12))", "(FIRST_DAY, 120_000)", "m4_16.py",
                 'Fen.from_unit(50, "万元")',
                 id="an amount without its unit"),
    pytest.param("m4_16.py", "(FIRST_DAY, yuan(12))", "(FIRST_DAY, yuan(-12))", "voucher_most", "not below zero",
                 id="an amount below zero"),
    pytest.param("m4_16.py", "yuan(12)", "yuan(9)", "M4.16 算例“30 万元”",
                 "金额应为 110,000.00 元，算出 90,000.00 元",
                 id="a cap below what an example gets"),
    pytest.param("m4_16.py", "case(300_000), 11_000_000", "case(300_000), 110_000", "M4.16 算例“30 万元”",
                 "金额应为 1,100.00 元", id="an example in yuan instead of fen"),
    pytest.param("m4_16.py", 'refused=("related",)', 'refused=("relation",)', "M4.16 算例“关联方”",
                 "拒绝条件应为 relation，算出 related", id="a condition that is not called so"),
    pytest.param("m4_16.py", '"service_cost_yuan": cost', '"service_cost": cost', "M4.16 算例", "service_cost",
                 id="a fact under another key"),
    pytest.param("m4_16.py", 'example="300000"', 'example="30 万"', "M4.16 事实 service_cost 的 example", "30 万",
                 id="a wrong example of a fact"),
    pytest.param("m4_16.py", '"第十六条", "企业', '"第十六", "企业', "m4_16.py",
                 "is cited like 三（二） or 第十二条第二款",
                 id="a clause that is none"),
    pytest.param("m4_16.py", ", chapter=4", "", "m4_16.py", "chapter=3", id="a clause without its chapter"),
    pytest.param("m3_12.py", "articles=(WORDS, PUBLIC, STAGES)", "articles=(WORDS,)", "m3_12.py",
                 "第十三条 is cited, but not among",
                 id="a clause the award does not stand on"),
    pytest.param("m3_12.py", "对发榜企业，按照实付揭榜金额的30%给予补助，最高150万元。", " ", "m3_12.py:17",
                 "needs the words of the clause",
                 id="words left out"),
    pytest.param("m4_16.py", 'lanes=("quick",)', 'lanes=("fast",)', "m4_16.py",
                 "entitled, quick, ordinary, by_decision",
                 id="a lane there is not"),
    pytest.param("m4_16.py", 'instrument="voucher"', 'instrument="coupon"', "m4_16.py", "voucher",
                 id="an instrument"),
    pytest.param("m3_12.py", '"review", "decide"', '"reveiw", "decide"', "m3_12.py", "unit_review",
                 id="a part misspelt"),
    pytest.param("m3_12.py", '"验收后的比例", 30', '"验收后的比例", 20', "m3_12.py", "come to 9/10 of the whole",
                 id="stages that do not come to the whole"),
    pytest.param("m3_12.py", '"notice", "agreement"', '"notice"', "m3_12.py", "whose parts have agreement",
                 id="stages without an agreement"),
    pytest.param("m3_12.py", '"decide", "notice"', '"notice"', "m3_12.py", "at least accept and decide",
                 id="money without a decision"),
    pytest.param("m4_16.py", 'use="services"', 'use="voucher"', "fund.toml [uses]", "M4.16 voucher",
                 id="a use of the fund"),
    pytest.param("m4_16.py", 'code="M4.16"', 'code="M4.17"', "m4_16.py", "stands on 第十六条, which is M4.16",
                 id="a code of another article"),
    pytest.param("m4_16.py", "in_force=(FIRST_DAY, None)", "in_force=(FIRST_DAY, FIRST_DAY.replace(year=2025))",
                 "m4_16.py", "before it begins", id="days in the wrong order"),
    pytest.param("m4_16.py", "awards=(AWARD,))", "awards=(AWARD, AWARD))", "own_", "two awards are called M4.16",
                 id="an award twice"),
    pytest.param("m4_16.py", 'money_term("voucher_band"', 'money_term("list_most"', "own_",
                 "list_most of M4.16 is another than that of M3.12",
                 id="a term twice"),
    pytest.param("m4_16.py", 'mark="policy"', 'mark="law"', "m4_16.py", "policy, found, assumed", id="a mark"),
    pytest.param("m5_21.py", 'before = Count("months_before", "以前已补的月数", unit="月"',
                 'before = Count("months_before", "以前已补的月数", unit="天"', "m5_21.py", "make it Count, in 月",
                 id="earlier cases told in another unit"),
    pytest.param("m5_22.py", '~of_code(level, "national")', '~of_code(level, "state")', "m5_22.py",
                 "level has national, provincial", id="a code there is not"),
    pytest.param("m4_17.py", '"合同已登记", registered,', '"合同已登记", paid,', "M4.17-buyer 算例“恰好一档”等 5 例",
                 "表达式算不下去", id="an amount where a condition is asked for"),
    pytest.param("m4_17.py", "if c != code)", 'if c not in (code, "M4.16"))', "own_",
                 "names all the others in its earlier",
                 id="a cap that one of its awards does not know"),
    pytest.param("m5_22.py", 'known(prize) | ~of_code(level, "national")', 'of_code(level, "provincial", "national")',
                 "M5.22 事实 prize 可以不填", "不填就算不出金额", id="an amount that rests on what may be left out"),
    pytest.param("m5_22.py", "ranked.by(rank)}", "ranked.by(prize)}", "m5_22.py",
                 "is read by a Choice of first, second, third, not by prize",
                 id="parts that do not fit"),
    pytest.param("m5_22.py", "at_most=Fraction(2),", "", "m5_22.py", "or says at_most=Fraction(2)",
                 id="more than the whole"),
    pytest.param("m2_9.py", "counted(platforms,", "counted(equipment,", "m2_9.py",
                 "over the rows of a Listed fact, and equipment is none", id="rows of what has none"),
    pytest.param("m2_9.py", 'own = down_to(least(equipment * rate, each_most), "百元")',
                 'own = down_to(least(equipment * rate, each_most), "角")', "m2_9.py", "百元, 千元, 万元, not '角'",
                 id="a step of rounding there is not"),
    pytest.param("m2_9.py", 'each_once=("platforms",)', 'each_once=("platform_year",)', "m2_9.py",
                 "platform_year, which is no Listed fact", id="rows that are none counted once"),
    pytest.param("m5_23.py", 'after(begun, months, "月")', 'after(begun, months, "年")', "m5_23.py",
                 "people_months counts 个月: give it the unit it counts", id="months taken for years"),
    pytest.param("m5_23.py", "(begun >= first)", "(begun >= ceiling)", "m5_23.py", "a day is compared with a day",
                 id="a day compared with an amount"),
    pytest.param("m5_23.py", "since((FIRST_DAY, FIRST_DAY))", 'since((FIRST_DAY, "2026-03-01"))', "m5_23.py",
                 "a day is date(2026, 12, 31)", id="a boundary in quotes"),
    pytest.param("m5_23.py", '"2026-04-16"', '"2026-04-15"', "M5.23 算例“恰满 6 个月",
                 "金额应为 70,000.00 元，算出 120,000.00 元", id="a period counted a day wrong"),
    pytest.param("m6_25.py", "(spent - before) * rate", "growth(spent, before) * rate", "m6_25.py",
                 "divides money by money", id="a percentage where an amount is paid"),
    pytest.param("m6_25.py", "least((spent - before) * rate", "least((spent / heads) * rate", "M6.25", "算例",
                 id="another amount than worked by hand"),
    pytest.param("m5_21.py", "(month, last)", "(month, 32)", "m5_21.py", "closes is (month, day) of every year",
                 id="a planned day there is not"),
    pytest.param("m5_21.py", '"第三季度", 10', '"第二季度", 10', "m5_21.py", "plans 第二季度 twice", id="a plan twice"),
    pytest.param("m6_25.py", "    earlier=(RULE,),\n", "", "own_",
                 'M6.25 does not know of the cap that M6.24 has among="chapter"', id="a cap one does not know"),
    pytest.param("m6_24.py", 'among="chapter"', 'among="year"', "m6_24.py", 'among is "chapter" or "policy"',
                 id="a cap over what there is not"),
    pytest.param("m6_24.py", 'among="chapter"', 'among="chapter", awards=("M6.25",)', "own_",
                 'names awards or says among="chapter", not both', id="a cap said twice"),
    pytest.param("m4_16.py", "(share, left, rest)", "(share, kept, rest)", "m4_16.py", "NameError",
                 id="a slip of Python"),
    pytest.param("__init__.py", 'EDITION = "云政发〔2026〕2号"', 'EDITION = ""', "__init__.py", 'EDITION = "正式稿"',
                 id="no edition"),
    pytest.param("reference/units.toml", 'code = "990121"', 'code = "990102"', "units.toml [units]", "代码重复",
                 id="a code twice"),
    pytest.param("reference/units.toml", 'code = "990121"', 'code = "990131"', "units.toml", "990131",
                 id="a unit that is no region"),
    pytest.param("reference/regions.toml", 'parent = "990100", level = "county" },\n]', 'parent = "990900" },\n]',
                 "regions.toml", "990900", id="a parent there is not"),
    pytest.param("reference/chains.toml", "valid_from = 2026-03-01 },\n]",
                 "valid_from = 2026-03-01, valid_to = 2025-01-01 },\n]",
                 "chains.toml", "YZ2", id="an entry that ends before it begins"),
    pytest.param("reference/fund.toml", "8_000_000", '"800 万元"', "fund.toml：yearly_yuan", "应为整数元",
                 id="a sum in words"),
    pytest.param("reference/case_terms.toml", "days = 7 },\n  { code = \"objection",
                 "days = 0 },\n  { code = \"objection",
                 "case_terms", "至少 1 个工作日", id="a period of no day"),
    pytest.param("reference/procedure.toml", "maximum = 20", "maximum = 25", "procedure.toml [sheet] 第 1 项",
                 "应为 100，现在是 105",
                 id="a sheet that does not come to 100"),
    pytest.param("reference/procedure.toml", "value = 3, ", "value = 3, until = 2026-01-01, ", "block_years",
                 "早于 since",
                 id="a number that ends before it begins"),
    pytest.param("reference/procedure.toml", "value = 1, source", "valeu = 1, source", "running_most 第 1 项",
                 "缺少 value",
                 id="a key misspelt"),
    pytest.param("reference/procedure.toml", "value = 3, ", "value = 3, untill = 2027-01-01, ", "block_years 第 1 项",
                 "不认识 untill；可写：since、until", id="a key of a number misspelt"),
    pytest.param("reference/regions.toml", 'aliases = ["湖东"]', 'alias = ["湖东"]', "regions.toml [regions] 第 2 项",
                 "不认识 alias，是不是 aliases", id="a key of an entry misspelt"),
    pytest.param("reference/chains.toml", "valid_from = 2026-03-01 },\n]", "valid_form = 2026-03-01 },\n]",
                 "chains.toml", "是不是 valid_from", id="a day under a misspelt key"),
    pytest.param("reference/chains.toml", "valid_from = 2026-03-01 },\n]", 'valid_from = "2026-03-01" },\n]',
                 "chains.toml", "应为 2026-01-31 这样的日期", id="a day in quotes"),
    pytest.param("reference/chains.toml", 'source = "虚构"', "", "chains.toml", "缺少 source", id="no source at all"),
    pytest.param("reference/calendar_2026.toml", "to = 2026-01-03", "to = 2025-01-03", "calendar_2026.toml", "元旦",
                 id="a holiday that ends before it begins"),
    pytest.param("reference/procedure.toml", 'value = "1/2"', 'value = "3/2"',
                 "procedure.toml [values] panel_unit_most", "不超过一的比例", id="a part of more than all"),
    pytest.param("reference/contracts.toml", 'value = "1/2"', "value = 0.5", "contracts.toml [values] reward_least",
                 "3/10", id="a part that is not exact"),
    pytest.param("reference/contracts.toml", "2026-990100-", "2026-371500-",
                 "contracts.toml [values] registration_example", "是别的城市的编号", id="a number of another city"),
    pytest.param("reference/contracts.toml", "(?P<serial>", "(?P<number>", "registration_pattern", "缺少 (?P<serial>…)",
                 id="a pattern without a part that is read"),
    pytest.param("reference/contracts.toml", "2026-990100-000123", "HT-1", "registration_example", "不合",
                 id="an example that is none"),
    pytest.param("reference/regions.toml", "entry = [\n", "entry = []\nold = [\n", "regions.toml [regions]",
                 "至少要有一项", id="a list of nothing"),
    pytest.param("reference/finance.toml", "offered = false", "offered = true", "finance.toml", "缺少 scheme",
                 id="finance offered and not written"),
    pytest.param("reference/finance.toml", 'source = "', 'sauce = "', "finance.toml", "缺少 source", id="no source"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "where", "what"), MISTAKES)
def test_a_mistake_is_told_where_it_is(own, file, old, new, where, what):
    path = own / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = told(own)
    assert any(where in one and what in one for one in found), found
    assert len(found) <= 4, found


@pytest.mark.parametrize("head", ["EDITION = (", "import nowhere"])
def test_a_package_that_does_not_begin_is_told_without_a_traceback(own, head):
    (own / "__init__.py").write_text(head)
    (only,) = told(own)
    assert f"{own / '__init__.py'}:1" in only


def test_a_missing_file_of_lists_is_named(own):
    shutil.rmtree(own / "reference")
    found = told(own)
    assert any("lists.toml：没有这个文件" in one for one in found)
    assert any("fund.toml：没有这个文件" in one for one in found)
