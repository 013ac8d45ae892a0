"""Whoever changes a visit, or what was asked and answered on it, behind the program is named by `verify`."""

import pytest

from tests.market.conftest import NOW
from tests.records.forging import behind_the_program
from tests.visits.test_visits import FINANCE, TALENT, WISH, given, sent
from triplehelix.market.visits import actions, check
from triplehelix.records.steps.actions import take

pytestmark = pytest.mark.usefixtures("misplaced")


@pytest.fixture
def visit(county, firm):
    """With both asks: one answered in words, the other by what it was taken up as."""
    made = sent(county, given(firm, talent=TALENT, finance=FINANCE, met_name="阮砺石", met_phone="0635-8400000")).visit
    talent, money = made.asks.all()
    take(case=talent, step="answer", actor=county, now=NOW, seen_version=1, note="已推荐两人")
    actions.take_up(ask=money, values=WISH, actor=county, now=NOW)
    assert list(check.problems()) == []
    return made


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE visits_visit SET visited_on = '2026-01-01'", "单位、日期和走访情况"),
        ("UPDATE visits_visit SET about = '没有去'", "单位、日期和走访情况"),
        ("UPDATE visits_visit SET met_name = met_phone", "接待人"),
        ("UPDATE visits_visit SET void_why = '误记', voided_at = NOW()", "作废"),
    ],
)
def test_a_changed_visit_is_named(visit, change, named):
    behind_the_program(change)
    visit.refresh_from_db()
    assert list(check.problems()) == [f"{visit}：{named}与留痕不符"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE visits_ask SET state = 'open' WHERE what = 'talent'", "状态和诉求"),
        ("UPDATE visits_ask SET answer = '办不了' WHERE what = 'talent'", "承办和答复"),
        ("UPDATE visits_ask SET answered_at = NOW() WHERE what = 'talent'", "承办和答复"),
    ],
)
def test_a_changed_ask_is_named(visit, change, named):
    behind_the_program(change)
    assert list(check.problems()) == [f"{visit.organisation} · 人才：{named}与留痕不符"]


def test_what_was_asked_is_kept_with_the_visit_and_with_the_ask(visit):
    behind_the_program("UPDATE visits_ask SET amount_fen = 1 WHERE what = 'finance'")
    assert list(check.problems()) == [
        f"{visit}：诉求与留痕不符", f"{visit.organisation} · 金融：状态和诉求与留痕不符",
    ]  # fmt: skip


def test_an_ask_that_is_gone_is_named(visit):
    number = visit.asks.get(what="talent").pk
    behind_the_program("DELETE FROM visits_ask WHERE what = 'talent'")
    assert list(check.problems()) == [f"{visit}：诉求与留痕不符", f"人才、金融诉求 #{number} 不见了，留痕里有"]
