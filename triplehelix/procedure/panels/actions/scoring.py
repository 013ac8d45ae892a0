"""What an expert does with the own seat: score as it is typed, hand in, step aside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from triplehelix.procedure.panels.kept import of_seat
from triplehelix.procedure.panels.models import Seat
from triplehelix.procedure.review import sheets
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept
from triplehelix.records.wording import as_recorded


@transaction.atomic
def save_scores(
    *, seat: Seat, points: Mapping[str, Any], comments: Mapping[str, str], answers: Mapping[str, bool | None],
    submit: bool, actor: Account, now: datetime,
) -> Seat:  # fmt: skip
    """Keep what the expert has written; with `submit`, hand it in for good. Raises Refused, Invalid by item."""
    held = _own_seat(seat, actor)
    sheet = held.panel.score_sheet
    plain, texts, said = _typed(points, comments, answers)
    if faults := sheets.check(sheet, plain, texts, said, draft=not submit):
        raise Invalid({fault.item: fault.message for fault in faults})
    _write(held, plain, texts, said, now)
    if submit:
        held.total, held.submitted_at = sheets.total(sheet, held.points), now
        data = {"total": held.total, "points": held.points, "case": held.case_id, **kept.said(of_seat(held))}
        trail.record(kind=Seat.kind, id=str(held.pk), verb="submit", actor=actor, now=now, data=data)
    held.save()
    return held


@transaction.atomic
def autosave_scores(
    *, seat: Seat, points: Mapping[str, Any], comments: Mapping[str, str], answers: Mapping[str, bool | None],
    actor: Account, now: datetime,
) -> dict[str, str]:  # fmt: skip
    """Keep of a draft everything that can be kept: points that are wrong stay as they were kept before.

    Returns what is wrong, by item. Raises Refused.
    """
    held = _own_seat(seat, actor)
    plain, texts, said = _typed(points, comments, answers)
    faults = sheets.check(held.panel.score_sheet, plain, texts, said, draft=True)
    wrong = {fault.item: fault.message for fault in faults}
    strange = {fault.item for fault in faults if fault.code == "unknown_item"}
    good = {key: value for key, value in plain.items() if key not in wrong}
    before = {key: value for key, value in held.points.items() if key in wrong}
    texts = {key: value for key, value in texts.items() if key not in strange}
    said = {key: value for key, value in said.items() if key not in strange}
    _write(held, before | good, texts, said, now)
    held.save()
    return wrong


def _typed(
    points: Mapping[str, Any], comments: Mapping[str, str], answers: Mapping[str, bool | None]
) -> tuple[dict[str, str], dict[str, str], dict[str, bool]]:
    """What was typed, without what is empty."""
    plain = {key: str(value).strip() for key, value in points.items() if str(value).strip()}
    texts = {key: text.replace("\x00", "").strip()[:1000] for key, text in comments.items() if text.strip()}
    return plain, texts, {key: value for key, value in answers.items() if value is not None}


def _write(
    held: Seat, plain: Mapping[str, object], texts: dict[str, str], said: dict[str, bool], now: datetime
) -> None:
    held.points = {key: sheets.whole(value) for key, value in plain.items()}
    held.comments, held.answers, held.saved_at = texts, said, now


def _own_seat(seat: Seat, actor: Account) -> Seat:
    rows = Seat.objects.select_for_update(of=("self",)).select_related("panel__round", "expert", "case")
    held = rows.get(pk=seat.pk)
    if held.expert.account_id != actor.pk:
        raise Refused(_("这不是您的评审任务"))
    if not held.is_open:
        raise Refused(_("这份评分已经提交、作废，或这一项的评审已经结束，不能再改"))
    return held


@transaction.atomic
def declare(*, seat: Seat, reason: str, actor: Account, now: datetime) -> Seat:
    """The expert says they must not judge this case (主动回避). Raises Refused, Invalid at `reason`."""
    held = _own_seat(seat, actor)
    reason = " ".join(reason.split())
    if not 4 <= len(reason) <= 200:
        raise Invalid({"reason": _("请写明回避的原因，4 至 200 个字")})
    with as_recorded():
        held.declared, held.void = reason, _("专家主动回避：") + reason[:150]
    held.points, held.comments, held.total = {}, {}, None
    held.save()
    data = kept.said(of_seat(held))
    trail.record(kind=Seat.kind, id=str(held.pk), verb="declare", actor=actor, now=now, data=data, why=reason)
    return held
