"""The industry chains an organisation belongs to: a list officers keep (domain §1.1)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.records.parties import reference
from triplehelix.records.parties.actions.organisations import note
from triplehelix.records.parties.models import Account, ChainMembership, Organisation
from triplehelix.records.parties.rules import Invalid, code


@transaction.atomic
def join_chain(
    *, organisation: Organisation, chain: str, since: date, actor: Account | None, now: datetime
) -> ChainMembership:
    """The organisation belongs to this chain from that day on. Raises Invalid: no such chain, or in it already."""
    try:
        chain = code(chain, timezone.localdate(now), reference.chains())
    except ValueError as why:
        raise Invalid({"chain": str(why)}) from None
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if ChainMembership.objects.filter(organisation=organisation, chain=chain, until__isnull=True).exists():
        raise Invalid({"chain": _("这个单位已经在这条产业链里")})
    made = ChainMembership.objects.create(organisation=organisation, chain=chain, since=since)
    note(organisation, "join_chain", actor, now, {"chain": chain, "since": since})
    return made


@transaction.atomic
def leave_chain(*, membership: ChainMembership, until: date, actor: Account | None, now: datetime) -> ChainMembership:
    """The last day in a chain. Raises Invalid."""
    membership = ChainMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.until is not None:
        raise Invalid({"until": _("这个单位已经退出这条产业链")})
    if until < membership.since:
        raise Invalid({"until": _("结束日期不能早于开始日期")})
    membership.until = until
    membership.save(update_fields=["until"])
    note(membership.organisation, "leave_chain", actor, now, {"chain": membership.chain, "until": until})
    return membership
