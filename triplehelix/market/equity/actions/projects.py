"""Projects marked for finance by their owners, and investors who want to talk."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.equity import access, rules
from triplehelix.market.equity.models import Interest, Project
from triplehelix.market.equity.rules import checked
from triplehelix.market.finance.access import own_organisations
from triplehelix.market.finance.models import Institution
from triplehelix.market.listings.models import Listing
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties import letters
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

KIND = "market.project"


@transaction.atomic
def open_project(*, listing: Listing, values: Mapping[str, Any], actor: Account, now: datetime) -> Project:
    """The owner marks a published listing as looking for money. `values`: teaser, amount_fen, round, on_stage.

    Raises Refused (not the owner's, not published, marked already), Invalid at the fields.
    """
    today = timezone.localdate(now)
    if listing.organisation_id not in own_organisations(actor, today):
        raise Refused(_("只有本单位的人可以标记融资"))
    if listing.state != "published":
        raise Refused(_("请先发布这一条，再标记融资"))
    given, errors = checked(rules.PROJECT, values, today)
    if errors:
        raise Invalid(errors)
    of = {"achievement": listing} if isinstance(listing, Achievement) else {"need": listing}
    try:
        with transaction.atomic():
            made = Project.objects.create(
                organisation=listing.organisation, opened_at=now, opened_by=actor, **of, **given
            )
    except IntegrityError as why:
        raise Refused(_("这一条已经在融资中")) from why
    data = {"listing": listing.kind, "of": listing.pk, "fen": made.amount_fen, "round": made.round}
    trail.record(kind=KIND, id=str(made.pk), verb="open", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def change_project(
    *, project: Project, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int
) -> Project:
    """What is said to investors, put right by its owner while it is open; funds that wanted to talk get a letter. What
    is the same changes nothing. Raises Refused (not the owner's, closed, changed since it was seen), Invalid."""
    held = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if held.organisation_id not in own_organisations(actor, timezone.localdate(now)):
        raise Refused(_("只有本单位的人可以修改"))
    if held.closed_at is not None:
        raise Refused(_("已经结束"))
    if held.version != seen_version:
        raise Refused(_("别人刚刚修改过，请先看最新内容，再改您的部分"))
    given, errors = checked(rules.PROJECT, values, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    was = {name: getattr(held, name) for name, new in given.items() if getattr(held, name) != new}
    if not was:
        return held
    for name in was:
        setattr(held, name, given[name])
    held.version += 1
    held.save()
    trail.record(kind=KIND, id=str(held.pk), verb="change", actor=actor, now=now, data={"was": was})
    said = {"project": held, "firm": held.organisation.name}
    _write("change", held, _asked(held, now), now, lambda: (
        _("约谈过的项目有修改：%(project)s") % said,
        _("%(firm)s修改了“%(project)s”的融资说明，请登录后看最新内容。") % said,
    ))  # fmt: skip
    return held


@transaction.atomic
def close_project(*, project: Project, why: str, actor: Account, now: datetime) -> Project:
    """Found, or no longer sought: it leaves the investors' list. Raises Refused, Invalid at `why`."""
    held = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if held.organisation_id not in own_organisations(actor, timezone.localdate(now)):
        raise Refused(_("只有本单位的人可以结束融资"))
    if held.closed_at is not None:
        raise Refused(_("已经结束"))
    if not why.strip():
        raise Invalid({"why": _("请写明原因")})
    held.closed_at, held.closed_why = now, why.strip()[:200]
    held.save(update_fields=["closed_at", "closed_why"])
    trail.record(kind=KIND, id=str(held.pk), verb="close", actor=actor, now=now, why=held.closed_why)
    said = {"project": held, "firm": held.organisation.name}
    # Why is the owner's own: a fund need not know who was preferred to it.
    _write("close", held, _asked(held, now), now, lambda: (
        _("约谈过的项目已结束融资：%(project)s") % said,
        _("%(firm)s已结束“%(project)s”的融资，页面不再对基金开放。") % said,
    ))  # fmt: skip
    return held


def _asked(project: Project, now: datetime) -> list[Account]:
    """Who acts today for the funds that wanted to talk."""
    today = timezone.localdate(now)
    rows = project.interests.select_related("fund__organisation")
    return [account for one in rows for account in parties.members_of(one.fund.organisation, today)]


@transaction.atomic
def say_interest(
    *, project: Project, fund: Institution, values: Mapping[str, Any], actor: Account, now: datetime
) -> Interest:
    """A registered fund wants to talk; the owner gets one letter. Raises Refused, Invalid at `text`."""
    today = timezone.localdate(now)
    if not access.funds_of(actor, today).filter(pk=fund.pk).exists():
        raise Refused(_("只有在册基金的人可以约谈"))
    # Locked, so that it is not closed in between.
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.organisation_id == fund.organisation_id:
        raise Refused(_("这是本机构自己的项目"))
    if project.closed_at is not None:
        raise Refused(_("已经结束"))
    if project.listing.state != "published":
        raise Refused(_("这个项目现在没有公开，不能约谈"))
    given, errors = checked(rules.INTEREST, values, today)
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Interest.objects.create(project=project, fund=fund, said_at=now, said_by=actor, **given)
    except IntegrityError as why:
        raise Refused(_("贵机构已经约谈过这个项目")) from why
    trail.record(kind=KIND, id=str(project.pk), verb="interest", actor=actor, now=now, data={"fund": fund.pk})
    said = {"fund": fund.organisation.name, "project": project, "text": made.text}
    _write("interest", project, parties.members_of(project.organisation, today), now, lambda: (
        _("有基金想谈：%(project)s") % said,
        _("%(fund)s想了解“%(project)s”：\n\n%(text)s\n\n请登录后查看并联系。") % said,
    ))  # fmt: skip
    return made


def _write(what: str, project: Project, to: Iterable[Account], now: datetime, words: letters.Words) -> None:
    page = reverse("web:equity-project", args=[project.pk])
    letters.write(to, words, kind=f"{KIND}.{what}", cause_kind=KIND, cause_id=project.pk, now=now, page=page)
