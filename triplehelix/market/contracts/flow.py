"""交易的办理流程 (domain §7), and the trial of 先使用后付费. The system ends what has run its days."""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.contracts import effects, guards
from triplehelix.market.contracts.access import BUYER, CITY, SELLER
from triplehelix.market.contracts.states import BEFORE_CONTRACT, TERMINATED_FROM
from triplehelix.records.steps.actions import SYSTEM

BOTH = (SELLER, BUYER)
AUTO = (SYSTEM, CITY)
#: What every step does: the sale stands first in its lists.
T = (effects.touch,)

FLOW = Workflow(
    "sale",
    start="checking",
    states=(
        State("checking", _("权属核查")),
        State("pricing", _("待定价")),
        State("noticing", _("价格公示中")),
        State("objected", _("公示有异议")),
        State("listed", _("挂牌中")),
        State("unsold", _("没有成交")),
        State("announced", _("公告中")),
        State("bidding", _("竞价中")),
        State("priced", _("待签合同")),
        State("signed", _("待登记")),
        State("registering", _("登记认定中")),
        State("registered", _("履约付款")),
        State("rewarding", _("收益分配公示")),
        State("reward_objected", _("分配有异议")),
        State("following", _("跟踪")),
        State("closed", _("已办结"), final=True),
        State("suspended", _("中止")),
        State("revoked", _("登记被撤销")),
        State("withdrawn", _("已撤回"), final=True),
        State("terminated", _("已终止"), final=True),
    ),
    steps=(
        Step("pass_rights", _("权属核查通过"), "checking", "pricing", CITY,
             (guards.rights_clear, guards.checked_by_another), T, SELLER),
        Step("publish_price", _("公示价格"), "pricing", "noticing", CITY,
             (guards.rights_clear, guards.made_public), T, BOTH),
        Step("object", _("收到异议"), "noticing", "objected", SYSTEM, (), T, (SELLER, CITY)),
        Step(
            "dismiss", _("异议不成立，继续公示"), "objected", "noticing", CITY, (guards.nothing_open,),
            (effects.make_up_time, *T), BOTH,
        ),
        Step(
            "uphold", _("异议成立，撤下公示"), "objected", "pricing", CITY, (guards.something_upheld,),
            (effects.drop_proposal, effects.close_public, *T), BOTH,
        ),
        Step(
            "end_notice", _("公示期满"), "noticing", "priced", AUTO,
            (guards.period_over, guards.unchanged, guards.not_assigned),
            (effects.close_public, *T), BOTH,
        ),
        Step(
            "renotice", _("撤下公示，重新定价"), ("noticing", "priced"), "pricing", (SELLER, CITY),
            (guards.with_reason, guards.agreed_price, guards.nothing_waiting),
            (effects.drop_proposal, effects.close_public, *T),
            (SELLER, BUYER, CITY),
        ),
        Step("list", _("挂牌"), "pricing", "listed", CITY, (guards.rights_clear, guards.made_public), T, SELLER),
        Step(
            "end_unsold", _("期满无人登记"), "listed", "unsold", AUTO, (guards.period_over, guards.no_bidder),
            (effects.close_public, *T), SELLER,
        ),
        Step(
            "end_single", _("期满一家登记，协议成交"), "listed", "priced", AUTO,
            (guards.period_over, guards.one_bidder, guards.not_assigned),
            (effects.take_only_bidder, effects.answer_bids, effects.close_public, *T), BOTH,
        ),
        Step(
            "end_several", _("期满多家登记，转竞价"), "listed", "bidding", AUTO,
            (guards.period_over, guards.several_bidders, guards.not_assigned),
            (effects.call_bidders, effects.close_public, *T), SELLER,
        ),
        Step("announce", _("发布公告"), "pricing", "announced", CITY, (guards.rights_clear, guards.made_public), T,
             SELLER),
        Step("record_result", _("登记成交结果"), ("announced", "bidding"), "priced", CITY,
             (guards.has_result, guards.not_assigned), (effects.answer_bids, effects.close_public, *T), BOTH),
        Step("fail", _("没有成交"), ("announced", "bidding"), "unsold", CITY, (guards.with_reason, guards.period_over),
             (effects.answer_bids, effects.close_public, *T), SELLER),
        Step("relist", _("延长挂牌"), "unsold", "listed", (SELLER, CITY), (guards.rights_clear, guards.made_public), T,
             (SELLER, CITY)),
        Step("reprice", _("重新决策定价"), "unsold", "pricing", (SELLER, CITY), (guards.with_reason,),
             (effects.drop_proposal, *T), (SELLER, CITY)),
        Step("sign", _("登记合同"), "priced", "signed", SELLER,
             (guards.has_buyer, guards.nobody_objects, guards.unchanged, guards.in_writing), T, (BUYER, CITY)),
        Step("submit_registration", _("提交合同登记"), ("signed", "revoked"), "registering", SELLER, (guards.applied,),
             T, CITY),
        Step("register", _("登记认定"), "registering", "registered", CITY,
             (guards.is_registered, guards.is_answered), T, BOTH),
        Step("refuse_registration", _("不予登记"), "registering", "signed", CITY,
             (guards.with_reason, guards.is_answered), T, BOTH),
        # Royalties arrive for years: they are shared from there, and the sale is then taken into following again.
        Step("publish_reward", _("公示收益分配"), ("registered", "following"), "rewarding", SELLER,
             (guards.sheet_out,), T),
        Step("object_reward", _("登记分配异议"), "rewarding", "reward_objected", SELLER, (guards.with_reason,), T,
             CITY),
        Step("dismiss_reward", _("分配异议不成立"), "reward_objected", "rewarding", SELLER, (guards.with_reason,), T),
        Step("redo_reward", _("撤下分配，重新制作"), ("rewarding", "reward_objected"), "registered", SELLER,
             (guards.with_reason,), (effects.void_reward, *T)),
        Step("end_reward", _("分配公示期满"), "rewarding", "registered", (SYSTEM, SELLER), (guards.reward_over,),
             (effects.finish_reward, *T), SELLER),
        Step("follow", _("转入跟踪"), "registered", "following", (SELLER, CITY),
             (guards.money_done, guards.shared_out), T, BOTH),
        Step("close", _("办结"), "following", "closed", CITY, (guards.followed, guards.money_done, guards.shared_out),
             T, BOTH),
        # The system does so with what was sold whole in another sale of the achievement.
        Step("suspend", _("中止"), BEFORE_CONTRACT[1:], "suspended", AUTO,
             (guards.with_reason, guards.nothing_waiting),
             (effects.answer_bids, effects.drop_proposal, effects.close_public, *T), BOTH),
        Step("resume", _("恢复，重新核查"), "suspended", "checking", CITY, (), T, BOTH),
        Step("revoke", _("撤销登记"), ("registered", "rewarding", "reward_objected", "following"), "revoked", CITY,
             (guards.with_reason, guards.is_revoked), (effects.void_reward, effects.no_landing, *T), BOTH),
        Step("withdraw", _("撤回"), (*BEFORE_CONTRACT, "suspended"), "withdrawn", (SELLER, CITY),
             (guards.with_reason, guards.nothing_waiting), (effects.answer_bids, effects.close_public, *T), BOTH),
        # Also one whose money will never arrive: it does not close as if it had. The system ends what is given back.
        Step("terminate", _("终止合同"), TERMINATED_FROM, "terminated",
             AUTO, (guards.with_reason,), (effects.no_landing, *T), BOTH),
    ),
)  # fmt: skip

#: Steps that rest on more than a sentence: they are taken by the action that records what they rest on.
BY_ACT = frozenset({"publish_price", "list", "announce", "record_result", "relist", "sign", "submit_registration",
                    "register", "refuse_registration", "publish_reward", "revoke"})  # fmt: skip

TRIAL = Workflow(
    "trial",
    start="using",
    states=(
        State("using", _("试用中")),
        State("triggered", _("已达到付款条件")),
        State("due", _("应付款"), final=True),
        State("returned", _("已退回"), final=True),
    ),
    steps=(
        Step("trigger", _("达到付款条件"), "using", "triggered", BOTH, (guards.with_reason,), (),
             (SELLER, BUYER, CITY)),
        Step("fall_due", _("确认付款"), "triggered", "due", (BUYER, *AUTO), (guards.unanswered,), (),
             (SELLER, BUYER, CITY)),
        Step("give_back", _("不再使用，退回"), ("using", "triggered"), "returned", BUYER, (guards.with_reason,), (),
             (SELLER, CITY)),
    ),
)  # fmt: skip
