"""Whoever the database ends, because two waited for each other, is told to do it again: a page or an answer."""

from time import sleep

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.test import Client
from django.urls import path

from tests.fund.test_race import at_once
from tests.market.conftest import account
from triplehelix.records.parties.models import Account


def lock(accounts, patience):
    """These rows one after the other; after so long it is asked whether anybody waits in a ring, and who asks ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = %s", [patience])
        for one in accounts:
            Account.objects.select_for_update().get(pk=one.pk)
            sleep(0.4)


@login_not_required
def backwards(request):
    lock(Account.objects.order_by("-pk"), "50ms")


urlpatterns = [path("backwards/", backwards), path("api/backwards/", backwards)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", ["/backwards/", "/api/backwards/"])
def test_two_who_wait_for_each_other(settings, at):
    settings.ROOT_URLCONF = __name__
    for name in ("one", "two"):
        account(name)
    forwards, answer = at_once(
        lambda: lock(Account.objects.order_by("pk"), "20s"), lambda: Client(raise_request_exception=False).post(at)
    )
    assert (forwards, getattr(answer, "status_code", answer)) == (None, 409)
    assert "这一次" in (answer.json()["message"] if at.startswith("/api/") else answer.content.decode())
