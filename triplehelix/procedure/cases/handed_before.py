"""What the applicant has handed in for other cases under the same names: it need not be looked for and sent again."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from triplehelix.procedure.cases import papers
from triplehelix.procedure.cases.models import Case, Paper
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.rules import Invalid

#: How many of one name are offered, the latest ones.
EACH = 5


def offered(case: Case, there: Iterable[Paper]) -> Mapping[str, Sequence[Paper]]:
    """By name, the files of other cases of the unit, the latest first; none taken back or `there` already."""
    names = [one.name for one in papers.asked(case.award, case.lane)]
    seen = {(row.name, row.file.sha256) for row in there if row.file is not None and row.taken_back_at is None}
    rows = Paper.objects.filter(
        case__organisation=case.organisation_id, name__in=names, file__isnull=False, taken_back_at__isnull=True
    ).exclude(case=case)
    found: dict[str, list[Paper]] = {}
    for row in rows.select_related("case", "file").order_by("-pk")[: EACH * 20]:
        assert row.file is not None
        one = (row.name, row.file.sha256)
        if one not in seen and len(found.get(row.name, ())) < EACH:
            seen.add(one)
            found.setdefault(row.name, []).append(row)
    return found


def again(case: Case, name: str, paper: int) -> File:
    """The file of an offered paper. Raises Invalid at `again`."""
    for row in offered(case, papers.standing(case)).get(name, ()):
        if row.pk == paper and row.file is not None:
            return row.file
    raise Invalid({"again": _("这份材料不能再用：请从列出的里面选，或上传文件")})
