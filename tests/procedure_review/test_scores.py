"""Trimmed mean, voids, ties, flags: vectors by hand (domain §2.3) and what must hold for every panel."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplehelix.procedure.review.scores import (
    Score,
    ScoreError,
    ScoringRules,
    rank,
    result,
    trimmed,
    trimmed_mean,
    two_decimals,
    void,
)
from triplehelix.procedure.review.sheets import CHALLENGE, PROJECT, TALENT

PANELS = st.lists(st.integers(0, 100), min_size=5, max_size=15)


def scores(*totals, ties=(), refused=()):
    ties = ties or [20] * len(totals)
    return [
        Score(f"e{n}", value, tie, frozenset(refused[n - 1]) if refused else frozenset())
        for n, (value, tie) in enumerate(zip(totals, ties, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    "totals, mean",
    [
        ([92, 88, 85, 81, 60], "84.67"),
        ([60, 81, 92, 85, 88], "84.67"),
        ([70, 70, 70, 70, 70], "70.00"),
        ([0, 0, 0, 100, 100], "33.33"),
        ([90, 90, 80, 80, 70, 70], "80.00"),
        ([100, 90, 91, 91, 90, 91, 90, 91, 92, 0], "90.75"),
    ],
)
def test_vectors(totals, mean):
    assert trimmed_mean(totals) == Decimal(mean)


def test_the_vector_of_the_domain_untrimmed():
    got = result("c", scores(92, 88, 85, 81, 60), PROJECT)
    assert (got.mean, got.untrimmed, got.spread) == (Decimal("84.67"), Decimal("81.20"), 32)
    assert got.dropped == ("e5", "e1")
    assert got.fundable
    assert got.reconsider
    assert got.reasons == ("最高分与最低分相差 32 分，超过 20 分，建议复议",)


@pytest.mark.parametrize(
    "exact, shown",
    [(Fraction(84665, 1000), "84.67"), (Fraction(84664999, 1000000), "84.66"), (Fraction(1, 200), "0.01")],
)
def test_half_goes_up(exact, shown):
    assert two_decimals(exact) == Decimal(shown)


@given(PANELS)
def test_the_mean_lies_between_the_values_and_knows_no_order(totals):
    mean = trimmed(totals)
    assert min(totals) <= mean <= max(totals)
    kept = sorted(totals)[1:-1]
    assert kept[0] <= mean <= kept[-1]
    assert trimmed(list(reversed(totals))) == mean
    assert abs(Fraction(trimmed_mean(totals)) - mean) <= Fraction(1, 200)


@given(PANELS, st.data())
def test_one_expert_alone_cannot_push_the_mean_beyond_the_others(totals, data):
    """Whatever one expert gives, the mean stays within what the others gave: what the trimming is for."""
    others = sorted(totals)
    extreme = data.draw(st.sampled_from([0, 100]))
    assert others[0] <= trimmed([*others, extreme]) <= others[-1]


def test_too_few_scores_are_no_result():
    with pytest.raises(ScoreError) as told:
        trimmed_mean([90, 90, 90, 90])
    assert told.value.code == "too_few"
    got = result("c", scores(90, 80, 85, 82), PROJECT)
    assert (got.mean, got.short, got.fundable) == (None, 1, False)
    assert got.reasons == ("有效评分只有 4 份，不足 5 份，评审无效，需补充 1 名专家重新评审",)
    assert result("c", [], PROJECT).short == 5


def test_more_experts_are_asked_for_only_when_those_who_still_score_do_not_suffice():
    assert result("c", [], PROJECT, awaited=5).reasons == ("已交 0 份，待评 5 份",)
    assert result("c", scores(90, 80), PROJECT, awaited=2).reasons == (
        "已交 2 份，待评 2 份，交齐也不足 5 份，需补充 1 名专家",
    )


def test_a_voided_score_counts_no_more_and_the_size_is_checked_again():
    seven = scores(92, 88, 85, 81, 60, 75, 79)
    six = void(seven, "e5", "评审后发现与申报单位有任职关系")
    got = result("c", six, PROJECT)
    assert (got.valid, got.voided, got.spread) == (6, 1, 17)
    assert got.mean == Decimal("83.25")  # (79 + 81 + 85 + 88) / 4
    assert not got.reconsider
    five = void(void(six, "e1", "本人声明"), "e2", "本人声明")
    assert result("c", five, PROJECT).mean is None
    assert [s.void for s in seven] == [""] * 7, "the scores given stay as they were"


def test_a_void_needs_its_reason_and_its_expert():
    for expert, reason, code in (("e1", " ", "no_reason"), ("e9", "x", "unknown_expert")):
        with pytest.raises(ScoreError) as told:
            void(scores(70, 70, 70, 70, 70), expert, reason)
        assert told.value.code == code


@pytest.mark.parametrize("totals, fundable", [([70, 70, 70, 70, 0], True), ([69, 69, 70, 70, 70], False)])
def test_fundable_from_70(totals, fundable):
    """70 exactly may be funded; 69.67 (69, 70, 70) may not."""
    assert result("c", scores(*totals), PROJECT).fundable is fundable


def test_talent_from_75():
    assert not result("c", scores(74, 74, 74, 74, 74), TALENT).fundable
    assert result("c", scores(75, 75, 75, 75, 75), TALENT).fundable


@pytest.mark.parametrize("high, flag", [(90, False), (91, True)])
def test_more_than_twenty_points_apart_is_flagged(high, flag):
    assert result("c", scores(70, 75, 80, 85, high), PROJECT).reconsider is flag


def test_a_veto_holds_when_most_say_so():
    no, yes = {"full_time"}, set()
    refused = result("c", scores(90, 90, 90, 90, 90, refused=(no, no, no, yes, yes)), TALENT)
    assert not refused.fundable
    assert refused.reasons == ("申报人没有全职在岗的承诺，一票否决（5 名专家中 3 名认定）",)
    split = result("c", scores(90, 90, 90, 90, 90, refused=(no, no, yes, yes, yes)), TALENT)
    assert split.fundable
    assert split.reconsider
    assert "2 名选“否”" in split.reasons[0]
    half = result("c", scores(*[90] * 6, refused=(no, no, no, yes, yes, yes)), TALENT)
    assert (half.fundable, half.reconsider) == (True, True)


def test_a_missed_hard_indicator_refuses():
    sheet = CHALLENGE.with_indicators(["寿命 2 万小时", "噪声 40 分贝"])
    got = result("c", scores(*[95] * 5, refused=({"indicator_2"},) * 5), sheet)
    assert (got.mean, got.fundable) == (Decimal("95.00"), False)
    assert "噪声 40 分贝" in got.reasons[0]


def test_an_expert_scores_once_and_within_the_sheet():
    for bad, code in (([Score("a", 70), Score("a", 71)], "twice"), ([Score("a", 101)], "out_of_range")):
        with pytest.raises(ScoreError) as told:
            result("c", bad, PROJECT)
        assert told.value.code == code


def test_the_numbers_are_settings():
    rules = ScoringRules(least_valid=3, trim_from=7, widest_spread=5)
    got = result("c", scores(70, 76, 73), PROJECT, rules)
    assert (got.mean, got.dropped, got.reconsider) == (Decimal("73.00"), (), True)


def test_a_round_in_order():
    """31 and 12 share the mean: the tie item decides; 40 and 41 share both: the younger submission is first."""
    results = {
        12: result("a", scores(*[80] * 5, ties=[21] * 5), PROJECT),
        31: result("b", scores(*[80] * 5, ties=[22] * 5), PROJECT),
        7: result("c", scores(*[91] * 5), PROJECT),
        40: result("d", scores(*[75] * 5), PROJECT),
        41: result("e", scores(*[75] * 5), PROJECT),
        5: result("f", scores(*[60] * 5), PROJECT),
        2: result("g", scores(90, 90, 90, 90), PROJECT),
    }
    ranking = rank(results, places=3)
    lines = [(line.place, line.submission, line.decided_by, line.selected) for line in ranking.lines]
    assert lines == [
        (1, 7, "mean", True),
        (2, 31, "mean", True),
        (3, 12, "tie_item", True),
        (4, 41, "mean", False),
        (5, 40, "submission", False),
        (6, 5, "mean", False),
        (None, 2, "", False),
    ]
    assert not ranking.complete
    earlier = rank(results, places=3, later_first=False)
    assert [line.submission for line in earlier.lines][3:5] == [40, 41]
    assert [line.submission for line in rank(results).lines if line.selected] == [7, 31, 12, 41, 40]


@given(st.dictionaries(st.integers(1, 500), PANELS, max_size=12), st.randoms())
def test_a_ranking_is_one_order_whatever_comes_first(panels, random):
    results = {n: result(str(n), scores(*totals), PROJECT) for n, totals in panels.items()}
    shuffled = list(results.items())
    random.shuffle(shuffled)
    ranking = rank(dict(shuffled))
    assert ranking == rank(results)
    assert [line.place for line in ranking.lines] == list(range(1, len(panels) + 1))
    means = [line.result.mean for line in ranking.lines]
    assert means == sorted(means, reverse=True)
