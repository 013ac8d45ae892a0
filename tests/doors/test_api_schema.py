"""The API keeps what its OpenAPI document promises, whatever is sent: schemathesis writes the calls."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, settings
from ninja import Schema
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from triplehelix.config.wsgi import application
from triplehelix.doors.api.urls import api
from triplehelix.records.parties import actions as parties

#: `--hypothesis-profile=search` also has schemathesis' coverage phase, 45 calls for each address. They are written
#: while tests are collected: a minute of any run, also of one that was asked for a single test.
searching = settings.get_current_profile_name() == "search"
written = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": searching}}})
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=written)


@pytest.fixture
def key(db, clerk, firm):
    """Of a firm's clerk. The connection outlives the requests, as with Django's own client: it holds the transaction
    that is rolled back after each address."""
    now = timezone.now()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    _key, text = parties.create_api_key(account=clerk, name="fuzz", scopes=("read", "write"), expires_at=None, now=now)
    yield text
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=50 if searching else 8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_call_keeps_its_promise(case, key):
    case.call_and_validate(
        headers={"Authorization": f"Bearer {key}"},
        checks=(not_a_server_error, response_schema_conformance, status_code_conformance),
    )


def test_two_shapes_have_two_names():
    """The document knows shapes by their names alone: of two with one name it would promise the last one for both."""
    named: dict[str, set[type]] = {}
    waiting = [Schema]
    while waiting:
        waiting += (one := waiting.pop()).__subclasses__()
        if one.__module__.startswith("triplehelix.doors.api"):
            named.setdefault(one.__name__, set()).add(one)
    told = api.get_openapi_schema()["components"]["schemas"]
    assert len(told) > 100
    assert {name for name, shapes in named.items() if len(shapes) > 1 and name in told} == set()


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _said(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """What people read of a document, each with its place."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if name in ("summary", "description") and isinstance(value, str):
            yield f"{place}/{name}", value
        yield from _said(value, f"{place}/{name}")


def test_the_document_speaks_english_to_who_reads_english():
    """Values that stay Chinese are quoted; the rest of a text is English, also where a term of the trade begins it."""
    with override("en"):
        told = list(_said(api.get_openapi_schema()))
    assert len(told) > 1000
    assert [one for one in told if CHINESE.search(re.sub("“.*?”", "", one[1]))] == []


def test_the_document_follows_accept_language(client):
    """Each language has its own: an English one leaves nothing behind for the next."""
    summaries = {}
    for language in ("en", "zh-hans", "en"):
        answer = client.get("/api/openapi.json", headers={"Accept-Language": language})
        assert "Accept-Language" in answer["Vary"]
        calls = [call for path in json.loads(answer.content)["paths"].values() for call in path.values()]
        assert {bool(CHINESE.search(call["summary"])) for call in calls} == {language != "en"}
        summaries.setdefault(language, [call["summary"] for call in calls])
    assert "一条需求" in summaries["zh-hans"] and "A need" in summaries["en"]


def test_the_document_is_made_once_for_a_language(client, monkeypatch):
    """It takes seconds: made for each who asks, some dozen visitors at once would stop the site."""
    made = []
    whole = type(api)._document
    monkeypatch.setattr(type(api), "_document", lambda self, prefix: made.append(prefix) or whole(self, prefix))
    monkeypatch.setattr(api, "_documents", {})
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _n: Client().get("/api/openapi.json", headers={"Accept-Language": "en"}), range(8)))
    client.get("/api/openapi.json", headers={"Accept-Language": "zh-hans"})
    assert made == ["/api/", "/api/"]
