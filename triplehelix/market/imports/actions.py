"""The verbs of an import: upload, check, confirm, land. A sheet lands whole or not at all, and once."""

from datetime import datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.sheet import RowError, Schema, SheetError, Table, annotate, read_table
from triplehelix.market.imports import kinds
from triplehelix.market.imports.check import Reading, read
from triplehelix.market.imports.flow import still_may
from triplehelix.market.imports.models import Import
from triplehelix.records.alone import alone
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.kinds import PLAIN, kind_of
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail

SHOWN_ERRORS = 2000
#: As many sheets are sealed at a time.
MOST_SEALED = 200
#: What a file that is no sheet may be called.
OTHERS = (".pdf", ".doc", ".docx", ".ppt", ".pptx", ".png", ".jpg", ".jpeg", ".gif", ".zip", ".rar", ".7z")


@transaction.atomic
def upload(
    *,
    content: bytes,
    name: str,
    what: str,
    publish: bool,
    account: Account,
    organisation: Organisation | None,
    now: datetime,
    about: str = "",
) -> Import:
    """Keep the file as it came; `about` is what the rows belong to, for whoever reads them.

    Raises evidence.Unacceptable for what is no sheet or too large."""
    _text_of_another_name(content, name)
    audiences = [f"account:{account.pk}"]
    sealed = kinds.of(what).sealed
    file = evidence.store(content=content, name=name, actor=account, visible_to=audiences, now=now, sealed=sealed)
    case = Import(
        what=what,
        about=about,
        publish=publish,
        file=file,
        account=account,
        organisation=organisation,
        created_at=now,
        state="uploaded",
    )
    case.save(force_insert=True)
    data = {"file": file.sha256, "what": what}
    trail.record(kind=Import.kind, id=str(case.pk), verb="upload", actor=account, now=now, data=data)
    return case


def _text_of_another_name(content: bytes, name: str) -> None:
    """Text that is called a PDF or a picture is no sheet somebody meant: said at once, under its own name, and not
    after it was read as a table without rows. Raises evidence.Unacceptable."""
    suffix = PurePosixPath(name).suffix.lower()
    if kind_of(content, name).suffixes == PLAIN and suffix in OTHERS:
        raise evidence.Unacceptable("kind", _("“%(name)s”不是表格文件，请上传 xlsx、xls 或 csv") % {"name": name[:80]})


def check(*, pk: int, now: datetime) -> Import:
    """The dry run: nothing of the sheet is written, only what was found wrong with it."""
    case = Import.objects.select_related("file", "account", "organisation").get(pk=pk)
    if case.state != "uploaded":
        return case
    try:
        return _check(case, now)
    except Refused:
        # Its owner has dropped it meanwhile.
        return Import.objects.get(pk=pk)


def _check(case: Import, now: datetime) -> Import:
    try:
        table = _table(case)
        reading = _read(case, table, now)
    except SheetError as why:
        return _fail(case, [RowError(0, "", why.message, why.code)], 0, None, now)
    if reading.errors:
        return _fail(case, reading.errors, reading.count, table, now)
    with transaction.atomic():
        case.refresh_from_db()
        return take(case=case, step="pass", actor=None, now=now, seen_version=case.version)


def land(*, pk: int, now: datetime) -> Import:
    """Write every row of a confirmed sheet in one transaction, or none of them.

    The sheet is checked again inside: what was free at the dry run may be taken now. Asked twice, it lands once.
    """
    try:
        return _land(pk, now)
    except (IntegrityError, Invalid):
        # The same rows, or the same new organisation, arrived from another sheet in the same moment. Nothing of this
        # one was written; read again, it says which rows are taken.
        return _land(pk, now)


@transaction.atomic
def _land(pk: int, now: datetime) -> Import:
    case = Import.objects.select_for_update(of=("self",)).select_related("file", "account", "organisation").get(pk=pk)
    if case.state != "landing":
        return case
    # What has no number is told from what is there by reading it: nobody may be writing the same meanwhile.
    alone(f"imports {case.what}")
    if reason := still_may(case, case.account, now):
        return _fail(case, [RowError(0, "", reason, "no_right")], 0, None, now)
    table = _table(case)
    reading = _read(case, table, now)
    if reading.errors:
        return _fail(case, reading.errors, reading.count, table, now)
    written = kinds.of(case.what).write(case, reading.rows, now)
    case.receipt = {**written, "rows": len(reading.rows), "sha256": case.file.sha256, "at": now.isoformat()}
    case.save(update_fields=["receipt"])
    return take(case=case, step="finish", actor=None, now=now, seen_version=case.version)


def give_up(*, pk: int, now: datetime) -> Import:
    """The last attempt of a worker broke: say so, instead of 检查中 or 写入中 for ever. Nothing was written."""
    case = Import.objects.select_related("file", "account").get(pk=pk)
    if case.state not in ("uploaded", "landing"):
        return case
    said = _("系统没能读完这张表，一行也没有写入；请再上传一次，还不行请把表发给系统管理员")
    return _fail(case, [RowError(0, "", said, "broken")], case.row_count, None, now)


def _table(case: Import) -> Table:
    if own := kinds.of(case.what).table:
        return own(case.file)
    rows, size = settings.IMPORT_MAX_ROWS, settings.UPLOAD_MAX_BYTES
    with case.file.open() as stream:
        return read_table(stream, name=case.file.name, max_rows=rows, max_bytes=size)


def _read(case: Import, table: Table, now: datetime) -> Reading:
    def progress(done: int) -> None:
        Import.objects.filter(pk=case.pk).update(done_rows=done, row_count=len(table.rows))

    reading = read(case, table, now=now, progress=progress)
    # While it was read, the template's example counted as a row.
    Import.objects.filter(pk=case.pk).update(done_rows=reading.count, row_count=reading.count, notes=reading.notes)
    return reading


@transaction.atomic
def _fail(case: Import, errors: list[RowError], rows: int, table: Table | None, now: datetime) -> Import:
    header = 0
    if table is not None:
        case.annotated = _annotated(case, errors, table, now)
        header = _schema(case, now).fitted(table).header_row
    case.row_count, case.done_rows = rows, rows
    case.error_count = len(errors)
    # A fault of the heading, or of the sheet itself, is none of a row.
    case.bad_rows = len({e.row for e in errors if e.row > header})
    case.errors = [{"row": e.row, "column": e.column, "message": e.message} for e in errors[:SHOWN_ERRORS]]
    case.save(update_fields=["annotated", "row_count", "done_rows", "error_count", "bad_rows", "errors"])
    return take(case=case, step="fail", actor=None, now=now, seen_version=case.version)


def _schema(case: Import, now: datetime) -> Schema:
    return kinds.of(case.what).schema(timezone.localdate(now), case.about)


def _annotated(case: Import, errors: list[RowError], table: Table, now: datetime) -> File | None:
    """The sheet with its wrong cells marked; None when that is larger than a file may be: the page names them too."""
    schema = _schema(case, now)
    try:
        return evidence.store(
            content=annotate(table, errors, schema),
            name=f"错误标注-{case.file.name.rsplit('.', 1)[0]}.xlsx",
            actor=case.account,
            visible_to=[f"account:{case.account_id}"],
            now=now,
            sealed=kinds.of(case.what).sealed,
        )
    except evidence.Unacceptable:
        return None


def seal_sheets(*, now: datetime) -> int:
    """Let the sheets of confidential rows that were kept in plain text lie encrypted. Returns how many were sealed."""
    plain = Import.objects.filter(what__in=kinds.sealed())
    files = File.objects.filter(sealed=False).filter(
        Q(pk__in=plain.values("file")) | Q(pk__in=plain.values("annotated"))
    )
    done = 0
    for file in files.order_by("pk")[:MOST_SEALED]:
        try:
            evidence.seal(file=file, now=now)
        except OSError:
            continue  # the disk has lost it: ./run verify names it
        done += 1
    return done
