"""Promises: made within the purse, given back, and money that payees return to the treasury."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import ledger, locks
from triplehelix.fund.access import require_finance
from triplehelix.fund.models import Commitment, Ledger, Movement, Purse, Refund
from triplehelix.fund.orders import KIND
from triplehelix.records.amounts import exact
from triplehelix.records.lines import as_number
from triplehelix.records.parties import standing
from triplehelix.records.parties.finds import family
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

LONGEST = {"rule": 40, "subject": 120, "case_ref": 60}


def note(
    commitment: Commitment, verb: str, actor: Account | None, now: datetime, data: dict[str, object], why: str = ""
) -> None:
    """One trail row about the commitment; followers find the case by `case_ref`."""
    data = {"case_ref": commitment.case_ref, **data}
    trail.record(kind=KIND, id=str(commitment.pk), verb=verb, actor=actor, now=now, data=data, why=why)


@transaction.atomic
def commit(
    *, purse: Purse, rule: str, payee: Organisation, subject: str, year: int, amount_fen: int, actor: Account | None,
    now: datetime, case_ref: str = "", why: str = "",
) -> Commitment:  # fmt: skip
    """Promise money of the purse to a payee. The key (rule, payee, subject, year) is promised once.

    Asked again with the same purse, case and amount, the commitment that stands is answered and nothing changes; one
    that was released altogether is taken up again, by whichever purse pays it now (its first year may be over). Raises
    Refused: promised already otherwise, purse closed or of an earlier year, too little left.
    """
    ledger.amount(amount_fen)
    said = {"rule": rule.strip(), "subject": " ".join(subject.split()), "case_ref": case_ref.strip()}
    for name, text in said.items():
        if len(text) > LONGEST[name] or "\x00" in text or not (text or name == "case_ref"):
            raise Refused(_("规则、事项和办件号请填写完整，事项最多 %(most)d 个字") % {"most": LONGEST["subject"]})
    purse = locks.purse(purse.pk)
    found, made = _row(Commitment(purse=purse, payee=payee, year=year, made_at=now, **said))
    if not made and found.amount_fen:
        return _stands(found, purse, amount_fen, said["case_ref"])
    _not_by_relatives(found)
    _may_commit(purse, amount_fen, now)
    _take_up(found, purse, said["case_ref"])
    ledger.post(
        pool_id=purse.pool_id, debit=Ledger.COMMITTED, credit=Ledger.PURSE, debit_purse=purse.pk,
        credit_purse=purse.pk, commitment=found.pk, amount_fen=amount_fen, verb="commit", actor=actor, now=now, why=why,
    )  # fmt: skip
    note(found, "commit", actor, now, {"amount_fen": amount_fen, "purse": str(purse), "subject": found.subject}, why)
    # As the statement above left them: nobody else can have touched them while the purse is locked.
    found.purse = purse
    found.amount_fen += amount_fen
    purse.committed_fen += amount_fen
    return found


def _row(wanted: Commitment) -> tuple[Commitment, bool]:
    """The commitment of this key, made if need be, and whether it was. One statement where it is new, which it nearly
    always is; whoever makes the same one at the same moment waits here and finds it, from another purse too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fund_commitment (purse_id, rule, payee_id, subject, year, case_ref, made_at, amount_fen,"
            " ordered_fen, paid_fen, refunded_fen) VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0)"
            " ON CONFLICT (rule, payee_id, subject, year) DO NOTHING RETURNING id",
            [
                wanted.purse_id,
                wanted.rule,
                wanted.payee_id,
                wanted.subject,
                wanted.year,
                wanted.case_ref,
                wanted.made_at,
            ],
        )
        row = cursor.fetchone()
    if row is not None:
        wanted.pk = row[0]
        wanted._state.adding, wanted._state.db = False, connection.alias
        return wanted, True
    return locks.row(rule=wanted.rule, payee=wanted.payee_id, subject=wanted.subject, year=wanted.year), False


def _take_up(found: Commitment, purse: Purse, case_ref: str) -> None:
    """A promise that was released is another purse's or another case's from here on: every counter of it is zero."""
    if (found.purse_id, found.case_ref) == (purse.pk, case_ref):
        return
    if found.case_ref != case_ref:
        # What was ordered for the earlier case, and came back, is not ordered for this one.
        found.orders_before = found.payments.aggregate(last=Max("pk"))["last"] or 0
    found.purse, found.case_ref = purse, case_ref
    found.save(update_fields=["purse", "case_ref", "orders_before"])


def _stands(found: Commitment, purse: Purse, amount_fen: int, case_ref: str) -> Commitment:
    if (found.purse_id, found.amount_fen, found.case_ref) == (purse.pk, amount_fen, case_ref):
        return found
    raise _promised(found)


def _promised(found: Commitment) -> Refused:
    return Refused(
        _("%(payee)s的“%(subject)s”（%(year)d 年度，%(rule)s）已经承诺 %(amount)s，同一事项不能重复承诺")
        % {
            "payee": found.payee.name, "subject": found.subject, "year": found.year, "rule": found.rule,
            "amount": exact(found.amount_fen),
        }
    )  # fmt: skip


def _not_by_relatives(found: Commitment) -> None:
    """The key is the payee's; organisations merged or renumbered are one, and wait for each other at the row of the one
    that stands (`parties.standing`). Raises Refused."""
    if not standing.hold(found.payee_id):
        return
    payee = Organisation.objects.get(pk=found.payee_id)
    theirs = Commitment.objects.filter(family(payee, "payee"), rule=found.rule, subject=found.subject)
    held = theirs.filter(year=found.year, amount_fen__gt=0).exclude(pk=found.pk).select_related("payee").first()
    if held is not None:
        raise _promised(held)


def _may_commit(purse: Purse, amount_fen: int, now: datetime) -> None:
    if purse.closed_at is not None:
        raise Refused(_("“%(purse)s”已经年终关账，不能再承诺") % {"purse": purse})
    if timezone.localdate(now).year > purse.year:
        raise Refused(_("“%(purse)s”的年度已过，请先结转再承诺") % {"purse": purse})
    if amount_fen > purse.free:
        said = {"purse": purse, "amount": exact(purse.amount_fen), "committed": exact(purse.committed_fen)}
        said |= {"free": exact(purse.free), "asked": exact(amount_fen)}
        raise Refused(_("“%(purse)s”额度 %(amount)s，已承诺 %(committed)s，只剩 %(free)s，不够承诺 %(asked)s") % said)


@transaction.atomic
def promise_again(
    *, commitment: Commitment, amount_fen: int, actor: Account | None, now: datetime, why: str
) -> Commitment:
    """Promise more to a payee who has been paid a part: what was released of the promise after all.

    Raises Refused: purse closed or of an earlier year, too little left.
    """
    ledger.amount(amount_fen)
    commitment = locks.commitment(commitment)
    purse = commitment.purse
    _may_commit(purse, amount_fen, now)
    ledger.post(
        pool_id=purse.pool_id, debit=Ledger.COMMITTED, credit=Ledger.PURSE, debit_purse=purse.pk,
        credit_purse=purse.pk, commitment=commitment.pk, amount_fen=amount_fen,
        verb="commit", actor=actor, now=now, why=why,
    )  # fmt: skip
    note(commitment, "commit", actor, now, {"amount_fen": amount_fen, "purse": str(purse)}, why)
    commitment.refresh_from_db()
    return commitment


@transaction.atomic
def release(
    *, commitment: Commitment, actor: Account | None, now: datetime, why: str, amount_fen: int | None = None
) -> Commitment:
    """Take a promise back, wholly (all that is neither paid nor on its way) or by an amount; the purse has it again.

    Released wholly twice, the second time changes nothing. Raises Refused.
    """
    commitment = locks.commitment(commitment)
    if amount_fen is None:
        if not commitment.free:
            return commitment
        amount_fen = int(commitment.free)
    ledger.amount(amount_fen)
    if amount_fen > commitment.free:
        said = {"amount": exact(commitment.amount_fen), "paid": exact(commitment.ordered_fen + commitment.paid_fen)}
        said |= {"free": exact(commitment.free), "asked": exact(amount_fen)}
        raise Refused(_("承诺 %(amount)s 中已支付或支付中 %(paid)s，只能收回 %(free)s，不能收回 %(asked)s") % said)
    purse = commitment.purse
    ledger.post(
        pool_id=purse.pool_id, debit=Ledger.PURSE, credit=Ledger.COMMITTED, debit_purse=purse.pk,
        credit_purse=purse.pk, commitment=commitment.pk, amount_fen=amount_fen,
        verb="release", actor=actor, now=now, why=why,
    )  # fmt: skip
    note(commitment, "release", actor, now, {"amount_fen": amount_fen}, why)
    commitment.refresh_from_db()
    return commitment


@transaction.atomic
def refund(
    *, commitment: Commitment, amount_fen: int, receipt: str, why: str, actor: Account | None, now: datetime
) -> Refund:
    """Record what a payee returned to the treasury (收回, 结余): the purse does not get it back.

    The same receipt recorded again changes nothing. Raises Refused: more than was paid, a receipt used otherwise.
    """
    require_finance(actor, now)
    ledger.amount(amount_fen)
    receipt = as_number(receipt)
    if not receipt or len(receipt) > 80 or not why.strip():
        raise Refused(_("请填写缴款书号（最多 80 个字）和事由"))
    commitment = locks.commitment(commitment)
    if found := Refund.objects.filter(receipt=receipt, void_why="").first():
        if (found.commitment_id, found.amount_fen) != (commitment.pk, amount_fen):
            raise _used(found)
        return found
    rest = Fen(commitment.paid_fen - commitment.refunded_fen)
    if amount_fen > rest:
        said = {
            "paid": exact(commitment.paid_fen),
            "refunded": exact(commitment.refunded_fen),
            "asked": exact(amount_fen),
        }
        raise Refused(_("已支付 %(paid)s，已缴回 %(refunded)s，不能再缴回 %(asked)s") % said)
    try:
        with transaction.atomic():
            made = Refund.objects.create(
                commitment=commitment, amount_fen=amount_fen, receipt=receipt, why=why.strip()[:200], recorded_at=now
            )
    except IntegrityError:  # of another purse, at this moment
        raise _used(Refund.objects.get(receipt=receipt, void_why="")) from None
    purse = commitment.purse
    ledger.post(
        pool_id=purse.pool_id, debit=Ledger.TREASURY, credit=Ledger.REFUNDED, credit_purse=purse.pk,
        commitment=commitment.pk, amount_fen=amount_fen, verb="refund", actor=actor, now=now, why=receipt,
    )  # fmt: skip
    note(commitment, "refund", actor, now, {"amount_fen": amount_fen, "receipt": receipt}, why)
    return made


def _used(found: Refund) -> Refused:
    said = {"receipt": found.receipt, "was": exact(found.amount_fen)}
    return Refused(_("缴款书 %(receipt)s 已经登记过 %(was)s") % said)


@transaction.atomic
def void_refund(*, refund: Refund, why: str, actor: Account | None, now: datetime) -> Refund:
    """What was recorded wrongly as returned has not been: a second movement takes it back, and the receipt serves anew.

    Voided again, nothing changes. Raises Refused without a reason.
    """
    require_finance(actor, now)
    why = " ".join(why.split())[:200]
    if not why:
        raise Refused(_("请写明作废的原因"))
    commitment = locks.commitment(refund.commitment)
    held = Refund.objects.select_for_update(no_key=True).get(pk=refund.pk)
    if held.void_why:
        return held
    wrong = Movement.objects.filter(commitment=commitment, verb="refund", why=held.receipt, amount_fen=held.amount_fen)
    held.void_why = why
    held.save(update_fields=["void_why"])
    purse = commitment.purse
    ledger.post(
        pool_id=purse.pool_id, debit=Ledger.REFUNDED, credit=Ledger.TREASURY, debit_purse=purse.pk,
        commitment=commitment.pk, amount_fen=held.amount_fen, verb="correct", actor=actor, now=now, why=why,
        corrects=wrong.filter(corrections=None).latest("pk"),
    )  # fmt: skip
    note(commitment, "void_refund", actor, now, {"amount_fen": held.amount_fen, "receipt": held.receipt}, why)
    return held
