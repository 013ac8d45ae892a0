"""What is handed in with a case: the papers of the application, and the proofs of its milestones."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import allowed, handed
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import access, actions, anonymous, handed_before, papers
from triplehelix.procedure.cases.models import Case
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: Parts of a blind copy, and what may be found in them that gives the applicant away.
PARTS = {"title": gettext_lazy("题目"), "summary": gettext_lazy("内容"), "paper": gettext_lazy("活页")}
KINDS = {
    "unit": gettext_lazy("单位名称"), "person": gettext_lazy("人员姓名"), "phone": gettext_lazy("电话"),
    "email": gettext_lazy("电子邮箱"), "uscc": gettext_lazy("统一社会信用代码"), "project": gettext_lazy("项目编号"),
    "resident": gettext_lazy("身份证号"), "web": gettext_lazy("网址"), "patent": gettext_lazy("专利号"),
    "account": gettext_lazy("微信、QQ 号"),
}  # fmt: skip
#: Places of one part that are listed; whoever has more of them has to read it all again.
MOST_SHOWN = 50


def _written(request: Request, pk: int) -> Case:
    """The case, for those who fill it in; 404 for everybody else."""
    case = allowed.case(request.user, pk)
    if not access.writes(case, _held(request, case)):
        raise Http404
    return case


@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """Hand in a file under a name, one that was handed in before, or say where the original is."""
    case, name, problem = _written(request, pk), request.POST.get("name", "")[:80], ""
    try:
        with transaction.atomic():
            actions.add_paper(
                case=case, name=name, file=_file(request, case, name), said=request.POST.get("said", ""),
                actor=request.user, now=timezone.now(),
            )  # fmt: skip
    except Invalid as why:
        problem = "；".join(why.errors.values())
    except (Refused, Unacceptable) as why:
        problem = str(why)
    return _answered(request, case, name, problem, _("材料已交"))


def _file(request: Request, case: Case, name: str) -> File | None:
    """What is sent, or else what was chosen of what was handed in before."""
    upload, before = request.FILES.get("file"), whole(request.POST.get("again", ""))
    if upload is None:
        today = timezone.localdate()
        return None if before is None else handed_before.again(case, name, before, request.user, today)
    if before is not None:
        raise handed_before.either()
    return actions.keep_paper(
        case=case, content=upload.read(), name=upload.name or "", actor=request.user, now=timezone.now()
    )


@require_POST
def take_back(request: Request, pk: int, paper: int) -> HttpResponse:
    """It does not count any more."""
    case, problem = _written(request, pk), ""
    found = get_object_or_404(case.papers, pk=paper)
    try:
        actions.take_back_paper(paper=found, actor=request.user, now=timezone.now())
    except Refused as why:
        problem = str(why)
    return _answered(request, case, found.name, problem, _("材料已撤下"))


def _answered(request: Request, case: Case, name: str, problem: str, done: str) -> HttpResponse:
    """The list as it is now, in its place or on the page; what was wrong stands at the paper it was about."""
    if request.htmx:
        context = shown(request, case)
        at = name if any(one.asked.name == name for one, _before in context["papers"]) else ""
        context |= {"at": at, "problem": problem, "done": "" if problem else done}
        return render(request, "web/components/case_papers.html", context)
    if problem:
        messages.error(request, f"{name}：{problem}")
    else:
        messages.success(request, done)
    return redirect("web:case-edit" if access.may_write(case, _held(request, case)) else "web:case", case.pk)


def shown(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the list of papers needs (components/case_papers.html), where they may be handed in."""
    held = _held(request, case)
    context = listed(case, held)
    if not access.may_write(case, held):
        return context
    there = (row for one, _before in context["papers"] for row in one.rows)
    before = handed_before.offered(case, there, request.user, timezone.localdate())  # type: ignore[arg-type]
    rows = [(one, before.get(one.asked.name, ())) for one, _before in context["papers"]]
    return context | {"papers": rows, "may_hand_in": True}


def listed(case: Case, held: Iterable[str]) -> dict[str, Any]:
    """The same, to be read only, for these relations."""
    found = [(one, ()) for one in papers.shown(case, held)]
    return {"case": case, "papers": found, "may_hand_in": False, "may_read_copy": anonymous.may_read(case, held)}


def _held(request: HttpRequest, case: Case) -> frozenset[str]:
    return case.relations_of(request.user, timezone.now())  # type: ignore[arg-type]  # nobody unknown gets here


@require_safe
def blind_copy(request: Request, pk: int) -> HttpResponse:
    """What experts will read of it, for those who may see what that comes from."""
    case = allowed.case(request.user, pk)
    if not anonymous.may_read(case, _held(request, case)):
        raise Http404
    copy = anonymous.copy(case)
    leaks = [
        (PARTS[part], [(one, KINDS[one.kind]) for one in rows[:MOST_SHOWN]], len(rows))
        for part, rows in copy.leaks.items()
    ]
    return render(request, "web/case_anonymous.html", {"case": case, "copy": copy, "leaks": leaks})


@require_safe
def paper(request: Request, pk: int, paper: int) -> HttpResponse:
    """A file of the application, for those who may see what it proves."""
    case = allowed.case(request.user, pk)
    rows = (row for one in papers.shown(case, _held(request, case)) for row in one.rows)
    return _given(next((row.file for row in rows if row.pk == paper), None))


@require_safe
def proof(request: Request, pk: int, seq: int) -> HttpResponse:
    """The file that proves a milestone, for those who handle the case."""
    case = allowed.case(request.user, pk)
    return _given(get_object_or_404(case.milestones.select_related("proof_file"), seq=seq).proof_file)


def _given(file: File | None) -> HttpResponse:
    if file is None:
        raise Http404
    return handed.paper(file)
