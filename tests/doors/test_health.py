"""What a monitor is told: who has to be woken, and about what."""

import os
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from triplehelix.records.outbox import actions
from triplehelix.records.outbox.models import Message

pytestmark = pytest.mark.django_db


def alive(ago=timedelta(0)):
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s)", [timezone.now() - ago])


def told(client):
    answer = client.get("/health/")
    return answer.status_code, answer.json()


def test_all_is_well_while_a_worker_gives_signs_of_life(client, django_assert_max_num_queries):
    alive()
    with django_assert_max_num_queries(8):
        status, said = told(client)
    assert (status, said) == (
        200, {"store": "ok", "database": "ok", "worker": "ok", "mail": "ok", "letters_failed": 0},
    )  # fmt: skip


def test_a_worker_that_has_not_been_heard_of_is_told(client):
    alive(timedelta(minutes=2))
    status, said = told(client)
    assert status == 503 and said["worker"] == "silent" and said["database"] == "ok"


def test_a_full_disk_and_a_store_nobody_can_write_are_told(client, settings, tmp_path, monkeypatch):
    alive()
    settings.MEDIA_ROOT = tmp_path / "new" / "media"  # made with the first upload
    assert told(client)[0] == 200
    monkeypatch.setattr("triplehelix.doors.web.views.health.LEAST_FREE", 2**70)
    status, said = told(client)
    assert status == 503 and said["store"] == "full"


def test_an_old_backup_is_told_where_the_operator_names_a_file(client, settings, tmp_path):
    alive()
    stamp = tmp_path / "last"
    settings.BACKUP_STAMP = str(stamp)
    assert told(client)[0] == 503 and told(client)[1]["backup"] == "none"
    stamp.touch()
    assert told(client)[0] == 200 and told(client)[1]["backup"] == "ok"
    for hours, said in ((35, "ok"), (37, "old")):
        at = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(stamp, (at, at))
        assert told(client)[1]["backup"] == said
    assert told(client)[0] == 503


def test_a_mail_server_that_takes_nothing_for_a_while_is_told(client):
    alive()
    now = timezone.now()
    letter = actions.tell(
        kind="test", to="a@example.com", subject="标题", body="正文", cause_kind="x", cause_id="1", now=now
    )
    Message.objects.update(last_error=f"{Message.AWAY}timed out")
    assert told(client)[0] == 200  # a mail server may be started again
    Message.objects.update(created_at=now - timedelta(minutes=16))
    assert (told(client)[0], told(client)[1]["mail"]) == (503, "away")
    Message.objects.filter(pk=letter.pk).update(last_error="450 greylisted")
    assert told(client)[0] == 200  # one receiver's own trouble


def test_a_database_that_is_away_is_told(client):
    def away(*_):
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(away):
        status, said = told(client)
    assert status == 503 and said["database"] == "away" and "worker" not in said
