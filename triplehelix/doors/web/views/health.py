"""How the site is, for whoever watches over it by a program. It names no one and nothing of anybody's."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

from triplehelix.records.outbox.models import Message

#: A worker gives a sign of life every ten seconds.
SILENT = timedelta(seconds=60)
#: A nightly backup may take its time, and one night may fail, but not two.
OLD = timedelta(hours=36)
#: A mail server may be started again without anybody being woken.
AWAY = timedelta(minutes=15)
#: With less room than this uploads, and the database beside them, are about to stop.
LEAST_FREE = 2**30


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200: people can work and what follows from it is done. 503: somebody has to look; the answer says where: what is
    not `ok`. Letters that failed are counted, and are no reason for 503."""
    found: dict[str, str | int] = {"store": _store()}
    if settings.BACKUP_STAMP:
        found["backup"] = _backup(timezone.now())
    try:
        with transaction.atomic():
            found |= {"database": "ok", "worker": _worker(timezone.now())}
            found["mail"] = _mail(timezone.now())
            found["letters_failed"] = Message.objects.filter(state=Message.FAILED).count()
    except Error:
        found |= {"database": "away"}
    is_well = all(value == "ok" for value in found.values() if isinstance(value, str))
    return JsonResponse(found, status=200 if is_well else 503)


def _worker(now: datetime) -> str:
    return "ok" if ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - SILENT).exists() else "silent"


def _backup(now: datetime) -> str:
    """By the file whoever makes backups touches when one is whole (BACKUP_STAMP)."""
    try:
        made = datetime.fromtimestamp(Path(settings.BACKUP_STAMP).stat().st_mtime, UTC)
    except OSError:
        return "none"
    return "ok" if now - made <= OLD else "old"


def _mail(now: datetime) -> str:
    """Letters wait because the mail server takes none."""
    late = Message.objects.filter(
        state=Message.QUEUED, created_at__lt=now - AWAY, last_error__startswith=Message.AWAY
    )  # fmt: skip
    return "away" if late.exists() else "ok"


def _store() -> str:
    """Of the folder of uploads, or of the one it will be made in."""
    folder = next(one for one in (Path(settings.MEDIA_ROOT), *Path(settings.MEDIA_ROOT).parents) if one.exists())
    if not os.access(folder, os.W_OK):
        return "not writable"
    return "ok" if shutil.disk_usage(folder).free >= LEAST_FREE else "full"
