"""A firm's wish, the institutions it picks, and its written consent for each: given, revoked, lapsed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.finance import access, deadlines, rules, terms
from triplehelix.market.finance.access import FIRM
from triplehelix.market.finance.actions.shared import checked, go, locked, remind_firm, saved
from triplehelix.market.finance.models import Application, Consent, Institution, Lead, Product
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

KIND = "finance.lead"
BEFORE_GRANT = {"consented", "handling"}
PURPOSES = {
    "loan": "审核贷款申请和贷后管理", "guarantee": "审核担保申请和保后管理", "insurance": "核保和理赔服务",
    "equity": "投资决策和投后管理",
}  # fmt: skip


@transaction.atomic
def start(
    *, organisation: Organisation, values: Mapping[str, Any], actor: Account | None, now: datetime,
    institutions: Iterable[Institution] = (), origin: str = "own",
) -> Lead:  # fmt: skip
    """A firm's wish. `values`: kind, amount_fen, months, purpose, collateral, about.

    By a member of the firm, or by an officer or technology manager who visited it (origin visit): they start the wish,
    the firm alone decides who sees it. Raises Refused, Invalid at the fields and at `institutions`.
    """
    today = timezone.localdate(now)
    groups = audiences(actor, today)
    own = actor is None or f"org:{organisation.pk}" in groups
    visitor = origin == "visit" and bool(groups & {"city", f"unit:{organisation.unit}"})
    if not own and not visitor:
        raise Refused(_("只能为本单位提出融资需求"))
    given, errors = checked(rules.LEAD, values, today)
    if origin not in dict(Lead.ORIGINS):
        errors["origin"] = _("请从列出的项目中选择")
    if errors:
        raise Invalid(errors)
    lead = Lead.objects.create(organisation=organisation, origin=origin, created_at=now, created_by=actor, **given)
    data = {"organisation": organisation.pk, "kind": lead.kind, "fen": lead.amount_fen, "origin": origin}
    trail.record(kind=KIND, id=str(lead.pk), verb="start", actor=actor, now=now, data=data)
    for institution in institutions:
        _picked(lead, institution, None, actor, now)
    return lead


@transaction.atomic
def pick(
    *, lead: Lead, institution: Institution, actor: Account | None, now: datetime, product: Product | None = None
) -> Application:
    """The firm picks an institution; until it consents, that institution sees nothing. Raises Refused, Invalid."""
    today = timezone.localdate(now)
    if actor is not None and lead.organisation_id not in access.own_organisations(actor, today):
        raise Refused(_("只有本单位的人可以选择机构"))
    return _picked(lead, institution, product, actor, now)


def _picked(
    lead: Lead, institution: Institution, product: Product | None, actor: Account | None, now: datetime
) -> Application:
    today = timezone.localdate(now)
    if not Institution.objects.on(today).filter(pk=institution.pk).exists():
        raise Invalid({"institutions": _("这家机构现在不在合作名单里")})
    if terms.OFFERS[institution.kind] != lead.kind:
        raise Invalid({"institutions": _("%(name)s不办理这一类业务") % {"name": institution}})
    if Institution.objects.filter(family(lead.organisation), pk=institution.pk).exists():
        raise Invalid({"institutions": _("这家机构就是本单位，请另选机构")})
    if product is not None and (product.institution_id != institution.pk or not _offered(product, today)):
        raise Invalid({"product": _("产品已经停用，请另选")})
    try:
        with transaction.atomic():
            case = Application.objects.create(
                lead=lead, institution=institution, product=product, state=Application.workflow.start, created_at=now,
                changed_at=now,
            )  # fmt: skip
    except IntegrityError as why:
        raise Invalid({"institutions": _("已经选过%(name)s") % {"name": institution}}) from why
    data = {"lead": lead.pk, "institution": institution.pk, "product": product.pk if product else None}
    data |= kept.said(case.kept_values())
    trail.record(kind=case.kind, id=str(case.pk), verb="pick", actor=actor, now=now, data=data)
    return case


def _offered(product: Product, today: date) -> bool:
    return product.since <= today and (product.until is None or product.until >= today)


@dataclass(frozen=True)
class Wording:
    """The consent as it is agreed to; `digest` is sha-256 of the text: who names it has read these very words."""

    fields: list[str]
    version: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def wording(case: Application, fields: Iterable[str], until: date, on: date) -> Wording:
    """The whole text for these fields and those a consent always holds; what is no field of a consent is left out."""
    known = terms.listed("consent_fields")
    chosen = [entry.code for entry in known.current(on) if entry.code in {*fields, *least_fields(on)}]
    text = terms.consent_text(on)
    said = {
        "institution": case.institution.organisation.name, "purpose": PURPOSES[case.lead.kind],
        "until": until.isoformat(), "fields": "、".join(known.label(field) for field in chosen),
    }  # fmt: skip
    return Wording(chosen, text.version, text.text.format(**said))


def least_fields(on: date) -> list[str]:
    """What a consent always holds: without it there is nothing to judge."""
    return [entry.code for entry in terms.listed("consent_fields").current(on) if entry.more.get("needed")]


@transaction.atomic
def give_consent(
    *, case: Application, fields: Iterable[str], until: date, agreed: bool, actor: Account, now: datetime,
    seen_version: int,
) -> Consent:  # fmt: skip
    """书面授权 for this institution alone: what it may see, until when. Given anew, the former one ends.

    Raises Refused, Invalid at `fields`, `until`, `agreed`.
    """
    states = {"lead", *BEFORE_GRANT, "granted", "filed", "overdue", "unfiled", "compensated"}
    held = locked(case, actor, now, by={FIRM}, seen=seen_version, states=states)
    today, errors = timezone.localdate(now), dict[str, str]()
    words = wording(held, fields, until, today)
    if set(fields) - set(words.fields):
        errors["fields"] = _("请从列出的项目中选择")
    most = today + timedelta(days=terms.value("consent_most_days", today).days)
    if not today <= until <= most:
        errors["until"] = _("有效期应在今天到 %(most)s 之间") % {"most": most}
    if not agreed:
        errors["agreed"] = _("请先阅读授权书并勾选同意")
    if errors:
        raise Invalid(errors)
    _end(held, actor, now, _("重新授权"))
    made = Consent.objects.create(
        application=held, purpose=PURPOSES[held.lead.kind], fields=words.fields, version=words.version,
        text=words.text, until=until, digest=words.digest, given_at=now, given_by=actor,
    )  # fmt: skip
    data = {"consent": made.pk, "fields": made.fields, "text_version": made.version, "digest": made.digest}
    data["until"] = str(until)
    held = saved(held, "agree", actor, now, data)
    if held.state == "lead":
        go(held, "consent", actor, now)
    return made


def _end(case: Application, actor: Account | None, now: datetime, why: str) -> int:
    return Consent.objects.filter(application=case, ended_at=None).update(
        ended_at=now, ended_by=actor, ended_why=why[:200]
    )


@transaction.atomic
def revoke_consent(
    *, case: Application, actor: Account, now: datetime, seen_version: int, why: str = ""
) -> Application:
    """From this moment the institution sees nothing of the firm. Before a grant the case waits for a new consent; what
    was granted goes on being serviced.

    Raises Refused.
    """
    held = locked(case, actor, now, by={FIRM}, seen=seen_version, states={s.code for s in case.workflow.states})
    if not _end(held, actor, now, why.strip() or _("企业撤回")):
        raise Refused(_("没有在有效期内的授权"))
    held = saved(held, "revoke", actor, now, why=why.strip()[:200])
    return go(held, "retract", actor, now, why) if held.state in BEFORE_GRANT else held


def lapse_due(*, now: datetime) -> int:
    """Consents past their last day end; a case not granted yet goes back to the firm. Returns how many ended."""
    today, done = timezone.localdate(now), 0
    rows = Consent.objects.filter(ended_at=None, until__lt=today).order_by("pk")
    for consent in rows.select_related("application")[:1000]:
        done += _lapse(consent.application, now)
    return done


@transaction.atomic
def _lapse(case: Application, now: datetime) -> bool:
    held = Application.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if held.consent_on(timezone.localdate(now)) is not None or not _end(held, None, now, _("到期")):
        return False
    held = saved(held, "lapse", None, now)
    if held.state in BEFORE_GRANT:
        go(held, "retract", None, now, _("授权到期"))
    return True


def set_missing_days(*, now: datetime) -> int:
    """Give each case that waits for its institution without a last day the whole term, from today: next year's calendar
    was not there, and nobody was told of a day before. Returns how many; none while the calendar is still missing."""
    waiting = Application.objects.filter(due_on=None, state__in=deadlines.TERMS).order_by("pk")
    return sum(_day_set(pk, now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _day_set(pk: int, now: datetime) -> bool:
    held = Application.objects.select_for_update(of=("self",)).get(pk=pk)
    day = deadlines.due(held.state, now) if held.state in deadlines.TERMS else None
    if day is None or held.due_on is not None:
        return False
    held.due_on = day
    saved(held, "set_due", None, now, {"due_on": day.isoformat()})
    return True


def ask_to_renew(*, now: datetime) -> int:
    """Firms whose consent runs out soon are told once. Returns how many consents were spoken of."""
    today, told = timezone.localdate(now), 0
    last = today + timedelta(days=terms.value("consent_ask_days", today).days)
    rows = Consent.objects.filter(ended_at=None, until__range=(today, last)).exclude(
        application__state__in=[state.code for state in Application.workflow.states if state.final]
    )
    for consent in rows.select_related("application__lead__organisation", "application__institution__organisation"):
        told += _ask(consent, now)
    return told


def _ask(consent: Consent, now: datetime) -> bool:
    case = consent.application
    said = {"case": case.number, "institution": case.institution, "until": consent.until}

    def words() -> tuple[str, str]:
        body = _("对%(institution)s的授权将于 %(until)s 到期，之后该机构不能再查阅。要继续办理的，请登录后重新授权。")
        return _("授权快到期：%(case)s") % said, body % said

    return remind_firm(case, "renew", words, since=consent.given_at, now=now)
