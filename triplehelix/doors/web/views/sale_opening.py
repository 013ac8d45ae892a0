"""Opening a sale: an achievement, perhaps a need it answers, perhaps a buyer already."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web.forms import choices
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.organisations import LONGEST, organisation_of
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.sale_fields import ActForm
from triplehelix.doors.web.sale_forms import BUYER
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.contracts import access, actions
from triplehelix.market.contracts.access import WITNESSES
from triplehelix.market.contracts.models import Sale
from triplehelix.market.introductions import finds as introductions
from triplehelix.market.introductions.models import Introduction
from triplehelix.market.listings import finds
from triplehelix.market.needs.models import Need
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import code_list
from triplehelix.records.steps.actions import Refused

MOST = 200


def may_start(actor: Account, on: date) -> bool:
    """Whether somebody may open a sale at all: whoever acts for an organisation, and the office."""
    held = audiences(actor, on)
    return bool(held & frozenset(WITNESSES)) or any(group.startswith("org:") for group in held)


class NewSaleForm(ActForm):
    asked_as = {"buyer": "uscc"}
    achievement = forms.ChoiceField(
        label=gettext_lazy("成果"), error_messages={"required": gettext_lazy("请选择要交易的成果")}
    )
    uscc = forms.CharField(
        label=BUYER, max_length=LONGEST, required=False,
        help_text=gettext_lazy("还没有受让方、准备挂牌或拍卖的，不填"),
    )  # fmt: skip
    need = forms.ChoiceField(label=gettext_lazy("对应的需求"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("转化方式"), required=False)

    def __init__(self, data: Any, *, start: dict[str, Any], offered: list[Any], needs: list[Any]) -> None:
        super().__init__(data, initial=start)
        lists = {
            "achievement": [("", _("请选择")), *((str(one.pk), one.title) for one in offered)],
            "need": [("", _("没有")), *((str(one.pk), one.title) for one in needs)],
            "mode": choices(code_list("transfer_modes"), timezone.localdate(), empty=_("还没有确定")),
        }
        for name, found in lists.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean_uscc(self) -> str:
        said = self.cleaned_data["uscc"]
        self.buyer = organisation_of(said) if said else None
        return self.buyer.uscc if self.buyer is not None else ""


def _named(model: type[Any], given: str | None) -> Any:
    """The published listing an address names; None for nothing, and for what is not there."""
    number = whole(given or "") or 0
    return finds.published(model).filter(pk=number).first() if number else None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """`?introduction=` opens from agreed terms; `?achievement=` (and `need`, `buyer` by number) say what is meant;
    without, a seller chooses among its own."""
    if "introduction" in request.GET:
        return _from_terms(request)
    today = timezone.localdate()
    own = list(organisations_of(request.user, today))
    if not may_start(request.user, today):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = _form(request.GET, data, own)
    if form.is_valid():
        said = form.cleaned_data
        with form.blaming():
            sale = actions.open_sale(
                achievement=Achievement.objects.get(pk=said["achievement"]), buyer=form.buyer,
                need=Need.objects.filter(pk=said["need"] or 0).first(), mode=said["mode"], actor=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return redirect("web:sale", sale.pk)
    choices = len(form.fields["achievement"].choices) > 1  # type: ignore[attr-defined]
    return render(request, "web/sale_new.html", {"form": form, "choices": choices}, status=form.status)


def _from_terms(request: Request) -> HttpResponse:
    """The terms both sides accepted, to be looked at once more (GET), and the sale opened from them (POST). 404 for
    whoever is no party to them."""
    now, asked = timezone.now(), request.GET["introduction"]
    number = whole(asked) or 0
    introduction = get_object_or_404(introductions.shown_to(request.user, timezone.localdate(now)), pk=number)
    if not introduction.relations_of(request.user, now) & access.MAY_OPEN:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            return _to(actions.open_from(introduction=introduction, actor=request.user, now=now), introduction, request)
        except Refused as why:
            problem = str(why)
    elif (sale := introduction.sales.order_by("-pk").first()) is not None:
        return _to(sale, introduction, request)
    context = {
        "introduction": introduction,
        "terms": introduction.versions.order_by("-n").first() if introduction.state == "agreed" else None,
        "problem": problem,
    }
    return render(request, "web/sale_from_terms.html", context, status=409 if problem else 200)


def _to(sale: Sale, introduction: Introduction, request: Request) -> HttpResponse:
    """The page of the sale; for a manager, who has none of it, the introduction it came from."""
    if access.relations_of(sale, request.user, timezone.localdate()):
        return redirect("web:sale", sale.pk)
    return redirect("web:introduction", introduction.pk)


def _form(asked: QueryDict, data: QueryDict | None, own: list[Organisation]) -> NewSaleForm:
    """What is offered: the achievement asked for, else one's own; needs of the buyer."""
    chosen = data if data is not None else asked
    achievement, need = _named(Achievement, chosen.get("achievement")), _named(Need, chosen.get("need"))
    offered = list(finds.published(Achievement).filter(organisation__in=own)[:MOST])
    if achievement is not None and achievement not in offered:
        offered.insert(0, achievement)
    buyer = _buyer(asked.get("buyer")) or (need.organisation if need is not None else None)
    if buyer is None and achievement is not None:
        buyer = next((one for one in own if one.pk != achievement.organisation_id), None)
    needs = list(finds.published(Need).filter(organisation=buyer)[:MOST]) if buyer is not None else []
    if need is not None and need not in needs:
        needs.insert(0, need)
    start = {
        "achievement": str(achievement.pk) if achievement is not None else "",
        "uscc": buyer.uscc if buyer is not None else "", "need": str(need.pk) if need is not None else "",
    }  # fmt: skip
    return NewSaleForm(data, start=start, offered=offered, needs=needs)


def _buyer(given: str | None) -> Organisation | None:
    number = whole(given or "") or 0
    return Organisation.objects.filter(pk=number).first() if number else None
