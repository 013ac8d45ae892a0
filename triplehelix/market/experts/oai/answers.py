"""An answer of a repository: bytes in, a page of works out, or one clear sentence why not (OAI-PMH 2.0 §3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from triplehelix.market.experts.oai import mending
from triplehelix.market.experts.oai.mending import BLANKS, FORBIDDEN
from triplehelix.market.experts.reading import dublin
from triplehelix.market.experts.reading.found import FoundWork

OAI = "{http://www.openarchives.org/OAI/2.0/}"
OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
STAMP = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)
DAY, SECOND = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"


class Malformed(Exception):
    """No XML: broken off or damaged. Worth one more try."""


class WrongAnswer(Exception):
    """XML, but no answer of OAI-PMH, or one that is not taken. Trying again would not help."""


class Condition(Exception):
    """An error of the protocol, by its `code`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of ListRecords. `left_out` are records that cannot be kept: (identifier, why).

    `token` is empty at the end of the list; `size` is how many records the repository says the whole list has.
    """

    works: list[FoundWork]
    left_out: list[tuple[str, str]]
    token: str = ""
    size: int | None = None
    expires: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a repository says of itself."""

    name: str
    granularity: str
    earliest: str
    deleted: str
    emails: list[str] = field(default_factory=list)


def opened(content: bytes) -> etree._Element:
    """The root of an answer. Nothing outside of it is read, no entity of its own is expanded.

    Raises Malformed, WrongAnswer, and Condition for an error of the protocol.
    """
    try:
        root = _parsed(FORBIDDEN.sub(b"", content))
    except etree.XMLSyntaxError as why:
        if content.lstrip(BLANKS)[:200].lower().startswith((b"<!doctype html", b"<html")):
            raise WrongAnswer("对方回答的是网页，不是 OAI-PMH：请核对地址") from why
        try:
            root = _parsed(mending.mended(content), encoding="utf-8")
        except etree.XMLSyntaxError:
            raise Malformed(f"对方的回答不是完整的 XML：{why.msg}"[:300]) from why
    if root.getroottree().docinfo.doctype:
        raise WrongAnswer("对方的回答带有文档类型声明（DOCTYPE），没有读取")
    if root.tag != f"{OAI}OAI-PMH":
        raise WrongAnswer(f"对方的回答不是 OAI-PMH 2.0（根元素是 {str(root.tag)[:80]}）：请核对地址")
    for error in root.iterfind(f"{OAI}error"):
        raise Condition(error.get("code", ""), " ".join("".join(error.itertext()).split())[:300])
    return root


def _parsed(content: bytes, encoding: str | None = None) -> etree._Element:
    """Raises XMLSyntaxError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
    )  # fmt: skip
    return etree.fromstring(content, parser)


def identify(content: bytes) -> About:
    root = opened(content)
    said = root.find(f"{OAI}Identify")
    if said is None:
        raise WrongAnswer("对方的回答里没有 Identify：请核对地址")
    granularity = _text(said, "granularity")
    return About(
        name=_text(said, "repositoryName")[:200],
        granularity=granularity if granularity in (DAY, SECOND) else DAY,
        earliest=_text(said, "earliestDatestamp")[:30],
        deleted=_text(said, "deletedRecord")[:20],
        emails=["".join(one.itertext()).strip() for one in said.iterfind(f"{OAI}adminEmail")],
    )


def page(content: bytes) -> Page:
    """One page of records. `noRecordsMatch` is an empty page."""
    try:
        root = opened(content)
    except Condition as why:
        if why.code == "noRecordsMatch":
            return Page([], [])
        raise
    listed = root.find(f"{OAI}ListRecords")
    if listed is None:
        raise WrongAnswer("对方的回答里没有 ListRecords")
    left_out: list[tuple[str, str]] = []
    works = list(_works(listed, left_out))
    mark = listed.find(f"{OAI}resumptionToken")
    size = mark.get("completeListSize", "") if mark is not None else ""
    return Page(
        works,
        left_out,
        token="" if mark is None else (mark.text or "").strip(),
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else None,  # more is nobody's
        expires="" if mark is None else mark.get("expirationDate", "")[:30],
        answered=_text(root, "responseDate")[:30],
    )


def _works(listed: etree._Element, left_out: list[tuple[str, str]]) -> Iterator[FoundWork]:
    for record in listed.iterfind(f"{OAI}record"):
        header = record.find(f"{OAI}header")
        identifier = "" if header is None else _text(header, "identifier")
        if header is None or not identifier or len(identifier) > 200:
            left_out.append((identifier[:200], "记录没有可用的标识"))
            continue
        stamp = _text(header, "datestamp")
        stamp = stamp if STAMP.fullmatch(stamp) else ""
        if header.get("status") == "deleted":
            yield FoundWork(source="oai", source_id=identifier, title="", datestamp=stamp, deleted=True)
            continue
        dc = record.find(f"{OAI}metadata/{OAI_DC}")
        if dc is None:
            left_out.append((identifier, "没有都柏林核心（oai_dc）元数据"))
            continue
        work = dublin.work_of(dc, identifier=identifier, datestamp=stamp)
        if not work.title:
            left_out.append((identifier, "没有题名"))
        elif mending.LOST in work.title or any(mending.LOST in author.name for author in work.authors):
            left_out.append((identifier, "题名或作者里有读不出来的字：声明的编码和实际的不一样"))
        else:
            yield work


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{OAI}{name}")
    return "" if found is None else "".join(found.itertext()).strip()
