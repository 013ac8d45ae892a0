"""What is done to a case without moving its state: locked, looked at, saved with the next version, written down,
told."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from triplehelix.records.parties import letters
from triplehelix.records.parties.letters import Words
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import SYSTEM, Refused, relations
from triplehelix.records.steps.models import Stateful
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept

C = TypeVar("C", bound=Stateful)


def locked(
    case: C, actor: Account | None, now: datetime, *, by: Collection[str], seen: int | None,
    states: Collection[str] = (), related: tuple[str, ...] = (),
) -> C:  # fmt: skip
    """The case as it now stands, locked, with these relatives at hand. `seen` is the version whoever asks has read;
    None where nothing that was read can be overwritten. `states` empty: in any state. The program itself always may.

    Raises Refused: changed since it was seen, not for this person, not now.
    """
    rows = type(case)._default_manager.select_for_update(of=("self",), no_key=True).select_related(*related)
    held = rows.get(pk=case.pk)
    if seen is not None and held.version != seen:
        raise Refused(_("别人刚刚办理过这一件，请先看最新情况"))
    if not relations(held, actor, now) & {*by, SYSTEM}:
        raise Refused(_("您无权办理这一步"))
    if states and held.state not in states:
        raise Refused(_("现在是“%(state)s”，不能这样办") % {"state": held.workflow.state(held.state).label})
    return held


def saved(
    case: C, verb: str, actor: Account | None, now: datetime, data: Mapping[str, Any] | None = None, why: str = ""
) -> C:
    """Save with the next version, and say so in the trail."""
    case.version += 1
    case.save()
    said = {"version": case.version, **(data or {}), **kept.said(case.kept_values())}
    trail.record(kind=case.kind, id=str(case.pk), verb=verb, actor=actor, now=now, data=said, why=why)
    return case


def tell(
    case: Stateful, what: str, to: Iterable[str], words: Words, now: datetime, *, but: Account | None = None
) -> None:
    """A letter to everybody in one of these relations, `but` for who did it. `words`: subject and body, asked in the
    reader's language."""
    accounts = {one.pk: one for relation in to for one in case.accounts_in(relation, now) if one != but}
    write(case, what, accounts.values(), words, now)


def write(
    case: Stateful, what: str, accounts: Iterable[Account], words: Words, now: datetime, *, page: str | None = None
) -> None:
    """The same letter about a case to each of these, in his language. `page`: the path it leads to, where that is not
    the case's own, which not everybody may open."""
    letters.write(
        accounts, words, kind=f"{case.kind}.{what}", cause_kind=case.kind, cause_id=case.pk, now=now,
        page=case.address() if page is None else page,
    )  # fmt: skip
