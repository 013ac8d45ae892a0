"""What a correction or a change did, in words."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.doors.web.words import hundredths, in_one, money, named, site
from triplehelix.market.contracts import access
from triplehelix.market.contracts.models import Amendment, Contract, Sale
from triplehelix.market.finance.money import rate_words

#: By the name of a term: what people call it, and how its value is written.
TERMS: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "number": (gettext_lazy("合同编号"), str),
    "type": (gettext_lazy("类型"), lambda code: named(code, "contract_types")),
    "price": (gettext_lazy("合同金额"), money),
    "signed_on": (gettext_lazy("签订日期"), str),
    "ends_on": (gettext_lazy("有效期至"), str),
    "site": (gettext_lazy("项目实施地"), site),
    "structure": (gettext_lazy("价款结构"), lambda code: str(dict(Contract.STRUCTURES)[code])),
    "royalty_ppm": (gettext_lazy("提成比例"), rate_words),
    "royalty_base": (gettext_lazy("提成基数"), str),
    "equity_company": (gettext_lazy("入股企业"), str),
    "equity_bp": (gettext_lazy("股权比例"), hundredths),
    "trigger": (gettext_lazy("触发付款的条件"), str),
    "trial_until": (gettext_lazy("试用至"), str),
    "pay_days": (gettext_lazy("达到条件后几日内付款"), str),
    "registration_number": (gettext_lazy("登记编号"), str),
    "registration_type": (gettext_lazy("认定类型"), lambda code: named(code, "contract_types")),
    "registration_certified_fen": (gettext_lazy("成交额"), money),
    "registration_technical_fen": (gettext_lazy("技术交易额"), money),
    "registration_decided_on": (gettext_lazy("认定日期"), str),
    "result_exchange": (gettext_lazy("交易机构"), str),
    "result_document": (gettext_lazy("成交确认书编号"), str),
    "result_held_on": (gettext_lazy("成交日期"), str),
    "result_winner": (gettext_lazy("受让方"), str),
    "result_price_fen": (gettext_lazy("成交价"), money),
    "rows": (gettext_lazy("付款"), lambda rows: in_one(_row(*row) for row in rows)),
}


def _row(name: str, fen: int, due: str | None) -> str:
    return " ".join((name, money(fen), due or _("达到条件后")))


def of_sale(sale: Sale, held: frozenset[str]) -> list[dict[str, Any]]:
    """Each correction and change, newest first: the row, (term, before, after) in words, "" for nothing, and whether
    somebody with these relations reads the scan that was replaced."""
    rows, read = sale.amendments.order_by("-seq"), access.reads_replaced(held)
    return [
        {"row": row, "changes": list(_changes(row)), "old_scan": row.replaced_id is not None and row.ground in read}
        for row in rows
    ]


def _changes(row: Amendment) -> Iterator[tuple[Any, str, str]]:
    for name, (label, say) in TERMS.items():
        if name in row.changes:
            was, now = row.changes[name]
            if name == "rows":  # what stayed as it was is not said again
                was, now = [one for one in was if one not in now], [one for one in now if one not in was]
            yield label, *("" if one in (None, "", 0, []) else say(one) for one in (was, now))
