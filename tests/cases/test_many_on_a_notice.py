"""A notice of many cases: what it costs for each, and that it is all of them or none."""

import pytest
from django.db import connection

from tests.cases import words
from tests.cases.city import MILLION
from triplehelix.fund import check as books
from triplehelix.fund.models import Commitment
from triplehelix.procedure.cases import check as cases
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.notices import check as public
from triplehelix.procedure.notices.models import Notice, NoticeItem
from triplehelix.records.outbox.models import Message
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry, Unread
from triplehelix.records.trail.verify import verify

#: Statements for one case more: locked, judged anew, its money promised, one row each of case and commitment, told.
MOST = 22


@pytest.fixture
def confirmed(city):
    """Eight cases of one list, confirmed."""
    return words.confirmed(city, 8, budget_fen=MILLION)


def statements(publish):
    """How many statements it takes."""
    counted = []

    def count(execute, sql, params, many, context):
        counted.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        publish()
    return len(counted)


def test_each_case_more_costs_so_many_statements_and_has_rows_of_its_own(city, confirmed):
    few, many = confirmed[:2], confirmed[2:]
    Unread.objects.all().delete()
    two = statements(lambda: city.notice(*few))
    six = statements(lambda: city.notice(*many, number="澄科公示〔2026〕2号"))
    assert (six - two) / 4 <= MOST
    for case in confirmed:
        (said,) = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk), verb="publish_notice")
        assert (said.actor_account, said.data["to"]) == (city.clerk.pk, "on_notice")
        assert Message.objects.filter(kind=f"{Case.kind}.publish_notice", cause_id=str(case.pk)).count() == 1
    assert Commitment.objects.count() == NoticeItem.objects.count() == 8
    heard = Unread.objects.filter(entry__subject_kind=Case.kind, entry__verb="publish_notice")
    assert heard.values("entry").distinct().count() == 8
    assert verify() == [] and books.problems() == []
    assert [*cases.problems(), *public.problems()] == []


def test_a_notice_is_of_all_its_cases_or_of_none(city, confirmed):
    last = confirmed[-1]
    Case.objects.filter(pk=last.pk).update(granted_fen=last.granted_fen + 1)
    rows = Entry.objects.count()
    with pytest.raises(Refused, match=f"{last.number}：.*与留痕不符"):
        city.notice(*confirmed)
    assert not Notice.objects.exists() and not Commitment.objects.exists() and Entry.objects.count() == rows
    assert set(Case.objects.values_list("state", flat=True)) == {"noticing"}


def test_what_is_public_is_not_put_onto_another_notice(city, confirmed):
    city.notice(confirmed[0])
    with pytest.raises(Refused, match=f"{confirmed[0].number} .*正在公示"):
        city.notice(*confirmed, number="澄科公示〔2026〕2号")
    assert NoticeItem.objects.count() == 1
