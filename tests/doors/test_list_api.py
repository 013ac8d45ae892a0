"""Publishing a list over the API: look, publish what was seen, correct it; and asking those who have not confirmed."""

import pytest
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.doors.conftest import published
from tests.experts.conftest import landed, work
from triplehelix.market.experts import actions as experts
from triplehelix.market.experts import authors
from triplehelix.market.lists.models import PublishedList
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties


@pytest.fixture
def wanted(clerk, firm):
    published(clerk, firm)
    return {"kind": "needs", "scope": "city", "period": f"{timezone.localdate():%Y-%m}"}


def test_what_is_published_is_what_was_looked_at(officer, clerk, firm, stranger, wanted):
    office = Caller(officer)
    assert list(fields(office.get("/api/lists/preview", **wanted | {"scope": "unit"}))) == ["place"]
    looked = done(office.get("/api/lists/preview", **wanted))
    assert len(looked["rows"]) == 1 and not looked["out"]
    stale = office.post("/api/lists", wanted | {"seen": "x"})
    assert (stale.status_code, stale.json()["message"][:5]) == (409, "您预览之后")
    left = {"leave_out": [looked["rows"][0]["listing"]]}
    assert office.post("/api/lists", wanted | left | {"seen": looked["seen"]}).status_code in (409, 422)
    for other in (clerk, stranger):
        assert Caller(other).post("/api/lists", wanted | {"seen": looked["seen"]}).status_code == 404
    made = done(office.post("/api/lists", wanted | {"seen": looked["seen"]}), 201)
    assert len(made["entries"]) == 1 and PublishedList.objects.get().published_by == officer
    again = office.post("/api/lists", wanted | {"seen": looked["seen"]})
    assert again.status_code in (409, 422)
    found = done(office.get("/api/lists/preview", **wanted | {"replaces": made["id"]}))
    correction = wanted | {"replaces": made["id"], "seen": found["seen"]}
    assert list(fields(office.post("/api/lists", correction))) == ["why"]
    corrected = done(office.post("/api/lists", correction | {"why": "第一条的金额写错了"}), 201)
    assert corrected["replaces"] == made["id"]


def test_owners_are_asked_by_officers_only(officer, clerk, wanted):
    assert done(Caller(officer).post("/api/lists/ask", wanted))["asked"] == 0
    assert Caller(clerk).post("/api/lists/ask", wanted).status_code == 404


def test_an_expert_is_invited_at_the_address_the_own_organisation_gave(officer, clerk, firm, stranger):
    now = timezone.now()
    person = parties.register_person(name="容止戈", home=firm, actor=None, now=now)
    expert = authors.of_person(person, now)
    (other,) = landed(work("粉末涂料论文", "容止戈")).values()
    experts.merge(one=expert, other=other, how="officer", actor=officer, now=now)
    address = f"/api/experts/{expert.pk}"
    assert Caller(officer).post(f"{address}/invite", {}).status_code == 409
    assert list(fields(Caller(clerk).post(f"{address}/address", {"email": "没有"}))) == ["email"]
    assert Caller(officer).post(f"{address}/address", {"email": "rong@example.com"}).status_code == 404
    assert Caller(clerk).post(f"{address}/address", {"email": "rong@example.com"}).status_code == 204
    assert Caller(stranger).post(f"{address}/invite", {}).status_code == 404
    assert done(Caller(officer).post(f"{address}/invite", {}), 201)["expires_at"]
    assert Message.objects.filter(kind="experts.invite").count() == 1
