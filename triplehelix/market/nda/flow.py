"""保密协议的办理流程: asked by who wants to read, answered by the need's firm, ended by either side."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.nda.access import OWNER, PARTY
from triplehelix.market.nda.models import Agreement
from triplehelix.records.parties.models import Account


def with_reason(case: Agreement, actor: Account | None, now: datetime) -> str | None:
    return None if case.noted else str(_("请在“说明”里写明原因"))


def still_confidential(case: Agreement, actor: Account | None, now: datetime) -> str | None:
    """There is something to be kept secret, and a need it is about."""
    if case.need.is_confidential and case.need.state == "published":
        return None
    return str(_("这条需求已经公开、撤下或过期，不用再签保密协议"))


def answered(case: Agreement, actor: Account | None, now: datetime) -> None:
    case.answered_by, case.answered_at = actor, now


def over(case: Agreement, actor: Account | None, now: datetime) -> None:
    case.ended_by, case.ended_at = actor, now


FLOW = Workflow(
    "nda",
    start="asked",
    states=(
        State("asked", _("待需求方同意")),
        State("agreed", _("已生效")),
        State("declined", _("未同意"), final=True),
        State("withdrawn", _("已撤回"), final=True),
        State("ended", _("已终止"), final=True),
        State("revoked", _("已撤销"), final=True),
    ),
    steps=(
        Step("agree", _("同意"), "asked", "agreed", OWNER, (still_confidential,), (answered,), PARTY),
        Step("decline", _("不同意"), "asked", "declined", OWNER, (with_reason,), (answered,), PARTY),
        Step("withdraw", _("撤回申请"), "asked", "withdrawn", PARTY, (), (over,), OWNER),
        Step("end", _("终止协议"), "agreed", "ended", PARTY, (with_reason,), (over,), OWNER),
        Step("revoke", _("撤销协议"), "agreed", "revoked", OWNER, (with_reason,), (over,), PARTY),
    ),
)
