"""A case of a year that is over: its money is carried over, or it is refused; nothing waits for ever."""

import shutil
from datetime import UTC, date, datetime

import pytest

from tests.cases.city import MILLION, YUAN
from triplehelix.fund import actions as fund
from triplehelix.fund import check
from triplehelix.fund.models import Commitment, Purse
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.records.parties.reference import calendar
from triplehelix.records.steps.actions import Refused

OLD_YEAR = datetime(2026, 12, 21, 2, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 5, 2, tzinfo=UTC)
FACTS = {"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
         "reported_before": False}  # fmt: skip
REWARD = 50_000 * YUAN


@pytest.fixture(autouse=True)
def next_year(tmp_path, settings):
    """The office has entered the working days of 2027."""
    shutil.copytree(settings.PACK_DIR, tmp_path / "pack")
    settings.PACK_DIR = tmp_path / "pack"
    days = settings.PACK_DIR / "reference" / "calendar_2027.toml"
    new_year = '[[holiday]]\nname = "元旦"\nfrom = 2027-01-01\nto = 2027-01-03\n'
    days.write_text(f'year = 2027\nsource = "test"\n{new_year}[workdays]\ndays = []\n')
    calendar.cache_clear()
    yield
    calendar.cache_clear()


@pytest.fixture
def old(city):
    """5,000,000 yuan of 2026 for the award on 21 December 2026; 2027 has money of its own."""
    city.now = OLD_YEAR
    fund.appropriate(year=2027, document="澄财教〔2027〕1号", actor=None, now=city.now)
    fund.open_purse(year=2027, use="separate", amount_fen=5 * MILLION, actor=None, now=city.now)
    return Purse.objects.get(year=2026, use="separate")


@pytest.fixture
def case(city, old):
    """A case of 2026 that waits for its notice."""
    round = actions.open_round(
        award_code="M5.4", lane="entitled", title="2026 年研发投入奖励", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now,
    )  # fmt: skip
    firm, member = city.firm()
    case = Case.objects.create(
        number="M5.4-2026-9001", round=round, award_code="M5.4", lane="entitled", year=2026, organisation=firm,
        title=round.title, state="screening", created_at=city.now, changed_at=city.now, facts=FACTS,
    )  # fmt: skip
    city.step(case, "invite", city.clerk)
    city.account(case, member)
    return city.step(case, "confirm", member)


def test_a_case_not_promised_in_its_year_is_promised_from_what_was_carried_over(city, old, case):
    city.now = NEW_YEAR
    with pytest.raises(Refused, match="2026 年的“单列资金”资金没有结转到 2027 年：请市财政局先办理结转"):
        city.notice(case)
    carried = fund.carry_over(purse=old, actor=city.finance, now=city.now)
    city.notice(case)
    assert Commitment.objects.get().purse == carried
    assert Purse.objects.get(year=2027, origin_year=2027, use="separate").committed_fen == 0


def test_a_case_corrected_in_the_new_year_takes_its_promise_with_it(city, old, case):
    item = city.notice(case).items.get()
    said = notices.object_to(
        item=item, name="李真名", phone="13800000000", text="该企业研发费用与税务申报表不符，请核实更正。", now=city.now
    )
    city.now = NEW_YEAR
    carried = fund.carry_over(purse=old, actor=city.finance, now=city.now)
    notices.answer(
        objection=said, is_upheld=True, text="经核实，金额应更正，重新公示。", actor=city.clerk, now=city.now
    )
    case = city.step(case, "restart", city.clerk)
    city.notice(case, number="澄科公示〔2027〕2号")
    held = Commitment.objects.get()
    assert (held.purse, held.amount_fen, held.case_ref) == (carried, REWARD, case.ref)
    old.refresh_from_db()
    assert (old.committed_fen, old.free) == (0, REWARD)
    # What was given back may follow, or goes to the treasury when the year is closed.
    assert fund.close_year(year=2026, actor=city.finance, now=city.now) == 15 * MILLION + REWARD
    city.days(8)
    notices.end_due(now=city.now)
    city.step(case, "order", city.finance)
    city.bank((city.payments(case)[0], ""))
    case.refresh_from_db()
    assert case.state == "closed"
    assert check.problems() == []


def test_a_case_whose_money_went_back_to_the_treasury_is_refused(city, old, case):
    city.now = NEW_YEAR
    fund.close_year(year=2026, actor=city.finance, now=city.now)
    with pytest.raises(Refused, match="已交回国库的，改为不予支持"):
        city.notice(case)
    with pytest.raises(Refused):
        city.step(case, "reject_decided", city.clerk)
    case = city.step(case, "reject_decided", city.clerk, "2026 年资金已交回国库，请在 2027 年批次另行申报")
    assert (case.state, case.granted_fen) == ("rejected", None)
