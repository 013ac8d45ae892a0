"""What was changed of a contract, in words: for the letter of it and the history of its case."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.market.finance import terms
from triplehelix.market.finance.money import rate_words

#: Code lists the values of these fields come from.
LISTS = {"use": "uses", "security": "collaterals"}


def lines(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """One line a field, as the trail keeps them: 金额由 … 改为 …."""
    return [
        _("%(what)s由 %(was)s 改为 %(now)s")
        % {"what": _label(name), "was": _shown(name, was[name]), "now": _shown(name, now[name])}
        for name in was
    ]


def _label(name: str) -> str:
    return {
        "number": _("合同号"), "amount_fen": _("金额"), "rate_ppm": _("年利率（费率）"), "premium_fen": _("实付保费"),
        "first_on": _("起始日"), "last_on": _("到期日"), "use": _("资金用途"), "security": _("增信方式"),
        "early_stage": _("早期研发信用贷款"),
    }[name]  # fmt: skip


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name.endswith("_fen"):
        return str(Fen(value))
    if name == "rate_ppm":
        return rate_words(value)
    if name in LISTS:
        return str(terms.listed(LISTS[name]).label(value))
    return {True: _("是"), False: _("否")}[value] if isinstance(value, bool) else str(value)
