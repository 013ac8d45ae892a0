"""What must hold whatever the facts: one case and a column agree, floors never over-pay, shares add up."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.columns import batch_of
from triplehelix.policy.award import Example
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load

PACK = load("triplehelix.measures.liaocheng")
DAY = Example("", {}, None, on=date(2026, 6, 30))
fen = st.integers(0, 10**11).map(lambda n: f"{n // 100}.{n % 100:02d}")
firms = st.fixed_dictionaries(
    {
        "above_scale": st.booleans(),
        "accurate": st.booleans(),
        "rd_expense_yuan": fen,
        "rd_expense_last_year_yuan": st.none() | fen,
        "reported_before": st.booleans(),
    }
)
MOVED = ("funds_arrived_last_year", "passed_outside_city", "refunded")
units = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcdefgh"),
            "funds_arrived_last_year_yuan": fen,
            "passed_outside_city_yuan": fen,
            "refunded_yuan": fen,
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda unit: unit["id"],
)
projects = st.fixed_dictionaries(
    {
        "project_no": st.just("2025CXGC010101"),
        "units": units,
        "awarded_before_yuan": st.integers(0, 1_200_000),
        "given_before_yuan": st.integers(0, 1_200_000),
        "registered_in_city": st.booleans(),
    }
)


@pytest.mark.parametrize("scheme", ["flat", "tiers", "percent"])
@given(cases=st.lists(firms, min_size=2, max_size=20))
def test_a_column_of_firms_is_each_firm(scheme, cases):
    from triplehelix.foundation.dated import since

    award = PACK.award("M5.4")
    decided = {"rd_scheme": since((DAY.on, scheme))}
    example = Example("", {}, None, on=DAY.on, decided=decided)
    alone = [decide(award, case, DAY.on, decided).granted or 0 for case in cases]
    assert batch_of(award, cases, example).granted.tolist() == alone


@given(cases=st.lists(projects, min_size=2, max_size=8))
def test_a_column_of_projects_is_each_project(cases):
    award = PACK.award("M3.2-provincial")
    alone = [decide(award, case, DAY.on).granted or 0 for case in cases]
    assert batch_of(award, cases, DAY).granted.tolist() == alone


@given(case=projects)
def test_shares_add_up_and_never_pass_the_cap_or_the_rate(case):
    found = decide(PACK.award("M3.2-provincial"), case | {"registered_in_city": True}, DAY.on)
    room = max(0, 100_000_000 - 100 * (case["awarded_before_yuan"] + case["given_before_yuan"]))
    assert sum(share.fen for share in found.shares) == found.granted <= room
    for share, unit in zip(found.shares, case["units"], strict=True):
        arrived, passed, back = (Fraction(unit[f"{k}_yuan"]) * 100 for k in MOVED)
        base = max(Fraction(0), arrived - passed - back)
        assert share.id == unit["id"]
        # By largest remainder a unit may get the one yuan that is left over, never more.
        assert 0 <= share.fen < base * Fraction(3, 10) + 100
        assert share.fen % 100 == 0


@given(case=projects, more=st.integers(1, 10**7))
def test_more_money_arrived_never_gives_the_project_less(case, more):
    award = PACK.award("M3.2-provincial")
    before = decide(award, case, DAY.on).granted or 0
    first = case["units"][0]
    richer = first | {
        "funds_arrived_last_year_yuan": str(Fraction(first["funds_arrived_last_year_yuan"]).__floor__() + more + 1)
    }
    after = decide(award, case | {"units": [richer, *case["units"][1:]]}, DAY.on).granted or 0
    assert after >= before


@given(case=firms, more=st.integers(1, 10**8))
def test_more_spent_never_gives_a_firm_less(case, more):
    award = PACK.award("M5.4")
    before = decide(award, case, DAY.on).granted or 0
    richer = case | {"rd_expense_yuan": str(int(float(case["rd_expense_yuan"])) + more + 1)}
    assert (decide(award, richer, DAY.on).granted or 0) >= before


@given(document=fen, arrived=fen, before=fen)
def test_matching_never_pays_more_than_the_province_did(document, arrived, before):
    facts = {
        "provincial_award_document_yuan": document, "provincial_award_arrived_yuan": arrived,
        "project_list": "sti2030", "registered_in_city": True, "kind": "award", "project_no": "1", "document_no": "2",
        "award_for_project": True, "given_before_yuan": before,
    }  # fmt: skip
    found = decide(PACK.award("M3.2-national"), facts, DAY.on)
    if found.granted is not None:
        exact = max(min(Fraction(document), Fraction(arrived)) - Fraction(before), Fraction(0)) * 100
        assert exact - 100 < found.granted <= exact


@given(factor=st.fractions(0, 1, max_denominator=10**6))
def test_a_factor_is_rounded_down_once(factor):
    facts = {
        "above_scale": True, "accurate": True, "rd_expense_yuan": 2_000_000, "rd_expense_last_year_yuan": None,
        "reported_before": False, "pool_factor": str(factor),
    }  # fmt: skip
    granted = decide(PACK.award("M5.4"), facts, DAY.on).granted
    exact = factor * 5_000_000
    assert granted % 100 == 0
    assert exact - 100 < granted <= exact
