"""What the trail keeps of a case: what was handed in, every decision whole, and digests of the case as it stood.

A fact that fewer people may see than the case is kept as a keyed digest: it can be compared, not read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.money import Fen
from triplehelix.procedure.cases import papers
from triplehelix.procedure.cases.models import Barred, Case, Paper, Round
from triplehelix.records.trail import digest
from triplehelix.records.trail.keyed import agrees, keyed
from triplehelix.records.trail.models import Entry

#: In the place of a value that is not for everybody.
DIGEST = "digest"
#: The groups of a case's values whose digests stand in every row of the trail about it.
GROUPS = {
    "case": _("单位、事项和状态"),
    "facts": _("事实和核对"),
    "decision": _("决定和金额"),
    "law": _("适用的标准"),
    "review": _("评审结果"),
    "account": _("收款账户"),
    "agreement": _("任务书和里程碑"),
    "papers": _("材料"),
}
ROUND_GROUPS = {"round": _("时间、预算和名额")}
BAR_GROUPS = {"bar": _("限制谁、期限和依据")}
#: Lanes in which there may be an agreement and milestones.
STAGED = ("ordinary", "by_decision")


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision as the trail has it. `facts` is without those that are kept as digests only."""

    at: datetime
    who: str
    verb: str
    granted_fen: int | None
    steps: list[str]
    facts: list[tuple[str, str]]
    why: str
    edition: str


def groups(case: Case) -> dict[str, Any]:
    """The values of a case, by the name a difference is told by."""
    stones = case.milestones.order_by("seq").values_list("seq", "name", "amount_fen", "due_on", "proof_digest")
    return {
        "case": [case.state, case.version, case.award_code, case.lane, case.year, case.organisation_id, case.round_id,
                 case.number, case.title, case.summary],
        "facts": [case.facts, case.confirmed],
        "decision": [case.decision, case.granted_fen, case.demanded_fen],
        "law": [case.judged_on, case.edition, case.declaration],
        "review": case.review,
        "account": [case.bank, case.bank_code, case.account_name, case.account_number],
        "agreement": [case.agreement_number, case.signed_on, case.ends_on, list(stones) if case.lane in STAGED else []],
        "papers": [[*_paper(one), one.taken_back_at] for one in papers.every(case)],
    }  # fmt: skip


def of_bar(bar: Barred) -> dict[str, Any]:
    """Whom a document keeps from applying, and how long: who gets money hangs on it."""
    who = [bar.organisation_id, bar.person_id]
    return {"bar": [*who, bar.since, bar.until, bar.reason, bar.document, bar.lifted_at, bar.lifted_why]}


def of_round(round: Round) -> dict[str, Any]:
    """The values of a round: what its cases are decided by besides the law."""
    return {
        "round": [round.award_code, round.lane, round.title, round.year, round.opens_on, round.closes_on,
                  round.budget_fen, round.quota, round.places, round.notice_days, round.facts],
    }  # fmt: skip


def _paper(one: Paper) -> list[str]:
    """A file by its number: its name may name a person."""
    return [one.name, one.file.sha256 if one.file else one.said]


def handed_in(case: Case) -> dict[str, Any]:
    """What the applicant has written, for the row of the trail in which it is handed in."""
    return {
        "title": case.title, "summary": case.summary, "leader": str(case.leader or ""),
        "avoid": {DIGEST: keyed(case.avoid)}, "facts": facts_of(case, case.facts),
        "papers": [_paper(one) for one in papers.standing(case)],
    }  # fmt: skip


def facts_of(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by key as they were sent; of those that are not for everybody a digest."""
    personal = {fact.key for fact in case.award.facts if fact.is_personal}
    return {key: {DIGEST: keyed(value)} if key in personal else _plain(value) for key, value in facts.items()}


def _plain(value: Any) -> Any:
    """A fact as the trail can keep it: a number with decimals as its digits."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def recorded(case: Case) -> dict[str, Any]:
    """What the trail row of a decision says besides the step: the amount, and the decision whole."""
    return {"granted_fen": case.granted_fen, "decision": _for_the_trail(case)}


def _for_the_trail(case: Case) -> dict[str, Any]:
    personal = {fact.label for fact in case.award.facts if fact.is_personal}
    found = dict(case.decision)
    if "facts" in found:
        found["facts"] = {
            label: {DIGEST: keyed(value)} if label in personal else value for label, value in found["facts"].items()
        }
    return found


def superseded(case: Case) -> dict[str, Any]:
    """The decision that is about to be replaced, where the trail has no more than a digest of it yet."""
    last = _rows(case).last()
    whole = last is not None and isinstance(last.data["decision"], dict)
    return {} if whole or not case.decision else {"before": recorded(case)}


def is_as_decided(case: Case) -> bool:
    """Whether amount and answer are those the trail last recorded; decisions from before it did so pass."""
    last = _rows(case).last()
    return last is None or is_said(case, last.data)


def is_said(case: Case, data: Mapping[str, Any]) -> bool:
    """Whether a row of a decision tells of the case's decision as it now stands."""
    said = data["decision"]
    if isinstance(said, str):  # rows written before the decision itself was kept
        return bool(said == legacy_digest(case))
    now = digest.plain(case.decision)
    facts, facts_now = said.get("facts") or {}, now.get("facts") or {}
    rest, rest_now = ({key: one for key, one in whole.items() if key != "facts"} for whole in (said, now))
    alike = rest == rest_now and facts.keys() == facts_now.keys() and data["granted_fen"] == case.granted_fen
    return alike and all(_same(one, facts_now[label]) for label, one in facts.items())


def _same(said: Any, now: Any) -> bool:
    return agrees(now, said[DIGEST]) if isinstance(said, dict) and DIGEST in said else bool(said == now)


def legacy_digest(case: Case) -> str:
    """What rows of decisions said before the decision itself was kept."""
    whole = {"decision": case.decision, "granted_fen": case.granted_fen}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _rows(case: Case) -> Any:
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), data__has_key="decision")
    return rows.order_by("n")


def earlier_decisions(case: Case) -> list[Decided]:
    """The decisions that hold no more, oldest first, as they were given."""
    return list(_decided(case))[:-1]


def _decided(case: Case) -> Iterator[Decided]:
    for row in _rows(case):
        if before := row.data.get("before"):
            yield _read(row, before)
        if isinstance(row.data["decision"], dict):
            yield _read(row, row.data)


def _read(row: Entry, data: Mapping[str, Any]) -> Decided:
    said, fen = data["decision"], data["granted_fen"]
    facts = [(label, one) for label, one in (said.get("facts") or {}).items() if isinstance(one, str)]
    return Decided(
        row.at, row.actor, row.verb, fen if fen is None else Fen(fen), said.get("steps") or [], facts,
        said.get("why") or row.why, said.get("edition", ""),
    )  # fmt: skip
