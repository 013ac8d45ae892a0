"""The offices accounts hold. Who may give and end them is asked here and not by the caller: two officers may end each
other's at the same moment, and only whoever holds the lock knows who is still one."""

from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import letters, reference
from triplehelix.records.parties.access import GIVES_OFFICES, audiences
from triplehelix.records.parties.models import Account, Office
from triplehelix.records.parties.rules import Invalid, Refused, managing_unit, short
from triplehelix.records.trail import actions as trail

KIND = "parties.account"
CITY, COUNTY = "city_officer", "county_officer"
#: 决策、执行、监督 are in different hands (行政事业单位内部控制规范, 财会〔2012〕21号, §5(三)): nobody holds offices of
#: two kinds. Those not named here take part in deciding.
APART = {"finance_officer": "pays", "auditor": "audits"}
#: A day further from today than this is a slip of the hand.
YEARS = 40


def _note(office: Office, verb: str, actor: Account | None, now: datetime, data: dict[str, Any], why: str = "") -> None:
    said = {"role": office.role, "unit": office.unit, "since": office.since, "until": office.until, **data}
    trail.record(kind=KIND, id=str(office.account_id), verb=verb, actor=actor, now=now, data=said, why=why)


def _tell(office: Office, verb: str, actor: Account | None, now: datetime) -> None:
    """Whoever gets or loses an office hears of it, unless by his own hand."""
    account = office.account
    if actor is not None and actor.pk == account.pk:
        return
    letters.write(
        [account], lambda: _words(office, verb, actor), kind=f"{KIND}.{verb}", cause_kind=KIND, cause_id=account.pk,
        now=now, page=reverse("web:account"),
    )  # fmt: skip


def _words(office: Office, verb: str, actor: Account | None) -> tuple[str, str]:
    said = {"role": office.get_role_display(), "term": _term(office), "why": office.ended_for}
    subject = (_("您已担任：%(role)s") if verb == "appoint" else _("您不再担任：%(role)s")) % said
    lines = [_("任期：%(term)s") % said, _("事由：%(why)s") % said if office.ended_for else ""]
    if office.stopped_at is not None:
        lines.append(_("权限已经收回。"))
    lines.append(_("经办：%(actor)s") % {"actor": str(actor) if actor is not None else _("系统")})
    return subject, "\n\n".join(filter(None, lines)) + "\n"


def _lock_city_officers() -> None:
    list(Office.objects.select_for_update().filter(role=CITY).order_by("pk"))


def require_another_city_officer(leaving: Account, today: date) -> None:
    """Lock the city's officers until the transaction ends. Raises Refused: without this account none of them could
    sign in any more."""
    _lock_city_officers()
    rows = Office.objects.filter(role=CITY, account__is_active=True, stopped_at__isnull=True, since__lte=today)
    there = set(rows.filter(Q(until__isnull=True) | Q(until__gte=today)).values_list("account", flat=True))
    if there == {leaving.pk}:
        raise Refused(_("这是市科技局唯一能登录的工作人员；请先任命另一位"))


def _require_giver(actor: Account | None, today: date) -> None:
    """Lock the city's officers, so that decisions about offices follow one another. Raises Refused: the actor gives no
    offices. The system may."""
    _lock_city_officers()
    if actor is not None and not GIVES_OFFICES & audiences(actor, today):
        raise Refused(_("只有市科技局工作人员可以任命和结束职务"))


@transaction.atomic
def appoint(
    *,
    account: Account,
    role: str,
    unit: str,
    since: date,
    actor: Account | None,
    now: datetime,
    until: date | None = None,
    document: str = "",
) -> Office:
    """The account holds an office from this day on. `unit` by code or name; empty for an office of the whole city.
    `document` is the paper it is given by; only the system may do without.

    Raises Invalid: no such role or unit, a county officer without a unit, days that cannot be, no document, an account
    that is switched off or whose e-mail nobody has confirmed; the same office, or one that excludes it, held on one of
    the days.
    Raises Refused: the actor gives no offices, or would give this one to himself.
    """
    today = timezone.localdate(now)
    _require_giver(actor, today)
    if actor is not None and actor.pk == account.pk:
        raise Refused(_("不能任命自己；请由市科技局另一位工作人员办理"))
    # As it stands: it may have been switched off since the caller read it.
    account = Account.objects.select_for_update().get(pk=account.pk)
    errors = _wrong_days(since, until, today) | cannot_sign_in(account)
    unit, document = _checked(role, unit, document, today, errors, needs_document=actor is not None)
    if errors:
        raise Invalid(errors)
    _not_held(account, role, unit, since, until)
    office = Office.objects.create(account=account, role=role, unit=unit, since=since, until=until, document=document)
    _note(office, "appoint", actor, now, {"document": document})
    _tell(office, "appoint", actor, now)
    return office


def _checked(
    role: str, unit: str, document: str, today: date, errors: dict[str, str], *, needs_document: bool
) -> tuple[str, str]:
    """Unit and document, cleaned; what is wrong with them and with the role goes to `errors`."""
    if role not in dict(Office.ROLES):
        said = {"role": role, "roles": "、".join(code for code, _name in Office.ROLES)}
        errors["role"] = _("没有这种职务：%(role)s；可以是 %(roles)s") % said
    try:
        unit = _unit(role, unit, today)
    except ValueError as why:
        errors["unit"] = str(why)
    try:
        document = short(80, needed=_("请写批准文件的文号") if needs_document else "")(document, today)
    except ValueError as why:
        errors["document"] = str(why)
    return unit, document


def _not_held(account: Account, role: str, unit: str, since: date, until: date | None) -> None:
    """Raises Invalid at `role`: the same office, or one that excludes it, held on one of these days."""
    if held := _held(account, role, unit, since, until):
        raise Invalid({"role": _("%(name)s已经担任这个职务：%(term)s") % {"name": account, "term": _term(held)}})
    if other := _excluding(account, role, since, until):
        said = {"name": str(account), "role": other.get_role_display(), "term": _term(other)}
        raise Invalid({"role": _("%(name)s担任%(role)s（%(term)s）：决策、拨付、监督不能由同一个人办理") % said})


def _wrong_days(since: date, until: date | None, today: date) -> dict[str, str]:
    errors = {}
    if abs(since.year - today.year) > YEARS:
        errors["since"] = _("请核对年份")
    if until is not None and until < since:
        errors["until"] = _("结束日期不能早于开始日期")
    elif until is not None and until < today:
        errors["until"] = _("结束日期已经过去")
    elif until is not None and until.year - today.year > YEARS:
        errors["until"] = _("请核对年份")
    return errors


def cannot_sign_in(account: Account) -> dict[str, str]:
    """Why nothing is given to an account, at `email`: switched off, or nobody has shown that the address is theirs."""
    if not account.is_active:
        return {"email": _("这个账号已经停用")}
    if not EmailAddress.objects.filter(user=account, email__iexact=account.email, verified=True).exists():
        return {"email": _("这个账号的邮箱还没有确认；请本人先点开确认邮件里的链接")}
    return {}


def _unit(role: str, unit: str, today: date) -> str:
    """Raises ValueError: an officer of a county needs one that is a unit on this day, nobody else has one."""
    found = managing_unit(unit.strip(), today)
    is_county = found in {entry.code for entry in reference.units().current(today)}
    if role == COUNTY and not is_county:
        raise ValueError(_("请选择县市区或开发区"))
    if role != COUNTY and is_county:
        raise ValueError(_("这个职务面向全市，不分县市区"))
    return found


def _held(account: Account, role: str, unit: str, since: date, until: date | None) -> Office | None:
    """The same office of the same account on one of these days."""
    rows = Office.objects.filter(account=account, role=role, **({"unit": unit} if role == COUNTY else {}))
    return _on_one_of(rows, since, until)


def _excluding(account: Account, role: str, since: date, until: date | None) -> Office | None:
    """An office of the account, on one of these days, that is not held together with this one."""
    kind = APART.get(role)
    together = [one for one, _name in Office.ROLES if APART.get(one) == kind]
    return _on_one_of(Office.objects.filter(account=account).exclude(role__in=together), since, until)


def _on_one_of(rows: QuerySet[Office], since: date, until: date | None) -> Office | None:
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=since) | Q(until=since, stopped_at__isnull=True))
    return (rows if until is None else rows.filter(since__lte=until)).order_by("since", "pk").first()


def _term(office: Office) -> str:
    if office.until is None:
        return _("自 %(since)s 起") % {"since": office.since}
    return _("%(since)s 至 %(until)s") % {"since": office.since, "until": office.until}


@transaction.atomic
def end_office(*, office: Office, until: date | None, why: str, actor: Account | None, now: datetime) -> Office:
    """`until` is the last day of an office; None takes it away at once, or before it has begun.

    Raises Invalid: no reason, a day that has passed or is no earlier than the end it has. Raises Refused: the actor
    ends no offices, it has ended already, or the city would be left without an officer.
    """
    today = timezone.localdate(now)
    _require_giver(actor, today)
    office = Office.objects.select_for_update(of=("self",)).select_related("account").get(pk=office.pk)
    if office.stopped_at is not None or (office.until is not None and office.until < today):
        raise Refused(_("这个职务已经结束"))
    errors = _wrong_end(office, until, today)
    try:
        why = short(200, needed=_("请写事由"))(why, today)
    except ValueError as wrong:
        errors["why"] = str(wrong)
    if errors:
        raise Invalid(errors)
    if office.role == CITY and not _another_stays(office, until or max(today, office.since)):
        raise Refused(_("这样市科技局就没有工作人员了；请先任命另一位，任期不短于这一位，再结束这个职务"))
    office.until, office.ended_for = until or max(today, office.since), why
    office.stopped_at = now if until is None else None
    office.save(update_fields=["until", "ended_for", "stopped_at"])
    _note(office, "end_office", actor, now, {"at_once": until is None}, why)
    _tell(office, "end_office", actor, now)
    return office


def _wrong_end(office: Office, until: date | None, today: date) -> dict[str, str]:
    if until is None:
        return {}
    if until < office.since:
        return {"until": _("结束日期不能早于开始日期")}
    if until < today:
        return {"until": _("不能写过去的日期；马上结束请不填")}
    if office.until is not None and until >= office.until:
        return {"until": _("原来就到 %(until)s 为止；要延长请另行任命") % {"until": office.until}}
    return {}


def _another_stays(office: Office, last: date) -> bool:
    """Whether somebody else who can sign in is the city's officer from then on, as long as this office would run."""
    rows = Office.objects.filter(role=CITY, account__is_active=True, stopped_at__isnull=True, since__lte=last)
    ends = Q(until__isnull=True) if office.until is None else Q(until__isnull=True) | Q(until__gte=office.until)
    return rows.filter(ends).exclude(pk=office.pk).exists()
