"""Owns: the only writers of rounds, cases and milestones: keyword-only, atomic, recorded.
May use: procedure.cases, procedure.terms, fund, fund.actions, policy, records, foundation.
Used by: procedure, programmes, doors.
"""

from triplehelix.procedure.cases.actions.applying import (
    begin,
    evaluate,
    open_by_decision,
    refill,
    set_account,
    start,
    write,
)
from triplehelix.procedure.cases.actions.barring import bar, lift_bar
from triplehelix.procedure.cases.actions.demanding import (
    change_demand,
    demand_back,
    lift_demand,
    record_refund,
    void_refund,
)
from triplehelix.procedure.cases.actions.extending import extend
from triplehelix.procedure.cases.actions.handling import (
    confirm_facts,
    correct_facts,
    not_shared,
    share_pool,
    sign_agreement,
)
from triplehelix.procedure.cases.actions.milestones import (
    keep_proof,
    pass_milestone,
    plan_milestones,
    submit_proof,
    unpass_milestone,
)
from triplehelix.procedure.cases.actions.money import answer_batch, left_out, misdirected, send_batch, take_by_system
from triplehelix.procedure.cases.actions.ordering import order_all
from triplehelix.procedure.cases.actions.papers import add_paper, keep_paper, take_back_paper
from triplehelix.procedure.cases.actions.periods import set_missing_days
from triplehelix.procedure.cases.actions.rejudging import rejudge
from triplehelix.procedure.cases.actions.rounds import change_round, has_factor, open_round

__all__ = [
    "add_paper",
    "answer_batch",
    "bar",
    "begin",
    "change_demand",
    "change_round",
    "confirm_facts",
    "correct_facts",
    "demand_back",
    "evaluate",
    "extend",
    "has_factor",
    "keep_paper",
    "keep_proof",
    "left_out",
    "lift_bar",
    "lift_demand",
    "misdirected",
    "not_shared",
    "open_by_decision",
    "open_round",
    "order_all",
    "pass_milestone",
    "plan_milestones",
    "record_refund",
    "refill",
    "rejudge",
    "send_batch",
    "set_account",
    "set_missing_days",
    "share_pool",
    "sign_agreement",
    "start",
    "submit_proof",
    "take_back_paper",
    "take_by_system",
    "unpass_milestone",
    "void_refund",
    "write",
]
