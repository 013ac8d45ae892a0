"""Who runs the review of a round: the science bureau's officers, and the auditor reads along. 回避: nobody who acts for
an applicant of it, or was drawn into its panel, does either: who judges what is not theirs to know."""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.panels.models import Seat
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused
from triplehelix.records.steps.relating import acted_for, numbers


def stands_aside(round: Round, actor: Account, on: date) -> bool:
    """Whether somebody acts for an applicant of the round (a draft is no application yet), or has since, or has a seat
    in it."""
    held = audiences(actor, on)
    own = Q(organisation__in=[*numbers(held, "org:"), *numbers(held, "wrote:")]) | acted_for(held)
    applies = round.cases.exclude(state__in=access.BEFORE_FILING).filter(own).exists()
    return applies or Seat.objects.filter(panel__round=round, expert__account=actor).exists()


def require_clerk(round: Round, actor: Account | None, now: datetime) -> None:
    """Raises Refused for whoever does not run the review of this round; the system may."""
    if actor is None:
        return
    today = timezone.localdate(now)
    if not access.is_clerk(actor, today):
        raise Refused(_("只有市科技局工作人员可以组织评审"))
    if stands_aside(round, actor, today):
        raise Refused(_("您代表申报单位，或是这一批的评审专家：请另一位工作人员组织评审"))
