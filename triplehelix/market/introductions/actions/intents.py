"""The intent that may come of talks: recorded with its paper, once; void where it was recorded wrongly."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.introductions import finds
from triplehelix.market.introductions.actions.meetings import PARTIES, cleaned_with
from triplehelix.market.introductions.actions.shared import Refused, day, fields, go, hold, saved, short, tell
from triplehelix.market.introductions.models import Intent, Introduction
from triplehelix.market.introductions.states import MET
from triplehelix.market.listings.rules import MOST_FEN
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid, numbered

INTENT = {
    "number": numbered(60),
    "signed_on": day(needed=True),
    "event": short(120),
    "about": short(500, needed=gettext_lazy("请写意向的内容")),
}


@transaction.atomic
def sign_intent(
    *, introduction: Introduction, signed_on: date | None, about: str, file: File | None, actor: Account,
    now: datetime, seen_version: int, number: str = "", event: str = "", amount_fen: int | None = None,
) -> Intent:  # fmt: skip
    """Record the signed paper of an intent, once: it is no contract and counts as no deal. In the place of one that was
    void it is recorded whatever has come since.

    Raises Refused (nothing was talked about yet; an intent is there already), Invalid at `signed_on`, `about`, `file`,
    `number`, `amount` — also when the same paper, number or signing was counted before, at whichever event.
    """
    # One signing about an achievement after another: another introduction of the same two may record it too.
    Achievement.objects.select_for_update(of=("self",), no_key=True).get(pk=introduction.achievement_id)
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=may_sign(introduction))
    errors: dict[str, str] = {}
    if file is None:
        errors["file"] = _("请上传签字的意向书")
    if amount_fen is not None and not 0 < amount_fen <= MOST_FEN:
        errors["amount"] = _("金额应大于零、不超过 1000 亿元；没有约定请留空")
    values = {"number": number, "signed_on": signed_on, "event": event, "about": about}
    cleaned = cleaned_with(errors, INTENT, values, now)
    assert file is not None
    if cleaned["signed_on"] < timezone.localdate(held.accepted_at):
        raise Invalid({"signed_on": _("不能早于双方接受引荐的日期")})
    if wrong := _counted(held, cleaned, file):
        raise Invalid(wrong)
    try:
        with transaction.atomic():
            made = Intent.objects.create(
                introduction=held, amount_fen=amount_fen, file=file, digest=file.sha256, made_at=now, made_by=actor,
                **cleaned,
            )  # fmt: skip
    except IntegrityError as why:
        raise Invalid({"file": _("同一份意向书刚刚登记过，一次签约只算一次")}) from why
    held = saved(held, "intent", actor, now, {"on": str(made.signed_on), "event": made.event, "file": file.sha256})
    if held.state == "talking":
        go(held, "sign_intent", actor, now)
    return made


def _counted(introduction: Introduction, values: dict, file: File) -> dict[str, str]:  # type: ignore[type-arg]
    """Where this signing was counted before, if it was: the same introduction, paper, number, or the same two
    organisations on the same day about the same achievement."""
    said = _("一次签约只算一次：%(what)s")
    for found, field in finds.same_signing(introduction, values["number"], values["signed_on"], file.sha256):
        what = found.event or _("引荐 %(number)s") % {"number": found.introduction.number}
        return {field: said % {"what": _("已在“%(what)s”登记过（%(day)s）") % {"what": what, "day": found.signed_on}}}
    return {}


def may_sign(introduction: Introduction) -> tuple[str, ...]:
    """The states in which an intent is recorded: what was recorded wrongly is put right later, too."""
    return MET if introduction.intents.exclude(void_why="").exists() else ("talking", "negotiating")


@transaction.atomic
def void_intent(*, introduction: Introduction, why: str, actor: Account, now: datetime, seen_version: int) -> Intent:
    """The intent was recorded wrongly: it counts no more, and its number and paper serve anew. The others are told.

    Raises Refused (none stands), Invalid at `why`.
    """
    held = hold(introduction, actor, now, by=PARTIES, seen=seen_version, states=MET)
    found = held.intents.select_for_update().filter(void_why="").first()
    if found is None:
        raise Refused(_("没有登记的意向书，或已经作废"))
    rule = {"why": short(200, needed=gettext_lazy("请写明错在哪里"))}
    found.void_why = fields(rule, {"why": why}, now)["why"]
    found.save(update_fields=["void_why"])
    held = saved(held, "void_intent", actor, now, {"on": str(found.signed_on), "file": found.digest}, found.void_why)
    tell(held, "void_intent", lambda: _voided(found), actor, now)
    if held.state == "intended":
        go(held, "unsign", actor, now)
    return found


def _voided(intent: Intent) -> tuple[str, str]:
    said = {"case": str(intent.introduction), "day": intent.signed_on, "why": intent.void_why}
    body = _("“%(case)s”登记的意向书（%(day)s 签订）有误，已经作废：%(why)s。正确的可以重新登记。")
    return _("意向书的登记已作废：%(case)s") % said, body % said + "\n"
