"""协议定价: the price notice, in the unit and in the market, and the objections to it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.access import CITY
from triplehelix.market.contracts.actions.shared import (
    as_decided,
    go,
    line,
    locked,
    paper,
    record_publication,
    shown_end,
)
from triplehelix.market.contracts.check import OBJECTION_KIND
from triplehelix.market.contracts.models import Objection, Publication, Sale
from triplehelix.market.contracts.terms import value
from triplehelix.records import objections
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused, take


@transaction.atomic
def publish_price(
    *, sale: Sale, basis: str, objections_to: str, unit_first: date, unit_proof: File | None, document: str,
    actor: Account | None, now: datetime, seen_version: int,
) -> Publication:  # fmt: skip
    """Make name and price public for 15 days (calendar; 国发〔2016〕16号), with the proof that the unit does so too.

    The period runs from the later of the two first days. Raises Refused (also while the seller has proposed nothing,
    or another way), Invalid at `basis`, `objections_to`, `unit_first`, `unit_proof`, `price`, `buyer`.
    """
    held = locked(sale, actor, now, by={CITY}, seen=seen_version, states={"pricing"})
    as_decided(held, "agreed")
    today = timezone.localdate(now)
    errors: dict[str, str] = {}
    texts = {
        "basis": line(basis, _("定价依据"), 300, errors, "basis"),
        "objections_to": line(objections_to, _("异议受理"), 200, errors, "objections_to"),
        "document": line(document, _("决策文件"), 80, errors, "document", must=False),
    }
    if unit_first > today:
        errors["unit_first"] = _("本单位的公示还没有开始：请在它开始以后再发布")
    paper(unit_proof, errors, "unit_proof", _("本单位公示的截图或照片"))
    if held.price_fen is None:
        errors["price"] = _("请先填写价格")
    if held.buyer is None:
        errors["buyer"] = _("协议定价要先有受让方；没有受让方的，请挂牌、拍卖或招标")
    if errors:
        raise Invalid(errors)
    assert held.price_fen is not None and held.buyer is not None
    period = value("price_notice_days", today)
    public = Publication.objects.create(
        sale=held, method="agreed", name=held.achievement.title, buyer_name=held.buyer.name, price_fen=held.price_fen,
        first=today, last=shown_end(period, today), days=period.days, day_kind=period.unit, unit_first=unit_first,
        unit_proof=unit_proof, published_at=now, published_by=actor, **texts,
    )  # fmt: skip
    record_publication(public, actor, now)
    go(held, "publish_price", actor, now)
    return public


@transaction.atomic
def object_to(*, publication: Publication, name: str, phone: str, text: str, now: datetime) -> Objection:
    """Take an objection by anybody with a real name, to the last minute of the last day; it suspends the notice. Sent
    twice, it is one.

    Raises Refused (not public now), Invalid at `name`, `phone`, `text`.
    """
    texts = objections.words(name, phone, text)
    sale = Sale.objects.select_for_update(of=("self",)).get(pk=publication.sale_id)
    held = Publication.objects.get(pk=publication.pk)
    today = timezone.localdate(now)
    open_now = sale.state == "objected" or (sale.state == "noticing" and held.is_running(today))
    if held.is_over or held.method != "agreed" or not open_now:
        raise Refused(_("公示期已过，不再受理异议；可以依法向主管部门反映"))
    if (same := objections.sent_before(held.objections.all(), texts)) is not None:
        return same
    objections.require_few_open(held.objections.all())
    made = Objection.objects.create(publication=held, received_at=now, due_on=_answer_by(today), **texts)
    objections.received(made, OBJECTION_KIND, now, publication=held.pk)
    if sale.state == "noticing":
        go(sale, "object", None, now)
    return made


def _answer_by(today: date) -> date | None:
    """The last day for an answer; None until next year has its calendar: objecting does not wait."""
    try:
        return value("objection_answer_days", today).end(today)
    except MissingYear:
        return None


def set_answer_days(*, now: datetime) -> int:
    """The last days for answers that could not be set when the objections came: next year's calendar was not there.
    Returns how many were set."""
    return objections.set_missing_days(Objection, OBJECTION_KIND, _answer_by, now)


@transaction.atomic
def answer(*, objection: Objection, is_upheld: bool, text: str, actor: Account, now: datetime) -> Objection:
    """Answer an objection; what becomes of the notice is a step of its own. Raises Refused, Invalid at `text`."""
    sale = Sale.objects.select_for_update(of=("self",)).get(publications=objection.publication_id)
    if CITY not in sale.relations_of(actor, now):
        raise Refused(_("您无权办理这一步"))
    held = Objection.objects.get(pk=objection.pk)
    objections.answer(held, OBJECTION_KIND, is_upheld=is_upheld, text=text, actor=actor, now=now)
    return held


#: What the system does with a state when its days are over, in the order tried; a guard lets the right one through.
ENDS = {
    "noticing": ("end_notice",),
    "listed": ("end_single", "end_unsold", "end_several"),
    "rewarding": ("end_reward",),
}


def end_due(*, now: datetime) -> int:
    """End every notice and listing whose last day is over. What is objected to, or changed meanwhile, waits. Answers
    how many sales went on."""
    today, done = timezone.localdate(now), 0
    public = Sale.objects.filter(state__in=("noticing", "listed"), publications__last__lt=today,
                                 publications__is_over=False)  # fmt: skip
    inside = Sale.objects.filter(state="rewarding", distributions__last__lt=today, distributions__is_final=False,
                                 distributions__void_why="")  # fmt: skip
    for sale in [*public.order_by("pk"), *inside.order_by("pk")]:
        for step in ENDS[sale.state]:
            try:
                with transaction.atomic():
                    take(case=sale, step=step, actor=None, now=now, seen_version=sale.version)
            except Refused:
                continue
            done += 1
            break
    return done
