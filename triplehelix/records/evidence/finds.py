"""Which files somebody may see."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from triplehelix.records.evidence.models import File


def visible(audiences: Iterable[str]) -> QuerySet[File]:
    """The files shown to any of these audiences (`records.parties.access.audiences`). Of an organisation that has to be
    checked first (`wrote:…`) an account sees what it uploaded itself. Every other file answers 404."""
    held = frozenset(audiences)
    shown = Q(visible_to__overlap=sorted(held))
    unchecked, accounts = (
        [int(one.removeprefix(prefix)) for one in held if one.startswith(prefix)] for prefix in ("wrote:", "account:")
    )
    if unchecked:
        shown |= Q(owner_id__in=unchecked, uploaded_by_id__in=accounts)
    return File.objects.filter(shown)
