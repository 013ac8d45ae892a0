"""A whole paid in parts the policy fixes: by hand, and for any whole and any parts."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_declarations import award, spent
from triplehelix.foundation.dated import since, undecided
from triplehelix.foundation.money import Fen
from triplehelix.policy.article import DeclarationError
from triplehelix.policy.declared import as_data
from triplehelix.policy.facts import Listed, Money, YesNo
from triplehelix.policy.phases import Phase, split
from triplehelix.policy.terms import rate_term

DAY = date(2026, 1, 1)
ORDINARY = {"lanes": ("ordinary",), "parts": ("accept", "decide", "agreement")}


def phases(*parts):
    made = []
    for n, part in enumerate(parts, start=1):
        value = undecided("多少") if part is None else since((DAY, Fraction(part)))
        made.append(Phase(f"第{n}期", rate_term(f"phase_{n}", f"第{n}期", value, mark="assumed", source="三（二）")))
    return tuple(made)


def paid(whole, *parts, **decided):
    return [int(fen) for _name, fen in split(phases(*parts), Fen(whole), DAY, decided)]


def test_by_hand():
    assert paid(60_000_000, "2/5", "3/10", "3/10") == [24_000_000, 18_000_000, 18_000_000]
    # 100,001 yuan in thirds: 33,333.67 and 66,667.33 so far, rounded down; the last has the rest.
    assert paid(10_000_100, "1/3", "1/3", "1/3") == [3_333_300, 3_333_400, 3_333_400]
    assert paid(150, "1/2", "1/2") == [0, 150]
    assert paid(0, "1/2", "1/2") == [0, 0]


@given(whole=st.integers(0, 10**13), weights=st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_they_come_to_the_whole_and_none_runs_ahead_of_its_part(whole, weights):
    parts = [Fraction(one, sum(weights)) for one in weights]
    found = paid(whole, *parts)
    assert sum(found) == whole and min(found) >= 0
    for n in range(1, len(parts)):
        exact = whole * sum(parts[:n])
        assert exact - 100 < sum(found[:n]) <= exact
        assert found[n - 1] % 100 == 0


def test_what_the_office_decides_of_a_part_counts():
    decided = {"phase_1": since((DAY, Fraction(9, 10))), "phase_2": since((DAY, Fraction(1, 10)))}
    assert paid(1_000_000, None, None, **decided) == [900_000, 100_000]
    too_much = {"phase_1": since((DAY, Fraction(9, 10))), "phase_2": since((DAY, Fraction(1, 2)))}
    assert paid(1_000_000, None, None, None, **too_much, phase_3=since((DAY, Fraction(1, 2)))) == [900_000, 100_000, 0]
    made = award(phases=phases(None, None), **ORDINARY)
    assert {"phase_1", "phase_2"} <= set(made.terms)


def test_a_declaration_that_cannot_be_paid_so():
    sound = award(phases=phases("2/5", "3/5"), **ORDINARY)
    assert as_data(sound)["phases"] == ["phase_1", "phase_2"] and "phases" not in as_data(award())
    with pytest.raises(DeclarationError, match="come to 9/10 of the whole on 2026-01-01"):
        award(phases=phases("2/5", "1/2"), **ORDINARY)
    stages = Listed("milestones", "里程碑", (Money("amount", "金额"), YesNo("reached", "通过")))
    for wrong in (
        {},
        ORDINARY | {"facts": (spent, award().facts[1], stages)},
        ORDINARY | {"parts": ("accept", "decide")},
    ):
        with pytest.raises(DeclarationError, match="whose parts have agreement"):
            award(phases=phases("2/5", "3/5"), **wrong)
