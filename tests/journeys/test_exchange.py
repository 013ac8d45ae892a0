"""Another market, from its registration to a visitor's screen; a webhook, from its registration to a message."""

import pytest
from django.conf import settings as given
from django.utils import timezone

from tests.exchange.conftest import BODY
from tests.exchange.peer import Key, Market, Server, sealed
from tests.journeys.desk import account, firm
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from tests.webhooks.conftest import Receiver
from triplehelix.board.webhooks.models import Hook
from triplehelix.foundation import outward
from triplehelix.market.exchange import keys
from triplehelix.market.exchange.models import Conflict, ForeignListing, Peer

TITLE = BODY["title"]


@pytest.fixture
def another(settings):
    """The other market on loopback."""
    settings.OUTWARD_NETWORKS = outward.networks(["127.0.0.0/8"])
    market = Market("heqing.example", given.EXCHANGE_ID)
    server = Server(market)
    market.address = server.address
    yield market
    server.stop()


def test_another_market_from_its_registration_to_a_visitors_screen(
    page, second, another, live_server, follower, worker
):
    account("city@example.com", "梁叙白", "city_officer")
    page.expected = [409, 422]
    sign_in(page, "city@example.com")
    page.goto("/todo/")
    page.click("text=与其他市场交换")
    page.click("text=登记一个市场")
    page.fill("input[name=name]", "鹤青科技大市场")
    page.fill("input[name=market]", another.name)
    page.fill("input[name=url]", "http://10.0.0.1/exchange/v1/")
    page.fill("input[name=public]", another.key.public)
    page.click("main button:has-text('登记')")
    page.locator(".field.bad:has(input[name=url])").wait_for()
    page.fill("input[name=url]", another.address)
    page.click("main button:has-text('登记')")
    page.locator("text=还没有接通").wait_for()
    for fingerprint, said in ((Key().fingerprint, "指纹与登记的公钥不一致"), (another.key.fingerprint, "已办理")):
        page.fill("textarea[name=note]", fingerprint.upper())
        page.click("text=指纹一致，接通")
        page.locator(f"text={said}").first.wait_for()

    # Their officer was told our key on the telephone; their market brings a listing, doubles a number, and is imitated.
    own = keys.current(timezone.now())
    another.trusted[own.kid] = (own.public, "2026-01-01T00:00:00Z", None)
    ours = f"{live_server.url.replace('localhost', '127.0.0.1')}/exchange/v1/"
    first = another.say("publish", "achievement", 1, BODY)
    assert another.push(ours)[0] == 200
    same = {name: first[name] for name in ("from", "to", "verb", "kind", "id", "revision")}
    odd = sealed(another.key, **same, seq=2, prev=1, body=BODY | {"price_fen": 150_000_000})
    assert another.push(ours, [odd])[1]["results"][0]["result"] == "conflict"
    assert another.push(ours, [sealed(Key(), **same, seq=3, prev=2, body=BODY)])[0] == 422

    second.goto("/achievements/")
    second.click("text=其他市场 >> nth=-1")
    second.click(f"text={TITLE}")
    second.locator("text=来自 鹤青科技大市场").wait_for()
    assert second.locator("a:has-text('到来源页面')").get_attribute("href") == BODY["url"]
    second.goto("/search/?q=球墨铸铁等温淬火")
    second.locator("text=来自 鹤青科技大市场").wait_for()

    peer, listing, conflict = Peer.objects.get(), ForeignListing.objects.get(), Conflict.objects.get()
    look(
        page, "/exchange/", f"/exchange/peers/{peer.pk}/", f"/exchange/conflicts/{conflict.pk}/", "/exchange/refusals/"
    )
    look(second, "/elsewhere/achievements/", f"/elsewhere/{listing.pk}/")

    page.goto("/exchange/")
    page.click("a:has-text('去处理')")
    page.check("input[value=take]")
    page.fill("textarea[name=note]", "与对方电话核对：价格改过")
    page.click("main button:has-text('确定')")
    page.locator("text=冲突已处理").wait_for()
    second.goto(f"/elsewhere/{listing.pk}/")
    second.locator("text=150 万元").wait_for()
    gone = same | {"verb": "withdraw", "revision": 2}
    assert another.push(ours, [sealed(another.key, **gone, seq=3, prev=2, body={"reason": "withdrawn"})])[0] == 200
    second.goto("/elsewhere/achievements/")
    second.locator("text=还没有来自其他市场的内容").wait_for()


def test_a_webhook_from_its_registration_to_a_message(page, follower, worker, settings):
    settings.WEBHOOK_NETWORKS = outward.networks(["127.0.0.0/8"])
    receiver = Receiver()
    firm(9301, "谷阳县示例轴承厂", "clerk@example.com")
    page.expected = [422]
    sign_in(page, "clerk@example.com")
    page.goto("/account/")
    page.click(".tabs a:has-text('消息推送')")
    page.fill("input[name=name]", "企业 OA")
    page.fill("input[name=url]", "https://192.168.1.1/hook")
    page.check("input[value='need.published']")
    page.click("main button:has-text('登记')")
    page.locator(".field.bad:has(input[name=url])").wait_for()
    page.fill("input[name=url]", receiver.url())
    page.click("main button:has-text('登记')")
    receiver.secrets["/hook"] = page.locator(".alert.warn code").inner_text()
    look(page, "/webhooks/")
    assert page.locator(".alert.warn").count() == 0, "the secret is shown once"
    page.click("text=企业 OA")
    page.click("text=发一条测试消息")
    page.locator("text=测试消息已排队").wait_for()
    for _try in range(600):
        if receiver.taken:
            break
        page.wait_for_timeout(100)
    page.reload()
    page.locator("td:has-text('已送达')").wait_for()
    look(page, f"/webhooks/{Hook.objects.get().pk}/")
    assert receiver.forged == []
    receiver.stop()
