"""How the seller has decided to price (本单位决策): the market publishes from it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import SELLER
from triplehelix.market.contracts.actions.shared import line, locked, paper, saved
from triplehelix.market.contracts.models import Proposal, Publication, Sale
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid


def not_yet(sale: Sale, method: str) -> dict[str, str]:
    """What the sale itself must have before it can be priced this way: messages at `buyer`, `price`."""
    errors = {}
    if method == "agreed" and sale.buyer_id is None:
        errors["buyer"] = _("协议定价要先有受让方；没有受让方的，请挂牌、拍卖或招标")
    if sale.price_fen is None:
        errors["price"] = _("请先填写价格")
    return errors


@transaction.atomic
def propose(
    *, sale: Sale, method: str, basis: str, document: str, objections_to: str, unit_first: date | None,
    unit_proof: File | None, days: int | None, actor: Account | None, now: datetime, seen_version: int,
) -> Proposal:  # fmt: skip
    """The seller hands in method, basis and decision; 协议定价 with the proof of the unit's own notice.

    Handed in again, it replaces what was there; a proof stays on file. Raises Refused, Invalid at `method`, `basis`,
    `document`, `objections_to`, `unit_first`, `unit_proof`, `price`, `buyer`.
    """
    held = locked(sale, actor, now, by={SELLER}, seen=seen_version, states={"pricing"})
    errors: dict[str, str] = {}
    agreed = method == "agreed"
    if method not in dict(Publication.METHODS):
        errors["method"] = _("请选择定价方式")
    texts = {
        "basis": line(basis, _("定价依据"), 300, errors, "basis"),
        "document": line(document, _("决策文件"), 80, errors, "document"),
        "objections_to": line(objections_to, _("异议受理"), 200, errors, "objections_to", must=agreed),
    }
    before = Proposal.objects.filter(sale=held).first()
    proof = unit_proof or (before.unit_proof if before is not None else None)
    if agreed:
        paper(proof, errors, "unit_proof", _("本单位公示的截图或照片"))
        if unit_first is None:
            errors["unit_first"] = _("请填写本单位公示开始的日期")
        elif unit_first > timezone.localdate(now):
            errors["unit_first"] = _("本单位的公示还没有开始：请在它开始以后再提交")
    errors |= not_yet(held, method)
    if errors:
        raise Invalid(errors)
    made, _new = Proposal.objects.update_or_create(
        sale=held,
        defaults={
            "method": method, "unit_first": unit_first if agreed else None, "unit_proof": proof if agreed else None,
            "days": None if agreed else days, "proposed_at": now, "proposed_by": actor, **texts,
        },
    )  # fmt: skip
    data = {"method": method, "fen": held.price_fen, "document": made.document}
    saved(held, "propose", actor, now, data)
    return made
