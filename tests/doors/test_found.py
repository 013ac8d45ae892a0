"""What a search found, as the pages show it."""

import pytest

from tests.market.test_flow import published
from triplehelix.doors.web import found
from triplehelix.market.needs.models import Need
from triplehelix.matching.result import Facets, Hit, Result

pytestmark = pytest.mark.django_db


def hit(need, chain, weak):
    return Hit(
        kind=Need.kind, subject_id=need.pk, title=need.title, text=need.text, holder="", organisation=None,
        chain=chain, field="F01", region="", trl=None, score=1.0, percent=40, weak=weak, lexical=1.0, dense=None,
        fit=0.0, terms=(), part="", pair=("", ""), missing=(), clauses=(),
    )  # fmt: skip


def test_few_answers_are_filled_up_and_the_facets_count_what_is_shown(clerk, firm):
    needs = [published(clerk, firm, model=Need, title=f"第 {n} 条需求要写清楚") for n in range(3)]
    hits = tuple(
        hit(need, chain, weak) for need, chain, weak in zip(needs, ("A", "A", "B"), (False, True, True), strict=True)
    )
    result = Result(hits, 1, 3, {"chain": {"A": 1}, "field": {"F01": 1}, "region": {}})
    shown = found.context(result, "needs", Facets())
    assert (len(shown["hits"]), shown["total"]) == (3, 3)
    assert shown["counts"] == {"chain": {"A": 2, "B": 1}, "field": {"F01": 3}, "region": {}}


def test_enough_answers_stand_alone_with_their_own_facets(clerk, firm):
    needs = [published(clerk, firm, model=Need, title=f"第 {n} 条需求要写清楚") for n in range(found.FEW + 1)]
    hits = tuple(hit(need, "A", weak=n == found.FEW) for n, need in enumerate(needs))
    result = Result(hits, 40, 60, {"chain": {"A": 40}, "field": {}, "region": {}})
    shown = found.context(result, "needs", Facets())
    assert (len(shown["hits"]), shown["total"], shown["counts"]["chain"]) == (found.FEW, 40, {"A": 40})
