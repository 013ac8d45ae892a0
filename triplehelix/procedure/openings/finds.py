"""Querysets every list of openings starts from."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from triplehelix.market.contracts.models import Sale
from triplehelix.policy.award import Award
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.openings import access
from triplehelix.procedure.openings.models import Opening
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account


def shown_to(actor: Account | None, on: date) -> QuerySet[Opening]:
    """The openings somebody may open, latest first, with what a line shows."""
    rows = Opening.objects.select_related("sale__achievement", "organisation", "case")
    return access.visible(rows, actor, on)


def waiting() -> QuerySet[Opening]:
    """What no round is open for yet, oldest first."""
    return Opening.objects.filter(state="waiting").select_related("sale__achievement", "organisation").order_by("pk")


def in_doubt(*, case: int) -> QuerySet[Opening, int]:
    """The sale whose opening of this case is in doubt, by number; none for any other case."""
    return Opening.objects.filter(case=case, state="doubtful").values_list("sale", flat=True)


def open_round_for(award_code: str, on: date) -> Round | None:
    """The round a case of this award can be opened in today; of several the one opened last."""
    rows = Round.objects.filter(award_code=award_code, lane__in=("ordinary", "quick"), opens_on__lte=on)
    return rows.filter(closes_on__gte=on).order_by("-opens_on", "-pk").first()


def papers(sale: Sale) -> Iterator[tuple[str, str, File]]:
    """What proves the facts of an opening: the contract, its registration, what was paid and given back; each with what
    the event tells by it (policy.award.Opener) and a label."""
    contract = sale.contract
    yield "price", _("技术合同 %(number)s") % {"number": contract.number}, contract.file
    for row in contract.registrations.filter(outcome="registered").select_related("file"):
        if row.file is not None:
            yield "registration", _("登记证明 %(number)s") % {"number": row.number}, row.file
    for receipt in contract.receipts.filter(void_why="").select_related("file").order_by("on", "pk"):
        label = _("付款凭证 %(number)s") if receipt.way == "in" else _("退款凭证 %(number)s")
        yield "paid", label % {"number": receipt.number}, receipt.file


def proofs(sale: Sale, award: Award) -> Iterator[tuple[str, File]]:
    """The same by the names under which the award asks for them."""
    assert award.opened_by is not None
    shown_by = {what: award.fact(code).about.evidence for code, what in award.opened_by.tells.items()}
    for what, _label, file in papers(sale):
        if name := shown_by.get(what):
            yield name, file
