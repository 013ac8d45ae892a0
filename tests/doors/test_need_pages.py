"""The pages of visits, diagnoses and agreements: what a device sends, what a list costs, what a form says back."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.diagnosis.conftest import judged, taken
from tests.doors.conftest import published
from tests.market.conftest import account, member, office, organisation
from tests.market.sheets import code
from tests.market.test_flow import VALUES
from tests.market.test_needs import PARTS, SECRET, TEASER
from triplehelix.doors.web import visit_form
from triplehelix.doors.web.devices import handle_of
from triplehelix.market.diagnosis import actions as diagnoses
from triplehelix.market.listings import actions as listings
from triplehelix.market.nda import actions as nda
from triplehelix.market.nda import texts
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import actions as visits
from triplehelix.market.visits.models import Visit
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

JSON = {"Accept": "application/json"}


def card(firm, **more):
    """What the card sends, by hand."""
    given = {"uuid": str(uuid4()), "organisation": firm.uscc, "visited_on": str(timezone.localdate()),
             "title": "镀锡铜排发黑", "field": "新材料", **PARTS}  # fmt: skip
    return given | more


@pytest.fixture
def device(client, county):
    client.force_login(county)
    return client


def test_what_a_firm_wrote_is_in_its_language_on_an_english_page(client, device, clerk, firm):
    device.post("/visits/new/", card(firm), headers=JSON)
    need = Visit.objects.get().need
    client.force_login(clerk)
    page = client.get(need.address(), headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="en"' in page
    assert '<h1 lang="zh-hans">镀锡铜排发黑</h1>' in page
    assert '<dd lang="zh-hans">' in page and "<dd>镀" not in page


class TestSending:
    def test_sent_twice_it_answers_what_landed(self, device, firm):
        sent = card(firm, talent_text="要一名工程师", talent_count="2")
        first, again = (device.post("/visits/new/", sent, headers=JSON) for _n in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["url"] == again.json()["url"] == f"/visits/{Visit.objects.get().pk}/"
        assert Visit.objects.get().asks.get().count == 2

    def test_the_list_has_a_place_for_what_is_still_on_the_device(self, device):
        page = device.get("/visits/").content.decode()
        assert 'data-undelivered="本机还有 {n} 条走访没有送达" hidden' in page

    def test_changed_since_it_landed_it_says_where_to_go_on(self, device, firm):
        sent = card(firm)
        device.post("/visits/new/", sent, headers=JSON)
        answer = device.post("/visits/new/", sent | {"about": "补一句"}, headers=JSON)
        assert answer.status_code == 409
        assert "已经送达过" in answer.json()["message"]
        assert answer.json()["url"] == f"/visits/{Visit.objects.get().pk}/"

    def test_another_account_on_the_same_phone_does_not_send_it(self, device, firm, clerk, county):
        answer = device.post("/visits/new/", card(firm, account=handle_of(clerk)), headers=JSON)
        assert (answer.status_code, "另一个账号" in answer.json()["message"]) == (409, True)
        assert device.post("/visits/new/", card(firm, account=handle_of(county)), headers=JSON).status_code == 201

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"organisation": "没有的厂"}, "organisation"),
            ({"organisation": code(9990)}, "organisation_name"),
            ({"title": ""}, "title"), ({"visited_on": "2099-01-01"}, "visited_on"), ({"secrecy": "secret"}, "secrecy"),
            ({"talent_count": "3"}, "talent_text"), ({"finance_wan": "0", "finance_text": "缺钱"}, "finance_wan"),
            ({"price_wan": "一百"}, "price_wan"), ({"met_phone": "打前台"}, "met_phone"), ({"uuid": "7"}, "uuid"),
            ({"secrecy": "confidential", "teaser": "即" + PARTS["present"]}, "teaser"),
            ({"secrecy": "confidential", "teaser": TEASER, "title": PARTS["present"]}, "title"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_comes_back_at_its_field(self, device, firm, more, field):
        answer = device.post("/visits/new/", card(firm, **more), headers=JSON)
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == [field]
        page = device.post("/visits/new/", card(firm, **more))
        assert page.status_code == 422
        if field != "uuid":
            assert list(page.context["form"].errors) == [field]
        assert not Visit.objects.exists()

    def test_an_old_page_sends_what_it_knows(self, device, firm):
        old = {
            name: said
            for name, said in card(firm).items()
            if name in ("uuid", "organisation", "visited_on", "title", "what")
        }
        assert device.post("/visits/new/", old | {"gone_since": "x"}, headers=JSON).status_code == 201

    def test_without_script_it_is_a_form_like_any_other(self, client, clerk, firm):
        client.force_login(clerk)
        answer = client.post("/visits/new/", card(firm, hand_in="on"), follow=True)
        assert answer.redirect_chain[0][0] == f"/visits/{Visit.objects.get().pk}/"
        assert Need.objects.get().state == "published"

    def test_a_firm_nobody_knew_is_registered_with_the_visit(self, device):
        answer = device.post(
            "/visits/new/", card(Organisation(uscc=code(9950)), organisation_name="新开的厂"), headers=JSON
        )
        assert answer.status_code == 201
        assert Organisation.objects.get(uscc=code(9950)).name == "新开的厂"


class TestDevice:
    def test_whether_it_may_send_and_as_whom(self, client, clerk):
        answer = client.get("/visits/ready/")
        assert answer.status_code == 401
        assert answer.json()["login"] == "/accounts/login/?next=/visits/new/"
        client.force_login(clerk)
        told = client.get("/visits/ready/")
        assert told.json()["account"] == handle_of(clerk)
        assert "no-store" in told["Cache-Control"]
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(clerk)
        token = strict.get("/visits/ready/").json()["csrf"]
        assert strict.post("/visits/new/", {}, headers=JSON).status_code == 403
        assert strict.post("/visits/new/", {}, headers=JSON | {"X-CSRFToken": token}).status_code == 422

    def test_the_worker_is_asked_for_again_with_every_opening(self, client):
        answer = client.get("/visits/worker.js")
        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Cache-Control"] == "no-cache"

    def test_every_file_the_card_names_is_kept_by_the_pattern_of_the_worker(self, device):
        import re

        page = device.get("/visits/new/").content.decode()
        named = set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', page))
        assert {one.rsplit("/", 1)[1].split(".")[0] for one in named} >= {
            "tokens",
            "app",
            "visits",
            "completeness",
            "icons",
        }
        assert re.findall(r'(?:href|src)="(?!/|#|https?:)[^"]', page) == []

    def test_a_whole_name_beyond_those_the_card_offers_is_found(self, device, firm, monkeypatch):
        monkeypatch.setattr(visit_form, "MOST_FIRMS", 0)
        answer = device.post("/visits/new/", card(firm, organisation=f" {firm.name} "), headers=JSON)
        assert answer.status_code == 201 and Visit.objects.get().organisation == firm

    def test_the_card_offers_nobody_elses_firms(self, device, firm, stranger):
        other = stranger.memberships.get().organisation
        page = device.get("/visits/new/").content.decode()
        assert firm.name in page
        assert other.name not in page

    def test_signing_out_clears_the_device(self, client, clerk):
        client.force_login(clerk)
        assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'

    def test_it_is_whose_who_signed_in_last(self, client, clerk, county):
        """Said from the answer to signing in on, still so when a session has ended, and taken back by signing out."""
        client.get("/")
        assert "device_of" not in client.cookies
        for who in (clerk, county):
            who.set_password("shui-cheng-2026")
            who.save()
            given = {"login": who.email, "password": "shui-cheng-2026"}
            whose = client.post("/accounts/login/?next=/visits/new/", given).cookies["device_of"]
            assert (whose.value, whose["httponly"], whose["samesite"]) == (handle_of(who), "", "Lax")
            assert int(whose["max-age"]) > 86400 * 365
            assert "device_of" not in client.get("/visits/new/").cookies  # nothing to say that it does not know
            del client.cookies["sessionid"]
            client.get("/")
            assert client.cookies["device_of"].value == handle_of(who)
        client.force_login(county)
        assert client.post("/accounts/logout/").cookies["device_of"]["max-age"] == 0

    def test_a_call_of_the_api_leaves_it_alone(self, client, clerk):
        client.force_login(clerk)
        assert "device_of" not in client.get("/api/me").cookies
        client.force_login(clerk)
        assert "Clear-Site-Data" not in client.get("/accounts/logout/")


#: address → (who looks, queries), whatever the number of rows.
QUERIES = {
    "/visits/": ("county", 6),
    "/visits/?view=mine": ("county", 6),
    "/diagnosis/": ("manager", 6),
    "/nda/": ("clerk", 6),
}


@pytest.mark.parametrize("address", QUERIES)
def test_one_row_and_three_rows_cost_the_same(
    request, client, clerk, firm, county, stranger, manager, address, django_assert_num_queries
):
    who, queries = QUERIES[address]
    client.force_login(request.getfixturevalue(who))
    more(clerk, firm, county, stranger, 1)
    client.get(address)
    with django_assert_num_queries(queries):
        one = client.get(address)
    more(clerk, firm, county, stranger, 2)
    with django_assert_num_queries(queries):
        three = client.get(address)
    assert one.content.decode().count("<tr>") == 2
    assert three.content.decode().count("<tr>") == 4


@pytest.fixture
def manager(db):
    return office(account("manager"), "technology_manager")


def more(clerk, firm, county, stranger, count):
    now, other = timezone.now(), stranger.memberships.get().organisation
    for n in range(count):
        talent = {"text": "要人", "post": "", "count": 1, "level": "", "needed_by": None}
        need = {"title": f"第 {n} 条走访需求", **PARTS}
        given = visits.Given(organisation=firm, visited_on=timezone.localdate(now), talent=talent, need=need)
        visits.record(uuid=uuid4(), given=given, actor=county, now=now)
        secret = published(clerk, firm, **SECRET)
        diagnoses.follow(need_id=secret.pk, now=now)
        nda.ask(
            need=secret, organisation=other, purpose="由三人判断能否解决", actor=stranger, now=now,
            text_version=texts.current(timezone.localdate(now)).version,
        )  # fmt: skip


class TestNeedForm:
    def test_what_is_written_already_is_pointed_out_before_publication(self, client, clerk, firm):
        published(clerk, firm, text="", **PARTS)
        client.force_login(clerk)
        form = {"title": "又写一遍", "field": "新材料", **PARTS, "publish": "1"}
        answer = client.post("/needs/new/", form)
        assert answer.status_code == 422
        assert "正文相同 100%" in answer.content.decode()
        assert Need.objects.count() == 1
        assert client.post("/needs/new/", form | {"not_alike": "on"}).status_code == 302
        assert Need.objects.filter(state="published").count() == 2

    def test_an_edit_by_a_page_that_did_not_ask_leaves_the_secrecy_alone(self, client, clerk, firm):
        need = published(clerk, firm, **SECRET)
        client.force_login(clerk)
        form = {"title": "新标题", "field": "新材料", "seen_version": need.version, **PARTS}
        assert client.post(f"/needs/{need.pk}/edit/", form).status_code == 302
        need.refresh_from_db()
        assert (need.title, need.secrecy, need.text) == ("新标题", "confidential", TEASER)

    def test_the_form_shows_the_firm_its_own_words(self, client, clerk, firm):
        need = published(clerk, firm, **SECRET)
        client.force_login(clerk)
        page = client.get(f"/needs/{need.pk}/edit/").content.decode()
        assert all(said in page for said in (*PARTS.values(), TEASER))

    def test_nothing_told_at_all_is_said_at_the_first_question(self, client, clerk, firm):
        client.force_login(clerk)
        answer = client.post("/needs/new/", {"title": "空", "field": "新材料"})
        assert list(answer.context["form"].errors) == ["what"]

    def test_a_title_that_gives_the_words_away_is_said_at_the_title(self, client, clerk, firm):
        client.force_login(clerk)
        form = {"field": "新材料", **SECRET, "title": PARTS["present"]}
        page = client.post("/needs/new/", form)
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["title"])
        given = {**SECRET, "title": PARTS["present"], "field": "新材料", "organisation": firm.uscc}
        answer = client.post("/api/needs", given, content_type="application/json")
        assert (answer.status_code, "标题人人可见" in str(answer.json())) == (422, True)
        assert not Need.objects.exists()

    def test_the_page_asks_an_officer_for_the_reason_of_a_return(self, client, county):
        now, firm = timezone.now(), organisation(9100, confirmed=False)
        clerk = member(account("new"), firm)
        made = listings.create(model=Need, organisation=firm, values=VALUES, actor=clerk, now=now)
        take(case=made, step="submit", actor=clerk, now=now, seen_version=made.version)
        client.force_login(county)
        assert "退回修改、代为撤下时必填" in client.get(f"/needs/{made.pk}/").text
        answer = client.post(f"/needs/{made.pk}/steps/return/", {"seen_version": 2, "note": ""})
        assert (answer.status_code, "请写明要改什么" in answer.text) == (409, True)
        given = {"seen_version": 2, "note": ""}
        answer = client.post(f"/api/needs/{made.pk}/steps/return", given, content_type="application/json")
        assert (answer.status_code, "请写明要改什么" in str(answer.json())) == (409, True)


def test_people_of_the_firm_are_not_offered_its_need_to_judge(client, clerk, firm, county, manager):
    case = diagnoses.follow(need_id=published(clerk, firm).pk, now=timezone.now())
    home = parties.register_person(name="周工", home=firm, title="", discipline="", actor=None, now=timezone.now())
    parties.claim_person(person=home, account=account("zhou"), actor=None, now=timezone.now())
    client.force_login(county)
    offered = client.get(f"/diagnosis/{case.pk}/").context["assign_form"].fields["to"].choices
    assert [pk for pk, _who in offered] == [manager.pk]


def test_a_judgement_says_at_its_fields_what_is_missing(client, clerk, firm, manager):
    need = published(clerk, firm)
    case = taken(diagnoses.follow(need_id=need.pk, now=timezone.now()), manager)
    client.force_login(manager)
    answer = client.post(
        f"/diagnosis/{case.pk}/acts/judge/", {"seen_version": case.version, "outcome": "refine", "reason": "好"}
    )
    assert answer.status_code == 422
    assert set(answer.context["judge_form"].errors) == {"reason", "questions"}
    late = client.post(
        f"/diagnosis/{case.pk}/acts/judge/", {"seen_version": 1, "outcome": "ready", "reason": "写得清楚"}
    )
    assert late.status_code == 409
    judged(case, manager, "refine", now=timezone.now())
    client.force_login(clerk)
    page = client.get("/todo/").content.decode()
    assert "去回答" in page
