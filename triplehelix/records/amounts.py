"""Amounts as the reader's language writes them."""

from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen

WAN_FEN = 1_000_000


def in_words(fen: int) -> str:
    """Whole fen for people: `8,600 元`, `120 万元`, `1.5 万元`; in English, which does not count in 万, `¥1,200,000`.

    Exact: an amount of 万元 has as many decimals as it needs.
    """
    if not _in_chinese():
        return exact(fen).removesuffix(".00")
    if abs(fen) < WAN_FEN:
        return _("%(n)s 元") % {"n": f"{Decimal(fen) / 100:,.2f}".removesuffix(".00")}
    wan = f"{Decimal(fen) / WAN_FEN:,f}"
    return _("%(n)s 万元") % {"n": wan.rstrip("0").rstrip(".") if "." in wan else wan}


def exact(fen: int) -> str:
    """Whole fen to the fen, as it is compared with paper: `8,600.00 元`; in English `¥8,600.00`."""
    if _in_chinese():
        return str(Fen(fen))
    return f"{'-' if fen < 0 else ''}¥{Decimal(abs(fen)) / 100:,.2f}"


def _in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
