"""Who may be the same person: everybody of one name is compared, and what follows from it.

Certain is only the same ORCID, by the same hands' word, under names that agree: that merges by rule. Everything else is
proposed, and a person decides: two of one name at one university are two people until somebody says otherwise.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from triplehelix.market.experts import authors
from triplehelix.market.experts.actions import merges
from triplehelix.market.experts.likeness import Evidence, evidence
from triplehelix.market.experts.models import Expert, Proposal
from triplehelix.market.experts.terms import value, weights
from triplehelix.market.experts.wholes import Whole, gather
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused

#: A name so common that its pairs would be beyond looking at: only those with something certain are compared.
MOST_IN_BLOCK = 400
BATCH = 500


def look(*, keys: Collection[str], now: datetime) -> tuple[int, int]:
    """Compare everybody whose name has one of these keys. Answers (merged by rule, proposed)."""
    merged = proposed = 0
    for key in _shared(keys):
        counts = look_at(key=key, now=now)
        merged, proposed = merged + counts[0], proposed + counts[1]
    return merged, proposed


def _shared(keys: Collection[str]) -> list[str]:
    """Those of the keys that more than one expert has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k FROM experts_expert e, unnest(e.keys) k WHERE e.keys && %s::varchar[] AND k = ANY(%s)"
            " GROUP BY k HAVING count(DISTINCT e.root_id) > 1 ORDER BY k",
            [list(keys), list(keys)],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def look_at(*, key: str, now: datetime) -> tuple[int, int]:
    """One key: merge what is certain, propose the rest that is likely enough."""
    authors.people_lock()
    wholes = gather(key)
    if len(wholes) < 2:
        return 0, 0
    merged = 0
    if any(whole.vouched for whole in wholes):
        merged = _certain(wholes, now)
        if merged:
            wholes = gather(key)
    return merged, _propose(wholes, _apart([whole.root.pk for whole in wholes]), now)


def _certain(wholes: Sequence[Whole], now: datetime) -> int:
    points = weights(timezone.localdate(now))
    by_word: dict[tuple[str, str], list[Whole]] = {}
    for whole in sorted(wholes, key=lambda one: one.rank):
        for word in whole.vouched:
            by_word.setdefault(word, []).append(whole)
    merged = 0
    for group in by_word.values():
        for other in group[1:]:
            now_one, now_other = (Expert.objects.get(pk=one.root.pk).root_id for one in (group[0], other))
            found = evidence(group[0], other, points)
            # Asked anew each time: every merge moves to another root what somebody has said of its parts.
            apart = _apart([now_one, now_other])
            if now_one == now_other or found is None or not found.certain or _pair(now_one, now_other) in apart:
                continue
            try:
                with transaction.atomic():
                    merges.merge(
                        one=group[0].root, other=other.root, how="rule", actor=None, now=now, reasons=found.reasons
                    )
            except (Refused, Invalid):
                continue  # for an officer to look at
            merged += 1
    return merged


def _propose(wholes: Sequence[Whole], apart: set[tuple[int, int]], now: datetime) -> int:
    """Each with the first ahead of it that is likely enough: a star for a person, not every pair."""
    day = timezone.localdate(now)
    points, least = weights(day), int(value("propose_from", day).value)
    ordered = sorted(wholes, key=lambda one: one.rank)
    anchors = ordered if len(ordered) <= MOST_IN_BLOCK else [one for one in ordered if one.root.person_id or one.orcids]
    made: list[Proposal] = []
    for n, whole in enumerate(ordered):
        best: tuple[int, Whole, Evidence] | None = None
        for anchor in anchors[:n]:
            if _pair(anchor.root.pk, whole.root.pk) in apart:
                continue
            found = evidence(anchor, whole, points)
            if found is not None and found.score >= least and (best is None or found.score > best[0]):
                best = (found.score, anchor, found)
        if best is not None:
            pair = merges.pair_of(best[1].root, whole.root)
            made.append(Proposal(**pair, score=best[0], reasons=best[2].reasons, made_at=now))
    return _kept(made)


def _kept(made: Sequence[Proposal]) -> int:
    """New ones are written; open ones get the score of now; decided ones stay as they are."""
    there = {
        (row.one_id, row.other_id): row
        for row in Proposal.objects.filter(one__in=[p.one_id for p in made], other__in=[p.other_id for p in made])
    }
    new = [one for one in made if (one.one_id, one.other_id) not in there]
    changed = []
    for one in made:
        row = there.get((one.one_id, one.other_id))
        if row is not None and row.state == "open" and (row.score, row.reasons) != (one.score, one.reasons):
            row.score, row.reasons = one.score, one.reasons
            changed.append(row)
    Proposal.objects.bulk_create(new, batch_size=BATCH)
    Proposal.objects.bulk_update(changed, ["score", "reasons"], batch_size=BATCH)
    return len(new)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (min(a, b), max(a, b))


def _apart(roots: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of roots of which somebody has said that they are two."""
    rows = Proposal.objects.filter(state="refused", one__root__in=roots, other__root__in=roots)
    return {_pair(a, b) for a, b in rows.values_list("one__root", "other__root")}
