"""The trail alone tells where every case of the demo city stands; each procedure as people would check it."""

import pytest
from django.utils import timezone

from triplehelix.config.paths import ROOT
from triplehelix.doors.cli import city
from triplehelix.fund import check
from triplehelix.procedure.cases.flow import flow_of
from triplehelix.procedure.cases.models import Case
from triplehelix.procedure.terms.finds import pack
from triplehelix.records.trail.models import Entry


@pytest.mark.django_db
def test_replaying_the_trail_gives_the_stored_state(tmp_path, settings):
    settings.VAR = tmp_path
    city.load(ROOT / "demo", now=timezone.now())
    cases = list(Case.objects.all())
    assert len(cases) > 20
    for case in cases:
        rows = Entry.objects.filter(subject_kind=Case.kind, subject_id=str(case.pk)).order_by("n")
        state, version = "screening" if case.lane == "entitled" else "draft", 1
        for row in rows:
            if "from" in row.data and "to" in row.data and isinstance(row.data["to"], str):
                assert row.data["from"] == state, (case, row.verb)
                assert state in case.workflow[row.verb].frm
                state = row.data["to"]
            version = row.data.get("version", version)
        assert (state, version) == (case.state, case.version), case
    states = {case.state for case in cases}
    wanted = "draft unit_review recommending accepting correcting checking reviewing agreeing running evaluating"
    wanted += " rejected terminated confirming held noticing on_notice objected paying pay_returned closed"
    assert set(wanted.split()) <= states
    assert check.problems() == []


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
