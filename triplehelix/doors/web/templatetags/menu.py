"""What the main menu offers whom: nobody is led to a page that only turns him away."""

from typing import NamedTuple

from django import template
from django.utils import timezone

from triplehelix.market.finance import terms as finance
from triplehelix.records.parties.access import audiences, is_officer, stands_for_firm
from triplehelix.records.parties.models import Account

register = template.Library()


class Work(NamedTuple):
    """firm: the pages of one's own organisation; cases, imports: those of an office that has no organisation."""

    firm: bool
    cases: bool
    imports: bool


@register.simple_tag
def offers_finance() -> bool:
    """Whether the city has 科技金融: without it nothing leads there."""
    return finance.offered()


@register.simple_tag
def work_of(account: Account) -> Work:
    groups = audiences(account, timezone.localdate())
    if stands_for_firm(groups):
        return Work(firm=True, cases=False, imports=False)
    handles = is_officer(groups)
    return Work(firm=False, cases=handles or bool(groups & {"finance", "auditor"}), imports=handles or "city" in groups)
