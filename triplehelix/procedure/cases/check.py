"""Every case, round and bar against the trail: the values it is decided and paid by, and the decision itself."""

from collections.abc import Callable, Iterator

from django.db.models import Subquery
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import kept
from triplehelix.procedure.cases.actions import barring
from triplehelix.procedure.cases.models import Barred, Case, Round
from triplehelix.records.trail import kept as trail


def problems(progress: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Rounds, bars and cases that are not as the trail last said, in words; those that are gone first."""
    yield from trail.lost(Round, Round.kind, _("批次"))
    yield from trail.altered(Round.objects.all(), Round.kind, kept.of_round, kept.ROUND_GROUPS)
    yield from trail.lost(Barred, barring.KIND, _("申报限制"))
    yield from trail.altered(
        Barred.objects.select_related("organisation", "person"), barring.KIND, kept.of_bar, kept.BAR_GROUPS
    )
    yield from trail.lost(Case, Case.kind, _("办件"))
    yield from trail.altered(Case.objects.all(), Case.kind, kept.groups, kept.GROUPS, progress=progress)
    # Of decisions from before the trail spoke of the whole case.
    decisions = Subquery(trail.last_row(Case.kind, "decision").values("data")[:1])
    spoken = Subquery(trail.last_row(Case.kind, trail.KEY).values("pk")[:1])
    rows = Case.objects.annotate(_decided=decisions, _spoken=spoken).filter(_decided__isnull=False)
    for case in rows.filter(_spoken__isnull=True).order_by("pk").iterator(chunk_size=trail.CHUNK):
        if not kept.is_said(case, case._decided):
            yield trail.not_as_said(case, [kept.GROUPS["decision"]])
