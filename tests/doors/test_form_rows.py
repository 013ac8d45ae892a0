"""Lines of a form, as many as are needed: what was agreed in five instalments is signed in five, and what is wrong is
said at its line."""

from datetime import UTC, date, datetime

import pytest

from tests.contracts.words import Market
from tests.doors.test_sale_pages import act, contract, errors, pdf
from tests.introductions.words import WAN, Table
from triplehelix.market.contracts import actions
from triplehelix.market.contracts.actions.opening import MOST_OWNERS
from triplehelix.market.contracts.actions.settling import MOST_COSTS, MOST_PEOPLE
from triplehelix.market.contracts.models import Contract, Distribution
from triplehelix.market.introductions.models import MOST_ROWS

NOW = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
DUE = date(2027, 1, 10)
FIVE = [(f"第 {n} 步完成", n * 10 * WAN, DUE.replace(month=n)) for n in range(1, 5)] + [("质保期满", WAN // 2, DUE)]
PRICE = sum(fen for _name, fen, _due in FIVE)


@pytest.fixture
def table(officer, clerk, firm, db):
    return Table(officer=officer, clerk=clerk, firm=firm, now=NOW)


def priced(table, price=PRICE, **terms):
    """A sale from agreed terms on its way to the contract, made public at this price; and the market."""
    made = table.talking()
    table.propose(made, **({"price_fen": PRICE, "rows": FIVE} | terms))
    made = table.accept_terms(made, 1, table.teacher)
    sale = actions.open_from(introduction=made, actor=table.teacher, now=table.now)
    market = Market(officer=table.officer, clerk=table.clerk, firm=table.firm, now=table.now)
    market.university, market.teller = table.university, table.teacher
    market.rights(sale)
    if price != sale.price_fen:
        actions.set_price(price_fen=price, **market.on(sale, market.teller))
    market.step(sale, "pass_rights", market.officer)
    market.notice(sale)
    market.days(20)
    actions.end_due(now=market.now)
    sale.refresh_from_db()
    return sale, market


def form_of(client, market, sale, code):
    client.force_login(market.teller)
    answer = client.get(f"/sales/{sale.pk}/")
    shown = (*answer.context["wide"], *answer.context["acts"], *answer.context["folded"])
    return next(form for one, form, _open in shown if one.code == code)


def as_shown(form):
    """What a browser sends when nothing of the form is touched."""
    plain = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in plain.items() if value is not None}


def lines(count, fen):
    """Instalments of this many, in a form: the last one takes what is left."""
    found = {"structure": "instalments"}
    for n in range(1, count + 1):
        part = fen // count if n < count else fen - fen // count * (count - 1)
        found |= {f"name_{n}": f"第 {n} 期", f"amount_{n}": f"{part / 100:.2f}", f"due_{n}": DUE}
    return found


def kept(sale):
    rows = Contract.objects.get(sale=sale).instalments.all()
    return [(one.name, one.amount_fen, one.due_on) for one in rows]


# --- the contract ---------------------------------------------------------------------------------------------------


def test_five_agreed_instalments_are_signed_as_the_form_begins(client, table):
    sale, market = priced(table)
    form = form_of(client, market, sale, "sign")
    assert "第 1 版条款填好" in form.hint
    assert form.hint in client.get(f"/sales/{sale.pk}/").text
    said = as_shown(form) | {"number": "澄大合〔2026〕9号", "site": "371521", "file": pdf()}
    assert (said["type"], said["structure"]) == ("LICENSE", "instalments")
    assert act(client, market.teller, sale, "sign", said).status_code == 302
    assert kept(sale) == FIVE
    assert Contract.objects.get(sale=sale).price_fen == PRICE


def test_a_royalty_begins_as_agreed(client, table):
    sale, market = priced(table, structure="royalty", royalty_ppm=33_333, royalty_base="不含税销售额", rows=FIVE[:1],
                          mode="先使用后付费")  # fmt: skip
    said = as_shown(form_of(client, market, sale, "sign"))
    assert (said["royalty_percent"], said["royalty_base"], said["type"]) == ("3.3333", "不含税销售额", "")
    said |= {"number": "澄大合〔2026〕9号", "site": "371521", "file": pdf(), "type": "LICENSE"}
    assert act(client, market.teller, sale, "sign", said).status_code == 302
    assert Contract.objects.get(sale=sale).royalty_ppm == 33_333


def test_a_price_made_public_since_stands_and_the_form_says_that_the_parts_do_not_add_up(client, table):
    sale, market = priced(table, price=PRICE - WAN)
    form = form_of(client, market, sale, "sign")
    assert form["price"].value() == f"{(PRICE - WAN) / 100:.2f}"
    assert "与议定的总价 1,005,000.00 元 不同" in form.hint
    said = as_shown(form) | {"number": "澄大合〔2026〕9号", "site": "371521", "file": pdf()}
    assert "应等于合同金额" in errors(act(client, market.teller, sale, "sign", said), "sign")["name_1"][0]
    said |= {"amount_5": "", "name_5": "", "due_5": "", "amount_4": "395000", "file": pdf()}
    assert act(client, market.teller, sale, "sign", said).status_code == 302
    assert len(kept(sale)) == 4


def test_without_an_introduction_the_form_begins_empty(client, market):
    form = form_of(client, market, market.priced(), "sign")
    assert form.hint == ""
    assert [line.n for line in form.instalments if line.seen] == [1, 2]
    assert form["name_1"].value() is None


@pytest.mark.parametrize("count", [1, 5, MOST_ROWS])
def test_a_contract_takes_as_many_instalments_as_terms_may_have(client, market, count):
    sale = market.priced()
    said = contract(**lines(count, sale.price_fen))
    assert act(client, market.teller, sale, "sign", said).status_code == 302
    assert [name for name, _fen, _due in kept(sale)] == [f"第 {n} 期" for n in range(1, count + 1)]


def test_a_wrong_line_is_said_at_its_line_past_a_blank_one_and_nothing_is_lost(client, market):
    sale = market.priced()
    said = contract(**lines(5, sale.price_fen))
    said |= {"name_7": said["name_3"], "amount_7": said["amount_3"], "due_7": "", "name_3": "", "amount_3": "",
             "due_3": "", "due_9": DUE}  # fmt: skip
    answer = act(client, market.teller, sale, "sign", said)
    assert errors(answer, "sign") == {"due_7": ["请填写期限"], "name_9": ["请写付款条件，最多 120 个字"]}
    form = next(form for one, form, _open in answer.context["wide"] if one.code == "sign")
    assert [line.n for line in form.instalments if line.seen] == list(range(1, 10))
    assert [line.n for line in form.instalments if line.is_bad] == [7, 9]
    assert {name: form[name].value() for name in said if name in form.fields and name != "file"} == {
        name: str(value) for name, value in said.items() if name != "file"
    }
    assert 'id="id_sign_due_7_error"' in answer.text, "the field names the message that stands under it"
    wrong = act(client, market.teller, sale, "sign", contract(**lines(5, sale.price_fen)) | {"amount_4": "三万"})
    assert set(errors(wrong, "sign")) == {"amount_4"}
    assert not Contract.objects.exists()


def test_more_instalments_than_terms_may_have_are_refused(market):
    from triplehelix.records.parties.rules import Invalid

    sale = market.priced()
    rows = [(f"第 {n} 期", sale.price_fen // 25, DUE) for n in range(25)]
    with pytest.raises(Invalid) as why:
        market.sign(sale, structure="instalments", rows=rows)
    assert why.value.errors == {"row_1": f"最多 {MOST_ROWS} 期"}


@pytest.mark.parametrize(("typed", "wrong"), [("45", ""), ("", "pay_days"), ("0", "pay_days"), ("366", "pay_days")])
def test_a_trial_is_paid_for_within_the_days_agreed(client, market, typed, wrong):
    sale = market.priced()
    form = form_of(client, market, sale, "sign")
    assert (form["pay_days"].value(), "30 日是建议" in form["pay_days"].help_text) == (30, True)
    said = contract(structure="trial", trigger="连续三批合格率达到 98%", trial_until=date(2099, 1, 1), pay_days=typed)
    answer = act(client, market.teller, sale, "sign", said)
    if wrong:
        assert set(errors(answer, "sign")) == {wrong}
        return
    assert Contract.objects.get(sale=sale).trial.pay_days == 45
    assert "达到条件后 45 日内付款" in client.get(f"/sales/{sale.pk}/").text


# --- owners, costs, contributors ------------------------------------------------------------------------------------


def test_as_many_owners_as_the_check_takes(client, market):
    sale = market.opened(market.firm)
    firms = [market.university, *(market.other(9400 + n)[0] for n in range(MOST_OWNERS - 1))]
    said = {"secrecy": "open", "secrecy_document": "密审〔2026〕3号", "export": "home"}
    for n, one in enumerate(firms, start=1):
        said |= {
            f"name_{n}": one.name,
            f"uscc_{n}": one.uscc,
            f"share_{n}": "5" if n > 1 else str(105 - 5 * len(firms)),
        }
    assert act(client, market.teller, sale, "rights", said).status_code == 302
    assert sale.owners.count() == MOST_OWNERS
    form = form_of(client, market, sale, "rights")
    assert form[f"uscc_{MOST_OWNERS}"].value() == firms[-1].uscc


def test_as_many_lines_of_a_sheet_as_it_takes_and_the_wrong_one_is_named(client, market):
    sale = market.performing()
    market.pay(sale, sale.price_fen)
    said = {"income": "1000000", "rule": "70", "rule_document": "办法"}
    said |= {f"cost_{n}": f"税费{n}" for n in range(1, MOST_COSTS + 1)}
    said |= {f"amount_{n}": "10" for n in range(1, MOST_COSTS + 1)}
    said |= {f"person_{n}": f"完成人{n}" for n in range(1, MOST_PEOPLE + 1)}
    said |= {f"weight_{n}": "1" for n in range(1, MOST_PEOPLE + 1)}
    wrong = said | {"cost_3": "", "amount_3": "", "cost_5": "", "person_2": "", "weight_2": "", "person_9": ""}
    answer = act(client, market.teller, sale, "reward", wrong)
    assert set(errors(answer, "reward")) == {"cost_5", "person_9"}
    assert act(client, market.teller, sale, "reward", said).status_code == 302
    sheet = Distribution.objects.get()
    assert (len(sheet.costs), sheet.shares.count()) == (MOST_COSTS, MOST_PEOPLE)


# --- the negotiation room -------------------------------------------------------------------------------------------


def test_the_room_asks_by_the_same_lines(client, table):
    made = table.talking()
    said = {"seen_version": made.version, "mode": "许可", "price_wan": "100.5", "structure": "instalments",
            "rights": "归学校", "delivery": "两个月"}  # fmt: skip
    for n, (name, fen, due) in enumerate(FIVE, start=1):
        said |= {f"row_{n}": name, f"amount_{n}": str(fen / WAN), f"due_{n}": due}
    client.force_login(table.clerk)
    address = f"/introductions/{made.pk}/acts/propose/"
    wrong = client.post(address, said | {"row_2": "", "amount_2": "", "due_2": "", "row_4": ""})
    assert set(wrong.context["propose"][1].errors) == {"row_4"}
    assert client.post(address, said).status_code == 302, "five at once, in the first version"
    assert [row["fen"] for row in made.versions.get().rows] == [fen for _name, fen, _due in FIVE]
