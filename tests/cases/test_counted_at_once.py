"""What is counted before somebody adds to it holds when two add at the same moment: quotas, leaders, bars."""

from datetime import date
from time import sleep

import pytest
from django.db import transaction

from tests.cases.test_earlier import NATIONAL
from tests.cases.words import confirmed
from tests.fund.test_race import at_once
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Barred, Case
from triplehelix.procedure.notices import actions as notices
from triplehelix.procedure.notices.models import Objection
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Tie
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def held(deed):
    """The deed as a request does it: what it has written is seen by others a moment later."""

    def done():
        with transaction.atomic():
            found = deed()
            sleep(0.3)
            return found

    return done


def opened(city, **more):
    return actions.open_round(
        award_code="M3.2-national", lane="quick", title="配套", year=2026, opens_on=date(2026, 6, 1),
        closes_on=date(2026, 12, 31), actor=city.clerk, now=city.now, **more,
    )  # fmt: skip


def draft(city, round, firm, member, **facts):
    case = actions.start(round=round, organisation=firm, title="配套", actor=member, now=city.now)
    given = NATIONAL | {"provincial_award_arrived_yuan": "600000"} | facts
    case = actions.write(case=case, facts=given, actor=member, now=city.now, seen_version=case.version)
    city.papers(case, member)
    case.refresh_from_db()
    return case


def submitted(city, case, member):
    return held(lambda: take(case=case, step="submit", actor=member, now=city.now, seen_version=case.version))


def test_two_applications_at_once_are_no_more_than_the_quota(city):
    round, (firm, member) = opened(city, quota=1), city.firm()
    drafts = [draft(city, round, firm, member, project_no=f"2025YFB340000{n}") for n in range(2)]
    found = at_once(*[submitted(city, case, member) for case in drafts])
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == 1 and "每单位限报 1 项" in str(refused[0]), found
    assert sorted(Case.objects.values_list("state", flat=True)) == ["accepting", "draft"]


def test_a_firm_and_whom_it_has_taken_over_share_the_quota(city):
    round, (old, clerk), (new, member) = opened(city, quota=1), city.firm(), city.firm()
    drafts = [draft(city, round, old, clerk), draft(city, round, new, member, project_no="2025YFB3400009")]
    parties.end_organisation(
        organisation=old, ending="merged", on=date(2026, 6, 8), document="合并公告", successor=new, actor=None,
        now=city.now,
    )  # fmt: skip
    found = at_once(*[submitted(city, case, member) for case in drafts])
    assert sum(isinstance(one, Refused) for one in found) == 1, found


def test_a_leader_named_in_two_applications_at_once_is_one_person(city):
    """Two would each have the projects of one."""
    round, (firm, member) = opened(city), city.firm()
    drafts = [draft(city, round, firm, member) for _n in range(2)]

    def named(case):
        return held(lambda: actions.write(
            case=case, facts=case.facts, leader="周工", actor=member, now=city.now, seen_version=case.version
        ))  # fmt: skip

    found = at_once(*map(named, drafts))
    assert [one for one in found if isinstance(one, Exception)] == []
    assert Person.objects.filter(name="周工").count() == 1
    assert Case.objects.values("leader").distinct().count() == 1


def test_a_bar_entered_twice_is_one(city):
    """Lifted, the other would bar the firm all the same."""
    firm, _member = city.firm()
    given = {
        "who": firm.uscc, "since": date(2026, 6, 1), "until": date(2027, 5, 31), "reason": "申报材料弄虚作假",
        "document": "聊科字〔2026〕8号",
    }  # fmt: skip
    found = at_once(*[held(lambda: actions.bar(**given, actor=city.clerk, now=city.now))] * 2)
    assert sorted(type(one).__name__ for one in found) == ["Barred", "Invalid"], found
    assert Barred.objects.count() == 1
    # Another document bars beside it; and once lifted, the same may be entered again.
    actions.bar(**given | {"document": "聊科字〔2026〕9号"}, actor=city.clerk, now=city.now)
    actions.lift_bar(barred=Barred.objects.earliest("pk"), why="信用修复已经完成", actor=city.clerk, now=city.now)
    actions.bar(**given, actor=city.clerk, now=city.now)
    assert Barred.objects.filter(lifted_at=None).count() == 2


def test_a_tie_entered_twice_is_one(city):
    firm, _member = city.firm()
    person = parties.register_person(name="周工", home=firm, actor=None, now=city.now)
    other, _clerk = city.firm()
    given = {
        "kind": "interest.consultancy", "one": person.name, "other": other.uscc,
        "since": date(2026, 1, 1), "until": None, "about": "", "source": "本人声明",
    }  # fmt: skip
    found = at_once(*[held(lambda: ties.record_tie(**given, actor=city.clerk, now=city.now))] * 2)
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "Tie"], found
    ties.void_tie(tie=Tie.objects.get(), why="登记错了人，作废", actor=city.clerk, now=city.now)
    ties.record_tie(**given, actor=city.clerk, now=city.now)
    with pytest.raises(Invalid):
        ties.record_tie(**given, actor=city.clerk, now=city.now)


def test_an_objection_sent_twice_is_one(city):
    """Its page is the answer to its form: whoever loads it again sends it again."""
    (case,) = confirmed(city)
    item = city.notice(case).items.get()
    given = {
        "item": item, "name": "李真名", "phone": "13800000000", "now": city.now,
        "text": "申报的研发费用与企业年报不一致，请核对明细账。",
    }  # fmt: skip
    found = at_once(*[held(lambda: notices.object_to(**given))] * 2)
    assert [type(one) for one in found] == [Objection, Objection] and found[0] == found[1], found
    assert Entry.objects.filter(verb="receive").count() == 1
    other = notices.object_to(**given | {"name": "王真名"})
    notices.answer(
        objection=found[0], is_upheld=False, text="经核对明细账，申报数与年报一致。", actor=city.clerk, now=city.now
    )
    again = notices.object_to(**given)  # said once more, after it was answered
    assert len({found[0].pk, other.pk, again.pk}) == 3
