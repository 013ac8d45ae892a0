"""What somebody who means it tries: markup in what others read, deciding about oneself, answers kept between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.contracts.words import WAN
from tests.doors.callers import Caller
from tests.doors.test_permissions import written
from tests.market.conftest import member, office
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import credit
from triplehelix.records.steps.actions import Refused

#: With the page's own script this would be enough to act as whoever reads it: htmx sends it with the reader's token.
FORGED = '<img hx-post="/account/keys/" hx-trigger="load" src=x>'


def test_what_one_side_wrote_into_a_contract_is_text_beside_the_other_side_s_form(client, market):
    due = timezone.localdate() + timedelta(days=60)
    market.now = timezone.now()
    sale = market.signed(structure="royalty", royalty_ppm=30_000, royalty_base=FORGED,
                         rows=[("入门费", 20 * WAN, due)])  # fmt: skip
    market.register(sale)
    for who in (market.teller, market.clerk):
        client.force_login(who)
        page = client.get(f"/sales/{sale.pk}/").content.decode()
        assert "&lt;img hx-post" in page and "<img hx-post" not in page


def test_whoever_acts_for_the_applicant_answers_no_objection_to_its_support(things, officer, firm):
    made = notices.object_to(
        item=things["item"], name="澄湖市民", phone="0635-8400001", now=timezone.now(),
        text="该单位上一年度已经领取过同一项奖励，请核实以后再公示。",
    )  # fmt: skip
    member(officer, firm)
    with pytest.raises(Refused, match="另一位工作人员"):
        notices.answer(objection=made, is_upheld=False, text="经查没有重复。", actor=officer, now=timezone.now())


def test_whoever_acts_for_the_applicant_voids_no_score_of_its_case_and_draws_nobody_for_it(things, officer, firm):
    seat = things["seat"]
    member(officer, firm)
    with pytest.raises(Refused, match="另一位工作人员"):
        panels.void_score(seat=seat, reason="分数太低了，作废", actor=officer, now=timezone.now())
    with pytest.raises(Refused, match="另一位工作人员"):
        panels.replace(seat=seat, actor=officer, now=timezone.now())
    seat.refresh_from_db()
    assert not seat.void


@pytest.mark.parametrize("reader", ["officer", "auditor"])
def test_who_judges_what_is_not_read_by_who_acts_for_an_applicant_or_was_drawn(request, client, things, reader, expert):
    who, case = request.getfixturevalue(reader), things["seat"].case
    addresses = [f"/{api}rounds/{case.round_id}/panel{end}" for api, end in (("", "/"), ("api/", ""))]

    def statuses(account):
        client.force_login(account)
        return [client.get(address).status_code for address in addresses]

    assert statuses(who) == [200, 200]
    member(who, case.organisation)
    assert statuses(who) == [404, 404]
    office(expert, "city_officer")
    assert statuses(expert) == [404, 404]


def test_nobody_decides_about_leads_to_his_own_scoring(things, officer, expert):
    finding = things["finding"]
    office(expert, "city_officer")
    said = {"finding": finding, "said": "dismissed", "why": "没有问题，评得很认真", "seen": "", "now": timezone.now()}
    with pytest.raises(Refused, match="自己"):
        credit.answer(actor=expert, **said)
    assert credit.answer(actor=officer, **said).answer == "dismissed"


def test_what_was_made_for_somebody_is_kept_by_no_cache_between(client, things, clerk):
    caller = Caller(clerk)
    client.force_login(clerk)
    case = f"/cases/{things['running'].pk}/"
    answers = [client.get(case), client.get(f"{case}proofs/1/"), client.get("/cases/export.xlsx"),
               client.get("/cases/999999/"), caller.get("/api/me"), caller.get("/api/mine/needs")]  # fmt: skip
    for answer in answers:
        assert answer["Cache-Control"] == "private, no-cache", answer.wsgi_request.path
    assert "no-cache" not in client.get("/lists/feed.atom")["Cache-Control"]


def test_a_refusal_of_the_api_says_what_the_site_says_with_every_answer(client, clerk):
    client.force_login(clerk)
    for address, status in (("/api/nothing", 404), ("/api/needs", 405)):
        answer = client.delete(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json; charset=utf-8")
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert answer.json()["message"]


def test_gigabytes_are_refused_before_anything_reads_them(client, db, settings):
    """Anybody may send a form to the page for signing in."""
    most = 4 * settings.UPLOAD_MAX_BYTES
    for address in ("/accounts/login/", "/api/search"):
        answer = client.generic("POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(most + 1))
        assert answer.status_code == 413, address
        assert answer["X-Content-Type-Options"] == "nosniff" and "Content-Security-Policy" in answer
    assert "80 MB" in client.generic("POST", "/accounts/login/", b"", CONTENT_LENGTH="9" * 30).content.decode()
    assert client.generic("POST", "/accounts/login/", b"", CONTENT_LENGTH="x").status_code == 200


def test_a_reason_with_a_nul_in_it_is_a_reason(client, things, officer):
    client.force_login(officer)
    for address in ("/finance/qualifications/{proof}/wrong/", "/finance/institutions/{institution}/end/"):
        assert client.post(written(address, things), {"why": "编号\x00不存在"}).status_code == 302
    things["proof"].refresh_from_db()
    things["institution"].refresh_from_db()
    assert things["proof"].void_why == "编号不存在" and things["institution"].until is not None
