"""What may stand in a listing's fields: one set of rules for the form, the API and the sheet."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from triplehelix.foundation.codes import CodeList, RetiredCode, UnknownCode
from triplehelix.foundation.text import normalise
from triplehelix.market.listings.models import TEXT_LENGTH, TITLE_LENGTH
from triplehelix.records.parties import reference

MODES = "transfer_modes"
PHONE = re.compile(r"^\+?[0-9][0-9 ()-]{5,20}$")
PERSONAL = frozenset({"contact_name", "contact_phone", "contact_email"})

Rule = Callable[[Any, date], Any]


class Invalid(ValueError):
    """Some fields cannot be accepted. `errors` maps each field to what to do, in the viewer's language."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(self.errors.values()))


def in_list(codes: CodeList, value: str, on: date) -> str:
    """The code for a code or a name. Raises ValueError with a message that says what to write instead."""
    try:
        return str(codes.get(value, on=on).code)
    except (UnknownCode, RetiredCode) as why:
        raise ValueError(str(why)) from None


def title(value: str, on: date) -> str:
    value = normalise(value).strip()
    if not value:
        raise ValueError(_("请写标题"))
    if len(value) > TITLE_LENGTH:
        raise ValueError(_("标题最多 %(most)d 个字，现在有 %(now)d 个") % {"most": TITLE_LENGTH, "now": len(value)})
    return value


def text(value: str, on: date) -> str:
    value = value.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(value) > TEXT_LENGTH:
        raise ValueError(_("正文最多 %(most)d 个字，现在有 %(now)d 个") % {"most": TEXT_LENGTH, "now": len(value)})
    return value


def optional_code(name: Callable[[], CodeList]) -> Rule:
    return lambda value, on: in_list(name(), value, on) if value else ""


def modes(value: list[str], on: date) -> list[str]:
    known = reference.code_list(MODES)
    return list(dict.fromkeys(in_list(known, one, on) for one in value))


def level(value: int | None, on: date) -> int | None:
    if value is not None and not 1 <= value <= 13:
        raise ValueError(_("技术成熟度是 1 到 13 之间的整数（GB/T 22900）"))
    return value


def price(value: int | None, on: date) -> int | None:
    if value is not None and not 0 <= value <= 10**13:
        raise ValueError(_("金额应在 0 到 1000 亿元之间；面议请留空"))
    return value


def phone(value: str, on: date) -> str:
    if value and not PHONE.match(value):
        raise ValueError(_("电话号码只能有数字、空格、加号、横线和括号"))
    return value


def email(value: str, on: date) -> str:
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise ValueError(_("邮箱地址不完整，应如 name@example.com")) from None
    return value


def short(most: int) -> Rule:
    def rule(value: str, on: date) -> str:
        value = normalise(value).strip()
        if len(value) > most:
            raise ValueError(_("最多 %(most)d 个字") % {"most": most})
        return value

    return rule


def ip_rights(value: list[dict[str, str]], on: date) -> list[dict[str, str]]:
    known = reference.code_list("ip_types")
    return [
        {"type": in_list(known, one.get("type", ""), on), "number": normalise(one.get("number", "")).strip()[:60]}
        for one in value
    ]


COMMON: Mapping[str, Rule] = {
    "number": short(40),
    "title": title,
    "text": text,
    "field": optional_code(reference.fields),
    "chain": optional_code(reference.chains),
    "region": optional_code(reference.regions),
    "modes": modes,
    "price_fen": price,
    "contact_name": short(40),
    "contact_phone": phone,
    "contact_email": email,
}
ACHIEVEMENT: Mapping[str, Rule] = COMMON | {
    "type": optional_code(lambda: reference.code_list("achievement_types")),
    "trl": level,
    "trl_assessed_by": short(80),
    "trl_assessed_on": lambda value, on: value,
    "ip": ip_rights,
    "rights": optional_code(lambda: reference.code_list("rights")),
}
NEED: Mapping[str, Rule] = COMMON | {"trl_wanted": level, "region_wanted": optional_code(reference.regions)}


def clean(rules: Mapping[str, Rule], values: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Values fit to be stored, for the fields given.

    Raises Invalid with every wrong field at once, and KeyError for a field that no rule knows (a programmer's error).
    """
    cleaned, errors = {}, {}
    for name, value in values.items():
        try:
            cleaned[name] = rules[name](value, on)
        except ValueError as why:
            errors[name] = str(why)
    if errors:
        raise Invalid(errors)
    return cleaned
