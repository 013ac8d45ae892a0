"""路演: announced, registered for, put into one's calendar, attended."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from triplehelix.doors.web import sure
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.equity_forms import ChangeEventForm, EventForm, RegistrationForm
from triplehelix.doors.web.forms import StepForm
from triplehelix.doors.web.numbers import whole, wholes
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.shown import account_of
from triplehelix.doors.web.steps import stepped
from triplehelix.market.equity import access, actions, finds
from triplehelix.market.equity.models import Event, Registration
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import offered
from triplehelix.records.steps.history import lines

PER_PAGE = 20
DEEDS = {
    "announce": gettext_lazy("发布"),
    "change": gettext_lazy("改动安排"),
    "register": gettext_lazy("有单位报名"),
    "unregister": gettext_lazy("有单位取消报名"),
    "attend": gettext_lazy("登记到场情况"),
    **{step.code: step.label for step in Event.workflow.steps},
}


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """Those to come first, then those that were."""
    now = timezone.now()
    over = finds.events().exclude(state="open", ends_at__gt=now)
    context = {
        "ahead": list(finds.ahead(now)),
        "page": Paginator(over, PER_PAGE).get_page(request.GET.get("page")),
        "is_city": access.is_city(account_of(request), timezone.localdate()),
    }
    return render(request, "web/roadshows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The city announces a roadshow."""
    if not access.is_city(request.user, timezone.localdate()):
        raise Http404
    form = EventForm(finds.for_stage(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            made = actions.announce(
                values=form.values(), projects=form.cleaned_data["projects"], actor=request.user, now=timezone.now()
            )
            messages.success(request, _("已发布"))
            return redirect("web:roadshow", made.pk)
    return render(request, "web/roadshow_form.html", {"form": form, "event": None}, status=form.status)


@login_not_required
@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(finds.events(), pk=pk))


def _page(
    request: Request, event: Event, *, form: Form | None = None, step_form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    now, account = timezone.now(), account_of(request)
    today = timezone.localdate(now)
    is_city = access.is_city(account, today)
    own = list(organisations_of(account, today).order_by("name", "pk")) if account else []
    coming = event.registrations.filter(cancelled_at=None).select_related("organisation", "account")
    mine = list(coming.filter(organisation__in=own)) if own else []
    left_out = [one for one in own if one.pk not in {row.organisation_id for row in mine}]
    is_ahead = event.state == "open" and event.starts_at > now
    steps = offered(case=event, actor=account, now=now)
    context = {
        "event": event,
        "showings": list(event.showings.all()),
        "left": max(0, event.capacity - actions.taken(event)),
        "is_city": is_city,
        "coming": list(coming) if is_city else [],
        "mine": mine,
        "may_join": finds.may_join(event, account, today),
        "is_ahead": is_ahead,
        "may_register": bool(left_out) and is_ahead,
        "may_attend": event.starts_at <= now and event.state != "cancelled",
        "may_change": is_city and event.state == "open" and event.starts_at > now,
        "history": lines(Event.kind, event.pk, DEEDS) if is_city else [],
        "form": form or RegistrationForm(left_out),
        "steps": steps,
        "sure": sure.ends(event, steps, {"cancel"}),
        "step_form": step_form or StepForm(),
    }
    return render(request, "web/roadshow.html", context, status=status)


@login_not_required
@require_safe
def calendar(request: Request, pk: int) -> HttpResponse:
    """The roadshow as a calendar file (RFC 5545), read by every calendar."""
    event = get_object_or_404(Event, pk=pk)
    online = event.online if finds.may_join(event, account_of(request), timezone.localdate()) else ""
    entry = CalendarEvent()
    address = request.build_absolute_uri(reverse("web:roadshow", args=[pk]))
    entry.add("uid", f"roadshow-{pk}@{request.get_host().split(':')[0]}")
    entry.add("dtstamp", event.changed_at)
    entry.add("sequence", event.version - 1)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("location", event.place or online or _("线上"))
    entry.add("description", "\n".join(filter(None, (event.about, online, event.contact))))
    entry.add("url", address)
    entry.add("status", "CANCELLED" if event.state == "cancelled" else "CONFIRMED")
    book = Calendar()
    book.add("prodid", f"-//{settings.SITE_NAME}//Triple Helix//")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add_component(entry)
    answer = HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="roadshow-{pk}.ics"'
    return answer


@require_POST
def register(request: Request, pk: int) -> HttpResponse:
    """Come with so many people, or (act=cancel) not come after all."""
    event = get_object_or_404(finds.events(), pk=pk)
    own = list(organisations_of(request.user, timezone.localdate()).order_by("name", "pk"))
    if not own:
        raise Http404
    if request.POST.get("act") == "cancel":
        return _unregister(request, event, own)
    form = RegistrationForm(own, request.POST)
    if form.is_valid():
        with form.blaming():
            actions.register(
                event=event, organisation=form.organisation(), values={"people": form.cleaned_data["people"]},
                actor=request.user, now=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已报名"))
            return redirect("web:roadshow", pk)
    return _page(request, event, form=form, status=form.status)


def _unregister(request: Request, event: Event, own: list[Organisation]) -> HttpResponse:
    number = whole(request.POST.get("registration", ""))
    rows = Registration.objects.filter(event=event, organisation__in=own, cancelled_at=None)
    row = get_object_or_404(rows, pk=number)
    with told(request):
        actions.unregister(registration=row, actor=request.user, now=timezone.now())
        messages.success(request, _("已取消报名"))
    return redirect("web:roadshow", event.pk)


def _officers(request: Request, pk: int) -> Event:
    if not access.is_city(request.user, timezone.localdate()):
        raise Http404
    return get_object_or_404(finds.events(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Another time, place or programme, before it begins."""
    event = _officers(request, pk)
    form = ChangeEventForm(finds.for_change(event), event, request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        with form.blaming():
            actions.change(
                event=event, values=form.values(), projects=given["projects"], actor=request.user,
                now=timezone.now(), seen_version=given["seen_version"], why=given["why"],
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return redirect("web:roadshow", pk)
    return render(request, "web/roadshow_form.html", {"form": form, "event": event}, status=form.status)


@require_POST
def attend(request: Request, pk: int) -> HttpResponse:
    """Who came."""
    event = _officers(request, pk)
    came, seen = wholes(request.POST.getlist("came")), whole(request.POST.get("seen_version", "")) or 0
    with told(request):
        people = actions.attend(event=event, came=came, actor=request.user, now=timezone.now(), seen_version=seen)
        messages.success(request, _("到场 %(n)d 人") % {"n": people})
    return redirect("web:roadshow", pk)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    event = _officers(request, pk)
    form = StepForm(request.POST)
    if stepped(request, event, step, form):
        return redirect("web:roadshow", pk)
    return _page(request, _officers(request, pk), step_form=form, status=409)
