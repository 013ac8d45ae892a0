"""回避关系的登记: ties that employers and achievements do not tell: kin, teachers, shares, disputes, control.

Recorded by the office with its source, or declared by the expert; the pure rules (`procedure.review`) judge by them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from triplehelix.procedure.cases import access
from triplehelix.procedure.cases.actions.barring import said_why
from triplehelix.procedure.cases.people import person_named, unit_named
from triplehelix.procedure.panels.kept import of_tie
from triplehelix.procedure.panels.models import Tie
from triplehelix.procedure.review import relations
from triplehelix.procedure.review.relations import INTERESTS, KINSHIP, SUPERVISION, WORKS
from triplehelix.records.alone import alone
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

KIND = "procedure.tie"
PERSON, UNIT = "person", "unit"
#: Kind → (name, what the first end is, what the other may be).
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    **{f"kinship.{code}": (f"亲属：{name}", PERSON, (PERSON,)) for code, name in KINSHIP.items()},
    **{f"supervision.{code}": (f"师生：{name}（导师在前）", PERSON, (PERSON,)) for code, name in SUPERVISION.items()},
    **{f"work.{code}": (name, PERSON, (PERSON,)) for code, name in WORKS.items()},
    **{f"interest.{code}": (name, PERSON, (UNIT,)) for code, name in INTERESTS.items()},
    "affiliation": ("任职", PERSON, (UNIT,)),
    "dispute": ("个人纠纷", PERSON, (PERSON, UNIT)),
    "control": ("控制关系（母公司在前）", UNIT, (UNIT,)),
}
#: The parts those names are made of, for the reader's language.
WORDS = {
    "kinship": gettext_lazy("亲属：%(kind)s"), "supervision": gettext_lazy("师生：%(kind)s（导师在前）"),
    "spouse": gettext_lazy("配偶"), "lineal": gettext_lazy("直系血亲"), "collateral": gettext_lazy("三代以内旁系血亲"),
    "in_law": gettext_lazy("近姻亲"), "doctoral": gettext_lazy("博士导师与学生"),
    "postdoc": gettext_lazy("博士后合作导师与博士后"), "paper": gettext_lazy("合著论文"),
    "patent": gettext_lazy("共同发明"), "project": gettext_lazy("共同主持项目"),
    "consultancy": gettext_lazy("受聘有偿顾问"), "shareholding": gettext_lazy("持有股份"),
    "directorship": gettext_lazy("担任董事、监事或高级管理人员"), "affiliation": pgettext_lazy("tie", "任职"),
    "dispute": gettext_lazy("个人纠纷"), "control": gettext_lazy("控制关系（母公司在前）"),
}  # fmt: skip


def named(kind: str) -> str:
    """A kind of tie for people: its own name, inside that of its family where it has one."""
    family, _dot, own = kind.rpartition(".")
    return str(WORDS[family]) % {"kind": WORDS[own]} if family in WORDS else str(WORDS[own])


@transaction.atomic
def record_tie(
    *, kind: str, one: str, other: str, since: date, until: date | None, about: str, source: str, actor: Account | None,
    now: datetime,
) -> Tie:  # fmt: skip
    """Record a tie by the names of its ends. Raises Refused, Invalid at `kind`, `one` (also where the same tie is
    recorded and not void: voided, the other would keep the expert away all the same), `other`, `until`, `source`."""
    if actor is not None and not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以登记"))
    if kind not in KINDS:
        raise Invalid({"kind": _("没有这种关系")})
    alone("ties")
    _name, first, others = KINDS[kind]
    errors: dict[str, str] = {}
    ends: dict[str, Any] = {}
    _end(ends, errors, "one", one, (first,), {PERSON: "person", UNIT: "unit"})
    _end(ends, errors, "other", other, others, {PERSON: "other_person", UNIT: "other_unit"})
    source = " ".join(source.split())
    if not 0 < len(source) <= 120:
        errors["source"] = _("请写明来源，如工商登记、本人声明、举报核实")
    if until is not None and until < since:
        errors["until"] = _("结束日期不能早于开始日期")
    same = {"kind": kind, "since": since, "until": until, "about": about.strip()[:200], "source": source, **ends}
    if not errors and Tie.objects.filter(void_why="", **same).exists():
        errors["one"] = _("这条关系已经登记")
    if errors:
        raise Invalid(errors)
    made = Tie.objects.create(recorded_by=actor, recorded_at=now, **same)
    data = {"tie": str(made), **kept.said(of_tie(made))}
    trail.record(kind=KIND, id=str(made.pk), verb="record", actor=actor, now=now, data=data, why=source)
    return made


@transaction.atomic
def void_tie(*, tie: Tie, why: str, actor: Account | None, now: datetime) -> Tie:
    """Recorded of the wrong one or with wrong days, it counts no more; right, it is recorded anew. Seats that only it
    kept from counting count again where nobody has voided them.

    Raises Refused (not the clerk, or one who has a part in it; void already), Invalid at `why`.
    """
    today = timezone.localdate(now)
    if actor is not None and not access.is_clerk(actor, today):
        raise Refused(_("只有市科技局工作人员可以登记"))
    rows = Tie.objects.select_related("person", "other_person", "unit", "other_unit")
    held = rows.select_for_update(of=("self",)).get(pk=tie.pk)
    people, units = [held.person, held.other_person], [held.unit, held.other_unit]
    if access.has_part(actor, people, units, today, timezone.localdate(held.recorded_at)):
        raise Refused(_("与您本人或您代表的单位有关：请另一位工作人员办理"))
    if held.void_why:
        raise Refused(_("这条关系已经作废"))
    held.void_why, held.voided_at, held.voided_by = said_why(why), now, actor
    held.save(update_fields=["void_why", "voided_at", "voided_by"])
    data = {"tie": str(held), **kept.said(of_tie(held))}
    trail.record(kind=KIND, id=str(held.pk), verb="void", actor=actor, now=now, data=data, why=held.void_why)
    return held


def _end(
    ends: dict[str, Any], errors: dict[str, str], field: str, text: str, may: tuple[str, ...], columns: dict[str, str]
) -> None:
    """One end of a tie into its column; what cannot be found is said at its field."""
    problem = ""
    for what in may:
        try:
            ends[columns[what]] = person_named(text) if what == PERSON else unit_named(text)
        except ValueError as why:
            problem = str(why)
        else:
            return
    errors[field] = problem


def unit_id(pk: int | None) -> str:
    """A unit's id among the records: a person and a unit may have the same number."""
    return f"u{pk}"


def as_records(ties: Iterable[Tie]) -> dict[str, list[Any]]:
    """Ties as `procedure.review.Relations` wants them, by the name of its argument."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("affiliations", "controls", "kinships", "supervisions", "works", "interests", "disputes")
    }
    for tie in ties:
        kind, _dot, code = tie.kind.partition(".")
        person = str(tie.person_id)
        other = str(tie.other_person_id) if tie.other_person_id else unit_id(tie.other_unit_id)
        period = relations.Period(tie.since, tie.until)
        if kind == "kinship":
            found["kinships"].append(relations.Kinship(person, other, code, tie.source))
        elif kind == "supervision":
            found["supervisions"].append(relations.Supervision(person, other, code, tie.source))
        elif kind == "work":
            people = frozenset({person, other})
            found["works"].append(relations.JointWork(code, tie.about or tie.source, people, period, tie.source))
        elif kind == "interest":
            found["interests"].append(relations.Interest(code, person, other, period, True, tie.source))
        elif kind == "affiliation":
            found["affiliations"].append(relations.Affiliation(person, other, period, tie.source))
        elif kind == "dispute":
            found["disputes"].append(relations.Dispute(person, other, tie.about, tie.source))
        else:
            found["controls"].append(relations.Control(unit_id(tie.unit_id), other, period, tie.source))
    return found
