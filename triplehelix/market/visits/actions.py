"""The only writers of visits. What a phone sends late, twice or from two tabs lands once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance.actions import start
from triplehelix.market.finance.models import Lead
from triplehelix.market.listings import actions as listings
from triplehelix.market.listings.flow import OWNER as NEED_OWNER
from triplehelix.market.needs.models import Need
from triplehelix.market.visits import access
from triplehelix.market.visits.given import Given, cleaned
from triplehelix.market.visits.kept import groups
from triplehelix.market.visits.models import MOST_WHY, Ask, Visit, digest_of
from triplehelix.records.alone import alone
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import finds, letters
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept
from triplehelix.records.wording import as_recorded

__all__ = ["Given", "Landed", "LandedOtherwise", "Voided", "record", "take_up", "void"]

LEAST_WHY = 4


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a visit that was sent. `fresh` is False when it had landed before; `refused` is why a need that
    was to be handed in at once stayed a draft."""

    visit: Visit
    fresh: bool
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Voided:
    """A visit that was voided. `stays`: what it had brought and the firm has made its own, a sentence each."""

    visit: Visit
    stays: tuple[str, ...]


class LandedOtherwise(Refused):
    """Something else has landed under this number: the sender changed what had already been sent."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(_("这份走访已经送达过，之后的改动没有送达：请打开它，到需求页修改"))
        self.visit = visit


@transaction.atomic
def record(*, uuid: UUID, given: Given, actor: Account, now: datetime) -> Landed:
    """Land a visit with all it brings, or nothing of it. Asked again with the same, it answers the visit that landed.

    The technical need becomes a draft of the firm; with `given.hand_in` by the firm's own people it is published, or
    submitted while nobody has confirmed the firm. Raises Refused (another account's number; LandedOtherwise), and
    Invalid at the fields of `Given`, of the need, and of the asks with `talent_` and `finance_` before them.
    """
    alone(f"visit {uuid}")  # two at once with one number: the later one finds what the first landed
    digest = digest_of(given.as_data())
    before = Visit.objects.select_related("organisation", "need").filter(uuid=uuid).first()
    if before is not None:
        if before.visitor_id != actor.pk:
            raise Refused(_("这份走访是另一个账号送达的"))
        if before.digest != digest:
            raise LandedOtherwise(before)
        return Landed(before, fresh=False)
    today = timezone.localdate(now)
    said, asks = cleaned(given, today)
    named = given.organisation or _registered(given, actor, now)
    if why := finds.gone(named):
        raise Invalid({"organisation": why})
    organisation = access.may_visit(actor, today).filter(pk=named.pk).first()
    if organisation is None:
        raise Invalid({"organisation": _("这家单位不由您走访：只能记录本单位，或本辖区企业的走访")})
    parties.speak_of(organisations=[organisation], actor=actor, now=now)
    need = _need(given, organisation, actor, now) if given.need is not None else None
    visit = Visit.objects.create(
        uuid=uuid, digest=digest, organisation=organisation, visitor=actor, need=need, landed_at=now, **said
    )
    Ask.objects.bulk_create([Ask(visit=visit, state=Ask.workflow.start, **one) for one in asks])
    data = {"organisation": organisation.pk, "need": need.pk if need else None, "asks": [one["what"] for one in asks]}
    data |= kept.said(groups(visit))
    trail.record(kind=Visit.trail_kind, id=str(visit.pk), verb="record", actor=actor, now=now, data=data)
    refused = _hand_in(visit, actor, now) if given.hand_in and need is not None else ""
    _tell(visit, actor, now)
    return Landed(visit, fresh=True, refused=refused)


@transaction.atomic
def take_up(*, ask: Ask, values: Mapping[str, Any], actor: Account, now: datetime) -> Lead:
    """A finance ask becomes the firm's 融资需求, by the firm itself or an office: the ask is answered with it, and the
    firm alone decides which institution sees it.

    Raises Refused (no finance ask, taken up before, no relation to it), Invalid at the fields of the wish.
    """
    held = Ask.objects.select_for_update(of=("self",)).select_related("visit__organisation").get(pk=ask.pk)
    relations = held.relations_of(actor, now)
    if not relations & {access.OWNER, *access.OFFICES}:
        raise Refused(_("您无权办理这一步"))
    if held.what != Ask.FINANCE:
        raise Refused(_("只有金融诉求可以转为融资需求"))
    if held.lead is not None:
        raise Refused(_("这项诉求已经转为融资需求 %(lead)s") % {"lead": held.lead})
    held.lead = start(
        organisation=held.visit.organisation, values=values, actor=actor, now=now,
        origin="own" if access.OWNER in relations else "visit",
    )  # fmt: skip
    acts.saved(held, "take_up", actor, now, {"lead": held.lead.pk})
    if held.state != "answered":
        # A firm that helps itself needs no office: the program says so for it.
        office = actor if relations & access.OFFICES else None
        note = _("已转为融资需求 %(lead)s：请贵单位选择机构，书面授权以后机构才看得到") % {"lead": held.lead}
        take(case=held, step="answer", actor=office, now=now, seen_version=held.version, note=note)
    return held.lead


@transaction.atomic
def void(*, visit: Visit, why: str, actor: Account, now: datetime) -> Voided:
    """Take back a visit that was entered by mistake, above all at another firm: for the firm it and its asks are there
    no longer, and a draft it brought that nobody has touched goes with it. What the firm has made its own stays.

    Raises Refused (neither who wrote it nor an officer over the firm; voided before), Invalid at `why`.
    """
    # Whoever saves one of its asks holds on to the visit's key: let him finish.
    rows = Visit.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("organisation", "need").get(pk=visit.pk)
    if not access.may_void(held, actor, timezone.localdate(now)):
        raise Refused(_("只有走访人和这家企业的主管部门可以作废这次走访"))
    if held.void_why:
        raise Refused(_("这次走访已经作废"))
    reason = why.strip()
    if not LEAST_WHY <= len(reason) <= MOST_WHY:
        says = _("请写明作废的原因（%(least)d 至 %(most)d 个字）")
        raise Invalid({"why": says % {"least": LEAST_WHY, "most": MOST_WHY}})
    list(held.asks.select_for_update(of=("self",)).order_by("pk"))  # one being taken up now is waited for, then read
    leads = list(Lead.objects.filter(ask__visit=held).order_by("pk"))
    made, held.need = held.need, None
    held.void_why, held.voided_at, held.voided_by = reason, now, actor
    held.save()
    with as_recorded():
        why_gone = _("走访记录作废")
    is_gone = made is not None and listings.discard(listing=made, actor=actor, now=now, why=why_gone)
    if made is not None and not is_gone:
        held.need = made
        held.save(update_fields=["need"])
    data = {"need": made.pk if made else None, "discarded": is_gone, "leads": [lead.pk for lead in leads]}
    data |= kept.said(groups(held))
    trail.record(kind=Visit.trail_kind, id=str(held.pk), verb="void", actor=actor, now=now, data=data, why=reason)
    _tell_void(held, leads, is_gone=is_gone, actor=actor, now=now)
    return Voided(held, tuple(_stays(held.need, leads)))


def _stays(need: Need | None, leads: Iterable[Lead]) -> Iterator[str]:
    if need is not None:
        yield _("技术需求“%(title)s”已经改过或提交，仍然保留，由企业决定。") % {"title": need.title}
    for lead in leads:
        yield _("融资需求 %(lead)s 已经建立，仍然保留，由企业决定。") % {"lead": lead}


def _tell_void(visit: Visit, leads: list[Lead], *, is_gone: bool, actor: Account, now: datetime) -> None:
    """The firm's people: what they were told before was not meant for them. Not why: that may name the other firm."""

    def letter() -> tuple[str, str]:
        said = {"day": visit.visited_on}
        body = [_("%(day)s 对贵单位的走访记录是误记，已经作废，请不要按它办理。") % said]
        body += [_("随它建的技术需求草稿已经删除。")] if is_gone else []
        return _("走访记录（%(day)s）已作废") % said, "\n\n".join([*body, *_stays(visit.need, leads)])

    letters.write(
        finds.members_of(visit.organisation, timezone.localdate(now)).exclude(pk=actor.pk), letter,
        kind=f"{Visit.trail_kind}.void", cause_kind=Visit.trail_kind, cause_id=visit.pk, now=now,
        page=reverse("web:visits"),
    )  # fmt: skip


def _registered(given: Given, actor: Account, now: datetime) -> Organisation:
    """A firm the platform does not know yet, named by an officer: registered, and still to be confirmed."""
    today = timezone.localdate(now)
    if not access.is_office(actor, today):
        raise Invalid({"organisation": _("请选择本单位；还没有登记的，请先到“我的账号”里登记")})
    known = Organisation.objects.filter(uscc=given.uscc).first()
    if known is not None:
        return known
    unit = access.unit_of(actor, given.uscc, today)
    if unit is None:
        raise Invalid({"organisation": _("从信用代码看不出这家企业归您的哪个单位管：请企业先登记，再记录走访")})
    try:
        return parties.register_organisation(
            uscc=given.uscc, name=given.name, type="企业", region="", unit=unit, actor=actor, now=now
        )
    except Invalid as why:
        where = {"uscc": "organisation", "name": "organisation_name"}
        raise Invalid({where.get(name, name): message for name, message in why.errors.items()}) from why


def _need(given: Given, organisation: Organisation, actor: Account, now: datetime) -> Need:
    assert given.need is not None
    contact = {
        "contact_name": given.met_name or organisation.contact_name,
        "contact_phone": given.met_phone or organisation.contact_phone,
        "contact_email": organisation.contact_email,
        "region": organisation.region,
    }
    values = contact | dict(given.need)
    with as_recorded():
        why = _("走访记录")
    return listings.create(model=Need, organisation=organisation, values=values, actor=actor, now=now, why=why)


def _hand_in(visit: Visit, actor: Account, now: datetime) -> str:
    """Publish or submit the draft for its own people; why not, when it cannot be yet."""
    need = visit.need
    assert need is not None
    if NEED_OWNER not in need.relations_of(actor, now):
        return _("技术需求是企业自己的：已请企业核对后提交")
    try:
        with transaction.atomic():
            step = "publish" if visit.organisation.confirmed_at else "submit"
            visit.need = take(case=need, step=step, actor=actor, now=now, seen_version=need.version)
    except Refused as why:
        return str(why)
    return ""


def _tell(visit: Visit, actor: Account, now: datetime) -> None:
    """The firm's people, unless one of them wrote it: what was recorded about them, and what is theirs to do."""
    members = list(finds.members_of(visit.organisation, timezone.localdate(now)))
    if actor in members:
        return
    said = {"day": visit.visited_on, "visitor": str(actor)}
    letters.write(members, lambda: (
        _("走访记录（%(day)s）请核对") % said,
        "\n\n".join([_("%(visitor)s 记录了 %(day)s 对贵单位的走访。") % said, *_brought(visit)]),
    ), kind=f"{Visit.trail_kind}.record", cause_kind=Visit.trail_kind, cause_id=visit.pk, now=now,
        page=reverse("web:visit", args=[visit.pk]))  # fmt: skip


def _brought(visit: Visit) -> Iterator[str]:
    """What became of what a visit brought, a sentence each, and nothing of what it did not bring."""
    if visit.need is not None:
        yield _("技术需求已存为贵单位的草稿，请登录核对后提交。")
    for ask in visit.asks.all():
        yield _("%(what)s诉求由主管部门转办和答复。") % {"what": ask.get_what_display()}
    if visit.need is None and not visit.asks.all():
        yield _("这次只记了走访情况，没有技术、人才、金融诉求。")
