"""Asking somebody who has no account, by mail: only at an address their organisation gave, and only as long as they
want letters."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from triplehelix.market.experts import access, asked
from triplehelix.market.experts.actions.answers import PROFILE, profile_of
from triplehelix.market.experts.models import Invitation, Profile
from triplehelix.market.experts.terms import value
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import rules
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

SALT = "experts invitation"


@transaction.atomic
def give_address(*, person: Person, email: str, actor: Account, now: datetime) -> Profile:
    """The person's organisation gives the address to invite by; empty takes it back. Raises Refused, Invalid at
    `email`."""
    today = timezone.localdate(now)
    if f"org:{person.home_id}" not in audiences(actor, today):
        raise Refused(_("邮箱只能由本人所在单位提供"))
    try:
        clean = rules.email(email, today).lower()
    except ValueError as why:
        raise Invalid({"email": str(why)}) from None
    profile = profile_of(person, now)
    profile.email, profile.email_by = clean, person.home if clean else None
    profile.changed_at, profile.changed_by = now, actor
    profile.save()
    _end_open(person, now)
    _note(person, "give_address", actor, now)
    return profile


@transaction.atomic
def invite(*, person: Person, base_url: str, actor: Account, now: datetime) -> Invitation:
    """Send the letter. Its link opens the person's own list and nothing else; a new letter ends the link before.

    Raises Refused: not of the organisation or the desk; an account, no address, no wish for letters; a letter too
    recently; nothing to ask.
    """
    today = timezone.localdate(now)
    if not (access.is_desk(actor, today) or f"org:{person.home_id}" in audiences(actor, today)):
        raise Refused(_("只有所在单位和市科技局、科技大市场可以邀请"))
    profile = profile_of(person, now)
    _may_be_written_to(person, profile, now)
    count = asked.waiting(person)
    if not count:
        raise Refused(_("没有待确认的成果，不必发信"))
    _end_open(person, now)
    days = int(value("invitation_days", today).value)
    made = Invitation.objects.create(
        person=person, email=profile.address, sent_at=now, sent_by=actor, expires_at=now + timedelta(days=days)
    )
    _write(made, count, days, base_url, now)
    _note(person, "invite", actor, now)
    return made


def _may_be_written_to(person: Person, profile: Profile, now: datetime) -> None:
    """Raises Refused: an account, no wish for letters, no address, a letter too recently."""
    if person.account_id is not None:
        raise Refused(_("%(name)s有账号，登录后就能看到待确认的成果") % {"name": person.name})
    if profile.no_mail:
        raise Refused(_("%(name)s已表示不再接收这类邮件") % {"name": person.name})
    if not profile.address:
        raise Refused(_("还没有邮箱：请由%(unit)s提供") % {"unit": person.home.name})
    again = int(value("invite_again_days", timezone.localdate(now)).value)
    last = person.invitations.order_by("-sent_at").first()
    if last is not None and now < last.sent_at + timedelta(days=again):
        raise Refused(_("%(days)d 天内已经邀请过一次") % {"days": again})


def _write(invitation: Invitation, count: int, days: int, base_url: str, now: datetime) -> None:
    """The letter: `count` works wait, its link holds for so many days."""
    person = invitation.person
    said = {
        "name": person.name, "unit": person.home.name, "count": count, "days": days,
        "link": f"{base_url.rstrip('/')}/experts/invited/{token_of(invitation)}/",
    }  # fmt: skip
    with translation.override(settings.LANGUAGE_CODE):  # who has no account has chosen no language: the site's
        outbox.tell(
            kind="experts.invite", to=invitation.email, cause_kind=PROFILE, cause_id=str(person.pk), now=now,
            secret=True, subject=_("这些是您的成果吗？请确认"),
            body=_("%(name)s：\n\n本平台从公开的论文、专利和成果库中整理出 %(count)d 项可能属于您的成果，"
                   "由%(unit)s提供了您的邮箱。请打开下面的链接逐项确认或否认，不需要账号：\n\n%(link)s\n\n"
                   "链接 %(days)d 天内有效，只给您本人。在页面上也可以选择不公开、不再接收邮件。") % said,
        )  # fmt: skip


def token_of(invitation: Invitation) -> str:
    return signing.dumps(invitation.pk, salt=SALT)


def opened(token: str, now: datetime) -> Invitation | None:
    """The invitation of a link, while it is good: no longer once the person signs in, or works elsewhere than who gave
    the address. Reads only."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    if not isinstance(pk, int):
        return None
    rows = Invitation.objects.filter(pk=pk, ended_at__isnull=True, expires_at__gt=now, person__account__isnull=True)
    return rows.filter(person__profile__email_by=F("person__home")).select_related("person__home").first()


@transaction.atomic
def answered(*, invitation: Invitation, now: datetime) -> None:
    """Somebody has answered by this link."""
    Invitation.objects.filter(pk=invitation.pk, answered_at__isnull=True).update(answered_at=now)


@transaction.atomic
def stop_mail(*, person: Person, actor: Account | None, now: datetime) -> Profile:
    """No more letters; the address is forgotten and the link ends."""
    profile = profile_of(person, now)
    profile.no_mail, profile.email, profile.email_by = True, "", None
    profile.changed_at, profile.changed_by = now, actor
    profile.save()
    _end_open(person, now)
    _note(person, "stop_mail", actor, now)
    return profile


def _end_open(person: Person, now: datetime) -> None:
    Invitation.objects.filter(person=person, ended_at__isnull=True).update(ended_at=now)


def _note(person: Person, verb: str, actor: Account | None, now: datetime) -> None:
    """What happened, without the address."""
    trail.record(kind=PROFILE, id=str(person.pk), verb=verb, actor=actor, now=now, data={})
