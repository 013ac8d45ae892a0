"""Cases: the queue of an office, the list of a firm, one case with everything that may be done with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web import acts, exports, kept, sure
from triplehelix.doors.web.act_forms import said
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request, searched
from triplehelix.doors.web.steps import stepped
from triplehelix.doors.web.views import case_papers
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import Sheet
from triplehelix.foundation.workflow import Step
from triplehelix.fund.models import Payment
from triplehelix.procedure.cases import (
    access,
    commitment,
    days,
    eligibility,
    history,
    judge,
    lanes,
    law,
    pay,
    pay_guards,
    waiting,
)
from triplehelix.procedure.cases import acts as case_acts
from triplehelix.procedure.cases import kept as past_decisions
from triplehelix.procedure.cases.actions.applying import ACCOUNT_IN
from triplehelix.procedure.cases.actions.rejudging import REJUDGED_IN
from triplehelix.procedure.cases.flow import BY_ACT, DEMANDED_FROM, REVOKED_FROM, flow_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import DEMANDED
from triplehelix.procedure.documents import official
from triplehelix.procedure.openings import finds as openings
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.amounts import exact
from triplehelix.records.steps.actions import offered

PER_PAGE = 20
#: The word in the address, and what it is called.
VIEWS = {"mine": gettext_lazy("轮到我办"), "late": gettext_lazy("超过办理期限")}
LETTERS = {"decision": gettext_lazy("决定书"), "agreement": gettext_lazy("任务书"), "payment": gettext_lazy("拨款通知")}


def _rows(request: Request) -> Any:
    seen = access.visible(Case.objects.all(), request.user, timezone.localdate())
    return seen.select_related("organisation", "round")


def _filtered(request: Request, rows: Any) -> tuple[Any, dict[str, str]]:
    """The rows as the address narrows them; what is not known is ignored."""
    chosen = {}
    award, lane, state = (request.GET.get(key, "") for key in ("award", "lane", "state"))
    if award in {one.code for one in pack().awards}:
        chosen["award"], rows = award, rows.filter(award_code=award)
    if lane in lanes.NAMES:
        chosen["lane"], rows = lane, rows.filter(lane=lane)
    if state and state.isidentifier():
        chosen["state"], rows = state, rows.filter(state=state)
    if (number := whole(request.GET.get("round", ""))) is not None:
        chosen["round"], rows = str(number), rows.filter(round=number)
    if words := searched(request):
        chosen["q"] = words
        rows = rows.filter(
            Q(title__icontains=words) | Q(organisation__name__icontains=words) | Q(number__icontains=words)
        )
    view, today = request.GET.get("view", ""), timezone.localdate()
    if view == "mine":
        rows = waiting.narrowed(rows, request.user, today)
    elif view == "late":
        rows = waiting.most_urgent(rows.filter(due_on__lt=today))
    return rows, chosen | ({"view": view} if view in VIEWS else {})


@require_safe
def index(request: Request) -> HttpResponse:
    """Every case I may see, filtered by what the address says."""
    rows, chosen = _filtered(request, _rows(request))
    states = _states(_rows(request))
    today = timezone.localdate()
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "states": states,
        "awards": [(award.code, award.name) for award in pack().awards],
        "lanes": list(lanes.NAMES.items()),
        "late": _rows(request).filter(due_on__lt=today).count(),
        "view": chosen.get("view", ""),
        "views": list(VIEWS.items()),
        "is_clerk": access.is_clerk(request.user, today),
    }
    return render(request, "web/case_list.html", context)


def _states(rows: Any) -> list[tuple[str, Any]]:
    """The states that occur, with their names, in the order of the procedure."""
    occur = set(rows.order_by().values_list("state", flat=True).distinct())
    return [(code, label) for code, label in all_states().items() if code in occur]


def all_states() -> dict[str, Any]:
    """Every state of every workflow of the pack, by code."""
    flows = [flow_of(lane, award.parts) for award in pack().awards for lane in award.lanes]
    return {state.code: state.label for flow in flows for state in flow.states}


@require_safe
def export(request: Request) -> HttpResponse:
    """The list as it is filtered now, as a workbook."""
    rows, _chosen = _filtered(request, _rows(request))
    return exports.workbook(
        request, rows, lambda rows: [_sheet(rows)], _("办件"), back=exports.address(request, reverse("web:cases"))
    )


def _sheet(rows: Any) -> Sheet:
    names = all_states()
    headings = ["编号", "事项", "单位", "统一社会信用代码", "题目", "状态", "办理期限", "支持金额（元）"]
    lines = (
        (
            one.number, one.award.name, one.organisation.name, one.organisation.uscc, one.title, str(names[one.state]),
            one.due_on, None if one.granted_fen is None or one.state == "withdrawn" else Fen(one.granted_fen),
        )
        for one in rows.iterator(chunk_size=exports.CHUNK)
    )  # fmt: skip
    return Sheet(_("办件"), headings, lines)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return page(request, allowed.case(request.user, pk))


def page(
    request: Request, case: Case, *, step_form: StepForm | None = None, failed: tuple[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """One case. `failed` is the act whose form came back, with the form."""
    now = timezone.now()
    relations = case.relations_of(request.user, now)
    can_see = relations & {"clerk", "finance", "auditor", "applicant", "county"}
    payments = pay.payments_of(case) if can_see else []
    steps = _steps(request, case, payments, now)
    promises = any(step.code == commitment.STEP for step in steps)
    context = {
        "relations": relations,
        "award": case.award,
        "lane": lanes.NAMES[case.lane],  # type: ignore[index]
        "facts": _facts(case, relations),
        **case_papers.listed(case, relations),
        "steps": steps,
        "sure": sure.of_case(case, steps),
        "quiet": {step.code for step in steps} if case.state == "noticing" else (),  # the notice comes first
        "promise": commitment.current(timezone.localdate(now)) if promises else None,
        "promised": commitment.made(case) if can_see and case.consented_at else None,
        "step_form": step_form or StepForm(),
        "acts": _forms(case, relations, failed),
        "findings": eligibility.to_look_at(case, now) if "clerk" in relations else [],
        "ways_out": _ways_out(case),
        "milestones": list(case.milestones.select_related("proof_file")),
        "payments": payments,
        **(_for_its_people(case) if can_see else {"demanded": "", "account_bound": "", "earlier_decisions": []}),
        "notices": list(case.notice_items.select_related("notice").order_by("pk")),
        "objections": list(case.objections.order_by("pk")) if relations & {"clerk", "auditor"} else [],
        "law_changed": law.changed(case) if "clerk" in relations and case.state in REJUDGED_IN else "",
        "paid_by": days.paid_by(case) if can_see else None,
        "letters": [(kind, LETTERS[kind]) for kind in official.offered(case, relations)],
        "is_decided": case.state in official.DECIDED_IN,
        "history": history.of_case(case),
        "opening": openings.shown_to(request.user, timezone.localdate(now)).filter(case=case).first(),
        "can_write": access.may_write(case, relations),
        "writer": kept.writer(request),
    }
    return render(request, "web/case.html", context, status=status)


def _for_its_people(case: Case) -> dict[str, Any]:
    """What neither the public nor an expert is told."""
    return {
        "demanded": _demanded(case),
        "account_bound": pay.account_bound(case) if case.state in ACCOUNT_IN else "",
        "earlier_decisions": past_decisions.earlier_decisions(case),
    }


def _demanded(case: Case) -> str:
    """What is demanded back, and how much of it the treasury has."""
    if case.state not in DEMANDED:
        return ""
    said = {"amount": exact(case.demanded_fen), "back": exact(pay.refunded(case))}
    return _("追回 %(amount)s，已缴回国库 %(back)s") % said


def _forms(case: Case, relations: frozenset[str], failed: tuple[str, Any] | None) -> list[tuple[case_acts.Act, Any]]:
    """Every act that is offered with its form, or with the one that came back."""
    forms = []
    for act in case_acts.offered(case, relations):
        form = (
            failed[1] if failed is not None and failed[0] == act.code else acts.FORMS[act.code].made(case, None, None)
        )
        # Several forms stand on one page: each has ids of its own.
        form.auto_id = f"id_{act.code}_%s"
        forms.append((act, form))
    return forms


def _ways_out(case: Case) -> str:
    """How a case ends whose ground is gone, by where its money is."""
    if case.state in REVOKED_FROM:
        return str(pay_guards.nothing_left(case, None, timezone.now()) or _("没有拨付的，请写明理由后“撤销支持决定”。"))
    return _("已拨付的，请“追回资金”。") if case.state in DEMANDED_FROM else ""


def _steps(request: Request, case: Case, payments: Sequence[Payment], now: datetime) -> list[Step]:
    """The steps with a button of their own; an order is taken back only where the bank has not got it."""
    idle = BY_ACT if any(one.state == "ordered" for one in payments) else {*BY_ACT, "recall"}
    return [step for step in offered(case=case, actor=request.user, now=now) if step.code not in idle]


def _facts(case: Case, held: frozenset[str]) -> list[dict[str, Any]]:
    """Each fact the viewer may see, with what is said, who has confirmed it, and what proves it."""
    given, hidden = judge.given(case), {fact.key for fact in access.hidden_facts(case, held)}
    return [
        {
            "fact": fact,
            "said": said(fact, given[fact.key]) if fact.key in given else "",
            "confirmed": case.confirmed.get(fact.key),
        }
        for fact in case.award.facts
        if fact.key not in hidden
    ]


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Take one step, or say at the same page why not."""
    case = allowed.case(request.user, pk)
    form = StepForm(request.POST)
    if step == commitment.STEP and not _has_read(request, case):
        form.add_error(None, _("请先阅读承诺书再确认：页面上是现行的文本"))
    elif stepped(request, case, step, form, own=BY_ACT):
        return redirect("web:case", pk)
    return page(request, allowed.case(request.user, pk), step_form=form, status=409)


def _has_read(request: Request, case: Case) -> bool:
    """Nobody promises what was not shown: the page names the version of the text beside its button."""
    asked = case.state == "confirming"
    return not asked or request.POST.get("promise") == commitment.current(timezone.localdate()).version


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """Do one act, or say at its fields what is wrong."""
    case = allowed.case(request.user, pk)
    known = case_acts.ACTS.get(act)
    relations = case.relations_of(request.user, timezone.now())
    if known is None or known.relation not in relations:
        raise Http404
    if not known.may(case):
        messages.warning(request, _("这一件已经往前走了，请看最新情况"))
        return redirect("web:case", pk)
    form = acts.FORMS[act].made(case, request.POST, request.FILES)
    form.auto_id = f"id_{act}_%s"  # before anything is wrong: a message is found by the id of its field
    seen = request.POST.get("seen_version", "")
    if form.is_valid():
        with form.blaming():
            told = acts.run(known, request, case, form, whole(seen) or 0)
            messages.success(request, told)
            return redirect("web:case", pk)
    return page(request, allowed.case(request.user, pk), failed=(act, form), status=form.status)
