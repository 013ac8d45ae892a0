"""Which model ranks now, and when the zero-shot score ranks instead, why."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.feedback import finds
from triplehelix.matching.feedback.models import LearnedModel
from triplehelix.matching.learn.rank import LEAST_NEEDS, LEAST_POSITIVES, Ranker
from triplehelix.matching.learn.signs import NAMES


@dataclass(frozen=True)
class InForce:
    """`switched` is the model officers chose (None: the zero-shot score). `why` says in words why it does not rank, ''
    when it does; `ranker` is there when it does."""

    switched: LearnedModel | None
    ranker: Ranker | None
    why: str


def digest_of(features: list[str], weights: bytes) -> str:
    """What a stored model is recognised by: its features, and its weights as they are stored."""
    return hashlib.sha256("\n".join(features).encode() + b"\0" + weights).hexdigest()


def packed(weights: npt.NDArray[np.float64]) -> bytes:
    """Weights as they are stored."""
    return weights.astype("<f8").tobytes()


def in_force() -> InForce:
    """What ranks now. One query."""
    last = finds.last_switch()
    model = last.model if last else None
    if model is None:
        return InForce(None, None, _("没有启用学习的模型"))
    why = why_not(model)
    if why:
        return InForce(model, None, why)
    assert model.weights is not None
    return InForce(model, Ranker(NAMES, np.frombuffer(bytes(model.weights), "<f8")), "")


def why_not(model: LearnedModel) -> str:
    """Why this model cannot rank now; '' when it can."""
    if model.finished_at is None:
        return _("还没有学完")
    if model.problem:
        return _("学习没有完成：%(why)s") % {"why": model.problem}
    if model.reason:
        return thin(model)
    if list(model.features) != list(NAMES):
        return _("它的特征与现在的程序不同，要重新学习")
    if model.weights is None or digest_of(list(model.features), bytes(model.weights)) != model.digest:
        return _("它的内容与校验码不符，不能使用")
    if model.encoder != (now := encoder_name()):
        return _("它是用语义模型 %(then)s 学的，现在用的是 %(now)s，要重新学习") % {
            "then": model.encoder, "now": now or _("无"),
        }  # fmt: skip
    return ""


def thin(model: LearnedModel) -> str:
    """In words, why what it learned from is not enough."""
    said: dict[str, Any] = {"needs": model.needs, "positives": model.positives, "judgements": model.judgements}
    if model.reason == "needs":
        said["least"] = LEAST_NEEDS
        return _("评判太少：有评判的需求只有 %(needs)d 条，少于 %(least)d 条") % said
    if model.reason == "positives":
        said["least"] = LEAST_POSITIVES
        return _("评判太少：二级以上的评判只有 %(positives)d 条，少于 %(least)d 条") % said
    if model.reason == "vectors":
        return _("学习时语义模型不可用，只有字词，不能用来排序")
    return _("在没见过的需求上，不比零样本好")


def encoder_name() -> str:
    """The encoder of the settings; '' when there is none, or it cannot be reached."""
    try:
        encoder = current.encoder()
    except EncoderDown:
        return ""
    return encoder.name if encoder is not None else ""
