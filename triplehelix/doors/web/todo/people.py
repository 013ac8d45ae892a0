"""What waits about people and organisations: whose works these are, who acts for whom, what experts have to score."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from triplehelix.doors.web.todo.sections import SHOWN, Section, counted, line, listed, turn
from triplehelix.market.experts import access as desk
from triplehelix.market.experts import asked
from triplehelix.market.experts import finds as experts
from triplehelix.procedure.cases import waiting
from triplehelix.procedure.panels import finds as panels
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties.access import is_officer
from triplehelix.records.parties.models import Account, Membership, Organisation, Person


def of_experts(account: Account, groups: frozenset[str], own: list[Organisation]) -> Iterator[Section]:
    """Works to confirm as one's own, people who look like one, people without an account, harvests that stopped."""
    person = Person.objects.filter(account=account).first()
    works = asked.waiting(person) if person is not None else 0
    yield from counted(_("这些是您的成果吗？"), works, reverse("web:experts-mine"), _("去确认"))
    at_desk = bool(groups & desk.DESK_OFFICES)
    alike = experts.open_proposals().count() if at_desk else 0
    yield from counted(_("疑似同一人，待判断"), alike, reverse("web:experts-desk"), _("去判断"))
    claims = parties.person_claims(groups).count() if is_officer(groups) else 0
    yield from counted(_("想对应账号的人"), claims, reverse("web:person-claims"), _("去核对"))
    missing = parties.unregistered(own).count() if own else 0
    yield from counted(_("申请对应账号，本单位还没有登记的人"), missing, reverse("web:people"), _("去登记"))
    if at_desk:
        yield from listed(
            _("没有采完的机构库"), experts.harvests().filter(state="failed"),
            lambda one: line("web:harvest", one, one.repository.name, one.problem, press=_("去看看")),
            url=reverse("web:repositories"),
        )  # fmt: skip


def of_reviews(account: Account) -> Iterator[Section]:
    """How many cases a review expert has still to score."""
    yield from counted(_("待评的项目"), panels.open_seats(account).count(), reverse("web:reviews"), _("去评分"))


def of_cases(account: Account, today: date) -> Iterator[Section]:
    """Cases in which it is this person's turn."""
    yield from listed(
        _("待办的办件"), waiting.for_account(account, today),
        lambda one: line(
            "web:case", one, one.title, f"{one.number} · {one.organisation.name}", due=one.due_on, press=_("去办理")),
        url=turn("web:cases"),
    )  # fmt: skip


@dataclass(frozen=True)
class Unchecked:
    """An organisation to be compared with its licence, and who says to act for it."""

    organisation: Organisation
    asking: list[Membership]


def of_organisations(groups: frozenset[str], today: date) -> Iterator[Section]:
    """For an office: organisations to be confirmed, and people who want to act for one."""
    if not is_officer(groups):
        return
    waiting = list(parties.unconfirmed(groups)[: SHOWN + 1])
    asking = parties.seated(waiting, today) if waiting else []
    rows = [Unchecked(one, [who for who in asking if who.organisation_id == one.pk]) for one in waiting]
    yield from listed(
        _("待核实的单位"), rows, url=f"{reverse('web:organisations')}?view=waiting",
        row="web/components/todo_organisation.html",
    )  # fmt: skip
    yield from listed(_("想代表单位的人"), parties.claims(groups), row="web/components/todo_claim.html")
