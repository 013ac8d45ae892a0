"""Which cases wait for somebody: by the state, and by who acts in it."""

from datetime import date, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from triplehelix.fund.models import Payment
from triplehelix.procedure.cases import access, pay
from triplehelix.procedure.cases.models import Case, Milestone
from triplehelix.records.parties.models import Account

#: States in which each relation has something to do. The offices' own work is nobody else's to-do.
WAITS: dict[str, tuple[str, ...]] = {
    "applicant": ("draft", "confirming", "correcting", "pay_returned", "evaluating"),
    "unit_admin": ("unit_review",),
    "county": ("recommending",),
    "clerk": (
        "held", "accepting", "checking", "reviewing", "site_check", "deciding", "noticing", "objected", "agreeing",
        "accepting_results",
    ),
    "finance": ("paying", "clawing"),
}  # fmt: skip
#: Past their day these are the clerk's to end.
ENDED_LATE = ("correcting", "evaluating")
#: Every state in which a case may wait for somebody; a running one by its milestones.
STATES = ("running", *dict.fromkeys(state for states in WAITS.values() for state in states))
#: A milestone is the applicant's to-do from so long before its day on.
MILESTONE_NEAR = timedelta(days=30)


def for_account(account: Account, on: date) -> QuerySet[Case]:
    """What this account has to act on, most urgent first. An officer's to-do holds no drafts of firms."""
    relations = access.relations(account, on)
    wanted = Q(pk__in=())
    for relation, states in WAITS.items():
        wanted |= relations[relation] & Q(state__in=states)
    wanted |= relations["clerk"] & Q(state__in=ENDED_LATE, due_on__lt=on)
    wanted |= relations["clerk"] & Q(pk__in=_proven().values("case"))
    wanted |= relations["applicant"] & Q(pk__in=_to_prove(on).values("case"))
    # Says no more than the rest: by it the database leaves out the ended ones, nearly all there are, unread.
    return most_urgent(Case.objects.filter(wanted, state__in=STATES).select_related("organisation"))


def narrowed(rows: QuerySet[Case], account: Account, on: date) -> QuerySet[Case]:
    """Of these the ones in which it is this account's turn, most urgent first."""
    return most_urgent(rows.filter(pk__in=for_account(account, on).order_by().values("pk")))


def most_urgent(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Those whose day comes first, first; those without one at the end."""
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def next_milestone(case: Case) -> Milestone | None:
    """The first one nobody has handed proof in for."""
    return case.milestones.filter(submitted_at__isnull=True, reached_at__isnull=True).order_by("seq").first()


def waiting_milestone(case: Case) -> Milestone | None:
    """The first one whose proof waits to be looked at."""
    return case.milestones.filter(submitted_at__isnull=False, reached_at__isnull=True).order_by("seq").first()


def _proven() -> QuerySet[Milestone]:
    """Milestones whose proof the clerk has to judge."""
    return Milestone.objects.filter(case__state="running", reached_at__isnull=True, submitted_at__isnull=False)


def _to_prove(on: date) -> QuerySet[Milestone]:
    """Milestones whose day is near or over, or whose proof was sent back."""
    still = Milestone.objects.filter(case__state="running", reached_at__isnull=True, submitted_at__isnull=True)
    return still.filter(Q(due_on__lte=on + MILESTONE_NEAR) | ~Q(proof=""))


def to_send() -> QuerySet[Payment]:
    """Orders the bank has not got yet."""
    return Payment.objects.filter(state="ordered").select_related("commitment")


def to_order() -> QuerySet[Case]:
    """Cases whose money may be ordered and has not been, or whose order was recalled and has another account by now.

    One that was recalled and still has the account it was made for is ordered on its own page, by somebody who has
    looked at why.
    """
    # Asked of each case that waits, by its promise: not of every payment there ever was.
    orders = Payment.objects.filter(commitment__case_ref=OuterRef("in_fund"))
    paying = Case.objects.filter(state="paying").annotate(in_fund=Concat(Value("case:"), Cast("pk", CharField())))
    free = paying.filter(~Exists(orders.exclude(state="returned")))
    recalled = free.filter(Exists(orders.filter(state="returned", batch__isnull=True)))
    return free.exclude(pk__in=pay.waiting_for_account(recalled))
