"""A workflow cannot be built wrong, and everything derived from it agrees with it."""

import pytest

from triplehelix.foundation.workflow import State, Step, UnknownStep, Workflow, WorkflowError

STATES = (
    State("draft", "草稿"),
    State("review", "评审中"),
    State("done", "办结", final=True),
    State("refused", "不予", final=True),
)
STEPS = (
    Step("file", "提交", "draft", "review", "owner", tells="clerk"),
    Step("back", "退回", ("review",), "draft", {"clerk"}),
    Step("accept", "通过", ("review",), "done", ("clerk", "chief"), guards=(print,), effects=[print]),
    Step("refuse", "不予", ("draft", "review"), "refused", ("clerk",)),
)
FLOW = Workflow("case", "draft", STATES, STEPS)


def test_one_name_or_several_are_the_same_kind_of_value():
    step = FLOW["file"]
    assert (step.frm, step.by, step.tells) == (("draft",), frozenset({"owner"}), frozenset({"clerk"}))
    assert FLOW["accept"].effects == (print,)


def test_steps_are_found_and_offered():
    assert [s.code for s in FLOW.steps_from("review")] == ["back", "accept", "refuse"]
    assert [s.code for s in FLOW.offered("review", {"chief", "public"})] == ["accept"]
    assert FLOW.state("done").label == "办结"
    assert "file" in FLOW
    assert "pay" not in FLOW


def test_what_is_not_declared_is_an_error():
    with pytest.raises(UnknownStep, match="workflow case has no step 'pay'"):
        FLOW["pay"]
    with pytest.raises(KeyError):
        FLOW.steps_from("paid")
    with pytest.raises(KeyError):
        FLOW.state("paid")


def test_a_workflow_is_frozen():
    with pytest.raises(AttributeError):
        FLOW.start = "review"
    with pytest.raises(AttributeError):
        FLOW["file"].to = "done"
    assert hash(FLOW) == hash(Workflow("case", "draft", STATES, STEPS))


def test_the_matrix_is_every_state_step_and_relation():
    matrix = list(FLOW.matrix())
    assert len(matrix) == 4 * 4 * 3
    allowed = {(m.state.code, m.step.code, m.relation) for m in matrix if m.allowed}
    assert allowed == {
        ("draft", "file", "owner"),
        ("review", "back", "clerk"),
        ("review", "accept", "clerk"),
        ("review", "accept", "chief"),
        ("draft", "refuse", "clerk"),
        ("review", "refuse", "clerk"),
    }
    assert not any(m.allowed for m in FLOW.matrix(["public"]))


A, B, END = State("a", "A"), State("b", "B"), State("end", "End", final=True)


@pytest.mark.parametrize(
    "start, states, steps, code",
    [
        ("a", (A, B, END), (Step("go", "", "a", "end", "x"), Step("on", "", "b", "end", "x")), "unreachable"),
        ("a", (A, B), (Step("go", "", "a", "b", "x"),), "dead_end"),
        ("a", (A, END), (Step("go", "", "a", "end", ()),), "nobody"),
        ("a", (A, END), (Step("go", "", "a", "end", "x"), Step("up", "", "end", "a", "x")), "exit_from_final"),
        ("a", (A, END), (Step("go", "", (), "end", "x"), Step("do", "", "a", "end", "x")), "nowhere"),
        ("z", (A, END), (Step("go", "", "a", "end", "x"),), "unknown_state"),
        ("a", (A, END), (Step("go", "", "a", "end", "x"), Step("no", "", "a", "z", "x")), "unknown_state"),
        ("a", (A, A, END), (Step("go", "", "a", "end", "x"),), "twice"),
        ("a", (A, END), (Step("go", "", "a", "end", "x"), Step("go", "", "a", "end", "y")), "twice"),
        ("a", (A, END), (Step("Go!", "", "a", "end", "x"),), "code"),
        (
            "a",
            (A, B, END),
            (Step("go", "", "a", ("end"), "x"), Step("trap", "", "a", "b", "x"), Step("on", "", "b", "b", "x")),
            "no_end",
        ),
    ],
)
def test_a_wrong_declaration_is_named(start, states, steps, code):
    with pytest.raises(WorkflowError) as caught:
        Workflow("wrong", start, states, steps)
    assert code in [problem for problem, _sentence in caught.value.problems]


def test_only_a_step_that_corrects_leaves_a_final_state_and_it_is_no_way_of_its_own():
    go, back = Step("go", "", "a", "end", "x"), Step("back", "", "end", "a", "x", corrects=True)
    assert [step.code for step in Workflow("right", "a", (A, END), (go, back)).steps_from("end")] == ["back"]
    with pytest.raises(WorkflowError) as caught:  # what is reached by a correction alone is reached by nobody
        Workflow("wrong", "a", (A, B, END), (go, Step("back", "", "end", "b", "x", corrects=True)))
    assert {code for code, _sentence in caught.value.problems} == {"unreachable", "dead_end"}


def test_all_faults_are_listed_at_once():
    with pytest.raises(WorkflowError) as caught:
        Workflow("wrong", "a", (A, B, END), (Step("go", "", "a", "z", ()), Step("up", "", "end", "a", "x")))
    codes = {code for code, _sentence in caught.value.problems}
    assert codes == {"unknown_state", "nobody", "exit_from_final", "unreachable", "dead_end", "no_end"}
    assert str(caught.value).startswith("workflow wrong: ")


def test_a_workflow_may_go_round_for_ever():
    Workflow("listing", "a", (A, B), (Step("go", "", "a", "b", "x"), Step("back", "", "b", "a", "x")))
