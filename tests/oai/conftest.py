"""Achievements to harvest, and answers held against the schema as they come."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from lxml import etree

from tests.market.test_flow import VALUES
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.flow import VALID_DAYS

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("oai_pmh.rng")))
NAMES = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
}
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def make(firm, count, *, start=None, step=SECOND, **more):
    """Published achievements, each a step younger than the one before; ids in the order of their days."""
    start = start or timezone.now() - timedelta(days=30)
    rows = [
        Achievement(
            organisation=firm, state="published", title=f"成果 {n}", text=VALUES["text"], field="新材料",
            chain=("LC01", "LC02", "")[n % 3], created_at=start, changed_at=start + n * step,
            published_at=start + n * step, valid_until=start + n * step + timedelta(days=VALID_DAYS),
            contact_name="阮砺石", contact_phone="0635-8400000", **more,
        )
        for n in range(count)
    ]  # fmt: skip
    return Achievement.objects.bulk_create(rows)


def ask(client, method="get", **arguments):
    """One request; its answer, valid by the schema of the protocol."""
    answer = getattr(client, method)("/oai/", {name.rstrip("_"): value for name, value in arguments.items()})
    return read(answer)


def read(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    SCHEMA.assertValid(root)
    return root


def texts(root, path):
    return [one if isinstance(one, str) else one.text for one in root.xpath(path, namespaces=NAMES)]


def codes(root):
    return texts(root, "/o:OAI-PMH/o:error/@code")


def identifiers(root):
    return texts(root, "//o:header/o:identifier")


def walked(client, verb="ListIdentifiers", between=lambda: None, **arguments):
    """Every header of a whole harvest, page by page; `between` happens after each page."""
    found, pages = [], 0
    root = ask(client, verb=verb, metadataPrefix="oai_dc", **arguments)
    while True:
        pages += 1
        found += [
            (texts(one, "o:identifier")[0], one.get("status", ""), texts(one, "o:datestamp")[0])
            for one in root.xpath("//o:header", namespaces=NAMES)
        ]
        token = texts(root, "//o:resumptionToken")
        if not token or not token[0]:
            return found, pages
        between()
        root = ask(client, verb=verb, resumptionToken=token[0])


@pytest.fixture
def few(firm, settings):
    """Ten achievements, three on a page."""
    settings.OAI_PAGE_SIZE = 3
    return make(firm, 10)
