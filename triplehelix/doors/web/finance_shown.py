"""What the pages of finance show, in words: products side by side, consented papers, claims with where to apply."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.money import Fen
from triplehelix.market.finance import changes, terms
from triplehelix.market.finance.access import FIRM
from triplehelix.market.finance.models import Application, Claim, Consent, Loan, Parameter, Product, Qualification
from triplehelix.market.finance.papers import seen_by_institution
from triplehelix.market.finance.selfcheck import parameter_words
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.known import cases_of
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.records.parties import reference
from triplehelix.records.steps.history import Line
from triplehelix.records.trail.models import Entry

#: Rows of the trail that are no step of the workflow.
DEEDS = {
    "pick": gettext_lazy("选定机构"),
    "agree": gettext_lazy("签署授权书"),
    "revoke": gettext_lazy("撤回授权书"),
    "lapse": gettext_lazy("授权到期"),
    "open": gettext_lazy("机构查阅企业资料"),
    "open_sheet": gettext_lazy("机构下载备案表"),
    "reason": gettext_lazy("填写婉拒原因"),
    "contract": gettext_lazy("登记合同"),
    "submit_filing": gettext_lazy("提交备案"),
    "filing_outcome": gettext_lazy("备案结果"),
    "revoke_filing": gettext_lazy("撤销备案"),
    "restore_filing": gettext_lazy("恢复备案"),
    "payment": gettext_lazy("登记还款"),
    "correct_contract": gettext_lazy("更正合同"),
    "void_payment": gettext_lazy("作废还款"),
    "loss": gettext_lazy("报送本金损失"),
    "recovery": gettext_lazy("登记追偿"),
    "void_recovery": gettext_lazy("作废追偿"),
    "claim": gettext_lazy("计算补助"),
    "void_claim": gettext_lazy("作废计算"),
}
#: A row of the trail that a step repeats.
SAID_TWICE = frozenset({"reason", "contract", "revoke_filing", "restore_filing"})


class Cell(NamedTuple):
    """A parameter of a product for people; `source` says where it stands, `assumed` that it is to be confirmed."""

    words: str
    source: str
    assumed: bool


class Shown(NamedTuple):
    product: Product
    scheme: str
    kind: Any
    amount: Cell
    rate: Cell
    months: Cell
    collaterals: str


def products(rows: Iterable[Product], on: date) -> list[Shown]:
    """Products as lines of a table."""
    names, kinds = terms.listed("collaterals"), dict(terms.KINDS)
    found = []
    for row in rows:
        held = row.terms_on(on)
        amount, rate, months = (_range(held, one) for one in ("amount", "rate", "months"))
        taken = "、".join(names.label(code) for code in row.collaterals) or _("不限")
        scheme = terms.scheme_name(row.scheme) if row.scheme else ""
        found.append(Shown(row, scheme, kinds[row.kind], amount, rate, months, taken))
    return found


def _range(held: dict[str, Parameter], name: str) -> Cell:
    """From … to …, as far as the product says."""
    low, high = held.get(f"{name}_min"), held.get(f"{name}_max")
    known = [one for one in (low, high) if one is not None]
    if not known:
        return Cell("—", "", False)
    words = [parameter_words(one.key, one.value) for one in known]
    said = f"{words[0]} – {words[1]}" if len(words) == 2 and words[0] != words[1] else words[0]
    if len(known) == 1 and high is None:
        said = _("%(least)s起") % {"least": words[0]}
    elif len(known) == 1:
        said = _("至多 %(most)s") % {"most": words[0]}
    source = "；".join(dict.fromkeys(one.source for one in known))
    return Cell(said, source, any(one.assumed for one in known))


class Paper(NamedTuple):
    """One consented part with its lines (label, value)."""

    title: str
    lines: list[tuple[Any, Any]]


def papers(case: Application, consent: Consent) -> list[Paper]:
    """What an institution may see, in words: exactly the consented fields."""
    found = seen_by_institution(case, consent)
    names = terms.listed("consent_fields")
    return [Paper(names.label(field), WORDS[field](found[field])) for field in consent.fields if field in found]


def _identity(given: dict[str, Any]) -> list[tuple[Any, Any]]:
    sizes = reference.code_list("sizes")
    return [
        (_("单位"), given["name"]), (_("统一社会信用代码"), given["uscc"]),
        (_("所在地"), reference.regions().label(given["region"])), (_("规模"), sizes.label(given["size"])),
        (_("企业标识"), "、".join(given["flags"])),
    ]  # fmt: skip


def wish(given: dict[str, Any]) -> list[tuple[Any, Any]]:
    """A wish in words."""
    return [
        (_("类别"), dict(terms.KINDS)[given["kind"]]),
        (_("金额"), parameter_words("amount", given["amount_fen"])),
        (_("期限"), parameter_words("months", given["months"])),
        (_("用途"), terms.listed("uses").label(given["purpose"])),
        (_("增信方式"), terms.listed("collaterals").label(given["collateral"])),
        (_("说明"), given["about"]),
    ]


def _contact(given: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [
        (_("联系人"), given["contact_name"]),
        (_("职务"), given["contact_post"]),
        (_("联系电话"), given["contact_phone"]),
        (_("联系邮箱"), given["contact_email"]),
    ]


def _standing(given: dict[str, Any]) -> list[tuple[Any, Any]]:
    kinds = dict(Qualification.KINDS)
    rows = given["qualifications"]
    return [
        (kinds[row["kind"]], f"{row['year']} {row['number']}{'' if row['confirmed'] else _('（待核实）')}")
        for row in rows
    ] or [(_("资格"), _("没有登记"))]


def _works(given: dict[str, Any]) -> list[tuple[Any, Any]]:
    kinds = {"market.need": _("需求"), "market.achievement": _("成果")}
    return [(kinds[row["kind"]], row["title"]) for row in given["works"]] or [(_("需求和成果"), _("没有公开发布的"))]


WORDS = {
    "identity": _identity, "wish": wish, "contact": _contact, "standing": _standing, "works": _works,
}  # fmt: skip


class Claimed(NamedTuple):
    """A claim with the cases that ask for it and the rounds that are open for it."""

    claim: Claim
    rounds: list[Round]
    cases: list[Case]


def claims(rows: "QuerySet[Claim]") -> list[Claimed]:
    """Claims with where to apply: the procedure's own rounds and cases, found by the award and the contract number."""
    found, today = [], timezone.localdate()
    for claim in rows:
        rounds: list[Round] = []
        if claim.award and not claim.void_why:
            lanes = Round.objects.filter(award_code=claim.award, lane__in=("ordinary", "quick"))
            rounds = list(lanes.filter(opens_on__lte=today, closes_on__gte=today))
        found.append(Claimed(claim, rounds, [] if claim.void_why else cases_of(claim)))
    return found


def owed_back(loan: Loan | None) -> Fen:
    """What of the city's share already paid goes back to the treasury, because money was recovered since."""
    if loan is None or getattr(loan, "loss", None) is None:
        return Fen(0)
    award, bank = terms.award_for("loss"), loan.institution.organisation
    cases = Case.objects.filter(award_code=award.code, organisation=bank, facts__loan_no=loan.number)
    paid = sum(pay.paid(case) - pay.refunded(case) for case in cases)
    due = Fraction(loan.loss.city_fen * loan.still_lost_fen, loan.loss.principal_fen)
    return Fen(max(0, ceil(paid - due)))


def _why(row: Entry) -> str:
    """The reason, and of a contract put right what was changed."""
    if row.verb != "correct_contract":
        return row.why
    return "；".join([*changes.lines(row.data["was"], row.data["now"]), row.why])


def history(case: Application, held: frozenset[str]) -> list[Line]:
    """What happened, oldest first. An institution is not told who acted for the firm."""
    labels: dict[str, Any] = DEEDS | {step.code: step.label for step in case.workflow.steps}
    rows = Entry.objects.filter(subject_kind=case.kind, subject_id=str(case.pk)).exclude(verb__in=SAID_TWICE)
    everybody = bool(held & {FIRM, "city", "auditor"})
    own, firm = set(), set()
    if not everybody:
        own = set(case.institution.organisation.memberships.values_list("account_id", flat=True))
        firm = set(case.lead.organisation.memberships.values_list("account_id", flat=True))

    def who(row: Entry) -> str:
        if everybody or row.actor_account in own or row.actor_account is None:
            return row.who
        return _("企业") if row.actor_account in firm else _("主管部门")

    return [
        Line(row.at, who(row), labels.get(row.verb, row.verb),
             _why(row) if everybody or row.actor_account in own else "")
        for row in rows.order_by("n")
    ]  # fmt: skip
