"""My organisations, offices and keys; joining an organisation; and officers who check one."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import offer
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.records.parties import actions, finds, reference
from triplehelix.records.parties.access import audiences
from triplehelix.records.parties.models import Account, ApiKey, Membership

DAYS = 365


class ClaimForm(Form):
    """This is my organisation."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=40)
    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=120)
    unit = forms.ChoiceField(label=gettext_lazy("主管单位"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        units = [(entry.code, entry.name) for entry in reference.units().current(timezone.localdate())]
        offer(self, "unit", [("", _("不在本市")), *units])


class MeForm(Form):
    """My name as others read it, and the language of letters; beside other forms, with ids of its own."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, help_text=gettext_lazy("办件、留痕和通知里这样写；以前办的不会改")
    )
    language = forms.ChoiceField(label=gettext_lazy("通知用的语言"), choices=Account.LANGUAGES)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"auto_id": "me_%s", **kwargs})  # type: ignore[arg-type]


class KeyForm(Form):
    """Stands beside ClaimForm on one page: its fields carry another id."""

    name = forms.CharField(label=gettext_lazy("用途"), max_length=60)
    write = forms.BooleanField(label=gettext_lazy("可以写入（不选则只读）"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"auto_id": "key_%s", **kwargs})  # type: ignore[arg-type]


@require_safe
def account(request: Request) -> HttpResponse:
    return _page(request)


def _page(request: Request, *, new_key: str = "", status: int = 200, **given: Form) -> HttpResponse:
    today = timezone.localdate()
    start = {"name": request.user.name, "language": request.user.language}
    shown = {"claim": ClaimForm(), "key": KeyForm(), "me": MeForm(initial=start)} | given
    context = {
        "memberships": Membership.objects.seated(today).filter(account=request.user).select_related("organisation"),
        "waiting": Membership.objects.waiting().filter(account=request.user).select_related("organisation"),
        "offices": finds.offices_of(request.user, today),
        "keys": request.user.api_keys.filter(revoked_at=None),
        **{f"{name}_form": form for name, form in shown.items()},
        "new_key": new_key,
    }
    return render(request, "web/account.html", context, status=status)


@require_POST
def claim(request: Request) -> HttpResponse:
    form = ClaimForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.claim_organisation(account=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已提交，主管部门核实后您就可以用单位的名义发布"))
            return redirect("web:account")
    return _page(request, claim=form, status=form.status)


@require_POST
def rename(request: Request) -> HttpResponse:
    """My own name, and the language of letters to me."""
    form = MeForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.rename_account(
                account=request.user, actor=request.user, now=timezone.now(), **form.cleaned_data
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:account")
    return _page(request, me=form, status=form.status)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def new_key(request: Request) -> HttpResponse:
    """A key for programs; its text is on this page once and nowhere else. It opens for a year what its account may: who
    finds a session open does not make one."""
    form, now = KeyForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, key=form, status=422)
    scopes = ("read", "write") if form.cleaned_data["write"] else ("read",)
    ends = now + timedelta(days=DAYS)
    _key, text = actions.create_api_key(
        account=request.user, name=form.cleaned_data["name"], scopes=scopes, expires_at=ends, now=now
    )
    return _page(request, new_key=text)


@require_POST
def revoke_key(request: Request, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, account=request.user, pk=pk)
    actions.revoke_api_key(key=key, actor=request.user, now=timezone.now())
    messages.success(request, _("密钥已作废"))
    return redirect("web:account")


@require_POST
def confirm_organisation(request: Request, pk: int) -> HttpResponse:
    """An officer has compared an organisation with its licence."""
    waiting = finds.unconfirmed(audiences(request.user, timezone.localdate()))
    organisation = get_object_or_404(waiting, pk=pk)
    said = request.POST.get("type", "")
    asking = finds.seated([organisation], timezone.localdate())
    answers = {one.pk: request.POST.get(f"member-{one.pk}") for one in asking}
    given = {pk: answer == "accept" for pk, answer in answers.items() if answer in ("accept", "refuse")}
    with told(request):
        actions.confirm_organisation(
            organisation=organisation, actor=request.user, now=timezone.now(), type=said, members=given
        )
        messages.success(request, _("已核实：%(name)s") % {"name": organisation.name})
    return redirect("web:todo")
