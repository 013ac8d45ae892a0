"""Rounds: the public calls, applying with autosave, and the desk of a round: candidates, shares, cases."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.handed import XLSX, attachment
from triplehelix.doors.web import desk
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.organisations import sent_for
from triplehelix.doors.web.parts import MoneyForm, day_field
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.doors.web.views.cases import all_states
from triplehelix.doors.web.words import in_list
from triplehelix.foundation.money import Fen
from triplehelix.foundation.sheet import template
from triplehelix.fund.access import READERS, relations
from triplehelix.procedure.candidates import columns
from triplehelix.procedure.candidates.landing import upload as candidate_list
from triplehelix.procedure.cases import access, actions, days, lanes, planned
from triplehelix.procedure.cases.models import Round
from triplehelix.procedure.cases.round_history import changes
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.parties.access import audiences, stands_for_firm
from triplehelix.records.parties.finds import organisations_of

PER_PAGE = 30


class ChangeForm(MoneyForm):
    """What may be put right while a round runs."""

    money = ("budget",)

    closes_on = day_field(gettext_lazy("截止日期"))
    budget = forms.CharField(label=gettext_lazy("预算（元）"), max_length=20, required=False)
    contact = forms.CharField(label=gettext_lazy("咨询电话"), max_length=120, required=False)
    about = forms.CharField(
        label=gettext_lazy("说明"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    why = forms.CharField(
        label=gettext_lazy("更正的事由"), max_length=200, help_text=gettext_lazy("和改动一起公开，例如：应企业要求延期")
    )

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """As `actions.change_round` wants it."""
        told = {name: self.cleaned_data[name] for name in ("closes_on", "contact", "about")}
        told["budget_fen"] = self.amounts.get("budget")
        return {"told": told, "why": self.cleaned_data["why"], "seen": self.cleaned_data["seen"]}


class RoundForm(MoneyForm):
    """A new round of an award."""

    money = ("budget",)

    award = forms.ChoiceField(label=gettext_lazy("事项"))
    lane = forms.ChoiceField(label=gettext_lazy("办理方式"))
    title = forms.CharField(label=gettext_lazy("批次名称"), max_length=80)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999)
    opens_on = day_field(gettext_lazy("开始日期"))
    closes_on = day_field(gettext_lazy("截止日期"))
    budget = forms.CharField(label=gettext_lazy("预算（元）"), max_length=20, required=False)
    quota = forms.IntegerField(label=gettext_lazy("每单位限报（项）"), required=False, min_value=1, max_value=999)
    places = forms.IntegerField(label=gettext_lazy("拟支持（项）"), required=False, min_value=1, max_value=9999)
    notice_days = forms.IntegerField(
        label=gettext_lazy("公示期（工作日）"), initial=days.notice_days, min_value=1, max_value=30
    )
    contact = forms.CharField(label=gettext_lazy("咨询电话"), max_length=120, required=False)
    about = forms.CharField(
        label=gettext_lazy("说明"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        awards = pack().awards
        ways = {one.code: in_list(lanes.NAMES[lane] for lane in one.lanes) for one in awards}
        known = {lane for one in awards for lane in one.lanes}
        offered: dict[str, list[tuple[str, Any]]] = {
            # What an award cannot be handled as is seen before it is chosen.
            "award": [(one.code, f"{one.name}（{one.code}） · {ways[one.code]}") for one in awards],
            "lane": [(lane, name) for lane, name in lanes.NAMES.items() if lane in known],
        }
        for name, found in offered.items():
            self.fields[name].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("budget") == "":
            cleaned.pop("budget")
        return super().clean()

    def values(self) -> dict[str, Any]:
        """As `actions.open_round` wants it."""
        data = {key: value for key, value in self.cleaned_data.items() if key not in ("award", "budget")}
        return data | {"award_code": self.cleaned_data["award"], "budget_fen": self.amounts.get("budget")}


class StartForm(Form):
    title = forms.CharField(label=gettext_lazy("项目或事项名称"), max_length=120)


class SheetForm(Form):
    file = forms.FileField(label=gettext_lazy("名单（xlsx、xls 或 csv）"))


def _clerk(request: Request) -> bool:
    account = account_of(request)
    return account is not None and access.is_clerk(account, timezone.localdate())


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """Every round: open ones first, then those to come, then the past."""
    today = timezone.localdate()
    rounds = list(Round.objects.all())
    order = {"open": 0, "coming": 1, "over": 2}
    rows = sorted(((_phase(one, today), one) for one in rounds), key=lambda row: order[row[0]])
    audits = "auditor" in audiences(account_of(request), today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    is_clerk = _clerk(request)
    context = {"page": page, "lanes": lanes.NAMES, "is_clerk": is_clerk, "audits": audits}
    context["planned"] = planned.coming(today) if is_clerk else []
    return render(request, "web/round_list.html", context)


def _phase(round: Round, today: Any) -> str:
    return "open" if round.is_open(today) else "coming" if today < round.opens_on else "over"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, pk: int) -> HttpResponse:
    """One round for everybody; a firm starts its application here, an officer sees how it goes."""
    round = get_object_or_404(Round, pk=pk)
    account = account_of(request)
    today = timezone.localdate()
    own = list(organisations_of(account, today)) if account else []
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if account is None:
            return redirect_to_login(request.get_full_path())
        if not own:
            raise Http404
        if form.is_valid():
            with form.blaming():
                case = actions.start(
                    round=round, organisation=sent_for(request, own), title=form.cleaned_data["title"], actor=account,
                    now=timezone.now(),
                )  # fmt: skip
                return redirect("web:case-edit", case.pk)
    return _page(request, round, form, SheetForm(), own, form.status)


def _page(
    request: Request, round: Round, form: forms.Form, sheet: forms.Form, own: list[Any], status: int
) -> HttpResponse:
    is_clerk, groups = _clerk(request), audiences(account_of(request), timezone.localdate())
    # Each count leads to a list: only of what may be opened there, so no drafts that firms are still writing.
    seen = access.visible(round.cases.all(), account_of(request), timezone.localdate())
    states = seen.order_by().values_list("state").annotate(n=Count("pk")) if is_clerk else []
    names = all_states()
    today = timezone.localdate()
    context = {
        "round": round,
        "award": round.award,
        "lane": lanes.NAMES[round.lane],  # type: ignore[index]
        "phase": _phase(round, today),
        "applies": round.lane in ("ordinary", "quick") and round.is_open(today) and stands_for_firm(groups),
        "form": form,
        "sheet": sheet,
        "organisations": own,
        "organisation": sent_for(request, own) if own else None,
        "is_clerk": is_clerk,
        "may_change": is_clerk and today <= round.closes_on,
        "changes": changes(round),
        "states": [(code, names[code], n) for code, n in states],
        "has_factor": actions.has_factor(round),
        "not_shared": actions.not_shared(round) if is_clerk else "",
        "reads_fund": bool(READERS & relations(account_of(request), timezone.now())),
        "reads_panel": is_clerk or "auditor" in groups,
        "has_review": round.lane == "ordinary" and "review" in round.award.parts,
    }
    return render(request, "web/round.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Open a round (the city's officers); one the policy plans with its days filled in."""
    desk.clerk(request)
    today = timezone.localdate()
    start: dict[str, Any] = {"year": today.year, "opens_on": today}
    plan = planned.of_key(request.GET.get("plan", ""), today)
    if plan is not None:
        start = {name: getattr(plan, name) for name in ("title", "year", "opens_on", "closes_on")}
        start |= {"award": plan.award.code, "lane": plan.award.lanes[0]}
    form = RoundForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        with form.blaming():
            made = actions.open_round(actor=request.user, now=timezone.now(), **form.values())
            messages.success(request, _("批次已发布"))
            return redirect("web:round", made.pk)
    return render(request, "web/round_form.html", {"form": form, "plan": plan}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Put a running round right: a later last day, another budget (the city's officers)."""
    desk.clerk(request)
    round = get_object_or_404(Round, pk=pk)
    start: dict[str, Any] = {"closes_on": round.closes_on, "contact": round.contact, "about": round.about}
    start["seen"] = len(changes(round))
    if round.budget_fen is not None:
        start["budget"] = Fen(round.budget_fen).yuan
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        with form.blaming():
            actions.change_round(round=round, actor=request.user, now=timezone.now(), **form.values())
            messages.success(request, _("已更正"))
            if "budget" in form.changed_data and round.facts:
                messages.warning(request, _("预算有改动，请重新计算分配系数"))
            return redirect("web:round", round.pk)
    return render(request, "web/round_change.html", {"round": round, "form": form}, status=form.status)


def _entitled(request: Request, pk: int) -> Round:
    desk.clerk(request)
    return get_object_or_404(Round, pk=pk, lane="entitled")


@require_safe
def candidate_template(request: Request, pk: int) -> HttpResponse:
    """The sheet to fill in for this round, from the award's declaration."""
    round = _entitled(request, pk)
    content = template(columns.schema_of(round.award, timezone.localdate()), title=round.title)
    return attachment(content, f"{round.title}候选名单模板.xlsx", XLSX)


@require_POST
def candidates(request: Request, pk: int) -> HttpResponse:
    """Upload a list of candidates: checked first, landed when confirmed, as every import."""
    round = _entitled(request, pk)
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        with form.blaming():
            if file.size > settings.UPLOAD_MAX_BYTES:
                raise Unacceptable(
                    "too_large", _("文件最多 %(most)d MB") % {"most": settings.UPLOAD_MAX_BYTES // 2**20}
                )
            case = candidate_list(
                round=round, content=file.read(), name=file.name, account=request.user, now=timezone.now()
            )
            return redirect("web:import", case.pk)
    return _page(request, round, StartForm(), form, [], form.status)


@require_POST
def share(request: Request, pk: int) -> HttpResponse:
    """Spread the round's budget over its cases (Q3)."""
    round = _entitled(request, pk)
    with told(request):
        factor = actions.share_pool(round=round, actor=request.user, now=timezone.now())
        said = _("预算足够，都按全额支持") if factor == 1 else _("预算不足，都按 %(factor)s 支持") % {"factor": factor}
        messages.success(request, said)
    return redirect("web:round", pk)
