"""The people of an organisation: who registers, is found, links, asks; and 完成人 on an achievement's form."""

import pytest
from django.utils import timezone

from tests.doors.conftest import VALUES
from tests.doors.test_api import call
from tests.doors.test_permissions import signed_in
from tests.market.conftest import NOW, account, member, organisation
from triplehelix.market.achievements.models import Achievement
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person

pytestmark = pytest.mark.django_db
FORM = {"title": VALUES["title"], "text": VALUES["text"], "field": VALUES["field"], "type": "应用技术"}


@pytest.fixture
def person(firm):
    return parties.register_person(name="容止戈", home=firm, title="教授", discipline="材料", actor=None, now=NOW)


def words(client, address, **more):
    return client.get(address, **more).content.decode()


def test_a_clerk_registers_and_amends_and_finds(client, clerk, firm):
    client.force_login(clerk)
    assert "还没有登记人员" in words(client, "/people/") and 'href="/people/"' in words(client, "/todo/")
    bad = client.post("/people/", {"name": " ", "title": "教授"})
    assert bad.status_code == 422 and "姓名" in bad.content.decode()
    answer = client.post("/people/", {"name": "容止戈", "title": "教授", "discipline": "材料"}, follow=True)
    assert "已登记：容止戈" in answer.content.decode()
    made = Person.objects.get()
    assert (made.home, made.title) == (firm, "教授")
    twice = client.post("/people/", {"name": " 容止戈 ", "title": "讲师"})
    assert twice.status_code == 422 and "已经登记过：容止戈（教授）" in twice.content.decode()
    assert client.post("/people/", {"name": "容止戈", "title": "讲师", "namesake": "on"}).status_code == 302
    Person.objects.exclude(pk=made.pk).delete()
    given = {"name": "容止戈", "title": "研究员", "seen_version": 1}
    changed = client.post(f"/people/{made.pk}/", given, follow=True).content.decode()
    assert "已保存" in changed and "研究员" in changed and "登记" in changed.split("经过")[1]
    assert "容止戈" in words(client, "/people/?q=研究") and "没有符合的人员" in words(client, "/people/?q=没有")
    assert "没有符合的人员" in words(client, "/people/?only=linked") and "容止戈" in words(
        client, "/people/?only=unlinked"
    )


def test_of_several_organisations_one_is_chosen(client, clerk, firm):
    other = organisation(9710)
    member(clerk, other)
    client.force_login(clerk)
    assert client.post("/people/", {"name": "容止戈"}).status_code == 422
    assert client.post("/people/", {"name": "容止戈", "home": organisation(9711).pk}).status_code == 422
    assert client.post("/people/", {"name": "容止戈", "home": other.pk}).status_code == 302
    assert Person.objects.get().home == other and other.name in words(client, "/people/")


def test_an_organisation_nobody_has_checked_registers_nobody(client):
    who = member(account("fresh"), organisation(9712, confirmed=False))
    client.force_login(who)
    assert "核实以后才能登记人员" in words(client, "/people/")
    assert client.post("/people/", {"name": "容止戈"}).status_code == 404
    answer = client.post(
        "/api/people", {"name": "容止戈", "organisation": who.memberships.get().organisation.uscc}, "application/json"
    )
    assert answer.status_code == 409 and not Person.objects.exists()


def test_an_officer_links_and_takes_back(request, county, clerk, person):
    client, address = signed_in(request, "county"), f"/people/{person.pk}/"
    who = account("professor")
    assert f'href="{address}"' in words(client, "/people/")
    unknown = client.post(f"{address}account/", {"email": "nobody@example.com"})
    assert unknown.status_code == 422 and "没有这个邮箱的账号" in unknown.content.decode()
    own = client.post(f"{address}account/", {"email": county.email})
    assert own.status_code == 409 and "另一位工作人员" in own.content.decode()
    linked = client.post(f"{address}account/", {"email": " Professor@example.com "}, follow=True).content.decode()
    assert "professor@example.com" in linked and "解除对应" in linked
    person.refresh_from_db()
    assert person.account == who
    # The organisation sees that there is an account, not whose; the name stays as it was compared.
    home = signed_in(request, "clerk")
    assert "professor@example.com" not in words(home, address) and "已对应账号" in words(home, address)
    renamed = home.post(address, {"name": "白若铜"})
    assert renamed.status_code == 422 and "姓名不能改" in renamed.content.decode()
    assert client.post(f"{address}account/", {"email": "clerk@example.com"}).status_code == 422
    assert client.post(f"{address}account/end/", {"why": " "}).status_code == 422
    assert client.post(f"{address}account/end/", {"why": "对错了人"}).status_code == 302
    assert client.post(f"{address}account/end/", {"why": "再来"}).status_code == 409
    assert "对错了人" in words(client, address)


def test_who_asks_is_answered(request, client, newcomer, county, clerk, firm):
    client.force_login(newcomer)
    page = words(client, "/experts/mine/")
    assert "/people/ask/" in page and "本单位的人员" in page
    wrong = client.post("/people/ask/", {"home": "没有这家", "name": "阮知微"})
    assert wrong.status_code == 422 and "没有找到这个单位" in wrong.content.decode()
    asked = client.post("/people/ask/", {"home": firm.name, "name": "阮知微", "post": "工程师"}, follow=True)
    assert "正在等主管部门核对" in asked.content.decode()

    officer, home = signed_in(request, "county"), signed_in(request, "clerk")
    assert "/people/claims/" in words(officer, "/todo/") and "1" in words(officer, "/people/")
    assert "单位还没有登记这个姓名的人" in words(officer, "/people/claims/")
    assert "申请对应账号，本单位还没有登记的人" in words(home, "/todo/")
    assert "阮知微（工程师）" in words(home, "/people/")
    home.post("/people/", {"name": "阮知微"})
    assert "阮知微（工程师）" not in words(home, "/people/") and "/people/" in words(home, "/todo/")
    person = Person.objects.get()
    claim = newcomer.person_claims.get()
    assert f'value="{person.pk}"' in words(officer, "/people/claims/")
    assert "请写原因" in officer.post(
        f"/people/claims/{claim.pk}/refuse/", {"why": ""}, follow=True
    ).content.decode()  # fmt: skip
    assert officer.post(f"/people/claims/{claim.pk}/grant/", {"person": "x"}).status_code == 404
    done = officer.post(f"/people/claims/{claim.pk}/grant/", {"person": person.pk}, follow=True).content.decode()
    assert "没有等待核对的" in done
    assert "这些是您的成果吗" in words(client, "/experts/mine/")
    assert client.post("/people/ask/", {"home": firm.name, "name": "x"})["Location"] == "/experts/mine/"


def test_a_refusal_is_read_where_it_was_asked(request, client, newcomer, county, firm):
    claim = parties.ask_for_person(account=newcomer, home=firm.uscc, name="阮知微", now=timezone.now())
    answer = f"/people/claims/{claim.pk}/refuse/"
    assert signed_in(request, "county").post(answer, {"why": "请先由单位证明"}).status_code == 302
    assert signed_in(request, "county").post(answer, {"why": "再来"}).status_code == 404
    client.force_login(newcomer)
    assert "上次的申请没有同意：请先由单位证明" in words(client, "/experts/mine/")


@pytest.mark.parametrize("role", ["clerk", "county"])
def test_a_list_of_people_costs_the_same_for_one_and_for_three(request, role, firm, django_assert_num_queries):
    client = signed_in(request, role)
    client.get("/people/")
    for n in range(3):
        made = parties.register_person(name=f"第{n}位", home=firm, actor=None, now=NOW)
        if n == 1:
            parties.claim_person(person=made, account=account("somebody"), actor=None, now=NOW)
        if n in (0, 2):
            with django_assert_num_queries(7):
                assert f"第{n}位" in words(client, "/people/")


def test_a_list_of_who_asks_costs_the_same_for_one_and_for_three(request, county, firm, django_assert_num_queries):
    client = signed_in(request, "county")
    client.get("/people/claims/")
    for n in range(3):
        parties.register_person(name=f"第{n}位", home=firm, actor=None, now=NOW)
        parties.ask_for_person(account=account(f"asks{n}"), home=firm.name, name=f"第{n}位", now=timezone.now())
        if n in (0, 2):
            with django_assert_num_queries(6):
                assert words(client, "/people/claims/").count("是本人，对应") == n + 1


def test_an_achievement_names_its_people_on_the_form(client, clerk, firm, person):
    twin = parties.register_person(name="容止戈", home=firm, title="讲师", actor=None, now=NOW)
    guest = parties.register_person(name="白若铜", home=organisation(9713), actor=None, now=NOW)
    client.force_login(clerk)
    assert "容止戈（教授）、容止戈（讲师）" in words(client, "/achievements/new/")
    bad = client.post("/achievements/new/", FORM | {"people": "容止戈、无名氏", "publish": "1"})
    said = bad.content.decode()
    assert bad.status_code == 422 and "容止戈（教授）、容止戈（讲师）" in said and "没有登记过“无名氏”" in said
    people = f"容止戈（讲师）、白若铜（{guest.home.name}）"
    assert client.post("/achievements/new/", FORM | {"people": people, "publish": "1"}).status_code == 302
    made = Achievement.objects.get()
    assert set(made.people.all()) == {twin, guest} and made.state == "published"
    shown = client.get(f"/achievements/{made.pk}/edit/").context["form"]
    assert set(shown["people"].value().split("、")) == set(people.split("、"))
    edit = FORM | {"seen_version": made.version, "people": "容止戈（教授）"}
    assert client.post(f"/achievements/{made.pk}/edit/", edit).status_code == 302
    assert made.people.get() == person and "容止戈（教授）" in words(client, f"/achievements/{made.pk}/")
    assert "写为完成人的成果" in words(client, f"/people/{person.pk}/") and made.title in words(
        client, f"/people/{person.pk}/"
    )


def test_people_over_the_api(client, clerk, firm, person, django_assert_num_queries):
    client.force_login(clerk)
    made = client.post("/api/people", {"name": "白若铜", "organisation": firm.uscc}, "application/json")
    assert made.status_code == 201 and made.json()["is_linked"] is False
    number = made.json()["id"]
    assert client.patch(f"/api/people/{number}", {"title": "教授"}, "application/json").status_code == 428
    given = {"title": "教授", "seen_version": 1}
    changed = client.patch(f"/api/people/{number}", given, "application/json").json()
    assert (changed["name"], changed["title"]) == ("白若铜", "教授")
    empty = {"name": "", "seen_version": changed["version"]}
    assert client.patch(f"/api/people/{number}", empty, "application/json").status_code == 422
    assert client.patch(f"/api/people/{number}", given, "application/json").status_code == 409  # the first tab, again
    assert client.get("/api/people?q=若").json()["total"] == 1
    assert client.get(f"/api/people?organisation={firm.uscc}").json()["total"] == 2
    values = {name: FORM[name] for name in ("title", "text", "field")} | {"organisation": firm.uscc}
    wrong = client.post("/api/achievements", values | {"people": ["无名氏"]}, "application/json")
    assert wrong.status_code == 422 and "没有登记过" in wrong.json()["fields"]["people"]
    listed = client.post("/api/achievements", values | {"people": [number, "容止戈"]}, "application/json").json()
    assert {one["name"] for one in listed["more"]["people"]} == {"白若铜", "容止戈"}
    address = f"/api/achievements/{listed['id']}"
    kept = client.put(f"{address}?seen_version=1", {"title": "改"}, "application/json").json()
    assert len(kept["more"]["people"]) == 2
    emptied = client.put(f"{address}?seen_version=2", {"title": "改", "people": []}, "application/json").json()
    assert emptied["more"]["people"] == []
    for n in range(3):
        client.post("/api/achievements", values | {"title": f"{n}", "people": [number]}, "application/json")
        if n in (0, 2):
            with django_assert_num_queries(6):
                assert len(client.get("/api/mine/achievements").json()["items"]) == n + 2


def test_an_officer_enters_a_move(request, county, clerk, person):
    other = organisation(9005)
    page = signed_in(request, "county")
    assert "到了另一个单位" in words(page, f"/people/{person.pk}/")
    given = {"home": "没有这样一家", "last_day": "2026-11-01", "why": "调令"}
    bad = page.post(f"/people/{person.pk}/move/", given)
    assert bad.status_code == 422 and "没有找到这个单位" in bad.content.decode()
    answer = page.post(f"/people/{person.pk}/move/", given | {"home": other.uscc}, follow=True)
    assert "已登记调动：容止戈" in answer.content.decode()
    assert Person.objects.get().home == other
    # Who acts for the old home keeps him no more.
    assert signed_in(request, "clerk").get(f"/people/{person.pk}/").status_code == 404
    assert "调令" in words(page, f"/people/{person.pk}/")


def test_a_move_over_the_api(request, county, person):
    other = organisation(9005)
    given = {"home": other.name, "last_day": "2026-11-01", "why": "调令"}
    answer = call(signed_in(request, "county"), "post", f"/api/people/{person.pk}/move", given)
    assert (answer.status_code, answer.json()["organisation"]) == (200, other.uscc)
