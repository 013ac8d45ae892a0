"""One sale as a page shows it: where it stands, what was public, what was paid, who may see which part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.workflow import Step
from triplehelix.market.contracts import access, guards, money
from triplehelix.market.contracts.access import PERSONAL
from triplehelix.market.contracts.flow import BY_ACT
from triplehelix.market.contracts.models import Publication, Sale
from triplehelix.market.contracts.terms import value, value_or_none
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import DUTIFUL
from triplehelix.records.steps.actions import offered

#: The way a sale goes, as people say it, and the states that belong to each part.
STAGES: tuple[tuple[str, Any, frozenset[str]], ...] = (
    ("rights", gettext_lazy("权属核查"), frozenset({"checking"})),
    ("price", gettext_lazy("定价"), frozenset({"pricing", "noticing", "objected", "listed", "unsold", "announced",
                                             "bidding"})),
    ("sign", gettext_lazy("签约"), frozenset({"priced"})),
    ("register", gettext_lazy("认定登记"), frozenset({"signed", "registering", "revoked"})),
    ("pay", gettext_lazy("付款"), frozenset({"registered"})),
    ("share", gettext_lazy("收益分配"), frozenset({"rewarding", "reward_objected"})),
    ("follow", gettext_lazy("跟踪"), frozenset({"following"})),
)  # fmt: skip
#: Steps that end a period.
ENDS = frozenset({"end_notice", "end_unsold", "end_single", "end_several", "end_reward", "fail"})


@dataclass(frozen=True)
class Stage:
    label: Any
    done: bool
    here: bool


def stages(sale: Sale, held: frozenset[str]) -> list[Stage]:
    """The strip at the top. Who may not see a distribution is not shown that there is one."""
    shared = sale.seller.type in DUTIFUL and bool(held & PERSONAL)
    row = [stage for stage in STAGES if stage[0] != "share" or shared]
    state = access.shown_state(sale, held)
    at = next((n for n, (_code, _label, states) in enumerate(row) if state in states), None)
    reached = len(row) if state == "closed" else at if at is not None else _reached(sale)
    return [Stage(label, n < reached, n == at) for n, (_code, label, _states) in enumerate(row)]


def _reached(sale: Sale) -> int:
    """How far one came that was withdrawn, suspended or terminated."""
    if hasattr(sale, "contract"):
        return 4 if sale.contract.registrations.filter(outcome="registered").exists() else 3
    return 1 if sale.publications.exists() else 0


def steps(sale: Sale, actor: Account, now: datetime) -> list[Step]:
    """The steps that make sense now: the end of a period only once it is over, and of three ends the right one."""
    found = [step for step in offered(case=sale, actor=actor, now=now) if step.code not in BY_ACT]
    public = guards.current(sale)
    if public is not None and public.method != "agreed":
        found = [step for step in found if step.code != "renotice"]
    return [step for step in found if step.code not in ENDS or is_due(step, sale, actor, now)]


def is_due(step: Step, sale: Sale, actor: Account, now: datetime) -> bool:
    """Whether nothing but a reason is missing for the step."""
    asked = (guard for guard in step.guards if guard not in (guards.unchanged, guards.with_reason))
    return all(guard(sale, actor, now) is None for guard in asked)


def publications(sale: Sale, held: frozenset[str]) -> list[dict[str, Any]]:
    """What was public, newest first. Who bids is a secret between bidder and market until it is over."""
    rows = sale.publications.prefetch_related("bids__organisation", "objections").select_related(
        "outcome__winner", "outcome__file", "unit_proof"
    )
    return [_publication(row, held, timezone.localdate()) for row in rows.order_by("-pk")]


def _publication(row: Publication, held: frozenset[str], today: Any) -> dict[str, Any]:
    office = bool(held & {"city", "auditor"})
    bids = list(row.bids.all())
    # How many compete is nobody's business while the listing runs: the price would be made by it.
    told = office or row.is_over
    return {
        "row": row,
        "running": row.is_running(today),
        "count": sum(one.result != "withdrawn" for one in bids) if told else None,
        "bids": bids if office or ("seller" in held and row.is_over) else [],
        "contacts": office,
        "objections": list(row.objections.all()),
        "names": office,
        "outcome": getattr(row, "outcome", None),
    }


def contract(sale: Sale, today: Any) -> dict[str, Any] | None:
    """The contract with what is due, what came, and how far the payment is from landing."""
    found = getattr(sale, "contract", None)
    if found is None:
        return None
    arrived, due = money.arrived(found), money.due(found)
    late = {one.pk for one in money.overdue(found, today)}
    return {
        "row": found,
        "arrived": arrived,
        "percent": min(999, arrived * 100 // found.price_fen),
        "least": money.least_paid(found.price_fen, today),
        "least_assumed": value("landed_least_paid", today).assumed,
        "left": max(0, due - arrived),
        "instalments": [
            {"row": row, "covered": covered, "late": row.pk in late} for row, covered in money.coverage(found)
        ],
        "overdue": sum(row.amount_fen - covered for row, covered in money.coverage(found) if row.pk in late),
        "receipts": list(found.receipts.select_related("file")),
        "registrations": list(found.registrations.select_related("file").order_by("-pk")),
        "trial": getattr(found, "trial", None),
    }


def distributions(sale: Sale, held: frozenset[str], actor: Account | None) -> list[dict[str, Any]]:
    """Sheets and their lines for the unit, the market and the auditor; for nobody else."""
    if not held & PERSONAL:
        return []
    rows = sale.distributions.prefetch_related("shares__person").order_by("-seq")
    return [{"row": row, "shares": access.shares_shown(row.shares.all(), held, actor)} for row in rows]


def vat_note(now: datetime) -> str:
    """The tax guidance of the day, while there is one."""
    found = value_or_none("vat_note", timezone.localdate(now))
    return _("%(note)s（%(source)s）") % {"note": found.value, "source": found.source} if found is not None else ""
