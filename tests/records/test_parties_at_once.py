"""Two people act on one organisation, person or account at the same moment: nobody waits in a ring, nothing is doubled,
and whoever comes second is judged by what is then true."""

from threading import Event
from time import sleep

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.cases.city import uscc
from tests.fund.test_race import at_once
from tests.records.conftest import ALUMINIUM, NOW, TODAY
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions
from triplehelix.records.parties.models import Account, ChainMembership, Organisation, PersonClaim
from triplehelix.records.parties.rules import Invalid, Refused

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = {"actor": None, "now": NOW}
PAPER = "准予合并登记〔2026〕11号"


@pytest.fixture
def officer(make_account):
    made = make_account("officer@example.com")
    actions.appoint(account=made, role="city_officer", unit="", since=TODAY, **SYSTEM)
    return made


def waits():
    """A moment in which the other comes as far as it can."""
    sleep(0.4)


def test_who_asks_again_while_an_officer_answers(officer, account, organisation):
    """The officer holds the request and needs the account, whoever asks holds the account and needs the request."""
    person = actions.register_person(name="容止戈", home=organisation, **SYSTEM)
    claim = actions.ask_for_person(account=account, home=organisation.uscc, name="容止戈", now=NOW)
    asking = Event()

    def again():
        with transaction.atomic():
            Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # as `ask_for_person` begins
            asking.set()
            waits()
            return actions.ask_for_person(account=account, home=organisation.uscc, name="容止戈", now=NOW)

    def grant():
        asking.wait(10)
        return actions.grant_person(claim=claim, person=person, actor=officer, now=NOW)

    asked, granted = at_once(again, grant)
    assert isinstance(asked, PersonClaim) and isinstance(granted, Refused), (asked, granted)


def test_an_answer_while_another_officer_links_the_same_two(officer, account, organisation):
    person = actions.register_person(name="容止戈", home=organisation, **SYSTEM)
    claim = actions.ask_for_person(account=account, home=organisation.uscc, name="容止戈", now=NOW)
    found = at_once(
        lambda: actions.grant_person(claim=claim, person=person, actor=officer, now=NOW),
        lambda: actions.claim_person(person=person, account=account, actor=officer, now=NOW),
    )
    assert {type(one).__name__ for one in found} <= {"Person", "Refused"}, found
    person.refresh_from_db()
    assert person.account == account
    assert Message.objects.filter(kind="parties.person.claim_person").count() == 1


def test_an_ending_is_taken_back_while_its_successor_ends(make_organisation):
    """The first became the second, which becomes a third: each of the two needs the rows of both."""
    first = make_organisation()
    second, third = make_organisation(uscc=ALUMINIUM, name="云川铝业"), make_organisation(uscc=uscc(3), name="云川锌业")
    for one in (first, second, third):
        actions.confirm_organisation(organisation=one, **SYSTEM)
    given = {"ending": "merged", "on": TODAY, "document": PAPER, **SYSTEM}
    actions.end_organisation(organisation=first, successor=second, **given)
    chain = ChainMembership.objects.create(organisation=second, chain="copper", since=TODAY)
    keeping = Event()

    def keep():
        with transaction.atomic():
            ChainMembership.objects.select_for_update().get(pk=chain.pk)  # what the ending comes to after its rows
            keeping.set()
            waits()
            waits()

    def end():
        keeping.wait(10)
        return actions.end_organisation(organisation=second, successor=third, **given)

    def undo():
        keeping.wait(10)
        waits()
        return actions.undo_ending(organisation=first, why="登记错了", **SYSTEM)

    found = at_once(keep, end, undo)
    assert [one for one in found if isinstance(one, Exception)] == []
    heirs = dict(Organisation.objects.values_list("pk", "heir"))
    assert heirs == {first.pk: None, second.pk: third.pk, third.pk: None}


def test_who_is_let_go_corrects_nothing_any_more(account, make_account, organisation):
    """What an administrator may is asked when the organisation is in hand, not before."""
    other = make_account("other@example.com")
    seats = [
        actions.add_member(account=one, organisation=organisation, role="admin", since=TODAY, **SYSTEM)
        for one in (account, other)
    ]
    organisation.refresh_from_db()
    ending = Event()

    def end():
        with transaction.atomic():
            actions.end_membership(membership=seats[0], until=None, actor=other, now=NOW, why="离职")
            ending.set()
            waits()

    def correct():
        ending.wait(10)
        return actions.correct(
            organisation=organisation, values={"about": "改掉"}, actor=account, now=NOW,
            seen_version=organisation.version,
        )  # fmt: skip

    _ended, corrected = at_once(end, correct)
    assert isinstance(corrected, Refused), corrected
    organisation.refresh_from_db()
    assert organisation.about == ""


def test_one_account_made_twice_at_once_is_one():
    def make():
        with transaction.atomic():
            made = actions.create_account(email="new@example.com", name="新", password=None, **SYSTEM)
            waits()
            return made

    found = at_once(make, make)
    assert sorted(type(one).__name__ for one in found) == ["Account", "Invalid"], found
    assert next(one for one in found if isinstance(one, Invalid)).errors.keys() == {"email"}


def test_a_sign_up_sent_twice_is_one_account():
    """The second does not see the first yet when its form is looked at; then it waits for it, and finds the address."""
    first = Event()

    def sign_up():
        with transaction.atomic():
            Account.objects.create_user(email="new@example.com", password=None, name="新")
            first.set()
            waits()
            waits()

    def again():
        first.wait(10)
        word = "a-long-and-rare-word"
        given = {"email": "new@example.com", "name": "新", "password1": word, "password2": word}
        return Client().post(reverse("account_signup"), given)

    _made, answer = at_once(sign_up, again)
    assert getattr(answer, "url", answer) == reverse("account_email_verification_sent")
    assert Account.objects.filter(email="new@example.com").count() == 1
