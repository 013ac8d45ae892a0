"""合同的更正和变更: what was entered wrong is put right, and what both sides have agreed anew is taken over."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.contracts import money
from triplehelix.market.contracts.access import CITY, SELLER
from triplehelix.market.contracts.actions.amended import amended, tell_amended
from triplehelix.market.contracts.actions.contract import ask_for, begin_trial, stop_others
from triplehelix.market.contracts.actions.settling import PAID_IN, look_at_landing
from triplehelix.market.contracts.actions.shared import line, locked, locked_achievement, saved
from triplehelix.market.contracts.actions.written import Terms, checked
from triplehelix.market.contracts.finds import ASSIGNED
from triplehelix.market.contracts.models import Amendment, Contract, Sale
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: Where a contract may still be changed: until the sale is closed or the contract ended.
AMENDED_IN = PAID_IN
#: Where no authority has the contract, or has certified it.
UNREGISTERED = frozenset({"signed", "revoked"})
#: A price in one sum may come to be paid in parts, and the other way round, whatever has been paid of it.
PLANS = frozenset({"fixed", "instalments"})
#: Of Amendment.GROUNDS.
OF_A_CONTRACT = ("entry", "agreed")
#: What the two sides cannot agree to have been otherwise.
ENTERED = ("number", "type", "signed_on", "price")
TRIAL = ("trigger", "trial_until", "pay_days")


@dataclass(frozen=True)
class Ground:
    """Why a contract is changed. `code` of OF_A_CONTRACT; `agreed_on` and `file` are the supplementary agreement's,
    `file` of a mere correction the right scan of the contract, or None."""

    code: str
    reason: str
    agreed_on: date | None = None
    file: File | None = None


@transaction.atomic
def amend_contract(
    *, sale: Sale, terms: Terms, ground: Ground, actor: Account | None, now: datetime, seen_version: int
) -> Amendment:
    """The contract as it should stand; what it said before stays to be read. The other side and the market are told.

    Number, type, day and price are corrected, never agreed anew: another price needs a new notice (国发〔2016〕16号).
    Type, price and structure are as they are once the contract is being registered or something has been paid; one sum
    and instalments stand for each other at any time. Rows of `terms` left out stay as they are. `terms.file` is unused.

    Raises Refused (nothing differs, too), Invalid at the fields of `sign_contract` and at `ground`, `reason`,
    `agreed_on`, `file`.
    """
    locked_achievement(sale.achievement_id)  # what becomes an assignment is sold once
    held = locked(sale, actor, now, by={SELLER, CITY}, seen=seen_version, states=set(AMENDED_IN))
    contract, today, errors = held.contract, timezone.localdate(now), dict[str, str]()
    reason = line(ground.reason, _("更正、变更的原因"), 300, errors, "reason")
    errors |= _ground_wrong(ground, contract, today)
    terms = _with_rows(contract, terms, checked(held, terms, today, errors))
    was, will = _kept(stands(contract)), _kept(terms)
    changes = {name: [was[name], will[name]] for name in was if was[name] != will[name]}
    errors |= _settled(held, ground, changes, errors) | _undated(contract, terms, changes)
    if errors:
        raise Invalid(errors)
    scan = ground.file if ground.code == "entry" else None
    if not changes and scan is None:
        raise Refused(_("没有改动：请改好再保存"))
    made = amended(held, ground.code, reason, changes, actor, now, agreed_on=ground.agreed_on, file=ground.file,
                   replaced=contract.file if scan is not None else None)  # fmt: skip
    _write(contract, terms, changes, scan)
    held.price_fen = terms.price_fen
    done = saved(held, "amend", actor, now, made.told(), reason)
    if "type" in changes and contract.type == ASSIGNED:
        stop_others(done, now)
    look_at_landing(sale=done, now=now)
    tell_amended(done, made, actor, now)
    return made


def stands(contract: Contract) -> Terms:
    """What the contract says now. Royalties are reported, not agreed: they are none of its rows."""
    names = ("number", "type", "structure", "price_fen", "signed_on", "site", "file", "ends_on", "royalty_ppm",
             "royalty_base", "equity_company", "equity_bp")  # fmt: skip
    said: dict[str, Any] = {name: getattr(contract, name) for name in names}
    if (trial := getattr(contract, "trial", None)) is not None:
        said |= {"trigger": trial.trigger, "trial_until": trial.until, "pay_days": trial.pay_days}
    rows = contract.instalments.exclude(kind="royalty").order_by("seq")
    return Terms(rows=[(one.name, one.amount_fen, one.due_on) for one in rows], **said)


def _with_rows(contract: Contract, typed: Terms, terms: Terms) -> Terms:
    """Rows that were left out stay, where they may be: with the same price, paid otherwise than in money on a day."""
    how = (terms.structure, terms.price_fen)
    if typed.rows or terms.structure in PLANS or how != (contract.structure, contract.price_fen):
        return terms
    return replace(terms, rows=stands(contract).rows)


def _kept(terms: Terms) -> dict[str, Any]:
    """Terms as `Amendment.changes` keeps them; what another way of paying asks for is none of them."""
    royalty, equity, trial = (terms.structure == how for how in ("royalty", "equity", "trial"))
    return {
        "number": terms.number, "type": terms.type, "structure": terms.structure, "price": terms.price_fen,
        "signed_on": _iso(terms.signed_on), "ends_on": _iso(terms.ends_on), "site": terms.site,
        "royalty_ppm": terms.royalty_ppm if royalty else 0, "royalty_base": terms.royalty_base if royalty else "",
        "equity_company": terms.equity_company if equity else "", "equity_bp": terms.equity_bp if equity else 0,
        "trigger": terms.trigger if trial else "", "trial_until": _iso(terms.trial_until) if trial else None,
        "pay_days": terms.pay_days if trial else None,
        "rows": [[name, fen, _iso(due)] for name, fen, due in terms.rows],
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _ground_wrong(ground: Ground, contract: Contract, today: date) -> dict[str, str]:
    if ground.code not in OF_A_CONTRACT:
        return {"ground": _("请选择是更正还是变更")}
    if ground.code == "entry":
        return {"agreed_on": _("更正不填这一项：有补充协议的，请选“变更”")} if ground.agreed_on else {}
    errors = dict[str, str]()
    if ground.agreed_on is None:
        errors["agreed_on"] = _("请填写补充协议的签订日期")
    elif not contract.signed_on <= ground.agreed_on <= today:
        errors["agreed_on"] = _("补充协议应在合同签订以后、今天以前签订")
    if ground.file is None:
        errors["file"] = _("请上传补充协议：口头约定不能变更合同")
    return errors


def _settled(sale: Sale, ground: Ground, changes: dict[str, Any], wrong: dict[str, str]) -> dict[str, str]:
    """What cannot be changed this way, or not any more; `wrong` is what is no good as it was typed."""
    contract, errors = sale.contract, dict[str, str]()
    if ground.code == "agreed":
        said = _("补充协议不改这一项；登记时填错的，请选“更正”")
        errors |= {name: said for name in ENTERED if name in changes}
    if "price" in changes and (ground.code == "agreed" or "price" in wrong):
        errors["price"] = _("合同金额是公示、成交的价格：变了的，请终止合同，按新价格重新公示、签约")
    if "type" in changes and sale.state not in UNREGISTERED:
        errors["type"] = _("合同已经提交认定登记：不予登记或撤销登记以后才能改类型")
    if (why := _begun(sale)) is not None:
        if "price" in changes:
            errors.setdefault("price", why)
        if "structure" in changes and not set(changes["structure"]) <= PLANS:
            errors["structure"] = why
    trial = getattr(contract, "trial", None)
    if trial is not None and trial.state != "using" and contract.structure == "trial":
        errors |= {name: _("试用已经结束，不能再改") for name in TRIAL if name in changes}
    if "signed_on" in changes and (first := _first(contract)) is not None and changes["signed_on"][1] > _iso(first):
        errors.setdefault("signed_on", _("签订日期不能晚于 %(day)s：这一天已经有到账或认定登记") % {"day": first})
    return errors


def _begun(sale: Sale) -> str | None:
    """Why price and structure stay: something rests on them."""
    contract = sale.contract
    if sale.state not in UNREGISTERED:
        return _("合同已经提交认定登记：不予登记或撤销登记以后才能改")
    if contract.receipts.filter(money.STANDS).exists():
        return _("已经登记到账：登记错的请先作废回单")
    if contract.instalments.filter(kind="royalty", void_why="").exists():
        return _("已经申报提成：申报错的请先作废")
    trial = getattr(contract, "trial", None)
    return _("试用已经结束，不能再改") if trial is not None and trial.state != "using" else None


def _first(contract: Contract) -> date | None:
    """The earliest day on which something was done under the contract."""
    days = [*contract.receipts.filter(money.STANDS).values_list("on", flat=True),
            *contract.registrations.filter(outcome="registered").values_list("decided_on", flat=True)]  # fmt: skip
    return min((day for day in days if day is not None), default=None)


def _undated(contract: Contract, terms: Terms, changes: dict[str, Any]) -> dict[str, str]:
    """A trial that has ended gives no instalment its day any more."""
    trial = getattr(contract, "trial", None)
    if "rows" not in changes or trial is None or trial.state == "using" or trial.state == "triggered":
        return {}
    return {f"row_{n}_due": _("请填写期限") for n, row in enumerate(terms.rows, start=1) if row[2] is None}


def _write(contract: Contract, terms: Terms, changes: dict[str, Any], scan: File | None) -> None:
    """Contract, trial and instalments as they now stand. New instalments take new numbers: who was told of a late one
    is told of another."""
    for name in changes.keys() - {"rows", "price", *TRIAL}:
        setattr(contract, name, getattr(terms, name))
    contract.price_fen, contract.file = terms.price_fen, scan or contract.file
    contract.save()
    if changes.keys() & {"structure", *TRIAL}:
        _rewrite_trial(contract, terms)
    if "rows" in changes:
        last = contract.instalments.aggregate(last=Max("seq"))["last"] or 0
        contract.instalments.exclude(kind="royalty").delete()
        ask_for(contract, terms.rows, after=last)


def _rewrite_trial(contract: Contract, terms: Terms) -> None:
    trial = getattr(contract, "trial", None)
    if contract.structure != "trial":
        if trial is not None:
            trial.delete()
    elif trial is None:
        begin_trial(contract, terms)
    else:
        assert terms.trial_until is not None
        trial.trigger, trial.until, trial.pay_days = terms.trigger, terms.trial_until, terms.pay_days
        trial.save(update_fields=["trigger", "until", "pay_days"])
