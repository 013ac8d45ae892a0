"""Import pages: template, upload, dry run with its progress, error workbook, confirmation, receipt."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from triplehelix.doors import handed
from triplehelix.doors.handed import XLSX, attachment
from triplehelix.doors.web.forms import UploadForm
from triplehelix.doors.web.numbers import whole
from triplehelix.doors.web.refusals import told
from triplehelix.doors.web.requests import Request
from triplehelix.foundation.sheet import template
from triplehelix.market.experts import uploads
from triplehelix.market.imports import kinds, listings, tasks
from triplehelix.market.imports.access import Importer, importer
from triplehelix.market.imports.columns import SCHEMAS
from triplehelix.market.imports.models import Import
from triplehelix.market.listings import access
from triplehelix.procedure.candidates import landing as candidates
from triplehelix.records.parties.finds import organisations_of
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import take

WHAT = {
    "needs": "market.need",
    "achievements": "market.achievement",
    "papers": uploads.PAPERS,
    "patents": uploads.PATENTS,
}
NAMES = {
    "needs": gettext_lazy("企业需求"),
    "achievements": gettext_lazy("科技成果"),
    "papers": gettext_lazy("论文"),
    "patents": gettext_lazy("专利"),
}
TEMPLATES = {
    "needs": SCHEMAS["market.need"],
    "achievements": SCHEMAS["market.achievement"],
    "papers": uploads.paper_template,
    "patents": uploads.patent_template,
}
#: Lists of works are no listings: there is nothing to publish, and they are seen at the experts.
WORKS = ("papers", "patents")
PER_PAGE = 20
SHOWN = 200
#: Of what landed the receipt shows no more; the rest stands where such things stand.
SHOWN_LANDED = 50


@require_safe
def index(request: Request) -> HttpResponse:
    rows = Paginator(request.user.imports.select_related("file"), PER_PAGE).get_page(request.GET.get("page"))
    may_import = importer(request.user, timezone.localdate()) is not None
    return render(request, "web/import_list.html", {"imports": rows, "names": kinds.names(), "may_import": may_import})


@require_safe
def sheet_template(request: Request, what: str) -> HttpResponse:
    content = template(TEMPLATES[what](timezone.localdate()), title=str(NAMES[what]))
    return attachment(content, f"{NAMES[what]}导入模板.xlsx", XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request, what: str) -> HttpResponse:
    allowed = importer(request.user, timezone.localdate())
    if allowed is None:
        raise Http404
    own = [] if allowed.organisation is None else list(organisations_of(request.user, timezone.localdate()))
    form = UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        own=own,
        publishes_for=allowed.publishes_for_others,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            said = {"now": file.size / 2**20, "most": settings.UPLOAD_MAX_BYTES / 2**20}
            form.add_error("file", _("文件有 %(now).1f MB，最多 %(most).0f MB；请分成几份上传") % said)
        else:
            with form.blaming():
                case = tasks.upload(
                    content=file.read(),
                    name=file.name,
                    what=WHAT[what],
                    publish=form.cleaned_data["publish"] and what not in WORKS,
                    account=request.user,
                    organisation=_chosen(request, form, allowed),
                    now=timezone.now(),
                )
                return redirect("web:import", case.pk)
    context = {
        "form": form,
        "what": what,
        "what_name": NAMES[what],
        "most_mb": settings.UPLOAD_MAX_BYTES // 2**20,
        "is_works": what in WORKS,
    }
    return render(request, "web/import_upload.html", context, status=form.status)


def _chosen(request: Request, form: UploadForm, allowed: Importer) -> Organisation | None:
    """Whose rows the sheet holds, of the organisations somebody acts for."""
    chosen = importer(request.user, timezone.localdate(), form.cleaned_data.get("organisation"))
    return (chosen or allowed).organisation


def _own(request: Request, pk: int) -> Import:
    return get_object_or_404(request.user.imports.select_related("file", "annotated"), pk=pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The state of one import; while work goes on, the page asks again every second."""
    case = _own(request, pk)
    context = {"case": case, "errors": case.errors[:SHOWN], "more": max(0, case.error_count - SHOWN), **_ways(case)}
    allowed = importer(request.user, timezone.localdate()) if case.state == "checked" else None
    for_others = allowed is not None and allowed.publishes_for_others
    context |= {"names": kinds.names(), "for_others": for_others, **_landed(request, case)}
    return render(request, "web/_import_panel.html" if request.htmx else "web/import.html", context)


def _ways(case: Import) -> dict[str, str]:
    """Where to upload again, and where all that landed is seen, "" where there is no such place."""
    if case.what == candidates.KIND.what:
        round = case.about.removeprefix(candidates.PREFIX)
        return {"again_url": reverse("web:round", args=[round]), "landed_url": f"{reverse('web:cases')}?round={round}"}
    kind = next(name for name, what in WHAT.items() if what == case.what)
    landed = reverse("web:experts") if kind in WORKS else reverse("web:mine", args=[kind])
    if kind not in WORKS and case.organisation_id is None:
        landed = ""  # an office has no listings of its own: its receipt shows them
    return {"again_url": reverse("web:import-upload", args=[kind]), "landed_url": landed}


def _landed(request: Request, case: Import) -> dict[str, Any]:
    """The first listings that landed, each with whether it opens (a draft is its firm's), and how many more."""
    rows = listings.landed(case)
    if rows is None or case.receipt is None:
        return {"landed": [], "landed_more": 0, "kind": ""}
    shown = list(rows[:SHOWN_LANDED])
    mine = rows.filter(pk__in=[one.pk for one in shown])
    opens = set(access.visible(mine, request.user, timezone.now()).values_list("pk", flat=True))
    kind = next(name for name, what in WHAT.items() if what == case.what)
    lines = [(one, one.pk in opens) for one in shown]
    return {"landed": lines, "landed_more": max(0, case.row_count - SHOWN_LANDED), "kind": kind}


@require_safe
def annotated(request: Request, pk: int) -> HttpResponse:
    """The uploaded sheet with every wrong cell marked."""
    case = _own(request, pk)
    if case.annotated is None:
        raise Http404
    return handed.paper(case.annotated)


@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Confirm or drop. Pressed twice, it lands once: the second press is told."""
    case = _own(request, pk)
    if step not in ("land", "drop"):
        raise Http404
    seen = whole(request.POST.get("seen_version", "")) or 0
    with told(request), transaction.atomic():  # no step without the job that writes the rows
        take(case=case, step=step, actor=request.user, now=timezone.now(), seen_version=seen)
        if step == "land":
            tasks.land_sheet.defer(pk=case.pk)
    return redirect("web:import", case.pk)
