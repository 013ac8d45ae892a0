"""The rule of an award as data: wording does not change it, the law does."""

import json
from dataclasses import replace

import pytest

from triplehelix.foundation.money import Fen
from triplehelix.policy import declared
from triplehelix.policy.expression import const
from triplehelix.policy.registry import load

PACK = load("triplehelix.measures.liaocheng")


@pytest.mark.parametrize("award", PACK.awards, ids=lambda award: award.code)
def test_every_award_can_be_said_as_data(award):
    data = declared.as_data(award)
    assert json.loads(json.dumps(data)) == data and len(award.declaration) == 64


def test_no_two_awards_have_one_digest():
    assert len({award.declaration for award in PACK.awards}) == len(PACK.awards)


def test_words_are_not_the_law_and_amounts_conditions_and_terms_are():
    award = PACK.award("M5.2-interest")
    assert replace(award, name="别的名称", notes=("说明",), materials=()).declaration == award.declaration
    others = [
        replace(award, amount=const(Fen(1))),
        replace(award, conditions=award.conditions[1:]),
        replace(award, once_per="matter"),
        replace(award, facts=(*award.facts, *PACK.award("M5.3").facts)),
    ]
    assert len({one.declaration for one in [award, *others]}) == 5


def test_a_part_nobody_has_thought_of_is_not_left_out():
    with pytest.raises(TypeError):
        declared._plain(object())


def test_the_pack_says_its_edition():
    assert PACK.edition == "征求意见稿"


def test_a_cap_over_a_chapter_is_the_same_law_when_the_chapter_has_grown():
    """Cases in hand go on; what counts is counted over all of them."""
    yunze = load("tests.packs.yunze")
    award = yunze.award("M6.24")
    (rule,) = award.earlier
    assert rule.awards == ("M6.25",) and yunze.award("M6.25").earlier[0].awards == ("M6.24",)
    grown = replace(award, earlier=(replace(rule, awards=("M6.25", "M6.26")),))
    assert grown.declaration == award.declaration
    assert replace(award, earlier=(replace(rule, among=""),)).declaration != award.declaration
