"""What the applicant has handed in for other cases under the same names: it need not be looked for and sent again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access, papers
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid

#: How many of one name are offered, and how many of the latest are looked at for them: one file may have served often.
EACH, LOOKED_AT = 5, 30


def offered(case: Case, there: Iterable[Paper], account: Account, on: date) -> Mapping[str, Sequence[Paper]]:
    """By name, the files of other cases of the unit that the account may see, the latest first; none taken back or
    `there` already."""
    seen = {(row.name, row.file.sha256) for row in there if row.file is not None and row.taken_back_at is None}
    found: dict[str, list[Paper]] = {}
    for row in _latest(case, account, on):
        assert row.file is not None
        one = (row.name, row.file.sha256)
        if one not in seen and len(found.get(row.name, ())) < EACH:
            seen.add(one)
            found.setdefault(row.name, []).append(row)
    return found


def _latest(case: Case, account: Account, on: date) -> Iterable[Paper]:
    names = [one.name for one in papers.asked(case.award, case.lane)]
    others = access.visible(Case.objects.filter(organisation=case.organisation_id), account, on).exclude(pk=case.pk)
    rows = Paper.objects.filter(case__in=others, name__in=names, file__isnull=False, taken_back_at__isnull=True)
    by_name = Window(RowNumber(), partition_by=F("name"), order_by=F("pk").desc())
    return rows.annotate(place=by_name).filter(place__lte=LOOKED_AT).select_related("case", "file").order_by("-pk")


def again(case: Case, name: str, paper: int, account: Account, on: date) -> File:
    """The file of an offered paper. Raises Invalid at `again`."""
    for row in offered(case, papers.standing(case), account, on).get(name, ()):
        if row.pk == paper and row.file is not None:
            return row.file
    raise Invalid({"again": _("这份材料不能再用：请从列出的里面选，或上传文件")})


def either() -> Invalid:
    """A file was sent and one of before was chosen."""
    return Invalid({"again": _("上传文件和用以前交过的，请只选一种")})
