"""An account asks to be known as a person of the register; the officers of the organisation answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.records.parties import actions, finds
from triplehelix.records.parties.models import Person, PersonClaim

PER_PAGE = 20


class AskForm(Form):
    home = forms.CharField(
        label=gettext_lazy("所在单位"), max_length=120, help_text=gettext_lazy("单位全称，或统一社会信用代码")
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    post = forms.CharField(
        label=gettext_lazy("部门、职称"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("供核对，例如：材料学院，教授"),
    )


@require_safe
def claims(request: Request) -> HttpResponse:
    """Who asks to be known as somebody, with those of that name in the organisation."""
    page = Paginator(finds.person_claims(allowed.officer(request.user)), PER_PAGE).get_page(request.GET.get("page"))
    alike = Person.objects.filter(home__in=[one.home_id for one in page], name__in=[one.name for one in page])
    known: dict[tuple[int, str], list[Person]] = {}
    for person in alike.filter(account__isnull=True):
        known.setdefault((person.home_id, person.name), []).append(person)
    rows = [{"claim": one, "people": known.get((one.home_id, one.name), [])} for one in page]
    return render(request, "web/person_claims.html", {"page": page, "rows": rows})


@require_POST
def answer(request: Request, pk: int, answer: str) -> HttpResponse:
    """It is this person; or it is not, and why."""
    if answer not in ("grant", "refuse"):
        raise Http404
    claim: PersonClaim = get_object_or_404(finds.person_claims(allowed.officer(request.user)), pk=pk)
    said: dict[str, Any] = {"claim": claim, "actor": request.user, "now": timezone.now()}
    with told(request):
        if answer == "grant":
            person = get_object_or_404(claim.home.people, pk=whole(request.POST.get("person", "")))
            actions.grant_person(person=person, **said)
        else:
            actions.refuse_person(why=request.POST.get("why", ""), **said)
        messages.success(request, _("已办理，本人会收到通知"))
    return redirect("web:person-claims")


def asking(request: Request, form: AskForm | None = None, status: int = 200) -> HttpResponse:
    """What somebody sees whose account is nobody's: how it gets there, and where the own request stands."""
    waiting = request.user.person_claims.select_related("home").order_by("pk").last()
    context = {"form": form or AskForm(initial={"name": request.user.name}), "claim": waiting}
    return render(request, "web/expert_nobody.html", context, status=status)


@require_POST
def ask(request: Request) -> HttpResponse:
    """This is me."""
    if Person.objects.filter(account=request.user).exists():
        return redirect("web:experts-mine")
    form = AskForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.ask_for_person(account=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已提交，主管部门核对后会通知您"))
            return redirect("web:experts-mine")
    return asking(request, form, form.status)
