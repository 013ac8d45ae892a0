"""Answers as XML: the envelope of OAI-PMH 2.0, headers, and achievements as Dublin Core (oai_dc)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from lxml import etree

from triplehelix.doors.oai import records
from triplehelix.records.parties import reference

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
#: Signs XML cannot hold, and lone halves of surrogate pairs.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Element = Any  # lxml has no types


def written(moment: datetime) -> str:
    """A moment in whole seconds of UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A child of the protocol's own namespace."""
    made = etree.SubElement(parent, f"{{{OAI}}}{name}", **attributes)
    if text:
        made.text = UNWRITABLE.sub("", text)
    return made


def envelope(base: str, asked: Mapping[str, str], now: datetime) -> Element:
    """The root with its date and the request; `asked` is empty where the request cannot be repeated (§3.6)."""
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {SCHEMA}")
    add(root, "responseDate", written(now))
    add(root, "request", base, **{name: UNWRITABLE.sub("", value) for name, value in asked.items()})
    return root


def whole(root: Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def header(parent: Element, row: Any, identifier: str, *, live: bool) -> None:
    made = add(parent, "header", **({} if live else {"status": "deleted"}))
    add(made, "identifier", identifier)
    add(made, "datestamp", written(row.stamp))
    for spec in records.sets_of(row):
        add(made, "setSpec", spec)


def record(parent: Element, row: Any, identifier: str, *, live: bool, page: str) -> None:
    """A record; a deleted one is its header alone."""
    made = add(parent, "record")
    header(made, row, identifier, live=live)
    if live:
        add(made, "metadata").append(dublin_core(row, page))


def dublin_core(row: Any, page: str) -> Element:
    """An achievement by the fifteen elements: what its public page says, never whom to call. `row.named`: the people it
    is given with."""
    made = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    made.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} {DC_SCHEMA}")
    for name, value in _elements(row, page):
        if value := UNWRITABLE.sub("", value).strip():
            etree.SubElement(made, f"{{{DC}}}{name}").text = value
    return made


def _elements(row: Any, page: str) -> Iterable[tuple[str, str]]:
    yield "title", row.title
    for person in row.named:
        yield "creator", person.name
    yield "subject", reference.fields().label(row.field)
    yield "subject", reference.chains().label(row.chain)
    yield "description", row.text
    yield "publisher", row.organisation.name
    yield "date", timezone.localdate(row.published_at).isoformat()
    yield "type", reference.code_list("achievement_types").label(row.type)
    yield "identifier", page
    for one in row.ip:
        yield "relation", " ".join(filter(None, (one.get("type", ""), one.get("number", ""))))
    yield "language", "zh"
    yield "coverage", reference.regions().label(row.region)
    yield "rights", reference.code_list("rights").label(row.rights)
