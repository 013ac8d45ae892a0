"""JSON files of ORCID (a record, version 3.0) and OpenAlex (works), as rows of papers."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from triplehelix.foundation.sheet import SheetError
from triplehelix.market.experts.names import NOBODY, parse
from triplehelix.market.experts.reading.found import RAW

Json = Any
Person = TypeVar("Person")
SEPARATOR = re.compile(r"[;；,，、]|\sand\s")
#: How a number is the work's own; `part-of` is that of the book or series.
OWN = ("", "self", "version-of")
NOT_KNOWN = "这个 JSON 不是 ORCID 记录，也不是 OpenAlex 作品：请用 ORCID 的 record.json，或 OpenAlex 作品查询的结果"


def rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    """(number of the work, values by column key). Raises SheetError for JSON of another shape, or none."""
    found = _loaded(text)
    if isinstance(found, dict) and "orcid-identifier" in found:
        return list(enumerate(_orcid(found), start=1))
    works = found.get("results", [found]) if isinstance(found, dict) else found
    if not isinstance(works, list) or not all(isinstance(one, dict) for one in works):
        raise SheetError("not_a_sheet", NOT_KNOWN)
    if not any("openalex.org" in str(one.get("id", "")) for one in works):
        raise SheetError("not_a_sheet", NOT_KNOWN)
    return [(n, _openalex(one)) for n, one in enumerate(works, start=1)]


def _loaded(text: str) -> Json:
    text = text.lstrip("\ufeff").strip()
    try:
        if "\n" in text and text.startswith("{") and text.split("\n", 1)[0].rstrip().endswith("}"):
            return [json.loads(line) for line in text.split("\n") if line.strip()]  # one work a line
        return json.loads(text)
    except (ValueError, RecursionError):
        raise SheetError("damaged", "这个文件不是完整的 JSON，可能没有下载完；请重新导出后再上传") from None


def _at(found: Json, *path: str | int) -> Json:
    """What stands at a path, None where it breaks off."""
    for step in path:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and len(found) > step else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(found: Json, *path: str | int) -> str:
    value = _at(found, *path)
    return str(value).strip() if isinstance(value, str | int) else ""


def _each(found: Json, *path: str | int) -> Iterable[Json]:
    value = _at(found, *path)
    return value if isinstance(value, list) else []


def _lines(parts: Iterable[str]) -> str:
    """Parts for one cell that is split at its line ends. Empty ones are kept, as a dash: blanks at the ends of a cell
    are cut off, and what belongs to the second author would move up to the first."""
    shown = [" ".join(part.split()) for part in parts]
    if not any(shown):
        return ""
    # One alone is not to be split at a semicolon or comma in it.
    alone = [NOBODY] if len(shown) == 1 and SEPARATOR.search(shown[0]) else []
    return "\n".join([*(one or NOBODY for one in shown), *alone])


def _named(people: Iterable[tuple[str, Person]]) -> list[tuple[str, Person]]:
    """Those with a name: who has none is no author, and leaves mark and place to nobody."""
    return [(name, one) for name, one in people if parse(name).written]


def _raw(found: Json) -> str:
    return json.dumps(found, ensure_ascii=False)[:RAW]


def _orcid(record: Json) -> Iterable[dict[str, Any]]:
    """The works of one person's record. Where a work names no contributors, the person alone is known."""
    orcid = _text(record, "orcid-identifier", "path")
    family = _text(record, "person", "name", "family-name", "value")
    given = _text(record, "person", "name", "given-names", "value")
    owner = _text(record, "person", "name", "credit-name", "value") or (f"{family}, {given}" if family else given)
    job = next((_text(one, "summaries", 0, "employment-summary", "organization", "name")
                for one in _each(record, "activities-summary", "employments", "affiliation-group")), "")  # fmt: skip
    for group in _each(record, "activities-summary", "works", "group"):
        work = _at(group, "work-summary", 0)
        people = [
            (_text(one, "credit-name", "value"), _text(one, "contributor-orcid", "path"))
            for one in _each(work, "contributors", "contributor")
        ]
        people = _named(people) or [(owner, orcid)]
        kind = _text(work, "type")
        yield {
            "title": _text(work, "title", "title", "value"),
            "authors": _lines(name for name, _mark in people),
            "affiliations": _lines(job if mark == orcid else "" for _name, mark in people),
            "orcids": _lines(mark for _name, mark in people),
            "year": _text(work, "publication-date", "year", "value"),
            "venue": _text(work, "journal-title", "value"),
            "doi": next((_text(one, "external-id-value") for one in _each(work, "external-ids", "external-id")
                         if _text(one, "external-id-type").lower() == "doi"
                         and _text(one, "external-id-relationship").lower() in OWN), ""),
            "url": _text(work, "url", "value"),
            "kind": "patent" if kind == "patent" else "paper",
            "source": "orcid",
            "source_id": f"{orcid}/{_text(work, 'put-code')}",
            "raw": _raw(work),
        }  # fmt: skip


def _openalex(work: Json) -> dict[str, Any]:
    people = [one for _name, one in _named((_name_of(one), one) for one in _each(work, "authorships"))]
    words = [_text(one, "display_name") for one in (*_each(work, "keywords"), *_each(work, "topics"))]
    return {
        "title": _text(work, "title") or _text(work, "display_name"),
        "authors": _lines(map(_name_of, people)),
        "affiliations": _lines(
            _text(one, "raw_affiliation_strings", 0) or _text(one, "institutions", 0, "display_name") for one in people
        ),
        "orcids": _lines(_text(one, "author", "orcid") for one in people),
        "author_ids": _lines(_text(one, "author", "id").rpartition("/")[2] for one in people),
        "year": _text(work, "publication_year"),
        "venue": _text(work, "primary_location", "source", "display_name"),
        "doi": _text(work, "doi"),
        "subjects": "; ".join(words[:10]),
        "abstract": _unfolded(_at(work, "abstract_inverted_index")),
        "url": _text(work, "primary_location", "landing_page_url") or _text(work, "doi"),
        "kind": "paper",
        "source": "openalex",
        "source_id": _text(work, "id").rpartition("/")[2],
        "raw": _raw(work),
    }


def _name_of(author: Json) -> str:
    return _text(author, "raw_author_name") or _text(author, "author", "display_name")


def _unfolded(index: Json) -> str:
    """OpenAlex gives an abstract as its words with their places."""
    if not isinstance(index, Mapping):
        return ""
    placed = [
        (place, word) for word, places in index.items() if isinstance(places, list)
        for place in places if isinstance(place, int)
    ]  # fmt: skip
    return " ".join(word for _place, word in sorted(placed)[:4000])
