"""Learning a version from the site's judgements, with an honest account of it.

Each judged need is searched for as on its page; what the search sees of its candidates is what is learned from, so a
model meets nothing later that it was not taught with. The folds are by need (learn.rank).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from triplehelix.market.needs.models import Need
from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.feedback import finds
from triplehelix.matching.feedback.inforce import digest_of, encoder_name, packed
from triplehelix.matching.feedback.looking import examined
from triplehelix.matching.feedback.models import LearnedModel
from triplehelix.matching.learn import rank
from triplehelix.matching.learn.rank import Examined, Judged, Trained
from triplehelix.matching.result import EmptyQuery
from triplehelix.matching.score import Wish
from triplehelix.matching.search import search
from triplehelix.matching.situation import Floats, Situation
from triplehelix.records.trail import actions as trail

#: Whoever may find anything that is published: what is learned from is what members and the city find.
EVERYBODY = frozenset({"public", "member", "city"})
SHOWN = 10
STEP = 5
Progress = Callable[[int, int], None]


def learn(*, pk: int, now: datetime, progress: Progress = lambda done, total: None) -> LearnedModel:
    """Learn the version `pk`. Taken up again by another worker, it begins anew; a finished one stays as it is."""
    model = LearnedModel.objects.get(pk=pk)
    if model.finished_at is not None:
        return model
    judged = finds.levels()
    model.begun_at, model.total, model.done = model.begun_at or now, len(judged), 0
    model.save(update_fields=["begun_at", "total", "done"])
    try:
        trained = _trained(model, judged, progress)
    except EncoderDown as why:
        model.problem = str(why)[:300]
    else:
        _keep(model, trained)
    model.judgements = sum(map(len, judged.values()))
    model.learned_from, model.encoder, model.finished_at = hash_of(judged), encoder_name(), now
    model.save()
    data = {"v": model.number, "digest": model.digest, "learned_from": model.learned_from, "reason": model.reason}
    _record(model, now, data)
    return model


def give_up(*, pk: int, now: datetime, why: BaseException) -> None:
    """Learning broke for good: the version ends with the problem, so that another one can be asked for."""
    model = LearnedModel.objects.get(pk=pk)
    if model.finished_at is not None:
        return
    model.problem, model.finished_at = f"{type(why).__name__}: {why}".replace("\x00", "")[:300], now
    model.save(update_fields=["problem", "finished_at"])
    _record(model, now, {"v": model.number, "problem": model.problem})


def _record(model: LearnedModel, now: datetime, data: Mapping[str, Any]) -> None:
    with transaction.atomic():
        trail.record(kind=LearnedModel.trail_kind, id=str(model.pk), verb="learn", actor=None, now=now, data=data)


def _trained(model: LearnedModel, judged: Judged, progress: Progress) -> Trained:
    positives = sum(level >= 2 for own in judged.values() for level in own.values())
    if rank.too_few(len(judged), positives):
        return rank.train(_nothing(judged), judged)
    return rank.train(_examined(model, judged, progress), judged)


def _nothing(judged: Judged) -> dict[int, Examined]:
    """Without candidates: for the words that say what is too few."""
    return {need: Examined(list(own), np.zeros((len(own), len(rank.NAMES)))) for need, own in judged.items()}


def _examined(model: LearnedModel, judged: Judged, progress: Progress) -> dict[int, Examined]:
    found: dict[int, Examined] = {}
    needs = Need.objects.filter(pk__in=list(judged)).order_by("pk")
    for done, need in enumerate(needs, 1):
        seen = look_at(need)
        if seen is not None:
            found[need.pk] = seen
        if done % STEP == 0 or done == model.total:
            LearnedModel.objects.filter(pk=model.pk).update(done=done)
        progress(done, model.total)
    return found


def look_at(need: Need) -> Examined | None:
    """The candidates of a need as a search sees them now; None when it finds none, or compares only words."""
    kept: list[Examined] = []

    def keep(situation: Situation) -> Floats:
        if (seen := examined(situation)) is not None:
            kept.append(seen)
        return situation.scores

    wish = Wish(need.chain, need.field, need.trl_wanted, need.region_wanted)
    try:
        search(
            title=need.title, text=need.text, audiences=EVERYBODY, kind="market.achievement", top=1, wish=wish,
            second=keep,
        )  # fmt: skip
    except EmptyQuery:
        return None
    return kept[0] if kept else None


def _keep(model: LearnedModel, trained: Trained) -> None:
    model.needs, model.positives, model.reason = trained.needs, trained.positives, trained.reason
    if not trained.folds:
        # Judged needs without a candidate by meaning: the encoder or the index was away.
        model.reason = "vectors" if model.total and not trained.needs else trained.reason
        return
    weights = packed(trained.ranker.weights)
    model.features, model.weights = list(trained.ranker.names), weights
    model.digest = digest_of(model.features, weights)
    model.quality = {
        "folds": [{"zero_shot": asdict(one), "learned": asdict(other)} for one, other in trained.folds],
        "total": dict(zip(("zero_shot", "learned"), map(asdict, trained.total), strict=True)),
        "ratios": list(trained.ratios),
        "better": trained.better,
        "worse": trained.worse,
    }
    model.each = [
        {"need": need, "zero_shot": plain, "learned": learned, "plain": list(trained.plain[need])[:SHOWN],
         "order": list(trained.orders[need])[:SHOWN]}
        for need, (plain, learned) in sorted(trained.each.items(), key=lambda one: one[1][1] - one[1][0])
    ]  # fmt: skip


def hash_of(judged: Judged) -> str:
    """What was learned from: the same judgements give the same."""
    rows = [f"{need} {other} {level}" for need, own in sorted(judged.items()) for other, level in sorted(own.items())]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
