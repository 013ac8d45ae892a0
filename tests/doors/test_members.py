"""The members of an organisation: who lets in, who ends, and what an ended membership no longer opens."""

import pytest
from django.utils import timezone

from tests.market.conftest import account, member, organisation
from triplehelix.records.parties import actions as parties
from triplehelix.records.trail.models import Entry


@pytest.fixture
def address(firm):
    return f"/organisations/{firm.pk}/members/"


@pytest.fixture
def joined(newcomer, firm):
    """A clerk of the firm, beside its administrator."""
    claim = parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, now=timezone.now())
    return parties.accept_member(membership=claim, actor=None, now=timezone.now())


def page(client, who, address):
    client.force_login(who)
    return client.get(address)


def test_whoever_left_acts_for_the_firm_no_more_from_the_next_request_on(client, clerk, newcomer, joined, address):
    other = type(client)()
    assert page(other, newcomer, "/needs/new/").status_code == 200
    assert address in page(client, clerk, "/account/").content.decode()
    words = client.get(address).content.decode()
    assert "newcomer@example.com" in words and "经办人" in words and f"/members/{joined.pk}/end/" in words
    assert client.post(f"/members/{joined.pk}/end/", {"why": ""}).status_code == 422
    answer = client.post(f"/members/{joined.pk}/end/", {"why": "离职"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert other.get("/needs/new/").status_code == 403  # the same session, signed in as before
    assert "newcomer@example.com" not in client.get(address).content.decode().split("</thead>")[1]
    assert Entry.objects.get(verb="end_membership").why == "离职"
    assert client.post(f"/members/{joined.pk}/end/", {"why": "再来一次"}).status_code == 409


def test_an_officer_ends_the_wrong_one_and_accepts_the_right_one_as_administrator(
    client, county, clerk, newcomer, firm, address
):
    claim = parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, now=timezone.now())
    assert address in page(client, county, "/todo/").content.decode()
    words = client.get(address).content.decode()
    assert "申请加入" in words and "同意为管理员" in words
    client.post(f"/members/{clerk.memberships.get().pk}/end/", {"why": "冒用别人的代码登记"})
    answer = client.post(f"/members/{claim.pk}/accept-admin/")
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert page(client, clerk, address).status_code == 404
    assert page(client, newcomer, address).status_code == 200


def test_a_claim_one_refused_is_not_accepted_by_another(client, county, clerk, newcomer, firm, address):
    claim = parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, now=timezone.now())
    client.force_login(clerk)
    assert client.post(f"/members/{claim.pk}/refuse/")["Location"] == address
    client.force_login(county)
    answer = client.post(f"/members/{claim.pk}/accept/", {"todo": "1"}, follow=True)
    assert answer.redirect_chain == [("/todo/", 302)] and "已经有人答复" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.accepted_at is None


def test_the_only_administrator_is_told_what_to_do_first(client, clerk, joined, address):
    client.force_login(clerk)
    own = f"/members/{clerk.memberships.get().pk}/end/"
    answer = client.post(own, {"why": "调走"})
    assert answer.status_code == 409 and "请先同意另一位做管理员" in answer.content.decode()
    member(account("second"), joined.organisation)
    answer = client.post(own, {"why": "调走"}, follow=True)
    assert answer.redirect_chain == [("/account/", 302)]


def test_a_clerk_keeps_no_members(client, newcomer, joined, address):
    assert page(client, newcomer, address).status_code == 404
    assert client.post(f"/members/{joined.pk}/end/", {"why": "离职"}).status_code == 404
    assert address not in client.get("/account/").content.decode()


def test_one_row_and_three_rows_cost_the_same(client, clerk, firm, address, django_assert_num_queries):
    for n in range(3):
        if n in (0, 2):
            page(client, clerk, address)  # signing in costs its own
            with django_assert_num_queries(7):
                assert client.get(address).status_code == 200
        member(account(f"colleague{n}"), firm)
    assert firm.memberships.count() == 4


def test_an_officer_finds_the_organisations_of_his_own_unit(client, county, officer, firm):
    elsewhere = organisation(9700, unit="371522")
    words = page(client, county, "/todo/").content.decode()
    assert 'href="/organisations/"' in words
    words = client.get("/organisations/").content.decode()
    assert f"/organisations/{firm.pk}/" in words and elsewhere.name not in words
    assert "没有符合条件的" in client.get("/organisations/?q=没有这家").content.decode()
    assert elsewhere.name in page(client, officer, f"/organisations/?q={elsewhere.uscc[:10].lower()}").content.decode()


def test_a_list_of_organisations_costs_the_same_for_one_and_for_three(client, officer, firm, django_assert_num_queries):
    client.force_login(officer)
    client.get("/organisations/")
    for number in (None, 9701, 9702):
        if number:
            organisation(number)
        with django_assert_num_queries(5):
            assert client.get("/organisations/").status_code == 200


def test_whoever_is_called_otherwise_says_so_and_chooses_the_language_of_letters(client, clerk):
    client.force_login(clerk)
    answer = client.post("/account/name/", {"name": "管 彤辉", "language": "en"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [("/account/", 302)] and 'value="管 彤辉"' in page
    clerk.refresh_from_db()
    assert (clerk.name, clerk.language) == ("管 彤辉", "en")
    wrong = client.post("/account/name/", {"name": "", "language": "fr"})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "请填写姓名" in page and "没有“fr”这个选项" in page


WAITS = "已经提交，等主管部门或单位的管理员核实"
SUBMIT = "登记我的单位"


def test_whoever_has_said_which_organisation_is_not_told_to_say_it_again(client, newcomer, firm):
    places = ("/todo/", "/entitlements/", "/needs/new/", "/imports/")
    client.force_login(newcomer)
    said = [client.get(place).text for place in places]
    assert all(WAITS not in one for one in said) and all(SUBMIT in one for one in said[:3])
    parties.claim_organisation(account=newcomer, uscc=firm.uscc, name=firm.name, now=timezone.now())
    for place in places:
        text = client.get(place).text
        assert f"{firm.name}：{WAITS}" in text and SUBMIT not in text, place


def test_a_firm_offices_have_written_of_waits_with_its_first_person(client, newcomer, officer):
    firm = organisation(9300, confirmed=False)
    member(newcomer, firm)
    assert WAITS not in page(client, newcomer, "/todo/").text
    parties.speak_of(organisations=[firm], actor=officer, now=timezone.now())
    assert f"{firm.name}：{WAITS}" in client.get("/todo/").text


def test_an_office_that_wants_to_write_a_need_is_led_to_the_sheet(client, officer):
    answer = page(client, officer, "/needs/new/")
    assert answer.status_code == 403
    assert "/imports/new/needs/" in answer.text and SUBMIT not in answer.text
