"""The register of ties that bar experts: the city's officers enter, the auditor reads."""

from typing import Any

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
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Tie

PER_PAGE = 20
#: What a line of the register shows of both ends.
ENDS = ("person__home", "other_person__home", "unit", "other_unit")


class TieForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("关系"))
    one = forms.CharField(
        label=gettext_lazy("甲方"),
        max_length=120,
        help_text=gettext_lazy("姓名；重名的写“姓名/单位全称”；控制关系写母公司"),
    )
    other = forms.CharField(
        label=gettext_lazy("乙方"), max_length=120, help_text=gettext_lazy("姓名，或单位全称、统一社会信用代码")
    )
    since = day_field(gettext_lazy("自"))
    until = day_field(gettext_lazy("至"))
    about = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    source = forms.CharField(label=gettext_lazy("来源"), max_length=120)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["until"].required = False
        chooser = self.fields["kind"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(code, ties.named(code)) for code in ties.KINDS]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Every tie recorded, and a form for another."""
    may_enter = desk.keeps_register(request)
    form = TieForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            ties.record_tie(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记"))
            return redirect("web:ties")
    page = Paginator(Tie.objects.select_related(*ENDS), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form if may_enter else None,
        "page": page,
        "lines": [(row, ties.named(row.kind)) for row in page],
    }
    return render(request, "web/tie_list.html", context, status=form.status)


class VoidForm(Form):
    why = forms.CharField(
        label=gettext_lazy("依据和原因"), max_length=200,
        help_text=gettext_lazy("写明错在哪里；期间写错的，作废后重新登记"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: Request, pk: int) -> HttpResponse:
    """Void one that was recorded wrongly, with the reason."""
    if not desk.keeps_register(request):
        raise Http404
    row = get_object_or_404(Tie.objects.select_related(*ENDS), pk=pk)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            ties.void_tie(tie=row, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已作废"))
            return redirect("web:ties")
    context = {"row": row, "name": ties.named(row.kind), "form": form}
    return render(request, "web/tie_void.html", context, status=form.status)
