"""What was refused, for the officer: one row an hour for each kind, however much of it comes."""

from datetime import datetime, timedelta

from django.db import connection

from triplehelix.market.exchange.models import Peer, Refused

KEPT = timedelta(days=180)


def note(*, code: str, detail: str, peer: Peer | None, now: datetime) -> None:
    """Count one more refusal. `detail` may hold what a stranger sent: it is cut, and shown as text only."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    plain = detail.replace("\x00", "").encode("utf-8", "replace").decode()[:500]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_refused (hour, peer_id, code, count, detail, first_at, last_at)"
            " VALUES (%s, %s, %s, 1, %s, %s, %s) ON CONFLICT (hour, peer_id, code) DO UPDATE"
            " SET count = exchange_refused.count + 1, detail = EXCLUDED.detail, last_at = EXCLUDED.last_at",
            [hour, peer.pk if peer else None, code[:30], plain, now, now],
        )


def forget(*, now: datetime) -> int:
    """Delete what is older than KEPT. Returns how many rows."""
    return Refused.objects.filter(hour__lt=now - KEPT).delete()[0]
