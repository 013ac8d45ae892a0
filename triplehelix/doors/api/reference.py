"""The code lists of the policy pack in use."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from triplehelix.doors.api import shapes
from triplehelix.doors.api.callers import PUBLIC
from triplehelix.records.parties import reference

router = Router(tags=["reference"])
Name = Literal[
    "chains",
    "fields",
    "regions",
    "units",
    "transfer_modes",
    "ip_types",
    "rights",
    "trl",
    "achievement_types",
    "decline_reasons",
]
LISTS = {"chains": reference.chains, "fields": reference.fields, "regions": reference.regions, "units": reference.units}


@router.get("/reference/{name}", response=list[shapes.CodeOut], auth=PUBLIC, summary="代码表")
def codes(request: HttpRequest, name: Name) -> Any:
    """The entries in force today. `assumed` ones are proposals, not official."""
    found = LISTS[name]() if name in LISTS else reference.code_list(name)
    return [
        {"code": e.code, "name": e.name, "aliases": list(e.aliases), "assumed": e.assumed}
        for e in found.current(timezone.localdate())
    ]
