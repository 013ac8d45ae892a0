"""What calls that act on a case share: the version seen, papers, and where in the call a refusal belongs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_noop
from ninja import Field
from ninja.files import UploadedFile

from triplehelix.doors.api import shapes
from triplehelix.records.evidence.actions import Unacceptable
from triplehelix.records.parties import finds
from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Invalid, Refused

#: A refusal of the n-th owner, payment … (from 1) belongs to that row of the list (from 0) of the call.
ROW = re.compile(r"(owner|row|cost|contributor)_([0-9]+)(?:_([a-z]+))?")
LISTS = {"owner": "owners", "row": "rows", "cost": "costs", "contributor": "contributors"}
#: What a column of a row is called in the call, where an action calls it otherwise.
COLUMNS = {"amount": "fen", "share": "share_bp", "consented": "consented_on"}
UNITS = ("_fen", "_bp", "_ppm")


class Seen(shapes.Given):
    """The version the caller has seen stands here or in If-Match."""

    seen_version: int | None = Field(None, ge=0, le=10**9, description="the version you have seen; or If-Match")

    def said(self, *but: str) -> dict[str, Any]:
        """What was given beside the version, without the fields named."""
        return self.dict(exclude={"seen_version", *but})


@contextmanager
def said_at(given: shapes.Given, **called: str) -> Iterator[None]:
    """An action's refusals at the fields of this call; `called`: what is named otherwise here. Raises Invalid."""
    try:
        yield
    except Invalid as why:
        errors = {called.get(name) or _place(name, given): said for name, said in why.errors.items()}
        raise Invalid(errors) from why


def _place(name: str, given: shapes.Given) -> str:
    known = type(given).model_fields
    if match := ROW.fullmatch(name):
        row = f"{LISTS[match[1]]}.{int(match[2]) - 1}"
        return f"{row}.{COLUMNS.get(match[3], match[3])}" if match[3] else row
    if name in known:
        return name
    return next((name + unit for unit in UNITS if name + unit in known), name)


@contextmanager
def paper_at(field: str) -> Iterator[None]:
    """A paper that cannot be kept is refused at its field. Raises Invalid."""
    try:
        yield
    except Unacceptable as why:
        raise Invalid({field: str(why)}) from why


def content_of(paper: UploadedFile) -> tuple[bytes, str]:
    """The bytes and the name of an upload."""
    return paper.read(), paper.name or ""


#: How a unit is named in what is sent: see `organisation_of`.
UNIT = gettext_noop("统一社会信用代码, or the exact full name")
#: As many characters as a unit's full name may have.
UNIT_LENGTH = 120


def organisation_of(text: str, field: str) -> Organisation:
    """The registered organisation of a unified social credit code or a full name. Raises Invalid at the field."""
    try:
        return finds.organisation_called(text)
    except Refused as why:
        raise Invalid({field: str(why)}) from why
