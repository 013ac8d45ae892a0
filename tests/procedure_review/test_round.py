"""One case from records to rank: barred experts are not drawn, a conflict found later voids a score and redraws."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from triplehelix.procedure.review.conflicts import conflicts
from triplehelix.procedure.review.draw import draw
from triplehelix.procedure.review.panel import Candidate, PanelRules, breaches
from triplehelix.procedure.review.relations import Affiliation, Case, Expert, Period, Relations
from triplehelix.procedure.review.scores import Score, rank, result, void
from triplehelix.procedure.review.sheets import PROJECT, check, total

ON = date(2026, 11, 23)
RULES = PanelRules(finance_least=1, outside_share=Fraction(1, 2))
POOL = {
    f"e{n:02}": Candidate(f"e{n:02}", f"单位{n}", outside=n % 3 > 0, finance=n % 4 == 0, discipline="机械")
    for n in range(24)
}
CASE = Case("c1", "2026-1", units=("单位3",), people=("p1",))
#: e03 works there; e04 did until the first day of the window; e05 left one day before it.
POSTS = (("e03", None), ("e04", date(2023, 11, 23)), ("e05", date(2023, 11, 22)))
PAST = [Affiliation(who, "单位3", Period(date(2020, 1, 1), until)) for who, until in POSTS]
FAIR = {"innovation": 20, "need": 16, "route": 15, "team": 12, "budget": 8, "benefit": 7}


def barred(relations):
    found = {id: conflicts(Expert(id), CASE, relations, ON) for id in POOL}
    blocking = {id: [one.reason for one in reasons if one.blocks] for id, reasons in found.items()}
    return {id: "；".join(reasons) for id, reasons in blocking.items() if reasons}


def test_from_records_to_rank():
    shut = barred(Relations(affiliations=PAST))
    assert set(shut) == {"e03", "e04"}
    first = draw(POOL.values(), RULES, "开标前封存的种子", barred=shut)
    assert not set(first.panel) & set(shut)
    assert breaches([POOL[id] for id in first.panel], RULES) == []

    assert check(PROJECT, FAIR, {}) == []
    scores = [Score(id, total(PROJECT, FAIR), FAIR["innovation"]) for id in first.panel]
    assert rank({1: result("c1", scores, PROJECT)}).lines[0].selected

    late, *stay = first.panel
    known = Relations(affiliations=[*PAST, Affiliation(late, "单位3", Period(date(2026, 1, 1)))])
    shut = barred(known)
    scores = void(scores, late, shut[late])
    assert result("c1", scores, PROJECT).short == 1

    again = draw(POOL.values(), RULES, "第二次的种子", barred=shut, keep=[POOL[id] for id in stay])
    assert again.panel[:4] == tuple(stay)
    assert late not in again.panel
    scores.append(Score(again.panel[4], 73, 19))
    final = result("c1", scores, PROJECT)
    assert (final.mean, final.voided, final.fundable) == (Decimal("78.00"), 1, True)
