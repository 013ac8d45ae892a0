"""The draw: lawful whenever a lawful panel exists, the same for the same seed, refused with the rule by name."""

import hashlib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triplehelix.procedure.review.draw import draw, lot_number, new_seed
from triplehelix.procedure.review.panel import Candidate, NoPanel, PanelRules, breaches, possible

HALF = Fraction(1, 2)
LOCAL_RULES = PanelRules(finance_least=1, outside_share=HALF)


def pool_of(count, *, units=12, outside=2, finance=5):
    """Every `outside`-th from outside the city, every `finance`-th a finance expert, units in turn."""
    return [
        Candidate(f"e{n:02}", f"单位{n % units}", outside=n % outside == 0, finance=n % finance == 0)
        for n in range(count)
    ]


CANDIDATES = st.builds(
    Candidate,
    id=st.uuids().map(str),
    unit=st.sampled_from("甲乙丙丁戊己庚"),
    outside=st.booleans(),
    finance=st.booleans(),
    discipline=st.sampled_from(["机械", "化工"]),
)
POOLS = st.lists(CANDIDATES, min_size=15, max_size=40, unique_by=lambda c: c.id)
RULES = st.builds(
    PanelRules,
    size=st.sampled_from([7, 9]),
    meeting=st.booleans(),
    finance_least=st.integers(0, 2),
    outside_share=st.sampled_from([Fraction(0), HALF]),
    pool_factor=st.integers(1, 3),
    disciplines=st.sampled_from([frozenset(), frozenset({"机械"})]),
)


def refused(pool, rules, **more):
    with pytest.raises(NoPanel) as told:
        draw(pool, rules, "seed", **more)
    return told.value


@pytest.mark.parametrize(
    "size, meeting, says", [(4, False, "不少于 5"), (6, False, "单数"), (5, True, "不少于 7"), (8, True, "单数")]
)
def test_panels_are_odd_and_large_enough(size, meeting, says):
    with pytest.raises(NoPanel, match=says) as told:
        PanelRules(size=size, meeting=meeting)
    assert told.value.rules == ("size",)


@pytest.mark.parametrize("size, unit_most, outside_least", [(5, 1, 3), (7, 2, 4), (9, 3, 5), (11, 3, 6)])
def test_thirds_and_halves(size, unit_most, outside_least):
    rules = PanelRules(size=size, outside_share=HALF)
    assert (rules.unit_most, rules.outside_least) == (unit_most, outside_least)


@settings(max_examples=150)
@given(POOLS, RULES, st.text(max_size=20), st.randoms())
def test_every_drawn_panel_meets_all_rules_and_is_drawn_again(pool, rules, seed, random):
    try:
        got = draw(pool, rules, seed)
    except NoPanel as no:
        assert no.rules
        free = [one for one in pool if rules.fits(one)]
        assert len(free) < rules.pool_factor * rules.size or not possible([], free, rules)
        return
    by_id = {one.id: one for one in pool}
    assert breaches([by_id[id] for id in got.panel], rules) == []
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert draw(shuffled, rules, seed) == got


SMALL = st.lists(
    st.builds(
        Candidate,
        id=st.uuids().map(str),
        unit=st.sampled_from("甲乙丙丁戊"),
        outside=st.booleans(),
        finance=st.booleans(),
    ),
    min_size=4,
    max_size=9,
    unique_by=lambda c: c.id,
)


@settings(max_examples=150)
@given(SMALL, st.integers(0, 2), st.sampled_from([Fraction(0), HALF]), st.integers(0, 2))
def test_possible_says_what_trying_every_panel_says(pool, finance, share, taken):
    """The exact test beside brute force, with some seats already taken."""
    rules = PanelRules(size=5, finance_least=finance, outside_share=share)
    held, rest = pool[:taken], pool[taken:]
    brute = any(not breaches([*held, *more], rules) for more in combinations(rest, rules.size - taken))
    assert possible(held, rest, rules) is brute


def test_another_seed_gives_another_panel_and_everybody_a_chance():
    pool = pool_of(30)
    panels = [draw(pool, LOCAL_RULES, f"seed {n}").panel for n in range(60)]
    assert len(set(panels)) > 55
    drawn = Counter(id for panel in panels for id in panel)
    assert set(drawn) == {one.id for one in pool}


def test_a_lot_can_be_checked_with_any_tool():
    assert lot_number("甲", "e1") == hashlib.sha256("甲\ne1".encode()).hexdigest()
    got = draw(pool_of(30), LOCAL_RULES, "甲")
    lots = [line.lot for line in got.log]
    assert lots == sorted(lots)
    assert [line.lot == lot_number("甲", line.expert) for line in got.log] == [True] * len(lots)
    assert len(new_seed()) == 32
    assert new_seed() != new_seed()


def test_the_log_tells_who_was_passed_over_and_why():
    pool = pool_of(30)
    got = draw(pool, LOCAL_RULES, "s", barred={"e03": "任职回避"})
    assert "e03" not in got.panel
    outcomes = {line.expert: (line.outcome, line.why) for line in got.log}
    everyone = draw(pool_of(15, units=15, outside=1, finance=15), replace(LOCAL_RULES, outside_share=Fraction(0)), "x")
    assert everyone.panel[-1] in [line.expert for line in everyone.log if line.outcome == "taken"]
    assert [id for id, (outcome, _) in outcomes.items() if outcome == "taken"] == list(got.panel)
    assert all(why for outcome, why in outcomes.values() if outcome in ("skipped", "barred"))
    assert got.as_data()["log"][0]["number"] == 1


def test_the_last_seat_waits_for_the_only_finance_expert():
    """One finance expert among 30: taken in every draw, and the log says for whom the seat was kept."""
    pool = [Candidate(f"e{n:02}", f"单位{n}", outside=True, finance=n == 17) for n in range(30)]
    rules = PanelRules(finance_least=1)
    why = set()
    for n in range(20):
        got = draw(pool, rules, f"s{n}")
        assert "e17" in got.panel
        why |= {line.why for line in got.log if line.outcome == "skipped"}
    assert why == {"余下的席位须留给财务专家 1 名"}


def test_the_pool_digest_knows_everything_but_the_order():
    pool = pool_of(30)
    base = draw(pool, LOCAL_RULES, "s").pool_digest
    assert draw(pool[::-1], LOCAL_RULES, "s").pool_digest == base
    assert draw(pool[:-1], LOCAL_RULES, "s").pool_digest != base
    assert draw([replace(pool[0], unit="别处"), *pool[1:]], LOCAL_RULES, "s").pool_digest != base
    assert draw(pool, replace(LOCAL_RULES, pool_factor=2), "s").pool_digest != base
    assert draw(pool, LOCAL_RULES, "s", barred={"e01": "x"}).pool_digest != base


def test_a_replacement_is_a_new_draw_that_keeps_the_rest():
    pool = pool_of(30)
    first = draw(pool, LOCAL_RULES, "first")
    by_id = {one.id: one for one in pool}
    leaver, *stay = first.panel
    keep = [by_id[id] for id in stay]
    again = draw(pool, LOCAL_RULES, "second", barred={leaver: "评审中发现利益关系"}, keep=keep)
    assert again.panel[:4] == tuple(stay)
    assert again.panel[4] not in first.panel
    assert breaches([by_id[id] for id in again.panel], LOCAL_RULES) == []
    assert [line.outcome for line in again.log][:4] == ["kept"] * 4


def test_kept_members_must_be_lawful_themselves():
    pool = pool_of(30)
    assert refused(pool, LOCAL_RULES, barred={"e01": "x"}, keep=[pool[1]]).rules == ("kept",)
    same_unit = [pool[0], pool[12]]
    no = refused(pool, LOCAL_RULES, keep=same_unit)
    assert no.rules == ("kept",)
    assert "单位0" in no.message
    assert refused(pool, LOCAL_RULES, keep=[pool[0], pool[0]]).rules == ("kept",)


def test_a_small_pool_is_refused_with_numbers():
    no = refused(pool_of(15), PanelRules(), barred={"e01": "x"})
    assert no.rules == ("pool",)
    assert no.message == "专家库不够大：抽取 5 名专家，备选应不少于 15 名（每席 3 名），扣除回避后只有 14 名"
    assert len(draw(pool_of(15), PanelRules(), "s").panel) == 5


def test_no_finance_expert():
    no = refused(pool_of(30, finance=99)[1:], LOCAL_RULES)
    assert no.rules == ("finance",)
    assert "需要财务专家 1 名，可抽取的只有 0 名" in no.message


def test_too_few_from_outside():
    no = refused(pool_of(30, outside=15), LOCAL_RULES)
    assert no.rules == ("outside",)
    assert "需要市外专家 3 名，可抽取的只有 2 名" in no.message


def test_too_few_units():
    no = refused(pool_of(30, units=4), LOCAL_RULES)
    assert no.rules == ("unit",)
    assert "同一单位不超过 1 名，4 个单位最多只能出 4 名，还需 5 名" in no.message


def test_rules_that_only_fail_together_are_named():
    """Finance experts and outside experts are enough, but sit in the same three units of which one may come each."""
    pool = [Candidate(f"o{n}", f"外{n % 3}", outside=True) for n in range(9)]
    pool += [Candidate(f"f{n}", "外0", finance=True) for n in range(3)]
    pool += [Candidate(f"p{n}", f"内{n % 3}") for n in range(9)]
    no = refused(pool, LOCAL_RULES)
    assert no.rules == ("together", "finance", "outside", "unit")
    assert "财务专家人数、市外专家比例、同一单位比例不能同时满足" in no.message


def test_disciplines_bind_all_but_finance_experts():
    pool = [replace(one, discipline="化工" if n % 2 else "机械") for n, one in enumerate(pool_of(40, outside=1))]
    rules = replace(LOCAL_RULES, disciplines=frozenset({"机械"}))
    got = draw(pool, rules, "s")
    by_id = {one.id: one for one in pool}
    assert all(by_id[id].discipline == "机械" or by_id[id].finance for id in got.panel)
    assert {line.why for line in got.log if line.outcome == "barred"} <= {"不属于评审学科"}


def test_one_id_is_one_expert():
    pool = pool_of(30)
    assert draw([*pool, *pool], LOCAL_RULES, "s") == draw(pool, LOCAL_RULES, "s")
    assert refused([*pool, replace(pool[3], unit="别处")], LOCAL_RULES).rules == ("pool",)
