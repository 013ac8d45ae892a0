"""原则上 60 个工作日内拨付 (found S49): from acceptance or the unit's promise, shown while the money is on its way."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cases.words import confirmed
from triplehelix.procedure.cases.days import paid_by
from triplehelix.procedure.cases.models import Case
from triplehelix.records.parties.reference import calendar

#: By hand (S63): 21 working days of March after the 2nd, 21 of April without 清明节, 18 of May with Saturday the 9th.
ACCEPTED, LAST = date(2026, 3, 2), date(2026, 5, 28)


@pytest.mark.parametrize("state", ["checking", "noticing", "objected", "paying", "pay_returned"])
def test_sixty_working_days_from_acceptance(state):
    assert paid_by(Case(lane="quick", state=state, judged_on=ACCEPTED)) == LAST


def test_without_an_application_they_run_from_the_units_promise():
    promised = datetime(2026, 3, 1, 17, tzinfo=UTC)  # in the city it is the 2nd already
    assert paid_by(Case(lane="entitled", state="on_notice", consented_at=promised)) == LAST


@pytest.mark.parametrize(
    "case",
    [
        {"lane": "ordinary", "state": "checking", "judged_on": ACCEPTED},
        {"lane": "by_decision", "state": "paying", "judged_on": ACCEPTED},
        {"lane": "quick", "state": "accepting"},
        {"lane": "quick", "state": "closed", "judged_on": ACCEPTED},
        {"lane": "quick", "state": "rejected", "judged_on": ACCEPTED},
        {"lane": "quick", "state": "paying", "judged_on": date(2039, 12, 1)},
    ],
    ids=["a panel", "by decision", "not accepted", "paid", "refused", "no calendar of that year"],
)
def test_of_others_no_such_day_is_told(case):
    assert paid_by(Case(**case)) is None


def test_its_people_see_the_day(client, city):
    (case,) = confirmed(city)
    case.refresh_from_db()
    day = calendar().add_working_days(timezone.localdate(case.consented_at), 60)
    client.force_login(case.organisation.memberships.get().account)
    page = client.get(reverse("web:case", args=[case.pk])).text
    assert "原则上拨付不晚于" in page and day.isoformat() in page
    assert client.get(f"/api/cases/{case.pk}").json()["paid_by"] == day.isoformat()
