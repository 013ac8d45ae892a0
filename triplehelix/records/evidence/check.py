"""Every file of the store against the trail, and its bytes against its number."""

import hashlib
from collections.abc import Callable, Iterator

from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from triplehelix.records.evidence.models import File
from triplehelix.records.trail import kept
from triplehelix.records.trail.models import Entry

#: Files in the trail.
KIND = "evidence.file"
CHUNK = 500
BLOCK = 2**20


def problems(*, bytes_too: bool = True, progress: Callable[[int], None] = lambda size: None) -> Iterator[str]:
    """Files that are not what the trail says was stored, and, with `bytes_too`, whose bytes are lost or others; in
    words. `progress` is told the size of each file looked at."""
    yield from kept.lost(File, KIND, _("材料"))
    stored = Entry.objects.filter(subject_kind=KIND, verb="store", subject_id=Cast(OuterRef("pk"), CharField()))
    rows = File.objects.annotate(_said=Subquery(stored.order_by("n").values("data")[:1])).order_by(
        "sha256", "sealed", "pk"
    )
    before, sound = None, True
    for file in rows.iterator(chunk_size=CHUNK):
        if file._said is not None and any(
            file._said[name] != getattr(file, name) for name in ("sha256", "name", "size")
        ):
            yield _("材料 #%(id)s“%(name)s”：登记的校验码、名称或大小与留痕不符") % {"id": file.pk, "name": file.name}
        if bytes_too:
            # The same bytes may have been handed in by several: they lie there once and are read once.
            before, sound = file.path, sound if file.path == before else _has_its_bytes(file)
            if not sound:
                yield _("材料 #%(id)s“%(name)s”：文件内容丢失或被换过") % {"id": file.pk, "name": file.name}
        progress(file.size)


def _has_its_bytes(file: File) -> bool:
    digest = hashlib.sha256()
    try:
        with file.open() as handle:
            while block := handle.read(BLOCK):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == file.sha256
