"""Who acts for an organisation: for its administrators and the officers who manage it, who also let in and end."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.parts import text_field
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.records.parties import access, actions, finds
from triplehelix.records.parties.models import Membership, Organisation

PER_PAGE = 20
#: What may be answered to who asks, and the role it gives.
ANSWERS = {"accept": "", "accept-admin": "admin", "refuse": None}


class EndForm(Form):
    why = text_field(gettext_lazy("事由"), most=200, help=gettext_lazy("例如：离职、换人经办；本人会收到"))


@require_safe
def index(request: Request, pk: int) -> HttpResponse:
    """Who acts for this organisation, since when, and who asks to."""
    organisation = get_object_or_404(Organisation, pk=pk)
    allowed.members(request.user, organisation)
    today = timezone.localdate()
    page = Paginator(finds.members(organisation, today), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "web/member_list.html", {"organisation": organisation, "page": page, "today": today}
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """End one at once, with the reason."""
    membership = allowed.membership(request.user, pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.blaming():
            actions.end_membership(
                membership=membership, until=None, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            said = {"name": membership.account, "organisation": membership.organisation.name}
            messages.success(request, _("已办理：%(name)s不再代表%(organisation)s") % said)
            return _back(request, membership)
    return render(request, "web/member_end.html", {"membership": membership, "form": form}, status=form.status)


@require_POST
def answer(request: Request, pk: int, answer: str) -> HttpResponse:
    """Let somebody who asked act for an organisation, or not."""
    if answer not in ANSWERS:
        raise Http404
    membership, now = allowed.membership(request.user, pk), timezone.now()
    with told(request):
        if (role := ANSWERS[answer]) is None:
            actions.refuse_member(membership=membership, actor=request.user, now=now)
        else:
            actions.accept_member(membership=membership, actor=request.user, now=now, role=role)
        messages.success(request, _("已办理"))
    return redirect("web:todo") if "todo" in request.POST else _back(request, membership)


def _back(request: Request, membership: Membership) -> HttpResponse:
    """To the members; whoever ended his own membership may not see them any more."""
    held = access.relations(request.user, membership.organisation, timezone.localdate())
    if held & access.KEEPS_MEMBERS:
        return redirect("web:members", membership.organisation_id)
    return redirect("web:account")
