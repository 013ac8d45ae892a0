"""挂牌信息的办理流程: one workflow for needs and achievements.

An organisation that an officer has confirmed publishes by itself; another one submits and waits for its managing
unit, with what it changes afterwards too. A publication lasts 180 days (domain §7: reminder on day 150) unless it is
reconfirmed.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM

if TYPE_CHECKING:
    from triplehelix.market.listings.models import Listing

VALID_DAYS = 180
REMIND_DAYS_BEFORE = 30

OWNER, UNIT, CITY = "owner", "unit", "city"
OFFICERS = frozenset({UNIT, CITY})


def confirmed(case: "Listing", actor: Account | None, now: datetime) -> str | None:
    """An owner publishes only for an organisation somebody has checked; for others an officer vouches."""
    if case.organisation.confirmed_at:
        return None
    return str(_("您的单位还没有经过核实：请点“提交”，由主管部门核对后发布"))


def needs_another_look(case: "Listing") -> bool:
    """What stands here was approved by an officer for an organisation nobody has checked: a change has to be, too."""
    return case.state in ("published", "expired") and case.organisation.confirmed_at is None


def complete(case: "Listing", actor: Account | None, now: datetime) -> str | None:
    """What a reader needs before a telephone call is worth it."""
    return case.lacks()


def with_reason(case: "Listing", actor: Account | None, now: datetime) -> str | None:
    """Returned without a word, its owner does not know what to change; the reason is the answer of the desk."""
    return None if len(case.noted) >= 4 else gettext("请写明要改什么，单位会看到")


def start_validity(case: "Listing", actor: Account | None, now: datetime) -> None:
    """Publication and reconfirmation both start the 180 days anew."""
    case.published_at = now
    case.valid_until = now + timedelta(days=VALID_DAYS)


def end_validity(case: "Listing", actor: Account | None, now: datetime) -> None:
    case.valid_until = None


FLOW = Workflow(
    "listing",
    start="draft",
    states=(
        State("draft", _("草稿")),
        State("submitted", _("待核对")),
        State("published", _("已发布")),
        State("expired", _("已过期")),
        State("withdrawn", _("已撤下")),
    ),
    steps=(
        Step("submit", _("提交"), ("draft",), "submitted", frozenset({OWNER}), (complete,), (), UNIT),
        Step("return", _("退回修改"), ("submitted",), "draft", OFFICERS, (with_reason,), (), OWNER),
        Step(
            "publish", _("发布"), ("draft", "submitted"), "published", OWNER, (complete, confirmed), (start_validity,)
        ),
        Step(
            "approve", _("核对无误，发布"), ("submitted",), "published", OFFICERS, (complete,), (start_validity,), OWNER
        ),
        Step(
            "renew",
            _("再次确认有效"),
            ("published", "expired"),
            "published",
            frozenset({OWNER, CITY}),
            (complete,),
            (start_validity,),
        ),
        # What `edit` takes for an organisation nobody has checked: see needs_another_look.
        Step(
            "recheck",
            _("修改后重新核对"),
            ("published", "expired"),
            "submitted",
            frozenset({SYSTEM}),
            (complete,),
            (end_validity,),
            UNIT,
        ),
        Step("expire", _("到期"), ("published",), "expired", frozenset({SYSTEM}), (), (), OWNER),
        Step(
            "withdraw",
            _("撤下"),
            ("submitted", "published", "expired"),
            "withdrawn",
            frozenset({OWNER, UNIT, CITY}),
            (),
            (end_validity,),
        ),
        Step("reopen", _("改回草稿"), ("withdrawn", "expired"), "draft", frozenset({OWNER}), (), (end_validity,)),
    ),
)
