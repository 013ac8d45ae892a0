"""引荐的办理流程 (domain §4 M5.1: match → meeting → intent → contract).

An intent is no contract: it is one way on the road to terms, and agreed terms are no contract either; the sale that is
opened afterwards (market.contracts) has one. The system counts an invitation nobody answered in time as unanswered; it
may still be answered then. A side says yes by `actions.accept`; the step is taken when the last one has.
"""

from django.utils.translation import gettext_lazy as _

from triplehelix.foundation.workflow import State, Step, Workflow
from triplehelix.market.introductions import effects, guards
from triplehelix.market.introductions.access import ACHIEVEMENT, ASKED, CITY, INVITER, MANAGER, NEED
from triplehelix.market.introductions.states import RUNNING, WAITING
from triplehelix.records.steps.actions import SYSTEM

SIDES = (NEED, ACHIEVEMENT)
PARTIES = (NEED, ACHIEVEMENT, MANAGER)
#: What every step between the two sides does (something has moved), and one that ends it.
T, END = (effects.touch,), (effects.touch, effects.end)

FLOW = Workflow(
    "introduction",
    start="invited",
    states=(
        State("invited", _("待答复")),
        State("unanswered", _("逾期没有答复")),
        State("accepted", _("已接受，待洽谈")),
        State("talking", _("洽谈中")),
        State("intended", _("已签意向（不是合同）")),
        State("negotiating", _("谈判中")),
        State("agreed", _("条款已谈定"), final=True),
        State("declined", _("已谢绝"), final=True),
        State("taken_back", _("已撤回"), final=True),
        State("broken_off", _("已终止"), final=True),
    ),
    steps=(
        Step("accept", _("接受引荐"), WAITING, "accepted", SIDES,
             (guards.everybody_agreed, guards.both_there, guards.both_known), (effects.open_contacts, *T), PARTIES),
        Step("decline", _("谢绝"), WAITING, "declined", ASKED, (guards.reason_given,), END, PARTIES),
        Step("expire", _("逾期没有答复"), "invited", "unanswered", SYSTEM, (guards.time_over,), (), (INVITER, MANAGER)),
        Step("ask_again", _("再次邀请"), "unanswered", "invited", (INVITER, MANAGER), (guards.may_ask_again,),
             (effects.ask, *T), ASKED),
        Step("take_back", _("撤回邀请"), WAITING, "taken_back", INVITER, (), END, PARTIES),
        Step("talk", _("开始洽谈"), "accepted", "talking", PARTIES, (guards.talk_held,), T),
        Step("untalk", _("洽谈登记有误"), "talking", "accepted", PARTIES, (guards.no_talk,), T),
        Step("sign_intent", _("签订意向"), "talking", "intended", PARTIES, (guards.intent_signed,), T, PARTIES),
        Step("unsign", _("意向书登记有误"), "intended", "talking", PARTIES, (guards.no_intent,), T),
        Step("negotiate", _("开始谈判"), ("accepted", "talking", "intended"), "negotiating", PARTIES,
             (guards.terms_proposed,), T, PARTIES),
        Step("agree", _("条款谈定"), "negotiating", "agreed", SIDES, (guards.same_terms,), END, (*PARTIES, CITY)),
        Step("break_off", _("终止"), RUNNING, "broken_off", PARTIES, (guards.break_given,), END, PARTIES),
    ),
)  # fmt: skip
