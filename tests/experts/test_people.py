"""Experts for a need: who made what answers it, with the reasons, and only whom the viewer may see."""

import pytest
from django.utils import timezone

from tests.experts.conftest import NOW, TOPICS
from tests.market.test_flow import published
from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, authors, register
from triplehelix.market.experts.models import Authorship
from triplehelix.matching.people import experts_for
from triplehelix.records.parties import actions as parties
from triplehelix.records.trail import followers

pytestmark = pytest.mark.django_db


def test_who_wrote_what_answers_it_is_suggested_with_the_reason(need, papers, stranger):
    found = experts_for(need, actor=stranger, now=NOW)
    assert {one.expert.name for one in found} == {"容止戈", "白若铜"}
    (why,) = found[0].because
    assert why.work.title == "镀锡铜排在含硫气氛中的变色机理" and why.percent >= 50
    assert {"铜排", "变色"} & set(why.words)
    assert experts_for(need, actor=None, now=NOW) == []  # nobody has confirmed anything: not for the public


def test_an_achievement_speaks_for_who_made_it_and_a_public_expert_is_shown_to_anybody(need, papers, clerk, firm):
    person = parties.register_person(name="容止戈", home=firm, title="教授", actor=None, now=NOW)
    text = "在镀锡铜排表面形成自组装膜，含硫气氛中九十天不变色、不发黑，接触电阻不升高，已在两家开关柜厂使用。"
    made = published(clerk, firm, Achievement, title="防止镀锡铜排发黑变色的钝化处理", text=text)
    made.people.set([person])
    for n, topic in enumerate(TOPICS * 3):
        published(clerk, firm, Achievement, title=f"{topic}装置之{n}", text=f"{topic}，" * 6)
    while followers.drain("matching", now=NOW):
        pass
    register.take_achievements([made.pk], now=NOW)
    own = authors.of_person(person, NOW)
    actions.merge(one=own, other=papers["镀锡铜排在含硫气氛中的变色机理", "容止戈"], how="officer", actor=None, now=NOW)
    ids = list(Authorship.objects.filter(expert__root=own).values_list("pk", flat=True))
    actions.confirm(person=person, authorships=ids, actor=None, via="mail", now=NOW)
    actions.show_as(person=person, visibility="public", actor=None, now=NOW)
    (found,) = experts_for(need, actor=None, now=timezone.now())
    assert found.expert == own
    assert {why.work.kind for why in found.because} == {"achievement", "paper"}


def test_experts_are_for_needs(clerk, firm):
    with pytest.raises(TypeError):
        experts_for(published(clerk, firm, Achievement), actor=None, now=NOW)
