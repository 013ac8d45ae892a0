"""Which files somebody may see."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from triplehelix.records.evidence.models import File


def visible(audiences: Iterable[str]) -> QuerySet[File]:
    """The files shown to any of these audiences (records.parties.access.audiences), and those this account kept for an
    organisation that has to be checked first; opening any other answers 404."""
    held = frozenset(audiences)
    shown = Q(visible_to__overlap=sorted(held))
    unchecked, accounts = (
        [int(one.removeprefix(prefix)) for one in held if one.startswith(prefix)] for prefix in ("wrote:", "account:")
    )
    if unchecked:
        shown |= Q(owner_id__in=unchecked, uploaded_by_id__in=accounts)
    return File.objects.filter(shown)
