"""Who looks after a case: named by the city's officer, and only with his own agreement.

Naming somebody is no movement between the two sides: a stuck case stays stuck, so `moved_at` stands still here.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.introductions import finds
from triplehelix.market.introductions.access import ACHIEVEMENT, CALLED, NEED, OFFICER
from triplehelix.market.introductions.actions.shared import KIND, fields, hold, short
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.states import RUNNING, WAITING
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import letters
from triplehelix.records.parties.finds import city_officers, members_of
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.acts import saved, write

OPEN = (*WAITING, *RUNNING)
#: So long after a letter the officers are told again of what still nobody looks after.
AGAIN = timedelta(days=30)
#: As many as a letter names.
MOST_NAMED = 10


@transaction.atomic
def assign(
    *, introduction: Introduction, manager: Account, actor: Account, now: datetime, seen_version: int
) -> Introduction:
    """An officer names who looks after an introduction; an officer who names himself has agreed by it.

    Raises Refused, Invalid at `manager` (holds no such office, acts for one of the two sides).
    """
    today = timezone.localdate(now)
    held = hold(introduction, actor, now, by={OFFICER}, seen=seen_version, states=OPEN)
    if not finds.managers(today).filter(pk=manager.pk).exists():
        raise Invalid({"manager": _("请选择现任的技术经理人或市科技局工作人员")})
    if any(
        members_of(held.organisation_of(side), today).filter(pk=manager.pk).exists() for side in (NEED, ACHIEVEMENT)
    ):
        raise Invalid({"manager": _("他代表其中一方：请另选一位")})
    if held.manager_id == manager.pk:
        raise Invalid({"manager": _("已经是他了")})
    before = held.manager_id
    held.manager, held.manager_agreed_at = manager, now if manager == actor else None
    saved(held, "assign", actor, now, {"from": before, "to": manager.pk})
    if manager != actor:
        said = {"case": str(held)}
        write(held, "assign", [manager], lambda: (
            _("请您办理：%(case)s") % said,
            _("市科技局请您办理“%(case)s”。请登录后在“经理人工作台”同意或说明为什么不能办。") % said,
        ), now)  # fmt: skip
    return held


@transaction.atomic
def agree_to_manage(*, introduction: Introduction, actor: Account, now: datetime, seen_version: int) -> Introduction:
    """Who was named agrees; from now on he reads what the two sides say. Raises Refused."""
    held = hold(introduction, actor, now, by={CALLED}, seen=seen_version, states=OPEN)
    held.manager_agreed_at = now
    return saved(held, "agree_to_manage", actor, now)


@transaction.atomic
def refuse_to_manage(
    *, introduction: Introduction, why: str, actor: Account, now: datetime, seen_version: int
) -> Introduction:
    """Who was named cannot; the officers are told why. Raises Refused, Invalid at `why`."""
    held = hold(introduction, actor, now, by={CALLED}, seen=seen_version, states=OPEN)
    why = fields({"why": short(200, needed=_("请写明为什么不能办"))}, {"why": why}, now)["why"]
    held.manager = None
    saved(held, "refuse_to_manage", actor, now, why=why)
    said = {"who": str(actor), "case": str(held), "why": why}
    write(held, "refuse_to_manage", city_officers(timezone.localdate(now)), lambda: (
        _("请另行指派：%(case)s") % said, _("%(who)s不能办理“%(case)s”：%(why)s") % said,
    ), now)  # fmt: skip
    return held


@transaction.atomic
def tell_left(*, now: datetime) -> int:
    """Whose manager holds the office no more, the city's officers are told to hand over, once and again after `AGAIN`.
    Returns how many cases were spoken of."""
    today, kind = timezone.localdate(now), f"{KIND}.left"
    rows = Introduction.objects.select_for_update(of=("self",)).filter(finds.left(today), state__in=OPEN)
    waiting = outbox.unmentioned(rows, kind=kind, cause_kind=KIND, since=now - AGAIN).select_related(*finds.SIDES)
    found = list(waiting.order_by("invited_at", "pk"))
    if found:
        letters.write(
            city_officers(today), lambda: _unmanaged(found), kind=kind, cause_kind=KIND, cause_id=found[0].pk, now=now,
            page=reverse("web:manager-desk"),
        )  # fmt: skip
    outbox.mention(kind=kind, cause_kind=KIND, cause_ids=[one.pk for one in found], now=now)
    return len(found)


def _unmanaged(found: list[Introduction]) -> tuple[str, str]:
    lines = [_("下面的引荐原来的经理人已经不在任，请在“经理人工作台”另行指派：")]
    shown = [{"case": str(one), "who": str(one.manager)} for one in found[:MOST_NAMED]]
    lines += [_("· %(case)s（原经理人：%(who)s）") % said for said in shown]
    if len(found) > MOST_NAMED:
        lines.append(_("· 另有 %(n)d 条") % {"n": len(found) - MOST_NAMED})
    return _("请另行指派：%(n)d 件引荐没有人办") % {"n": len(found)}, "\n".join(lines) + "\n"
