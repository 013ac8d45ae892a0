"""Lists of works uploaded: the same dry run, errors by row, confirmation and receipt as every import
(market.imports); what differs is that a file of papers may also be BibTeX or JSON."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.sheet import RowError, Schema, SheetError, Table, read_table
from triplehelix.market.experts import landing
from triplehelix.market.experts.reading import bibtex, columns, records
from triplehelix.market.experts.wake import look_later
from triplehelix.market.imports.kinds import Kind, Rows
from triplehelix.market.imports.models import Import
from triplehelix.records.evidence.models import File
from triplehelix.records.trail import actions as trail

PAPERS, PATENTS = "market.papers", "market.patents"
SOURCES = {PAPERS: "papers", PATENTS: "patents"}


def table_of(file: File) -> Table:
    """What stands in a file of papers, whatever its shape. Raises SheetError."""
    most = settings.IMPORT_MAX_ROWS
    if not file.content_type.startswith("text/"):
        with file.open() as stream:
            return read_table(stream, name=file.name, max_rows=most, max_bytes=settings.UPLOAD_MAX_BYTES)
    with file.open() as stream:
        content = stream.read()
        text = content.decode("gb18030" if "gb18030" in file.content_type else "utf-8")
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        rows, kind = records.rows(text), "json"
    elif bibtex.is_bibtex(text):
        rows, kind = bibtex.rows(text), "bibtex"
    else:
        return read_table(content, name=file.name, max_rows=most, max_bytes=settings.UPLOAD_MAX_BYTES)
    if not rows:
        raise SheetError("no_rows", _("文件里没有一项成果"))
    if len(rows) > most:
        raise SheetError("too_many_rows", _("文件里有 %(now)d 项，最多 %(most)d 项") % {"now": len(rows), "most": most})
    return columns.table(rows, kind)


def paper_template(on: date) -> Schema:
    """What people fill in of papers."""
    return Schema(columns.paper_columns(on))


def patent_template(on: date) -> Schema:
    return columns.patents(on)


def _papers(on: date, about: str) -> Schema:
    return columns.papers(on)


def _patents(on: date, about: str) -> Schema:
    return columns.patents(on)


def _check(case: Import, rows: Rows, now: datetime) -> Iterable[RowError]:
    """A patent needs one of its two numbers; as many ORCIDs as authors, no more."""
    for row, values in rows:
        if case.what == PATENTS and "title" in values and not (values.get("number") or values.get("application")):
            yield RowError(row, "公开号", _("公开号和申请号至少写一个"), "required")
        names, marks = values.get("authors") or [], values.get("orcids") or []
        if names and len(marks) > len(names):
            yield RowError(row, "ORCID", _("ORCID 比作者多：应按作者顺序，没有的留空位"), "count")


def _write(case: Import, rows: Rows, now: datetime) -> dict[str, Any]:
    """Every row a record of its work; works known already are filled in."""
    found = [columns.work_of(values, SOURCES[case.what]) for _row, values in rows]
    landed = landing.land(found, now=now, batch=case)
    data = {"import": case.pk, "new": landed.new, "known": landed.known}
    trail.record(kind="market.works", id=str(case.pk), verb="import", actor=case.account, now=now, data=data)
    look_later(landed.keys)
    return {"new": landed.new, "known": landed.known}


KINDS = (
    Kind(PAPERS, gettext_lazy("论文"), _papers, _check, _write, table_of),
    Kind(PATENTS, gettext_lazy("专利"), _patents, _check, _write),
)
