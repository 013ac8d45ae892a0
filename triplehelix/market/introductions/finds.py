"""Querysets every list of introductions starts from. Days are days of the city; both ends of a span are included."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import access, terms
from triplehelix.market.introductions.guards import TOOK_PLACE
from triplehelix.market.introductions.models import Intent, Introduction, Meeting, Version
from triplehelix.market.introductions.states import FINAL
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Office

SIDES = ("need__organisation", "achievement__organisation", "manager", "invited_by")


def shown_to(actor: Account | None, on: date, groups: frozenset[str] | None = None) -> QuerySet[Introduction]:
    """The introductions somebody may open, what moved last first, with what a line shows."""
    return access.visible(Introduction.objects.select_related(*SIDES), actor, on, groups)


def running(need: Need, achievement: Achievement) -> QuerySet[Introduction]:
    """The introduction of a pair that is under way: one, or none."""
    rows = Introduction.objects.select_related(*SIDES).filter(need=need, achievement=achievement)
    return rows.exclude(state__in=FINAL)


def waiting() -> QuerySet[Introduction]:
    """Invitations somebody still has to answer in time, oldest first."""
    return Introduction.objects.select_related(*SIDES).filter(state="invited").order_by("asked_at", "pk")


def unanswered() -> QuerySet[Introduction]:
    """Invitations nobody answered in time."""
    return Introduction.objects.select_related(*SIDES).filter(state="unanswered").order_by("answer_by", "pk")


def to_answer(actor: Account, on: date, groups: frozenset[str] | None = None) -> QuerySet[Introduction]:
    """What this person's organisations still have to answer, the nearest term first."""
    asked = access.relations(actor, on, groups)[access.ASKED]
    rows = Introduction.objects.select_related(*SIDES).filter(asked, state__in=("invited", "unanswered"))
    return rows.order_by("answer_by", "pk")


def terms_to_answer(actor: Account, on: date, groups: frozenset[str] | None = None) -> QuerySet[Introduction]:
    """Negotiations whose newest terms wait for this person's side."""
    held, found = access.relations(actor, on, groups), Q(pk__in=())
    newer = Version.objects.filter(introduction=OuterRef("introduction"), n__gt=OuterRef("n"))
    newest = Version.objects.filter(~Exists(newer), introduction__state="negotiating")
    for side in (access.NEED, access.ACHIEVEMENT):
        open_ones = newest.filter(**{f"{side}_accepted_at__isnull": True})
        found |= held[side] & Q(pk__in=open_ones.values("introduction"))
    return Introduction.objects.select_related(*SIDES).filter(found).order_by("moved_at", "pk")


def stuck_when(on: date, prefix: str = "") -> Q:
    """The condition under which a case counts as stuck: nothing has moved for longer than the terms allow its state."""
    found = Q(pk__in=())
    for state, days in terms.stuck_after(on).items():
        before = _start(on - timedelta(days=days))
        found |= Q(**{f"{prefix}state": state, f"{prefix}moved_at__lt": before})
    return found


def stuck(on: date) -> QuerySet[Introduction]:
    """Cases under way in which nothing has moved for too long, longest first."""
    return Introduction.objects.select_related(*SIDES).filter(stuck_when(on)).order_by("moved_at", "pk")


def looked_after_by(manager: Account) -> QuerySet[Introduction]:
    """The cases somebody was named for and has agreed to. Whoever asks has seen that the account still manages."""
    return Introduction.objects.select_related(*SIDES).filter(manager=manager, manager_agreed_at__isnull=False)


def to_agree(manager: Account, on: date) -> QuerySet[Introduction]:
    """The cases somebody was named for and has not answered yet; none for who manages nothing any more."""
    if not access.may_manage(manager, on):
        return Introduction.objects.none()
    rows = Introduction.objects.select_related(*SIDES).filter(manager=manager, manager_agreed_at__isnull=True)
    return rows.exclude(state__in=FINAL).order_by("asked_at", "pk")


def nobodys(on: date) -> Q:
    """The cases nobody looks after: nobody was named, or whoever was holds no such office any more."""
    return Q(manager__isnull=True) | left(on)


def left(on: date) -> Q:
    """The cases whose manager holds no such office any more, or cannot sign in."""
    return Q(manager__isnull=False) & ~Q(manager__in=managers(on).order_by().values("pk"))


def unassigned(on: date) -> QuerySet[Introduction]:
    """Open cases nobody looks after, oldest first."""
    rows = Introduction.objects.select_related(*SIDES).filter(nobodys(on)).exclude(state__in=FINAL)
    return rows.order_by("invited_at", "pk")


def managers_with_load(on: date) -> QuerySet[Account]:
    """Every technology manager of the day, and every officer with cases, with `open`, `unanswered`, `stuck`, and
    `agreed` (this year): the busiest first."""
    year = _start(on.replace(month=1, day=1))
    cases, open_ones = "introductions", Q(introductions__isnull=False) & ~Q(introductions__state__in=FINAL)
    technology = Office.objects.on(on).filter(role="technology_manager").values("account")
    rows = managers(on).annotate(
        open=Count(cases, filter=open_ones),
        unanswered=Count(cases, filter=Q(introductions__state="unanswered")),
        stuck=Count(cases, filter=stuck_when(on, "introductions__")),
        agreed=Count(cases, filter=Q(introductions__state="agreed", introductions__ended_at__gte=year)),
    )
    return rows.filter(Q(pk__in=technology) | Q(open__gt=0)).order_by("-open", "name", "pk")


def meetings_ahead(rows: QuerySet[Introduction], now: datetime) -> QuerySet[Meeting]:
    """Appointments of these introductions still to come, the next first."""
    return _appointments(rows).filter(planned_at__gte=now).order_by("planned_at", "pk")


def meetings_to_record(rows: QuerySet[Introduction], now: datetime) -> QuerySet[Meeting]:
    """Appointments whose hour has passed and nobody has said how they went."""
    return _appointments(rows).filter(planned_at__lt=now).order_by("planned_at", "pk")


def waiting_for(actor: Account, on: date) -> QuerySet[Introduction]:
    """Everything this person's to-do holds: to be answered, with new terms, to be looked after, with an appointment."""
    groups = audiences(actor, on)
    turn = Q(pk__in=to_keep(actor, on, groups).order_by().values("introduction"))
    for rows in (to_answer(actor, on, groups), terms_to_answer(actor, on, groups), to_agree(actor, on)):
        turn |= Q(pk__in=rows.order_by().values("pk"))
    return Introduction.objects.filter(turn)


def to_keep(actor: Account, on: date, groups: frozenset[str] | None = None) -> QuerySet[Meeting]:
    """This person's appointments: those to come, and those nobody has said how they went, the earliest first."""
    held = access.relations(actor, on, groups)
    mine = held[access.NEED] | held[access.ACHIEVEMENT] | held[access.MANAGER]
    return _appointments(Introduction.objects.filter(mine)).order_by("planned_at", "pk")


def _appointments(rows: QuerySet[Introduction]) -> QuerySet[Meeting]:
    open_ones = Meeting.objects.filter(held_on__isnull=True, cancelled_at__isnull=True)
    open_ones = open_ones.filter(introduction__in=rows.order_by().values("pk")).exclude(introduction__state__in=FINAL)
    return open_ones.select_related(*(f"introduction__{one}" for one in SIDES))


def managers(on: date) -> QuerySet[Account]:
    """Who may look after a case on this day."""
    roles = [role.removeprefix("role:") for role in access.MANAGING]
    held = Office.objects.on(on).filter(role__in=roles)
    return Account.objects.filter(pk__in=held.values("account"), is_active=True)


def same_signing(introduction: Introduction, number: str, signed_on: date, digest: str) -> Iterator[tuple[Intent, str]]:
    """Intents that are this very signing, each with the field that says so."""
    sides = ("introduction__need", "introduction__achievement")
    rows = Intent.objects.filter(void_why="").select_related(*sides).order_by("pk")
    if (known := rows.filter(introduction=introduction).first()) is not None:
        yield known, "signed_on"
    if (known := rows.filter(digest=digest).first()) is not None:
        yield known, "file"
    if number and (known := rows.filter(number=number).first()) is not None:
        yield known, "number"
    pair = rows.filter(
        signed_on=signed_on, introduction__achievement=introduction.achievement_id,
        introduction__need__organisation=introduction.need.organisation_id,
    )  # fmt: skip
    if (known := pair.first()) is not None:
        yield known, "signed_on"


# --- what the funnel counts; every number opens its rows ------------------------------------------------------------


def introduced(since: date | None = None, until: date | None = None) -> QuerySet[Introduction]:
    """Introductions begun in these days."""
    rows = Introduction.objects.select_related(*SIDES).order_by("-invited_at", "-pk")
    return _between(rows, "invited_at", since, until)


def declined(since: date | None = None, until: date | None = None) -> QuerySet[Introduction]:
    """Introductions declined in these days, newest first; `decline_reason` says why."""
    rows = Introduction.objects.select_related(*SIDES).filter(state="declined").order_by("-ended_at", "-pk")
    return _between(rows, "ended_at", since, until)


def asked_in_vain(need: Need, achievement: Achievement, side: str, since: datetime) -> int:
    """How often a side has asked the other about this pair since then, and took it back before an answer."""
    rows = Introduction.objects.filter(need=need, achievement=achievement, invited_by_side=side, state="taken_back")
    return rows.filter(ended_at__gte=since).aggregate(n=Sum("times_asked"))["n"] or 0


def with_qualified_match(since: date | None = None, until: date | None = None) -> QuerySet[Need]:
    """Needs for which both sides said yes to an introduction in these days: somebody judged the match, not a score."""
    met = _between(Introduction.objects.filter(accepted_at__isnull=False), "accepted_at", since, until)
    return Need.objects.select_related("organisation").filter(pk__in=met.order_by().values("need"))


def talks(since: date | None = None, until: date | None = None) -> QuerySet[Meeting]:
    """Talks and visits that took place in these days, newest first."""
    rows = Meeting.objects.select_related(*(f"introduction__{one}" for one in SIDES)).filter(TOOK_PLACE)
    rows = rows.filter(held_on__gte=since) if since else rows
    rows = rows.filter(held_on__lte=until) if until else rows
    return rows.order_by("-held_on", "-pk")


def intents(since: date | None = None, until: date | None = None) -> QuerySet[Intent]:
    """Intents signed in these days, each once. They are no deals: contracts are counted in market.contracts."""
    rows = Intent.objects.filter(void_why="").select_related(*(f"introduction__{one}" for one in SIDES))
    rows = rows.filter(signed_on__gte=since) if since else rows
    rows = rows.filter(signed_on__lte=until) if until else rows
    return rows.order_by("-signed_on", "-pk")


def agreed(since: date | None = None, until: date | None = None) -> QuerySet[Introduction]:
    """Introductions whose terms were agreed in these days; a contract is a sale's (market.contracts)."""
    rows = Introduction.objects.select_related(*SIDES).filter(state="agreed").order_by("-ended_at", "-pk")
    return _between(rows, "ended_at", since, until)


def _between(
    rows: QuerySet[Introduction], column: str, since: date | None, until: date | None
) -> QuerySet[Introduction]:
    rows = rows.filter(**{f"{column}__gte": _start(since)}) if since else rows
    return rows.filter(**{f"{column}__lt": _start(until + timedelta(days=1))}) if until else rows


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
