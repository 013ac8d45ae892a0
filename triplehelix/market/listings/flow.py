"""挂牌信息的办理流程: one workflow for needs and achievements.

An organisation that an officer has confirmed publishes by itself; another one submits and waits for its managing
unit, with what it changes afterwards too. A publication lasts 180 days (domain §7: reminder on day 150) unless it is
reconfirmed. What an office does with what a firm has published it does with words, and the firm is told.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.listings.models import Listing
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM

VALID_DAYS = 180
REMIND_DAYS_BEFORE = 30

OWNER, UNIT, CITY = "owner", "unit", "city"
OFFICERS = frozenset({UNIT, CITY})


def confirmed(case: Listing, actor: Account | None, now: datetime) -> str | None:
    """An owner publishes only for an organisation somebody has checked; for others an officer vouches."""
    if case.organisation.confirmed_at:
        return None
    return str(_("您的单位还没有经过核实：请点“提交”，由主管部门核对后发布"))


def needs_another_look(case: Listing) -> bool:
    """What stands here was approved by an officer for an organisation nobody has checked: a change has to be, too."""
    return case.state in ("published", "expired") and case.organisation.confirmed_at is None


def complete(case: Listing, actor: Account | None, now: datetime) -> str | None:
    """What a reader needs before a telephone call is worth it."""
    return case.lacks()


def with_reason(case: Listing, actor: Account | None, now: datetime) -> str | None:
    """Returned without a word, its owner does not know what to change; the reason is the answer of the desk."""
    return None if len(case.noted) >= 4 else gettext("请写明要改什么，单位会看到")


def says_why(case: Listing, actor: Account | None, now: datetime) -> str | None:
    """Nothing of a firm disappears without a reason it can read."""
    return None if case.noted else str(_("请写明为什么撤下：本单位会收到"))


def says_how(case: Listing, actor: Account | None, now: datetime) -> str | None:
    """An office knows that a listing still holds only from the firm itself."""
    return None if case.noted else str(_("请写明本单位什么时候、怎样告诉您仍然有效：本单位会收到"))


def start_validity(case: Listing, actor: Account | None, now: datetime) -> None:
    """Publication and reconfirmation both start the 180 days anew."""
    case.published_at = now
    case.valid_until = now + timedelta(days=VALID_DAYS)


def end_validity(case: Listing, actor: Account | None, now: datetime) -> None:
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
            OWNER,
            (complete,),
            (start_validity,),
        ),
        # An office says it for a firm that has told it so, and how; the firm hears of it.
        Step(
            "renew_for",
            _("代本单位再次确认有效"),
            ("published", "expired"),
            "published",
            CITY,
            (complete, says_how),
            (start_validity,),
            OWNER,
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
            OWNER,
            (),
            (end_validity,),
        ),
        # What a firm has published an office takes down for a reason, and tells it; of a firm that was closed the
        # program does.
        Step(
            "take_down",
            _("代为撤下"),
            ("submitted", "published", "expired"),
            "withdrawn",
            OFFICERS | {SYSTEM},
            (says_why,),
            (end_validity,),
            OWNER,
        ),
        Step("reopen", _("改回草稿"), ("withdrawn", "expired"), "draft", frozenset({OWNER}), (), (end_validity,)),
    ),
)
