"""里程碑: planned with the decision or the agreement, proven by the applicant, passed by the clerk."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from triplehelix.foundation.text import normalise
from triplehelix.procedure.cases import judge, pay
from triplehelix.procedure.cases.actions.shared import line, locked, saved
from triplehelix.procedure.cases.models import Case, Milestone
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK, FINANCE
from triplehelix.records.amounts import exact
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused

MOST = 12
#: One that the award itself pays by stages is planned before its decision, or before it is decided anew; the others
#: with the agreement.
PLANNED_IN = {True: ("draft", "checking", "deciding", "noticing"), False: ("agreeing",)}


@transaction.atomic
def plan_milestones(
    *, case: Case, rows: Sequence[tuple[str, int, date]], actor: Account, now: datetime, seen_version: int
) -> Case:
    """Put the milestones (name, fen, last day) in place of those there are. What was reached or public stays.

    Raises Refused, Invalid at `milestones`.
    """
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state not in PLANNED_IN[case.is_staged]:
        raise Refused(_("里程碑已经定下，变更要有新的决定：还没有安排拨付的，请先撤下公示"))
    problems = list(_wrong(case, rows))
    if problems:
        raise Invalid({"milestones": "；".join(problems)})
    case.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(case=case, seq=n, name=" ".join(name.split())[:120], amount_fen=fen, due_on=due)
        for n, (name, fen, due) in enumerate(rows, start=1)
    )
    data = {"milestones": [{"name": name, "fen": fen, "due": str(due)} for name, fen, due in rows]}
    return saved(case, "plan_milestones", actor, now, data)


def _wrong(case: Case, rows: Sequence[tuple[str, int, date]]) -> list[str]:
    found = []
    if not 1 <= len(rows) <= MOST:
        found.append(_("里程碑应有 1 至 %(most)d 个") % {"most": MOST})
    for n, (name, fen, _due) in enumerate(rows, start=1):
        if not name.strip() or fen < 0:
            found.append(_("第 %(n)d 个里程碑要有名称，金额不能为负") % {"n": n})
    days = [due for _name, _fen, due in rows]
    if days != sorted(days):
        found.append(_("里程碑的期限应由先到后"))
    total = sum(fen for _name, fen, _due in rows)
    if not case.is_staged and total != case.granted_fen:
        said = {"total": exact(total), "granted": exact(case.granted_fen or 0)}
        found.append(_("金额合计 %(total)s，与支持金额 %(granted)s 不等") % said)
    elif (fixed := judge.phases(case)) and [fen for _name, fen, _due in rows] != [fen for _name, fen in fixed]:
        parts = "、".join(f"{name} {exact(fen)}" for name, fen in fixed)
        found.append(_("各期的比例是政策定的，应依次为：%(parts)s") % {"parts": parts})
    return found


def keep_proof(*, case: Case, content: bytes, name: str, actor: Account, now: datetime) -> File:
    """Keep a file that proves a milestone, for the unit, shown to the offices. Raises Unacceptable."""
    shown = ("role:city_officer", "auditor")
    return evidence.store(content=content, name=name, actor=actor, now=now, owner=case.organisation, visible_to=shown)


@transaction.atomic
def submit_proof(
    *, milestone: Milestone, text: str, file: File | None, actor: Account, now: datetime, seen_version: int
) -> Milestone:
    """Hand in what shows that a milestone is reached. The same proof serves once, in any case. Raises Refused."""
    case = locked(milestone.case, actor, now, by=frozenset({APPLICANT}), seen=seen_version)
    held = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if case.state != "running" or held.reached_at is not None:
        raise Refused(_("现在不用提交这个里程碑的材料"))
    text = normalise(text.replace("\x00", ""))
    if len(text) < 20:
        raise Refused(_("请用至少 20 个字写明完成了什么、指标实测多少"))
    digest = hashlib.sha256((file.sha256 if file else text).encode()).hexdigest()
    _unused(held, digest)
    held.proof, held.proof_file, held.proof_digest, held.submitted_at = text[:3000], file, digest, now
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError:  # handed in for another case at this moment
        _unused(held, digest)
        raise
    saved(case, "submit_proof", actor, now, {"milestone": held.seq, "digest": digest})
    acts.tell(case, "proof", (CLERK,), lambda: _handed_in(case, held), now, but=actor)
    return held


def _unused(milestone: Milestone, digest: str) -> None:
    """Raises Refused where another milestone has this proof."""
    used = Milestone.objects.filter(proof_digest=digest).exclude(pk=milestone.pk).select_related("case").first()
    if used is not None:
        said = {"case": used.case.number, "name": used.name}
        raise Refused(_("这份材料已经用于 %(case)s 的“%(name)s”，请提供本阶段的材料") % said)


@transaction.atomic
def pass_milestone(
    *, milestone: Milestone, passed: bool, why: str, actor: Account, now: datetime, seen_version: int
) -> Milestone:
    """The clerk finds a milestone reached, or sends the proof back. Raises Refused: nothing handed in, no reason."""
    case = locked(milestone.case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    held = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if case.state != "running" or held.reached_at is not None or held.submitted_at is None:
        raise Refused(_("这个里程碑没有待考核的材料"))
    if not why.strip():
        raise Refused(_("请写明考核结论"))
    if passed:
        held.reached_at, held.reached_by = now, actor
    else:
        held.submitted_at, held.proof_digest = None, ""
    held.save()
    data = {"milestone": held.seq, "passed": passed, "digest": held.proof_digest}
    saved(case, "pass_milestone" if passed else "send_back_proof", actor, now, data, why)
    if passed:
        acts.tell(case, "milestone", (APPLICANT, FINANCE, CLERK), lambda: _passed(case, held, why), now, but=actor)
    else:
        acts.tell(case, "proof_back", (APPLICANT,), lambda: _sent_back(case, held, why), now, but=actor)
    return held


@transaction.atomic
def unpass_milestone(*, case: Case, seq: int, why: str, actor: Account, now: datetime, seen_version: int) -> Milestone:
    """One passed by mistake waits to be judged again, with its proof, as long as no money was ever ordered on it. The
    applicant and the finance bureau are told.

    Raises Refused (not running), Invalid at `seq`, `why`.
    """
    case = locked(case, actor, now, by=frozenset({CLERK}), seen=seen_version)
    if case.state != "running":
        raise Refused(_("现在不能撤回里程碑的考核结论"))
    held = case.milestones.select_for_update().filter(seq=seq, reached_at__isnull=False).first()
    errors: dict[str, str] = {}
    if held is None:
        errors["seq"] = _("这个里程碑没有通过考核")
    elif held not in unordered(case):
        errors["seq"] = _("这个里程碑已经安排过拨付：没有到账的请收回支付单、终止，到账的请追回资金")
    reason = line(why, _("撤回的原因"), 500, errors, "why")
    if errors:
        raise Invalid(errors)
    assert held is not None
    held.reached_at = held.reached_by = None
    held.save(update_fields=["reached_at", "reached_by"])
    saved(case, "unpass_milestone", actor, now, {"milestone": held.seq, "digest": held.proof_digest}, reason)
    acts.tell(case, "unpass", (APPLICANT, FINANCE, CLERK), lambda: _unpassed(case, held, reason), now, but=actor)
    return held


def unordered(case: Case) -> list[Milestone]:
    """Milestones reached on which no money was ever ordered."""
    ordered = {payment.part for payment in pay.payments_of(case)}
    return [one for one in case.milestones.filter(reached_at__isnull=False) if str(one.seq) not in ordered]


def _unpassed(case: Case, milestone: Milestone, why: str) -> tuple[str, str]:
    said = {"case": case, "name": milestone.name, "why": why}
    body = _("“%(case)s”的里程碑“%(name)s”的考核结论已撤回，材料重新考核，通过以前不拨付。原因：%(why)s") % said
    return _("里程碑考核结论已撤回：%(case)s") % said, body + "\n"


def _handed_in(case: Case, milestone: Milestone) -> tuple[str, str]:
    said = {"case": case, "name": milestone.name}
    return (
        _("里程碑材料待考核：%(case)s") % said,
        _("“%(case)s”提交了里程碑“%(name)s”的材料，请考核。") % said + "\n",
    )


def _sent_back(case: Case, milestone: Milestone, why: str) -> tuple[str, str]:
    said = {"case": case, "name": milestone.name, "why": why.strip()}
    return (
        _("里程碑材料已退回：%(case)s") % said,
        _("“%(case)s”的里程碑“%(name)s”没有通过考核，请补充材料后重新提交。考核结论：%(why)s") % said + "\n",
    )


def _passed(case: Case, milestone: Milestone, why: str) -> tuple[str, str]:
    said = {"case": case, "name": milestone.name, "why": why.strip(), "amount": exact(milestone.amount_fen)}
    lines = [_("“%(case)s”的里程碑“%(name)s”通过了考核。考核结论：%(why)s") % said]
    if milestone.amount_fen:
        lines.append(_("这一里程碑的 %(amount)s 可以安排拨付。") % said)
    return _("里程碑已通过：%(case)s") % said, "\n\n".join(lines) + "\n"
