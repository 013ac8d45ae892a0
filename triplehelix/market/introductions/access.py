"""Who stands in which relation to an introduction. One relation is one `Q`.

need         需求方成员                achievement  成果方成员
asked        还没有答复的一方          inviter      发出邀请的一方（或经理人）
manager      已同意办理的技术经理人     called       已指派、还没有同意的技术经理人（代表其中一方的，只是那一方：回避）
city         市科技局、市场运营：only how far it is, never what was said
officer      市科技局：names who looks after it                                 auditor  审计
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.introductions.models.introduction import ACHIEVEMENT as ACHIEVEMENT  # the sides, as stored
from triplehelix.market.introductions.models.introduction import NEED as NEED
from triplehelix.market.needs.models import Need
from triplehelix.records.parties import finds
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.relating import EVERYBODY, NOBODY, any_of, held, held_of, numbers

ASKED, INVITER, MANAGER, CALLED = "asked", "inviter", "manager", "called"
CITY, OFFICER, AUDITOR = "city", "officer", "auditor"
#: Offices that may bring two sides together and look after what comes of it.
MANAGING = frozenset({"role:technology_manager", "role:city_officer"})
#: Who reads what was said: notes of talks, versions of terms, messages, files.
INSIDE = frozenset({NEED, ACHIEVEMENT, MANAGER, AUDITOR})
#: Who sees the other side's contact, once both have accepted.
PARTICIPANTS = frozenset({NEED, ACHIEVEMENT, MANAGER})


def relations(actor: Account | None, on: date, groups: frozenset[str] | None = None) -> dict[str, Q]:
    """Each relation as the `Q` of the introductions to which the actor has it on this day; `groups` are the actor's
    audiences where they are at hand."""
    groups = audiences(actor, on) if groups is None else groups
    own = numbers(groups, "org:")
    need, achievement = Q(need__organisation_id__in=own), Q(achievement__organisation_id__in=own)
    managing = actor is not None and bool(MANAGING & groups)
    others = ~need & ~achievement if own else EVERYBODY
    mine = Q(manager=actor) & others if managing else NOBODY
    brought = Q(invited_by_side="manager", invited_by=actor) if managing else NOBODY
    manager = mine & Q(manager_agreed_at__isnull=False)
    return {
        NEED: need,
        ACHIEVEMENT: achievement,
        ASKED: need & Q(need_accepted_at__isnull=True) | achievement & Q(achievement_accepted_at__isnull=True),
        INVITER: need & Q(invited_by_side="need") | achievement & Q(invited_by_side="achievement") | brought
        | manager & Q(invited_by_side="manager"),
        MANAGER: manager,
        CALLED: mine & Q(manager_agreed_at__isnull=True),
        CITY: EVERYBODY if groups & {"role:city_officer", "role:operator"} else NOBODY,
        OFFICER: EVERYBODY if "role:city_officer" in groups else NOBODY,
        AUDITOR: EVERYBODY if AUDITOR in groups else NOBODY,
    }  # fmt: skip


def side_for(actor: Account | None, need: Need, achievement: Achievement, on: date) -> str:
    """For which side somebody may bring these two together: need, achievement, manager for both, or "" for none."""
    groups = audiences(actor, on)
    if f"org:{need.organisation_id}" in groups:
        return NEED
    if f"org:{achievement.organisation_id}" in groups:
        return ACHIEVEMENT
    return MANAGER if MANAGING & groups else ""


def may_manage(actor: Account | None, on: date) -> bool:
    """Whether somebody may bring two sides together that are not the own ones."""
    return bool(MANAGING & audiences(actor, on))


def visible(
    rows: QuerySet[Introduction], actor: Account | None, on: date, groups: frozenset[str] | None = None
) -> QuerySet[Introduction]:
    """The introductions somebody may open; any other answers 404."""
    return rows.filter(any_of(relations(actor, on, groups)))


def relations_of(introduction: Introduction, actor: Account | None, on: date) -> frozenset[str]:
    """The names of the relations the actor has to one introduction: one query."""
    return held(introduction, relations(actor, on))


def relations_to(introductions: Iterable[Introduction], actor: Account | None, on: date) -> dict[int, frozenset[str]]:
    """The same of each of some, by their keys: one query."""
    return held_of(introductions, relations(actor, on))


def accounts_in(introduction: Introduction, relation: str, now: datetime) -> Iterable[Account]:
    """Who is told: the members of a side, whoever looks after it, else the city's officers."""
    day = timezone.localdate(now)
    if relation in (NEED, ACHIEVEMENT):
        return finds.members_of(introduction.organisation_of(relation), day)
    if relation == MANAGER:
        return _managing(introduction.manager if introduction.manager_agreed_at is not None else None, day)
    if relation == ASKED:
        return [one for side in introduction.unanswered_sides for one in accounts_in(introduction, side, now)]
    if relation == INVITER:
        if introduction.invited_by_side != "manager":
            return accounts_in(introduction, introduction.invited_by_side, now)
        return _managing(introduction.invited_by, day) or accounts_in(introduction, MANAGER, now)
    return finds.city_officers(day)


def _managing(account: Account | None, day: date) -> list[Account]:
    """Whoever looks after cases, and still may: what is said among the two is no word for somebody who has left."""
    return [account] if account is not None and may_manage(account, day) else []
