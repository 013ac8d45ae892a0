"""申报资格: what the rules of a round say of the applicant, beside the award's own conditions (domain §2.1, S7).

Each finding says what was found and where; those that block keep a case from being accepted, the others ask a clerk.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.text import folded
from triplehelix.market.contracts import facts as sales
from triplehelix.market.finance import facts as finance
from triplehelix.policy.facts import Fact, Listed, read_facts
from triplehelix.procedure.cases import applicant, each_once, earlier, pay, same
from triplehelix.procedure.cases.alike import alike
from triplehelix.procedure.cases.finding import Finding
from triplehelix.procedure.cases.keys import key_of
from triplehelix.procedure.cases.matter import said as written_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.cases.states import GRANTED, NOT_COUNTED
from triplehelix.records.parties.finds import family

#: States in which the rules of the round still matter.
OPEN = ("accepting", "checking", "reviewing", "site_check", "deciding")
#: After the decision: promised, public, on its way or paid.
GROUNDED = (*GRANTED, "evaluating", "closed")
#: The event below that opens cases by itself (policy.award.EVENTS).
SALE_LANDED = "sale_landed"

#: What to say of an award given before, by how often it is given.
FOR_LIFE = gettext_lazy("“%(matter)s”已经申报过（%(cases)s），不论哪一年只给一次")
GIVEN_BEFORE = {
    "year": gettext_lazy("“%(matter)s”本年度已经申报过（%(cases)s），一年只给一次"),
    "matter": FOR_LIFE,
    "one": FOR_LIFE,
    "payee": gettext_lazy("本单位已申报过这一事项（%(cases)s），只给一次"),
}


def barring(case: Case, now: datetime) -> list[Finding]:
    """What keeps the case from being accepted."""
    today = timezone.localdate(now)
    return [
        *applicant.closed(case),
        *applicant.barred(case, today),
        *applicant.over_quota(case),
        *given_before(case),
        *paid_back(case),
        *shared(case),
        *ground_gone(case),
        *applicant.leader(case, today),
    ]


def findings(case: Case, now: datetime) -> list[Finding]:
    """Everything found, what blocks first; the rest is for a clerk to look at."""
    return [*barring(case, now), *alike(case)]


def to_look_at(case: Case, now: datetime) -> list[Finding]:
    """What a clerk should look at: later on only whether the case still has its ground, until nothing can be undone."""
    if case.state in OPEN:
        return findings(case, now)
    return ground_gone(case) if case.state in GROUNDED else []


def given_before(case: Case, *, public: bool = False) -> Iterator[Finding]:
    """What is given once, in a year or a lifetime, to the unit or for the matter, applied for again; and what another
    award leaves no place for. Asked at the decision too: of two submitted at the same moment the first decided is the
    one, and while none is, the older.

    `public`: in words that more may read than usual (`matter_of`): what is written into the decision and the trail."""
    said: set[str] = set()
    for codes, found, message in (*_rules(case), *_rows_given(case, public=public)):
        # All of it back in the treasury: it may be applied for again.
        numbers = tuple(one.number for one in found if not _all_back(one))
        if set(numbers) <= said:
            continue
        said.update(numbers)
        named = written_of(case.award, codes, case.facts, public=public) or case.award.name
        yield Finding("given_before", message % {"matter": named, "cases": "、".join(numbers)}, True, numbers)


def given_to_others(case: Case) -> Iterator[tuple[str, list[str]]]:
    """By each rule of what is given once: what it says, and the cases that were given it. What others merely ask for
    holds up nothing that is decided."""
    for finding in given_before(case):
        others = type(case)._default_manager.filter(number__in=finding.cases, granted_fen__isnull=False)
        yield finding.message, list(others.values_list("number", flat=True))


def paid_back(case: Case) -> Iterator[Finding]:
    """What was paid and is wholly back in the treasury may be applied for again, but not of the same year: the fund
    promises a matter once a year, and its books keep that promise as it was paid and returned."""
    if pay.is_used_up(case):
        said = {"year": case.year, "next": case.year + 1}
        message = _(
            "本单位的这一事项 %(year)d 年度已经拨付、又全部缴回国库，同一年度不能再次拨付：请申报 %(next)d 年度的批次"
        )
        yield Finding("paid_back", message % said, True)


def _rules(case: Case) -> Iterator[tuple[tuple[str, ...], list[Case], str]]:
    """By every rule of the award: the facts compared, the cases found alike, what is said of them."""
    award, per = case.award, case.award.once_per
    once = str(GIVEN_BEFORE[per])
    found = _before(case, (award.code,), "all" if per == "one" else "own")
    if per == "payee":
        yield award.once, list(found), once
    elif award.once:
        found = found.filter(year=case.year) if per == "year" else found
        yield award.once, _same_matter(case, found), once
    for rule in award.excludes:
        found = _before(case, rule.awards, rule.whose)
        message = _("“%(matter)s”已有办件（%(cases)s）：") + rule.why.replace("%", "%%")
        yield rule.by, same.alike(found, rule.by, key_of(award, rule.by, case.facts)), message


def _rows_given(case: Case, *, public: bool) -> Iterator[tuple[tuple[str, ...], list[Case], str]]:
    """The rows of a table that each count once, whoever asks and in whatever year: those that count in another case."""
    for table, before in each_once.standing(case, _before(case, (case.award_code,), "all")):
        found = [(one, ids) for one, ids in before if not _all_back(one)]
        ids = "、".join(dict.fromkeys(written for _one, both in found for written in both))
        rows = table.label if public and table.is_personal else f"{table.label} {ids}"
        message = _("“%(rows)s”已在别的办件里申报过（%(cases)s），每一行只给一次：请去掉这些行")
        yield (), [one for one, _ids in found], message.replace("%(rows)s", rows.replace("%", "%%"))


def _same_matter(case: Case, rows: QuerySet[Case]) -> list[Case]:
    """Of these cases those about the same thing by the facts the award gives once for; a contract registered anew under
    another number is the same contract, and one that had another's number by mistake is none of that one's."""
    award = case.award
    fact, contract = _contract_of(case)
    numbers = sales.numbers_of(contract) if fact is not None and contract is not None else ()
    keys = {key_of(award, award.once, case.facts): None}
    keys |= {key_of(award, award.once, case.facts | {fact.key: one}): None for one in numbers if fact is not None}
    found = {one.pk: one for key in keys for one in same.alike(rows, award.once, key)}
    others = (found[pk] for pk in sorted(found))
    return [one for one in others if fact is None or _contract_of(one)[1] == contract]


def _contract_of(case: Case) -> tuple[Fact | None, int | None]:
    """Of an award that is given once for the contract of a sale: the fact that names it, and the contract as far as it
    is known here."""
    told = _told_of_sale(case).get("registration")
    if told is None or told.code not in case.award.once:
        return None, None
    return told, sales.contract_of(number_in(case, told))


def number_in(case: Case, fact: Fact) -> sales.Named:
    """The registration number the case names by this fact."""
    return sales.Named(str(case.facts.get(fact.key) or ""), case.organisation, case.created_at)


def _before(case: Case, awards: Iterable[str], whose: str) -> QuerySet[Case]:
    """The cases of these awards that come before this one and have not ended without the money: before a draft come
    all others, before any other case those that are decided or older."""
    found = type(case)._default_manager.filter(award_code__in=awards).exclude(pk=case.pk).exclude(state__in=NOT_COUNTED)
    if whose == "own":
        found = found.filter(family(case.organisation))
    if case.state != "draft":
        found = found.filter(Q(granted_fen__isnull=False) | Q(pk__lt=case.pk))
    found = found.only("number", "state", "award_code", "facts", "keys", "created_at", "organisation")
    return found.order_by("pk")


def shared(case: Case) -> Iterator[Finding]:
    """What units share is shared among all of them: the table names the case's own unit by its credit code, and every
    unit with a case of the same thing in the same year."""
    table, rules = case.award.shared and case.award.shared.table, case.award.earlier
    if not isinstance(table, Listed):
        return
    units = earlier.units_of(case)
    if folded(case.organisation.uscc) not in units:
        said = {"table": table.label, "uscc": case.organisation.uscc}
        yield Finding(
            "not_listed",
            _("“%(table)s”里没有本单位：各行的编号填该单位的统一社会信用代码，本单位是 %(uscc)s") % said,
            True,
        )
    if not rules:
        return
    (rule,) = rules  # units that share have one rule (policy.once)
    live = type(case)._default_manager.filter(award_code=case.award_code, year=case.year).exclude(pk=case.pk)
    live = live.exclude(state__in=NOT_COUNTED).select_related("organisation")
    others = same.alike(live, rule.by, key_of(case.award, rule.by, case.facts))
    left_out = [one for one in others if folded(one.organisation.uscc) not in units]
    if left_out:
        said = {"table": table.label, "units": "、".join(f"{one.organisation} {one.number}" for one in left_out)}
        numbers = tuple(one.number for one in left_out)
        yield Finding(
            "left_out", _("还有单位申报了同一项目（%(units)s）：请一并列入“%(table)s”，共用上限") % said, True, numbers
        )


def ground_gone(case: Case) -> list[Finding]:
    """The contract the case rests on does not bear it any more: a filing revoked, money recovered, a sale undone; or
    every claim computed of it bears another case."""
    gone = finance.fallen(case.organisation, case.award, case.facts) or _claims_taken(case) or _sale_fallen(case)
    return [Finding("ground_gone", gone, True)] if gone else []


def _claims_taken(case: Case) -> str:
    """Why no claim of the contract is left for this case; "" while one is. Each claim is paid for once, in whatever
    year: none is left when as many cases come before this one as claims stand. Before a decided case come older ones
    only: of two decided ones each would stop the other."""
    number = finance.contract_number(case.facts)
    claims = finance.living(case.organisation, case.award, case.facts) if number else None
    if claims is None:
        return ""
    rows = _before(case, (case.award_code,), "own")
    if case.granted_fen is not None:
        rows = rows.filter(pk__lt=case.pk)
    others = [
        one for one in rows if number.items() <= finance.contract_number(one.facts).items() and not _all_back(one)
    ]
    if finance.left_for(case.organisation, case.award, case.facts, [one.facts for one in others]):
        return ""
    said = {"claims": claims, "cases": "、".join(one.number for one in others)}
    return (
        _(
            "这份合同可申请的计算共 %(claims)d 笔，已有办件 %(cases)s：一笔计算只申请一次，"
            "请先为新的年度（或新的损失）计算，再申请；没有可计算的，请撤回或不予支持"
        )
        % said
    )


def _all_back(case: Case) -> bool:
    """Whether all the money of the case is in the treasury again: it stands in the way of no other."""
    return case.state == "clawed" and not pay.kept(case)


def _sale_fallen(case: Case) -> str:
    """The same of the sale of an award that a landed sale opens, whoever has opened the case."""
    told = _told_of_sale(case)
    if "registration" not in told:
        return ""
    asked = tuple(told[what] for what in ("paid", "price") if what in told)
    found, _errors = read_facts(asked, {fact.key: case.facts.get(fact.key) for fact in asked})
    paid, price = (found.get(told[what].code) if what in told else None for what in ("paid", "price"))
    return sales.fallen(number_in(case, told["registration"]), paid, price)


def _told_of_sale(case: Case) -> dict[str, Fact]:
    """The facts a landed sale tells, by what they tell; none of an award that no sale opens."""
    opener = case.award.opened_by
    if opener is None or opener.event != SALE_LANDED:
        return {}
    return {what: case.award.fact(code) for code, what in opener.tells.items()}
