"""Versions learned on the site: honest about their worth, switched by officers, out of the way when thin."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.feedback.conftest import order
from tests.jobs import at_attempt
from tests.matching_index.conftest import NOW
from triplehelix.matching.feedback import actions, inforce, tasks, training
from triplehelix.matching.feedback.models import LearnedModel, Switch
from triplehelix.matching.feedback.ranked import match_listing, search
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail.models import Entry


def learned(market):
    made = actions.ask_training(actor=market.officer, now=NOW, later=False)
    return training.learn(pk=made.pk, now=NOW)


def switch(market, model, why="五折里更好"):
    return actions.switch(model=model, actor=market.officer, now=NOW, why=why)


def test_a_taste_is_learned_switched_on_and_off_again(market):
    market.judge(needs=24)
    model = learned(market)
    assert model.is_ready and (model.needs, model.judgements, model.positives) == (24, 96, 96)
    assert model.quality["better"] > model.quality["worse"] and min(model.quality["ratios"]) > 1
    assert len(model.each) == 24 and model.total == 24
    # A need nobody judged: the model's taste, not a judgement, moves its matches.
    need = market.write("螺栓的问题", "我们做螺栓的，寿命太短，客户退货。", model=type(market.needs[0]))
    offers = [market.write(f"螺栓{form}", f"螺栓{form}。", other=True) for form in ("关键技术", "检测装置", "应用研究")]
    market.work()
    before = match_listing(need, actor=None, now=NOW)
    assert before.model.ranker is None and "没有启用" in before.model.why
    switch(market, model)
    after = match_listing(need, actor=None, now=NOW)
    place = {hit.subject_id: n for n, hit in enumerate(after.result.hits)}
    assert place[offers[1].pk] < min(place[offers[0].pk], place[offers[2].pk])
    # The scores are dealt out anew: as many stand above the line as before, the first as high.
    assert after.result.hits[0].score == pytest.approx(before.result.hits[0].score)
    assert after.result.total == before.result.total
    kind, public = "market.achievement", frozenset({"public"})
    assert search(text="螺栓的问题", audiences=public, kind=kind, now=NOW).hits
    switch(market, None, "换回零样本")
    assert order(need) == [hit.subject_id for hit in before.result.hits]
    assert [row.model_id for row in Switch.objects.order_by("pk")] == [model.pk, None]
    assert Entry.objects.filter(subject_kind=LearnedModel.trail_kind, verb="switch").count() == 2
    _falls_back(market, model)


def _falls_back(market, model):
    """Another encoder, other features, other bytes: the zero-shot score ranks, and the reason is said."""
    switch(market, model, "再用一次")
    for change, said in (
        ({"encoder": "openai:other"}, "语义模型"),
        ({"features": ["score"]}, "特征"),
        ({"weights": bytes(len(model.weights))}, "校验码"),
    ):
        kept = {name: getattr(model, name) for name in change}
        LearnedModel.objects.filter(pk=model.pk).update(**change)
        force = inforce.in_force()
        assert force.switched == model and force.ranker is None and said in force.why
        LearnedModel.objects.filter(pk=model.pk).update(**kept)
    assert inforce.in_force().ranker is not None


def test_few_judgements_teach_nothing_and_say_so(few):
    market = few
    market.judge(needs=5)
    model = learned(market)
    assert model.reason == "needs" and not model.is_ready and model.weights is None
    with pytest.raises(Refused, match="评判太少：有评判的需求只有 5 条，少于 20 条"):
        switch(market, model)
    with pytest.raises(Refused):
        actions.ask_training(actor=market.manager, now=NOW, later=False)
    assert inforce.in_force().ranker is None


def test_words_alone_are_not_learned_from(wordy):
    market = wordy
    market.judge(needs=24)
    model = learned(market)
    assert model.reason == "vectors" and "语义模型不可用" in inforce.why_not(model)


def test_one_version_at_a_time_and_a_reason_for_every_switch(few):
    market = few
    first = actions.ask_training(actor=market.officer, now=NOW, later=False)
    with pytest.raises(Refused, match="已经有一个版本在学习"):
        actions.ask_training(actor=market.officer, now=NOW, later=False)
    training.learn(pk=first.pk, now=NOW)
    assert training.learn(pk=first.pk, now=NOW).finished_at == NOW, "a finished one stays as it is"
    assert actions.ask_training(actor=None, now=NOW, later=False).number == 2
    with pytest.raises(Invalid) as why:
        switch(market, None, " ")
    assert "why" in why.value.errors
    with pytest.raises(Refused, match="现在用的就是它"):
        switch(market, None)
    with pytest.raises(Refused):
        actions.switch(model=None, actor=market.manager, now=NOW, why="x")


def test_the_command_learns_a_version_and_says_why_it_may_not_rank(few):
    few.judge(needs=6)
    said = StringIO()
    call_command("learn", stdout=said)
    assert "V1：6 条需求，24 条评判" in said.getvalue() and "评判太少" in said.getvalue()
    actions.ask_training(actor=None, now=NOW, later=False)
    with pytest.raises(CommandError, match="已经有一个版本在学习"):
        call_command("learn")


def test_learning_that_breaks_to_the_last_makes_way_for_another(wordy, settings):
    wordy.judge(needs=24)
    settings.ENCODER = "unknown"  # a slip in the settings: no EncoderDown, which is a finding of its own
    made = actions.ask_training(actor=wordy.officer, now=NOW)
    assert ProcrastinateJob.objects.get(task_name="feedback.learn").args == {"pk": made.pk}  # with it or not at all
    for attempt in range(3):
        assert LearnedModel.objects.get().finished_at is None
        with pytest.raises(ValueError, match="没有名为 unknown"):
            tasks.learn(at_attempt(attempt), pk=made.pk)
    assert "没有名为 unknown" in LearnedModel.objects.get().problem
    assert "学习没有完成" in inforce.why_not(LearnedModel.objects.get())
    with pytest.raises(ValueError, match="没有名为 unknown"):
        call_command("learn")
    assert LearnedModel.objects.filter(finished_at__isnull=True).count() == 0
