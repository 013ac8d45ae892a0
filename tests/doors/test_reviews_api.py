"""Panels and one's own reviews over the API: nothing of the applicant reaches an expert, all of it the office."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cases.words import scored
from tests.doors.callers import Caller, done, fields
from tests.doors.procedure import round_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat

WORDS = "这一项的判断依据申报书第三章给出的工艺试验数据和查新报告，理由充分，可以考核。"
FULL = {"innovation": 22, "need": 17, "route": 16, "team": 12, "budget": 8, "benefit": 8}


class Expert(Caller):
    """Writes scores."""

    def put(self, address, body):
        return self.client.put(address, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def seats(reviewed):
    return list(Seat.objects.select_related("expert__account", "case__organisation").order_by("pk"))


def test_an_expert_scores_a_blind_copy(reviewed, seats):
    _round, case = reviewed
    seat, other = seats[:2]
    expert, address = Expert(seat.expert.account), f"/api/reviews/{seat.pk}"
    (line,) = done(expert.get("/api/reviews"))["items"]
    read = done(expert.get(address))
    assert line["id"] == seat.pk and line["is_open"] and "■■■" in read["text"] and read["paper"] == "一、研究内容"
    for told in (json.dumps(one, ensure_ascii=False) for one in (line, read)):
        for word in ("澄湖精密轴承", "周工", case.number, case.organisation.uscc):
            assert word not in told
    assert [item["maximum"] for item in read["items"]] == [25, 20, 20, 15, 10, 10]
    assert done(expert.put(address, {"points": {"innovation": 20}}))["points"] == {"innovation": 20}
    assert list(fields(expert.put(address, {"points": {"innovation": 26}}))) == ["points.innovation"]
    assert list(fields(expert.put(address, {"comments": {"style": "好"}}))) == ["comments.style"]
    early = fields(expert.put(address, {"points": {"innovation": 20}, "submit": True}))
    assert "points.need" in early and "points.innovation" not in early
    full = {"points": FULL, "comments": dict.fromkeys(FULL, WORDS), "submit": True}
    handed_in = done(expert.put(address, full))
    assert (handed_in["total"], handed_in["is_open"]) == (sum(FULL.values()), False)
    assert expert.put(address, full).status_code == 409
    for who in (Expert(other.expert.account), Expert(case.organisation.memberships.get().account)):
        assert who.get(address).status_code == 404
        assert who.put(address, full).status_code == 404
    assert expert.get(f"/api/cases/{case.pk}").status_code == 404


def test_what_is_wrong_on_the_score_page_leads_to_its_item(reviewed, seats, client):
    client.force_login(seats[0].expert.account)
    answer = client.post(f"/reviews/{seats[0].pk}/", {"points_innovation": "20", "submit": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for code in FULL.keys() - {"innovation"}:
        assert f'<li><a href="#p-{code}">' in page
        assert f'aria-describedby="p-{code}-hint p-{code}-fault" aria-invalid="true"' in page
        assert f'id="p-{code}-fault"' in page
    assert 'aria-describedby="p-innovation-hint"' in page, "what is right has its hint and no fault"


def test_an_expert_is_not_told_why_a_seat_is_void_and_the_office_is(city, reviewed, seats):
    round, case = reviewed
    seat, own = seats[:2]
    ties.record_tie(
        kind="interest.shareholding", one=seat.expert.name, other=case.organisation.name, until=None, about="",
        since=timezone.localdate(), source="工商登记", actor=city.clerk, now=city.now,
    )  # fmt: skip
    office, address = Caller(city.clerk), f"/api/rounds/{round.pk}/panel"
    barred = {one["id"]: one for one in done(office.get(address))["seats"]}[seat.pk]
    assert "应当回避" in barred["void"] and barred["short"]
    assert done(office.post(f"/api/seats/{seat.pk}/replace", {}), 201)["void"] == ""
    told = json.dumps(done(Caller(seat.expert.account).get(f"/api/reviews/{seat.pk}")), ensure_ascii=False)
    assert '"is_void": true' in told and case.organisation.name not in told and "持有股份" not in told
    expert = Expert(own.expert.account)
    assert list(fields(expert.post(f"/api/reviews/{own.pk}/declare", {"reason": "短"}))) == ["reason"]
    aside = done(expert.post(f"/api/reviews/{own.pk}/declare", {"reason": "曾是同门师兄弟"}))
    assert (aside["declared"], aside["is_void"], aside["is_open"]) == ("曾是同门师兄弟", True, False)
    assert expert.post(f"/api/reviews/{own.pk}/declare", {"reason": "曾是同门师兄弟"}).status_code == 409
    voids = {one["id"]: one["void"] for one in done(office.get(address))["seats"]}
    assert case.organisation.name in voids[seat.pk] and "曾是同门师兄弟" in voids[own.pk]


def test_the_office_follows_the_panel_and_puts_it_together(city, reviewed, seats):
    round, case = reviewed
    office, address = Caller(city.clerk), f"/api/rounds/{round.pk}/panel"
    read = done(office.get(address))
    assert len(read["seats"]) == 5 and read["draw"]["seed"] == Panel.objects.get().seed
    (waiting,) = read["waiting"]
    assert (waiting["number"], waiting["has_seats"]) == (case.number, True) and waiting["leaks"] > 0
    assert office.post(f"{address}/settle", {}).status_code == 409, "not everybody has scored"
    assert list(fields(office.post(f"/api/seats/{seats[0].pk}/void", {"reason": ""}))) == ["reason"]
    void = done(office.post(f"/api/seats/{seats[0].pk}/void", {"reason": "评分后发现有合作课题"}))
    assert (void["void"], void["short"]) == ("评分后发现有合作课题", True)
    done(office.post(f"/api/seats/{seats[0].pk}/replace", {}), 201)
    assert office.post(f"/api/seats/{seats[0].pk}/replace", {}).status_code == 409, "the case has enough"
    scored(city, case, 85, 84, 83, 82, 81)
    (settled,) = done(office.post(f"{address}/settle", {}))["order"]
    assert (settled["mean"], settled["place"], settled["valid"]) == ("83.00", 1, 5)
    late = Case.objects.get(pk=case.pk)
    late.pk, late.number, late.review = None, "M3.2-city-grant-2026-9999", {}
    late.save(force_insert=True)
    (waiting,) = done(office.get(address))["waiting"]
    assert (waiting["number"], waiting["has_seats"]) == (late.number, False)
    drawn = done(office.post(f"{address}/late", {}))
    assert drawn["draw"]["late"][0]["cases"] == [late.number] and drawn["waiting"][0]["has_seats"]
    for who in (city.finance, city.auditor, case.organisation.memberships.get().account):
        assert Caller(who).get(address).status_code == (200 if who == city.auditor else 404)
        assert Caller(who).post(f"{address}/settle", {}).status_code == 404


def test_a_panel_is_drawn_by_rules(city, reviewed):
    """The rule that cannot be kept is said; before the draw the office reads what waits."""
    _round, case = reviewed
    office = Caller(city.clerk)
    empty = round_of(city, title="另一批")
    address = f"/api/rounds/{empty.pk}/panel"
    before = done(office.get(address))
    assert (before["draw"], before["seats"], before["not_drawn"]) == (None, [], [])
    assert office.post(address, {"sheet": "project"}).status_code == 409, "nothing is under review"
    assert office.post(f"{address}/settle", {}).status_code == 404, "there is no panel"
    Case.objects.filter(pk=case.pk).update(round=empty)
    assert list(fields(office.post(address, {"sheet": "nonsense"}))) == ["sheet"]
    assert list(fields(office.post(address, {"sheet": "project", "outside": "2"}))) == ["outside"]
    assert office.post(address, {"sheet": "project", "size": 99}).status_code == 409, "so many are not there"
    Seat.objects.all().delete()
    drawn = done(office.post(address, {"sheet": "project", "size": 5, "per_case": 5}), 201)
    assert {one["number"] for one in drawn["seats"]} == {case.number} and len(drawn["seats"]) == 5
    entitled = round_of(city, award="M5.4", lane="entitled", title="名单")
    assert office.get(f"/api/rounds/{entitled.pk}/panel").status_code == 404


def test_what_was_confirmed_is_told_to_the_expert_and_leads_are_not(city, reviewed, seats):
    round, case = reviewed
    expert, office = Caller(seats[0].expert.account), Caller(city.clerk)
    found = CreditFinding.objects.create(
        panel=Panel.objects.get(), expert=seats[0].expert, kind="contradiction", cases=[case.number],
        evidence="只有批评：不足", found_at=city.now,
    )  # fmt: skip
    assert done(expert.get("/api/reviews/credit")) == {"credit": 100, "may_be_drawn": True, "findings": []}
    (lead,) = done(office.get(f"/api/rounds/{round.pk}/panel"))["findings"]
    assert (lead["id"], lead["answer"], lead["expert"]) == (found.pk, "", seats[0].expert.name)
    address = f"/api/credit-findings/{found.pk}"
    assert list(fields(office.post(f"{address}/confirmed", {"why": "短"}))) == ["why"]
    assert office.post(f"{address}/maybe", {"why": "评语与分数相反"}).status_code == 422
    assert expert.post(f"{address}/dismissed", {"why": "评语与分数相反"}).status_code == 404
    assert done(office.post(f"{address}/confirmed", {"why": "评语与分数相反"}))["answer"] == "confirmed"
    late = office.post(f"{address}/dismissed", {"why": "再看没有问题"})
    assert late.status_code == 409, "it was answered since it was read"
    own = done(expert.get("/api/reviews/credit"))
    assert own["credit"] < 100 and [one["why"] for one in own["findings"]] == ["评语与分数相反"]
    assert done(office.post(f"{address}/dismissed", {"why": "再看没有问题", "seen": "confirmed"}))["answer"]
    assert done(expert.get("/api/reviews/credit"))["findings"] == []


def test_one_review_and_three_cost_the_same_queries(city, reviewed, seats, django_assert_num_queries):
    expert, case = Caller(seats[0].expert.account), reviewed[1]
    expert.get("/api/reviews")
    with django_assert_num_queries(3):
        assert done(expert.get("/api/reviews"))["total"] == 1
    for n in range(2):
        more = Case.objects.get(pk=case.pk)
        more.pk, more.number = None, f"M3.2-city-grant-2026-900{n}"
        more.save(force_insert=True)
        Seat.objects.create(panel=Panel.objects.get(), case=more, expert=seats[0].expert)
    with django_assert_num_queries(3):
        assert len(done(expert.get("/api/reviews"))["items"]) == 3


def test_what_is_still_to_score_comes_before_years_of_scores(reviewed, seats, client, django_assert_num_queries):
    round, case = reviewed
    still, now = seats[0], timezone.now()
    client.force_login(still.expert.account)
    client.get("/reviews/")
    with django_assert_num_queries(8):
        client.get("/reviews/")
    for n in range(22):
        old = Case.objects.create(
            number=f"{case.number}-{n}", round=round, award_code=case.award_code, lane=case.lane, year=case.year,
            organisation=case.organisation, title=f"旧项目 {n}", state="rejected", created_at=now, changed_at=now,
        )  # fmt: skip
        scored_then = {"total": n, "submitted_at": now - timedelta(days=n)}
        Seat.objects.create(panel=still.panel, case=old, expert=still.expert, **scored_then)
    with django_assert_num_queries(8):
        first = client.get("/reviews/")
    second = client.get("/reviews/?page=2")
    assert [len(page.context["page"]) for page in (first, second)] == [20, 3]
    shown = first.context["page"].object_list
    assert shown[0] == still and [one.total for one in shown[1:4]] == [0, 1, 2]
    assert "第 1 项" in first.text and "第 21 项" in second.text
    items = done(Expert(still.expert.account).get("/api/reviews"))["items"]
    assert items[0]["id"] == still.pk
