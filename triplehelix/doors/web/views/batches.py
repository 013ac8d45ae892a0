"""Batches to the bank: what waits is sent in one file, its answer is read, what came back reopens its case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from triplehelix.doors import allowed
from triplehelix.doors.handed import XLSX, attachment
from triplehelix.doors.web.asking import Form
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.fund import files
from triplehelix.fund.actions.answers import Wrong
from triplehelix.fund.models import Batch
from triplehelix.procedure.cases import actions, waiting
from triplehelix.records.steps.actions import Refused

SHOWN_ERRORS = 50
#: Cases that could not be ordered, each with why.
MOST_NAMED = 5


class AnswerForm(Form):
    file = forms.FileField(label=gettext_lazy("银行回单（xlsx、xls 或 csv）"))


def require_finance(request: Request) -> None:
    """404 for anybody else than the finance bureau."""
    if "finance" not in allowed.fund(request.user):
        raise Http404


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One batch: its payments, its file, its answer."""
    return _page(request, get_object_or_404(Batch, pk=pk), AnswerForm(), [], 200)


def _page(request: Request, batch: Batch, form: forms.Form, errors: list[Any], status: int) -> HttpResponse:
    held = allowed.fund(request.user)
    context = {
        "batch": batch,
        "lines": list(files.lines(batch)),
        "form": form,
        "errors": errors[:SHOWN_ERRORS],
        # The file goes from the finance bureau to the bank; the other readers see the same payments on the page.
        "downloads": "finance" in held,
        # The bank may send back what it once said it had paid.
        "answers": "finance" in held and batch.payments.filter(state__in=("sent", "paid")).exists(),
    }
    return render(request, "web/batch.html", context, status=status)


@require_POST
def send(request: Request) -> HttpResponse:
    """Put everything that waits into one file for the bank; an order for another account by now is named, and waits."""
    require_finance(request)
    ordered = list(waiting.to_send())
    if wrong := actions.misdirected(ordered):
        messages.warning(request, actions.left_out(wrong))
    with told(request):
        batch = actions.send_batch(
            payments=[one for one in ordered if one not in wrong], actor=request.user, now=timezone.now()
        )
        messages.success(request, _("支付清单 %(number)s 已生成，请下载后交银行") % {"number": batch.number})
        return redirect("web:batch", batch.pk)
    return redirect("web:fund")


@require_POST
def order_all(request: Request) -> HttpResponse:
    """Order every case that waits to be paid; those that cannot be say why."""
    require_finance(request)
    found = actions.order_all(actor=request.user, now=timezone.now())
    messages.success(request, _("已安排 %(n)d 笔") % {"n": found.done})
    for case, why in found.refused[:MOST_NAMED]:
        messages.warning(request, f"{case.number}：{why}")
    if (more := len(found.refused) - MOST_NAMED) > 0:
        messages.warning(request, _("另有 %(n)d 件也不能拨付，处理以后再安排会说明原因") % {"n": more})
    return redirect("web:fund")


@require_safe
def file(request: Request, pk: int, form: str) -> HttpResponse:
    """The payment file: xlsx or csv."""
    require_finance(request)
    batch = get_object_or_404(Batch, pk=pk)
    if form == "xlsx":
        return attachment(files.as_xlsx(batch), f"支付清单{batch.number}.xlsx", XLSX)
    return attachment(files.as_csv(batch), f"支付清单{batch.number}.csv", "text/csv; charset=utf-8")


@require_safe
def answer_form(request: Request, pk: int) -> HttpResponse:
    """The bank's answer to fill in, where it comes on paper: the payments not answered yet."""
    require_finance(request)
    batch = get_object_or_404(Batch, pk=pk)
    return attachment(files.answer_form(batch), f"银行回单{batch.number}.xlsx", XLSX)


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Read the bank's answer: all of it is recorded, or nothing and every wrong row is named."""
    require_finance(request)
    batch = get_object_or_404(Batch, pk=pk)
    form = AnswerForm(request.POST, request.FILES)
    errors: list[Any] = []
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            answers = files.read_answer(upload.read(), upload.name)
            found = actions.answer_batch(batch=batch, answers=answers, actor=request.user, now=timezone.now())
        except files.SheetError as why:
            form.add_error("file", why.message)
        except (files.BadAnswer, Wrong) as why:
            errors = [(e.row, e.column, e.message) for e in files.wrong_cells(batch, why)]
        except Refused as why:
            form.add_error(None, str(why))
        else:
            said = {"paid": len(found.paid), "back": len(found.returned)}
            messages.success(request, _("到账 %(paid)d 笔，退回 %(back)d 笔") % said)
            return redirect("web:batch", pk)
    return _page(request, batch, form, errors, 422)
