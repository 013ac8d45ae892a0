"""Harvests of a real OAI-PMH server over loopback: whole, after its death and ours, incremental, and refused."""

import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.experts.conftest import repository
from tests.market.conftest import officer  # noqa: F401 - fixture
from triplehelix.market.experts import actions
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Authorship, Harvest, Source, Work
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, PAGE = 5000, 250


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.HARVEST_PRIVATE_ADDRESSES = True


def begun(url, **more):
    now = timezone.now()
    made = actions.register_repository(name="示例大学机构库", base_url=url, actor=None, now=now)
    return actions.start_harvest(repository=made, actor=None, now=now, **more)


def walk(harvest, *, most=1000, now=None):
    """Pages until it ends or waits; what came last."""
    for _page in range(most):
        then = harvests.advance(pk=harvest.pk, now=now or timezone.now())
        if not then.on:
            break
    harvest.refresh_from_db()
    return then


def test_five_thousand_records_each_once_although_the_server_dies_in_the_middle(db):
    # Question 1 is Identify, so the ninth page breaks off half way.
    with repository(count=COUNT, page=PAGE, die_at=10) as (url, process):
        harvest = begun(url)
        then = walk(harvest)
        assert process.wait(10) == 9
    port = int(url.rpartition(":")[2].removesuffix("/oai"))
    assert (harvest.state, harvest.pages, harvest.records, harvest.tries) == ("waiting", 8, 8 * PAGE, 1)
    assert then.wait == harvests.WAITS[0] and harvest.token
    assert Work.objects.count() == 8 * PAGE

    # Before its time nothing is asked; with the server still away it waits longer.
    assert not harvests.advance(pk=harvest.pk, now=timezone.now()).on
    later = timezone.now() + timedelta(minutes=1)
    assert walk(harvest, now=later).wait == harvests.WAITS[1]
    assert (harvest.state, harvest.tries) == ("waiting", 2)

    with repository(port=port, count=COUNT, page=PAGE):
        walk(harvest, now=later + timedelta(minutes=5))
    assert (harvest.state, harvest.pages, harvest.records) == ("done", COUNT // PAGE, COUNT)
    assert harvest.new_works == Work.objects.count() == Source.objects.count() == COUNT
    assert set(Source.objects.values_list("source_id", flat=True)) == {
        f"oai:repository.example:{n}" for n in range(1, COUNT + 1)
    }
    assert Authorship.objects.values("work").distinct().count() == COUNT
    assert harvest.repository.__class__.objects.get().complete_until
