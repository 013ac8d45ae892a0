"""Every notice, what stands in it, and every objection against the trail."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.procedure.notices.models import Notice, Objection
from triplehelix.records import objections
from triplehelix.records.trail import kept

#: The kinds of notices and objections in the trail.
KIND, OBJECTION_KIND = "procedure.notice", "procedure.objection"
GROUPS = {"notice": gettext_lazy("文号、标题和期限"), "items": gettext_lazy("公示的单位、事项和金额")}


def groups(notice: Notice) -> dict[str, Any]:
    """What was made public, by the name a difference is told by."""
    items = notice.items.order_by("pk").values_list("case__number", "name", "matter", "amount_fen", "basis")
    return {
        "notice": [notice.number, notice.title, notice.basis, notice.objections_to, notice.first, notice.last,
                   notice.days, notice.extensions],
        "items": list(items),
    }  # fmt: skip


def problems() -> Iterator[str]:
    """Notices and objections that are not as the trail last said, in words."""
    yield from kept.lost(Notice, KIND, _("公示"))
    yield from kept.altered(Notice.objects.all(), KIND, groups, GROUPS)
    yield from objections.altered(Objection, OBJECTION_KIND)
