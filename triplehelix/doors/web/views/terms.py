"""The settings of terms: what is in force, what is open, and who has set what on which document."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.requests import Request
from triplehelix.policy.settle import from_plain
from triplehelix.policy.terms import Spec
from triplehelix.procedure.terms import actions, finds
from triplehelix.procedure.terms.access import may_settle


class TermForm(Form):
    """A term's value (one field, or one for each row of a table), its first day, its document."""

    since = forms.CharField(label=gettext_lazy("自哪一天起"), widget=forms.DateInput(attrs={"type": "date"}))
    document = forms.CharField(
        label=gettext_lazy("决定文件文号"), max_length=80, help_text=gettext_lazy("例如：澄科字〔2026〕12号")
    )

    def __init__(self, spec: Spec, data: Any = None) -> None:
        super().__init__(data)
        self.spec = spec
        made: dict[str, forms.Field] = {}
        if spec.kind == "table":
            made = {f"value_{n}": _line(name, _("元")) for n, name in enumerate(spec.codes.values())}
        elif spec.kind == "choice":
            made["value"] = forms.ChoiceField(label=spec.label, choices=list(spec.codes.items()))
        elif spec.kind == "day":
            made["value"] = forms.CharField(label=spec.label, widget=forms.DateInput(attrs={"type": "date"}))
        else:
            made["value"] = _line(spec.label, {"money": _("元"), "rate": _("如 30%%") % {}}.get(spec.kind, spec.unit))
        self.fields = made | self.fields
        since = forms.DateField(error_messages={"invalid": _("请写成 2026-01-01 这样的日期")})
        since.label, since.widget = self.fields["since"].label, self.fields["since"].widget
        self.fields["since"] = since

    def value(self) -> Any:
        """As `policy.settle.read_value` wants it."""
        if self.spec.kind == "table":
            return {code: self.cleaned_data[f"value_{n}"] for n, code in enumerate(self.spec.codes)}
        return self.cleaned_data["value"]


def _line(name: str, unit: str) -> forms.CharField:
    label = _("%(label)s（%(unit)s）") % {"label": name, "unit": unit} if unit else name
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


@require_safe
def index(request: Request) -> HttpResponse:
    """Every term that may be set, the open ones first."""
    allowed.terms(request.user)
    today = timezone.localdate()
    context = {"rows": finds.standing(today), "may_settle": may_settle(request.user, today)}
    return render(request, "web/term_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, code: str) -> HttpResponse:
    """Set one term; what was set before stays in the list below."""
    allowed.terms(request.user)
    now = timezone.now()
    spec = finds.pack().terms.get(code)
    if spec is None or not spec.settable or not may_settle(request.user, timezone.localdate(now)):
        raise Http404
    form = TermForm(spec, request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = {"since": form.cleaned_data["since"], "document": form.cleaned_data["document"]}
        with form.blaming():
            actions.settle(code=code, value=form.value(), actor=request.user, now=now, **given)
            messages.success(request, _("已设定：%(term)s") % {"term": spec.label})
            return redirect("web:terms")
    history = [(row, spec.written(from_plain(spec, row.value))) for row in finds.history(code)]
    context = {"spec": spec, "form": form, "history": history}
    return render(request, "web/term_form.html", context, status=form.status)
