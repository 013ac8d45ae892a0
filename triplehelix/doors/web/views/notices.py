"""Public notices: what is to be supported, for how long, and the objections anybody may make."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.web import desk
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.doors.web.words import money
from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.days import answer_days, notice_days
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.documents import official
from triplehelix.procedure.notices import actions
from triplehelix.procedure.notices.models import Notice, NoticeItem

PER_PAGE = 20
MOST_CHOSEN = 2000


class NoticeForm(Form):
    number = forms.CharField(
        label=gettext_lazy("文号"), max_length=60, help_text=gettext_lazy("例如：澄科公示〔2026〕5号")
    )
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    days = forms.IntegerField(label=gettext_lazy("公示期（工作日）"), initial=notice_days, min_value=1, max_value=30)
    objections_to = forms.CharField(
        label=gettext_lazy("异议受理"), max_length=200, help_text=gettext_lazy("部门、地址、电话")
    )
    cases = forms.MultipleChoiceField(
        label=gettext_lazy("要公示的办件"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请选择要公示的办件")},
    )  # fmt: skip


class ObjectionForm(Form):
    name = forms.CharField(label=gettext_lazy("真实姓名或单位全称"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("联系电话"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    text = forms.CharField(
        label=gettext_lazy("异议的事实和依据"), max_length=3000, widget=forms.Textarea(attrs={"rows": 6})
    )


class ExtendForm(Form):
    down_from = forms.DateTimeField(
        label=gettext_lazy("停机自"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    down_to = forms.DateTimeField(
        label=gettext_lazy("停机至"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    why = forms.CharField(label=gettext_lazy("停机原因"), max_length=200)


def _is_clerk(request: Request) -> bool:
    account = account_of(request)
    return account is not None and access.is_clerk(account, timezone.localdate())


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """The notice board."""
    page = Paginator(Notice.objects.prefetch_related("items"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "today": timezone.localdate(), "is_clerk": _is_clerk(request)}
    return render(request, "web/notice_list.html", context)


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Notice, pk=pk), ExtendForm())


def _page(request: Request, notice: Notice, extend: forms.Form, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "notice": notice,
        "items": list(notice.items.select_related("case")),
        "running": notice.is_running(today),
        "is_clerk": _is_clerk(request),
        "extend": extend,
    }
    return render(request, "web/notice.html", context, status=status)


@login_not_required
@require_safe
def document(request: Request, pk: int) -> HttpResponse:
    """The notice as a Word document."""
    return handed.document(official.of_notice(get_object_or_404(Notice, pk=pk)))


def _waiting() -> Any:
    return Case.objects.filter(state="noticing").select_related("organisation").order_by("award_code", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Publish a notice of decided cases (the city's officers)."""
    desk.clerk(request)
    waiting = {str(case.pk): case for case in _waiting()[:MOST_CHOSEN]}
    start = {"cases": list(waiting)} if request.method != "POST" else None
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=start)
    chooser = form.fields["cases"]
    assert isinstance(chooser, forms.MultipleChoiceField)
    chooser.choices = [(key, _line(case)) for key, case in waiting.items()]
    if form.is_valid():
        said = dict(form.cleaned_data)
        chosen = [waiting[key] for key in said.pop("cases")]
        with form.blaming():
            notice = actions.publish(cases=chosen, actor=request.user, now=timezone.now(), **said)
            messages.success(request, _("已公示，到 %(day)s 为止") % {"day": notice.last})
            return redirect("web:notice", notice.pk)
    context = {"form": form, "any": bool(waiting)}
    return render(request, "web/notice_form.html", context, status=form.status)


def _line(case: Case) -> str:
    amount = _("待定") if case.granted_fen is None else money(case.granted_fen)
    return f"{case.number} {case.organisation.name} {case.title} {amount}"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """Object to one item: real name, in writing, inside the notice."""
    item = get_object_or_404(NoticeItem.objects.select_related("notice", "case"), pk=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.object_to(item=item, now=timezone.now(), **form.cleaned_data)
            then = _("这一项已暂停公示。经办人会按您留下的电话联系您。")
            context = {"objection": made, "what": f"{item.name} {item.matter}", "then": then}
            return render(request, "web/objection_done.html", context)
    open_now = item.notice.is_running(timezone.localdate()) and not item.is_over
    context = {"item": item, "form": form, "open": open_now, "answer_days": answer_days()}
    return render(request, "web/objection.html", context, status=form.status)


@require_POST
def extend(request: Request, pk: int) -> HttpResponse:
    """Make a notice longer after a downtime of more than a day."""
    desk.clerk(request)
    notice = get_object_or_404(Notice, pk=pk)
    form = ExtendForm(request.POST)
    if form.is_valid():
        with form.blaming():
            longer = actions.extend(notice=notice, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("公示延长到 %(day)s") % {"day": longer.last})
            return redirect("web:notice", pk)
    return _page(request, notice, form, form.status)
