"""The register of who may not apply, and by which document: the city's officers enter, the auditor reads."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web import desk
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import day_field
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import actions
from triplehelix.procedure.cases.models import Barred

PER_PAGE = 20


class BarForm(Form):
    who = forms.CharField(
        label=gettext_lazy("单位或个人"),
        max_length=120,
        help_text=gettext_lazy("单位写全称或统一社会信用代码；个人写姓名，重名的写“姓名/单位全称”"),
    )
    since = day_field(gettext_lazy("自"))
    until = day_field(gettext_lazy("至"))
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)
    document = forms.CharField(
        label=gettext_lazy("依据文件"), max_length=80, help_text=gettext_lazy("失信认定或处理决定的文号")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Everybody barred, and a form for another."""
    may_enter = desk.keeps_register(request)
    form = BarForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.bar(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记"))
            return redirect("web:barred")
    rows = Barred.objects.select_related("organisation", "person__home")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form if may_enter else None, "page": page, "today": timezone.localdate()}
    return render(request, "web/barred_list.html", context, status=form.status)


class LiftForm(Form):
    why = forms.CharField(
        label=gettext_lazy("依据和原因"), max_length=200,
        help_text=gettext_lazy("例如：信用修复决定的文号；登记错的，写明错在哪里。被限制的一方会收到"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: Request, pk: int) -> HttpResponse:
    """Lift one before its day, with the reason."""
    if not desk.keeps_register(request):
        raise Http404
    row = get_object_or_404(Barred.objects.select_related("organisation", "person__home"), pk=pk)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.lift_bar(barred=row, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已解除"))
            return redirect("web:barred")
    return render(request, "web/barred_lift.html", {"row": row, "form": form}, status=form.status)
