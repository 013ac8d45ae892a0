"""Where officers of the city make a list: choose, look, publish; and ask owners to confirm."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.numbers import whole, wholes
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.market.lists import actions, confirming, finds, period, prepare, rules, table
from triplehelix.market.lists.access import may_publish
from triplehelix.market.lists.models import PublishedList
from triplehelix.records.parties import reference
from triplehelix.records.parties.rules import Invalid

#: Pairs spelt out above the list; each row says it too.
SHOWN = 100


class WantedForm(Form):
    """Which list. The choices are a help; `rules.wanted` decides."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=PublishedList.KINDS)
    scope = forms.ChoiceField(label=gettext_lazy("范围"), choices=PublishedList.SCOPES)
    place = forms.ChoiceField(label=gettext_lazy("产业链或地区"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("期别"))

    def __init__(self, data: Any, replaces: PublishedList | None) -> None:
        super().__init__(data)
        today = timezone.localdate()
        chains = [(one.code, one.name) for one in reference.chains().current(today)]
        units = [(one.code, one.name) for one in reference.units().current(today)]
        periods = [(one.code, one.label) for one in period.offered(today)]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("（全市不必选）")), (_("产业链"), chains), (_("县（市区）、开发区"), units),
        ]  # fmt: skip
        self.fields["period"].choices = periods  # type: ignore[attr-defined]
        if replaces:
            for name, only in _of(replaces).items():
                self.fields[name].choices = [only]  # type: ignore[attr-defined]


class PublishForm(Form):
    """What an officer decides when looking at the preview."""

    seen = forms.CharField(widget=forms.HiddenInput)
    leave_out = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.MultipleHiddenInput, label=gettext_lazy("不列入")
    )
    left_why = forms.CharField(
        label=gettext_lazy("不列入的原因"), max_length=300, required=False,
        help_text=gettext_lazy("勾了“不列入”的，写明原因；只留痕，不公布"),
    )  # fmt: skip
    not_alike = forms.BooleanField(label=gettext_lazy("可能重复的已逐条核对，不是重复"), required=False)
    why = forms.CharField(
        label=gettext_lazy("更正说明"), max_length=300, required=False,
        help_text=gettext_lazy("更正了什么、为什么；随新清单一起公布"),
    )  # fmt: skip


def _of(replaces: PublishedList) -> dict[str, tuple[str, str]]:
    """What a correction cannot choose: (value, label)."""
    return {
        "kind": (replaces.kind, replaces.get_kind_display()),
        "scope": (replaces.scope, replaces.get_scope_display()),
        "place": (replaces.place, replaces.place_name),
        "period": (replaces.period, period.Period.parse(replaces.period).label),
    }


def _officer(request: Request) -> None:
    """404 for whoever may not publish lists."""
    if not may_publish(request.user if request.user.is_authenticated else None, timezone.localdate()):
        raise Http404


def _replaced(data: QueryDict) -> PublishedList | None:
    given = data.get("replaces", "")
    if not given:
        return None
    return get_object_or_404(PublishedList, pk=whole(given))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Choose and look (GET), publish what was seen (POST)."""
    _officer(request)
    data = request.POST if request.method == "POST" else request.GET
    replaces = _replaced(data)
    given: Any = {name: one[0] for name, one in _of(replaces).items()} if replaces else data
    chosen = WantedForm(given if replaces or "kind" in data else None, replaces)
    if not chosen.is_bound:
        return _page(request, chosen, None, PublishForm(), replaces, 422 if request.method == "POST" else 200)
    try:
        wanted = rules.wanted(given, timezone.localdate())
    except Invalid as why:
        chosen.is_valid()
        for name, message in why.errors.items():
            chosen.errors.pop(name, None)
            chosen.add_error(name, message)
        return _page(request, chosen, None, PublishForm(), replaces, 422)
    if request.method == "POST":
        return _publish(request, chosen, wanted, replaces)
    found = _look(chosen, wanted, timezone.now(), replaces)
    return _page(request, chosen, found, PublishForm(), replaces, 200 if found else 422)


def _look(
    chosen: WantedForm, wanted: rules.Wanted, now: datetime, replaces: PublishedList | None
) -> prepare.Preview | None:
    """The preview; None, and why at the field, where there is none."""
    with chosen.blaming():
        return prepare.preview(wanted=wanted, now=now, replaces=replaces)
    return None


def _publish(
    request: Request, chosen: WantedForm, wanted: rules.Wanted, replaces: PublishedList | None
) -> HttpResponse:
    now = timezone.now()
    form = PublishForm(request.POST)
    ids = wholes(request.POST.getlist("leave_out"))
    form.fields["leave_out"].choices = [(one, one) for one in ids]  # type: ignore[attr-defined]
    if form.is_valid():
        said = form.cleaned_data
        with form.blaming():
            made = actions.publish(wanted=wanted, actor=request.user, now=now, replaces=replaces, **said)
            messages.success(request, _("已发布：%(number)s") % {"number": made.number})
            return redirect("web:list", made.pk)
    found = _look(chosen, wanted, now, replaces)
    return _page(request, chosen, found, form, replaces, form.status, frozenset(ids))


def _page(
    request: Request, chosen: WantedForm, found: prepare.Preview | None, form: PublishForm,
    replaces: PublishedList | None, status: int = 200, left: frozenset[int] = frozenset(),
) -> HttpResponse:  # fmt: skip
    alike = {}
    for a, b in found.alike if found else []:
        alike[a.listing.pk], alike[b.listing.pk] = b.seq, a.seq
    context = {
        "chosen": chosen,
        "found": found,
        "rows": [_row(one, alike, left) for one in found.rows] if found else [],
        "out": _by_reason(found) if found else [],
        "alike": found.alike[:SHOWN] if found else [],
        "more": max(len(found.alike) - SHOWN, 0) if found else 0,
        "gone": [{**one, "words": table.gone_words(one)} for one in found.gone] if found else [],
        "can_ask": any(one.can_ask for one in found.out) if found else False,
        "form": form,
        "replaces": replaces,
        "same": finds.of_period(found.wanted) if found and replaces is None else None,
        "days": rules.terms().confirmed_within,
        "kind": found.wanted.kind if found else "needs",
    }
    return render(request, "web/list_new.html", context, status=status)


def _row(row: prepare.Row, alike: dict[int, int], left: frozenset[int]) -> dict[str, Any]:
    return {
        "row": row,
        "change": table.change_words(row),
        "price": table.wan(row.values["price_fen"]),
        "alike": alike.get(row.listing.pk),
        "left": row.listing.pk in left,
    }


def _by_reason(found: prepare.Preview) -> list[dict[str, Any]]:
    """What stays out, by why, in the order of the reasons."""
    grouped: dict[str, list[prepare.Out]] = {}
    for one in found.out:
        grouped.setdefault(one.reason, []).append(one)
    return [
        {"words": prepare.REASONS[reason], "rows": grouped[reason]} for reason in prepare.REASONS if reason in grouped
    ]


@require_POST
def ask(request: Request) -> HttpResponse:
    """Letters to the owners of what is left out until it is confirmed."""
    _officer(request)
    back = {name: request.POST.get(name, "") for name in ("kind", "scope", "place", "period")}
    with told(request):
        wanted = rules.wanted(back, timezone.localdate())
        if asked := confirming.ask(wanted=wanted, actor=request.user, now=timezone.now()):
            words = ngettext("已发信征询 %(n)d 条的单位", "已发信征询 %(n)d 条的单位", asked) % {"n": asked}
            messages.success(request, words)
        else:
            messages.info(request, _("没有发信：该征询的几天内都已征询过，或者单位还没有能登录的账号"))
    query = QueryDict(mutable=True)
    query.update(back)
    answer = redirect("web:list-new")
    answer["Location"] += f"?{query.urlencode()}"
    return answer
