"""What every correction and change leaves behind: the row that keeps what it was, and the letter."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import BUYER, CITY, SELLER
from triplehelix.market.contracts.models import Amendment, Sale
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.steps import acts


def amended(
    sale: Sale, ground: str, reason: str, changes: Mapping[str, Any], actor: Account | None, now: datetime,
    *, agreed_on: date | None = None, file: File | None = None, replaced: File | None = None,
) -> Amendment:  # fmt: skip
    """Keep what the contract, its registration or the result said before. `replaced` is the scan in whose place `file`
    stands, if there is one."""
    return Amendment.objects.create(
        sale=sale, seq=sale.amendments.count() + 1, ground=ground, agreed_on=agreed_on, file=file,
        replaced=replaced if file is not None else None, reason=reason, changes=changes, recorded_at=now,
        recorded_by=actor,
    )  # fmt: skip


def tell_amended(sale: Sale, made: Amendment, actor: Account | None, now: datetime) -> None:
    """A letter to both sides and the market, but for who did it."""
    acts.tell(sale, "amend", (SELLER, BUYER, CITY), lambda: _letter(sale, made), now, but=actor)


def _letter(sale: Sale, made: Amendment) -> tuple[str, str]:
    lines = [f"{made.get_ground_display()}。", _("原因：%(why)s") % {"why": made.reason}, ""]
    lines.append(_("改了什么，请看交易页的“更正、变更”。与事实不符的，请联系转让方或科技大市场。"))
    return _("交易有更正或变更：%(sale)s") % {"sale": sale}, "\n".join(lines) + "\n"
