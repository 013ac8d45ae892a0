"""The same answers over the API: every worked case, and facts that cannot be used."""

import json

import pytest

from tests.doors.test_calculator import CASES, settle

URL = "/api/awards/{}/decide"


def ask(client, code, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(URL.format(code), text, content_type="application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(("award", "example"), CASES)
def test_worked_example(client, award, example):
    settle(example)
    answer = ask(client, award.code, {"facts": dict(example.facts), "on": example.on.isoformat()})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["granted_fen"] == example.granted_fen
    assert tuple(one["code"] for one in found["refused"]) == example.refused
    assert tuple(one["code"] for one in found["open"]) == example.open
    assert {one["id"]: one["granted_fen"] for one in found["shares"]} == dict(example.shares) or not example.shares


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"facts": {"rd_expense_yuan": -1}}, 422, "rd_expense_yuan"),
        ({"facts": {"bonus": 1}}, 422, "bonus"),
        ('{"facts": {"rd_expense_yuan": 1e18}}', 422, "rd_expense_yuan"),
        ('{"facts": {"rd_expense_yuan": 0.1234}}', 422, "rd_expense_yuan"),
        ({"facts": []}, 422, "facts"),
        ({}, 422, "facts"),
    ],
)
def test_facts_that_cannot_be_used(client, body, status, field):
    answer = ask(client, "M5.4", body)
    assert answer.status_code == status
    assert field in answer.json()["fields"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", ['"1e999999999"', "1e999999999", "0e999999999", "1e-999999999", '"1e9%"',
                                    "1e99999999999999999999", '"1/99999999999999999999"', "9" * 4000])  # fmt: skip
def test_a_short_text_never_becomes_a_huge_number(client, number):
    given = f'"guarantee_no": "DB-1", "in_scheme": true, "light_security": true, "guaranteed_yuan": {number}'
    given += ', "guarantee_year": 1, "guarantee_days": 30, "guarantee_year_days": 365'
    facts = f'{{"facts": {{{given}, "guarantee_fee": {number}}}}}'
    answer = ask(client, "M5.2-guarantee", facts)
    assert answer.status_code == 422, answer.content
    assert set(answer.json()["fields"]) == {"guaranteed_yuan", "guarantee_fee"}


@pytest.mark.django_db
def test_a_point_is_read_as_it_was_written(client):
    facts = '{"provincial_award_document_yuan": 0.29, "provincial_award_arrived_yuan": 100.1,'
    facts += '"project_list": "sti2030", "registered_in_city": true, "kind": "award", "project_no": "1",'
    facts += '"document_no": "2", "award_for_project": true, "given_before_yuan": 0}'
    assert ask(client, "M3.2-national", f'{{"facts": {facts}}}').json()["granted_fen"] == 0


@pytest.mark.django_db
def test_what_an_award_wants(client):
    assert client.get("/api/awards/M9.9").status_code == 404
    found = client.get("/api/awards/M3.2-provincial").json()
    keys = ["project_no", "units", "awarded_before_yuan", "given_before_yuan", "registered_in_city"]
    assert [fact["key"] for fact in found["facts"]] == keys
    assert len(client.get("/api/measures").json()) == 20
