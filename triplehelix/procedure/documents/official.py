"""The official documents of cases and notices: 公示, 决定书, 任务书, 拨款通知."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.utils import timezone

from triplehelix.fund.models import Payment
from triplehelix.fund.payee import receiver
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.access import hidden_facts
from triplehelix.procedure.cases.actions.extending import extensions
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import FAILED, NOTICED
from triplehelix.procedure.letters.letter import Letter
from triplehelix.procedure.letters.write import NoticeItem, agreement, decision, notice, payment
from triplehelix.procedure.notices.models import Notice
from triplehelix.procedure.notices.models import NoticeItem as Item
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.parties.reference import regions
from triplehelix.records.trail.models import Entry

#: What a number of ours is called: a 文号 is given by the office that issues the paper, and never by a program.
OWN_NUMBER = "编号："
#: What the unit takes on with an agreement, by the part of the procedure that asks for it ("": always).
DUTIES = (
    ("", "按照批准的申报材料完成任务，达到各里程碑的要求，并提交证明材料"),
    ("midterm", "任务执行过程中接受中期检查"),
    ("acceptance", "任务完成后申请验收，提交验收材料"),
    ("evaluate", "资金支出后提交绩效自评"),
)
#: Where a decision is out: refused, or public and not objected to. What happens afterwards does not unwrite it.
DECIDED_IN = frozenset({*NOTICED, *FAILED, "rejected"})


def issuer() -> str:
    """Who signs: the science bureau of the pack's city."""
    city = next(entry for entry in regions() if not entry.parent)
    return f"{city.name}科学技术局"


def policy(editions: Sequence[str]) -> str:
    """The document that clauses are of, by name and the editions cases were accepted under: 《…》（某政发〔2026〕8号）.

    A demo city is invented, and its policy is a real city's: it has the edition without the name.
    """
    name = "" if settings.CITY_FILE else pack().policy
    said = "、".join(edition for edition in editions if edition and edition not in name)
    return (f"《{name}》" if name else "政策") + (f"（{said}）" if said else "") if name or said else ""


def of_notice(found: Notice) -> Letter:
    """公示."""
    items = [
        NoticeItem(name=one.name, matter=_matter(one), amount_fen=one.amount_fen, basis=one.basis)
        for one in found.items.select_related("case").order_by("pk")
    ]
    bases = sorted({one.basis for one in found.items.all() if one.basis})
    editions = sorted({one.case.edition for one in found.items.select_related("case") if one.case})
    return notice(
        number=found.number,
        title=found.title,
        issuer=issuer(),
        day=timezone.localdate(found.published_at),
        items=items,
        first=found.first,
        last=found.last,
        objections_to=found.objections_to,
        legal=[policy(editions) + "、".join(bases)] if bases else [],
    )


def _matter(item: Item) -> str:
    """The matter as it was made public; and, where it holds no more, from when."""
    if item.withdrawn_on is None:
        return item.matter
    said = "撤下，更正后重新公示" if item.is_put_right else "撤回，不再支持"
    return f"{item.matter}（{item.withdrawn_on:%Y-%m-%d} {said}）"


def offered(case: Case, held: frozenset[str]) -> list[str]:
    """Which documents a case has by now, for these relations: a decision names every fact it rests on.

    Nothing is granted before the public notice has run, nor to whoever has taken the case back.
    """
    decided = case.state in DECIDED_IN and case.decision.get("decided_on")
    found = ["decision"] if decided and not hidden_facts(case, held) else []
    found += ["agreement"] if case.agreement_number and case.state != "withdrawn" else []
    return found + (["payment"] if _ordered(case) else [])


def _ordered(case: Case) -> list[Payment]:
    """The orders that stand: of one recalled or sent back nothing is announced."""
    return [one for one in pay.payments_of(case) if one.state != "returned"]


def of_case(case: Case, kind: str, held: frozenset[str]) -> Letter:
    """One document of a case. Raises KeyError for one it does not have for these relations."""
    if kind not in offered(case, held):
        raise KeyError(kind)
    return {"decision": _decision, "agreement": _agreement, "payment": _payment}[kind](case)


def _issued_on(case: Case) -> date | None:
    """The day the last public notice of the case ended, and with it the decision to support became one."""
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk), verb="end_notice")
    last = rows.order_by("-n").first()
    return timezone.localdate(last.at) if last else None


def _announced(case: Case) -> tuple[str, date, date] | None:
    item = case.notice_items.select_related("notice").order_by("-pk").first()
    return (item.notice.number, item.notice.first, item.notice.last) if item else None


def _decision(case: Case) -> Letter:
    award, issued, answer = case.award, _issued_on(case), case.decision
    if issued and answer.get("revoked"):
        # What is taken back is named by the day it bears.
        answer = answer | {"revoked": answer["revoked"] | {"decided_on": issued.isoformat()}}
    granted = case.granted_fen is not None
    return decision(
        number=f"{OWN_NUMBER}{case.number}",
        issuer=issuer(),
        day=issued if granted and issued else date.fromisoformat(answer["decided_on"]),
        payee=case.organisation.name,
        award_name=award.name,
        articles=[(article.ref, article.quote) for article in award.articles],
        answer=answer,
        granted_fen=case.granted_fen,
        policy=policy([case.edition]),
        announced=_announced(case) if granted else None,
    )


def _agreement(case: Case) -> Letter:
    assert case.signed_on is not None  # it is offered with its number, and they are recorded together
    rows = [(one.name, one.amount_fen, one.due_on) for one in case.milestones.all()]
    return agreement(
        number=case.agreement_number,
        issuer=issuer(),
        day=case.signed_on,
        payee=case.organisation.name,
        title=case.title,
        granted_fen=case.granted_fen or 0,
        milestones=rows,
        ends_on=case.ends_on,
        extended=[_extension(row.data) for row in extensions(case)],
        duties=[words for part, words in DUTIES if not part or part in case.award.parts],
    )


def _extension(data: Mapping[str, str]) -> tuple[str, date, date]:
    return data["document"], date.fromisoformat(data["from"]), date.fromisoformat(data["ends_on"])


def _payment(case: Case) -> Letter:
    last = _ordered(case)[-1]
    nth = [one.pk for one in pay.payments_of(case)].index(last.pk) + 1
    held = pay.commitment_of(case)
    document = "、".join(one.document for one in held.purse.pool.appropriations.all()) if held else ""
    return payment(
        number=f"{OWN_NUMBER}{case.number}-{nth}",
        issuer=issuer(),
        day=timezone.localdate(last.ordered_at),
        payee=receiver(last).name,
        award_name=case.award.name,
        amount_fen=last.amount_fen,
        account_tail=last.account_number[-4:],
        bank=last.bank,
        document=document,
        order=last.key,
    )
