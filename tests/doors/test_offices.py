"""The register of offices: who reads it, who gives and ends, and what an ended office no longer opens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.market.conftest import account, office
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Office
from triplehelix.records.trail.models import Entry

ADDRESS = "/offices/"
#: A page of one county's rows: for its officers, the city's and the auditor.
DESK = "/funnel/needs/?unit=371521"


@pytest.fixture
def newcomer(db):
    return account("newcomer")


def asked(**more):
    right = {
        "email": "Newcomer@example.com",
        "role": "county_officer",
        "unit": "371521",
        "document": "澄科任〔2026〕3号",
    }
    return right | {"since": timezone.localdate().isoformat(), "until": ""} | more


def page(client, who, address=ADDRESS):
    client.force_login(who)
    return client.get(address)


def test_an_officer_appoints_a_county_officer_who_then_sees_the_desk(client, officer, newcomer):
    assert page(client, newcomer, DESK).status_code == 404
    client.force_login(officer)
    answer = client.post(ADDRESS, asked())
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    words = client.get(ADDRESS).content.decode()
    assert "已任命：newcomer，县市区、开发区工作人员" in words
    assert "newcomer@example.com" in words and "阳谷县" in words and "澄科任〔2026〕3号" in words
    assert page(client, newcomer, DESK).status_code == 200


def test_an_ended_office_opens_nothing_from_the_next_request_on(client, officer, county):
    held = county.offices.get()
    other = type(client)()
    assert page(other, county, DESK).status_code == 200
    client.force_login(officer)
    assert "不填就是现在结束" in client.get(f"{ADDRESS}{held.pk}/end/").content.decode()
    answer = client.post(f"{ADDRESS}{held.pk}/end/", {"why": "调离，澄科免〔2026〕1号", "until": ""})
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert other.get(DESK).status_code == 404  # the same session, signed in as before
    assert held.pk not in [one.pk for one in client.get(ADDRESS).context["page"]]
    words = client.get(f"{ADDRESS}?over=1").content.decode()
    assert "调离，澄科免〔2026〕1号" in words and "即时收回" in words
    assert Entry.objects.get(verb="end_office").why == "调离，澄科免〔2026〕1号"
    assert client.post(f"{ADDRESS}{held.pk}/end/", {"why": "再来一次"}).status_code == 409


def test_the_auditor_reads_and_is_offered_nothing(client, officer, auditor, county):
    words = page(client, auditor).content.decode()
    assert "county@example.com" in words and "批准文件" in words
    assert "/end/" not in words and 'name="document"' not in words
    assert client.post(ADDRESS, asked()).status_code == 404
    assert 'href="/offices/"' in client.get("/todo/").content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"email": "nobody@example.com"}, "email", "没有这个邮箱的账号"),
        ({"email": "no address"}, "email", "邮箱地址"),
        ({"role": "king"}, "role", "king"),
        ({"unit": ""}, "unit", "请选择县市区或开发区"),
        ({"role": "auditor"}, "unit", "面向全市"),
        ({"unit": "371523"}, "unit", "371523"),  # a retired code is not offered
        ({"since": "明天"}, "since", "2026-01-01"),
        ({"until": "2020-01-01"}, "until", "不能早于"),
        ({"document": ""}, "document", "请填写批准文件"),
        ({"document": "\x00"}, "document", "空字符"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(client, officer, newcomer, typed, field, said):
    client.force_login(officer)
    answer = client.post(ADDRESS, asked(**typed))
    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [field] and said in str(form.errors[field])
    assert form["email"].value() == asked(**typed)["email"]
    assert not newcomer.offices.exists()


def test_where_nobody_may_sign_up_the_way_to_an_account_is_told(client, officer, settings):
    settings.SIGNUP_OPEN = False
    client.force_login(officer)
    assert "./run manage appoint" in client.post(ADDRESS, asked(email="x@example.com")).content.decode()


def test_refusals_say_why(client, officer, newcomer):
    client.force_login(officer)
    answer = client.post(ADDRESS, asked(email=officer.email, role="auditor", unit=""))
    assert answer.status_code == 409 and "不能任命自己" in answer.content.decode()
    answer = client.post(f"{ADDRESS}{officer.offices.get().pk}/end/", {"why": "退休"})
    assert answer.status_code == 409 and "没有工作人员了" in answer.content.decode()
    client.post(ADDRESS, asked())
    answer = client.post(ADDRESS, asked())
    assert answer.status_code == 422 and "newcomer已经担任这个职务" in answer.content.decode()
    assert client.post(f"{ADDRESS}999999/end/", {"why": "退休"}).status_code == 404


def test_who_ends_his_own_is_shown_his_desk(client, officer, newcomer):
    office(newcomer, "city_officer")
    client.force_login(officer)
    answer = client.post(f"{ADDRESS}{officer.offices.get().pk}/end/", {"why": "退休"}, follow=True)
    assert answer.redirect_chain == [("/todo/", 302)] and "不再担任市科技局工作人员" in answer.content.decode()
    assert client.get(ADDRESS).status_code == 404


def test_the_list_is_narrowed_by_role_and_by_name(client, officer, county, other_county, auditor):
    def names(query):
        return [str(one.account) for one in page(client, officer, f"{ADDRESS}?{query}").context["page"]]

    assert names("") == ["officer", "county", "other_county", "auditor"]  # by role, then by unit
    assert names("role=county_officer") == ["county", "other_county"]
    assert names("q=OTHER_&role=county_officer") == ["other_county"]
    assert names("role=king") == names("")
    assert names("q=%00") == names("")
    assert names("q=没有这个人") == []
    assert names("over=1") == []
    assert "还没有结束的职务" in client.get(f"{ADDRESS}?over=1").content.decode()


def test_days_to_come_are_told(client, officer, newcomer):
    soon = timezone.localdate() + timedelta(days=3)
    parties.appoint(
        account=newcomer, role="expert", unit="", since=soon, until=soon, actor=None, now=timezone.now()
    )  # fmt: skip
    assert "还没有开始" in page(client, officer).content.decode()


def test_one_row_and_three_rows_cost_the_same(client, officer, django_assert_num_queries):
    for n in range(3):
        if n in (0, 2):
            for address in (ADDRESS, f"{ADDRESS}?role=city_officer"):
                page(client, officer)  # signing in costs its own
                with django_assert_num_queries(5):
                    assert client.get(address).status_code == 200
        office(account(f"colleague{n}"), "city_officer")
    assert Office.objects.count() == 4
