"""Who stands in which relation to a sale. One relation is one `Q`.

seller 转让方成员     buyer 受让方成员
city 市科技局、市场运营（见证），代表其中一方或意向受让方的、交易中代表过的除外（回避）
auditor 审计
A technology manager (技术经理人) has none: whoever may be paid by a side is no witness, and what a person receives is
not for a broker's eyes (domain 5.3). Of a sale that came from an introduction a manager reads number and state there.
contributor 收益分配里的本人: sees the own line of the sheet and nothing else, so no page of the sale opens by it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.contracts.models import Bid, Sale, Share, Trial
from triplehelix.market.introductions import access as introduced
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, acted_for, any_of, held, left, numbers

SELLER, BUYER, CITY = "seller", "buyer", "city"
#: Relations to an introduction whose holders turn agreed terms into a sale.
MAY_OPEN = frozenset({introduced.NEED, introduced.ACHIEVEMENT, introduced.MANAGER})
#: The audiences of the public side of a sale.
WITNESSES = ("role:city_officer", "role:operator")
#: Whose eyes the money of persons is for.
PERSONAL = frozenset({SELLER, CITY, "auditor"})
#: Where a sheet of it is public inside the unit: to anybody else the sale is being paid, and no more is said.
SHARING = frozenset({"rewarding", "reward_objected"})
BEING_PAID = "registered"


def relations(actor: Account | None, on: date) -> dict[str, Q]:
    """Each relation as the `Q` of the sales to which the actor has it on this day."""
    groups = audiences(actor, on)
    own = numbers(groups, "org:")
    return {
        SELLER: Q(seller_id__in=own),
        BUYER: Q(buyer_id__in=own),
        CITY: _no_side(own) & ~_was_side(groups) if groups & frozenset(WITNESSES) else NOBODY,
        "auditor": EVERYBODY if "auditor" in groups else NOBODY,
    }


def _no_side(own: list[int]) -> Q:
    """The sales none of these organisations sells, buys, or has registered to buy."""
    if not own:
        return EVERYBODY
    bids = Bid.objects.filter(organisation__in=own).exclude(result="withdrawn").order_by()
    sides = ~Q(seller_id__in=own) & (Q(buyer=None) | ~Q(buyer_id__in=own))
    return sides & ~Q(pk__in=bids.values("publication__sale"))


def _was_side(groups: frozenset[str]) -> Q:
    """The sales begun, or bid for, while somebody acted for a side who does no more."""
    if not left(groups):
        return NOBODY
    bids = Bid.objects.filter(acted_for(groups, began="registered_at")).exclude(result="withdrawn").order_by()
    sides = acted_for(groups, "seller") | acted_for(groups, "buyer")
    return sides | Q(pk__in=bids.values("publication__sale"))


def visible(rows: QuerySet[Sale], actor: Account | None, on: date) -> QuerySet[Sale]:
    """The sales somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on)))


def relations_of(sale: Sale, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one sale: one query."""
    return held(sale, relations(actor, on))


def accounts_in(sale: Sale, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the members of a side, else the city's officers."""
    day = timezone.localdate(now)
    if relation == SELLER:
        return finds.members_of(sale.seller, day)
    if relation == BUYER:
        return finds.members_of(sale.buyer, day) if sale.buyer is not None else []
    return finds.city_officers(day)


def trying(trial: Trial, actor: Account | None, on: date) -> frozenset[str]:
    """The relations to a trial: those to its sale."""
    return relations_of(trial.contract.sale, actor, on)


def accounts_of_trial(trial: Trial, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told of a trial: whoever is told of its sale."""
    return accounts_in(trial.contract.sale, relation, now)


def reads_replaced(held: frozenset[str]) -> frozenset[str]:
    """Of which amendments, by ground, these relations read the scan that was replaced. What was uploaded by mistake is
    most often a neighbour's: the market looks into it, and who uploads contracts into those."""
    if held & {CITY, "auditor"}:
        return frozenset({"entry", "registered", "result"})
    return frozenset({"entry"}) if SELLER in held else frozenset()


def in_state(rows: QuerySet[Sale], state: str, actor: Account | None, on: date) -> QuerySet[Sale]:
    """The rows in this state, as the actor is shown it."""
    personal = any_of({name: q for name, q in relations(actor, on).items() if name in PERSONAL})
    if state in SHARING:
        return rows.filter(personal, state=state)
    hidden = Q(state__in=SHARING) & ~personal if state == BEING_PAID else NOBODY
    return rows.filter(Q(state=state) | hidden)


def shown_state(sale: Sale, held: frozenset[str]) -> str:
    """The state somebody with these relations is shown."""
    return BEING_PAID if sale.state in SHARING and not held & PERSONAL else sale.state


def personal_of(rows: Iterable[Sale], actor: Account | None, on: date) -> Iterator[tuple[Sale, frozenset[str]]]:
    """Each row with PERSONAL or nothing: whether the actor is one of those whom the money of persons concerns."""
    groups = audiences(actor, on)
    for sale in rows:
        witness = groups & frozenset(WITNESSES) and f"org:{sale.buyer_id}" not in groups
        yield sale, PERSONAL if witness or groups & {"auditor", f"org:{sale.seller_id}"} else frozenset()


def as_shown(rows: Iterable[Sale], actor: Account | None, on: date) -> list[Sale]:
    """Rows for reading, each in the state the actor is shown; not to be saved."""
    found = []
    for sale, personal in personal_of(rows, actor, on):
        sale.state = shown_state(sale, personal)
        found.append(sale)
    return found


def shares_shown(rows: QuerySet[Share], held: frozenset[str], actor: Account | None) -> QuerySet[Share]:
    """The lines of a sheet somebody may read: all of them for the unit and the market, else the own one."""
    if held & PERSONAL:
        return rows
    if actor is None or not actor.is_authenticated:
        return rows.none()
    return rows.filter(person__account=actor)
