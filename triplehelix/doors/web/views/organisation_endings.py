"""合并、换发代码、注销: officers enter how an organisation ended, and take back what was entered wrongly."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web.asking import Form, wanted
from triplehelix.doors.web.parts import choice_field, day_field, text_field
from triplehelix.doors.web.requests import Request
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Refused


class EndForm(Form):
    """How it ended, and who goes on."""

    ending = choice_field(gettext_lazy("怎样终止"), Organisation.ENDINGS)
    successor = forms.CharField(
        label=gettext_lazy("承继单位"), max_length=120, required=False,
        help_text=gettext_lazy("统一社会信用代码或全称；须已登记、核实。换发代码的，先用新代码登记单位"),
    )  # fmt: skip
    on = day_field(gettext_lazy("终止日期"), help=gettext_lazy("登记机关准予注销或变更的那一天"))
    document = forms.CharField(
        label=gettext_lazy("依据"), max_length=80, help_text=gettext_lazy("例如：准予注销登记通知书、合并公告和文号")
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        wanted(self.fields["successor"], _("合并、换发代码的必填"))

    def clean_successor(self) -> Organisation | None:
        said = self.cleaned_data["successor"].strip()
        try:
            return finds.organisation_called(said) if said else None
        except Refused as why:
            raise forms.ValidationError(str(why)) from None


class UndoForm(Form):
    why = text_field(gettext_lazy("事由"), most=200, help=gettext_lazy("例如：登记错了单位；双方的经办人会收到"))


def _managed(request: Request, pk: int, *, ended: bool) -> Organisation:
    """An organisation whose officer the viewer is; 404 for any other, and for one that is not as the page is about."""
    found = get_object_or_404(Organisation.objects.select_related("successor", "heir"), pk=pk)
    if "officer" not in access.relations(request.user, found, timezone.localdate()) or bool(found.ending) != ended:
        raise Http404
    return found


def _page(
    request: Request, organisation: Organisation, form: Form, act: Callable[..., Organisation], said: str
) -> HttpResponse:
    """The form, or what came of it: `act` done and `said`, or what is wrong, with what was typed."""
    if form.is_valid():
        with form.blaming():
            act(organisation=organisation, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, said)
            return redirect("web:organisation", organisation.pk)
    return render(
        request, "web/organisation_end.html", {"form": form, "organisation": organisation}, status=form.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """It is no more from a day on."""
    organisation = _managed(request, pk, ended=False)
    form = EndForm(request.POST if request.method == "POST" else None)
    said = _("已登记终止：%(name)s") % {"name": organisation.name}
    return _page(request, organisation, form, actions.end_organisation, said)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Request, pk: int) -> HttpResponse:
    """What was entered of its end was wrong."""
    organisation = _managed(request, pk, ended=True)
    form = UndoForm(request.POST if request.method == "POST" else None)
    said = _("已撤销终止登记：%(name)s") % {"name": organisation.name}
    return _page(request, organisation, form, actions.undo_ending, said)
