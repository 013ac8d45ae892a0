"""Somebody with an account asks to be known as a person of an organisation; an officer compares, and answers."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import finds, letters
from triplehelix.records.parties.actions.people import claim_person
from triplehelix.records.parties.models import Account, Person, PersonClaim
from triplehelix.records.parties.rules import PERSON_CLAIM, Invalid, Refused, clean, short
from triplehelix.records.trail import actions as trail

KIND = "parties.account"


def _note(claim: PersonClaim, verb: str, actor: Account, now: datetime, why: str = "") -> None:
    data = {"claim": claim.pk, "home": claim.home_id}
    trail.record(kind=KIND, id=str(claim.account_id), verb=verb, actor=actor, now=now, data=data, why=why)


@transaction.atomic
def ask_for_person(*, account: Account, home: str, name: str, now: datetime, post: str = "") -> PersonClaim:
    """This person of `home` (its name or 统一社会信用代码) is me. Asked again, the new words take the place of the old.

    Raises Invalid: a wrong field, an organisation nobody knows, or an account that is somebody already.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    given = clean(PERSON_CLAIM, {"home": home, "name": name, "post": post}, on=timezone.localdate(now))
    if Person.objects.filter(account=account).exists():
        raise Invalid({"name": _("您的账号已经对应到登记的人员")})
    try:
        where = finds.organisation_called(given.pop("home"))
    except Refused as why:
        raise Invalid({"home": str(why)}) from why
    account.person_claims.filter(answered_at__isnull=True).update(answered_at=now)
    claim = PersonClaim.objects.create(account=account, home=where, asked_at=now, **given)
    _note(claim, "ask_person", account, now)
    return claim


def _waiting(claim: PersonClaim) -> PersonClaim:
    """The claim under its lock, after its account's: whoever asks anew holds that one first. Raises Refused: somebody
    has answered it."""
    Account.objects.select_for_update().get(pk=claim.account_id)
    claim = PersonClaim.objects.select_for_update(of=("self",)).select_related("account", "home").get(pk=claim.pk)
    if claim.answered_at is not None:
        raise Refused(_("这个申请已经有人答复"))
    return claim


@transaction.atomic
def grant_person(*, claim: PersonClaim, person: Person, actor: Account, now: datetime) -> Person:
    """Whoever asked is this person of the organisation named. Raises Refused: answered already, a person of another
    organisation, the officer's own. Raises Invalid: linked already."""
    # Before the account, as `claim_person` locks them; and as it stands: it may have moved since the caller read it.
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    claim = _waiting(claim)
    if person.home_id != claim.home_id:
        raise Refused(_("%(name)s不是申请里写的单位的人") % {"name": person.name})
    return claim_person(person=person, account=claim.account, actor=actor, now=now)


@transaction.atomic
def refuse_person(*, claim: PersonClaim, actor: Account, now: datetime, why: str) -> PersonClaim:
    """Whoever asked is not, or has to ask otherwise; the reason is sent. Raises Invalid: no reason. Raises Refused:
    answered already."""
    claim = _waiting(claim)
    try:
        claim.refused_for = short(200, needed=_("请写原因"))(why, timezone.localdate(now))
    except ValueError as wrong:
        raise Invalid({"why": str(wrong)}) from None
    claim.answered_at = now
    claim.save(update_fields=["answered_at", "refused_for"])
    _note(claim, "refuse_person", actor, now, claim.refused_for)
    letters.write(
        [claim.account], lambda: _refused(claim, actor), kind=f"{KIND}.refuse_person", cause_kind=KIND,
        cause_id=claim.account_id, now=now, page=reverse("web:account"),
    )  # fmt: skip
    return claim


def _refused(claim: PersonClaim, actor: Account) -> tuple[str, str]:
    subject = _("没有把您的账号对应到：%(name)s（%(home)s）") % {"name": claim.name, "home": claim.home.name}
    said = [_("原因：%(why)s") % {"why": claim.refused_for}, _("经办：%(actor)s") % {"actor": str(actor)}]
    return subject, "\n\n".join(said) + "\n"
