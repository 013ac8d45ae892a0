"""A demand for money back: its amount, where the case stood before it, and why it cannot be taken back.

`demanded_fen` is what is to be with the treasury in all: what came back before this demand, and what it asks for.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.models import Case
from triplehelix.records.amounts import exact
from triplehelix.records.parties.models import Account
from triplehelix.records.trail.models import Entry

#: The step of a demand, and what its row in the trail says was with the treasury before.
STEP, BACK_BEFORE = "demand", "refunded_fen"
#: The step from 已追回 back, where what closed the case was recorded wrongly.
REOPEN = "claw_again"
#: Cases that had come to their end before: what was promised and unpaid had been released by then.
ENDED_BEFORE = ("terminated", "clawed")


def lift_to(state: str) -> str:
    """The step that takes a demand back into this state: a step has one state to lead to."""
    return f"lift_{state}"


def _made(case: Case) -> dict[str, Any]:
    """What the trail says of the last demand: the case itself does not remember where it came from."""
    row = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb=STEP).order_by("-n").first()
    return row.data if row is not None else {}


def back_before(case: Case) -> int:
    """Fen that were with the treasury before this demand; no case was demanded of twice before the trail said so."""
    return int(_made(case).get(BACK_BEFORE, 0))


def goes_back_to(case: Case) -> str:
    """Where the case goes when its demand is taken back: where it was, or to wait for a new account where the bank
    has returned something of it since. "" where the trail does not say."""
    origin = str(_made(case).get("from", ""))
    return "pay_returned" if origin and origin not in ENDED_BEFORE and pay.is_returned(case) else origin


def came_from(state: str) -> Callable[..., str | None]:
    """The guard of the way back into this state."""

    def guard(case: Case, actor: Account | None, now: datetime) -> str | None:
        return None if goes_back_to(case) == state else _("这一件追回以前不在这一步")

    return guard


def is_taken_back(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Nothing is asked for any more, and nothing has come back for it: that would have to be given to the unit again,
    which is the treasury's to do."""
    back = pay.refunded(case) - back_before(case)
    if back > 0:
        said = {"back": exact(back)}
        return _("已有 %(back)s 缴回国库，不能撤销追回：请把追回金额改为已缴回的，多缴的由市财政局办理退库") % said
    if case.demanded_fen > pay.refunded(case):
        return _("请办理“撤销追回”，写明理由和依据文件")
    return None


def money_left(case: Case, actor: Account | None, now: datetime) -> str | None:
    """A demand names an amount, of what has been paid and not paid back."""
    if not pay.refunded(case) < case.demanded_fen <= pay.paid(case):
        return _("请填写要追回的金额，不超过已支付而未缴回的金额")
    return None


def money_back(case: Case, actor: Account | None, now: datetime) -> str | None:
    """All that is demanded is with the treasury."""
    back = pay.refunded(case)
    if back < case.demanded_fen:
        return _("已缴回国库 %(back)s，还差 %(left)s") % {"back": exact(back), "left": exact(case.demanded_fen - back)}
    return None


def money_missing(case: Case, actor: Account | None, now: datetime) -> str | None:
    """Not all of what is demanded is with the treasury after all."""
    return None if money_back(case, actor, now) else _("追回的资金已经全部缴回国库")
