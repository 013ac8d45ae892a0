"""What the public is told of people: works they have confirmed, and not their names against their word."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.experts.conftest import NOW, landed, work
from tests.market.test_flow import published
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, authors, register
from triplehelix.market.experts.models import Authorship
from triplehelix.records.parties import actions as parties

pytestmark = pytest.mark.django_db
UNCONFIRMED = "镀锡铜排在含硫气氛中的变色机理"


@pytest.fixture
def person(firm):
    return parties.register_person(name="容止戈", home=firm, title="教授", actor=None, now=NOW)


def test_the_public_is_told_only_confirmed_works_wherever_it_asks(person, need, papers, firm, client):
    own, other = authors.of_person(person, NOW), landed(work("别的论文题目甲乙丙丁", "容止戈"))
    for found in (other["别的论文题目甲乙丙丁", "容止戈"], papers[UNCONFIRMED, "容止戈"]):
        actions.merge(one=own, other=found, how="officer", actor=None, now=NOW, why="同一人")
    ids = list(Authorship.objects.filter(work__title="别的论文题目甲乙丙丁").values_list("pk", flat=True))
    actions.confirm(person=person, authorships=ids, actor=None, via="mail", now=NOW)
    actions.show_as(person=person, visibility="public", actor=None, now=NOW)

    def told():
        listed = client.get("/api/experts", {"q": "容止戈"}).json()["items"]
        by_words = client.get("/api/experts", {"q": "镀锡铜排"}).json()["items"]
        page = client.get(f"/needs/{need.pk}/experts/").text
        return [one["works"] for one in listed], len(by_words), UNCONFIRMED in page

    assert told() == ([1], 0, False)
    assert UNCONFIRMED not in client.get(f"/api/needs/{need.pk}/experts").text
    insider = parties.create_account(email="in@example.com", name="成员", password=None, actor=None, now=NOW)
    parties.add_member(account=insider, organisation=firm, role="clerk", since=NOW.date(), actor=None, now=NOW)
    client.force_login(insider)
    assert told() == ([2], 2, True), "the other author is somebody nobody has confirmed"


@pytest.mark.parametrize("how", ["refused", "hidden"])
def test_who_is_not_of_a_work_or_not_to_be_shown_is_not_named_with_it(clerk, firm, stranger, person, client, how):
    made, now = published(clerk, firm, Achievement, title="防止镀锡铜排发黑变色的钝化处理"), timezone.now()
    before = now - timedelta(days=3)
    Achievement.objects.filter(pk=made.pk).update(
        published_at=before, changed_at=before, valid_until=now + timedelta(days=90)
    )
    made.people.set([person])
    register.take_achievements([made.pk], now=NOW)
    page, oai = f"/achievements/{made.pk}/", "/oai/?verb=ListRecords&metadataPrefix=oai_dc"
    api, table = f"/api/achievements/{made.pk}", "/api/achievements"
    tag = client.get(api)["ETag"]

    def named(found):
        return [one["name"] for one in found["more"]["people"]]

    assert named(client.get(api).json()) == named(client.get(table).json()["items"][0]) == ["容止戈"]
    assert client.get(api, headers={"If-None-Match": tag}).status_code == 304
    assert "容止戈" in client.get(page).text
    assert "容止戈" in client.get(oai).content.decode()
    since = f"{oai}&from={(now - timedelta(days=1)):%Y-%m-%d}"
    assert "noRecordsMatch" in client.get(since).content.decode()
    if how == "refused":
        ids = list(Authorship.objects.filter(work__achievement=made).values_list("pk", flat=True))
        actions.refuse(person=person, authorships=ids, actor=None, via="mail", now=now)
    else:
        actions.show_as(person=person, visibility="hidden", actor=None, now=now)
    assert "容止戈" not in client.get(page).text
    again = client.get(since).content.decode()
    assert made.title in again, "harvested again"
    assert "容止戈" not in again
    identifier = again.split("<identifier>")[1].split("<")[0]
    one = client.get(f"/oai/?verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")
    assert "容止戈" not in one.content.decode()
    assert named(client.get(table).json()["items"][0]) == []
    anew = client.get(api, headers={"If-None-Match": tag})
    assert (anew.status_code, named(anew.json())) == (200, []), "nor is the old answer still the right one"
    assert client.get(api, headers={"If-None-Match": anew["ETag"]}).status_code == 304
    client.force_login(clerk)
    assert named(client.get(api).json()) == ["容止戈"]
    own = client.get(api)["ETag"]
    changed = {"title": "防止铜排变色的钝化处理"}
    put = client.put(api, changed, "application/json", headers={"If-Match": own})
    assert put.status_code == 200, "a tag with names still tells the version"
    assert "容止戈" in client.get(page).text, "who keeps the achievement sees what it wrote"


@pytest.mark.parametrize("how", ["refused", "hidden"])
def test_nor_on_the_page_of_somebody_they_worked_with(clerk, firm, stranger, person, client, how):
    """A paper keeps the name somebody has refused: there it was a namesake's."""
    other, now = parties.register_person(name="白若铜", home=firm, title="教授", actor=None, now=NOW), timezone.now()
    made = published(clerk, firm, Achievement, title="防止镀锡铜排发黑变色的钝化处理")
    made.people.set([person, other])
    register.take_achievements([made.pk], now=NOW)
    paper = landed(work(UNCONFIRMED, "白若铜", "容止戈"))
    for who, name in ((other, "白若铜"), (person, "容止戈")):
        own = authors.of_person(who, NOW)
        actions.merge(one=own, other=paper[UNCONFIRMED, name], how="officer", actor=None, now=NOW, why="同一人")
    rows = Authorship.objects.filter(expert__root__person=other).values_list("pk", flat=True)
    actions.confirm(person=other, authorships=list(rows), actor=None, via="mail", now=NOW)
    actions.show_as(person=other, visibility="public", actor=None, now=NOW)
    address = f"/api/experts/{authors.of_person(other, NOW).pk}"

    def named():
        return {one["title"]: one["authors"] for one in client.get(address).json()["works_list"]}

    assert len(named()) == 2 and all("容止戈" in one for one in named().values())
    if how == "refused":
        ids = list(Authorship.objects.filter(expert__root__person=person).values_list("pk", flat=True))
        actions.refuse(person=person, authorships=ids, actor=None, via="mail", now=now)
    else:
        actions.show_as(person=person, visibility="hidden", actor=None, now=now)
    assert named()[made.title] == ["白若铜"]
    assert ("容止戈" in named()[UNCONFIRMED]) is (how == "refused")
    page = client.get(address.removeprefix("/api") + "/").text
    assert ("容止戈" in page) is (how == "refused")
    officer = parties.create_account(email="desk@example.com", name="科技局", password=None, actor=None, now=NOW)
    parties.appoint(account=officer, role="city_officer", unit="", since=NOW.date(), actor=None, now=NOW)
    client.force_login(officer)
    assert all("容止戈" in one for one in named().values())
