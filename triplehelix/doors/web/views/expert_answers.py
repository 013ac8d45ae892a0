"""这些是您的成果吗: for whoever has an account, and by the link of a letter for who has none."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.numbers import whole, wholes
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.views.person_claims import asking
from triplehelix.market.experts import actions, asked, finds
from triplehelix.market.experts.actions import invites
from triplehelix.market.experts.models import Expert, Invitation, Profile
from triplehelix.records.parties.models import Account, Person


class ShowForm(Form):
    visibility = forms.ChoiceField(
        label=gettext_lazy("我的专家页给谁看"), choices=Profile.VISIBILITY, widget=forms.RadioSelect
    )


def _person(request: Request) -> Person | None:
    return Person.objects.select_related("home", "profile").filter(account=request.user).first()


@require_safe
def mine(request: Request) -> HttpResponse:
    """What the signed-in person is asked."""
    person = _person(request)
    if person is None:
        return asking(request)
    return _page(request, person)


def _page(
    request: HttpRequest, person: Person, *, invitation: Invitation | None = None, token: str = "",
    form: ShowForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    profile = Profile.objects.filter(person=person).first()
    found = asked.groups(person)
    names = finds.with_coauthors([row for group in found for row in group.rows])
    for group in found:
        for row in group.rows:
            row.authors = names.get(row.work_id, [])
    refused = list(asked.refused(person)[:50])
    context = {
        "person": person,
        "expert": Expert.objects.filter(person=person).first(),
        "groups": found,
        "refused": refused,
        "may": asked.may_answer(person) if refused else (),
        "waiting": asked.waiting(person),
        "profile": profile,
        "form": form or ShowForm(initial={"visibility": profile.visibility if profile else "members"}),
        "invitation": invitation,
        "token": token,
    }
    return render(request, "web/expert_mine.html", context, status=status)


@require_POST
def answer(request: Request, act: str) -> HttpResponse:
    """One answer of the signed-in person."""
    person = _person(request)
    if person is None:
        raise Http404
    return _answered(request, person, act, actor=request.user, via="account", back=lambda: redirect("web:experts-mine"))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link of a letter: it opens this person's own list and nothing else."""
    now = timezone.now()
    invitation = actions.opened(token, now)
    if invitation is None:
        return render(request, "web/expert_link_over.html", status=404)
    if request.method != "POST":
        answer = _page(request, invitation.person, invitation=invitation, token=token)
    else:
        answer = _answered(
            request, invitation.person, request.POST.get("act", ""), actor=None, via="mail",
            back=lambda: redirect("web:experts-invited", token), invitation=invitation, token=token,
        )  # fmt: skip
        if answer.status_code == 302:
            invites.answered(invitation=invitation, now=now)
    # The address is a key: it is not told to any page that is opened from here.
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _answered(
    request: HttpRequest, person: Person, act: str, *, actor: Account | None, via: str,
    back: Callable[[], HttpResponse], invitation: Invitation | None = None, token: str = "",
) -> HttpResponse:  # fmt: skip
    """confirm and refuse one or more works, confirm or refuse a whole group, show as, stop the letters."""
    said: dict[str, Any] = {"person": person, "actor": actor, "now": timezone.now()}
    ids, group = wholes(request.POST.getlist("work")), whole(request.POST.get("group", ""))
    with told(request):
        if act == "confirm":
            _told(request, actions.confirm(authorships=ids, via=via, **said), mine=True)
        elif act == "refuse":
            _told(request, actions.refuse(authorships=ids, via=via, **said), mine=False)
        elif act == "all" and group is not None:
            _told(request, actions.confirm_all(group=group, via=via, **said), mine=True)
        elif act == "none" and group is not None:
            _told(request, actions.refuse_all(group=group, via=via, **said), mine=False)
        elif act == "show":
            return _shown(request, person, said, back, invitation, token)
        elif act == "stop" and invitation is not None:
            actions.stop_mail(**said)
            return render(request, "web/expert_link_over.html", {"stopped": True})
        else:
            raise Http404
    return back()


def _shown(
    request: HttpRequest, person: Person, said: dict[str, Any], back: Callable[[], HttpResponse],
    invitation: Invitation | None, token: str,
) -> HttpResponse:  # fmt: skip
    form = ShowForm(request.POST)
    if form.is_valid():
        with form.blaming():
            actions.show_as(visibility=form.cleaned_data["visibility"], **said)
            messages.success(request, _("已保存"))
            return back()
    return _page(request, person, invitation=invitation, token=token, form=form, status=form.status)


def _told(request: HttpRequest, count: int, *, mine: bool) -> None:
    said = (
        ngettext("确认了 %(n)d 项", "确认了 %(n)d 项", count) if mine
        else ngettext("记下了：%(n)d 项不是您的，以后不再出现", "记下了：%(n)d 项不是您的，以后不再出现", count)
    )  # fmt: skip
    messages.success(request, said % {"n": count})
