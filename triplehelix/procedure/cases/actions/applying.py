"""What the applicant does: start, fill in, give the account, evaluate."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.fund import selfreview
from triplehelix.fund.payee import BankAccount, checked
from triplehelix.policy.registry import UnknownAward
from triplehelix.procedure.cases import access, kept, known, pay, people, runs
from triplehelix.procedure.cases.actions.papers import attach
from triplehelix.procedure.cases.actions.shared import KIND, line, locked, saved
from triplehelix.procedure.cases.judge import asked
from triplehelix.procedure.cases.models import Case, Compared, Round
from triplehelix.procedure.cases.numbers import next_number
from triplehelix.procedure.cases.side_ways import APPLICANT, CLERK
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.evidence.models import File
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties import standing
from triplehelix.records.parties.finds import family, organisations_of
from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail import kept as trail_kept

Papers = Iterable[tuple[str, File]]
#: States in which the account may be given or put right.
ACCOUNT_IN = frozenset(
    {"draft", "confirming", "correcting", "agreeing", "running", "paying", "pay_returned", "noticing", "on_notice"}
)
#: 预算绩效自评 (财预〔2020〕10号, assumed·law): what each part counts for; execution is computed from the fund.
WEIGHTS = {key: weight for key, (_label, weight) in selfreview.PARTS.items()}


@transaction.atomic
def start(*, round: Round, organisation: Organisation, title: str, actor: Account, now: datetime) -> Case:
    """A draft in an open round, filled in with what the organisation has said before (一次填报、多处使用).

    Raises Refused (not the organisation's member; round closed), Invalid at `title`.
    """
    today = timezone.localdate(now)
    if not organisations_of(actor, today).filter(pk=organisation.pk).exists():
        raise Refused(_("只能以本单位的名义申报"))
    if not round.is_open(today) or round.lane not in ("ordinary", "quick"):
        said = {"from": round.opens_on, "to": round.closes_on}
        raise Refused(_("这一批申报时间为 %(from)s 至 %(to)s，现在不能申报") % said)
    return _new(round.award_code, round.lane, round.year, organisation, title, actor, now, round)


@transaction.atomic
def open_by_decision(
    *, award_code: str, year: int, organisation: Organisation, title: str, actor: Account, now: datetime
) -> Case:
    """一事一议: a case the city itself opens. Raises Refused, Invalid at `title` and `award`."""
    if not access.is_clerk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局工作人员可以立案"))
    try:
        award = pack().award(award_code)
    except UnknownAward as why:
        raise Invalid({"award": str(why)}) from None
    if "by_decision" not in award.lanes:
        raise Invalid({"award": _("“%(award)s”不是一事一议的事项") % {"award": award.name}})
    return _new(award_code, "by_decision", year, organisation, title, actor, now, None)


@transaction.atomic
def begin(
    *, round: Round, organisation: Organisation, title: str, facts: Mapping[str, Any], papers: Papers, now: datetime
) -> Case:
    """A draft the program itself puts before an applicant, because something that entitles to it has happened.

    `facts` are what is known of it, by key, `papers` the files that prove it, by the name they are asked for under; the
    applicant completes and submits it. Raises Refused (round closed).
    """
    if not round.is_open(timezone.localdate(now)) or round.lane not in ("ordinary", "quick"):
        raise Refused(_("这一批现在不能申报"))
    case = _new(round.award_code, round.lane, round.year, organisation, title[:120], None, now, round)
    case.facts |= _known(case, facts)
    saved(case, "begin", None, now, {"facts": sorted(facts)})
    attach(case, papers, now)
    return case


@transaction.atomic
def refill(*, case: Case, before: Mapping[str, Any], facts: Mapping[str, Any], papers: Papers, now: datetime) -> Case:
    """Facts of a draft that the program filled in and nobody has changed since follow what has become of them; new
    papers come to the others."""
    held = Case.objects.select_for_update(of=("self",)).select_related("organisation", "round").get(pk=case.pk)
    changed = {
        key: value for key, value in _known(held, facts).items()
        if value != before.get(key) and held.facts.get(key) == before.get(key)
    }  # fmt: skip
    if held.state != "draft":
        return held
    if changed:
        held.facts |= changed
        saved(held, "refill", None, now, {"changed": sorted(changed)})
    attach(held, papers, now)
    return held


def _known(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    keys = {fact.key for fact in asked(case.award)}
    return {key: value for key, value in facts.items() if key in keys}


def _new(
    code: str, lane: str, year: int, organisation: Organisation, title: str, actor: Account | None, now: datetime,
    round: Round | None,
) -> Case:  # fmt: skip
    errors: dict[str, str] = {}
    title = line(title, _("题目"), 120, errors, "title")
    if errors:
        raise Invalid(errors)
    parties.speak_of(organisations=[organisation], actor=actor, now=now)
    case = Case(
        number=next_number(code, year), round=round, award_code=code, lane=lane, year=year, organisation=organisation,
        title=title, state="draft", created_at=now, changed_at=now, created_by=actor,
    )  # fmt: skip
    before = known.said_before(organisation) | known.register_facts(organisation)
    before |= known.contract_facts(organisation, case.award)
    case.facts = {fact.key: before[fact.key] for fact in asked(case.award) if fact.key in before}
    for name, value in known.account_before(organisation).items():
        setattr(case, name, value)
    case.save(force_insert=True)
    data = {"award": code, "prefilled": sorted(case.facts), **trail_kept.said(case.kept_values())}
    trail.record(kind=KIND, id=str(case.pk), verb="start", actor=actor, now=now, data=data)
    return case


@transaction.atomic
def write(
    *,
    case: Case,
    facts: Mapping[str, Any],
    actor: Account,
    now: datetime,
    seen_version: int,
    title: str | None = None,
    summary: str | None = None,
    leader: str | None = None,
    avoid: str | None = None,
) -> Case:
    """Keep what has been filled in so far, complete or not; what is not readable yet is kept as it was typed.

    Raises Refused, and Invalid at `title`, `summary`, `leader`, `avoid`.
    """
    case = locked(case, actor, now, by=frozenset({APPLICANT, *([CLERK] if case.lane == "by_decision" else [])}),
                  seen=seen_version)  # fmt: skip
    if not access.may_write(case, case.relations_of(actor, now)):
        raise Refused(_("现在不能修改申报内容"))
    _tell_about(case, title, summary, avoid)
    if title is not None or summary is not None:
        found = {"runs": runs.packed(case.title, case.summary)}
        Compared.objects.update_or_create(case=case, defaults=found)
    if leader is not None:
        case.leader = _leader(case, leader, now)
    before = dict(case.facts)
    said: dict[str, Any] = {"changed": _fill_in(case, facts)}
    if case.state == "checking":
        # Nothing is handed in after this: the row itself says what was put in whose place.
        said["replaced"] = {
            name: kept.facts_of(case, {key: one.get(key) for key in said["changed"]})
            for name, one in (("from", before), ("to", case.facts))
        }
    return saved(case, "write", actor, now, said)


def _tell_about(case: Case, title: str | None, summary: str | None, avoid: str | None) -> None:
    """What the case is about, where it is given. Raises Invalid at `title`, `summary`, `avoid`."""
    errors: dict[str, str] = {}
    if title is not None:
        case.title = line(title, _("题目"), 120, errors, "title")
    if summary is not None:
        case.summary = summary.replace("\x00", "").strip()
        if len(case.summary) > 5000:
            errors["summary"] = _("内容最多 5000 个字")
    if avoid is not None:
        try:
            case.avoid = people.avoided(avoid)
        except ValueError as why:
            errors["avoid"] = str(why)
    if errors:
        raise Invalid(errors)


def _fill_in(case: Case, facts: Mapping[str, Any]) -> list[str]:
    """Put the facts asked for in the place of what was there; which changed, and so must be confirmed anew."""
    award_asks = asked(case.award)
    keys, before = {fact.key for fact in award_asks}, dict(case.facts)
    case.facts = {key: value for key, value in case.facts.items() if key not in keys}
    case.facts |= {key: value for key, value in facts.items() if key in keys and value is not None}
    case.facts |= {f.key: None for f in award_asks if f.about.nullable and facts.get(f.key, 0) is None}
    changed = sorted(key for key in {*before, *case.facts} if before.get(key) != case.facts.get(key))
    case.confirmed = {key: value for key, value in case.confirmed.items() if key not in changed}
    return changed


def _leader(case: Case, name: str, now: datetime) -> Person | None:
    """The person of the applicant's organisation by this name, or of one that has become one with it, registered when
    new: what is counted of a leader is counted under a new code too. Named in two cases at once, it is one person."""
    name = " ".join(name.split())
    if not name:
        return None
    standing.hold(case.organisation_id)
    rows = Person.objects.filter(family(case.organisation, "home"), name=name)
    found = rows.order_by("pk").first()
    try:
        return found or parties.register_person(name=name, home=case.organisation, actor=None, now=now)
    except Invalid as why:
        raise Invalid({"leader": "；".join(why.errors.values())}) from why


@transaction.atomic
def set_account(*, case: Case, account: BankAccount, actor: Account, now: datetime, seen_version: int) -> Case:
    """The account money is paid to: the unit's own, or that of who has taken it over. Raises Refused, Invalid at
    `account`.

    An order that stands is bound to the account it was made for: the account waits until the order is recalled. After
    the bank has sent money back, orders it has not got yet are recalled here and made anew with the rest.
    """
    case = locked(case, actor, now, by=frozenset({APPLICANT}), seen=seen_version)
    if case.state not in ACCOUNT_IN:
        raise Refused(_("现在不能改收款账户"))
    try:
        good = checked(account, case.organisation.standing.name)
    except Refused as why:
        raise Invalid({"account": str(why)}) from None
    if bound := pay.account_bound(case):
        raise Refused(bound)
    if case.state == "pay_returned":
        case.noted = _("收款账户更正")
        pay.take_back_orders(case, actor, now)
    case.account_name, case.account_number, case.bank, case.bank_code = (
        good.name, good.number, good.bank, good.bank_code,
    )  # fmt: skip
    return saved(case, "account", actor, now, {"tail": good.number[-4:]})


@transaction.atomic
def evaluate(
    *, case: Case, output: int, benefit: int, satisfaction: int, text: str, actor: Account, now: datetime,
    seen_version: int,
) -> Case:  # fmt: skip
    """绩效自评: the points of three parts, and execution as the fund knows it. Raises Refused, Invalid by part."""
    case = locked(case, actor, now, by=frozenset({APPLICANT}), seen=seen_version)
    if case.state != "evaluating":
        raise Refused(_("现在不是绩效自评的时候"))
    given = {"output": output, "benefit": benefit, "satisfaction": satisfaction}
    errors = {
        key: _("应在 0 到 %(most)d 分之间") % {"most": WEIGHTS[key]}
        for key, points in given.items()
        if not 0 <= points <= WEIGHTS[key]
    }
    text = text.replace("\x00", "").strip()
    if len(text) < 20:
        errors["text"] = _("请用至少 20 个字写明产出和效益")
    if errors:
        raise Invalid(errors)
    granted = int(case.granted_fen or 0)
    execution = WEIGHTS["execution"] * min(pay.paid(case), granted) // granted if granted else 0
    total = execution + sum(given.values())
    case.evaluation = {"execution": execution, **given, "total": total, "text": text[:3000]}
    return saved(case, "self_evaluate", actor, now, {"total": total, "paid": str(Fen(pay.paid(case)))})
