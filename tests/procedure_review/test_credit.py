"""Leads about experts: what is seen, what is not, and what it costs once confirmed."""

from dataclasses import replace

import pytest

from triplehelix.procedure.review.credit import (
    CreditRules,
    Given,
    Seat,
    contradictions,
    identical_scores,
    leaning,
    no_shows,
    record,
)
from triplehelix.procedure.review.sheets import PROJECT

FAIR = {"innovation": 20, "need": 16, "route": 15, "team": 12, "budget": 8, "benefit": 7}


def other(**points):
    return {**FAIR, **points}


def test_a_no_show_is_who_accepted_and_gave_nothing():
    seats = [Seat("a", "c1", scored=True), Seat("b", "c1", scored=False), Seat("c", "c1", scored=False, excused=True)]
    [one] = no_shows(seats)
    assert (one.expert, one.kind, one.cases) == ("b", "no_show", ("c1",))
    assert "未请假也未提交评分" in one.evidence


def test_the_same_points_for_three_cases():
    given = [Given("a", f"c{n}", FAIR) for n in range(3)] + [Given("b", "c1", other(team=11))]
    [one] = identical_scores(given)
    assert (one.expert, one.kind, one.cases) == ("a", "identical", ("c0", "c1", "c2"))
    assert "均为 78 分" in one.evidence
    assert identical_scores(given[:2]) == []
    assert identical_scores([given[0], given[0], given[0]]) == [], "one case handed in again is one case"
    swapped = [Given("a", "c0", FAIR), Given("a", "c1", FAIR), Given("a", "c2", other(need=15, route=16))]
    assert identical_scores(swapped) == [], "the same total from other items is not the same judgement"


def test_two_experts_alike_in_three_cases():
    sheets = [other(team=n) for n in (9, 10, 11)]
    given = [Given(who, f"c{n}", points) for who in "ab" for n, points in enumerate(sheets)]
    given += [Given("x", "c0", sheets[0]), Given("x", "c1", sheets[0])]
    found = identical_scores(given)
    assert [(one.expert, one.kind) for one in found] == [("a", "same_as_other"), ("b", "same_as_other")]
    assert found[0].evidence == "在 3 个项目（c0、c1、c2）上与另一位专家各项打分完全相同"
    assert [one.other for one in found] == ["b", "a"]


@pytest.mark.parametrize(
    "points, comment, seen",
    [
        (25, "创新不足，指标落后，与国内同类技术相比没有优势", "只有批评：不足、落后"),
        (5, "技术先进，指标领先，路线清晰", "只有肯定：先进、领先、清晰"),
        (25, "技术先进，但团队薄弱", None),
        (25, "技术先进，未见明显不足", None),
        (20, "创新不足，指标落后", None),
        (5, "指标不够先进，缺乏依据", None),
        (25, "", None),
    ],
)
def test_scores_that_contradict_their_comment(points, comment, seen):
    given = Given("a", "c1", other(innovation=points), {"innovation": comment})
    found = contradictions([given], PROJECT)
    assert len(found) == (seen is not None)
    if seen:
        assert (found[0].expert, found[0].kind, found[0].item) == ("a", "contradiction", "innovation")
        assert seen in found[0].evidence


@pytest.mark.parametrize(
    "comment, blame, praise",
    [
        ("无明显不足", [], ["无明显不足"]),
        ("路线不够清晰", ["不够清晰"], []),
        ("预算不合理", ["不合理"], []),
        ("预算合理", [], ["合理"]),
        ("没有创新", ["没有创新"], []),
        ("本项目研究轴承", [], []),
    ],
)
def test_negations_turn_words_round(comment, blame, praise):
    assert leaning(comment) == (blame, praise)


def test_only_confirmed_findings_about_the_expert_cost_credit():
    [miss] = no_shows([Seat("a", "c1", scored=False)])
    again = replace(miss, cases=("c2",))
    about_b = replace(miss, expert="b")
    got = record("a", [miss, miss, about_b])
    assert (got.credit, got.may_be_drawn, got.counted) == (80, True, (miss,))
    assert record("a", [miss, again]).credit == 60
    assert record("a", [miss, again]).may_be_drawn
    third = record("a", [miss, again, replace(miss, cases=("c3",))])
    assert (third.credit, third.may_be_drawn) == (40, False)
    assert record("a", []).credit == 100
    assert record("a", [replace(miss, cases=(f"c{n}",)) for n in range(9)]).credit == 0
    assert record("a", [miss], CreditRules(costs={"no_show": 50})).credit == 50
