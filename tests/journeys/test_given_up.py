"""What cannot be taken back, on a phone without JavaScript: the promise is read, the consequence is said, then it is
done, and the page says where to go next."""

import pytest
from django.utils import timezone

from tests.cases import city as words
from tests.journeys import desk
from tests.journeys.conftest import closed, opened
from tests.journeys.market import sign_in
from triplehelix.fund.payee import BankAccount
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.records.steps.actions import take

FACTS = {"above_scale": True, "accurate": True, "rd_expense_yuan": "1000000", "rd_expense_last_year_yuan": None,
         "reported_before": False}  # fmt: skip


def entitled(firm, member, clerk):
    """A reward of 50,000 yuan that waits for the firm's word, its account given."""
    now, today = timezone.now(), timezone.localdate()
    held = actions.open_round(
        award_code="M5.4", lane="entitled", title="研发投入奖励", year=today.year, opens_on=today, closes_on=today,
        actor=clerk, now=now,
    )  # fmt: skip
    case = Case.objects.create(
        number=f"M5.4-{today.year}-0001", round=held, award_code="M5.4", lane="entitled", year=today.year,
        organisation=firm, title=held.title, state="screening", created_at=now, changed_at=now, facts=FACTS,
    )  # fmt: skip
    case = take(case=case, step="invite", actor=clerk, now=now, seen_version=case.version)
    account = BankAccount(firm.name, "6222020200112233445", "澄湖农商银行营业部")
    return actions.set_account(case=case, account=account, actor=member, now=now, seen_version=case.version)


@pytest.fixture
def phone(chromium, live_server):
    made = opened(
        chromium, live_server, java_script_enabled=False, color_scheme="dark", viewport={"width": 390, "height": 844}
    )
    yield made
    closed(made)


def test_a_reward_is_given_up(phone, transactional_db):
    desk.money()
    clerk = desk.account("city@example.com", "梁经办", "city_officer")
    firm, member = desk.firm(1, f"第{words.uscc(1)[-4:]}号轴承有限公司", "firm@example.com")
    case = entitled(firm, member, clerk)
    sign_in(phone, "firm@example.com")
    phone.goto(f"/cases/{case.pk}/")
    phone.locator("blockquote", has_text="一、本单位提供的信息").wait_for()
    sure = phone.locator("details.sure", has=phone.locator("summary", has_text="放弃享受"))
    assert not sure.locator("button").is_visible()
    sure.locator("summary").click()
    assert "放弃后不再向本单位拨付 5 万元" in sure.inner_text()
    sure.locator("button", has_text="确认放弃享受").click()
    phone.locator("text=已办理：放弃享受").wait_for()
    phone.locator("text=原拟支持的 5 万元不再支持").wait_for()
    assert phone.locator("a", has_text="决定书").count() == 0
    phone.locator("a", has_text="看本单位还能享受什么").click()
    phone.locator("h1").first.wait_for()
    assert "5 万元" not in phone.locator("main").inner_text()
