"""Whether another case says the same: titles and texts by their words and by their meaning, for a clerk to look at."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from triplehelix.foundation.text import bigrams
from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown
from triplehelix.procedure.cases.finding import Finding

if TYPE_CHECKING:
    from triplehelix.procedure.cases.models import Case

#: Two titles and texts that share so much of their two-character runs are looked at by a person.
ALIKE = 0.5
#: The encoder puts two texts of one field at about 0.85; the same thing in other words above this.
SAME_MEANING = 0.95
#: So many of the latest cases are compared in meaning: somebody waits for the page. Words are compared with all.
MOST_ENCODED = 300


def alike(case: "Case") -> Iterator[Finding]:
    """Titles and texts like those of other cases, in words or in meaning: nobody is refused by likeness alone."""
    if len(case.summary) < 30:
        return
    others = list(
        type(case)._default_manager.exclude(pk=case.pk).exclude(state__in=("draft", "withdrawn")).exclude(summary="")
        .select_related("organisation").only("number", "title", "summary", "organisation__name").order_by("-pk")
    )  # fmt: skip
    texts = [f"{one.title} {one.summary}" for one in (case, *others)]
    own = frozenset(bigrams(texts[0]))
    meant = meanings(texts[: MOST_ENCODED + 1])
    meant += [0.0] * (len(others) - len(meant))
    for other, text, meaning in zip(others, texts[1:], meant, strict=True):
        share = likeness(own, frozenset(bigrams(text)))
        if share < ALIKE and meaning < SAME_MEANING:
            continue
        said = {"case": other, "unit": other.organisation, "percent": round(100 * max(share, meaning))}
        message = _("与“%(case)s”（%(unit)s）的题目和内容有 %(percent)d%% 相同或相近，请核对是否重复申报") % said
        yield Finding("alike", message, False, (other.number,))


def meanings(texts: Sequence[str]) -> list[float]:
    """How near each text after the first is to it in meaning (cosine of the encoder of matching); zeros without one."""
    try:
        encoder = current.encoder() if len(texts) > 1 else None
        if encoder is None:
            return [0.0] * (len(texts) - 1)
        vectors = encoder.passages(list(texts))
    except EncoderDown:
        return [0.0] * (len(texts) - 1)
    return [float(one) for one in vectors[1:] @ vectors[0]]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared runs by the smaller set (0 to 1): a copied part shows even in a longer text."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
