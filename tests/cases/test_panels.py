"""A panel lives while its round is under review: who is ranked, who is barred later, who comes late."""

from fractions import Fraction

import pytest

from tests.cases.test_competitive import applied, scored, to_review
from triplehelix.procedure.panels import actions as panels
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.parties.models import Person

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
