"""What may stand in the fields of deals, projects and roadshows."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.equity.models import Deal
from triplehelix.market.finance.rules import amount, as_is, checked, listed, of, optional_amount, past_day
from triplehelix.market.finance.rules import text as text_of
from triplehelix.records.parties.rules import YEARS_AHEAD, Rule, numbered, short

__all__ = ["checked"]


#: Nobody promises shares for later than this: a year further off is a slip of the keys.
MOST_YEARS = 30


def conversion_day(value: date | None, on: date) -> date | None:
    if value is not None and value.year > on.year + MOST_YEARS:
        raise ValueError(_("最晚写到 %(years)d 年以内，请核对年份") % {"years": MOST_YEARS})
    return value


def moment(value: datetime | None, on: date) -> datetime:
    if value is None:
        raise ValueError(_("请填写日期和时间"))
    if value.year > on.year + YEARS_AHEAD:
        raise ValueError(_("最多安排到 %(years)d 年以内") % {"years": YEARS_AHEAD})
    return value


def capacity(value: int | None, on: date) -> int:
    if value is None or not 1 <= value <= 2000:
        raise ValueError(_("名额应在 1 到 2000 之间"))
    return value


def people(value: int | None, on: date) -> int:
    if value is None or not 1 <= value <= 20:
        raise ValueError(_("人数应在 1 到 20 之间"))
    return value


def address(value: str, on: date) -> str:
    value = value.strip()
    if value:
        try:
            URLValidator(schemes=["https", "http"])(value)
        except ValidationError:
            raise ValueError(_("请写完整的网址，如 https://example.com/room")) from None
    return value


LINE = gettext_lazy("请填写这一项")
DEAL: Mapping[str, Rule] = {
    "mode": of(Deal.MODES), "round": listed("rounds"), "ticket_fen": amount, "pre_fen": optional_amount,
    "post_fen": optional_amount, "conversion": short(500), "convert_by": conversion_day,
    "number": numbered(60, needed=LINE), "signed_on": past_day,
}  # fmt: skip
CONVERSION: Mapping[str, Rule] = {"pre_fen": amount, "post_fen": amount, "converted_on": past_day}


def received(value: int | None, on: date) -> int:
    """What came back: nothing, after a liquidation, is an amount too."""
    if value is None or value < 0:
        raise ValueError(_("请填写退出金额，没有收回的写 0"))
    return amount(value, on) if value else 0


EXIT: Mapping[str, Rule] = {"exit_kind": of(Deal.EXITS), "exit_on": past_day, "exit_fen": received}
PROJECT: Mapping[str, Rule] = {
    "teaser": text_of(300, 20, gettext_lazy("一段话")), "amount_fen": amount, "round": listed("rounds"),
    "on_stage": as_is,
}  # fmt: skip
INTEREST: Mapping[str, Rule] = {"text": text_of(500, 5, gettext_lazy("想了解什么"))}
EVENT: Mapping[str, Rule] = {
    "title": short(80, needed=gettext_lazy("请写主题")), "about": text_of(3000, 0, ""), "place": short(120),
    "online": address, "starts_at": moment, "ends_at": moment, "capacity": capacity,
    "contact": short(120, needed=gettext_lazy("请写联系人和电话")),
}  # fmt: skip
REGISTRATION: Mapping[str, Rule] = {"people": people}
