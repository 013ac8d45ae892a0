"""Where the money comes from: finance documents, purses, and the correction of a wrong entry."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from triplehelix.fund import ledger, locks, terms
from triplehelix.fund.access import require_finance
from triplehelix.fund.models import Appropriation, Ledger, Movement, Pool, Purse
from triplehelix.records.amounts import exact
from triplehelix.records.lines import as_number
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

POOL_KIND, PURSE_KIND, MOVEMENT_KIND = "fund.pool", "fund.purse", "fund.movement"
#: Which of several funds of a city: there is one so far.
CODE = "cxy"


@transaction.atomic
def appropriate(
    *, year: int, document: str, actor: Account | None, now: datetime, amount_fen: int | None = None, code: str = CODE,
    label: str = "", why: str = "",
) -> Appropriation:  # fmt: skip
    """Record a finance document that adds to the year's money, or takes from it (amount below zero); without an amount
    or label, those of the pack (`fund.terms`).

    The same document with the same amount, recorded again, changes nothing. Raises Refused (also for one that was
    recorded and corrected: it would seem to count), Invalid at `document`.
    """
    require_finance(actor, now)
    document = as_number(document)
    if not document or len(document) > 70:
        raise Invalid({"document": _("请填写预算文件文号，最多 70 个字")})
    if not 2000 <= year <= 2999:
        raise Refused(_("年度 %(year)s 不对") % {"year": year})
    amount_fen = int(terms.yearly()) if amount_fen is None else amount_fen
    label = label or terms.name()
    ledger.amount(abs(amount_fen))
    Pool.objects.get_or_create(code=code, year=year, defaults={"label": label})
    pool = Pool.objects.select_for_update(no_key=True).get(code=code, year=year)
    if found := Appropriation.objects.filter(pool=pool, document=document).first():
        return _same(found, amount_fen)
    _open(pool)
    if amount_fen < 0 and pool.free < -amount_fen:
        said = {"free": exact(pool.free), "asked": exact(-amount_fen)}
        raise Refused(_("尚未分配的只有 %(free)s，不能核减 %(asked)s：请先调减资金用途的额度") % said)
    made = Appropriation.objects.create(
        pool=pool, document=document, amount_fen=amount_fen, recorded_by=actor, recorded_at=now
    )
    debit, credit = (Ledger.POOL, Ledger.TREASURY) if amount_fen > 0 else (Ledger.TREASURY, Ledger.POOL)
    ledger.post(
        pool_id=pool.pk, debit=debit, credit=credit, amount_fen=abs(amount_fen),
        verb="appropriate", actor=actor, now=now, why=document,
    )  # fmt: skip
    data = {"document": document, "amount_fen": amount_fen}
    trail.record(kind=POOL_KIND, id=str(pool.pk), verb="appropriate", actor=actor, now=now, data=data, why=why)
    return made


def _same(found: Appropriation, amount_fen: int) -> Appropriation:
    if found.amount_fen != amount_fen or _is_corrected(found):
        said = {"document": found.document, "was": exact(found.amount_fen)}
        raise Refused(
            _("文件 %(document)s 已经登记过，金额是 %(was)s；登记有误的，冲正后以“文号（更正）”重新登记") % said
        )
    return found


def _is_corrected(found: Appropriation) -> bool:
    undone = Movement.objects.filter(corrects__verb="appropriate", corrects__pool=found.pool_id)
    return undone.filter(corrects__why=found.document).exists()


def _open(pool: Pool) -> None:
    if pool.closed_at is not None:
        raise Refused(_("%(pool)s已经年终关账") % {"pool": pool})


@transaction.atomic
def open_purse(
    *,
    year: int,
    use: str,
    amount_fen: int,
    actor: Account | None,
    now: datetime,
    code: str = CODE,
    label: str = "",
) -> Purse:
    """Set aside a part of the year's money for one use. Raises Refused: no such year, too little left, exists."""
    require_finance(actor, now)
    pool = Pool.objects.select_for_update(no_key=True).filter(code=code, year=year).first()
    if pool is None:
        raise Refused(_("%(year)s 年度还没有登记预算文件") % {"year": year})
    _open(pool)
    label = label.strip() or terms.uses().get(use, "")
    if not label or not use or len(use) > 20 or len(label) > 60:
        raise Refused(_("请填写资金用途的代码和名称"))
    purse, made = Purse.objects.get_or_create(
        pool=pool, use=use, origin_year=year, defaults={"label": label, "year": year}
    )
    if not made:
        raise Refused(_("“%(purse)s”已经设立，要改额度，请在“调整用途”里办理") % {"purse": purse})
    _move(pool, purse, ledger.amount(amount_fen), actor, now, "open_purse", "")
    return Purse.objects.get(pk=purse.pk)


@transaction.atomic
def change_purse(
    *, purse: Purse, by_fen: int, actor: Account | None, now: datetime, why: str, seen_fen: int | None = None
) -> Purse:
    """Add to a purse from the year's unallocated money, or give back (below zero) what is not committed.

    Raises Invalid at `why`; Refused also for money carried over: it keeps its year, so that it cannot be carried for
    longer; and where the purse is not the `seen_fen` whoever asks has seen: a change sent twice is made once.
    """
    require_finance(actor, now)
    ledger.amount(abs(by_fen))
    if not why.strip():
        raise Invalid({"why": _("请写明调整的事由和依据")})
    pool = locks.pool(purse.pool_id)
    purse = locks.purse(purse.pk)
    if seen_fen is not None and seen_fen != purse.amount_fen:
        said = {"purse": purse, "now": exact(purse.amount_fen), "seen": exact(seen_fen)}
        raise Refused(_("“%(purse)s”的额度现在是 %(now)s，不是您看到的 %(seen)s：请重新读取后再调整") % said)
    _open(pool)
    if purse.origin_year != purse.year:
        raise Refused(_("“%(purse)s”是结转资金，不能与本年度预算互相调整；用不完的年终交回国库") % {"purse": purse})
    _move(pool, purse, by_fen, actor, now, "change_purse", why)
    return Purse.objects.get(pk=purse.pk)


def _move(pool: Pool, purse: Purse, by_fen: int, actor: Account | None, now: datetime, verb: str, why: str) -> None:
    """Between the pool and a purse, both locked."""
    if by_fen > pool.free:
        said = {"pool": pool, "free": exact(pool.free), "asked": exact(by_fen)}
        raise Refused(_("%(pool)s尚未分配的只有 %(free)s，不够 %(asked)s") % said)
    if -by_fen > purse.free:
        said = {"purse": purse, "free": exact(purse.free), "asked": exact(-by_fen)}
        raise Refused(_("“%(purse)s”未承诺的只有 %(free)s，不能调减 %(asked)s") % said)
    more = by_fen > 0
    ledger.post(
        pool_id=pool.pk, debit=Ledger.PURSE if more else Ledger.POOL, credit=Ledger.POOL if more else Ledger.PURSE,
        debit_purse=purse.pk if more else None, credit_purse=None if more else purse.pk,
        amount_fen=abs(by_fen), verb=verb, actor=actor, now=now, why=why,
    )  # fmt: skip
    data = {"amount_fen": by_fen, "purse": str(purse)}
    trail.record(kind=PURSE_KIND, id=str(purse.pk), verb=verb, actor=actor, now=now, data=data, why=why)


@transaction.atomic
def correct(*, movement: Movement, why: str, actor: Account | None, now: datetime) -> Movement:
    """Undo a wrong entry by a second one, the accounts the other way round; the first stays. Asked twice, once done.

    Raises Refused: entries of a payment (return it instead), a correction itself, money that has moved on since, a
    promise now made from another purse.
    """
    require_finance(actor, now)
    if not why.strip():
        raise Refused(_("请写明冲正的原因"))
    if movement.payment_id is not None or movement.corrects_id is not None or movement.verb in UNDONE_ELSEWHERE:
        raise Refused(_("这笔流水不能直接冲正：支付请办理退回，冲正本身请重新登记"))
    locks.pool(movement.pool_id)
    for pk in sorted({pk for pk in (movement.debit_purse_id, movement.credit_purse_id) if pk is not None}):
        locks.purse(pk)
    if done := Movement.objects.filter(corrects=movement).first():
        return done
    if movement.commitment_id is not None:
        held = locks.row(pk=movement.commitment_id)
        if held.purse_id not in (movement.debit_purse_id, movement.credit_purse_id):
            raise Refused(_("这一承诺后来改在“%(purse)s”办理，原来的流水不再冲正") % {"purse": held.purse})
    try:
        with transaction.atomic():
            made = ledger.post(
                pool_id=movement.pool_id, debit=Ledger(movement.credit), credit=Ledger(movement.debit),
                debit_purse=movement.credit_purse_id, credit_purse=movement.debit_purse_id,
                commitment=movement.commitment_id, amount_fen=movement.amount_fen,
                verb="correct", actor=actor, now=now, why=why, corrects=movement,
            )  # fmt: skip
    except IntegrityError as error:
        said = {"amount": exact(movement.amount_fen)}
        raise Refused(_("不能冲正：其中的 %(amount)s 已经分配、承诺或支付出去") % said) from error
    if movement.verb == "appropriate":
        _undo_document(movement, actor, now)
    data = {"corrects": movement.pk, "amount_fen": movement.amount_fen, "verb": movement.verb}
    trail.record(kind=MOVEMENT_KIND, id=str(movement.pk), verb="correct", actor=actor, now=now, data=data, why=why)
    return made


def _undo_document(movement: Movement, actor: Account | None, now: datetime) -> None:
    """The documents of a year add up to its money: a second row takes the wrong one back."""
    sign = -1 if movement.debit == Ledger.POOL else 1
    Appropriation.objects.create(
        pool_id=movement.pool_id, document=f"{movement.why}（冲正）", amount_fen=sign * movement.amount_fen,
        recorded_by=actor, recorded_at=now,
    )  # fmt: skip


#: Carried and lapsed money crosses years and has been accounted for; a wrong refund is voided with its receipt.
UNDONE_ELSEWHERE = frozenset({"carry_over", "lapse", "refund"})
