"""The register of offices: who holds which, for the city's officers, who give and end them, and for the auditor."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.forms import offer
from triplehelix.doors.web.parts import choice_field, day_field, offered, text_field
from triplehelix.doors.web.requests import Request, searched
from triplehelix.records.parties import access, actions, finds, reference
from triplehelix.records.parties.models import Account, Office

PER_PAGE = 20


class AppointForm(Form):
    email = forms.EmailField(
        label=gettext_lazy("邮箱"), max_length=254, help_text=gettext_lazy("本人登录用的，已经确认过")
    )
    role = choice_field(pgettext_lazy("office", "职务"), Office.ROLES)
    unit = forms.ChoiceField(
        label=gettext_lazy("县市区、开发区"), required=False, help_text=gettext_lazy("只有县区工作人员要选")
    )
    since = day_field(gettext_lazy("自"))
    until = day_field(gettext_lazy("至"), required=False, help=gettext_lazy("最后一天；没有期限的不填"))
    document = forms.CharField(
        label=gettext_lazy("批准文件"), max_length=80, help_text=gettext_lazy("文号，例如：澄科任〔2026〕3号")
    )

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"since": today})
        offer(self, "unit", [("", _("全市")), *offered(reference.units(), today)])

    def clean_email(self) -> str:
        found = Account.objects.filter(email=self.cleaned_data["email"].strip().lower()).first()
        if found is None:
            closed = _("没有这个邮箱的账号；网站没有开放注册，请管理员在服务器上用 ./run manage appoint 建")
            raise forms.ValidationError(_("没有这个邮箱的账号；请本人先注册") if settings.SIGNUP_OPEN else closed)
        self.account = found
        return found.email


class EndForm(Form):
    until = day_field(
        gettext_lazy("任职的最后一天"), required=False, help=gettext_lazy("不填就是现在结束，权限马上收回")
    )
    why = text_field(gettext_lazy("事由"), most=200, help=gettext_lazy("例如：调离、退休、挂职期满，和免职文件的文号"))


def _may_give(request: Request) -> bool:
    """Whether the viewer also gives and ends; 404 for who may not even read."""
    held = access.audiences(request.user, timezone.localdate())
    if not held & access.READS_OFFICES:
        raise Http404
    return bool(held & access.GIVES_OFFICES)


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Who holds which office now or will, or who held one; for officers of the city a form for another."""
    may_give = _may_give(request)
    if request.method == "POST" and not may_give:
        raise Http404
    form = AppointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "email"}
        with form.blaming():
            made = actions.appoint(account=form.account, actor=request.user, now=timezone.now(), **given)
            said = {"name": made.account, "role": made.get_role_display()}
            messages.success(request, _("已任命：%(name)s，%(role)s") % said)
            return redirect("web:offices")
    rows, chosen = _narrowed(request)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "roles": Office.ROLES,
        "form": form if may_give and (form.is_bound or not chosen["over"]) else None,
        "today": timezone.localdate(),
    }
    return render(request, "web/office_list.html", context, status=form.status)


def _narrowed(request: Request) -> "tuple[QuerySet[Office], dict[str, Any]]":
    """The rows the address asks for; a role it does not know is ignored."""
    over = request.GET.get("over") == "1"
    role = request.GET.get("role", "") if request.GET.get("role") in dict(Office.ROLES) else ""
    q = searched(request)
    rows = finds.offices(timezone.localdate(), over=over)
    if role:
        rows = rows.filter(role=role)
    if q:
        rows = rows.filter(Q(account__name__icontains=q) | Q(account__email__icontains=q))
    return rows, {"over": over, "role": role, "q": q}


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """End one, at once or by a day, with the reason."""
    if not _may_give(request):
        raise Http404
    office = get_object_or_404(Office.objects.select_related("account"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.end_office(office=office, actor=request.user, now=timezone.now(), **form.cleaned_data)
            said = {"name": office.account, "role": office.get_role_display()}
            messages.success(request, _("已办理：%(name)s不再担任%(role)s") % said)
            # Whoever ended his own may not see the list any more.
            return redirect("web:todo" if office.account_id == request.user.pk else "web:offices")
    return render(request, "web/office_end.html", {"office": office, "form": form}, status=form.status)
