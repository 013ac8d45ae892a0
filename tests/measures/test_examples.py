"""Every case worked by hand in the declarations, through `decide`, and through the column code beside it."""

import json
from datetime import date

import pytest

from tests.policy.columns import batch_of
from triplehelix.__main__ import main
from triplehelix.foundation.dated import Undecided
from triplehelix.policy.decision import decide
from triplehelix.policy.registry import load

PACK = load("triplehelix.measures.liaocheng")
CASES = [
    pytest.param(award, example, id=f"{award.code}:{example.title}")
    for award in PACK.awards
    for example in award.examples
]


@pytest.mark.parametrize(("award", "example"), CASES)
def test_worked_example(award, example):
    found = decide(award, example.facts, award.day_of(example), example.decided)
    assert found.granted == example.granted_fen
    assert tuple(check.code for check in found.refused) == example.refused
    assert tuple(question.code for question in found.open) == example.open
    assert example.way in ("", found.way)
    if example.shares:
        assert {share.id: share.fen for share in found.shares} == dict(example.shares)
    if award.shared and found.granted is not None:
        assert sum(share.fen for share in found.shares) == found.granted


@pytest.mark.parametrize(("award", "example"), CASES)
def test_the_column_code_says_the_same(award, example):
    if example.open:
        with pytest.raises(Undecided):
            batch_of(award, [example.facts], example)
        return
    found = batch_of(award, [example.facts] * 3, example)
    assert found.granted.tolist() == [example.granted_fen or 0] * 3
    assert found.is_refused.tolist() == [bool(example.refused)] * 3


def test_the_pack_has_the_twenty_measures():
    counts = dict.fromkeys("123456", 0)
    for measure in PACK.measures:
        counts[measure.code[1]] += 1
    assert counts == {"1": 3, "2": 4, "3": 2, "4": 3, "5": 4, "6": 4}


def test_what_the_policy_leaves_open_is_open():
    """Domain §0, 8: nothing is computed from these before the office has decided."""
    open_terms = {code for code, spec in PACK.terms.items() if spec.question}
    assert {"talent_ratio", "manager_reward", "landed_rate", "platform_support"} <= open_terms


def test_nothing_assumed_is_called_official():
    for spec in PACK.terms.values():
        assert spec.mark in ("policy", "found", "assumed")
        assert spec.settable == (spec.mark != "policy")


@pytest.mark.parametrize("award", PACK.awards, ids=lambda award: award.code)
def test_the_template_is_a_case_that_can_be_decided(award, capsys, tmp_path):
    assert main(["decide", award.code, "--template"]) == 0
    facts = tmp_path / "facts.json"
    facts.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["decide", award.code, "--facts", str(facts), "--on", "2026-06-30"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["refused"] == []
    assert (answer["granted_fen"] is None) == bool(answer["open"])


@pytest.mark.parametrize("award", PACK.awards, ids=lambda award: award.code)
def test_an_answer_names_every_clause_and_term(award):
    example = award.examples[0]
    found = decide(award, example.facts, date(2026, 6, 30), example.decided)
    clauses = {article.ref for article in award.articles}
    assert {check.clause for check in found.checks} <= clauses
    assert found.lines or found.granted is None
