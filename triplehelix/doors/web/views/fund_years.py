"""A year of the fund from its document to its end: money recorded, divided, adjusted, carried over, handed back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import MoneyForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.views.batches import require_finance
from triplehelix.foundation.money import FEN_PER_UNIT
from triplehelix.fund import actions, finds, terms
from triplehelix.fund.models import Pool, Purse
from triplehelix.records.amounts import in_words
from triplehelix.records.parties.models import Account

#: Promises of past years on one page; the books of the year have them all.
SHOWN = 50


def _this_year() -> int:
    return timezone.localdate().year


def _usual() -> str:
    return str(terms.yearly() // FEN_PER_UNIT["元"])


def _uses() -> list[tuple[str, str]]:
    return list(terms.uses().items())


class PurseField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A purse, chosen by its name and what is free in it."""

    def label_from_instance(self, obj: Any) -> str:
        return _("%(purse)s（未承诺 %(free)s）") % {"purse": obj, "free": in_words(obj.free)}


class DocumentForm(MoneyForm):
    """A finance document that gives the year money."""

    prefix = "d"
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999, initial=_this_year)
    document = forms.CharField(label=gettext_lazy("预算文件文号"), max_length=70)
    amount = forms.CharField(label=gettext_lazy("金额（元）"), max_length=20, initial=_usual)

    def record(self, actor: Account, now: datetime) -> None:
        said = self.cleaned_data
        actions.appropriate(
            year=said["year"], document=said["document"], amount_fen=self.fen("amount"), actor=actor, now=now
        )


class PurseForm(MoneyForm):
    """A use of the year's money."""

    prefix = "p"
    above_zero = {"amount": gettext_lazy("请填写大于零的金额")}
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2999, initial=_this_year)
    use = forms.ChoiceField(label=gettext_lazy("用途"), choices=_uses)
    amount = forms.CharField(label=gettext_lazy("额度（元）"), max_length=20)

    def record(self, actor: Account, now: datetime) -> None:
        said = self.cleaned_data
        actions.open_purse(year=said["year"], use=said["use"], amount_fen=self.fen("amount"), actor=actor, now=now)


class ChangeForm(MoneyForm):
    """More for a use out of what the year has not divided yet, or less."""

    prefix = "c"
    #: A sign would turn the way round that was chosen.
    above_zero = {"amount": gettext_lazy("请填写大于零的金额，不写正负号：减少额度请选“调减”")}
    purse = PurseField(
        label=gettext_lazy("用途"),
        queryset=Purse.objects.filter(closed_at__isnull=True, origin_year=F("year")),
        empty_label=gettext_lazy("请选择"),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("方向"), choices=[("more", gettext_lazy("调增")), ("less", gettext_lazy("调减"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    amount = forms.CharField(label=gettext_lazy("金额（元）"), max_length=20)
    why = forms.CharField(label=gettext_lazy("事由和依据"), max_length=200)

    def record(self, actor: Account, now: datetime) -> None:
        said = self.cleaned_data
        by_fen = self.fen("amount") if said["way"] == "more" else -self.fen("amount")
        actions.change_purse(purse=said["purse"], by_fen=by_fen, actor=actor, now=now, why=said["why"])


class CarryForm(Form):
    """What is free in a purse of a year that is over."""

    prefix = "carry"
    purse = PurseField(
        label=gettext_lazy("结转的资金"), queryset=Purse.objects.none(), empty_label=gettext_lazy("请选择")
    )
    why = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["purse"]
        assert isinstance(chooser, forms.ModelChoiceField)
        chooser.queryset = finds.to_carry(_this_year())

    def record(self, actor: Account, now: datetime) -> str:
        said = self.cleaned_data
        free = said["purse"].free
        made = actions.carry_over(purse=said["purse"], actor=actor, now=now, why=said["why"])
        return _("%(amount)s 已结转到“%(purse)s”") % {"amount": in_words(free), "purse": made}


class CloseForm(Form):
    """A year that is over; what nobody carried over goes back to the treasury."""

    prefix = "close"
    pool = forms.ModelChoiceField(
        label=gettext_lazy("年度"), queryset=Pool.objects.none(), empty_label=gettext_lazy("请选择")
    )
    sure = forms.BooleanField(label=gettext_lazy("已核对：没有结转的余额交回国库，不能撤销"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["pool"]
        assert isinstance(chooser, forms.ModelChoiceField)
        chooser.queryset = finds.to_close(_this_year())

    def record(self, actor: Account, now: datetime) -> str:
        pool = self.cleaned_data["pool"]
        back = actions.close_year(year=pool.year, code=pool.code, actor=actor, now=now)
        return _("%(year)d 年度已关账，交回国库 %(amount)s") % {"year": pool.year, "amount": in_words(back)}


@require_http_methods(["GET", "HEAD", "POST"])
def open_year(request: Request) -> HttpResponse:
    """Record the year's document, divide its money among the uses, adjust them (the finance bureau)."""
    return _desk(request, "web/fund_open.html", {"document": DocumentForm, "purse": PurseForm, "change": ChangeForm})


@require_http_methods(["GET", "HEAD", "POST"])
def end_year(request: Request) -> HttpResponse:
    """Carry over what a past year left, and close it (the finance bureau); below, what became of every past year."""
    return _desk(request, "web/fund_end.html", {"carry": CarryForm, "close": CloseForm}, "web:fund-year-end", _ended)


def _ended() -> dict[str, Any]:
    promised = finds.promised_before(_this_year())
    return {"years": finds.ended(_this_year()), "promised": promised[:SHOWN], "promises": promised.count()}


def _desk(
    request: Request, template: str, makers: dict[str, Any], then: str = "web:fund",
    more: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:  # fmt: skip
    """A page of several forms: `which` says the one that was sent, `then` the page that follows it."""
    require_finance(request)
    which = request.POST.get("which", "")
    shown = {name: make(request.POST if name == which else None) for name, make in makers.items()}
    form = shown.get(which)
    if form is not None and form.is_valid():
        with form.blaming():
            done = form.record(request.user, timezone.now())
            messages.success(request, done or _("已登记"))
            return redirect(then)
    return render(request, template, shown | more(), status=form.status if form else 200)
