"""What a written contract says, and what cannot be so: asked when it is signed and when it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.market.contracts.actions.shared import line, price
from triplehelix.market.contracts.finds import ASSIGNED, assigned
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Contract, Sale
from triplehelix.market.contracts.models.deals import PAY_DAYS
from triplehelix.market.introductions.models import MOST_ROWS
from triplehelix.records.amounts import exact
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.reference import code_list, regions

#: Who has given the whole right away can neither give it again nor licence it.
MOVES_RIGHTS = (ASSIGNED, "LICENSE")
#: A trial is paid for within a year of meeting its condition [assumed].
MOST_PAY_DAYS = 365


#: An instalment as it is written: what for, whole fen, the last day or None.
Row = tuple[str, int, date | None]


@dataclass(frozen=True)
class Terms:
    """A contract as it was entered. Money in whole fen; `rows` are (name, fen, last day or None). `pay_by` is the last
    day to pay a price in one sum, which may be written as a row instead."""

    number: str
    type: str
    structure: str
    price_fen: int
    signed_on: date
    site: str
    file: File | None
    rows: Sequence[Row] = ()
    ends_on: date | None = None
    pay_by: date | None = None
    royalty_ppm: int = 0
    royalty_base: str = ""
    equity_company: str = ""
    equity_bp: int = 0
    trigger: str = ""
    trial_until: date | None = None
    pay_days: int = PAY_DAYS


def sites(on: date) -> dict[str, str]:
    """Where in the city a contract may be carried out: counties and zones of that day, by code; not the city whole."""
    return {one.code: one.name for one in regions().current(on) if one.parent}


def checked(sale: Sale, terms: Terms, today: date, errors: dict[str, str]) -> Terms:
    """The terms as they are kept: words evened out, instalments complete. What cannot be so is put into `errors`, at
    the fields and at `row_<n>` from 1 with `_amount` or `_due` where it is that."""
    how = terms.structure
    number = line(terms.number, _("合同编号"), 60, errors, "number")
    base = line(terms.royalty_base, _("提成基数"), 120, errors, "royalty_base", must=how == "royalty")
    company = line(terms.equity_company, _("入股企业"), 120, errors, "equity_company", must=how == "equity")
    _check_price(sale, price(terms.price_fen, errors, "price"), errors)
    errors |= _wrong(sale, terms, today)
    trigger = line(terms.trigger, _("触发付款的条件"), 300, errors, "trigger", must=how == "trial")
    rows = _rows(terms, errors)
    return replace(
        terms, number=number, royalty_base=base, equity_company=company, trigger=trigger, rows=rows
    )  # fmt: skip


def _check_price(sale: Sale, fen: int, errors: dict[str, str]) -> None:
    """The contract's price is what was made public; another one needs a new notice (国发〔2016〕16号)."""
    public = current(sale)
    if public is None or "price" in errors:
        return
    said = {"price": exact(public.price_fen)}
    if public.method == "agreed" and fen < public.price_fen:
        errors["price"] = _("低于公示的 %(price)s，不能签：请先“撤下公示，重新定价”，按新价格再公示") % said
    elif public.method == "agreed" and fen != public.price_fen:
        errors["price"] = _("与公示的 %(price)s 不一致：请先“撤下公示，重新定价”，按新价格再公示") % said
    elif hasattr(public, "outcome") and fen != public.outcome.price_fen:
        # What an exchange has confirmed is not negotiated afterwards; a single bidder may still offer more.
        errors["price"] = _("与成交确认书的成交价 %(price)s 不一致") % {"price": exact(public.outcome.price_fen)}
    elif public.method != "agreed" and fen < public.price_fen:  # the sale's own price is the contract's, once signed
        errors["price"] = _("低于成交价 %(price)s") % said


def _wrong(sale: Sale, terms: Terms, today: date) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if terms.type not in code_list("contract_types"):
        errors["type"] = _("请选择五类技术合同之一")
    elif terms.type in MOVES_RIGHTS and (other := assigned(sale.achievement, besides=sale)):
        errors["type"] = _("这项成果已经由 %(contract)s 转让给%(buyer)s，不能再转让") % {
            "contract": other.number, "buyer": other.sale.buyer}  # fmt: skip
    if terms.structure not in dict(Contract.STRUCTURES):
        errors["structure"] = _("请选择价款结构")
    if terms.site != "elsewhere" and terms.site not in sites(terms.signed_on):
        errors["site"] = _("请选择项目实施地：签订时的县市区、开发区，或不在本市")
    public = current(sale)
    if terms.signed_on > today:
        errors["signed_on"] = _("日期还没有到")
    elif public is not None and terms.signed_on <= public.last:
        errors["signed_on"] = _("签订日期应在公示、公告期满（%(last)s）以后") % {"last": public.last}
    elif public is not None and hasattr(public, "outcome") and terms.signed_on < public.outcome.held_on:
        errors["signed_on"] = _("签订日期不能早于成交日期 %(day)s") % {"day": public.outcome.held_on}
    if terms.ends_on is not None and terms.ends_on < terms.signed_on:
        errors["ends_on"] = _("不能早于签订日期")
    if terms.structure == "royalty" and not 0 < terms.royalty_ppm <= 1_000_000:
        errors["royalty"] = _("提成比例应大于 0、不超过 100%")
    if terms.structure == "equity" and not 0 < terms.equity_bp <= 10_000:
        errors["equity"] = _("股权比例应大于 0、不超过 100%")
    if terms.structure == "trial" and (terms.trial_until is None or terms.trial_until <= terms.signed_on):
        errors["trial_until"] = _("试用截止日期应晚于签订日期")
    if terms.structure == "trial" and not 1 <= terms.pay_days <= MOST_PAY_DAYS:
        errors["pay_days"] = _("请写达到条件后几日内付款，1 至 %(most)d 日") % {"most": MOST_PAY_DAYS}
    return errors


def _pay_by_wrong(terms: Terms) -> dict[str, str]:
    """One sum is paid by a day of its own: the day on which the contract ends is another thing."""
    if terms.pay_by is None:
        return {"pay_by": _("请填写付款期限：合同的有效期不是付款期限")}
    return {"pay_by": _("期限不能早于签订日期")} if terms.pay_by < terms.signed_on else {}


def _rows(terms: Terms, errors: dict[str, str]) -> list[Row]:
    """The instalments; without any, one of the whole price. Only a royalty's price is more than its instalments."""
    rows = list(terms.rows)
    if not rows:
        name = {"equity": _("股权变更登记"), "trial": _("达到付款条件后支付")}.get(terms.structure, _("合同价款"))
        if terms.structure in ("instalments", "royalty"):
            errors["row_1"] = _("请至少写一期付款")
        elif terms.structure == "fixed":
            errors |= _pay_by_wrong(terms)
        return [(name, terms.price_fen, terms.pay_by if terms.structure == "fixed" else None)]
    if terms.structure == "fixed" and len(rows) > 1:
        errors["structure"] = _("一次总付只有一期：分几次付的，请选“分期支付”")
    elif terms.structure == "fixed" and terms.pay_by is not None:
        errors["pay_by"] = _("付款期限已经写在分期里：请只写一处")
    if len(rows) > MOST_ROWS:
        errors["row_1"] = _("最多 %(most)d 期") % {"most": MOST_ROWS}
    for n, (name, fen, due) in enumerate(rows, start=1):
        if not name.strip() or len(name) > 120:
            errors[f"row_{n}"] = _("请写付款条件，最多 120 个字")
        elif fen <= 0:
            errors[f"row_{n}_amount"] = _("金额应大于零")
        elif due is None and terms.structure not in ("trial", "equity"):
            errors[f"row_{n}_due"] = _("请填写期限")
        elif due is not None and due < terms.signed_on:
            errors[f"row_{n}_due"] = _("期限不能早于签订日期")
    if "price" in errors or any(key.startswith("row_") for key in errors):
        return rows  # what they come to is said once each of them is right
    total = sum(fen for _name, fen, _due in rows)
    if terms.structure == "royalty" and total > terms.price_fen:
        errors["row_1"] = _("入门费合计不能超过合同金额")
    elif terms.structure != "royalty" and total != terms.price_fen:
        said = {"sum": exact(total), "price": exact(terms.price_fen)}
        errors["row_1"] = _("各期合计 %(sum)s，应等于合同金额 %(price)s") % said
    return rows
