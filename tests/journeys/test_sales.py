"""Pricing and sale in the browser: the price that changes, the listing with none, one and three, and the landing.

Days pass as they do for a publication: by moving it into the past, which only the database's own superuser can.
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.journeys.desk import account, change_to, firm, hands_in_papers, open_part, press
from tests.journeys.looking import look
from tests.journeys.market import sign_in
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.models import Contract, Publication, Sale
from triplehelix.market.listings import actions as listings
from triplehelix.procedure.cases import actions as cases
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import take

WAN = 1_000_000
PDF = {"mimeType": "application/pdf"}
SERIAL = iter(range(1, 99))


def pdf(name):
    """A paper nobody has handed in before."""
    content = f"%PDF-1.4\n%{name} {next(SERIAL)}\n1 0 obj\n<<>>\nendobj\n%%EOF\n".encode()
    return {"name": f"{name}.pdf", "buffer": content, **PDF}


def days_pass():
    """The days of everything public have gone by; what was ready ends, as the worker does every quarter of an hour."""
    today, now = timezone.localdate(), timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Publication.objects.filter(is_over=False).update(
            first=today - timedelta(days=40), last=today - timedelta(days=1), published_at=now - timedelta(days=40)
        )
    actions.end_due(now=now)


@pytest.fixture
def market(transactional_db):
    """A university with an achievement, a firm that wants it, the market's operator and the bureau's officer."""
    now = timezone.now()
    account("city@example.com", "梁叙白", "city_officer")
    account("operator@example.com", "邵知桥", "operator")
    account("finance@example.com", "财政局资金科", "finance_officer")
    university, _teller = firm(9301, "澄湖大学", "teller@example.com")
    Organisation.objects.filter(pk=university.pk).update(type="高等学校")
    buyer, _clerk = firm(9302, "谷阳县示例轴承厂", "clerk@example.com")
    return {"university": university, "buyer": buyer, "now": now}


def offered(market, title):
    text = "套圈磨后逐件检测变质层，一件四秒，检出率和酸洗比对一致，已在两条线上用了半年。"
    values = {"title": title, "text": text, "field": "新材料", "price_fen": 100 * WAN}
    teller = market["university"].memberships.get().account
    made = listings.create(model=Achievement, organisation=market["university"], values=values, actor=teller,
                           now=market["now"])  # fmt: skip
    return take(case=made, step="publish", actor=teller, now=market["now"], seen_version=made.version)


def with_rights(market, achievement, buyer=None):
    """A sale whose rights are clear: what it takes is walked through on the pages once, below."""
    now, teller = market["now"], market["university"].memberships.get().account
    sale = actions.open_sale(achievement=achievement, buyer=buyer, actor=teller, now=now)
    seller = market["university"]
    sale = actions.record_rights(
        sale=sale, owners=[OwnerGiven(seller.name, seller.uscc, 10_000)], encumbrance="", encumbrance_note="",
        secrecy="open", secrecy_document="密审 3", export="home", export_document="", actor=teller, now=now,
        seen_version=sale.version,
    )  # fmt: skip
    officer = Account.objects.get(email="city@example.com")
    return take(case=sale, step="pass_rights", actor=officer, now=now, seen_version=sale.version)


def fill(page, act, **values):
    """Fill an act's form by the names of its fields."""
    for name, value in values.items():
        field = page.locator(f"[id='id_{act}_{name}']")
        if isinstance(value, dict):
            field.set_input_files(value)
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def send(page, act, button):
    page.click(f"form[action$='/acts/{act}/'] button:has-text('{button}')")
    page.wait_for_load_state("domcontentloaded")


def done(page, label):
    page.locator(f"text=已办理：{label}").wait_for(timeout=60_000)


def propose(page, day, price=None):
    """The seller's decision: by agreement, with the unit's own notice."""
    if price:
        open_part(page, "价格")
        fill(page, "price", price=price, why="双方重新商定")
        send(page, "price", "保存价格")
        done(page, "价格")
    fill(page, "propose", method="agreed", basis="评估报告，协商确定", document="澄大办纪〔2026〕5号",
         objections_to="成果转化处，0635-8111111", unit_first=day, unit_proof=pdf("本单位公示"))  # fmt: skip
    send(page, "propose", "提交定价方案")
    done(page, "定价方案")


def published(page, sale):
    page.goto(f"/sales/{sale.pk}/")
    send(page, "notice", "发布公示")
    done(page, "协议定价公示")


def signed(page, price):
    today = timezone.localdate()
    fill(page, "sign", number=f"澄大合 {next(SERIAL)}", type="LICENSE", price=price, signed_on=f"{today:%Y-%m-%d}",
         site="371521", file=pdf("技术合同"), structure="instalments", name_1="签约后付首期", amount_1="270000",
         due_1=f"{today:%Y-%m-%d}", name_2="验收后", amount_2="630000",
         due_2=f"{today + timedelta(days=90):%Y-%m-%d}")  # fmt: skip
    send(page, "sign", "登记合同")


def test_the_price_changes_after_the_notice_and_what_landed_opens_its_support(page, second, market, follower):
    day = f"{timezone.localdate():%Y-%m-%d}"
    achievement, page.expected = offered(market, "磨削变质层逐件检测仪"), [422, 409]

    # The firm starts from the achievement; the seller fills in whose it is, and forgets to be among the owners.
    sign_in(page, "clerk@example.com")
    page.goto(f"/achievements/{achievement.pk}/")
    page.click("text=开始一笔交易")
    page.click("button:has-text('开始')")
    page.locator("text=现在没有要您办的").wait_for()
    sale = Sale.objects.get()
    change_to(page, "teller@example.com")
    page.goto("/todo/")
    page.click("text=去办理")
    fill(page, "rights", name_1="谷阳县示例轴承厂", uscc_1=market["buyer"].uscc, secrecy="open",
         secrecy_document="密审〔2026〕3号", export="home")  # fmt: skip
    send(page, "rights", "保存权属核查")
    page.locator(".entry.bad:has-text('转让方不是权利人')").wait_for()
    fill(page, "rights", name_1="澄湖大学", uscc_1=market["university"].uscc)
    send(page, "rights", "保存权属核查")
    done(page, "权属核查")
    change_to(page, "operator@example.com")
    page.goto(f"/sales/{sale.pk}/")
    press(page, "权属核查通过")

    # By agreement: in the unit, then in the market, 15 days.
    change_to(page, "teller@example.com")
    page.goto(f"/sales/{sale.pk}/")
    propose(page, day)
    change_to(page, "operator@example.com")
    published(page, sale)
    days_pass()

    # The price has changed meanwhile: blocked at the contract, said what to do, a new notice, then signed.
    change_to(page, "teller@example.com")
    page.goto(f"/sales/{sale.pk}/")
    signed(page, "900000")
    page.locator(".field.bad:has-text('低于公示的 1,000,000.00 元，不能签')").wait_for()
    assert not Contract.objects.exists()
    press(page, "撤下公示，重新定价", "双方重新商定为 90 万元")
    propose(page, day, "900000")
    change_to(page, "operator@example.com")
    published(page, sale)
    second.goto("/market/?over=1")
    assert second.locator("td.num").all_inner_texts() == ["100 万元"]
    second.goto("/market/")
    assert second.locator("td.num").all_inner_texts() == ["90 万元"]
    days_pass()
    change_to(page, "teller@example.com")
    page.goto(f"/sales/{sale.pk}/")
    signed(page, "900000")
    done(page, "登记技术合同")
    send(page, "submit", "提交登记")
    done(page, "提交合同认定登记")

    # Registered, and a number that cannot be one is refused at its field.
    change_to(page, "city@example.com")
    page.goto("/todo/")
    page.click("text=去办理")
    fill(page, "register", number="2026-991500-000001", decided_on=day, file=pdf("登记证明"))
    send(page, "register", "登记认定结果")
    page.locator(".field.bad:has-text('行政区划 991500 不存在')").wait_for()
    fill(page, "register", number=f"{timezone.localdate().year}-371500-000123", file=pdf("登记证明"))
    send(page, "register", "登记认定结果")
    done(page, "登记认定")
    part = open_part(page, "更正认定登记")
    fill(page, "correct_registration", technical="810000", reason="技术交易额按证明更正")
    part.locator("button").click()
    done(page, "更正认定登记")
    assert "90 万元 → 81 万元" in page.locator("section:has(#amended)").inner_text()

    # 30 % arrives: landed; its support waits for a round, which the officer opens.
    change_to(page, "teller@example.com")
    page.goto(f"/sales/{sale.pk}/")
    fill(page, "money", amount="270000", number="回单 1", file=pdf("银行回单"))
    send(page, "money", "登记")
    done(page, "登记到账、退款")
    assert "30%" in page.locator(".sum").inner_text()
    sale.refresh_from_db()
    assert sale.landed_on == timezone.localdate()

    # The rest is put off by a supplementary agreement: not by word of mouth, and what was due stays to be read.
    later = f"{timezone.localdate() + timedelta(days=180):%Y-%m-%d}"
    page.click("summary:has-text('更正、变更合同')")
    page.check("[name=ground][value=agreed]")
    fill(page, "amend", agreed_on=day, reason="产线到年底才能停机", due_2=later)
    send(page, "amend", "保存更正、变更")
    page.locator(".field.bad:has-text('口头约定不能变更合同')").wait_for()
    fill(page, "amend", file=pdf("补充协议"))
    send(page, "amend", "保存更正、变更")
    done(page, "更正、变更合同")
    change_to(page, "clerk@example.com")
    page.goto(f"/sales/{sale.pk}/")
    assert "产线到年底才能停机" in page.locator("section:has(#amended)").inner_text()
    assert later in page.locator("section:has(#paid) td").all_inner_texts()
    waits_for(page, "/todo/", "等待批次")
    award = next(one for one in pack().awards if one.opened_by is not None)
    today = timezone.localdate()
    cases.open_round(award_code=award.code, lane="quick", title="落地支持", year=today.year, opens_on=today,
                     closes_on=today + timedelta(days=30), actor=None, now=timezone.now())  # fmt: skip
    waits_for(page, f"/openings/{Opening.objects.get().pk}/", "已建立办件")
    page.click("text=办件 M")
    page.wait_for_url("**/cases/*/**")
    assert "900,000.00 元" in page.locator(".facts").inner_text()
    case = Case.objects.get()
    assert (case.organisation, case.state) == (market["buyer"], "draft")
    page.click("text=填写申报内容")
    page.fill("input[name=event]", "科技合作名校直通车·秋季场")
    hands_in_papers(page, missing=1)  # the registration and the receipts are there already
    page.click("button:has-text('保存并提交')")
    page.locator("text=已提交").first.wait_for()
    case.refresh_from_db()
    assert case.state == "accepting"

    look(second, "/market/", f"/market/{Publication.objects.latest('pk').pk}/")
    look(page, "/sales/", f"/sales/{sale.pk}/", f"/openings/{Opening.objects.get().pk}/")


def waits_for(page, address, words, tries=240):
    """The follower works behind the page: look again until it has."""
    for _n in range(tries):
        page.goto(address)
        if page.locator(f"main :text('{words}')").count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(words)


def listed(page, market, title):
    """Put on the list at 1,000,000 by the operator."""
    sale = with_rights(market, offered(market, title))
    teller = market["university"].memberships.get().account
    actions.propose(
        sale=sale, method="listing", basis="评估报告", document="澄大办纪〔2026〕6号", objections_to="",
        unit_first=None, unit_proof=None, days=None, actor=teller, now=market["now"], seen_version=sale.version,
    )  # fmt: skip
    page.goto(f"/sales/{sale.pk}/")
    open_part(page, "挂牌")
    fill(page, "list", basis="评估报告", document="澄大办纪〔2026〕6号")
    send(page, "list", "挂牌")
    done(page, "挂牌")
    return sale


def bid(page, email, title):
    change_to(page, email)
    page.goto("/market/")
    page.click(f"text={title}")
    page.click("text=登记受让意向")
    page.fill("input[name=contact_name]", "阮砺石")
    page.fill("input[name=contact_phone]", "13900000000")
    page.click("button:has-text('登记')")
    page.locator("text=已登记：期满以后会告知结果").wait_for()


def test_a_listing_with_none_with_one_and_with_three(page, second, market):
    others = [firm(9400 + n, f"受让{n}厂", f"buyer{n}@example.com") for n in range(2)]
    sign_in(page, "operator@example.com")
    none = listed(page, market, "没有人要的工艺")
    one = listed(page, market, "一家要的工艺")
    three = listed(page, market, "三家要的工艺")
    sign_in(second, "clerk@example.com")
    for title in ("一家要的工艺", "三家要的工艺"):
        bid(second, "clerk@example.com", title)
    for n in range(2):
        bid(second, f"buyer{n}@example.com", "三家要的工艺")
    days_pass()

    # Nobody: a lower price, by a new decision of the seller.
    page.goto(f"/sales/{none.pk}/")
    page.expected = [422]
    assert "没有成交" in page.locator(".head").inner_text()
    fill(page, "relist", price="1200000", document="澄大办纪〔2026〕9号")
    send(page, "relist", "重新挂牌")
    page.locator(".field.bad:has-text('重新挂牌不能高于原来的')").wait_for()
    fill(page, "relist", price="800000")
    send(page, "relist", "重新挂牌")
    page.locator(".field.bad:has-text('降价由转让方决策')").wait_for()
    change_to(page, "teller@example.com")
    page.goto(f"/sales/{none.pk}/")
    fill(page, "relist", price="800000", document="澄大办纪〔2026〕9号")
    send(page, "relist", "重新挂牌")
    done(page, "延长挂牌")
    assert Sale.objects.get(pk=none.pk).price_fen == 80 * WAN
    change_to(page, "operator@example.com")

    # One: by agreement, at no less than the price listed.
    page.goto(f"/sales/{one.pk}/")
    assert "→ 谷阳县示例轴承厂" in page.locator(".head").inner_text()
    assert "待签合同" in page.locator(".head").inner_text()

    # Three: they compete at an exchange, whose result is recorded with its paper; the others are answered.
    page.goto(f"/sales/{three.pk}/")
    assert "竞价中" in page.locator(".head").inner_text()
    assert page.locator("#id_result_uscc option").count() == 4
    fill(page, "result", exchange="省技术产权交易中心", document="成交确认〔2026〕7号",
         held_on=f"{timezone.localdate():%Y-%m-%d}", uscc=others[0][0].uscc,
         price="1300000", file=pdf("成交确认书"))  # fmt: skip
    send(page, "result", "登记成交结果")
    done(page, "成交结果")
    assert "→ 受让0厂" in page.locator(".head").inner_text()
    part = open_part(page, "更正成交结果")
    fill(page, "correct_result", uscc=others[1][0].uscc, reason="受让方选错一行")
    part.locator("button").click()
    done(page, "更正成交结果")
    assert "→ 受让1厂" in page.locator(".head").inner_text()
    second.goto("/market/")
    assert "没有成交" in change_and_look(second, "buyer0@example.com")
    assert change_and_look(second, "buyer1@example.com").strip() == "成交"


def change_and_look(page, email):
    change_to(page, email)
    page.goto("/market/")
    return page.locator("section[aria-labelledby=bids] .figure").first.inner_text()
