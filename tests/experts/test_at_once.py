"""Two of the desk enter the same at one moment, or an officer while the follower works: one stands, one is told."""

from threading import Event
from time import sleep

import pytest
from django.db import transaction

from tests.experts.conftest import NOW, landed, work
from tests.fund.test_race import at_once
from tests.market.conftest import organisation
from triplehelix.market.experts import actions, authors, register
from triplehelix.market.experts.models import Alias, Expert, Repository
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def twice(deed):
    """The same by two, whose requests end a moment later."""

    def done():
        with transaction.atomic():
            found = deed()
            sleep(0.3)
            return found

    return at_once(done, done)


def test_one_repository_registered_twice_is_one(officer):
    given = {"name": "机构库", "base_url": "https://ir.example/oai", "actor": officer, "now": NOW}
    found = twice(lambda: actions.register_repository(**given))
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "Repository"], found
    assert Repository.objects.count() == 1


def test_one_alias_given_to_two_is_one_s(officer):
    homes = iter([organisation(9101), organisation(9102)])
    found = twice(lambda: actions.add_alias(organisation=next(homes), name="澄湖理工学院", actor=officer, now=NOW))
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "tuple"], found
    assert Alias.objects.count() == 1


def test_somebody_just_registered_is_linked_while_the_follower_takes_him_in(officer):
    """Both make the expert that stands for the person: whoever is second finds the first's."""
    person = parties.register_person(name="容止戈", home=organisation(9101), actor=None, now=NOW)
    ((_key, found),) = landed(work("铜排防变色的一种工艺", "容止戈")).items()
    following = Event()

    def follow():
        with transaction.atomic():
            register.take_people(Person.objects.filter(pk=person.pk), now=NOW)
            following.set()
            sleep(0.4)

    def link():
        following.wait(10)
        return actions.link(expert=found, person=person, actor=officer, now=NOW)

    _followed, merge = at_once(follow, link)
    assert type(merge).__name__ == "Merge", merge
    assert merge.survivor == authors.of_person(person, NOW) == Expert.objects.get(person=person)
