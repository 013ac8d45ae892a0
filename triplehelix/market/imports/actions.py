"""The verbs of an import: upload, check, confirm, land. A sheet lands whole or not at all, and once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from triplehelix.foundation.sheet import RowError, SheetError, Table, annotate, read_table
from triplehelix.market.imports.check import MODELS, Reading, read
from triplehelix.market.imports.columns import SCHEMAS
from triplehelix.market.imports.models import Import
from triplehelix.market.listings.flow import VALID_DAYS
from triplehelix.market.listings.models import Listing
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import take
from triplehelix.records.trail import actions as trail

SHOWN_ERRORS = 2000
BATCH = 1000


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
) -> Import:
    """Keep the file as it came. Raises evidence.Unacceptable for what is no sheet or too large."""
    audiences = [f"account:{account.pk}"]
    file = evidence.store(content=content, name=name, actor=account, visible_to=audiences, now=now)
    case = Import(
        what=what,
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


def check(*, pk: int, now: datetime) -> Import:
    """The dry run: nothing of the sheet is written, only what was found wrong with it."""
    case = Import.objects.select_related("file", "account", "organisation").get(pk=pk)
    if case.state != "uploaded":
        return case
    try:
        table = _table(case)
        reading = _read(case, table, now)
    except SheetError as why:
        return _fail(case, [RowError(0, "", why.message, why.code)], 0, None, now)
    if reading.errors:
        return _fail(case, reading.errors, len(table.rows), table, now)
    with transaction.atomic():
        Import.objects.filter(pk=pk).update(row_count=len(table.rows), done_rows=len(table.rows))
        case.refresh_from_db()
        return take(case=case, step="pass", actor=None, now=now, seen_version=case.version)


def land(*, pk: int, now: datetime) -> Import:
    """Write every row of a confirmed sheet in one transaction, or none of them.

    The sheet is checked again inside: what was free at the dry run may be taken now. Asked twice, it lands once.
    """
    try:
        return _land(pk, now)
    except (IntegrityError, parties.Invalid):
        # The same rows, or the same new organisation, arrived from another sheet in the same moment. Nothing of this
        # one was written; read again, it says which rows are taken.
        return _land(pk, now)


@transaction.atomic
def _land(pk: int, now: datetime) -> Import:
    case = Import.objects.select_for_update(of=("self",)).select_related("file", "account", "organisation").get(pk=pk)
    if case.state != "landing":
        return case
    table = _table(case)
    reading = _read(case, table, now)
    if reading.errors:
        return _fail(case, reading.errors, len(table.rows), table, now)
    listings = _write(case, reading, now)
    case.receipt = {
        "rows": len(listings),
        "first": listings[0].pk,
        "last": listings[-1].pk,
        "sha256": case.file.sha256,
        "at": now.isoformat(),
    }
    case.save(update_fields=["receipt"])
    return take(case=case, step="finish", actor=None, now=now, seen_version=case.version)


def _table(case: Import) -> Table:
    rows, size = settings.IMPORT_MAX_ROWS, settings.UPLOAD_MAX_BYTES
    return read_table(case.file.path, name=case.file.name, max_rows=rows, max_bytes=size)


def _read(case: Import, table: Table, now: datetime) -> Reading:
    def progress(done: int) -> None:
        Import.objects.filter(pk=case.pk).update(done_rows=done, row_count=len(table.rows))

    return read(table, what=case.what, publish=case.publish, own=case.organisation, now=now, progress=progress)


@transaction.atomic
def _fail(case: Import, errors: list[RowError], rows: int, table: Table | None, now: datetime) -> Import:
    if table is not None:
        schema = SCHEMAS[case.what](timezone.localdate(now))
        case.annotated = evidence.store(
            content=annotate(table, errors, schema),
            name=f"错误标注-{case.file.name.rsplit('.', 1)[0]}.xlsx",
            actor=case.account,
            visible_to=[f"account:{case.account_id}"],
            now=now,
        )
    case.row_count, case.done_rows = rows, rows
    case.error_count = len(errors)
    case.bad_rows = len({e.row for e in errors})
    case.errors = [{"row": e.row, "column": e.column, "message": e.message} for e in errors[:SHOWN_ERRORS]]
    case.save(update_fields=["annotated", "row_count", "done_rows", "error_count", "bad_rows", "errors"])
    return take(case=case, step="fail", actor=None, now=now, seen_version=case.version)


def _write(case: Import, reading: Reading, now: datetime) -> list[Listing]:
    model = MODELS[case.what]
    organisations = _organisations([values for _row, values in reading.rows], case.account, now)
    days: dict[str, Any] = (
        {"state": "published", "published_at": now, "valid_until": now + timedelta(days=VALID_DAYS)}
        if case.publish
        else {"state": model.workflow.start}
    )
    listings = [
        model(
            organisation=organisations[values["uscc"]],
            created_at=now,
            changed_at=now,
            created_by=case.account,
            **days,
            **{
                key: value for key, value in values.items() if key not in ("uscc", "organisation") and value is not None
            },
        )
        for _row, values in reading.rows
    ]
    model._default_manager.bulk_create(listings, batch_size=BATCH)
    trail.record_many(
        kind=model.kind,
        ids=[str(listing.pk) for listing in listings],
        verb="import",
        actor=case.account,
        now=now,
        data={"import": case.pk, "state": days["state"], "version": 1},
    )
    return listings


def _organisations(rows: Iterable[dict[str, Any]], actor: Account, now: datetime) -> dict[str, Organisation]:
    """Every organisation of the sheet, those not yet known registered as unconfirmed, by USCC."""
    named = {values["uscc"]: values for values in rows}
    found = {o.uscc: o for o in Organisation.objects.filter(uscc__in=named)}
    for code in sorted(named.keys() - found.keys()):
        found[code] = parties.register_organisation(
            uscc=code, name=named[code]["organisation"], region=named[code].get("region") or "", actor=actor, now=now
        )
    return found
