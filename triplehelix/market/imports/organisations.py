"""The organisations a sheet speaks of: those known, and the others registered as nobody has confirmed them yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from triplehelix.foundation.alike import same_title
from triplehelix.foundation.sheet import RowError
from triplehelix.market.imports.kinds import Rows
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.finds import gone
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.parties.reference import regions, units
from triplehelix.records.parties.rules import ENTERPRISE, type_of

#: So many are named; of more it is said how many.
MOST_NAMED = 5


def misnamed(rows: Rows) -> Iterable[RowError]:
    """Rows that speak of an organisation that has ended, or call one by another name than the register does, or, of one
    nobody knows yet, than the first row with its code: the code or the name is of somebody else. Blanks, and brackets
    of either width, are all one."""
    codes = {values["uscc"] for _row, values in rows if values.get("uscc")}
    registered = Organisation.objects.filter(uscc__in=codes).select_related("heir")
    ended = {one.uscc: gone(one) for one in registered if one.ending}
    known = {one.uscc: one.name for one in registered}
    first: dict[str, tuple[int, str]] = {}
    for row, values in rows:
        code, given = values.get("uscc") or "", values.get("organisation")
        if code in ended:
            yield RowError(row, "统一社会信用代码", ended[code], "ended")
        if not code or not given:
            continue
        if name := known.get(code):
            said = _("该代码登记的单位是“%(name)s”，与表中的名称不符") % {"name": name}
        else:
            number, name = first.setdefault(code, (row, given))
            said = _("第 %(row)d 行用同一个代码写的是“%(name)s”，请核对这两行的代码和名称")
            said %= {"row": number, "name": name}
        if same_title(name) != same_title(given):
            yield RowError(row, "单位名称", said, "misnamed")


def namesakes(rows: Rows) -> Iterable[str]:
    """Codes not known yet under a name that is registered with another: the code is of another line, or old. Two firms
    of one name may be in two places, so that it is no fault."""
    first: dict[str, tuple[int, str]] = {}
    for row, values in rows:
        first.setdefault(values["uscc"], (row, values["organisation"]))
    known = set(Organisation.objects.filter(uscc__in=first).values_list("uscc", flat=True))
    new = {code: told for code, told in first.items() if code not in known}
    named = dict(
        Organisation.objects.filter(name__in={name for _row, name in new.values()}).values_list("name", "uscc")
    )
    found = [(row, name, named[name]) for row, name in new.values() if name in named]
    for row, name, code in found[:MOST_NAMED]:
        said = _("第 %(row)d 行的“%(name)s”已经用代码 %(code)s 登记；按表中的代码会另外登记一家，请核对代码")
        yield said % {"row": row, "name": name, "code": code}
    if (more := len(found) - MOST_NAMED) > 0:
        yield _("另有 %(n)d 家的代码也与登记的不同") % {"n": more}


def registered(
    rows: Iterable[dict[str, Any]], actor: Account, now: datetime, *, of_firms: bool = False, home: str = ""
) -> dict[str, Organisation]:
    """Every organisation of the sheet, those not yet known registered as unconfirmed, by USCC; what
    the sheet says of them is its own people's to read once they are checked. `of_firms`: what the
    sheet holds is said by firms, so that whoever is in it first is one, unless code and name tell otherwise.
    `home`: the unit of whoever says no place."""
    named = {values["uscc"]: values for values in rows}
    found = {o.uscc: o for o in Organisation.objects.filter(uscc__in=named)}
    for code in sorted(named.keys() - found.keys()):
        region = named[code].get("region") or (home if home in regions() else "")
        # Whoever is responsible for the place confirms it; elsewhere, the city's own bureau.
        unit = region if region in units() else "" if region else home
        found[code] = parties.register_organisation(
            uscc=code, name=named[code]["organisation"], type=_type(named[code], now, of_firms=of_firms),
            region=region, unit=unit, actor=actor, now=now,
        )  # fmt: skip
    parties.speak_of(organisations=found.values(), actor=actor, now=now)
    return found


def _type(named: dict[str, Any], now: datetime, *, of_firms: bool) -> str:
    """As `rules.type_of`; whoever is in a sheet of firms is one by its code, and where neither code nor name tells."""
    if of_firms and named["uscc"].startswith(ENTERPRISE):
        return "企业"
    return type_of(named["uscc"], named["organisation"], timezone.localdate(now)) or ("企业" if of_firms else "")
