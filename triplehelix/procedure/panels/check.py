"""Every panel, score, credit finding and tie against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.procedure.panels import credit, ties
from triplehelix.procedure.panels.actions.drawing import KIND
from triplehelix.procedure.panels.kept import GROUPS, of_finding, of_panel, of_seat, of_tie
from triplehelix.procedure.panels.models import CreditFinding, Panel, Seat, Tie
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Those that are not as the trail last said, in words; those that are gone first."""
    yield from kept.lost(Panel, KIND, _("评审组"))
    yield from kept.lost(Seat, Seat.kind, _("评分"))
    yield from kept.lost(CreditFinding, credit.KIND, _("信用线索"))
    yield from kept.altered(Panel.objects.select_related("round"), KIND, of_panel, GROUPS)
    yield from kept.altered(Seat.objects.select_related("expert", "case"), Seat.kind, of_seat, GROUPS)
    yield from kept.altered(CreditFinding.objects.select_related("expert"), credit.KIND, of_finding, GROUPS)
    yield from kept.lost(Tie, ties.KIND, _("回避关系"))
    rows = Tie.objects.select_related("person", "other_person", "unit", "other_unit")
    yield from kept.altered(rows, ties.KIND, of_tie, GROUPS)
