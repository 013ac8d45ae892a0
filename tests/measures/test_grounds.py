"""What a condition stands on: words of the clause, or a rule that is named; never our proposal under the clause."""

import pytest

from tests.measures.test_policy_words import clauses
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load

PACK = load("triplehelix.measures.liaocheng")
#: By hand: every condition that claims to be the policy's own, and the words of the clause that say it.
WORDS = {
    ("M1.1", "in_city"): ("六（二）", "支持我市企业与高校院所建设的研发平台"),
    ("M1.1", "joint"): ("一（一）", "校企联合共建"),
    ("M2.1", "in_city"): ("六（二）", "支持我市企业与高校院所"),
    ("M2.3-match", "in_city"): ("六（二）", "人才引进等合作"),
    ("M2.3-startup", "in_city"): ("二（三）", "落户聊城"),
    ("M2.4", "in_city"): ("六（二）", "人才引进等合作"),
    ("M3.1", "in_city"): ("六（二）", "支持我市企业"),
    ("M3.1", "leads"): ("三（一）", "企业牵头承担"),
    ("M3.1", "joint"): ("三（一）", "联合高校、科研机构"),
    ("M3.2-national", "award_only"): ("三（二）", "省财政奖励同等额度"),
    ("M3.2-national", "for_project"): ("三（二）", "承担国家科技重大专项"),
    ("M3.2-city-grant", "in_city"): ("六（二）", "支持我市企业"),
    ("M3.2-city-grant", "joint"): ("三（二）", "产学研合作项目"),
    ("M3.2-city-challenge", "in_city"): ("六（二）", "支持我市企业"),
    ("M3.2-city-post", "in_city"): ("六（二）", "支持我市企业"),
    ("M3.2-city-post", "joint"): ("三（二）", "产学研合作项目"),
    ("M5.4", "above_scale"): ("五（四）", "规上企业"),
}


def checks():
    """Each condition as the answer to the award's first sound case says it."""
    for award in PACK.awards:
        example = next(one for one in award.examples if one.granted_fen is not None)
        for check in decide(award, example.facts, award.day_of(example), example.decided).checks:
            if check.code != "way":
                yield (award.code, check.code), check


CHECKS = dict(checks())


def test_every_condition_is_asked():
    assert CHECKS.keys() == {(award.code, one.code) for award in PACK.awards for one in award.conditions}


def test_a_condition_that_claims_the_policy_has_words_in_it():
    assert {key for key, check in CHECKS.items() if check.mark == "policy"} == WORDS.keys()
    for key, (ref, words) in WORDS.items():
        assert words in clauses()[ref], key
        assert CHECKS[key].source in ("", ref), key
        assert CHECKS[key].source or CHECKS[key].clause == ref, key


@pytest.mark.parametrize("key", [key for key in CHECKS if key not in WORDS], ids="·".join)
def test_any_other_says_what_it_stands_on(key):
    check = CHECKS[key]
    assert check.mark in ("found", "assumed", "decided")
    assert check.source.strip()


def test_the_half_of_ninety_percent_is_ours():
    """鲁政办字〔2023〕155号 says 90 % for province and city together, and not whose part is how large (domain §4.1)."""
    spec = PACK.terms["loss_city_share_early"]
    assert spec.source.endswith("只写省市合计最高 90%，各半是本平台建议值")
