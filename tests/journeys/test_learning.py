"""A declined introduction gives its reason to the sender and moves the ranking; so do a manager's levels."""

import time

import pytest
from django.utils import timezone

from tests.introductions.words import NEED, OFFER
from tests.journeys.desk import account, change_to, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import actions as introducing
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.models import Judgement
from triplehelix.matching.models import Document
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

COATING = "开关柜铜排镀锡以后再涂一层透明保护膜，三个月不发黑，接触电阻稳定，盐雾 200 小时不变色，已送三家用户试用。"
TURBINE = "燃气轮机叶片的热障涂层，等离子喷涂，一千二百度热循环五百次不剥落，已装机试验。"


def put(model, clerk, organisation, **values):
    now = timezone.now()
    made = listings.create(model=model, organisation=organisation, values=values, actor=clerk, now=now)
    return take(case=made, step="publish", actor=clerk, now=now, seen_version=made.version)


@pytest.fixture
def market(transactional_db, settings):
    """A need, two achievements that answer it and one that does not; an invitation to the better one."""
    settings.ENCODER = "none"
    account("manager@example.com", "经理人", "technology_manager")
    own, clerk = firm(9301, "谷阳县示例电气厂", "clerk@example.com")
    school, teacher = firm(9302, "澄湖示例大学", "teacher@example.com")
    Organisation.objects.filter(pk=own.pk).update(type="企业")
    Organisation.objects.filter(pk=school.pk).update(type="高等学校")
    need = put(Need, clerk, own, **NEED)
    better = put(Achievement, teacher, school, **OFFER | {"title": "铜排镀锡防变色的涂层", "text": COATING})
    other = put(Achievement, teacher, school, **OFFER)
    put(Achievement, teacher, school, **OFFER | {"title": "燃气轮机热障涂层", "text": TURBINE})
    introduction = introducing.invite(
        need=need, achievement=better, side="need", actor=clerk, now=timezone.now(), words="想约个时间"
    )
    return {"need": need, "better": better, "other": other, "introduction": introduction}


def until(true, seconds=90):
    """The worker reads the trail in its own time."""
    for _ in range(seconds * 5):
        if true():
            return
        time.sleep(0.2)
    raise AssertionError("the worker did not read the trail")


def titles(page, need):
    page.goto(f"/needs/{need.pk}/matches/")
    return page.locator(".hit h3 a").all_text_contents()


def test_declined_and_moved(page, follower, market):
    need, better, other = market["need"], market["better"], market["other"]
    until(lambda: Document.objects.count() == 4)
    sign_in(page, "clerk@example.com")
    before = titles(page, need)
    assert before.index(better.title) < before.index(other.title)

    change_to(page, "teacher@example.com")
    page.goto(f"/introductions/{market['introduction'].pk}/")
    page.locator("summary:has-text('谢绝')").click()
    page.locator("form.reasons [value=off_topic]").first.check()
    page.click("form.reasons button")
    page.locator("text=成果方谢绝了").wait_for()
    until(lambda: Judgement.objects.filter(level=1).exists())

    change_to(page, "clerk@example.com")
    after = titles(page, need)
    assert better.title not in after or after.index(other.title) < after.index(better.title)
    page.locator(".judged:has-text('已答复：技术方向不符')").wait_for()
    page.context.clear_cookies()
    titles(page, need)
    assert page.locator("text=技术方向不符").count() == 0, "the public does not read why"

    sign_in(page, "manager@example.com")
    titles(page, need)
    look(page, f"/needs/{need.pk}/matches/")
    page.locator(f".judged li:has-text('{better.title}') button:has-text('很相关')").click()
    page.locator("text=已记下评判").wait_for()
    back = titles(page, need)
    assert back.index(better.title) == 0
    look(page, "/matching/models/")
    page.locator("text=现在按零样本排序").wait_for()
