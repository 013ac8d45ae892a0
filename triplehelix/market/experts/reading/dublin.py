"""Dublin Core as a university's repository gives it, one element of a record into a work."""

from lxml import etree

from triplehelix.market.experts import names
from triplehelix.market.experts.reading.found import (
    ABSTRACT,
    RAW,
    TITLE,
    VENUE,
    FoundAuthor,
    FoundWork,
    clean,
    doi_of,
    plain,
    subjects_of,
    year_of,
)

DC = "{http://purl.org/dc/elements/1.1/}"
PATENTS = ("patent", "专利")
PROJECTS = ("report", "project", "报告", "项目")
MOST_AUTHORS = 300
ALTERNATIVE = "info:eu-repo/semantics/altIdentifier/"


def work_of(dc: etree._Element, *, identifier: str, datestamp: str) -> FoundWork:
    """The work of one record; one without a title keeps an empty one, and the caller leaves it out."""
    given: dict[str, list[str]] = {}
    for element in dc:
        if isinstance(element.tag, str) and element.tag.startswith(DC):
            text = plain("".join(element.itertext())).strip()
            if text:
                given.setdefault(element.tag.removeprefix(DC), []).append(text)
    links = given.get("identifier", [])
    # What a record is related to is another work, but for what says that it is this one under another name.
    alternative = [one for one in given.get("relation", []) if one.startswith(ALTERNATIVE)]
    years = [year for year in map(year_of, given.get("date", [])) if year]
    return FoundWork(
        source="oai",
        source_id=identifier,
        title=clean(next(iter(given.get("title", [])), ""), TITLE),
        authors=tuple(_authors(given.get("creator", []))),
        kind=_kind(" ".join(given.get("type", [])).lower()),
        abstract=clean(max(given.get("description", []), key=len, default=""), ABSTRACT),
        year=min(years, default=None),
        venue=clean(next(iter(given.get("source", []) + given.get("publisher", [])), ""), VENUE),
        doi=next(filter(None, map(doi_of, links + alternative)), ""),
        url=next((link[:500] for link in links if link.startswith(("https://", "http://"))), ""),
        subjects=subjects_of(given.get("subject", [])),
        raw=etree.tostring(dc, encoding="unicode")[:RAW],
        datestamp=datestamp,
    )


def _authors(creators: list[str]) -> list[FoundAuthor]:
    """One creator an element, as it should be; several in one where repositories do it otherwise."""
    found: list[FoundAuthor] = []
    for creator in creators:
        try:
            parts = names.split(creator)
        except ValueError:
            parts = [creator]
        found += [FoundAuthor(clean(part, 80)) for part in parts]
    return _once([one for one in found if one.name])[:MOST_AUTHORS]


def _once(found: list[FoundAuthor]) -> list[FoundAuthor]:
    """Without those who are named a second time in letters: 张三 and Zhang, San of a record in two languages."""
    chinese = [name for name in (names.parse(one.name) for one in found) if name.han]
    kept = []
    for one in found:
        name = names.parse(one.name)
        twin = next(
            (other for other in chinese if not name.han and names.agree(name, other) == names.SAME_LETTERS), None
        )
        if twin is None:
            kept.append(one)
        else:
            chinese.remove(twin)
    return kept


def _kind(said: str) -> str:
    if any(word in said for word in PATENTS):
        return "patent"
    return "project" if any(word in said for word in PROJECTS) else "paper"
