"""docs/sources.md explains whatever section or document the code cites: nobody outside has the notes it came from."""

import re

from triplehelix.doors.cli import house

CITED = re.compile(r"domain,? (§[0-9](?:\.[0-9])?|R[0-9]|M[0-9]\.[0-9])")
DOCUMENT = re.compile(r"\bS[0-9]{1,2}[a-z]?\b")
PAGE = house.ROOT / "docs" / "sources.md"


def texts():
    for folder in ("triplehelix", "docs/decisions"):
        for path in (house.ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".md") and "migrations" not in path.parts:
                yield path.read_text(encoding="utf-8")


def test_every_section_and_document_that_is_cited_is_explained():
    known = PAGE.read_text(encoding="utf-8")
    explained = {*re.findall(r"§[0-9](?:\.[0-9])?|\bR[0-9]\b|\bM[0-9]\.[0-9]\b", known), *DOCUMENT.findall(known)}
    cited = {found for text in texts() for found in (*CITED.findall(text), *DOCUMENT.findall(text))}
    assert cited
    assert cited <= explained
