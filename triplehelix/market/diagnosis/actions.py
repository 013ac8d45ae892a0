"""The only writers of diagnoses; states change through records.steps."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.diagnosis import access, clock, finds
from triplehelix.market.diagnosis.access import DIAGNOSER, OFFICER, OWNER
from triplehelix.market.diagnosis.guards import BEFORE_DESK
from triplehelix.market.diagnosis.models import Diagnosis, Question
from triplehelix.market.listings import finds as listings
from triplehelix.market.nda import actions as nda
from triplehelix.market.needs import twins
from triplehelix.market.needs.models import Need
from triplehelix.market.needs.words import Words
from triplehelix.records.outbox import actions as outbox
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused, take
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept
from triplehelix.records.trail.models import Entry

__all__ = ["answer", "assign", "follow", "judge", "open_words", "remind", "set_missing_days"]

OUTCOMES = ("ready", "refine", "long_term")
#: Steps with an action of their own: what they ask for beside a note is asked nowhere else.
OF_THEIR_OWN = frozenset({*OUTCOMES, "assign", "resubmit"})
#: What puts a need before the desk, and what takes it away again.
COMES = frozenset({"submit", "publish", "approve", "renew", "renew_for", "recheck"})
GOES = frozenset({"create", "return", "reopen", "withdraw", "take_down", "expire"})
#: Of those, what an office does, saying why to the firm: that is an answer.
BY_OFFICE = frozenset({"return", "take_down"})
#: While a need is judged, whoever judges it may read what is confidential.
JUDGING = frozenset({"taken", "refine"})
#: Older news than this was before there was a desk: the clock of such a need starts when the desk first sees it.
STALE = timedelta(days=15)
MOST_QUESTIONS = 10


@transaction.atomic
def follow(*, need_id: int, now: datetime) -> Diagnosis | None:
    """Make the desk say what the need is: one before it is waiting from the moment it came; one taken back is not, and
    what was judged of it before counts no more.

    Answers the diagnosis it opened. Asked again, it changes nothing.
    """
    need = Need.objects.select_for_update(of=("self",), no_key=True).filter(pk=need_id).first()
    if need is None:
        return None
    start, left = _came(need)
    of_before = Diagnosis.objects.select_for_update(of=("self",)).filter(need=need).exclude(state="dropped")
    for case in of_before if start is None else of_before.filter(started_at__lt=start):
        _drop(case, left, now)
    if start is None or Diagnosis.objects.filter(need=need, started_at__gte=start).exists():
        return None
    start = start if start >= now - STALE else now
    n = clock.days(timezone.localdate(start))
    due = clock.due(timezone.localdate(start), n)
    made = Diagnosis.objects.create(
        need=need, started_at=start, days=n, first_due_on=due, due_on=due, state=Diagnosis.workflow.start
    )
    data = {"need": need.pk, "due": str(due or ""), **kept.said(made.kept_values())}
    trail.record(kind=Diagnosis.kind, id=str(made.pk), verb="open", actor=None, now=now, data=data)
    return made


def _came(need: Need) -> tuple[datetime | None, Entry | None]:
    """Since when the need has been before the desk, by its trail; None, and what took it away, when it is not."""
    start, left = None, None
    for row in Entry.objects.filter(subject_kind=Need.kind, subject_id=str(need.pk)).order_by("n"):
        if row.verb in GOES:
            start, left = None, row
        elif row.verb in COMES or (row.verb == "import" and row.data.get("state") == "published"):
            start = start or row.at
    return (start, left) if need.state in BEFORE_DESK else (None, left)


def _drop(case: Diagnosis, left: Entry | None, now: datetime) -> None:
    """An officer who returned a submitted need, saying why, has answered it; without a reason there is no answer."""
    if left is not None and left.verb in BY_OFFICE and left.why.strip() and case.answered_at is None:
        Diagnosis.objects.filter(pk=case.pk).update(answered_at=left.at)
    take(case=case, step="drop", actor=None, now=now, seen_version=case.version)


@transaction.atomic
def assign(*, diagnosis: Diagnosis, to: Account, actor: Account, now: datetime, seen_version: int) -> Diagnosis:
    """An officer gives it to a technology manager or an expert with an account. Raises Refused, Invalid at `to`."""
    held = acts.locked(diagnosis, actor, now, by={OFFICER}, seen=seen_version, states={"waiting", "taken"})
    if not access.may_diagnose(timezone.localdate(now)).filter(pk=to.pk).exists():
        raise Invalid({"to": _("只能交给技术经理人，或有账号的专家")})
    if access.own_people(held.need.organisation, timezone.localdate(now)).filter(pk=to.pk).exists():
        raise Invalid({"to": _("这个人是需求单位的人，不能会诊本单位的需求")})
    held.assigned_to = to
    held.save(update_fields=["assigned_to"])
    return take(case=held, step="assign", actor=actor, now=now, seen_version=held.version, note=str(to))


@transaction.atomic
def judge(
    *, diagnosis: Diagnosis, outcome: str, reason: str, actor: Account, now: datetime, seen_version: int,
    questions: Sequence[str] = (), not_alike: bool = False,
) -> Diagnosis:  # fmt: skip
    """The judgement of three: ready, refine (with `questions` to the firm), long_term, each with its reason.

    A need that says what another does, one the actor may see, is not ready before they looked (`not_alike`). Raises
    Refused; Invalid at `outcome`, `reason`, `questions`, `not_alike`.
    """
    held = acts.locked(diagnosis, actor, now, by={DIAGNOSER}, seen=seen_version, states={"taken"}, related=("need",))
    reason = reason.replace("\x00", "").strip()
    asked = [line for one in questions if (line := " ".join(one.replace("\x00", "").split()))]
    errors = {}
    if outcome not in OUTCOMES:
        errors["outcome"] = _("请选择结论：可对接、需完善或长期")
    if not 4 <= len(reason) <= 2000:
        errors["reason"] = _("请用 4 至 2000 个字写明理由，企业会看到")
    if outcome == "refine" and not asked:
        errors["questions"] = _("请写明要企业补充的问题，一行一个")
    elif len(asked) > MOST_QUESTIONS or any(len(one) > 500 for one in asked):
        errors["questions"] = _("最多 %(n)d 个问题，每个不超过 500 字") % {"n": MOST_QUESTIONS}
    if outcome == "ready" and not not_alike and twins.of(held.need, listings.shown_to(Need, actor, now)):
        errors["not_alike"] = _("有几乎相同的需求：请核对，不是重复的再勾选；是重复的，请判“需完善”并说明")
    if errors:
        raise Invalid(errors)
    if outcome == "refine":
        first = held.questions.count() + 1
        rows = [Question(diagnosis=held, seq=n, text=one, asked_at=now) for n, one in enumerate(asked, start=first)]
        Question.objects.bulk_create(rows)
    return take(case=held, step=outcome, actor=actor, now=now, seen_version=held.version, note=reason)


@transaction.atomic
def answer(
    *, diagnosis: Diagnosis, answers: Mapping[int, str], actor: Account, now: datetime, seen_version: int
) -> Diagnosis:
    """The firm answers, by the number of each question; with the last one answered it is looked at again.

    Raises Refused; Invalid at `question_<n>`: every open question needs an answer.
    """
    held = acts.locked(diagnosis, actor, now, by={OWNER}, seen=seen_version, states={"refine"}, related=("need",))
    errors, rows = {}, list(held.open_questions())
    for row in rows:
        row.answer = answers.get(row.seq, "").replace("\x00", "").strip()
        if not 2 <= len(row.answer) <= 2000:
            errors[f"question_{row.seq}"] = _("请回答，2 至 2000 个字；不知道就写“不知道”")
        row.answered_at, row.answered_by = now, actor
    if errors:
        raise Invalid(errors)
    Question.objects.bulk_update(rows, ["answer", "answered_at", "answered_by"])
    return take(case=held, step="resubmit", actor=actor, now=now, seen_version=held.version)


@transaction.atomic
def open_words(*, diagnosis: Diagnosis, actor: Account, now: datetime, promised: bool) -> Words | None:
    """The confidential words for whoever judges the need: an expert promises to keep them. Written down each time.
    Whoever is given them may read the questions and the firm's answers too.

    None for somebody who does not, and once the judgement is given: who reads on needs an agreement (nda) as everybody
    else. Raises Refused without the promise.
    """
    if DIAGNOSER not in diagnosis.relations_of(actor, now) or diagnosis.state not in JUDGING:
        return None
    if not promised:
        raise Refused(_("请先勾选保密承诺"))
    why = _("会诊；已承诺保密")
    return nda.opened(need=diagnosis.need, actor=actor, now=now, how=DIAGNOSER, why=why)


def set_missing_days(*, now: datetime) -> int:
    """Give a last day to the diagnoses whose year had no calendar when they began, or began anew. Returns how many got
    one; none while the calendar is still missing."""
    waiting = Diagnosis.objects.filter(finds.without_a_day()).order_by("pk")
    return sum(_day_set(pk, now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _day_set(pk: int, now: datetime) -> bool:
    """The first answer is due from the moment the need came, whenever the calendar does; looked at once more it gets
    the whole term, from today."""
    held = Diagnosis.objects.select_for_update(of=("self",)).filter(finds.without_a_day(), pk=pk).first()
    if held is None:
        return False
    is_first = held.first_due_on is None
    due = clock.due(timezone.localdate(held.started_at if is_first else now), held.days)
    if due is None:
        return False
    held.due_on, held.first_due_on = due, held.first_due_on or due
    acts.saved(held, "set_due", None, now, {"due_on": due.isoformat()})
    return True


def remind(*, now: datetime) -> int:
    """Tell, once a term, who has to answer by today or should have: the diagnoser, or the officers while nobody has
    it who may judge. Returns how many diagnoses were spoken of."""
    today, asked = timezone.localdate(now), 0
    for case in finds.due_by(today).select_related("need__organisation"):
        asked += _remind(case, today, now)
    return asked


@transaction.atomic
def _remind(case: Diagnosis, today: date, now: datetime) -> bool:
    kind, since = f"{Diagnosis.kind}.remind", case.assigned_at or case.started_at
    if outbox.told(kind=kind, cause_kind=Diagnosis.kind, cause_id=str(case.pk), since=since):
        return False
    said = {"need": case.need.title, "day": case.due_on}
    acts.tell(case, "remind", (DIAGNOSER,), lambda: (
        _("会诊到期：%(need)s") % said,
        _("“%(need)s”应在 %(day)s 答复企业，请登录后到“需求会诊”办理。") % said,
    ), now)  # fmt: skip
    return True
