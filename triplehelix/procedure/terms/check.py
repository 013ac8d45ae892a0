"""Every setting against the trail: the rows of a term are those of its trail, one for one."""

from collections.abc import Iterator
from itertools import zip_longest

from django.utils.translation import gettext as _

from triplehelix.procedure.terms.models import Settled
from triplehelix.records.trail.models import Entry

#: Settings in the trail; the subject is the term's code.
KIND = "procedure.term"


def problems() -> Iterator[str]:
    """Terms whose settings are not those the trail tells of, in words."""
    rows, said = dict[str, list[object]](), dict[str, list[object]]()
    for row in Settled.objects.order_by("code", "pk"):
        rows.setdefault(row.code, []).append([row.value, row.since.isoformat(), row.document])
    for entry in Entry.objects.filter(subject_kind=KIND, verb="settle").order_by("subject_id", "n"):
        told = [entry.data.get(name) for name in ("value", "since", "document")]
        said.setdefault(entry.subject_id, []).append(told)
    for code in sorted(rows.keys() | said.keys()):
        pairs = enumerate(zip_longest(rows.get(code, ()), said.get(code, ())), start=1)
        if wrong := [str(n) for n, (row, told) in pairs if row != told]:
            yield _("标准 %(code)s：第 %(n)s 次设定与留痕不符") % {"code": code, "n": "、".join(wrong)}
