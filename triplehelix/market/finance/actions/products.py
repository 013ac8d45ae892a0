"""Products and their dated parameters."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from triplehelix.market.finance import rules, terms
from triplehelix.market.finance.actions.shared import checked, own_desk
from triplehelix.market.finance.models import Institution, Parameter, Product
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail

KIND = "finance.product"
PAIRS = (("amount_min", "amount_max"), ("rate_min", "rate_max"), ("months_min", "months_max"))


@transaction.atomic
def offer_product(
    *, institution: Institution, values: Mapping[str, Any], parameters: Iterable[Mapping[str, Any]],
    actor: Account | None, now: datetime,
) -> Product:  # fmt: skip
    """A product with its first parameters, each {key, value, source, assumed}, from the product's first day on.

    Raises Refused, Invalid at the fields and at a parameter's key.
    """
    today = own_desk(institution, actor, now)
    given, errors = checked(rules.PRODUCT, values, today)
    kind = terms.OFFERS[institution.kind]
    if (scheme := given.get("scheme")) and terms.scheme_kind(scheme) != kind:
        errors["scheme"] = _("这个方案不是%(kind)s类机构的产品") % {"kind": institution.get_kind_display()}
    rows, wrong = _parameters(parameters, given.get("since", today), today)
    errors |= wrong
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Product.objects.create(
                institution=institution, kind=kind, recorded_at=now, recorded_by=actor, **given
            )
    except IntegrityError as why:
        raise Invalid({"name": _("已有同名的产品在用，请换一个名称，或先停用原来的")}) from why
    Parameter.objects.bulk_create(Parameter(product=made, recorded_at=now, recorded_by=actor, **row) for row in rows)
    data = {"institution": institution.pk, "name": made.name, "parameters": {row["key"]: row["value"] for row in rows}}
    trail.record(kind=KIND, id=str(made.pk), verb="offer", actor=actor, now=now, data=data)
    return made


def _parameters(
    given: Iterable[Mapping[str, Any]], since: date, today: date
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    rows, errors = [], dict[str, str]()
    for one in given:
        row, wrong = _parameter({"since": since, **one}, today)
        errors |= wrong
        rows.append(row)
    values = {row["key"]: row.get("value") for row in rows if "key" in row}
    return rows, errors or _crossed(values)


def _parameter(given: Mapping[str, Any], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """One parameter; what is wrong with it stands at its key."""
    found, errors = checked(rules.PARAMETER, {k: v for k, v in given.items() if k != "value"}, today)
    if errors:
        return found, {str(given.get("key", "key")): "；".join(errors.values())}
    try:
        found["value"] = rules.VALUES[found["key"]](given.get("value"), today)
    except ValueError as why:
        return found, {found["key"]: str(why)}
    return found, {}


def _crossed(values: Mapping[str, int | None]) -> dict[str, str]:
    """A lower end above its upper one."""
    found = {}
    for low, high in PAIRS:
        least, most = values.get(low), values.get(high)
        if least is not None and most is not None and least > most:
            found[low] = _("下限不能高于上限")
    return found


@transaction.atomic
def set_parameter(
    *, product: Product, key: str, value: int | None, since: date, source: str, assumed: bool, actor: Account | None,
    now: datetime,
) -> Parameter:  # fmt: skip
    """Another value of a parameter from a day on; what was in force before stays as it was.

    Raises Refused, Invalid at the parameter's key and `since`.
    """
    held = Product.objects.select_for_update(of=("self",)).select_related("institution").get(pk=product.pk)
    today = own_desk(held.institution, actor, now)
    given = {"key": key, "value": value, "since": since, "source": source, "assumed": assumed}
    row, errors = _parameter(given, today)
    if since < held.since:
        errors["since"] = _("不能早于产品的起始日 %(day)s") % {"day": held.since}
    on_day = {k: one.value for k, one in held.terms_on(max(since, held.since)).items()}
    if not errors and (crossed := _crossed(on_day | {key: row["value"]})):
        errors[key] = next(iter(crossed.values()))
    if errors:
        raise Invalid(errors)
    try:
        with transaction.atomic():
            made = Parameter.objects.create(product=held, recorded_at=now, recorded_by=actor, **row)
    except IntegrityError as why:
        raise Invalid({"since": _("这一天已经有一个数值：请另选日期")}) from why
    data = {"key": key, "value": made.value, "since": str(since), "source": made.source}
    trail.record(kind=KIND, id=str(held.pk), verb="parameter", actor=actor, now=now, data=data)
    return made


@transaction.atomic
def end_product(*, product: Product, until: date, actor: Account | None, now: datetime) -> Product:
    """It is offered up to this day and then leaves the lists. Raises Refused, Invalid at `until`."""
    held = Product.objects.select_for_update(of=("self",)).select_related("institution").get(pk=product.pk)
    today = own_desk(held.institution, actor, now)
    if held.until is not None and held.until < today:
        raise Refused(_("产品已经停用"))
    if until < max(today, held.since):
        raise Invalid({"until": _("不能早于今天和产品的起始日")})
    held.until = until
    held.save(update_fields=["until"])
    trail.record(kind=KIND, id=str(held.pk), verb="end", actor=actor, now=now, data={"until": str(until)})
    return held
