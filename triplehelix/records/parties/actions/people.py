"""Experts, talents, inventors."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import letters
from triplehelix.records.parties.access import relations
from triplehelix.records.parties.actions.offices import cannot_sign_in
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account, FormerHome, Organisation, Person
from triplehelix.records.parties.rules import PERSON, Invalid, Refused, clean, short
from triplehelix.records.trail import actions as trail

KIND = "parties.person"


def _note(
    person: Person, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any], why: str = ""
) -> None:
    trail.record(kind=KIND, id=str(person.pk), verb=verb, actor=actor, now=now, data=data, why=why)


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
def amend_person(
    *, person: Person, values: Mapping[str, Any], actor: Account | None, now: datetime, seen_version: int
) -> Person:
    """Change name, title, discipline or description. Raises Invalid: a wrong field, or another name for whom an
    officer has found to be the owner of an account. Raises Refused: somebody changed it meanwhile."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.version != seen_version:
        raise Refused(_("别人刚刚修改过，请先看最新内容，再改您的部分"))
    cleaned = clean(PERSON, values, on=timezone.localdate(now))
    before = {name: getattr(person, name) for name, new in cleaned.items() if getattr(person, name) != new}
    if "name" in before and person.account_id is not None:
        raise Invalid({"name": _("已经对应账号，姓名不能改；确实写错了的，请主管部门先解除对应")})
    if before:
        for name in before:
            setattr(person, name, cleaned[name])
        person.version += 1
        person.save()
        _note(person, "amend", actor, now, {"changed": before})
    return person


@transaction.atomic
def move_person(
    *, person: Person, home: Organisation, last_day: date, actor: Account | None, now: datetime, why: str
) -> Person:
    """调动: the person works for `home` from the day after `last_day` on. What was made stays with whom it was made
    for; as an expert the person still stands aside for the former home (`FormerHome`). The person is told.

    Raises Invalid at `home`, `last_day` and `why`. Raises Refused: the actor is not the officer of the present home.
    """
    today = timezone.localdate(now)
    person = Person.objects.select_for_update(of=("self",)).select_related("home", "account").get(pk=person.pk)
    # As it stands: it may have ended since the caller read it.
    home = Organisation.objects.select_related("heir").get(pk=home.pk)
    if actor is not None and "officer" not in relations(actor, person.home, today):
        raise Refused(_("只有所在单位的主管部门可以办理调动"))
    errors = {"home": said} if (said := _no_home(person, home)) else {}
    if last_day > today:
        errors["last_day"] = _("调动还没有发生：到了那一天再办")
    try:
        why = short(200, needed=_("请写依据，例如：调令、聘用合同"))(why, today)
    except ValueError as wrong:
        errors["why"] = str(wrong)
    if errors:
        raise Invalid(errors)
    before, person.home = person.home, home
    person.version += 1
    person.save(update_fields=["home", "version"])
    FormerHome.objects.create(person=person, organisation=before, until=last_day)
    _note(person, "move", actor, now, {"from": before.pk, "to": home.pk, "last_day": last_day}, why)
    if person.account is not None:
        _tell(person, "move_person", person.account, _works_for, actor, now)
    return person


def _no_home(person: Person, home: Organisation) -> str:
    if home.pk == person.home_id:
        return _("已经在这个单位")
    if home.confirmed_at is None:
        return _("新单位还没有核实：请先核实它")
    return gone(home)


@transaction.atomic
def claim_person(*, person: Person, account: Account, actor: Account | None, now: datetime) -> Person:
    """Link a person with the account it signs in with; an officer has checked that they are the same. What the account
    had asked for is answered by it. Raises Invalid: either of them is linked already, or the account is switched off or
    its e-mail not verified: the officer compared an address, and anybody may have typed it in. Raises Refused: an
    officer's own account."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    # As it stands: it may have been switched off since the caller read it.
    account = Account.objects.select_for_update().get(pk=account.pk)
    if actor is not None and actor.pk == account.pk:
        raise Refused(_("不能给自己的账号办理对应，请另一位工作人员核对"))
    if person.account_id not in (None, account.pk):
        raise Invalid({"person": _("%(name)s已经有账号") % {"name": person.name}})
    if Person.objects.filter(account=account).exclude(pk=person.pk).exists():
        raise Invalid({"account": _("这个账号已经对应另一个人")})
    if person.account_id is None:
        if errors := cannot_sign_in(account):
            raise Invalid(errors)
        person.account = account
        _linked(person)
        _note(person, "claim", actor, now, {"account": account.pk})
        account.person_claims.filter(answered_at__isnull=True).update(answered_at=now)
        _tell(person, "claim_person", account, _is_you, actor, now)
    return person


def _linked(person: Person) -> None:
    """Two officers may link the same account in one moment. Raises Invalid."""
    try:
        with transaction.atomic():
            person.save(update_fields=["account"])
    except IntegrityError:
        raise Invalid({"account": _("这个账号已经对应另一个人")}) from None


@transaction.atomic
def release_person(*, person: Person, actor: Account | None, now: datetime, why: str = "") -> Person:
    """Take a person and an account apart: they were not the same. What the account answered in the person's name stays
    in the trail and on the page. Only the system may do without a reason.

    Raises Invalid: no reason. Raises Refused: there is no account.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    account = person.account
    if account is None:
        raise Refused(_("%(name)s没有对应账号") % {"name": person.name})
    try:
        why = short(200, needed="" if actor is None else _("请写事由"))(why, timezone.localdate(now))
    except ValueError as wrong:
        raise Invalid({"why": str(wrong)}) from None
    person.account = None
    person.save(update_fields=["account"])
    _note(person, "release", actor, now, {"account": account.pk}, why)
    _tell(person, "release_person", account, lambda held: _is_not_you(held, why), actor, now)
    return person


def _tell(
    person: Person, verb: str, account: Account, words: Callable[[Person], tuple[str, str]], actor: Account | None,
    now: datetime,
) -> None:  # fmt: skip
    """Whose account it is hears of it from an officer; the system links only when a city is loaded."""
    if actor is None:
        return

    def letter() -> tuple[str, str]:
        subject, said = words(person)
        return subject, "\n\n".join([said, _("经办：%(actor)s") % {"actor": str(actor)}]) + "\n"

    letters.write(
        [account], letter, kind=f"{KIND}.{verb}", cause_kind=KIND, cause_id=person.pk, now=now,
        page=reverse("web:account"),
    )  # fmt: skip


def _is_you(person: Person) -> tuple[str, str]:
    subject = _("您的账号已对应：%(name)s") % {"name": person.name}
    said = _(
        "您的账号已对应到%(home)s的%(name)s。登录后在“我的成果”里确认哪些是您的；不是您本人的，请马上告诉主管部门。"
    )
    return subject, said % {"name": person.name, "home": person.home.name}


def _works_for(person: Person) -> tuple[str, str]:
    subject = _("您的所在单位已改为：%(home)s") % {"home": person.home.name}
    return subject, _("以前的成果仍归原单位；不对的，请马上告诉主管部门。")


def _is_not_you(person: Person, why: str) -> tuple[str, str]:
    subject = _("您的账号不再对应：%(name)s") % {"name": person.name}
    return subject, _("事由：%(why)s") % {"why": why} if why else _("有疑问的，请找本单位的管理员或主管部门。")
