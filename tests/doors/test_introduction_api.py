"""What is done with an introduction over the API: appointments, an intent, papers, who looks after it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.doors.callers import Caller, done, fields, paper
from tests.introductions.words import Table
from triplehelix.market.introductions.models import Introduction
from triplehelix.records.evidence.models import File


@pytest.fixture
def table(officer, clerk, firm):
    return Table(officer=officer, clerk=clerk, firm=firm)


def seen(made):
    return Introduction.objects.get(pk=made.pk).version


def test_an_appointment_is_made_and_not_kept(table, clerk):
    made, caller = table.talking(), Caller(clerk)
    address = f"/api/introductions/{made.pk}"
    day = f"{timezone.now().year + 1}-12-01T09:30:00"
    plan = {"kind": "visit", "planned_at": f"{day}+08:00", "place": "企业二车间"}
    assert list(fields(caller.post(f"{address}/plan", plan | {"planned_at": day}, seen(made)))) == ["planned_at"]
    past = caller.post(f"{address}/plan", plan | {"planned_at": "2020-12-01T09:30:00+08:00"}, seen(made))
    assert "已经过了" in fields(past)["planned_at"]
    assert caller.post(f"{address}/plan", plan).status_code == 428
    meeting = done(caller.post(f"{address}/plan", plan, seen(made)), 201)
    gone = f"{address}/meetings/{meeting['id']}/cancel"
    assert list(fields(caller.post(gone, {"why": ""}, seen(made)))) == ["why"]
    done(caller.post(gone, {"why": "改期"}, seen(made)))
    assert caller.post(gone, {"why": "改期"}, seen(made)).status_code == 409
    assert meeting["id"] not in [one["id"] for one in done(caller.get(f"{address}/meetings"))]


def test_a_talk_recorded_wrongly_is_void(table, clerk):
    made, caller = table.talking(), Caller(clerk)
    address = f"/api/introductions/{made.pk}/meetings"
    (held,) = done(caller.get(address))
    assert list(fields(caller.post(f"{address}/{held['id']}/void", {"why": ""}, seen(made)))) == ["why"]
    assert done(caller.post(f"{address}/{held['id']}/void", {"why": "日期写错"}, seen(made)))["state"] == "accepted"
    assert done(caller.get(address)) == []
    made.refresh_from_db()
    assert caller.post(f"{address}/{held['id']}/void", {"why": "日期写错"}, seen(made)).status_code == 409


def test_an_intent_is_counted_once_with_its_paper(table, clerk, stranger):
    made, caller = table.talking(), Caller(clerk)
    address = f"/api/introductions/{made.pk}/intent"
    intent = {"signed_on": str(timezone.localdate()), "about": "共同中试，年内签技术合同", "amount_fen": 100}
    broken = SimpleUploadedFile("intent.pdf", b"\x00\x01")
    assert list(fields(caller.post(address, intent, seen(made), file=broken))) == ["file"]
    late = caller.post(address, intent | {"signed_on": "2099-01-01"}, seen(made), file=paper("intent.pdf"))
    assert list(fields(late)) == ["signed_on"]
    assert not File.objects.filter(name="intent.pdf").exists(), "the paper went with the refusal"
    assert Caller(stranger).post(address, intent, seen(made), file=paper("intent.pdf")).status_code == 404
    done(caller.post(address, intent, seen(made), file=paper("intent.pdf")))
    assert File.objects.get(name="intent.pdf").owner == table.firm
    assert caller.post(address, intent, seen(made), file=paper("two.pdf", "two")).status_code in (409, 422)
    made.refresh_from_db()
    assert done(caller.post(f"{address}/void", {"why": "传错了文件"}, seen(made)))["state"] == "talking"
    assert caller.get(address).status_code == 404
    made.refresh_from_db()
    done(caller.post(address, intent, seen(made), file=paper("two.pdf", "two")))
    assert done(caller.get(address))["name"] == "two.pdf"


def test_papers_lie_on_the_table_for_both_sides(table, clerk, stranger):
    made = table.talking()
    address = f"/api/introductions/{made.pk}/papers"
    laid = done(Caller(clerk).post(address, {"title": "检测报告"}, file=paper("report.pdf")), 201)
    assert done(Caller(table.teacher).get(address)) == [laid]
    assert Caller(stranger).get(address).status_code == 404


def test_an_officer_names_who_looks_after_it_and_he_agrees_or_not(table, officer, clerk):
    made = table.talking()
    address, office, manager = f"/api/introductions/{made.pk}", Caller(officer), Caller(table.manager)
    assert "现任" in fields(office.post(f"{address}/assign", {"manager": clerk.email}, seen(made)))["manager"]
    named = {"manager": table.manager.email}
    assert Caller(clerk).post(f"{address}/assign", named, seen(made)).status_code == 409
    done(office.post(f"{address}/assign", named, seen(made)))
    assert manager.get(f"{address}/messages").status_code == 404, "not before he has agreed"
    assert manager.post(f"{address}/refuse-to-manage", {"why": "没有时间"}, seen(made)).status_code == 204
    assert manager.get(address).status_code == 404
    done(office.post(f"{address}/assign", named, seen(made)))
    assert done(manager.post(f"{address}/agree-to-manage", {}, seen(made)))["manager"]
    assert manager.get(f"{address}/messages").status_code == 200
