"""Every order to the bank against the trail: to which account it was made, for what and how much."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.fund.models import Payment
from triplehelix.records.trail import kept
from triplehelix.records.trail.models import Entry

#: One subject of the trail for a commitment and everything that is paid on it; rooms above follow this kind.
KIND = "fund.commitment"
GROUPS = {"account": gettext_lazy("户名、账号和开户行"), "order": gettext_lazy("期次、金额和用途")}


def groups(payment: Payment) -> dict[str, Any]:
    """The values of an order, by the name a difference is told by."""
    return {
        "account": [payment.account_name, payment.account_number, payment.bank, payment.bank_code],
        "order": [payment.key, payment.part, payment.attempt, payment.amount_fen, payment.purpose],
    }


def altered() -> Iterator[str]:
    """Orders that are not as they were made, or of which the trail knows nothing, in words."""
    rows = Entry.objects.filter(subject_kind=KIND, verb="order").order_by("seq")
    said = {row.data["payment"]: row.data.get(kept.KEY, {}) for row in rows.iterator(chunk_size=kept.CHUNK)}
    for payment in Payment.objects.order_by("pk").iterator(chunk_size=kept.CHUNK):
        told = said.pop(payment.key, None)
        if told is None:
            yield _("支付 %(key)s：留痕里没有这一单") % {"key": payment.key}
        elif words := kept.unlike(payment, told, groups, GROUPS):
            yield words
    for key in said:
        yield _("支付 %(key)s 不见了，留痕里有") % {"key": key}
