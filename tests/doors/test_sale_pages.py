"""Pages of sales, as seller, buyer, market, a bidder and a citizen meet them. The sales themselves: tests/contracts."""

from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from django.utils import timezone

from tests.contracts.words import PRICE, WAN
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.amending import Ground, stands
from triplehelix.market.contracts.actions.registering import Certified
from triplehelix.market.contracts.actions.results import Result
from triplehelix.market.contracts.actions.settling import Contributor
from triplehelix.market.contracts.models import Bid, Contract, Instalment, Objection, Publication, Sale
from triplehelix.market.listings import actions as listings
from triplehelix.procedure.openings import actions as openings
from triplehelix.records.evidence.models import File
from triplehelix.records.parties import actions as parties

PDF = b"%PDF-1.4\n%page\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def pdf(name="paper.pdf", content=PDF):
    made = BytesIO(content)
    made.name = name
    return made


def act(client, who, sale, code, data, **more):
    client.force_login(who)
    sale.refresh_from_db()
    said = {"seen_version": sale.version} | data
    return client.post(f"/sales/{sale.pk}/acts/{code}/", said, **more)


def step(client, who, sale, code, note=""):
    client.force_login(who)
    sale.refresh_from_db()
    return client.post(f"/sales/{sale.pk}/steps/{code}/", {"seen_version": sale.version, "note": note})


def errors(answer, code):
    """What is said at the fields of an act's form."""
    forms = {one.code: form for one, form, _open in (*answer.context["wide"], *answer.context["acts"])}
    return {name: list(found) for name, found in forms[code].errors.items()}


def rights(market, *owners, **more):
    """The form of the rights check: (name, uscc, share) a row."""
    found = {"secrecy": "open", "secrecy_document": "密审〔2026〕3号", "export": "home"}
    for n, (name, uscc, share) in enumerate(owners, start=1):
        found |= {f"name_{n}": name, f"uscc_{n}": uscc, f"share_{n}": share}
    return found | more


def contract(**more):
    given = {"number": "澄大合〔2026〕9号", "type": "ASSIGN", "price": "1000000", "signed_on": timezone.localdate(),
             "site": "371521", "structure": "fixed", "pay_by": timezone.localdate() + timedelta(days=60),
             "file": pdf()}  # fmt: skip
    return given | more


# --- rights: a seller that is no owner -----------------------------------------------------------------------------


def test_seller_not_owner_is_said_at_its_field_and_nothing_is_kept(client, market):
    sale, other = market.opened(market.firm), market.other(9302)[0]
    answer = act(
        client, market.teller, sale, "rights", rights(market, (other.name, other.uscc, "100"), consent_1=pdf())
    )
    assert answer.status_code == 422
    assert "转让方不是权利人" in errors(answer, "rights")["share_1"][0]
    assert other.name in answer.text, "what was typed is still there"
    assert not sale.owners.exists()
    assert not File.objects.filter(name="paper.pdf").exists(), "the paper went with the refusal"


def test_shares_and_codes_are_said_at_their_rows(client, market):
    sale = market.opened(market.firm)
    own = market.university
    wrong = rights(market, (own.name, own.uscc, "66,67"), ("某厂", "91371500MA00000000", "33.33"))
    assert set(errors(act(client, market.teller, sale, "rights", wrong), "rights")) >= {"share_1"}
    wrong = rights(market, (own.name, own.uscc, "66.67"), ("某厂", "91371500MA00000000", "33.33"))
    assert "uscc_2" in errors(act(client, market.teller, sale, "rights", wrong), "rights")


def test_a_co_owner_without_consent_keeps_the_sale_where_it_is(client, market):
    sale, other = market.opened(market.firm), market.other(9302)[0]
    rows = ((market.university.name, market.university.uscc, "66.67"), (other.name, other.uscc, "33.33"))
    assert act(client, market.teller, sale, "rights", rights(market, *rows)).status_code == 302
    answer = step(client, market.officer, sale, "pass_rights")
    assert answer.status_code == 409
    assert "缺少共有人 受让9302厂 的书面同意" in answer.text
    paper = {"consent_2": pdf("同意书.pdf"), "consented_2": timezone.localdate()}
    assert act(client, market.teller, sale, "rights", rights(market, *rows, **paper)).status_code == 302
    assert step(client, market.officer, sale, "pass_rights").status_code == 302
    page = client.get(f"/sales/{sale.pk}/")
    assert "33.33%" in page.text
    address = f"/sales/{sale.pk}/files/{sale.owners.get(uscc=other.uscc).consent_id}/"
    assert client.get(address).content == PDF


# --- the notice: its price is the contract's ------------------------------------------------------------------------


def test_price_below_notice_is_blocked_at_the_contract_and_says_what_to_do(client, market):
    sale = market.priced()
    answer = act(client, market.teller, sale, "sign", contract(price="999999.99"))
    assert answer.status_code == 422
    assert errors(answer, "sign")["price"] == [
        "低于公示的 1,000,000.00 元，不能签：请先“撤下公示，重新定价”，按新价格再公示"
    ]
    assert not Contract.objects.exists()
    assert act(client, market.teller, sale, "sign", contract()).status_code == 302
    made = Contract.objects.get()
    assert (made.price_fen, made.instalments.get().due_on) == (PRICE, contract()["pay_by"])


def test_edited_notice_the_name_changed_meanwhile_waits_for_a_new_one(client, market):
    sale = market.pricing(market.firm)
    market.notice(sale)
    held = market.achievement
    listings.edit(listing=held, values={"title": "改了名字的工艺"}, actor=market.teller, now=market.now,
                  seen_version=held.version)  # fmt: skip
    answer = step(client, market.officer, sale, "end_notice")
    assert answer.status_code == 409
    assert "成果名称与公示的“铜排防变色钝化工艺”不一致" in answer.text
    public = client.get(f"/market/{Publication.objects.get().pk}/").text
    assert "铜排防变色钝化工艺" in public
    assert "改了名字的工艺" not in public


def test_what_a_price_by_agreement_needs_is_marked_and_said_at_once(client, market):
    sale = market.pricing()
    client.force_login(market.teller)
    assert client.get(f"/sales/{sale.pk}/").text.count("协议定价必填") == 3
    found = errors(act(client, market.teller, sale, "propose", {"method": "agreed"}), "propose")
    assert set(found) == {"method", "basis", "document", "objections_to", "unit_first", "unit_proof"}
    assert (found["basis"], found["unit_first"]) == (["请填写定价依据"], ["请填写本单位公示自"])
    assert found["method"] == ["协议定价要先有受让方；没有受让方的，请挂牌、拍卖或招标"]
    assert set(errors(act(client, market.teller, sale, "propose", {"method": "listing"}), "propose")) == {
        "basis", "document"}  # fmt: skip


def test_what_a_contract_s_structure_needs_is_said_at_once(client, market):
    sale = market.priced()
    said = contract(structure="royalty", number="")
    assert {"number", "royalty_percent", "royalty_base"} <= set(errors(act(client, market.teller, sale, "sign", said),
                                                                       "sign"))  # fmt: skip


def test_a_price_in_one_sum_is_asked_for_its_day_or_has_a_line(client, market):
    sale = market.priced()
    said = errors(act(client, market.teller, sale, "sign", contract(pay_by="")), "sign")
    assert set(said) == {"pay_by"}
    day = timezone.localdate() + timedelta(days=30)
    line = {"name_1": "验收合格后", "amount_1": "1000000", "due_1": day}
    assert act(client, market.teller, sale, "sign", contract(pay_by="", **line)).status_code == 302
    assert sale.contract.instalments.get().due_on == day


def test_the_seller_proposes_the_market_publishes_a_citizen_objects(client, market):
    sale = market.pricing(market.firm)
    market.now = timezone.now()
    said = {"method": "agreed", "basis": "评估值", "document": "办纪〔2026〕5号", "objections_to": "科技处",
            "unit_first": timezone.localdate()}  # fmt: skip
    answer = act(client, market.teller, sale, "propose", said)
    assert errors(answer, "propose")["unit_proof"] == ["请上传本单位公示的截图或照片"]
    assert act(client, market.teller, sale, "propose", said | {"unit_proof": pdf()}).status_code == 302
    client.force_login(market.officer)
    offered = {one.code for one, _form, _open in client.get(f"/sales/{sale.pk}/").context["acts"]}
    assert "notice" in offered
    assert not {"list", "announce"} & offered, "the seller has decided how"
    said.pop("method")
    assert act(client, market.officer, sale, "notice", said).status_code == 302
    public = Publication.objects.get()
    assert public.unit_proof.name == "paper.pdf"

    client.logout()
    assert "拟交易价格" in client.get(f"/market/{public.pk}/").text
    letter = docx.Document(BytesIO(client.get(f"/market/{public.pk}/notice.docx").content))
    cells = [cell.text for row in letter.tables[0].rows for cell in row.cells]
    assert "人民币壹佰万元整（1,000,000.00元）" in cells
    words = {"name": "匿", "phone": "0635-8111111", "text": "这项工艺里有我单位的专有技术，双方签过协议，请核查。"}
    assert client.post(f"/market/{public.pk}/object/", words).status_code == 422
    answer = client.post(f"/market/{public.pk}/object/", words | {"name": "侯实言"})
    assert "异议已收到" in answer.text
    client.force_login(market.clerk)
    page = client.get(f"/sales/{sale.pk}/").text
    assert "收到异议，公示暂停" in page
    assert "侯实言" not in page, "who objects is for the market's and the auditor's eyes"
    client.post(f"/market/{public.pk}/object/", words | {"name": "另一人"})
    first, second = Objection.objects.order_by("pk")
    said = {"objection": first.pk, "upheld": "no", "text": "协议约定工艺归学校所有，不成立。"}
    assert act(client, market.officer, sale, "answer", said).status_code == 302
    answer = act(client, market.officer, sale, "answer", said | {"upheld": "yes"})
    assert errors(answer, "answer") == {"objection": ["这一件异议已经答复；请看过其余的再办理"]}
    second.refresh_from_db()
    assert second.answered_at is None, "an answer to one is never kept as the answer to another"
    assert act(client, market.officer, sale, "answer", said | {"objection": second.pk}).status_code == 302
    assert step(client, market.officer, sale, "dismiss").status_code == 302
    assert {one.answered_by for one in Objection.objects.all()} == {market.officer}


# --- bids -----------------------------------------------------------------------------------------------------------


def test_a_confirmed_firm_bids_once_in_time_and_nobody_sees_who_else_does(client, market):
    sale = market.pricing()
    market.now = timezone.now()
    public = market.listed(sale)
    firm, buyer = market.other(9400)
    client.force_login(buyer)
    address = f"/market/{public.pk}/bid/"
    said = {"contact_name": "阮砺石", "contact_phone": "13900000000", "deposit": "五万"}
    answer = client.post(address, said)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"deposit"}
    said |= {"deposit": "50000"}
    assert set(client.post(address, said).context["form"].errors) == {"deposit_at"}
    assert client.post(address, said | {"deposit_at": "某交易中心"}).status_code == 302
    assert client.post(address, said | {"deposit_at": "某交易中心"}).status_code == 409
    assert "本单位已登记" in client.get(f"/market/{public.pk}/").text
    assert Bid.objects.get().deposit_fen == 5 * WAN
    back = f"/market/bids/{Bid.objects.get().pk}/back/"
    assert client.post(back, follow=True).redirect_chain == [(f"/market/{public.pk}/", 302)]
    assert "本单位已登记" not in client.get(f"/market/{public.pk}/").text
    assert "已经撤回" in client.post(back, follow=True).text
    assert client.post(address, said | {"deposit_at": "某交易中心"}).status_code == 302
    client.force_login(market.teller)
    assert client.post(back).status_code == 404
    page = client.get(f"/sales/{sale.pk}/").text
    assert firm.name not in page, "not even the seller, while it runs"
    assert "家登记" not in page, "nor how many there are"
    client.force_login(market.officer)
    page = client.get(f"/sales/{sale.pk}/").text
    assert firm.name in page
    assert "1 家登记" in page
    actions.end_due(now=market.now)
    client.force_login(buyer)
    assert [(one.organisation, one.result) for one in client.get("/market/").context["bids"]] == [
        (firm, ""), (firm, "withdrawn"),
    ]  # fmt: skip


def test_what_is_over_takes_neither_bids_nor_objections(client, market):
    sale = market.pricing()
    public = market.listed(sale)
    market.days(40)
    actions.end_due(now=market.now)
    client.force_login(market.clerk)
    given = {"contact_name": "甲", "contact_phone": "13900000000"}
    answer = client.post(f"/market/{public.pk}/bid/", given)
    assert answer.status_code == 409
    assert "挂牌已经期满" in answer.text
    text = {"name": "侯实言", "phone": "0635-8111111", "text": "这项工艺里有我单位的专有技术，双方签过协议，请核查。"}
    assert client.post(f"/market/{public.pk}/object/", text).status_code == 409
    assert public in client.get("/market/?over=1").context["page"].object_list


# --- registration, money, landing -----------------------------------------------------------------------------------


def test_registration_no_fake_is_said_at_its_field(client, market):
    sale = market.signed()
    actions.submit_registration(authority="MIIT", **market.on(sale, market.teller))
    year = timezone.localdate().year
    said = {"number": f"{year}-991500-000001", "type": "ASSIGN", "certified": "1000000", "technical": "900000",
            "decided_on": timezone.localdate(), "file": pdf()}  # fmt: skip
    for number, words in (("123", "格式不对"), (f"{year}-991500-000001", "行政区划 991500 不存在"),
                          (f"{year}-371500-000000", "不能全是零"),
                          (f"{year - 1}-371500-000001", "不是同一年")):  # fmt: skip
        answer = act(client, market.officer, sale, "register", said | {"number": number, "file": pdf()})
        assert answer.status_code == 422
        assert words in errors(answer, "register")["number"][0]
    said |= {"number": f"{year}-371500-000123", "file": pdf()}
    assert act(client, market.officer, sale, "register", said).status_code == 302
    sale.refresh_from_db()
    assert sale.state == "registered"
    page = client.get(f"/sales/{sale.pk}/").text
    assert "即为成功落地" in page and "到账的比例是平台的建议值，待主管部门确认。" in page


def test_a_program_is_no_receipt_and_a_stale_page_changes_nothing(client, market):
    sale = market.performing()
    said = {"way": "in", "amount": "300000", "on": timezone.localdate(), "number": "R-1"}
    answer = act(client, market.teller, sale, "money", said | {"file": pdf("x.pdf", b"MZ\x90\x00" + b"\0" * 200)})
    assert answer.status_code == 422
    assert "file" in errors(answer, "money")
    stale = act(client, market.teller, sale, "money", said | {"file": pdf(), "seen_version": 1})
    assert stale.status_code == 409
    assert not sale.contract.receipts.exists()
    assert act(client, market.teller, sale, "money", said | {"file": pdf()}).status_code == 302
    sale.refresh_from_db()
    assert sale.landed_on == timezone.localdate()
    page = client.get(f"/sales/{sale.pk}/").text
    assert "30%" in page


@pytest.mark.parametrize("who", ["clerk", "stranger", "auditor"])
def test_what_is_not_yours_to_do_is_not_there(client, market, request, who):
    sale = market.performing()
    answer = act(client, request.getfixturevalue(who), sale, "register", {})
    assert answer.status_code == 404


def waiting(client, title):
    """What stands in a section of the to-do."""
    sections = client.get("/todo/").context["sections"]
    return [line.of for one in sections if one.title.startswith(title) for line in one.rows]


def test_used_first_and_the_condition_met(client, market):
    sale = market.signed(
        structure="trial", trigger="合格率达到 98%", trial_until=timezone.localdate().replace(month=12)
    )
    client.force_login(market.clerk)
    address = f"/sales/{sale.pk}/trial/trigger/"
    assert client.post(address, {"seen_version": 1}).status_code == 409
    assert client.post(address, {"seen_version": 1, "note": "达标"}).status_code == 302
    assert "已达到付款条件" in client.get(f"/sales/{sale.pk}/").text
    assert waiting(client, "待办的交易") == [sale]


def test_what_landed_opens_its_support_on_the_pages_of_all_who_need_it(client, market, finance):
    sale = market.performing()
    market.pay(sale, 40 * WAN)
    openings.look_at(sale=sale.pk, now=market.now)
    opening = sale.openings.get()
    for who in (market.clerk, market.officer, finance):
        client.force_login(who)
        assert waiting(client, "成功落地") == [opening]
        page = client.get(f"/openings/{opening.pk}/").text
        assert "2026-371500-000001" in page
        assert "现在没有开放的批次" in page
    assert client.get(f"/openings/{opening.pk}/files/{sale.contract.file_id}/").content.startswith(b"%PDF")
    client.force_login(market.teller)
    assert client.get(f"/openings/{opening.pk}/").status_code == 404
    assert client.get(f"/sales/{sale.pk}/").context["openings"] == []


# --- the sheet is the unit's own business ----------------------------------------------------------------------------


def shared_out(market):
    sale = market.performing()
    market.pay(sale, PRICE)
    expert = market.account("expert")
    person = parties.register_person(name="方砚", home=market.university, title="教授", discipline="材料", actor=None,
                                     now=market.now)  # fmt: skip
    parties.claim_person(person=person, account=expert, actor=None, now=market.now)
    market.sheet(sale, PRICE, contributors=[Contributor("方砚", 60, "配方", person), Contributor("林溪", 40)])
    return sale, expert


def test_the_buyer_is_not_told_that_there_is_a_sheet_and_a_contributor_sees_one_line(client, market):
    sale, expert = shared_out(market)
    client.force_login(market.clerk)
    page = client.get(f"/sales/{sale.pk}/").text
    for word in ("收益分配", "方砚", "林溪", "420,000"):
        assert word not in page.split("</header>", 1)[1]
    assert "履约付款" in page
    assert [state.code for _sale, state in client.get("/sales/").context["lines"]] == ["registered"]
    assert client.get("/sales/?state=rewarding").context["lines"] == []
    assert len(client.get("/sales/?state=registered").context["lines"]) == 1
    assert client.get(f"/api/sales/{sale.pk}").json()["state"] == "registered"
    client.force_login(market.teller)
    assert "林溪" in client.get(f"/sales/{sale.pk}/").text
    client.force_login(expert)
    own = client.get("/sales/income/").text
    assert "42 万元" in own
    assert "林溪" not in own
    assert client.get(f"/sales/{sale.pk}/").status_code == 404


def test_a_sheet_below_the_law_is_said_at_its_field(client, market):
    sale = market.performing()
    market.pay(sale, PRICE)
    said = {"income": "1000000", "rule": "49.99", "rule_document": "办法", "cost_1": "税费", "amount_1": "30000",
            "person_1": "方砚", "weight_1": "60", "person_2": "林溪", "weight_2": "40"}  # fmt: skip
    answer = act(client, market.teller, sale, "reward", said)
    assert errors(answer, "reward")["rule"] == ["奖励比例不能低于法定的 50%，也不能超过 100%"]
    answer = act(client, market.teller, sale, "reward", said | {"rule": "七成", "weight_2": ""})
    assert set(errors(answer, "reward")) == {"rule", "weight_2"}


def test_what_has_been_handed_in_says_so_and_folds_its_form(client, market):
    def wide(page):
        return {one.code: is_open for one, _form, is_open in page.context["wide"]}

    sale = market.opened(market.firm)
    client.force_login(market.teller)
    page = client.get(f"/sales/{sale.pk}/")
    assert wide(page) == {"rights": True} and "已提交" not in page.text
    market.rights(sale)
    page = client.get(f"/sales/{sale.pk}/")
    assert wide(page) == {"rights": False}
    assert "权属核查已提交，等科技大市场核查" in page.text and "修改权属核查" in page.text
    client.force_login(market.officer)
    assert "等科技大市场核查" not in client.get(f"/sales/{sale.pk}/").text, "it is the market's own turn"
    sale.refresh_from_db()
    market.step(sale, "pass_rights", market.officer)
    client.force_login(market.teller)
    assert wide(client.get(f"/sales/{sale.pk}/")) == {"propose": True}
    market.proposed(sale, "agreed")
    page = client.get(f"/sales/{sale.pk}/")
    assert wide(page) == {"propose": False} and "定价方案已提交，等科技大市场公布" in page.text


def test_an_overdue_instalment_says_to_each_side_what_to_do(client, market):
    sale = market.performing()
    late = market.today - timedelta(days=1)
    Instalment.objects.filter(contract__sale=sale).update(due_on=late)
    said = {
        market.clerk: "已逾期 100 万元：请付款，由转让方登记到账",
        market.teller: "受让方已逾期 100 万元：收到款后请登记到账",
    }
    for who, words in said.items():
        client.force_login(who)
        assert words in client.get(f"/sales/{sale.pk}/").text
        assert f"/sales/{sale.pk}/" in client.get("/todo/").text
    client.force_login(market.officer)
    assert "请付款" not in client.get(f"/sales/{sale.pk}/").text
    for ended in ("terminated", "closed"):
        Sale.objects.filter(pk=sale.pk).update(state=ended)
        client.force_login(market.clerk)
        assert "已逾期" not in client.get(f"/sales/{sale.pk}/").text
        assert f"/sales/{sale.pk}/" not in client.get("/todo/").text


def test_a_slip_entered_wrongly_is_voided_on_the_page_and_stays_to_be_read(client, market):
    sale = market.performing()
    market.pay(sale, 10 * WAN, number="R-1")
    client.force_login(market.officer)
    form = {one.code: form for one, form, _open in client.get(f"/sales/{sale.pk}/").context["folded"]}["void_receipt"]
    assert form.fields["number"].choices == [("R-1", "R-1 · 到账 100,000.00 元")]
    assert "number" in errors(act(client, market.teller, sale, "void_receipt", {"reason": "错了"}), "void_receipt")
    assert act(client, market.teller, sale, "void_receipt", {"number": "R-1", "reason": "金额写错"}).status_code == 302
    page = client.get(f"/sales/{sale.pk}/").text
    assert "已作废：金额写错" in page and "作废回单" in page
    assert sale.contract.receipts.get().void_why == "金额写错"


def as_shown(client, sale):
    """What a browser sends of the folded form that changes the contract, when nothing is typed."""
    forms = {one.code: form for one, form, _open in client.get(f"/sales/{sale.pk}/").context["wide"]}
    shown = {name: forms["amend"][name].value() for name in forms["amend"].fields}
    return {name: value for name, value in shown.items() if value not in (None, "", False)}


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"structure": "instalments",
         "rows": [("首付", 30 * WAN, date(2026, 5, 1)), ("尾款", 70 * WAN, date(2026, 9, 1))]},
        {"structure": "royalty", "royalty_ppm": 33_333, "royalty_base": "含税销售额",
         "rows": [("入门费", 20 * WAN, date(2026, 6, 1))]},
        {"structure": "trial", "trigger": "三批合格", "trial_until": date(2026, 7, 1), "pay_days": 45, "pay_by": None},
        {"structure": "equity", "equity_company": "澄湖新材料公司", "equity_bp": 2_550, "pay_by": None},
    ],
    ids=lambda terms: terms.get("structure", "fixed"),
)  # fmt: skip
def test_a_contract_is_changed_from_what_stands_and_both_sides_read_what_it_was(client, market, terms):
    sale = market.performing(**terms)
    client.force_login(market.teller)
    shown = as_shown(client, sale)
    said = errors(act(client, market.teller, sale, "amend", {}), "amend")
    assert {"ground", "reason", "number", "site"} <= set(said)
    why = {"ground": "entry", "reason": "有效期写成了一年"}
    answer = act(client, market.teller, sale, "amend", shown | why)
    assert "没有改动：请改好再保存" in answer.text
    later = {"ends_on": "2031-04-11", "agreed_on": timezone.localdate(market.now)}
    said = errors(act(client, market.teller, sale, "amend", shown | why | later | {"ground": "agreed"}), "amend")
    assert set(said) == {"file"}
    done = shown | why | later | {"ground": "agreed", "file": pdf()}
    assert act(client, market.teller, sale, "amend", done).status_code == 302
    client.force_login(market.clerk)
    page = client.get(f"/sales/{sale.pk}/").text
    assert "变更：双方签订了补充协议" in page and "有效期写成了一年" in page
    assert "<s>2027-04-12</s>" in page and "2031-04-11" in page
    made = sale.amendments.get()
    assert made.changes == {"ends_on": ["2027-04-12", "2031-04-11"]}
    assert client.get(f"/sales/{sale.pk}/files/{made.file_id}/").status_code == 200
    assert act(client, market.clerk, sale, "amend", done).status_code == 404


def test_a_scan_that_was_anothers_is_the_market_s_and_the_auditors_to_read(client, market, auditor):
    """What was uploaded by mistake is most often a neighbour's: a contract of another buyer, a certificate of another
    sale. Who uploads contracts reads the one that was replaced, too."""
    sale = market.performing()
    entered, row = Ground("entry", "上传了别家的合同", file=market.paper()), sale.contract.registrations.get()
    first = actions.amend_contract(terms=stands(sale.contract), ground=entered, **market.on(sale, market.teller))
    said = Certified(row.number, row.type, row.certified_fen, row.technical_fen, row.decided_on, market.paper())
    second = actions.correct_registration(said=said, reason="上传了别家的证明", **market.on(sale, market.officer))
    both, one = {first.replaced_id, second.replaced_id}, {first.replaced_id}
    for who, reads in ((market.officer, both), (auditor, both), (market.teller, one), (market.clerk, set())):
        client.force_login(who)
        page = client.get(f"/sales/{sale.pk}/").text
        listed = {file["id"] for file in client.get(f"/api/sales/{sale.pk}/papers").json()}
        assert {first.file_id, second.file_id} <= listed
        for file in both:
            here = file in reads
            assert (f"/files/{file}/" in page, file in listed) == (here, here)
            for address in (f"/sales/{sale.pk}/files/{file}/", f"/api/sales/{sale.pk}/papers/{file}"):
                assert client.get(address).status_code == (200 if here else 404)


def test_a_certificate_entered_wrong_is_put_right_by_the_market(client, market):
    sale = market.performing()
    client.force_login(market.officer)
    shown = {one.code: form for one, form, _open in client.get(f"/sales/{sale.pk}/").context["folded"]}
    form = shown["correct_registration"]
    said = {name: form[name].value() for name in ("number", "type", "certified", "technical", "decided_on")}
    said |= {"technical": "90000", "reason": "技术交易额少写一位"}
    assert act(client, market.teller, sale, "correct_registration", said).status_code == 404
    found = errors(
        act(client, market.officer, sale, "correct_registration", said | {"number": "1"}), "correct_registration"
    )
    assert set(found) == {"number"}
    assert act(client, market.officer, sale, "correct_registration", said).status_code == 302
    page = client.get(f"/sales/{sale.pk}/").text
    assert "更正认定登记：登记时填错" in page and "<s>100 万元</s>" in page and "9 万元" in page


def test_a_result_entered_wrong_is_put_right_on_the_page(client, market):
    sale = market.pricing()
    public = market.listed(sale)
    (firm, clerk), (other, _clerk) = market.other(9401), market.other(9402)
    for one, who in ((firm, clerk), (other, _clerk)):
        market.bid(public, one, who)
    market.days(60)
    actions.end_due(now=market.now)
    said = Result("某交易所", "成交 1 号", market.today, firm, PRICE, market.paper())
    actions.record_result(said=said, **market.on(sale, market.officer))
    client.force_login(market.officer)
    shown = {one.code: form for one, form, _open in client.get(f"/sales/{sale.pk}/").context["folded"]}
    form = shown["correct_result"]
    typed = {name: form[name].value() for name in ("exchange", "document", "held_on", "uscc", "price")}
    assert (typed["uscc"], typed["price"]) == (firm.uscc, "1000000.00")
    typed |= {"uscc": other.uscc, "reason": "看错一行"}
    assert act(client, market.officer, sale, "correct_result", typed).status_code == 302
    page = client.get(f"/sales/{sale.pk}/").text
    assert "更正成交结果：登记时填错" in page and f"<s>{firm.name} {firm.uscc}</s>" in page
    sale.refresh_from_db()
    assert sale.buyer == other


# --- opening one ------------------------------------------------------------------------------------------------------


def test_a_buyer_is_found_by_its_full_name_and_of_two_of_that_name_by_the_code(client, market):
    sale, (firm, _who) = market.opened(), market.other(9302)
    assert act(client, market.teller, sale, "buyer", {"uscc": f" {firm.name} "}).status_code == 302
    sale.refresh_from_db()
    assert sale.buyer == firm
    twin, _who = market.other(9303)
    twin.name = firm.name
    twin.save()
    answer = act(client, market.teller, sale, "buyer", {"uscc": firm.name})
    assert "不止一个单位叫这个名称" in answer.text
    assert act(client, market.teller, sale, "buyer", {"uscc": twin.uscc.lower()}).status_code == 302


def test_a_sale_is_opened_from_an_achievement_by_who_sells_or_buys(client, market, stranger):
    held = market.achievement
    client.force_login(market.clerk)
    assert f"/sales/new/?achievement={held.pk}" in client.get(f"/achievements/{held.pk}/").text
    form = client.get(f"/sales/new/?achievement={held.pk}").context["form"]
    assert (form.initial["achievement"], form.initial["uscc"]) == (str(held.pk), market.firm.uscc)
    said = {"achievement": held.pk, "uscc": "91371500MA00000000"}
    errors = client.post("/sales/new/", said).context["form"].errors
    assert (set(errors), "没有找到这个单位" in errors["uscc"][0]) == ({"uscc"}, True)
    answer = client.post("/sales/new/", {"achievement": held.pk, "uscc": market.firm.uscc})
    sale = Sale.objects.get()
    assert answer["Location"] == f"/sales/{sale.pk}/"
    client.force_login(stranger)
    answer = client.post("/sales/new/", {"achievement": held.pk, "uscc": market.firm.uscc})
    assert answer.status_code == 409
    assert Sale.objects.count() == 1
