"""Pages of experts: what each viewer is shown, forms that were wrong, the link of a letter, and how much is asked."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.doors.conftest import landed, work
from tests.doors.test_permissions import signed_in, written
from tests.experts.files import BIBTEX
from tests.html import flat
from tests.market.conftest import NOW
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, authors
from triplehelix.market.experts.actions import invites
from triplehelix.market.experts.models import Answer, Expert, Harvest, Profile
from triplehelix.records.parties import actions as parties

pytestmark = pytest.mark.django_db


def known(firm, numbers):
    """People of the firm with two works each, public."""
    for n in numbers:
        person = parties.register_person(name=f"第{n}位张三", home=firm, title="教授", actor=None, now=NOW)
        own = authors.of_person(person, NOW)
        for k in range(2):
            (found,) = landed(work(f"第{n}{k}篇粉末涂料论文", f"第{n}位张三", subjects=("粉末涂料",))).values()
            actions.merge(one=own, other=found, how="officer", actor=None, now=NOW)
        ids = [row.pk for one in own.whole.all() for row in one.authorships.all()]
        actions.confirm(person=person, authorships=ids, actor=None, via="mail", now=NOW)
        actions.show_as(person=person, visibility="public", actor=None, now=NOW)


def test_one_row_and_three_rows_cost_the_same(client, firm, django_assert_num_queries):
    known(firm, [0])
    with django_assert_num_queries(3):
        one = client.get("/experts/")
    known(firm, [1, 2])
    with django_assert_num_queries(3):
        three = client.get("/experts/")
    assert [flat(page.text).count("<li><div><a") for page in (one, three)] == [1, 3]
    whole = client.get("/experts/?q=粉末涂料").content.decode()
    part = client.get("/experts/?q=粉末涂料", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and part.strip() in whole
    assert "没有找到" in client.get("/experts/?q=量子引力").content.decode()


def test_the_public_sees_what_was_confirmed_and_members_what_was_not(request, things):
    things["famous"]
    shown = {role: signed_in(request, role).get("/experts/").content.decode() for role in ("visitor", "clerk")}
    assert "容止戈" not in shown["visitor"] and "容止戈" in shown["clerk"]
    assert "待本人确认" in shown["clerk"]
    page = signed_in(request, "visitor").get(written("/experts/{famous}/", things)).content.decode()
    assert "第0篇" in page and "第1篇" not in page and "拆出" not in page
    harvested = signed_in(request, "clerk").get(written("/experts/{unsaid}/", things)).content.decode()
    assert "请勿引用" in harvested


def test_the_drawing_counts_what_the_page_shows(request, things):
    svg = signed_in(request, "visitor").get(written("/experts/{famous}/years.svg", things))
    assert svg["Content-Type"] == "image/svg+xml" and b"2024" in svg.content


def test_wrong_forms_say_so_at_their_field(request, things):
    officer = signed_in(request, "officer")
    answer = officer.post(written("/experts/{unsaid}/merge/", things), {"other": "无此人", "why": "x"})
    assert answer.status_code == 422 and "没有这一位专家" in answer.content.decode()
    answer = officer.post(
        written("/experts/{unsaid}/merge/", things), {"other": str(things["famous"].pk), "why": "同名"}
    )
    assert answer.status_code == 409 and "登记在册" in answer.content.decode()
    answer = officer.post("/repositories/", {"name": "库", "base_url": "http://10.0.0.1/oai"})
    assert answer.status_code == 422 and "内部网络" in answer.content.decode()
    answer = officer.post("/experts/aliases/", {"unit": "没有的单位", "name": "某大学"})
    assert answer.status_code == 422 and "没有找到这个单位" in answer.content.decode()
    answer = signed_in(request, "clerk").post(written("/experts/{unsaid}/address/", things), {"email": "没有"})
    assert answer.status_code == 422 and "name@example.com" in answer.content.decode()


def test_who_is_invited_answers_by_the_link_alone(request, things, firm, clerk):
    person = things["unsaid"].person
    actions.give_address(person=person, email="rong@example.com", actor=clerk, now=NOW)
    token = invites.token_of(actions.invite(person=person, base_url="http://s", actor=clerk, now=timezone.now()))
    client, address = Client(), f"/experts/invited/{token}/"
    page = client.get(address)
    assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer"
    assert "第1篇" in page.content.decode() and "rong@example.com" not in page.content.decode()
    row = things["authorship"].pk
    assert client.post(address, {"act": "confirm", "work": row}).status_code == 302
    assert Answer.objects.get(authorship=row).via == "mail"
    assert client.post(address, {"act": "show", "visibility": "public"}).status_code == 302
    assert client.post(address, {"act": "show", "visibility": "everybody"}).status_code == 422
    assert client.post(address, {"act": "merge"}).status_code == 404
    foreign = Answer.objects.filter(said="mine", person=things["famous"].person).get().authorship_id
    assert client.post(address, {"act": "refuse", "work": foreign}).status_code == 302
    assert Answer.objects.get(authorship=foreign).said == "mine"  # another person's is none of theirs
    assert client.post(address, {"act": "stop"}).status_code == 200
    assert client.get(address).status_code == 404
    assert Profile.objects.get(person=person).no_mail


def test_progress_of_a_harvest_is_asked_for_until_it_ends(request, things):
    officer, address = signed_in(request, "officer"), written("/harvests/{harvest}/", things)
    assert "every 2s" in officer.get(address, headers={"HX-Request": "true"}).content.decode()
    Harvest.objects.filter(pk=things["harvest"].pk).update(
        state="failed", problem="对方没有应答", left_out=[["oai:x:1", "没有题名"]], left_out_count=1
    )
    page = officer.get(address).content.decode()
    assert "every 2s" not in page and "接着采集" in page and "没有题名" in page


def test_what_the_register_says_is_followed(clerk, firm):
    from tests.market.test_flow import published
    from triplehelix.records.trail import followers

    person = parties.register_person(name="容止戈", home=firm, actor=None, now=NOW)
    made = published(clerk, firm, Achievement)
    made.people.set([person])
    while followers.drain("experts.register", now=NOW):
        pass
    own = Expert.objects.get(person=person)
    assert own.authorships.get().work.achievement == made


def test_an_upload_over_the_api_lands_like_one_of_the_page(request, officer):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(request, "officer")
    file = SimpleUploadedFile("a.bib", BIBTEX.encode())
    answer = client.post("/api/imports?kind=papers", {"file": file})
    assert answer.status_code == 201 and answer.json()["state"] == "uploaded"
