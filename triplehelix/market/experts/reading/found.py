"""A work as a source tells it, and the keys by which two sources are known to tell of the same one."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from triplehelix.foundation.text import normalise, visible

#: It ends before a blank, a Chinese sign, a quotation mark, an end tag; SICI numbers hold < and > themselves.
DOI = re.compile(r"10\.\d{4,9}/(?:(?!</)[^\s\"“”‘’\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff])+")
#: Tags in titles and abstracts, as publishers give them (JATS, MathML, HTML).
TAG = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|scp|sc|p|br|span|(?:jats|mml):[A-Za-z0-9-]+)(?:\s+[\w:-]+\s*=\s*\"[^\"]*\")*\s*/?>",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
PATENT = re.compile(r"([A-Z]{2})?(\d{6,14}(?:\.[\dX])?)([A-Z]\d?)?")
#: How publications are told apart from applications: CN…A, B, C of inventions, U, Y of utility models, S of designs.
PUBLISHED = "ABCSUY"
#: A shorter title (编者按, Editorial) says nothing about being the same.
LEAST_TITLE = 6
TITLE, ABSTRACT, VENUE, SUBJECTS, RAW = 500, 20_000, 200, 20, 60_000


@dataclass(frozen=True, slots=True)
class FoundAuthor:
    """An author as written; `source_id` is the source's own number of the person, where it has one."""

    name: str
    affiliation: str = ""
    orcid: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """A work as one record of a source tells it; `raw` is the record as it came."""

    source: str
    source_id: str
    title: str
    authors: tuple[FoundAuthor, ...] = ()
    kind: str = "paper"
    abstract: str = ""
    year: int | None = None
    venue: str = ""
    number: str = ""
    other_number: str = ""
    doi: str = ""
    url: str = ""
    subjects: tuple[str, ...] = ()
    raw: str = field(default="", repr=False)
    datestamp: str = ""
    deleted: bool = False

    @property
    def strong_keys(self) -> list[str]:
        """What only one work has: DOI, numbers of a patent."""
        keys = [f"doi:{self.doi}"] if self.doi else []
        if self.kind == "patent":
            keys += [patent_key(number) for number in (self.number, self.other_number) if number]
        return keys

    @property
    def title_key(self) -> str:
        """The same kind, title and year; "" for a title that says too little."""
        flat = _flat(self.title)
        if len(flat) < LEAST_TITLE or self.year is None:
            return ""
        return f"t:{hashlib.blake2b(f'{self.kind}|{self.year}|{flat}'.encode(), digest_size=16).hexdigest()}"

    def titled(self, title: str) -> bool:
        """Whether it has this title, whatever its case, blanks and punctuation."""
        return _flat(self.title) == _flat(title)


def _flat(title: str) -> str:
    return re.sub(r"[\W_]+", "", normalise(title).casefold())


def clean(text: str, most: int) -> str:
    """One line without what no text may hold, and without tags and entities, cut to what is kept."""
    return " ".join(normalise(plain(text).replace("\x00", "")).split())[:most]


def plain(text: str) -> str:
    """Without tags and entities; twice, for many repositories escape what is escaped. Before a list is cut: an entity
    ends with a semicolon."""
    return TAG.sub("", unescape(unescape(text)))


def doi_of(text: str) -> str:
    """The DOI in a text (a link, `doi:10.…`), in lower case; "" when there is none."""
    found = DOI.search(unquote(visible(normalise(text))))
    if not found:
        return ""
    whole = found.group().partition("?")[0] if "://" in text else found.group()
    return whole.rstrip(".,:;)").lower()[:200]


def year_of(text: str) -> int | None:
    found = YEAR.search(normalise(text))
    return int(found.group()) if found else None


def orcid_of(text: str) -> str:
    """The ORCID iD in a text, "" when there is none. Raises ValueError for one whose check digit is wrong."""
    found = ORCID.search(text.upper())
    if not found:
        return ""
    try:
        mod_11_2.validate(found.group().replace("-", ""))
    except ValidationError:
        raise ValueError(f"ORCID {found.group()} 的校验位不对") from None
    return found.group()


def patent_of(text: str) -> str:
    """A patent's number as it is kept: CN116123456A, ZL202110123456.7. Raises ValueError for what is none."""
    flat = re.sub(r"[\s\-/:()\u4e00-\u9fff]", "", normalise(text).upper())  # 专利号：… （发明）
    if not PATENT.fullmatch(flat):
        raise ValueError(f"“{text[:30]}”不像专利号，应如 CN116123456A 或 202110123456.7")
    return flat


def patent_key(number: str) -> str:
    """Application and grant of one patent share their digits: CN116123456A and CN116123456B, with CN or without. ZL and
    the number of the application are the same; of before 2003 it has eight digits and the one that checks them."""
    found = PATENT.fullmatch(number)
    assert found, number
    country, digits, kind = found.groups()
    whole, dot, _check = digits.partition(".")
    published = country is None and (kind or "X")[0] in PUBLISHED and len(whole) < 12
    if published or not (country in (None, "ZL") or dot or len(whole) >= 12):
        return f"pub:{country or 'CN'}{whole}"
    return f"app:{whole[:8] if country == 'ZL' and len(whole) == 9 else whole[:12]}"


def subjects_of(parts: Iterable[str]) -> tuple[str, ...]:
    """Keywords, each once, as they are written."""
    found = (clean(one, 60) for part in parts for one in re.split(r"[;；,，、\n]", plain(part)))
    return tuple(dict.fromkeys(one for one in found if one))[:SUBJECTS]
