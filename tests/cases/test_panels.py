"""A panel lives while its round is under review: who is ranked, who is barred later, who comes late."""

from fractions import Fraction

import pytest

from tests.cases.test_competitive import applied, scored, to_review
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels import finds
from triplehelix.procedure.panels.models import Seat
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
    assert [(said["place"], one) for said, one in finds.standings(panel)] == [(1, case)]
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
