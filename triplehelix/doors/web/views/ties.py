"""The register of ties that bar experts: the city's officers enter, the auditor reads."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web import desk
from triplehelix.doors.web.act_forms import day_field
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.panels import ties
from triplehelix.procedure.panels.models import Tie
from triplehelix.records.parties.rules import Invalid

PER_PAGE = 20


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
    if request.method == "POST" and form.is_valid():
        try:
            ties.record_tie(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except Invalid as why:
            form.blame(why)
        else:
            messages.success(request, _("已登记"))
            return redirect("web:ties")
    rows = Tie.objects.select_related("person__home", "other_person__home", "unit", "other_unit", "recorded_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form if may_enter else None,
        "page": page,
        "lines": [(row, ties.named(row.kind)) for row in page],
    }
    return render(request, "web/tie_list.html", context, status=422 if form.errors else 200)
