"""From a BibTeX file to a public page: uploaded, proposed, merged, undone, confirmed by the person, read by anybody.
And from nobody to somebody: registered, named on an achievement, linked with an account, confirmed."""

import pytest
from django.utils import timezone

from tests.experts.files import BIBTEX
from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, change_to, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.market.experts import register
from triplehelix.market.experts.models import Answer, Expert, Merge, Proposal, Work
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def people(transactional_db):
    """An officer, and a professor with an account, known in the register."""
    account("city@example.com", "梁叙白", "city_officer")
    home, _member = firm(9311, "示例理工大学", "school@example.com")
    person = parties.register_person(
        name="容止戈", home=home, title="教授", discipline="粉末涂料", actor=None, now=timezone.now()
    )
    who = account("professor@example.com", "容止戈")
    parties.claim_person(person=person, account=who, actor=None, now=timezone.now())
    register.take_people([person], now=timezone.now())
    return person


def upload(page, content, name):
    page.goto("/imports/new/papers/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": content.encode()})
    page.click("button:has-text('上传并检查')")
    page.wait_for_url("**/imports/*/")


def test_from_a_list_of_papers_to_a_public_page(page, chromium, live_server, people, worker):
    sign_in(page, "city@example.com")
    upload(page, BIBTEX.replace("author = {容止戈}", "author = {}"), "课题组.bib")
    page.locator("text=有错误，一行也没有写入").wait_for(timeout=20_000)
    assert "必填" in page.locator("table").inner_text() and not Work.objects.exists()
    upload(page, BIBTEX, "课题组.bib")
    page.click("button:has-text('确认导入')", timeout=20_000)
    page.locator("text=导入回执").wait_for(timeout=20_000)
    assert Work.objects.count() == 3

    # The worker compares the names; the officer decides, has been wrong, and undoes it.
    page.goto("/experts/desk/")
    for _second in range(180):
        if page.locator(".pairs > li").count() == 2:
            break
        page.wait_for_timeout(500)
        page.reload()
    # Each name beside the person it may be: the two papers in characters; the spelling alone is too little.
    assert Proposal.objects.filter(state="open").count() == 2
    page.locator(".pairs > li:has-text('流平机理') button:has-text('是同一人')").first.click()
    page.locator("text=已合并，可随时撤销").wait_for()
    own = Expert.objects.get(person=people)
    assert Merge.objects.get().survivor_id == own.pk
    page.goto(f"/experts/{own.pk}/")
    page.locator("text=尚未经本人确认").wait_for()
    page.click("summary:has-text('撤销这次合并')")
    page.fill("form[action*='/merges/'] input[name=why]", "同名，不是一个单位")
    page.click("button:has-text('撤销，恢复原样')")
    page.locator("text=两边恢复原样").wait_for()
    assert not own.whole.exclude(pk=own.pk).exists()
    undone = Merge.objects.get()
    page.fill("#id_other", f"{live_server.url}/experts/{undone.absorbed_id}/")
    page.fill("#id_why", "核对了单位，确是同一人")
    page.click("aside button:has-text('合并')")
    page.locator("text=已合并；不对的话").wait_for()
    look(page, "/experts/desk/", f"/experts/{own.pk}/", "/experts/aliases/", "/repositories/")

    # Nobody outside sees anything yet. The professor confirms on a phone, refuses one, and goes public.
    visitor = opened(chromium, live_server, **PHONE)
    visitor.expected = [404]
    assert visitor.goto(f"/experts/{own.pk}/").status == 404
    change_to(page, "professor@example.com")
    page.goto("/todo/")
    page.click("a:has-text('去确认')")
    page.locator("h1:has-text('这些是您的成果吗')").wait_for()
    page.locator("li:has-text('流平机理') button:has-text('是我的')").click()
    page.locator("text=确认了 1 项").wait_for()
    page.locator("li:has-text('一种低温固化') button:has-text('不是')").click()
    page.locator("text=1 项不是您的").wait_for()
    page.check("input[value=public]")
    page.click("button:has-text('保存')")
    page.locator("text=已保存").wait_for()
    assert sorted(Answer.objects.values_list("said", flat=True)) == ["mine", "not_mine"]
    look(page, "/experts/mine/")

    visitor.goto("/experts/?q=流平")
    visitor.click("a:has-text('容止戈')")
    visitor.locator("text=本人已确认").wait_for()
    shown = visitor.locator("main").inner_text()
    assert "流平机理" in shown and "一种低温固化" not in shown and "合并记录" not in shown
    closed(visitor)


@pytest.fixture
def university(transactional_db):
    """A university nobody has registered anybody of, its clerk, and somebody who works there."""
    account("city@example.com", "梁叙白", "city_officer")
    firm(9312, "示例理工大学", "school@example.com")
    return account("scholar@example.com", "白若铜")


def test_from_a_name_on_an_achievement_to_the_person_who_confirms_it(page, university, follower):
    page.expected = [422]
    sign_in(page, "school@example.com")
    page.click("summary:has-text('本单位')")
    page.click("nav a:has-text('本单位的人员')")
    page.locator("text=还没有登记人员").wait_for()
    look(page, "/people/")
    page.fill("#id_name", "白若铜")
    page.fill("#id_title", "教授")
    page.click("aside button:has-text('登记')")
    page.locator("text=已登记：白若铜").wait_for()

    page.goto("/achievements/new/")
    page.fill("#id_title", "镀锡铜排防变色的自组装膜")
    page.fill("#id_text", "在镀锡铜排表面形成自组装膜，含硫气氛中九十天不变色，接触电阻不升高，已在两家厂使用。")
    page.select_option("#id_field", label="新材料")
    page.fill("#id_people", "白若铜、无名氏")
    page.click("button:has-text('保存并发布')")
    page.locator("text=没有登记过“无名氏”").first.wait_for()
    page.fill("#id_people", "白若铜")
    page.click("button:has-text('保存并发布')")
    page.locator("dd:has-text('白若铜（教授）')").wait_for()
    person = Person.objects.get()
    look(page, "/people/", f"/people/{person.pk}/")

    change_to(page, "scholar@example.com")
    page.goto("/experts/mine/")
    page.locator("h1:has-text('还没有对应到登记的人员')").wait_for()
    page.fill("#id_home", "示例理工大学")
    page.fill("#id_post", "材料学院，教授")
    page.click("button:has-text('申请核对')")
    page.locator("text=正在等主管部门核对").wait_for()
    look(page, "/experts/mine/")

    change_to(page, "city@example.com")
    look(page, "/people/claims/", f"/people/{person.pk}/")
    page.goto("/todo/")
    page.click("section:has-text('想对应账号的人') a:has-text('去核对')")
    page.click("button:has-text('是本人，对应')")
    page.locator("text=已办理，本人会收到通知").wait_for()
    look(page, f"/people/{person.pk}/")

    change_to(page, "scholar@example.com")
    for _second in range(60):
        page.goto("/experts/mine/")
        if page.locator("li:has-text('镀锡铜排防变色')").count():
            break
        page.wait_for_timeout(500)
    page.locator("li:has-text('镀锡铜排防变色') button:has-text('是我的')").click()
    page.locator("text=确认了 1 项").wait_for()
    assert Answer.objects.get().person == person and person.profile.confirmed_at is not None
