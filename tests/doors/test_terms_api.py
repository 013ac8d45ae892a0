"""Terms over the API: settled by the city's science bureau on a document, read by the offices, and what follows."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.doors.callers import Caller, done, fields
from triplehelix.procedure.terms.models import Settled

DOCUMENT = "澄科字〔2026〕12号"
GIVEN = {"since": "2026-01-01", "document": DOCUMENT}


@pytest.fixture
def bureau(officer):
    return Caller(officer)


def test_an_open_term_is_settled_and_the_award_can_be_computed(bureau, finance, auditor):
    listed = done(bureau.get("/api/terms"))
    before = next(one for one in listed if one["code"] == "manager_reward")
    assert (before["kind"], before["value"], before["written"], before["is_set"]) == ("table", None, "", False)
    assert before["question"] and before["award"] == "M5.3"
    rewards = dict(zip(before["codes"], (100_000, 200_000, 300_000), strict=True))
    waits = [one["value"] is None for one in listed]
    assert waits == sorted(waits, reverse=True), "the open ones come first"
    facts = {
        "level": "高级",
        "certificate_no": "A1",
        "in_city_pool": True,
        "person": "周致远",
        "id_tail": "0316",
        "paid_levels": [],
    }
    assert done(bureau.post("/api/awards/M5.3/decide", {"facts": facts}))["granted_fen"] is None
    made = done(bureau.post("/api/terms/manager_reward", GIVEN | {"value": rewards}), 201)
    assert (made["value"], made["is_set"]) == (rewards, True)
    assert done(bureau.post("/api/awards/M5.3/decide", {"facts": facts}))["granted_fen"] == 300_000
    for reader in (Caller(finance), Caller(auditor)):
        read = done(reader.get("/api/terms/manager_reward"))
        assert (read["value"], read["may_settle"]) == (rewards, False)
        (one,) = read["history"]
        assert (one["document"], one["since"], one["written"]) == (DOCUMENT, "2026-01-01", made["written"])
        assert reader.post("/api/terms/manager_reward", GIVEN | {"value": rewards}).status_code == 404
    assert Settled.objects.count() == 1


def test_a_later_setting_leaves_earlier_days_alone_and_stays_in_the_history(bureau):
    first = done(bureau.post("/api/terms/talent_ratio", GIVEN | {"value": "50%"}), 201)
    assert (first["value"], first["written"]) == ("1/2", "50%")
    next_year = date(timezone.localdate().year + 1, 1, 1).isoformat()
    later = done(bureau.post("/api/terms/talent_ratio", GIVEN | {"value": "1/4", "since": next_year}), 201)
    assert later["value"] == "1/2", "in force today"
    assert [(one["value"], one["since"]) for one in later["history"]] == [("1/4", next_year), ("1/2", "2026-01-01")]
    again = bureau.post("/api/terms/talent_ratio", GIVEN | {"value": "30%"})
    assert list(fields(again)) == ["since"], "a value is in force on this day already"


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("talent_ratio", {"value": "130%"}, "value"),
        ("talent_ratio", {"value": 0.5}, "value"),
        ("talent_ratio", {"value": None}, "value"),
        ("talent_ratio", {"value": "5\x00"}, "value"),
        ("city_grant_most", {"value": -1}, "value"),
        ("city_grant_most", {"value": 10**30}, "value"),
        ("city_grant_most", {"value": "500000"}, "value"),
        ("city_grant_most", {"value": True}, "value"),
        ("manager_reward", {"value": {"nobody": 1}}, "value"),
        ("manager_reward", {"value": {"deep": [{"x": "\x00"}]}}, "value"),
        ("talent_ratio", {"value": "30%", "document": " "}, "document"),
        ("talent_ratio", {"value": "30%", "document": "长" * 81}, "document"),
        ("talent_ratio", {"value": "30%", "since": "soon"}, "since"),
        ("talent_ratio", {"since": "9999-12-32", "value": "30%"}, "since"),
        ("talent_ratio", {}, "value"),
    ],
)
def test_wrong_values_are_told_at_their_fields(bureau, code, given, field):
    assert list(fields(bureau.post(f"/api/terms/{code}", GIVEN | given))) == [field]
    assert not Settled.objects.exists()


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are(bureau, since):
    assert bureau.post("/api/terms/talent_ratio", GIVEN | {"value": "30%", "since": since}).status_code == 201
    assert done(bureau.get("/api/terms/talent_ratio"))["is_set"] == (since < "2026")


@pytest.mark.parametrize("code", ["provincial_rate", "rd_threshold", "no_such_term", "%00"])
def test_what_the_policy_fixes_is_no_term_to_set(bureau, code):
    assert bureau.get(f"/api/terms/{code}").status_code == 404
    assert bureau.post(f"/api/terms/{code}", GIVEN | {"value": "30%"}).status_code == 404


def test_the_offices_read_and_nobody_else(county, clerk, firm, stranger):
    for who in (county, clerk, stranger):
        caller = Caller(who)
        for address in ("/api/terms", "/api/terms/talent_ratio"):
            assert caller.get(address).status_code == 404
        assert caller.post("/api/terms/talent_ratio", GIVEN | {"value": "30%"}).status_code == 404
    assert not Settled.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_one_setting_and_three_cost_the_same_queries(bureau, django_assert_num_queries, rows):
    for n in range(rows):
        since = (timezone.localdate() + timedelta(days=n)).isoformat()
        done(bureau.post("/api/terms/talent_ratio", GIVEN | {"value": f"{n}%", "since": since}), 201)
    with django_assert_num_queries(3):
        done(bureau.get("/api/terms"))
    with django_assert_num_queries(4):
        assert len(done(bureau.get("/api/terms/talent_ratio"))["history"]) == rows
