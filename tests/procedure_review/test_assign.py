"""Assignment: never a conflict, never over the load, every panel lawful, the most expertise, and why not."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triplehelix.procedure.review.assign import NoAssignment, Reviewer, assign
from triplehelix.procedure.review.panel import Candidate, PanelRules, breaches

FIVE = PanelRules()
STRICT = PanelRules(finance_least=1, outside_share=Fraction(1, 2))


def people(count, most=3, **kinds):
    return [
        Reviewer(Candidate(f"r{n:02}", f"单位{n}", **{k: v(n) for k, v in kinds.items()}), most) for n in range(count)
    ]


def refused(*args, **more):
    with pytest.raises(NoAssignment) as told:
        assign(*args, **more)
    return told.value


def test_the_best_five_are_taken():
    skill = {(f"r{n:02}", "c"): n / 10 for n in range(8)}
    got = assign(people(8), {"c": FIVE}, skill)
    assert got.panels == {"c": ("r03", "r04", "r05", "r06", "r07")}
    assert got.expertise == pytest.approx(2.5)
    assert (got.optimal, got.bound) == (True, got.expertise)
    assert got.loads["r07"] == 1
    assert got.loads["r00"] == 0


def test_a_conflict_is_hard_however_expert():
    skill = {("r07", "c"): 1.0}
    got = assign(people(8), {"c": FIVE}, skill, {("r07", "c")})
    assert "r07" not in got.panels["c"]
    assert got.expertise == 0


def test_loads_move_experts_to_where_they_count_most():
    """r00 to r04 know both cases, c2 better; each takes one case only, so c1 gets the other five."""
    skill = {(f"r{n:02}", c): v for n in range(5) for c, v in (("c1", 0.8), ("c2", 0.9))}
    got = assign(people(10, most=1), {"c1": FIVE, "c2": FIVE}, skill)
    assert got.panels["c2"] == ("r00", "r01", "r02", "r03", "r04")
    assert set(got.loads.values()) == {1}


POPULATION = st.lists(
    st.builds(
        Candidate,
        id=st.uuids().map(str),
        unit=st.sampled_from("甲乙丙丁戊己庚辛"),
        outside=st.booleans(),
        finance=st.booleans(),
    ),
    min_size=12,
    max_size=24,
    unique_by=lambda c: c.id,
)


@settings(max_examples=40)
@given(POPULATION, st.data())
def test_every_assignment_is_lawful_and_found_again(population, data):
    loads = data.draw(st.lists(st.integers(0, 3), min_size=len(population), max_size=len(population)))
    reviewers = [Reviewer(c, most) for c, most in zip(population, loads, strict=True)]
    cases = {f"c{n}": data.draw(st.sampled_from([FIVE, STRICT])) for n in range(data.draw(st.integers(1, 4)))}
    pairs = sorted(product((c.id for c in population), cases))
    barred = data.draw(st.sets(st.sampled_from(pairs), max_size=len(pairs) // 3))
    skill = {pair: data.draw(st.integers(0, 10)) / 10 for pair in pairs[::2]}
    try:
        got = assign(reviewers, cases, skill, barred)
    except NoAssignment as no:
        assert no.rules != ("effort",)
        assert no.lines
        return
    by_id = {c.id: c for c in population}
    for case, panel in got.panels.items():
        assert breaches([by_id[id] for id in panel], cases[case]) == []
        assert not {(id, case) for id in panel} & barred
    for reviewer in reviewers:
        assert sum(reviewer.candidate.id in panel for panel in got.panels.values()) <= reviewer.most
    again = assign(reviewers[::-1], dict(reversed(cases.items())), dict(reversed(skill.items())), sorted(barred))
    assert again == got


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10), min_size=7, max_size=7), st.lists(st.integers(0, 10), min_size=7, max_size=7))
def test_nothing_better_exists(one, two):
    """Beside trying every pair of panels: seven reviewers, two cases, two of them free for one case only."""
    reviewers = [replace(r, most=1 if n < 2 else 2) for n, r in enumerate(people(7))]
    skill = {(f"r{n:02}", c): v / 10 for c, values in (("c1", one), ("c2", two)) for n, v in enumerate(values)}
    best = max(
        sum(one[n] for n in a) + sum(two[n] for n in b)
        for a in combinations(range(7), 5)
        for b in combinations(range(7), 5)
        if not {0, 1} & set(a) & set(b)
    )
    assert assign(reviewers, {"c1": FIVE, "c2": FIVE}, skill).expertise == pytest.approx(best / 10)


def test_a_case_without_its_kind_of_expert_is_named():
    reviewers = people(10, outside=lambda n: True)
    no = refused(reviewers, {"甲项目": FIVE, "乙项目": STRICT}, {})
    assert no.rules == ("finance",)
    assert no.lines == ("项目“乙项目”：抽不出符合规则的专家组：需要财务专家 1 名，可抽取的只有 0 名",)


def test_conflicts_that_leave_too_few_are_told():
    barred = {(f"r{n:02}", "c") for n in range(3)}
    no = refused(people(7), {"c": FIVE}, {}, barred)
    assert no.rules == ("seats",)
    assert "还需 5 名专家，可抽取的只有 4 名" in no.message


def test_loads_too_small_say_how_much_is_missing():
    no = refused(people(7, most=1), {"c1": FIVE, "c2": FIVE}, {})
    assert no.rules == ("load",)
    assert no.lines == ("专家共需 10 席，承担上限合计 7 席，差 3 席",)


def test_the_one_finance_expert_cannot_be_everywhere():
    reviewers = people(12, most=2, finance=lambda n: n == 0, outside=lambda n: True)
    reviewers[0] = replace(reviewers[0], most=1)
    no = refused(reviewers, {"c1": STRICT, "c2": STRICT}, {})
    assert no.rules == ("load",)
    assert no.lines == ("财务专家共需 2 席，承担上限合计 1 席，差 1 席",)


def test_when_the_totals_would_do_the_case_left_short_is_named():
    """c1 and c2 share their only finance expert, who takes one; the other finance experts may judge c3 alone."""
    reviewers = people(18, most=1, finance=lambda n: n < 3, outside=lambda n: True)
    barred = {(f"r{n:02}", c) for n in (1, 2) for c in ("c1", "c2")}
    no = refused(reviewers, {"c1": STRICT, "c2": STRICT, "c3": STRICT}, {}, barred)
    assert no.rules == ("load",)
    assert [line.split("”")[1] for line in no.lines] == ["还缺 1 名财务专家"]
    assert no.lines[0].startswith(("项目“c1”", "项目“c2”"))


@pytest.mark.parametrize(
    "reviewers, skill, says",
    [
        (people(5) + people(1), {}, "重复"),
        ([replace(people(1)[0], most=-1)], {}, "不能为负"),
        (people(5), {("r00", "c"): float("nan")}, "0 至 1"),
        (people(5), {("r00", "c"): 1.5}, "0 至 1"),
    ],
)
def test_wrong_input_is_refused(reviewers, skill, says):
    no = refused(reviewers, {"c": FIVE}, skill)
    assert no.rules == ("data",)
    assert says in no.message


def test_no_case_needs_nobody():
    assert assign(people(3), {}, {}).panels == {}


def test_a_round_of_forty_cases_is_solved_to_the_end():
    reviewers = [
        Reviewer(Candidate(f"r{n:03}", f"单位{n % 30}", outside=n % 3 > 0, finance=n % 6 == 0), 4) for n in range(100)
    ]
    cases = {f"c{n:02}": STRICT for n in range(40)}
    skill = {
        (r.candidate.id, c): (i * 37 + j * 91) % 101 / 100 for i, r in enumerate(reviewers) for j, c in enumerate(cases)
    }
    barred = {(r.candidate.id, c) for i, r in enumerate(reviewers) for j, c in enumerate(cases) if (i + j) % 17 == 0}
    got = assign(reviewers, cases, skill, barred)
    assert not {(id, case) for case, panel in got.panels.items() for id in panel} & barred
    assert got.optimal


def test_the_solver_leaves_ctrl_c_to_the_program():
    """It used to set SIGINT back to its default, which kills a program without putting its children away."""
    program = (
        "import signal, os, time\n"
        "from triplehelix.procedure.review.assign import Reviewer, assign\n"
        "from triplehelix.procedure.review.panel import Candidate, PanelRules\n"
        "people = [Reviewer(Candidate(str(n), f'u{n}'), 3) for n in range(7)]\n"
        "assign(people, {'a': PanelRules()}, {})\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\n"
        "except KeyboardInterrupt:\n    raise SystemExit(130)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 130
