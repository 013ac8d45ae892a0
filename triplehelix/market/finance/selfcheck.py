"""自测: which products fit a firm and its wish, and which condition of the others fails. Nothing is stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from triplehelix.market.finance import finds, terms
from triplehelix.market.finance.models import Product, Qualification
from triplehelix.market.finance.money import rate_words
from triplehelix.policy.facts import Choice, Choices, Count, Fact, Money, Text, YesNo
from triplehelix.records.amounts import in_words
from triplehelix.records.parties import reference
from triplehelix.records.parties.models import Organisation


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a product: whether it is met, what is told when not, and where it comes from."""

    label: str
    is_met: bool
    told: str
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A product with every condition checked."""

    product: Product
    checks: tuple[Check, ...]

    @property
    def fits(self) -> bool:
        return all(check.is_met for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.is_met)


def questions(on: date) -> tuple[Fact, ...]:
    """What is asked, in order: the firm first (known ones are filled in), then the wish."""

    def names(listed: Any) -> dict[str, str]:
        return {entry.code: entry.name for entry in listed.current(on)}

    return (
        YesNo("registered_in_city", _("在本市登记")),
        Choices("flags", _("企业标识"), names(reference.code_list("flags")), optional=True),
        Text("entry_number", _("当年的科技型中小企业入库编号"), optional=True, help=_("没有可以不填")),
        YesNo("credit_pass", _("当年通过科融信评价")),
        YesNo("provincial_project", _("承担省级以上科技项目")),
        YesNo("pioneer", _("泰山产业创业领军人才企业")),
        Choice("kind", _("想办哪一类"), {code: str(name) for code, name in terms.KINDS}),
        Money("amount", _("金额"), example="2000000"),
        Count("months", pgettext("finance", "期限"), unit=_("月"), at_least=1, at_most=360, example=12),
        Choice("purpose", _("用途"), names(terms.listed("uses"))),
        Choice("collateral", _("增信方式"), names(terms.listed("collaterals"))),
    )


def known(organisation: Organisation | None, on: date) -> dict[str, Any]:
    """What need not be asked, by key: the register, and this year's proofs."""
    if organisation is None:
        return {}
    proofs = {
        q.kind: q.number for q in Qualification.objects.filter(organisation=organisation, year=on.year, void_why="")
    }
    found: dict[str, Any] = {
        "registered_in_city": organisation.region in reference.regions(),
        "flags": list(organisation.flags),
        "credit_pass": "credit" in proofs,
    }
    return found | ({"entry_number": proofs["entry"]} if "entry" in proofs else {})


def fitted(values: Mapping[str, Any], on: date) -> list[Fit]:
    """Every product of the kind asked for, those that fit first. `values` by fact code, as `read_facts` gives them."""
    schemes = terms.schemes(on)
    rows = [row for row in finds.products(on) if row.kind == values["kind"]]
    found = [Fit(row, tuple(_checks(row, schemes.get(row.scheme), values, on))) for row in rows]
    return sorted(found, key=lambda fit: (len(fit.failed), str(fit.product.institution), fit.product.pk))


def _checks(product: Product, scheme: terms.Scheme | None, values: Mapping[str, Any], on: date) -> Iterable[Check]:
    if scheme is not None:
        for one in scheme.requirements:
            is_met = any(_holds(test, values) for test in one.any)
            yield Check(one.label, is_met, one.refusal, one.source, one.assumed)
    held = product.terms_on(on)
    for key, limit in LIMITS.items():
        if key in held:
            row, asked = held[key], values[limit.asked]
            said = {"most": limit.words(row.value), "asked": limit.words(asked)}
            is_met = limit.test(asked, row.value)
            yield Check(limit.label() % said, is_met, limit.told() % said, row.source, row.assumed)
    own = _("机构的产品说明")
    if product.flags:
        said = {"flags": "、".join(product.flags)}
        is_met = bool(set(product.flags) & set(values["flags"] or ()))
        yield Check(_("有其一标识：%(flags)s") % said, is_met, _("产品限于：%(flags)s") % said, own, False)
    if product.collaterals:
        names = terms.listed("collaterals")
        said = {"ways": "、".join(names.label(code) for code in product.collaterals)}
        is_met = values["collateral"] in product.collaterals
        yield Check(_("增信方式：%(ways)s") % said, is_met, _("产品只接受：%(ways)s") % said, own, False)


@dataclass(frozen=True, slots=True)
class Limit:
    """A parameter that bounds something asked."""

    asked: str
    test: Callable[[int, int], bool]
    words: Callable[[int], str]
    label: Callable[[], str]
    told: Callable[[], str]


def _term(months: int) -> str:
    return _("%(n)d 个月") % {"n": months}


LIMITS = {
    "amount_max": Limit("amount", lambda asked, most: asked <= most, in_words, lambda: _("金额不超过 %(most)s"),
                        lambda: _("想要 %(asked)s，超过产品上限 %(most)s")),
    "amount_min": Limit("amount", lambda asked, least: asked >= least, in_words, lambda: _("金额不低于 %(most)s"),
                        lambda: _("想要 %(asked)s，低于产品下限 %(most)s")),
    "months_max": Limit("months", lambda asked, most: asked <= most, _term, lambda: _("期限不超过 %(most)s"),
                        lambda: _("想要 %(asked)s，超过产品最长 %(most)s")),
    "months_min": Limit("months", lambda asked, least: asked >= least, _term, lambda: _("期限不短于 %(most)s"),
                        lambda: _("想要 %(asked)s，短于产品最短 %(most)s")),
}  # fmt: skip


def _holds(test: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """One test of a declared condition. Raises KeyError for an op or fact that does not exist."""
    value = values[test["fact"]]
    if test["op"] == "known":
        return bool(value)
    if test["op"] == "yes":
        return value is True
    if test["op"] == "has":
        return test["value"] in (value or ())
    return {"in": value in test.get("value", ())}[test["op"]]


def parameter_words(key: str, value: int) -> str:
    """A parameter as people read it."""
    if key.startswith("amount"):
        return in_words(value)
    return rate_words(value) if key.startswith("rate") else _term(value)
