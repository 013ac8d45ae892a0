"""回避: each predicate alone, its words and its evidence, and the first and last day of its window."""

from dataclasses import replace
from datetime import date

import pytest

from triplehelix.procedure.review.conflicts import conflicts, window_start
from triplehelix.procedure.review.relations import (
    Affiliation,
    Avoidance,
    Case,
    Control,
    Declaration,
    Dispute,
    Expert,
    Interest,
    JointWork,
    Kinship,
    Period,
    RelationError,
    Relations,
    Supervision,
    avoidance_faults,
)

ON = date(2026, 11, 23)
FIRST = date(2023, 11, 23)
BEFORE = date(2023, 11, 22)
LONG_AGO = date(2010, 1, 1)
EXPERT = Expert("wang", "王明", city="济南市", subdiscipline="机械制造")
CASE = Case(
    "c1",
    call="2026-1",
    units=("firm", "uni"),
    people=("li", "zhao"),
    officers=("boss",),
    city="聊城市",
    subdiscipline="机械制造",
)
NAMES = {"wang": "王明", "li": "李强", "boss": "孙总", "firm": "鲁西轴承", "uni": "聊城大学", "holding": "鲁西控股"}
EVER = Period(LONG_AGO)


def found(case=CASE, expert=EXPERT, **records):
    return conflicts(expert, case, Relations(names=NAMES, **records), ON)


def codes(case=CASE, expert=EXPERT, **records):
    return [one.code for one in found(case, expert, **records)]


def test_nothing_known_is_no_conflict():
    assert found() == ()
    strangers = {
        "affiliations": [Affiliation("wang", "elsewhere", EVER), Affiliation("other", "firm", EVER)],
        "kinships": [Kinship("wang", "nobody", "spouse")],
        "cases": [CASE],
    }
    assert found(**strangers) == ()


@pytest.mark.parametrize("day, start", [(ON, FIRST), (date(2024, 2, 29), date(2021, 2, 28))])
def test_the_window_starts_on_the_same_day(day, start):
    assert window_start(day) == start


@pytest.mark.parametrize(
    "since, until, counts",
    [
        (LONG_AGO, None, True),
        (LONG_AGO, FIRST, True),
        (LONG_AGO, BEFORE, False),
        (ON, None, True),
        (date(2026, 11, 24), None, False),
    ],
)
@pytest.mark.parametrize("kind", ["affiliation", "consultancy", "shareholding", "directorship"])
def test_posts_and_interests_count_now_and_within_three_years(kind, since, until, counts):
    period = Period(since, until)
    if kind == "affiliation":
        got, code = codes(affiliations=[Affiliation("wang", "uni", period)]), "same_unit"
    else:
        got, code = codes(interests=[Interest(kind, "wang", "firm", period)]), kind
    assert got == ([code] if counts else [])


def test_a_post_has_its_words_and_evidence():
    [past] = found(affiliations=[Affiliation("wang", "firm", Period(LONG_AGO, date(2025, 6, 30)), "社保记录")])
    assert past.blocks
    assert past.reason == "专家近三年内曾在申报单位“鲁西轴承”任职"
    assert past.evidence == ("任职：鲁西轴承，2010-01-01 至 2025-06-30（来源：社保记录）",)
    [now] = found(affiliations=[Affiliation("wang", "firm", EVER)])
    assert now.reason == "专家现在在申报单位“鲁西轴承”任职"


@pytest.mark.parametrize(
    "links",
    [
        [Control("holding", "firm", EVER)],
        [Control("firm", "holding", EVER)],
        [Control("group", "firm", EVER), Control("group", "holding", EVER)],
        [
            Control("group", "firm", Period(LONG_AGO, FIRST)),
            Control("group", "sub", EVER),
            Control("sub", "holding", EVER),
        ],
    ],
    ids=["parent", "subsidiary", "affiliate", "deeper"],
)
def test_a_unit_of_the_same_group_bars(links):
    [one] = found(affiliations=[Affiliation("wang", "holding", EVER)], controls=links)
    assert (one.code, one.blocks) == ("affiliated_unit", True)
    assert "鲁西控股" in one.reason
    assert len(one.evidence) == 1 + len(links)


def test_a_group_that_ended_before_the_window_bars_no_more():
    links = [Control("holding", "firm", Period(LONG_AGO, BEFORE))]
    assert codes(affiliations=[Affiliation("wang", "holding", EVER)], controls=links) == []


def test_participants_here_and_in_a_competing_case():
    assert codes(replace(CASE, people=("li", "wang"))) == ["participant"]
    rival = Case("c2", call="2026-1", units=("x",), people=("wang",), title="高速轴承")
    [one] = found(cases=[CASE, rival])
    assert (one.code, one.evidence) == ("competing", ("竞争项目：高速轴承",))
    assert codes(cases=[replace(rival, call="2026-2")]) == []


@pytest.mark.parametrize("kind", ["spouse", "lineal", "collateral", "in_law"])
@pytest.mark.parametrize("other", ["li", "boss"])
def test_kin_of_the_people_or_the_leaders(kind, other):
    assert codes(kinships=[Kinship("wang", other, kind)]) == ["kinship"]
    assert codes(kinships=[Kinship(other, "wang", kind)]) == ["kinship"]


def test_supervision_does_not_expire_and_holds_both_ways():
    [one] = found(supervisions=[Supervision("wang", "li")])
    assert one.reason == "专家与“李强”是师生关系（博士导师与学生）"
    assert codes(supervisions=[Supervision("zhao", "wang", "postdoc")]) == ["supervision"]
    with pytest.raises(RelationError):
        Supervision("a", "b", "master")


@pytest.mark.parametrize("kind", ["paper", "patent", "project"])
@pytest.mark.parametrize(
    "period, counts",
    [
        (Period(FIRST, FIRST), True),
        (Period(BEFORE, BEFORE), False),
        (Period(LONG_AGO), True),
        (Period(date(2027, 1, 1), date(2027, 1, 1)), True),
    ],
    ids=["first day", "day before", "running", "in print"],
)
def test_joint_work_within_three_years(kind, period, counts):
    work = JointWork(kind, "轴承钢", frozenset({"wang", "li", "other"}), period)
    assert codes(works=[work]) == (["joint_work"] if counts else [])


def test_joint_work_names_every_colleague():
    work = JointWork("paper", "轴承钢", frozenset({"wang", "li", "zhao"}), Period(FIRST, FIRST), "知网")
    reasons = [one.reason for one in found(works=[work])]
    assert reasons == ["专家与“李强”近三年内合著论文", "专家与“zhao”近三年内合著论文"]


def test_only_a_paid_consultant_is_barred():
    assert codes(interests=[Interest("consultancy", "wang", "firm", EVER, paid=False)]) == []
    assert codes(interests=[Interest("shareholding", "wang", "firm", EVER, paid=False)]) == ["shareholding"]


def test_avoided_dispute_declared():
    asked = replace(CASE, avoid=(Avoidance("wang", "曾公开否定本路线"),))
    [one] = found(asked)
    assert (one.code, one.evidence) == ("avoided", ("理由：曾公开否定本路线",))
    assert codes(disputes=[Dispute("li", "wang", "署名之争")]) == ["dispute"]
    assert codes(disputes=[Dispute("wang", "uni", "劳动仲裁")]) == ["dispute"]
    assert codes(declarations=[Declaration("wang", "c1", "好友")]) == ["declared"]
    assert codes(declarations=[Declaration("wang", "c2", "好友")]) == []


def test_the_avoid_list_is_short_and_has_reasons():
    three = tuple(Avoidance(f"e{n}", "理由") for n in range(3))
    assert avoidance_faults(three) == []
    assert avoidance_faults([*three, Avoidance("e9", " ")]) == [
        "申请回避的专家最多 3 名，现有 4 名",
        "申请回避的专家“e9”没有写明理由",
    ]
    assert avoidance_faults([three[0], three[0]]) == ["申请回避的专家有重复"]
    with pytest.raises(RelationError, match="最多 3 名"):
        replace(CASE, avoid=(*three, Avoidance("e9", "x")))


def test_same_city_and_field_only_warns():
    neighbour = replace(EXPERT, city="聊城市")
    [one] = found(expert=neighbour)
    assert (one.code, one.blocks) == ("same_field", False)
    assert found(expert=replace(neighbour, subdiscipline="化工")) == ()
    assert found(replace(CASE, subdiscipline=""), replace(neighbour, subdiscipline="")) == ()


def test_every_reason_is_given_blocking_ones_first():
    neighbour = replace(EXPERT, city="聊城市")
    records = {
        "affiliations": [Affiliation("wang", "firm", EVER)],
        "declarations": [Declaration("wang", "c1", "好友")],
    }
    assert codes(expert=neighbour, **records) == ["same_unit", "declared", "same_field"]
    assert conflicts(Expert("other"), CASE, Relations(**records), ON) == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(ON, BEFORE),
        lambda: Kinship("a", "b", "friend"),
        lambda: JointWork("film", "x", frozenset(), EVER),
        lambda: Interest("love", "a", "b", EVER),
        lambda: Declaration("a", "b", " "),
    ],
)
def test_records_that_cannot_be_right_do_not_construct(make):
    with pytest.raises(RelationError):
        make()
