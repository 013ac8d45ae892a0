"""单位资料: read by those it concerns, corrected by who may, and the chains an officer keeps."""

import pytest
from django.utils import timezone

from tests.doors.test_api import call
from tests.market.sheets import code
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Organisation

#: Session, account, its offices and organisations, the organisation, what it took over, its chains and its history.
QUERIES = 7
CONTACT = "0635-8400123"


@pytest.fixture
def address(firm):
    Organisation.objects.filter(pk=firm.pk).update(contact_phone="")
    return f"/organisations/{firm.pk}/"


def written(client, who, address):
    client.force_login(who)
    return client.get(address).content.decode()


def edited(client, firm, **given):
    start = client.get(f"/organisations/{firm.pk}/edit/").context["form"].initial
    return client.post(f"/organisations/{firm.pk}/edit/", start | given)


def test_the_firm_changes_whom_to_call_and_listings_begin_with_it(client, clerk, firm, address):
    assert "修改联系人和简介" in written(client, clerk, address)
    page = written(client, clerk, address + "edit/")
    assert 'name="contact_phone"' in page and 'name="flags"' not in page and 'name="name"' not in page
    answer = edited(client, firm, contact_phone=CONTACT)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert CONTACT in client.get(address).content.decode()
    assert CONTACT in client.get("/needs/new/").content.decode()


def test_wrong_fields_are_told_at_the_field_and_kept(client, clerk, firm, address):
    client.force_login(clerk)
    answer = edited(client, firm, contact_phone="abc", about="写好的简介")
    page = answer.content.decode()
    assert answer.status_code == 422 and "电话号码只能有" in page and "写好的简介" in page


def test_two_who_edit_at_once(client, clerk, county, firm, address):
    client.force_login(clerk)
    start = client.get(address + "edit/").context["form"].initial
    edited(client, firm, contact_phone=CONTACT)
    answer = client.post(address + "edit/", start | {"about": "另一个窗口"})
    assert answer.status_code == 409 and "刚刚修改过" in answer.content.decode()


def test_an_officer_corrects_with_a_ground(client, county, firm, address):
    page = written(client, county, address + "edit/")
    assert 'name="flags"' in page and 'name="unit"' in page
    answer = edited(client, firm, flags=["高新技术企业"])
    assert answer.status_code == 422 and "请写明依据" in answer.content.decode()
    assert edited(client, firm, flags=["高新技术企业"], why="年度认定公告").status_code == 302
    page = client.get(address).content.decode()
    assert "高新技术企业" in page and "更正资料" in page and "年度认定公告" in page


def test_what_stands_is_offered_so_that_saving_changes_nothing(client, officer, firm, address):
    """A unit of the city itself, which no county manages, is not lost by a correction of the telephone."""
    Organisation.objects.filter(pk=firm.pk).update(unit="371500", region="371500")
    client.force_login(officer)
    assert edited(client, firm, contact_phone=CONTACT).status_code == 302
    now = Organisation.objects.get(pk=firm.pk)
    assert (now.unit, now.region, now.contact_phone) == ("371500", "371500", CONTACT)


@pytest.mark.parametrize(("unit", "name"), [("371521", "阳谷县"), ("371500", "聊城市"), ("3715K1", "开发区")])
def test_who_manages_it_is_named(client, officer, firm, address, unit, name):
    """Counties, the city itself, and zones, which are no regions."""
    Organisation.objects.filter(pk=firm.pk).update(unit=unit)
    page = written(client, officer, address)
    assert f"<dd>{unit}</dd>" not in page and name in page.split("主管单位")[1].split("</div>")[0]


def test_audit_reads_no_telephone(client, clerk, auditor, firm, address):
    client.force_login(clerk)
    edited(client, firm, contact_phone=CONTACT)
    page = written(client, auditor, address)
    assert CONTACT not in page and "edit/" not in page


def test_an_officer_keeps_its_chains(client, county, firm, address):
    client.force_login(county)
    answer = client.post(address + "chains/", {"chain": "LC01", "since": "2026-01-01"}, follow=True)
    assert answer.redirect_chain == [(address, 302)] and "已列入产业链" in answer.content.decode()
    again = client.post(address + "chains/", {"chain": "LC01", "since": "2026-01-01"})
    assert again.status_code == 422 and "已经在这条产业链里" in again.content.decode()
    (joined,) = firm.chains.all()
    answer = client.post(f"/chains/{joined.pk}/leave/", follow=True)
    assert "已退出产业链" in answer.content.decode()
    answer = client.post(f"/chains/{joined.pk}/leave/", follow=True)
    assert "已经退出" in answer.content.decode()


def test_an_officer_registers_one_that_nobody_knows(client, county, db):
    client.force_login(county)
    given = {"uscc": code(9700), "name": "新来的厂", "type": "企业", "unit": "371521", "region": "371521"}
    answer = client.post("/organisations/new/", given, follow=True)
    page = answer.content.decode()
    assert "新来的厂" in page and "已核实" in page
    wrong = client.post("/organisations/new/", given | {"unit": "371522", "uscc": code(9701)})
    assert wrong.status_code == 422 and "请选择您所在的" in wrong.content.decode()
    twice = client.post("/organisations/new/", given)
    assert twice.status_code == 422 and "已经登记过" in twice.content.decode()


def test_one_chain_and_three_cost_the_same(client, county, firm, address, django_assert_num_queries):
    client.force_login(county)
    chains = iter(("LC01", "LC02", "LC03"))
    for more in (1, 2):
        for _n in range(more):
            client.post(address + "chains/", {"chain": next(chains), "since": "2026-01-01"})
        client.get(address)
        with django_assert_num_queries(QUERIES):
            client.get(address)


def test_over_the_api(client, clerk, county, firm):
    at = f"/api/organisations/{firm.uscc}"
    client.force_login(clerk)
    seen = client.get(at)
    assert (seen.json()["name"], seen["ETag"]) == (firm.name, f'"{firm.version}"')
    told = call(client, "patch", at, {"contact_phone": CONTACT}, headers={"If-Match": seen["ETag"]})
    assert (told.status_code, told.json()["contact_phone"], told.json()["version"]) == (200, CONTACT, firm.version + 1)
    assert call(client, "patch", at, {"size": "大", "seen_version": firm.version + 1}).status_code == 409
    client.force_login(county)
    wrong = call(client, "patch", at, {"size": "大", "seen_version": firm.version + 1})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["why"])
    right = call(client, "patch", at, {"size": "大型", "why": "统计局核定", "seen_version": firm.version + 1})
    assert (right.status_code, right.json()["size"]) == (200, "大")
    joined = call(client, "post", f"{at}/chains", {"chain": "LC01", "since": "2026-01-01"})
    assert joined.json()["chains"] == [{"chain": "LC01", "since": "2026-01-01"}]
    left = call(client, "post", f"{at}/chains/LC01/end", {"until": "2026-11-01"})
    assert left.status_code == 200
    assert call(client, "post", f"{at}/chains/LC01/end", {"until": "2026-11-01"}).status_code == 404


def test_who_says_to_act_for_a_new_firm_is_named_and_answered(client, county, stranger):
    """To confirm an organisation is to say of each first member whether it is theirs to speak for it."""
    claim = parties.claim_organisation(
        account=stranger, uscc=code(9110), name="新开的厂", unit="371521", now=timezone.now()
    )  # fmt: skip
    address, page = f"/organisations/{claim.organisation_id}/confirm/", written(client, county, "/todo/")
    assert stranger.email in page and f'name="member-{claim.pk}"' in page and "能不能代表这家单位" in page
    answer = client.post(address, {"type": "企业"}, follow=True).content.decode()
    assert "请逐一答复" in answer
    firm = Organisation.objects.get(pk=claim.organisation_id)
    assert firm.confirmed_at is None
    client.post(address, {"type": "企业", f"member-{claim.pk}": "refuse"})
    firm.refresh_from_db()
    assert firm.confirmed_at is not None and not finds.members_of(firm, timezone.localdate()).exists()


def test_an_organisation_is_checked_over_the_api(client, clerk, county, stranger):
    claim = parties.claim_organisation(
        account=stranger, uscc=code(9112), name="新开的厂", unit="371521", now=timezone.now()
    )  # fmt: skip
    at = f"/api/organisations/{code(9112)}"
    client.force_login(county)
    (waiting,) = client.get("/api/organisations?waiting=true").json()["items"]
    assert (waiting["uscc"], waiting["confirmed_at"], waiting["acting"]) == (code(9112), None, 1)
    (member,) = client.get(f"{at}/members").json()["items"]
    assert member["id"] == claim.pk

    wrong = call(client, "post", f"{at}/confirm", {"members": {"x": True}})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["members"])
    left_out = call(client, "post", f"{at}/confirm", {})
    assert (left_out.status_code, list(left_out.json()["fields"])) == (422, ["members"])
    client.force_login(clerk)
    assert call(client, "post", f"{at}/confirm", {"members": {claim.pk: True}}).status_code == 404
    client.force_login(county)
    done = call(client, "post", f"{at}/confirm", {"type": "企业", "members": {claim.pk: True}})
    assert done.status_code == 200 and done.json()["confirmed_at"]
    assert client.get("/api/organisations?waiting=true").json()["total"] == 0
    again = call(client, "post", f"{at}/confirm", {"members": {claim.pk: False}})
    assert again.json()["confirmed_at"] == done.json()["confirmed_at"]
    assert finds.members_of(claim.organisation, timezone.localdate()).exists()


def test_the_own_account_page_says_what_is_waited_for(client, county, stranger):
    claim = parties.claim_organisation(
        account=stranger, uscc=code(9111), name="新开的厂", unit="371521", now=timezone.now()
    )  # fmt: skip
    note = "您只能看到自己为它写的内容"
    assert note not in written(client, stranger, "/account/")
    parties.speak_of(organisations=[claim.organisation], actor=county, now=timezone.now())
    assert note in written(client, stranger, "/account/")
    assert client.get("/mine/needs/").status_code == 200
