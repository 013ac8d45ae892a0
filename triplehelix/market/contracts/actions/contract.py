"""The contract, in writing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import SELLER
from triplehelix.market.contracts.actions.shared import go, locked, locked_achievement, paper, saved
from triplehelix.market.contracts.actions.written import Row, Terms, checked
from triplehelix.market.contracts.finds import ASSIGNED
from triplehelix.market.contracts.models import Contract, Instalment, Sale, Trial
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.wording import as_recorded


@transaction.atomic
def sign_contract(*, sale: Sale, terms: Terms, actor: Account | None, now: datetime, seen_version: int) -> Contract:
    """Record the written contract with its instalments. The price is the price made public, or won.

    Who sells the whole right sells it once: other sales of the achievement under way are suspended with it.

    Raises Refused (no buyer; name or price differ from the notice; an objection is open), Invalid at the fields, and
    `row_<n>` from 1 with `_amount` or `_due` where it is that.
    """
    locked_achievement(sale.achievement_id)  # two sales of it are signed one after the other, and sold once
    held = locked(sale, actor, now, by={SELLER}, seen=seen_version, states={"priced"})
    errors = dict[str, str]()
    paper(terms.file, errors, "file", _("书面合同：口头约定不能登记"))
    terms = checked(held, terms, timezone.localdate(now), errors)
    if errors:
        raise Invalid(errors)
    assert terms.file is not None
    made = Contract.objects.create(
        sale=held, number=terms.number, type=terms.type, structure=terms.structure, price_fen=terms.price_fen,
        signed_on=terms.signed_on, ends_on=terms.ends_on, site=terms.site, file=terms.file,
        royalty_ppm=terms.royalty_ppm, royalty_base=terms.royalty_base, equity_company=terms.equity_company,
        equity_bp=terms.equity_bp, recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    ask_for(made, terms.rows)
    if terms.structure == "trial":
        begin_trial(made, terms)
    held.price_fen = terms.price_fen
    data = {"number": made.number, "type": made.type, "fen": made.price_fen, "file": terms.file.sha256}
    go(saved(held, "contract", actor, now, data), "sign", actor, now)
    if made.type == ASSIGNED:
        stop_others(held, now)
    return made


def stop_others(sold: Sale, now: datetime) -> None:
    """Nothing is sold twice: other sales of the achievement that are priced or offered stop, and their sides and
    bidders are told. What is still being checked does not pass the check."""
    rows = Sale.objects.filter(achievement=sold.achievement_id, state__in=Sale.workflow["suspend"].frm)
    with as_recorded():
        why = _("这项成果已经转让")
    for other in rows.exclude(pk=sold.pk).select_for_update(of=("self",)).order_by("pk"):
        go(other, "suspend", None, now, why)


def ask_for(contract: Contract, rows: Sequence[Row], after: int = 0) -> None:
    """Write what is due, numbered from the one `after`."""
    kind = "equity" if contract.structure == "equity" else "fixed"
    Instalment.objects.bulk_create(
        Instalment(contract=contract, seq=n, kind=kind, name=name, amount_fen=fen, due_on=due)
        for n, (name, fen, due) in enumerate(rows, start=after + 1)
    )


def begin_trial(contract: Contract, terms: Terms) -> None:
    """先使用后付费: used until its day, before anything is due."""
    assert terms.trial_until is not None
    Trial.objects.create(
        contract=contract, trigger=terms.trigger, until=terms.trial_until, pay_days=terms.pay_days,
        state=Trial.workflow.start,
    )  # fmt: skip
