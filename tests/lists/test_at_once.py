"""Officers who publish at the same moment get different numbers, and nothing is lost."""

import pytest

from tests.lists.conftest import NOW, TODAY, put, wanted
from tests.lists.conftest import published as publish_list
from tests.records.cases import Thread
from triplehelix.market.lists import finds
from triplehelix.market.lists.models import PublishedList
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.trail.models import Entry

PLACES = ["LC01", "LC02", "LC03", "LC04"]


@pytest.mark.django_db(transaction=True)
def test_four_at_once_take_four_numbers(officer, clerk, firm):
    for n, chain in enumerate(PLACES):
        put(clerk, firm, chain=chain, text=n)
    threads = [
        Thread(lambda chain=chain: publish_list(officer, wanted(scope="chain", place=chain))) for chain in PLACES
    ]
    made = [thread.result() for thread in threads]
    assert sorted(one.n for one in made) == [1, 2, 3, 4]
    assert {one.place for one in made} == set(PLACES)
    assert all(finds.is_whole(one) for one in PublishedList.objects.all())
    assert Entry.objects.filter(subject_kind="market.list").count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_list_twice_at_once_is_one_list(officer, clerk, firm):
    put(clerk, firm)

    def one():
        try:
            return publish_list(officer, wanted(on=TODAY), now=NOW).number
        except Invalid as why:
            return why.errors["period"]

    said = sorted(thread.result() for thread in [Thread(one), Thread(one)])
    assert PublishedList.objects.get().number in said
    assert sum("已经发布过" in words for words in said) == 1
