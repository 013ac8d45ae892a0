"""备案: month by month, outcomes all or nothing, revoked when the year's proof never came."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.finance.words import WAN
from triplehelix.foundation.sheet import read_table
from triplehelix.market.finance import access, actions, facts, finds, sheets
from triplehelix.market.finance.models import Application, Claim, Filing, Qualification
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

NEXT_YEAR = datetime(2027, 1, 2, 2, 0, tzinfo=UTC)


def sent(finance, n=1):
    made = []
    for _n in range(n):
        case = finance.granted()
        actions.submit(**finance.on(case, finance.teller))
        made.append(Application.objects.get(pk=case.pk))
    return made


def test_the_sheet_goes_out_and_comes_back_with_the_outcomes(finance):
    cases = sent(finance, 3)
    rows = month(finance, finance.teller, finance.bank)
    content = sheets.month_sheet(finance.today, rows)
    table = read_table(content)
    assert [row.cells["合同号"].text for row in table.rows] == [case.contract.number for case in cases]
    assert table.rows[0].cells["贷款金额（元）"].text == "3000000"
    assert sheets.read_outcomes(table) == ([], [])  # nothing is answered yet

    outcomes = [
        finance.outcome(cases[0], 2),
        finance.outcome(cases[1], 3, outcome="refused", filing="", reason="用途不清"),
    ]
    receipt = finance.land(*outcomes)
    assert (receipt.accepted, receipt.refused) == (1, 1)
    assert [Application.objects.get(pk=case.pk).state for case in cases] == ["filed", "granted", "granted"]
    assert Message.objects.filter(kind="market.finance.file", to=finance.clerk.email).count() == 1
    returned = Message.objects.get(kind="market.finance.filing_refused")
    assert returned.to == finance.teller.email and "用途不清" in returned.body
    # What was sent back may be sent in again; what waits may not.
    actions.submit(**finance.on(cases[1], finance.teller))
    with pytest.raises(Refused, match="等结果"):
        actions.submit(**finance.on(cases[2], finance.teller))


def month(finance, who, bank=None):
    return actions.open_month(month=finance.today, institutions=bank and [bank], actor=who, now=finance.now)


def test_the_sheet_holds_of_a_firm_what_it_agreed_to_and_every_opening_is_kept(finance, stranger):
    finance.proven(number="202637150000088")
    agreed, bare, gone = sent(finance, 3)
    finance.agree(agreed, fields=["standing"])
    actions.revoke_consent(**finance.on(gone, finance.clerk))
    table = read_table(sheets.month_sheet(finance.today, month(finance, finance.teller, finance.bank)))
    of_firm = ("企业名称", "企业统一社会信用代码", "入库编号或科融信")
    shown = {
        row.cells["合同号"].text: ["" if (cell := row.cells.get(name)) is None else cell.text for name in of_firm]
        for row in table.rows
    }
    name, uscc = finance.firm.name, finance.firm.uscc
    assert shown == {
        agreed.contract.number: [name, uscc, "202637150000088"], bare.contract.number: [name, uscc, ""],
        gone.contract.number: ["", "", ""],
    }  # fmt: skip
    kept = Entry.objects.filter(verb="open_sheet").order_by("pk")
    fields = {row.subject_id: row.data["fields"] for row in kept}
    assert fields == {str(agreed.pk): ["identity", "standing"], str(bare.pk): ["identity"]}
    # The sheet opens no papers; the city's holds everything and opens nothing.
    assert not actions.is_open(agreed, finance.teller, finance.now)
    assert all(seen == sheets.OF_FIRM for _row, seen in month(finance, finance.officer))
    assert kept.count() == 2
    for who, bank in ((finance.other_teller, finance.bank), (stranger, None), (finance.teller, None)):
        with pytest.raises(Refused):
            month(finance, who, bank)


def test_who_acts_for_two_banks_reads_the_filings_of_both(finance):
    """And of no third: whose months one reads is asked again when they are opened."""
    (own,) = sent(finance, 1)
    other = finance.filed(finance.other_bank, teller=finance.other_teller)
    today = finance.today
    assert access.filers_of(finance.teller, today) == [finance.bank]
    assert access.filers_of(finance.officer, today) is None and access.filers_of(finance.clerk, today) == []
    home, now = finance.other_bank.organisation, finance.now
    parties.add_member(account=finance.teller, organisation=home, role="admin", since=today, actor=None, now=now)
    banks = access.filers_of(finance.teller, today)
    assert {one.pk for one in banks} == {finance.bank.pk, finance.other_bank.pk}
    rows = actions.open_month(month=today, institutions=banks, actor=finance.teller, now=finance.now)
    assert {row.loan.application_id for row, _seen in rows} == {own.pk, other.pk}
    with pytest.raises(Refused):
        actions.open_month(month=today, institutions=banks, actor=finance.other_teller, now=finance.now)


def test_a_loan_repaid_while_its_filing_waits_is_filed_all_the_same(finance):
    early, other = sent(finance, 2)
    finance.pay(early, "principal", 300 * WAN)
    finance.step(early, "repay", finance.teller)
    finance.land(finance.outcome(early, 2), finance.outcome(other, 3))
    assert [Application.objects.get(pk=case.pk).state for case in (early, other)] == ["repaid", "filed"]
    assert early.contract.standing_filing().number


def test_a_wrong_row_keeps_every_row_out(finance):
    cases = sent(finance, 2)
    rows = [finance.outcome(cases[0], 2), finance.outcome(cases[1], 3, loan="JK-9999")]
    with pytest.raises(Invalid) as why:
        finance.land(*rows)
    assert why.value.errors == {"row_3": "没有等待结果的备案：JK-9999"}
    with pytest.raises(Invalid) as why:
        finance.land(finance.outcome(cases[0], 2), finance.outcome(cases[0], 3))
    assert "row_3" in why.value.errors
    with pytest.raises(Invalid) as why:
        finance.land(finance.outcome(cases[0], 2), document=" ")
    assert list(why.value.errors) == ["document"]
    with pytest.raises(Invalid) as why:
        finance.land(finance.outcome(cases[0], 2, "LKD1"), finance.outcome(cases[1], 3, "LKD1"))
    assert why.value.errors == {"row_3": "备案编号 LKD1 已经属于另一笔贷款"}
    assert set(Filing.objects.values_list("outcome", flat=True)) == {""}
    assert {Application.objects.get(pk=case.pk).state for case in cases} == {"granted"}


def test_no_bank_writes_down_outcomes(finance):
    """A filing opens what the bank is paid of a loss: who gains by it does not say so himself."""
    (case,) = sent(finance)
    for who in (finance.teller, finance.other_teller, finance.clerk):
        with pytest.raises(Refused, match="只有市科技局"):
            finance.land(finance.outcome(case), who=who)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("91,JK-1,准予备案,,", "备案编号"), ("91,JK-1,退回,,", "退回原因"), ("91,JK-1,也许,,", "可选范围"),
        (",JK-1,准予备案,L1,", "必填"),
    ],
)  # fmt: skip
def test_an_outcome_says_everything_or_is_refused_with_its_row(line, told):
    text = f"银行统一社会信用代码,合同号,结果,备案编号,退回原因\n{line}\n"
    rows, errors = sheets.read_outcomes(read_table(text.encode()))
    assert rows == []
    assert errors[0].row == 2
    assert told in errors[0].message + errors[0].column


@pytest.mark.parametrize(("said", "early"), [("是", True), ("否", False), ("", False)])
def test_an_early_stage_loan_is_confirmed_in_a_column_of_its_own(finance, said, early):
    """The bank's word stands in another: what it reported is not sent back as confirmed."""
    case = finance.granted(contract={"early_stage": True, "security": "none"})
    actions.submit(**finance.on(case, finance.teller))
    table = read_table(sheets.month_sheet(finance.today, month(finance, finance.officer, None)))
    (row,) = table.rows
    assert row.cells["早期研发信用贷款"].text == "是" and row.cells["核定早期研发信用贷款"].text == ""
    text = f"银行统一社会信用代码,合同号,结果,备案编号,核定早期研发信用贷款\n91,JK-1,准予备案,L1,{said}\n"
    rows, errors = sheets.read_outcomes(read_table(text.encode()))
    assert not errors and [one.early for one in rows] == [early]


def test_a_sheet_without_the_column_takes_no_early_stage_loan_for_an_ordinary_one(finance):
    """The city bears 45 % of a loss of one, 35 % of the other: a column left out is no answer."""
    early = finance.granted(contract={"early_stage": True, "security": "none"})
    plain = finance.granted()
    for case in (early, plain):
        actions.submit(**finance.on(case, finance.teller))
    head = "银行统一社会信用代码,合同号,结果,备案编号"
    uscc = early.contract.institution.organisation.uscc
    lines = [f"{uscc},{case.contract.number},准予备案,L{case.pk}" for case in (plain, early)]
    rows, errors = sheets.read_outcomes(read_table("\n".join([head, *lines]).encode()))
    assert not errors
    with pytest.raises(Invalid) as why:
        finance.land(*rows)
    assert list(why.value.errors) == ["row_3"] and "请补上“核定早期研发信用贷款”一列" in why.value.errors["row_3"]
    finance.land(rows[0])
    assert Filing.objects.get(loan=plain.contract).outcome == "accepted"
    assert Filing.objects.get(loan=early.contract).outcome == ""
    early.contract.refresh_from_db()
    assert early.contract.early_stage


@pytest.mark.parametrize(
    ("outcome", "filing", "reason", "at"),
    [("准予备案", "L" * 41, "", "备案编号"), ("退回", "", "由" * 301, "退回原因")],
)
def test_what_the_table_cannot_hold_whole_is_refused_at_its_cell(outcome, filing, reason, at):
    text = f"银行统一社会信用代码,合同号,结果,备案编号,退回原因\n91,JK-1,{outcome},{filing},{reason}\n"
    rows, errors = sheets.read_outcomes(read_table(text.encode()))
    assert rows == []
    assert [(one.row, one.column) for one in errors] == [(2, at)] and "最多" in errors[0].message


def test_a_filing_without_the_years_proof_is_revoked_when_the_year_is_over(finance):
    """§9 row 5.2: filing revoked; firm and bank are told, and no subsidy is left."""
    case = finance.filed()
    finance.days(120)
    finance.pay(case, "interest", WAN)
    assert actions.check_filings(now=datetime(2026, 12, 31, 2, 0, tzinfo=UTC)) == 0
    assert actions.check_filings(now=NEXT_YEAR) == 1
    case.refresh_from_db()
    filing = case.contract.filings.get()
    assert (case.state, filing.revoked_on) == ("unfiled", date(2027, 1, 2))
    told = set(Message.objects.filter(kind="market.finance.unfile").values_list("to", flat=True))
    assert told == {finance.clerk.email, finance.teller.email, finance.officer.email}
    assert (
        "2026 年没有已核实的科技型中小企业入库编号或科融信"
        in Message.objects.filter(kind="market.finance.unfile").first().body
    )
    with pytest.raises(Refused):
        finance.claim(case)
    assert actions.check_filings(now=NEXT_YEAR) == 0


def test_a_proof_of_the_same_year_keeps_the_filing(finance):
    case = finance.filed()
    finance.proven(year=2025)
    assert [row.loan_id for row in actions.filing.unproven(NEXT_YEAR.date())] == [case.contract.pk]
    finance.proven(year=2026)
    assert actions.check_filings(now=NEXT_YEAR) == 0


def test_a_claim_of_a_proof_does_not_count_until_the_city_has_looked_it_up(finance):
    case = finance.filed()
    made = finance.proven(by=finance.clerk)
    assert made.confirmed_at is None
    assert list(finds.unconfirmed()) == [made]
    assert actions.check_filings(now=NEXT_YEAR) == 1
    case.refresh_from_db()
    with pytest.raises(Refused, match="不能恢复"):
        actions.restore(why="补交", **finance.on(case, finance.officer))
    with pytest.raises(Refused):
        actions.answer_qualification(qualification=made, is_right=True, actor=finance.clerk, now=finance.now)
    actions.answer_qualification(qualification=made, is_right=True, actor=finance.officer, now=finance.now)
    actions.restore(why="核实时间晚", **finance.on(case, finance.officer))
    case.refresh_from_db()
    assert (case.state, case.contract.filing().revoked_on) == ("filed", None)


def test_a_proof_is_confirmed_once_and_its_firm_is_told_when_it_is_void(finance):
    made = finance.proven(by=finance.clerk)
    given = {"qualification": made, "actor": finance.officer, "now": finance.now}
    actions.answer_qualification(is_right=True, **given)
    with pytest.raises(Refused, match="已经核实过"):
        actions.answer_qualification(is_right=True, **given)
    actions.answer_qualification(is_right=False, why="名单里没有这个编号", **given)
    letter = Message.objects.get(kind="finance.qualification.void")
    assert letter.to == finance.clerk.email
    assert made.number in letter.subject and "名单里没有这个编号" in letter.body


def test_what_was_computed_under_a_proof_is_void_with_it(finance):
    """Money is not paid on a proof that was found to be none: what rests on it is computed anew under a right one."""
    case = finance.subsidised(1_000_000 * 100)
    lost = finance.filed()
    finance.lost(lost, 100 * WAN)
    finance.step(lost, "compensate", finance.officer)
    made = [finance.claim(case), finance.claim(lost, "loss", finance.teller)]
    given = {"is_right": False, "why": "名单里没有这家", "actor": finance.officer, "now": finance.now}
    second = finance.proven()
    actions.answer_qualification(qualification=finance.firm.qualifications.get(kind="credit"), **given)
    assert not Claim.objects.exclude(void_why="").exists(), "the year is proven still"
    actions.answer_qualification(qualification=second, **given)
    for row in made:
        row.refresh_from_db()
        assert "名单里没有这家" in row.void_why
    told = Message.objects.filter(kind="market.finance.proof_void").values_list("to", "cause_id")
    both = [(who.email, str(one.pk)) for one in (case, lost) for who in (finance.clerk, finance.teller)]
    assert sorted(told) == sorted(both)
    with pytest.raises(Refused):
        finance.claim(case)
    finance.proven(number="202637150109999")
    assert finance.claim(case).amount_fen == made[0].amount_fen


def test_a_number_proves_one_firm_once(finance, stranger):
    finance.proven(number="202637150100001")
    other, _clerk = finance.firm_of(8810, "另一家")
    with pytest.raises(Invalid) as why:
        finance.proven(other, number="202637150100001")
    assert "已经属于另一家企业" in why.value.errors["number"]
    with pytest.raises(Invalid):
        finance.proven(number="202637150100002")
    with pytest.raises(Refused):
        finance.proven(other, number="202637150100003", by=stranger)
    with pytest.raises(Invalid) as why:
        finance.proven(other, year=2027, number="202737150100003")
    assert list(why.value.errors) == ["year"]
    assert Qualification.objects.count() == 1


def test_late_in_the_year_firms_without_the_proof_are_told_once(finance):
    finance.filed()
    november = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert actions.remind_unproven(now=november - timedelta(days=30)) == 0
    assert actions.remind_unproven(now=november) == 1
    assert actions.remind_unproven(now=november) == 0
    told = Message.objects.get(kind="market.finance.prove")
    assert told.to == finance.clerk.email


def test_an_outcome_is_told_to_the_firm_and_its_bank(finance):
    (case,) = sent(finance)
    finance.land(finance.outcome(case))
    told = Message.objects.filter(kind="market.finance.file").values_list("to", flat=True)
    assert set(told) == {finance.clerk.email, finance.teller.email}


def test_a_subsidy_computed_from_a_filing_is_void_with_it(finance):
    case = finance.subsidised(1_000_000 * 100)
    made = finance.claim(case)
    award = pack().award(made.award)
    assert facts.offered(finance.firm, award)
    actions.revoke(why="资金用于转贷", **finance.on(case, finance.officer))
    made.refresh_from_db()
    assert made.void_why == "备案已撤销"
    assert facts.offered(finance.firm, award) == {}


@pytest.mark.parametrize("end", ["repaid", "compensated", "recovered"])
def test_a_filing_without_its_proof_is_revoked_whatever_became_of_the_loan(finance, end):
    """Domain M5.2: proof in the same year or the filing is revoked: no subsidy, no shared loss."""
    case = finance.filed(contract={"amount_fen": 10_000 * WAN, "rate_ppm": 200_000})
    finance.days(200)
    finance.pay(case, "interest", 100 * WAN)
    if end == "repaid":
        finance.pay(case, "principal", 10_000 * WAN)
        finance.step(case, "repay", finance.teller)
    else:
        finance.lost(case, 100 * WAN)
        finance.step(case, "compensate", finance.officer)
    if end == "recovered":
        finance.step(case, "recover", finance.teller, "其余无法追回")
    finance.now = NEXT_YEAR
    assert actions.check_filings(now=NEXT_YEAR) == 1
    assert actions.check_filings(now=NEXT_YEAR) == 0
    case.refresh_from_db()
    assert (case.state, case.contract.filing()) == (end, None)
    told = set(Message.objects.filter(kind="market.finance.unfile").values_list("to", flat=True))
    assert told == {finance.clerk.email, finance.teller.email, finance.officer.email}
    kind, who = ("interest", finance.clerk) if end == "repaid" else ("loss", finance.teller)
    with pytest.raises(Refused, match="贷款没有备案"):
        finance.claim(case, kind, who)
    # The proof was there after all: the filing comes back, the loan stays where it is.
    finance.proven(year=2026)
    actions.restore(why="核实时间晚", **finance.on(case, finance.officer))
    case.refresh_from_db()
    assert case.state == end
    assert finance.claim(case, kind, who).amount_fen == (40 if end == "repaid" else 35) * WAN


def test_nothing_is_claimed_from_a_filing_before_the_years_proof_is_confirmed(finance):
    case = finance.filed()
    finance.days(90)
    finance.pay(case, "interest", WAN)
    finance.proven(by=finance.clerk)
    with pytest.raises(Refused, match="入库编号"):
        finance.claim(case)
    made = finance.firm.qualifications.get()
    actions.answer_qualification(qualification=made, is_right=True, actor=finance.officer, now=finance.now)
    assert finance.claim(case).amount_fen == 4_000 * 100


def test_a_shared_loss_computed_from_a_filing_is_void_with_it(finance):
    finance.prove()
    case = finance.filed()
    finance.lost(case, 100 * WAN)
    finance.step(case, "compensate", finance.officer)
    made = finance.claim(case, "loss", finance.teller)
    actions.revoke(why="资金用于转贷", **finance.on(case, finance.officer))
    made.refresh_from_db()
    assert made.void_why == "备案已撤销"
    with pytest.raises(Refused, match="没有可以撤销的备案"):
        actions.revoke(why="再撤销", **finance.on(case, finance.officer))


def test_the_city_revokes_by_hand_with_a_reason(finance):
    case = finance.filed()
    with pytest.raises(Invalid):
        actions.revoke(why=" ", **finance.on(case, finance.officer))
    with pytest.raises(Refused):
        actions.revoke(why="x", **finance.on(case, finance.teller))
    actions.revoke(why="资金用于转贷", **finance.on(case, finance.officer))
    case.refresh_from_db()
    assert case.state == "unfiled"


def test_an_officer_proves_nothing_for_the_own_firm(finance, officer):
    """Of the firm he acts for he is a member and no more: what he enters waits, and another officer looks it up."""
    other = parties.create_account(email="two@example.com", name="另一位", password=None, actor=None, now=finance.now)
    parties.appoint(account=other, role="city_officer", unit="", since=finance.today, actor=None, now=finance.now)
    parties.add_member(
        account=officer, organisation=finance.firm, role="clerk", since=finance.today, actor=None, now=finance.now
    )
    made = finance.proven(by=officer)
    assert made.confirmed_at is None
    with pytest.raises(Refused, match="另一位工作人员"):
        actions.answer_qualification(qualification=made, is_right=True, actor=officer, now=finance.now)
    assert actions.answer_qualification(
        qualification=made, is_right=True, actor=other, now=finance.now
    ).confirmed_at == finance.now  # fmt: skip
    assert finance.granted().relations_of(officer, finance.now) == {"firm"}
