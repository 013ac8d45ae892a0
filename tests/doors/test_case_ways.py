"""The ways out of a case on its pages: a correction that does not come, a demand put right and taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cases.city import YUAN
from tests.cases.words import SOUND, SUMMARY
from tests.doors.procedure import round_of, to_confirm
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices

PAID = 50_000 * YUAN


@pytest.fixture
def demanded(city):
    """50,000 yuan paid, the case put away, 50,000 demanded back, 20,000 of it there."""
    case, _member = to_confirm(city)
    city.notice(case)
    city.days(12)
    notices.end_due(now=city.now)
    case = city.step(case, "order", city.finance)
    city.bank((city.payments(case)[0], ""))
    case = city.step(case, "archive", city.clerk)
    case = actions.demand_back(
        case=case, amount_fen=PAID, why="审计查实", actor=city.clerk, now=city.now, seen_version=case.version
    )
    return actions.record_refund(
        case=case, amount_fen=20_000 * YUAN, receipt="缴款书 1", actor=city.finance, now=city.now,
        seen_version=case.version,
    )  # fmt: skip


def test_a_demand_is_put_right_on_the_page(client, city, demanded):
    here = reverse("web:case", args=[demanded.pk])
    client.force_login(city.finance)
    page = client.get(here).text
    assert "追回 50,000.00 元，已缴回国库 20,000.00 元" in page and "更正追回金额" not in page
    client.force_login(city.clerk)
    page = client.get(here).text
    assert "更正追回金额" in page and "含已缴回的 20,000.00 元，不超过已支付的 50,000.00 元" in page
    # No button for a way back: which one fits, the program knows.
    assert "撤销追回" in page and "/steps/lift_" not in page and "/step/lift_" not in page
    url = reverse("web:case-act", args=[demanded.pk, "change_demand"])
    sent = {"amount": "10000", "why": "复核后更正", "document": "澄科监〔2026〕4号", "seen_version": demanded.version}
    wrong = client.post(url, sent)
    assert wrong.status_code == 422 and "追回金额应不低于已缴回的 20,000.00 元" in wrong.text
    assert client.post(url, {**sent, "amount": "一万"}).status_code == 422
    done = client.post(url, {**sent, "amount": "30000"}, follow=True)
    assert "追回 30,000.00 元，已缴回国库 20,000.00 元" in done.text
    assert "确定追回金额" in done.text and "复核后更正（澄科监〔2026〕4号）" in done.text


def test_a_demand_is_taken_back_on_the_page_and_no_step_does_it_alone(client, city, demanded):
    url = reverse("web:case-act", args=[demanded.pk, "lift_demand"])
    sent = {"why": "查无实据", "document": "澄科监〔2026〕5号", "seen_version": demanded.version}
    client.force_login(city.finance)
    assert client.post(url, sent).status_code == 404
    client.force_login(city.clerk)
    refused = client.post(url, sent)
    assert refused.status_code == 409 and "缴回国库，不能撤销追回" in refused.text
    step = reverse("web:case-step", args=[demanded.pk, "lift_archived"])
    assert client.post(step, {"note": "算了", "seen_version": demanded.version}).status_code == 404
    offered = client.get(f"/api/cases/{demanded.pk}").json()["steps"]
    assert not [code for code in offered if code.startswith("lift_")]


def test_a_late_correction_is_among_the_clerks_work_and_is_ended_there(client, city):
    round = round_of(city)
    firm, member = city.firm()
    case = actions.start(round=round, organisation=firm, title="轴承热处理", actor=member, now=city.now)
    case = actions.write(
        case=case, facts=SOUND, summary=SUMMARY, leader="周工", actor=member, now=city.now, seen_version=case.version
    )
    for step, by, note in (("submit", member, ""), ("unit_pass", member, ""), ("recommend", city.county, "")):
        city.step(case, step, by, note)
    case = city.step(case, "ask_correction", city.clerk, "请补交查新报告")
    client.force_login(city.clerk)
    url = reverse("web:case-step", args=[case.pk, "reject_late"])
    here = reverse("web:case", args=[case.pk])
    early = client.post(url, {"note": "没有补正", "seen_version": case.version})
    assert early.status_code == 409 and "到期以前不能按逾期办理" in early.text
    assert here not in client.get(reverse("web:todo")).text
    Case.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert here in client.get(reverse("web:todo")).text
    page = client.get(here).text
    assert "确认逾期未补正，不予受理" in page and "就此结束，不能恢复" in page
    done = client.post(url, {"note": "没有补正", "seen_version": case.version}, follow=True)
    assert "不予支持" in done.text and Case.objects.get(pk=case.pk).state == "rejected"


def test_a_refund_typed_wrong_is_voided_on_the_page_and_by_the_api(client, city, demanded):
    here, url = reverse("web:case", args=[demanded.pk]), reverse("web:case-act", args=[demanded.pk, "void_refund"])
    sent = {"receipt": "缴款书 1", "reason": "应为 2000 元", "seen_version": demanded.version}
    client.force_login(city.clerk)
    assert "作废登记错的缴款书" not in client.get(here).text and client.post(url, sent).status_code == 404
    client.force_login(city.finance)
    page = client.get(here).text
    assert "作废登记错的缴款书" in page and "缴款书 1　20,000.00 元" in page
    wrong = client.post(url, sent | {"receipt": "别的", "reason": ""})
    assert wrong.status_code == 422 and "缴款书 1　20,000.00 元" in wrong.text
    done = client.post(url, sent, follow=True)
    assert "追回 50,000.00 元，已缴回国库 0.00 元" in done.text
    assert "缴款书 1（20,000.00 元）：应为 2000 元" in done.text
    api = f"/api/cases/{demanded.pk}/acts/void_refund"
    demanded.refresh_from_db()
    sent["seen_version"] = demanded.version
    again = client.post(api, sent, content_type="application/json")
    assert again.status_code == 422 and "已经作废" in again.json()["fields"]["receipt"]
