"""Offices and memberships are those the trail tells of, whatever was done with them; what was put past it is named."""

from datetime import timedelta

import pytest

from tests.records.conftest import NOW, TODAY
from triplehelix.records.parties import actions, check
from triplehelix.records.parties.models import Membership, Office
from triplehelix.records.trail import actions as trail

LATER = TODAY + timedelta(days=30)
SYSTEM = {"actor": None, "now": NOW}

pytestmark = pytest.mark.django_db


def appointed(account, role="expert", unit="", until=None):
    return actions.appoint(account=account, role=role, unit=unit, since=TODAY, until=until, **SYSTEM)


def claimed(account, organisation):
    return actions.claim_organisation(account=account, uscc=organisation.uscc, name=organisation.name, now=NOW)


def test_offices_given_shortened_taken_away_and_given_again(account, make_account):
    appointed(account)
    actions.end_office(office=appointed(account, "operator"), until=LATER, why="轮岗", **SYSTEM)
    actions.end_office(
        office=appointed(account, "technology_manager", until=LATER), until=None, why="调离", actor=None, now=NOW
    )
    appointed(make_account("second@example.com"), "county_officer", "阳谷县")
    assert list(check.problems()) == []


def test_memberships_asked_for_answered_ended_and_asked_for_again(account, make_account, organisation):
    actions.add_member(account=account, organisation=organisation, role="admin", since=TODAY, **SYSTEM)
    second = make_account("second@example.com")
    actions.refuse_member(membership=claimed(second, organisation), **SYSTEM)
    again = actions.accept_member(membership=claimed(second, organisation), role="admin", **SYSTEM)
    actions.end_membership(membership=again, until=LATER, why="退休", **SYSTEM)
    third = make_account("third@example.com")
    let_in = actions.accept_member(membership=claimed(third, organisation), **SYSTEM)
    actions.end_membership(membership=let_in, until=None, why="离职", **SYSTEM)
    claimed(third, organisation)
    assert list(check.problems()) == []


@pytest.mark.parametrize(
    "changed", [{"role": "city_officer"}, {"until": LATER}, {"document": "澄科任〔2026〕9号"}, {"unit": "371521"}]
)
def test_an_office_changed_past_the_trail_is_named(account, changed):
    made = appointed(account)
    Office.objects.filter(pk=made.pk).update(**changed)
    assert list(check.problems()) == [f"账号 {account.pk} 的职务与留痕不符"]


def test_an_office_the_trail_knows_nothing_of_and_one_that_is_gone(account, make_account):
    rogue = make_account("rogue@example.com")
    Office.objects.create(account=rogue, role="city_officer", since=TODAY)
    appointed(account)
    Office.objects.filter(account=account).delete()
    assert list(check.problems()) == [f"账号 {one.pk} 的职务与留痕不符" for one in (account, rogue)]


@pytest.mark.parametrize("changed", [{"role": "admin"}, {"accepted_at": NOW}, {"until": LATER}])
def test_a_membership_changed_past_the_trail_is_named(account, organisation, changed):
    made = claimed(account, organisation)
    Membership.objects.filter(pk=made.pk).update(**changed)
    assert list(check.problems()) == [f"账号 {account.pk} 代表单位 {organisation.pk} 的登记与留痕不符"]


def test_a_membership_the_trail_knows_nothing_of(account, organisation):
    Membership.objects.create(account=account, organisation=organisation, role="admin", since=TODAY, accepted_at=NOW)
    assert list(check.problems()) == [f"账号 {account.pk} 代表单位 {organisation.pk} 的登记与留痕不符"]


@pytest.mark.parametrize("ended", ["limited", "let in since"])
def test_of_two_memberships_that_run_at_once_either_is_ended(account, organisation, ended):
    """Whose last day is set asks anew before it: until then both run, and the trail says which of them has ended."""
    given = {"actor": None, "now": NOW}
    limited = actions.add_member(account=account, organisation=organisation, role="clerk", since=TODAY, **given)
    actions.end_membership(membership=limited, until=LATER, **given)
    anew = actions.claim_organisation(account=account, uscc=organisation.uscc, name=organisation.name, now=NOW)
    actions.accept_member(membership=anew, role="admin", **given)
    assert list(check.problems()) == []
    actions.end_membership(membership=limited if ended == "limited" else anew, until=None, **given)
    assert list(check.problems()) == []


class TestRowsOfOlderPrograms:
    """Until 2026-11-27 an appointment named no paper and an end no first day; until 11-28 letting in named no role, and
    a request nobody had answered ended as a membership does."""

    @staticmethod
    def wrote(kind, subject, verb, **data):
        trail.record(kind=f"parties.{kind}", id=str(subject.pk), verb=verb, actor=None, now=NOW, data=data)

    def test_offices(self, account):
        named = {"role": "county_officer", "unit": "371521"}
        for until in (TODAY, None):
            Office.objects.create(account=account, since=TODAY, until=until, **named)
            self.wrote("account", account, "appoint", since=TODAY, until=None, **named)
            if until:
                self.wrote("account", account, "end_office", until=until, **named)
        assert list(check.problems()) == []
        Office.objects.filter(until=None).update(until=LATER)
        assert list(check.problems()) == [f"账号 {account.pk} 的职务与留痕不符"]

    def test_memberships(self, account, make_account, organisation):
        let_in, waiting = account, make_account("second@example.com")
        for one, accepted in ((let_in, NOW), (waiting, None)):
            Membership.objects.create(
                account=one, organisation=organisation, role="clerk", since=TODAY, until=LATER, accepted_at=accepted
            )
            self.wrote("organisation", organisation, "claim", account=one.pk)
        self.wrote("organisation", organisation, "accept_member", account=let_in.pk)
        for one in (let_in, waiting):
            self.wrote("organisation", organisation, "end_membership", account=one.pk, until=LATER)
        assert list(check.problems()) == []
        Membership.objects.filter(account=waiting).update(accepted_at=NOW)
        assert list(check.problems()) == [f"账号 {waiting.pk} 代表单位 {organisation.pk} 的登记与留痕不符"]
