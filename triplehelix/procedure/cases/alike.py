"""Whether another case says the same: titles and texts by their words and by their meaning, for a clerk to look at."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from triplehelix.matching import current
from triplehelix.matching.encode import EncoderDown
from triplehelix.procedure.cases import runs
from triplehelix.procedure.cases.finding import Finding
from triplehelix.procedure.cases.models import Case

#: Two titles and texts that share so much of their two-character runs are looked at by a person.
ALIKE = 0.5
#: The encoder puts two texts of one field at about 0.85; the same thing in other words above this.
SAME_MEANING = 0.95
#: So many of the latest cases are compared in meaning: somebody waits for the page. Words are compared with all.
MOST_ENCODED = 300
#: So many are compared in words at a time: the memory it takes does not grow with the cases.
AT_ONCE = 2000


def alike(case: Case) -> Iterator[Finding]:
    """Titles and texts like those of other cases, in words or in meaning: nobody is refused by likeness alone."""
    if len(case.summary) < 30:
        return
    others = (
        type(case)._default_manager.exclude(pk=case.pk).exclude(state__in=("draft", "withdrawn")).exclude(summary="")
        .order_by("-pk")
    )  # fmt: skip
    worded, meant = _in_words(case, others), _in_meaning(case, others)
    found = worded.keys() | {pk for pk, meaning in meant.items() if meaning >= SAME_MEANING}
    rows = others.filter(pk__in=found).select_related("organisation") if found else ()
    for other in rows:
        percent = round(100 * max(worded.get(other.pk, 0.0), meant.get(other.pk, 0.0)))
        said = {"case": other, "unit": other.organisation, "percent": percent}
        message = _("与“%(case)s”（%(unit)s）的题目和内容有 %(percent)d%% 相同或相近，请核对是否重复申报") % said
        yield Finding("alike", message, False, (other.number,))


def _in_words(case: Case, others: QuerySet[Case]) -> dict[int, float]:
    """The cases that share ALIKE of their runs or more, with how much. One whose runs are not kept is read itself."""
    own = runs.packed(case.title, case.summary)
    found: dict[int, float] = {}
    rows = others.values_list("pk", "compared__runs").iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        kept = {pk: bytes(one) for pk, one in part if one is not None}
        if bare := [pk for pk, one in part if one is None]:
            read = others.filter(pk__in=bare).values_list("pk", "title", "summary")
            kept |= {pk: runs.packed(title, text) for pk, title, text in read}
        shares = runs.shares(own, list(kept.values()))
        found |= {pk: float(share) for pk, share in zip(kept, shares, strict=True) if share >= ALIKE}
    return found


def _in_meaning(case: Case, others: QuerySet[Case]) -> dict[int, float]:
    """How near the latest cases are in meaning."""
    latest = list(others.values_list("pk", "title", "summary")[:MOST_ENCODED])
    texts = [f"{title} {text}" for title, text in ((case.title, case.summary), *(row[1:] for row in latest))]
    return dict(zip((pk for pk, _title, _text in latest), meanings(texts), strict=True))


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
