"""Other ways an organisation is written."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.market.experts import access, authors
from triplehelix.market.experts.affiliations import LEAST, folded
from triplehelix.market.experts.models import Alias
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.rules import Invalid
from triplehelix.records.steps.actions import Refused
from triplehelix.records.trail import actions as trail


@transaction.atomic
def add_alias(*, organisation: Organisation, name: str, actor: Account | None, now: datetime) -> tuple[Alias, int]:
    """An alias, and how many affiliations were found by it. Raises Refused, Invalid at `name`."""
    if actor is not None and not access.is_desk(actor, timezone.localdate(now)):
        raise Refused(_("只有市科技局和科技大市场的工作人员可以登记"))
    name = " ".join(name.replace("\x00", "").split())[:120]
    key = folded(name)
    if len(key) < LEAST:
        raise Invalid({"name": _("别名至少 %(least)d 个字，太短会认错单位") % {"least": LEAST}})
    try:
        with transaction.atomic():
            made = Alias.objects.create(organisation=organisation, name=name, folded=key, created_at=now)
    except IntegrityError as why:
        raise Invalid({"name": _taken(Alias.objects.get(folded=key))}) from why
    data = {"alias": name, "organisation": organisation.pk}
    trail.record(kind="market.alias", id=str(made.pk), verb="add", actor=actor, now=now, data=data)
    return made, authors.place_aliases()


def _taken(alias: Alias) -> str:
    return _("这个别名已经属于%(name)s") % {"name": alias.organisation}
