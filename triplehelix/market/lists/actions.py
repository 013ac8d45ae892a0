"""The only writers of published lists."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.lists import digest, finds, prepare
from triplehelix.market.lists.access import may_publish
from triplehelix.market.lists.models import ListEntry, PublishedList
from triplehelix.market.lists.rules import Wanted, city_name, kind_of, place_name, terms
from triplehelix.records.alone import alone
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

BATCH = 500


@transaction.atomic
def publish(
    *, wanted: Wanted, seen: str, actor: Account, now: datetime, leave_out: Collection[int] = (), left_why: str = "",
    not_alike: bool = False, replaces: PublishedList | None = None, why: str = "",
) -> PublishedList:  # fmt: skip
    """Copy what the market says now into a list nobody can change, number it, record it.

    `seen` is what the preview showed (Preview.seen). `leave_out` are listings decided against, for the reason
    `left_why`; `not_alike` says that entries flagged as alike were looked at. A correction `replaces` a list of the
    same kind, scope and period and says `why`.
    Raises Refused (not an officer; the market changed since the preview) and Invalid at `period`, `scope`, `rows`,
    `alike`, `left_why`, `why`, `replaces`.
    """
    today = timezone.localdate(now)
    if not may_publish(actor, today):
        raise Refused(_("只有市科技局工作人员可以发布清单"))
    n = _next(wanted.kind, today.year)
    errors = _not_now(wanted, replaces, why)
    found = prepare.preview(wanted=wanted, now=now, leave_out=leave_out, replaces=replaces)
    if found.seen != seen:
        raise Refused(_("您预览之后，有单位修改、确认或撤下了条目。请核对下面最新的预览，再发布"))
    if not found.rows:
        errors["rows"] = prepare.empty_words(found)
    if found.alike and not not_alike:
        errors["alike"] = _("有 %(n)d 处可能重复：请把重复的勾为不列入，或确认已核对、不是重复") % {
            "n": len(found.alike)
        }
    by_hand = [one.listing.pk for one in found.out if one.reason == "by_hand"]
    if by_hand and not left_why.strip():
        errors["left_why"] = _("请写明为什么不列入这 %(n)d 条") % {"n": len(by_hand)}
    if errors:
        raise Invalid(errors)
    made, entries = _composed(wanted, found, n, actor, now, replaces, why)
    made.save(force_insert=True)
    ListEntry.objects.bulk_create(entries, batch_size=BATCH)
    data = {"number": made.number, "digest": made.digest, "rows": made.size, "left_out": by_hand,
            "why_left_out": left_why.strip()[:300], "replaces": replaces.number if replaces else ""}  # fmt: skip
    trail.record(
        kind=PublishedList.trail_kind, id=str(made.pk), verb="publish", actor=actor, now=now, data=data, why=made.why
    )
    return made


def _next(kind: str, year: int) -> int:
    """The next number of a kind in a year: who publishes meanwhile waits until this transaction ends."""
    alone(f"list {kind} {year}")
    last = PublishedList.objects.filter(kind=kind, year=year).aggregate(last=Max("n"))["last"]
    return (last or 0) + 1


def _not_now(wanted: Wanted, replaces: PublishedList | None, why: str) -> dict[str, str]:
    """What forbids a list of this scope and period."""
    if replaces is None:
        same = finds.of_period(wanted)
        return {"period": _("这一期已经发布过：%(number)s。有错请用“更正”") % {"number": same.number}} if same else {}
    errors = {}
    if PublishedList.objects.filter(replaces=replaces).exists():
        errors["replaces"] = _("%(number)s 已经更正过，请更正最新的那一份") % {"number": replaces.number}
    own = (replaces.kind, replaces.scope, replaces.place, replaces.period)
    if own != (wanted.kind, wanted.scope, wanted.place, wanted.period.code):
        errors["replaces"] = _("更正的清单应与原清单种类、范围、期别相同")
    if not 4 <= len(" ".join(why.split())) <= 300:
        errors["why"] = _("请用 4 至 300 个字写明更正了什么、为什么")
    return errors


def _composed(
    wanted: Wanted, found: prepare.Preview, n: int, actor: Account, now: datetime, replaces: PublishedList | None,
    why: str,
) -> tuple[PublishedList, list[ListEntry]]:  # fmt: skip
    kind, year = kind_of(wanted.kind), timezone.localdate(now).year
    place = place_name(wanted.scope, wanted.place)
    made = PublishedList(
        kind=wanted.kind, scope=wanted.scope, place=wanted.place, period=wanted.period.code, first=wanted.period.first,
        last=wanted.period.last, year=year, n=n, number=f"{kind.short}〔{year}〕{n}号",
        title=f"{place}{wanted.period.label}{kind.name}", issuer=f"{city_name()}科学技术局", place_name=place,
        confirmed_within=terms().confirmed_within, size=len(found.rows), published_at=now, published_by=actor,
        replaces=replaces, why=" ".join(why.split()) if replaces else "", compared_with=found.previous, gone=found.gone,
    )  # fmt: skip
    entries = [_entry(made, wanted.kind, row) for row in found.rows]
    made.digest = digest.of_list(made, entries)
    return made, entries


def _entry(made: PublishedList, kind: str, row: prepare.Row) -> ListEntry:
    of: dict[str, Any] = {"need_id" if kind == "needs" else "achievement_id": row.listing.pk}
    return ListEntry(
        list=made, seq=row.seq, version=row.listing.version, confirmed_on=row.confirmed_on, values=row.values,
        change=row.change, before=row.before, **of,
    )  # fmt: skip
