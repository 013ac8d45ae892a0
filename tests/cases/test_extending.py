"""延期: a project that needs longer than agreed, as often and as long as the pack says; nobody is late meanwhile."""

from datetime import date

import pytest
from django.urls import reverse

from tests.cases.words import MILESTONES, applied, reach, running
from triplehelix.procedure.cases import actions, acts, applicant
from triplehelix.procedure.cases.check import problems
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.documents import official
from triplehelix.records.outbox.models import Message
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

WHY = {"why": "进口磨床交货推迟", "document": "澄科计〔2026〕9号"}
END, LATER = date(2028, 6, 30), date(2028, 12, 31)


@pytest.fixture
def under_way(city, staged):
    return running(city, staged)


def extended(city, case, **said):
    case.refresh_from_db()
    given = {"case": case, "actor": city.clerk, "now": city.now, "seen_version": case.version}
    return actions.extend(**given | {"ends_on": LATER} | WHY | said)


def test_a_project_gets_a_later_day_and_what_is_not_reached_moves_with_it(city, under_way):
    case, (member,) = under_way, under_way.accounts_in("applicant", city.now)
    reach(city, case, case.milestones.first(), member, "第一个里程碑：设备到位，附照片和验收单。")
    Message.objects.all().delete()
    case = extended(city, case)
    assert (case.ends_on, case.state) == (LATER, "running")
    first, *others = (one.due_on for one in case.milestones.order_by("seq"))
    assert first == MILESTONES[0][2]
    assert others == [due + (LATER - END) for _name, _fen, due in MILESTONES[1:]]
    (told,) = Message.objects.all()
    assert told.to == member.email and "2028-12-31（澄科计〔2026〕9号）" in told.body
    assert list(problems()) == []


def test_its_paper_says_until_when_and_by_what(city, under_way):
    def said(case):
        return [block.text for block in official.of_case(case, "agreement", frozenset({"clerk"})).blocks]

    assert "任务截止日期为2028年6月30日。" in said(under_way)
    lines = said(extended(city, under_way))
    assert "任务截止日期为2028年12月31日。" in lines
    moved = "截止日期由2028年6月30日延至2028年12月31日，当时未通过的里程碑的期限相应顺延。"
    assert f"根据澄科计〔2026〕9号，{moved}" in lines


@pytest.mark.parametrize("day", [END, date(2028, 6, 1), date(2029, 7, 1)])
def test_the_new_day_is_later_and_at_most_a_year(city, under_way, day):
    with pytest.raises(Invalid) as wrong:
        extended(city, under_way, ends_on=day, why="", document=" ")
    assert wrong.value.errors["ends_on"] == "应晚于现在的截止日期 2028-06-30，最晚到 2029-06-30"
    assert set(wrong.value.errors) == {"ends_on", "why", "document"}
    assert extended(city, under_way, ends_on=date(2029, 6, 30)).ends_on == date(2029, 6, 30)


def test_once_is_once_and_the_clerks(city, under_way):
    """And nobody is offered what would be refused."""

    def codes(case, relation="clerk"):
        return {act.code for act in acts.offered(case, frozenset({relation}))}

    with pytest.raises(Refused, match="无权"):
        extended(city, under_way, actor=city.county)
    assert "extend" in codes(under_way) and "extend" not in codes(under_way, "applicant")
    assert "extend" not in codes(extended(city, under_way))
    with pytest.raises(Refused, match="已经延期 1 次，不能再延"):
        extended(city, under_way, ends_on=date(2029, 1, 31))


def test_before_there_is_an_agreement_nothing_is_extended(city, staged):
    with pytest.raises(Refused, match="只有在执行中的任务可以延期"):
        extended(city, staged)


def test_a_leader_whose_project_was_extended_is_not_late(city, round, under_way):
    """An overdue project keeps its leader from applying; one with a later day agreed is not overdue."""
    case, _member = applied(city, round)
    Case.objects.filter(pk=under_way.pk).update(leader=case.leader)

    def reasons():
        return [one.code for one in applicant.leader(case, date(2028, 7, 1))]

    assert reasons() == ["overdue"]
    extended(city, under_way)
    assert reasons() == []


def test_the_page_offers_it_to_the_clerk_and_says_what_may_be(client, city, under_way):
    url = reverse("web:case-act", args=[under_way.pk, "extend"])
    client.force_login(city.clerk)
    page = client.get(reverse("web:case", args=[under_way.pk])).text
    assert "任务延期" in page and "现在是 2028-06-30。一次最多延 1 年，可延 1 次" in page
    under_way.refresh_from_db()
    sent = WHY | {"ends_on": "2028-12-31", "seen_version": under_way.version}
    assert client.post(url, sent | {"ends_on": "2028-01-01"}).status_code == 422
    done = client.post(url, sent, follow=True).text
    assert "任务延期" in done and "进口磨床交货推迟（澄科计〔2026〕9号）" in done
