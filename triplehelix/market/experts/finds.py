"""Querysets every page of experts starts from."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from triplehelix.foundation.text import search_terms, term_id
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import access
from triplehelix.market.experts.models import (
    Answer,
    Authorship,
    Expert,
    Harvest,
    Merge,
    Profile,
    Proposal,
    Repository,
    Split,
    Work,
)
from triplehelix.market.experts.names import agree, parse
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.steps.relating import NOBODY

#: Words of a search beyond these add nothing.
MOST_WORDS = 40
#: Who keeps an achievement, by their relations to it (listings.access): they see everybody it names.
KEEPERS = frozenset({"owner", "unit", "city", "auditor"})
#: An achievement in which the person's own organisation names them; any other may name whom it likes.
NAMED_AT_HOME = Q(work__achievement__organisation=F("expert__root__person__home"))


def shown_to(actor: Account | None, on: date) -> QuerySet[Expert]:
    """The experts somebody may open, with who they are in the register."""
    return Expert.objects.filter(access.visible(actor, on)).select_related("person__home", "person__profile")


def listed(actor: Account | None, on: date, *, q: str = "", only: str = "") -> QuerySet[Expert]:
    """Experts for the list, most works first. `q`: a name, a unit, or words over their works; `only`: confirmed or
    harvested. Somebody known by nothing but one work is listed only when looked for."""
    told = Authorship.objects.filter(_told(actor, on), expert__root=OuterRef("pk"), work__live=True)
    counted = told.order_by().values("expert__root").annotate(n=Count("pk")).values("n")
    rows = shown_to(actor, on).annotate(works=Coalesce(Subquery(counted), 0))
    confirmed = Q(person__profile__confirmed_at__isnull=False)
    if only == "confirmed":
        rows = rows.filter(confirmed)
    elif only == "harvested":
        rows = rows.filter(Q(person__profile__isnull=True) | Q(person__profile__confirmed_at__isnull=True))
    if q:
        rows = rows.filter(_named(q) | Exists(_by_words(q).filter(_told(actor, on))), works__gte=1)
    else:
        rows = rows.filter(Q(person__isnull=False, works__gte=1) | Q(works__gte=2))
    return rows.order_by(F("person__profile__confirmed_at").asc(nulls_last=True), "-works", "name", "pk")


def _named(q: str) -> Q:
    """By name, in characters or letters, or by unit."""
    found = Q(name__icontains=q) | Q(person__home__name__icontains=q) | Q(person__discipline__icontains=q)
    if keys := sorted(parse(q).keys) if len(q) <= 40 else []:
        found |= Q(keys__overlap=keys) & Q(name__in=_alike(q, keys))
    return found


def _alike(q: str, keys: Sequence[str]) -> list[str]:
    """Names as written that agree with what was asked for: Zhang San finds 张三."""
    wanted = parse(q)
    names = Expert.objects.filter(keys__overlap=list(keys)).values_list("name", flat=True).distinct()[:2000]
    return [name for name in names if agree(wanted, parse(name))]


def _by_words(q: str) -> QuerySet[Authorship]:
    """Works under the expert that have every word asked for."""
    words = list(dict.fromkeys(map(term_id, search_terms(q))))[:MOST_WORDS]
    rows = Authorship.objects.filter(expert__root=OuterRef("pk"), work__live=True)
    return rows.filter(work__terms__contains=words) if words else rows.none()


def told_of(works: Iterable[int], actor: Account | None, on: date) -> QuerySet[Authorship]:
    """Whose these works are, as far as somebody is told, with the experts."""
    return Authorship.objects.filter(_told(actor, on), work__in=list(works)).select_related("expert")


def _told(actor: Account | None, on: date) -> Q:
    """The authorships somebody is told of, wherever they are read: the public those a person has confirmed, and
    published achievements of the person's own organisation; members and the offices all; everybody the own."""
    groups = audiences(actor, on)
    if groups & (access.DESK_OFFICES | {"member", "auditor"}):
        return Q(pk__isnull=False)
    own = Q(expert__root__person__account=actor) if actor is not None and actor.is_authenticated else NOBODY
    return NAMED_AT_HOME | Exists(_answers("mine")) | own


def unnamed(achievements: Iterable[int]) -> set[tuple[int, int]]:
    """(achievement, person) where the public is not told the name: the person has said that it is not theirs, or is not
    to be shown at all."""
    ids = list(achievements)
    refused = Answer.objects.filter(said="not_mine", authorship__work__achievement__in=ids)
    hidden = Person.objects.filter(achievement__in=ids, profile__visibility="hidden")
    told = refused.values_list("authorship__work__achievement", "person")
    return set(told.union(hidden.values_list("achievement", "pk")))


def named_to(actor: Account | None, on: date) -> Q:
    """The authorships whose names somebody is told beside another's: not those of people who are not to be shown, nor
    of an achievement those who have said that their own name there is not theirs. In a paper a refused name stays: it
    was a namesake's. The desk, the auditor and the person see all."""
    groups = audiences(actor, on)
    if groups & (access.DESK_OFFICES | {"auditor"}):
        return Q()
    hidden = Profile.objects.filter(person=OuterRef("expert__root__person"), visibility="hidden")
    # Whom it stands with, or has stood with until that word; a namesake's word of it is none.
    left = Split.objects.filter(authorship=OuterRef("authorship"), frm__root__person=OuterRef("person"))
    his = Q(person=F("authorship__expert__root__person"))
    his |= Q(Exists(left.filter(undone_at=None)), authorship__expert__root__person=None)
    refused = Answer.objects.filter(
        his, authorship=OuterRef("pk"), said="not_mine", authorship__work__achievement__isnull=False
    )
    if actor is not None and actor.is_authenticated:
        hidden, refused = hidden.exclude(person__account=actor), refused.exclude(person__account=actor)
    return ~Exists(hidden) & ~Exists(refused)


def works_of(root: Expert, *, confirmed_only: bool) -> QuerySet[Authorship]:
    """The works under a root, newest first, with what the person said of each. `confirmed_only`: those the person has
    confirmed, and published achievements of the platform in which their own unit names them."""
    rows = Authorship.objects.filter(expert__root=root, work__live=True).select_related("work__achievement")
    rows = rows.annotate(is_confirmed=Exists(_answers("mine")))
    if confirmed_only:
        rows = rows.filter(Q(is_confirmed=True) | NAMED_AT_HOME)
    return rows.order_by(F("work__year").desc(nulls_last=True), "work__title", "pk")


def subjects_of(roots: Sequence[int], *, confirmed_only: Sequence[int]) -> Iterable[tuple[int, list[str]]]:
    """(root, keywords of one work) for each of these experts' works; of those in `confirmed_only`, of what the person
    has confirmed."""
    shown = NAMED_AT_HOME | Exists(_answers("mine")) | ~Q(expert__root__in=list(confirmed_only))
    rows = Authorship.objects.filter(shown, expert__root__in=list(roots), work__live=True)
    return rows.exclude(work__subjects=[]).values_list("expert__root", "work__subjects")


def affiliations_of(root: Expert) -> list[str]:
    """Where the sources say the expert works, as written, commonest first."""
    rows = Authorship.objects.filter(expert__root=root, work__live=True).exclude(affiliation="")
    counted = rows.values("affiliation").annotate(n=Count("pk")).order_by("-n", "affiliation")
    return [row["affiliation"] for row in counted[:4]]


def _answers(said: str) -> QuerySet[Answer]:
    """What the person the work stands with has said of it."""
    return Answer.objects.filter(authorship=OuterRef("pk"), said=said, person=OuterRef("expert__root__person"))


def with_coauthors(rows: Sequence[Authorship], *, told: Q | None = None) -> dict[int, list[str]]:
    """Work → everybody on it as written, in order; of those in `told` (`named_to`), else of all. Not whom its source
    names no more."""
    found: dict[int, list[str]] = {}
    works = [row.work_id for row in rows]
    people = Authorship.objects.filter(told or Q(), work__in=works, dropped=False)
    for work, name in people.order_by("order").values_list("work", "name"):
        found.setdefault(work, []).append(name)
    return found


def coworkers(root: Expert, *, works: Sequence[int], actor: Account | None, on: date) -> list[tuple[Expert, int]]:
    """Who the expert wrote these works with and the viewer may open, most works together first."""
    others = Authorship.objects.filter(work__in=works).exclude(expert__root=root)
    counts = dict(
        others.values("expert__root").annotate(n=Count("work", distinct=True)).values_list("expert__root", "n")
    )
    shown = shown_to(actor, on).filter(pk__in=counts)
    return sorted(((one, counts[one.pk]) for one in shown), key=lambda pair: (-pair[1], pair[0].name, pair[0].pk))


def achievements_of(person: Person, *, confirmed_only: bool) -> QuerySet[Achievement]:
    """What the market offers of this person's, but for what the person has refused. `confirmed_only`: of what other
    organisations offer, that which the person has confirmed."""
    said = Answer.objects.filter(person=person, authorship__work__achievement=OuterRef("pk"))
    rows = Achievement.objects.filter(~Exists(said.filter(said="not_mine")), people=person, state="published")
    if confirmed_only:
        rows = rows.filter(Q(organisation=person.home_id) | Exists(said.filter(said="mine")))
    return rows.select_related("organisation")


def open_proposals() -> QuerySet[Proposal]:
    """What an officer may decide, the surest first; pairs that have become one meanwhile are left out, and those that
    have become two of the register: who undoes that merge has them back."""
    rows = Proposal.objects.filter(state="open").exclude(one__root=F("other__root"))
    rows = rows.exclude(one__root__person__isnull=False, other__root__person__isnull=False)
    return rows.select_related("one__root__person__home", "other__root__person__home").order_by("-score", "pk")


def merges_of(root: Expert) -> QuerySet[Merge]:
    """Every merge into or out of this tree, undone ones too, newest first."""
    rows = Merge.objects.filter(Q(survivor__root=root) | Q(absorbed__root=root) | Q(absorbed=root))
    return rows.select_related("survivor", "absorbed", "by", "undone_by").order_by("-pk")


def splits_of(root: Expert) -> QuerySet[Split]:
    rows = Split.objects.filter(Q(frm__root=root) | Q(to__root=root)).select_related("authorship__work", "by")
    return rows.order_by("-pk")


def some_works(roots: Sequence[int], *, each: int) -> dict[int, list[Authorship]]:
    """The newest works of several experts, some of each."""
    rows = Authorship.objects.filter(expert__root__in=list(roots), work__live=True).select_related("work", "expert")
    place = Window(RowNumber(), partition_by=F("expert__root"), order_by=[F("work__year").desc(nulls_last=True), "pk"])
    found: dict[int, list[Authorship]] = {}
    for row in rows.annotate(place=place).filter(place__lte=each).order_by("place"):
        found.setdefault(row.expert.root_id, []).append(row)
    return found


def repositories() -> QuerySet[Repository]:
    return Repository.objects.select_related("organisation").prefetch_related("harvests").order_by("name", "pk")


def harvests() -> QuerySet[Harvest]:
    return Harvest.objects.select_related("repository").order_by("-pk")


def works_by_words(terms: Sequence[int]) -> QuerySet[Work]:
    """Live works with one of these words."""
    return Work.objects.filter(live=True, terms__overlap=list(terms))
