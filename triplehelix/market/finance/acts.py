"""What may be done with a finance case beside its steps: by whom, and when. The pages and the API offer the same.

Each act is one of `actions`, which asks again; what is offered here is what makes sense to be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from triplehelix.market.finance.access import CITY, FIRM, INSTITUTION
from triplehelix.market.finance.actions.claims import OF, untimely
from triplehelix.market.finance.actions.claims import offered as claimable
from triplehelix.market.finance.actions.correcting import CORRECTED_IN
from triplehelix.market.finance.actions.voiding import PAYMENT_VOIDED_IN, RECOVERY_VOIDED_IN
from triplehelix.market.finance.flow import SETTLED_FROM
from triplehelix.market.finance.models import Application, Claim
from triplehelix.market.finance.terms import pays
from triplehelix.records.parties.finds import family

Held = frozenset[str]


@dataclass(frozen=True)
class Act:
    """`may`: whether it is offered for a case to somebody with these relations."""

    code: str
    may: Callable[[Application, Held], bool]


def offered(case: Application, held: Held) -> list[Act]:
    """The acts somebody with these relations is offered, in the order declared."""
    return [act for act in ACTS.values() if act.may(case, held)]


def _is(relation: str, *states: str) -> Callable[[Application, Held], bool]:
    return lambda case, held: relation in held and case.state in states


def _loan(relation: str, *states: str) -> Callable[[Application, Held], bool]:
    """The same for contracts that are loans."""
    return lambda case, held: relation in held and case.state in states and case.lead.kind == "loan"


def _correctable(case: Application, held: Held) -> bool:
    """Where a filing stands or waits, it says what to do first, and is offered all the same."""
    return INSTITUTION in held and case.state in CORRECTED_IN and case.loan is not None


def _has_payment(case: Application, held: Held) -> bool:
    loan = case.loan
    here = INSTITUTION in held and case.state in PAYMENT_VOIDED_IN
    return here and loan is not None and loan.standing_payments().exists()


def _has_recovery(case: Application, held: Held) -> bool:
    loan = case.loan
    here = bool(held & {INSTITUTION, CITY}) and case.state in RECOVERY_VOIDED_IN
    return here and loan is not None and loan.recoveries.filter(void_why="").exists()


def _living(case: Application, held: Held) -> bool:
    return FIRM in held and case.consents.filter(ended_at=None).exists()


def _unsent(case: Application, held: Held) -> bool:
    loan = case.loan
    ours = bool(held & {INSTITUTION, CITY})
    return ours and case.state == "granted" and loan is not None and loan.kind == "loan" and loan.filing() is None


def _shared(case: Application, held: Held) -> bool:
    return INSTITUTION in held and case.state == "overdue" and pays("loss")


def _stands(case: Application, held: Held) -> bool:
    return CITY in held and case.loan is not None and case.loan.standing_filing() is not None


def _was_revoked(case: Application, held: Held) -> bool:
    return CITY in held and case.loan is not None and case.loan.revoked_filing() is not None


def _claims(kind: str) -> Callable[[Application, Held], bool]:
    def may(case: Application, held: Held) -> bool:
        if kind not in claimable(case, held):
            return False
        loan = case.loan
        assert loan is not None
        own = Claim.objects.filter(void_why="", kind=kind)
        taken = own.filter(family(loan.borrower, "payee")) if kind == "interest" else own.filter(loan=loan)
        if kind == "guarantee":  # each of its years has its own
            return not untimely(kind, loan, timezone.localdate())
        return not taken.exists()

    return may


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("consent", _is(FIRM, "lead")),
        Act("grant", _is(INSTITUTION, "handling")),
        Act("decline", _is(INSTITUTION, "consented", "handling")),
        Act("submit", _unsent),
        Act("pay", _loan(INSTITUTION, "granted", "filed", "overdue", "unfiled")),
        Act("void_payment", _has_payment),
        Act("correct_contract", _correctable),
        Act("loss", _shared),
        Act("recovery", _is(INSTITUTION, "compensated")),
        Act("void_recovery", _has_recovery),
        *(Act(f"claim_{kind}", _claims(kind)) for kind in OF),
        Act("renew", _is(FIRM, "consented", "handling", "granted", "filed", "overdue", "unfiled", "compensated")),
        Act("revoke", _living),
        Act("unfile", _stands),
        Act("refile", _was_revoked),
    )
}
#: Steps that are taken by an act: they need more than a sentence.
BY_ACT = frozenset({"consent", "retract", "decline", "grant", "file", "unfile", "refile", "unrecover"}) | {
    f"unsettle_{state}" for state in SETTLED_FROM
}
