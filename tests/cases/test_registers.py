"""Entries of the bureau's registers that were wrong, or hold no more: a bar is lifted, a tie is voided; both stay."""

from datetime import date

import pytest

from tests.cases.words import applied, was_of
from tests.records.forging import behind_the_program
from triplehelix.procedure.cases import actions, applicant, check
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

BAR = {"since": date(2026, 6, 1), "until": date(2029, 6, 1), "reason": "骗取财政资金", "document": "澄信联〔2026〕5号"}
WHY = "登记错：处理决定是给同名的另一家的"


def lift(city, held, **more):
    return actions.lift_bar(barred=held, **{"why": WHY, "actor": city.clerk, "now": city.now} | more)


def codes(held, on):
    return [one.code for one in applicant.barred(held, on)]


def test_a_bar_of_the_wrong_firm_is_lifted_and_stays_to_be_read(city, round):
    filed, member = applied(city, round)
    held = actions.bar(who=filed.organisation.name, actor=city.clerk, now=city.now, **BAR)
    today = city.now.date()
    assert codes(filed, today) == ["barred"]
    told = Message.objects.get(kind="procedure.barred.bar")
    assert told.to == member.email and all(BAR[one] in told.body for one in ("reason", "document"))
    assert str(BAR["until"]) in told.body
    Message.objects.all().delete()
    lifted = lift(city, held)
    assert codes(filed, today) == []
    assert (lifted.lifted_at, lifted.lifted_by, lifted.lifted_why) == (city.now, city.clerk, WHY)
    assert (lifted.until, lifted.reason) == (BAR["until"], BAR["reason"])
    told = Message.objects.get()
    assert told.to == member.email and WHY in told.body and BAR["document"] in told.body
    row = Entry.objects.get(subject_kind="procedure.barred", subject_id=str(held.pk), verb="lift")
    assert row.why == WHY and row.who == str(city.clerk)
    # Whoever has the old page open is told; the same firm may be barred again.
    with pytest.raises(Refused, match="已经解除"):
        lift(city, held)
    actions.bar(who=filed.organisation.uscc, actor=city.clerk, now=city.now, **BAR)
    assert codes(filed, today) == ["barred"]


def test_a_bar_is_lifted_with_its_ground_by_an_officer_who_has_no_part_in_it(city, round):
    filed, member = applied(city, round)
    held = actions.bar(who=filed.organisation.name, actor=city.clerk, now=city.now, **BAR)
    for wrong in (" ", "错", "长" * 201):
        with pytest.raises(Invalid) as said:
            lift(city, held, why=wrong)
        assert set(said.value.errors) == {"why"}
    for other in (city.finance, city.county, member):
        with pytest.raises(Refused, match="只有市科技局"):
            lift(city, held, actor=other)
    parties.add_member(
        account=city.clerk, organisation=filed.organisation, role="clerk", since=city.since, actor=None, now=city.now
    )
    with pytest.raises(Refused, match="另一位工作人员"):
        lift(city, held)
    person = Person.objects.get(name="周工")
    mine = actions.bar(who="周工", actor=city.clerk, now=city.now, **BAR)
    parties.claim_person(person=person, account=city.clerk, actor=None, now=city.now)
    with pytest.raises(Refused, match="另一位工作人员"):
        lift(city, mine)
    assert codes(filed, city.now.date()) == ["barred", "barred"]


def test_who_acted_for_the_unit_since_and_has_left_it_lifts_no_bar_of_it(city, round):
    filed, _member = applied(city, round)
    held = actions.bar(who=filed.organisation.name, actor=city.clerk, now=city.now, **BAR)
    was_of(city, filed.organisation)
    with pytest.raises(Refused, match="另一位工作人员"):
        lift(city, held)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE cases_barred SET until = '2026-06-02'", "限制谁、期限和依据与留痕不符"),
        ("UPDATE cases_barred SET lifted_at = now()", "限制谁、期限和依据与留痕不符"),
        ("DELETE FROM cases_barred", "申报限制 #"),
    ],
)
def test_a_bar_changed_behind_the_program_is_named(city, round, change, named):
    filed, _member = applied(city, round)
    actions.bar(who=filed.organisation.name, actor=city.clerk, now=city.now, **BAR)
    lift(city, actions.bar(who="周工", actor=city.clerk, now=city.now, **BAR))
    assert list(check.problems()) == []
    behind_the_program(f"{change} WHERE person_id IS NULL")
    (problem,) = check.problems()
    assert named in problem
