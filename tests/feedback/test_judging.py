"""What people say of a pair, and what it does to the ranking: levels, answers to introductions, contracts."""

from time import sleep

import pytest
from django.db import IntegrityError, transaction

from tests.feedback.conftest import heard, order
from tests.fund.test_race import at_once
from tests.market.conftest import NOW
from triplehelix.market.contracts.models import Sale
from triplehelix.market.introductions import actions as introducing
from triplehelix.matching.feedback import actions, finds
from triplehelix.matching.feedback import heard as hearing
from triplehelix.matching.feedback.models import Judgement
from triplehelix.matching.feedback.ranked import match_listing
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry

COATING = "开关柜铜排镀锡以后再涂一层透明保护膜，三个月不发黑，接触电阻稳定，盐雾 200 小时不变色，已送三家用户试用。"
VARNISH = "铜排表面涂防氧化油，运输和存放半年表面光亮，开关柜厂装配前擦去即可，成本每吨 30 元。"


@pytest.fixture
def two(table):
    """The pair, and a second achievement that answers nearly as well."""
    other = table.offer_of(table.teacher, table.university, title="铜排镀锡防变色的涂层", text=COATING)
    heard()
    return table, other


def judge(table, level, who=None, achievement=None, **more):
    return actions.judge(
        need=table.need, achievement=achievement or table.achievement, level=level, actor=who or table.manager,
        now=NOW, **more,
    )  # fmt: skip


def test_a_level_moves_the_pair_on_both_pages(two):
    table, other = two
    first, *rest = order(table.need)
    assert rest
    down = table.achievement if first == table.achievement.pk else other
    up = other if down == table.achievement else table.achievement
    judge(table, 1, achievement=down)
    assert order(table.need)[0] == up.pk
    hit = {h.subject_id: h for h in match_listing(table.need, actor=None, now=NOW).result.hits}
    assert hit[down.pk].weak and hit[down.pk].score < hit[up.pk].score
    judge(table, 4, achievement=down)
    assert order(table.need)[0] == down.pk
    back = match_listing(down, actor=None, now=NOW).result.hits[0]
    judge(table, 1, achievement=down)
    assert match_listing(down, actor=None, now=NOW).result.hits[0].score < back.score


def test_a_declined_introduction_sinks_the_pair_and_only_its_sides_read_why(two, officer, auditor, stranger):
    table, other = two
    made = table.invited(achievement=other)
    heard()
    before = order(table.need)
    introducing.decline(reason_code="off_topic", words="", **table.on(made, table.teacher))
    heard()
    after = order(table.need)
    assert after.index(other.pk) >= before.index(other.pk) and after[-1] == other.pk
    for who in (table.clerk, table.teacher, officer, table.manager, auditor):
        said = match_listing(table.need, actor=who, now=NOW).said
        assert said[other.pk].words == "已答复：技术方向不符"
    for who in (None, stranger):
        assert match_listing(table.need, actor=who, now=NOW).said == {}


@pytest.mark.parametrize(("reason", "level"), [("off_topic", 1), ("performance", 2), ("price", 3), ("capacity", None)])
def test_what_each_reason_says(table, reason, level):
    made = table.invited()
    introducing.decline(reason_code=reason, words="", **table.on(made, table.teacher))
    heard()
    assert finds.levels() == ({table.need.pk: {table.achievement.pk: level}} if level else {})


def test_the_last_word_of_an_introduction_counts(table):
    made = table.accepted()
    heard()
    assert finds.levels()[table.need.pk][table.achievement.pk] == 3
    table.meet(made)
    heard()
    assert Judgement.objects.count() == 1, "talking says no more than accepting"
    table.propose(made)
    table.accept_terms(made, 1, table.teacher)
    heard()
    assert finds.levels()[table.need.pk][table.achievement.pk] == 4


def test_a_signed_contract_counts_as_strong_until_it_is_undone(table):
    sale = Sale.objects.create(
        achievement=table.achievement, seller=table.university, buyer=table.firm, need=table.need, state="signed",
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    hearing.handle([(Sale.kind, str(sale.pk))])
    assert finds.levels()[table.need.pk][table.achievement.pk] == 4
    Sale.objects.filter(pk=sale.pk).update(state="terminated")
    hearing.handle([(Sale.kind, str(sale.pk))])
    assert finds.levels() == {}


def test_of_each_voice_the_last_word_counts_and_of_a_pair_the_latest(table, officer):
    judge(table, 2)
    judge(table, 4, who=officer)
    assert finds.levels()[table.need.pk][table.achievement.pk] == 4
    judge(table, 3)
    assert [row.level for row in finds.of_pair(table.need, table.achievement)] == [3, 4]
    judge(table, None)
    assert finds.levels()[table.need.pk][table.achievement.pk] == 4
    judge(table, None, who=officer)
    assert finds.levels() == {} and finds.about(table.achievement) == {}


def test_saying_the_same_again_adds_nothing(table):
    assert judge(table, 3) == judge(table, 3)
    assert Judgement.objects.count() == 1
    entries = Entry.objects.filter(subject_kind=Judgement.trail_kind)
    assert entries.count() == 1 and entries.get().data["level"] == 3


def test_who_may_not_judge_and_what_is_no_level(table, stranger):
    for who in (table.clerk, table.teacher, stranger):
        with pytest.raises(Refused):
            judge(table, 3, who=who)
    for level in (0, 5, None):
        with pytest.raises(Invalid) as why:
            judge(table, level)
        assert "level" in why.value.errors
    with pytest.raises(Invalid) as why:
        judge(table, 3, words="长" * 301)
    assert "words" in why.value.errors


def test_what_was_said_stays(table):
    row = judge(table, 3)
    for act in (lambda: Judgement.objects.update(level=1), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_reading_what_was_said_costs_the_same_for_one_and_three(two, django_assert_num_queries):
    table, other = two
    third = table.offer_of(table.teacher, table.university, title="铜排防氧化工艺", text=VARNISH)
    judge(table, 3)
    with django_assert_num_queries(1):
        assert len(finds.about(table.need)) == 1
    judge(table, 2, achievement=other)
    judge(table, 1, achievement=third)
    with django_assert_num_queries(1):
        assert len(finds.about(table.need)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_level_sent_twice_is_said_once(table):
    def said():
        with transaction.atomic():
            made = judge(table, 3)
            sleep(0.3)
            return made

    found = at_once(said, said)
    assert [type(one) for one in found] == [Judgement, Judgement], found
    assert Judgement.objects.count() == 1
