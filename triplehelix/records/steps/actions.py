"""Taking a step: the only writer of a case's state."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.workflow import Step
from triplehelix.records.parties import finds, letters
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Refused
from triplehelix.records.steps.models import Stateful
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

__all__ = ["SYSTEM", "Refused", "offered", "relations", "take"]

C = TypeVar("C", bound=Stateful)

#: The relation of the program itself (actor None) to every case: expiry, background checks. Nobody else ever has it.
SYSTEM = "system"


@transaction.atomic
def take(*, case: C, step: str, actor: Account | None, now: datetime, seen_version: int, note: str = "") -> C:
    """Lock, check version, state, relation and guards; apply effects; record; tell.

    `actor` None is the program itself. Guards and effects are called as (case, actor, now): a guard answers why not
    or None, an effect changes the case, which is saved after it; both find the note as `case.noted`, and what an
    effect puts into `case.recorded` stands in the trail with the step. Returns the case
    as it now stands. Raises Refused, and KeyError for a step the workflow does not have.
    """
    chosen = case.workflow[step]
    # FOR NO KEY UPDATE: who writes a row that names the case, and holds what this step needs next, waits for nobody.
    rows = type(case)._default_manager.select_for_update(of=("self",), no_key=True).select_related(*case.related)
    case = rows.get(pk=case.pk)
    if case.version != seen_version:
        raise Refused(_("别人刚刚办理过这一件，请先看最新情况"))
    case.noted, case.recorded = note.strip(), {}
    _may_take(case, chosen, actor, now)
    before, case.state, case.version = case.state, chosen.to, case.version + 1
    for effect in chosen.effects:
        effect(case, actor, now)
    case.save()
    said = {**case.recorded, "from": before, "to": case.state, "version": case.version}
    said |= kept.said(case.kept_values())
    trail.record(kind=case.kind, id=str(case.pk), verb=chosen.code, actor=actor, now=now, data=said, why=note)
    _tell(case, chosen, actor, now, note)
    return case


def _may_take(case: Stateful, step: Step, actor: Account | None, now: datetime) -> None:
    """Raises Refused: not from this state, not this person, or a guard says why not yet."""
    if case.state not in step.frm:
        now_in = case.workflow.state(case.state).label
        raise Refused(_("现在是“%(state)s”，不能%(step)s") % {"state": now_in, "step": step.label})
    if not step.by & relations(case, actor, now):
        raise Refused(_("您无权办理这一步"))
    for guard in step.guards:
        if reason := guard(case, actor, now):
            raise Refused(str(reason))


def relations(case: Stateful, actor: Account | None, now: datetime) -> frozenset[str]:
    """What the actor is to the case: the program is `system` alone, and no account ever is."""
    return frozenset({SYSTEM}) if actor is None else frozenset(case.relations_of(actor, now)) - {SYSTEM}


def offered(*, case: Stateful, actor: Account | None, now: datetime) -> tuple[Step, ...]:
    """The steps to show as buttons: from this state, by this person. Guards are asked when the step is taken, so that
    a button explains itself instead of hiding. The public (None) is offered nothing."""
    if actor is None or not actor.is_authenticated:
        return ()
    return case.workflow.offered(case.state, relations(case, actor, now))


def _tell(case: Stateful, step: Step, actor: Account | None, now: datetime, note: str) -> None:
    """One message to each account the step tells, except to who took it."""
    told: set[int] = {actor.pk} if actor is not None else set()
    by: object = None
    for relation in sorted(step.tells):
        for account in case.accounts_in(relation, now):
            if account.pk in told:
                continue
            told.add(account.pk)
            by = by or finds.signed(actor, timezone.localdate(now))
            words = partial(_words, case, step, _ways(case, relation, account, now), by, note)
            letters.write(
                [account], words, kind=f"{case.kind}.{step.code}", cause_kind=case.kind, cause_id=case.pk, now=now,
                page=case.address(),
            )  # fmt: skip


def _ways(case: Stateful, relation: str, account: Account, now: datetime) -> tuple[Step, ...]:
    """The steps that are open to who is told as `relation`, with what he is besides. Where the relation itself has
    nothing to do nothing more is asked: a notice of a thousand cases writes a thousand letters."""
    if not case.workflow.offered(case.state, {relation}):
        return ()
    return offered(case=case, actor=account, now=now)


def _words(case: Stateful, step: Step, ways: Iterable[Step], by: object, note: str) -> tuple[str, str]:
    """What a letter of a step says: of what kind of thing, what was done to it and by whom, what is the reader's to do
    now, and until when. A title alone does not tell a need from an achievement."""
    said = {"case": str(case), "step": step.label, "state": case.workflow.state(case.state).label}
    said["what"] = case._meta.verbose_name
    subject = _("【%(what)s】%(step)s：%(case)s") % said
    lines = [_("“%(case)s”办理了“%(step)s”，现在是“%(state)s”。") % said]
    lines.append(_("经办：%(actor)s") % {"actor": by})
    if note:
        lines.append(_("说明：%(note)s") % {"note": note})
    if steps := _("、").join(str(way.label) for way in ways):
        lines.append(_("您可以办理的步骤：%(steps)s。") % {"steps": steps})
    if day := case.last_day():
        lines.append(_("“%(state)s”的期限：%(day)s。") % {**said, "day": day})
    return subject, "\n\n".join(lines) + "\n"
