"""A source corrects who wrote a work: whom its record names no more is left out, and the order is the record's.

Only where nobody else tells of the work (`landing`), and never against a decision: what a person has answered, or
somebody has merged, split or judged, stays and is marked `dropped`.
"""

from collections.abc import Collection, Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from triplehelix.market.experts.models import Answer, Authorship, Merge, Proposal, Split

#: Beyond every place: the places of a work are taken one by one, and none twice at any time.
ASIDE = 10_000


def apply(there: Sequence[Authorship], named: Sequence[Authorship]) -> None:
    """Leave out of one work's authorships those that are not `named`; the others stand in its order. The caller holds
    the lock of who is who."""
    order = list({row.pk: row for row in named}.values())
    over = {row.pk: row for row in there if row.pk not in {one.pk for one in order}}
    if over:
        decided = set(_decided(over).values_list("pk", flat=True))
        Authorship.objects.filter(pk__in=decided).update(dropped=True)
        _delete([row for pk, row in over.items() if pk not in decided])
        order += [row for pk, row in over.items() if pk in decided]
    _in_order(order)


def _decided(ids: Collection[int]) -> QuerySet[Authorship]:
    """Those of which somebody has said something that must not be lost."""
    here = OuterRef("expert")
    merges = Merge.objects.filter(Q(survivor=here) | Q(absorbed=here))
    judged = Proposal.objects.filter(Q(one=here) | Q(other=here)).exclude(state="open")
    said = Answer.objects.filter(authorship=OuterRef("pk"))
    split = Split.objects.filter(authorship=OuterRef("pk"))
    whose = Q(expert__person__isnull=False)
    return Authorship.objects.filter(
        whose | Exists(merges) | Exists(judged) | Exists(said) | Exists(split), pk__in=list(ids)
    )


def _delete(rows: Sequence[Authorship]) -> None:
    """With what was proposed of them. Their experts stay without a work, and are shown nowhere."""
    experts = [row.expert_id for row in rows]
    Proposal.objects.filter(Q(one__in=experts) | Q(other__in=experts)).delete()
    Authorship.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _in_order(rows: Sequence[Authorship]) -> None:
    if all(row.order == n for n, row in enumerate(rows, 1)):
        return
    Authorship.objects.filter(pk__in=[row.pk for row in rows]).update(order=F("order") + ASIDE)
    for n, row in enumerate(rows, 1):
        row.order = n
    Authorship.objects.bulk_update(rows, ["order"], batch_size=500)
