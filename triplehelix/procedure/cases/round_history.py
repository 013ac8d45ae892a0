"""How a round was put right, in words for everybody who reads the round."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.procedure.cases.models import Round
from triplehelix.records.trail.kept import KEY
from triplehelix.records.trail.models import Entry


@dataclass(frozen=True)
class Change:
    """One correction: `what` says each field with what it was and is; of long texts only that they changed."""

    at: datetime
    what: list[str]
    why: str


def changes(round: Round) -> list[Change]:
    """Corrections of a round, latest first. One query."""
    rows = corrections(round).order_by("-n")
    return [
        Change(row.at, [_said(name, **told) for name, told in row.data.items() if name != KEY], row.why) for row in rows
    ]


def corrections(round: Round) -> QuerySet[Entry]:
    """Their rows of the trail."""
    return Entry.objects.filter(subject_kind=Round.kind, subject_id=str(round.pk), verb="change")


def _said(name: str, **told: Any) -> str:
    """`told`: what stood there (from) and stands there now (to)."""
    if name not in ("closes_on", "budget_fen"):
        return {"contact": _("咨询电话有改动"), "about": _("说明有改动")}[name]
    was, now = (_shown(name, told[end]) for end in ("from", "to"))
    return _("%(what)s由 %(was)s 改为 %(now)s") % {"what": _label(name), "was": was, "now": now}


def _label(name: str) -> str:
    return {"closes_on": _("截止日期"), "budget_fen": _("预算")}[name]


def _shown(name: str, value: Any) -> str:
    if value is None:
        return _("不设")
    return date.fromisoformat(value).isoformat() if name == "closes_on" else Fen(value).in_wan()
