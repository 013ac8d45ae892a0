"""挂牌, 拍卖, 招标: information and witness. A licensed exchange executes; its result is recorded with its proof."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts.access import CITY, SELLER
from triplehelix.market.contracts.actions.shared import (
    MOST_FEN,
    as_decided,
    go,
    line,
    locked,
    price,
    record_publication,
    saved,
    shown_end,
)
from triplehelix.market.contracts.finds import assigned
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Bid, Publication, Sale
from triplehelix.market.contracts.terms import value
from triplehelix.records.amounts import exact
from triplehelix.records.parties.finds import cared_for, organisations_of
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

BID_KIND = "market.bid"
MOST_DAYS = 120


def _publish(
    sale: Sale, method: str, key: str, days: int | None, texts: dict[str, str], actor: Account | None, now: datetime,
    errors: dict[str, str],
) -> Publication:  # fmt: skip
    """A publication of at least the pack's days; `days` None takes just these. Raises Invalid, Refused."""
    today = timezone.localdate(now)
    period = value(key, today)
    wanted = period.days if days is None else days
    if not period.days <= wanted <= MOST_DAYS:
        said = {"least": period.days, "most": MOST_DAYS}
        errors["days"] = (
            _("应为 %(least)d 至 %(most)d 个工作日") if period.unit == "working" else _("应为 %(least)d 至 %(most)d 日")
        ) % said
    if sale.price_fen is None:
        errors["price"] = _("请先填写价格")
    if errors:
        raise Invalid(errors)
    assert sale.price_fen is not None
    last = shown_end(type(period)(wanted, period.unit, period.source, period.assumed), today)
    public = Publication.objects.create(
        sale=sale, method=method, name=sale.achievement.title, price_fen=sale.price_fen, first=today, last=last,
        days=wanted, day_kind=period.unit, published_at=now, published_by=actor, **texts,
    )  # fmt: skip
    record_publication(public, actor, now)
    return public


def _texts(basis: str, document: str, errors: dict[str, str]) -> dict[str, str]:
    return {
        "basis": line(basis, _("底价依据"), 300, errors, "basis"),
        "document": line(document, _("决策文件"), 80, errors, "document"),
    }


@transaction.atomic
def put_on_list(
    *, sale: Sale, basis: str, document: str, actor: Account | None, now: datetime, seen_version: int,
    days: int | None = None,
) -> Publication:  # fmt: skip
    """挂牌 at the price in hand for at least 20 working days. Raises Refused, Invalid at `basis`, `document`, `days`,
    `price`."""
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"pricing"})
    as_decided(held, "listing")
    errors: dict[str, str] = {}
    public = _publish(held, "listing", "listing_days", days, _texts(basis, document, errors), actor, now, errors)
    held.buyer = None
    held.save(update_fields=["buyer"])
    go(held, "list", actor, now)
    return public


@transaction.atomic
def announce(
    *, sale: Sale, method: str, basis: str, document: str, actor: Account | None, now: datetime, seen_version: int,
    days: int | None = None,
) -> Publication:  # fmt: skip
    """Announce an `auction` or a `tender` at least 7 days ahead. Raises Refused, Invalid at `method` and as above."""
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"pricing"})
    if method not in ("auction", "tender"):
        raise Invalid({"method": _("请选择拍卖或招标")})
    as_decided(held, method)
    errors: dict[str, str] = {}
    public = _publish(held, method, f"{method}_days", days, _texts(basis, document, errors), actor, now, errors)
    held.buyer = None
    held.save(update_fields=["buyer"])
    go(held, "announce", actor, now)
    return public


@transaction.atomic
def relist(
    *, sale: Sale, document: str, price_fen: int, actor: Account | None, now: datetime, seen_version: int,
    days: int | None = None,
) -> Publication:  # fmt: skip
    """Nobody came: list again, by a new decision that is recorded, at the same price, or by the seller at a lower one.
    What was auctioned or put out to tender becomes a listing by the seller alone, whose way to a price it is.

    Raises Refused, Invalid at `document`, `price` (higher than before; lower, and not by the seller), `days`.
    """
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states={"unsold"})
    before = current(held)
    assert before is not None
    is_seller = actor is None or SELLER in held.relations_of(actor, now)
    if before.method != "listing" and not is_seller:
        raise Refused(_("拍卖、招标没有成交的，改为挂牌由转让方决策：请转让方自己办理"))
    errors: dict[str, str] = {}
    held.price_fen = price(price_fen, errors, "price")
    if not errors and price_fen > before.price_fen:
        errors["price"] = _("重新挂牌不能高于原来的 %(price)s；要提价请重新决策定价") % {
            "price": exact(before.price_fen)
        }
    elif not errors and price_fen < before.price_fen and not is_seller:
        errors["price"] = _("降价由转让方决策：请转让方自己延长挂牌，或按原来的 %(price)s 延长") % {
            "price": exact(before.price_fen)
        }
    texts = {"basis": before.basis, "document": line(document, _("新的决策文件"), 80, errors, "document")}
    if not errors and texts["document"] == before.document:
        errors["document"] = _("延长或降价须有新的决策文件")
    public = _publish(held, "listing", "listing_days", days, texts, actor, now, errors)
    data = {"from": before.price_fen, "to": price_fen, "document": texts["document"]}
    go(saved(held, "relist_decision", actor, now, data), "relist", actor, now)
    return public


@transaction.atomic
def bid(
    *, publication: Publication, organisation: Organisation, contact_name: str, contact_phone: str, deposit_fen: int,
    deposit_at: str, actor: Account, now: datetime,
) -> Bid:  # fmt: skip
    """Register a confirmed organisation as a bidder, to the last minute of the last day.

    Raises Refused (over; sold meanwhile; not this organisation's member; the seller itself), Invalid at the fields.
    """
    today = timezone.localdate(now)
    if not organisations_of(actor, today).filter(pk=organisation.pk, confirmed_at__isnull=False).exists():
        raise Refused(_("只有经过核实的单位可以登记，并且只能以本单位的名义"))
    errors: dict[str, str] = {}
    texts = {
        "contact_name": line(contact_name, _("联系人"), 40, errors, "contact_name"),
        "contact_phone": line(contact_phone, _("联系电话"), 24, errors, "contact_phone"),
        "deposit_at": line(deposit_at, _("保证金交到"), 120, errors, "deposit_at", must=deposit_fen > 0),
    }
    if not 0 <= deposit_fen <= MOST_FEN:
        errors["deposit"] = _("金额应大于零、不超过 1000 亿元")
    if errors:
        raise Invalid(errors)
    sale = Sale.objects.select_for_update(of=("self",)).get(pk=publication.sale_id)
    held = Publication.objects.get(pk=publication.pk)
    if sale.state != "listed" or held.method != "listing" or not held.is_running(today):
        raise Refused(_("挂牌已经期满，不再登记意向方"))
    if assigned(sale.achievement, besides=sale) is not None:
        raise Refused(_("这项成果已经转让，不再登记意向方"))
    if organisation.pk == sale.seller.standing_id:
        raise Refused(_("转让方不能登记受让自己的成果"))
    try:
        with transaction.atomic():
            made = Bid.objects.create(
                publication=held, organisation=organisation, deposit_fen=deposit_fen, registered_at=now,
                registered_by=actor, **texts,
            )  # fmt: skip
    except IntegrityError as why:
        raise Refused(_("本单位已经登记过，不用再登记")) from why
    data = {"publication": held.pk, "organisation": organisation.pk, "deposit": deposit_fen}
    trail.record(kind=BID_KIND, id=str(made.pk), verb="register", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def take_back_bid(*, bid: Bid, actor: Account, now: datetime) -> Bid:
    """The bidder does not want it any more: to the last minute of the last day, without a reason. What was registered
    stays to be read. Raises Refused (over; answered or taken back; not this organisation's member)."""
    today = timezone.localdate(now)
    if not cared_for(actor, today).filter(pk=bid.organisation_id).exists():
        raise Refused(_("只能撤回本单位的登记"))
    sale = Sale.objects.select_for_update(of=("self",)).get(pk=bid.publication.sale_id)
    held = Bid.objects.select_related("publication").get(pk=bid.pk)
    if held.result == "withdrawn":
        raise Refused(_("这一登记已经撤回"))
    if sale.state != "listed" or not held.publication.is_running(today):
        raise Refused(_("挂牌已经期满，登记不能撤回；不再受让的，请联系科技大市场"))
    held.result, held.answered_at = "withdrawn", now
    held.save(update_fields=["result", "answered_at"])
    data = {"publication": held.publication_id, "organisation": held.organisation_id}
    trail.record(kind=BID_KIND, id=str(held.pk), verb="take_back", actor=actor, now=now, data=data)
    return held
