"""Whether what an application says of a sale is still so. Contracts never seen here a clerk compares with papers."""

from django.db.models import Q
from django.utils.translation import gettext as _

from triplehelix.foundation.text import folded
from triplehelix.market.contracts import money
from triplehelix.market.contracts.models import Amendment, Registration
from triplehelix.records.amounts import exact

#: In `Amendment.changes`: the number a certificate was entered under.
NUMBER = "registration_number"


def fallen(number: str, paid: int | None) -> str:
    """Why the registered contract of this number does not bear an application any more; "" while it does, or where it
    is not known here. `paid` is how much the application says has arrived, in fen."""
    if (row := _registration(number)) is None:
        return ""
    contract = row.contract
    if folded(row.number) != folded(number) and row.outcome == "registered":
        return _("技术合同登记编号已更正为 %(number)s：请先更正事实") % {"number": row.number}
    if row.outcome != "registered":
        return _("技术合同登记 %(number)s 已经撤销") % {"number": row.number}
    if contract.sale.landed_on is None:
        return _("合同 %(number)s 不再符合落地条件：款项退回、合同终止或实施地变动") % {"number": row.number}
    if paid is not None and (arrived := money.arrived(contract)) < paid:
        return _("合同实际到账 %(arrived)s，申请的比它多：请先更正事实") % {"arrived": exact(arrived)}
    return ""


def numbers_of(number: str) -> tuple[str, ...]:
    """Every number the contract of this registration has had: revoked and registered anew it takes another, and what
    was entered wrong was its number for a while; it is the same contract still. None where it is not known here."""
    if (row := _registration(number)) is None:
        return ()
    rows = Registration.objects.filter(contract=row.contract_id).exclude(number="").order_by("pk")
    return tuple(dict.fromkeys((*rows.values_list("number", flat=True), *_corrected(row))))


def _corrected(row: Registration) -> list[str]:
    """The numbers its contract was entered under before they were corrected; not those that are another contract's,
    as the number of a neighbour is that was typed by mistake."""
    rows = Amendment.objects.filter(sale__contract=row.contract_id, changes__has_key=NUMBER)
    if not (were := [one.changes[NUMBER][0] for one in rows]):
        return []
    others = Registration.objects.filter(number__in=were).exclude(contract=row.contract_id)
    taken = set(others.values_list("number", flat=True))
    return [number for number in were if number not in taken]


def _registration(number: str) -> Registration | None:
    """The registration of this number, however it is typed, or of the contract that had it until it was corrected; one
    that stands before one that was revoked."""
    asked = folded(number)
    if not asked:
        return None
    corrected = Amendment.objects.filter(**{f"changes__{NUMBER}__0__icontains": asked[-6:]}).values("sale")
    alike = Q(number__icontains=asked[-6:]) | Q(contract__sale__in=corrected)
    rows = list(Registration.objects.exclude(number="").filter(alike))
    found = [row for row in rows if folded(row.number) == asked]
    found = found or [row for row in rows if asked in map(folded, _corrected(row))]
    return min(found, key=lambda row: row.outcome != "registered", default=None)
