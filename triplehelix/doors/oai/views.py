"""The one address of the provider: six verbs, by GET and POST, each an answer in XML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from triplehelix.doors.oai import records, xml
from triplehelix.doors.oai.asked import PREFIX, ProtocolError, Window, arguments, days, token, window
from triplehelix.doors.oai.records import Place
from triplehelix.market.experts import finds as experts

NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
#: Errors after which the request is not repeated with its arguments.
NOT_REPEATED = ("badVerb", "badArgument")


# A POST here asks a question, as a GET does: it writes nothing, and harvesters have no token of a form.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: HttpRequest) -> HttpResponse:
    """Answer one request. Errors of the protocol are answers too, with status 200 (§3.2)."""
    now = timezone.now()
    base = request.build_absolute_uri(reverse("oai"))
    given = request.POST if request.method == "POST" else request.GET
    asked: dict[str, str] = {}
    try:
        if request.method == "POST" and request.GET:
            raise ProtocolError("badArgument", "the arguments of a POST stand in its body")
        asked = arguments(dict(given.lists()))
        root = xml.envelope(base, asked, now)
        VERBS[asked["verb"]](xml.add(root, asked["verb"]), asked, request, now)
    except ProtocolError as why:
        root = xml.envelope(base, {} if why.code in NOT_REPEATED else asked, now)
        xml.add(root, "error", why.message, code=why.code)
    return HttpResponse(xml.whole(root), content_type="text/xml; charset=utf-8")


def _identifier(pk: int) -> str:
    return f"oai:{settings.OAI_DOMAIN}:achievement/{pk}"


def _opened(identifier: str, now: datetime) -> Any:
    """The record of an identifier. Raises ProtocolError idDoesNotExist."""
    number = identifier.removeprefix(f"oai:{settings.OAI_DOMAIN}:achievement/")
    row = records.harvestable(now).filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None
    if row is None:
        raise ProtocolError("idDoesNotExist", "no record has this identifier")
    return row


def identify(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    first = records.harvestable(now).order_by().aggregate(first=Min("stamp"))["first"]
    xml.add(parent, "repositoryName", f"{settings.SITE_NAME} 科技成果")
    xml.add(parent, "baseURL", request.build_absolute_uri(reverse("oai")))
    xml.add(parent, "protocolVersion", "2.0")
    xml.add(parent, "adminEmail", settings.OAI_EMAIL)
    xml.add(parent, "earliestDatestamp", xml.written(first or now))
    xml.add(parent, "deletedRecord", "persistent")
    xml.add(parent, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def list_metadata_formats(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    if "identifier" in asked:
        _opened(asked["identifier"], now)
    made = xml.add(parent, "metadataFormat")
    xml.add(made, "metadataPrefix", PREFIX)
    xml.add(made, "schema", xml.DC_SCHEMA)
    xml.add(made, "metadataNamespace", xml.OAI_DC)


def list_sets(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    if "resumptionToken" in asked:
        raise ProtocolError("badResumptionToken", "all sets are given at once, no token is")
    for spec, name in records.sets().items():
        made = xml.add(parent, "set")
        xml.add(made, "setSpec", spec)
        xml.add(made, "setName", name)


def get_record(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    row = _opened(asked["identifier"], now)
    if asked["metadataPrefix"] != PREFIX:
        raise ProtocolError("cannotDisseminateFormat", f"records are given as {PREFIX} only")
    _name([row])
    xml.record(parent, row, _identifier(row.pk), live=records.is_live(row, now), page=_page(request, row))


def _page(request: HttpRequest, row: Any) -> str:
    return request.build_absolute_uri(reverse("web:listing", args=("achievements", row.pk)))


def list_identifiers(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    for row in _harvested(parent, asked, now, with_people=False):
        xml.header(parent, row, _identifier(row.pk), live=records.is_live(row, now))
    _go_on(parent)


def list_records(parent: Any, asked: Mapping[str, str], request: HttpRequest, now: datetime) -> None:
    for row in _name(_harvested(parent, asked, now, with_people=True)):
        live = records.is_live(row, now)
        xml.record(parent, row, _identifier(row.pk), live=live, page=_page(request, row))
    _go_on(parent)


def _harvested(parent: Any, asked: Mapping[str, str], now: datetime, *, with_people: bool) -> list[Any]:
    """One page of records; the token for the next one is put first, and moved behind them when they are written."""
    found = window(asked)
    rows = records.between(records.harvestable(now), *days(found))
    if found.set:
        try:
            rows = records.of_set(rows, found.set)
        except KeyError:
            raise ProtocolError("noRecordsMatch", "there is no such set") from None
    total = rows.count() if found.total is None else found.total
    size = settings.OAI_PAGE_SIZE
    page = list(_with_people(records.after(rows, found.place), with_people)[: size + 1])
    if not page:
        if found.place is None:
            raise ProtocolError("noRecordsMatch", "no record has these dates and this set")
        # What was still to come has left the window since: the list ends here.
        raise ProtocolError("badResumptionToken", "nothing is left behind this resumptionToken; begin again")
    more, page = page[size:], page[:size]
    _token(parent, asked["verb"], replace(found, total=total), page, more=bool(more))
    return page


def _name(rows: list[Any]) -> list[Any]:
    """Each with `named`: its people, but for those who are not theirs or not to be shown."""
    left_out = experts.unnamed(row.pk for row in rows)
    for row in rows:
        row.named = [person for person in row.people.all() if (row.pk, person.pk) not in left_out]
    return rows


def _with_people(rows: Any, wanted: bool) -> Any:
    return rows.prefetch_related("people") if wanted else rows


def _token(parent: Any, verb: str, found: Window, page: list[Any], *, more: bool) -> None:
    if not more and found.place is None:
        return
    last = page[-1]
    seen = found.seen + len(page)
    then = replace(found, place=Place(last.stamp, last.pk), seen=seen)
    # What changed meanwhile is given again at the end, so that the count can only grow.
    total = str(max(found.total or 0, seen + more))
    xml.add(
        parent, "resumptionToken", token(verb, then) if more else "", completeListSize=total, cursor=str(found.seen)
    )


def _go_on(parent: Any) -> None:
    """The token stands behind the records."""
    for made in parent.findall(f"{{{xml.OAI}}}resumptionToken"):
        parent.append(made)


VERBS: Mapping[str, Callable[[Any, Mapping[str, str], HttpRequest, datetime], None]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "ListIdentifiers": list_identifiers,
    "ListRecords": list_records,
    "GetRecord": get_record,
}
