"""Each procedure as people would check it, against what the declarations make of it."""

import pytest

from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.terms.finds import pack

#: Who alone may take a step, wherever it is.
ONLY = {
    "decide": {"clerk"}, "accept": {"clerk"}, "recommend": {"county"}, "confirm": {"applicant"},
    "order": {"finance", "clerk"}, "pay_stage": {"finance", "clerk"}, "withdraw": {"applicant"},
    "clawed": {"finance", "system"}, "evaluate": {"applicant"}, "sign": {"clerk"}, "publish_notice": {"clerk"},
    "new_account": {"applicant"}, "lapse": {"system"},
}  # fmt: skip
FLOWS = [(award.code, lane, award.parts) for award in pack().awards for lane in award.lanes]


@pytest.mark.parametrize(("code", "lane", "parts"), FLOWS, ids=[f"{code}-{lane}" for code, lane, _parts in FLOWS])
def test_what_nobody_may_do_in_any_procedure(code, lane, parts):
    """By hand, against what the declarations make: money and decisions are the offices', consent is the firm's."""
    flow = flow_of(lane, parts)
    may = {step.code: step.by for step in flow.steps}
    assert may["paid" if "paid" in may else "finish"] <= {"system", "clerk"}
    for step, by in ONLY.items():
        assert may.get(step, by) == by, step
    assert not any("auditor" in by or "public" in by for by in may.values())
    # Nobody is paid before a notice has ended.
    before = {state for state in (s.code for s in flow.states) if state not in ("paying", "running", "agreeing")}
    assert {step.code for step in flow.steps if step.to in ("paying", "agreeing") and set(step.frm) & before} <= {
        "end_notice", "new_account",
    }  # fmt: skip
    assert all(not flow.steps_from(state.code) for state in flow.states if state.final)


def test_the_states_of_the_three_kinds_of_procedure():
    grant = pack().award("M3.2-city-grant")
    assert [s.code for s in flow_of("ordinary", grant.parts).states][:14] == [
        "draft", "unit_review", "recommending", "accepting", "correcting", "checking", "reviewing", "deciding",
        "noticing", "on_notice", "objected", "agreeing", "running", "pay_returned",
    ]  # fmt: skip
    award = pack().award("M5.4")
    assert [s.code for s in flow_of("entitled", award.parts).states] == [
        "screening", "held", "confirming", "noticing", "on_notice", "objected", "paying", "pay_returned", "closed",
        "clawing", "archived", "rejected", "withdrawn", "clawed",
    ]  # fmt: skip
