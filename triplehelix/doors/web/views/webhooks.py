"""Webhooks under the account: whom to tell what, the secret once, what was sent, again by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.board.webhooks import access, actions
from triplehelix.board.webhooks.events import EVENTS
from triplehelix.board.webhooks.models import Delivery, Hook
from triplehelix.doors.web import sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.steps import stepped
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Office, Organisation
from triplehelix.records.steps.actions import Refused, offered

PER_PAGE = 20


class SaidForm(Form):
    """What a webhook is for, where it goes, what it tells."""

    name = forms.CharField(label=gettext_lazy("用途"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("接收地址"), max_length=500, help_text=gettext_lazy("以 https:// 开头的公网地址")
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("推送哪些事"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只推送您看得到的；推送时再看一次权限"),
    )  # fmt: skip


class ChangeForm(SaidForm):
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class HookForm(SaidForm):
    owner = forms.ChoiceField(label=gettext_lazy("以谁的名义"))
    field_order = ("owner",)

    def __init__(self, data: Any, owners: dict[str, tuple[str, Organisation | Office]]) -> None:
        super().__init__(data)
        self.owners = owners
        chooser = self.fields["owner"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = [(code, label) for code, (label, _owner) in owners.items()]

    def chosen(self) -> dict[str, Any]:
        """The owner, as the action takes it."""
        found = self.owners[self.cleaned_data["owner"]][1]
        return {"organisation": found} if isinstance(found, Organisation) else {"office": found}


def _owners(request: Request) -> dict[str, tuple[str, Organisation | Office]]:
    organisations, offices = actions.owners_of(request.user, timezone.now())
    found: dict[str, tuple[str, Organisation | Office]] = {f"org:{one.pk}": (one.name, one) for one in organisations}
    for office in offices:
        # Only a county or zone is a unit with a name; an office of the whole city has its region's code.
        unit = reference.units().label(office.unit) if office.role == "county_officer" else ""
        found[f"office:{office.pk}"] = (f"{office.get_role_display()} {unit}".strip(), office)
    return found


def _open(request: Request, pk: int) -> Hook:
    rows = Hook.objects.exclude(state="ended").select_related("organisation", "created_by")
    return get_object_or_404(access.visible(rows, request.user, timezone.localdate()), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Mine, and a form for another; a new one's secret is on the answer once and nowhere else."""
    form = HookForm(request.POST if request.method == "POST" else None, _owners(request))
    made, secret = None, ""
    if form.is_valid():
        said = form.cleaned_data
        with form.blaming():
            made, secret = actions.register(
                name=said["name"], url=said["url"], wanted=said["events"], account=request.user,
                now=timezone.now(), **form.chosen(),
            )  # fmt: skip
            form = HookForm(None, _owners(request))
    rows = access.visible(Hook.objects.exclude(state="ended"), request.user, timezone.localdate())
    context = {"hooks": rows.select_related("organisation"), "form": form, "made": made, "secret": secret}
    return render(request, "web/webhooks.html", context, status=form.status)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _open(request, pk))


def _page(
    request: Request, hook: Hook, *, form: StepForm | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    page = Paginator(hook.deliveries.all(), PER_PAGE).get_page(request.GET.get("page"))
    steps = offered(case=hook, actor=request.user, now=timezone.now())
    context = {
        "hook": hook,
        "events": [EVENTS.get(one, one) for one in hook.events],
        "steps": steps,
        "quiet": {one.code for one in steps},
        "sure": sure.ends(hook, steps, {"end"}),
        "page": page,
        "waiting": hook.deliveries.filter(state=Delivery.QUEUED).count(),
        "form": form or StepForm(),
        "secret": secret,
    }
    return render(request, "web/webhook.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Another purpose, address or choice of events; what waits and the secret stay."""
    hook = _open(request, pk)
    start = {"name": hook.name, "url": hook.url, "events": hook.events, "seen_version": hook.version}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        said = form.cleaned_data
        with form.blaming():
            actions.change(
                hook=hook, name=said["name"], url=said["url"], wanted=said["events"], account=request.user,
                now=timezone.now(), seen_version=said["seen_version"],
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:webhook", pk)
    return render(request, "web/webhook_form.html", {"form": form, "hook": hook}, status=form.status)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Stop, start, delete."""
    hook = _open(request, pk)
    form = StepForm(request.POST)
    if stepped(request, hook, step, form):
        return redirect("web:webhooks") if step == "end" else redirect("web:webhook", pk)
    return _page(request, hook, form=form, status=409)


@require_POST
def act(request: Request, pk: int, act: str) -> HttpResponse:
    """A test message, or another secret."""
    hook, now = _open(request, pk), timezone.now()
    form = StepForm({"seen_version": hook.version})
    form.is_valid()
    try:
        if act == "test":
            actions.test(hook=hook, account=request.user, now=now)
        elif act == "secret":
            return _page(request, hook, secret=actions.renew_secret(hook=hook, account=request.user, now=now))
        else:
            raise Http404
    except Refused as why:
        form.add_error(None, str(why))
        return _page(request, hook, form=form, status=409)
    messages.success(request, _("测试消息已排队，几秒后刷新看结果"))
    return redirect("web:webhook", pk)


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """One message again, under its own number."""
    today = timezone.localdate()
    own = access.visible(Hook.objects.exclude(state="ended"), request.user, today)
    delivery = get_object_or_404(Delivery.objects.select_related("hook"), pk=pk, hook__in=own)
    try:
        actions.resend(delivery=delivery, account=request.user, now=timezone.now())
    except Refused as why:
        form = StepForm({"seen_version": delivery.hook.version})
        form.is_valid()
        form.add_error(None, str(why))
        return _page(request, delivery.hook, form=form, status=409)
    messages.success(request, _("已排队重发"))
    return redirect("web:webhook", delivery.hook_id)
