"""Money that arrived, what is shared of it, the years after, and the day a contract landed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts import money
from triplehelix.market.contracts.access import CITY, SELLER
from triplehelix.market.contracts.actions.shared import (
    MOST_FEN,
    as_number,
    go,
    line,
    locked,
    paper,
    price,
    saved,
    shown_end,
)
from triplehelix.market.contracts.finds import with_overdue
from triplehelix.market.contracts.models import Distribution, FollowUp, Instalment, Receipt, Sale, Share
from triplehelix.market.contracts.terms import value
from triplehelix.records.amounts import exact
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Person
from triplehelix.records.parties.rules import DUTIFUL, Invalid
from triplehelix.records.steps import acts
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail
from triplehelix.records.trail.models import Entry

#: Lines of a distribution sheet; no rule sets a number, a form has an end [assumed].
MOST_COSTS, MOST_PEOPLE = 12, 40
PAID_IN = {"signed", "registering", "registered", "rewarding", "reward_objected", "following", "revoked"}

#: Where a receipt can be voided: also the refund of what has ended.
VOIDED_IN = PAID_IN | {"terminated", "closed"}


@dataclass(frozen=True)
class Contributor:
    """Somebody who made the achievement, and the weight of the part."""

    name: str
    weight: int
    part: str = ""
    person: Person | None = None


@transaction.atomic
def record_money(
    *, sale: Sale, way: str, amount_fen: int, on: date, number: str, reason: str, file: File | None,
    actor: Account | None, now: datetime, seen_version: int,
) -> Receipt:  # fmt: skip
    """Money `in` or `out` with the bank's paper. A number and a paper serve once; more than the price needs a reason.

    Raises Refused, Invalid at `amount`, `on`, `number`, `reason`, `file`, `way`.
    """
    states = PAID_IN | ({"terminated", "closed"} if way == "out" else set())
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states=states)
    contract, errors = held.contract, dict[str, str]()
    fen = price(amount_fen, errors, "amount")
    # 作价入股 is paid in shares: what proves it is the entry in the company's register, not a bank's slip.
    slip, what = (
        (_("变更登记号"), _("股权变更登记证明")) if contract.structure == "equity" else (_("银行回单号"), _("银行回单"))
    )
    number = line(as_number(number), slip, 60, errors, "number")
    reason = line(reason, _("说明"), 300, errors, "reason", must=way == "out")
    paper(file, errors, "file", what)
    errors |= _receipt_wrong(held, way, fen, on, number, reason, file, timezone.localdate(now))
    if errors:
        raise Invalid(errors)
    assert file is not None
    try:
        with transaction.atomic():
            made = Receipt.objects.create(
                contract=contract, way=way, amount_fen=fen, on=on, number=number, reason=reason, file=file,
                digest=file.sha256, recorded_at=now, recorded_by=actor,
            )  # fmt: skip
    except IntegrityError as why:
        raise Invalid({"number": _("这张回单已经登记过：一张回单只能用一次")}) from why
    data = {"way": way, "fen": fen, "on": str(on), "number": number, "file": file.sha256}
    done = saved(held, "money", actor, now, data, reason)
    look_at_landing(sale=done, now=now)
    return made


@transaction.atomic
def void_receipt(
    *, sale: Sale, number: str, reason: str, actor: Account | None, now: datetime, seen_version: int
) -> Receipt:
    """A slip that was entered wrongly falls away: it stays to be read with the reason, and its number and paper serve
    anew. What arrived, and whether the contract has landed, are counted without it.

    What was paid into a closed sale stands. Raises Refused, Invalid at `number` (also when more went back than would be
    left), `reason`.
    """
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states=VOIDED_IN)
    errors = dict[str, str]()
    why = line(reason, _("作废的原因"), 300, errors, "reason")
    found = held.contract.receipts.filter(money.STANDS, number__in=(number, as_number(number))).first()
    if found is None:
        errors["number"] = _("没有这张回单，或已经作废")
    elif found.way == "in" and held.state == "closed":
        errors["number"] = _("交易已经办结，到账的回单不能作废")
    elif found.way == "in" and found.amount_fen > money.arrived(held.contract):
        errors["number"] = _("作废以后，退款比到账多：请先作废登记错的退款")
    if errors:
        raise Invalid(errors)
    assert found is not None
    found.void_why = why
    found.save(update_fields=["void_why"])
    data = {"way": found.way, "fen": found.amount_fen, "on": str(found.on), "number": found.number}
    done = saved(held, "void_receipt", actor, now, data, why)
    look_at_landing(sale=done, now=now)
    return found


def _receipt_wrong(
    sale: Sale, way: str, fen: int, on: date, number: str, reason: str, file: File | None, today: date
) -> dict[str, Any]:
    contract, errors = sale.contract, dict[str, Any]()
    if way not in dict(Receipt.WAYS):
        errors["way"] = _("请选择到账或退款")
    if not contract.signed_on <= on <= today:
        errors["on"] = _("日期应在签订日期以后、今天以前")
    if Receipt.objects.filter(money.STANDS, number=number).exists():
        errors["number"] = _("这张回单已经登记过：一张回单只能用一次")
    if file is not None and Receipt.objects.filter(money.STANDS, digest=file.sha256).exists():
        errors["file"] = _("这份回单文件已经用过：一张回单只能用一次")
    have = money.arrived(contract)
    if way == "out" and fen > have:
        errors["amount"] = _("退款不能超过已到账的 %(have)s") % {"have": exact(have)}
    if way == "in" and not reason and have + fen > (most := money.ceiling(contract)):
        errors["reason"] = _("到账合计超过合同应付的 %(most)s：请写明原因，或核对金额") % {"most": exact(most)}
    return errors


@transaction.atomic
def look_at_landing(*, sale: Sale, now: datetime) -> date | None:
    """成功落地 = registered ∧ paid in part ∧ carried out in the city: note the day it became true, or is no more."""
    held = Sale.objects.select_for_update(of=("self",)).get(pk=sale.pk)
    found = None if held.state in ("revoked", "terminated") else money.landed_on(held.contract, timezone.localdate(now))
    if found != held.landed_on:
        was, held.landed_on = held.landed_on, found
        verb = "landed" if was is None else "moved" if found else "unlanded"
        saved(held, verb, None, now, {"was": str(was or ""), "on": str(found or "")})
    return found


@transaction.atomic
def publish_reward(
    *, sale: Sale, income_fen: int, costs: Sequence[tuple[str, int]], rule_bp: int, rule_document: str,
    contributors: Sequence[Contributor], actor: Account | None, now: datetime, seen_version: int,
) -> Distribution:  # fmt: skip
    """The distribution sheet, and its notice inside the unit for 15 working days (国科发政〔2018〕103号).

    The contributors' part of net income is at least the law's where the law binds the seller (促进科技成果转化法 §45);
    persons share it by weight, exact to the fen. Raises Refused (also for shares: they are no money to hand out),
    Invalid at `income`, `costs`, `rule`, `rule_document`, `contributors`, and `cost_<n>`, `contributor_<n>`,
    `contributor_<n>_weight` for a line (from 1).
    """
    held = locked(sale, actor, now, by={SELLER}, seen=seen_version, states={"registered", "following"})
    if held.contract.structure == "equity":
        raise Refused(_("作价入股没有现金收入可以分配：奖励以股权给予，请在本单位的股权安排里办理"))
    today = timezone.localdate(now)
    document, net = _checked_sheet(held, income_fen, costs, rule_bp, rule_document, contributors, today)
    period, seq = value("reward_notice_days", today), held.distributions.aggregate(last=Max("seq"))["last"] or 0
    pool = money.pool(net, rule_bp)
    sheet = Distribution.objects.create(
        sale=held, seq=seq + 1, income_fen=income_fen, costs=[{"name": n.strip(), "fen": f} for n, f in costs],
        net_fen=net, rule_bp=rule_bp, rule_document=document, pool_fen=pool, first=today,
        last=shown_end(period, today), days=period.days, recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    amounts = money.parts(pool, [one.weight for one in contributors])
    Share.objects.bulk_create(
        Share(distribution=sheet, person=one.person, name=one.name.strip(), part=one.part.strip(), weight=one.weight,
              amount_fen=fen)
        for one, fen in zip(contributors, amounts, strict=True)
    )  # fmt: skip
    data = {"sheet": sheet.pk, "net": net, "pool": pool, "people": len(amounts), "last": str(sheet.last)}
    go(saved(held, "sheet", actor, now, data), "publish_reward", actor, now)
    return sheet


def _checked_sheet(
    held: Sale, income_fen: int, costs: Sequence[tuple[str, int]], rule_bp: int, rule_document: str,
    contributors: Sequence[Contributor], today: date,
) -> tuple[str, int]:  # fmt: skip
    """The unit's rule as it is written down, and net income in fen. Raises Invalid."""
    errors = dict[str, str]()
    # §45 binds state research bodies and universities; what a firm gives is its own decision.
    least = value("reward_least", today).rate * 10_000 if held.seller.type in DUTIFUL else 1
    document = line(rule_document, _("本单位规定"), 120, errors, "rule_document")
    net = price(income_fen, errors, "income") - sum(fen for _name, fen in costs)
    before = held.distributions.filter(void_why="").aggregate(sum=Sum("income_fen"))["sum"] or 0
    if before + income_fen > (have := money.arrived(held.contract)):
        errors["income"] = _("已到账 %(have)s，已分配 %(before)s，这次不能超过差额") % {
            "have": exact(have), "before": exact(before)}  # fmt: skip
    errors |= _costs_wrong(costs)
    if net <= 0 and not any(key.startswith("cost") for key in errors):
        errors["costs"] = _("成本不应达到或超过收入")
    if not least <= rule_bp <= 10_000:
        said = {"least": f"{float(least) / 100:g}"}
        errors["rule"] = (
            _("奖励比例不能低于法定的 %(least)s%%，也不能超过 100%%") % said
            if held.seller.type in DUTIFUL
            else _("奖励比例应大于 0，不超过 100%")
        )
    errors |= _people_wrong(contributors)
    if errors:
        raise Invalid(errors)
    return document, net


def _costs_wrong(given: Sequence[tuple[str, int]]) -> dict[str, str]:
    if len(given) > MOST_COSTS:
        return {"costs": _("最多 %(most)d 项成本") % {"most": MOST_COSTS}}
    said = _("每项成本要有名称和金额")
    return {f"cost_{n}": said for n, (name, fen) in enumerate(given, start=1) if fen < 0 or not name.strip()}


def _people_wrong(given: Sequence[Contributor]) -> dict[str, str]:
    if not given:
        return {"contributors": _("请至少写一位完成人")}
    if len(given) > MOST_PEOPLE:
        return {"contributors": _("最多 %(most)d 位完成人") % {"most": MOST_PEOPLE}}
    errors = dict[str, str]()
    for n, one in enumerate(given, start=1):
        if not 1 <= len(one.name.strip()) <= 60 or len(one.part) > 120:
            errors[f"contributor_{n}"] = _("每位完成人要有姓名")
        elif not 0 <= one.weight <= 10**6:
            errors[f"contributor_{n}_weight"] = _("权重应为不小于零的整数，不能全是零")
    if not errors and not any(one.weight for one in given):
        errors["contributors"] = _("权重应为不小于零的整数，不能全是零")
    return errors


@transaction.atomic
def follow_up(
    *, sale: Sale, year: int, in_use: bool, output_fen: int, text: str, actor: Account | None, now: datetime,
    seen_version: int,
) -> FollowUp:  # fmt: skip
    """What became of it in a year; once a year. Raises Refused, Invalid at `year`, `output`, `text`."""
    held = locked(sale, actor, now, by={SELLER, "buyer", CITY}, seen=seen_version, states={"following"})
    errors: dict[str, str] = {}
    today = timezone.localdate(now)
    if not held.contract.signed_on.year <= year <= today.year:
        errors["year"] = _("年度应在签订年份与今年之间")
    elif held.follow_ups.filter(year=year).exists():
        errors["year"] = _("这一年已经填过")
    if not 0 <= output_fen <= MOST_FEN:
        errors["output"] = _("金额应大于零、不超过 1000 亿元")
    text = text.replace("\x00", "").strip()
    if not 10 <= len(text) <= 2000:
        errors["text"] = _("请用 10 至 2000 个字写明使用情况")
    if errors:
        raise Invalid(errors)
    made = FollowUp.objects.create(
        sale=held, year=year, in_use=in_use, output_fen=output_fen, text=text, recorded_at=now, recorded_by=actor
    )
    saved(held, "follow_up", actor, now, {"year": year, "in_use": in_use})
    return made


def remind_overdue(*, now: datetime) -> int:
    """Tell the buyer and the market once about each instalment that is late. Answers how many sales."""
    return sum(_remind(sale, now) for sale in with_overdue(timezone.localdate(now)))


@transaction.atomic
def _remind(sale: Sale, now: datetime) -> bool:
    sale = Sale.objects.select_for_update(of=("self",), no_key=True).get(pk=sale.pk)  # two workers tell it once
    late = money.overdue(sale.contract, timezone.localdate(now))
    if not late:
        return False
    said = [one.seq for one in late]
    rows = Entry.objects.filter(subject_kind=Sale.kind, subject_id=str(sale.pk), verb="overdue")
    if rows.filter(data__instalments__contains=said).exists():
        return False
    for relation in ("buyer", CITY):
        words = partial(_late, sale, late[-1], relation)
        acts.write(sale, f"overdue.{late[-1].pk}", sale.accounts_in(relation, now), words, now)
    trail.record(kind=Sale.kind, id=str(sale.pk), verb="overdue", actor=None, now=now, data={"instalments": said})
    return True


def _late(sale: Sale, late: Instalment, relation: str) -> tuple[str, str]:
    lines = [_("“%(name)s”应于 %(day)s 支付，还没有登记到账。") % {"name": late.name, "day": late.due_on}]
    if relation == "buyer":
        lines.append(_("已支付的，请把银行回单交给转让方登记。"))
    return _("应付款已到期：%(sale)s") % {"sale": sale}, "".join(lines) + "\n"
