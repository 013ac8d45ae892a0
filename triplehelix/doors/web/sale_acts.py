"""What somebody may do with a sale beside its steps: each act is a form, offered by state and relation.

`run` calls one action, which asks again whether it may be done; a paper is kept in the same transaction, so that what
is refused leaves nothing behind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.doors.web import sale_forms as early
from triplehelix.doors.web import sale_money_forms as late
from triplehelix.doors.web.contract_form import ContractForm
from triplehelix.doors.web.objecting import AnswerForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.sale_fields import ActForm
from triplehelix.market.contracts import actions, money
from triplehelix.market.contracts.access import BUYER, CITY, SELLER, WITNESSES
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.actions.royalties import ROYALTY_IN
from triplehelix.market.contracts.actions.settling import PAID_IN, Contributor
from triplehelix.market.contracts.guards import current
from triplehelix.market.contracts.models import Objection, Sale
from triplehelix.records.evidence import actions as evidence
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Person

Given = dict[str, Any]
Keep = Callable[[Any], File | None]
Run = Callable[[Any, Keep, Given], object]


@dataclass(frozen=True)
class Act:
    """One act. `wide` ones stand in the page's own column; what is `folded` opens when asked for."""

    code: str
    label: Any
    by: frozenset[str]
    may: Callable[[Sale], bool]
    form: Callable[[Any, Any, Sale], Any]
    run: Run
    button: Any
    wide: bool = False
    folded: Callable[[Sale], bool] = lambda sale: False
    danger: bool = False


def offered(sale: Sale, relations: frozenset[str]) -> Iterator[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return (act for act in ACTS.values() if act.by & relations and act.may(sale))


def perform(act: Act, request: Request, sale: Sale, form: ActForm, seen: int) -> None:
    """Do it, whole or not at all. Raises Refused, Invalid, evidence.Unacceptable."""
    now = timezone.now()
    shown = [*WITNESSES, "auditor", *([f"org:{sale.buyer_id}"] if sale.buyer_id else [])]

    def keep(upload: Any) -> File | None:
        if not upload:
            return None
        return evidence.store(
            content=upload.read(), name=upload.name, actor=request.user, now=now, owner=sale.seller, visible_to=shown
        )

    with transaction.atomic():
        act.run(form, keep, {"sale": sale, "actor": request.user, "now": now, "seen_version": seen})


def _rights(form: Any, keep: Keep, given: Given) -> object:
    owners = [OwnerGiven(**row | {"consent": keep(row["consent"])}) for row in form.owners]
    return actions.record_rights(owners=owners, **{name: form.cleaned_data[name] for name in form.base_fields}, **given)


def _price(form: Any, keep: Keep, given: Given) -> object:
    return actions.set_price(price_fen=form.fen("price"), why=form.cleaned_data["why"], **given)


def _buyer(form: Any, keep: Keep, given: Given) -> object:
    return actions.set_buyer(buyer=form.buyer, **given)


def _propose(form: Any, keep: Keep, given: Given) -> object:
    said = dict(form.cleaned_data)
    return actions.propose(unit_proof=keep(said.pop("unit_proof")), **said, **given)


def _notice(form: Any, keep: Keep, given: Given) -> object:
    said = dict(form.cleaned_data)
    proof = keep(said.pop("unit_proof")) or (form.proposal.unit_proof if form.proposal is not None else None)
    return actions.publish_price(unit_proof=proof, **said, **given)


def _list(form: Any, keep: Keep, given: Given) -> object:
    return actions.put_on_list(**form.cleaned_data, **given)


def _announce(form: Any, keep: Keep, given: Given) -> object:
    return actions.announce(**form.cleaned_data, **given)


def _relist(form: Any, keep: Keep, given: Given) -> object:
    said = form.cleaned_data
    return actions.relist(document=said["document"], price_fen=form.fen("price"), days=said["days"], **given)


def _result(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("exchange", "document", "held_on")}
    file = keep(form.cleaned_data["file"])
    return actions.record_result(winner=form.winner, price_fen=form.fen("price"), file=file, **said, **given)


def open_objections(sale: Sale) -> list[Objection]:
    """What waits for an answer, the oldest first."""
    public = current(sale)
    return list(public.objections.filter(answered_at__isnull=True)) if public is not None else []


def _answer_form(data: Any, files: Any, sale: Sale) -> AnswerForm:
    return AnswerForm(data, open_objections(sale))


def _answer(form: Any, keep: Keep, given: Given) -> object:
    return actions.answer(**form.answered(), actor=given["actor"], now=given["now"])


def _sign(form: Any, keep: Keep, given: Given) -> object:
    return actions.sign_contract(terms=form.terms(keep(form.cleaned_data["file"])), **given)


def _submit(form: Any, keep: Keep, given: Given) -> object:
    return actions.submit_registration(**form.cleaned_data, **given)


def _register(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("number", "type", "decided_on")}
    return actions.record_registration(
        certified_fen=form.fen("certified"), technical_fen=form.fen("technical"),
        file=keep(form.cleaned_data["file"]), **said, **given,
    )  # fmt: skip


def _refuse(form: Any, keep: Keep, given: Given) -> object:
    return actions.refuse_registration(**form.cleaned_data, **given)


def _revoke(form: Any, keep: Keep, given: Given) -> object:
    return actions.revoke_registration(**form.cleaned_data, **given)


def _money(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("way", "on", "number", "reason")}
    return actions.record_money(amount_fen=form.fen("amount"), file=keep(form.cleaned_data["file"]), **said, **given)


def _royalty(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("period", "due_on")}
    return actions.report_royalty(base_fen=form.fen("base"), **said, **given)


def _void_royalty(form: Any, keep: Keep, given: Given) -> object:
    return actions.void_royalty(**form.cleaned_data, **given)


def _reward(form: Any, keep: Keep, given: Given) -> object:
    people = [Contributor(name, weight, part, _person(given["sale"], name)) for name, weight, part in form.people]
    return actions.publish_reward(
        income_fen=form.fen("income"), costs=form.costs, rule_bp=form.rule_bp,
        rule_document=form.cleaned_data["rule_document"], contributors=people, **given,
    )  # fmt: skip


def _person(sale: Sale, name: str) -> Person | None:
    """Of those named with the achievement the only one called so. Somebody else of the unit may bear the same name, and
    whoever is linked sees the amount."""
    found = list(sale.achievement.people.filter(name=name)[:2])
    return found[0] if len(found) == 1 else None


def _follow(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("year", "in_use", "text")}
    return actions.follow_up(output_fen=form.fen("output"), **said, **given)


def _tags(form: Any, keep: Keep, given: Given) -> object:
    return actions.tag(**form.cleaned_data, **given)


def _in(*states: str) -> Callable[[Sale], bool]:
    return lambda sale: sale.state in states


def _to_publish(*methods: str) -> Callable[[Sale], bool]:
    """In pricing, when the seller has proposed this way, or nothing yet."""

    def may(sale: Sale) -> bool:
        held = early.held_proposal(sale) if sale.state == "pricing" else None
        return sale.state == "pricing" and (held is None or held.method in methods)

    return may


def _shares_out(sale: Sale) -> bool:
    return sale.state in ("registered", "following") and sale.contract.structure != "equity"


def _earns_royalty(sale: Sale) -> bool:
    return sale.state in ROYALTY_IN and sale.contract.structure == "royalty"


def _has_royalty(sale: Sale) -> bool:
    return _earns_royalty(sale) and sale.contract.instalments.filter(kind="royalty", void_why="").exists()


def _always(sale: Sale) -> bool:
    return True


def _nothing_due(sale: Sale) -> bool:
    return sale.state != "registered" or money.due(sale.contract) <= money.arrived(sale.contract)


def _has_price(sale: Sale) -> bool:
    return sale.price_fen is not None


FOR_CITY, FOR_SELLER, EITHER = frozenset({CITY}), frozenset({SELLER}), frozenset({SELLER, CITY})
BOTH = frozenset({SELLER, BUYER})
ALL = frozenset({SELLER, BUYER, CITY})
REVOKED_FROM = Sale.workflow["revoke"].frm
ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("rights", _("权属核查"), EITHER, _in("checking"), early.RightsForm, _rights, _("保存权属核查"), wide=True),
        Act("propose", _("定价方案"), FOR_SELLER, _in("pricing"), early.ProposeForm, _propose,
            _("提交定价方案"), wide=True),
        Act("notice", _("协议定价公示"), FOR_CITY, _to_publish("agreed"), early.NoticeForm, _notice, _("发布公示")),
        Act("list", _("挂牌"), FOR_CITY, _to_publish("listing"), early.ListForm, _list, _("挂牌")),
        Act("announce", _("拍卖、招标公告"), FOR_CITY, _to_publish("auction", "tender"), early.AnnounceForm, _announce,
            _("发布公告")),
        Act("buyer", _("受让方"), EITHER, _in("checking", "pricing"), early.BuyerForm, _buyer, _("保存受让方"),
            folded=_always),
        Act("price", _("价格"), EITHER, _in("checking", "pricing"), early.PriceForm, _price, _("保存价格"),
            folded=_has_price),
        Act("relist", _("延长挂牌"), EITHER, _in("unsold"), early.RelistForm, _relist, _("重新挂牌")),
        Act("result", _("成交结果"), FOR_CITY, _in("announced", "bidding"), early.ResultForm, _result,
            _("登记成交结果")),
        Act("answer", _("答复异议"), FOR_CITY, lambda sale: bool(open_objections(sale)), _answer_form,
            _answer, _("答复")),
        Act("sign", _("登记技术合同"), FOR_SELLER, _in("priced"), ContractForm, _sign, _("登记合同"), wide=True),
        Act("submit", _("提交合同认定登记"), FOR_SELLER, _in("signed", "revoked"), late.SubmitForm, _submit,
            _("提交登记")),
        Act("register", _("登记认定"), FOR_CITY, _in("registering"), late.RegisterForm, _register, _("登记认定结果")),
        Act("refuse", _("不予登记"), FOR_CITY, _in("registering"), late.ReasonForm, _refuse, _("不予登记"),
            folded=_always, danger=True),
        Act("money", _("登记到账、退款"), EITHER, _in(*sorted(PAID_IN)), late.MoneyInForm, _money, _("登记"),
            folded=_nothing_due),
        Act("money_back", _("登记退款"), EITHER, _in("terminated", "closed"), late.MoneyInForm, _money, _("登记"),
            folded=_always),
        Act("royalty", _("申报提成"), BOTH, _earns_royalty, late.RoyaltyForm, _royalty, _("申报")),
        Act("void_royalty", _("作废申报错的提成"), EITHER, _has_royalty, late.VoidRoyaltyForm, _void_royalty, _("作废"),
            folded=_always, danger=True),
        Act("reward", _("制作收益分配表"), FOR_SELLER, _shares_out, late.RewardForm, _reward,
            _("在本单位公示"), wide=True, folded=_always),
        Act("follow", _("年度跟踪"), ALL, _in("following"), late.FollowForm, _follow, _("保存")),
        Act("tags", _("标签"), FOR_CITY, lambda sale: True, early.TagsForm, _tags, _("保存标签"), folded=_always),
        Act("revoke", _("撤销登记"), FOR_CITY, _in(*REVOKED_FROM), late.ReasonForm, _revoke, _("撤销登记"),
            folded=_always, danger=True),
    )
}  # fmt: skip


def file_field(form: forms.Form) -> str | None:
    """Where a paper that cannot be taken is said."""
    return next((name for name, field in form.fields.items() if isinstance(field, forms.FileField)), None)
