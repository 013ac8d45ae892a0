"""Whoever changes a score, a seat, the lot or a credit finding behind the program is named by `verify`."""

import pytest

from tests.cases.test_panels import drawn, reviewing
from tests.cases.words import scored
from tests.records.forging import behind_the_program
from triplehelix.procedure.panels import actions, check
from triplehelix.procedure.panels.models import CreditFinding, Seat


@pytest.fixture
def panel(city, round, experts):
    """Five experts have scored one case, one of them did not come."""
    case, _member = reviewing(city, round)
    made = drawn(city, round)
    absent = Seat.objects.order_by("pk").last()
    actions.void_score(seat=absent, reason="没有参加评审", actor=city.clerk, now=city.now, absent=True)
    actions.replace(seat=absent, actor=city.clerk, now=city.now)
    scored(city, case, 85, 84, 83, 82, 81)
    actions.settle(panel=made, actor=city.clerk, now=city.now)
    assert list(check.problems()) == []
    return made


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE panels_panel SET seed = 'x'", "评分表和抽取记录"),
        ("UPDATE panels_panel SET per_case = 3", "评分表和抽取记录"),
        ("DELETE FROM panels_creditfinding", "信用线索 #"),
        ("UPDATE panels_creditfinding SET answer = 'confirmed', answered_at = now()", "信用线索和认定"),
    ],
)
def test_a_changed_row_is_named(panel, change, named):
    assert CreditFinding.objects.count() == 1
    behind_the_program(change)
    (problem,) = check.problems()
    assert named in problem


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    "change",
    [
        "total = 100", "points = '{}'", "comments = '{}'", "void = '' || 'x'", "submitted_at = now()",
        "expert_id = (SELECT id FROM parties_person WHERE id NOT IN (SELECT expert_id FROM panels_seat) LIMIT 1)",
    ],
)  # fmt: skip
def test_a_changed_score_is_named(panel, change):
    seat = Seat.objects.filter(submitted_at__isnull=False).order_by("pk").first()
    behind_the_program(f"UPDATE panels_seat SET {change} WHERE id = {seat.pk}")
    assert any("评分与留痕不符" in problem for problem in check.problems())


@pytest.mark.usefixtures("forged")
def test_a_seat_nobody_drew_is_named(panel):
    seat = Seat.objects.filter(submitted_at__isnull=False).order_by("pk").first()
    columns = "panel_id, case_id, points, comments, answers, total, saved_at, submitted_at, declared, void"
    stranger = "SELECT id FROM parties_person WHERE id NOT IN (SELECT expert_id FROM panels_seat) LIMIT 1"
    behind_the_program(
        f"INSERT INTO panels_seat ({columns}, expert_id) SELECT {columns}, ({stranger}) FROM panels_seat"
        f" WHERE id = {seat.pk}"
    )
    (problem,) = check.problems()
    assert "席位与留痕不符" in problem
