"""先使用后付费: the steps of a trial, and what happens when a side lets its days pass."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.calendar import MissingYear
from triplehelix.market.contracts.actions.shared import go, saved
from triplehelix.market.contracts.finds import ENDED
from triplehelix.market.contracts.guards import pay_by
from triplehelix.market.contracts.models import Instalment, Sale, Trial
from triplehelix.records.parties import letters
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail.models import Entry

OVER = "trial_over"


@transaction.atomic
def step_trial(
    *, trial: Trial, step: str, actor: Account | None, now: datetime, seen_version: int, note: str = ""
) -> Trial:
    """A step of 先使用后付费; when the payment falls due its instalments get their day. With what is given back the
    contract ends, and nothing is due: at once, or by the market once its income is shared. Raises Refused, KeyError."""
    sale = Sale.objects.select_for_update(of=("self",)).get(contract__trial=trial)
    if sale.state in ("terminated", "priced"):
        raise Refused(_("合同已经终止"))
    if sale.state == "closed":
        raise Refused(_("交易已经办结"))
    done = take(case=trial, step=step, actor=actor, now=now, seen_version=seen_version, note=note)
    today = timezone.localdate(now)
    if step == "trigger":
        done.triggered_on = today
        done.save(update_fields=["triggered_on"])
    if done.state == "due":
        try:
            last = pay_by(done, done.triggered_on or today)
        except MissingYear as why:
            raise Refused(why.message) from why
        Instalment.objects.filter(contract=done.contract_id, due_on__isnull=True).update(due_on=last)
        saved(sale, "due", actor, now, {"on": str(last)})
    if done.state == "returned" and sale.state in Sale.workflow["terminate"].frm:
        go(sale, "terminate", None, now, note)
    return done


def end_silence(*, now: datetime) -> int:
    """A buyer that neither confirms nor gives back within the contract's days to pay owes. Answers how many."""
    today, done = timezone.localdate(now), 0
    for trial in Trial.objects.filter(state="triggered", triggered_on__lt=today).order_by("pk"):
        try:
            step_trial(trial=trial, step="fall_due", actor=None, now=now, seen_version=trial.version)
        except Refused:  # its days are not over, or the contract is
            continue
        done += 1
    return done


def remind_ended(*, now: datetime) -> int:
    """Tell both sides once that a trial has run to its last day and nobody has said how it went. Answers how many."""
    today = timezone.localdate(now)
    rows = Trial.objects.filter(state="using", until__lt=today).exclude(contract__sale__state__in=ENDED)
    return sum(_remind(trial, now) for trial in rows.select_related("contract__sale__achievement").order_by("pk"))


@transaction.atomic
def _remind(trial: Trial, now: datetime) -> bool:
    trial = Trial.objects.select_for_update(of=("self",), no_key=True).get(pk=trial.pk)  # two workers tell it once
    if trial.state != "using":
        return False
    said = Entry.objects.filter(subject_kind=Trial.kind, subject_id=str(trial.pk), verb=OVER)
    if said.filter(data__until=str(trial.until)).exists():  # a day agreed anew runs out anew
        return False
    sale = trial.contract.sale
    for relation in ("seller", "buyer"):
        letters.write(
            sale.accounts_in(relation, now), lambda: _over(sale, trial), kind=f"{Trial.kind}.{OVER}",
            cause_kind=Sale.kind, cause_id=sale.pk, now=now, page=sale.address(),
        )  # fmt: skip
    trail.record(kind=Trial.kind, id=str(trial.pk), verb=OVER, actor=None, now=now, data={"until": str(trial.until)})
    return True


def _over(sale: Sale, trial: Trial) -> tuple[str, str]:
    words = _("试用到 %(day)s 为止。达到付款条件的，请登记；不再使用的，请受让方办理退回。") % {"day": trial.until}
    return _("试用期已满：%(sale)s") % {"sale": sale}, words + "\n"
