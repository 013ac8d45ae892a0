"""Keeping files: the only writer of the store and its table."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.records.alone import if_nobody, together
from triplehelix.records.evidence import disk
from triplehelix.records.evidence.check import KIND
from triplehelix.records.evidence.kinds import Unacceptable, kind_of, safe_name
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.trail import actions as trail

__all__ = ["Unacceptable", "seal", "store", "sweep"]

#: Bytes without a row are younger than this while an upload is still being committed.
GRACE = timedelta(days=1)


@transaction.atomic
def store(
    *,
    content: bytes,
    name: str,
    actor: Account | None,
    now: datetime,
    visible_to: Iterable[str] = (),
    owner: Organisation | None = None,
    sealed: bool = False,
) -> File:
    """Keep a file for its owner (an organisation, or else the account itself), who may always see it; `visible_to`
    are further audiences. What is `sealed` lies encrypted.

    The same bytes under the same name of the same owner are the same file: its audiences grow, it is sealed when it was
    not, and bytes the store has lost are there again. Raises Unacceptable: empty, larger than UPLOAD_MAX_BYTES, with a
    password or macros, broken, or of a kind that is not taken.
    """
    _not_too_large(content)
    kind = kind_of(content, name)
    audiences = {*visible_to, *_always(owner, actor)}
    # What makes two files the same; without an owner, the account that keeps it is a part of it.
    same: dict[str, Any] = {
        "owner": owner,
        "sha256": hashlib.sha256(content).hexdigest(),
        "name": safe_name(name, kind),
    }
    same |= {} if owner else {"uploaded_by": actor}
    file, made = File.objects.select_for_update(of=("self",)).get_or_create(
        **same,
        defaults={
            "content_type": kind.content_type, "size": len(content), "uploaded_by": actor, "sealed": sealed,
            "visible_to": sorted(audiences), "created_at": now,
        },
    )  # fmt: skip
    if sealed and not file.sealed:
        _seal(file, actor, now)
    together(_bytes_of(file.sha256))
    disk.write(file.path, content)
    if made:
        data = {"sha256": file.sha256, "name": file.name, "size": file.size, "visible_to": file.visible_to}
        trail.record(kind=KIND, id=str(file.pk), verb="store", actor=actor, now=now, data=data)
    elif audiences - set(file.visible_to):
        _widen(file, audiences, actor, now)
    return file


def _always(owner: Organisation | None, actor: Account | None) -> set[str]:
    """Who may see a file whatever else is said of it."""
    if owner is not None:
        return {f"org:{owner.pk}"}
    return {f"account:{actor.pk}"} if actor is not None else set()


def _not_too_large(content: bytes) -> None:
    """Raises Unacceptable beyond UPLOAD_MAX_BYTES."""
    if len(content) > settings.UPLOAD_MAX_BYTES:
        said = {"now": len(content) / 2**20, "most": settings.UPLOAD_MAX_BYTES / 2**20}
        raise Unacceptable("too_large", _("文件有 %(now).1f MB，最多 %(most).0f MB") % said)


@transaction.atomic
def seal(*, file: File, now: datetime) -> File:
    """Let a file that lies in plain text lie encrypted from now on; `sweep` takes the plain bytes away when nobody
    else's file needs them. Raises OSError when the store has lost it."""
    file = File.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if not file.sealed:
        content = disk.read(file.path)
        _seal(file, None, now)
        together(_bytes_of(file.sha256))
        disk.write(file.path, content)
    return file


def _bytes_of(sha256: str) -> str:
    return f"evidence:{sha256}"


def _seal(file: File, actor: Account | None, now: datetime) -> None:
    file.sealed = True
    file.save(update_fields=["sealed"])
    trail.record(kind=KIND, id=str(file.pk), verb="seal", actor=actor, now=now, data={})


def _widen(file: File, audiences: set[str], actor: Account | None, now: datetime) -> None:
    added = sorted(audiences - set(file.visible_to))
    file.visible_to = sorted({*file.visible_to, *added})
    file.save(update_fields=["visible_to"])
    trail.record(kind=KIND, id=str(file.pk), verb="show_to", actor=actor, now=now, data={"added": added})


def sweep(*, now: datetime) -> int:
    """Delete bytes no file needs: of uploads that never committed, and plain ones of what was sealed since. Returns how
    many files went."""
    gone = 0
    for folder in sorted(Path(settings.MEDIA_ROOT).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        old = [path for path in folder.iterdir() if _is_old(path, now)]
        needed = _needed(old)
        gone += sum(_swept(path, now) for path in old if path.name not in needed)
    return gone


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - GRACE).timestamp()
    except FileNotFoundError:  # a part that was put in its place meanwhile
        return False


def _needed(paths: Iterable[Path]) -> set[str]:
    """Names under which rows keep bytes, of those the paths could be."""
    rows = File.objects.filter(sha256__in={path.stem for path in paths}).values_list("sha256", "sealed")
    return {disk.named(sha256, sealed=sealed) for sha256, sealed in rows}


@transaction.atomic
def _swept(path: Path, now: datetime) -> bool:
    """Whether it is gone: not when an upload is about to need it, or has begun to since it was looked at."""
    if not if_nobody(_bytes_of(path.stem)) or not _is_old(path, now) or path.name in _needed([path]):
        return False
    path.unlink(missing_ok=True)
    return True
