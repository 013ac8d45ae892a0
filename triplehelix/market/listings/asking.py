"""Letters that ask owners whether their listings still hold: one to each member, about everything that is due."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.listings import finds
from triplehelix.market.listings.models import Listing
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties import letters
from triplehelix.records.parties.finds import members_of, represented
from triplehelix.records.parties.models import Organisation

L = TypeVar("L", bound=Listing)
OWNER_KIND = "parties.organisation"
#: A letter names as many by title; how many there are besides, it says.
MOST_NAMED = 50


class Due(NamedTuple):
    """What a letter says of a listing."""

    pk: int
    title: str
    published_at: datetime
    valid_until: datetime


#: Subject, opening and how one line ends, in the language of who reads it.
Words = Callable[[Sequence[Due]], tuple[str, str, Callable[[Due], str]]]


def remind_owners(*, now: datetime) -> int:
    """Ask once, in the last 30 days of validity, whether listings still hold. Returns how many were asked about; where
    nobody can sign in for the owner, no letter is written and none is counted."""
    asked = 0
    for model in Listing.__subclasses__():
        rows = finds.about_to_run_out(model, now)
        asked += ask_owners(rows, kind=f"{model.kind}.remind", since="published_at", words=_ends, now=now)
    return asked


def _ends(due: Sequence[Due]) -> tuple[str, str, Callable[[Due], str]]:
    one = _("请再次确认：%(title)s") % {"title": due[0].title}
    subject = one if len(due) == 1 else _("请再次确认：%(n)d 条快到期") % {"n": len(due)}
    opening = _("下面 %(n)d 条到期后不再展示。") % {"n": len(due)}
    return subject, opening, lambda one: _("%(day)s 到期") % {"day": timezone.localdate(one.valid_until)}


def ask_owners(rows: "QuerySet[L]", *, kind: str, since: str | datetime, words: Words, now: datetime) -> int:
    """Write about those of the rows of which no letter of this kind spoke since then (a moment, or the one in a
    column). Returns how many were asked about."""
    waiting = outbox.unmentioned(rows, kind=kind, cause_kind=rows.model.kind, since=since)
    waiting = waiting.filter(organisation__in=represented(timezone.localdate(now)))
    owners = Organisation.objects.filter(pk__in=waiting.order_by().values("organisation")).order_by("pk")
    return sum(_ask(waiting.filter(organisation=owner), owner, kind, words, now) for owner in owners)


@transaction.atomic
def _ask(waiting: "QuerySet[L]", owner: Organisation, kind: str, words: Words, now: datetime) -> int:
    """What waits is read where nobody else can be asking the same organisation."""
    Organisation.objects.select_for_update(no_key=True).get(pk=owner.pk)
    rows = waiting.order_by("published_at", "pk").values_list("pk", "title", "published_at", "valid_until")
    due = [Due(*row) for row in rows]
    if not due:
        return 0

    def letter() -> tuple[str, str]:
        subject, opening, ends = words(due)
        return subject, "\n\n".join([opening, _named(due, ends), _closing()]) + "\n"

    letters.write(
        members_of(owner, timezone.localdate(now)), letter, kind=kind, cause_kind=OWNER_KIND, cause_id=owner.pk,
        now=now, page=reverse("web:todo"),
    )  # fmt: skip
    outbox.mention(kind=kind, cause_kind=waiting.model.kind, cause_ids=[one.pk for one in due], now=now)
    return len(due)


def _named(due: Sequence[Due], ends: Callable[[Due], str]) -> str:
    lines = [_("· %(title)s（%(end)s）") % {"title": one.title, "end": ends(one)} for one in due[:MOST_NAMED]]
    if len(due) > MOST_NAMED:
        lines.append(_("· 另有 %(n)d 条") % {"n": len(due) - MOST_NAMED})
    return "\n".join(lines)


def _closing() -> str:
    return _(
        "仍然有效的，请登录后在“待办”里点“一起确认”，选好后一次办完；已经解决或不再提供的，请打开那一条，点“撤下”。"
    )
