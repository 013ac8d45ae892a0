"""提成: reported period by period, and voided where it was mistyped."""

from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import BUYER, CITY, SELLER
from triplehelix.market.contracts.actions.shared import MOST_FEN, line, locked, saved
from triplehelix.market.contracts.models import Instalment, Sale
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

ROYALTY_IN = {"registered", "rewarding", "reward_objected", "following"}


@transaction.atomic
def report_royalty(
    *, sale: Sale, period: str, base_fen: int, due_on: date, actor: Account | None, now: datetime, seen_version: int
) -> Instalment:
    """提成: a period's base times the contract's rate, down to the whole fen, falls due.

    A period is reported once, also one without sales, for which nothing is due; what was mistyped is voided and
    reported anew.

    Raises Refused, Invalid at `period`, `base`, `due_on`.
    """
    held = locked(sale, actor, now, by={SELLER, BUYER}, seen=seen_version, states=ROYALTY_IN)
    contract, errors = held.contract, dict[str, str]()
    if contract.structure != "royalty":
        raise Refused(_("这份合同没有提成"))
    period = line(period, _("提成期间"), 120, errors, "period")
    if not 0 <= base_fen <= MOST_FEN:
        errors["base"] = _("提成基数应不小于零、不超过 1000 亿元；没有销售的，写 0")
    if contract.instalments.filter(kind="royalty", name=period, void_why="").exists():
        errors["period"] = _("这一期已经报过；报错了的，请转让方先作废")
    if due_on < contract.signed_on:
        errors["due_on"] = _("期限不能早于签订日期")
    if errors:
        raise Invalid(errors)
    seq = (contract.instalments.aggregate(last=Max("seq"))["last"] or 0) + 1
    fen = int(Fraction(base_fen * contract.royalty_ppm, 1_000_000))
    made = Instalment.objects.create(
        contract=contract, seq=seq, kind="royalty", name=period, amount_fen=fen, due_on=due_on, base_fen=base_fen
    )
    saved(held, "royalty", actor, now, {"period": period, "base": base_fen, "fen": fen})
    return made


@transaction.atomic
def void_royalty(
    *, sale: Sale, seq: int, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Instalment:
    """A royalty that was reported wrongly falls away: its base stays to be read, nothing is due for it any more.

    By whom it is owed to, or the market: who owes it cannot take it back. Raises Refused, Invalid at `seq`, `reason`.
    """
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states=ROYALTY_IN)
    errors: dict[str, str] = {}
    why = line(reason, _("作废的原因"), 300, errors, "reason")
    found = held.contract.instalments.filter(kind="royalty", seq=seq, void_why="").first()
    if found is None:
        errors["seq"] = _("没有这一期提成，或已经作废")
    if errors:
        raise Invalid(errors)
    assert found is not None
    data = {"seq": seq, "period": found.name, "base": found.base_fen, "fen": found.amount_fen}
    found.void_why, found.amount_fen = why, 0
    found.save(update_fields=["void_why", "amount_fen"])
    saved(held, "void_royalty", actor, now, data, why)
    return found
