"""The desk of experts and the own page over the API: what was decided is told, and can be undone by its number."""

import json

import pytest

from tests.doors.test_permissions import signed_in, written
from triplehelix.market.experts.models import Alias, Expert, Harvest, Profile

pytestmark = pytest.mark.django_db


def sent(client, method, address, body, status=200, **headers):
    answer = getattr(client, method)(address, json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content[:300]
    return answer.json()


def test_what_was_merged_and_taken_out_is_told_and_undone_by_its_number(request, things):
    officer = signed_in(request, "officer")
    unsaid, row = things["unsaid"], things["authorship"]
    address = written("/api/experts/{unsaid}", things)
    (work,) = officer.get(address).json()["works_list"]
    assert work["authorship"] == row.pk
    made = sent(officer, "post", f"/api/experts/authorships/{row.pk}/split", {"why": "不是他的"}, 201)
    assert (made["authorship"], made["by_person"], made["undone_at"]) == (row.pk, False, None)
    told = officer.get(f"{address}/history").json()
    assert [one["id"] for one in told["splits"]] == [made["id"], things["split"].pk]
    assert sent(officer, "post", f"/api/experts/splits/{made['id']}/undo", {})["undone_at"]
    sent(officer, "post", f"/api/experts/splits/{made['id']}/undo", {}, 409)
    newest = told["merges"][0]
    assert newest["survivor"] == unsaid.pk
    sent(officer, "post", f"/api/experts/merges/{newest['id']}/undo", {"why": "看错了"})
    assert Expert.objects.get(pk=newest["absorbed"]).is_root
    assert officer.get(f"{address}/history").json()["merges"][0]["undone_at"]
    assert officer.get(f"/api/experts/{newest['absorbed']}/history").json()["merges"][0]["id"] == newest["id"]


def test_a_harvest_is_stopped_and_goes_on_by_the_version_seen(request, things):
    officer, pk = signed_in(request, "officer"), things["harvest"].pk
    assert [one["id"] for one in officer.get("/api/harvests").json()["items"]] == [pk]
    seen = officer.get(f"/api/harvests/{pk}")["ETag"]
    steps = f"/api/harvests/{pk}/steps"
    sent(officer, "post", f"{steps}/stop", {}, 428)
    stopped = sent(officer, "post", f"{steps}/stop", {}, **{"If-Match": seen})
    assert stopped["state"] == "stopped"
    sent(officer, "post", f"{steps}/resume", {}, 409, **{"If-Match": seen})
    assert sent(officer, "post", f"{steps}/resume", {"seen_version": stopped["version"]})["state"] == "queued"
    sent(officer, "post", f"{steps}/finish", {}, 422, **{"If-Match": seen})
    assert Harvest.objects.get(pk=pk).state == "queued"


def test_an_alias_is_registered_once_and_listed(request, things, firm):
    officer = signed_in(request, "officer")
    given = {"organisation": firm.uscc, "name": "Lakeside Copper Works"}
    assert sent(officer, "post", "/api/experts/aliases", given, 201)["placed"] == 0
    assert "name" in str(sent(officer, "post", "/api/experts/aliases", given, 422))
    assert "organisation" in str(sent(officer, "post", "/api/experts/aliases", given | {"organisation": "无此"}, 422))
    (told,) = officer.get("/api/experts/aliases").json()["items"]
    assert told == {"id": Alias.objects.get().pk, "organisation": firm.name, "name": "Lakeside Copper Works"}


def test_a_person_says_who_may_see_the_page(request, things):
    expert, address = signed_in(request, "expert"), "/api/experts/mine/visibility"
    person = things["famous"].person
    assert sent(expert, "put", address, {"visibility": "hidden"}) == {"visibility": "hidden", "confirmed": True}
    assert Profile.objects.get(person=person).visibility == "hidden"
    Profile.objects.filter(person=person).update(confirmed_at=None)
    assert "visibility" in str(sent(expert, "put", address, {"visibility": "public"}, 422))
    sent(expert, "put", address, {"visibility": "friends"}, 422)
