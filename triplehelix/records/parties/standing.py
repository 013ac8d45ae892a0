"""Holding who stands for an organisation: what is given once to all that have become one is asked one after another."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from triplehelix.records.parties.models import Organisation
from triplehelix.records.parties.rules import Refused


def hold(organisation: int) -> bool:
    """Lock the row of who stands for this organisation until the transaction ends, and say whether others have become
    one with it (`finds.family`). What the caller holds of it may be older than its end: both are read anew.

    Raises Refused: it, or who stood for it, is ending at this moment.
    """
    heir = Organisation.objects.filter(pk=organisation).values("heir")
    rows = Organisation.objects.annotate(has_more=Exists(Organisation.objects.filter(heir=OuterRef("pk"))))
    standing = rows.select_for_update(of=("self",), no_key=True).get(pk=Coalesce(Subquery(heir), organisation))
    if standing.heir_id is not None:
        raise Refused(_("%(payee)s刚刚登记合并，请刷新后重试") % {"payee": standing.name})
    return bool(standing.has_more)


def hold_all(organisations: Iterable[int]) -> None:
    """The same rows for several organisations at once, by number, for whoever will `hold` one after the other of them:
    two who did that in another order would wait for each other."""
    heirs = Organisation.objects.filter(pk__in=set(organisations)).values_list(Coalesce("heir", "pk"))
    rows = Organisation.objects.filter(pk__in=heirs).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
