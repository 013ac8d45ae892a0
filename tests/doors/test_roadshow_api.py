"""Roadshows over the API: announced, registered for, attended, cancelled."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from tests.equity.words import Equity
from triplehelix.market.equity.models import Event, Registration
from triplehelix.records.outbox.models import Message

ROADSHOWS = "/api/roadshows"


@pytest.fixture
def city(officer, firm, clerk):
    return Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())


def plan(**more):
    begin = timezone.now() + timedelta(days=7)
    return {
        "title": "新材料专场", "about": "每个项目十分钟", "place": "二楼", "starts_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=2)).isoformat(), "capacity": 5, "contact": "市场，0635-8400000",
    } | more  # fmt: skip


def test_an_officer_announces_with_projects_in_their_order(city, officer, clerk):
    office = Caller(officer)
    first, second = city.project(), city.project(city.published(title="另一项"))
    closed = city.project(city.published(title="第三项"), on_stage=False)
    wrong = plan(starts_at="2099-01-01T09:00:00", place="")
    assert list(fields(office.post(ROADSHOWS, wrong))) == ["starts_at"], "of which offset?"
    far = plan(starts_at="9999-12-31T20:00:00-12:00", ends_at="9999-12-31T21:00:00-12:00")
    assert set(fields(office.post(ROADSHOWS, far))) == {"starts_at", "ends_at"}, "could not be read again"
    assert Client().get(ROADSHOWS).status_code == 200
    wrong = plan(place="", capacity=0, ends_at=plan()["starts_at"][:10] + "T00:00:00+08:00")
    assert set(fields(office.post(ROADSHOWS, wrong))) == {"place", "capacity", "ends_at"}
    assert list(fields(office.post(ROADSHOWS, plan(projects=[first.pk, closed.pk])))) == ["projects.1"]
    assert Caller(clerk).post(ROADSHOWS, plan()).status_code == 404
    made = done(office.post(ROADSHOWS, plan(projects=[second.pk, first.pk])), 201)
    assert made["projects"] == [second.listing.title, first.listing.title]
    assert (made["state"], made["steps"]) == ("open", ["hold", "cancel"])
    public = Client().get(f"{ROADSHOWS}/{made['id']}").json()
    assert (public["about"], public["steps"], public["coming"], public["mine"]) == ("每个项目十分钟", [], [], None)


def test_an_organisation_registers_once_while_there_is_room(city, officer, clerk, firm, stranger):
    event, own, office = city.event(capacity=5), Caller(clerk), Caller(officer)
    address, other = f"{ROADSHOWS}/{event.pk}", stranger.memberships.get().organisation
    register = f"{address}/register"
    coming = {"organisation": firm.uscc}
    assert Client().post(register, coming, content_type="application/json").status_code == 401
    assert own.post(register, {"organisation": other.uscc}).status_code == 404
    assert list(fields(own.post(register, coming | {"people": 21}))) == ["people"]
    assert own.post(register, coming | {"people": 6}).status_code == 409, "not that many places"
    mine = done(own.post(register, coming | {"people": 4}))["mine"]
    assert (mine["organisation"], mine["people"], mine["came"]) == (firm.uscc, 4, None)
    assert own.post(register, coming).status_code == 409, "once"
    full = Caller(stranger).post(register, {"organisation": other.uscc, "people": 2})
    assert (full.status_code, "还剩 1 个" in full.json()["message"]) == (409, True)
    assert [one["people"] for one in done(office.get(address))["coming"]] == [4]
    seen = done(Caller(stranger).get(address))
    assert (seen["registered"], seen["coming"], seen["mine"]) == (4, [], None), "who comes is for the city"
    assert done(own.post(f"{address}/unregister", coming))["registered"] == 0
    assert own.post(f"{address}/unregister", coming).status_code == 404, "nobody is registered"


def test_who_came_is_written_down_once_it_has_begun(city, officer, clerk):
    event, office = city.event(), Caller(officer)
    row = city.register(event, people=3)
    attend = f"{ROADSHOWS}/{event.pk}/attend"
    assert office.post(attend, {"came": [row.pk]}, 1).status_code == 409
    begun = timezone.now() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=2))
    assert Caller(clerk).post(attend, {"came": [row.pk]}, 1).status_code == 404
    assert list(fields(office.post(attend, {"came": [2**63]}))) == ["came.0"]
    assert done(office.post(attend, {"came": [row.pk]}, 1)) == {"people": 3}
    assert office.post(attend, {"came": []}).status_code == 428
    assert office.post(attend, {"came": []}, 1).status_code == 409, "it was written down meanwhile"
    assert Registration.objects.get().came is True


def test_a_cancellation_says_why_and_is_told(city, officer, clerk):
    event, office = city.event(), Caller(officer)
    city.register(event)
    address = f"{ROADSHOWS}/{event.pk}"
    assert office.step(address, "cancel", 1).status_code == 409
    assert office.step(address, "cancel", 2, "场地停电").status_code == 409, "nobody has seen version 2"
    assert office.post(f"{address}/steps/cancel", {"note": "场地停电"}).status_code == 428
    assert Caller(clerk).step(address, "cancel", 1, "场地停电").status_code == 404
    assert office.step(address, "fly", 1).status_code == 404
    cancelled = office.step(address, "cancel", 1, "场地停电")
    assert (done(cancelled)["state"], cancelled["ETag"]) == ("cancelled", '"2"')
    assert Message.objects.filter(to=clerk.email, kind__startswith=Event.kind).count() == 1
    gone = Caller(clerk).post(f"{address}/register", {"organisation": city.firm.uscc})
    assert gone.status_code == 409


def test_one_roadshow_and_three_cost_the_same_queries(city, client, django_assert_num_queries):
    first = city.project()
    city.event([first])
    with django_assert_num_queries(3):
        assert client.get(ROADSHOWS).json()["total"] == 1
    city.event([first], title="第二场"), city.event([first], title="第三场")
    with django_assert_num_queries(3):
        assert len(client.get(ROADSHOWS).json()["items"]) == 3


def moved_by(who, address, body):
    client = Client()
    client.force_login(who)
    return client.patch(address, body, content_type="application/json")


def test_an_officer_moves_it_and_what_is_left_out_stays(city, officer, clerk):
    event = city.event([city.project()])
    city.register(event)
    address = f"{ROADSHOWS}/{event.pk}"
    later = timezone.localtime(event.starts_at + timedelta(days=1)).replace(microsecond=0)
    moved = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(), "why": "场地检修"}
    assert moved_by(officer, address, moved).status_code == 428
    assert moved_by(clerk, address, moved | {"seen_version": 1}).status_code == 404
    assert list(fields(moved_by(officer, address, moved | {"seen_version": 1, "why": ""}))) == ["why"]
    naive = moved | {"seen_version": 1, "starts_at": "2099-01-01T09:00:00"}
    assert list(fields(moved_by(officer, address, naive))) == ["starts_at"]
    done_ = done(moved_by(officer, address, moved | {"seen_version": 1}))
    assert (done_["place"], done_["version"], len(done_["projects"])) == (event.place, 2, 1)
    assert done(moved_by(officer, address, {"projects": [], "why": "项目撤回", "seen_version": 2}))["projects"] == []
    assert Message.objects.filter(kind="market.roadshow.change", to=clerk.email).count() == 2


def test_an_officer_moves_it_on_its_page(client, city, officer, clerk):
    event = city.event([city.project()])
    city.register(event)
    client.force_login(officer)
    page = client.get(f"/roadshows/{event.pk}/")
    assert "改时间、地点、安排" in page.content.decode()
    form = client.get(f"/roadshows/{event.pk}/change/").context["form"]
    given = {field.html_name: field.value() or "" for field in form} | {"place": "三楼"}
    for name in ("starts_at", "ends_at"):
        given[name] = timezone.localtime(getattr(event, name)).strftime("%Y-%m-%dT%H:%M")
    assert "请填写为什么改" in client.post(f"/roadshows/{event.pk}/change/", given).content.decode()
    answer = client.post(f"/roadshows/{event.pk}/change/", given | {"why": "二楼检修"}, follow=True)
    assert answer.redirect_chain == [(f"/roadshows/{event.pk}/", 302)]
    assert "三楼" in answer.content.decode() and "二楼检修" in answer.content.decode()
    assert client.post(f"/roadshows/{event.pk}/change/", given | {"why": "又改"}).status_code == 409
    client.force_login(clerk)
    assert client.get(f"/roadshows/{event.pk}/change/").status_code == 404


def test_a_second_press_of_the_page_s_button_is_told_though_its_form_is_gone(city, officer, clerk, firm):
    event = Caller(officer).post(ROADSHOWS, plan()).json()["id"]
    page, sent = Client(), {"organisation": firm.pk, "people": 2}
    page.force_login(clerk)
    address = f"/roadshows/{event}/register/"
    assert page.post(address, sent).status_code == 302
    again = page.post(address, sent)
    assert again.status_code == 409 and "贵单位已经报名" in again.text and Registration.objects.count() == 1
