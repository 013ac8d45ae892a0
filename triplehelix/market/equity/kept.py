"""What the trail keeps of a fund's investment: in every row about it a digest of its terms, shares and end."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.equity.models import Deal

GROUPS = {
    "deal": _("双方、协议和状态"),
    "terms": _("金额、估值和转股条件"),
    "exit": _("退出"),
}


def groups(deal: Deal) -> dict[str, Any]:
    """The values of an investment, by the name a difference is told by."""
    return {
        "deal": [deal.state, deal.version, deal.fund_id, deal.firm_id, deal.mode, deal.round, deal.number,
                 deal.signed_on],
        "terms": [deal.ticket_fen, deal.pre_fen, deal.post_fen, deal.conversion, deal.convert_by, deal.converted_on],
        "exit": [deal.exit_kind, deal.exit_on, deal.exit_fen],
    }  # fmt: skip
