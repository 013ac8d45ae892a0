"""BibTeX: every entry a row by the line it begins on; what the parser cannot read is said at its line."""

from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import DuplicateBlockKeyBlock, Entry

from triplehelix.foundation.sheet import Cell, Problem
from triplehelix.market.experts.reading.found import RAW

KINDS = {"patent": "patent", "techreport": "project"}
#: Entries that are no works of somebody.
LEFT_OUT = frozenset({"string", "preamble", "comment", "proceedings"})
VENUES = ("journal", "journaltitle", "booktitle", "series", "school", "institution", "publisher")


def is_bibtex(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith(("@", "%")) and "@" in text and "{" in text


def rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    """(line, values by column key) of every entry, in order."""
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    found: list[tuple[int, dict[str, Any]]] = []
    for entry in library.entries:
        if entry.entry_type.lower() not in LEFT_OUT:
            found.append((_line(entry.start_line), _values(entry)))
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.ignore_error_block, Entry):
            # Two entries under one key are two works: the key is only for citing.
            found.append((_line(block.start_line), _values(block.ignore_error_block)))
        else:
            found.append((_line(block.start_line), {"title": _broken(block.raw or "")}))
    return sorted(found, key=lambda row: row[0])


def _line(start: int | None) -> int:
    return (start or 0) + 1


def _broken(raw: str) -> Cell:
    begins = raw.strip().split("\n", 1)[0][:60]
    return Cell(
        begins, begins, Problem("bibtex", f"这个条目读不懂（“{begins}”）：请核对花括号和引号是否成对、字段间有逗号")
    )


def _values(entry: Entry) -> dict[str, Any]:
    given = {field.key.lower(): str(field.value).strip() for field in entry.fields}
    return {
        "title": given.get("title", "").strip("{}"),
        "authors": given.get("author", "").replace("\n", " "),
        "affiliations": given.get("affiliation", "") or given.get("address", ""),
        "year": given.get("year", "") or given.get("date", ""),
        "venue": next((given[name] for name in VENUES if given.get(name)), ""),
        "doi": given.get("doi", ""),
        "subjects": given.get("keywords", "") or given.get("keyword", ""),
        "abstract": given.get("abstract", ""),
        "url": given.get("url", ""),
        "kind": KINDS.get(entry.entry_type.lower(), "paper"),
        "source": "bibtex",
        "raw": (entry.raw or "")[:RAW],
    }
