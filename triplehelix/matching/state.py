"""What a viewer should know about the index: how much of it is still to come."""

from django.db import connection
from django.utils.translation import gettext as _

FOLLOWER = "matching"
#: Fewer than this many changes on their way are the normal second between writing and finding.
WORTH_TELLING = 20
COUNTED_TO = 10_000


def notices_of(kind: str, encoder: str, n: int) -> list[str]:
    """Sentences for the result page; none when all is up to date. `encoder` '' when none is in use."""
    unread, without, others = _waiting(kind, encoder)
    told = []
    if unread >= WORTH_TELLING:
        told.append(_("索引正在更新：还有 %(n)s 条变化没有收入，稍后再查会更全") % {"n": _about(unread)})
    if encoder and without >= min(WORTH_TELLING, max(1, n)):
        told.append(_("还有 %(n)s 条没有算好语义，暂时只按词参加排序") % {"n": _about(without)})
    if encoder and others:
        told.append(_("有 %(n)s 条的语义由另一个模型算出，正在后台重算，暂时只按词参加排序") % {"n": _about(others)})
    return told


def _about(n: int) -> str:
    return f"{COUNTED_TO} 以上" if n > COUNTED_TO else str(n)


def _waiting(kind: str, encoder: str) -> tuple[int, int, int]:
    """Changes not in the index yet; documents without a vector; documents with one of another encoder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM"
            " (SELECT 1 FROM trail_unread WHERE follower = %s AND NOT parked LIMIT %s) AS u),"
            " (SELECT count(*) FROM (SELECT 1 FROM matching_document WHERE encoder = '' AND kind = %s LIMIT %s) AS w),"
            " (SELECT count(*) FROM (SELECT 1 FROM matching_document"
            " WHERE (encoder > '' AND encoder < %s OR encoder > %s) AND kind = %s LIMIT %s) AS o)",
            [FOLLOWER, COUNTED_TO + 1, kind, COUNTED_TO + 1, encoder, encoder, kind, COUNTED_TO + 1],
        )
        unread, without, others = cursor.fetchone()
    return int(unread), int(without), int(others)
