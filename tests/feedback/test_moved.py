"""One judged pair moves at once: by how much, by hand and for any scores."""

from hypothesis import given
from hypothesis import strategies as some

from triplehelix.matching.feedback.moved import moved

SCORES = some.floats(-10, 30)
LINES = some.floats(3, 9)


def test_by_hand():
    # The line is 5, a step 1.5.
    assert [moved(6.0, 5.0, level) for level in (None, 1, 2, 3, 4)] == [6.0, 2.0, 4.5, 7.5, 9.0]
    assert [moved(1.0, 5.0, level) for level in (None, 1, 2, 3, 4)] == [1.0, -2.0, -0.5, 2.5, 8.0]


@given(SCORES, LINES)
def test_a_higher_level_never_ranks_lower_and_the_ends_cross_the_line(score, line):
    found = [moved(score, line, level) for level in (1, 2, 3, 4)]
    assert found == sorted(found)
    assert found[0] < line < found[3]


@given(SCORES, SCORES, LINES, some.sampled_from([None, 1, 2, 3, 4]))
def test_between_two_of_one_level_the_score_decides(one, other, line, level):
    low, high = sorted((one, other))
    assert moved(low, line, level) <= moved(high, line, level)
