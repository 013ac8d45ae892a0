"""Which files somebody may see."""

from collections.abc import Iterable

from django.db.models import QuerySet

from triplehelix.records.evidence.models import File


def visible(audiences: Iterable[str]) -> QuerySet[File]:
    """The files shown to any of these audiences (records.parties.access.audiences); opening any other answers 404."""
    return File.objects.filter(visible_to__overlap=sorted(audiences))
