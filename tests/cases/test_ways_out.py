"""Every state has a way out that holds: a correction that does not come, a firm that is no more, dates and periods."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.cases.words import applied, decided, planned
from triplehelix.doors.web import sure
from triplehelix.foundation.calendar import WorkingCalendar
from triplehelix.procedure.cases import actions, waiting
from triplehelix.procedure.cases.check import problems
from triplehelix.procedure.cases.days import due_from
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.notices import check as public
from triplehelix.procedure.notices.models import Objection
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

DAY = timedelta(days=1)


@pytest.fixture
def correcting(city, round):
    case, member = applied(city, round)
    city.step(case, "submit", member)
    city.step(case, "unit_pass", member)
    city.step(case, "recommend", city.county)
    return city.step(case, "ask_correction", city.clerk, "请补交查新报告"), member


def after(city, case):
    """The day after the case's last one."""
    city.days((case.due_on - timezone.localdate(city.now)).days + 1)
    return timezone.localdate(city.now)


def waits_for_clerk(city, case, on):
    return case in waiting.for_account(city.clerk, on)


def test_a_correction_that_does_not_come_ends_the_case_once_its_period_is_over(city, correcting):
    case, member = correcting
    for on in (case.due_on - DAY, case.due_on):
        assert not waits_for_clerk(city, case, on)
    city.days((case.due_on - timezone.localdate(city.now)).days)
    with pytest.raises(Refused, match=f"办理期限是 {case.due_on}，到期以前不能按逾期办理"):
        city.step(case, "reject_late", city.clerk, "没有补正")
    today = after(city, case)
    assert waits_for_clerk(city, case, today) and case in waiting.for_account(member, today)
    with pytest.raises(Refused, match="请先写明理由"):
        city.step(case, "reject_late", city.clerk)
    with pytest.raises(Refused, match="无权"):
        city.step(case, "reject_late", member, "算了")
    Message.objects.all().delete()
    case = city.step(case, "reject_late", city.clerk, "通知补正后逾期没有提交")
    assert (case.state, case.due_on, case.decision["why"]) == ("rejected", None, "通知补正后逾期没有提交")
    assert Message.objects.get().to == member.email
    row = Entry.objects.get(subject_kind=Case.kind, subject_id=str(case.pk), verb="reject_late")
    assert row.data["decision"]["why"] == "通知补正后逾期没有提交" and not waits_for_clerk(city, case, today)


def test_a_correction_may_still_be_handed_in_late(city, correcting):
    case, member = correcting
    after(city, case)
    assert city.step(case, "correct", member).state == "accepting"


def test_nobody_is_late_where_no_day_was_set(city, correcting):
    case, _member = correcting
    Case.objects.filter(pk=case.pk).update(due_on=None)
    city.days(200)
    with pytest.raises(Refused, match="没有设定办理期限"):
        city.step(case, "reject_late", city.clerk, "没有补正")
    assert not waits_for_clerk(city, case, timezone.localdate(city.now))


def test_a_day_that_could_not_be_set_is_set_when_the_calendar_is_there(city, correcting, monkeypatch):
    case, _member = correcting
    Case.objects.filter(pk=case.pk).update(due_on=None)
    with monkeypatch.context() as without:
        without.setattr("triplehelix.procedure.cases.actions.periods.due_from", lambda state, today: None)
        assert actions.set_missing_days(now=city.now) == 0
    assert (actions.set_missing_days(now=city.now), actions.set_missing_days(now=city.now)) == (1, 0)
    case.refresh_from_db()
    assert case.due_on == due_from("correcting", timezone.localdate(city.now))
    assert list(problems()) == []
    city.now = datetime.combine(case.due_on + timedelta(days=1), city.now.timetz())
    assert city.step(case, "reject_late", city.clerk, "没有补正").state == "rejected"


def test_an_objection_that_could_have_no_day_gets_the_one_its_page_promised(city, to_publish, monkeypatch):
    item = city.notice(to_publish).items.get()
    said = {"name": "李真名", "phone": "13800000000", "text": "研发投入与统计年报不符，请核对原始凭证后再公示。"}
    made = notices.object_to(item=item, now=city.now, **said)
    promised = made.due_on
    Objection.objects.update(due_on=None)
    city.days(2)
    with monkeypatch.context() as without:
        without.setattr(notices, "calendar", lambda: WorkingCalendar([]))
        assert notices.set_answer_days(now=city.now) == 0
    assert (notices.set_answer_days(now=city.now), notices.set_answer_days(now=city.now)) == (1, 0)
    made.refresh_from_db()
    assert made.due_on == promised
    assert list(public.problems()) == []


def test_a_firm_that_does_not_evaluate_itself_keeps_no_case_open(city, staged):
    Case.objects.filter(pk=staged.pk).update(state="evaluating", due_on=date(2026, 6, 30))
    with pytest.raises(Refused, match="到期以前不能按逾期办理"):
        city.step(staged, "close_late", city.clerk, "企业已注销")
    city.days(22)
    assert timezone.localdate(city.now) == date(2026, 7, 1) and waits_for_clerk(city, staged, date(2026, 7, 1))
    with pytest.raises(Refused, match="请先写明理由"):
        city.step(staged, "close_late", city.clerk)
    case = city.step(staged, "close_late", city.clerk, "企业已注销")
    assert (case.state, case.evaluation) == ("closed", {}) and not waits_for_clerk(city, case, date(2026, 7, 2))


def test_both_ways_say_their_consequence(city, correcting, staged):
    for case, step, said in ((correcting[0], "reject_late", "不予支持"), (staged, "close_late", "办结")):
        (told,) = sure.of_case(case, [case.workflow[step]]).values()
        assert said in told


@pytest.fixture
def to_publish(city, staged):
    planned(city, staged)
    city.step(staged, "decide", city.clerk)
    return staged


def test_what_is_decided_without_a_round_is_public_as_long_as_others(city, to_publish):
    with pytest.raises(Invalid, match="不少于 5 个工作日") as why:
        city.notice(to_publish, days=4)
    assert set(why.value.errors) == {"days"}
    assert city.notice(to_publish, days=5).days == 5


def test_how_long_a_notice_runs_at_least_is_the_packs(city, to_publish, round, tmp_path, settings):
    path = tmp_path / "reference"
    path.mkdir()
    lists = (Path(settings.PACK_DIR) / "reference" / "lists.toml").read_text("utf-8")
    changed = lists.replace('name = "公示工作日", days = 5', 'name = "公示工作日", days = 7')
    assert changed != lists
    for one in (Path(settings.PACK_DIR) / "reference").iterdir():
        (path / one.name).write_bytes(one.read_bytes())
    (path / "lists.toml").write_text(changed, "utf-8")
    settings.PACK_DIR = tmp_path
    with pytest.raises(Invalid, match="不少于 7 个工作日"):
        city.notice(to_publish, days=6)
    made = actions.open_round(
        award_code="M3.2-city-grant", lane="ordinary", title="第二批", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 6, 30), actor=city.clerk, now=city.now,
    )  # fmt: skip
    assert made.notice_days == 7 and round.notice_days == 5
    # A round's own number is its own.
    assert city.notice(decided(city, round), days=5).days == 5


def test_an_agreement_is_signed_between_its_decision_and_today(city, to_publish):
    case = to_publish
    city.notice(case)
    city.days(9)
    notices.end_due(now=city.now)
    case.refresh_from_db()
    decided_on, today = date(2026, 6, 9), date(2026, 6, 18)
    assert (case.state, case.decision["decided_on"]) == ("agreeing", str(decided_on))
    given = {"case": case, "number": "协议 1", "ends_on": date(2028, 6, 30), "actor": city.clerk, "now": city.now}
    given["seen_version"] = case.version
    for day, said in ((decided_on - DAY, f"不能早于作出决定的 {decided_on}"), (today + DAY, "不能晚于今天")):
        with pytest.raises(Invalid, match=said) as why:
            actions.sign_agreement(signed_on=day, **given)
        assert set(why.value.errors) == {"signed_on"}
    assert actions.sign_agreement(signed_on=decided_on, **given).signed_on == decided_on
