"""Deals: entered by the fund, confirmed by the firm, turned into shares, ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.market.equity import access, rules
from triplehelix.market.equity.access import FUND
from triplehelix.market.equity.models import Deal
from triplehelix.market.equity.rules import checked
from triplehelix.market.finance.models import Institution
from triplehelix.records.amounts import exact
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept


@transaction.atomic
def propose(*, fund: Institution, firm: Organisation, values: Mapping[str, Any], actor: Account, now: datetime) -> Deal:
    """The fund enters a deal; it stands once the firm has confirmed it. `values` as in `rules.DEAL`.

    Raises Refused, Invalid at the fields: post below pre + ticket, no conversion terms, a number used before.
    """
    today = timezone.localdate(now)
    if not access.funds_of(actor, today).filter(pk=fund.pk).exists():
        raise Refused(_("只有在册基金的人可以登记投资"))
    given, errors = checked(rules.DEAL, values, today)
    if firm.pk == fund.organisation_id:
        errors["firm"] = _("不能投资本机构")
    elif firm.confirmed_at is None:
        errors["firm"] = _("企业还没有经过核实")
    elif firm.ending:
        errors["firm"] = gone(firm)
    errors |= _terms_wrong(given)
    if errors:
        raise Invalid(errors)
    if given["mode"] == "equity":
        given["conversion"], given["convert_by"] = "", None
    try:
        with transaction.atomic():
            made = Deal.objects.create(
                fund=fund, firm=firm, state=Deal.workflow.start, recorded_at=now, recorded_by=actor, **given
            )
    except IntegrityError as why:
        raise Invalid({"number": _("协议编号 %(number)s 已经登记过") % given}) from why
    data = {"fund": fund.pk, "firm": firm.pk, "mode": made.mode, "ticket": made.ticket_fen, "number": made.number}
    data |= kept.said(made.kept_values())
    trail.record(kind=Deal.kind, id=str(made.pk), verb="propose", actor=actor, now=now, data=data)
    acts.tell(made, "propose", [access.FIRM], lambda: _letter(made), now, but=actor)
    return made


def _letter(deal: Deal) -> tuple[str, str]:
    """To the firm: what was entered in its name, and what is asked of it."""
    said = {"fund": deal.fund.organisation.name, "number": deal.number, "mode": deal.get_mode_display(),
            "amount": Fen(deal.ticket_fen).in_wan(), "day": deal.signed_on.isoformat()}  # fmt: skip
    body = _(
        "%(fund)s登记了对贵单位的一笔投资：协议 %(number)s，%(mode)s，%(amount)s，%(day)s 签订。\n\n"
        "请登录后核对，属实的确认，不属实的写明原因退回。没有确认以前，它不成立。"
    )
    return _("请确认投资：%(fund)s %(number)s") % said, f"{body % said}\n"


def _terms_wrong(given: Mapping[str, Any]) -> dict[str, str]:
    """What does not fit together: valuations, or the terms of a conversion."""
    errors: dict[str, str] = {}
    pre, post, ticket = (given.get(name) for name in ("pre_fen", "post_fen", "ticket_fen"))
    if given.get("mode") == "equity":
        if pre is None:
            errors["pre_fen"] = _("请填写投前估值")
        if post is None:
            errors["post_fen"] = _("请填写投后估值")
    elif "mode" in given:
        if not given.get("conversion"):
            errors["conversion"] = _("请写明转股条件：里程碑、价格或折扣")
        if given.get("convert_by") is None or ("signed_on" in given and given["convert_by"] <= given["signed_on"]):
            errors["convert_by"] = _("请填写转股期限，应晚于签订日期")
    if (pre is None) != (post is None) and not errors:
        errors["post_fen" if post is None else "pre_fen"] = _("投前、投后估值要一起填写")
    if pre is not None and post is not None and ticket is not None and post < pre + ticket:
        said = {"least": exact(pre + ticket)}
        errors["post_fen"] = _("投后估值应不低于投前估值加本次投资：%(least)s") % said
    return errors


def _locked(deal: Deal, actor: Account, now: datetime, seen: int, states: set[str]) -> Deal:
    held = Deal.objects.select_for_update(of=("self",)).select_related("fund__organisation", "firm").get(pk=deal.pk)
    if held.version != seen:
        raise Refused(_("别人刚刚办理过这一件，请先看最新情况"))
    if FUND not in held.relations_of(actor, now):
        raise Refused(_("您无权办理这一步"))
    if held.state not in states:
        raise Refused(_("现在是“%(state)s”，不能这样办") % {"state": held.workflow.state(held.state).label})
    return held


def _stepped(deal: Deal, step: str, actor: Account, now: datetime, data: Mapping[str, Any]) -> Deal:
    deal.version += 1
    deal.save()
    said = {"version": deal.version, **data, **kept.said(deal.kept_values())}
    trail.record(kind=Deal.kind, id=str(deal.pk), verb="write", actor=actor, now=now, data=said)
    return take(case=deal, step=step, actor=actor, now=now, seen_version=deal.version)


@transaction.atomic
def convert(*, deal: Deal, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int) -> Deal:
    """The condition was met: shares at these valuations. Raises Refused, Invalid at the fields."""
    held = _locked(deal, actor, now, seen_version, {"agreed"})
    if not held.converts:
        raise Refused(_("只有拨投结合、先投后股才有转股条件"))
    given, errors = checked(rules.CONVERSION, values, timezone.localdate(now))
    errors |= _terms_wrong({"ticket_fen": held.ticket_fen, **given}) if not errors else {}
    if "converted_on" in given and given["converted_on"] < held.signed_on:
        errors["converted_on"] = _("不能早于签订日期")
    if errors:
        raise Invalid(errors)
    held.pre_fen, held.post_fen, held.converted_on = given["pre_fen"], given["post_fen"], given["converted_on"]
    return _stepped(held, "convert", actor, now, {"pre": held.pre_fen, "post": held.post_fen})


@transaction.atomic
def exit_deal(*, deal: Deal, values: Mapping[str, Any], actor: Account, now: datetime, seen_version: int) -> Deal:
    """How it ended, when and with what. Raises Refused, Invalid at the fields."""
    held = _locked(deal, actor, now, seen_version, {"agreed", "converted"})
    if held.converts and held.state == "agreed":
        raise Refused(_("还没有转股，请先登记转股或了结"))
    given, errors = checked(rules.EXIT, values, timezone.localdate(now))
    if "exit_on" in given and given["exit_on"] < held.signed_on:
        errors["exit_on"] = _("不能早于签订日期")
    elif "exit_on" in given and held.converted_on is not None and given["exit_on"] < held.converted_on:
        errors["exit_on"] = _("不能早于转股日期 %(day)s") % {"day": held.converted_on}
    if errors:
        raise Invalid(errors)
    held.exit_kind, held.exit_on, held.exit_fen = given["exit_kind"], given["exit_on"], given["exit_fen"]
    return _stepped(held, "exit", actor, now, {"kind": held.exit_kind, "fen": held.exit_fen})
