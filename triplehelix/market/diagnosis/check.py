"""Every diagnosis against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.diagnosis.kept import GROUPS, groups
from triplehelix.market.diagnosis.models import Diagnosis
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Diagnoses that are not as the trail last said, in words."""
    yield from kept.lost(Diagnosis, Diagnosis.kind, _("会诊"))
    rows = Diagnosis.objects.select_related("need").prefetch_related("questions")
    yield from kept.altered(rows, Diagnosis.kind, groups, GROUPS)
