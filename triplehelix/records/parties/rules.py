"""What may stand in the fields of organisations and people: one set of rules for forms, sheets and the demo."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.foundation.codes import CodeError, CodeList, Uscc
from triplehelix.records.lines import as_number, one_line
from triplehelix.records.parties import reference

PHONE = re.compile(r"^\+?[0-9][0-9 ()-]{5,20}$")
DIALLED = re.compile(r"^[+0-9 ()-]+$")
#: Named in the trail when they change, never copied into it.
PERSONAL = frozenset({"contact_name", "contact_phone", "contact_email", "email"})

#: Nothing is arranged for later than so many years from now; a moment past the year 9999 could not be read again.
YEARS_AHEAD = 5

#: Types of units whose achievements are made on duty: their contributors have a part by law.
DUTIFUL = frozenset({"高等学校", "科研院所", "医疗卫生机构", "新型研发机构"})
#: The codes of organisation_types that rules ask for by name: every pack has them (write-a-policy-pack.md).
ASKED_BY_NAME = ("企业", *sorted(DUTIFUL), "政府部门", "其他")

Rule = Callable[[Any, date], Any]


class Invalid(ValueError):
    """Some fields cannot be accepted. `errors` maps each field to what to do, in the viewer's language."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(self.errors.values()))


class Refused(Exception):
    """What cannot be done, whatever is typed; the message says why, in the viewer's language."""


def short(most: int, *, needed: Any = "") -> Rule:
    """One line of text; `needed` is what to say when it is empty and must not be."""

    def rule(value: str, on: date) -> str:
        value = one_line(str(value))
        if needed and not value:
            raise ValueError(str(needed))
        if len(value) > most:
            raise ValueError(_("最多 %(most)d 个字，现在有 %(now)d 个") % {"most": most, "now": len(value)})
        return value

    return rule


def numbered(most: int, *, needed: Any = "") -> Rule:
    """As `short`, of a paper's number."""
    rule = short(most, needed=needed)
    return lambda value, on: rule(as_number(str(value)), on)


def long(most: int) -> Rule:
    def rule(value: str, on: date) -> str:
        value = value.replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > most:
            raise ValueError(_("最多 %(most)d 个字，现在有 %(now)d 个") % {"most": most, "now": len(value)})
        return value

    return rule


def uscc(value: str, on: date) -> str:
    try:
        return Uscc.check(value)
    except CodeError as why:
        raise ValueError(why.message) from None


def code(value: str, on: date, codes: CodeList) -> str:
    """The code for a code or a name in force on the day. Raises ValueError that says what to write instead."""
    try:
        return str(codes.get(value, on=on).code)
    except CodeError as why:
        raise ValueError(why.message) from None


def listed(codes: Callable[[], CodeList]) -> Rule:
    return lambda value, on: code(value, on, codes()) if value else ""


def managing_unit(value: str, on: date) -> str:
    """One of the reporting units, or the city itself; empty for an organisation from elsewhere."""
    city = [entry.code for entry in reference.regions().current(on) if entry.more.get("level") == "city"]
    return value if not value or value in city else code(value, on, reference.units())


def flags(value: Iterable[str], on: date) -> list[str]:
    known = reference.code_list("flags")
    return list(dict.fromkeys(code(one, on, known) for one in value))


def phone(value: str, on: date) -> str:
    value = " ".join(value.split())  # copied from a page, its blanks are not those of a keyboard
    if value and not PHONE.match(value):
        if DIALLED.match(value):
            raise ValueError(_("电话号码的位数不对：请写区号和号码，或 11 位手机号"))
        raise ValueError(_("电话号码只能有数字、空格、加号、横线和括号"))
    return value


def email(value: str, on: date) -> str:
    value = value.strip()
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise ValueError(_("邮箱地址不完整，应如 name@example.com")) from None
    return value


def login(value: str, on: date) -> str:
    """The e-mail an account signs in with: in lower case, so that it exists once."""
    if not value.strip():
        raise ValueError(_("请写邮箱"))
    return str(email(value, on)).lower()


def type_of_organisation(value: str, on: date) -> str:
    return code(value or "其他", on, reference.code_list("organisation_types"))


#: What a name ends in that every company has by law, and nobody else.
COMPANY = "公司"
#: Where a university has several seats, the place stands behind its name: 哈尔滨工业大学（威海）.
#: The first character of the code of whatever is in the register of enterprises (GB 32100—2015).
ENTERPRISE = "9"
BRACKETED = re.compile(r"\s*[（(][^（）()]*[）)]\s*$")


def type_by_name(name: str, on: date) -> str:
    """The type a name leaves no doubt of, by the words the list of types knows them by (某某大学 is a 高等学校); empty
    when the name does not tell."""
    name = BRACKETED.sub("", name.strip())
    if name.endswith(COMPANY):
        return type_of_organisation("企业", on)
    found = (
        entry.code for entry in reference.code_list("organisation_types").current(on) if name.endswith(entry.aliases)
    )
    return next(found, "")


def type_of(uscc: str, name: str, on: date) -> str:
    """What an organisation is by its name, or a firm by a code of the register of enterprises; "" where neither tells.
    Nobody is asked for it, and lists and visits go by it: whoever confirms it looks at it."""
    return type_by_name(name, on) or ("企业" if uscc.startswith(ENTERPRISE) else "")


ORGANISATION: Mapping[str, Rule] = {
    "uscc": uscc,
    "name": short(120, needed=gettext_lazy("请写单位名称")),
    "type": type_of_organisation,
    "region": listed(reference.regions),
    "unit": managing_unit,
    "size": listed(lambda: reference.code_list("sizes")),
    "flags": flags,
    "about": long(5000),
    "contact_name": short(60),
    "contact_post": short(60),
    "contact_phone": phone,
    "contact_email": email,
}
PERSON: Mapping[str, Rule] = {
    "name": short(60, needed=gettext_lazy("请写姓名")),
    "title": short(60),
    "discipline": short(120),
    "about": long(5000),
}
PERSON_CLAIM: Mapping[str, Rule] = {
    "home": short(120, needed=gettext_lazy("请写所在单位")),
    "name": short(60, needed=gettext_lazy("请写姓名")),
    "post": short(60),
}
ACCOUNT: Mapping[str, Rule] = {"email": login, "name": short(60)}


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
