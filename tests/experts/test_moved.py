"""The address an organisation gave to invite somebody by, when the person works elsewhere (调动) or signs in."""

import pytest

from tests.experts.conftest import landed, work
from tests.market.conftest import NOW, account, member, organisation
from triplehelix.market.experts import actions, authors, candidates, register
from triplehelix.market.experts.actions import invites
from triplehelix.records.parties import actions as parties

pytestmark = pytest.mark.django_db
EMAIL = "rong@former.example.com"


@pytest.fixture
def invited(person, home):
    """A letter is out about a work that waits, to the address the home gave."""
    landed(work("低温固化粉末涂料的流平", ("容止戈", home.name)))
    register.take_people([person], now=NOW)
    candidates.look(keys=authors.keys_of("容止戈"), now=NOW)
    inside = member(account("inside"), home)
    actions.give_address(person=person, email=EMAIL, actor=inside, now=NOW)
    made = actions.invite(person=person, base_url="https://s", actor=inside, now=NOW)
    assert actions.opened(invites.token_of(made), NOW) == made
    return made


def moved(person, to):
    given = {"home": to, "last_day": NOW.date(), "actor": None, "now": NOW, "why": "调令〔2026〕3号"}
    return parties.move_person(person=person, **given)


def test_what_the_former_organisation_gave_is_not_read_or_written_to_by_the_new_one(invited, person, client):
    new = organisation(9701)
    person = moved(person, new)
    clerk = member(account("elsewhere"), new)
    assert actions.opened(invites.token_of(invited), NOW) is None
    with pytest.raises(actions.Refused, match="还没有邮箱"):
        actions.invite(person=person, base_url="https://s", actor=clerk, now=NOW)
    client.force_login(clerk)
    page = client.get(f"/experts/{person.expert.pk}/").content.decode()
    assert "保存邮箱" in page and EMAIL not in page
    actions.give_address(person=person, email="rong@new.example.com", actor=clerk, now=NOW)
    assert "rong@new.example.com" in client.get(f"/experts/{person.expert.pk}/").content.decode()


def test_whoever_has_the_letter_answers_for_nobody_who_signs_in(invited, person):
    parties.claim_person(person=person, account=account("rong"), actor=None, now=NOW)
    assert actions.opened(invites.token_of(invited), NOW) is None
