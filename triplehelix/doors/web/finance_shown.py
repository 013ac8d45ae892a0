"""What the pages of finance show, in words: products side by side, consented papers, claims with where to apply."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.doors.web.words import in_list
from triplehelix.foundation.money import Fen
from triplehelix.market.finance import terms
from triplehelix.market.finance.models import Application, Claim, Consent, Loan, Parameter, Product, Qualification
from triplehelix.market.finance.papers import seen_by_institution
from triplehelix.market.finance.selfcheck import parameter_words
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.known import cases_of
from triplehelix.procedure.cases.models import Case, Round
from triplehelix.records.parties import reference


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
        taken = in_list(names.label(code) for code in row.collaterals) or _("不限")
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
        (_("企业标识"), in_list(given["flags"])),
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
