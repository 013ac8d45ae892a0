"""一事一议: a case the city's own office opens for an organisation."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web import desk
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.organisations import LONGEST, organisation_of
from triplehelix.doors.web.requests import Request
from triplehelix.procedure.cases import actions
from triplehelix.procedure.terms.finds import pack


class OpenForm(Form):
    award = forms.ChoiceField(label=gettext_lazy("事项"))
    uscc = forms.CharField(label=gettext_lazy("单位全称，或统一社会信用代码"), max_length=LONGEST)
    title = forms.CharField(label=gettext_lazy("题目"), max_length=120)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        chooser = self.fields["award"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(one.code, one.name) for one in pack().awards if "by_decision" in one.lanes]

    def clean_uscc(self) -> str:
        self.organisation = organisation_of(self.cleaned_data["uscc"])
        return self.organisation.uscc


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Open a case; facts and milestones follow on its pages."""
    desk.clerk(request)
    now = timezone.now()
    form = OpenForm(request.POST if request.method == "POST" else None, initial={"year": timezone.localdate(now).year})
    if form.is_valid():
        said = form.cleaned_data
        with form.blaming():
            case = actions.open_by_decision(
                award_code=said["award"], year=said["year"], organisation=form.organisation, title=said["title"],
                actor=request.user, now=now,
            )  # fmt: skip
            return redirect("web:case-edit", case.pk)
    return render(request, "web/case_open.html", {"form": form}, status=form.status)
