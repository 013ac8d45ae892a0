"""合并、换发代码、注销 as its officer, its people and its successor's see them, on pages and over the API."""

from uuid import uuid4

import pytest
from django.utils import timezone

from tests.doors.test_api import call
from tests.market.conftest import account, member, organisation
from tests.market.test_flow import draft, published
from triplehelix.market.listings import actions as listings
from triplehelix.market.visits import actions as visits
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid

PAPER = "准予合并登记通知书〔2026〕第118号"


@pytest.fixture
def heir(db):
    return organisation(9003)


@pytest.fixture
def heirs_clerk(heir):
    return member(account("heirs_clerk"), heir)


@pytest.fixture
def need(firm, clerk):
    """A published need of the firm that will end."""
    return published(clerk, firm, title="铜排端面毛刺在线检测")


def entered(client, firm, **given):
    today = timezone.localdate().isoformat()
    return client.post(f"/organisations/{firm.pk}/end/", {"on": today, "document": PAPER} | given)


def test_an_officer_enters_a_merger_and_takes_it_back(client, county, clerk, firm, heir):
    client.force_login(county)
    assert "合并、换码、注销" in client.get(f"/organisations/{firm.pk}/").content.decode()
    answer = entered(client, firm, ending="merged", successor=heir.uscc)
    assert (answer.status_code, answer["Location"]) == (302, f"/organisations/{firm.pk}/")
    page = client.get(f"/organisations/{firm.pk}/").content.decode()
    assert PAPER in page and f"{heir.name}（{heir.uscc}）接着办理" in page and "合并、换码、注销" not in page
    assert firm.name in client.get(f"/organisations/{heir.pk}/").content.decode()
    assert client.get(f"/organisations/{firm.pk}/end/").status_code == 404
    empty = client.post(f"/organisations/{firm.pk}/end/undo/", {"why": ""})
    assert empty.status_code == 422
    assert client.post(f"/organisations/{firm.pk}/end/undo/", {"why": "登记错了单位"}).status_code == 302
    assert Organisation.objects.get(pk=firm.pk).ending == ""
    page = client.get(f"/organisations/{firm.pk}/").content.decode()
    assert "撤销终止登记" in page and "登记错了单位" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ending": "merged"}, "请写承继单位"),
        ({"ending": "merged", "successor": "没有这样一家公司"}, "没有找到这个单位"),
        ({"ending": "closed", "on": "2099-01-01"}, "终止日期不能晚于今天"),
        ({"ending": "closed", "document": ""}, ""),
        ({}, ""),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(client, county, clerk, firm, given, said):
    client.force_login(county)
    answer = entered(client, firm, **given)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and given.get("successor", "") in page
    assert Organisation.objects.get(pk=firm.pk).ending == ""


def test_who_acts_for_the_two_does_not_enter_it(client, firm, heir, county):
    member(county, heir)
    client.force_login(county)
    answer = entered(client, firm, ending="merged", successor=heir.uscc)
    assert answer.status_code == 409 and "请另一位工作人员办理" in answer.content.decode()


def test_the_heirs_people_go_on_with_its_need_and_its_own_do_not(client, officer, clerk, firm, heir, heirs_clerk, need):
    parties.end_organisation(
        organisation=firm, ending="merged", on=timezone.localdate(), document=PAPER, successor=heir, actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    client.force_login(clerk)
    assert client.get(f"/needs/{need.pk}/edit/").status_code == 404
    assert client.get(f"/organisations/{firm.pk}/").status_code == 404
    client.force_login(heirs_clerk)
    assert client.get(f"/needs/{need.pk}/edit/").status_code == 200
    assert need.title in client.get("/mine/needs/").content.decode()
    assert [one["title"] for one in client.get("/api/mine/needs").json()["items"]] == [need.title]
    # What is new is the heir's: the ended firm is not offered.
    assert firm.name not in client.get("/needs/new/").content.decode()
    assert f"现由{heir.name}承继" in client.get(f"/needs/{need.pk}/").content.decode()


def test_what_a_closed_firm_shows_leaves_the_market(officer, firm, need):
    parties.end_organisation(
        organisation=firm, ending="closed", on=timezone.localdate(), document=PAPER, successor=None, actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    assert listings.close_down(now=timezone.now()) == 1
    need.refresh_from_db()
    assert need.state == "withdrawn"
    assert listings.close_down(now=timezone.now()) == 0


def test_over_the_api(client, county, clerk, firm, heir):
    at = f"/api/organisations/{firm.uscc}"
    client.force_login(county)
    given = {"ending": "merged", "on": timezone.localdate().isoformat(), "document": PAPER}
    wrong = call(client, "post", f"{at}/end", given | {"successor": "91371521MA0000000X"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["successor"])
    done = call(client, "post", f"{at}/end", given | {"successor": heir.name})
    assert (done.status_code, done.json()["ending"], done.json()["heir"]) == (200, "merged", heir.uscc)
    assert call(client, "post", f"{at}/end", given | {"successor": heir.name}).status_code == 409
    back = call(client, "post", f"{at}/end/undo", {"why": "登记错了单位"})
    assert (back.status_code, back.json()["ending"], back.json()["heir"]) == (200, "", None)


def test_drafts_of_what_was_taken_over_wait_for_the_heirs_people(client, officer, clerk, firm, heir, heirs_clerk):
    draft(clerk, firm, title="铜排端面毛刺在线检测")
    parties.end_organisation(
        organisation=firm, ending="merged", on=timezone.localdate(), document=PAPER, successor=heir, actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    client.force_login(heirs_clerk)
    assert "铜排端面毛刺在线检测" in client.get("/todo/").content.decode()


def test_nobody_visits_a_firm_that_has_ended(client, officer, county, clerk, firm, heir, heirs_clerk):
    given = visits.Given(organisation=firm, visited_on=timezone.localdate(), about="看了压接工段")
    parties.end_organisation(
        organisation=firm, ending="merged", on=timezone.localdate(), document=PAPER, successor=heir, actor=officer,
        now=timezone.now(),
    )  # fmt: skip
    firm.refresh_from_db()
    for who in (county, heirs_clerk):
        client.force_login(who)
        assert firm.name not in client.get("/visits/new/").content.decode()
        with pytest.raises(Invalid, match=heir.uscc):
            visits.record(uuid=uuid4(), given=given, actor=who, now=timezone.now())
