"""The people of an organisation: registered by who acts for it, linked with their accounts by its officers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import day_field, text_field
from triplehelix.doors.web.requests import Request, searched
from triplehelix.doors.web.words import in_list
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import finds as experts
from triplehelix.market.listings import finds as listings
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.parties.rules import Refused
from triplehelix.records.steps.history import lines

PER_PAGE, SHOWN = 20, 50
KIND = "parties.person"
DEEDS = {
    "register": gettext_lazy("登记"),
    "amend": gettext_lazy("修改"),
    "claim": gettext_lazy("对应账号"),
    "release": gettext_lazy("解除对应"),
    "move": gettext_lazy("调动"),
}
ONLY = {"": gettext_lazy("全部"), "linked": gettext_lazy("已对应账号"), "unlinked": gettext_lazy("还没有对应")}


class PersonForm(Form):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    title = forms.CharField(
        label=gettext_lazy("职称"), max_length=60, required=False, help_text=gettext_lazy("同名的人靠职称和学科区分")
    )
    discipline = forms.CharField(label=gettext_lazy("学科"), max_length=120, required=False)
    about = text_field(gettext_lazy("简介"), most=5000, required=False, rows=4)


class ChangeForm(PersonForm):
    """What one has seen of somebody, and how it should be."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def start_of(cls, person: Person) -> dict[str, Any]:
        names = ("name", "title", "discipline", "about")
        return {name: getattr(person, name) for name in names} | {"seen_version": person.version}


class RegisterForm(PersonForm):
    """Somebody new; asks of which organisation, when there are several."""

    home = forms.ModelChoiceField(
        label=gettext_lazy("所在单位"), queryset=Organisation.objects.none(), empty_label=None
    )
    namesake = forms.BooleanField(label=gettext_lazy("是另一个人，只是同名"), required=False)
    field_order = ("home",)

    def __init__(self, *args: Any, homes: list[Organisation], **more: Any) -> None:
        super().__init__(*args, **more)
        chooser = self.fields["home"]
        assert isinstance(chooser, forms.ModelChoiceField)
        chooser.queryset = Organisation.objects.filter(pk__in=[one.pk for one in homes])
        if len(homes) == 1:
            chooser.required, chooser.widget, chooser.initial = False, forms.HiddenInput(), homes[0].pk
        self.homes = homes

    def clean(self) -> dict[str, Any]:
        """Whoever is registered twice has two halves of a life's work: of one name, it is asked first."""
        cleaned = super().clean() or {}
        home, name = cleaned.get("home") or self.homes[0], " ".join(cleaned.get("name", "").split())
        alike = [] if cleaned.get("namesake") else list(home.people.filter(name=name)[:SHOWN])
        if alike:
            known = in_list(f"{one.name}（{one.title or one.discipline or one.pk}）" for one in alike)
            self.add_error("namesake", _("已经登记过：%(known)s。确是另一个人，请打勾再登记。") % {"known": known})
        return cleaned

    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "namesake"}
        return given | {"home": given["home"] or self.homes[0]}


class LinkForm(Form):
    email = forms.EmailField(
        label=gettext_lazy("账号的邮箱"),
        help_text=gettext_lazy(
            "对应以后，这个账号就能代本人确认成果、参加评审、看自己的收益。请先核对：证件、工作证明，或由单位书面确认"
        ),
    )


class ReleaseForm(Form):
    why = text_field(gettext_lazy("事由"), most=200, help=gettext_lazy("例如：对错了人；本人会收到"))


class MoveForm(Form):
    """Where somebody works now."""

    home = forms.CharField(
        label=gettext_lazy("新单位"), max_length=120, help_text=gettext_lazy("统一社会信用代码或全称；须已登记、核实")
    )
    last_day = day_field(gettext_lazy("在原单位的最后一天"))
    why = text_field(gettext_lazy("依据"), most=200, rows=2, help=gettext_lazy("例如：调令、聘用合同；本人会收到"))

    def clean_home(self) -> Organisation:
        try:
            return finds.organisation_called(self.cleaned_data["home"])
        except Refused as why:
            raise forms.ValidationError(str(why)) from None


def _one(request: Request, pk: int, *relations: str) -> tuple[Person, frozenset[str]]:
    """The person, for who keeps or looks after it and has one of these relations; 404 for everybody else."""
    today = timezone.localdate()
    person = get_object_or_404(finds.people(access.audiences(request.user, today)), pk=pk)
    held = access.relations(request.user, person.home, today)
    if not held & frozenset(relations):
        raise Http404
    return person, held


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Everybody of my organisations, or of those I look after; and a new one for my own."""
    today = timezone.localdate()
    own = list(finds.organisations_of(request.user, today))
    homes = [one for one in own if one.confirmed_at is not None]
    form = RegisterForm(request.POST if request.method == "POST" else None, homes=homes) if homes else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            with form.blaming():
                made = actions.register_person(actor=request.user, now=timezone.now(), **form.values())
                messages.success(request, _("已登记：%(name)s。写成果时可以写为完成人。") % {"name": made.name})
                return redirect("web:people")
    status = form.status if form else 200
    return render(request, "web/people.html", _listed(request, own) | {"form": form, "own": own}, status=status)


def _listed(request: Request, own: list[Organisation]) -> dict[str, Any]:
    groups = access.audiences(request.user, timezone.localdate())
    q = searched(request)
    only = request.GET.get("only", "")
    only = only if only in ONLY else ""
    rows = _found(finds.people(groups), q, only)
    rows = rows.annotate(made=Count("achievement", filter=Q(achievement__state="published"))).order_by("name", "pk")
    return {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "q": q,
        "only": only,
        "choices": ONLY.items(),
        "is_officer": access.is_officer(groups),
        "several": access.is_officer(groups) or "auditor" in groups or len(own) > 1,
        "claims": finds.person_claims(groups).count() if access.is_officer(groups) else 0,
        "unknown": finds.unregistered(own)[:SHOWN] if own else [],
    }


def _found(rows: "QuerySet[Person]", q: str, only: str) -> "QuerySet[Person]":
    if only:
        rows = rows.filter(account__isnull=only == "unlinked")
    if q:
        rows = rows.filter(
            Q(name__icontains=q) | Q(title__icontains=q) | Q(discipline__icontains=q) | Q(home__name__icontains=q)
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, pk: int) -> HttpResponse:
    """One person; who acts for the organisation changes it here."""
    if request.method != "POST":
        return _page(request, *_one(request, pk, "member", "officer", "auditor"))
    person, held = _one(request, pk, "member")
    form = ChangeForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with form.blaming():
            actions.amend_person(
                person=person, actor=request.user, now=timezone.now(), seen_version=given.pop("seen_version"),
                values=given,
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:person", pk)
    return _page(request, person, held, form.status, form=form)


def _page(request: Request, person: Person, held: frozenset[str], status: int = 200, **given: Any) -> HttpResponse:
    now = timezone.now()
    made = listings.shown_to(Achievement, request.user, now).filter(people=person).order_by("-changed_at", "-pk")
    context = {
        "person": person,
        "relations": held,
        "expert": experts.shown_to(request.user, timezone.localdate(now)).filter(person=person).first(),
        "achievements": made[:SHOWN],
        "history": lines(KIND, person.pk, DEEDS),
        "form": ChangeForm(initial=ChangeForm.start_of(person)),
        "link_form": LinkForm(),
        "release_form": ReleaseForm(),
        "move_form": MoveForm(),
        "former_homes": person.former_homes.select_related("organisation"),
        **given,
    }
    return render(request, "web/person.html", context, status=status)


@require_POST
def link(request: Request, pk: int) -> HttpResponse:
    """An officer has compared the person with the owner of an account."""
    person, held = _one(request, pk, "officer")
    form = LinkForm(request.POST)
    if form.is_valid():
        account = Account.objects.filter(email=form.cleaned_data["email"].lower(), is_active=True).first()
        if account is None:
            form.add_error("email", _("没有这个邮箱的账号：请本人先注册"))
        else:
            with form.blaming():
                actions.claim_person(person=person, account=account, actor=request.user, now=timezone.now())
                messages.success(request, _("已对应，本人会收到通知"))
                return redirect("web:person", pk)
    return _page(request, person, held, form.status, link_form=form)


@require_POST
def release(request: Request, pk: int) -> HttpResponse:
    """They were not the same."""
    person, held = _one(request, pk, "officer")
    form = ReleaseForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.release_person(person=person, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已解除，本人会收到通知"))
            return redirect("web:person", pk)
    return _page(request, person, held, form.status, release_form=form)


@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """The person works for another organisation now."""
    person, held = _one(request, pk, "officer")
    form = MoveForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.move_person(person=person, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已登记调动：%(name)s") % {"name": person.name})
            # The new home may be another officer's: the person is not on this one's list any more.
            return redirect("web:people")
    return _page(request, person, held, form.status, move_form=form)
