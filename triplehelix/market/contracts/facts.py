"""Whether what an application says of a sale is still so. Contracts never seen here a clerk compares with papers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from triplehelix.foundation.text import folded
from triplehelix.market.contracts import money
from triplehelix.market.contracts.models import Amendment, Registration
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Organisation

#: In `Amendment.changes`: the number a certificate was entered under.
NUMBER = "registration_number"


@dataclass(frozen=True)
class Named:
    """A registration number as an application names it: of which unit, and since when. Typed by mistake of a
    neighbour's, and corrected, a number has been two contracts': these tell which of them is meant."""

    number: str
    unit: Organisation
    at: datetime


def fallen(named: Named, paid: int | None, price: int | None = None) -> str:
    """Why the registered contract of this number does not bear an application any more; "" while it does, or where it
    is not known here. `paid` is how much the application says has arrived, `price` the contract's, in fen."""
    if (row := _registration(named)) is None:
        return ""
    contract = row.contract
    if folded(row.number) != folded(named.number) and row.outcome == "registered":
        return _("技术合同登记编号已更正为 %(number)s：请先更正事实") % {"number": row.number}
    if row.outcome != "registered":
        return _("技术合同登记 %(number)s 已经撤销") % {"number": row.number}
    if contract.sale.landed_on is None:
        return _("合同 %(number)s 不再符合落地条件：款项退回、合同终止或实施地变动") % {"number": row.number}
    if paid is not None and (arrived := money.arrived(contract)) < paid:
        return _("合同实际到账 %(arrived)s，申请的比它多：请先更正事实") % {"arrived": exact(arrived)}
    if price is not None and contract.price_fen < price:
        return _("合同金额是 %(price)s，申请的比它多：请先更正事实") % {"price": exact(contract.price_fen)}
    return ""


def contract_of(named: Named) -> int | None:
    """The contract that is meant; None where it is not known here."""
    row = _registration(named)
    return row.contract_id if row is not None else None


def numbers_of(contract: int) -> tuple[str, ...]:
    """Every number the contract has had: revoked and registered anew it takes another, and what was entered wrong was
    its number for a while; it is the same contract still. One of them may be another contract's by now
    (`contract_of`)."""
    rows = Registration.objects.filter(contract=contract).exclude(number="").order_by("pk")
    were = (number for number, _until in _corrected(contract))
    return tuple(dict.fromkeys((*rows.values_list("number", flat=True), *were)))


def _corrected(contract: int) -> Iterator[tuple[str, datetime]]:
    """The numbers a contract was entered under before they were corrected, each with that moment."""
    for one in Amendment.objects.filter(sale__contract=contract, changes__has_key=NUMBER):
        yield one.changes[NUMBER][0], one.recorded_at


def _registration(named: Named) -> Registration | None:
    """The registration that is meant by this number, however it is typed; one that stands before one that was revoked.

    It is the contract's that had the number when the application was begun, though another has it by now: unless
    that one is the unit's, and the first is not. Whoever names a number nobody has any more means who had it.
    """
    asked = folded(named.number)
    if not asked:
        return None
    corrected = Amendment.objects.filter(**{f"changes__{NUMBER}__0__icontains": asked[-6:]}).values("sale")
    alike = Q(number__icontains=asked[-6:]) | Q(contract__sale__in=corrected)
    rows = list(Registration.objects.exclude(number="").filter(alike).select_related("contract__sale__buyer"))
    has = [row for row in rows if folded(row.number) == asked]
    had = [row for row in rows if row not in has and _had(row, asked, named, bool(has))]
    found = has if not had or (_bought(has, named.unit) and not _bought(had, named.unit)) else had
    return min(found, key=lambda row: row.outcome != "registered", default=None)


def _had(row: Registration, asked: str, named: Named, has_another: bool) -> bool:
    """Whether the contract had this number; where another has it by now, when the application was begun."""
    untils = [until for number, until in _corrected(row.contract_id) if folded(number) == asked]
    return any(not has_another or named.at < until for until in untils)


def _bought(rows: list[Registration], unit: Organisation) -> bool:
    buyers = (row.contract.sale.buyer for row in rows)
    return any(buyer is not None and buyer.standing_id == unit.standing_id for buyer in buyers)
