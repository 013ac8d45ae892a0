"""What the trail keeps of an opening: in every row about it a digest of whom it is for, by what, and with what case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.procedure.openings.models import Opening

GROUPS = {"opening": _("事项、交易、单位和状态"), "facts": _("由交易带来的事实"), "case": _("办件")}


def groups(opening: Opening) -> dict[str, Any]:
    """The values of an opening, by the name a difference is told by. `changed_at` states nothing and is left out."""
    return {
        "opening": [opening.state, opening.version, opening.award_code, opening.sale_id, opening.organisation_id,
                    opening.created_at],
        "facts": opening.facts,
        "case": opening.case_id,
    }  # fmt: skip
