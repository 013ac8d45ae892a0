"""材料: handed in and taken back while the application is being written, and put there by what opened it.

A paper changes nothing that others may have open: the version stays, so a form that saves itself beside it goes on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access, anonymous, papers
from triplehelix.procedure.cases.actions.shared import KIND, line, locked
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept as trail_kept

#: A paper may come in parts.
MOST = 20


def keep_paper(*, case: Case, content: bytes, name: str, actor: Account, now: datetime) -> File:
    """Keep a file for the unit; it is shown by the case alone. Raises Unacceptable."""
    return evidence.store(content=content, name=name, actor=actor, now=now, owner=case.organisation)


@transaction.atomic
def add_paper(
    *, case: Case, name: str, actor: Account, now: datetime, file: File | None = None, said: str = ""
) -> Paper:
    """Hand in a file under a name the award asks for, or say in its place where the original is.

    Raises Refused (not now, not this person), Invalid at `name`, `file`, `said`.
    """
    case = _writable(case, actor, now)
    errors: dict[str, str] = {}
    asked = next((one for one in papers.asked(case.award, case.lane) if one.name == name), None)
    if asked is None:
        raise Invalid({"name": _("这个事项不要这种材料：请按列出的名称交")})
    said = line(said, _("说明"), 200, errors, "said", must=False)
    if file is None and asked.blind:
        errors["file"] = _("请选择文件：专家评审读的是它的文字")
    elif file is None and not said:
        errors.setdefault("file", _("请选择文件，或写明原件交到哪里"))
    elif file is not None and asked.blind and (problem := anonymous.unreadable(case, file)):
        errors["file"] = problem
    there = case.papers.filter(name=name, taken_back_at__isnull=True)
    if file is not None and there.filter(file__sha256=file.sha256).exists():
        errors["file"] = _("这个文件已经交过了")
    if there.count() >= MOST:
        errors.setdefault("file", _("一种材料最多交 %(most)d 个文件：请合并后再交") % {"most": MOST})
    if errors:
        raise Invalid(errors)
    return _add(case, name, file, "" if file else said, actor, now)


@transaction.atomic
def take_back_paper(*, paper: Paper, actor: Account, now: datetime) -> Paper:
    """What was handed in by mistake does not count any more; the row and the file stay. Raises Refused."""
    case = _writable(paper.case, actor, now)
    held = Paper.objects.select_for_update().get(pk=paper.pk)
    if held.taken_back_at is not None:
        raise Refused(_("这份材料已经撤下"))
    held.taken_back_at = now
    held.save(update_fields=["taken_back_at"])
    _record(case, "take_back_paper", held, actor, now)
    return held


def attach(case: Case, known: Iterable[tuple[str, File]], now: datetime) -> None:
    """The program's own: files already here, by the name they are asked for under. What is there, or was taken back, is
    not put there again."""
    names = {one.name for one in papers.asked(case.award, case.lane)}
    before = set(case.papers.values_list("name", "file"))
    for name, file in known:
        if name in names and (name, file.pk) not in before:
            _add(case, name, file, "", None, now)
            before.add((name, file.pk))


def _writable(case: Case, actor: Account, now: datetime) -> Case:
    case = locked(case, actor, now, by=frozenset({APPLICANT, CLERK}))
    if not access.may_write(case, case.relations_of(actor, now)):
        raise Refused(_("现在不能改材料"))
    return case


def _add(case: Case, name: str, file: File | None, said: str, actor: Account | None, now: datetime) -> Paper:
    made = Paper.objects.create(case=case, name=name, file=file, said=said, added_at=now, added_by=actor)
    _record(case, "add_paper", made, actor, now)
    return made


def _record(case: Case, verb: str, paper: Paper, actor: Account | None, now: datetime) -> None:
    """Files by their number: their names may name people."""
    what: dict[str, Any] = {"sha256": paper.file.sha256} if paper.file else {"said": paper.said}
    data = {"paper": paper.pk, "name": paper.name, **what, **trail_kept.said(case.kept_values())}
    trail.record(kind=KIND, id=str(case.pk), verb=verb, actor=actor, now=now, data=data)
