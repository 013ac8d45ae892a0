"""Experts, talents, inventors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.parties.rules import PERSON, Invalid, clean
from triplehelix.records.trail import actions as trail

KIND = "parties.person"


def _note(person: Person, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any]) -> None:
    trail.record(kind=KIND, id=str(person.pk), verb=verb, actor=actor, now=now, data=data)


@transaction.atomic
def register_person(
    *,
    name: str,
    home: Organisation,
    actor: Account | None,
    now: datetime,
    title: str = "",
    discipline: str = "",
    about: str = "",
) -> Person:
    """A person of an organisation. Two people may share a name. Raises Invalid."""
    given = {"name": name, "title": title, "discipline": discipline, "about": about}
    person = Person.objects.create(home=home, **clean(PERSON, given, on=timezone.localdate(now)))
    _note(person, "register", actor, now, {"name": person.name, "home": home.pk})
    return person


@transaction.atomic
def amend_person(*, person: Person, values: Mapping[str, Any], actor: Account | None, now: datetime) -> Person:
    """Change name, title, discipline or description. Raises Invalid."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    cleaned = clean(PERSON, values, on=timezone.localdate(now))
    before = {name: getattr(person, name) for name, new in cleaned.items() if getattr(person, name) != new}
    if before:
        for name in before:
            setattr(person, name, cleaned[name])
        person.save()
        _note(person, "amend", actor, now, {"changed": before})
    return person


@transaction.atomic
def claim_person(*, person: Person, account: Account, actor: Account | None, now: datetime) -> Person:
    """Link a person with the account it signs in with; an officer has checked that they are the same. Raises Invalid:
    either of them is linked already."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.account_id not in (None, account.pk):
        raise Invalid({"person": _("%(name)s已经有账号") % {"name": person.name}})
    if Person.objects.filter(account=account).exclude(pk=person.pk).exists():
        raise Invalid({"account": _("这个账号已经对应另一个人")})
    if person.account_id is None:
        person.account = account
        person.save(update_fields=["account"])
        _note(person, "claim", actor, now, {"account": account.pk})
    return person
