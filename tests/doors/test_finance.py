"""The pages of finance and equity beyond who may open them: what a bank sees, what is signed, what a claim links to."""

import io
from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from tests.doors.test_permissions import signed_in, written
from tests.equity.words import Equity
from tests.finance.words import WAN, YUAN
from triplehelix.doors.web.views import finance_desk, finance_office
from triplehelix.foundation.sheet import write_xlsx
from triplehelix.foundation.sheet.write import Sheet
from triplehelix.market.equity.models import Deal, Event, Registration
from triplehelix.market.finance import actions, sheets
from triplehelix.market.finance.models import Application, Claim, Consent, Lead, Product, Qualification
from triplehelix.procedure.cases import actions as procedure
from triplehelix.records.evidence.models import File
from triplehelix.records.trail.models import Entry


@pytest.fixture
def city(officer, firm, clerk):
    """Everybody of finance, today."""
    return Equity(officer=officer, firm=firm, clerk=clerk, now=timezone.now())


def client_of(who):
    client = Client()
    client.force_login(who)
    return client


def test_a_bank_opens_papers_by_a_button_and_another_bank_finds_nothing(city):
    city.product()
    case = city.consented()
    address = f"/finance/cases/{case.pk}/"
    bank = client_of(city.teller)
    page = bank.get(address).content.decode()
    assert "打开企业资料" in page
    assert city.firm.name not in page and "阮砺石" not in page
    assert city.firm.name not in bank.get("/finance/desk/").content.decode()
    assert not Entry.objects.filter(verb="open", subject_id=str(case.pk)).exists()
    assert bank.post(f"{address}open/").status_code == 302
    page = bank.get(address).content.decode()
    assert city.firm.name in page
    assert Entry.objects.filter(verb="open", subject_id=str(case.pk), actor_account=city.teller.pk).count() == 1
    for path in ("", "open/", "acts/decline/", "steps/accept/"):
        other = client_of(city.other_teller)
        answer = other.post(address + path, {"seen_version": case.version}) if path else other.get(address)
        assert answer.status_code == 404
    actions.revoke_consent(**city.on(case, city.clerk))
    assert bank.get(address).status_code == 404
    assert bank.get("/api/finance/cases").json()["total"] == 0
    assert "机构查阅企业资料" in client_of(city.clerk).get(address).content.decode()


def test_what_waits_says_which_product_and_names_the_firm_to_nobody_but_itself(city):
    case = city.consented(product=city.product())
    assert [line.title for line in lines(city.teller)] == ["科创贷"]
    page = client_of(city.teller).get("/todo/").content.decode()
    assert f'<span class="number">{case.number}</span> · 贷款' in page and city.firm.name not in page
    assert client_of(city.teller).post(f"/finance/cases/{case.pk}/open/").status_code == 302
    assert city.firm.name not in client_of(city.teller).get("/todo/").content.decode(), "only its own page opens papers"
    asked = city.picked(city.other_bank)
    (line,) = lines(city.clerk)
    assert (line.number, line.title, line.note) == (asked.number, "贷款 300 万元", "澄湖乙银行")


def test_what_only_the_city_can_do_waits_for_it(city):
    """Filings until their outcome is read in, by month; a loss until it is compensated."""

    def waits(who):
        found = client_of(who).get("/todo/").context["sections"]
        return [row for section in found for row in section.rows if "/finance/" in getattr(row, "url", "")]

    case = city.granted()
    actions.submit(**city.on(case, city.teller))
    (line,) = waits(city.officer)
    assert (line.title, line.note) == (f"等待备案结果：{city.today:%Y-%m}", "1")
    assert client_of(city.officer).get(line.url).status_code == 200
    city.land(city.outcome(case))
    assert not waits(city.officer)
    city.lost(case, WAN)
    (line,) = waits(city.officer)
    assert line.number == case.number


def lines(who):
    """Of what waits for somebody, the lines of finance cases."""
    found = client_of(who).get("/todo/").context["sections"]
    return [line for section in found for line in section.rows if "/finance/cases/" in getattr(line, "url", "")]


def test_the_same_over_the_api(city):
    case = city.consented(about="这一段只给授权的机构看，至少十个字。")
    bank = client_of(city.teller)
    line = bank.get(f"/api/finance/cases/{case.pk}").json()
    assert (line["firm"], line["steps"], line["acts"]) == (None, ["accept"], ["decline"])
    found = bank.post(f"/api/finance/cases/{case.pk}/open").json()
    assert set(found["papers"]) == set(found["fields"]) == {"identity", "wish", "contact"}
    assert found["papers"]["wish"]["about"].startswith("这一段")
    assert Entry.objects.filter(verb="open").count() == 1
    facts = {
        "registered_in_city": True, "credit_pass": True, "provincial_project": False, "pioneer": False, "kind": "loan",
        "amount_yuan": "1000000", "months": 12, "purpose": "research", "collateral": "none",
    }  # fmt: skip
    city.product()
    (fit,) = Client().post("/api/finance/check", {"facts": facts}, content_type="application/json").json()["items"]
    assert fit["fits"]
    (row,) = Client().get("/api/finance/products").json()["items"]
    assert {one["key"]: one["value"] for one in row["parameters"]}["rate_max"] == 39_000
    body = {
        "organisation": city.firm.uscc, "kind": "loan", "amount_fen": WAN, "months": 6, "purpose": "relending",
        "collateral": "none", "about": "用来还别的银行的贷款",
    }  # fmt: skip
    answer = client_of(city.clerk).post("/api/finance/leads", body, content_type="application/json")
    assert answer.status_code == 422 and "purpose" in answer.json()["fields"]
    answer = client_of(city.clerk).post(
        "/api/finance/leads", body | {"purpose": "research"}, content_type="application/json"
    )
    assert answer.status_code == 201


def test_the_words_agreed_to_are_the_words_shown(city):
    """Agreeing counts only for the text that was on the page: it is shown first, and another choice is shown anew."""
    case = city.picked()
    firm, address = client_of(city.clerk), f"/finance/cases/{case.pk}/acts/consent/"
    until = (timezone.localdate() + timedelta(days=60)).isoformat()
    given = {"until": until, "fields_": ["standing"], "seen_version": case.version, "agreed": "on"}
    answer = firm.post(address, given)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'class="consent"' in page and until in page and "同意并授权" in page
    assert "errorlist" not in page and "checked" not in page.split('name="agreed"')[1].split(">")[0]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    other = firm.post(address, given | {"seen": seen, "fields_": ["standing", "contact"]})
    assert other.status_code == 422 and "授权书也随之改了" in other.content.decode()
    assert not Consent.objects.exists()
    assert firm.post(address, given | {"seen": seen}).status_code == 302
    assert Consent.objects.get().digest == seen


def test_nobody_is_led_to_qualifications_that_are_not_there_for_them(city, county):
    for who, there in ((county, False), (city.clerk, True), (city.officer, True)):
        browser = client_of(who)
        assert ("/finance/qualifications/" in browser.get("/finance/leads/").content.decode()) is there
        assert browser.get("/finance/qualifications/").status_code == (200 if there else 404)


def test_from_the_self_check_to_a_wish_nothing_is_typed_twice(city):
    city.product()
    query = (
        "registered_in_city=true&credit_pass=true&provincial_project=false&pioneer=false&kind=loan&amount_yuan=1200000"
        "&months=12&purpose=research&collateral=none"
    )
    firm = client_of(city.clerk)
    page = firm.get(f"/finance/check/?{query}").content.decode()
    assert "1 个产品符合" in page
    assert "kind=loan&amp;months=12&amp;purpose=research&amp;collateral=none&amp;amount=1200000.00" in page
    assert not Lead.objects.exists()
    page = firm.get("/finance/leads/new/?kind=loan&months=12&purpose=research&collateral=none&amount=1200000.00")
    assert 'value="120"' in page.content.decode()
    bad = firm.get(f"/finance/check/?{query.replace('1200000', '-5')}")
    assert bad.status_code == 422
    answer = firm.post("/finance/leads/new/", {"kind": "loan", "amount_fen": "一百", "about": "短"})
    assert answer.status_code == 422
    assert all(f"id_{name}" in answer.content.decode() for name in ("amount_fen", "months", "about"))


def test_a_claim_leads_to_the_open_round_and_the_application_is_filled_in(city, officer):
    """The subsidy's own application is a case of the procedure: linked, prefilled, not built twice."""
    city.now -= timedelta(days=40)
    case = city.filed()
    city.now += timedelta(days=40)
    city.pay(case, "interest", 10_000 * YUAN)
    city.prove()
    made = city.claim(case)
    page = client_of(city.clerk).get(f"/finance/cases/{case.pk}/").content.decode()
    assert "现在没有开放的申报批次" in page
    today = timezone.localdate()
    round = procedure.open_round(
        award_code=made.award, lane="quick", title="鲁科贷贴息申报", year=today.year, opens_on=today,
        closes_on=today + timedelta(days=30), actor=officer, now=timezone.now(),
    )  # fmt: skip
    page = client_of(city.clerk).get(f"/finance/cases/{case.pk}/").content.decode()
    assert f'href="/rounds/{round.pk}/"' in page
    application = procedure.start(
        round=round, organisation=city.firm, title="贴息", actor=city.clerk, now=timezone.now()
    )
    assert application.facts == {
        "loan_no": case.contract.number, "filed": True, "used_for_research": True, "only_loan_subsidised": True,
        "interest_paid_yuan": "10000.00",
    }  # fmt: skip
    page = client_of(city.clerk).get(f"/finance/cases/{case.pk}/").content.decode()
    assert application.number in page and f'href="/rounds/{round.pk}/"' not in page
    answer = client_of(city.clerk).post(f"/finance/claims/{made.pk}/void/", {"why": "换一笔"})
    assert answer.status_code == 409 and "已经申报" in answer.content.decode()


def test_a_second_loan_is_refused_on_its_page(city):
    city.now -= timedelta(days=40)
    city.prove()
    first, second = city.filed(), city.filed()
    city.now += timedelta(days=40)
    for case in (first, second):
        city.pay(case, "interest", YUAN * 100)
    firm = client_of(city.clerk)
    address = "/finance/cases/{}/acts/claim_interest/"
    first.refresh_from_db()
    answer = firm.post(address.format(first.pk), {"seen_version": first.version})
    assert answer.status_code == 302
    second.refresh_from_db()
    # The act is not offered any more: what is not there answers 404.
    assert firm.post(address.format(second.pk), {"seen_version": second.version}).status_code == 404
    claim = Claim.objects.get()
    assert firm.post(f"/finance/claims/{claim.pk}/void/", {"why": ""}).status_code == 422
    assert firm.post(f"/finance/claims/{claim.pk}/void/", {"why": "换一笔"}).status_code == 302
    assert firm.post(address.format(second.pk), {"seen_version": second.version}).status_code == 302
    assert client_of(city.other_teller).post(f"/finance/claims/{claim.pk}/void/", {"why": "x"}).status_code == 404


def test_a_banks_desk_from_accepting_to_repayment(city):
    case = city.consented()
    bank = client_of(city.teller)
    address = f"/finance/cases/{case.pk}/"

    def act(name, **given):
        version = Application.objects.get(pk=case.pk).version
        return bank.post(f"{address}acts/{name}/", {"seen_version": version, **given})

    assert bank.post(f"{address}steps/accept/", {"seen_version": case.version}).status_code == 302
    today = timezone.localdate()
    contract = {
        "number": "JK-1", "amount_fen": "300", "rate_ppm": "3.45", "first_on": today, "use": "research",
        "last_on": today + timedelta(days=365),
    }  # fmt: skip
    answer = act("grant", **(contract | {"use": "securities", "rate_ppm": "x"}))
    page = answer.content.decode()
    assert answer.status_code == 422 and "百分数" in page and 'value="JK-1"' in page
    answer = act("grant", **(contract | {"use": "securities"}))
    assert answer.status_code == 422 and "资金不得用于证券" in answer.content.decode()
    assert act("grant", **contract).status_code == 302
    assert bank.post(f"{address}steps/repay/", {"seen_version": 99}).status_code == 409
    assert act("submit").status_code == 302
    assert act("submit").status_code == 404
    month = f"{today:%Y-%m}"
    assert bank.get(f"/finance/filing/{month}.xlsx").status_code == 302  # to the page of the month's filing
    sheet = bank.post(f"/finance/filing/{month}.xlsx")
    book = load_workbook(io.BytesIO(sheet.content))
    assert [row[5] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["JK-1"]
    assert client_of(city.other_teller).get("/finance/filing/").status_code == 200
    assert "JK-1" not in client_of(city.other_teller).get("/finance/filing/").content.decode()
    wrong = self_filled(book, outcome="准予备案", filing="")
    assert "导入备案结果" not in bank.get("/finance/filing/").content.decode()
    assert bank.post("/finance/filing/outcomes/", {"document": "公告 3 号", "file": wrong}).status_code == 404
    wrong.seek(0)
    office = client_of(city.officer)
    answer = office.post("/finance/filing/outcomes/", {"document": "公告 3 号", "file": wrong})
    assert answer.status_code == 422 and "第 2 行" in answer.content.decode()
    answer = office.post("/finance/filing/outcomes/", {"document": "公告 3 号", "file": io.BytesIO(b"\x89PNG")})
    assert answer.status_code == 422
    right = self_filled(book, outcome="准予备案", filing="LKD-1")
    assert office.post("/finance/filing/outcomes/", {"document": "公告 3 号", "file": right}).status_code == 302
    kept = Entry.objects.get(verb="filing_outcome").data
    assert File.objects.get(pk=kept["sheet"]).sha256 == kept["sha256"]
    assert Application.objects.get(pk=case.pk).state == "filed"
    again = self_filled(book, outcome="准予备案", filing="LKD-1")
    answer = office.post("/finance/filing/outcomes/", {"document": "公告 3 号", "file": again})
    assert answer.status_code == 422 and "没有等待结果的备案" in answer.content.decode()
    assert act("pay", kind="principal", amount_fen="3000000", on=today, number="P1").status_code == 302
    version = Application.objects.get(pk=case.pk).version
    assert bank.post(f"{address}steps/repay/", {"seen_version": version}).status_code == 302


def test_what_was_entered_wrongly_is_voided_on_the_page_and_stays_to_be_read(city):
    case = city.filed()
    city.pay(case, "principal", 300 * WAN, number="P-1")
    city.step(case, "repay", city.teller)
    bank, address = client_of(city.teller), f"/finance/cases/{case.pk}/"

    def act(name, **given):
        version = Application.objects.get(pk=case.pk).version
        return bank.post(f"{address}acts/{name}/", {"seen_version": version, **given})

    form = {act.code: form for act, form, _pressed in bank.get(address).context["acts"]}["void_payment"]
    assert form.fields["number"].choices == [("P-1", "P-1 · 本金 3,000,000.00 元")]
    answer = act("void_payment", number="P-9")
    assert answer.status_code == 422
    form = {act.code: form for act, form, _pressed in answer.context["acts"]}["void_payment"]
    assert set(form.errors) == {"number", "reason"}
    assert act("void_payment", number="P-1", reason="金额写错").status_code == 302
    page = bank.get(address).content.decode()
    assert "已作废：金额写错" in page and page.count("<s>") == 1 and "作废还款" in page
    assert "撤销结清" in page and Application.objects.get(pk=case.pk).state == "filed"
    assert act("void_payment", number="P-1", reason="x").status_code == 404, "nothing is left to void"
    assert client_of(city.officer).post(f"{address}acts/void_payment/", {"number": "P-1"}).status_code == 404
    city.lost(case, 100 * WAN)
    city.step(case, "compensate", city.officer)
    got = {"amount_fen": "1000000", "on": timezone.localdate(), "number": "Z-1"}
    assert act("recovery", **got).status_code == 302
    assert "Z-1 · 1,000,000.00 元" in client_of(city.officer).get(address).content.decode()
    assert act("void_recovery", number="Z-1", reason="多记").status_code == 302
    page = bank.get(address).content.decode()
    assert "已作废：多记" in page and "作废追偿" in page
    assert act("recovery", **got).status_code == 302


def test_a_contract_typed_wrong_is_corrected_on_the_page(city):
    case = city.granted()
    bank, address = client_of(city.teller), f"/finance/cases/{case.pk}/"
    form = {act.code: form for act, form, _pressed in bank.get(address).context["acts"]}["correct_contract"]
    shown = {name: form[name].value() for name in form.fields}
    assert (shown["amount_fen"], shown["rate_ppm"], shown["reason"]) == ("300", "3.6", None)
    given = {name: "" if value in (None, False) else value for name, value in shown.items()}
    given |= {"amount_fen": "30", "seen_version": Application.objects.get(pk=case.pk).version}
    answer = bank.post(f"{address}acts/correct_contract/", given)
    assert answer.status_code == 422 and "reason" in str(answer.context["acts"])
    assert bank.post(f"{address}acts/correct_contract/", given | {"reason": "多写一个零"}).status_code == 302
    page = client_of(city.officer).get(address).content.decode()
    assert "金额由 3,000,000.00 元 改为 300,000.00 元；多写一个零" in page and "更正合同" in page


def self_filled(book, *, outcome, filing):
    """The sheet that went out, with the outcome of its rows written in."""
    rows = [list(row) for row in book.active.iter_rows(min_row=2, values_only=True)]
    for row in rows:
        row[13:15] = [outcome, filing]
    content = io.BytesIO(write_xlsx([Sheet("备案", sheets.HEADINGS, rows)]))
    content.name = "outcomes.xlsx"
    return content


def test_a_bank_keeps_its_products(city):
    bank = client_of(city.teller)
    address = f"/finance/institutions/{city.bank.pk}/products/new/"
    given = {"scheme": "lukedai", "name": "科创贷", "amount_max": "500", "rate_max": "3.9", "source": "手册",
             "since": timezone.localdate()}  # fmt: skip
    answer = bank.post(address, given | {"rate_min": "4"})
    assert answer.status_code == 422 and "下限不能高于上限" in answer.content.decode()
    assert bank.post(address, given).status_code == 302
    made = Product.objects.get()
    change = f"/finance/products/{made.pk}/change/"
    day = timezone.localdate() + timedelta(days=5)
    answer = bank.post(change, {"key": "rate_max", "number": "abc", "since": day, "source": "通知"})
    assert answer.status_code == 422
    assert bank.post(change, {"key": "rate_max", "number": "3.6", "since": day, "source": "通知"}).status_code == 302
    page = Client().get(f"/finance/products/{made.pk}/").content.decode()
    assert "3.9%" in page and "将生效" in page
    assert client_of(city.other_teller).get(change).status_code == 404
    assert client_of(city.other_teller).get(address).status_code == 404
    assert bank.post(change, {"act": "end", "until": timezone.localdate()}).status_code == 302
    assert Client().get(f"/finance/compare/?p={made.pk}&p=x&p=999").status_code == 200
    Product.objects.update(
        since=timezone.localdate() - timedelta(days=9), until=timezone.localdate() - timedelta(days=1)
    )
    assert Client().get(f"/finance/products/{made.pk}/").status_code == 404
    assert bank.get(f"/finance/products/{made.pk}/").status_code == 200
    assert "科创贷" not in Client().get("/finance/").content.decode()


class TestEquity:
    def test_investors_read_teasers_and_ask_to_talk(self, request, things, investor):
        fund = client_of(investor)
        assert "不含铬的铜排" in fund.get("/equity/projects/").content.decode()
        address = written("/equity/projects/{project}/", things)
        assert fund.get(address).status_code == 200
        assert fund.post(f"{address}interest/", {"text": ""}).status_code == 422
        assert fund.post(f"{address}interest/", {"text": "想看中试数据"}).status_code == 302
        assert fund.post(f"{address}interest/", {"text": "想看中试数据"}).status_code == 409
        assert "想看中试数据" in signed_in(request, "clerk").get(address).content.decode()
        assert signed_in(request, "stranger").get(address).status_code == 404
        public = Client().get(written("/roadshows/{roadshow}/", things)).content.decode()
        assert "800 万元" not in public and "铜排防变色工艺" in public

    def test_a_fund_enters_a_deal_and_the_firm_confirms(self, request, things, investor, firm):
        fund, today = client_of(investor), timezone.localdate()
        given = {
            "uscc": firm.uscc, "mode": "equity", "round": "a", "ticket_fen": "500", "pre_fen": "4500",
            "post_fen": "4999", "number": "TZ-77", "signed_on": today,
        }  # fmt: skip
        answer = fund.post("/equity/deals/new/", given)
        assert answer.status_code == 422 and "投后估值应不低于" in answer.content.decode()
        answer = fund.post("/equity/deals/new/", given | {"post_fen": "5000"})
        deal = Deal.objects.get(number="TZ-77")
        assert answer["Location"] == f"/equity/deals/{deal.pk}/"
        clerk = signed_in(request, "clerk")
        assert "确认投资" in clerk.get("/todo/").content.decode()
        address = f"/equity/deals/{deal.pk}/"
        assert clerk.post(f"{address}steps/refuse/", {"seen_version": deal.version}).status_code == 409
        assert clerk.post(f"{address}steps/agree/", {"seen_version": deal.version}).status_code == 302
        end = {"exit_kind": "transfer", "exit_on": today, "exit_fen": "650"}
        assert fund.post(f"{address}acts/exit/", end | {"seen_version": 99}).status_code == 409
        deal.refresh_from_db()
        assert fund.post(f"{address}acts/exit/", end | {"seen_version": deal.version}).status_code == 302
        assert fund.post(f"{address}acts/exit/", end | {"seen_version": deal.version}).status_code == 404

    def test_the_calendar_file_is_read_by_a_calendar(self, things):
        event = things["roadshow"]
        Event.objects.filter(pk=event.pk).update(
            about="第一行，有逗号; 分号\n" + "很长的说明" * 30, online="https://example.com/r"
        )
        answer = Client().get(f"/roadshows/{event.pk}/roadshow.ics")
        assert answer["Content-Type"].startswith("text/calendar")
        assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
        (entry,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        assert entry["summary"] == event.title
        assert entry["description"].startswith("第一行，有逗号; 分号\n很长的说明")
        assert entry.decoded("dtstart") == event.starts_at

    def test_the_online_address_is_for_who_comes(self, request, things):
        event, clerk, meet = things["roadshow"], signed_in(request, "clerk"), "https://example.com/room-7"
        Event.objects.filter(pk=event.pk).update(place="", online=meet)
        address, calendar = f"/roadshows/{event.pk}/", f"/roadshows/{event.pk}/roadshow.ics"

        def told(caller):
            call = caller.get(f"/api/roadshows/{event.pk}").json()
            assert call["is_online"] is True
            return [meet in caller.get(page).text for page in (address, calendar)] + [call["online"] == meet]

        assert told(Client()) == [False] * 3
        assert "报名后这里显示地址" in Client().get(address).text
        assert told(clerk) == [True] * 3, "the firm on stage"
        event.showings.all().delete()
        assert told(clerk) == [False] * 3
        assert "线上" in Client().get("/roadshows/").text and meet not in Client().get("/roadshows/").text
        assert told(signed_in(request, "officer")) == told(signed_in(request, "auditor")) == [True] * 3
        assert clerk.post(f"{address}register/", {"people": "2"}).status_code == 302
        assert told(clerk) == [True] * 3
        row = Registration.objects.get(cancelled_at=None)
        clerk.post(f"{address}register/", {"act": "cancel", "registration": row.pk})
        assert told(clerk) == [False] * 3

    def test_registration_and_attendance(self, request, things):
        event, clerk = things["roadshow"], signed_in(request, "clerk")
        address = f"/roadshows/{event.pk}/"
        assert clerk.post(f"{address}register/", {"people": "99"}).status_code == 422
        assert clerk.post(f"{address}register/", {"people": "2"}).status_code == 302
        assert clerk.post(f"{address}register/", {"people": "1"}).status_code == 409
        assert "已报名" in clerk.get(address).content.decode()
        row = Registration.objects.get(cancelled_at=None)
        assert clerk.post(f"{address}register/", {"act": "cancel", "registration": row.pk}).status_code == 302
        assert clerk.post(f"{address}register/", {"people": "2"}).status_code == 302
        officer = signed_in(request, "officer")
        row = Registration.objects.get(cancelled_at=None)
        officer.post(f"{address}attend/", {"came": [row.pk], "seen_version": 1})
        assert Registration.objects.get(pk=row.pk).came is None  # it has not begun
        past = timezone.now() - timedelta(hours=1)
        Event.objects.filter(pk=event.pk).update(starts_at=past)
        officer.post(f"{address}attend/", {"came": [row.pk], "seen_version": 1})
        assert Registration.objects.get(pk=row.pk).came is True


def test_a_desk_reaches_all_its_cases_and_the_office_counts_all_that_is_late(city, monkeypatch):
    monkeypatch.setattr(finance_desk, "SHOWN", 1)
    monkeypatch.setattr(finance_office, "SHOWN", 1)
    cases = [city.granted(), city.granted()]
    bank, officer = client_of(city.teller), client_of(city.officer)
    found = "".join(bank.get(f"/finance/desk/?page={n}").text for n in (1, 2))
    assert all(one.number in found for one in cases)
    Application.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    page = officer.get("/finance/office/")
    assert page.context["late"].total == 2 and "还有 1 件没有列出" in page.text


def test_the_months_of_the_chart_stand_in_a_table_and_none_is_left_out(city):
    """A month without a loan is a month: a bar beside the next one hides that there was none between."""
    city.now = timezone.now()  # an hour ago was another month in the first hour of one
    this = timezone.localdate(city.now).replace(day=1)
    city.granted(contract={"first_on": this - timedelta(days=70), "last_on": this + timedelta(days=300)})
    case = city.granted(contract={"first_on": this, "last_on": this + timedelta(days=300)})
    page = client_of(city.officer).get("/finance/office/")
    named = [month for month, _granted in page.context["months"]]
    assert len(named) == 12 and named == sorted(set(named)) and named[-1] == f"{this:%Y-%m}"
    sums = [sum(fen for _bank, fen in granted) for _month, granted in page.context["months"]]
    assert sums[-2] == 0 and sums[-1] == case.contract.amount_fen and len([fen for fen in sums if fen]) == 2
    table = page.text.split("数字见下表")[1]
    assert all(f'<td class="main">{month}</td>' in table for month in named)


def test_lists_take_the_same_questions_for_one_row_and_for_three(city, django_assert_num_queries):
    bank, officer = client_of(city.teller), client_of(city.officer)
    pages = [(bank, "/finance/desk/", 8), (officer, "/finance/filing/", 4), (Client(), "/finance/", 2),
             (officer, "/finance/leads/", 7), (officer, "/api/finance/cases", 7),
             (bank, "/api/finance/cases", 7)]  # fmt: skip
    for client in (bank, officer):
        client.get("/account/")  # the first page of a session also writes it
    for more in (1, 2):
        for n in range(more):
            city.product(name=f"科创贷 {more}{n}")
            case = city.granted()
            actions.submit(**city.on(case, city.teller))
        for client, address, queries in pages:
            with django_assert_num_queries(queries):
                assert client.get(address).status_code == 200


def test_proofs_to_look_up_are_read_page_by_page_and_their_number_is_the_whole(city, django_assert_num_queries):
    officer = client_of(city.officer)
    officer.get("/account/")
    rows = [
        Qualification(organisation=city.firm, kind="credit", year=2001 + n, number=f"KRX-{n}", recorded_at=city.now)
        for n in range(23)
    ]
    Qualification.objects.bulk_create(rows[:1])
    with django_assert_num_queries(7):
        officer.get("/finance/qualifications/")
    Qualification.objects.bulk_create(rows[1:])
    with django_assert_num_queries(7):
        first = officer.get("/finance/qualifications/")
    second = officer.get("/finance/qualifications/?waiting=2")
    assert '<span class="note">23</span>' in first.text and "waiting=2" in first.text
    assert [len(page.context["waiting"]) for page in (first, second)] == [20, 3]
    own = client_of(city.clerk).get("/finance/qualifications/?page=2")
    assert len(own.context["rows"]) == 3 and not own.context["waiting"].paginator.count
