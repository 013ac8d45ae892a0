"""A roadshow is moved: who has registered is told and finds the new time on the phone, and asks for less money."""

from datetime import timedelta

from django.utils import timezone

from tests.equity.words import Equity
from tests.journeys.conftest import closed, opened
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.market.equity.models import Event
from triplehelix.records.outbox.models import Message

PHONE = {"viewport": {"width": 390, "height": 844}}


def test_moved_and_told(page, chromium, live_server, transactional_db):
    own, clerk = firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    officer = account("city@example.com", "梁叙白", "city_officer")
    now = timezone.now().replace(second=0, microsecond=0)
    city = Equity(officer=officer, firm=own, clerk=clerk, now=now)
    project = city.project()
    event = city.event([project])
    card = f"/roadshows/{event.pk}/"

    phone = opened(chromium, live_server, **PHONE)
    sign_in(phone, "clerk@example.com")
    phone.goto(card)
    phone.click("aside button:has-text('报名')")
    phone.locator("aside h2:has-text('已报名')").wait_for()

    page.expected = [422]
    sign_in(page, "city@example.com")
    page.goto(card)
    page.click("text=改时间、地点、安排")
    later = timezone.localtime(event.starts_at + timedelta(days=1))
    page.fill("[name=starts_at]", f"{later:%Y-%m-%dT%H:%M}")
    page.fill("[name=ends_at]", f"{later + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.fill("[name=place]", "科技大市场三楼")
    page.click("button:has-text('保存并通知')")
    page.locator(".errorlist:has-text('请填写为什么改')").wait_for()
    page.fill("[name=why]", "二楼检修")
    page.click("button:has-text('保存并通知')")
    page.locator(".facts:has-text('科技大市场三楼')").wait_for()
    assert Event.objects.get().starts_at == event.starts_at + timedelta(days=1)
    letter = Message.objects.get(kind="market.roadshow.change")
    assert letter.to == "clerk@example.com" and "二楼检修" in letter.body

    phone.reload()
    phone.locator(f"text={later:%Y-%m-%d %H:%M}").first.wait_for()
    phone.goto(f"/equity/projects/{project.pk}/")
    phone.click("text=修改融资说明")
    phone.fill("[name=amount_fen]", "500")
    phone.click("button:has-text('保存')")
    phone.locator(".amount:has-text('500')").wait_for()
    look(phone, f"/equity/projects/{project.pk}/", f"/equity/projects/{project.pk}/change/")
    closed(phone)
    look(page, card, card + "change/")
