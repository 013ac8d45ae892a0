"""What the trail keeps of a sale: in every row about it a digest of its price, contract, registration and money.

A landed contract opens an award and its money decides how much (M5.1): whoever changed a slip in the database would
have the fund pay for it. Lines are read afresh: what the program holds in memory may be what it has just changed.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.contracts import models as tables
from triplehelix.market.contracts.models import Sale
from triplehelix.records.trail.kept import values

GROUPS = {
    "sale": _("双方、价格和状态"),
    "public": _("公示的价格和成交结果"),
    "contract": _("合同和应付款"),
    "amendments": _("更正和变更"),
    "registration": _("认定登记"),
    "money": _("到账和退款"),
    "income": _("收益分配"),
}


def groups(sale: Sale) -> dict[str, Any]:
    """The values of a sale, by the name a difference is told by."""
    made = tables.Contract.objects.filter(sale=sale)
    public = tables.Publication.objects.filter(sale=sale)
    sheets = tables.Distribution.objects.filter(sale=sale)
    return {
        "sale": [sale.state, sale.version, sale.achievement_id, sale.seller_id, sale.buyer_id, sale.need_id, sale.mode,
                 sale.price_fen, sale.landed_on],
        "public": [
            values(public, "method", "name", "buyer_name", "price_fen", "basis", "document", "first", "day_kind"),
            values(tables.Outcome.objects.filter(publication__in=public), "document", "held_on", "winner", "price_fen"),
        ],
        "contract": [
            values(made, "number", "type", "structure", "price_fen", "royalty_ppm", "royalty_base", "equity_company",
                  "equity_bp", "signed_on", "ends_on", "site", "file__sha256"),
            values(tables.Instalment.objects.filter(contract__in=made), "seq", "kind", "name", "amount_fen", "due_on",
                  "base_fen", "void_why"),
        ],
        "amendments": values(
            tables.Amendment.objects.filter(sale=sale), "seq", "ground", "agreed_on", "reason", "changes",
            "file__sha256", "replaced__sha256",
        ),
        "registration": values(
            tables.Registration.objects.filter(contract__in=made), "authority", "outcome", "number", "type",
            "certified_fen", "technical_fen", "decided_on", "reason", "file__sha256",
        ),
        "money": values(
            tables.Receipt.objects.filter(contract__in=made), "way", "amount_fen", "on", "number", "reason", "digest",
            "void_why",
        ),
        "income": [
            values(sheets, "seq", "income_fen", "costs", "net_fen", "rule_bp", "rule_document", "pool_fen", "is_final",
                  "void_why"),
            [[one.distribution_id, one.name, one.weight, one.amount_fen]
             for one in tables.Share.objects.filter(distribution__in=sheets).order_by("pk")],
        ],
    }  # fmt: skip
