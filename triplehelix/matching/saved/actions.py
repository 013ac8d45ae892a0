"""The only writers of saved searches: keep one, stop it, send what is new."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings.access import relations_of
from triplehelix.market.listings.models import Listing
from triplehelix.market.needs.models import Need
from triplehelix.matching.result import Hit
from triplehelix.matching.saved import addresses, finds, look
from triplehelix.matching.saved.models import TEXT_LENGTH, SavedSearch
from triplehelix.records.parties import letters
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid, clean, long, short
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

__all__ = ["keep", "send_due", "stop"]
log = logging.getLogger(__name__)
#: Enough for everybody who reads what is sent.
MOST_KEPT, MOST_IN_A_LETTER, MOST_AT_ONCE = 30, 20, 5000
RULES = {
    "name": short(80, needed=gettext_lazy("请写一个名称")),
    "text": long(TEXT_LENGTH),
}


def keep(
    *, account: Account, name: str, every: str, now: datetime, what: str = "", text: str = "",
    narrowed: Mapping[str, Any] | None = None, listing: Listing | None = None,
) -> SavedSearch:  # fmt: skip
    """Keep words with facets, or an own listing, and write daily or weekly about what is new from now on.

    What is found today has been seen, and is not told again. Raises Invalid at `name`, `every`, `what`, `text`; Refused
    (not the own listing; kept already; too many).
    """
    today = timezone.localdate(now)
    cleaned = _checked(name, every, what, text, listing, now)
    if listing is not None and "owner" not in relations_of(listing, account, now):
        raise Refused(_("只能订阅本单位的需求或成果"))
    made = SavedSearch(
        account=account, every=every, created_at=now, looked_on=today, narrowed=dict(narrowed or {}),
        need=listing if isinstance(listing, Need) else None,
        achievement=listing if isinstance(listing, Achievement) else None, **cleaned,
    )  # fmt: skip
    made.told = look.numbers(look.answers(look.found(made, now)))
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if finds.kept_by(account).count() >= MOST_KEPT:
            raise Refused(_("最多订阅 %(n)d 个，请先停掉不用的") % {"n": MOST_KEPT})
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as why:
            raise Refused(_("这一条已经订阅过")) from why
        data = {"what": made.what, "every": every, "listing": listing.pk if listing else None}
        trail.record(kind=SavedSearch.kind, id=str(made.pk), verb="keep", actor=account, now=now, data=data)
    return made


def _checked(name: str, every: str, what: str, text: str, listing: Listing | None, now: datetime) -> dict[str, Any]:
    errors: dict[str, str] = {}
    if every not in dict(SavedSearch.EVERY):
        errors["every"] = _("请选择每天或每周")
    try:
        cleaned = clean(RULES, {"name": name, "text": text}, on=timezone.localdate(now))
    except Invalid as why:
        raise Invalid({**errors, **why.errors}) from None
    if listing is not None:
        cleaned["text"], cleaned["what"] = "", Achievement.kind if isinstance(listing, Need) else Need.kind
    else:
        cleaned["what"] = what
        if what not in dict(SavedSearch.KINDS):
            errors["what"] = _("请选择找科技成果还是企业需求")
        if not cleaned["text"]:
            errors["text"] = _("请写要找什么")
    if errors:
        raise Invalid(errors)
    return cleaned


@transaction.atomic
def stop(*, saved: SavedSearch, actor: Account | None, now: datetime) -> SavedSearch:
    """No more letters. Stopped already, nothing happens. `actor` None is whoever holds the letter."""
    held = SavedSearch.objects.select_for_update(of=("self",)).get(pk=saved.pk)
    if held.stopped_at is None:
        held.stopped_at = now
        held.save(update_fields=["stopped_at"])
        trail.record(kind=SavedSearch.kind, id=str(held.pk), verb="stop", actor=actor, now=now)
    return held


def send_due(*, now: datetime) -> int:
    """Look through everything that is due and write where something is new. Returns how many letters were written."""
    sent = 0
    for saved in finds.due(timezone.localdate(now))[:MOST_AT_ONCE]:
        try:
            sent += _send(saved, now)
        except Exception:  # one search that cannot be read keeps no other letter back
            log.exception("订阅 %s 没有查成，明天再试", saved.pk)
    return sent


def _send(saved: SavedSearch, now: datetime) -> bool:
    """Look, then write what came of it, unless somebody else has looked meanwhile."""
    hits = look.news(saved, now)
    with transaction.atomic():
        held = SavedSearch.objects.select_for_update(of=("self",)).select_related("account").get(pk=saved.pk)
        if held.looked_on != saved.looked_on or held.stopped_at is not None:
            return False
        held.looked_on = timezone.localdate(now)
        if hits:
            held.told = sorted({*held.told, *look.numbers(hits[:MOST_IN_A_LETTER])})
            held.sent_at = now
            _write(held, hits, now)
        held.save(update_fields=["looked_on", "told", "sent_at"])
    return bool(hits)


def _write(saved: SavedSearch, hits: list[Hit], now: datetime) -> None:
    letters.write(
        [saved.account], lambda: _digest(saved, hits), kind="matching.saved.digest", cause_kind=SavedSearch.kind,
        cause_id=saved.pk, now=now, leave=addresses.of_stop(saved.pk),
    )  # fmt: skip


def _digest(saved: SavedSearch, hits: list[Hit]) -> tuple[str, str]:
    count = len(hits)
    said = {"name": saved.name, "n": count}
    subject = ngettext("“%(name)s”有 %(n)d 条新的", "“%(name)s”有 %(n)d 条新的", count) % said
    # The words two texts have in common are words of the text: of a confidential one they stay on the site.
    is_secret = saved.need is not None and saved.need.is_confidential
    shown = [(hit, _("登录后看匹配理由") if is_secret else hit.why) for hit in hits[:MOST_IN_A_LETTER]]
    lines = [subject + _("："), *(_line(n, hit, why) for n, (hit, why) in enumerate(shown, start=1))]
    if count > MOST_IN_A_LETTER:
        rest = {"n": count - MOST_IN_A_LETTER, "url": addresses.of_list()}
        lines.append(_("还有 %(n)d 条，下一封信里接着列；现在就要看，请登录后在“订阅”里点开：%(url)s") % rest)
    lines.append(_("匹配度是排序用的参考，不是评价。"))
    lines.append(_("不想再收到这封信：%(url)s") % {"url": addresses.of_stop(saved.pk)})
    return subject, "\n\n".join(lines) + "\n"


def _line(n: int, hit: Hit, why: str) -> str:
    said = {"n": n, "title": hit.title, "who": hit.holder, "percent": hit.percent, "why": why,
            "url": addresses.of_listing(hit.kind, hit.subject_id)}  # fmt: skip
    return _("%(n)d. %(title)s（%(who)s，匹配度 %(percent)d）\n%(why)s\n%(url)s") % said
