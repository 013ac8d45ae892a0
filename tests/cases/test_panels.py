"""A panel lives while its round is under review: who is ranked, who is barred later, who comes late."""

from datetime import date
from fractions import Fraction

import pytest

from tests.cases.words import applied, scored, to_review
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import finds, ties
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.models import Person
from triplehelix.records.steps.actions import Refused

pytestmark = pytest.mark.usefixtures("experts")


def drawn(city, round):
    return panels.draw_panel(
        round=round, sheet="project", size=5, per_case=5, outside=Fraction(1, 2), actor=city.clerk, now=city.now,
        seed="一个固定的种子",
    )  # fmt: skip


def reviewing(city, round, title="风电主轴轴承深层渗碳", leader="周工"):
    case, member = applied(city, round, title=title, leader=leader)
    to_review(city, case, member)
    return case, member


def test_two_experts_of_one_name_are_two(city, round):
    case, _member = reviewing(city, round)
    panel = drawn(city, round)
    same = Seat.objects.filter(case=case).order_by("pk").values_list("expert")[:2]
    Person.objects.filter(pk__in=[pk for (pk,) in same]).update(name="王伟")
    scored(city, case, 85, 84, 83, 82, 81)
    (line,) = panels.settle(panel=panel, actor=city.clerk, now=city.now).lines
    assert line.result.valid == 5 and str(line.result.mean) == "83.00"


def test_who_is_drawn_or_substituted_hears_of_it_and_not_of_the_applicant(city, round):
    case, _member = reviewing(city, round)
    drawn(city, round)
    seats = list(Seat.objects.select_related("expert__account"))
    told = {one.to: one.body for one in Message.objects.filter(kind="procedure.panel.seat")}
    assert set(told) == {seat.expert.account.email for seat in seats}
    assert all(f"/reviews/{seat.pk}/" in told[seat.expert.account.email] for seat in seats)
    panels.void_score(seat=seats[0], reason="与申报单位有合作课题", actor=city.clerk, now=city.now)
    new = panels.replace(seat=seats[0], actor=city.clerk, now=city.now)
    late = Message.objects.filter(kind="procedure.panel.seat").order_by("-pk")
    assert (late[0].to, f"/reviews/{new.pk}/" in late[0].body) == (new.expert.account.email, True)
    Person.objects.update(account=None)  # cannot sign in: nobody to tell
    panels.void_score(seat=seats[1], reason="与申报单位有合作课题", actor=city.clerk, now=city.now)
    panels.replace(seat=seats[1], actor=city.clerk, now=city.now)
    assert late.count() == len(seats) + 1
    for body in (one.subject + one.body for one in late):
        assert round.title in body
        for name in (case.organisation.name, case.title, case.number, case.leader.name):
            assert name not in body


def test_an_expert_of_several_cases_gets_one_message(city, round):
    two(city, round)
    drawn(city, round)
    seats = Seat.objects.select_related("expert__account")
    told = {one.to: one.body for one in Message.objects.filter(kind="procedure.panel.seat")}
    assert Message.objects.filter(kind="procedure.panel.seat").count() == len(told)
    assert all(f"/reviews/{seat.pk}/" in told[seat.expert.account.email] for seat in seats)


def two(city, round):
    """Two cases under review for the round's one place."""
    return reviewing(city, round, "甲项目深层渗碳", "周工"), reviewing(city, round, "乙项目齿轮测试", "吴工")


def test_a_case_withdrawn_during_the_review_holds_up_nobody(city, round):
    (gone, member), (case, _member) = two(city, round)
    panel = drawn(city, round)
    scored(city, case, 85, 84, 83, 82, 81)
    city.step(gone, "withdraw", member)
    seat = Seat.objects.select_related("case", "expert__account").filter(case=gone).first()
    assert not seat.is_open and seat not in finds.open_seats(seat.expert.account)
    with pytest.raises(Refused, match="评审已经结束"):
        panels.void_score(seat=seat, reason="申报单位已撤回", actor=city.clerk, now=city.now)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    assert city.step(case, "reviewed", city.clerk).state == "deciding"
    gone.refresh_from_db()
    assert gone.review == {}
    assert [(said["place"], one) for said, one in finds.standings(panel, {})] == [(1, case)]
    with pytest.raises(Refused, match="没有等待汇总"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)


def test_a_withdrawn_case_takes_no_place(city, round):
    (gone, member), (case, _member) = two(city, round)
    panel = drawn(city, round)
    scored(city, gone, 95, 94, 93, 92, 91)
    scored(city, case, 85, 84, 83, 82, 81)
    city.step(gone, "withdraw", member)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    assert (case.review["place"], case.review["selected"], case.facts["passed_review"]) == (1, True, True)


def tied(city, seat, **more):
    """The expert turns out to hold shares in the applicant."""
    given = {"since": date(2025, 1, 1), "until": None, "about": "", "source": "工商登记"} | more
    return ties.record_tie(
        kind="interest.shareholding", one=seat.expert.name, other=seat.case.organisation.name, actor=city.clerk,
        now=city.now, **given,
    )  # fmt: skip


def test_a_tie_found_after_the_draw_voids_the_score_and_the_seat_is_drawn_anew(city, round):
    case, _member = reviewing(city, round)
    panel = drawn(city, round)
    seat, other = Seat.objects.select_related("case__organisation", "expert").order_by("pk")[:2]
    scored(city, case, 85, 84, 83, 82, 81)
    tied(city, seat)
    tied(city, other)
    said = f"应当回避：专家现在在申报单位“{case.organisation.name}”持有股份"
    assert finds.barred_now(panel, city.now.date()) == {seat.pk: said, other.pk: said}
    with pytest.raises(Refused, match=f"只有 3 份.*{seat.expert}（{seat.expert.home}）：应当回避"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)
    new = [panels.replace(seat=one, actor=city.clerk, now=city.now) for one in (seat, other)]
    with pytest.raises(Refused, match="还有没提交的评分"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)
    scored(city, case, 80, 79, only=[one.pk for one in new])
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    seat.refresh_from_db()
    assert (case.review["valid"], case.review["voided"], case.review["mean"]) == (5, 2, "81.00")
    assert seat.void == said


def test_enough_scores_are_left_when_one_is_void(city, round):
    case, _member = reviewing(city, round)
    panel = panels.draw_panel(
        round=round, sheet="project", size=7, per_case=7, outside=Fraction(0), actor=city.clerk, now=city.now
    )
    seat, *rest = Seat.objects.select_related("case__organisation", "expert").order_by("pk")
    scored(city, case, 86, 85, 84, 83, 82, 81, only=[one.pk for one in rest])
    tied(city, seat)  # whoever must avoid the case is not waited for
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    case.refresh_from_db()
    seat.refresh_from_db()
    assert case.review["valid"] == 6 and seat.void.startswith("应当回避")


def test_a_case_that_comes_late_gets_its_own_draw_and_is_ranked_with_the_rest(city, round):
    first, member = applied(city, round, title="甲项目深层渗碳", leader="周工")
    late, other = applied(city, round, title="乙项目齿轮测试", leader="吴工")
    to_review(city, first, member)
    panel = drawn(city, round)
    with pytest.raises(Refused, match="没有需要补抽"):
        panels.draw_late(panel=panel, actor=city.clerk, now=city.now)
    scored(city, first, 85, 84, 83, 82, 81)
    to_review(city, late, other)
    with pytest.raises(Refused, match=f"没分配专家的办件：{late.number}"):
        panels.settle(panel=panel, actor=city.clerk, now=city.now)
    with pytest.raises(Refused, match="只有市科技局"):
        panels.draw_late(panel=panel, actor=city.finance, now=city.now)
    assert panels.draw_late(panel=panel, actor=city.clerk, now=city.now, seed="另一个种子") == [late]
    panel.refresh_from_db()
    (log,) = panel.draw["late"]
    assert (log["seed"], log["cases"], len(log["panel"])) == ("另一个种子", [late.number], 5)
    assert {str(seat.expert_id) for seat in late.seats.all()} == set(log["panel"])
    scored(city, late, 95, 94, 93, 92, 91)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    first.refresh_from_db()
    late.refresh_from_db()
    assert [(one.review["place"], one.review["selected"]) for one in (late, first)] == [(1, True), (2, False)]


def test_a_case_that_comes_after_the_places_are_given_comes_behind(city, round):
    first, member = applied(city, round, title="甲项目深层渗碳", leader="周工")
    late, other = applied(city, round, title="乙项目齿轮测试", leader="吴工")
    to_review(city, first, member)
    panel = drawn(city, round)
    scored(city, first, 85, 84, 83, 82, 81)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    to_review(city, late, other)
    panels.draw_late(panel=panel, actor=city.clerk, now=city.now)
    scored(city, late, 95, 94, 93, 92, 91)
    panels.settle(panel=panel, actor=city.clerk, now=city.now)
    late.refresh_from_db()
    first.refresh_from_db()
    assert [(one.review["place"], one.review["selected"]) for one in (first, late)] == [(1, True), (2, False)]
