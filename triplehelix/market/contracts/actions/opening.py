"""Opening a sale, its rights, its price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.codes import CodeError, Uscc
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts.access import BUYER, CITY, SELLER, relations_of
from triplehelix.market.contracts.actions.shared import line, locked, locked_achievement, price, saved
from triplehelix.market.contracts.effects import drop_proposal
from triplehelix.market.contracts.finds import assigned
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Owner, Rights, Sale
from triplehelix.market.contracts.terms import listed
from triplehelix.market.introductions.access import MANAGER
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.needs.models import Need
from triplehelix.records.amounts import exact
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import code_list
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

__all__ = ["OwnerGiven", "open_from", "open_sale", "record_rights", "set_buyer", "set_price", "tag"]

PARTIES = frozenset({SELLER, BUYER, CITY})
#: Owners of one right; no rule sets a number, a form has an end [assumed].
MOST_OWNERS = 12
#: States in which nothing of a sale is left to do: another of the same two may be opened.
OVER = ("closed", "withdrawn", "terminated")


@dataclass(frozen=True)
class OwnerGiven:
    """One owner as it was entered: `share_bp` in hundredths of a percent."""

    name: str
    uscc: str
    share_bp: int
    consented_on: date | None = None
    consent: File | None = None


@transaction.atomic
def open_sale(
    *, achievement: Achievement, buyer: Organisation | None, need: Need | None = None, actor: Account | None,
    now: datetime, mode: str = "",
) -> Sale:  # fmt: skip
    """交易: an achievement is to be sold; without a buyer it will be listed or auctioned.

    The seller is who the achievement belongs to. Asked again for the same achievement and buyer, it answers the sale
    already under way. Raises Refused (achievement not public; not a party), Invalid at `buyer`, `need`,
    `mode`.
    """
    held = locked_achievement(achievement.pk)
    if held.state != "published":
        raise Refused(_("成果没有发布或已过期：请先由转让方发布、确认，再开始交易"))
    _not_sold(held, buyer, actor, now)
    errors: dict[str, str] = {}
    if buyer is not None and buyer.standing_id == held.organisation.standing_id:
        errors["buyer"] = _("受让方与转让方是同一单位")
    if buyer is not None and buyer.ending:
        errors["buyer"] = gone(buyer)
    elif buyer is not None and buyer.confirmed_at is None:
        errors["buyer"] = _("受让方还没有经过核实，请先由主管部门核实单位")
    if need is not None and (buyer is None or need.organisation.standing_id != buyer.pk):
        errors["need"] = _("这条需求不是受让方提出的")
    if mode and mode not in code_list("transfer_modes"):
        errors["mode"] = _("没有这种转化方式")
    if errors:
        raise Invalid(errors)
    found = _under_way(held, buyer).first()
    if found is not None and (actor is None or relations_of(found, actor, timezone.localdate(now))):
        return found
    return _opened(
        Sale(achievement=held, seller=held.organisation.standing, buyer=buyer, need=need, mode=mode,
             price_fen=held.price_fen or None),
        actor, now,
    )  # fmt: skip


@transaction.atomic
def open_from(*, introduction: Introduction, actor: Account | None, now: datetime) -> Sale:
    """交易 from agreed terms: the two sides, the need, the mode and the price come from the version both accepted.

    A sale of the two already under way and not signed takes the introduction over; asked again, it answers that sale.
    Raises Refused: terms not agreed, the achievement taken down, the firm not confirmed, not a party.
    """
    terms = introduction.versions.order_by("-n").first()
    if introduction.state != "agreed" or terms is None:
        raise Refused(_("双方还没有接受同一版条款，不能开始交易"))
    held, need = locked_achievement(introduction.achievement_id), introduction.need
    if held.state not in ("published", "expired"):
        raise Refused(_("成果已经撤下：请转让方重新发布，再开始交易"))
    _not_sold(held, need.organisation, actor, now)
    if need.organisation.confirmed_at is None:
        raise Refused(_("受让方还没有经过核实，请先由主管部门核实单位"))
    done = introduction.sales.exclude(state__in=OVER).first()
    if done is not None:
        return done
    rows = _under_way(held, need.organisation.standing).select_for_update(of=("self",))
    # A step taken on it meanwhile may have signed it or ended it: who waited asks again by reading what it is now.
    found = rows.filter(contract__isnull=True).first()
    if found is None:
        made = Sale(
            achievement=held, seller=held.organisation.standing, buyer=need.organisation.standing, need=need,
            introduction=introduction,
            mode=terms.mode if terms.mode in code_list("transfer_modes") else "", price_fen=terms.price_fen,
        )  # fmt: skip
        return _opened(made, actor, now)
    _check_party(found, introduction, actor, now)
    found.need, found.introduction = found.need or need, introduction
    return saved(found, "introduced", actor, now, {"introduction": introduction.pk})


def _not_sold(achievement: Achievement, buyer: Organisation | None, actor: Account | None, now: datetime) -> None:
    """Raises Refused when the whole right has moved to somebody else: to whom, is for who may open that sale."""
    if (before := assigned(achievement)) is not None and before.sale.buyer != buyer:
        if actor is not None and not before.sale.relations_of(actor, now):
            raise Refused(_("这项成果已经转让，不能再转让"))
        said = {"contract": before.number, "buyer": before.sale.buyer}
        raise Refused(_("这项成果已经由 %(contract)s 转让给%(buyer)s，不能再转让") % said)


def _under_way(achievement: Achievement, buyer: Organisation | None) -> QuerySet[Sale]:
    return Sale.objects.filter(achievement=achievement, buyer=buyer).exclude(state__in=OVER).order_by("pk")


def _check_party(sale: Sale, introduction: Introduction | None, actor: Account | None, now: datetime) -> None:
    """Raises Refused for whoever is no party, nor the manager who looks after the introduction it comes from."""
    if actor is None or sale.relations_of(actor, now) & PARTIES:
        return
    if introduction is None or MANAGER not in introduction.relations_of(actor, now):
        raise Refused(_("只有成果的权利人、受让方和科技大市场可以开始交易"))


def _opened(sale: Sale, actor: Account | None, now: datetime) -> Sale:
    """Save a new sale and say so. Raises Refused for whoever is no party to it."""
    sale.state, sale.created_at, sale.changed_at, sale.created_by = Sale.workflow.start, now, now, actor
    sale.save(force_insert=True)
    _check_party(sale, sale.introduction, actor, now)
    said = {"achievement": sale.achievement_id, "buyer": sale.buyer_id, "need": sale.need_id}
    said |= {"introduction": sale.introduction_id} if sale.introduction_id else {}
    said |= kept.said(sale.kept_values())
    trail.record(kind=Sale.kind, id=str(sale.pk), verb="open", actor=actor, now=now, data=said)
    return sale


@transaction.atomic
def record_rights(
    *, sale: Sale, owners: Sequence[OwnerGiven], encumbrance: str, encumbrance_note: str, secrecy: str,
    secrecy_document: str, export: str, export_document: str, actor: Account | None, now: datetime, seen_version: int,
) -> Sale:  # fmt: skip
    """What the rights check looks at, whole; entered again it replaces what was there. A consent stays on file.

    Raises Refused, Invalid at `encumbrance`, `secrecy`, `export`, `owners`, and `owner_<n>` for a row (from 1),
    with `_name`, `_share`, `_consented` where it is that.
    """
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states={"checking"})
    errors: dict[str, str] = {}
    texts = {
        "encumbrance_note": line(encumbrance_note, _("情况说明"), 200, errors, "encumbrance_note", must=False),
        "secrecy_document": line(
            secrecy_document, _("保密审查文件"), 80, errors, "secrecy_document", must=secrecy == "open"
        ),
        "export_document": line(
            export_document, _("出口许可文件"), 80, errors, "export_document", must=export == "licensed"
        ),
    }
    if encumbrance and encumbrance not in code_list("encumbrances"):
        errors["encumbrance"] = _("没有这种权利限制")
    if secrecy not in dict(Rights.SECRECY):
        errors["secrecy"] = _("请选择保密审查的结论")
    if export not in dict(Rights.EXPORT):
        errors["export"] = _("请选择出口核对的结论")
    kept = {owner.uscc: owner for owner in held.owners.all()}
    rows = _owners(held, owners, kept, errors, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    held.owners.all().delete()
    Owner.objects.bulk_create(rows)
    Rights.objects.update_or_create(
        sale=held, defaults={"encumbrance": encumbrance, "secrecy": secrecy, "export": export, "recorded_at": now,
                             "recorded_by": actor, **texts},
    )  # fmt: skip
    said = [{"uscc": one.uscc, "bp": one.share_bp, "consent": one.consent_id} for one in rows]
    return saved(held, "rights", actor, now, {"owners": said, "secrecy": secrecy, "export": export})


def _owners(
    sale: Sale, given: Sequence[OwnerGiven], kept: dict[str, Owner], errors: dict[str, str], today: date
) -> list[Owner]:
    rows: list[Owner] = []
    for n, one in enumerate(given, start=1):
        key, wrong = f"owner_{n}", dict[str, str]()
        name = line(one.name, _("权利人名称"), 120, wrong, f"{key}_name")
        uscc = one.uscc.strip()
        try:
            uscc = Uscc.check(one.uscc)
        except CodeError as why:
            wrong[key] = why.message
        if not 1 <= one.share_bp <= 10_000:
            wrong[f"{key}_share"] = _("份额应在 0.01% 到 100% 之间")
        if uscc in {row.uscc for row in rows}:
            wrong[key] = _("同一权利人写了两次")
        if one.consented_on is not None and one.consented_on > today:
            wrong[f"{key}_consented"] = _("同意日期还没有到")
        before = kept.get(uscc)
        consent = one.consent or (before.consent if before else None)
        rows.append(
            Owner(
                sale=sale, name=name, uscc=uscc, share_bp=one.share_bp, consented_on=one.consented_on, consent=consent
            )
        )
        errors |= wrong
    if not rows:
        errors["owners"] = _("请至少写一个权利人")
    elif len(rows) > MOST_OWNERS:
        errors["owners"] = _("最多 %(most)d 个权利人") % {"most": MOST_OWNERS}
    elif not errors and (total := sum(row.share_bp for row in rows)) != 10_000:
        errors["owners"] = _("各权利人份额合计应为 100%%，现在是 %(sum)s%%") % {"sum": f"{total / 100:g}"}
    elif not errors and sale.seller.uscc not in {row.uscc for row in rows}:
        errors["owners"] = _("转让方不是权利人：%(seller)s 不在权利人之列") % {"seller": sale.seller.name}
    return rows


@transaction.atomic
def set_price(
    *, sale: Sale, price_fen: int, actor: Account | None, now: datetime, seen_version: int, why: str = ""
) -> Sale:
    """The price in hand, before it is made public. Raises Refused once it is public: a changed price needs a new
    notice (国发〔2016〕16号; domain §2.2). Raises Invalid at `price`."""
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states=set())
    if held.state in ("noticing", "objected", "priced") and (public := current(held)) is not None:
        if public.method != "agreed":
            raise Refused(_("价格由挂牌、拍卖或招标确定，不能改"))
        raise Refused(
            _("公示的价格是 %(price)s，不能直接改：请先“撤下公示，重新定价”，再按新价格公示")
            % {"price": exact(public.price_fen)}
        )
    if held.state not in ("checking", "pricing"):
        raise Refused(_("现在是“%(state)s”，不能这样办") % {"state": held.workflow.state(held.state).label})
    errors: dict[str, str] = {}
    held.price_fen, before = price(price_fen, errors, "price"), held.price_fen
    if errors:
        raise Invalid(errors)
    if held.price_fen != before:
        drop_proposal(held, actor, now)
    return saved(held, "price", actor, now, {"from": before, "to": held.price_fen}, why)


@transaction.atomic
def set_buyer(*, sale: Sale, buyer: Organisation, actor: Account | None, now: datetime, seen_version: int) -> Sale:
    """Name the buyer of a sale by agreement that has none yet. Raises Refused, Invalid at `buyer`."""
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states={"checking", "pricing"})
    if buyer.standing_id == held.seller.standing_id:
        raise Invalid({"buyer": _("受让方与转让方是同一单位")})
    if buyer.confirmed_at is None:
        raise Invalid({"buyer": _("受让方还没有经过核实，请先由主管部门核实单位")})
    if why := gone(buyer):
        raise Invalid({"buyer": why})
    if held.buyer_id != buyer.pk:
        drop_proposal(held, actor, now)
    held.take_buyer(buyer)
    return saved(held, "buyer", actor, now, {"buyer": buyer.pk, "need": held.need_id})


@transaction.atomic
def tag(*, sale: Sale, tags: Sequence[str], actor: Account | None, now: datetime, seen_version: int) -> Sale:
    """招、拍、挂、股、改、投: tags of the pack's list, no more than that. Raises Refused, Invalid at `tags`."""
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states=set())
    known = listed("trade_tags")
    if unknown := [one for one in tags if one not in known]:
        raise Invalid({"tags": _("没有这个标签：%(tag)s") % {"tag": "、".join(unknown)}})
    held.tags = list(dict.fromkeys(tags))
    return saved(held, "tag", actor, now, {"tags": held.tags})
