"""What somebody may do with a sale beside its steps: each act is a form, offered as `market.contracts.acts` says.

`run` calls one action, which asks again whether it may be done; a paper is kept in the same transaction, so that what
is refused leaves nothing behind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triplehelix.doors.web import sale_forms as early
from triplehelix.doors.web import sale_money_forms as late
from triplehelix.doors.web.amend_form import AmendForm
from triplehelix.doors.web.contract_form import ContractForm
from triplehelix.doors.web.objecting import AnswerForm
from triplehelix.doors.web.requests import Request
from triplehelix.doors.web.sale_fields import ActForm
from triplehelix.market.contracts import actions, acts, finds, money
from triplehelix.market.contracts.actions.opening import OwnerGiven
from triplehelix.market.contracts.actions.settling import Contributor
from triplehelix.market.contracts.acts import held_proposal, open_objections
from triplehelix.market.contracts.models import Sale
from triplehelix.records.evidence.models import File

Given = dict[str, Any]
Keep = Callable[[Any], File | None]
Run = Callable[[Any, Keep, Given], object]


@dataclass(frozen=True)
class Act:
    """One act. `wide` ones stand in the page's own column; what is `folded` opens when asked for. `waits`: what the
    seller reads above a folded form that has been handed in and may still be changed."""

    code: str
    label: Any
    form: Callable[[Any, Any, Sale], Any]
    run: Run
    button: Any
    wide: bool = False
    folded: Callable[[Sale], bool] = lambda sale: False
    danger: bool = False
    waits: Any = ""


def offered(sale: Sale, relations: frozenset[str]) -> Iterator[Act]:
    """The acts for somebody with these relations, in the order declared."""
    return (ACTS[act.code] for act in acts.offered(sale, relations))


def perform(act: Act, request: Request, sale: Sale, form: ActForm, seen: int) -> None:
    """Do it, whole or not at all. Raises Refused, Invalid, evidence.Unacceptable."""
    now = timezone.now()

    def keep(upload: Any) -> File | None:
        if not upload:
            return None
        return actions.keep_paper(sale=sale, content=upload.read(), name=upload.name, actor=request.user, now=now)

    with transaction.atomic():
        act.run(form, keep, {"sale": sale, "actor": request.user, "now": now, "seen_version": seen})


def _with(action: Callable[..., object]) -> Run:
    """An action that takes just what its form asks."""
    return lambda form, keep, given: action(**form.cleaned_data, **given)


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


def _relist(form: Any, keep: Keep, given: Given) -> object:
    said = form.cleaned_data
    return actions.relist(document=said["document"], price_fen=form.fen("price"), days=said["days"], **given)


def _result(form: Any, keep: Keep, given: Given) -> object:
    return actions.record_result(said=form.reported(keep(form.cleaned_data["file"])), **given)


def _correct_result(form: Any, keep: Keep, given: Given) -> object:
    said = form.reported(keep(form.cleaned_data["file"]))
    return actions.correct_result(said=said, reason=form.cleaned_data["reason"], **given)


def _answer_form(data: Any, files: Any, sale: Sale) -> AnswerForm:
    return AnswerForm(data, open_objections(sale))


def _answer(form: Any, keep: Keep, given: Given) -> object:
    return actions.answer(**form.answered(), actor=given["actor"], now=given["now"])


def _sign(form: Any, keep: Keep, given: Given) -> object:
    return actions.sign_contract(terms=form.terms(keep(form.cleaned_data["file"])), **given)


def _amend(form: Any, keep: Keep, given: Given) -> object:
    ground = form.because(keep(form.cleaned_data["file"]))
    return actions.amend_contract(terms=form.terms(None), ground=ground, **given)


def _register(form: Any, keep: Keep, given: Given) -> object:
    return actions.record_registration(said=form.certificate(keep(form.cleaned_data["file"])), **given)


def _correct_registration(form: Any, keep: Keep, given: Given) -> object:
    said = form.certificate(keep(form.cleaned_data["file"]))
    return actions.correct_registration(said=said, reason=form.cleaned_data["reason"], **given)


def _money(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("way", "on", "number", "reason")}
    return actions.record_money(amount_fen=form.fen("amount"), file=keep(form.cleaned_data["file"]), **said, **given)


def _royalty(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("period", "due_on")}
    return actions.report_royalty(base_fen=form.fen("base"), **said, **given)


def _reward(form: Any, keep: Keep, given: Given) -> object:
    people = [
        Contributor(name, weight, part, finds.contributor_named(given["sale"], name))
        for name, weight, part in form.people
    ]
    return actions.publish_reward(
        income_fen=form.fen("income"), costs=form.costs, rule_bp=form.rule_bp,
        rule_document=form.cleaned_data["rule_document"], contributors=people, **given,
    )  # fmt: skip


def _follow(form: Any, keep: Keep, given: Given) -> object:
    said = {name: form.cleaned_data[name] for name in ("year", "in_use", "text")}
    return actions.follow_up(output_fen=form.fen("output"), **said, **given)


def _always(sale: Sale) -> bool:
    return True


def _nothing_due(sale: Sale) -> bool:
    return sale.state != "registered" or money.due(sale.contract) <= money.arrived(sale.contract)


def _has_rights(sale: Sale) -> bool:
    return hasattr(sale, "rights")


def _has_proposal(sale: Sale) -> bool:
    return held_proposal(sale) is not None


def _has_price(sale: Sale) -> bool:
    return sale.price_fen is not None


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("rights", _("权属核查"), early.RightsForm, _rights, _("保存权属核查"), wide=True,
            folded=_has_rights, waits=_("权属核查已提交，等科技大市场核查")),
        Act("propose", _("定价方案"), early.ProposeForm, _propose,
            _("提交定价方案"), wide=True, folded=_has_proposal, waits=_("定价方案已提交，等科技大市场公布")),
        Act("notice", _("协议定价公示"), early.NoticeForm, _notice, _("发布公示")),
        Act("list", _("挂牌"), early.ListForm, _with(actions.put_on_list), _("挂牌")),
        Act("announce", _("拍卖、招标公告"), early.AnnounceForm, _with(actions.announce),
            _("发布公告")),
        Act("buyer", _("受让方"), early.BuyerForm, _buyer, _("保存受让方"),
            folded=_always),
        Act("price", _("价格"), early.PriceForm, _price, _("保存价格"),
            folded=_has_price),
        Act("relist", _("延长挂牌"), early.RelistForm, _relist, _("重新挂牌")),
        Act("result", _("成交结果"), early.ResultForm, _result,
            _("登记成交结果")),
        Act("correct_result", _("更正成交结果"), early.CorrectResultForm, _correct_result,
            _("保存更正"), folded=_always),
        Act("answer", _("答复异议"), _answer_form,
            _answer, _("答复")),
        Act("sign", _("登记技术合同"), ContractForm, _sign, _("登记合同"), wide=True),
        Act("amend", _("更正、变更合同"), AmendForm, _amend, _("保存更正、变更"), wide=True, folded=_always),
        Act("submit", _("提交合同认定登记"), late.SubmitForm, _with(actions.submit_registration),
            _("提交登记")),
        Act("register", _("登记认定"), late.RegisterForm, _register, _("登记认定结果")),
        Act("refuse", _("不予登记"), late.ReasonForm, _with(actions.refuse_registration), _("不予登记"),
            folded=_always, danger=True),
        Act("money", _("登记到账、退款"), late.MoneyInForm, _money, _("登记"),
            folded=_nothing_due),
        Act("money_back", _("登记退款"), late.MoneyInForm, _money, _("登记"),
            folded=_always),
        Act("void_receipt", _("作废登记错的回单"), late.VoidReceiptForm, _with(actions.void_receipt), _("作废"),
            folded=_always, danger=True),
        Act("royalty", _("申报提成"), late.RoyaltyForm, _royalty, _("申报")),
        Act("void_royalty", _("作废申报错的提成"), late.VoidRoyaltyForm, _with(actions.void_royalty), _("作废"),
            folded=_always, danger=True),
        Act("reward", _("制作收益分配表"), late.RewardForm, _reward,
            _("在本单位公示"), wide=True, folded=_always),
        Act("follow", _("年度跟踪"), late.FollowForm, _follow, _("保存")),
        Act("tags", _("标签"), early.TagsForm, _with(actions.tag), _("保存标签"), folded=_always),
        Act("correct_registration", _("更正认定登记"), late.CorrectRegistrationForm, _correct_registration,
            _("保存更正"), folded=_always),
        Act("revoke", _("撤销登记"), late.ReasonForm, _with(actions.revoke_registration), _("撤销登记"),
            folded=_always, danger=True),
    )
}  # fmt: skip
