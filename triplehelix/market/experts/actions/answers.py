"""这些是您的成果吗: what the person says, by the account or by the link of a letter.

Whoever calls has made sure that it is the person who speaks.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import asked, authors
from triplehelix.market.experts.actions import merges
from triplehelix.market.experts.models import Answer, Authorship, Expert, Profile
from triplehelix.market.experts.reasons import reason
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.wording import as_recorded

PROFILE = "market.profile"


@transaction.atomic
def confirm(
    *, person: Person, authorships: Iterable[int], actor: Account | None, via: str, now: datetime
) -> int:  # fmt: skip
    """These are theirs. What stands with somebody proposed as the same person is brought over, but for works the person
    has refused. Returns how many. Raises Refused: not asked, or another person's."""
    authors.people_lock()
    own = authors.of_person(person, now)
    rows = _asked(person, authorships)
    back = []
    for row in rows:
        if Answer.objects.filter(authorship=row, said="mine").exclude(person=person).exists():
            raise Refused(_("《%(title)s》的这一署名已经由另一位确认") % {"title": row.work.title[:40]})
        if _take_back(person, row, actor, now):
            back.append(row)
        root = Expert.objects.get(pk=Expert.objects.get(authorships=row).root_id)
        if root.pk != own.pk:
            _bring(person, own, root, actor, now)
        _say(person, row, "mine", via, now)
    _confirmed(person, actor, now)
    _note(person, "confirm", actor, now, [row.pk for row in rows], via)
    _told_anew(Achievement.objects.filter(work__authorships__in=back), now)
    return len(rows)


@transaction.atomic
def refuse(
    *, person: Person, authorships: Iterable[int], actor: Account | None, via: str, now: datetime
) -> int:  # fmt: skip
    """These are not theirs, and never come back. Returns how many. Raises Refused."""
    authors.people_lock()
    own = authors.of_person(person, now)
    rows = _asked(person, authorships)
    for row in rows:
        _say(person, row, "not_mine", via, now)
        if row.expert.root_id == own.pk:
            _split(row, actor, now)
    _confirmed(person, actor, now)
    _note(person, "refuse", actor, now, [row.pk for row in rows], via)
    _told_anew(Achievement.objects.filter(work__authorships__in=rows), now)
    return len(rows)


def confirm_all(*, person: Person, group: int, actor: Account | None, via: str, now: datetime) -> int:
    """Everything of one group that has no answer yet (`asked.groups`). Raises Refused."""
    return confirm(person=person, authorships=_open_rows(person, group), actor=actor, via=via, now=now)


def refuse_all(*, person: Person, group: int, actor: Account | None, via: str, now: datetime) -> int:
    """Nothing of one group is theirs. Raises Refused."""
    return refuse(person=person, authorships=_open_rows(person, group), actor=actor, via=via, now=now)


def _open_rows(person: Person, group: int) -> list[int]:
    for one in asked.groups(person):
        if one.root.pk == group:
            return [row.pk for row in one.rows if not row.said]
    raise Refused(_("这一组已经不在待确认之列，请看最新情况"))


@transaction.atomic
def show_as(*, person: Person, visibility: str, actor: Account | None, now: datetime) -> Profile:
    """Who may see the person's page. Raises Invalid at `visibility`."""
    if visibility not in dict(Profile.VISIBILITY):
        raise Invalid({"visibility": _("请选择展示范围")})
    profile = profile_of(person, now)
    if visibility == "public" and profile.confirmed_at is None:
        raise Invalid({"visibility": _("请先确认至少一项成果，再公开")})
    before, profile.visibility = profile.visibility, visibility
    if "hidden" in (before, visibility):
        _told_anew(Achievement.objects.filter(people=person), now)
    profile.changed_at, profile.changed_by = now, actor
    profile.save()
    data = {"from": before, "to": visibility}
    trail.record(kind=PROFILE, id=str(person.pk), verb="show_as", actor=actor, now=now, data=data)
    return profile


def _told_anew(achievements: QuerySet[Achievement], now: datetime) -> None:
    """Whose names go out with an achievement has changed: whoever has harvested it is given it again."""
    Achievement.objects.filter(pk__in=achievements.values("pk")).update(changed_at=now)


def profile_of(person: Person, now: datetime) -> Profile:
    """The row to change, locked, made when there is none."""
    Profile.objects.get_or_create(person=person, defaults={"changed_at": now})
    return Profile.objects.select_for_update(of=("self",)).get(person=person)


def _asked(person: Person, wanted: Iterable[int]) -> list[Authorship]:
    """The authorships a person may speak of, in order; any other is none of theirs."""
    ids = list(dict.fromkeys(wanted))
    may = asked.may_answer(person)
    rows = list(Authorship.objects.filter(pk__in=ids).select_related("work", "expert").order_by("pk"))
    if not rows or any(row.pk not in may for row in rows):
        if Answer.objects.filter(person=person, authorship__in=ids).exists():
            raise Refused(_("工作人员已另作判断，您的回答不能直接改回：有异议的，请联系市科技局更正"))
        raise Refused(_("这一项已经不在待确认之列，请看最新情况"))
    return rows


def _take_back(person: Person, row: Authorship, actor: Account | None, now: datetime) -> bool:
    """The person had refused it and has thought again: put it back where it was in the own tree, if nobody decided
    since. An officer's split stays. Returns whether it had been refused."""
    answer = Answer.objects.filter(person=person, authorship=row, said="not_mine").first()
    if answer is None:
        return False
    last = asked.taken_out(person).filter(authorship=row).order_by("-pk").first()
    if last is not None:
        merges.undo_split(split=last, actor=actor, now=now, by_person=True)
    answer.delete()
    return True


def _bring(person: Person, own: Expert, root: Expert, actor: Account | None, now: datetime) -> None:
    """Who was proposed as the same person is; works the person refused are left behind. Raises Refused for whom an
    officer has said to be another."""
    if merges.said_apart(own, root):
        raise Refused(_("工作人员判断过其中两组不是同一人：请只确认一组，有异议的联系市科技局"))
    for row in merges.refused_between(person, root):
        _split(row, actor, now)
    with as_recorded():
        why = _("本人确认")
    merges.merge(one=own, other=root, how="person", actor=actor, now=now, reasons=[reason("by_person")], why=why)


def _split(row: Authorship, actor: Account | None, now: datetime) -> None:
    with as_recorded():
        why = _("本人说明不是自己的成果")
    merges.split(authorship=row, actor=actor, now=now, why=why, by_person=True)


def _say(person: Person, row: Authorship, said: str, via: str, now: datetime) -> None:
    Answer.objects.update_or_create(person=person, authorship=row, defaults={"said": said, "via": via, "at": now})


def _confirmed(person: Person, actor: Account | None, now: datetime) -> None:
    profile = profile_of(person, now)
    if profile.confirmed_at is None:
        profile.confirmed_at, profile.changed_at, profile.changed_by = now, now, actor
        profile.save()


def _note(person: Person, verb: str, actor: Account | None, now: datetime, ids: list[int], via: str) -> None:
    data = {"authorships": ids, "via": via}
    trail.record(kind=PROFILE, id=str(person.pk), verb=verb, actor=actor, now=now, data=data)
