"""How an organisation ends: merged into another, under a new code, or closed; and taking back what was entered wrongly.

Rights and duties pass on whole (民法典 §67), so nothing of it is rewritten: whoever acts for the successor acts for it,
and what is given once counts for both (`finds.family`). Whether the actor may is asked here, under the lock.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.alone import alone
from triplehelix.records.parties import access, finds, letters, reference
from triplehelix.records.parties.actions.chains import join_chain, leave_chain
from triplehelix.records.parties.actions.members import end_membership, refuse_member
from triplehelix.records.parties.actions.organisations import KIND, add_member, note
from triplehelix.records.parties.models import Account, Membership, Organisation
from triplehelix.records.parties.rules import Invalid, Refused, short
from triplehelix.records.trail.models import Entry

#: The ways to end that need somebody who goes on.
PASSED_ON = frozenset({"merged", "renumbered"})
#: One ending after another: each moves the heirs of what had ended before, whose rows it has not locked.
ENDINGS = "organisations end"


@transaction.atomic
def end_organisation(
    *, organisation: Organisation, ending: str, on: date, document: str, successor: Organisation | None,
    actor: Account | None, now: datetime,
) -> Organisation:  # fmt: skip
    """From `on`, by `document`, it is no more; `successor` goes on with all of it, unless it was closed. Under a new
    code its people, once an officer has checked who they are, act for the successor as they did; merged into another,
    the successor's own do. Who acted for either is told.

    Raises Invalid at `ending`, `on`, `document` or `successor`. Raises Refused: ended already, or the actor is not its
    officer (under a new code: of both), or acts for one of the two.
    """
    today = timezone.localdate(now)
    alone(ENDINGS)
    organisation, successor = _locked(organisation, successor)
    is_moved = ending == "renumbered"
    _may(organisation, successor, actor, today, is_moved=is_moved)
    document = _checked(ending, on, document, organisation, successor, today)
    told = {*finds.members_of(organisation, today), *(finds.members_of(successor, today) if successor else ())}
    # An unconfirmed one's people have only said that it is theirs (docs/decisions/0004).
    _leave(organisation, successor if is_moved and organisation.confirmed_at is not None else None, actor, now)
    organisation.ending, organisation.ended_on, organisation.ending_document = ending, on, document
    organisation.successor = organisation.heir = successor
    organisation.version += 1
    organisation.save()
    if successor is not None:
        Organisation.objects.filter(heir=organisation).update(heir=successor)
        note(successor, "take_over", actor, now, {"organisation": organisation.pk}, organisation.name)
    said = {"ending": ending, "on": on, "successor": successor.pk if successor else None, "document": document}
    note(organisation, "end", actor, now, said, document)
    _tell(organisation, told, actor, now)
    return organisation


@transaction.atomic
def undo_ending(*, organisation: Organisation, actor: Account | None, now: datetime, why: str) -> Organisation:
    """It was entered wrongly: the organisation goes on, its own people act for it again, and it is in its chains. Whom
    it had brought into its successor acts for that no more: the two have nothing to do with each other.

    Raises Invalid: no reason. Raises Refused: it has not ended, or the actor may not.
    """
    today = timezone.localdate(now)
    alone(ENDINGS)
    organisation, heir = _locked(organisation, Organisation.objects.filter(taken_over=organisation).first())
    _is_officer(organisation, heir, actor, today)
    if not organisation.ending:
        raise Refused(_("这个单位没有登记终止"))
    try:
        why = short(200, needed=_("请写事由"))(why, today)
    except ValueError as wrong:
        raise Invalid({"why": str(wrong)}) from None
    told = set(finds.members_of(heir, today)) if heir else set()
    end = Entry.objects.filter(subject_kind=KIND, subject_id=str(organisation.pk), verb="end").latest("n")
    _take_out(organisation, end, now, why)
    organisation.ending = organisation.ending_document = ""
    organisation.ended_on = organisation.successor = organisation.heir = None
    organisation.version += 1
    organisation.save()
    _come_back(organisation)
    _join_again(organisation, end, now)
    note(organisation, "undo_end", actor, now, {}, why)
    _tell(organisation, told | set(finds.members_of(organisation, today)), actor, now, why)
    return organisation


def _locked(organisation: Organisation, other: Organisation | None) -> tuple[Organisation, Organisation | None]:
    """Both as they stand. Locked in the order of their numbers: two ended into each other at once do not wait for ever,
    and the second finds its successor gone."""
    wanted = [organisation.pk, *([other.pk] if other else [])]
    rows = {
        one.pk: one for one in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    }
    return rows[organisation.pk], rows[other.pk] if other else None


def _is_officer(organisation: Organisation, other: Organisation | None, actor: Account | None, today: date) -> None:
    if actor is None:
        return
    if "officer" not in access.relations(actor, organisation, today):
        raise Refused(_("只有主管部门可以登记单位合并、换发代码和注销"))
    own = Membership.objects.seated(today).filter(
        account=actor, organisation__in=[organisation, *filter(None, [other])]
    )
    if own.exists():
        raise Refused(_("您代表其中一家单位：请另一位工作人员办理"))


def _may(
    organisation: Organisation, successor: Organisation | None, actor: Account | None, today: date, *, is_moved: bool
) -> None:
    """Where its people come to act for the successor, the actor lets members into that as well: another county's firm
    is not opened from here."""
    _is_officer(organisation, successor, actor, today)
    opens = successor if is_moved and actor is not None else None
    if opens is not None and "officer" not in access.relations(actor, opens, today):
        raise Refused(_("承继单位不归您主管，换发代码会让原单位的经办人代表它：请市科技局办理"))
    if organisation.ending:
        raise Refused(_("这个单位已经登记终止；登记错了的，请先撤销"))


def _checked(
    ending: str, on: date, document: str, organisation: Organisation, successor: Organisation | None, today: date
) -> str:
    """The document, cleaned. Raises Invalid with everything that is wrong."""
    errors = {}
    if ending not in dict(Organisation.ENDINGS):
        errors["ending"] = _("请选择怎样终止")
    if on > today:
        errors["on"] = _("终止日期不能晚于今天：到了那一天再登记")
    if wrong := _wrong_successor(ending, organisation, successor):
        errors["successor"] = wrong
    try:
        document = short(80, needed=_("请写依据，例如：准予注销登记通知书、合并公告和文号"))(document, today)
    except ValueError as why:
        errors["document"] = str(why)
    if errors:
        raise Invalid(errors)
    return document


def _wrong_successor(ending: str, organisation: Organisation, successor: Organisation | None) -> str:
    if successor is None:
        return _("请写承继单位的统一社会信用代码或全称") if ending in PASSED_ON else ""
    if ending == "closed":
        return _("注销的单位没有承继单位；有承继单位的，请选合并或者换发代码")
    if successor.pk == organisation.pk:
        return _("承继单位不能是它自己")
    if successor.ending:
        return finds.gone(successor)
    return "" if successor.confirmed_at is not None else _("承继单位还没有核实：请先核实它")


def _leave(organisation: Organisation, moved_to: Organisation | None, actor: Account | None, now: datetime) -> None:
    """It is in no chain any more, nobody is let in any more; who acts for it moves where the successor is itself."""
    today = timezone.localdate(now)
    for chain in organisation.chains.filter(until__isnull=True):
        leave_chain(membership=chain, until=max(today, chain.since), actor=actor, now=now)
    for claim in Membership.objects.waiting().filter(organisation=organisation):
        refuse_member(membership=claim, actor=actor, now=now)
    if moved_to is None:
        return
    there = Membership.objects.filter(organisation=moved_to, until__isnull=True).values("account")
    # Whose time is limited is let in anew, or not.
    lasting = Membership.objects.seated(today).filter(organisation=organisation, until__isnull=True)
    for seat in lasting.exclude(account__in=there):
        add_member(account=seat.account, organisation=moved_to, role=seat.role, since=today, actor=actor, now=now)


def _take_out(organisation: Organisation, end: Entry, now: datetime, why: str) -> None:
    """Whom its end has brought into its successor, at that very moment (`_leave`), acts for it no more."""
    seats = Membership.objects.filter(organisation=organisation.successor_id, accepted_at=end.at, until__isnull=True)
    for seat in seats.filter(account__in=organisation.memberships.values("account")):
        end_membership(membership=seat, until=None, actor=None, now=now, why=why)


def _join_again(organisation: Organisation, end: Entry, now: datetime) -> None:
    """The chains its end has taken it out of, from today on or from the day after."""
    today = timezone.localdate(now)
    rows = Entry.objects.filter(subject_kind=KIND, subject_id=end.subject_id, verb="leave_chain", at=end.at)
    listed = {entry.code for entry in reference.chains().current(today)}
    for chain in sorted({str(row.data["chain"]) for row in rows} & listed):
        last = organisation.chains.filter(chain=chain).latest("until")
        since = max(today, (last.until or today) + timedelta(days=1))
        join_chain(organisation=organisation, chain=chain, since=since, actor=None, now=now)


def _come_back(organisation: Organisation) -> None:
    """Those that had become this one have it as their heir again, and those that had become them."""
    found = [organisation.pk]
    while found:
        before = Organisation.objects.filter(successor__in=found)
        found = list(before.values_list("pk", flat=True))
        before.update(heir=organisation)


def _tell(
    organisation: Organisation, told: Iterable[Account], actor: Account | None, now: datetime, why: str = ""
) -> None:
    def letter() -> tuple[str, str]:
        subject, lines = _taken_back(organisation, why) if why else _ended(organisation)
        lines.append(_("经办：%(actor)s") % {"actor": finds.signed(actor, timezone.localdate(now))})
        lines.append(_("有疑问的，请联系主管部门。"))
        return subject, "\n\n".join(lines) + "\n"

    letters.write(
        sorted(told, key=lambda one: one.pk), letter, kind=f"{KIND}.end", cause_kind=KIND, cause_id=organisation.pk,
        now=now, page=reverse("web:account"),
    )  # fmt: skip


def _ended(organisation: Organisation) -> tuple[str, list[str]]:
    said = {
        "name": organisation.name, "day": organisation.ended_on, "how": organisation.get_ending_display(),
        "document": organisation.ending_document, "heir": organisation.heir,
    }  # fmt: skip
    first = _("%(name)s已于 %(day)s 终止（%(how)s），依据：%(document)s。") % said
    if organisation.heir is None:
        return _("单位已注销：%(name)s") % said, [first, _("从现在起不能再以它的名义发布、申报和签约。")]
    more = _("它的需求、成果、办件、合同和应收款项，由%(heir)s接着办理；新的事项请以%(heir)s的名义办理。") % said
    return _("单位由%(heir)s承继：%(name)s") % said, [first, more]


def _taken_back(organisation: Organisation, why: str) -> tuple[str, list[str]]:
    said = {"name": organisation.name, "why": why}
    subject = _("撤销终止登记：%(name)s") % said
    return subject, [_("%(name)s的终止登记有误，已经撤销，仍按原来的单位办理。") % said, _("事由：%(why)s") % said]
