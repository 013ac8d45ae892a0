"""Products with dated parameters, and the self-check that says which condition fails."""

from datetime import date, timedelta

import pytest

from tests.finance.words import PARAMETERS, SINCE, WAN
from triplehelix.foundation.reference import load_toml
from triplehelix.market.finance import actions, finds, selfcheck, terms
from triplehelix.market.finance.models import Lead, Product
from triplehelix.policy.facts import read_facts
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

ANSWERS = {
    "registered_in_city": True, "flags": [], "entry_number": "202637150100001", "credit_pass": False,
    "provincial_project": False, "pioneer": False, "kind": "loan", "amount_yuan": "3000000", "months": 12,
    "purpose": "research", "collateral": "none",
}  # fmt: skip


def fits(finance, **changed):
    values, errors = read_facts(selfcheck.questions(finance.today), ANSWERS | changed)
    assert errors == {}
    return selfcheck.fitted(values, finance.today)


def test_a_value_holds_from_its_day_until_the_next_ones(finance):
    made = finance.product()
    first = made.terms_on(finance.today)["rate_max"]
    assert (first.value, first.assumed, first.source) == (39_000, True, "本行产品手册 2026 版")
    day = finance.today + timedelta(days=10)
    given = {"product": made, "key": "rate_max", "source": "行办〔2026〕9号", "assumed": False}
    actions.set_parameter(value=36_000, since=day, actor=finance.teller, now=finance.now, **given)
    made = Product.objects.get()
    assert made.terms_on(finance.today)["rate_max"].value == 39_000
    assert made.terms_on(day)["rate_max"].value == 36_000
    with pytest.raises(Invalid) as why:
        actions.set_parameter(
            value=20_000, since=day + timedelta(days=1), actor=finance.teller, now=finance.now, **given
        )
    assert list(why.value.errors) == ["rate_max"]
    with pytest.raises(Invalid) as why:
        actions.set_parameter(value=35_000, since=day, actor=finance.teller, now=finance.now, **given)
    assert list(why.value.errors) == ["since"]


def test_a_product_whose_day_is_over_leaves(finance):
    made = finance.product()
    assert list(finds.products(finance.today)) == [made]
    with pytest.raises(Refused):
        actions.end_product(product=made, until=finance.today, actor=finance.other_teller, now=finance.now)
    actions.end_product(product=made, until=finance.today, actor=finance.teller, now=finance.now)
    assert list(finds.products(finance.today)) == [made]
    assert list(finds.products(finance.today + timedelta(days=1))) == []
    assert list(finds.products(SINCE - timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("parameters", "more", "field"),
    [
        ([{"key": "rate_max", "value": 300_000, "source": "x", "assumed": False}], {}, "rate_max"),
        ([{"key": "amount_max", "value": 0, "source": "x", "assumed": False}], {}, "amount_max"),
        ([{"key": "amount_max", "value": WAN, "source": "", "assumed": False}], {}, "amount_max"),
        ([*PARAMETERS, {"key": "amount_min", "value": 501 * WAN, "source": "x", "assumed": False}], {}, "amount_min"),
        ([], {"scheme": "lukebao"}, "scheme"), ([], {"scheme": "unknown"}, "scheme"), ([], {"name": " "}, "name"),
        ([], {"collaterals": ["gold"]}, "collaterals"), ([], {"flags": ["上市公司"]}, "flags"),
    ],
)  # fmt: skip
def test_a_product_that_cannot_be_is_refused_at_its_field(finance, parameters, more, field):
    with pytest.raises(Invalid) as why:
        finance.product(parameters=parameters, **more)
    assert field in why.value.errors
    assert not Product.objects.exists()


class TestSelfCheck:
    def test_it_names_the_condition_that_fails_and_its_source(self, finance):
        finance.product()
        (fit,) = fits(finance)
        assert fit.fits
        (fit,) = fits(finance, entry_number=None, amount_yuan="6000000")
        assert [(one.told, one.source) for one in fit.failed] == [
            (
                "要有当年的科技型中小企业入库编号，或通过科融信，或是省级以上科技项目承担单位、泰山产业创业领军人才企业",
                "鲁科字〔2025〕29号",
            ),
            ("想要 600 万元，超过产品上限 500 万元", "本行产品手册 2026 版"),
        ]

    @pytest.mark.parametrize("answer", ["credit_pass", "provincial_project", "pioneer"])
    def test_since_2025_others_than_small_firms_are_served(self, finance, answer):
        finance.product()
        (fit,) = fits(finance, entry_number=None, **{answer: True})
        assert fit.fits

    def test_the_conditions_are_those_of_the_day(self, finance):
        before = terms.schemes(date(2024, 6, 1))["lukedai"].requirements
        assert before[0].source == "鲁科字〔2023〕154号"
        assert "invest_then_equity" not in terms.schemes(date(2024, 5, 30))
        assert "invest_then_equity" in terms.schemes(date(2024, 5, 31))

    @pytest.mark.parametrize("use", ["relending", "securities", "consumption"])
    def test_a_use_that_is_not_allowed_fails(self, finance, use):
        finance.product()
        (fit,) = fits(finance, purpose=use)
        assert [one.told for one in fit.failed] == ["不得用于转贷、证券、消费"]

    def test_what_fits_comes_first_and_other_kinds_not_at_all(self, finance):
        finance.product(name="小额", parameters=[{"key": "amount_max", "value": WAN, "source": "x", "assumed": False}])
        big = finance.product(finance.other_bank, flags=["科技型中小企业"], collaterals=["none"])
        finance.product(finance.guarantor, scheme="lukedan", name="担")
        found = fits(finance, flags=["科技型中小企业"])
        assert [fit.product for fit in found if fit.fits] == [big]
        assert len(found) == 2

    def test_what_is_known_is_filled_in_and_nothing_is_stored(self, finance):
        finance.product()
        finance.proven(number="202637150100001")
        before = Entry.objects.count()
        found = selfcheck.known(finance.firm, finance.today)
        assert found == {
            "registered_in_city": True, "flags": [], "credit_pass": False, "entry_number": "202637150100001"
        }  # fmt: skip
        fits(finance, **found)
        assert Entry.objects.count() == before
        assert not Lead.objects.exists()


def test_the_pack_and_the_measures_agree(settings):
    """What reference/finance.toml says of the shares is what the measure declares."""
    data = load_toml(f"{settings.PACK_DIR}/reference/finance.toml")
    day = date(2026, 6, 30)
    for claim in data["awards"]:
        assert terms.award_for(claim).code == data["awards"][claim]
    for early in (False, True):
        assert terms.city_share_term(early=early) in terms.award_for("loss").terms
    assert {row["kind"] for row in data["scheme"]} <= dict(terms.KINDS).keys()
    known = {fact.code for fact in selfcheck.questions(day)}
    tests = [test for row in data["scheme"] for one in row["conditions"] for test in one["any"]]
    assert {test["fact"] for test in tests} <= known
    assert {test["op"] for test in tests} == {"known", "yes", "has", "in"}


def test_only_the_city_lists_institutions(finance):
    values = {"kind": "bank", "licence": "B1", "since": SINCE}
    given = {"values": values, "now": finance.now}
    with pytest.raises(Invalid) as why:
        actions.register_institution(organisation=finance.firm, actor=finance.officer, **given)
    assert "不是“金融机构”" in why.value.errors["uscc"]
    with pytest.raises(Refused):
        actions.register_institution(organisation=finance.bank.organisation, actor=finance.teller, **given)
    with pytest.raises(Invalid):
        actions.register_institution(organisation=finance.bank.organisation, actor=finance.officer, **given)
