"""The only writers of agreements, and of the record of who opened a confidential need."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.nda import access, texts
from triplehelix.market.nda.models import OPEN, Agreement
from triplehelix.market.needs.models import Need
from triplehelix.market.needs.words import Words
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

__all__ = ["ask", "attach", "open_words", "opened"]

READ = "read"


@transaction.atomic
def ask(
    *, need: Need, organisation: Organisation, purpose: str, text_version: str, actor: Account, now: datetime
) -> Agreement:
    """An organisation asks the firm for an agreement, accepting the text of this version for itself.

    Raises Refused (not a confidential need that is public; not acting for a confirmed organisation; its own need; asked
    already; the text has changed), Invalid at `purpose`.
    """
    need = Need.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=need.pk)
    today = timezone.localdate(now)
    if not need.is_confidential or need.state != "published":
        raise Refused(_("这条需求不是正在发布的保密需求，不用签保密协议"))
    acted_for = parties.organisations_of(actor, today).filter(pk=organisation.pk).first()
    if acted_for is None:
        raise Refused(_("您不代表这家单位"))
    if acted_for.confirmed_at is None:
        raise Refused(_("您的单位还没有经过核实，核实以后才能申请"))
    if organisation.pk == need.organisation_id:
        raise Refused(_("这是本单位自己的需求"))
    before = Agreement.objects.filter(need=need, organisation=organisation, state__in=OPEN).first()
    if before is not None:
        raise Refused(_("贵单位已经申请过：%(state)s") % {"state": before.workflow.state(before.state).label})
    _not_again(need, organisation, now)
    text = texts.current(today)
    if text.version != text_version:
        raise Refused(_("协议文本刚刚换了新版本，请重新阅读后再申请"))
    purpose = " ".join(purpose.replace("\x00", "").split())
    if not 4 <= len(purpose) <= 300:
        raise Invalid({"purpose": _("请用 4 至 300 个字写明为什么要看、由谁来看")})
    made = Agreement.objects.create(
        need=need, organisation=organisation, purpose=purpose, text_version=text.version, text=text.text,
        asked_by=actor, asked_at=now, state=Agreement.workflow.start,
    )  # fmt: skip
    data = {"need": need.pk, "organisation": organisation.pk, "text_version": text.version}
    data |= kept.said(made.kept_values())
    trail.record(kind=Agreement.kind, id=str(made.pk), verb="ask", actor=actor, now=now, data=data, why=purpose)
    _tell_owner(made, now)
    return made


def _not_again(need: Need, organisation: Organisation, now: datetime) -> None:
    """Raises Refused for who was turned down, or took it back, as often lately as a side may invite another: each time
    everybody of the firm is written to."""
    today = timezone.localdate(now)
    days, most = (reference.number("introduction_terms", name, today) for name in ("again", "asks"))
    lately = Agreement.objects.filter(need=need, organisation=organisation, asked_at__gt=now - timedelta(days=days))
    if (asked := lately.filter(state__in=("declined", "withdrawn")).count()) >= most:
        said = {"days": days, "n": asked}
        raise Refused(_("%(days)d 天之内已经申请过 %(n)d 次，不再重复；情况有变的，请找技术经理人") % said)


def _tell_owner(made: Agreement, now: datetime) -> None:
    said = {"organisation": made.organisation.name, "need": made.need.title, "purpose": made.purpose}
    acts.tell(made, "ask", (access.OWNER,), lambda: (
        _("申请保密协议：%(need)s") % said,
        _("%(organisation)s 想看保密需求“%(need)s”的正文，用途：%(purpose)s。"
          "请登录后到“保密协议”里同意或不同意。") % said,
    ), now)  # fmt: skip


@transaction.atomic
def attach(
    *, agreement: Agreement, content: bytes, name: str, actor: Account, now: datetime, seen_version: int
) -> Agreement:
    """Keep the signed paper with an agreement in force, once; both sides and their officers may read it.

    Raises Refused (there is one), Unacceptable (evidence).
    """
    held = acts.locked(
        agreement, actor, now, by={access.OWNER, access.PARTY}, seen=seen_version, states={"agreed"},
        related=("need__organisation", "organisation"),
    )  # fmt: skip
    if held.signed is not None:
        raise Refused(_("已经有签署件，不能更换；有误的，请结束这份协议后重新申请"))
    owner = held.need.organisation
    readers = [f"org:{held.organisation_id}", "city", "auditor", *([f"unit:{owner.unit}"] if owner.unit else [])]
    held.signed = evidence.store(content=content, name=name, actor=actor, now=now, owner=owner, visible_to=readers)
    return acts.saved(held, "attach", actor, now, {"file": held.signed.pk})


@transaction.atomic
def open_words(*, need: Need, actor: Account, now: datetime) -> Words | None:
    """What the firm said of a confidential need, for whoever may open it; None for everybody else.

    Every opening by somebody who is not of the firm is written to the need's trail.
    """
    how, agreement = access.opens(need, actor, now)
    if not how:
        return None
    return opened(need=need, actor=actor, now=now, how=how, agreement=agreement)


@transaction.atomic
def opened(
    *, need: Need, actor: Account, now: datetime, how: str, agreement: Agreement | None = None, why: str = ""
) -> Words:
    """The words, with the opening written down; `how` names the right by which the caller lets this person read."""
    if how != access.OWNER:
        data: dict[str, Any] = {"as": how, "version": need.version}
        if agreement is not None:
            data |= {"agreement": agreement.pk, "organisation": agreement.organisation_id}
            why = why or agreement.organisation.name
        trail.record(kind=Need.kind, id=str(need.pk), verb=READ, actor=actor, now=now, data=data, why=why)
    return need.words()
