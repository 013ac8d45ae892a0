"""Who is reminded of a case before its day: once, and however many are late beside it."""

from datetime import timedelta
from time import sleep

import pytest
from django.db import transaction
from django.utils import timezone

from tests.fund.test_race import at_once
from triplehelix.procedure.cases import deadlines
from triplehelix.procedure.cases.models import Case
from triplehelix.records.outbox.models import Message


@pytest.fixture
def late(city, round):
    """Three cases that wait for the clerk past their day."""
    firm, _member = city.firm()
    day = timezone.localdate(city.now) - timedelta(days=3)
    return [
        Case.objects.create(
            number=f"M3.2-city-grant-2026-000{n}",
            round=round,
            award_code=round.award_code,
            lane=round.lane,
            year=2026,
            organisation=firm,
            title=f"第 {n} 项",
            state="checking",
            created_at=city.now,
            changed_at=city.now,
            due_on=day,
        )
        for n in range(1, 4)
    ]


def told():
    return set(Message.objects.filter(kind=deadlines.KIND).values_list("cause_id", flat=True))


def test_those_that_stay_late_do_not_keep_the_others_from_being_told(city, late, monkeypatch):
    monkeypatch.setattr(deadlines, "MOST", 1)
    for n in range(1, 4):
        assert deadlines.remind(now=city.now) == 1
        assert told() == {str(case.pk) for case in late[:n]}
    assert deadlines.remind(now=city.now) == 0


@pytest.mark.parametrize("many", [1, 3])
def test_a_night_without_news_asks_once_for_however_many_are_late(city, late, many, django_assert_num_queries):
    Case.objects.exclude(pk__in=[case.pk for case in late[:many]]).update(due_on=None)
    deadlines.remind(now=city.now)
    with django_assert_num_queries(1):
        assert deadlines.remind(now=city.now) == 0
    Case.objects.filter(pk=late[0].pk).update(changed_at=city.now + timedelta(seconds=1))
    assert deadlines.remind(now=city.now + timedelta(minutes=1)) == 1  # another state: another reminder


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once(city, late):
    """The same job in two hands: of a worker that was taken for dead and was only slow."""

    def remind():
        with transaction.atomic():
            done = deadlines.remind(now=city.now)
            sleep(0.3)
            return done

    assert sorted(at_once(remind, remind)) == [0, 3]
    assert Message.objects.filter(kind=deadlines.KIND).count() == 3
