"""单位资料: what is registered of an organisation, for its own people, its officers and audit; who may corrects it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form, wanted
from triplehelix.doors.web.forms import choices, offer
from triplehelix.doors.web.parts import choice_field, day_field, text_field
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request, searched
from triplehelix.records.parties import access, actions, finds, reference
from triplehelix.records.parties.actions.correcting import CHECKED
from triplehelix.records.parties.actions.organisations import KIND
from triplehelix.records.parties.models import ChainMembership, Organisation
from triplehelix.records.steps.history import lines

PER_PAGE = 20
#: The word in the address, and what it is called.
VIEWS = [("waiting", gettext_lazy("等待核实"))]
DEEDS = {
    "register": gettext_lazy("登记"),
    "confirm": gettext_lazy("核实"),
    "amend": gettext_lazy("修改资料"),
    "claim": gettext_lazy("有人申请代表"),
    "add_member": gettext_lazy("加入代表"),
    "speak_of": gettext_lazy("他人写入事项，成员待核实"),
    "accept_member": gettext_lazy("同意代表"),
    "refuse_member": gettext_lazy("不同意代表"),
    "end_membership": gettext_lazy("结束代表资格"),
    "join_chain": gettext_lazy("列入产业链"),
    "leave_chain": gettext_lazy("退出产业链"),
    "end": gettext_lazy("登记终止"),
    "take_over": gettext_lazy("承继单位"),
    "undo_end": gettext_lazy("撤销终止登记"),
}


class OwnForm(Form):
    """What an organisation says of itself."""

    contact_name = forms.CharField(label=gettext_lazy("联系人"), max_length=60, required=False)
    contact_post = forms.CharField(label=gettext_lazy("联系人职务"), max_length=60, required=False)
    contact_phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=24, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("联系邮箱"), required=False)
    about = text_field(gettext_lazy("简介"), most=5000, required=False, rows=5)
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def start_of(cls, organisation: Organisation) -> dict[str, Any]:
        found = {name: getattr(organisation, name) for name in cls.base_fields if hasattr(organisation, name)}
        return found | {"seen_version": organisation.version}


class CheckedForm(OwnForm):
    """Everything but the code, for the officers who check it."""

    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=120)
    type = forms.ChoiceField(label=gettext_lazy("单位类型"))
    region = forms.ChoiceField(label=gettext_lazy("所在地"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("主管单位"), required=False)
    size = forms.ChoiceField(label=gettext_lazy("规模"), required=False)
    flags = forms.MultipleChoiceField(
        label=gettext_lazy("标识"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("按主管部门的认定填写：申报、金融产品和免申即享按它判断"),
    )  # fmt: skip
    why = text_field(
        gettext_lazy("依据"), most=200, rows=2, help=gettext_lazy("例如：营业执照变更、年度认定公告；单位会收到"),
    )  # fmt: skip
    field_order: Iterable[str] | None = tuple(CHECKED)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        offer(self, "type", choices(reference.code_list("organisation_types"), today))
        offer(self, "region", choices(reference.regions(), today, empty=_("不在本市")))
        offer(self, "unit", [*choices(reference.units(), today, empty=_("不在本市")), *_city(today)])
        offer(self, "size", choices(reference.code_list("sizes"), today, empty=_("不清楚")))
        offer(self, "flags", choices(reference.code_list("flags"), today))
        wanted(self.fields["why"], _("改联系人和简介以外的内容时必填"))


def _city(on: date) -> list[tuple[str, str]]:
    """The city itself, which manages what no county does."""
    return [(one.code, one.name) for one in reference.regions().current(on) if one.more.get("level") == "city"]


class NewForm(CheckedForm):
    """One nobody has registered; whoever registers it has checked it."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=40)
    field_order = ("uscc", *CHECKED)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("seen_version", "why"):
            del self.fields[name]


class ChainForm(Form):
    chain = choice_field(gettext_lazy("产业链"), ())
    since = day_field(gettext_lazy("自"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "chain", choices(reference.chains(), timezone.localdate(), empty=_("请选择")))


def _one(request: Request, pk: int, *relations: str) -> tuple[Organisation, frozenset[str]]:
    """The organisation, for who has one of these relations to it; 404 for everybody else."""
    organisation = get_object_or_404(Organisation, pk=pk)
    held = access.relations(request.user, organisation, timezone.localdate())
    if not held & frozenset(relations):
        raise Http404
    return organisation, held


@require_safe
def index(request: Request) -> HttpResponse:
    """The organisations an officer looks after, found by name or code: the way to what is registered of them."""
    groups = allowed.officer(request.user)
    q = searched(request)
    rows = finds.with_members(finds.managed(groups), timezone.localdate()).order_by("name", "pk")
    view = request.GET.get("view", "")
    if view == "waiting":
        rows = rows.filter(pk__in=finds.unconfirmed(groups).order_by().values("pk")).order_by("created_at", "pk")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(uscc__istartswith=q))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/organisation_list.html", {"page": page, "q": q, "view": view, "views": VIEWS})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """An officer registers an organisation whose licence he has seen: it stands confirmed."""
    allowed.officer(request.user)
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.register_checked(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记：%(name)s") % {"name": made.name})
            return redirect("web:organisation", made.pk)
    return render(request, "web/organisation_form.html", {"form": form, "organisation": None}, status=form.status)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, *_one(request, pk, "member", "officer", "auditor"), ChainForm())


def _page(
    request: Request, organisation: Organisation, held: frozenset[str], form: ChainForm, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    managing = dict([*choices(reference.units(), today), *_city(today)])
    context = {
        "organisation": organisation,
        "managed_by": managing.get(organisation.unit, organisation.unit),
        "relations": held,
        "corrects": held & {"admin", "officer"},
        "chains": organisation.chains.on(today).order_by("since", "pk"),
        "chain_form": form,
        "taken_over": organisation.taken_over.order_by("name", "pk"),
        "history": lines(KIND, organisation.pk, DEEDS),
    }
    return render(request, "web/organisation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    organisation, held = _one(request, pk, "admin", "officer")
    maker = CheckedForm if "officer" in held else OwnForm
    form = maker(initial=maker.start_of(organisation))
    if request.method == "POST":
        form = maker(request.POST)
        if form.is_valid():
            given = dict(form.cleaned_data)
            seen, why = given.pop("seen_version"), given.pop("why", "")
            with form.blaming():
                actions.correct(
                    organisation=organisation, values=given, actor=request.user, now=timezone.now(), seen_version=seen,
                    why=why,
                )  # fmt: skip
                messages.success(request, _("已保存"))
                return redirect("web:organisation", pk)
    return render(
        request, "web/organisation_form.html", {"form": form, "organisation": organisation}, status=form.status
    )


@require_POST
def join(request: Request, pk: int) -> HttpResponse:
    """Into a chain, from a day on."""
    organisation, held = _one(request, pk, "officer")
    form = ChainForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.join_chain(
                organisation=organisation, actor=request.user, now=timezone.now(), **form.cleaned_data
            )  # fmt: skip
            messages.success(request, _("已列入产业链"))
            return redirect("web:organisation", pk)
    return _page(request, organisation, held, form, status=form.status)


@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """Out of a chain; today is the last day in it."""
    membership = get_object_or_404(ChainMembership.objects.select_related("organisation"), pk=pk)
    _one(request, membership.organisation_id, "officer")
    with told(request):
        actions.leave_chain(
            membership=membership, until=timezone.localdate(), actor=request.user, now=timezone.now()
        )  # fmt: skip
        messages.success(request, _("已退出产业链"))
    return redirect("web:organisation", membership.organisation_id)
