"""Whoever changes a need or an achievement behind the program is named by `verify`."""

import pytest

from tests.market.conftest import NOW
from tests.market.test_flow import VALUES, draft, published
from tests.records.forging import behind_the_program
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.listings import actions, check
from triplehelix.market.needs.models import Need


@pytest.mark.usefixtures("forged", "as_the_trail_says")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("needs_need SET valid_until = '2030-01-01'", "单位、状态和有效期"),
        ("needs_need SET text = text || '另付定金'", "标题、正文、分类和价格"),
        ("needs_need SET price_fen = 1", "标题、正文、分类和价格"),
        ("needs_need SET trl_wanted = 3", "其他内容"),
        ("needs_need SET contact_phone = ''", "联系人"),
    ],
)
def test_a_changed_need_is_named(clerk, firm, change, named):
    need = published(clerk, firm)
    assert list(check.problems()) == []
    behind_the_program(f"UPDATE {change}")
    assert list(check.problems()) == [f"{need}：{named}与留痕不符"]


@pytest.mark.usefixtures("forged", "as_the_trail_says")
def test_a_changed_achievement_is_named(clerk, firm):
    made = actions.create(model=Achievement, organisation=firm, values=VALUES, actor=clerk, now=NOW)
    assert list(check.problems()) == []
    behind_the_program("UPDATE achievements_achievement SET rights = '单独所有', trl = 9")
    assert list(check.problems()) == [f"{made}：其他内容与留痕不符"]


@pytest.mark.usefixtures("forged", "as_the_trail_says")
def test_the_confidential_words_of_a_need_are_among_what_is_compared(clerk, firm):
    words = {"secrecy": "confidential", "teaser": "铜排表面处理一类的问题，求有经验的单位来谈，细节签保密协议后提供。"}
    need = draft(clerk, firm, **words)
    assert list(check.problems()) == []
    behind_the_program("DELETE FROM needs_confidential")
    assert list(check.problems()) == [f"{need}：其他内容与留痕不符"]


@pytest.mark.usefixtures("forged", "as_the_trail_says")
def test_one_that_is_gone_is_named_and_a_discarded_draft_is_not(clerk, firm):
    kept, away = draft(clerk, firm, title="留下的一条"), draft(clerk, firm)
    assert actions.discard(listing=away, actor=clerk, now=NOW, why="导入错了")
    assert list(check.problems()) == []
    pk = Need.objects.get().pk
    assert pk == kept.pk
    behind_the_program("DELETE FROM needs_need")
    assert list(check.problems()) == [f"挂牌信息 #{pk} 不见了，留痕里有"]
