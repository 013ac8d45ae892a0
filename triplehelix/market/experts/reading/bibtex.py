"""BibTeX: every entry a row by the line it begins on; what the parser cannot read is said at its line."""

from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.middlewares.parsestack import default_parse_stack
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

from triplehelix.foundation.sheet import Cell, Problem
from triplehelix.market.experts.reading.found import RAW, year_of

KINDS = {"patent": "patent", "techreport": "project"}
#: Entries that are no works of somebody.
LEFT_OUT = frozenset({"string", "preamble", "comment", "proceedings"})
#: Fields some programs write once for each author or word.
JOINED = {"author": " and ", "keywords": "; ", "keyword": "; "}
YEARS = ("year", "date")
VENUES = ("journal", "journaltitle", "booktitle", "series", "school", "institution", "publisher")


def is_bibtex(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith(("@", "%")) and "@" in text and "{" in text


def rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    """(line, values by column key) of every entry, in order."""
    library = Library()
    found: list[tuple[int, dict[str, Any]]] = []
    for block in parse_string(text, parse_stack=[]).blocks:
        whole = _whole(block)
        if whole is not None:
            library.add(whole, fail_on_duplicate_key=False)
        elif isinstance(block, ParsingFailedBlock):
            found.append((_line(block.start_line), {"title": _broken(block.raw or "")}))
    for middleware in (*default_parse_stack(), LatexDecodingMiddleware()):
        library = middleware.transform(library)
    for entry in library.entries:
        if entry.entry_type.lower() not in LEFT_OUT:
            found.append((_line(entry.start_line), _values(entry)))
    for block in library.failed_blocks:
        found.append((_line(block.start_line), {"title": _broken(block.raw or "")}))
    return sorted(found, key=lambda row: row[0])


def _whole(block: Block) -> Block | None:
    """A block that can be read, also where keys or fields are there twice. Two entries under one key are two works: the
    key is only for citing, and each gets one of its own."""
    while isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) and block.ignore_error_block is not None:
        block = block.ignore_error_block
    if isinstance(block, Entry):
        block.key = f"{block.key} {block.start_line}"
    return None if isinstance(block, ParsingFailedBlock) else block


def _line(start: int | None) -> int:
    return (start or 0) + 1


def _broken(raw: str) -> Cell:
    begins = raw.strip().split("\n", 1)[0][:60]
    return Cell(
        begins, begins, Problem("bibtex", f"这个条目读不懂（“{begins}”）：请核对花括号和引号是否成对、字段间有逗号")
    )


def _values(entry: Entry) -> dict[str, Any]:
    given: dict[str, str] = {}
    for field in entry.fields:
        name, value = field.key.lower(), str(field.value).strip()
        if name in JOINED and given.get(name) and value:
            given[name] += JOINED[name] + value
        elif not given.get(name):
            given[name] = value
    return {
        "title": given.get("title", "").strip("{}"),
        "authors": given.get("author", "").replace("\n", " "),
        "affiliations": given.get("affiliation", ""),
        "year": next((given[name] for name in YEARS if year_of(given.get(name, ""))), given.get("year", "")),
        "venue": next((given[name] for name in VENUES if given.get(name)), ""),
        "doi": given.get("doi", ""),
        "subjects": given.get("keywords", "") or given.get("keyword", ""),
        "abstract": given.get("abstract", ""),
        "url": given.get("url", ""),
        "kind": KINDS.get(entry.entry_type.lower(), "paper"),
        "source": "bibtex",
        "raw": (entry.raw or "")[:RAW],
    }
