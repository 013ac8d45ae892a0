"""A round over the API from its opening to its notice: opened, filled from a list, tried, shared out, made public."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from tests.cases.words import HEAD, row
from tests.doors.callers import Caller, done, fields
from tests.doors.procedure import round_of
from triplehelix.foundation.sheet import write_csv
from triplehelix.market.imports import actions as imports
from triplehelix.market.imports.models import Import
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.procedure.notices.models import Notice

#: Each of the two firms is due 50,000 yuan, and there are 75,000.
DUE, BUDGET = 5_000_000, 7_500_000
NOTICE = {"number": "澄科公示〔2026〕5号", "title": "拟奖励名单", "objections_to": "监督科 0635-000000"}


@pytest.fixture
def bureau(city):
    return Caller(city.clerk)


def given(**more):
    """A round of 研发投入奖励 by list, open from today."""
    today = timezone.localdate()
    closes = (today + timedelta(days=30)).isoformat()
    common = {"award": "M5.4", "lane": "entitled", "title": "研发投入奖励", "year": today.year}
    return common | {"opens_on": today.isoformat(), "closes_on": closes, "budget_fen": BUDGET} | more


def sheet(*rows):
    return SimpleUploadedFile("名单.csv", write_csv(HEAD, rows))


def landed(bureau, round, *rows):
    """The list lands; the worker's part is done by hand."""
    made = done(bureau.post(f"/api/rounds/{round['id']}/candidates", {}, file=sheet(*rows)), 201)
    address = f"/api/imports/{made['id']}"
    imports.check(pk=made["id"], now=timezone.now())
    checked = done(bureau.get(address))
    assert checked["state"] == "checked", checked["errors"]
    done(bureau.post(f"{address}/land", {"seen_version": checked["version"]}))
    imports.land(pk=made["id"], now=timezone.now())
    return done(bureau.get(address))["receipt"]


def confirmed(city, people):
    """Every firm gives its account and confirms; what is to be made public."""
    for (_firm, member), case in zip(people, Case.objects.order_by("pk"), strict=True):
        city.account(case, member)
        city.step(case, "confirm", member)
    return list(Case.objects.order_by("pk").values_list("pk", flat=True))


def test_from_the_round_to_the_notice(city, bureau):
    people = [city.firm() for _ in range(2)]
    round = done(bureau.post("/api/rounds", given(contact="0635-1", about="按统计数据")), 201)
    assert (round["award"], round["is_open"], round["budget_fen"], round["notice_days"]) == ("M5.4", True, BUDGET, 5)
    assert list(fields(bureau.post("/api/rounds", given()))) == ["title"], "sent twice, it is opened once"
    address = f"/api/rounds/{round['id']}"
    assert done(Caller(people[0][1]).get(address)) == round
    book = bureau.get(f"{address}/candidates/template.xlsx")
    cells = [cell.value for cell in load_workbook(BytesIO(book.content)).worksheets[0][1]]
    assert {"统一社会信用代码", "单位名称"} <= {str(cell).rstrip(" *") for cell in cells}
    empty = done(bureau.get(f"{address}/trial"))
    assert (empty["asking"], empty["budget_fen"], empty["scenarios"]) == (0, None, [])
    assert bureau.post(f"{address}/share", {}).status_code == 409, "nobody is on the list"
    receipt = landed(bureau, round, row(1, "6000000", "5000000"), row(2, "6000000", "5000000"))
    assert (receipt["states"], receipt["round"]) == ({"confirming": 2}, round["id"])
    tried = done(Caller(city.auditor).get(f"{address}/trial"))
    assert (tried["asking"], tried["budget_fen"]) == (2, BUDGET)
    told = {one["mode"]: (one["granted_fen"], one["served"], one["short_fen"]) for one in tried["scenarios"]}
    assert told["Q3"] == (BUDGET, 2, 2 * DUE - BUDGET)
    more = done(bureau.get(f"{address}/trial", budget_fen=4 * DUE, growth=100))
    assert {(one["claims"], one["asked_fen"], one["short_fen"]) for one in more["scenarios"]} == {(4, 4 * DUE, 0)}
    assert not Round.objects.get().facts, "a trial writes nothing"
    shared = done(bureau.post(f"{address}/share", {}))
    assert (shared["factor"], shared["round"]["facts"]) == ("3/4", {"pool_factor": "3/4"})
    cases = confirmed(city, people)
    waiting = done(bureau.get("/api/cases", state="noticing"))
    assert {one["id"] for one in waiting["items"]} == set(cases)
    notice = done(bureau.post("/api/notices", NOTICE | {"cases": cases, "days": 5}), 201)
    assert [one["amount_fen"] for one in notice["items"]] == [DUE * 3 // 4] * 2
    assert done(Caller(people[0][1]).get(f"/api/notices/{notice['id']}")) == notice
    assert bureau.post(f"{address}/share", {}).status_code == 409, "it is public"
    assert bureau.post("/api/notices", NOTICE | {"cases": cases, "number": "6号"}).status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"award": "M9.9"}, "award"),
        ({"award": "\x00"}, "award"),
        ({"lane": "magic"}, "lane"),
        ({"title": " "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"year": 9999}, "year"),
        ({"closes_on": "2020-01-01"}, "closes_on"),
        ({"closes_on": "9999-12-32"}, "closes_on"),
        ({"budget_fen": -1}, "budget_fen"),
        ({"budget_fen": 10**30}, "budget_fen"),
        ({"quota": 0}, "quota"),
        ({"places": 10**6}, "places"),
        ({"notice_days": 31}, "notice_days"),
        ({"about": "长" * 3001}, "about"),
    ],
)
def test_wrong_fields_of_a_round_by_name(bureau, changed, field):
    assert list(fields(bureau.post("/api/rounds", given() | changed))) == [field]
    assert not Round.objects.exists()


def test_a_round_is_put_right_while_it_runs(city, bureau):
    today = timezone.localdate()
    round = done(bureau.post("/api/rounds", given()), 201)
    address, later = f"/api/rounds/{round['id']}", (today + timedelta(days=40)).isoformat()
    assert list(fields(bureau.post(f"{address}/change", {"why": " ", "closes_on": later}))) == ["why"]
    for odd in ("2020-01-01", (today - timedelta(days=1)).isoformat()):
        assert list(fields(bureau.post(f"{address}/change", {"why": "延期", "closes_on": odd}))) == ["closes_on"]
    made = done(bureau.post(f"{address}/change", {"why": "应企业要求延期", "closes_on": later, "budget_fen": None}))
    assert (made["closes_on"], made["budget_fen"], made["contact"]) == (later, None, "")
    told = done(Caller(city.firm()[1]).get(f"{address}/changes"))
    assert [one["why"] for one in told] == ["应企业要求延期"]
    assert told[0]["what"] == [f"截止日期由 {round['closes_on']} 改为 {later}", "预算由 7.5 万元 改为 不设"]
    assert bureau.post(f"{address}/change", {"why": "再来", "closes_on": later}).status_code == 409, "nothing changes"
    Round.objects.update(opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    assert bureau.post(f"{address}/change", {"why": "补", "contact": "0635-1"}).status_code == 409, "it is over"


def test_who_has_not_seen_the_last_correction_makes_none(city, bureau):
    round = done(bureau.post("/api/rounds", given()), 201)
    address = f"/api/rounds/{round['id']}/change"
    later = (timezone.localdate() + timedelta(days=40)).isoformat()
    done(bureau.post(address, {"why": "延期", "closes_on": later, "seen": 0}))
    late = bureau.post(address, {"why": "换电话", "contact": "0635-2", "seen": 0})
    assert late.status_code == 409 and "别人刚刚修改过" in late.json()["message"]
    # Without saying what was seen only what is named changes: nothing another has written is written back.
    made = done(bureau.post(address, {"why": "换电话", "contact": "0635-2"}))
    assert (made["closes_on"], made["contact"]) == (later, "0635-2")


def test_what_stands_on_a_round_is_not_changed_under_it(city, bureau):
    people = [city.firm()]
    round = done(bureau.post("/api/rounds", given()), 201)
    address = f"/api/rounds/{round['id']}"
    landed(bureau, round, row(1, "6000000", "5000000"))
    sooner = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert list(fields(bureau.post(f"{address}/change", {"why": "提前", "closes_on": sooner}))) == ["closes_on"]
    cases = confirmed(city, people)
    # Shared out by a factor, what was decided follows the budget.
    assert done(bureau.post(f"{address}/change", {"why": "压减", "budget_fen": DUE // 2}))["budget_fen"] == DUE // 2
    assert done(bureau.post(f"{address}/share", {}))["factor"] == "1/2"
    done(bureau.post("/api/notices", NOTICE | {"cases": cases, "days": 5}), 201)
    held = bureau.post(f"{address}/change", {"why": "追加", "budget_fen": BUDGET})
    assert list(fields(held)) == ["budget_fen"] and "已经有办件公示" in fields(held)["budget_fen"]


def test_the_last_day_there_is(bureau):
    made = done(bureau.post("/api/rounds", given(opens_on="0001-01-01", closes_on="9999-12-31")), 201)
    assert made["is_open"] and done(bureau.get("/api/rounds"))["items"] == [made]


def test_the_city_opens_rounds_and_nobody_else(city, bureau):
    _firm, member = city.firm()
    round = done(bureau.post("/api/rounds", given()), 201)
    address = f"/api/rounds/{round['id']}"
    for who in (member, city.county, city.finance, city.auditor):
        caller = Caller(who)
        assert caller.post("/api/rounds", given(title="另一批")).status_code == 404
        assert caller.get(f"{address}/candidates/template.xlsx").status_code == 404
        assert caller.post(f"{address}/candidates", {}, file=sheet()).status_code == 404
        assert caller.post(f"{address}/share", {}).status_code == 404
        assert caller.get(f"{address}/trial").status_code == (200 if who in (city.finance, city.auditor) else 404)
    assert Round.objects.count() == 1 and not Import.objects.exists()


def test_only_rounds_by_list_take_a_list(city, bureau):
    address = f"/api/rounds/{round_of(city).pk}"
    assert bureau.get(f"{address}/candidates/template.xlsx").status_code == 404
    assert bureau.post(f"{address}/candidates", {}, file=sheet()).status_code == 404
    assert bureau.post(f"{address}/share", {}).status_code == 404


def test_what_is_no_sheet_is_refused_at_its_field(bureau):
    address = f"/api/rounds/{done(bureau.post('/api/rounds', given()), 201)['id']}/candidates"
    assert list(fields(bureau.post(address, {}, file=SimpleUploadedFile("名单.pdf", b"a letter")))) == ["file"]
    assert list(fields(bureau.post(address, {}, file=SimpleUploadedFile("名单.csv", b"")))) == ["file"]
    assert not Import.objects.exists()


@pytest.mark.parametrize("asked", [{"budget_fen": -1}, {"budget_fen": 10**30}, {"growth": -91}, {"growth": 10**9}])
def test_what_cannot_be_tried(bureau, asked):
    address = f"/api/rounds/{done(bureau.post('/api/rounds', given()), 201)['id']}/trial"
    assert list(fields(bureau.get(address, **asked))) == list(asked)


def test_a_page_of_a_trial_refuses_less_than_nothing(client, city, bureau):
    city.firm()
    round = done(bureau.post("/api/rounds", given()), 201)
    landed(bureau, round, row(1, "6000000", "5000000"))
    client.force_login(city.finance)
    assert client.get(f"/rounds/{round['id']}/trial/?budget=-1").status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_one_candidate_and_three_cost_the_trial_the_same_queries(city, bureau, django_assert_num_queries, rows):
    for _n in range(rows):
        city.firm()
    round = done(bureau.post("/api/rounds", given()), 201)
    landed(bureau, round, *(row(n + 1, "6000000", "5000000") for n in range(rows)))
    with django_assert_num_queries(6):
        assert done(bureau.get(f"/api/rounds/{round['id']}/trial"))["asking"] == rows


class TestNotices:
    """Published by the city, of decided cases; extended when the site was down."""

    @pytest.fixture
    def cases(self, city, bureau):
        people = [city.firm()]
        landed(bureau, done(bureau.post("/api/rounds", given()), 201), row(1, "6000000", "5000000"))
        return confirmed(city, people)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"number": " "}, "number"),
            ({"number": "1\x00"}, "number"),
            ({"title": "长" * 121}, "title"),
            ({"days": 31}, "days"),
            ({"days": 1}, "days"),
            ({"objections_to": ""}, "objections_to"),
            ({"cases": []}, "cases"),
            ({"cases": [10**9]}, "cases.0"),
            ({"cases": [10**30]}, "cases.0"),
            ({"cases": [-1]}, "cases.0"),
        ],
    )
    def test_wrong_fields_by_name(self, bureau, cases, changed, field):
        assert list(fields(bureau.post("/api/notices", NOTICE | {"cases": cases} | changed))) == [field]
        assert not Notice.objects.exists()

    def test_a_case_that_is_not_decided_is_named_and_none_is_public(self, city, bureau, cases):
        city.firm()
        landed(bureau, done(bureau.post("/api/rounds", given(title="二批")), 201), row(2, "6000000", "5000000"))
        both = list(Case.objects.order_by("pk").values_list("pk", "number"))
        refused = bureau.post("/api/notices", NOTICE | {"cases": [pk for pk, _number in both]})
        assert refused.status_code == 409 and both[1][1] in refused.json()["message"]
        assert not Notice.objects.exists() and Case.objects.get(pk=both[0][0]).state == "noticing"

    def test_the_city_publishes_and_extends_and_nobody_else(self, city, bureau, cases):
        notice = done(bureau.post("/api/notices", NOTICE | {"cases": cases}), 201)
        extend, now = f"/api/notices/{notice['id']}/extend", timezone.now()
        down = {"down_from": now.isoformat(), "down_to": now.isoformat(), "why": "机房停电"}
        member = Case.objects.get(pk=cases[0]).organisation.memberships.get().account
        for who in map(Caller, (member, city.county, city.finance, city.auditor)):
            assert who.post("/api/notices", NOTICE | {"cases": cases, "number": "7号"}).status_code == 404
            assert who.post(extend, down).status_code == 404
        assert Notice.objects.count() == 1

    def test_a_downtime_of_more_than_a_day_makes_it_longer_once(self, bureau, cases):
        notice = done(bureau.post("/api/notices", NOTICE | {"cases": cases}), 201)
        extend, now = f"/api/notices/{notice['id']}/extend", timezone.now()
        Notice.objects.update(published_at=now - timedelta(days=3), first=timezone.localdate() - timedelta(days=3))
        down = {"down_from": (now - timedelta(hours=40)).isoformat(), "down_to": now.isoformat(), "why": "机房停电"}
        longer = done(bureau.post(extend, down))
        assert longer["last"] > notice["last"]
        assert longer["extensions"] == [{"why": "机房停电", "was": notice["last"], "last": longer["last"]}]
        assert bureau.post(extend, down).status_code == 409, "it is counted"
        for odd in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
            for name in ("down_from", "down_to"):
                assert bureau.post(extend, down | {name: odd}).status_code == 409
        assert list(fields(bureau.post(extend, down | {"down_from": "2026-11-01T00:00:00"}))) == ["down_from"]


@pytest.mark.parametrize("rows", [1, 3])
def test_one_notice_and_three_cost_the_same_queries(city, bureau, django_assert_num_queries, rows):
    people = [city.firm() for _n in range(rows)]
    round = done(bureau.post("/api/rounds", given(budget_fen=None)), 201)
    landed(bureau, round, *(row(n + 1, "6000000", "5000000") for n in range(rows)))
    for case in confirmed(city, people):
        done(bureau.post("/api/notices", NOTICE | {"cases": [case], "number": f"{case}号"}), 201)
    with django_assert_num_queries(4):
        assert done(bureau.get("/api/notices"))["total"] == rows


def test_one_round_and_three_cost_the_same_queries(bureau, django_assert_num_queries):
    for n in (1, 3):
        while Round.objects.count() < n:
            done(bureau.post("/api/rounds", given(title=f"第{Round.objects.count()}批")), 201)
        with django_assert_num_queries(3):
            assert done(bureau.get("/api/rounds"))["total"] == n
