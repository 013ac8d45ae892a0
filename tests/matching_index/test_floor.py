"""Where answers begin: the demo city's true answers stand above, what nobody there can answer below."""

import tomllib
from pathlib import Path

import pytest

from tests.matching_index.conftest import NOW, PUBLIC
from triplehelix.matching import floor
from triplehelix.matching.index import rebuild, write
from triplehelix.matching.index.sources import Content
from triplehelix.matching.score import Wish
from triplehelix.matching.search import search

ACHIEVEMENT = "market.achievement"
CHAINS = Path(__file__).resolve().parents[2] / "demo" / "chains"
#: Chains enough for a space; all twelve would only take longer to encode the first time.
READ = ("LC01", "LC02", "LC03", "LC11")
ELSEWHERE = ["婚纱摄影优惠套餐", "附近哪家火锅好吃", "二手房首付贷款利率", "足球世界杯决赛比分", "旅游签证办理流程"]


def test_the_line_grows_with_what_chance_can_do():
    assert floor.line(189, True) == pytest.approx(2.56 + floor.ABOVE_CHANCE, abs=0.02)
    assert floor.line(0, True) < floor.line(189, True) < floor.line(5_000, True) < floor.line(5_000, False)
    assert [floor.percent(score, 4.0) for score in (-50, 4.0, 50)] == [0, 50, 100]


def found(text, *, title="", wish=None):
    return search(title=title, text=text, audiences=PUBLIC, kind=ACHIEVEMENT, top=20, wish=wish, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_demo_city_says_honestly_what_it_has_not():
    chains = [tomllib.loads((CHAINS / f"{name}.toml").read_text(encoding="utf-8")) for name in READ]
    offered = [(c["chain"], a) for c in chains for a in c["achievement"] if a["state"] == "published"]
    numbers = {row["id"]: n for n, (_chain, row) in enumerate(offered, start=1)}
    contents = [
        Content(ACHIEVEMENT, numbers[a["id"]], a["title"], a["text"], chain=chain, field=a["field"], trl=a.get("trl"))
        for chain, a in offered
    ]
    write.put(contents, now=NOW)
    rebuild.meanings(now=NOW)

    assert [query for query in ELSEWHERE if found(query).total] == []

    related = {need for _chain, a in offered for need in (*a.get("answers", ()), *a.get("near", ()))}
    silent, answered, right = [], 0, 0
    for chain in chains:
        for need in (n for n in chain["need"] if n["state"] == "published"):
            wish = Wish(chain["chain"], need["field"], need.get("trl_wanted"))
            result = found(need["text"], title=need["title"], wish=wish)
            wanted = {numbers[a["id"]] for _chain, a in offered if need["id"] in a.get("answers", ())}
            if need["id"] not in related:
                silent.append(result.total)
            elif wanted:
                answered += 1
                right += bool(wanted & {hit.subject_id for hit in result.hits if not hit.weak})
    # Needs that nobody answers nor nearly answers: the page says so, or shows one or two that have the trade in common.
    assert silent
    assert sorted(silent)[len(silent) // 2] <= 2
    assert right >= 0.75 * answered
