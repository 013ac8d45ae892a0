"""The to-do home: what needs me, by my roles, and nothing else."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from triplehelix.doors.web import need_todo
from triplehelix.doors.web.requests import Request
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import access as contracts
from triplehelix.market.contracts import finds as sales
from triplehelix.market.equity import finds as equity
from triplehelix.market.exchange import finds as exchange
from triplehelix.market.exchange.access import OFFICES
from triplehelix.market.experts import access as expert_access
from triplehelix.market.experts import asked
from triplehelix.market.experts import finds as experts
from triplehelix.market.finance import finds as finance
from triplehelix.market.finance.access import desk_in, is_city
from triplehelix.market.finance.actions.institutions import TYPE as INSTITUTION
from triplehelix.market.introductions import finds as introductions
from triplehelix.market.introductions.access import MANAGING
from triplehelix.market.listings import finds
from triplehelix.market.listings.access import relations
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.feedback.access import READERS
from triplehelix.procedure.cases import waiting
from triplehelix.procedure.openings import finds as openings
from triplehelix.procedure.openings.models import Opening
from triplehelix.procedure.panels import finds as panels
from triplehelix.records.parties import finds as parties
from triplehelix.records.parties.access import READS_OFFICES, audiences, is_officer
from triplehelix.records.parties.models import Person

SHOWN = 10
#: Who has papers of the offices to look into: settings of terms, the fund.
DESKS = frozenset({"role:city_officer", "finance", "auditor"})
KINDS: dict[str, type[Listing]] = {"needs": Need, "achievements": Achievement}


@require_GET
def todo(request: Request) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    groups = audiences(request.user, today)
    own = list(parties.organisations_of(request.user, today))
    context = {
        "sections": [*_own_work(request, now, own), *_officers_work(request, now)],
        "organisations": own,
        "writes": any(one.type != INSTITUTION for one in own),
        "lends": desk_in([one.pk for one in own], today).exists(),
        "offices": list(parties.offices_of(request.user, today)),
        "claims": parties.claims(groups)[:SHOWN] if _is_officer(groups) else [],
        "unconfirmed": parties.unconfirmed(groups)[:SHOWN] if _is_officer(groups) else [],
        "is_officer": _is_officer(groups),
        "keeps_organisations": is_officer(groups),
        "has_desk": bool(DESKS & groups),
        "reads_models": bool(READERS & groups),
        "reads_offices": bool(READS_OFFICES & groups),
        "audits": "auditor" in groups,
        "keeps_exchange": bool(OFFICES & groups),
        "conflicts": exchange.conflicts().filter(decision="").count() if OFFICES & groups else 0,
        "needs_work": need_todo.work(request.user, today),
        "finance": _finance(request, today),
        "cases": waiting.for_account(request.user, today)[:SHOWN],
        "my_works": _my_works(request),
        "person_claims": parties.person_claims(groups).count() if is_officer(groups) else 0,
        "unregistered": parties.unregistered(own).count() if own else 0,
        **_experts_work(groups),
        "sales": contracts.as_shown(sales.waiting_for(request.user, today)[:SHOWN], request.user, today),
        "openings": _openings(request, today, groups),
        "introductions": _introductions(request, today, groups),
        "may_manage": bool(MANAGING & groups),
        "reviews": panels.open_seats(request.user).count(),
    }
    return render(request, "web/todo.html", context)


def _openings(request: Request, today: Any, groups: frozenset[str]) -> list[Opening]:
    """Openings that wait for the firm or for a round; an auditor only reads them."""
    if groups & frozenset({"auditor"}):
        return []
    return list(openings.shown_to(request.user, today).filter(state__in=("waiting", "doubtful"))[:SHOWN])


def _my_works(request: Request) -> int:
    """How many works the person behind the account is asked about."""
    person = Person.objects.filter(account=request.user).first()
    return asked.waiting(person) if person is not None else 0


def _experts_work(groups: frozenset[str]) -> dict[str, Any]:
    """What waits at the desk of experts."""
    if not groups & expert_access.DESK_OFFICES:
        return {"same_people": 0, "stuck_harvests": []}
    stuck = list(experts.harvests().filter(state="failed")[:SHOWN])
    return {"same_people": experts.open_proposals().count(), "stuck_harvests": stuck}


def _finance(request: Request, today: Any) -> list[dict[str, Any]]:
    """Finance: cases in which it is my turn, deals to confirm, proofs the city has to look up."""
    found = [
        _line("web:finance-case", one, one.number, str(one.institution), one.due_on)
        for one in finance.waiting_for(request.user, today)[:SHOWN]
    ]
    found += [
        _line("web:equity-deal", one, _("确认投资：%(fund)s") % {"fund": one.fund}, one.number)
        for one in equity.deals_to_confirm(request.user, today)[:SHOWN]
    ]
    if is_city(request.user, today) and (n := finance.unconfirmed().count()):
        url, title = reverse("web:finance-qualifications"), _("待核实的入库编号、科融信")
        found.append({"url": url, "title": title, "note": str(n), "of": None, "due": None})
    return found


def _line(name: str, of: Any, title: str, note: str, due: Any = None) -> dict[str, Any]:
    return {"url": reverse(name, args=[of.pk]), "title": title, "note": note, "of": of, "due": due}


def _introductions(request: Request, today: Any, groups: frozenset[str]) -> list[dict[str, Any]]:
    """Introductions that wait for me: to be answered, with new terms, to be looked after."""
    name = "web:introduction"
    found = [
        _line(name, one, str(one), _("请答复"), one.answer_by)
        for one in introductions.to_answer(request.user, today, groups)[:SHOWN]
    ]
    found += [
        _line("web:introduction-room", one, str(one), _("对方提出了新的条款"))
        for one in introductions.terms_to_answer(request.user, today, groups)[:SHOWN]
    ]
    return found + [
        _line(name, one, str(one), _("请您办理")) for one in introductions.to_agree(request.user, today)[:SHOWN]
    ]


def _is_officer(groups: frozenset[str]) -> bool:
    return "city" in groups or any(group.startswith("unit:") for group in groups)


def _section(kind: str, title: str, rows: Any, *, deadline: bool = False) -> dict[str, Any]:
    return {"kind": kind, "title": title, "rows": rows, "deadline": deadline}


def _own_work(request: Request, now: Any, own: list[Any]) -> list[dict[str, Any]]:
    if not own:
        return []
    found: list[dict[str, Any]] = []
    for kind, model in KINDS.items():
        rows = model._default_manager.select_related("organisation").filter(organisation__in=own)
        drafts, ended = rows.filter(state="draft")[:SHOWN], rows.filter(state="expired")[:SHOWN]
        ending = finds.about_to_run_out(model, now).filter(organisation__in=own).select_related("organisation")
        names = {"needs": _("需求"), "achievements": _("成果")}[kind]
        found += [
            _section(kind, _("%(what)s草稿，还没有发布") % {"what": names}, drafts),
            _section(kind, _("%(what)s快到期，请再次确认") % {"what": names}, ending[:SHOWN], deadline=True),
            _section(kind, _("%(what)s已过期") % {"what": names}, ended),
        ]
    return [section for section in found if section["rows"]]


def _officers_work(request: Request, now: Any) -> list[dict[str, Any]]:
    found = []
    held = relations(request.user, now)
    for kind, model in KINDS.items():
        waiting = model._default_manager.select_related("organisation").filter(
            held["unit"] | held["city"], state="submitted"
        )
        if rows := waiting.order_by("changed_at", "pk")[:SHOWN]:
            title = {"needs": _("待核对的需求"), "achievements": _("待核对的成果")}[kind]
            found.append(_section(kind, title, rows))
    return found
