"""What may stand in a listing's fields: one set of rules for the form, the API and the sheet."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triplehelix.market.listings.models import TEXT_LENGTH, TITLE_LENGTH
from triplehelix.records.parties import reference
from triplehelix.records.parties.rules import Rule, clean, code, email, listed, long, phone, short

__all__ = ["ACHIEVEMENT", "NEED", "PERSONAL", "RULES", "Rule", "clean"]

#: Named in the trail when they change, never copied into it.
PERSONAL = frozenset({"contact_name", "contact_phone", "contact_email"})
MOST_FEN = 10**13
#: As many as other markets take with a listing (market/exchange).
MOST_IP = 50
MOST_PEOPLE = 50
PERSON_LENGTH = 200
#: 密级标志 as it stands on a paper: what bears one is not for a platform on the internet.
MARKED = re.compile(r"(绝密|机密|秘密)\s*[★☆]")
STATE_SECRET = gettext_lazy(
    "涉及国家秘密的内容不能放到互联网平台上，这里没有保存。请联系本单位保密工作机构，按保密规定办理"
)
PART_LENGTH = 2000


def modes(value: list[str], on: date) -> list[str]:
    """Codes of transfer_modes, each once."""
    known = reference.code_list("transfer_modes")
    return list(dict.fromkeys(code(one, on, known) for one in value))


def level(value: int | None, on: date) -> int | None:
    """A maturity of GB/T 22900, 1 to 13; None where nobody has said."""
    if value is not None and not 1 <= value <= 13:
        raise ValueError(_("技术成熟度是 1 到 13 之间的整数（GB/T 22900）"))
    return value


def price(value: int | None, on: date) -> int | None:
    """Whole fen, 0 to 100 billion yuan; None is 面议."""
    if value is not None and not 0 <= value <= MOST_FEN:
        raise ValueError(_("金额应在 0 到 1000 亿元之间；面议请留空"))
    return value


def day_not_ahead(value: date | None, on: date) -> date | None:
    """A day that has come, or none."""
    if value is not None and value > on:
        raise ValueError(_("日期还没有到"))
    return value


def ip_rights(value: list[dict[str, str]], on: date) -> list[dict[str, str]]:
    """Rights as {"type": code of ip_types, "number": text or ""}."""
    if len(value) > MOST_IP:
        raise ValueError(_("知识产权最多 %(n)d 项") % {"n": MOST_IP})
    known = reference.code_list("ip_types")
    number = short(60)
    read = ((one.get("type", ""), one.get("number", "")) for one in value)
    return [{"type": code(kind, on, known), "number": number(given, on)} for kind, given in read]


def people(value: list[int | str], on: date) -> list[int | str]:
    """People by number or as written, each once; who they are is found out where the organisation is known."""
    found = list(dict.fromkeys(one if isinstance(one, int) else " ".join(one.split()) for one in value))
    if len(found) > MOST_PEOPLE:
        raise ValueError(_("完成人最多 %(n)d 位") % {"n": MOST_PEOPLE})
    if any(isinstance(one, str) and len(one) > PERSON_LENGTH for one in found):
        raise ValueError(_("完成人的姓名太长，几个人之间请用顿号隔开"))
    return [one for one in found if one != ""]


def unmarked(rule: Rule) -> Rule:
    """A text that bears no 密级标志."""

    def checked(value: str, on: date) -> str:
        if MARKED.search(str(value)):
            raise ValueError(str(STATE_SECRET))
        return str(rule(value, on))

    return checked


def secrecy(value: str, on: date) -> str:
    """open or confidential, or their names; 涉密 is refused."""
    if value in ("secret", "涉密", "国家秘密"):
        raise ValueError(str(STATE_SECRET))
    return code(value or "open", on, reference.code_list("need_secrecy"))


def day_to_come(value: date | None, on: date) -> date | None:
    """A day that has not passed, or none."""
    if value is not None and value < on:
        raise ValueError(_("这一天已经过去，请改为今天以后的日期，或留空"))
    return value


COMMON: dict[str, Rule] = {
    "number": short(40),
    "title": short(TITLE_LENGTH, needed=gettext_lazy("请写标题")),
    "text": long(TEXT_LENGTH),
    "field": listed(reference.fields),
    "chain": listed(reference.chains),
    "region": listed(reference.regions),
    "modes": modes,
    "price_fen": price,
    "contact_name": short(40),
    "contact_phone": phone,
    "contact_email": email,
}
ACHIEVEMENT: dict[str, Rule] = COMMON | {
    "type": listed(lambda: reference.code_list("achievement_types")),
    "trl": level,
    "trl_assessed_by": short(80),
    "trl_assessed_on": day_not_ahead,
    "ip": ip_rights,
    "rights": listed(lambda: reference.code_list("rights")),
    "people": people,
}
NEED: dict[str, Rule] = COMMON | {
    "title": unmarked(COMMON["title"]),
    "text": unmarked(COMMON["text"]),
    **dict.fromkeys(("what", "present", "target", "tried"), unmarked(long(PART_LENGTH))),
    "rest": unmarked(long(TEXT_LENGTH)),
    "teaser": unmarked(long(PART_LENGTH)),
    "needed_by": day_to_come,
    "secrecy": secrecy,
    "trl_wanted": level,
    "region_wanted": listed(reference.regions),
}
RULES: Mapping[str, Mapping[str, Rule]] = {"market.achievement": ACHIEVEMENT, "market.need": NEED}
