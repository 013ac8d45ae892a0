"""A public client (the package oaipmh) harvests a real server over loopback: all of it, then what changed."""

import pytest
from django.utils import timezone
from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry, oai_dc_reader

from tests.oai.conftest import make
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions as listings
from triplehelix.records.steps.actions import take

COUNT, PAGE = 430, 40


@pytest.fixture
def harvester(live_server):
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    return Client(f"{live_server.url}/oai/", registry)


@pytest.mark.django_db(transaction=True)
def test_a_full_harvest_and_then_what_changed(harvester, clerk, firm, settings):
    settings.OAI_PAGE_SIZE = PAGE
    made = make(firm, COUNT)
    told = harvester.identify()
    assert (told.protocolVersion(), told.deletedRecord(), told.baseURL()) == ("2.0", "persistent", harvester._base_url)
    harvester.updateGranularity()
    assert [one[0] for one in harvester.listMetadataFormats()] == ["oai_dc"]
    sets = {one[0] for one in harvester.listSets()}
    found = list(harvester.listRecords(metadataPrefix="oai_dc"))
    assert [header.identifier() for header, _record, _about in found] == [
        f"oai:triplehelix.example:achievement/{row.pk}" for row in made
    ]
    assert all(set(header.setSpec()) <= sets and not header.isDeleted() for header, _record, _about in found)
    assert {record["title"][0] for _header, record, _about in found} == {row.title for row in made}
    assert len(list(harvester.listIdentifiers(metadataPrefix="oai_dc", set="chain:LC01"))) == (COUNT + 2) // 3

    since = timezone.now().replace(microsecond=0, tzinfo=None)
    now = timezone.now()
    for row in made[:60]:
        take(case=row, step="withdraw", actor=clerk, now=now, seen_version=1)
    listings.edit(listing=made[100], values={"title": "改过的成果"}, actor=clerk, now=now, seen_version=1)
    new = make(firm, 5, start=now)
    changed = list(harvester.listRecords(metadataPrefix="oai_dc", from_=since))
    states = {header.identifier().rpartition("/")[2]: header.isDeleted() for header, _record, _about in changed}
    assert states == ({str(row.pk): True for row in made[:60]} | {str(row.pk): False for row in [made[100], *new]})
    assert len(list(harvester.listIdentifiers(metadataPrefix="oai_dc"))) == COUNT + 5 == Achievement.objects.count()
