"""Score sheets: 100 points, whole points, and a reason for what is very low or very high."""

import json
from dataclasses import replace

import pytest

from triplehelix.procedure.review.sheets import (
    CHALLENGE,
    DEPUTY,
    PROJECT,
    SHEETS,
    TALENT,
    Item,
    ScoreSheet,
    SheetError,
    check,
    needs_comment,
    total,
    whole,
)

FAIR = {"innovation": 20, "need": 16, "route": 15, "team": 12, "budget": 8, "benefit": 7}
THIRTY = "路线图只有目标没有步骤，关键工艺参数没有试验依据，进度安排过紧。"


def codes(faults):
    return [(fault.item, fault.code) for fault in faults]


def test_the_sheets_are_those_of_the_domain():
    assert [i.maximum for i in PROJECT.items] == [25, 20, 20, 15, 10, 10]
    assert [i.maximum for i in TALENT.items] == [30, 25, 20, 15, 10]
    assert [i.maximum for i in CHALLENGE.items] == [35, 25, 20, 15, 5]
    assert [i.maximum for i in DEPUTY.items] == [40, 15, 25, 20]
    assert [(s.fundable, s.assumed) for s in SHEETS.values()] == [(70, True), (75, True), (70, True), (60, True)]


def test_a_full_sheet_has_no_fault_and_adds_up():
    assert check(PROJECT, FAIR, {}) == []
    assert total(PROJECT, FAIR) == 78
    typed = {code: f" {points} " for code, points in FAIR.items()}
    assert check(PROJECT, typed, {}) == []
    assert total(PROJECT, typed) == 78


@pytest.mark.parametrize(
    "value, code, says",
    [
        (None, "missing", "还没有打分（0 至 25 分）"),
        ("", "missing", "还没有打分"),
        (-1, "negative", "不能是负分"),
        (26, "over_maximum", "满分 25 分，现在是 26 分"),
        (19.5, "not_whole", "整数分"),
        ("１９", "not_whole", "半角"),
        (True, "not_whole", "整数分"),
        ("1e1", "not_whole", "整数分"),
    ],
)
def test_each_bad_point_is_told_at_its_item(value, code, says):
    [fault] = check(PROJECT, {**FAIR, "innovation": value}, {})
    assert (fault.item, fault.code) == ("innovation", code)
    assert "创新性与先进性" in fault.message
    assert says in fault.message
    with pytest.raises(SheetError, match="0 至 25"):
        total(PROJECT, {**FAIR, "innovation": value})


@pytest.mark.parametrize("points, wanted", [(11, True), (12, False), (18, False), (19, True), (0, True), (20, True)])
def test_a_reason_is_wanted_below_60_and_above_90_percent(points, wanted):
    """Of 20 points: 60 % is 12 and 90 % is 18; on the edge no reason is wanted."""
    route = next(item for item in PROJECT.items if item.code == "route")
    assert needs_comment(PROJECT, route, points) is wanted
    assert (codes(check(PROJECT, {**FAIR, "route": points}, {})) == [("route", "comment_short")]) is wanted


def test_a_reason_has_thirty_characters_blanks_not_counted():
    low = {**FAIR, "route": 5}
    assert len(THIRTY) >= 30
    exact = THIRTY[:30]
    assert check(PROJECT, low, {"route": exact}) == []
    [fault] = check(PROJECT, low, {"route": exact[:29] + "  \n "})
    assert "不少于 30 字，现有 29 字" in fault.message
    assert "低于满分的 60%" in fault.message
    [fault] = check(PROJECT, {**FAIR, "route": 20}, {"route": "很好"})
    assert "高于满分的 90%" in fault.message


def test_a_draft_may_be_incomplete_but_not_wrong():
    assert check(PROJECT, {"route": 5}, {}, draft=True) == []
    assert codes(check(PROJECT, {"route": 21, "team": "x"}, {}, draft=True)) == [
        ("route", "over_maximum"),
        ("team", "not_whole"),
    ]


def test_what_the_sheet_does_not_know_is_told():
    assert codes(check(PROJECT, {**FAIR, "looks": 3}, {"looks": "x"}, {"magic": True})) == [
        ("looks", "unknown_item"),
        ("magic", "unknown_item"),
    ]


def test_the_veto_is_asked_first():
    points = {"person": 24, "technology": 20, "market": 16, "team": 12, "fit": 8}
    assert codes(check(TALENT, points, {})) == [("full_time", "unanswered")]
    assert check(TALENT, points, {}, {"full_time": False}) == []
    assert check(TALENT, points, {}, draft=True) == []


def test_hard_indicators_come_from_the_list():
    points = {"fit": 28, "solution": 20, "record": 16, "price": 12, "rights": 4}
    with pytest.raises(SheetError, match="硬性指标"):
        check(CHALLENGE, points, {})
    sheet = CHALLENGE.with_indicators(["轴承寿命不低于 2 万小时", " 噪声不高于 40 分贝 "])
    assert codes(check(sheet, points, {})) == [("indicator_1", "unanswered"), ("indicator_2", "unanswered")]
    assert sheet.questions[1].refusal == "未达到榜单硬性指标：噪声不高于 40 分贝"
    for bad in ([], ["  "], ["甲", "甲 "]):
        with pytest.raises(SheetError) as told:
            CHALLENGE.with_indicators(bad)
        assert told.value.code == "indicators"


@pytest.mark.parametrize("points, word", [(100, "优秀"), (85, "优秀"), (84, "合格"), (60, "合格"), (59, "不合格")])
def test_the_yearly_sheet_has_grades(points, word):
    assert DEPUTY.grade(points) == word
    assert PROJECT.grade(points) == ""


@pytest.mark.parametrize(
    "change, code",
    [
        ({"items": PROJECT.items[:-1]}, "total"),
        ({"items": (*PROJECT.items[:-1], Item("benefit", "预期效益", 11))}, "total"),
        ({"items": (*PROJECT.items[:-1], Item("benefit", "预期效益", 0))}, "item"),
        ({"items": (*PROJECT.items[:-1], Item("need", "预期效益", 10))}, "code_twice"),
        ({"tie_item": "beauty"}, "tie_item"),
        ({"fundable": 101}, "fundable"),
        ({"grades": tuple(reversed(DEPUTY.grades))}, "grades"),
    ],
)
def test_a_wrong_sheet_does_not_construct(change, code):
    with pytest.raises(SheetError) as told:
        replace(PROJECT, **change)
    assert told.value.code == code


@pytest.mark.parametrize("sheet", [*SHEETS.values(), CHALLENGE.with_indicators(["甲"])], ids=lambda s: s.code)
def test_a_sheet_is_data(sheet):
    assert ScoreSheet.from_data(json.loads(json.dumps(sheet.as_data()))) == sheet


@pytest.mark.parametrize("data", [{}, {"items": [{"code": "a"}]}, {**PROJECT.as_data(), "colour": "red"}])
def test_data_of_no_sheet_is_refused(data):
    with pytest.raises(SheetError) as told:
        ScoreSheet.from_data(data)
    assert told.value.code == "data"


def test_whole_numbers():
    assert [whole(v) for v in (0, "0", "-3", "07", "", "9" * 10, None, 1.0)] == [0, 0, -3, 7, None, None, None, None]
