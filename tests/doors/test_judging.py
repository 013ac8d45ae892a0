"""Judging a match and switching models, on the page and over the API."""

import json

import pytest
from django.test import Client

from tests.introductions.words import Table
from tests.market.conftest import NOW
from triplehelix.matching.feedback import actions, finds, training
from triplehelix.matching.feedback.models import Judgement, Switch
from triplehelix.records.trail import followers


@pytest.fixture
def table(officer, clerk, firm, settings, db):
    settings.ENCODER = "none"
    made = Table(officer=officer, clerk=clerk, firm=firm)
    while followers.drain("matching"):
        pass
    return made


def signed_in(who):
    client = Client()
    client.force_login(who)
    return client


def test_a_manager_judges_on_the_page_and_the_sides_read_it(table, stranger):
    manager, page = signed_in(table.manager), f"/needs/{table.need.pk}/matches/"
    shown = manager.get(page).content.decode()
    judging = f"{page}{table.achievement.pk}/judge/"
    assert judging in shown and "评判过的<" not in shown
    answer = manager.post(judging, {"level": "1"}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    shown = answer.content.decode()
    assert "已记下评判" in shown and "评判过的<" in shown and "经理人评为：不相关" in shown
    assert "评判过的<" in signed_in(table.clerk).get(page).content.decode()
    for client in (Client(), signed_in(stranger)):
        shown = client.get(page).content.decode()
        assert "经理人评为" not in shown and "评判过的<" not in shown and "/judge/" not in shown
    wrong = manager.post(judging, {"level": "7"}, follow=True).content.decode()
    assert "请选 1 不相关" in wrong and Judgement.objects.count() == 1
    manager.post(judging, {"level": ""})
    assert finds.levels() == {}


def test_who_may_not_judge_finds_nothing(table, stranger, auditor):
    address = f"/needs/{table.need.pk}/matches/{table.achievement.pk}/judge/"
    for who in (table.clerk, stranger, auditor):
        assert signed_in(who).post(address, {"level": "3"}).status_code == 404
    assert signed_in(table.manager).post(f"/needs/{table.need.pk}/matches/0/judge/", {"level": "3"}).status_code == 404


def test_models_stand_side_by_side_and_thin_ones_are_not_switched(table, officer, django_assert_num_queries):
    client = signed_in(officer)
    assert "还没有学过" in client.get("/matching/models/").content.decode()
    assert client.post("/matching/models/train/").status_code == 302
    shown = client.get("/matching/models/").content.decode()
    assert "V1 正在学习" in shown and 'hx-trigger="every 2s"' in shown
    first = finds.versions().get()
    training.learn(pk=first.pk, now=NOW)
    shown = client.get("/matching/models/", headers={"HX-Request": "true"}).content.decode()
    assert "评判太少：有评判的需求只有 0 条" in shown and "<html" not in shown
    client.get("/matching/models/")
    with django_assert_num_queries(QUERIES):
        client.get("/matching/models/")
    for _ in range(2):
        training.learn(pk=actions.ask_training(actor=officer, now=NOW, later=False).pk, now=NOW)
    with django_assert_num_queries(QUERIES):
        client.get("/matching/models/")
    refused = client.post("/matching/models/switch/", {"model": first.pk, "why": "试"})
    assert refused.status_code == 409 and "评判太少" in refused.content.decode()
    answer = client.post("/matching/models/switch/", {"model": "", "why": "试"})
    assert answer.status_code == 409 and "现在用的就是它" in answer.content.decode()
    assert Switch.objects.count() == 0
    assert "评判太少" in client.get(f"/matching/models/{first.pk}/").content.decode()


#: Session, account, offices, memberships …: the same for one version as for three.
QUERIES = 7


def test_over_the_api(table, officer):
    client = signed_in(table.manager)
    given = {"need": table.need.pk, "achievement": table.achievement.pk, "level": 4, "words": "约"}

    def post(body):
        return client.post("/api/judgements", json.dumps(body), content_type="application/json")

    answer = post(given)
    assert answer.status_code == 201 and answer.json()["said"] == "经理人评为：很相关"
    wrong = post(given | {"level": 9})
    assert wrong.status_code == 422 and "level" in wrong.json()["fields"]
    nul = post(given | {"words": "约\u0000"})
    assert nul.status_code == 422 and any("NUL" in said for said in nul.json()["fields"].values())
    rows = client.get(f"/api/needs/{table.need.pk}/judgements").json()
    assert [row["level"] for row in rows] == [4]
    found = signed_in(officer).get("/api/models").json()
    assert found == {"items": [], "ranked_by": None, "why": "没有启用学习的模型"}
    assert post(given | {"level": None}).json()["level"] is None
    switch = json.dumps({"model": None, "why": "试\u0000"})
    nul = signed_in(officer).post("/api/models/switch", switch, content_type="application/json")
    assert nul.status_code == 422 and any("NUL" in said for said in nul.json()["fields"].values())


def test_a_manager_judges_on_an_introduction(table, officer):
    made = table.invited()
    judging = f"/needs/{table.need.pk}/matches/{table.achievement.pk}/judge/"
    page = f"/introductions/{made.pk}/"
    assert judging in signed_in(officer).get(page).content.decode()
    assert judging not in signed_in(table.clerk).get(page).content.decode()
    signed_in(officer).post(judging, {"level": "3"})
    shown = signed_in(officer).get(page).content.decode()
    assert shown.count('aria-pressed="true"') >= 1 and finds.levels()[table.need.pk][table.achievement.pk] == 3
