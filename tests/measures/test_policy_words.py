"""What a measure quotes is the clause as the policy has it, whole: decision letters print it as their legal basis."""

import re
from pathlib import Path

import pytest

from triplehelix.measures import liaocheng
from triplehelix.policy.registry import load

PACK = load("triplehelix.measures.liaocheng")
#: The draft as it was published; its lines are those of a page, its spaces the typesetter's.
TEXT = (Path(__file__).parent / "policy.txt").read_text(encoding="utf-8")
CHAPTER = re.compile(r"^([一二三四五六])、")
CLAUSE = re.compile(r"^（([一二三四])）")


def plain(text: str) -> str:
    """The words alone: without spaces and ends of lines, and with one kind of comma."""
    return re.sub(r"\s", "", text).replace(",", "，")


def clauses() -> dict[str, str]:
    """The words of each clause by its reference, 三（二）."""
    found: dict[str, str] = {}
    chapter = ref = ""
    for line in map(str.strip, TEXT.splitlines()):
        if begun := CHAPTER.match(line):
            chapter, ref = begun[1], ""
        elif begun := CLAUSE.match(line):
            ref = f"{chapter}（{begun[1]}）"
            found[ref] = line[begun.end() :]
        elif ref:
            found[ref] += line
    return {ref: plain(words) for ref, words in found.items()}


def test_the_policy_has_twenty_clauses_and_each_is_a_measure():
    assert list(clauses()) == [measure.article.ref for measure in PACK.measures]
    assert len(PACK.measures) == 20


@pytest.mark.parametrize("measure", PACK.measures, ids=lambda measure: measure.code)
def test_a_measure_quotes_its_clause_whole(measure):
    words = clauses()[measure.article.ref]
    assert plain(measure.article.quote) == words
    assert words.startswith(plain(measure.name) + "。")
    assert all(plain(article.quote) == clauses()[article.ref] for award in measure.awards for article in award.articles)


def test_the_title_and_the_chapters_are_the_policys():
    assert plain(liaocheng.POLICY) in plain(TEXT)
    assert all(plain(title) in plain(TEXT) for title in liaocheng.CHAPTERS.values())
