"""What a step does that cannot be taken back: said, with the amount where there is one, before its button appears.

Each answers the consequence by step code, for the steps a page shows as dangerous (`step_button` folds those).
"""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from triplehelix.foundation.money import Fen
from triplehelix.foundation.workflow import Step
from triplehelix.market.contracts.models import Sale
from triplehelix.market.listings.models import Listing
from triplehelix.procedure.cases import pay
from triplehelix.procedure.cases.models import Case
from triplehelix.records.amounts import in_words
from triplehelix.records.steps.models import Stateful

#: Steps of a case after which nobody supports it any more.
REFUSALS = frozenset({"reject", "reject_check", "reject_filing", "reject_late", "reject_review", "reject_decided",
                      "reject_objected", "site_fail", "drop"})  # fmt: skip
ENDS_PROJECT = frozenset({"terminate", "fail_results"})
CASE = REFUSALS | ENDS_PROJECT | {"withdraw", "decline", "revoke", "close_late"}
SALE = frozenset({"withdraw", "terminate", "suspend", "uphold", "give_back"})


def ends(case: Stateful, steps: Iterable[Step], danger: Collection[str]) -> dict[str, str]:
    """The plain word for steps of any workflow: where they lead, and that nothing leads back."""
    found = {}
    for step in steps:
        if step.code in danger:
            state = case.workflow.state(step.to)
            over = _("办理后是“%(state)s”，就此结束，不能恢复。") if state.final else _("办理后是“%(state)s”。")
            found[step.code] = over % {"state": state.label}
    return found


def of_trial(trial: Stateful, steps: Iterable[Step]) -> dict[str, str]:
    """Of a trial before payment: with what is given back the contract ends."""
    return {code: said + _("合同随之终止。") for code, said in ends(trial, steps, SALE).items()}


def of_case(case: Case, steps: Iterable[Step]) -> dict[str, str]:
    """Of a case: what becomes of it and of its money."""
    return {code: said + _over(code) + _money(case, code) for code, said in ends(case, steps, CASE).items()}


def _over(code: str) -> str:
    """A project that has ended does not go on, though money of it may still be demanded back."""
    return _("项目就此结束，不能恢复；已拨付的资金仍可追回。") if code in ENDS_PROJECT else ""


def _money(case: Case, code: str) -> str:
    """What the unit does not get then; what it has been paid is another matter (追回资金)."""
    left = Fen((case.granted_fen or 0) - pay.paid(case))
    if case.granted_fen is None or left <= 0:
        return ""
    amount = {"amount": in_words(left)}
    if code == "decline":
        return _("放弃后不再向本单位拨付 %(amount)s。") % amount
    if code == "withdraw" or code in REFUSALS:
        return _("原拟支持的 %(amount)s 不再支持。") % amount
    return _("没有拨付的 %(amount)s 不再拨付。") % amount


def of_sale(sale: Sale, steps: Iterable[Step]) -> dict[str, str]:
    """Of a sale: both sides and whoever bids are told; the price, where one stands."""
    price = _("这笔交易的价格是 %(amount)s。") % {"amount": in_words(sale.price_fen)} if sale.price_fen else ""
    told = _("转让方和受让方都会收到通知。")
    return {code: said + price + told for code, said in ends(sale, steps, SALE).items()}


def of_listing(listing: Listing, steps: Iterable[Step]) -> dict[str, str]:
    """Of a need or an achievement."""
    said = _("撤下后不再公开，也不再参加对接、不再收到新的引荐；要再发布，须改回草稿、重新发布。")
    return {step.code: said for step in steps if step.code in ("withdraw", "take_down")}
