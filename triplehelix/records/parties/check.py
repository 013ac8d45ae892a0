"""Every office, every membership and every organisation's end against the trail: who could decide, for whom somebody
could act, and who stands for whom, is what the trail tells of, one for one."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.records.parties.models import Membership, Office, Organisation
from triplehelix.records.trail.models import Entry

#: An office or membership as a row or the trail has it.
Term = dict[str, Any]
Terms = dict[tuple[int, ...], list[Term]]


def problems() -> Iterator[str]:
    """Accounts whose offices, and organisations' members whose memberships, are not as the trail tells, in words."""
    for (account,) in _differing(_offices(), _offices_told()):
        yield _("账号 %(account)s 的职务与留痕不符") % {"account": account}
    for organisation, account in _differing(_memberships(), _memberships_told()):
        said = {"account": account, "organisation": organisation}
        yield _("账号 %(account)s 代表单位 %(organisation)s 的登记与留痕不符") % said
    for (organisation,) in _differing(_endings(), _endings_told()):
        yield _("单位 %(organisation)s 的终止登记与留痕不符") % {"organisation": organisation}


def _differing(rows: Terms, told: Terms) -> list[tuple[int, ...]]:
    return [key for key in sorted(rows.keys() | told.keys()) if _sorted(rows.get(key)) != _sorted(told.get(key))]


def _sorted(terms: Iterable[Term] | None) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, str(value)) for name, value in term.items()) for term in terms or ())


def _entries(kind: str, verbs: Iterable[str]) -> Iterator[Entry]:
    found = Entry.objects.filter(subject_kind=kind, verb__in=tuple(verbs)).order_by("subject_id", "n")
    return found.iterator(chunk_size=2000)


def _offices() -> Terms:
    found: Terms = {}
    for row in Office.objects.order_by("pk").iterator():
        found.setdefault((row.account_id,), []).append({
            "role": row.role, "unit": row.unit, "since": row.since, "until": row.until, "document": row.document,
            "why": row.ended_for, "at_once": row.stopped_at is not None,
        })  # fmt: skip
    return found


def _offices_told() -> Terms:
    found: Terms = {}
    for entry in _entries("parties.account", ("appoint", "end_office")):
        held, said = found.setdefault((int(entry.subject_id),), []), entry.data
        if entry.verb == "appoint":
            made = {name: said[name] for name in ("role", "unit", "since", "until")}
            held.append(made | {"document": said.get("document", ""), "why": "", "at_once": False})
        elif (office := _ended(held, said)) is not None:
            office |= {"until": said["until"], "why": entry.why, "at_once": said.get("at_once", False)}
    return found


def _ended(held: list[Term], said: Term) -> Term | None:
    """The office an end is about: the last of that name. Rows written before an office could end at once do not say
    since when it was held."""
    names = [name for name in ("role", "unit", "since") if name in said]
    return next((one for one in held[::-1] if all(one[name] == said[name] for name in names)), None)


def _endings() -> Terms:
    names = {"ending": "ending", "ended_on": "on", "ending_document": "document", "successor": "successor"}
    ended = Organisation.objects.exclude(ending="").values("pk", *names)
    return {(row["pk"],): [{said: row[name] for name, said in names.items()}] for row in ended}


def _endings_told() -> Terms:
    found: Terms = {}
    for entry in _entries("parties.organisation", ("end", "undo_end")):
        key = (int(entry.subject_id),)
        if entry.verb == "end":
            found[key] = [entry.data]
        else:
            found.pop(key, None)
    return found


def _memberships() -> Terms:
    found: Terms = {}
    for row in Membership.objects.order_by("pk").iterator():
        accepted = row.accepted_at is not None
        found.setdefault((row.organisation_id, row.account_id), []).append({
            "role": row.role, "accepted": accepted, "ended": row.until is not None,
            "until": row.until if accepted else None, "at_once": row.stopped_at is not None,
        })  # fmt: skip
    return found


def _memberships_told() -> Terms:
    found: Terms = {}
    verbs = ("claim", "add_member", "accept_member", "refuse_member", "end_membership")
    for entry in _entries("parties.organisation", verbs):
        said = entry.data
        held = found.setdefault((int(entry.subject_id), said["account"]), [])
        if entry.verb in ("claim", "add_member"):
            accepted = entry.verb == "add_member"
            role = said.get("role", "clerk")
            made = {"role": role, "accepted": accepted, "ended": False, "until": None, "at_once": False}
            held.append(made | {"number": said.get("membership")})
        elif (last := _meant(held, entry)) is not None:
            last |= _changed(entry, last)
    for term in chain.from_iterable(found.values()):
        del term["number"]
    return found


def _meant(held: list[Term], entry: Entry) -> Term | None:
    """The membership an answer or an end is about, by its number. Until 2026-11-30 rows had none: they mean the last
    that was let in, or that waits. Before a membership could end at once, a request nobody had answered ended as a
    membership did: those rows mean the last of either kind."""
    number = entry.data.get("membership")
    if (named := next((one for one in held if number is not None and one["number"] == number), None)) is not None:
        return named
    if entry.verb == "end_membership" and "at_once" not in entry.data:
        return held[-1] if held else None
    accepted = entry.verb == "end_membership"
    return next((one for one in held[::-1] if one["accepted"] is accepted and not one["at_once"]), None)


def _changed(entry: Entry, last: Term) -> Term:
    """What an answer or an end made of a membership. Older rows let in as was asked for, and end no one at once."""
    said = entry.data
    if entry.verb == "accept_member":
        return {"accepted": True, "role": said.get("role", last["role"])}
    if entry.verb == "refuse_member":
        return {"ended": True}
    return {"ended": True, "until": said["until"] if last["accepted"] else None, "at_once": said.get("at_once", False)}
