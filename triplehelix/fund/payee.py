"""The account a payment goes to: checked before it is ordered, copied into the payment."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum import luhn

from triplehelix.fund.models import Payment
from triplehelix.records.parties.models import Organisation
from triplehelix.records.steps.actions import Refused

DIGITS = re.compile(r"[0-9]{8,32}")
BANK_CODE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """户名, 账号, 开户行, 联行号 (12 digits, may be empty)."""

    name: str
    number: str
    bank: str
    bank_code: str = ""


def plain(text: str) -> str:
    """As names are compared: full-width and half-width alike, blanks away."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def checked(account: BankAccount, payee: str) -> BankAccount:
    """The account with blanks and hyphens out of its numbers. Raises Refused with everything that is wrong.

    直拨到实施单位: the account's name is the payee's name; width and blanks do not matter, anything else does.
    """
    number = plain(account.number).replace("-", "")
    code = plain(account.bank_code).replace("-", "")
    wrong = []
    if plain(account.name) != plain(payee):
        wrong.append(
            _("户名“%(name)s”与收款单位“%(payee)s”不一致：资金直接拨付到实施单位，户名必须是该单位全称")
            % {"name": account.name.strip(), "payee": payee}
        )
    if not DIGITS.fullmatch(number):
        wrong.append(_("账号“%(number)s”应为 8 至 32 位数字") % {"number": account.number.strip()[:40]})
    if not account.bank.strip():
        wrong.append(_("请填写开户行"))
    if code and not BANK_CODE.fullmatch(code):
        wrong.append(_("联行号“%(code)s”应为 12 位数字") % {"code": account.bank_code.strip()[:40]})
    for label, text in ((_("户名"), account.name), (_("开户行"), account.bank)):
        if len(text.strip()) > 120 or "\x00" in text:
            wrong.append(_("%(label)s最多 120 个字") % {"label": label})
    if wrong:
        raise Refused("；".join(wrong))
    return BankAccount(account.name.strip(), number, account.bank.strip(), code)


def receiver(payment: Payment) -> Organisation:
    """Whom an order was made out to: the payee, or who stood for it by then."""
    payee = payment.commitment.payee
    return payee if plain(payee.name) == plain(payment.account_name) else payee.standing


def warnings(account: BankAccount) -> list[str]:
    """What looks odd and need not be wrong: a card-like number that fails the Luhn check (ISO/IEC 7812)."""
    number = plain(account.number).replace("-", "")
    if DIGITS.fullmatch(number) and 16 <= len(number) <= 19 and not luhn.is_valid(number):
        return [
            _("账号 %(number)s 未通过校验位（Luhn）检查，对公账号可能没有校验位，请与单位核对") % {"number": number}
        ]
    return []
