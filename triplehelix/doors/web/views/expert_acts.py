"""What is done about one expert from its page: an address, an invitation, and who is who."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from triplehelix.doors import allowed
from triplehelix.doors.web.expert_forms import AddressForm, MergeForm, WhyForm
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.views import experts
from triplehelix.market.experts import access, actions, finds
from triplehelix.market.experts.models import Authorship, Expert, Merge, Split
from triplehelix.market.experts.reasons import reason


def _related(request: Request, pk: int, *relations: str) -> Expert:
    """The expert, for who has one of these relations to it; 404 for everybody else."""
    today = timezone.localdate()
    expert = get_object_or_404(finds.shown_to(request.user, today), pk=pk)
    if not access.relations_of(expert, request.user, today) & set(relations):
        raise Http404
    return expert


@require_POST
def address(request: Request, pk: int) -> HttpResponse:
    """The organisation gives, changes or takes back the address of its own person."""
    expert = _related(request, pk, access.HOME)
    form = AddressForm(request.POST)
    if form.is_valid():
        assert expert.person is not None
        with form.blaming():
            actions.give_address(person=expert.person, actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已保存"))
            return redirect("web:expert", pk)
    return experts.page(request, expert, form.status, address_form=form)


@require_POST
def invite(request: Request, pk: int) -> HttpResponse:
    """Send the letter, or say why not."""
    expert = _related(request, pk, access.HOME, access.DESK)
    if expert.person is None:
        raise Http404
    with told(request):
        base = request.build_absolute_uri("/")
        actions.invite(person=expert.person, base_url=base, actor=request.user, now=timezone.now())
        messages.success(request, _("邀请已发出"))
    return redirect("web:expert", pk)


@require_POST
def merge(request: Request, pk: int) -> HttpResponse:
    """By hand: the two are one."""
    expert = _related(request, pk, access.DESK)
    form = MergeForm(request.POST)
    if form.is_valid():
        other = _named(form.cleaned_data["other"])
        if other is None:
            form.add_error("other", _("没有这一位专家：请打开对方的专家页，复制网址"))
        else:
            with form.blaming():
                made = actions.merge(
                    one=expert, other=other, how="officer", actor=request.user, now=timezone.now(),
                    reasons=[reason("by_hand")], why=form.cleaned_data["why"],
                )  # fmt: skip
                messages.success(request, _("已合并；不对的话，可以在“合并记录”里撤销"))
                return redirect("web:expert", made.survivor_id)
    return experts.page(request, expert, form.status, merge_form=form)


def _named(text: str) -> Expert | None:
    found = re.search(r"(?:^|experts/)(\d{1,15})/?(?:$|[?#])", text.strip())
    return Expert.objects.filter(pk=int(found.group(1)), merged_into__isnull=True).first() if found else None


def _back(request: Request, root: int, said: str, act: Any, **given: Any) -> HttpResponse:
    """Do it and go back to the expert, with what came of it."""
    form = WhyForm(request.POST)
    with told(request):
        why = form.cleaned_data["why"] if form.is_valid() else ""
        act(actor=request.user, now=timezone.now(), **given, **({"why": why} if "why" in request.POST else {}))
        messages.success(request, said)
    return redirect("web:expert", root)


@require_POST
def undo_merge(request: Request, pk: int) -> HttpResponse:
    allowed.experts_desk(request.user)
    made = get_object_or_404(Merge.objects.select_related("survivor"), pk=pk)
    said = _("已撤销：两边恢复原样，以后不再提出")
    root = made.survivor.root_id
    if "why" not in request.POST:
        messages.error(request, _("请写明为什么撤销"))
        return redirect("web:expert", root)
    return _back(request, root, said, actions.undo, merge=made)


@require_POST
def split(request: Request, pk: int) -> HttpResponse:
    """Take one work out of an expert."""
    allowed.experts_desk(request.user)
    row = get_object_or_404(Authorship.objects.select_related("expert"), pk=pk)
    root = row.expert.root_id
    if not request.POST.get("why", "").strip():
        messages.error(request, _("请写明为什么拆出"))
        return redirect("web:expert", root)
    return _back(request, root, _("已拆出，单独成为一位"), actions.split, authorship=row)


@require_POST
def undo_split(request: Request, pk: int) -> HttpResponse:
    allowed.experts_desk(request.user)
    made = get_object_or_404(Split.objects.select_related("frm"), pk=pk)
    return _back(request, made.frm.root_id, _("已放回"), actions.undo_split, split=made)
